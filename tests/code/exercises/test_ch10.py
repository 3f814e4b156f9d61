"""The checkers of chapter 10."""

import json
from pathlib import Path

import numpy as np
import pytest
from backprop import Momentum, Scheduler
from backprop.checks import check

from web import words as book_words

CHAPTER = Path(__file__).resolve().parents[3] / "chapters" / "10-gradient-descent.ipynb"


def not_yet(*arguments):
    raise NotImplementedError


# The largest learning rate


def curvatures(X):
    return np.linalg.eigvalsh(2 / len(X) * X.T @ X)


@pytest.mark.parametrize(
    "rate",
    [
        lambda X: 2 / curvatures(X).max(),
        lambda X: len(X) / np.linalg.norm(X, 2) ** 2,
    ],
)
def test_the_right_limit_is_accepted(rate):
    assert check("largest-rate", rate)


@pytest.mark.parametrize(
    ("rate", "hint"),
    [
        (not_yet, "placeholder"),
        (lambda X: curvatures(X).max(), "largest curvature itself"),
        (lambda X: 1 / curvatures(X).max(), "half of the limit"),
        (lambda X: 2 / curvatures(X).min(), "smallest curvature"),
        (lambda X: 2 / curvatures(X), "has shape (3,)"),
        (lambda X: 2 / np.linalg.eigvalsh(2 * X.T @ X).max(), "factor 1/n is missing"),
        (lambda X: 2 / np.linalg.eigvalsh(X.T @ X).max(), "with the 2 of the derivative"),
        (lambda X: 2 / np.linalg.eigvalsh(X.T @ X / len(X)).max(), "factor 2 is missing"),
        (lambda X: 2 / (curvatures(X).max() + curvatures(X).min()), "best rate"),
        (lambda X: 2 / curvatures(X).sum(), "sum of the curvatures"),
        (lambda X: 2 / np.linalg.eigvalsh(X @ X.T)[:3], "has shape (3,)"),
        (lambda X: 2 / curvatures(X)[2], "IndexError"),
        (lambda X: 2 / curvatures(X).max() if X.shape[1] == 3 else 0.5, "the limit should be"),
    ],
)
def test_wrong_limits_get_a_hint(rate, hint):
    said = check("largest-rate", rate)
    assert not said
    assert hint in said


# Nesterov's momentum


def nesterov(change, sign=1.0):
    """Make a scheduler class from change(old velocity, new velocity, eta, mu, gradient)."""

    class Nesterov(Scheduler):
        def __init__(self, eta, momentum):
            super().__init__(eta)
            self.momentum = momentum

        def update_change(self, gradient):
            old = self.memory.get("v", np.zeros_like(gradient))
            new = self.momentum * old + self.eta * gradient
            self.memory["v"] = new
            return sign * change(old, new, self.eta, self.momentum, gradient)

    return Nesterov


def right(old, new, eta, mu, g):
    return mu * new + eta * g


class NeverForgets(nesterov(right)):
    def reset(self):
        self.memory = getattr(self, "memory", {})


class ChangesTheGradient(nesterov(right)):
    def update_change(self, gradient):
        gradient *= 1.5
        return super().update_change(gradient)


class KeepsNothing(nesterov(right)):
    def update_change(self, gradient):
        self.memory.clear()
        return super().update_change(gradient)


class TiresAfterTwo(nesterov(right)):
    calls = 0

    def update_change(self, gradient):
        self.calls += 1
        return super().update_change(gradient) * (1.0 if self.calls < 3 else 0.7)


class Placeholder(nesterov(right)):
    update_change = not_yet


def test_the_right_scheduler_is_accepted():
    assert check("nesterov", nesterov(right))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (Placeholder, "placeholder"),
        (Momentum, "plain momentum"),
        (nesterov(lambda old, new, eta, mu, g: mu * new), "lacks the new gradient"),
        (nesterov(lambda old, new, eta, mu, g: mu * (old + eta * g)), "second term has no mu"),
        (nesterov(lambda old, new, eta, mu, g: new + eta * g), "multiplied by mu once more"),
        (nesterov(lambda old, new, eta, mu, g: mu * new + g), "learning rate is missing"),
        (
            nesterov(lambda old, new, eta, mu, g: new - old),
            "the number at [0, 1] of the list of changes should be",
        ),
        (TiresAfterTwo, "the number at [3, 1] of the list of changes should be"),
        (nesterov(right, sign=-1.0), "sign"),
        (nesterov(lambda old, new, eta, mu, g: right(old, new, eta, mu, g).sum()), "shape, (2,)"),
        (KeepsNothing, "forgotten from call to call"),
        (NeverForgets, "reset()"),
        (ChangesTheGradient, "changes its argument gradients"),
        (lambda: None, "TypeError"),
    ],
)
def test_wrong_schedulers_get_a_hint(answer, hint):
    said = check("nesterov", answer)
    assert not said
    assert hint in said


def test_the_chapter_shows_a_placeholder_and_a_solution_for_each():
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    sources = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for name in ("largest-rate", "nesterov"):
        cells = [c for c in sources if f'check("{name}"' in "".join(c["source"])]
        said = ["".join(c["outputs"][-1]["data"]["text/plain"]) for c in cells]
        assert [answer.split(".")[0] for answer in said] == [
            book_words.book().say(word).rstrip(".") for word in ("Not yet.", "Right.")
        ]


# What is wrong here?


def adam_points(gradient, start, eta, rho, rho2, n, powers=None, shift=0, root=0.5, first=0):
    points, m, s = [np.array(start)], 0.0, 0.0
    for t in range(1 + shift, n + 1 + shift):
        g = gradient(points[-1])
        m, s = rho * m + (1 - rho) * g, rho2 * s + (1 - rho2) * g**2
        one, two = powers(rho, rho2) if powers else (rho, rho2)
        points.append(points[-1] - eta * m / (1 - one**t) / ((s / (1 - two**t)) ** root + 1e-8))
    return np.array(points[first:])


def adam_with_other_constants(gradient, start, eta, rho, rho2, n):
    return adam_points(gradient, start, eta, rho2, rho, n)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"powers": lambda r, r2: (r, r)}, "as it stood"),
        ({"powers": lambda r, r2: (r2, r)}, "the mistake has moved"),
        ({"powers": lambda r, r2: (r2, r2)}, "the mistake has moved"),
        ({"powers": lambda r, r2: (0, 0)}, "Both corrections are gone"),
        ({"powers": lambda r, r2: (r, 0)}, "One of the corrections"),
        ({"powers": lambda r, r2: (0, r2)}, "One of the corrections"),
        ({"shift": 1}, "t begins with 1"),
        ({"root": 1.0}, "root of the mean square"),
        ({"first": 1}, "The start is missing"),
    ],
)
def test_wrong_repairs_of_adam(change, hint):
    def path(gradient, start, eta, rho, rho2, n_updates):
        return adam_points(gradient, start, eta, rho, rho2, n_updates, **change)

    said = check("gd-wrong", path)
    assert not said
    assert hint in said


def test_exchanged_constants_of_adam():
    assert "changed places" in check("gd-wrong", adam_with_other_constants)
