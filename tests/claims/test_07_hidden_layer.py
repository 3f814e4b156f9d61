"""Claims of chapter 7."""

import numpy as np

from tools.claims import cases, chapter, claim

chains = chapter("07").names("random_chains")


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
