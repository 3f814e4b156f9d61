"""Chapter 21: rules of other libraries, their constants, and what converts one into the other."""

import math

import numpy as np
import pytest
from backprop import Adam, CostOLS, Momentum
from backprop.layers import BatchNorm
from printed import Family

RNG = np.random.default_rng(21)


@pytest.mark.equation("eq-same-first", how="one step of Adam, its constant added before correcting")
def test_first_step_with_the_constant_beside_the_uncorrected_root(printed):
    eta, rho, rho2, constant = 0.3, 0.8, 0.9, 0.05
    for g in (2.0, 0.4, -0.03, 1e-3):
        m, s = (1 - rho) * g, (1 - rho2) * g * g
        factor = eta * math.sqrt(1 - rho2) / (1 - rho)
        env = {
            "Delta_1": factor * m / (math.sqrt(s) + constant),
            "eta": eta,
            "g_1": g,
            "hat varepsilon": constant,
            "rho_2": rho2,
        }
        printed.holds(env)


@pytest.mark.equation("def-same-adagrad", how="sums of squares and steps, number by number")
def test_adagrad_of_keras(printed):
    eta, constant, G = 0.3, 0.05, {0: 0.1}
    gradients = dict(enumerate([0.4, -1.2, 0.03, 2.0], 1))
    changes = {}
    for t, g in gradients.items():
        G[t] = G[0] + sum(gradients[k] ** 2 for k in range(1, t + 1))
        # √(G + ε) as the hypotenuse over √G and √ε
        changes[t] = eta * g / math.hypot(math.sqrt(G[t]), math.sqrt(constant))
    env = {
        "G": Family(lambda t: G[t], sub=1),
        "g": Family(lambda t: gradients[t], sub=1),
        "Delta": Family(lambda t: changes[t], sub=1),
        "eta": eta,
        "varepsilon": constant,
    }
    printed.holds(env, t=range(1, 5))


RATES = dict(enumerate([0.3, 0.3, 0.1, 0.02, 0.5], 1))
GRADIENTS = dict(enumerate(RNG.normal(size=5).tolist(), 1))
MU = 0.7


@pytest.mark.equation("def-same-momentum", how="each velocity as a sum over all gradients so far")
def test_momentum_with_the_rate_outside(printed):
    v = {t: sum(MU ** (t - k) * GRADIENTS[k] for k in range(1, t + 1)) for t in range(6)}
    env = {
        "v": Family(lambda t: v[t], sub=1),
        "g": Family(lambda t: GRADIENTS[t], sub=1),
        "eta": Family(lambda t: RATES[t], sub=1),
        "Delta": Family(lambda t: RATES[t] * v[t], sub=1),
        "mu": MU,
    }
    printed.holds(env, t=range(1, 6))


@pytest.mark.equation("eq-same-rescale", how="the package's velocity, over the rate of its step")
def test_velocity_brought_to_a_new_rate(printed):
    momentum, v = Momentum(1.0, MU), {}
    for t, g in GRADIENTS.items():
        momentum.eta = RATES[t]
        v[t] = momentum.update_change(np.array(g)).item() / RATES[t]
    env = {
        "v": Family(lambda t: v[t], sub=1),
        "g": Family(lambda t: GRADIENTS[t], sub=1),
        "eta": Family(lambda t: RATES[t], sub=1),
        "mu": MU,
    }
    printed.holds(env, t=range(2, 6))


@pytest.mark.equation("def-same-decay", how="the shrinking and the change, one after the other")
def test_decoupled_decay(printed):
    eta, lam, theta = 0.2, 0.3, {0: 1.7}
    changes = {1: 0.4, 2: -0.25, 3: 0.1}
    for t, change in changes.items():
        shrunk = theta[t - 1] - eta * (lam * theta[t - 1])
        theta[t] = shrunk - change
    env = {
        "theta": Family(lambda t: theta[t], sub=1),
        "Delta": Family(lambda t: changes[t], sub=1),
        "eta": eta,
        "lambda": lam,
    }
    printed.holds(env, t=range(1, 4))


@pytest.mark.equation(
    "eq-same-l2-adam", how="one step of the package's Adam from the penalty alone"
)
def test_first_step_of_adam_from_a_penalty(printed):
    eta, epsilon = 0.2, 1e-8
    for lam in (1e-8, 3e-3, 2.0):
        for w in (-1.5, 0.4, 3.0):
            change = Adam(eta, 0.8, 0.95).update_change(np.array(lam * w)).item()
            env = {"Delta_1": change, "eta": eta, "lambda": lam, "w": w, "varepsilon": epsilon}
            printed.holds(env)


@pytest.mark.equation("eq-same-factor", how="the package's cost, and the mean over all numbers")
def test_a_mean_over_the_outputs(printed):
    for n, M in ((4, 3), (2, 5)):
        A, T = RNG.normal(size=(n, M)), RNG.normal(size=(n, M))
        assert math.isclose(M * np.mean((A - T) ** 2), CostOLS(T)(A))
        env = {
            "C": CostOLS(T)(A),
            "n": n,
            "M": M,
            "a": Family(lambda s, j, A=A: A[s - 1, j - 1], sub=2),
            "t": Family(lambda s, j, T=T: T[s - 1, j - 1], sub=2),
        }
        printed.holds(env)


