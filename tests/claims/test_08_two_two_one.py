"""Claims of chapter 8."""

import numpy as np

from tools.claims import cases, chapter, claim

ridge = chapter("08").names("train_221", "random_start", "direction", "train_equal", "T")


def train(seed):
    """Train from a random start; return the parameters and the last cost."""
    end, costs = ridge.train_221(ridge.random_start(seed), eta=0.5, epochs=2000)
    return end, costs[-1]


@claim(
    "claim-221-starts",
    "Of other random starts more than two in three find the ridge in 2000 epochs, but never all "
    "of them.",
    varied="sixty other starts, in groups of twenty",
    cases=cases(seed=range(100, 160)),
    strength="together",
    holds=lambda costs: all(
        13 < sum(cost < 1e-3 for cost in costs[k : k + 20]) < 20 for k in (0, 20, 40)
    ),
)
def test_starts(case):
    return train(case["seed"])[1]


@claim(
    "claim-221-direction",
    "A run that finds it has found its direction: every low cost comes with two ratios near −2.",
    varied="sixty other starts; of those with costs below 0.001 both ratios within 5 % of -2",
    cases=cases(seed=range(200, 260)),
)
def test_direction(case):
    end, cost = train(case["seed"])
    return cost >= 1e-3 or bool((np.abs(ridge.direction(end) + 2) < 0.1).all())


@claim(
    "claim-221-plateau",
    "Of the others most end near 0.06, on a plateau; the rest are lower, on their way down.",
    varied="a hundred and twenty other starts; of the costs above 0.001 more than half are from "
    "0.055 to 0.065, and none is higher",
    cases=cases(seed=range(300, 420)),
    strength="together",
    holds=lambda costs: (
        max(costs) < 0.065 and np.mean([cost > 0.055 for cost in costs if cost > 1e-3]) > 1 / 2
    ),
)
def test_plateau(case):
    return train(case["seed"])[1]


@claim(
    "claim-221-odd",
    "Without them the network learns nothing beyond the mean of the targets, whatever weights it "
    "starts from.",
    varied="thirty other starts; the last cost within a thousandth of the best constant's",
    cases=cases(seed=range(100, 130)),
)
def test_odd(case):
    W1, _, W2, b2 = ridge.random_start(case["seed"])
    _, costs = ridge.train_221((W1, np.zeros(2), W2, b2), 0.5, 2000, hidden_biases=False)
    constant = ridge.T.var() / 2
    return constant - 1e-9 < costs[-1] < 1.001 * constant


def equal(seed, difference):
    """Train from two neurons that are equal but for a difference; return how far they are apart."""
    rng = np.random.default_rng(seed)
    W1, _ = ridge.train_equal(rng.normal(size=2), rng.normal(), rng.normal(), difference)
    return np.abs(W1[:, 0] - W1[:, 1]).max()


@claim(
    "claim-221-equal",
    "Equal neurons stay equal from every such start.",
    varied="thirty other weights and biases",
    cases=cases(seed=range(100, 130)),
)
def test_equal(case):
    return equal(case["seed"], 0.0) < 1e-9


@claim(
    "claim-221-apart",
    "A small difference is enough, because it grows while the cost rests on a plateau: from a "
    "thousandth to more than ten times as much, from nearly every start.",
    varied="forty other weights and biases",
    cases=cases(seed=range(100, 140)),
    strength="mostly",
    share=0.85,
)
def test_apart(case):
    return equal(case["seed"], 1e-3) > 1e-2
