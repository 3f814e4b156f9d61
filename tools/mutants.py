"""Mutate the package and check that its tests notice: ``make mutants``.

    python -m tools.mutants                     every module
    python -m tools.mutants costs schedulers    these
    python -m tools.mutants --report            the results so far, without running anything

mutmut changes one thing at a time in a function (a sign, a number, a comparison, an argument)
and runs the tests that reach this function: one of them has to fail.  It works on a copy in
_build/mutants and stores its results there: an interrupted run continues; after a change of the
package only the changed functions are tested again, and after a change of the tests only the
unexplained survivors.  Modules given by name are tested from the beginning, and so is everything
after ``rm -r _build/mutants``.

At least 95 % of the mutants have to be killed.  Surviving mutants are listed, with reasons, in
tests/mutants.toml; a listed mutant that does not survive is an error too.  A mutant is listed by
its function and its changed line, so that the list outlives edits elsewhere.  Mutants that survive
for the same reason can be listed as a kind: their two lines are equal if the parts that ``ignore``
describes (a regular expression, or the case of letters) are left out.

mutmut skips decorated functions, and lambdas outside functions.  The copy therefore contains an
equivalent form that can be mutated::

    @property                      def _undecorated_weights(self): …
    def weights(self): …           weights = property(_undecorated_weights)
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

from web import freshness, thread_settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "code" / "backprop"
LIST = ROOT / "tests" / "mutants.toml"
COPY = ROOT / "_build" / "mutants"
SURVIVED_OLD_TESTS = (
    COPY / "survived-old-tests"
)  # exists until survivors of old tests are tested again
LEAST = 0.95
KILLED = {"killed", "timeout"}
SHOW = """
import json, sys
from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant
names = sys.stdin.read().split()
print(json.dumps([get_diff_for_mutant(name, path=find_mutant(name).path) for name in names]))
"""  # like `mutmut show`, for many mutants at a time
DECORATORS = {"abstractmethod", "dataclass"}  # of functions and classes with nothing to mutate


def mutable_form(text: str) -> str:
    """Return a module without decorated functions and lambdas at its top level."""
    lines = text.split("\n")
    module = ast.parse(text)
    edits: list[tuple[int, int, list[str]]] = []  # first and last line (from 1), new lines
    for node in module.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            edits += _name_lambdas(node, lines)
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef) or len(node.decorator_list) != 1:
            continue
        decorator = ast.unparse(node.decorator_list[0])
        if decorator in DECORATORS:
            continue
        indent = " " * node.col_offset
        body = lines[node.lineno - 1 : node.end_lineno]
        hidden = f"_undecorated_{decorator.rpartition('.')[2].partition('(')[0]}_{node.name}"
        body[0] = body[0].replace(f"def {node.name}(", f"def {hidden}(", 1)
        body += ["", f"{indent}{node.name} = {decorator}({hidden})"]
        edits.append((node.decorator_list[0].lineno, node.end_lineno, body))
    for first, last, new in sorted(edits, reverse=True):
        lines[first - 1 : last] = new
    return "\n".join(lines)


def _name_lambdas(node, lines):
    """Return the edit that turns the lambdas in an assignment, if any, into named functions."""
    first, last = node.lineno, node.end_lineno
    here, functions = "\n".join(lines[first - 1 : last]), []
    holder = ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node.targets[0])
    for number, function in enumerate(n for n in ast.walk(node) if isinstance(n, ast.Lambda)):
        text = ast.get_source_segment("\n".join(lines), function)
        name = f"_{holder}_{number}"
        functions += [f"def {name}({ast.unparse(function.args)}):"]
        functions += [f"    return {ast.unparse(function.body)}", "", ""]
        here = here.replace(text, name, 1)
    return [(first, last, [*functions, *here.split("\n")])] if functions else []


def prepare() -> None:
    """Update the copy, and leave a mark if a test has changed."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pytest = settings[settings.index("[tool.pytest.ini_options]") :]
    contents = {COPY / "pyproject.toml": LIST.read_bytes() + f"\n{pytest}".encode()}
    for path in freshness.files_of([PACKAGE]):
        content = path.read_bytes()
        if path.suffix == ".py":
            content = mutable_form(content.decode()).encode()
        contents[COPY / "backprop" / path.relative_to(PACKAGE)] = content
    for name in ("tests/code", "tests/conftest.py", "chapters", "tools"):
        path = ROOT / name
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                contents[COPY / file.relative_to(ROOT)] = file.read_bytes()
    # Unchanged files keep their dates, by which mutmut decides what to test again.
    updates = [path for path, content in contents.items() if freshness.write(path, content)]
    for folder in ("backprop", "tests"):
        for base in (COPY, COPY / "mutants"):
            for path in (base / folder).rglob("*.py"):
                if COPY / path.relative_to(base) not in contents:
                    path.unlink()  # renamed or removed in the package
    if any("tests" in path.relative_to(COPY).parts for path in updates):
        # mutmut has to find out again which test reaches which function
        (COPY / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
        SURVIVED_OLD_TESTS.touch()


def mutmut(*arguments: str, quiet: bool = True) -> str:
    """Run mutmut in the copy; return its output."""
    environment = {**os.environ, **thread_settings()}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    environment["JOBLIB_MULTIPROCESSING"] = (
        "0"  # a mutant runs in a fork, in which joblib's processes would hang
    )
    process = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=COPY, env=environment, text=True, check=False,
        stdout=subprocess.PIPE if quiet else None,
    )  # fmt: skip
    if process.returncode:
        status = f"exit status {process.returncode}"
        raise SystemExit(f"mutmut {' '.join(arguments)} failed ({status}): see its output")
    return process.stdout or ""


