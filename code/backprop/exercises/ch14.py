"""Checkers of chapter 14: design matrices, ridge regression and the cost of mistakes."""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise


def _sorted_columns(X):
    """Return the columns in an order that depends on their values alone."""
    return X[:, np.lexsort(np.round(X, 9)[::-1])]


def _powers(x, y, pairs):
    """Return one column for each pair of exponents, by repeated multiplication."""
    made = []
    for i, j in pairs:
        column = np.ones_like(x)
        for factor in [x] * i + [y] * j:
            column = column * factor
        made.append(column)
    return np.column_stack(made)


@exercise("reg-monomials")
def reg_monomials(function):
    """Check ``function(x, y, degree)``: all monomials up to the degree, in any order."""
    rng = np.random.default_rng(14)
    for degree, n in ((1, 7), (3, 11), (4, 5)):
        x, y = rng.uniform(0.5, 2.0, size=(2, n))
        before = x.copy(), y.copy()
        answer = np.asarray(function(x, y, degree))
        if not (np.array_equal(x, before[0]) and np.array_equal(y, before[1])):
            return "Your function changes its arguments; it should leave x and y as they are."
        if answer.dtype.kind not in "fi" or answer.ndim != 2:
            return "Your function should return one matrix of numbers, with a row per point."
        square = [(i, j) for i in range(degree + 1) for j in range(degree + 1)]
        pairs = [(i, j) for i, j in square if i + j <= degree]
        K = len(pairs)
        if answer.shape == (K, n) and K != n:
            return "The shape is transposed: points are rows, monomials are columns."
        if len(answer) != n:
            return f"For {n} points there should be {n} rows, but there are {len(answer)}."
        wanted = _powers(x, y, pairs)
        found = _sorted_columns(answer.astype(np.float64))
        if found.shape == wanted.shape and np.allclose(found, _sorted_columns(wanted)):
            continue
        for hint, guess in (
            (
                "The column of ones is missing: x and y to the power 0.",
                [p for p in pairs if p != (0, 0)],
            ),
            (
                "The mixed monomials are missing, such as x y.",
                [p for p in pairs if 0 in p],
            ),
            (
                "Each exponent goes up to the degree here; it is their sum that should.",
                square,
            ),
            (
                "The highest degree is missing: range(degree) ends one before.",
                [p for p in pairs if sum(p) < degree],
            ),
        ):
            other = _powers(x, y, guess) if guess else np.empty((n, 0))
            if found.shape == other.shape and np.allclose(found, _sorted_columns(other)):
                return hint
        return (
            f"Up to degree {degree} there are {K} monomials; your matrix has {answer.shape[1]} "
            "columns" + (", but other values." if answer.shape[1] == K else ".")
        )
    return Answer("All monomials, each of them once.", right=True)


def _minimum(X, t, strength, penalise_bias=False):
    """Minimise sum of squares plus strength·|w|², as least squares with extra rows."""
    n, p = X.shape
    rows = np.column_stack([np.sqrt(strength) * np.eye(p), np.zeros(p)])
    if penalise_bias:
        rows = np.sqrt(strength) * np.eye(p + 1)
    A = np.vstack([np.column_stack([X, np.ones(n)]), rows])
    solution = np.linalg.lstsq(A, np.append(t.ravel(), np.zeros(len(rows))), rcond=None)[0]
    return solution[:p], solution[p]


@exercise("reg-ridge")
def reg_ridge(function):
    """Check ``function(X, t, lam)``: weights and bias at the minimum of FFNN's cost."""
    rng = np.random.default_rng(14)
    n, p, lam = 13, 3, 0.7
    X = rng.normal(size=(n, p)) + np.array([0.5, -1.0, 2.0])
    t = X @ [[1.0], [-2.0], [0.5]] + 3.0 + rng.normal(size=(n, 1))
    before = X.copy(), t.copy()
    answer = function(X, t, lam)
    if not (np.array_equal(X, before[0]) and np.array_equal(t, before[1])):
        return "Your function changes its arguments; it should leave X and t as they are."
    try:
        w, b = answer
        w, b = np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64)
    except (TypeError, ValueError):
        return "Your function should return two things: the weights and the bias."
    if w.shape != (p, 1) or b.size != 1:
        return (
            f"The weights should have shape ({p}, 1) and the bias should be a number, but the "
            f"shapes are {w.shape} and {b.shape}."
        )
    w, b = w.ravel(), b.item()
    right_w, right_b = _minimum(X, t, n * lam / 2)
    if np.allclose(w, right_w) and np.isclose(b, right_b):
        return Answer("The bias goes free, the weights pay.", right=True)
    if np.allclose(w, right_w):
        return "The weights are right, the bias is not: b = mean of t - (means of the columns) w."
    for hint, strength in (
        ("This is the solution for lam = 0: where is the penalty?", 0.0),
        (
            "Your penalty is lam times the unit matrix. The cost is a mean over n samples, and the "
            "penalty has a factor 1/2: n lam/2.",
            lam,
        ),
        ("Nearly: the penalty of FFNN has a factor 1/2, lam/2 times the squares.", n * lam),
        ("Nearly: the cost of FFNN is a mean, so a factor n is missing.", lam / 2),
        (
            "Nearly: the cost of FFNN has no factor 1/2, so the strength is n lam/2, not 2 n lam.",
            2 * n * lam,
        ),
    ):
        if np.allclose(w, _minimum(X, t, strength)[0]):
            return hint
    if np.allclose(w, _minimum(X, t, n * lam / 2, penalise_bias=True)[0]):
        return "You penalise the bias too; it should go free. Centring does it."
    without = np.linalg.solve(X.T @ X + n * lam / 2 * np.eye(p), X.T @ t).ravel()
    if np.allclose(w, without):
        return "You have not centred X and t, which amounts to a model without a bias."
    return (
        f"At your weights and bias the cost still changes: the weights are {w.round(3).tolist()}, "
        f"at the minimum {right_w.round(3).tolist()}."
    )


@exercise("cls-threshold")
def cls_threshold(function):
    """Check ``function(miss, alarm)``: where silence and alarm cost the same."""
    cases = (10.0, 1.0), (3.0, 2.0), (1.0, 4.0), (2.5, 2.5)
    answers = []
    for miss, alarm in cases:
        answer = np.asarray(function(miss, alarm))
        if answer.dtype.kind not in "fi" or answer.size != 1:
            return f"Your function should return one number, not {answer!r}."
        answers.append(float(answer.item()))
    for a, (miss, alarm) in zip(answers, cases, strict=True):
        if not 0 <= a <= 1:
            return (
                f"For a miss that costs {miss:g} and an alarm that costs {alarm:g} you return "
                f"{a:.3g}; a probability lies between 0 and 1."
            )
    if all(
        abs(a * miss - (1 - a) * alarm) < 1e-9
        for a, (miss, alarm) in zip(answers, cases, strict=True)
    ):
        return Answer("At this probability silence and alarm cost the same.", right=True)
    if all(
        abs((1 - a) * miss - a * alarm) < 1e-9
        for a, (miss, alarm) in zip(answers, cases, strict=True)
    ):
        return (
            "The other way round: the worse a miss is, the sooner the alarm, so the lower the "
            "threshold."
        )
    (miss, alarm), a = cases[0], answers[0]
    return (
        f"At your threshold {a:.3f}, silence costs {a * miss:.3f} on average and an alarm "
        f"{(1 - a) * alarm:.3f} (miss {miss:g}, alarm {alarm:g}). They should be equal."
    )
