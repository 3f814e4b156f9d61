"""The arguments of ``FFNN``, checked: each function returns a value that can be used.

Each raises a TypeError if the value is not of the right kind, and a ValueError if it is out of
range or does not go together with the others.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from . import _probes
from ._arrays import as_count, as_number, describe
from .activations import ELU, LRELU, RELU, derivate, identity, sigmoid, softmax, tanh
from .costs import CostCrossEntropy, CostLogReg, cost_gradient, is_known

ELEMENTWISE = (identity, sigmoid, tanh, RELU, LRELU, ELU)
PROBABILITIES = (CostLogReg, CostCrossEntropy)  # the costs whose outputs are probabilities
TASKS = ("regression", "binary", "multiclass", "multilabel")

# What cannot be changed later, and what to do in its place.
FIXED = {
    "dimensions": "make a new network",
    "batch_norm": "make a new network",
    "dropout": "make a new network, or set the rate of its Dropout layers",
    "dtype": "make a new network",
    "layers": "change the list that is there",
    "weights": "net.weights[0] = W copies W into the first of them",
    "biases": "net.biases[0] = b copies b into the first of them",
}

# Where to find what the lecture's network, and other people's, have under these names.
ELSEWHERE = {
    "_accuracy": "accuracy(X, t), which takes inputs, not predictions; for these, "
    "np.mean((prediction == t).all(axis=1))",
    "_feedforward": "feed_forward(X)",
    "forward": "feed_forward(X)",
    "predict_proba": "feed_forward(X)",
    "score": "accuracy(X, t) or cost(X, t)",
    "a_matrices": "trace(X, t).A",
    "z_matrices": "trace(X, t).Z",
    "classification": "task",
    "_set_classification": "task",
    "schedulers_weight": "the scheduler that fit takes: one serves all parameters",
    "schedulers_bias": "the scheduler that fit takes: one serves all parameters",
    "activation": "hidden_funcs and output_func",
    "activation_func": "hidden_funcs and output_func",
    "func": "hidden_funcs and output_func",
    "loss": "cost_func",
    "loss_func": "cost_func",
    "cost_function": "cost_func",
    "W": "weights",
    "b": "biases",
    "scheduler": "the argument of fit",
    "eta": "the scheduler that fit takes, as Adam(eta=1e-3, rho=0.9, rho2=0.999)",
    "learning_rate": "eta of the scheduler that fit takes",
    "lam": "the argument of fit, cost and gradient",
    "batches": "the argument of fit",
    "epochs": "the argument of fit",
    "coefs_": "weights",
    "intercepts_": "biases",
}

ADVICE = (
    "write it with autograd.numpy throughout, and let no branch of a where be NaN or steep "
    "where it is not taken"
)


class UnknownTaskWarning(UserWarning):
    """Warns that a network with a cost of one's own may be a classifier, and nothing says so.

    Attributes
    ----------
    args : tuple of str
        The message.
    """


def absence(network, name: str) -> str:
    """Return the message that a network has no such attribute, with a hint where there is one."""
    hint = f"; see {ELSEWHERE[name]}" if name in ELSEWHERE else ""
    return f"{type(network).__name__!r} object has no attribute {name!r}{hint}"


def as_dimensions(dimensions) -> tuple[int, ...]:
    """Return the widths of all layers."""
    if isinstance(dimensions, (int, np.integer, str)) or not hasattr(dimensions, "__len__"):
        raise TypeError(
            "dimensions should be a sequence of widths such as (2, 3, 1), "
            f"not {describe(dimensions)}"
        )
    if len(dimensions) < 2:
        raise ValueError(
            "dimensions should have at least two widths (inputs, outputs), "
            f"not {describe(dimensions)}"
        )
    return tuple(as_count(f"dimensions[{i}]", m) for i, m in enumerate(dimensions))


def as_hidden_functions(hidden_func, n_hidden: int) -> tuple[Callable, ...]:
    """Return one activation function for each hidden layer."""
    given = isinstance(hidden_func, (list, tuple))
    # A single function is checked even if there is no hidden layer.
    functions = list(hidden_func) if given else [hidden_func] * max(n_hidden, 1)
    for func in functions:
        if as_activation("hidden_func", func) is softmax:
            raise ValueError("hidden_func should be elementwise; softmax is for the output layer")
    if given and len(functions) != n_hidden:
        raise ValueError(
            "hidden_func should have one function per hidden layer, "
            f"{n_hidden}, not {len(functions)}"
        )
    return tuple(functions[:n_hidden])


def as_activation(name: str, func) -> Callable:
    """Return an activation function; one of the user's own is tried on a few numbers."""
    if any(func is known for known in (*ELEMENTWISE, softmax)):
        return func
    try:
        slope = derivate(func)
    except TypeError as error:
        raise TypeError(str(error).replace("func", name, 1)) from None
    points = _probes.ARGUMENTS
    try:
        with np.errstate(all="ignore"):
            whole, slopes = np.asarray(func(points)), np.asarray(slope(points))
            good = whole.shape == slopes.shape == points.shape
            alone = [[np.asarray(func(np.array([[z]]))).item() for z in row] for row in points]
            wrong = _probes.wrong_slope(func, slopes, points) if good else None
    except Exception as error:
        raise ValueError(
            f"{name} should be elementwise and written with autograd.numpy, but "
            f"{describe(func)} cannot be differentiated: {error}"
        ) from error
    if not good:
        raise ValueError(f"{name} should be elementwise, but {describe(func)} changes the shape")
    if not np.allclose(whole, alone, rtol=1e-9, atol=0.0, equal_nan=True):
        raise ValueError(
            f"{name} should be elementwise, but the values of {describe(func)} depend on other "
            "entries; the only such function here is backprop.softmax, for the output layer"
        )
    if wrong is not None:
        raise ValueError(
            f"{name} should have the derivative that autograd finds, but at z = {wrong[0]:g} "
            f"autograd finds {wrong[1]:.6g} and differences {wrong[2]:.6g} for {describe(func)}; "
            + ADVICE
        )
    return func


