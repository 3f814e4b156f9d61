"""Both modes of automatic differentiation against independent derivatives."""

import itertools
import math

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from backprop.autodiff import (
    Dual,
    Tape,
    Variable,
    carry_forward,
    derivative,
    gradient,
    jvp,
    local_derivative,
    vjp,
)
from backprop.counting import count
from hypothesis import assume, given, settings
from hypothesis import strategies as st

# Every operation, with each operand variable or constant; all are analytic.
OPERATIONS = {
    "x + y": lambda x, y: x + y,
    "x - y": lambda x, y: x - y,
    "x * y": lambda x, y: x * y,
    "x / y": lambda x, y: x / y,
    "x ** y": lambda x, y: x**y,
    "x + 3": lambda x, y: x + 3,
    "3 - x": lambda x, y: 3 - x,
    "x - 3": lambda x, y: x - 3,
    "3 * x": lambda x, y: 3 * x,
    "x / 3": lambda x, y: x / 3,
    "3 / x": lambda x, y: 3 / x,
    "x ** 3": lambda x, y: x**3,
    "x ** -1.5": lambda x, y: x**-1.5,
    "x ** 0": lambda x, y: x**0 * x,
    "3 ** x": lambda x, y: 3**x,
    "x * x": lambda x, y: x * x,
    "x + x": lambda x, y: x + x,
    "x / x": lambda x, y: x / (x * y),
    "-x": lambda x, y: -x,
    "+x": lambda x, y: +x,
    "exp": lambda x, y: np.exp(x),
    "log": lambda x, y: np.log(x),
    "sqrt": lambda x, y: np.sqrt(x),
    "sin": lambda x, y: np.sin(x),
    "cos": lambda x, y: np.cos(x),
    "tanh": lambda x, y: np.tanh(x),
    "float64": lambda x, y: np.float64(2.5) * x - np.float64(0.5) / y,
}


def complex_gradient(f, x, step=1e-20):
    x = np.asarray(x, dtype=float)
    return np.array([np.imag(f(x + 1j * step * e)) / step for e in np.eye(len(x))])


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("point", [(0.7, 1.3), (2.2, -0.6)])
def test_every_rule(name, point):
    def f(x):
        return OPERATIONS[name](x[0], x[1])

    exact = complex_gradient(f, point)
    forward = [jvp(f, point, e) for e in np.eye(2)]
    assert np.allclose([tangent for _, tangent in forward], exact, rtol=1e-13)
    assert np.allclose(gradient(f)(point), exact, rtol=1e-13)
    assert np.allclose([value for value, _ in forward], f(np.array(point)), rtol=1e-15)
    assert np.isclose(vjp(f, point, 1.0)[0], f(np.array(point)), rtol=1e-15)


@given(
    widths=st.lists(st.integers(1, 4), min_size=2, max_size=5),
    seed=st.integers(0, 10**6),
)
def test_random_chains_of_layers(widths, seed):
    rng = np.random.default_rng(seed)
    matrices = [rng.normal(size=(b, a)) for a, b in itertools.pairwise(widths)]

    def f(x):
        for W in matrices:
            x = np.tanh(W @ x) + 0.1 * W @ x**2
        return x

    x, v = rng.normal(size=(2, widths[0]))
    u = rng.normal(size=widths[-1])
    J = np.array([np.imag(f(x + 1e-20j * e)) for e in np.eye(widths[0])]).T / 1e-20
    value, tangent = jvp(f, x, v)
    assert np.allclose(tangent, J @ v)
    assert np.allclose(value, f(x))
    value, product = vjp(f, x, u)
    assert np.allclose(product, u @ J)
    assert np.allclose(value, f(x))
    assert isinstance(product, np.ndarray)
    assert product.dtype == np.float64


