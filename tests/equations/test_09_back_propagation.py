"""Chapter 9: the four equations, on networks that no cell of the chapter uses.

Every derivative is a complex step through a forward pass that is written out here, with
sums over single units.  Nothing is taken from the package, but for the tests at the end:
they ask whether the package follows the definitions.
"""

import copy
import functools

import autograd.numpy as anp
import backprop
import numpy as np
import pytest
from printed import Family

H = 1e-30  # of the complex step: nothing is subtracted, so it may be as small as one likes
STEP = "complex step through a forward pass written unit by unit"


def logistic(z):
    return 1 / (1 + np.exp(-z))


def softplus(z):
    return anp.log(1 + anp.exp(z))  # with autograd, so that the package can use it too


def softmax(z):
    return np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)


def squares(a, t):
    return ((a - t) ** 2).sum(axis=1)


def cross_entropy(a, t):
    return -(t * np.log(a)).sum(axis=1)


def logistic_cost(a, t):
    return -(t * np.log(a) + (1 - t) * np.log(1 - a)).sum(axis=1)


class Network:
    """A network of widths 5-6-4-3-2 with random parameters, and seven random samples.

    ``run`` is the forward pass.  Something can be added to one of its arrays, which is how
    derivatives are taken.
    """

    M = (5, 6, 4, 3, 2)
    n = 7
    L = 4

    def __init__(self, output=logistic, sample_cost=squares, seed=909):
        rng = np.random.default_rng(seed)
        M, n = self.M, self.n
        self.phi = [None, logistic, np.tanh, softplus, output]
        self.sample_cost = sample_cost
        self.W = [None, *(rng.normal(size=M[i : i + 2]) for i in range(self.L))]
        self.b = [None, *(rng.normal(size=m) for m in M[1:])]
        self.X = rng.normal(size=(n, M[0]))
        self.T = rng.uniform(0.1, 0.9, size=(n, M[-1]))
        if sample_cost is cross_entropy:
            self.T /= self.T.sum(axis=1, keepdims=True)
        values = self.run()
        self.Z = [None, *(values["z", l] for l in range(1, self.L + 1))]
        self.A = [values["a", l] for l in range(self.L + 1)]

    def run(self, what=None, change=0.0):
        """Return all arrays of the forward pass, with ``change`` added to the array ``what``."""
        values = {}

        def keep(name, array):
            values[name] = array + change if name == what else array
            return values[name]

        A = keep(("a", 0), self.X)
        for l in range(1, self.L + 1):
            W, b = keep(("w", l), self.W[l]), keep(("b", l), self.b[l])
            senders = range(self.M[l - 1])
            Z = sum(np.multiply.outer(A[:, i], W[i]) for i in senders) + b
            Z = keep(("z", l), Z)
            A = keep(("a", l), self.phi[l](Z))
        values["C_s"] = self.sample_cost(A, self.T)
        values["C"] = values["C_s"].sum() / self.n
        return values

    def shape(self, what):
        return self.run()[what].shape

    def derivative(self, of, what, index):
        """Differentiate the array ``of`` by one element of the array ``what``."""
        change = np.zeros(self.shape(what), dtype=complex)
        change[index] = 1j * H
        return np.imag(self.run(what, change)[of]) / H

    def gradient(self, what):
        """Differentiate the cost by all elements of an array."""
        indices = np.ndindex(self.shape(what))
        return np.reshape([self.derivative("C", what, i) for i in indices], self.shape(what))

    def partial(self, above, below):
        """Return the value of a printed derivative; capital letters denote whole matrices."""
        what = (below.name.lower(), *below.upper)
        if not below.lower:
            assert (above.name, above.lower) == ("C", ())
            gradient = self.gradient(what)
            return gradient if gradient.ndim == 2 else gradient[None, :]  # b is a row
        index = tuple(i - 1 for i in below.lower)
        if above.name == "C":
            of = "C_s" if above.lower else "C"
            return self.derivative(of, what, index)[tuple(i - 1 for i in above.lower)]
        return self.derivative((above.name, *above.upper), what, index)[
            tuple(i - 1 for i in above.lower)
        ]

    @functools.cached_property
    def delta(self):
        """All errors, by their definition."""
        return [None, *(self.gradient(("z", l)) for l in range(1, self.L + 1))]

    def slope(self, l):
        """Return the derivative of an elementwise activation function, by a complex step."""
        assert l > 0
        assert self.phi[l] is not softmax
        return lambda z: np.imag(self.phi[l](z + 1j * H)) / H

    def indexed(self):
        """Return the values of symbols with indices; units and samples count from 1."""

        def element(arrays):
            def value(*indices):
                *position, l = indices
                assert min(position) > 0
                assert l >= 0
                return arrays[l][tuple(i - 1 for i in position)]

            return value

        return {
            "w": Family(element(self.W), 2, 1),
            "b": Family(element(self.b), 1, 1),
            "z": Family(element(self.Z), 2, 1),
            "a": Family(element(self.A), 2, 1),
            "delta": Family(element(self.delta), 2, 1),
            "t": Family(lambda s, j: self.T[s - 1, j - 1], 2),
            "M": Family(lambda l: self.M[l], 1),
            "varphi'": Family(self.slope, 1),
            "n": self.n,
            "L": self.L,
            "partial": self.partial,
        }

    def matrices(self):
        """Return the values of whole matrices, layer by layer."""

        def layer(arrays):
            return Family(lambda l: arrays[l], 0, 1)

        return {
            "W": layer(self.W),
            "A": layer(self.A),
            "Z": layer(self.Z),
            "delta": layer(self.delta),
            "T": self.T,
            "G": self.gradient(("a", self.L)),
            "varphi'": Family(self.slope, 1),
            "n": self.n,
            "L": self.L,
            "partial": self.partial,
        }


