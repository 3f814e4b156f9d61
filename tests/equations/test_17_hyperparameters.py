"""The equations of chapter 17: budgets, chances, and how much luck there is in a best score."""

from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, sqrt

import numpy as np
import pytest
from backprop.estimators import FFNNRegressor
from printed import Family
from scipy import integrate, stats
from sklearn.model_selection import GridSearchCV, KFold


@cache
def searched(k):
    """Return the scores on k folds of each setting of a small search, and their means."""
    rng = np.random.default_rng(17)
    X = rng.normal(size=(21, 2))
    y = X @ [0.8, -1.1] + 0.4 * rng.normal(size=21)
    search = GridSearchCV(
        FFNNRegressor(hidden=(), epochs=4, random_state=17),
        {"eta": [0.02, 0.1]},
        scoring="neg_mean_squared_error",
        cv=KFold(k, shuffle=True, random_state=17),
    ).fit(X, y)
    results = search.cv_results_
    scores = np.array([results[f"split{i}_test_score"] for i in range(k)]).T
    return scores, results["mean_test_score"]


def folds_environment(k):
    """Yield the scores of each setting with the symbols for them and for their mean."""
    for scores, mean in zip(*searched(k), strict=True):
        assert len(set(scores)) == k
        a = Family(lambda i, scores=scores: dict(enumerate(scores, 1))[i], sub=1)
        yield scores, {"a": a, "bar a": mean, "k": k}


@pytest.mark.equation(
    "def-hyper-mean", how="scikit-learn's search over learning rates of the package's regressor"
)
def test_mean_over_folds(printed):
    for k in (3, 5):
        for _, env in folds_environment(k):
            printed.holds(env)


@pytest.mark.equation(
    "def-hyper-standard-error", how="SciPy's standard error of the scores of a search"
)
def test_standard_error(printed):
    for k in (2, 3, 5):
        for scores, env in folds_environment(k):
            printed.holds({**env, "S": stats.sem(scores)})


def covariance(k, sigma, rho):
    """Return the covariance matrix of k scores of equal variance and equal correlation."""
    return sigma**2 * np.array([[1.0 if i == j else rho for j in range(k)] for i in range(k)])


SCORES = ((2, 0.7, 0.0), (3, 1.3, 0.4), (5, 2.0, 0.75), (10, 0.5, -0.05))


@pytest.mark.equation("eq-hyper-fold-variance", how="the covariance matrix, summed")
def test_fold_variance(printed):
    for k, sigma, rho in SCORES:
        a = np.full(k, 1 / k)  # the mean is a product with this vector
        V = a @ covariance(k, sigma, rho) @ a
        printed.holds({"V": V, "k": k, "sigma": sigma, "rho": rho})


@pytest.mark.equation("eq-hyper-fold-estimate", how="the trace of a quadratic form")
def test_fold_estimate(printed):
    """S² is a quadratic form in the scores; its mean is the trace with their covariance."""
    for k, sigma, rho in SCORES:
        deviations = np.eye(k) - 1 / k
        form = deviations.T @ deviations / (k * (k - 1))
        E = np.trace(form @ covariance(k, sigma, rho))
        printed.holds({"E": E, "k": k, "sigma": sigma, "rho": rho})


@pytest.mark.equation("eq-hyper-fits", how="counting in nested loops")
def test_fits(printed):
    for k, values in ((3, (4, 4)), (5, (2, 3, 7)), (2, (6,)), (10, (1, 2, 1, 5))):
        fits = 0
        for _ in product(*map(range, values)):
            for _ in range(k):
                fits += 1
        fits += 1  # the winner, on all samples
        env = {"F": fits, "k": k, "d": len(values)}
        printed.holds({**env, "N": Family(lambda m, values=values: values[m - 1], sub=1)})


@pytest.mark.equation("eq-hyper-axis", how="counting the values along each axis of a grid")
def test_axis(printed):
    for v, d in ((4, 2), (2, 4), (3, 3), (7, 1)):
        points = list(product(range(v), repeat=d))
        counts = {len({point[axis] for point in points}) for axis in range(d)}
        assert len(counts) == 1
        printed.holds({"v": counts.pop(), "N": len(points), "d": d})


@pytest.mark.equation("eq-hyper-hit", how="enumeration of all outcomes, exact fractions")
def test_hit(printed):
    for q, N in ((Fraction(1, 20), 4), (Fraction(1, 3), 7), (Fraction(9, 10), 2)):
        P = Fraction(0)
        for outcome in product((True, False), repeat=N):
            if any(outcome):
                chance = Fraction(1)
                for hit in outcome:
                    chance *= q if hit else 1 - q
                P += chance
        printed.holds({"P": float(P), "q": float(q), "N": N})


@pytest.mark.equation("eq-hyper-trials", how="summing the chances of a first hit at trial 1, 2, …")
def test_trials(printed):
    for q, N in ((0.05, 59), (0.3, 4), (0.01, 200)):
        P = sum((1 - q) ** misses * q for misses in range(N))
        printed.holds({"N": N, "P": P, "q": q}, rtol=1e-8)


@pytest.mark.equation("eq-hyper-best", how="an integral over the rank, and enumerated rankings")
def test_best(printed):
    """In a ranking of M points, the best of N drawn without replacement leaves a share above it.

    The mean share is enumerated for growing M; its limit is that of continuous scores.
    """
    for N in (1, 2, 5, 16):
        # The share above the best, q, has the density N (1 - q)^(N - 1).
        E, _ = integrate.quad(lambda q, N=N: q * N * (1 - q) ** (N - 1), 0, 1)
        M = 4000
        above = sum(m * comb(M - 1 - m, N - 1) for m in range(M - N + 1)) / comb(M, N) / M
        assert above == pytest.approx(E, abs=2 / M)
        printed.holds({"E": E, "N": N}, rtol=1e-7)


def expected_maximum(N):
    """Return the mean of the largest of N standard normal numbers, by quadrature."""
    return integrate.quad(
        lambda z: z * N * stats.norm.pdf(z) * stats.norm.cdf(z) ** (N - 1), -12, 12
    )[0]


@pytest.mark.equation("eq-hyper-optimism", how="differences of correlated normal numbers")
def test_optimism(printed):
    """The largest of two or three is the mean plus 1/2 or 3/4 of the mean distance of two."""
    for N, share in ((2, 0.5), (3, 0.75)):
        for sigma, rho in ((1.0, 0.0), (0.3, 0.5), (2.0, 0.9)):
            C = covariance(N, sigma, rho)
            variance = C[0, 0] + C[1, 1] - 2 * C[0, 1]
            distance = sqrt(2 * variance / np.pi)  # the mean of |x| for a normal x
            env = {"b": share * distance, "sigma": sigma, "rho": rho, "N": N}
            printed.holds({**env, "c": Family(expected_maximum, sub=1)}, rtol=1e-7)
