"""The build: stale parts are rebuilt, and a failed build never becomes the site."""

import contextlib
import errno
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from web import build, freshness, kernel_environment, notebooks

TOC = """format: jb-book
root: chapters/index
chapters:
  - file: chapters/07-seven
"""
CONFIG = "execute:\n  execute_notebooks: force\n"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Return a small copy of the repository, on which web.build and web.notebooks work."""
    chapters, package = tmp_path / "chapters", tmp_path / "code" / "backprop"
    (chapters / "data").mkdir(parents=True)
    package.mkdir(parents=True)
    (chapters / "01-one.ipynb").write_text(notebook("print(1)"), encoding="utf-8")
    (chapters / "index.md").write_text("# Home\n", encoding="utf-8")
    (chapters / "data" / "numbers.npz").write_bytes(b"1")
    (package / "network.py").write_text("x = 1\n", encoding="utf-8")
    shutil.copytree(kernel_environment.GUARD, tmp_path / "web" / "guard")
    (tmp_path / "requirements").mkdir()
    for name in ("requirements.txt", "requirements/book.txt"):
        (tmp_path / name).write_text("numpy==2.0\n", encoding="utf-8")
    (tmp_path / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(
        "root: chapters/index\nparts:\n  - chapters:\n      - file: chapters/01-one\n",
        encoding="utf-8",
    )
    for module in (build, notebooks):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(notebooks, "CHAPTERS", chapters)
    store = freshness.Store(tmp_path / "_build" / "executed", ".ipynb")
    monkeypatch.setattr(notebooks, "STORE", store)
    for name, folder in (("BUILD", "_build"), ("WORK", "_build/work"), ("HTML", "_build/html")):
        monkeypatch.setattr(build, name, tmp_path / folder)
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


def edit(path: Path) -> None:
    """Change a file, or make it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as file:
        file.write("\n")


CHAPTER = """
from backprop.network import x
from backprop.checks import check
import numpy
text = open("data/mine.csv").read()
"""


@pytest.fixture
def chapter(tree):
    """Return a chapter that imports modules, asks a checker and reads a file."""
    for name, text in {
        "backprop/__init__.py": "from . import layers\n",
        "backprop/layers.py": "def f():\n    from .deep import below\n",
        "backprop/deep/__init__.py": "",
        "backprop/deep/below.py": "FILE = 'named-there.npz'  # its README.md says more\n",
        "backprop/checks.py": "",
        "backprop/plotting.py": "",
        "backprop/exercises/__init__.py": "",
        "backprop/exercises/_common.py": "",
        "backprop/exercises/ch01.py": "",
        "backprop/exercises/ch02.py": "",
    }.items():
        (tree / "code" / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / "code" / name).write_text(text, encoding="utf-8")
    for name in ("mine.csv", "other.csv", "named-there.npz"):
        (tree / "chapters" / "data" / name).write_text("1", encoding="utf-8")
    path = tree / "chapters" / "01-one.ipynb"
    path.write_text(notebook(CHAPTER), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "is_read"),
    {
        "code/backprop/network.py": True,
        "code/backprop/__init__.py": True,
        "code/backprop/layers.py": True,
        "code/backprop/deep/below.py": True,
        "code/backprop/checks.py": True,
        "code/backprop/exercises/_common.py": True,
        "code/backprop/exercises/ch01.py": True,
        "chapters/data/mine.csv": True,
        "chapters/data/named-there.npz": True,
        "requirements.txt": True,
        "web/guard/sitecustomize.py": True,
        "web/kernel_environment.py": True,
        "code/backprop/exercises/ch02.py": False,
        "code/backprop/plotting.py": False,
        "chapters/data/other.csv": False,
        "chapters/data/added.csv": False,
        "chapters/data/README.md": False,
        "requirements/frameworks.txt": False,
        "benchmarks/train.py": False,
    }.items(),
)
def test_a_chapter_is_stale_when_something_that_it_reads_changes(tree, chapter, name, is_read):
    before = notebooks.key(chapter)
    assert notebooks.key(chapter) == before
    edit(tree / name)
    assert (notebooks.key(chapter) != before) == is_read


