"""Chapter 11: slopes, variances by exact enumeration, and the collapse at the output.

Random weights are not sampled: they take few values, and all of their combinations are
visited.  Nothing is taken from the package, except for the definitions: those are
compared with it, and with the functions that the page itself defines.
"""

import itertools
from statistics import NormalDist

import autograd.numpy as anp
import numpy as np
import pytest
import sympy as sp
from autograd.scipy.special import erf
from backprop import FFNN, initializers
from backprop.activations import ELU, LRELU, RELU, sigmoid, tanh
from backprop.checks import check
from labelled import of_the_page
from printed import Family

RNG = np.random.default_rng(11)
STEP = 1e-30  # of the complex step: nothing is subtracted, so it may be as small as one likes


def logistic(z):
    return 1 / (1 + np.exp(-z))


def slope(function):
    return lambda z: float(np.imag(function(z + 1j * STEP)) / STEP)


POINTS = (-3.2, -1.1, -0.4, 0.3, 0.9, 2.7)


# Functions and slopes


@pytest.mark.equation("eq-act-tanh-sigmoid", how="both sides from exponentials")
def test_tanh_and_sigmoid(printed):
    for z in POINTS:
        tanh = lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))  # noqa: E731
        printed.holds({"z": z, "tanh": tanh, "sigma": logistic})


@pytest.mark.equation("eq-act-tanh-slope", how="complex step")
def test_slope_of_tanh(printed):
    for z in POINTS:
        env = {"tanh'": slope(np.tanh), "sigma'": slope(logistic), "tanh": np.tanh}
        printed.holds({"z": z, **env})


@pytest.mark.equation("eq-act-elu-slope", how="complex step, for three values of alpha")
def test_slope_of_elu(printed):
    for alpha in (0.5, 1.0, 2.3):

        def elu(z, alpha=alpha):
            return z if np.real(z) > 0 else alpha * (np.exp(z) - 1)

        for z in POINTS:
            printed.holds({"z": z, "alpha": alpha, "ELU": elu, "ELU'": slope(elu)})


@pytest.mark.equation("eq-act-tail", how="complex step")
def test_tail(printed):
    for z in (*POINTS, -9.0, 12.0):
        printed.holds({"z": z, "sigma'": slope(logistic)}, atol=0.0)


ALL_POINTS = (*POINTS, 0.0, -30.0, 40.0)  # 0 belongs to the second case of both


@pytest.mark.equation("def-act-leaky", how="the package's function")
def test_leaky_rectifier_of_the_package(printed):
    printed.holds({"leaky": LRELU}, z=ALL_POINTS)


@pytest.mark.equation("def-act-elu", how="the package's function, and the page's for other alpha")
def test_elu_of_the_package(printed):
    printed.holds({"alpha": 1.0, "ELU": ELU}, z=ALL_POINTS)
    elu = of_the_page(printed.document, "elu", np=np)
    for alpha in (0.5, 2.3):
        printed.holds({"alpha": alpha, "ELU": lambda z, a=alpha: elu(z, a)}, z=ALL_POINTS)


@pytest.mark.equation("def-act-silu", how="the page's function and the package's logistic one")
def test_silu_of_the_page(printed):
    silu = of_the_page(printed.document, "silu", anp=anp)
    printed.holds({"SiLU": silu, "sigma": sigmoid}, z=ALL_POINTS)


@pytest.mark.equation("def-act-gelu", how="the page's function, Φ from Python's statistics")
def test_gelu_of_the_page(printed):
    gelu = of_the_page(printed.document, "gelu", np=np, erf=erf)
    printed.holds({"GELU": gelu, "Phi": NormalDist().cdf}, z=ALL_POINTS)


# Variances


class Weights:
    """Weights with the values ±size, all combinations of which are visited, each once."""

    def __init__(self, *shapes, size=0.7):
        n = sum(int(np.prod(shape)) for shape in shapes)
        signs = np.array(list(itertools.product((-size, size), repeat=n)))
        self.variance = np.var(np.array([-size, size]))
        self.matrices, start = [], 0
        for shape in shapes:
            stop = start + int(np.prod(shape))
            self.matrices.append(signs[:, start:stop].reshape(-1, *shape))
            start = stop


