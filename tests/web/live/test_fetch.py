"""Files for live cells: fetched by content from several sources, checked, kept."""

import ast
import functools
import hashlib
import http.server
import io
import json
import re
import sys
import tarfile
import threading
import zipfile

import pytest

from web import build
from web.live import extension, fetch

CONTENT = b"what is wanted"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files without a word."""

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def source(tmp_path, monkeypatch):
    """Return a folder, its address, and let the cache be empty."""
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def entry(*sources):
    return fetch.File("a.txt", len(CONTENT), DIGEST, tuple(sources))


def test_a_file_is_fetched_once(source, tmp_path):
    folder, address = source
    (folder / "a.txt").write_bytes(CONTENT)
    file = entry(fetch.Source(f"{address}/a.txt"))
    assert fetch.cached_path(file) is None
    assert fetch.Fetcher(folder=tmp_path).fetch(file)
    assert fetch.cached_path(file).read_bytes() == CONTENT


@pytest.mark.parametrize("wrong", [b"what is wanteD", b"what", b""])
def test_what_does_not_match_is_refused_and_the_next_source_is_asked(source, tmp_path, wrong):
    folder, address = source
    (folder / "bad.txt").write_bytes(wrong)
    (folder / "good.txt").write_bytes(CONTENT)
    bad, good = (fetch.Source(f"{address}/{name}.txt") for name in ("bad", "good"))
    fetcher = fetch.Fetcher(folder=tmp_path)
    assert not fetcher.fetch(entry(bad))
    assert fetch.cached_path(entry()) is None
    assert fetcher.fetch(entry(bad, good))
    assert "a.txt should have" in fetcher.messages[0]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_member_of_an_archive_is_found_and_the_archive_checked(source, tmp_path, kind):
    folder, address = source
    packed = folder / "packed"
    if kind == "zip":
        with zipfile.ZipFile(packed, "w") as members:
            members.writestr("deep/a.txt", CONTENT)
    else:
        with tarfile.open(packed, "w:gz") as members:
            info = tarfile.TarInfo("deep/a.txt")
            info.size = len(CONTENT)
            members.addfile(info, io.BytesIO(CONTENT))
    digest = hashlib.sha256(packed.read_bytes()).hexdigest()
    url = f"{address}/packed"
    fetcher = fetch.Fetcher(folder=tmp_path)
    assert not fetcher.fetch(entry(fetch.Source(url, "deep/a.txt", "0" * 64)))
    assert not fetcher.fetch(entry(fetch.Source(url, "deep/b.txt", digest)))
    assert fetcher.fetch(entry(fetch.Source(url, "deep/a.txt", digest)))


def test_sizes_and_hashes_for_the_list_are_printed(source, capsys):
    folder, address = source
    (folder / "a.txt").write_bytes(CONTENT)
    fetch.print_hashes([f"{address}/a.txt"])
    assert f'size = {len(CONTENT)}\nsha256 = "{DIGEST}"' in capsys.readouterr().out


def test_a_host_that_does_not_answer_is_asked_once(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    fetcher = fetch.Fetcher(folder=tmp_path)
    nobody = fetch.Source("http://127.0.0.1:9/a.txt")
    assert not fetcher.fetch(entry(nobody))
    assert not fetcher.fetch(entry(nobody))
    assert "did not answer before" in fetcher.messages[1]


def test_a_damaged_file_in_the_cache_does_not_count(source):
    fetch.store(CONTENT, entry())
    assert fetch.cached_path(entry())
    (fetch.cache() / DIGEST).write_bytes(b"damaged")
    assert fetch.cached_path(entry()) is None


def test_without_any_source_there_are_no_live_cells_and_it_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(fetch, "LIST", tmp_path / "files.toml")
    fetch.LIST.write_text(
        f'[[file]]\nname = "a.txt"\nsize = 3\nsha256 = "{DIGEST}"\nurl = "http://127.0.0.1:9/a"\n',
        encoding="utf-8",
    )
    assert fetch.ensure() is None
    assert "a.txt could not be fetched" in capsys.readouterr().err
    assert not fetch.is_complete()


def test_the_list_is_in_order():
    files = fetch.file_list()
    assert {"numpy", "scipy", "scikit-learn", "matplotlib", "sympy", "autograd"} <= {
        file.package for file in files
    }
    for file in files:
        first, *others = file.sources
        assert others or first.program == "pip", file.name


@pytest.mark.parametrize("path", [fetch.LIST, build.ROOT / "web" / "lite" / "files.toml"])
def test_addresses_are_those_of_one_public_network(path):
    """Registries are named by pip and npm, not here."""
    for file in fetch.file_list(path):
        for source in file.sources:
            if source.program is None:
                assert source.place.startswith("https://cdn.jsdelivr.net/"), file.name
            elif source.program == "pip":
                assert re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", source.place), file.name
            else:
                assert re.fullmatch(r"(@[a-z]+/)?[a-z0-9-]+@[0-9.]+", source.place), file.name


@pytest.mark.parametrize("digits", [0, 11, 19, 63])
def test_a_wrong_hash_is_shown_to_the_digit_that_differs(digits):
    wrong = DIGEST[:digits] + ("0" if DIGEST[digits] != "0" else "1") + DIGEST[digits + 1 :]
    file = fetch.File("a.txt", len(CONTENT), wrong, ())
    with pytest.raises(fetch.RefusedError) as error:
        fetch.check(CONTENT, file)
    expected, actual = re.fullmatch(
        r"a.txt should have SHA-256 ([0-9a-f]+)…?, not ([0-9a-f]+)…?", str(error.value)
    ).groups()
    assert expected != actual
    assert (wrong.startswith(expected), DIGEST.startswith(actual)) == (True, True)


def wheel(path, content=CONTENT):
    """Write a wheel with a.txt; return its SHA-256."""
    with zipfile.ZipFile(path, "w") as members:
        members.writestr("madeup/a.txt", content)
        members.writestr("madeup-1.dist-info/METADATA", "Name: madeup\nVersion: 1\n")
        members.writestr("madeup-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        members.writestr("madeup-1.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_package_comes_from_where_pip_is_told_to_look(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "wheels"
    folder.mkdir()
    digest = wheel(folder / "madeup-1-py3-none-any.whl")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    member = fetch.Source("madeup==1", "madeup/a.txt", digest, "pip")
    absent = fetch.Source("madeup-absent==1", "a.txt", "0" * 64, "pip")
    wrong = fetch.Source("madeup==1", "madeup/a.txt", "0" * 64, "pip")
    fetcher = fetch.Fetcher(folder=tmp_path)
    assert not fetcher.fetch(entry(wrong))
    assert "not the one" in fetcher.messages[0]
    assert fetcher.fetch(entry(absent, member))
    assert "madeup-absent==1" in fetcher.messages[1]


def test_all_wheels_are_asked_for_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path / "cache"))
    calls = []

    def from_pip(packages, folder):
        calls.append(dict(packages))
        for number in range(len(packages)):
            (folder / f"{number}.whl").write_bytes(b"%d" % number)

    monkeypatch.setattr(fetch.registries, "from_pip", from_pip)
    files = [
        fetch.File(f"{n}", 1, hashlib.sha256(b"%d" % n).hexdigest(), (
            fetch.Source(f"madeup-{n}==1", program="pip"),
        ))
        for n in range(3)
    ]  # fmt: skip
    fetcher = fetch.Fetcher(folder=tmp_path, wheels=fetch.first_wheels(files))
    assert all(map(fetcher.fetch, files))
    assert len(calls) == 1


@pytest.fixture
def archive(source):
    """Return an npm archive on a server, its SHA-256, and the server's address."""
    folder, address = source
    place = folder / "@made" / "up" / "-"
    place.mkdir(parents=True)
    with tarfile.open(place / "up-1.0.0.tgz", "w:gz") as members:
        info = tarfile.TarInfo("package/a.txt")
        info.size = len(CONTENT)
        members.addfile(info, io.BytesIO(CONTENT))
    path = place / "up-1.0.0.tgz"
    return path, hashlib.sha256(path.read_bytes()).hexdigest(), address


