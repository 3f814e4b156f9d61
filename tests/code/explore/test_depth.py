"""The explorable ``depth``: its numbers by other means, and what chapter 11 says to try."""

import numpy as np
import pytest
from backprop import explore
from backprop.explore import depth

SLOPES = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: 0.25 / np.cosh(z / 2) ** 2),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "RELU": (lambda z: z * (z > 0), lambda z: 1.0 * (z > 0)),
}


def values(**changes):
    """Return the values of a state."""
    return explore.values("depth", explore.state("depth", **changes))


@pytest.mark.parametrize("name", SLOPES)
def test_sizes_are_those_of_the_two_recursions(name):
    """Forward Z = A W, backward δ = (δ Wᵀ) ∘ φ'(Z), written down without a network."""
    (f, slope), M, scale = SLOPES[name], 30, 1.7
    weights, inputs, targets = depth.draws()
    A, W = [inputs[:, :M]], [scale / np.sqrt(M) * one[:M, :M] for one in weights[:10]]
    Z = []
    for one in W:
        Z.append(A[-1] @ one)
        A.append(f(Z[-1]))
    last = scale / np.sqrt(M) * weights[10][:M, :10]
    delta = (A[-1] @ last - targets) @ last.T * slope(Z[-1])
    sizes = [np.sqrt(np.mean(delta**2))]
    for one, z in zip(W[:0:-1], Z[-2::-1], strict=True):
        delta = delta @ one.T * slope(z)
        sizes.insert(0, np.sqrt(np.mean(delta**2)))
    shown = values(function=name, width=M, scale=scale)
    np.testing.assert_allclose(shown["variance"], [z.var(axis=0).mean() for z in Z], rtol=1e-10)
    np.testing.assert_allclose(shown["square"], [np.mean(z**2) for z in Z], rtol=1e-10)
    np.testing.assert_allclose(shown["errors"], np.array(sizes) / sizes[-1], rtol=1e-10)


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize("scale", [0.5, 1.0, 1.41, 4.0, 10.0])
def test_chi_by_another_integral(name, scale):
    f, slope = SLOPES[name]
    x = np.linspace(-9, 9, 60_001)[1::2]
    bell = np.exp(-(x**2) / 2)
    bell /= bell.sum()
    q = scale**2
    for _ in range(100):
        q = np.clip(scale**2 * (bell @ f(np.sqrt(q) * x) ** 2), 1e-9, 1e9)
    expected = scale**2 * (bell @ slope(np.sqrt(q) * x) ** 2)
    assert values(function=name, scale=scale)["chi"] == pytest.approx(expected, rel=2e-3)


def test_draws_are_standard_normal():
    weights, inputs, targets = depth.draws()
    assert weights.shape == (11, 200, 200)
    for part, tolerance in ((weights, 0.01), (inputs, 0.1), (targets, 0.35)):
        assert abs(part.mean()) < tolerance
        assert abs(part.std() - 1) < tolerance
    assert abs(np.corrcoef(weights[0].ravel(), weights[1].ravel())[0, 1]) < 0.02


@pytest.mark.parametrize(
    ("name", "low", "high"), [("sigmoid", 8, 13), ("tanh", 1.1, 1.6), ("RELU", 1.25, 1.55)]
)
def test_where_errors_keep_their_size(name, low, high):
    """Chapter 11 lets the reader look for these scales."""
    for width in (50, 100, 200):
        assert values(function=name, width=width, scale=low)["errors"][0] < 1
        assert values(function=name, width=width, scale=high)["errors"][0] > 1


def test_the_logistic_signal_dies_where_its_errors_live():
    shown = values(function="sigmoid", scale=10)
    assert 0.2 < shown["errors"][0] < 5
    assert shown["variance"][-1] < 0.05 * shown["variance"][0]


def test_with_unit_variance_the_width_decides():
    """And with a fixed scale it hardly matters."""
    unit = [values(function="sigmoid", width=M, scale=M**0.5)["errors"][0] for M in (25, 113, 200)]
    assert unit[0] < 0.1
    assert 0.4 < unit[1] < 2.5
    assert unit[2] > 2
    fixed = [values(function="tanh", width=M, scale=1.2)["errors"][0] for M in (50, 100, 200)]
    assert max(fixed) < 2 * min(fixed)


def test_tanh_at_glorot_loses_where_the_mean_square_has_not_settled():
    shown = values()
    assert shown["chi"] > 0.95
    assert shown["errors"][0] < 0.5
    early, late = np.array(shown["errors"][:2]), np.array(shown["errors"][-3:-1])
    assert early[0] / early[1] < late[0] / late[1]
    assert shown["square"][0] > 5 * shown["square"][-1]


def test_impossible_states_are_refused():
    for changes, words in [
        ({"function": "ELU"}, "function should be one of sigmoid, tanh, RELU, not 'ELU'"),
        ({"width": 201}, "width should be a number from 2 to 200, not 201"),
        ({"width": 7.5}, "width should be a whole number, not 7.5"),
        ({"scale": 0}, "scale should be a number from 0.3 to 40, not 0"),
    ]:
        with pytest.raises(ValueError, match=words):
            explore.state("depth", **changes)