def test_every_chapter_depends_on_what_it_imports_and_on_its_own_checkers():
    for path in sorted((build.ROOT / "chapters").glob("*.ipynb")):
        names = {file.relative_to(build.ROOT).as_posix() for file in notebooks.inputs(path)}
        own = f"code/backprop/exercises/ch{path.name[:2]}.py"
        checkers = {name for name in names if re.search(r"/ch\d\d\.py$", name)}
        asks = "check(" in notebooks.code(path)
        assert checkers == ({own} if asks else set()), path.name
        mnist = "chapters/data/mnist.npz" in names
        assert mnist or "load_mnist" not in notebooks.code(path), path.name


def test_its_own_code_makes_a_notebook_stale_and_its_stored_outputs_do_not(tree):
    path = tree / "chapters" / "01-one.ipynb"
    before = notebooks.key(path)
    path.write_text(notebook("print(1)", output="1\n"), encoding="utf-8")
    assert notebooks.key(path) == before
    path.write_text(notebook("print(2)"), encoding="utf-8")
    assert notebooks.key(path) != before


def test_a_changed_word_is_shown_and_runs_nothing(tree, tmp_path):
    path, executed = tree / "chapters" / "01-one.ipynb", tmp_path / "executed.ipynb"
    executed.write_text(notebook("print(1)", output="1\n"), encoding="utf-8")
    key, written = notebooks.key(path), notebooks.written(path)
    path.write_text(path.read_text("utf-8").replace("# One", "# Won"), encoding="utf-8")
    assert notebooks.key(path) == key
    assert notebooks.written(path) != written
    notebooks.stage(tmp_path / "staged", {path: executed})
    words, code = json.loads((tmp_path / "staged" / path.name).read_text("utf-8"))["cells"]
    assert "# Won" in "".join(words["source"])
    assert [output["text"] for output in code["outputs"]] == [["1\n"]]


def test_outputs_stored_by_hand_are_not_those_that_are_shown(tree, tmp_path):
    path, executed = tree / "chapters" / "01-one.ipynb", tmp_path / "executed.ipynb"
    executed.write_text(notebook("print(1)", output="1\n"), encoding="utf-8")
    path.write_text(notebook("print(1)", output="2\n"), encoding="utf-8")
    _, code = notebooks.joined(path, executed).cells
    assert [output.text for output in code.outputs] == ["1\n"]


@pytest.mark.parametrize(
    "name",
    [
        "_config.yml",
        "_toc.yml",
        "web/pages/added.py",
        "web/static/added.css",
        "chapters/index.md",
        "chapters/references.bib",
        "code/backprop/network.py",
        "requirements.txt",
        "requirements/book.txt",
    ],
)
def test_whatever_goes_into_the_site_makes_it_stale(tree, name, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tree / "none"))  # no hundred megabytes to be hashed
    before = build.present_key()
    assert build.present_key() == before
    edit(tree / name)
    assert build.present_key() != before


def test_notebooks_are_executed_before_jupyter_book_sees_them(tree):
    files, chapters = build.sources()
    assert b'execute_notebooks: "off"' in files["_config.yml"]
    assert [path.name for path in chapters] == ["01-one.ipynb"]
    (tree / "_config.yml").write_text(CONFIG.replace("force", "cache"), encoding="utf-8")
    with pytest.raises(SystemExit, match="force"):
        build.sources()


def test_a_page_that_is_listed_but_missing_is_named(tree):
    (tree / "chapters" / "01-one.ipynb").unlink()
    with pytest.raises(SystemExit, match="chapters/01-one"):
        build.sources()


def test_another_jupyter_book_is_refused(tree, monkeypatch):
    monkeypatch.setattr(build.importlib.metadata, "version", lambda name: "2.1.0")
    with pytest.raises(SystemExit, match="version 1"):
        build.run_jupyter_book(tree, tree)


def test_a_jupyter_book_that_is_not_needed_ends(tree):
    with build.jupyter_book() as process:
        pass
    assert process.returncode is not None


