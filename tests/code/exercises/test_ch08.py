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
        (lambda W, b, w, c: joined(W.T, b, w), "should have shape (9,)"),
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


BEFORE = np.array([0.5, -1.0, 1.0, 0.5, -0.5, 0.5, 2.0, -3.0, -1.0])
SLOPES = np.array([6.0, 0.0, 3.0, 0.0, 3.0, 0.0, 2.25, 0.0, 1.5])


def with_other(**changes):
    """Return the update with other derivatives at some places."""
    slopes = SLOPES.copy()
    for place, slope in changes.items():
        slopes[int(place[1:])] = slope
    return BEFORE - 0.1 * slopes


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (BEFORE, "placeholder"),
        (tuple(BEFORE[:8]), "Nine numbers"),
        ("two", "should be made of real numbers"),
        (SLOPES, "These are the derivatives"),
        (-0.1 * SLOPES, "These are the steps"),
        (BEFORE + 0.1 * SLOPES, "uphill"),
        (BEFORE - SLOPES, "not multiplied by η"),
        (BEFORE - 0.2 * SLOPES, "cancels the 2"),
        # δ = 1.5 · (2 - 0.225) = 2.6625 through the weight that has been changed already
        (with_other(_0=5.325, _2=2.6625, _4=2.6625), "before the hidden errors were computed"),
        # the second hidden error would be 1.5 · (-3) = -4.5
        (with_other(_1=-9.0, _3=-4.5, _5=-4.5), "has the slope 0"),
        (with_other(_0=4.5, _2=0.0), "not the hidden activations"),
        (with_other(_1=3.0, _2=0.0), "first index is the sender"),
        (with_other(_4=0.0), "hidden biases have to be updated"),
        (with_other(_0=3.0, _2=1.5, _4=1.5), "lack the weights"),
        (with_other(_8=0.0), "8 of nine are right. Look again at b_1^2"),
        (np.full(9, np.nan), "0 of nine"),
    ],
)
def test_paper_hints(answer, hint):
    said = check("two-two-one-paper", answer)
    assert not said
    assert hint in said


def test_paper_accepts():
    assert check("two-two-one-paper", with_other())


def test_solutions_are_accepted():
    assert check("two-two-one-dictionary", lambda W, b, w, c: joined(W.T, b, w, c))
    assert check("two-outputs", lambda e, W, s: list(s * (W @ e)))
