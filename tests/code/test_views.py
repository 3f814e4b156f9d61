"""Assigning to parameters, layer by layer: it takes effect, or is refused."""

import copy
import pickle
import re

import numpy as np
import pytest
from backprop import FFNN, BatchNorm, Constant, tanh
from backprop._views import Views

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2))


def network(**options):
    return FFNN((3, 4, 2), tanh, seed=1, **options)


def test_assigning_a_matrix_writes_into_theta():
    net, W, b = network(), RNG.normal(size=(3, 4)), RNG.normal(size=2)
    theta = net.parameters
    net.weights[0] = W
    net.biases[-1] = b.tolist()
    assert np.array_equal(theta[:12].reshape(3, 4), W)
    assert np.array_equal(theta[-2:], b)
    assert net.parameters is theta
    by_hand = np.tanh(X @ W) @ net.weights[1] + b
    assert np.allclose(net.predict(X), by_hand, rtol=1e-14)
    W[:] = 0.0
    assert theta[:12].any(), "the values were copied"
    # The network goes on training what was assigned.
    net.fit(X, T, Constant(0.1), epochs=1)
    assert not np.array_equal(theta[-2:], b)
    assert np.array_equal(net.weights[0], theta[:12].reshape(3, 4))


def test_assigning_several_at_once():
    net = network()
    new = [np.ones((3, 4)), np.full((4, 2), 2.0)]
    net.weights[:] = new
    net.biases[:1] = [np.full(4, 3.0)]
    assert np.array_equal(net.parameters[:16], [1.0] * 12 + [3.0] * 4)
    assert np.array_equal(net.weights[1], new[1])
    with pytest.raises(ValueError, match="weights should get 2 arrays, one for each layer, not 1"):
        net.weights[:] = new[:1]


def test_updates_in_place():
    net = network()
    before = net.parameters.copy()
    net.weights[0] -= 1.0
    net.layers[0].W -= 1.0
    net.layers[0].b += 5.0
    assert np.array_equal(net.parameters[:12], before[:12] - 2.0)
    assert (net.parameters[12:16] == 5.0).all()
    assert np.array_equal(net.parameters[16:], before[16:])


def test_assigning_to_a_layer_writes_into_theta():
    net = network(batch_norm=True)
    (norm,) = [layer for layer in net.layers if isinstance(layer, BatchNorm)]
    net.layers[0].W, net.layers[0].b = np.ones((3, 4)), np.full(4, 2.0)
    norm.gamma, norm.beta = np.full(4, 3.0), [4, 4, 4, 4]
    expected = [1.0] * 12 + [2.0] * 4 + [3.0] * 4 + [4.0] * 4
    assert np.array_equal(net.parameters[:24], expected)
    for view in (net.layers[0].W, net.layers[0].b, norm.gamma, norm.beta):
        assert np.shares_memory(view, net.parameters)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (np.ones((4, 3)), ValueError, "should have shape (3, 4), but has shape (4, 3)"),
        (1.0, ValueError, "should have shape (3, 4), but has shape ()"),
        (np.ones(4), ValueError, "should have shape (3, 4), but has shape (4,)"),
        (np.full((3, 4), np.nan), ValueError, "should be finite, but contains NaN or infinity (in"),
        ([["a"] * 4] * 3, TypeError, "should be real numbers, not an array of"),
        (np.full((3, 4), 1j), TypeError, "should be real numbers, not an array of complex128"),
    ],
)
def test_what_does_not_fit_is_refused(values, error, message):
    net = network()
    before = net.parameters.copy()
    with pytest.raises(error, match=rf"^weights\[0\] {re.escape(message)}"):
        net.weights[0] = values
    with pytest.raises(error, match=rf"^weights\[0\] {re.escape(message)}"):
        net.weights[-2] = values
    with pytest.raises(error, match=rf"^W {re.escape(message)}"):
        net.layers[0].W = values
    assert np.array_equal(net.parameters, before)


def test_numbers_beyond_float32():
    net = network(dtype="float32")
    with pytest.raises(ValueError, match=r"biases\[1\] should be finite, .* \(in float32\)"):
        net.biases[1] = [1e300, 0.0]


def test_the_list_keeps_its_length():
    net = network()
    message = "^weights should keep its 2 arrays, one for each layer$"
    for change in (
        lambda views: views.append(X),
        lambda views: views.extend([X]),
        lambda views: views.insert(0, X),
        lambda views: views.pop(),
        lambda views: views.remove(views[0]),
        lambda views: views.clear(),
        lambda views: views.sort(),
        lambda views: views.reverse(),
        lambda views: views.__delitem__(0),
        lambda views: views.__iadd__([X]),
        lambda views: views.__imul__(2),
    ):
        with pytest.raises(TypeError, match=message):
            change(net.weights)
    with pytest.raises(IndexError):
        net.weights[2] = X


def test_copies_are_lists_of_arrays():
    net = network()
    before = [W.copy() for W in net.weights]
    for made in (
        copy.deepcopy(net.weights), pickle.loads(pickle.dumps(net.weights)),
        [None, *net.weights][1:], net.weights[:], net.weights + [X],  # noqa: RUF005
    ):  # fmt: skip
        assert type(made) is list
    kept, joined = copy.deepcopy(net.weights), net.weights + net.biases
    net.weights[0] = np.zeros((3, 4))
    assert all(np.array_equal(W, old) for W, old in zip(kept, before, strict=True))
    assert [array.shape for array in joined] == [(3, 4), (4, 2), (4,), (2,)]
    assert type(copy.copy(net.weights)) is list
    assert isinstance(net.weights, Views)
    assert isinstance(net.weights, list)
