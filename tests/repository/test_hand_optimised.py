"""The yardstick of ``make bench`` does the same work as ``FFNN.fit``, with the same result."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from backprop import FFNN, LRELU, Adam, CostCrossEntropy, softmax

SOURCE = Path(__file__).resolve().parents[2] / "benchmarks" / "hand_optimised.py"


def hand_optimised():
    spec = importlib.util.spec_from_file_location("hand_optimised", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("dtype", "near"), [("float64", 1e-11), ("float32", 1e-4)])
@pytest.mark.parametrize("chunk", [512, 100])
def test_the_hand_optimised_loop_trains_and_scores_as_fit_does(dtype, near, chunk):
    """From the same weights, with the same mini-batches."""
    rng = np.random.default_rng(1)
    X = rng.random((600, 12)).astype(dtype)
    T = np.eye(4, dtype=dtype)[rng.integers(4, size=600)]
    dims, batches, epochs = (12, 9, 7, 4), 20, 3
    costs, accs = hand_optimised().train(X, T, dims, batches, epochs, seed=5, chunk=chunk)

    shared = np.random.default_rng(5)  # draws the weights first, then the order of each epoch

    def weights(fan_in, fan_out, _):
        return shared.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)

    net = FFNN(dims, LRELU, softmax, CostCrossEntropy, initializer=weights, dtype=dtype)
    net._rng = shared
    scores = net.fit(X, T, Adam(1e-3, 0.9, 0.999), batches, epochs)
    assert np.allclose(scores["train_errors"], costs, rtol=near)
    assert np.allclose(scores["train_accs"], accs, rtol=0, atol=0 if dtype == "float64" else 0.01)
    assert costs[-1] < costs[0]
