"""Run the notebooks of the book, in parallel, and keep their files tidy.

    python tools/notebooks.py run [NOTEBOOK ...]      execute in place, tidy, store outputs
    python tools/notebooks.py tidy [NOTEBOOK ...]     tidy only: metadata, ids, counts
    python tools/notebooks.py check [NOTEBOOK ...]    say what is not tidy; exit status 1 if any
    python tools/notebooks.py stage FOLDER            write freshly executed copies to FOLDER
    python tools/notebooks.py runnable                list those that can be executed here

Without names, all notebooks in chapters/ are meant.  A notebook that says ``require("torch")``
can be executed only where torch is installed; elsewhere ``run`` leaves it alone, and ``stage``
takes its stored outputs.  ``stage`` executes only the notebooks whose result could differ from
last time: the key of its store covers the notebook, the package backprop, the data files, the
locked requirements and the Python version.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
STORE = ROOT / "_build" / "executed"
BENCHMARKS = ROOT / "benchmarks"  # what the notebooks on frameworks measure with
KEPT_CELL_METADATA = {"tags", "mystnb"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_TIMEOUT = 300  # seconds
GUARD = ROOT / "tools" / "guard"  # stops a notebook that writes elsewhere or goes online


def tidy(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Bring a notebook into the one form in which it is stored (in place)."""
    nb.metadata = nbformat.from_dict(METADATA)
    nb.nbformat, nb.nbformat_minor = 4, 5
    seen: set[str] = set()
    count = 0
    for cell in nb.cells:
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in KEPT_CELL_METADATA and v}
        )
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
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
            cell.outputs = _joined_streams(cell.outputs)
    nb.cells = [cell for cell in nb.cells if cell.source]
    return nb


def _joined_streams(outputs):
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
            joined.append(output)
    return joined


def execute(path: Path) -> nbformat.NotebookNode:
    """Return an executed, tidy copy of a notebook; it runs in its own folder."""
    from nbclient import NotebookClient

    # One thread per process: the processes share the cores, and digits do not depend on it.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", PYTHONHASHSEED="0")
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    paths = [str(GUARD), *filter(None, [os.environ.get("PYTHONPATH")])]
    nb = nbformat.read(path, as_version=4)
    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # no warning that this computer talks to itself
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute(env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)})
    return tidy(nb)


def write(nb: nbformat.NotebookNode, path: Path) -> bool:
    """Write a notebook if its text changes, all at once; tell whether it did."""
    text = nbformat.writes(nb) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, delete=False, encoding="utf-8", suffix=".tmp"
    ) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
    return True


def required(path: Path) -> list[str]:
    """Return the frameworks that a notebook requires: the names in its ``require(…)``."""
    nb = json.loads(path.read_text(encoding="utf-8"))
    code = "\n".join("".join(c["source"]) for c in nb["cells"] if c["cell_type"] == "code")
    calls = re.findall(r"(?m)^require\((.*?)\)", code, re.S)
    return sorted(set(re.findall(r"[\"'](\w+)[\"']", " ".join(calls))))


def missing(path: Path) -> list[str]:
    """Return the frameworks that a notebook requires and that are not installed here."""
    return [name for name in required(path) if importlib.util.find_spec(name) is None]


def runnable(paths: list[Path]) -> list[Path]:
    """Return the notebooks that can be executed here; say why the others cannot."""
    lacking = {path: missing(path) for path in paths}
    for path, names in lacking.items():
        if names:
            text = f"{path.name}: stored outputs are kept ({' and '.join(names)} not installed)"
            print(text, file=sys.stderr)
    return [path for path, names in lacking.items() if not names]


def key(path: Path) -> str:
    """Return a hash of everything on which the outputs of a notebook depend."""
    digest = hashlib.sha256()
    for part in (platform.python_version(), platform.machine(), str(CELL_TIMEOUT)):
        digest.update(part.encode())
    inputs = [
        *sorted((ROOT / "code" / "backprop").rglob("*.py")),
        *sorted(p for p in (CHAPTERS / "data").rglob("*") if p.is_file()),
        ROOT / "requirements.txt",
        *sorted(GUARD.glob("*.py")),
    ]
    if required(path):
        inputs += [ROOT / "requirements-frameworks.txt", *sorted(BENCHMARKS.glob("*.py"))]
    for file in inputs:
        digest.update(file.relative_to(ROOT).as_posix().encode())
        digest.update(file.read_bytes())
    nb = json.loads(path.read_text(encoding="utf-8"))
    if not missing(path):  # or else the stored outputs are shown
        for cell in nb["cells"]:
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
    digest.update(json.dumps(nb, sort_keys=True).encode())
    return digest.hexdigest()[:32]


def _work(job):
    """Execute one notebook into its place; return its name, the seconds and an error."""
    source, target = job
    start = time.perf_counter()
    try:
        write(execute(source), target)
        error = ""
    except Exception as failure:  # reported by the caller, for all notebooks at once
        error = f"{type(failure).__name__}: {failure}"
    return source, time.perf_counter() - start, error


def run_all(jobs: list[tuple[Path, Path]]) -> int:
    """Execute notebooks in parallel, the largest files first; return how many failed."""
    jobs = sorted(jobs, key=lambda job: -job[0].stat().st_size)
    failed = 0
    with ProcessPoolExecutor(max_workers=max(1, min(len(jobs), os.cpu_count() or 1))) as pool:
        for source, seconds, error in pool.map(_work, jobs):
            print(f"{'FAILED' if error else 'ran'} {source.name} ({seconds:.0f} s)", flush=True)
            if error:
                failed += 1
                print(error, file=sys.stderr)
    return failed


def kept(path: Path) -> Path:
    """Return where the executed copy of a notebook is kept, if there is one."""
    return STORE / f"{path.stem}-{key(path)}.ipynb"


def stage(folder: Path, notebooks: list[Path]) -> int:
    """Write executed copies of the notebooks to ``folder``; return how many failed."""
    STORE.mkdir(parents=True, exist_ok=True)
    can_run = runnable(notebooks)
    for path in notebooks:
        if path not in can_run:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / path.name)
    stored = {path: kept(path) for path in can_run}
    jobs = [(path, target) for path, target in stored.items() if not target.exists()]
    print(f"notebooks: {len(can_run) - len(jobs)} unchanged, {len(jobs)} to execute", flush=True)
    failed = run_all(jobs) if jobs else 0
    if failed:
        return failed
    for old in STORE.glob("*.ipynb"):  # keep only what is in use
        if old not in stored.values():
            old.unlink()
    for path, target in stored.items():
        copy = folder / path.name
        if not copy.exists() or copy.read_bytes() != target.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target, copy)
    return 0


def untidy(path: Path) -> list[str]:
    """Return what is wrong with the stored form of a notebook."""
    text = path.read_text(encoding="utf-8")
    nb = nbformat.reads(text, as_version=4)
    found = []
    for number, cell in enumerate((c for c in nb.cells if c.cell_type == "code"), 1):
        if cell.execution_count != number:
            found.append(f"code cell {number} has execution count {cell.execution_count}: run it")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"code cell {number} stores an error, {output.ename}")
            if output.get("name") == "stderr":
                found.append(f"code cell {number} stores a message on stderr")
    if nbformat.writes(tidy(nb)) + "\n" != text:
        found.append("its form differs from the tidy one: make format")
    return found


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
        return 1 if stage(options.names[0].resolve(), everything) else 0
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
