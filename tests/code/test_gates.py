"""The gates as data, and the picture of what a network decides."""

from itertools import product

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from backprop import FFNN, CostLogReg, sigmoid
from backprop.datasets import GATES, gate
from backprop.plotting import decision_regions

mpl.use("agg")

RULES = {
    "FALSE": lambda p, q: False,
    "AND": lambda p, q: p and q,
    "x1 AND NOT x2": lambda p, q: p and not q,
    "x1": lambda p, q: p,
    "x2 AND NOT x1": lambda p, q: q and not p,
    "x2": lambda p, q: q,
    "XOR": lambda p, q: p != q,
    "OR": lambda p, q: p or q,
    "NOR": lambda p, q: not (p or q),
    "XNOR": lambda p, q: p == q,
    "NOT x2": lambda p, q: not q,
    "x1 OR NOT x2": lambda p, q: p or not q,
    "NOT x1": lambda p, q: not p,
    "x2 OR NOT x1": lambda p, q: q or not p,
    "NAND": lambda p, q: not (p and q),
    "TRUE": lambda p, q: True,
}


def test_the_gates_are_all_sixteen_tables():
    assert set(GATES) == set(RULES)
    assert set(GATES.values()) == set(product((0, 1), repeat=4))


@pytest.mark.parametrize("name", RULES)
def test_gate_answers_as_its_name_says(name):
    X, t = gate(name)
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert t.shape == (4, 1)
    assert X.dtype == t.dtype == np.float64
    assert t.ravel().tolist() == [RULES[name](bool(p), bool(q)) for p, q in X]


def test_each_call_returns_arrays_of_its_own():
    X, t = gate("AND")
    X += 5
    t += 5
    assert gate("AND")[0].max() == gate("AND")[1].max() == 1


@pytest.mark.parametrize("name", ["xor", "", 3, None, ["XOR"]])
def test_unknown_gates_are_refused(name):
    with pytest.raises(ValueError, match="name should be one of FALSE, AND"):
        gate(name)


# The picture


@pytest.fixture(autouse=True)
def _no_open_figures():
    yield
    plt.close("all")


def line_of(ax):
    """Return the vertices of the decision line, the last set of contours, or None."""
    contours = [c for c in ax.collections if isinstance(c, mpl.contour.QuadContourSet)]
    assert contours[0].filled
    if len(contours) == 1:
        return None
    assert len(contours) == 2
    assert not contours[1].filled
    return np.concatenate([path.vertices for path in contours[1].get_paths()])


def points_of(ax):
    """Return label: (positions, number of corners of the marker, colour) of the samples."""
    return {
        c.get_label(): (
            c.get_offsets().tolist(),
            len(c.get_paths()[0].vertices),
            mpl.colors.to_hex(c.get_facecolor()[0]),
        )
        for c in ax.collections
        if isinstance(c, mpl.collections.PathCollection)
    }


def neuron(w1, w2, b):
    net = FFNN((2, 1), output_func=sigmoid, cost_func=CostLogReg, seed=0)
    net.parameters = np.array([w1, w2, b])
    return net


def test_the_line_is_where_the_pre_activation_vanishes():
    X, t = gate("OR")
    line = line_of(decision_regions(neuron(3.0, 5.0, -2.0), X, t))
    # The sigmoid is interpolated between the points of a grid.
    assert np.abs(line @ [3.0, 5.0] - 2.0).max() < 1e-3
    assert np.ptp(line[:, 0]) > 1.3


def test_the_level_moves_the_line():
    X, t = gate("AND")
    line = line_of(decision_regions(lambda P: P[:, 0], X, t, level=0.75))
    assert np.allclose(line[:, 0], 0.75)


def test_functions_may_return_a_column_or_a_vector():
    X, t = gate("AND")
    vector = decision_regions(lambda P: P @ [0.5, 0.3], X, t)
    column = decision_regions(lambda P: P @ [[0.5], [0.3]], X, t.ravel())
    assert vector.figure is not column.figure
    assert np.array_equal(line_of(vector), line_of(column))


@pytest.mark.parametrize("noise", [0.0, 1e-12])
def test_no_line_is_drawn_for_an_answer_that_is_the_same_everywhere(noise):
    X, t = gate("XOR")
    rng = np.random.default_rng(1)
    ax = decision_regions(lambda P: 0.5 + noise * rng.normal(size=len(P)), X, t)
    assert line_of(ax) is None


