r"""A symbol with indices in the text is one of the formulas of its page, with the same indices.

The lists of ``test_inline.py`` have the formulas of several parts; what is left are the symbols,
such as ``w_{ij}^l``, and the powers of one letter.  Each has to occur in an equation, relation or
term of its page, or in a table of the page on notation, where a number may take the place of an
index and the last indices may be left out.  ``symbols.toml`` lists the others, page by page.
"""

import re
import tomllib
from pathlib import Path

import pytest
from inline import CHAPTERS, MADE, formulas_in, is_relation, is_term, texts
from labelled import EQUATIONS
from printed import tokens_of

ALONE = tomllib.loads(Path(__file__).with_name("symbols.toml").read_text(encoding="utf-8"))
LETTERS = ("i", "j", "k", "l", "s", "t", "n", "L")
NOTATION = (CHAPTERS / "notation.md").read_text(encoding="utf-8")
EXPLAINED = re.findall(r"(?m)^\| \$([^$]+)\$ \| `", NOTATION)


def spaced(formula: str) -> str:
    """Return the tokens of a formula, with spaces around each."""
    return f" {' '.join(tokens_of(formula))} "


def read(path: Path) -> tuple[set[str], str]:
    """Return the symbols that a page prints alone, and the formulas in which they may occur."""
    found = [formula for text in texts(path) for formula in formulas_in(text)]
    whole = [formula for formula in found if is_relation(formula) or is_term(formula)]
    alone = {f for f in found if f not in whole and re.search("[_^]", f)}
    own = [e for e in EQUATIONS.values() if e.document == path.stem]
    of_page = [e.latex for e in own or EQUATIONS.values()]  # a page without equations is on all
    return alone, "|".join(map(spaced, [*whole, *of_page, *EXPLAINED]))


def forms(symbol: str) -> list[str]:
    """Return a symbol, and what it is an instance of: an index in place of a number."""
    tokens, found = tokens_of(symbol), [tokens_of(symbol)]
    for i, token in enumerate(tokens):
        if i and token.isdigit():
            found += [[*f[:i], letter, *f[i + 1 :]] for f in found for letter in LETTERS]
    return [f" {' '.join(form)} " for form in found]


def is_known(symbol: str, formulas: str) -> bool:
    """Tell whether a symbol, or one of which it is an instance, occurs in formulas."""
    return any(form in formulas for form in forms(symbol))


def changed(symbol: str):
    """Yield a symbol with an error: an index exchanged, another layer, below for above."""
    tokens = tokens_of(symbol)
    for i, token in enumerate(tokens):
        others = {"_": ["^"], "^": ["_"], "l": ["l-1"]}.get(token, [])
        others += [letter for letter in "ijks" if token in "ijks" and letter != token]
        if i:
            yield from (" ".join([*tokens[:i], other, *tokens[i + 1 :]]) for other in others)


PAGES = {path.stem: path for path in sorted([*CHAPTERS.glob("*.ipynb"), *CHAPTERS.glob("*.md")])}
READ = {name: read(path) for name, path in PAGES.items() if name not in MADE}


@pytest.mark.parametrize("page", sorted(READ.keys() | ALONE.keys()))
def test_symbols_in_the_text_are_those_of_the_formulas(page):
    assert page in READ, f"symbols.toml has {page}, which is no page: take its line out"
    alone, formulas = READ[page]
    unknown = {symbol for symbol in alone if not is_known(symbol, formulas)}
    assert unknown == set(ALONE.get(page, ())), "is it printed rightly? then list it"


def test_most_errors_in_a_symbol_would_be_noticed():
    errors = [
        is_known(error, formulas)
        for page, (alone, formulas) in READ.items()
        for symbol in alone - set(ALONE.get(page, ()))
        for error in changed(symbol)
    ]
    assert len(errors) > 500
    assert sum(errors) < len(errors) / 6
