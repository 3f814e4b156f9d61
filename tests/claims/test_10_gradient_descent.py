"""Claims of chapter 10."""

import numpy as np

from tools.claims import cases, chapter, claim

page = chapter("10").names(
    "race", "best_end", "floor", "rules", "steps_to_leave", "turned_saddle", "turn"
)


@claim(
    "claim-gd-adagrad-turned",
    "Adagrad is the best in the straight valley, and in the turned one even slower than plain "
    "descent.",
    varied="five other sets of five starts",
    cases=cases(seed=range(100, 105)),
)
def test_adagrad(case):
    steps = {name: page.race(name, case["seed"]) for name in page.rules}
    straight, turned = steps.pop("Adagrad")
    return straight < min(one for one, _ in steps.values()) and turned > steps["constant"][1]


@claim(
    "claim-gd-adagrad-saddle",
    "Adagrad forgets nothing, and takes longer than they do, and longer than plain descent, at "
    "this learning rate and at smaller ones.",
    varied="the rate of the chapter and three smaller ones, three other distances from the ridge, "
    "both sides of it",
    cases=cases(eta=(0.1, 0.07, 0.04, 0.02), distance=(1e-3, 1e-5, 1e-6, -1e-3, -1e-5)),
)
def test_adagrad_at_the_saddle(case):
    start = np.array([1, case["distance"]]) @ page.turn

    def steps(name):
        rule = page.rules[name](case["eta"])
        taken = page.steps_to_leave(rule, page.turned_saddle, start, page.turn.T)
        return np.inf if taken == "never" else taken

    return bool(steps("Adagrad") > max(map(steps, ("constant", "RMSprop", "Adam"))))


@claim(
    "claim-gd-batches",
    "With ten updates the training has hardly begun, with some hundreds it has come most of the "
    "way.",
    varied="five other sets of samples, with other starts; a cost less than half as high",
    cases=cases(data=range(100, 105)),
)
def test_batches(case):
    seeds = range(case["data"], case["data"] + 3)
    few, many = (page.best_end(batches, case["data"], seeds) for batches in (1, 40))
    return bool(many < few / 2)


@claim(
    "claim-gd-floor",
    "With other rates, too, the constant rule's floor is that of {eq}`eq-gd-plateau` within a "
    "tenth.",
    varied="four other rates and two strengths of the noise, with other walkers",
    cases=cases(eta=(0.05, 0.2, 0.6, 1.2), noise=(1.0, 3.0), seed=(100, 101)),
)
def test_floor(case):
    eta, noise = case["eta"], case["noise"]
    level = page.floor(page.rules["constant"](eta), noise, seed=case["seed"])
    return bool(abs(level / (eta * noise**2 / (2 * (2 - eta))) - 1) < 0.1)
