"""The exercises as the chapters have them: statement, placeholder and solution of each."""

import ast
import functools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import sympy as sp
from backprop import FFNN, Adam, Scheduler, sigmoid
from backprop.layers import Layer
from sklearn.linear_model import Ridge

CHAPTERS = Path(__file__).resolve().parents[3] / "chapters"
NAMES = {
    "np": np, "anp": anp, "sp": sp, "sigmoid": sigmoid, "Scheduler": Scheduler, "Layer": Layer,
    "FFNN": FFNN, "Adam": Adam, "Ridge": Ridge,
}  # fmt: skip


@dataclass
class Exercise:
    """What belongs to one exercise; cells: sources and outputs of placeholder and solution."""

    name: str
    chapter: Path
    statement: str
    cells: list = field(default_factory=list)
    before: str = ""  # the cell before the placeholder, which may have a function to repair

    @property
    def placeholder(self):
        return self.cells[0][0]

    @property
    def solution(self):
        return self.cells[1][0]

    @property
    def praise(self):
        """What the chapter stores below the solution."""
        return self.cells[1][1]

    @property
    def broken(self):
        """The function with the mistake, and the imports, of an exercise "What is wrong here?"."""
        return self.definitions(self.before) if self.name.endswith("-wrong") else ""

    def definitions(self, source=None):
        """Return a cell's functions, classes and imports, without what it prints."""
        kinds = ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
        body = [n for n in ast.parse(source or self.solution).body if isinstance(n, kinds)]
        return ast.unparse(ast.Module(body, []))

    def answer(self, source=None):
        """Return what a cell hands in, from its source or from that of definitions."""
        call = re.search(rf'check\("{self.name}", (.+)\)$', self.solution, re.M)[1]
        space = dict(NAMES)
        exec(source or self.definitions(), space)
        if "(" in call or "," in call or call not in space:
            return None
        return space[call]


@functools.cache
def exercises():
    """Return the exercises that have a checker, by name."""
    known = {}
    for chapter in sorted(CHAPTERS.glob("[0-9]*.ipynb")):
        text, before = "", ""
        for cell in json.loads(chapter.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                text += source + "\n\n"
                continue
            for name in re.findall(r'(?m)^check\("([\w-]+)"', source):
                if name not in known:
                    statement = re.search(
                        rf"`{{3,}}\{{exercise\}}.*\n:label: ex-{name}\n(.*?)\n`{{3,}}", text, re.S
                    )
                    known[name] = Exercise(name, chapter, statement and statement[1], before=before)
                said = [o["data"]["text/plain"] for o in cell["outputs"] if "data" in o]
                known[name].cells.append((source, "".join(said[-1] if said else "")))
            before = source
    return known
