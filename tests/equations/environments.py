r"""What the symbols of the inline formulas stand for, by name.

Each environment is a small world with arbitrary numbers: one neuron, a layer, a valley.  Its values are
computed here, step by step or by complex steps, not by the package and not by the formula that is checked.
Conditions are checked at their edge: they hold just inside (``values``) and not just outside (``fails``).
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
from inline import cells
from network import BATCH, ONE, PHI, L, M, T, W, X, b, lecture, logistic, n, slope
from printed import Family, Printed, Symbol, entries, tokens_of

H = 1e-30
NEAR = 1e-6  # how near to an edge a condition is tried
rng = np.random.default_rng(23)


@dataclass
class Environment:
    """Values of symbols, ranges of free indices, and values for which a condition fails."""

    values: list[dict]
    free: dict = field(default_factory=dict)
    fails: list[dict] = field(default_factory=list)
    rtol: float = 1e-9

    def check(self, latex: str) -> None:
        """Assert that a formula holds for the values, and not for those for which it should fail."""
        text = "".join(latex.split())
        free = {
            letter: numbers
            for letter, numbers in self.free.items()
            if letter in tokens_of(latex) and not any(f"\\sum_{b}{letter}" in text for b in ("", "{"))
        }
        for values in self.values:
            Printed(latex, latex).holds(values, self.rtol, zeros=True, **free)
        for values in self.fails:
            try:
                Printed(latex, latex).holds(values, self.rtol, zeros=True, **free)
            except AssertionError:
                continue
            raise AssertionError(f"{latex} holds beyond the edge")


ENVIRONMENTS: dict[str, Environment] = {}


def environment(name: str, *, fails=(), rtol=1e-9, **free) -> Callable:
    """Register the values that a function returns: a dictionary, or a list of several."""

    def register(function):
        values = function()
        values = values if isinstance(values, list) else [values]
        ENVIRONMENTS[name] = Environment(values, free, list(fails), rtol)
        return function

    return register


def edge(name: str, make: Callable, inside: float, outside: float, true: Callable) -> None:
    """Register a condition: ``make(u)`` just inside and just outside the ``u`` where ``true`` ends."""
    for _ in range(200):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if true(middle) else (inside, middle)
    step = NEAR * (1 if outside >= inside else -1) * max(1.0, abs(inside))
    at = ENVIRONMENTS.setdefault(name, Environment([], rtol=1e-12))
    at.values.append(make(inside - step))
    at.fails.append(make(inside + step))


def root(function: Callable, low: float, high: float) -> float:
    """Return a root of a function that rises between two points."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if function(middle) > 0 else (middle, high)
    return low


def steps(**functions: Callable) -> dict:
    """Calculate step by step; return the values, and ``partial`` and ``d`` by complex steps.

    Each step is a function of the values before it.  A symbol with an index is called ``z_1`` here.
    """

    def calculate(what="", change=0.0):
        values = {}
        for name, function in functions.items():
            values[name] = function(values) + (change if name == what else 0.0)
        return values

    def partial(above: Symbol, below: Symbol):
        names = ["_".join([s.name, *("".join(map(str, s.lower)),) * bool(s.lower)]) for s in (above, below)]
        if any(name not in functions for name in names):
            raise LookupError(f"no step is called {names}")
        return np.imag(calculate(names[1], 1j * H)[names[0]]) / H

    return calculate() | {"partial": partial, "d": partial}


def counted(values) -> Callable:
    """Return the function that gives the values, counted from 0."""

    def value(n):
        if n < 0:
            raise IndexError(f"the index {n} is negative")
        return values[n]

    return value


def only(index: int, value) -> Family:
    """Return the symbol that has a value at one index alone."""
    return Family(lambda i: {index: value}[i], 1)


def number(value: float) -> Callable:
    """Return a step that gives a number."""
    return lambda v: value


# Numbers and functions


@environment("numbers")
def numbers():
    return {}


