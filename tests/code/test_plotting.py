"""Learning curves, confusion matrices, small images: what is drawn is what was given."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from backprop.plotting import COLOURS, plot_confusion, plot_images, plot_scores, use_style

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
        written = {tuple(text.get_position()): text.get_text() for text in ax.texts}
        fields = {(0, 0): "5", (1, 0): "1", (1, 1): "4", (0, 2): "2", (2, 2): "6"}
        assert written == fields  # (column, row); zeros are left out
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("read as", "is")
        assert not ax.xaxis.get_tick_params()["gridOn"]

    def test_only_mistakes_are_coloured(self):
        ax = plot_confusion(self.COUNTS)
        shown = ax.get_images()[0].get_array()
        assert shown.mask.tolist() == [[True, False, True], [True] * 3, [False, True, True]]
        assert shown.compressed().tolist() == [1, 2]

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
