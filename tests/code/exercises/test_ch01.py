"""The checkers of chapter 1: placeholder, typical wrong answers, solution."""

from itertools import pairwise

import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


def weights(widths):
    return sum(a * b for a, b in pairwise(widths))


def twin(W, b, V, order, signs):
    return W[:, order] * signs, b[order] * signs, V[order] * signs[:, None]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (weights, "biases are missing"),
        (lambda w: weights(w) + sum(w), "input layer computes nothing"),
        (lambda w: weights(w) + sum(w[:-1]), "each receiver"),
        (lambda w: weights(w) + len(w) - 1, "not one for all"),
        (lambda w: 7, "should be 3, but is 7"),
    ],
)
def test_count_hints(answer, hint):
    said = check("nn-count", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda W1, b1, W2, b2: W1 @ W2, "two things"),
        (lambda W1, b1, W2, b2: ((W1 @ W2).T, b1 @ W2 + b2), "transposed"),
        (lambda W1, b1, W2, b2: (W1, b1 @ W2 + b2), "should have shape (3, 2)"),
        (lambda W1, b1, W2, b2: (W1 @ W2, b1), "should have shape (2,)"),
        (lambda W1, b1, W2, b2: (-W1 @ W2, b1 @ W2 + b2), "The bias is right."),
        (lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2), "W1 acts first"),
        (lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2), "different lengths"),
        (lambda W1, b1, W2, b2: (W1 @ W2, b2), "first bias is lost"),
        (lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2), "second bias is lost"),
        (lambda W1, b1, W2, b2: int("two"), "ValueError: invalid literal"),
    ],
)
def test_merge_hints(answer, hint):
    said = check("nn-merge", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda W, b, V, o, s: (W[:, o] * s, b[o] * s, V[o]), "have to be reversed too"),
        (lambda W, b, V, o, s: (W[:, o] * s, b[o] * s, V), "change W2 too"),
        (lambda W, b, V, o, s: (W[:, o] * s, b[o] * s, V * s[:, None]), "of a neuron move with it"),
        (lambda W, b, V, o, s: (W[:, o] * s, b[o], V[o] * s[:, None]), "right. The bias of a rev"),
        (lambda W, b, V, o, s: (W[:, o] * s, b * s, V[o] * s[:, None]), "move with their neurons"),
        (lambda W, b, V, o, s: (W[:, o] * s, b, V[o] * s[:, None]), "change b1 as well"),
        (lambda W, b, V, o, s: (W[:, o], b[o], V[o]), "multiply by the signs"),
        (lambda W, b, V, o, s: (W * s, b * s, V * s[:, None]), "in the old order"),
        (lambda W, b, V, o, s: twin(W, b, V, o, s[o]), "belongs to the new neuron j"),
        (lambda W, b, V, o, s: twin(W, b, V, o.argsort(), s), "not the other way round"),
        (lambda W, b, V, o, s: (W[:, o] * s, b[o] * s, V[o] * s), "raised ValueError"),
        (lambda W, b, V, o, s: (W[:, o] * s, b[o] * s), "three things"),
        (lambda W, b, V, o, s: (-W[:, o] * s, b[o] * s, -V[o] * s[:, None]), "b1 is right."),
    ],
)
def test_twin_hints(answer, hint):
    said = check("nn-twin", answer)
    assert not said
    assert hint in said


def test_solutions_are_accepted():
    assert check("nn-count", lambda w: weights(w) + sum(w[1:]))
    assert check("nn-merge", lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2 + b2))
    assert check("nn-twin", twin)
