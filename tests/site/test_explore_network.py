"""The network in your hand: the two passes step by step, gradient descent, other networks."""

import json
import re

import numpy as np
import pytest
from backprop import FFNN, CostOLS, explore, identity, tanh
from explorables import settle, state_of

STEP = r"step (\d+) of (\d+)"


@pytest.fixture
def network(open_one):
    """Return the page of the network in its first state, and functions to look at it."""
    page = open_one("network")
    return page


def press(page, name):
    """Press a button; wait until the picture has followed."""
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def words(page):
    """Return the lines that explain a step."""
    return page.locator(".explorable-words").inner_text().split("\n")


def number(text):
    """Return a number as the page writes it, also in brackets."""
    return float(text.strip("() ").replace("−", "-"))


def value_of(expression):
    """Evaluate a sum of products of numbers."""
    total = 0.0
    for term in re.split(r" \+ ", expression):
        total += np.prod([number(factor) for factor in term.split(" · ")])
    return total


def test_both_passes_step_by_step(network):
    """Every line is a formula, then numbers; the numbers give the result that stands at the end."""
    values = explore.values("network", explore.state("network"))
    press(network, "First step")
    count = int(re.fullmatch(STEP, network.locator(".explorable-place").inner_text())[2])
    # 3 units, the cost, the output, 6 edges, and 4 sums
    assert count == 15
    seen = []
    for step in range(1, count + 1):
        place = network.locator(".explorable-place").inner_text()
        assert place == f"step {step} of {count}"
        for line in words(network):
            parts = line.removeprefix("back to ").split(" = ")
            assert len(parts) >= 3, line
            seen.append((parts[0], number(parts[-1])))
            for part in parts[1:-1]:
                if not re.search("[a-zA-Zδφ∂]", part):
                    assert value_of(part) == pytest.approx(number(parts[-1]), abs=2e-4), line
        press(network, "Next")
    results = dict(seen)
    assert results["z₁¹"] == pytest.approx(values["z"][1][0], abs=1e-4)
    assert results["C"] == pytest.approx(values["cost"], abs=1e-4)
    assert results["δ₂¹"] == pytest.approx(values["delta"][1][1], abs=1e-4)
    assert results["∂C/∂x₂"] == pytest.approx(values["adjoint"][0][1], abs=1e-4)
    names = ["w₁₁¹", "w₁₂¹", "w₂₁¹", "w₂₂¹", None, None, "w₁₁²", "w₂₁²", None]
    for name, derivative in zip(names, values["gradient"], strict=True):
        if name:
            assert results[f"∂C/∂{name}"] == pytest.approx(derivative, abs=1e-4)


def test_the_products_of_the_edges_sum_to_the_derivative(open_one):
    """In every network at random, for every unit with a sum."""
    module = explore._module("network")
    for seed in range(4):
        state = explore.state("network", **module.example(np.random.default_rng(seed)))
        page = open_one("network", f"?fig-network={json.dumps(state)}")
        products, checked = [], 0
        press(page, "First step")
        count = int(re.fullmatch(STEP, page.locator(".explorable-place").inner_text())[2])
        for _ in range(count):
            lines = words(page)
            if lines[0].startswith("back to "):
                products.append(number(lines[0].split(" = ")[-1]))
            elif products:
                assert sum(products) == pytest.approx(number(lines[0].split(" = ")[-1]), abs=5e-3)
                products, checked = [], checked + 1
            press(page, "Next")
        assert checked == sum(state["widths"][:-1])


def test_a_screen_reader_hears_the_words_of_the_step_that_is_shown(network):
    for name in ("First step", "Next", "Next"):
        press(network, name)
        network.wait_for_function(
            """() => document.querySelector(".explorable-spoken").textContent
              === document.querySelector(".explorable-words").textContent"""
        )


@pytest.mark.parametrize("part", ["text[data-value='a.0.1']", ".explorable-edge text"])
def test_numbers_of_the_picture_that_can_be_changed_can_be_dragged_there(network, part):
    before = state_of(network)
    box = network.locator(f".explorable-network {part}").first.bounding_box()
    network.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    network.mouse.down()
    network.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2)
    network.mouse.up()
    settle(network)
    after = state_of(network)
    changed = [key for key in before if before[key] != after[key]]
    assert changed == (["x"] if "a.0" in part else ["theta"])


def test_numbers_appear_when_their_step_has_come(network):
    shown = "() => [...document.querySelectorAll('svg [data-value]')].filter((e) => e.textContent)"
    names = f"{shown}.map((e) => e.dataset.value)"
    press(network, "First step")
    assert set(network.evaluate(names)) == {"a.0.0", "a.0.1", "z.1.0", "a.1.0"}
    press(network, "Back")
    assert set(network.evaluate(names)) == {"a.0.0", "a.0.1"}
    for _ in range(5):
        press(network, "Next")
    seen = set(network.evaluate(names))
    assert {"cost", "delta.2.0", "adjoint.2.0"} <= seen
    assert not {"delta.1.0", "adjoint.0.0"} & seen
    press(network, "All")
    assert {"delta.1.0", "adjoint.0.0"} <= set(network.evaluate(names))


