"""Figures: one style for all, plots of data, and the diagrams of the module ``diagrams``.

Every function draws into the axes it is given (``ax``), or makes its own, and returns them.
Colours are those of Okabe and Ito, which can be told apart with colour-vision deficiency;
the ground is opaque white, so that a figure can be read on a dark page.
"""

from __future__ import annotations

import math

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from ._arrays import as_count, as_matrix, as_number, describe
from ._style import COLOURS, use_style
from .diagrams import draw_chain, draw_graph, draw_network, draw_passes, draw_two_two_one

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
    with the same output everywhere.
    """
    function = getattr(model, "feed_forward", model)
    if not callable(function):
        raise TypeError(f"model should be a network or a function, not {describe(model)}")
    X = as_matrix("X", X, 2)
    if np.shape(t) not in ((len(X),), (len(X), 1)):
        raise ValueError(f"t should have shape ({len(X)},) or ({len(X)}, 1), but has {np.shape(t)}")
    t = as_matrix("t", np.reshape(t, (len(X), 1)))
    ends = _ends(X, as_number("margin", margin, 0.0))
    x1, x2 = np.meshgrid(*np.linspace(*ends, 121).T)
    outputs = _outputs_on_grid(function, x1, x2)

    ax = plt.subplots(figsize=(4.2, 3.8))[1] if ax is None else ax
    shades = mpl.colors.LinearSegmentedColormap.from_list(
        "regions", [_paler(COLOURS[0]), "white", _paler(COLOURS[1])]
    )
    regions = ax.contourf(x1, x2, outputs, np.linspace(0, 1, 11), cmap=shades, extend="both")
    regions.set_edgecolor("face")
    if outputs.min() < level - 1e-6 and outputs.max() > level + 1e-6:
        ax.contour(x1, x2, outputs, [level], colors="black", linewidths=2)
    _draw_samples(ax, X, t.ravel() >= level)
    ax.set(xlabel=names[0], ylabel=names[1], xlim=ends[:, 0], ylim=ends[:, 1])
    ax.grid(visible=False)
    if legend:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, handletextpad=0.2)
    return ax


def _ends(X, margin):
    """Return the lower left and the upper right corner of the plot, shape (2, 2)."""
    low, extent = X.min(axis=0), np.ptp(X, axis=0)
    extent = np.where(extent > 0, extent, 1.0)
    return np.stack([low - margin * extent, X.max(axis=0) + margin * extent])


def _outputs_on_grid(function, x1, x2):
    outputs = np.asarray(function(np.column_stack([x1.ravel(), x2.ravel()])))
    if outputs.size != x1.size:
        raise ValueError(
            f"model should return one output per row, but for {x1.size} rows it returned "
            f"an array of shape {outputs.shape}"
        )
    return outputs.reshape(x1.shape)


def _draw_samples(ax, X, above):
    """Draw the samples, with one marker for the targets below the level, one for the others."""
    for rows, marker, colour, kind in (
        (~above, "o", COLOURS[0], "target 0"),
        (above, "^", COLOURS[1], "target 1"),
    ):
        if rows.any():
            style = {"facecolor": colour, "edgecolor": "black", "s": 110, "zorder": 3}
            ax.scatter(*X[rows].T, marker=marker, label=kind, **style)


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
        Name of this network in the legend.
    colour : matplotlib colour
        Of both lines.

    Returns
    -------
    matplotlib Axes
        With one line for every set.

    Raises
    ------
    ValueError
        If ``kind`` is none of these, or the scores are missing, as the accuracies of a
        regressor are.
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
    """Draw a confusion matrix: how often each class is predicted as each other.

    Parameters
    ----------
    counts : array_like of int, shape (K, K)
        Number of samples of class i (row) that were predicted as class j (column).
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure is made.
    names : sequence of str, optional
        Names of the K classes; by default 0, 1, 2, …

    Returns
    -------
    matplotlib Axes
        With the numbers written into the fields; zeros are left out.  Only the fields off
        the diagonal, the mistakes, are coloured, since the many right ones would
        outshine them.

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
    fields = np.ma.masked_equal(mistakes, 0)
    ax.imshow(fields, cmap="Oranges", vmin=0, vmax=1.5 * most)  # dark text stays legible
    for i, j in zip(*np.nonzero(counts), strict=True):
        ax.text(j, i, str(counts[i, j]), ha="center", va="center", fontsize=9)
    ax.set(xlabel="read as", ylabel="is", xticks=classes, yticks=classes)
    ax.set(xticklabels=names, yticklabels=names)
    ax.grid(False)
    return ax


def plot_images(images, titles=None, columns: int = 8, *, signed: bool = False):
    """Draw small images in rows, such as digits or the weights of units that take them.

    Parameters
    ----------
    images : array_like, shape (n, side²) or (n, height, width)
        One image per row; a row of side² numbers is a square.
    titles : sequence of str, optional
        A title for each image.
    columns : int, default 8
        Images per row.
    signed : bool, default False
        Whether zero is the neutral value: then positive is red and negative blue, with a
        scale of its own for each image.  Otherwise zero is white, and the largest value of
        all images black.

    Returns
    -------
    ndarray of matplotlib Axes, shape (rows, columns)
        Of a new figure; those without an image are blank.

    Raises
    ------
    ValueError
        If there is no image, its pixels do not form a square, or the number of titles is
        not that of the images.
    """
    images = _as_images(images)
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


def _as_images(images):
    """Return images as an array of shape (n, height, width)."""
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
    return images
