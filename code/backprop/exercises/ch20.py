"""Checkers of chapter 20: layouts, a cost of logits, and gradients in pieces; without PyTorch."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np

from .registry import Answer, exercise


@exercise("torch-layout")
def torch_layout(to_theta):
    """Check the vector Θ made from weights (out, in) and biases (out,)."""
    rng = np.random.default_rng(20)
    widths = (3, 4, 4, 2)  # one square matrix, which tells nothing by its shape
    weights = [rng.normal(size=pair) for pair in pairwise(widths)]  # ours: sender first
    biases = [rng.normal(size=width) for width in widths[1:]]
    state = {}
    for name, W, b in zip(("first", "core.2", "last"), weights, biases, strict=True):
        state[f"{name}.weight"], state[f"{name}.bias"] = W.T.copy(), b.copy()
    given = {name: array.copy() for name, array in state.items()}
    theta = to_theta(given)
    if any(not np.array_equal(given[name], array) for name, array in state.items()):
        return "Your function changes the arrays that it is given. Make a new vector."
    size = sum(array.size for array in state.values())
    if np.shape(theta) != (size,):
        return f"Θ should be one vector of shape ({size},), but has shape {np.shape(theta)}."
    layers = list(zip(weights, biases, strict=True))
    wrong = {
        "The weights are not transposed: PyTorch's are (out, in), ours (in, out).": [
            [W.T, b] for W, b in layers
        ],
        "In each layer the weights come first and then the biases, not the other way round.": [
            [b, W] for W, b in layers
        ],
        "Θ goes layer by layer: W¹, b¹, W², b², … and not all weights first.": [weights, biases],
        "The layers come in reverse order: Θ begins with the first one.": [
            [W, b] for W, b in reversed(layers)
        ],
    }
    for hint, groups in wrong.items():
        if np.array_equal(theta, np.concatenate([a.ravel() for group in groups for a in group])):
            return hint
    right = np.concatenate([np.append(W, b) for W, b in layers])
    if not np.allclose(theta, right, rtol=1e-6):
        place = int(np.flatnonzero(~np.isclose(theta, right, rtol=1e-6))[0])
        return (
            f"From place {place} on the numbers are not those of Θ. The first layer takes "
            f"{weights[0].size + biases[0].size} places, its weights row by row."
        )
    return Answer("Transposed, row by row, layer by layer.", right=True)


@exercise("torch-logit")
def torch_logit(logit_cost):
    """Check the mean binary cross-entropy of logits, small and very large."""
    Z = np.array([[0.3], [-1.2], [2.0], [-0.7], [0.9]])
    T = np.array([[1.0], [0.0], [0.0], [1.0], [0.25]])
    a = 0.5 * (1 + np.tanh(Z / 2))  # the sigmoid, another way
    each = -T * np.log(a) - (1 - T) * np.log(1 - a)
    with (
        warnings.catch_warnings(record=True) as caught,
        np.errstate(over="warn", invalid="warn", divide="warn"),
    ):
        warnings.simplefilter("always")
        value = logit_cost(Z.copy(), T.copy())
        if np.ndim(value) != 0:
            return f"The cost should be one number, the mean, but has shape {np.shape(value)}."
        for wrong, hint in (
            (each.sum(), "The mean is asked for: divide by the number of samples."),
            (-each.mean(), "The sign is turned: a cost is positive here."),
            (np.mean(each + T * Z), "The term - t z is missing."),
            (np.mean(each + 2 * T * Z), "The term t z has the wrong sign."),
            (
                np.mean(-T * np.log(a)),
                "Only the samples with t = 1 count. Add the term with 1 - t.",
            ),
        ):
            if np.isclose(value, wrong, rtol=1e-9):
                return hint
        if not np.isclose(value, each.mean(), rtol=1e-9):
            return f"For moderate z the cost should be {each.mean():.6f}, but is {value:.6f}."
        caught.clear()
        for z in (1000.0, -1000.0):
            for t in (0.0, 1.0):
                wanted = max(z, 0.0) - t * z
                value = logit_cost(np.array([[z]]), np.array([[t]]))
                if not np.isclose(value, wanted, rtol=1e-12, atol=1e-300):
                    return (
                        f"Right for moderate z. For z = {z:g} and t = {t:g} the cost should be "
                        f"{wanted:g}, but is {value:g}: use the form with max(z, 0)."
                    )
        if caught:
            return (
                "The values are right, but NumPy warns of an overflow on the way. Give exp only "
                "arguments that are not positive: -|z|."
            )
        tiny = logit_cost(np.array([[-40.0]]), np.array([[0.0]]))
    if not np.isclose(tiny, np.exp(-40.0), rtol=1e-9, atol=0.0):
        return (
            f"Right for large costs. But for z = -40, t = 0 it should be {np.exp(-40.0):.2e}, not "
            f"{tiny:.2e}: 1 + e^-40 is rounded to 1. np.log1p(x) is ln(1 + x) without that loss."
        )
    return Answer("Right for moderate, large and tiny costs, and without a warning.", right=True)


@exercise("torch-pieces")
def torch_pieces(whole_gradient):
    """Check the gradient of a batch, put together from pieces of different sizes."""
    rng = np.random.default_rng(21)
    sizes = [2, 5, 1, 4]
    samples = [rng.normal(size=(m, 3)) for m in sizes]  # one gradient per sample
    gradients = [rows.mean(axis=0) for rows in samples]
    given = [g.copy() for g in gradients]
    found = whole_gradient(given, list(sizes))
    if not all(np.array_equal(a, b) for a, b in zip(given, gradients, strict=True)):
        return "Your function changes the gradients that it is given. Make a new array."
    if np.shape(found) != (3,):
        return f"The gradient should have the shape of each piece's, (3,), not {np.shape(found)}."
    right = np.concatenate(samples).mean(axis=0)
    scaled = sum(m * g for m, g in zip(sizes, gradients, strict=True))
    wrong = {
        "A piece with one sample counts as much as one with five here: weight each gradient with "
        "its number of samples.": np.mean(gradients, axis=0),
        "This is the sum of the pieces' gradients, as if one called backward without scaling. The "
        "cost of the batch is a mean over all samples.": np.sum(gradients, axis=0),
        "The factor 1/n is missing: divide by the number of all samples.": scaled,
        "Divide by the number of samples, not by the number of pieces.": scaled / len(sizes),
    }
    for hint, value in wrong.items():
        if np.allclose(found, value):
            return hint
    if not np.allclose(found, right, rtol=1e-10):
        return (
            f"In a test it should be {right.round(4).tolist()}, "
            f"but is {np.round(found, 4).tolist()}."
        )
    return Answer("Every sample counts the same, whatever the piece it came in.", right=True)
