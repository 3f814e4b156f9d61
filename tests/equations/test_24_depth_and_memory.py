"""Chapter 24: sizes by enumeration and Monte Carlo, gradients by complex step.

Means over the bell curve are taken by Gauss-Hermite quadrature; the package takes fine sums.
Forward passes are written out here, and nothing is taken from the package, except for the
definitions, which are compared with it and with the functions that the page defines.
"""

import functools
import inspect
import itertools

import numpy as np
import pytest
from autograd import make_vjp
from autograd import numpy as anp
from backprop import operations, tanh
from backprop.propagation import chi
from labelled import of_the_page
from printed import Family, entries
from scipy.optimize import minimize_scalar

H = 1e-30  # of the complex step: nothing is subtracted, so it may be as small as one likes
L_ = 2  # the number of a layer
NODES, SHARES = np.polynomial.hermite_e.hermegauss(100)
SHARES = SHARES / SHARES.sum()


def bell(values):
    """Return the mean over the bell curve of values at the nodes."""
    return SHARES @ values


def slope(z):
    return 1 - np.tanh(z) ** 2


def gradient(function, at):
    """Differentiate a scalar function of an array by complex steps."""
    found = np.empty(at.shape)
    for place in np.ndindex(at.shape):
        nudged = at.astype(complex)
        nudged[place] += 1j * H
        found[place] = function(nudged).imag / H
    return found


def of_layer(**values):
    """Return a symbol with the layer above: ``now`` is its value at l, ``before`` at l - 1."""
    return Family(lambda l: {L_: values["now"], L_ - 1: values.get("before")}[l], 0, 1)


# Wide layers


@pytest.mark.equation("eq-depth-square", how="enumeration of all weights and biases of a layer")
def test_mean_square(printed):
    M, scale, bias = 4, 1.3, 0.6
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=M + 1)))
    a = np.array([0.4, -1.1, 0.7, 2.0])
    Z = signs[:, :M] @ a * scale / np.sqrt(M) + bias * signs[:, M]
    env = {
        "E": np.mean,
        "z": Family(lambda j, l: {(1, L_): Z}[j, l], 1, 1),
        "a": Family(lambda i, l: {L_ - 1: a[i - 1]}[l], 1, 1),
        "sigma_w": scale,
        "sigma_b": bias,
        "M": M,
        "l": L_,
    }
    printed.holds(env, j=[1])


SETTINGS = ((0.7, 0.5, 0.4), (1.4, 0.3, 1.1), (2.1, 0.8, 0.6))  # σ_w, σ_b and q before


@functools.cache
def sampled(scale, bias, q, draws=800_000):
    """Return mean squares by Monte Carlo: of a sum over two senders, and of a small change.

    Both means are the same for any number of senders.
    """
    rng = np.random.default_rng(24)
    Z = np.sqrt(q) * rng.normal(size=(2, draws))
    W = scale / np.sqrt(2) * rng.normal(size=(2, draws))
    small = 1e-5
    change = np.tanh(Z + small * rng.normal(size=Z.shape)) - np.tanh(Z)
    square = ((W * np.tanh(Z)).sum(axis=0) + bias * rng.normal(size=draws)) ** 2
    return square.mean(), ((W * change).sum(axis=0) ** 2).mean() / small**2


@pytest.mark.equation("eq-depth-map", how="Gauss–Hermite quadrature against Monte Carlo")
def test_map(printed):
    for scale, bias, q in SETTINGS:
        env = {"E": bell, "x": NODES, "varphi": np.tanh, "sigma_w": scale, "sigma_b": bias}
        q_of = of_layer(now=sampled(scale, bias, q)[0], before=q)
        printed.holds({**env, "q": q_of, "l": L_}, rtol=8e-3)


