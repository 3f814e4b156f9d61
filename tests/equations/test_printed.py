"""The parser of printed equations reads valid equations and refuses the others."""

import numpy as np
import pytest
from printed import Family, Printed, PrintedError, Symbol, mutants

rng = np.random.default_rng(7)
A, B, W = rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), rng.normal(size=(4, 3))
b = rng.normal(size=4)
MATRICES = {"A": A, "B": B, "W": W, "b": b}
NUMBERS = {"x": 0.7, "y": -1.2, "n": 3, "a": Family(lambda i: [2.0, 3.0, 5.0][i - 1], sub=1)}


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"2 x + y", 0.2),
        (r"-x^2 - 12.5", -12.99),
        (r"\frac{1}{2} (x - y) / n", 0.95 / 3),
        (r"\tfrac12 n", 1.5),
        (r"\sum_{i=1}^{n} a_i^2 - 1", 37.0),
        (r"\prod_{i=1}^{n} a_i", 30.0),
        (r"\sum_{i=1}^{n} \sum_{j=1}^{2} a_i a_j", 50.0),
        (r"a_1 a_2 + a_{n-1}", 9.0),
        (r"\exp(x) e^{-x}", 1.0),
        (r"\sqrt{n^2}", 3.0),
        (r"|y| + \max(0, y)", 1.2),
        (r"\begin{cases} 1 & \text{if } y > 0, \\ 4 & y \le 0 \end{cases}", 4.0),
        (r"\left[ x \cdot 10 \right]", 7.0),
    ],
)
def test_numbers(latex, value):
    Printed("eq-test", f"{latex} = v").holds({**NUMBERS, "v": value})
    with pytest.raises(AssertionError):
        Printed("eq-test", f"{latex} = v").holds({**NUMBERS, "v": value + 1e-6})


def test_matrices():
    values = {
        **MATRICES,
        "v": A @ B + b,
        "u": (A @ B) * (A @ W.T),
        "f": np.tanh,
        "t": np.tanh(A @ B),
    }
    Printed("eq-test", r"v = A B + b").holds(values)
    Printed("eq-test", r"u = (A B) \circ (A W^\mathsf{T})").holds(values)
    Printed("eq-test", r"t = f(A B)").holds(values)
    for wrong in (r"v = A B^\mathsf{T} + b", r"v = B A + b", r"u = A B \circ A W"):
        with pytest.raises((PrintedError, ValueError)):
            Printed("eq-test", wrong).holds(values)


def test_nothing_is_broadcast():
    values = {"A": A, "row": A[:1], "b": A[0]}
    for latex in (r"A + row = A", r"A \circ row = A", r"A = row"):
        with pytest.raises((PrintedError, AssertionError)):
            Printed("eq-test", latex).holds(values)


def test_indices_are_bound_and_counted():
    w = Family(lambda j, k, l: W[j - 1, k - 1] * l, sub=2, sup=1)
    env = {"w": w, "c": Family(lambda j: W[j - 1].sum(), 1)}
    Printed("eq-test", r"\sum_{k=1}^{3} w_{jk}^{l+1} = (l + 1) c_j").holds(
        env, l=[1, 2], j=lambda l: range(1, 5)
    )
    for wrong in (r"w_{j} = 1", r"w_{jk}^1 = 1", r"c_j^l = c_j"):
        with pytest.raises((PrintedError, AssertionError)):
            Printed("eq-test", wrong).holds(env, j=[1, 2])


def test_derivatives_name_their_symbols():
    calls = []

    def partial(*symbols):
        calls.append(symbols)
        return 3.0

    env = {"partial": partial, "d": lambda *s: 4.0}
    Printed("eq-test", r"\frac{\partial C}{\partial w_{ij}^{l+1}} = 3").holds(
        env, i=[1], j=[2], l=[4]
    )
    assert calls == [(Symbol("C"), Symbol("w", (1, 2), (5,)))]
    Printed("eq-test", r"\frac{\mathrm{d} f}{\mathrm{d} x} = \frac{df}{dx} = 4").holds(env)
    Printed("eq-test", r"\frac{\partial^2 C}{\partial w^2} = 3").holds(env)
    assert calls[-1] == (Symbol("C"), Symbol("w"), Symbol("w"))


