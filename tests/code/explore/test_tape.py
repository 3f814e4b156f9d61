"""The explorable ``tape``: its numbers by other means, and what chapter 5 says to try."""

import re

import numpy as np
import pytest
import sympy
from backprop import explore
from backprop.explore import tape

MORE = ("x*2 + y + x*z", "-x^2 + 2^-x", "exp(x)/2/x - -x", "x·y − y × 3", "sqrt(x)*sqrt(x)")
PRODUCTS = [("*".join("abcdef"[:n]), n) for n in range(2, 7)]


def values(formula, **changes):
    """Return the values of a state."""
    return explore.values("tape", explore.state("tape", formula=formula, **changes))


def expression(formula):
    """Return a formula as SymPy reads it."""
    text = formula.replace("^", "**").replace("−", "-").replace("·", "*").replace("×", "*")
    return sympy.sympify(text, {name: sympy.Symbol(name) for name in re.findall(r"\b\w\b", text)})


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("formula", [*tape.FORMULAS, *MORE])
def test_value_and_gradient_are_sympys(formula, shared):
    state = explore.state("tape", formula=formula, shared=shared)
    names, _ = tape.graph(formula, shared)
    point = dict(zip(map(sympy.Symbol, names), [1.3, 0.7, 1.1, 0.4][: len(names)], strict=True))
    f = expression(formula)
    state["inputs"] = list(point.values())
    for along, name in enumerate(names):
        shown = explore.values("tape", state | {"along": along})
        slope = float(f.diff(name).subs(point))
        assert shown["value"][-1] == pytest.approx(float(f.subs(point)), rel=1e-12)
        assert shown["adjoint"][along] == pytest.approx(slope, rel=1e-11)
        assert shown["tangent"][-1] == pytest.approx(slope, rel=1e-11)


def test_the_first_state_is_the_chapters_example():
    shown = values("sqrt(x^2 + exp(x^2))", inputs=[1.5])
    a, b = 1.5**2, np.exp(1.5**2)
    d = np.sqrt(a + b)
    np.testing.assert_allclose(shown["value"], [1.5, a, b, a + b, d])
    np.testing.assert_allclose(shown["adjoint"][0], 1.5 * (1 + b) / d)
    assert [len(partials) for partials in shown["partials"]] == [0, 1, 1, 2, 1]
    assert shown["counts"] == {"value": 4, "forward": 10, "reverse": 10}  # chapter 4's table


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_counts_are_those_of_chapter_4(n):
    """eq-count-many-value, -forward and -reverse."""
    s = " + ".join(f"{name}^2" for name in "wxyz"[:n])
    counts = values(f"sqrt({s} + exp({s}))")["counts"]
    assert counts["value"] == 2 * n + 2
    if n > 1:
        assert counts["reverse"] == 4 * n + 6
    assert counts["forward"] == n * (5 * n + 5)


@pytest.mark.parametrize("formula", tape.FORMULAS)
def test_a_text_is_counted_as_it_stands(formula):
    text = formula.replace(" ", "").replace("4.5e1", "45")
    operations = re.findall(r"(?<=[\w)])[-+*/^]|[a-z]+(?=\()", text)
    assert values(formula, shared=False)["counts"]["value"] == len(operations)
    assert values(formula)["counts"]["value"] <= len(operations)


@pytest.mark.parametrize(("formula", "n"), PRODUCTS)
def test_another_factor(formula, n):
    """Chapter 5 asks what another factor costs: forward more each time, in reverse always three."""
    counts = values(formula)["counts"]
    assert counts == {"value": n - 1, "forward": 4 * n * (n - 1), "reverse": 3 * n - 5}


def test_equal_parts_that_are_computed_twice_need_more_arrows():
    once, each = (values("sqrt(x^2 + exp(x^2))", shared=shared) for shared in (True, False))
    assert len(each["value"]) == len(once["value"]) + 1
    assert each["counts"]["value"] == once["counts"]["value"] + 1
    assert each["adjoint"][0] == pytest.approx(once["adjoint"][0], rel=1e-14)
    assert each["adjoint"][1] + each["adjoint"][2] == pytest.approx(once["adjoint"][1], rel=1e-14)


def test_forward_mode_can_be_the_cheaper_one():
    """Which chapter 5 asks for."""
    counts = values("log(x*x + 1)/cos(x)*-x^3")["counts"]
    assert counts["forward"] < counts["reverse"]


def test_zeros_and_infinities_are_shown_as_they_are():
    shown = values("log(x)", inputs=[0])
    assert shown["value"] == [0, -np.inf]
    assert shown["adjoint"] == [np.inf, 1]
    assert values("x^0", inputs=[2])["adjoint"] == [0, 1]


@pytest.mark.parametrize(
    "formula",
    ["", "x +", "2x", "x y", "tan(x)", "x(2)", "sin", "sin x", "(x", "x)", "exp(x, y)", "x.real",
     "lambda x", "True", "x if x else x", "x = 2", "'x'", "[x]", "x # y", "x\ny"],
)  # fmt: skip
def test_what_is_no_formula_is_refused(formula):
    with pytest.raises(ValueError, match="formula should be made of numbers, names") as info:
        explore.state("tape", formula=formula)
    assert str(info.value).endswith(f"not {formula!r}")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"formula": 3}, "formula should be a text, not 3"),
        ({"formula": "1 + 2"}, "formula should have 1 to 6 inputs, not 0"),
        ({"formula": "a+b+c+d+e+f+g"}, "formula should have 1 to 6 inputs, not 7"),
        ({"formula": "x" + "+x" * 25}, "formula should have at most 24 operations, not 25"),
        ({"formula": "x" + " " * 120}, "formula should have at most 120 characters, not 121"),
        ({"shared": 1}, "shared should be True or False, not 1"),
        ({"mode": "both"}, "mode should be one of reverse, forward, not"),
        ({"along": 1}, "along should be a number from 0 to 0, not 1"),
        ({"inputs": [1, 2]}, "inputs should be 1 numbers, not 2"),
    ],
)
def test_impossible_states_are_refused(changes, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        explore.state("tape", **changes)
