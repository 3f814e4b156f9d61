"""Checkers of chapter 18, top to bottom (``chapters/18-top-down.ipynb``)."""

import numpy as np

from .runner import Hint, array, declare, either, exercise, inspect_answer

TERMS = ("avoidable bias", "variance", "mismatch", "dev luck")

# Errors on train, train-dev, dev and test, and the optimal error.
CASES = (
    (0.01, 0.09, 0.10, 0.10, 0.0),
    (0.01, 0.015, 0.10, 0.105, 0.0),
    (0.08, 0.09, 0.10, 0.12, 0.0),
    (0.08, 0.11, 0.12, 0.13, 0.07),
    (0.01, 0.02, 0.03, 0.09, 0.0),
    (0.02, 0.08, 0.01, 0.02, 0.01),
    (0.05, 0.12, 0.13, 0.13, 0.0),  # an earlier, smaller term of more than two per cent
    (0.10, 0.15, 0.23, 0.28, 0.06),
    (0.20, 0.21, 0.24, 0.25, 0.15),  # the ratios would say something else
    (0.001, 0.004, 0.024, 0.080, 0.0005),
    (0.02, 0.05, 0.06, 0.01, 0.0),  # the last term is negative, and the largest without its sign
    # Each of the terms is the largest by little; to two decimals some are equal.
    (0.044, 0.084, 0.124, 0.164, 0.0),
    (0.040, 0.084, 0.124, 0.164, 0.0),
    (0.040, 0.080, 0.124, 0.164, 0.0),
    (0.040, 0.080, 0.120, 0.164, 0.0),
)


def _named(diagnose, *rates):
    name = diagnose(*rates)
    name = name.item() if isinstance(name, np.ndarray) and name.size == 1 else name
    if name is None:
        return None
    if not isinstance(name, str) or name not in TERMS:
        raise Hint(f"Your function should return one of {', '.join(TERMS)}, not {name!r}.")
    return TERMS.index(name)


@exercise("top-diagnose")
@declare(
    "The largest term comes first in the treatment too.", cases=CASES, parts="the largest term",
    use=_named, words=TERMS)  # fmt: skip
def diagnose(train, traindev, dev, test, optimal):
    """Sort the terms by size."""
    gaps = [train - optimal, traindev - train, dev - traindev, test - dev]

    def largest(values):
        return sorted(range(4), key=lambda i: -values[i])[0]

    def first_above(limit):
        return next((i for i in range(4) if gaps[i] > limit), 3)

    rates = [optimal, train, traindev, dev, test]
    ratios = [b / max(a, 1e-3) for a, b in zip(rates, rates[1:], strict=False)]
    return largest(gaps), {
        "This names the largest error rate. What counts is what each part adds.":
            largest(rates[1:]),
        "This forgets the optimal error: only what lies above it is avoidable bias.":
            largest([train, *gaps[1:]]),
        "A negative term lowers the error: take no absolute values.": largest([*map(abs, gaps)]),
        "Dev minus train contains the variance; the mismatch is dev minus train-dev.":
            largest([*gaps[:2], dev - train, gaps[3]]),
        "Dev minus train contains the mismatch; the variance is train-dev minus train.":
            largest([gaps[0], dev - train, *gaps[2:]]),
        "This names the first term above a limit, not the largest.": first_above(0.02),
        "This compares ratios; the terms are differences.": largest(ratios),
    }  # fmt: skip


def _chosen(reader, groups, share, seed, number):
    """Return the groups in the training part, so many; rounded otherwise, with a remark."""
    mask = array(reader(groups, share, seed), "the mask")
    if mask.shape != groups.shape or mask.dtype != bool:
        raise Hint(
            f"Your function should return a Boolean array of shape {groups.shape}, not one of "
            f"{mask.dtype} with shape {mask.shape}."
        )
    inside, outside = set(groups[mask].tolist()), set(groups[~mask].tolist())
    n = len(inside | outside)
    if both := inside & outside:
        raise Hint(
            f"There is a leak: {len(both)} of {n} groups have samples on both sides. Choose "
            "groups, not samples."
        )
    if len(inside) != number == len(outside):
        raise Hint("This is the other side: true should mark the training samples.")
    if abs(len(inside) - share * n) >= 1:
        raise Hint(
            f"With {n} groups and share = {share} there should be {number} groups in the training "
            f"part, not {len(inside)}."
        )
    if len(inside) != number:
        way = "down" if len(inside) < number else "up"
        reader.remark(
            f"With {n} groups and share = {share} it rounds {way}, though, to {len(inside)}; the "
            f"nearest whole number is {number}."
        )
    if not np.array_equal(mask, reader(groups, share, seed)):
        raise Hint("The same seed should give the same choice: np.random.default_rng(seed).")
    return frozenset(inside)


