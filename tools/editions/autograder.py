"""Assignments for nbgrader and otter-grader from the book's exercises: ``make autograder``.

Both get the same cells: the statement, the placeholder with the book's solution, and a test that is
worth a point if ``check`` accepts the answer.  What it says otherwise is the test's message.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from web import freshness
from web import words as catalogue
from web.notebooks import METADATA
from web.words import say

from .chapters import Exercise, exercises

SECONDS = 30  # for one cell, in nbgrader
CONFIG = """\
# Settings of nbgrader for the exercises of this book
c = get_config()
c.CourseDirectory.course_id = "backprop"
c.ClearSolutions.code_stub = {{"python": {stub!r}}}
c.Execute.timeout = {seconds}  # seconds for each cell
c.LimitOutput.max_lines = 200  # of what a cell prints
c.OverwriteCells.add_missing_cells = True  # tests that were deleted
"""
INTRODUCTION = say(
    "Replace the body of each function by your own; the call of `check` says what is wrong with "
    "it. Each exercise is worth one point, which you get if `check` says that you are right."
)
STUB = say("Write your code in place of the placeholder's.")
TESTED = say("Here your answer is tested again")
OTTER = """\
# ASSIGNMENT CONFIG
name: {name}
init_cell: true
export_cell: false
check_all_cell: false
run_tests: true
tests:
  ok_format: false
generate:
  show_stdout: true
"""


def chosen(words: list[str]) -> dict[str, list[Exercise]]:
    """Return assignments by name: one for each chapter, or one of the exercises that are named.

    Parameters
    ----------
    words : list of str
        Names of exercises, or numbers of chapters; none means all chapters.

    Raises
    ------
    ValueError
        If a word is neither.
    """
    known, chapters = exercises(), {}
    for exercise in known.values():
        chapters.setdefault(exercise.chapter.stem, []).append(exercise)
    if not words:
        return chapters
    picked, assignments = [], {}
    for word in words:
        if word in known:
            picked.append(known[word])
            continue
        stem = next((stem for stem in chapters if word in (stem, stem[:2])), None)
        if stem is None:
            raise ValueError(f"exercises should be names or numbers of chapters, not {word!r}")
        assignments[stem] = chapters[stem]
    return {**assignments, **({"exercises": picked} if picked else {})}


def test_of(exercise: Exercise) -> str:
    """Return the source of the test: an ``AssertionError`` with the hint if it is wrong.

    nbgrader gives no point for a test that writes to stderr, so what an answer writes there goes
    elsewhere.
    """
    return (
        "import sys\nfrom contextlib import redirect_stderr\nfrom backprop.checks import check\n\n"
        f'with redirect_stderr(sys.stdout):\n    said = check("{exercise.name}", '
        f"{exercise.handed_in})\nprint(repr(said))\nassert said, said"
    )


def introduction(title: str) -> str:
    """Return the text at the head of an assignment, in the language of the book."""
    return f"# {title}\n\n{catalogue.book().say(INTRODUCTION)}"


def settings_of_nbgrader() -> str:
    """Return nbgrader's settings, with what it writes in place of a solution."""
    return CONFIG.format(stub=f"# {catalogue.book().say(STUB)}", seconds=SECONDS)


def setups(assignment: list[Exercise]) -> list[str]:
    """Return for each exercise what is to run before it, if the one before does not run it."""
    texts = [
        "",
        *("\n".join(["from backprop.checks import check", e.setup]).strip() for e in assignment),
    ]
    return ["" if new == old else new for old, new in zip(texts, texts[1:], strict=False)]


def for_nbgrader(name: str, assignment: list[Exercise]) -> nbformat.NotebookNode:
    """Return the source version of an assignment, with solutions, for nbgrader."""

    def cell(make, label, source, *, grade=False, solution=False):
        settings = {
            "schema_version": 3, "grade_id": label, "grade": grade, "solution": solution,
            "locked": not solution, "task": False, **({"points": 1} if grade else {}),
        }  # fmt: skip
        return make(source, metadata={"nbgrader": settings})

    cells = [cell(new_markdown_cell, "introduction", introduction(name))]
    for exercise, setup in zip(assignment, setups(assignment), strict=True):
        label = exercise.name
        cells.append(cell(new_markdown_cell, f"{label}-text", exercise.statement))
        if setup:
            cells.append(cell(new_code_cell, f"{label}-setup", setup))
        source = (
            f"{exercise.placeholder}\n\n\n"
            f"### BEGIN SOLUTION\n{exercise.solution}\n### END SOLUTION\n"
            f'check("{label}", {exercise.handed_in})'
        )
        cells.append(cell(new_code_cell, f"{label}-answer", source, solution=True))
        source = (
            f"# {catalogue.book().say(TESTED)}\n"
            f"### BEGIN HIDDEN TESTS\n{test_of(exercise)}\n### END HIDDEN TESTS"
        )
        cells.append(cell(new_code_cell, label, source, grade=True))
    return notebook(cells)


def for_otter(name: str, assignment: list[Exercise]) -> nbformat.NotebookNode:
    """Return the master of an assignment, with solutions, for ``otter assign``."""
    cells = [
        new_raw_cell(OTTER.format(name=name)),
        new_markdown_cell(introduction(name)),
    ]
    for exercise, setup in zip(assignment, setups(assignment), strict=True):
        label = exercise.name
        if setup:
            cells.append(new_code_cell(setup))
        needed = sorted(set(re.findall(r"[A-Za-z_]\w*", exercise.handed_in)))
        body = "".join(f"    {line}\n" for line in test_of(exercise).splitlines() if line)
        test = (
            '""" # BEGIN TEST CONFIG\n'
            f"name: {label}\npoints: 1\nhidden: true\n"
            '""" # END TEST CONFIG\n'
            f"def test_{label.replace('-', '_')}({', '.join(needed)}):\n{body}"
        )
        answer = (
            f"{exercise.placeholder}\n\n\n"
            f"# BEGIN SOLUTION\n{exercise.solution}\n# END SOLUTION\n"
            f'check("{label}", {exercise.handed_in})'
        )
        cells += [
            new_raw_cell(f"# BEGIN QUESTION\nname: {label}\npoints: 1"),
            new_markdown_cell(exercise.statement),
            new_raw_cell("# BEGIN SOLUTION"),
            new_code_cell(answer),
            new_raw_cell("# END SOLUTION"),
            new_raw_cell("# BEGIN TESTS"),
            new_code_cell(test),
            new_raw_cell("# END TESTS"),
            new_raw_cell("# END QUESTION"),
        ]
    return notebook(cells)


def notebook(cells) -> nbformat.NotebookNode:
    """Return a notebook of cells whose ids depend on their places and texts alone."""
    for number, cell in enumerate(cells):
        cell.id = hashlib.sha256(f"{number} {cell.source}".encode()).hexdigest()[:8]
    return new_notebook(cells=cells, metadata=METADATA)


def write(folder: Path, words: list[str]) -> list[str]:
    """Write the assignments anew, for both graders; return their names."""
    assignments = chosen(words)
    shutil.rmtree(folder, ignore_errors=True)
    for name, assignment in assignments.items():
        for place, nb in (
            (folder / "nbgrader" / "source" / name, for_nbgrader(name, assignment)),
            (folder / "otter" / name, for_otter(name, assignment)),
        ):
            place.mkdir(parents=True)
            freshness.write(place / f"{name}.ipynb", (nbformat.writes(nb) + "\n").encode())
    freshness.write(folder / "nbgrader" / "nbgrader_config.py", settings_of_nbgrader())
    return list(assignments)
