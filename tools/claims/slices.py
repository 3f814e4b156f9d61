"""Slices of programs: the top-level statements that define some names, and what these need.

A slice is found by the names that statements bind, change and use.  Where a name is bound more
than once, the last binding before its use counts, or else the first one after it (for functions
that are called later).  A change in place counts if a statement makes it directly, as in
``table[key] = value`` or ``costs.append(value)``, not inside a function that it calls.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import copy
import functools
import json
import symtable
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from web import ROOT, freshness, notebooks

CHAPTERS = ROOT / "chapters"
CODE = ROOT / "code"
MAY_NOT_RUN = (ast.If, ast.For, ast.While, ast.Try, ast.AugAssign)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Statement:
    """A top-level statement and its global names.

    Attributes
    ----------
    node : ast.stmt
        The statement.
    text : str
        Its source without decorators, docstrings, comments on lines of their own and blank lines.
    binds, changes, uses : frozenset of str
        The names that it binds, those whose values it changes in place, and those that it needs.
    always : frozenset of str
        The bound names that have a new value after it, whatever happens.
    """

    node: ast.stmt
    text: str
    binds: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]
    always: frozenset[str]

    @property
    def imports(self) -> bool:
        """Whether it is an import."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)


class Generators(ast.NodeTransformer):
    """Replace comprehensions by generators: their variables are local in every Python.

    From Python 3.12 on, ``symtable`` counts those of comprehensions among the names around them.
    """

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        """Replace a list, or a set."""
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        """Replace a set."""
        return self.visit_ListComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        """Replace a dictionary."""
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return self.generic_visit(ast.GeneratorExp(pair, node.generators))


def names_in(table: symtable.SymbolTable) -> set[str]:
    """Return the global names that the scopes inside a scope use."""
    names = set()
    for inner in table.get_children():
        names |= {s.get_name() for s in inner.get_symbols() if s.is_global()} | names_in(inner)
    return names


def root(node: ast.expr) -> str:
    """Return the name at the root of ``name.part[index]``, or ""."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def changed(node: ast.AST) -> set[str]:
    """Return the names whose values a statement changes in place, outside functions."""
    if isinstance(node, (*DEFINITIONS, ast.Lambda)):
        return set()
    names = set()
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        names.add(root(node))
    called = node.value if isinstance(node, ast.Expr) else None
    if isinstance(called, ast.Call) and isinstance(called.func, ast.Attribute):
        names.add(root(called.func))
    return names.union(*map(changed, ast.iter_child_nodes(node))) - {""}


def plain(lines: list[str], node: ast.stmt) -> str:
    """Return the source of a statement without what does not matter when it runs."""
    kept = dict(enumerate(lines[node.lineno - 1 : node.end_lineno], node.lineno))
    for inner in ast.walk(node):
        if isinstance(inner, DEFINITIONS) and ast.get_docstring(inner) is not None:
            first = inner.body[0]
            for number in range(first.lineno, first.end_lineno + 1):
                kept.pop(number, None)
    texts = (line.rstrip() for line in kept.values())
    return "\n".join(line for line in texts if line and not line.lstrip().startswith("#"))


def single_imports(node: ast.stmt) -> list[ast.stmt]:
    """Return an import of several names as one import for each; any other statement as it is."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return [node]
    parts = []
    for alias in node.names:
        part = ast.Import([alias])
        if isinstance(node, ast.ImportFrom):
            part = ast.ImportFrom(node.module, [alias], node.level)
        parts.append(ast.copy_location(part, node))
    return parts


def statement(lines: list[str], node: ast.stmt) -> Statement:
    """Return a statement with its names."""
    text = ast.unparse(Generators().visit(copy.deepcopy(node)))
    table = symtable.symtable(text, "statement", "exec")
    symbols = table.get_symbols()
    binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    uses = {s.get_name() for s in symbols if s.is_referenced()} | names_in(table)
    always = set() if isinstance(node, MAY_NOT_RUN) else set(binds)
    if isinstance(node, ast.For):
        always = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
    if isinstance(node, (*DEFINITIONS, ast.For, ast.With)):
        uses -= always
    parts = map(frozenset, (binds, changed(node), uses, always))
    imports = isinstance(node, ast.Import | ast.ImportFrom)
    return Statement(node, ast.unparse(node) if imports else plain(lines, node), *parts)


