"""Checkers of chapter 8, the 2-2-1 network (``chapters/08-two-two-one.ipynb``)."""

import numpy as np

from .oracles import gradient_of
from .runner import declare, exercise


@exercise("two-two-one-dictionary")
@declare("The same network, read in the other direction.",
    cases=lambda rng: [(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0]), np.array([7.0,
    8.0]), 9.0), (rng.normal(size=(2, 2)), rng.normal(size=2), rng.normal(size=2),
    float(rng.normal()))],
    parts="the vector Θ", errors={
        "different lengths": "Θ should be one vector; np.concatenate joins parts.",
    },
    advice="FFNN's order is W1 row by row (w_11, w_12, w_21, w_22), then b1, W2 and b2.",
)  # fmt: skip
def from_lecture(W, b, w, c):
    """Collect the weights by what they connect, sender by sender."""
    right = np.array([*(W[i, j] for j in (0, 1) for i in (0, 1)), *b, *w, c])
    first, second = np.split(right[:4], [2])
    return right, {
        "The order of the parts is right, but the weights are not transposed: the lecture's first "
        "index is the receiver, ours the sender.": np.array([*W.ravel(), *b, *w, c]),
        "The hidden weights are right. After them come b, then w, then c.":
            np.array([*right[:4], *w, *b, c]),
        "The network is the same, but its two hidden neurons have changed places.":
            np.array([*first[::-1], *second[::-1], *b[::-1], *w[::-1], c]),
        "Nine numbers are needed, and eight came back: a part is missing.": right[:8],
    }  # fmt: skip


@exercise("two-outputs")
@declare("Each hidden neuron adds up what comes back from all outputs.",
    cases=lambda rng: [(rng.normal(size=2), rng.normal(size=(3, 2)), rng.uniform(0.1, 0.9,
    3)) for _ in range(3)],
    parts="the list of the three errors")  # fmt: skip
def hidden_errors(errors, W2, slopes):
    """Differentiate a cost whose derivatives at the outputs are the given errors."""
    right = gradient_of(lambda z: ((slopes * z) @ W2) @ errors, np.zeros(3))
    first, second = (slopes * W2[:, k] * errors[k] for k in range(2))
    return right, {
        "Only the way through the first output is there; the second is missing.": first,
        "Only the way through the second output is there; the first is missing.": second,
        "The sum is right. Now multiply by the neuron's own slope.": W2 @ errors,
        "The weights are missing.": slopes * errors.sum(),
        "The two contributions should be added, not averaged.": right / 2,
        "The two contributions should be added, not multiplied.": first * second,
        "The two contributions should be added, not subtracted.": first - second,
        "The slope is squared: it belongs once in each error.": right * slopes,
        "Each output's error goes with its own weight: W2[j, k] with errors[k].":
            slopes * (W2 @ errors[::-1]),
    }  # fmt: skip
