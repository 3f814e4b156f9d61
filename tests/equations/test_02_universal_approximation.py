"""Chapter 2: bounds, closed forms and ranks, by enumeration, quadrature and exact arithmetic."""

import numpy as np
import pytest
import sympy as sp
from backprop import FFNN, identity, sigmoid, tanh
from printed import Family
from scipy.integrate import quad

X = np.linspace(0, 1, 40_001)
# Functions with their first two derivatives; the first meets the first bound with equality,
# the second the second one, so that no factor can be missing.
FUNCTIONS = [
    (lambda x: 3 * x, lambda x: 3 + 0 * x, lambda x: 0 * x),
    (lambda x: 2 * x**2, lambda x: 4 * x, lambda x: 4 + 0 * x),
    (np.exp, np.exp, np.exp),
    (lambda x: np.sin(5 * x), lambda x: 5 * np.cos(5 * x), lambda x: -25 * np.sin(5 * x)),
]


def logistic(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.equation("def-ua-sum", how="the package's network with one hidden layer")
def test_sum_of_a_network(printed):
    rng = np.random.default_rng(21)
    d, N = 3, 5
    for func, sigma in [(sigmoid, logistic), (tanh, np.tanh)]:
        net = FFNN((d, N, 1), hidden_func=func, output_func=identity)
        net.parameters = rng.normal(size=net.parameters.size)
        net.biases[1][:] = 0.0  # the sum has none
        env = {
            "g": lambda x, net=net: net.feed_forward(x.T).item(),
            "alpha": Family(lambda j, net=net: net.weights[1][j - 1, 0], 1),
            "sigma": sigma,
            "w": Family(lambda j, net=net: net.weights[0][:, [j - 1]], 1),
            "b": Family(lambda j, net=net: net.biases[0][j - 1], 1),
            "N": N,
        }
        printed.holds(env, x=rng.normal(size=(4, d, 1)))


@pytest.mark.equation("def-ua-staircase", how="the package's network, with its parameters set")
def test_staircase_as_a_network(printed):
    for f, N, k in [(lambda x: 2 + np.sin(5 * x), 4, 30.0), (np.exp, 7, 6.0)]:
        ends = [j / N for j in range(N + 1)]
        middles = [(j - 0.5) / N for j in range(1, N + 1)]
        net = FFNN((1, N, 1), hidden_func=sigmoid, output_func=identity)
        for j in range(N):
            net.weights[0][0, j], net.biases[0][j] = k, -k * middles[j]
            net.weights[1][j, 0] = f(ends[j + 1]) - f(ends[j])
        net.biases[1][0] = f(ends[0])
        env = {
            "s": lambda x, net=net: net.feed_forward([[x]]).item(),
            "f": f,
            "x_": Family(lambda j, ends=ends: ends[j], 1),
            "m": Family(lambda j, middles=middles: middles[j - 1], 1),
            "sigma": logistic,
            "k": k,
            "N": N,
        }
        printed.holds(env, x=[0.0, 0.13, 0.5, 0.78, 1.0])


@pytest.mark.equation("eq-ua-staircase-bound", how="measuring the error of step functions")
def test_staircase_bound(printed):
    for f, slope, _ in FUNCTIONS:
        for N in (3, 8):

            def s(x, f=f, N=N):
                return f(np.floor(x * N + 0.5) / N)  # the value at the nearest end point

            env = {"f": f, "s": s, "f'": slope, "x": X, "N": N, "max_x": np.max}
            printed.holds(env)
            error, bound = printed.sides(env)
            if f is FUNCTIONS[0][0]:  # a line meets the bound: it cannot be improved
                assert np.isclose(error, bound, rtol=1e-2)


def nodes(f, N):
    return np.arange(N + 1) / N, f(np.arange(N + 1) / N)


@pytest.mark.equation("eq-ua-relu-bound", how="measuring the error of polygons from numpy.interp")
def test_relu_bound(printed):
    for f, _, curvature in FUNCTIONS[1:]:
        for N in (3, 8):
            points, values = nodes(f, N)
            env = {
                "f": f,
                "r": lambda x, points=points, values=values: np.interp(x, points, values),
                "f''": curvature,
                "x": X,
                "N": N,
                "max_x": np.max,
            }
            printed.holds(env)
            error, bound = printed.sides(env)
            if f is FUNCTIONS[1][0]:  # a parabola meets the bound
                assert np.isclose(error, bound, rtol=1e-2)


def change_of_slope(points, values, j):
    """Find the kink of a polygon from the slopes beside it."""
    d = 1e-3 * (points[1] - points[0])
    here = np.interp(points[j], points, values)
    after = (np.interp(points[j] + d, points, values) - here) / d
    before = (here - np.interp(points[j] - d, points, values)) / d if j else 0.0
    return after - before


@pytest.mark.equation("eq-ua-kinks", how="the slopes of a polygon beside each of its points")
def test_kinks(printed):
    for f, _, _ in FUNCTIONS[1:]:
        points, values = nodes(f, 6)
        env = {
            "f": f,
            "x": Family(lambda j, points=points: points[j], 1),
            "c": Family(lambda j, p=points, v=values: change_of_slope(p, v, j), 1),
            "h": 1 / 6,
        }
        printed.holds(env, rtol=1e-8, j=range(1, 6))


@pytest.mark.equation("eq-ua-relu", how="numpy.interp, with kinks measured on the polygon")
def test_sum_of_kinks(printed):
    for f, _, _ in FUNCTIONS[2:]:
        points, values = nodes(f, 5)
        for x in (0.05, 0.37, 0.5, 0.93, 1.0):
            env = {
                "r": lambda x, points=points, values=values: np.interp(x, points, values),
                "f": f,
                "x": x,
                "x_": Family(lambda j, points=points: points[j], 1),
                "c": Family(lambda j, p=points, v=values: change_of_slope(p, v, j), 1),
                "N": 5,
            }
            printed.holds(env, rtol=1e-8)


@pytest.mark.equation("eq-ua-step-sup", how="evaluation ever closer to the jump")
def test_largest_error_at_a_jump(printed):
    x = np.concatenate([-np.logspace(-12, 1, 400), np.logspace(-12, 1, 400)])
    for k in (0.5, 3.0, 40.0):
        env = {
            "H": lambda x: np.heaviside(x, 0.5),
            "sigma": lambda z: 1 / (1 + np.exp(-z)),
            "k": k,
            "x": x,
            "sup_x": np.max,
        }
        printed.holds(env, rtol=1e-9)


@pytest.mark.equation("eq-ua-step-square", how="numerical quadrature")
def test_mean_square_at_a_jump(printed):
    def E(k):
        right = quad(lambda x: (1 - 1 / (1 + np.exp(-k * x))) ** 2, 0, 60 / k)[0]
        left = quad(lambda x: (1 / (1 + np.exp(-k * x))) ** 2, -60 / k, 0)[0]
        return left + right

    for k in (0.7, 4.0):
        printed.holds({"E": E, "k": k}, rtol=1e-8)


@pytest.mark.equation("eq-ua-rank", how="exact rational arithmetic")
def test_rank_of_polynomial_units(printed):
    rng = np.random.default_rng(5)
    for m in (1, 2, 4):
        w = [sp.Rational(int(a), 7) for a in rng.choice(np.arange(1, 30), 8, replace=False)]
        b = [sp.Rational(int(a), 5) for a in rng.choice(np.arange(1, 30), 8, replace=False)]
        Phi = sp.Matrix(9, 8, lambda i, j, w=w, b=b, m=m: (w[j] * (i - 4) + b[j]) ** m)
        printed.holds({"rank": lambda matrix: matrix, "Phi": Phi.rank(), "m": m})


@pytest.mark.equation("eq-ua-pieces", how="composing the tent map in exact arithmetic")
def test_pieces_of_tents(printed):
    def tent(x):
        return 2 * x if x <= sp.Rational(1, 2) else 2 - 2 * x

    for L in (1, 2, 3, 5):
        values = []
        for i in range(129):
            x = sp.Rational(i, 128)
            for _ in range(L):
                x = tent(x)
            values.append(x)
        slopes = [b - a for a, b in zip(values, values[1:], strict=False)]
        pieces = 1 + sum(a != b for a, b in zip(slopes, slopes[1:], strict=False))
        printed.holds({"P": pieces, "L": L})
