"""Wrong answers that students hand in, with the hint that is true of each.

These are beside those of test_chNN.py: what careful readers found accepted or misjudged,
mistakes that show only in some cases, and work done by a forbidden route.
"""

import functools
import itertools
import math

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from backprop import FFNN, Scheduler
from backprop.activations import tanh
from backprop.autodiff import gradient, vjp
from backprop.checks import check
from exercises.book import exercises
from exercises.right_answers import GainByEinsum, chain_by_arrays, cost_of


def solution(name):
    return exercises()[name].answer()


def scheduler(change):
    """Make a scheduler class with two settings, whose change is change(self, gradient)."""

    class Scheduled(Scheduler):
        def __init__(self, eta, second):
            super().__init__(eta)
            self.second = second

        def update_change(self, gradient):
            return change(self, gradient)

    return Scheduled


def nesterov(velocity, change):
    def update(self, g):
        v = self.memory["v"] = velocity(self.eta, self.second, self.memory.get("v", 0.0), g)
        return change(self.eta, self.second, v, g)

    return scheduler(update)


def decaying(rate):
    def update(self, g):
        self.n_updates += 1
        return rate(self.eta, self.second, self.n_updates) * g

    return scheduler(update)


def by_matrices(product):
    """Multiply all Jacobians first, then the gradient."""
    return lambda js, g: functools.reduce(lambda A, J: product(J, A), js).T @ g if js else g


def by_loops(J, A):
    rows, inner, columns = len(J), len(A), len(A[0])
    return np.array(
        [[sum(J[i, k] * A[k, j] for k in range(inner)) for j in range(columns)]
         for i in range(rows)]
    )  # fmt: skip


def train(x, t, w, b):
    for _ in range(20_000):
        a = 1 / (1 + np.exp(-(w * x + b)))
        step = 0.9 * (a - t) * a * (1 - a)
        w, b = w - step * x, b - step
    return w, b


def chain_with(output=None, slope=None):
    """Return derivatives with tanh at the output too, or with another slope."""

    def answer(x, t, w, b):
        a = [x]
        for l in range(len(w)):
            z = w[l] * a[-1] + b[l]
            a.append(np.tanh(z) if output or l < len(w) - 1 else z)
        delta = a[-1] - t
        if output == "with slope":
            delta = delta * (1 - a[-1] ** 2)
        dw, db = [], []
        for l in reversed(range(len(w))):
            dw.insert(0, delta * a[l])
            db.insert(0, delta)
            delta = delta * w[l] * (slope(a[l]) if slope else 1 - a[l] ** 2)
        return dw, db

    return answer


def run_twice(x):
    solution("count-product")(x)
    return solution("count-product")(x)


def masked(zeros):
    def answer(A, p, rng):
        mask = np.logical_not(zeros(A, p, rng)) / (1 - p)
        return A * mask, mask

    return answer


def in_every_row(A, p, rng):
    return [rng.permutation(len(row)) < round(p * len(row)) for row in A]


def in_all(A, p, rng):
    return (rng.permutation(A.size) < round(p * A.size)).reshape(A.shape)


