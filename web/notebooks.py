"""Run the notebooks of the book, in parallel, and keep their files tidy.

    python -m web.notebooks run [NOTEBOOK ...]      execute in place, tidy, store outputs
    python -m web.notebooks tidy [NOTEBOOK ...]     tidy only: metadata, ids, counts
    python -m web.notebooks check [NOTEBOOK ...]    say what is not tidy; exit status 1 if any
    python -m web.notebooks stage FOLDER            write freshly executed copies to FOLDER
    python -m web.notebooks runnable                list those that can be executed here

Without names, all notebooks in chapters/ are meant.  A notebook that says ``require("torch")``
can be executed only where torch is installed; elsewhere ``run`` leaves it alone, and ``stage``
takes its stored outputs.  ``stage`` executes only the notebooks whose result could differ from
last time: the key in its store covers the notebook, the modules, checkers and data files that
it reads (``inputs``), the locked requirements and the Python version.  An execution that fails,
or writes to stderr, is never stored.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import contextlib
import copy
import functools
import hashlib
import importlib.util
import io
import json
import os
import platform
import re
import sys
import time
import tokenize
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from web import CELL_RECORD, ROOT, freshness, kernel_environment, solutions

CHAPTERS = ROOT / "chapters"
STORE = freshness.Store(ROOT / "_build" / "executed", ".ipynb")
BENCHMARKS = ROOT / "benchmarks"  # what the notebooks on frameworks measure with
CELL_METADATA = {"tags", "mystnb"}  # all other metadata of cells are dropped
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_TIMEOUT = 300  # seconds
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")  # of a statement of Python
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}
KERNEL = (  # what starts one
    "web/guard", "web/kernel_environment.py", "web/kernel_start.py", "web/recorder.py",
)  # fmt: skip


class IncompleteError(Exception):
    """An executed notebook is not fit to be shown or stored."""


def tidy(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Bring a notebook into the one form in which it is stored (in place)."""
    nb.metadata = nbformat.from_dict(METADATA)
    nb.nbformat, nb.nbformat_minor = 4, 5
    seen: set[str] = set()
    count = 0
    for cell in nb.cells:
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in CELL_METADATA and v}
        )
        cell.source = without_blanks(cell.source.strip("\n"), cell.cell_type)
        if not cell.get("id") or cell.id in seen:
            base = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
            cell.id = next(
                i for i in (base, *(f"{base}-{k}" for k in range(2, 999))) if i not in seen
            )
        seen.add(cell.id)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
                if "metadata" in output:
                    output.metadata = nbformat.from_dict({})
            cell.outputs = joined_streams(cell.outputs)
    nb.cells = [cell for cell in nb.cells if cell.source]
    return nb


def without_blanks(source: str, kind: str) -> str:
    """Return a cell's source without the blanks at the ends of lines that mean nothing.

    In Markdown two of them before another line of text break the line; in code they may belong
    to a string over several lines.  Code that is no Python, or a raw cell, stays as it is.
    """
    lines = source.split("\n")
    if kind == "markdown":
        following = [*lines[1:], ""]
        breaks = [
            line.strip() and line.endswith("  ") and after.strip()
            for line, after in zip(lines, following, strict=True)
        ]
        return "\n".join(
            line.rstrip() + ("  " if hard else "") for line, hard in zip(lines, breaks, strict=True)
        )
    if kind != "code":
        return source
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return source
    in_string = {row for token in tokens for row in range(token.start[0], token.end[0])}
    return "\n".join(
        line if number in in_string else line.rstrip() for number, line in enumerate(lines, 1)
    )


