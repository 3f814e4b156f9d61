"""Checkers of chapter 11, activation functions (``chapters/11-activation-functions.ipynb``)."""

import numpy as np

from .oracles import COST, STEP, cost_mistakes, look_at_generators
from .runner import Hint, array, declare, exercise, inspect_answer


@exercise("silu-slope")
@declare("The slope is right, also for large numbers.",
    cases=[(np.array([-6.0, -2.5, -1.2, -0.3, 0.4, 1.0, 3.1]),), (np.array([0.7, -4.0]),)],
    parts="the slope", edges={
        "Right for moderate z, but at -800 or 800 an exponential overflows. Use sigmoid and "
        "sigmoid (1 - sigmoid).": (np.array([-800.0, 800.0]),),
    })  # fmt: skip
def silu_slope(z):
    """Differentiate z σ(z) by complex steps, with σ as a hyperbolic tangent."""
    w = z + 1j * STEP
    right = np.imag(w * (1 + np.tanh(w / 2)) / 2) / STEP
    a = (1 + np.tanh(z / 2)) / 2
    s = a * (1 - a)
    return right, {
        "This is the logistic function: the term in which it is differentiated is missing.": a,
        "One term is missing: differentiate the factor z too.": z * s,
        "This is the SiLU itself, not its slope.": z * a,
        "This is the slope of the logistic function. Use the product rule.": s,
        "A sign is wrong: the slope of the logistic function is positive.": a - z * s,
        "In the second term the factor z is missing.": a + s,
        "The second term has the logistic function; it should have its slope.": a + z * a,
    }  # fmt: skip


# Three columns below zero, two at most zero, three mixed (one: mean < 0 < median), one above zero.
PRE_ACTIVATIONS = np.array(
    [
        [-1.0, -3.0, -1.0, 0.0, 0.0, 0.5, 0.3, 2.0, 1.0],
        [-0.1, -1.0, -2.0, 0.0, -1.0, -2.0, -0.9, -1.0, 2.0],
        [-2.0, -0.5, -0.4, 0.0, -0.5, -1.0, 0.3, 3.0, 0.1],
        [-0.3, -0.2, -5.0, 0.0, 0.0, -0.4, -0.1, 1.0, 0.2],
    ]
)


# Constant and above zero, dead, and above zero for one sample in twenty.
HARDLY_ALIVE = np.where(np.arange(20)[:, None] == 7, [2.0, -1.0, 0.2], [2.0, -1.0, -1.0])


@exercise("dead-units")
@declare("A unit is dead if it is off for every sample.",
    cases=[(PRE_ACTIVATIONS,), (PRE_ACTIVATIONS[:3, 3:],), (1.0 + PRE_ACTIVATIONS[:, [0, 4, 8]],),
    (PRE_ACTIVATIONS[:, :6],), (HARDLY_ALIVE,)],
    parts="the number of dead units")  # fmt: skip
def dead_units(Z):
    """Look at every column, number by number."""
    off = [all(z <= 0 for z in column) for column in Z.T.tolist()]
    right = sum(off)
    return right, {
        "You count units that are off for some sample. Dead are those that are off for all.":
            int((Z <= 0).any(axis=0).sum()),
        "Units are columns: look along axis 0, over the samples.": int((Z <= 0).all(axis=1).sum()),
        "A unit whose pre-activations are exactly 0 has slope 0, too, and is dead: use <=.":
            int((Z < 0).all(axis=0).sum()),
        "You count elements. A unit is a whole column.": int((Z <= 0).sum()),
        "These are the living ones.": len(off) - right,
        "The mean over the samples does not tell: one positive sample keeps a unit alive.":
            int((Z.mean(axis=0) <= 0).sum()),
        "This is the share of the dead units; their number is asked for.": right / len(off),
        "These say which units are dead; count them.": np.array(off),
    }  # fmt: skip


@exercise("poisson-cost")
@declare("Behind exp the error is the output minus the target, over n.",
    cases=lambda rng: [(rng.poisson(3.0, size=(n, m)).astype(float), rng.uniform(0.5, 6.0, size=(n,
    m))) for n, m in ((5, 3), (3, 4))],
    kind="class", **COST)  # fmt: skip
