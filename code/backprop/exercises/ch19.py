"""Checkers of chapter 19, TensorFlow and Keras (``chapters/19-keras-tensorflow.ipynb``).

They need NumPy alone.  Answers may be arrays of another kind, such as tensors, as long as
``numpy.asarray`` takes them.
"""

import math

import numpy as np

from .oracles import changes_of
from .runner import Hint, array, declare, either, exercise, inspect_answer


@exercise("keras-batches")
@declare("Full mini-batches first, and what is left over at the end.",
    cases=[(1437, 32), (64, 32), (5, 8), (7, 1), (10, 3)], parts="the list of sizes")  # fmt: skip
def batch_sizes(n, size):
    """Deal the samples out, one by one."""
    right = [1]
    for _ in range(n - 1):
        if right[-1] == size:
            right.append(0)
        right[-1] += 1
    full, rest, count = n // size, n % size, math.ceil(n / size)
    return right, {
        "You return where each mini-batch begins; how many samples it has is asked for.":
            list(range(0, n, size)),
        "There is an empty mini-batch where n is a multiple of size and nothing is left over.":
            [size] * full + [rest],
        "The samples that are left over are missing. Keras makes a smaller mini-batch of them.":
            [size] * full,
        "The last mini-batch is too large: there are not enough samples left for it.":
            [size] * count,
        "The sizes differ by at most one, as in FFNN.fit. Keras fills each mini-batch first.":
            [n // count + (k < n % count) for k in range(count)],
        "One number for each mini-batch is asked for; this is how many there are.": count,
    }  # fmt: skip


def _mean_cost(Z, T):
    """Return the cross-entropy for logits; sums of exponentials are added pair by pair."""
    return float(np.mean(np.logaddexp.reduce(Z, axis=1) - (T * Z).sum(axis=1)))


FAR = (
    np.array([[800.0, 0.0, -5.0], [-800.0, -790.0, -900.0]]),
    np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]),
)


def _logits(rng, n, K):
    T = rng.dirichlet(np.ones(K), size=n)
    T[:3] = np.eye(K)[[2, 0, 2]]
    return 2.0 * rng.normal(size=(n, K)), T


@exercise("keras-logits")
@declare("Small logits and large ones, without forming a probability.",
    cases=lambda rng: [_logits(rng, 7, 4), _logits(rng, 5, 3)], parts="the cost", edges={
        "Right for small logits, but not for logits of 800: the exponential overflows, a "
        "probability is rounded to zero, something is clipped, or a small number is added. "
        "Subtract the largest logit of each *row* first, and work with the logits themselves.": FAR,
    })  # fmt: skip
def cost_from_logits(Z, T):
    """Add the exponentials of each row pair by pair, by logaddexp."""
    right, n = _mean_cost(Z, T), len(Z)
    product, largest = float((T * Z).sum()), Z.max(axis=1)
    return right, {
        "This is the sum over the samples; C carries a factor of 1/n.": right * n,
        "This is the mean over all elements: sum over the outputs first.": right / Z.shape[1],
        "Your function returns one cost per sample: take the mean over the samples.":
            np.array([_mean_cost(Z[[s]], T[[s]]) for s in range(n)]),
        "The logarithm of the sum of exponentials is missing, or is not added.": -product / n,
        "The second sum, of t times z, is missing.": right + product / n,
        "The second sum, of t times z, is added; it should be subtracted.": right + 2 * product / n,
        "The factor taken out of the sum has to be put back: add the largest logit.":
            right - float(largest.mean()),
        "The softmax has been applied twice: Z holds logits, and your formula is for Z.":
            _mean_cost(np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True), T),
    }  # fmt: skip


GRADIENTS = np.array([[3.0, -2e-4, 0.0, 5e-4], [0.5, 1e-4, 0.0, -2e-3], [-1.0, 3e-4, 0.0, 1e-5]])


def _rule(eta, rho, root, gradients=GRADIENTS, new=None, late=False):
    """Return the changes, number by number."""
    new = 1 - rho if new is None else new
    changes = np.zeros_like(gradients)
    for j in range(gradients.shape[1]):
        s = 0.0
        for t, g in enumerate(gradients[:, j].tolist()):
            old, s = s, rho * s + new * g * g
            divisor = root(old if late else s)
            changes[t, j] = eta * g / divisor if divisor else 0.0
    return changes


def _run(RMSpropOfKeras, eta, rho, epsilon, gradients):
    """Leave epsilon to its default where it is 1e-7."""
    settings = (eta, rho) if epsilon == 1e-7 else (eta, rho, epsilon)
    return changes_of(RMSpropOfKeras, *settings, gradients)


@exercise("keras-rmsprop")
@declare("The constant is under the root, and reset() starts afresh.",
    cases=[(0.3, 0.8, 1e-07, GRADIENTS), (0.02, 0.4, 0.25, GRADIENTS)],
    parts=("the list of changes", "the first change after reset()"), kind="class", use=_run,
    errors={
        "nan": "With epsilon under the root, nothing is divided by zero: yours gives NaN.",
    })  # fmt: skip
