"""The checkers of chapter 17: placeholder, typical wrong answers, solutions."""

import math
from itertools import combinations

import numpy as np
import pytest
from backprop.checks import check
from scipy.stats import loguniform


def placeholder(*_):
    raise NotImplementedError


def ratio(q, P):
    return math.log(1 - P) / math.log(1 - q)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda q, P: None, "returns nothing"),
        (ratio, "Round up"),
        (lambda q, P: round(ratio(q, P)), "math.ceil"),
        (lambda q, P: int(ratio(q, P)), "math.ceil"),
        (lambda q, P: math.ceil(ratio(q, P)) + 1, "one more than needed"),
        (lambda q, P: math.ceil(P / q), "P/q"),
        (lambda q, P: math.ceil(math.log(1 - q) / math.log(1 - P)), "wrong way round"),
        (lambda q, P: math.ceil(math.log(P) / math.log(1 - q)), "ln(1 - P)"),
        (lambda q, P: 60, "the number of trials should be"),
        (lambda q, P: q.nosuch, "AttributeError"),
    ],
)
def test_wrong_numbers_of_trials(answer, hint):
    said = check("hyper-trials", answer)
    assert not said
    assert hint in said


def test_right_numbers_of_trials():
    def by_trying(q, P):
        N = 1
        while 1 - (1 - q) ** N < P:
            N += 1
        return N

    assert check("hyper-trials", lambda q, P: math.ceil(ratio(q, P)))
    assert check("hyper-trials", by_trying)
    assert check("hyper-trials", lambda q, P: np.ceil(np.log1p(-P) / np.log1p(-q)))


def log_uniform(low, high, n, rng):
    return np.exp(rng.uniform(np.log(low), np.log(high), n))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda low, high, n, rng: rng.uniform(low, high, n), "They are uniform"),
        (lambda low, high, n, rng: rng.uniform(np.log(low), np.log(high), n), "logarithms"),
        (lambda low, high, n, rng: 10 ** rng.uniform(np.log(low), np.log(high), n), "same base"),
        (lambda low, high, n, rng: log_uniform(low, high, n, rng) - 3, "should lie between"),
        (lambda low, high, n, rng: log_uniform(low, high, 1, rng), "n floats"),
        (lambda low, high, n, rng: 1.0, "n floats"),
        (
            lambda low, high, n, rng: log_uniform(low, high, n, np.random.default_rng(0)),
            "Other generators",
        ),
        (
            lambda low, high, n, rng: rng.choice(np.logspace(-4, 1, 6)[:-1] * 1.5, n),
            "are equal",
        ),
        (
            lambda low, high, n, rng: low * (high / low) ** (rng.random(n) ** 2),
            "Every decade should have its fifth",
        ),
    ],
)
def test_wrong_draws(answer, hint):
    said = check("hyper-log-uniform", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    "answer",
    [
        log_uniform,
        lambda low, high, n, rng: 10 ** rng.uniform(np.log10(low), np.log10(high), n),
        lambda low, high, n, rng: low * (high / low) ** rng.random(n),
        lambda low, high, n, rng: loguniform(low, high).rvs(n, random_state=rng),
    ],
)
def test_right_draws(answer):
    assert check("hyper-log-uniform", answer)


def test_draws_in_order_get_a_remark():
    said = check("hyper-log-uniform", lambda *task: np.sort(log_uniform(*task)))
    assert said
    assert "in order" in said
    assert "in order" not in check("hyper-log-uniform", log_uniform)


def expected_best(scores, m):
    ways = [math.comb(i, m - 1) for i in range(len(scores))]
    return np.dot(np.sort(scores), ways) / math.comb(len(scores), m)


def with_replacement(scores, m):
    i = np.arange(len(scores) + 1) / len(scores)
    return np.dot(np.sort(scores), np.diff(i**m))


def sorts_in_place(scores, m):
    scores.sort()
    return expected_best(scores, m)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda s, m: s, "one number"),
        (lambda s, m: max(s), "best of all"),
        (lambda s, m: np.mean(s), "m = 1 only"),
        (lambda s, m: max(s[:m]), "first m scores"),
        (with_replacement, "with replacement"),
        (lambda s, m: -expected_best(-s, m), "mean of the worst"),
        (lambda s, m: np.sort(s)[-m:].mean(), "m best scores"),
        (sorts_in_place, "changes its argument"),
        (lambda s, m: 0.0, "the mean of the best should be"),
    ],
)
def test_wrong_expected_bests(answer, hint):
    said = check("hyper-expected-best", answer)
    assert not said
    assert hint in said


def test_right_expected_bests():
    assert check("hyper-expected-best", expected_best)
    assert check(
        "hyper-expected-best", lambda s, m: np.mean([max(some) for some in combinations(s, m)])
    )


def rates_tried(net, rates, training, validation, epochs=30, reset=True, early=False):
    from backprop import Adam

    accuracies = []
    for eta in rates:
        if reset:
            net.reset_weights()
        net.fit(*training, Adam(eta, 0.9, 0.999), epochs=epochs)
        if early:
            net.reset_weights()
        accuracies.append(net.accuracy(*validation))
    return accuracies


def other_networks(net, rates, training, validation):
    from backprop import FFNN

    made = []
    for k in range(len(rates)):
        settings = net.hidden_funcs[0], net.output_func, net.cost_func
        other = FFNN(net.dimensions, *settings, seed=net.seed + k)
        made += rates_tried(other, rates[k : k + 1], training, validation)
    return made


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda *task: rates_tried(*task, reset=False), "as it stood"),
        (
            lambda net, rates, *parts: rates_tried(net, rates[::-1], *parts, reset=False)[::-1],
            "still leans on others",
        ),
        (other_networks, "other weights to start from"),
        (lambda net, rates, a, b: rates_tried(net, rates, a, a), "on the training part"),
        (lambda *task: rates_tried(*task, early=True), "before the accuracy is taken"),
        (lambda *task: rates_tried(*task, epochs=10), "30 epochs"),
        (lambda net, rates, a, b: net.accuracy(*b), "is a single number"),
        (lambda *task: 1 - np.array(rates_tried(*task)), "of the list of accuracies should be"),
    ],
)
def test_wrong_comparisons(answer, hint):
    def compare(net, rates, training, validation):
        return answer(net, rates, training, validation)

    said = check("hyper-wrong", compare)
    assert not said
    assert hint in said


def test_right_comparisons():
    assert check(
        "hyper-wrong",
        lambda net, rates, training, validation: rates_tried(net, rates, training, validation),
    )
