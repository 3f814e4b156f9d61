"""Checkers of the exercises of chapter 1, neural networks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .registry import Answer, exercise


@exercise("nn-count")
def count(answer):
    """Compare with counting the entries of real arrays."""
    for widths in [(2, 1), (3, 5, 2), (4, 7, 3, 2)]:
        arrays = []
        for senders, receivers in pairwise(widths):
            arrays += [np.empty((senders, receivers)), np.empty(receivers)]
        right = sum(array.size for array in arrays)
        weights = sum(array.size for array in arrays if array.ndim == 2)
        given = answer(widths)
        if given == right:
            continue
        if given == weights:
            return f"The biases are missing: {widths} has {weights} weights, and biases as well."
        if given == right + widths[0]:
            return "The input layer computes nothing, so it has no biases."
        if given == weights + sum(widths[:-1]):
            return "A bias belongs to each receiver of a layer, not to each sender."
        if given == weights + len(widths) - 1:
            return "Each layer has a bias for every one of its neurons, not one for all."
        return f"For {widths} it should be {right}, but your function returns {given}."
    return Answer("Weights for every pair, a bias for every receiver.", right=True)


@exercise("nn-merge")
def merge(answer):
    """Compare with sending samples through the two layers, one neuron at a time."""
    rng = np.random.default_rng(11)
    W1, b1 = rng.normal(size=(3, 4)), rng.normal(size=4)
    W2, b2 = rng.normal(size=(4, 2)), rng.normal(size=2)
    try:
        given = answer(W1.copy(), b1.copy(), W2.copy(), b2.copy())
    except ValueError as error:
        if "broadcast" in str(error):
            return "The two biases have different lengths: b1 is a row that goes through W2 first."
        if "matmul" in str(error) or "shapes" in str(error):
            return (
                "The shapes do not fit: rows are samples, so W1 acts first and stands on the left."
            )
        raise
    if not (isinstance(given, tuple | list) and len(given) == 2):
        return "Return two things: the weights and the bias."
    W, b = (np.asarray(part, dtype=float) for part in given)
    if W.shape == (2, 3):
        return "The weights are transposed: rows are senders, so their shape should be (3, 2)."
    if W.shape != (3, 2):
        return f"The weights should have shape (3, 2), but have {W.shape}."
    if b.shape != (2,):
        return f"The bias should have shape (2,), but has {b.shape}."

    def two_layers(sample):
        hidden = [sum(W1[i, j] * sample[i] for i in range(3)) + b1[j] for j in range(4)]
        return [sum(W2[j, k] * hidden[j] for j in range(4)) + b2[k] for k in range(2)]

    at_zero = np.array(two_layers(np.zeros(3)))
    columns = np.array([np.array(two_layers(e)) - at_zero for e in np.eye(3)])
    if not np.allclose(W, columns):
        return "The shapes are right, but not the weights: in which order are the matrices applied?"
    if np.allclose(b, b2):
        return "The first bias is lost: it goes through the second layer as well."
    if not np.allclose(b, at_zero):
        return "The weights are right. For the bias, send a sample of zeros through both layers."
    return Answer("One layer does the work of two.", right=True)
