"""The checkers of chapter 6: placeholder, typical wrong answers, solutions."""

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


def neuron(delta, weight=lambda d, x: d * x, bias=lambda d, x: d):
    """Return an answer from a formula for delta(a, t, z)."""

    def answer(x, t, w, b):
        z = w * x + b
        d = delta(np.tanh(z), t, z)
        return weight(d, x), bias(d, x)

    return answer


def right(a, t, z):
    return (a - t) * (1 - a**2)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda x, t, w, b: 0.3, "two things"),
        (lambda x, t, w, b: (0.3, 0.2, 0.1), "two things"),
        (neuron(lambda a, t, z: a - t), "slope of the activation function is missing"),
        (neuron(lambda a, t, z: -right(a, t, z)), "sign"),
        (neuron(lambda a, t, z: 2 * right(a, t, z)), "factor of 2"),
        (neuron(lambda a, t, z: (a - t) * a * (1 - a)), "slope of the sigmoid"),
        (neuron(lambda a, t, z: (a - t) * (1 - z**2)), "not 1 - z**2"),
        (neuron(lambda a, t, z: (a - t) * (1 - np.tanh(a) ** 2)), "at z, not at a"),
        (neuron(lambda a, t, z: 1 - a**2), "a - t is missing"),
        (neuron(right, weight=lambda d, x: d), "input x is missing"),
        (neuron(right, weight=lambda d, x: d, bias=lambda d, x: d * x), "wrong order"),
        (neuron(right, weight=lambda d, x: d / x), "∂C/∂b is right. For x ="),
        (neuron(right, bias=lambda d, x: 0.0), "∂C/∂w is right. For x ="),
        (neuron(lambda a, t, z: 0.7), "should be"),
    ],
)
def test_gradient_hints(answer, hint):
    said = check("perceptron-gradient", answer)
    assert not said
    assert hint in said


def foot(x, t, w, b):
    c = (np.log(t / (1 - t)) - (w * x + b)) / (x**2 + 1)
    return w + c * x, b + c


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda x, t, w, b: w, "two things"),
        (lambda x, t, w, b: (w, b), "should be t."),
        (lambda x, t, w, b: foot(x, t, w, b)[::-1], "order"),
        (lambda x, t, w, b: (w, np.log(t / (1 - t)) - w * x), "only one of the parameters"),
        (lambda x, t, w, b: ((np.log(t / (1 - t)) - b) / x, b), "only one of the parameters"),
        (lambda x, t, w, b: (w + 1, np.log(t / (1 - t)) - (w + 1) * x), "not the nearest"),
    ],
)
def test_nearest_hints(answer, hint):
    said = check("perceptron-nearest", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda a, t: t - a, "sign"),
        (lambda a, t: (a - t) / (a * (1 - a)), "derivative with respect to the activation"),
        (lambda a, t: (a - t) * a * (1 - a), "squared cost"),
        (lambda a, t: a, "should be"),
    ],
)
def test_logistic_hints(answer, hint):
    said = check("perceptron-logistic", answer)
    assert not said
    assert hint in said


def linear(x, t, w, b, eta, updates, *, along=None, scale=1.0):
    """Train a linear neuron; the updates are along (x, 1), or along another direction."""
    parameters = np.array([w, b])
    for _ in range(updates):
        deviation = parameters @ [x, 1] - t
        parameters = parameters - scale * eta * deviation * np.array(along or [x, 1])
    return parameters


def closed(x, t, w, b, eta, updates, *, factor=None, lost=None, over=None):
    power = (1 - eta * (x * x + 1) if factor is None else factor(x, eta)) ** updates
    move = (power - 1 if lost is None else lost(power)) * (w * x + b - t) / (over or x * x + 1)
    return w + move * x, b + move


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (
            lambda x, t, w, b, e, n: (w - n * e * (w * x + b - t) * x, b - n * e * (w * x + b - t)),
            "times their number",
        ),
        (lambda *q: closed(*q, lost=lambda power: -1), "where training ends"),
        (lambda *q: closed(*q, factor=lambda x, e: 1 - e * x**2), "The bias moves too"),
        (lambda *q: closed(*q, factor=lambda x, e: 1 - e), "acts through x"),
        (
            lambda *q: closed(*q, factor=lambda x, e: 1 + e * (x * x + 1)),
            "so that deviations shrink",
        ),
        (lambda *q: linear(*q, scale=2), "no factor of 2"),
        (lambda *q: linear(*q[:5], q[5] + 1), "one update too many"),
        (lambda *q: linear(*q[:5], q[5] - 1), "one update too few"),
        (lambda *q: np.subtract(linear(*q), q[2:4]), "This is the move"),
        (lambda *q: (linear(*q)[0], q[3] + linear(*q)[0] - q[2]), "weight's move over x"),
        (lambda *q: (q[2] + linear(*q)[1] - q[3], linear(*q)[1]), "x times the bias's move"),
        (lambda *q: linear(*q, along=[q[0], 0]), "bias should be trained too"),
        (lambda *q: closed(*q, lost=lambda power: power), "subtract 1 from the power"),
        (lambda *q: closed(*q, over=1.0), "Divide by x² + 1"),
        (lambda *q: linear(*q)[::-1], "in the wrong order"),
        (lambda *q: linear(*q) if q[5] else np.zeros(2), "After no update"),
        (lambda *q: linear(*q) + 0.01, "should be"),
    ],
)
def test_linear_hints(answer, hint):
    said = check("perceptron-linear", answer)
    assert not said
    assert hint in said


def test_solutions_are_accepted():
    assert check("perceptron-linear", closed)
    assert check("perceptron-gradient", neuron(right))
    assert check("perceptron-nearest", foot)
    assert check("perceptron-logistic", lambda a, t: a - t)