@pytest.mark.equation("eq-act-spread", how="enumeration of all weights of a layer")
def test_spread(printed):
    M, n, l = (4, 2), 5, 3
    W = Weights(M)
    A = RNG.uniform(0.2, 1.5, size=(n, M[0]))
    Z = A @ W.matrices[0]  # draws, samples, units
    env = {
        "E": lambda values: values.mean(),
        "v": lambda column: column.var(axis=0),
        "z": Family(lambda j, k: {l: Z[:, :, j - 1].T}[k], 1, 1),
        "a": Family(lambda i, k: {l - 1: A[:, i - 1]}[k], 1, 1),
        "Var": lambda k: {l: W.variance}[k],
        "w": Family(lambda k: k, 0, 1),
        "M": Family(lambda k: {l - 1: M[0], l: M[1]}[k], 1),
        "l": l,
    }
    printed.holds(env, j=range(1, M[1] + 1))


def linear_network():
    """Return widths, variances of the weights by layer, and the expected V^0, V^1, V^2."""
    M, n = (2, 3, 2), 4
    first, second = Weights((2, 3), size=0.7), Weights((3, 2), size=1.3)
    X = RNG.normal((0.5, -1.0), 1.0, size=(n, M[0]))
    V = [X.var(axis=0).mean()]
    one = X @ first.matrices[0]
    V.append(one.var(axis=1).mean())
    two = np.array([A @ second.matrices[0] for A in one])  # first draw, second draw, n, M_2
    V.append(two.var(axis=2).mean())
    return M, {1: first.variance, 2: second.variance}, V


def variance_env():
    M, variances, V = linear_network()
    return {
        "V": Family(lambda l: {0: V[0], 1: V[1], 2: V[2]}[l], 0, 1),
        "M": Family(lambda l: dict(enumerate(M))[l], 1),
        "w": Family(lambda l: l, 0, 1),
        "Var": lambda l: variances[l],
    }


@pytest.mark.equation("eq-act-forward", how="enumeration of all weights of a 2-3-2 network")
def test_forward(printed):
    printed.holds(variance_env(), l=range(1, 3))


@pytest.mark.equation("eq-act-forward-product", how="enumeration of all weights of 2-3-2")
def test_forward_product(printed):
    printed.holds({**variance_env(), "L": 2})


@pytest.mark.equation("eq-act-var-delta", how="enumeration of all weights that lead to a layer")
def test_variance_of_an_error(printed):
    n, M, l = 3, {2: 2, 3: 4}, 2
    W = Weights((M[2], M[3]))
    later, Z = RNG.normal(size=(n, M[3])), RNG.normal(size=(n, M[2]))
    slopes = np.vectorize(slope(np.tanh))(Z)
    earlier = slopes * np.einsum("djk,sk->dsj", W.matrices[0], later)

    def delta(s, j, layer):
        if layer == l:
            return earlier[:, s - 1, j - 1]
        assert layer == l + 1
        return later[s - 1, j - 1]

    def layer_of_weights(layer):
        assert layer == l + 1
        return np.unique(W.matrices[0])  # the two values, equally likely

    def z(s, j, layer):
        assert layer == l
        return Z[s - 1, j - 1]

    env = {
        "Var": np.var,
        "delta": Family(delta, 2, 1),
        "w": Family(layer_of_weights, 0, 1),
        "z": Family(z, 2, 1),
        "varphi'": Family(lambda layer: {l: slope(np.tanh)}[layer], 1),
        "M": Family(lambda layer: M[layer], 1),
        "l": l,
    }
    printed.holds(env, s=range(1, n + 1), j=range(1, M[2] + 1))


@pytest.mark.equation("eq-act-backward", how="enumeration of slopes, weights and errors")
def test_backward(printed):
    M, l = {1: 2, 2: 3}, 1
    z_values = np.array([-1.0, 0.2, 2.0])  # equally likely pre-activations
    slopes = np.array([slope(np.tanh)(z) for z in z_values])
    W = Weights((3,), size=0.6)  # from one unit to three
    errors = np.array(list(itertools.product((-1.5, 0.5), repeat=3)))  # not centred
    sums = errors @ W.matrices[0].T
    squares = (slopes[:, None, None] * sums) ** 2
    env = {
        "Q": Family(lambda k: {l: squares.mean(), l + 1: (errors**2).mean()}[k], 0, 1),
        "E": np.mean,
        "z": z_values,
        "varphi'": Family(lambda k: {l: lambda z: slopes * (z == z_values)}[k], 1),
        "M": Family(lambda k: M[k], 1),
        "Var": lambda k: {l + 1: W.variance}[k],
        "w": Family(lambda k: k, 0, 1),
        "l": l,
    }
    printed.holds(env)


