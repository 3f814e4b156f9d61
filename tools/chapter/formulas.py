r"""What the lists of formulas say after a chapter is removed, and the worlds that nothing needs.

The tables of the chapter go from ``tests/equations/inline.toml`` and ``terms.toml``.  Where the
text of another page was rewritten, its lines follow: a formula that is gone or printed less often,
one that now stands in place of a reference.  Such a formula, and one that was listed as a part of
an equation of the chapter, becomes a part of an equation of its own page, or else a name, which is
reported: on another page its letters may mean something else.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tools import ledger

from . import entries
from .mentions import Gone, Place

FOLDER = Path("tests/equations")
LISTS = ("inline", "terms")
WORLDS = ("environments_terms.py", "environments.py")  # the first imports from the second
INSTEAD = "named in place of a reference to a chapter that was removed"
LOST = "a part of an equation in a chapter that was removed"


def reader():
    """Return the module of the tests that reads formulas."""
    for name in ("printed", "inline"):  # the second imports the first
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, ledger.TESTS / f"{name}.py")
            sys.modules[name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[name])
    return sys.modules["inline"]


def literal(text: str) -> str:
    """Return a string as TOML writes it."""
    return json.dumps(text, ensure_ascii=False) if "'" in text else f"'{text}'"


def written(row: dict) -> str:
    """Return a line's right side."""
    parts = []
    for key, value in row.items():
        if isinstance(value, list):
            parts.append(f"{key} = [{', '.join(map(literal, value))}]")
        elif isinstance(value, str):
            quoted = json.dumps(value, ensure_ascii=False) if "\\" not in value else literal(value)
            parts.append(f"{key} = {quoted}")
        else:
            parts.append(f"{key} = {json.dumps(value)}")
    return "{ " + ", ".join(parts) + " }"


@dataclass
class Entry:
    """A line of a list: a formula and what it is, or a reason and its formulas."""

    key: str
    value: dict | list
    text: str = field(compare=False)  # as it stands in the file, "" where it has to be written

    def __str__(self):
        if self.text:
            return self.text
        if isinstance(self.value, dict):
            return f"{literal(self.key)} = {written(self.value)}\n"
        return f"{json.dumps(self.key)} = [{', '.join(map(literal, self.value))}]\n"

    def change(self, value: dict | list) -> None:
        """Give the line another right side."""
        if value != self.value:
            self.value, self.text = value, ""


@dataclass
class Table:
    """The lines of a page in one of the lists."""

    page: str
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def read(cls, text: str) -> Table:
        """Read a table from the part of a file that it is."""
        head, body = text.split("\n", 1)
        parts = re.split(r"(?m)^(?=['\"])", body.rstrip("\n") + "\n")
        found = [
            Entry(*next(iter(tomllib.loads(part).items())), part) for part in parts if part.strip()
        ]
        return cls(head.strip("[]"), found)

    def __str__(self):
        return f"[{self.page}]\n" + "".join(map(str, self.entries))

    def follow(self, printed: Counter) -> None:
        """Let the lines agree with what the page prints now."""
        left = Counter(printed)
        for entry in self.entries:
            if isinstance(entry.value, dict):
                times = left.pop(entry.key, 0)
                row = {key: value for key, value in entry.value.items() if key != "times"}
                entry.change((row | {"times": times} if times > 1 else row) if times else {})
                continue
            kept = [f for f in entry.value if (left.subtract([f]) or left[f]) >= 0]
            entry.change(kept)
        left = +left
        for entry in self.entries:
            if isinstance(entry.value, list):
                more = [f for f in dict.fromkeys(entry.value) for _ in range(left.pop(f, 0))]
                entry.change(entry.value + more)
        self.entries = [entry for entry in self.entries if entry.value]
        if not left:
            return
        for entry in self.entries:
            if entry.key == INSTEAD:  # by the removal of another chapter
                entry.change([*entry.value, *left.elements()])
                return
        self.entries.append(Entry(INSTEAD, list(left.elements()), ""))

    def settle(self, equations: list[ledger.Equation]) -> None:
        """List what stands in place of a reference as part of the page's equations, if it is."""
        own = own_equations(self.page, equations)
        for entry in [one for one in self.entries if one.key == INSTEAD]:
            labels = {formula: part_of(formula, formula, own) for formula in entry.value}
            for formula, times in Counter(filter(labels.get, entry.value)).items():
                row = {"same": labels[formula]} | ({"times": times} if times > 1 else {})
                self.entries.append(Entry(formula, row, ""))
            entry.change([formula for formula in entry.value if not labels[formula]])
        self.entries = [entry for entry in self.entries if entry.value]


