"""Checkers of chapter 6: one neuron."""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise

# Points (x, t, w, b) at which answers are tried; no two numbers of a point are alike.
POINTS = ((1.5, 0.2, 0.8, -0.4), (-0.7, 0.6, 1.3, 0.5), (2.0, 0.9, -0.3, 0.1))


def as_pair(answer, what: str):
    """Return two numbers as an array of shape (2,), or a hint if they are not two numbers."""
    try:
        pair = np.array([float(np.squeeze(value)) for value in answer])
    except (TypeError, ValueError):
        return f"Your function should return two numbers, {what}, not {answer!r}."
    if pair.shape != (2,):
        return f"Your function should return two numbers, {what}, not {len(pair)}."
    return pair


def _tanh_gradient(x, t, w, b, step=1e-20):
    """Return the pair (dC/dw, dC/db), by complex steps."""

    def cost(w, b):
        return (np.tanh(w * x + b) - t) ** 2 / 2

    return np.array([cost(w + 1j * step, b).imag, cost(w, b + 1j * step).imag]) / step


@exercise("perceptron-gradient")
def perceptron_gradient(function):
    """Check the gradient of a tanh neuron: ``function(x, t, w, b)`` gives (dC/dw, dC/db)."""
    answers, wanted, wrong = [], [], {}
    for x, t, w, b in POINTS:
        answer = as_pair(function(x, t, w, b), "the derivatives by w and by b")
        if isinstance(answer, str):
            return answer
        answers.append(answer)
        wanted.append(_tanh_gradient(x, t, w, b))
        a, z = np.tanh(w * x + b), w * x + b
        error, slope = a - t, 1 - a**2
        for hint, delta in (
            ("The slope of the activation function is missing.", error),
            (
                "The sign is turned: the cost grows when the output moves away from t.",
                -error * slope,
            ),
            ("There is a factor of 2 too many: the cost has a factor of 1/2.", 2 * error * slope),
            ("a (1 - a) is the slope of the sigmoid; tanh has another one.", error * a * (1 - a)),
            (
                "The slope of tanh is 1 - tanh(z)**2 = 1 - a**2, not 1 - z**2.",
                error * (1 - z**2),
            ),
            ("Take the slope of tanh at z, not at a.", error * (1 - np.tanh(a) ** 2)),
            ("The error a - t is missing.", slope),
        ):
            wrong.setdefault(hint, []).append([delta * x, delta])
    if np.allclose(answers, wanted, rtol=1e-8):
        return Answer("The error times the input, and the error itself.", right=True)
    if np.allclose(answers, np.flip(wanted, axis=1)):
        return "The two numbers are right, but in the wrong order: first the weight, then the bias."
    for hint, gradients in wrong.items():
        if np.allclose(answers, gradients):
            return hint
    weight, bias = np.isclose(answers, wanted, rtol=1e-8).all(axis=0)
    if bias and np.allclose(np.array(answers)[:, 0], np.array(wanted)[:, 1]):
        return "The bias is right. In the derivative by the weight the input x is missing."
    if bias or weight:
        good, bad = ("bias", "weight") if bias else ("weight", "bias")
        return f"The derivative by the {good} is right, the one by the {bad} is not."
    x, t, w, b = POINTS[0]
    return (
        f"At x, t, w, b = {x}, {t}, {w}, {b} the derivatives are {wanted[0][0]:.5f} and "
        f"{wanted[0][1]:.5f}, but your function returns {answers[0][0]:.5f} and "
        f"{answers[0][1]:.5f}."
    )


@exercise("perceptron-nearest")
def perceptron_nearest(function):
    """Check the foot of the perpendicular: ``function(x, t, w, b)`` gives (w, b)."""
    for x, t, w, b in POINTS:
        answer = as_pair(function(x, t, w, b), "the weight and the bias")
        if isinstance(answer, str):
            return answer
        output = 1 / (1 + np.exp(-(answer[0] * x + answer[1])))
        if not np.isclose(output, t, rtol=1e-8):
            flipped = 1 / (1 + np.exp(-(answer[1] * x + answer[0])))
            if np.isclose(flipped, t):
                return "The order is wrong: first the weight, then the bias."
            return (
                f"With your weight and bias the output for x = {x} is {output:.4f}, "
                f"but it should be the target, {t}."
            )
        move = answer - (w, b)
        if np.isclose(move[0], 0.0) or np.isclose(move[1], 0.0):
            return (
                "The cost is zero at your point, but you have moved only one of the parameters. "
                "Another point of the line is nearer to the start."
            )
        if not np.isclose(move[0], x * move[1], rtol=1e-7):
            return (
                "The cost is zero at your point, but the way to it is not along (x, 1), "
                "so it is not the nearest one."
            )
    return Answer("It is where gradient descent ends, found without a single update.", right=True)


@exercise("perceptron-logistic")
def perceptron_logistic(function):
    """Check dC/dz of a sigmoid neuron with the logistic cost: ``function(a, t)``."""
    a, t = np.array([0.1, 0.35, 0.8, 0.99]), np.array([0.0, 1.0, 0.3, 1.0])
    answer = np.array([float(np.squeeze(function(*pair))) for pair in zip(a, t, strict=True)])

    def cost(z):
        return np.log(1 + np.exp(z)) - t * z  # the logistic cost of sigmoid(z), written out

    wanted = cost(np.log(a / (1 - a)) + 1e-20j).imag / 1e-20
    if np.allclose(answer, wanted):
        return Answer("The slope of the sigmoid has cancelled.", right=True)
    slope = a * (1 - a)
    if np.allclose(answer, -wanted):
        return "The sign is turned: an output that is too large should give a positive error."
    if np.allclose(answer, wanted / slope):
        return (
            "This is the derivative by the activation a. Multiply it by the slope of the sigmoid."
        )
    if np.allclose(answer, wanted * slope):
        return "This is the error for the squared cost. Put in the derivative of the logistic cost."
    return (
        f"At a = {a[1]}, t = {t[1]} the derivative is {wanted[1]:.4f}, but your function "
        f"returns {answer[1]:.4f}. Multiply the derivative of the cost by the slope a (1 - a)."
    )
