"""The equations of chapter 19: the cost of logits, and Adam with its corrections in front."""

import math

import numpy as np
import pytest
from printed import Family


@pytest.mark.equation("eq-keras-logits", how="the definition, with probabilities, term by term")
def test_logits(printed):
    rng = np.random.default_rng(19)
    for n, K in ((3, 4), (5, 2)):
        Z, T = rng.normal(size=(n, K)), rng.dirichlet(np.ones(K), size=n)
        T[0] = np.eye(K)[1]
        C = 0.0
        for z, t in zip(Z.tolist(), T.tolist(), strict=True):
            total = sum(math.exp(v) for v in z)
            C -= sum(tk * math.log(math.exp(v) / total) for v, tk in zip(z, t, strict=True)) / n
        env = {
            "C": C,
            "n": n,
            "L": 3,
            "M": Family(lambda l, K=K: {3: K}[l], sub=1),
            "z": Family(lambda s, k, l, Z=Z: {3: Z[s - 1, k - 1]}[l], sub=2, sup=1),
            "t": Family(lambda s, k, T=T: T[s - 1, k - 1], sub=2),
        }
        printed.holds(env)


@pytest.mark.equation("eq-keras-adam", how="Adam's algorithm, run number by number")
def test_adam(printed):
    rng = np.random.default_rng(19)
    eta, rho, rho2, epsilon = 0.03, 0.7, 0.9, 0.05
    m, s, beta1, beta2 = 0.0, 0.0, 1.0, 1.0
    for t, g in enumerate(rng.normal(size=6).tolist(), 1):
        m += (1 - rho) * (g - m)
        s += (1 - rho2) * (g * g - s)
        beta1 *= rho
        beta2 *= rho2
        step = eta * (m / (1 - beta1)) / (math.sqrt(s / (1 - beta2)) + epsilon)
        env = {
            "Delta_t": step,
            "eta": eta,
            "rho": rho,
            "rho_2": rho2,
            "varepsilon": epsilon,
            "t": t,
            "m_t": m,
            "s_t": s,
        }
        printed.holds(env)
