"""Checkers of chapter 17: how many trials, where to draw them, what the best of them is."""

from __future__ import annotations

import itertools
import math

import numpy as np

from ._common import known_mistake
from .registry import Answer, exercise


def _least_trials(q, P):
    """Return the smallest N with chance P of a hit, by multiplying out the misses."""
    N, miss = 0, 1.0
    while 1 - miss < P:
        N, miss = N + 1, miss * (1 - q)
    return N


@exercise("hyper-trials")
def hyper_trials(function):
    """Check ``function(q, P)``: the smallest number of trials with chance P of a hit."""
    cases = ((0.05, 0.95), (0.3, 0.9), (0.01, 0.5), (0.6, 0.99), (0.2, 0.1))
    answers = []
    for q, P in cases:
        answer = np.asarray(function(q, P))
        if answer.dtype.kind not in "iuf" or answer.size != 1:
            return f"Your function should return one number, not {answer!r}."
        answers.append(float(answer.item()))
    wanted = [_least_trials(q, P) for q, P in cases]
    if answers == wanted:
        return Answer("One twentieth of the space, and fewer than sixty trials.", right=True)
    exact = [math.log(1 - P) / math.log(1 - q) for q, P in cases]
    for hint, guess in (
        ("The formula is right; half a trial cannot be run. Round up.", exact),
        (
            "You round to the nearest whole number or down. The chance has to reach P, so round "
            "up: math.ceil.",
            [round(x) for x in exact],
        ),
        (
            "You round to the nearest whole number or down. The chance has to reach P, so round "
            "up: math.ceil.",
            [int(x) for x in exact],
        ),
        (
            "That is one more than needed: a value between two whole numbers is rounded up once.",
            [N + 1 for N in wanted],
        ),
        (
            "This is P/q: as if no two trials could hit the same region, and as if chances added "
            "up. What multiplies are the chances to miss, (1 - q) each.",
            [math.ceil(P / q - 1e-12) for q, P in cases],
        ),
        (
            "The two logarithms are the wrong way round, or q and P are: the chance to miss N "
            "times is (1 - q)^N.",
            [math.ceil(1 / x) for x in exact],
        ),
        (
            "This is the number of trials for a chance of 1 - P: ln P should be ln(1 - P).",
            [math.ceil(math.log(P) / math.log(1 - q)) for q, P in cases],
        ),
    ):
        if np.allclose(answers, guess, rtol=1e-12, atol=0):
            return hint
    (q, P), answer, right = next(
        (case, a, w) for case, a, w in zip(cases, answers, wanted, strict=True) if a != w
    )
    return f"For q = {q} and P = {P} it takes {right} trials; your function returns {answer:g}."


@exercise("hyper-log-uniform")
def hyper_log_uniform(function):
    """Check ``function(low, high, n, rng)``: n numbers whose logarithms are uniform."""
    low, high, n = 1e-4, 10.0, 4000  # five decades
    answer = np.asarray(function(low, high, n, np.random.default_rng(17)))
    if answer.shape != (n,) or answer.dtype.kind != "f":
        return (
            f"Your function should return an array of n floats, shape ({n},), not {answer!r:.80}."
        )
    again = np.asarray(function(low, high, n, np.random.default_rng(17)))
    other = np.asarray(function(low, high, n, np.random.default_rng(18)))
    if not np.array_equal(answer, again) or np.array_equal(answer, other):
        return (
            "The numbers should come from rng and from nothing else: the same generator state, the "
            "same numbers."
        )
    slack = 1e-9
    if answer.min() < low * (1 - slack) or answer.max() > high * (1 + slack):
        if answer.min() >= math.log(low) - 1e-9 and answer.max() <= math.log(high) + 1e-9:
            return "These are the logarithms; the last step, the power, is missing."
        bottom, top = math.log(low), math.log(high)
        if answer.min() > 0 and np.all(np.abs(np.log10(answer)) <= max(-bottom, top) + 1e-9):
            return (
                "The numbers leave the interval: logarithm and power should have the same base "
                "(np.log with np.exp, or np.log10 with 10.0**)."
            )
        return (
            f"The numbers should lie between {low} and {high}, but reach from {answer.min():.2g} "
            f"to {answer.max():.2g}."
        )
    if len(np.unique(answer)) < n / 2:
        return "Many of your numbers are equal; they should be drawn from the whole interval."
    shares = np.histogram(np.log10(answer), bins=np.arange(-4, 2))[0] / n
    if np.abs(shares - 0.2).max() < 0.04:  # six standard errors
        return Answer("Every decade gets its fifth.", right=True)
    if shares[-1] > 0.8:
        return (
            f"A share of {shares[-1]:.2f} of your numbers lies between 1 and 10, in the last of "
            "the five decades. They are uniform; their logarithms should be."
        )
    return (
        "The five decades should have a fifth of the numbers each, but have the shares "
        f"{shares.round(2).tolist()}."
    )


@exercise("hyper-expected-best")
def hyper_expected_best(function):
    """Check ``function(scores, m)``: the mean best of m scores drawn without replacement."""
    rng = np.random.default_rng(17)
    answers, wanted, wrong = [], [], {}
    for size, m in ((5, 2), (6, 1), (7, 7), (8, 3)):
        scores = rng.permutation(rng.normal(size=size).cumsum())
        before = scores.copy()
        answer = np.asarray(function(scores, m))
        if not np.array_equal(scores, before):
            return "Your function changes its argument; np.sort returns a sorted copy."
        if answer.dtype.kind not in "iuf" or answer.size != 1:
            return f"Your function should return one number, not {answer!r:.80}."
        answers.append(float(answer.item()))
        best = [max(some) for some in itertools.combinations(scores.tolist(), m)]
        wanted.append(sum(best) / len(best))
        s = np.sort(scores)
        with_return = sum(s[i] * (((i + 1) / size) ** m - (i / size) ** m) for i in range(size))
        worst = [min(some) for some in itertools.combinations(scores.tolist(), m)]
        for hint, value in (
            ("This is the best of all the scores, whatever m is.", s[-1]),
            ("This is the mean of all the scores: the answer for m = 1 only.", s.mean()),
            (
                "This is the best of the first m scores. Their order means nothing here: take the "
                "mean over all ways to choose m of them.",
                scores[:m].max(),
            ),
            (
                "This is for draws with replacement, in which a trial can be drawn twice. Without "
                "it, count the sets of m trials in which a score is the largest.",
                with_return,
            ),
            (
                "This is the mean of the worst; the scores here are better if larger.",
                np.mean(worst),
            ),
            ("This is the mean of the m best scores.", s[-m:].mean()),
        ):
            wrong.setdefault(hint, []).append(value)
    if np.allclose(answers, wanted, rtol=0, atol=1e-9):
        return Answer("One list of scores, and the whole curve.", right=True)
    return known_mistake(answers, wrong) or (
        f"For {size} scores and m = {m} the mean over all choices is {wanted[-1]:.4f}, but your "
        f"function returns {answers[-1]:.4f}."
    )
