"""Chapter 4: derivatives by complex steps; counts by reading straight-line programs."""

import ast

import numpy as np
import pytest
from backprop.autodiff import Tape
from backprop.counting import OperationCounter
from printed import Family

STEP = 1e-20
X = 0.7


def exp_square(z):
    return np.exp(z * z)


def root(z):
    return np.sqrt(z * z + np.exp(z * z))


def slope(f):
    return lambda x: np.imag(f(x + 1j * STEP)) / STEP


# The steps x → a → b → c → d: each variable from its parents.
STEPS = {
    "a": (("x",), lambda x: x * x),
    "b": (("a",), np.exp),
    "c": (("a", "b"), lambda a, b: a + b),
    "d": (("c",), np.sqrt),
}


def values(**fixed):
    """Run the steps; the variables in ``fixed`` keep their values."""
    result = {"x": X, **fixed}
    for name, (parents, step) in STEPS.items():
        if name not in fixed:
            result[name] = step(*(result[p] for p in parents))
    return result


def partial(numerator, denominator):
    """f: all that follows from a change.  A step: its own argument changes, nothing else."""
    name, by = numerator.name, denominator.name
    start = values()
    if name == "f":
        return values(**{by: start[by] + 1j * STEP})["d"].imag / STEP
    parents, step = STEPS[name]
    assert by in parents
    return np.imag(step(*(start[p] + 1j * STEP * (p == by) for p in parents))) / STEP


def counted_value(f, operations):
    """Run a function on a number that counts; it takes as many operations as the page says."""

    def value(x):
        counter = OperationCounter()
        result = f(counter.number(x)).value
        assert counter.total() == operations
        return result

    return value


@pytest.mark.equation("def-count-exp", how="the package's numbers that count, two operations")
def test_exp_of_a_square(printed):
    printed.holds({"f": counted_value(exp_square, 2)}, x=[-1.3, 0.3, 1.1])


@pytest.mark.equation("def-count-sqrt", how="the package's numbers that count, five operations")
def test_root_of_a_sum(printed):
    printed.holds({"f": counted_value(root, 5)}, x=[-1.3, 0.3, 1.1])


@pytest.mark.equation(
    "def-count-exp-steps", "def-count-sqrt-steps", how="the package's record of the steps"
)
def test_recorded_steps(printed):
    for x in (-0.8, X):
        tape = Tape()
        values(x=tape.variable(x))
        values_by_name = {name: node.value for name, node in zip("xabcd", tape.nodes, strict=True)}
        printed.holds({**values_by_name, "f": root})


@pytest.mark.equation("eq-count-exp-derivative", how="complex step")
def test_exp_derivative(printed):
    printed.holds({"f'": slope(exp_square)}, x=[0.3, 1.1])


@pytest.mark.equation("eq-count-exp-reuse", how="complex step")
def test_exp_reuse(printed):
    printed.holds({"f'": slope(exp_square), "x": X, "b": np.exp(X**2)})


@pytest.mark.equation("eq-count-sqrt-derivative", how="complex step")
def test_sqrt_derivative(printed):
    printed.holds({"f'": slope(root)}, x=[0.3, 1.1])


@pytest.mark.equation(
    "eq-count-step-a",
    "eq-count-step-b",
    "eq-count-step-c",
    "eq-count-step-d",
    how="complex step in one argument of one step",
)
def test_steps(printed):
    printed.holds({**values(), "partial": partial})


@pytest.mark.equation(
    "eq-count-adjoint-c",
    "eq-count-adjoint-b",
    "eq-count-adjoint-a",
    "eq-count-adjoint-x",
    how="complex step from an intermediate variable to the result",
)
def test_adjoints(printed):
    printed.holds({**values(), "partial": partial})


# Counts: programs without loops or reuse, written out here, whose text is read.


def operations(lines):
    """Count operators and calls in the text; constants alone are free, and so are signs."""
    total = 0
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.BinOp):
            total += any(isinstance(part, ast.Name) for part in ast.walk(node))
        total += isinstance(node, ast.Call)
    return total


def run(lines, **start):
    scope = {"exp": np.exp, "sqrt": np.sqrt, **start}
    exec("\n".join(lines), scope)
    return scope


def inputs(n):
    return {f"x{i}": value for i, value in enumerate(np.linspace(0.4, 0.9, n), 1)}


def by_complex_steps(lines, result, n):
    start = inputs(n)
    return [
        run(lines, **{**start, x: start[x] + 1j * STEP})[result].imag / STEP for x in start
    ]  # fmt: skip


