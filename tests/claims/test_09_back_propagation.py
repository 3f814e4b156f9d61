"""Claims of chapter 9."""

from tools.claims import cases, chapter, claim

page = chapter("09").names("without_transpose", "train", "work", "train_with")


@claim(
    "claim-bp-transpose",
    "In the median it is off by more than the length of the right result.",
    varied="120 other networks, with layers of 3, 4 and 10 units",
    cases=cases(seed=range(100, 140), width=(3, 4, 10)),
    strength="median",
    holds=lambda deviation: deviation > 1,
)
def test_transpose(case):
    right, wrong = page.without_transpose(case["seed"], case["width"])
    assert right < 1e-12
    return wrong


@claim(
    "claim-bp-last-layer",
    "Without the last update the cost nearly always ends higher.",
    varied="thirty other starts",
    cases=cases(seed=range(100, 130)),
    strength="mostly",
    share=0.9,
)
def test_last_layer(case):
    return bool(page.train(case["seed"], False)[0] > page.train(case["seed"], True)[0])


@claim(
    "claim-bp-last-layer-size",
    "In the median it is more than twice as high.",
    varied="thirty other starts",
    cases=cases(seed=range(100, 130)),
    strength="median",
    holds=lambda factor: factor > 2,
    tolerance=0.05,
)
def test_last_layer_size(case):
    return page.train(case["seed"], False)[0] / page.train(case["seed"], True)[0]


@claim(
    "claim-bp-work",
    "In networks of other widths and depths, too, the ratio is what {eq}`eq-gradient-cost` says, "
    "and less than three.",
    varied="eight other lists of widths, from one layer to nine",
    cases=cases(
        widths=(
            [3, 2], [784, 10], [5, 7, 2], [1, 50, 1], [784, 300, 100, 10], [2, 30, 30, 30, 30, 3],
            [9, 8, 7, 6, 5, 4, 3, 2, 1], [40] * 10,
        )
    ),
)  # fmt: skip
def test_work(case):
    M = case["widths"]
    forward, both = page.work(tuple(M))
    products = [a * b for a, b in zip(M[:-1], M[1:], strict=True)]
    by_formula = 3 - products[0] / sum(products)
    return forward == sum(products) and abs(both / forward - by_formula) < 1e-12 and by_formula < 3


@claim(
    "claim-bp-random-feedback",
    "In the median, the random matrices lead to less than half of the cost that untrained hidden "
    "layers leave, though not as low as back-propagation does.",
    varied="twelve other starts and random matrices",
    cases=cases(seed=range(100, 112)),
    strength="median",
    holds=lambda ratio: ratio < 0.5,
    tolerance=0.05,
)
def test_random_feedback(case):
    costs = {
        name: page.train_with(name, case["seed"])[0] for name in ("weights", "random", "zeros")
    }
    return costs["random"] / costs["zeros"] if costs["weights"] < costs["random"] else 1.0


@claim(
    "claim-bp-downhill",
    "With most starts more than nine in ten of the steps point downhill.",
    varied="twelve other starts and random matrices",
    cases=cases(seed=range(100, 112)),
    strength="mostly",
    share=0.7,
)
def test_downhill(case):
    return bool(page.train_with("random", case["seed"])[1] > 0.9)
