"""Checkers of chapter 1, neural networks (``chapters/01-neural-networks.ipynb``)."""

from itertools import pairwise

import numpy as np

from ..network import FFNN
from .oracles import normal
from .runner import declare, exercise, forbid


@exercise("nn-count")
@declare("Weights for every pair, a bias for every receiver.",
    cases=[((2, 1),), ((3, 5, 2),), ((4, 7, 3, 2),), ((6, 2, 8),)],
    parts="the number of parameters",
    also=[forbid("Right, but count without building the network.", ((3, 5, 2),),
        (FFNN, "__init__"))])  # fmt: skip
def count_parameters(widths):
    """Compare with the sizes of real arrays."""
    arrays = [[np.empty((m, k)), np.empty(k)] for m, k in pairwise(widths)]
    weights, biases = (sum(array.size for array in kind) for kind in zip(*arrays, strict=True))
    return weights + biases, {
        "The biases are missing: this is the number of weights.": weights,
        "The input layer computes nothing, so it has no biases.": weights + sum(widths),
        "A bias belongs to each receiver of a layer, not to each sender.":
            weights + sum(widths[:-1]),
        "Each neuron of a layer has a bias; it is not one for all.": weights + len(widths) - 1,
        "These are the biases; the weights are missing.": biases,
    }  # fmt: skip


@exercise("nn-merge")
@declare(
    "One layer does the work of two.", parts=("the weight matrix", "the bias"),
    cases=normal(((3, 4), 4, (4, 2), 2), ((3, 3), 3, (3, 3), 3)),
    errors={
        "broadcast": "The shapes do not fit: W1 and b1 go through W2 before anything is added.",
        **dict.fromkeys(("matmul", "not aligned"), "The shapes do not fit: rows are samples, so "
        "W1 acts first, on the left."),
    },
    advice="In which order do the two layers act? For the bias, send a sample of zeros through.",
)  # fmt: skip
def merge(W1, b1, W2, b2):
    """Send samples through the two layers, one neuron at a time."""

    def through(sample):
        hidden = [W1[:, j] @ sample + b for j, b in enumerate(b1)]
        return np.array([W2[:, k] @ hidden + b for k, b in enumerate(b2)])

    bias = through(np.zeros(len(W1)))
    W = np.array([through(e) - bias for e in np.eye(len(W1))])
    square = W1.shape == W2.shape
    return (W, bias), {
        "The order is wrong: W1 acts first, on the left.": (W2 @ W1, None) if square else None,
        "The first bias is lost: it goes through the second layer as well.": (None, b2),
        "The second bias is lost.": (None, bias - b2),
        "The first bias goes through the second layer's weights before it is added.":
            (None, b1 + b2) if square else None,
    }  # fmt: skip


def _twin_cases(rng):
    arrays = normal(((2, 3), 3, (3, 1)), ((3, 4), 4, (4, 2)))(rng)
    moves = ([2, 0, 1], [1, -1, -1]), ([1, 2, 3, 0], [-1, 1, 1, -1])
    return [(*one, *map(np.array, move)) for one, move in zip(arrays, moves, strict=True)]


@exercise("nn-twin")
@declare("Other parameters, the same function.", cases=_twin_cases,
    parts=("W1", "b1", "W2"), advice="Send a sample through the old and the new network.",
)  # fmt: skip
def twin(W1, b1, W2, order, signs):
    """Multiply by a matrix with one 1 or -1 in each row and column."""

    def moved(order, before, after):
        P, Q = np.zeros((2, len(b1), len(b1)))
        P[order, np.arange(len(b1))], Q[order, np.arange(len(b1))] = before, after
        return W1 @ P, b1 @ P, Q.T @ W2

    right, plain = moved(order, signs, signs), np.ones(len(b1))
    return right, {
        "The new neuron j is the old order[j], not the other way round.":
            moved(np.argsort(order), signs, signs),
        "signs[j] belongs to the new neuron j.": moved(order, signs[order], signs[order]),
        "The neurons are in order, but none is reversed: multiply by the signs.":
            moved(order, plain, plain),
        "The neurons are still in the old order.": moved(np.arange(len(b1)), signs, signs),
        "The weights out of a reversed neuron have to be reversed too.": moved(order, signs, plain),
        "The weights that lead out of a neuron move with it.": (None, None, signs[:, None] * W2),
        "The weights that lead out of a neuron belong to it: change W2 too.": (None, None, W2),
        "The bias of a reversed neuron has to be reversed too.": (None, b1[order], None),
        "The biases should move with their neurons.": (None, b1 * signs, None),
        "A neuron's bias belongs to it too: change b1 as well.": (None, b1, None),
    }  # fmt: skip
