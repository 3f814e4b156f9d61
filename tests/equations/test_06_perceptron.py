"""Chapter 6: one neuron; references by complex steps through the cost as defined there."""

import numpy as np
import pytest
from printed import Family

STEP = 1e-20

# Activation functions and slopes, the slopes by complex steps.
FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "square": lambda z: z**2 + 0.3 * z,
}


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
        "n": len(x), "x": family(x), "t": family(t), "z": family(z), "a": family(function(z)),
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
