"""Say which rows of a chapter come out otherwise with what is installed here.

    python -m tools.rows                          for what is on other libraries' rules
    python -m tools.rows chapters/20-pytorch.ipynb

Every cell is executed, also after one that raised an error, and each printed line is compared
with the stored one.  The environment is taken as it is, and not mended: that is the point, once
a week, with the newest releases of the libraries.  Figures and times are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import re
import sys
from pathlib import Path

import nbformat

from web import build, kernel_environment, notebooks

UNCOMPARED = "nbval-ignore-output"


def chapters() -> list[Path]:
    """Return the chapters on other libraries' rules: those that import backprop.libraries."""
    paths = sorted(notebooks.CHAPTERS.glob("*.ipynb"))
    return [p for p in paths if "backprop.libraries" in notebooks.imports(notebooks.code(p), "")]


def lines(cell: nbformat.NotebookNode) -> list[str]:
    """Return what a cell of code has printed, or the error that it has raised, line by line."""
    texts = []
    for output in notebooks.joined_streams(cell.outputs):
        if output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        elif output.output_type == "stream" and output.name == "stderr":
            texts.append("on stderr: " + output.text)
        else:
            texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    found = (line.rstrip() for text in texts for line in build.plain(text).splitlines())
    return [line for line in found if line]


def heading(nb: nbformat.NotebookNode, number: int) -> str:
    """Return the heading of the section that a cell is in."""
    text = "\n".join(c.source for c in nb.cells[:number] if c.cell_type == "markdown")
    return (re.findall(r"(?m)^#+ (.+)$", text) or [""])[-1]


def changes(stored: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> list[str]:
    """Return the rows that differ, each under the heading of its section.

    Parameters
    ----------
    stored, executed : nbformat.NotebookNode
        The notebook as it is stored, and as it was executed.

    Returns
    -------
    list of str
        Headings, and below them the rows, with "- " in front of what is stored and "+ " in
        front of what came out.
    """
    found = []
    for number, (old, new) in enumerate(zip(stored.cells, executed.cells, strict=True)):
        if old.cell_type != "code" or UNCOMPARED in old.metadata.get("tags", []):
            continue
        rows = difflib.ndiff(lines(old), lines(new))
        different = [row.rstrip() for row in rows if row.startswith(("- ", "+ "))]
        if different:
            found += [f"{heading(stored, number)} (cell {number})", *different]
    return found


async def execution(path: Path) -> nbformat.NotebookNode:
    """Return a copy of a notebook in which every cell was executed, whatever came before."""
    nb = nbformat.read(path, as_version=4)
    with kernel_environment.home() as home:
        resources = {"metadata": {"path": str(path.parent)}}
        await kernel_environment.Client(
            nb, home, timeout=notebooks.CELL_TIMEOUT, allow_errors=True, resources=resources
        ).run()
    return nb


def main(arguments: list[str] | None = None) -> int:
    """Print the rows that have changed; return the exit status: 1 if there are any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path)
    count = 0
    for path in parser.parse_args(arguments).paths or chapters():
        stored = nbformat.read(path, as_version=4)
        found = changes(stored, asyncio.run(execution(path)))
        rows = sum(row.startswith(("- ", "+ ")) for row in found)
        print(f"{path.name}: {rows} rows have changed", *found, sep="\n", flush=True)
        count += rows
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