def many_value(n):
    squares = [f"q{i} = x{i}**2" for i in range(1, n + 1)]
    s = "s = " + " + ".join(f"q{i}" for i in range(1, n + 1))
    return [*squares, s, "e = exp(s)", "c = s + e", "d = sqrt(c)"]


def many_forward(n):
    squares = [f"dq{i} = 2*x{i}*dx{i}" for i in range(1, n + 1)]
    s = "ds = " + " + ".join(f"dq{i}" for i in range(1, n + 1))
    return [*many_value(n), *squares, s, "de = e*ds", "dc = ds + de", "dd = dc/(2*d)"]


def many_reverse(n):
    back = ["c_ = 1/(2*d)", "s_ = c_ + c_*e"]
    return [*many_value(n), *back, *(f"x{i}_ = 2*x{i}*s_" for i in range(1, n + 1))]


def product_value(n):
    return ["p1 = x1", *(f"p{i} = p{i - 1}*x{i}" for i in range(2, n + 1))]


def product_forward(n):
    tangents = (f"dp{i} = dp{i - 1}*x{i} + p{i - 1}*dx{i}" for i in range(2, n + 1))
    return [*product_value(n), "dp1 = dx1", *tangents]


def product_reverse(n):
    back = [f"x{n}_ = p{n - 1}", f"p{n - 1}_ = x{n}"]
    for i in range(n - 1, 1, -1):
        back += [f"x{i}_ = p{i}_*p{i - 1}", f"p{i - 1}_ = p{i}_*x{i}"]
    return [*product_value(n), *back, "x1_ = p1_"]


def product_separate(n):
    names = [f"x{i}" for i in range(1, n + 1)]
    others = ["*".join(names[:i] + names[i + 1 :]) for i in range(n)]
    return [*product_value(n), *(f"x{i}_ = {text}" for i, text in enumerate(others, 1))]


def of_many(program, result):
    """Return the function of x_1, the dots between, and x_n that a program computes."""

    def f(first, between, last):
        numbers = [first, *between, last]
        start = {f"x{i}": number for i, number in enumerate(numbers, 1)}
        return run(program(len(numbers)), **start)[result(len(numbers))]

    return f


@pytest.mark.equation("def-count-many", "def-count-product", how="straight-line programs, run")
def test_functions_of_many(printed):
    programs = {
        "def-count-many": (many_value, lambda n: "d"),
        "def-count-product": (product_value, lambda n: f"p{n}"),
    }
    for n in (3, 6):
        x = list(inputs(n).values())
        env = {
            "f": of_many(*programs[printed.label]),
            "x": Family(lambda i, x=x: x[i - 1], 1),
            "ldots": np.array(x[1:-1]),
            "n": n,
            "s": run(many_value(n), **inputs(n))["s"],
        }
        printed.holds(env)


def counted(program, value, result, kind, n):
    """Count the operations of a program, after checking its result."""
    lines = program(n)
    exact = by_complex_steps(value(n), result, n)
    if kind == "forward":
        for i, expected in enumerate(exact, 1):
            seeds = {f"dx{k}": float(k == i) for k in range(1, n + 1)}
            assert np.isclose(run(lines, **inputs(n), **seeds)["d" + result], expected)
        return n * operations(lines)
    if kind == "reverse":
        scope = run(lines, **inputs(n))
        assert np.allclose([scope[f"x{i}_"] for i in range(1, n + 1)], exact)
    return operations(lines)


ROUTE = "straight-line programs, run and read"


@pytest.mark.equation(
    "eq-count-many-value", "eq-count-many-forward", "eq-count-many-reverse", how=ROUTE
)
def test_many(printed):
    env = {
        "V": lambda n: counted(many_value, many_value, "d", "value", n),
        "F": lambda n: counted(many_forward, many_value, "d", "forward", n),
        "R": lambda n: counted(many_reverse, many_value, "d", "reverse", n),
    }
    printed.holds(env, n=[1, 2, 3, 7])


@pytest.mark.equation(
    "eq-count-product-value",
    "eq-count-product-separate",
    "eq-count-product-forward",
    "eq-count-product-reverse",
    how=ROUTE,
)
def test_product(printed):
    def of(program, kind):
        return lambda n: counted(program, product_value, f"p{n}", kind, n)

    env = {
        "V": of(product_value, "value"),
        "S": of(product_separate, "reverse"),
        "F": of(product_forward, "forward"),
        "R": of(product_reverse, "reverse"),
    }
    printed.holds(env, n=[2, 3, 4, 7])
