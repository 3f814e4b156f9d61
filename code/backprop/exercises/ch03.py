"""Checkers of the exercises of chapter 3, the chain rule."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .registry import Answer, exercise


@exercise("chain-polar")
def polar(answer):
    """Compare with central differences of functions whose partial derivatives are known."""
    rng = np.random.default_rng(31)
    for _ in range(3):
        a, b, c = rng.normal(size=3)
        r, angle = rng.uniform(1.5, 2.5), rng.uniform(0.3, 1.2)

        def f(r, angle, a=a, b=b, c=c):
            x, y = r * np.cos(angle), r * np.sin(angle)
            return a * x + b * y + c * x * y

        x, y = r * np.cos(angle), r * np.sin(angle)
        fx, fy = a + c * y, b + c * x
        h = 1e-6
        right = np.array(
            [
                (f(r + h, angle) - f(r - h, angle)) / (2 * h),
                (f(r, angle + h) - f(r, angle - h)) / (2 * h),
            ]
        )
        given = np.asarray(answer(fx, fy, r, angle), dtype=float)
        if given.shape != (2,):
            return f"Two numbers are asked for, but the answer has shape {given.shape}."
        if np.allclose(given, right, rtol=1e-6, atol=1e-8):
            continue
        if np.allclose(given[::-1], right, rtol=1e-6, atol=1e-8):
            return "The two derivatives are right, but in the wrong order: first r, then the angle."
        if np.allclose(given, [right[0], right[1] / r], rtol=1e-6, atol=1e-8):
            return "The factor r is missing in the second one: x and y move by r times the angle."
        if np.allclose(given, right * [1, -1], rtol=1e-6, atol=1e-8):
            return "The sign of the second one is wrong: the derivative of the cosine is negative."
        if np.allclose(given, [right[0], right[1] + 2 * fx * y], rtol=1e-6, atol=1e-8):
            return "In the second one a sign is missing: the derivative of the cosine is negative."
        turned = fx * x / r - fy * y, fx * y / r + fy * x
        if np.allclose(given, turned, rtol=1e-6, atol=1e-8):
            return "The Jacobian is transposed: (fx, fy) goes with its columns, not with its rows."
        if np.isclose(given[0], right[0], rtol=1e-6):
            return "The first one is right. For the second, differentiate x and y by the angle."
        return "Not the right numbers: the row (fx, fy) times each column of the Jacobian."
    return Answer("Two columns of the Jacobian, two sums of two products.", right=True)


class _MatrixProductError(Exception):
    """Raised where a Jacobian is multiplied by a matrix."""


class _Jacobian(np.ndarray):
    """A matrix that `@` multiplies by vectors only; a single row or column counts as a vector."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if ufunc is np.matmul and all(min(np.shape(i)) > 1 and np.ndim(i) > 1 for i in inputs):
            raise _MatrixProductError
        return getattr(ufunc, method)(*(np.asarray(i) for i in inputs), **options)


@exercise("chain-pull-back")
def pull_back(answer):
    """Compare with a chain of random matrices, multiplied out."""
    rng = np.random.default_rng(32)
    sizes = (2, 3, 5, 4)
    jacobians = [rng.normal(size=(b, a)) for a, b in pairwise(sizes)]
    gradient = rng.normal(size=4)
    right = gradient @ jacobians[2] @ jacobians[1] @ jacobians[0]
    kept = [j.copy() for j in jacobians]
    try:
        given = np.asarray(answer(list(jacobians), gradient.copy()), dtype=float)
    except ValueError as error:
        if "matmul" in str(error) or "shapes" in str(error):
            return "The shapes do not fit: begin with the last Jacobian, and transpose each one."
        raise
    if any(not np.array_equal(a, b) for a, b in zip(kept, jacobians, strict=True)):
        return "The Jacobians were changed; leave them as they are."
    if given.shape != (2,):
        return f"The gradient should have shape (2,), as the first input, but has {given.shape}."
    if not np.allclose(given, right):
        return (
            "The shape is right, but not the numbers. Use every Jacobian once, from last to first."
        )
    try:
        unchanged = np.allclose(answer([], gradient.copy()), gradient)
    except (IndexError, TypeError, ValueError):
        unchanged = False
    if not unchanged:
        return "For a chain without steps the gradient should come back unchanged."
    try:
        answer([jacobian.view(_Jacobian) for jacobian in kept], gradient.copy())
    except _MatrixProductError:
        return "The gradient is right, but a matrix was multiplied by a matrix."
    return Answer(
        "One vector–Jacobian product for each step, from the end to the beginning.", right=True
    )