def RMSpropOfKeras(eta, rho, epsilon, gradients):
    """Write the rule out, number by number."""

    def rule(root, rho=rho, **options):
        return _rule(eta, rho, root, gradients, **options), None

    def inside(s):
        return math.sqrt(s + epsilon)

    right = rule(inside)[0]
    first = _rule(eta, rho, inside, gradients)[0]
    last = _rule(eta, rho, inside, np.vstack([gradients, gradients[:1]]))[-1]
    default, eighth = epsilon == 1e-7, rule(lambda s: math.sqrt(s + 1e-08))
    return (right, first), {
        "The constant stands outside the root: that is RMSprop as in our package.":
            either(rule(lambda s: math.sqrt(s) + epsilon), rule(lambda s: math.sqrt(s) + 1e-08)),
        "The place of the constant is right, its value is not: epsilon is 1e-7.":
            either(eighth, eighth if default else None),
        "The changes are right for epsilon = 1e-7, but another epsilon changes nothing.":
            None if default else rule(lambda s: math.sqrt(s + 1e-07)),
        "The root is missing.": rule(lambda s: s + epsilon),
        "rho is the share of the old mean square; yours is the share of the new one.":
            rule(inside, rho=1 - rho),
        "The new square enters with the factor 1 - rho, which is missing.": rule(inside, new=1.0),
        "The squares are summed up and nothing is forgotten: multiply the old ones by rho.":
            rule(inside, rho=1.0, new=1 - rho),
        "Nothing is remembered: every change uses only its own gradient.":
            rule(inside, rho=0.0, new=1 - rho),
        "The mean square should contain the present gradient: update s first, then divide.":
            rule(inside, late=True),
        "The learning rate is missing.": (right / eta, None),
        "reset() does not erase the mean square. Keep it in self.memory, which reset() empties.":
            (None, last),
    }  # fmt: skip


def _dealt(reader, n, size, seed, epochs):
    """Return the mini-batches of some epochs as lists, or say what is wrong with their form."""
    rng, made = np.random.default_rng(seed), []
    full = [size] * (n // size)
    for _ in range(epochs):
        dealt = reader.of(n, size, rng)
        try:
            batches = [array(rows, "a mini-batch") for rows in dealt]
        except TypeError:  # no list at all
            batches = [np.array(0)]
        if not all(rows.ndim for rows in batches):
            raise Hint(f"A list of mini-batches is asked for, not {dealt!r:.80}.")
        if any(rows.ndim != 1 or rows.dtype.kind not in "iu" for rows in batches):
            raise Hint("Each mini-batch should be one row of whole numbers.")
        sizes = [len(rows) for rows in batches]
        if sorted(sizes) != sorted(full + [n % size] * (n % size > 0)):
            raise Hint(
                f"For n = {n} and size = {size} there should be {len(full)} mini-batches of {size} "
                f"rows, and one with what is left, but the sizes are {sizes}."
            )
        rows, counts = np.unique(np.concatenate(batches), return_counts=True)
        if len(rows) < n:
            raise Hint(
                f"In one epoch every row should come exactly once, but row {rows[counts.argmax()]} "
                f"comes {counts.max()} times."
            )
        if rows[0] or rows[-1] != n - 1:
            raise Hint(f"The rows should be 0 to {n - 1}, but are {rows[0]} to {rows[-1]}.")
        made.append([rows.tolist() for rows in batches])
    return made


@exercise("keras-wrong")
@inspect_answer(arguments=["n", "size", "rng"])
def my_batches(reader):
    """Look at how far apart the rows of a mini-batch lie, over many epochs."""
    n, size, epochs = 48, 6, 60
    made = _dealt(reader, n, size, 19, epochs)
    _dealt(reader, 47, 5, 1, 1)
    if made != _dealt(reader, n, size, 19, epochs):
        raise Hint("All randomness should come from rng: the same state, the same mini-batches.")
    sets = [{frozenset(rows) for rows in epoch} for epoch in made]
    if all(max(rows) - min(rows) < size for rows in sets[0]):
        if all(rows == sorted(rows) for rows in made[0]):
            raise Hint(
                "This is the function as it stood, or one that does the same. Which digits does "
                "one of its mini-batches have, if the rows are sorted by digit?"
            )
        raise Hint(
            "The order inside of a mini-batch does not matter, as its gradient is a mean. Which "
            "rows meet in it?"
        )
    if sets[0] == sets[1]:
        raise Hint("The same rows meet in every epoch: draw anew from rng in each call.")
    pairs = [(a, b) for epoch in made for rows in epoch for a in rows for b in rows if a < b]
    mean, right = np.mean([b - a for a, b in pairs]), (n + 1) / 3
    met = len(set(pairs)) / math.comb(n, 2)
    if abs(mean - right) > 0.8 or met < 0.97:
        raise Hint(
            f"Any two rows should be able to meet. For n = {n} two rows of a mini-batch should lie "
            f"{right:.1f} apart on average, but lie {mean:.1f} apart, and {met:.0%} of all pairs "
            f"have met in {epochs} epochs."
        )
    return "Any two rows can meet."
