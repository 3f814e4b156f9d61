"""Checkers of the exercises of chapter 9, back-propagation.

Right answers are found by nudging: every oracle is a central difference of a forward
computation that is written out here.
"""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise


def _differences(function, at, step=1e-6):
    """Differentiate a scalar function of an array by central differences, element by element."""
    found = np.empty_like(at)
    for index in np.ndindex(at.shape):
        nudge = np.zeros_like(at)
        nudge[index] = step
        found[index] = (function(at + nudge) - function(at - nudge)) / (2 * step)
    return found


def _close(given, right):
    """Tell whether an array agrees with central differences."""
    return given.shape == right.shape and np.allclose(given, right, rtol=1e-5, atol=1e-8)


def _as_array(given, shape, name):
    """Return the answer as an array and None, or a hint why it cannot be right."""
    if given is None:
        return None, f"The function returns nothing; it should return {name}."
    given = np.asarray(given)
    if given.dtype.kind not in "fiu":
        return None, f"The function should return an array of real numbers, {name}."
    if given.shape != shape:
        return (
            None,
            f"The result should have shape {shape}, as {name}, but has shape {given.shape}.",
        )
    if not np.isfinite(given).all():
        return None, "The result contains NaN or infinity."
    return given, None


@exercise("output-delta")
def output_delta(answer):
    """Nudge the pre-activations of a tanh output layer with the log-cosh cost."""
    rng = np.random.default_rng(91)
    for n, m in ((7, 3), (4, 5)):
        Z, T = rng.normal(size=(n, m)), rng.normal(size=(n, m))
        right = _differences(lambda z, T=T, n=n: np.log(np.cosh(np.tanh(z) - T)).sum() / n, Z)
        given, hint = _as_array(answer(Z.copy(), T.copy()), Z.shape, "Z")
        if hint:
            return hint
        if _close(given, right):
            continue
        A = np.tanh(Z)
        gradient, slope = np.tanh(A - T) / n, 1 - A**2
        for wrong, said in (
            (-right, "The sign is turned: an output above its target has a positive error."),
            (right * n, "The factor 1/n is missing: the cost is a mean over the samples."),
            (right / m, "Divide by the number of samples only, not by that of all elements."),
            (
                gradient,
                "This is the derivative with respect to A. BP1 has a second factor, the slope.",
            ),
            (gradient * n, "Two factors are missing: 1/n, and the slope of the output (BP1)."),
            (
                gradient * (1 - Z**2),
                "The slope of tanh is 1 - A², with the activation, not with Z.",
            ),
            (gradient * (1 - np.tanh(A) ** 2), "The slope is taken at A; it should be taken at Z."),
            ((A - T) / n * slope, "That is the squared error. What is the derivative of ln cosh?"),
            (
                2 * (A - T) / n * slope,
                "That is the squared error. What is the derivative of ln cosh?",
            ),
            (np.tanh(Z - T) / n, "The cost compares the targets with A = tanh(Z), not with Z."),
            (
                np.tanh(Z - T) / n * slope,
                "The cost compares the targets with A = tanh(Z), not with Z.",
            ),
        ):
            if _close(given, wrong):
                return said
        return "The shape is right, but not the numbers. BP1: dC/dA, times the slope at Z."
    return Answer("The derivative of the cost, times the slope of the output.", right=True)


@exercise("hidden-delta")
def hidden_delta(answer):
    """Nudge the pre-activations of a hidden layer, on rectangular and square layers."""
    rng = np.random.default_rng(92)

    def slope(Z):
        return np.cos(Z)

    for n, m, m_next in ((6, 4, 3), (5, 3, 3)):
        Z, W = rng.normal(size=(n, m)), rng.normal(size=(m, m_next))
        delta_next = rng.normal(size=(n, m_next))
        # A function of Z whose derivatives with respect to the next layer's Z are delta_next.
        right = _differences(lambda z, W=W, d=delta_next: ((np.sin(z) @ W) * d).sum(), Z)
        arguments = [delta_next.copy(), W.copy(), Z.copy()]
        try:
            given = answer(*arguments, slope)
        except ValueError as error:
            if "matmul" in str(error) or "aligned" in str(error):
                return _which_product(answer, slope, delta_next.shape, W.shape)
            if "broadcast" in str(error):
                return (
                    f"The shapes do not fit: the slope belongs to this layer and has the shape "
                    f"of Z, {Z.shape}. Send the errors back through the weights first."
                )
            raise
        changed = zip(arguments, (delta_next, W, Z), strict=True)
        if not all(np.array_equal(after, before) for after, before in changed):
            return "Your function changes its arguments; other layers still need them."
        if np.shape(given) in {(m,), (1, m)}:
            return (
                "The result has one row: the samples must not be summed here, only in BP3 and BP4."
            )
        if given is not None and np.shape(given) in {(n,), (n, 1), ()}:
            return (
                "The result is summed over the units: the slope is multiplied elementwise, with *."
            )
        given, hint = _as_array(given, Z.shape, "Z")
        if hint:
            return hint
        if _close(given, right):
            continue
        back, straight = delta_next @ W.T, delta_next @ W if m == m_next else None
        for wrong, said in (
            (back, "The slope is missing: multiply by the slope of this layer, elementwise."),
            (back * Z, "That is multiplied by Z itself; the second factor is slope(Z)."),
            (back * slope(np.sin(Z)), "The slope is taken at A; it should be taken at Z."),
            (back + slope(Z), "The two factors are added; they should be multiplied elementwise."),
            (-right, "The sign is turned: no minus belongs here, it comes with the update."),
            (right / n, "There is no 1/n here: the errors of the next layer carry it already."),
        ):
            if _close(given, wrong):
                return said
        if straight is not None:
            if _close(given, straight * slope(Z)):
                return "The shape is right, but the weights are not transposed."
            if _close(given, straight):
                return "The weights are not transposed, and the slope is missing."
            later = slope(delta_next)
            for factor in (back, straight):
                if _close(given, factor * later):
                    return "The slope is taken at the wrong array: it belongs to Z of this layer."
            if _close(given, (delta_next * slope(Z)) @ W.T):
                return "The slope comes too early: it belongs to the layer where the errors arrive."
        return "The shape is right, but not the numbers. BP2: errors, transposed weights, slope."
    return Answer("The errors come back through the weights, and each meets its slope.", right=True)