def test_a_package_comes_from_the_registry_that_is_named(archive, tmp_path, monkeypatch):
    _, digest, address = archive
    monkeypatch.setattr(fetch.registries.shutil, "which", lambda name: None)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("NPM_CONFIG_REGISTRY", "npm_config_registry"):
        monkeypatch.delenv(name, raising=False)
    member = fetch.Source("@made/up@1.0.0", "package/a.txt", digest, "npm")
    fetcher = fetch.Fetcher(folder=tmp_path)
    assert not fetcher.fetch(entry(member))
    assert "npm is not installed" in fetcher.messages[0]
    (tmp_path / ".npmrc").write_text(f"fund=false\nregistry = {address}/\n", encoding="utf-8")
    assert fetch.Fetcher(folder=tmp_path).fetch(entry(member))


def test_npm_is_asked_where_there_is_one(archive, tmp_path, monkeypatch):
    path, digest, _ = archive
    npm = tmp_path / "program"
    npm.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        'assert sys.argv[1:4] == ["pack", "@made/up@1.0.0", "--pack-destination"], sys.argv\n'
        f'assert "--ignore-scripts" in sys.argv\nshutil.copy({str(path)!r}, sys.argv[4])\n',
        encoding="utf-8",
    )
    npm.chmod(0o755)
    monkeypatch.setattr(fetch.registries.shutil, "which", lambda name: str(npm))
    member = fetch.Source("@made/up@1.0.0", "package/a.txt", digest, "npm")
    assert fetch.Fetcher(folder=tmp_path).fetch(entry(member))
    wrong = fetch.Source("@made/up@1.0.0", "package/a.txt", "0" * 64, "npm")
    (tmp_path / "other").mkdir()
    fetcher = fetch.Fetcher(folder=tmp_path / "other")
    assert not fetcher.fetch(entry(wrong))
    assert "should have SHA-256" in fetcher.messages[0]


