"""The explorable ``digit``: the form of a drawing, the numbers, what chapter 15 says to try."""

import itertools

import numpy as np
import pytest
from backprop import explore
from backprop.explore import digit


def values(**changes):
    """Return the values of a state."""
    return explore.values("digit", explore.state("digit", **changes))


def images():
    """Return the stored digits, and what they show."""
    stored = digit.stored()["DIGITS"]
    return [[int(ink, 17) for ink in row[2]] for row in stored], [row[0] for row in stored]


def test_a_stored_digit_comes_back_as_it_is():
    for image in images()[0]:
        assert values(sheet=image)["image"] == image
    packed = explore.state("digit", sheet=image)["sheet"]
    assert digit.packed(digit.unpacked(packed)) == packed
    assert digit.packed(np.eye(32) > 0)[:18] == "800000004000000020"


def test_stored_digits_are_read_as_the_file_says():
    for image, (_, read_as, _) in zip(images()[0], digit.stored()["DIGITS"], strict=True):
        assert values(sheet=image)["answer"] == read_as


def test_evidence_is_input_times_slope_and_adds_up():
    for about in (-1, 2, 7):
        shown = values(about=about)
        x, k = np.array(shown["image"]) / 16, shown["digit"]
        assert k == (1 if about < 0 else about)
        nudged = x + 1e-6 * np.eye(64)
        net = digit.network(digit.identity, digit.CostOLS)
        slope = (net.feed_forward(nudged)[:, k] - shown["z"][k]) / 1e-6
        np.testing.assert_allclose(shown["evidence"], x * slope, atol=1e-6)
        assert shown["support"] + shown["doubt"] == pytest.approx(sum(shown["evidence"]))
        assert shown["support"] + shown["doubt"] + shown["rest"] == pytest.approx(shown["z"][k])
        softmax = np.exp(shown["z"]) / np.exp(shown["z"]).sum()
        np.testing.assert_allclose(shown["outputs"], softmax, rtol=1e-12)


def test_no_single_pixel_changes_the_answer_but_two_do():
    """Which chapter 15 lets the reader find out, with whole pixels."""
    net, (image,) = digit.network(), np.array([images()[0][digit.MISREAD]]) / 16
    answers = {1: set(), 2: set()}
    for n in answers:
        changed = []
        for places in itertools.combinations(range(64), n):
            for ink in itertools.product((0, 1), repeat=n):
                one = image.copy()
                one[list(places)] = ink
                changed.append(one)
        answers[n] = set(net.feed_forward(np.array(changed)).argmax(axis=1).tolist())
    assert answers[1] == {1}
    assert 2 in answers[2]


def test_an_empty_sheet_is_read_as_something():
    shown = values(sheet=np.zeros(64), fit=True)
    assert not any(shown["image"])
    assert not any(shown["evidence"])
    assert max(shown["outputs"]) < 0.2


def test_small_digits_in_a_corner_need_to_be_brought_into_the_form():
    right = {False: 0, True: 0}
    for image, shows in zip(*images(), strict=True):
        for top, left in itertools.product((0, 16), repeat=2):
            sheet = np.zeros((32, 32), dtype=bool)
            sheet[top : top + 16, left : left + 16] = digit.halftone(image)[::2, ::2]
            for fit in right:
                right[fit] += values(sheet=digit.packed(sheet), fit=fit)["answer"] == shows
    assert right[True] > 5 * right[False]


def slanted(lean, top=5, left=3, height=10):
    """Return a sheet with a leaning stroke of three dots."""
    sheet = np.zeros((32, 32), dtype=bool)
    for i in range(height):
        start = left + round(lean * (height - 1 - i))
        sheet[top + i, start : start + 3] = True
    return sheet


def test_a_drawing_becomes_upright_full_high_centred_and_thick():
    for lean in (-0.2, 0, 0.5, 1):
        for top, left in ((5, 6), (0, 10), (20, 7)):
            sheet = digit.fitted(slanted(lean, top, left))
            rows, columns = np.nonzero(sheet)
            assert (rows.min(), rows.max()) == (0, 31)
            assert columns.min() + columns.max() in (30, 31, 32)
            assert sheet.sum() >= 240
            assert abs(np.polyfit(rows, columns, 1)[0]) < 0.1
    assert (digit.fitted(slanted(0.5)) == digit.fitted(slanted(0.5, 15, 12))).all()


def test_a_wide_drawing_is_20_dots_wide():
    sheet = np.zeros((32, 32), dtype=bool)
    sheet[10:20, 1:31] = True
    assert np.ptp(np.nonzero(digit.fitted(sheet))[1]) == 19


def test_impossible_states_are_refused():
    for changes, kind, words in [
        ({"sheet": "0f"}, ValueError, "sheet should be 256 hexadecimal digits, not '0f'"),
        ({"sheet": np.zeros(63)}, ValueError, "sheet should have 64 pixels, not 63"),
        ({"sheet": np.full(64, 0.5)}, ValueError, "sheet should have whole numbers from 0 to 16"),
        ({"fit": "yes"}, TypeError, "fit should be True or False, not 'yes'"),
        ({"about": 10}, ValueError, "about should be a number from -1 to 9, not 10"),
        ({"at": [1]}, ValueError, "at should be a row and a column, not 1 numbers"),
        ({"at": [1, 9]}, ValueError, "column should be a number from 1 to 8, not 9"),
    ]:
        with pytest.raises(kind, match=words):
            explore.state("digit", **changes)