def test_against_autograd_on_a_network():
    rng = np.random.default_rng(3)
    theta = rng.normal(size=13)
    X, t = rng.normal(size=(4, 2)), rng.normal(size=(4, 1))

    def cost(theta, xp=np):
        hidden = xp.tanh(X @ theta[:6].reshape(2, 3) + theta[6:9])
        output = 1 / (1 + xp.exp(-(hidden @ theta[9:12].reshape(3, 1) + theta[12])))
        return xp.sum((output - t) ** 2) / 4

    ours = gradient(cost)(theta)
    assert np.allclose(ours, autograd.grad(lambda z: cost(z, anp))(theta), rtol=1e-12)


def test_shared_variables_add_up():
    tape = Tape()
    x = tape.variable(0.5)
    y = tape.variable(3.0)
    z = x * y + x
    side = np.exp(x)
    tape.backward(z)
    assert (x.adjoint, y.adjoint, z.adjoint, side.adjoint) == (4.0, 0.5, 1, 0)
    tape.backward(z, seed=10.0)  # begins anew
    assert x.adjoint == 40.0
    assert [node.index for node in tape.nodes] == [1, 2, 3, 4, 5]
    assert [parent.index for parent in z.parents] == [3, 1]
    assert Tape().variable(2.0).adjoint == 0
    assert (z.operation, x.operation, repr(x)) == ("+", "input", "x_1 = 0.5")


def test_an_infinite_slope_off_the_path_does_no_harm():
    def f(x):
        np.sqrt(x[0])  # computed, not used; its slope at 0 is infinite
        return x[0] * x[1]

    with np.errstate(divide="ignore"):
        assert np.array_equal(gradient(f)([0.0, 2.0]), [2.0, 0.0])


def test_branches_and_loops_follow_the_path_taken():
    def heron(x):
        r = x
        while abs(r * r - x) > 1e-13:
            r = (r + x / r) / 2
        return r

    for mode in (derivative, gradient):
        assert math.isclose(mode(heron)(2.0), 0.5 / math.sqrt(2), rel_tol=1e-10)
        assert mode(lambda x: x**2 if x < 1 else 5 * x)(0.5) == 1.0
        assert mode(lambda x: x**2 if x < 1 else 5 * x)(1.5) == 5.0
        assert (mode(abs)(-2.0), mode(abs)(2.0)) == (-1.0, 1.0)
        assert mode(lambda x: np.maximum(x, 0.0))(-1.0) == 0.0
        assert mode(lambda x: np.where(x > 0, x, 3 * x).item())(-1.0) == 3.0


def test_rounding_has_slope_zero():
    for f in (round, np.round, np.floor, lambda x: 7.0):
        assert derivative(f)(1.3) == 0.0
        assert gradient(f)(1.3) == 0.0
        assert jvp(f, 1.3, 1.0)[0] == f(1.3)


def test_derivatives_of_derivatives():
    def f(x):
        return np.exp(x[0] * x[1]) + x[0] ** 3 * x[1]

    point = np.array([0.3, -0.8])
    x, y = point
    e = np.exp(x * y)
    exact = [[y * y * e + 6 * x * y, (1 + x * y) * e + 3 * x * x],
             [(1 + x * y) * e + 3 * x * x, x * x * e]]  # fmt: skip
    reverse_reverse = [gradient(lambda z, i=i: gradient(f)(z)[i])(point) for i in (0, 1)]
    forward_reverse = [jvp(gradient(f), point, v)[1] for v in np.eye(2)]
    reverse_forward = [gradient(lambda z, v=v: jvp(f, z, v)[1])(point) for v in np.eye(2)]
    for hessian in (reverse_reverse, forward_reverse, reverse_forward):
        assert np.allclose(hessian, exact)
    assert math.isclose(derivative(derivative(derivative(np.sin)))(0.4), -math.cos(0.4))


def test_nested_derivatives_do_not_confuse_their_variables():
    for outer in (derivative, gradient):
        for inner in (derivative, gradient):
            assert outer(lambda x, d=inner: x * d(lambda y: x + y)(1.0))(1.0) == 1.0
            assert outer(lambda x, d=inner: x * d(lambda y: x * y)(2.0))(3.0) == 6.0


