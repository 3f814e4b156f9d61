"""The checkers of chapter 11."""

import json
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd.tracer import getval
from backprop import CostOLS
from backprop.checks import check
from exercises.chance import own_generator

from web import words as book_words

CHAPTER = Path(__file__).resolve().parents[3] / "chapters" / "11-activation-functions.ipynb"


def not_yet(*arguments):
    raise NotImplementedError


# The slope of the SiLU


def stable(z):
    return np.where(z > 0, 1.0, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))


def overflowing(z):
    E = np.exp(-z)
    return 1 / (1 + E) + z * E / (1 + E) ** 2


def test_the_right_slope_is_accepted():
    assert check("silu-slope", lambda z: stable(z) * (1 + z * (1 - stable(z))))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (stable, "the term in which it is differentiated is missing"),
        (lambda z: z * stable(z) * (1 - stable(z)), "differentiate the factor z too"),
        (lambda z: z * stable(z), "the SiLU itself"),
        (lambda z: stable(z) * (1 - stable(z)), "product rule"),
        (lambda z: stable(z) * (1 - z * (1 - stable(z))), "sign"),
        (lambda z: stable(z) * (2 - stable(z)), "factor z is missing"),
        (lambda z: stable(z) * (1 + z), "it should have its slope"),
        (lambda z: np.tanh(z), "of the slope should be"),
        (lambda z: 1.0, "shape"),
        (overflowing, "overflows"),
    ],
)
def test_wrong_slopes_get_a_hint(answer, hint):
    said = check("silu-slope", answer)
    assert not said
    assert hint in said


# Dead units


@pytest.mark.parametrize(
    "answer",
    [lambda Z: (Z <= 0).all(axis=0).sum(), lambda Z: int(sum(max(z) <= 0 for z in Z.T))],
)
def test_the_right_count_is_accepted(answer):
    assert check("dead-units", answer)


def spoils(Z):
    Z[Z < 0] = 0
    return int((Z == 0).all(axis=0).sum())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (lambda Z: (Z <= 0).any(axis=0).sum(), "off for all"),
        (lambda Z: (Z <= 0).all(axis=1).sum(), "axis 0"),
        (lambda Z: (Z < 0).all(axis=0).sum(), "use <="),
        (lambda Z: (Z <= 0).sum(), "elements"),
        (lambda Z: (Z > 0).any(axis=0).sum(), "living"),
        (lambda Z: (Z.mean(axis=0) <= 0).sum(), "keeps a unit alive"),
        (lambda Z: (Z <= 0).all(axis=0).mean(), "share"),
        (lambda Z: (Z <= 0).all(axis=0), "count them"),
        (lambda Z: 6, "should be 0, but is 6"),
        (spoils, "changes its argument Z"),
    ],
)
def test_wrong_counts_get_a_hint(answer, hint):
    said = check("dead-units", answer)
    assert not said
    assert hint in said


# A cost for counts


def cost_of(func):
    """Make a cost in the form of CostOLS from a function of outputs and targets."""
    return lambda target: lambda X: func(X, target)


def right_cost(X, T):
    return anp.sum(X - T * anp.log(X)) / len(T)


def test_the_right_cost_is_accepted():
    assert check("poisson-cost", cost_of(right_cost))


def cut_off(X, T):
    """Right values, through which autograd sees nothing but a sum."""
    return anp.sum(X) + float(right_cost(getval(X), T)) - float(getval(X).sum())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (cost_of(not_yet), "placeholder"),
        (cost_of(cut_off), "The cost is right. For T of shape"),
        (lambda target: 3.0, "return a function"),
        (cost_of(lambda X, T: X - T * anp.log(X)), "one number, but has shape (5, 3)"),
        (cost_of(lambda X, T: anp.sum(X - T * anp.log(X))), "factor 1/n is missing"),
        (cost_of(lambda X, T: anp.mean(X - T * anp.log(X))), "not of all elements"),
        (cost_of(lambda X, T: anp.sum(X - T * anp.log(X)) / T.shape[1]), "not columns"),
        (cost_of(lambda X, T: -right_cost(X, T)), "sign"),
        (cost_of(lambda X, T: -anp.sum(T * anp.log(X)) / len(T)), "first term"),
        (cost_of(lambda X, T: anp.sum(X + T * anp.log(X)) / len(T)), "subtracted"),
        (cost_of(lambda X, T: anp.sum(T - X * anp.log(T + (T == 0))) / len(T)), "places"),
        (CostOLS, "the cost should be"),
        (cost_of(lambda X, T: float(right_cost(np.asarray(X, float), T))), "cannot differentiate"),
    ],
)
def test_wrong_costs_get_a_hint(answer, hint):
    said = check("poisson-cost", answer)
    assert not said
    assert hint in said


