"""The list of what a browser may keep of the book, and its version."""

import hashlib
import json
from unittest.mock import Mock

import pytest

from web.offline import extension

FILES = {
    "index.html": b"front",
    "chapters/index.html": b'<script data-offline="" defer></script><div id="offline"></div>',
    "_static/live/page.js": b"script",
    "lite/index.html": b"JupyterLite",
    "back-propagation.pdf": b"all on paper",
    "key.txt": b"key",
    ".buildinfo": b"Sphinx",
}


@pytest.fixture
def site(tmp_path):
    """Return the folder of a small site."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_list_has_what_belongs_to_the_book(site):
    listed = extension.file_list(site)
    assert set(listed) == {"index.html", "chapters/index.html", "_static/live/page.js"}
    for name, (size, digest) in listed.items():
        assert size == len(FILES[name])
        assert digest == hashlib.sha256(FILES[name]).hexdigest()


def test_the_version_changes_with_any_file_and_with_nothing_else(site):
    def version():
        extension.write_lists(site)
        names = ("book-files.json", "book-version.json")
        (found,) = {read(site / name)["version"] for name in names}
        return found

    first = version()
    (site / "lite" / "index.html").write_bytes(b"another")
    assert version() == first
    (site / "index.html").write_bytes(b"Front")
    second = version()
    (site / "index.html").rename(site / "other.html")
    assert len({first, second, version()}) == 3


def test_pages_say_how_much_it_is_and_are_listed_as_they_then_are(site):
    app = Mock(outdir=str(site))
    app.builder.name = "html"
    (site / "_static").mkdir(exist_ok=True)
    for _ in range(2):  # a page that is not written anew says the new size all the same
        extension.copy_scripts(app, None)
        extension.list_files(app, None)
        listed = read(site / "book-files.json")["files"]
        assert listed == {k: list(v) for k, v in extension.file_list(site).items()}
        page = (site / "chapters" / "index.html").read_text(encoding="utf-8")
        said = int(page.split('data-offline="')[1].split('"')[0])
        assert said == pytest.approx(sum(size for size, _ in listed.values()), abs=20)
        (site / "more").write_bytes(b"0" * 100_000)


def test_the_button_s_script_is_on_pages_with_a_place_for_it_only():
    for body in ("<p>text</p>", f"<div {extension.PLACE}></div>"):
        app, context = Mock(), {"body": body, "metatags": "", "pathto": lambda path, _: path}
        app.builder.name = "html"
        extension.add_button(app, "page", "page.html", context, None)
        assert ("keep.js" in context["metatags"]) == (extension.PLACE in body)
