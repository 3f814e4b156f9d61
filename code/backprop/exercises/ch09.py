"""Checkers of chapter 9, back-propagation (``chapters/09-back-propagation.ipynb``).

What is right comes from complex steps through a forward pass that is written out here.
"""

import numpy as np

from .oracles import gradient_of, normal
from .runner import declare, either, exercise


@exercise("output-delta")
@declare("The derivative of the cost, times the slope of the output.",
    cases=normal(*([shape, shape] for shape in ((7, 3), (4, 5), (3, 3)))), parts="δ",
    advice="BP1: dC/dA, times the slope at Z.")  # fmt: skip
def output_delta(Z, T):
    """Nudge the pre-activations of a tanh output layer with the log-cosh cost."""
    n, m = Z.shape
    right = gradient_of(lambda z: np.log(np.cosh(np.tanh(z) - T)).sum() / n, Z)
    A = np.tanh(Z)
    gradient, slope = np.tanh(A - T) / n, 1 - A**2
    beyond = np.tanh(Z - T) / n
    return right, {
        "The sign is wrong: an output above its target has a positive error.": -right,
        "The factor 1/n is missing: the cost is a mean over the samples.": right * n,
        "Divide by the number of samples only, not by that of all elements.": right / m,
        "This is the derivative with respect to A. BP1 has a second factor, the slope.": gradient,
        "Two factors are missing: 1/n, and the slope of the output (BP1).": gradient * n,
        "The derivative of the cost is missing: this is the slope alone.": either(slope, slope / n),
        "The slope of tanh is 1 - A², with the activation, not with Z.": gradient * (1 - Z ** 2),
        "The slope of tanh is 1 - A²; a (1 - a) is that of the sigmoid.": gradient * A * (1 - A),
        "The slope is taken at A; it should be taken at Z.": gradient * (1 - np.tanh(A) ** 2),
        "That is the squared error. What is the derivative of ln cosh?":
            either((A - T) / n * slope, 2 * (A - T) / n * slope),
        "The derivative of ln cosh u is tanh u, not cosh or sinh.":
            either(np.sinh(A - T) / n * slope, slope / np.cosh(A - T) / n),
        "The cost compares the targets with A = tanh(Z), not with Z.":
            either(beyond, beyond * slope),
    }  # fmt: skip


@exercise("hidden-delta")
@declare("The errors come back through the weights, and each meets its slope.",
    cases=lambda rng: [(*arrays, np.cos) for arrays in normal(*(((n, k), (m, k), (n, m))
        for n, m, k in ((6, 4, 3), (5, 3, 3), (3, 3, 3), (2, 3, 4))))(rng)],
    parts="δ", errors={
        "broadcast":
            "The shapes do not fit: the slope belongs to this layer and has the shape of Z. Send "
            "the errors back through the weights first.",
        **dict.fromkeys(("matmul", "aligned"),
            "The shapes do not fit: the errors are (n, M_{l+1}), the weights (M_l, M_{l+1}), and "
            "the sum runs over the receivers: transpose the weights, and multiply the slope "
            "elementwise, with *."),
    },
    advice="BP2: errors, transposed weights, slope.")  # fmt: skip
def hidden_delta(delta_next, W_next, Z, slope):
    """Nudge the pre-activations of a hidden layer, on rectangular and square layers."""
    right = gradient_of(lambda z: ((np.sin(z) @ W_next) * delta_next).sum(), Z)
    n, m = Z.shape
    back, S = delta_next @ W_next.T, slope(Z)
    mistakes = {
        "The slope is missing: multiply by the slope of this layer, elementwise.": back,
        "That is multiplied by Z itself; the second factor is slope(Z).": back * Z,
        "The slope is taken at A; it should be taken at Z.": back * slope(np.sin(Z)),
        "The two factors are added; they should be multiplied elementwise.": back + S,
        "The sign is wrong: no minus belongs here, it comes with the update.": -right,
        "There is no 1/n here: the errors of the next layer carry it already.": right / n,
        "The samples must not be summed here, only in BP3 and BP4.":
            either(right.sum(axis=0), right.sum(axis=0, keepdims=True),
            right / right * right.sum(axis=0)),
        "The result is summed over the units: the slope is multiplied elementwise, with *.":
            either(right.sum(axis=1), right.sum(axis=1, keepdims=True), right.sum()),
    }  # fmt: skip
    if W_next.shape == (m, m):
        ahead = delta_next @ W_next
        mistakes |= {
            "The weights are missing.": delta_next * S,
            "The weights are not transposed: transpose the weights.": ahead * S,
            "The weights are not transposed, and the slope is missing.": ahead,
            "The slope is taken at the wrong array: it belongs to Z of this layer.":
                either(back * slope(delta_next), ahead * slope(delta_next)),
            "The slope comes too early: it is that of the layer where errors arrive.":
                delta_next * S @ W_next.T,
        }  # fmt: skip
    if W_next.shape == (n, n) == Z.shape:
        mistakes["The slope is multiplied as a matrix; it should be elementwise, with *."] = either(
            back @ S, back @ S.T, S @ back, S.T @ back
        )
    return right, mistakes


