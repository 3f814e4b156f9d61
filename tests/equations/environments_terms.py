r"""What the symbols of the terms inside the text stand for, by name, as in ``environments.py``.

A term is compared with a value that is computed here by another route: a derivative by a complex
step, a count one by one, what an update has changed.
"""

import itertools
import math

import numpy as np
from environments import (
    FUNCTIONS,
    HESSIAN,
    NODES,
    H,
    counted,
    descend,
    environment,
    expectation,
    number,
    only,
    rng,
    root,
    steps,
)
from network import logistic, slope
from printed import Family, entries

UNITS = np.eye(3)


def gradient(function, point) -> np.ndarray:
    """Differentiate a function of an array of any shape by complex steps."""
    result = np.empty(np.shape(point))
    for index in np.ndindex(result.shape):
        change = np.zeros(result.shape, dtype=complex)
        change[index] = 1j * H
        result[index] = np.imag(function(point + change)) / H
    return result


# The chain rule


@environment("line, one sample", k=(1, 2), s=(1, 2, 3))
def line_one_sample():
    X, theta, y = rng.normal(size=(3, 2)), np.array([0.4, -1.7]), rng.normal(size=3)
    slopes = [gradient(lambda theta, s=s: (y[s] - X[s] @ theta) ** 2, theta) for s in range(3)]
    fit = np.array([sum(X[s] * theta) for s in range(3)])
    symbols = {"y": entries(y), "tilde y": entries(fit), "X": entries(X)}
    return symbols | {"D": entries(np.array(slopes))}


@environment("against the gradient")
def against_the_gradient():
    def cost(theta):
        return np.sin(theta[0]) * theta[1] + theta[2] ** 2

    theta = np.array([0.3, -0.8, 1.1])
    g = gradient(cost, theta)
    return {"g": g, "D": np.imag(cost(theta - 0.01 * 1j * H * g)) / H}


@environment("choices")
def choices():
    """Count choices one by one: of signs, of open paths, of masks, of answers."""

    def of_two(places):
        return len(list(itertools.product((0, 1), repeat=places)))

    layers, masks, doublings = of_two(10), of_two(4 * 3), of_two(19)
    return {"M": 4, "n": 4, "S": of_two(4), "L": layers, "K": masks, "D": doublings}


@environment("small steps")
def small_steps():
    x, h = 0.8, 1e-9

    def f(u):
        return u**3

    return {
        "x": x, "u": np.sin(x), "h": h, "u'": lambda x: slope(np.sin, x),
        "f'": lambda u: slope(f, u), "U": np.imag(np.sin(x + 1j * h)),
        "F": np.imag(f(np.sin(x + 1j * h))),
    }  # fmt: skip


@environment("polar coordinates")
def polar_coordinates():
    return steps(
        r=number(1.7),
        vartheta=number(0.6),
        x=lambda v: v["r"] * np.cos(v["vartheta"]),
        y=lambda v: v["r"] * np.sin(v["vartheta"]),
    )


@environment("two operations")
def two_operations():
    return steps(
        x=number(0.8),
        y=number(1.7),
        q=lambda v: v["x"] * v["y"] ** -1,
        p=lambda v: np.exp(v["y"] * np.log(v["x"])),
    )


@environment("tangents", i=(1, 2, 3))
def tangents():
    """Return variables that move, and what moves with them."""
    x, dx = np.array([0.3, -1.2, 0.5]), np.array([0.7, 0.2, -0.4])
    u = (x + 1j * H * dx) ** 2
    c, product = u.sum() + np.exp(u.sum()), (x[0] + 1j * H * dx[0]) * (x[1] + 1j * H * dx[1])
    return {
        "x_": entries(x), "dot x_": entries(dx), "dot u": entries(np.imag(u) / H),
        "d": np.real(c) ** 0.5, "dot c": np.imag(c) / H, "dot d": np.imag(c**0.5) / H,
        "x": x[0], "dot x": dx[0], "y": x[1], "dot y": dx[1], "dot p": np.imag(product) / H,
    }  # fmt: skip


@environment("sum of squares")
def sum_of_squares():
    """Count the operations of a sum of n squares, and of its derivatives."""
    squares, sums = [f"x{i} x{i}" for i in range(5)], [f"+ x{i}" for i in range(1, 5)]
    factors, products = [f"2 x{i}" for i in range(5)], [f"times the adjoint {i}" for i in range(5)]
    return {"n": 5, "V": len(squares + sums), "R": len(factors + products), "k": 5, "S": len(sums)}


@environment("dual numbers")
def dual_numbers():
    """Return x, y and epsilon as matrices: the square of epsilon is 0."""
    eps, one = np.array([[0.0, 1.0], [0.0, 0.0]]), np.eye(2)
    x, dx, y, dy = 0.7, 0.4, -1.3, 0.6
    mirror = y * y * np.linalg.inv(y * one + dy * eps)
    return {
        "x": x * one, "y": y * one, "dot x": dx, "dot y": dy, "varepsilon": eps,
        "m": mirror, "p": (x * one + dx * eps) @ mirror,
    }  # fmt: skip


