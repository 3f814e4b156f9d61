"""The stored network of the figure ``digit`` is the one that chapter 15 trains."""

import json

import numpy as np
import pytest
from backprop.explore import digit

from tools import digit_weights


@pytest.fixture(scope="module")
def names():
    """Return what the chapter's own statements define; they train the network again."""
    return digit_weights.trained()


def test_stored_parameters_are_those_of_the_chapter(names):
    """One step apart at most: where a parameter lies between two, rounding may differ."""
    stored = digit.network().parameters / digit_weights.STEP
    trained = names["final_net"].parameters / digit_weights.STEP
    assert stored.shape == trained.shape == (9840,)
    assert np.abs(stored - trained).max() <= 1
    assert np.abs(trained).max() > 1000
    assert tuple(digit.stored()["WIDTHS"]) == tuple(names["final_net"].dimensions)


def test_stored_digits_are_of_the_test_part_and_read_as_the_chapter_says(names):
    written = digit_weights.text(names)
    stored = digit.stored()["DIGITS"]
    lines = written[written.index("DIGITS = ") + len("DIGITS = ") :].partition(";")[0]
    assert stored == json.loads(lines)
    misread = [row for row in stored if row[0] != row[1]]
    assert len(misread) == len(names["wrong"]) == 4
    assert [row[0] for row in stored[:10]] == list(range(10))


def test_the_figure_starts_with_the_digit_that_the_chapter_shows(names):
    shown = digit.state(sheet=16 * names["X_test"][names["wrong"][2]])
    assert shown == digit.state()


def test_parameters_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="parameters should be smaller than 2, not 2"):
        digit_weights.whole(np.array([0.5, -2.0]))
