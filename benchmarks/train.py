"""How fast ``FFNN.fit`` is: CPU time against a hand-optimised loop and scikit-learn.

Run it with ``make bench``.  The three take turns, so that a change of the machine's speed
meets them all; what counts are the ratios, of which the median and the range are printed.
"""

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"

import argparse
import statistics
import time
import warnings

import numpy as np
from hand_optimised import train
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from backprop import FFNN, LRELU, Adam, CostCrossEntropy, softmax


def problems(rng):
    """Yield name, inputs, labels, widths, batch size and epochs of each problem."""
    X, y = load_digits(return_X_y=True)
    yield "digits, 64-100-30-10, batch 32", X / 16, y, (64, 100, 30, 10), 32, 20
    X = rng.random((20_000, 784))
    yield (
        "20,000 x 784, 784-128-64-10, batch 128",
        X,
        rng.integers(10, size=len(X)),
        (784, 128, 64, 10),
        128,
        1,
    )


def main():
    """Time the three, in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    warnings.filterwarnings("ignore", module="sklearn")
    for name, X, y, dims, batch, epochs in problems(np.random.default_rng(0)):
        for dtype in (np.float64, np.float32):
            X_, T = X.astype(dtype), np.eye(10, dtype=dtype)[y]
            batches = -(-len(X) // batch)

            def ours():
                net = FFNN(dims, LRELU, softmax, CostCrossEntropy, seed=1, dtype=dtype)  # noqa: B023
                net.fit(X_, T, Adam(1e-3, 0.9, 0.999), batches=batches, epochs=epochs)  # noqa: B023

            def hand():
                train(X_, T, dims, batches, epochs)  # noqa: B023

            def sklearn():
                MLPClassifier(
                    dims[1:-1],
                    batch_size=batch,
                    max_iter=epochs,
                    alpha=0,
                    tol=0,
                    n_iter_no_change=epochs,
                ).fit(X_, y)  # noqa: B023, E501

            times = {f: [] for f in (ours, hand, sklearn)}
            for turn in range(rounds + 1):
                for f, spent in times.items():
                    start = time.process_time()
                    f()
                    if turn:  # the first turn warms up
                        spent.append(time.process_time() - start)
            print(
                f"{name}, {np.dtype(dtype).name}: {1e3 * statistics.median(times[ours]) / epochs:.1f} ms per epoch"
            )
            for what, other in (("hand-optimised loop", hand), ("MLPClassifier", sklearn)):
                ratios = sorted(a / b for a, b in zip(times[ours], times[other], strict=True))
                print(
                    f"    ours / {what}: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
                )


if __name__ == "__main__":
    main()
