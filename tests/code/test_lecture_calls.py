"""The lecture's own calls, word for word, and that they do what they say."""

import autograd
import autograd.numpy as np
import numpy
import pytest
from backprop import (
    FFNN,
    LRELU,
    Adam,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    Momentum,
    derivate,
    sigmoid,
    softmax,
)
from backprop.datasets import onehot
from sklearn.datasets import load_digits


def test_multiclass():
    digits = load_digits()
    X = digits.data / 16
    target = digits.target
    target = onehot(target)
    dims = (64, 100, 30, 10)
    multiclass = FFNN(
        dims, hidden_func=LRELU, output_func=softmax, cost_func=CostCrossEntropy, seed=2023
    )
    multiclass.reset_weights()
    X, X_val, t, t_val = X[:1400], X[1400:], target[:1400], target[1400:]
    scheduler = Adam(eta=1e-3, rho=0.9, rho2=0.999)
    scores = multiclass.fit(
        X, t, scheduler, batches=20, epochs=8, lam=1e-4, X_val=X_val, t_val=t_val
    )
    assert sorted(scores) == ["train_accs", "train_errors", "val_accs", "val_errors"]
    assert scores["train_accs"][-1] > 0.95
    assert scores["val_accs"][-1] > 0.85
    assert multiclass.task == "multiclass"
    assert multiclass.parameters.size == 9840
    prediction = multiclass.predict(X_val)
    right = numpy.mean(prediction.argmax(axis=1) == digits.target[1400:])
    assert right == pytest.approx(scores["val_accs"][-1])


def test_xor():
    """No hidden layer: the best is to say 1/2 everywhere, whatever the number of epochs."""
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
    yXOR = np.array([[0], [1], [1], [0]])
    input_nodes = X.shape[1]
    output_nodes = 1
    logistic_regression = FFNN(
        (input_nodes, output_nodes), output_func=sigmoid, cost_func=CostLogReg, seed=2023
    )
    logistic_regression.reset_weights()
    scheduler = Adam(eta=1e-1, rho=0.9, rho2=0.999)
    scores = logistic_regression.fit(X, yXOR, scheduler, epochs=1000)
    assert scores["train_errors"][-1] == pytest.approx(numpy.log(2), rel=1e-6)
    assert scores["train_accs"].max() <= 0.75
    assert logistic_regression.predict(X, threshold=0.5).shape == (4, 1)
    assert (logistic_regression.predict(X, threshold=0.0) == 1).all()


def test_schedulers():
    momentum_scheduler = Momentum(eta=1e-3, momentum=0.9)
    adam_scheduler = Adam(eta=1e-3, rho=0.9, rho2=0.999)
    weights = np.ones((3, 3))
    for scheduler in (momentum_scheduler, adam_scheduler):
        epochs = 10
        for _ in range(epochs):
            gradient = numpy.random.default_rng(0).random((3, 3))
            change = scheduler.update_change(gradient)
            weights = weights - change
            scheduler.reset()
    assert weights.shape == (3, 3)
    assert (weights < 1).all()


def test_functions():
    rng = numpy.random.default_rng(0)
    target, X = rng.normal(size=(4, 2)), rng.normal(size=(4, 2))
    assert CostOLS(target)(X) == pytest.approx((1.0 / target.shape[0]) * np.sum((target - X) ** 2))
    z = rng.normal(size=(3, 2))
    assert derivate(sigmoid)(z) == pytest.approx(sigmoid(z) * (1 - sigmoid(z)))
    target, a = onehot(numpy.array([1, 0, 2])), softmax(rng.normal(size=(3, 3)))
    assert autograd.grad(CostCrossEntropy(target))(a) == pytest.approx(-target / a / 3)
    assert autograd.grad(CostLogReg(target))(a) == pytest.approx((a - target) / (a * (1 - a)) / 3)


def test_autograd_through_a_whole_network_of_the_packages_functions():
    """The functions can be used with autograd to write a network by hand."""
    rng = numpy.random.default_rng(0)
    X, T = rng.normal(size=(5, 3)), numpy.eye(2)[rng.integers(2, size=5)]
    net = FFNN((3, 4, 2), LRELU, softmax, CostCrossEntropy, seed=1)

    def cost(theta):
        Z = np.dot(X, theta[:12].reshape(3, 4)) + theta[12:16]
        return CostCrossEntropy(T)(
            softmax(np.dot(LRELU(Z), theta[16:24].reshape(4, 2)) + theta[24:])
        )

    assert autograd.grad(cost)(net.parameters) == pytest.approx(net.gradient(X, T), rel=1e-12)
