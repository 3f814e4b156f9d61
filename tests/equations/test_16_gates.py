"""Chapter 16: the claims about one neuron, XOR and the draw of rows."""

from itertools import product

import numpy as np
import pytest
from backprop import FFNN, CostLogReg, sigmoid
from printed import Family
from scipy.optimize import minimize, minimize_scalar

ROWS = np.array(list(product((0, 1), repeat=2)))
XOR = np.array([0, 1, 1, 0])


def probability(z):
    """Return the sigmoid of z, written with tanh."""
    return (1 + np.tanh(z / 2)) / 2


def cost(w, b, rows=ROWS, targets=XOR):
    """Return the mean of -ln(probability given to the truth), row by row."""
    total = 0.0
    for x, t in zip(rows, targets, strict=True):
        p = probability(x @ w + b)
        total = total - np.log(p if t else 1 - p)
    return total / len(rows)


# Any inputs and targets will do for what holds of every data set with four rows.
RNG = np.random.default_rng(16)
W, B = RNG.normal(size=2), RNG.normal()
X4, T4 = RNG.normal(size=(4, 2)), np.array([1, 0, 0, 1])
Z4 = np.array([x @ W + B for x in X4])


@pytest.mark.equation("eq-gate-line", how="root of z in x_2, found by bisection")
def test_line(printed):
    for w1, w2, b in RNG.normal(size=(5, 3)):
        for x1 in (-0.7, 0.4):
            low, high = -1e3, 1e3
            for _ in range(100):
                middle = (low + high) / 2
                up = (w1 * x1 + w2 * middle + b > 0) == (w2 > 0)
                low, high = (low, middle) if up else (middle, high)
            env = {"w_1": w1, "w_2": w2, "b": b, "x_1": x1, "x_2": (low + high) / 2}
            printed.holds(env)


@pytest.mark.equation("eq-gate-cycle", how="pre-activations of random neurons")
def test_cycle(printed):
    for w1, w2, b in RNG.normal(size=(5, 3)):
        printed.holds({"z": Family(lambda i, j, w=(w1, w2), b=b: w[0] * i + w[1] * j + b, sub=2)})


@pytest.mark.equation("eq-gate-cost", how="logarithm of the probability of the truth, row by row")
def test_cost(printed):
    z, t = Family(lambda s: Z4[s - 1], sub=1), Family(lambda s: T4[s - 1], sub=1)
    printed.holds({"C": cost(W, B, X4, T4), "z": z, "t": t})


@pytest.mark.equation("eq-gate-gradient", how="complex step through the cost")
def test_gradient(printed):
    def partial(numerator, w):
        assert (numerator.name, w.name) == ("C", "w")
        step = 1e-20j * np.eye(2)[w.lower[0] - 1]
        return cost(W + step, B, X4, T4).imag / 1e-20

    env = {
        "partial": partial,
        "a": Family(lambda s: probability(Z4[s - 1]), sub=1),
        "t": Family(lambda s: T4[s - 1], sub=1),
        "x": Family(lambda s, i: X4[s - 1, i - 1], sub=2),
    }
    printed.holds(env, i=(1, 2))


@pytest.mark.equation("eq-gate-curvature", how="complex step and central difference of the cost")
def test_curvature(printed):
    for v in RNG.normal(size=(3, 3)):
        u, c = v[:2], v[2]

        def slope(r, u=u, c=c):
            return cost(W + (r + 1e-20j) * u, B + (r + 1e-20j) * c, X4, T4).imag / 1e-20

        def second(numerator, *denominators, slope=slope):
            assert numerator.name == "C"
            assert [d.name for d in denominators] == ["r", "r"]
            return (slope(1e-4) - slope(-1e-4)) / 2e-4

        env = {
            "d": second,
            "a": Family(lambda s: probability(Z4[s - 1]), sub=1),
            "x": Family(lambda s, i: X4[s - 1, i - 1], sub=2),
            "u": Family(lambda i, u=u: u[i - 1], sub=1),
            "c": c,
        }
        printed.holds(env, rtol=1e-6)


@pytest.mark.equation("eq-xor-minimum", how="numerical minimisation from random starts")
def test_minimum(printed):
    for start in RNG.normal(scale=2, size=(5, 3)):
        minimum = minimize(lambda v: cost(v[:2], v[2]), start, tol=1e-10)
        printed.holds({r"C_\min": minimum.fun})


@pytest.mark.equation("eq-gate-bootstrap", how="enumeration of all draws")
def test_bootstrap(printed):
    draws = list(product(range(4), repeat=4))
    printed.holds({"P": np.mean([set(draw) == {0, 1, 2, 3} for draw in draws])})


@pytest.mark.equation("eq-xor-relu", how="truth table of the exclusive or")
def test_relu(printed):
    x1, x2 = ROWS.T
    y = np.array([int(bool(p) != bool(q)) for p, q in ROWS])
    printed.holds({"y": y, "x_1": x1, "x_2": x2, "ReLU": lambda v: np.where(v > 0, v, 0)})


@pytest.mark.equation("eq-gate-plateau", how="minimisation over the common answer of merged rows")
def test_plateau(printed):
    for k, ones in ((2, 1), (3, 1), (3, 2), (4, 2), (4, 1)):

        def merged(answer, k=k, ones=ones):
            return -(ones * np.log(answer) + (k - ones) * np.log(1 - answer)) / 4

        minimum = minimize_scalar(merged, bounds=(1e-9, 1 - 1e-9), method="bounded")
        printed.holds({"C": minimum.fun, "k": k, "p": ones / k}, rtol=1e-6)


@pytest.mark.equation("def-gate-neuron", how="the package's 2-1 network, with a sigmoid of our own")
def test_neuron_of_the_package(printed):
    neuron = FFNN((2, 1), output_func=sigmoid, cost_func=CostLogReg)
    neuron.parameters = [*W, B]
    trace = neuron.trace(X4, T4[:, None])
    for x, z, a in zip(X4, trace.Z[1], trace.A[1], strict=True):
        env = {"w_1": W[0], "w_2": W[1], "b": B, "x_1": x[0], "x_2": x[1], "sigma": probability}
        printed.holds({**env, "z": z.item(), "a": a.item()})
