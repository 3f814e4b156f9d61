"""Chapter 13: parameters, Jacobians, softmax, resets, the penalty, and checks of gradients."""

from fractions import Fraction
from itertools import pairwise, product
from math import sqrt

import mpmath
import numpy as np
import pytest
from backprop import FFNN, CostCrossEntropy, CostOLS, identity, softmax, tanh
from backprop.checks import gradient_check
from printed import Family

RNG = np.random.default_rng(13)
STEP = 1e-30  # of the complex step: nothing is subtracted, so it can be as small as one likes


def slope(function, x, place):
    """Return the derivative of a function by one element of an array, by a complex step."""
    nudged = np.array(x, dtype=complex)
    nudged[place] += 1j * STEP
    return np.imag(function(nudged)) / STEP


@pytest.mark.equation("eq-build-count", how="arrays are made and their elements counted")
def test_count(printed):
    for widths in ((2, 3, 1), (5, 6, 4, 3, 2), (7, 2)):
        arrays = []
        for senders, receivers in pairwise(widths):
            arrays += [np.zeros((senders, receivers)), np.zeros(receivers)]
        env = {"N": sum(len(a.ravel()) for a in arrays), "L": len(widths) - 1}
        printed.holds({**env, "M": Family(lambda l, M=widths: M[l], sub=1)})


@pytest.mark.equation("eq-build-vjp", how="complex step, once through all and once by halves")
def test_vector_jacobian_product(printed):
    K, M = 4, 3
    x, Q = RNG.normal(size=K), RNG.normal(size=(K, M))

    def layer(x):
        return np.tanh(x @ Q) + x[0] * x[3]

    def cost(y):
        return np.exp(y[0]) * y[1] + y[2] ** 3

    def partial(above, below):
        (i,) = below.lower
        assert i >= 1
        if (above.name, below.name) == ("y", "x"):
            (j,) = above.lower
            return slope(layer, x, i - 1)[j - 1]
        assert above.name == "C"
        through = {"x": lambda x: cost(layer(x)), "y": cost}[below.name]
        return slope(through, {"x": x, "y": layer(x)}[below.name], i - 1)

    printed.holds({"partial": partial, "K": K, "M": M}, i=range(1, K + 1))


@pytest.mark.equation("eq-build-softmax", how="complex step through the exponentials")
def test_softmax_loses_what_it_gains(printed):
    n, M, L = 3, 4, 5
    Z = RNG.normal(size=(n, M))

    def probabilities(Z):
        return np.array(
            [[np.exp(z) / sum(np.exp(other) for other in row) for z in row] for row in Z]
        )

    def partial(a, z):
        assert (a.name, z.name, a.upper, z.upper) == ("a", "z", (L,), (L,))
        places = [(s - 1, j - 1) for s, j in (a.lower, z.lower)]
        assert all(0 <= s < n and 0 <= j < M for s, j in places)
        return slope(probabilities, Z, places[1])[places[0]]

    env = {
        "partial": partial,
        "L": L,
        r"sum k\nej": lambda s, j: [k for k in range(1, M + 1) if k != j],
    }
    printed.holds(env, s=range(1, n + 1), j=range(1, M + 1))


@pytest.mark.equation("eq-build-reset", how="Adam's recursions from cleared means, in fractions")
def test_adam_with_cleared_means(printed):
    eta, rho, rho_2 = Fraction(3, 100), Fraction(9, 10), Fraction(4, 5)

    def change(t):
        g = Fraction(7, 2 + t) * (-1) ** t
        m, s = (1 - rho) * g, (1 - rho_2) * g**2  # from m = s = 0
        return float(eta * m / (1 - rho**t)) / sqrt(s / (1 - rho_2**t))

    env = {"eta": float(eta), "rho": float(rho), "rho_2": float(rho_2)}
    printed.holds({**env, "Delta": Family(change, sub=1)}, t=range(1, 11))


