r"""Every relation inside the text is read and checked as what ``inline.toml`` says it is.

The list has a table for each page and a line for each relation, as it is printed:

    '\eta = 0.5' = { setting = "eta" }           a cell of the page gives the name this value; with
                                                 true, the number stands in a cell or output
    'z = wx + b' = { same = "def-perceptron-z" } it is, up to spacing, this equation or a part of it
    '\delta = a - t' = { true = "logistic cost" } it holds in this world of ``environments.py``
    '\delta = a_i' = { wrong = "chain" }         quoted as an error: it fails there
    '\Theta = \{w, b\}' = { name = "…" }         there is nothing to compute, for this reason

``times`` says how often it is printed, if more than once; ``as`` is the same relation in a form
that can be evaluated; ``equivalent`` lists changes that leave it true.
"""

import warnings

import numpy as np
import pytest
from environments import ENVIRONMENTS
from inline import (
    LIST,
    bindings,
    is_part,
    listed_relations,
    numbers_on,
    printed_relations,
    relations_in,
)
from labelled import EQUATIONS
from printed import Parser, PrintedError, mutants, tokens_of

PRINTED, LISTED = printed_relations(), listed_relations()
KINDS = {"same", "setting", "true", "wrong", "name"}
# Pages that are not yet on the list, with the number of their different relations.
NOT_YET: dict[str, int] = {}
ROWS = [
    pytest.param(page, formula, row, id=f"{page[:2]}: {formula}")
    for page, rows in LISTED.items()
    for formula, row in rows.items()
]
FAILS = (AssertionError, PrintedError, ArithmeticError, LookupError, TypeError, ValueError)
ADVICE = f"say in {LIST.name} what it is; the docstring of test_inline.py lists the kinds"


@pytest.mark.parametrize("page", sorted(PRINTED | LISTED))
def test_every_relation_is_listed(page):
    printed, listed = PRINTED.get(page, {}), LISTED.get(page, {})
    if page in NOT_YET:
        assert not listed, f"{page} is on the list, and can leave NOT_YET"
        assert len(printed) == NOT_YET[page]
        return
    for formula in printed:
        assert formula in listed, f"{page} prints ${formula}$, which is not listed: {ADVICE}"
    for formula, row in listed.items():
        there, times = printed.get(formula, 0), row.get("times", 1)
        assert there == times, (
            f"{page} prints ${formula}$ {there} times, but {LIST.name} says {times}: if the page "
            "is right, change the list"
        )


def value_of(formula):
    """Return the number to which a setting sets its letters."""
    sides = formula.split("=")
    return Parser(tokens_of(sides[-1])).whole_expression()({"indices": {}})


def problem(page, formula, row):
    """Return what is wrong with a relation, or None."""
    (kind,) = row.keys() & KINDS
    what = row[kind]
    formula = row.get("as", formula)
    if kind == "same":
        return None if is_part(formula, EQUATIONS[what].latex) else f"it is no part of {what}"
    if kind == "setting":
        value = value_of(formula)
        values = numbers_on(page) if what is True else bindings(page).get(what, ())
        if any(np.isclose(value, v, rtol=1e-12, atol=0) for v in values):
            return None
        return f"no cell gives {what} the value {value}"
    if kind in {"true", "wrong"}:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ENVIRONMENTS[what].check(formula)
        except FAILS as error:
            if kind == "wrong" and isinstance(error, AssertionError):
                return None
            return f"it is not true: {error!r}"
        return None if kind == "true" else "it is quoted as an error, but it is true"
    return None


@pytest.mark.parametrize(("page", "formula", "row"), ROWS)
def test_relations_are_what_the_list_says(page, formula, row):
    assert len(row.keys() & KINDS) == 1, f"each relation is one of {sorted(KINDS)}"
    assert row.keys() <= KINDS | {"times", "as", "equivalent"}
    assert problem(page, formula, row) is None, f"{page}: ${formula}$"


@pytest.mark.parametrize(
    ("page", "formula", "row"),
    [p for p in ROWS if p.values[2].keys() & {"same", "true"}],
)
def test_planted_errors_are_noticed(page, formula, row):
    without = {key: value for key, value in row.items() if key != "as"}
    missed = {
        "".join(m.split())
        for m in mutants(row.get("as", formula))
        if problem(page, m, without) is None
    }
    harmless = {"".join(m.split()) for m in row.get("equivalent", ())}
    assert missed == harmless, f"{page}: not noticed in ${formula}$"


@pytest.mark.parametrize(
    ("formula", "row"),
    [
        ("z = wx - b", {"same": "def-perceptron-z"}),
        (r"\eta = 0.4", {"setting": "eta"}),
        (r"\eta = 0.123", {"setting": True}),
        (r"\sigma(-z) = 1 + \sigma(z)", {"true": "functions"}),
        (r"\cosh z < |w|/2 - 2", {"true": "growth"}),
        (r"\cosh z < |w|/2", {"true": "growth"}),
        (r"l = L-1, \dots, 1", {"true": "layers backwards"}),
        (r"\sigma(-z) = 1 - \sigma(z)", {"wrong": "functions"}),
        (r"\unknown = 1", {"wrong": "functions"}),
    ],
)
def test_what_is_listed_wrongly_is_noticed(formula, row):
    assert problem("06-perceptron", formula, row)


def test_few_relations_are_only_names():
    names = [row for rows in LISTED.values() for row in rows.values() if "name" in row]
    assert all(len(row["name"]) > 3 for row in names)
    assert len(names) <= len(ROWS) / 5


def test_no_environment_is_idle():
    used = {p.values[2].get("true", p.values[2].get("wrong")) for p in ROWS}
    assert ENVIRONMENTS.keys() == used - {None}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("If $a = b$, then $c$ and $\\alpha \\ne 0$.", ["a = b", r"\alpha \ne 0"]),
        ("$$\nx\n= y\n$$\n\n$$\nu = v\n$$ (eq-uv)\n\nand $p\n< q$", ["x = y", "p < q"]),
        ("`$a = b$` and {eq}`eq-a`, $\\mathrm{left}$\n```\n$c = d$\n```\n", []),
        ("````{exercise}\n$a = b$\n```{hint}\n$c = d$\n```\n````", ["a = b", "c = d"]),
    ],
)
def test_relations_are_found(text, found):
    assert relations_in(text) == found