@pytest.mark.parametrize(
    ("f", "forward", "lean", "mechanical"),
    [
        (lambda x: np.exp(x**2), 5, 4, 7),
        (lambda x: (lambda a: np.sqrt(a + np.exp(a)))(x * x), 10, 10, 17),
    ],
)
def test_costs_of_the_lectures_functions(f, forward, lean, mechanical):
    assert count(lambda x, v: jvp(f, x, v), 1.5, 1.0) == forward
    assert count(gradient(f), 1.5) == lean
    assert count(gradient(f), 1.5, mechanical=True) == mechanical


def test_the_power_zero_is_flat_at_zero_too():
    assert derivative(lambda x: x**0)(0.0) == 0
    assert gradient(lambda x: x**0)(0.0) == 0
    assert carry_forward("**", 0.0, 1.0, 0, 0) == (1, 0)
    assert local_derivative("**", 0, 1.0, 0.0, 0) == 0
    assert carry_forward("**", 3.0, 1.0, 1, 0) == (3, 1)
    assert local_derivative("**", 0, 3.0, 3.0, 1) == 1


def test_a_variable_power_of_a_variable_has_two_terms():
    x, slope = 1.7, 1.7**1.7 * (math.log(1.7) + 1)
    assert math.isclose(derivative(lambda z: z**z)(x), slope, rel_tol=1e-14)
    assert math.isclose(gradient(lambda z: z**z)(x), slope, rel_tol=1e-14)


