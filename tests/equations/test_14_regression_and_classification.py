"""Chapter 14: least squares, ridge and logistic regression, and scores of probabilities."""

import itertools
from fractions import Fraction

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from backprop import FFNN, CostLogReg, CostOLS, sigmoid, tanh
from backprop.datasets import franke, skranke
from backprop.estimators import FFNNRegressor
from printed import entries
from sklearn.metrics import brier_score_loss

RNG = np.random.default_rng(14)
STEP = 1e-30  # of the complex step


def gradient(function, theta):
    """Return the gradient of a function of a vector, by complex steps."""
    nudged = np.asarray(theta) + 1j * STEP * np.eye(len(theta))
    return np.array([np.imag(function(row)) for row in nudged]) / STEP


def minimum(function, p):
    """Return where a quadratic function is lowest: a Newton step, which is exact for it."""
    start = gradient(function, np.zeros(p))
    hessian = np.array([gradient(function, row) - start for row in np.eye(p)])
    return -np.linalg.solve(hessian, start)


def rows(*arrays):
    """Return a symbol for each array, with indices from 1."""
    return [entries(array) for array in arrays]


# Points of the square, one of them near the hollow of Franke's function, and one outside.
POINTS = ((0.2, 0.3), (0.45, 0.8), (0.7, 0.35), (0.05, 0.9), (0.95, 0.6), (-0.15, 0.25))


@pytest.mark.equation("def-reg-skranke", how="the package's skranke, at six points")
def test_skranke(printed):
    for x, y in POINTS:
        printed.holds({"f": skranke, "x": x, "y": y})


@pytest.mark.equation("def-reg-franke", how="the package's franke, at six points")
def test_franke(printed):
    for x, y in POINTS:
        printed.holds({"g": franke, "x": x, "y": y})


@pytest.mark.equation("eq-reg-columns", how="monomials are listed and counted")
def test_columns(printed):
    for d in range(9):
        monomials = {(i, j) for i in range(d + 1) for j in range(d + 1) if i + j <= d}
        printed.holds({"K": len(monomials), "d": d})


@pytest.mark.equation("eq-reg-normal", how="a Newton step on the cost, by complex steps")
def test_normal_equations(printed):
    X, t = RNG.normal(size=(7, 3)), RNG.normal(size=(7, 1))

    def cost(theta):
        return ((t.ravel() - theta @ X.T) ** 2).sum() / 7

    printed.holds({"X": X, "t": t, "hat theta": minimum(cost, 3)[:, None]})


@pytest.mark.equation("eq-reg-rescale", how="both minima by Newton steps, complex steps")
def test_rescaling(printed):
    X, t, factors = RNG.normal(size=(8, 3)), RNG.normal(size=8), np.array([2.0, 0.3, 5.0])
    old, new = (
        minimum(lambda theta, A=A: ((t - theta @ A.T) ** 2).sum() / 8, 3) for A in (X, X * factors)
    )
    printed.holds({"hat theta": old[:, None], "tilde theta": new[:, None], "D": np.diag(factors)})


def mean_over_all_noise(error):
    """Average a squared error over all signs of the noise, each as likely as the others."""
    n, K, sigma = 5, 2, Fraction(3, 7)
    x = [Fraction(k * k + 1, 3) for k in range(n)]
    total = Fraction(0)
    for signs in itertools.product((-1, 1), repeat=n):
        noise = [sigma * sign for sign in signs]
        t = [2 - 3 * a + e for a, e in zip(x, noise, strict=True)]
        x_mean, t_mean = sum(x) / n, sum(t) / n
        above = sum((a - x_mean) * (b - t_mean) for a, b in zip(x, t, strict=True))
        slope = above / sum((a - x_mean) ** 2 for a in x)
        line = [t_mean + slope * (a - x_mean) for a in x]
        total += error(x, t, line, sigma)
    return float(total / 2**n), {"sigma": float(sigma), "K": K, "n": n}


@pytest.mark.equation("eq-reg-train", how="exact enumeration of all signs of the noise")
def test_training_error(printed):
    def error(x, t, line, sigma):
        return sum((b - a) ** 2 for a, b in zip(line, t, strict=True)) / len(x)

    mean, env = mean_over_all_noise(error)
    printed.holds({**env, r"bar C_\mathrm{train}": mean})


