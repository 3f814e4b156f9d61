"""Operations and their ways back: against autograd, for shapes of all kinds; chains of blocks."""

import tracemalloc

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import make_vjp
from backprop import RELU, sigmoid, softmax, tanh
from backprop import operations as op
from backprop.activations import identity
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

RNG = np.random.default_rng(24)
M43, N43, M35, ROW, COLUMN, CUBE = (
    RNG.normal(size=shape) for shape in ((4, 3), (4, 3), (3, 5), (3,), (4, 1), (2, 4, 3))
)
ONE_HOT = np.eye(3)[[2, 0, 1, 1]]


def row_norm(Z, gamma, beta, epsilon=1e-5):
    centred = Z - anp.mean(Z, axis=1, keepdims=True)
    return gamma * centred / anp.sqrt(anp.var(Z, axis=1, keepdims=True) + epsilon) + beta


def cross_entropy(Z):
    return -anp.sum(ONE_HOT * (Z - anp.log(anp.sum(anp.exp(Z), axis=1, keepdims=True)))) / 4


def partly(function, *rest, **options):
    return lambda *operands: function(*operands, *rest, **options)


CASES = {
    "add": (op.add, anp.add, (M43, N43)),
    "add a row": (op.add, anp.add, (M43, ROW)),
    "add to a column": (op.add, anp.add, (COLUMN, ROW)),
    "add to a cube": (op.add, anp.add, (COLUMN, CUBE)),
    "add a number": (op.add, anp.add, (M43, np.array(2.0))),
    "multiply": (op.multiply, anp.multiply, (M43, N43)),
    "multiply by a column": (op.multiply, anp.multiply, (COLUMN, CUBE)),
    "multiply by a row": (op.multiply, anp.multiply, (M43, ROW)),
    "matmul": (op.matmul, anp.matmul, (M43, M35)),
    "tanh": (lambda Z: op.elementwise(tanh, Z), anp.tanh, (CUBE,)),
    "sigmoid": (lambda Z: op.elementwise(sigmoid, Z), lambda Z: 1 / (1 + anp.exp(-Z)), (M43,)),
    "own function": (lambda Z: op.elementwise(lambda z: anp.sin(z) * z, Z),
        lambda Z: anp.sin(Z) * Z, (M43,)),
    "sum of all": (op.total, anp.sum, (CUBE,)),
    "sum of columns": (partly(op.total, 0), partly(anp.sum, axis=0), (M43,)),
    "sum over two axes": (partly(op.total, (0, -1)), partly(anp.sum, axis=(0, -1)), (CUBE,)),
    "mean of all": (op.mean, anp.mean, (CUBE,)),
    "mean of rows": (partly(op.mean, 1), partly(anp.mean, axis=1), (M43,)),
    "mean over two axes": (partly(op.mean, (1, 2)), partly(anp.mean, axis=(1, 2)), (CUBE,)),
    "broadcast a row": (partly(op.broadcast, (4, 3)), lambda a: a + np.zeros((4, 3)), (ROW,)),
    "broadcast a column": (partly(op.broadcast, (2, 4, 3)), lambda a: a + 0 * CUBE, (COLUMN,)),
    "reshape": (partly(op.reshape, (6, 4)), partly(anp.reshape, (6, 4)), (CUBE,)),
    "transpose": (op.transpose, anp.transpose, (CUBE,)),
    "concatenate": (lambda *a: op.concatenate(a), lambda *a: anp.concatenate(a), (M43, N43, M43)),
    "concatenate columns": (lambda *a: op.concatenate(a, 1),
        lambda *a: anp.concatenate(a, axis=1), (M43, COLUMN)),
    "slice": (partly(op.select, np.s_[1:, ::2]), lambda A: A[1:, ::2], (M43,)),
    "one element": (partly(op.select, (1, 2)), lambda A: A[1, 2], (M43,)),
    "rows, one twice": (partly(op.select, [2, 0, 2]), lambda A: A[[2, 0, 2]], (M43,)),
    "cross-entropy": (partly(op.softmax_cross_entropy, ONE_HOT), cross_entropy, (M43,)),
    "layer normalisation": (op.layer_norm, row_norm, (M43, ROW, N43[0])),
    "large epsilon": (partly(op.layer_norm, 0.5), partly(row_norm, 0.5), (M43, ROW, N43[0])),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradients(name):
    ours, theirs, operands = CASES[name]
    copies = [operand.copy() for operand in operands]
    value, back = ours(*operands)
    assert np.allclose(value, theirs(*operands), rtol=1e-12, atol=1e-14)
    U = RNG.normal(size=np.shape(value))
    for _ in range(2):  # the way back can be gone again
        gradients = back(U.copy())
        assert isinstance(gradients, tuple)
        assert len(gradients) == len(operands)
        for i, (gradient, operand) in enumerate(zip(gradients, operands, strict=True)):
            assert np.shape(gradient) == operand.shape
            pull, _ = make_vjp(theirs, i)(*operands)
            assert np.allclose(gradient, pull(U), rtol=1e-10, atol=1e-13)
    assert all(map(np.array_equal, operands, copies))


@pytest.mark.parametrize("name", CASES)
def test_single_precision_stays(name):
    ours, _, operands = CASES[name]
    value, back = ours(*(operand.astype(np.float32) for operand in operands))
    if name != "cross-entropy":  # its targets are in double precision
        assert value.dtype == np.float32
        assert all(part.dtype == np.float32 for part in back(np.ones_like(value)))


def test_whole_numbers_become_real_ones():
    value, back = op.mean([1, 2, 4])
    assert value == pytest.approx(7 / 3)
    assert np.allclose(back(3)[0], [1.0, 1.0, 1.0])
    value, back = op.multiply([1, 2], [True, False])
    assert value.dtype == np.float64
    assert [part.tolist() for part in back(np.ones(2))] == [[1.0, 0.0], [1.0, 2.0]]


def test_cross_entropy_is_finite_for_large_numbers():
    value, back = op.softmax_cross_entropy([[1000.0, -1000.0]], [[0.0, 1.0]])
    assert value == 2000.0
    assert back(1.0)[0].tolist() == [[1.0, -1.0]]


def test_a_constant_row_is_normalised_to_its_shift():
    value, back = op.layer_norm(np.full((2, 3), 7.0), np.ones(3), ROW)
    assert np.allclose(value, ROW)
    assert np.isfinite(back(M43[:2])[0]).all()


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
def test_sum_to_undoes_broadcasting(shapes):
    small, large = shapes.input_shapes[0], shapes.result_shape
    U = np.arange(float(np.prod(large))).reshape(large)
    total = op.sum_to(U, small)
    assert total.shape == small
    # ⟨U, broadcast A⟩ = ⟨sum_to U, A⟩ for all A
    A = np.linspace(-1, 2, int(np.prod(small))).reshape(small)
    assert (U * A).sum() == pytest.approx((total * A).sum(), rel=1e-12, abs=1e-9)


# Chains


def blocks_of(n, width=4, seed=3):
    """Return blocks A + tanh(A W) whose way back gives the gradient of W too."""

    def block(A, W):
        Z, back_product = op.matmul(A, W)
        F, back_tanh = op.elementwise(tanh, Z)
        value, back_add = op.add(A, F)

        def back(U):
            past, dF = back_add(U)
            dA, dW = back_product(*back_tanh(dF))
            return past + dA, dW

        return value, back

    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(n, width, width))
    return weights, [lambda A, W=W: block(A, W) for W in weights]


