"""Each layer alone: its backward pass is the vector-Jacobian product of its forward pass."""

import autograd.numpy as anp
import backprop
import numpy as np
import pytest
from autograd import grad
from backprop import FFNN, Activation, Affine, BatchNorm, Constant, Dropout, Layer, sigmoid
from hypothesis import given
from hypothesis import strategies as st
from reference_network import ACTIVATIONS

dims = st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 5), st.integers(0, 10**6))


def attached(layer, rng):
    """Give the layer parameters of its own; return them and the gradient."""
    theta = 0.5 + rng.random(layer.n_parameters)
    gradient = np.full(layer.n_parameters, np.nan)
    layer.attach(theta, gradient)
    return theta, gradient


@given(shape=dims)
def test_affine(shape):
    n, m, k, seed = shape
    rng = np.random.default_rng(seed)
    layer, A, delta = Affine(m, k), rng.normal(size=(n, m)), rng.normal(size=(n, k))
    theta, gradient = attached(layer, rng)
    assert theta.shape == (m * k + k,)

    def through(theta, A):
        Z = anp.dot(A, anp.reshape(theta[: m * k], (m, k))) + theta[m * k :]
        return anp.sum(Z * delta)

    assert np.sum(layer.forward(A) * delta) == pytest.approx(through(theta, A), abs=1e-12)
    assert np.allclose(layer.backward(delta), grad(through, 1)(theta, A), atol=1e-14)
    assert np.allclose(gradient, grad(through)(theta, A), rtol=1e-13, atol=1e-14)
    # A smaller batch afterwards, and a larger one.
    for rows in (A[:1], np.repeat(A, 2, axis=0)):
        layer.forward(rows)
        layer.backward(np.ones((len(rows), k)))
        assert np.array_equal(gradient[m * k :], np.full(k, float(len(rows))))


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(shape=dims)
def test_activation(name, shape):
    n, m, _, seed = shape
    rng = np.random.default_rng(seed)
    Z, delta = rng.normal(size=(n, m)), rng.normal(size=(n, m))
    layer = Activation(getattr(backprop, name))
    assert np.allclose(layer.forward(Z), ACTIVATIONS[name](Z), rtol=1e-14, atol=1e-15)
    given_delta = delta.copy()
    wanted = grad(lambda Z: anp.sum(ACTIVATIONS[name](Z) * delta))(Z)
    assert np.allclose(layer.backward(delta), wanted, rtol=1e-13, atol=1e-14)
    assert np.array_equal(delta, given_delta)


@pytest.mark.parametrize("training", [True, False])
@given(shape=dims)
def test_batch_norm(training, shape):
    n, m, _, seed = shape
    rng = np.random.default_rng(seed)
    Z, delta = rng.normal(1.0, 2.0, size=(n, m)), rng.normal(size=(n, m))
    layer = BatchNorm(m, epsilon=0.1)
    theta, gradient = attached(layer, rng)
    layer.mean[:], layer.var[:] = rng.normal(size=m), rng.random(m)

    def through(theta, Z):
        mean, var = (
            (anp.mean(Z, axis=0), anp.var(Z, axis=0)) if training else (layer.mean, layer.var)
        )
        return anp.sum((theta[:m] * (Z - mean) / anp.sqrt(var + 0.1) + theta[m:]) * delta)

    given_delta, given_Z = delta.copy(), Z.copy()
    assert np.sum(layer.forward(Z, training) * delta) == pytest.approx(through(theta, Z), abs=1e-12)
    assert np.allclose(layer.backward(delta), grad(through, 1)(theta, Z), rtol=1e-11, atol=1e-12)
    assert np.allclose(gradient, grad(through)(theta, Z), rtol=1e-12, atol=1e-13)
    assert np.array_equal(delta, given_delta)
    assert np.array_equal(Z, given_Z)


