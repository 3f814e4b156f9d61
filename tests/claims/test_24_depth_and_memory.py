"""Claims of chapter 24."""

from backprop.propagation import chi

from tools.claims import cases, chapter, claim

page = chapter("24").names("both_ways", "per_layer", "block", "gradient_sizes", "op", "tanh")


@claim(
    "claim-depth-chi",
    "With 100 units or more, nearly all are within a fifth of it, for other weights and biases as "
    "well.",
    varied="48 other networks with 100, 200 and 300 units, at four weights and two biases, in both "
    "directions",
    cases=cases(
        width=(100, 200, 300), scale=(0.5, 1.0, 1.6, 2.2), bias=(0.2, 0.5), seed=(100, 101)
    ),
    strength="mostly",
    share=0.9,
)
def test_chi(case):
    width, scale, bias = case["width"], case["scale"], case["bias"]
    expected = chi(page.tanh, scale, bias)
    ways = page.both_ways(width, scale, bias, case["seed"])
    return all(0.8 < page.per_layer(sizes) / expected < 1.2 for sizes in ways)


@claim(
    "claim-depth-norm-alone",
    "With weights from 1.5 to 3 times the usual size this is always so.",
    varied="sixty pairs of networks with other weights, at widths of 50, 100 and 150: the gradient "
    "grows more with normalisation than without",
    cases=cases(width=(50, 100, 150), scale=(1.5, 2.0, 2.5, 3.0), seed=range(100, 105)),
)
def test_normalisation_alone(case):
    width, scale, seed = case["width"], case["scale"], case["seed"]
    normed = page.gradient_sizes(True, False, scale, seed, width)[0]
    return bool(normed > page.gradient_sizes(False, False, scale, seed, width)[0])


@claim(
    "claim-depth-both",
    "With weights of half to twice the usual size, in layers half as wide or half as wide again "
    "too, 64 blocks change the gradient by a factor of less than 40.",
    varied="sixty other networks, at five sizes of the weights and widths of 50, 75, 100 and 150",
    cases=cases(width=(50, 75, 100, 150), scale=(0.5, 0.8, 1.2, 1.6, 2.0), seed=(100, 101, 102)),
)
def test_both(case):
    first = page.gradient_sizes(True, True, case["scale"], case["seed"], case["width"])[0]
    return bool(1 / 40 < first < 40)
