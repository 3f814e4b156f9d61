"""Scikit-learn: ``MLPRegressor`` and ``MLPClassifier``."""

from __future__ import annotations

import numpy as np

from .._arrays import as_count, as_number, describe
from ..activations import RELU, identity, sigmoid, softmax, tanh
from ..costs import CostCrossEntropy, CostLogReg, CostOLS
from ..schedulers import Constant, Momentum
from ._common import Step, assemble, check_network, check_scheduler, no_counterpart

__all__ = ["from_sklearn", "to_sklearn"]

LIBRARY = "scikit-learn"
NAMES = {identity: "identity", sigmoid: "logistic", tanh: "tanh", RELU: "relu"}
OUTPUTS = {CostOLS: identity, CostLogReg: sigmoid, CostCrossEntropy: softmax}


def to_sklearn(net, scheduler=None, *, batch_size: int | None = None, lam: float = 0.0):
    """Return a network as a fitted ``MLPRegressor`` or ``MLPClassifier``.

    Parameters
    ----------
    net : FFNN
        The network: one activation function for all hidden layers, among identity, sigmoid,
        tanh and RELU; the outputs' own is identity with CostOLS, sigmoid with CostLogReg, softmax
        with CostCrossEntropy.
    scheduler : Scheduler, optional
        ``Constant`` or ``Momentum``, with which ``partial_fit`` then goes on as ``fit`` would.
    batch_size : int, optional
        Samples in each mini-batch; needed with a scheduler, as scikit-learn divides the penalty
        by it.
    lam : float, default 0
        Strength of the L2 penalty on the weights, for further training.

    Returns
    -------
    MLPRegressor or MLPClassifier
        With copies of the parameters.  Its classes are the numbers of the outputs; those of a
        binary classifier are 0 and 1.

    Raises
    ------
    ImportError
        If scikit-learn is not installed.
    TypeError
        If ``net`` or ``scheduler`` is not of this package.
    ValueError
        If the network or the scheduler has no counterpart in scikit-learn, the scheduler
        remembers earlier gradients, or one of scheduler and ``batch_size`` is missing.

    Notes
    -----
    ``MLPRegressor`` follows half of our gradient, so that the learning rate is twice ours, and
    ``alpha`` is ``lam * batch_size / 2``; for classifiers it is ``lam * batch_size``.
    Scikit-learn's Adam adds ε before the correction for the start, and is another rule.
    """
    check_network(net)
    lam = as_number("lam", lam, 0.0)
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPRegressor if net.cost_func is CostOLS else MLPClassifier
    settings = _training(scheduler, batch_size, lam, net)
    estimator = kind(hidden_layer_sizes=net.dimensions[1:-1], activation=_activation(net))
    return _fill(estimator, net).set_params(**settings)


def _activation(net) -> str:
    """Return scikit-learn's name for the hidden activation; refuse what it does not have."""
    if net.batch_norm or any(net.dropout):
        raise no_counterpart("batch normalisation or dropout", LIBRARY)
    if OUTPUTS.get(net.cost_func) is not net.output_func:
        cost = getattr(net.cost_func, "__name__", net.cost_func)
        raise no_counterpart(f"{describe(net.output_func)} with {cost}", LIBRARY)
    if net.task == "multiclass" and net.dimensions[-1] == 2:
        raise no_counterpart("softmax with two outputs", LIBRARY, "it has one for two classes")
    funcs = set(net.hidden_funcs) or {RELU}
    if len(funcs) > 1 or not funcs <= set(NAMES):
        names = ", ".join(sorted(getattr(func, "__name__", str(func)) for func in funcs))
        raise no_counterpart(f"the hidden activations {names}", LIBRARY)
    return NAMES[funcs.pop()]


def _training(scheduler, batch_size, lam: float, net) -> dict:
    """Return the arguments by which scikit-learn makes the same updates."""
    if scheduler is None:
        if lam or batch_size is not None:
            raise ValueError("scheduler should be given with lam or batch_size, but is None")
        return {}
    if type(check_scheduler(scheduler, LIBRARY)) not in (Constant, Momentum):
        raise no_counterpart(f"{scheduler!r}", LIBRARY, "only Constant and Momentum have one")
    if batch_size is None:
        raise ValueError("batch_size should be given with a scheduler, but is None")
    batch_size = as_count("batch_size", batch_size)
    factor = 2.0 if net.cost_func is CostOLS else 1.0
    return {
        "solver": "sgd",
        "learning_rate_init": factor * scheduler.eta,
        "momentum": getattr(scheduler, "momentum", 0.0),
        "nesterovs_momentum": False,
        "batch_size": batch_size,
        "alpha": lam * batch_size / factor,
    }


def _fill(estimator, net):
    """Let an estimator learn anything, so that it is fitted; then give it our parameters."""
    width, kind = net.dimensions[-1], net.task
    rows = max(width, 2)
    X = np.zeros((rows, net.dimensions[0]), net.dtype)
    if kind == "regression":
        labels = np.zeros((rows, width) if width > 1 else rows, net.dtype)
        estimator.partial_fit(X, labels)
    elif kind == "multilabel":
        labels = np.arange(rows)[:, None] % 2 * np.ones((1, width), int)
        estimator.partial_fit(X, labels, classes=np.arange(width))
    else:
        classes = np.arange(rows)
        estimator.partial_fit(X, classes, classes=classes)
    for ours, theirs in zip(net.weights, estimator.coefs_, strict=True):
        theirs[:] = ours
    for ours, theirs in zip(net.biases, estimator.intercepts_, strict=True):
        theirs[:] = ours
    del estimator._optimizer  # with the memory of that training
    estimator.t_ = estimator.n_iter_ = 0
    estimator.loss_curve_ = []
    return estimator


def from_sklearn(estimator, *, seed: int | None = None):
    """Return a fitted ``MLPRegressor`` or ``MLPClassifier`` as a network of this package.

    Parameters
    ----------
    estimator : MLPRegressor or MLPClassifier
        The estimator, fitted.
    seed : int, optional
        Seed of the network's further training.

    Returns
    -------
    FFNN
        The network, with copies of the parameters.  Its outputs are in the order of ``classes_``; a
        binary classifier has one, for the second class.

    Raises
    ------
    ImportError
        If scikit-learn is not installed.
    TypeError
        If ``estimator`` is not one of the two.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    ValueError
        If it minimises another cost than the squared error or the cross-entropy.
    """
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.utils.validation import check_is_fitted

    if not isinstance(estimator, (MLPClassifier, MLPRegressor)):
        raise TypeError(
            f"estimator should be an MLPRegressor or MLPClassifier, not {describe(estimator)}"
        )
    check_is_fitted(estimator)
    if isinstance(estimator, MLPRegressor) and estimator.loss != "squared_error":
        raise no_counterpart(f"loss={estimator.loss!r}", "FFNN")
    hidden = next(func for func, name in NAMES.items() if name == estimator.activation)
    cost, func = {
        "identity": (CostOLS, identity),
        "logistic": (CostLogReg, sigmoid),
        "softmax": (CostCrossEntropy, softmax),
    }[estimator.out_activation_]
    layers = list(zip(estimator.coefs_, estimator.intercepts_, strict=True))
    funcs = [hidden] * (len(layers) - 1) + [func]
    steps = (
        step
        for pair, func in zip(layers, funcs, strict=True)
        for step in (Step("affine", pair, "weights"), Step("func", func, "activation"))
    )
    return assemble(steps, cost, seed)