@given(n=st.integers(1, 7), every=st.one_of(st.none(), st.integers(1, 9)))
def test_chains_against_autograd(n, every):
    weights, blocks = blocks_of(n)
    A, U = RNG.normal(size=(2, 5, 4))

    def theirs(A, weights):
        for W in weights:
            A = A + anp.tanh(anp.dot(A, W))
        return A

    value, back = op.chain(blocks, A, every)
    gradient, parts = back(U)
    assert np.allclose(value, theirs(A, weights))
    assert np.allclose(gradient, make_vjp(theirs, 0)(A, weights)[0](U))
    assert [len(part) for part in parts] == [1] * n
    expected = make_vjp(theirs, 1)(A, weights)[0](U)
    assert np.allclose([part[0] for part in parts], expected)


@pytest.mark.parametrize("every", [1, 2, 3, 7, 8])
def test_checkpoints_change_no_bit(every):
    _, blocks = blocks_of(7)
    A, U = RNG.normal(size=(2, 5, 4))
    (value, back), (other, back_again) = op.chain(blocks, A), op.chain(blocks, A, every)
    assert np.array_equal(value, other)
    for _ in range(2):
        (gradient, parts), (same, same_parts) = back(U), back_again(U)
        assert np.array_equal(gradient, same)
        assert all(np.array_equal(p, q) for (p,), (q,) in zip(parts, same_parts, strict=True))


