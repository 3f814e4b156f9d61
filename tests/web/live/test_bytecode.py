"""Modules for the browser are compiled by the Python that imports them there, once."""

import io
import zipfile

import pytest

from web import freshness
from web.live import bytecode

MODULES = {
    "made/__init__.py": b'"""Made."""\nNAME = "made"\n',
    "made/template.py": b"{% if this %} is no Python",
    "made/data.txt": b"1 2 3",
    "numpy/f2py/crackfortran.py": b"RARE = True\n",
}


def archive(path, members):
    """Write a zip file."""
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    return path


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Keep what is compiled in a folder of the test's own, in which there is an archive."""
    monkeypatch.setattr(bytecode, "STORE", freshness.Store(tmp_path / "kept", ".zip"))
    archive(tmp_path / "made.whl", MODULES)
    return tmp_path


@pytest.fixture(scope="session")
def core():
    """Return Pyodide's own files."""
    files = bytecode.core()
    assert set(files) == set(bytecode.CORE)
    if not all(files.values()):
        pytest.skip("Pyodide has not been fetched")
    return files


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("json/__init__.py", True),
        ("encodings/utf_8.py", True),
        ("encodings/cp1252.py", False),
        ("turtle.py", False),
        ("xml/dom/minidom.py", False),
        ("os.py", False),
        ("made/os.py", True),
        ("sympy/core/expr.py", True),
        ("sympy/physics/units/util.py", False),
        ("multiprocessing/context.py", True),
        ("multiprocessing/pool.py", False),
        ("json/data.txt", False),
    ],
)
def test_modules_that_are_seldom_imported_stay_source(tmp_path, name, chosen):
    content = bytecode.sources(archive(tmp_path / "a.zip", {name: b"x = 1\n"}))
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.namelist() == [name] * chosen
        assert all(found.read(one) == b"x = 1\n" for one in found.namelist())


def test_the_python_of_the_pages_compiles(place, core, monkeypatch):
    kept = bytecode.ensure({"made.whl": place / "made.whl"}, core)
    found = bytecode.members(kept["made.whl"])
    assert list(found) == ["made/__init__.pyc"]  # a template is no module, and stays as it is
    (content,) = found.values()
    assert content[:4] == (3531).to_bytes(2, "little") + b"\r\n"  # Python 3.12
    assert content[4:8] == b"\3\0\0\0"  # to be compared with the source, where there is one
    assert b"/lib/python3.12/site-packages/made/__init__.py" in content
    assert bytecode.beside(kept["made.whl"]) == [
        ("made/__pycache__/__init__.cpython-312.pyc", content)
    ]

    monkeypatch.setattr(bytecode, "run", lambda *_: pytest.fail("it is kept"))
    assert bytecode.ensure({"made.whl": place / "made.whl"}, core) == kept


def test_what_has_changed_is_compiled_anew_and_takes_the_old_ones_place(place, monkeypatch):
    runs = []

    def compile_all(program, folder):
        found = sorted(path.name for path in folder.glob("*.sources"))
        runs.append((program, found, (folder / f"{found[0][:-8]}.place").read_text()))
        for name in found:
            archive(folder / f"{name[:-8]}.bytecode", {"made.pyc": str(len(runs)).encode()})

    monkeypatch.setattr(bytecode, "deno", lambda: "deno")
    monkeypatch.setattr(bytecode, "run", compile_all)
    core = dict.fromkeys(bytecode.CORE, archive(place / "core.zip", {"made.py": b""}))
    archives = {"made.whl": place / "made.whl", bytecode.STDLIB: place / "core.zip"}
    first = bytecode.ensure(archives, core)
    archive(place / "made.whl", MODULES | {"made/new.py": b""})
    second = bytecode.ensure(archives, core)
    assert runs == [
        ("deno", ["made.whl.sources", f"{bytecode.STDLIB}.sources"], bytecode.PLACE),
        ("deno", ["made.whl.sources"], bytecode.PLACE),
    ]
    assert first[bytecode.STDLIB] == second[bytecode.STDLIB]
    assert not first["made.whl"].exists()
    assert bytecode.members(second["made.whl"]) == {"made.pyc": b"2"}


def test_without_deno_modules_stay_source(place, monkeypatch, capsys):
    monkeypatch.setattr(bytecode, "deno", lambda: None)
    core = dict.fromkeys(bytecode.CORE, place / "made.whl")
    assert bytecode.ensure({"made.whl": place / "made.whl"}, core) == {}
    assert "Deno is not installed" in capsys.readouterr().err
    assert bytecode.members(None) == {}
    assert bytecode.beside(None) == []


def test_what_cannot_be_compiled_is_said_and_not_kept(place):
    broken = dict.fromkeys(bytecode.CORE, place / "made.whl")
    with pytest.raises(RuntimeError, match="modules for the browser cannot be compiled"):
        bytecode.ensure({"made.whl": place / "made.whl"}, broken)
    assert not list((place / "kept").glob("*"))
