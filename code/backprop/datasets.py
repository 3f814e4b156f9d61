"""Data: small sets computed here, real ones that come with the book, and splits.

Inputs X have one row per sample, shape (n, p); targets t have shape (n, M).
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import numpy as np

from ._arrays import as_count, as_matrix, describe, is_finite, known_value

__all__ = [
    "GATES",
    "franke",
    "gate",
    "load_mnist",
    "onehot",
    "skranke",
    "split",
    "standardise",
]

# Of the file chapters/data/mnist.npz; its contents are those of the four original files.
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


# The outputs of each gate with two inputs for 00, 01, 10 and 11: all sixteen possibilities.
GATES: dict[str, tuple[int, int, int, int]] = {
    "FALSE": (0, 0, 0, 0),
    "AND": (0, 0, 0, 1),
    "x1 AND NOT x2": (0, 0, 1, 0),
    "x1": (0, 0, 1, 1),
    "x2 AND NOT x1": (0, 1, 0, 0),
    "x2": (0, 1, 0, 1),
    "XOR": (0, 1, 1, 0),
    "OR": (0, 1, 1, 1),
    "NOR": (1, 0, 0, 0),
    "XNOR": (1, 0, 0, 1),
    "NOT x2": (1, 0, 1, 0),
    "x1 OR NOT x2": (1, 0, 1, 1),
    "NOT x1": (1, 1, 0, 0),
    "x2 OR NOT x1": (1, 1, 0, 1),
    "NAND": (1, 1, 1, 0),
    "TRUE": (1, 1, 1, 1),
}


def gate(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the four samples of a logic gate with two inputs.

    Parameters
    ----------
    name : str
        One of the sixteen names in ``GATES``, as "AND", "XOR" or "x1 AND NOT x2".

    Returns
    -------
    X : ndarray of float64, shape (4, 2)
        The inputs x1 and x2, in the order 00, 01, 10, 11.
    t : ndarray of float64, shape (4, 1)
        The gate's outputs, 0 or 1.

    Raises
    ------
    ValueError
        If there is no gate of this name.

    Examples
    --------
    >>> gate("XOR")[1].ravel()
    array([0., 1., 1., 0.])
    """
    answers = known_value(GATES, name)
    if answers is None:
        raise ValueError(f"name should be one of {', '.join(GATES)}, not {describe(name)}")
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return X, np.array(answers, dtype=np.float64).reshape(4, 1)


def franke(x, y) -> np.ndarray:
    r"""Evaluate Franke's function, a surface with two hills and a hollow (``def-reg-franke``).

    Parameters
    ----------
    x, y : array_like
        Coordinates, of one shape or of shapes that broadcast.  The function is meant for
        values from 0 to 1, but takes any others.

    Returns
    -------
    ndarray of float64
        Heights, of the common shape; on the unit square between 0 and 1.25.

    Raises
    ------
    TypeError
        If a coordinate is not a real number.
    ValueError
        If one is not finite, or the shapes do not fit together.

    Notes
    -----
    From R. Franke, "A critical comparison of some methods for interpolation of scattered
    data", report NPS-53-79-003, 1979.  In the second term :math:`(9y+1)/10` is not squared.

    Examples
    --------
    >>> float(franke(0.0, 0.0).round(6))
    0.766421
    """
    x, y = _coordinates(x, y)
    return (
        0.75 * np.exp(-((9 * x - 2) ** 2 + (9 * y - 2) ** 2) / 4)
        + 0.75 * np.exp(-((9 * x + 1) ** 2) / 49 - (9 * y + 1) / 10)
        + 0.5 * np.exp(-((9 * x - 7) ** 2 + (9 * y - 3) ** 2) / 4)
        - 0.2 * np.exp(-((9 * x - 4) ** 2) - (9 * y - 7) ** 2)
    )


