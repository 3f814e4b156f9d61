"""Chapter 22: the tangents of both passes, by complex steps through passes written out here."""

import numpy as np
import pytest
from labelled import of_the_page
from printed import Family
from scipy.linalg import eigh

H = 1e-30  # of the complex step along the direction v
STEP = "complex step through both passes, written unit by unit"
RNG = np.random.default_rng(1994)


class Counting(np.ndarray):
    """An array that counts the products of matrices it takes part in."""

    products = 0

    def __matmul__(self, other):
        Counting.products += 1
        return np.ndarray.__matmul__(self, other)


class Moving:
    """A network of widths 4-3-5-2 that moves along a direction, and seven samples."""

    M = (4, 3, 5, 2)
    n, L = 7, 3

    def __init__(self, seed=22):
        rng = np.random.default_rng(seed)
        pairs = list(zip(self.M[:-1], self.M[1:], strict=True))
        self.W, self.dW = ([None, *(rng.normal(size=p) for p in pairs)] for _ in range(2))
        self.b, self.db = ([None, *(rng.normal(size=(1, m)) for m in self.M[1:])] for _ in range(2))
        self.X, self.T = rng.normal(size=(self.n, self.M[0])), rng.normal(size=(self.n, self.M[-1]))
        both = self.passes(1j * H)
        self.values = {name: [a if a is None else a.real for a in both[name]] for name in both}
        self.tangents = {
            name: [a if a is None else a.imag / H for a in both[name]] for name in both
        }

    def passes(self, eps):
        """Return all arrays of the forward and the backward pass after a move by eps."""
        W = [None, *(w + eps * d for w, d in zip(self.W[1:], self.dW[1:], strict=True))]
        b = [None, *(w + eps * d for w, d in zip(self.b[1:], self.db[1:], strict=True))]
        A, Z = [self.X + 0 * eps], [None]
        for l in range(1, self.L + 1):
            senders = range(self.M[l - 1])
            Z.append(sum(np.multiply.outer(A[-1][:, i], W[l][i]) for i in senders) + b[l])
            A.append(np.tanh(Z[-1]) if l < self.L else Z[-1])
        delta = [None] * (self.L + 1)
        delta[-1] = 2 / self.n * (A[-1] - self.T)
        for l in range(self.L - 1, 0, -1):
            receivers = range(self.M[l + 1])
            back = sum(np.multiply.outer(delta[l + 1][:, k], W[l + 1][:, k]) for k in receivers)
            delta[l] = back / np.cosh(Z[l]) ** 2
        dC_dW, dC_db = [None], [None]
        for l in range(1, self.L + 1):
            samples = range(self.n)
            dC_dW.append(sum(np.multiply.outer(A[l - 1][s], delta[l][s]) for s in samples))
            dC_db.append(sum(delta[l][s : s + 1] for s in samples))
        return {"Z": Z, "A": A, "delta": delta, "P": dC_dW, "p": dC_db}

    def env(self):
        """Return the printed symbols; a capital letter is the matrix of a layer."""

        def matrix(arrays):
            return Family(lambda l: arrays[l], 0, 1)

        return {
            "W": matrix(self.W), "dot W": matrix(self.dW), "dot b": matrix(self.db),
            "A": matrix(self.values["A"]), "dot A": matrix(self.tangents["A"]),
            "Z": matrix(self.values["Z"]), "dot Z": matrix(self.tangents["Z"]),
            "delta": matrix(self.values["delta"]), "dot delta": matrix(self.tangents["delta"]),
            "P": matrix(self.tangents["P"]), "p": matrix(self.tangents["p"]),
            "varphi'": Family(lambda l: self.slope(l), 1),
            "varphi''": Family(lambda l: self.bend(l), 1),
            "1": np.ones((self.n, 1)), "mathbf 1": np.ones((self.n, 1)),
            "n": self.n, "L": self.L, "T": self.T,
        }  # fmt: skip

    def slope(self, l):
        return (lambda Z: np.cosh(Z) ** -2) if l < self.L else np.ones_like

    def bend(self, l):
        return lambda Z: np.imag(self.slope(l)(Z + 1j * H)) / H


@pytest.mark.equation("eq-curv-forward", how=STEP)
def test_forward(printed):
    moving = Moving()
    env = moving.env()
    # a row is added to each of its rows
    env["dot b"] = Family(lambda l: np.repeat(moving.db[l], moving.n, axis=0), 0, 1)
    printed.holds(env, l=range(1, 4))


@pytest.mark.equation("eq-curv-activation", how=STEP)
def test_activation(printed):
    printed.holds(Moving().env(), l=range(1, 4))


@pytest.mark.equation("eq-curv-output", how=STEP)
def test_output(printed):
    printed.holds(Moving().env())


@pytest.mark.equation("eq-curv-back", how=STEP)
def test_back(printed):
    printed.holds(Moving().env(), l=range(1, 3))


@pytest.mark.equation("eq-curv-weights", how=STEP)
def test_weights(printed):
    printed.holds(Moving().env(), l=range(1, 4))


@pytest.mark.equation("eq-curv-biases", how=STEP)
def test_biases(printed):
    printed.holds(Moving().env(), l=range(1, 4))


class Bowl:
    """A cost that is no quadratic, with its Hessian by complex steps through the gradient."""

    root = RNG.normal(size=(4, 4))

    def gradient(self, theta):
        return self.root.T @ np.sinh(self.root @ theta) + theta

    def times(self, theta, v):
        return np.imag(self.gradient(theta + 1j * H * v)) / H


