"""The checkers of chapter 13."""

import json
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd.tracer import getval
from backprop import CostOLS, Scheduler
from backprop.checks import check
from backprop.layers import Layer

from web import words as book_words

CHAPTER = Path(__file__).resolve().parents[3] / "chapters" / "13-building-the-network.ipynb"


# A scheduler whose learning rate falls


def decaying(rate, counts=True, sign=1.0):
    """Make a scheduler class whose learning rate is rate(eta, tau, number of the call)."""

    class Decaying(Scheduler):
        def __init__(self, eta, tau):
            super().__init__(eta)
            self.tau = tau

        def update_change(self, gradient):
            self.n_updates += counts
            return sign * rate(self.eta, self.tau, self.n_updates) * gradient

    return Decaying


def right_rate(eta, tau, t):
    return eta / (1 + (t - 1) / tau)


class NeverForgets(decaying(right_rate)):
    def __init__(self, eta, tau):
        self.t = 0
        super().__init__(eta, tau)

    def update_change(self, gradient):
        self.t += 1
        return right_rate(self.eta, self.tau, self.t) * gradient


class ChangesTheGradient(decaying(right_rate)):
    def update_change(self, gradient):
        gradient *= super().update_change(gradient) / gradient
        return gradient


class ReturnsANumber(decaying(right_rate)):
    def update_change(self, gradient):
        return super().update_change(gradient).sum()


class PlaceholderScheduler(decaying(right_rate)):
    def update_change(self, gradient):
        raise NotImplementedError


def test_the_right_scheduler_is_accepted():
    assert check("decaying-rate", decaying(right_rate))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (PlaceholderScheduler, "placeholder"),
        (decaying(right_rate, counts=False), "Count the calls"),
        (decaying(lambda eta, tau, t: eta), "never falls"),
        (decaying(lambda eta, tau, t: right_rate(eta, tau, t + 1)), "first change should use eta"),
        (decaying(lambda eta, tau, t: right_rate(eta, tau, max(t - 1, 1))), "same rate"),
        (decaying(lambda eta, tau, t: eta / (1 + (t - 1) * tau)), "divided by tau"),
        (decaying(lambda eta, tau, t: eta * np.exp((1 - t) / tau)), "exponentially"),
        (decaying(lambda eta, tau, t: eta * (1 + (t - 1) / tau)), "grows"),
        (decaying(lambda eta, tau, t: eta / t), "of the list of changes should be"),
        (decaying(right_rate, sign=-1.0), "sign"),
        (NeverForgets, "After reset()"),
        (ChangesTheGradient, "changes its argument gradients"),
        (ReturnsANumber, "the gradient's shape"),
        (lambda: None, "TypeError"),
    ],
)
def test_wrong_schedulers_get_a_hint(answer, hint):
    said = check("decaying-rate", answer)
    assert not said
    assert hint in said


# A cost


def cost_of(func):
    """Make a cost in the form of CostOLS from a function of the errors, shape (n, M)."""
    return lambda target: lambda X: func(X - target)


def stable(u):
    return anp.logaddexp(u, -u) - np.log(2)


@pytest.mark.parametrize(
    "element",
    [stable, lambda u: anp.abs(u) + anp.log1p(anp.exp(-2 * anp.abs(u))) - np.log(2)],
)
def test_the_right_cost_is_accepted(element):
    assert check("log-cosh", cost_of(lambda u: anp.sum(element(u)) / len(u)))


def mixed(u):
    """Right values with plain NumPy, which autograd cannot look into."""
    return float(np.sum(np.log(np.cosh(np.asarray(u, dtype=float)))) / len(u))


def not_implemented(u):
    raise NotImplementedError


def cut_off(u):
    """Right values, through which autograd sees nothing but a sum."""
    values = getval(u)
    return anp.sum(u) + float(stable(values).sum()) / len(u) - float(values.sum())


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (cost_of(not_implemented), "placeholder"),
        (cost_of(cut_off), "The cost is right. For T of shape"),
        (lambda target: 3.0, "return a function"),
        (cost_of(stable), "one number, but has shape (5, 3)"),
        (cost_of(lambda u: anp.sum(stable(u))), "factor 1/n is missing"),
        (cost_of(lambda u: anp.mean(stable(u))), "not of all elements"),
        (cost_of(lambda u: anp.sum(stable(u)) / u.shape[1]), "not columns"),
        (cost_of(lambda u: -anp.sum(stable(u)) / len(u)), "sign"),
        (CostOLS, "This is CostOLS"),
        (cost_of(lambda u: anp.sum(anp.cosh(u)) / len(u)), "logarithm is missing"),
        (cost_of(lambda u: anp.sum(anp.logaddexp(u, -u)) / len(u)), "ln 2"),
        (cost_of(lambda u: anp.sum(anp.abs(u)) / len(u)), "the cost should be"),
        (cost_of(mixed), "Autograd cannot differentiate"),
        (lambda target: lambda X: anp.vdot(X - target, X), "anp.vdot, have no derivative"),
        (
            lambda target: lambda X: anp.sum(anp.log(anp.cosh(X) - anp.cosh(target))),
            "The cost is not finite",
        ),
        (cost_of(lambda u: anp.sum(anp.log(anp.cosh(u))) / len(u)), "too large for a double"),
    ],
)
def test_wrong_costs_get_a_hint(answer, hint):
    said = check("log-cosh", answer)
    assert not said
    assert hint in said