@pytest.mark.equation("eq-depth-distance", how="Gauss–Hermite quadrature against Monte Carlo")
def test_distance(printed):
    for scale, bias, q in SETTINGS:
        D = of_layer(now=sampled(scale, bias, q)[1] * 0.3, before=0.3)
        env = {"E": bell, "x": NODES, "varphi'": slope, "sigma_w": scale, "D": D}
        printed.holds({**env, "q": of_layer(now=None, before=q), "l": L_}, rtol=8e-3)


@pytest.mark.equation("def-depth-chi", how="the package's function, at its own fixed point")
def test_chi_of_the_package(printed):
    for scale, bias, q in SETTINGS:
        for _ in range(300):
            q = scale**2 * bell(np.tanh(np.sqrt(q) * NODES) ** 2) + bias**2
        env = {"chi": chi(tanh, scale, bias), "E": bell, "x": NODES, "varphi'": slope}
        printed.holds({**env, "sigma_w": scale, "q^*": q}, rtol=1e-4)


@pytest.mark.equation("eq-depth-edge", how="Gauss–Hermite quadrature, for a small signal")
def test_edge(printed):
    for q in (1e-3, 4e-4):
        after = bell(np.tanh(np.sqrt(q) * NODES) ** 2)
        printed.holds({"q": of_layer(now=after, before=q), "l": L_}, rtol=1e-7)


@pytest.mark.equation("eq-depth-width", how="quadrature over all units of up to three layers")
def test_width(printed):
    nodes, weights = np.polynomial.hermite_e.hermegauss(6)  # exact for powers up to 11
    pairs = np.array(list(itertools.product(nodes, repeat=2)))
    shares = np.prod(list(itertools.product(weights / weights.sum(), repeat=2)), axis=1)
    growth = (2 * np.maximum(pairs, 0) ** 2).mean(axis=1)
    P, chance = np.array([0.7]), np.array([1.0])
    for L in (1, 2, 3):
        P, chance = np.outer(P, growth).ravel(), np.outer(chance, shares).ravel()
        signal = Family(lambda l, L=L, P=P: {0: 0.7, L: P}[l], 0, 1)
        printed.holds({"E": lambda v, c=chance: c @ v, "P": signal, "M": 2, "L": L})


# Blocks


A, W = (np.random.default_rng(5).normal(size=shape) for shape in ((4, 3), (3, 3)))
ROW = np.array([1.3, -0.7, 0.4]), np.array([0.2, -1.1, 0.9])


@pytest.mark.equation("def-depth-residual", how="the page's block, without normalisation")
def test_block_of_the_page(printed):
    block = of_the_page(printed.document, "block", op=operations, tanh=tanh)
    value, _ = block(A, W, *ROW, normed=False)
    env = {"A": of_layer(now=value, before=A), "W": of_layer(now=W), "varphi": np.tanh}
    printed.holds({**env, "l": L_})


@pytest.mark.equation("eq-depth-residual-back", how="complex step through a block")
def test_way_back_of_a_block(printed):
    def cost(value):
        return (np.sin(value) * value[::-1] ** 2).sum()

    after = A + np.tanh(A @ W)
    before = gradient(lambda a: cost(a + np.tanh(a @ W)), A)
    env = {
        "G": of_layer(now=gradient(cost, after), before=before),
        "Z": of_layer(now=A @ W),
        "W": of_layer(now=W),
        "varphi'": slope,
        "l": L_,
    }
    printed.holds(env)


@pytest.mark.equation("eq-depth-residual-factor", how="enumeration of slopes and weights")
def test_factor_of_a_block(printed):
    scale, values = 1.4, np.array([0.1, 0.6, 1.0])  # equally likely slopes
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=4))).reshape(-1, 1, 2, 2)
    slopes = np.array(list(itertools.product(values, repeat=2))).reshape(1, -1, 1, 2)
    G = np.array([0.8, -1.7])
    before = G + (scale / np.sqrt(2) * signs * slopes * G).sum(axis=3)
    z = np.array([0.0, 1.0, 2.0])
    env = {
        "R": of_layer(now=(G**2).mean(), before=(before**2).mean()),
        "E": np.mean,
        "z": of_layer(now=z),
        "varphi'": lambda x: values[x.astype(int)],
        "sigma_w": scale,
        "l": L_,
    }
    printed.holds(env)


