"""All style sheets of a site become one, with the same rules in the same order."""

import re
import shutil
from types import SimpleNamespace

import pytest

from web.pages import stylesheet

COMMENT = re.compile(r"(?s)/\*.*?\*/")


@pytest.fixture(scope="module")
def joined(trimmed, tmp_path_factory):
    """Return the small site with one style sheet."""
    folder = tmp_path_factory.mktemp("joined") / "out"
    shutil.copytree(trimmed, folder)
    join(folder)
    return folder


def join(folder) -> None:
    """Join the style sheets of a site."""
    stylesheet.join_sheets(
        SimpleNamespace(outdir=folder, builder=SimpleNamespace(name="html")), None
    )


def page(site, name="chapters/page") -> str:
    """Return a page of a site."""
    return (site / f"{name}.html").read_text(encoding="utf-8")


def linked(site, name="chapters/page") -> list[str]:
    """Return the style sheets that a page links, by their places below _static."""
    return [match[2] for match in stylesheet.LINK.finditer(page(site, name))]


def plain(css: str) -> str:
    """Return a style sheet without comments, spaces and addresses."""
    css = re.sub(r'@charset "[^"]*";|@import "[^"]*";', "", COMMENT.sub("", css))
    return re.sub(r"\s+", "", re.sub(r"url\([^)]*\)", "url()", css))


def test_a_page_links_one_sheet(trimmed, joined):
    assert len(linked(trimmed)) > 8
    assert linked(joined) == linked(joined, "search") == [stylesheet.JOINED]
    assert page(joined).count("stylesheet") == 1


def test_another_sheet_stays_and_comes_later(joined):
    assert linked(joined, "chapters/grid") == [stylesheet.JOINED, "sphinx-design.min.css"]


def test_the_order_is_that_of_the_pages(trimmed):
    static = trimmed / "_static"
    order = [path.relative_to(static).as_posix() for path in stylesheet.sheets(static)]
    order.remove("basic.css")
    assert order == linked(trimmed)
    assert stylesheet.sheets(static)[0].name == "basic.css"


def test_only_one_sheet_is_imported(trimmed):
    static = trimmed / "_static"
    found = {
        path.relative_to(static).as_posix(): re.findall(r"@import[^;]*;", path.read_text("utf-8"))
        for path in stylesheet.sheets(static)
    }
    assert {name: imports for name, imports in found.items() if imports} == {
        "styles/theme.css": ['@import "../basic.css";']
    }


def test_no_rule_is_lost_and_authors_are_named(trimmed, joined):
    one = (joined / "_static" / stylesheet.JOINED).read_text(encoding="utf-8")
    parts = [path.read_text(encoding="utf-8") for path in stylesheet.sheets(trimmed / "_static")]
    assert plain(one) == "".join(map(plain, parts))
    comments = [comment for part in parts for comment in COMMENT.findall(part)]
    named = [c for c in comments if re.search(r"(?i)copyright|licen[cs]e|^/\*!", c)]
    assert len(named) > 2
    assert COMMENT.findall(one) == [stylesheet.INDENT.sub("\n", comment) for comment in named]
    assert one.startswith('@charset "UTF-8";')
    assert one.count("@charset") == 1


def test_addresses_lead_to_the_same_files(joined):
    static = joined / "_static"
    text = (static / stylesheet.JOINED).read_text(encoding="utf-8")
    addresses = {match[2] for match in stylesheet.URL.finditer(text)}
    assert len(addresses) > 5
    assert [address for address in addresses if not (static / address).is_file()] == []


def test_what_nothing_links_any_more_is_removed(joined):
    left = {path.relative_to(joined / "_static").as_posix() for path in joined.rglob("*.css")}
    assert left == {stylesheet.JOINED, "pygments.css", "sphinx-design.min.css"}


def test_a_page_that_is_not_written_gets_the_new_address(trimmed, joined, tmp_path):
    folder = tmp_path / "out"
    shutil.copytree(trimmed, folder)
    shutil.copyfile(joined / "chapters" / "page.html", folder / "chapters" / "page.html")
    with open(folder / "_static" / "book.css", "a", encoding="utf-8") as file:
        file.write("p { color: red }\n")
    join(folder)
    old, new = (stylesheet.ADDRESS.search(page(site))[0] for site in (joined, folder))
    assert old != new
    assert stylesheet.ADDRESS.search(page(folder, "chapters/grid"))[0] == new
    assert page(folder) == page(joined).replace(f"?v={old}", f"?v={new}")
