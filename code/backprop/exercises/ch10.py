"""Checkers of chapter 10: the largest learning rate, Nesterov's momentum, Newton's step."""

from __future__ import annotations

import numpy as np

from ._common import GRADIENTS, changes_of
from .registry import Answer, exercise


@exercise("largest-rate")
def largest_rate(rate):
    """Check the limit against the growth of an error under gradient descent itself."""
    rng = np.random.default_rng(10)
    X = rng.normal(size=(9, 3)) * (1.0, 2.0, 0.5)
    given = rate(X.copy())
    if np.ndim(given) != 0:
        return f"One number is asked for, but what is returned has shape {np.shape(given)}."
    largest, smallest = _extreme_curvatures(X)
    n = len(X)
    hints = (
        (largest, "This is the largest curvature itself. The limit is 2 divided by it."),
        (
            1 / largest,
            "This is half of the limit. On a parabola 1/λ is best, but 2/λ is the limit.",
        ),
        (2 / smallest, "You took the smallest curvature. The steepest direction sets the limit."),
        (2 / largest / n, "The factor 1/n is missing in the Hessian: the cost is a mean."),
        (4 / largest / n, "The Hessian is (2/n) XᵀX, with the 2 of the derivative and the 1/n."),
        (4 / largest, "The factor 2 is missing in the Hessian: the square was differentiated."),
        (
            2 / (largest + smallest),
            "This is the best rate. The question is for the largest one that is stable.",
        ),
    )
    for wrong, hint in hints:
        if np.isclose(given, wrong, rtol=1e-6):
            return hint
    if not np.isclose(given, 2 / largest, rtol=1e-6):
        return f"In a test the limit should be {2 / largest:.5f}, but is {given:.5f}."
    if not np.isclose(rate(np.ones((4, 1))), 1.0):
        return "Right in one test, but with a single column of ones the limit should be 1."
    return Answer("Below this rate an error shrinks, above it one grows.", right=True)


def _extreme_curvatures(X):
    """Return the largest and the smallest curvature of the mean squared error.

    By power iteration, with the curvature along a direction v as the second difference of
    the cost, so that no Hessian is formed.
    """

    def times(v):
        return 2 * np.mean((X @ v)[:, None] * X, axis=0)

    def largest(apply):
        v = np.ones(X.shape[1]) / np.sqrt(X.shape[1])
        for _ in range(2000):
            v = apply(v)
            v /= np.linalg.norm(v)
        return v @ apply(v)

    top = largest(times)
    return top, top - largest(lambda v: top * v - times(v))


@exercise("nesterov")
def nesterov(Nesterov):
    """Check a scheduler against the sums over the past, written out."""
    eta, mu = 0.3, 0.5
    scheduler = Nesterov(eta, mu)
    changes, hint = changes_of(scheduler)
    if hint:
        return hint
    age = np.arange(4)[:, None] - np.arange(4)
    v = eta * (np.tril(mu ** np.abs(age)) @ GRADIENTS)
    old = np.vstack([np.zeros(2), v[:-1]])
    right = mu * v + eta * GRADIENTS
    hints = (
        (v, "This is plain momentum: the change is the velocity itself, without the look ahead."),
        (mu * v, "The change lacks the new gradient: add eta times g_t."),
        (
            mu * old + mu * eta * GRADIENTS,
            "The change is mu v_t + eta g_t: the second term has no mu.",
        ),
        (v + eta * GRADIENTS, "The velocity in the change should be multiplied by mu once more."),
        (mu * v + GRADIENTS, "The learning rate is missing in the second term of the change."),
        (eta * GRADIENTS * (1 + mu), "The velocity is forgotten from call to call: keep it."),
        (-right, "The sign is turned: the change is subtracted from the parameters."),
    )
    for wrong, hint in hints:
        if np.allclose(changes, wrong):
            return hint
    if not np.allclose(changes, right, rtol=1e-10):
        wrong = np.flatnonzero(~np.isclose(changes, right).all(axis=1))[0]
        return (
            f"With eta = {eta}, momentum = {mu} and the gradients {GRADIENTS.tolist()} change "
            f"number {wrong + 1} should be {right[wrong].round(4).tolist()}, "
            f"but is {changes[wrong].round(4).tolist()}."
        )
    first = changes[0].copy()
    scheduler.reset()
    if not np.allclose(scheduler.update_change(GRADIENTS[0]), first):
        return (
            "The changes are right, but reset() does not forget the velocity. Keep it in "
            "self.memory, which reset() empties."
        )
    return Answer("The rule looks ahead, and reset() makes it forget.", right=True)


@exercise("newton-step")
def newton_step(step):
    """Check that one step from anywhere ends at the solution of the least-squares problem."""
    rng = np.random.default_rng(20)
    X, y, theta = rng.normal(size=(8, 3)), rng.normal(size=8), rng.normal(size=3)
    start = theta.copy()
    change = step(X, y, theta)
    if np.shape(change) != (3,):
        return f"The change should have the shape of theta, (3,), not {np.shape(change)}."
    if not np.array_equal(theta, start):
        return "Your function changes theta. Return the change, and leave theta as it was."
    best = np.linalg.lstsq(X, y, rcond=None)[0]
    right = theta - best
    slope = 2 * np.mean((X @ theta - y)[:, None] * X, axis=0)
    hints = (
        (-right, "The sign is turned: the change is subtracted from the parameters."),
        (best, "This is the minimum itself. The change is what leads there: theta minus it."),
        (slope, "This is the gradient. Multiply it by the inverse of the Hessian."),
        (right * 2, "Twice too long: the factor 2 is missing in the Hessian."),
        (right / 2, "Half as long as it should be: the factor 2 is missing in the gradient."),
        (right / 8, "Gradient and Hessian should both carry the factor 1/n, or neither."),
        (right * 8, "Gradient and Hessian should both carry the factor 1/n, or neither."),
        (
            slope / np.diag(2 / 8 * X.T @ X),
            "You divide by the diagonal of the Hessian. Its other elements matter: solve H Δ = g.",
        ),
        (2 / 8 * X.T @ X @ slope, "You multiply by the Hessian; multiply by its inverse."),
    )
    for wrong, hint in hints:
        if np.allclose(change, wrong, rtol=1e-6):
            return hint
    if not np.allclose(change, right, rtol=1e-6, atol=1e-9):
        return (
            f"In a test theta minus the change should be {best.round(4).tolist()}, "
            f"but is {(theta - change).round(4).tolist()}."
        )
    return Answer("One step, and the minimum is reached.", right=True)
