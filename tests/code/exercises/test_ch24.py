"""The checkers of chapter 24: typical wrong answers, right ones in other styles."""

import numpy as np
import pytest
from backprop.checks import check

# Copies


def axes_of(U, shape):
    """Return which axes are new, and which are stretched."""
    new = U.ndim - len(shape)
    return tuple(range(new)), tuple(
        new + i for i, n in enumerate(shape) if n == 1 != U.shape[new + i]
    )


def by_one_sum(U, shape):
    new, stretched = axes_of(U, shape)
    return U.sum(axis=new + stretched).reshape(shape)


def by_counting(U, shape):
    total = np.zeros(shape)
    places = np.broadcast_to(np.arange(total.size).reshape(shape), U.shape)
    return np.bincount(places.ravel(), U.ravel(), total.size).reshape(shape)


def by_adding_at(U, shape):
    total = np.zeros(int(np.prod(shape)))
    np.add.at(total, np.broadcast_to(np.arange(total.size).reshape(shape), U.shape), U)
    return total.reshape(shape)


def by_a_jacobian(U, shape):
    units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    return np.array([(U * unit).sum() for unit in units]).reshape(shape)


def by_slices(U, shape):
    padded = (1,) * (U.ndim - len(shape)) + tuple(shape)
    for axis, size in enumerate(padded):
        if size == 1:
            U = sum(np.take(U, [i], axis=axis) for i in range(U.shape[axis]))
    return U.reshape(shape)


COPIES = [by_one_sum, by_counting, by_adding_at, by_a_jacobian, by_slices]


@pytest.mark.parametrize("answer", COPIES)
def test_right_copies(answer):
    assert check("depth-copies", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda U, shape: by_one_sum(U, shape) * np.prod(shape) / U.size, "yours is their mean"),
        (lambda U, shape: -by_one_sum(U, shape), "sign is wrong"),
        (lambda U, shape: U.sum(axis=axes_of(U, shape)[0]), "Axes of length 1 are stretched"),
        (lambda U, shape: U.sum(axis=axes_of(U, shape)[1], keepdims=True), "in front should be"),
        (lambda U, shape: U.sum(axis=sum(axes_of(U, shape), ())), "The axis that was stretched"),
        (
            lambda U, shape: (
                U.sum(axis=tuple(range(len(shape), U.ndim)))
                if U.shape[: len(shape)] == tuple(shape)
                else by_one_sum(U, shape)
            ),
            "The new axes are in front",
        ),
        (lambda U, shape: U, "should"),
        (lambda U, shape: U.sum(), "should"),
        (lambda U, shape: np.zeros(shape), "should be"),
        (lambda U, shape: None, "returns nothing"),
    ],
)
def test_copies_hints(answer, hint):
    said = check("depth-copies", answer)
    assert not said
    assert hint in said


# Shared weights


def recurrent(X, V, T, **slip):
    """Return the gradient of the shared matrix, with one slip on request."""
    states = [np.zeros_like(T)]
    for inputs in X:
        states.append(np.tanh(inputs + states[-1] @ V))
    G, parts = (states[-1] - T) * slip.get("factor", 2 / len(T)), []
    for k in range(len(X), 0, -1):
        kind = slip.get("slope", "own")
        slope = {
            "own": 1 - states[k] ** 2,
            "none": 1.0,
            "last": 1 - states[k] ** 2 if k == len(X) else 1.0,
            "before": 1 - states[k - 1] ** 2,
            "twice": (1 - states[k] ** 2) ** 2,
        }[kind]
        delta = G * slope
        parts.append(states[k - slip.get("sender", 1)].T @ delta)
        G = delta @ (V if slip.get("same") else V.T)
    return sum(parts[: slip.get("steps", len(parts))])


@pytest.mark.parametrize(
    ("slip", "hint"),
    [
        ({"steps": 1}, "Only the last step"),
        ({"steps": 2}, "The last two steps alone"),
        ({"factor": 1.0}, "should be"),
        ({"same": True}, "takes V transposed"),
        ({"slope": "none"}, "slopes are missing"),
        ({"slope": "last"}, "of the last one only"),
        ({"slope": "before"}, "not of the step before"),
        ({"slope": "twice"}, "should be"),
        ({"sender": 0}, "the state of the step before"),
    ],
)
def test_shared_hints(slip, hint):
    said = check("depth-shared", lambda X, V, T: recurrent(X, V, T, **slip))
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda found, X, T: found / len(X), "yours is their mean"),
        (lambda found, X, T: -found, "sign is wrong"),
        (lambda found, X, T: found / 2, "factor 2"),
        (lambda found, X, T: found * len(T), "factor 1/n is missing"),
        (lambda found, X, T: found / T.shape[1], "not by that of all elements"),
        (lambda found, X, T: found.T, "is transposed"),
        (lambda found, X, T: found.sum(), "should"),
    ],
)
def test_shared_hints_of_the_whole(change, hint):
    said = check("depth-shared", lambda X, V, T: change(recurrent(X, V, T), X, T))
    assert not said
    assert hint in said


def test_the_slips_start_from_a_right_answer():
    assert check("depth-shared", recurrent)