FUNCTIONS = {
    "sigma": logistic,
    "sigma'": lambda z: slope(logistic, z),
    "r": lambda z: z if z > 0 else 0.0,
}


@environment("functions")
def functions():
    return [{**FUNCTIONS, "z": z, "x": z} for z in (-1.3, 0.4, 2.1)]


@environment("far from zero")
def far():
    return [{**FUNCTIONS, "z": z} for z in (-18.0, 18.0)]


@environment("values of functions")
def values_of_functions():
    z, h = 0.83, 1e-4
    second = (slope(np.tanh, z + h) - slope(np.tanh, z - h)) / (2 * h)
    values = {"z": z, "sigma": logistic(z), "sigma'": slope(logistic, z)}
    return values | {"varphi": np.tanh(z), "varphi'": slope(np.tanh, z), "varphi''": second}


# Networks


def indexed(arrays, sub=2) -> Family:
    return Family(lambda *i: arrays[i[-1]][tuple(k - 1 for k in i[:-1])], sub, 1)


def by_layer(name):
    return [BATCH.values.get((name, l)) for l in range(L + 1)]


def in_network(above: Symbol, below: Symbol):
    key = below.name if below.name == "b" else below.name.upper()
    index = tuple(i - 1 for i in below.lower)
    if above.name == "C":
        return BATCH.gradient[key, below.upper[0]][index]
    of = (above.name.upper(), *above.upper)
    return BATCH.differentiate((key, *below.upper), of)[(*index, *(i - 1 for i in above.lower))]


@environment("network", l=(1, 2, 3), s=(1, 4), i=(1, 2), j=(1, 2), k=(1, 2))
def network():
    delta = [BATCH.gradient.get(("Z", l)) for l in range(L + 1)]
    families = {
        name: Family(lambda l, arrays=arrays: arrays[l], 0, 1)
        for name, arrays in {"Z": by_layer("Z"), "A": by_layer("A"), "W": W, "delta": delta}.items()
    }
    return families | {
        "b": Family(lambda l: b[l], 0, 1),
        "z": indexed(by_layer("Z")),
        "a": indexed(by_layer("A")),
        "w": indexed(W),
        "b_": indexed(b, 1),
        "delta_": indexed(delta),
        "x": entries(X),
        "t": entries(T),
        "varphi": Family(lambda l: PHI[l], 1),
        "varphi'": Family(lambda l: lambda z: slope(PHI[l], z), 1),
        "partial": in_network,
        "M": Family(lambda l: M[l], 1),
        "sum k": lambda l, **_: range(1, M[l + 1] + 1),
        "X": X,
        "T": T,
        "G": BATCH.gradient["A", L],
        "L": L,
        "n": n,
    }


@environment("one column", l=(1, 2, 3))
def one_column():
    columns = {
        "z": [None, *(BATCH.values["Z", l][2][:, None] for l in range(1, L + 1))],
        "a": [BATCH.values["A", l][2][:, None] for l in range(L + 1)],
        "b": [None, *(row[:, None] for row in b[1:])],
        "W": W,
    }
    return {name: Family(lambda l, a=arrays: a[l], 0, 1) for name, arrays in columns.items()}


def with_biases(env: dict) -> dict:
    """Add the biases after an update, and the input of the sample."""
    after = [ONE.gradient.get(("b", l)) for l in range(L + 1)]
    after = [None, *(b[l] - env["eta"] * after[l].reshape(-1) for l in range(1, L + 1))]
    env["after"] = env["after"] | {"b": indexed(after, 1)}
    return env | {"x": entries(ONE.X[0])}


FREE = {"l": (1, 3), "i": (1, 2), "j": (1, 2), "k": (1, 2)}  # where the lecture's sigma is in use


@environment("lecture, receiver first", **FREE)
def receiver_first():
    return with_biases(lecture("its $w_{jk}$ is our $w_{kj}$"))


@environment("lecture, sender first", **FREE)
def sender_first():
    return with_biases(lecture("its $w_{jk}$ is our $w_{jk}$"))


