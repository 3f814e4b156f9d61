"""Checkers of chapter 13: a scheduler, a cost and a layer of one's own."""

from __future__ import annotations

import numpy as np

from ._common import GRADIENTS, changes_of, cost_hint
from .registry import Answer, exercise


@exercise("decaying-rate")
def decaying_rate(Decaying):
    """Check a scheduler whose t-th change is eta g/(1 + (t - 1)/tau)."""
    eta, tau = 0.3, 5.0
    scheduler = Decaying(eta, tau)
    changes, hint = changes_of(scheduler)
    if hint:
        return hint
    t = np.arange(1, 5)[:, None]
    rates = {
        "right": eta / (1 + (t - 1) / tau),
        "constant": np.full_like(t, eta, dtype=np.float64),
        "early": eta / (1 + t / tau),
        "late": eta / (1 + np.maximum(t - 2, 0) / tau),
        "product": eta / (1 + (t - 1) * tau),
        "exponential": eta * np.exp(-(t - 1) / tau),
        "growing": eta * (1 + (t - 1) / tau),
    }
    hints = {
        "constant": "The learning rate never falls. Count the calls: `self.n_updates += 1`.",
        "early": "The first change should use eta itself: t begins with 1, and t - 1 with 0.",
        "late": "The first two changes use the same rate. Count before you compute, from 1.",
        "product": "t - 1 should be divided by tau, not multiplied: a large tau decays slowly.",
        "exponential": "This rate falls exponentially; the one asked for falls like 1/t.",
        "growing": "The learning rate grows. Divide by 1 + (t - 1)/tau.",
    }
    for name, hint in hints.items():
        if np.allclose(changes, rates[name] * GRADIENTS):
            return hint
    if np.allclose(changes, -rates["right"] * GRADIENTS):
        return "The sign is turned: the change is subtracted from the parameters."
    if not np.allclose(changes, rates["right"] * GRADIENTS, rtol=1e-10):
        wrong = np.flatnonzero(~np.isclose(changes, rates["right"] * GRADIENTS).all(axis=1))[0]
        return (
            f"With eta = {eta}, tau = {tau} and the gradient {GRADIENTS[wrong].tolist()} change "
            f"number {wrong + 1} should be {(rates['right'] * GRADIENTS)[wrong].round(4).tolist()}"
            f", but is {changes[wrong].round(4).tolist()}."
        )
    scheduler.reset()
    if not np.allclose(scheduler.update_change(GRADIENTS[0]), eta * GRADIENTS[0]):
        return "The changes are right, but after reset() the first one should use eta again."
    return Answer("The rate falls as it should, and reset() starts it afresh.", right=True)


@exercise("log-cosh")
def log_cosh(CostLogCosh):
    """Check the mean of ln cosh(a - t): values, gradient by autograd, and large errors."""
    rng = np.random.default_rng(13)
    T, A = rng.normal(size=(2, 5, 3))
    u = A - T
    total = np.log(np.cosh(u)).sum()
    wrong = (
        ((u**2).sum() / len(u), "This is CostOLS: put ln cosh in place of the square."),
        (np.cosh(u).sum() / len(u), "The logarithm is missing."),
        (
            np.log(np.cosh(u)).sum(axis=1).mean() + u.shape[1] * np.log(2),
            "Too large by ln 2 for each element: cosh has a factor of 1/2.",
        ),
    )
    hint = cost_hint(CostLogCosh, T, A, total, np.tanh(u) / len(u), wrong)
    if hint:
        return hint
    from autograd import grad

    with np.errstate(over="ignore", invalid="ignore"):
        large = CostLogCosh(np.array([[0.0]]))
        values = [large(np.array([[error]])) for error in (1000.0, -1000.0)]
        slopes = [grad(large)(np.array([[error]])).item() for error in (1000.0, -1000.0)]
    if not np.allclose(values, 1000 - np.log(2)) or not np.allclose(slopes, [1.0, -1.0]):
        return (
            "Right for small errors. For an error of 1000 the cost should be about 999.31 and its "
            f"derivative 1, but they are {values[0]:.6g} and {slopes[0]:.6g}: cosh overflows. "
            "Write cosh as exponentials; anp.logaddexp helps."
        )
    return Answer("Values and derivatives are right, also for very large errors.", right=True)


@exercise("gain-layer")
def gain_layer(Gain):
    """Check a layer y = gamma x, column by column, against sums written out."""
    rng = np.random.default_rng(31)
    A, dY = rng.normal(size=(2, 5, 3))
    gamma, gradient = rng.normal(size=3), np.full(3, 99.0)
    layer = Gain(3)
    if layer.n_parameters != 3:
        return f"n_parameters should be the width, 3, not {layer.n_parameters}."
    layer.attach(gamma, gradient)
    Y = layer.forward(A)
    if np.shape(Y) != A.shape:
        return f"forward should return the shape of its input, {A.shape}, not {np.shape(Y)}."
    wanted = np.array([[A[s, j] * gamma[j] for j in range(3)] for s in range(5)])
    if not np.allclose(Y, wanted):
        return "forward should multiply column j by gamma[j]."
    back = layer.backward(dY.copy())
    if np.shape(back) != A.shape:
        return (
            f"backward should return the gradient by the input, shape {A.shape}, "
            f"not {np.shape(back)}."
        )
    if np.allclose(back, dY):
        return "backward returns what it was given: multiply each column by its gamma."
    if not np.allclose(back, [[dY[s, j] * gamma[j] for j in range(3)] for s in range(5)]):
        return "backward should return the incoming gradient times gamma, column by column."
    dgamma = np.array([sum(dY[s, j] * A[s, j] for s in range(5)) for j in range(3)])
    if np.all(gradient == 99.0):
        return (
            "What backward returns is right, but the gradient of gamma has not arrived. Write "
            "into the view: self.dgamma[:] = …"
        )
    if np.allclose(gradient, dgamma / 5):
        return "The gradient of gamma should be the sum over the samples, not their mean."
    if np.allclose(gradient, dY.sum(axis=0)):
        return "In the gradient of gamma the input is missing: sum dC/dy times x."
    if np.allclose(gradient, dgamma * gamma):
        return "The gradient of gamma has a factor gamma too many: take the input, not the output."
    if np.allclose(gradient, 99.0 + dgamma):
        return "The gradient of gamma is added to what was there. Overwrite it: self.dgamma[:] = …"
    if not np.allclose(gradient, dgamma):
        return (
            f"The gradient of gamma should be {dgamma.round(4).tolist()} in a test, "
            f"but is {gradient.round(4).tolist()}."
        )
    gamma *= 2.0  # as an update of the network would
    if not np.allclose(layer.forward(A), 2 * wanted):
        return "Keep the view that attach is given, not a copy: updates of gamma do not arrive."
    return Answer("Forward and backward agree with the sums written out.", right=True)
