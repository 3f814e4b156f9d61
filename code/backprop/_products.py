"""Matrix products: the one place where a network multiplies matrices.

Natively NumPy hands them to BLAS.  In a browser (Pyodide) there is no BLAS, and NumPy's own loop
for ``A @ B`` steps through B against its order in memory; ``einsum`` adds the same products in
the same order, so that every bit is the same, but several times faster for large matrices.
"""

from __future__ import annotations

import sys

import numpy as np

IN_BROWSER = sys.platform == "emscripten"

# From how many multiplications on einsum is faster in a browser, by bytes per number.
LEAST_FOR_EINSUM = {4: 8_000, 8: 1_000_000}


def product(A: np.ndarray, B: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return the matrix product A B.

    Parameters
    ----------
    A : ndarray, shape (n, k) or (k,)
    B : ndarray, shape (k, m)
    out : ndarray, optional
        Where to put the result; contiguous, of its shape and type.

    Returns
    -------
    ndarray, shape (n, m) or (m,)
    """
    if IN_BROWSER and A.ndim == 2 and _is_large(A, B):
        return np.einsum("ij,jk->ik", A, B, out=out)
    return np.dot(A, B, out=out)


def _is_large(A, B):
    (n, k), m = A.shape, B.shape[1]
    return n * k * m >= LEAST_FOR_EINSUM.get(A.dtype.itemsize, np.inf)