# A layer


class Gain(Layer):
    def __init__(self, width):
        self.n_parameters = width

    def attach(self, parameters, gradient):
        self.gamma, self.dgamma = parameters, gradient

    def forward(self, A, training=False, rng=None):
        self.A = A
        return A * self.gamma

    def backward(self, delta):
        self.dgamma[:] = self.gradient_of_gamma(delta)
        return self.back(delta)

    def gradient_of_gamma(self, delta):
        return (delta * self.A).sum(axis=0)

    def back(self, delta):
        return delta * self.gamma


def gain(**methods):
    """Make a variant of the right layer with some methods replaced."""
    return type("Variant", (Gain,), methods)


def renamed(self, delta):
    self.dgamma = self.gradient_of_gamma(delta)
    return self.back(delta)


def added(self, delta):
    self.dgamma += self.gradient_of_gamma(delta)
    return self.back(delta)


def copied(self, parameters, gradient):
    self.gamma, self.dgamma = parameters.copy(), gradient


def first_input_kept(self, A, training=False, rng=None):
    self.A = getattr(self, "A", A)
    return A * self.gamma


def first_gamma_kept(self, A, training=False, rng=None):
    self.A, self.first = A, getattr(self, "first", self.gamma.copy())
    return A * self.gamma


def idle_in_training(self, A, training=False, rng=None):
    self.A = A
    return A if training else A * self.gamma


def not_yet(self, *arguments):
    raise NotImplementedError


def test_the_right_layer_is_accepted():
    assert check("gain-layer", Gain)


@pytest.mark.parametrize(
    ("methods", "hint"),
    [
        ({"forward": not_yet}, "placeholder"),
        ({"backward": not_yet}, "placeholder"),
        ({"n_parameters": property(lambda self: 0, lambda self, value: None)}, "not 0"),
        ({"forward": lambda self, A, training=False, rng=None: A}, "multiply column j"),
        ({"forward": lambda self, A, training=False, rng=None: A @ self.gamma}, "(5, 3), not (5,)"),
        ({"back": lambda self, delta: delta}, "what it was given"),
        ({"back": lambda self, delta: delta * self.A}, "multiply by gamma, not by the input"),
        ({"back": lambda self, delta: None}, "gradient with respect to the input"),
        ({"back": lambda self, delta: delta @ self.gamma}, "has shape (5,)"),
        ({"backward": renamed}, "Write into the view"),
        ({"backward": added}, "Overwrite it"),
        (
            {"gradient_of_gamma": lambda self, delta: (delta * self.A).mean(axis=0)},
            "sum over the samples",
        ),
        ({"gradient_of_gamma": lambda self, delta: delta.sum(axis=0)}, "input is missing"),
        (
            {"gradient_of_gamma": lambda self, delta: (delta * self.A * self.gamma).sum(axis=0)},
            "factor gamma too many",
        ),
        (
            {"gradient_of_gamma": lambda self, delta: self.A.sum(axis=0)},
            "incoming gradient is missing",
        ),
        ({"gradient_of_gamma": lambda self, delta: delta * self.A}, "ValueError"),
        ({"attach": copied}, "not a copy"),
        ({"forward": first_input_kept}, "an earlier input"),
        (
            {"forward": first_gamma_kept, "back": lambda self, delta: delta * self.first},
            "what gamma was before",
        ),
        ({"forward": idle_in_training}, "in training"),
    ],
)
def test_wrong_layers_get_a_hint(methods, hint):
    said = check("gain-layer", gain(**methods))
    assert not said
    assert hint in said


def test_the_chapter_shows_a_placeholder_and_a_solution_for_each():
    notebook = json.loads(CHAPTER.read_text(encoding="utf-8"))
    sources = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for name in ("decaying-rate", "log-cosh", "gain-layer"):
        cells = [c for c in sources if f'check("{name}"' in "".join(c["source"])]
        said = ["".join(c["outputs"][-1]["data"]["text/plain"]) for c in cells]
        assert [answer.split(".")[0] for answer in said] == [
            book_words.book().say(word).rstrip(".") for word in ("Not yet.", "Right.")
        ]


class OverwritesEta(decaying(right_rate)):
    def update_change(self, gradient):
        self.first = getattr(self, "first", self.eta)
        change = self.eta * gradient
        self.n_updates += 1
        self.eta = right_rate(self.first, self.tau, self.n_updates + 1)
        return change


def test_reset_cannot_restore_a_rate_that_is_overwritten():
    said = check("decaying-rate", OverwritesEta)
    assert not said
    assert "leave self.eta as it is" in said
