"""The checkers of chapter 7: placeholder, typical wrong answers, solutions."""

import math

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


def edge(w):
    return np.arccosh(max(abs(w) / 2 - 1, 1.0))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda w: edge(abs(w)) if abs(w) > 4 else np.nan, "has no value below 1"),
        (lambda w: 1.0 if abs(w) <= 4 else edge(w), "should be 0"),
        (lambda w: -edge(w), "not be negative"),
        (lambda w: edge(w) if w > 0 else 0.5 * edge(w), "size of w"),
        (lambda w: 0.9 * edge(w), "Every number is 0.9 times"),
        (lambda w: 2.0 * edge(w), "Every number is 2 times"),
    ],
)
def test_growth_hints(answer, hint):
    said = check("chain-growth", answer)
    assert not said
    assert hint in said


def chain(
    weight=lambda w, l: w[l],
    slope=lambda a, l: 1 - a[l] ** 2,
    entry=lambda a, l: a[l],
    last=lambda a: 1.0,
    factor=1.0,
    result=lambda dw, db: (dw, db),
):
    """Return the solution, or a wrong answer where a part is replaced."""

    def answer(x, t, w, b):
        a = [x]
        for l in range(len(w)):
            z = w[l] * a[l] + b[l]
            a.append(np.tanh(z) if l < len(w) - 1 else z)
        delta = factor * (a[-1] - t) * last(a)
        dw, db = [0.0] * len(w), [0.0] * len(w)
        for l in reversed(range(len(w))):
            dw[l], db[l] = delta * entry(a, l), delta
            delta = delta * weight(w, l) * slope(a, l)
        return result(dw, db)

    return answer


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda x, t, w, b: 0.0, "two things, the list of ∂C/∂w and"),
        (lambda x, t, w, b: ([0.0] * 3, [0.0] * 3), "should have shape (1,), but has shape (3,)"),
        (chain(factor=-1.0), "signs"),
        (chain(factor=2.0), "factor of 2"),
        (chain(entry=lambda a, l: a[l + 1]), "not times what goes out"),
        (chain(weight=lambda w, l: 1.0), "weight between the two neurons is missing"),
        (chain(weight=lambda w, l: w[max(l - 1, 0)]), "the weight that leads out"),
        (chain(slope=lambda a, l: 1.0), "slope of tanh is missing"),
        (chain(slope=lambda a, l: a[l] * (1 - a[l])), "slope of the sigmoid"),
        (chain(last=lambda a: 1 - a[-1] ** 2), "whose slope is 1"),
        (chain(slope=lambda a, l: 1 - a[max(l - 1, 0)] ** 2), "receives the error"),
        (chain(slope=lambda a, l: 1 - a[l + 1] ** 2), "of its own neuron, not of the next"),
        (chain(weight=lambda w, l: 1.0, slope=lambda a, l: a[l] * (1 - a[l] ** 2)), "activation"),
        (chain(result=lambda dw, db: (dw[::-1], db[::-1])), "in reverse order"),
        (chain(result=lambda dw, db: (db, dw)), "wrong order: first the list of ∂C/∂w"),
        (chain(factor=0.3), "Every number is 0.3 times"),
        (chain(weight=lambda w, l: 0.3 * w[l]), "the number at [0] of the list of ∂C/∂w should be"),
    ],
)
def test_gradient_hints(answer, hint):
    said = check("chain-gradient", answer)
    assert not said
    assert hint in said


def slope(z):
    return 1 / (2 + 2 * np.cosh(z))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda w, z: w * slope(z), "ordinary chain"),
        (lambda w, z: 1 + slope(z), "weight is missing"),
        (lambda w, z: w * (1 + slope(z)), "through the neuron alone"),
        (lambda w, z: 1.0, "the factor should be"),
    ],
)
def test_residual_hints(answer, hint):
    said = check("chain-residual", answer)
    assert not said
    assert hint in said


def layers(w, slope, share):
    return 1 + math.floor(math.log(share) / math.log(w * slope))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda w, s, share: layers(w, s, share) - 1, "number of factors"),
        (lambda w, s, share: layers(w, s, share) + 1, "One layer too many"),
        (lambda w, s, share: 1 + math.log(share) / math.log(w * s), "whole number"),
        (lambda w, s, share: math.log(share) / math.log(w * s), "whole number"),
        (lambda w, s, share: layers(1, s, share) if s < 1 else 66, "weights are missing"),
        (lambda w, s, share: layers(w, 1, share) if w < 1 else layers(w, s, share),
         "slopes are missing"),
        (lambda w, s, share: layers(w, 0.25, share), "should be"),
        (lambda w, s, share: w * s, "should be"),
        (lambda w, s, share: None, "did you forget"),
    ],
)  # fmt: skip
def test_depth_hints(answer, hint):
    said = check("chain-depth", answer)
    assert not said
    assert hint in said


def test_solutions_are_accepted():
    assert check("chain-depth", layers)
    assert check("chain-growth", edge)
    assert check("chain-gradient", chain())
    assert check("chain-residual", lambda w, z: 1 + w * slope(z))
