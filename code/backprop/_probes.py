"""What a function of the user's own is tried on before a network is built with it.

A derivative by autograd can be wrong without an error: where a function uses NumPy in place of
``autograd.numpy``, or where the branch of a ``where`` that is not taken has no derivative.  So
it is compared with differences, at points that lie apart from the usual kinks.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

STEP = 1e-4

# Arguments of an activation function: on both sides of 0, ±0.5, ±1, ±2, ±2.5, ±3, but not on them,
# and beyond 5, 6 and 10, where some are cut.
ARGUMENTS = np.array(
    [
        [-3.71, -2.73, -1.37, -0.83, -0.27],
        [0.31, 0.71, 1.63, 2.29, 4.37],
        [-11.3, -8.3, -5.57, 6.7, 11.7],
    ]
)


def wrong_slope(function: Callable, slope: np.ndarray, x: np.ndarray, directions=None):
    """Return where a slope is not that of a function, or None.

    Parameters
    ----------
    function : callable
        Of an array like ``x``, with values of the shape of ``slope`` (elementwise), or with
        one number as value if there are ``directions``.
    slope : ndarray, shape of ``x``
        What is to be checked.
    x : ndarray
        The point.
    directions : sequence of tuple of int, optional
        Indices of the entries of ``x`` to be moved, one at a time.

    Returns
    -------
    tuple of float or None
        The entry of ``x``, the slope there, and the slope by differences.
    """
    here = np.asarray(function(x))
    if directions is None:
        up, down = np.asarray(function(x + STEP)), np.asarray(function(x - STEP))
    else:
        moves = np.zeros((len(directions), *x.shape))
        for move, index in zip(moves, directions, strict=True):
            move[index] = STEP
        up = np.array([float(function(x + move)) for move in moves])
        down = np.array([float(function(x - move)) for move in moves])
        slope = np.array([slope[index] for index in directions])
        x = np.array([x[index] for index in directions])
    right, left, central = (up - here) / STEP, (here - down) / STEP, (up - down) / (2 * STEP)
    # Where the slopes on both sides differ there is a kink, and less can be known.
    tolerance = 1e-5 * np.maximum(1.0, np.abs(central)) + 2.0 * np.abs(right - left)
    if here.dtype == np.float32:  # the function computes in single precision
        tolerance = tolerance + 8.0 * np.finfo(np.float32).eps * np.maximum(1.0, abs(here)) / STEP
    wrong = np.isfinite(central) & ~(np.abs(slope - central) <= tolerance)
    if not wrong.any():
        return None
    first = tuple(np.argwhere(wrong)[0])
    return float(x[first]), float(slope[first]), float(central[first])


def targets_and_outputs(n_outputs: int):
    """Yield pairs of targets and outputs: first two sets of distributions, then any numbers."""
    rng = np.random.default_rng(0)
    T, A = 0.2 + 0.6 * rng.random((2, 4, n_outputs))
    if n_outputs > 1:
        T, A = T / T.sum(axis=1, keepdims=True), A / A.sum(axis=1, keepdims=True)
    yield T, A
    yield T + rng.normal(size=T.shape), T + 3.0 * rng.normal(size=T.shape)


def entries(shape, most: int = 12) -> list[tuple[int, ...]]:
    """Return indices of some entries of an array, spread over it; of all if they are few."""
    every = list(np.ndindex(shape))
    return every[:: -(-len(every) // most)]