@environment("square root")
def square_root():
    x = 1.9
    r = root(lambda r: r * r - x, 0, 9)
    return steps(x=number(x), s=lambda v: v["x"] ** 0.5) | {"r": r}


@environment("matrix product")
def matrix_product():
    """Count the multiplications of a product element by element."""
    p, q, r = 2, 3, 4
    elements = list(itertools.product(range(p), range(r)))
    return {"p": p, "q": q, "r": r, "E": len(elements), "K": sum(q for _ in elements)}


@environment("exponential of a square")
def exponential_of_a_square():
    return {"f'": lambda x: slope(lambda x: np.exp(x * x), x)}


@environment("slope at the corner")
def slope_at_the_corner():
    """Return the derivatives that the chain rule gives at 0 for a rectifier of the slope c."""
    c = 0.3
    forth, back = c * 1, c * -1
    return {"c": c, "I": forth - back, "O": c * forth - forth}


@environment("gap", rtol=1e-8)
def gap():
    """Return the mean of the exponential from 0 to x, by Gauss, and its tangent at 0."""
    x = 0.7
    nodes, weights = np.polynomial.legendre.leggauss(20)
    mean = sum(weights * np.exp(x * (nodes + 1) / 2)) / 2
    at_zero = sum(weights * (nodes + 1) / 2) / 2
    return {"x": x, "m": mean, "t": sum(weights) / 2 + x * at_zero}


@environment("normalised", k=(1, 2, 3))
def normalised():
    """Return the two ways back through a division by the length of a vector."""
    x, u = np.array([0.3, -1.2, 0.5]), np.array([0.7, 0.2, -0.4])
    r = (x @ x) ** 0.5
    through = gradient(lambda v: sum(u * x) / sum(v * v) ** 0.5, x)
    return {
        "x": x, "x_": entries(x), "y": entries(x / r), "u": entries(u), "T": entries(through),
        "D": entries(gradient(lambda v: sum(u * v) / r, x)), "sum i": lambda **_: (1, 2, 3),
        "S": gradient(lambda v: v[0] / r, x)[0],
    }  # fmt: skip


@environment("four maps")
def four_maps():
    maps = [None, *(rng.normal(size=(b, a)) for a, b in itertools.pairwise((3, 4, 2, 5, 3)))]

    def all_maps(x):
        for matrix in maps[1:]:
            x = matrix @ x
        return x

    J = np.array([all_maps(unit) for unit in UNITS]).T
    return {"J": J, "J_": Family(lambda k: maps[k], 1)}


# One function, many pieces


@environment("pieces", j=(0, 1))
def pieces():
    """Return a parabola and its chord; its mean slope on a piece is that in the middle."""
    u, v, x, places = 0.2, 0.7, 0.35, [0.2, 0.7, 1.2]

    def f(x):
        return 1.3 * x * x - x

    chord = f(u) + (x - u) * slope(f, (u + v) / 2)
    return {
        "f": f, "f''": lambda x: slope(lambda y: 2.6 * y - 1, x), "xi": 0.4, "x": x, "u": u, "v": v,
        "x_": Family(counted(places), 1), "h": v - u, "E": f(x) - chord,
        "S": Family(lambda j: slope(f, (places[j] + places[j + 1]) / 2), 1),
        "m": max((y - u) * (v - y) for y in np.linspace(u, v, 1001)),
    }  # fmt: skip


@environment("bump", j=(1, 2))
def bump():
    """Return two opposite steps, at l and r, half-way between them."""
    k, l, r = 9.0, 0.3, 0.8
    middle, places = (l + r) / 2, counted([None, l, r])
    z = [k * (middle - l), k * (middle - r)]
    height = logistic(z[0]) - logistic(z[1])
    biases = Family(lambda j: root(lambda b: logistic(k * places(j) + b) - 0.5, -99, 99), 1)
    symbols = {"k": k, "l": l, "r": r, "p": height, "m": Family(places, 1), "b": biases}
    return [symbols | {"z": value, "pm": sign} for value, sign in zip(z, (1, -1), strict=True)]


@environment("tent")
def tent():
    return [{"x": x, "t": 1 - abs(2 * x - 1)} for x in (0.2, 0.7)]


# Neurons


@environment("updated neuron")
def updated_neuron():
    """Return what an update changes of a neuron with the identity, and the share of the error."""
    x, t, w, b, eta = 0.8, 0.45, 0.6, -0.3, 0.35
    g = gradient(lambda p: (p[0] * x + p[1] - t) ** 2 / 2, np.array([w, b]))
    after_w, after_b = w - eta * g[0], b - eta * g[1]
    a, after = w * x + b, after_w * x + after_b
    return {
        "x": x, "eta": eta, "delta": g[1], "w": w, "b": b, "W": after_w - w, "B": after_b - b,
        "A": after - a, "q": (after - t) / (a - t), "z": a, "t": t,
    }  # fmt: skip


@environment("samples and their mean")
def samples_and_their_mean():
    a, t = rng.normal(size=3), rng.normal(size=3)
    halves = [(a[s] - t[s]) * (a[s] - t[s]) / 2 for s in range(3)]
    symbols = {"a": entries(a), "t": entries(t), "sum s": lambda **_: (1, 2, 3), "n": 3}
    return symbols | {"H": halves[0] + halves[1] + halves[2], "M": np.mean(halves) * 2}