# Weights for the logistic function


def normal(variance):
    """Make an initializer whose variance is a function of the two widths."""
    return lambda i, o, rng: np.sqrt(variance(i, o)) * rng.standard_normal((i, o))


def uniform(limit):
    def init(fan_in, fan_out, rng):
        r = limit(fan_in, fan_out)
        return rng.uniform(-r, r, (fan_in, fan_out))

    return init


@pytest.mark.parametrize(
    "answer", [normal(lambda i, o: 32 / (i + o)), uniform(lambda i, o: np.sqrt(96 / (i + o)))]
)
def test_the_right_weights_are_accepted(answer):
    assert check("sigmoid-init", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (normal(lambda i, o: 2 / (i + o)), "Glorot's weights for slopes of 1"),
        (normal(lambda i, o: 8 / (i + o)), "squared"),
        (normal(lambda i, o: 512 / (i + o)), "Too large"),
        (normal(lambda i, o: 2 / (i + o) / 16), "worse"),
        (normal(lambda i, o: 16 / i), "forwards only"),
        (normal(lambda i, o: 16 / o), "errors only"),
        (normal(lambda i, o: 16 / (i + o)), "above the fraction line"),
        (uniform(lambda i, o: np.sqrt(32 / (i + o))), "square root of 3"),
        (normal(lambda i, o: 0.1), "the variance should be 0.04"),
        (normal(lambda i, o: 0.04 * (i + 1) / 301), "Only the sum"),
        (lambda i, o, rng: rng.standard_normal((o, i)), "(300, 500)"),
        (lambda i, o, rng: own_generator().normal(size=(i, o)), "same generator"),
        (lambda i, o, rng: np.random.default_rng(0).normal(size=(i, o)), "Other generators"),
        (lambda i, o, rng: rng.random((i, o)), "mean"),
    ],
)
def test_wrong_weights_get_a_hint(answer, hint):
    said = check("sigmoid-init", answer)
    assert not said
    assert hint in said


def test_the_chapter_shows_a_placeholder_and_a_solution_for_each():
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    sources = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for name in ("silu-slope", "dead-units", "poisson-cost", "sigmoid-init"):
        cells = [c for c in sources if f'check("{name}"' in "".join(c["source"])]
        said = ["".join(c["outputs"][-1]["data"]["text/plain"]) for c in cells]
        assert [answer.split(".")[0] for answer in said] == [
            book_words.book().say(word).rstrip(".") for word in ("Not yet.", "Right.")
        ]


# What is wrong here?


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda i, o, rng: rng.normal(0, 2 / i, (i, o)), "as it stood"),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2) / i, (i, o)), "root is taken of the 2 alone"),
        (lambda i, o, rng: rng.normal(0, 2 / np.sqrt(i), (i, o)), "root is taken of fan_in alone"),
        (lambda i, o, rng: rng.normal(0, (2 / i) ** 0.25, (i, o)), "root is taken twice"),
        (lambda i, o, rng: rng.normal(0, i**-0.5, (i, o)), "half of the signal"),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2 / o), (i, o)), "counts its senders"),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2 / (i + o)), (i, o)), "Glorot's weights"),
        (lambda i, o, rng: rng.normal(0, 2 / (i + o), (i, o)), "what else is off"),
        (lambda i, o, rng: rng.uniform(-1, 1, (i, o)) * np.sqrt(2 / i), "root of 3 times"),
        (lambda i, o, rng: rng.normal(0, 3 / i, (i, o)), "should be 0.006667"),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2 / i), (o, i)), "not (500, 300)"),
        (lambda i, o, rng: np.random.default_rng(0).normal(0, np.sqrt(2 / i), (i, o)), "rng you"),
        (lambda i, o, rng: np.tile(rng.normal(0, np.sqrt(2 / i), o), (i, 1)), "repeat each other"),
        (lambda i, o, rng: np.abs(rng.normal(0, np.sqrt(2 / i), (i, o))), "mean of the weights"),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2 / 300), (i, o)), "Only the number of senders"),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2 / (i - 200 + o - 300)), (i, o)), "Only the num"),
        (lambda i, o, rng: None, "did you forget `return`?"),
    ],
)
def test_wrong_repairs_of_the_weights(answer, hint):
    said = check("act-wrong", answer)
    assert not said
    assert hint in said