def test_dual_numbers_by_hand():
    z = Dual(3.0, 1.0) * Dual(2.0, 0.5) - 1
    assert (z.value, z.tangent, repr(z)) == (5.0, 3.5, "Dual(5, 3.5)")
    assert repr(Dual(z, 1.0)) == "Dual(Dual(5, 3.5), 1)"
    assert (Dual(3.0).tangent, Dual(3.0).level) == (0, 1)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: derivative(3), TypeError, "f should be a function, not 3"),
        (lambda: gradient("f"), TypeError, "f should be a function"),
        (lambda: derivative(np.exp)([1.0, 2.0]), TypeError, "x should be one number"),
        (lambda: derivative(np.exp)("a"), TypeError, "x should be a number or an array, not 'a'"),
        (lambda: gradient(np.exp)(None), TypeError, "x should be a number"),
        (lambda: jvp(np.exp, 1.0, "v"), TypeError, "v should be a number"),
        (lambda: jvp(np.exp, [1.0, 2.0], [1.0]), ValueError, r"v should have the shape of x, \(2,"),
        (lambda: vjp(np.exp, 1.0, "u"), TypeError, "u should be a number or an array, not 'u'"),
        (lambda: vjp(np.exp, [1.0, 2.0], [1.0]), ValueError, "u should have the shape of f"),
        (lambda: gradient(np.exp)([1.0, 2.0]), ValueError, "f should have one output"),
        (lambda: derivative(math.exp)(1.0), TypeError, "np.exp, not math.exp"),
        (lambda: gradient(np.arctan)(1.0), TypeError, "arctan"),
        (lambda: Tape().variable(1.0).shape, AttributeError, "object has no attribute 'shape'"),
        (lambda: Dual(1.0).compute("%", Dual(1.0), 2), NotImplementedError, "of % is not known"),
        (lambda: Tape().variable(1.0).compute("%", 1, 2), KeyError, "%"),
        (lambda: gradient(lambda x: x @ 1)(1.0), TypeError, "unsupported operand"),
        (lambda: gradient(lambda x: np.exp("a"))(1.0), TypeError, "ufunc 'exp' not supported"),
        (lambda: local_derivative("%", 0, 1, 1, 2), NotImplementedError, "of % is not known"),
    ],
)
def test_bad_input(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_adjoints_of_several_outputs():
    tape = Tape()
    x = tape.variable(2.0)
    outputs = np.array([x**2, 3 * x, 5.0])  # the last does not depend on x
    tape.backward(outputs, [1.0, 10.0, 100.0])
    assert x.adjoint == 34.0
    assert isinstance(x, Variable)


def test_results_are_plain_floats():
    for result in (*vjp(lambda x: x * x, 3.0, 1.0), *jvp(lambda x: x * x, 3.0, 1.0)):
        assert type(result) is float
    for result in (*vjp(lambda x: x * x, [3.0], [1.0]), *jvp(lambda x: x * x, [3.0], [1.0])):
        assert result.dtype == np.float64
    assert type(derivative(lambda x: x * x)(3.0)) is float
    assert type(gradient(lambda x: x * x)(3.0)) is float


# The edge of a domain


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def f_of_two(a, b):
    return a * b + a / b + a**b


EDGES = {  # a function, a point, and the exact derivatives there
    "x**0 at 0": (lambda x: x**0, 0.0, 0.0),
    "x**1 at 0": (lambda x: x**1, 0.0, 1.0),
    "x**2 at 0": (lambda x: x**2, 0.0, 0.0),
    "x**0.5 at 0": (lambda x: x**0.5, 0.0, np.inf),
    "x**-1 at 0": (lambda x: x**-1, 0.0, -np.inf),
    "x**0.5 at -1": (lambda x: x**0.5, -1.0, np.nan),
    "x**3 at -2": (lambda x: x**3, -2.0, 12.0),
    "0**x at 1": (lambda x: 0**x, 1.0, 0.0),
    "0.0**x at 0.5": (lambda x: 0.0**x, 0.5, 0.0),
    "0.0**x at 0": (lambda x: 0.0**x, 0.0, -np.inf),
    "x**y at (0, 2)": (lambda x: x[0] ** x[1], [0.0, 2.0], [0.0, 0.0]),
    "x**y at (0, 1)": (lambda x: x[0] ** x[1], [0.0, 1.0], [1.0, 0.0]),
    "x**y at (3, 0)": (lambda x: x[0] ** x[1], [3.0, 0.0], [0.0, math.log(3)]),
    "x**y at (-2, 3)": (lambda x: x[0] ** x[1], [-2.0, 3.0], [12.0, np.nan]),
    "sigmoid at -1000": (sigmoid, -1000.0, 0.0),
    "sigmoid at 1000": (sigmoid, 1000.0, 0.0),
    "tanh of exp at 1000": (lambda x: np.tanh(np.exp(x)), 1000.0, 0.0),
    "exp at 1000": (np.exp, 1000.0, np.inf),
    "log at 0": (np.log, 0.0, np.inf),
    "log at -1": (np.log, -1.0, np.nan),
    "sqrt at 0": (np.sqrt, 0.0, np.inf),
    "sqrt of x² at 0": (lambda x: np.sqrt(x * x), 0.0, np.nan),
    "sqrt and another": (lambda x: np.sqrt(x[0]) + x[1], [0.0, 5.0], [np.inf, 1.0]),
    "1/x at 0": (lambda x: 1 / x, 0.0, -np.inf),
    "x/0": (lambda x: x / 0, 1.0, np.inf),
    "x/y at (1, 0)": (lambda x: x[0] / x[1], [1.0, 0.0], [np.inf, -np.inf]),
    "x/inf": (lambda x: np.exp(x) / np.inf, 1000.0, np.nan),
    "x*x at 0": (lambda x: x * x, 0.0, 0.0),
    "x*x*x": (lambda x: x * x * x, -3.0, 27.0),
    "x+x": (lambda x: x + x, 0.0, 2.0),
    "x-x": (lambda x: x - x, 3.0, 0.0),
    "x/x": (lambda x: x / x, 3.0, 0.0),
    "x**x": (lambda x: x**x, 1.0, 1.0),
    "f(x, x)": (lambda x: f_of_two(x, x), 2.0, 4 + 4 * (math.log(2) + 1)),
    "power of a step": (lambda x: np.floor(x) ** np.cos(x), 0.2, 0.0),
    "root of a step": (lambda x: np.sqrt(np.floor(x)) + np.sqrt(x**0 - 1) * x, 0.2, 0.0),
    "power of -2 with an exponent that stays": (lambda x: (-2.0) ** (x - x), 3.0, np.nan),
    "step at infinity": (lambda x: np.sqrt(1 / np.floor(x)), np.inf, 0.0),
    "a whole number": (lambda x: x**-2, 2, -0.25),
    "whole numbers": (lambda x: np.dot(x, x) / 4, [1, 2], [0.5, 1.0]),
    "small whole numbers": (lambda x: 100 * x * 100, np.int8(100), 10_000.0),
}


@pytest.mark.parametrize("name", EDGES)
def test_edge_of_a_domain(name):
    f, point, exact = EDGES[name]
    with np.errstate(all="ignore"):
        backward = gradient(f)(point)
        forward = np.array([jvp(f, point, v)[1] for v in np.eye(np.size(point))]
                           if np.ndim(point) else derivative(f)(point))  # fmt: skip
    assert np.allclose(backward, exact, rtol=1e-12, atol=0, equal_nan=True)
    assert np.allclose(forward, exact, rtol=1e-12, atol=0, equal_nan=True)


def test_the_edge_is_announced_as_numpy_does():
    for mode in (derivative, gradient):
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            assert mode(np.sqrt)(0.0) == np.inf
        with pytest.warns(RuntimeWarning, match="invalid value"):
            assert math.isnan(mode(np.log)(-1.0))
        with pytest.warns(RuntimeWarning, match="overflow"):
            assert mode(lambda x: x * 0.0 + 10.0**300 * np.exp(x))(20.0) == np.inf


def test_a_power_of_zero_keeps_its_second_derivatives():
    """The mixed derivative of x**y is x**(y - 1) (1 + y log x), at y = 0 not zero but 1/x."""

    def f(x):
        return x[0] ** x[1]

    for first in (gradient(f), lambda z: np.array([jvp(f, z, v)[1] for v in np.eye(2)])):
        hessian = [jvp(first, [2.0, 0.0], v)[1] for v in np.eye(2)]
        assert np.allclose(hessian, [[0.0, 0.5], [0.5, math.log(2) ** 2]])


# Random programs: trees of operations, each with a function of one or of two numbers.
UNARY = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tanh": np.tanh,
    "abs": abs, "floor": np.floor, "sigmoid": sigmoid, "-x": lambda x: -x, "1/x": lambda x: 1 / x,
    "x**0": lambda x: x**0, "x**2": lambda x: x**2, "x**0.5": lambda x: x**0.5,
}  # fmt: skip
BINARY = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y,
    "/": lambda x, y: x / y, "**": lambda x, y: x**y, "max": lambda x, y: x if x > y else y,
}  # fmt: skip
TREES = st.recursive(
    st.sampled_from(["x", "y", 0.0, 1.0, -2.0, 0.5]),
    lambda inner: (
        st.tuples(st.sampled_from(sorted(UNARY)), inner)
        | st.tuples(st.sampled_from(sorted(BINARY)), inner, inner)
    ),
    max_leaves=6,
)


