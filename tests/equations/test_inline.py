r"""Every relation and term inside the text is read and checked as what the lists say it is.

``inline.toml`` lists the relations, ``terms.toml`` the terms.  A list has a table for each page and
a line for each formula, as it is printed:

    '\eta = 0.5' = { setting = "eta" }           a cell of the page gives the name this value; with
                                                 true, the number stands in a cell or output
    'z = wx + b' = { same = "def-perceptron-z" } it is, up to spacing and the form of fractions,
                                                 this equation (or relation of the page), or a part
    '\delta = a - t' = { true = "logistic cost" } it holds in this world of ``environments.py``
    'w/4' = { value = "long chain", is = "f" }   the term has the value that ``is`` has there;
                                                 ``environments_terms.py`` has more worlds
    '\delta = a_i' = { wrong = "chain" }         quoted as an error: it fails there
    '\Theta = \{w, b\}' = { name = "…" }         there is nothing to compute, for this reason
    "a shape" = ['(n, M)', '(n, K)']             the same for several, each as often as printed

``times`` says how often it is printed, if more than once; ``as`` is the same formula in a form
that can be evaluated; ``equivalent`` lists changes that leave it true.
"""

import warnings

import environments_terms  # noqa: F401 (registers its worlds)
import numpy as np
import pytest
from environments import ENVIRONMENTS, Environment
from inline import (
    LISTS,
    NUMBER,
    bindings,
    formulas_in,
    is_part,
    is_relation,
    is_term,
    listed_formulas,
    numbers_on,
    printed_formulas,
    wrong_forms,
)
from labelled import EQUATIONS
from printed import Parser, PrintedError, tokens_of

from tools.chapter import formulas

PRINTED, BY_KIND = printed_formulas(), {kind: listed_formulas(kind) for kind in LISTS}
LISTED = {
    page: {f: row for rows in BY_KIND.values() for f, row in rows.get(page, {}).items()}
    for page in {page for rows in BY_KIND.values() for page in rows}
}
KINDS = {"same", "setting", "true", "value", "wrong", "name"}
ROWS = [
    pytest.param(page, formula, row, id=f"{page[:2]}: {formula}")
    for page, rows in sorted(LISTED.items())
    for formula, row in rows.items()
]
FAILS = (AssertionError, PrintedError, ArithmeticError, LookupError, TypeError, ValueError)
ADVICE = "say what it is; the docstring of test_inline.py lists the kinds"


def file_of(formula):
    return LISTS["inline" if is_relation(formula) else "terms"].name


@pytest.mark.parametrize("page", sorted(PRINTED | LISTED))
def test_every_formula_is_listed(page):
    printed, listed = PRINTED.get(page, {}), LISTED.get(page, {})
    for formula in printed:
        name = file_of(formula)
        assert formula in listed, f"{page} prints ${formula}$, which {name} does not list: {ADVICE}"
    for formula, row in listed.items():
        there, times = printed.get(formula, 0), row.get("times", 1)
        assert there == times, (
            f"{page} prints ${formula}$ {there} times, but {file_of(formula)} says {times}: if the "
            "page is right, change the list"
        )


@pytest.mark.parametrize("kind", LISTS)
def test_each_list_has_its_kind(kind):
    other = [f for rows in BY_KIND[kind].values() for f in rows if file_of(f) != LISTS[kind].name]
    assert not other


def value_of(formula):
    """Return the number to which a setting sets its letters."""
    sides = formula.split("=")
    return Parser(tokens_of(sides[-1])).whole_expression()({"indices": {}})


def of_the_page(page, relation):
    """Return a relation that the list has as true, in the form that is evaluated."""
    rows = BY_KIND["inline"].get(page, {})
    assert relation in rows, (
        f"no page has the label {relation}, nor has {page} such a relation: the line in the list "
        "should name one that is there, or go if what it explains is printed no more"
    )
    row = rows[relation]
    assert row.keys() & {"true", "same"}, f"{relation} is not listed as true"
    return row.get("as", relation)


def problem(page, formula, row):
    """Return what is wrong with a relation, or None."""
    (kind,) = row.keys() & KINDS
    what = row[kind]
    formula = row.get("as", formula)
    if kind == "same":
        whole = EQUATIONS[what].latex if what in EQUATIONS else of_the_page(page, what)
        return None if is_part(formula, whole) else f"it is no part of {what}"
    if kind == "setting":
        value = value_of(formula)
        values = numbers_on(page) if what is True else bindings(page).get(what, ())
        if any(np.isclose(value, v, rtol=1e-12, atol=0) for v in values):
            return None
        return f"no cell gives {what} the value {value}"
    if kind in {"true", "value", "wrong"}:
        if what not in ENVIRONMENTS:
            return f"no world of environments.py or environments_terms.py has the name {what!r}"
        formula = f"{row['is']} = {formula}" if kind == "value" else formula
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ENVIRONMENTS[what].check(formula)
        except FAILS as error:
            if kind == "wrong" and isinstance(error, AssertionError):
                return None
            return f"it is not true: {error!r}"
        return None if kind != "wrong" else "it is quoted as an error, but it is true"
    return None


def test_a_world_that_is_not_there_is_named():
    row = {"value": "no such world", "is": "b"}
    assert "has the name 'no such world'" in problem(next(iter(PRINTED)), "a + b", row)


@pytest.mark.parametrize(("page", "formula", "row"), ROWS)
def test_formulas_are_what_the_list_says(page, formula, row):
    assert len(row.keys() & KINDS) == 1, f"${formula}$ should be one of {sorted(KINDS)}: {ADVICE}"
    assert row.keys() <= KINDS | {"times", "as", "equivalent", "is"}, f"${formula}$: {ADVICE}"
    assert ("is" in row) == ("value" in row), f"${formula}$ should have both or none: {ADVICE}"
    assert problem(page, formula, row) is None, f"{page}: ${formula}$"


