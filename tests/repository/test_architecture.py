"""The structure of the repository: its root, imports, functions, and languages of files."""

import ast
import functools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.sources import ROOT, files

LIMIT = 50  # lines of code in a function; docstring, comments and blank lines do not count
JAVASCRIPT_LINES = 3  # in a string of Python

# Functions that are longer than the limit, each with a reason why it is not divided.
LONG_FUNCTIONS: dict[str, str] = {}

# The parts of the repository, and those from which each may import.
MAY_IMPORT = {
    "code": set(),
    "web": set(),
    "benchmarks": set(),
    "tools": {"web"},
}
PARTS = {"backprop": "code", "web": "web", "tools": "tools", "tests": "tests"}
FOLDERS = ["code/backprop", "web", "tools"]


@functools.cache
def source(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(source(path))


def python_files(*folders: str) -> list[Path]:
    """Return the Python files in some folders."""
    return [
        path
        for path in files()
        if path.suffix == ".py"
        and path.relative_to(ROOT).as_posix().startswith(tuple(f"{folder}/" for folder in folders))
    ]


def module_name(path: Path) -> str:
    """Return the name by which a file is imported."""
    base = ROOT / "code" if ROOT / "code" in path.parents else ROOT
    parts = path.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Yield the absolute names that a file imports, inside functions too."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package.pop()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{name}.{alias.name}" for alias in node.names)


def dependencies(folder: str) -> dict[str, set[str]]:
    """Return the modules of a package, each with the modules of the package that it imports."""
    modules = {module_name(path): path for path in python_files(folder)}

    def resolve(name):
        while name and name not in modules:
            name = name.rpartition(".")[0]
        return name

    return {
        name: {resolve(other) for other in imports(path)} - {name, ""}
        for name, path in modules.items()
    }


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of an import cycle, or an empty list."""
    finished = set()

    def visit(name, above):
        if name in above:
            return [*above[above.index(name) :], name]
        if name in finished:
            return []
        for other in sorted(graph.get(name, ())):
            if path := visit(other, [*above, name]):
                return path
        finished.add(name)
        return []

    return next(filter(None, (visit(name, []) for name in sorted(graph))), [])


def code_lines(function: ast.FunctionDef, text: str) -> int:
    """Return the number of lines of a function without docstring, comments and blank lines."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 1
    header = body[0].lineno - function.lineno if body is function.body else 1
    lines = text.split("\n")[body[0].lineno - 1 : function.end_lineno]
    return header + sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)


def functions(text: str) -> list[tuple[str, int]]:
    """Return the functions in a text of Python, each with its number of lines of code."""
    return [
        (node.name, code_lines(node, text))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def is_javascript(text: str) -> bool:
    """Tell whether a string looks like JavaScript."""
    return bool(
        re.search(r"=>|\b(document|window)\.\w+|\b(const|let) \w+ =|\bfunction\b.*\{", text)
    )


def strings(path: Path) -> Iterator[str]:
    """Yield the strings in a Python file that are not docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node) is not None
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            yield ast.unparse(node)
        elif isinstance(getattr(node, "value", None), str) and id(node) not in docstrings:
            yield node.value


def test_the_root_has_at_most_25_entries():
    listing = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    entries = {path.relative_to(ROOT).parts[0] for path in files()}
    assert len(entries) <= 25, sorted(entries)
    assert len(listing.stdout.split()) <= 25, listing.stdout


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_point_down(part):
    for path in python_files(part):
        for name in imports(path):
            other = PARTS.get(name.partition(".")[0], part)
            allowed = {part, *MAY_IMPORT[part]} | ({"code"} if part == "benchmarks" else set())
            assert other in allowed, f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_there_is_no_cycle_of_imports(folder):
    graph = dependencies(folder)
    assert len(graph) > 5
    assert not cycle(graph), " -> ".join(cycle(graph))


def test_no_part_adds_to_the_search_path():
    for path in python_files("code", "web", "tools", "tests", "benchmarks"):
        if path == Path(__file__):
            continue
        match = re.search(
            r"sys\.path\.(insert|append|extend)|sys\.path(\[.*\])? *\+?=(?!=)", source(path)
        )
        assert not match, f"{path.relative_to(ROOT)}: {match[0]}"


def test_no_environment_variable_connects_our_parts():
    """A variable that one part sets for this process is read by no other part."""
    written = re.compile(r'os\.environ\[\s*"(\w+)"\s*\]\s*=(?!=)|os\.environ\.setdefault\("(\w+)"')
    read = re.compile(r'environ(?:ment)?(?:\.get\(|\[)\s*"(\w+)"')
    setters, readers = {}, {}
    for path in python_files("code", "web", "tools", "benchmarks"):
        for match in written.finditer(source(path)):
            setters.setdefault(match[1] or match[2], set()).add(path)
        for match in read.finditer(written.sub("", source(path))):
            readers.setdefault(match[1], set()).add(path)
    assert {"CHROMIUM", "BOOK_ADDRESS"} <= set(readers), "no variable was read: change the test"
    assert not {name for name in setters if setters[name] != readers.get(name, setters[name])}


@pytest.mark.parametrize("folder", FOLDERS)
def test_functions_are_short(folder):
    long = {}
    for path in python_files(folder):
        for name, lines in functions(source(path)):
            if lines > LIMIT:
                long[f"{path.relative_to(ROOT).as_posix()}:{name}"] = lines
    exceptions = {name for name in LONG_FUNCTIONS if name.startswith(f"{folder}/")}
    assert set(long) <= exceptions, {n: k for n, k in long.items() if n not in exceptions}
    assert exceptions <= set(long), "listed, but short enough"


def test_python_has_no_javascript_in_it():
    """Tests may still have some: tests/site/test_browser.py is not divided yet."""
    for path in python_files("code", "web", "tools", "benchmarks"):
        for text in strings(path):
            lines = text.strip().count("\n") + 1
            assert lines <= JAVASCRIPT_LINES or not is_javascript(text), (
                f"{path.relative_to(ROOT)} has {lines} lines of JavaScript in a string:\n{text}"
            )


def test_javascript_has_no_python_in_it():
    scripts = [path for path in files() if path.suffix == ".js"]
    assert len(scripts) > 5
    python = r"(?m)^\s*(def \w+\(.*\):|from [\w.]+ import |import \w+(\.\w+)*\s*$|class \w+.*:$)"
    for path in scripts:
        match = re.search(python, source(path))
        assert not match, f"{path.relative_to(ROOT)}: {match[0].strip()}"


def test_tests_of_the_site_are_named_as_the_modules_that_they_test():
    tests = [path for path in python_files("tests/web") if path.name.startswith("test_")]
    assert len(tests) > 10
    for path in tests:
        name = path.stem.removeprefix("test_")
        place = (
            ROOT
            / path.relative_to(ROOT / "tests").parent
            / ("__init__" if name == "init" else name)
        )
        script = place.with_name(f"{name.replace('_', '-')}.js")
        assert place.with_suffix(".py").is_file() or place.is_dir() or script.is_file(), (
            f"{path.relative_to(ROOT)} tests no module of this name"
        )


def test_the_rules_notice_what_they_forbid():
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
    body = "\n".join(["    x = 1", "    # why", ""] * 60)
    assert functions(f'def f(\n    a,\n):\n    """Text.\n\n    More.\n    """\n{body}') == [
        ("f", 61)
    ]
    assert functions("def f():\n    return 1\n") == [("f", 2)]
    assert is_javascript("() => document.title")
    assert is_javascript("const x = 1;")
    assert not is_javascript("a -> b; the window of a browser")
