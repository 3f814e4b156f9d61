"""The checkers of chapter 15: placeholder, typical wrong answers, solutions."""

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


def rounded(A):
    return (A > 0.5).astype(int)


def one_hot(A):
    return np.eye(A.shape[1])[A.argmax(axis=1)]


def solution(A, T):
    return (A.argmax(axis=1) == T.argmax(axis=1)).mean()


def spoils_its_arguments(A, T):
    share = solution(A, T)
    A[:] = one_hot(A)
    return share


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda A, T: A.argmax(axis=1) == T.argmax(axis=1), "Take the mean"),
        (lambda A, T: None, "returns nothing"),
        (lambda A, T: (one_hot(A) == T).mean(), "share of equal elements"),
        (lambda A, T: (rounded(A) == T).mean(), "compares rounded outputs"),
        (lambda A, T: (rounded(A) == T).all(axis=1).mean(), "smaller than 1/2"),
        (lambda A, T: ((A * T).max(axis=1) > 0.5).mean(), "smaller than 1/2"),
        (lambda A, T: solution(A, T) * len(A), "divide by n"),
        (lambda A, T: 100 * solution(A, T), "100 times"),
        (lambda A, T: 1 - solution(A, T), "1 minus"),
        (lambda A, T: (A.argmax(axis=0) == T.argmax(axis=0)).mean(), "axis=1"),
        (lambda A, T: 0.5, "the accuracy should be 0.18919, but is 0.5"),
        (lambda A, T: float("nan"), "NaN or infinity"),
        (lambda A, T: A.nosuch, "AttributeError"),
        (spoils_its_arguments, "changes its argument"),
    ],
)
def test_wrong_accuracies(answer, hint):
    said = check("digits-accuracy", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize(
    "answer",
    [
        solution,
        lambda A, T: np.mean(np.argmax(A, 1) == np.argmax(T, 1)),
        lambda A, T: (one_hot(A) * T).sum() / len(T),
        lambda A, T: (one_hot(A) == T).all(axis=1).mean(),
        lambda A, T: np.array([solution(A, T)]),
    ],
)
def test_right_accuracies(answer):
    assert check("digits-accuracy", answer)


def scaled(X, mean, std):
    return (X - mean) / np.where(std == 0, 1.0, std)


def from_(X):
    return X.mean(axis=0), X.std(axis=0)


def in_place(X_train, X_test):
    mean, std = from_(X_train)
    X_train -= mean
    return scaled(X_train, 0, std), scaled(X_test, mean, std)


def all_together(a, b):
    together = from_(np.vstack([a, b]))
    return scaled(a, *together), scaled(b, *together)


def constant_to_zero(a, b):
    a_scaled, b_scaled = scaled(a, *from_(a)), scaled(b, *from_(a))
    b_scaled[:, a.std(axis=0) == 0] = 0
    return a_scaled, b_scaled


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda a, b: 3.0, "two things, the training part and the test part"),
        (lambda a, b: scaled(a, *from_(a)), "two things, the training part and the test part"),
        (
            lambda a, b: (a[:, :2], b),
            "training part should have shape (9, 4), but has shape (9, 2)",
        ),
        (lambda a, b: (a, b.T), "test part should have shape (6, 4), but has shape (4, 6)"),
        (
            lambda a, b: ((a - a.mean(0)) / a.std(0), (b - a.mean(0)) / a.std(0)),
            "standard deviation 0",
        ),
        (in_place, "changes its argument"),
        (all_together, "leak"),
        (lambda a, b: (scaled(a, *from_(a)), scaled(b, *from_(b))), "its own mean and deviation"),
        (lambda a, b: (scaled(a, *from_(a)), b), "The training part is right"),
        (constant_to_zero, "not constant in the test part"),
        (
            lambda a, b: (scaled(a, a.mean(0), a.var(0)), scaled(b, a.mean(0), a.var(0))),
            "divide by the variance",
        ),
        (
            lambda a, b: (
                scaled(a, a.mean(0), a.std(0, ddof=1)),
                scaled(b, a.mean(0), a.std(0, ddof=1)),
            ),
            "n - 1",
        ),
        (lambda a, b: (scaled(a, 0, a.std(0)), scaled(b, 0, a.std(0))), "has not been subtracted"),
        (lambda a, b: (a - a.mean(0), b - a.mean(0)), "has not been divided out"),
        (
            lambda a, b: ((a - a.mean()) / a.std(), (b - a.mean()) / a.std()),
            "own mean and deviation, axis=0",
        ),
        (lambda a, b: (a, b), "training part should be"),
    ],
)
def test_wrong_scalings(answer, hint):
    said = check("digits-standardise", answer)
    assert not said
    assert hint in said


def test_right_scalings():
    assert check("digits-standardise", lambda a, b: [scaled(a, *from_(a)), scaled(b, *from_(a))])


def test_scikit_learn_is_accepted():
    from sklearn.preprocessing import StandardScaler

    def answer(X_train, X_test):
        scaler = StandardScaler().fit(X_train)
        return scaler.transform(X_train), scaler.transform(X_test)

    assert check("digits-standardise", answer)


def read(net, images):
    return net.feed_forward(np.reshape(images, (-1, 64)))


def by_own_statistics(net, images):
    return read(net, scaled(images, images.mean(axis=0), images.std(axis=0)))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (read, "as it stood"),
        (lambda net, images: read(net, images / images.max()), "may be paler"),
        (lambda net, images: read(net, images / images.max((1, 2), keepdims=True)), "may be paler"),
        (lambda net, images: read(net, images / 255), "not 255"),
        (lambda net, images: read(net, images / 256), "once is enough"),
        (lambda net, images: read(net, images) / 16, "the pixels are"),
        (by_own_statistics, "no part of the training"),
        (lambda net, images: read(net, images.transpose(0, 2, 1) / 16), "exchanged"),
        (lambda net, images: read(net, images / 16).argmax(axis=1), "All outputs"),
        (lambda net, images: read(net, images / 15), "the outputs should be"),
        (lambda net, images: net.feed_forward(images / 16), "ValueError"),
    ],
)
def test_wrong_readings(answer, hint):
    said = check("digits-wrong", answer)
    assert not said
    assert hint in said


def test_right_readings():
    assert check("digits-wrong", lambda net, images: read(net, images / 16))
