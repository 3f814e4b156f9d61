r"""What the symbols of the inline formulas stand for, by name.

Each environment is a small world with arbitrary numbers: one neuron, a layer, a valley.  Its
values are computed here, step by step or by complex steps, neither by the package nor by the
formula that is checked; where a formula defines a letter, in another form.  Conditions are checked
at their edge: they hold just inside (``values``) and not just outside (``fails``).
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
from inline import cells
from network import BATCH, ONE, PHI, L, M, T, W, X, b, lecture, logistic, n, slope
from printed import Family, Parser, Printed, Symbol, entries, tokens_of

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
        """Assert that a formula holds where it should, and fails where it should."""
        text = "".join(latex.split())
        free = {
            letter: numbers
            for letter, numbers in self.free.items()
            if letter in tokens_of(latex)
            and not any(f"\\sum_{b}{letter}" in text for b in ("", "{"))
        }
        for values in self.values:
            Printed(latex, latex).holds(values, self.rtol, zeros=True, **free)
        for values in self.fails:
            try:
                Printed(latex, latex).holds(values, self.rtol, zeros=True, **free)
            except AssertionError:
                continue
            raise AssertionError(f"{latex} holds beyond the edge")


@dataclass
class Range:
    r"""The values that an index takes, for ``l = L-1, \\dots, 1``; of an endless one, the first."""

    numbers: dict
    expected: list[int]

    def check(self, latex: str) -> None:
        """Assert that the printed range has the expected values."""
        _, printed = latex.replace(r"\ldots", r"\dots").split("=")
        first, end = (part.strip(" ,") for part in printed.split(r"\dots"))

        def value(text):
            return Parser(tokens_of(text)).whole_expression()({"indices": {}, **self.numbers})

        given = [value(part) for part in first.split(",")]
        step = -1 if end and value(end) < given[0] else 1
        values = list(range(given[0], value(end) + step, step)) if end else given
        assert given == values[: len(given)]
        assert values == (self.expected if end else self.expected[: len(given)])
        assert end or len(self.expected) > len(given)


ENVIRONMENTS: dict[str, Environment | Range] = {}


def environment(name: str, *, rtol=1e-9, **free) -> Callable:
    """Register the values that a function returns: a dictionary, or a list of several."""

    def register(function):
        values = function()
        values = values if isinstance(values, list) else [values]
        ENVIRONMENTS[name] = Environment(values, free, rtol=rtol)
        return function

    return register


def edge(name: str, make: Callable, inside: float, outside: float, true: Callable) -> None:
    """Register a condition: ``make(u)`` on both sides of the ``u`` at which ``true`` ends."""
    before = None
    while (inside, outside) != before:  # until no number is left between them
        before, middle = (inside, outside), (inside + outside) / 2
        inside, outside = (middle, outside) if true(middle) else (inside, middle)
    step = NEAR * (1 if outside >= inside else -1) * max(1.0, abs(inside))
    at = ENVIRONMENTS.setdefault(name, Environment([], rtol=1e-12))
    at.values.append(make(inside - step))
    at.fails.append(make(inside + step))


def root(function: Callable, low: float, high: float) -> float:
    """Return a root of a function that rises between two points."""
    before = None
    while (low, high) != before:  # until no number is left between them
        before, middle = (low, high), (low + high) / 2
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
        names = [
            "_".join([s.name, *("".join(map(str, s.lower)),) * bool(s.lower)])
            for s in (above, below)
        ]
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
    "f": lambda x: (x * x + np.exp(x * x)) ** 0.5,
}


@environment("functions")
def functions():
    return [{**FUNCTIONS, "z": z, "x": z, "u": z, "p": z, "t": 0} for z in (-1.3, 0.4, 2.1)]


@environment("far from zero")
def far():
    return [{**FUNCTIONS, "z": z} for z in (-18.0, 18.0)]


@environment("values of functions", rtol=1e-7)
def values_of_functions():
    z, h = 0.83, 1e-4
    second = (slope(np.tanh, z + h) - slope(np.tanh, z - h)) / (2 * h)
    values = {"z": z, "sigma": logistic(z), "sigma'": slope(logistic, z)}
    values["d"] = lambda above, below: values["sigma'"]
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
        "V": Family(lambda l: np.array([[row[j] for row in W[l]] for j in range(M[l])]), 0, 1),
        "L": L,
        "n": n,
    }


def all_but_the_first(layers: list) -> list[int]:
    return [l for l, layer in enumerate(layers) if layer is not None]


LAYERS = {"L": L}
ENVIRONMENTS["layers and inputs"] = Range(LAYERS, list(range(len(by_layer("A")))))
ENVIRONMENTS["layers"] = Range(LAYERS, all_but_the_first(W))
ENVIRONMENTS["layers backwards"] = Range(LAYERS, all_but_the_first(W)[::-1])
ENVIRONMENTS["hidden layers backwards"] = Range(LAYERS, all_but_the_first(W)[-2::-1])
ENVIRONMENTS["all samples"] = Range({"n": n}, [s + 1 for s in range(len(X))])
ENVIRONMENTS["counting"] = Range({}, [1, 2, 3])
ENVIRONMENTS["digits"] = Range({}, [int(digit) for digit in "0123456789"])
ENVIRONMENTS["inner points"] = Range(
    {"N": 7}, [int(7 * x + 0.5) for x in np.linspace(0, 1, 8)[1:-1]]
)
ENVIRONMENTS["updates of a warm-up"] = Range({"w": 3}, [t for t in range(1, 9) if t / 3 <= 1])
ENVIRONMENTS["updates after it"] = Range({"w": 3, "T": 8}, [t for t in range(1, 9) if t / 3 > 1])


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
    values = {"z": entries(z), "a": a, "varphi": np.tanh}
    return values | {"varphi'": lambda z: slope(np.tanh, z)}


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
    values = {
        "delta": entries(delta),
        "z": entries(z),
        "a": entries(logistic(z)),
        "sigma": logistic,
    }
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
    return {
        "w": w,
        "b_": Family(lambda l: root(lambda b: logistic(w * 0.5 + b) - 0.5, -9, 9), 1),
        "l": 2,
    }


ERRORS = {1: 3 * np.prod([0.8 * 0.7] * 5), 6: -3}  # of the first and the last neuron
SHARE = {"w": 0.8, "s": 0.7, "L": 6, "delta": Family(ERRORS.__getitem__, 1)}
edge(
    "share that is left", lambda share: {"share": share, **SHARE}, 0.0, 1.0,
    lambda share: share < np.prod([0.8 * 0.7] * 5),
)  # fmt: skip


def ridge_top() -> tuple[float, float]:
    """Return the first input at the top of the ridge, and the target at 0.9, by the page's cell."""
    code = compile(ast.Expression(statement("08-two-two-one", "T = np.exp(")), "08", "eval")

    def target(first):
        return eval(code, {"np": np, "X": np.array([[first, -0.4]])}).item()

    return root(lambda first: target(first - 0.5) - target(first + 0.5), -2, 2), target(0.9)