@functools.cache
def statements(text: str) -> tuple[Statement, ...]:
    """Return the top-level statements of a program; magics of a notebook do not count."""
    lines = ["" if line.lstrip().startswith("%") else line for line in text.split("\n")]
    return tuple(
        statement(lines, part)
        for node in ast.parse("\n".join(lines)).body
        for part in single_imports(node)
    )


def origins(program: tuple[Statement, ...], name: str, place: int) -> list[int]:
    """Return the statements that make the value that a name has at a place of a program."""
    matches = []
    for number in reversed(range(place)):
        item = program[number]
        if name in item.binds or name in item.changes:
            matches.append(number)
        if name in item.always:
            return [number] if item.imports else matches
    if any(name in program[number].binds for number in matches):
        return matches
    if hasattr(builtins, name):
        return []
    return [n for n in range(place, len(program)) if name in program[n].binds][:1]


def needed(program: tuple[Statement, ...], names: Iterable[str]) -> list[Statement]:
    """Return the statements that define names, and all that these need, in order.

    Raises
    ------
    NameError
        If no statement binds one of the names.
    """
    chosen: set[int] = set()
    for name in names:
        pending = origins(program, name, len(program))
        if not pending:
            raise NameError(f"no statement at the top level defines {name}")
        while pending:
            number = pending.pop()
            if number not in chosen:
                chosen.add(number)
                for used in program[number].uses:
                    pending += origins(program, used, number)
    return [program[number] for number in sorted(chosen)]


# What an experiment needs of the package


def module(name: str) -> Path | None:
    """Return the file of a module of the package, if there is one."""
    stem = CODE.joinpath(*name.split("."))
    return next((f for f in (stem / "__init__.py", stem.with_suffix(".py")) if f.is_file()), None)


