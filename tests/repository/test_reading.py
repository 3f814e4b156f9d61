"""What a chapter asks of its reader: how many words, how long, and what its checks print."""

import json
import math
import re

import nbformat
import pytest

from tools.chapter import __main__ as begun
from web import ROOT

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
LONGEST = 5000  # words, without what is folded
FENCE = re.compile(r"(`{3,}|:{3,})\{([\w-]+)\}")


def cells(path, kind: str) -> list[dict]:
    """Return the cells of one kind of a notebook."""
    every = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in every if cell["cell_type"] == kind]


def unfolded(text: str) -> str:
    """Return what of a text a reader sees at first: no solution, and no closed box."""
    shown, closing, solution = [], "", False
    lines = [line.strip() for line in text.split("\n")]
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        name = fence[2] if fence else ""
        options = lines[number + 1 : number + 5] if fence else []
        if closing:
            closing = "" if line == closing else closing
        elif name in ("solution-start", "solution-end"):
            solution = name == "solution-start"
        elif name == "dropdown" or any(re.match(":class:.*dropdown", each) for each in options):
            closing = fence[1]
        elif not solution:
            shown.append(line)
    return "\n".join(shown)


def text_of(path) -> str:
    """Return the text of a chapter, all cells in one."""
    return "\n".join("".join(cell["source"]) + "\n" for cell in cells(path, "markdown"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_is_no_longer_than_a_reader_bears(path):
    number = len(unfolded(text_of(path)).split())
    assert number <= LONGEST, "make a second chapter of it, or fold what can be left out"


def times(path) -> tuple[int, int]:
    """Return the minutes that a chapter states, and those that reading it twice takes.

    At 200 words a minute; with half a minute for each equation and each cell of code.
    """
    text = text_of(path)
    equations = len(re.findall(r"\$\$ \((?:eq|def)-", text))
    minutes = 2 * len(unfolded(text).split()) / 200 + (equations + len(cells(path, "code"))) / 2
    stated = int(re.search(r"\*\*Time\*\* about (\d+) minutes", text)[1])
    return stated, math.ceil(minutes / 5) * 5


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_time_that_a_chapter_states_is_that_of_two_readings(path):
    stated, needed = times(path)
    assert abs(stated - needed) <= 5, f"**Time** should be about {needed} minutes"


def test_a_chapter_that_is_begun_states_its_time(tmp_path):
    path = tmp_path / "71-a-star.ipynb"
    path.write_text(nbformat.writes(begun.notebook(begun.filled("notebook.md", {}))), "utf-8")
    stated, needed = times(path)
    assert stated == needed


def test_checks_print_by_how_much_they_passed():
    lines = [
        line
        for path in CHAPTERS
        for cell in cells(path, "code")
        for output in cell["outputs"]
        for line in "".join(output.get("text", "")).splitlines()
        if line.strip()
    ]
    bare = [line for line in lines if re.search(r"\b(True|False)\W*$", line)]
    assert 20 * len(bare) <= len(lines), bare


def test_what_is_folded_is_left_out():
    text = """one
````{solution-start} ex-a
:class: dropdown
two
````
three
````{solution-end}
````
````{admonition} Why
:class: note dropdown

four
````
five"""
    assert unfolded(text).split() == ["one", "````", "five"]
