"""The equations of chapter 18: what an error is made of, and what goes with it."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import comb, cos, pi, sqrt

import autograd.numpy as anp
import numpy as np
import pytest
from backprop import FFNN, Adam, tanh
from printed import Family


@pytest.mark.equation("eq-top-decomposition", how="counting mistakes, part by part")
def test_decomposition(printed):
    rng = np.random.default_rng(18)
    for _ in range(3):
        # The best reader and ours read four parts, whose sizes and difficulty differ.
        sizes = {"train": 41, "traindev": 13, "dev": 17, "test": 29}
        chance = {"train": 0.2, "traindev": 0.35, "dev": 0.5, "test": 0.65}
        rates = {}
        for part, n in sizes.items():
            labels = rng.integers(10, size=n)
            answers = np.where(rng.random(n) < chance[part], (labels + 1) % 10, labels)
            mistakes = sum(a != t for a, t in zip(answers, labels, strict=True))
            rates[part] = mistakes / n
        env = {rf"e_\mathrm{{{part}}}": rate for part, rate in rates.items()}
        assert len(set(rates.values())) == 4
        printed.holds({**env, r"e_\mathrm{opt}": 2 / 29})


def moments(n, p):
    """Return mean and variance of a share of n, by going through all counts."""
    chance = {k: comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)}
    mean = sum(q * Fraction(k, n) for k, q in chance.items())
    return chance, mean


@pytest.mark.equation("eq-top-difference", how="exact enumeration of two binomials")
def test_difference(printed):
    cases = ((3, Fraction(1, 5), 4, Fraction(2, 3)), (5, Fraction(1, 10), 2, Fraction(3, 7)))
    for n1, p1, n2, p2 in cases:
        chance1, mean1 = moments(n1, p1)
        chance2, mean2 = moments(n2, p2)
        variance = sum(
            q1 * q2 * (Fraction(k1, n1) - Fraction(k2, n2) - (mean1 - mean2)) ** 2
            for k1, q1 in chance1.items()
            for k2, q2 in chance2.items()
        )
        e = {1: float(p1), 2: float(p2)}
        n = {1: n1, 2: n2}
        env = {"e": Family(lambda i, e=e: e[i], sub=1), "n": Family(lambda i, n=n: n[i], sub=1)}
        printed.holds({**env, "S": sqrt(variance)})


@pytest.mark.equation(
    "eq-top-bias-variance", how="exact enumeration of all training sets and measurements"
)
def test_bias_variance(printed):
    # A straight line is fitted by hand to a parabola, measured at three points.
    x, noise = [Fraction(0), Fraction(1), Fraction(3)], [Fraction(-1, 2), Fraction(1, 2)]
    at, truth = Fraction(2), Fraction(4)
    predictions = []
    for errors in product(noise, repeat=3):
        t = [a * a + e for a, e in zip(x, errors, strict=True)]
        mx, mt = sum(x) / 3, sum(t) / 3
        slope = sum((a - mx) * (c - mt) for a, c in zip(x, t, strict=True))
        slope /= sum((a - mx) ** 2 for a in x)
        predictions.append(mt + slope * (at - mx))
    B = len(predictions)
    error = sum((f - truth - s) ** 2 for f in predictions for s in noise) / (2 * B)
    env = {
        "e": float(error),
        "sigma": 0.5,
        "y": float(truth),
        "B": B,
        "f": Family(lambda b: float(predictions[b - 1]), sub=1),
        "bar f": float(sum(predictions) / B),
    }
    assert abs(env["bar f"] - env["y"]) > 0.1
    printed.holds(env)


@pytest.mark.equation(
    "def-top-features", how="the package's network, at two stages of training its output weights"
)
def test_random_features(printed):
    formulas, _, words = printed.latex.rpartition(r"\qquad")
    assert "".join(words.split()) == r"W,b\text{drawnatrandomandfixed}"
    rng = np.random.default_rng(181)
    for n, p, D, func in ((7, 2, 5, anp.cos), (4, 3, 6, tanh)):
        X, t = rng.normal(size=(n, p)), rng.normal(size=(n, 1))
        net = FFNN((p, D, 1), func, seed=18)
        net.biases[0][:] = rng.uniform(0, 2 * pi, size=D)
        W, b = net.weights[0].copy(), net.biases[0].copy()
        features = FFNN((D, 1), seed=19)  # learns v alone, from features that stay as they are
        for epochs in (1, 20):
            features.fit(net.trace(X, t).A[1], t, Adam(0.1, 0.9, 0.999), epochs=epochs)
            features.biases[0][:] = 0.0
            v = features.weights[0]
            net.weights[1][:] = v
            env = {"f": net.feed_forward, "X": X, "v": v, "Phi": net.trace(X, t).A[1]}
            replace(printed, latex=formulas).holds({**env, "varphi": func, "W": W, "b": b})


@pytest.mark.equation("def-top-ridge", how="cost and penalty of the package's network")
def test_ridge_cost(printed):
    rng = np.random.default_rng(182)
    for n, D, lam in ((5, 3, 0.2), (4, 6, 0.7)):
        Phi, t = rng.normal(size=(n, D)), rng.normal(size=(n, 1))
        net = FFNN((D, 1), seed=18)

        def C(v, net=net, Phi=Phi, t=t, lam=lam):
            net.weights[0][:] = v
            return net.cost(Phi, t, lam)

        v = rng.normal(size=(D, 1))
        printed.holds({"C": C, "Phi": Phi, "v": v, "t": t, "n": n, "lambda": lam})


@pytest.mark.equation("eq-top-ridge", how="least squares of a longer system (QR in place of sums)")
def test_ridge(printed):
    rng = np.random.default_rng(18)
    for n, D, lam in ((5, 3, 0.2), (4, 6, 0.7)):
        Phi, t = rng.normal(size=(n, D)), rng.normal(size=(n, 1))
        # The penalty is that of D more measurements of zero.
        Q, R = np.linalg.qr(np.vstack([Phi, sqrt(n * lam / 2) * np.eye(D)]))
        v = np.linalg.solve(R, Q.T @ np.vstack([t, np.zeros((D, 1))]))
        printed.holds({"Phi": Phi, "t": t, "v": v, "n": n, "lambda": lam, "I": np.eye(D)})


@pytest.mark.equation("eq-top-sibling", how="going through all ways to deal out the images")
def test_sibling(printed):
    for m, q in ((2, Fraction(1, 3)), (4, Fraction(3, 4)), (5, Fraction(1, 5))):
        validation = with_sibling = Fraction(0)
        for rest in product((0, 1), repeat=m - 1):  # the first image is held out
            chance = Fraction(1)
            for in_training in rest:
                chance *= q if in_training else 1 - q
            validation += chance
            with_sibling += chance * any(rest)
        assert validation == 1
        printed.holds({"m": m, "q": float(q), "P": float(with_sibling)})


def quarter_period(l, g, theta_0):
    """Return the time from the largest angle to the lowest point, by integrating the motion."""
    from scipy.integrate import solve_ivp

    def motion(_, state):
        return [state[1], -g / l * np.sin(state[0])]

    def lowest(_, state):
        return state[0]

    lowest.terminal = True
    span = (0, 20 * sqrt(l / g))
    solution = solve_ivp(motion, span, [theta_0, 0], events=lowest, rtol=1e-10, atol=1e-12)
    return solution.t_events[0][0]


def agm(a, b):
    """Repeat the arithmetic and the geometric mean until they agree."""
    for _ in range(30):
        a, b = (a + b) / 2, sqrt(a * b)
    return a


@pytest.mark.equation("eq-top-pendulum", how="integrating the equation of motion")
def test_pendulum(printed):
    for l, g, theta_0 in ((0.7, 9.81, 0.4), (2.5, 1.62, 2.0)):
        env = {"l": l, "g": g, "theta_0": theta_0, "agm": agm, "cos": cos, "pi": pi}
        printed.holds({**env, "T": 4 * quarter_period(l, g, theta_0)}, rtol=1e-7)
