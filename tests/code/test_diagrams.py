"""Diagrams: what stands in them, where arrows lead, that they can be read, and bad input."""

import functools
import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from backprop.autodiff import Dual, Tape
from backprop.plotting import (
    COLOURS,
    draw_chain,
    draw_graph,
    draw_network,
    draw_passes,
    draw_two_two_one,
    use_style,
)
from drawings import DIAGRAMS
from matplotlib.backends.backend_agg import FigureCanvasAgg

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def sorted_texts(ax):
    return sorted(text for text in texts(ax) if text)


def circles(ax):
    return [p for p in ax.patches if isinstance(p, mpl.patches.Circle)]


# Networks, and the two passes


def lines(ax, strong=False):
    """Return the ends of the weights' lines, of the coloured ones or of the others."""
    arrows = [p for p in ax.patches if isinstance(p, mpl.patches.FancyArrowPatch)]
    colour = mpl.colors.to_rgba(COLOURS[1])
    return [p for p in arrows if (p.get_edgecolor() == colour) == strong]


def test_a_circle_per_unit_and_a_line_per_weight():
    ax = draw_network((5, 6, 4, 3, 2))
    assert len(circles(ax)) == 5 + 6 + 4 + 3 + 2
    assert len(lines(ax)) == 5 * 6 + 6 * 4 + 4 * 3 + 3 * 2
    assert not lines(ax, strong=True)


def test_a_figure_of_its_own_is_wide_whatever_the_style():
    with mpl.rc_context({"figure.figsize": (3, 3)}):
        assert draw_network((2, 1)).figure.get_size_inches().tolist() == [6.4, 3.6]


def test_units_have_no_names_where_there_is_no_room():
    ax = plt.figure(figsize=(0.8, 0.5)).add_subplot()
    draw_network((2, 8, 1), ax, captions=False)
    assert len(circles(ax)) == 2 + 8 + 1
    assert not texts(ax)


def test_units_are_named_and_layers_captioned():
    labels = texts(draw_network((2, 3, 1)))
    assert [t for t in labels if t.startswith("$a_")] == [
        f"$a_{{{j}}}^{{{l}}}$" for l, m in enumerate((2, 3, 1)) for j in range(1, m + 1)
    ]
    captions = [t for t in labels if "\n" in t]
    assert [t.split("\n")[0] for t in captions] == ["input", "hidden", "output"]
    assert [t.split("=")[-1] for t in captions] == ["2$", "3$", "1$"]


def test_coloured_weights_lead_from_sender_to_receiver():
    ax = draw_network((2, 3, 1), highlight=[(1, 2, 3)])
    (arrow,) = lines(ax, strong=True)
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
    labels = texts(draw_network((2, 1), names=[["p", "q"], None], captions=False))
    assert [t for t in labels if t] == ["p", "q"]


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
    labels = texts(draw_passes(L))
    for l in range(1, L + 1):
        for name in (f"$Z^{l}$", f"$A^{l}$", rf"$\delta^{l}$", f"$W^{l}, b^{l}$"):
            assert labels.count(name) == 1
    assert labels.count("BP1") == 1
    assert labels.count("BP2") == L - 1
    assert labels.count("BP3, BP4") == L


@pytest.mark.parametrize(("L", "error"), [(0, ValueError), (5, ValueError), ("3", TypeError)])
def test_passes_refuse_other_depths(L, error):
    with pytest.raises(error, match="n_layers"):
        draw_passes(L)


# Chains and the 2-2-1 network


def test_one_neuron_carries_no_index():
    assert sorted_texts(draw_chain(1)) == sorted(f"${name}$" for name in "xwbzatC")


def test_the_backward_pass_is_labelled_with_local_derivatives():
    forward, both = sorted_texts(draw_chain(2)), sorted_texts(draw_chain(2, backward=True))
    for name in forward:
        both.remove(name)
    slopes = [r"$\varphi_1^\prime$", r"$\varphi_2^\prime$"]
    assert both == sorted(["$a_2 - t$", *slopes, "$w_2$", "$a_0$", "$a_1$", "1", "1"])


def test_chains_go_into_the_axes_given():
    _, ax = plt.subplots()
    assert draw_chain(3, ax) is ax
    assert draw_two_two_one(ax) is ax


@pytest.mark.parametrize(
    ("n_layers", "error"), [(0, ValueError), (4, ValueError), (1.5, TypeError)]
)
def test_bad_lengths_of_chains_are_named(n_layers, error):
    with pytest.raises(error, match="n_layers"):
        draw_chain(n_layers)


def test_the_two_two_one_graph_has_nine_parameters():
    boxes = [text for text in sorted_texts(draw_two_two_one()) if "b_" in text]
    assert sum(text.count(",") + 1 for text in boxes) == 9
    assert len(set(",".join(boxes).replace("$", "").replace("\\ ", "").split(","))) == 9


