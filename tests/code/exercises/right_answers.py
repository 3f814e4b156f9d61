"""Right answers in other styles than the chapters': loops, einsum, lists, SciPy, …

``OTHER`` has them by exercise; ``styles`` makes more from a right function by changing the
form of its result: lists, iterators, preallocated arrays, single precision, seven digits.
"""

import copy
import functools
import itertools
import math
from fractions import Fraction
from typing import NamedTuple

import autograd
import autograd.numpy as anp
import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.signal
import scipy.special
import scipy.stats
from backprop import FFNN, Adam, Momentum, Scheduler, tanh
from backprop.autodiff import gradient, jvp
from backprop.exercises.laboratory import CHECKS
from backprop.layers import Layer
from numpy.lib.stride_tricks import sliding_window_view

# Forms of a result


def _each(change, result):
    if isinstance(result, tuple):
        return tuple(change(part) for part in result)
    return change(result)


def _in_single_precision(part):
    return np.asarray(part, dtype=np.float32)


def _to_seven_digits(part):
    return np.asarray(part, dtype=float) * (1 + 1e-7)


def _preallocated(part):
    made = np.zeros(np.shape(part))
    made[...] = part
    return made


def _as_lists(part):
    return np.asarray(part).tolist()


def _lazily(part):
    part = np.asarray(part)
    return (row for row in part) if part.ndim else part.item()


def _one_row_more(part):
    return np.asarray(part)[None]


FORMS = (_as_lists, _lazily, _preallocated, _in_single_precision, _to_seven_digits, _one_row_more)


def styles(answer):
    """Return answers like this one whose results have other forms."""

    def formed(change):
        return functools.wraps(answer)(lambda *arguments: _each(change, answer(*arguments)))

    return {change.__name__.strip("_"): formed(change) for change in FORMS}


# Chapters 1 to 5


class Affine(NamedTuple):
    W: np.ndarray
    b: np.ndarray


def merge_by_one_matrix(W1, b1, W2, b2):
    """Append a 1 to each sample, so that the bias is the matrix's last row."""
    last = np.append(np.zeros(len(W2)), 1.0)[:, None]
    first = np.hstack([np.vstack([W1, b1]), np.eye(len(W1) + 1)[:, -1:]])
    both = first @ np.hstack([np.vstack([W2, b2]), last])
    return Affine(np.asfortranarray(both[:-1, :-1]), both[-1, :-1])


def merge_by_samples(W1, b1, W2, b2):
    def run(X):
        return (X @ W1 + b1) @ W2 + b2

    zero = run(np.zeros((1, len(W1))))
    return run(np.eye(len(W1))) - zero, zero[0]


def merge_by_loops(W1, b1, W2, b2):
    p, m, k = len(W1), len(b1), len(b2)
    W = [[sum(W1[i][j] * W2[j][q] for j in range(m)) for q in range(k)] for i in range(p)]
    return W, [b2[q] + sum(b1[j] * W2[j][q] for j in range(m)) for q in range(k)]


def twin_by_loops(W1, b1, W2, order, signs):
    p, m, k = len(W1), len(b1), W2.shape[1]
    V1, c1, V2 = np.zeros((p, m)), np.zeros(m), np.zeros((m, k))
    for j, (old, sign) in enumerate(zip(order, signs, strict=True)):
        V1[:, j] = sign * W1[:, old]
        c1[j] = sign * b1[old]
        V2[j] = sign * W2[old]
    return V1, c1, V2


def twin_by_matrix(W1, b1, W2, order, signs):
    P = np.eye(len(b1))[:, order] @ np.diag(signs)
    return W1 @ P, b1 @ P, np.linalg.solve(P, W2)


def kinks_by_loop(values, h):
    c, last = [], 0.0
    for left, right in itertools.pairwise(values):
        slope = (right - left) / h
        c.append(slope - last)
        last = slope
    return c


def kinks_by_solving(values, h):
    x = np.arange(len(values)) * h
    return scipy.linalg.solve_triangular(
        np.maximum(0, x[1:, None] - x[:-1]), values[1:] - values[0], lower=True
    )


def kinks_in_place(values, h):
    c = np.zeros(len(values) - 1)
    c[:] = (values[1:] - values[:-1]) / h
    c[1:] -= c[:-1].copy()
    return c


def kinks_by_windows(values, h):
    second = sliding_window_view(values, 3) @ [1, -2, 1]
    return np.concatenate(([values[1] - values[0]], second)) / h


def enough_by_search(curvature, epsilon):
    N = 1
    while curvature / (8 * N * N) > epsilon:
        N += 1
    return N


def pull_back_by_loops(jacobians, gradient):
    for J in jacobians[::-1]:
        gradient = [sum(J[i][j] * gradient[i] for i in range(len(J))) for j in range(len(J[0]))]
    return gradient


def pull_back_by_recursion(jacobians, gradient):
    if not jacobians:
        return gradient
    return pull_back_by_recursion(jacobians[:-1], jacobians[-1].T.dot(gradient))


def pull_back_into_an_array(jacobians, gradient):
    for J in jacobians[::-1]:
        out = np.zeros(J.shape[1])
        for j in range(J.shape[1]):
            for i in range(J.shape[0]):
                out[j] += J[i, j] * gradient[i]
        gradient = out
    return gradient


def shared_by_places(w, x, steps):
    y = [x]
    for _ in range(steps):
        y.append(math.tanh(w * y[-1]))
    total = 0.0
    for place in range(1, steps + 1):
        way = (1 - y[place] ** 2) * y[place - 1]
        for k in range(place + 1, steps + 1):
            way *= (1 - y[k] ** 2) * w
        total += way
    return total


def shared_by_adjoints(w, x, steps):
    y = np.empty(steps + 1)
    y[0] = x
    for k in range(steps):
        y[k + 1] = np.tanh(w * y[k])
    bar, total = 1.0, 0.0
    for k in reversed(range(steps)):
        total += bar * (1 - y[k + 1] ** 2) * y[k]
        bar *= (1 - y[k + 1] ** 2) * w
    return total


def shared_by_recursion(w, x, steps):
    def pair(k):
        if k == 0:
            return x, 0.0
        y, slope = pair(k - 1)
        return np.tanh(w * y), (y + w * slope) / np.cosh(w * y) ** 2

    return pair(steps)[1]


def shared_by_autograd(w, x, steps):
    from autograd import grad

    return grad(lambda v: functools.reduce(lambda y, _: anp.tanh(v * y), range(steps), x))(w)


def halved_in_other_order(x):
    square = x * x
    b = np.exp(square)
    value = (square + b) ** 0.5
    return [value, (1 + b) * x / value]


def halved_by_sqrt_first(x):
    s = x**2
    e = np.exp(s)
    f = np.sqrt(e + s)
    slope = x * (e + 1) / f
    return np.array([f, slope])


def halved_with_factored_slope(x):
    a = x * x
    b = np.exp(a)
    f = np.sqrt(a + b)
    return f, (x + x * b) / f


def halved_by_adjoints(x):
    a = x**2
    b = np.exp(a)
    d = np.sqrt(a + b)
    bar = x / d  # of a, and of b
    return d, bar + bar * b


def halved_lazily(x):
    value, slope = halved_by_sqrt_first(x)
    yield value
    yield slope


def product_into_zeros(x):
    n = len(x)
    pre, g, suf = [x[0]], np.zeros(n), x[-1]
    for i in range(1, n):
        pre.append(pre[-1] * x[i])
    g[-1] = pre[-2]
    for i in range(n - 2, 0, -1):
        g[i] = pre[i - 1] * suf
        suf = x[i] * suf
    g[0] = suf
    return pre[-1], g


def product_with_accumulate(x):
    left = list(itertools.accumulate(x, lambda a, b: a * b))
    right = list(itertools.accumulate(x[:0:-1], lambda a, b: a * b))[::-1]
    inner = [a * b for a, b in zip(left[:-2], right[1:], strict=True)]
    return left[-1], [right[0], *inner, left[-2]]


def product_with_cumprod(x):
    left, right = np.cumprod(x), np.cumprod(x[:0:-1])[::-1]
    return left[-1], np.concatenate([right[:1], left[:-2] * right[1:], left[-2:-1]])


def product_into_empty_like(x):
    n, g = len(x), np.empty_like(x)
    g[1] = x[0]
    for i in range(2, n):
        g[i] = g[i - 1] * x[i - 1]
    product, suffix = g[n - 1] * x[n - 1], x[n - 1]
    for i in range(n - 2, 0, -1):
        g[i] = g[i] * suffix
        suffix = suffix * x[i]
    g[0] = suffix
    return product, g


def product_into_ones(x):
    n = x.shape[0]
    out, p = np.ones(n), x[0]
    for i in range(1, n):
        out[i] = p
        p = p * x[i]
    s = x[n - 1]
    for i in range(n - 2, 0, -1):
        out[i] = out[i] * s
        s = s * x[i]
    out[0] = s
    return p, out


def product_with_a_setting(x, *, whole=True):
    n = len(x)
    after = [x[-1]]
    for i in range(n - 2, 0, -1):
        after.append(x[i] * after[-1])
    before = x[0]
    slopes = [after.pop()]
    for i in range(1, n - 1):
        slopes.append(before * after.pop())
        before = before * x[i]
    return before * x[-1] if whole else before, [*slopes, before]


def products_from_the_left(x):
    out = np.empty(len(x))
    out[0] = x[0]
    for i in range(1, len(x)):
        out[i] = out[i - 1] * x[i]
    return out


def product_with_a_helper(x):
    before, after = products_from_the_left(x[:-1]), products_from_the_left(x[:0:-1])[::-1]
    return before[-1] * x[-1], [after[0], *(before[:-1] * after[1:]), before[-1]]


def layers_by_neurons(widths):
    there = back = 0
    for layer, width in enumerate(widths[1:], 1):
        children = widths[layer + 1] if layer + 1 < len(widths) else 0
        for _ in range(width):
            there += widths[layer - 1] + widths[layer - 1] + 1
            back += 2 + 1 + widths[layer - 1]
            back += children + max(children - 1, 0)
    return there, back


