"""Checkers of chapter 23, decay and schedules (``chapters/23-decay-and-schedules.ipynb``)."""

import numpy as np

from .runner import declare, either, exercise

EPSILON = 1e-8
PATHS = [
    (0.8, [0.5, -1.5, 2.0, 0.25], 0.1, 0.5, 0.5, 0.75),
    (-1.2, [1e-8, -3e-8, 2e-8], 0.3, 0.2, 0.9, 0.99),
]
RATES = [(3, 16, 10), (10, 5, 10), (40, 7, 10), (1, 2, 1), (2, 3, 30)]


@exercise("adamw")
@declare("The weight shrinks beside Adam's change, and by the learning rate times λ.",
    cases=PATHS, parts="the list of weights")  # fmt: skip
def adamw_path(theta, gradients, eta, lam, rho, rho2):
    """Take the means as sums over the past, each gradient with the power that its age gives."""
    g = np.array(gradients, dtype=float)

    def mean(values, share, corrected=True):
        age = np.arange(len(values))[::-1]
        return (
            (1 - share)
            * np.sum(share**age * values)
            / (1 - share ** len(values) if corrected else 1)
        )

    def change(t, corrected=True, values=g, inside=False):
        m, s = mean(values[:t], rho, corrected), mean(values[:t] ** 2, rho2, corrected)
        return eta * m / (np.sqrt(s + EPSILON) if inside else np.sqrt(s) + EPSILON)

    def path(step):
        weights = [theta]
        for t in range(1, len(g) + 1):
            weights.append(step(weights[-1], t))
        return weights[1:]

    def with_penalty():
        w, seen, weights = theta, [], []
        for t, gradient in enumerate(g, start=1):
            seen.append(gradient + lam * w)
            w = w - change(t, values=np.array(seen))
            weights.append(w)
        return weights

    def root(t):
        return np.sqrt(mean(g[:t] ** 2, rho2)) + EPSILON

    right = path(lambda w, t: (1 - eta * lam) * w - change(t))
    return right, {
        "This is the penalty: λ times the weight is in the gradient, and divided by Adam's root.":
            with_penalty(),
        "The decay is λ times the learning rate: your weight shrinks by 1 - λ.":
            path(lambda w, t: (1 - lam) * w - change(t)),
        "The decay should take the old weight; yours sees the change already.":
            path(lambda w, t: (1 - eta * lam) * (w - change(t))),
        "The decay should not be divided by Adam's root.":
            path(lambda w, t: w - eta * lam * w / root(t) - change(t)),
        "The weight should shrink: the sign of the decay is wrong.":
            path(lambda w, t: (1 + eta * lam) * w - change(t)),
        "The change is subtracted: its sign is wrong.":
            path(lambda w, t: (1 - eta * lam) * w + change(t)),
        "There is no decay yet: this is Adam.": path(lambda w, t: w - change(t)),
        "Both means have to be corrected for their start.":
            path(lambda w, t: (1 - eta * lam) * w - change(t, corrected=False)),
        "ε stands outside the root.":
            path(lambda w, t: (1 - eta * lam) * w - change(t, inside=True)),
        "The decay takes the weight before the update, not the first weight.":
            path(lambda w, t: w - eta * lam * theta - change(t)),
        "The weights are asked for, not the changes.": list(-np.diff([theta, *right])),
        "The list begins with the weight after the first update.": [theta, *right[:-1]],
    }  # fmt: skip


@exercise("inverse-root-rate")
@declare("The rate rises along a line up to w, and falls like one over the root.",
    cases=RATES, parts="the rate")  # fmt: skip
def inverse_root_rate(t, d, w):
    """Decide by the number of the update which of the two branches it is."""
    rises, falls = t / (w * w**0.5), 1 / t**0.5
    right = (rises if t < w else falls) / d**0.5
    return right, {
        "The larger of the two is taken: it should be the smaller.": max(rises, falls) / d**0.5,
        "The factor 1/√d is missing.": min(rises, falls),
        "It is 1/√d, not 1/d.": min(rises, falls) / d,
        "√d divides: yours multiplies.": min(rises, falls) * d**0.5,
        "This is the warm-up alone: after w updates the rate falls.": rises / d**0.5,
        "This is the fall alone: the warm-up is missing.": falls / d**0.5,
        "In the warm-up the line is t/(w √w): at t = w it meets 1/√t.":
            either(*(min(t / w**power, falls) / d**0.5 for power in (0.5, 1, 2))),
        "After the warm-up the rate is 1/√t, counted from the first update, not from w.":
            (rises if t <= w else 1 / (t - w) ** 0.5) / d**0.5,
        "It falls like 1/√t, not like 1/t.": min(rises, 1 / t) / d**0.5,
    }  # fmt: skip
