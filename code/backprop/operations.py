"""Operations on arrays, each with its vector-Jacobian product (chapter 24).

Every operation returns two things: its value, and a function ``back``.  Given U, the gradient
of the cost with respect to the value and of the same shape, ``back(U)`` returns a tuple with
the gradient with respect to each operand.  What back needs, it remembers.  A cell of chapter
24 shows the whole list as a table.

    value, back = matmul(A, B)
    dA, dB = back(U)

An operand that is used twice gets two gradients, and their sum is its own (``eq-adjoint``).

``chain(blocks, A)`` runs functions of this kind one after the other; with ``every=k`` it keeps
every k-th array only, and computes the others again on the way back: checkpointing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ._arrays import as_count, as_number, describe
from .activations import derivate, softmax

__all__ = [
    "add",
    "broadcast",
    "chain",
    "concatenate",
    "elementwise",
    "layer_norm",
    "matmul",
    "mean",
    "multiply",
    "reshape",
    "select",
    "softmax_cross_entropy",
    "sum_to",
    "total",
    "transpose",
]


def add(A, B) -> tuple:
    """Return A + B: the gradient passes unchanged to both.

    Parameters
    ----------
    A, B : array_like
        Two arrays that broadcast.

    Returns
    -------
    value : ndarray
        The sum.
    back : callable
        ``back(U)`` returns the gradients with respect to A and B.

    Raises
    ------
    TypeError
        If an operand is not made of real numbers.
    ValueError
        If the shapes do not broadcast.
    """
    A, B = _pair(A, B)
    shapes = A.shape, B.shape  # back needs no more of the arrays, and keeps no more
    return A + B, lambda U: tuple(sum_to(U, shape) for shape in shapes)


def multiply(A, B) -> tuple:
    """Return A ∘ B: the gradient is multiplied by the other operand.

    Parameters
    ----------
    A, B : array_like
        Two arrays that broadcast.

    Returns
    -------
    value : ndarray
        The elementwise product.
    back : callable
        ``back(U)`` returns the gradients with respect to A and B.

    Raises
    ------
    TypeError
        If an operand is not made of real numbers.
    ValueError
        If the shapes do not broadcast.
    """
    A, B = _pair(A, B)
    return A * B, lambda U: (sum_to(U * B, A.shape), sum_to(U * A, B.shape))


def matmul(A, B) -> tuple:
    """Return the matrix product A B (BP2 and BP3).

    Parameters
    ----------
    A : array_like, shape (n, k)
        The left matrix.
    B : array_like, shape (k, m)
        The right matrix.

    Returns
    -------
    value : ndarray, shape (n, m)
        The product.
    back : callable
        ``back(U)`` returns U Bᵀ and Aᵀ U.

    Raises
    ------
    TypeError
        If an operand is not made of real numbers.
    ValueError
        If the shapes do not fit.
    """
    A, B = _array("A", A), _array("B", B)
    if A.ndim != 2 or B.ndim != 2 or A.shape[1] != B.shape[0]:
        raise ValueError(
            f"A and B should have shapes (n, k) and (k, m), but have {A.shape} and {B.shape}"
        )
    return A @ B, lambda U: (U @ B.T, A.T @ U)


def elementwise(func: Callable, Z) -> tuple:
    """Return φ(Z): the gradient is multiplied by the slopes.

    Parameters
    ----------
    func : callable
        An activation function that ``derivate`` knows or autograd can differentiate.
    Z : array_like
        The pre-activations.

    Returns
    -------
    value : ndarray, shape of Z
        The activations.
    back : callable
        ``back(U)`` returns U ∘ φ'(Z), in a tuple.

    Raises
    ------
    TypeError
        If ``func`` is not a function, or ``Z`` is not made of real numbers.
    ValueError
        For ``softmax``, which is not elementwise.
    """
    slope, Z = derivate(func), _array("Z", Z)
    slopes = slope(Z)
    return func(Z), lambda U: (U * slopes,)


def total(A, axis=None) -> tuple:
    """Return the sum: every element that was added gets the gradient of its sum.

    Parameters
    ----------
    A : array_like
        What is added up.
    axis : int, tuple of int or None, default None
        Along which axes; None for all.

    Returns
    -------
    value : ndarray
        The sum, without these axes.
    back : callable
        ``back(U)`` returns U, repeated along the axes, in a tuple.

    Raises
    ------
    TypeError
        If ``A`` is not made of real numbers.
    ValueError
        If it has no such axis.
    """
    A = _array("A", A)
    shape = A.shape
    return np.asarray(A.sum(axis=axis)), lambda U: (_repeated(U, shape, axis),)


def mean(A, axis=None) -> tuple:
    """Return the mean: every element gets its share of the gradient.

    Parameters
    ----------
    A : array_like
        What is averaged.
    axis : int, tuple of int or None, default None
        Along which axes; None for all.

    Returns
    -------
    value : ndarray
        The mean, without these axes.
    back : callable
        ``back(U)`` returns U over the number of elements, repeated along the axes, in a tuple.

    Raises
    ------
    TypeError
        If ``A`` is not made of real numbers.
    ValueError
        If it has no such axis.
    """
    A = _array("A", A)
    value, shape = np.asarray(A.mean(axis=axis)), A.shape
    share = value.size / A.size
    return value, lambda U: (_repeated(np.multiply(U, share), shape, axis),)


def broadcast(A, shape: tuple) -> tuple:
    """Return A, repeated to a larger shape: the gradients of all copies are added.

    Parameters
    ----------
    A : array_like
        What is repeated.
    shape : tuple of int
        The new shape, by NumPy's rules.

    Returns
    -------
    value : ndarray
        A read-only view of this shape.
    back : callable
        ``back(U)`` returns the sum over the copies, in a tuple.

    Raises
    ------
    TypeError
        If ``A`` is not made of real numbers.
    ValueError
        If it does not broadcast to this shape.
    """
    A = _array("A", A)
    before = A.shape
    return np.broadcast_to(A, shape), lambda U: (sum_to(U, before),)


def sum_to(U, shape: tuple) -> np.ndarray:
    """Add up what broadcasting has repeated; the vector-Jacobian product of ``broadcast``.

    Parameters
    ----------
    U : array_like
        A gradient with respect to the repeated array.
    shape : tuple of int
        The shape before broadcasting.

    Returns
    -------
    ndarray
        The gradient with respect to the array that was repeated, of this shape.

    Raises
    ------
    TypeError
        If ``U`` is not made of real numbers.
    ValueError
        If no array of this shape broadcasts to that of ``U``.

    Examples
    --------
    >>> sum_to(np.ones((4, 3)), (3,))
    array([4., 4., 4.])
    """
    U, shape = _array("U", U), tuple(shape)
    new = U.ndim - len(shape)
    pairs = zip(U.shape[new:], shape, strict=True) if new >= 0 else [(0, -1)]
    if any(size not in (1, repeated) for repeated, size in pairs):
        raise ValueError(f"U should be what {shape} broadcasts to, but has shape {U.shape}")
    U = U.sum(axis=tuple(range(new)))
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 and U.shape[i] != 1)
    return U.sum(axis=stretched, keepdims=True)


def reshape(A, shape: tuple) -> tuple:
    """Return A in another shape: the gradient goes back to the old one.

    Parameters
    ----------
    A : array_like
        An array.
    shape : tuple of int
        Its new shape.

    Returns
    -------
    value : ndarray
        The same numbers in this shape.
    back : callable
        ``back(U)`` returns U in the shape of A, in a tuple.

    Raises
    ------
    TypeError
        If ``A`` is not made of real numbers.
    ValueError
        If the sizes differ.
    """
    A = _array("A", A)
    before = A.shape
    return A.reshape(shape), lambda U: (np.reshape(U, before),)


def transpose(A) -> tuple:
    """Return A with its axes in reverse order: the gradient is turned back.

    Parameters
    ----------
    A : array_like
        An array.

    Returns
    -------
    value : ndarray
        The transpose.
    back : callable
        ``back(U)`` returns the transpose of U, in a tuple.

    Raises
    ------
    TypeError
        If ``A`` is not made of real numbers.
    """
    return _array("A", A).T, lambda U: (np.transpose(U),)


def concatenate(arrays: Sequence, axis: int = 0) -> tuple:
    """Return arrays joined along an axis: the gradient is cut at the joints.

    Parameters
    ----------
    arrays : sequence of array_like
        At least one array; all have the same shape, but for this axis.
    axis : int, default 0
        Along which they are joined.

    Returns
    -------
    value : ndarray
        The joined array.
    back : callable
        ``back(U)`` returns a tuple with the piece of each array.

    Raises
    ------
    TypeError
        If one of the arrays is not made of real numbers.
    ValueError
        If they do not fit together.
    """
    arrays = [_array(f"arrays[{i}]", array) for i, array in enumerate(arrays)]
    value = np.concatenate(arrays, axis=axis)
    joints = np.cumsum([array.shape[axis] for array in arrays])[:-1]
    return value, lambda U: tuple(np.split(U, joints, axis=axis))


def select(A, key) -> tuple:
    """Return A[key], a slice or selected elements: the rest gets the gradient 0.

    Parameters
    ----------
    A : array_like
        An array.
    key : slice, int, array of int or bool, or tuple of these
        What is taken.  An element that is taken twice gets the sum of both gradients.

    Returns
    -------
    value : ndarray
        The selected elements.
    back : callable
        ``back(U)`` returns an array of zeros with U at the selected places, in a tuple.

    Raises
    ------
    TypeError
        If ``A`` is not made of real numbers.
    IndexError
        If there is no such element.
    """
    A = _array("A", A)
    shape, kind = A.shape, A.dtype

    def back(U):
        full = np.zeros(shape, kind)
        np.add.at(full, key, U)
        return (full,)

    return np.asarray(A[key]), back


def softmax_cross_entropy(Z, T) -> tuple:
    """Return the mean cross-entropy of the softmax of Z (``eq-act-cost-softmax``).

    Parameters
    ----------
    Z : array_like, shape (n, k)
        Pre-activations of the output.
    T : array_like, shape (n, k)
        Targets; every row sums to 1.

    Returns
    -------
    value : ndarray, shape ()
        The cost, finite for every finite Z.
    back : callable
        ``back(U)`` returns U (A - T)/n with A = softmax(Z), in a tuple.

    Raises
    ------
    TypeError
        If an operand is not made of real numbers.
    ValueError
        If ``Z`` and ``T`` are not two matrices of the same shape.
    """
    Z, T = _array("Z", Z), _array("T", T)
    if Z.ndim != 2 or Z.shape != T.shape:
        raise ValueError(f"Z and T should both have shape (n, k), but have {Z.shape} and {T.shape}")
    A, shifted = softmax(Z), Z - Z.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    error = (A - T) / len(Z)
    return np.asarray(-(T * logs).sum() / len(Z)), lambda U: (U * error,)


def layer_norm(Z, gamma, beta, epsilon: float = 1e-5) -> tuple:
    """Return layer normalisation of the rows of Z (Ba et al. 2016; ``def-depth-row``).

    Parameters
    ----------
    Z : array_like, shape (n, M)
        One row per sample.
    gamma, beta : array_like, shape (M,)
        Scale and shift of each unit.
    epsilon : float, default 1e-5
        Added to the variance of a row, so that a constant row does not divide by zero; positive.

    Returns
    -------
    value : ndarray, shape (n, M)
        Each row with mean 0 and variance 1, then scaled and shifted.
    back : callable
        ``back(U)`` returns the gradients of Z (``eq-depth-row-back``), gamma and beta.

    Raises
    ------
    TypeError
        If an operand is not made of real numbers.
    ValueError
        If the shapes do not fit, or ``epsilon`` is not positive.
    """
    Z, gamma, beta = _array("Z", Z), _array("gamma", gamma), _array("beta", beta)
    epsilon = as_number("epsilon", epsilon, 0.0, open_low=True)
    if Z.ndim != 2 or not gamma.shape == beta.shape == Z.shape[1:]:
        raise ValueError(
            "Z, gamma and beta should have shapes (n, M), (M,) and (M,), "
            f"but have {Z.shape}, {gamma.shape} and {beta.shape}"
        )
    scale = 1.0 / np.sqrt(Z.var(axis=1, keepdims=True) + epsilon)
    hat = (Z - Z.mean(axis=1, keepdims=True)) * scale

    def back(U):
        g = U * gamma
        along = (hat * g).mean(axis=1, keepdims=True)
        dZ = (g - g.mean(axis=1, keepdims=True) - hat * along) * scale
        return dZ, (U * hat).sum(axis=0), U.sum(axis=0)

    return gamma * hat + beta, back


def chain(blocks: Sequence[Callable], A, every: int | None = None) -> tuple:
    """Run blocks one after the other, and keep all that back needs, or every k-th input only.

    Parameters
    ----------
    blocks : sequence of callable
        Each takes an array and returns its value and a function back, which returns a tuple:
        the gradient of the array, and those of the block's parameters, if it has any.
    A : ndarray
        The input of the first block.
    every : int, optional
        Keep the input of every k-th block, at least 1, and compute the rest again on the way
        back (checkpointing; Griewank and Walther 2000).

    Returns
    -------
    value : ndarray
        The output of the last block.
    back : callable
        ``back(U)`` returns the gradient of A, and a list with a tuple for each block: the
        gradients of its parameters.  They are the same to the last bit, with and without
        ``every``.

    Raises
    ------
    TypeError
        If ``every`` is not a whole number.
    ValueError
        If there is no block, or ``every`` is smaller than 1.
    """
    blocks = list(blocks)
    if not blocks:
        raise ValueError("blocks should be at least one function, but there is none")
    if every is None:
        backs = []
        for block in blocks:
            A, back = block(A)
            backs.append(back)
        return A, lambda U: _back_through(backs, U)
    every = as_count("every", every)
    segments, starts = [blocks[i : i + every] for i in range(0, len(blocks), every)], []
    for segment in segments:
        starts.append(A)
        for block in segment:
            A = block(A)[0]  # its back is forgotten at once

    def back(U):
        gradients = []
        for segment, start in zip(reversed(segments), reversed(starts), strict=True):
            U, parts = chain(segment, start)[1](U)
            gradients = [*parts, *gradients]
        return U, gradients

    return A, back


def _back_through(backs, U):
    """Call the backs from the last to the first."""
    gradients = []
    for back in reversed(backs):
        U, *parts = back(U)
        gradients.append(tuple(parts))
    return U, gradients[::-1]


def _repeated(U, shape, axis):
    """Return what each element of an array of this shape gets of the gradient of its sum."""
    U = np.asarray(U)
    return np.broadcast_to(U if axis is None else np.expand_dims(U, axis), shape)


def _pair(A, B):
    """Return two operands as arrays that broadcast."""
    A, B = _array("A", A), _array("B", B)
    try:
        np.broadcast_shapes(A.shape, B.shape)
    except ValueError:
        raise ValueError(
            f"A and B should have shapes that broadcast, but have {A.shape} and {B.shape}"
        ) from None
    return A, B


def _array(name, value):
    """Return an operand as an array of floats."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} should be made of real numbers, not {describe(value)}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)
