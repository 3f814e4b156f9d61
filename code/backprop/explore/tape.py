"""The tape: a formula step by step, with values, tangents and adjoints (chapter 5).

The first state of the explorable ``tape``, its numbers by ``autodiff`` and ``counting``, and its
still.  A formula is read by Python's own parser, and evaluated step by step; nothing is executed.
"""

from __future__ import annotations

import ast
import re

import numpy as np

from .._arrays import describe
from ..autodiff import Dual, Tape, gradient, jvp
from ..counting import FUNCTIONS, count
from ..exercises.words import say
from ._limits import count as whole
from ._limits import one_of, several

ELEMENTARY = ("exp", "log", "sqrt", "sin", "cos", "tanh")
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
SIGNS = {"−": "-", "·": "*", "×": "*", "**": "^"}
TOKENS = re.compile(
    r"(?: *(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?!\w)|[A-Za-z]\w*|[-+*/^()]))* *", re.ASCII
)
LONGEST = 120  # characters
MOST_INPUTS, MOST_STEPS = 6, 24
LARGEST = 10.0  # of the inputs
FIRST = (1.5, 0.5, 2.0, -1.0, 3.0, 0.8)  # values of inputs that are not given
MODES = ("reverse", "forward")


def state(
    formula="sqrt(x^2 + exp(x^2))", inputs=None, shared=True, mode="reverse", along=0, step=-1
) -> dict:
    """Return the first state; by default it is the lecture's function at x = 1.5.

    Parameters
    ----------
    formula : str
        Of numbers, names, ``+ - * / ^``, parentheses and the functions exp, log, sqrt, sin, cos
        and tanh; at most 120 characters, 6 inputs and 24 operations.
    inputs : sequence of float, optional
        The values of the inputs, in the order in which their names occur, from -10 to 10.
    shared : bool
        Whether parts of the formula that are written twice are computed once.
    mode : {"reverse", "forward"}
        Whether adjoints or tangents are shown on the graph.
    along : int
        The input that is varied in forward mode, from 0.
    step : int
        How many steps of the mode are shown; -1 for all.
    """
    if not isinstance(shared, bool):
        raise ValueError(f"shared should be True or False, not {describe(shared)}")
    names, steps = graph(formula, shared)
    if not 1 <= len(names) <= MOST_INPUTS:
        raise ValueError(f"formula should have 1 to {MOST_INPUTS} inputs, not {len(names)}")
    if len(steps) > MOST_STEPS:
        raise ValueError(f"formula should have at most {MOST_STEPS} operations, not {len(steps)}")
    return {
        "formula": formula,
        "inputs": several(
            "inputs",
            FIRST[: len(names)] if inputs is None else inputs,
            len(names),
            -LARGEST,
            LARGEST,
        ),
        "shared": shared,
        "mode": one_of("mode", mode, MODES),
        "along": whole("along", along, 0, len(names) - 1),
        "step": whole("step", step, -1, 1000),
    }


def graph(formula: str, shared: bool) -> tuple[list[str], list[tuple]]:
    """Return the names of a formula's inputs, and its operations in their order.

    Each operation is a name from ``counting.FUNCTIONS`` with its operands: an int is a place on
    the tape, counted from 0, where the inputs come first; a float is a constant.
    """
    tree = _tree(formula)
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names = sorted(set(names) - set(ELEMENTARY), key=lambda name: _position(tree, name))
    steps: list[tuple] = []
    places: dict[tuple, int] = {}

    def place(node):
        match node:
            case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
                return np.float64(node.value)
            case ast.Name(id=name) if name in names:
                return names.index(name)
            case ast.UnaryOp(op=ast.UAdd()):
                return place(node.operand)
            case ast.UnaryOp(op=ast.USub()):
                return write("neg", place(node.operand))
            case ast.BinOp(op=operator) if type(operator) in OPERATORS:
                return write(OPERATORS[type(operator)], place(node.left), place(node.right))
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if (
                name in ELEMENTARY
            ):
                return write(name, place(argument))
        raise _refusal(formula)

    def write(*step):
        if all(isinstance(operand, float) for operand in step[1:]):
            with np.errstate(all="ignore"):
                return np.float64(FUNCTIONS[step[0]](*step[1:]))
        key = (*step, *map(type, step))  # the constant 2.0 is not place 2
        if not (shared and key in places):
            steps.append(step)
            places[key] = len(names) + len(steps) - 1
        return places[key]

    place(tree)
    return names, steps