@environment("ridge")
def ridge():
    """Return a place and its target; u says how far it is from the ridge."""
    top, target = ridge_top()
    return {"x": entries(np.array([0.9, -0.4])), "u": 0.9 - top, "t": target}


@environment("top of the ridge")
def top_of_the_ridge():
    return {"x": entries(np.array([ridge_top()[0], -0.4]))}


@environment("two-two-one by hand")
def by_hand():
    W1, b1 = np.array([[0.5, -1.0], [1.0, 0.5]]), np.array([-0.5, 0.5])
    x, W2, b2, t = np.array([2.0, 1.0]), np.array([[2.0], [-3.0]]), -1.0, 0.5
    z = [sum(x[i] * W1[i, j] for i in (0, 1)) + b1[j] for j in (0, 1)]
    a = [max(value, 0.0) for value in z]
    error = a[0] * W2[0, 0] + a[1] * W2[1, 0] + b2 - t
    values = {"x": x, "t": t, "eta": 0.1, "W^1": W1, "b^1": b1, "W^2": W2, "b^2": b2}
    values |= {
        f"{name}_{j}^1": array[j - 1] for name, array in (("z", z), ("a", a)) for j in (1, 2)
    }
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
    return {
        "x": entries(x),
        "n": 5,
        "s": s,
        "b": b,
        "c": b + s,
        "d": (b + s) ** 0.5,
        "i": 1j,
        "h": 0.3,
    }


