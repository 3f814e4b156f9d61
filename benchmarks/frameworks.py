"""The same training five times: with this book's network and with four libraries.

    python benchmarks/frameworks.py            print times and memory, as ratios to ours
    python benchmarks/frameworks.py --json     the same for a program to read, as chapter 20 does
    python benchmarks/frameworks.py --lines    lines of code of each, counted here

Every contestant is one function below: dense layers, rectifiers, softmax, cross-entropy, Adam,
shuffled mini-batches, float32.  It returns two functions, ``train(epochs)`` and ``classify(X)``.
Each contestant runs in a process of its own with one thread, so that memory can be told apart,
and the processes take turns, so that a change of the machine's speed meets them all.  Counted
is CPU time, which other programs disturb less than the time on the clock.
"""

import argparse
import ast
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Nothing large may be imported here: on Linux a new process counts its parent's memory as a peak
# of its own.  For the same reason the contestants import inside their functions.

NAMES = {
    "ours": "ours",
    "scikit_learn": "scikit-learn",
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
}
MODULES = {
    "ours": "backprop",
    "scikit_learn": "sklearn.neural_network",
    "pytorch": "torch",
    "tensorflow": "tensorflow",
    "keras": "keras",
}
PROBLEMS = {  # widths, mini-batch, epochs per measurement
    "small": ((64, 100, 30, 10), 32, 3),
    "large": ((784, 300, 100, 10), 128, 1),
}
ONE_THREAD = (
    "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS "
    "TF_NUM_INTRAOP_THREADS TF_NUM_INTEROP_THREADS"
)


