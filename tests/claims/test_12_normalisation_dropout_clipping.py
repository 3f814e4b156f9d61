"""Claims of chapter 12."""

import numpy as np

from tools.claims import cases, chapter, claim

page = chapter("12").names(
    "RELU", "sigmoid", "deep", "sizes", "train", "few", "attempt", "first_over_last", "distance"
)
NEW = range(100, 110)  # seeds that the chapter does not use


@claim(
    "claim-bn-vanish",
    "Without normalisation the first layer's gradient is less than a hundred-thousandth of the "
    "last layer's.",
    varied="twenty other draws of the weights",
    cases=cases(seed=range(100, 120)),
)
def test_vanishing(case):
    size = page.sizes(page.deep, page.sigmoid, case["seed"], False)
    return bool(size[0] < 1e-5 * size[-1])


@claim(
    "claim-bn-level",
    "With it, both have the same order of magnitude.",
    varied="twenty other draws of the weights; the same order means a factor below ten",
    cases=cases(seed=range(100, 120)),
)
def test_level(case):
    size = page.sizes(page.deep, page.sigmoid, case["seed"], True)
    return bool(0.1 < size[0] / size[-1] < 10)


@claim(
    "claim-bn-chance",
    "Without normalisation hardly any run gets far above it, at any of the learning rates.",
    varied="five other seeds at each of five learning rates; far above means 25 %",
    cases=cases(eta=(0.1, 0.03, 0.01, 0.003, 0.001), seed=range(100, 105)),
    strength="mostly",
    share=0.9,
)
def test_chance(case):
    return bool(page.train(False, case["eta"], case["seed"])["val_accs"][-1] < 0.25)


@claim(
    "claim-bn-learns",
    "With normalisation all five networks learn to read digits, and so do those with other seeds.",
    varied="twelve other seeds; to read means more than 70 % of the validation images",
    cases=cases(seed=range(100, 112)),
)
def test_learns(case):
    return bool(page.train(True, 0.01, case["seed"])["val_accs"][-1] > 0.7)


def gain(seed, careless):
    """Return by how much dropout raises the validation accuracy, and what early stopping does."""
    plain, dropped = (page.few(seed, careless, p) for p in (0.0, [0.2, 0.5]))
    last = plain["val_accs"][-1]
    early = plain["val_accs"][int(np.argmin(plain["val_errors"]))]
    return float(dropped["val_accs"][-1] - last), float(early - last)


@claim(
    "claim-drop-careless",
    "With other seeds, too, it nearly always gains at least four in a hundred.",
    varied="ten other seeds, that is, images, wrong labels, weights and masks",
    cases=cases(seed=NEW),
    strength="mostly",
    share=0.9,
)
def test_careless_labels(case):
    return gain(case["seed"], 0.2)[0] >= 0.04


@claim(
    "claim-drop-correct",
    "With *correct* labels there is nothing to gain here: on average the difference is less than "
    "two in a hundred.",
    varied="ten other seeds, that is, images, weights and masks",
    cases=cases(seed=NEW),
    strength="together",
    holds=lambda gains: abs(np.mean(gains)) < 0.02,
    tolerance=0.2,
)
def test_correct_labels(case):
    return gain(case["seed"], 0.0)[0]


@claim(
    "claim-drop-early",
    "A run that is stopped at its lowest validation cost gets a good part of the gain without "
    "dropout (the last line above): in the median at least a third of the gain in accuracy.",
    varied="ten other seeds, that is, images, wrong labels, weights and masks",
    cases=cases(seed=NEW),
    strength="median",
    holds=lambda part: part > 1 / 3,
    tolerance=0.2,
)
def test_early_stopping(case):
    by_dropout, by_stopping = gain(case["seed"], 0.2)
    return by_stopping / by_dropout


@claim(
    "claim-clip-diverges",
    "With other seeds a run survives now and then, but nearly always it fails to learn the curve.",
    varied="twenty other starts; to fail means a cost above 0.2, or none",
    cases=cases(seed=range(100, 120)),
    strength="mostly",
    share=0.9,
)
def test_no_clipping(case):
    return bool(page.attempt(case["seed"])[1] > 0.2)


@claim(
    "claim-clip-learns",
    "With clipping of either kind, and everything else unchanged, all five learn the curve, as do "
    "nearly all other starts.",
    varied="ten other starts for either kind; to learn means a cost below 0.2",
    cases=cases(clip=("clip_norm", "clip_value"), seed=NEW),
    strength="mostly",
    share=0.85,
)
def test_clipping(case):
    threshold = {"clip_norm": 1.0, "clip_value": 0.1}[case["clip"]]
    return bool(page.attempt(case["seed"], **{case["clip"]: threshold})[1] < 0.2)


@claim(
    "claim-clip-adam",
    "Adam, which divides by the size of the gradient, does not need clipping here, and in the "
    "median ends far lower.",
    varied="ten other starts; the cost of Adam without clipping over that of descent with it",
    cases=cases(seed=NEW),
    strength="median",
    holds=lambda ratio: ratio < 1 / 3,
    tolerance=0.5,
)
def test_adam(case):
    return page.attempt(case["seed"], True)[1] / page.attempt(case["seed"], clip_norm=1.0)[1]


@claim(
    "claim-bn-explodes",
    "With ReLUs and 50 layers the ratio is above a thousand in nearly every draw.",
    varied="twenty other draws of the weights",
    cases=cases(seed=range(100, 120)),
    strength="mostly",
    share=0.9,
)
def test_explodes(case):
    return bool(page.first_over_last(50, page.RELU, case["seed"], True) > 1000)


@claim(
    "claim-bn-sigmoid-level",
    "With sigmoids it stays between a tenth and thirty.",
    varied="ten other draws of the weights at 10, 30, 40 and 50 layers",
    cases=cases(depth=(10, 30, 40, 50), seed=NEW),
)
def test_sigmoids_stay_level(case):
    return bool(0.1 < page.first_over_last(case["depth"], page.sigmoid, case["seed"], True) < 30)


@claim(
    "claim-clip-absurd",
    "With clipping, by norm or by value, the fit stays closer than 0.5 in nearly every run.",
    varied="ten other starts for either kind",
    cases=cases(clip=("clip_norm", "clip_value"), seed=NEW),
    strength="mostly",
    share=0.9,
)
def test_absurd_target(case):
    threshold = {"clip_norm": 1.0, "clip_value": 0.1}[case["clip"]]
    return bool(page.distance(case["seed"], **{case["clip"]: threshold}) < 0.5)
