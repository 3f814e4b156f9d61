"""Claims of chapter 13."""

from backprop import CostCrossEntropy, CostOLS

from tools.claims import cases, chapter, claim

build = chapter("13").names(
    "early_update", "short_cut", "share_flat", "standard_normal", "distances_from_truth"
)


@claim(
    "claim-build-early",
    "The error is roughly proportional to the learning rate.",
    varied="thirty other networks and data sets; ten times the rate gives 8 to 12.5 times the "
    "error",
    cases=cases(seed=range(100, 130)),
)
def test_early(case):
    small, large = (build.early_update(eta, case["seed"]) for eta in (0.005, 0.05))
    return bool(8 < large / small < 12.5)


@claim(
    "claim-build-short-cut",
    "For the squared error it is wrong, here by a quarter of the length of $\\delta^L$, and in "
    "other networks by more or less.",
    varied="thirty other networks and data sets; wrong is by more than one in 100,000, and for the "
    "cross-entropy it is exact",
    cases=cases(seed=range(100, 130)),
)
def test_short_cut(case):
    exact, first = build.short_cut(CostCrossEntropy, case["seed"])
    off, second = build.short_cut(CostOLS, case["seed"])
    return bool(exact < 1e-12 and off > 1e-5 and max(first, second) < 1e-8)


@claim(
    "claim-build-plateau",
    "With 64 inputs, a pre-activation is a sum of 64 products of an input and a weight, so large "
    "that about half of the sigmoids start on their plateau.",
    varied="thirty other draws of weights and pixels; about half is 40 to 60 %",
    cases=cases(seed=range(100, 130)),
)
def test_plateau(case):
    drawn, default = (build.share_flat(d, case["seed"]) for d in (build.standard_normal, None))
    return bool(0.4 < drawn < 0.6 and default < 0.01)


@claim(
    "claim-build-log-cosh",
    "The steep cost of the three large errors pulls the curve to them; with $\\ln\\cosh$ "
    "their pull "
    "is bounded, and the fit stays closer to the truth.",
    varied="twelve other draws of the noise",
    cases=cases(seed=range(100, 112)),
)
def test_log_cosh(case):
    squares, log_cosh = build.distances_from_truth(case["seed"])
    return bool(log_cosh < squares)
