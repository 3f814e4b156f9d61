"""Checkers of chapter 20 (``chapters/20-pytorch.ipynb``); they do not need PyTorch."""

import warnings
from itertools import pairwise, product

import numpy as np

from .runner import Hint, array, declare, either, exercise


def _state(rng, widths, names):
    """Return weights (out, in) and biases of layers with these widths, as PyTorch has them."""
    state = {}
    for name, (m, k) in zip(names, pairwise(widths), strict=True):
        state[f"{name}.weight"], state[f"{name}.bias"] = rng.normal(size=(k, m)), rng.normal(size=k)
    return state


@exercise("torch-layout")
@declare("Transposed, row by row, layer by layer.",
    cases=lambda rng: [(_state(rng, (3, 4, 4, 2), ("first", "core.2", "last")),), (_state(rng, (2,
    3, 1), ("b", "a")),)],
    parts="the vector Θ", errors={
        "different lengths": "Θ should be one vector: unroll the arrays, and join them.",
    },
    advice="The first layer comes first, its weights row by row, then its biases.")  # fmt: skip
def to_theta(state):
    """Collect the weights by sender and receiver, number by number."""
    arrays = list(state.values())
    layers = list(zip(arrays[::2], arrays[1::2], strict=True))

    def joined(groups):
        return np.concatenate([np.ravel(a) for group in groups for a in group])

    right = [([W[k, m] for m in range(W.shape[1]) for k in range(len(W))], b) for W, b in layers]
    return joined(right), {
        "The weights are not transposed: PyTorch's are (out, in), ours (in, out).": joined(layers),
        "In each layer the weights come first and then the biases, not the other way round.":
            joined([(b, w) for w, b in right]),
        "Θ goes layer by layer: W¹, b¹, W², b², … and not all weights first.":
            joined(zip(*right, strict=True)),
        "The layers come in reverse order: Θ begins with the first one.": joined(right[::-1]),
        "The layers should come in the order of the dictionary, not of their names.":
            joined([right[k] for k in np.argsort(list(state)[::2])]),
    }  # fmt: skip


def _extreme_logits(reader):
    """Look at large logits, at warnings, and at a tiny cost."""
    for z, t in product((1000.0, -1000.0), (0.0, 1.0)):
        case, right = (np.array([[z]]), np.array([[t]])), max(z, 0.0) - t * z
        value = array(reader.of(*case), "the cost").item()
        if not np.isclose(value, right, rtol=1e-6, atol=1e-9):
            raise Hint(
                f"Right for moderate z. For z = {z:g} and t = {t:g} the cost should be {right:g}, "
                f"but is {value:g}: use the form with max(z, 0)."
            )
        with warnings.catch_warnings(record=True) as caught, np.errstate(over="warn"):
            warnings.simplefilter("always")
            reader.answer(*case)
        if caught:
            raise Hint(
                "The values are right, but NumPy warns of an overflow on the way. Give exp only "
                "arguments that are not positive: -|z|."
            )
    tiny = array(reader.of(np.array([[-40.0]]), np.array([[0.0]])), "the cost").item()
    if np.isclose(tiny, np.exp(-40.0), rtol=1e-3, atol=0.0):
        return None
    reader.remark(
        f"(At z = -40, t = 0 it gives {tiny:.2g} instead of {np.exp(-40.0):.2g}: 1 + e^-40 is "
        "rounded to 1. np.log1p(x) is ln(1 + x) without that loss.)"
    )
    return "Right for moderate and large costs, and without a warning."


@exercise("torch-logit")
@declare("Right for moderate, large and tiny costs, and without a warning.",
    cases=[(np.array([[0.3], [-1.2], [2.0], [-0.7], [0.9]]), np.array([[1.0], [0], [0], [1],
    [0.25]])), (np.array([[1.7], [-0.4], [-2.5]]), np.array([[0.0], [1.0], [0.0]]))],
    parts="the cost", also=[_extreme_logits])  # fmt: skip
