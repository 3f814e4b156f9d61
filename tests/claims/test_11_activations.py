"""Claims of chapter 11."""

import numpy as np

from tools.claims import cases, chapter, claim

page = chapter("11").names(
    "ELU", "LRELU", "RELU", "tanh", "sigmoid", "CostLogReg", "CostOLS",
    "draws", "one_pass", "error_ratio", "spread_by_layer", "dead", "train", "contest", "rates",
    "shallow", "deep", "updates", "test_error", "init", "initializers",
)  # fmt: skip
NEW = range(100, 120)  # seeds that the chapter does not use
WIDTHS = (50, 150, 400)


@claim(
    "claim-act-tanh-glorot",
    "With Glorot's weights the errors mostly lose a factor of about four over ten layers, whether "
    "these have 50 units or 400.",
    varied="forty draws of the weights in all, at widths of 50, 70, 200 and 400; about four means "
    "from 2.5 to 5",
    cases=cases(width=(50, 70, 200, 400), seed=range(100, 110)),
    strength="mostly",
    share=0.85,
)
def test_tanh_glorot(case):
    draw = page.draws["Glorot"]
    return 2.5 < 1 / page.error_ratio(case["width"], case["seed"], page.tanh, draw) < 5


@claim(
    "claim-act-relu-he",
    "**The ReLU** with He's weights keeps the mean square of its pre-activations and the size of "
    "its errors, within a factor of four, in nearly every draw from 50 units on.",
    varied="ninety draws of the weights, at widths of 50, 150 and 400",
    cases=cases(width=WIDTHS, seed=range(100, 130)),
    strength="mostly",
    share=0.95,
)
def test_relu_he(case):
    Z, delta = page.one_pass(page.RELU, page.draws["He"], case["seed"], case["width"], samples=50)
    square, sizes = (Z**2).mean(axis=(1, 2)), np.sqrt((delta**2).mean(axis=(1, 2)))
    return all(1 / 4 < x[-1] / x[0] < 4 for x in (square, sizes))


@claim(
    "claim-act-width",
    "With half as many units as above they shrink, and with twice as many they grow.",
    varied="forty other draws of the weights, at widths of 50 and 200",
    cases=cases(width=(50, 200), seed=NEW),
)
def test_width(case):
    ratio = page.error_ratio(case["width"], case["seed"])
    return bool(ratio < 1 if case["width"] < 100 else ratio > 1)


@claim(
    "claim-act-width-law",
    "The approximation {eq}`eq-act-width` is right within a factor of two in nearly every draw "
    "from 50 units on.",
    varied="sixty draws at six widths from 50 to 500",
    cases=cases(width=(50, 70, 100, 150, 300, 500), seed=range(100, 110)),
    strength="mostly",
    share=0.9,
)
def test_width_law(case):
    law = (case["width"] / (36 * np.pi)) ** 2.25
    return bool(0.5 < page.error_ratio(case["width"], case["seed"]) / law < 2)


@claim(
    "claim-act-variance-falls",
    "With the three kinds of smaller weights the variance falls in every layer.",
    varied="ninety other draws: the three ways to draw, at widths of 50, 150 and 400",
    cases=cases(name=("1/sqrt(M)", "Glorot", "He"), width=WIDTHS, seed=range(100, 110)),
)
def test_variance_falls(case):
    spread = page.spread_by_layer(page.draws[case["name"]], case["seed"], case["width"])
    return bool((np.diff(spread) < 0).all())


@claim(
    "claim-act-variance-not-rising",
    "In none of them is it larger in layer 10 than in layer 1.",
    varied="ninety other draws with N(0, 1), He and Glorot, at widths of 50, 150 and 400",
    cases=cases(name=("N(0, 1)", "Glorot", "He"), width=WIDTHS, seed=range(100, 110)),
)
def test_variance_does_not_rise(case):
    spread = page.spread_by_layer(page.draws[case["name"]], case["seed"], case["width"])
    return bool(spread[-1] < spread[0])


