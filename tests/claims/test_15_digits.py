"""Claims of chapter 15."""

import numpy as np

from tools.claims import cases, chapter, claim

digits = chapter("15").names(
    "validate", "validate_linear", "lecture", "validate_standardised", "five_folds", "X",
)  # fmt: skip
ONE, TWO = (64, 300, 10), (64, 150, 150, 10)


@claim(
    "claim-digits-spread",
    "The formula gives the right size: other images give another accuracy, and with 360 of them "
    "the uncertainty is nearly one per cent.",
    varied="twelve other splits; their standard deviation is half to one and a half times the "
    "formula",
    cases=cases(split=range(100, 112)),
    strength="together",
    holds=lambda a: 0.5 < np.std(a, ddof=1) / np.sqrt(np.mean(a) * (1 - np.mean(a)) / 360) < 1.5,
    tolerance=0.01,
)
def test_spread(case):
    return digits.validate(digits.lecture, case["split"], 2023)


@claim(
    "claim-digits-layers",
    "Two hidden layers are sometimes ahead by an image and sometimes behind, and equal on average: "
    "on these small images there is nothing to choose between them.",
    varied="twenty other splits; equal within two images of 360 on average",
    cases=cases(seed=range(100, 120)),
    strength="together",
    holds=lambda more: min(more) < 0 < max(more) and abs(np.mean(more)) < 2,
    tolerance=0.01,
)
def test_layers(case):
    one, two = (digits.validate(M, case["seed"], case["seed"]) for M in (ONE, TWO))
    return 360 * (two - one)


@claim(
    "claim-digits-linear",
    "Logistic regression reads fewer images on every split.",
    varied="eight other splits",
    cases=cases(seed=range(100, 108)),
)
def test_linear(case):
    network = digits.validate(ONE, case["seed"], case["seed"])
    return bool(digits.validate_linear(case["seed"]) < network)


@claim(
    "claim-digits-standardise",
    "Not here: the two means differ by less than the spread.",
    varied="six other splits",
    cases=cases(scaling=("divided", "standardised"), seed=range(100, 106)),
    strength="together",
    holds=lambda a: (
        abs(np.mean(a[:6]) - np.mean(a[6:])) < min(np.std(a[:6], ddof=1), np.std(a[6:], ddof=1))
    ),
    tolerance=0.01,
)
def test_standardise(case):
    if case["scaling"] == "standardised":
        return digits.validate_standardised(case["seed"])
    return digits.validate(digits.lecture, case["seed"], 2023)


@claim(
    "claim-digits-blocks",
    "The blocks are harder on average, and the network makes about twice as many "
    "mistakes, or more.",
    varied="five other starts of the network, each with another random order; 1.6 times or more",
    cases=cases(seed=range(100, 105)),
    slow=True,
)
def test_blocks(case):
    order = np.random.default_rng(case["seed"]).permutation(len(digits.X))
    blocks, random = (
        1 - np.mean(digits.five_folds(each, case["seed"]))
        for each in (np.arange(len(order)), order)
    )
    return bool(blocks > 1.6 * random)
