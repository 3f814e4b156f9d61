r"""Initial weights: how large the random numbers are with which training starts.

An initializer is a function ``init(fan_in, fan_out, rng)`` that returns a weight matrix
of shape ``(fan_in, fan_out)``.  Biases always start at zero.  The variances follow the
argument of chapter 11: a layer should neither amplify nor dampen what flows through it.
"""

from __future__ import annotations

import numpy as np

from .activations import ELU, LRELU, RELU

__all__ = [
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "inverse_root",
    "standard_normal",
]


def standard_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights from N(0, 1), as the lecture's published code does.

    Parameters
    ----------
    fan_in, fan_out : int
        Numbers of senders and receivers.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)
        Weights of variance 1; too large for all but the smallest networks.
    """
    return rng.standard_normal((fan_in, fan_out))


def inverse_root(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights from the uniform distribution on ±1/sqrt(fan_in).

    Parameters
    ----------
    fan_in, fan_out : int
        Numbers of senders and receivers.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)
        Weights of variance 1/(3 fan_in).
    """
    return _uniform(1.0 / (3.0 * fan_in), fan_in, fan_out, rng)


def glorot_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights from a uniform distribution of variance 2/(fan_in + fan_out).

    Parameters
    ----------
    fan_in, fan_out : int
        Numbers of senders and receivers.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)
        Weights between ±sqrt(6/(fan_in + fan_out)); Glorot and Bengio (2010).
    """
    return _uniform(2.0 / (fan_in + fan_out), fan_in, fan_out, rng)


def glorot_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights from a normal distribution of variance 2/(fan_in + fan_out).

    Parameters
    ----------
    fan_in, fan_out : int
        Numbers of senders and receivers.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)
        Weights; the variance is that of Glorot and Bengio (2010).
    """
    return _normal(2.0 / (fan_in + fan_out), fan_in, fan_out, rng)


def he_uniform(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights from a uniform distribution of variance 2/fan_in.

    Parameters
    ----------
    fan_in, fan_out : int
        Numbers of senders and receivers.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)
        Weights between ±sqrt(6/fan_in).
    """
    return _uniform(2.0 / fan_in, fan_in, fan_out, rng)


def he_normal(fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights from a normal distribution of variance 2/fan_in, for rectifiers.

    Parameters
    ----------
    fan_in, fan_out : int
        Numbers of senders and receivers.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)
        Weights; He, Zhang, Ren and Sun (2015).
    """
    return _normal(2.0 / fan_in, fan_in, fan_out, rng)


def default_initializer(func):
    """Return the usual initializer for weights that feed an activation function.

    Parameters
    ----------
    func : callable
        The activation function of the layer that the weights lead to.

    Returns
    -------
    callable
        :func:`he_normal` for ReLU and its relatives, else :func:`glorot_uniform`.
    """
    return he_normal if func in (RELU, LRELU, ELU) else glorot_uniform


def _uniform(variance, fan_in, fan_out, rng):
    limit = np.sqrt(3.0 * variance)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def _normal(variance, fan_in, fan_out, rng):
    return np.sqrt(variance) * rng.standard_normal((fan_in, fan_out))
