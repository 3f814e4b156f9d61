"""What the translations share: names, refusals, and the parts of a network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from .._arrays import describe
from ..activations import identity, sigmoid, softmax
from ..costs import CostCrossEntropy, CostLogReg, CostOLS
from ..layers import BatchNorm
from ..network import FFNN
from ..schedulers import Scheduler

# The activation of the outputs from which a cost can be computed together, from the logits.
BY_LOGITS = {CostLogReg: sigmoid, CostCrossEntropy: softmax}
COSTS = (CostOLS, CostLogReg, CostCrossEntropy)


class Step(NamedTuple):
    """What one module of another library stands for.

    Attributes
    ----------
    kind : str
        "affine", "norm", "func" or "dropout".
    value : object
        Weights and biases, W of shape (M_{l-1}, M_l), the first index the sender; what a batch
        normalisation consists of, by name; the activation function; the rate.
    name : str
        What it is called, for a message.
    """

    kind: str
    value: Any
    name: str


ORDER = ("affine", "norm", "func", "dropout")  # in which they follow each other in a layer


def check_network(net) -> FFNN:
    """Return the network; refuse anything else.

    Raises
    ------
    TypeError
        If it is not an ``FFNN``.
    """
    if not isinstance(net, FFNN):
        raise TypeError(f"net should be an FFNN, not {describe(net)}")
    return net


def no_counterpart(what, library: str, reason: str = "") -> ValueError:
    """Return the exception for something that another library, or this one, does not have."""
    reason = f": {reason}" if reason else ""
    return ValueError(f"{what} should have a counterpart in {library}, but has none{reason}")


def check_cost(cost_func, logits: bool):
    """Return a cost function of this package; refuse any other.

    Raises
    ------
    ValueError
        If it is a cost of one's own, or cannot be computed from logits.
    """
    if cost_func not in COSTS:
        names = "CostOLS, CostLogReg or CostCrossEntropy"
        raise ValueError(f"cost_func should be {names}, not {describe(cost_func)}")
    if logits and cost_func not in BY_LOGITS:
        raise ValueError("logits should be False with CostOLS, which is a cost of the outputs")
    return cost_func


def check_scheduler(scheduler, library: str = "") -> Scheduler:
    """Return the scheduler; refuse anything else, and with a library one that has a memory.

    Raises
    ------
    TypeError
        If it is not a ``Scheduler``.
    ValueError
        If it remembers gradients, which the optimisers of that library cannot take over.
    """
    if not isinstance(scheduler, Scheduler):
        raise TypeError(f"scheduler should be a Scheduler, not {describe(scheduler)}")
    if library and scheduler.memory:
        raise ValueError(
            f"scheduler should be without memory for {library}, which makes its own: "
            "pass it after reset()"
        )
    return scheduler


def check_shapes(targets, outputs) -> None:
    """Refuse targets that would be broadcast against the outputs, to a wrong cost.

    Raises
    ------
    ValueError
        If the shapes differ; axes whose length is not known yet are not compared.
    """
    theirs, ours = tuple(targets.shape), tuple(outputs.shape)
    differ = (None not in pair and pair[0] != pair[1] for pair in zip(theirs, ours, strict=False))
    if len(theirs) != len(ours) or any(differ):
        raise ValueError(
            f"targets should have the shape of the outputs, {ours}, but have shape {theirs}"
        )


def is_plain(layer, kind, method: str) -> bool:
    """Tell whether a layer is of this kind and computes as it does: not a subclass that differs."""
    return isinstance(layer, kind) and getattr(type(layer), method) is getattr(kind, method)


def leaves_out(net: FFNN, logits: bool) -> bool:
    """Tell whether the activation of the outputs is left out; refuse where that loses something.

    Raises
    ------
    ValueError
        If the activation of the outputs is not that from whose argument the cost is computed.
    """
    if logits and BY_LOGITS.get(net.cost_func) is not net.output_func:
        raise ValueError(
            "logits should be False for this network: only sigmoid with CostLogReg and softmax "
            "with CostCrossEntropy can be left to the cost"
        )
    return logits


def group(steps: Iterable[Step]) -> tuple[float, list[dict]]:
    """Return the rate of dropout of the inputs, and what each layer consists of, by kind.

    Raises
    ------
    ValueError
        If the steps come in another order than in an ``FFNN``, or there is no affine map.
    """
    first_dropout, layers, place = 0.0, [], -1
    for step in steps:
        if step.kind == "affine":
            layers.append({})
        elif step.kind == "dropout" and not layers and not first_dropout:
            first_dropout = step.value
            continue
        elif not layers or ORDER.index(step.kind) <= place:
            raise no_counterpart(f"{step.name} at this place", "FFNN")
        place = ORDER.index(step.kind)
        layers[-1][step.kind] = step.value
    if not layers:
        raise ValueError("a network should contain an affine map, but this one contains none")
    return first_dropout, layers


def assemble(steps: Iterable[Step], cost_func, seed) -> FFNN:
    """Return the network that consists of these steps.

    Where the cost is one of probabilities and no activation follows the last affine map, its
    outputs are taken for logits.

    Raises
    ------
    ValueError
        If the steps are not those of an ``FFNN``, their precisions differ, or the cost does not
        suit the outputs.
    """
    first_dropout, layers = group(steps)
    *hidden, last = layers
    normed = {"norm" in layer for layer in hidden}
    if len(normed) == 2 or "norm" in last or last.get("dropout"):
        raise no_counterpart(
            "this sequence of layers",
            "FFNN",
            "batch normalisation is for all hidden layers or for none, and neither it nor "
            "dropout follows the outputs",
        )
    W = [layer["affine"][0] for layer in layers]
    precisions = {array.dtype.name for layer in layers for array in layer["affine"]}
    if len(precisions) > 1:
        raise no_counterpart(f"a mixture of {' and '.join(sorted(precisions))}", "FFNN")
    net = FFNN(
        (len(W[0]), *(weights.shape[1] for weights in W)),
        [layer.get("func", identity) for layer in hidden],
        last.get("func", BY_LOGITS.get(cost_func, identity)),
        cost_func,
        seed,
        batch_norm=normed == {True},
        dropout=(first_dropout, *(layer.get("dropout", 0.0) for layer in hidden)),
        dtype=W[0].dtype,
    )
    for place, layer in enumerate(layers):
        net.weights[place], net.biases[place] = layer["affine"]
    norms = (layer for layer in net.layers if isinstance(layer, BatchNorm))
    for norm, values in zip(norms, (layer.get("norm") for layer in hidden), strict=False):
        for name in ("gamma", "beta", "mean", "var"):
            if values[name].shape != (norm.width,):
                raise ValueError(
                    f"a batch normalisation should have shape {(norm.width,)} like the layer "
                    f"before it, but has shape {values[name].shape}"
                )
            getattr(norm, name)[:] = values[name]
        norm.momentum, norm.epsilon = values["momentum"], values["epsilon"]
    return net