def uniform_variance(limit):
    """Integrate the variance of a uniform distribution between ±limit."""
    w = sp.symbols("w")
    return sp.integrate(w**2 / (2 * limit), (w, -limit, limit))


@pytest.mark.equation("eq-act-uniform", how="integral by SymPy")
def test_uniform(printed):
    for r in (sp.Rational(2, 3), sp.Rational(5, 2)):
        printed.holds({"r": float(r), "w": r, "Var": lambda r: float(uniform_variance(r))})


@pytest.mark.equation("eq-act-limit", how="variance integrated and solved for by SymPy")
def test_limit(printed):
    M = {1: 64, 2: 100, 3: 30}
    r = sp.symbols("r", positive=True)

    def limit(l):
        (solution,) = sp.solve(uniform_variance(r) - sp.Rational(2, M[l - 1] + M[l]), r)
        return float(solution)

    env = {"r": Family(limit, 0, 1), "M": Family(lambda l: M[l], 1)}
    printed.holds(env, l=range(2, 4))


@pytest.mark.equation("eq-act-third", how="integral by SymPy")
def test_third(printed):
    M = {1: 7, 2: 100}

    def variance(l):
        return float(uniform_variance(1 / sp.sqrt(M[l - 1])))

    env = {"Var": variance, "w": Family(lambda l: l, 0, 1), "M": Family(lambda l: M[l], 1)}
    printed.holds(env, l=range(2, 4))


@pytest.mark.equation(
    "eq-act-he", how="sums over symmetric distributions, quadrature for the normal one"
)
def test_half_of_the_mean_square(printed):
    signs = np.array(list(itertools.product((-1, 1), repeat=4)))
    for z in (np.array([-3.0, -1.0, 1.0, 3.0]), signs @ [0.3, 1.1, 0.6, 2.0]):
        env = {"E": np.mean, "max": np.maximum, "z": z, "s": float(np.std(z))}
        printed.holds(env)
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)  # of a normal distribution
    weights = weights / weights.sum()
    env = {"E": lambda values: weights @ values, "max": np.maximum, "z": 1.7 * nodes, "s": 1.7}
    printed.holds(env)


class TwoValues:
    """A generator whose numbers have exactly the given mean and variance.

    They are the mean plus and minus the standard deviation, each for one half of the draws.
    """

    def standard_normal(self, shape):
        signs = np.resize([1.0, -1.0], shape)
        assert signs.sum() == 0
        return signs

    def uniform(self, low, high, shape):
        return (low + high) / 2 + (high - low) / np.sqrt(12) * self.standard_normal(shape)


@pytest.mark.equation("def-act-glorot", "def-act-he", how="the package's weights, exactly drawn")
def test_weights_of_the_package(printed):
    default = initializers.default_initializer
    draws = {
        "def-act-glorot": ("glorot_uniform", "glorot_normal", tanh, sigmoid),
        "def-act-he": ("he_uniform", "he_normal", RELU, LRELU, ELU),
    }
    M = (6, 4, 10, 3)
    for name in draws[printed.label]:
        draw = getattr(initializers, name) if isinstance(name, str) else default(name)
        net = FFNN(M, initializer=lambda i, o, rng, draw=draw: draw(i, o, TwoValues()))

        def weights(l, net=net):
            assert l >= 1
            return net.weights[l - 1]

        def width(l):
            assert l >= 0
            return M[l]

        env = {"Var": np.var, "w": Family(weights, 0, 1), "M": Family(width, 1)}
        printed.holds(env, l=range(1, len(M)))


# Outputs and costs


N, K, LAST = 3, 4, 2
Z = RNG.normal(size=(N, K))
ONE_HOT = np.eye(K)[[2, 0, 3]]
SHARES = RNG.dirichlet(np.ones(K), size=N)  # rows that sum to 1, without zeros
LABELS = RNG.uniform(0.05, 0.95, size=(N, K))