@environment("ideal gas")
def ideal_gas():
    """Return a gas at constant pressure: V follows T."""
    env = steps(
        T=number(300.0),
        R=number(8.3),
        p_0=number(9.0),
        x=lambda v: v["T"],
        V=lambda v: v["R"] * v["T"] / v["p_0"],
        y=lambda v: v["V"],
    )
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
    return {
        "x": x,
        "x_": entries(x),
        "y": x / size,
        "y_": entries(x / size),
        "sum i": lambda **_: (1, 2, 3),
    }


@environment("composed")
def composed():
    x = 0.8
    u = np.imag(np.exp(1j * x))
    return {
        "x": x,
        "u": u,
        "f": u * u * u,
        "y": 1.7,
        "q": x * 1.7**-1,
        "p": np.exp(1.7 * np.log(x)),
    }


@environment("staircase", i=(1, 2, 3), j=(1, 2))
def staircase():
    N, u, w, b, x = 7, 0.2, rng.normal(size=2), rng.normal(size=2), rng.normal(size=3)
    k = root(lambda k: k / 4 - N, 0, 100)  # the slope of the step, k / 4, is one over its length
    features = np.array([[np.prod([w[j] * x[i] + b[j]] * 3) for j in (0, 1)] for i in (0, 1, 2)])
    values = {"N": N, "h": 1 / N, "k": k, "u": u, "v": u + 1 / N, "x": 0.0, "m_1": 0.5 / N}
    return values | {
        "Phi": entries(features),
        "w": entries(w),
        "b": entries(b),
        "x_": entries(x),
        "m": 3,
    }


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


@environment("kept backwards", l=(1, 2))
def kept_backwards():
    receivers = counted([5, 3, 4, 6])

    def variance(l):
        return root(lambda v: sum(v for _ in range(receivers(l))) - 1, 0, 9)

    return variances(receivers, variance)


# Descent and its rules


def descend(gradient: Callable, start, eta: float, updates: int) -> list:
    """Return the parameters before and after each update."""
    theta = [start]
    for _ in range(updates):
        theta.append(theta[-1] - eta * gradient(theta[-1]))
    return theta


@environment("parabola", t=(0, 1, 2))
def parabola():
    rest, eta = 1.7, 0.35
    theta = descend(lambda u: 4 * (u - rest), 3.0, eta, 3)
    errors = [(1 - 4 * eta) ** t * (3.0 - rest) for t in range(4)]
    cost = counted([2 * u * u for u in (0.4, 1.1)])
    return {
        "lambda": 4, r"theta^\ast": rest, "theta": rest + 1.1, "C": lambda theta: cost(1),
        "theta_": Family(counted(theta), 1), "e": Family(counted(errors), 1),
    }  # fmt: skip


def dies_out(eta: float) -> bool:
    """Tell whether the error on a parabola of curvature 4 becomes smaller."""
    first, second = descend(lambda u: 4 * u, 1.0, eta, 1)
    return abs(second) < abs(first)


for inside, outside in ((0.2, 3.0), (0.2, -1.0)):
    edge("error dies out", lambda eta: {"eta": eta, "lambda": 4}, inside, outside, dies_out)
edge(
    "limit of the rate",
    lambda eta: {"eta": eta, "lambda": 4, r"lambda_\max": 4},
    0.2,
    3.0,
    dies_out,
)

SQUARE = rng.normal(size=(4, 3))
HESSIAN = SQUARE.T @ SQUARE


