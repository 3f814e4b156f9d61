"""Claims of chapter 5."""

import math

import numpy as np
from backprop.autodiff import derivative, gradient

from tools.claims import cases, chapter, claim

modes = chapter("05").names("heron", "counted", "forward_cost", "reverse_cost")
exactness = chapter("05").names("errors_of_steps", "best_digits", "error", "f")
corners = chapter("05").names("plain_line", "other_order", "nested", "autograd_line", "grad")


@claim(
    "claim-ad-heron",
    "It is right to ten digits for other numbers too, drawn at random from a millionth to a "
    "hundred million.",
    varied="a hundred numbers, drawn evenly on a logarithmic scale, in both modes",
    cases=cases(seed=range(100), mode=("forward", "reverse")),
)
def test_heron(case):
    x = float(10 ** np.random.default_rng(case["seed"]).uniform(-6, 8))
    slope = (derivative if case["mode"] == "forward" else gradient)(modes.heron)(x)
    return abs(slope * 2 * math.sqrt(x) - 1) < 1e-10


@claim(
    "claim-ad-counted",
    "The small chain was counted, to make sure that the formulas hold; they hold for other widths "
    "too.",
    varied="forty other chains of five widths from 1 to 9",
    cases=cases(seed=range(40)),
)
def test_counted(case):
    M = tuple(map(int, np.random.default_rng(case["seed"]).integers(1, 10, 5)))
    forward = modes.counted(M, lambda J1, J2, J3, J4: J4 @ (J3 @ (J2 @ J1)))
    reverse = modes.counted(M, lambda J1, J2, J3, J4: ((J4 @ J3) @ J2) @ J1)
    return forward == modes.forward_cost(M) and reverse == modes.reverse_cost(M)


@claim(
    "claim-ad-digits",
    "Of the 16 digits the forward difference keeps seven or eight at its best, and the central "
    "difference ten or eleven, at other points as well.",
    varied="forty other points from 0.3 to 3; 6.5 to 8.5 digits, and 9.5 to 11.5",
    cases=cases(seed=range(40)),
)
def test_digits(case):
    x = np.random.default_rng(case["seed"]).uniform(0.3, 3)
    errors = exactness.errors_of_steps(10.0 ** np.linspace(-12, -2, 81), x)
    forward = exactness.best_digits(errors["forward difference"])
    central = exactness.best_digits(errors["central difference"])
    return 6.5 < forward < 8.5 and 9.5 < central < 11.5


@claim(
    "claim-ad-exact",
    "Automatic differentiation and the complex step keep nearly all: at any other point between −3 "
    "and 3 that was tried their errors are below $2 \\cdot 10^{-15}$.",
    varied="fifty sets of forty other points, both modes and three steps",
    cases=cases(seed=range(50)),
)
def test_exact(case):
    errors = []
    for x in np.random.default_rng(case["seed"]).uniform(-3, 3, 40):
        slopes = [derivative(exactness.f)(x), gradient(exactness.f)(x)]
        slopes += [exactness.f(x + 1j * h).imag / h for h in (1e-10, 1e-20, 1e-50)]
        errors += [exactness.error(slope, x) for slope in slopes]
    return max(errors) < 2e-15


@claim(
    "claim-ad-corner",
    "At every other point all of these programs are right.",
    varied="sixty other points of both signs, from 1e-300 to 1e10",
    cases=cases(seed=range(60)),
)
def test_corner(case):
    rng = np.random.default_rng(case["seed"])
    x = float(rng.choice([-1, 1]) * 10 ** rng.uniform(-300, 10))
    slopes = derivative(corners.plain_line)(x), derivative(corners.other_order)(x)
    by_autograd = corners.grad(corners.autograd_line)(x), corners.grad(corners.nested)(x)
    return slopes == (1, 1) and by_autograd == (1, 0)
