"""Matrix products: the one place where a network multiplies matrices.

Natively NumPy hands them to BLAS.  In a browser (Pyodide) there is no BLAS, and NumPy's own loop
for ``A @ B`` steps through B against its order in memory; ``einsum`` is faster for large matrices.
The book's pages and its JupyterLite put a function of their own in the place of ``product``, with
loops that compute the same bits as NumPy's many times faster (web/live/loops.py).
"""

from __future__ import annotations

import sys

import numpy as np

# By bytes per number: from how many multiplications on einsum is faster than np.dot in a browser.
LEAST_FOR_EINSUM = {4: 8_000, 8: 1_000_000}


def product_in_browser(A: np.ndarray, B: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return the matrix product A B, computed in the way that is fastest for its size.

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
    if A.ndim == 2:
        multiplications = A.size * B.shape[1]
        if multiplications >= LEAST_FOR_EINSUM.get(A.itemsize, np.inf):
            return np.einsum("ij,jk->ik", A, B, out=out)
    return np.dot(A, B, out=out)


product = product_in_browser if sys.platform == "emscripten" else np.dot