@pytest.mark.equation("eq-build-penalty", how="complex step through a forward pass of its own")
def test_penalty(printed):
    widths, strength = (2, 4, 3), 0.37
    W = [None, *(RNG.normal(size=shape) for shape in ((2, 4), (4, 3)))]
    b = [None, *(RNG.normal(size=m) for m in widths[1:])]
    X, T = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 3))

    def cost(W, penalised):
        outputs = np.tanh(X @ W[1] + b[1]) @ W[2] + b[2]
        squares = sum((w**2).sum() for w in W[1:])
        return ((outputs - T) ** 2).sum() / len(X) + penalised * strength / 2 * squares

    def partial(C, w):
        penalised = {"C": 0, "tilde C": 1}[C.name]
        assert w.name == "w"
        (i, j), (l,) = w.lower, w.upper
        assert min(i, j, l) >= 1
        replace = lambda value: [value if k == l else W[k] for k in range(3)]  # noqa: E731
        return slope(lambda value: cost(replace(value), penalised), W[l], (i - 1, j - 1))

    env = {
        "partial": partial,
        "lambda": strength,
        "w": Family(lambda i, j, l: W[l][i - 1, j - 1], sub=2, sup=1),
    }
    printed.holds(
        env,
        l=range(1, 3),
        i=lambda l: range(1, widths[l - 1] + 1),
        j=lambda l: range(1, widths[l] + 1),
    )


@pytest.mark.equation("def-build-penalty", how="the package's cost with and without the penalty")
def test_penalty_of_the_package(printed):
    rng = np.random.default_rng(1313)
    n, strength = 6, 0.37
    for output, cost in ((identity, CostOLS), (softmax, CostCrossEntropy)):
        M = (4, 5, 3, 2)
        net = FFNN(M, tanh, output, cost)
        net.parameters = rng.normal(size=net.parameters.size)  # biases too, and none is zero
        X, T = rng.normal(size=(n, M[0])), rng.uniform(0.1, 0.9, size=(n, M[-1]))
        T /= T.sum(axis=1, keepdims=True)

        def weight(i, j, l, W=net.weights):
            assert min(i, j, l) >= 1
            return W[l - 1][i - 1, j - 1]

        env = {
            "tilde C": net.cost(X, T, strength),
            "C": net.cost(X, T),
            "lambda": strength,
            "L": len(M) - 1,
            "M": Family(lambda l, M=M: M[l], sub=1),
            "w": Family(weight, sub=2, sup=1),
        }
        printed.holds(env)


@pytest.mark.equation(
    "def-build-deviation", how="the package's check of a bowl with wrong gradients"
)
def test_deviation(printed):
    h, theta = np.array([2.0, -0.5, 3.0]), np.array([0.3, 1.1, -0.4])
    right = h * theta
    for wrong in (right + np.array([0.2, 0.0, -0.1]), 3 * right, [0.01, 0.02, 0.03], -right):
        r = gradient_check(lambda t: (h * t**2).sum() / 2, wrong, theta)
        env = {"r": r, "g": np.array(wrong), "hat g": right, "max": max}
        printed.holds(env, rtol=1e-8)


class Rounded:
    """exp(2x) at x = 0.3, rounded in the worst way, in 60 digits."""

    def __init__(self, epsilon):
        self.epsilon, self.x = mpmath.mpf(epsilon), mpmath.mpf("0.3")
        self.value = mpmath.exp(2 * self.x)
        self.slopes = {k: 2**k * self.value for k in (1, 3)}

    def error(self, h):
        """Return the largest error of a central difference with the step h."""
        with mpmath.workdps(60):
            ends = [mpmath.exp(2 * (self.x + side * h)) for side in (1, -1)]
            slopes = [
                ((1 + up * self.epsilon) * ends[0] - (1 + down * self.epsilon) * ends[1]) / (2 * h)
                for up, down in product((1, -1), repeat=2)
            ]
            return max(abs(slope - self.slopes[1]) for slope in slopes)

    def best_step(self):
        """Return the step with the smallest error, by thirds."""
        low, high = mpmath.mpf("1e-9"), mpmath.mpf("0.5")
        for _ in range(80):
            left, right = (2 * low + high) / 3, (low + 2 * high) / 3
            low, high = (low, right) if self.error(left) < self.error(right) else (left, high)
        return low

    def env(self):
        return {"varepsilon": float(self.epsilon), "f": float(self.value),
                "f'''": float(self.slopes[3])}  # fmt: skip


@pytest.mark.equation(
    "eq-build-check-error", how="the worst of four roundings, with a rounding error made large"
)
def test_error_of_central_differences(printed):
    f = Rounded(1e-10)
    for h in (1e-4, 5e-4, 2e-3):  # rounding, both, and what is neglected
        printed.holds({**f.env(), "h": h, "E": lambda h: float(f.error(h))}, rtol=1e-4)


@pytest.mark.equation("eq-build-check-step", how="the smallest of these errors, by thirds")
def test_best_step(printed):
    for epsilon in (1e-10, 1e-12):
        f = Rounded(epsilon)
        printed.holds({**f.env(), "h_*": float(f.best_step())}, rtol=1e-4)
