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
from hypothesis import given
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
    unused = np.exp(x)
    tape.backward(z)
    assert (x.adjoint, y.adjoint, z.adjoint, unused.adjoint) == (4.0, 0.5, 1, 0)
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
        (lambda: Dual(1.0).compute("%", Dual(1.0), 2), NotImplementedError, "of % is not known"),
        (lambda: Tape().variable(1.0).compute("%", 1, 2), KeyError, "%"),
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


def test_what_comes_out_is_no_longer_on_a_tape():
    for found in (*vjp(lambda x: x * x, 3.0, 1.0), *jvp(lambda x: x * x, 3.0, 1.0)):
        assert type(found) is float
    for found in (*vjp(lambda x: x * x, [3.0], [1.0]), *jvp(lambda x: x * x, [3.0], [1.0])):
        assert found.dtype == np.float64
    assert type(derivative(lambda x: x * x)(3.0)) is float
    assert type(gradient(lambda x: x * x)(3.0)) is float
