"""Only pages that can have changed are written, and the site is the one of a build from nothing."""

import os
import shutil
import subprocess
import sys

import pytest

from web import build, freshness, kernel_environment

SMALL = (
    "from web import build; build.prepare = lambda threads: None; raise SystemExit(build.main([]))"
)
TOC = """format: jb-book
root: chapters/index
parts:
  - numbered: true
    chapters:
      - file: chapters/01-one
      - file: chapters/02-two
      - file: chapters/glossary
"""
ONE = """# One

A word of {cite:t}`a2026`, with a weight.

$$
x = y
$$ (eq-x)

$$
z = x
$$ (eq-z)
"""
TWO = "# Two\n\nSee {eq}`eq-z`, {doc}`01-one` and {cite:t}`a2026`: two weights and a cost.\n"
HOME = "# Home\n\n```{bibliography}\n```\n"
GLOSSARY = """# Words

```{glossary}
weight
  A number.

.. not linked
cost
  Another number.
```
"""
WORKS = "@misc{a2026, author = {Ada Author}, title = {A title}, year = 2026}\n"
ALL = {"index", "01-one", "02-two", "glossary"}


class BuildError(Exception):
    """The book could not be built."""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Return a function that builds a book of three pages, and says which ones were written."""
    folder = tmp_path_factory.mktemp("book")
    for name in ("_config.yml", "requirements", "requirements.txt", "web"):
        copy = shutil.copytree if (build.ROOT / name).is_dir() else shutil.copyfile
        copy(build.ROOT / name, folder / name)
    (folder / "code" / "backprop").mkdir(parents=True)
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    chapters = folder / "chapters"
    chapters.mkdir()
    pages_of_book = {"index": HOME, "01-one": ONE, "02-two": TWO, "glossary": GLOSSARY}
    for name, text in pages_of_book.items():
        (chapters / f"{name}.md").write_text(text, encoding="utf-8")
    (chapters / "references.bib").write_text(WORKS, encoding="utf-8")
    pages, fonts = folder / "_build" / "html" / "chapters", folder / "_build" / "fonts"
    environment = {**os.environ, "BOOK_CACHE": str(folder / "cache")}

    def make() -> set[str]:
        before = {path.name: path.stat().st_mtime_ns for path in pages.glob("*.html")}
        if not fonts.exists():  # the list of them takes as long as half a build
            shutil.copytree(kernel_environment.font_list().parents[1], fonts)
        process = subprocess.run(
            [sys.executable, "-c", SMALL],
            cwd=folder, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        if process.returncode or process.stderr:
            raise BuildError(process.stderr)
        after = {path.name: path.stat().st_mtime_ns for path in pages.glob("*.html")}
        return {name.removesuffix(".html") for name in after if after[name] != before.get(name)}

    make.chapters, make.html = chapters, folder / "_build" / "html"
    return make


def contents(site) -> dict[str, bytes]:
    """Return all files of a site, except its key."""
    files = {path.relative_to(site).as_posix(): path for path in freshness.files_of([site])}
    return {name: path.read_bytes() for name, path in files.items() if name != freshness.RECORD}


def test_pages_that_can_have_changed_are_written(book):
    one, two = book.chapters / "01-one.md", book.html / "chapters" / "02-two.html"
    assert book() == ALL
    assert "(1.2)" in two.read_text(encoding="utf-8")

    one.write_text(ONE.replace("word", "sentence"), encoding="utf-8")
    assert book() == {"index", "01-one"}  # the first page lists the chapters
    assert "A sentence of" in (book.html / "chapters" / "01-one.html").read_text(encoding="utf-8")

    more = ONE.replace("# One", "# First").replace(
        "A word of {cite:t}`a2026`, with a weight.", "$$\nw\n$$ (eq-w)"
    )
    one.write_text(more, encoding="utf-8")
    assert book() == ALL
    assert "(1.3)" in two.read_text(encoding="utf-8")
    assert "First" in two.read_text(encoding="utf-8")

    glossary = book.chapters / "glossary.md"
    glossary.write_text(GLOSSARY.replace("A number", "A factor"), encoding="utf-8")
    assert book() == {"index", "glossary"}
    one.write_text(f"{more}\nMore words.\n", encoding="utf-8")
    assert book() == {"index", "01-one"}
    search = (book.html / "searchindex.js").read_text(encoding="utf-8")
    assert '"indexentries": {"cost": [[' in search  # of a page that was not written
    assert "cost</a>" not in two.read_text(encoding="utf-8")
    glossary.write_text(GLOSSARY.replace(".. not linked\n", ""), encoding="utf-8")
    assert book() == ALL
    assert "cost</a>" in two.read_text(encoding="utf-8")

    root = book.chapters.parent
    (root / "code" / "backprop" / "added.py").write_text("x = 1\n", encoding="utf-8")
    assert book() == {"index"}  # no page has changed, and the static files are there all the same

    style = root / "web" / "static" / "book.css"
    style.write_text(style.read_text(encoding="utf-8") + "p { color: red; }\n", encoding="utf-8")
    assert book() == ALL  # which name its version
    assert "red" in (book.html / "_static" / "style.css").read_text(encoding="utf-8")

    site = contents(book.html)
    shutil.rmtree(book.html.parent)
    book()
    assert contents(book.html) == site


def test_a_broken_reference_from_an_unchanged_page_is_noticed(book):
    book()
    text = ONE.replace("(eq-z)", "(eq-other)")
    (book.chapters / "01-one.md").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="eq-z"):
        book()
