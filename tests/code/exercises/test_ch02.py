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
        (lambda v, h: -kinks(v, h), "sign is wrong everywhere"),
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


def bump(l, r, h, k):
    return [k, k], [-k * l, -k * r], [h, -h]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda l, r, h, k: ([k, k], [-k * l, -k * r], [h, h]), "the second should go down"),
        (lambda l, r, h, k: ([k, k], [k * l, k * r], [h, -h]), "other side of zero"),
        (lambda l, r, h, k: ([k, k], [-l, -r], [h, -h]), "biases lack the factor k."),
        (lambda l, r, h, k: ([1, 1], [-l, -r], [h, -h]), "k belongs to both"),
        (lambda l, r, h, k: ([k, k], [l, r], [h, -h]), "factor k and a minus"),
        (lambda l, r, h, k: ([k, -k], [-k * l, k * r], [h, h]), "too high by its height"),
        (lambda l, r, h, k: ([k, k], [-k * l, -k * r], [1, -1]), "height is missing"),
        (lambda l, r, h, k: ([k, k], [-k * l, -k * r], [h, 0]), "never falls"),
        (lambda l, r, h, k: ([k, k], [-k * l, -k * r], [-h, h]), "upside down"),
        (lambda l, r, h, k: ([k, k], [-k * r, -k * l], [h, -h]), "upside down"),
        (lambda l, r, h, k: ([k, k], [-k * l, -k * r], [h / 2, -h / 2]), "0.5 times"),
        (lambda l, r, h, k: ([k, k, 0], [-k * l, k * r, 99], [h, h, -h]), "Two neurons are enough"),
        (lambda l, r, h, k: ([k, k], [-k * l, -k * r]), "should return three arrays"),
        (lambda l, r, h, k: h * k, "cannot be used as the exercise asks"),
        (lambda l, r, h, k: ([k, None], [-k * l, -k * r], [h, -h]), "There is a None in w"),
        (lambda l, r, h, k: None, "did you forget `return`?"),
        (lambda l, r, h, k: ([k, k], [-k * l, -k * r], [h, -h + 0.1]), "should be"),
    ],
)  # fmt: skip
def test_bump_hints(answer, hint):
    said = check("ua-bump", answer)
    assert not said
    assert hint in said


def test_solutions_are_accepted():
    assert check("ua-kinks", kinks)
    assert check("ua-width", enough)
    assert check("ua-bump", bump)
