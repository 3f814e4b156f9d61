"""The labelled equations of the book, and the labels of marked tests."""

import ast
import json
from collections.abc import Callable

from printed import Printed

from tools import ledger

EQUATIONS = {e.label: Printed(e.label, e.latex, e.document) for e in ledger.equations()}


def labels_of(function) -> list[str]:
    """Return the labels that a test function is marked with."""
    marks = getattr(function, "pytestmark", [])
    return [label for mark in marks if mark.name == "equation" for label in mark.args]


def of_the_page(document: str, name: str, **names) -> Callable:
    """Return a function that a cell of a chapter defines; ``names`` are the names that it uses."""
    text = (ledger.CHAPTERS / f"{document}.ipynb").read_text(encoding="utf-8")
    cells = ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    (cell,) = (cell for cell in cells if f"def {name}(" in cell)
    functions = [node for node in ast.parse(cell).body if getattr(node, "name", "") == name]
    exec(compile(ast.Module(functions, []), document, "exec"), names)
    return names[name]
