"""The gradient is that of the reported cost, as autograd finds it from independent formulas.

Parameters and data come from a normal distribution, so that no pre-activation sits on the
kink of a rectifier; what is decided there is tested in test_activations.py.  The
pre-activations are of moderate size: where the sigmoid saturates, A (1 - A) keeps its
absolute accuracy but not its relative one.  Batches whose mean is many standard deviations
from 0 in layer after layer are not used either: their normalisation subtracts nearly equal
numbers, and neither the package nor autograd then knows the gradient to 1e-12.
"""

from itertools import product

import autograd.numpy as anp
import backprop
import numpy as np
import pytest
from autograd import value_and_grad
from backprop import FFNN, BatchNorm, CostCrossEntropy, CostLogReg, CostOLS, Dropout
from backprop.checks import gradient_check
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference_network import ACTIVATIONS, COSTS, Reference

HIDDEN = ["identity", "sigmoid", "tanh", "RELU", "LRELU", "ELU"]
OUTPUTS = (
    [(output, "CostOLS") for output in [*HIDDEN, "softmax"]]
    + [(output, "CostLogReg") for output in ("sigmoid", "softmax")]
    + [(output, "CostCrossEntropy") for output in ("sigmoid", "softmax")]
)
DEPTHS = (0, 1, 2, 3)
LAMBDAS, BATCH_NORMS, RATES = (0.0, 0.3), (False, True), (0.0, 0.4)

shapes = st.fixed_dictionaries(
    {
        "n": st.integers(1, 7),
        "inputs": st.integers(1, 4),
        "hidden": st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
        "outputs": st.integers(2, 4),
        "seed": st.integers(0, 2**32 - 1),
    }
)


def targets(cost, n, m, rng):
    """Return targets that suit the cost, hard ones and soft ones."""
    soft = rng.random() < 0.5
    if cost == "CostCrossEntropy":
        return rng.dirichlet(np.ones(m), size=n) if soft else np.eye(m)[rng.integers(m, size=n)]
    if cost == "CostLogReg":
        return rng.random((n, m)) if soft else rng.integers(2, size=(n, m)).astype(float)
    return rng.normal(size=(n, m))


def network(dims, hidden, output, cost, seed=0, **options):
    """Return a network with all parameters random, biases as well, and no γ close to 0."""
    names = vars(backprop)
    net = FFNN(dims, names[hidden], names[output], names[cost], seed=seed, **options)
    rng = np.random.default_rng([seed, 1])
    net.parameters = 0.5 * rng.normal(size=net.parameters.size)
    for layer in net.layers:
        if isinstance(layer, BatchNorm):
            layer.gamma += 0.5 * np.sign(layer.gamma)
    return net


def masks(net):
    return [layer.mask for layer in net.layers if isinstance(layer, Dropout)]


def deviation(value, wanted):
    """Return the largest deviation, relative to the largest entry of what is wanted."""
    value, wanted = np.asarray(value), np.asarray(wanted)
    assert value.shape == wanted.shape
    return np.abs(value - wanted).max() / (np.abs(wanted).max() or 1.0)


def amplification(reference, theta, X):
    """Return by how much batch normalisation may magnify rounding errors, over all layers."""
    reference.passes(theta, X)
    varying = [
        (m, v) for mean, var in reference.seen for m, v in [(mean[var > 1e-20], var[var > 1e-20])]
    ]
    return np.prod([np.max(np.abs(m) / np.sqrt(v + 1e-5), initial=1.0) for m, v in varying])


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "cost"), OUTPUTS)
@given(shape=shapes)
@settings(max_examples=2)
def test_gradient_and_cost_agree_with_autograd(hidden, output, cost, shape):
    rng = np.random.default_rng(shape["seed"])
    n, m = shape["n"], shape["outputs"]
    X, T = rng.normal(size=(n, shape["inputs"])), targets(cost, n, m, rng)
    for depth, bn, rate in product(DEPTHS, BATCH_NORMS, RATES):
        dims = (shape["inputs"], *shape["hidden"][:depth], m)
        dropout = [rate] * (depth + 1)
        net = network(dims, hidden, output, cost, shape["seed"], batch_norm=bn, dropout=dropout)
        theta = net.parameters
        how = {"training": bn or rate > 0, "seed": 5 if rate else None}
        net.cost(X, T, **how)  # draws the masks, the same at every call
        reference = Reference(dims, hidden, output, cost, batch_norm=bn, masks=masks(net) or None)
        assume(not bn or amplification(reference, theta, X) < 1000)
        data_cost, data_gradient = value_and_grad(reference.data_cost)(theta, X, T)
        for lam in LAMBDAS:
            penalty, decay = value_and_grad(reference.penalty)(theta, lam)
            case = f"depth {depth}, batch norm {bn}, dropout {rate}, lam {lam}, {shape}"
            assert deviation(net.cost(X, T, lam, **how), data_cost + penalty) <= 1e-12, case
            assert deviation(net.gradient(X, T, lam, **how), data_gradient + decay) <= 1e-12, case