def as_cost(cost_func, n_outputs: int) -> Callable:
    """Return a cost function; one of the user's own is tried on a few numbers."""
    gradient = cost_gradient(cost_func)  # raises if this is not a function
    if is_known(cost_func):
        return cost_func
    wrong = None
    try:
        with np.errstate(all="ignore"):
            T, A = next(_probes.targets_and_outputs(n_outputs))
            value, slopes = cost_func(T)(A), np.asarray(gradient(T)(A))
            good = np.ndim(value) == 0 and slopes.shape == A.shape
            if good:
                wrong = _probes.wrong_slope(cost_func(T), slopes, A, _probes.entries(A.shape))
    except Exception as error:
        raise ValueError(
            "cost_func should take the targets, return a function of the outputs, and be written "
            f"with autograd.numpy, but {describe(cost_func)} cannot be differentiated: {error}"
        ) from error
    if not good:
        raise ValueError(
            "cost_func should take the targets and return a function of the outputs whose value "
            f"is a number, but {describe(cost_func)} gives something else"
        )
    wrong = wrong or _wrong_slope_far_away(cost_func, gradient, n_outputs)
    if wrong is not None:
        raise ValueError(
            f"cost_func should have the derivative that autograd finds, but at an output of "
            f"{wrong[0]:.6g} autograd finds {wrong[1]:.6g} and differences {wrong[2]:.6g} for "
            f"{describe(cost_func)}; " + ADVICE
        )
    return cost_func


def _wrong_slope_far_away(cost_func, gradient, n_outputs):
    """Look at outputs that are no probabilities too, if the cost takes them."""
    *_, (T, A) = _probes.targets_and_outputs(n_outputs)
    try:
        with np.errstate(all="ignore"):
            slopes = np.asarray(gradient(T)(A))
            return _probes.wrong_slope(cost_func(T), slopes, A, _probes.entries(A.shape))
    except Exception:
        return None  # it need not take them