@functools.cache
def network(*settings):
    """Return a network, the same one each time; nothing in it is ever changed."""
    return Network(*settings)


def upto(m):
    return range(1, m + 1)


M, N, LAST = Network.M, Network.n, Network.L
SAMPLES, LAYERS = upto(N), upto(LAST)


@pytest.mark.equation("eq-layer-index", how="the matrix form, multiplied by NumPy")
def test_layer(printed):
    net = network()
    env = net.indexed()
    by_matrices = [None, *(net.A[l - 1] @ net.W[l] + net.b[l] for l in LAYERS)]
    env["z"] = Family(lambda s, j, l: by_matrices[l][s - 1, j - 1], 2, 1)
    printed.holds(env, l=LAYERS, s=SAMPLES, j=lambda l: upto(M[l]))


@pytest.mark.equation("eq-layer-dw", "eq-layer-da", how=STEP)
def test_layer_derivatives(printed):
    units = {"j": lambda l: upto(M[l]), "i": lambda l: upto(M[l - 1])}
    printed.holds(network().indexed(), l=LAYERS, s=SAMPLES, **units)


@pytest.mark.equation("eq-layer-db", "eq-layer-slope", how=STEP)
def test_layer_derivatives_of_one_unit(printed):
    printed.holds(network().indexed(), l=LAYERS, s=SAMPLES, j=lambda l: upto(M[l]))


@pytest.mark.equation("eq-cost-gradient-ols", "eq-bp1-index", how=STEP)
def test_output_layer(printed):
    printed.holds(network().indexed(), s=SAMPLES, j=upto(M[LAST]))


@pytest.mark.equation("eq-bp1-chain", how=STEP + ", with softmax and elementwise outputs")
def test_output_layer_in_general(printed):
    for output in (softmax, logistic):
        printed.holds(network(output).indexed(), s=SAMPLES, j=upto(M[LAST]))


@pytest.mark.equation("eq-bp1", how=STEP)
def test_bp1(printed):
    printed.holds(network().matrices())


@pytest.mark.equation("eq-bp2-chain", "eq-bp2-index", how=STEP)
def test_bp2_index(printed):
    printed.holds(network().indexed(), l=upto(LAST - 1), s=SAMPLES, j=lambda l: upto(M[l]))


@pytest.mark.equation("eq-bp2-link", how=STEP)
def test_link_between_layers(printed):
    units = {"j": lambda l: upto(M[l]), "k": lambda l: upto(M[l + 1])}
    printed.holds(network().indexed(), l=upto(LAST - 1), s=SAMPLES, **units)


@pytest.mark.equation("eq-bp2", how=STEP)
def test_bp2(printed):
    printed.holds(network().matrices(), l=upto(LAST - 1))


@pytest.mark.equation("eq-bp3-chain", "eq-bp3-index", how=STEP)
def test_bp3_index(printed):
    units = {"i": lambda l: upto(M[l - 1]), "j": lambda l: upto(M[l])}
    printed.holds(network().indexed(), l=LAYERS, **units)