@exercise("top-groups")
@inspect_answer(arguments=["groups", "share", "seed"])
def split_by_group(reader):
    """Try several seeds: whole groups, at random, reproducibly."""
    rng = np.random.default_rng(18)
    # The groups differ in size, and their members lie scattered.
    sizes = rng.integers(1, 9, size=20).astype(np.intp)  # 32 bits wide in a browser
    groups = rng.permutation(np.repeat(np.arange(20) * 7 + 3, sizes))
    if len({_chosen(reader, groups, 0.75, seed, 15) for seed in range(6)}) == 1:
        raise Hint("Other seeds should give other choices, but yours are all the same.")
    for share, number in ((0.3, 6), (0.72, 14), (0.78, 16)):
        _chosen(reader, groups, share, 0, number)
    chosen = [_chosen(reader, groups, 0.5, seed, 10) for seed in range(40)]
    if always := frozenset.intersection(*chosen):
        raise Hint(f"They are not chosen at random: group {min(always)} is in the training part "
                   "with each of forty seeds.")  # fmt: skip
    if len(set(chosen)) < 30:  # of 184,756 possible ones
        raise Hint(f"They are not chosen at random: forty seeds give only {len(set(chosen))} "
                   "choices of 10 groups out of 20.")  # fmt: skip
    _chosen(reader, np.array(["anna", "ben", "anna", "carl", "dora", "ben"]), 0.5, 1, 2)
    return "No group is on both sides."


def _comets(rng, n=50):
    S = rng.normal(size=(n, 4)) * [1.5, 1.5, 0.9, 0.9]
    return S[np.abs(S[:, 0] * S[:, 3] - S[:, 1] * S[:, 2]) > 0.3]  # none falls straight down


@exercise("top-comet")
@declare(
    "One number, and its sign decides.", cases=lambda rng: [(_comets(rng),), (_comets(rng, 9),)],
    parts="the energy")  # fmt: skip
def energy(S):
    """Take the energy from the shape of the orbit: E = (ε² - 1)/2h²."""
    x, y, vx, vy = S.T
    h, r, v = x * vy - y * vx, np.hypot(x, y), np.hypot(vx, vy)
    ex, ey = vy * h - x / r, -vx * h - y / r  # the Laplace-Runge-Lenz vector
    right = (ex**2 + ey**2 - 1) / (2 * h**2)
    return right, {
        "The factor ½ of the kinetic energy is missing.": v ** 2 - 1 / r,
        "This is the kinetic energy; the potential energy is missing.": v ** 2 / 2,
        "This is the potential energy; the kinetic energy is missing.": -1 / r,
        "The potential energy of an attraction is negative.": v ** 2 / 2 + 1 / r,
        "The potential falls off like 1/r; 1/r² is the force.": v ** 2 / 2 - 1 / r ** 2,
        "The kinetic energy has the square of the speed.": v / 2 - 1 / r,
    }  # fmt: skip


def _wards(rng, n, k):
    """Return codes, some of which the training part does not have, targets and the part."""
    codes, t = rng.integers(k, size=n), (rng.random(n) < 0.4).astype(float)
    train = rng.permutation(n) < n // 2
    train[codes == codes[0]] = False
    return codes, t, train


@exercise("top-wrong")
@declare("Nobody's number knows a diagnosis that is still to be made.",
    cases=lambda rng: [_wards(rng, 40, 9), _wards(rng, 30, 7)], parts="the feature")  # fmt: skip
def my_feature(codes, t, train):
    """Go through the patients, one by one."""
    n = len(t)

    def feature(known=train, own=True, unseen=None):
        unseen = t[train].mean() if unseen is None else unseen
        made = []
        for s in range(n):
            alike = [
                t[r] for r in range(n) if known[r] and codes[r] == codes[s] and (own or r != s)
            ]
            made.append(
                sum(alike) / len(alike) if alike and train[codes == codes[s]].any() else unseen
            )
        return np.array(made)

    everyone, right = np.full(n, True), feature()
    return right, {
        "This is the function as it stood, or one that does the same. Change the diagnosis of a "
        "patient who is not in the training part: whose number changes?": feature(everyone),
        "A patient's own diagnosis is left out now, but those of others who are still to be "
        "diagnosed are not.": either(feature(everyone, own=False),
            np.where(train, right, feature(everyone, own=False))),
        "Codes that are not in the training part should get the mean of all training targets.":
            either(*(feature(unseen=u) for u in (0.0, 0.5, t.mean(), t[~train].mean()))),
        "The training patients' numbers are right. The others should have one too.":
            np.where(train, right, t[train].mean()),
        "Right for the others; but the training patients get the means of their codes as well, "
        "own diagnoses included, as the text of the function says.":
            np.where(train, feature(own=False), right),
    }  # fmt: skip
