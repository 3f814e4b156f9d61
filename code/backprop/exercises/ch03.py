"""Checkers of chapter 3, the chain rule (``chapters/03-chain-rule.ipynb``)."""

from itertools import accumulate, pairwise

import numpy as np

from .compare import numbers
from .oracles import gradient_of
from .runner import Hint, declare, exercise


@exercise("chain-polar")
@declare("Two columns of the Jacobian, two sums of two products.",
    cases=[(-1.3, 1.4, 2.3, 0.7), (-0.2, 2.2, 0.6, 2.1), (0.6, 1.1, 1.7, -1.2)],
    parts=("∂f/∂r", "∂f/∂θ"), advice="Multiply the row (fx, fy) by each column of the Jacobian.",
)  # fmt: skip
def polar_gradient(fx, fy, r, angle):
    """Differentiate a function with these partial derivatives along r and along the angle."""

    def f(polar):
        return polar[0] * (fx * np.cos(polar[1]) + fy * np.sin(polar[1]))

    by_r, by_angle = gradient_of(f, [r, angle])
    c, s = np.cos(angle), np.sin(angle)
    return (by_r, by_angle), {
        "In ∂f/∂θ the factor r is missing: x and y move by r times the change of the angle.":
            (by_r, by_angle / r),
        "The sign of ∂f/∂θ is wrong: the derivative of the cosine is negative.": (by_r, -by_angle),
        "In ∂f/∂θ a sign is missing: the derivative of the cosine is minus the sine.":
            (by_r, fx * r * s + fy * r * c),
        "The Jacobian is transposed: its columns belong to r and to the angle.":
            (fx * c - fy * r * s, fx * s + fy * r * c),
        "Sine and cosine are exchanged: x is r cos, y is r sin.":
            (fx * s + fy * c, r * (fx * c - fy * s)),
        "For ∂f/∂θ, differentiate x and y with respect to the angle.": (by_r, by_r),
    }  # fmt: skip


def _chain(rng, sizes=(2, 3, 5, 4)):
    return [rng.normal(size=(b, a)) for a, b in pairwise(sizes)], rng.normal(size=sizes[-1])


def _no_matrix_products(reader):
    """Use numbers so large that the product of two Jacobians overflows, however it is spelled."""
    jacobians, gradient = _chain(np.random.default_rng(32))
    double = [1e190 * J for J in jacobians], 1e-290 * gradient
    single = [1e25 * J for J in jacobians[1:]], 1e-20 * gradient
    for case in (double, single):
        result, _ = numbers(reader(*case), "the gradient")
        if np.isfinite(result).all():
            return
        if result.dtype == np.float64:
            break
    raise Hint(
        "The gradient is right, but a matrix was multiplied by a matrix: with large numbers the "
        "product of two Jacobians overflows, where that of one with the gradient does not."
    )


@exercise("chain-pull-back")
@declare("One vector–Jacobian product for each step, from the end to the beginning.",
    cases=lambda rng: [_chain(rng), _chain(rng, (3, 3, 3)), _chain(rng, (4, 2))],
    parts="the gradient", errors=dict.fromkeys(("matmul", "shapes", "broadcast"),
        "The shapes do not fit: begin with the last Jacobian, and transpose each one."),
    edges={
        "For a chain without steps the gradient should come back unchanged.": ([], np.ones(4)),
    },
    also=[_no_matrix_products], advice="Use every Jacobian once, from last to first.")  # fmt: skip
def pull_back(jacobians, gradient):
    """Multiply the chain out, with sums over the paths."""
    right = gradient
    for J in jacobians[::-1]:
        right = np.array([sum(g * J[i, j] for i, g in enumerate(right)) for j in range(J.shape[1])])
    if len(jacobians) != 2 or jacobians[0].shape != jacobians[1].shape:
        return right, {}
    first, last = jacobians
    return right, {
        "The Jacobians are not transposed.": first @ last @ gradient,
        "The last Jacobian comes first.": last.T @ first.T @ gradient,
    }


def _steps(w, x, steps):
    return list(accumulate(range(steps), lambda y, _: np.tanh(w * y), initial=x))


@exercise("chain-shared")
@declare("Each place where w acts has contributed.",
    cases=[(1.5, 0.8, 3), (-0.7, 1.2, 1), (0.6, -0.9, 2), (-1.8, 0.4, 5)],
    parts="the derivative",
    advice="One step: y_k depends on w directly, and through y_{k-1}.")  # fmt: skip
def shared_slope(w, x, steps):
    """Differentiate the whole chain by a complex step; for the mistakes, place by place."""
    y = np.array(_steps(w, x, steps))
    slopes, several = 1 - y[1:] ** 2, steps > 1

    def slope_after(steps):
        return gradient_of(lambda v: _steps(v, x, steps)[-1], w)

    def summed(slopes=slopes, inputs=y[:-1], weight=w):
        total = 0.0
        for slope, value in zip(slopes, inputs, strict=True):
            total = slope * (value + weight * total)
        return total

    return slope_after(steps), {
        "This holds y_{n-1} fixed, but it depends on w too.": slopes[-1] * y[-2],
        "This is what the first place contributes; w acts in every step.":
            np.prod(slopes) * w ** (steps - 1) * x,
        "This is the derivative with respect to x.": np.prod(slopes) * w**steps,
        "The weight is missing in the way through y_{k-1}.":
            summed(weight=1.0) if several else None,
        "The slope of tanh is missing.": summed(np.ones(steps)),
        "The direct way contributes y_{k-1}, not y_k.": summed(inputs=y[1:]),
        "The slope of tanh is 1 - tanh²; the square is missing.": summed(1 - y[1:]),
        "The slope of step k is 1 - y_k², not 1 - y_{k-1}².": summed(1 - y[:-1] ** 2),
        "The contributions should be added, not multiplied.":
            np.prod(slopes * y[:-1]) if several else None,
        "This is one step too many.": slope_after(steps + 1),
        "This is one step too few.": slope_after(steps - 1),
    }  # fmt: skip
