"""The figures stored in the notebooks are those that their cells draw.

nbval compares what cells print, but no pictures.  Here each figure of a notebook is compared
with the one that came out when the site was built.  Another processor or another release of
FreeType moves an edge by a fraction of a pixel, which is allowed: a pixel has to have a like one
in the other figure, at most two pixels away.  Another matplotlib may draw otherwise, so only the
one that is locked is asked.
"""

import base64
import io
import re

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.image import imread, imsave
from scipy.ndimage import maximum_filter, minimum_filter

from web import notebooks

REACH = 5  # a pixel and two on either side
LIKE = 0.15  # of the range from black to white
# Of all pixels.  A curve that is moved by some pixels is far above this, an edge far below.
ALLOWED = 2e-5
# Drawn from times that an earlier cell measures.
OF_TIMES = {"fig-torch-costs"}


def figures(nb):
    """Return the cell's number, and the picture, of each figure that has to be the same."""
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    return [
        (number, output.data["image/png"])
        for number, cell in enumerate(code, 1)
        if name_of(cell) not in OF_TIMES
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]


def name_of(cell):
    """Return the name of a cell's figure, or None."""
    return cell.metadata.get("mystnb", {}).get("figure", {}).get("name")


def pixels(picture):
    """Return a picture on white ground, shape (height, width, 3), between 0 and 1."""
    rgba = imread(io.BytesIO(base64.b64decode(picture)), format="png")
    alpha = rgba[..., 3:] if rgba.shape[-1] == 4 else 1.0
    return rgba[..., :3] * alpha + 1.0 - alpha


def strange(one, other):
    """Return the share of pixels of one picture that have no like one nearby in the other."""
    size = (REACH, REACH, 1)
    low, high = minimum_filter(other, size) - LIKE, maximum_filter(other, size) + LIKE
    return ((one < low) | (one > high)).any(axis=-1).mean()


def difference(stored, drawn):
    """Return what differs between two pictures in a few words, or None."""
    if stored == drawn:
        return None
    stored, drawn = pixels(stored), pixels(drawn)
    if stored.shape != drawn.shape:
        return f"has {stored.shape[:2]} pixels, but {drawn.shape[:2]} when it is drawn again"
    share = max(strange(stored, drawn), strange(drawn, stored))
    return f"is another one when it is drawn again ({share:.3%})" if share > ALLOWED else None


LOCK = (notebooks.ROOT / "requirements.txt").read_text(encoding="utf-8")
LOCKED = re.search(r"(?m)^matplotlib==(\S+)", LOCK)[1]
CHAPTERS = sorted(notebooks.CHAPTERS.glob("*.ipynb"))


@pytest.mark.skipif(matplotlib.__version__ != LOCKED, reason="not the matplotlib that is locked")
@pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_figures_are_those_that_cells_draw(path):
    """Compare every figure of a chapter."""
    if notebooks.missing(path):
        pytest.skip("its frameworks are not installed")
    stored, drawn = (
        figures(nbformat.read(path, 4)),
        figures(notebooks.joined(path, notebooks.stored(path))),
    )
    assert [number for number, _ in stored] == [number for number, _ in drawn]
    for (number, one), (_, other) in zip(stored, drawn, strict=True):
        said = difference(one, other)
        assert said is None, f"{path.name}: the figure of code cell {number} {said}: make notebooks"


def test_only_figures_of_times_are_left_out():
    """A figure that is not compared comes after a cell whose output is a time."""
    left_out = set()
    for path in CHAPTERS:
        timed = False
        for cell in nbformat.read(path, 4).cells:
            timed |= "nbval-ignore-output" in cell.metadata.get("tags", [])
            if name_of(cell) in OF_TIMES:
                assert timed, f"{path.name}: {name_of(cell)}"
                left_out.add(name_of(cell))
    assert left_out == OF_TIMES


def as_png(colours):
    """Return an array of colours as it would be stored in a notebook."""
    file = io.BytesIO()
    imsave(file, np.clip(colours, 0.0, 1.0), format="png")
    return base64.b64encode(file.getvalue())


def a_line(slope):
    """Return the picture of a straight line."""
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.plot([0, 1], [0, slope])
    axes.set_ylim(0, 1.2)
    axes.set_title("A line")
    file = io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return base64.b64encode(file.getvalue())


def test_what_is_another_figure():
    """A curve that is three percent higher is, one that is moved by a pixel is not."""
    line, lower = a_line(1.0), a_line(0.97)
    moved = {by: np.roll(pixels(line), by, axis=1) for by in (1, 8)}
    larger = np.pad(pixels(line), ((0, 1), (0, 0), (0, 0)))
    assert difference(line, as_png(pixels(line) - 0.05)) is None
    assert difference(line, as_png(moved[1])) is None
    assert "is another one" in difference(line, as_png(moved[8]))
    assert "is another one" in difference(line, lower)
    assert "pixels" in difference(line, as_png(larger))