@pytest.mark.equation("eq-bp-sigmoid-weight", how=STEP)
def test_weight_of_a_sigmoid_output(printed):
    printed.holds(network().indexed(), i=upto(M[LAST - 1]), j=upto(M[LAST]))


@pytest.mark.equation("eq-bp3", how=STEP)
def test_bp3(printed):
    printed.holds(network().matrices(), l=LAYERS)


@pytest.mark.equation("eq-bp4-index", how=STEP)
def test_bp4_index(printed):
    printed.holds(network().indexed(), l=LAYERS, j=lambda l: upto(M[l]))


@pytest.mark.equation("eq-bp4", how=STEP)
def test_bp4(printed):
    printed.holds({**network().matrices(), "mathbf 1": np.ones((N, 1))}, l=LAYERS)


@pytest.mark.equation("eq-batch-mean", how=STEP + ", for the batch and for each sample alone")
def test_batch_is_a_mean(printed):
    units = {"i": lambda l: upto(M[l - 1]), "j": lambda l: upto(M[l])}
    printed.holds(network().indexed(), l=LAYERS, **units)


@pytest.mark.equation("eq-softmax-own", how=STEP)
def test_softmax_derivative_for_the_own_unit(printed):
    net = WideSoftmax()
    printed.holds(net.indexed(), s=SAMPLES, j=upto(net.M[-1]))


@pytest.mark.equation("eq-softmax-other", how=STEP)
def test_softmax_derivative_for_another_unit(printed):
    net = WideSoftmax()
    others = {"k": lambda j: [k for k in upto(net.M[-1]) if k != j]}
    printed.holds(net.indexed(), s=SAMPLES, j=upto(net.M[-1]), **others)


@pytest.mark.equation("eq-bp1-softmax-index", how=STEP + ", with the squared error")
def test_softmax_error(printed):
    net = WideSoftmax()
    printed.holds(net.indexed(), s=SAMPLES, j=upto(net.M[-1]))


@pytest.mark.equation("eq-bp1-softmax", how=STEP + ", with the squared error")
def test_softmax_error_as_matrix(printed):
    net = WideSoftmax()
    printed.holds({**net.matrices(), "mathbf 1": np.ones((net.M[-1], 1))})


@pytest.mark.equation("eq-cost-gradient-cross-entropy", how=STEP)
def test_cross_entropy(printed):
    net = network(softmax, cross_entropy)
    printed.holds(net.indexed(), s=SAMPLES, j=upto(M[LAST]))


@pytest.mark.equation("eq-cost-gradient-logistic", how=STEP)
def test_logistic_cost(printed):
    net = network(logistic, logistic_cost)
    printed.holds(net.indexed(), s=SAMPLES, j=upto(M[LAST]))


@pytest.mark.equation("eq-bp1-collapsed", how=STEP + ", for both pairs of output and cost")
def test_collapsed_error(printed):
    for net in (WideSoftmax(cross_entropy), network(logistic, logistic_cost)):
        printed.holds(net.matrices())


class WideSoftmax(Network):
    """With three outputs, so that there is more than one other unit."""

    M = (5, 6, 4, 2, 3)

    def __init__(self, sample_cost=squares):
        super().__init__(softmax, sample_cost)


class Tallied:
    """A number that counts the multiplications it takes part in."""

    count = 0

    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        Tallied.count += 1
        return Tallied(self.value * other.value)

    def __add__(self, other):
        return Tallied(self.value + other.value)


@pytest.mark.equation("eq-gradient-cost", how="multiplications counted, one by one, in both passes")
def test_work(printed):
    """Count both passes for one sample, with identities for the activation functions."""
    tally = np.vectorize(Tallied, otypes=[object])
    for widths in ((5, 6, 4, 3, 2), (2, 3, 1), (7, 4, 5)):
        L = len(widths) - 1
        W = [None, *(tally(np.ones(widths[l - 1 : l + 1])) for l in upto(L))]
        A = [tally(np.ones((1, widths[0])))]
        Tallied.count = 0
        for l in upto(L):
            A.append(A[l - 1] @ W[l])
        forward = Tallied.count
        delta = A[L]
        for l in reversed(upto(L)):
            _ = A[l - 1].T @ delta
            delta = delta @ W[l].T if l > 1 else None
        printed.holds(
            {
                r"K_\mathrm{gradient}": Tallied.count,
                r"K_\mathrm{forward}": forward,
                "M": Family(lambda l, widths=widths: widths[l], 1),
                "L": L,
            }
        )