def CostPoisson(T, A):
    """Return the mean of a - t ln a, and its derivative on paper."""
    log, n = T * np.log(A), len(A)
    total = float((A - log).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        exchanged = float(np.nansum(T - A * np.log(np.where(T > 0, T, 1.0)))) / n
    return (total / n, (1 - T / A) / n), {
        "The first term, the output itself, is missing.": (-float(log.sum()) / n, None),
        "The logarithm should be subtracted.": (float((A + log).sum()) / n, None),
        "The logarithm is multiplied by the target.": (float((A - np.log(A)).sum()) / n, None),
        "Targets and outputs have changed places.": (exchanged, None),
        **cost_mistakes(total, A),
    }  # fmt: skip


def _look_at_weights(reader, variance, factors, elsewhere):
    """Look at shape, draws and mean of many weights, and at their variance in several layers."""

    def drawn(rng, widths=(300, 500)):
        W = array(reader(*widths, rng), "the matrix of weights")
        if W.shape != widths:
            raise Hint(f"The weights should have shape {widths}, not {W.shape}.")
        return W

    W, right = look_at_generators(drawn), variance(300, 500)
    for sample in (W[:, :20].T, W[:20]):  # repeated rows and columns have correlation 1
        with np.errstate(all="ignore"):  # constant ones have none
            correlation = np.corrcoef(sample)
        if not np.abs(correlation - np.eye(20)).max() <= 0.5:
            raise Hint("Rows or columns of the weights repeat each other: draw every weight apart.")
    if abs(W.mean()) > 0.03 * np.sqrt(right):
        raise Hint(f"The mean of the weights should be 0, but is about {W.mean():.3f}.")
    share = float(W.var()) / right  # 150,000 draws: known to better than one per cent
    for hint, factor in factors.items():
        if abs(share / factor - 1) < 0.03:
            raise Hint(hint)
    if abs(share - 1) > 0.03:
        raise Hint(
            f"With 300 senders and 500 receivers the variance should be {right:.4g}, but is "
            f"{W.var():.4g}."
        )
    for widths in ((20, 780), (780, 20), (100, 100)):
        W = drawn(np.random.default_rng(3), widths)
        if abs(W.var() / variance(*widths) - 1) > 0.06:
            raise Hint(f"Right for one pair of widths. {elsewhere}")


UNIFORM = "The limit of a uniform distribution is the square root of 3 times the variance."


@exercise("sigmoid-init")
@inspect_answer(arguments=["fan_in", "fan_out", "rng"])
def init(reader):
    """Measure the variance of many weights."""
    right = 32 / 800
    _look_at_weights(reader, lambda fan_in, fan_out: 32 / (fan_in + fan_out), {
        "These are Glorot's weights for slopes of 1. Which factor does a slope of ¼ add?": 1 / 16,
        "The slope enters squared: an error is multiplied by ¼, its variance by 1/16.": 1 / 4,
        "Too large: it is the variance that grows by 16; the limit grows by 4.": 16,
        "Smaller weights make it worse: what the slope takes, the weights have to give.": 1 / 256,
        "This keeps the variance forwards only; take Glorot's compromise.": 16 / 300 / right,
        "This keeps the errors only; take Glorot's compromise.": 16 / 500 / right,
        UNIFORM: 1 / 3,
        "Glorot's variance has a 2 above the fraction line.": 1 / 2,
        "Glorot's variance has the sum of the two widths below the line, not their mean.": 2,
        "This is the variance; the standard deviation is its root.": right,
    }, "Only the sum of the two widths should count.")  # fmt: skip
    return "Sixteen times Glorot's variance, four times his limit."


@exercise("act-wrong")
@inspect_answer(arguments=["fan_in", "fan_out", "rng"])
def my_weights(reader):
    """Measure the variance of many weights."""
    right = 2 / 300
    _look_at_weights(reader, lambda fan_in, fan_out: 2 / fan_in, {
        "This is the function as it stood, or one that does the same. Send a signal through "
        "ten such layers, with a rectifier after each: does it keep its size?": right,
        "The root is taken of the 2 alone.": 1 / 300,
        "The root is taken of fan_in alone.": 2,
        "The root is taken twice.": np.sqrt(1 / right),
        "A rectifier lets half of the signal pass; that is what the 2 was for.": 1 / 2,
        "This keeps the errors on the way back; the signal counts its senders.": 300 / 500,
        "These are Glorot's weights, for units with slopes of 1.": 300 / 800,
        "Glorot's variance is no remedy: what else is off?": (2 / 800) ** 2 / right,
        UNIFORM: 1 / 3,
    }, "Only the number of senders should count.")  # fmt: skip
    return "Their variance is 2/fan_in, and a signal keeps its size."