def joined_streams(outputs):
    """Join consecutive outputs to one stream; how a kernel splits them is chance."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if (
            last is not None
            and output.output_type == "stream" == last.output_type
            and output.name == last.name
        ):
            last.text += output.text
        else:
            joined.append(copy.copy(output))
    return joined


async def run_cells(
    nb: nbformat.NotebookNode, folder: Path, record: Path | None = None
) -> nbformat.NotebookNode:
    """Execute a notebook in place, as if it lay in ``folder``; return it.

    Its kernel has an environment of its own: kernel_environment.py.

    Parameters
    ----------
    nb : nbformat.NotebookNode
        The notebook.
    folder : Path
        Where its kernel works.
    record : Path, optional
        The file that gets what each cell changes (recorder.py).

    Raises
    ------
    CellExecutionError
        If a cell raises an error.
    IncompleteError
        If a cell writes to stderr, or was not run.
    """
    with kernel_environment.home() as home:
        await kernel_environment.Client(
            nb,
            home,
            timeout=CELL_TIMEOUT,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        ).run()
        lines = (home / kernel_environment.FOLDERS["TMPDIR"] / CELL_RECORD).read_bytes()
    problems = incomplete(nb)
    if problems:
        raise IncompleteError("\n".join(problems))
    if record is not None:
        freshness.write(record, lines)
    return nb


async def execution(path: Path, record: Path | None = None) -> nbformat.NotebookNode:
    """Execute a copy of a notebook, in its own folder; return it in its tidy form.

    Parameters and errors are those of ``run_cells``.
    """
    return tidy(await run_cells(nbformat.read(path, as_version=4), path.parent, record))


def execute(path: Path, record: Path | None = None) -> nbformat.NotebookNode:
    """Return an executed, tidy copy of a notebook, as ``execution`` does.

    It runs in a thread of its own, since the caller's may have an event loop already.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(execution(path, record))).result()


def incomplete(nb: nbformat.NotebookNode) -> list[str]:
    """Return what keeps an executed notebook from being shown: errors, stderr, cells not run."""
    problems = []
    for number, cell in enumerate((c for c in nb.cells if c.cell_type == "code"), 1):
        if cell.source.strip() and cell.execution_count is None:
            problems.append(f"code cell {number} was not run")
        for output in cell.outputs:
            if output.output_type == "error":
                problems.append(f"code cell {number} stores an error, {output.ename}")
            if output.get("name") == "stderr":
                text = output.text.strip()[-2000:]
                problems.append(f"code cell {number} stores a message on stderr: {text}")
    return problems


def write(nb: nbformat.NotebookNode, path: Path) -> bool:
    """Write a notebook if its text changes, all at once; tell whether it did."""
    return freshness.write(path, nbformat.writes(nb) + "\n")