def layers_by_recursion(widths):
    *before, m, k = widths
    there, back = k * (2 * m + 1), k * (m + 3)
    if not before:
        return there, back
    one, other = layers_by_recursion((*before, m))
    return one + there, other + back + m * k + m * (k - 1)


def layers_by_arrays(widths):
    m, k = np.array(widths[:-1]), np.array(widths[1:])
    return np.sum(2 * m * k + k), (3 * k + m * k).sum() + (m[1:] * (2 * k[1:] - 1)).sum()


def adjoints_by_inverse(L, links):
    P = np.zeros((L, L))
    for i, j, partial in links:
        P[j - 1, i - 1] += partial
    return np.linalg.solve((np.eye(L) - P).T, np.eye(L)[-1])


def adjoints_by_recursion(L, links):
    @functools.cache
    def adjoint(k):
        return 1.0 if k == L else sum(adjoint(j) * p for i, j, p in links if i == k)

    return [adjoint(k) for k in range(1, L + 1)]


def product_by_recursion(x):
    """Hand the product of the earlier factors down, and that of the later ones back."""

    def rest(k, before):
        if k == len(x) - 1:
            return x[k], [before]
        after, slopes = rest(k + 1, x[k] if before is None else before * x[k])
        return x[k] * after, [after if before is None else before * after, *slopes]

    return rest(0, None)


def adjoints_by_sorting(L, links):
    links.sort(key=lambda link: (-link[1], link[0]))
    bars = dict.fromkeys(range(1, L), 0.0) | {L: 1.0}
    for i, j, partial in links:
        bars[i] += partial * bars[j]
    return bars.values()


def adjoints_by_waves(L, links):
    wave = np.eye(L + 1)[L]
    total = wave.copy()
    while wave.any():
        ahead = np.zeros(L + 1)
        for i, j, partial in links:
            ahead[i] += wave[j] * partial
        wave = ahead
        total += wave
    return total[1:].astype(np.float32)


def adjoints_by_child(L, links):
    bar = np.zeros(L)
    bar[-1] = 1
    for child in range(L, 0, -1):
        for i, j, partial in links:
            if j == child:
                bar[i - 1] += partial * bar[child - 1]
    return bar


def growth_by_series_near_zero(x):
    if abs(x) < 0.5:
        return sum(x**k / math.factorial(k + 1) for k in range(25))
    return (np.exp(x) - 1) / x


def growth_with_quadratic(x):
    return (np.exp(x) - 1) / x if x != 0 else 1 + x / 2 + x**2 / 6


def growth_by_half_angle(x):
    if x == 0:
        return np.exp(x / 2)
    return np.exp(x / 2) * (np.exp(x / 2) - np.exp(-x / 2)) / x


def growth_by_exponential_of_half(x):
    if x:
        return -(1 - np.exp(x)) * x**-1
    return (1 + x) ** 0.5


def growth_by_array(x):
    return np.float64(1) + 0.5 * x if not x else np.divide(np.subtract(np.exp(x), 1), x)


def normalise_by_loops(x, u):
    n = math.sqrt(sum(v * v for v in x))
    total = sum(a * b for a, b in zip(x, u, strict=True))
    return [a / n - b * total / n**3 for a, b in zip(u, x, strict=True)]


def normalise_by_jacobian(x, u):
    n = np.linalg.norm(x)
    return (np.eye(len(x)) / n - np.outer(x, x) / n**3).T @ u


# Chapters 6 to 9


def gradient_by_autograd(x, t, w, b):
    from autograd import grad

    return grad(lambda p: (anp.tanh(p[0] * x + p[1]) - t) ** 2 / 2)(np.array([w, b]))


def gradient_by_differences(x, t, w, b, h=1e-5):
    def cost(w, b):
        return (np.tanh(w * x + b) - t) ** 2 / 2

    return (
        (cost(w + h, b) - cost(w - h, b)) / (2 * h),
        (cost(w, b + h) - cost(w, b - h)) / (2 * h),
    )


def nearest_by_projection(x, t, w, b):
    n = np.array([x, 1.0]) / np.hypot(x, 1.0)
    return np.array([w, b]) + n * (scipy.special.logit(t) / np.hypot(x, 1.0) - n @ [w, b])


def nearest_by_pinv(x, t, w, b):
    move = np.linalg.pinv([[x, 1.0]]) @ [math.log(t / (1 - t)) - w * x - b]
    return w + move[0], b + move[1]


def nearest_by_lagrange(x, t, w, b):
    A = np.array([[1.0, 0, x], [0, 1.0, 1.0], [x, 1.0, 0]])
    return scipy.linalg.solve(A, [w, b, np.log(t) - np.log1p(-t)])[:2]


def linear_by_matrix(x, t, w, b, eta, updates):
    A = np.eye(2) - eta * np.outer([x, 1], [x, 1])
    end = np.array([x, 1]) * t / (x * x + 1)  # a point of the line, and the part across
    return np.linalg.matrix_power(A, updates) @ (np.array([w, b]) - end) + end


def linear_by_homogeneous_matrix(x, t, w, b, eta, updates):
    step = np.eye(3)
    step[:2] += eta * np.outer([x, 1], [-x, -1, t])
    return (np.linalg.matrix_power(step, updates) @ [w, b, 1])[:2]


def linear_by_two_points(x, t, w, b, eta, updates):
    q = 1 - eta * (x * x + 1)
    times = (1 - q**updates) / (1 - q)  # so many first updates
    first = eta * (w * x + b - t)
    return w - times * first * x, b - times * first


def linear_by_geometric_sum(x, t, w, b, eta, updates):
    q = 1 - eta * (1 + x * x)
    total = eta * (w * x + b - t) * math.fsum(q**k for k in range(updates))
    return [w - total * x, b - total]


def linear_by_target(x, t, w, b, eta, updates):
    a = t + (w * x + b - t) * (1 - eta * (1 + x**2)) ** updates
    c = (a - w * x - b) / (1 + x**2)
    return np.add([w, b], np.multiply(c, [x, 1]))


def edge_by_root(w):
    def excess(z):
        return abs(w) * scipy.special.expit(z) * scipy.special.expit(-z) - 1

    return scipy.optimize.brentq(excess, 0, 50, xtol=1e-14) if abs(w) > 4 else 0


def edge_by_logarithm(w):
    if abs(w) <= 4:
        return 0.0
    y = abs(w) / 2 - 1
    return math.log(y + math.sqrt(y * y - 1))


def chain_by_arrays(x, t, w, b):
    L = len(w)
    a = np.empty(L + 1)
    a[0] = x
    for l in range(L):
        a[l + 1] = w[l] * a[l] + b[l]
        if l + 1 < L:
            a[l + 1] = math.tanh(a[l + 1])
    delta = np.empty(L)
    delta[-1] = a[-1] - t
    for l in range(L - 2, -1, -1):
        delta[l] = delta[l + 1] * w[l + 1] * (1 - a[l + 1] ** 2)
    return delta * a[:-1], delta


def chain_by_recursion(x, t, w, b):
    z = w[0] * x + b[0]
    if len(w) == 1:
        return [(z - t) * x], [z - t]
    a = np.tanh(z)
    dw, db = chain_by_recursion(a, t, w[1:], b[1:])
    own = db[0] * w[1] / np.cosh(z) ** 2
    return [own * x, *dw], [own, *db]


def chain_by_autograd(x, t, w, b):
    from autograd import grad

    def cost(p):
        a, (w, b) = x, p
        for l in range(len(w)):
            z = w[l] * a + b[l]
            a = anp.tanh(z) if l < len(w) - 1 else z
        return (a - t) ** 2 / 2

    return grad(cost)(np.array([w, b]))


def theta_by_loops(W, b, w, c):
    theta = []
    for j in range(2):
        for i in range(2):
            theta.append(W[i, j])
    return [*theta, *b, *w, c]


def output_by_loops(Z, T):
    n, m = Z.shape
    delta = np.zeros((n, m))
    for s in range(n):
        for j in range(m):
            a = math.tanh(Z[s, j])
            delta[s, j] = math.tanh(a - T[s, j]) * (1 - a * a) / n
    return delta


def hidden_by_loops(delta_next, W_next, Z, slope):
    S = slope(Z)
    return [
        [S[s, j] * sum(delta_next[s, k] * W_next[j, k] for k in range(W_next.shape[1]))
         for j in range(Z.shape[1])]
        for s in range(len(Z))
    ]  # fmt: skip


def softmax_by_jacobian(A, G):
    return [(np.diag(a) - np.outer(a, a)) @ g for a, g in zip(A, G, strict=True)]


def softmax_by_loops(A, G):
    out = np.zeros_like(A)
    for s in range(A.shape[0]):
        for j in range(A.shape[1]):
            for k in range(A.shape[1]):
                out[s, j] += G[s, k] * A[s, k] * ((j == k) - A[s, j])
    return out


# Chapters 10 to 13


def rate_by_power_iteration(X):
    v = np.arange(1.0, X.shape[1] + 1)
    for _ in range(3000):
        v = X.T @ (X @ v)
        v = v / np.linalg.norm(v)
    return len(X) / np.linalg.norm(X @ v) ** 2


class NesterovByLists(Scheduler):
    def __init__(self, eta, momentum):
        super().__init__(eta)
        self.momentum = momentum

    def update_change(self, gradient):
        past = self.memory.setdefault("past", [])
        past.insert(0, np.array(gradient))
        v = sum(self.eta * self.momentum**k * g for k, g in enumerate(past))
        return self.momentum * v + self.eta * gradient


class NesterovByMomentum(Momentum):
    def update_change(self, gradient):
        v = super().update_change(gradient)
        return self.momentum * v + self.eta * gradient


class NesterovWithoutBase:
    def __init__(self, eta, momentum):
        self.eta, self.momentum = eta, momentum
        self.reset()

    def reset(self):
        self.v = 0

    def update_change(self, gradient):
        self.v = self.momentum * self.v + self.eta * gradient
        return [self.momentum * v + self.eta * g for v, g in zip(self.v, gradient, strict=True)]


