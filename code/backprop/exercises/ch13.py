"""Checkers of chapter 13, building the network (``chapters/13-building-the-network.ipynb``)."""

import numpy as np

from .oracles import COST, GRADIENTS, changes_of, cost_mistakes
from .runner import Hint, array, declare, either, exercise


@exercise("decaying-rate")
@declare("The rate falls as it should, and reset() starts it afresh.",
    cases=[(0.3, 5.0, GRADIENTS), (0.05, 0.7, GRADIENTS[::-1])],
    parts=("the list of changes", "the first change after reset()"), kind="class", use=changes_of,
)  # fmt: skip
def Decaying(eta, tau, gradients):
    """Write the rates out, one by one."""
    t = np.arange(1, len(gradients) + 1)[:, None]
    first = gradients[0]

    def changes(rates, again=None):
        return rates * gradients, again

    right = eta / (1 + (t - 1) / tau)
    return changes(right, eta * first), {
        "The learning rate never falls. Count the calls: `self.n_updates += 1`.":
            either(changes(np.full(t.shape, eta)), changes(np.full(t.shape, eta / (1 - 1 / tau)))),
        "The first change should use eta itself: t begins with 1, and t - 1 with 0.":
            changes(eta / (1 + t / tau)),
        "The first two changes use the same rate. Count before you compute, from 1.":
            changes(eta / (1 + np.maximum(t - 2, 0) / tau)),
        "t - 1 should be divided by tau, not multiplied: a large tau decays slowly.":
            changes(eta / (1 + (t - 1) * tau)),
        "(t - 1)/tau is rounded down here: divide with /, not with //.":
            changes(eta / (1 + (t - 1) // tau)),
        "This rate falls exponentially; the one asked for falls like 1/t.":
            either(changes(eta * np.exp(-(t - 1) / tau)), changes(eta / (1 + 1 / tau) ** (t - 1))),
        "The learning rate grows. Divide by 1 + (t - 1)/tau.": changes(eta * (1 + (t - 1) / tau)),
        "The sign is wrong: the change is subtracted from the parameters.":
            (-right * gradients, None),
        "The changes are right, but after reset() the first one should use eta again: count with "
        "self.n_updates, which reset() sets to 0.":
            (None, eta / (1 + len(gradients) / tau) * first),
    }  # fmt: skip


def _large_errors(reader):
    """Look at errors of ±1000, whose hyperbolic cosine overflows."""
    for error in (1000.0, -1000.0):
        value, slope = reader.of(np.zeros((1, 1)), np.full((1, 1), error))
        right = 1000 - np.log(2), np.sign(error)
        if not (np.isclose(value, right[0], rtol=1e-6) and np.isclose(slope.item(), right[1])):
            raise Hint(
                f"Right for small errors. For an error of {error:g} the cost should be about "
                f"{right[0]:.2f} and its derivative {right[1]:g}, but they are {value:.6g} and "
                f"{slope.item():.6g}: cosh overflows. Write it with exponentials; anp.logaddexp "
                "helps."
            )


@exercise("log-cosh")
@declare("Values and derivatives are right, also for very large errors.",
    cases=lambda rng: [rng.normal(size=(2, n, m)) for n, m in ((5, 3), (3, 4))], kind="class",
    also=[_large_errors], **COST)  # fmt: skip
def CostLogCosh(T, A):
    """Return the mean of ln cosh(a - t), and its derivative on paper."""
    u, n = A - T, len(A)
    logs = np.log(np.cosh(u))
    total = logs.sum()
    return (total / n, np.tanh(u) / n), {
        "This is CostOLS: put ln cosh in place of the square.": ((u ** 2).sum() / n, None),
        "The logarithm is missing.": (np.cosh(u).sum() / n, None),
        "Too large by ln 2 for each element: cosh has a factor of 1/2.":
            ((total + u.size * np.log(2)) / n, None),
        "The logarithm belongs to every element, not to their sum.":
            (np.log(np.cosh(u).sum()) / n, None),
        **cost_mistakes(total, A),
    }  # fmt: skip


def _use_of_gain(Gain, gamma, A, dY):
    """Return all that a layer does: forward, backward, the gradient, and after an update."""
    layer = Gain(len(gamma))
    if layer.n_parameters != len(gamma):
        raise Hint(f"n_parameters should be the width, {len(gamma)}, not {layer.n_parameters}.")
    view, gradient, entry = gamma.copy(), np.full(len(gamma), 99.0), A.copy()
    layer.attach(view, gradient)
    Y = layer.forward(entry)
    if not np.array_equal(entry, A):
        raise Hint("forward changes its input in place; other layers still need it.")
    if Y is None:
        raise Hint("forward returns nothing: did you forget `return`?")
    Y = array(Y, "what forward returns")
    if Y.shape != A.shape:
        raise Hint(f"forward should return the shape of its input, {A.shape}, not {Y.shape}.")
    if not np.allclose(Y, A * gamma, rtol=1e-5):
        raise Hint("forward should multiply column j by gamma[j].")
    delta = dY.copy()
    back = layer.backward(delta)
    if back is None:
        raise Hint("backward returns nothing: return the gradient with respect to the input.")
    if not np.array_equal(delta, dY):
        raise Hint("backward changes its argument in place; make a new array.")
    if not np.array_equal(view, gamma):
        raise Hint("The layer changes gamma itself; only an update of the network should.")
    view *= 2.0  # as an update of the network would
    return back, gradient.copy(), layer.forward(A)


@exercise("gain-layer")
@declare("Forward and backward agree with the sums written out.",
    cases=lambda rng: [(rng.normal(size=m), *rng.normal(size=(2, n, m))) for n, m in ((5, 3), (4,
    4))],
    parts=("what backward returns", "the gradient of gamma",
    "what forward returns after an update"),
    kind="class", use=_use_of_gain)  # fmt: skip
def Gain(gamma, A, dY):
    """Write products and sums out, number by number."""
    n, m = A.shape
    Y = np.array([[A[s, j] * gamma[j] for j in range(m)] for s in range(n)])
    back = np.array([[dY[s, j] * gamma[j] for j in range(m)] for s in range(n)])
    dgamma = np.array([sum(dY[s, j] * A[s, j] for s in range(n)) for j in range(m)])

    def gradient(wrong):
        return None, wrong, None

    return (back, dgamma, 2 * Y), {
        "backward returns what it was given: multiply each column by its gamma.": (dY, None, None),
        "backward should multiply by gamma, not by the input.": (dY * A, None, None),
        "The gradient of gamma has not arrived. Write into the view: self.dgamma[:] = …":
            gradient(np.full(m, 99.0)),
        "The gradient of gamma should be the sum over the samples, not their mean.":
            gradient(dgamma / n),
        "In the gradient of gamma the input is missing: sum dC/dy times x.":
            gradient(dY.sum(axis=0)),
        "In the gradient of gamma the incoming gradient is missing.": gradient(A.sum(axis=0)),
        "The gradient of gamma has a factor gamma too many: take the input, not the output.":
            gradient(dgamma * gamma),
        "The gradient of gamma is added to what was there. Overwrite it: self.dgamma[:] = …":
            gradient(99.0 + dgamma),
        "Keep the view that attach is given, not a copy: updates of gamma do not arrive.":
            (None, None, Y),
    }  # fmt: skip
