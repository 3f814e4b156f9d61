"""Chapter 6: one neuron; references by complex steps through the cost as defined there.

The definitions are compared with the package's network of one neuron.
"""

import numpy as np
import pytest
from backprop import FFNN, Constant, sigmoid, tanh
from printed import Family

STEP = 1e-20

# Activation functions and slopes, the slopes by complex steps.
FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "square": lambda z: z**2 + 0.3 * z,
}

# The same functions for the package, which takes any that autograd can differentiate.
PACKAGE = {"sigmoid": sigmoid, "tanh": tanh, "square": FUNCTIONS["square"]}


def slope(function):
    return lambda z: function(z + 1j * STEP).imag / STEP


def one_sample(function, x=1.5, t=0.2, w=0.8, b=-0.4):
    """Return the environment of one neuron with one sample."""

    def cost(dw=0, db=0, dz=0):
        z = (w + dw) * x + (b + db) + dz
        return (function(z) - t) ** 2 / 2

    derivatives = {name: cost(**{f"d{name}": 1j * STEP}).imag / STEP for name in ("w", "b", "z")}
    z = w * x + b
    return {
        "x": x, "t": t, "w": w, "b": b, "z": z, "a": function(z), "varphi'": slope(function),
        "delta": derivatives["z"],
        "partial": lambda above, below: {"C": derivatives}[above.name][below.name],
    }  # fmt: skip


@pytest.mark.equation(
    "eq-perceptron-delta",
    "eq-perceptron-w",
    "eq-perceptron-b",
    how="complex step through the cost, three activation functions",
)
def test_one_sample(printed):
    for function in FUNCTIONS.values():
        printed.holds(one_sample(function))
        printed.holds(one_sample(function, x=-0.7, t=0.6, w=1.3, b=0.5))


def many_samples(function):
    """Return the environment of one neuron with five samples, counted from 1."""
    x = np.array([-2.0, -1.0, 0.5, 1.0, 2.0])
    t = np.array([0.1, 0.2, 0.7, 0.6, 0.9])
    w, b = 0.8, -0.4

    def cost(dw=0, db=0, dz=0):
        z = (w + dw) * x + (b + db) + dz
        return ((function(z) - t) ** 2).sum() / (2 * len(x))

    derivatives = {name: cost(**{f"d{name}": 1j * STEP}).imag / STEP for name in ("w", "b")}
    z = w * x + b
    deltas = [cost(dz=1j * STEP * unit).imag / STEP for unit in np.eye(len(x))]

    def family(values):
        return Family(lambda s: values[s - 1], sub=1)

    return {
        "n": len(x), "w": w, "b": b,
        "x": family(x), "t": family(t), "z": family(z), "a": family(function(z)),
        "delta": family(deltas), "varphi'": slope(function),
        "partial": lambda above, below: {"C": derivatives}[above.name][below.name],
    }  # fmt: skip


@pytest.mark.equation(
    "eq-perceptron-delta-s", how="complex step in each pre-activation of the mean cost"
)
def test_errors_of_many_samples(printed):
    for function in FUNCTIONS.values():
        printed.holds(many_samples(function), s=range(1, 6))


@pytest.mark.equation(
    "eq-perceptron-w-s",
    "eq-perceptron-b-s",
    how="complex step through the mean cost of five samples",
)
def test_gradient_of_many_samples(printed):
    for function in FUNCTIONS.values():
        printed.holds(many_samples(function))


@pytest.mark.equation(
    "eq-perceptron-slope", "eq-perceptron-quarter", how="complex step through the sigmoid"
)
def test_slope_of_the_sigmoid(printed):
    sigmoid = FUNCTIONS["sigmoid"]
    for z in (-4.0, -0.3, 0.0, 1.7, 9.0):
        printed.holds({"z": z, "sigma": sigmoid, "sigma'": slope(sigmoid)})


def neuron(name, w, b):
    """Return the package's network of one neuron."""
    net = FFNN((1, 1), output_func=PACKAGE[name])
    net.parameters = [w, b]
    return net


def one_step(name, x, t, w, b, eta=0.7):
    """Return the environment of one sample, with the values that the package computes."""
    env = one_sample(FUNCTIONS[name], x, t, w, b)
    net, X, T = neuron(name, w, b), [[x]], [[t]]
    trace = net.trace(X, T)
    # The package's cost has no factor of 1/2: its cost and its learning rate are halved.
    cost = net.cost(X, T) / 2
    net.fit(X, T, Constant(eta / 2), epochs=1)
    return env | {
        "varphi": FUNCTIONS[name], "z": trace.Z[1].item(), "a": trace.A[1].item(), "C": cost,
        "eta": eta, "after": {"w": net.weights[0].item(), "b": net.biases[0].item()},
    }  # fmt: skip


@pytest.mark.equation(
    "def-perceptron-z",
    "def-perceptron-a",
    "def-perceptron-cost",
    how="the package's network of one neuron, three activation functions",
)
def test_neuron_of_the_package(printed):
    for name in PACKAGE:
        printed.holds(one_step(name, x=1.5, t=0.2, w=0.8, b=-0.4))
        printed.holds(one_step(name, x=-0.7, t=0.6, w=1.3, b=0.5))


@pytest.mark.equation(
    "def-perceptron-update-w",
    "def-perceptron-update-b",
    how="three steps of the package's training, with the errors by complex steps",
)
def test_updates_of_the_package(printed):
    for name in PACKAGE:
        parameters = {"w": 0.8, "b": -0.4}
        for _ in range(3):
            env = one_step(name, x=1.5, t=0.2, **parameters)
            printed.holds(env)
            parameters = env["after"]


@pytest.mark.equation(
    "def-perceptron-mean", how="the package's cost of five samples, three activation functions"
)
def test_mean_cost_of_the_package(printed):
    for name in PACKAGE:
        env = many_samples(FUNCTIONS[name])
        X, T = ([[env[key].f(s)] for s in range(1, env["n"] + 1)] for key in "xt")
        net = neuron(name, env["w"], env["b"])
        outputs = net.feed_forward(X)
        # The package's cost has no factor of 1/2.
        ours = {"C": net.cost(X, T) / 2, "a": Family(lambda s, A=outputs: A[s - 1, 0], sub=1)}
        printed.holds(env | ours)


@pytest.mark.equation(
    "eq-perceptron-explicit", how="complex step through the cost, sigmoid and squared error"
)
def test_the_sigmoid_in_one_line(printed):
    printed.holds(one_sample(FUNCTIONS["sigmoid"]))
    printed.holds(one_sample(FUNCTIONS["sigmoid"], x=-0.7, t=0.6, w=1.3, b=0.5))