class NesterovInPlace(NesterovWithoutBase):
    def update_change(self, gradient):
        if np.ndim(self.v) == 0:
            self.v = np.zeros(np.shape(gradient))
        self.v *= self.momentum
        self.v += self.eta * gradient
        return self.momentum * self.v + self.eta * gradient


class NesterovInSinglePrecision(NesterovWithoutBase):
    def update_change(self, gradient):
        g = np.asarray(gradient, dtype=np.float32)
        self.v = np.float32(self.momentum) * self.v + np.float32(self.eta) * g
        return np.float32(self.momentum) * self.v + np.float32(self.eta) * g


def newton_by_inverse(X, y, theta):
    H, g = 2 * X.T @ X / len(y), 2 * X.T @ (X @ theta - y) / len(y)
    return np.linalg.inv(H) @ g


def newton_by_svd(X, y, theta):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    return theta - Vt.T @ (U.T @ y / s)


def neuron_by_samples(X, t, w, v):
    total = np.zeros_like(w)
    for x, target in zip(X, t, strict=True):
        a = math.tanh(x @ w)
        total += ((1 - a**2) - 2 * a * (a - target)) * (1 - a**2) * (x @ v) * x
    return 2 * total / len(t)


def neuron_by_complex_step(X, t, w, v):
    a = np.tanh(X @ (w + 1e-30j * v))
    return np.imag(X.T @ ((a - t) * (1 - a * a))) * 2e30 / len(t)


def neuron_by_autograd(X, t, w, v):
    slope = autograd.grad(lambda w: anp.mean((anp.tanh(X @ w) - t) ** 2))
    return autograd.grad(lambda w: anp.dot(slope(w), v))(w)


def neuron_by_einsum(X, t, w, v):
    a = np.tanh(np.einsum("si,i->s", X, w))
    bend = (1 - a**2) * (1 - a**2 - 2 * a * (a - t))
    return 2 / len(t) * np.einsum("s,s,si->i", bend, np.einsum("si,i->s", X, v), X)


def neuron_by_forward_over_reverse(X, t, w, v):
    cost = gradient(lambda w: ((np.tanh(X @ w) - t) ** 2).sum() / len(t))
    return jvp(cost, w, v)[1]


def silu_by_pieces(z):
    out = np.empty_like(z)
    for i, v in enumerate(z):
        a = 1 / (1 + math.exp(-v)) if v >= 0 else math.exp(v) / (1 + math.exp(v))
        out[i] = a * (1 + v * (1 - a))
    return out


def silu_by_complex_step(z):
    w = z + 1e-20j
    return np.imag(w * (0.5 + 0.5 * np.tanh(w / 2))) / 1e-20


def dead_by_loop(Z):
    return sum(1 for column in zip(*Z.tolist(), strict=True) if max(column) <= 0)


def copies_by_one_sum(U, shape):
    padded = (1,) * (U.ndim - len(shape)) + tuple(shape)
    return U.sum(axis=tuple(i for i, n in enumerate(padded) if n == 1)).reshape(shape)


def copies_by_counting(U, shape):
    size = int(np.prod(shape))
    places = np.broadcast_to(np.arange(size).reshape(shape), U.shape)
    return np.bincount(places.ravel(), U.ravel(), size).reshape(shape)


def copies_by_jacobian(U, shape):
    units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    return np.array([(U * unit).sum() for unit in units]).reshape(shape)


def copies_by_autograd(U, shape):
    return autograd.make_vjp(lambda A: A + np.zeros(U.shape))(np.zeros(shape))[0](U)


def _last_state(X, matrices):
    H = np.zeros(X.shape[1:])
    for inputs, V in zip(X, matrices, strict=True):
        H = anp.tanh(inputs + anp.dot(H, V))
    return H


def through_time_by_autograd(X, V, T):
    return autograd.grad(lambda v: anp.sum((_last_state(X, [v] * len(X)) - T) ** 2) / len(T))(V)


def through_time_by_copies(X, V, T):
    def cost(copies):
        return anp.sum((_last_state(X, copies) - T) ** 2) / len(T)

    return autograd.grad(cost)(np.array([V] * len(X))).sum(axis=0)


def through_time_by_recursion(X, V, T):
    def go(k, H):
        """Return the gradient of the state before step k, and that of V from there on."""
        if k == len(X):
            return 2 * (H - T) / len(T), np.zeros_like(V)
        after = np.tanh(X[k] + H @ V)
        G, total = go(k + 1, after)
        delta = G * (1 - after**2)
        return delta @ V.T, total + H.T @ delta

    return go(0, np.zeros(T.shape))[1]


def through_time_by_tangents(X, V, T):
    """Forward mode: the tangents of the state for all directions of V at once."""
    H, tangents = np.zeros(T.shape), np.zeros((V.size, *T.shape))
    directions = np.eye(V.size).reshape(-1, *V.shape)
    for inputs in X:
        moved = tangents @ V + H @ directions
        H = np.tanh(inputs + H @ V)
        tangents = (1 - H**2) * moved
    return (2 * (H - T) * tangents).sum(axis=(1, 2)).reshape(V.shape) / len(T)


def through_time_by_loops(X, V, T):
    total = np.zeros(V.shape)
    for x, t in zip(X.transpose(1, 0, 2), T, strict=True):  # sample by sample
        states = [np.zeros(len(t))]
        for inputs in x:
            states.append(np.tanh(inputs + V.T @ states[-1]))
        error = 2 * (states[-1] - t) / len(T)
        for before, after in zip(states[-2::-1], states[:0:-1], strict=True):
            error = error * (1 - after**2)
            total += np.outer(before, error)
            error = V @ error
    return total


def bn_by_jacobian(dY, Z, gamma, epsilon):
    n, m = Z.shape
    dZ, mean, v = np.zeros((n, m)), Z.mean(axis=0), Z.var(axis=0) + epsilon
    for j in range(m):
        hat = (Z[:, j] - mean[j]) / np.sqrt(v[j])
        J = (np.eye(n) - 1 / n - np.outer(hat, hat) / n) / np.sqrt(v[j])
        dZ[:, j] = J @ (gamma[j] * dY[:, j])
    hats = (Z - mean) / np.sqrt(v)
    return dZ, np.einsum("sj,sj->j", dY, hats), [dY[:, j].sum() for j in range(m)]


def bn_step_by_step(dY, Z, gamma, epsilon):
    n = len(Z)
    c = Z - np.mean(Z, 0)
    v = np.mean(c**2, 0) + epsilon
    d = dY * gamma
    dv = (d * c).sum(0) * -0.5 * v**-1.5
    dmean = -(d / np.sqrt(v)).sum(0)
    return [d / np.sqrt(v) + 2 * c * dv / n + dmean / n, (dY * c).sum(0) / np.sqrt(v), dY.sum(0)]


def dropout_by_loops(A, p, rng):
    mask = np.array([[0.0 if rng.random() < p else 1 / (1 - p) for _ in row] for row in A])
    return A * mask, mask


def clip_by_ravel(gradients, c):
    norm = np.linalg.norm(np.hstack([np.ravel(g) for g in gradients]))
    return tuple(g * min(1, c / max(norm, 1e-300)) for g in gradients)


def clip_as_pytorch(gradients, c):
    norm = math.sqrt(sum(float(np.vdot(g, g)) for g in gradients))
    return [g * min(1.0, c / (norm + 1e-6)) for g in gradients]


class DecayingByMemory(Scheduler):
    def __init__(self, eta, tau):
        super().__init__(eta)
        self.tau = tau

    def update_change(self, gradient):
        t = self.memory["t"] = self.memory.get("t", -1) + 1
        return gradient * self.eta * self.tau / (self.tau + t)


class DecayingByGenerator:
    def __init__(self, eta, tau):
        self.eta, self.tau = eta, tau
        self.reset()

    def reset(self):
        self.rates = (self.eta / (1 + t / self.tau) for t in itertools.count())

    def update_change(self, gradient):
        return next(self.rates) * gradient


class DecayingByList(DecayingByGenerator):
    def update_change(self, gradient):
        rate = next(self.rates)
        return [rate * float(g) for g in gradient]


class DecayingInSinglePrecision(DecayingByGenerator):
    def update_change(self, gradient):
        return np.float32(next(self.rates)) * gradient.astype(np.float32)


class DecayingIntoAnArray(DecayingByGenerator):
    def update_change(self, gradient):
        change = np.empty_like(gradient)
        np.multiply(gradient, next(self.rates), out=change)
        return change


def cost_of(func):
    return lambda target: lambda X: func(X, target)


class GainByLoops(Layer):
    def __init__(self, width):
        self.n_parameters = width

    def attach(self, parameters, gradient):
        self.gamma, self.dgamma = parameters, gradient

    def forward(self, A, training=False, rng=None):
        self.A = A.copy()
        return np.array([[a * g for a, g in zip(row, self.gamma, strict=True)] for row in A])

    def backward(self, delta):
        for j in range(len(self.gamma)):
            self.dgamma[j] = sum(delta[:, j] * self.A[:, j])
        return np.array([row * self.gamma for row in delta])


class GainByEinsum(GainByLoops):
    def forward(self, A, training=False, rng=None):
        self.A = A
        return np.einsum("sj,j->sj", A, self.gamma)

    def backward(self, delta):
        np.einsum("sj,sj->j", delta, self.A, out=self.dgamma)
        return np.einsum("sj,j->sj", delta, self.gamma)


class GainByMatrix(GainByLoops):
    def forward(self, A, training=False, rng=None):
        self.A = A
        return A @ np.diag(self.gamma)

    def backward(self, delta):
        self.dgamma[...] = np.diag(self.A.T @ delta)
        return delta @ np.diag(self.gamma)


class GainInSinglePrecision(GainByEinsum):
    def forward(self, A, training=False, rng=None):
        return super().forward(A).astype(np.float32)

    def backward(self, delta):
        return super().backward(delta).astype(np.float32)


class GainWithoutBase:
    def __init__(self, width):
        self.n_parameters = width

    attach, forward, backward = GainByMatrix.attach, GainByMatrix.forward, GainByMatrix.backward


# Chapters 14 to 20


