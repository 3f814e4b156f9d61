"""Activation functions: values, derivatives, extreme arguments, bad arguments."""

import math

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad, jacobian, make_vjp
from backprop import ELU, LRELU, RELU, derivate, identity, sigmoid, softmax, tanh
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

# Value and derivative of each function, for one number, with the standard library.
BY_HAND = {
    identity: (lambda z: z, lambda z: 1.0),
    sigmoid: (
        lambda z: 1 / (1 + math.exp(-z)) if z > -700 else math.exp(z),
        lambda z: math.exp(-abs(z)) / (1 + math.exp(-abs(z))) ** 2,
    ),
    tanh: (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    RELU: (lambda z: max(z, 0.0), lambda z: 1.0 if z > 0 else 0.0),
    LRELU: (lambda z: z if z > 0 else 0.01 * z, lambda z: 1.0 if z > 0 else 0.01),
    ELU: (lambda z: z if z > 0 else math.expm1(z), lambda z: 1.0 if z > 0 else math.exp(z)),
}
ELEMENTWISE = pytest.mark.parametrize("func", BY_HAND, ids=lambda f: f.__name__)
EVERY = pytest.mark.parametrize("func", [*BY_HAND, softmax], ids=lambda f: f.__name__)

arrays = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3), elements=st.floats(-750, 750))


def test_the_leaky_unit_makes_one_array_only(peak_memory):
    Z = np.ones(100_000)
    assert peak_memory(lambda: LRELU(Z)) < 1.5 * Z.nbytes


@EVERY
@pytest.mark.parametrize("kind", [np.uint8, np.int8, bool])
def test_whole_numbers_are_counted_as_real_ones(func, kind):
    Z = np.array([[0, 1, 3]], dtype=kind)
    assert np.array_equal(func(Z), func(Z.astype(np.float64)))
    assert func(Z).dtype == np.float64


@EVERY
def test_autograd_sees_the_same_values(func):
    Z = np.array([[-2.0, -0.5, 0.0, 0.5, 3.0]])
    back, value = make_vjp(func)(Z)
    assert np.allclose(value, func(Z), rtol=1e-14, atol=0)
    if func is not softmax:
        assert np.allclose(back(np.ones_like(Z)), derivate(func)(Z), rtol=1e-13, atol=0)


@ELEMENTWISE
def test_nan_is_not_hidden(func):
    assert np.isnan(func(np.nan))


@ELEMENTWISE
@given(Z=arrays)
def test_values_and_derivatives(func, Z):
    value, slope = BY_HAND[func]
    before = Z.copy()
    assert np.allclose(func(Z), np.vectorize(value, otypes=[float])(Z), rtol=1e-14, atol=1e-300)
    # 1 - A² and A (1 - A) are exact to rounding of numbers near 1.
    assert np.allclose(derivate(func)(Z), np.vectorize(slope, otypes=[float])(Z), 1e-14, 4e-16)
    assert func(Z).shape == derivate(func)(Z).shape == Z.shape
    assert np.array_equal(Z, before)


@ELEMENTWISE
def test_autograd_agrees_also_at_the_kink_and_far_out(func):
    Z = np.array([[-720.0, -36.0, -1.0, -0.0, 0.0], [1e-300, 0.3, 1.0, 40.0, 720.0]])
    if func is tanh:  # autograd's own derivative of tanh overflows beyond 355
        Z /= 3
    assert np.allclose(elementwise_grad(func)(Z), derivate(func)(Z), rtol=1e-13, atol=4e-16)


@pytest.mark.parametrize("func", [sigmoid, tanh, ELU], ids=lambda f: f.__name__)
def test_second_derivatives_by_autograd(func):
    z, h = np.array([-1.3, 0.4]), 1e-5
    twice = elementwise_grad(elementwise_grad(func))(z)
    assert np.allclose(twice, (derivate(func)(z + h) - derivate(func)(z - h)) / (2 * h), atol=1e-9)


def test_conventions_at_zero():
    for zero in (0.0, -0.0):
        assert derivate(RELU)(zero) == 0.0
        assert derivate(LRELU)(zero) == 0.01
        assert derivate(ELU)(zero) == 1.0
        assert derivate(sigmoid)(zero) == 0.25


