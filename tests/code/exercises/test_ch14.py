"""The checkers of chapter 14: placeholder, typical wrong answers, solutions."""

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


def columns(x, y, degree, wanted=lambda i, j, d: i + j <= d):
    powers = range(degree + 1)
    return np.column_stack([x**i * y**j for i in powers for j in powers if wanted(i, j, degree)])


def without_ones(x, y, degree):
    return columns(x, y, degree, lambda i, j, d: 0 < i + j <= d)


def unmixed(x, y, degree):
    return columns(x, y, degree, lambda i, j, d: i * j == 0)


def doubled(x, y, degree):
    X = columns(x, y, degree)
    X[:, -1] = X[:, 0]
    return X


def in_place(x, y, degree):
    X = columns(x, y, degree)
    x *= y
    return X


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda x, y, d: 1.0, "one matrix"),
        (lambda x, y, d: columns(x, y, d).astype(str), "made of real numbers"),
        (lambda x, y, d: columns(x, y, d).T, "transposed"),
        (lambda x, y, d: columns(x, y, d)[1:], "should have shape (7, 3), but has shape (6, 3)"),
        (without_ones, "column of ones is missing"),
        (unmixed, "mixed monomials are missing"),
        (lambda x, y, d: columns(x, y, d, lambda *_: True), "their sum"),
        (lambda x, y, d: columns(x, y, d, lambda i, j, d: i + j < d), "highest degree is missing"),
        (lambda x, y, d: columns(x, y, d + 1), "should have shape (7, 3), but has shape (7, 6)"),
        (doubled, "of the design matrix should be"),
        (lambda x, y, d: columns(x, y, d) + 1e-3, "of the design matrix should be"),
        (in_place, "changes its argument"),
        (lambda x, y, d: columns(x, y, d).nosuch, "AttributeError"),
    ],
)
def test_wrong_columns(answer, hint):
    said = check("reg-monomials", answer)
    assert not said
    assert hint in said


def with_scikit_learn(x, y, degree):
    from sklearn.preprocessing import PolynomialFeatures

    return PolynomialFeatures(degree).fit_transform(np.column_stack([x, y]))


@pytest.mark.parametrize(
    "answer", [columns, with_scikit_learn, lambda x, y, d: columns(x, y, d)[:, ::-1]]
)
def test_right_columns(answer):
    assert check("reg-monomials", answer)


def ridge(X, t, strength, centre=True):
    p, x_mean, t_mean = X.shape[1], X.mean(axis=0), t.mean()
    A, s = (X - x_mean, t - t_mean) if centre else (X, t)
    w = np.linalg.solve(A.T @ A + strength * np.eye(p), A.T @ s)
    return w, t_mean - (x_mean @ w).item()


def solution(X, t, lam):
    return ridge(X, t, len(X) * lam / 2)


def pays_for_the_bias(X, t, lam):
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.linalg.solve(A.T @ A + len(X) * lam / 2 * np.eye(A.shape[1]), A.T @ t)
    return theta[:-1], theta[-1].item()


def centres_in_place(X, t, lam):
    w, b = solution(X, t, lam)
    X -= X.mean(axis=0)
    return w, b


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda X, t, lam: 1.0, "two things"),
        (lambda X, t, lam: ("w", "b"), "made of real numbers"),
        (lambda X, t, lam: (solution(X, t, lam)[0].ravel(), 0.0), "should have shape (3, 1)"),
        (
            lambda X, t, lam: (solution(X, t, lam)[0], [1.0, 2.0]),
            "should be one number, but has shape (2,)",
        ),
        (lambda X, t, lam: (solution(X, t, lam)[0], t.mean()), "only if X is centred"),
        (lambda X, t, lam: ridge(X, t, 0.0), "lam = 0"),
        (lambda X, t, lam: ridge(X, t, lam), "n lam/2"),
        (lambda X, t, lam: ridge(X, t, len(X) * lam), "factor 1/2, lam/2"),
        (lambda X, t, lam: ridge(X, t, lam / 2), "a factor n is missing"),
        (lambda X, t, lam: ridge(X, t, 2 * len(X) * lam), "not 2 n lam"),
        (pays_for_the_bias, "penalise the bias"),
        (lambda X, t, lam: ridge(X, t, len(X) * lam / 2, centre=False), "not centred"),
        (lambda X, t, lam: (np.ones((X.shape[1], 1)), 0.0), "of the matrix of weights should be"),
        (lambda X, t, lam: (np.full((X.shape[1], 1), np.nan), 0.0), "NaN or infinity"),
        (centres_in_place, "changes its argument"),
    ],
)
def test_wrong_ridges(answer, hint):
    said = check("reg-ridge", answer)
    assert not said
    assert hint in said


def by_scikit_learn(X, t, lam):
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=len(X) * lam / 2).fit(X, t.ravel())
    return model.coef_[:, None], model.intercept_


def by_training(X, t, lam):
    from backprop import FFNN, Constant

    net = FFNN((X.shape[1], 1), seed=1)
    net.fit(X, t, Constant(0.1), epochs=1500, lam=lam)
    return net.weights[0], net.biases[0]


@pytest.mark.parametrize("answer", [solution, by_scikit_learn, by_training])
def test_right_ridges(answer):
    assert check("reg-ridge", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda miss, alarm: [miss, alarm], "one number"),
        (lambda miss, alarm: "high", "made of real numbers"),
        (lambda miss, alarm: alarm / miss, "a probability lies between 0 and 1"),
        (lambda miss, alarm: float("nan"), "NaN or infinity"),
        (lambda miss, alarm: miss / (miss + alarm), "other way round"),
        (lambda miss, alarm: 0.5, "only if both mistakes cost the same"),
        (lambda miss, alarm: alarm / (miss + alarm) + 0.01, "make them equal"),
    ],
)
def test_wrong_thresholds(answer, hint):
    said = check("cls-threshold", answer)
    assert not said
    assert hint in said


def test_right_thresholds():
    assert check("cls-threshold", lambda miss, alarm: alarm / (miss + alarm))
    assert check("cls-threshold", lambda miss, alarm: np.array([1 / (1 + miss / alarm)]))


def costs_of(X, t, X_val, t_val, lams, alpha=0.5, penalty=0.0, root=False):
    from sklearn.linear_model import Ridge

    made = []
    for lam in lams:
        model = Ridge(alpha=alpha * len(X) * lam or 1e-12).fit(X, t.ravel())
        cost = np.mean((t_val.ravel() - model.predict(X_val)) ** 2)
        made.append(cost + penalty * lam * np.sum(model.coef_**2))
    return np.sqrt(made) if root else np.array(made)


def on_the_training_part(X, t, X_val, t_val, lams):
    return costs_of(X, t, X, t, lams)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda *task: costs_of(*task, penalty=0.5), "as it stood"),
        (lambda *task: costs_of(*task, alpha=0.0), "nothing is penalised at all"),
        (lambda *task: costs_of(*task, alpha=1.0), "alpha = n lam/2"),
        (lambda *task: costs_of(*task, penalty=-0.5), "should be"),
        (lambda *task: costs_of(*task, root=True), "roots"),
        (on_the_training_part, "on the training part"),
        (lambda *task: costs_of(*task)[0], "should have shape (3,)"),
    ],
)
def test_wrong_validation_costs(answer, hint):
    said = check("reg-wrong", lambda X, t, X_val, t_val, lams: answer(X, t, X_val, t_val, lams))
    assert not said
    assert hint in said


def test_right_validation_costs():
    assert check("reg-wrong", lambda X, t, X_val, t_val, lams: costs_of(X, t, X_val, t_val, lams))
