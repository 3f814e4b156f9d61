"""The list of rows that have changed: what changes is listed, and nothing else."""

import re

import nbformat
import pytest

from tools import rows


def notebook(*cells):
    """Return a notebook with a heading and cells of code, each with its output."""
    nb = nbformat.v4.new_notebook()
    nb.cells = [nbformat.v4.new_markdown_cell("## A section\n\nText.")]
    for source, text, *tags in cells:
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": tags})
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
        nb.cells.append(cell)
    return nb


def test_equal_outputs_are_no_change():
    nb = notebook(("x", "first 1.0\nsecond 2.0\n"))
    assert rows.changes(nb, nb) == []


def test_how_a_stream_is_split_is_no_change():
    stored, new = notebook(("x", "first 1.0\nsecond 2.0\n")), notebook(("x", "first 1.0\nse"))
    new.cells[1].outputs.append(nbformat.v4.new_output("stream", name="stdout", text="cond 2.0\n"))
    assert rows.changes(stored, new) == []


def test_only_the_row_that_differs_is_listed():
    stored = notebook(("x", "Adam 1.0\nRMSprop 3.16\nAdagrad 1.0\n"))
    new = notebook(("x", "Adam 1.0\nRMSprop 10\nAdagrad 1.0\n"))
    assert rows.changes(stored, new) == [
        "A section (cell 1)",
        "- RMSprop 3.16",
        "+ RMSprop 10",
    ]


def test_a_time_is_not_compared():
    stored = notebook(("x", "2 s\n", "nbval-ignore-output"))
    new = notebook(("x", "3 s\n", "nbval-ignore-output"))
    assert rows.changes(stored, new) == []


def test_a_cell_that_raises_an_error_is_a_row_and_the_next_one_is_executed(tmp_path, capsys):
    path = tmp_path / "chapter.ipynb"
    stored = notebook(
        ("print('Adam', 1.0)", "Adam 1.0\n"),
        ("gone_from_the_library()", "Adagrad 2.0\n"),
        ("print('RMSprop', 3.16)", "RMSprop 3.16\n"),
        ("import sys; print('deprecated', file=sys.stderr)", ""),
    )
    path.write_text(nbformat.writes(stored), encoding="utf-8")
    assert rows.main([str(path)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "chapter.ipynb: 3 rows have changed"
    assert "- Adagrad 2.0" in said
    assert "+ NameError: name 'gone_from_the_library' is not defined" in said
    assert "+ on stderr: deprecated" in said
    assert not [row for row in said if "Adam" in row or "RMSprop" in row]


def test_a_chapter_without_changes_is_a_success(tmp_path, capsys):
    path = tmp_path / "chapter.ipynb"
    path.write_text(nbformat.writes(notebook(("print(1.0)", "1.0\n"))), encoding="utf-8")
    assert rows.main([str(path)]) == 0
    assert capsys.readouterr().out == "chapter.ipynb: 0 rows have changed\n"


def test_the_chapters_on_other_libraries_are_those_that_import_them():
    found = rows.chapters()
    use = re.compile(r"from backprop import [^\n]*\blibraries\b|\bbackprop\.libraries import")
    texts = {path: path.read_text("utf-8") for path in rows.notebooks.CHAPTERS.glob("*.ipynb")}
    assert set(found) == {path for path, text in texts.items() if use.search(text)}
    for path in found:
        executed = nbformat.read(path, as_version=4)
        printed = [line for cell in executed.cells if cell.cell_type == "code"
                   for line in rows.lines(cell)]  # fmt: skip
        assert len(printed) > 100
        with pytest.raises(ValueError, match="zip"):
            rows.changes(executed, notebook())
