"""Diagrams of networks, of computation graphs, and of the forward and backward pass.

``backprop.plotting`` offers all of them.  A diagram is made in two steps: a layout gives
every symbol its place, then circles, boxes, arrows and texts are drawn there.
"""

from __future__ import annotations

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from ._arrays import as_count
from ._style import COLOURS
from .counting import plain

__all__ = ["draw_chain", "draw_graph", "draw_network", "draw_passes", "draw_two_two_one"]

PALE_BLUE, PALE_RED = "#DCEBF5", "#FBE5D6"  # grounds of hidden units, and of outputs
RADIUS = 0.32  # of a unit, or of a node


# Networks


def draw_network(
    dimensions, ax=None, *, names=None, highlight=(), name_weights=True, captions=True, most=8
):
    """Draw a feed-forward network: a column of circles per layer, a line per weight.

    The lines lead from left to right; where there are few, they have arrowheads.

    Parameters
    ----------
    dimensions : sequence of int
        Widths (M_0, …, M_L): at least two, each at least 1.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure is made.
    names : sequence of sequences of str, optional
        What to write into the circles, layer by layer, as ``[["$x_1$", "$x_2$"], …]``;
        None in place of a layer leaves it blank.  By default a_1^l, a_2^l, …
    highlight : iterable of (int, int, int), optional
        Weights (l, i, j) to draw in colour: w_ij^l leads from unit i of layer l - 1 to
        unit j of layer l.  Layers count from 0, units from 1.
    name_weights : bool, default True
        Whether to write w_ij^l on the coloured arrows.
    captions : bool, default True
        Whether to write below each layer which one it is and how many units it has.
    most : int, default 8
        How many rows a layer may take, at least 3.  Of a wider layer the first units and
        the last one are drawn, with an ellipsis between.

    Returns
    -------
    matplotlib Axes
        Without a frame, with equal units for x and y.

    Raises
    ------
    TypeError
        If a width is not a whole number.
    ValueError
        If there are fewer than two layers, a width or ``most`` is too small, or ``names``
        or ``highlight`` do not fit the network.

    Notes
    -----
    A figure needs a description for readers who cannot see it, which is up to the caller.
    """
    if not hasattr(dimensions, "__len__") or len(dimensions) < 2:
        raise ValueError(f"dimensions should be at least two widths, not {dimensions!r}")
    widths = [as_count(f"dimensions[{l}]", m) for l, m in enumerate(dimensions)]
    rows = [_rows(m, as_count("most", most, least=3)) for m in widths]
    names = _unit_names(names, widths)
    highlight = _highlighted_weights(highlight, rows)
    ax = plt.subplots(figsize=(6.4, 3.6))[1] if ax is None else ax
    place, scale = _network_layout(ax, rows, 1.0 if captions else 0.1)

    for l in range(1, len(widths)):
        pairs = list(itertools.product(*([u for u in rows[k] if u] for k in (l - 1, l))))
        for i, j in pairs:
            strong = (l, i, j) in highlight
            _weight_arrow(ax, place[l - 1][i], place[l][j], strong, strong or len(pairs) <= 20)
    for l, i, j in highlight if name_weights else ():
        # Names of weights from the same unit stand near the arrowheads, where there is room.
        share = 0.66 if sum(w[:2] == (l, i) for w in highlight) > 1 else 0.36
        x, y = place[l - 1][i] + share * (place[l][j] - place[l - 1][i])
        _write(ax, x, y, f"$w_{{{i}{j}}}^{{{l}}}$", min(12, 0.45 * scale), COLOURS[1], pad=0.12)
    fills = ["#FFFFFF", *[PALE_BLUE] * (len(widths) - 2), PALE_RED]
    for l, m in enumerate(widths):
        _draw_units(ax, place[l], names[l], fills[l], scale)
        if captions:
            kind = "input" if l == 0 else "output" if l == len(widths) - 1 else "hidden"
            _write_caption(ax, place, l, f"{kind}\n$l={l},\\ M_{l}={m}$", scale)
    return ax


