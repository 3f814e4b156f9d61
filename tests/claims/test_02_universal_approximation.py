"""Claims of chapter 2."""

import numpy as np

from tools.claims import cases, chapter, claim

built = chapter("02").names("largest_error", "error_at_ends", "dimensions")
wave = chapter("02").names("train_wave", "measures", "polygon", "wave")


def smooth(seed):
    """Return a function of one variable: four waves of random height, length and phase."""
    rng = np.random.default_rng(seed)
    heights, lengths, phases = rng.normal(size=4), rng.uniform(0.5, 8, 4), rng.uniform(0, 6, 4)
    return lambda x: sum(heights[i] * np.sin(lengths[i] * x + phases[i]) for i in range(4))


@claim(
    "claim-ua-slopes",
    "The sharp staircase and the polygon have the slopes of their bounds, and not for this wave "
    "alone: both laws hold for other smooth functions.",
    varied="twenty other functions, sums of four random waves; slopes within 0.05 of -1 and -2",
    cases=cases(kind=("sharp staircase", "polygon"), seed=range(20)),
)
def test_slopes(case):
    f = smooth(case["seed"])
    few, many = (built.largest_error(case["kind"], f, n) for n in (32, 512))
    expected = -1 if case["kind"] == "sharp staircase" else -2
    return abs(np.log(many / few) / np.log(16) - expected) < 0.05


@claim(
    "claim-ua-eighth",
    "It is about the same for most other functions and widths.",
    varied="ten other functions, two other widths, both ends; a share within 3 % of 0.1217",
    cases=cases(width=(192, 768), seed=range(10), end=(0, 1)),
    strength="mostly",
    share=0.8,
)
def test_eighth(case):
    shares = built.error_at_ends(smooth(case["seed"]), case["width"])
    return abs(shares[case["end"]] / 0.1217 - 1) < 0.03


@claim(
    "claim-ua-dimensions",
    "Forty with the rectifier span many more: as a rule each kink inside the interval adds a "
    "dimension of its own, and the neurons without a kink there add the two dimensions of the "
    "straight lines.",
    varied="thirty other draws of forty and of twenty neurons, and powers two to five",
    cases=cases(power=(1, 2, 3, 4, 5), neurons=(20, 40), seed=range(100, 130)),
    strength="mostly",
    share=0.98,
)
def test_dimensions(case):
    power = case["power"]
    unit = (lambda z: np.maximum(0, z)) if power == 1 else lambda z: z**power
    rank, inside = built.dimensions(unit, case["seed"], case["neurons"])
    return rank == (inside + 2 if power == 1 else power + 1)


@claim(
    "claim-ua-trained",
    "For sixteen rectifiers and for twice as many hardly any start does better, by either measure.",
    varied="eight other starts at the width 16, and at 32",
    cases=cases(width=(16, 32), seed=range(100, 108)),
    strength="mostly",
    share=0.8,
)
def test_trained(case):
    largest, square, _ = wave.train_wave(case["seed"], case["width"])
    by_hand = wave.measures(wave.polygon(wave.wave, case["width"]))
    return largest > by_hand[0] and square > by_hand[1]


@claim(
    "claim-ua-eight",
    "With eight the polygon is coarse, and many of the trained networks beat it in the "
    "mean square.",
    varied="twelve other starts at the width 8",
    cases=cases(seed=range(100, 112)),
    strength="together",
    holds=lambda wins: sum(wins) >= 3,
)
def test_eight(case):
    _, square, _ = wave.train_wave(case["seed"], 8)
    return int(square < wave.measures(wave.polygon(wave.wave, 8))[1])