@environment("curve of two neurons")
def curve_of_two_neurons():
    env = steps(
        x=number(0.7), w_1=number(1.3), b_1=number(-0.4), w_2=number(-0.9), b_2=number(0.2),
        z_1=lambda v: v["w_1"] * v["x"] + v["b_1"], a_1=lambda v: 1 / (1 + np.exp(-v["z_1"])),
        z_2=lambda v: v["w_2"] * v["a_1"] + v["b_2"],
    )  # fmt: skip
    return env | {"sigma": logistic}


@environment("long chain")
def long_chain():
    """Return by what factors errors shrink or grow along chains of sigmoids at zero."""
    w, L = 7.3, 6
    factor = np.prod([slope(logistic, 0.0) for _ in range(L)])
    grown = np.prod([8 * slope(logistic, 0.0) for _ in range(19)])
    s, M = 0.35, 40
    spread = sum((s * slope(logistic, 0.0)) ** 2 for _ in range(M)) ** 0.5
    return {
        "L": L, "q": factor, "w": w, "f": w * slope(logistic, 0.0), "G": grown, "s": s, "M": M,
        "S": spread, "F": 0.1 * slope(logistic, 0.0), "R": slope(lambda a: a + w * a, 0.3),
    }  # fmt: skip


@environment("cost of one output")
def cost_of_one_output():
    t, a = 0.35, 0.8
    return {"t": t, "a_1^2": a, "C": root(lambda C: 2 * C - (a - t) * (a - t), -9, 9)}


@environment("softmax", s=(1, 2, 3), j=(1, 2, 3, 4), k=(1, 2, 3, 4))
def softmax():
    """Return softmax outputs with the cross-entropy, whose derivatives are by complex steps."""
    n, Z = 3, rng.normal(size=(3, 4))
    T = rng.dirichlet(np.ones(4), size=3)

    def outputs(Z):
        return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)

    delta = gradient(lambda Z: -(T * np.log(outputs(Z))).sum() / n, Z)
    by_output = gradient(lambda A: -(T * np.log(A)).sum() / n, outputs(Z))
    logs = gradient(lambda Z: np.log(np.exp(Z).sum(axis=1)).sum(), Z)
    own = [[gradient(lambda Z, s=s, j=j: -T[s, j] * np.log(outputs(Z)[s, j]) / n, Z)[s, j]
            for j in range(4)] for s in range(3)]  # fmt: skip
    return {
        "Z": Z, "T": T, "n": n, "L": 5, "t": entries(T), "z": entries(Z), "u": 1.0,
        "a": Family(lambda s, j, L: {5: outputs(Z)}[L][s - 1, j - 1], 2, 1),
        "softmax": outputs, "G": delta, "P": entries(logs), "R": entries(np.array(own)),
        "Q": entries(np.logaddexp.reduce(Z, axis=1)),
        "N": entries(gradient(lambda Z: -(T * Z).sum(), Z)),
        "W": entries((by_output * outputs(Z)).sum(axis=1)),
        "sum k": lambda **_: (1, 2, 3, 4),
    }  # fmt: skip


@environment("identity output")
def identity_output():
    A, T = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    delta = gradient(lambda Z: ((Z - T) ** 2).sum() / 3, A)
    z, t = 0.8, 0.3
    pair = {"z": z, "t": t, "I": 0.32, "J": (z - t) ** 2 / 2 - t * t / 2}
    return pair | {"A": Family(lambda L: {5: A}[L], 0, 1), "L": 5, "T": T, "n": 3, "D": delta}


@environment("poisson")
def poisson():
    return steps(
        n=number(3),
        t=number(0.7),
        z=number(0.4),
        a=lambda v: np.exp(v["z"]),
        C=lambda v: (v["a"] - v["t"] * np.log(v["a"])) / v["n"],
    )


@environment("silu")
def silu():
    return FUNCTIONS | steps(z=number(0.83), a=lambda v: v["z"] * logistic(v["z"]))


@environment("elu")
def elu():
    """Return an exponential linear unit below zero, and its floor."""
    alpha, z = 0.7, -0.9
    return {"alpha": alpha, "z": z, "a'": slope(lambda z: alpha * np.expm1(z), z),
            "f": alpha * np.expm1(-99.0)}  # fmt: skip


@environment("leaky")
def leaky():
    return [{"z": 1.7, "l": 1.7}, {"z": -1.7, "l": -0.017}]


@environment("uniform weights")
def uniform_weights():
    """Return the density of the squares, uniform between -r and r, at one weight."""
    r = 0.7
    density = root(lambda p: p * np.ptp([-r, r]) - 1, 0, 9)
    return {"w": 0.4, "r": r, "p": 0.4 * 0.4 * density}


