"""Small helpers for arrays: which NumPy to use, and checks of what users pass in."""

from __future__ import annotations

import math
import sys
from types import ModuleType

import numpy as np


def numpy_for(*arrays) -> ModuleType:
    """Return ``autograd.numpy`` if autograd is tracing any of the arrays, else ``numpy``.

    The functions of this package are plain NumPy.  They can still be differentiated
    with autograd, because they ask here for the module to compute with.
    """
    box = sys.modules.get("autograd.tracer")
    if box is not None and any(isinstance(a, box.Box) for a in arrays):
        import autograd.numpy

        return autograd.numpy
    return np


def is_finite(array: np.ndarray) -> bool:
    """Tell whether every element is finite, without a temporary of the array's size.

    The sum is finite unless an element is not, or the sum overflows; only then does
    the slower test decide.
    """
    return math.isfinite(np.add.reduce(array, axis=None)) or bool(np.isfinite(array).all())


def as_matrix(name: str, value, columns: int | None = None, dtype=np.float64) -> np.ndarray:
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
        array = np.ascontiguousarray(array, dtype=dtype) if array.ndim == 2 else array
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} should be an array of real numbers with one row per sample, "
            f"not {describe(value)}"
        ) from None
    wanted = f"(n, {columns})" if columns is not None else "(n, columns)"
    if array.ndim != 2:
        hint = f"; {name}.reshape(-1, 1) makes it a column" if array.ndim == 1 else ""
        raise ValueError(
            f"{name} should be two-dimensional with shape {wanted}, "
            f"but has shape {array.shape}{hint}"
        )
    if array.shape[0] == 0:
        raise ValueError(f"{name} should have at least one row, but has shape {array.shape}")
    if columns is not None and array.shape[1] != columns:
        raise ValueError(f"{name} should have shape {wanted}, but has shape {array.shape}")
    if not is_finite(array):
        bad = int(np.size(array) - np.count_nonzero(np.isfinite(array)))
        raise ValueError(f"{name} should be finite, but {bad} of its values are NaN or infinite")
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
    if not np.isfinite(value) or value < low or value >= high or (open_low and value == low):
        left = "greater than" if open_low else "at least"
        right = "" if high == np.inf else f" and less than {high:g}"
        raise ValueError(f"{name} should be {left} {low:g}{right}, not {value}")
    return float(value)


def describe(value) -> str:
    """Name a value briefly, for an error message."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} with shape {value.shape}"
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