@environment("modes", i=(1, 2, 3), t=(0, 1, 2))
def modes():
    _, directions = np.linalg.eigh(HESSIAN)
    errors = descend(lambda e: HESSIAN @ e, np.array([[1.0], [-0.4], [0.8]]), 0.07, 3)
    along = [np.linalg.solve(directions, error) for error in errors]
    return {
        "u": Family(lambda i: directions[:, [i - 1]], 1),
        "e": Family(counted(errors), 1),
        "c": Family(lambda i, t: along[t][i - 1].item(), 2),
    }


@environment("best rate")
def best_rate():
    low, high = 0.6, 5.0
    eta = root(lambda eta: abs(1 - eta * high) - abs(1 - eta * low), 1 / high, 1 / low)
    return {"eta": eta, r"lambda_\min": low, r"lambda_\max": high}


def two_updates(change: Callable) -> dict:
    """Return two updates from (3, 1) in the page's valley, with the averages of ``change``."""

    def slopes(theta):
        parts = [theta + 1j * H * direction for direction in np.eye(2)]
        return np.array([np.imag((p[0] ** 2 + 9 * p[1] ** 2) / 2) / H for p in parts])

    theta, memory, kept = np.array([3.0, 1.0]), {}, {"g": []}
    symbols = {"g": slopes(theta), "theta_": entries(theta), "vartheta_0": theta}
    for t in (1, 2):
        gradient = slopes(theta)
        memory = change(gradient, memory, t)
        for name, value in ({"g": gradient} | memory).items():
            kept.setdefault(name, []).append(value)
        theta = theta - memory["Delta"]
        kept.setdefault("vartheta", []).append(theta)
    families = {name: Family(counted([None, *values]), 1) for name, values in kept.items()}
    return symbols | {f"{name}_": family for name, family in families.items()}


@environment("constant rate by hand")
def constant_rate():
    return two_updates(lambda g, memory, t: {"Delta": 0.1 * g})


@environment("momentum by hand")
def momentum():
    return two_updates(lambda g, memory, t: {"Delta": 0.5 * memory.get("Delta", 0) + 0.1 * g})


@environment("adagrad by hand")
def adagrad():
    def change(g, memory, t):
        total = memory.get("G", 0) + g * g
        return {"G": total, "Delta": 0.1 * g / total**0.5}

    return two_updates(change)


@environment("rmsprop by hand")
def rmsprop():
    def change(g, memory, t):
        mean = 0.75 * memory.get("s", 0) + 0.25 * g * g
        return {"s": mean, "Delta": 0.1 * g / mean**0.5}

    return two_updates(change)


@environment("adam by hand")
def adam():
    def change(g, memory, t):
        m = (memory.get("m", 0) + g) / 2
        s = 0.75 * memory.get("s", 0) + 0.25 * g * g
        return {"m": m, "s": s, "Delta": 0.1 * m / (1 - 0.5**t) / (s / (1 - 0.75**t)) ** 0.5}

    return two_updates(change)


@environment("one sample by hand")
def one_sample():
    """Return the first of the page's four samples, after a start at zero."""
    slope_of_cost = steps(w=number(0.0), b=number(0.0), C=lambda v: (v["w"] * 0 + v["b"] - 1) ** 2)[
        "partial"
    ](Symbol("C"), Symbol("b"))
    after = descend(lambda b: slope_of_cost, 0.0, 0.1, 1)
    start = {"w": 0.0, "x": 0.0, "b": 0.0, "t": 1}
    return start | {"eta": 0.1, "g_B": slope_of_cost, "Delta": only(1, -after[1])}


@environment("constant gradient", t=(1, 2, 3))
def constant_gradient():
    g, rho_2 = 0.7, 0.75
    total, mean = [0.0], [0.0]
    for _ in range(3):
        total.append(total[-1] + g * g)
        mean.append(rho_2 * mean[-1] + (1 - rho_2) * g * g)
    symbols = {"G": Family(counted(total), 1), "s": Family(counted(mean), 1), "g": g}
    return symbols | {"hat s": Family(lambda t: g * g, 1), "rho_2": rho_2}


def heavy_ball(eta: float, mu: float, lam: float) -> np.ndarray:
    """Return the matrix by which an update changes the last two errors on a parabola."""
    columns = []
    for e, before in np.eye(2):
        columns.append([e - eta * lam * e + mu * (e - before), e])
    return np.array(columns).T