@pytest.mark.parametrize(
    ("page", "formula", "row"),
    [p for p in ROWS if p.values[2].keys() & {"same", "true", "value"}],
)
def test_planted_errors_are_noticed(page, formula, row):
    without = {key: value for key, value in row.items() if key != "as"}
    forms = wrong_forms(formula, row.get("as", formula), value="value" in row)
    missed = {"".join(m.split()) for m in forms if problem(page, m, without) is None}
    harmless = {"".join(m.split()) for m in row.get("equivalent", ())}
    assert missed == harmless, f"{page}: not noticed in ${formula}$"


LABEL, LATEX = next((label, equation.latex) for label, equation in EQUATIONS.items())
WITH_ETA = next(page for page in sorted(LISTED) if "eta" in bindings(page))


@pytest.mark.parametrize(
    ("formula", "row"),
    [
        (wrong_forms(LATEX, LATEX)[0], {"same": LABEL}),
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
    assert problem(WITH_ETA, formula, row)


BY_REMOVAL = {formulas.LOST, formulas.INSTEAD}


def way_to_check(page, formula, reason="a letter"):
    """Return how a formula that is listed as a name could be checked, or None.

    An inequality that holds in some world says nothing.  A formula of a chapter that was removed
    holds elsewhere by accident, where its letters have another meaning, so only equations of its
    own page are tried.
    """
    if reason in BY_REMOVAL:
        own = formulas.own_equations(page, EQUATIONS.values())
        label = formulas.part_of(formula, formula, own)
        return {"same": label} if label else None
    tokens = tokens_of(formula)
    if "=" in tokens:
        for world in ENVIRONMENTS:
            if problem(page, formula, {"true": world}) is None:
                return {"true": world}
        letter, side = tokens[0].lstrip("\\"), formula.split("=")[-1].strip()
        told = {"setting": letter if letter in bindings(page) else True}
        if NUMBER.fullmatch(side) and (told["setting"] == letter or float(side) not in {0, 1}):
            return told if problem(page, formula, told) is None else None
    if len(tokens) > 3 and any(token.isalpha() for token in tokens):
        known = {label: equation.latex for label, equation in EQUATIONS.items()}
        known |= {f: f for f, row in BY_KIND["inline"].get(page, {}).items() if "true" in row}
        return next(({"same": w} for w, latex in known.items() if is_part(formula, latex)), None)
    return None


NAMES = {
    (page, f): row["name"]
    for page, rows in sorted(LISTED.items())
    for f, row in rows.items()
    if "name" in row
}


def test_what_can_be_checked_is_no_name():
    found = {(page, f): way_to_check(page, f, reason) for (page, f), reason in NAMES.items()}
    assert {name: way for name, way in found.items() if way} == {}


@pytest.mark.parametrize("reason", sorted(BY_REMOVAL))
def test_what_a_removed_chapter_explained_is_read_by_its_own_page_alone(reason, monkeypatch):
    true = r"\varepsilon^2 = 0"
    monkeypatch.setitem(ENVIRONMENTS, "tiny", Environment([{"varepsilon": 1e-9}]))
    assert way_to_check("glossary", true)
    assert way_to_check("glossary", true, reason) is None
    equation = next(e for e in EQUATIONS.values() if formulas.part_of(e.latex, e.latex, [e]))
    assert way_to_check("glossary", equation.latex)
    assert way_to_check("glossary", equation.latex, reason) is None
    assert way_to_check(equation.document, equation.latex, reason)


@pytest.mark.parametrize("kind", ["true", "same"])
def test_most_formulas_could_not_become_names(kind):
    rows = [
        (page, f)
        for page, listed in sorted(BY_KIND["inline"].items())
        for f, row in listed.items()
        if kind in row and "=" in tokens_of(f) and "as" not in row
    ]
    some = rows[::5]  # it takes a tenth of a second for each
    assert sum(way_to_check(*row) is not None for row in some) > 2 / 3 * len(some)


@pytest.mark.parametrize(("kind", "share"), [("inline", 1 / 5), ("terms", 1 / 2)])
def test_few_formulas_are_only_names(kind, share):
    rows = [row for rows in BY_KIND[kind].values() for row in rows.values()]
    names = [row["name"] for row in rows if "name" in row]
    assert all(len(reason) > 3 for reason in names)
    assert len(names) <= len(rows) * share


def test_no_environment_is_idle():
    kinds = ("true", "wrong", "value")
    used = {p.values[2].get(kind) for p in ROWS for kind in kinds}
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
    assert [f for f in formulas_in(text) if is_relation(f)] == found


@pytest.mark.parametrize(
    ("formula", "term"),
    [
        ("w_{ij}^l", False),
        (r"\ln\cosh", False),
        ("-0.5", False),
        ("z = 1", False),
        ("W^1 W^2", True),
        ("10^{-8}", True),
        ("(n, M)", True),
        (r"\frac12", True),
    ],
)
def test_terms_are_found(formula, term):
    assert is_term(formula) == term


@pytest.mark.parametrize(
    ("part", "whole", "is_one"),
    [
        ("1/(2d)", r"\frac{1}{2 \sqrt{c}} = \frac{1}{2 d}", True),
        ("1/2 d", r"x = \frac{1}{2 d}", False),
        (r"\partial C/\partial w", r"\frac{\partial C}{\partial w} = \delta x", True),
        ("wx + b", "z = wx + b", True),
        ("a + b", "z = x - a + b", False),
        ("a + b", "z = a + b c", False),
        ("a", "z = a^2", False),
    ],
)
def test_parts_are_found(part, whole, is_one):
    assert is_part(part, whole) == is_one