def _tree(formula):
    """Return the syntax tree of a formula."""
    if not isinstance(formula, str):
        raise ValueError(f"formula should be a text, not {describe(formula)}")
    text = formula
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    if len(text) > LONGEST:
        raise ValueError(f"formula should have at most {LONGEST} characters, not {len(text)}")
    try:
        if not TOKENS.fullmatch(text):
            raise _refusal(formula)
        return ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise _refusal(formula) from error


def _position(tree, name):
    """Return where a name occurs first."""
    return min(
        node.col_offset for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name
    )


def _refusal(formula):
    return ValueError(
        "formula should be made of numbers, names, + - * / ^, parentheses and the functions "
        f"{', '.join(ELEMENTARY)}, not {formula!r}"
    )


def run(inputs, steps) -> list:
    """Return the inputs and the results of all operations, in the numbers' own arithmetic."""
    numbers = list(inputs)
    for name, *operands in steps:
        numbers.append(
            FUNCTIONS[name](*(x if isinstance(x, float) else numbers[x] for x in operands))
        )
    return numbers


def recorded(state: dict) -> Tape:
    """Return the tape of a formula, with all adjoints."""
    _, steps = graph(state["formula"], state["shared"])
    tape = Tape()
    with np.errstate(all="ignore"):
        nodes = run([tape.variable(value) for value in state["inputs"]], steps)
        tape.backward(nodes[-1])
    return tape


def values(state: dict) -> dict:
    """Return the numbers on the tape, and how many operations they take.

    Returns
    -------
    dict
        ``value``, ``tangent`` and ``adjoint`` of every variable on the tape; ``partials``, the
        local derivatives by the parents; ``counts``, by the convention of chapter 4, lean: of the
        ``value`` alone, of value and gradient in ``forward`` mode (a sweep for each input, as
        chapter 4 counts them) and in ``reverse`` mode.
    """
    _, steps = graph(state["formula"], state["shared"])
    nodes, x = recorded(state).nodes, np.array(state["inputs"])

    def program(x):
        return run(x, steps)[-1]

    def sweep(x, v):
        return jvp(program, x, v)

    with np.errstate(all="ignore"):
        moving = [Dual(value, float(i == state["along"])) for i, value in enumerate(x)]
        duals = run(moving, steps)
        counts = {
            "value": count(program, x),
            "forward": len(x) * count(sweep, x, np.eye(len(x))[0]),
            "reverse": count(gradient(program), x),
        }
    return {
        "value": [float(node.value) for node in nodes],
        "tangent": [float(number.tangent) for number in duals],
        "adjoint": [float(node.adjoint) for node in nodes],
        "partials": [[float(partial) for partial in node.partials] for node in nodes],
        "counts": counts,
    }


def draw(state: dict):
    """Draw the graph with values, local derivatives and adjoints, and write the counts."""
    import matplotlib.pyplot as plt

    from ..diagrams import draw_graph

    names, _ = graph(state["formula"], state["shared"])
    nodes, counts = recorded(state).nodes, values(state)["counts"]
    _, ax = plt.subplots(figsize=(6.4, 2.9))
    draw_graph(nodes[-1], ax, names=dict(zip(names, nodes, strict=False)), digits=5)
    ax.set_title(f"f = {state['formula']}", fontsize=11)
    words = say(
        "operations: {value} for the value; with the gradient, {forward} forward and {reverse} in "
        "reverse",
        **counts,
    )
    ax.text(0.5, -0.02, words, transform=ax.transAxes, ha="center", va="top", fontsize=10)
    return ax.figure


FORMULAS = (
    "sqrt(x^2 + exp(x^2))",
    "x*y + sin(z)",
    "a*b*c*d",
    "1/(1 + exp(-(w*x + b)))",
    "sqrt(x^2 + y^2 + z^2 + exp(x^2 + y^2 + z^2))",
    "x^y - y^x",
    "tanh(w*x + b)*tanh(w*x + b) - 2^x/3",
    "log(x*x + 1)/cos(x)*-x^3",
    "2*sin(x + y)^3 - sin(x + y)/4.5e1 + (x - y)*(y - x)^2*0.5",
)


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    formula, shared = str(rng.choice(FORMULAS)), bool(rng.random() < 0.6)
    names, _ = graph(formula, shared)
    return {
        "formula": formula,
        "inputs": rng.uniform(0.1, 1.9, len(names)).round(2).tolist(),
        "shared": shared,
        "mode": str(rng.choice(MODES)),
        "along": int(rng.integers(len(names))),
    }