def test_pure_packages_have_the_versions_of_the_requirements():
    required = (build.ROOT / "requirements.txt").read_text(encoding="utf-8")
    pure = [file for file in fetch.file_list() if file.version]
    assert pure
    for file in pure:
        assert f"{file.package}=={file.version}" in required, file.name


def imported(notebook):
    """Return the packages that the cells of a notebook import, by the names that pip has."""
    names = set()
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    names.add(node.module.split(".")[0])
    return {"scikit-learn" if name == "sklearn" else name for name in names}


def test_the_list_has_what_live_chapters_import():
    """What a browser cannot have, the cell says (ABSENT in kernel.py)."""
    live = [p for p in (build.ROOT / "chapters").glob("*.ipynb") if extension.is_live(p)]
    asked = set().union(*map(imported, live)) - set(sys.stdlib_module_names) - {"backprop"}
    kernel = (build.ROOT / "web" / "live" / "kernel.py").read_text(encoding="utf-8")
    absent = set(re.findall(r'"(\w+)": say', re.search(r"(?s)\nABSENT = \{.*?\n\}", kernel)[0]))
    assert asked - absent <= {file.package for file in fetch.file_list()}


@pytest.mark.parametrize(
    "line", ['name = "../a"', 'sha256 = "xyz"', "sources = []"], ids=["name", "hash", "sources"]
)
def test_a_wrong_list_is_refused(tmp_path, line):
    table = {"name": '"a"', "size": "3", "sha256": f'"{DIGEST}"', "url": '"https://a.example/a"'}
    key, _, value = line.partition(" = ")
    table[key] = value
    if key == "sources":
        del table["url"]
    path = tmp_path / "files.toml"
    path.write_text("[[file]]\n" + "\n".join(f"{k} = {v}" for k, v in table.items()))
    with pytest.raises(ValueError, match="are needed"):
        fetch.file_list(path)


@pytest.mark.parametrize("key", ["name", "size", "sha256", "sources.far"])
def test_what_an_entry_of_the_list_lacks_is_named(tmp_path, key):
    table = {"name": '"a"', "size": "3", "sha256": f'"{DIGEST}"', "sources": '["far"]'}
    table.pop(key, None)
    path = tmp_path / "files.toml"
    head = "" if key == "sources.far" else '[sources]\nfar = { url = "https://a.example/{name}" }\n'
    path.write_text(f"{head}[[file]]\n" + "\n".join(f"{k} = {v}" for k, v in table.items()))
    with pytest.raises(ValueError, match=rf"files.toml has no {key} for the entry \{{"):
        fetch.file_list(path)


def test_an_archive_depends_on_its_members_only(tmp_path):
    members = extension.members_of(build.ROOT / "code" / "backprop", "backprop")
    assert "backprop/network.py" in dict(members)
    for name in ("a.zip", "b.zip"):
        extension.write_zip(tmp_path / name, members)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize(
    ("code", "expected"), [("1 + 1", True), ('require("torch")', False), (None, False)]
)
def test_which_pages_are_live(tmp_path, code, expected):
    path = tmp_path / "a.ipynb"
    cells = [] if code is None else [{"cell_type": "code", "source": [code]}]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert extension.is_live(path) == expected
