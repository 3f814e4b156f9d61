"""The checkers of chapter 8: placeholder, typical wrong answers, solutions."""

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


def joined(*parts):
    return np.concatenate([np.ravel(part) for part in parts])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda W, b, w, c: (W.T, b, w, c), "one vector"),
        (lambda W, b, w, c: joined(W.T, b, w), "a part is missing"),
        (lambda W, b, w, c: joined(W.T, b, w, c)[:, None], "shape (9,)"),
        (
            lambda W, b, w, c: joined(W.T, b, w, 0 * c),
            "the number at [8] of the vector Θ should be",
        ),
        (lambda W, b, w, c: joined(W, b, w, c), "not transposed"),
        (lambda W, b, w, c: joined(W.T, w, b, c), "After them come b"),
        (lambda W, b, w, c: joined(W[::-1], b, w, c), "W1 row by row"),
        (lambda W, b, w, c: joined(W.T[:, ::-1], b[::-1], w[::-1], c), "changed places"),
    ],
)
def test_dictionary_hints(answer, hint):
    said = check("two-two-one-dictionary", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda e, W, s: s[:2], "should have shape (3,), but has shape (2,)"),
        (lambda e, W, s: (s * (W @ e))[:, None], "should have shape (3,), but has shape (3, 1)"),
        (lambda e, W, s: s * W[:, 0] * e[0], "second is missing"),
        (lambda e, W, s: s * W[:, 1] * e[1], "first is missing"),
        (lambda e, W, s: W @ e, "own slope"),
        (lambda e, W, s: s * e.sum(), "weights are missing"),
        (lambda e, W, s: s * (W @ e) / 2, "not averaged"),
        (lambda e, W, s: s * W[:, 0] * e[0] * s * W[:, 1] * e[1], "not multiplied"),
        (lambda e, W, s: s**2 * (W @ e), "squared"),
        (lambda e, W, s: s * (W @ e[::-1]), "own weight"),
        (lambda e, W, s: s, "of the list of the three errors should be"),
        (lambda e, W, s: s * (W.T @ e), "raised ValueError"),
    ],
)
def test_two_outputs_hints(answer, hint):
    said = check("two-outputs", answer)
    assert not said
    assert hint in said


def test_solutions_are_accepted():
    assert check("two-two-one-dictionary", lambda W, b, w, c: joined(W.T, b, w, c))
    assert check("two-outputs", lambda e, W, s: list(s * (W @ e)))
