"""Claims of chapter 22."""

from backprop import FFNN, tanh

from tools.claims import cases, chapter, claim

page = chapter("22").names(
    "growth", "above_limit", "train_lbfgs", "train_adam", "on_mini_batches", "reset_or_not",
)  # fmt: skip


@claim(
    "claim-gd-network-limit",
    "The formula that was derived for parabolas gives the limit for the network as well, and for "
    "others from other starts and with other data.",
    varied="twelve other networks, each with data of its own, just below and just above the limit",
    cases=cases(share=(0.97, 1.03), seed=range(100, 112)),
)
def test_limit_of_a_network(case):
    grown = page.growth(case["share"], case["seed"], case["seed"])
    return bool(grown > 1) is (case["share"] > 1)


@claim(
    "claim-gd-edge",
    "It has moved to a place with a smaller curvature, where the limit is the learning rate that "
    "we used.",
    varied="eight other networks, each with data of its own, at two rates; within a tenth",
    cases=cases(share=(1.2, 1.4), seed=range(100, 108)),
)
def test_edge(case):
    ratio, _, _ = page.above_limit(case["share"], case["seed"], case["seed"])
    return bool(abs(ratio / case["share"] - 1) < 0.1)


@claim(
    "claim-gd-lbfgs-ahead",
    "L-BFGS ends lower from most initial weights.",
    varied="eight other starts, each with samples of its own",
    cases=cases(seed=range(100, 108)),
    strength="mostly",
    share=0.6,
)
def test_lbfgs(case):
    seed = case["seed"]
    by_lbfgs = page.train_lbfgs(FFNN((2, 9, 6, 1), tanh, seed=seed), 300, seed)
    return bool(by_lbfgs[-1] < page.train_adam(seed, seed)[-1])


@claim(
    "claim-gd-lbfgs-noise",
    "It mistakes the noise for curvature, soon finds no way down, and nearly always stops "
    "after fewer than 25 mini-batches, with most of the way still to go.",
    varied="forty other starts; most of the way means a cost above 0.1",
    cases=cases(seed=range(100, 140)),
    strength="mostly",
    share=0.9,
)
def test_lbfgs_with_noise(case):
    evaluations, stuck, _ = page.on_mini_batches(case["seed"])
    return bool(evaluations < 25 and stuck > 0.1)


@claim(
    "claim-gd-reset-one",
    "With one batch per epoch the resets turn Adam into another method, and at $\\eta = 0.01$ "
    "nearly always a worse one.",
    varied="forty other starts",
    cases=cases(seed=range(100, 140)),
    strength="mostly",
    share=0.85,
)
def test_resets_with_one_batch(case):
    whole, reset = page.reset_or_not(1, 0.01, 150, case["seed"])
    return bool(reset[-10:].mean() > whole[-10:].mean())


@claim(
    "claim-gd-reset-many",
    "With 24 it is nearly always less than a quarter.",
    varied="ten other starts",
    cases=cases(seed=range(100, 110)),
    strength="mostly",
    share=0.9,
)
def test_resets_with_many_batches(case):
    whole, reset = page.reset_or_not(24, 0.01, 60, case["seed"])
    return bool(0.75 < reset[-10:].mean() / whole[-10:].mean() < 1.25)
