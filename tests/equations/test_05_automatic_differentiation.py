"""Chapter 5: nilpotent matrices for dual numbers, complex steps for graphs and Jacobians."""

import itertools
import operator

import numpy as np
import pytest
import scipy.linalg
from backprop.autodiff import Dual, Tape
from printed import Family, Printed

STEP = 1e-20
rng = np.random.default_rng(50)

# Dual numbers as matrices: 1 is the identity, and the square of EPSILON is zero.
ONE, EPSILON = np.eye(2), np.array([[0.0, 1.0], [0.0, 0.0]])
DUAL = {
    "x": 0.7 * ONE, "dot x": 1.3 * ONE, "y": -1.6 * ONE, "dot y": 0.4 * ONE, "varepsilon": EPSILON
}  # fmt: skip


@pytest.mark.equation("def-ad-epsilon", how="the package's dual numbers, and a nilpotent matrix")
def test_square_of_epsilon(printed):
    assert printed.latex == r"\varepsilon^2 = 0, \qquad \varepsilon \ne 0"
    epsilon = Dual(0.0, 1.0)
    assert (epsilon.value, epsilon.tangent) != (0, 0)
    for square in (epsilon**2, epsilon * Dual(0.0, 1.0)):  # the power and the product
        assert (square.value, square.tangent) == (0, 0)
    assert EPSILON.any()
    assert not (EPSILON @ EPSILON).any()


@pytest.mark.equation("eq-ad-dual-product", how="dual numbers as nilpotent matrices")
def test_dual_product(printed):
    printed.holds(DUAL)


@pytest.mark.equation("eq-ad-dual-function", how="functions of nilpotent matrices (SciPy)")
def test_dual_function(printed):
    printed.holds({**DUAL, "g": scipy.linalg.sinm, "g'": scipy.linalg.cosm})


@pytest.mark.equation("def-ad-steps", how="the package's tape")
def test_steps_on_a_tape(printed):
    for x in (0.7, -1.2):
        tape = Tape()
        a = tape.variable(x) ** 2
        np.sqrt(a + np.exp(a))
        variables = {node.index: node.value for node in tape.nodes}
        assert sorted(variables) == [1, 2, 3, 4, 5]
        printed.holds({"x": x, "x_": Family(variables.__getitem__, 1)})


# Elementary functions, under the names that the package gives them.
ELEMENTARY = {
    "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "exp": np.exp, "sin": np.sin, "sqrt": np.sqrt,
}  # fmt: skip


@pytest.mark.equation("def-ad-graph", how="every variable of a tape from its parents")
def test_variables_from_their_parents(printed):
    # The numbers i are a list, which cannot be evaluated; the rule before it can.
    rule, places = "".join(printed.latex.split()).split(r",\qquad")
    assert places == r"i=l+1,\ldots,L"
    tape = Tape()
    x, y = (tape.variable(value) for value in (0.6, -0.8))
    u = x / y
    v = np.exp(u - np.sin(y))
    f = np.sqrt(v * x)
    l, L = 2, len(tape.nodes)
    assert f is tape.nodes[L - 1]
    assert [node.operation == "input" for node in tape.nodes] == [True] * l + [False] * (L - l)

    def g(i):
        return lambda values: ELEMENTARY[tape.nodes[i - 1].operation](*values)

    for i in range(l + 1, L + 1):
        node = tape.nodes[i - 1]
        assert all(parent.index < i for parent in node.parents)
        env = {
            "x": Family(lambda i: tape.nodes[i - 1].value, 1),
            r"x_\mathrm{Pa}(i)": np.array([parent.value for parent in node.parents]),
            "g": Family(g, 1),
        }
        Printed(printed.label, rule).holds(env, i=[i])


# A program of seven variables, two of them inputs: x_j = g_j(its parents).
INPUTS = {1: 0.6, 2: -0.8}
GRAPH = {
    3: ((1, 2), lambda a, b: a * np.exp(b)),
    4: ((1,), np.sin),
    5: ((3, 4), lambda a, b: a / (2.0 + b)),
    6: ((2, 3, 5), lambda a, b, c: a * b + c * c),
    7: ((4, 6), lambda a, b: np.cos(a) * b),
}
LAST = 7


def variables(index=None, change=0.0):
    """Run the program; one variable is changed after it has been computed."""
    x = {}
    for j in range(1, LAST + 1):
        x[j] = GRAPH[j][1](*(x[i] for i in GRAPH[j][0])) if j in GRAPH else INPUTS[j]
        x[j] = x[j] + change * (j == index)
    return x


def graph_partial(numerator, denominator):
    (i,) = denominator.lower
    assert denominator.name == "x"
    if numerator.name == "f":
        return variables(i, 1j * STEP)[LAST].imag / STEP
    assert numerator.name == "g"
    parents, g = GRAPH[numerator.lower[0]]
    x = variables()
    return np.imag(g(*(x[p] + 1j * STEP * (p == i) for p in parents))) / STEP