def test_batch_norm_normalises():
    rng = np.random.default_rng(0)
    layer = BatchNorm(3)
    layer.attach(np.array([1.0, 2.0, 3.0, 10.0, 20.0, 30.0]), np.zeros(6))
    Y = layer.forward(rng.normal(5.0, 4.0, size=(50, 3)), training=True)
    assert np.allclose(Y.mean(axis=0), [10, 20, 30])
    assert np.allclose(Y.std(axis=0), [1, 2, 3], rtol=1e-5)
    # A batch of one sample is its own mean, so only β is left.
    assert np.array_equal(layer.forward(np.ones((1, 3)), training=True), [[10, 20, 30]])
    # A constant column does not divide by zero.
    assert np.array_equal(layer.forward(np.ones((4, 3)), training=True), [[10, 20, 30]] * 4)


def test_running_statistics():
    rng = np.random.default_rng(0)
    layer = BatchNorm(2, momentum=0.75)
    attached(layer, rng)
    assert (layer.mean == 0).all()
    assert (layer.var == 1).all()
    mean, var = np.zeros(2), np.ones(2)
    for _ in range(3):
        Z = rng.normal(3.0, 2.0, size=(7, 2))
        layer.forward(Z, training=True)
        layer.update_statistics()
        mean, var = 0.75 * mean + 0.25 * Z.mean(axis=0), 0.75 * var + 0.25 * Z.var(axis=0)
    assert np.allclose(layer.mean, mean, rtol=1e-14)
    assert np.allclose(layer.var, var, rtol=1e-14)
    outside = layer.forward(Z, training=False)
    assert np.allclose(layer.mean, mean, rtol=1e-14)
    assert np.array_equal(layer.forward(Z), outside)


# Dropout


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.9])
def test_dropout(rate):
    rng, layer = np.random.default_rng(1), Dropout(rate)
    A = np.random.default_rng(2).normal(2.0, 1.0, size=(400, 50))
    before = A.copy()
    out = layer.forward(A, training=True, rng=rng)
    kept = out != 0
    assert np.allclose(out[kept], A[kept] / (1 - rate), rtol=1e-14)
    # Of 20,000 units, each dropped by itself: within four standard deviations.
    assert abs(np.mean(~kept) - rate) <= 4 * (rate * (1 - rate) / A.size) ** 0.5
    for axis in (0, 1):  # neither whole samples nor whole units
        assert np.std(kept.mean(axis=axis)) <= 2.0 * (rate * (1 - rate) / A.shape[axis]) ** 0.5
    delta = np.full_like(A, 3.0)
    assert np.allclose(layer.backward(delta), np.where(kept, 3.0 / (1 - rate), 0.0), rtol=1e-14)
    assert np.array_equal(A, before)
    again = layer.forward(A, training=True, rng=rng)
    assert ((again != 0) != kept).any() == (rate > 0), "the same units were dropped twice"
    same = Dropout(rate).forward(A, training=True, rng=np.random.default_rng(1))
    assert np.array_equal(same, out)


def test_dropout_keeps_the_expected_value():
    rng, layer = np.random.default_rng(1), Dropout(0.4)
    A = np.array([[1.0, -2.0, 3.0]])
    mean = np.mean([layer.forward(A, True, rng) for _ in range(20_000)], axis=0)
    # Standard deviation of one entry: |a| √(p / (1 - p)).
    assert (np.abs(mean - A) < 4 * np.abs(A) * (0.4 / 0.6) ** 0.5 / 20_000**0.5).all()


def test_no_dropout_outside_training():
    layer, A = Dropout(0.9), np.ones((3, 4))
    assert layer.mask is None
    layer.forward(A, True, np.random.default_rng(0))
    assert np.array_equal(layer.forward(A), A)
    assert np.array_equal(layer.backward(A), A)  # nor is the last mask used


def test_a_layer_by_itself_passes_everything_on():
    A = np.arange(6.0).reshape(2, 3)
    assert Layer.n_parameters == 0
    assert np.array_equal(Layer().forward(A), A)
    assert np.array_equal(Layer().backward(A), A)


