r"""The relations and terms printed inside the text of the pages, and displays without a label.

A relation is a formula with ``=``, ``<``, ``\approx``, ``\in`` and the like.  A term is any other
formula of several parts: not a single number, name of a function, or symbol with its indices (which
the power of one letter looks like).
Read are the text of notebooks and pages, exercises and solutions, captions and alternative texts;
not the pages ``equations`` and ``claims``, which repeat labelled equations and sentences.
"""

import ast
import json
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

from printed import (
    CLOSING,
    DIFFERENTIALS,
    FUNCTIONS,
    RELATIONS,
    SIGNS,
    Parser,
    PrintedError,
    mutants,
    tokens_of,
)

from tools.ledger import CHAPTERS

LISTS = {kind: Path(__file__).with_name(f"{kind}.toml") for kind in ("inline", "terms")}
MADE = {"equations", "claims"}
RELATION = re.compile(
    r"[=<>]|\\(?:ne|neq|le|leq|ge|geq|ll|gg|approx|sim|in|propto|to|equiv|leftarrow|mapsto)"
    r"(?![A-Za-z])"
)
FENCE = re.compile(r"(`{3,})(.*)")
LABELLED = re.compile(r"\$\$(?:(?!\$\$).)+?\$\$[ \t]*\((?:eq|def)-[a-z0-9-]+\)", re.S)
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$]+?)\$", re.S)
NUMBER = re.compile(r"[-−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# What stands before and behind a sum that is a part of a formula.
OPENS = {"", ",", "{", "|", "&", r"\\", "}", r"\quad", r"\qquad", *RELATIONS, *CLOSING}
CLOSES = {"", ",", "}", "|", "&", r"\\", r"\end", "+", "-", *RELATIONS, *CLOSING.values()}
CALCULATION = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)


def texts(path: Path) -> list[str]:
    """Return the texts of a page: its Markdown, the captions and the descriptions of figures."""
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")]
    result = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            result.append("".join(cell["source"]))
        for words in cell["metadata"].get("mystnb", {}).values():
            result += [word for word in words.values() if isinstance(word, str)]
    return result


def without_code(text: str) -> str:
    """Leave out blocks of code, but not the text of directives, which have fences too."""
    lines, fences = [], []
    for line in text.splitlines():
        match = FENCE.match(line)
        if match and fences and not match[2] and len(match[1]) >= len(fences[-1][0]):
            fences.pop()
        elif match and not (fences and fences[-1][1]):
            fences.append((match[1], not match[2].startswith("{")))
        elif not (fences and fences[-1][1]):
            lines.append(line)
    return "\n".join(lines)


def formulas_in(text: str) -> list[str]:
    """Return the formulas in a text, on one line each, without those that have a label."""
    text = re.sub(r"(?<![`$])`[^`\n]+`", "", LABELLED.sub("", without_code(text)))
    return [" ".join((m.group(1) or m.group(2)).split()) for m in FORMULA.finditer(text)]


def is_relation(formula: str) -> bool:
    """Tell whether a formula says something of its two sides."""
    return bool(RELATION.search(formula))


def is_term(formula: str) -> bool:
    """Tell whether a formula is no relation, but has several parts."""
    tokens = tokens_of(formula)
    if is_relation(formula) or all(token.lstrip("\\") in FUNCTIONS for token in tokens):
        return False
    if not tokens[0].startswith("\\") and not tokens[0].isalpha():
        return not NUMBER.fullmatch("".join(tokens))
    parser = Parser(tokens)
    parser.symbol()
    return bool(parser.peek())


def printed_formulas(folder: Path = CHAPTERS) -> dict[str, Counter]:
    """Return how often each relation and each term is printed on each page of a folder."""
    pages = {}
    for path in sorted([*folder.glob("*.ipynb"), *folder.glob("*.md")]):
        formulas = [f for text in texts(path) for f in formulas_in(text)]
        found = Counter(f for f in formulas if is_relation(f) or is_term(f))
        if found and path.stem not in MADE:
            pages[path.stem] = found
    return pages


def listed_formulas(kind: str) -> dict[str, dict[str, dict]]:
    """Return what a list says of each formula of each page; a list of names has one reason."""
    pages = tomllib.loads(LISTS[kind].read_text(encoding="utf-8"))
    result: dict[str, dict[str, dict]] = {}
    for page, rows in pages.items():
        result[page] = {f: row for f, row in rows.items() if isinstance(row, dict)}
        for reason, formulas in rows.items():
            if isinstance(formulas, list):
                for formula, times in Counter(formulas).items():
                    assert formula not in result[page], f"{page} lists {formula} twice"
                    result[page][formula] = {"name": reason, "times": times}
    return result