def test_derivatives_on_one_line_name_their_symbols_too():
    env = {"partial": lambda *s: {"C": 6.0, "z": 2.0}[s[0].name], "delta": 3.0, "d": lambda *s: 2.0}
    Printed("eq-test", r"(\partial C/\partial z_j)\,(\partial z_j/\partial b_j) = 4 \delta").holds(
        env, j=[1]
    )
    Printed("eq-test", r"\mathrm{d}x/\mathrm{d}T = 2").holds(env)
    Printed("eq-test", r"\frac{\partial z/\partial T}{\partial C/\partial V} = 1/\delta").holds(env)
    with pytest.raises(PrintedError):
        Printed("eq-test", r"\partial C \partial z = 6").holds(env)


def test_several_numbers_in_brackets_are_an_array():
    env = {"x": np.array([1.0, 2.5]), "f": lambda u, v: u - v}
    Printed("eq-test", r"x = \frac12 (1, 3) + (0.5, 1)").holds(env)
    Printed("eq-test", "f(5, 2) = 3").holds(env)
    with pytest.raises(AssertionError):
        Printed("eq-test", "x = (2.5, 1)").holds(env)


def test_a_sign_of_two_has_to_be_given():
    for sign in (1, -1):
        Printed("eq-test", r"y = 3 \pm x").holds({"x": 2.0, "y": 3 + 2.0 * sign, "pm": sign})
    with pytest.raises(PrintedError, match="which sign"):
        Printed("eq-test", r"y = \pm x").holds({"x": 2.0, "y": 2.0})


def test_functions_of_functions_and_inverses():
    square = rng.normal(size=(3, 3))
    Printed("eq-test", r"y = \ln \cosh(x)").holds({"x": 0.7, "y": np.log(np.cosh(0.7))})
    Printed("eq-test", r"Q^{-1} Q = I").holds({"Q": square, "I": np.eye(3)})


def test_zeros_may_be_compared_on_demand():
    with pytest.raises(AssertionError, match="only zeros"):
        Printed("eq-test", "x = 0").holds({"x": 0.0})
    Printed("eq-test", "x = 0").holds({"x": 0.0}, zeros=True)


def test_updates_compare_with_the_values_afterwards():
    printed = Printed("eq-test", r"x \leftarrow x - 2 y")
    printed.holds({"x": 1.0, "y": 0.25, "after": {"x": 0.5}})
    with pytest.raises(AssertionError):
        printed.holds({"x": 1.0, "y": 0.25, "after": {"x": 1.5}})


def test_relations():
    Printed("eq-test", r"x < n \le n").holds(NUMBERS)
    with pytest.raises(AssertionError):
        Printed("eq-test", r"x > n").holds(NUMBERS)


@pytest.mark.parametrize(
    "latex",
    ["x", "x = ", "x = )", r"x = \foo{3}", "x = unknown", "x = x \\quad y", "x_1 = x", "0 = 0 x"],
)
def test_what_cannot_be_checked_is_refused(latex):
    with pytest.raises((PrintedError, AssertionError)):
        Printed("eq-test", latex).holds({"x": 1.0})


def test_an_empty_range_is_refused():
    with pytest.raises(AssertionError, match="no case"):
        Printed("eq-test", "x = x").holds({"x": 1.0}, j=range(0))


def test_mutants_change_one_thing():
    variants = mutants(r"\delta^l_{sj} = -\varphi'(z) \frac{1}{2} (W^{l+1})^\mathsf{T}")
    for expected in (
        r"\delta^l_{js}",
        r"= +\varphi",
        r"\varphi (z)",
        r"\frac {2}{2}",
        "W^{l-1}",
        r"W^{l+1})",
        "=2",
    ):
        texts = ["".join(m.split()) for m in variants]
        assert any("".join(expected.split()) in m for m in texts), expected


def test_several_equations_on_one_line_hold_one_by_one():
    both = Printed("def-test", r"u = x + y, \qquad v = \sqrt{n + 1}")
    both.holds({**NUMBERS, "u": -0.5, "v": 2.0})
    for name in "uv":
        with pytest.raises(AssertionError):
            both.holds({**NUMBERS, "u": -0.5, "v": 2.0, name: 9.0})


@pytest.mark.parametrize(
    "latex",
    [
        r"x1 = 1",
        r"x = \begin{cases} 1 & \text{unless } y > 0 \\ 2 & \text{otherwise} \end{cases}",
        r"x = \begin{cases} 1 & \text{if } y > 0 \\ 2 & \text{otherwise} \end{pmatrix}",
    ],
)
def test_slips_of_the_pen_are_refused(latex):
    with pytest.raises(PrintedError):
        Printed("eq-test", latex).sides(NUMBERS)
