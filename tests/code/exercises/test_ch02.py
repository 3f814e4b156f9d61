"""The checkers of chapter 2: placeholder, typical wrong answers, solution."""

import math

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


def kinks(values, h):
    return np.diff(np.diff(values) / h, prepend=0.0)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda v, h: kinks(v, h)[1:], "first slope"),
        (lambda v, h: np.append(kinks(v, h), 0), "last point needs none"),
        (lambda v, h: v[:2], "should have shape (5,), but has shape (2,)"),
        (lambda v, h: kinks(v, h) * h, "division by h"),
        (lambda v, h: np.diff(v) / h, "These are the slopes"),
        (lambda v, h: -kinks(v, h), "signs are wrong"),
        (lambda v, h: kinks(v, h) / h, "too many"),
        (lambda v, h: np.append(v[0], kinks(v, h)[1:]), "first slope"),
        (lambda v, h: kinks(v, h)[::-1], "in reverse order"),
    ],
)
def test_kinks_hints(answer, hint):
    said = check("ua-kinks", answer)
    assert not said
    assert hint in said


def enough(curvature, epsilon):
    return max(1, math.ceil(math.sqrt(curvature / (8 * epsilon))))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda c, e: int(math.sqrt(c / (8 * e))), "One too few"),
        (lambda c, e: math.sqrt(c / (8 * e)), "whole number"),
        (lambda c, e: math.ceil(math.sqrt(c / (8 * e))), "At least one"),
        (lambda c, e: math.ceil(c / (8 * e)), "square of the width"),
        (lambda c, e: None, "did you forget `return`?"),
        (lambda c, e: 10 * enough(c, e), "it should be"),
    ],
)
def test_width_hints(answer, hint):
    said = check("ua-width", answer)
    assert not said
    assert hint in said


def test_solutions_are_accepted():
    assert check("ua-kinks", kinks)
    assert check("ua-width", enough)
