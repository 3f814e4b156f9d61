"""Network layouts and the picture of both passes: what stands in them, and bad input."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from backprop.plotting import COLOURS, draw_network, draw_passes

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def circles(ax):
    return [p for p in ax.patches if isinstance(p, mpl.patches.Circle)]


def lines(ax, coloured=False):
    """Return the ends of the weights' lines, of the coloured ones or of the others."""
    arrows = [p for p in ax.patches if isinstance(p, mpl.patches.FancyArrowPatch)]
    strong = mpl.colors.to_rgba(COLOURS[1])
    return [p for p in arrows if (p.get_edgecolor() == strong) == coloured]


def test_a_circle_per_unit_and_a_line_per_weight():
    ax = draw_network((5, 6, 4, 3, 2))
    assert len(circles(ax)) == 5 + 6 + 4 + 3 + 2
    assert len(lines(ax)) == 5 * 6 + 6 * 4 + 4 * 3 + 3 * 2
    assert not lines(ax, coloured=True)


def test_a_figure_of_its_own_is_wide_whatever_the_style():
    with mpl.rc_context({"figure.figsize": (3, 3)}):
        assert draw_network((2, 1)).figure.get_size_inches().tolist() == [6.4, 3.6]


def test_units_have_no_names_where_there_is_no_room():
    ax = plt.figure(figsize=(0.8, 0.5)).add_subplot()
    draw_network((2, 8, 1), ax, captions=False)
    assert len(circles(ax)) == 2 + 8 + 1
    assert not texts(ax)


def test_units_are_named_and_layers_captioned():
    written = texts(draw_network((2, 3, 1)))
    assert [t for t in written if t.startswith("$a_")] == [
        f"$a_{{{j}}}^{{{l}}}$" for l, m in enumerate((2, 3, 1)) for j in range(1, m + 1)
    ]
    captions = [t for t in written if "\n" in t]
    assert [t.split("\n")[0] for t in captions] == ["input", "hidden", "output"]
    assert [t.split("=")[-1] for t in captions] == ["2$", "3$", "1$"]


def test_coloured_weights_lead_from_sender_to_receiver():
    ax = draw_network((2, 3, 1), highlight=[(1, 2, 3)])
    (arrow,) = lines(ax, coloured=True)
    assert len(lines(ax)) == 2 * 3 + 3 - 1
    centres = np.array([circle.get_center() for circle in circles(ax)])
    ends = arrow.get_path().vertices[[0, 2]]  # what follows is the arrowhead
    nearest = [int(np.hypot(*(centres - end).T).argmin()) for end in ends]
    assert nearest == [1, 4]  # layer by layer, from the top: x_2, and the third hidden unit
    assert "$w_{23}^{1}$" in texts(ax)
    assert "$w_{23}^{1}$" not in texts(
        draw_network((2, 3, 1), highlight=[(1, 2, 3)], name_weights=False)
    )


def test_wide_layers_have_an_ellipsis():
    ax = draw_network((64, 3, 10), most=5)
    assert len(circles(ax)) == 4 + 3 + 4
    assert texts(ax).count(r"$\vdots$") == 2
    assert {"$a_{64}^{0}$", "$a_{3}^{0}$", "$a_{10}^{2}$"} <= set(texts(ax))
    assert "$a_{4}^{0}$" not in texts(ax)
    assert any("M_0=64" in t for t in texts(ax))


def test_own_names():
    written = texts(draw_network((2, 1), names=[["p", "q"], None], captions=False))
    assert [t for t in written if t] == ["p", "q"]


def test_drawings_go_into_the_axes_given():
    _, (left, right) = plt.subplots(1, 2)
    assert draw_network((2, 1), left) is left
    assert draw_passes(2, right) is right


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"dimensions": 3}, ValueError, "dimensions"),
        ({"dimensions": (3,)}, ValueError, "dimensions"),
        ({"dimensions": (3, 0)}, ValueError, r"dimensions\[1\]"),
        ({"dimensions": (3, 1.5)}, TypeError, r"dimensions\[1\]"),
        ({"dimensions": (2, 1), "most": 2}, ValueError, "most"),
        ({"dimensions": (2, 1), "names": [["a"], ["b"]]}, ValueError, "names"),
        ({"dimensions": (2, 1), "names": [["a", "b"]]}, ValueError, "names"),
        ({"dimensions": (2, 1), "highlight": [(1, 1, 2)]}, ValueError, "highlight"),
        ({"dimensions": (2, 1), "highlight": [(2, 1, 1)]}, ValueError, "highlight"),
        ({"dimensions": (2, 1), "highlight": [(0, 1, 1)]}, ValueError, "highlight"),
        ({"dimensions": (2, 1), "highlight": [(1, 1)]}, ValueError, "highlight"),
        ({"dimensions": (64, 1), "highlight": [(1, 60, 1)]}, ValueError, "highlight"),
    ],
)
def test_bad_input_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        draw_network(**arguments)


@pytest.mark.parametrize("L", [1, 2, 3, 4])
def test_passes_show_every_matrix_and_equation(L):
    written = texts(draw_passes(L))
    for l in range(1, L + 1):
        for name in (f"$Z^{l}$", f"$A^{l}$", rf"$\delta^{l}$", f"$W^{l}, b^{l}$"):
            assert written.count(name) == 1
    assert written.count("BP1") == 1
    assert written.count("BP2") == L - 1
    assert written.count("BP3, BP4") == L


@pytest.mark.parametrize(("L", "error"), [(0, ValueError), (5, ValueError), ("3", TypeError)])
def test_passes_refuse_other_depths(L, error):
    with pytest.raises(error, match="n_layers"):
        draw_passes(L)
