"""The code of solutions is folded in the notebooks that readers download, and only that."""

import json
from pathlib import Path

import nbformat
import pytest

from web import ROOT, notebooks, solutions
from web.lite import build as lite

CHAPTER = ROOT / "chapters" / "09-back-propagation.ipynb"
START = "````{solution-start} ex-a\n:class: dropdown\n````"
END = "````{solution-end}\n````"


def hidden(path):
    """Return the sources of the folded cells, read without any code of the book's."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    folded = [c for c in cells if c["metadata"].get("jupyter") == {"source_hidden": True}]
    return ["".join(c["source"]) for c in folded]


def expected(path):
    """Return the code cells between the marks, counted by hand."""
    depth, found = 0, []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            depth += source.count("{solution-start}") - source.count("{solution-end}")
        elif depth:
            found.append(source)
    return found


def test_downloads_have_folded_solutions(tmp_path):
    notebooks.stage(tmp_path, {CHAPTER: CHAPTER})
    assert hidden(tmp_path / CHAPTER.name) == expected(CHAPTER)
    assert len(expected(CHAPTER)) >= 4


def test_jupyterlite_has_folded_solutions(tmp_path, monkeypatch):
    monkeypatch.setattr(lite, "WORK", tmp_path)
    monkeypatch.setattr(lite, "contents", lambda: {CHAPTER.name: CHAPTER})

    class Failure:
        returncode, stdout, stderr = 1, "", ""

    monkeypatch.setattr(lite.subprocess, "run", lambda *about, **more: Failure)
    assert not lite.build()
    assert hidden(tmp_path / "contents" / CHAPTER.name) == expected(CHAPTER)


def test_nothing_else_changes(tmp_path):
    before = json.loads(CHAPTER.read_text(encoding="utf-8"))
    after = json.loads(solutions.folded(nbformat.read(CHAPTER, 4)))
    for cell in after["cells"]:
        cell["metadata"].pop("jupyter", None)
    assert after == before
    assert not hidden(CHAPTER)


@pytest.mark.parametrize("texts", [[START], [END], [START, START, END], [START, END, END]])
def test_marks_that_do_not_match_are_noticed(texts):
    nb = nbformat.v4.new_notebook()
    nb.cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    with pytest.raises(ValueError, match="should"):
        solutions.split(nb)


def test_text_of_one_cell_is_divided():
    nb = nbformat.v4.new_notebook()
    nb.cells = [nbformat.v4.new_markdown_cell(f"before\n{START}\nwithin\n{END}\nafter")]
    ((_, outer, inner),) = solutions.split(nb)
    assert outer == "before\nafter"
    assert inner == f"{START}\nwithin\n{END}"