def run(tree, leaf):
    """Compute the value of a tree; ``leaf("x")`` gives the number for a leaf x."""
    if isinstance(tree, float):
        return np.float64(tree)
    if tree in ("x", "y"):
        return leaf(tree)
    name, *operands = tree
    return (UNARY | BINARY)[name](*(run(operand, leaf) for operand in operands))


def slopes_both_ways(f, point):
    """Return the gradient by reverse and by forward mode."""
    return gradient(f)(point), np.array([jvp(f, point, v)[1] for v in np.eye(len(point))])


EDGE_NUMBERS = st.sampled_from([0.0, 1.0, -1.0, 2.0, -0.5, 0.3, 1000.0, -1000.0])


@settings(max_examples=300)
@given(tree=TREES, numbers=st.lists(EDGE_NUMBERS, min_size=6, max_size=6))
def test_both_modes_agree_even_at_edges(tree, numbers):
    """Every leaf is an input of its own: only one path leads to each, so no infinities meet."""

    def f(z):
        leaves = iter(z)
        return run(tree, lambda name: next(leaves))

    with np.errstate(all="ignore"):
        backward, forward = slopes_both_ways(f, np.array(numbers))
    # What is beyond these limits may overflow or underflow on one way and not on the other.
    backward, forward = (np.clip(slopes, -1e150, 1e150) for slopes in (backward, forward))
    assert np.allclose(backward, forward, rtol=1e-9, atol=1e-150, equal_nan=True)


