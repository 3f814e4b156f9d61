"""The checkers of chapter 19: placeholder, typical wrong answers, solutions.

They run without the frameworks; a small class stands in for a tensor.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from backprop import RMS_prop, Scheduler, softmax
from backprop.checks import check

CHAPTER = Path(__file__).resolve().parents[3] / "chapters" / "19-keras-tensorflow.ipynb"


def placeholder(*_):
    raise NotImplementedError


class Tensor:
    """What NumPy can read, but which is no NumPy array."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def __array__(self, dtype=None, copy=None):
        return self.values.astype(dtype) if dtype else self.values


# The sizes of mini-batches


def sizes(n, size):
    return [min(size, n - k) for k in range(0, n, size)]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda n, size: math.ceil(n / size), "how many there are"),
        (lambda n, size: [size] * (n // size), "left over are missing"),
        (lambda n, size: [size] * (n // size) + [n % size], "empty mini-batch"),
        (lambda n, size: [size] * math.ceil(n / size), "too large"),
        (
            lambda n, size: [len(p) for p in np.array_split(range(n), math.ceil(n / size))],
            "differ by at most one",
        ),
        (lambda n, size: sizes(n, size)[::-1], "reverse order"),
        (lambda n, size: list(range(0, n, size)), "where each mini-batch begins"),
        (lambda n, size: [n], "should have shape (45,), but has shape (1,)"),
        (lambda n, size: [1] * (n + 1), "has shape (1438,)"),
        (lambda n, size: [1] * n, "has shape (1437,)"),
        (lambda n: [n], "should take 2 arguments"),
    ],
)
def test_wrong_sizes(answer, hint):
    said = check("keras-batches", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    "answer",
    [sizes, lambda n, size: np.array(sizes(n, size)), lambda n, size: Tensor(sizes(n, size))],
)
def test_right_sizes(answer):
    assert check("keras-batches", answer)


# The cost from logits


def cost(Z, T):
    top = Z.max(axis=1, keepdims=True)
    log_sum = top[:, 0] + np.log(np.exp(Z - top).sum(axis=1))
    return (log_sum - (T * Z).sum(axis=1)).mean()


def by_probabilities(Z, T):
    with np.errstate(all="ignore"):
        return -(T * np.log(softmax(Z))).sum(axis=1).mean()


def naive(Z, T):
    return (np.log(np.exp(Z).sum(axis=1)) - (T * Z).sum(axis=1)).mean()


def clipped(Z, T, low=1e-7):
    return -(T * np.log(np.clip(softmax(Z), low, 1 - low))).sum(axis=1).mean()


def in_place(Z, T):
    Z -= Z.max(axis=1, keepdims=True)
    return naive(Z, T)


def one_largest(Z, T):
    return Z.max() + np.log(np.exp(Z - Z.max()).sum(axis=1)).mean() - (T * Z).sum(axis=1).mean()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda Z, T: np.full(len(Z), cost(Z, T)), "one number, but has shape (7,)"),
        (lambda Z, T: None, "returns nothing"),
        (lambda Z, T: T * Z, "one number"),
        (lambda Z, T: cost(Z, T) * len(Z), "1/n"),
        (lambda Z, T: cost(Z, T) / Z.shape[1], "mean over all elements"),
        (lambda Z, T: -cost(Z, T), "sign"),
        (lambda Z, T: -(T * Z).sum(axis=1).mean(), "logarithm of the sum"),
        (lambda Z, T: np.log(np.exp(Z).sum(axis=1)).mean(), "second sum"),
        (lambda Z, T: cost(Z, T) - Z.max(axis=1).mean(), "put back"),
        (lambda Z, T: cost(softmax(Z), T), "applied twice"),
        (lambda Z, T: 1.0, "the cost should be"),
        (
            lambda Z, T: -(T * np.log(softmax(Z) + 1e-9)).sum(axis=1).mean(),
            "a small number is added",
        ),
        (lambda Z, T: cost(Z, T) + 1e-5, "where do the others go"),
        (in_place, "changes its argument Z"),
        (naive, "overflows"),
        (by_probabilities, "overflows"),
        (one_largest, "overflows"),
        (clipped, "something is clipped"),
        (lambda Z, T: clipped(Z, T, 1e-300), "something is clipped"),
        (lambda Z, T: float("nan"), "but is nan"),
    ],
)
def test_wrong_costs(answer, hint):
    said = check("keras-logits", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    "answer",
    [
        cost,
        lambda Z, T: np.array([cost(Z, T)]),
        lambda Z, T: np.float32(cost(Z, T)),
        lambda Z, T: Tensor(cost(Z, T)),
        lambda Z, T: (np.logaddexp.reduce(Z, axis=1) - (T * Z).sum(axis=1)).mean(),
    ],
)
def test_right_costs(answer):
    assert check("keras-logits", answer)


# RMSprop with the constant inside the root


def scheduler(change, keep=lambda rho, s, g: rho * s + (1 - rho) * g**2, late=False, wrap=None):
    """Make a scheduler class whose change is ``change(eta, g, s, epsilon)``."""

    class RMSpropOfKeras(Scheduler):
        def __init__(self, eta, rho, epsilon=1e-7):
            super().__init__(eta)
            self.rho, self.epsilon = rho, epsilon

        def update_change(self, gradient):
            old = self.memory.get("s", 0.0 * gradient)
            s = self.memory["s"] = keep(self.rho, old, gradient)
            answer = change(self.eta, gradient, old if late else s, self.epsilon)
            return wrap(answer) if wrap else answer

    return RMSpropOfKeras


def right(eta, g, s, eps):
    return eta * g / np.sqrt(s + eps)


class Placeholder(scheduler(right)):
    def update_change(self, gradient):
        raise NotImplementedError