class Lists:
    """The lists of formulas in the folder of a book."""

    def __init__(self, root: Path):
        self.root = root
        self.heads, self.tables = {}, {}
        for kind in LISTS:
            head, *parts = re.split(r"(?m)^(?=\[)", self.path(kind).read_text("utf-8"))
            self.heads[kind] = head
            self.tables[kind] = {table.page: table for table in map(Table.read, parts)}

    def path(self, kind: str) -> Path:
        """Return the file of a list."""
        return self.root / FOLDER / f"{kind}.toml"

    def rows(self, kind: str | None = None) -> list[tuple[str, Entry]]:
        """Return the lines on single formulas with their pages."""
        return [
            (page, entry)
            for one in ([kind] if kind else LISTS)
            for page, table in self.tables[one].items()
            for entry in table.entries
            if isinstance(entry.value, dict)
        ]

    def write(self) -> None:
        """Write the files."""
        for kind in LISTS:
            text = self.heads[kind] + "\n".join(map(str, self.tables[kind].values()))
            self.path(kind).write_text(text, "utf-8")

    def worlds(self) -> set[str]:
        """Return the worlds that the lists name."""
        kinds = ("true", "value", "wrong")
        return {row.value[kind] for _, row in self.rows() for kind in kinds if kind in row.value}


def own_equations(page: str, equations: Iterable[ledger.Equation]) -> list[ledger.Equation]:
    """Return the equations that a page prints."""
    return [equation for equation in equations if equation.document == page]


def part_of(printed: str, formula: str, equations: Iterable[ledger.Equation]) -> str | None:
    """Return the label of an equation that has a formula, and none of its wrong forms, as a part.

    Parameters
    ----------
    printed, formula : str
        The formula as it is printed, and as it is read.
    equations : iterable of Equation
        Where it is looked for.
    """
    read = reader()
    wrong = read.wrong_forms(printed, formula)
    for equation in equations:
        if read.is_part(formula, equation.latex) and not any(
            read.is_part(form, equation.latex) for form in wrong
        ):
            return equation.label
    return None


def instead(entry: Entry, own: list[ledger.Equation]) -> dict:
    """Return what a formula is whose equation is gone: a part of another one, or a name."""
    label = part_of(entry.key, entry.value.get("as", entry.key), own)
    kept = {"times", "as"} if label else {"times"}
    row = {"same": label} if label else {"name": LOST}
    return row | {key: value for key, value in entry.value.items() if key in kept}


def lost(entry: Entry, page: str, labels: set[str], lists: Lists) -> bool:
    """Tell whether a formula is listed as a part of something that is gone."""
    what = entry.value.get("same")
    if what is None or what in labels:
        return False
    table = lists.tables["inline"].get(page, Table(page))
    return not any(
        other.key == what and {"same", "true"} & other.value.keys()
        for other in table.entries
        if isinstance(other.value, dict)
    )


