"""Checkers of chapter 7, chains of neurons (``chapters/07-hidden-layer.ipynb``)."""

import math

import numpy as np

from .oracles import gradient_of
from .runner import declare, either, exercise


@exercise("chain-growth")
@declare("It grows like a logarithm of the weight.",
    cases=[(8.0,), (-6.5,), (40.0,), (3.0,), (4.0,), (-1.0,)], parts="the edge |z|", errors={
        "nan":
            "For |w| up to 4 no z gives growth, since the slope is at most 1/4: the answer should "
            "be 0 (the inverse hyperbolic cosine has no value below 1).",
    })  # fmt: skip
def growth_edge(w):
    """Solve |w| a (1 - a) = 1 for the activation a."""
    a = (1 + np.sqrt(max(1 - 4 / abs(w), 0.0))) / 2
    right = np.log(a / (1 - a))
    return right, {
        "The largest |z| is asked for, so the answer should not be negative.": -right,
        "It is the size of w that counts, not its sign.": right if w > 0 else 0.0,
        "cosh z = |w|/2 - 1: the 1 is missing.": np.arccosh(max(abs(w) / 2, 1.0)),
        "cosh z = |w|/2 - 1: the 2 is missing.": np.arccosh(max(abs(w) - 1, 1.0)),
        "For |w| up to 4 no z gives growth: the answer should be 0.":
            lambda edge: bool(np.abs(edge) > 1e-06) if abs(w) <= 4 else None,
        "It is the size of w that counts; for negative w the edge is wrong.":
            lambda edge: bool(np.abs(edge - right) > 1e-06) if w < -4 else None,
    }  # fmt: skip


def _chain(x, t, w, b, curved=False):
    """Return activations and the error of the output, which is linear unless ``curved``."""
    a = [x]
    for l in range(len(w)):
        z = w[l] * a[-1] + b[l]
        a.append(np.tanh(z) if curved or l < len(w) - 1 else z)
    return a, a[-1] - t


def _backward(a, error, factor):
    """Return the derivatives, where ``factor(l)`` takes an error from neuron l + 1 to l."""
    factors = [factor(l) for l in reversed(range(1, len(a) - 1))]
    errors = np.cumprod([error, *factors])[::-1]
    return errors * a[:-1], errors


@exercise("chain-depth")
@declare("One factor fewer than layers, and each of them shrinks the error.",
    cases=[(1.0, 0.25, 1e-3), (0.9, 1.0, 1e-3), (3.0, 0.25, 0.02), (0.5, 0.6, 0.5),
    (2.5, 0.25, 1e-6), (1.0, 0.25, 0.0625), (0.8, 0.5, 0.01)],
    parts="the number of layers")  # fmt: skip
def deepest(w, slope, share):
    """Add layers as long as enough arrives."""
    right, arrives = 0, 1.0
    while arrives >= share:
        right, arrives = right + 1, arrives * w * slope

    def factors(factor):
        return math.log(share) / math.log(factor)

    ratio = factors(w * slope)
    return right, {
        "This is the number of factors; a chain of L layers has L - 1 of them.": right - 1,
        "One too few where exactly the share arrives: that is still allowed.": math.ceil(ratio),
        "One layer too many: round down, or less than the share arrives.": right + 1,
        "A number of layers is a whole number: round down.": either(1 + ratio, ratio),
        "The weights are missing: a factor is a weight times a slope.":
            1 + math.floor(factors(slope)) if slope < 1 else None,
        "The slopes are missing: a factor is a weight times a slope.":
            1 + math.floor(factors(w)) if w < 1 else None,
    }  # fmt: skip


@exercise("chain-gradient")
@declare("One loop forwards and one back, for any number of layers.",
    cases=lambda rng: [(0.8, -0.3, *(list(rng.uniform(0.6, 1.4, L) * rng.choice([-1, 1], L))
        for _ in "wb")) for L in (1, 2, 5)],
    parts=("the list of ∂C/∂w", "the list of ∂C/∂b"),
    advice="Look at the last layer first: its error is a - t.")  # fmt: skip
def chain_gradient(x, t, w, b):
    """Differentiate the cost by complex steps."""
    L = len(w)
    right = gradient_of(lambda p: _chain(x, t, p[:L], p[L:])[1] ** 2 / 2, [*w, *b]).reshape(2, L)
    a, error = _chain(x, t, w, b)
    curved, beyond = _chain(x, t, w, b, curved=True)

    def slope(l):
        return 1 - a[l] ** 2

    def factor(l):
        return w[l] * slope(l)

    def steps(factor, error=error):
        return _backward(a, error, factor)

    last = 1 - curved[-1] ** 2
    return right, {
        "All signs are wrong: the error of the output is a - t.": -right,
        "There is a factor of 2 too many: the cost has a factor of 1/2.": 2 * right,
        "A weight gets the error of its own neuron times what came in, a[l - 1], not times what "
        "goes out.": (right[1] * a[1:], right[1]),
        "In the step backwards the weight between the two neurons is missing.": steps(slope),
        "The step backwards to a neuron needs the weight that leads out of it, w_{l+1}, not the "
        "one that leads into it.": steps(lambda l: w[l - 1] * slope(l)),
        "In the step backwards the slope of tanh is missing.": steps(lambda l: w[l]),
        "a (1 - a) is the slope of the sigmoid; that of tanh is 1 - a**2.":
            steps(lambda l: w[l] * a[l] * (1 - a[l])),
        "The slope of tanh at z is 1 - a**2; yours is taken at a.":
            steps(lambda l: w[l] * (1 - np.tanh(a[l]) ** 2)),
        "The output has the identity, whose slope is 1.": steps(factor, error * (1 - a[-1] ** 2)),
        "The output has the identity, not tanh.": _backward(curved, beyond * last, factor),
        "The output has the identity, not tanh, in the forward pass too.":
            _backward(curved, beyond, factor),
        "The slope is that of the neuron that receives the error.":
            steps(lambda l: w[l] * slope(l - 1)),
        "Each error is multiplied by the slope of its own neuron, not of the next.":
            steps(lambda l: w[l] * slope(l + 1)),
        "The error goes back through the weight, not the activation.":
            steps(lambda l: a[l] * slope(l)),
    }  # fmt: skip


@exercise("chain-residual")
@declare("The path around the neuron contributes 1, whatever the weight.",
    cases=[(0.7, 0.08), (-3.0, -1.6), (5.0, -0.9), (1.0, 2.0)], parts="the factor")  # fmt: skip
def residual_factor(w, z):
    """Differentiate a + σ(wa + b) with respect to a, by a complex step."""
    right = gradient_of(lambda a: a + 1 / (1 + np.exp(-(w * a + z))), 0.0)
    slope = (right - 1) / w
    return right, {
        "This is the factor of an ordinary chain. What does the a_{l-1} in front add?": right - 1,
        "The weight is missing: z depends on a_{l-1} through w.": 1 + slope,
        "The weight belongs to the path through the neuron alone.": w * (1 + slope),
    }  # fmt: skip