@settings(max_examples=100)
@given(tree=TREES, x=st.floats(0.2, 2.0), y=st.floats(0.2, 2.0))
def test_both_modes_are_central_differences_where_these_settle(tree, x, y):
    """They settle if they, and one-sided ones, hardly change with the step: no corner is near."""

    def f(z):
        return run(tree, dict(zip("xy", z, strict=True)).get)

    point, h = np.array([x, y]), 1e-5
    with np.errstate(all="ignore"):
        steps = [(h * e, h * e) for e in np.eye(2)] + [(h * e, 0 * e) for e in np.eye(2)]
        steps += [(0 * e, h * e) for e in np.eye(2)]
        quotients = np.array(
            [(f(point + up) - f(point - down)) / (up + down).sum() for up, down in steps]
        ).reshape(3, 2)
        size = 1.0 + np.abs(quotients[0])
        assume((np.abs(quotients - quotients[0]) < 1e-3 * size).all() and abs(f(point)) < 1e3)
        both = slopes_both_ways(f, point)
        assume(np.isfinite(both).all())  # the root of y * 0.0 is flat, but inf * 0 is NaN
        for slopes in both:
            assert (np.abs(slopes - quotients[0]) < 1e-4 * size).all()


WITHOUT_RULE = ["arctan", "arcsin", "sinh", "cosh", "tan", "log1p", "expm1", "log2", "exp2", "cbrt",
                "hypot", "logaddexp", "isnan", "heaviside", "float_power"]  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_RULE)
def test_functions_without_a_rule_are_named_with_those_that_have_one(name):
    function = getattr(np, name)

    def f(x):
        return np.sum(function(x, 1.5) if function.nin == 2 else function(x))

    words = rf"^the function should be one of exp, log, .*, not np\.{name}, for which"
    for mode in (derivative, gradient, lambda g: lambda x: count(g, x)):
        with pytest.raises(TypeError, match=words):
            mode(f)(0.5)
    with pytest.raises(TypeError, match=words):
        gradient(f)([0.5, 0.7])


def test_functions_that_numpy_makes_of_others():
    x = np.array([1.0, 2.0, 6.0])
    for f, exact in (
        (np.var, 2 / 3 * (x - 3)),
        (np.std, (x - 3) / 3 / np.std(x)),
        (lambda z: np.sum(np.fabs(-z)), np.ones(3)),
        (lambda z: np.sum(np.ceil(z / 4) + np.trunc(z / 4) * z), np.array([0.0, 0.0, 1.0])),
        (np.linalg.norm, x / np.linalg.norm(x)),
        (lambda z: np.sum(np.clip(z, 1.5, 5)), np.array([0.0, 1.0, 0.0])),
        (np.prod, np.array([12.0, 6.0, 2.0])),
    ):
        assert np.allclose(gradient(f)(x), exact)
        assert np.allclose([jvp(f, x, v)[1] for v in np.eye(3)], exact)
        assert np.isclose(vjp(f, x, 1.0)[0], f(x))
    assert (np.trunc(Dual(-1.5)).value, np.ceil(Dual(-1.5)).value) == (-1.0, -1.0)
