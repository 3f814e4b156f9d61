"""Checkers of the exercises of chapter 2, universal approximation."""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise


@exercise("ua-kinks")
def kinks(answer):
    """Build the sum of kinks and see whether it passes through the points."""
    rng = np.random.default_rng(21)
    for n in (5, 8):
        h, values = 0.3, rng.normal(size=n + 1)
        points = h * np.arange(n + 1)
        given = np.asarray(answer(values.copy(), h), dtype=float)
        if given.shape == (n + 1,):
            return f"There are {n} kinks for {n + 1} points: the last point needs none."
        if given.shape == (n - 1,):
            return "The first slope, c_0, is missing."
        if given.shape != (n,):
            return f"{n} numbers are asked for, but the answer has shape {given.shape}."

        def through(c, points=points, values=values, n=n):
            ramps = np.maximum(0, points[:, None] - points[:n])
            return np.allclose(values[0] + ramps @ c, values)

        if through(given):
            continue
        if through(given / h):
            return "The division by h is missing: a slope is a rise divided by a distance."
        if through(np.diff(given, prepend=0.0)):
            return "These are the slopes; a kink supplies the change from one slope to the next."
        if through(-given):
            return "All signs are turned."
        if through(given * h):
            return "There is one division by h too many: c is a change of slope, not a curvature."
        if through(np.append((values[1] - values[0]) / h, given[1:])):
            return "All but the first are right: c_0 is the first slope."
        return "The sum of kinks does not pass through the points yet."
    return Answer("The first slope, then the changes of slope.", right=True)


@exercise("ua-width")
def width(answer):
    """Search for the smallest width that satisfies the bound."""
    # No case meets the bound exactly, where rounding would decide; the last is a straight line.
    for curvature, epsilon in [(8.1, 0.01), (39.5, 1e-3), (2.0, 0.3), (1.0, 10.0), (0.0, 0.1)]:
        right = next(n for n in range(1, 1000) if curvature / (8 * n**2) <= epsilon)
        given = answer(curvature, epsilon)
        if not np.isscalar(given) or isinstance(given, str):
            return f"One number is asked for, not {given!r}."
        if given == right:
            continue
        if given == 0:
            return "At least one neuron is needed, however large the error may be."
        if given == right - 1:
            return "One too few: round up, or the bound is not kept."
        if given != int(given):
            return "A number of neurons is a whole number: round up."
        if given == np.ceil(curvature / (8 * epsilon)):
            return "This is the square of the width: the bound has N squared in it."
        return f"For a curvature of {curvature:g} and an error of {epsilon:g} it should be {right}."
    return Answer("The error goes with the square of the width.", right=True)
