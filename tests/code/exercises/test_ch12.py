"""The checkers of chapter 12."""

import json
from pathlib import Path

import numpy as np
import pytest
from backprop.checks import check
from exercises.chance import own_generator

from web import words as book_words

CHAPTER = (
    Path(__file__).resolve().parents[3] / "chapters" / "12-normalisation-dropout-clipping.ipynb"
)


def not_yet(*arguments):
    raise NotImplementedError


# The backward pass of batch normalisation


def parts(dY, Z, gamma, epsilon):
    """Return what most answers need: root, normalised values and their gradient."""
    root = np.sqrt(Z.var(axis=0) + epsilon)
    return root, (Z - Z.mean(axis=0)) / root, gamma * dY


def right_dZ(dY, Z, gamma, epsilon):
    root, Z_hat, d = parts(dY, Z, gamma, epsilon)
    return (d - d.mean(axis=0) - Z_hat * (Z_hat * d).mean(axis=0)) / root


def right_dgamma(dY, Z, gamma, epsilon):
    return (dY * parts(dY, Z, gamma, epsilon)[1]).sum(axis=0)


def right_dbeta(dY, Z, gamma, epsilon):
    return dY.sum(axis=0)


def backward(dZ=right_dZ, dgamma=right_dgamma, dbeta=right_dbeta):
    """Make an answer of three parts, some of them perhaps wrong."""
    return lambda *arguments: tuple(part(*arguments) for part in (dZ, dgamma, dbeta))


def by_three_ways(dY, Z, gamma, epsilon):
    """Right, in the long form."""
    n = len(Z)
    root, Z_hat, d = parts(dY, Z, gamma, epsilon)
    dv = -(Z_hat * d).sum(axis=0) / (2 * root**2)
    dmu = -d.sum(axis=0) / root
    return d / root + 2 * (Z - Z.mean(axis=0)) / n * dv + dmu / n


def inference(dY, Z, gamma, epsilon):
    root, _, d = parts(dY, Z, gamma, epsilon)
    return d / root


def without_variance(dY, Z, gamma, epsilon):
    root, _, d = parts(dY, Z, gamma, epsilon)
    return (d - d.mean(axis=0)) / root


def without_mean(dY, Z, gamma, epsilon):
    root, Z_hat, d = parts(dY, Z, gamma, epsilon)
    return (d - Z_hat * (Z_hat * d).mean(axis=0)) / root


def with_sums(dY, Z, gamma, epsilon):
    root, Z_hat, d = parts(dY, Z, gamma, epsilon)
    return (d - d.sum(axis=0) - Z_hat * (Z_hat * d).sum(axis=0)) / root


def added(dY, Z, gamma, epsilon):
    root, Z_hat, d = parts(dY, Z, gamma, epsilon)
    return (d - d.mean(axis=0) + Z_hat * (Z_hat * d).mean(axis=0)) / root


def unscaled(dY, Z, gamma, epsilon):
    return right_dZ(dY, Z, gamma, epsilon) * parts(dY, Z, gamma, epsilon)[0]


@pytest.mark.parametrize("answer", [backward(), backward(by_three_ways)])
def test_the_right_backward_pass_is_accepted(answer):
    assert check("bn-backward", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (right_dZ, "should return three things"),
        (lambda *a: backward()(*a)[::-1], "The gradient of Z should have shape (6, 3)"),
        (backward(dbeta=lambda dY, *a: dY.sum(axis=1)), "gradient of beta should have shape (3,)"),
        (backward(dbeta=lambda dY, *a: dY.mean(axis=0)), "beta should be the sum"),
        (
            backward(dbeta=lambda dY, Z, gamma, e: gamma * dY.sum(axis=0)),
            "of the gradient of beta should be",
        ),
        (backward(dgamma=lambda *a: right_dgamma(*a) / len(a[0])), "gamma should be the sum"),
        (backward(dgamma=lambda dY, Z, *a: (dY * Z).sum(axis=0)), "not by Z"),
        (backward(dgamma=lambda *a: a[2] * right_dgamma(*a)), "factor gamma too many"),
        (backward(dgamma=lambda *a: right_dbeta(*a)), "of the gradient of gamma should be"),
        (backward(inference), "mean and variance as constants"),
        (backward(without_variance), "through the variance"),
        (backward(without_mean), "through the mean"),
        (backward(lambda dY, Z, g, e: right_dZ(dY, Z, 1.0, e)), "factor gamma is missing"),
        (backward(unscaled), "factor 1/√(v + ε)"),
        (backward(lambda dY, Z, g, e: right_dZ(dY, Z, g, 0.0)), "ε is missing"),
        (backward(lambda *a: -right_dZ(*a)), "sign"),
        (backward(with_sums), "not the sums"),
        (backward(added), "adds one of them"),
        (backward(lambda *a: 3 * right_dZ(*a)), "of the gradient of Z should be"),
        (lambda dY, Z, gamma, epsilon: dY @ Z, "ValueError"),
    ],
)
def test_wrong_backward_passes_get_a_hint(answer, hint):
    said = check("bn-backward", answer)
    assert not said
    assert hint in said