@pytest.mark.parametrize(("output", "cost"), [("sigmoid", "CostLogReg"), ("tanh", "CostOLS")])
@given(shape=shapes)
@settings(max_examples=5)
def test_one_output(output, cost, shape):
    rng = np.random.default_rng(shape["seed"])
    X, T = rng.normal(size=(shape["n"], shape["inputs"])), targets(cost, shape["n"], 1, rng)
    dims = (shape["inputs"], *shape["hidden"][:2], 1)
    net, reference = network(dims, "tanh", output, cost), Reference(dims, "tanh", output, cost)
    assert deviation(net.cost(X, T), reference.cost(net.parameters, X, T)) <= 1e-12
    assert deviation(net.gradient(X, T), reference.gradient(net.parameters, X, T)) <= 1e-12


@given(shape=shapes, hidden=st.sampled_from(HIDDEN), pair=st.sampled_from(OUTPUTS))
@settings(max_examples=40)
def test_batch_normalisation_after_training(shape, hidden, pair):
    """With running statistics, which do not depend on Z, the gradient is another one."""
    rng = np.random.default_rng(shape["seed"])
    X = rng.normal(size=(shape["n"], shape["inputs"]))
    T = targets(pair[1], shape["n"], shape["outputs"], rng)
    dims = (shape["inputs"], *shape["hidden"], shape["outputs"])
    net = network(dims, hidden, *pair, batch_norm=True)
    statistics = []
    for layer in net.layers:
        if isinstance(layer, BatchNorm):
            layer.mean[:], layer.var[:] = rng.normal(size=layer.width), rng.random(layer.width)
            statistics.append((layer.mean.copy(), layer.var.copy()))
    reference = Reference(dims, hidden, *pair, batch_norm=True, statistics=statistics, lam=0.1)
    assert deviation(net.feed_forward(X), reference.outputs(net.parameters, X)) <= 1e-12
    assert deviation(net.cost(X, T, 0.1), reference.cost(net.parameters, X, T)) <= 1e-12
    assert deviation(net.gradient(X, T, 0.1), reference.gradient(net.parameters, X, T)) <= 1e-12
    for layer, kept in zip(
        [layer for layer in net.layers if isinstance(layer, BatchNorm)], statistics, strict=True
    ):  # neither cost nor gradient is training
        net.gradient(X, T, training=True)
        assert np.array_equal(layer.mean, kept[0])
        assert np.array_equal(layer.var, kept[1])


@pytest.mark.parametrize("dropout", [(0.0, 0.3, 0.0), (0.5, 0.0, 0.0), (0.0, 0.0, 0.6)])
def test_dropout_of_some_layers_only(dropout):
    dims, rng = (3, 5, 4, 2), np.random.default_rng(0)
    X, T = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    net = network(dims, "tanh", "identity", "CostOLS", dropout=dropout)
    gradient = net.gradient(X, T, training=True, seed=3)
    (mask,) = masks(net)
    assert mask.shape[1] == dims[np.argmax(dropout)]
    placed = [mask if rate else None for rate in dropout]
    reference = Reference(dims, "tanh", "identity", "CostOLS", masks=placed)
    assert deviation(gradient, reference.gradient(net.parameters, X, T)) <= 1e-12


