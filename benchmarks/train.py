"""How fast ``FFNN.fit`` is: CPU time against a hand-optimised loop and scikit-learn.

Run it with ``make bench``, which allows one thread.  They take turns, so that a change
of the machine's speed meets them all; what counts are the ratios, of which the median and
the range are printed, and the ratio of the shortest times, which other programs disturb least.
"""

import argparse
import statistics
import time
import warnings

import numpy as np
from backprop import FFNN, LRELU, Adam, CostCrossEntropy, softmax
from hand_optimised import train
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier


def problems():
    """Yield name, inputs, labels, widths, batch size and epochs of each problem."""
    X, y = load_digits(return_X_y=True)
    yield "digits, 64-100-30-10, batch 32", X / 16, y, (64, 100, 30, 10), 32, 20
    rng = np.random.default_rng(0)
    X, y = rng.random((20_000, 784)), rng.integers(10, size=20_000)
    yield "20,000 x 784, 784-128-64-10, batch 128", X, y, (784, 128, 64, 10), 128, 1


def ours(X, y, dims, batch, epochs):
    """Train with the package; cost and accuracy of the whole set after every epoch."""
    net = FFNN(dims, LRELU, softmax, CostCrossEntropy, seed=1, dtype=X.dtype)
    T = np.eye(10, dtype=X.dtype)[y]
    net.fit(X, T, Adam(1e-3, 0.9, 0.999), batches=-(-len(X) // batch), epochs=epochs)


def ours_unscored(X, y, dims, batch, epochs):
    """Train with the package, scored after the last epoch only."""
    net = FFNN(dims, LRELU, softmax, CostCrossEntropy, seed=1, dtype=X.dtype)
    T, batches = np.eye(10, dtype=X.dtype)[y], -(-len(X) // batch)
    net.fit(X, T, Adam(1e-3, 0.9, 0.999), batches=batches, epochs=epochs, score_every=None)


def hand(X, y, dims, batch, epochs):
    """Train with the hand-optimised loop, which does the same work."""
    train(X, np.eye(10, dtype=X.dtype)[y], dims, -(-len(X) // batch), epochs)


def sklearn(X, y, dims, batch, epochs):
    """Train with scikit-learn, which has ReLU for leaky ReLU and does not score the whole set."""
    net = MLPClassifier(
        dims[1:-1], batch_size=batch, max_iter=epochs, alpha=0, tol=0, n_iter_no_change=epochs
    )
    net.fit(X, y)


def main():
    """Time all of them, in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    warnings.filterwarnings("ignore", module="sklearn")  # it has not converged: we know
    for name, X, y, dims, batch, epochs in problems():
        for dtype in (np.float64, np.float32):
            data = X.astype(dtype)
            times = {f: [] for f in (ours, ours_unscored, hand, sklearn)}
            for turn in range(rounds + 1):
                for f, spent in times.items():
                    start = time.process_time()
                    f(data, y, dims, batch, epochs)
                    if turn:  # the first turn warms up
                        spent.append(time.process_time() - start)
            per_epoch = 1e3 * statistics.median(times[ours]) / epochs
            print(f"{name}, {np.dtype(dtype).name}: {per_epoch:.1f} ms per epoch")
            for what, one, other in (
                ("ours / hand-optimised loop", ours, hand),
                ("ours, scored at the end / hand-optimised loop", ours_unscored, hand),
                ("ours / MLPClassifier", ours, sklearn),
            ):
                ratios = sorted(a / b for a, b in zip(times[one], times[other], strict=True))
                middle, low, high = statistics.median(ratios), ratios[0], ratios[-1]
                least = min(times[one]) / min(times[other])
                print(f"    {what}: {middle:.2f} ({low:.2f} to {high:.2f}), shortest {least:.2f}")


if __name__ == "__main__":
    main()
