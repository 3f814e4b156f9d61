"""The equations of chapter 15: accuracy, its uncertainty, and the cost of a network."""

from fractions import Fraction
from itertools import pairwise
from math import comb, sqrt

import numpy as np
import pytest
from backprop import FFNN, RELU, CostCrossEntropy, softmax
from backprop.datasets import onehot
from printed import Family


@pytest.mark.equation("eq-digits-elementwise", how="counting images and elements, one by one")
def test_elementwise(printed):
    rng = np.random.default_rng(15)
    for n, classes in ((7, 3), (40, 10), (12, 5)):
        answers, labels = rng.integers(classes, size=(2, n)).tolist()
        answers[:3] = labels[:3]
        images = sum(a == t for a, t in zip(answers, labels, strict=True))
        elements = sum(
            (k == a) == (k == t)
            for a, t in zip(answers, labels, strict=True)
            for k in range(classes)
        )
        assert 0 < images < n
        env = {"alpha": images / n, "tilde alpha": elements / (n * classes), "K": classes}
        printed.holds(env)


@pytest.mark.equation("eq-digits-standard-error", how="exact enumeration of the binomial")
def test_standard_error(printed):
    for n, p in ((1, Fraction(1, 5)), (6, Fraction(9, 10)), (11, Fraction(1, 3))):
        chance = {k: comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)}
        mean = sum(q * Fraction(k, n) for k, q in chance.items())
        variance = sum(q * (Fraction(k, n) - mean) ** 2 for k, q in chance.items())
        printed.holds({"p": float(p), "n": n, "S": sqrt(variance)})


class Counted:
    """A number that counts the products it takes part in."""

    products = 0

    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        Counted.products += 1
        return Counted(self.value * other.value)

    def __add__(self, other):
        return Counted(self.value + other.value)


counted = np.vectorize(Counted, otypes=[object])


def products_of_one_image(M):
    """Count the products of all matrix products in one forward and one backward pass."""
    rng = np.random.default_rng(15)
    W = [counted(rng.normal(size=shape)) for shape in pairwise(M)]
    A = [counted(rng.normal(size=(1, M[0])))]
    Counted.products = 0
    A += [None] * len(W)
    for l, w in enumerate(W):
        A[l + 1] = A[l] @ w  # the activation function costs no matrix product
    delta = A[-1]
    for l in range(len(W) - 1, -1, -1):
        assert (A[l].T @ delta).shape == W[l].shape
        if l > 0:
            delta = delta @ W[l].T
    return Counted.products


@pytest.mark.equation("eq-digits-multiply-adds", how="numbers that count their products")
def test_multiply_adds(printed):
    for M in ((5, 6, 4, 3, 2), (7, 3, 4), (3, 2)):
        env = {"M": Family(lambda l, M=M: M[l], sub=1), "L": len(M) - 1}
        printed.holds({**env, "Q": products_of_one_image(M)})


@pytest.mark.equation("def-digits-onehot", how="the package's one-hot rows, element by element")
def test_onehot_of_the_package(printed):
    assert printed.latex == (
        r"t_{sk} = \begin{cases} 1 & \text{if image } s \text{ shows the digit } k \\ "
        r"0 & \text{otherwise} \end{cases}"
    )
    digits = [3, 0, 9, 9, 1, 4, 0, 7]
    t = onehot(digits, 10)
    assert t.shape == (len(digits), 10)
    for s, digit in enumerate(digits):
        for k in range(10):
            assert t[s, k] == (1 if digit == k else 0)


@pytest.mark.equation("def-digits-accuracy", how="the package's accuracy, counted image by image")
def test_accuracy_of_the_package(printed):
    assert printed.latex == (
        r"\alpha = \frac{1}{n} \sum_{s=1}^{n} \left[ \operatorname{argmax}_k a_{sk}^L = "
        r"\operatorname{argmax}_k t_{sk} \right]"
    )
    rng = np.random.default_rng(1515)
    n, features, K = 37, 3, 5
    net = FFNN((features, 6, K), RELU, softmax, CostCrossEntropy)
    net.parameters = rng.normal(size=net.parameters.size)
    X, T = rng.normal(size=(n, features)), onehot(rng.integers(K, size=n), K)
    T[::2] = onehot(net.feed_forward(X[::2]).argmax(axis=1), K)  # or chance alone would be right
    A = net.feed_forward(X).tolist()
    right, unsure = 0, 0
    for a, t in zip(A, T.tolist(), strict=True):
        answers = [k for k in range(K) if all(a[k] > a[i] for i in range(K) if i != k)]
        truths = [k for k in range(K) if all(t[k] > t[i] for i in range(K) if i != k)]
        assert len(answers) == len(truths) == 1
        right += answers == truths
        unsure += answers == truths and max(a) < 0.5
    assert n / 2 < right < n
    assert unsure  # an image counts also if its largest output is below 1/2
    assert net.accuracy(X, T) == pytest.approx(right / n, rel=1e-12)
