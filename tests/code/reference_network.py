"""A second neural network, to compare the package with: plain formulas in autograd.numpy.

Nothing here is taken from the package.  The cost is written down as in the book, layer by
layer, as a function of one flat parameter vector; autograd differentiates it.  There are no
safeguards against overflow: the tests stay where none is needed.
"""

from dataclasses import dataclass, field

import autograd.numpy as np
from autograd import grad

BN_EPSILON = 1e-5

ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": lambda z: np.exp(z) / (np.exp(z) + 1.0),
    "tanh": lambda z: (np.exp(2.0 * z) - 1.0) / (np.exp(2.0 * z) + 1.0),
    "RELU": lambda z: z * (z > 0),
    "LRELU": lambda z: z * (z > 0) + 0.01 * z * (z <= 0),
    "ELU": lambda z: z * (z > 0) + (np.exp(z * (z <= 0)) - 1.0) * (z <= 0),
    "softmax": lambda z: np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True),
}


def squares(a, t):
    return np.sum((a - t) ** 2) / len(t)


def binary(a, t):
    return -np.sum(t * np.log(a) + (1.0 - t) * np.log(1.0 - a)) / len(t)


def categorical(a, t):
    return -np.sum(t * np.log(a)) / len(t)


COSTS = {"CostOLS": squares, "CostLogReg": binary, "CostCrossEntropy": categorical}


@dataclass
class Reference:
    """A network described by names.

    ``statistics`` are the (mean, variance) with which batch normalisation works; without
    them it uses those of the batch.  ``masks`` multiply the inputs and the activations of
    the hidden layers; None stands for no mask.
    """

    dims: tuple
    hidden: str = "sigmoid"
    output: str = "identity"
    cost_name: str = "CostOLS"
    lam: float = 0.0
    batch_norm: bool = False
    statistics: list | None = None
    masks: list | None = None
    activations: dict = field(default_factory=lambda: ACTIVATIONS)
    costs: dict = field(default_factory=lambda: COSTS)

    def split(self, theta):
        """Cut Θ into W^1, b^1, γ^1, β^1, W^2, …: a list of tuples, one for each layer."""
        layers, start = [], 0

        def take(*shape):
            nonlocal start
            size = int(np.prod(shape))
            start += size
            return np.reshape(theta[start - size : start], shape)

        for l in range(1, len(self.dims)):
            m, k = self.dims[l - 1], self.dims[l]
            layer = [take(m, k), take(k)]
            if self.batch_norm and l < len(self.dims) - 1:
                layer += [take(k), take(k)]
            layers.append(tuple(layer))
        assert start == len(theta), "the parameter vector has another length"
        return layers

    def passes(self, theta, X):
        """Return the lists Z^1 … Z^L (as they enter the activation) and A^0 … A^L."""
        A, Z = [X], []
        if self.masks is not None and self.masks[0] is not None:
            A[0] = X * self.masks[0]
        layers = self.split(theta)
        self.seen = []  # the batch's mean and variance in each hidden layer
        for l, (W, b, *gamma_beta) in enumerate(layers):
            last = l == len(layers) - 1
            z = np.dot(A[-1], W) + b
            if gamma_beta:
                mean = np.sum(z, axis=0) / len(z)
                var = np.sum((z - mean) ** 2, axis=0) / len(z)
                self.seen.append((mean, var))
                if self.statistics is not None:
                    mean, var = self.statistics[l]
                gamma, beta = gamma_beta
                z = gamma * (z - mean) / np.sqrt(var + BN_EPSILON) + beta
            Z.append(z)
            a = self.activations[self.output if last else self.hidden](z)
            if not last and self.masks is not None and self.masks[l + 1] is not None:
                a = a * self.masks[l + 1]
            A.append(a)
        return Z, A

    def outputs(self, theta, X):
        return self.passes(theta, X)[1][-1]

    def data_cost(self, theta, X, T):
        return self.costs[self.cost_name](self.outputs(theta, X), T)

    def penalty(self, theta, lam):
        return 0.5 * lam * sum(np.sum(layer[0] ** 2) for layer in self.split(theta))

    def cost(self, theta, X, T):
        return self.data_cost(theta, X, T) + self.penalty(theta, self.lam)

    def gradient(self, theta, X, T):
        return grad(self.cost)(theta, X, T)
