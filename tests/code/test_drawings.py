"""Every mark that the drawing functions make, compared with the drawings that were looked at.

A colour, a position or a size that changes unasked makes a figure of the book worse without
making it wrong, which no other test notices.  What was drawn is described in
``drawings.txt``, one mark per line; after a change that is meant, look at the figures in the
book and write it anew:

    python tests/code/test_drawings.py
"""

import re
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from backprop.autodiff import Tape
from backprop.plotting import (
    COLOURS,
    decision_regions,
    draw_chain,
    draw_graph,
    draw_network,
    draw_passes,
    draw_two_two_one,
    plot_confusion,
    plot_images,
    plot_scores,
    use_style,
)

STORED = Path(__file__).with_name("drawings.txt")
# What is described: properties of these names, where an artist has them.
PROPERTIES = (
    "text", "position", "xy", "fontsize", "color", "ha", "va", "rotation", "zorder", "xydata",
    "linewidth", "linestyle", "marker", "markersize", "facecolor", "edgecolor", "label", "center",
    "radius", "bbox", "path", "arrowstyle", "antialiased", "array", "clim", "extent", "offsets",
    "sizes", "linewidths", "interpolation", "cmap",
)  # fmt: skip
OF_AXES = ("title", "xlabel", "ylabel", "xlim", "ylim", "aspect", "xscale", "yscale")
SCORES = {"train_errors": [3.0, 2.0, 1.5], "val_errors": [3.5, 2.5, 2.2], "train_accs": [0.5, 0.9]}
POINTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 2.0]])


def graph(extra=()):
    tape = Tape()
    x, y = tape.variable(1.5), tape.variable(-0.75)
    a = x * y
    b = np.exp(a)
    c = a + b * x
    d = np.sqrt(c + 3.0) / y
    tape.backward(d)
    return draw_graph(d, names={"x": x, "y": y, "d": d}, **dict(extra))


def graph_of(function, n: int, passes=True):
    """Draw the graph of a function of n variables."""
    tape = Tape()
    output = function(*(tape.variable(0.5 * k - 1.75) for k in range(n)))
    if passes:
        tape.backward(output)
    return draw_graph(output)


def layered(x1, x2, w11, w21, w12, w22, b):
    """Return the output of a 2-2-1 network that is not quite regular."""
    a1, a2 = np.tanh(w11 * x1 + w21 * x2), np.tanh(w12 * x1 + w22 * x2 + b)
    return (a1 * x2 + a2 * w11 - 0.5) ** 2


def tangled(*inputs):
    """Return a sum whose graph takes all sweeps to be drawn with few crossings."""
    nodes = list(inputs)
    for a, b in [(0, 4), (4, 5), (3, 4), (2, 3), (2, 4), (8, 1), (6, 0), (10, 8), (2, 1)]:
        nodes.append(nodes[a] + nodes[b])
    return nodes[0] + nodes[-3] + nodes[-2] + nodes[-1]


def small(**settings):
    return plt.figure(figsize=(2.0, 1.2)).add_subplot(**settings)


def wave(P):
    return 0.5 + 0.5 * np.sin(3 * P[:, 0] - P[:, 1] ** 2)