@environment("samples of a layer", s=(1, 2, 3), j=(1, 2))
def samples_of_a_layer():
    a, w, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=2)
    z = a @ w + b
    families = {
        "w": Family(lambda i, j, l: {2: w}[l][i - 1, j - 1], 2, 1),
        "a": Family(lambda s, i, l: {1: a}[l][s - 1, i - 1], 2, 1),
        "bar a": Family(lambda i, l: {1: a.mean(axis=0)}[l][i - 1], 1, 1),
    }
    symbols = {"l": 2, "sum i": lambda **_: (1, 2, 3, 4), "D": entries(z - z.mean(axis=0))}
    return symbols | families


@environment("normal density")
def normal_density():
    """Return the density at 0 from the share of values near it."""
    M, h = 40, 1e-5
    share = math.erf(h / math.sqrt(2 * (M / 2)))
    return {"M": M, "p": share / (2 * h)}


# Descent


@environment("gradient of a parabola")
def gradient_of_a_parabola():
    rest, lam = 1.7, 4.0
    theta = 2.8
    g = slope(lambda u: lam / 2 * (u - rest) ** 2, theta)
    return {"lambda": lam, "theta": theta, r"theta^\ast": rest, "g": g}


@environment("error of descent")
def error_of_descent():
    e, eta = np.array([1.0, -0.4, 0.8]), 0.07
    return {"H": HESSIAN, "e": e, "eta": eta, "f": descend(lambda e: HESSIAN @ e, e, eta, 1)[1]}


SAMPLES = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 2.0], [3.0, 5.0]])


@environment("samples by hand")
def samples_by_hand():
    """Return gradients and parameters of the page's four samples, one at a time and in pairs."""

    def of(samples, at):
        def cost(p):
            return sum((p[0] * x + p[1] - t) ** 2 for x, t in samples) / len(samples)

        return gradient(cost, at)

    start = np.zeros(2)
    one = descend(lambda p: of(SAMPLES[:1], p), start, 0.1, 1)[1]
    two = descend(lambda p: of(SAMPLES[1:2], p), one, 0.1, 1)[1]
    pair = descend(lambda p: of(SAMPLES[:2], p), start, 0.1, 1)[1]
    end = descend(lambda p: of(SAMPLES[2:], p), pair, 0.1, 1)[1]
    g = {1: of(SAMPLES[:1], start), 2: of(SAMPLES[1:2], one), 3: of(SAMPLES[1:2], start)}
    g |= {4: of(SAMPLES[:2], start), 5: of(SAMPLES[2:3], pair), 6: of(SAMPLES[3:], pair)}
    g |= {7: of(SAMPLES[2:], pair)}
    x, t = SAMPLES[3]
    w, b = pair
    return {
        "g": Family(lambda i: g[i], 1), "p": Family(lambda i: [None, one, two, pair, end][i], 1),
        "s": Family(lambda i: SAMPLES[i - 1], 1), "w": w, "b": b, "x": x, "t": t,
        "G": of(SAMPLES[3:], pair), "C": (w * 3 + b - 5) * (w * 3 + b - 5),
        "e": w * 3 + b - 5,
    }  # fmt: skip


@environment("floor of the noise")
def floor_of_the_noise():
    """Return the cost at which descent with noise stays, by iteration."""
    eta, lam, nu, B = 0.1, 0.9, 0.7, 4
    V = 0.0
    for _ in range(3000):
        V = (1 - eta * lam) ** 2 * V + eta * eta * nu * nu / B
    return {"eta": eta, "lambda": lam, "nu": nu, "B": B, "C": V * lam / 2}


@environment("floor at a small rate", rtol=1e-4)
def floor_at_a_small_rate():
    eta, lam, nu = 1e-4, 0.9, 0.7
    V = root(lambda V: V - (1 - eta * lam) ** 2 * V - eta * eta * nu * nu, 0, 9)
    return {"eta": eta, "nu": nu, "C": V * lam / 2}


@environment("cost of a spread")
def cost_of_a_spread():
    e = np.array([0.3, -0.8, 1.1, -0.6])
    return {"lambda": 4.0, "V": np.mean(e * e), "C": np.mean([2 * value * value for value in e])}


@environment("averages by hand")
def averages_by_hand():
    """Return the sums of the weights of two gradients in the averages of Adam."""
    return {"m": 0.5 * 0.5 + 0.5, "s": 0.75 * 0.25 + 0.25}


@environment("best momentum")
def best_momentum():
    """Return the rate and the momentum that solve both equations of the double root."""
    low, high = 0.6, 5.0
    mu = root(lambda mu: (1 + mu**0.5) ** 2 / high - (1 - mu**0.5) ** 2 / low, 0.01, 1)
    eta = (1 + mu**0.5) ** 2 / high
    roots = ((eta * low) ** 0.5, (eta * high) ** 0.5)
    share = (roots[1] - roots[0]) / (roots[1] + roots[0])
    return {"eta": eta, "mu": mu, "S": 2 / (low**0.5 + high**0.5), "q": share}


@environment("constant pull")
def constant_pull():
    """Return what momentum makes of a constant gradient, in the long run."""
    mu, eta, lam, theta = 0.6, 0.1, 0.3, 1.7
    change, times = 0.0, 0.0
    for _ in range(300):
        change, times = mu * change + eta * lam * theta, mu * times + 1
    return {"mu": mu, "eta": eta, "lambda": lam, "theta": theta, "D": change, "K": times}


