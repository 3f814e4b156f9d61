"""The network in your hand: every value and every derivative of one forward and one backward pass.

The first state of the explorable ``network``, its numbers by ``FFNN``, and its still.
"""

from __future__ import annotations

import numpy as np

from .. import activations, costs
from .._arrays import describe
from ..network import FFNN

WIDEST, MOST_OUTPUTS, MOST_LAYERS = 4, 2, 3  # 4-4-4-2 is the largest
LIMIT = 10.0  # of inputs, targets and parameters
HIDDEN = ("sigmoid", "tanh", "RELU", "LRELU", "ELU", "identity")
OUTPUT = (*HIDDEN, "softmax")
COSTS = ("HalfSquares", "CostOLS", "CostLogReg", "CostCrossEntropy")
PALE, GRAY = "#F3F4F5", "#8C8C8C"
COLOURS = ("#0072B2", "#D55E00")  # of values and of derivatives, as in all figures
GROUND = {"boxstyle": "square,pad=0.05", "fc": "white", "ec": "none"}  # of numbers on lines
NEEDS = {"CostLogReg": "sigmoid", "CostCrossEntropy": "softmax"}


def state(
    widths=(2, 2, 1),
    functions=("tanh", "identity"),
    cost="HalfSquares",
    x=(0.9, -0.4),
    t=(0.3,),
    theta=(0.5, -0.8, 1.1, 0.3, 0.2, -0.1, -1.2, 0.7, 0.4),
    eta=0.5,
    step=-1,
) -> dict:
    """Return the first state; by default it has the numbers of chapter 8's example.

    Parameters
    ----------
    widths : sequence of int
        Widths (M_0, …, M_L): from 1 to 4 units in a layer, at most 2 outputs, at most 3 layers
        after the input.
    functions : sequence of str or callable
        Activation functions of layers 1 to L.
    cost : str
        "HalfSquares", which is the squared error with the ½ of chapters 6 to 8, "CostOLS",
        "CostLogReg" (after a sigmoid) or "CostCrossEntropy" (after softmax).
    x, t : sequence of float
        The inputs and targets of one sample, at most 10 in size.
    theta : sequence of float
        Parameters in the order of ``FFNN.parameters``.
    eta : float
        The learning rate, greater than 0 and at most 10.
    step : int
        How many steps of the two passes are shown; -1 for all.
    """
    widths, possible, most = list(widths), range(1, WIDEST + 1), MOST_LAYERS + 1
    if not 2 <= len(widths) <= most or not all(width in possible for width in widths):
        raise ValueError(
            f"widths should be 2 to {most} whole numbers from 1 to {WIDEST}, not {widths}"
        )
    widths = [int(width) for width in widths]
    if widths[-1] > MOST_OUTPUTS:
        raise ValueError(f"widths should end with 1 or {MOST_OUTPUTS}, not {widths[-1]}")
    functions = [getattr(function, "__name__", function) for function in functions]
    _check_functions(functions, cost, widths)
    count = sum((m + 1) * n for m, n in zip(widths, widths[1:], strict=False))
    first = {"widths": widths, "functions": functions, "cost": cost}
    for name, given, length in (("x", x, widths[0]), ("t", t, widths[-1]), ("theta", theta, count)):
        first[name] = _numbers(name, given, length)
    _check_targets(first["t"], cost)
    if not 0 < eta <= LIMIT:
        raise ValueError(f"eta should be greater than 0 and at most {LIMIT:g}, not {eta}")
    return {**first, "eta": float(eta), "step": int(step)}


def _numbers(name, given, length):
    array = np.asarray(given, dtype=float)
    if array.shape != (length,):
        raise ValueError(f"{name} should have shape ({length},), not {array.shape}")
    if not (np.abs(array) <= LIMIT).all():
        raise ValueError(f"{name} should be between -{LIMIT:g} and {LIMIT:g}, not {given!r}")
    return array.tolist()


