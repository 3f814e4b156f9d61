"""Tell which cells of a notebook cannot be run again, in any order.

    python -m web.cells [NOTEBOOK ...]          judge by the record of each notebook's execution
    python -m web.cells --again [NOTEBOOK ...]  run every cell twice at once, and again in the end

A cell reads some names before it binds them, itself or in the functions that it calls.  If every
such name is bound by one cell only, and changed by no other, then it has one value, whatever is
run again and in whatever order, and the cell gives the same output each time.  So nothing has to
be run twice to know it: while the book is executed, web/recorder.py writes down which names each
cell changes.  What a record cannot see, state inside an imported module, ``--again`` does.
"""

from __future__ import annotations

import argparse
import asyncio
import dis
import json
import random
import types
from dataclasses import dataclass
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from web import notebooks, recorder

IMMEDIATE = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
IGNORED = "nbval-ignore-output"


def names_before_bound(source: str) -> set[str]:
    """Return the global names that a cell reads before it binds them.

    A function that the cell defines may read what is bound after its definition.
    """
    code = compile(TransformerManager().transform_cell(source), "cell", "exec")
    bound, names, later = set(), set(), set()
    for step in dis.get_instructions(code):
        if step.opname in ("STORE_NAME", "STORE_GLOBAL"):
            bound.add(step.argval)
        elif step.opname == "DELETE_NAME":
            bound.discard(step.argval)
        elif step.opname in recorder.GLOBAL:
            names |= {step.argval} - bound
        elif isinstance(step.argval, types.CodeType):
            inside = recorder.names_in(step.argval) - bound
            if step.argval.co_name in IMMEDIATE:
                names |= inside
            else:
                later |= inside
    return names | (later - bound)


def closure(names: set[str], links: dict[str, list[str]], bound: set[str]) -> set[str]:
    """Return names and all that the functions behind them read, but for what the cell binds."""
    result, pending = set(), list(names)
    while pending:
        name = pending.pop()
        if name not in result:
            result.add(name)
            pending += set(links.get(name, ())) - bound
    return result


@dataclass(frozen=True)
class Problem:
    """A name that has more than one value in the course of a notebook.

    Attributes
    ----------
    name : str
        The name.
    readers, writers : tuple of int
        The cells that read it before they bind it, and those that change it.
    """

    name: str
    readers: tuple[int, ...]
    writers: tuple[int, ...]

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"{self.name} is read by cells {list(self.readers)}, changed by {list(self.writers)}"


def bound_by(source: str) -> set[str]:
    """Return the names that a cell binds."""
    code = compile(TransformerManager().transform_cell(source), "cell", "exec")
    return {step.argval for step in dis.get_instructions(code) if step.opname == "STORE_NAME"}


def problems(nb: nbformat.NotebookNode, record: list[dict]) -> list[Problem]:
    """Return the names that keep cells from being run again, with the cells' numbers from 0.

    Parameters
    ----------
    nb : nbformat.NotebookNode
        The notebook.
    record : list of dict
        For each of its code cells, what ``recorder`` wrote.

    Raises
    ------
    ValueError
        If the record has another number of lines than the notebook has cells of code.
    """
    code = [(number, cell) for number, cell in enumerate(nb.cells) if cell.cell_type == "code"]
    if len(code) != len(record):
        raise ValueError(f"the record should have {len(code)} lines, but has {len(record)}")
    writers: dict[str, list[int]] = {}
    links: dict[str, list[str]] = {}
    for (number, _), line in zip(code, record, strict=True):
        links |= line["links"]
        for name in line["changed"]:
            writers.setdefault(name, []).append(number)
    readers: dict[str, list[int]] = {}
    for number, cell in code:
        names = names_before_bound(cell.source)
        for name in closure(names, links, bound_by(cell.source)) & set(writers):
            readers.setdefault(name, []).append(number)
    return [
        Problem(name, tuple(readers[name]), tuple(writers[name]))
        for name in sorted(readers)
        if len(writers[name]) > 1
    ]


def record_of(path: Path) -> list[dict]:
    """Return the record of the execution of a notebook, which is executed if it has to be."""
    lines = notebooks.record(notebooks.stored(path)).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


# Running every cell again


def again(nb: nbformat.NotebookNode, seed: int) -> tuple[nbformat.NotebookNode, list[int]]:
    """Return a notebook that runs every cell twice at once and once more, in chance order.

    Returns
    -------
    nb : nbformat.NotebookNode
        The longer notebook.
    origin : list of int
        For each of its cells, the number of the cell in the first one.
    """
    code = [number for number, cell in enumerate(nb.cells) if cell.cell_type == "code"]
    last = random.Random(seed).sample(code, len(code))
    origin = [number for number in code for _ in range(2)] + last
    cells = [nbformat.v4.new_code_cell(nb.cells[number].source) for number in origin]
    return nbformat.v4.new_notebook(cells=cells, metadata=nb.metadata), origin


def shown(cell) -> list:
    """Return what a cell gives, in a form that can be compared."""
    return [
        (output.output_type, output.get("name"), output.get("text"), output.get("data"))
        for output in notebooks.joined_streams(cell.outputs)
    ]


def differences(path: Path, seed: int) -> list[str]:
    """Run every cell of a notebook again; return what came out otherwise."""
    nb = nbformat.read(path, as_version=4)
    longer, origin = again(nb, seed)
    result = asyncio.run(notebooks.run_cells(longer, path.parent))
    first: dict[int, list] = {}
    lines = []
    for place, (number, cell) in enumerate(zip(origin, result.cells, strict=True)):
        if IGNORED in nb.cells[number].metadata.get("tags", []):
            continue
        outputs = shown(cell)
        if outputs != first.setdefault(number, outputs):
            when = "at once again" if origin[place - 1] == number else "in the end"
            lines.append(f"cell {number} gives something else when run {when}")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Print the problems of some notebooks; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--again", action="store_true", help="run every cell again")
    parser.add_argument("--seed", type=int, default=0, help="of the order in the end")
    parser.add_argument("names", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    paths = [path.resolve() for path in options.names] or sorted(notebooks.CHAPTERS.glob("*.ipynb"))
    count = 0
    for path in notebooks.runnable(paths):
        if options.again:
            lines = differences(path, options.seed)
        else:
            nb = nbformat.read(path, as_version=4)
            lines = [str(problem) for problem in problems(nb, record_of(path))]
        count += len(lines)
        print(f"{path.name}: {len(lines)} problems", *lines, sep="\n  ", flush=True)
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
