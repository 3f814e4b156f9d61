"""One step of one unit: batch normalisation, dropout and clipping, forward and back (chapter 12).

The first state of the explorable ``step``, its numbers by the package's layers, and its still.
"""

from __future__ import annotations

import numpy as np

from .._arrays import describe
from ..activations import RELU, identity, sigmoid, tanh
from ..costs import CostOLS, cost_gradient
from ..exercises.words import say
from ..layers import Activation, Affine, BatchNorm, Dropout
from ..schedulers import Constant
from ..training import clipper
from . import _chance
from ._limits import count, one_of, several, within

SAMPLES = 4
FUNCTIONS = {"identity": identity, "sigmoid": sigmoid, "tanh": tanh, "RELU": RELU}
CLIPS = ("none", "norm", "value")
LARGEST = 10.0  # of the inputs, targets and parameters
PARAMETERS = ("w", "b", "gamma", "beta")


def state(
    x=(2, 4, 4, 6),
    t=(0.2, 1, -0.5, 0.8),
    theta=(1, 0, 1, 0),
    normalised=True,
    power=-5,
    function="tanh",
    rate=0.2,
    seed=4,
    clip="norm",
    threshold=0.3,
    eta=0.5,
) -> dict:
    """Return the first state; by default the column of four numbers of chapter 12.

    Parameters
    ----------
    x, t : sequence of float
        Inputs and targets of the four samples of the mini-batch, from -10 to 10.
    theta : sequence of float
        Weight w, bias b, scale γ and shift β of the unit, from -10 to 10.
    normalised : bool
        Whether there is batch normalisation; without it γ and β have no part.
    power : int
        The ε of batch normalisation is ten to this power, from -8 to 0.
    function : {"identity", "sigmoid", "tanh", "RELU"}
        The activation function.
    rate : float
        The probability p of being dropped, from 0 to 0.9.
    seed : int
        The seed of the mask, from 0 to 99.
    clip : {"none", "norm", "value"}
        How the gradient is clipped.
    threshold : float
        The threshold c, from 0.01 to 10.
    eta : float
        The learning rate, from 0.01 to 10.
    """
    if not isinstance(normalised, bool):
        raise ValueError(f"normalised should be True or False, not {describe(normalised)}")
    return {
        "x": several("x", x, SAMPLES, -LARGEST, LARGEST),
        "t": several("t", t, SAMPLES, -LARGEST, LARGEST),
        "theta": several("theta", theta, len(PARAMETERS), -LARGEST, LARGEST),
        "normalised": normalised,
        "power": count("power", power, -8, 0),
        "function": one_of("function", function, FUNCTIONS),
        "rate": within("rate", rate, 0, 0.9),
        "seed": count("seed", seed, 0, 99),
        "clip": one_of("clip", clip, CLIPS),
        "threshold": within("threshold", threshold, 0.01, LARGEST),
        "eta": within("eta", eta, 0.01, LARGEST),
    }


def layers_of(state: dict, theta, gradient) -> list:
    """Return the layers of the unit: affine, batch normalisation, activation, dropout."""
    affine, normalisation = Affine(1, 1), BatchNorm(1, epsilon=10.0 ** state["power"])
    affine.attach(theta[:2], gradient[:2])
    normalisation.attach(theta[2:], gradient[2:])
    middle = [normalisation] if state["normalised"] else []
    return [affine, *middle, Activation(FUNCTIONS[state["function"]]), Dropout(state["rate"])]


def masked(state: dict) -> np.ndarray:
    """Return the factors of dropout: 0, or 1/(1 - p) for a sample that is kept."""
    keep = _chance.uniform(state["seed"], SAMPLES) >= state["rate"]
    return keep[:, None] / (1 - state["rate"])


def passed(state: dict, theta) -> tuple[dict, np.ndarray]:
    """Return all values and derivatives of the two passes, and the gradient."""
    theta, gradient = np.array(theta, dtype=float), np.zeros(len(PARAMETERS))
    layers, target = layers_of(state, theta, gradient), np.array(state["t"])[:, None]
    numbers = [np.array(state["x"])[:, None]]
    for layer in layers[:-1]:
        numbers.append(layer.forward(numbers[-1], training=True))
    layers[-1].mask = masked(state)  # forward would draw another
    kept = numbers[-1] * layers[-1].mask
    derivatives = [cost_gradient(CostOLS)(target)(kept)]
    for layer in reversed(layers):
        derivatives.append(layer.backward(derivatives[-1]))
    shown = {
        "z": numbers[1],
        "y": numbers[-2],
        "a": numbers[-1],
        "kept": kept,
        "adjoint": derivatives[0],
        "dz": derivatives[-2],
        "cost": CostOLS(target)(kept),
    }
    return shown, gradient if state["normalised"] else gradient[:2]


