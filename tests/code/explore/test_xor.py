"""The explorable ``xor``: its numbers by other means, and what chapter 16 says to try."""

import numpy as np
import pytest
from backprop import FFNN, RELU, Adam, CostLogReg, explore, sigmoid
from backprop.datasets import gate

FUNCTIONS = {"sigmoid": sigmoid, "RELU": RELU}


def values(**changes):
    """Return the values of a state."""
    return explore.values("xor", explore.state("xor", **changes))


@pytest.mark.parametrize(("name", "solved"), [("sigmoid", 6), ("RELU", 1)])
def test_the_twelve_starts_end_as_the_chapters_runs(name, solved):
    """The chapter trains by ``fit``, from weights that are not rounded."""
    X, t = gate("XOR")
    starts = values(function=name)["starts"]
    ends = []
    for seed, theta in enumerate(starts):
        net = FFNN((2, 2, 1), FUNCTIONS[name], sigmoid, CostLogReg, seed=seed)
        np.testing.assert_allclose(net.parameters, theta, atol=0.0051)
        net.fit(X, t, Adam(0.1, 0.9, 0.999), epochs=300)
        ends.append(values(function=name, theta=theta)["costs"][-1])
        assert ends[-1] == pytest.approx(net.cost(X, t), abs=0.005)
    assert sum(end < 0.1 for end in ends) == solved


def test_runs_end_at_zero_or_on_a_level():
    shown = values()
    one, other = -np.log(1 / 3) / 3, -2 * np.log(2 / 3) / 3
    np.testing.assert_allclose(shown["levels"], [np.log(2) / 2, 0.75 * (one + other), np.log(2)])
    for name in FUNCTIONS:
        for theta in shown["starts"]:
            end = values(function=name, theta=theta)["costs"][-1]
            assert min(abs(end - level) for level in (0, *shown["levels"])) < 0.012


def test_the_first_state_is_the_stuck_run():
    """Rows 01 and 11 meet in the plane of the hidden neurons, and both outputs go to one half."""
    late = values(epoch=300)
    assert late["cost"] == pytest.approx(late["levels"][0], abs=0.002)
    np.testing.assert_allclose(late["hidden"][1], late["hidden"][3], atol=0.01)
    np.testing.assert_allclose([late["outputs"][1], late["outputs"][3]], 0.5, atol=0.02)


def smallest_push(epoch, largest=12):
    """Return how far one parameter has to be moved so that training from there succeeds."""
    there = np.array(values(epoch=epoch)["theta"]).round(4)
    for push in (push for push in (1, 2, 3, 5, 8, 12) if push <= largest):
        for change in push * np.concatenate([np.eye(9), -np.eye(9)]):
            if values(theta=there + change)["costs"][-1] < 0.1:
                return push
    return np.inf


def test_the_later_the_farther_has_a_parameter_to_be_moved():
    """Which chapter 16 lets the reader find out."""
    assert smallest_push(0) == 1
    assert smallest_push(60, largest=3) == np.inf
    assert 8 <= smallest_push(300) < np.inf


def test_nine_numbers_by_hand():
    theta = [12, 12, 12, 12, -6, -18, 12, -12, -6]  # OR, AND, and the one without the other
    assert values(theta=theta, epoch=0)["cost"] < 0.01


def test_the_cost_before_training_and_the_shown_epoch():
    X, t = gate("XOR")
    net = FFNN((2, 2, 1), sigmoid, sigmoid, CostLogReg, seed=0)
    for epoch in (0, 1, 300):
        shown = values(epoch=epoch)
        net.parameters = shown["theta"]
        assert shown["cost"] == pytest.approx(net.cost(X, t), rel=1e-12)
        assert shown["cost"] == shown["costs"][epoch]
        np.testing.assert_allclose(shown["outputs"], net.feed_forward(X)[:, 0], rtol=1e-12)
    assert values(epoch=0)["theta"] == explore.state("xor")["theta"]


def test_impossible_states_are_refused():
    for changes, words in [
        ({"function": "tanh"}, "function should be one of sigmoid, RELU, not 'tanh'"),
        ({"theta": [0.0] * 8}, "theta should be 9 numbers, not 8"),
        ({"theta": [101.0] * 9}, "theta should be a number from -100 to 100, not 101.0"),
        ({"eta": 2}, "eta should be a number from 0.001 to 1, not 2"),
        ({"epoch": 301}, "epoch should be a number from 0 to 300, not 301"),
    ]:
        with pytest.raises(ValueError, match=words):
            explore.state("xor", **changes)
