r"""What the statement of an exercise prints is what its checker accepts.

The formulas are read from the statement, or from the equation to which it refers, and evaluated as
they stand.  Programs are made from them, which the checker has to accept; derivatives are central
differences.  One more error in a formula, of those that are planted in equations, and the checker
has to refuse.  ``NOT_READ`` has the other statements with something to compute, and says why.
"""

import functools
import inspect
import re
from dataclasses import dataclass

import autograd.numpy as anp
import numpy as np
import pytest
from backprop import Scheduler
from backprop.checks import check
from backprop.layers import Layer
from exercises.book import exercises
from printed import RELATIONS, Family, Parser, PrintedError, entries, mutants, statements

from tools import ledger

STATED = {}
PAIR = re.compile(r"\((-?[\d.]+),(?:\\ )? ?(-?[\d.]+)\)")  # a vector of two numbers


@functools.cache
def labelled():
    """Return the labelled equations of the book, by label."""
    return {equation.label: equation.latex for equation in ledger.equations()}


@functools.cache  # which hundreds of wrong answers are made of
def formulas(name):
    """Return the formulas of a statement in one line each, and the equations it refers to."""
    statement = exercises()[name].statement
    own = re.findall(r"(?s)\$\$(.*?)\$\$|\$([^$]+)\$", statement)
    labels = re.findall(r"\{eq\}`([^`]+)`", statement)
    cited = {label: latex for label, latex in labelled().items() if label in labels}
    return [" ".join("".join(pair).split()) for pair in own], cited


def stated(name, *beginnings):
    """Take note of a function that makes an answer of the formulas with these beginnings."""

    def keep(make):
        STATED[name] = (beginnings, make)
        return make

    return keep


def found(name, beginning):
    """Return the formula of a statement that begins so, or has this label."""
    own, cited = formulas(name)
    if beginning in cited:
        return cited[beginning]
    matching = [latex for latex in own if latex.startswith(beginning)]
    assert len(set(matching)) == 1, f"{beginning}: {matching or own}"
    return matching[0].split(r", \qquad t = 1")[0]  # and for which t it holds


def right_sides(latex):
    """Return functions of symbols, by keyword or dictionary: right sides of the equations."""
    latex = PAIR.sub(r"\\begin{pmatrix} \1 & \2 \\end{pmatrix}", latex)
    made = []
    for tokens in statements(latex):
        last = Parser(tokens).equation()[-1][1]
        made.append(
            lambda env=None, last=last, **names: last({"indices": {}, **(env or {}), **names})
        )
    return made


def answer(name, changed=None):
    """Return the answer that is made of the formulas, one of which may be changed."""
    beginnings, make = STATED[name]
    latex = {beginning: found(name, beginning) for beginning in beginnings} | (changed or {})
    return make(*(side for text in latex.values() for side in right_sides(text)))


def gradient(function, array):
    """Return the derivatives of a function of an array, by central differences."""
    array, step = np.asarray(array, float), 1e-5
    found = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        there, back = array.copy(), array.copy()
        there[index] += step
        back[index] -= step
        found[index] = (function(there) - function(back)) / (2 * step)
    return found


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


def layer(array, number=1):
    """Return a symbol with two lower indices, and this upper one."""

    def entry(s, j, upper):
        if upper != number:
            raise PrintedError(f"layer {upper} in place of {number}")
        return array[s - 1, j - 1]

    return Family(entry, sub=2, sup=1)


def elementwise(function):
    """Return a function of arrays that calls one of numbers."""
    return lambda *arrays: np.vectorize(function, otypes=[float])(*arrays)


def log_cosh(x):
    return anp.logaddexp(x, -x) - np.log(2)


@dataclass
class Cosh:
    """A hyperbolic cosine that is not yet calculated, since it may overflow."""

    argument: object


def logarithm(x):
    """Return the logarithm of a number; of a hyperbolic cosine, one that does not overflow."""
    return log_cosh(x.argument) if isinstance(x, Cosh) else anp.log(x)


NAMES = {"L": 1, "ln": logarithm, "cosh": Cosh}  # an output layer's index; for autograd, too


class Rule(Scheduler):
    """A scheduler whose change is what a function of itself and the gradient returns."""

    change: object
    names = ()

    def __init__(self, eta, *settings, **named):
        super().__init__(eta)
        self.settings = dict(zip(self.names, settings, strict=False)) | named

    def update_change(self, gradient):
        self.n_updates += 1
        return type(self).change(self, gradient, **self.settings)


