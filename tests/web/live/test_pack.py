"""What goes to the site is smaller than what was fetched, and no less than is needed."""

import base64
import csv
import gzip
import hashlib
import io
import zipfile

import pytest

from web import freshness
from web.live import fetch, pack

SCRIPT = b"// a script\n" * 999
KEPT = {
    "made/__init__.py": b"made = 1\n" * 99,
    "made/testing.py": b"",
    "made/fast.so": b"\0asm" * 99,
    "made/with, comma.txt": b"data",
    "made-1.dist-info/licenses/tests/LICENSE": b"Do as you like.",
    "made-1.dist-info/METADATA": b"Name: made\nVersion: 1\n",
}
LEFT_OUT = {
    "tests/test_made.py": b"",
    "made/tests/__init__.py": b"",
    "made/tests/data/large.csv": b"1,2\n" * 999,
    "made/include/made.h": b"",
    "made/__init__.pyi": b"made: int",
}
RECORD = "made-1.dist-info/RECORD"


def line(name, content):
    """Return what a RECORD has of a file."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return name, f"sha256={digest}", str(len(content))


def wheel(members, date):
    """Return a wheel."""
    rows = io.StringIO()
    csv.writer(rows).writerows([*(line(*item) for item in members.items()), (RECORD, "", "")])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in (*members.items(), (RECORD, rows.getvalue())):
            info = zipfile.ZipInfo(name, date)
            info.external_attr = 0o755 << 16
            archive.writestr(info, data)
    return content.getvalue()


DATE = (2024, 5, 6, 7, 8, 10)
WHEEL = wheel(dict(sorted((KEPT | LEFT_OUT).items())), DATE)


def members(content):
    """Return what is in an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {info: archive.read(info) for info in archive.infolist()}


def test_what_is_packed_is_smaller_always_the_same_and_whole():
    small = pack.packed(SCRIPT)
    assert len(small) < len(SCRIPT) / 9
    assert small == pack.packed(SCRIPT)
    assert gzip.decompress(small) == SCRIPT


def test_a_light_wheel_lacks_tests_and_headers_and_is_otherwise_the_same():
    small = pack.light(WHEEL)
    assert len(small) < len(WHEEL) / 2
    assert small == pack.light(WHEEL)
    found = members(small)
    content = {info.filename: data for info, data in found.items()}
    record = content.pop(RECORD)
    assert content == KEPT
    rows = list(csv.reader(io.StringIO(record.decode())))
    assert sorted(map(tuple, rows)) == sorted([*(line(*i) for i in KEPT.items()), (RECORD, "", "")])
    assert {(info.date_time, info.external_attr >> 16) for info in found} == {(DATE, 0o755)}
    assert pack.light(small) == small


def test_bytecode_takes_the_place_of_modules(tmp_path):
    compiled = tmp_path / "compiled.zip"
    with zipfile.ZipFile(compiled, "w") as new:
        new.writestr("made/__init__.pyc", b"bytecode")
    content = {
        info.filename: data for info, data in members(pack.light(WHEEL, compiled=compiled)).items()
    }
    expected = {name.replace("__init__.py", "__init__.pyc"): data for name, data in KEPT.items()}
    expected["made/__init__.pyc"] = b"bytecode"
    rows = list(csv.reader(io.StringIO(content.pop(RECORD).decode())))
    assert content == expected
    assert sorted(map(tuple, rows)) == sorted(
        [*(line(*item) for item in expected.items()), (RECORD, "", "")]
    )


def test_the_standard_library_is_compressed_as_a_whole(tmp_path):
    small = pack.standard_library(WHEEL)
    assert small == pack.standard_library(WHEEL)
    found = members(gzip.decompress(small))
    assert {info.compress_type for info in found} == {zipfile.ZIP_STORED}
    assert {info.filename: data for info, data in found.items() if info.filename != RECORD} == KEPT


def test_other_bytecode_makes_another_file(tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "STORE", freshness.Store(tmp_path / "packed", ""))
    path, compiled = tmp_path / "made.whl", tmp_path / "compiled.zip"
    path.write_bytes(WHEEL)
    file = fetch.File(path.name, len(WHEEL), hashlib.sha256(WHEEL).hexdigest(), (), package="made")
    for bytecode in (b"bytecode", b"other bytecode"):
        with zipfile.ZipFile(compiled, "w") as new:
            new.writestr("made/__init__.pyc", bytecode)
        _, content = pack.small(file, path, compiled)
        assert content == pack.light(WHEEL, compiled=compiled)
        assert len(list(pack.STORE.folder.glob("*"))) == 1


@pytest.mark.parametrize(
    ("name", "package", "target", "make"),
    [
        ("a.mjs", None, "a.mjs.packed", pack.packed),
        ("a.wasm", None, "a.wasm.packed", pack.packed),
        ("made-1-py3-none-any.whl", "made", "made-1-py3-none-any.whl", pack.light),
        ("library.zip", "library", "library.zip", pack.light),
        ("python_stdlib.zip", None, "python_stdlib.zip.packed", pack.standard_library),
        ("pyodide-lock.json", None, "pyodide-lock.json", bytes),
    ],
)
def test_each_file_is_made_smaller_in_its_way_once(
    tmp_path, monkeypatch, name, package, target, make
):
    monkeypatch.setattr(pack, "STORE", freshness.Store(tmp_path / "packed", ""))
    path = tmp_path / name
    path.write_bytes(WHEEL)
    file = fetch.File(name, len(WHEEL), hashlib.sha256(WHEEL).hexdigest(), (), package=package)
    expected = target, make(WHEEL)
    assert pack.small(file, path) == expected
    kept = list(pack.STORE.folder.glob("*"))
    assert len(kept) == (make is not bytes)
    for one in kept:
        one.with_name(f"{target}-old").write_bytes(b"of another version")
        one.write_bytes(b"kept")
        assert pack.small(file, path) == (target, b"kept")
        one.unlink()
        assert pack.small(file, path) == expected
        assert list(pack.STORE.folder.glob("*")) == [one]