def as_task(task, n_outputs: int, output_func: Callable, cost_func: Callable) -> str:
    """Return what is learned: ``task``, or if it is None what the two functions say."""
    usual = _usual_task(n_outputs, output_func, cost_func)
    if task is None:
        if not is_known(cost_func) and _gives_probabilities(output_func):
            warnings.warn(
                "task should be given, because the outputs may be probabilities, but "
                f"{describe(cost_func)} does not say whether they are; without it the network "
                "is a regressor. Choose task='regression', 'binary', 'multiclass' or 'multilabel'",
                UnknownTaskWarning,
                stacklevel=3,
            )
        return usual
    if task not in TASKS:
        raise ValueError(f"task should be one of {', '.join(TASKS)}, not {describe(task)}")
    if task == "regression":
        return task
    if output_func in ELEMENTWISE and output_func is not sigmoid:
        raise ValueError(
            f"output_func should give probabilities (sigmoid or softmax) for task {task!r}, "
            f"but {output_func.__name__} does not"
        )
    if (task == "binary") != (n_outputs == 1) or (task == "multilabel" and output_func is softmax):
        raise ValueError(
            "task should be 'binary' for one output, 'multiclass' or 'multilabel' for several, "
            f"and 'multiclass' for softmax, not {task!r} for {n_outputs} outputs"
        )
    return task


def _usual_task(n_outputs, output_func, cost_func):
    if output_func is softmax and n_outputs < 2:
        raise ValueError(
            "output_func should not be softmax for one output, which would always be 1"
        )
    if cost_func not in PROBABILITIES:
        return "regression"
    if output_func in ELEMENTWISE and output_func is not sigmoid:
        raise ValueError(
            "output_func should give probabilities (sigmoid or softmax) with "
            f"{cost_func.__name__}, but {output_func.__name__} does not"
        )
    if cost_func is CostCrossEntropy and n_outputs < 2:
        raise ValueError(
            "cost_func should be CostLogReg for one output; CostCrossEntropy needs one output "
            "for each class"
        )
    if output_func is softmax or cost_func is CostCrossEntropy:
        return "multiclass"
    return "binary" if n_outputs == 1 else "multilabel"


def _gives_probabilities(output_func):
    if output_func in (*ELEMENTWISE, softmax):
        return output_func in (sigmoid, softmax)
    with np.errstate(all="ignore"):
        values = np.asarray(output_func(_probes.ARGUMENTS))
    return bool(((values >= 0) & (values <= 1)).all())


def as_seed(seed) -> int | None:
    """Return a seed, or None for another network each time."""
    if seed is not None:
        as_count("seed", seed, least=0)
    return seed


def as_initializer(initializer) -> Callable | None:
    """Return an initializer, or None for the usual one."""
    if initializer is not None and not callable(initializer):
        raise TypeError(f"initializer should be a function, not {describe(initializer)}")
    return initializer


def as_flag(name: str, value) -> bool:
    """Return True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} should be True or False, not {describe(value)}")
    return bool(value)


def as_rates(dropout, n_hidden: int) -> tuple[float, ...]:
    """Return the dropout rates of the input layer and of each hidden layer."""
    if isinstance(dropout, (list, tuple, np.ndarray)):
        rates = [as_number(f"dropout[{i}]", rate, 0.0, 1.0) for i, rate in enumerate(dropout)]
        if len(rates) != n_hidden + 1:
            raise ValueError(
                "dropout should have one rate for the input layer and one for each hidden "
                f"layer, {n_hidden + 1} in all, not {len(rates)}"
            )
        return tuple(rates)
    return (0.0, *[as_number("dropout", dropout, 0.0, 1.0)] * n_hidden)


def as_dtype(dtype) -> np.dtype:
    """Return float64 or float32."""
    try:
        result = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"dtype should be float64 or float32, not {describe(dtype)}") from None
    if result not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise ValueError(f"dtype should be float64 or float32, not {result}")
    return result
