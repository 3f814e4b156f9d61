"""The checkers of chapter 3: placeholder, typical wrong answers, solution."""

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


def polar(fx, fy, r, angle):
    c, s = np.cos(angle), np.sin(angle)
    return fx * c + fy * s, r * (fy * c - fx * s)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda *a: polar(*a)[::-1], "wrong order"),
        (lambda fx, fy, r, a: (polar(fx, fy, r, a)[0], polar(fx, fy, r, a)[1] / r), "factor r"),
        (lambda *a: (polar(*a)[0], -polar(*a)[1]), "The sign of ∂f/∂θ is wrong"),
        (lambda fx, fy, r, a: (polar(fx, fy, r, a)[0], polar(-fx, fy, r, a)[1]), "sign is missing"),
        (
            lambda fx, fy, r, a: (
                fx * np.cos(a) - fy * r * np.sin(a),
                fx * np.sin(a) + fy * r * np.cos(a),
            ),
            "transposed",
        ),
        (lambda *a: (polar(*a)[0], 0.0), "∂f/∂r is right. For fx"),
        (lambda fx, fy, r, a: (fx, fy), "Multiply the row (fx, fy) by each column"),
        (lambda *a: polar(*a)[0], "two things, ∂f/∂r and ∂f/∂θ"),
    ],
)
def test_polar_hints(answer, hint):
    said = check("chain-polar", answer)
    assert not said
    assert hint in said


def pull_back(jacobians, gradient):
    for jacobian in reversed(jacobians):
        gradient = jacobian.T @ gradient
    return gradient


def row_by_row(jacobians, gradient):
    row = gradient[None, :]
    while jacobians:
        row = row @ jacobians.pop()
    return row[0]


def in_place(jacobians, gradient):
    for jacobian in reversed(jacobians):
        jacobian *= gradient[:, None]
        gradient = jacobian.sum(axis=0)
    return gradient


def forwards(jacobians, gradient):
    for jacobian in jacobians:
        gradient = jacobian.T @ gradient
    return gradient


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (forwards, "begin with the last"),
        (lambda j, g: 2 * pull_back(j, g), "Every number is 2 times"),
        (lambda j, g: j[0].T @ (j[1].T @ (j[2].T @ g)) if j else 0 * g, "without steps"),
        (lambda j, g: pull_back(j[1:], g), "shape (2,)"),
        (lambda j, g: j[0].T @ (j[1].T @ (j[2].T @ g)), "without steps"),
        (lambda j, g: (j[2] @ j[1] @ j[0]).T @ g if j else g, "matrix was multiplied"),
        (lambda j, g: j.clear() or g[:2], "should have shape (3,)"),
        (lambda j, g: j[0] @ g, "begin with the last"),
        (lambda j, g: int("two"), "ValueError: invalid literal"),
        (in_place, "changes its argument jacobians"),
    ],
)
def test_pull_back_hints(answer, hint):
    said = check("chain-pull-back", answer)
    assert not said
    assert hint in said


def shared(slope=lambda old, new: 1 - new**2, value=lambda old, new: old, factor=None, more=0):
    """Return an answer whose step uses these; factor None stands for the weight."""

    def answer(w, x, steps):
        y, total = x, 0.0
        for _ in range(steps + more):
            old, y = y, np.tanh(w * y)
            total = slope(old, y) * (value(old, y) + (w if factor is None else factor) * total)
        return total

    return answer


def product_of_contributions(w, x, steps):
    made, y = 1.0, x
    for _ in range(steps):
        old, y = y, np.tanh(w * y)
        made *= (1 - y**2) * old
    return made


def by_x(w, x, steps):
    y, made = x, 1.0
    for _ in range(steps):
        y = np.tanh(w * y)
        made *= w * (1 - y**2)
    return made


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (shared(factor=0.0), "but it depends on w too"),
        (lambda w, x, n: by_x(w, x, n) * x / w, "first place"),
        (by_x, "with respect to x"),
        (shared(factor=1.0), "weight is missing"),
        (shared(slope=lambda old, new: 1.0), "slope of tanh is missing"),
        (shared(value=lambda old, new: new), "not y_k"),
        (shared(slope=lambda old, new: 1 - new), "square is missing"),
        (shared(slope=lambda old, new: 1 - old**2), "not 1 - y_{k-1}²"),
        (product_of_contributions, "added, not multiplied"),
        (shared(more=1), "one step too many"),
        (shared(more=-1), "one step too few"),
        (lambda w, x, n: -shared()(w, x, n), "sign is wrong"),
        (lambda w, x, n: np.tanh(w * x), "directly, and through"),
        (lambda w, x, n: [shared()(w, x, n)] * n, "should be one number"),
    ],
)
def test_shared_hints(answer, hint):
    said = check("chain-shared", answer)
    assert not said
    assert hint in said


def test_solutions_are_accepted():
    assert check("chain-polar", polar)
    assert check("chain-pull-back", pull_back)
    assert check("chain-pull-back", row_by_row)
    assert check("chain-shared", shared())
