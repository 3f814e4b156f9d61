"""The build: what is stale is made again, and what failed is not passed off as a site."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import book
import notebooks
import pytest

TOC = """format: jb-book
root: chapters/index
chapters:
  - file: chapters/07-seven
"""
CONFIG = "execute:\n  execute_notebooks: force\n"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Return a small copy of the repository, to which book.py and notebooks.py are pointed."""
    chapters, package = tmp_path / "chapters", tmp_path / "code" / "backprop"
    (chapters / "data").mkdir(parents=True)
    package.mkdir(parents=True)
    (chapters / "01-one.ipynb").write_text(notebook("print(1)"), encoding="utf-8")
    (chapters / "index.md").write_text("# Home\n", encoding="utf-8")
    (chapters / "data" / "numbers.npz").write_bytes(b"1")
    (package / "network.py").write_text("x = 1\n", encoding="utf-8")
    shutil.copytree(notebooks.GUARD, tmp_path / "tools" / "guard")
    for name in ("requirements.txt", "requirements-book.txt"):
        (tmp_path / name).write_text("numpy==2.0\n", encoding="utf-8")
    (tmp_path / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(
        "root: chapters/index\nparts:\n  - chapters:\n      - file: chapters/01-one\n",
        encoding="utf-8",
    )
    for module in (book, notebooks):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(notebooks, "CHAPTERS", chapters)
    monkeypatch.setattr(notebooks, "GUARD", tmp_path / "tools" / "guard")
    monkeypatch.setattr(notebooks, "STORE", tmp_path / "_build" / "executed")
    for name, folder in (("BUILD", "_build"), ("WORK", "_build/work"), ("HTML", "_build/html")):
        monkeypatch.setattr(book, name, tmp_path / folder)
    return tmp_path


def notebook(code: str, output: str = "") -> str:
    """Return a notebook with a title and one cell of code, as text."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# One\n"},
        {
            "cell_type": "code", "id": "b", "metadata": {}, "source": code,
            "execution_count": 1, "outputs": outputs,
        },
    ]  # fmt: skip
    return json.dumps({**json.loads(EMPTY), "cells": cells})


EMPTY = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": notebooks.METADATA})


@pytest.mark.parametrize(
    "changed",
    [
        "code/backprop/network.py",
        "code/backprop/deeper/added.py",
        "chapters/data/numbers.npz",
        "chapters/data/added.csv",
        "requirements.txt",
    ],
)
def test_what_a_notebook_uses_makes_its_outputs_stale(tree, changed):
    path = tree / "chapters" / "01-one.ipynb"
    before = notebooks.key(path)
    assert notebooks.key(path) == before
    (tree / changed).parent.mkdir(exist_ok=True)
    with open(tree / changed, "a") as file:
        file.write("2")
    assert notebooks.key(path) != before


def test_its_own_code_makes_a_notebook_stale_and_its_stored_outputs_do_not(tree):
    path = tree / "chapters" / "01-one.ipynb"
    before = notebooks.key(path)
    path.write_text(notebook("print(1)", output="1\n"), encoding="utf-8")
    assert notebooks.key(path) == before
    path.write_text(notebook("print(2)"), encoding="utf-8")
    assert notebooks.key(path) != before


@pytest.mark.parametrize(
    "changed",
    [
        "_config.yml",
        "_toc.yml",
        "_ext/added.py",
        "_static/added.css",
        "chapters/index.md",
        "chapters/references.bib",
        "chapters/data/numbers.npz",
        "code/backprop/network.py",
        "requirements.txt",
    ],
)
def test_whatever_goes_into_the_site_makes_it_stale(tree, changed):
    before = book.site_key(*book.sources())
    assert book.site_key(*book.sources()) == before
    (tree / changed).parent.mkdir(exist_ok=True)
    with open(tree / changed, "a") as file:
        file.write("\n")
    assert book.site_key(*book.sources()) != before


def test_notebooks_are_executed_before_jupyter_book_sees_them(tree):
    files, chapters = book.sources()
    assert b'execute_notebooks: "off"' in files["_config.yml"]
    assert [path.name for path in chapters] == ["01-one.ipynb"]
    (tree / "_config.yml").write_text(CONFIG.replace("force", "cache"), encoding="utf-8")
    with pytest.raises(SystemExit, match="force"):
        book.sources()


def test_a_page_that_is_listed_but_missing_is_named(tree):
    (tree / "chapters" / "01-one.ipynb").unlink()
    with pytest.raises(SystemExit, match="chapters/01-one"):
        book.sources()


def test_another_jupyter_book_is_refused(tree, monkeypatch):
    monkeypatch.setattr(book.importlib.metadata, "version", lambda name: "2.1.0")
    with pytest.raises(SystemExit, match="version 1"):
        book.run_jupyter_book(tree, tree)


class TestAnInterruptedOrFailedBuild:
    @pytest.fixture(autouse=True)
    def pages(self, tree, monkeypatch):
        """Let Jupyter Book and the notebooks be played by functions that can fail."""
        self.failure = None
        self.count = 0

        def run(source, output, *options):
            if self.failure is not None:
                raise self.failure
            self.count += 1
            made = output / "_build" / "html"
            made.mkdir(parents=True)
            (made / "index.html").write_text(f"site {self.count}", encoding="utf-8")
            return True

        monkeypatch.setattr(book, "run_jupyter_book", run)
        monkeypatch.setattr(notebooks, "stage", lambda folder, names: 0)

    def read(self) -> str:
        """Return what the site says."""
        return (book.HTML / "index.html").read_text(encoding="utf-8")

    def change(self, tree):
        """Change a page."""
        with open(tree / "chapters" / "index.md", "a") as file:
            file.write("more\n")

    def test_nothing_is_done_twice(self, tree):
        assert not book.is_current()
        assert book.main([]) == 0
        assert book.is_current()
        assert book.main([]) == 0
        assert self.count == 1
        self.change(tree)
        assert not book.is_current()
        assert book.main([]) == 0
        assert self.count == 2
        assert self.read() == "site 2"

    def test_after_an_interruption_the_next_build_is_complete(self, tree, capsys):
        assert book.main([]) == 0
        self.change(tree)
        self.failure = KeyboardInterrupt()
        assert book.main([]) == 130
        assert "out of date" in capsys.readouterr().err
        assert not book.is_current()
        assert self.read() == "site 1"
        self.failure = None
        assert book.main([]) == 0
        assert self.read() == "site 2"

    def test_debris_of_a_killed_build_does_not_matter(self, tree):
        for name in ("work/source/chapters", "work/_build/html", "html.old", "html"):
            (book.BUILD / name).mkdir(parents=True)
            (book.BUILD / name / "debris.html").write_text("half a page", encoding="utf-8")
        assert book.main([]) == 0
        assert self.read() == "site 1"
        assert not list(book.BUILD.rglob("debris.html"))

    def test_a_failing_notebook_fails_the_build(self, tree, monkeypatch, capsys):
        monkeypatch.setattr(notebooks, "stage", lambda folder, names: 1)
        assert book.main([]) == 1
        assert not book.HTML.exists()
        assert "not built" in capsys.readouterr().err


def test_a_small_book_from_end_to_end(tmp_path):
    """Build for real: a warning and a failing cell fail, a changed package is executed again."""
    parts = ("_config.yml", "_ext", "_static", "tools")
    for name in (*parts, "requirements.txt", "requirements-book.txt"):
        copy = shutil.copytree if (book.ROOT / name).is_dir() else shutil.copyfile
        copy(book.ROOT / name, tmp_path / name)
    package, chapters = tmp_path / "code" / "backprop", tmp_path / "chapters"
    package.mkdir(parents=True)
    chapters.mkdir()
    (package / "network.py").write_text("x = 1\n", encoding="utf-8")
    (chapters / "references.bib").write_text("", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    home, seven = chapters / "index.md", chapters / "07-seven.ipynb"
    html = tmp_path / "_build" / "html" / "chapters"

    def build() -> tuple[int, str, str]:
        command = [sys.executable, str(tmp_path / "tools" / "book.py")]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    home.write_text("# Home\n\n{doc}`07-seven`\n", encoding="utf-8")
    seven.write_text(notebook("import time\nprint(time.time_ns())"), encoding="utf-8")
    status, said, complaints = build()
    assert (status, complaints) == (0, "")
    first = (html / "07-seven.html").read_text(encoding="utf-8")
    assert len(printed(first)) == 1

    home.write_text("# Home\n\n{doc}`08-eight`\n", encoding="utf-8")
    status, said, complaints = build()
    assert status == 1
    assert "1 unchanged, 0 to execute" in said
    assert "chapters/index.md:3: WARNING: unknown document: '08-eight'" in complaints
    assert (html / "07-seven.html").read_text(encoding="utf-8") == first

    home.write_text("# Home again\n\n{doc}`07-seven`\n", encoding="utf-8")
    (package / "network.py").write_text("x = 2\n", encoding="utf-8")
    status, said, complaints = build()
    assert (status, complaints) == (0, "")
    assert "Home again" in (html / "index.html").read_text(encoding="utf-8")
    assert printed((html / "07-seven.html").read_text(encoding="utf-8")) != printed(first)

    seven.write_text(notebook("1 / 0"), encoding="utf-8")
    status, said, complaints = build()
    assert status == 1
    assert "ZeroDivisionError" in complaints


def printed(page: str) -> list[str]:
    """Return the long numbers on a page: what the clock said when its notebook ran."""
    return re.findall(r"\b\d{19}\b", page)


def test_a_plain_build_at_the_root_needs_no_tool_of_ours(tmp_path):
    for name in ("_config.yml", "_ext", "_static"):
        copy = shutil.copytree if (book.ROOT / name).is_dir() else shutil.copyfile
        copy(book.ROOT / name, tmp_path / name)
    for name, text in {
        "_toc.yml": TOC,
        "README.md": "# Not a page\n\n[broken](nowhere.md)\n",
        "chapters/index.md": "# Home\n",
        "chapters/references.bib": "",
        "chapters/99-unlisted.md": "# Not in the table of contents\n",
        "chapters/07-seven.ipynb": notebook("print(6 * 111)", output="stale\n"),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    done = subprocess.run(
        [*command, str(tmp_path), "-W", "-n", "--keep-going"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    html = tmp_path / "_build" / "html"
    built = {path.relative_to(html).as_posix() for path in html.rglob("*.html")}
    built = {name for name in built if not name.startswith("_static/")}
    assert built == {"index.html", "search.html", "chapters/index.html", "chapters/07-seven.html"}
    page = (html / "chapters" / "07-seven.html").read_text(encoding="utf-8")
    assert "666" in page
    assert "stale" not in page


def test_the_build_has_nothing_to_do_now(site):
    assert book.is_current()
    assert (Path(site) / book.KEY).exists()
