"""Chapter 7: chains of neurons; references by complex steps through the whole chain."""

import numpy as np
import pytest
from printed import Family

STEP = 1e-20
SIGMOID = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
# Every layer has another activation function, so that an index slip cannot hide.
FUNCTIONS = [None, np.tanh, SIGMOID, np.sin, lambda z: z + 0.2 * z**2, np.arctan]


def slope(function):
    return lambda z: function(z + 1j * STEP).imag / STEP


def chain(layers, seed=7):
    """Return the environment of a chain with ``layers`` neurons; layers count from 1."""
    rng = np.random.default_rng(seed)
    w, b = rng.uniform(0.5, 1.5, (2, layers + 1)) * rng.choice([-1, 1], (2, layers + 1))
    x, t = 0.9, 0.3

    def forward(name="", where=0):
        a, z = [x], [np.nan]
        for l in range(1, layers + 1):
            h = 1j * STEP * (where == l)
            weight, bias = w[l] + h * (name == "w"), b[l] + h * (name == "b")
            z.append(weight * a[l - 1] + bias + h * (name == "z"))
            a.append(FUNCTIONS[l](z[l]))
        return a, z, (a[-1] - t) ** 2 / 2

    def derivative(name, l):
        if not 1 <= l <= layers:
            raise LookupError(f"there is no layer {l}")
        return forward(name, l)[2].imag / STEP

    def partial(above, below):
        assert above == ("C", (), ())
        (l,) = below.lower
        return derivative(below.name, l)

    def layer(values, first):
        def value(l):
            if not first <= l <= layers:
                raise LookupError(f"there is no layer {l}")
            return values[l]

        return Family(value, sub=1)

    a, z, _ = forward()
    return {
        "L": layers, "t": t, "w": layer(w, 1), "a": layer(a, 0), "z": layer(z, 1),
        "varphi'": layer([None, *map(slope, FUNCTIONS[1:])], 1),
        "delta": Family(lambda l: derivative("z", l), sub=1), "partial": partial,
    }  # fmt: skip


@pytest.mark.equation(
    "eq-hidden-delta2",
    "eq-hidden-w2",
    "eq-hidden-b2",
    "eq-hidden-delta1",
    "eq-hidden-w1",
    "eq-hidden-b1",
    "eq-hidden-w1-long",
    how="complex step through two neurons",
)
def test_two_neurons(printed):
    for seed in (7, 8):
        printed.holds(chain(2, seed))


@pytest.mark.equation(
    "eq-deep-last", "eq-deep-product", how="complex step through chains of 2 to 5 neurons"
)
def test_ends_of_a_chain(printed):
    for layers in (2, 3, 5):
        printed.holds(chain(layers))


@pytest.mark.equation("eq-deep-delta", how="complex step through chains of 2 to 5 neurons")
def test_one_step_back(printed):
    for layers in (2, 3, 5):
        printed.holds(chain(layers), l=range(1, layers))


@pytest.mark.equation("eq-deep-w", "eq-deep-b", how="complex step through chains of 1 to 5 neurons")
def test_parameters_of_a_chain(printed):
    for layers in (1, 2, 5):
        printed.holds(chain(layers), l=range(1, layers + 1))


@pytest.mark.equation("eq-deep-cosh", how="complex step through the sigmoid")
def test_slope_by_hyperbolic_cosine(printed):
    for z in (-4.0, 0.0, 0.6, 3.0):
        printed.holds({"z": z, "sigma'": slope(SIGMOID)})
