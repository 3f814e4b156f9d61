"""The XOR plane: a network of dimensions 2-2-1, and where training takes it (chapter 16).

The first state of the explorable ``xor``, its numbers by ``FFNN`` and ``Adam``, and its still.
"""

from __future__ import annotations

import functools

import numpy as np

from ..activations import RELU, sigmoid
from ..costs import CostLogReg
from ..datasets import gate
from ..exercises.words import say
from ..network import FFNN
from ..schedulers import Adam
from ._limits import count, one_of, several, within

FUNCTIONS = {"sigmoid": sigmoid, "RELU": RELU}
EPOCHS = 300
LARGEST = 100.0  # of the parameters
SEEDS = 12


@functools.cache
def starts(function: str) -> list[list[float]]:
    """Return the parameters of the networks of chapter 16 before training, seeds 0 to 11.

    They are rounded to two decimals, which changes no run's end.
    """
    nets = (FFNN((2, 2, 1), FUNCTIONS[function], sigmoid, seed=seed) for seed in range(SEEDS))
    return [(net.parameters.round(2) + 0.0).tolist() for net in nets]


def state(function="sigmoid", theta=None, eta=0.1, epoch=60) -> dict:
    """Return the first state; by default it is on the way of the stuck run of chapter 16, seed 4.

    Parameters
    ----------
    function : {"sigmoid", "RELU"}
        The activation function of the two hidden neurons.
    theta : sequence of float, optional
        The nine parameters from which training starts, in the order of ``FFNN.parameters``, each
        between -100 and 100.
    eta : float
        The learning rate of Adam, from 0.001 to 1.
    epoch : int
        After how many epochs the network is shown, from 0 to 300.
    """
    function = one_of("function", function, FUNCTIONS)
    theta = starts(function)[4] if theta is None else theta
    return {
        "function": function,
        "theta": several("theta", theta, 9, -LARGEST, LARGEST),
        "eta": within("eta", eta, 0.001, 1),
        "epoch": count("epoch", epoch, 0, EPOCHS),
    }


def network_of(state: dict) -> FFNN:
    """Return the network of a state before training."""
    net = FFNN((2, 2, 1), FUNCTIONS[state["function"]], sigmoid, CostLogReg, seed=0)
    net.parameters = state["theta"]
    return net


def levels() -> dict[str, float]:
    """Return the costs at which two, three or four rows have merged: eq-gate-plateau."""
    entropy = -np.log(1 / 3) / 3 - 2 * np.log(2 / 3) / 3
    return {"½ ln 2": np.log(2) / 2, "¾ H(⅓)": 3 / 4 * entropy, "ln 2": np.log(2)}


def values(state: dict) -> dict:
    """Return the network after some epochs, and the cost of every epoch.

    Returns
    -------
    dict
        ``theta``, the parameters after ``epoch`` epochs; ``hidden`` and ``outputs`` of the four
        rows with them, and the ``cost``; ``costs`` before training and after each of 300 epochs;
        ``levels``, the costs at which runs end; ``starts``, the chapter's twelve.
    """
    X, t = gate("XOR")
    net, adam = network_of(state), Adam(state["eta"], 0.9, 0.999)
    costs, theta = [float(net.cost(X, t))], state["theta"]
    for epoch in range(1, EPOCHS + 1):
        net.parameters = net.parameters - adam.update_change(net.gradient(X, t))
        costs.append(float(net.cost(X, t)))
        if epoch == state["epoch"]:
            theta = net.parameters.tolist()
    net.parameters = theta
    activations = net.trace(X, t).A
    return {
        "theta": theta,
        "hidden": activations[1].tolist(),
        "outputs": activations[2][:, 0].tolist(),
        "cost": costs[state["epoch"]],
        "costs": costs,
        "levels": list(levels().values()),
        "starts": starts(state["function"]),
    }


def draw(state: dict):
    """Draw the plane of the inputs, that of the hidden activations, and the cost."""
    import matplotlib.pyplot as plt

    from ..plotting import decision_regions

    (X, t), shown, net = gate("XOR"), values(state), network_of(state)
    net.parameters = shown["theta"]

    def output_neuron(A):
        return sigmoid(A @ net.weights[1] + net.biases[1])

    fig, axes = plt.subplots(1, 3, figsize=(6.4, 2.7))
    decision_regions(net, X, t, ax=axes[0], legend=False)
    names = ("$a_1^1$", "$a_2^1$")
    decision_regions(output_neuron, shown["hidden"], t, ax=axes[1], names=names, legend=False)
    axes[2].plot(shown["costs"])
    axes[2].plot(state["epoch"], shown["cost"], "D")
    for name, level in levels().items():
        axes[2].axhline(level, color="black", lw=1, ls="--", zorder=0)
        axes[2].annotate(name, (EPOCHS, level + 0.01), fontsize=8, ha="right")
    axes[2].set(xlabel=say("epoch"), ylabel=say("cost"), ylim=(0, 1))
    for ax, title in zip(axes, (say("inputs"), say("hidden"), say("training")), strict=True):
        ax.set_title(title, fontsize=10)
    return fig


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    return {
        "function": str(rng.choice(list(FUNCTIONS))),
        "theta": rng.normal(0, 2, 9).round(2).tolist(),
        "eta": float(np.exp(rng.uniform(np.log(0.001), np.log(0.3)))),
        "epoch": int(rng.integers(0, EPOCHS + 1)),
    }
