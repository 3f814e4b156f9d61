"""The explorable ``threshold``: its numbers by scikit-learn, and what chapter 14 says to try."""

import numpy as np
import pytest
from backprop import explore
from sklearn import metrics


def drawn(seed, **changes):
    """Return a state at random and its values."""
    example = explore._module("threshold").example(np.random.default_rng(seed))
    state = explore.state("threshold", **example | changes)
    return state, explore.values("threshold", state)


@pytest.mark.parametrize("seed", range(8))
def test_numbers_are_those_of_scikit_learn(seed):
    state, shown = drawn(seed)
    t = np.array(state["targets"])
    a = np.array(state["outputs"][state["model"]])
    yes = a >= state["threshold"]
    matrix = [[shown["rejections"], shown["alarms"]], [shown["misses"], shown["hits"]]]
    assert metrics.confusion_matrix(t, yes).tolist() == matrix
    assert shown["accuracy"] == pytest.approx(metrics.accuracy_score(t, yes))
    assert shown["recall"] == pytest.approx(metrics.recall_score(t, yes))
    if yes.any():
        assert shown["precision"] == pytest.approx(metrics.precision_score(t, yes))
    else:
        assert "precision" not in shown
    fallout, recall, levels = metrics.roc_curve(t, a, drop_intermediate=False)
    for level, point in zip(np.arange(101) / 100, shown["roc"], strict=True):
        known = [[f, r] for f, r, one in zip(fallout, recall, levels, strict=True) if one >= level]
        assert point == pytest.approx(known[-1])


@pytest.mark.parametrize("seed", range(8))
def test_the_best_threshold_is_the_first_of_the_cheapest(seed):
    state, shown = drawn(seed)
    costs = [
        explore.values("threshold", state | {"threshold": k / 100})["cost"] for k in range(101)
    ]
    assert shown["curve"] == costs
    assert shown["least"] == min(costs)
    assert shown["best"] == costs.index(min(costs)) / 100


def test_with_right_probabilities_the_advised_threshold_is_nearly_the_best():
    rng = np.random.default_rng(3)
    a = rng.uniform(size=20_000)
    state = explore.state(
        "threshold", outputs={"right": a}, targets=rng.uniform(size=a.size) < a, miss=4, alarm=1
    )
    shown = explore.values("threshold", state)
    assert shown["advised"] == 0.2
    assert shown["best"] == pytest.approx(0.2, abs=0.05)


def test_the_best_threshold_jumps():
    """Which chapter 14 lets the reader see: the cost is a sum of steps."""
    state, _ = drawn(1, model="one", alarm=10)
    best = [explore.values("threshold", state | {"miss": k})["best"] for k in range(1, 101)]
    moves = np.abs(np.diff(best))
    assert (moves == 0).mean() > 0.5
    assert moves.max() > 0.05


def test_impossible_states_are_refused():
    two = {"outputs": {"one": [0.2, 0.7]}, "targets": [0, 1]}
    for changes, words in [
        ({"targets": [0, 0]}, "targets should be 0 and 1, both of them"),
        ({"targets": [0, 1, 1]}, "outputs should be 3 for 'one', not 2"),
        ({"outputs": {"one": [0.2, 1.7]}}, "outputs should be a number from 0 to 1, not 1.7"),
        ({"model": "none"}, "model should be one of one, not 'none'"),
        ({"threshold": 2}, "threshold should be a number from 0 to 1, not 2"),
        ({"miss": 0}, "miss should be a number from 1 to 100, not 0"),
        ({"alarm": 1.5}, "alarm should be a whole number, not 1.5"),
    ]:
        with pytest.raises(ValueError, match=words):
            explore.state("threshold", **two | changes)
