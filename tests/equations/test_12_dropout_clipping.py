"""Chapter 12, dropout and clipping: expectations over all masks, and lengths and angles.

The definitions are compared with the package, the claims with nothing of it.
"""

import re
from itertools import product

import numpy as np
import pytest
from backprop import FFNN, Constant
from backprop.activations import tanh
from backprop.layers import Dropout
from printed import Family, Printed, entries

H = 1e-30
P = 0.3  # probability of being dropped
ALL_MASKS = "all masks, each with its probability"


class Masked:
    """Two samples with four activations each, and all masks of one sample."""

    n, M, K = 2, 4, 3

    def __init__(self, scale=1.0):
        rng = np.random.default_rng(212)
        self.a = rng.normal(size=(self.n, self.M))
        self.w = scale * rng.normal(size=(self.M, self.K))
        self.b = rng.normal(size=self.K)
        self.masks = np.array(list(product([0.0, 1.0], repeat=self.M)))
        self.chance = [P ** (self.M - sum(k)) * (1 - P) ** sum(k) for k in self.masks]

    def expect(self, outcomes):
        """Return the mean of one outcome per mask."""
        assert len(outcomes) == len(self.chance)
        return sum(c * outcome for c, outcome in zip(self.chance, outcomes, strict=True))

    def var(self, outcomes):
        """Return the variance of one outcome per mask."""
        mean = self.expect(outcomes)
        return self.expect([(outcome - mean) ** 2 for outcome in outcomes])

    def activation(self, s, j):
        """Return an activation under every mask; indices count from 1."""
        assert min(s, j) >= 1
        return [self.a[s - 1, j - 1] * k[j - 1] / (1 - P) for k in self.masks]

    def pre_activation(self, s, k):
        """Return a pre-activation of the next layer under every mask."""
        assert min(s, k) >= 1
        rows = [self.activation(s, j) for j in range(1, self.M + 1)]
        total = sum(np.array(row) * w for row, w in zip(rows, self.w[:, k - 1], strict=True))
        return total + self.b[k - 1]

    def env(self):
        """Return the values of all symbols."""
        return {
            "p": P,
            "M": self.M,
            "E": self.expect,
            "Var": self.var,
            "a": entries(self.a),
            "w": entries(self.w),
            "b": entries(self.b),
            "z": entries(self.a @ self.w + self.b),
            "tilde a": Family(self.activation, sub=2),
            "tilde z": Family(self.pre_activation, sub=2),
        }


class EquallySpaced(np.random.Generator):
    """A generator whose numbers are 0, 1/k, 2/k, … below 1, in a random order.

    The share of the numbers below p is then p itself, if k p is a whole number.
    """

    def __init__(self):
        super().__init__(np.random.PCG64(12))

    def random(self, shape):
        size = int(np.prod(shape))
        return self.permutation(size).reshape(shape) / size


@pytest.mark.equation("def-drop-mask", how="the package's masks, shares taken as probabilities")
def test_mask_of_the_package(printed):
    # "With probability p" is read as the condition q = p, where q is the share of those
    # entries of the mask that have the same value.
    words = r"\\text\s*\{\s*with\s*probability\s*\}"
    latex, count = re.subn(words, r"\\text{if} q_{sj} =", printed.latex)
    assert count == 2
    n, M = 4, 8
    for p in (0.25, 0.375, 0.75):
        dropout = Dropout(p)
        dropout.forward(np.ones((n, M)), training=True, rng=EquallySpaced())
        shares = np.vectorize(lambda m, mask=dropout.mask: np.mean(mask == m))(dropout.mask)
        env = {"m": entries(dropout.mask), "q": entries(shares), "p": p}
        Printed(printed.label, latex, printed.document).holds(
            env, s=range(1, n + 1), j=range(1, M + 1)
        )


@pytest.mark.equation("def-drop-out", how="the package's layer in training")
def test_output_of_the_package(printed):
    A, dropout = np.random.default_rng(31).normal(size=(3, 5)), Dropout(P)
    dropped = dropout.forward(A, training=True, rng=np.random.default_rng(32))
    assert 0 < np.count_nonzero(dropout.mask) < A.size
    env = {"a": entries(A), "m": entries(dropout.mask), "tilde a": entries(dropped)}
    printed.holds(env, s=range(1, 4), j=range(1, 6))


@pytest.mark.equation("eq-drop-mean", how=ALL_MASKS)
def test_mean_of_an_activation(printed):
    printed.holds(Masked().env(), s=range(1, 3), j=range(1, 5))


@pytest.mark.equation("eq-drop-z-mean", "eq-drop-z-var", how=ALL_MASKS)
def test_mean_and_variance_of_a_pre_activation(printed):
    printed.holds(Masked().env(), s=range(1, 3), k=range(1, 4))


@pytest.mark.equation("eq-drop-nonlinear", how=ALL_MASKS + ", with small weights")
def test_behind_a_nonlinear_unit(printed):
    # With weights of size h the neglected terms are smaller by another factor h.
    masked = Masked(scale=1e-3)
    curvatures = {
        np.tanh: lambda z: -2 * np.tanh(z) / np.cosh(z) ** 2,
        np.exp: np.exp,
    }
    for phi, curvature in curvatures.items():
        env = masked.env() | {"varphi": phi, "varphi''": curvature}
        # \approx takes 100 times as much: one per cent.
        printed.holds(env, rtol=1e-4, atol=0.0, s=range(1, 3), k=range(1, 4))


