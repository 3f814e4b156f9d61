"""Where the solutions of exercises stand in a chapter, and how they are folded in notebooks.

A solution stands between the directives ``{solution-start}`` and ``{solution-end}``, over several
cells.  Pages fold it by its class; in a notebook each of its code cells is folded.
"""

from __future__ import annotations

import re

import nbformat

START = re.compile(r"(`{3,})\{solution-start\} ex-([\w-]+)\s*$")
END = re.compile(r"(`{3,})\{solution-end\}\s*$")


def split(nb: nbformat.NotebookNode) -> list[tuple[nbformat.NotebookNode, str, str]]:
    """Return each cell with what of its source belongs to no solution, and what to one.

    Raises
    ------
    ValueError
        If a solution does not start or end as it should.
    """
    inside, parts = "", []
    for cell in nb.cells:
        if cell.cell_type != "markdown":
            parts.append((cell, "", cell.source) if inside else (cell, cell.source, ""))
            continue
        outer, inner, fence = [], [], ""
        for line in cell.source.split("\n"):
            start, end = START.match(line), END.match(line)
            if (start and inside) or (end and not inside):
                raise ValueError(f"solutions should start and end in turn, not with {line!r}")
            (inner if inside or start or fence else outer).append(line)
            if start or end:
                inside, fence = (start[2] if start else ""), (start or end)[1]
            elif fence and line.strip() == fence:
                fence = ""
        parts.append((cell, "\n".join(outer), "\n".join(inner)))
    if inside:
        raise ValueError(f"the solution of {inside!r} should end, but does not")
    return parts


def folded(nb: nbformat.NotebookNode) -> bytes:
    """Fold the code of solutions in a notebook; return its file."""
    for cell, _, inner in split(nb):
        if inner and cell.cell_type == "code":
            cell.metadata["jupyter"] = {"source_hidden": True}
    return (nbformat.v4.writes(nb) + "\n").encode()