@pytest.mark.skipif(not Path("/proc").exists(), reason="there is no /proc here")
def test_matplotlib_finds_a_place_though_the_home_cannot_be_written(tree, monkeypatch, capsys):
    """What Jupyter Book is given serves the Matplotlib that some page imports."""
    monkeypatch.setenv("HOME", "/proc/nohome")
    monkeypatch.setenv("MPLCONFIGDIR", "/proc/nohome")
    start, command = subprocess.Popen, [sys.executable, "-c", "import matplotlib.font_manager"]
    monkeypatch.setattr(build.subprocess, "Popen", lambda _, **options: start(command, **options))
    assert build.run_jupyter_book(tree, tree)
    assert capsys.readouterr().err == ""


class TestAnInterruptedOrFailedBuild:
    @pytest.fixture(autouse=True)
    def pages(self, tree, monkeypatch):
        """Replace Jupyter Book and the execution of notebooks by functions that can fail."""
        self.failure = None
        self.count = 0

        def run(process, source, output, *options):
            if self.failure is not None:
                raise self.failure
            self.count += 1
            folder = output / "_build" / "html"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "index.html").write_text(f"site {self.count}", encoding="utf-8")
            return True

        monkeypatch.setattr(build, "jupyter_book", contextlib.nullcontext)
        monkeypatch.setattr(build, "run", run)
        monkeypatch.setattr(notebooks, "ensure", lambda keys: {})

    def read(self) -> str:
        """Return the text of the site."""
        return (build.HTML / "index.html").read_text(encoding="utf-8")

    def change(self, tree):
        """Change a page."""
        with open(tree / "chapters" / "index.md", "a") as file:
            file.write("more\n")

    def test_nothing_is_done_twice(self, tree):
        assert not build.is_current()
        assert build.main([]) == 0
        assert build.is_current()
        assert build.main([]) == 0
        assert self.count == 1
        self.change(tree)
        assert not build.is_current()
        assert build.main([]) == 0
        assert self.count == 2
        assert self.read() == "site 2"

    def test_after_an_interruption_the_next_build_is_complete(self, tree, capsys):
        assert build.main([]) == 0
        self.change(tree)
        self.failure = KeyboardInterrupt()
        assert build.main([]) == 130
        assert "out of date" in capsys.readouterr().err
        assert not build.is_current()
        assert self.read() == "site 1"
        self.failure = None
        assert build.main([]) == 0
        assert self.read() == "site 2"

    def test_a_full_disk_is_named_in_a_sentence(self, tree, capsys):
        self.failure = OSError(errno.ENOSPC, "No space left on device")
        assert build.main([]) == 1
        assert "The disk is full: " in capsys.readouterr().err
        self.failure = None
        assert build.main([]) == 0

    def test_debris_of_a_killed_build_does_not_matter(self, tree):
        for name in ("work/source/chapters", "work/_build/html", "html.old", "html"):
            (build.BUILD / name).mkdir(parents=True)
            (build.BUILD / name / "debris.html").write_text("half a page", encoding="utf-8")
        assert build.main([]) == 0
        assert self.read() == "site 1"
        assert not list(build.BUILD.rglob("debris.html"))

    def test_a_failing_notebook_fails_the_build(self, tree, monkeypatch, capsys):
        monkeypatch.setattr(notebooks, "ensure", lambda keys: None)
        assert build.main([]) == 1
        assert not build.HTML.exists()
        assert "not built" in capsys.readouterr().err

    def test_jupyterlite_is_built_while_notebooks_run(self, tree, monkeypatch, capsys):
        begun, executed = threading.Event(), threading.Event()

        def slow():
            begun.set()
            return executed.wait(60)

        def ensure(keys):
            assert begun.wait(60)
            executed.set()
            return {}

        monkeypatch.setattr(build, "prepare", lambda threads: threads.submit(slow))
        monkeypatch.setattr(notebooks, "ensure", ensure)
        assert build.main([]) == 0
        assert self.count == 1
        assert "JupyterLite" not in capsys.readouterr().out

    def test_without_jupyterlite_the_book_is_built_once(self, tree, monkeypatch, capsys):
        monkeypatch.setattr(build, "prepare", lambda threads: threads.submit(lambda: False))
        for _ in range(2):  # each build tries again, and finds the site as it has to be
            assert build.main([]) == 0
            assert "built without JupyterLite" in capsys.readouterr().out
        assert self.count == 1


