"""Checkers of chapter 6, one neuron (``chapters/06-perceptron.ipynb``)."""

import contextlib

import numpy as np

from ..counting import OperationCounter
from .oracles import gradient_of
from .runner import Hint, declare, either, exercise

# Points (x, t, w, b); no two numbers of a point are alike.
POINTS = [(1.5, 0.2, 0.8, -0.4), (-0.7, 0.6, 1.3, 0.5), (2.0, 0.9, -0.3, 0.1)]


@exercise("perceptron-gradient")
@declare("The error times the input, and the error itself.", cases=POINTS, parts=("∂C/∂w", "∂C/∂b"))
def perceptron_gradient(x, t, w, b):
    """Differentiate the cost of a tanh neuron by complex steps."""
    right = gradient_of(lambda theta: (np.tanh(theta[0] * x + theta[1]) - t) ** 2 / 2, [w, b])
    z = w * x + b
    a = np.tanh(z)
    error, slope = a - t, 1 - a**2
    deltas = {
        "The slope of the activation function is missing.": error,
        "The sign is wrong: the cost grows when the output moves away from t.": -error * slope,
        "There is a factor of 2 too many: the cost has a factor of 1/2.": 2 * error * slope,
        "a (1 - a) is the slope of the sigmoid; tanh has another one.": error * a * (1 - a),
        "The slope of tanh is 1 - tanh(z)**2 = 1 - a**2, not 1 - z**2.": error * (1 - z ** 2),
        "The slope of tanh is 1 - a**2; the square is missing.": error * (1 - a),
        "Take the slope of tanh at z, not at a.": error * (1 - np.tanh(a) ** 2),
        "The error a - t is missing.": slope,
        "The error compares the target with a, not with z.": (z - t) * slope,
    }  # fmt: skip
    return right, {
        **{hint: (delta * x, delta) for hint, delta in deltas.items()},
        "In ∂C/∂w the input x is missing.": (right[1], right[1]),
        "The bias has the input 1: ∂C/∂b is the error itself.": (right[0], right[0]),
    }  # fmt: skip


@exercise("perceptron-nearest")
@declare("It is where gradient descent ends, found without a single update.", cases=POINTS,
    parts=("the weight", "the bias"), edges={
        "Right where training would get, but this neuron starts saturated, where training hardly "
        "moves. The foot of the perpendicular needs no training.": (1.5, 0.2, 20.0, 10.0),
    })  # fmt: skip
def nearest_solution(x, t, w, b):
    """Find the shortest move to the line of cost zero, by least squares."""
    z, start = np.log(t / (1 - t)), np.array([w, b])

    def move_to(z):
        return np.linalg.lstsq([[x, 1.0]], [z - w * x - b], rcond=None)[0]

    def at_target(weight, bias):
        return np.isclose(weight * x + bias, z, rtol=1e-6)

    move = move_to(z)
    return start + move, {
        "The cost is zero at your point, but only one of the parameters has moved. Another point "
        "of the line is nearer to the start.": either((w, z - w * x), ((z - b) / x, b)),
        "The order is wrong: first the weight, then the bias.": (start + move)[::-1],
        "This is the move; add it to the weight and the bias.": move,
        "The target is that of the activation a; on the line, z = ln(t/(1 - t)).":
            start + move_to(t),
        "The cost is zero at your point, but the way to it is not along (x, 1), so it is not the "
        "nearest one.": at_target,
        "At your point the output is not the target: σ(wx + b) should be t.":
            lambda weight, bias: not at_target(weight, bias),
    }  # fmt: skip


def _without_loop(reader):
    """Count the operations, if the answer takes numbers that count."""
    counter = OperationCounter()
    with contextlib.suppress(Hint):
        reader.of(1.5, 0.2, counter.number(0.8), -0.4, 0.1, 60)
    if counter.total() > 60:
        raise Hint("Right, but update by update: a power of the factor needs no loop.")


@exercise("perceptron-linear")
@declare("The deviation is multiplied by 1 - η(x² + 1) each time.",
    cases=[(1.5, 0.2, 0.8, -0.4, 0.1, 7), (-0.7, 0.6, 1.3, 0.5, 0.5, 3),
    (2.0, 0.9, -0.3, 0.1, 0.45, 5), (0.3, -1.0, 0.9, 0.2, 0.05, 40)],
    parts=("the weight", "the bias"), edges={
        "After no update the parameters should be what they were.": (1.5, 0.2, 0.8, -0.4, 0.1, 0),
    },
    also=[_without_loop])  # fmt: skip
def after_updates(x, t, w, b, eta, updates):
    """Do the updates one by one."""
    start, along, square = np.array([w, b]), np.array([x, 1.0]), x**2 + 1
    deviation = start @ along - t
    first, to_target = -eta * deviation * along, -deviation / square * along

    def trained(updates=updates, by_bias=1.0, scale=1.0):
        parameters = start
        for _ in range(updates):
            step = scale * eta * (parameters @ along - t)
            parameters = parameters - step * np.array([x, by_bias])
        return parameters

    def moved(factor):
        return start + (1 - factor**updates) * to_target

    right, factor = trained(), 1 - eta * square
    return right, {
        "This is one update, times their number; but the deviation changes each time.":
            start + updates * first,
        "This is where training ends: the deviation is not yet zero.": start + to_target,
        "The bias moves too: the factor is 1 - η(x² + 1), not 1 - ηx².": moved(1 - eta * x**2),
        "The weight acts through x: the factor is 1 - η(x² + 1), not 1 - η.": moved(1 - eta),
        "The factor may be negative: then the deviation changes its sign.": moved(abs(factor)),
        "The factor has a minus sign, so that deviations shrink.": moved(1 + eta * square),
        "The square of the cost is halved: there is no factor of 2.": trained(scale=2.0),
        "This is one update too many.": trained(updates + 1),
        "This is one update too few.": trained(updates - 1),
        "This is the move; add it to the weight and the bias.": right - start,
        "The move is along (x, 1): the bias moves by the weight's move over x.":
            (right[0], b + right[0] - w),
        "The weight moves by x times the bias's move.": (w + right[1] - b, right[1]),
        "The bias should be trained too.": trained(by_bias=0.0),
        "The deviation that is left was added, not the one that is lost: subtract 1 from the "
        "power.": start - factor**updates * to_target,
        "Divide by x² + 1: the move along (x, 1) changes the output by so much.":
            start + (1 - factor**updates) * to_target * square,
    }  # fmt: skip


@exercise("perceptron-logistic")
@declare("The slope of the sigmoid has cancelled.",
    cases=[(0.1, 0.0), (0.35, 1.0), (0.8, 0.3), (0.99, 1.0)], parts="the derivative",
    advice="Multiply the derivative of the cost by the slope a (1 - a).")  # fmt: skip
def logistic_delta(a, t):
    """Differentiate the cost, written as a function of z, by a complex step."""
    right = gradient_of(lambda z: np.log(1 + np.exp(z)) - t * z, np.log(a / (1 - a)))
    slope = a * (1 - a)
    return right, {
        "The sign is wrong: an output that is too large should give a positive error.": -right,
        "This is the derivative with respect to the activation a. Multiply it by the slope of the "
        "sigmoid.": right / slope,
        "This is the error for the squared cost; take the logistic one.": right * slope,
        "Only the term with t is there; the one with 1 - t is missing.": -t * (1 - a),
        "Only the term with 1 - t is there; the one with t is missing.": (1 - t) * a,
    }  # fmt: skip
