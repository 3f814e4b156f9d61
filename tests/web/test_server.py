"""The server compresses as public hosts do, so that measured sizes are theirs."""

import gzip
import os
import urllib.error
import urllib.request

import pytest

from web.server import serve

PAGE = "<p>text</p>\n" * 100


@pytest.fixture
def home(tmp_path):
    """Serve a folder with a page and an image; return its address."""
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "image.png").write_bytes(b"\x89PNG" * 100)
    with serve(tmp_path) as address:
        yield address


def get(address, **headers):
    """Return the headers and the body of an answer."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(address, headers=headers), timeout=10) as answer:
        return answer.headers, answer.read()


def test_text_is_compressed_for_a_browser_that_accepts_it(home):
    headers, body = get(f"{home}/page.html", **{"Accept-Encoding": "gzip, br"})
    assert headers["Content-Encoding"] == "gzip"
    assert int(headers["Content-Length"]) == len(body) < len(PAGE) / 5
    assert gzip.decompress(body).decode() == PAGE


def test_text_is_not_compressed_without_that(home):
    headers, body = get(f"{home}/page.html")
    assert headers["Content-Encoding"] is None
    assert body.decode() == PAGE


def test_images_are_not_compressed(home):
    headers, body = get(f"{home}/image.png", **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] is None
    assert body == b"\x89PNG" * 100


def test_a_changed_file_is_compressed_again(home, tmp_path):
    address, accept = f"{home}/page.html", {"Accept-Encoding": "gzip"}
    first = get(address, **accept)[1]
    (tmp_path / "page.html").write_text("new", encoding="utf-8")
    os.utime(tmp_path / "page.html", (1, 1))
    second = get(address, **accept)[1]
    assert gzip.decompress(first).decode() == PAGE
    assert gzip.decompress(second) == b"new"


def test_a_missing_file_is_404(home):
    with pytest.raises(urllib.error.HTTPError) as error:
        get(f"{home}/missing.html", **{"Accept-Encoding": "gzip"})
    assert error.value.code == 404
    error.value.close()
