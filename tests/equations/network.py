"""A network with random parameters and its derivatives by complex steps, without the package.

The page on notation and the inline formulas are evaluated with its numbers.
"""

import re
from itertools import pairwise

import numpy as np
from printed import Family

M, n = (5, 6, 4, 3, 2), 7
L = len(M) - 1
N = sum(a * b + b for a, b in pairwise(M))
H = 1e-30


def logistic(z):
    return 1 / (1 + np.exp(-z))


def slope(function, z):
    return np.imag(function(z + 1j * H)) / H


PHI = [None, logistic, np.tanh, logistic, logistic]
rng = np.random.default_rng(17)
W = [None, *(rng.normal(size=pair) for pair in pairwise(M))]
b = [None, *(rng.normal(size=m) for m in M[1:])]
X, T = rng.normal(size=(n, M[0])), rng.uniform(0.2, 0.8, size=(n, M[-1]))


class Pass:
    """The forward pass for some samples, with the logistic cost, and its derivatives."""

    def __init__(self, X, T):
        self.X, self.T = X, T
        self.values = self.forward()
        self.gradient = {key: self.differentiate(key) for key in self.values if key != "C"}

    def forward(self, what=None, change=0.0):
        """Return all arrays by name, with ``change`` added to one of them on the way."""
        values = {}

        def keep(name, value):
            values[name] = value + change if name == what else value
            return values[name]

        A = keep(("A", 0), self.X)
        for l in range(1, L + 1):
            Z = keep(("Z", l), A @ keep(("W", l), W[l]) + keep(("b", l), b[l]))
            A = keep(("A", l), PHI[l](Z))
        values["C"] = -(self.T * np.log(A) + (1 - self.T) * np.log(1 - A)).sum() / len(self.X)
        return values

    def differentiate(self, what, of="C"):
        """Differentiate ``of`` by every element of the array ``what``, in the first axes."""
        shape = np.shape(self.values[what])
        slopes = np.empty(shape + np.shape(self.values[of]))
        for index in np.ndindex(shape):
            change = np.zeros(shape, dtype=complex)
            change[index] = 1j * H
            slopes[index] = np.imag(self.forward(what, change)[of]) / H
        return slopes


BATCH, ONE = Pass(X, T), Pass(X[2:3], T[2:3])


# The lecture's symbols, in the lecture's order of indices


def weights_as(cell: str):
    """Return W if a cell of the dictionary keeps the order of the indices, or None."""
    theirs, ours = re.fullmatch(r"its \$w_\{(..)\}\$ is our \$w_\{(..)\}\$", cell).groups()
    assert sorted(theirs) == sorted(ours)
    return theirs == ours


def lecture(cell: str) -> dict:
    """Return the values of the lecture's symbols, for one sample."""
    order = (lambda w: w) if cell == "none" or weights_as(cell) else np.transpose
    eta = 0.3

    def indexed(arrays, sub=1):
        def value(*indices):
            *position, l = indices
            assert min(position) > 0
            return arrays[l][tuple(i - 1 for i in position)]

        return Family(value, sub, 1)

    def partial(above, below):
        key, (l,) = below.name.upper() if below.name != "b" else "b", below.upper
        index = tuple(i - 1 for i in below.lower)
        if above.name == "C":
            gradient = (
                order(ONE.gradient[key, l]) if key == "W" else ONE.gradient[key, l].reshape(-1)
            )
            return gradient[index]
        of = ONE.differentiate((key, l), (above.name.upper(), *above.upper))[0, :, 0]
        return of[(*index, *(j - 1 for j in above.lower))]

    layers = range(1, L + 1)
    after = [None, *(order(W[l] - eta * ONE.gradient["W", l]) for l in layers)]
    env = {
        "z": indexed([None, *(ONE.values["Z", l][0] for l in layers)]),
        "a": indexed([ONE.values["A", l][0] for l in range(L + 1)]),
        "b": indexed(b),
        "delta": indexed([None, *(ONE.gradient["Z", l][0] for l in layers)]),
        "M": Family(lambda l: M[l], 1),
        "sigma'": lambda z: slope(logistic, z),
        "partial": partial,
        "sum k": lambda j, l: range(1, M[l + 1] + 1),
        "eta": eta,
        "L": L,
        "after": {"w": indexed(after, 2)},
    }
    if cell != "none":
        env["w"] = indexed([None, *(order(w) for w in W[1:])], 2)
    return env