def ours(X, labels, dims, batch):
    """Train with this book's network."""
    from backprop import FFNN, RELU, Adam, CostCrossEntropy, softmax
    from backprop.datasets import onehot

    net = FFNN(dims, RELU, softmax, CostCrossEntropy, seed=1, dtype="float32")
    adam, T = Adam(1e-3, 0.9, 0.999), onehot(labels, dims[-1])

    def train(epochs):
        net.fit(X, T, adam, batches=-(-len(X) // batch), epochs=epochs, resume=True)

    return train, lambda X: net.predict(X).argmax(axis=1)


def scikit_learn(X, labels, dims, batch):
    """Train with scikit-learn."""
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(
        dims[1:-1], batch_size=batch, alpha=0, tol=0, warm_start=True, random_state=1
    )

    def train(epochs):
        net.set_params(max_iter=epochs, n_iter_no_change=epochs)
        net.fit(X, labels)

    return train, net.predict


def pytorch(X, labels, dims, batch):
    """Train with PyTorch: the loop is written out."""
    import torch
    from torch import nn

    generator = torch.manual_seed(1)
    net = nn.Sequential(
        nn.Linear(dims[0], dims[1]),
        nn.ReLU(),
        nn.Linear(dims[1], dims[2]),
        nn.ReLU(),
        nn.Linear(dims[2], dims[3]),
    )
    adam, cost = torch.optim.Adam(net.parameters(), lr=1e-3), nn.CrossEntropyLoss()
    X, labels = torch.from_numpy(X), torch.from_numpy(labels)

    def train(epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(X), generator=generator).split(batch):
                adam.zero_grad()
                cost(net(X[rows]), labels[rows]).backward()
                adam.step()

    @torch.no_grad()
    def classify(X):
        return net(torch.from_numpy(X)).argmax(dim=1).numpy()

    return train, classify


def tensorflow(X, labels, dims, batch):
    """Train with TensorFlow: weights, Adam and the loop are written out, the step compiled."""
    import tensorflow as tf

    tf.random.set_seed(1)
    rng = tf.random.Generator.from_seed(1)
    weights = []
    for senders, receivers in zip(dims, dims[1:], strict=False):
        W = rng.normal((senders, receivers), stddev=(2 / senders) ** 0.5)
        weights += [tf.Variable(W), tf.Variable(tf.zeros(receivers))]
    means = [tf.Variable(tf.zeros_like(w)) for w in weights]
    squares = [tf.Variable(tf.zeros_like(w)) for w in weights]
    updates = tf.Variable(0.0)
    data = tf.data.Dataset.from_tensor_slices((X, labels)).shuffle(len(X), seed=1).batch(batch)

    def forward(A):
        for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            A = tf.nn.relu(A @ W + b)
        return A @ weights[-2] + weights[-1]

    @tf.function(reduce_retracing=True)
    def step(A, t):
        with tf.GradientTape() as tape:
            costs = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=t, logits=forward(A))
            cost = tf.reduce_mean(costs)
        updates.assign_add(1.0)
        rate = 1e-3 * tf.sqrt(1 - 0.999**updates) / (1 - 0.9**updates)
        gradients = tape.gradient(cost, weights)
        for w, m, s, g in zip(weights, means, squares, gradients, strict=True):
            m.assign(0.9 * m + 0.1 * g)
            s.assign(0.999 * s + 0.001 * g**2)
            w.assign_sub(rate * m / (tf.sqrt(s) + 1e-8))

    def train(epochs):
        for _ in range(epochs):
            for A, t in data:
                step(A, t)

    return train, lambda X: tf.argmax(forward(X), axis=1).numpy()


def keras(X, labels, dims, batch):
    """Train with Keras, on TensorFlow."""
    import keras

    keras.utils.set_random_seed(1)
    net = keras.Sequential(
        [
            keras.Input((dims[0],)),
            keras.layers.Dense(dims[1], activation="relu"),
            keras.layers.Dense(dims[2], activation="relu"),
            keras.layers.Dense(dims[3], activation="softmax"),
        ]
    )
    net.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")

    def train(epochs):
        net.fit(X, labels, batch_size=batch, epochs=epochs, verbose=0)

    return train, lambda X: net.predict(X, verbose=0).argmax(axis=1)


def lines() -> dict[str, int]:
    """Count each contestant's lines of code, without its signature, docstring and blank lines."""
    text = Path(__file__).read_text(encoding="utf-8")
    counted = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name in NAMES:
            body = text.split("\n")[node.body[1].lineno - 1 : node.end_lineno]
            counted[NAMES[node.name]] = sum(1 for line in body if line.split("#")[0].strip())
    return counted


# What a process of its own does


def data(problem):
    """Return inputs and labels: scikit-learn's digits, or noise of the size of MNIST's images."""
    import importlib.util

    import numpy as np

    if problem == "large":
        rng = np.random.default_rng(0)
        return rng.random((3840, 784), dtype=np.float32), rng.integers(10, size=3840)
    folder = Path(importlib.util.find_spec("sklearn").origin).parent  # found, not imported
    table = np.loadtxt(folder / "datasets" / "data" / "digits.csv.gz", delimiter=",")
    return (table[:, :-1] / 16).astype(np.float32), table[:, -1].astype(np.int64)


def peak() -> float:
    """Return the largest memory that this process has had, in MB."""
    try:
        import resource
    except ImportError:  # on Windows
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def work(name):
    """Serve one contestant: read one command per line, answer each with one line of JSON."""
    import importlib
    import warnings

    warnings.filterwarnings("ignore", module="sklearn")  # it has not converged: we know
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print goes nowhere
    trainers = {}
    for line in sys.stdin:
        command, problem = line.split()
        dims, batch, epochs = PROBLEMS[problem]
        answer = {}
        start = time.process_time()
        if command == "load":
            X, labels = data(problem)
        elif command == "import":
            importlib.import_module(MODULES[name])
        elif command == "first":  # build, compile if need be, and one epoch
            trainers[problem] = globals()[name](X, labels, dims, batch)
            trainers[problem][0](1)
        elif command == "train":
            trainers[problem][0](epochs)
        elif command == "score":
            answer["accuracy"] = float((trainers[problem][1](X) == labels).mean())
        seconds = time.process_time() - start
        answer["seconds"] = seconds / epochs if command == "train" else seconds
        answer["peak"] = peak()
        print(json.dumps(answer), file=answers, flush=True)


# What conducts them


class Contestant:
    """A process of its own that measures one contestant when told to."""

    def __init__(self, name):
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1",
                 "KERAS_BACKEND": "tensorflow"}  # fmt: skip
        self.name, self.errors = NAMES[name], tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed by close)
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--work", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env={**os.environ, **quiet, **dict.fromkeys(ONE_THREAD.split(), "1")},
        )

    def send(self, command, problem="small"):
        """Send a command, whose answer is to be received."""
        self.command = f"{command} {problem}"
        print(self.command, file=self.process.stdin, flush=True)

    def receive(self):
        """Return the answer to the last command, a dictionary."""
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            said = self.errors.read()[-2000:]
            raise RuntimeError(f"{self.name} stopped at {self.command}:\n{said}")
        return json.loads(line)

    def ask(self, command, problem="small"):
        """Send a command and return its answer."""
        self.send(command, problem)
        return self.receive()

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


