"""Notebooks that write outside their folder, or go online, are stopped when they are executed."""

import os
import subprocess
import sys
import textwrap

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from web import kernel_environment, notebooks


def run(code: str, folder) -> subprocess.CompletedProcess:
    """Run a few lines in a folder, with the guard that notebooks have."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(kernel_environment.GUARD)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


STOPPED = {
    "a file elsewhere": "open('{home}/made', 'w')",
    "appending": "open('{home}/there', 'a')",
    "numpy": "import numpy; numpy.save('{home}/made.npy', numpy.ones(2))",
    "a low-level call": "import os; os.open('{home}/made', os.O_WRONLY | os.O_CREAT)",
    "a folder": "import os; os.mkdir('{home}/made')",
    "removing": "import os; os.remove('{home}/there')",
    "moving away": "import os; open('mine', 'w').close(); os.rename('mine', '{home}/made')",
    "by a detour": "open('../made', 'w')",
    "by a link": "import os; os.symlink('{home}', 'link'); open('link/made', 'w')",
    "a process of its own": """
        import subprocess, sys
        code = "open('{home}/made', 'w')"
        raise SystemExit(subprocess.run([sys.executable, "-c", code]).returncode)""",
    "an address": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "a name": "import urllib.request; urllib.request.urlopen('http://book.invalid', timeout=1)",
}


@pytest.fixture
def places(tmp_path_factory, monkeypatch):
    """Return a home with a file, and a notebook's folder, with the temporary folder elsewhere."""
    base = tmp_path_factory.mktemp("places")
    home, folder, other = base / "home", base / "home" / "book" / "chapters", base / "tmp"
    for place in (folder, other):
        place.mkdir(parents=True)
    (home / "there").write_text("as it was")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(other))
    return home, folder


@pytest.mark.parametrize("how", STOPPED)
def test_forbidden_actions_are_stopped(places, how):
    home, folder = places
    process = run(STOPPED[how].replace("{home}", str(home)), folder)
    assert process.returncode
    assert "a notebook should" in process.stderr
    assert {path.name for path in home.iterdir()} == {"there", "book"}
    assert (home / "there").read_text() == "as it was"


def test_other_actions_are_not_stopped(places):
    _, folder = places
    code = """
        import os, socket, tempfile
        open("mine", "w").close(); os.mkdir("folder"); os.remove("mine")
        open(os.path.expanduser("~/there")).read()
        with tempfile.TemporaryDirectory() as place:
            open(place + "/scratch", "w").close()
        open(os.devnull, "w").close()
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
    """
    process = run(code, folder)
    assert not process.returncode, process.stderr


def test_notebooks_are_executed_with_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    folder = tmp_path / "chapters"
    for place in (folder, tmp_path / "tmp"):
        place.mkdir()
    nb = nbformat.v4.new_notebook(metadata=notebooks.METADATA)
    nb.cells = [nbformat.v4.new_code_cell("open('../elsewhere', 'w')")]
    nbformat.write(nb, folder / "a.ipynb")
    with pytest.raises(CellExecutionError, match="its own folder only"):
        notebooks.execute(folder / "a.ipynb")
    assert not (tmp_path / "elsewhere").exists()