@environment("warm-up")
def warm_up():
    d, w, t = 64, 25, 81
    rates = [min(1 / u**0.5, u / w**1.5) / d**0.5 for u in range(1, 200)]
    return {"d": d, "w": w, "t": t, "P": max(rates), "R": rates[t - 1]}


@environment("cosine without a warm-up")
def cosine_without_a_warm_up():
    T, eta = 40, 0.3
    rates = [eta / 2 * (1 + np.cos(np.pi * (t - 1) / T)) for t in range(1, T + 1)]
    return {"T": T, "eta": eta, "S": sum(rates)}


@environment("smallest curvature")
def smallest_curvature():
    low, high = 0.6, 5.0
    after = descend(lambda e: low * e, 1.0, 1 / high, 1)[1]
    return {"kappa": high / low, "q": after}


@environment("power iteration")
def power_iteration():
    """Return the share by which the second part of a vector falls behind the first."""
    values, c, k = np.array([3.0, 2.0]), np.array([1.0, 1.0]), 5
    once = values * c
    for _ in range(k):
        c = values * c
    return {
        "lambda": entries(values), "k": k, "O": (once[1] * once[1]) / (once[0] * once[0]),
        "S": (c[1] * c[1]) / (c[0] * c[0]),
    }  # fmt: skip


@environment("tangent of tanh", l=(1, 2))
def tangent_of_tanh():
    """Return the last term of the second pass for tanh, the slope's slope by differences."""
    Z, D, back = (rng.normal(size=(2, 3, 2)) for _ in range(3))
    h = 1e-5
    bent = (slope(np.tanh, Z + h) - slope(np.tanh, Z - h)) / (2 * h)
    delta = back * slope(np.tanh, Z)
    arrays = {"A": np.tanh(Z), "delta": delta, "dot Z": D, "E": back * bent * D}
    return {name: Family(lambda l, a=a: a[l - 1], 0, 1) for name, a in arrays.items()}


# Normalisation, regression, counts


@environment("batch", s=(1, 2, 3, 4), j=(1, 2))
def batch():
    """Return the derivatives along the paths of batch normalisation, about any centre mu."""
    Z, eps = rng.normal(size=(4, 2)), 0.03
    mu = np.array([0.3, -0.6])
    v = np.array([sum((Z[:, j] - mu[j]) ** 2) / 4 for j in (0, 1)])
    hat = (Z - mu) / np.sqrt(v + eps)

    def by_variance(s, j):
        return slope(lambda v: (Z[s - 1, j - 1] - mu[j - 1]) / (v + eps) ** 0.5, v[j - 1])

    by_mean = [slope(lambda m, j=j: ((Z[:, j] - m) ** 2).sum() / 4, mu[j]) for j in (0, 1)]
    of_variance = gradient(lambda Z: sum(((Z - mu) ** 2).sum(axis=0)) / 4, Z)
    return {
        "z": entries(Z), "mu": entries(mu), "v": entries(v), "varepsilon": eps, "n": 4,
        "hat z": entries(hat), "D": Family(by_variance, 2), "E": entries(np.array(by_mean)),
        "F": entries(of_variance), "sum s": lambda **_: (1, 2, 3, 4),
        "R": entries(hat / (Z - mu)),
    }  # fmt: skip


@environment("running averages", j=(1, 2))
def running_averages():
    v, gamma, eps = np.array([0.7, 1.9]), np.array([1.2, -0.4]), 0.03

    def out(j, z):
        return gamma[j] * (z - 0.1) / (v[j] + eps) ** 0.5

    slopes = np.array([slope(lambda z, j=j: out(j, z), 0.5) for j in (0, 1)])
    return {"gamma": entries(gamma), "bar v": entries(v), "varepsilon": eps, "S": entries(slopes)}


@environment("population", j=(1,))
def population():
    """Return all pairs of a population with the mean 0, and the pairs of a sample of n."""
    numbers = np.array([1.3, -0.4, 0.9, -2.1, 0.3])
    pairs = [a * b for a, b in itertools.permutations(numbers, 2)]
    n = 3
    squares = [np.var(sample) for sample in itertools.product((1.0, -1.0, 0.5), repeat=n)]
    population = np.var([1.0, -1.0, 0.5])
    return {
        "V": only(1, np.mean(numbers**2)), "S": 5, "P": np.mean(pairs), "n": n,
        "Q": len(list(itertools.permutations(range(n), 2))), "F": population / np.mean(squares),
    }  # fmt: skip


@environment("units of a layer")
def units_of_a_layer():
    parameters = [(name, unit) for name in ("gamma", "beta") for unit in range(4)]
    return {"M": Family(lambda l: {2: 4}[l], 1), "l": 2, "K": len(parameters)}


@environment("clipped step")
def clipped_step():
    g, c, eta = np.array([3.0, -4.0]), 2.0, 0.3
    clipped = g / np.linalg.norm(g) * c
    after = descend(lambda _: clipped, np.zeros(2), eta, 1)[1]
    return {"eta": eta, "c": c, "S": np.linalg.norm(after)}


