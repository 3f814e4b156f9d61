"""What several chapters' checkers do alike: schedulers, costs, and known wrong answers."""

from __future__ import annotations

import numpy as np

GRADIENTS = np.array([[3.0, -4.0], [0.5, 2.0], [-1.0, 0.25], [2.0, 1.5]])


def changes_of(scheduler):
    """Let a scheduler answer ``GRADIENTS`` one by one; return the changes, and a hint or None."""
    gradients = GRADIENTS.copy()
    changes = [scheduler.update_change(g) for g in gradients]
    if any(np.shape(change) != (2,) for change in changes):
        hint = f"The change should have the gradient's shape, (2,), not {np.shape(changes[0])}."
        return None, hint
    if not np.array_equal(gradients, GRADIENTS):
        return None, "Your scheduler changes the gradient that it is given. Return a new array."
    return np.array(changes, dtype=np.float64), None


def cost_hint(cost, T, A, total, slope, wrong):
    """Return what is wrong with a cost of one's own, or None.

    Parameters
    ----------
    cost : callable
        The answer: ``cost(T)`` should return a function of the outputs.
    T, A : ndarray, shape (n, M)
        Targets and outputs.
    total : float
        The cost before it is divided by n.
    slope : ndarray, shape (n, M)
        The derivative of the cost by the outputs.
    wrong : sequence of (float, str)
        Values that come from known mistakes, with their hints.
    """
    given = cost(T)
    if not callable(given):
        name = getattr(cost, "__name__", "the cost")
        return f"{name}(target) should return a function of the outputs, not a number."
    value = given(A)
    if np.ndim(value) != 0:
        return (
            f"The cost should be one number, but has shape {np.shape(value)}: sum over both axes."
        )
    usual = (
        (total, "The factor 1/n is missing: divide by the number of samples."),
        (total / A.size, "Divide by the number of samples (rows), not of all elements."),
        (total / A.shape[1], "Divide by the number of samples: rows, not columns."),
        (-total / len(A), "The sign is turned."),
    )
    for number, hint in (*usual, *wrong):
        if np.isclose(value, number):
            return hint
    if not np.isclose(value, total / len(A), rtol=1e-10):
        return f"The cost should be {total / len(A):.6f} at a test point, but is {value:.6f}."
    from autograd import grad

    try:
        found = grad(given)(A)
    except Exception as error:
        return (
            "The values are right, but autograd cannot differentiate the cost "
            f"({type(error).__name__}). Use autograd.numpy, here anp, for all functions of X."
        )
    if not np.allclose(found, slope, rtol=1e-8):
        return "The values are right, but autograd's derivative is not. Use anp for functions of X."
    return None


def known_mistake(answers, wrong):
    """Return the hint under which the given wrong answers are the reader's, or None.

    Parameters
    ----------
    answers : sequence of float
        What the reader's function returned in several cases.
    wrong : mapping of str to sequence of float
        For each hint, what the mistake that it describes gives in these cases.
    """
    for hint, values in wrong.items():
        if np.allclose(answers, values, rtol=0, atol=1e-9):
            return hint
    return None