@EVERY
def test_no_warnings_and_no_nan_far_out(func):
    Z = np.array([[-1e308, -1000.0, 0.0], [5.0, 1000.0, 1e308]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        A = func(Z)
        assert np.isfinite(A).all()
        if func is not softmax:
            assert np.isfinite(derivate(func)(Z)).all()


def test_sigmoid_far_out():
    """The lecture's version gives 1 everywhere under seterr(over="raise")."""
    with np.errstate(over="raise"):
        assert np.array_equal(sigmoid([-1000.0, 0.0, 1000.0]), [0.0, 0.5, 1.0])
        assert sigmoid(0.3) == pytest.approx(0.574442516811659, rel=1e-14)


@EVERY
def test_types(func):
    """Lists, integers and single numbers are welcome; float32 stays float32."""
    Z = [[-2, 0, 3]]
    assert func(Z).dtype == func(np.array(Z)).dtype == np.float64
    assert np.array_equal(func(Z), func(np.array(Z, dtype=float)))
    small = np.array(Z, dtype=np.float32)
    assert func(small).dtype == np.float32
    if func is not softmax:
        assert derivate(func)(small).dtype == np.float32
        assert derivate(func)(Z).shape == (1, 3)
        assert np.array_equal(derivate(func)(Z), derivate(func)(np.array(Z, dtype=float)))
        assert func(0.5) == func([0.5])[0]
        assert derivate(func)(0.5) == derivate(func)([0.5])[0]


@EVERY
def test_the_result_is_a_new_array(func):
    Z = np.array([[0.5, 2.0]])
    assert not np.shares_memory(func(Z), Z)


@given(
    Z=hnp.arrays(
        np.float64, hnp.array_shapes(min_dims=1, max_dims=3), elements=st.floats(-750, 750)
    ),
    shift=st.floats(-500, 500),
)
def test_softmax(Z, shift):
    A = softmax(Z)
    assert A.shape == Z.shape
    assert np.allclose(A.sum(axis=-1), 1.0, rtol=1e-14)
    assert (A >= 0).all()
    assert np.allclose(softmax(Z + shift), A, rtol=1e-10)
    # Each entry by hand, as 1 / Σ exp(z_k - z_j), which cannot be 0/0.
    for index in np.ndindex(Z.shape):
        row = [min(z - Z[index], 700.0) for z in Z[index[:-1]]]
        assert A[index] == pytest.approx(1 / math.fsum(map(math.exp, row)), rel=1e-10, abs=1e-300)


def test_softmax_is_differentiable_with_autograd():
    z = np.array([0.5, -1.0, 2.0, 2.0])
    a = np.exp(z) / np.exp(z).sum()
    assert np.allclose(jacobian(softmax)(z), np.diag(a) - np.outer(a, a), rtol=1e-13, atol=1e-16)


def test_derivate_of_a_function_of_ones_own():
    def swish(z):
        return z / (1.0 + anp.exp(-z))

    z = np.array([[-1.0, 0.0, 2.5]])
    s = 1 / (1 + np.exp(-z))
    assert np.allclose(derivate(swish)(z), s + z * s * (1 - s), rtol=1e-14)
    assert np.allclose(derivate(swish)([-1, 0]), derivate(swish)(np.array([-1.0, 0.0])))


# Bad arguments


def test_derivate_of_softmax_is_refused():
    with pytest.raises(ValueError, match="func should be elementwise, but softmax"):
        derivate(softmax)


class NotAFunction:
    pass


@pytest.mark.parametrize("func", ["sigmoid", None, 3, [sigmoid], {}, NotAFunction, np.ones(2)])
def test_derivate_wants_a_function(func):
    with pytest.raises(TypeError, match=r"func should be a function such as identity, .* not "):
        derivate(func)


def test_messages_name_what_was_passed():
    with pytest.raises(TypeError, match="not 'sigmoid' \\(str\\)"):
        derivate("sigmoid")
    with pytest.raises(TypeError, match="not the class NotAFunction"):
        derivate(NotAFunction)
    with pytest.raises(TypeError, match=r"not an array of float64 with shape \(2,\)"):
        derivate(np.ones(2))


@EVERY
@pytest.mark.parametrize("Z", ["a", ["1", "2"], 1j, np.array([1 + 2j]), None, [object()]])
def test_not_numbers(func, Z):
    with pytest.raises(TypeError, match="Z should be an array of real numbers"):
        func(Z)
