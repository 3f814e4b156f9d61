"""Checkers of chapter 24, depth and memory (``chapters/24-depth-and-memory.ipynb``).

What is right comes from complex steps through a forward pass that is written out here.
"""

import numpy as np

from .oracles import gradient_of
from .runner import declare, exercise

# Before and after broadcasting; a row and a column of a square matrix are easily confused.
COPIES = (
    ((3,), (4, 3)), ((4, 1), (4, 3)), ((3,), (3, 3)), ((3, 1), (3, 3)), ((1, 3), (3, 3)),
    ((4, 1), (2, 4, 3)), ((1, 1), (4, 3)), ((4, 3), (4, 3)), ((), (2, 3)),
)  # fmt: skip


@exercise("depth-copies")
@declare("Every copy sends its gradient back, and they are added.",
    cases=lambda rng: [(rng.normal(size=large), small) for small, large in COPIES],
    parts="the gradient")  # fmt: skip
def sum_copies(U, shape):
    """Nudge the elements of the array before it is repeated."""
    right = gradient_of(lambda A: (U * A).sum(), np.zeros(shape))
    new = U.ndim - len(shape)
    long = tuple(i for i, size in enumerate(shape) if size == 1 and U.shape[new + i] > 1)
    first = U[(0,) * new]
    for axis in long:
        first = np.take(first, [0], axis=axis)
    behind = U.sum(axis=tuple(range(len(shape), U.ndim)))
    return right, {
        "Add the gradients of the copies; yours is their mean.": right * right.size / U.size,
        "This is the gradient of the first copy alone: add those of all copies.": first,
        "The sign is wrong: a copy is not subtracted.": -right,
        "The new axes are in front. NumPy compares shapes from the right.":
            behind if behind.shape == right.shape else None,
        "Axes of length 1 are stretched, too: sum over them, and keep them with length 1.":
            U.sum(axis=tuple(range(new))) if long else None,
        "The axis that was stretched has gone; it should be kept, with length 1.":
            right.reshape([n for i, n in enumerate(shape) if i not in long]) if long else None,
        "The new axes in front should be summed over, too.":
            U.sum(axis=tuple(new + i for i in long), keepdims=True) if new else None,
    }  # fmt: skip


def _states(X, V):
    states = [np.zeros(X.shape[1:], dtype=V.dtype)]
    for inputs in X:
        states.append(np.tanh(inputs + states[-1] @ V))
    return states


def _contributions(X, V, T, turned=True, slopes="all", own=False, early=False):
    """Return what each step contributes, the last one first, with some mistakes on request."""
    states = _states(X, V)
    parts, G = [], 2 * (states[-1] - T) / len(T)
    for k in range(len(X), 0, -1):
        flat = slopes == "none" or (slopes == "last" and k < len(X))
        slope = 1.0 if flat else 1 - states[k - early] ** 2
        delta = G * slope
        parts.append(states[k if own else k - 1].T @ delta)
        G = delta @ (V.T if turned else V)
    return np.array(parts)


@exercise("depth-shared")
@declare("The contributions of all steps, added.",
    cases=lambda rng: [(rng.normal(size=(K, n, M)), rng.normal(0.0, 0.7, size=(M, M)),
    rng.normal(size=(n, M))) for K, n, M in ((3, 4, 3), (5, 2, 2), (4, 5, 3), (2, 3, 4))],
    parts="the gradient of V")  # fmt: skip
def recurrent_gradient(X, V, T):
    """Nudge the matrix that all steps share."""
    n, M = T.shape
    right = gradient_of(lambda v: ((_states(X, v)[-1] - T) ** 2).sum() / n, V)
    parts = _contributions(X, V, T)

    def made(**slip):
        return _contributions(X, V, T, **slip).sum(axis=0)

    return right, {
        "Only the last step contributes to yours. V is used at every step.": parts[0],
        "The last two steps alone contribute to yours. Go back to the first.":
            parts[:2].sum(axis=0) if len(X) > 3 else None,
        "Add the contributions of the steps; yours is their mean.": right / len(X),
        "The sign is wrong.": -right,
        "The factor 2 of the squared error is missing.": right / 2,
        "The factor 1/n is missing: the cost is a mean over the samples.": right * n,
        "Divide by the number of samples only, not by that of all elements.": right / M,
        "Going back through a step takes V transposed.": made(turned=False),
        "The slopes are missing: each error is multiplied by 1 - H², step by step.":
            made(slopes="none"),
        "Every step has its slopes; yours has those of the last one only.": made(slopes="last"),
        "The slopes of step k are 1 - H² with the state of step k, not of the step before.":
            made(early=True),
        "What V multiplies is the state of the step before, H of k - 1.": made(own=True),
        "The gradient is transposed: its first index belongs to the sender.": right.T,
    }  # fmt: skip