@environment("powers")
def powers():
    numbers = {"eta": 0.3, "mu": 0.6, "lambda": 0.2}
    roots = np.linalg.eigvals(heavy_ball(0.3, 0.6, 0.2))
    return [{**numbers, "r": r} for r in roots]


@environment("double root", rtol=1e-8)
def double_root():
    mu, lam = 0.6, 0.2

    def discriminant(eta):
        matrix = heavy_ball(eta, mu, lam)
        return np.trace(matrix) ** 2 - 4 * np.linalg.det(matrix)

    roots = (root(discriminant, 5.0, 99.0), root(lambda eta: -discriminant(eta), 0.0, 5.0))
    return [
        {"eta": eta, "mu": mu, "lambda": lam, "pm": sign}
        for eta, sign in zip(roots, (1, -1), strict=True)
    ]


@environment("saddle")
def saddle():
    def slope_along(u):
        return np.imag(-((u + 1j * H) ** 2) / 2 + (u + 1j * H) ** 4 / 4) / H

    curvature = (slope_along(NEAR) - slope_along(-NEAR)) / (2 * NEAR)
    minima = (root(slope_along, 0.3, 3), -root(lambda u: -slope_along(-u), 0.3, 3))
    return [
        {"gamma": -round(curvature, 9), "theta": only(2, minimum), "pm": sign}
        for minimum, sign in zip(minima, (1, -1), strict=True)
    ]


@environment("stochastic approximation", n=(0, 1, 2))
def stochastic_approximation():
    """Return descent in the letters of the paper: y is a gradient, which is to become 0."""
    theta = descend(lambda u: 4 * (u - 1.7), 3.0, 0.1, 3)
    gradients = [4 * (u - 1.7) for u in theta]
    symbols = {"x": Family(counted(theta), 1), "y": Family(counted(gradients), 1), "alpha": 0.0}
    return symbols | {"a": Family(lambda n: 0.1, 1), "eta": 0.1}


@environment("noise", t=(0, 1, 2))
def noise():
    """Return the errors after all sequences of a noise of 1 or -1, and their mean square."""
    errors, square = [np.array([3.0])], [9.0]
    for _ in range(3):
        shrunk = 0.9 * errors[-1]
        errors.append(np.concatenate([shrunk - 0.1, shrunk + 0.1]))
        square.append(0.81 * square[-1] + 0.01)
    return {"e": Family(counted(errors), 1), "V": Family(counted(square), 1), "E": np.mean}


@environment("floor")
def floor():
    square = [9.0]
    for _ in range(300):
        square.append(0.81 * square[-1] + 0.01)
    return {"V": Family(counted(square), 1), "t": 298}


@environment("quadratic")
def quadratic():
    theta, rest = np.array([0.3, -0.8, 1.1]), np.array([1.0, 0.2, -0.5])

    def cost(theta):
        return (theta - rest) @ HESSIAN @ (theta - rest) / 2

    gradient = np.array([np.imag(cost(theta + 1j * H * unit)) / H for unit in np.eye(3)])
    return {"H": HESSIAN, "Delta": theta - rest, "g": gradient}


@environment("memory cleared", t=(1, 2))
def memory_cleared():
    g = {1: 0.7, 2: -1.3}
    return {
        "rho": 0.9, "rho_2": 0.99, "g": Family(lambda t: g[t], 1),
        "m": Family(lambda t: 0.9 * 0.0 + 0.1 * g[t], 1),
        "s": Family(lambda t: 0.99 * 0.0 + 0.01 * g[t] * g[t], 1),
    }  # fmt: skip


@environment("weight at rest")
def weight_at_rest():
    """Return a weight after many updates with decay, when nothing moves any more."""
    eta, lam, d, theta, change = 0.05, 0.3, 0.4, 2.0, 0.0
    for _ in range(3000):
        gradient = 1.5 * (theta - 1.0)
        change = eta * (gradient / d)
        theta = (1 - eta * lam) * theta - change
    at_rest = {"g": gradient, "d": d, "theta": theta}
    families = {name: Family(lambda j, value=value: value, 1) for name, value in at_rest.items()}
    return families | {"eta": eta, "lambda": lam, "Delta": change, "j": 1}