def code(path: Path) -> str:
    """Return the code of a notebook, all cells in one text."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    return "\n".join("".join(c["source"]) for c in nb["cells"] if c["cell_type"] == "code")


def required(path: Path) -> list[str]:
    """Return the frameworks that a notebook requires: the names in its ``require(…)``."""
    calls = re.findall(r"(?m)^require\((.*?)\)", code(path), re.S)
    return sorted(set(re.findall(r"[\"'](\w+)[\"']", " ".join(calls))))


def missing(path: Path) -> list[str]:
    """Return the frameworks that a notebook requires and that are not installed here."""
    return [name for name in required(path) if importlib.util.find_spec(name) is None]


def runnable(paths: list[Path]) -> list[Path]:
    """Return the notebooks that can be executed here; say why the others cannot."""
    lacking = {path: missing(path) for path in paths}
    for path, names in lacking.items():
        if names:
            text = f"{path.name}: stored outputs are shown ({' and '.join(names)} not installed)"
            print(text, file=sys.stderr)
    return [path for path, names in lacking.items() if not names]


# What a notebook reads


@functools.cache  # a text is asked for by every chapter that reads it
def imports(text: str, package: str) -> frozenset[str]:
    """Return the absolute names of all that a text imports, anywhere in it.

    Parameters
    ----------
    text : str
        Python, with or without the magics of a notebook.
    package : str
        Where relative imports begin.
    """
    plain = "\n".join("" if line.lstrip().startswith("%") else line for line in text.split("\n"))
    names, pending = set(), [ast.parse(plain)]
    while pending:
        node = pending.pop()
        # An import stands among the statements of a block, never inside an expression.
        pending += [inner for block in BLOCKS for inner in getattr(node, block, ())]
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = importlib.util.resolve_name("." * node.level + base, package)
            names.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
    return frozenset(names)


def modules(text: str) -> set[Path]:
    """Return the files of the package backprop that a text imports, and what these import.

    Explorables are imported by name, as in ``explore.figure("network")``.  Checkers are found by
    name while a chapter runs: see ``inputs``.
    """
    code = ROOT / "code"
    packages = {path.name for path in code.iterdir() if path.is_dir()}
    explorables = re.findall(r"""\bexplore\.\w+\(\s*["'](\w+)["']""", text)
    text = "\n".join([text, *(f"import backprop.explore.{name}" for name in explorables)])
    files, names, pending = set(), set(), [(text, "")]
    while pending:
        for name in imports(*pending.pop()) - names:
            names.add(name)
            parts = name.split(".")
            if parts[0] not in packages:
                continue
            for length in range(1, len(parts) + 1):  # importing a.b also runs a/__init__.py
                stem = code.joinpath(*parts[:length])
                for file in (stem / "__init__.py", stem.with_suffix(".py")):
                    if file not in files and file.is_file():
                        files.add(file)
                        inside = file.parent.relative_to(code).parts
                        pending.append((file.read_text(encoding="utf-8"), ".".join(inside)))
    return files


def inputs(path: Path) -> list[Path]:
    """Return the files on which the outputs of a notebook depend, beside itself.

    These are the modules that it imports, the checkers of its own chapter, the data whose file
    names it or these modules mention, and the requirements; for chapters on frameworks the
    benchmarks too.  So a chapter that reads a file of its own makes no other one run again.
    """
    text = code(path)
    files = modules(text)
    exercises = ROOT / "code" / "backprop" / "exercises"
    if any(file.name == "checks.py" for file in files):
        common = {f for f in exercises.glob("*.py") if not re.fullmatch(r"ch\d\d\.py", f.name)}
        own = exercises.glob(f"ch{path.name[:2]}.py")
        files |= {*common, *own, *exercises.glob("words.json")}  # in another language
    read = "\n".join([text, *(file.read_text(encoding="utf-8") for file in files)])
    data = {
        file for file in freshness.files_of([CHAPTERS / "data"])
        if file.name in read and file.name != "README.md"  # which a docstring may name
    }  # fmt: skip
    files |= {*data, ROOT / "requirements.txt", *freshness.files_of(ROOT / name for name in KERNEL)}
    if required(path):
        files |= {ROOT / "requirements" / "frameworks.txt", *BENCHMARKS.glob("*.py")}
    return sorted(files)


def key(path: Path) -> str:
    """Return a hash of everything on which the outputs of a notebook depend.

    Its text is no part of that, nor are the captions of its figures.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [
        ("".join(cell["source"]), cell["metadata"].get("tags", []))
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    machine = f"{platform.python_version()} {platform.machine()} {CELL_TIMEOUT}"
    return freshness.digest(machine, json.dumps(code), *inputs(path), root=ROOT)


def written(path: Path) -> bytes:
    """Return all of a notebook that the build shows, besides the outputs of its execution."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    if not missing(path):  # or else the stored outputs are shown
        for cell in nb["cells"]:
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
    return json.dumps(nb, sort_keys=True).encode()


def keys(notebooks: list[Path]) -> dict[Path, str]:
    """Return the notebooks with their keys."""
    return {path: key(path) for path in notebooks}


# Execution of many, and the store


async def execute_all(jobs: list[tuple[Path, Path]]) -> int:
    """Execute notebooks, as many at a time as there are cores; return how many failed.

    Each runs in a kernel of its own, which ends with this process, however that ends.
    """
    cores = asyncio.Semaphore(os.cpu_count() or 1)

    async def run(source: Path, target: Path) -> bool:
        async with cores:
            start = time.perf_counter()
            try:
                stored = target.parent == STORE.folder
                write(await execution(source, record(target) if stored else None), target)
                error = None
            except Exception as failure:
                error = f"{source.name}: {type(failure).__name__}: {failure}"
            seconds = time.perf_counter() - start
            print(f"{'FAILED' if error else 'ran'} {source.name} ({seconds:.0f} s)", flush=True)
            if error:
                print(error, file=sys.stderr)
            return error is None

    longest_first = sorted(jobs, key=lambda job: -job[0].stat().st_size)
    results = await asyncio.gather(*(run(*job) for job in longest_first))
    return results.count(False)


def run_all(jobs: list[tuple[Path, Path]]) -> int:
    """Execute pairs of a notebook and where it goes; return how many failed."""
    return asyncio.run(execute_all(jobs))


def executed(path: Path) -> Path:
    """Return where the executed copy of a notebook is stored, if there is one."""
    return STORE.path(path.stem, key(path))


def record(copy: Path) -> Path:
    """Return where the record of a stored execution is: what each cell changed."""
    return copy.with_suffix(".jsonl")


def is_stored(copy: Path) -> bool:
    """Tell whether an executed copy and its record are in the store."""
    return copy.exists() and record(copy).exists()


def stored(path: Path) -> Path:
    """Return the executed copy of a notebook in the store; execute it if there is none."""
    copy = executed(path)
    if not is_stored(copy):
        write(execute(path, record(copy)), copy)
    return copy


def joined(path: Path, executed_copy: Path) -> nbformat.NotebookNode:
    """Return a notebook as it is now, with the outputs of its executed copy."""
    both = (path, executed_copy)  # they were checked when they were written
    nb, other = (nbformat.v4.reads(each.read_text(encoding="utf-8")) for each in both)
    code, ran = ([cell for cell in each.cells if cell.cell_type == "code"] for each in (nb, other))
    for cell, copied in zip(code, ran, strict=True):
        cell.outputs, cell.execution_count = copied.outputs, copied.execution_count
    return nb


def ensure(keys: dict[Path, str]) -> dict[Path, Path] | None:
    """Execute the notebooks whose current copy is not in the store.

    Parameters
    ----------
    keys : dict of Path to str
        The notebooks with their keys.

    Returns
    -------
    dict of Path to Path, or None
        For each notebook its executed copy, or itself if it cannot be executed here; None if an
        execution failed.
    """
    able = runnable(list(keys))
    copies = {path: STORE.path(path.stem, keys[path]) for path in able}
    jobs = [(path, copy) for path, copy in copies.items() if not is_stored(copy)]
    print(f"notebooks: {len(copies) - len(jobs)} unchanged, {len(jobs)} to execute", flush=True)
    if jobs and run_all(jobs):
        return None
    STORE.prune(copies.values())
    freshness.Store(STORE.folder, ".jsonl").prune(record(copy) for copy in copies.values())
    return {path: copies.get(path, path) for path in keys}


def stage(folder: Path, copies: dict[Path, Path]) -> None:
    """Write notebooks to ``folder``, with the outputs of their executed copies.

    These are what readers download: the code of solutions is folded in them.
    """
    for path, executed_copy in copies.items():
        freshness.write(folder / path.name, solutions.folded(joined(path, executed_copy)))


INCOMPARABLE = {
    r"\bclear_output\b": "clears its output: nbval compares what was there before too",
    r"\bdisplay_id\b|\bupdate_display\b|\bDisplayHandle\b": (
        "changes an output later: nbval compares with the first state"
    ),
}


def incomparable(source: str) -> list[str]:
    """Return why the output of a code cell cannot be compared by nbval."""
    reasons = []
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        ends = [token.string for token in tokens if token.type not in NO_CODE]
        if ends[-1:] == [";"]:
            reasons.append(
                "ends in a semicolon: IPython looks for it in its history, which nbval leaves out, "
                "so nbval sees a value that is not stored; write _ = … instead"
            )
    reasons += [why for pattern, why in INCOMPARABLE.items() if re.search(pattern, source)]
    return reasons


def untidy(path: Path) -> list[str]:
    """Return what is wrong with the stored form of a notebook."""
    text = path.read_text(encoding="utf-8")
    nb = nbformat.reads(text, as_version=4)
    problems = incomplete(nb)
    for number, cell in enumerate((c for c in nb.cells if c.cell_type == "code"), 1):
        if cell.execution_count not in (None, number):
            problems.append(
                f"code cell {number} has execution count {cell.execution_count}: run it"
            )
        problems += [f"code cell {number} {why}" for why in incomparable(cell.source)]
    if nbformat.writes(tidy(nb)) + "\n" != text:
        problems.append("its form differs from the tidy one: make format")
    return problems


def main(arguments=None) -> int:
    """Do what the command line says; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=["run", "tidy", "check", "stage", "runnable"])
    parser.add_argument("names", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    everything = sorted(CHAPTERS.glob("*.ipynb"))
    if options.command == "stage":
        copies = ensure(keys(everything))
        if copies is not None:
            stage(options.names[0].resolve(), copies)
        return 1 if copies is None else 0
    notebooks = [path.resolve() for path in options.names] or everything
    if options.command == "runnable":
        print(*(path.relative_to(ROOT) for path in runnable(notebooks)), sep="\n")
        return 0
    if options.command == "run":
        if not options.names:
            notebooks = runnable(notebooks)
        return 1 if run_all([(path, path) for path in notebooks]) else 0
    if options.command == "tidy":
        for path in notebooks:
            if write(tidy(nbformat.read(path, as_version=4)), path):
                print(f"tidied {path.name}")
        return 0
    problems = [f"{path.name}: {problem}" for path in notebooks for problem in untidy(path)]
    print("\n".join(problems) or f"{len(notebooks)} notebooks are tidy")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
