"""Chapter 23: what a penalty becomes in each rule, where a decay ends, and the schedules."""

import math

import numpy as np
import pytest
from backprop import FFNN, Adam, Constant, Momentum, Scheduled
from backprop.activations import tanh
from backprop.schedulers import EPSILON
from printed import Family

RNG = np.random.default_rng(23)
ETA, LAM, MU, RHO, RHO_2 = 0.07, 0.4, 0.6, 0.7, 0.85
STEPS = 7


def followed(rule, lam=0.0):
    """Return gradients, weights and changes of one weight, with the penalty in the gradient."""
    gradients, weights, changes = RNG.normal(size=STEPS), [1.3], []
    for g in gradients:
        changes.append(float(rule.update_change(np.array(g + lam * weights[-1]))))
        weights.append(weights[-1] - changes[-1])
    return gradients, np.array(weights), np.array(changes)


@pytest.mark.equation("def-decay-penalty", how="the package's gradient with and without penalty")
def test_penalty(printed):
    X, t = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 1))
    net = FFNN((2, 3, 1), tanh, seed=23)
    weights = [net.parameters[:6].copy()]
    plain, penalised = [None], [None]
    for _ in range(4):
        plain.append(net.gradient(X, t)[:6])
        penalised.append(net.gradient(X, t, lam=LAM)[:6])
        net.fit(X, t, Constant(ETA), epochs=1, lam=LAM)
        weights.append(net.parameters[:6].copy())
    env = {
        "lambda": LAM,
        "g": Family(lambda t: plain[t], sub=1),
        "tilde g": Family(lambda t: penalised[t], sub=1),
        "theta": Family(lambda t: weights[t], sub=1),
    }
    printed.holds(env, t=range(1, 5))


@pytest.mark.equation("eq-decay-plain", how="the slope of cost plus penalty by a complex step")
def test_plain(printed):
    theta, slopes = RNG.normal(size=STEPS + 2), RNG.normal(size=STEPS + 2)

    def penalised(t):
        w = complex(theta[t - 1], 1e-20)
        return (slopes[t] * w + LAM / 2 * w**2).imag / 1e-20

    env = {
        "eta": ETA,
        "lambda": LAM,
        "g": Family(lambda t: slopes[t], sub=1),
        "tilde g": Family(penalised, sub=1),
        "theta": Family(lambda t: theta[t], sub=1),
    }
    printed.holds(env, t=range(1, STEPS))


@pytest.mark.equation("def-decay-decoupled", how="the weights of a network that fit trains")
def test_decoupled(printed):
    X, t = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 1))
    for make in (
        lambda: Adam(ETA, RHO, RHO_2),
        lambda: Momentum(ETA, MU),
        lambda: Scheduled(Adam(ETA, RHO, RHO_2), 2, 5),
    ):
        net, rule, own = FFNN((2, 3, 1), tanh, seed=23), make(), make()
        rates = [ETA * own.factor(k + 1) if hasattr(own, "factor") else ETA for k in range(4)]
        weights, changes = [net.parameters.copy()], [None]
        for _ in range(4):
            changes.append(own.update_change(net.gradient(X, t))[:6])
            net.fit(X, t, rule, epochs=1, decay=LAM, resume=True)
            weights.append(net.parameters.copy())
        env = {
            "lambda": LAM,
            "eta": Family(lambda t, r=rates: r[t - 1], sub=1),
            "theta": Family(lambda t, w=weights: w[t][:6], sub=1),
            "Delta": Family(lambda t, c=changes: c[t], sub=1),
        }
        printed.holds(env, t=range(1, 5))


@pytest.mark.equation("eq-decay-momentum", how="the package's changes with and without penalty")
def test_momentum(printed):
    gradients, weights, changes = followed(Momentum(ETA, MU), LAM)
    rule = Momentum(ETA, MU)
    alone = [float(rule.update_change(np.array(g))) for g in gradients]
    env = {
        "eta": ETA,
        "lambda": LAM,
        "mu": MU,
        "theta": Family(lambda t: weights[t], sub=1),
        "D": Family(lambda t: changes[t - 1] - alone[t - 1], sub=1),
    }
    printed.holds(env, t=range(1, STEPS + 1))


