"""Copies of a network, views into its parameters, and other code that moves them."""

import copy
import pickle

import numpy as np
import pytest
from backprop import (
    FFNN,
    LRELU,
    Activation,
    Adam,
    Affine,
    BatchNorm,
    Constant,
    CostCrossEntropy,
    CostOLS,
    Dropout,
    Layer,
    Momentum,
    TrainingDiverged,
    identity,
    sigmoid,
    softmax,
    tanh,
)
from backprop.checks import Answer
from reference_network import Reference
from scipy.optimize import minimize

COPIES = {
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    "pickle": lambda net: pickle.loads(pickle.dumps(net)),
}


def twice(targets):
    return lambda outputs: 2.0 * CostOLS(targets)(outputs)


def network(seed=1):
    return FFNN(
        (3, 4, 5, 2), [tanh, LRELU], softmax, CostCrossEntropy, seed,
        dropout=(0.1, 0.2, 0.0), batch_norm=True, dtype=np.float32,
    )  # fmt: skip


rng = np.random.default_rng(0)
X, T = rng.normal(size=(12, 3)), np.eye(2)[rng.integers(2, size=12)]


def state(net):
    norms = [layer for layer in net.layers if isinstance(layer, BatchNorm)]
    return [net.parameters, *(layer.mean for layer in norms), *(layer.var for layer in norms)]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_a_copy_goes_on_as_the_original_would(make):
    original, twin = network(), network()
    for net in (original, twin):
        net.fit(X, T, Momentum(0.1, 0.9), batches=3, epochs=2)
    double = make(original)
    assert repr(double) == repr(original)
    assert double.dtype == np.float32
    assert np.array_equal(double.predict(X), original.predict(X))
    assert double.cost(X, T) == original.cost(X, T)
    assert same(state(double), state(original))
    before = [part.copy() for part in state(original)]
    double.fit(X, T, Momentum(0.1, 0.9), batches=3, epochs=2)
    assert same(state(original), before), "training the copy has changed the original"
    assert not same(state(double), before)
    # Neither has it moved the original's randomness, and the copy had the same.
    original.fit(X, T, Momentum(0.1, 0.9), batches=3, epochs=2)
    twin.fit(X, T, Momentum(0.1, 0.9), batches=3, epochs=2)
    assert same(state(original), state(twin))
    assert same(state(double), state(twin))


def test_pickles_of_version_0_1_0_load():
    """They name backprop.network, and hold what FFNN.__getstate__ returned then."""
    assert pickle.loads(b"cbackprop.network\nFFNN\n.") is FFNN
    assert pickle.loads(b"cbackprop.network\nTrainingDiverged\n.") is TrainingDiverged
    assert pickle.loads(b"cbackprop.checks\nAnswer\n.") is Answer
    original = network()
    original.fit(X, T, Momentum(0.1, 0.9), batches=3, epochs=2)
    norms = [layer for layer in original.layers if isinstance(layer, BatchNorm)]
    old = FFNN.__new__(FFNN)
    old.__setstate__(
        {
            "dimensions": (3, 4, 5, 2),
            "hidden_funcs": (tanh, LRELU),
            "output_func": softmax,
            "cost_func": CostCrossEntropy,
            "task": "multiclass",
            "seed": 1,
            "initializer": None,
            "batch_norm": True,
            "dropout": (0.1, 0.2, 0.0),
            "dtype": np.dtype("float32"),
            "_rng": copy.deepcopy(original._rng),
            "_snapshot": (original.parameters.copy(), [(bn.mean, bn.var) for bn in norms]),
        }
    )
    assert repr(old) == repr(original)
    for net in (old, original):
        net.fit(X, T, Momentum(0.1, 0.9), batches=3, epochs=2)
    assert same(state(old), state(original))
    assert old.accuracy(X, T) == original.accuracy(X, T)


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_views_of_a_copy_are_bound_to_it(make):
    net = make(network())
    check_views(net)
    theta = np.arange(float(net.parameters.size))
    net.parameters = theta
    assert np.array_equal(net.weights[0], theta[:12].reshape(3, 4))
    net.weights[0][0, 1] = -7.0
    assert net.parameters[1] == -7.0
    net.gradient(X, T)
    net.fit(X, T, Constant(1e-3), epochs=1)
    assert np.array_equal(net.weights[0].ravel(), net.parameters[:12])


def test_a_copy_of_a_network_with_functions_of_ones_own():
    net = FFNN(
        (3, 4, 2), lambda z: z**2, cost_func=lambda t: lambda a: ((a - t) ** 2).sum(), seed=1
    )
    double = copy.deepcopy(net)
    assert np.array_equal(double.gradient(X, T), net.gradient(X, T))
    double.fit(X, T, Constant(1e-6), epochs=1)
    assert not np.array_equal(double.parameters, net.parameters)


