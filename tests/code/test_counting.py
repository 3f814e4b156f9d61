"""Numbers that count: every rule of the convention, and the lecture's counts."""

import ast
import math
import operator

import numpy as np
import pytest
import sympy as sp
from backprop.counting import Counted, Number, OperationCounter, count, count_expression, plain
from hypothesis import given
from hypothesis import strategies as st

x = sp.symbols("x")


@pytest.mark.parametrize(
    ("function", "operations"),
    [
        (lambda x: x, 0),
        (lambda x: x + 1, 1),
        (lambda x: 1 - x, 1),
        (lambda x: 2 + x, 1),
        (lambda x: 1 + x, 1),
        (lambda x: x / 0.5, 1),
        (lambda x: x * -2, 1),
        (lambda x: 2 * 3 * x, 1),
        (lambda x: x / 3, 1),
        (lambda x: 3 / x, 1),
        (lambda x: x**2, 1),
        (lambda x: x * x, 1),
        (lambda x: x**3.5, 1),
        (lambda x: 2**x, 1),
        (lambda x: -x, 0),
        (lambda x: +x, 0),
        (lambda x: abs(x - 9), 1),
        (lambda x: -1 * x, 0),
        (lambda x: 1 * x + 0, 0),
        (lambda x: 0 + x * 1 / 1 - 0, 0),
        (lambda x: 0 - x, 0),
        (lambda x: 0 * x + 1, 0),
        (lambda x: x**1, 0),
        (lambda x: (x > 1) + 0, 0),
        (lambda x: np.maximum(x, 0), 0),
        (lambda x: round(x), 1),
        (lambda x: np.floor(x), 1),
        *((f, 1) for f in (np.exp, np.log, np.sqrt, np.sin, np.cos, np.tanh)),
        (lambda x: np.float64(2.0) * x, 1),
        (lambda x: x**2 + np.exp(x**2), 4),
        (lambda x: np.sqrt(x**2 + np.exp(x**2)), 5),
    ],
)
def test_the_convention(function, operations):
    assert count(function, 1.5) == operations


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 0 + x, lambda x: x + 0, lambda x: 0 - x, lambda x: x - 0, lambda x: 0 * x,
        lambda x: x * 0, lambda x: 1 * x, lambda x: x * 1, lambda x: -1 * x, lambda x: x * -1,
        lambda x: x / 1, lambda x: x / -1, lambda x: x**1,
    ],
)  # fmt: skip
def test_free_operations_have_the_right_value(function):
    counter = OperationCounter()
    assert counter.mechanical is False
    assert plain(function(counter.number(3.5))) == function(3.5)
    assert counter.total() == 0


def test_mechanical_counts_operations_without_effect():
    assert count(lambda x: 1 * x + 0, 2.0, mechanical=True) == 2
    assert count(lambda x: 0 * x, 2.0, mechanical=True) == 1
    assert count(lambda x: x**1, 2.0, mechanical=True) == 0  # x to the 1 is x in any case


def test_values_are_those_of_plain_numbers():
    def f(x):
        return -((np.exp(x / 3) - 2**x) ** 2) + abs(np.tanh(1 - x)) * np.log(x) + round(x)

    counter = OperationCounter()
    assert f(counter.number(1.7)).value == f(1.7)
    assert (counter.number(2.0) > 1.5, counter.number(2.0) == 2, bool(counter.number(0))) == (
        True,
        True,
        False,
    )


def test_arrays_are_counted_element_by_element():
    W = np.arange(6.0).reshape(2, 3)
    assert count(np.sum, np.ones(7)) == 6
    assert count(lambda x: x @ x, np.ones(5)) == 9
    assert count(lambda x: W @ x, [1.0, 2.0, 3.0]) == 7  # the weights 0 and 1 save three
    assert count(lambda W, x: W @ x, W, np.ones(3)) == 10


# The counter against a reading of the text, for any expression in x and y.
EXPRESSIONS = st.recursive(
    st.sampled_from("xy"),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner | st.sampled_from(["2", "3.5"])).map(
            lambda parts: "({} {} {})".format(*parts)
        )
        | st.tuples(st.sampled_from(["2 -", "0.3 /", "-", "exp", "tanh"]), inner).map(
            lambda parts: "({}({}))".format(*parts)
        )
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_running_counts_what_reading_counts(text):
    nodes = ast.walk(ast.parse(text))
    reading = sum(isinstance(node, (ast.BinOp, ast.Call)) for node in nodes)
    function = eval(f"lambda x, y: {text}", {"exp": np.exp, "tanh": np.tanh})
    assert count(function, math.nan, math.nan) == reading


