"""The address at which the book is published, where somebody publishes it."""

import sys
from pathlib import Path

import pytest
from docutils import nodes

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))
import sharing

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
    assert sharing.address(environment, configured) == expected


def test_the_description_is_the_beginning_of_the_first_paragraph():
    section = nodes.section("", nodes.title("", "A title"))
    section += nodes.note("", nodes.paragraph("", "not this one"))
    section += nodes.paragraph("", "word " * 100)
    found = sharing.description(section)
    assert found.startswith("word word")
    assert found.endswith("word …")
    assert len(found) <= sharing.LENGTH + 2


def test_a_card_is_an_image_of_the_right_size(tmp_path):
    from PIL import Image

    sharing.draw_card("12. A title that needs more than one line", "A book", tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as card:
        assert card.size == sharing.SIZE
    assert (tmp_path / "a.png").stat().st_size < 60_000
