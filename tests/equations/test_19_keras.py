"""Chapter 19: costs as Keras reports them, and the constants in its Adam and RMSprop."""

import math
from unittest import mock

import numpy as np
import pytest
from backprop import FFNN, Adam, Constant, CostCrossEntropy, Scheduler, schedulers, softmax, tanh
from backprop.checks import check
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


@pytest.mark.equation("def-keras-history", how="the package's costs of single samples, in training")
def test_history(printed):
    """The reported cost is the mean over the samples, each scored just before its step."""
    rng = np.random.default_rng(191)
    sizes = {1: 4, 2: 4, 3: 4, 4: 3}
    net = FFNN((3, 5, 4), tanh, softmax, CostCrossEntropy, seed=19)
    for _ in range(2):
        C, of_samples = {}, []
        for k, size in sizes.items():
            X, T = rng.normal(size=(size, 3)), np.eye(4)[rng.integers(4, size=size)]
            C[k] = net.cost(X, T)
            of_samples += [net.cost(x[None], t[None]) for x, t in zip(X, T, strict=True)]
            net.fit(X, T, Constant(0.5), epochs=1)
        env = {
            "bar C": sum(of_samples) / len(of_samples),
            "n": len(of_samples),
            "n_": Family(lambda k: sizes[k], sub=1),
            "C": Family(lambda k, C=C: C[k], sub=1),
            "K": len(sizes),
        }
        printed.holds(env)


@pytest.mark.equation(
    "def-keras-adam", how="the package's Adam, its constant set anew before each step"
)
def test_adam_of_keras(printed):
    """Keras' constant acts as one in our rule that begins large and shrinks."""
    rng = np.random.default_rng(192)
    eta, rho, rho2, constant = 0.03, 0.7, 0.9, 0.05
    adam = Adam(eta, rho, rho2)
    m, s, beta2 = 0.0, 0.0, 1.0
    for t, g in enumerate(rng.normal(size=6).tolist(), 1):
        m += (1 - rho) * (g - m)
        s += (1 - rho2) * (g * g - s)
        beta2 *= rho2
        with mock.patch.object(schedulers, "EPSILON", constant / math.sqrt(1 - beta2)):
            step = adam.update_change(np.array(g)).item()
        env = {
            "Delta_t": step,
            "eta": eta,
            "rho": rho,
            "rho_2": rho2,
            "hat varepsilon": constant,
            "t": t,
            "m_t": m,
            "s_t": s,
        }
        printed.holds(env)


@pytest.mark.equation(
    "def-keras-rmsprop", how="steps number by number, which the exercise's checker accepts"
)
def test_rmsprop_of_keras(printed):
    steps = []

    class RMSpropOfKeras(Scheduler):
        def __init__(self, eta, rho, epsilon=1e-7):
            super().__init__(eta)
            self.rho, self.epsilon = rho, epsilon

        def update_change(self, gradient):
            old = self.memory.get("s", [0.0] * len(gradient))
            new, changes = [], []
            for s, g in zip(old, gradient.tolist(), strict=True):
                new.append(s + (1 - self.rho) * (g * g - s))
                # √(s + ε) as the hypotenuse over √s and √ε
                changes.append(self.eta * g / math.hypot(math.sqrt(new[-1]), self.epsilon**0.5))
                constants = {"eta": self.eta, "hat varepsilon": self.epsilon}
                steps.append({**constants, "Delta_t": changes[-1], "g_t": g, "s_t": new[-1]})
            self.memory["s"] = new
            return np.array(changes)

    assert check("keras-rmsprop", RMSpropOfKeras)
    steps = [env for env in steps if env["g_t"]]  # one parameter has no gradient at all
    assert len(steps) > 9
    for env in steps:
        printed.holds(env)