@environment("difference of costs", rtol=1e-5)
def difference_of_costs():
    """Return the error of the central difference of an exponential, and half of its width."""
    h, x = 1e-3, 0.4
    around = (np.exp(x + h), np.exp(x - h))
    error = (around[0] - around[1]) / (x + h - (x - h)) - np.exp(x)
    return {"h": h, "f'''": np.exp(x), "E": error, "W": x + h - (x - h)}


@environment("step of the check", rtol=1e-7)
def step_of_the_check():
    epsilon = 1e-3
    rise = root(lambda h: slope(lambda h: h**2 / 6 + epsilon / h, h), 1e-4, 9)
    return {"varepsilon": epsilon, "h": rise}


@environment("cross-entropy of equal shares")
def cross_entropy_of_equal_shares():
    shares = np.ones(7) / 7
    return {"K": 7, "C": -np.log(shares[2])}


@environment("gain", s=(1, 2, 3), j=(1, 2))
def gain():
    X, G, gamma = rng.normal(size=(3, 2)), rng.normal(size=(3, 2)), np.array([1.2, -0.4])
    parts = [[gradient(lambda g, s=s, j=j: G[s, j] * g[j] * X[s, j], gamma)[j] for j in (0, 1)]
             for s in range(3)]  # fmt: skip

    def partial(above, below):
        assert (above.name, below.name) == ("C", "y")
        return G[tuple(i - 1 for i in below.lower)]

    return {"x": entries(X), "partial": partial, "P": entries(np.array(parts))}


@environment("small input", j=(1, 2))
def small_input():
    """Return the derivative by the weight of an input that is always 0.01."""
    target = rng.normal(size=(3, 2))

    def cost(b, w):
        return sum(((np.tanh(b + 0.01 * w) - target) ** 2).ravel())

    zero = np.zeros((3, 2))
    delta = gradient(lambda Z: ((np.tanh(Z) - target) ** 2).sum(), zero)
    slopes = gradient(lambda w: cost(np.zeros(2), w), np.zeros(2))
    symbols = {"delta": entries(delta), "D": entries(slopes)}
    return symbols | {"sum s": lambda **_: (1, 2, 3)}


@environment("monomials")
def monomials():
    found = [(i, j) for i in range(9) for j in range(9) if i + j == 5]
    up_to = [(i, j) for i in range(9) for j in range(9) if i + j <= 5]
    return {"k": 5, "K": len(found), "d": 5, "S": len(up_to)}


@environment("units of the inputs")
def units_of_the_inputs():
    """Return a design matrix in other units, with the same predictions, and its Hessian."""
    X, D = rng.normal(size=(6, 3)), np.diag([0.5, 2.0, 3.0])
    theta = rng.normal(size=3)
    columns = np.stack([X[:, i] * D[i, i] for i in range(3)], axis=1)
    other = np.array([theta[i] / D[i, i] for i in range(3)])
    bent = [gradient(lambda t: ((columns @ t) ** 2).sum() / 6, unit) for unit in UNITS]
    H = [gradient(lambda t: ((X @ t) ** 2).sum() / 6, unit) for unit in UNITS]
    return {"X": X, "D": D, "tilde theta": other, "y": X @ theta, "H": np.array(H),
            "B": np.array(bent)}  # fmt: skip


@environment("projected noise")
def projected_noise():
    """Return noise in its parts along and across the columns, and sums of equal variances."""
    X, noise, sigma = rng.normal(size=(6, 2)), rng.normal(size=6), 0.7
    basis, _ = np.linalg.qr(X, mode="complete")
    along = basis[:, :2] @ (basis[:, :2].T @ noise)
    kept = sum(sigma * sigma for _ in range(2))
    return {
        "P": basis[:, :2] @ basis[:, :2].T, "varepsilon": noise, "f": along,
        "r": basis[:, 2:] @ (basis[:, 2:].T @ noise), "S": sum((basis[:, :2].T @ noise) ** 2),
        "K": 2, "n": 6, "sigma": sigma, "V": kept, "N": sum(sigma * sigma for _ in range(6)) + kept,
        "M": basis[:, 2:].shape[1],
    }  # fmt: skip


@environment("ridge regression")
def ridge_regression():
    """Return ridge regression with centred columns, and the bias that belongs to it."""
    X, t, w, lam = rng.normal(size=(6, 3)), rng.normal(size=6), rng.normal(size=3), 0.3

    def residuals(w):
        bias = np.mean(t) - np.mean(X, axis=0) @ w
        return t - X @ w - bias

    def cost(w):
        return (residuals(w) ** 2).sum() / 6 + lam / 2 * (w * w).sum()

    penalty = np.real(cost(w)) - (residuals(w) ** 2).sum() / 6
    return {
        "X_c": X - X.mean(axis=0), "t_c": t - t.mean(), "w": w, "w_": entries(w), "n": 6,
        "lambda": lam, "R": residuals(w), "G": gradient(cost, w), "P": penalty,
        "alpha": 6 * lam / 2, "Q": 6 * penalty, "sum i": lambda **_: (1, 2, 3),
    }  # fmt: skip


