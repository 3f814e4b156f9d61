"""Chapter 20: PyTorch's layout, the cost from the logit, Kepler's equation, pieces of a batch."""

import numpy as np
import pytest
from backprop import FFNN, sigmoid, tanh
from printed import Family

RNG = np.random.default_rng(20)
STEP = 1e-30  # of the complex step


@pytest.mark.equation(
    "def-torch-layer", how="the package's network, its weights filled in one by one"
)
def test_layer_in_the_transposed_layout(printed):
    """In the second network all matrices are square, so that shapes give nothing away."""
    rng, n = np.random.default_rng(201), 6
    for widths in ((5, 4, 3, 2), (3, 3, 3, 3)):
        net = FFNN(widths, (tanh, sigmoid), seed=20)
        V = {l: rng.normal(size=(widths[l], widths[l - 1])) for l in range(1, 4)}  # receiver first
        for l, matrix in V.items():
            for (receiver, sender), weight in np.ndenumerate(matrix):
                net.weights[l - 1][sender, receiver] = weight
            net.biases[l - 1][:] = rng.normal(size=widths[l])
        trace = net.trace(rng.normal(size=(n, widths[0])), rng.normal(size=(n, widths[-1])))
        Z, A = (dict(enumerate(arrays)) for arrays in (trace.Z, trace.A))
        b = dict(enumerate(net.biases, 1))
        symbols = {"Z": Z, "A": A, "V": V, "b": b}
        env = {name: Family(lambda l, of=of: of[l], sup=1) for name, of in symbols.items()}
        printed.holds(env, l=range(1, 4))


@pytest.mark.equation("eq-torch-layout", how="complex step through the rest of a 5-4-3-2 network")
def test_gradient_in_the_transposed_layout(printed):
    widths, n = (5, 4, 3, 2), 6
    X, T = RNG.normal(size=(n, widths[0])), RNG.normal(size=(n, widths[-1]))
    V = {l: RNG.normal(size=(widths[l], widths[l - 1])) for l in range(1, 4)}  # receiver first
    b = {l: RNG.normal(size=widths[l]) for l in range(1, 4)}

    def cost(V, shift=None):
        """Return C; ``shift`` adds something to one Z^l."""
        A = X
        for l in range(1, 4):
            Z = A @ V[l].T + b[l]
            if shift is not None and shift[0] == l:
                Z = Z + shift[1]
            A = np.tanh(Z)
        return ((A - T) ** 2).sum() / n

    def activations(l):
        A = X
        for k in range(1, l + 1):
            A = np.tanh(A @ V[k].T + b[k])
        return A

    def delta(l):
        slopes = np.empty((n, widths[l]))
        for place in np.ndindex(slopes.shape):
            nudge = np.zeros(slopes.shape, dtype=complex)
            nudge[place] = 1j * STEP
            slopes[place] = np.imag(cost(V, (l, nudge))) / STEP
        return slopes

    def partial(above, below):
        assert (above.name, below.name) == ("C", "V")
        (l,) = below.upper
        slopes = np.empty(V[l].shape)
        for place in np.ndindex(slopes.shape):
            nudged = {k: matrix.astype(complex) for k, matrix in V.items()}
            nudged[l][place] += 1j * STEP
            slopes[place] = np.imag(cost(nudged)) / STEP
        return slopes

    env = {
        "partial": partial,
        "delta": Family(delta, sup=1),
        "A": Family(activations, sup=1),
    }
    printed.holds(env, l=range(1, 4))


def sigma(z):
    """Return the logistic function, by way of the hyperbolic tangent."""
    return 0.5 * (1 + np.tanh(0.5 * z))


@pytest.mark.equation("eq-torch-logit", how="left side by tanh(z/2), right side as printed")
def test_cost_from_the_logit(printed):
    for z in (-3.0, -0.4, 0.0, 1.1, 4.0):
        for t in (0.0, 0.3, 1.0):
            printed.holds({"sigma": sigma, "z": z, "t": t})


@pytest.mark.equation("eq-torch-softplus", how="both sides in numbers of both signs")
def test_softplus_without_overflow(printed):
    for z in (-5.0, -0.4, 0.0, 1.3, 6.0):
        printed.holds({"z": z})


@pytest.mark.equation("eq-torch-kepler", how="complex step through a fixed-point iteration")
def test_derivative_of_the_anomaly(printed):
    def solve(M, eccentricity):
        """Iterate E = M + ε sin E, which converges for ε < 1."""
        E = M
        for _ in range(300):
            E = M + eccentricity * np.sin(E)
        return E

    for M, eccentricity in ((0.5, 0.2), (2.0, 0.7), (4.5, 0.4)):

        def partial(above, below, M=M, eccentricity=eccentricity):
            assert (above.name, below.name) == ("E", "M")
            return np.imag(solve(M + 1j * STEP, eccentricity)) / STEP

        printed.holds({"partial": partial, "epsilon": eccentricity, "E": solve(M, eccentricity)})


@pytest.mark.equation("eq-torch-pieces", how="complex step through the mean over all samples")
def test_gradient_from_pieces(printed):
    sizes = {1: 2, 2: 5, 3: 1, 4: 4}
    pieces = {k: RNG.normal(size=m) for k, m in sizes.items()}
    theta = 0.7

    def mean_cost(samples, theta):
        return np.mean(np.exp(np.sin(samples * theta)))

    def partial(above, below):
        assert (above.name, below.name) == ("C", "theta")
        samples = pieces[above.lower[0]] if above.lower else np.concatenate(list(pieces.values()))
        return np.imag(mean_cost(samples, theta + 1j * STEP)) / STEP

    env = {
        "partial": partial,
        "n": sum(sizes.values()),
        "n_": Family(lambda k: sizes[k], sub=1),
        "K": len(sizes),
    }
    printed.holds(env)