@pytest.mark.equation("eq-depth-stream", how="enumeration of all weights of a block")
def test_signal_of_a_block(printed):
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=9))).reshape(-1, 3, 3)
    added = np.tanh(A[0] @ (0.8 * signs))
    env = {
        "P": of_layer(now=((A[0] + added) ** 2).mean(), before=(A[0] ** 2).mean()),
        "E": np.mean,
        "z": of_layer(now=(A[0] @ (0.8 * signs)).ravel()),
        "varphi": np.tanh,
        "l": L_,
    }
    printed.holds(env)


@functools.cache
def normalised_block(scale, size, width=800, draws=8):
    """Return the mean squares of a gradient before and behind a block, and the slopes'."""
    rng = np.random.default_rng(9)
    squares = []
    for _ in range(draws):
        a = size * rng.normal(size=width)
        a = (a - a.mean()) * size / a.std()
        W, G = rng.normal(0, scale / np.sqrt(width), (width, width)), rng.normal(size=width)
        for turned in (W, -W):  # equally likely; together they have no mixed term

            def block(a, W=turned):
                centred = a - anp.mean(a)
                return a + anp.tanh(anp.dot(centred / anp.std(centred), W))

            squares.append([(make_vjp(block)(a)[0](G) ** 2).mean(), (G**2).mean()])
    return np.mean(squares, axis=0)


@pytest.mark.equation("eq-depth-normed-factor", how="autograd in wide blocks, quadrature")
def test_factor_of_a_normalised_block(printed):
    for scale, size in ((1.0, 0.8), (2.0, 1.5)):
        before, now = normalised_block(scale, size)
        env = {
            "R": of_layer(now=now, before=before),
            "P": of_layer(now=None, before=size**2),
            "E": bell,
            "z": of_layer(now=scale * NODES),
            "varphi'": slope,
            "sigma_w": scale,
            "l": L_,
        }
        printed.holds(env, rtol=0.03)


# Layer normalisation


EPSILON = 0.3


def normalised(Z):
    """Return the normalised rows, with their means and variances, number by number."""
    M = Z.shape[1]
    mu = np.array([sum(row) / M for row in Z])
    v = np.array([sum((row - mu[s]) ** 2) / M for s, row in enumerate(Z)])
    return (Z - mu[:, None]) / np.sqrt(v + EPSILON)[:, None], mu, v


ROWS, UNITS = range(1, 5), range(1, 4)


@pytest.mark.equation("def-depth-row", how="the package's operation")
def test_row_of_the_package(printed):
    Y, _ = operations.layer_norm(A, *ROW, EPSILON)
    _, mu, v = normalised(A)
    env = {"y": Y, "z": A, "mu": mu, "v": v, "gamma": ROW[0], "beta": ROW[1]}
    env = {name: entries(array) for name, array in env.items()}
    printed.holds({**env, "varepsilon": EPSILON}, s=ROWS, j=UNITS)


@pytest.mark.equation("eq-depth-row-back", how="complex step, number by number")
def test_way_back_of_a_row(printed):
    Q = np.random.default_rng(6).normal(size=A.shape)

    def cost(Y):
        return (Q * np.sin(Y) + Y**2 * Y[::-1]).sum()

    hat, _, v = normalised(A)
    dY = gradient(cost, ROW[0] * hat + ROW[1])
    dZ = gradient(lambda Z: cost(ROW[0] * normalised(Z)[0] + ROW[1]), A)

    def partial(above, below):
        assert (above.name, below.name, below.upper) == ("C", "z", ())
        return dZ[below.lower[0] - 1, below.lower[1] - 1]

    env = {"g": ROW[0] * dY, "hat z": hat, "v": v}
    env = {name: entries(array) for name, array in env.items()}
    env |= {"M": 3, "varepsilon": EPSILON, "partial": partial}
    printed.holds(env, s=ROWS, j=UNITS)


