"""The checkers of chapter 18: placeholder, typical wrong answers, solutions."""

import math

import numpy as np
import pytest
from backprop.checks import check

TERMS = ("avoidable bias", "variance", "mismatch", "dev luck")


def placeholder(*_):
    raise NotImplementedError


def named(*gaps):
    return TERMS[int(np.argmax(gaps))]


def diagnose(train, traindev, dev, test, optimal):
    return named(train - optimal, traindev - train, dev - traindev, test - dev)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda *e: None, "returns nothing"),
        (lambda *e: "bias", "should return one of"),
        (lambda *e: 2, "should return one of"),
        (lambda a, b, c, d, o: named(a, b, c, d), "largest error rate"),
        (lambda a, b, c, d, o: diagnose(a, b, c, d, 0), "forgets the optimal"),
        (lambda a, b, c, d, o: named(*np.abs(np.diff([o, a, b, c, d]))), "absolute"),
        (lambda a, b, c, d, o: named(a - o, b - a, c - a, d - c), "dev minus train"),
        (lambda a, b, c, d, o: named(a - o, c - a, c - b, d - c), "contains the mismatch"),
        (lambda *e: "mismatch", "the largest term should be avoidable bias, but is mismatch"),
    ],
)
def test_wrong_diagnoses(answer, hint):
    said = check("top-diagnose", answer)
    assert not said
    assert hint in said


def test_right_diagnosis():
    assert check("top-diagnose", diagnose)


def by_group(groups, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    return np.isin(groups, names[: round(share * len(names))])


def unseeded(groups, share, seed):
    return by_group(groups, share, None)


def neighbours(groups, share, seed):
    names = np.unique(groups)
    names = np.roll(names, np.random.default_rng(seed).integers(len(names)))
    return np.isin(groups, names[: round(share * len(names))])


def the_largest(groups, share, seed):
    names, sizes = np.unique(groups, return_counts=True)
    names = names[np.argsort(np.random.default_rng(seed).random(len(names)) - sizes)]
    return np.isin(groups, names[: round(share * len(names))])


def sorts(groups, share, seed):
    groups.sort()
    return by_group(groups, share, seed)


def by_samples(groups, share, seed):
    return np.random.default_rng(seed).random(len(groups)) < share


def by_share_of_samples(groups, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    mask = np.zeros(len(groups), bool)
    for name in names:
        if mask.sum() < share * len(groups):
            mask |= groups == name
    return mask


def always_the_first(groups, share, seed):
    names = np.unique(groups)
    return np.isin(groups, names[: round(share * len(names))])


def ignores_the_share(groups, share, seed):
    return by_group(groups, 0.75, seed)


def numbers_for_strings(groups, share, seed):
    mask = by_group(groups, share, seed)
    return mask.astype(int) if groups.dtype.kind == "U" else mask


def all_of_the_strings(groups, share, seed):
    return by_group(groups, 1.0 if groups.dtype.kind == "U" else share, seed)


def numbers_only(groups, share, seed):
    return by_group(groups.astype(int), share, seed)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda g, share, seed: np.flatnonzero(by_group(g, share, seed)), "Boolean array"),
        (lambda g, share, seed: by_group(g, share, seed).astype(int), "Boolean array"),
        (by_samples, "leak"),
        (lambda g, share, seed: ~by_group(g, share, seed), "other side"),
        (by_share_of_samples, "15 groups"),
        (always_the_first, "all the same"),
        (unseeded, "same seed"),
        (sorts, "changes its argument"),
        (ignores_the_share, "share = 0.3"),
        (numbers_only, "ValueError"),
        (numbers_for_strings, "Boolean array of shape (6,)"),
        (all_of_the_strings, "should be 2 groups"),
        (neighbours, "forty seeds give only"),
        (the_largest, "in the training part with each of forty seeds"),
    ],
)
def test_wrong_splits(answer, hint):
    said = check("top-groups", answer)
    assert not said
    assert hint in said


def with_scikit_learn(groups, share, seed):
    from sklearn.model_selection import GroupShuffleSplit

    splitter = GroupShuffleSplit(1, train_size=share, random_state=seed)
    train, _ = next(splitter.split(groups, groups=groups))
    return np.isin(np.arange(len(groups)), train)