@pytest.mark.equation("eq-curv-difference", how="complex step through the gradient of a cost")
def test_difference(printed):
    bowl = Bowl()
    for _ in range(3):
        theta, v = RNG.normal(size=(2, 4, 1)) / 3
        matrix = np.hstack([bowl.times(theta, e[:, None]) for e in np.eye(4)])
        printed.holds({"H": matrix, "v": v, "theta": theta, "g": bowl.gradient, "h": 1e-5})


@pytest.mark.equation("eq-curv-count", how="products counted in both passes and their tangents")
def test_count(printed):
    for L in (1, 2, 3, 6):
        W, V = ([np.ones((3, 3)).view(Counting) for _ in range(L)] for _ in range(2))
        A, D = ([np.ones((3, 3)).view(Counting) for _ in range(L + 1)] for _ in range(2))
        Counting.products = 0
        for l in range(L):
            A[l] @ W[l]
        for l in reversed(range(L)):
            A[l].T @ D[l + 1]
            if l > 0:
                D[l + 1] @ W[l].T
        K, Counting.products = Counting.products, 0
        for l in range(L):  # the tangent of the inputs is zero: nothing to be multiplied
            A[l] @ V[l]
            if l > 0:
                A[l] @ W[l]
        for l in reversed(range(L)):
            A[l].T @ D[l + 1]
            if l > 0:
                A[l].T @ D[l + 1]
                D[l + 1] @ W[l].T
                D[l + 1] @ V[l].T
        printed.holds({"K": K, "K_v": Counting.products})
        assert K == 3 * L - 1


class Symmetric:
    """A symmetric matrix with its eigenvalues, the largest in size first."""

    def __init__(self, N=4):
        root = RNG.normal(size=(N, N))
        self.matrix = root + root.T
        values, vectors = eigh(self.matrix)
        order = np.argsort(-np.abs(values))
        self.values, self.vectors, self.N = values[order], vectors[:, order], N


def powers(symmetric, steps=6):
    """Return vectors of length 1 in the directions of H^k v, by powers of the matrix."""
    start = RNG.normal(size=(symmetric.N, 1))
    ends = [np.linalg.matrix_power(symmetric.matrix, k) @ start for k in range(steps)]
    return [end / np.sqrt(np.sum(end**2)) for end in ends]


@pytest.mark.equation("def-curv-power", how="powers of the matrix, scaled to length 1")
def test_power_iteration(printed):
    for _ in range(3):
        symmetric = Symmetric()
        v = powers(symmetric)
        printed.holds({"H": symmetric.matrix, "v": Family(lambda k, v=v: v[k], 1)}, k=range(5))


@pytest.mark.equation("eq-curv-power", how="power iteration, projected on eigenvectors")
def test_ratios(printed):
    for _ in range(3):
        symmetric = Symmetric()
        v = powers(symmetric)
        env = {
            "lambda": Family(lambda i, s=symmetric: s.values[i - 1], 1),
            "c": Family(lambda i, k, s=symmetric, v=v: (s.vectors[:, i - 1] @ v[k]).item(), 2),
        }
        printed.holds(env, i=range(2, 5), k=range(1, 6))


@pytest.mark.equation(
    "def-curv-rayleigh", how="the chapter's estimates, with vectors of any length"
)
def test_rayleigh(printed):
    largest_curvature = of_the_page(printed.document, "largest_curvature", np=np)
    for _ in range(3):
        symmetric = Symmetric()
        seen = []

        def times(v, symmetric=symmetric, seen=seen):
            seen.append(v)
            return symmetric.matrix @ v

        estimates = largest_curvature(times, symmetric.N, most=3)
        for v, estimate in zip(seen, estimates, strict=True):
            env = {"H": symmetric.matrix, "v": 1.7 * v[:, None]}
            printed.holds({**env, "lambda": lambda _, value=estimate: value})


@pytest.mark.equation("eq-curv-mean", how="components along eigenvectors, one by one")
def test_weighted_mean(printed):
    for _ in range(3):
        symmetric = Symmetric()
        v = RNG.normal(size=(symmetric.N, 1))
        env = {
            "H": symmetric.matrix, "v": v, "N": symmetric.N,
            "lambda": Family(lambda i, s=symmetric: s.values[i - 1], 1),
            "c": Family(lambda i, s=symmetric, v=v: (s.vectors[:, i - 1] @ v).item(), 1),
        }  # fmt: skip
        printed.holds(env)


# The secant


class Line:
    """A linear model with the mean squared error."""

    n, p = 7, 3

    def __init__(self):
        self.X, self.y = RNG.normal(size=(self.n, self.p)), RNG.normal(size=self.n)

    def cost(self, theta):
        rows = zip(self.X, self.y, strict=True)
        return sum((y - sum(x * np.ravel(theta))) ** 2 for x, y in rows) / self.n

    def gradient(self, theta):
        steps = 1j * H * np.eye(self.p)
        return np.array([[np.imag(self.cost(theta.ravel() + d)) / H] for d in steps])


@pytest.mark.equation("eq-gd-secant", how="complex step through the cost of a linear model")
def test_secant(printed):
    line = Line()
    zero, e = np.zeros(line.p), np.eye(line.p)
    second = [
        [line.cost(a + b) - line.cost(a) - line.cost(b) + line.cost(zero) for b in e] for a in e
    ]
    places = RNG.normal(size=(4, line.p, 1))
    env = {
        "H": np.array(second),
        "theta": Family(lambda t: places[t], sub=1),
        "g": Family(lambda t: line.gradient(places[t - 1]), sub=1),  # of update t, at theta_{t-1}
    }
    printed.holds(env, t=range(1, 4))