# Computation graphs


def lecture_graph(backward):
    tape = Tape()
    x = tape.variable(1.5)
    a = x**2
    b = np.exp(a)
    c = a + b
    d = np.sqrt(c)
    np.sin(d)  # recorded, but d does not depend on it
    if backward:
        tape.backward(d)
    return dict(zip("xabcd", (x, a, b, c, d), strict=True))


def arrows(ax):
    return [p for p in ax.patches if isinstance(p, mpl.patches.FancyArrowPatch)]


def test_the_lectures_graph():
    names = lecture_graph(backward=True)
    ax = draw_graph(names["d"], names=names)
    labels = texts(ax)
    assert (len(circles(ax)), len(arrows(ax))) == (5, 5)
    for name in names:
        assert f"${name}$" in labels
    for number in ("1.5", "2.25", "9.488", "11.74", "3.426", "4.592", "1.531"):
        assert number in labels, number
    assert labels.count("0.1459") == 3  # two adjoints and a local derivative
    assert {"input", "power", "exp", "+", "sqrt"} <= set(labels)
    assert "sin" not in labels


def test_what_does_not_lead_to_the_output_is_left_out():
    tape = Tape()
    x = tape.variable(1.5)
    a = x**2
    np.sin(a)  # recorded before b, which does not depend on it
    b = np.exp(a)
    ax = draw_graph(b)
    assert (len(circles(ax)), len(arrows(ax))) == (3, 2)
    assert "sin" not in texts(ax)


def test_without_the_way_back_there_are_no_adjoints():
    names = lecture_graph(backward=False)
    labels = texts(draw_graph(names["d"]))
    assert "4.592" not in labels
    assert "$x_{1}$" in labels


def test_arrows_do_not_run_through_circles():
    names = lecture_graph(backward=False)
    ax = draw_graph(names["d"])
    centres = np.array([circle.center for circle in circles(ax)])
    for arrow in arrows(ax):
        path = arrow.get_path().vertices if arrow._path_original is None else arrow._path_original
        points = getattr(path, "vertices", path)
        distance = np.hypot(*(points[:, None] - centres).T)
        assert distance.min() > circles(ax)[0].radius


def test_a_link_that_is_used_twice_is_drawn_once():
    tape = Tape()
    x = tape.variable(2.0)
    ax = draw_graph(x + x)
    assert len(arrows(ax)) == 1
    assert "2" in texts(ax)  # 1 + 1


def test_a_graph_of_a_single_node_in_given_axes():
    _, ax = plt.subplots()
    assert draw_graph(Tape().variable(1.0), ax=ax, digits=2) is ax


@pytest.mark.parametrize("output", [3.0, Dual(1.0, 1.0), np.exp])
def test_bad_output_of_a_graph(output):
    with pytest.raises(TypeError, match="output should be a Variable on a tape"):
        draw_graph(output)


# Whatever is drawn can be read


EVERY = pytest.mark.parametrize("name", DIAGRAMS)
# Made to have many arrows that cross, on which numbers may meet.
TANGLED = {"graph with many crossings", "graph that takes all sweeps"}


@functools.cache
def draw(name):
    """Return the axes of a diagram, drawn as it is in the book.

    Its canvas is none of pyplot's, which takes it away when it closes the figure.
    """
    with mpl.rc_context():
        use_style()
        ax = DIAGRAMS[name]()
        plt.close(ax.figure)
        FigureCanvasAgg(ax.figure)
        ax.figure.draw_without_rendering()
    return ax


