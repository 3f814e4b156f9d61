"""Networks in scikit-learn's terms and back, and what the translations refuse without frameworks.

What needs PyTorch or Keras is in tests/frameworks/test_torch_and_keras.py.
"""

import subprocess
import sys

import numpy as np
import pytest
from backprop import FFNN, CostCrossEntropy, CostLogReg, CostOLS
from backprop.activations import ELU, RELU, identity, sigmoid, softmax, tanh
from backprop.datasets import onehot
from backprop.libraries import from_sklearn, to_sklearn
from backprop.schedulers import Adam, Constant, Momentum
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor

ENDS = [
    (identity, CostOLS, 1),
    (identity, CostOLS, 3),
    (sigmoid, CostLogReg, 1),
    (sigmoid, CostLogReg, 4),
    (softmax, CostCrossEntropy, 5),  # with two classes scikit-learn has one output
]
INSIDE = [((), RELU), ((6,), tanh), ((6, 3), RELU), ((4, 4, 4), sigmoid), ((5,), identity)]


def problem(cost, width):
    """Return 30 samples, targets in our form, and labels in scikit-learn's."""
    rng = np.random.default_rng(width)
    X = rng.normal(size=(30, 4))
    if cost is CostOLS:
        T = rng.normal(size=(30, width))
        return X, T, T if width > 1 else T.ravel()
    if cost is CostLogReg:
        T = rng.integers(2, size=(30, width))
        return X, T, T if width > 1 else T.ravel()
    labels = rng.integers(width, size=30)
    return X, onehot(labels, width), labels


def same(one, other):
    """Tell whether two networks are the same, bit for bit."""
    return (
        one.dimensions == other.dimensions
        and one.cost_func is other.cost_func
        and one.output_func is other.output_func
        and list(one.hidden_funcs) == list(other.hidden_funcs)
        and one.dtype == other.dtype
        and np.array_equal(one.parameters, other.parameters)
    )


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("hidden", "func"), INSIDE)
@pytest.mark.parametrize(("output", "cost", "width"), ENDS)
def test_there_and_back(output, cost, width, hidden, func, dtype):
    net = FFNN((4, *hidden, width), func, output, cost, seed=2, dtype=dtype)
    net.parameters[:] += np.random.default_rng(1).normal(size=net.parameters.size) * 0.1
    X, _, _ = problem(cost, width)
    estimator = to_sklearn(net)
    outputs = net.feed_forward(X)
    theirs = estimator.predict(X) if cost is CostOLS else estimator.predict_proba(X)
    if (cost, width) == (CostLogReg, 1):
        theirs = theirs[:, 1]
    scale = 20 * np.finfo(dtype).eps
    assert np.allclose(theirs.reshape(outputs.shape), outputs, rtol=scale, atol=scale)
    if cost is CostCrossEntropy:
        assert np.array_equal(estimator.predict(X), outputs.argmax(axis=1))
    elif cost is CostLogReg:
        assert np.array_equal(estimator.predict(X).reshape(outputs.shape), net.predict(X))
    assert same(from_sklearn(estimator), net)
    assert not any(np.shares_memory(W, net.parameters) for W in estimator.coefs_)


@pytest.mark.parametrize("scheduler", [Constant(0.1), Momentum(0.05, 0.9)])
@pytest.mark.parametrize("lam", [0.0, 0.03])
@pytest.mark.parametrize(
    ("output", "cost", "width"), [end for end in ENDS if end[1:] != (CostCrossEntropy, 2)]
)
def test_training_goes_on_as_here(output, cost, width, scheduler, lam):
    net = FFNN((4, 6, width), tanh, output, cost, seed=2)
    X, T, labels = problem(cost, width)
    net.fit(X, T, Constant(0.1), epochs=3)
    estimator = to_sklearn(net, scheduler, batch_size=len(X), lam=lam)
    for _ in range(8):
        estimator.partial_fit(X, labels)
    net.fit(X, T, scheduler, epochs=8, lam=lam)
    assert np.allclose(from_sklearn(estimator).parameters, net.parameters, rtol=1e-11, atol=1e-13)
    assert estimator.t_ == 8 * len(X)


