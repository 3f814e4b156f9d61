"""Chapter 12, batch normalisation: derivatives by a complex step, variances by enumeration.

Nothing is taken from the package, except for the definitions, which are compared with it.
The forward pass is written column by column, and every intermediate quantity can be moved by
itself.
"""

from itertools import combinations, pairwise

import numpy as np
import pytest
from backprop.layers import BatchNorm
from printed import Family, entries

H = 1e-30  # of the complex step: nothing is subtracted, so it may be as small as one likes
N, M = 6, 3
STEP = "complex step through a forward pass that is cut open at each quantity in turn"


class Normalised:
    """Six samples, three columns, and a cost of the outputs that mixes all of them."""

    def __init__(self, epsilon=0.4, seed=1212):
        rng = np.random.default_rng(seed)
        self.Z = rng.normal(1.0, [0.5, 1.5, 3.0], size=(N, M))
        self.gamma, self.beta = np.array([1.3, -0.7, 0.4]), np.array([0.2, -1.1, 0.9])
        self.Q, self.epsilon = rng.normal(size=(M, 2)), epsilon

    def run(self, name_of_change=None, change=0.0):
        """Return all quantities, with ``change`` added to the one called ``moved``."""
        values = {}

        def keep(name, array):
            values[name] = array + change if name == name_of_change else array
            return values[name]

        Z = keep("z", self.Z)
        mu = keep("mu", sum(Z) / N)
        v = keep("v", sum((row - mu) ** 2 for row in Z) / N)
        hat = keep("hat z", (Z - mu) / np.sqrt(v + self.epsilon))
        Y = keep("y", keep("gamma", self.gamma) * hat + keep("beta", self.beta))
        values["C"] = (np.tanh(Y @ self.Q) ** 2).sum() + (Y[0] * Y[1] ** 2).sum() / N
        return values

    def partial(self, cost, by):
        """Differentiate the cost by one entry of one quantity; indices count from 1."""
        assert (cost.name, cost.lower, cost.upper, by.upper) == ("C", (), (), ())
        place = tuple(i - 1 for i in by.lower)
        assert min(place) >= 0
        change = np.zeros(self.run()[by.name].shape, dtype=complex)
        change[place] = 1j * H
        return self.run(by.name, change)["C"].imag / H

    def env(self):
        """Return the values of all symbols."""
        env = {name: entries(array) for name, array in self.run().items() if name != "C"}
        return {**env, "n": N, "varepsilon": self.epsilon, "partial": self.partial}


S, J = range(1, N + 1), range(1, M + 1)


def layer(**settings):
    """Return the package's layer with the scales and shifts of ``Normalised``."""
    bn = BatchNorm(M, **settings)
    bn.attach(np.append(Normalised().gamma, Normalised().beta), np.zeros(2 * M))
    return bn


def layer_env():
    """Return the output of the package's layer for the columns of ``Normalised``."""
    Z, bn = Normalised().Z, layer(epsilon=0.4)
    Y = bn.forward(Z, training=True)
    arrays = {
        "z": Z, "y": Y, "hat z": bn.z_hat, "mu": bn.batch_mean, "v": bn.batch_var,
        "gamma": bn.gamma, "beta": bn.beta,
    }  # fmt: skip
    env = {name: entries(array) for name, array in arrays.items()}
    return {**env, "n": N, "varepsilon": bn.epsilon}


@pytest.mark.equation("def-bn-mean", "def-bn-var", how="the package's layer in training")
def test_statistics_of_the_package(printed):
    printed.holds(layer_env(), j=J)


@pytest.mark.equation("def-bn-hat", "def-bn-out", how="the package's layer in training")
def test_output_of_the_package(printed):
    printed.holds(layer_env(), s=S, j=J)


@pytest.mark.equation("def-bn-running", how="the package's layer over four mini-batches")
def test_running_averages_of_the_package(printed):
    rng = np.random.default_rng(34)
    for bn, rho in ((layer(), 0.9), (layer(momentum=0.6), 0.6)):  # the page: 0.9 here
        for n in (3, 5, 2, 4):
            bn.forward(rng.normal([2.0, -1.0, 5.0], [0.5, 1.5, 3.0], size=(n, M)), training=True)
            old = bn.mean.copy(), bn.var.copy()
            bn.update_statistics()
            # "and likewise for the variance": the same rule with other values
            for before, batch, after in zip(
                old, (bn.batch_mean, bn.batch_var), (bn.mean, bn.var), strict=True
            ):
                env = {"bar mu": entries(before), "mu": entries(batch), "rho": rho}
                printed.holds({**env, "after": {"bar mu": entries(after)}}, j=J)


@pytest.mark.equation("eq-bn-mean", "eq-bn-var", how="a forward pass, column by column")
def test_mean_and_variance_of_the_output(printed):
    printed.holds(Normalised().env(), j=J)


