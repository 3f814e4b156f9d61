"""Claims of chapter 17."""

import numpy as np

from tools.claims import cases, chapter, claim

hyper = chapter("17").names("scores_of", "lead", "depth_accuracies", "with_and_without")


@claim(
    "claim-hyper-later",
    "On average, though not in every run, Optuna's later trials are better settings than random "
    "ones.",
    varied="six other seeds; the first eight trials are common to both",
    cases=cases(name=("random", "Optuna"), seed=range(100, 106)),
    strength="together",
    holds=lambda late: np.mean(late[6:]) > np.mean(late[:6]),
    tolerance=0.05,
)
def test_later(case):
    return np.mean(hyper.scores_of(case["name"], case["seed"])[8:])


@claim(
    "claim-hyper-luck",
    "On images that took no part in the choice most of the lead is gone.",
    varied="five other ways to choose the 300 images, on average; most is half or more",
    cases=cases(part=(0, 1), deal=range(100, 105)),
    strength="together",
    holds=lambda leads: np.mean(leads[5:]) < np.mean(leads[:5]) / 2,
    tolerance=0.05,
)
def test_luck(case):
    return hyper.lead(case["deal"])[case["part"]]


@claim(
    "claim-hyper-one-two",
    "Over many seeds a second hidden layer costs about one percentage point of accuracy, which is "
    "about as much as results differ from seed to seed.",
    varied="24 other seeds of networks and folds; the means differ by 0.5 to 2 percentage points, "
    "and by half to twice the standard deviation over the seeds",
    cases=cases(hidden=([60], [30, 30]), seed=range(100, 124)),
    strength="together",
    holds=lambda a: (
        0.005 < (gap := np.mean(a[:24]) - np.mean(a[24:])) < 0.02
        and 0.5 < gap / np.std(a[:24], ddof=1) < 2
    ),
    tolerance=0.02,
)
def test_one_two(case):
    return hyper.depth_accuracies(tuple(case["hidden"]), case["seed"])[1]


@claim(
    "claim-hyper-depth",
    "So they have not failed to learn: they overfit, as the lecture warns.",
    varied="eight other seeds of networks and folds; above 95 % in training, and at least five per "
    "cent behind one hidden layer on the images held out",
    cases=cases(seed=range(100, 108)),
)
def test_depth(case):
    deep, one = (hyper.depth_accuracies(h, case["seed"]) for h in ((12,) * 5, (60,)))
    return bool(deep[0] > 0.95 and one[1] - deep[1] > 0.05)


@claim(
    "claim-hyper-borrowed",
    "It does not hold here: the borrowed layer is no better than fresh weights, and mostly worse.",
    varied="ten other seeds and choices of the images",
    cases=cases(seed=range(100, 110)),
    strength="mostly",
    share=0.7,
)
def test_borrowed(case):
    fresh, borrowed = hyper.with_and_without(case["seed"])
    return bool(borrowed <= fresh)