def test_each_hidden_layer_may_have_its_own_activation():
    rng = np.random.default_rng(1)
    X, T = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    net = FFNN((3, 4, 2), [backprop.tanh], seed=2)
    assert (
        deviation(net.gradient(X, T), Reference((3, 4, 2), "tanh").gradient(net.parameters, X, T))
        <= 1e-12
    )
    mixed = FFNN((3, 4, 5, 2), (backprop.tanh, backprop.LRELU), seed=2)
    W, b = mixed.weights, mixed.biases
    Z2 = np.tanh(X @ W[0] + b[0]) @ W[1] + b[1]
    wanted = np.where(Z2 > 0, Z2, 0.01 * Z2) @ W[2] + b[2]
    assert deviation(mixed.feed_forward(X), wanted) <= 1e-14


@given(shape=shapes, hidden=st.sampled_from(HIDDEN), pair=st.sampled_from(OUTPUTS))
@settings(max_examples=15)
def test_central_differences(shape, hidden, pair):
    rng = np.random.default_rng(shape["seed"])
    X = rng.normal(size=(shape["n"], shape["inputs"]))
    T = targets(pair[1], shape["n"], shape["outputs"], rng)
    net = network((shape["inputs"], *shape["hidden"][:2], shape["outputs"]), hidden, *pair)
    theta = net.parameters.copy()

    def cost(values):
        net.parameters = values
        return net.cost(X, T, 0.2)

    net.parameters = theta
    gradient = net.gradient(X, T, 0.2)
    assert gradient_check(cost, gradient, theta) < 1e-7


# Functions of the user's own


def swish(z):
    return z / (1.0 + anp.exp(-z))


def CostPoisson(target):
    def func(X):
        return anp.sum(X - target * anp.log(X)) / target.shape[0]

    return func


def softplus(z):
    return anp.log(1.0 + anp.exp(z))


@given(shape=shapes)
@settings(max_examples=10)
def test_activation_and_cost_of_ones_own(shape):
    rng = np.random.default_rng(shape["seed"])
    n, dims = shape["n"], (shape["inputs"], *shape["hidden"][:2], shape["outputs"])
    X, T = rng.normal(size=(n, dims[0])), rng.poisson(2.0, size=(n, dims[-1])).astype(float)
    net = FFNN(dims, swish, softplus, CostPoisson, seed=1)
    assert net.task == "regression"
    reference = Reference(
        dims,
        "swish",
        "softplus",
        "poisson",
        lam=0.1,
        activations={"swish": lambda z: z * ACTIVATIONS["sigmoid"](z), "softplus": softplus},
        costs={"poisson": lambda a, t: anp.sum(a - t * anp.log(a)) / len(t)},
    )
    assert deviation(net.cost(X, T, 0.1), reference.cost(net.parameters, X, T)) <= 1e-12
    assert deviation(net.gradient(X, T, 0.1), reference.gradient(net.parameters, X, T)) <= 1e-12


def test_the_lectures_way_of_writing_functions():
    """The lecture's default output is ``lambda x: x``; its costs divide by the rows."""

    def own_cost(target):
        def func(X):
            return (1.0 / target.shape[0]) * anp.sum((target - X) ** 2)

        return func

    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    ours = FFNN((3, 4, 2), seed=4)
    theirs = FFNN((3, 4, 2), output_func=lambda x: x, cost_func=own_cost, seed=4)
    assert deviation(theirs.gradient(X, T), ours.gradient(X, T)) <= 1e-14
    assert deviation(theirs.cost(X, T), ours.cost(X, T)) <= 1e-14


def test_a_callable_object_may_be_unhashable():
    class Scaled:
        __hash__ = None

        def __eq__(self, other):
            return False

        def __call__(self, z):
            return anp.tanh(2.0 * z)

    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    net, scaled = FFNN((3, 4, 2), backprop.tanh, seed=4), FFNN((3, 4, 2), Scaled(), seed=4)
    net.weights[0][:] *= 2.0
    assert deviation(scaled.cost(X, T), net.cost(X, T)) <= 1e-14


