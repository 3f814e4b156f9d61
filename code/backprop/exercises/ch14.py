"""Checkers of chapter 14, regression (``chapters/14-regression-and-classification.ipynb``)."""

import numpy as np

from .compare import unrolled
from .runner import Hint, array, declare, either, exercise


def _powers(x, y, pairs):
    """Return one column for each pair of exponents, by repeated multiplication, in some order."""
    columns = [np.prod([np.ones_like(x), *[x] * i, *[y] * j], axis=0) for i, j in pairs]
    return _sorted_columns(np.column_stack(columns or [np.empty((len(x), 0))]))


def _sorted_columns(X):
    """Return the columns in an order that depends on their values alone."""
    return X[:, np.lexsort(np.round(X, 5)[::-1])]


def _columns(columns, x, y, degree):
    X = array(unrolled(columns(x, y, degree)), "the design matrix")
    if X.ndim != 2:
        raise Hint(f"The design matrix should be one matrix, not of shape {X.shape}.")
    return _sorted_columns(X)


@exercise("reg-monomials")
@declare("All monomials, each of them once.",
    cases=lambda rng: [(*rng.uniform(0.5, 2.0, size=(2, n)), d) for d, n in ((1, 7), (3, 11), (4,
    5))],
    parts="the design matrix", use=_columns,
    advice="Up to degree d there are (d + 1)(d + 2)/2 monomials. They are compared in the order of "
    "their first numbers.")  # fmt: skip
def columns(x, y, degree):
    """Multiply the factors of each monomial; the order of the columns is free."""
    square = [(i, j) for i in range(degree + 1) for j in range(degree + 1)]
    pairs = [p for p in square if sum(p) <= degree]
    right = _powers(x, y, pairs)

    def only(condition, pairs=pairs):
        return _powers(x, y, [p for p in pairs if condition(p)])

    return right, {
        "The column of ones is missing: x and y to the power 0.": only(lambda p: p != (0, 0)),
        "The mixed monomials are missing, such as x y.": only(lambda p: 0 in p),
        "Each exponent goes up to the degree here; it is their sum that should.":
            only(lambda p: True, square),
        "The highest degree is missing: range(degree) ends one before.":
            only(lambda p: sum(p) < degree),
    }  # fmt: skip


def _minimum(X, t, strength, penalise_bias=False):
    """Minimise the sum of squares plus strength·|w|², as least squares with extra rows."""
    n, p = X.shape
    rows = np.sqrt(strength) * np.eye(p + 1)[: p + penalise_bias]
    A = np.vstack([np.column_stack([X, np.ones(n)]), rows])
    return np.linalg.lstsq(A, np.vstack([t, np.zeros((len(rows), 1))]), rcond=None)[0][:p]


@exercise("reg-ridge")
@declare("The bias goes free, the weights pay.",
    cases=lambda rng: [(X, X @ rng.normal(size=(p, 1)) + 3.0 + rng.normal(size=(n, 1)), lam) for X,
    n, p, lam in [(rng.normal(size=(n, p)) + np.arange(p) - 0.5, n, p, lam) for n, p, lam in ((13,
    3, 0.7), (9, 2, 0.05))]],
    parts=("the matrix of weights", "the bias"), advice="b = mean of t - (means of the columns) w.",
)  # fmt: skip
def ridge(X, t, lam):
    """Solve an augmented system of least squares, whose bias is not penalised."""
    n, p = X.shape

    def at(strength, **options):
        return _minimum(X, t, strength, **options), None

    w = at(n * lam / 2)[0]
    plain = np.linalg.solve(X.T @ X + n * lam / 2 * np.eye(p), X.T @ t)
    return (w, (t - X @ w).mean()), {
        "This is the solution for lam = 0: where is the penalty?": at(0.0),
        "The penalty is n lam/2 times the unit matrix, as the cost is a mean: not lam.": at(lam),
        "Nearly: the penalty of FFNN has a factor 1/2, lam/2 times the squares.": at(n * lam),
        "Nearly: the cost of FFNN is a mean, so a factor n is missing.": at(lam / 2),
        "Nearly: the cost has no factor 1/2, so the strength is n lam/2, not 2 n lam.":
            at(2 * n * lam),
        "You penalise the bias too; it should go free. Centring does it.":
            at(n * lam / 2, penalise_bias=True),
        "X and t are not centred, which amounts to a model without a bias.": (plain, None),
        "The bias is the mean of t only if X is centred.": (w, t.mean()),
        "The bias has the wrong sign.": (w, -(t - X @ w).mean()),
    }  # fmt: skip


@exercise("cls-threshold")
@declare("At this probability silence and alarm cost the same.",
    cases=[(10.0, 1.0), (3.0, 2.0), (1.0, 4.0), (2.5, 2.5)], parts="the threshold",
    advice="There, silence costs a·miss on average and an alarm (1 - a)·alarm: make them equal.",
)  # fmt: skip
def threshold(miss, alarm):
    """Find by bisection where silence and alarm cost the same."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if middle * miss > (1 - middle) * alarm else (middle, high)
    return low, {
        "The other way round: the worse a miss is, the sooner the alarm, so the lower the "
        "threshold.": 1 - low,
        "This is the ratio of the costs, the odds; a probability lies between 0 and 1.":
            either(alarm / miss, miss / alarm),
        "Half is right only if both mistakes cost the same.": 0.5,
    }  # fmt: skip


def _ridge_task(rng, n, p):
    """Return training and validation part of a noisy linear model, and some penalties."""
    w, (X, X_val) = rng.normal(size=(p, 1)), (rng.normal(size=(m, p)) + 0.5 for m in (n, p + 6))
    t, t_val = (A @ w + 2.0 + rng.normal(size=(len(A), 1)) for A in (X, X_val))
    return X, t, X_val, t_val, np.array([0.02, 0.3, 1.5])


@exercise("reg-wrong")
@declare("Training pays the penalty, new data only ask how far off the predictions are.",
    cases=lambda rng: [_ridge_task(rng, n, p) for n, p in ((12, 3), (8, 4))],
    parts="the list of costs")  # fmt: skip
def my_costs(X, t, X_val, t_val, lams):
    """Take the weights from an augmented system, and the squares number by number."""
    n = len(X)

    def costs(strengths, A=X_val, target=t_val, extra=0.0):
        made = []
        for strength, lam in zip(strengths, lams, strict=True):
            w = _minimum(X, t, strength)
            off = [r[0] for r in (target - t.mean() - (A - X.mean(axis=0)) @ w).tolist()]
            made.append(sum(r * r for r in off) / len(off) + extra * lam * float((w * w).sum()))
        return np.array(made)

    half = n * lams / 2
    return costs(half), {
        "This is the function as it stood, or one that does the same. Its costs are larger than "
        "the mean squared errors of its own predictions. By how much, for each penalty?":
            costs(half, extra=0.5),
        "Now nothing is penalised at all. The fit was right; what is wrong comes after it.":
            either(costs(0 * lams), costs(0 * lams, extra=0.5)),
        "The strength of the penalty in the fit was right: alpha = n lam/2.":
            either(costs(lams), costs(n * lams), costs(lams / 2)),
        "These are the costs on the training part, by which no penalty can be chosen.":
            either(costs(half, X, t), costs(half, X, t, 0.5)),
        "These are the roots of the mean squared errors; the cost has no root.":
            np.sqrt(costs(half)),
    }  # fmt: skip