def rule(change):
    """Return a scheduler with the settings that the function of its change has."""
    settings = tuple(inspect.signature(change).parameters)[2:]
    return type("Ruled", (Rule,), {"change": staticmethod(change), "names": settings})


# Chapters 3 to 9


def solution_that(name, agrees):
    """Return the solution, if it agrees with the formula: another program would be too long."""
    solution = exercises()[name].answer()
    assert agrees(solution)
    return solution


@stated("count-halve", "f(x) =")
def halved(f):
    def agrees(solution):
        points = (-1.3, 0.4, 1.1)
        right = [(f(x=x), gradient(lambda x: f(x=x), x)) for x in points]
        return np.allclose([solution(x) for x in points], right, rtol=1e-7)

    return solution_that("count-halve", agrees)


@stated("chain-shared", "y_0 =", r"y_k =")
def shared_slope(start, step):
    def last(w, x, steps):
        y = start(x=x)
        for _ in range(steps):
            y = step({"w": w, "y_k-1": y})
        return y

    return lambda w, x, steps: gradient(lambda w: last(w, x, steps), w)


@stated("ad-normalise", "y =", r"\lVert x \rVert =")
def normalise_vjp(direction, length):
    def value(x):
        size = length({"x": entries(x), "sum i": lambda: range(1, len(x) + 1)})
        assert np.isclose(size, np.linalg.norm(x))
        return direction(x=x)

    return lambda x, u: gradient(lambda x: value(x) @ u, x)


@stated("perceptron-nearest", r"z =")
def nearest_solution(z):
    def nearest(x, t, w, b):
        share = (z(t=t) - w * x - b) / (x**2 + 1)
        return w + share * x, b + share

    return nearest


@stated(
    "perceptron-linear", "a =", r"\delta =", "def-perceptron-update-w", "def-perceptron-update-b"
)
def after_updates(a, delta, new_w, new_b):
    """Each update multiplies the deviation by the same number, so the moves are a series."""

    def closed(x, t, w, b, eta, updates):
        start = delta(a=a(x=x, w=w, b=b), t=t)
        names = {"eta": eta, "delta": start, "x": x}
        dw, db = new_w(names, w=w) - w, new_b(names, b=b) - b
        factor = delta(a=a(x=x, w=w + dw, b=b + db), t=t) / start
        share = (1 - factor**updates) / (1 - factor)
        return w + share * dw, b + share * db

    return closed


@stated("perceptron-logistic", "C =", "a =")
def logistic_delta(cost, activation):
    def delta(a, t):
        z = np.log(a / (1 - a))
        return gradient(lambda z: cost(a=activation(z=z, sigma=sigmoid), t=t), z)

    return elementwise(delta)


@stated("perceptron-gradient", "def-perceptron-cost")
def perceptron_gradient(cost):
    def pair(x, t, w, b):
        return tuple(gradient(lambda p: cost(a=np.tanh(p[0] * x + p[1]), t=t), [w, b]))

    return pair


@stated("chain-gradient", "def-deep-cost")
def chain_gradient(cost):
    def of(x, t, w, b):
        def run(parameters):
            a = x
            for k, (weight, bias) in enumerate(zip(*parameters, strict=True), start=1):
                z = weight * a + bias
                a = np.tanh(z) if k < len(w) else z
            return cost(a_L=a, t=t)

        return gradient(run, [w, b]).tolist()

    return of


@stated("chain-residual", "a_l =", "z_l =")
def residual_factor(a, z):
    def factor(w, at):
        def after(before):
            inside = z({"w_l": w, "a_l-1": before, "b_l": at - w * 0.3})
            return a({"a_l-1": before, "z_l": inside, "sigma": sigmoid})

        return gradient(after, 0.3)

    return elementwise(factor)


@stated("two-two-one-paper", r"\frac12(", "W^1 =", "x =", "t =", r"\eta =")
def updated(cost, W1, b1, W2, b2, x, t, eta):
    start = [np.ravel(np.array(value({}), float)) for value in (W1, b1, W2, b2)]

    def run(theta):
        w1, c1, w2, c2 = np.split(theta, [4, 6, 8])
        hidden = np.maximum(0, np.ravel(x({})) @ w1.reshape(2, 2) + c1)
        return cost({"a_1^2": (hidden @ w2 + c2)[0], "t": t({})})

    theta = np.concatenate(start)
    return tuple(theta - eta({}) * gradient(run, theta))


