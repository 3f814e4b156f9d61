"""Checkers of chapter 2 (``chapters/02-universal-approximation.ipynb``)."""

import math

import numpy as np

from .compare import unrolled
from .runner import Hint, array, declare, either, exercise


@exercise("ua-kinks")
@declare("The first slope, then the changes of slope.",
    cases=lambda rng: [(rng.normal(size=n + 1), h) for n, h in ((5, 0.3), (8, 0.7), (2, 1.6))],
    parts="the vector c",
    advice="There is one kink fewer than points, and c_0 is the first slope.")  # fmt: skip
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
        "All but the first are right: c_0 is the first slope.":
            either(*(np.append(first, rest) for first in (values[0], 0.0, values[1] / h))),
        "The first slope, c_0, is missing.": rest,
        "There are N kinks for N + 1 points: the last point needs none.": np.append(right, 0.0),
    }  # fmt: skip


@exercise("ua-width")
@declare("The error falls with the square of the width.",
    cases=[(8.1, 0.01), (39.5, 0.001), (2.0, 0.3), (1.0, 10.0), (0.0, 0.1), (2.0, 0.25),
        (32.0, 1.0)],
    parts="the number of neurons")  # fmt: skip
def enough(curvature, epsilon):
    """Search for the smallest width that satisfies the bound."""
    right = next(n for n in range(1, 1000) if curvature / (8 * n**2) <= epsilon)
    square = curvature / (8 * epsilon)
    exact = math.sqrt(square)
    down, near = math.floor(exact), round(exact)
    return right, {
        "At least one neuron is needed, however large the error may be.": math.ceil(exact),
        "One too few: round up, or the bound is not kept.":
            either(down, max(1, down), near, max(1, near)),
        "A number of neurons is a whole number: round up.": either(exact, max(1.0, exact)),
        "Round up, but do not add 1: the bound may be met exactly.": down + 1,
        "This is the square of the width: the bound has N squared in it.":
            either(math.ceil(square), max(1, math.ceil(square))),
        "The 8 of the bound is missing.": max(1, math.ceil(math.sqrt(curvature / epsilon))),
    }  # fmt: skip


NAMES = ("w", "b", "alpha")


def _bump_of(make, left, right, height, k):
    """Return the values of the sum that has the reader's parameters."""
    made = unrolled(make(left, right, height, k))
    if made is None:
        return None
    if len(made) != 3:
        raise Hint(f"Your function should return three arrays, w, b and alpha, not {len(made)}.")
    w, b, alpha = (array(value, name).ravel() for value, name in zip(made, NAMES, strict=True))
    if {w.size, b.size, alpha.size} != {2}:
        raise Hint(f"Two neurons are enough: w, b and alpha should be two numbers each, not "
            f"{w.size}, {b.size} and {alpha.size}.")  # fmt: skip
    values = np.exp(-np.logaddexp(0, -(_places(left, right)[:, None] * w + b))) @ alpha
    return values.astype(np.result_type(w, b, alpha, np.float32))


def _places(left, right):
    return np.linspace(left - 1, right + 1, 13)


@exercise("ua-bump")
@declare("Up at one place, down at the other.",
    cases=[(0.2, 0.5, 1.7, 8.0), (-0.7, 0.4, -0.6, 5.0), (0.3, 1.1, 2.5, 30.0)],
    parts="the list of the sum's values around the bump", use=_bump_of)  # fmt: skip
def bump_parameters(left, right, height, k):
    """Write each step as a hyperbolic tangent."""
    x = _places(left, right)

    def bump(w=k, by=-k, second=-1):
        up, down = ((1 + np.tanh((w * x + by * place) / 2)) / 2 for place in (left, right))
        return height * (up + second * down)

    right_sum = bump()
    return right_sum, {
        "Both steps go up; the second should go down.": bump(second=1),
        "Your steps are on the other side of zero: a step at c has the bias -kc.": bump(by=k),
        "A step sits where kx + b is 0: the biases lack the factor k.": bump(by=-1),
        "The steepness is missing: k belongs to both hidden weights.": bump(w=1, by=-1),
        "The hidden weights are right; the biases lack the factor k and a minus.": bump(by=1),
        "The bump is too high by its height, everywhere: two steps that fall away on both sides "
        "add up to it, but are not zero outside.": right_sum + height,
        "The height is missing: it belongs to both output weights.": right_sum / height,
        "It rises, but never falls: the second step has no weight.": bump(second=0),
        "The bump is upside down: exchange the signs of alpha.": -right_sum,
    }  # fmt: skip
