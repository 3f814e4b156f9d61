"""Chapter 7: chains of neurons; references by complex steps through the whole chain.

The definitions are compared with the package's networks of one neuron per layer.
"""

import autograd.numpy as anp
import numpy as np
import pytest
from backprop import FFNN, Constant, sigmoid, tanh
from printed import Family

STEP = 1e-20
SIGMOID = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
# Every layer has another activation function, so that an index slip cannot hide.
FUNCTIONS = [None, np.tanh, SIGMOID, np.sin, lambda z: z + 0.2 * z**2, np.arctan]

# The same functions for the package, which differentiates those that it does not know.
PACKAGE = [None, tanh, sigmoid, anp.sin, FUNCTIONS[4], anp.arctan]


def slope(function):
    return lambda z: function(z + 1j * STEP).imag / STEP


def by_layer(values, first=1):
    """Return a symbol whose only index is the layer, from ``first`` on."""

    def value(l):
        if not first <= l < len(values):
            raise LookupError(f"there is no layer {l}")
        return values[l]

    return Family(value, sub=1)


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

    a, z, _ = forward()
    return {
        "L": layers, "t": t, "w": by_layer(w), "b": by_layer(b), "a": by_layer(a, 0),
        "z": by_layer(z), "varphi": by_layer(FUNCTIONS[: layers + 1]),
        "varphi'": by_layer([None, *map(slope, FUNCTIONS[1 : layers + 1])]),
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


def package_chain(layers, seed=7, eta=0.7):
    """Return the environment of a chain, with the values that the package computes."""
    env = chain(layers, seed)
    net = FFNN((1,) * (layers + 1), PACKAGE[1:layers], PACKAGE[layers])
    net.parameters = [env[name].f(l) for l in range(1, layers + 1) for name in "wb"]
    X, T = [[env["a"].f(0)]], [[env["t"]]]
    trace = net.trace(X, T)
    # The package's cost has no factor of 1/2: its cost and its learning rate are halved.
    cost = net.cost(X, T) / 2
    net.fit(X, T, Constant(eta / 2), epochs=1)
    return env | {
        "a": by_layer([A.item() for A in trace.A], 0),
        "z": by_layer([None, *(Z.item() for Z in trace.Z[1:])]),
        "C": cost,
        "eta": eta,
        "after": {
            "w": by_layer([None, *(W.item() for W in net.weights)]),
            "b": by_layer([None, *(b.item() for b in net.biases)]),
        },
    }


@pytest.mark.equation(
    "def-deep-z", "def-deep-a", how="the package's chains of 1 to 5 neurons, layer by layer"
)
def test_layers_of_the_package(printed):
    for layers in (1, 2, 3, 5):
        printed.holds(package_chain(layers), l=range(1, layers + 1))


@pytest.mark.equation("def-deep-cost", how="the package's cost of chains of 1 to 5 neurons")
def test_cost_of_the_package(printed):
    for layers in (1, 2, 3, 5):
        printed.holds(package_chain(layers))


@pytest.mark.equation(
    "def-deep-update-w",
    "def-deep-update-b",
    how="a step of the package's training of chains, with the errors by complex steps",
)
def test_updates_of_the_package(printed):
    for layers in (2, 3, 5):
        for seed in (7, 8):
            printed.holds(package_chain(layers, seed), l=range(1, layers + 1))
