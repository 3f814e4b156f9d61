"""Checkers of chapter 11: a slope, dead units, a cost for counts and initial weights."""

from __future__ import annotations

import numpy as np

from ._common import cost_hint
from .registry import Answer, exercise


@exercise("silu-slope")
def silu_slope(slope):
    """Check the derivative of z/(1 + exp(-z)) against complex steps."""
    z = np.array([-6.0, -2.5, -1.2, -0.3, 0.4, 1.0, 3.1])
    found = slope(z.copy())
    if np.shape(found) != z.shape:
        return f"For z of shape {z.shape} the slope should have the same, not {np.shape(found)}."
    w = z + 1e-30j
    right = np.imag(w / (1 + np.exp(-w))) / 1e-30
    a = 1 / (1 + np.exp(-z))
    hints = (
        (a, "This is the logistic function: the term in which it is differentiated is missing."),
        (z * a * (1 - a), "One term is missing: differentiate the factor z too."),
        (z * a, "This is the SiLU itself, not its slope."),
        (a * (1 - a), "This is the slope of the logistic function. Use the product rule."),
        (a - z * a * (1 - a), "A sign is turned: the slope of the logistic function is positive."),
        (a + a * (1 - a), "In the second term the factor z is missing."),
        (a + z * a, "The second term has the logistic function; it should have its slope."),
    )
    for wrong, hint in hints:
        if np.allclose(found, wrong):
            return hint
    if not np.allclose(found, right, rtol=1e-10, atol=1e-14):
        i = int(np.argmax(np.abs(found - right)))
        return f"At z = {z[i]} the slope should be {right[i]:.6f}, but yours is {found[i]:.6f}."
    with np.errstate(all="ignore"):
        far = np.asarray(slope(np.array([-800.0, 800.0])), dtype=float)
    if not np.allclose(far, [0.0, 1.0]):
        return (
            f"Right for moderate z. At -800 and 800 the slopes should be 0 and 1, but are {far[0]} "
            f"and {far[1]}: an exponential overflows. Use sigmoid and sigmoid (1 - sigmoid)."
        )
    return Answer("The slope is right, also for large numbers.", right=True)


@exercise("dead-units")
def dead_units(count):
    """Check the number of columns without a positive entry."""
    Z = np.array(
        [
            [-1.0, -3.0, -1.0, 0.0, 0.0, 0.5, -0.2, 2.0, 1.0],
            [-0.1, -1.0, -2.0, 0.0, -1.0, -2.0, -0.7, -1.0, 2.0],
            [-2.0, -0.5, -0.4, 0.0, -0.5, -1.0, 0.3, 3.0, 0.1],
            [-0.3, -0.2, -5.0, 0.0, 0.0, -0.4, -0.1, 1.0, 0.2],
        ]
    )  # three below zero, two at most zero, two and one mixed, one above zero
    given = Z.copy()
    found = count(given)
    if not np.array_equal(given, Z):
        return "Your function changes the array that it is given."
    if np.ndim(found) != 0:
        return f"One number is asked for, not an array of shape {np.shape(found)}."
    hints = {
        int((Z <= 0).any(axis=0).sum()): (
            "You count units that are off for some sample. Dead are those that are off for all."
        ),
        int((Z <= 0).all(axis=1).sum()): "Units are columns: look along axis 0, over the samples.",
        int((Z < 0).all(axis=0).sum()): (
            "A unit whose pre-activations are exactly 0 has slope 0, too, and is dead: use <=."
        ),
        int((Z <= 0).sum()): "You count elements. A unit is a whole column.",
        int((Z > 0).any(axis=0).sum()): "These are the living ones.",
        int((Z.mean(axis=0) <= 0).sum()): (
            "The mean over the samples does not tell: one positive sample keeps a unit alive."
        ),
    }
    right = 5
    if found != right:
        if isinstance(found, (float, np.floating)) and np.isclose(found, right / Z.shape[1]):
            return "This is the share of the dead units; their number is asked for."
        return hints.get(
            int(found), f"Of the nine units in the test {right} are dead, but you count {found}."
        )
    return Answer("Dead is who is off for every sample.", right=True)


@exercise("poisson-cost")
def poisson_cost(CostPoisson):
    """Check the mean of a - t ln a: values, and the gradient that autograd finds."""
    rng = np.random.default_rng(11)
    T, A = rng.poisson(3.0, size=(5, 3)).astype(float), rng.uniform(0.5, 6.0, size=(5, 3))
    total = float((A - T * np.log(A)).sum())
    wrong = (
        (-float((T * np.log(A)).sum()) / len(A), "The first term, the output itself, is missing."),
        (float((A + T * np.log(A)).sum()) / len(A), "The logarithm should be subtracted."),
        (
            float((T - A * np.log(T + (T == 0))).sum()) / len(A),
            "Targets and outputs have changed places.",
        ),
    )
    hint = cost_hint(CostPoisson, T, A, total, (1 - T / A) / len(A), wrong)
    if hint:
        return hint
    return Answer("Behind exp the error is the output minus the target, over n.", right=True)


@exercise("sigmoid-init")
def sigmoid_init(init):
    """Check weights of variance 32/(fan_in + fan_out), by many draws of them."""
    fan_in, fan_out = 300, 500
    W = init(fan_in, fan_out, np.random.default_rng(1))
    if np.shape(W) != (fan_in, fan_out):
        return f"The weights should have shape {(fan_in, fan_out)}, not {np.shape(W)}."
    if not np.array_equal(W, init(fan_in, fan_out, np.random.default_rng(1))):
        return "The same generator should give the same weights: draw from the rng you are given."
    if np.array_equal(W, init(fan_in, fan_out, np.random.default_rng(2))):
        return "Other generators should give other weights: draw from the rng you are given."
    right = 32 / (fan_in + fan_out)
    if abs(W.mean()) > 0.03 * np.sqrt(right):
        return f"The mean of the weights should be 0, but is about {W.mean():.3f}."
    share = float(W.var()) / right  # 150,000 draws: known to better than one per cent
    for factor, hint in (
        (1 / 16, "These are Glorot's weights for slopes of 1. Which factor does a slope of ¼ add?"),
        (1 / 4, "The slope enters squared: an error is multiplied by ¼, its variance by 1/16."),
        (16, "Too large: it is the variance that grows by 16; the limit grows by 4."),
        (1 / 256, "Smaller weights make it worse: what the slope takes, the weights have to give."),
        ((16 / fan_in) / right, "This keeps the variance forwards only; take Glorot's compromise."),
        ((16 / fan_out) / right, "This keeps the errors only; take Glorot's compromise."),
        (1 / 3, "The limit of a uniform distribution is the square root of 3 times the variance."),
        (1 / 2, "Glorot's variance has a 2 above the fraction line."),
    ):
        if abs(share / factor - 1) < 0.03:
            return hint
    if abs(share - 1) > 0.03:
        return f"With the widths 300 and 500 the variance should be {right}, but is {W.var():.4f}."
    for widths in ((20, 780), (780, 20)):
        W = init(*widths, np.random.default_rng(3))
        if np.shape(W) != widths or abs(W.var() / right - 1) > 0.05:
            return "Right for one pair of widths. Only the sum of the two widths should matter."
    return Answer("Sixteen times Glorot's variance, four times his limit.", right=True)
