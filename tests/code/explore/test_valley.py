"""The explorable ``valley``: its numbers by other means, and what chapter 10 says to try."""

import numpy as np
import pytest
from backprop import explore


def values(**changes):
    """Return the values of a state."""
    return explore.values("valley", explore.state("valley", **changes))


def test_the_path_is_that_of_the_published_recursion():
    eta, mu, ends = 0.03, 0.8, np.array([1.0, 25.0])
    places = [np.array([-4.0, 1.0])] * 2
    for _ in range(50):
        places.append(places[-1] - eta * ends * places[-1] + mu * (places[-1] - places[-2]))
    shown = values()
    np.testing.assert_allclose(shown["path"], places[1:], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(shown["costs"], np.square(places[1:]) @ ends / 2, rtol=1e-11)


@pytest.mark.parametrize(
    ("eta", "mu", "steepest"), [(0.03, 0.8, 25), (0.074, 0.0, 25), (0.2, 0.3, 25), (0.01, 0.9, 4)]
)
def test_roots_are_those_of_the_polynomial(eta, mu, steepest):
    shown = values(eta=eta, momentum=mu, steepest=steepest)
    for pair, curvature in zip(shown["roots"], (1, steepest), strict=True):
        roots = sorted(
            np.roots([1, -(1 + mu - eta * curvature), mu]), key=lambda r: (-abs(r), -r.imag)
        )
        np.testing.assert_allclose([complex(*one) for one in pair], roots, rtol=1e-9, atol=1e-12)
    assert shown["factor"] == pytest.approx(
        max(np.hypot(*r) for pair in shown["roots"] for r in pair)
    )


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_a_path_grows_above_the_limit_and_only_there(mu):
    limit = values(momentum=mu)["limit"]
    assert limit == pytest.approx(2 * (1 + mu) / 25)
    for share, grows in ((0.98, False), (1.02, True)):
        shown = values(eta=share * limit, momentum=mu, steps=400)
        assert (shown["factor"] > 1) == grows
        assert (shown["costs"][-1] > shown["costs"][0]) == grows


def test_the_smallest_factor_is_polyaks():
    """Which chapter 10 lets the reader look for with the two sliders."""
    grid = [
        (values(eta=eta, momentum=mu)["factor"], eta, mu)
        for eta in np.arange(0.05, 0.2, 0.01)
        for mu in np.arange(0.3, 0.6, 0.02)
    ]
    factor, eta, mu = min(grid)
    assert factor == pytest.approx(2 / 3, abs=0.03)  # (√κ - 1)/(√κ + 1), κ = 25
    assert eta == pytest.approx(4 / 36, abs=0.02)
    assert mu == pytest.approx(4 / 9, abs=0.03)


def test_a_turned_valley_is_the_same_for_momentum_and_not_for_adagrad():
    half = np.sqrt(0.5)
    turned = {"turn": 45, "start": [half * (-4 + 1), half * (4 + 1)]}
    for rule, eta, same in (("Momentum", 0.03, True), ("Adagrad", 0.7, False)):
        straight = np.array(values(rule=rule, eta=eta)["costs"])
        across = np.array(values(rule=rule, eta=eta, **turned)["costs"])
        assert np.allclose(straight, across, rtol=1e-9, atol=0) == same


@pytest.mark.parametrize("turn", [0, 45])
@pytest.mark.parametrize("eta", [0.1, 0.15, 0.3])
def test_rmsprop_comes_to_the_limit_by_itself(eta, turn):
    """Each coordinate has its own limit, 2/λ; in the turned valley both have that across it."""
    shown = values(rule="RMS_prop", eta=eta, steps=400, turn=turn, start=[-2.1, 3.5])
    limits = (2 / 25, 2 / 25) if turn else (2, 2 / 25)
    np.testing.assert_allclose(np.mean(shown["rates"][-40:], axis=0), limits, rtol=0.1)


def test_adagrads_rates_only_fall():
    rates = np.array(values(rule="Adagrad", eta=0.7, steps=100)["rates"])
    assert (np.diff(rates, axis=0) <= 0).all()


def test_a_path_that_diverges_ends():
    shown = values(eta=2.0, momentum=0.9, steps=400)
    assert len(shown["path"]) < 50
    assert np.abs(shown["path"][-1]).max() >= 1e9
    assert np.isfinite(shown["costs"]).all()


def test_impossible_states_are_refused():
    for changes, words in [
        ({"rule": "Newton"}, "rule should be one of Momentum.*, not 'Newton'"),
        ({"eta": 0}, "eta should be a number from 0.001 to 2, not 0"),
        ({"momentum": 1.0}, "momentum should be a number from 0 to 0.99, not 1.0"),
        ({"rho2": "much"}, "rho2 should be a number from 0 to 0.999, not 'much'"),
        ({"turn": 30}, "turn should be one of 0, 45, not 30"),
        ({"start": [1.0]}, "start should be 2 numbers, not 1"),
        ({"start": [1.0, np.nan]}, "start should be a number from -5 to 5, not nan"),
        ({"steps": 26}, "steps should be one of 25, 50, 100, 400, not 26"),
    ]:
        with pytest.raises(ValueError, match=words):
            explore.state("valley", **changes)
