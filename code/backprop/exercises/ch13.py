"""Checkers of chapter 13, building the network (``chapters/13-building-the-network.ipynb``)."""

import functools

import numpy as np

from .laboratory import CHECKS, LIMIT, NETWORKS
from .oracles import COST, GRADIENTS, changes_of, cost_mistakes
from .runner import Hint, Reader, array, declare, either, exercise, inspect_answer


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
        "After reset() the first change should use eta again: count with self.n_updates, which "
        "reset() sets to 0, and leave self.eta as it is.":
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
                f"{slope.item():.6g}. cosh(1000) and e^1000 are too large for a double; "
                "anp.logaddexp adds exponentials without forming them."
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


def _passes_of_gain(Gain, gamma, A, dY):
    """Let a layer go through a training step, and through another after an update of gamma."""
    layer, view, gradient = Gain(len(gamma)), gamma.copy(), np.empty(len(gamma))
    layer.attach(view, gradient)
    for entry, delta in ((A, dY), (dY, A)):
        Y = array(layer.forward(entry.copy(), training=True), "what forward returns")
        if Y.shape != A.shape or not np.allclose(Y, entry * view, rtol=1e-5):
            raise Hint("Right by itself, but in training, forward(A, training=True), forward "
                       "should multiply column j by gamma[j] as well.")  # fmt: skip
        back = layer.backward(delta.copy())
        if not np.allclose(gradient, (delta * entry).sum(axis=0), rtol=1e-5):
            raise Hint("Right at first, but in a later step the gradient of gamma is made with an "
                       "earlier input: keep the input in every forward pass.")  # fmt: skip
        if not np.allclose(back, delta * view, rtol=1e-5):
            raise Hint("Right at first, but after an update of gamma, backward multiplies by what "
                       "gamma was before.")  # fmt: skip
        view *= -0.5  # as an update of the network would
    return back


def _later_passes(reader):
    """Look at a second step, with another input and another gamma."""
    A, dY = np.arange(6.0).reshape(3, 2) - 2.5, np.array([[1.0, 3.0], [0.5, -2.0], [-1.0, 4.0]])
    Reader(reader.answer, use=_passes_of_gain)(np.array([1.5, -0.5]), A, dY)


@exercise("gain-layer")
@declare("Forward and backward agree with the sums written out.",
    cases=lambda rng: [(rng.normal(size=m), *rng.normal(size=(2, n, m))) for n, m in ((5, 3), (4,
    4))],
    parts=("what backward returns", "the gradient of gamma",
    "what forward returns after an update"),
    kind="class", use=_use_of_gain, also=[_later_passes])  # fmt: skip
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


@functools.cache
def _measured():
    """Return what each check measures for each network, by really running it."""
    return {a: {k: look(net) for k, look in CHECKS.items()} for a, net in NETWORKS.items()}


def _names(row, what, known, noun):
    """Return the names that a row (or column) of the reader's table has, in any form."""
    if row is ...:
        raise NotImplementedError
    if isinstance(row, str):
        row = row.replace(",", " ").split() if known is CHECKS else filter(str.isalpha, row)
    try:
        entries = [] if row is None else list(row.items() if isinstance(row, dict) else row)
        if any(isinstance(entry, str) or callable(entry) for entry in entries):
            pairs = [(getattr(entry, "__name__", entry), True) for entry in entries]
        elif isinstance(row, dict):
            pairs = entries
        else:
            pairs = list(zip(known, entries, strict=bool(entries)))
        names = {name for name, seen in pairs if float(seen) > LIMIT}
    except (TypeError, ValueError):
        raise Hint(
            f"{what} should be the names of {noun}s, or {len(known)} times true or false, not "
            f"{row!r:.80}."
        ) from None
    if unknown := names - set(known):
        raise Hint(f"{what} has {min(unknown, key=str)!r}, which is no {noun}: {', '.join(known)}.")
    return names


def _rows(noticed):
    """Return the reader's table as one set of names for each network, in either orientation."""
    if hasattr(noticed, "to_dict"):  # a DataFrame
        noticed = noticed.to_dict()
    if not isinstance(noticed, dict):
        try:
            rows = list(noticed)
        except Exception:  # what cannot be iterated raises what it likes
            rows = []
        if len(rows) != len(NETWORKS):
            raise Hint(
                "A dictionary with the letters A to J is asked for, or a table of ten rows, not "
                f"{noticed!r:.80}."
            )
        noticed = dict(zip(NETWORKS, rows, strict=True))
    if noticed and set(noticed) <= set(CHECKS):  # by check: which networks it notices
        columns = {k: _names(v, f"Check {k}", NETWORKS, "network") for k, v in noticed.items()}
        noticed = {a: {k for k, letters in columns.items() if a in letters} for a in NETWORKS}
    noticed = {key.upper() if isinstance(key, str) else key: row for key, row in noticed.items()}
    if missing := [a for a in NETWORKS if a not in noticed]:
        raise Hint(f"No row for {', '.join(missing)}. Write an empty one if no check notices.")
    return {a: _names(noticed[a], f"Row {a}", CHECKS, "check") for a in NETWORKS}


@exercise("lab-which-check")
@inspect_answer("values")
def lab_which_check(noticed):
    """Run every check on every network, and compare."""
    given = _rows(noticed)
    right = {a: {k for k, v in row.items() if v > LIMIT} for a, row in _measured().items()}
    if all(given[a] == set(CHECKS) - right[a] for a in NETWORKS):
        raise Hint("These are the checks that pass. The question is which ones notice something.")
    wrong = [a for a in NETWORKS if given[a] != right[a]]
    if not wrong:
        return "No two rows are alike, and no check notices more than half of the ten."
    a = wrong[0]
    name = next(k for k in CHECKS if (k in given[a]) != (k in right[a]))
    verb = "notices something" if name in right[a] else "notices nothing"
    raise Hint(
        f"{len(NETWORKS) - len(wrong)} of {len(NETWORKS)} rows are right. In row {a}, {name} "
        f"{verb}: CHECKS[{name!r}](NETWORKS[{a!r}]) is {_measured()[a][name]:.0e}, and the limit "
        f"is {LIMIT:g}."
    )