def test_a_step_of_gradient_descent_is_the_network_s(network):
    state = explore.state("network")
    net = FFNN((2, 2, 1), tanh, identity, CostOLS, seed=0)
    net.parameters = state["theta"]
    x, t = np.array([state["x"]]), np.array([state["t"]])
    for _ in range(3):
        net.parameters = net.parameters - state["eta"] * net.gradient(x, t) / 2
        press(network, "Take a step")
    assert state_of(network)["theta"] == pytest.approx(net.parameters.tolist(), rel=1e-12)
    assert network.locator(".explorable-descent [data-value=cost]").inner_text() == (
        f"{net.cost(x, t) / 2:.4f}"
    )


def test_a_step_out_of_the_range_is_refused_in_words(open_one):
    state = {"eta": 10, "x": [10, 10]}
    page = open_one("network", f"?fig-network={json.dumps(state)}")
    press(page, "Take a step")
    assert "choose a smaller η" in page.locator(".explorable-note").inner_text()
    assert state_of(page)["theta"] == explore.state("network")["theta"]


def test_costs_bring_the_output_that_they_need(network):
    menus = {name: network.get_by_label(name, exact=True) for name in ("output", "cost")}
    for cost, output, outputs in [
        ("CostLogReg", "sigmoid", 1),
        ("CostCrossEntropy", "softmax", 2),
        ("CostOLS", "softmax", 2),
    ]:
        menus["cost"].select_option(cost)
        settle(network)
        state = state_of(network)
        assert (state["cost"], state["functions"][-1]) == (cost, output)
        assert state["widths"] == [2, 2, outputs]
        assert explore.state("network", **state) == state
    menus["cost"].select_option("CostCrossEntropy")
    menus["output"].select_option("tanh")
    settle(network)
    assert state_of(network)["cost"] == "HalfSquares"


def test_other_widths_keep_what_both_networks_have(network):
    first = explore.state("network")
    network.get_by_label("units: first hidden layer").fill("3")
    network.keyboard.press("Enter")
    network.get_by_label("units: second hidden layer").fill("4")
    network.keyboard.press("Enter")
    settle(network)
    state = state_of(network)
    assert state["widths"] == [2, 3, 4, 1]
    assert explore.state("network", **state) == state
    W = np.array(state["theta"][:6]).reshape(2, 3)
    assert W[:, :2].ravel().tolist() == first["theta"][:4]
    press(network, "Reset")
    assert state_of(network) == first


def test_two_probabilities_sum_to_one(network):
    network.get_by_label("cost", exact=True).select_option("CostCrossEntropy")
    for name, expected in [("t₁", [0.4, 0.6]), ("t₂", [0.6, 0.4])]:
        network.get_by_label(name, exact=True).fill("0.4")
        network.keyboard.press("Enter")
        assert state_of(network)["t"] == pytest.approx(expected)


def test_an_edge_can_be_dragged_and_leads_to_its_number(network):
    grip = network.locator(".explorable-grip").nth(3)
    box = grip.bounding_box()
    x, y = box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2
    network.mouse.move(x, y)
    network.mouse.down()
    network.mouse.move(x + 30, y)
    network.mouse.up()
    settle(network)
    theta, first = state_of(network)["theta"], explore.state("network")["theta"]
    assert theta[3] == pytest.approx(first[3] + 0.15)
    assert [*theta[:3], *theta[4:]] == [*first[:3], *first[4:]]
    network.mouse.click(x, y)
    assert network.evaluate("document.activeElement.getAttribute('aria-label')") == "w₂₂¹"


@pytest.mark.parametrize(
    ("widths", "names"),
    [
        ([1, 1], {"x", "t", "w", "b"}),
        ([1, 1, 1], {"x", "t", "w₁", "b₁", "w₂", "b₂"}),
        ([1, 2], {"x", "t₁", "t₂", "w₁₁¹", "w₁₂¹", "b₁¹", "b₂¹"}),
    ],
)
def test_symbols_are_those_of_the_chapters(open_one, widths, names):
    count = sum((m + 1) * n for m, n in zip(widths, widths[1:], strict=False))
    state = explore.state(
        "network", widths=widths, functions=["tanh"] * (len(widths) - 1),
        x=[0.5] * widths[0], t=[0.5] * widths[-1], theta=[0.3] * count,
    )  # fmt: skip
    page = open_one("network", f"?fig-network={json.dumps(state)}")
    labels = page.evaluate(
        "() => [...document.querySelectorAll('table [role=spinbutton]')].map((e) => e.ariaLabel)"
    )
    assert set(labels) == names
