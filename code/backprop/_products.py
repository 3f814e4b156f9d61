"""Matrix products: the one place where a network multiplies matrices.

Natively NumPy hands them to BLAS.  In a browser (Pyodide) there is no BLAS, and NumPy's own loop
for ``A @ B`` steps through B against its order in memory; ``einsum`` adds the same products in
the same order, so that every bit is the same, but several times faster for large matrices.
"""

from __future__ import annotations

import sys

import numpy as np

# From how many multiplications on einsum is faster in a browser, by bytes per number.
LEAST_FOR_EINSUM = {4: 8_000, 8: 1_000_000}


def product_in_browser(A: np.ndarray, B: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return the matrix product A B, computed by ``einsum`` if it is large.

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
    if A.ndim == 2 and A.size * B.shape[1] >= LEAST_FOR_EINSUM.get(A.itemsize, np.inf):
        return np.einsum("ij,jk->ik", A, B, out=out)
    return np.dot(A, B, out=out)


product = product_in_browser if sys.platform == "emscripten" else np.dot