# Dropout


def dropping(keeps, factor=lambda p: 1 / (1 - p)):
    """Make an answer from which units are kept and by what they are multiplied."""

    def dropout(A, p, rng):
        mask = keeps(A, p, rng) * factor(p)
        return A * mask, mask

    return dropout


def own_coins(A, p, rng):
    return rng.random(A.shape) >= p


def in_place(A, p, rng):
    mask = own_coins(A, p, rng) / (1 - p)
    A *= mask
    return A, mask


def global_coins(A, p, rng):
    return np.random.default_rng(77).random(A.shape) >= p


def fresh_coins(A, p, rng):
    return own_generator().random(A.shape) >= p


def exactly_the_share_by_chance(A, p, rng):
    """Drop it with the generator that the checker asks first, as one right answer in 140 does."""
    dropped = np.cumsum(np.random.default_rng(5).random(100 * A.size) < p)
    in_a_row = dropped[A.size :] - dropped[: -A.size]
    rng.random(1 + np.argmax(in_a_row == round(p * A.size)))
    return rng.random(A.shape) >= p


def cards(A, p, rng):
    return (rng.permutation(A.size) >= p * A.size).reshape(A.shape)


def own_cards(A, p, rng):
    return cards(A, p, own_generator())


def exactly_a_tenth(A, p, rng):
    return rng.random(A.shape) >= 0.1


def nothing_is_too_much(A, p, rng):
    return rng.random(A.shape) >= max(p, 0.01)


@pytest.mark.parametrize(
    "answer",
    [
        dropping(own_coins),
        dropping(lambda A, p, rng: rng.random(A.shape) < 1 - p),
        dropping(lambda A, p, rng: rng.binomial(1, 1 - p, size=A.shape)),
        dropping(exactly_the_share_by_chance),
    ],
)
def test_the_right_dropout_is_accepted(answer):
    assert check("inverted-dropout", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (lambda A, p, rng: A, "Return two arrays"),
        (in_place, "changes its argument A"),
        (dropping(lambda A, p, rng: rng.random(A.shape[1]) >= p), "a coin of its own"),
        (
            dropping(lambda A, p, rng: np.tile(rng.random(A.shape[1]) >= p, (len(A), 1))),
            "each element needs a coin",
        ),
        (
            dropping(lambda A, p, rng: np.tile(rng.random((len(A), 1)) >= p, A.shape[1])),
            "each element needs a coin",
        ),
        (dropping(lambda A, p, rng: rng.random(A.shape) < p), "probability of being dropped"),
        (dropping(exactly_a_tenth), "of the units should go"),
        (dropping(own_coins, lambda p: 1.0), "mean is not preserved"),
        (dropping(own_coins, lambda p: 1 / p if p else 1.0), "not by p"),
        (dropping(own_coins, lambda p: 1 - p), "not multiplied"),
        (dropping(own_coins, lambda p: 2.0), "not by 2"),
        (lambda A, p, rng: (A, dropping(own_coins)(A, p, rng)[1]), "A times the mask"),
        (dropping(fresh_coins), "same generator"),
        (dropping(cards), "Exactly the share"),
        (dropping(own_cards), "same generator"),
        (dropping(global_coins), "Other generators"),
        (dropping(nothing_is_too_much), "With p = 0"),
    ],
)
def test_wrong_dropouts_get_a_hint(answer, hint):
    said = check("inverted-dropout", answer)
    assert not said
    assert hint in said


# Clipping


def clipping(factor):
    """Make an answer that multiplies all arrays by one factor of their norm and c."""

    def clip(gradients, c):
        norm = np.sqrt(sum((g**2).sum() for g in gradients))
        return [factor(norm, c) * g for g in gradients]

    return clip