def measure(rounds: int, names) -> dict[str, dict]:
    """Return what one set of fresh processes measures: CPU seconds and MB, by contestant."""
    contestants = [Contestant(name) for name in names]
    found: dict[str, dict] = {}
    try:
        for one in contestants:
            one.ask("load")
            one.send("import")  # all at once: this takes longest, and on the clock it matters
        for one in contestants:
            found[one.name] = {"start": [one.receive()["seconds"]]}
        for problem in PROBLEMS:
            for one in contestants:
                one.ask("load", problem)
                first = one.ask("first", problem)["seconds"]
                if problem == "small":
                    found[one.name]["start"][0] += first
            turns = [
                [c.ask("train", problem)["seconds"] for c in contestants] for _ in range(rounds)
            ]
            for one, seconds in zip(contestants, zip(*turns, strict=True), strict=True):
                answer = one.ask("score", problem)
                found[one.name][problem] = list(seconds)
                found[one.name][f"memory {problem}"] = [answer["peak"]]
                if problem == "small" and answer["accuracy"] < 0.9:
                    raise RuntimeError(f"{one.name} has not learned: {answer['accuracy']:.2f}")
    finally:
        for one in contestants:
            one.close()
    return found


def summary(sets: list[dict]) -> dict:
    """Return ratios to the first contestant, turn by turn, and that contestant's own medians.

    The keys are "small" and "large", CPU time per epoch; "start", CPU time of import, building
    and the first epoch on the small problem; "memory small" and "memory large", the peak.
    """
    names, quantities = list(sets[0]), list(next(iter(sets[0].values())))
    yardstick = names[0]
    ratios = {
        quantity: {
            name: [
                a / b
                for one in sets
                for a, b in zip(one[name][quantity], one[yardstick][quantity], strict=True)
            ]
            for name in names[1:]
        }
        for quantity in quantities
    }
    own = {q: statistics.median([v for one in sets for v in one[yardstick][q]]) for q in quantities}
    return {"ratios": ratios, "own": own}


def main():
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="turns of each set (3)")
    parser.add_argument("--sets", type=int, default=2, help="sets of fresh processes (2)")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    parser.add_argument("--lines", action="store_true", help="count the lines of code only")
    parser.add_argument("--work", choices=NAMES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work)
        return
    if options.lines:
        print(json.dumps(lines()))
        return
    found = summary([measure(options.rounds, options.only) for _ in range(options.sets)])
    if options.json:
        print(json.dumps(found))
        return
    for quantity, ratios in found["ratios"].items():
        unit = "MB" if "memory" in quantity else "s"
        print(f"{quantity}: {NAMES[options.only[0]]} {found['own'][quantity]:.3g} {unit}")
        for name, values in ratios.items():
            middle, low, high = statistics.median(values), min(values), max(values)
            print(f"    {name:12} {middle:6.2f} times that ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