@environment("layer", j=(1, 2, 3))
def layer():
    """Return one layer and a cost of its activations; the sender's activations are a_i."""
    W, b, a = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=4)
    functions = {f"a_{i}": number(a[i - 1]) for i in range(1, 5)}
    functions |= {f"b_{j}": number(b[j - 1]) for j in range(1, 4)}
    for j in range(1, 4):
        functions[f"z_{j}"] = lambda v, j=j: (
            sum(v[f"a_{i}"] * W[i - 1, j - 1] for i in range(1, 5)) + v[f"b_{j}"]
        )
    functions["C"] = lambda v: sum(np.sin(j * v[f"z_{j}"]) for j in range(1, 4))
    env = steps(**functions)
    delta = [env["partial"](Symbol("C"), Symbol("z", (j,))) for j in range(1, 4)]
    env |= {"w": entries(W), "sum i": lambda **_: range(1, 5), "delta": entries(np.array(delta))}
    return env | {"a": entries(a), "b": entries(b), "z": entries(np.array(a @ W + b))}


@environment("tanh layer", j=(1, 2, 3))
def tanh_layer():
    z = rng.normal(size=3)
    a = entries((np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)))
    return {"z": entries(z), "a": a, "varphi": np.tanh}


@environment("two outputs", j=(1, 2, 3))
def two_outputs():
    z, w = rng.normal(size=3), rng.normal(size=(3, 2))
    functions = {f"z_{j}": number(z[j - 1]) for j in (1, 2, 3)}
    for k in (1, 2):
        functions[f"y_{k}"] = lambda v, k=k: sum(
            np.tanh(v[f"z_{j}"]) * w[j - 1, k - 1] for j in (1, 2, 3)
        )
    functions["C"] = lambda v: np.sin(v["y_1"]) + np.exp(v["y_2"])
    partial = steps(**functions)["partial"]

    def delta(j, l):
        return partial(Symbol("C"), Symbol({1: "z", 2: "y"}[l], (j,)))

    return {
        "w": Family(lambda j, k, l: {2: w}[l][j - 1, k - 1], 2, 1),
        "z": Family(lambda j, l: {1: z}[l][j - 1], 1, 1),
        "delta": Family(delta, 1, 1),
        "varphi'": only(1, lambda z: slope(np.tanh, z)),
    }


@environment("log cosh", s=(1, 2, 3), j=(1, 2))
def log_cosh():
    A, T = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))

    def cost(A):
        return sum(np.log((np.exp(d) + np.exp(-d)) / 2) for d in (A - T).ravel()) / 3

    def partial(above, below):
        assert below.upper == (9,)
        change = np.zeros((3, 2), dtype=complex)
        change[tuple(i - 1 for i in below.lower)] = 1j * H
        return np.imag(cost(A + change)) / H

    symbols = {"a": Family(lambda s, j, L: {9: A}[L][s - 1, j - 1], 2, 1), "t": entries(T)}
    return symbols | {"C": cost(A), "n": 3, "L": 9, "M": Family(lambda l: 2, 1), "partial": partial}


# One neuron, and a chain of neurons


def neuron_steps(cost: Callable, function=logistic) -> dict:
    return steps(
        x=number(0.8), w=number(0.6), b=number(-0.3), t=number(0.45),
        z=lambda v: v["w"] * v["x"] + v["b"],
        a=lambda v: function(v["z"]),
        C=lambda v: cost(v["a"], v["t"]),
    )  # fmt: skip


def with_error(env: dict, function=logistic) -> dict:
    error = env["partial"](Symbol("C"), Symbol("a")) * slope(function, env["z"])
    return env | FUNCTIONS | {"delta": error, "varphi": function}


def logistic_cost(a, t):
    return -t * np.log(a) - (1 - t) * np.log(1 - a)