@pytest.mark.equation(
    "eq-same-running", how="the package's layer, and averages with n - 1 beside it"
)
def test_running_variances_with_both_divisors(printed):
    for n, kept in ((4, 0.75), (9, 0.9)):
        layer = BatchNorm(1, kept)
        layer.attach(np.array([1.0, 0.0]), np.zeros(2))
        start = 1.3
        layer.var[:] = theirs = start
        ours_by_step, theirs_by_step = {}, {}
        for t in range(1, 5):
            Z = RNG.normal(size=(n, 1)) * t
            layer.forward(Z, training=True)
            layer.update_statistics()
            theirs = kept * theirs + (1 - kept) * Z.var(ddof=1)
            ours_by_step[t], theirs_by_step[t] = layer.var[0], theirs
        env = {
            "R": Family(lambda t, of=theirs_by_step: of[t], sub=1),
            "r": Family(lambda t, of=ours_by_step: of[t], sub=1),
            "r_0": start,
            "kappa": kept,
            "n": n,
        }
        printed.holds(env, t=range(1, 5))


@pytest.mark.equation("def-same-nadam", how="powers of 0.96, factor by factor")
def test_share_of_nadam(printed):
    for rho, psi in ((0.9, 1), (0.7, 3)):
        shares, power = {}, 1.0
        for t in range(1, 6):
            power *= math.prod([0.96] * psi)
            shares[t] = rho - rho * power / 2
        env = {"rho": rho, "psi": psi, "mu": Family(lambda t, s=shares: s[t], sub=1)}
        printed.holds(env, t=range(1, 6))


@pytest.mark.equation("def-same-nadam-change", how="means and products, step by step")
def test_change_of_nadam(printed):
    eta, rho, rho2, psi, constant = 0.3, 0.8, 0.95, 2, 0.05
    gradients = dict(enumerate([0.4, -1.2, 0.03, 2.0], 1))
    shares = {t: rho - rho * 0.96 ** (psi * t) / 2 for t in range(1, 6)}
    m, s, p, changes = {0: 0.0}, {0: 0.0}, {1: shares[1]}, {}
    for t, g in gradients.items():
        m[t] = m[t - 1] + (1 - rho) * (g - m[t - 1])
        s[t] = s[t - 1] + (1 - rho2) * (g * g - s[t - 1])
        p[t + 1] = p[t] * shares[t + 1]
        ahead = shares[t + 1] * m[t] / (1 - p[t + 1]) + (1 - shares[t]) * g / (1 - p[t])
        changes[t] = eta * ahead / (math.sqrt(s[t] / (1 - rho2**t)) + constant)
    env = {"eta": eta, "varepsilon": constant, "rho_2": rho2}
    names = {"mu": shares, "m": m, "s": s, "p": p, "g": gradients, "Delta": changes}
    for name, values in names.items():
        env[name] = Family(lambda t, v=values: v[t], sub=1)
    printed.holds(env, t=range(1, 5))


@pytest.mark.equation("def-same-adadelta", how="two running means, step by step")
def test_adadelta(printed):
    eta, rho, constant = 0.3, 0.8, 0.05
    gradients = dict(enumerate([0.4, -1.2, 0.03, 2.0], 1))
    s, u, changes = {0: 0.0}, {0: 0.0}, {}
    for t, g in gradients.items():
        s[t] = rho * s[t - 1] + (1 - rho) * g * g
        step = g * math.sqrt((u[t - 1] + constant) / (s[t] + constant))
        u[t] = rho * u[t - 1] + (1 - rho) * step * step
        changes[t] = eta * step
    env = {"eta": eta, "varepsilon": constant}
    for name, values in (("u", u), ("s", s), ("g", gradients), ("Delta", changes)):
        env[name] = Family(lambda t, v=values: v[t], sub=1)
    printed.holds(env, t=range(1, 5))


@pytest.mark.equation("eq-same-flops", how="products of matrices counted pair by pair")
def test_operations_of_a_network(printed):
    def pairs(rows, inner, columns):
        """Count the multiplications and additions of a product, each with its own turn."""
        return sum(2 for _ in range(rows) for _ in range(inner) for _ in range(columns))

    for n, widths in ((3, (4, 5, 2)), (2, (3, 2, 4, 1)), (5, (2, 3))):
        total = 0
        for l, (before, after) in enumerate(zip(widths, widths[1:], strict=False), start=1):
            total += pairs(n, before, after)  # forward
            total += pairs(before, n, after)  # BP3
            total += pairs(n, after, before) if l > 1 else 0  # BP2
        env = {"F": total, "n": n, "L": len(widths) - 1}
        printed.holds(env | {"M": Family(lambda l, w=widths: w[l], sub=1)})
