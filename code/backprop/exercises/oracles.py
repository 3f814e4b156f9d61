"""What several chapters' checkers share: derivatives, and runs of schedulers and costs."""

from __future__ import annotations

import numpy as np

from .runner import Hint, array

GRADIENTS = np.array([[3.0, -4.0], [0.5, 2.0], [-1.0, 0.25], [2.0, 1.5]])
STEP = 1e-30  # of complex steps, exact to rounding


def normal(*cases):
    """Return a function that draws the arrays of each case, given their shapes."""
    return lambda rng: [tuple(rng.normal(size=size) for size in sizes) for sizes in cases]


def gradient_of(function, at):
    """Return the derivatives of a scalar function of an array, by complex steps."""
    slopes = np.empty(np.shape(at))
    for place in np.ndindex(slopes.shape):
        nudged = np.array(at, dtype=complex)
        nudged[place] += 1j * STEP
        slopes[place] = function(nudged).imag / STEP
    return slopes


def changes_of(make, *settings_and_gradients):
    """Return a scheduler's changes for the gradients, and the first one after ``reset()``."""
    *settings, gradients = settings_and_gradients
    scheduler = make(*settings)
    changes = [_change(scheduler, g) for g in gradients]
    scheduler.reset()
    return np.array(changes), _change(scheduler, gradients[0])


def _change(scheduler, gradient):
    change = scheduler.update_change(gradient)
    if change is None:
        raise Hint("update_change returns nothing: did you forget `return`?")
    change = array(change, "the change")
    if change.shape != gradient.shape:
        raise Hint(
            f"The change should have the gradient's shape, {gradient.shape}, not {change.shape}."
        )
    return change


def cost_of(Cost, T, A):
    """Return a cost and its derivatives by autograd (NaN where autograd cannot do it)."""
    from autograd import grad

    cost = Cost(T)
    name = getattr(Cost, "__name__", "the cost")
    if not callable(cost):
        given = "returns nothing" if cost is None else "returns a number"
        raise Hint(f"{name}(target) {given}; it should return a function of the outputs.")
    value = cost(A)
    if value is None:
        raise Hint(f"The function that {name} makes returns nothing: did you forget `return`?")
    value = array(value, "the cost")
    if value.ndim:
        raise Hint(
            f"The cost should be one number, but has shape {value.shape}: sum over both axes."
        )
    try:
        slope = grad(cost)(A)
    except Exception:  # autograd raises what it likes
        slope = np.full(A.shape, np.nan)
    return value, slope


def look_at_generators(draw):
    """Raise a hint unless ``draw(rng)`` depends on the generator, and on nothing else."""
    first, again, other = (draw(np.random.default_rng(seed)) for seed in (1, 1, 2))
    if not np.array_equal(first, again):
        raise Hint("The same generator should give the same numbers: draw all of them from rng.")
    if np.array_equal(first, other):
        raise Hint("Other generators should give other numbers: draw from the rng you are given.")
    return first


def cost_mistakes(total, A):
    """Return what mistakes with the mean give, for the cost before it is divided by n."""
    return {
        "The factor 1/n is missing: divide by the number of samples.": (total, None),
        "Divide by the number of samples (rows), not of all elements.": (total / A.size, None),
        "Divide by the number of samples: rows, not columns.": (total / A.shape[1], None),
    }


COST = {
    "parts": ("the cost", "the derivative by autograd"),
    "use": cost_of,
    "errors": {
        "nan in the derivative by autograd": "Autograd cannot differentiate the cost: take all "
        "functions of X from autograd.numpy, here anp. (A few of them, such as anp.vdot, have no "
        "derivative there either.)",
        "nan in the cost": "The cost is not finite: is there a logarithm of 0 or of a negative "
        "number?",
    },
}