def parts_of_adam(gradients, weights, changes):
    """Return the penalty's part of each change, and the corrected mean squares, step by step."""
    m, s, parts, squares = 0.0, 0.0, [], []
    for t, (g, w) in enumerate(zip(gradients, weights, strict=False), start=1):
        m, s = RHO * m + (1 - RHO) * g, RHO_2 * s + (1 - RHO_2) * (g + LAM * w) ** 2
        squares.append(s / (1 - RHO_2**t))
        of_cost = ETA * m / (1 - RHO**t) / (math.sqrt(squares[-1]) + EPSILON)
        parts.append(changes[t - 1] - of_cost)
    return parts, squares


def adam_env(parts, squares):
    return {
        "eta": ETA,
        "lambda": LAM,
        "rho": RHO,
        "varepsilon": EPSILON,
        "hat s": Family(lambda t: squares[t - 1], sub=1),
        "D": Family(lambda t: parts[t - 1], sub=1),
    }


@pytest.mark.equation(
    "eq-decay-adam", how="the package's change less that of the cost's gradient, step by step"
)
def test_adam(printed):
    gradients, weights, changes = followed(Adam(ETA, RHO, RHO_2), LAM)
    env = adam_env(*parts_of_adam(gradients, weights, changes))
    env["theta"] = Family(lambda t: weights[t], sub=1)
    printed.holds(env, t=range(1, STEPS + 1))


@pytest.mark.equation(
    "eq-decay-adam-constant", how="the package's change less that of the cost's gradient"
)
def test_adam_constant(printed):
    rule, theta, gradients = Adam(ETA, RHO, RHO_2), 1.3, RNG.normal(size=STEPS)
    changes = [float(rule.update_change(np.array(g + LAM * theta))) for g in gradients]
    env = adam_env(*parts_of_adam(gradients, [theta] * STEPS, changes))
    printed.holds(env | {"theta": theta}, t=range(1, STEPS + 1))


@pytest.mark.equation("eq-decay-rest", how="descent with fixed divisors until it rests")
def test_rest(printed):
    curvature, lowest, d = np.array([0.7, 3.0]), np.array([2.0, -1.0]), np.array([0.2, 1.5])
    theta = np.zeros(2)
    for _ in range(4000):
        theta = (1 - 0.05 * LAM) * theta - 0.05 * curvature * (theta - lowest) / d
    slopes = curvature * (theta - lowest)
    env = {"lambda": LAM}
    for name, values in (("g", slopes), ("d", d), ("theta", theta)):
        env[name] = Family(lambda j, v=values: v[j - 1], sub=1)
    printed.holds(env, j=range(1, 3))


def rates_of(w, T):
    """Return the rates of the package's scheduler: what it makes of a gradient of 1."""
    schedule = Scheduled(Constant(ETA), w, T)
    changes = [float(schedule.update_change(np.array(1.0))) for _ in range(T)]
    return {"eta": ETA, "eta_": Family(lambda t: changes[t - 1], sub=1), "w": w, "T": T}


@pytest.mark.equation("def-decay-warm-up", how="the changes of the package's scheduler")
def test_warm_up(printed):
    for w, T in ((6, 11), (1, 4)):
        printed.holds(rates_of(w, T), t=range(1, w + 1))


@pytest.mark.equation("def-decay-cosine", how="the changes of the package's scheduler")
def test_cosine(printed):
    for w, T in ((6, 11), (0, 8), (1, 4)):
        printed.holds(rates_of(w, T), t=range(w + 1, T + 1))


@pytest.mark.equation("eq-decay-cosine-sum", how="half a cosine, sampled point by point")
def test_cosine_sum(printed):
    for w, T in ((6, 11), (0, 8), (3, 10)):
        points = [math.cos(math.pi * k / (T - w)) for k in range(T - w)]
        env = {"eta": ETA, "w": w, "T": T}
        env["eta_"] = Family(lambda t, w=w, p=points: ETA * (0.5 + 0.5 * p[t - w - 1]), sub=1)
        printed.holds(env)


@pytest.mark.equation("def-decay-inverse-root", how="a line up to the warm-up, then a root")
def test_inverse_root(printed):
    for d, w in ((16, 4), (5, 10)):
        peak = 1 / math.sqrt(d * w)
        rates = [peak * (t / w if t <= w else math.sqrt(w / t)) for t in range(1, 15)]
        env = {"d": d, "w": w, "eta": Family(lambda t, r=rates: r[t - 1], sub=1)}
        printed.holds(env, t=range(1, 15))
