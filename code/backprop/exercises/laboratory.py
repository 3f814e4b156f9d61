"""Ten networks with one silent mistake each, and ten checks: the laboratory of chapter 13.

- ``NETWORKS["A"]`` to ``NETWORKS["J"]`` are classes that are used like ``FFNN``;
- ``CHECKS["order"](Network)`` looks at networks of such a class and returns how far they are
  off: next to nothing if all is well, and more than ``LIMIT`` if the check notices something.
"""

import copy

import numpy as np

from ..activations import LRELU, derivate, identity, softmax, tanh
from ..checks import gradient_check
from ..costs import CostCrossEntropy, CostOLS, OutputCost
from ..layers import Activation, Layer
from ..network import FFNN
from ..schedulers import Constant, Momentum

__all__ = ["CHECKS", "LIMIT", "NETWORKS"]

LIMIT = 1e-3


# The networks


class MeanOverBiases(FFNN):
    """BP4 takes the mean over the samples, where it should take the sum."""

    def _backward(self, T, keep=None):
        super()._backward(T, keep)
        for layer in self._affine:
            layer.db /= len(T)


class ForgottenMomentum(FFNN):
    """Every epoch is a call of ``fit`` of its own, which starts with a fresh scheduler."""

    def fit(self, X, t, scheduler, batches=1, epochs=100, lam=0.0, **options):
        runs = [FFNN.fit(self, X, t, scheduler, batches, 1, lam, **options) for _ in range(epochs)]
        return {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}


class SlopeAtActivation(FFNN):
    """The slopes of the hidden layers are taken at A, where they should be taken at Z."""

    class Hidden(Activation):
        def backward(self, delta):
            return delta * derivate(self.func)(self.A)

    def _new_layers(self):
        *hidden, output = super()._new_layers()
        kinds = [self.Hidden(x.func) if isinstance(x, Activation) else x for x in hidden]
        return [*kinds, output]


class PenaltyOnBiases(FFNN):
    """The gradient of the penalty reaches the biases too, the penalty does not."""

    def _add_penalty(self, lam):
        super()._add_penalty(lam)
        for layer in self._affine:
            layer.db += lam * layer.b


class MeanOverElements(FFNN):
    """The cost is a mean over samples and outputs, and its gradient belongs to that."""

    class Output(OutputCost):
        def value(self, output, T):
            return super().value(output, T) / T.shape[1]

        def delta(self, output, T):
            return super().delta(output, T) / T.shape[1]

    def _join_cost(self):
        self._output_cost = self.Output(self.cost_func)


class ExchangedTargets(FFNN):
    """In training three samples of each batch have one another's targets."""

    def _backpropagate(self, X, T):
        T[:3] = np.roll(T[:3], 1, axis=0)  # of a copy that the loop has made
        return super()._backpropagate(X, T)


class MissingSlope(FFNN):
    """BP2 leaves out the slope of the second hidden layer."""

    class Hidden(Activation):
        def backward(self, delta):
            return delta

    def _new_layers(self):
        layers = super()._new_layers()
        layers[3] = self.Hidden(layers[3].func)
        return layers


class ElementwiseSoftmax(FFNN):
    """The derivative of softmax lacks the terms that couple the outputs."""

    class Output(Activation):
        def backward(self, delta):
            if self.func is softmax:
                return delta * self.A * (1 - self.A)
            return super().backward(delta)

    def _new_layers(self):
        *layers, output = super()._new_layers()
        return [*layers, self.Output(output.func)]


class StaleActivations(FFNN):
    """BP3 of the second layer takes the activations that the last backward pass has kept."""

    def _backward(self, T, keep=None):
        layer = self._affine[1]
        before, self._kept = vars(self).get("_kept"), layer.A.copy()
        if before is not None and before.shape == layer.A.shape:
            layer.A = before
        super()._backward(T, keep)


class MissingMean(FFNN):
    """The errors of a softmax output lack the 1/n that the cost has."""

    def _backward(self, T, keep=None):
        super()._backward(T, keep)
        if self.output_func is softmax:
            self._gradient *= len(T)


NETWORKS = dict(
    zip(
        "ABCDEFGHIJ",
        (
            MeanOverBiases, ForgottenMomentum, SlopeAtActivation, PenaltyOnBiases,
            MeanOverElements, ExchangedTargets, MissingSlope, ElementwiseSoftmax,
            StaleActivations, MissingMean,
        ),
        strict=True,
    )
)  # fmt: skip


# The checks

X = np.random.default_rng(0).normal(size=(9, 4))