def monomials_by_degree(x, y, degree):
    made = []
    for d in range(degree + 1):
        for j in range(d + 1):
            made.append(x ** (d - j) * y**j)
    return np.stack(made, axis=1)


def monomials_by_points(x, y, degree):
    pairs = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    return [[a**i * b**j for i, j in pairs] for a, b in zip(x.tolist(), y.tolist(), strict=True)]


def monomials_lazily(x, y, degree):
    return (row for row in monomials_by_points(x, y, degree))


def monomials_by_vander(x, y, degree):
    V = np.polynomial.polynomial.polyvander2d(x, y, [degree, degree])
    i, j = np.divmod(np.arange(V.shape[1]), degree + 1)
    return V[:, i + j <= degree]


def monomials_into_an_array(x, y, degree):
    X = np.zeros((len(x), (degree + 1) * (degree + 2) // 2))
    for k, (i, j) in enumerate((i, d - i) for d in range(degree + 1) for i in range(d + 1)):
        X[:, k] = x**i * y**j
    return X


def ridge_by_least_squares(X, t, lam):
    n, p = X.shape
    rows = np.hstack([np.sqrt(n * lam / 2) * np.eye(p), np.zeros((p, 1))])
    A = np.vstack([np.hstack([X, np.ones((n, 1))]), rows])
    theta = scipy.linalg.lstsq(A, np.vstack([t, np.zeros((p, 1))]))[0]
    return theta[:-1], float(theta[-1, 0])


def ridge_by_svd(X, t, lam):
    m = X.mean(0)
    U, s, Vt = np.linalg.svd(X - m, full_matrices=False)
    w = Vt.T @ (s / (s**2 + len(X) * lam / 2) * (U.T @ (t - t.mean())).T).T
    return w, t.mean() - m @ w


def costs_by_least_squares(X, t, X_val, t_val, lams):
    costs = []
    for lam in lams:
        w, b = ridge_by_least_squares(X, t, lam)
        costs.append(((X_val @ np.reshape(w, (-1, 1)) + b - t_val) ** 2).mean())
    return costs


def costs_by_network(X, t, X_val, t_val, lams):
    for lam in lams:
        net = FFNN((X.shape[1], 1))
        net.weights[0][:], net.biases[0][:] = ridge_by_svd(X, t, lam)
        yield net.cost(X_val, t_val)


def accuracy_by_loop(A, T):
    right = 0
    for a, t in zip(A, T, strict=True):
        right += int(np.argmax(a) == np.argmax(t))
    return right / len(A)


def reading_by_layers(net, images):
    A = np.array([image.ravel() for image in images]) / 16
    for layer in net.layers:
        A = layer.forward(A)
    return A


def reading_one_by_one(net, images):
    return [net.feed_forward(image.reshape(1, -1) / 16)[0] for image in images]


def standardise_by_loops(X_train, X_test):
    train, test = np.empty_like(X_train), np.empty_like(X_test)
    for j in range(X_train.shape[1]):
        mean, std = X_train[:, j].mean(), X_train[:, j].std() or 1.0
        train[:, j], test[:, j] = (X_train[:, j] - mean) / std, (X_test[:, j] - mean) / std
    return train, test


def standardise_by_columns(X_train, X_test):
    m = np.add.reduce(X_train) / len(X_train)
    v = ((X_train - m) ** 2).mean(axis=0)
    s = np.where(v > 1e-20, np.sqrt(v), 1.0)
    return ((X - m) / s for X in (X_train, X_test))


def xor_of_five(nand, x1, x2):
    return nand(nand(x1, nand(x2, x2)), nand(nand(x1, x1), x2))


def xor_of_six(nand, p, q):
    either = nand(nand(p, p), nand(q, q))
    both = nand(nand(p, q), nand(p, q))
    return nand(nand(either, nand(both, both)), nand(either, nand(both, both)))


def table_by_strings(answers):
    n = len(answers).bit_length() - 1
    rows = [[int(bit) for bit in f"{row:0{n}b}"] for row in range(len(answers))]
    return rows, [[answer] for answer in answers]


def table_by_grid(answers):
    n = len(answers).bit_length() - 1
    return np.indices((2,) * n).reshape(n, -1).T, np.atleast_2d(answers).T


def table_by_division(answers):
    n, rows = int(np.log2(len(answers))), np.arange(len(answers))
    X = [rows // 2**k % 2 for k in range(n)][::-1]
    return np.stack(X, axis=1).astype(bool), np.float64(answers)[:, np.newaxis]


def trials_by_trying(q, P):
    return next(N for N in itertools.count(1) if 1 - (1 - q) ** N >= P)


def trials_exactly(q, P):
    q, P = Fraction(str(q)), Fraction(str(P))
    N, miss = 0, Fraction(1)
    while 1 - miss < P:
        N, miss = N + 1, miss * (1 - q)
    return N


def best_by_ranks(scores, m):
    s, n = sorted(scores), len(scores)
    return sum(s[i] * math.comb(i, m - 1) for i in range(m - 1, n)) / math.comb(n, m)


def best_by_survival(scores, m):
    s, n = np.sort(scores), len(scores)
    below = [math.comb(i, m) / math.comb(n, m) for i in range(n + 1)]
    return np.diff(below) @ s


def diagnose_by_dictionary(train, traindev, dev, test, optimal):
    terms = {
        "avoidable bias": train - optimal,
        "variance": traindev - train,
        "mismatch": dev - traindev,
        "dev luck": test - dev,
    }
    return max(terms, key=terms.get)


def diagnose_by_sorting(train, traindev, dev, test, optimal):
    pairs = [(train - optimal, "avoidable bias"), (traindev - train, "variance"),
             (dev - traindev, "mismatch"), (test - dev, "dev luck")]  # fmt: skip
    return sorted(pairs)[-1][1]


def diagnose_by_ifs(train, traindev, dev, test, optimal):
    b, v, m, luck = train - optimal, traindev - train, dev - traindev, test - dev
    if b >= v and b >= m and b >= luck:
        return "avoidable bias"
    if v >= m and v >= luck:
        return "variance"
    return "mismatch" if m >= luck else "dev luck"


def diagnose_by_loop(train, traindev, dev, test, optimal):
    best, name, last = -math.inf, None, optimal
    names = ("avoidable bias", "variance", "mismatch", "dev luck")
    for rate, term in zip((train, traindev, dev, test), names, strict=True):
        if rate - last > best:
            best, name = rate - last, term
        last = rate
    return name


def diagnose_with_strings_of_numpy(*rates):
    names = np.array(["avoidable bias", "variance", "mismatch", "dev luck"])
    return names[np.diff([rates[-1], *rates[:-1]]).argmax()]


def _fit(net, eta, training):
    net.fit(*training, Adam(eta, 0.9, 0.999), epochs=30)
    return net


def rates_by_resets(net, rates, training, validation):
    accuracies = []
    for eta in rates:
        net.reset_weights()
        accuracies.append(_fit(net, eta, training).accuracy(*validation))
    return accuracies


def rates_by_copies(net, rates, training, validation):
    for eta in rates:
        yield _fit(copy.deepcopy(net), eta, training).accuracy(*validation)


def rates_by_descent(net, rates, training, validation):
    def trained(eta):
        theta, rule = net.parameters.copy(), Adam(eta, 0.9, 0.999)
        net.parameters = start
        for _ in range(30):
            net.parameters -= rule.update_change(net.gradient(*training))
        right = net.predict(validation[0]).argmax(axis=1) == validation[1].argmax(axis=1)
        net.parameters = theta
        return right.mean()

    start = net.parameters.copy()
    return np.array([trained(eta) for eta in rates])


def feature_by_dictionary(codes, t, train):
    known = {}
    for code, target in zip(codes[train].tolist(), t[train].tolist(), strict=True):
        known.setdefault(code, []).append(target)
    mean = float(np.mean(t[train]))
    return [np.mean(known.get(code, [mean])) for code in codes.tolist()]


def feature_by_counting(codes, t, train):
    size = codes.max() + 1
    count = np.bincount(codes[train], minlength=size)
    total = np.bincount(codes[train], weights=t[train], minlength=size)
    return np.where(count > 0, total / np.maximum(count, 1), t[train].mean())[codes]


def feature_by_matrix(codes, t, train):
    same = (codes[:, None] == codes) & train
    share = (same @ t) / np.maximum(same.sum(axis=1), 1)
    return np.where(same.any(axis=1), share, t[train].mean())


def groups_by_choice(groups, share, seed):
    names = np.unique(groups)
    rng = np.random.default_rng(seed)
    return np.isin(groups, rng.choice(names, round(share * len(names)), replace=False))


def groups_by_shuffling_a_list(groups, share, seed):
    names = sorted(set(groups.tolist()))
    np.random.default_rng(seed).shuffle(names)
    chosen = set(names[: round(len(names) * share)])
    return np.array([g in chosen for g in groups.tolist()])


def groups_by_scores(groups, share, seed):
    names, index = np.unique(groups, return_inverse=True)
    rank = np.random.default_rng(seed).random(len(names)).argsort().argsort()
    return rank[index] < round(share * len(names))


def groups_by_python(groups, share, seed):
    import random

    names = sorted(set(groups.tolist()))
    chosen = random.Random(seed).sample(names, round(share * len(names)))
    return [group in chosen for group in groups.tolist()]


def groups_by_scikit_learn(groups, share, seed):
    from sklearn.model_selection import GroupShuffleSplit

    splitter = GroupShuffleSplit(1, train_size=share, random_state=seed)
    mask = np.zeros(len(groups), bool)
    mask[next(splitter.split(groups, groups=groups))[0]] = True
    return mask


def dealt_by_sorting(n, size, rng):
    rows = np.argsort(rng.random(n))
    return np.split(rows, range(size, n, size))


def dealt_from_a_pile(n, size, rng):
    pile = list(range(n))
    while pile:
        yield [pile.pop(rng.integers(len(pile))) for _ in range(min(size, len(pile)))]


def dealt_by_shuffling(n, size, rng):
    rows = np.arange(n)
    rng.shuffle(rows)
    return [rows[k : k + size] for k in range(0, n, size)][::-1]


def dealt_without_replacement(n, size, rng):
    left, batches = np.arange(n), []
    while len(left):
        batches.append(rng.choice(left, min(size, len(left)), replace=False))
        left = np.setdiff1d(left, batches[-1])
    return batches


def dealt_as_objects(n, size, rng):
    batches = np.empty(math.ceil(n / size), dtype=object)
    batches[:] = np.split(rng.permutation(n), range(size, n, size))
    return batches


def dealt_one_by_one(n, size, rng):
    """Give the mini-batch that is smaller first, each sorted, each when it is asked for."""
    rows = rng.choice(n, n, replace=False)
    bounds = [0, *range(n % size or size, n + 1, size)]
    for start, stop in itertools.pairwise(bounds):
        yield sorted(rows[start:stop].tolist())


def dealt_in_place(n, size, rng):
    rows = rng.choice(n, n, replace=False)
    return tuple(rows[size * k : size * (k + 1)] for k in range(-(-n // size)))


def batches_by_loop(n, size):
    made = []
    while n > 0:
        made.append(min(n, size))
        n -= size
    return made


def batches_by_divmod(n, size):
    full, rest = divmod(n, size)
    return [size] * full + [rest] * (rest > 0)


class RMSpropByLists:
    def __init__(self, eta, rho, epsilon=1e-7):
        self.eta, self.rho, self.epsilon = eta, rho, epsilon
        self.reset()

    def reset(self):
        self.s = None

    def update_change(self, gradient):
        if self.s is None:
            self.s = [0.0] * len(gradient)
        self.s = [self.rho * s + (1 - self.rho) * g * g
                  for s, g in zip(self.s, gradient, strict=True)]  # fmt: skip
        pairs = zip(gradient, self.s, strict=True)
        return [self.eta * g / math.sqrt(s + self.epsilon) for g, s in pairs]


class RMSpropInPlace(RMSpropByLists):
    def update_change(self, gradient):
        self.s = np.zeros_like(gradient) if self.s is None else self.s
        self.s += (1 - self.rho) * (gradient * gradient - self.s)
        return self.eta * gradient * (self.s + self.epsilon) ** -0.5


class RMSpropByHistory(Scheduler):
    def __init__(self, eta, rho, epsilon=1e-7):
        super().__init__(eta)
        self.rho, self.epsilon = rho, epsilon

    def update_change(self, gradient):
        past = self.memory.setdefault("squares", [])
        past.append(gradient**2)
        s = sum((1 - self.rho) * self.rho**k * q for k, q in enumerate(past[::-1]))
        return self.eta * gradient / np.sqrt(s + self.epsilon)


class RMSpropInSinglePrecision(RMSpropInPlace):
    def update_change(self, gradient):
        return super().update_change(gradient).astype(np.float32)


class RMSpropNearly(RMSpropInPlace):
    def update_change(self, gradient):
        return super().update_change(gradient) * (1 - 1e-7)


def loop_with_train_last(module, train_once, validate, epochs):
    costs = []
    module.train()
    for _ in range(epochs):
        train_once(module)
        module.eval()
        costs.append(validate(module))
        module.train()
    return costs


def loop_by_flags(module, train_once, validate, epochs):
    for _ in range(epochs):
        module.train(True)
        train_once(module)
        module.train(False)
        yield validate(module)


def loop_into_an_array(module, train_once, validate, epochs):
    costs = np.empty(epochs)
    for k in range(epochs):
        train_once(module.train())
        costs[k] = validate(module.eval())
    return costs


def theta_by_names(state):
    parts = []
    for name in state:
        if name.endswith("weight"):
            parts += [state[name].T.flatten(), state[name.removesuffix("weight") + "bias"]]
    return np.hstack(parts)


def theta_by_number(state):
    out, arrays = [], list(state.values())
    for W, b in zip(arrays[::2], arrays[1::2], strict=True):
        out += [W[k, m] for m in range(W.shape[1]) for k in range(W.shape[0])]
        out += list(b)
    return out


def gradient_by_network(X, T, W1, b1, W2, b2):
    net = FFNN((len(W1), len(b1), len(b2)), tanh)
    net.parameters = np.concatenate([np.ravel(part) for part in (W1, b1, W2, b2)])
    return net.gradient(X, T)


def gradient_by_samples(X, T, W1, b1, W2, b2):
    parts = [np.zeros(np.shape(part)) for part in (W1, b1, W2, b2)]
    for x, t in zip(X, T, strict=True):
        a = np.tanh(x @ W1 + b1)
        d2 = 2 / len(X) * (a @ W2 + b2 - t)
        d1 = W2 @ d2 / np.cosh(x @ W1 + b1) ** 2
        for part, one in zip(parts, (np.outer(x, d1), d1, np.outer(a, d2), d2), strict=True):
            part += one
    return [number for part in parts for number in part.flat]


def path_by_scheduler(gradient, start, eta, rho, rho2, n_updates):
    adam, points = Adam(eta, rho, rho2), [np.array(start)]
    for _ in range(n_updates):
        points.append(points[-1] - adam.update_change(gradient(points[-1])))
    return points


def path_by_paper(gradient, start, eta, rho, rho2, n_updates):
    """The order of operations that the paper calls more efficient."""
    yield start
    m, s = np.zeros(len(start)), np.zeros(len(start))
    for t in range(1, n_updates + 1):
        g = gradient(start)
        m += (1 - rho) * (g - m)
        s += (1 - rho2) * (g * g - s)
        rate = eta * np.sqrt(1 - rho2**t) / (1 - rho**t)
        start = start - rate * m / np.sqrt(s)
        yield start


def thinned_by_autograd(X, T, W1, W2, p, rng):
    mask = (rng.random((len(X), W1.shape[1])) >= p) / (1 - p)

    def cost(W1, W2):
        return anp.sum((anp.dot(anp.tanh(anp.dot(X, W1)) * mask, W2) - T) ** 2) / len(X)

    return np.concatenate([autograd.grad(cost, k)(W1, W2).ravel() for k in (0, 1)])


def thinned_by_where(X, T, W1, W2, p, rng):
    A = np.tanh(X @ W1)
    drop = rng.random(A.shape) < p
    thin = np.where(drop, 0.0, A / (1 - p))
    delta_2 = (thin @ W2 - T) * 2 / len(X)
    delta_1 = np.where(drop, 0.0, delta_2 @ W2.T * (1 - A * A) / (1 - p))
    return np.hstack([(X.T @ delta_1).ravel(), (thin.T @ delta_2).ravel()])


def _adam_changes(gradients, eta, rho, rho2):
    g = np.array(gradients, dtype=float)
    for t in range(1, len(g) + 1):
        weights, squares = (r ** np.arange(t)[::-1] for r in (rho, rho2))
        m, s = np.average(g[:t], weights=weights), np.average(g[:t] ** 2, weights=squares)
        yield eta * m / (np.sqrt(s) + 1e-8)


def _adamw(theta, gradients, eta, lam, rule):
    path = []
    for g in gradients:
        theta *= 1 - eta * lam
        theta -= rule.update_change(np.array([g], dtype=float))[0]
        path.append(theta)
    return path


OTHER = {
    "nn-count": [
        lambda widths: sum(a * b + b for a, b in itertools.pairwise(widths)),
        lambda w: int(np.dot(w[:-1], w[1:]) + np.sum(w[1:])),
        lambda w: sum(w[k] * w[k - 1] for k in range(1, len(w))) + sum(w) - w[0],
        lambda w: sum(np.zeros((a + 1, b)).size for a, b in zip(w, w[1:], strict=False)),
        lambda w: sum(map(lambda a, b: (a + 1) * b, w, w[1:])),
        lambda w: float(sum((a + 1) * b for a, b in itertools.pairwise(w))),
    ],
    "nn-merge": [
        merge_by_one_matrix,
        lambda W1, b1, W2, b2: (np.matrix(W1) * np.matrix(W2), np.matrix(b1) * np.matrix(W2) + b2),
        merge_by_samples,
        merge_by_loops,
        lambda W1, b1, W2, b2: (np.einsum("ij,jk->ik", W1, W2), np.einsum("j,jk->k", b1, W2) + b2),
        lambda W1, b1, W2, b2: [W1.dot(W2), (b2 + np.dot(W2.T, b1)).tolist()],
    ],
    "nn-twin": [
        twin_by_loops,
        twin_by_matrix,
        lambda W1, b1, W2, o, s: (np.einsum("ij,j->ij", W1[:, o], s), s * b1.take(o),
                                  np.einsum("jk,j->jk", W2.take(o, axis=0), s)),
        lambda W1, b1, W2, o, s: ([[r[i] * f for i, f in zip(o, s, strict=True)] for r in W1],
                                  [b1[i] * f for i, f in zip(o, s, strict=True)],
                                  [W2[i] * f for i, f in zip(o, s, strict=True)]),
        lambda W1, b1, W2, o, s: ((W1.T[o] * s[:, None]).T, (b1[o].T * s), (W2[o].T * s).T),
    ],
    "ua-kinks": [kinks_by_loop, kinks_by_solving, kinks_in_place, kinks_by_windows],
    "ua-width": [
        enough_by_search,
        lambda c, e: max(math.ceil((c / e / 8) ** 0.5), 1),
        lambda c, e: float(np.maximum(np.ceil(np.sqrt(c / (8 * e))), 1)),
        lambda c, e: next(n for n in itertools.count(1) if c <= 8 * e * n * n),
        lambda c, e: np.clip(np.ceil(np.sqrt(c / 8 / e)), 1, None),
        lambda c, e: 1 if c <= 8 * e else -int(-np.sqrt(c / (8 * e)) // 1),
    ],
    "ua-bump": [
        lambda l, r, h, k: ([k, k], [-k * l, -k * r], [h, -h]),
        lambda l, r, h, k: (np.full(2, k), -k * np.array([l, r]), h * np.array([1, -1])),
        lambda l, r, h, k: (np.full(2, -k), np.array([k * l, k * r]), np.array([-h, h])),
        lambda l, r, h, k: (np.full((2, 1), k), [[-k * r], [-k * l]], [[-h], [h]]),
        lambda l, r, h, k: np.float32([[k, k], [-k * l, -k * r], [h, -h]]),
        lambda l, r, h, k: map(list, zip(*((k, -k * c, s) for c, s in ((l, h), (r, -h))),
                                         strict=True)),
        lambda l, r, h, k: iter([(v for v in (k, k)), (-k * c for c in (l, r)), iter((h, -h))]),
    ],
    "chain-polar": [
        lambda fx, fy, r, a: ((np.exp(1j * a) * complex(fx, -fy)).real,
                              -r * (np.exp(1j * a) * complex(fx, -fy)).imag),
        lambda fx, fy, r, a: np.array([fx, fy]) @ [[np.cos(a), -r * np.sin(a)],
                                                   [np.sin(a), r * np.cos(a)]],
        lambda fx, fy, r, a: [fx * math.cos(a) + fy * math.sin(a),
                              r * (fy * math.cos(a) - fx * math.sin(a))],
        lambda fx, fy, r, a: (((fx + 1j * fy) * np.exp(-1j * a)).real,
                              r * ((fx + 1j * fy) * np.exp(-1j * a)).imag),
    ],
    "chain-pull-back": [
        pull_back_by_loops,
        pull_back_by_recursion,
        pull_back_into_an_array,
        lambda js, g: functools.reduce(lambda v, J: v @ J, js[::-1], g),
        lambda js, g: functools.reduce(lambda v, J: np.einsum("i,ij->j", v, J), js[::-1], g),
        lambda js, g: functools.reduce(lambda v, J: (J * v[:, None]).sum(axis=0), js[::-1], g),
        lambda js, g: functools.reduce(lambda v, J: np.vdot(v, J) if 0 else np.dot(v, J),
                                       reversed(js), g),
        lambda js, g: functools.reduce(
            lambda v, J: scipy.linalg.blas.dgemv(1.0, J.T, v), js[::-1], np.asarray(g, float)
        ) if js else g,
        lambda js, g: functools.reduce(lambda v, J: (v[None, :] @ J)[0], js[::-1], g),
    ],
    "chain-shared": [
        shared_by_places, shared_by_adjoints, shared_by_recursion, shared_by_autograd,
        lambda w, x, n: functools.reduce(lambda y, _: np.tanh((w + 1e-20j) * y), range(n), x).imag
        / 1e-20,
    ],
    "count-halve": [
        halved_in_other_order, halved_by_sqrt_first, halved_with_factored_slope,
        halved_by_adjoints, halved_lazily,
    ],
    "count-product": [
        product_by_recursion,
        product_into_zeros, product_with_accumulate, product_with_cumprod,
        product_into_empty_like, product_into_ones, product_with_a_setting, product_with_a_helper,
    ],
    "count-layers": [
        layers_by_neurons, layers_by_recursion, layers_by_arrays,
        lambda w: [sum(k * (2 * m + 1) for m, k in itertools.pairwise(w)),
                   sum(k * (3 + m) for m, k in itertools.pairwise(w))
                   + sum(m * (2 * k - 1) for m, k in itertools.pairwise(w[1:]))],
        lambda w: (float(2 * np.dot(w[:-1], w[1:]) + sum(w[1:])),
                   3.0 * (np.dot(w[:-1], w[1:]) + sum(w[1:])) - 2 * w[0] * w[1] - sum(w[1:-1])),
    ],
    "ad-divide": [
        lambda x, dx, y, dy: (x / y, dx / y - x * dy / y / y),
        lambda x, dx, y, dy: [x / y, (dx - x / y * dy) / y],
        lambda x, dx, y, dy: (x * y**-1, dx * y**-1 - x * y**-2 * dy),
        lambda x, dx, y, dy: np.array([x * y, dx * y - x * dy]) / y**2,
        lambda x, dx, y, dy: (x / y, ((x + 1e-20j * dx) / (y + 1e-20j * dy)).imag / 1e-20),
    ],
    "ad-branch": [
        lambda x: np.where(x == 0, 1 + x / 2, (np.exp(x) - 1) / x),
        lambda x: (np.exp(x) - 1) / x if x != 0 else np.exp(x / 2),
        growth_by_series_near_zero, growth_with_quadratic, growth_by_half_angle,
        growth_by_exponential_of_half, growth_by_array,
    ],
    "ad-adjoints": [
        adjoints_by_inverse, adjoints_by_recursion, adjoints_by_child, adjoints_by_sorting,
        adjoints_by_waves,
    ],
    "ad-normalise": [
        normalise_by_loops, normalise_by_jacobian,
        lambda x, u: (u - x * np.dot(x, u) / np.dot(x, x)) / np.sqrt(np.dot(x, x)),
        lambda x, u: [((u + 0j) @ (v / np.sqrt((v * v).sum()))).imag / 1e-20
                      for v in x + 1e-20j * np.eye(len(x))],
        lambda x, u: scipy.linalg.null_space(x[None]) @ (scipy.linalg.null_space(x[None]).T @ u)
        / scipy.linalg.norm(x),
    ],
    "perceptron-gradient": [
        gradient_by_autograd,
        gradient_by_differences,
        lambda x, t, w, b: np.array([x, 1.0]) * (np.tanh(w * x + b) - t) / np.cosh(w * x + b) ** 2,
    ],
    "perceptron-nearest": [nearest_by_projection, nearest_by_pinv, nearest_by_lagrange],
    "perceptron-linear": [
        linear_by_homogeneous_matrix, linear_by_two_points, linear_by_matrix,
        linear_by_geometric_sum, linear_by_target,
    ],
    "perceptron-logistic": [
        lambda a, t: np.subtract(a, t),
        lambda a, t: (-t / a + (1 - t) / (1 - a)) * a * (1 - a),
        lambda a, t: a * (1 - t) - t * (1 - a),
    ],
    "chain-growth": [
        edge_by_root,
        edge_by_logarithm,
        lambda w: 2 * np.arccosh(max(np.sqrt(abs(w)) / 2, 1)),
        lambda w: np.where(abs(w) > 4, np.arccosh(np.maximum(abs(w) / 2 - 1, 1)), 0),
    ],
    "chain-depth": [
        lambda w, s, share: next(L for L in itertools.count(1) if (w * s) ** L < share),
        lambda w, s, share: math.floor(math.log(share, w * s)) + 1,
        lambda w, s, share: math.floor(np.log10(share) / np.log10(w * s) + 1),
        lambda w, s, share: 1.0 + np.log2(share) // np.log2(w * s),
        lambda w, s, share: len(list(itertools.takewhile(
            lambda p: p >= share, ((w * s) ** k for k in itertools.count())))),
    ],
    "chain-gradient": [chain_by_arrays, chain_by_recursion, chain_by_autograd],
    "chain-residual": [
        lambda w, z: 1 + w / (2 + 2 * np.cosh(z)),
        lambda w, z: 1 + w * scipy.special.expit(z) * (1 - scipy.special.expit(z)),
        lambda w, z: 1 + w * math.exp(-z) / (1 + math.exp(-z)) ** 2,
    ],
    "two-two-one-dictionary": [
        theta_by_loops,
        lambda W, b, w, c: np.hstack([W.flatten(order="F"), b, w, c]),
        lambda W, b, w, c: np.r_[W[:, 0], W[:, 1], b, w, c],
        lambda W, b, w, c: [*W.T.flat, *b, *w, c],
    ],
    "two-outputs": [
        lambda e, W, s: s * (W @ e),
        lambda e, W, s: np.einsum("j,jk,k->j", s, W, e),
        lambda e, W, s: (s[:, None] * W * e).sum(axis=1),
        lambda e, W, s: (np.diag(s) @ W @ e).tolist(),
        lambda e, W, s: (s[j] * (W[j, 0] * e[0] + W[j, 1] * e[1]) for j in range(3)),
    ],
    "output-delta": [
        output_by_loops,
        lambda Z, T: np.tanh(np.tanh(Z) - T) / np.cosh(Z) ** 2 / Z.shape[0],
        lambda Z, T: np.einsum("sj,sj->sj", np.tanh(np.tanh(Z) - T), 1 - np.tanh(Z) ** 2) / len(Z),
    ],
    "hidden-delta": [
        hidden_by_loops,
        lambda d, W, Z, slope: np.einsum("sk,jk,sj->sj", d, W, slope(Z)),
        lambda d, W, Z, slope: np.multiply(W.dot(d.T).T, slope(Z)),
        lambda d, W, Z, slope: np.stack([W @ row for row in d]) * slope(Z),
        lambda d, W, Z, slope: np.tensordot(d, W, axes=(1, 1)) * slope(Z),
    ],
    "softmax-delta": [
        softmax_by_jacobian,
        softmax_by_loops,
        lambda A, G: A * G - A * np.einsum("sk,sk->s", A, G)[:, None],
        lambda A, G: A * (G - np.sum(A * G, axis=-1).reshape(-1, 1)),
    ],
    "cost-change": [
        np.vdot,
        functools.partial(np.einsum, "i,i"),
        lambda g, s, axis=0: np.sum(g * s, axis=axis, keepdims=True),
        lambda g, s: sum(a * b for a, b in zip(g, s, strict=True)),
        lambda g, s: (g * s).sum(),
        lambda g, s: np.einsum("i,i->", g, s),
        lambda g, s: g[None, :] @ s[:, None],
        lambda g, s: math.fsum(g * s),
    ],
    "bp-wrong": [gradient_by_network, gradient_by_samples],
    "largest-rate": [
        rate_by_power_iteration,
        lambda X: len(X) / np.linalg.norm(X, 2) ** 2,
        lambda X: 1 / max(np.linalg.eigvals(X.T @ X / len(X)).real),
        lambda X: 2 / scipy.linalg.eigh(2 * X.T @ X / len(X), eigvals_only=True)[-1],
        lambda X: 2 / np.linalg.eigvalsh(2 / len(X) * X @ X.T)[-1],
    ],
    "nesterov": [
        NesterovByLists, NesterovByMomentum, NesterovWithoutBase, NesterovInPlace,
        NesterovInSinglePrecision,
    ],
    "newton-step": [
        newton_by_inverse,
        newton_by_svd,
        lambda X, y, theta: theta - np.linalg.pinv(X) @ y,
        lambda X, y, theta: scipy.linalg.cho_solve(
            scipy.linalg.cho_factor(X.T @ X), X.T @ (X @ theta - y)
        ),
    ],
    "neuron-curvature": [
        neuron_by_samples,
        neuron_by_complex_step,
        neuron_by_autograd,
        neuron_by_einsum,
        neuron_by_forward_over_reverse,
    ],
    "gd-wrong": [path_by_scheduler, path_by_paper],
    "silu-slope": [
        silu_by_pieces,
        silu_by_complex_step,
        lambda z: scipy.special.expit(z) * (1 + z * scipy.special.expit(-z)),
        lambda z: [0.5 + 0.5 * math.tanh(v / 2) + v / 4 * (1 - math.tanh(v / 2) ** 2) for v in z],
    ],
    "dead-units": [
        dead_by_loop,
        lambda Z: int(np.count_nonzero(Z.max(axis=0) <= 0)),
        lambda Z: Z.shape[1] - (Z > 0).any(axis=0).sum(),
        lambda Z: sum(not (column > 0).any() for column in Z.T),
        lambda Z: np.sum(np.maximum(Z, 0).sum(axis=0) == 0),
        lambda Z: float((np.max(Z, 0) <= 0).sum()),
    ],
    "poisson-cost": [
        cost_of(lambda X, T: anp.sum(anp.mean(X - T * anp.log(X), axis=0))),
        cost_of(lambda X, T: anp.mean(anp.sum(X, axis=1) - anp.sum(T * anp.log(X), axis=1))),
        cost_of(lambda X, T: anp.sum(X - T * anp.log(X + 1e-9)) / len(T)),
        cost_of(lambda X, T: (anp.sum(X) - anp.sum(T * anp.log(X))) / len(X)),
        cost_of(lambda X, T: anp.einsum("sj->", X - T * anp.log(X)) / T.shape[0]),
        cost_of(lambda X, T: anp.mean(X - T * anp.log(X)) * T.shape[1]),
    ],
    "sigmoid-init": [
        lambda i, o, rng: rng.normal(0, np.sqrt(32 / (i + o)), (i, o)),
        lambda i, o, rng: np.sqrt(32 / (i + o)) * rng.standard_normal(size=(i, o)),
        lambda i, o, rng: (2 * rng.random((i, o)) - 1) * math.sqrt(96 / (i + o)),
        lambda i, o, rng: rng.choice([-1.0, 1.0], size=(i, o)) * np.sqrt(32 / (i + o)),
        lambda i, o, rng: rng.normal(0, np.sqrt(32 / (i + o)), (i, o)).astype(np.float32),
        lambda i, o, rng: [rng.normal(0, (32 / (i + o)) ** 0.5, o) for _ in range(i)],
        lambda i, o, rng: scipy.stats.truncnorm.rvs(-2, 2, size=(i, o), random_state=rng)
        * np.sqrt(32 / (i + o)) / 0.87962566,
    ],
    "act-wrong": [
        lambda i, o, rng: rng.normal(0, np.sqrt(2 / i), (i, o)),
        lambda i, o, rng: np.sqrt(2 / i) * rng.standard_normal((i, o)),
        lambda i, o, rng: rng.normal(scale=(2 / i) ** 0.5, size=i * o).reshape(i, o),
        lambda i, o, rng: [rng.normal(0, math.sqrt(2 / i), o) for _ in range(i)],
        lambda i, o, rng: (rng.standard_normal((o, i)) / math.sqrt(i / 2)).T.astype(np.float32),
        lambda i, o, rng: rng.uniform(-1, 1, (i, o)) * math.sqrt(6 / i),
    ],
    "depth-copies": [
        copies_by_one_sum,
        copies_by_counting,
        copies_by_jacobian,
        copies_by_autograd,
        lambda U, shape: autograd.grad(lambda A: anp.sum(U * A))(np.zeros(shape)),
    ],
    "depth-shared": [
        through_time_by_autograd,
        through_time_by_copies,
        through_time_by_recursion,
        through_time_by_tangents,
        through_time_by_loops,
    ],
    "bn-backward": [bn_by_jacobian, bn_step_by_step],
    "inverted-dropout": [
        dropout_by_loops,
        lambda A, p, rng: (A * (m := rng.binomial(1, 1 - p, A.shape) / (1 - p)), m),
        lambda A, p, rng: (A * (m := np.where(rng.uniform(size=A.shape) < p, 0, 1 / (1 - p))), m),
        lambda A, p, rng: [A * (m := rng.choice([0, 1 / (1 - p)], A.shape, p=[p, 1 - p])), m],
        lambda A, p, rng: (A * (m := (rng.random(A.shape) > p).astype(np.float32) / (1 - p)), m),
    ],
    "clip-global": [
        clip_by_ravel,
        lambda gradients, c: (g for g in clip_as_pytorch(gradients, c)),
        lambda gradients, c: [np.float32(g) for g in clip_by_ravel(gradients, c)],
        clip_as_pytorch,
        lambda gs, c: [g / max(1.0, np.sqrt(sum(np.sum(h * h) for h in gs)) / c) for g in gs],
    ],
    "drop-wrong": [thinned_by_autograd, thinned_by_where],
    "decaying-rate": [
        DecayingByMemory, DecayingByGenerator, DecayingByList, DecayingInSinglePrecision,
        DecayingIntoAnArray,
    ],
    "log-cosh": [
        cost_of(lambda X, T: anp.sum(anp.logaddexp(X - T, T - X) - anp.log(2)) / len(T)),
        cost_of(lambda X, T: anp.mean(
            anp.sum(anp.abs(X - T) + anp.log1p(anp.exp(-2 * anp.abs(X - T))) - anp.log(2), axis=1)
        )),
        cost_of(lambda X, T: anp.sum(
            anp.sqrt((X - T) ** 2) + anp.log((1 + anp.exp(-2 * anp.sqrt((X - T) ** 2))) / 2)
        ) / X.shape[0]),
        cost_of(lambda X, T: anp.mean(
            anp.logaddexp(X - T, T - X) - 0.6931471805599453
        ) * T.shape[1]),
        cost_of(lambda X, T: sum(
            anp.sum(anp.logaddexp(x - t, t - x) - anp.log(2)) for x, t in zip(X, T, strict=True)
        ) / len(T)),
    ],
    "gain-layer": [
        GainByLoops, GainByEinsum, GainByMatrix, GainInSinglePrecision, GainWithoutBase,
    ],
    "reg-monomials": [
        monomials_by_degree, monomials_by_points, monomials_lazily, monomials_by_vander,
        monomials_into_an_array,
        lambda x, y, d: np.asfortranarray(monomials_by_degree(x, y, d)[:, ::-1]),
    ],
    "reg-ridge": [ridge_by_least_squares, ridge_by_svd],
    "reg-wrong": [costs_by_least_squares, costs_by_network],
    "cls-threshold": [
        lambda miss, alarm: 1 / (1 + miss / alarm),
        lambda miss, alarm: scipy.optimize.brentq(lambda a: a * miss - (1 - a) * alarm, 0, 1),
        lambda miss, alarm: np.linalg.solve([[miss + alarm]], [alarm])[0],
        lambda miss, alarm: Fraction(alarm) / (Fraction(miss) + Fraction(alarm)),
    ],
    "digits-accuracy": [
        accuracy_by_loop,
        lambda A, T: np.mean([a.argmax() == t.argmax() for a, t in zip(A, T, strict=True)]),
        lambda A, T: (T[np.arange(len(A)), A.argmax(1)] == 1).mean(),
        lambda A, T: np.einsum("sk,sk->", (A == A.max(axis=1, keepdims=True)) * 1.0, T) / len(A),
        lambda A, T: ((A * T).sum(1) == A.max(1)).mean(dtype=np.float32),
    ],
    "digits-standardise": [standardise_by_loops, standardise_by_columns],
    "digits-wrong": [
        reading_by_layers, reading_one_by_one,
        lambda net, images: net.trace(np.reshape(images, (-1, 64)) / 16, np.zeros((7, 3))).A[-1],
    ],
    "xor-from-nand": [
        xor_of_five,
        xor_of_six,
        lambda n, p, q: n(n(p, n(p, q)), n(q, n(p, q))),
        lambda n, p, q: (lambda m: n(n(m, q), n(m, p)))(n(q, p)),
        lambda nand, p, q: functools.reduce(nand, [nand(p, nand(p, q)), nand(q, nand(p, q))]),
    ],
    "gate-wrong": [table_by_strings, table_by_grid, table_by_division],
    "hyper-trials": [
        trials_by_trying,
        trials_exactly,
        lambda q, P: -math.floor(-math.log(1 - P, 1 - q)),
        lambda q, P: np.ceil(np.log1p(-P) / np.log1p(-q)),
        lambda q, P: int(scipy.stats.geom(q).ppf(P)),
        lambda q, P: sum(1 for N in range(1000) if 1 - (1 - q) ** N < P),
    ],
    "hyper-log-uniform": [
        lambda lo, hi, n, rng: 10 ** rng.uniform(np.log10(lo), np.log10(hi), n),
        lambda lo, hi, n, rng: lo * (hi / lo) ** rng.random(n),
        lambda lo, hi, n, rng: scipy.stats.loguniform(lo, hi).rvs(n, random_state=rng),
        lambda lo, hi, n, rng: [lo * math.exp(rng.random() * math.log(hi / lo)) for _ in range(n)],
        lambda lo, hi, n, rng: (np.exp(rng.uniform(math.log(lo), math.log(hi))) for _ in range(n)),
        lambda lo, hi, n, rng: rng.permutation(np.geomspace(lo, hi, n + 1)[:-1]
                                               * (hi / lo) ** (rng.random(n) / n)),
    ],
    "hyper-expected-best": [
        best_by_ranks,
        best_by_survival,
        lambda s, m: np.mean([max(c) for c in itertools.combinations(s, m)]),
        lambda s, m: sum(max(c) for c in itertools.combinations(list(s), m)) / math.comb(len(s), m),
    ],
    "hyper-wrong": [rates_by_resets, rates_by_copies, rates_by_descent],
    "top-diagnose": [
        diagnose_by_dictionary, diagnose_by_sorting, diagnose_by_ifs, diagnose_by_loop,
        diagnose_with_strings_of_numpy, lambda *rates: np.array([diagnose_by_loop(*rates)]),
    ],
    "top-groups": [
        groups_by_choice, groups_by_shuffling_a_list, groups_by_scores, groups_by_python,
        groups_by_scikit_learn,
    ],
    "top-comet": [
        lambda S: 0.5 * (S[:, 2:] ** 2).sum(axis=1) - 1 / np.linalg.norm(S[:, :2], axis=1),
        lambda S: [(vx * vx + vy * vy) / 2 - 1 / math.hypot(x, y) for x, y, vx, vy in S],
        lambda S: np.einsum("si,si->s", S[:, 2:], S[:, 2:]) / 2
        - np.einsum("si,si->s", S[:, :2], S[:, :2]) ** -0.5,
    ],
    "top-wrong": [feature_by_dictionary, feature_by_counting, feature_by_matrix],
    "keras-batches": [
        batches_by_loop,
        batches_by_divmod,
        lambda n, size: np.diff([*range(0, n, size), n]),
        lambda n, size: (len(range(n)[k : k + size]) for k in range(0, n, size)),
        lambda n, size: np.bincount(np.arange(n) // size),
        lambda n, size: [len(b) for b in itertools.batched(range(n), size)]
        if hasattr(itertools, "batched") else batches_by_loop(n, size),
    ],
    "keras-logits": [
        lambda Z, T: (scipy.special.logsumexp(Z, axis=1) - (T * Z).sum(axis=1)).mean(),
        lambda Z, T: -np.sum(T * scipy.special.log_softmax(Z, axis=1)) / len(Z),
        lambda Z, T: (np.logaddexp.reduce(Z, axis=1) - np.einsum("sk,sk->s", T, Z)).mean(),
        lambda Z, T: sum(
            max(z) + math.log(sum(math.exp(v - max(z)) for v in z)) - float(np.dot(t, z))
            for z, t in zip(Z.tolist(), T, strict=True)
        ) / len(Z),
    ],
    "keras-rmsprop": [
        RMSpropByLists, RMSpropInPlace, RMSpropByHistory, RMSpropInSinglePrecision, RMSpropNearly,
    ],
    "keras-wrong": [
        dealt_by_sorting, dealt_from_a_pile, dealt_by_shuffling, dealt_without_replacement,
        dealt_in_place, dealt_as_objects, dealt_one_by_one,
    ],
    "torch-layout": [
        theta_by_names,
        theta_by_number,
        lambda state: np.hstack([a.flatten(order="F") for a in state.values()]),
        lambda state: [v for a in state.values() for v in np.transpose(a).flat],
    ],
    "torch-logit": [
        lambda Z, T: np.mean(np.logaddexp(0, Z) - T * Z),
        lambda Z, T: np.mean(np.logaddexp(0, -Z) * T + np.logaddexp(0, Z) * (1 - T)),
        lambda Z, T: np.mean(np.maximum(Z, 0) + np.log(1 + np.exp(-np.abs(Z))) - T * Z),
        lambda Z, T: (scipy.special.softplus(Z) - T * Z).mean()
        if hasattr(scipy.special, "softplus") else np.mean(np.logaddexp(Z, 0) - T * Z),
        lambda Z, T: sum(
            max(z, 0) + math.log1p(math.exp(-abs(z))) - t * z
            for z, t in zip(Z[:, 0].tolist(), T[:, 0].tolist(), strict=True)
        ) / len(Z),
    ],
    "torch-pieces": [
        lambda gs, ns: np.average(gs, axis=0, weights=ns),
        lambda gs, ns: np.array(ns) @ np.array(gs) / sum(ns),
        lambda gs, ns: np.einsum("k,kp->p", np.array(ns) / np.sum(ns), np.stack(gs)),
        lambda gs, ns: [sum(n * g[j] for n, g in zip(ns, gs, strict=True)) / sum(ns)
                        for j in range(len(gs[0]))],
    ],
    "torch-wrong": [loop_with_train_last, loop_by_flags, loop_into_an_array],
    "same-momentum": [
        lambda gs, rates, mu: [
            r * v for r, v in zip(rates, itertools.accumulate(gs, lambda v, g: mu * v + g),
                                  strict=True)
        ],
        lambda gs, rates, mu: np.array(rates) * scipy.signal.lfilter([1.0], [1.0, -mu], gs),
        lambda gs, rates, mu: np.multiply(
            rates, np.convolve(gs, mu ** np.arange(len(gs)))[: len(gs)]
        ),
        lambda gs, rates, mu: [
            rates[t] * math.fsum(mu ** (t - k) * gs[k] for k in range(t + 1))
            for t in range(len(gs))
        ],
    ],
    "same-running": [
        lambda theirs, start, p, n, steps: theirs - (theirs - (1 - p) ** steps * start) / n,
        lambda theirs, start, p, n, steps: (
            (theirs * (n - 1) + np.power(1 - p, steps) * start) / n
        ),
        lambda theirs, start, p, n, steps: [
            r - (r - r0 * math.exp(steps * math.log1p(-p))) / n
            for r, r0 in zip(theirs, start, strict=True)
        ],
    ],
    "adamw": [
        lambda theta, gradients, eta, lam, rho, rho2: _adamw(
            theta, gradients, eta, lam, Adam(eta, rho, rho2)
        ),
        lambda theta, gradients, eta, lam, rho, rho2: np.array(
            _adamw(theta, gradients, eta, lam, Adam(eta, rho, rho2))
        ),
        lambda theta, gradients, eta, lam, rho, rho2: list(
            itertools.accumulate(
                _adam_changes(gradients, eta, rho, rho2),
                lambda w, change: w - (change + eta * lam * w),
                initial=theta,
            )
        )[1:],
    ],
    "inverse-root-rate": [
        lambda t, d, w: (d * t) ** -0.5 * min(1, (t / w) ** 1.5),
        lambda t, d, w: np.sort([1 / math.sqrt(d * t), t / math.sqrt(d * w**3)])[0],
        lambda t, d, w: t / math.sqrt(d) / max(t, w) ** 1.5,
        lambda t, d, w: math.exp(min(-math.log(t) / 2, math.log(t) - 1.5 * math.log(w))) / d**0.5,
    ],
}  # fmt: skip

LABORATORY = {
    "A": "regression classifier mixed penalty autodiff doubled",
    "B": "replay",
    "C": "regression mixed penalty autodiff",
    "D": "penalty",
    "E": "autodiff start",
    "F": "replay overfit",
    "G": "regression classifier mixed penalty autodiff",
    "H": "mixed",
    "I": "order",
    "J": "classifier mixed doubled",
}
VALUES = {
    "count-by-hand": [
        ((3, 5, 5),), ([3, 5, 5],), (np.array([3, 5, 5]),), ((3.0, 5.0, 5.0),),
        (np.int8([3, 5, 5]),),
    ],
    "ad-brackets": [
        ((100, 100, 1, 100, 100),), ([90, 80, 2, 85, 95],), (np.array([100, 100, 1, 100, 100]),),
        ((80, 100, 2, 100, 80),), ((99.0, 98.0, 1.0, 97.0, 96.0),),
    ],
    "two-two-one-paper": [
        ((-0.1, -1, 0.7, 0.5, -0.8, 0.5, 1.775, -3, -1.15),),
        ([-0.1, -1.0, 0.7, 0.5, -0.8, 0.5, 1.775, -3.0, -1.15],),
        (np.array([-0.1, -1, 0.7, 0.5, -0.8, 0.5, 1.775, -3, -1.15]),),
        (np.float32([-0.1, -1, 0.7, 0.5, -0.8, 0.5, 1.775, -3, -1.15]),),
        ([Fraction(v).limit_denominator() for v in
          (-0.1, -1, 0.7, 0.5, -0.8, 0.5, 1.775, -3, -1.15)],),
    ],
    "one-neuron": [
        ({"NOR": (-1, -1, 0.5), "x1 AND NOT x2": (1, -1, -0.5)},),
        ({"NOR": [-20.0, -20.0, 10.0], "x1 AND NOT x2": [20.0, -20.0, -10.0]},),
        ({"x1 AND NOT x2": np.array([2, -3, -1]), "NOR": np.array([-2, -3, 1])},),
        ({"NOR": (-1, -2, 0.1), "x1 AND NOT x2": (5, -9, -1)},),
        ({"NOR": np.float32([-1, -1, 0.5]), "x1 AND NOT x2": np.float32([1, -1, -0.5])},),
        ({"NOR": ((-1, -1), 0.5), "x1 AND NOT x2": np.array([[1, -1, -0.5]])},),
        ([("NOR", (-1, -1, Fraction(1, 2))), ("x1 AND NOT x2", iter((1, -1, -0.5)))],),
    ],
    "parity": [
        (np.ones((3, 3)), np.array([0.0, -1, -2]), np.array([[1.0], [-2], [2]]), np.zeros(1)),
        ([[1, 1, 1]] * 3, [0, -1, -2], [[1], [-2], [2]], [0]),
        (np.ones((3, 3))[::-1], np.array([-2.0, 0, -1]), np.array([[2.0], [1], [-2]]), np.zeros(1)),
        (np.ones((3, 4)), np.array([0.0, 0, -1, -2]), np.array([[0.5], [0.5], [-2], [2]]), [0.0]),
        (2 * np.ones((3, 3), np.float32), np.float32([0, -2, -4]),
         np.float32([[0.5], [-1], [1]]), np.zeros(1, np.float32)),
    ],
    "lab-which-check": [
        (LABORATORY,),
        ({letter: set(names.split()) for letter, names in LABORATORY.items()},),
        ([names.split() for names in LABORATORY.values()],),
        (np.array([[k in names for k in CHECKS] for names in LABORATORY.values()]),),
        ({k: [a for a, names in LABORATORY.items() if k in names] for k in CHECKS},),
    ],
}  # fmt: skip
