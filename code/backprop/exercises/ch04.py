"""Checkers of chapter 4: counting operations."""

from __future__ import annotations

import numpy as np

from ..counting import OperationCounter
from .registry import Answer, exercise

STEP = 1e-20  # of complex steps, exact to rounding


@exercise("count-by-hand")
def count_by_hand(counts):
    """Check three counts: sigmoid, its derivative written out, and both with reuse."""
    try:
        value, slope, both = (int(number) for number in counts)
        whole = all(int(number) == number for number in counts)
    except (TypeError, ValueError):
        whole = False
    if not whole:
        return f"Three whole numbers are asked for, not {counts!r}."
    if (value, slope, both) == (0, 0, 0):
        return "These are still the zeros of the placeholder: put in your counts."
    if value == 4:
        return "The sigmoid: the sign in front of z is free."
    if value != 3:
        return f"The sigmoid does not take {value} operations: an exponential, and then?"
    if slope == 4:
        return "The derivative: the exponential is written twice, so it counts twice."
    if slope in (6, 7):
        return "The derivative: signs are free, and a square is one operation."
    if slope != 5:
        return f"The derivative does not take {slope} operations. Count the functions first."
    if both == 2:
        return "For the third number, count value and derivative together."
    if both == 8:
        return "The third number: the value is stored, so it is computed once."
    if both != 5:
        return f"Value and derivative together do not take {both} operations."
    return Answer("The derivative by itself costs as much as value and derivative.", right=True)


@exercise("count-halve")
def count_halve(function):
    """Check value and derivative of √(x² + exp x²) in at most seven operations."""
    for x in (0.6, -1.1, 1.5):
        found = _pair(function(x), "f(x) and f'(x)")
        if isinstance(found, str):
            return found
        z = np.sqrt((x + 1j * STEP) ** 2 + np.exp((x + 1j * STEP) ** 2))
        wanted = np.array([z.real, z.imag / STEP])
        right = np.isclose(np.array(found, dtype=float), wanted, rtol=1e-10)
        if np.allclose(found[::-1], wanted):
            return "Both numbers are right, but in the wrong order: the value comes first."
        if not right[0]:
            return f"f({x}) should be {wanted[0]:.6f}, but your function returns {found[0]:.6f}."
        if np.isclose(found[1], wanted[1] / 2):
            return "The value is right. The derivative is half of what it should be."
        if not right[1]:
            return (
                f"The value is right. f'({x}) should be {wanted[1]:.6f}, but your function "
                f"returns {found[1]:.6f}."
            )
    counter = OperationCounter()
    function(counter.number(1.5))
    total = counter.total()
    if total < 5:
        return f"Only {total} operations were seen: do not convert x, and use np.exp and np.sqrt."
    if counter["exp"] > 1:
        return f"Both are right, with {total} operations. The exponential is computed twice."
    if counter["sqrt"] > 1:
        return f"Both are right, with {total} operations. The root is computed twice."
    if total > 7:
        return f"Both are right, with {counter}. Seven are enough: what can be cancelled?"
    return Answer(f"Value and derivative take {counter}.", right=True)


@exercise("count-product")
def count_product(function):
    """Check product and gradient of n numbers in at most 3 n - 5 operations."""
    rng = np.random.default_rng(4)
    for n in (3, 4, 7):
        x = rng.uniform(0.5, 2.0, n)
        for x in (x, np.where(np.arange(n) == 1, 0.0, x)):  # noqa: B020 (with and without 0)
            with np.errstate(all="ignore"):
                try:
                    found = _pair(function(x.copy()), "the product and its gradient")
                except ZeroDivisionError:
                    return "With a zero among the numbers your function divides by zero."
            if isinstance(found, str):
                return found
            wanted = np.array([np.prod(np.delete(x, i)) for i in range(n)])
            if not np.isclose(found[0], np.prod(x)):
                return f"The product of {np.round(x, 3)} is not {found[0]:.6g}."
            slopes = np.asarray(found[1], dtype=float)
            if slopes.shape != (n,):
                return f"The gradient should have shape ({n},), not {slopes.shape}."
            if not np.isfinite(slopes).all():
                return "With a zero among the numbers the gradient is not finite: divide less."
            if not np.allclose(slopes, wanted):
                if np.allclose(slopes[::-1], wanted):
                    return "The gradient is right, but in reverse order."
                i = int(np.flatnonzero(~np.isclose(slopes, wanted))[0])
                return (
                    f"At {np.round(x, 3)} the derivative by number {i + 1} should be "
                    f"{wanted[i]:.6g}, but is {slopes[i]:.6g}."
                )
    counts = {}
    for n in (4, 20):
        counter = OperationCounter()
        function(counter.number(rng.uniform(0.5, 2.0, n)))
        counts[n] = counter.total()
        if counts[n] < 2 * n - 2:
            return f"Only {counts[n]} operations were seen for n = {n}: do not convert the numbers."
    if counts[20] > 4 * 20:
        return (
            f"Right, but with {counts[20]} operations for n = 20: they grow with the square of n. "
            "Many partial products are computed again and again."
        )
    if any(total > 3 * n - 5 for n, total in counts.items()):
        return (
            f"Right, with {counts[20]} operations for n = 20, but {3 * 20 - 5} are enough. "
            "Which products are not needed, or are by 1?"
        )
    return Answer(f"{counts[20]} operations for 20 factors, as in reverse mode.", right=True)


def _pair(answer, what):
    """Return the answer as a tuple of two, or a hint."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return f"Your function should return a pair, {what}, not {answer!r}."
    return tuple(answer)