def _which_product(answer, slope, errors, weights):
    """Find out on square matrices, where every product exists, which one is wrong."""
    rng = np.random.default_rng(920)
    d, W, Z = rng.normal(size=(3, 3, 3))
    elementwise = "The slope is multiplied as a matrix; it should be elementwise, with *."
    transposed = (
        f"The shapes do not fit: the errors are {errors}, the weights {weights}. The sum runs "
        "over the receivers: transpose the weights."
    )
    back, straight, S = d @ W.T, d @ W, slope(Z)
    given = np.asarray(answer(d.copy(), W.copy(), Z.copy(), slope))
    for wrong, said in (
        (straight * S, transposed),
        (straight, transposed),
        (back @ S, elementwise),
        (back @ S.T, elementwise),
        (S @ back, elementwise),
        (S.T @ back, elementwise),
    ):
        if _close(given, wrong):
            return said
    return f"The shapes do not fit: the errors are {errors}, the weights {weights}."


@exercise("softmax-delta")
def softmax_delta(answer):
    """Nudge the pre-activations of a softmax with a cost that is linear in the outputs."""
    rng = np.random.default_rng(93)

    def softmax(Z):
        return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)

    for n, m in ((6, 4), (3, 3)):
        Z, G = rng.normal(size=(n, m)), rng.normal(size=(n, m))
        A = softmax(Z)
        right = _differences(lambda z, G=G: (softmax(z) * G).sum(), Z)
        try:
            given = answer(A.copy(), G.copy())
        except ValueError as error:
            if "broadcast" in str(error):
                return "The shapes do not fit: the sum over a row needs keepdims=True."
            raise
        given, hint = _as_array(given, A.shape, "A")
        if hint:
            return hint
        if _close(given, right):
            continue
        products = G * A
        for wrong, said in (
            (products, "This is only the factor A; each output depends on the whole row of Z."),
            (
                products * (1 - A),
                "This treats softmax as if it were elementwise: the terms with k ≠ j are missing.",
            ),
            (
                A * (G - products.sum(axis=0)),
                "The sum runs over the samples; it should run over the outputs, axis=1.",
            ),
            (
                A * (G - products.sum(axis=1)) if n == m else right + 1,
                "The sum belongs to a row, but is handed to a column: use keepdims=True.",
            ),
            (
                A * (G - G.sum(axis=1, keepdims=True)),
                "In the sum, each derivative is multiplied by its output: sum G * A.",
            ),
            (
                A * (G + products.sum(axis=1, keepdims=True)),
                "The sum is added; it should be subtracted.",
            ),
            (-right, "The sign is turned."),
            (right / n, "There is no 1/n here: G carries it already."),
            (
                G - products.sum(axis=1, keepdims=True),
                "The factor A in front of the bracket is missing.",
            ),
        ):
            if _close(given, wrong):
                return said
        return (
            "The shape is right, but not the numbers. Start from the sum over k in the chain rule."
        )
    return Answer("Whatever the cost, each row sums to zero.", right=True)


@exercise("cost-change")
def cost_change(answer):
    """Compare with the change of a quadratic cost over short steps."""
    rng = np.random.default_rng(94)
    for size in (5, 8):
        theta, direction = rng.normal(size=size), rng.normal(size=size)
        target = rng.normal(size=size)

        def cost(theta, target=target):
            return ((theta - target) ** 2).sum()

        gradient = _differences(cost, theta)
        right = (cost(theta + 1e-4 * direction) - cost(theta - 1e-4 * direction)) / 2e-4
        given = answer(gradient.copy(), direction.copy())
        if given is None:
            return "The function returns nothing; it should return a number."
        given = np.asarray(given)
        if given.shape == (size,):
            return "One number is asked for: the contributions of all parameters are added."
        if given.shape == (size, size):
            return (
                "One number is asked for: each derivative meets its own step only, not all of them."
            )
        if given.size != 1:
            return f"One number is asked for, but the result has shape {given.shape}."
        value = float(given.reshape(-1)[0])
        if np.isclose(value, right, rtol=1e-5):
            continue
        if np.isclose(value, -right, rtol=1e-5):
            return "The sign is turned: a step along the gradient makes the cost larger."
        if np.isclose(value, right / size, rtol=1e-5):
            return "That is the mean of the contributions; they should be added."
        if np.isclose(value, np.abs(gradient * direction).sum(), rtol=1e-5):
            return "Contributions have signs, which must be kept."
        if np.isclose(value, np.linalg.norm(gradient) * np.linalg.norm(direction), rtol=1e-5):
            return "That would be the change along the gradient; the angle between the two matters."
        return "Not the right number: each parameter contributes its derivative times its step."
    return Answer(
        "A scalar product: the gradient turns any step into a change of the cost.", right=True
    )