def test_the_counts_of_the_lecture():
    for text, operations, theirs, slope, slope_theirs, reuse in (
        ("exp(x**2)", 2, 2, 4, 4, 4),
        ("sqrt(x**2 + exp(x**2))", 5, 6, 10, 11, 7),
    ):
        f = sp.sympify(text)
        derivative = f.diff("x")
        assert count_expression(f) == operations
        assert count_expression(derivative) == slope
        assert count_expression(f, derivative) == operations + slope
        assert count_expression(f, derivative, reuse=True) == reuse
        assert (f.count_ops(), derivative.count_ops()) == (theirs, slope_theirs)


def test_expressions_are_counted_wherever_they_are_defined():
    assert count_expression(sp.log(x - 100) / sp.sqrt(x - 100)) == 5
    assert count_expression(sp.Integer(3)) == 0
    y, z = sp.symbols("y z")
    assert count_expression(x * y * z, sp.exp(z)) == 3


def test_the_counter_tells_kinds_apart_and_adds_up():
    counter = OperationCounter()
    a = counter.number(2.0)
    assert repr(counter) == "0 operations"
    _ = np.sqrt(a * 3 + a) / a - a**2
    assert dict(counter) == {"*": 1, "+": 1, "sqrt": 1, "/": 1, "**": 1, "-": 1}
    assert counter.total() == 6
    assert str(counter) == "6 operations: 1 *, 1 +, 1 sqrt, 1 /, 1 **, 1 -"
    assert repr(a) == "Counted(2)"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: count(3, 1.0), TypeError, "function should be a function, not 3"),
        (lambda: count(np.exp, "a"), TypeError, "value should be a number or an array, not 'a'"),
        (lambda: OperationCounter().number([None]), TypeError, "value should be a number"),
        (lambda: count(math.exp, 1.0), TypeError, "np.exp, not math.exp"),
        (lambda: count(float, 1.0), TypeError, "cannot become a float"),
        (lambda: count(lambda x: x + "a", 1.0), TypeError, "unsupported operand"),
        (lambda: count(lambda x: x > [1], 1.0), TypeError, "not supported"),
        (lambda: count(lambda x: round(x, 2), 1.0), TypeError, "digits should be left out"),
        (lambda: count(np.arctan, 1.0), TypeError, "arctan"),
        (lambda: hash(OperationCounter().number(1.0)), TypeError, "unhashable"),
        (
            lambda: OperationCounter().number(1.0) + OperationCounter().number(2.0),
            ValueError,
            "operands should be numbers of one counter",
        ),
    ],
)
def test_unsuitable_operations_are_refused(call, error, words):
    with pytest.raises(error, match=words.replace("(", r"\(")):
        call()


@pytest.mark.parametrize(
    ("function", "x", "value", "operations"),
    [
        (lambda x: 1 / x, 0.0, math.inf, 1),
        (lambda x: x / 0, 2.0, math.inf, 1),
        (lambda x: x**-1, 0.0, math.inf, 1),
        (lambda x: x**0.5, -1.0, math.nan, 1),
        (lambda x: 0**x, 0.0, 1.0, 1),
        (lambda x: 0**x, 2.0, 0.0, 1),
        (lambda x: x**0, 0.0, 1.0, 1),
        (lambda x: np.log(x), 0.0, -math.inf, 1),
        (lambda x: np.log(x), -1.0, math.nan, 1),
        (lambda x: np.sqrt(x), -1.0, math.nan, 1),
        (lambda x: np.exp(x), 1000.0, math.inf, 1),
        (lambda x: 1 / (1 + np.exp(-x)), -1000.0, 0.0, 3),
        (lambda x: 10.0**x, 400, math.inf, 1),
        (lambda x: x * x, 2**40, 2.0**80, 1),
    ],
)
def test_at_the_edge_of_a_domain_numbers_are_numpys(function, x, value, operations):
    counter = OperationCounter()
    with np.errstate(all="ignore"):
        result = function(counter.number(x)).value
        assert count(function, x) == operations
    assert np.array_equal(result, value, equal_nan=True)
    assert counter.total() == operations


def test_division_by_zero_gives_numpys_warning():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert count(lambda x: 1 / x, 0.0) == 1


def test_a_kind_of_number_has_to_say_how_it_computes():
    with pytest.raises(NotImplementedError):
        Number() + 1


def test_operators_not_met_elsewhere():
    number = OperationCounter().number(2.0)
    assert (number != 3, number <= 2, number >= 3, number < 3) == (True, True, False, True)
    assert (number != 2, number == 2, number == "2", number != "2") == (False, True, False, True)
    assert (bool(number), bool(0 * number)) == (True, False)
    assert math.copysign(1, abs(OperationCounter().number(0.0)).value) == 1
    with pytest.raises(TypeError, match="not supported between"):
        _ = number < "3"
    assert isinstance(number, Counted)
    assert operator.pow(3, number).value == 9.0