@environment("neuron")
def neuron():
    env = with_error(neuron_steps(lambda a, t: (a - t) ** 2 / 2))
    x, z, t = env["x"], env["z"], env["t"]
    on_the_line = root(lambda c: logistic(z + c * (x * x + 1)) - t, -9, 9)
    return env | {"c": on_the_line}


@environment("logistic cost")
def crossed():
    return with_error(neuron_steps(logistic_cost))


@environment("logistic cost for tanh")
def crossed_tanh():
    def cost(a, t):
        return logistic_cost((1 + a) / 2, (1 + t) / 2) - np.log(2)

    return with_error(neuron_steps(cost, np.tanh), np.tanh)


@environment("at the target")
def at_the_target():
    return {"t": 0.3, "z": root(lambda z: logistic(z) - 0.3, -9, 9), "sigma": logistic}


@environment("samples", s=(1, 2, 3))
def samples():
    x, t, w, b = rng.normal(size=3), rng.uniform(size=3), 0.7, -0.2
    functions = {f"z_{s}": number(w * x[s - 1] + b) for s in (1, 2, 3)}
    functions["C"] = lambda v: sum((logistic(v[f"z_{s}"]) - t[s - 1]) ** 2 for s in (1, 2, 3)) / 6
    env, z = steps(**functions), w * x + b
    delta = (logistic(z) - t) * logistic(z) * (1 - logistic(z)) / 3
    values = {"delta": entries(delta), "z": entries(z), "a": entries(logistic(z)), "sigma": logistic}
    return {name: env[name] for name in ("partial", "C")} | values


for inside, outside in ((0.5, 5.0), (0.5, -1.0)):
    edge(
        "no overshoot", lambda eta: {"eta": eta, "x": 0.8}, inside, outside,
        lambda eta: abs(1 - eta * (0.8**2 + 1)) < 1,
    )  # fmt: skip


def chain_env(function=logistic) -> dict:
    env = steps(
        a_0=number(0.7), w_1=number(1.3), b_1=number(-0.4), w_2=number(-0.9), b_2=number(0.2),
        t=number(0.35),
        z_1=lambda v: v["w_1"] * v["a_0"] + v["b_1"], a_1=lambda v: function(v["z_1"]),
        z_2=lambda v: v["w_2"] * v["a_1"] + v["b_2"], a_2=lambda v: function(v["z_2"]),
        C=lambda v: (v["a_2"] - v["t"]) ** 2 / 2,
    )  # fmt: skip
    delta_2 = (env["a_2"] - env["t"]) * slope(function, env["z_2"])
    delta = [delta_2 * env["w_2"] * slope(function, env["z_1"]), delta_2]
    slopes = [slope(function, env[f"z_{l}"]) for l in (1, 2)]
    env |= {"delta": entries(np.array(delta)), "sigma'": entries(np.array(slopes))}
    return env | {"x": env["a_0"], "y": env["t"]}


@environment("chain")
def chain():
    return chain_env()


def growth(size: float) -> Callable:
    return lambda z: {
        "w": -size, "z": z, "w_": only(4, -size), "z_": only(3, z),
        "l": 3, "sigma'": FUNCTIONS["sigma'"],
    }  # fmt: skip


for outside in (9.0, -9.0):
    edge("growth", growth(8.0), 0.0, outside, lambda z: 8 * slope(logistic, z) > 1)
EDGE = root(lambda z: 1 - 8 * slope(logistic, z), 0, 9)


@environment("edge of growth")
def edge_of_growth():
    return growth(8.0)(EDGE)


edge(
    "any growth", lambda w: {"w": -w, "w_": only(4, -w), "l": 3}, 9.0, 0.0,
    lambda w: w * slope(logistic, 0.0) > 1,
)  # fmt: skip
edge("any growth, tanh", lambda w: {"w": -w}, 9.0, 0.0, lambda w: w * slope(np.tanh, 0.0) > 1)