def _network_layout(ax, rows, below):
    """Set up the axes; return the place of each unit, by layer, and the points per unit length.

    Layers are as far apart as it takes to fill the axes; ``below`` is the room for captions.
    """
    box = ax.get_window_extent()
    top = max(2.4, *map(len, rows)) / 2
    height = 2 * top + below
    gap = np.clip((height * box.width / box.height - 1.6) / (len(rows) - 1), 1.5, 3.5)
    left, right = -0.8, gap * (len(rows) - 1) + 0.8
    scale = 72 / ax.figure.dpi * min(box.height / height, box.width / (right - left))  # points
    ax.set(xlim=(left, right), ylim=(-top - below, top), aspect="equal")
    ax.axis("off")
    place = [
        {unit: np.array([gap * l, (len(column) - 1) / 2 - k]) for k, unit in enumerate(column)}
        for l, column in enumerate(rows)
    ]
    return place, scale


def _draw_units(ax, place, names, fill, scale):
    """Draw the circles of one layer, with names if there is room, and its ellipsis."""
    for unit, (x, y) in place.items():
        if unit is None:
            _write(ax, x, y, r"$\vdots$", min(16, 0.5 * scale))
            continue
        ax.add_patch(mpl.patches.Circle((x, y), RADIUS, fc=fill, ec="black", zorder=3))
        if 0.36 * scale > 5:
            _write(ax, x, y, names[unit - 1], min(13, 0.36 * scale))


def _write_caption(ax, place, l, text, scale):
    """Write below layer l, in the middle between its lowest place and the edge of the axes."""
    gap = place[1][1][0]
    x = place[l][1][0]
    _write(ax, x, ax.get_ylim()[0] + 0.45, text, min(10, 0.18 * gap * scale))


def _rows(width, most):
    """Return the units drawn of a layer, from top to bottom; None is the ellipsis."""
    if width <= most:
        return list(range(1, width + 1))
    return [*range(1, most - 1), None, width]


def _unit_names(names, widths):
    if names is None:
        return [[f"$a_{{{j}}}^{{{l}}}$" for j in range(1, m + 1)] for l, m in enumerate(widths)]
    names = [[""] * m if layer is None else layer for layer, m in zip(names, widths, strict=False)]
    if [len(layer) for layer in names] != widths:
        raise ValueError(
            f"names should have {widths} entries, layer by layer, not {[len(k) for k in names]}"
        )
    return names


def _highlighted_weights(highlight, rows):
    weights = sorted({tuple(weight) for weight in highlight})
    for weight in weights:
        l, i, j = weight if len(weight) == 3 else (0, 0, 0)
        if not 1 <= l < len(rows) or not i or i not in rows[l - 1] or not j or j not in rows[l]:
            raise ValueError(
                f"highlight should name drawn weights (l, i, j) with 1 <= l <= {len(rows) - 1} "
                f"and units counted from 1, not {weight}"
            )
    return weights


def _weight_arrow(ax, start, end, strong, head):
    """Draw the line of a weight from the edge of one circle to that of another."""
    along = RADIUS * (end - start) / np.hypot(*(end - start))
    style = (
        {"color": COLOURS[1], "lw": 2.2}
        if strong
        else {"color": "#999999" if head else "#B8B8B8", "lw": 0.7 if head else 0.4}
    )
    arrow = mpl.patches.FancyArrowPatch(
        start + along,
        end - along,
        arrowstyle="-|>,head_width=2,head_length=4" if head else "-",
        shrinkA=0,
        shrinkB=0,
        zorder=2 if strong else 1,
        antialiased=head,  # a dense web of smoothed lines makes a large file
        **style,
    )
    ax.add_patch(arrow)


# Chains of neurons, and the 2-2-1 network


def draw_chain(n_layers: int, ax=None, *, backward: bool = False):
    """Draw the computation graph of a chain of neurons, from the input to the cost C.

    Arrows of the forward pass run from left to right; parameters are squares.  With one
    neuron the symbols carry no index, as in chapter 6; with more, they are those of
    ``eq-deep-delta``.

    Parameters
    ----------
    n_layers : int
        Number L of neurons in the chain, from 1 to 3.
    ax : Axes, optional
        Where to draw; by default a new figure.
    backward : bool, default False
        Whether to draw the backward pass too: an arrow against each edge, with the local
        derivative that the gradient is multiplied by on its way.

    Returns
    -------
    Axes
        The axes, without ticks and frame.

    Raises
    ------
    TypeError
        If ``n_layers`` is not a whole number.
    ValueError
        If it is not from 1 to 3.
    """
    if as_count("n_layers", n_layers) > 3:
        raise ValueError(f"n_layers should be at most 3, not {n_layers}")
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 2.4))
    place, edges = _chain_layout(n_layers)
    for start, end, factor, side in edges:
        _edge_arrow(ax, place[start], place[end], COLOURS[0])
        if backward and factor and place[start][0] > 0:  # nothing goes back to the input
            _backward_edge(ax, place[start], place[end], factor, side)
    _draw_symbols(ax, place, [name for name in place if name[1] in "wb"])
    right = place["$C$"][0] + 0.6
    ax.set(xlim=(-0.6, right), ylim=(-2.0, 1.1 if backward else 0.6), aspect="equal")
    ax.axis("off")
    return ax