# The definitions

THEIRS = {
    logistic: backprop.sigmoid,
    np.tanh: backprop.tanh,
    softplus: softplus,
    softmax: backprop.softmax,
    squares: backprop.CostOLS,
    cross_entropy: backprop.CostCrossEntropy,
    logistic_cost: backprop.CostLogReg,
}


def package(net):
    """Return a network of the package with the same settings and parameters."""
    *hidden, output = (THEIRS[phi] for phi in net.phi[1:])
    ffnn = backprop.FFNN(net.M, hidden, output, THEIRS[net.sample_cost])
    for l in range(net.L):
        ffnn.weights[l][:], ffnn.biases[l][:] = net.W[l + 1], net.b[l + 1]
    return ffnn


def traced(net):
    """Return the same network with Z, A and the errors as the package computes them.

    Weights, data and the derivatives that are printed as such stay our own.
    """
    trace = package(net).trace(net.X, net.T)
    net = copy.copy(net)
    net.Z, net.A, net.delta = trace.Z, trace.A, trace.delta
    return net


def nets():
    """Return networks for regression, for several classes and for several labels."""
    return network(), WideSoftmax(cross_entropy), network(logistic, logistic_cost)


@pytest.mark.equation("def-layer", "def-layer-activation", how="the package, layer by layer")
def test_layers_of_the_package(printed):
    for net in nets():
        net = traced(net)
        env = {
            **net.matrices(),
            "b": Family(lambda l, net=net: net.b[l], 0, 1),
            "varphi": Family(lambda l, net=net: net.phi[l], 1),
        }
        printed.holds(env, l=LAYERS)


@pytest.mark.equation("def-delta", how="the package's errors, and a " + STEP)
def test_errors_of_the_package(printed):
    for net in nets():
        env = traced(net).indexed()
        for l in LAYERS:
            printed.holds(env, l=[l], s=SAMPLES, j=upto(net.M[l]))


@pytest.mark.equation("def-bp-softmax", how="the package's softmax in the output layer")
def test_softmax_of_the_package(printed):
    net = traced(WideSoftmax())
    printed.holds(net.indexed(), s=SAMPLES, j=upto(net.M[-1]))


def cost_of_the_package(printed, net, other_output):
    """Compare a cost with the package's: as the network computes it, and for any outputs.

    The network computes some costs from Z, which is another route than that from A.
    """
    env = traced(net).indexed()
    printed.holds({**env, "C": package(net).cost(net.X, net.T)})
    net = traced(other_output)
    cost = THEIRS[net.sample_cost]
    printed.holds({**net.indexed(), "C": cost(net.T)(net.A[-1])})


@pytest.mark.equation("def-cost-ols", how="the package's mean squared error")
def test_squared_error_of_the_package(printed):
    cost_of_the_package(printed, network(), WideSoftmax())


@pytest.mark.equation("def-bp-cross-entropy", how="the package's cross-entropy, from Z and from A")
def test_cross_entropy_of_the_package(printed):
    other = network(logistic, cross_entropy)
    cost_of_the_package(printed, WideSoftmax(cross_entropy), other)


@pytest.mark.equation("def-bp-logistic", how="the package's logistic cost, from Z and from A")
def test_logistic_cost_of_the_package(printed):
    other = WideSoftmax(logistic_cost)
    cost_of_the_package(printed, network(logistic, logistic_cost), other)


@pytest.mark.equation(
    "def-bp-update-w", "def-bp-update-b", how="two epochs of the package's training, and a " + STEP
)
def test_training_of_the_package(printed):
    eta, net = 0.37, Network()

    def parameters(W, b):
        # b is a row here, as its printed derivative is.
        row = Family(lambda l: b[l][None, :], 0, 1)
        return {"W": Family(lambda l: W[l], 0, 1), "b": row}

    for _ in range(2):
        ffnn = package(net)
        ffnn.fit(net.X, net.T, backprop.Constant(eta), epochs=1)
        W, b = [None, *ffnn.weights], [None, *ffnn.biases]
        env = {**parameters(net.W, net.b), "after": parameters(W, b)}
        printed.holds({**env, "eta": eta, "partial": net.partial}, l=LAYERS)
        net = copy.copy(net)
        net.W, net.b = W, b