DRAWINGS = {
    "network 2-3-1": lambda: draw_network((2, 3, 1)),
    "network with colours": lambda: draw_network(
        (3, 12, 2), highlight=[(1, 2, 3), (1, 2, 1), (2, 12, 2)], most=5
    ),
    "network with names": lambda: draw_network(
        (2, 2), names=[["p", "q"], None], highlight=[(1, 1, 2)], captions=False
    ),
    "network without names of weights": lambda: draw_network(
        (1, 4), highlight=[(1, 1, 2)], name_weights=False
    ),
    "network on small axes": lambda: draw_network((2, 8, 1), small(), captions=False),
    "network of nine": lambda: draw_network((9, 1), captions=False),
    "network of 20 arrows": lambda: draw_network((4, 5), small(), captions=False),
    "network of 21 arrows": lambda: draw_network((3, 7), small(), captions=False),
    "network on narrow axes": lambda: draw_network((2,) * 10, small()),
    "crowded network": lambda: draw_network((12, 9, 12), small(), highlight=[(1, 2, 3)], most=5),
    "names that just fit": lambda: draw_network(
        (2, 3, 1), plt.figure(figsize=(1.2, 1.0)).gca(), captions=False
    ),
    "names that still fit": lambda: draw_network((5, 5), plt.figure(figsize=(3, 1.4)).gca()),
    "deep network": lambda: draw_network((5, 6, 4, 3, 2)),
    "chain of one": lambda: draw_chain(1),
    "chain of two, backward": lambda: draw_chain(2, backward=True),
    "chain of three": lambda: draw_chain(3, small()),
    "two-two-one": lambda: draw_two_two_one(),
    "passes": lambda: draw_passes(),
    "passes of two layers": lambda: draw_passes(2),
    "graph": graph,
    "graph, few digits": lambda: graph({"digits": 2}.items()),
    "graph before the backward pass": lambda: graph_of(lambda x, y: x * y, 2, passes=False),
    "graph, tall": lambda: graph_of(lambda *x: sum(x[1:], x[0]), 9),
    "graph with many crossings": lambda: graph_of(layered, 7),
    "graph that takes all sweeps": lambda: graph_of(tangled, 5),
    "graph on narrow axes": lambda: graph({"ax": plt.figure(figsize=(2, 4)).gca()}.items()),
    "graph of a constant sum": lambda: graph_of(lambda x, y: x - x + y * 0.0, 2),
    "regions": lambda: decision_regions(wave, POINTS, [0, 1, 1, 0]),
    "regions, level": lambda: decision_regions(
        wave, POINTS, [0, 1, 1, 1], level=0.75, margin=0.1, names=("u", "v"), legend=False
    ),
    "scores": lambda: plot_scores(SCORES),
    "scores, misread": lambda: plot_scores(SCORES, "misread", label="net", colour=COLOURS[2]),
    "scores, accuracies": lambda: plot_scores(SCORES, "accs"),
    "confusion": lambda: plot_confusion([[5, 2, 0], [1, 7, 0], [0, 0, 9]]),
    "confusion, no mistakes": lambda: plot_confusion([[5, 0], [0, 4]], names=["cat", "dog"]),
    "images": lambda: plot_images(np.arange(45.0).reshape(5, 9), list("abcde"), columns=3),
    "images, signed": lambda: plot_images(np.arange(12.0).reshape(2, 2, 3) - 4, signed=True),
    "images, blank": lambda: plot_images(np.zeros((9, 4))),
}


def said(value) -> str:
    """Describe a value in a few characters, with three decimals."""
    if isinstance(value, mpl.path.Path):
        drawn = value.codes != value.CLOSEPOLY if value.codes is not None else slice(None)
        value = value.vertices[drawn]
    if isinstance(value, mpl.transforms.BboxBase):
        value = value.bounds
    if isinstance(value, mpl.colors.Colormap):
        value = value([0.0, 0.5, 1.0])  # what contour calls it differs between versions
    if isinstance(value, mpl.patches.ArrowStyle._Base):
        return type(value).__name__
    if isinstance(value, str | bool | np.bool_):
        return repr("auto" if value == "antialiased" else value)  # renamed in matplotlib 3.10
    try:
        array = np.ma.filled(np.ma.asarray(value, dtype=float), -99.0).ravel()
    except (TypeError, ValueError):
        return type(value).__name__
    if len(array) > 16:  # a digest: their number, two of them, their sum, and their order
        order = np.arange(1, len(array) + 1) / len(array)
        array = np.array([len(array), array[0], array[-1], array.sum(), array @ order])
    return "(" + " ".join(f"{x:g}" for x in np.round(array, 3) + 0.0) + ")"


