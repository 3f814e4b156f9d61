"""The staircase and the polygon: networks of one input that are written down (chapter 2).

The first state of the explorable ``staircase``, its numbers by ``FFNN``, and its still.
"""

from __future__ import annotations

import numpy as np

from ..activations import RELU, sigmoid
from ..exercises.words import say
from ..network import FFNN
from ._limits import count, one_of, several, within

GRID = np.linspace(0, 1, 2001)  # where errors are measured
WIDTHS = (1, 2, 4, 8, 16, 32, 64)  # of the small plot
KNOTS = 33  # of a function that is drawn by hand
HIGHEST = 1.2

TARGETS = {
    "wave": lambda x: np.sin(2 * np.pi * x),
    "bump": lambda x: np.exp(-(((x - 0.3) / 0.05) ** 2)),
    "tent": lambda x: 1 - np.abs(2 * x - 1),
    "jump": lambda x: np.where(x < 0.5, 0.0, 1.0),
}


def state(kind="staircase", target="wave", neurons=12, steepness=4.0, drawn=None) -> dict:
    """Return the first state; by default it is the smooth staircase of chapter 2.

    Parameters
    ----------
    kind : {"staircase", "polygon"}
        Steps of sigmoids, or kinks of rectifiers.
    target : {"wave", "bump", "tent", "jump", "drawn"}
        The function on the unit interval that is approximated.
    neurons : int
        The number N of hidden neurons, from 1 to 64.
    steepness : float
        Of the sigmoids, in units of N: their weights are ``steepness * N``.  From 0.25 to 1000.
    drawn : sequence of float, optional
        Heights of the drawn function at 33 equally spaced points, between -1.2 and 1.2.
    """
    if drawn is None:
        drawn = TARGETS["wave"](np.linspace(0, 1, KNOTS)).round(2) + 0.0
    return {
        "kind": one_of("kind", kind, ("staircase", "polygon")),
        "target": one_of("target", target, (*TARGETS, "drawn")),
        "neurons": count("neurons", neurons, 1, 64),
        "steepness": within("steepness", steepness, 0.25, 1000),
        "drawn": several("drawn", drawn, KNOTS, -HIGHEST, HIGHEST),
    }


def function_of(state: dict):
    """Return the function that is approximated; what was drawn is joined by straight lines."""
    if state["target"] != "drawn":
        return TARGETS[state["target"]]
    return lambda x: np.interp(x, np.linspace(0, 1, KNOTS), state["drawn"])


def network_of(state: dict, width: int) -> FFNN:
    """Return the network that is written down: steps at midpoints, or kinks at end points."""
    f, ends = function_of(state), np.linspace(0, 1, width + 1)
    stairs, rises = state["kind"] == "staircase", np.diff(f(ends))
    net = FFNN((1, width, 1), hidden_func=sigmoid if stairs else RELU, seed=0)
    if stairs:
        steepness = state["steepness"] * width
        net.weights[0][:] = steepness
        net.biases[0][:] = -steepness * (ends[1:] + ends[:-1]) / 2
        net.weights[1][:, 0] = rises
    else:
        net.weights[0][:] = 1.0
        net.biases[0][:] = -ends[:-1]
        net.weights[1][:, 0] = np.diff(rises * width, prepend=0.0)
    net.biases[1][:] = f(ends[:1])
    return net


def values(state: dict) -> dict:
    """Return the outputs of the network and its errors.

    Returns
    -------
    dict
        ``outputs`` on a grid of 2001 points; ``largest``, the largest error there; ``place``, the
        first point that has it, to rounding; ``square``, the root of the mean square error;
        ``curve``, the largest errors of networks of 1, 2, 4, …, 64 neurons.
    """
    wanted, points = function_of(state)(GRID), GRID[:, None]
    outputs = network_of(state, state["neurons"]).feed_forward(points)[:, 0]
    off = np.abs(outputs - wanted)
    errors = (network_of(state, n).feed_forward(points)[:, 0] - wanted for n in WIDTHS)
    return {
        "outputs": outputs.tolist(),
        "largest": float(off.max()),
        "place": float(GRID[np.argmax(off >= off.max() * (1 - 1e-9) - 1e-12)]),
        "square": float(np.sqrt((off**2).mean())),
        "curve": [float(np.abs(error).max()) for error in errors],
    }


def draw(state: dict):
    """Draw the function and the network, and the largest error against the number of neurons."""
    import matplotlib.pyplot as plt

    shown, f = values(state), function_of(state)
    fig, axes = plt.subplots(1, 2, figsize=(6.4, 3.2), width_ratios=(1.7, 1))
    axes[0].plot(GRID, shown["outputs"], label=say("network"))
    axes[0].plot(GRID, f(GRID), "--", color="black", lw=1.4, label=say("function"))
    place = shown["place"]
    pair = (f(np.array(place)), np.interp(place, GRID, shown["outputs"]))
    axes[0].plot([place] * 2, pair, color="C1", lw=4, label=say("largest error"))
    axes[0].set(xlabel=say("input {x}", x="$x$"), ylabel=say("output"), ylim=(-1.25, 1.25))
    axes[0].legend(fontsize=8)
    axes[1].loglog(WIDTHS, np.maximum(shown["curve"], 1e-4), "o-", ms=4, lw=1)
    axes[1].plot(state["neurons"], max(shown["largest"], 1e-4), "D", ms=8)
    axes[1].set(xlabel=say("neurons"), ylabel=say("largest error"), ylim=(1e-4, 2))
    axes[1].set_xticks(WIDTHS[::2], [str(width) for width in WIDTHS[::2]])
    axes[1].minorticks_off()
    return fig


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    # Sharper steps amplify the rounding of x - m.
    return {
        "kind": str(rng.choice(("staircase", "polygon"))),
        "target": str(rng.choice((*TARGETS, "drawn"))),
        "neurons": int(rng.integers(1, 65)),
        "steepness": float(np.exp(rng.uniform(np.log(0.25), np.log(200)))),
        "drawn": rng.uniform(-HIGHEST, HIGHEST, KNOTS).round(2).tolist(),
    }