def check_views(net):
    for view in [*net.weights, *net.biases]:
        assert np.shares_memory(view, net.parameters)
    for layer in net.layers:
        if isinstance(layer, BatchNorm):
            assert np.shares_memory(layer.gamma, net.parameters)
            assert np.shares_memory(layer.beta, net.parameters)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_order_of_the_parameters(batch_norm):
    """W^1 row by row, b^1, γ^1, β^1, W^2, …, each number in one place."""
    dims = (2, 3, 4, 1)
    net = FFNN(dims, batch_norm=batch_norm, seed=1)
    check_views(net)
    norms = [layer for layer in net.layers if isinstance(layer, BatchNorm)]
    net.parameters = np.arange(net.parameters.size)
    parts = []
    for l in range(3):
        parts += [net.weights[l], net.biases[l]]
        if batch_norm and l < 2:
            parts += [norms[l].gamma, norms[l].beta]
    assert [w.shape for w in net.weights] == [(2, 3), (3, 4), (4, 1)]
    assert [b.shape for b in net.biases] == [(3,), (4,), (1,)]
    assert np.array_equal(np.concatenate([part.ravel() for part in parts]), net.parameters)
    assert net.parameters.size == 30 + (14 if batch_norm else 0)
    # The gradient has the same order: moving one number changes the cost by its component.
    X, T = np.ones((3, 2)) * [[1], [2], [3]], np.ones((3, 1))
    net.parameters = np.linspace(-1, 1, net.parameters.size)
    gradient = net.gradient(X, T)
    for view, dview in ((net.weights[1], net.layers), (net.biases[0], net.layers)):
        assert dview is net.layers
        i = next(
            i
            for i in range(net.parameters.size)
            if np.shares_memory(net.parameters[i : i + 1], view)
        )
        slopes = []
        for h in (1e-6, -1e-6):
            view.flat[0] += h
            slopes.append(net.cost(X, T) / (2 * h))
            view.flat[0] -= h
        assert gradient[i] == pytest.approx(sum(slopes), rel=1e-6, abs=1e-9)


def test_parameters_are_a_view_and_setting_them_copies():
    net = FFNN((2, 3, 1), seed=1)
    theta = net.parameters
    values = np.arange(13.0)
    net.parameters = values
    assert net.parameters is theta
    assert np.array_equal(theta, values)
    values[:] = -1.0
    assert theta[0] == 0.0
    theta[0] = 5.0
    assert net.weights[0][0, 0] == 5.0
    net.parameters = list(range(13))
    assert np.array_equal(net.weights[1], [[9.0], [10.0], [11.0]])
    net.parameters = net.parameters
    assert np.array_equal(theta, np.arange(13.0))


def test_a_gradient_is_a_copy():
    net = FFNN((3, 4, 2), seed=1)
    one = net.gradient(X, T)
    kept = one.copy()
    net.gradient(X + 1, T)
    assert np.array_equal(one, kept)
    one[:] = 0.0
    assert np.array_equal(net.gradient(X, T), kept)


@pytest.mark.parametrize("extra", [{}, {"dropout": 0.2, "batch_norm": True}], ids=str)
def test_scipy_minimises_it(extra):
    """``cost`` and ``gradient`` are a function and its derivative to L-BFGS."""
    net = FFNN((3, 6, 2), tanh, softmax, CostCrossEntropy, seed=1, **extra)
    how = {"training": True, "seed": 3} if extra else {}

    def cost(theta):
        net.parameters = theta
        return net.cost(X, T, 0.01, **how)

    def gradient(theta):
        net.parameters = theta
        return net.gradient(X, T, 0.01, **how)

    start = net.parameters.copy()
    result = minimize(cost, start, jac=gradient, method="L-BFGS-B", options={"maxiter": 300})
    assert result.fun < 0.4 * cost(start)
    if not extra:  # the valley of the other one is too narrow to reach its end in 300 steps
        assert result.success
        assert np.abs(gradient(result.x)).max() < 1e-4
    net.parameters = result.x
    assert net.cost(X, T, 0.01, **how) == pytest.approx(result.fun)


def test_adam_and_scipy_find_the_same_minimum():
    """Of a convex problem: logistic regression with a penalty."""
    net = FFNN((3, 2), output_func=softmax, cost_func=CostCrossEntropy, seed=1)
    reference = Reference((3, 2), output="softmax", cost_name="CostCrossEntropy", lam=0.1)
    best = minimize(
        reference.cost, net.parameters, (X, T), jac=reference.gradient, options={"gtol": 1e-9}
    )
    net.fit(X, T, Adam(0.05, 0.9, 0.999), epochs=2000, lam=0.1)
    assert net.cost(X, T, 0.1) == pytest.approx(best.fun, rel=1e-9)
    assert np.allclose(net.weights[0], best.x[:6].reshape(3, 2), atol=1e-4)


