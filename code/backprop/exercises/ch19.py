"""Checkers of chapter 19: mini-batches, a cost from logits, and RMSprop as Keras has it.

They need NumPy alone.  Answers may be arrays of another kind, such as tensors, as long as
``numpy.asarray`` takes them.
"""

from __future__ import annotations

import math

import numpy as np

from .registry import Answer, exercise


@exercise("keras-batches")
def keras_batches(function):
    """Check ``function(n, size)``: the sizes of one epoch's mini-batches, the rest last."""
    cases = {
        (1437, 32): [32] * 44 + [29],
        (64, 32): [32, 32],
        (5, 8): [5],
        (7, 1): [1] * 7,
        (10, 3): [3, 3, 3, 1],
    }
    found = {}
    for n, size in cases:
        answer = np.asarray(function(n, size))
        if answer.ndim != 1:
            return (
                "Your function should return a list of numbers, one for each mini-batch, but for "
                f"n = {n} and size = {size} it returns {answer.tolist()!r}."
            )
        found[n, size] = answer.tolist()
    if all(found[n, size] == list(range(0, n, size)) for n, size in cases):
        return "You return where each mini-batch begins; asked for is how many samples it has."
    if any(0 in sizes for sizes in found.values()):
        return (
            "There is an empty mini-batch. If n is a multiple of size, as 64 is of 32, nothing is "
            "left over, and the last mini-batch is as large as the others."
        )
    if found == cases:
        return Answer("Full mini-batches first, and what is left over at the end.", right=True)
    for hint, wrong in (
        (
            "The samples that are left over are missing. Keras makes a smaller mini-batch of "
            "them, and a step with it.",
            lambda n, size: [size] * (n // size),
        ),
        (
            "The last mini-batch is too large: there are not enough samples left for it.",
            lambda n, size: [size] * math.ceil(n / size),
        ),
        (
            "These sizes differ by at most one: that is how FFNN.fit deals the samples out. Keras "
            "fills each mini-batch before it begins the next.",
            lambda n, size: [
                len(part) for part in np.array_split(np.arange(n), math.ceil(n / size))
            ],
        ),
        (
            "The smaller mini-batch comes last, not first.",
            lambda n, size: ([n % size] if n % size else []) + [size] * (n // size),
        ),
    ):
        if all(found[case] == wrong(*case) for case in cases):
            return hint
    for (n, size), sizes in found.items():
        if sum(sizes) != n:
            return (
                f"For n = {n} and size = {size} your mini-batches have {sum(sizes):g} samples "
                f"in all. An epoch uses each of the {n} once."
            )
    n, size = next(case for case in cases if found[case] != cases[case])
    return (
        f"For n = {n} and size = {size} there should be {len(cases[n, size])} mini-batches, the "
        f"last of {cases[n, size][-1]}; yours are {_shortened(found[n, size])}."
    )


def _shortened(sizes):
    """Return a list as text, the middle of a long one left out."""
    shown = [f"{size:g}" for size in sizes]
    if len(shown) > 8:
        shown = [*shown[:3], "…", *shown[-2:]]
    return "[" + ", ".join(shown) + "]"


@exercise("keras-logits")
def keras_logits(function):
    """Check ``function(Z, T)``: the mean cross-entropy of softmax(Z), for any size of Z."""
    rng = np.random.default_rng(19)
    Z, T = 2.0 * rng.normal(size=(7, 4)), rng.dirichlet(np.ones(4), size=7)
    T[:4] = np.eye(4)[[2, 0, 3, 3]]
    before = Z.copy(), T.copy()
    answer = np.asarray(function(Z, T))
    if not (np.array_equal(Z, before[0]) and np.array_equal(T, before[1])):
        return "Your function changes its arguments; it should leave Z and T as they are."
    if answer.shape == (7,):
        return "Your function returns one cost per sample: take the mean over the samples."
    if answer.size != 1 or answer.dtype.kind not in "fiu":
        return f"Your function should return one number, not {answer.tolist()!r}."
    value = float(answer.item())
    by_sample = [_cost_of_row(z, t) for z, t in zip(Z.tolist(), T.tolist(), strict=True)]
    wanted = sum(by_sample) / len(Z)
    largest = Z.max(axis=1)
    for hint, wrong in (
        ("This is the sum over the samples; C carries a factor of 1/n.", wanted * len(Z)),
        (
            "This is the mean over all elements. Sum over the outputs, and take the mean over "
            "the samples.",
            wanted / Z.shape[1],
        ),
        ("The sign is turned: a cost is positive.", -wanted),
        (
            "The logarithm of the sum of exponentials is missing, or is not added.",
            -float((T * Z).sum()) / len(Z),
        ),
        (
            "The second sum, of t times z, is missing.",
            wanted + float((T * Z).sum()) / len(Z),
        ),
        (
            "The factor taken out of the sum has to be put back: add the largest logit to the "
            "logarithm.",
            wanted - float(largest.mean()),
        ),
        (
            "The softmax has been applied twice: Z holds logits, and your formula is for Z.",
            sum(_cost_of_row(_softmax(z), t) for z, t in zip(Z.tolist(), T.tolist(), strict=True))
            / len(Z),
        ),
    ):
        if math.isclose(value, wrong, rel_tol=1e-9):
            return hint
    if not math.isclose(value, wanted, rel_tol=1e-5):
        return f"At a test point the cost should be {wanted:.6f}, but is {value:.6f}."
    if not math.isclose(value, wanted, rel_tol=1e-10):
        return (
            f"The first digits are right, {wanted:.4f}, but not the later ones. Is a small number "
            "added to a logarithm, or is something in single precision?"
        )
    far = np.array([[800.0, 0.0, -5.0], [-800.0, -790.0, -900.0]])
    target = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    with np.errstate(all="ignore"):
        value = float(np.asarray(function(far, target)).item())
    wanted = (800.0 + 10.0 + math.log1p(math.exp(-10.0))) / 2
    if not math.isfinite(value):
        return (
            f"Right for small logits. For logits of 800 the cost is {wanted:.2f}, but your "
            f"function returns {value}: the exponential overflows, or a probability is rounded to "
            "zero. Subtract the largest logit of each row first."
        )
    if not math.isclose(value, wanted, rel_tol=1e-10):
        return (
            f"Right for small logits. For logits of 800 the cost is {wanted:.2f}, but your "
            f"function returns {value:.2f}: it clips the probabilities, or adds a small number to "
            "them. Work with the logits themselves; the largest one of each *row* helps."
        )
    return Answer("Small logits and large ones, without forming a probability.", right=True)


def _softmax(z):
    e = [math.exp(v) for v in z]
    return [v / sum(e) for v in e]


def _cost_of_row(z, t):
    """Return the cross-entropy of one sample with small logits, by its definition."""
    return -sum(tk * math.log(a) for tk, a in zip(t, _softmax(z), strict=True) if tk)


GRADIENTS = np.array([[3.0, -2e-4, 0.0, 5e-4], [0.5, 1e-4, 0.0, -2e-3], [-1.0, 3e-4, 0.0, 1e-5]])


@exercise("keras-rmsprop")
def keras_rmsprop(RMSpropOfKeras):
    """Check a scheduler whose change is eta g/√(s + epsilon), with s of RMSprop."""
    eta, rho, epsilon = 0.3, 0.8, 1e-7
    scheduler = RMSpropOfKeras(eta, rho)
    gradients = GRADIENTS.copy()
    changes = []
    with np.errstate(all="ignore"):
        for g in gradients:
            changes.append(np.array(scheduler.update_change(g), dtype=np.float64))
    if any(change.shape != (4,) for change in changes):
        return f"The change should have the gradient's shape, (4,), not {changes[0].shape}."
    if not np.array_equal(gradients, GRADIENTS):
        return "Your scheduler changes the gradient that it is given. Return a new array."
    changes = np.array(changes)
    if np.isnan(changes[:, 2]).any():
        return (
            "Where the gradient has always been zero, the change is NaN. With epsilon under the "
            "root, nothing is divided by zero."
        )
    wanted = _rule(eta, rho, lambda s: math.sqrt(s + epsilon))
    if not np.allclose(changes, wanted, rtol=1e-9, atol=0.0):
        for hint, wrong in (
            (
                "The constant stands outside the root: that is RMSprop as in our package. Keras "
                "has it inside.",
                _rule(eta, rho, lambda s: math.sqrt(s) + epsilon),
            ),
            (
                "The constant stands outside the root and is 1e-8: that is RMS_prop of our "
                "package.",
                _rule(eta, rho, lambda s: math.sqrt(s) + 1e-8),
            ),
            (
                "The place of the constant is right, its value is not: epsilon is 1e-7.",
                _rule(eta, rho, lambda s: math.sqrt(s + 1e-8)),
            ),
            ("The root is missing.", _rule(eta, rho, lambda s: s + epsilon)),
            (
                "rho is the share of the old mean square that is kept; yours is the share of the "
                "new one.",
                _rule(eta, 1 - rho, lambda s: math.sqrt(s + epsilon)),
            ),
            (
                "The new square enters with the factor 1 - rho, which is missing.",
                _rule(eta, rho, lambda s: math.sqrt(s + epsilon), new=1.0),
            ),
            (
                "The squares are summed up and nothing is forgotten: multiply the old mean square "
                "by rho.",
                _rule(eta, 1.0, lambda s: math.sqrt(s + epsilon), new=1 - rho),
            ),
            (
                "Nothing is remembered: every change uses only its own gradient. Keep s in "
                "self.memory.",
                _rule(eta, 0.0, lambda s: math.sqrt(s + epsilon), new=1 - rho),
            ),
            (
                "The mean square should contain the present gradient: update s first, then divide.",
                _rule(eta, rho, lambda s: math.sqrt(s + epsilon), late=True),
            ),
            ("The learning rate is missing.", wanted / eta),
            ("The sign is turned: the change is subtracted from the parameters.", -wanted),
        ):
            if np.allclose(changes, wrong, rtol=1e-9, atol=0.0):
                return hint
        t = int(np.flatnonzero(~np.isclose(changes, wanted, rtol=1e-9, atol=0.0).all(axis=1))[0])
        return (
            f"With eta = {eta}, rho = {rho} and the gradients {GRADIENTS[: t + 1].tolist()} change "
            f"number {t + 1} should be {wanted[t].round(5).tolist()}, but is "
            f"{changes[t].round(5).tolist()}."
        )
    scheduler.reset()
    if not np.allclose(scheduler.update_change(GRADIENTS[0]), wanted[0], rtol=1e-9, atol=0.0):
        return (
            "The changes are right, but reset() does not erase the mean square. Keep it in "
            "self.memory, which reset() empties."
        )
    other = RMSpropOfKeras(eta, rho, 0.25).update_change(GRADIENTS[0])
    if not np.allclose(other, _rule(eta, rho, lambda s: math.sqrt(s + 0.25))[0]):
        return "The changes are right for epsilon = 1e-7, but another epsilon changes nothing."
    return Answer("The constant is under the root, and reset() starts afresh.", right=True)


def _rule(eta, rho, root, new=None, late=False):
    """Return the changes for GRADIENTS, number by number."""
    new = 1 - rho if new is None else new
    changes = np.zeros_like(GRADIENTS)
    for j in range(GRADIENTS.shape[1]):
        s = 0.0
        for t, g in enumerate(GRADIENTS[:, j].tolist()):
            old, s = s, rho * s + new * g * g
            divisor = root(old if late else s)
            changes[t, j] = eta * g / divisor if divisor else 0.0
    return changes