@pytest.mark.parametrize(
    ("low", "high", "drawn"),
    [
        (0.2, 0.4, False),
        (0.6, 0.8, False),
        (0.5, 0.8, False),
        (0.2, 0.5, False),
        (0.5 - 1e-6, 0.8, False),
        (0.2, 0.5 + 1e-6, False),
        (0.49, 0.51, True),
    ],
)
def test_the_line_is_drawn_where_the_level_is_crossed(low, high, drawn):
    X, t = gate("XOR")
    ax = decision_regions(lambda P: np.where(P[:, 0] > 0.4, high, low), X, t)
    assert (line_of(ax) is not None) == drawn


def test_a_target_at_the_level_is_above_it():
    X = gate("OR")[0]
    points = points_of(decision_regions(lambda P: P[:, 0], X, [0.5, 0.4, 0.5, 0.6]))
    assert points["target 1"][0] == X[[0, 2, 3]].tolist()


def test_limits_and_width_of_the_line_do_not_depend_on_what_was_there():
    X, t = gate("OR")
    with mpl.rc_context({"lines.linewidth": 7}):
        ax = plt.subplots()[1]
        ax.set(xlim=(-50, 50), ylim=(-50, 50))
        decision_regions(neuron(3.0, 5.0, -2.0), X / 2, t, ax, margin=0.5)
        assert (ax.get_xlim(), ax.get_ylim()) == ((-0.25, 0.75), (-0.25, 0.75))
        assert ax.collections[1].get_linewidth() == [2]
        assert not ax.xaxis.get_tick_params()["gridOn"]


def test_the_classes_differ_in_marker_and_colour():
    X, t = gate("XOR")
    ax = decision_regions(neuron(1.0, 1.0, -1.0), X, t)
    points = points_of(ax)
    assert points["target 0"][0] == [[0, 0], [1, 1]]
    assert points["target 1"][0] == [[0, 1], [1, 0]]
    assert points["target 0"][1] != points["target 1"][1]
    assert points["target 0"][2] != points["target 1"][2]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["target 0", "target 1"]


def test_one_class_alone_is_drawn():
    X, t = gate("TRUE")
    assert list(points_of(decision_regions(neuron(1.0, 1.0, -1.0), X, t))) == ["target 1"]


def test_the_filled_contours_are_blue_for_0_and_vermilion_for_1():
    X, t = gate("AND")
    ax = decision_regions(neuron(9.0, 9.0, -13.0), X, t)
    ax.figure.canvas.draw()
    filled = next(c for c in ax.collections if isinstance(c, mpl.contour.QuadContourSet))
    for output, stronger, weaker in ((0.05, 2, 0), (0.95, 0, 2)):
        colour = filled.cmap(filled.norm(output))
        assert colour[stronger] > colour[weaker] + 0.2


def test_axes_are_labelled_given_and_returned():
    X, t = gate("AND")
    ax = plt.subplots()[1]
    found = decision_regions(neuron(1.0, 1.0, -1.0), X, t, ax, names=("p", "q"), legend=False)
    assert found is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("p", "q")
    assert ax.get_legend() is None
    plain = decision_regions(neuron(1.0, 1.0, -1.0), X, t)
    assert (plain.get_xlabel(), plain.get_ylabel()) == ("$x_1$", "$x_2$")


def test_the_picture_reaches_beyond_the_samples():
    ax = decision_regions(lambda P: P[:, 0], [[2.0, 7.0], [4.0, 7.0]], [0, 1], margin=0.5)
    assert ax.get_xlim() == (1.0, 5.0)
    assert ax.get_ylim() == (6.5, 7.5)


@pytest.mark.parametrize(
    ("model", "X", "t", "error", "match"),
    [
        (
            "net",
            np.zeros((4, 2)),
            np.zeros(4),
            TypeError,
            "model should be a network or a function",
        ),
        (
            lambda P: P[:, 0],
            np.zeros((4, 3)),
            np.zeros(4),
            ValueError,
            r"X should have shape \(n, 2\)",
        ),
        (
            lambda P: P[:, 0],
            np.zeros((4, 2)),
            np.zeros(3),
            ValueError,
            r"t should have shape \(4,\)",
        ),
        (lambda P: P, np.zeros((4, 2)), np.zeros(4), ValueError, "one output per row"),
        (lambda P: P[:, 0], np.zeros((4, 2)), list("0110"), TypeError, "t should be an array of r"),
        (lambda P: P[:, 0], np.zeros((4, 2)), [0, 1, 1, np.nan], ValueError, "t should be finite"),
    ],
)
def test_bad_inputs_are_refused(model, X, t, error, match):
    with pytest.raises(error, match=match):
        decision_regions(model, X, t)


def test_a_negative_margin_is_refused():
    with pytest.raises(ValueError, match="margin should be at least 0"):
        decision_regions(lambda P: P[:, 0], np.zeros((4, 2)), np.zeros(4), margin=-1)