def statement(page: str, start: str) -> ast.expr:
    """Return the expression of a statement of a page that begins with ``start``."""
    for cell in cells(page):
        for node in ast.parse("".join(cell["source"])).body:
            if ast.unparse(node).startswith(start):
                return node.value
    raise LookupError(f"no statement of {page} begins with {start}")


@environment("sensor")
def sensor():
    """Return the parameters of the curve that the page's cell has, without its noise."""
    code = compile(ast.Expression(statement("07-hidden-layer", "T = 1.0 +")), "07", "eval")
    silent = SimpleNamespace(standard_normal=lambda size: 0.0)

    def curve(x):
        return eval(code, {"np": np, "X": x, "rng": silent})

    low, high = curve(-400.0), curve(400.0)

    def pre_activation(x):
        share = (curve(x) - low) / (high - low)
        return np.log(share / (1 - share))

    b_1 = pre_activation(0.0)
    return {"w_1": pre_activation(1.0) - b_1, "b_1": b_1, "w_2": high - low, "b_2": low}


@environment("every activation one half")
def one_half():
    w = 7.3
    return {"w": w, "b_": Family(lambda l: root(lambda b: logistic(w * 0.5 + b) - 0.5, -9, 9), 1), "l": 2}


edge(
    "share that is left",
    lambda share: {"share": share, "w": 0.8, "s": 0.7, "L": 6, "delta": Family(lambda l: {1: (0.8 * 0.7) ** 5 * 3, 6: -3}[l], 1)},
    0.0, 1.0, lambda share: share < np.prod([0.8 * 0.7] * 5),
)  # fmt: skip


RIDGE = compile(ast.Expression(statement("08-two-two-one", "T = np.exp(")), "08", "eval")


def target(first: float, second: float = -0.4) -> float:
    """Return the target at a place, by the page's cell."""
    return eval(RIDGE, {"np": np, "X": np.array([[first, second]])}).item()


TOP = root(lambda first: target(first - 0.5) - target(first + 0.5), -2, 2)


@environment("ridge")
def ridge():
    """Return a place and its target; u says how far it is from the ridge."""
    return {"x": entries(np.array([0.9, -0.4])), "u": 0.9 - TOP, "t": target(0.9)}


@environment("top of the ridge")
def top_of_the_ridge():
    return {"x": entries(np.array([TOP, -0.4]))}


@environment("two-two-one by hand")
def by_hand():
    W1, b1 = np.array([[0.5, -1.0], [1.0, 0.5]]), np.array([-0.5, 0.5])
    x, W2, b2, t = np.array([2.0, 1.0]), np.array([[2.0], [-3.0]]), -1.0, 0.5
    z = [sum(x[i] * W1[i, j] for i in (0, 1)) + b1[j] for j in (0, 1)]
    a = [max(value, 0.0) for value in z]
    error = a[0] * W2[0, 0] + a[1] * W2[1, 0] + b2 - t
    values = {"x": x, "t": t, "eta": 0.1, "W^1": W1, "b^1": b1, "W^2": W2, "b^2": b2}
    values |= {f"{name}_{j}^1": array[j - 1] for name, array in (("z", z), ("a", a)) for j in (1, 2)}
    values |= {f"delta_{j}^1": error * W2[j - 1, 0] * (z[j - 1] > 0) for j in (1, 2)}
    return values | {"delta_1^2": error}


# The chain rule and its calculation by machine


@environment("straight line")
def straight_line():
    theta, x = (0.4, -1.7), rng.normal(size=6)
    X = np.stack([np.ones(6), x], axis=1)
    fit = np.array([theta[0] + theta[1] * value for value in x])
    return {"theta": np.array(theta), "theta_": entries(np.array(theta)), "X": X, "tilde y": fit}


@environment("steps of f")
def steps_of_f():
    env = steps(
        x=number(1.1),
        a=lambda v: v["x"] * v["x"],
        b=lambda v: np.exp(v["a"]),
        c=lambda v: v["a"] + v["b"],
        d=lambda v: np.sqrt(v["c"]),
        f=lambda v: v["d"],
    )
    return env