class NeverForgets(scheduler(right)):
    def __init__(self, eta, rho, epsilon=1e-7):
        self.s = 0.0
        super().__init__(eta, rho, epsilon)

    def update_change(self, gradient):
        self.s = self.rho * self.s + (1 - self.rho) * gradient**2
        return right(self.eta, gradient, self.s, self.epsilon)


class ChangesTheGradient(scheduler(right)):
    def update_change(self, gradient):
        gradient[:] = super().update_change(gradient)
        return gradient


class OursUnchanged(RMS_prop):
    def __init__(self, eta, rho, epsilon=1e-7):
        super().__init__(eta, rho)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (Placeholder, "placeholder"),
        (OursUnchanged, "RMSprop as in our package"),
        (scheduler(lambda eta, g, s, eps: eta * g / (np.sqrt(s) + eps)), "outside the root"),
        (scheduler(lambda eta, g, s, eps: eta * g / np.sqrt(s + 1e-8)), "epsilon is 1e-7"),
        (scheduler(lambda eta, g, s, eps: eta * g / np.sqrt(s + 1e-7)), "another epsilon"),
        (scheduler(lambda eta, g, s, eps: eta * g / np.sqrt(s)), "NaN"),
        (scheduler(lambda eta, g, s, eps: eta * g / (s + eps)), "root is missing"),
        (scheduler(lambda eta, g, s, eps: g / np.sqrt(s + eps)), "learning rate is missing"),
        (scheduler(lambda eta, g, s, eps: -right(eta, g, s, eps)), "sign"),
        (scheduler(lambda eta, g, s, eps: right(eta, g, s, eps).sum()), "gradient's shape"),
        (scheduler(lambda eta, g, s, eps: 2 * right(eta, g, s, eps)), "Every number is 2 times"),
        (scheduler(right, lambda rho, s, g: (1 - rho) * s + rho * g**2), "share of the old"),
        (scheduler(right, lambda rho, s, g: rho * s + g**2), "1 - rho"),
        (scheduler(right, lambda rho, s, g: s + (1 - rho) * g**2), "nothing is forgotten"),
        (scheduler(right, lambda rho, s, g: (1 - rho) * g**2), "Nothing is remembered"),
        (scheduler(right, late=True), "update s first"),
        (NeverForgets, "reset()"),
        (ChangesTheGradient, "changes its argument gradients"),
    ],
)
def test_wrong_schedulers(answer, hint):
    said = check("keras-rmsprop", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize("answer", [scheduler(right), scheduler(right, wrap=Tensor)])
def test_right_schedulers(answer):
    assert check("keras-rmsprop", answer)


# The cells of the chapter


@pytest.mark.parametrize("name", ["keras-batches", "keras-logits", "keras-rmsprop"])
def test_placeholder_and_solution_of_the_chapter(name):
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    first, second = (source for source in sources if f'check("{name}"' in source)
    said = []
    for source in (first, second):
        space = {"np": np, "Scheduler": Scheduler}
        lines = source.rstrip().splitlines()
        exec("\n".join([*lines[:-1], "said = " + lines[-1]]), {**space, "check": check}, space)
        said.append(space["said"])
    assert not said[0]
    assert "placeholder" in said[0]
    assert said[1]


# Mini-batches from sorted data


def pieces(rows, size):
    return [rows[k : k + size] for k in range(0, len(rows), size)]


def in_random_order(n, size, rng):
    made = pieces(np.arange(n), size)
    return [made[k] for k in rng.permutation(len(made))]


def the_same_rows_in_another_order(n, size, rng):
    return [rng.permutation(rows) for rows in in_random_order(n, size, rng)]


def the_same_ones_in_each_epoch(n, size, rng):
    made = pieces(np.random.default_rng(0).permutation(n), size)
    return [made[k] for k in rng.permutation(len(made))]


def of_two_halves(n, size, rng):
    half = n // 2 // size * size
    low, high = rng.permutation(half), half + rng.permutation(n - half)
    return pieces(np.concatenate([low, high]), size)


def from_a_buffer(n, size, rng):
    """Shuffle as tf.data does with a buffer that is too small."""
    buffer, rows = [], []
    for row in range(n):
        buffer.append(row)
        if len(buffer) > 8:
            rows.append(buffer.pop(rng.integers(len(buffer))))
    return pieces(np.array(rows + rng.permutation(buffer).tolist()), size)


def shifted(n, size, rng):
    return pieces(np.roll(np.arange(n), rng.integers(n)), size)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (in_random_order, "as it stood"),
        (lambda n, size, rng: pieces(np.arange(n), size), "as it stood"),
        (the_same_rows_in_another_order, "order inside of a mini-batch does not matter"),
        (the_same_ones_in_each_epoch, "draw anew"),
        (of_two_halves, "should be able to meet"),
        (from_a_buffer, "should be able to meet"),
        (shifted, "should be able to meet"),
        (
            lambda n, size, rng: pieces(np.random.permutation(n), size),  # noqa: NPY002
            "should come from rng",
        ),
        (lambda n, size, rng: pieces(rng.integers(n, size=n), size), "exactly once"),
        (lambda n, size, rng: pieces(rng.permutation(n), size + 1), "there should be 8"),
        (lambda n, size, rng: pieces(rng.permutation(n)[: n - n % size], size), "what is left"),
        (lambda n, size, rng: rng.permutation(n), "list of mini-batches"),
        (lambda n, size, rng: pieces(rng.permutation(n) / 1, size), "whole numbers"),
    ],
)
def test_wrong_mini_batches(answer, hint):
    said = check("keras-wrong", answer)
    assert not said
    assert hint in said


def test_right_mini_batches():
    assert check("keras-wrong", lambda n, size, rng: pieces(rng.permutation(n), size))