def arrow_ends(ax):
    """Return where the arrows and lines begin and end, in data coordinates."""
    notes = [text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    ends = [(text.xyann, text.xy) for text in notes]  # from a symbol's place to another's
    for arrow in ax.patches:
        if isinstance(arrow, mpl.patches.FancyArrowPatch):
            path = arrow._path_original
            ends.append(arrow._posA_posB if path is None else path.vertices[[0, -1]])
    return np.array(ends, dtype=float).reshape(-1, 2, 2)


@EVERY
def test_texts_stay_in_the_figure_and_clear_of_one_another(name):
    ax = draw(name)
    before = ax.figure.dpi
    ax.figure.set_dpi(200)  # with fewer dots some versions make every letter a whole dot wide
    ax.figure.draw_without_rendering()
    renderer, figure = ax.figure.canvas.get_renderer(), ax.figure.bbox
    boxes = {text: text.get_window_extent(renderer) for text in ax.texts if text.get_text()}
    for text, box in boxes.items():
        low, high = np.array(box.extents).reshape(2, 2)
        assert (low >= figure.p0 - 0.5).all(), text
        assert (high <= figure.p1 + 0.5).all(), text
    for (text, one), (other, two) in itertools.combinations(boxes.items(), 2):
        overlap = np.minimum(one.p1, two.p1) - np.maximum(one.p0, two.p0)  # in pixels
        assert overlap.min() < 1 or name in TANGLED, (text, other)
    ax.figure.set_dpi(before)
    ax.figure.draw_without_rendering()


@EVERY
def test_arrows_lead_from_one_symbol_to_another(name):
    """From edge to edge of circles; where symbols are boxes, an arrow is cut off around them."""
    ax = draw(name)
    centres = np.array([circle.center for circle in circles(ax)]).reshape(-1, 2)
    places = [text.get_position() for text in ax.texts if text.get_bbox_patch() is not None]
    between_circles = name.startswith(("network", "deep", "crowded", "names", "graph"))
    targets = centres if between_circles else np.array(places)
    ends = arrow_ends(ax)
    distances = np.linalg.norm(ends[:, :, None] - targets, axis=-1)
    nearest = distances.argmin(axis=-1)
    assert (nearest[:, 0] != nearest[:, 1]).all(), "to another one"
    if between_circles:
        radius = circles(ax)[0].radius
        assert (radius - 1e-9 <= distances.min(axis=-1)).all()
        assert (distances.min(axis=-1) < radius + 0.1).all()
    else:
        assert (distances.min(axis=-1) == 0).all()
    pairs = {tuple(pair) for pair in nearest.tolist()}
    assert len(pairs) == len(nearest), "no arrow is drawn twice"


@EVERY
def test_symbols_keep_apart(name):
    """Circles do not touch, and each has its texts inside or beside it, not in another one."""
    ax = draw(name)
    disks = circles(ax)
    for one, two in itertools.combinations(disks, 2):
        distance = np.hypot(*np.subtract(one.center, two.center))
        assert distance > one.radius + two.radius
    centres = [circle.center for circle in disks]
    assert len(set(map(tuple, centres))) == len(centres)


@pytest.mark.parametrize("name", [name for name in DIAGRAMS if name.startswith("graph")])
def test_children_stand_to_the_right_and_no_arrow_crosses_a_circle(name):
    ax = draw(name)
    centres = np.array([circle.center for circle in circles(ax)])
    for start, end in arrow_ends(ax):
        assert start[0] < end[0]
    for arrow in ax.patches:
        if isinstance(arrow, mpl.patches.FancyArrowPatch):
            points = arrow._path_original.vertices
            distances = np.linalg.norm(points[:, None] - centres, axis=-1)
            assert distances.min() > circles(ax)[0].radius


@pytest.mark.parametrize("widths", [(2, 3, 1), (3, 12, 2), (9, 1)])
def test_layers_are_columns_from_left_to_right_and_units_count_downwards(widths):
    ax = draw_network(widths)
    centres = np.array([circle.center for circle in circles(ax)])  # layer by layer
    columns = np.unique(centres[:, 0])
    assert len(columns) == len(widths)
    assert np.allclose(np.diff(columns), np.diff(columns)[0])
    for x in columns:
        heights = centres[centres[:, 0] == x, 1]
        assert (np.diff(heights) < 0).all()
        assert heights[0] == pytest.approx(-heights[-1]), "centred"


def test_the_passes_run_in_opposite_directions():
    """Blue arrows of the forward pass point right, or down from parameters; red ones back."""
    forward, backward = (mpl.colors.to_rgba(colour) for colour in COLOURS[:2])
    notes = [text for text in draw_passes(3).texts if getattr(text, "arrow_patch", None)]
    steps = {forward: [], backward: []}
    for note in notes:
        colour = note.arrow_patch.get_edgecolor()
        if colour in steps:
            steps[colour].append(np.subtract(note.xy, note.xyann))
    assert [len(arrows) for arrows in steps.values()] == [3 * 3 + 1, 3 + 3]
    assert all(dx > 0 or (dx == 0 and dy < 0) for dx, dy in steps[forward])
    assert all(dx < 0 or (dx == 0 and dy < 0) for dx, dy in steps[backward])


def test_arrows_of_the_backward_pass_run_against_those_of_the_forward_pass():
    forward, backward = (mpl.colors.to_rgba(colour) for colour in COLOURS[:2])
    notes = [t for t in draw_chain(3, backward=True).texts if getattr(t, "arrow_patch", None)]
    ways = {
        colour: {(note.xyann, note.xy) for note in notes if note.arrow_patch.get_ec() == colour}
        for colour in (forward, backward)
    }
    assert len(ways[forward]) == 3 * 4 + 2
    assert len(ways[backward]) == 3 + 4 + 4 + 1, "none to the input, none to the target"
    assert {(end, start) for start, end in ways[backward]} < ways[forward]
