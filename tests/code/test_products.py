"""The matrix products: they agree, and each size goes the way that is fastest for it."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
from backprop import (
    FFNN,
    LRELU,
    Adam,
    CostCrossEntropy,
    _products,
    activations,
    costs,
    layers,
    network,
    softmax,
)
from backprop._products import product, product_in_browser
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture
def einsum_calls(monkeypatch):
    """Return the sizes of the products that einsum computes."""
    sizes, einsum = [], np.einsum

    def noting(subscripts, A, B, out=None):
        if subscripts == "ij,jk->ik":  # and not the cost's sum over each row
            sizes.append((A.dtype.name, *A.shape, B.shape[1]))
        return einsum(subscripts, A, B, out=out)

    monkeypatch.setattr(_products.np, "einsum", noting)
    return sizes


@given(
    shape=st.tuples(*[st.integers(1, 6)] * 3),
    seed=st.integers(0, 10**6),
    dtype=st.sampled_from(["float64", "float32"]),
)
@settings(max_examples=40)
def test_product_is_the_sum_written_out(shape, seed, dtype):
    n, k, m = shape
    rng = np.random.default_rng(seed)
    A, B = (rng.normal(size=s).astype(dtype) for s in ((n, k), (k, m)))
    expected = [[sum(A[i, j] * B[j, l] for j in range(k)) for l in range(m)] for i in range(n)]
    near = {"rtol": 0, "atol": 1e-13 if dtype == "float64" else 1e-5}
    out = np.full((n, m), np.nan, dtype)
    for multiply in (product, product_in_browser):
        for result in (multiply(A, B), multiply(A.T.copy().T, B), multiply(A, B, out=out), out):
            assert result.dtype == dtype
            assert np.allclose(result, expected, **near)
        assert multiply(A, B, out=out) is out
        out[:] = np.nan
        assert np.allclose(multiply(A[0], B), expected[0], **near)


def test_natively_blas_computes_all_of_them():
    assert layers.product is product is np.dot


def test_in_a_browser_the_other_function_is_taken():
    code = "import sys; sys.platform = 'emscripten'\nimport backprop._products as p\n"
    code += "print(p.product is p.product_in_browser)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


@pytest.mark.parametrize(
    ("dtype", "shape", "by_einsum"),
    [
        ("float64", (32, 64, 100), False),  # the digits of scikit-learn
        ("float64", (128, 784, 128), True),  # images of 28 by 28 pixels
        ("float64", (784, 128, 128), True),
        ("float64", (128, 64, 10), False),
        ("float32", (32, 64, 100), True),
        ("float32", (32, 30, 10), True),
        ("float32", (4, 3, 2), False),
    ],
)
def test_in_a_browser_the_size_decides(einsum_calls, dtype, shape, by_einsum):
    n, k, m = shape
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(n, k)).astype(dtype), rng.normal(size=(k, m)).astype(dtype)
    out = np.empty((n, m), dtype)
    for result in (product_in_browser(A, B), product_in_browser(A, B, out=out)):
        assert np.allclose(result, np.dot(A, B), rtol=0, atol=1e-3)
    assert einsum_calls == [(dtype, n, k, m)] * (2 if by_einsum else 0)


def test_in_a_browser_a_vector_times_a_matrix_has_little_to_gain(einsum_calls):
    B = np.ones((2000, 2000), np.float32)
    assert (product_in_browser(B[0], B) == 2000).all()
    assert einsum_calls == []


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_network_trains_alike_in_a_browser(dtype, einsum_calls, monkeypatch):
    """Up to rounding: natively BLAS adds in another order."""
    rng = np.random.default_rng(0)
    X, T = rng.random((256, 200)), np.eye(10)[rng.integers(10, size=256)]
    thetas, scores = [], []
    for multiply in (product_in_browser, product):
        monkeypatch.setattr(layers, "product", multiply)
        net = FFNN((200, 64, 10), LRELU, softmax, CostCrossEntropy, seed=1, dtype=dtype)
        fit = net.fit(X, T, Adam(1e-3, 0.9, 0.999), batches=2, epochs=2)
        thetas.append(net.parameters.copy())
        scores.append(fit["train_errors"])
    assert {(name, k, m) for name, n, k, m in einsum_calls} >= {(dtype, 200, 64)}
    assert np.allclose(*scores, rtol=1e-10 if dtype == "float64" else 1e-4)
    assert np.allclose(*thetas, rtol=0, atol=1e-4)
    assert not np.array_equal(*thetas)


def test_there_is_no_other_way_to_multiply_matrices():
    """In the modules that a network's passes consist of."""
    for module in (activations, costs, layers, network):
        source = inspect.getsource(module)
        for other in ("np.dot(", "np.matmul(", " @ ", "ij,jk->ik", "tensordot"):
            assert other not in source, (module.__name__, other)
