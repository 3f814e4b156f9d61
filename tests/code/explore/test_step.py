"""The explorable ``step``: its numbers by other means, and what chapter 12 says to try."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from backprop import explore

FUNCTIONS = {
    "identity": lambda y: y,
    "sigmoid": lambda y: 1 / (1 + anp.exp(-y)),
    "tanh": anp.tanh,
    "RELU": lambda y: anp.where(y > 0, y, 0),
}


def values(**changes):
    """Return the values of a state."""
    return explore.values("step", explore.state("step", **changes))


def cost(theta, state, mask):
    """Return the cost as a formula of the parameters."""
    w, b, gamma, beta = theta
    z = w * np.array(state["x"]) + b
    if state["normalised"]:
        spread = anp.mean((z - anp.mean(z)) ** 2) + 10.0 ** state["power"]
        z = gamma * (z - anp.mean(z)) / anp.sqrt(spread) + beta
    return anp.mean((mask * FUNCTIONS[state["function"]](z) - np.array(state["t"])) ** 2)


@pytest.mark.parametrize("seed", range(12))
def test_cost_gradient_and_step_are_autograds(seed):
    example = explore._module("step").example(np.random.default_rng(seed))
    state = explore.state("step", **example)
    shown, theta = explore.values("step", state), np.array(state["theta"])
    arguments = state, np.array(shown["mask"])
    assert shown["cost"] == pytest.approx(cost(theta, *arguments), rel=1e-12)
    gradient = autograd.grad(cost)(theta, *arguments)
    count = 4 if state["normalised"] else 2
    np.testing.assert_allclose(shown["gradient"], gradient[:count], rtol=1e-9, atol=1e-12)
    assert not gradient[count:].any()
    c, clipped = state["threshold"], gradient
    if state["clip"] == "norm":
        clipped = gradient * min(1, c / np.linalg.norm(gradient))
    elif state["clip"] == "value":
        clipped = np.maximum(-c, np.minimum(c, gradient))
    np.testing.assert_allclose(shown["next"], theta - state["eta"] * clipped, rtol=1e-9)
    assert shown["nextCost"] == pytest.approx(cost(np.array(shown["next"]), *arguments))


def test_the_mask_is_inverted_and_drops_its_share():
    masks = np.array([values(rate=0.3, seed=seed)["mask"] for seed in range(100)])
    assert set(masks.ravel()) == {0, 1 / 0.7}
    assert masks.mean() == pytest.approx(1, abs=0.1)
    assert values(rate=0)["mask"] == [1, 1, 1, 1]


def test_without_normalisation_the_gradient_is_lost_in_the_activation():
    """The first thing that chapter 12 lets the reader find out."""
    on, off = values(), values(normalised=False)
    assert on["norm"] > 5 * off["norm"]
    assert min(off["a"]) > 0.96


def test_weight_and_bias_in_front_of_the_normalisation_change_nothing():
    """But the weight's own gradient, and all if its sign changes."""
    before = values(theta=[1, 0, 1, 0])
    for w, b in ((2, 0), (1, 5), (4, -3)):
        after = values(theta=[w, b, 1, 0])
        for name in ("a", "cost", "norm"):
            np.testing.assert_allclose(after[name], before[name], rtol=1e-4)
        assert abs(after["gradient"][1]) < 1e-12
    assert values(theta=[4, 0, 1, 0])["gradient"][0] < before["gradient"][0] / 4
    assert values(theta=[-1, 0, 1, 0])["cost"] != pytest.approx(before["cost"], rel=0.05)


def test_clipping_by_value_turns_the_gradient():
    for clip, turns in (("norm", False), ("value", True)):
        shown = values(clip=clip, threshold=0.3)
        whole, part = np.array(shown["gradient"]), np.array(shown["clipped"])
        cosine = whole @ part / (shown["norm"] * shown["clippedNorm"])
        assert (cosine < 0.999) == turns
        assert shown["clippedNorm"] < shown["norm"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normalised": 1}, "normalised should be True or False, not 1"),
        ({"rate": 1}, "rate should be a number from 0 to 0.9, not 1"),
        ({"power": 1}, "power should be a number from -8 to 0, not 1"),
        ({"clip": "both"}, "clip should be one of none, norm, value, not"),
    ],
)
def test_impossible_states_are_refused(changes, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        explore.state("step", **changes)