def targets(X):
    """Return one of two classes for each sample, one-hot."""
    return np.eye(2)[(X[:, 0] > X[:, 1]).astype(int)]


def make(Network, *functions):
    """Return a network with two hidden layers, none of whose parameters is zero."""
    net = Network((4, 5, 3, 2), *functions, seed=1)
    net.parameters = np.random.default_rng(1).normal(0, 0.7, net.parameters.size)
    return net


def off(given, right):
    """Return how far a vector is from another, relative to the longer one."""
    longer = max(np.linalg.norm(given), np.linalg.norm(right))
    return float(np.linalg.norm(given - right) / longer)


def differences(net, lam=0.0):
    """Compare a gradient with central differences of the cost."""
    twin = copy.deepcopy(net)

    def cost(theta):
        twin.parameters = theta
        return twin.cost(X, targets(X), lam)

    return gradient_check(cost, net.gradient(X, targets(X), lam), net.parameters)


def regression(Network):
    """Central differences, for tanh and the squared error."""
    return differences(make(Network, tanh, identity, CostOLS))


def classifier(Network):
    """Central differences, for leaky ReLU, softmax and the cross-entropy."""
    return differences(make(Network, LRELU, softmax, CostCrossEntropy))


def mixed(Network):
    """Central differences, for tanh, softmax and the squared error."""
    return differences(make(Network, tanh, softmax, CostOLS))


def penalty(Network):
    """Central differences, with a penalty."""
    return differences(make(Network, tanh, identity, CostOLS), lam=0.3)


def autodiff(Network):
    """Cost and gradient of a forward pass that is written out, by autograd."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    net = make(Network, tanh, identity, CostOLS)

    def cost(theta):
        W1, b1, W2, b2, W3, b3 = np.split(np.arange(theta.size), [20, 25, 40, 43, 49])
        A = anp.tanh(X @ theta[W1].reshape(4, 5) + theta[b1])
        A = anp.tanh(A @ theta[W2].reshape(5, 3) + theta[b2])
        A = A @ theta[W3].reshape(3, 2) + theta[b3]
        return anp.sum((A - targets(X)) ** 2) / len(X)

    value, gradient = value_and_grad(cost)(net.parameters)
    return max(off(net.gradient(X, targets(X)), gradient), off(net.cost(X, targets(X)), value))


def change(Network, rows):
    """Return how far cost or gradient change when these rows are taken."""
    net, T = make(Network, LRELU, softmax, CostCrossEntropy), targets(X)
    pairs = [(f(X, T), f(X[rows], T[rows])) for f in (net.gradient, net.cost)]
    return max(off(*pair) for pair in pairs)


def doubled(Network):
    """Take every sample twice: cost and gradient stay."""
    return change(Network, np.tile(np.arange(9), 2))


def order(Network):
    """Reverse the order of the samples: cost and gradient stay."""
    return change(Network, np.arange(9)[::-1])


def start(Network):
    """All parameters zero, so all classes alike: the cross-entropy is ln 2."""
    net = Network((4, 5, 3, 2), tanh, softmax, CostCrossEntropy)
    net.parameters = np.zeros(net.parameters.size)
    return off(net.cost(X, targets(X)), np.log(2))


def replay(Network):
    """Two epochs of ``fit`` in mini-batches with momentum, and the same updates by hand."""
    batches = []

    class Notes(Layer):
        def forward(self, A, training=False, rng=None):
            if training:
                batches.append(A.copy())
            return A

    trained, by_hand = (make(Network, tanh, softmax, CostOLS) for _ in range(2))
    begin, change = by_hand.parameters.copy(), 0.0
    trained.layers.insert(0, Notes())
    trained.fit(X, targets(X), Momentum(0.1, 0.5), batches=2, epochs=2)
    for batch in batches:
        change = 0.5 * change + 0.1 * by_hand.gradient(batch, targets(batch))
        by_hand.parameters -= change
    return off(trained.parameters - begin, by_hand.parameters - begin)


def overfit(Network):
    """Four samples, 200 updates: the cost should fall to nothing (relative to the first)."""
    net, few = Network((4, 12, 8, 2), tanh, identity, CostOLS, seed=1), X[:4]
    first = net.cost(few, targets(few))
    net.fit(few, targets(few), Constant(0.2), epochs=200, score_every=None)
    return net.cost(few, targets(few)) / first


CHECKS = {
    look.__name__: look
    for look in (
        regression, classifier, mixed, penalty, autodiff, doubled, order, start, replay, overfit,
    )
}  # fmt: skip
