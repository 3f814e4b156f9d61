"""The page on notation agrees with the code: its tables are read and evaluated.

The values of the symbols are computed here, by complex steps through a separate forward pass.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from backprop import FFNN, CostLogReg, cost_gradient, derivate, sigmoid, tanh
from network import BATCH, PHI, L, M, N, T, W, X, b, lecture, logistic, n, slope
from printed import Printed, PrintedError

PAGE = Path(__file__).resolve().parents[2] / "chapters" / "notation.md"


def tables() -> list[list[list[str]]]:
    """Return the tables of the page, as rows of cells, without their headings."""
    tables = []
    for block in re.findall(r"(?:^\|.*\n)+", PAGE.read_text(encoding="utf-8"), re.M):
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()
        ]
        tables.append(rows[2:])
    return tables


SYMBOLS, ELEMENTS, NAMES, EQUATIONS = tables()
ASSIGNMENTS = re.findall(r"`(\w+) = ([^`]+)`", PAGE.read_text(encoding="utf-8"))


def in_order(weights, biases):
    parts = [part.ravel() for pair in zip(weights, biases, strict=True) for part in pair]
    return np.concatenate(parts)


def all_layers(name):
    return [BATCH.gradient[name, l] for l in range(1, L + 1)]


MEANING = {
    "n": lambda l, s, i, j: n,
    "L": lambda l, s, i, j: L,
    "M_l": lambda l, s, i, j: M[l],
    "N": lambda l, s, i, j: N,
    "X": lambda l, s, i, j: X,
    "T": lambda l, s, i, j: T,
    "W^l": lambda l, s, i, j: W[l],
    "b^l": lambda l, s, i, j: b[l],
    r"\Theta": lambda l, s, i, j: in_order(W[1:], b[1:]),
    "Z^l": lambda l, s, i, j: BATCH.values["Z", l],
    "A^l": lambda l, s, i, j: BATCH.values["A", l],
    "A^0": lambda l, s, i, j: X,
    "A^L": lambda l, s, i, j: BATCH.values["A", L],
    "C": lambda l, s, i, j: BATCH.values["C"],
    r"\partial C/\partial A^L": lambda l, s, i, j: BATCH.gradient["A", L],
    r"\delta^l": lambda l, s, i, j: BATCH.gradient["Z", l],
    r"\partial C/\partial W^l": lambda l, s, i, j: BATCH.gradient["W", l],
    r"\partial C/\partial b^l": lambda l, s, i, j: BATCH.gradient["b", l],
    r"\partial C/\partial \Theta": lambda l, s, i, j: in_order(all_layers("W"), all_layers("b")),
    "x_{si}": lambda l, s, i, j: X[s - 1, i - 1],
    "t_{sj}": lambda l, s, i, j: T[s - 1, j - 1],
    "w_{ij}^l": lambda l, s, i, j: W[l][i - 1, j - 1],
    "b_j^l": lambda l, s, i, j: b[l][j - 1],
    "z_{sj}^l": lambda l, s, i, j: BATCH.values["Z", l][s - 1, j - 1],
    "a_{sj}^l": lambda l, s, i, j: BATCH.values["A", l][s - 1, j - 1],
    r"\delta_{sj}^l": lambda l, s, i, j: BATCH.gradient["Z", l][s - 1, j - 1],
    r"\varphi_l(Z^l)": lambda l, s, i, j: PHI[l](BATCH.values["Z", l]),
    r"\varphi_l'(Z^l)": lambda l, s, i, j: slope(PHI[l], BATCH.values["Z", l]),
    r"\sigma(Z^l)": lambda l, s, i, j: logistic(BATCH.values["Z", l]),
}


def shape_of(printed: str, l: int) -> tuple:
    """Return the shape that a cell prints, as numbers."""
    if printed == "number":
        return ()
    inside = re.fullmatch(r"\$\((.+?),? *\)\$", printed).group(1)
    sizes = {"n": n, "N": N, "M_0": M[0], "M_L": M[L], "M_l": M[l], "M_{l-1}": M[l - 1]}
    return tuple(sizes[part.strip()] for part in inside.split(","))


def problem(row) -> str | None:
    """Return the problem of a row of the first two tables, or None."""
    symbol, code, shape, meaning = row
    symbol = symbol.strip("$")
    net = FFNN(M, [sigmoid, tanh, sigmoid], sigmoid, CostLogReg)
    net.parameters = in_order(W[1:], b[1:])
    names = {"net": net, "X": X, "t": T, "L": L}
    names |= {"cost_gradient": cost_gradient, "derivate": derivate, "sigmoid": sigmoid}
    for name, value in ASSIGNMENTS:
        names[name] = eval(value, dict(names))
    for l in range(1, L if "l < L" in meaning else L + 1):
        for s, i, j in ((5, 3, 2), (6, 2, 1)):  # all different, and there in every layer
            try:
                value = eval(code.strip("`"), {**names, "l": l, "s": s, "i": i, "j": j})
            except Exception as error:
                return f"{code} raises {error!r} for l = {l}"
            if np.shape(value) != shape_of(shape, l):
                return (
                    f"{symbol} has shape {np.shape(value)}, not {shape_of(shape, l)}, for l = {l}"
                )
            if not np.allclose(value, MEANING[symbol](l, s, i, j), rtol=1e-9, atol=1e-14):
                return f"{code} is not {symbol} for l = {l}"
    return None


ROWS = [*SYMBOLS, *ELEMENTS]
each_row = pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])


def test_the_names_in_the_code_are_explained():
    assert [name for name, _ in ASSIGNMENTS] == ["trace", "slope"]


def test_every_symbol_is_listed_once():
    assert sorted(row[0].strip("$") for row in ROWS) == sorted(MEANING)


@each_row
def test_rows_say_what_the_code_does(row):
    assert problem(row) is None
    assert row[3]


def planted(row):
    """Yield copies of a row with one error each."""
    symbol, code, shape, meaning = row
    changes = [("l - 1", "l - 2"), ("[l]", "[l - 1]"), ("- 1, j - 1", "- 1, j - 2")]
    if "len(" not in code:  # X and t have the same number of rows, weights and biases of entries
        changes += [("trace.A", "trace.Z"), ("trace.Z", "trace.A")]
        changes += [("weights", "biases"), ("X", "t")]
    for old, new in changes:
        if old in code:
            yield symbol, code.replace(old, new), shape, meaning
    if shape == "number":
        yield symbol, code, "$(n,)$", meaning
    else:
        sizes = shape.strip("$()").rstrip(",").split(", ")
        yield symbol, code, f"$({', '.join([*sizes, 'n'])})$", meaning
        if len(sizes) == 2:
            yield symbol, code, f"$({sizes[1]}, {sizes[0]})$", meaning
    yield symbol, f"`({code.strip('`')}) * 1.000001`", shape, meaning


@each_row
def test_wrong_rows_are_noticed(row):
    missed = [changed for changed in planted(row) if problem(changed) is None]
    assert not missed


# The lecture's equations, in the lecture's order of indices


# The free indices of each equation: the layers, and from which layer a unit is (0: l, 1: l - 1).
FREE = {
    "weighted sum": (range(1, L + 1), {"j": 0}),
    "with respect to the activation": (range(1, L + 1), {"j": 0, "i": 1}),
    "output error": ([L], {"j": 0}),
    "with respect to the weight": ([L], {"j": 0, "k": 1}),
    "with respect to the bias": ([L], {"j": 0}),
    "one layer back": ([1, 3], {"j": 0}),  # where the activation function is logistic
    "update": (range(1, L + 1), {"j": 0, "k": 1}),
}


def holds(name, latex, cell):
    """Evaluate the lecture's equation with the weights that the row states."""
    layers, units = FREE[name]
    for l in layers:
        free = {unit: range(1, M[l - back] + 1) for unit, back in units.items()}
        Printed(name, latex.strip("$")).holds(lecture(cell), l=[l], **free)


@pytest.mark.parametrize("row", EQUATIONS, ids=[row[0] for row in EQUATIONS])
def test_the_lecture_is_translated_rightly(row):
    holds(*row[:3])


@pytest.mark.parametrize("row", [r for r in EQUATIONS if r[2] != "none"], ids=lambda row: row[0])
def test_a_wrong_translation_is_noticed(row):
    theirs, ours = re.findall(r"w_\{(..)\}", row[2])
    other = theirs[::-1] if theirs == ours else theirs
    with pytest.raises((AssertionError, PrintedError, LookupError)):
        holds(row[0], row[1], rf"its $w_{{{theirs}}}$ is our $w_{{{other}}}$")


def test_the_names_are_translated():
    assert len(NAMES) >= 8
    assert all(len(row) == 2 and all(row) for row in NAMES)