@pytest.mark.parametrize("hidden", ["swish", *HIDDEN])
def test_float32(hidden):
    """float32 throughout, also where a user's function returns float64."""
    rng = np.random.default_rng(3)
    X, T = rng.normal(size=(6, 3)), np.eye(4)[rng.integers(4, size=6)]
    names = {**vars(backprop), "swish": lambda z: anp.float64(1.0) * swish(z)}
    net = FFNN(
        (3, 5, 4, 4), names[hidden], backprop.softmax, CostCrossEntropy, seed=1,
        batch_norm=True, dropout=0.2, dtype=np.float32,
    )  # fmt: skip
    gradient = net.gradient(X, T, 0.1, training=True, seed=0)
    used = [None, *(mask.astype(float) for mask in masks(net))]
    assert gradient.dtype == net.parameters.dtype == net.feed_forward(X).dtype == np.float32
    for layer in net.layers:
        kept = [getattr(layer, name, None) for name in ("A", "Z", "mask", "z_hat")]
        assert all(array.dtype == np.float32 for array in kept if array is not None)
    reference = Reference(
        net.dimensions, hidden, "softmax", "CostCrossEntropy", 0.1, True,
        masks=used,
        activations={**ACTIVATIONS, "swish": swish},
    )  # fmt: skip
    wanted = reference.gradient(net.parameters.astype(float), X, T)
    assert 0 < deviation(gradient, wanted) < 1e-4


def test_float32_with_a_cost_of_ones_own():
    net = FFNN((2, 3, 1), cost_func=lambda T: lambda A: CostOLS(T)(A) * anp.float64(2.0),
               seed=1, dtype="float32")  # fmt: skip
    X, T = np.ones((4, 2)), np.zeros((4, 1))
    plain = FFNN((2, 3, 1), seed=1)
    assert net._output_cost.slope(np.ones((4, 1), np.float32), T).dtype == np.float32
    assert deviation(net.gradient(X, T), 2 * plain.gradient(X, T)) < 1e-5


# Where the direct formulas fail


@pytest.mark.parametrize(
    ("output", "cost", "T", "wanted"),
    [
        ("softmax", CostCrossEntropy, [[0.0, 1.0]], 2000.0),
        ("softmax", CostCrossEntropy, [[0.25, 0.75]], 1500.0),
        ("sigmoid", CostLogReg, [[0.0, 1.0]], 2000.0),
        ("sigmoid", CostLogReg, [[1.0, 0.0]], 0.0),
    ],
)
def test_the_cost_is_taken_from_the_pre_activations(output, cost, T, wanted):
    """An output that rounds to 0 does not make the cost infinite."""
    net = FFNN((1, 2), output_func=getattr(backprop, output), cost_func=cost)
    net.weights[0][:] = [[1000.0, -1000.0]]
    assert net.cost([[1.0]], T) == pytest.approx(wanted, abs=1e-300)
    A = {"softmax": [1.0, 0.0], "sigmoid": [1.0, 0.0]}[output]
    assert np.array_equal(net.gradient([[1.0]], T), np.tile(np.subtract([A], T).ravel(), 2))


@given(z=st.floats(-800, 800), t=st.floats(0, 1))
@settings(max_examples=200)
def test_saturated_outputs_keep_their_absolute_accuracy(z, t):
    """Against mpmath-free closed forms that are stable on both sides."""
    net = FFNN((1, 1), output_func=backprop.sigmoid, cost_func=CostLogReg)
    net.weights[0][:] = z
    # ln(1 + e^z) - t z, with logaddexp, which no formula of the package uses.
    wanted = np.logaddexp(0.0, z) - t * z
    assert net.cost([[1.0]], [[t]]) == pytest.approx(wanted, rel=1e-12, abs=1e-13)
    a = np.exp(-np.logaddexp(0.0, -z))
    assert net.gradient([[1.0]], [[t]]) == pytest.approx(a - t, abs=2e-13)


def test_every_combination_was_named():
    """Whatever the package offers is in the table above."""
    offered = set(backprop.activations.__all__) - {"derivate"}
    assert offered == set(HIDDEN) | {"softmax"}
    assert set(backprop.costs.__all__) - {"cost_gradient"} == set(COSTS)
