r"""The relations printed inside the text of the pages, and displayed ones without a label.

A relation is a formula with ``=``, ``<``, ``\approx``, ``\in`` and the like.  Read are the text of
notebooks and pages, exercises and solutions, captions and alternative texts; not the pages
``equations`` and ``claims``, which repeat labelled equations and sentences.
"""

import ast
import json
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

from printed import tokens_of

from tools.ledger import CHAPTERS

LIST = Path(__file__).with_name("inline.toml")
MADE = {"equations", "claims"}
RELATION = re.compile(
    r"[=<>]|\\(?:ne|neq|le|leq|ge|geq|ll|gg|approx|sim|in|propto|to|equiv|leftarrow|mapsto)"
    r"(?![A-Za-z])"
)
FENCE = re.compile(r"(`{3,})(.*)")
LABELLED = re.compile(r"\$\$(?:(?!\$\$).)+?\$\$[ \t]*\((?:eq|def)-[a-z0-9-]+\)", re.S)
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$]+?)\$", re.S)
NUMBER = re.compile(r"[-−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
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


def relations_in(text: str) -> list[str]:
    """Return the relations in a text, on one line each, without those that have a label."""
    text = re.sub(r"(?<![`$])`[^`\n]+`", "", LABELLED.sub("", without_code(text)))
    formulas = (" ".join((m.group(1) or m.group(2)).split()) for m in FORMULA.finditer(text))
    return [formula for formula in formulas if RELATION.search(formula)]


def printed_relations() -> dict[str, Counter]:
    """Return how often each relation is printed on each page."""
    pages = {}
    for path in sorted([*CHAPTERS.glob("*.ipynb"), *CHAPTERS.glob("*.md")]):
        found = Counter(r for text in texts(path) for r in relations_in(text))
        if found and path.stem not in MADE:
            pages[path.stem] = found
    return pages


def listed_relations() -> dict[str, dict[str, dict]]:
    """Return what the list says of each relation of each page."""
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def is_part(formula: str, of: str) -> bool:
    """Tell whether a formula is, up to spacing, a labelled equation or a part of one."""
    part, whole = tokens_of(formula), tokens_of(of)
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))


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