def is_sum(tokens: list[str]) -> bool:
    """Tell whether terms are added outside of all brackets."""
    depth = 0
    for i, token in enumerate(tokens):
        depth += {"{": 1, "}": -1}.get(token, 0) + (token in CLOSING)
        depth -= token in CLOSING.values()
        if i and not depth and token in SIGNS:
            return True
    return False


def is_factor(tokens: list[str]) -> bool:
    """Tell whether all tokens are one factor, or one differential."""
    for mark in DIFFERENTIALS:
        if tokens[: len(mark)] == mark and len(tokens) > len(mark):
            tokens = tokens[len(mark) :]
    parser = Parser(tokens)
    try:
        parser.factor()
    except PrintedError:
        return False
    return not parser.peek()


def on_one_line(tokens: list[str]) -> list[str]:
    r"""Write \frac{1}{2 d} as 1/(2 d), and arguments of one token without braces."""
    result, parser = [], Parser(tokens)
    while parser.peek():
        token = parser.take()
        if token in {r"\frac", r"\tfrac"}:
            above, below = on_one_line(parser.group()), on_one_line(parser.group())
            above = ["(", *above, ")"] if is_sum(above) else above
            below = below if is_factor(below) else ["(", *below, ")"]
            result += [*above, "/", *below]
        elif token == "{" and parser.peek(1) == "}" and result[-1:] != [r"\mathrm"]:
            result.append(parser.take())
            parser.take("}")
        else:
            result.append(token)
    return result


@cache
def line(formula: str) -> list[str]:
    """Return the tokens of a formula, with its fractions on one line."""
    return on_one_line(tokens_of(formula))


def exchanged(term: str):
    """Yield a term with one more kind of error: another of its letters, a product for a ratio."""
    tokens = tokens_of(term)
    letters = {t for t in tokens if len(t) == 1 and t.isalpha()}
    for i, token in enumerate(tokens):
        others = letters - {token} if token in letters else {r"\cdot"} if token == "/" else ()
        if tokens[i - 2 : i] != [r"\mathrm", "{"]:
            for other in sorted(others):
                yield " ".join([*tokens[:i], other, *tokens[i + 1 :]])


def wrong_forms(formula: str, read: str, *, value: bool = False) -> list[str]:
    """Return a formula, in the form that is read, with errors of all kinds planted in it."""
    more = [f"2 {read}"] if value else []
    return [*mutants(read), *more, *(exchanged(read) if is_term(formula) else ())]


def is_part(formula: str, of: str) -> bool:
    """Tell whether a formula is an equation or a part of one, up to spacing and fractions."""
    part, whole = line(formula), line(of)
    alone = not is_relation(formula) and is_sum(part)
    for i in range(len(whole) - len(part) + 1):
        before, after = whole[i - 1] if i else "", (whole[i + len(part) :] or [""])[0]
        if (
            whole[i : i + len(part)] != part
            or after in {"_", "^", "'"}
            or before in {"_", "^", "/"}
        ):
            continue
        if not alone or (before in OPENS and after in CLOSES):
            return True
    return False


@cache
def cells(page: str) -> list[dict]:
    """Return the code cells of a page."""
    path = CHAPTERS / f"{page}.ipynb"
    found = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []
    return [cell for cell in found if cell["cell_type"] == "code"]


@cache
def numbers_on(page: str) -> set[float]:
    """Return the numbers in the code and in the printed outputs of a page."""
    text = " ".join(
        "".join(part)
        for cell in cells(page)
        for part in [
            cell["source"],
            *(o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell["outputs"]),
        ]
    )
    return {float(number.replace("−", "-")) for number in NUMBER.findall(text)}


def bound(tree: ast.AST):
    """Yield every name with each expression that it is bound to: assigned, passed, looped over."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pair = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                names = target.elts if pair else [target]
                yield from zip(names, node.value.elts if pair else [node.value], strict=True)
        elif isinstance(node, ast.keyword) and node.arg:
            yield ast.Name(node.arg), node.value
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Tuple):
            yield from ((node.target, value) for value in node.iter.elts)


@cache
def bindings(page: str) -> dict[str, list[float]]:
    """Return the numbers that the cells of a page give each name."""
    values: dict[str, list[float]] = {}
    for cell in cells(page):
        for name, expression in bound(ast.parse("".join(cell["source"]))):
            constant = all(isinstance(n, CALCULATION) for n in ast.walk(expression))
            if constant and isinstance(name, ast.Name):
                number = eval(compile(ast.Expression(expression), page, "eval"))
                if isinstance(number, int | float) and not isinstance(number, bool):
                    values.setdefault(name.id, []).append(number)
    return values