@stated("output-delta", "C =")
def output_delta(cost):
    def delta(Z, T):
        n, m = Z.shape
        return gradient(lambda Z: cost(NAMES, a=layer(np.tanh(Z)), t=entries(T), n=n, M_L=m), Z)

    return delta


# Chapters 10 to 14


@stated("nesterov", "v_t =", r"\Delta_t =")
def nesterov(velocity, change):
    def step(self, g, momentum):
        names = {"mu": momentum, "eta": self.eta, "g_t": g}
        self.memory["v"] = velocity(names, **{"v_t-1": self.memory.get("v", 0.0)})
        return change(names, v_t=self.memory["v"])

    return rule(step)


@stated("decaying-rate", r"\eta_t =")
def decaying(rate):
    return rule(lambda self, g, tau: rate(eta=self.eta, t=self.n_updates, tau=tau) * g)


@stated("silu-slope", "def-act-silu")
def silu_slope(silu):
    return elementwise(lambda z: gradient(lambda z: silu(z=z, sigma=sigmoid), z))


def cost_of(formula):
    """Return a cost in the form of the package's, from its formula."""

    def cost(target):
        n, m = target.shape
        names = {**NAMES, "t": entries(target), "n": n, "M_L": m}
        return lambda A: formula(names, a=layer(A))

    return cost


stated("poisson-cost", "C =")(cost_of)
stated("log-cosh", "C =")(cost_of)


@stated("gain-layer", "y_{sj} =")
def gain(column):
    class Gain(Layer):
        def __init__(self, width):
            self.n_parameters = width

        def attach(self, parameters, gradient):
            self.parameters, self.gradient = parameters, gradient

        def output(self, A, parameters):
            names = {"gamma": entries(parameters), "x": entries(A)}
            rows, columns = (range(1, size + 1) for size in A.shape)
            return np.array([[column(names, s=s, j=j) for j in columns] for s in rows])

        def forward(self, A, training=False, rng=None):
            self.A = A
            return self.output(A, self.parameters)

        def backward(self, delta):
            parameters = self.parameters
            self.gradient[:] = gradient(
                lambda p: (delta * self.output(self.A, p)).sum(), parameters
            )
            return gradient(lambda A: (delta * self.output(A, parameters)).sum(), self.A)

    return Gain


# Chapters 19 to 24


@stated("keras-rmsprop", r"\Delta_t =", "def-sched-mean-square", r"\hat\varepsilon =")
def rmsprop(change, mean_square, constant):
    usual = constant({})

    def step(self, g, rho, epsilon=usual):
        s = mean_square({"rho": rho, "s_t-1": self.memory.get("s", 0.0), "g_t": g})
        self.memory["s"] = s
        names = {"eta": self.eta, "g_t": g, "s_t": s, "hat varepsilon": epsilon}
        return elementwise(lambda g, s: change(names, g_t=g, s_t=s))(g, s)

    return rule(step)


@stated("keras-logits", "eq-keras-logits")
def cost_from_logits(cost):
    """The formula is for moderate logits; a row may be shifted if its targets sum to 1."""

    def value(Z, T):
        n, m = Z.shape
        top = Z.max(axis=1, keepdims=True)
        shifted = layer(Z - top)
        names = {"z": shifted, "t": entries(T), "n": n, "M_L": m, "L": 1}
        return cost(names) + (top[:, 0] * (1 - T.sum(axis=1))).mean()

    return value


@stated("torch-logit", "eq-torch-logit")
def logit_cost(cost):
    def agrees(solution):
        Z, T = np.array([[-1.5], [0.3], [2.0]]), np.array([[0.0], [0.4], [1.0]])
        each = [cost(z=z, t=t) for z, t in zip(Z.ravel(), T.ravel(), strict=True)]
        return np.isclose(solution(Z, T), np.mean(each))

    return solution_that("torch-logit", agrees)


@stated("same-momentum", "def-same-momentum")
def momentum_outside(velocity, change):
    def changes(gradients, rates, mu):
        v, made = 0.0, []
        for g, rate in zip(gradients, rates, strict=True):
            v = velocity({"mu": mu, "v_t-1": v, "g_t": g})
            made.append(change(eta_t=rate, v_t=v))
        return made

    return changes


@stated("neuron-curvature", "C =")
def neuron_curvature(cost):
    def product(X, t, w, v):
        n = len(X)

        def at(w):
            return cost(n=n, x=Family(lambda s: X[s - 1], sub=1), w=w, t=entries(t))

        def along(w):
            each = np.arange(len(w))  # one at a time: no matrix may be formed
            return (at(w + 1e-20j * (each == k)).imag for k in each)

        def slope(w):
            return np.array(list(along(w))) / 1e-20

        return (slope(w + 1e-5 * v) - slope(w - 1e-5 * v)) / 2e-5

    return product