@environment("alarm")
def alarm():
    """Return the mean costs of silence and of an alarm, over 10 equal cases, 3 of them real."""
    missed, false = 5.0, 2.0
    silent, loud = np.mean([missed] * 3 + [0.0] * 7), np.mean([0.0] * 3 + [false] * 7)
    return {"a": 0.3, r"c_\mathrm{m}": missed, r"c_\mathrm{f}": false, "S": silent, "A": loud}


@environment("many images")
def many_images():
    """Return the variance of the number of successes in four trials, outcome by outcome."""
    p, mean, square = 0.3, 0.0, 0.0
    for outcome in itertools.product((0, 1), repeat=4):
        chance = np.prod([p if success else 1 - p for success in outcome])
        mean, square = mean + chance * sum(outcome), square + chance * sum(outcome) ** 2
    widths = (5, 4, 3)
    products = sum(1 for l in (1, 2) for _ in range(widths[l - 1]) for _ in range(widths[l]))
    counts = {"M": Family(counted(widths), 1), "K": products, "sum l": lambda **_: (1, 2)}
    return counts | {"p": p, "n": 4, "V": square - mean * mean}


@environment("votes")
def votes():
    """Return the pre-activations of a neuron with two inputs, added over opposite corners."""
    w_1, w_2, b = 0.7, -1.1, 0.4

    def z(x_1, x_2):
        return w_1 * x_1 + w_2 * x_2 + b

    return {
        "w": entries(np.array([w_1, w_2])),
        "b": b,
        "S": z(0, 1) + z(1, 0),
        "E": np.array([logistic(0.0) - (x_1 != x_2) for x_1 in (0, 1) for x_2 in (0, 1)]),
    }


def entropy(p: float) -> float:
    """Return the smallest mean cost of one answer to rows of which a share p is true."""

    def cost(a):
        return -p * np.log(a) - (1 - p) * np.log(1 - a)

    return cost(root(lambda a: slope(cost, a), 1e-6, 1 - 1e-6))


@environment("entropy")
def entropies():
    """Return the mean cost of four rows of which some have one common answer."""
    a = 0.6
    costs = [-np.log(a)] * 3 + [-np.log(1 - a)] * 7
    return {
        "H": entropy, "a": a, "p": 0.3, "C": np.mean(costs), "O": -np.log(logistic(0.0)),
        "T": (entropy(0.5) * 2 + 0 + 0) / 4, "D": (entropy(1 / 3) * 3 + 0) / 4,
    }  # fmt: skip


@environment("correlated scores")
def correlated_scores():
    """Return scores with a common part and parts of their own, and averages over all signs."""
    k, common, own, mu = 3, 0.6, 0.9, 0.4
    variance, spread, mean_squares = common**2 + own**2, [], []
    for signs in itertools.product((1, -1), repeat=k + 1):
        a = np.array([mu + common * signs[0] + own * sign for sign in signs[1:]])
        spread.append(((a - a.mean()) ** 2).sum())
        mean_squares.append(a.mean() - mu)
    a = np.array([0.3, -0.8, 1.1])
    return {
        "k": k, "sigma": variance**0.5, "mu": mu, "V": np.mean(np.square(mean_squares)),
        "rho": common**2 / variance, "Q": np.mean(spread), "S": np.mean(spread) / k / (k - 1),
        "C": common * common, "O": own * own, "a": entries(a), "bar a": a.mean(),
        "sum i": lambda **_: (1, 2, 3), "D": sum((value - a.mean()) ** 2 for value in a),
    }  # fmt: skip


@environment("quarter of a swing", rtol=1e-7)
def quarter_of_a_swing():
    """Return the integral of the pendulum by Gauss, and the arithmetic-geometric mean."""
    a, b = 1.3, 0.7

    def agm(x, y):
        for _ in range(9):
            x, y = (x + y) / 2, (x * y) ** 0.5
        return x

    nodes, weights = np.polynomial.legendre.leggauss(200)
    end = np.arccos(0.0)
    u = end * (nodes + 1) / 2
    integral = end / 2 * sum(weights / np.hypot(a * np.cos(u), b * np.sin(u)))
    return {
        "a": a,
        "b": b,
        "agm": agm,
        "I": integral,
        "U": end,
        "u": u[7],
        "N": abs(a * np.cos(u[7]) + 1j * b * np.sin(u[7])) ** -1,
    }


@environment("pendulum in u", rtol=1e-6)
def pendulum_in_u():
    """Return the integrand in u, from the integrand in the angle by the derivative."""
    theta_0, u, g, l = 1.1, 0.7, 9.81, 1.3

    def angle(u):
        return 2 * np.arcsin(np.sin(theta_0 / 2) * np.sin(u))

    h = 1e-5
    rate = (angle(u + h) - angle(u - h)) / (2 * h)
    speed = (2 * g / l * (np.cos(angle(u)) - np.cos(theta_0))) ** 0.5
    scale = (l / g) ** 0.5
    return {"theta_0": theta_0, "u": u, "l": l, "g": g, "I": rate / speed / scale,
            "F": 4 * scale}  # fmt: skip