def _chain_layout(n_layers):
    """Return the places of the symbols of a chain, and its edges.

    An edge has a start, an end, its local derivative and the side of the backward arrow.
    """
    many = n_layers > 1
    last = "$a_0$" if many else "$x$"
    place, edges = {last: (0.0, 0.0)}, []
    for l in range(1, n_layers + 1):
        index = f"_{l}" if many else ""
        z, a, w, b = (f"${letter}{index}$" for letter in "zawb")
        x = 3.0 * l - 1.5
        place |= {z: (x, 0.0), a: (x + 1.5, 0.0), w: (x - 0.6, -1.5), b: (x + 0.6, -1.5)}
        edges += [(last, z, w, 1), (w, z, last, 1), (b, z, "1", -1)]
        edges += [(z, a, rf"$\varphi{index}^\prime$", 1)]
        last = a
    x += 3.0
    place |= {"$C$": (x, 0.0), "$t$": (x, -1.5)}
    edges += [(last, "$C$", f"{last[:-1]} - t$", 1), ("$t$", "$C$", "", 1)]
    return place, edges


def _edge_arrow(ax, start, end, colour, **style):
    """Draw an arrow between two symbols of a chain."""
    arrow = {"arrowstyle": "-|>", "shrinkA": 12, "shrinkB": 12, "mutation_scale": 10, "lw": 1.3}
    ax.annotate("", end, start, arrowprops={**arrow, "color": colour, **style})


def _backward_edge(ax, start, end, factor, side):
    """Draw the bent arrow against an edge, and the local derivative outside the bend."""
    (x0, y0), (x1, y1) = start, end
    _edge_arrow(ax, end, start, COLOURS[1], connectionstyle=f"arc3,rad={0.5 * side}")
    # Seen along the edge, the label is on its left (side 1) or on its right (side -1).
    shift = 0.62 if y0 == y1 else 0.64
    size = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    nx, ny = -(y1 - y0) / size * side * shift, (x1 - x0) / size * side * shift
    middle = ((x0 + x1) / 2 + nx, (y0 + y1) / 2 + ny)
    ax.text(*middle, factor, color=COLOURS[1], ha="center", va="center", fontsize=10)


def _draw_symbols(ax, place, parameters, size=None):
    """Write the symbols: parameters in green squares, all others in black circles."""
    for name, (x, y) in place.items():
        square = name in parameters
        colour = COLOURS[2] if square else COLOURS[6]
        box = {"boxstyle": "square" if square else "circle", "fc": "white", "ec": colour}
        ax.text(x, y, name, ha="center", va="center", fontsize=size, bbox=box)