def softmax(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


def cross_entropy(Z, T):
    return -(T * np.log(softmax(Z))).sum() / len(Z)


def logistic_cost(Z, T):
    A = logistic(Z)
    return -(T * np.log(A) + (1 - T) * np.log(1 - A)).sum() / len(Z)


def output_env(cost, output, T):
    def delta(s, j, l):
        assert (min(s, j), l) >= (1, LAST)
        nudged = Z.astype(complex)
        nudged[s - 1, j - 1] += 1j * STEP
        return float(np.imag(cost(nudged, T)) / STEP)

    def element(array):
        def value(s, j, l=LAST):
            assert min(s, j) >= 1
            assert l == LAST
            return array[s - 1, j - 1]

        return value

    return {
        "delta": Family(delta, 2, 1),
        "a": Family(element(output(Z)), 2, 1),
        "z": Family(element(Z), 2, 1),
        "t": Family(element(T), 2),
        "C": float(cost(Z, T)),
        "M": Family(lambda l: {LAST: K}[l], 1),
        r"sum k\nej": lambda s, j: [k for k in range(1, K + 1) if k != j],
        "n": N,
        "L": LAST,
    }


ALL = {"s": range(1, N + 1), "j": range(1, K + 1)}


@pytest.mark.equation("eq-act-collapse-logistic", how="complex step through the logistic cost")
def test_collapse_of_the_logistic_cost(printed):
    printed.holds(output_env(logistic_cost, logistic, LABELS), **ALL)


@pytest.mark.equation(
    "eq-act-collapse-sum", "eq-act-collapse-softmax", how="complex step through the cross-entropy"
)
def test_collapse_of_the_cross_entropy(printed):
    for T in (SHARES, ONE_HOT):
        printed.holds(output_env(cross_entropy, softmax, T), **ALL)


@pytest.mark.equation("eq-act-cost-softmax", how="the cross-entropy of the softmax")
def test_cross_entropy_of_pre_activations(printed):
    for T in (SHARES, ONE_HOT):
        printed.holds(output_env(cross_entropy, softmax, T))


@pytest.mark.equation("eq-act-cost-logistic", how="the logistic cost of the outputs")
def test_logistic_cost_of_pre_activations(printed):
    printed.holds(output_env(logistic_cost, logistic, LABELS))


@pytest.mark.equation("def-act-poisson", how="the checker of the exercise that asks for this cost")
def test_poisson_cost(printed):
    def cost(T):  # the right side as printed, handed in as the answer
        def func(A):
            def entry(array):
                def value(s, j, l=LAST):
                    assert min(s, j) >= 1
                    assert l == LAST
                    return array[s - 1, j - 1]

                return value

            n, width = A.shape
            env = {
                "a": Family(entry(A), 2, 1),
                "t": Family(entry(T), 2),
                "M": Family(lambda l: {LAST: width}[l], 1),
                "ln": anp.log,  # the checker asks autograd for the slope
                "n": n,
                "L": LAST,
            }
            _, right = printed.sides({**env, "C": None})
            return right

        return func

    answer = check("poisson-cost", cost)
    assert answer, answer


# The width at which errors keep their size


@pytest.mark.equation("eq-act-sixth", how="a fine sum of squares of slopes, and exact integration")
def test_square_of_the_slope(printed):
    assert printed.latex == (
        r"\int_{-\infty}^{\infty} \sigma'(z)^2\, dz = "
        r"\int_0^1 a \left(1 - a\right) da = \frac{1}{6}"
    )
    z = np.linspace(-40, 40, 80_001)
    slopes = np.array([slope(logistic)(place) for place in z])
    assert (slopes**2).sum() * (z[1] - z[0]) == pytest.approx(1 / 6, rel=1e-9)
    a = sp.symbols("a")
    assert sp.integrate(a * (1 - a), (a, 0, 1)) == sp.Rational(1, 6)


@pytest.mark.equation("eq-act-width", how="mean squares over the bell curve, for wide layers")
def test_width_of_a_layer(printed):
    assert printed.latex == (
        r"\chi \approx \frac{M}{6 \sqrt{2\pi\, M/2}} = \frac{\sqrt{M}}{6 \sqrt{\pi}} = "
        r"\sqrt{\frac{M}{36\, \pi}}"
    )
    x = np.linspace(-9, 9, 200_001)
    bell = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
    saturated = lambda z: (1 + np.tanh(z / 2)) / 2  # noqa: E731  # cannot overflow
    for M in (20_000, 80_000):
        q = M / 2
        for _ in range(20):  # the mean square of z, layer after layer
            q = M * (bell @ saturated(np.sqrt(q) * x) ** 2)
        a = saturated(np.sqrt(q) * x)
        chi = M * (bell @ (a * (1 - a)) ** 2)
        for side in (M / (6 * np.sqrt(2 * np.pi * M / 2)), np.sqrt(M) / (6 * np.sqrt(np.pi))):
            assert side == pytest.approx(chi, rel=0.02)
        assert np.sqrt(M / (36 * np.pi)) == pytest.approx(chi, rel=0.02)