# In the network


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


def test_order_of_the_layers():
    assert kinds(FFNN((2, 1))) == ["Affine", "Activation"]
    assert kinds(FFNN((2, 3, 1), dropout=0.5)) == [
        *["Affine", "Activation", "Dropout"],
        *["Affine", "Activation"],
    ]
    assert kinds(FFNN((2, 3, 4, 1), dropout=(0.1, 0, 0.2), batch_norm=True)) == [
        "Dropout",
        *["Affine", "BatchNorm", "Activation"],
        *["Affine", "BatchNorm", "Activation", "Dropout"],
        *["Affine", "Activation"],
    ]


@pytest.mark.parametrize("batches", [1, 3])
def test_masks_differ_between_iterations_and_samples(batches):
    net = FFNN((2, 30, 1), dropout=0.5, seed=1)
    (dropout,) = [layer for layer in net.layers if isinstance(layer, Dropout)]
    seen, forward = [], dropout.forward

    def recording(A, *arguments, **named):
        out = forward(A, *arguments, **named)
        if dropout.mask is not None:
            seen.append(dropout.mask.copy())
        return out

    dropout.forward = recording
    rng = np.random.default_rng(0)
    net.fit(rng.normal(size=(6, 2)), rng.normal(size=(6, 1)), Constant(0.1), batches, epochs=4)
    assert len(seen) == 4 * batches
    rows = [tuple(row) for mask in seen for row in mask]
    assert len(set(rows)) == len(rows) == 24
    share = np.mean(np.array(rows) == 0)
    assert abs(share - 0.5) < 4 * 0.5 / (24 * 30) ** 0.5


def test_predictions_use_no_dropout():
    net = FFNN((2, 30, 1), sigmoid, dropout=(0.5, 0.5), seed=1)
    plain = FFNN((2, 30, 1), sigmoid, seed=1)
    X = np.random.default_rng(0).normal(size=(5, 2))
    for ask in ("predict", "feed_forward"):
        assert np.array_equal(getattr(net, ask)(X), getattr(plain, ask)(X))
    t = np.ones((5, 1))
    assert net.cost(X, t) == plain.cost(X, t)
    assert np.array_equal(net.gradient(X, t), plain.gradient(X, t))
    assert net.cost(X, t, training=True, seed=0) != plain.cost(X, t)
    same = [net.cost(X, t, training=True, seed=7) for _ in range(2)]
    assert same[0] == same[1] != net.cost(X, t, training=True, seed=8)


# Bad arguments


@pytest.mark.parametrize("rate", [-0.1, 1.0, 2, np.nan])
def test_rate(rate):
    with pytest.raises(ValueError, match="rate should be at least 0 and less than 1, not"):
        Dropout(rate)


def test_dropout_needs_a_generator():
    for rng in (None, 5, np.random):
        with pytest.raises(TypeError, match=r"rng should be a numpy\.random\.Generator"):
            Dropout(0.5).forward(np.ones((2, 2)), training=True, rng=rng)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: Affine(0, 3), ValueError, "n_in should be at least 1, not 0"),
        (lambda: Affine(3, -1), ValueError, "n_out should be at least 1, not -1"),
        (lambda: Affine(3.0, 1), TypeError, "n_in should be a whole number"),
        (lambda: BatchNorm(0), ValueError, "width should be at least 1"),
        (lambda: BatchNorm(2, momentum=1.0), ValueError, "momentum should be at least 0 and less"),
        (lambda: BatchNorm(2, epsilon=0.0), ValueError, "epsilon should be greater than 0"),
        (lambda: Dropout("half"), TypeError, r"rate should be a number, not 'half' \(str\)"),
        (lambda: Activation("tanh"), TypeError, "func should be a function such as identity"),
    ],
)
def test_bad_arguments(build, error, message):
    with pytest.raises(error, match=message):
        build()