def results(modules: list[str]) -> dict[str, str]:
    """Return the status of every mutant by its name: killed, survived and so on."""
    output = mutmut("results", "--all", "true")
    return {
        name: status
        for name, status in re.findall(r"(?m)^\s*(backprop\.\S+): (.+)$", output)
        if not modules or module_of(name) in modules
    }


def module_of(mutant: str) -> str:
    """Return the module of a mutant: ``costs`` of ``backprop.costs.x_CostOLS__mutmut_3``."""
    return mutant.split(".")[1] if mutant.count(".") > 1 else "__init__"


def changes(mutants: list[str]) -> dict[str, tuple[str, str, str]]:
    """Return, for every mutant, its function, the original line and the changed line."""
    process = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=COPY, input="\n".join(mutants), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    result = {}
    for mutant, diff in zip(mutants, json.loads(process.stdout), strict=True):
        name = mutant.removeprefix("backprop.").partition("__mutmut_")[0]
        module, _, function = name.rpartition(".")
        function = re.sub("^x_?", "", function).strip("ǁ").replace("ǁ", ".")
        lines = diff.split("\n")[3:]  # the first three name the file and the place
        old = "\n".join(line[1:].strip() for line in lines if line.startswith("-"))
        new = "\n".join(line[1:].strip() for line in lines if line.startswith("+"))
        result[mutant] = f"{module}.{function}", old, new
    return result


def is_of_kind(kind: dict[str, str], key: tuple[str, str, str]) -> bool:
    """Tell whether a mutant (function, original line, changed line) is of a listed kind."""
    function, *lines = key
    rest = {re.sub(kind["ignore"], "", line) for line in lines}
    if kind["ignore"] == "case":
        rest = {line.casefold() for line in lines}
    return function.startswith(kind.get("module", "")) and len(rest) == 1


def explanations() -> tuple[dict[tuple[str, str, str], str], list[dict[str, str]]]:
    """Return the list: the reason for each mutant that may survive, and the kinds."""
    entries = tomllib.loads(LIST.read_text(encoding="utf-8"))
    survivors = {(entry["function"], entry["was"], entry["is"]): entry["why"]
                 for entry in entries.get("survivor", [])}  # fmt: skip
    return survivors, entries.get("kind", [])


def unexplained(mutants: list[str]) -> list[str]:
    """Return the mutants that are neither listed nor of a listed kind."""
    survivors, kinds = explanations()
    return [
        name
        for name, key in changes(mutants).items()
        if not survivors.get(key) and not any(is_of_kind(kind, key) for kind in kinds)
    ]


def report(modules: list[str]) -> int:
    """Print how many mutants were killed, and compare the others with the list."""
    statuses = results(modules)
    by_module: dict[str, Counter] = {}
    for name, status in statuses.items():
        by_module.setdefault(module_of(name), Counter())[status] += 1
    for module, counts in sorted(by_module.items()):
        text = ", ".join(f"{count} {status}" for status, count in counts.most_common())
        print(f"{module:15} {text}")
    rest = {name: status for name, status in statuses.items() if status not in KILLED}
    untested = [name for name, status in rest.items() if status == "not checked"]
    share = 1 - len(rest) / len(statuses) if statuses else 0.0
    print(f"{len(statuses)} mutants, {100 * share:.1f} % killed")
    wrong = [f"only {100 * share:.1f} % were killed"] if share < LEAST else []
    wrong += [f"{len(untested)} mutants were not tested"] if untested else []
    (survivors, kinds), kinds_in_use = explanations(), set()
    keys = changes([name for name in rest if name not in untested])
    for name, key in keys.items():
        kind = next((kind for kind in kinds if is_of_kind(kind, key)), None)
        if kind is not None:
            kinds_in_use.add(kind["ignore"])
        elif not survivors.get(key):
            wrong.append(
                f"{rest[name]}, and not listed ({name}):\n[[survivor]]\nfunction = {key[0]!r}\n"
                f"was = {key[1]!r}\nis = {key[2]!r}\nwhy = ''\n"
            )
    here = {key for key in survivors if key[0].split(".")[0] in by_module}
    wrong += [f"listed, but did not survive: {key}" for key in sorted(here - set(keys.values()))]
    unused = {kind["ignore"] for kind in kinds} - kinds_in_use if not modules else set()
    wrong += [f"none is of the kind {ignore!r}" for ignore in sorted(unused)]
    print("\n".join(wrong) or f"all {len(rest)} survivors are listed and explained")
    return 1 if wrong else 0


def main(arguments: list[str]) -> int:
    """Mutate, test and report; return the exit status."""
    modules = [name for name in arguments if name != "--report"]
    names = {path.stem for path in PACKAGE.glob("*.py")}
    if not names.issuperset(modules):
        raise SystemExit(f"no such module: {', '.join(sorted(set(modules) - names))}")
    if "--report" not in arguments:
        prepare()
        run = ["run", "--max-children", os.environ.get("WORKERS", "2")]
        mutmut(*run, *(f"backprop.{module}.*" for module in modules), quiet=False)
        survivors = [name for name, status in results([]).items() if status not in KILLED]
        if SURVIVED_OLD_TESTS.exists() and not modules:
            if again := unexplained(survivors):
                mutmut(*run, *again, quiet=False)
            SURVIVED_OLD_TESTS.unlink()
    return report(modules)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
