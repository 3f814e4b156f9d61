"""How fast ``FFNN.fit`` is: CPU time against a hand-optimised loop, scikit-learn and PyTorch.

PyTorch, with its fused Adam, takes part where it is installed (``make frameworks``).  Run it with
``make bench``, which allows one thread.  They take turns, so that a change of the machine's speed
meets them all; what counts are the ratios, of which the median and the range are printed, and the
ratio of the shortest times, which other programs disturb least.
"""

import argparse
import importlib.util
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
    rng = np.random.default_rng(0)
    for dtype in (np.float64, np.float32):
        digits = (X / 16).astype(dtype)
        yield "digits, 64-100-30-10, batch 32", digits, y, (64, 100, 30, 10), 32, 20
    for rows, dtype, epochs in ((20_000, np.float64, 1), (60_000, np.float32, 2)):
        name = f"{rows:,} x 784, 784-128-64-10, batch 128"
        images, labels = rng.random((rows, 784), dtype=dtype), rng.integers(10, size=rows)
        yield name, images, labels, (784, 128, 64, 10), 128, epochs


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


def pytorch(X, y, dims, batch, epochs):
    """Train with PyTorch and its fused Adam, without scores."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    generator = torch.manual_seed(1)
    layers = []
    for senders, receivers in zip(dims, dims[1:], strict=False):
        layers += [nn.Linear(senders, receivers), nn.LeakyReLU(0.01)]
    net = nn.Sequential(*layers[:-1]).to(torch.from_numpy(X).dtype)
    adam, cost = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True), nn.CrossEntropyLoss()
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y)
    for _ in range(epochs):
        for rows in torch.randperm(len(X), generator=generator).split(batch):
            adam.zero_grad()
            cost(net(inputs[rows]), labels[rows]).backward()
            adam.step()


def main():
    """Time all of them, in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    warnings.filterwarnings("ignore", module="sklearn")  # it has not converged: we know
    contestants = [ours, ours_unscored, hand, sklearn]
    comparisons = [
        ("ours / hand-optimised loop", ours, hand),
        ("ours, scored at the end / hand-optimised loop", ours_unscored, hand),
        ("ours / MLPClassifier", ours, sklearn),
    ]
    if importlib.util.find_spec("torch"):
        contestants.append(pytorch)
        comparisons.append(("PyTorch / ours, scored at the end", pytorch, ours_unscored))
    for name, X, y, dims, batch, epochs in problems():
        times = {f: [] for f in contestants}
        for turn in range(rounds + 1):
            for f, spent in times.items():
                start = time.process_time()
                f(X, y, dims, batch, epochs)
                if turn:  # the first turn warms up
                    spent.append(time.process_time() - start)
        per_epoch = 1e3 * statistics.median(times[ours]) / epochs
        print(f"{name}, {X.dtype}: {per_epoch:.1f} ms per epoch")
        for what, one, other in comparisons:
            ratios = sorted(a / b for a, b in zip(times[one], times[other], strict=True))
            middle, low, high = statistics.median(ratios), ratios[0], ratios[-1]
            least = min(times[one]) / min(times[other])
            print(f"    {what}: {middle:.2f} ({low:.2f} to {high:.2f}), shortest {least:.2f}")


if __name__ == "__main__":
    main()
