"""Signal and error through ten layers, and the phase diagram (chapter 11).

The first state of the explorable ``depth``, its numbers by ``FFNN``, and its still.
"""

from __future__ import annotations

import functools

import numpy as np

from ..activations import RELU, identity, sigmoid, tanh
from ..exercises.words import say
from ..network import FFNN
from ..propagation import chi
from ._chance import normal
from ._limits import count, one_of, within

FUNCTIONS = {"sigmoid": sigmoid, "tanh": tanh, "RELU": RELU}
LAYERS, WIDEST, SAMPLES, OUTPUTS, SEED = 10, 200, 8, 10, 11
SMALLEST, LARGEST = 0.3, 40.0  # the scale


def state(function="tanh", width=100, scale=1.0) -> dict:
    """Return the first state; by default tanh with the weights of Glorot and Bengio.

    Parameters
    ----------
    function : {"sigmoid", "tanh", "RELU"}
        The activation function of all ten hidden layers.
    width : int
        The number M of units in each of them, from 2 to 200.
    scale : float
        The standard deviation of the weights times the root of M, from 0.3 to 40.
    """
    return {
        "function": one_of("function", function, FUNCTIONS),
        "width": count("width", width, 2, WIDEST),
        "scale": within("scale", scale, SMALLEST, LARGEST),
    }


@functools.cache
def draws() -> tuple[np.ndarray, ...]:
    """Return normal numbers: weights of 11 layers, inputs and targets of the samples.

    A narrower network has the first rows and columns.  The page draws the same numbers.
    """
    shapes = (LAYERS + 1, WIDEST, WIDEST), (SAMPLES, WIDEST), (SAMPLES, OUTPUTS)
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    parts = np.split(normal(SEED, int(ends[-1])), ends[:-1])
    return tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))


def network_of(state: dict) -> FFNN:
    """Return the network of a state: ten hidden layers, ten linear outputs, biases 0."""
    M = state["width"]
    widths = (M,) * (LAYERS + 1) + (OUTPUTS,)
    net = FFNN(widths, FUNCTIONS[state["function"]], identity, seed=0)
    for W, b, numbers in zip(net.weights, net.biases, draws()[0], strict=True):
        W[:] = state["scale"] / np.sqrt(M) * numbers[:M, : W.shape[1]]
        b[:] = 0
    return net


def values(state: dict) -> dict:
    """Return sizes layer by layer, from one forward and one backward pass.

    Returns
    -------
    dict
        Of layers 1 to 10: ``variance`` of the pre-activations over the samples, and their mean
        ``square``, both averaged over the units; ``errors``, the root mean square of delta over
        that of layer 10, or 0 if none gets there, as in narrow layers of dead rectifiers.  And
        ``chi``, the factor per layer of the errors' mean square that is expected in very wide
        layers.
    """
    _, inputs, targets = draws()
    trace = network_of(state).trace(inputs[:, : state["width"]], targets)
    Z, delta = np.array(trace.Z[1:-1]), np.array(trace.delta[1:-1])
    sizes = np.sqrt((delta**2).mean(axis=(1, 2)))
    return {
        "variance": Z.var(axis=1).mean(axis=1).tolist(),
        "square": (Z**2).mean(axis=(1, 2)).tolist(),
        "errors": (sizes / (sizes[-1] or 1.0)).tolist(),
        "chi": chi(FUNCTIONS[state["function"]], state["scale"]),
    }


def draw(state: dict):
    """Draw signal and error layer by layer, and the phase diagram."""
    import matplotlib.pyplot as plt

    shown, layers = values(state), np.arange(1, LAYERS + 1)
    fig, axes = plt.subplots(1, 3, figsize=(6.4, 3.0))
    axes[0].semilogy(layers, shown["variance"], "o-", ms=4, label=say("variance"))
    axes[0].semilogy(layers, shown["square"], ":", color="black", label=say("mean square"))
    axes[1].semilogy(layers, shown["errors"], "s-", color="C1", ms=4, label=say("measured"))
    expected = shown["chi"] ** ((LAYERS - layers) / 2)
    axes[1].semilogy(
        layers, expected, ":", color="black", label=say("from {symbol}", symbol=r"$\chi$")
    )
    scales = np.geomspace(SMALLEST, LARGEST, 41)
    curve = [chi(FUNCTIONS[state["function"]], scale) for scale in scales]
    axes[2].loglog(scales, curve, color="C2", lw=1.5)
    axes[2].loglog(state["scale"], shown["chi"], "D", color="C2")
    axes[2].axhline(1, ls=":", color="black", lw=1.2)
    names = say("signal"), say("error"), say("factor")
    symbols = "$Z^l$", r"$\delta^l$ / $\delta^{10}$", r"$\chi$"
    for ax, name, symbol in zip(axes, names, symbols, strict=True):
        ax.set_title(f"{name} {symbol}", fontsize=10)
    for ax in axes[:2]:
        ax.legend(fontsize=8)
        ax.set(xlabel=say("layer {l}", l="$l$"), xticks=(1, 4, 7, 10))
    axes[2].set_xlabel(r"$\sigma_w = \sqrt{M\,\mathrm{Var}(w)}$")
    return fig


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    return {
        "function": str(rng.choice(list(FUNCTIONS))),
        "width": int(rng.choice((WIDEST, rng.integers(2, WIDEST)))),
        # Large weights make neighbouring states drift apart: so do rounding errors.
        "scale": float(np.exp(rng.uniform(np.log(SMALLEST), np.log(4)))),
    }
