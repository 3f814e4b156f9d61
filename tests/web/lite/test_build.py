"""JupyterLite before it is built: its lists and settings, and builds that fail."""

import hashlib
import io
import json
import re
import zipfile

import pytest

from web import ROOT, freshness
from web.lite import build as lite
from web.live import fetch, pack

SETTINGS = json.loads((lite.HERE / "jupyter-lite.json").read_text(encoding="utf-8"))
KERNEL = SETTINGS["jupyter-config-data"]["litePluginSettings"][
    "@jupyterlite/pyodide-kernel-extension:kernel"
]


def test_files_are_listed_once_and_what_they_depend_on_is_listed():
    own, live = fetch.file_list(lite.LIST), fetch.file_list()
    assert not {file.name for file in own} & {file.name for file in live}
    packages = {file.package for file in (*own, *live) if file.package}
    for file in own:
        assert set(file.depends) <= packages, file.name
        assert file.package or file.name == "pyodide.js"


def test_the_version_of_a_package_is_that_of_its_file():
    told = [file for file in (*fetch.file_list(lite.LIST), *fetch.file_list()) if file.version]
    assert len(told) > 12
    assert [file.name for file in told if f"-{file.version}-" not in file.name] == []


def test_pyodide_is_that_of_the_live_cells():
    version = re.compile(r"/(?:pyodide/v|pyodide-)(\d+\.\d+\.\d+)")
    texts = [path.read_text(encoding="utf-8") for path in (lite.LIST, fetch.LIST)]
    versions = [set(version.findall(text)) for text in texts]
    assert versions[0] == versions[1]
    assert len(versions[0]) == 1


def test_nothing_is_asked_of_another_host():
    assert "://" not in json.dumps(SETTINGS)
    assert KERNEL["disablePyPIFallback"] is True
    # The kernel asks PyPI for these if they are not loaded before.
    packages = {"ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython"}
    assert packages | {"micropip", "piplite"} <= set(KERNEL["loadPyodideOptions"]["packages"])


def test_readers_find_all_chapters_and_the_data():
    names = set(lite.contents())
    chapters = {path.name for path in (ROOT / "chapters").glob("*.ipynb")}
    assert chapters | {"data/mnist.npz"} <= names


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("IPython/core/tests/test_magic.py", True),
        ("traitlets/tests/__init__.py", True),
        ("jedi/third_party/django-stubs/django-stubs/__init__.pyi", True),
        ("jedi/third_party/typeshed/stdlib/2/types.pyi", True),
        ("jedi/third_party/typeshed/stdlib/2and3/math.pyi", False),
        ("jedi/third_party/typeshed/stdlib/3/os/__init__.pyi", False),
        ("jedi/third_party/typeshed/third_party/2and3/attr/__init__.pyi", True),
        ("jedi/third_party/typeshed/third_party/3/dataclasses.pyi", False),
        ("jedi/third_party/typeshed/LICENSE", False),
        ("anywidget/widget.py", False),
        ("anywidget/nbextension/index.js", True),
        ("anywidget-0.11.0.data/etc/jupyter/nbconfig/notebook.d/anywidget.json", True),
        ("anywidget-0.11.0.dist-info/licenses/LICENSE", False),
        ("IPython/testing/__init__.py", False),
        ("IPython/core/latex_symbols.py", False),
    ],
)
def test_what_the_kernel_never_reads_is_left_out(name, left_out):
    assert lite.is_left_out(name) is left_out


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """Return a folder in which nothing is built; nothing has to be fetched."""
    for name in ("OUTPUT", "ENVIRONMENT", "WORK"):
        monkeypatch.setattr(lite, name, tmp_path / name)
    monkeypatch.setattr(fetch, "ensure", lambda *about: {})
    return tmp_path


def test_a_wheel_of_the_kernel_is_made_smaller_once(tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "STORE", freshness.Store(tmp_path / "packed", ""))
    path, compiled = tmp_path / "made.whl", tmp_path / "compiled.zip"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("made/__init__.py", "made = True\n")
        wheel.writestr("made/tests/test_made.py", "")
    with zipfile.ZipFile(compiled, "w") as archive:
        archive.writestr("made/__init__.pyc", b"bytecode")
    content = path.read_bytes()
    file = fetch.File(
        path.name, len(content), hashlib.sha256(content).hexdigest(), (), package="made"
    )
    small = [lite.small(file, path, None), lite.small(file, path, compiled)]
    names = [zipfile.ZipFile(io.BytesIO(one)).namelist() for one in small]
    assert names == [["made/__init__.py"], ["made/__init__.pyc"]]

    def make_anew(*arguments, **more):
        raise RuntimeError

    monkeypatch.setattr(pack, "light", make_anew)
    assert lite.small(file, path, compiled) == small[1]
    with pytest.raises(RuntimeError):  # only the last one is kept
        lite.small(file, path, None)


def test_without_a_file_nothing_is_built(empty, monkeypatch):
    monkeypatch.setattr(fetch, "ensure", lambda *about: None)
    monkeypatch.setattr(lite, "build", lambda: pytest.fail("should not be built"))
    assert not lite.ensure()


def test_without_an_environment_nothing_is_built_and_the_next_call_tries_again(empty, monkeypatch):
    commands = []

    def fail(command, env, **options):
        commands.append(command)
        assert "PIP_USER" not in env
        return 1

    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setattr(lite.subprocess, "call", fail)
    monkeypatch.setattr(lite, "build", lambda: pytest.fail("should not be built"))
    assert not lite.ensure()
    assert not lite.ensure()
    assert len(commands) == 2
    assert not lite.is_complete()


def test_an_unchanged_build_is_not_repeated(empty, monkeypatch):
    monkeypatch.setattr(lite, "make_environment", lambda: pytest.fail("should not be needed"))
    lite.OUTPUT.mkdir()
    freshness.Product(lite.OUTPUT).complete(lite.key())
    assert lite.ensure()


def test_a_changed_chapter_is_built_anew(monkeypatch, tmp_path):
    before = lite.key()
    chapter = tmp_path / "01-neural-networks.ipynb"
    chapter.write_text("{}", encoding="utf-8")
    files = lite.contents()
    monkeypatch.setattr(lite, "contents", lambda: {**files, chapter.name: chapter})
    assert lite.key() != before