@pytest.mark.equation("eq-ad-seed", how="complex step at the output")
def test_seed(printed):
    printed.holds({"partial": graph_partial, "L": LAST})


@pytest.mark.equation("eq-adjoint", how="complex step at every variable of a graph")
def test_adjoint(printed):
    env = {
        "partial": graph_partial,
        r"sum j:i\in\mathrm{Pa}(j)": lambda i: [j for j in GRAPH if i in GRAPH[j][0]],
    }
    printed.holds(env, i=range(1, LAST))


def scalar_chain(numerator, denominator):
    """Derivatives along x → a = x² → b = exp(a) → f = b."""
    names, steps = "xabf", (lambda x: x * x, np.exp, lambda b: b)
    first, last = names.index(denominator.name), names.index(numerator.name)
    assert first < last
    value = 0.7
    for step in steps[:first]:
        value = step(value)
    value = value + 1j * STEP
    for step in steps[first:last]:
        value = step(value)
    return value.imag / STEP


@pytest.mark.equation("eq-ad-chain", "eq-ad-brackets", how="complex step through each part")
def test_chain(printed):
    printed.holds({"d": scalar_chain})


# Three maps with widths 2, 5, 4, 3.
WIDTHS = (2, 5, 4, 3)
MATRICES = [rng.normal(size=(b, a)) for a, b in itertools.pairwise(WIDTHS)]
MAPS = [
    lambda x: np.exp(MATRICES[0] @ x),
    lambda x: np.tanh(MATRICES[1] @ x),
    lambda x: np.sin(MATRICES[2] @ x),
]


def jacobian(f, x):
    return np.array([np.imag(f(x + 1j * STEP * e)) / STEP for e in np.eye(len(x))]).T


def jacobians():
    x = points = np.array([0.3, -0.2])
    env = {"J": jacobian(lambda x: MAPS[2](MAPS[1](MAPS[0](x))), x)}
    for k, f in enumerate(MAPS, 1):
        env[f"J_{k}"] = jacobian(f, points)
        points = f(points)
    return {**env, "v": rng.normal(size=(2, 1)), "u": rng.normal(size=(3, 1))}


@pytest.mark.equation(
    "eq-ad-jacobians", "eq-ad-jvp", "eq-ad-vjp", how="complex step through the whole chain"
)
def test_jacobians(printed):
    printed.holds(jacobians())


def multiplications(order, M):
    """Count the products of numbers when matrices J_k, of shape (M_k, M_{k-1}), are joined."""
    total = 0
    shapes = {k: (M[k], M[k - 1]) for k in range(1, len(M))}

    def join(left, right):
        nonlocal total
        (p, q), (r, s) = left, right
        assert q == r
        total += sum(1 for _ in itertools.product(range(p), range(q), range(s)))
        return p, s

    if order == "forward":
        result = shapes[1]
        for k in range(2, len(M)):
            result = join(shapes[k], result)
    else:
        result = shapes[len(M) - 1]
        for k in range(len(M) - 2, 0, -1):
            result = join(result, shapes[k])
    return total


@pytest.mark.equation("eq-ad-cost-forward", "eq-ad-cost-reverse", how="counting in loops")
def test_costs(printed):
    M = (6, 5, 4, 3, 2)
    env = {"M": Family(lambda k: M[k], sub=1)}
    printed.holds(
        {**env, "F": multiplications("forward", M), "R": multiplications("reverse", M)}
    )  # fmt: skip


def bump(x):
    return np.exp(x * x)


# Derivatives of exp(x²), from its Taylor series in the circle around x (Cauchy's formula).
def cauchy(order, x=0.6, points=64):
    angles = 2 * np.pi * np.arange(points) / points
    terms = bump(x + np.exp(1j * angles)) * np.exp(-1j * order * angles)
    return float(np.prod(np.arange(1, order + 1)) * terms.mean().real)


DIFFERENCES = {
    "x": 0.6, "f": bump, "f'": lambda x: cauchy(1, x), "f''": lambda x: cauchy(2, x),
    "f'''": lambda x: cauchy(3, x),
}  # fmt: skip


@pytest.mark.equation("eq-ad-forward-difference", how="derivatives by Cauchy's formula")
def test_forward_difference(printed):
    printed.holds({**DIFFERENCES, "h": 1e-5}, rtol=1e-6)


@pytest.mark.equation("eq-ad-central-difference", how="derivatives by Cauchy's formula")
def test_central_difference(printed):
    printed.holds({**DIFFERENCES, "h": 1e-3}, rtol=1e-6)


@pytest.mark.equation("eq-ad-complex-step", how="derivatives by Cauchy's formula")
def test_complex_step(printed):
    env = {**DIFFERENCES, "Im": np.imag, "i": 1j, "h": 1e-20}
    printed.holds(env)
