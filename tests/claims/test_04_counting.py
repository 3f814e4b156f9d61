"""Claims of chapter 4."""

import numpy as np

from tools.claims import cases, chapter, claim

counts = chapter("04").names(
    "measure", "many", "quotients", "powers", "nested_tanh", "gradient_to_value", "gradient",
    "priced", "first_function", "second_function",
)  # fmt: skip


@claim(
    "claim-count-many",
    "The assertions compare what was counted with the closed forms; they agree, here and for other "
    "numbers of inputs, at other points.",
    varied="eight other numbers of inputs up to 500, two other places",
    cases=cases(n=(2, 3, 5, 7, 30, 61, 200, 500), place=((0.3, 0.9), (-0.5, 0.4))),
)
def test_many(case):
    n, (low, high) = case["n"], case["place"]
    return counts.measure(counts.many, n, low, high) == (2 * n + 2, n * (5 * n + 5), 4 * n + 6)


@claim(
    "claim-count-product",
    "Reverse mode beats the separate formulas from three factors on, although each formula by "
    "itself is as short as it can be.",
    varied="numbers of factors from 3 to 60 that are not in the table, against n(n - 1) - 1",
    cases=cases(n=(4, 5, 6, 7, 9, 10, 13, 20, 40, 60)),
)
def test_product(case):
    _, _, reverse = counts.measure(np.prod, case["n"], 0.7, 1.3)
    return reverse < case["n"] ** 2 - case["n"] - 1


@claim(
    "claim-count-ratios",
    "Long chains have these three ratios, whatever the point.",
    varied="other points and chains of 100 and 800 steps; 5, 8 and 4, up to one over the length",
    cases=cases(
        name=("quotients", "powers", "nested_tanh"),
        steps=(100, 800),
        place=((0.9, 0.99), (1.0005, 1.3), (0.5, 1.2)),
    ),
)
def test_ratios(case):
    expected = {"quotients": 5, "powers": 8, "nested_tanh": 4}[case["name"]]
    ratio = counts.gradient_to_value(getattr(counts, case["name"]), case["steps"], *case["place"])
    return abs(ratio - expected) < 10 / case["steps"]


@claim(
    "claim-count-price",
    "In the functions of this chapter any higher price makes the gradient *cheaper*, relative to "
    "the value, since the derivative of an exponential costs no exponential.",
    varied="eight other prices from 2 to 1000, three other points, both functions",
    cases=cases(
        price=(2, 3, 5, 7, 20, 50, 200, 1000),
        x=(-0.7, 0.4, 2.1),
        name=("first_function", "second_function"),
    ),
)
def test_price(case):
    f = getattr(counts, case["name"])
    plain, priced = (
        counts.priced(counts.gradient(f), case["x"], price) / counts.priced(f, case["x"], price)
        for price in (1, case["price"])
    )
    return priced < plain
