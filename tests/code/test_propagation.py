"""Very wide layers: against exact means, a second quadrature, and the chapter's limits."""

import numpy as np
import pytest
from backprop import RELU, derivate, identity, sigmoid, tanh
from backprop.propagation import chi, fixed_point, gaussian_mean, variance_map

NODES, SHARES = np.polynomial.hermite_e.hermegauss(120)
SHARES = SHARES / SHARES.sum()


@pytest.mark.parametrize("q", [0.0, 0.3, 2.0, 50.0])
def test_moments_of_the_bell_curve(q):
    for power, moment in ((0, 1), (1, 0), (2, q), (4, 3 * q**2)):
        found = gaussian_mean(lambda z, p=power: z**p, q)
        assert found == pytest.approx(moment, rel=1e-9, abs=1e-9)


def test_half_of_the_square_passes_a_rectifier():
    assert gaussian_mean(lambda z: RELU(z) ** 2, 3.0) == pytest.approx(1.5, rel=1e-9)
    assert gaussian_mean(derivate(RELU), 3.0) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("func", [tanh, sigmoid])
def test_another_quadrature(func):
    for scale, bias, q in ((0.6, 0.0, 0.2), (1.5, 0.4, 0.9)):
        mean = SHARES @ func(np.sqrt(q) * NODES) ** 2
        expected = scale**2 * mean + bias**2
        assert variance_map(func, q, scale, bias) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("scale", "bias"), [(0.5, 0.3), (1.5, 0.0), (2.5, 0.8)])
def test_a_fixed_point_is_fixed(scale, bias):
    q = fixed_point(tanh, scale, bias, steps=400)
    assert variance_map(tanh, q, scale, bias) == pytest.approx(q, rel=1e-9)


def test_a_linear_network_fades_or_grows_to_the_limits():
    assert fixed_point(identity, 0.5) == 1e-9
    assert fixed_point(identity, 2.0) == 1e9
    assert fixed_point(identity, 0.5, 0.6) == pytest.approx(0.36 / 0.75, rel=1e-9)


def test_steps_are_layers():
    one = variance_map(tanh, 1.5**2 + 0.2**2, 1.5, 0.2)
    assert fixed_point(tanh, 1.5, 0.2, steps=1) == one
    assert fixed_point(tanh, 1.5, 0.2, steps=2) == variance_map(tanh, one, 1.5, 0.2)
    assert fixed_point(tanh, 1.5, 0.2) == fixed_point(tanh, 1.5, 0.2, steps=100)
    assert chi(tanh, 1.5, 0.2) == chi(tanh, 1.5, 0.2, steps=100) != chi(tanh, 1.5, 0.2, steps=1)


def test_chi_of_known_networks():
    for scale in (0.5, 1.0, 3.0):
        assert chi(identity, scale) == pytest.approx(scale**2, rel=1e-9)
        assert chi(RELU, scale) == pytest.approx(scale**2 / 2, rel=1e-9)
        assert chi(RELU, scale, 0.7) == pytest.approx(scale**2 / 2, rel=1e-9)
    assert chi(tanh, 0.5) == pytest.approx(0.25, rel=1e-8)
    assert chi(tanh, 0.9, 1.0) < chi(tanh, 0.9)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gaussian_mean("tanh", 1.0), TypeError, "func should be an elementwise function"),
        (lambda: gaussian_mean(tanh, -1.0), ValueError, "q should be at least 0"),
        (lambda: gaussian_mean(tanh, None), TypeError, "q should be a number"),
        (lambda: variance_map(tanh, 1.0, 0.0), ValueError, "scale should be greater than 0"),
        (lambda: variance_map(tanh, 1.0, 1.0, -0.1), ValueError, "bias should be at least 0"),
        (lambda: fixed_point(tanh, 1.0, steps=0), ValueError, "steps should be at least 1"),
        (lambda: fixed_point(tanh, "1"), TypeError, "scale should be a number"),
        (lambda: chi(tanh, 1.0, steps=2.5), TypeError, "steps should be a whole number"),
    ],
)
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
