"""Figures with handles on pages: which cells have one, and what the page gets."""

import base64
import html
import json
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from backprop import explore
from docutils import nodes
from docutils.utils import new_document

from web import words
from web.explore import extension

PICTURE = base64.b64encode(b"a picture").decode()


def notebook(folder: Path, state) -> Path:
    """Write a notebook with a text, a cell that shows an explorable, and one that prints."""
    data = {"image/png": PICTURE, explore.MIME_TYPE: {"name": "network", "state": state}}
    cell = nbformat.v4.new_code_cell("figure()", metadata={"mystnb": {"figure": {"name": "fig-a"}}})
    cell.outputs = [nbformat.v4.new_output("execute_result", data)]
    other = nbformat.v4.new_code_cell("print(1)")
    other.outputs = [nbformat.v4.new_output("stream", text="1\n")]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Text"), cell, other])
    path = folder / "01-chapter.ipynb"
    path.write_text(nbformat.writes(nb), encoding="utf-8")
    return path


def page(number, *pictures):
    """Return a page with a cell that shows pictures."""
    document = new_document("page")
    cell = nodes.container("", nb_element="cell_code", cell_index=number)
    cell += [nodes.figure("", nodes.image(uri=uri), nodes.caption("", "C")) for uri in pictures]
    document += cell
    return document


@pytest.fixture
def app(tmp_path):
    """Return as much of Sphinx as hosts need."""
    environment = SimpleNamespace(doc2path=lambda name: tmp_path / f"{name}.ipynb")
    builder = SimpleNamespace(name="html")
    config = SimpleNamespace(language="en")
    return SimpleNamespace(env=environment, builder=builder, config=config, outdir=tmp_path / "out")


def test_the_type_is_that_of_the_package():
    assert extension.MIME_TYPE == explore.MIME_TYPE
    assert explore.HERE == extension.MODULES


def test_explorables_of_a_notebook(tmp_path):
    found = extension.explorables(notebook(tmp_path, {"x": [1]}))
    expected = {"name": "network", "state": {"x": [1]}, "picture": PICTURE, "key": "fig-a"}
    assert found == {1: expected}


def test_the_host_stands_before_the_picture(app, tmp_path):
    notebook(tmp_path, {"x": ['"<']})
    document = page(1, "a.png")
    extension.add_hosts(app, document, "01-chapter")
    host, picture, caption = document[0][0].children
    assert host.astext() == (
        '<div class="explore" data-module="./network.js" data-key="fig-a" '
        'data-state="{&quot;x&quot;:[&quot;\\&quot;&lt;&quot;]}"></div>'
    )
    assert picture["uri"] == "a.png"
    assert caption.astext() == "C"


def test_other_cells_and_other_builders_get_none(app, tmp_path):
    notebook(tmp_path, {"x": [1]})
    document = page(2, "a.png")
    extension.add_hosts(app, document, "01-chapter")
    assert len(document[0][0].children) == 2
    app.builder.name = "latex"
    document = page(1, "a.png")
    extension.add_hosts(app, document, "01-chapter")
    assert len(document[0][0].children) == 2


def test_a_state_with_marks_and_quotes_arrives_whole(app, tmp_path):
    state = {"x": list(range(2000)), "text": "<a \"b\" & 'c'>"}
    notebook(tmp_path, state)
    document = page(1, "a.png")
    extension.add_hosts(app, document, "01-chapter")
    found = re.search('data-state="([^"]*)"', document[0][0][0].astext())
    assert json.loads(html.unescape(found[1])) == state


def test_only_pages_with_one_get_the_scripts(app):
    for body, count in [('<div class="explore" data-key=""></div>', 2), ("<p>text</p>", 0)]:
        context = {"body": body, "metatags": "", "pathto": lambda address, kind: f"../{address}"}
        extension.add_scripts(app, "page", "page.html", context, None)
        assert context["metatags"].count("../_static/explore/") == count
        assert context["metatags"].count("<script defer") == count / 2


def test_modules_are_copied(app):
    extension.copy_modules(app, None)
    names = {path.name for path in (app.outdir / extension.PLACE).iterdir()}
    assert {"engine.js", "parts.js", "host.js", "explore.css", "network.js"} <= names
    assert not any(name.endswith(".py") for name in names)


def test_modules_are_the_same_in_english_and_have_their_words_in_norwegian(app):
    extension.copy_modules(app, None)
    english = {p.name: p.read_bytes() for p in (app.outdir / extension.PLACE).iterdir()}
    assert english == {name: (extension.MODULES / name).read_bytes() for name in english}
    app.config.language = "nb"
    extension.copy_modules(app, None)
    norwegian = {p.name: p.read_bytes() for p in (app.outdir / extension.PLACE).iterdir()}
    assert [name for name in norwegian if norwegian[name] != english[name]] == ["parts.js"]
    added = norwegian["parts.js"].decode().removeprefix(english["parts.js"].decode())
    call = re.fullmatch(r"Object\.assign\(book, (.*)\);\n", added)
    assert json.loads(call[1]) == words.words("nb").for_figures()