def described(artist) -> list[str]:
    """Describe a mark by its properties, and likewise what stands behind it or in it."""
    if isinstance(artist, mpl.legend.Legend):
        place = artist.axes.transAxes.inverted().transform(artist.get_bbox_to_anchor().p0)
        parts = (artist._loc, place, artist._ncols, artist.handletextpad)
        texts = [line for part in artist.findobj(mpl.text.Text) for line in described(part)]
        return [" ".join(["Legend", *map(said, parts)]), *texts]
    found = artist.properties()
    for short, long in (("ha", "horizontalalignment"), ("va", "verticalalignment")):
        found.setdefault(short, found.get(long))
    if isinstance(artist, mpl.patches.Circle | mpl.patches.Rectangle):
        found.pop("path")  # of the unit circle, or square
    if isinstance(artist, mpl.patches.FancyArrowPatch) and artist._posA_posB is not None:
        style = artist.get_arrowstyle()  # the path that comes of these differs between versions
        head = (artist.shrinkA, artist.shrinkB, style.head_length, style.head_width)
        found |= {"path": artist._posA_posB, "sizes": (*head, artist.get_mutation_scale())}
    parts = [f"{name}={said(found[name])}" for name in PROPERTIES if found.get(name) is not None]
    behind = []
    if (ground := found.get("bbox_patch")) is not None:  # its size is the font's affair
        box, colours = ground.get_boxstyle(), (ground.get_facecolor(), ground.get_edgecolor())
        style = [type(box).__name__, *map(said, (box.pad, *colours, ground.get_linewidth()))]
        behind.append(" ".join(["    behind it:", *style]))
    if (arrow := getattr(artist, "arrow_patch", None)) is not None:  # it is drawn in pixels
        path = said(arrow.get_path().transformed(artist.axes.transData.inverted()))
        (line,) = described(arrow)
        behind.append("    with " + re.sub(r"path=\(.*?\)", f"path={path}", line))
    return [" ".join([type(artist).__name__, *parts]), *behind]


def described_axes(ax) -> list[str]:
    """Describe axes and all marks on them."""
    parts = [f"{name}={said(getattr(ax, 'get_' + name)())}" for name in OF_AXES]
    if ax.get_title():
        above = ax.titleOffsetTrans.transform((0, 0))[1] * 72 / ax.figure.dpi
        parts.append(f"title size={said(ax.title.get_fontsize())} above={said(above)}")
    parts += [f"on={ax.axison}", f"grid={ax.xaxis.get_tick_params()['gridOn']}"]
    for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
        parts.append(f"ticks={' '.join(label.get_text() for label in axis.get_ticklabels())}")
    found = [" ".join(["Axes", *parts])]
    frame = {ax.patch, ax.title, ax._left_title, ax._right_title, ax.xaxis, ax.yaxis}
    frame |= set(ax.spines.values())
    for mark in ax.get_children():
        if mark not in frame and mark.get_visible():
            found += described(mark)
    return found


def lines(name) -> list[str]:
    """Draw, and describe the figure with every mark on it."""
    with mpl.rc_context():
        use_style()
        figure = np.ravel(DRAWINGS[name]())[0].figure
        figure.canvas.draw()
        found = [f"Figure {said(figure.get_size_inches())}"]
        for ax in figure.axes:
            found += described_axes(ax)
        plt.close("all")
    return [line.replace("\n", " / ") for line in found]


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_as_it_was(name):
    text = STORED.read_text(encoding="utf-8")
    stored = dict(part.split("\n", 1) for part in text.split("\n# ")[1:])
    assert lines(name) == stored[name].strip("\n").split("\n")


def test_nothing_else_is_stored():
    text = STORED.read_text(encoding="utf-8")
    assert [part.split("\n")[0] for part in text.split("\n# ")[1:]] == list(DRAWINGS)


if __name__ == "__main__":
    parts = ["\n".join([f"\n# {name}", *lines(name)]) for name in DRAWINGS]
    STORED.write_text("\n".join(parts) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(parts)} drawings described in {STORED.name}\n")
