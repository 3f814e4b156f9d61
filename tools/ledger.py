r"""The ledger of equations: the labelled equations, and the tests that check them.

    python -m tools.ledger            write chapters/equations.md
    python -m tools.ledger --check    print the problems; exit status 1 if there are any

Labels ``eq-…`` mark claims, ``def-…`` definitions and models.  Each needs a test marked with its
label, as ``@pytest.mark.equation("eq-bp2", how="central differences")``.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
TESTS = ROOT / "tests" / "equations"
PAGE = CHAPTERS / "equations.md"
EQUATION = re.compile(
    r"^\$\$[ \t]*\n((?:(?!\$\$).)+?)\n[ \t]*\$\$[ \t]*\(((?:eq|def)-[a-z0-9-]+)\)", re.M | re.S
)
LABEL = re.compile(r"\$\$[ \t]*\(([^)\n]*)\)")


@dataclass(frozen=True)
class Equation:
    """A labelled equation: its LaTeX and the page that prints it."""

    label: str
    latex: str
    document: str
    title: str


@dataclass(frozen=True)
class Test:
    """A test of an equation: how it checks, and where it is."""

    label: str
    how: str
    place: str


def texts(folder: Path = CHAPTERS) -> dict[str, str]:
    """Return the text of every page, without the code of notebooks, in reading order."""
    result = {}
    for path in sorted([*folder.glob("*.ipynb"), *folder.glob("*.md")]):
        if path.name == PAGE.name:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "markdown"]
            text = "\n\n".join("".join(cell["source"]) for cell in cells)
        result[path.stem] = text
    return result


def equations(folder: Path = CHAPTERS) -> list[Equation]:
    """Return all labelled equations in reading order.

    Raises
    ------
    ValueError
        If a label is used twice, or an label is not in the expected form.
    """
    result: dict[str, Equation] = {}
    for document, text in texts(folder).items():
        title = re.search(r"^# (.+)$", text, re.M)
        here = [match.group(2) for match in EQUATION.finditer(text)]
        odd = sorted(set(LABEL.findall(text)) - set(here))
        if odd:
            raise ValueError(
                f"{document}: these labels are not eq-… or def-… on lines of their own: {odd}"
            )
        for match in EQUATION.finditer(text):
            latex, label = match.group(1).strip(), match.group(2)
            if label in result:
                raise ValueError(
                    f"{label} is used twice: in {result[label].document} and {document}"
                )
            result[label] = Equation(label, latex, document, title.group(1) if title else document)
    return list(result.values())


def tests(folder: Path = TESTS) -> list[Test]:
    """Return the marked tests, from their source code."""
    result = []
    for path in sorted(folder.glob("test_*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value
            for node in module.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

        def text(node, constants=constants):
            """Return a string: a literal, a constant of the module, or a sum of strings."""
            if isinstance(node, ast.Name):
                return text(constants[node.id])
            if isinstance(node, ast.BinOp):
                return text(node.left) + text(node.right)
            return ast.literal_eval(node)

        for node in ast.walk(module):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.equation":
                    how = next((text(k.value) for k in mark.keywords if k.arg == "how"), "")
                    place = f"{path.relative_to(folder.parent.parent).as_posix()}::{node.name}"
                    result += [Test(text(label), how, place) for label in mark.args]
    return result


def problems(equations: list[Equation], tests: list[Test]) -> list[str]:
    """Return the problems of the ledger, one line each."""
    labels = {e.label for e in equations}
    marks = {t.label for t in tests}
    lines = [f"{label} has no test" for label in sorted(labels - marks)]
    lines += [f"a test is marked {label}, which no page prints" for label in sorted(marks - labels)]
    lines += [f"{t.place} does not say how it checks {t.label}" for t in tests if not t.how]
    return lines


HEAD = """# Ledger of equations

Every numbered equation of this book is listed here with the test that checks it. The test reads
the equation from the page, as printed, and evaluates both sides. To see that a test would notice
an error, another test plants errors in the equation, one at a time (an index, a sign, a factor),
and demands that each be found.

{claims} of them claim something: their two sides are computed by independent routes. The other
{definitions} are definitions and models. These claim nothing, but the book's code has to follow
them, and a slip in one would spoil all that is built on it. So their tests compare the printed
definition with what the package computes, or with the same thing computed number by number.

This page is written by `tools/ledger.py`.
"""


def page(equations: list[Equation], tests: list[Test]) -> str:
    """Return the text of the ledger's page."""
    claims = sum(e.label.startswith("eq-") for e in equations)
    parts = [HEAD.format(claims=claims, definitions=len(equations) - claims)]
    document = None
    for equation in equations:
        if equation.document != document:
            document = equation.document
            parts.append(f"## {{doc}}`{equation.title} <{document}>`\n")
        kind = "Equation" if equation.label.startswith("eq-") else "Definition"
        parts.append(f"**{kind} {{eq}}`{equation.label}`** (`{equation.label}`)\n")
        parts.append(f"$$\n{equation.latex}\n$$\n")
        for test in tests:
            if test.label == equation.label:
                parts.append(f"Checked by {test.how}: `{test.place}`.\n")
    return "\n".join(parts)


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    all_equations, all_tests = equations(), tests()
    lines = problems(all_equations, all_tests)
    text = page(all_equations, all_tests)
    if not check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        lines.append("chapters/equations.md is out of date: make ledger")
    print(
        "\n".join(lines)
        or f"{len(all_equations)} labelled equations, {len(all_tests)} tests: complete"
    )
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