def _check_functions(functions, cost, widths):
    if len(functions) != len(widths) - 1:
        raise ValueError(f"functions should be {len(widths) - 1} names, not {len(functions)}")
    for name, known in [*((f, HIDDEN) for f in functions[:-1]), (functions[-1], OUTPUT)]:
        if name not in known:
            raise ValueError(f"functions should be among {', '.join(known)}, not {describe(name)}")
    if cost not in COSTS:
        raise ValueError(f"cost should be one of {', '.join(COSTS)}, not {describe(cost)}")
    if cost in NEEDS and functions[-1] != NEEDS[cost]:
        raise ValueError(
            f"the output activation of {cost} should be {NEEDS[cost]}, not {functions[-1]}"
        )
    if functions[-1] == "softmax" and widths[-1] < 2:
        raise ValueError("widths should end with 2 for softmax, not with 1")


def _check_targets(t, cost):
    if cost in NEEDS and not all(0 <= value <= 1 for value in t):
        raise ValueError(f"t should be between 0 and 1 for {cost}, not {t}")
    if cost == "CostCrossEntropy" and abs(sum(t) - 1) > 1e-9:
        raise ValueError(f"t should sum to 1 for {cost}, not to {sum(t):g}")


def network_of(state: dict) -> FFNN:
    """Return the network of a state; "HalfSquares" becomes CostOLS."""
    *hidden, output = [getattr(activations, name) for name in state["functions"]]
    cost = getattr(costs, state["cost"], costs.CostOLS)
    net = FFNN(tuple(state["widths"]), hidden or activations.sigmoid, output, cost, seed=0)
    net.parameters = state["theta"]
    return net


def values(state: dict) -> dict:
    """Return z, a, the adjoints and the gradient of a state, and the cost after one more update.

    Returns
    -------
    dict
        ``z``, ``a``, ``adjoint`` (∂C/∂a), ``delta`` (∂C/∂z): a list per layer, empty where there is
        none; ``gradient``, in the order of theta; ``cost``, and ``nextCost`` after a step with eta.
    """
    net, half = network_of(state), 0.5 if state["cost"] == "HalfSquares" else 1.0
    x, t = np.array([state["x"]]), np.array([state["t"]])
    trace = net.trace(x, t)
    gradient = half * net.gradient(x, t)
    slope = costs.cost_gradient(net.cost_func)(t)(trace.A[-1])
    pairs = zip(trace.delta[1:], net.weights, strict=True)
    adjoint = [*(delta @ W.T for delta, W in pairs), slope]
    result = {
        "z": [[], *(z[0].tolist() for z in trace.Z[1:])],
        "a": [a[0].tolist() for a in trace.A],
        "adjoint": [(half * one[0] + 0.0).tolist() for one in adjoint],  # and no -0
        "delta": [[], *((half * delta[0]).tolist() for delta in trace.delta[1:])],
        "gradient": gradient.tolist(),
        "cost": half * net.cost(x, t),
    }
    net.parameters = net.parameters - state["eta"] * gradient
    return result | {"nextCost": half * net.cost(x, t)}


def draw(state: dict):
    """Draw the network with its values (blue, above) and derivatives (vermilion, below)."""
    import matplotlib.pyplot as plt

    shown, widths = values(state), state["widths"]
    most = max(widths)
    fig, ax = plt.subplots(figsize=(7.4, 0.5 + 0.95 * most), layout="constrained")
    ax.set(xlim=(-0.35, len(widths) + 0.2), ylim=(-most, 0), xticks=[], yticks=[])
    ax.axis("off")
    spots = [[(l, -most / 2 + (m - 1) / 2 - j) for j in range(m)] for l, m in enumerate(widths)]
    _draw_edges(ax, state, shown, spots)
    name = _symbols(widths)
    for l, column in enumerate(spots):
        for j, spot in enumerate(column):
            _draw_unit(ax, shown, name, l, j, spot)
    end = (len(widths), -most / 2)
    for x, y in spots[-1]:
        ax.plot([x, end[0]], [y, end[1]], color=GRAY, lw=1, zorder=1)
    _draw_circle(ax, end, "$C$", f"{shown['cost']:.4f}")
    return fig


def _symbols(widths):
    """Return a function that names a unit as the chapters do: z, z_1 or z_1^1."""
    chain = all(width == 1 for width in widths)

    def name(letter, l, j):
        if l == 0:
            return "$x$" if widths[0] == 1 else f"$x_{j + 1}$"
        if chain:
            return f"${letter}$" if len(widths) == 2 else f"${letter}_{l}$"
        return f"${letter}_{j + 1}^{l}$"

    return name


