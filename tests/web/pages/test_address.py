"""The address at which the book is published, and the pages with and without one."""

import html
import re
import struct
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from web.pages.address import address

GITHUB = {"GITHUB_SERVER_URL": "https://github.com"}


@pytest.mark.parametrize(
    ("environment", "configured", "expected"),
    [
        ({}, "", None),
        ({"BOOK_ADDRESS": "https://book.example.org"}, "", "https://book.example.org/"),
        ({"BOOK_ADDRESS": ""} | GITHUB | {"GITHUB_REPOSITORY": "Some/Book"}, "", None),
        (GITHUB | {"GITHUB_REPOSITORY": "Some/Book"}, "", "https://some.github.io/book/"),
        (GITHUB | {"GITHUB_REPOSITORY": "some/some.github.io"}, "", "https://some.github.io/"),
        ({"GITHUB_SERVER_URL": "https://git.local", "GITHUB_REPOSITORY": "a/b"}, "", None),
        ({"CI_PAGES_URL": "https://group.gitlab.io/book"}, "", "https://group.gitlab.io/book/"),
        ({"CI_PAGES_URL": "https://x.y/z"}, "https://chosen.org/b/", "https://chosen.org/b/"),
    ],
)
def test_where_the_book_is_published(environment, configured, expected):
    assert address(environment, configured) == expected


CONF = """
extensions = ["web.pages.address"]
project, html_title, language = "A book", "A book", "en"
"""
PAGE = """
A title & more
==============

The first paragraph says what the page is about.
"""


def build_page(folder, **environment) -> str:
    """Build a page with Sphinx; return its HTML."""
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "index.rst").write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", str(folder), str(folder / "out")]
    process = subprocess.run(
        command, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr
    return (folder / "out" / "index.html").read_text(encoding="utf-8")


def test_a_published_page_has_an_address_a_card_and_a_place_in_the_sitemap(tmp_path):
    home = "https://some.github.io/book/"
    page = build_page(tmp_path, BOOK_ADDRESS=home.rstrip("/"))
    assert f'<link rel="canonical" href="{home}index.html"' in page
    tags = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', page))
    assert tags["url"] == f"{home}index.html"
    assert html.unescape(tags["title"]) == "A title & more"
    assert tags["description"].startswith("The first paragraph says")
    assert tags["image"].startswith(home)
    card = (tmp_path / "out" / tags["image"].removeprefix(home)).read_bytes()
    width, height = struct.unpack(">II", card[16:24])
    assert width / height > 1.8  # what social media show
    assert len(card) < 100_000
    sitemap = ElementTree.parse(tmp_path / "out" / "sitemap.xml")
    assert [place.text for place in sitemap.findall(".//{*}loc")] == [f"{home}index.html"]


def test_an_unpublished_copy_mentions_no_address(tmp_path):
    page = build_page(tmp_path)
    assert "og:" not in page
    assert "canonical" not in page
    assert not (tmp_path / "out" / "sitemap.xml").exists()