# Without what live cells need, and without the attempt to fetch it.
SMALL = (
    "from web import build; build.prepare = lambda threads: None; raise SystemExit(build.main([]))"
)


def test_a_small_book_from_end_to_end(tmp_path, monkeypatch):
    """Build for real: a warning and a failing cell fail, a changed package is executed again."""
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    for name in ("_config.yml", "requirements", "requirements.txt", "web"):
        copy = shutil.copytree if (build.ROOT / name).is_dir() else shutil.copyfile
        copy(build.ROOT / name, tmp_path / name)
    package, chapters = tmp_path / "code" / "backprop", tmp_path / "chapters"
    package.mkdir(parents=True)
    chapters.mkdir()
    (package / "network.py").write_text("x = 1\n", encoding="utf-8")
    (chapters / "references.bib").write_text("", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    home, seven = chapters / "index.md", chapters / "07-seven.ipynb"
    html = tmp_path / "_build" / "html" / "chapters"

    def make_book() -> tuple[int, str, str]:
        command = [sys.executable, "-c", SMALL]
        process = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return process.returncode, process.stdout, process.stderr

    home.write_text("# Home\n\n{doc}`07-seven`\n", encoding="utf-8")
    seven.write_text(
        notebook("import time\nfrom backprop import network\nprint(time.time_ns())"),
        encoding="utf-8",
    )
    status, output, errors = make_book()
    assert (status, errors) == (0, "")
    first = (html / "07-seven.html").read_text(encoding="utf-8")
    assert len(clock_times(first)) == 1

    catalogues = subprocess.run(
        [sys.executable, "-m", "web.build", "gettext"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (catalogues.returncode, catalogues.stderr) == (0, "")
    collected = sorted((tmp_path / "_build" / "gettext").rglob("*.pot"))
    assert [path.name for path in collected] == ["07-seven.pot", "index.pot"]
    assert [f'msgid "{title}"' in path.read_text("utf-8") for path, title in
            zip(collected, ["One", "Home"], strict=True)] == [True, True]  # fmt: skip

    home.write_text("# Home\n\n{doc}`08-eight`\n", encoding="utf-8")
    status, output, errors = make_book()
    assert status == 1
    assert "1 unchanged, 0 to execute" in output
    assert "chapters/index.md:3: WARNING: unknown document: '08-eight'" in errors
    assert (html / "07-seven.html").read_text(encoding="utf-8") == first

    home.write_text("# Home again\n\n{doc}`07-seven`\n", encoding="utf-8")
    (package / "network.py").write_text("x = 2\n", encoding="utf-8")
    status, output, errors = make_book()
    assert (status, errors) == (0, "")
    assert "Home again" in (html / "index.html").read_text(encoding="utf-8")
    assert clock_times((html / "07-seven.html").read_text(encoding="utf-8")) != clock_times(first)

    for failing, message in {
        "1 / 0": "ZeroDivisionError",
        "import sys\nprint('a warning', file=sys.stderr)": "a message on stderr: a warning",
    }.items():
        seven.write_text(notebook(failing), encoding="utf-8")
        for _ in range(2):  # what failed is not stored, so it is executed again
            status, output, errors = make_book()
            assert status == 1
            assert "0 unchanged, 1 to execute" in output
            assert message in errors


def clock_times(page: str) -> list[str]:
    """Return the long numbers on a page: the time at which its notebook ran."""
    return re.findall(r"\b\d{19}\b", page)


def test_a_plain_build_at_the_root(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    for name in ("_config.yml", "web"):
        copy = shutil.copytree if (build.ROOT / name).is_dir() else shutil.copyfile
        copy(build.ROOT / name, tmp_path / name)
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
    process = subprocess.run(
        [*command, str(tmp_path), "-W", "-n", "--keep-going"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    html = tmp_path / "_build" / "html"
    pages = {path.relative_to(html).as_posix() for path in html.rglob("*.html")}
    pages = {name for name in pages if not name.startswith("_static/")}
    assert pages == {"index.html", "search.html", "chapters/index.html", "chapters/07-seven.html"}
    page = (html / "chapters" / "07-seven.html").read_text(encoding="utf-8")
    assert "666" in page
    assert "stale" not in page
