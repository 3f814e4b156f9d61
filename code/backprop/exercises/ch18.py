"""Checkers of chapter 18: a diagnosis, a split by group, the energy of a comet."""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise

TERMS = ("avoidable bias", "variance", "mismatch", "dev luck")

# Errors on train, train-dev, dev and test, the optimal error, and the largest term.
CASES = (
    ((0.01, 0.09, 0.10, 0.10, 0.0), "variance"),
    ((0.01, 0.015, 0.10, 0.105, 0.0), "mismatch"),
    ((0.08, 0.09, 0.10, 0.12, 0.0), "avoidable bias"),
    ((0.08, 0.11, 0.12, 0.13, 0.07), "variance"),
    ((0.01, 0.02, 0.03, 0.09, 0.0), "dev luck"),
    ((0.02, 0.08, 0.01, 0.02, 0.01), "variance"),
)


def _largest(gaps):
    return TERMS[max(range(4), key=lambda i: gaps[i])]


def _wrong_diagnoses(train, traindev, dev, test, optimal):
    """Yield what typical slips would answer, with a hint for each."""
    gaps = (train - optimal, traindev - train, dev - traindev, test - dev)
    yield (
        "This names the largest error rate. What counts is how much is added from one part to "
        "the next.",
        _largest((train, traindev, dev, test)),
    )
    yield (
        "This forgets the optimal error: only what lies above it is avoidable bias.",
        _largest((train, *gaps[1:])),
    )
    yield (
        "This takes the absolute values of the terms. A negative term lowers the error.",
        _largest([abs(gap) for gap in gaps]),
    )
    yield (
        "This takes dev minus train for the mismatch; the variance is in that difference too. "
        "Compare dev with train-dev.",
        _largest((gaps[0], gaps[1], dev - train, gaps[3])),
    )
    yield (
        "This takes dev minus train for the variance, as one would without a train-dev part.",
        _largest((gaps[0], dev - train, gaps[2], gaps[3])),
    )


@exercise("top-diagnose")
def top_diagnose(function):
    """Check ``function(train, traindev, dev, test, optimal)``: the name of the largest term."""
    answers = [function(*rates) for rates, _ in CASES]
    for answer in answers:
        if not isinstance(answer, str) or answer not in TERMS:
            return f"Your function should return one of {', '.join(TERMS)}, not {answer!r}."
    wanted = [name for _, name in CASES]
    if answers == wanted:
        return Answer("The largest term comes first in the treatment too.", right=True)
    slips = [list(_wrong_diagnoses(*rates)) for rates, _ in CASES]
    for slip in zip(*slips, strict=True):
        if answers == [name for _, name in slip]:
            return slip[0][0]
    i = next(i for i in range(len(CASES)) if answers[i] != wanted[i])
    rates = ", ".join(f"{rate:g}" for rate in CASES[i][0])
    return f"For the errors ({rates}) the largest term is the {wanted[i]}, not the {answers[i]}."


@exercise("top-groups")
def top_groups(function):
    """Check ``function(groups, share, seed)``: whole groups, at random, reproducibly."""
    rng = np.random.default_rng(18)
    # The groups differ in size, and their members lie scattered.
    sizes = rng.integers(1, 9, size=20).astype(np.intp)  # 32 bits wide in a browser
    groups = rng.permutation(np.repeat(np.arange(20) * 7 + 3, sizes))
    before = groups.copy()
    chosen = []
    for seed in range(6):
        mask = np.asarray(function(groups, 0.75, seed))
        if not np.array_equal(groups, before):
            return "Your function changes its argument; it should leave groups as it is."
        if mask.shape != groups.shape or mask.dtype != bool:
            return (
                f"Your function should return a Boolean array of shape {groups.shape}, not one of "
                f"{mask.dtype} with shape {mask.shape}."
            )
        inside, outside = set(groups[mask].tolist()), set(groups[~mask].tolist())
        if inside & outside:
            return (
                f"There is a leak: {len(inside & outside)} of 20 groups have samples on both "
                "sides. Choose groups, not samples."
            )
        if len(inside) == 5:
            return "This is the other side: true should mark the training samples."
        if len(inside) != 15:
            return (
                "With 20 groups and share = 0.75 there should be 15 groups in the training part, "
                f"not {len(inside)}."
            )
        again = np.asarray(function(groups, 0.75, seed))
        if not np.array_equal(mask, again):
            return "The same seed should give the same choice: use np.random.default_rng(seed)."
        chosen.append(frozenset(inside))
    if len(set(chosen)) == 1:
        return "Other seeds should give other choices, but yours are all the same."
    if len(np.unique(groups[np.asarray(function(groups, 0.3, 0))])) != 6:
        return "With share = 0.3, 6 of the 20 groups should be in the training part."
    names = np.array(["anna", "ben", "anna", "carl", "dora", "ben"])
    mask = np.asarray(function(names, 0.5, 1))
    if mask.dtype != bool or len(set(names[mask]) | set(names[~mask])) != 4:
        return "Groups may be named by strings too."
    if set(names[mask]) & set(names[~mask]) or len(set(names[mask])) != 2:
        return "Of four groups with names, share = 0.5 should put two whole ones into training."
    return Answer("No group is on both sides.", right=True)


def _energy_of_orbit(S):
    """Return the energy per unit mass from the shape of the orbit: E = (ε² - 1) / 2h²."""
    x, y, vx, vy = S.T
    r = np.sqrt(x * x + y * y)
    h = x * vy - y * vx
    ex, ey = vy * h - x / r, -vx * h - y / r  # the Laplace-Runge-Lenz vector
    return (ex**2 + ey**2 - 1) / (2 * h**2)


@exercise("top-comet")
def top_comet(function):
    """Check ``function(S)``: the energy per unit mass of bodies in the field of the Sun."""
    rng = np.random.default_rng(18)
    S = rng.normal(size=(50, 4)) * [1.5, 1.5, 0.9, 0.9]
    S = S[np.abs(S[:, 0] * S[:, 3] - S[:, 1] * S[:, 2]) > 0.3]  # none falls straight down
    wanted, before = _energy_of_orbit(S), S.copy()
    answer = np.asarray(function(S))
    if not np.array_equal(S, before):
        return "Your function changes its argument; it should leave S as it is."
    if answer.shape != wanted.shape:
        return f"For {len(S)} comets the shape should be {wanted.shape}, not {answer.shape}."
    if answer.dtype.kind not in "fiu" or not np.isfinite(answer).all():
        return "Your function should return finite real numbers."
    if np.allclose(answer, wanted):
        return Answer("One number, and its sign decides.", right=True)
    r, v = np.hypot(S[:, 0], S[:, 1]), np.hypot(S[:, 2], S[:, 3])
    for hint, value in (
        ("The factor ½ of the kinetic energy is missing.", v**2 - 1 / r),
        ("This is the kinetic energy; the potential energy is missing.", v**2 / 2),
        ("This is the potential energy; the kinetic energy is missing.", -1 / r),
        ("The potential energy of an attraction is negative.", v**2 / 2 + 1 / r),
        ("This is minus the energy.", 1 / r - v**2 / 2),
        ("The potential falls off like 1/r; 1/r² is the force.", v**2 / 2 - 1 / r**2),
        ("The kinetic energy has the square of the speed.", v / 2 - 1 / r),
    ):
        if np.allclose(answer, value):
            return hint
    return (
        f"For (x, y, vx, vy) = {S[0].round(3).tolist()} the energy is {wanted[0]:.4f}, but your "
        f"function returns {answer[0]:.4f}."
    )