@claim(
    "claim-act-dead-low",
    "The two lower rates rarely kill more than two others.",
    varied="twenty other starts at each of the rates 0.1, 0.2 and 0.3",
    cases=cases(eta=(0.1, 0.2, 0.3), seed=NEW),
    strength="mostly",
    share=0.9,
)
def test_low_rates_kill_few(case):
    before, _ = page.train(page.RELU, (), case["seed"])
    after, _ = page.train(page.RELU, (case["eta"],), case["seed"])
    return page.dead(after) - page.dead(before) <= 2


@claim(
    "claim-act-dead-high",
    "At $\\eta = 2$ nearly always at least forty of the fifty die, and the network is right about "
    "no more than one image in five.",
    varied="thirty other starts",
    cases=cases(seed=range(100, 130)),
    strength="mostly",
    share=0.9,
)
def test_high_rate_kills_nearly_all(case):
    net, accuracy = page.train(page.RELU, (2.0,), case["seed"])
    return bool(page.dead(net) >= 40 and accuracy <= 0.2)


@claim(
    "claim-act-dead-stay",
    "Hardly any of these networks gets half of its images right afterwards.",
    varied="twenty other starts",
    cases=cases(seed=NEW),
    strength="mostly",
    share=0.9,
)
def test_the_dead_stay(case):
    return bool(page.train(page.RELU, (2.0, 0.1), case["seed"])[1] < 0.5)


@claim(
    "claim-act-leaky-recovers",
    "But there they are linear units with the slope 0.01, through which signals and errors still "
    "pass, and the network mostly learns to classify more than half of the images correctly.",
    varied="twenty other starts",
    cases=cases(seed=NEW),
    strength="mostly",
    share=0.9,
)
def test_leaky_units_recover(case):
    return bool(page.train(page.LRELU, (2.0, 0.1), case["seed"])[1] > 0.5)


@claim(
    "claim-act-elu-no-cure",
    "The ELU is no cure here: nearly all of its networks, too, end below one half.",
    varied="twenty other starts",
    cases=cases(seed=NEW),
    strength="mostly",
    share=0.9,
)
def test_elu_is_no_cure(case):
    return bool(page.train(page.ELU, (2.0, 0.1), case["seed"])[1] < 0.5)


@claim(
    "claim-act-tanh-first",
    "If there is a tendency, it contradicts the lecture: with most seeds $\\tanh$ makes fewer "
    "mistakes than the ReLU.",
    varied="sixty other seeds, that is, splits, weights and mini-batches",
    cases=cases(seed=range(100, 160)),
    strength="mostly",
    share=0.6,
)
def test_tanh_before_relu(case):
    functions = (page.RELU, page.tanh)
    first, second = page.contest(page.shallow, page.rates[page.shallow], case["seed"], functions)
    return bool(second[0] < first[0])


@claim(
    "claim-act-logistic-last",
    "The logistic function is last with every seed, and makes at least twice as many mistakes as "
    "any other.",
    varied="five other seeds, that is, splits, weights and mini-batches",
    cases=cases(seed=range(100, 105)),
)
def test_logistic_is_last(case):
    *others, last = page.contest(page.deep, page.rates[page.deep], case["seed"])
    return bool(last[0] > 2 * max(error for error, _ in others))


@claim(
    "claim-act-plateau",
    "The worse the start, the larger the difference; from $z = -6$ downwards it is at least a "
    "factor of ten, unless the rate is so high that one update is enough with the logistic cost.",
    varied="four other starts and six learning rates, up to 50",
    cases=cases(place=(-6, -7, -9, -10), eta=(0.2, 0.5, 1.0, 3.0, 10.0, 50.0)),
)
def test_plateau(case):
    counts = [page.updates(c, case["place"], case["eta"]) for c in (page.CostLogReg, page.CostOLS)]
    return counts[0] == 1 or counts[1] >= 10 * counts[0]


@claim(
    "claim-act-four-glorot",
    "The network, trained with one rate that is not tuned, now learns the digits, and with most "
    "seeds makes less than half as many mistakes.",
    varied="ten other seeds, that is, splits, weights and mini-batches",
    cases=cases(seed=range(100, 110)),
    strength="mostly",
    share=0.8,
)
def test_four_times_glorot(case):
    glorot = page.test_error(page.initializers.glorot_uniform, case["seed"])
    return bool(page.test_error(page.init, case["seed"]) < glorot / 2)
