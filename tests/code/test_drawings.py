"""Every mark of every drawing, compared with drawings that were looked at.

The other tests judge what can be judged by a rule (test_diagrams.py, test_plotting.py).  Whether
a line is too thick, a colour too pale or a label too far away is for an eye to say.  It looked at
these drawings, and ``drawings.txt`` describes them, one mark per line, so that none of these
choices changes unnoticed; ``make mutants`` relies on it for the mutants that break no rule.  After
a change that is meant, look at the figures in the book and write it anew:

    python tests/code/test_drawings.py
"""

import re
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from backprop.plotting import use_style
from drawings import DRAWINGS

RECORD = Path(__file__).with_name("drawings.txt")
# What is described: properties of these names, where an artist has them.
PROPERTIES = (
    "text", "position", "xy", "fontsize", "color", "ha", "va", "rotation", "zorder", "xydata",
    "linewidth", "linestyle", "marker", "markersize", "facecolor", "edgecolor", "label", "center",
    "radius", "bbox", "path", "arrowstyle", "antialiased", "array", "clim", "extent", "offsets",
    "sizes", "linewidths", "interpolation", "cmap",
)  # fmt: skip
OF_AXES = ("title", "xlabel", "ylabel", "xlim", "ylim", "aspect", "xscale", "yscale")


def brief(value) -> str:
    """Describe a value in a few characters, with three decimals."""
    if isinstance(value, mpl.path.Path):
        corners = value.codes != value.CLOSEPOLY if value.codes is not None else slice(None)
        value = value.vertices[corners]
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


def describe(artist) -> list[str]:
    """Describe a mark by its properties, and likewise what stands behind it or in it."""
    if isinstance(artist, mpl.legend.Legend):
        place = artist.axes.transAxes.inverted().transform(artist.get_bbox_to_anchor().p0)
        parts = (artist._loc, place, artist._ncols, artist.handletextpad)
        texts = [line for part in artist.findobj(mpl.text.Text) for line in describe(part)]
        return [" ".join(["Legend", *map(brief, parts)]), *texts]
    properties = artist.properties()
    for short, long in (("ha", "horizontalalignment"), ("va", "verticalalignment")):
        properties.setdefault(short, properties.get(long))
    if isinstance(artist, mpl.patches.Circle | mpl.patches.Rectangle):
        properties.pop("path")  # of the unit circle, or square
    if isinstance(artist, mpl.patches.FancyArrowPatch) and artist._posA_posB is not None:
        style = artist.get_arrowstyle()  # the path that comes of these differs between versions
        head = (artist.shrinkA, artist.shrinkB, style.head_length, style.head_width)
        properties |= {"path": artist._posA_posB, "sizes": (*head, artist.get_mutation_scale())}
    parts = [
        f"{name}={brief(properties[name])}"
        for name in PROPERTIES
        if properties.get(name) is not None
    ]
    behind = []
    if (ground := properties.get("bbox_patch")) is not None:  # its size is the font's affair
        box, colours = ground.get_boxstyle(), (ground.get_facecolor(), ground.get_edgecolor())
        style = [type(box).__name__, *map(brief, (box.pad, *colours, ground.get_linewidth()))]
        behind.append(" ".join(["    behind it:", *style]))
    if (arrow := getattr(artist, "arrow_patch", None)) is not None:  # it is drawn in pixels
        path = brief(arrow.get_path().transformed(artist.axes.transData.inverted()))
        (line,) = describe(arrow)
        behind.append("    with " + re.sub(r"path=\(.*?\)", f"path={path}", line))
    return [" ".join([type(artist).__name__, *parts]), *behind]


def describe_axes(ax) -> list[str]:
    """Describe axes and all marks on them."""
    parts = [f"{name}={brief(getattr(ax, 'get_' + name)())}" for name in OF_AXES]
    if ax.get_title():
        above = ax.titleOffsetTrans.transform((0, 0))[1] * 72 / ax.figure.dpi
        parts.append(f"title size={brief(ax.title.get_fontsize())} above={brief(above)}")
    parts += [f"on={ax.axison}", f"grid={ax.xaxis.get_tick_params()['gridOn']}"]
    for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
        parts.append(f"ticks={' '.join(label.get_text() for label in axis.get_ticklabels())}")
    lines = [" ".join(["Axes", *parts])]
    frame = {ax.patch, ax.title, ax._left_title, ax._right_title, ax.xaxis, ax.yaxis}
    frame |= set(ax.spines.values())
    for mark in ax.get_children():
        if mark not in frame and mark.get_visible():
            lines += describe(mark)
    return lines


def describe_drawing(name) -> list[str]:
    """Draw, and describe the figure with every mark on it."""
    with mpl.rc_context():
        use_style()
        figure = np.ravel(DRAWINGS[name]())[0].figure
        figure.draw_without_rendering()
        lines = [f"Figure {brief(figure.get_size_inches())}"]
        for ax in figure.axes:
            lines += describe_axes(ax)
        plt.close("all")
    return [line.replace("\n", " / ") for line in lines]


def split(lines):
    """Return what stands between the numbers of a description, and the numbers."""
    parts = re.split(r"(-?\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)", "\n".join(lines))
    return parts[::2], [float(number) for number in parts[1::2]]


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_the_one_on_record(name):
    text = RECORD.read_text(encoding="utf-8")
    record = dict(part.split("\n", 1) for part in text.split("\n# ")[1:])
    words, numbers = split(describe_drawing(name))
    words_on_record, numbers_on_record = split(record[name].strip("\n").split("\n"))
    assert words == words_on_record
    # Another matplotlib differs in the last digit of some places that are sums of many.
    assert numbers == pytest.approx(numbers_on_record, rel=1e-5, abs=1.5e-3)


def test_nothing_else_is_on_record():
    text = RECORD.read_text(encoding="utf-8")
    assert [part.split("\n")[0] for part in text.split("\n# ")[1:]] == list(DRAWINGS)


if __name__ == "__main__":
    parts = ["\n".join([f"\n# {name}", *describe_drawing(name)]) for name in DRAWINGS]
    RECORD.write_text("\n".join(parts) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(parts)} drawings in {RECORD.name}\n")
