"""Claims of chapter 1."""

import numpy as np

from tools.claims import cases, chapter, claim

points = chapter("01").names(
    "train_small", "fit_points", "two_changes", "line_cost", "best", "floor", "identity", "sigmoid"
)


@claim(
    "claim-nn-rest",
    "From other starts most runs rest for fewer than a hundred iterations, and some for a "
    "thousand or more.",
    varied="sixty other starts; the iterations within 1 % of the best line's cost are counted",
    cases=cases(seed=range(100, 160)),
    strength="together",
    holds=lambda counts: (
        sum(count < 100 for count in counts) > 30 and sum(count >= 1000 for count in counts) > 0
    ),
)
def test_rest(case):
    costs, _ = points.train_small(case["seed"], iterations=2500)
    return int((np.abs(costs / points.line_cost(points.best) - 1) < 0.01).sum())


@claim(
    "claim-nn-bends",
    "Nearly every other start gets there in 2000 iterations too: its cost is then less than a "
    "tenth of the line's.",
    varied="thirty other starts",
    cases=cases(seed=range(200, 230)),
    strength="mostly",
    share=0.8,
)
def test_bends(case):
    costs, _ = points.train_small(case["seed"], iterations=2000)
    return costs[-1] < points.line_cost(points.best) / 10


@claim(
    "claim-nn-floor",
    "Other starts end above this floor too, and those with the identity below it.",
    varied="five other starts for each of the two output functions, 6000 epochs",
    cases=cases(output=("sigmoid", "identity"), seed=range(100, 105)),
)
def test_floor(case):
    cost, _ = points.fit_points(getattr(points, case["output"]), case["seed"], 6000)
    return cost > points.floor if case["output"] == "sigmoid" else cost < points.floor


@claim(
    "claim-nn-linear",
    "From nearly every start, half the step leaves about a quarter of the deviation.",
    varied="sixty other starts, both ways to move, steps of 0.01 and 0.005; about a quarter is 0.2 "
    "to 0.3",
    cases=cases(seed=range(100, 160), way=(0, 1)),
    strength="mostly",
    share=0.95,
)
def test_linear(case):
    def deviation(size):
        _, predicted, measured = list(points.two_changes(size, case["seed"]))[case["way"]]
        return abs(measured - predicted)

    return 0.2 < deviation(0.005) / deviation(0.01) < 0.3