def logit_cost(Z, T):
    """Return the mean by the definition, with the sigmoid as a hyperbolic tangent."""
    a = 0.5 * (1 + np.tanh(Z / 2))
    each = -T * np.log(a) - (1 - T) * np.log(1 - a)
    right = each.mean()
    return right, {
        "The mean is asked for: divide by the number of samples.": each.sum(),
        "The term - t z is missing.": np.mean(each + T * Z),
        "The term t z has the wrong sign.": np.mean(each + 2 * T * Z),
        "Only the samples with t = 1 count. Add the term with 1 - t.": np.mean(-T * np.log(a)),
        "Only the samples with t = 0 count. Add the term with t.":
            np.mean(-(1 - T) * np.log(1 - a)),
        "This is one cost per sample: take the mean.": each,
    }  # fmt: skip


def _pieces(rng, sizes, p):
    samples = [rng.normal(size=(m, p)) for m in sizes]  # one gradient per sample
    return [rows.mean(axis=0) for rows in samples], list(sizes)


@exercise("torch-pieces")
@declare("Every sample counts the same, whatever the piece it came in.",
    cases=lambda rng: [_pieces(rng, (2, 5, 1, 4), 3), _pieces(rng, (3, 8), 2)],
    parts="the gradient")  # fmt: skip
def whole_gradient(gradients, sizes):
    """Put every sample's share together, as often as the piece has samples."""
    each = np.vstack([np.tile(g, (m, 1)) for g, m in zip(gradients, sizes, strict=True)])
    return each.sum(axis=0) / len(each), {
        "A piece with one sample counts as much as one with five here: weight each gradient with "
        "its number of samples.": np.mean(gradients, axis=0),
        "This is the sum of the pieces' gradients, as if one called backward without scaling. The "
        "cost of the batch is a mean over all samples.": np.sum(gradients, axis=0),
        "The factor 1/n is missing: divide by the number of all samples.": each.sum(axis=0),
        "Divide by the number of samples, not by the number of pieces.":
            each.sum(axis=0) / len(sizes),
    }  # fmt: skip


class _Module:
    """What a loop needs of a module: a mode, and here a memory of what it went through."""

    def __init__(self, training):
        self.training, self.cost = training, 3.0

    def train(self, mode=True):
        self.training = mode
        return self

    def eval(self):
        return self.train(False)


def _train_once(module):
    """Lower the cost by a factor, which is larger in training mode."""
    module.cost *= 0.8 if module.training else 0.5


def _validate(module):
    """Return the cost, which looks larger in training mode."""
    return module.cost + 0.1 * module.training


@exercise("torch-wrong")
@declare("Every epoch trains in one mode and is judged in the other.",
    cases=[(_Module(mode), _train_once, _validate, n) for mode, n in ((True, 4), (False, 3))],
    parts="the list of costs")  # fmt: skip
def my_loop(module, train_once, validate, epochs):
    """Multiply the factors, epoch by epoch; ``module`` comes in either mode."""

    def costs(training, judging=0):
        """Return the costs if the modes of the epochs are these."""
        factors = [0.8 if mode else 0.5 for mode in training]
        return 3.0 * np.cumprod(factors) + 0.1 * np.array(judging)

    always, never, later = [1] * epochs, [0] * epochs, [0] * (epochs - 1)
    right, first = costs(always), int(module.training)
    return right, {
        "This is the function as it stood, or one that does the same. Let train_once note "
        "module.training, epoch by epoch.": costs([1, *later]),
        "Nothing is trained in training mode now, or the first epoch alone: the module has to be "
        "in it whenever train_once begins.": either(costs(never), costs([first, *later])),
        "In the first epoch the module has the mode in which it came.":
            None if first else costs([0, *always[1:]]),
        "The mode is right for the training, but the validation cost is taken in it as well.":
            costs(always, 1),
        "The two modes are exchanged.": costs(never, 1),
        "The cost is taken before the training of each epoch; it should be taken after it.":
            np.append(3.0, right[:-1]),
    }  # fmt: skip
