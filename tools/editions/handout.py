"""The chapters without solutions, for students: ``make handout``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat

from web import ROOT, freshness
from web.solutions import split

from .chapters import CHAPTERS, notebooks

LABELS = r"\((eq-[\w-]+|def-[\w-]+)\)|^:(?:label|name): *([\w-]+)|^\(([\w-]+)\)="


def without_solutions(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a chapter without its solutions, their code and what that printed.

    Raises
    ------
    ValueError
        If the rest refers to an equation or a figure of a solution.
    """
    kept, labels = [], set()
    for cell, outer, inner in split(nb):
        labels |= {name for m in re.finditer(LABELS, inner, re.M) for name in m.groups() if name}
        if outer.strip():
            kept.append(nbformat.from_dict({**cell, "source": outer.strip("\n")}))
        elif inner and "mystnb" in cell.metadata:
            labels.add(cell.metadata.mystnb.get("figure", {}).get("name"))
    text = "\n".join(cell.source for cell in kept)
    lost = {name for name in labels - {None} if re.search(rf"[`<#]{re.escape(name)}[`>)]", text)}
    if lost:
        raise ValueError(f"no text outside of solutions should refer to their {sorted(lost)}")
    count = 0
    for cell in kept:
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    return nbformat.from_dict({**nb, "cells": kept})


def write(folder: Path) -> list[Path]:
    """Write the handout, anew, and return its notebooks."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in notebooks():
        nb = without_solutions(nbformat.read(path, as_version=4))
        freshness.write(folder / path.name, (nbformat.writes(nb) + "\n").encode())
    shutil.copytree(CHAPTERS / "data", folder / "data")
    return sorted(folder.glob("*.ipynb"))


def commit(folder: Path, branch: str, root: Path = ROOT) -> bool:
    """Commit a folder to a branch on top of what is there; tell whether anything was new.

    Neither the branch that is checked out nor its files are touched.  Because each edition follows
    the one before, what students wrote can be merged with it.

    Parameters
    ----------
    folder : Path
        The handout.
    branch : str
        The branch, which begins here if it is neither in the repository nor at its origin.
    root : Path, optional
        The repository.
    """

    def git(*arguments, **more):
        return subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, **more
        ).stdout.strip()

    places = (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}")
    before = next(filter(None, (git("rev-parse", "-q", "--verify", one) for one in places)), "")
    with tempfile.TemporaryDirectory() as place:
        index = {**os.environ, "GIT_INDEX_FILE": str(Path(place) / "index")}
        more = {"env": index, "check": True}
        git("--work-tree", str(folder.resolve()), "add", "--force", "--all", ".", **more)
        tree = git("write-tree", **more)
    if before and git("rev-parse", f"{before}^{{tree}}") == tree:
        return False
    parents = ["-p", before] if before else []
    new = git("commit-tree", tree, *parents, "-m", "Chapters without solutions", check=True)
    git("update-ref", places[0], new, check=True)
    return True
