"""Files for live cells: fetched by content from several sources, checked, kept."""

import functools
import hashlib
import http.server
import io
import json
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
    assert fetch.cached(file) is None
    assert fetch.Fetcher(folder=tmp_path).fetch(file)
    assert fetch.cached(file).read_bytes() == CONTENT


@pytest.mark.parametrize("wrong", [b"what is wanteD", b"what", b""])
def test_what_does_not_match_is_refused_and_the_next_source_is_asked(source, tmp_path, wrong):
    folder, address = source
    (folder / "bad.txt").write_bytes(wrong)
    (folder / "good.txt").write_bytes(CONTENT)
    bad, good = (fetch.Source(f"{address}/{name}.txt") for name in ("bad", "good"))
    fetcher = fetch.Fetcher(folder=tmp_path)
    assert not fetcher.fetch(entry(bad))
    assert fetch.cached(entry()) is None
    assert fetcher.fetch(entry(bad, good))
    assert "a.txt should have" in fetcher.said[0]


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
    assert "did not answer before" in fetcher.said[1]


def test_a_damaged_file_in_the_cache_does_not_count(source):
    fetch.keep(CONTENT, entry())
    assert fetch.cached(entry())
    (fetch.cache() / DIGEST).write_bytes(b"damaged")
    assert fetch.cached(entry()) is None


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
    files = fetch.listed()
    assert {"numpy", "scipy", "scikit-learn", "matplotlib", "sympy", "autograd"} <= {
        file.package for file in files
    }
    for file in files:
        assert all(source.url.startswith("https://") for source in file.sources), file.name
        assert len(file.sources) > 1 or "pythonhosted.org" in file.sources[0].url, file.name


def test_pure_packages_have_the_versions_of_the_requirements():
    required = (build.ROOT / "requirements.txt").read_text(encoding="utf-8")
    pure = [file for file in fetch.listed() if file.version]
    assert pure
    for file in pure:
        assert f"{file.package}=={file.version}" in required, file.name


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
        fetch.listed(path)


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
