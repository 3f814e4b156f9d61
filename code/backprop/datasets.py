"""Data: small sets that are made here, real ones that come with the book, and splits.

Inputs X have one row per sample, shape (n, p); targets t have shape (n, M).
"""

from __future__ import annotations

import numpy as np

from ._arrays import as_count, describe

__all__ = ["onehot"]


def onehot(labels, classes: int | None = None) -> np.ndarray:
    """Turn labels 0, 1, 2, … into one-hot rows.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        Class of each sample, from 0 to ``classes - 1``.
    classes : int, optional
        Number of classes; by default one more than the largest label, which is too few
        if the last class does not occur.

    Returns
    -------
    ndarray of float64, shape (n, classes)
        1 in the column of the sample's class, 0 elsewhere.

    Raises
    ------
    TypeError
        If the labels are not whole numbers.
    ValueError
        If they are not one-dimensional, or one of them is not a class.

    Examples
    --------
    >>> onehot([2, 0])
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError(f"labels should have shape (n,) with n > 0, but has shape {labels.shape}")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels should be whole numbers, not {describe(labels)}")
    classes = int(labels.max()) + 1 if classes is None else as_count("classes", classes)
    if labels.min() < 0 or labels.max() >= classes:
        wrong = labels[(labels < 0) | (labels >= classes)][0]
        raise ValueError(f"labels should lie between 0 and {classes - 1}, but one is {wrong}")
    return np.eye(classes)[labels]