@environment("all gradients added", t=(1, 2, 3))
def all_gradients_added():
    g = [0.0, 0.7, -1.3, 0.4]
    return {
        "eta": 0.1, "g": Family(counted(g), 1),
        "v": Family(lambda t: 0.1 * sum(g[1 : t + 1]), 1),
    }  # fmt: skip


@environment("smallest gradient")
def smallest_gradient():
    return {"eta": 0.3, "g": 1e-8, "varepsilon": 1e-8}


@environment("epsilon before the correction")
def epsilon_before_the_correction():
    """Return the epsilon of our rule that makes the step which Keras makes with its own."""
    s, t, rho_2, other = 0.02, 3, 0.99, 1e-3
    factor = (1 - rho_2**t) ** 0.5
    step = factor / (s**0.5 + other)
    epsilon = root(lambda e: step - 1 / (s**0.5 / factor + e), 0, 1)
    return {"varepsilon": epsilon, "hat varepsilon": other, "rho_2": rho_2, "t": t}


@environment("epsilon outside the root")
def epsilon_outside_the_root():
    s, epsilon = 0.02, 1e-3
    outside = root(lambda e: 1 / (s + epsilon) ** 0.5 - 1 / (s**0.5 + e), 0, 1)
    return {"s": s, "varepsilon": epsilon, "varepsilon'": outside}


@environment("looking back")
def looking_back():
    """Return the rho for which the weights of all gradients add up to ten times the newest."""
    return {"rho": root(lambda rho: sum(rho**i for i in range(3000)) - 10, 0.5, 0.95)}


# Random weights, normalisation and dropout

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def expectation(values):
    return WEIGHTS @ values


@environment("normal")
def normal():
    return {"x": NODES, "E": expectation}


@environment("wide layer")
def wide_layer():
    M, sigma_w, q = 40, 1.3, 0.8
    z = q**0.5 * NODES
    variance = sigma_w * sigma_w / M
    squares = sum(WEIGHTS[i] * np.tanh(z[i]) ** 2 for i in range(60)) * M * variance
    chi = sum(WEIGHTS[i] * slope(np.tanh, z[i]) ** 2 for i in range(60)) * M * variance
    return {
        "M": M, "sigma_w": sigma_w, "w": 1, "Var": lambda w: {1: variance}[w], "z": z,
        "E": expectation, "varphi": np.tanh, "varphi'": lambda z: slope(np.tanh, z), "chi": chi,
        "q": q, "after": {"q": squares},
    }  # fmt: skip


@environment("hundred normal weights")
def hundred_normal_weights():
    return {"M": 100, "w": 1, "Var": lambda w: {1: expectation(NODES**2)}[w]}


@environment("saturated", rtol=1e-7)
def saturated():
    return {"a": logistic(np.array([-40.0, 40.0, 30.0, -30.0])), "E": np.mean}


def chi_of_width(M: float) -> float:
    """Return the factor of the errors: M times the density at 0 of N(0, M / 2), times a sixth."""
    a = np.linspace(0, 1, 2001)
    middle = (a[1:] + a[:-1]) / 2
    sixth = np.mean(middle * (1 - middle)) - (1 / 2000) ** 2 / 12
    return M / np.sqrt(2 * np.pi * M / 2) * sixth


@environment("width at the edge", rtol=1e-5)
def width_at_the_edge():
    return {"M": root(lambda M: chi_of_width(M) - 1, 1, 999)}


@environment("nine layers")
def nine_layers():
    mean_square = np.prod([chi_of_width(70.0)] * 9)
    return {"M": 70.0, "chi": chi_of_width(70.0), "size": mean_square**0.5}


@environment("quarter")
def quarter():
    """Return the slope of the logistic function at zero, where that of tanh is 1."""
    return {"c": root(lambda c: slope(np.tanh, 0.0) * c - slope(logistic, 0.0), 0, 1)}