def test_a_fitted_estimator_comes_here():
    X, _, labels = problem(CostCrossEntropy, 5)
    names = np.array(["a", "b", "c", "d", "e"])[labels]
    for kind, y in ((MLPClassifier, names), (MLPClassifier, names > "b"), (MLPRegressor, X[:, 0])):
        estimator = kind(hidden_layer_sizes=7, activation="logistic", max_iter=600, tol=0.1).fit(
            X, y
        )
        net = from_sklearn(estimator, seed=4)
        theirs = estimator.predict(X) if kind is MLPRegressor else estimator.predict_proba(X)
        outputs = net.feed_forward(X)
        assert np.allclose(theirs.reshape(len(X), -1)[:, -outputs.shape[1] :], outputs, rtol=1e-12)
        assert net.seed == 4


REFUSALS = [
    (lambda: to_sklearn("net"), TypeError, "net should be an FFNN"),
    (lambda: to_sklearn(FFNN((2, 3, 1), ELU)), ValueError, "the hidden activations ELU"),
    (lambda: to_sklearn(FFNN((2, 3, 3, 1), [RELU, tanh])), ValueError, "activations RELU, tanh"),
    (lambda: to_sklearn(FFNN((2, 3, 1), dropout=0.1)), ValueError, "or dropout"),
    (lambda: to_sklearn(FFNN((2, 3, 1), batch_norm=True)), ValueError, "batch normalisation"),
    (lambda: to_sklearn(FFNN((2, 1), output_func=tanh)), ValueError, "tanh with CostOLS"),
    (
        lambda: to_sklearn(FFNN((2, 3), RELU, softmax, CostLogReg, task="multiclass")),
        ValueError,
        "softmax with CostLogReg",
    ),
    (lambda: to_sklearn(FFNN((2, 1)), Adam(0.1, 0.9, 0.99), batch_size=2), ValueError, "only Con"),
    (lambda: to_sklearn(FFNN((2, 1)), 0.1, batch_size=2), TypeError, "scheduler should be a Sch"),
    (lambda: to_sklearn(FFNN((2, 1)), Constant(0.1)), ValueError, "batch_size should be given"),
    (lambda: to_sklearn(FFNN((2, 1)), lam=0.1), ValueError, "scheduler should be given"),
    (lambda: to_sklearn(FFNN((2, 1)), lam=-0.1), ValueError, "lam should be"),
    (lambda: from_sklearn(LinearRegression()), TypeError, "estimator should be an MLPRegressor"),
    (lambda: from_sklearn(MLPRegressor()), NotFittedError, "not fitted"),
]


@pytest.mark.parametrize(("call", "kind", "words"), REFUSALS)
def test_what_has_no_counterpart_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_two_classes_have_two_outputs_here_and_one_there():
    net = FFNN((2, 2), RELU, softmax, CostCrossEntropy)
    with pytest.raises(ValueError, match="softmax with two outputs"):
        to_sklearn(net)


def test_another_loss_is_refused():
    estimator = MLPRegressor(hidden_layer_sizes=(2,), max_iter=400, tol=1.0)
    estimator.fit(np.ones((3, 1)), np.ones(3))
    estimator.loss = "poisson"  # an argument from scikit-learn 1.7 on
    with pytest.raises(ValueError, match="loss='poisson' should have a counterpart"):
        from_sklearn(estimator)


def test_a_scheduler_with_memory_is_refused():
    used = Momentum(0.1, 0.9)
    used.update_change(np.ones(3))
    with pytest.raises(ValueError, match="scheduler should be without memory"):
        to_sklearn(FFNN((2, 1)), used, batch_size=2)


def test_nothing_is_imported_before_it_is_needed():
    program = (
        "import sys, backprop.libraries; heavy = ('torch', 'keras', 'tensorflow', 'sklearn'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