# Recurrent steps


class Recurrent:
    """Four steps of a recurrent network, and a cost of its last state."""

    K = 4

    def __init__(self):
        rng = np.random.default_rng(7)
        self.X, self.T = rng.normal(size=(self.K, 5, 2)), rng.normal(size=(5, 3))
        self.W, self.V, self.b = rng.normal(size=(2, 3)), rng.normal(size=(3, 3)), ROW[1]
        self.start = rng.normal(size=(5, 3))  # not zero, or the first step would not count

    def states(self, V=None, nudged=None, nudge=0.0):
        """Return all states, with one step's pre-activations moved."""
        states = [self.start]
        for k in range(1, self.K + 1):
            Z = self.X[k - 1] @ self.W + states[-1] @ (self.V if V is None else V) + self.b
            states.append(np.tanh(Z + nudge if k == nudged else Z))
        return states

    def cost(self, **changes):
        return ((self.states(**changes)[-1] - self.T) ** 2).sum() + self.T[0, 0]

    def delta(self, k):
        """Return the derivative of the cost with respect to the pre-activations of a step."""
        assert 1 <= k <= self.K
        return gradient(lambda z: self.cost(nudged=k, nudge=z), np.zeros((5, 3)))

    def env(self):
        states = self.states()
        return {
            "H": Family(lambda k: states[k], 0, 1),
            "delta": Family(self.delta, 0, 1),
            "V": self.V,
            "K": self.K,
        }


@pytest.mark.equation("def-depth-recurrent", how="the page's step")
def test_step_of_the_page(printed):
    step = of_the_page(printed.document, "step", op=operations, tanh=tanh)
    net, states = Recurrent(), [np.zeros((5, 3))]
    for X in net.X:
        states.append(step(X, states[-1], net.W, net.V, net.b)[0])
    env = {
        "H": Family(lambda k: states[k], 0, 1),
        "X": Family(lambda k: {1: net.X[0], 2: net.X[1], 3: net.X[2], 4: net.X[3]}[k], 0, 1),
        "W": net.W,
        "V": net.V,
        "b": net.b,
    }
    printed.holds(env, k=range(1, net.K + 1))


@pytest.mark.equation("eq-depth-time", how="complex step in the pre-activations of each step")
def test_back_through_time(printed):
    net = Recurrent()
    printed.holds(net.env(), k=range(1, net.K))


@pytest.mark.equation("eq-depth-shared", how="complex step in the matrix that all steps share")
def test_shared_weights(printed):
    net = Recurrent()
    whole = gradient(lambda V: net.cost(V=V), net.V)

    def partial(above, below):
        assert (above.name, below.name) == ("C", "V")
        return whole

    printed.holds({**net.env(), "partial": partial})


# Checkpoints


@pytest.mark.equation("def-depth-memory", how="what the package's chain holds on to")
def test_memory_of_the_package(printed):
    def kept(k, r, L):
        """Count the inputs that are kept, and the arrays of one segment's ways back."""
        block = lambda array: (array + 1, lambda U: (U,))  # noqa: E731
        _, back = operations.chain([block] * L, np.zeros(2), every=k)
        inside = inspect.getclosurevars(back).nonlocals
        return len(inside["starts"]) + r * max(len(part) for part in inside["segments"])

    for L, r in ((12, 1), (12, 3), (36, 5)):
        S = functools.partial(kept, r=r, L=L)
        printed.holds({"S": S, "L": L, "r": r}, k=(1, 2, 3, 4, 6, 12))


@pytest.mark.equation("eq-depth-best", how="numerical minimum of the memory")
def test_best_distance(printed):
    for L, r in ((64, 3), (100, 1), (40, 7)):
        best = minimize_scalar(lambda k, L=L, r=r: L / k + r * k, bounds=(0.1, L)).x
        printed.holds({"k": best, "L": L, "r": r}, rtol=1e-4)