@environment("sample of a population", j=(1, 2))
def sample_of_a_population():
    return {"V": entries(np.array([0.7, 1.9])), "n": 4, "S": 11}


@environment("dropout", s=(1, 2), j=(1, 2), k=(1, 2))
def dropout():
    p, a, w, b = 0.3, rng.normal(size=(2, 3)), rng.normal(size=(3, 2)), rng.normal(size=2)
    return {
        "p": p, "m": Family(lambda s, j: np.array([0.0, 1 / (1 - p)]), 2),
        "E": lambda x: p * x[0] + (1 - p) * x[1], "w": entries(w), "b": entries(b),
        "tilde a": entries(a), "tilde z": entries(a @ w + b), "sum j": lambda **_: (1, 2, 3),
    }  # fmt: skip


@environment("shared weight")
def shared_weight():
    signal = 1.0
    for _ in range(5):
        signal *= 1.2
    return {"w": 1.2, "L": 5, "t": 0.4, "C": (signal - 0.4) ** 2}


@environment("phases", l=(1, 4))
def phases():
    """Return how often a signal can be multiplied by chi until it has changed by the factor e."""
    return [
        {
            "chi": chi,
            "xi": root(lambda x, chi=chi, s=sign: s * (chi**x - np.exp(s)), 0, 99),
            "pm": sign,
        }
        for chi, sign in ((0.7, -1), (1.4, 1))
    ]


@environment("small")
def small():
    return [{"z": z} for z in (-0.01, 0.008)]


@environment("on the edge")
def on_the_edge():
    q = 0.3
    for _ in range(40000):
        q -= 2 * q * q
    return {"q": Family(lambda l: {40000: q}[l], 0, 1), "l": 40000}


@environment("gradients of activations", l=(1, 2, 3, 4))
def gradients_of_activations():
    return {"G": Family(lambda l: BATCH.gradient["A", l], 0, 1), "partial": in_network}


@environment("squared error")
def squared_error():
    Z, target = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))

    def error(s, j):
        change = np.zeros((3, 2), dtype=complex)
        change[s, j] = 1j * H
        return np.imag(((Z + change - target) ** 2).sum() / 3) / H

    delta = np.array([[error(s, j) for j in (0, 1)] for s in (0, 1, 2)])
    families = {
        "delta": Family(lambda l: {9: delta}[l], 0, 1),
        "A": Family(lambda l: {9: Z}[l], 0, 1),
    }
    return families | {"T": target, "n": 3, "L": 9}


@environment("products")
def products():
    """Count the products of matrices of a pass through five layers and back."""
    forward = [f"A W{l}" for l in range(1, 6)]
    weights = [f"A delta{l}" for l in range(1, 6)]
    errors = [f"delta{l + 1} W{l + 1}" for l in range(1, 5)]
    return {"K": len(forward + weights + errors), "L": 5}


@environment("vectors of one neuron")
def vectors_of_one_neuron():
    X, w, v, t = rng.normal(size=(6, 3)), rng.normal(size=3), rng.normal(size=3), rng.normal(size=6)

    def passes(w, change=0.0):
        z = np.array([sum(row * w) for row in X]) + change
        return z, np.tanh(z), sum((np.tanh(z) - t) ** 2) / 6

    z, a, cost = passes(w)
    moved = [np.imag(part) / H for part in passes(w + 1j * H * v)]
    delta = np.array([np.imag(passes(w, 1j * H * unit)[2]) / H for unit in np.eye(6)])
    gradient = np.array([np.imag(passes(w + 1j * H * unit)[2]) / H for unit in np.eye(3)])
    return {
        "X": X, "w": w, "v": v, "t": t, "n": 6, "z": z, "a": a, "C": cost, "delta": delta,
        "g": gradient, "dot z": moved[0], "dot a": moved[1], "x_": Family(lambda s: X[s - 1], 1),
        "t_": entries(t),
    }  # fmt: skip


