"""Claims of chapter 3."""

import numpy as np

from tools.claims import cases, chapter, claim

rule = chapter("03").names("prediction_error", "climb_deviation", "slope_along")


@claim(
    "claim-chain-quarter",
    'Both "abouts" hide an error that shrinks like $h^2$: halve a small step and the error falls, '
    "at nearly every point, to a quarter.",
    varied="forty other points from 0.1 to 3, steps of 0.001 and 0.0001; a quarter within 2 %",
    cases=cases(number=range(40), step=(1e-3, 1e-4)),
    strength="mostly",
    share=0.9,
)
def test_quarter(case):
    x0 = np.random.default_rng(case["number"]).uniform(0.1, 3)
    whole, half = (rule.prediction_error(x0, h) for h in (case["step"], case["step"] / 2))
    return abs(half / whole - 0.25) < 0.005


@claim(
    "claim-chain-walks",
    "They do so on other walks too, wider or narrower.",
    varied="forty walks of other widths and heights, from 0.3 to 2.5; agreement to 1e-14",
    cases=cases(number=range(40)),
)
def test_walks(case):
    wide, high = np.random.default_rng(case["number"]).uniform(0.3, 2.5, 2)
    return rule.climb_deviation(wide, high) < 1e-14


@claim(
    "claim-chain-lines",
    "Along every straight line through the origin the function is straight, but the slopes of "
    "these lines do not fit together into a plane: except along the axes, each differs from "
    "what the rule says.",
    varied="forty other directions; the same slope at two distances, and it is not zero",
    cases=cases(number=range(40)),
)
def test_lines(case):
    angle = np.random.default_rng(case["number"]).uniform(0, 2 * np.pi)
    u, v = np.cos(angle), np.sin(angle)
    near, far = rule.slope_along(u, v, 1e-6), rule.slope_along(u, v, 0.5)
    return bool(abs(near - far) < 1e-9 and abs(near) > 1e-6)
