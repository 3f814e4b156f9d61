r"""Signal and error in very wide layers: the variance map and the factor χ (chapters 11 and 24).

The weights of a layer with M senders are drawn with mean 0 and the standard deviation
``scale``/√M, its biases with the standard deviation ``bias``.  In the limit of many units the
pre-activations are normal, and all that is needed are means over the bell curve:

- ``gaussian_mean(func, q)`` is such a mean;
- ``variance_map(func, q, scale, bias)`` is what one layer does to the mean square of the
  pre-activations, and ``fixed_point(func, scale, bias)`` is where this ends;
- ``chi(func, scale, bias)`` is the factor by which a layer multiplies small differences
  between samples on the way forward, and errors on the way back.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._arrays import as_count, as_number, describe
from .activations import derivate

__all__ = ["chi", "fixed_point", "gaussian_mean", "variance_map"]

SMALLEST, LARGEST = 1e-9, 1e9  # of mean squares: a signal that fades or grows without end
NODES = (np.arange(800) + 0.5) / 50 - 8  # no node falls on a kink at 0
BELL = np.exp(-(NODES**2) / 2) / np.sqrt(2 * np.pi) / 50


def gaussian_mean(func: Callable, q: float) -> float:
    """Return the mean of a function of a normal number with mean 0 and variance q.

    Parameters
    ----------
    func : callable
        An elementwise function.
    q : float
        The variance, at least 0.

    Returns
    -------
    float
        The mean, as a fine sum over eight standard deviations to both sides.

    Raises
    ------
    TypeError
        If ``func`` is not a function, or ``q`` is not a number.
    ValueError
        If ``q`` is negative or not finite.

    Examples
    --------
    >>> round(gaussian_mean(np.square, 4.0), 6)
    4.0
    """
    if not callable(func):
        raise TypeError(f"func should be an elementwise function, not {describe(func)}")
    return float(BELL @ func(np.sqrt(as_number("q", q, 0.0)) * NODES))


def variance_map(func: Callable, q: float, scale: float, bias: float = 0.0) -> float:
    """Return the mean square of the pre-activations one layer further (``eq-depth-map``).

    Parameters
    ----------
    func : callable
        The activation function.
    q : float
        The mean square of the pre-activations, at least 0.
    scale : float
        Standard deviation of the weights, times the root of the number of senders; positive.
    bias : float, default 0
        Standard deviation of the biases, at least 0.

    Returns
    -------
    float
        The mean square in the next layer.

    Raises
    ------
    TypeError
        If ``func`` is not a function, or another argument is not a number.
    ValueError
        If a number is outside its range.
    """
    scale, bias = _spread(scale, bias)
    return scale**2 * gaussian_mean(lambda z: func(z) ** 2, q) + bias**2


def fixed_point(func: Callable, scale: float, bias: float = 0.0, steps: int = 100) -> float:
    """Return the mean square at which the pre-activations settle.

    Parameters
    ----------
    func : callable
        The activation function.
    scale : float
        Standard deviation of the weights, times the root of the number of senders; positive.
    bias : float, default 0
        Standard deviation of the biases, at least 0.
    steps : int, default 100
        Number of layers that are gone through, at least 1.

    Returns
    -------
    float
        The mean square after so many layers.  A signal that fades or grows without end is
        held at 1e-9 and 1e9.

    Raises
    ------
    TypeError
        If ``func`` is not a function, or another argument is not a number.
    ValueError
        If a number is outside its range.
    """
    scale, bias = _spread(scale, bias)
    q = min(max(scale**2 + bias**2, SMALLEST), LARGEST)
    for _ in range(as_count("steps", steps)):
        q = min(max(variance_map(func, q, scale, bias), SMALLEST), LARGEST)
    return q


def chi(func: Callable, scale: float, bias: float = 0.0, steps: int = 100) -> float:
    """Return the factor χ per layer in very wide layers (``def-depth-chi``).

    It multiplies the mean square of errors on their way back, and that of small differences
    between samples on the way forward.

    Parameters
    ----------
    func : callable
        The activation function.
    scale : float
        Standard deviation of the weights, times the root of the number of senders; positive.
    bias : float, default 0
        Standard deviation of the biases, at least 0.
    steps : int, default 100
        Number of layers after which the mean square of the pre-activations counts as settled.

    Returns
    -------
    float
        The factor: 1 at the edge of chaos, smaller in the ordered phase.

    Raises
    ------
    TypeError
        If ``func`` is not a function, or another argument is not a number.
    ValueError
        If a number is outside its range.

    References
    ----------
    Poole et al. 2016; Schoenholz et al. 2017.

    Examples
    --------
    >>> round(chi(RELU, np.sqrt(2)), 6)  # He's weights
    1.0
    """
    scale, bias = _spread(scale, bias)
    q = fixed_point(func, scale, bias, steps)
    return scale**2 * gaussian_mean(lambda z: derivate(func)(z) ** 2, q)


def _spread(scale, bias):
    return as_number("scale", scale, 0.0, open_low=True), as_number("bias", bias, 0.0)
