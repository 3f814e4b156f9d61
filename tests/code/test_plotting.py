"""Plots of data: learning curves, confusion matrices, images, decision regions, colours."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from backprop import FFNN, CostLogReg, sigmoid
from backprop.datasets import gate
from backprop.plotting import (
    COLOURS,
    decision_regions,
    plot_confusion,
    plot_images,
    plot_scores,
    use_style,
)

mpl.use("agg")

SCORES = {
    "train_errors": np.array([1.0, 0.5, 0.25]),
    "train_accs": np.array([0.6, 0.8, 0.9]),
    "val_errors": np.array([1.1, 0.7, 0.8]),
    "val_accs": np.array([0.5, 0.7, 0.75]),
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_importing_changes_no_style_but_use_style_does():
    with mpl.rc_context():
        mpl.rcdefaults()
        use_style()
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == list(COLOURS)
        assert mpl.rcParams["savefig.facecolor"] == "white"


class TestScores:
    @pytest.mark.parametrize(
        ("kind", "train", "val", "ylabel"),
        [
            ("errors", [1.0, 0.5, 0.25], [1.1, 0.7, 0.8], "cost (mean per sample)"),
            ("accs", [0.6, 0.8, 0.9], [0.5, 0.7, 0.75], "accuracy (share of samples)"),
            ("misread", [40.0, 20.0, 10.0], [50.0, 30.0, 25.0], "wrong (% of samples)"),
        ],
    )
    def test_lines(self, kind, train, val, ylabel):
        ax = plot_scores(SCORES, kind)
        first, second = ax.get_lines()
        assert first.get_xdata().tolist() == second.get_xdata().tolist() == [1, 2, 3]
        assert np.allclose(first.get_ydata(), train)
        assert np.allclose(second.get_ydata(), val)
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", ylabel)
        assert [t.get_text() for t in ax.get_legend().get_texts()] == ["training", "validation"]

    def test_without_a_validation_set(self):
        ax = plot_scores({"train_errors": [3.0, 2.0]})
        assert len(ax.get_lines()) == 1

    def test_two_networks_in_one_picture(self):
        ax = plot_scores(SCORES, label="one")
        same = plot_scores(SCORES, ax=ax, label="two", colour=COLOURS[1])
        assert same is ax
        assert [line.get_color() for line in ax.get_lines()] == [COLOURS[0]] * 2 + [COLOURS[1]] * 2
        names = [t.get_text() for t in ax.get_legend().get_texts()]
        assert names == [
            f"{n}, {part}" for n in ("one", "two") for part in ("training", "validation")
        ]

    def test_scores_that_are_not_there(self):
        with pytest.raises(ValueError, match="should contain train_accs, but has train_errors"):
            plot_scores({"train_errors": [1.0]}, "accs")
        with pytest.raises(ValueError, match=r"train_errors, but has a, b$"):
            plot_scores({"a": [1.0], "b": [2.0]})
        with pytest.raises(ValueError, match=r"train_errors, but has nothing$"):
            plot_scores({})
        with pytest.raises(ValueError, match="kind should be one of errors, accs, misread"):
            plot_scores(SCORES, "error")


class TestConfusion:
    COUNTS = np.array([[5, 1, 0], [0, 4, 0], [2, 0, 6]])

    def test_numbers_stand_in_their_fields(self):
        ax = plot_confusion(self.COUNTS)
        labels = {tuple(text.get_position()): text.get_text() for text in ax.texts}
        fields = {(0, 0): "5", (1, 0): "1", (1, 1): "4", (0, 2): "2", (2, 2): "6"}
        assert labels == fields  # (column, row); zeros are left out
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("read as", "is")
        assert not ax.xaxis.get_tick_params()["gridOn"]

    def test_only_mistakes_are_coloured(self):
        ax = plot_confusion(self.COUNTS)
        fields = ax.get_images()[0].get_array()
        assert fields.mask.tolist() == [[True, False, True], [True] * 3, [False, True, True]]
        assert fields.compressed().tolist() == [1, 2]

    def test_no_mistakes_at_all(self):
        ax = plot_confusion(np.diag([3, 4]), names=["cat", "dog"])
        assert [t.get_text() for t in ax.get_xticklabels()] == ["cat", "dog"]
        assert [t.get_text() for t in ax.get_yticklabels()] == ["cat", "dog"]
        ax.figure.canvas.draw()

    def test_own_axes(self):
        ax = plt.subplots()[1]
        assert plot_confusion(self.COUNTS, ax) is ax

    @pytest.mark.parametrize(
        ("counts", "names", "error", "message"),
        [
            ([[1, 2]], None, ValueError, r"square and not empty, but has shape \(1, 2\)"),
            ([1, 2], None, ValueError, "square"),
            (np.zeros((0, 0), dtype=int), None, ValueError, "not empty"),
            ([[0.5]], None, TypeError, "whole numbers"),
            ([[1, -2], [0, 1]], None, ValueError, "one is -2"),
            ([[1, 2], [0, 1]], ["a"], ValueError, "each of 2 classes, not 1"),
        ],
    )
    def test_bad_input(self, counts, names, error, message):
        with pytest.raises(error, match=message):
            plot_confusion(counts, names=names)


class TestImages:
    IMAGES = np.arange(45.0).reshape(5, 9)

    def test_pictures_and_titles_in_order(self):
        axes = plot_images(self.IMAGES, list("abcde"), columns=3)
        assert axes.shape == (2, 3)
        for ax, image, title in zip(axes.flat, self.IMAGES, "abcde", strict=False):
            assert np.array_equal(ax.get_images()[0].get_array(), image.reshape(3, 3))
            assert ax.get_title() == title
        assert not axes[1, 2].get_images()
        assert not axes[1, 2].axison

    def test_unsigned_pictures_share_one_scale(self):
        axes = plot_images(self.IMAGES)
        assert axes.shape == (1, 5)
        assert {ax.get_images()[0].get_clim() for ax in axes.flat} == {(0.0, 44.0)}

    def test_signed_pictures_are_centred_at_zero(self):
        axes = plot_images(self.IMAGES - 20, signed=True)
        limits = [ax.get_images()[0].get_clim() for ax in axes.flat]
        assert limits == [(-20, 20), (-11, 11), (-6, 6), (-15, 15), (-24, 24)]

    def test_bytes_do_not_overflow(self):
        (ax,) = plot_images(np.full((1, 2, 2), -128, dtype=np.int8), signed=True).flat
        assert ax.images[0].get_clim() == (-128, 128)

    def test_columns_are_a_number(self):
        with pytest.raises(ValueError, match=r"^columns should be at least 1"):
            plot_images(np.ones((2, 4)), columns=0)

    def test_oblong_and_blank_pictures(self):
        for signed in (False, True):
            axes = plot_images(np.zeros((2, 3, 5)), signed=signed)
            assert axes[0, 0].get_images()[0].get_array().shape == (3, 5)
            axes[0, 0].figure.canvas.draw()

    @pytest.mark.parametrize(
        ("images", "titles", "message"),
        [
            (np.zeros((2, 10)), None, "squares, but have 10 pixels"),
            (np.zeros((0, 9)), None, "n > 0"),
            (np.zeros(9), None, r"shape \(9,\)"),
            (np.zeros((2, 9)), ["a"], "one for each of 2, not 1"),
        ],
    )
    def test_bad_input(self, images, titles, message):
        with pytest.raises(ValueError, match=message):
            plot_images(images, titles)


# Decision regions


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
    ("low", "high", "line"),
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
def test_the_line_is_drawn_where_the_level_is_crossed(low, high, line):
    X, t = gate("XOR")
    ax = decision_regions(lambda P: np.where(P[:, 0] > 0.4, high, low), X, t)
    assert (line_of(ax) is not None) == line


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
    regions = next(c for c in ax.collections if isinstance(c, mpl.contour.QuadContourSet))
    for output, stronger, weaker in ((0.05, 2, 0), (0.95, 0, 2)):
        colour = regions.cmap(regions.norm(output))
        assert colour[stronger] > colour[weaker] + 0.2


def test_axes_are_labelled_given_and_returned():
    X, t = gate("AND")
    ax = plt.subplots()[1]
    same = decision_regions(neuron(1.0, 1.0, -1.0), X, t, ax, names=("p", "q"), legend=False)
    assert same is ax
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


# Colours


# Machado, Oliveira and Fernandes (2009): how red, green and blue light appear, at full severity.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
# From linear sRGB to CIE XYZ, relative to the white point D65.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def light(colours):
    """Return colours as linear red, green and blue, shape (n, 3)."""
    rgb = np.array([mpl.colors.to_rgb(colour) for colour in colours])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """Return linear colours in CIE L*a*b*, where distances are as large as they look."""
    xyz = rgb @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])]).T


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_colours_can_be_distinguished(deficiency):
    """A distance of 2.3 is just noticeable; these are several times as far apart."""
    appearance = np.clip(light([*COLOURS, "white"]) @ np.transpose(DEFICIENCIES[deficiency]), 0, 1)
    places = lab(appearance)
    distances = np.linalg.norm(places[:, None] - places, axis=-1)
    assert distances[np.triu_indices(len(places), 1)].min() > 5 * 2.3


def test_the_measure_of_colours_tells_what_looks_alike():
    """Red and green of the same lightness, for which deuteranopia is known, come out close."""
    pair = light(["#C05020", "#808020"])
    distance = {
        name: np.linalg.norm(np.diff(lab(np.clip(pair @ np.transpose(matrix), 0, 1)), axis=0))
        for name, matrix in DEFICIENCIES.items()
    }
    assert distance["deuteranopia"] < distance["none"] / 2


@pytest.mark.parametrize("colour", [COLOURS[0], COLOURS[1], COLOURS[2], "#444444"])
def test_colours_of_texts_stand_out_from_white(colour):
    """The contrast that WCAG 2 asks of graphics and large text is 3 to 1."""
    luminance = (light([colour]) @ TO_XYZ[1]).item()
    assert 1.05 / (luminance + 0.05) > 3
