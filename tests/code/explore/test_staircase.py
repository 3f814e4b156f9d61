"""The explorable ``staircase``: its numbers by other means, and what chapter 2 says to try."""

import numpy as np
import pytest
from backprop import explore

GRID = np.linspace(0, 1, 2001)


def values(**changes):
    """Return the values of a state."""
    return explore.values("staircase", explore.state("staircase", **changes))


def wave(x):
    return np.sin(2 * np.pi * x)


def test_the_staircase_is_the_printed_sum():
    middles, rises = (np.arange(12) + 0.5) / 12, np.diff(wave(np.arange(13) / 12))
    outputs = (rises / (1 + np.exp(-48 * (GRID[:, None] - middles)))).sum(axis=1)
    shown = values()
    np.testing.assert_allclose(shown["outputs"], outputs, atol=1e-13)
    off = np.abs(outputs - wave(GRID))
    assert shown["largest"] == pytest.approx(off.max())
    assert shown["square"] == pytest.approx(np.sqrt(np.mean(off**2)))
    assert off[GRID == shown["place"]] == pytest.approx(off.max())


def test_the_polygon_joins_the_points():
    shown = values(kind="polygon", neurons=7)
    ends = np.arange(8) / 7
    np.testing.assert_allclose(shown["outputs"], np.interp(GRID, ends, wave(ends)), atol=1e-12)


@pytest.mark.parametrize("kind", ["staircase", "polygon"])
def test_the_curve_has_the_errors_of_the_other_widths(kind):
    errors = [values(kind=kind, neurons=2**k)["largest"] for k in range(7)]
    np.testing.assert_allclose(values(kind=kind)["curve"], errors, rtol=1e-12)


def test_no_network_follows_a_jump_but_the_mean_square_falls():
    """Whatever one does, the largest error stays at one half or more."""
    for kind in ("staircase", "polygon"):
        for neurons in (3, 8, 21, 64):
            for steepness in (1, 4, 100, 1000):
                shown = values(target="jump", kind=kind, neurons=neurons, steepness=steepness)
                assert shown["largest"] > 0.499
    odd = [values(target="jump", neurons=n, steepness=4)["square"] for n in (3, 9, 27, 63)]
    assert (np.diff(odd) < 0).all()
    assert odd[-1] < 0.1


def test_an_odd_number_of_steps_stands_on_the_jump():
    for n in (4, 10, 32):
        even, odd = (values(target="jump", neurons=m, steepness=1000) for m in (n, n + 1))
        assert odd["square"] < 0.2 * even["square"]


def test_steepness_has_a_best_value():
    """Neither sharp steps nor flat ones, but those that run into each other."""
    steepness = np.geomspace(0.25, 1000, 40)
    for neurons in (8, 12, 24):
        errors = [values(neurons=neurons, steepness=k)["largest"] for k in steepness]
        best = np.argmin(errors)
        assert 2 < steepness[best] < 12
        assert min(errors[0], errors[-1]) > 2.5 * errors[best]


def test_a_drawn_function_is_followed_exactly_where_it_bends():
    rng = np.random.default_rng(3)
    drawn = rng.uniform(-1, 1, 33).round(2).tolist()
    for neurons, exact in ((32, True), (64, True), (31, False), (48, False)):
        shown = values(target="drawn", drawn=drawn, kind="polygon", neurons=neurons)
        assert (shown["largest"] < 1e-9) == exact
        assert (shown["largest"] < 0.01) == exact


def test_impossible_states_are_refused():
    for changes, words in [
        ({"kind": "spline"}, "kind should be one of staircase, polygon, not 'spline'"),
        ({"target": "circle"}, "target should be one of wave.*, not 'circle'"),
        ({"neurons": 65}, "neurons should be a number from 1 to 64, not 65"),
        ({"neurons": 2.5}, "neurons should be a whole number, not 2.5"),
        ({"steepness": 0}, "steepness should be a number from 0.25 to 1000, not 0"),
        ({"drawn": [0.0]}, "drawn should be 33 numbers, not 1"),
    ]:
        with pytest.raises(ValueError, match=words):
            explore.state("staircase", **changes)