def in_pairs(A, p, rng):
    return np.repeat(rng.random((len(A) // 2, A.shape[1])) < p, 2, axis=0)


def boolean_mask(A, p, rng):
    mask = rng.random(A.shape) >= p
    return A * mask / (1 - p), mask


class GainInPlace(GainByEinsum):
    def forward(self, A, training=False, rng=None):
        self.A = A.copy()
        A *= self.gamma
        return A


class GainOfOne(GainByEinsum):
    def attach(self, parameters, gradient):
        super().attach(parameters, gradient)
        self.gamma[:] = 1.0


def blank_pixel_untouched(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    blank = std == 0
    mean, std = np.where(blank, 0.0, mean), np.where(blank, 1.0, std)
    return (X_train - mean) / std, (X_test - mean) / std


def first_above(limit):
    def diagnose(train, traindev, dev, test, optimal):
        if train - optimal > limit:
            return "avoidable bias"
        if traindev - train > limit:
            return "variance"
        return "mismatch" if dev - traindev > limit else "dev luck"

    return diagnose


def by_terms(changed):
    """Make a function that names the largest of the terms, after a change of them."""
    names = ("avoidable bias", "variance", "mismatch", "dev luck")

    def named(train, traindev, dev, test, optimal):
        terms = changed([train - optimal, traindev - train, dev - traindev, test - dev])
        return names[terms.index(max(terms))]

    return named


def by_ratios(train, traindev, dev, test, optimal):
    ratios = [train / max(optimal, 1e-3), traindev / train, dev / traindev, test / dev]
    return ("avoidable bias", "variance", "mismatch", "dev luck")[int(np.argmax(ratios))]


def bn(dgamma=None, root=None):
    def answer(dY, Z, gamma, epsilon):
        good = list(solution("bn-backward")(dY, Z, gamma, epsilon))
        if dgamma:
            good[1], good[2] = good[2], good[1]
        if root:
            good[0] = good[0] / np.sqrt(Z.var(axis=0) + epsilon)
        return good

    return answer


def twin_in_one_array(W1, b1, W2, order, signs):
    """Overwrite what is still needed."""
    W1, b1, W2 = W1.copy(), b1.copy(), W2.copy()
    for j, (old, sign) in enumerate(zip(order, signs, strict=True)):
        W1[:, j], b1[j], W2[j] = W1[:, old] * sign, b1[old] * sign, W2[old] * sign
    return W1, b1, W2


def halved_by_autograd(x):
    def f(x):
        return anp.sqrt(x**2 + anp.exp(x**2))

    return f(x), grad(f)(x)


def halved_and_kept(x, memory={}):  # noqa: B006 (the mistake)
    return memory.setdefault("first", solution("count-halve")(x))


def sweep(L, links):
    bars = np.eye(L)[-1]
    for i, j, partial in links:
        bars[i - 1] += bars[j - 1] * partial
    return bars


def one_by_one(x, t, w, b, eta, updates):
    for _ in range(updates):
        delta = w * x + b - t
        w, b = w - eta * delta * x, b - eta * delta
    return w, b


def linear_with(change, x, t, w, b, eta, updates):
    """Return the parameters after the updates, with the factor changed."""
    square = x**2 + 1
    move = (w * x + b - t) * (change(1 - eta * square) ** updates - 1) / square
    return w + move * x, b + move


MATRIX = "a matrix was multiplied by a matrix"


def weights_divided(net, images):
    net.weights[0] /= 16
    return net.feed_forward(images.reshape(-1, 64))


def comparison(net, rates, learn, judge):
    return solution("hyper-wrong")(net, rates, learn, judge)


def pieces(rows, size):
    return np.split(rows, range(size, len(rows), size))


def even_and_odd_apart(n, size, rng):
    halves = [rng.permutation(np.arange(start, n, 2)) for start in (0, 1)]
    return pieces(np.concatenate(halves), size)


def before_training(module, train_once, validate, epochs):
    costs = []
    for _ in range(epochs):
        module.eval()
        costs.append(validate(module))
        module.train()
        train_once(module)
    return costs


def counts_calls():
    """Return a function that answers XOR to the rows in the order of the tables."""
    calls = itertools.count()

    def my_xor(nand, x1, x2):
        one = nand(x1, nand(x1, x1))
        return one if next(calls) % 4 in (1, 2) else nand(one, one)

    return my_xor


WRONG = {
    "nn-count": [
        (lambda w: sum(w[1:]), "These are the biases"),
        (lambda w: 23, "should be 3, but is 23"),
        (lambda w: FFNN(w, tanh).parameters.size, "without building the network"),
        (lambda w: sum(a * b for a, b in itertools.combinations(w, 2)) + sum(w[1:]), "should be"),
        (lambda w, total=[0]: total.append(solution("nn-count")(w)) or sum(total), "should be"),
    ],
    "nn-merge": [
        (lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2), "second bias is lost"),
        (lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2), "W1 acts first"),
        (lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2), "b1 go through W2 before anything"),
        (lambda W1, b1, W2, b2: (W1 + W2, b1 + b2), "b1 go through W2 before anything"),
        (lambda W1, b1, W2, b2: {"W": W1 @ W2, "b": b1 @ W2 + b2}, "but returns a dict"),
        (lambda W1, b1, W2, b2: W1 @ W2, "but returns one array of shape (3, 2)"),
        (lambda W1, b1, W2, b2: (np.round(W1 @ W2, 2), np.round(b1 @ W2 + b2, 2)), "rounded"),
        (lambda W1, b1, W2, b2: (W1 @ W2, np.tanh(b1) @ W2 + b2), "The weight matrix is right"),
    ],
    "nn-twin": [
        (twin_in_one_array, "should be"),
        (lambda W1, b1, W2, o, s: (W1[:, o] * s, W2[o] * s[:, None]), "but returns 2"),
    ],
    "ua-kinks": [
        (lambda v, h: np.append((v[1] - v[0]) / h, -np.diff(v, 2) / h), "should be"),
        (lambda v, h: np.diff(np.diff(v) * (len(v) - 1), prepend=0.0), "should be"),
    ],
    "ua-width": [
        (lambda c, e: max(1, math.ceil(math.sqrt(c / e))), "8 of the bound is missing"),
        (lambda c, e: int(math.sqrt(c / (8 * e))) + 1, "do not add 1"),
    ],
    "chain-polar": [
        (
            lambda fx, fy, r, a: (fx * np.sin(a) + fy * np.cos(a),
                                  r * (fx * np.cos(a) - fy * np.sin(a))),
            "Sine and cosine are exchanged",
        ),
        (lambda fx, fy, r, a: 2 * (fx * np.cos(a) + fy * np.sin(a),), "differentiate x and y"),
    ],
    "chain-pull-back": [
        (by_matrices(np.dot), MATRIX),
        (by_matrices(np.matmul), MATRIX),
        (by_matrices(lambda J, A: J.dot(A)), MATRIX),
        (by_matrices(lambda J, A: np.einsum("ij,jk->ik", J, A)), MATRIX),
        (by_matrices(lambda J, A: np.tensordot(J, A, axes=1)), MATRIX),
        (by_matrices(lambda J, A: (J[:, :, None] * A).sum(axis=1)), MATRIX),
        (by_matrices(by_loops), MATRIX),
        (lambda js, g: np.linalg.multi_dot(js[::-1]).T @ g if len(js) > 1
         else (js[0].T @ g if js else g), MATRIX),
        (lambda js, g: g @ functools.reduce(np.matmul, js[::-1], np.eye(len(g))), MATRIX),
        (
            by_matrices(lambda J, A: np.dot(np.asarray(J, float), np.asarray(A, float))),
            "a matrix was multiplied by a matrix",
        ),
        (lambda js, g: functools.reduce(lambda v, J: J @ v, js[::-1], g), "begin with the last"),
    ],
    "count-halve": [
        (lambda x: (solution("count-halve")(x)[0], 2 * np.prod(solution("count-halve")(x))),
         "divide by 2 f(x)"),
        (lambda x: (solution("count-halve")(x)[0], solution("count-halve")(x)[1] / (2 * x)),
         "inner derivative"),
        (halved_by_autograd, "given to a library"),
        (halved_and_kept, "should be"),
        (lambda x: (math.sqrt(x**2 + math.exp(x**2)),
                    x * (1 + math.exp(x**2)) / math.sqrt(x**2 + math.exp(x**2))),
         "cannot be counted"),
    ],
    "count-product": [
        (lambda x: (np.prod(x), np.append(1.0, np.cumprod(x)[:-1])), "after it are missing"),
        (lambda x: (np.prod(x), np.append(np.cumprod(x[::-1])[::-1][1:], 1.0)),
         "before it are missing"),
        (lambda x: (np.prod(x), gradient(np.prod)(x)), "by automatic differentiation"),
        (lambda x: vjp(np.prod, x, 1.0), "by automatic differentiation"),
        (lambda x: solution("count-product")(x)[1], "but returns one array of shape"),
        (run_twice, "Which products are not needed, computed twice"),
        (lambda x: solution("count-product")([float(v) for v in x]), "cannot be counted"),
    ],
    "ad-divide": [(lambda x, dx, y, dy: (x / y, -x * dy / y**2), "numerator changes too")],
    "ad-adjoints": [
        (lambda L, links: sweep(L, sorted(links)), "which child has to be done first"),
        (lambda L, links: sweep(L, sorted(links, key=lambda link: link[1])),
         "which child has to be done first"),
        (lambda L, links: [0.0] * L, "adjoint of the output itself should be 1"),
        (lambda L, links: solution("ad-adjoints")(L, [(j, i, p) for i, j, p in links]),
         "should be"),
    ],
    "ad-branch": [
        (lambda x: 1 + x / 2 if x == 0 else np.expm1(x) / x, "np.exp is enough"),
        (lambda x: None if x == 0 else (np.exp(x) - 1) / x, "does every branch `return`"),
    ],
    "perceptron-linear": [
        (one_by_one, "a power of the factor needs no loop"),
        (lambda *q: linear_with(abs, *q), "then the deviation changes its sign"),
        (lambda *q: linear_with(lambda f: (1 + f) / 2, *q), "should be"),
    ],
    "chain-depth": [
        (lambda w, s, q: math.ceil(math.log(q) / math.log(w * s)), "that is still allowed"),
        (lambda w, s, q: next(k for k in range(1, 99) if (w * s) ** k <= q),
         "that is still allowed"),
        (lambda w, s, q: max(2, solution("chain-depth")(w, s, q)), "should be 1, but is 2"),
        (lambda w, s, q: 1 + math.floor(math.log(q) / math.log(w)) if w < 1
         else solution("chain-depth")(w, s, q), "The slopes are missing"),
    ],
    "perceptron-gradient": [
        (lambda x, t, w, b: ((np.tanh(w * x + b) - t) * (1 - np.tanh(w * x + b)) * x,
                             (np.tanh(w * x + b) - t) * (1 - np.tanh(w * x + b))),
         "the square is missing"),
        (lambda x, t, w, b: ((w * x + b - t) / np.cosh(w * x + b) ** 2 * x,
                             (w * x + b - t) / np.cosh(w * x + b) ** 2), "not with z"),
        (lambda x, t, w, b: 2 * (solution("perceptron-gradient")(x, t, w, b)[0],),
         "The bias has the input 1"),
    ],
    "perceptron-nearest": [
        (train, "The foot of the perpendicular needs no training"),
        (lambda x, t, w, b: tuple(np.subtract(solution("perceptron-nearest")(x, t, w, b), (w, b))),
         "This is the move"),
        (lambda x, t, w, b: (w + x * (t - w * x - b) / (x * x + 1),
                             b + (t - w * x - b) / (x * x + 1)), "that of the activation a"),
    ],
    "perceptron-logistic": [
        (lambda a, t: -t * (1 - a), "the one with 1 - t is missing"),
        (lambda a, t: (1 - t) * a, "the one with t is missing"),
    ],
    "chain-growth": [
        (lambda w: solution("chain-growth")(max(w, 0.0)), "size of w that counts, not its sign"),
        (lambda w: np.arccosh(max(abs(w) / 2, 1.0)), "the 1 is missing"),
        (lambda w: np.arccosh(max(abs(w) - 1, 1.0)), "the 2 is missing"),
        (lambda w: 1e-3 if abs(w) <= 4 else solution("chain-growth")(w), "should be 0"),
    ],
    "chain-gradient": [
        (chain_with("without slope"), "not tanh, in the forward pass too"),
        (chain_with("with slope"), "The output has the identity, not tanh."),
        (chain_with(slope=lambda a: 1 - np.tanh(a) ** 2), "yours is taken at a"),
        (lambda *q: [np.array(v) * (1 + 1e-5 * (len(q[2]) > 1)) for v in chain_by_arrays(*q)],
         "where do the others go?"),
        (lambda x, t, w, b: ([t - x] * len(w), [0.0] * len(w)), "should be"),
    ],
    "chain-residual": [(lambda w, z: 1 + abs(solution("chain-residual")(w, z) - 1), "should be")],
    "two-outputs": [
        (lambda e, W, s: s * (W[:, 0] * e[0] - W[:, 1] * e[1]), "not subtracted"),
        (lambda e, W, s: None, "returns nothing"),
    ],
    "two-two-one-dictionary": [(lambda W, b, w, c: None, "returns nothing")],
    "output-delta": [
        (lambda Z, T: np.sinh(np.tanh(Z) - T) / len(T) / np.cosh(Z) ** 2, "not cosh or sinh"),
        (lambda Z, T: 1 / np.cosh(Z) ** 2, "this is the slope alone"),
        (lambda Z, T: np.tanh(np.tanh(Z) - T) / len(T) * np.tanh(Z) * (1 - np.tanh(Z)),
         "that of the sigmoid"),
        (lambda Z, T: np.tanh(np.tanh(Z) - T) / 7 / np.cosh(Z) ** 2, "should be"),
    ],
    "hidden-delta": [
        (lambda d, W, Z, slope: d * slope(Z) if d.shape == Z.shape
         else solution("hidden-delta")(d, W, Z, slope), "The weights are missing"),
        (lambda d, W, Z, slope: (d @ W.T) * np.sin(Z), "should be"),
        (lambda d, W, Z, slope: (d @ W.T) * slope, "TypeError"),
    ],
    "softmax-delta": [
        (lambda A, G: A * (G - (G * A).sum()), "The sum runs over everything"),
    ],
    "cost-change": [
        (lambda g, s: abs(g @ s), "Contributions have signs"),
        (lambda g, s: -np.abs(g * s).sum(), "should be"),
    ],
    "largest-rate": [
        (lambda X: 2 / np.sqrt(np.linalg.eigvalsh(2 / len(X) * X.T @ X).max()), "singular value"),
        (lambda X: 2 / (2 / len(X) * X.T @ X)[0, 0], "should be"),
        (lambda X: 2 / np.linalg.eigvals(2 / len(X) * X.T @ X)[0], "should be"),
        (lambda X: 2 / np.linalg.eigvals(2 / len(X) * X.T @ X)[-1], "should be"),
        (lambda X: round(solution("largest-rate")(X), 3), "rounded"),
    ],
    "nesterov": [
        (nesterov(lambda e, m, v, g: m * v + e * g, lambda e, m, v, g: (1 - m) * v + e * g),
         "mu stands where 1 - mu does"),
        (nesterov(lambda e, m, v, g: (1 - m) * v + e * g, lambda e, m, v, g: m * v + e * g),
         "mu stands where 1 - mu does"),
        (nesterov(lambda e, m, v, g: m * v + (1 - m) * e * g, lambda e, m, v, g: m * v + e * g),
         "mu stands where 1 - mu does"),
        (nesterov(lambda e, m, v, g: 0.5 * v + e * g, lambda e, m, v, g: 0.5 * v + e * g),
         "should be"),
        (nesterov(lambda e, m, v, g: 0.8 * v + e * g, lambda e, m, v, g: 0.8 * v + e * g),
         "should be"),
        (nesterov(lambda e, m, v, g: m * v + 0.3 * g, lambda e, m, v, g: m * v + 0.3 * g),
         "should be"),
    ],
    "silu-slope": [(lambda z: np.where(z > 0, 1.0, 0.0), "should be")],
    "poisson-cost": [
        (cost_of(lambda X, T: anp.sum(X - anp.log(X)) / len(T)), "multiplied by the target"),
        (cost_of(lambda X, T: anp.sum(X - T * anp.log(X)) / 5), "should be"),
    ],
    "log-cosh": [
        (cost_of(lambda X, T: anp.log(anp.sum(anp.cosh(X - T))) / len(T)), "not to their sum"),
        (cost_of(lambda X, T: anp.sum((X - T) * anp.tanh(X - T)) / len(T)), "should be"),
    ],
    "sigmoid-init": [
        (lambda m, k, rng: rng.normal(0, np.sqrt(64 / (m + k)), (m, k)), "not their mean"),
        (lambda m, k, rng: rng.normal(0, 32 / (m + k), (m, k)), "This is the variance"),
        (lambda i, o, rng: np.tile(rng.normal(0, np.sqrt(32 / (i + o)), (i, 1)), o),
         "repeat each other"),
        (lambda i, o, rng: np.tile(rng.normal(0, np.sqrt(32 / (i + o)), o), (i, 1)),
         "repeat each other"),
        (lambda i, o, rng: rng.normal(0, 0.2, (i, o)), "Only the sum"),
    ],
    "bn-backward": [
        (lambda *a: solution("bn-backward")(*a)[0], "but returns one array of shape (6, 3)"),
        (bn(dgamma=True), "gamma and beta are exchanged"),
        (bn(root=True), "not by v + ε"),
    ],
    "inverted-dropout": [
        (lambda *a: solution("inverted-dropout")(*a)[::-1], "yours are exchanged"),
        (masked(in_every_row), "In every row (nearly) the same number is dropped"),
        (masked(in_all), "Exactly the share p is dropped"),
        (masked(in_pairs), "share a mask"),
        (boolean_mask, "the mask should carry this factor too"),
        (masked(lambda A, p, rng: rng.random(A.shape) < 0.2), "With p = 0 nothing should change"),
    ],
    "clip-global": [
        (lambda gs, c: [g / 2 for g in gs], "should be"),
        (lambda gs, c: [g * c / 13 for g in gs], "should be"),
        (lambda gs, c: [g * min(1, c / sum(np.abs(h).sum() for h in gs)) for g in gs], "should be"),
    ],
    "decaying-rate": [
        (decaying(lambda eta, tau, t: eta / (1 + (t - 1) // tau)), "divide with /, not with //"),
        (decaying(lambda eta, tau, t: eta / (1 + (t - 1) / 5)), "should be"),
        (decaying(lambda eta, tau, t: 0.3 / (1 + (t - 1) / tau)), "should be"),
    ],
    "gain-layer": [
        (GainInPlace, "forward changes its input in place"),
        (GainOfOne, "forward should multiply column j"),
    ],
    "reg-monomials": [
        (
            lambda x, y, d: np.transpose(
                [x**i + y**j for i in range(d + 1) for j in range(d + 1 - i)]
            ),
            "compared in the order of their first numbers",
        ),
        (lambda x, y, d: solution("reg-monomials")(x, y, d).T, "transposed"),
        (lambda x, y, d: solution("reg-monomials")(x, x, d), "should be"),
    ],
    "reg-ridge": [
        (lambda X, t, lam: (solution("reg-ridge")(X, t, lam)[0],
                            -solution("reg-ridge")(X, t, lam)[1]), "bias has the wrong sign"),
        (lambda X, t, lam: solution("reg-ridge")(X, t, 0.7), "should be"),
    ],
    "cls-threshold": [
        (lambda miss, alarm: miss / alarm, "the odds"),
        (lambda miss, alarm: 1 / 11, "should be"),
    ],
    "digits-accuracy": [
        (lambda A, T: (A * T).sum(axis=1).mean(), "mean probability of the right class"),
        (lambda A, T: (A.argmax(1) == T.argmax(1)).sum() / 37, "should be"),
    ],
    "digits-standardise": [
        (blank_pixel_untouched, "The blank pixel is left as it was"),
        (lambda a, b: (solution("digits-standardise")(a, b)[0], b), "scale it too"),
    ],
    "hyper-trials": [
        (lambda q, P: int(math.log(1 - P) / math.log(1 - q)) + 1, "should be 2, but is 3"),
        (lambda q, P: math.ceil(math.log(1 - P) / math.log(q)), "1 - q, not q"),
        (lambda q, P: math.ceil(math.log(0.05) / math.log(1 - q)), "should be"),
        (lambda q, P: round(math.log(1 - P) / math.log(1 - q) + 0.5), "should be 3, but is 4"),
    ],
    "hyper-log-uniform": [
        (lambda low, high, n, rng: np.exp(rng.uniform(low, high, n)), "first step is missing"),
        (lambda low, high, n, rng: np.log(rng.uniform(np.exp(low), np.exp(high), n)), "Every dec"),
        (lambda low, high, n, rng: rng.permutation(np.geomspace(low, high, n)), "another order"),
        (lambda low, high, n, rng: 10 ** rng.uniform(-4, 1, n), "not between 2 and 3"),
        (lambda low, high, n, rng: rng.choice(np.geomspace(low, high, n), n), "are equal"),
    ],
    "hyper-expected-best": [
        (lambda s, m: np.dot(s, [math.comb(i, m - 1) for i in range(len(s))])
         / math.comb(len(s), m), "sorted first"),
    ],
    "top-diagnose": [
        (lambda *rates: print("variance"), "prints its result"),
        (first_above(0.02), "first term above a limit"),
        (by_ratios, "compares ratios"),
        (by_terms(lambda terms: [*terms[:3], abs(terms[3])]), "should be variance, but is dev l"),
        (by_terms(lambda terms: [*terms[:3], terms[3] / 2]), "should be dev luck"),
        (by_terms(lambda terms: [round(term, 2) for term in terms]), "but is avoidable bias"),
    ],
    "keras-logits": [
        (lambda Z, T: np.full(7, solution("keras-logits")(Z, T)), "one number"),
        (lambda Z, T: np.array([solution("keras-logits")(Z[[s]], T[[s]]) for s in range(len(Z))]),
         "one cost per sample"),
        (lambda Z, T: (np.log(np.exp(Z).sum(axis=1)) + (T * Z).sum(axis=1)).mean(),
         "is added; it should be subtracted"),
    ],
    "torch-layout": [
        (
            lambda state: np.concatenate([
                a for name in sorted({n.rpartition(".")[0] for n in state})
                for a in (state[f"{name}.weight"].T.ravel(), state[f"{name}.bias"])
            ]),
            "not of their names",
        ),
        (lambda state: np.concatenate([a.T.ravel() for a in list(state.values())[::2]]),
         "should have shape (46,), but has shape (36,)"),
    ],
    "torch-logit": [
        (lambda Z, T: np.mean((1 - T) * np.logaddexp(0, Z)), "Only the samples with t = 0"),
        (lambda Z, T: np.mean(np.maximum(Z, 0) - T * Z), "should be"),
    ],
    "same-momentum": [
        (lambda gs, rates, mu: np.multiply(gs, rates), "Nothing is remembered"),
        (lambda gs, rates, mu: [mu * g for g in gs], "should be"),
        (lambda gs, rates, mu: print(gs), "prints its result"),
    ],
    "same-running": [
        (lambda theirs, start, p, n, steps: (n - 1) / n * theirs, "no batch's variance"),
        (lambda theirs, start, p, n, steps: theirs, "unchanged"),
        (lambda theirs, start, p, n, steps: theirs.mean(), "is a single number"),
    ],
    "depth-copies": [
        (lambda U, shape: np.broadcast_to(U.sum(), shape), "should be"),
        (lambda U, shape: U[(0,) * (U.ndim - len(shape))], "should"),
        (lambda U, shape: np.ones(shape), "should be"),
    ],
    "depth-shared": [
        (lambda X, V, T: grad(lambda v: anp.sum(anp.tanh(X[-1] + X[-2] @ v - T) ** 2))(V),
         "should be"),
        (lambda X, V, T: solution("depth-shared")(X, V.T, T), "should be"),
        (lambda X, V, T: solution("depth-shared")(X[::-1], V, T), "should be"),
    ],
    "torch-pieces": [
        (lambda gs, ns: sum(n * g for n, g in zip(ns, gs, strict=True)) / 12, "should be"),
        (lambda gs, ns: sum(g / n for n, g in zip(ns, gs, strict=True)), "should be"),
    ],
    "dead-units": [
        (lambda Z: np.sum(np.median(Z, axis=0) <= 0), "should be 1, but is 2"),
        (lambda Z: np.sum(np.maximum(Z, 0).std(axis=0) == 0), "should be 1, but is 2"),
        (lambda Z: np.sum(Z[-1] <= 0), "the number of dead units should be"),
        (lambda Z: np.sum(np.percentile(Z, 90, axis=0) <= 0), "should be 1, but is 2"),
        (lambda Z: int(np.all(Z <= 0)), "the number of dead units should be"),
    ],
    "act-wrong": [
        (lambda m, k, rng: abs(rng.normal(0, np.sqrt(2 / m), (m, k))), "mean of the weights"),
        (lambda m, k, rng: rng.normal(0, np.sqrt(4 / (m + k)), (m, k)), "300 senders and 500"),
    ],
    "digits-wrong": [
        (weights_divided, "changes the weights"),
        (lambda net, images: net.feed_forward(images.reshape(-1, 64) // 16), "should be"),
    ],
    "hyper-wrong": [
        (lambda net, rates, learn, judge: comparison(net, rates, learn, learn), "training part"),
        (lambda net, rates, *parts: sorted(comparison(net, rates, *parts)), "should be"),
    ],
    "keras-wrong": [
        (lambda n, size, rng: pieces(1 + rng.permutation(n), size), "0 to 47, but are 1 to 48"),
        (even_and_odd_apart, "49% of all pairs"),
        (lambda n, size, rng: pieces(rng.integers(n, size=n), size), "row 20 comes 4 times"),
    ],
    "torch-wrong": [(before_training, "taken before the training of each epoch")],
    "xor-from-nand": [
        (lambda nand, x1, x2: type(x1)(x1._value ^ x2._value), "has no attribute '_value'"),
        (lambda nand, x1, x2: type(x1)(), "should return a wire"),
        (counts_calls(), "not in another order"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        pytest.param(name, answer, hint, id=f"{name}: {hint[:40]}-{k}")
        for name, answers in WRONG.items()
        for k, (answer, hint) in enumerate(answers)
    ],
)
def test_wrong_answers_get_a_hint_that_is_true(name, answer, hint):
    said = check(name, answer)
    assert not said
    assert hint in said, said


class Tensor:
    """What cannot be turned into an array."""

    shape = (2, 3)

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("call detach() first")


def raises(*arguments):
    raise OverflowError("math range error")


ODD = [
    None, 1, -2.5, True, "x", b"x", [], (), {}, set(), [None], [[]], [[1], [2, 3]], ((), ()),
    np.nan, np.inf, 1j, np.zeros(0), np.zeros((2, 3, 4)), np.array("x"), np.array([None, 1]),
    np.datetime64("2026-01-01"), object(), Tensor(), (Tensor(), Tensor()), print, iter([]),
    (1, 2), [1, 2, 3], (np.zeros(3), None), ("a", "b"), ({}, {}), np.ma.masked, 10**400,
]  # fmt: skip


@pytest.mark.parametrize("name", exercises())
def test_no_answer_is_odd_enough_to_make_a_checker_fail(name):
    answers = [*ODD, raises, int, type, object]
    if name in ("nesterov", "decaying-rate", "keras-rmsprop", "gain-layer"):
        answers += [scheduler(lambda self, g, odd=odd: odd) for odd in ODD]
    elif name in ("poisson-cost", "log-cosh"):
        answers += [cost_of(lambda X, T, odd=odd: odd) for odd in ODD]
    else:
        answers += [lambda *_, odd=odd: odd for odd in ODD]
    for answer in answers:
        said = check(name, answer)
        assert not said, answer
        assert "The checker of this exercise has failed" not in said, (answer, said)