def test_repr():
    assert repr(FFNN((2, 3, 1))) == "FFNN((2, 3, 1), sigmoid → identity, CostOLS, 13 parameters)"
    assert repr(FFNN((2, 1))) == "FFNN((2, 1), identity, CostOLS, 3 parameters)"
    net = FFNN((2, 3, 4, 2), [tanh, sigmoid], softmax, CostCrossEntropy, batch_norm=True)
    assert repr(net) == (
        "FFNN((2, 3, 4, 2), tanh → sigmoid → softmax, CostCrossEntropy, 49 parameters)"
    )


def test_a_pickle_keeps_no_array_twice():
    net = FFNN((50, 40, 3), seed=1)
    net.fit(np.ones((4, 50)), np.ones((4, 3)), Constant(0.01), epochs=1)
    size = net.parameters.nbytes
    assert size < len(pickle.dumps(net)) < 1.3 * size


class Named:
    """A function that is an object, and has no name of its own."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        return self.function(*arguments)

    def __str__(self):
        return f"my {self.function.__name__}"


def test_functions_without_a_name():
    net = FFNN((2, 3, 1), Named(tanh), identity, Named(CostOLS))
    assert repr(net) == "FFNN((2, 3, 1), my tanh → identity, my CostOLS, 13 parameters)"
    with pytest.raises(ValueError, match=r"this network minimises a cost$"):
        net.accuracy(np.ones((3, 2)), np.ones((3, 1)))


@pytest.mark.parametrize("how", COPIES)
def test_a_cost_of_ones_own_is_copied(how):
    net = FFNN((3, 2), cost_func=twice, seed=1)
    assert np.array_equal(COPIES[how](net).gradient(X, T), net.gradient(X, T))


class Halving(Layer):
    """A layer of one's own, which counts what it has seen."""

    seen = 0

    def forward(self, A, training=False, rng=None):
        self.seen += len(A)
        return A / 2

    def backward(self, delta):
        return delta / 2


@pytest.mark.parametrize("how", COPIES)
def test_layers_inserted_by_hand_are_copied(how):
    net = FFNN((3, 4, 2), tanh, seed=1)
    net.layers.insert(2, Halving())
    net.layers.insert(0, Dropout(0.5))
    net.cost(X, T)
    double = COPIES[how](net)
    assert [type(layer) for layer in double.layers] == [type(layer) for layer in net.layers]
    assert double.cost(X, T) == net.cost(X, T) != FFNN((3, 4, 2), tanh, seed=1).cost(X, T)
    assert not set(map(id, double.layers)) & set(map(id, net.layers))
    check_views(double)
    for one in (net, double):
        one.fit(X, T, Momentum(0.1, 0.9), batches=3, epochs=2)
    assert same(state(double), state(net))
    before = net.layers[3].seen
    double.cost(X, T)
    assert net.layers[3].seen == before, "the copies share a layer"


@pytest.mark.parametrize("how", COPIES)
def test_what_was_changed_in_a_layer_is_copied(how):
    net = network()
    dropouts = [layer for layer in net.layers if isinstance(layer, Dropout)]
    (norm, _) = [layer for layer in net.layers if isinstance(layer, BatchNorm)]
    activation = next(layer for layer in net.layers if isinstance(layer, Activation))
    dropouts[0].rate, norm.momentum, norm.epsilon = 0.7, 0.5, 0.1
    activation.func = sigmoid
    double = COPIES[how](net)
    assert double.cost(X, T) == net.cost(X, T) != network().cost(X, T)
    for one in (net, double):
        one.fit(X, T, Momentum(0.1, 0.9), batches=3, epochs=2)
    assert same(state(double), state(net))


@pytest.mark.parametrize("how", COPIES)
def test_layers_removed_by_hand_stay_away(how):
    net = network()
    del net.layers[0]
    assert len(COPIES[how](net).layers) == len(net.layers)


def test_copies_share_the_functions_unless_these_are_copied_too():
    func = Named(tanh)
    net = FFNN((3, 4, 2), func, seed=1)
    assert copy.copy(net).layers[1].func is func
    double = copy.deepcopy(net)
    assert double.layers[1].func is double.hidden_funcs[0] is not func


@pytest.mark.parametrize(("layer", "name"), [(Affine(4, 4), "W"), (BatchNorm(4), "gamma|beta")])
def test_inserted_layers_with_parameters_are_refused(layer, name):
    net = FFNN((3, 4, 2), seed=1)
    net.layers.insert(2, layer)
    with pytest.raises(AttributeError, match=rf"({name}) should be a view into a network's"):
        net.cost(X, T)
