"""The arguments of ``FFNN``, checked: each function returns a value that can be used.

Each raises a TypeError if the value is not of the right kind, and a ValueError if it is out of
range or does not go together with the others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._arrays import as_count, as_number, describe
from .activations import ELU, LRELU, RELU, derivate, identity, sigmoid, softmax, tanh
from .costs import CostCrossEntropy, CostLogReg, cost_gradient, is_known

ELEMENTWISE = (identity, sigmoid, tanh, RELU, LRELU, ELU)
PROBABILITIES = (CostLogReg, CostCrossEntropy)  # the costs whose outputs are probabilities


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
    probe = np.array([[-0.5, 0.75], [1.25, 2.0]])
    try:
        whole = np.asarray(func(probe))
        good = whole.shape == np.shape(slope(probe)) == probe.shape
        alone = [[np.asarray(func(np.array([[z]]))).item() for z in row] for row in probe]
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
    return func


def as_cost(cost_func, n_outputs: int) -> Callable:
    """Return a cost function; one of the user's own is tried on a few numbers."""
    gradient = cost_gradient(cost_func)  # raises if this is not a function
    if is_known(cost_func):
        return cost_func
    T = np.full((2, n_outputs), 1.0 / max(2, n_outputs))
    A = 0.8 * T
    try:
        good = np.ndim(cost_func(T)(A)) == 0 and np.shape(gradient(T)(A)) == A.shape
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
    return cost_func


def as_task(n_outputs: int, output_func: Callable, cost_func: Callable) -> str:
    """Return what is learned, from the number of outputs, their activation and the cost."""
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
