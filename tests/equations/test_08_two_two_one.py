"""Chapter 8: the 2-2-1 network; references by complex steps through a node-by-node pass.

The definitions are compared with the package's 2-2-1 network.
"""

import numpy as np
import pytest
from backprop import FFNN, Constant, sigmoid, tanh
from printed import Family

STEP = 1e-20
WIDTHS = (2, 2, 1)
FUNCTIONS = [None, np.tanh, lambda z: 1 / (1 + np.exp(-z))]


def slope(function):
    return lambda z: function(z + 1j * STEP).imag / STEP


def sample_cost(a, t):
    # Not the squared error: the derivation is for any cost.
    return (a - t) ** 2 / 2 + a**3


class Network:
    """A 2-2-1 network, computed node by node; layers, nodes and samples count from 1."""

    def __init__(self, seed, samples):
        rng = np.random.default_rng(seed)
        self.x = rng.standard_normal((samples, 2))
        self.t = rng.uniform(0.1, 0.9, samples)
        self.w = {
            (i, j, l): rng.uniform(0.4, 1.6) * rng.choice([-1, 1])
            for l in (1, 2)
            for i in range(1, WIDTHS[l - 1] + 1)
            for j in range(1, WIDTHS[l] + 1)
        }
        self.b = {(j, l): rng.standard_normal() for l in (1, 2) for j in range(1, WIDTHS[l] + 1)}

    def forward(self, name="", where=()):
        """Return a, z and the cost; the variable (name, where) gets an imaginary step."""
        a, z, cost = {}, {}, 0
        for s in range(1, len(self.x) + 1):
            a |= {(s, i, 0): self.x[s - 1, i - 1] for i in (1, 2)}
            for l in (1, 2):
                for j in range(1, WIDTHS[l] + 1):
                    terms = [
                        (self.w[i, j, l] + self.step(name, where, "w", (i, j, l))) * a[s, i, l - 1]
                        for i in range(1, WIDTHS[l - 1] + 1)
                    ]
                    z[s, j, l] = sum(terms) + self.b[j, l] + self.step(name, where, "b", (j, l))
                    z[s, j, l] += self.step(name, where, "z", (s, j, l))
                    a[s, j, l] = FUNCTIONS[l](z[s, j, l])
                    a[s, j, l] += self.step(name, where, "a", (s, j, l))
            cost += sample_cost(a[s, 1, 2], self.t[s - 1]) / len(self.x)
        return a, z, cost

    @staticmethod
    def step(name, where, here, at):
        return 1j * STEP * (name == here and where == at)

    def derivative(self, name, *where):
        parameters = {"w": self.w, "b": self.b}
        a, z, _ = self.forward()
        if where not in parameters.get(name, {"a": a, "z": z}.get(name)):
            raise LookupError(f"there is no {name} with {where}")
        return self.forward(name, where)[2].imag / STEP

    def matrix(self, name, l, rows, columns, key):
        return np.array(
            [[self.derivative(name, *key(r, c)) for c in range(1, columns + 1)]
             for r in range(1, rows + 1)]
        )  # fmt: skip


def nodes(seed):
    """Return the environment of one sample, with an index for every node."""
    net = Network(seed, samples=1)
    a, z, _ = net.forward()

    def partial(above, below):
        assert above == ("C", (), ())
        sample = (1,) if below.name in "az" else ()
        return net.derivative(below.name, *sample, *below.lower, *below.upper)

    return {
        "x": Family(lambda i: net.x[0, i - 1], sub=1),
        "w": Family(lambda i, j, l: net.w[i, j, l], sub=2, sup=1),
        "a": Family(lambda j, l: a[1, j, l], sub=1, sup=1),
        "z": Family(lambda j, l: z[1, j, l], sub=1, sup=1),
        "b": Family(lambda j, l: net.b[j, l], sub=1, sup=1),
        "delta": Family(lambda j, l: net.derivative("z", 1, j, l), sub=1, sup=1),
        "varphi'": Family(lambda l: slope(FUNCTIONS[l]), sub=1),
        "partial": partial,
    }


@pytest.mark.equation(
    "eq-221-delta-output",
    "eq-221-w11-output",
    "eq-221-w21-output",
    "eq-221-b1-output",
    "eq-221-delta1",
    "eq-221-delta2",
    "eq-221-w11",
    "eq-221-w21",
    "eq-221-w12",
    "eq-221-w22",
    "eq-221-b1",
    "eq-221-b2",
    "eq-221-w21-long",
    how="complex step through a node-by-node forward pass, general cost",
)
def test_one_by_one(printed):
    for seed in (1, 2):
        printed.holds(nodes(seed))


@pytest.mark.equation("eq-221-compact", how="sums over the senders, node by node")
def test_pre_activations_in_matrices(printed):
    printed.holds(nodes(3))


