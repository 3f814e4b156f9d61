"""What the tests demand: how many assertions each file has, and a hash of how they read.

    python -m tools.assertions            write tests/assertions.txt
    python -m tools.assertions --check    say what has changed since; exit status 1 if anything has

A test that no longer asserts anything is as green as before, and so is one whose tolerance has been
widened.  So the list changes with every assertion, and with every constant that a file of tests
defines, and somebody has to write it anew, who then sees in the difference what has become weaker.
Of the tables that tests read, it counts what a reason excuses from a check.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from web import ROOT

TESTS = ROOT / "tests"
LIST = TESTS / "assertions.txt"
CALLS = ("raises", "warns", "fail", "skip", "xfail", "holds")  # of pytest, or our own
ASSERTING = ("assert_", "expect", "to_have_", "to_be_", "wait_for_", "check_")


def is_assertion(node: ast.AST) -> bool:
    """Tell whether a piece of code decides if a test passes."""
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name in CALLS or name.startswith(ASSERTING)


def constants(tree: ast.Module) -> list[ast.AST]:
    """Return the constants of a file, what its functions take by default, and their marks."""
    found = [node for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            found += [default for default in node.args.defaults + node.args.kw_defaults if default]
            found += node.decorator_list
    return found


def line(path: Path) -> str:
    """Return the line of the list on a file."""
    source = path.read_text(encoding="utf-8")
    tree, rows = ast.parse(source), source.splitlines()
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    tests = [node for node in functions if node.name.startswith("test_")]
    found = [node for node in ast.walk(tree) if is_assertion(node)]
    places = [(node.lineno - 1, node.end_lineno) for node in (*found, *constants(tree))]
    read = [row for first, last in places for row in rows[first:last]]
    digest = hashlib.sha256("\n".join(map(str.strip, read)).encode()).hexdigest()[:12]
    name = path.relative_to(TESTS).as_posix()
    return f"{name}: {len(tests)} tests, {len(found)} assertions, {digest}"


def names(table: dict) -> list[str]:
    """Return the formulas that have a reason in place of a check."""
    found = []
    for page, rows in table.items():
        for key, row in rows.items() if isinstance(rows, dict) else [("", rows)]:
            excused = row if isinstance(row, list) else [key] if "name" in row else []
            found += [f"{page}: {formula}" for formula in excused]
    return found


def words(table: dict) -> list[str]:
    """Return the numbers whose origin is given in words: neither calculated nor cited."""
    return [
        f"{page}: {number}"
        for page, rows in table.items()
        for number, origin in rows.items()
        if re.search("[a-df-z]", origin) and "@" not in origin
    ]


def unconfirmed(table: dict) -> list[str]:
    """Return what of a work was found nowhere else, and the works that are cited for anything."""
    return [f"{key}: {record.get(kind)}" for key, record in table.items()
            for kind in ("own", "general") if kind in record]  # fmt: skip


def survivors(table: dict) -> list[str]:
    """Return the mutants that may survive."""
    return [str(row) for kind in ("kind", "survivor") for row in table[kind]]


EXCUSES: dict[str, Callable[[dict], list[str]]] = {
    "equations/inline.toml": names,
    "equations/symbols.toml": names,
    "equations/terms.toml": names,
    "repository/numbers.toml": words,
    "repository/records.toml": unconfirmed,
    "mutants.toml": survivors,
}


def excuses(name: str) -> str:
    """Return the line of the list on a table that tests read."""
    table = tomllib.loads((TESTS / name).read_text(encoding="utf-8"))
    found = sorted(EXCUSES[name](table))
    digest = hashlib.sha256("\n".join(found).encode()).hexdigest()[:12]
    return f"{name}: {len(found)} excused, {digest}"


def lines() -> list[str]:
    """Return the list as it is now."""
    tables = [excuses(name) for name in EXCUSES if (TESTS / name).exists()]
    return sorted(tables) + [line(path) for path in sorted(TESTS.rglob("*.py"))]


def changes(before: list[str], now: list[str]) -> list[str]:
    """Return what has changed between two lists, a file in a line."""
    old, new = (dict(each.split(": ", 1) for each in both) for both in (before, now))
    said = []
    for name in sorted(old.keys() | new.keys()):
        was, is_now = old.get(name, "not there"), new.get(name, "not there")
        if was != is_now:
            counts = [each.rpartition(",")[0] or each for each in (was, is_now)]
            same = (
                "another is excused"
                if name in EXCUSES
                else "an assertion or a constant reads otherwise"
            )
            how = same if counts[0] == counts[1] else ""
            said.append(f"tests/{name}: {how or ' became '.join(counts)}")
    return said


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args(arguments).check
    before = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    found = changes(before, lines())
    print("\n".join(found))
    if check:
        return 1 if found else 0
    LIST.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
