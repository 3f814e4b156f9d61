"""Small helpers for arrays: which NumPy to use, and checks of what users pass in."""

from __future__ import annotations

import math
import sys
import types

import numpy as np


def numpy_for(*arrays) -> types.ModuleType:
    """Return ``autograd.numpy`` if autograd is tracing any of the arrays, else ``numpy``.

    The functions of this package are plain NumPy.  They can still be differentiated
    with autograd, because they ask here for the module to compute with.
    """
    box = sys.modules.get("autograd.tracer")
    if box is not None and any(isinstance(a, box.Box) for a in arrays):
        import autograd.numpy

        return autograd.numpy
    return np


def as_floating(value):
    """Return ``value`` as a floating-point array; what autograd traces is left as it is."""
    if numpy_for(value) is not np:
        return value
    array = np.asarray(value)
    return array.astype(np.float64) if array.dtype.kind in "iub" else array


def is_finite(array: np.ndarray) -> bool:
    """Tell whether every element is finite, without a temporary of the array's size.

    The sum of squares is finite unless an element is not, or it overflows; only then
    does the slower test decide.
    """
    flat = array.ravel(order="K")
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.dot(flat, flat)
    return math.isfinite(squares) or bool(np.isfinite(array).all())


def as_matrix(
    name: str, value, columns: int | None = None, dtype=np.float64, hint: str = ""
) -> np.ndarray:
    """Return ``value`` as a finite, two-dimensional floating-point array.

    Parameters
    ----------
    name : str
        What the caller's argument is called, for the message.
    value : array_like, shape (n, columns)
        One row per sample; n must be at least 1.
    columns : int, optional
        How many columns there must be.
    dtype : data type, default float64
        Of the result.
    hint : str, optional
        What may help if ``value`` is one-dimensional.

    Returns
    -------
    ndarray of shape (n, columns), in C order
        A copy only where the data type or the memory order asks for one.

    Raises
    ------
    TypeError
        If ``value`` is not made of real numbers.
    ValueError
        If it has the wrong shape, or contains NaN or infinity.
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise TypeError
        with np.errstate(over="ignore"):  # what float32 cannot hold is found below
            array = np.ascontiguousarray(array, dtype=dtype) if array.ndim == 2 else array
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} should be an array of real numbers with one row per sample, "
            f"not {describe(value)}"
        ) from None
    wanted = f"(n, {columns})" if columns is not None else "(n, columns)"
    if array.ndim != 2:
        if array.ndim != 1:
            hint = ""
        elif not hint and columns in (None, 1):
            hint = f"{name}.reshape(-1, 1) makes it a column"
        elif not hint and columns == len(array):
            hint = f"{name}.reshape(1, -1) makes it one row"
        raise ValueError(
            f"{name} should be two-dimensional with shape {wanted}, "
            f"but has shape {array.shape}{'; ' if hint else ''}{hint}"
        )
    if array.shape[0] == 0:
        raise ValueError(f"{name} should have at least one row, but has shape {array.shape}")
    if columns is not None and array.shape[1] != columns:
        raise ValueError(f"{name} should have shape {wanted}, but has shape {array.shape}")
    if not is_finite(array):
        bad = int(np.size(array) - np.count_nonzero(np.isfinite(array)))
        raise ValueError(
            f"{name} should be finite, but {bad} of its {array.size} values are NaN or infinite "
            f"(in {array.dtype})"
        )
    return array


def as_count(name: str, value, least: int = 1) -> int:
    """Return ``value`` as an int that is at least ``least``.

    Raises
    ------
    TypeError
        If ``value`` is not a whole number.
    ValueError
        If it is smaller than ``least``.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} should be a whole number, not {describe(value)}")
    if value < least:
        raise ValueError(f"{name} should be at least {least}, not {value}")
    return int(value)


def as_number(name: str, value, low: float, high: float = np.inf, *, open_low=False) -> float:
    """Return ``value`` as a finite float in the interval from ``low`` to below ``high``.

    Raises
    ------
    TypeError
        If ``value`` is not a real number.
    ValueError
        If it is NaN, infinite or outside the interval.
    """
    number = isinstance(value, (int, float, np.integer, np.floating))
    if isinstance(value, (bool, np.bool_)) or not number:
        raise TypeError(f"{name} should be a number, not {describe(value)}")
    try:
        result = float(value)
    except OverflowError:  # an integer beyond the largest float
        result = math.inf
    if not math.isfinite(result) or result < low or result >= high or (open_low and result == low):
        left = "greater than" if open_low else "at least"
        right = " and finite" if high == np.inf else f" and less than {high:g}"
        raise ValueError(f"{name} should be {left} {low:g}{right}, not {result}")
    return result


def known_value(table: dict, key):
    """Return ``table[key]``, or None if it is not there or cannot be a key at all."""
    try:
        return table.get(key)
    except TypeError:  # a callable object may be unhashable
        return None


def describe(value) -> str:
    """Name a value briefly, for an error message."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} with shape {value.shape}"
    if isinstance(value, types.FunctionType):  # its repr has an address, which helps nobody
        return f"the function {value.__name__}"
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
