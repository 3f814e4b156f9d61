"""Checkers of chapter 15: accuracy and scaling."""

from __future__ import annotations

import numpy as np

from ._common import known_mistake
from .registry import Answer, exercise


def _outputs(rng, n, classes):
    """Return softmax-like outputs, some of whose largest is below 1/2, and one-hot targets."""
    A = rng.dirichlet(np.full(classes, 0.6), size=n)
    T = np.eye(classes)[rng.integers(classes, size=n)]
    return A, T


def _share_by_counting(A, T):
    """Return the accuracy, by a loop over the images."""
    right = 0
    for outputs, targets in zip(A.tolist(), T.tolist(), strict=True):
        right += outputs.index(max(outputs)) == targets.index(max(targets))
    return right / len(A)


@exercise("digits-accuracy")
def digits_accuracy(function):
    """Check ``function(A, T)``: the share of rows whose largest entries are at one place."""
    rng = np.random.default_rng(15)
    answers, wanted, wrong = [], [], {}
    for n, classes in ((11, 4), (37, 10), (8, 3)):
        A, T = _outputs(rng, n, classes)
        before = A.copy(), T.copy()
        answer = np.asarray(function(A, T))
        if not (np.array_equal(A, before[0]) and np.array_equal(T, before[1])):
            return "Your function changes its arguments; it should leave A and T as they are."
        if answer.dtype.kind not in "fiub" or answer.size != 1:
            return f"Your function should return one number, not {answer!r}: take the mean."
        share = _share_by_counting(A, T)
        rows = np.eye(classes)[A.argmax(axis=1)]
        answers.append(float(answer.item()))
        wanted.append(share)
        for hint, value in (
            (
                "This is the share of equal elements. Compare image by image: an image is right "
                "or wrong as a whole.",
                (rows == T).mean(),
            ),
            (
                "This compares rounded outputs element by element. Compare image by image: where "
                "is the largest output?",
                ((A > 0.5) == (T > 0.5)).mean(),
            ),
            (
                "This asks that the right output is above 1/2. The largest output decides, even "
                "if it is smaller than that.",
                ((A > 0.5) == (T > 0.5)).all(axis=1).mean(),
            ),
            ("This is the number of right images; divide by n.", share * n),
            ("This is in per cent; a share lies between 0 and 1.", 100 * share),
            ("This is the share of misread images; the accuracy is 1 minus that.", 1 - share),
            (
                "The largest entry is to be found in each row, axis=1; axis=0 is along a column.",
                (A.argmax(axis=0) == T.argmax(axis=0)).mean(),
            ),
        ):
            wrong.setdefault(hint, []).append(value)
    if np.allclose(answers, wanted, rtol=0, atol=1e-12):
        return Answer("One comparison per image.", right=True)
    return known_mistake(answers, wrong) or (
        f"For {n} images and {classes} classes the accuracy is {wanted[-1]:.4f}, but your function "
        f"returns {answers[-1]:.4f}."
    )


@exercise("digits-standardise")
def digits_standardise(function):
    """Check ``function(X_train, X_test)``: both scaled with what the training part says."""
    rng = np.random.default_rng(15)
    X_train = rng.normal(size=(9, 4)) * [1.0, 5.0, 0.2, 2.0] + [0.0, 3.0, -1.0, 7.0]
    X_train[:, 3] = 0.75  # constant in training, not in the test part
    X_test = rng.normal(size=(6, 4)) * 3.0 + 1.0
    before = X_train.copy(), X_test.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        answer = function(X_train, X_test)
    if not (np.array_equal(X_train, before[0]) and np.array_equal(X_test, before[1])):
        return "Your function changes its arguments; it should return new arrays."
    try:
        train, test = (np.asarray(part, dtype=np.float64) for part in answer)
    except (TypeError, ValueError):
        return "Your function should return two arrays, the training part and the test part."
    for name, part, X in (("training", train, X_train), ("test", test, X_test)):
        if part.shape != X.shape:
            return f"The {name} part should keep its shape {X.shape}, but has shape {part.shape}."
    if not (np.isfinite(train).all() and np.isfinite(test).all()):
        return (
            "There are NaN or infinite values: one feature is constant in training, so that its "
            "standard deviation is 0. Leave its scale as it is."
        )
    mean, std = _column_statistics(X_train)
    std[3] = 1.0
    wanted = (X_train - mean) / std, (X_test - mean) / std
    if np.allclose(train, wanted[0]) and np.allclose(test, wanted[1]):
        return Answer("The test part had no say in it.", right=True)
    if np.allclose(train, wanted[0]):
        own_mean, own_std = _column_statistics(X_test)
        if np.allclose(test[:, :3], ((X_test - own_mean) / own_std)[:, :3]):
            return (
                "The test part is scaled with its own mean and deviation. The same image would "
                "then be another input in other company; use those of the training part."
            )
        if np.allclose(test[:, :3], wanted[1][:, :3]):
            return (
                "Nearly. The feature that is constant in training is not in the test part: it is "
                "shifted by the training mean there too, with its scale left as it is."
            )
        return "The training part is right. Scale the test part with the same numbers."
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.asarray(function(X_train, X_test + 100.0)[0], dtype=np.float64)
    if not np.allclose(moved, train):
        return (
            "There is a leak: when the test part changes, so does your training part. Compute mean "
            "and deviation from X_train alone."
        )
    used, n = slice(0, 3), len(X_train)
    for hint, guess in (
        (
            "You divide by the variance; divide by its square root.",
            (X_train - mean) / std**2,
        ),
        (
            "The variance comes out as (n - 1)/n: your divisor is n - 1. That is usual too, but "
            "here n is asked for (ddof=0).",
            (X_train - mean) / (std * np.sqrt(n / (n - 1))),
        ),
        ("The mean has not been subtracted.", X_train / std),
        ("The deviation has not been divided out.", X_train - mean),
        (
            "You use one mean and one deviation for the whole array; every feature has its own, "
            "axis=0.",
            (X_train - X_train.mean()) / X_train.std(),
        ),
    ):
        if np.allclose(train[:, used], guess[:, used]):
            return hint
    return (
        "The columns of the training part should have mean 0 and variance 1, but have means "
        f"{train.mean(axis=0)[used].round(2).tolist()} and variances "
        f"{train.var(axis=0)[used].round(2).tolist()} (the first three)."
    )


def _column_statistics(X):
    """Return mean and standard deviation of each column, by sums."""
    mean = sum(X) / len(X)
    return mean, np.sqrt(sum((row - mean) ** 2 for row in X) / len(X))