@pytest.mark.equation("eq-reg-new", how="exact enumeration of all signs of the noise, old and new")
def test_error_on_new_measurements(printed):
    def error(x, t, line, sigma):
        truth = [2 - 3 * a for a in x]
        return sum(
            (b + sign * sigma - a) ** 2
            for a, b in zip(line, truth, strict=True)
            for sign in (-1, 1)
        ) / (2 * len(x))

    mean, env = mean_over_all_noise(error)
    printed.holds({**env, r"bar C_\mathrm{new}": mean})


def penalised_fit():
    """Return data, a strength, and weights and bias where cost and penalty are lowest."""
    n, p, strength = 9, 3, 0.41
    X, t = RNG.normal(size=(n, p)) + 1.5, RNG.normal(size=n) + 0.7

    def cost(theta):
        errors = t - theta[:p] @ X.T - theta[p]
        return (errors**2).sum() / n + strength / 2 * (theta[:p] ** 2).sum()

    theta = minimum(cost, p + 1)
    return X, t, strength, theta[:p], theta[p]


@pytest.mark.equation("eq-reg-ridge", how="a Newton step on cost and penalty, by complex steps")
def test_ridge(printed):
    X, t, strength, w, _ = penalised_fit()
    env = {"X_c": X - X.mean(axis=0), "t_c": (t - t.mean())[:, None], "w": w[:, None]}
    printed.holds({**env, "I": np.eye(3), "n": 9, "lambda": strength})


@pytest.mark.equation("eq-reg-ridge-bias", how="a Newton step on cost and penalty")
def test_ridge_bias(printed):
    X, t, _, w, b = penalised_fit()
    x_mean, weights = rows(X.mean(axis=0), w)
    printed.holds({"b": b, "bar t": t.mean(), "bar x": x_mean, "w": weights, "p": 3})


@pytest.mark.equation("eq-reg-alpha", how="where scikit-learn's cost is stationary at our minimum")
def test_alpha(printed):
    X, t, strength, w, b = penalised_fit()

    def sum_of_squares(theta):
        return ((t - theta @ X.T - b) ** 2).sum()

    alphas = -gradient(sum_of_squares, w) / (2 * w)  # from d/dw (sum of squares + alpha w²) = 0
    for alpha in alphas:
        printed.holds({"alpha": alpha, "n": len(X), "lambda": strength})


@pytest.mark.equation("def-reg-r2", how="the score of the package's regressor, good and bad")
def test_r2_of_the_regressor(printed):
    rng = np.random.default_rng(142)
    X = rng.normal(size=(13, 2))
    y = X @ [1.5, -0.7] + 0.3 * rng.normal(size=13) + 2.0
    signs = set()
    for epochs in (1, 60):
        model = FFNNRegressor(hidden=(), eta=0.05, epochs=epochs, random_state=14).fit(X, y)
        new, y_new = X[:9] + 0.1, y[:9] - 0.2
        t, a = rows(y_new, model.predict(new))
        R2 = model.score(new, y_new)
        printed.holds({"R^2": R2, "t": t, "a": a, "bar t": sum(y_new) / 9, "n": 9})
        signs.add(np.sign(R2))
    assert signs == {-1.0, 1.0}


@pytest.mark.equation("eq-reg-r2", how="the definition's sums, in fractions")
def test_r2(printed):
    t = [Fraction(k) for k in (3, -1, 4, 1, -5)]
    a = [Fraction(k) for k in (2, 0, 5, 1, -3)]
    n, mean = len(t), sum(t) / len(t)
    errors = sum((u - v) ** 2 for u, v in zip(t, a, strict=True))
    spread = sum((u - mean) ** 2 for u in t)
    env = {"C": float(errors / n), "V": float(spread / n)}
    printed.holds({**env, "R^2": float(1 - errors / spread)})


N, P, STRENGTH = 7, 3, 0.29
X = RNG.normal(size=(N, P))
T = RNG.integers(2, size=N).astype(float)
W, B = RNG.normal(size=P), 0.4


def logistic_cost(w):
    """Return the logistic cost with its penalty, as the negative logarithm of a likelihood."""
    total = 0.0
    for x, t in zip(X, T, strict=True):
        a = 1 / (1 + anp.exp(-anp.dot(x, w) - B))
        total = total - (anp.log(a) if t else anp.log(1 - a))
    return total / N + STRENGTH / 2 * anp.sum(w**2)


