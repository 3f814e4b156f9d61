"""Checkers of chapter 8: the 2-2-1 network."""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise


@exercise("two-two-one-dictionary")
def two_two_one_dictionary(function):
    """Check ``function(W, b, w, c)``: the lecture's parameters in the order of FFNN."""
    W, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])
    w, c = np.array([7.0, 8.0]), 9.0
    answer = function(W.copy(), b.copy(), w.copy(), c)
    try:
        answer = np.array(answer, dtype=float)
    except (TypeError, ValueError):
        return "Your function should return one vector of nine numbers; np.concatenate joins parts."
    if answer.size < 9:
        return f"Nine numbers are wanted, and {answer.size} came back: a part is missing."
    if answer.shape != (9,):
        return (
            f"Your function should return a vector of shape (9,), not {answer.shape}: "
            "unroll the matrices with ravel()."
        )
    # The network of the lecture, node by node, tells what each place in the vector means.
    x = np.array([0.3, -0.8])

    def lecture(W, b, w, c):
        hidden = [np.tanh(sum(W[i, j] * x[j] for j in range(2)) + b[i]) for i in range(2)]
        return sum(w[i] * hidden[i] for i in range(2)) + c

    def book(theta):
        return np.tanh(x @ theta[:4].reshape(2, 2) + theta[4:6]) @ theta[6:8] + theta[8]

    if sorted(answer) != list(range(1, 10)):
        return "All nine numbers should come back, each once and unchanged."
    rng = np.random.default_rng(8)
    for _ in range(3):
        numbers = rng.standard_normal(9)
        parts = numbers[:4].reshape(2, 2), numbers[4:6], numbers[6:8], numbers[8]
        theta = np.array(function(*parts), dtype=float)
        if not np.isclose(book(theta), lecture(*parts)):
            if np.array_equal(answer, np.arange(1.0, 10.0)):
                return (
                    "The order of the parts is right, but the weights are not transposed: "
                    "the lecture's first index is the receiver, ours the sender."
                )
            if np.array_equal(answer[:4], [1, 3, 2, 4]):
                return "The hidden weights are right. After them come b, then w, then c."
            return (
                "FFNN's order is W1 row by row (w_11, w_12, w_21, w_22), b1, W2, b2. "
                f"For W = {W.tolist()} your first four numbers are {answer[:4].tolist()}."
            )
    if not np.array_equal(answer, [1, 3, 2, 4, 5, 6, 7, 8, 9]):
        return "The network is the same, but its two hidden neurons have changed places."
    return Answer("The same network, read in the other direction.", right=True)


@exercise("two-outputs")
def two_outputs(function):
    """Check ``function(errors, W2, slopes)``: errors of three hidden neurons, two outputs."""
    rng = np.random.default_rng(22)
    for _ in range(3):
        z, W2 = rng.standard_normal(3), rng.standard_normal((3, 2))
        errors = rng.standard_normal(2)
        slopes = 1 - np.tanh(z) ** 2
        answer = np.array(function(errors.copy(), W2.copy(), slopes.copy()), dtype=float)
        if answer.size != 3:
            return f"There are three hidden neurons, so three errors are wanted, not {answer.size}."
        if answer.ndim != 1:
            return f"Return the three errors as a list or vector, not with shape {answer.shape}."

        def cost(z, W2=W2, errors=errors):
            # A cost whose derivatives by the outputs' pre-activations are the given errors.
            return (np.tanh(z) @ W2) @ errors

        wanted = np.array([cost(z + 1e-20j * unit).imag / 1e-20 for unit in np.eye(3)])
        if np.allclose(answer, wanted, rtol=1e-8):
            continue
        first, second = (slopes * W2[:, k] * errors[k] for k in range(2))
        for hint, wrong in (
            ("Only the way through the first output is there; the second is missing.", first),
            ("Only the way through the second output is there; the first is missing.", second),
            ("The sum is right. Now multiply by the neuron's own slope.", W2 @ errors),
            ("The weights are missing.", slopes * errors.sum()),
            ("The two contributions are to be added, not averaged.", wanted / 2),
            ("The two contributions are to be added, not multiplied.", first * second),
            ("The slope is squared: it belongs once in each error.", wanted * slopes),
            ("Each output's error goes with its own weight: W2[j, k] with errors[k].",
             slopes * (W2 @ errors[::-1])),
        ):  # fmt: skip
            if np.allclose(answer, wrong):
                return hint
        given = [np.round(part, 3).tolist() for part in (errors, W2, slopes, wanted, answer)]
        return (
            "For the errors {}, the weights {} and the slopes {} the answer is {}, but yours "
            "is {}.".format(*given)
        )
    return Answer("Each hidden neuron adds up what comes back from all outputs.", right=True)
