"""The tape: formulas that are typed in, what cannot be read, and the two modes step by step."""

import json
import re
from urllib.parse import quote

import pytest
from backprop import explore
from explorables import settle, state_of

NUMBER = r"−?\d+(?:\.\d+)?"


@pytest.fixture
def tape(open_one):
    """Return the page of the tape in its first state."""
    return open_one("tape")


def query(state):
    """Return the link to a state."""
    return f"?fig-tape={quote(json.dumps(state))}"


def press(page, name):
    """Press a button; wait until the picture has followed."""
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def words(page):
    """Return the lines that explain a step."""
    return page.locator(".explorable-words").inner_text().split("\n")


def column(page, place):
    """Return the texts of a column of the tape: 0 variable, 1 value, 2 derivative."""
    rows = page.locator(".explorable-tape tbody tr").all()
    return [row.locator("th, td").nth(place).inner_text() for row in rows]


def number(text):
    """Return a number as the page writes it."""
    return float(text.strip("()").replace("−", "-"))


def test_a_formula_is_read_while_it_is_typed(tape):
    field = tape.get_by_role("textbox", name="formula")
    field.fill("w*x")
    settle(tape)
    assert state_of(tape)["inputs"] == [1.5, 1.5]  # w is new; x keeps its value
    field.press("End")
    for key in " + tanh(b)":
        field.press(key)
    settle(tape)
    state = state_of(tape)
    assert state["formula"] == "w*x + tanh(b)"
    assert column(tape, 0) == ["w", "x", "b", "x₄ = w · x", "x₅ = tanh(b)", "x₆ = x₄ + x₅"]
    shown = explore.values("tape", explore.state("tape", **state))
    assert [number(text) for text in column(tape, 2)] == pytest.approx(shown["adjoint"], abs=6e-5)
    assert field.input_value() == "w*x + tanh(b)"


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("", "The formula is empty."),
        ("x +", "Something is missing after “+”."),
        ("2x", "Between “2” and “x” a sign is missing; a product is written with *."),
        ("tan(x)", "“tan” is none of the functions exp, log, sqrt, sin, cos, tanh; "
         "a product is written tan*(…)."),
        ("sin x", "After sin there should be a “(”."),
        ("(x", "A “)” is missing at the end."),
        ("x)", "There is a “)” without its “(”."),
        ("x # 1", "“#” cannot be read in a formula."),
        ("3", "A formula should have a variable, such as x."),
        ("*x", "A formula cannot begin with “*”."),
        ("x^/2", "After “^” there should be a number or a name, not “/”."),
        ("a+b+c+d+e+f+g", "A formula should have at most 6 variables."),
        ("x" + "+x" * 25, "A formula should have at most 24 operations."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_words(tape, formula, said):
    field = tape.get_by_role("textbox", name="formula")
    field.fill(formula)
    field.press("Enter")
    tape.wait_for_function("() => document.querySelector('.explorable-note').textContent")
    assert tape.locator(".explorable-note").inner_text() == said
    assert field.get_attribute("aria-invalid") == "true"
    assert state_of(tape) == explore.state("tape")
    field.fill("x")
    settle(tape)
    assert tape.locator(".explorable-note").inner_text() == ""
    assert field.get_attribute("aria-invalid") is None


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_the_steps_lead_to_all_numbers(open_one, mode):
    state = explore.state("tape", formula="x*y + sin(x*y)", mode=mode)
    page = open_one("tape", query(state))
    every = column(page, 1), column(page, 2)
    press(page, "First step")
    seen, counts = [], []
    while True:
        place = page.locator(".explorable-place").inner_text()
        step, steps, count, total = map(int, re.findall(r"\d+", place))
        counts.append(count)
        seen.append(sum(text != "" for text in column(page, 2)))
        for line in words(page):  # what is a product is the product
            product = re.search(rf"= (\(?{NUMBER}\)?) · (\(?{NUMBER}\)?) = ({NUMBER})", line)
            if product:
                one, other, result = map(number, product.groups())
                assert one * other == pytest.approx(result, abs=2e-4)
        if step == steps:
            break
        press(page, "Next")
    assert (column(page, 1), column(page, 2)) == every
    assert counts == sorted(counts)
    assert counts[-1] == total
    assert seen == sorted(seen)
    assert seen[0] < seen[-1] == 5
    sweeps = 2 if mode == "forward" else 1
    assert sweeps * total == explore.values("tape", state)["counts"][mode]
    press(page, "Back")
    assert sum(text != "" for text in column(page, 2)) <= 5
    press(page, "All")
    assert "all steps" in page.locator(".explorable-place").inner_text()


def test_an_adjoint_is_complete_when_all_arrows_have_come_back(tape):
    """Two arrows leave x₂ in the lecture's function."""
    sums = []
    press(tape, "First step")
    for _ in range(9):
        lines = words(tape)
        if lines[-1].startswith("∂f/∂x₂"):
            sums.append(lines[-1])
        press(tape, "Next")
    assert sums == ["∂f/∂x₂ = 0.1459 so far: another arrow leaves it", "∂f/∂x₂ = 1.5306, complete"]


@pytest.mark.parametrize(
    ("formula", "note"),
    [
        ("e^x", "Here e is a variable. Write the constant as exp(1), and e^x as exp(x)."),
        ("x*pi", "Here pi is a variable. Write the constant as 3.14159."),
        ("sinx", "Here sinx is a variable. The function is written sin(…)."),
        ("a*b", ""),
    ],
)
def test_a_name_that_looks_like_something_else_is_pointed_out(tape, formula, note):
    tape.fill(".explorable-formula", formula)
    settle(tape)
    assert tape.locator(".explorable-note").inner_text() == note


def test_examples_and_switches(tape):
    for name in ("three inputs", "a product of five", "two ways to a power"):
        tape.get_by_label("example").select_option(label=name)
        settle(tape)
        assert (
            tape.get_by_role("textbox", name="formula").input_value() == state_of(tape)["formula"]
        )
    before = state_of(tape)["formula"]
    tape.get_by_label("forward: tangents").check(force=True)
    tape.get_by_label("as written").check(force=True)
    settle(tape)
    state = state_of(tape)
    assert (state["mode"], state["shared"], state["formula"]) == ("forward", False, before)
    assert "tangent" in tape.locator(".explorable-tape thead").inner_text()


def test_what_is_too_long_as_it_is_written_stays_computed_once(tape):
    long = "s^2 + 1/s".replace("s", "(x+1/x)")
    long = f"{long} + exp({long}) + sin({long})"
    tape.get_by_role("textbox", name="formula").fill(long)
    settle(tape)
    assert state_of(tape)["formula"] == long
    tape.get_by_label("as written").click(force=True)
    settle(tape)
    assert state_of(tape)["shared"] is True
    assert tape.get_by_label("computed once").is_checked()
    said = tape.locator(".explorable-note").inner_text()
    assert said == "As it is written it is too long: a formula should have at most 24 operations."


def test_a_link_to_a_formula_that_cannot_be_read(open_one):
    page = open_one("tape", query({"formula": "x +"}))
    assert state_of(page) == explore.state("tape")
    said = page.locator(".explorable-note").inner_text()
    assert "something is missing after “+”" in said