def logistic_environment():
    outputs = 1 / (1 + np.exp(-X @ W - B))
    x, t, a, w = rows(X, T, outputs, W)
    return {"x": x, "t": t, "a": a, "w": w, "n": N, "lambda": STRENGTH}


@pytest.mark.equation("eq-cls-gradient", how="complex step through the likelihood")
def test_logistic_gradient(printed):
    slopes = gradient(lambda w: logistic_cost(w), W)

    def partial(C, w):
        assert (C.name, w.name) == ("tilde C", "w")
        return slopes[w.lower[0] - 1]

    printed.holds({**logistic_environment(), "partial": partial}, i=range(1, P + 1))


@pytest.mark.equation("eq-cls-curvature", how="autograd's Hessian of the likelihood")
def test_logistic_curvature(printed):
    H = autograd.hessian(logistic_cost)(W)

    def partial(C, first, second):
        assert (C.name, first.name, second.name) == ("tilde C", "w", "w")
        return H[first.lower[0] - 1, second.lower[0] - 1]

    printed.holds({**logistic_environment(), "partial": partial}, i=range(1, P + 1))


@pytest.mark.equation("eq-cls-c", how="where scikit-learn's cost is stationary at our minimum")
def test_c(printed):
    w = W
    slope, curvature = autograd.grad(logistic_cost), autograd.hessian(logistic_cost)
    for _ in range(30):
        w = w - np.linalg.solve(curvature(w), slope(w))
    assert np.abs(slope(w)).max() < 1e-13

    def sum_of_costs(w):
        return N * (logistic_cost(w) - STRENGTH / 2 * (w**2).sum())

    # from d/dw (w²/2 + c · sum of costs) = 0
    for c in -w / gradient(sum_of_costs, w):
        printed.holds({"c": c, "n": N, "lambda": STRENGTH})


@pytest.mark.equation(
    "def-cls-brier", how="scikit-learn's score of a network's probabilities, and CostOLS"
)
def test_brier_score(printed):
    rng = np.random.default_rng(143)
    for n in (5, 12):
        X, T = rng.normal(size=(n, 3)), (np.arange(n)[:, None] % 3 == 1).astype(float)
        net = FFNN((3, 4, 1), tanh, sigmoid, CostLogReg, seed=n)
        A = net.feed_forward(X)
        a, t = rows(A[:, 0], T[:, 0])
        for B in (brier_score_loss(T[:, 0], A[:, 0]), CostOLS(T)(A)):
            printed.holds({"B": B, "a": a, "t": t, "n": n})


@pytest.mark.equation("eq-cls-brier", how="SymPy, term by term, at fractions")
def test_brier(printed):
    import sympy

    a, q = sympy.symbols("a q")
    left = q * (1 - a) ** 2 + (1 - q) * a**2
    assert sympy.solve(sympy.diff(left, a), a) == [q]  # fair: lowest for a = q
    for values in ((0.3, 0.8), (0.9, 0.1), (0.5, 0.25)):
        printed.holds(dict(zip(("a", "q"), values, strict=True)))


@pytest.mark.equation("eq-cls-mistakes", how="exact enumeration of all outcomes")
def test_mistakes(printed):
    chances = [Fraction(1, 10), Fraction(3, 4), Fraction(2, 5), Fraction(19, 20)]
    mean = Fraction(0)
    for outcome in itertools.product((0, 1), repeat=len(chances)):
        weight, wrong = Fraction(1), 0
        for a, t in zip(chances, outcome, strict=True):
            weight *= a if t else 1 - a
            wrong += (a > Fraction(1, 2)) != bool(t)
        mean += weight * wrong
    a = rows(np.array([float(c) for c in chances]))[0]
    printed.holds({"bar m": float(mean), "a": a, "n": len(chances)})


@pytest.mark.equation("eq-cls-threshold", how="bisection for where both decisions cost the same")
def test_threshold(printed):
    for miss, alarm in ((10.0, 1.0), (2.0, 3.0), (1.0, 7.0)):
        low, high = 0.0, 1.0
        for _ in range(60):
            a = (low + high) / 2
            low, high = (low, a) if a * miss > (1 - a) * alarm else (a, high)
        printed.holds({"a^*": a, r"c_\mathrm{m}": miss, r"c_\mathrm{f}": alarm})
