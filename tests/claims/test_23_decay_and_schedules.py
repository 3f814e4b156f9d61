"""Claims of chapter 23."""

import numpy as np

from tools.claims import cases, chapter, claim

page = chapter("23").names(
    "costs_on_new", "silent_sizes", "STRENGTHS", "first_limit", "deep_run", "RULES", "SHAPES"
)
NEW = range(100, 124)  # seeds that the chapter does not use
DEEP = range(100, 140)
MANY = range(100, 260)  # for medians of ratios that differ much from run to run


@claim(
    "claim-decay-silent",
    "With other data and starts, and strengths down to $10^{-5}$, the sizes after 180 updates "
    "differ by less than a thousandth of the size at the start.",
    varied="eight other seeds and four strengths of the penalty, each compared with the strength 1",
    cases=cases(lam=(1e-5, 1e-4, 1e-3, 0.1), seed=range(100, 108)),
)
def test_silent(case):
    sizes, other = (page.silent_sizes(case["seed"], lam=lam) for lam in (case["lam"], 1.0))
    return bool(abs(sizes[-1] - other[-1]) < 1e-3 * sizes[0])


@claim(
    "claim-decay-strength",
    "The best of the three decays is at least ten times the best of the three penalties, with "
    "other data too.",
    varied="eight other groups of three data sets, for both sizes of the useless inputs",
    cases=cases(small=(0.1, 1.0), first=range(100, 124, 3)),
)
def test_strength(case):
    best = {}
    for kind, strengths in page.STRENGTHS.items():
        seeds = range(case["first"], case["first"] + 3)
        costs = [page.costs_on_new(kind, seed, case["small"]) for seed in seeds]
        best[kind] = strengths[int(np.argmin(np.mean(costs, axis=0)))]
    return bool(best["decay"] > 9.99 * best["lam"])


def best_ratio(seed, small):
    """Return the cost with the best decay over that with the best penalty."""
    penalty, decay = (min(page.costs_on_new(kind, seed, small)) for kind in ("lam", "decay"))
    return float(decay / penalty)


@claim(
    "claim-decay-small",
    "If the useless inputs are small, the best decay ends with a higher cost than the best "
    "penalty, with most other data as well.",
    varied="160 other data sets, the best of three strengths taken for each",
    cases=cases(seed=MANY),
    strength="mostly",
    share=0.75,
)
def test_small(case):
    return best_ratio(case["seed"], 0.1) > 1


@claim(
    "claim-decay-equal",
    "With inputs of one size neither of the two is better by more than a tenth, in the median over "
    "other data.",
    varied="twenty-four other data sets, the best of three strengths taken for each",
    cases=cases(seed=NEW),
    strength="median",
    holds=lambda ratio: 1 / 1.1 < ratio < 1.1,
    tolerance=0.25,
)
def test_equal(case):
    return best_ratio(case["seed"], 1.0)


@claim(
    "claim-warm-limit",
    "In most draws the limit lies between 0.01 and 0.08.",
    varied="forty other draws of data and weights",
    cases=cases(seed=DEEP),
    strength="mostly",
    share=0.75,
)
def test_limit(case):
    return bool(0.01 < page.first_limit(case["seed"]) < 0.08)


def over(rule, shape, seed, base="constant"):
    """Return the final cost with a shape over that with another; 1 if neither run ends."""
    cost, other = (page.deep_run(rule, s, seed)[0] for s in (shape, base))
    return 1.0 if cost == other else float(cost / other)


@claim(
    "claim-warm-helps",
    "Over other data and starts it brings the cost to less than half, in the median.",
    varied="160 other draws of data and weights; the cost with a warm-up over that without",
    cases=cases(seed=MANY),
    strength="median",
    holds=lambda ratio: ratio < 1 / 2,
    tolerance=0.5,
)
def test_warm_up_helps(case):
    return over("momentum 0.04", "warm-up", case["seed"])


@claim(
    "claim-warm-both",
    "Together with the cosine it is less than a quarter, in the median too.",
    varied="160 other draws of data and weights; the cost with both over that without",
    cases=cases(seed=MANY),
    strength="median",
    holds=lambda ratio: ratio < 1 / 4,
    tolerance=0.5,
)
def test_both_help(case):
    return over("momentum 0.04", "both", case["seed"])


@claim(
    "claim-warm-dead",
    "With the warm-up fewer units are dead at the end, in most runs.",
    varied="forty other draws of data and weights; a run that diverges has no dead units",
    cases=cases(seed=DEEP),
    strength="mostly",
    share=0.6,
)
def test_dead(case):
    dead = [page.deep_run("momentum 0.04", s, case["seed"])[1] for s in ("warm-up", "constant")]
    return bool(dead[0] < dead[1])


@claim(
    "claim-warm-never",
    "With the warm-up alone, the cost ends above 0.7 in nearly every run.",
    varied="forty other draws of data and weights",
    cases=cases(seed=DEEP),
    strength="mostly",
    share=0.9,
)
def test_too_high(case):
    return bool(page.deep_run("momentum 0.08", "warm-up", case["seed"])[0] > 0.7)


@claim(
    "claim-warm-even",
    "The warm-up lowers the cost in about half of the runs, and raises it in the others.",
    varied="forty other draws of data and weights; about half means a share from 0.35 to 0.65",
    cases=cases(seed=DEEP),
    strength="together",
    holds=lambda ratios: 0.35 < np.mean(np.array(ratios) < 1) < 0.65,
)
def test_low_rate(case):
    return over("momentum 0.01", "warm-up", case["seed"])


@claim(
    "claim-warm-cosine",
    "The cosine without a warm-up ends higher than the constant rate, in most runs.",
    varied="forty other draws of data and weights",
    cases=cases(seed=DEEP),
    strength="mostly",
    share=0.75,
)
def test_cosine(case):
    return over("momentum 0.01", "cosine", case["seed"]) > 1


@claim(
    "claim-warm-adam",
    "At its rate of 0.03 both shapes together lower the cost in most runs.",
    varied="160 other draws of data and weights",
    cases=cases(seed=MANY),
    strength="mostly",
    share=0.75,
)
def test_adam(case):
    return over("Adam 0.03", "both", case["seed"]) < 1


@claim(
    "claim-warm-small",
    "The *constant* rate of 0.01 ends lower than 0.04 with warm-up and cosine, in most runs.",
    varied="forty other draws of data and weights",
    cases=cases(seed=DEEP),
    strength="mostly",
    share=0.6,
)
def test_smaller_rate(case):
    small = page.deep_run("momentum 0.01", "constant", case["seed"])[0]
    return bool(small < page.deep_run("momentum 0.04", "both", case["seed"])[0])
