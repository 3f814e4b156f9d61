"""Checkers of chapter 22, curvature (``chapters/22-curvature.ipynb``)."""

import tracemalloc

import numpy as np

from .oracles import normal
from .runner import Hint, declare, either, exercise


@exercise("newton-step")
@declare("One step, and the minimum is reached.",
    cases=normal(((8, 3), 8, 3), ((5, 2), 5, 2)),
    parts="the change", errors={
        "square": "Only a square matrix has an inverse: solve with the Hessian, (2/n) XᵀX.",
    })  # fmt: skip
def newton_step(X, y, theta):
    """Go to the solution of the least-squares problem."""
    n = len(y)
    best = np.linalg.lstsq(X, y, rcond=None)[0]
    right = theta - best
    slope = 2 * np.mean((X @ theta - y)[:, None] * X, axis=0)
    H = 2 / n * X.T @ X
    return right, {
        "The sign is wrong: the change is subtracted from the parameters.": -right,
        "This is the minimum itself. The change is what leads there: theta minus it.": best,
        "This is the gradient. Multiply it by the inverse of the Hessian.": slope,
        "Twice too long: the factor 2 is missing in the Hessian.": 2 * right,
        "Half as long as it should be: the factor 2 is missing in the gradient.": right / 2,
        "Gradient and Hessian should both carry the factor 1/n, or neither.":
            either(right / n, right * n, 2 * right / n, right * n / 2),
        "The Hessian's other elements matter beside its diagonal: solve H Δ = g.":
            slope / np.diag(H),
        "You multiply by the Hessian; multiply by its inverse.": H @ slope,
    }  # fmt: skip


def _peak(reader, n, p):
    """Return how much memory an answer needs at its peak, in bytes."""
    rng = np.random.default_rng(22)
    arguments = rng.normal(size=(n, p)), *(rng.normal(size=m) / 10 for m in (n, p, p))
    was_tracing = tracemalloc.is_tracing()
    if not was_tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        reader(*arguments)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not was_tracing:
            tracemalloc.stop()


def _without_the_matrix(reader):
    """Raise a hint if the memory grows like that of a matrix of shape (p, p)."""
    few, many = (_peak(reader, 2, p) for p in (60, 240))
    if many > 5 * few:  # vectors grow by the factor 4, matrices by 16
        raise Hint("Right, but a matrix of shape (p, p) is formed: multiply X by v before anything "
                   "else, so that only vectors are left.")  # fmt: skip


@exercise("neuron-curvature")
@declare("A Hessian times a vector, for the price of two gradients or so.",
    cases=normal(((7, 3), 7, 3, 3), ((5, 2), 5, 2, 2)),
    parts="the product H v", errors={
        "matmul": "H v has one number per weight: X times v first, and at the end the transpose "
        "of X times what has become of it.",
    }, also=[_without_the_matrix])  # fmt: skip
def neuron_curvature(X, t, w, v):
    """Add up the explicit Hessian, one sample after the other."""
    n, p = X.shape
    first, second, gradient = np.zeros((p, p)), np.zeros((p, p)), np.zeros(p)
    without = {"slope": np.zeros((p, p)), "half": np.zeros((p, p)), "first": np.zeros((p, p))}
    for x, target in zip(X, t, strict=True):
        a = np.tanh(x @ w)
        slope, miss, square = 1 - a**2, a - target, np.outer(x, x)
        gradient += 2 / n * miss * slope * x
        first += 2 / n * slope**2 * square
        second -= 2 / n * miss * 2 * a * slope * square
        without["slope"] -= 2 / n * miss * 2 * a * square
        without["half"] -= 2 / n * miss * a * slope * square
        without["first"] += 2 / n * slope * square
    H = first + second
    right = H @ v
    return right, {
        "This is the gradient itself. Its tangent along v is asked for.": gradient,
        "The slope 1 - a² moves too: the tangent of δ has a second term.": first @ v,
        "The first term of the tangent of δ is missing: a - t moves with a.": second @ v,
        "The two terms of the tangent of δ have other signs: 1 - a² falls when a² grows.":
            either((first - second) @ v, -right),
        "The derivative of a² is 2a times the tangent of a: a 2 is missing.":
            (first + without["half"]) @ v,
        "The tangent of a has the factor 1 - a², in both terms of the tangent of δ.":
            either((first + without["slope"]) @ v, (without["first"] + second) @ v,
            (without["first"] + without["slope"]) @ v),
        "The factor 2 is missing: the square was differentiated.": right / 2,
        "The factor 1/n is missing: the cost is a mean.": n * right,
        "Gradient and direction are multiplied element by element. The Hessian is asked for.":
            gradient * v,
        "The Hessian's other elements matter beside its diagonal.": np.diag(H) * v,
        "This is the curvature along v, one number. Leave out the last product with v.":
            v @ right,
    }  # fmt: skip