def skranke(x, y) -> np.ndarray:
    r"""Evaluate the polynomial surface of the lecture's course (``def-reg-skranke``).

    It is :math:`x + 2y + 3x^2 + 4xy + 5y^2`, of degree two, with coefficients that are easy
    to recognise.  The published code of the course calls it ``SkrankeFunction`` and uses it
    instead of Franke's function where the exact answer is needed.

    Parameters
    ----------
    x, y : array_like
        Coordinates, of one shape or of shapes that broadcast.

    Returns
    -------
    ndarray of float64
        Heights, of the common shape (the course's function returns them in one row).

    Raises
    ------
    TypeError
        If a coordinate is not a real number.
    ValueError
        If one is not finite, or the shapes do not fit together.

    Examples
    --------
    >>> float(skranke(1.0, 1.0))
    15.0
    """
    x, y = _coordinates(x, y)
    return x + 2 * y + 3 * x**2 + 4 * x * y + 5 * y**2


def _coordinates(x, y):
    """Check the coordinates of points in the plane, and give both the same shape."""
    arrays = []
    for name, value in (("x", x), ("y", y)):
        try:
            array = np.asarray(value)
            if array.dtype.kind not in "fiu":
                raise TypeError
        except (TypeError, ValueError):  # a ragged list is a ValueError
            raise TypeError(f"{name} should be real numbers, not {describe(value)}") from None
        array = array.astype(np.float64)
        if not is_finite(array):
            raise ValueError(f"{name} should be finite, but contains NaN or infinity")
        arrays.append(array)
    try:
        return np.broadcast_arrays(*arrays)
    except ValueError:
        shapes = " and ".join(str(a.shape) for a in arrays)
        raise ValueError(f"x and y should have the same shape, but have {shapes}") from None