@environment("many variables")
def many_variables():
    x = rng.normal(size=5)
    s = sum(value * value for value in x)
    b = np.e**s
    return {"x": entries(x), "n": 5, "s": s, "b": b, "c": b + s, "d": (b + s) ** 0.5, "i": 1j, "h": 0.3}


@environment("ideal gas")
def ideal_gas():
    """Return a gas at constant pressure: V follows T."""
    env = steps(T=number(300.0), R=number(8.3), p_0=number(9.0), x=lambda v: v["T"], V=lambda v: v["R"] * v["T"] / v["p_0"], y=lambda v: v["V"])
    local = steps(T=number(300.0), V=number(env["V"]), p=lambda v: 8.3 * v["T"] / v["V"])
    return env | {"partial": local["partial"], "p": lambda T, V: T / V * 8.3}


@environment("polar")
def polar():
    point = 1.7 * np.exp(0.6j)
    return {"r": abs(point), "vartheta": np.angle(point), "x": point.real, "y": point.imag}


@environment("repeated tanh", n=(1, 2, 3), k=(1, 2, 3))
def repeated_tanh():
    def ys(w):
        result = [0.9]
        for _ in range(3):
            result.append(np.tanh(w * result[-1]))
        return result

    slopes = np.imag(ys(0.7 + 1j * H)) / H
    symbols = {"y": Family(counted(ys(0.7)), 1), "y'": Family(counted(slopes), 1)}
    return symbols | {"w": 0.7, "x": 0.9}


@environment("length", k=(1, 2, 3))
def length():
    """Return a vector, its direction, and the derivatives of its length."""
    x = np.array([0.3, -1.2, 0.5])
    size = np.sqrt(x @ x)
    return {"x": x, "x_": entries(x), "y": x / size, "y_": entries(x / size), "sum i": lambda **_: (1, 2, 3)}


@environment("composed")
def composed():
    x = 0.8
    u = np.imag(np.exp(1j * x))
    return {"x": x, "u": u, "f": u * u * u, "y": 1.7, "q": x * 1.7**-1, "p": np.exp(1.7 * np.log(x))}


@environment("staircase", i=(1, 2, 3), j=(1, 2))
def staircase():
    N, u, w, b, x = 7, 0.2, rng.normal(size=2), rng.normal(size=2), rng.normal(size=3)
    k = root(lambda k: k / 4 - N, 0, 100)  # the slope of the step, k / 4, is one over its length
    features = np.array([[np.prod([w[j] * x[i] + b[j]] * 3) for j in (0, 1)] for i in (0, 1, 2)])
    values = {"N": N, "h": 1 / N, "k": k, "u": u, "v": u + 1 / N, "x": 0.0, "m_1": 0.5 / N}
    return values | {"Phi": entries(features), "w": entries(w), "b": entries(b), "x_": entries(x), "m": 3}


@environment("at the step")
def at_the_step():
    return {"k": 9.0, "b": -2.5, "x": root(lambda x: logistic(9 * x - 2.5) - 0.5, -9, 9)}


def variances(units: Callable, variance: Callable) -> dict:
    """Return the symbols of Var(w^l): the argument is the number of the layer itself."""
    return {"M": Family(units, 1), "w": Family(lambda l: l, 0, 1), "Var": variance}


@environment("kept forwards", l=(1, 2, 3))
def kept_forwards():
    """Return the variances with which the mean square of linear units is kept by a layer."""
    senders = counted([5, 3, 4, 6])

    def variance(l):
        return root(lambda v: sum(v for _ in range(senders(l - 1))) - 1, 0, 9)

    return variances(senders, variance)


@environment("kept backwards", l=(1, 2, 3))
def kept_backwards():
    receivers = counted([5, 3, 4, 6])

    def variance(l):
        return root(lambda v: sum(v for _ in range(receivers(l))) - 1, 0, 9)

    return variances(receivers, variance)