def matrices(seed, samples):
    """Return the environment of several samples, layer by layer."""
    net = Network(seed, samples)
    a, z, _ = net.forward()

    def layer(values, l):
        if not 0 <= l <= 2:
            raise LookupError(f"there is no layer {l}")
        return np.array(
            [[values[s, j, l] for j in range(1, WIDTHS[l] + 1)] for s in range(1, samples + 1)]
        )

    def weights(l):
        return np.array(
            [[net.w[i, j, l] for j in range(1, WIDTHS[l] + 1)]
             for i in range(1, WIDTHS[l - 1] + 1)]
        )  # fmt: skip

    def partial(above, below):
        assert above == ("C", (), ())
        (l,) = below.upper
        width = WIDTHS[l]
        if below.name == "A":
            return net.matrix("a", l, samples, width, lambda s, j: (s, j, l))
        if below.name == "W":
            return net.matrix("w", l, WIDTHS[l - 1], width, lambda i, j: (i, j, l))
        assert below.name == "b"
        return net.matrix("b", l, 1, width, lambda _, j: (j, l))

    return {
        "A": Family(lambda l: layer(a, l), sup=1),
        "Z": Family(lambda l: layer(z, l), sup=1),
        "W": Family(weights, sup=1),
        "b": Family(lambda l: np.array([[net.b[j, l] for j in range(1, WIDTHS[l] + 1)]]), sup=1),
        "mathbf 1": np.ones((samples, 1)),
        "delta": Family(
            lambda l: net.matrix("z", l, samples, WIDTHS[l], lambda s, j: (s, j, l)), sup=1
        ),
        "varphi'": Family(lambda l: slope(FUNCTIONS[l]), sub=1),
        "partial": partial,
    }


@pytest.mark.equation(
    "eq-221-bp1",
    "eq-221-bp2",
    how="complex step through a node-by-node forward pass of three samples",
)
def test_errors_in_matrices(printed):
    printed.holds(matrices(4, 3))


@pytest.mark.equation(
    "eq-221-bp3",
    "eq-221-bp4",
    how="complex step through a node-by-node forward pass of three samples",
)
def test_gradients_in_matrices(printed):
    printed.holds(matrices(5, 3), l=(1, 2))


def package(net):
    """Return the package's network with the parameters of ``net``, its inputs and targets."""

    def mean_cost(target):
        return lambda a: sample_cost(a, target).sum() / len(target)

    same = FFNN(WIDTHS, tanh, sigmoid, mean_cost, task="regression")
    for (i, j, l), value in net.w.items():
        same.weights[l - 1][i - 1, j - 1] = value
    for (j, l), value in net.b.items():
        same.biases[l - 1][j - 1] = value
    return same, net.x, net.t[:, None]


def package_nodes(seed):
    """Return the environment of one sample, with the values of the package's nodes."""
    same, x, t = package(Network(seed, samples=1))
    trace = same.trace(x, t)
    values = {
        (name, j, l): layers[l][0, j - 1]
        for name, layers in (("a", trace.A), ("z", trace.Z))
        for l in (1, 2)
        for j in range(1, WIDTHS[l] + 1)
    }
    return nodes(seed) | {
        "a": Family(lambda j, l: values["a", j, l], sub=1, sup=1),
        "z": Family(lambda j, l: values["z", j, l], sub=1, sup=1),
        "varphi": Family(lambda l: FUNCTIONS[l], sub=1),
    }


@pytest.mark.equation(
    "def-221-hidden-z", "def-221-hidden-a", how="the package's 2-2-1 network, node by node"
)
def test_hidden_nodes_of_the_package(printed):
    for seed in (1, 2):
        printed.holds(package_nodes(seed), j=(1, 2))


@pytest.mark.equation(
    "def-221-output-z", "def-221-output-a", how="the package's 2-2-1 network, node by node"
)
def test_output_node_of_the_package(printed):
    for seed in (1, 2):
        printed.holds(package_nodes(seed))


@pytest.mark.equation(
    "def-221-update-w",
    "def-221-update-b",
    how="a step of the package's training on three samples, with the gradient by complex steps",
)
def test_updates_of_the_package(printed):
    for seed in (6, 7):
        same, x, t = package(Network(seed, samples=3))
        eta = 0.7
        same.fit(x, t, Constant(eta), epochs=1)
        weights, biases = [None, *same.weights], [None, *(b[None, :] for b in same.biases)]
        after = {
            "W": Family(lambda l, new=weights: new[l], sup=1),
            "b": Family(lambda l, new=biases: new[l], sup=1),
        }
        printed.holds(matrices(seed, 3) | {"eta": eta, "after": after}, l=(1, 2))
