"""The checkers of chapter 21; none of the libraries is needed."""

from itertools import accumulate

import numpy as np
import pytest
from backprop.checks import check

# Momentum with the rate outside


def outside(gradients, rates, mu, first=False, old=False, inside=False, new=1.0, nesterov=False):
    v, changes = 0.0, []
    for t, g in enumerate(gradients):
        rate = rates[0 if first else max(t - 1, 0) if old else t]
        v = mu * v + (rate * g if inside else new * g)
        if inside:
            changes.append(v)
        else:
            changes.append(rate * (mu * v + g if nesterov else v))
    return changes


def by_accumulation(gradients, rates, mu):
    velocities = accumulate(gradients, lambda v, g: mu * v + g)
    return [v * rate for v, rate in zip(velocities, rates, strict=True)]


def by_a_matrix(gradients, rates, mu):
    age = np.subtract.outer(np.arange(len(rates)), np.arange(len(rates)))
    powers = np.where(age >= 0, float(mu) ** np.maximum(age, 0), 0.0)
    return np.array(rates) * (powers @ np.array(gradients))


@pytest.mark.parametrize("answer", [by_accumulation, by_a_matrix])
def test_right_momentum(answer):
    assert check("same-momentum", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda gradients, rates, mu: outside(gradients, rates, mu, inside=True), "inside the"),
        (lambda gradients, rates, mu: outside(gradients, rates, mu, first=True), "the first one"),
        (lambda gradients, rates, mu: outside(gradients, rates, mu, old=True), "the step before"),
        (lambda gradients, rates, mu: outside(gradients, rates, mu, new=1 - mu), "not 1 - mu"),
        (lambda gradients, rates, mu: outside(gradients, rates, mu, nesterov=True), "Nesterov's"),
        (lambda gradients, rates, mu: outside(gradients, rates, 0.0), "Nothing is remembered"),
        (lambda gradients, rates, mu: outside(gradients, rates, 1.0), "Nothing is forgotten"),
        (
            lambda gradients, rates, mu: outside(gradients, [1.0] * len(rates), mu),
            "These are the velocities",
        ),
        (lambda gradients, rates, mu: [-c for c in outside(gradients, rates, mu)], "sign is wrong"),
        (
            lambda gradients, rates, mu: list(accumulate(outside(gradients, rates, mu))),
            "the single changes",
        ),
        (lambda gradients, rates, mu: sum(outside(gradients, rates, mu)), "is a single number"),
        (lambda gradients, rates, mu: outside(gradients, rates, mu / 2), "should be"),
    ],
)
def test_wrong_momentum(answer, hint):
    said = check("same-momentum", answer)
    assert not said
    assert hint in said


# The running variance


def ours(theirs, start, momentum, n, steps, share=None, factor=None, fades=None, rest=True):
    share = 1 - momentum if share is None else share
    old = share ** (steps if fades is None else fades) * start
    factor = (n - 1) / n if factor is None else factor
    return old * rest + factor * (theirs - old)


def step_by_step(theirs, start, momentum, n, steps):
    left = np.array(start)
    for _ in range(steps):
        left = left - momentum * left
    return left / n + theirs * (1 - 1 / n)


@pytest.mark.parametrize("answer", [step_by_step])
def test_right_variances(answer):
    assert check("same-running", answer)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"factor": "n / (n - 1)"}, "the other way round"),
        ({"share": "momentum"}, "the share of the new batch"),
        ({"fades": "1"}, "to the power of steps"),
        ({"fades": "0"}, "All of the start is kept"),
        ({"rest": "0"}, "has to be added again"),
        ({"factor": "((n - 1) / n) ** steps"}, "once for every step"),
        ({"factor": "1"}, "unchanged"),
        ({"factor": "(n - 2) / n"}, "should be"),
    ],
)
def test_wrong_variances(options, hint):
    def answer(theirs, start, momentum, n, steps):
        names = {"momentum": momentum, "n": n, "steps": steps}
        chosen = {key: eval(value, names) for key, value in options.items()}
        return ours(theirs, start, momentum, n, steps, **chosen)

    said = check("same-running", answer)
    assert not said
    assert hint in said


def test_the_start_is_not_multiplied():
    def answer(theirs, start, momentum, n, steps):
        return (n - 1) / n * theirs

    said = check("same-running", answer)
    assert not said
    assert "no batch's variance" in said
