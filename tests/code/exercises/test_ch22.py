"""The checkers of chapter 22: typical wrong answers, right ones in other styles."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from backprop.checks import check


def not_yet(*arguments):
    raise NotImplementedError


# Newton's step


def slope(X, y, theta, factor=2.0):
    return -factor / len(y) * X.T @ (y - X @ theta)


def bend(X, factor=2.0):
    return factor / len(X) * X.T @ X


@pytest.mark.parametrize(
    "step",
    [
        lambda X, y, theta: np.linalg.solve(bend(X), slope(X, y, theta)),
        lambda X, y, theta: theta - np.linalg.lstsq(X, y, rcond=None)[0],
    ],
)
def test_the_right_step_is_accepted(step):
    assert check("newton-step", step)


def solved(hessian, gradient):
    return lambda X, y, theta: np.linalg.solve(hessian(X), gradient(X, y, theta))


def moved(X, y, theta):
    theta -= np.linalg.solve(bend(X), slope(X, y, theta))
    return theta


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        (not_yet, "placeholder"),
        (solved(bend, lambda *a: -slope(*a)), "sign"),
        (lambda X, y, theta: np.linalg.lstsq(X, y, rcond=None)[0], "minimum itself"),
        (slope, "This is the gradient"),
        (solved(lambda X: bend(X, 1.0), slope), "missing in the Hessian"),
        (solved(bend, lambda *a: slope(*a, factor=1.0)), "missing in the gradient"),
        (solved(lambda X: 2 * X.T @ X, slope), "factor 1/n, or neither"),
        (solved(bend, lambda X, y, t: len(y) * slope(X, y, t)), "factor 1/n, or neither"),
        (lambda X, y, theta: slope(X, y, theta) / np.diag(bend(X)), "diagonal"),
        (lambda X, y, theta: bend(X) @ slope(X, y, theta), "multiply by its inverse"),
        (lambda X, y, theta: 0.9 * theta, "should be"),
        (lambda X, y, theta: slope(X, y, theta)[:, None], "but has shape (3, 1)"),
        (moved, "changes its argument theta"),
    ],
)
def test_wrong_steps_get_a_hint(step, hint):
    said = check("newton-step", step)
    assert not said
    assert hint in said


# A Hessian that is never made


def times(new, bend=2.0, inner=1.0, factor=2.0, old=1.0, mean=True, outer=1.0):
    """Return H v with factors before its terms, and powers of the slope in them."""

    def answer(X, t, w, v):
        a = np.tanh(X @ w)
        slope = 1 - a**2
        one = new * slope * slope**outer * (X @ v)
        two = old * (a - t) * bend * a * slope**inner * (X @ v)
        return factor / (len(X) if mean else 1) * X.T @ (one - two)

    return answer


def neuron_slope(X, t, w):
    a = np.tanh(X @ w)
    return 2 / len(X) * X.T @ ((a - t) * (1 - a**2))


def by_hessian(X, t, w, v):
    return autograd.hessian(lambda w: anp.mean((anp.tanh(X @ w) - t) ** 2))(w) @ v


def by_outer_products(X, t, w, v):
    a = np.tanh(X @ w)
    bend = (1 - a**2) * (1 - a**2 - 2 * a * (a - t))
    return 2 / len(t) * sum(b * np.outer(x, x) for b, x in zip(bend, X, strict=True)) @ v


def at_w(X, t, w, v):
    w += 1e-6 * v
    return (neuron_slope(X, t, w) - neuron_slope(X, t, w - 2e-6 * v)) / 2e-6


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (not_yet, "placeholder"),
        (lambda X, t, w, v: neuron_slope(X, t, w), "This is the gradient itself"),
        (times(1.0, old=0.0), "has a second term"),
        (times(0.0), "The first term"),
        (times(1.0, old=-1.0), "have other signs"),
        (times(-1.0, old=-1.0), "have other signs"),
        (times(1.0, bend=1.0), "a 2 is missing"),
        (times(1.0, inner=0.0), "has the factor 1 - a²"),
        (times(1.0, outer=0.0), "has the factor 1 - a²"),
        (times(1.0, inner=0.0, outer=0.0), "has the factor 1 - a²"),
        (times(1.0, factor=1.0), "The factor 2 is missing"),
        (times(1.0, mean=False), "The factor 1/n is missing"),
        (lambda X, t, w, v: neuron_slope(X, t, w) * v, "element by element"),
        (lambda X, t, w, v: v @ times(1.0)(X, t, w, v), "curvature along v"),
        (
            lambda X, t, w, v: v * np.array([times(1.0)(X, t, w, e) @ e for e in np.eye(len(w))]),
            "beside its diagonal",
        ),
        (at_w, "changes its argument w"),
        (by_hessian, "a matrix of shape (p, p) is formed"),
        (by_outer_products, "a matrix of shape (p, p) is formed"),
    ],
)
def test_wrong_products_get_a_hint(answer, hint):
    said = check("neuron-curvature", answer)
    assert not said
    assert hint in said


def test_a_difference_of_gradients_is_accepted():
    def by_difference(X, t, w, v):
        ends = (neuron_slope(X, t, w + h * v) for h in (1e-5, -1e-5))
        return (next(ends) - next(ends)) / 2e-5

    assert check("neuron-curvature", by_difference)