def draw_two_two_one(ax=None):
    """Draw the computation graph of the 2-2-1 network, each edge with its local derivative.

    A derivative of the cost is the product of the labels along the way from C back to a
    parameter (``eq-221-w21-long``).  The parameters of a neuron share one square.

    Parameters
    ----------
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        The axes, without ticks and frame.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 4.0))
    place, edges = _two_two_one_layout()
    arrow = {"arrowstyle": "-|>", "color": COLOURS[0], "shrinkA": 13, "shrinkB": 13, "lw": 1.3}
    for start, end, label, share in edges:
        (x0, y0), (x1, y1) = place[start], place[end]
        ax.annotate("", (x1, y1), (x0, y0), arrowprops=arrow)
        # In the middle of an edge the label stands beside it, else on it.
        level, upright = share == 0.5 and y0 == y1, x0 == x1
        at = x0 + share * (x1 - x0) + 0.12 * upright, (1 - share) * y0 + share * y1 + 0.35 * level
        style = {"color": COLOURS[1], "bbox": {"fc": "white", "ec": "none", "pad": 0.6}}
        size = 14 if "frac" in label else 10
        side = "left" if upright else "center"
        ax.text(*at, label, ha=side, va="center", fontsize=size, **style)
    _draw_symbols(ax, place, [name for name in place if "," in name], size=10)
    ax.set(xlim=(-0.5, 10.3), ylim=(-3.2, 3.2))
    ax.axis("off")
    return ax


def _two_two_one_layout():
    """Return the places of the symbols of the 2-2-1 network, and its edges.

    An edge has a start, an end, its local derivative and where on it that is written: a share
    of its length.
    """
    place, edges = {"$a_1^2$": (8.2, 0.0), "$C$": (9.8, 0.0)}, []
    neurons = [(1, 1, 2.8, 1.3, 1), (2, 1, 2.8, -1.3, -1), (1, 2, 6.4, 0.0, -1)]
    for j, layer, x, y, side in neurons:  # side: parameters above or below
        senders = [f"x_{i}" if layer == 1 else f"a_{i}^1" for i in (1, 2)]
        weights = [f"w_{{{i}{j}}}^{layer}" for i in (1, 2)]
        parameters = "$" + ",\\ ".join([*weights, f"b_{j}^{layer}"]) + "$"
        z = f"$z_{j}^{layer}$"
        place |= {z: (x, y), parameters: (x, y + 1.5 * side)}
        edges.append((parameters, z, "$" + ",\\ ".join([*senders, "1"]) + "$", 0.5))
        edges += [(f"${s}$", z, f"${w}$", 0.3) for s, w in zip(senders, weights, strict=True)]
    for i, y in ((1, 1.3), (2, -1.3)):
        place |= {f"$x_{i}$": (0.0, y), f"$a_{i}^1$": (4.6, y)}
        edges.append((f"$z_{i}^1$", f"$a_{i}^1$", r"$\varphi_1^\prime$", 0.5))
    edges.append(("$z_1^2$", "$a_1^2$", r"$\varphi_2^\prime$", 0.5))
    edges.append(("$a_1^2$", "$C$", r"$\frac{\partial C}{\partial a}$", 0.5))
    return place, edges


# The forward and the backward pass


def draw_passes(n_layers: int = 3, ax=None):
    """Draw the forward pass above the backward pass, and which array each step needs.

    Parameters
    ----------
    n_layers : int, default 3
        Number L of layers with parameters, from 1 to 4.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        The axes, without ticks and frame; arrows carry the names BP1 to BP4.

    Raises
    ------
    TypeError
        If ``n_layers`` is not a whole number.
    ValueError
        If it is not from 1 to 4.
    """
    if as_count("n_layers", n_layers) > 4:
        raise ValueError(f"n_layers should be at most 4, not {n_layers}")
    L, ax = n_layers, plt.subplots(figsize=(6.4, 3.2))[1] if ax is None else ax
    ax.set(xlim=(-0.6, 2 * L + 1.6), ylim=(-3.2, 1.6))
    ax.axis("off")
    _box(ax, 0, 0, "$A^0$", PALE_BLUE)
    for l in range(1, L + 1):
        _draw_layer_passes(ax, l, L)
    # The cost joins the two passes: its derivative by A^L gives the first delta.
    _pass_arrow(ax, (2 * L, 0), (2 * L + 1, 0), COLOURS[0])
    _box(ax, 2 * L + 1, 0, "$C$", PALE_BLUE)
    _pass_arrow(ax, (2 * L + 1, 0), (2 * L - 1, -1.5), COLOURS[1], curve=-0.25)
    _write(ax, 2 * L + 0.35, -1.15, "BP1", 9, COLOURS[1], pad=0.1)
    ax.text(-0.55, 0.62, "forward pass", color=COLOURS[0], size=10)
    ax.text(-0.55, -1.55, "backward\npass", color=COLOURS[1], size=10, va="center")
    return ax


def _draw_layer_passes(ax, l, L):
    """Draw layer l in both passes, and the arrow that brings delta from the layer after it."""
    forward, backward = COLOURS[0], COLOURS[1]
    z, a = 2 * l - 1, 2 * l
    _pass_arrow(ax, (a - 2, 0), (z, 0), forward)
    _pass_arrow(ax, (z, 0), (a, 0), forward)
    _pass_arrow(ax, (z, 1.2), (z, 0), forward)
    _box(ax, z, 1.2, f"$W^{l}, b^{l}$", size=9)
    _box(ax, z, 0, f"$Z^{l}$", PALE_BLUE)
    _box(ax, a, 0, f"$A^{l}$", PALE_BLUE)
    # Below: delta needs Z of its layer and the next W, the derivatives need A of the layer before.
    _pass_arrow(ax, (z, 0), (z, -1.5), "#8C8C8C", dotted=True)
    _pass_arrow(ax, (z - 1, 0), (z, -2.8), "#8C8C8C", dotted=True, curve=-0.06)
    if l < L:
        _pass_arrow(ax, (z + 2, 1.2), (z + 1, -1.5), "#8C8C8C", dotted=True, curve=-0.1)
    _pass_arrow(ax, (z, -1.5), (z, -2.8), backward)
    _box(ax, z, -1.5, rf"$\delta^{l}$", PALE_RED)
    _box(ax, z, -2.8, rf"$\partial C/\partial W^{l},\ \partial C/\partial b^{l}$", size=7.5)
    _write(ax, z + 0.1, -2.15, "BP3, BP4", 8, backward, pad=0.1)
    if l < L:
        _pass_arrow(ax, (z + 2, -1.5), (z, -1.5), backward)
        _write(ax, z + 1, -1.5, "BP2", 9, backward, pad=0.1)


def _pass_arrow(ax, start, end, colour, dotted=False, curve=0.0):
    style = {"color": colour, "lw": 1.2 if dotted else 1.8, "ls": ":" if dotted else "-"}
    style |= {"shrinkA": 13, "shrinkB": 13, "connectionstyle": f"arc3,rad={curve}"}
    shape = "-|>,head_width=0.2,head_length=0.4"
    ax.annotate("", end, start, arrowprops={"arrowstyle": shape, **style})


def _box(ax, x, y, text, fill="white", size=11):
    ground = {"boxstyle": "round,pad=0.25", "fc": fill, "ec": "black", "lw": 0.8}
    ax.text(x, y, text, size=size, ha="center", va="center", bbox=ground)


# Computation graphs


# How draw_graph writes the operations that have no name.
OPERATIONS = {"*": "×", "/": "÷", "-": "−", "neg": "−", "**": "power"}


def draw_graph(output, ax=None, *, names=None, digits: int = 4):
    """Draw the computation graph on a tape, from the inputs to one output.

    A circle is a variable, with its name and the operation that made it; above it stands
    its value and below it, once ``Tape.backward`` has run, its adjoint.  An arrow leads
    from a parent to a child; on it stands the local derivative, of the child by the parent.

    Parameters
    ----------
    output : backprop.autodiff.Variable
        The output.  Only what it depends on is drawn.
    ax : Axes, optional
        Where to draw; by default a new figure.
    names : dict of str to Variable, optional
        Names of variables, as ``{"a": a}``; set as mathematics.  The others are
        called x_1, x_2, … by their place on the tape.
    digits : int, default 4
        Significant digits of all numbers.

    Returns
    -------
    Axes
        The axes, without ticks and frame.

    Raises
    ------
    TypeError
        If ``output`` is not a Variable.
    """
    if not hasattr(output, "partials"):
        raise TypeError(f"output should be a Variable on a tape, not {type(output).__name__}")
    nodes, place, paths = _graph_layout(output)
    # The axes enclose all circles, with room for the numbers, and all arrows.
    points = np.array(list(place.values()))
    right, up = np.add(points.max(axis=0), (0.5, 0.7))
    down = min([points[:, 1].min() - 0.7, *(y - 0.2 for path in paths.values() for _, y in path)])
    width, height = right + 0.5, up - down
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, min(4.0, 6.4 * height / width)))
    ax.set(xlim=(-0.5, right), ylim=(down, up), aspect="equal")
    ax.axis("off")
    box = ax.get_window_extent()
    scale = 72 / ax.figure.dpi * min(box.width / width, box.height / height)  # points
    small, large = min(10.0, 0.16 * scale), min(14.0, 0.24 * scale)

    for (i, j), path in paths.items():
        _path_arrow(ax, path)
        links = zip(nodes[j].parents, nodes[j].partials, strict=True)
        partial = sum(plain(p) for parent, p in links if parent.index == i)
        _write(ax, *path[len(path) // 2], f"{partial:.{digits}g}", small, COLOURS[2], pad=0.1)
    labels = {node.index: name for name, node in (names or {}).items()}
    for i, node in nodes.items():
        x, y = place[i]
        ax.add_patch(mpl.patches.Circle((x, y), RADIUS, fc=PALE_BLUE, ec="black", zorder=3))
        _write(ax, x, y + 0.07, f"${labels.get(i, f'x_{{{i}}}')}$", large)
        operation = OPERATIONS.get(node.operation, node.operation)
        _write(ax, x, y - 0.17, operation, 0.8 * small, "#444444")
        _write(ax, x, y + 0.47, f"{plain(node.value):.{digits}g}", small, COLOURS[0])
        if plain(output.adjoint) != 0:
            _write(ax, x, y - 0.47, f"{plain(node.adjoint):.{digits}g}", small, COLOURS[1])
    return ax


def _path_arrow(ax, points):
    """Draw an arrow along a curve."""
    arrow = mpl.patches.FancyArrowPatch(
        path=mpl.path.Path(points),
        arrowstyle="-|>,head_width=2.5,head_length=5",
        color="#666666",
        lw=1.2,
    )
    ax.add_patch(arrow)


def _graph_layout(output):
    """Return the nodes by index, a place (x, y) for each, and points along each arrow.

    Every node stands one column to the right of its last parent.  An arrow that skips a
    column is given a place of its own in it, so that it does not run through a node.
    """
    nodes, ancestors = {}, {output.index}
    for node in reversed(output.tape.nodes[: output.index]):
        if node.index in ancestors:
            nodes[node.index] = node
            ancestors |= {parent.index for parent in node.parents}
    edges = sorted({(p.index, j) for j, node in nodes.items() for p in node.parents})
    column = _columns(nodes, edges, output)
    items = [[i for i in sorted(nodes) if column[i] == c] for c in range(column[output.index] + 1)]

    # Chains of neighbours: an arrow's start, its stops in the columns that it skips, its end.
    chains, near = {}, {i: [] for i in nodes}
    for i, j in edges:
        stops = [(i, j, c) for c in range(column[i] + 1, column[j])]
        chains[i, j] = [i, *stops, j]
        for stop in stops:
            items[stop[2]].append(stop)
            near[stop] = []
        for a, b in itertools.pairwise(chains[i, j]):
            near[a].append(b)
            near[b].append(a)
    height = _heights(items, near)
    place = {i: np.array([1.6 * c, height[i]]) for c, here in enumerate(items) for i in here}
    paths = {e: _smooth([place[i] for i in chain], 0.34) for e, chain in chains.items()}
    return nodes, {i: place[i] for i in nodes}, paths


def _columns(nodes, edges, output):
    """Return the column of each node: to the right of its parents, inputs as late as possible."""
    column = {}
    for j in sorted(nodes):
        column[j] = 1 + max((column[i] for i, k in edges if k == j), default=-1)
    for i in sorted(nodes):  # an input stands right before its first child
        if not nodes[i].parents and i != output.index:
            column[i] = min(column[j] for k, j in edges if k == i) - 1
    return column


def _heights(items, near):
    """Return the height of every item, sorting each column so that few arrows cross."""
    height = dict.fromkeys(near, 0.0)
    for sweep in range(6):  # everything moves towards the mean height of its neighbours
        for here in items[:: -1 if sweep % 2 else 1]:
            pull = {i: np.mean([height[k] for k in near[i]] or [0.0]) for i in here}
            here.sort(key=pull.get, reverse=True)
            height |= {i: 1.3 * ((len(here) - 1) / 2 - k) for k, i in enumerate(here)}
    return height


def _smooth(corners, gap):
    """Return points of a smooth curve through the corners, cut off near both ends."""
    first, last = corners[0], corners[-1]
    ends = [2 * first - corners[1], *corners, 2 * last - corners[-2]]
    t = np.linspace(0, 1, 40, endpoint=False)[:, None]
    curve = [
        b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
        for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False)
    ]
    points = np.concatenate(curve)
    return [p for p in points if min(np.hypot(*(p - first)), np.hypot(*(p - last))) > gap]


# All diagrams


def _write(ax, x, y, text, size, colour="black", pad=None):
    ground = None if pad is None else {"boxstyle": f"round,pad={pad}", "fc": "white", "lw": 0}
    ax.text(x, y, text, size=size, color=colour, ha="center", va="center", zorder=4, bbox=ground)
