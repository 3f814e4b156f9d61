"""Figures: one style for all, and the pictures that more than one chapter needs.

Every function draws into the axes it is given (``ax``), or makes its own, and returns them.
Colours are those of Okabe and Ito, which survive colour blindness, on an opaque white
ground, which survives a dark page.
"""

from __future__ import annotations

import itertools
import math

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from ._arrays import as_count, as_matrix, as_number, describe
from .counting import plain

__all__ = [
    "COLOURS",
    "decision_regions",
    "draw_chain",
    "draw_graph",
    "draw_network",
    "draw_passes",
    "draw_two_two_one",
    "plot_confusion",
    "plot_images",
    "plot_scores",
    "use_style",
]

# Blue, vermilion, green, purple, orange, sky blue, black: told apart by everybody.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

STYLE = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.figsize": (6.4, 3.6),
    "font.size": 11,
    "grid.alpha": 0.3,
    "image.cmap": "cividis",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "savefig.facecolor": "white",
}


def use_style() -> None:
    """Give all figures that follow the style of the book.

    It sets matplotlib's ``rcParams``, so it is called in a notebook's first cell and never
    on import.
    """
    plt.rcParams.update(STYLE)


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
    A picture needs words for those who cannot see it; they are the caller's to write.
    """
    if not hasattr(dimensions, "__len__") or len(dimensions) < 2:
        raise ValueError(f"dimensions should be at least two widths, not {dimensions!r}")
    widths = [as_count(f"dimensions[{l}]", m) for l, m in enumerate(dimensions)]
    rows = [_rows(m, as_count("most", most, least=3)) for m in widths]
    names = _unit_names(names, widths)
    coloured = _coloured_weights(highlight, rows)
    ax = plt.subplots(figsize=(6.4, 3.6))[1] if ax is None else ax

    # The layers are as far apart as it takes to fill the axes.
    box, radius, below = ax.get_window_extent(), 0.32, 1.0 if captions else 0.1
    top = max(2.4, *map(len, rows)) / 2
    height = 2 * top + below
    gap = np.clip((height * box.width / box.height - 1.6) / (len(widths) - 1), 1.5, 3.5)
    left, right = -0.8, gap * (len(widths) - 1) + 0.8
    scale = 72 / ax.figure.dpi * min(box.height / height, box.width / (right - left))  # points
    ax.set(xlim=(left, right), ylim=(-top - below, top), aspect="equal")
    ax.axis("off")
    place = [
        {unit: np.array([gap * l, (len(column) - 1) / 2 - k]) for k, unit in enumerate(column)}
        for l, column in enumerate(rows)
    ]

    for l in range(1, len(widths)):
        pairs = list(itertools.product(*([u for u in rows[k] if u] for k in (l - 1, l))))
        for i, j in pairs:
            strong = (l, i, j) in coloured
            _arrow(ax, place[l - 1][i], place[l][j], radius, strong, strong or len(pairs) <= 20)
    for l, i, j in coloured if name_weights else ():
        share = 0.66 if sum(w[:2] == (l, i) for w in coloured) > 1 else 0.36
        x, y = place[l - 1][i] + share * (place[l][j] - place[l - 1][i])
        _write(ax, x, y, f"$w_{{{i}{j}}}^{{{l}}}$", min(12, 0.45 * scale), COLOURS[1], pad=0.12)
    fills = ["#FFFFFF", *["#DCEBF5"] * (len(widths) - 2), "#FBE5D6"]
    for l, column in enumerate(rows):
        for unit in column:
            x, y = place[l][unit]
            if unit is None:
                _write(ax, x, y, r"$\vdots$", min(16, 0.5 * scale))
                continue
            ax.add_patch(mpl.patches.Circle((x, y), radius, fc=fills[l], ec="black", zorder=3))
            if 0.36 * scale > 5:
                _write(ax, x, y, names[l][unit - 1], min(13, 0.36 * scale))
        if captions:
            kind = "input" if l == 0 else "output" if l == len(widths) - 1 else "hidden"
            text = f"{kind}\n$l={l},\\ M_{l}={widths[l]}$"
            _write(ax, gap * l, -top - 0.55 * below, text, min(10, 0.18 * gap * scale))
    return ax


def _rows(width, most):
    """Return the units drawn of a layer, from top to bottom; None is the ellipsis."""
    if width <= most:
        return list(range(1, width + 1))
    return [*range(1, most - 1), None, width]


def _unit_names(names, widths):
    if names is None:
        return [[f"$a_{{{j}}}^{{{l}}}$" for j in range(1, m + 1)] for l, m in enumerate(widths)]
    names = [[""] * m if given is None else given for given, m in zip(names, widths, strict=False)]
    if [len(layer) for layer in names] != widths:
        raise ValueError(
            f"names should have {widths} entries, layer by layer, not {[len(k) for k in names]}"
        )
    return names


def _coloured_weights(highlight, rows):
    weights = sorted({tuple(weight) for weight in highlight})
    for weight in weights:
        l, i, j = weight if len(weight) == 3 else (0, 0, 0)
        if not 1 <= l < len(rows) or not i or i not in rows[l - 1] or not j or j not in rows[l]:
            raise ValueError(
                f"highlight should name drawn weights (l, i, j) with 1 <= l <= {len(rows) - 1} "
                f"and units counted from 1, not {weight}"
            )
    return weights


def _arrow(ax, start, end, radius, coloured, head):
    along = radius * (end - start) / np.hypot(*(end - start))
    style = (
        {"color": COLOURS[1], "lw": 2.2}
        if coloured
        else {"color": "#999999" if head else "#B8B8B8", "lw": 0.7 if head else 0.4}
    )
    arrow = mpl.patches.FancyArrowPatch(
        start + along,
        end - along,
        arrowstyle="-|>,head_width=2,head_length=4" if head else "-",
        shrinkA=0,
        shrinkB=0,
        zorder=2 if coloured else 1,
        antialiased=head,  # a dense web of smoothed lines makes a large file
        **style,
    )
    ax.add_patch(arrow)


def _write(ax, x, y, text, size, colour="black", pad=None):
    ground = None if pad is None else {"boxstyle": f"round,pad={pad}", "fc": "white", "lw": 0}
    ax.text(x, y, text, size=size, color=colour, ha="center", va="center", zorder=4, bbox=ground)


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
    many = n_layers > 1
    last = "$a_0$" if many else "$x$"
    place, edges = {last: (0.0, 0.0)}, []  # an edge: from, to, local derivative, side
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

    arrow = {"arrowstyle": "-|>", "shrinkA": 12, "shrinkB": 12, "mutation_scale": 10, "lw": 1.3}
    for start, end, factor, side in edges:
        (x0, y0), (x1, y1) = place[start], place[end]
        ax.annotate("", (x1, y1), (x0, y0), arrowprops={**arrow, "color": COLOURS[0]})
        if backward and factor and x0 > 0:
            bend = {"color": COLOURS[1], "connectionstyle": f"arc3,rad={0.5 * side}"}
            ax.annotate("", (x0, y0), (x1, y1), arrowprops={**arrow, **bend})
            # The label sits outside the bend: left of the edge, seen along it, or right.
            shift = 0.62 if y0 == y1 else 0.64
            size = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
            nx, ny = -(y1 - y0) / size * side * shift, (x1 - x0) / size * side * shift
            middle = ((x0 + x1) / 2 + nx, (y0 + y1) / 2 + ny)
            ax.text(*middle, factor, color=COLOURS[1], ha="center", va="center", fontsize=10)
    for name, (x0, y0) in place.items():
        parameter = name[1] in "wb"
        colour = COLOURS[2] if parameter else COLOURS[6]
        box = {"boxstyle": "square" if parameter else "circle", "fc": "white", "ec": colour}
        ax.text(x0, y0, name, ha="center", va="center", bbox=box)
    ax.set(xlim=(-0.6, x + 0.6), ylim=(-2.0, 1.1 if backward else 0.6), aspect="equal")
    ax.axis("off")
    return ax


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
    for name, (x, y) in place.items():
        parameter = "," in name
        colour = COLOURS[2] if parameter else COLOURS[6]
        box = {"boxstyle": "square" if parameter else "circle", "fc": "white", "ec": colour}
        ax.text(x, y, name, ha="center", va="center", fontsize=10, bbox=box)
    ax.set(xlim=(-0.5, 10.3), ylim=(-3.2, 3.2))
    ax.axis("off")
    return ax


def decision_regions(
    model, X, t, ax=None, *, level=0.5, margin=0.35, names=("$x_1$", "$x_2$"), legend=True
):
    """Draw the output of a network with two inputs, where it decides, and the samples.

    Outputs from 0 to 1 are filled contours from blue to vermilion, through white; the
    decision line, on which the output is ``level``, is black.  Samples with targets below
    ``level`` are blue circles, the others vermilion triangles.

    Parameters
    ----------
    model : FFNN or callable
        A network with two inputs and one output, or a function that takes an array of
        shape (n, 2) and returns n outputs, with shape (n,) or (n, 1).
    X : array_like, shape (n, 2)
        The samples.
    t : array_like, shape (n,) or (n, 1)
        Their targets.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure is made.
    level : float, default 0.5
        The output at which the decision changes.
    margin : float, default 0.35
        How far the picture reaches beyond the samples, as a share of their extent.
    names : pair of str
        Labels of the axes.
    legend : bool, default True
        Whether to say what the markers mean.

    Returns
    -------
    matplotlib Axes
        With the filled contours, the line and the samples, in this order.

    Raises
    ------
    TypeError
        If ``model`` is neither a network nor a function, or X or t are not numbers.
    ValueError
        If X or t have the wrong shape or contain NaN, or the model does not return one output
        per row.

    Notes
    -----
    No line is drawn where outputs only touch ``level`` to rounding, as those of a network
    that answers the same everywhere.
    """
    function = getattr(model, "feed_forward", model)
    if not callable(function):
        raise TypeError(f"model should be a network or a function, not {describe(model)}")
    X = as_matrix("X", X, 2)
    if np.shape(t) not in ((len(X),), (len(X), 1)):
        raise ValueError(f"t should have shape ({len(X)},) or ({len(X)}, 1), but has {np.shape(t)}")
    t = as_matrix("t", np.reshape(t, (len(X), 1)))
    margin = as_number("margin", margin, 0.0)

    low, extent = X.min(axis=0), np.ptp(X, axis=0)
    extent = np.where(extent > 0, extent, 1.0)
    ends = np.stack([low - margin * extent, X.max(axis=0) + margin * extent])
    x1, x2 = np.meshgrid(*np.linspace(*ends, 121).T)
    outputs = np.asarray(function(np.column_stack([x1.ravel(), x2.ravel()])))
    if outputs.size != x1.size:
        raise ValueError(
            f"model should return one output per row, but for {x1.size} rows it returned "
            f"an array of shape {outputs.shape}"
        )
    outputs = outputs.reshape(x1.shape)

    ax = plt.subplots(figsize=(4.2, 3.8))[1] if ax is None else ax
    shades = mpl.colors.LinearSegmentedColormap.from_list(
        "regions", [_paler(COLOURS[0]), "white", _paler(COLOURS[1])]
    )
    filled = ax.contourf(x1, x2, outputs, np.linspace(0, 1, 11), cmap=shades, extend="both")
    filled.set_edgecolor("face")
    if outputs.min() < level - 1e-6 and outputs.max() > level + 1e-6:
        ax.contour(x1, x2, outputs, [level], colors="black", linewidths=2)
    above = t.ravel() >= level
    for rows, marker, colour, kind in (
        (~above, "o", COLOURS[0], "target 0"),
        (above, "^", COLOURS[1], "target 1"),
    ):
        if rows.any():
            style = {"facecolor": colour, "edgecolor": "black", "s": 110, "zorder": 3}
            ax.scatter(*X[rows].T, marker=marker, label=kind, **style)
    ax.set(xlabel=names[0], ylabel=names[1], xlim=ends[:, 0], ylim=ends[:, 1])
    ax.grid(visible=False)
    if legend:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, handletextpad=0.2)
    return ax


def _paler(colour, share=0.55):
    """Mix a colour with white; ``share`` of it stays."""
    return tuple(share * c + (1 - share) for c in mpl.colors.to_rgb(colour))


def plot_scores(scores, kind: str = "errors", ax=None, *, label: str = "", colour=COLOURS[0]):
    """Draw a learning curve from what ``FFNN.fit`` returned, against the epoch.

    The training set is a thin solid line, the validation set, if there is one, a thick dashed
    one.

    Parameters
    ----------
    scores : dict of str to array_like, shape (epochs,)
        With ``train_errors`` or ``train_accs``, and perhaps ``val_errors`` or ``val_accs``.
    kind : {"errors", "accs", "misread"}, default "errors"
        What to draw: mean costs, accuracies, or the share that is wrong, in per cent.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure is made.
    label : str, optional
        What to call this network in the legend.
    colour : matplotlib colour
        Of both lines.

    Returns
    -------
    matplotlib Axes
        With one line for every set.

    Raises
    ------
    ValueError
        If ``kind`` is none of these, or the scores are not there, as the accuracies of a
        regressor.
    """
    ylabels = {
        "errors": "cost (mean per sample)",
        "accs": "accuracy (share of samples)",
        "misread": "wrong (% of samples)",
    }
    if kind not in ylabels:
        raise ValueError(f"kind should be one of {', '.join(ylabels)}, not {kind!r}")
    ending = "errors" if kind == "errors" else "accs"
    if f"train_{ending}" not in scores:
        raise ValueError(
            f"scores should contain train_{ending}, but has {', '.join(scores) or 'nothing'}"
        )
    if ax is None:
        ax = plt.subplots()[1]
    lines = {"train": ("training", "-", 1.2), "val": ("validation", "--", 2.2)}
    for part, (name, style, width) in lines.items():
        if f"{part}_{ending}" not in scores:
            continue
        values = np.asarray(scores[f"{part}_{ending}"])
        values = 100.0 * (1.0 - values) if kind == "misread" else values
        name = f"{label}, {name}" if label else name
        epochs = np.arange(1, len(values) + 1)
        ax.plot(epochs, values, style, color=colour, linewidth=width, label=name)
    ax.set(xlabel="epoch", ylabel=ylabels[kind])
    ax.legend()
    return ax


def plot_confusion(counts, ax=None, *, names=None):
    """Draw a confusion matrix: who is taken for whom, and how often.

    Parameters
    ----------
    counts : array_like of int, shape (K, K)
        Number of samples of class i (row) that were taken for class j (column).
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure is made.
    names : sequence of str, optional
        Names of the K classes; by default 0, 1, 2, …

    Returns
    -------
    matplotlib Axes
        With the numbers written into the fields; zeros are left out.  Only the fields off
        the diagonal, the mistakes, are coloured, so that the many right ones do not drown
        them.

    Raises
    ------
    TypeError
        If the counts are not whole numbers.
    ValueError
        If they are not square or are empty, one is negative, or there is not one name for each
        class.
    """
    counts = np.asarray(counts)
    if counts.dtype.kind not in "iu":
        raise TypeError(f"counts should be whole numbers, not {describe(counts)}")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise ValueError(f"counts should be square and not empty, but has shape {counts.shape}")
    if counts.min() < 0:
        raise ValueError(f"counts should not be negative, but one is {counts.min()}")
    classes = np.arange(len(counts))
    names = [str(c) for c in classes] if names is None else list(names)
    if len(names) != len(counts):
        raise ValueError(f"names should be one for each of {len(counts)} classes, not {len(names)}")
    if ax is None:
        ax = plt.subplots(figsize=(4.6, 4.4))[1]
    mistakes = counts * (classes[:, None] != classes)
    most = max(1, mistakes.max())
    shown = np.ma.masked_equal(mistakes, 0)
    ax.imshow(shown, cmap="Oranges", vmin=0, vmax=1.5 * most)  # dark text stays legible
    for i, j in zip(*np.nonzero(counts), strict=True):
        ax.text(j, i, str(counts[i, j]), ha="center", va="center", fontsize=9)
    ax.set(xlabel="read as", ylabel="is", xticks=classes, yticks=classes)
    ax.set(xticklabels=names, yticklabels=names)
    ax.grid(False)
    return ax


def plot_images(images, titles=None, columns: int = 8, *, signed: bool = False):
    """Draw small pictures in rows, as digits or as the weights of units that look at them.

    Parameters
    ----------
    images : array_like, shape (n, side²) or (n, height, width)
        One picture per row; rows of numbers are taken for squares.
    titles : sequence of str, optional
        What to write above each picture.
    columns : int, default 8
        Pictures per row.
    signed : bool, default False
        Whether zero is the neutral value: then positive is red, negative blue, with a
        scale of its own for each picture.  Otherwise zero is white, and the largest value
        of all pictures black.

    Returns
    -------
    ndarray of matplotlib Axes, shape (rows, columns)
        Of a new figure; those without a picture are blank.

    Raises
    ------
    ValueError
        If there is no picture, its pixels do not make a square, or there is not one title
        for each.
    """
    images = np.asarray(images, dtype=np.float64)
    if images.ndim == 2:
        side = math.isqrt(images.shape[1])
        if side * side != images.shape[1]:
            raise ValueError(f"images should be squares, but have {images.shape[1]} pixels each")
        images = images.reshape(-1, side, side)
    if images.ndim != 3 or images.size == 0:
        raise ValueError(
            "images should have shape (n, side²) or (n, height, width) with n > 0, "
            f"but has shape {images.shape}"
        )
    titles = [""] * len(images) if titles is None else list(titles)
    if len(titles) != len(images):
        raise ValueError(f"titles should be one for each of {len(images)}, not {len(titles)}")
    columns = min(as_count("columns", columns), len(images))
    rows = -(-len(images) // columns)
    width = 6.4 / columns
    height = width + (0.18 if any(titles) else 0.0)
    figsize = (6.4, rows * height)
    _, axes = plt.subplots(rows, columns, figsize=figsize, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    top = max(images.max(), np.finfo(float).tiny)
    for ax, image, title in zip(axes.flat, images, titles, strict=False):
        limit = max(np.abs(image).max(), np.finfo(float).tiny)
        scale = (
            {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
            if signed
            else {"cmap": "Greys", "vmin": 0.0, "vmax": top}
        )
        ax.imshow(image, interpolation="nearest", **scale)
        ax.set_title(title, fontsize=10, pad=3)
    return axes


def draw_passes(n_layers: int = 3, ax=None):
    """Draw the forward pass above the backward pass, with what each computes from what.

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
    forward, backward = COLOURS[0], COLOURS[1]

    def arrow(start, end, colour, dashed=False, curve=0.0):
        style = {"color": colour, "lw": 1.2 if dashed else 1.8, "ls": ":" if dashed else "-"}
        style |= {"shrinkA": 13, "shrinkB": 13, "connectionstyle": f"arc3,rad={curve}"}
        shape = "-|>,head_width=0.2,head_length=0.4"
        ax.annotate("", end, start, arrowprops={"arrowstyle": shape, **style})

    def box(x, y, text, fill="white", size=11):
        ground = {"boxstyle": "round,pad=0.25", "fc": fill, "ec": "black", "lw": 0.8}
        ax.text(x, y, text, size=size, ha="center", va="center", bbox=ground)

    blue, red = "#DCEBF5", "#FBE5D6"
    box(0, 0, "$A^0$", blue)
    for l in range(1, L + 1):
        z, a = 2 * l - 1, 2 * l
        arrow((a - 2, 0), (z, 0), forward)
        arrow((z, 0), (a, 0), forward)
        arrow((z, 1.2), (z, 0), forward)
        box(z, 1.2, f"$W^{l}, b^{l}$", size=9)
        box(z, 0, f"$Z^{l}$", blue)
        box(a, 0, f"$A^{l}$", blue)
        arrow((z, 0), (z, -1.5), "#8C8C8C", dashed=True)
        arrow((z, -1.5), (z, -2.8), backward)
        box(z, -1.5, rf"$\delta^{l}$", red)
        box(z, -2.8, rf"$\partial C/\partial W^{l},\ \partial C/\partial b^{l}$", size=7.5)
        _write(ax, z + 0.1, -2.15, "BP3, BP4", 8, backward, pad=0.1)
        if l < L:
            arrow((z + 2, -1.5), (z, -1.5), backward)
            _write(ax, z + 1, -1.5, "BP2", 9, backward, pad=0.1)
    arrow((2 * L, 0), (2 * L + 1, 0), forward)
    box(2 * L + 1, 0, "$C$", blue)
    arrow((2 * L + 1, 0), (2 * L - 1, -1.5), backward, curve=-0.25)
    _write(ax, 2 * L + 0.35, -1.15, "BP1", 9, backward, pad=0.1)
    ax.text(-0.55, 0.62, "forward pass", color=forward, size=10)
    ax.text(-0.55, -1.55, "backward\npass", color=backward, size=10, va="center")
    return ax


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
        What to call which variable, as ``{"a": a}``; set as mathematics.  The others are
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
        line = mpl.patches.FancyArrowPatch(
            path=mpl.path.Path(path),
            arrowstyle="-|>,head_width=2.5,head_length=5",
            color="#666666",
            lw=1.2,
        )
        ax.add_patch(line)
        links = zip(nodes[j].parents, nodes[j].partials, strict=True)
        partial = sum(plain(p) for parent, p in links if parent.index == i)
        _write(ax, *path[len(path) // 2], f"{partial:.{digits}g}", small, COLOURS[2], pad=0.1)
    called = {node.index: name for name, node in (names or {}).items()}
    for i, node in nodes.items():
        x, y = place[i]
        ax.add_patch(mpl.patches.Circle((x, y), 0.32, fc="#DCEBF5", ec="black", zorder=3))
        _write(ax, x, y + 0.07, f"${called.get(i, f'x_{{{i}}}')}$", large)
        operation = OPERATIONS.get(node.operation, node.operation)
        _write(ax, x, y - 0.17, operation, 0.8 * small, "#444444")
        _write(ax, x, y + 0.47, f"{plain(node.value):.{digits}g}", small, COLOURS[0])
        if plain(output.adjoint) != 0:
            _write(ax, x, y - 0.47, f"{plain(node.adjoint):.{digits}g}", small, COLOURS[1])
    return ax


def _graph_layout(output):
    """Return the nodes by index, a place (x, y) for each, and points along each arrow.

    Every node stands one column to the right of its last parent.  An arrow that skips a
    column is given a place of its own in it, so that it does not run through a node.
    """
    nodes, wanted = {}, {output.index}
    for node in reversed(output.tape.nodes[: output.index]):
        if node.index in wanted:
            nodes[node.index] = node
            wanted |= {parent.index for parent in node.parents}
    edges = sorted({(p.index, j) for j, node in nodes.items() for p in node.parents})
    column = {}
    for j in sorted(nodes):
        column[j] = 1 + max((column[i] for i, k in edges if k == j), default=-1)
    for i in sorted(nodes):  # an input stands right before its first child
        if not nodes[i].parents and i != output.index:
            column[i] = min(column[j] for k, j in edges if k == i) - 1

    items = [[i for i in sorted(nodes) if column[i] == c] for c in range(column[output.index] + 1)]
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
    height = dict.fromkeys(near, 0.0)
    for sweep in range(6):  # everything moves towards the mean height of its neighbours
        for here in items[:: -1 if sweep % 2 else 1]:
            pull = {i: np.mean([height[k] for k in near[i]] or [0.0]) for i in here}
            here.sort(key=pull.get, reverse=True)
            height |= {i: 1.3 * ((len(here) - 1) / 2 - k) for k, i in enumerate(here)}
    place = {i: np.array([1.6 * c, height[i]]) for c, here in enumerate(items) for i in here}
    paths = {e: _smooth([place[i] for i in chain], 0.34) for e, chain in chains.items()}
    return nodes, {i: place[i] for i in nodes}, paths


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
