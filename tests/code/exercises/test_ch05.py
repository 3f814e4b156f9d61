"""The checkers of chapter 5: placeholder, typical wrong answers, solutions."""

import math

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*_):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda x, dx, y, dy: x / y, "two things, the value and the tangent"),
        (lambda x, dx, y, dy: (x, y, dx), "two things, the value and the tangent"),
        (lambda x, dx, y, dy: ((dx * y - x * dy) / y**2, x / y), "wrong order"),
        (lambda x, dx, y, dy: (y / x, (dx * y - x * dy) / y**2), "value should be x / y"),
        (lambda x, dx, y, dy: (x / y, (dx * y + x * dy) / y**2), "minus"),
        (lambda x, dx, y, dy: (x / y, (x * dy - dx * y) / y**2), "sign is wrong"),
        (lambda x, dx, y, dy: (x / y, (dx * y - x * dy) / y), "squared"),
        (lambda x, dx, y, dy: (x / y, (dx * y - x * dy) / x**2), "is y, not x"),
        (lambda x, dx, y, dy: (x / y, dx / dy), "part by part"),
        (lambda x, dx, y, dy: (x / y, dx / y), "changes too"),
        (lambda x, dx, y, dy: (x / y, dx * y + x * dy), "rule for a product"),
        (lambda x, dx, y, dy: (x / y, 7.0), "the tangent should be"),
    ],
)
def test_divide_refuses(answer, hint):
    said = check("ad-divide", answer)
    assert not said
    assert hint in said


def test_divide_accepts():
    assert check("ad-divide", lambda x, dx, y, dy: (x / y, (dx * y - x * dy) / y**2))
    assert check("ad-divide", lambda x, dx, y, dy: (x / y, (dx - x / y * dy) / y))


def adjoints(L, links, *, order=-1, add=True):
    found = [0.0] * (L + 1)
    found[L] = 1.0
    for i, j, partial in sorted(links, key=lambda link: order * link[1]) if order else links:
        found[i] = found[i] * add + found[j] * partial
    return found[1:]


def tangents(L, links):
    found = [1.0] + [0.0] * (L - 1)
    for i, j, partial in sorted(links, key=lambda link: link[1]):
        found[j - 1] += found[i - 1] * partial
    return found


def without_seed(L, links):
    return [2 * value for value in adjoints(L, links)]


def sign_lost(L, links):
    return adjoints(L, [(i, j, abs(partial)) for i, j, partial in links])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda L, links: 3.0, "should have shape (6,), but is a single number"),
        (lambda L, links: {L: 1.0}, "not a dict"),
        (lambda L, links: [0.0, *adjoints(L, links)], "Leave out number 0"),
        (lambda L, links: adjoints(L, links)[:-1], "should have shape (6,), but has shape (5,)"),
        (lambda L, links: adjoints(L, links)[::-1], "reverse order"),
        (without_seed, "should be 1"),
        (lambda L, links: adjoints(L, links, order=0), "no particular order"),
        (lambda L, links: adjoints(L, links, add=False), "contributions add up"),
        (tangents, "that is forward mode"),
        (sign_lost, "of the list of adjoints should be"),
    ],
)
def test_adjoints_refuses(answer, hint):
    said = check("ad-adjoints", answer)
    assert not said
    assert hint in said


def test_adjoints_accepts():
    assert check("ad-adjoints", adjoints)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((784, 100, 100, 100, 1), "between 1 and 100"),
        ((5, 4, 3, 2), "not 4"),
        (7, "Five whole numbers"),
        (("a",) * 5, "Five whole numbers"),
        ((100, 100, 1.9, 100, 100), "Five whole numbers"),
        ((100, 50, 20, 10, 1), "one of the modes is the best"),
        ((20, 20, 10, 20, 20), "a factor of"),
    ],
)
def test_brackets_refuses(answer, hint):
    said = check("ad-brackets", answer)
    assert not said
    assert hint in said


def test_brackets_accepts():
    assert check("ad-brackets", (100, 100, 1, 100, 100))
    assert check("ad-brackets", np.array([90, 80, 2, 85, 95]))


def growth(at_zero, elsewhere=lambda x: (np.exp(x) - 1) / x):
    return lambda x: at_zero(x) if x == 0 else elsewhere(x)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (growth(lambda x: 1.0), "branch returns a constant"),
        (growth(lambda x: 1), "branch returns a constant"),
        (growth(lambda x: 0 * x), "should be the limit, 1"),
        (growth(lambda x: 1 + x), "begins with 1 + x/2"),
        (growth(lambda x: 1 - x / 2), "wrong sign"),
        (lambda x: 1 + x / 2, "right near zero only"),
        (growth(lambda x: 1 + x / 2, lambda x: np.exp(x) - 1 / x), "before the division"),
        (lambda x: np.exp(x) - 1, "division by x is missing"),
        (lambda x: (np.exp(x) - 1) / x, "give that case a branch of its own"),
        (growth(lambda x: 1 + x / 2, lambda x: (math.exp(x) - 1) / x), "use functions of NumPy"),
        (growth(lambda x: None), "does every branch"),
        (lambda x: (np.exp(x + 1e-9) - 1) / (x + 1e-9), "should be"),
        (growth(lambda x: 1 + 0.4 * x), "should be"),
        (lambda x: 1 + x / 2 if abs(x) < 1e-3 else (np.exp(x) - 1) / x, "is 0.5"),
    ],
)
def test_branch_refuses(answer, hint):
    said = check("ad-branch", answer)
    assert not said
    assert hint in said


def test_branch_accepts():
    assert check("ad-branch", growth(lambda x: 1 + x / 2))


def normalise(x, u):
    y = x / np.linalg.norm(x)
    return (u - y * (y @ u)) / np.linalg.norm(x)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda x, u: u / np.linalg.norm(x), "held fixed"),
        (lambda x, u: normalise(x, u) - u / np.linalg.norm(x), "direct one is missing"),
        (lambda x, u: normalise(x, u) * np.linalg.norm(x), "division by the norm is missing"),
        (lambda x, u: normalise(x, u) / np.linalg.norm(x), "one division by the norm too many"),
        (lambda x, u: 2 * u / np.linalg.norm(x) - normalise(x, u), "a minus sign"),
        (lambda x, u: u * (1 - x**2 / (x @ x)) / np.linalg.norm(x), "sum over i"),
        (lambda x, u: (u - x * (x @ u)) / np.linalg.norm(x), "take y there, not x"),
        (lambda x, u: (u - x * x.sum() / (x @ x)) / np.linalg.norm(x), "leaves out the adjoints"),
        (lambda x, u: x / np.linalg.norm(x), "This is y"),
        (lambda x, u: normalise(x, u).sum(), "not their sum"),
        (lambda x, u: normalise(u, x), "on all of them through the norm"),
        (lambda x, u: np.outer(x, u), "should have shape (3,)"),
    ],
)
def test_normalise_refuses(answer, hint):
    said = check("ad-normalise", answer)
    assert not said
    assert hint in said


def test_normalise_accepts():
    assert check("ad-normalise", normalise)
