"""Initial weights: shape, mean, variance, bounds, reproducibility."""

import inspect

import backprop
import numpy as np
import pytest
from backprop import ELU, FFNN, LRELU, RELU, identity, initializers, sigmoid, softmax, tanh

N_IN, N_OUT = 300, 200  # enough for the variance to be within 2 % of the true one
VARIANCES = {
    "standard_normal": 1.0,
    "inverse_root": 1 / (3 * N_IN),
    "glorot_uniform": 2 / (N_IN + N_OUT),
    "glorot_normal": 2 / (N_IN + N_OUT),
    "he_uniform": 2 / N_IN,
    "he_normal": 2 / N_IN,
}
LIMITS = {
    "inverse_root": N_IN**-0.5,
    "glorot_uniform": (6 / (N_IN + N_OUT)) ** 0.5,
    "he_uniform": (6 / N_IN) ** 0.5,
}


def test_all_are_tested():
    assert set(initializers.__all__) == set(VARIANCES)


@pytest.mark.parametrize("name", VARIANCES)
def test_moments(name):
    init = getattr(initializers, name)
    W = init(N_IN, N_OUT, np.random.default_rng(1))
    assert W.shape == (N_IN, N_OUT)
    assert W.var() == pytest.approx(VARIANCES[name], rel=0.02)
    # The mean of 60,000 numbers is within four of its standard deviations from 0.
    assert abs(W.mean()) < 4 * (VARIANCES[name] / W.size) ** 0.5
    kurtosis = np.mean(W**4) / W.var() ** 2
    assert kurtosis == pytest.approx(1.8 if name in LIMITS else 3.0, rel=0.05)
    if name in LIMITS:
        assert 0.999 * LIMITS[name] < np.abs(W).max() <= LIMITS[name]
    assert np.array_equal(W, init(N_IN, N_OUT, np.random.default_rng(1)))


@pytest.mark.parametrize("func", [RELU, LRELU, ELU, sigmoid, tanh, identity, softmax])
def test_default_follows_the_activation_that_the_weights_feed(func):
    net = FFNN((N_IN, N_OUT), output_func=func, seed=0)
    (W,) = net.weights
    he = func in (RELU, LRELU, ELU)
    assert W.var() == pytest.approx(VARIANCES["he_normal" if he else "glorot_uniform"], rel=0.02)
    assert (np.abs(W).max() <= LIMITS["glorot_uniform"]) != he


def test_default_in_each_layer():
    net = FFNN((N_IN, N_OUT, N_IN), RELU, identity, seed=0)
    first, last = net.weights
    assert first.var() == pytest.approx(2 / N_IN, rel=0.02)
    assert last.var() == pytest.approx(2 / (N_IN + N_OUT), rel=0.02)
    assert all((b == 0).all() for b in net.biases)


def test_an_initializer_of_ones_own():
    calls = []

    def init(fan_in, fan_out, rng):
        calls.append((fan_in, fan_out))
        return np.arange(fan_in * fan_out).reshape(fan_in, fan_out)

    net = FFNN((3, 4, 2), initializer=init, seed=1)
    assert calls == [(3, 4), (4, 2)]
    assert np.array_equal(net.weights[0], np.arange(12.0).reshape(3, 4))
    assert np.array_equal(net.weights[1], np.arange(8.0).reshape(4, 2))


@pytest.mark.parametrize(
    "bad",
    [
        lambda fan_in, fan_out, rng: np.ones((fan_out, fan_in)),
        lambda fan_in, fan_out, rng: np.ones(fan_out),
        lambda fan_in, fan_out, rng: np.full((fan_in, fan_out), np.nan),
        lambda fan_in, fan_out, rng: None,
    ],
)
def test_bad_results_are_refused(bad):
    with pytest.raises(ValueError, match=r"initializer should return finite weights of shape \(3"):
        FFNN((3, 4, 2), initializer=bad)


def test_a_failing_initializer_leaves_the_network_as_it_is():
    broken = False

    def init(fan_in, fan_out, rng):
        return np.full((fan_in, fan_out), np.nan if broken and fan_in == 4 else 1.5)

    net = FFNN((3, 4, 2), initializer=init, seed=1)
    before = net.parameters.copy()
    net.parameters = before + 1
    broken = True
    with pytest.raises(ValueError, match="initializer"):
        net.reset_weights()
    assert np.array_equal(net.parameters, before + 1)


def test_initializer_should_be_callable():
    with pytest.raises(TypeError, match="initializer should be a function, not 'he_normal'"):
        FFNN((3, 4, 2), initializer="he_normal")


def test_only_the_given_generator_is_used():
    for name in VARIANCES:
        assert list(inspect.signature(getattr(initializers, name)).parameters) == [
            "fan_in",
            "fan_out",
            "rng",
        ]
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    FFNN((3, 4, 2), seed=1)
    FFNN((3, 4, 2))
    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert backprop.initializers is initializers