def _draw_circle(ax, spot, name, value):
    ground = {"boxstyle": "circle,pad=0.25", "fc": PALE, "ec": GRAY}
    ax.text(*spot, name, ha="center", va="center", bbox=ground, zorder=3)
    ax.text(spot[0], spot[1] + 0.2, value, color=COLOURS[0], ha="center", size=9, bbox=GROUND)


def _draw_unit(ax, shown, name, l, j, spot):
    x, y = spot
    if l == 0:
        _draw_circle(ax, spot, name("x", 0, j), f"{shown['a'][0][j]:.4f}")
        text = f"{shown['adjoint'][0][j]:.4f}"
        ax.text(x, y - 0.33, text, color=COLOURS[1], ha="center", size=9, zorder=2, bbox=GROUND)
        return
    ground = {"boxstyle": "round,pad=0.35,rounding_size=0.8", "fc": PALE, "ec": GRAY}
    text = f"{name('z', l, j)}   |   {name('a', l, j)}"
    ax.text(x, y, text, ha="center", va="center", bbox=ground, zorder=3)
    for part, dx, dy, colour in [
        ("z", -0.16, 0.2, COLOURS[0]),
        ("a", 0.16, 0.2, COLOURS[0]),
        ("delta", -0.16, -0.33, COLOURS[1]),
        ("adjoint", 0.16, -0.33, COLOURS[1]),
    ]:
        text = f"{shown[part][l][j]:.4f}"
        ax.text(x + dx, y + dy, text, color=colour, ha="center", size=9, zorder=2, bbox=GROUND)


def _draw_edges(ax, state, shown, spots):
    """Draw the weights: the thicker the larger, dashed if negative; in small networks, numbers."""
    widths, start = state["widths"], 0
    for l in range(1, len(widths)):
        W = np.reshape(
            state["theta"][start : start + widths[l - 1] * widths[l]], widths[l - 1 : l + 1]
        )
        start += (widths[l - 1] + 1) * widths[l]
        for (i, j), weight in np.ndenumerate(W):
            (x0, y0), (x1, y1) = spots[l - 1][i], spots[l][j]
            style = {"lw": 0.6 + 3 * min(1, abs(weight) / 2.5), "ls": "--" if weight < 0 else "-"}
            ax.plot([x0, x1], [y0, y1], color=COLOURS[1] if weight < 0 else GRAY, zorder=1, **style)
            if max(widths) > 2:
                continue
            share = 0.5 if y0 == y1 or widths[l] == 1 else 0.34
            x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
            label = {"ha": "center", "size": 9, "zorder": 2}
            ax.text(x, y + 0.05, f"{weight:.2f}", bbox=GROUND, **label)
            if min(W.shape) > 1:  # no room where edges cross
                continue
            product = f"{weight * shown['delta'][l][j]:.4f}"
            ax.text(x, y - 0.08, product, bbox=GROUND, va="top", color=COLOURS[1], **label)


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    widths = [*rng.integers(1, WIDEST + 1, rng.integers(1, MOST_LAYERS + 1)).tolist()]
    widths.append(int(rng.integers(1, MOST_OUTPUTS + 1)))
    cost = str(rng.choice(COSTS))
    if cost == "CostCrossEntropy":
        widths[-1] = 2
    functions = rng.choice(HIDDEN, len(widths) - 1).tolist()
    functions[-1] = NEEDS.get(cost, functions[-1])
    t = rng.uniform(0, 1, widths[-1]).round(3)
    if cost == "CostCrossEntropy":
        t = t / t.sum()
    count = sum((m + 1) * n for m, n in zip(widths, widths[1:], strict=False))
    return {
        "widths": widths,
        "functions": functions,
        "cost": cost,
        "x": rng.normal(0, 1, widths[0]).round(3).tolist(),
        "t": t.tolist(),
        "theta": rng.normal(0, 1, count).round(3).tolist(),
        "eta": round(float(rng.uniform(0.01, 1)), 3),
    }
