"""The checkers of chapter 20; PyTorch is not needed."""

import json
from pathlib import Path

import numpy as np
import pytest
from backprop.checks import check

from web import words as book_words

CHAPTER = Path(__file__).resolve().parents[3] / "chapters" / "20-pytorch.ipynb"


def not_yet(*arguments):
    raise NotImplementedError


# From a dictionary of parameters to Θ


def to_theta(state):
    return np.concatenate([np.asarray(array).T.ravel() for array in state.values()])


def by_ending(state):
    """Find the layers by the ending of the names."""
    found = []
    for name, array in state.items():
        if name.endswith(".weight"):
            bias = state[name.removesuffix("weight") + "bias"]
            found += [array.flatten(order="F"), bias]
    return np.concatenate(found)


@pytest.mark.parametrize("answer", [to_theta, by_ending])
def test_the_right_layout_is_accepted(answer):
    assert check("torch-layout", answer)


def pairs(state):
    arrays = list(state.values())
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def joined(arrays):
    return np.concatenate([np.asarray(a).T.ravel() for a in arrays])


def spoils(state):
    for array in state.values():
        array *= 2.0
    return to_theta(state)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (lambda state: np.concatenate([a.ravel() for a in state.values()]), "not transposed"),
        (lambda state: joined([a for V, b in pairs(state) for a in (b, V)]), "other way round"),
        (
            lambda state: joined([V for V, _ in pairs(state)] + [b for _, b in pairs(state)]),
            "not all weights first",
        ),
        (lambda state: joined([a for V, b in pairs(state)[::-1] for a in (V, b)]), "reverse order"),
        (lambda state: to_theta(state)[:-1], "Θ should have shape"),
        (lambda state: to_theta(state)[:, None], "Θ should have shape"),
        (lambda state: [a.T for a in state.values()], "unroll the arrays"),
        (lambda state: np.sort(to_theta(state)), "of the vector Θ should be"),
        (lambda state: state["0.weight"], "KeyError"),
        (spoils, "changes its argument state"),
    ],
)
def test_wrong_layouts_get_a_hint(answer, hint):
    said = check("torch-layout", answer)
    assert not said
    assert hint in said


# A cost of logits


def logit_cost(Z, T):
    return np.mean(np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z))) - T * Z)


@pytest.mark.parametrize("answer", [logit_cost, lambda Z, T: np.mean(np.logaddexp(0, Z) - T * Z)])
def test_the_right_cost_is_accepted(answer):
    assert check("torch-logit", answer)


def from_the_sigmoid(Z, T):
    with np.errstate(all="ignore"):
        A = 1 / (1 + np.exp(-Z))
        return np.mean(-T * np.log(A) - (1 - T) * np.log(1 - A))


def with_a_warning(Z, T):
    naive = np.log(1 + np.exp(Z))
    return np.mean(np.where(Z > 500, Z, naive) - T * Z)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (
            lambda Z, T: np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z))) - T * Z,
            "one cost per sample",
        ),
        (lambda Z, T: len(Z) * logit_cost(Z, T), "The mean is asked for"),
        (lambda Z, T: -logit_cost(Z, T), "sign is wrong"),
        (lambda Z, T: logit_cost(Z, 0 * T), "term - t z is missing"),
        (lambda Z, T: logit_cost(Z, -T), "wrong sign"),
        (lambda Z, T: np.mean(T * np.log1p(np.exp(-Z))), "Only the samples with t = 1"),
        (lambda Z, T: logit_cost(2 * Z, T), "the cost should be"),
        (from_the_sigmoid, "For z = 1000"),
        (lambda Z, T: np.mean(np.log(1 + np.exp(Z)) - T * Z), "For z = 1000"),
        (with_a_warning, "warns of an overflow"),
    ],
)
def test_wrong_costs_get_a_hint(answer, hint):
    said = check("torch-logit", answer)
    assert not said
    assert hint in said


def test_a_tiny_cost_that_is_rounded_to_zero_is_accepted_with_a_remark():
    said = check(
        "torch-logit",
        lambda Z, T: np.mean(np.maximum(Z, 0) + np.log(1 + np.exp(-np.abs(Z))) - T * Z),
    )
    assert said
    assert "log1p" in said


# The gradient of a batch, from its pieces


def whole_gradient(gradients, sizes):
    return sum(m * g for m, g in zip(sizes, gradients, strict=True)) / sum(sizes)


def weighted(gradients, sizes):
    return np.average(gradients, axis=0, weights=sizes)


@pytest.mark.parametrize("answer", [whole_gradient, weighted])
def test_the_right_sum_is_accepted(answer):
    assert check("torch-pieces", answer)


def in_place(gradients, sizes):
    for m, g in zip(sizes, gradients, strict=True):
        g *= m
    return sum(gradients) / sum(sizes)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (lambda g, m: np.mean(g, axis=0), "weight each gradient"),
        (lambda g, m: np.sum(g, axis=0), "without scaling"),
        (lambda g, m: whole_gradient(g, m) * sum(m), "1/n is missing"),
        (lambda g, m: whole_gradient(g, m) * sum(m) / len(m), "not by the number of pieces"),
        (lambda g, m: whole_gradient(g, m).sum(), "is a single number"),
        (lambda g, m: g[0], "of the gradient should be"),
        (in_place, "changes its argument gradients"),
    ],
)
def test_wrong_sums_get_a_hint(answer, hint):
    said = check("torch-pieces", answer)
    assert not said
    assert hint in said


def test_the_chapter_shows_a_placeholder_and_a_solution_for_each():
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    sources = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for name in ("torch-layout", "torch-logit", "torch-pieces"):
        cells = [c for c in sources if f'check("{name}"' in "".join(c["source"])]
        said = ["".join(c["outputs"][-1]["data"]["text/plain"]) for c in cells]
        assert [answer.split(".")[0] for answer in said] == [
            book_words.book().say(word).rstrip(".") for word in ("Not yet.", "Right.")
        ]


# A loop with two modes


def loop(module, train_once, validate, epochs, once=False, first=True, judge=True, then=False):
    costs = []
    for epoch in range(epochs):
        if (first or epoch) and not (once and epoch):
            module.train()
        train_once(module)
        if judge:
            module.eval()
        costs.append(validate(module))
        if then:
            module.train()
    return costs


def exchanged(module, train_once, validate, epochs):
    costs = []
    for _ in range(epochs):
        module.eval()
        train_once(module)
        module.train()
        costs.append(validate(module))
    return costs


def only_eval(module, train_once, validate, epochs):
    module.eval()
    return [(train_once(module), validate(module))[1] for _ in range(epochs)]


def no_train(module, train_once, validate, epochs):
    return [(train_once(module), validate(module.eval()))[1] for _ in range(epochs)]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda *task: loop(*task, once=True), "as it stood"),
        (no_train, "or the first epoch alone"),
        (lambda *task: loop(*task, first=False, then=True), "in which it came"),
        (lambda *task: loop(*task, judge=False), "taken in it as well"),
        (exchanged, "The two modes are exchanged"),
        (only_eval, "Nothing is trained in training mode"),
        (lambda *task: loop(*task)[-1], "is a single number"),
        (lambda *task: loop(*task)[::-1], "reverse order"),
    ],
)
def test_wrong_loops(answer, hint):
    def run(module, train_once, validate, epochs):
        return answer(module, train_once, validate, epochs)

    said = check("torch-wrong", run)
    assert not said
    assert hint in said


def test_right_loops():
    def run(module, train_once, validate, epochs):
        return loop(module, train_once, validate, epochs)

    assert check("torch-wrong", run)
