"""Checkers of chapter 8, the 2-2-1 network (``chapters/08-two-two-one.ipynb``)."""

import numpy as np

from .compare import same
from .oracles import gradient_of, normal
from .runner import Hint, array, declare, exercise, inspect_answer


@exercise("two-two-one-dictionary")
@declare("The same network, read in the other direction.",
    cases=lambda rng: [(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0]),
        np.array([7.0, 8.0]), 9.0), *normal(((2, 2), 2, 2, ()))(rng)],
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
    }  # fmt: skip


START = np.array([0.5, -1.0, 1.0, 0.5, -0.5, 0.5, 2.0, -3.0, -1.0])
ON_PAPER = {"x": np.array([2.0, 1.0]), "t": 0.5, "eta": 0.1}
NAMES = ("w_11^1", "w_12^1", "w_21^1", "w_22^1", "b_1^1", "b_2^1", "w_11^2", "w_21^2", "b_1^2")


def _cost_on_paper(theta):
    z = ON_PAPER["x"] @ theta[:4].reshape(2, 2) + theta[4:6]
    output = np.where(z.real > 0, z, 0) @ theta[6:8] + theta[8]
    return (output - ON_PAPER["t"]) ** 2 / 2


def _slips_on_paper(slopes):
    """Return what typical mistakes give, by hint."""
    eta, x = ON_PAPER["eta"], ON_PAPER["x"]

    def updated(hidden):
        return START - eta * np.array([*np.outer(x, hidden).ravel(), *hidden, *slopes[6:]])

    errors, output = slopes[4:6], slopes[8]
    later = output * (START[6:8] - eta * slopes[6:8]) * (errors != 0)
    activations = np.array([*np.outer([1.5, 0.0], errors).ravel(), *slopes[4:]])
    transposed = slopes[[0, 2, 1, 3, *range(4, 9)]]
    biases = np.where(np.isin(np.arange(9), [4, 5]), 0, slopes)
    return {
        "These are the derivatives; subtract them from the parameters, times η.": slopes,
        "These are the steps; add them to the parameters.": -eta * slopes,
        "The parameters move uphill: subtract.": START + eta * slopes,
        "The derivatives are right, but not multiplied by η.": START - slopes,
        "The cost has a factor ½, which cancels the 2.": START - 2 * eta * slopes,
        "The output's weight was changed before the hidden errors were computed: they need the "
        "old one.": updated(later),
        "A rectifier whose pre-activation is negative has the slope 0.":
            updated(output * START[6:8]),
        "The hidden layer gets the inputs, not the hidden activations.": START - eta * activations,
        "The first index is the sender: w_12^1 leads from input 1.": START - eta * transposed,
        "The hidden biases have to be updated too.": START - eta * biases,
        "The hidden errors lack the weights on their way.": updated(output * (errors != 0)),
    }  # fmt: skip


@exercise("two-two-one-paper")
@inspect_answer("values")
def updated(updated):
    """Differentiate the cost by complex steps, and look for the mistake that was made."""
    numbers = array(updated, "the tuple")
    if numbers.shape != (9,):
        raise Hint(f"Nine numbers are asked for, in one tuple, not {updated!r:.60}.")
    if same(numbers, START):
        raise Hint("These are still the numbers of the placeholder: put in the new parameters.")
    slopes = gradient_of(_cost_on_paper, START)
    right = START - ON_PAPER["eta"] * slopes
    for hint, wrong in _slips_on_paper(slopes).items():
        if same(numbers, wrong):
            raise Hint(hint)
    off = [name for name, one, other in zip(NAMES, numbers, right, strict=True)
           if not abs(one - other) < 1e-6]  # fmt: skip
    if off:
        raise Hint(f"{9 - len(off)} of nine are right. Look again at {', '.join(off)}.")
    return "A neuron that is switched off learns nothing from this sample."


@exercise("two-outputs")
@declare("Each hidden neuron adds up what comes back from all outputs.",
    cases=lambda rng: [(rng.normal(size=2), rng.normal(size=(3, 2)), rng.uniform(0.1, 0.9, 3))
        for _ in range(3)],
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