def onehot(labels, classes: int | None = None) -> np.ndarray:
    """Turn labels 0, 1, 2, … into one-hot rows.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        Class of each sample, from 0 to ``classes - 1``.
    classes : int, optional
        Number of classes; by default one more than the largest label, which is too small
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


def load_mnist(path="data/mnist.npz") -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Load MNIST (LeCun, Cortes and Burges): 70,000 handwritten digits of 28 × 28 pixels.

    Nothing is downloaded: the file comes with the book.  Its source and its licence,
    CC BY-SA 3.0, are in ``chapters/data/README.md``.

    Parameters
    ----------
    path : str or path, default "data/mnist.npz"
        Where ``mnist.npz`` is; the default suits a notebook in the folder ``chapters``.

    Returns
    -------
    X_train : ndarray of float32, shape (60000, 784)
        Training images, row by row: 0 is the background, 1 is full ink.
    labels_train : ndarray of int64, shape (60000,)
        The digits, 0 to 9.
    X_test : ndarray of float32, shape (10000, 784)
        Test images.
    labels_test : ndarray of int64, shape (10000,)
        Their digits.

    Raises
    ------
    TypeError
        If ``path`` is not a path.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file differs from the one that comes with the book.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path should be the path of mnist.npz, not {describe(path)}")
    remedy = "the book keeps this file in chapters/data; git checkout chapters/data brings it back"
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"path should lead to mnist.npz, but there is no file {path.absolute()}; {remedy}"
        )
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != MNIST_SHA256:
        raise ValueError(
            f"path should lead to the book's mnist.npz, but {path.absolute()} ({len(content)} "
            f"bytes) is another file or a damaged copy: its SHA-256 is {digest[:12]}…, not "
            f"{MNIST_SHA256[:12]}…; {remedy}"
        )
    with np.load(io.BytesIO(content)) as arrays:
        images = [arrays[name].reshape(-1, 28 * 28) for name in ("x_train", "x_test")]
        labels = [arrays[name].astype(np.int64) for name in ("y_train", "y_test")]
    X_train, X_test = (pixels / np.float32(255.0) for pixels in images)
    return X_train, labels[0], X_test, labels[1]


def split(*arrays, sizes, seed: int, stratify=None) -> list[tuple[np.ndarray, ...]]:
    """Split samples at random into disjoint parts.

    Parameters
    ----------
    *arrays : array_like, n rows each
        Arrays to split alike, as X of shape (n, p) and labels of shape (n,).
    sizes : sequence of int or of float
        Numbers of samples, which sum to n, or shares, which sum to 1; one per part.
    seed : int
        The same seed gives the same parts.
    stratify : array_like of int, shape (n,), optional
        Labels whose proportions every part keeps: the number of samples of a class is right
        to within one sample for two parts, and to within two for three.

    Returns
    -------
    list of tuple of ndarray
        One tuple per part, with the chosen rows of each array, in random order.

    Raises
    ------
    TypeError
        If the sizes are not numbers or the seed is not a whole number.
    ValueError
        If the arrays differ in length, the sizes do not add up, or a part would be empty.

    Notes
    -----
    Only rows are separated.  Two equal rows, or two photographs of the same object, can still
    end up in different parts.

    Examples
    --------
    >>> (a,), (b,) = split([10, 20, 30, 40], sizes=(3, 1), seed=0)
    >>> sorted([*a, *b]) == [10, 20, 30, 40]
    True
    """
    if not arrays:
        raise TypeError("arrays should be at least one array, but there is none")
    arrays = tuple(np.asarray(a) for a in arrays)
    lengths = [len(a) if a.ndim else 0 for a in arrays]
    n = lengths[0]
    if n == 0 or any(m != n for m in lengths):
        raise ValueError(f"arrays should have the same number of rows, at least 1, not {lengths}")
    sizes = _part_sizes(sizes, n)
    rng = np.random.default_rng(as_count("seed", seed, least=0))
    rest = rng.permutation(n)
    if stratify is not None:
        stratify = np.asarray(stratify)
        if stratify.shape != (n,):
            raise ValueError(f"stratify should have shape ({n},), but has shape {stratify.shape}")
        rest = rest[np.argsort(stratify[rest], kind="stable")]
    parts = []
    for size in sizes[:-1]:
        # Every part takes samples at equal distances, so that each class, a run of neighbours,
        # contributes its share; from a random start, so that all have the same chance.
        start = rng.integers(len(rest))
        places = np.arange(len(rest) + 1, dtype=np.int64)  # in a browser NumPy's have 32 bits
        mask = np.diff((places * size + start) // len(rest)) == 1
        parts.append(rest[mask])
        rest = rest[~mask]
    parts = [rng.permutation(part) for part in (*parts, rest)]
    return [tuple(a[part] for a in arrays) for part in parts]


def _part_sizes(sizes, n):
    """Return the numbers of samples, from numbers or shares."""
    array = np.asarray(sizes)
    if array.ndim != 1 or array.dtype.kind not in "iuf":
        raise TypeError(f"sizes should be a sequence of numbers, not {describe(sizes)}")
    if array.dtype.kind == "f":
        if not abs(array.sum() - 1.0) < 1e-9:
            raise ValueError(f"sizes should be shares that sum to 1, but sum to {array.sum():g}")
        array = np.diff(np.rint(np.cumsum(array) * n).astype(np.int64), prepend=0)
    if array.sum() != n:
        raise ValueError(f"sizes should sum to the {n} samples, but sum to {array.sum()}")
    if array.min() < 1:
        raise ValueError(f"sizes should leave no part empty, but give {array.tolist()} samples")
    return array.tolist()


def standardise(X_train, *others) -> list[np.ndarray]:
    """Shift and scale every feature to mean 0 and variance 1 over the training part.

    Mean and standard deviation are those of ``X_train`` alone, also for the other parts,
    so that nothing about them leaks into training.

    Parameters
    ----------
    X_train : array_like, shape (n, p)
        Training inputs.
    *others : array_like, shape (m, p)
        Validation and test inputs; m may differ.

    Returns
    -------
    list of ndarray of float64
        The scaled training inputs, followed by the others.  A feature that is constant in
        training is shifted only.

    Raises
    ------
    TypeError
        If an argument is not made of real numbers.
    ValueError
        If it is not finite, or its shape does not fit.
    """
    X_train = as_matrix("X_train", X_train)
    parts = [as_matrix("others", X, X_train.shape[1]) for X in others]
    mean, constant = X_train.mean(axis=0), np.ptp(X_train, axis=0) == 0
    scale = np.where(constant, 1.0, X_train.std(axis=0))
    return [(X - mean) / scale for X in (X_train, *parts)]
