"""Claims of chapter 16."""

import itertools

import numpy as np

from tools.claims import cases, chapter, claim

xor = chapter("16").names(
    "train_xor", "living", "learned_from", "mean_slope", "resample", "X", "t", "levels",
    "sigmoid", "RELU", "FFNN", "CostLogReg", "Adam",
)  # fmt: skip


def is_solved(func, width, seed, **settings):
    """Tell whether the chapter's training of XOR ends below its limit."""
    net = xor.train_xor(getattr(xor, func), width, seed, **settings)
    return bool(net.cost(xor.X, xor.t) < 0.1)


def lacks_a_row(seed):
    """Tell whether a draw with replacement lacks a row."""
    return len(set(np.random.RandomState(seed).randint(0, 4, 4).tolist())) < 4


@claim(
    "claim-gates-missing-row",
    "Every run on such a draw reports an accuracy of 1, and none has more than three rows of XOR "
    "right.",
    varied="the draws with the seeds 3000 to 3029 that lack a row",
    cases=cases(seed=filter(lacks_a_row, range(3000, 3030))),
)
def test_missing_row(case):
    seed = next(filter(lacks_a_row, itertools.count(case["seed"], 10_000)))  # itself, if given
    X, t = xor.resample(xor.X, xor.t, random_state=seed)
    assert len(np.unique(X, axis=0)) < 4
    reported, true, _ = xor.learned_from(X, t)
    return bool(reported == 1 and true <= 0.75)


@claim(
    "claim-gates-spare",
    "Two sigmoid neurons find XOR in about half of the runs; with one or two to spare "
    "most runs do.",
    varied="thirty other starts for each width; about half is 35 to 65 %, most is above 65 %",
    cases=cases(width=(2, 3, 4), seed=range(100, 130)),
    strength="together",
    holds=lambda solved: (
        0.35 <= np.mean(solved[:30]) <= 0.65 < min(np.mean(solved[30:60]), np.mean(solved[60:]))
    ),
)
def test_spare(case):
    return is_solved("sigmoid", case["width"], case["seed"])


@claim(
    "claim-gates-relu",
    "The ReLUs, with which the solution by hand was so neat, do worse at each of these widths.",
    varied="thirty other starts for each activation function and width",
    cases=cases(width=(2, 3, 4), func=("sigmoid", "RELU"), seed=range(200, 230)),
    strength="together",
    holds=lambda solved: all(
        sum(solved[k : k + 30]) > sum(solved[k + 30 : k + 60]) for k in (0, 60, 120)
    ),
)
def test_relu(case):
    return is_solved(case["func"], case["width"], case["seed"])


@claim(
    "claim-gates-dead",
    "With two ReLUs most failures have lost one of them.",
    varied="sixty other starts; those that failed are counted",
    cases=cases(seed=range(100, 160)),
    strength="together",
    holds=lambda lost: sum(n == 1 for n in lost) > 2 * sum(n == 0 for n in lost) > 0,
)
def test_dead(case):
    net = xor.train_xor(xor.RELU, 2, case["seed"])
    return -1 if net.cost(xor.X, xor.t) < 0.1 else int(xor.living(net) < 2)


@claim(
    "claim-gates-levels",
    "Every run that has not solved the task is on one of the levels.",
    varied="forty other starts for each activation function and each width of the chapter",
    cases=cases(func=("sigmoid", "RELU"), width=(2, 3, 4), seed=range(100, 140)),
)
def test_levels(case):
    net = xor.train_xor(getattr(xor, case["func"]), case["width"], case["seed"])
    cost = net.cost(xor.X, xor.t)
    return bool(cost < 0.1 or min(abs(cost - level) for level in xor.levels.values()) < 0.01)


@claim(
    "claim-gates-rate-good",
    "At 0.03 and 0.1 many starts succeed, and many do not.",
    varied="sixty other starts for each rate; many is 20 % or more",
    cases=cases(eta=(0.03, 0.1), seed=range(300, 360)),
    strength="together",
    holds=lambda solved: all(0.2 <= np.mean(part) <= 0.8 for part in (solved[:60], solved[60:])),
)
def test_rate_good(case):
    return is_solved("sigmoid", 2, case["seed"], eta=case["eta"])


@claim(
    "claim-gates-rate-high",
    "At 0.3 most fail, but not all.",
    varied="sixty other starts",
    cases=cases(seed=range(100, 160)),
    strength="together",
    holds=lambda solved: 0 < sum(solved) < 30,
)
def test_rate_high(case):
    return is_solved("sigmoid", 2, case["seed"], eta=0.3)


@claim(
    "claim-gates-rate-one",
    "At a rate of 1 nearly all starts fail.",
    varied="forty other starts",
    cases=cases(seed=range(100, 140)),
    strength="mostly",
    share=0.9,
)
def test_rate_one(case):
    return not is_solved("sigmoid", 2, case["seed"], eta=1.0)


@claim(
    "claim-gates-saturated",
    "At the lecture's rate the neurons are still near it; at a rate of 1 most have saturated "
    "before they had time to learn anything.",
    varied="thirty other starts; a slope above 0.1 at one rate and below half of that at the other",
    cases=cases(seed=range(100, 130)),
    strength="mostly",
    share=0.9,
)
def test_saturated(case):
    slow, fast = (xor.mean_slope(eta, case["seed"]) for eta in (0.1, 1.0))
    return bool(slow > 0.1 and fast < slow / 2)


@claim(
    "claim-gates-patience",
    "For this rate, patience lowers the cost, but it hardly ever changes a start's fate: a run "
    "that is on its way to zero after 300 epochs arrives, and a run that is near one of the "
    "levels settles on it.",
    varied="forty other starts, on their way to zero if their cost is below 0.2",
    cases=cases(seed=range(100, 140)),
    strength="mostly",
    share=0.9,
)
def test_patience(case):
    early, late = (
        xor.train_xor(xor.sigmoid, 2, case["seed"], 0.03, epochs).cost(xor.X, xor.t)
        for epochs in (300, 900)
    )
    return bool(
        late < 0.1 if early < 0.2 else min(abs(late - c) for c in xor.levels.values()) < 0.01
    )
