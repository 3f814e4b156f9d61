"""The random numbers of explorables: engine.js has the same, from the same seed."""

from __future__ import annotations

import numpy as np


def uniform(seed: int, n: int) -> np.ndarray:
    """Return numbers in [0, 1) by the generator mulberry32.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.
    n : int
        How many.

    Returns
    -------
    ndarray, shape (n,)
        The first ``n`` numbers of ``uniform(seed)`` in engine.js.
    """
    word = 0xFFFFFFFF  # 32 bits, cut out of 64: no product of two words overflows
    start = (np.arange(1, n + 1, dtype=np.uint64) * 0x6D2B79F5 + seed) & word
    mixed = (start ^ (start >> 15)) * (start | 1) & word
    mixed ^= (mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)) & word
    return (mixed ^ (mixed >> 14)) / 2.0**32


def normal(seed: int, n: int) -> np.ndarray:
    """Return standard normal numbers, by the method of Box and Muller.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.
    n : int
        How many.

    Returns
    -------
    ndarray, shape (n,)
        The first ``n`` numbers of ``normal(seed)`` in engine.js, to rounding.
    """
    pairs = uniform(seed, 2 * n).reshape(n, 2)
    return np.sqrt(-2.0 * np.log(1.0 - pairs[:, 0])) * np.cos(2.0 * np.pi * pairs[:, 1])
