"""Checkers of chapter 2 (``chapters/02-universal-approximation.ipynb``)."""

import math

import numpy as np

from .runner import declare, either, exercise


@exercise("ua-kinks")
@declare("The first slope, then the changes of slope.",
    cases=lambda rng: [(rng.normal(size=n + 1), h) for n, h in ((5, 0.3), (8, 0.7), (2, 1.6))],
    parts="the vector c",
    advice="There is one kink less than there are points, and c_0 is the first slope.")  # fmt: skip
def kinks(values, h):
    """Solve for the weights with which the sum of kinks passes through the points."""
    x = h * np.arange(len(values))
    right = np.linalg.solve(np.maximum(0, x[1:, None] - x[:-1]), values[1:] - values[0])
    slopes = np.diff(values) / h
    rest = right[1:]
    return right, {
        "The division by h is missing: a slope is a rise divided by a distance.": right * h,
        "There is one division by h too many: c is a change of slope, not a curvature.": right / h,
        "These are the slopes; a kink supplies the change from one slope to the next.": slopes,
        "All signs are wrong.": -right,
        "All but the first are right: c_0 is the first slope.":
            either(np.append(values[0], rest), np.append(0.0, rest), np.append(values[1] / h,
            rest)),
        "The first slope, c_0, is missing.": rest,
        "There are N kinks for N + 1 points: the last point needs none.": np.append(right, 0.0),
    }  # fmt: skip


@exercise("ua-width")
@declare("The error goes with the square of the width.",
    cases=[(8.1, 0.01), (39.5, 0.001), (2.0, 0.3), (1.0, 10.0), (0.0, 0.1), (2.0, 0.25), (32.0,
    1.0)],
    parts="the number of neurons")  # fmt: skip
def enough(curvature, epsilon):
    """Search for the smallest width that satisfies the bound."""
    right = next(n for n in range(1, 1000) if curvature / (8 * n**2) <= epsilon)
    exact = math.sqrt(curvature / (8 * epsilon))
    up, square = math.ceil(exact), curvature / (8 * epsilon)
    return right, {
        "At least one neuron is needed, however large the error may be.": up,
        "One too few: round up, or the bound is not kept.":
            either(math.floor(exact), max(1, math.floor(exact)), round(exact), max(1,
            round(exact))),
        "A number of neurons is a whole number: round up.": either(exact, max(1.0, exact)),
        "One too many where the bound is met exactly: round up, but do not add 1.":
            math.floor(exact) + 1,
        "This is the square of the width: the bound has N squared in it.":
            either(math.ceil(square), max(1, math.ceil(square))),
        "The 8 of the bound is missing.": max(1, math.ceil(math.sqrt(curvature / epsilon))),
    }  # fmt: skip