@environment("comet")
def comet():
    """Return the work of the attraction from far away, and of a force that speeds up a mass."""
    r, v = 1.7, 0.8
    nodes, weights = np.polynomial.legendre.leggauss(60)
    steps_of_speed = v * (nodes + 1) / 2
    far = 1e6  # the work from here on is left out: one over it
    distances = np.exp(np.log(r) + (np.log(far) - np.log(r)) * (nodes + 1) / 2)
    work = sum(weights / 2 * (np.log(far) - np.log(r)) / distances)
    return {"r": r, "v": v, "P": -work - 1 / far, "E": sum(weights / 2 * v * steps_of_speed)}


@environment("clipped probability")
def clipped_probability():
    return {"C": np.log(1e7), "O": float("0.9999999")}


@environment("glorot of a layer")
def glorot_of_a_layer():
    """Return the limit of uniform weights whose variance is Glorot's for 100 and 30 units."""
    return {"r": root(lambda r: r * r / 3 - 2 / 130, 0, 9)}


@environment("squares of two weights")
def squares_of_two_weights():
    w = np.array([1.0, -2.0])
    return {"g": gradient(lambda w: w[0] ** 2 + w[1] ** 2, w)}


@environment("kepler")
def kepler():
    """Return the derivative of E - epsilon sin E by M, through E, without the equation's own."""
    epsilon, E, rate = 0.3, 1.2, 1.7
    left = np.imag((E + 1j * H * rate) - epsilon * np.sin(E + 1j * H * rate)) / H
    return {
        "epsilon": epsilon,
        "E": E,
        "D": left,
        "partial": lambda *symbols: {"E M": rate}[" ".join(s.name for s in symbols)],
    }


@environment("period")
def period():
    """Return angular frequency and period of the oscillator, from the places of its zeros."""
    eta = 0.01
    first = root(lambda t: -np.cos(eta**0.5 * t), 0, 20)
    return {"eta": eta, "T": 4 * first, "F": np.arccos(0.0) / first}


@environment("longer limit")
def longer_limit():
    """Return the limit for PyTorch, which divides by the length plus 1e-6, for the length c."""
    g, c = np.array([3.0, -4.0]), 2.0
    limit = root(lambda limit: np.linalg.norm(g * limit / (5.0 + 1e-6)) - c, 0, 9)
    return {"g": g, "c": c, "l": limit}


@environment("gain of a leaky rectifier", rtol=1e-7)
def gain_of_a_leaky_rectifier():
    """Return the gain that keeps the mean square, for the slope a below zero."""
    a = 0.3
    square = expectation(np.where(NODES > 0, NODES, a * NODES) ** 2)
    return {"a": a, "G": root(lambda g: g * g * square - 1, 0, 9), "T": 3**-0.5}


@environment("pairs of units")
def pairs_of_units():
    """Count multiplications and additions of a product, pair by pair."""
    pairs = list(itertools.product(range(7), range(4), range(3), ("multiply", "add")))
    return {"n": 7, "M": Family({1: 4, 2: 3}.__getitem__, 1), "l": 2, "F": len(pairs)}


@environment("gradients back")
def gradients_back():
    """Return the gradients that operations hand to their operands, by complex steps."""
    A, B, U, Z = (rng.normal(size=(3, 3)) for _ in range(4))
    return {
        "A": A, "B": B, "U": U, "Z": Z, "varphi'": lambda z: slope(np.tanh, z),
        "S": np.array([list(map(sum, zip(*rows, strict=True))) for rows in zip(A, B, strict=True)]),
        "M": gradient(lambda A: (U * A * B).sum(), A),
        "N": gradient(lambda B: (U * A * B).sum(), B),
        "P": gradient(lambda A: (U * (A @ B)).sum(), A),
        "R": gradient(lambda B: (U * (A @ B)).sum(), B),
        "E": gradient(lambda Z: (U * np.tanh(Z)).sum(), Z),
        "u": 0.7, "m": 9, "D": gradient(lambda A: 0.7 * A.mean(), A)[0, 0],
    }  # fmt: skip


@environment("scale and shift", j=(1, 2))
def scale_and_shift():
    hat, U = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    by_scale = gradient(lambda gamma: (U * (gamma * hat + 0.3)).sum(), np.array([1.2, -0.4]))
    by_shift = gradient(lambda beta: (U * (hat + beta)).sum(), np.array([0.1, 0.7]))
    symbols = {"hat z": entries(hat), "u": entries(U), "sum s": lambda **_: (1, 2, 3)}
    return symbols | {"G": entries(by_scale), "B": entries(by_shift)}


@environment("deep and wide")
def deep_and_wide():
    """Return the standard deviation of a weight, and what differs behind a unit."""
    sigma_w, M, d = 1.3, 40, 1e-3
    return {
        "sigma_w": sigma_w, "M": M, "z": 0.4, "d": d, "varphi'": lambda z: slope(np.tanh, z),
        "s": root(lambda s: sum(s * s for _ in range(M)) - sigma_w * sigma_w, 0, 9),
        "D": np.imag(np.tanh(0.4 + 1j * H * d)) / H,
    }  # fmt: skip


@environment("memory")
def memory():
    r, L = 3.0, 48.0
    return {"r": r, "L": L, "S": min(L / k + r * k for k in np.linspace(3.9, 4.1, 201)),
            "A": sum(r for _ in range(48))}  # fmt: skip