def values(state: dict) -> dict:
    """Return the numbers of one step.

    Returns
    -------
    dict
        Of the four samples: ``z``, ``y`` (which is z without batch normalisation), ``a``, the
        ``mask``, ``kept`` (a times mask), ``adjoint`` (of kept) and ``dz``; ``mean`` and
        ``variance`` of z; the ``gradient``, its ``norm``, ``clipped`` and ``clippedNorm``;
        ``next``, the parameters after the step; ``cost`` and ``nextCost`` with the same mask.
    """
    shown, gradient = passed(state, state["theta"])
    clipped = gradient.copy()
    if state["clip"] != "none":
        clipper(
            **{"clip_norm": None, "clip_value": None, f"clip_{state['clip']}": state["threshold"]}
        )(clipped)
    after = np.array(state["theta"])
    after[: len(clipped)] -= Constant(state["eta"]).update_change(clipped.copy())
    return {
        **{name: np.ravel(one).tolist() for name, one in shown.items() if name != "cost"},
        "mask": masked(state)[:, 0].tolist(),
        "mean": float(shown["z"].mean()),
        "variance": float(shown["z"].var()),
        "gradient": gradient.tolist(),
        "norm": float(np.linalg.norm(gradient)),
        "clipped": clipped.tolist(),
        "clippedNorm": float(np.linalg.norm(clipped)),
        "next": after.tolist(),
        "cost": float(shown["cost"]),
        "nextCost": float(passed(state, after)[0]["cost"]),
    }


def draw(state: dict):
    """Draw the four samples on their way, and the gradient before and after clipping."""
    import matplotlib.pyplot as plt

    shown = values(state)
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.4, 2.8), width_ratios=(3, 2))
    rows = np.array([shown[name] for name in ("z", "y", "a", "kept")])
    for s, path in enumerate(rows.T):
        left.plot(path, marker="o", ms=4, color="C0", ls="-" if shown["mask"][s] else ":")
    left.plot([3.4] * SAMPLES, state["t"], "_", color="black", ms=12)
    left.set_xticks([0, 1, 2, 3, 3.4], ["$z$", "$y$", "$a$", r"$\tilde a$", "$t$"])
    count = len(shown["gradient"])
    right.bar(
        np.arange(count), shown["gradient"], 0.7, fc="none", ec="black", label=say("gradient")
    )
    right.bar(np.arange(count), shown["clipped"], 0.45, color="C1", label=say("clipped"))
    right.axhline(0, color="black", lw=0.8)
    right.set_xticks(
        range(count), [f"${name}$" for name in ("w", "b", r"\gamma", r"\beta")[:count]]
    )
    right.legend(fontsize=8)
    of = {name: f"{shown[name]:.4f}" for name in ("norm", "clippedNorm", "cost", "nextCost")}
    norms = say("norm {norm}, clipped {clipped}", norm=of["norm"], clipped=of["clippedNorm"])
    costs = say("cost {cost}, after the step {next}", cost=of["cost"], next=of["nextCost"])
    right.set_title(norms, fontsize=9)
    left.set_title(costs, fontsize=9)
    return fig


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    return {
        "x": rng.normal(0, 2, SAMPLES).round(2).tolist(),
        "t": rng.normal(0, 1, SAMPLES).round(2).tolist(),
        "theta": rng.normal(0, 1, len(PARAMETERS)).round(2).tolist(),
        "normalised": bool(rng.random() < 0.7),
        "power": int(rng.integers(-6, 1)),
        "function": str(rng.choice(list(FUNCTIONS))),
        "rate": round(float(rng.uniform(0, 0.8)), 2),
        "seed": int(rng.integers(100)),
        "clip": str(rng.choice(CLIPS)),
        "threshold": round(float(rng.uniform(0.05, 2)), 2),
        "eta": round(float(rng.uniform(0.05, 1)), 2),
    }
