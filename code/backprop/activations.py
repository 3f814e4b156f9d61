r"""Activation functions and their derivatives.

Three things can be done with an activation function ``f`` of this module:

- ``f(Z)`` evaluates it, elementwise (``softmax``: row by row);
- ``derivate(f)(Z)`` evaluates its derivative, again elementwise;
- ``autograd.elementwise_grad(f)(Z)`` gives the same, found by autograd.

In the book's notation an activation function is :math:`\varphi`, its argument the
pre-activation ``Z`` and its value the activation ``A``.  ``Z`` may be an array, a list or
a number; every function raises a TypeError if it is not made of real numbers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._arrays import describe, known_value, numpy_for

__all__ = ["ELU", "LRELU", "RELU", "derivate", "identity", "sigmoid", "softmax", "tanh"]

LEAK = 0.01  # slope of LRELU for negative arguments


def identity(Z):
    """Return ``Z`` itself: the output activation of regression.

    Parameters
    ----------
    Z : array_like
        Pre-activations, any shape.

    Returns
    -------
    ndarray
        The same values.

    Raises
    ------
    TypeError
        If ``Z`` is not made of real numbers.
    """
    return 1.0 * _asarray(Z)


def sigmoid(Z):
    """Return the logistic function 1 / (1 + exp(-Z)), between 0 and 1.

    Parameters
    ----------
    Z : array_like
        Pre-activations, any shape.

    Returns
    -------
    ndarray
        Activations, shape of ``Z``.  Where exp(-Z) overflows, the value is 0, which
        is correct to rounding; no warning is given.

    Raises
    ------
    TypeError
        If ``Z`` is not made of real numbers.
    """
    Z = _asarray(Z)
    xp = numpy_for(Z)
    if xp is not np:  # autograd's derivative of the formula below is 0 · inf where exp overflows
        small = xp.exp(xp.where(Z > 0, -Z, Z))
        return xp.where(Z > 0, 1.0, small) / (1.0 + small)
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-Z))


def tanh(Z):
    """Return the hyperbolic tangent, between -1 and 1.

    Parameters
    ----------
    Z : array_like
        Pre-activations, any shape.

    Returns
    -------
    ndarray
        Activations, shape of ``Z``.

    Raises
    ------
    TypeError
        If ``Z`` is not made of real numbers.
    """
    return numpy_for(Z).tanh(_asarray(Z))


def RELU(Z):
    """Return the rectified linear unit max(0, Z).

    Parameters
    ----------
    Z : array_like
        Pre-activations, any shape.

    Returns
    -------
    ndarray
        Activations, shape of ``Z``.  The derivative at 0 is taken to be 0.

    Raises
    ------
    TypeError
        If ``Z`` is not made of real numbers.
    """
    Z = _asarray(Z)
    xp = numpy_for(Z)
    # maximum is the fast way; autograd, though, would halve the derivative where both are 0.
    return np.maximum(Z, 0.0) if xp is np else xp.where(Z > 0, Z, 0.0)


def LRELU(Z):
    """Return the leaky rectified linear unit: Z where Z > 0, else 0.01 Z.

    Parameters
    ----------
    Z : array_like
        Pre-activations, any shape.

    Returns
    -------
    ndarray
        Activations, shape of ``Z``.  The derivative at 0 is taken to be 0.01.

    Raises
    ------
    TypeError
        If ``Z`` is not made of real numbers.
    """
    Z = _asarray(Z)
    xp = numpy_for(Z)
    if xp is not np:
        return xp.where(Z > 0, Z, LEAK * Z)
    A = LEAK * Z
    return np.maximum(Z, A, out=A) if A.ndim else np.maximum(Z, A)


def ELU(Z):
    """Return the exponential linear unit with alpha = 1: Z where Z > 0, else exp(Z) - 1.

    Parameters
    ----------
    Z : array_like
        Pre-activations, any shape.

    Returns
    -------
    ndarray
        Activations, shape of ``Z``, greater than or equal to -1.

    Raises
    ------
    TypeError
        If ``Z`` is not made of real numbers.
    """
    Z = _asarray(Z)
    xp = numpy_for(Z)
    # The argument of expm1 is kept below 0, so that the branch not taken cannot overflow.
    return xp.where(Z > 0, Z, xp.expm1(xp.where(Z > 0, 0.0, Z)))


def softmax(Z):
    """Return exp(Z) divided by its sum over the last axis: one distribution per row.

    Parameters
    ----------
    Z : array_like, shape (..., M)
        Pre-activations, one row per sample.

    Returns
    -------
    ndarray, shape (..., M)
        Probabilities: not negative, each row summing to 1.

    Raises
    ------
    TypeError
        If ``Z`` is not made of real numbers.
    """
    Z = _asarray(Z)
    xp = numpy_for(Z)
    # Subtracting the largest entry changes nothing mathematically and prevents overflow.
    if xp is not np:
        E = xp.exp(Z - Z.max(axis=-1, keepdims=True))
        return E / E.sum(axis=-1, keepdims=True)
    E = Z - np.maximum.reduce(Z, axis=-1, keepdims=True)
    np.exp(E, out=E)
    E /= np.add.reduce(E, axis=-1, keepdims=True)
    return E


def derivate(func: Callable) -> Callable:
    """Return the derivative of an elementwise activation function.

    Parameters
    ----------
    func : callable
        One of this module's functions, or a function of your own that is elementwise
        and written with ``autograd.numpy``; autograd then finds the derivative.

    Returns
    -------
    callable
        Function of the pre-activations ``Z`` (any shape), with values of the same shape.

    Raises
    ------
    ValueError
        For ``softmax``, each of whose outputs depends on a whole row of inputs: it has
        a Jacobian, not an elementwise derivative.
    TypeError
        If ``func`` is not a function.

    Notes
    -----
    Where the derivative does not exist, at Z = 0 of RELU and LRELU, it is the slope on the
    left: 0 and 0.01.

    Examples
    --------
    >>> float(derivate(sigmoid)(0.0))
    0.25
    """
    if func is softmax:
        raise ValueError(
            "func should be elementwise, but softmax mixes the entries of a row; in the "
            "network its vector-Jacobian product is used instead (eq-bp1-softmax)"
        )
    if not callable(func) or isinstance(func, type):
        known = ", ".join(f.__name__ for f in DERIVATIVES)
        raise TypeError(f"func should be a function such as {known}, not {describe(func)}")
    closed_form = known_value(DERIVATIVES, func)
    if closed_form is not None:
        return lambda Z: closed_form(_asarray(Z), func(Z))
    from autograd import elementwise_grad

    return lambda Z: elementwise_grad(func)(_asarray(Z))


def _leaky_slope(positive):
    """Turn 1 into 1 and 0 into LEAK, in place: three times as fast as np.where."""
    positive *= 1.0 - LEAK
    positive += LEAK
    return positive


# Each derivative from the pre-activation Z and the activation A = f(Z), both of which the
# forward pass has kept: sigmoid' = A (1 - A) needs no further exponential.
DERIVATIVES: dict[Callable, Callable] = {
    identity: lambda Z, A: np.ones_like(A),
    sigmoid: lambda Z, A: A * (1.0 - A),
    tanh: lambda Z, A: 1.0 - A * A,
    RELU: lambda Z, A: np.greater(Z, 0.0).astype(A.dtype),
    LRELU: lambda Z, A: _leaky_slope(np.greater(Z, 0.0).astype(A.dtype)),
    ELU: lambda Z, A: 1.0 + np.minimum(A, 0.0),
}


def _asarray(Z):
    """Return ``Z`` as a floating-point array; what autograd traces is left as it is."""
    array = Z
    if not isinstance(Z, np.ndarray):
        if numpy_for(Z) is not np:
            return Z
        array = np.asarray(Z)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"Z should be an array of real numbers, not {describe(Z)}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)