def by_samples_drawn(groups, share, seed):
    """Take the groups in the order in which samples drawn at random belong to them."""
    names = list(dict.fromkeys(np.random.default_rng(seed).permutation(groups).tolist()))
    return np.isin(groups, names[: round(share * len(names))])


@pytest.mark.parametrize("answer", [by_group, by_samples_drawn])
def test_right_splits(answer):
    said = check("top-groups", answer)
    assert said
    assert "rounds" not in said


def rounded_up(groups, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    return np.isin(groups, names[: math.ceil(share * len(names))])


@pytest.mark.parametrize(
    ("answer", "remark"),
    [(with_scikit_learn, "it rounds down, though, to 15"), (rounded_up, "it rounds up")],
)
def test_another_way_to_round_gets_a_remark(answer, remark):
    said = check("top-groups", answer)
    assert said
    assert remark in said


def energy(S):
    x, y, vx, vy = S.T
    return (vx**2 + vy**2) / 2 - 1 / np.hypot(x, y)


def parts(S):
    return np.hypot(S[:, 2], S[:, 3]), np.hypot(S[:, 0], S[:, 1])


def spoils(S):
    found = energy(S)
    S[:] = 0
    return found


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda S: energy(S)[:, None], "shape"),
        (lambda S: energy(S).sum(), "shape"),
        (lambda S: energy(S) * np.nan, "NaN or infinity"),
        (spoils, "changes its argument"),
        (lambda S: parts(S)[0] ** 2 - 1 / parts(S)[1], "factor ½"),
        (lambda S: parts(S)[0] ** 2 / 2, "potential energy is missing"),
        (lambda S: -1 / parts(S)[1], "kinetic energy is missing"),
        (lambda S: parts(S)[0] ** 2 / 2 + 1 / parts(S)[1], "attraction"),
        (lambda S: -energy(S), "sign is wrong"),
        (lambda S: parts(S)[0] ** 2 / 2 - 1 / parts(S)[1] ** 2, "force"),
        (lambda S: parts(S)[0] / 2 - 1 / parts(S)[1], "square of the speed"),
        (lambda S: S[:, 0], "of the energy should be"),
    ],
)
def test_wrong_energies(answer, hint):
    said = check("top-comet", answer)
    assert not said
    assert hint in said


def test_right_energy():
    assert check("top-comet", energy)


def means(codes, t, train, known=None, unseen=None):
    known = train if known is None else known
    feature = np.full(len(t), t[train].mean() if unseen is None else unseen)
    for code in np.unique(codes[train]):
        if (known & (codes == code)).any():
            feature[codes == code] = t[known & (codes == code)].mean()
    return feature


def without_the_own_one(codes, t, train):
    """Leave the patient's own diagnosis out, but take all others."""
    feature = means(codes, t, train)
    for s in range(len(t)):
        others = (codes == codes[s]) & (np.arange(len(t)) != s)
        if train[codes == codes[s]].any():
            feature[s] = t[others].mean() if others.any() else t[train].mean()
    return feature


def of_the_training_part(codes, t, train):
    return np.where(train, means(codes, t, train), t[train].mean())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda codes, t, train: means(codes, t, train, np.full(len(t), True)), "as it stood"),
        (without_the_own_one, "of others who are still to be"),
        (lambda codes, t, train: means(codes, t, train, unseen=0.0), "mean of all training"),
        (lambda codes, t, train: means(codes, t, train, unseen=t.mean()), "mean of all training"),
        (lambda codes, t, train: means(codes, t, train, unseen=np.nan), "NaN"),
        (of_the_training_part, "The others should have one too"),
        (lambda codes, t, train: means(codes, t, train)[train], "should have shape"),
        (lambda codes, t, train: means(codes, t, train).round(), "of the feature should be"),
    ],
)
def test_wrong_features(answer, hint):
    said = check("top-wrong", answer)
    assert not said
    assert hint in said


def test_right_features():
    assert check("top-wrong", lambda codes, t, train: means(codes, t, train))