def mend(root: Path, gone: Gone) -> list[Place]:
    """Take a chapter out of the lists of formulas; return the lines that a person should read."""
    lists = Lists(root)
    printed = reader().printed_formulas(root / "chapters")
    for kind, tables in lists.tables.items():
        tables.pop(gone.stem, None)
        for page in sorted(printed.keys() - tables.keys()):
            tables[page] = Table(page)
        for page, table in tables.items():
            of_kind = {
                formula: times for formula, times in printed.get(page, {}).items()
                if reader().is_relation(formula) == (kind == "inline")
            }  # fmt: skip
            table.follow(Counter(of_kind))
        lists.tables[kind] = {page: table for page, table in tables.items() if table.entries}
    equations = ledger.equations(root / "chapters")
    for tables in lists.tables.values():
        for table in tables.values():
            table.settle(equations)
    labels = {equation.label for equation in equations}
    for kind in LISTS:  # a term may be a part of a relation, so these come first
        for page, entry in lists.rows(kind):
            if lost(entry, page, labels, lists):
                entry.change(instead(entry, own_equations(page, equations)))
    lists.write()
    without_worlds(root, lists.worlds())
    return to_read(root)


def to_read(root: Path) -> list[Place]:
    """Return the lines of the lists that give the removal as their reason."""
    found = []
    for kind in LISTS:
        path = FOLDER / f"{kind}.toml"
        lines = (root / path).read_text("utf-8").split("\n")
        found += [
            Place(path.as_posix(), 0, number, line)
            for number, line in enumerate(lines, 1)
            if LOST in line or INSTEAD in line
        ]
    return found


def world(node: ast.AST) -> str | None:
    """Return the name of the world that a call or an assignment registers."""
    if isinstance(node, ast.Expr):
        node = node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        registers = node.func.id in ("environment", "edge") and node.args
        return node.args[0].value if registers and isinstance(node.args[0], ast.Constant) else None
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    if isinstance(target, ast.Subscript) and ast.unparse(target.value) == "ENVIRONMENTS":
        return target.slice.value if isinstance(target.slice, ast.Constant) else None
    return None


def spans(text: str, used: set[str]) -> list[tuple[int, int]]:
    """Return the places of a module that register worlds which no list names."""
    starts, found = entries.offsets(text), []
    module = ast.parse(text)
    called = Counter(n.id for n in ast.walk(module) if isinstance(n, ast.Name))

    def idle(node):
        name = world(node)
        return name is not None and name not in used

    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            marks = [mark for mark in node.decorator_list if idle(mark)]
            if marks and called[node.name]:  # another world calls it
                found += [(a - 1, b) for a, b in (entries.span(starts, m, m) for m in marks)]
            elif marks:
                start, end = entries.span(starts, marks[0], node)
                found.append((start - 1, end))
        elif idle(node) or (isinstance(node, ast.For) and all(map(idle, node.body))):
            found.append(entries.span(starts, node, node))
    return found


def without_idle_imports(text: str) -> str:
    """Return a module of worlds without the names that it imports and does not use."""
    starts, module = entries.offsets(text), ast.parse(text)
    used = {n.id for n in ast.walk(module) if isinstance(n, ast.Name)}
    idle = [
        alias
        for node in module.body
        if isinstance(node, ast.ImportFrom) and node.module == "environments"
        for alias in node.names
        if alias.name not in used
    ]
    return entries.cut(text, [entries.span(starts, alias, alias) for alias in idle])


def imported(text: str, name: str) -> set[str]:
    """Return the names that a module imports from another one."""
    return {
        alias.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module == name
        for alias in node.names
    }


def without_worlds(root: Path, used: set[str]) -> None:
    """Take the worlds that no list names out of the modules, with all that only they needed."""
    folder = root / FOLDER
    for name in WORLDS:
        path = folder / name
        before = path.read_text("utf-8")
        after = entries.cut(before, spans(before, used))
        others = [one.read_text("utf-8") for one in folder.glob("*.py") if one != path]
        needed = set().union(*(imported(other, path.stem) for other in others))
        after = entries.without_unused(before, after, needed.__contains__)
        path.write_text(without_idle_imports(after), "utf-8")
