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
        (lambda x, t, w, b: (w, b), "it should be the target"),
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


def test_solutions_are_accepted():
    assert check("perceptron-gradient", neuron(right))
    assert check("perceptron-nearest", foot)
    assert check("perceptron-logistic", lambda a, t: a - t)
