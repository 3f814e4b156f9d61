"""Claims of chapter 6."""

import numpy as np

from tools.claims import cases, chapter, claim

one = chapter("06").names("train_neuron", "nearest_solution")
bowl = chapter("06").names("train_bowl", "train_in_batches")
waiting = chapter("06").names("updates_until_half", "updates_with_logistic_cost")


@claim(
    "claim-perceptron-nearest",
    "All updates point the same way, and of all the best points the neuron reaches the one nearest "
    "to its start.",
    varied="forty other samples and starts; after 5000 updates less than 0.001 from the nearest",
    cases=cases(seed=range(40)),
)
def test_nearest(case):
    rng = np.random.default_rng(case["seed"])
    x, t = rng.choice([-1, 1]) * rng.uniform(0.5, 2), rng.uniform(0.15, 0.85)
    w, b = rng.uniform(-1.5, 1.5, 2)
    end = one.train_neuron(x, t, w, b, updates=5000)[-1]
    return np.abs(end - one.nearest_solution(x, t, w, b)).max() < 1e-3


@claim(
    "claim-perceptron-bowl",
    "The compromise is the same wherever in the part shown the path starts.",
    varied="fifty other starts in the part shown, 2000 updates; less than 0.01 from the same point",
    cases=cases(seed=range(50)),
)
def test_bowl(case):
    rng = np.random.default_rng(case["seed"])
    start = [rng.uniform(-2, 2.5), rng.uniform(-2.5, 1.5)]
    return np.abs(bowl.train_bowl(start, updates=2000)[-1] - [1.0511, -0.1466]).max() < 0.01


@claim(
    "claim-perceptron-batches",
    "The same holds for other starts and divisions, as long as the training is still on its way "
    "down.",
    varied="forty other starts, whose weight is 2 to 4 too large or too small, other divisions",
    cases=cases(seed=range(100, 140)),
)
def test_batches(case):
    rng = np.random.default_rng(case["seed"])
    start = 1.05 + rng.choice([-1, 1]) * rng.uniform(2, 4), -0.15 + rng.uniform(-1, 1)
    few, some, many = (
        bowl.train_in_batches(batches, start, seed=case["seed"])[1] for batches in (1, 2, 5)
    )
    return few > some > many


@claim(
    "claim-perceptron-waiting",
    "Yet from there on the waiting time grows by a factor of eleven to thirteen for every 2.5 "
    "added to $z_0$, at smaller learning rates too.",
    varied="six other starts from 5 to 8, three smaller learning rates",
    cases=cases(z0=(5.2, 5.8, 6.3, 7.0, 7.3, 8.0), eta=(0.3, 0.5, 0.8)),
)
def test_waiting(case):
    near, far = (waiting.updates_until_half(z, case["eta"]) for z in (case["z0"], case["z0"] + 2.5))
    return 11 <= far / near <= 13


@claim(
    "claim-perceptron-logistic",
    "The waiting time no longer explodes: a saturated neuron moves by the same amount in every "
    "update, so that the number of updates grows in proportion to $z_0$, by about $z_0/4$.",
    varied="ten other starts from 12 to 200; within one update of a quarter",
    cases=cases(z0=(12, 15, 18, 22, 27, 35, 50, 80, 120, 200)),
)
def test_logistic(case):
    return abs(waiting.updates_with_logistic_cost(float(case["z0"])) - case["z0"] / 4) <= 1