@stated("adamw", "def-decay-decoupled", "def-sched-adam", r"\varepsilon =")
def adamw_path(weight, change, constant):
    def path(theta, gradients, eta, lam, rho, rho2):
        m, s, thetas = 0.0, 0.0, []
        for t, g in enumerate(gradients, start=1):
            m, s = rho * m + (1 - rho) * g, rho2 * s + (1 - rho2) * g**2
            names = {"eta": eta, "m_t": m, "s_t": s, "rho": rho, "rho_2": rho2, "t": t}
            delta = change(names, varepsilon=constant({}))
            theta = weight({"eta_t": eta, "lambda": lam, "theta_t-1": theta, "Delta_t": delta})
            thetas.append(theta)
        return thetas

    return path


@stated("inverse-root-rate", r"\eta_t =")
def inverse_root_rate(rate):
    return lambda t, d, w: rate(t=t, d=d, w=w)


@stated("depth-shared", "H^0 =", "H^k =", "C =")
def recurrent_gradient(start, step, cost):
    def of(X, V, T):
        steps, n, m = X.shape

        def run(V):
            H = np.full((n, m), float(start({})))
            for k in range(steps):
                H = step({"X^k": X[k], "H^k-1": H, "V": V})
            whole = {"sum s": lambda **_: range(1, n + 1), "sum j": lambda **_: range(1, m + 1)}
            return cost(whole, n=n, h=layer(H, steps), t=entries(T), K=steps)

        return gradient(run, V)

    return of


@pytest.mark.parametrize("name", STATED)
def test_the_checker_accepts_what_the_statement_prints(name):
    said = check(name, answer(name))
    assert said, said


def right_hand(latex):
    """Return the tokens behind the last relation of each equation."""
    sides = []
    for tokens in statements(PAIR.sub("", latex)):
        last = max(i for i, token in enumerate(tokens) if token in RELATIONS or not i)
        sides.append(tokens[last:])
    return sides


def wrong_answers(name):
    """Yield answers from formulas with one error more: another left side is not found at all."""
    for beginning in STATED[name][0]:
        printed = found(name, beginning)
        for latex in mutants(printed):
            if right_hand(latex) == right_hand(printed) or latex in SAME:
                continue
            try:
                yield latex, answer(name, {beginning: latex})
            except (PrintedError, AssertionError, TypeError, ValueError):
                continue  # no answer can be made of it


SAME = {r"C=2-t\ln a-(1-t)\ln (1-a)"}  # a constant, which has no slope


@pytest.mark.parametrize("name", STATED)
def test_the_checker_refuses_what_another_formula_gives(name):
    with np.errstate(all="ignore"):  # a root of a negative number, say
        for latex, made in wrong_answers(name):
            assert not check(name, made), latex


NUMBERS = "numbers for an example, which no checker asks for"
NOT_READ = {  # statements with a relation that no answer is made from
    "ad-adjoints": "which of two variables is the child",
    "ad-branch": "where the function has its gap; its formula is in words",
    "chain-depth": "the inequality says what is searched for, not with what",
    "chain-growth": NUMBERS,
    "count-by-hand": "operations of a formula are counted, not evaluated",
    "count-layers": "operations of a formula are counted, not evaluated",
    "count-product": "how many numbers there are at least",
    "hyper-expected-best": "which numbers of trials there are",
    "newton-step": "the inverse of a matrix, which printed.py does not read",
    "nn-twin": "a property of tanh",
    "reg-wrong": NUMBERS,
    "softmax-delta": "names an argument",
    "top-comet": "the units",
    "torch-wrong": NUMBERS,
    "ua-bump": "the sign of an argument",
}
RELATION = re.compile(r"=|\\le|\\ge|<|>")


def test_every_statement_with_a_relation_is_read_or_left_out_with_a_reason():
    related = {name for name in exercises() if any(map(RELATION.search, formulas(name)[0]))}
    missing = related - set(STATED) - set(NOT_READ)
    gone = set(NOT_READ) - (related - set(STATED))
    assert not missing, (
        f"the statements of {sorted(missing)} have relations: let STATED here make answers from "
        "them, or NOT_READ say why not"
    )
    assert not gone, f"NOT_READ has {sorted(gone)}, which are read, or have no relation"
    assert len(STATED) >= 25