def own_norms(gradients, c):
    return [g * min(1.0, c / np.linalg.norm(g)) for g in gradients]


def added_norms(gradients, c):
    norm = sum(np.linalg.norm(g) for g in gradients)
    return [g * min(1.0, c / norm) for g in gradients]


def overwriting(gradients, c):
    for g in gradients:
        g /= 2
    return gradients


@pytest.mark.parametrize(
    "answer",
    [
        clipping(lambda norm, c: c / norm if norm > c else 1.0),
        clipping(lambda norm, c: c / max(norm, c)),
    ],
)
def test_the_right_clipping_is_accepted(answer):
    assert check("clip-global", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (lambda gradients, c: gradients[0], "first array"),
        (lambda gradients, c: np.concatenate([g.ravel() for g in gradients]), "first array"),
        (overwriting, "changes its argument gradients"),
        (
            lambda gradients, c: [g.ravel() for g in gradients],
            "should have shape (2, 2), but has shape (4,)",
        ),
        (own_norms, "its own norm"),
        (lambda gradients, c: [np.clip(g, -c, c) for g in gradients], "by value"),
        (added_norms, "not be added"),
        (clipping(lambda norm, c: min(1.0, c / norm**2)), "root is missing"),
        (clipping(lambda norm, c: 1 / norm), "not 1"),
        (clipping(lambda norm, c: 1.0), "should be clipped"),
        (clipping(lambda norm, c: 0.1), "of the first array should be"),
        (clipping(lambda norm, c: c / norm), "shorter than c should stay"),
        (clipping(lambda norm, c: np.minimum(1.0, c / norm) if norm else np.nan), "zeros"),
    ],
)
def test_wrong_clippings_get_a_hint(answer, hint):
    said = check("clip-global", answer)
    assert not said
    assert hint in said


def test_the_chapter_shows_a_placeholder_and_a_solution_for_each():
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    sources = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for name in ("bn-backward", "inverted-dropout", "clip-global"):
        cells = [c for c in sources if f'check("{name}"' in "".join(c["source"])]
        said = ["".join(c["outputs"][-1]["data"]["text/plain"]) for c in cells]
        assert [answer.split(".")[0] for answer in said] == [
            book_words.book().say(word).rstrip(".") for word in ("Not yet.", "Right.")
        ]


# What is wrong here?


def thinned(X, T, W1, W2, p, rng, back="same", scale=(1, 1), sent=None, slope=None, share=1.0):
    """Return the gradient through a layer with dropout, in right and wrong ways."""
    A = np.tanh(X @ W1)
    masks = [(rng.random(A.shape) >= p) / (1 - p) ** power for power in scale]
    thin = A * (1 if back == "none ahead" else masks[0])
    again = masks[0] * (1 - p) ** (scale[0] - scale[1])
    mask = {"same": again, "other": masks[1], "none": 1.0, "none ahead": again}[back]
    delta_2 = share * 2 * (thin @ W2 - T) / len(X)
    delta_1 = (delta_2 @ W2.T) * mask * (1 - (thin if slope else A) ** 2)
    return np.append(X.T @ delta_1, (A if sent else thin).T @ delta_2)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"back": "other"}, "as it stood"),
        ({"back": "none"}, "missing on the way back"),
        ({"back": "none ahead"}, "no dropout on the way forward"),
        ({"scale": (0, 0)}, "Dividing by 1 - p was right"),
        ({"scale": (0, 0), "back": "other"}, "Dividing by 1 - p was right"),
        ({"scale": (1, 0)}, "factor 1/(1 - p) is missing"),
        ({"scale": (1, 2)}, "is there twice"),
        ({"sent": True}, "BP3 takes what was received"),
        ({"sent": True, "back": "other"}, "BP3 takes what was received"),
        ({"slope": True}, "tanh comes before the mask"),
        ({"share": 0.5}, "2 and 1/n"),
        ({"share": 0.3}, "a factor is wrong"),
    ],
)
def test_wrong_repairs_of_dropout(change, hint):
    said = check("drop-wrong", lambda X, T, W1, W2, p, rng: thinned(X, T, W1, W2, p, rng, **change))
    assert not said
    assert hint in said


def test_dropout_left_out():
    def whole(X, T, W1, W2, p, rng):
        return thinned(X, T, W1, W2, 0.0, rng)

    assert "There is no dropout any more" in check("drop-wrong", whole)
