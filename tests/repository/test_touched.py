"""What a change touches is run before a commit, and what CI has run already is left to it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import sources, touched
from web import ROOT, notebooks

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))


@pytest.fixture
def git(tmp_path):
    """Return a function that calls git in a new repository with two committed files."""
    folder = tmp_path / "one"
    folder.mkdir()

    def call(*arguments, cwd=folder):
        settings = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
        command = ["git", *settings, "-c", "commit.gpgsign=false", *arguments]
        subprocess.run(command, cwd=cwd, check=True, capture_output=True)

    call("init", "-b", "main")
    for name in ("kept.txt", "left.txt"):
        (folder / name).write_text("as it was\n", encoding="utf-8")
    call("add", ".")
    call("commit", "-m", "begin")
    call.folder = folder
    return call


def names(folder):
    """Return the names of the files that have changed."""
    return {path.relative_to(folder.resolve()).as_posix() for path in sources.changed(folder)}


def test_without_an_upstream_what_is_not_committed_has_changed(git):
    assert names(git.folder) == set()
    (git.folder / "kept.txt").write_text("otherwise\n", encoding="utf-8")
    (git.folder / "left.txt").unlink()
    (git.folder / "new.txt").touch()
    (git.folder / ".gitignore").write_text("*.log\n", encoding="utf-8")
    (git.folder / "some.log").touch()
    assert names(git.folder) == {"kept.txt", "left.txt", "new.txt", ".gitignore"}
    git("add", ".")
    assert names(git.folder) == {"kept.txt", "left.txt", "new.txt", ".gitignore"}
    git("commit", "-m", "go on")
    assert names(git.folder) == set()


def test_what_upstream_does_not_have_has_changed(git, tmp_path):
    copy = tmp_path / "two"
    git("clone", str(git.folder), str(copy), cwd=tmp_path)
    assert names(copy) == set()
    (copy / "new.txt").touch()
    git("add", ".", cwd=copy)
    git("mv", "kept.txt", "moved.txt", cwd=copy)
    git("commit", "-m", "on a branch of its own", cwd=copy)
    (git.folder / "left.txt").write_text("what somebody else did\n", encoding="utf-8")
    git("commit", "-a", "-m", "meanwhile")
    git("fetch", cwd=copy)
    assert names(copy) == {"new.txt", "kept.txt", "moved.txt"}
    git("checkout", "--detach", cwd=copy)
    assert names(copy) == set(), "no branch, so no upstream"


def test_what_git_does_not_know_may_all_have_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert sources.changed(tmp_path) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sources.changed(ROOT) is None


def test_a_chapter_is_touched_by_what_it_depends_on():
    first, second = CHAPTERS[:2]
    assert touched.chapters(set()) == set()
    assert touched.chapters({ROOT / "README.md"}) == set()
    assert touched.chapters({first}) == {first}
    assert touched.chapters({first, second, ROOT / "README.md"}) == {first, second}
    network = ROOT / "code" / "backprop" / "network.py"
    with_network = {path for path in CHAPTERS if network in notebooks.inputs(path)}
    assert len(with_network) > 2
    assert touched.chapters({network}) == with_network


@pytest.mark.parametrize("name", ["web/live/kernel.py", "tests/site/live_cells.py"])
def test_all_are_touched_by_what_runs_them(name):
    assert (ROOT / name).exists()
    assert touched.chapters({ROOT / name}) == set(CHAPTERS)


def test_all_are_touched_where_nothing_is_known():
    assert touched.chapters(None) == set(CHAPTERS)


def test_common_files_are_there():
    assert all(Path(name).exists() for name in touched.COMMON)


class Item:
    """A test as pytest collects it, as far as it matters here."""

    def __init__(self, mark, **parameters):
        self.mark = mark
        if parameters:
            self.callspec = type("Call", (), {"params": parameters})

    def get_closest_marker(self, name):
        """Return the mark of a name."""
        return name if name == self.mark else None


def test_what_is_thorough_is_left_out_but_for_chapters_that_are_touched(monkeypatch):
    first, second = CHAPTERS[:2]
    monkeypatch.setattr(sources, "changed", lambda: {first})
    items = [
        Item(None),
        Item("browser", chapter=second),
        Item("thorough", chapter=first),
        Item("thorough", chapter=second),
        Item("thorough", engine="Firefox"),
        Item("thorough"),
    ]
    assert touched.kept(items) == [True, True, True, False, False, False]


def test_pytest_leaves_out_what_is_thorough_if_it_is_asked_to():
    files = [f"tests/site/{name}.py" for name in ("test_engines", "test_looks")]
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "--quick", *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "test_looks.py::" in done.stdout
    assert "test_engines.py::" not in done.stdout
    assert int(re.search(r"\((\d+) deselected\)", done.stdout)[1]) > 50