def imported(node: ast.AST, package: str) -> list[tuple[str, str]]:
    """Return what an import names: modules, each with a name in it or ""."""
    if isinstance(node, ast.Import):
        return [(alias.name, "") for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = [node.module] if node.module else []
    if node.level:
        above = package.split(".")
        base = above[: len(above) - node.level + 1] + base
    return [(".".join(base), alias.name) for alias in node.names]


def package_of(file: Path) -> str:
    """Return the package to which a module belongs."""
    return ".".join(file.parent.relative_to(CODE).parts)


def from_module(file: Path, name: str) -> Iterable[Statement]:
    """Return the part of a module that a name needs; all of it where that cannot be told."""
    program = statements(file.read_text(encoding="utf-8"))
    with contextlib.suppress(NameError):
        return needed(program, [name]) if name else program
    return program


def closure(items: Iterable[Statement], package: str, file: Path | None) -> frozenset:
    """Return the texts of statements and of those of the package that they import."""
    texts, visited, pending = set(), set(), [(items, package, file)]
    while pending:
        items, package, file = pending.pop()
        for item in items:
            if file:
                texts.add((file.relative_to(CODE).as_posix(), item.text))
            for node in ast.walk(item.node):
                for base, name in imported(node, package):
                    inside = module(f"{base}.{name}") if name else None
                    target = inside or module(base)
                    part = "" if inside else name
                    if target and (target, part) not in visited:
                        visited.add((target, part))
                        pending.append((from_module(target, part), package_of(target), target))
    return frozenset(texts)


def package_texts(items: Iterable[Statement]) -> list[str]:
    """Return the texts of all statements of the package that some statements can reach."""
    texts = closure(items, "", None)
    return [f"{file}: {text}" for file, text in sorted(texts)]


def distributions(items: Iterable[Statement]) -> set[str]:
    """Return the first parts of the names of all modules that statements import."""
    matches = (i for item in items for node in ast.walk(item.node) for i in imported(node, ""))
    return {name.partition(".")[0] for name, _ in matches}


# Chapters


class Names:
    """Names that a chapter defines; its statements are executed when the first one is used."""

    def __init__(self, path: Path, names: tuple[str, ...]):
        self._path, self._names, self._values = path, names, None

    def __getattr__(self, name: str):
        if name.startswith("_") or name not in self._names:
            raise AttributeError(f"{name} should be one of {', '.join(self._names)}")
        if self._values is None:
            self._values = execute(self._path, self._names)
        return self._values[name]


@dataclass(frozen=True)
class Chapter:
    """A chapter whose experiments are run."""

    path: Path

    def names(self, *names: str) -> Names:
        """Return an object with some global names of the chapter as attributes.

        Parameters
        ----------
        *names : str
            Functions, data and constants that the chapter's code cells define at the top level.
        """
        return Names(self.path, names)


def chapter(number: str) -> Chapter:
    """Return the chapter with a number of two digits.

    Raises
    ------
    ValueError
        If there is no such chapter.
    """
    paths = list(CHAPTERS.glob(f"{number}-*.ipynb"))
    if len(paths) != 1:
        raise ValueError(f"number should be that of a chapter, as in chapter('07'), not {number!r}")
    return Chapter(paths[0])


def program(path: Path) -> tuple[Statement, ...]:
    """Return the statements of all code cells of a notebook."""
    return statements(notebooks.code(path))


def of_chapter(path: Path, names: Iterable[str]) -> list[Statement]:
    """Return the slice of a chapter that defines names.

    Raises
    ------
    NameError
        If the chapter does not define one of them.
    """
    try:
        return needed(program(path), names)
    except NameError as error:
        raise NameError(f"{path.name}: {error}") from None


def execute(path: Path, names: Iterable[str]) -> dict:
    """Execute the slice of a chapter that defines names; return all its global names."""
    values = {"__name__": path.stem}
    for item in of_chapter(path, names):
        code = compile(ast.Module([item.node], []), path.name, "exec")
        exec(code, values)
    return values


def chapters_used(items: Iterable[Statement]) -> list[tuple[Path, tuple[str, ...]]]:
    """Return the chapters, with names, that statements use as ``chapter("07").names("f")``."""
    matches = set()
    for item in items:
        for node in ast.walk(item.node):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Call(func=ast.Name(id="chapter"), args=[ast.Constant(number)]),
                        attr="names",
                    ),
                    args=names,
                ):
                    matches.add((chapter(number).path, tuple(map(ast.literal_eval, names))))
    return sorted(matches)


@dataclass(frozen=True)
class Experiment:
    """Everything on which the outcomes of an experiment depend.

    Attributes
    ----------
    own : list of Statement
        Those of the test's function and of the chapters that it uses.
    chapters : list of Path
        These chapters.
    """

    own: list[Statement]
    chapters: list[Path]

    def digest(self, cases: Iterable[dict]) -> str:
        """Return a hash of the experiment itself and its cases."""
        return freshness.digest(*(item.text for item in self.own), json.dumps(list(cases)))[:16]

    def package_digest(self) -> str:
        """Return a hash of what it needs of the package, and of the data that it reads."""
        texts = package_texts(self.own)
        read = "\n".join([*texts, *(item.text for item in self.own)])
        data = [file for file in freshness.files_of([CHAPTERS / "data"]) if file.name in read]
        return freshness.digest(*texts, *data)[:16]


def experiment(file: Path, function: str) -> Experiment:
    """Return what a function of a test file depends on."""
    own = needed(statements(file.read_text(encoding="utf-8")), [function])
    used = chapters_used(own)
    own = own + [item for path, names in used for item in of_chapter(path, names)]
    return Experiment(own, sorted({path for path, _ in used}))