@exercise("softmax-delta")
@declare("Whatever the cost, each row sums to zero.",
    cases=lambda rng: [(rng.dirichlet(np.ones(m), size=n), rng.normal(size=(n, m)))
        for n, m in ((6, 4), (3, 3))],
    parts="δ", errors={
        "broadcast": "The shapes do not fit: the sum over a row needs keepdims=True.",
    },
    advice="Start from the sum over k in the chain rule.")  # fmt: skip
def softmax_delta(A, G):
    """Nudge the pre-activations of a softmax with a cost that is linear in the outputs."""

    def cost(Z):
        return (np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) * G).sum()

    right, P = gradient_of(cost, np.log(A)), G * A
    n, m = A.shape
    row = P.sum(axis=1, keepdims=True)
    return right, {
        "This is only the factor A; each output depends on the whole row of Z.": P,
        "Softmax is not elementwise: the terms with k ≠ j are missing.": P * (1 - A),
        "The sum runs over the samples, not over the outputs, axis=1.": A * (G - P.sum(axis=0)),
        "The sum runs over everything, not over the outputs, axis=1.": A * (G - P.sum()),
        "The sum belongs to a row, but is handed to a column: use keepdims=True.":
            A * (G - P.sum(axis=1)) if n == m else None,
        "In the sum, each derivative is multiplied by its output: sum G * A.":
            A * (G - G.sum(axis=1, keepdims=True)),
        "The sum is added; it should be subtracted.": A * (G + row),
        "There is no 1/n here: G carries it already.": right / n,
        "The factor A in front of the bracket is missing.": G - row,
    }  # fmt: skip


@exercise("cost-change")
@declare("A scalar product: the gradient turns any step into a change of the cost.",
    cases=[(np.array([1.5, -0.3, 0.8, 2.0, -1.1]), np.array([0.4, 1.2, -0.6, 0.9, 0.5])),
        (np.array([-0.7, 1.9, 0.4]), np.array([1.3, -0.8, 0.6]))],
    parts="the change", advice="Each parameter contributes its derivative times its step.",
)  # fmt: skip
def cost_change(gradient, step):
    """Move along the step on a cost that has this gradient."""
    right = sum(g * s for g, s in zip(gradient.tolist(), step.tolist(), strict=True))
    return right, {
        "One number is asked for: the contributions of all parameters are added.": gradient * step,
        "One number is asked for: each derivative meets its own step only.":
            np.outer(gradient, step),
        "The sign is wrong: a step along the gradient makes the cost larger.": -right,
        "That is the mean of the contributions; they should be added.": right / len(step),
        "Contributions have signs, which must be kept.":
            either(np.abs(gradient * step).sum(), abs(right) if right < 0 else None),
        "That would be the change along the gradient; the angle between the two matters.":
            np.linalg.norm(gradient) * np.linalg.norm(step),
    }  # fmt: skip


@exercise("bp-wrong")
@declare("Each array is read as the forward pass has left it.",
    cases=normal(*(((n, p), (n, k), (p, m), m, (m, k), k)
        for n, p, m, k in ((5, 3, 4, 2), (4, 2, 5, 1)))),
    parts="the gradient",
    advice="W^1 comes row by row, then b^1, W^2 and b^2.")  # fmt: skip
def my_gradient(X, T, W1, b1, W2, b2):
    """Nudge all parameters of the forward pass; wrong gradients come from BP1 to BP4."""
    arrays, n = (W1, b1, W2, b2), len(X)
    ends = np.cumsum([part.size for part in arrays])[:-1]

    def cost(theta):
        w1, c1, w2, c2 = np.split(theta, ends)
        hidden = np.tanh(X @ w1.reshape(W1.shape) + c1)
        return ((hidden @ w2.reshape(W2.shape) + c2 - T) ** 2).sum() / n

    A = np.tanh(X @ W1 + b1)
    error = 2 * (A @ W2 + b2 - T) / n

    def made(sent=A, slope=1 - A**2, error=error, share=1.0):
        hidden = (error @ W2.T) * slope
        parts = X.T @ hidden, share * hidden.sum(axis=0), sent.T @ error, share * error.sum(axis=0)
        return np.concatenate([part.ravel() for part in parts])

    def also(**change):
        return either(made(**change), made(sent=A**2, **change))

    return gradient_of(cost, np.concatenate([part.ravel() for part in arrays])), {
        "This is the function as it stood, or one that does the same. Compare it with central "
        "differences, layer by layer: most of it is right.": made(sent=A**2),
        "One thing is repaired, another broken: compare the derivatives of W^1 and b^1 with "
        "central differences.": made(slope=1 - A),
        "The slope of tanh is 1 - A², and A is squared once too often.": also(slope=1 - A**4),
        "The slope of tanh was right, 1 - A² with the activation.": also(slope=1 - np.tanh(A) ** 2),
        "The slope is missing now.": also(slope=1.0),
        "The 2 comes from the derivative of the square, and was right.": also(error=error / 2),
        "The 1/n belongs to the cost, and was right.": also(error=error * n),
        "In BP4 the sum over the samples was right.": also(share=1 / n),
    }  # fmt: skip