@pytest.mark.equation("eq-bn-count", how="arrays are made and their elements counted")
def test_count(printed):
    for widths in ((5, 6, 4, 3, 2), (2, 3, 1), (7, 5, 2, 4)):
        arrays = []
        for l, (senders, receivers) in enumerate(pairwise(widths), 1):
            arrays += [np.zeros((senders, receivers)), np.zeros(receivers)]
            if l < len(widths) - 1:
                arrays += [np.ones(receivers), np.zeros(receivers)]
        env = {"N": sum(a.size for a in arrays), "L": len(widths) - 1}

        def width(l, widths=widths):
            assert l >= 0
            return widths[l]

        printed.holds({**env, "M": Family(width, sub=1)})


@pytest.mark.equation("eq-bn-dbeta", "eq-bn-dgamma", "eq-bn-dv", how=STEP)
def test_derivatives_by_columns(printed):
    printed.holds(Normalised().env(), j=J)


@pytest.mark.equation("eq-bn-dmu", how="complex step in the mean, the variance moving along")
def test_derivative_by_the_mean(printed):
    printed.holds(Normalised().env(), j=J)


@pytest.mark.equation("eq-bn-dhat", "eq-bn-dz-paths", "eq-bn-dz", how=STEP)
def test_derivatives_by_entries(printed):
    printed.holds(Normalised().env(), s=S, j=J)


@pytest.mark.equation("eq-bn-balance", how="complex step through the forward pass")
def test_one_sample_against_the_others(printed):
    env = Normalised().env() | {r"sum r\nes": lambda s, j: [r for r in S if r != s]}
    printed.holds(env, s=S, j=J)


def of_weights():
    """Return the cost and its gradient as functions of weights in front of an exact layer."""
    rng = np.random.default_rng(21)
    X, W = rng.normal(size=(N, 4)), rng.normal(size=(4, M))
    bn = Normalised(epsilon=0.0)

    def cost(W):
        bn.Z = X @ W + np.array([0.3, -0.2, 0.1])
        return bn.run()["C"]

    def gradient(W):
        slopes = np.empty(W.shape)
        for place in np.ndindex(W.shape):
            nudged = W.astype(complex)
            nudged[place] += 1j * H
            slopes[place] = cost(nudged).imag / H
        return slopes

    return W, gradient


@pytest.mark.equation("eq-bn-scale", how="complex step at weights of three lengths, ε = 0")
def test_scale(printed):
    W, gradient = of_weights()
    for alpha in (0.5, 3.0, 10.0):
        printed.holds({"W": W, "G": gradient, "alpha": alpha}, rtol=1e-8)


@pytest.mark.equation(
    "eq-bn-growth",
    how="lengths measured, gradient by complex step, ε = 0",
    # At a right angle a step to and fro makes the weights longer by as much.
    equivalent=(
        r"\lVert W + \eta G(W) \rVert^2 = \lVert W \rVert^2 + \eta^2 \lVert G(W) \rVert^2",
    ),
)
def test_growth(printed):
    W, gradient = of_weights()
    for eta in (0.3, 2.0):
        printed.holds({"W": W, "G": gradient, "eta": eta})


@pytest.mark.equation("eq-bn-one", how="a forward pass with a single sample")
def test_batch_of_one(printed):
    bn = Normalised()
    for z in bn.Z:
        mu = z / 1
        v = (z - mu) ** 2 / 1
        y = bn.gamma * (z - mu) / np.sqrt(v + bn.epsilon) + bn.beta

        def output(s, j, y=y):
            assert s == 1
            assert j >= 1
            return y[j - 1]

        env = {"y": Family(output, sub=2), "beta": Family(lambda j: bn.beta[j - 1], sub=1)}
        printed.holds(env, j=J)


@pytest.mark.equation("eq-bn-running", how="the update repeated t times")
def test_running_average(printed):
    means, rho = [1.7, -0.4, 12.0], 0.9
    for t in (1, 2, 7, 30):
        average = [0.0] * 3
        for _ in range(t):
            average = [a - (1 - rho) * (a - m) for a, m in zip(average, means, strict=True)]
        env = {
            "bar mu": Family(lambda j, average=average: average[j - 1], sub=1),
            "mu": Family(lambda j: means[j - 1], sub=1),
        }
        printed.holds({**env, "rho": rho, "t": t}, j=J)


@pytest.mark.equation("eq-bn-expected", how="all mini-batches that can be drawn are drawn")
def test_expected_variance(printed):
    values = np.random.default_rng(7).normal(size=(7, M))
    size = len(values)
    for n in (2, 3, 5):
        batches = [values[list(rows)] for rows in combinations(range(size), n)]
        variances = [((b - sum(b) / n) ** 2).sum(axis=0) / n for b in batches]
        whole = ((values - values.sum(axis=0) / size) ** 2).sum(axis=0) / size
        env = {
            "v": Family(lambda j, variances=variances: [v[j - 1] for v in variances], sub=1),
            "V": Family(lambda j, whole=whole: whole[j - 1], sub=1),
            "E": lambda outcomes: sum(outcomes) / len(outcomes),
        }
        printed.holds({**env, "n": n, "S": size}, j=J)
