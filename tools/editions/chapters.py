"""What the editions read in the chapters: exercises, and the code that they need.

An exercise is a directive ``{exercise}`` with its label; the placeholder is the first cell that
calls ``check`` with the exercise's name, the solution the second.
"""

from __future__ import annotations

import ast
import re
import symtable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from web import ROOT, words
from web.solutions import split
from web.words import say

CHAPTERS = ROOT / "chapters"
CALL = r'(?m)^check\("%s", (.+)\)$'


def notebooks() -> list[Path]:
    """Return the chapters' notebooks."""
    return sorted(CHAPTERS.glob("[0-9]*.ipynb"))


@dataclass
class Exercise:
    """An exercise that has a checker, as its chapter has it."""

    name: str
    chapter: Path
    statement: str = ""
    sources: list[str] = field(default_factory=list)  # placeholder, solution
    before: list[str] = field(default_factory=list)  # the chapter's code before it
    helpers: list[str] = field(default_factory=list)  # code of its solution before the last cell

    @property
    def placeholder(self) -> str:
        """The cell that the student completes, without its call of ``check``."""
        return re.sub(CALL % self.name, "", self.sources[0]).strip()

    @property
    def handed_in(self) -> str:
        """What the placeholder hands to ``check``, as source."""
        return re.search(CALL % self.name, self.sources[0])[1]

    @property
    def solution(self) -> str:
        """The book's solution, without what it prints."""
        given = re.search(CALL % self.name, self.sources[1])[1]
        code = [*self.helpers, self.sources[1]]
        text = slice_of(code, names(given) | names(self.handed_in))
        return text if given == self.handed_in else f"{text}\n{self.handed_in} = {given}".strip()

    @property
    def setup(self) -> str:
        """Definitions and imports of the chapter that placeholder and solution need."""
        code = f"{self.placeholder}\n{self.solution}\n"
        own = {name for node in ast.parse(self.solution).body for name in bound(node)}
        standard = {"np"} if "import numpy as np" in "\n".join(self.before) else set()
        return slice_of(self.before, names(code) - own | standard)


def exercises() -> dict[str, Exercise]:
    """Return all exercises with a checker, by name, in the book's order."""
    known: dict[str, Exercise] = {}
    for path in notebooks():  # which were checked when they were written
        text, code, inner = "", [], []
        for cell, outer, within in split(nbformat.v4.reads(path.read_text("utf-8"))):
            source = outer or within
            if cell.cell_type == "markdown":
                text += outer + "\n"
                inner = [] if "{solution-start}" in within else inner
                continue
            for name in re.findall(r'(?m)^check\("([\w-]+)"', source):
                if name not in known:
                    known[name] = Exercise(name, path, statement(text, name), before=list(code))
                elif len(known[name].sources) == 1:
                    known[name].helpers = list(inner)
                known[name].sources.append(source)
            (inner if within else code).append(source)
    return known


def statement(text: str, name: str) -> str:
    """Return the text of an exercise, with roles of MyST turned into words."""
    block = re.search(rf"(`{{3,}})\{{exercise\}}.*\n:label: ex-{name}\n(.*?)\n\1", text, re.S)
    if block is None:
        raise ValueError(f"{name!r} should be an exercise's label, but there is none ex-{name}")
    there = words.book().say(say("(in the book)"))
    return re.sub(r"\{[\w:]+\}`([^`]+)`", lambda role: f"*{role[1]}* {there}", block[2])


def names(code: str) -> set[str]:
    """Return the names that code reads and that no function of its own binds."""
    tables, found = [symtable.symtable(code, "<cell>", "exec")], set()
    for table in tables:  # grows
        tables += table.get_children()
        symbols = [s for s in table.get_symbols() if s.is_referenced()]
        whole = table is tables[0]
        found |= {s.get_name() for s in symbols if whole or s.is_global()}
    return found


def bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement binds, if it defines, imports or assigns."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, ast.Assign):
        nodes = [n for target in node.targets for n in ast.walk(target)]
        return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return set()


def slice_of(cells: list[str], needed: set[str]) -> str:
    """Return the statements of cells on which names depend, in their order."""
    chosen = []
    for cell in reversed(cells):
        for node in reversed(ast.parse(cell).body):
            if bound(node) & needed:
                text = ast.get_source_segment(cell, node)
                if getattr(node, "decorator_list", None):
                    text = ast.unparse(node)
                chosen.append(text)
                needed = needed - bound(node) | names(text)
    return "\n".join(reversed(chosen))