@environment("recurrent", k=(1, 2))
def recurrent():
    X, V, target = rng.normal(size=(3, 4, 2)), rng.normal(size=(2, 2)), rng.normal(size=(4, 2))
    states = [np.zeros((4, 2))]
    for x in X:
        states.append(np.tanh(x + states[-1] @ V))
    H = Family(counted(states), 0, 1)
    ENVIRONMENTS["states"] = Range({"K": 3}, [k for k in range(len(states)) if states[k].any()])
    return {
        "H": H, "X": Family(lambda k: X[k - 1], 0, 1), "V": V, "H^0": states[0].sum(),
        "K": 3, "n": 4,
        "h": Family(lambda s, j, K: states[K][s - 1, j - 1], 2, 1), "t": entries(target),
        "sum s": lambda **_: (1, 2, 3, 4), "sum j": lambda **_: (1, 2),
        "C": sum(((states[3] - target)[s] ** 2).sum() for s in range(4)) / 4,
    }  # fmt: skip


# Answers, and the rest


@environment("best step")
def best_step():
    f, third, epsilon = -0.9, 1.7, 1e-3

    def rise(h):
        h = h + 1j * H
        return np.imag(h**2 / 6 * third + epsilon * abs(f) / h) / H

    return {"h": root(rise, 1e-4, 9), "f": f, "f'''": third, "varepsilon": epsilon}


@environment("projection")
def projection():
    X = rng.normal(size=(6, 3))
    basis, _ = np.linalg.qr(X)
    return {"X": X, "P": basis @ basis.T}


def best_answer_to(score: Callable) -> float:
    return root(lambda a: np.imag(score(a + 1j * H)), 1e-6, 1 - 1e-6)


@environment("best forecast")
def best_forecast():
    return {"q": 0.3, "a": best_answer_to(lambda a: 0.3 * (1 - a) ** 2 + 0.7 * a**2)}


@environment("best answer")
def best_answer():
    return {"p": 0.3, "a": best_answer_to(lambda a: -0.3 * np.log(a) - 0.7 * np.log(1 - a))}


def answer(z: float) -> dict:
    return {"z": z, "a": logistic(z)}


edge("answer one", answer, 3.0, -3.0, lambda z: logistic(z) > 0.5)


@environment("border")
def border():
    return answer(round(root(lambda z: logistic(z) - 0.5, -3, 3), 12))


@environment("pendulum", rtol=1e-7)
def pendulum():
    """Return a pendulum after a quarter of a second, by many small steps of Runge and Kutta."""
    g, l, start, steps_taken = 9.81, 1.3, 1.1, 4000
    state, dt = np.array([start, 0.0]), 0.25 / steps_taken

    def change(state):
        return np.array([state[1], -g / l * np.sin(state[0])])

    for _ in range(steps_taken):
        k1 = change(state)
        k2 = change(state + dt / 2 * k1)
        k3 = change(state + dt / 2 * k2)
        k4 = change(state + dt * k3)
        state = state + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    theta, speed = state
    u = np.arcsin(np.sin(theta / 2) / np.sin(start / 2))
    return {"theta": theta, "theta_0": start, "g": g, "l": l, "u": u, "d": lambda a, b: speed}


@environment("orbit")
def orbit():
    """Return a planet's place from the area that its radius has swept, by small triangles."""
    epsilon, end = 0.3, 1.2
    E = np.linspace(0, end, 200001)
    x, y = np.cos(E) - epsilon, (1 - epsilon**2) ** 0.5 * np.sin(E)
    area = np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2
    return {"E": end, "epsilon": epsilon, "M": 2 * area / (1 - epsilon**2) ** 0.5}


@environment("oscillator")
def oscillator():
    """Return a cosine of the angular frequency root of eta, and its second derivative."""
    eta, h, t = 0.04, 1e-3, 0.7
    w, around = np.cos(eta**0.5 * t), [np.cos(eta**0.5 * (t + k * h)) for k in (-1, 0, 1)]
    return {"eta": eta, "w": w, "ddot w": (around[0] - 2 * around[1] + around[2]) / h**2}


@environment("gain of one third")
def gain_of_one_third():
    return {"a": root(lambda a: (1 / 3) ** 0.5 - (2 / (1 + a * a)) ** 0.5, 0, 9)}
