"""Claims of chapter 7."""

import numpy as np

from tools.claims import cases, chapter, claim

chains = chapter("07").names("random_chains")
trained = chapter("07").names("train_chain", "fit_sensor", "sensor", "X", "T")
factors = chapter("07").names("growth_interval", "chain_ratio", "wide_factor", "median_products")


@claim(
    "claim-hidden-sensor",
    "The readings were made from a curve with $w_1 = 1.5$, $b_1 = -0.75$, $w_2 = 2$ and "
    "$b_2 = 1$, and the fit has found it, up to the noise, as it does from other starts.",
    varied="twelve other starts, 20,000 epochs; the curve within 0.06 of the one that made them",
    cases=cases(seed=range(12)),
)
def test_sensor(case):
    start = np.random.default_rng(case["seed"]).uniform(-1.5, 1.5, 4)
    theta = trained.fit_sensor(start, epochs=20_000)
    curve = 1.0 + 2.0 / (1 + np.exp(-1.5 * (trained.X - 0.5)))
    return np.abs(trained.sensor(theta, trained.X) - curve).max() < 0.06


@claim(
    "claim-hidden-last",
    "But in the deeper ones it is the last neuron that has done the work, for other tasks and "
    "first weights too.",
    varied="twenty other tasks and first weights from 0.5 to 2, five to eight layers; the last "
    "weight has moved more than ten times as far as the first",
    cases=cases(depth=(5, 8), seed=range(20)),
)
def test_last(case):
    rng = np.random.default_rng(case["seed"])
    weight, x, t = rng.uniform(0.5, 2), rng.uniform(0.2, 1), rng.uniform(0, 0.4)
    first, last, _ = trained.train_chain(case["depth"], weight, x, t)
    return abs(last) > 10 * abs(first)


@claim(
    "claim-hidden-half",
    "The last column says how delicate this is: $z$ changes by $|w|$ when the activation before it "
    "goes from 0 to 1, and only a part of this range, less than a half for every weight, gives "
    "growth.",
    varied="forty-six other weights from 4.1 to 90",
    cases=cases(weight=[*(round(4.1 + 0.2 * k, 1) for k in range(40)), 15, 20, 30, 50, 70, 90]),
)
def test_half(case):
    return 2 * factors.growth_interval(case["weight"]) < case["weight"] / 2


@claim(
    "claim-hidden-fragile",
    "The same happens with other large weights and other small shifts: after thirty layers less "
    "than a thousandth of the error is left.",
    varied="weights from 7 to 14, inputs off by 0.002 to 0.05 to both sides",
    cases=cases(weight=(7, 9, 10, 12, 14), shift=(-0.05, -0.02, -0.005, 0.002, 0.005, 0.02, 0.05)),
)
def test_fragile(case):
    return factors.chain_ratio(case["weight"], 30, 0.5 + case["shift"]) < 1e-3


@claim(
    "claim-hidden-typical",
    "The typical error vanishes for every $s$.",
    varied="fifteen other standard deviations from 0.2 to 60, new draws of 20,000 chains; the "
    "median does not rise with any layer from two to ten, and ends below a millionth",
    cases=cases(s=(0.2, 0.5, 0.8, 1.5, 2.5, 3, 3.5, 5, 6, 7, 10, 12, 20, 30, 60), seed=(100, 101)),
)
def test_typical(case):
    ratios = chains.random_chains(case["s"], np.random.default_rng(case["seed"]), 20_000)
    medians = [np.median(ratios[depth]) for depth in range(2, 11)]
    return bool((np.diff(medians) <= 0).all() and medians[-1] < 1e-6)


@claim(
    "claim-hidden-growth-rare",
    "Chains whose error grows are a minority already at two layers, fewer than one in ten for "
    "every $s$.",
    varied="eleven other standard deviations from 0.5 to 24, new draws of 100,000 chains each",
    cases=cases(s=(0.5, 1.5, 3, 5, 6, 7, 9, 10, 12, 20, 24), seed=range(100, 103)),
)
def test_growth_is_rare(case):
    ratios = chains.random_chains(case["s"], np.random.default_rng(case["seed"]), 100_000)
    return (ratios[2] > 1).mean() < 0.1


@claim(
    "claim-hidden-wide",
    "The points follow the law, for other draws too.",
    varied="five other widths, six other standard deviations, four draws of each; within a quarter "
    "of the law",
    cases=cases(
        width=(16, 40, 64, 150, 300), s=(0.05, 0.15, 0.3, 0.5, 0.6, 0.7), seed=range(100, 104)
    ),
)
def test_wide(case):
    factor, _ = factors.wide_factor(case["width"], case["s"], case["seed"])
    return abs(factor / (case["s"] * np.sqrt(case["width"]) / 4) - 1) < 0.25


@claim(
    "claim-hidden-small",
    "In layers of a hundred with $s = 0.5$ the errors grow, although no weight is larger than 3.",
    varied="thirty draws",
    cases=cases(seed=range(100, 130)),
)
def test_small(case):
    factor, largest = factors.wide_factor(100, 0.5, case["seed"])
    return factor > 1 and largest < 3


@claim(
    "claim-hidden-residual",
    "With the sum the median stays near 1 for small weights and for large ones: the vanishing is "
    "cured.",
    varied="nine other standard deviations from 0.05 to 50, two draws, 20 and 40 layers; the "
    "median between a half and two",
    cases=cases(s=(0.05, 0.3, 0.6, 1.5, 2.5, 6, 10, 25, 50), seed=(100, 101), depth=(20, 40)),
)
def test_residual(case):
    medians = factors.median_products(case["s"], np.random.default_rng(case["seed"]), case["depth"])
    return 0.5 < medians[1] < 2