def test_checkpoints_run_every_block_twice_and_keep_less():
    _, blocks = blocks_of(36, width=6)
    calls = []
    counted = [lambda A, block=block: calls.append(1) or block(A) for block in blocks]
    A, U = RNG.normal(size=(2, 2000, 6))
    peaks, runs = {}, {}
    for every in (None, 6):
        calls.clear()
        tracemalloc.start()
        op.chain(counted, A, every)[1](U)
        peaks[every] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        runs[every] = len(calls)
    assert runs == {None: 36, 6: 72}
    assert peaks[6] < 0.5 * peaks[None]


def test_blocks_without_parameters():
    value, back = op.chain([lambda A: op.elementwise(RELU, A)] * 2, M43, every=1)
    gradient, parts = back(N43)
    assert np.array_equal(value, np.maximum(M43, 0))
    assert np.array_equal(gradient, N43 * (M43 > 0))
    assert parts == [(), ()]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: op.add(M43, M35), ValueError, "A and B should have shapes that broadcast"),
        (lambda: op.multiply(M43, "x"), TypeError, "B should be made of real numbers"),
        (lambda: op.add(1j, M43), TypeError, "A should be made of real numbers"),
        (lambda: op.matmul(M43, N43), ValueError, r"\(n, k\) and \(k, m\), but have"),
        (lambda: op.matmul(M43, ROW), ValueError, "but have"),
        (lambda: op.matmul(CUBE, M35), ValueError, "but have"),
        (lambda: op.elementwise(softmax, M43), ValueError, "func should be elementwise"),
        (lambda: op.elementwise(None, M43), TypeError, "func should be a function"),
        (lambda: op.elementwise(identity, None), TypeError, "Z should be made of real numbers"),
        (lambda: op.sum_to(M43, (4,)), ValueError, "U should be what"),
        (lambda: op.sum_to(ROW, (4, 3)), ValueError, "but has shape"),
        (lambda: op.concatenate([M43, None]), TypeError, r"arrays\[1\] should be made"),
        (lambda: op.softmax_cross_entropy(M43, ROW), ValueError, r"shape \(n, k\), but have"),
        (lambda: op.softmax_cross_entropy(ROW, ROW), ValueError, r"shape \(n, k\), but have"),
        (lambda: op.layer_norm(ROW, ROW, ROW), ValueError, "Z, gamma and beta should have"),
        (lambda: op.layer_norm(M43, ROW, M43), ValueError, "Z, gamma and beta should have"),
        (lambda: op.layer_norm(M43, ROW, ROW, 0.0), ValueError, "epsilon should be greater"),
        (lambda: op.chain([], M43), ValueError, "blocks should be at least one function"),
        (lambda: op.chain([op.transpose], M43, 0), ValueError, "every should be at least 1"),
        (lambda: op.chain([op.transpose], M43, 2.0), TypeError, "every should be a whole number"),
    ],
)
def test_bad_arguments(call, error, words):
    with pytest.raises(error, match=words):
        call()