@pytest.mark.equation("eq-drop-backward", how="complex step through the masked activations")
def test_backward(printed):
    n, M = 3, 4
    rng = np.random.default_rng(5)
    A, mask = rng.normal(size=(n, M)), rng.integers(0, 2, size=(n, M)) / (1 - P)
    assert 0 < np.count_nonzero(mask) < mask.size

    def cost(A, dropped=None):
        dropped = A * mask if dropped is None else dropped
        return (np.tanh(dropped) ** 2).sum() + np.exp(dropped[0] * dropped[1]).sum()

    def partial(C, by):
        assert C.name == "C"
        place = tuple(i - 1 for i in by.lower)
        assert min(place) >= 0
        change = np.zeros((n, M), dtype=complex)
        change[place] = 1j * H
        if by.name == "a":
            return cost(A + change).imag / H
        assert by.name == "tilde a"
        return cost(None, A * mask + change).imag / H

    def masks(s, j):
        assert min(s, j) >= 1
        return mask[s - 1, j - 1]

    env = {"partial": partial, "m": Family(masks, sub=2)}
    printed.holds(env, s=range(1, n + 1), j=range(1, M + 1))


@pytest.mark.equation("eq-drop-ridge", how="all masks of all inputs, each with its probability")
def test_ridge(printed):
    n, M = 3, 3
    rng = np.random.default_rng(6)
    x, w, t = rng.normal(size=(n, M)), rng.normal(size=M), rng.normal(size=n)

    def cost(x):
        return sum((row @ w - target) ** 2 for row, target in zip(x, t, strict=True)) / n

    costs, chances = [], []
    for mask in product([0, 1], repeat=n * M):
        costs.append(cost(x * np.reshape(mask, (n, M)) / (1 - P)))
        chances.append(P ** (n * M - sum(mask)) * (1 - P) ** sum(mask))

    def inputs(s, j):
        assert min(s, j) >= 1
        return x[s - 1, j - 1]

    def weights(j):
        assert j >= 1
        return w[j - 1]

    env = {
        "p": P, "n": n, "M": M, "C": cost(x), "tilde C": costs,
        "E": lambda outcomes: sum(c * o for c, o in zip(chances, outcomes, strict=True)),
        "w": Family(weights, sub=1), "x": Family(inputs, sub=2),
    }  # fmt: skip
    printed.holds(env)


def clipped_by_the_package(**clip):
    """Return a gradient, and the change in one step of ``fit`` with the learning rate 1."""
    rng = np.random.default_rng(33)
    X, T = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    net = FFNN((3, 4, 2), tanh, seed=33)
    gradient, before = net.gradient(X, T), net.parameters.copy()
    net.fit(X, T, Constant(1.0), epochs=1, **clip)
    return gradient, before - net.parameters


@pytest.mark.equation("def-clip-norm", how="one step of the package's training")
def test_clipping_by_norm_of_the_package(printed):
    length = np.linalg.norm(clipped_by_the_package()[0])
    for share in (0.1, 0.9, 1.1, 5.0):  # thresholds below and above the gradient's length
        c = share * length
        g, change = clipped_by_the_package(clip_norm=c)
        printed.holds({"g": g, "c": c, "after": {"g": change}})


@pytest.mark.equation("def-clip-value", how="one step of the package's training")
def test_clipping_by_value_of_the_package(printed):
    for c in (0.05, 0.2, 0.6):
        g, change = clipped_by_the_package(clip_value=c)
        assert g.min() < -c < g[abs(g) < c].min() < g[abs(g) < c].max() < c < g.max()
        env = {"g": entries(g), "c": c, "after": {"g": entries(change)}}
        printed.holds(env, i=range(1, len(g) + 1))


def shortened(g, c):
    """Return g, or the point at distance c in its direction if g is longer than c."""
    inside, outside = 0.0, 1.0
    if g @ g <= c * c:
        return g
    for _ in range(200):  # bisection, without a formula for the factor
        middle = (inside + outside) / 2
        short = (middle * g) @ (middle * g) <= c * c
        inside, outside = (middle, outside) if short else (inside, middle)
    return inside * g


@pytest.mark.equation("eq-clip-length", "eq-clip-direction", how="the factor found by bisection")
def test_clipping_by_norm(printed):
    rng = np.random.default_rng(8)
    for size in (0.1, 1.0, 30.0):
        g = size * rng.normal(size=5)
        for c in (0.5, 2.0, 100.0):
            printed.holds({"g": g, "tilde g": shortened(g, c), "c": c})


@pytest.mark.equation("eq-clip-angle", how="angles of two arrows, by the two-argument arctangent")
def test_angle_of_clipping_by_value(printed):
    for g1, g2, c in ((10.0, 0.1, 1.0), (3.0, 0.8, 2.5), (50.0, 1.9, 2.0)):
        clipped = sorted((-c, g1, c))[1], sorted((-c, g2, c))[1]
        theta = np.arctan2(clipped[1], clipped[0]) - np.arctan2(g2, g1)

        def component(i, g=(g1, g2)):
            assert i >= 1
            return g[i - 1]

        printed.holds({"theta": theta, "tan": np.tan, "c": c, "g": Family(component, sub=1)})


@pytest.mark.equation("eq-clip-shared", how="complex step through the chain, unit by unit")
def test_shared_weight(printed):
    for w, t, L in ((1.2, 0.5, 6), (0.7, 2.0, 3), (-1.1, 0.3, 4)):

        def slope(C, by, w=w, t=t, L=L):
            assert (C.name, by.name) == ("C", "w")
            a = 1.0
            for _ in range(L):
                a = a * (w + 1j * H)
            return ((a - t) ** 2).imag / H

        printed.holds({"d": slope, "w": w, "t": t, "L": L})
