"""What is said in two places is said alike: modules and their page, README, lists of files."""

import dataclasses
import functools
import importlib
import pkgutil
import re
import tomllib

import backprop
import pytest

from tools import ledger, sources
from tools.chapter.mentions import COUNTS
from web import ROOT
from web.lite.build import LIST as LITE_LIST
from web.live import extension, fetch

SITE_LIST = ROOT / "tests" / "site" / "files.toml"
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEACHING = (ROOT / "chapters" / "teaching.md").read_text(encoding="utf-8")
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
NOT_ON_THE_PAGE = {"explore": "its widgets are described where they are, in the chapters"}


def offered():
    """Return the names that each module of the package offers."""
    found = {}
    for module in pkgutil.iter_modules(backprop.__path__):
        names = getattr(importlib.import_module(f"backprop.{module.name}"), "__all__", ())
        if names:
            found[module.name] = set(names)
    return found


def missing_modules(page):
    """Return what is offered and is not on the page, and what is there and offers nothing."""
    modules = offered()
    shown = re.findall(r"(?m)^\.\. automodule:: backprop\.(\w+)\n   :members:$", page)
    reached = set().union(*(modules.get(name, set()) for name in shown))
    hidden = {name for name, names in modules.items() if name not in shown and names - reached}
    twice = {name for name in shown if shown.count(name) > 1}
    return (hidden - set(NOT_ON_THE_PAGE)) | (set(shown) - set(modules)) | twice


def test_every_module_has_its_place_on_the_page_of_the_package():
    page = (ROOT / "chapters" / "api.md").read_text(encoding="utf-8")
    assert missing_modules(page) == set()
    for place in re.findall(r"(?m)^\.\. automodule:: backprop\.(\w+)$", page):
        assert missing_modules(page.replace(f"backprop.{place}\n", "backprop.nothing\n"))
    assert set(NOT_ON_THE_PAGE) <= set(offered())


def anchors(text):
    """Return the anchors of the headings of a page in Markdown, as GitHub makes them."""
    titles = re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^```.*?^```", "", text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def lost_anchors(path, text):
    """Return the links to a heading that is not there."""
    lost = []
    for target, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", text):
        page = path.parent / target if target else path
        if page.suffix == ".md" and anchor not in anchors(page.read_text(encoding="utf-8")):
            lost.append(f"{target}#{anchor}")
    return lost


def test_links_with_an_anchor_lead_to_a_heading():
    for path in sources.files():
        if path.suffix == ".md" and (ROOT / "chapters") not in path.parents:
            assert lost_anchors(path, path.read_text(encoding="utf-8")) == []
    link = "[a](README.md#{}) and [b](chapters/teaching.md#{})"
    assert lost_anchors(ROOT / "a.md", link.format("two-commands", "changing-the-book")) == []
    assert len(lost_anchors(ROOT / "a.md", link.format("three-commands", "the-book"))) == 2


@pytest.mark.parametrize("text", [README, TEACHING], ids=["README", "teaching"])
def test_the_chapters_that_need_ones_own_computer(text):
    own = [int(path.name[:2]) for path in CHAPTERS if not extension.is_live(path)]
    numbers = [int(path.name[:2]) for path in CHAPTERS]
    assert own == [number for number in numbers if own[0] <= number <= own[-1]]
    pair = (str(own[0]), str(own[-1]))
    joint = "and" if own[-1] - own[0] == 1 else "to"
    assert re.findall(rf"hapters (\d+) {joint} (\d+)", text).count(pair) >= 2
    assert set(re.findall(r"hapters (\d+) to (\d+)", text)) <= {pair}


def test_the_equation_in_the_picture_of_the_readme():
    chapter, number = re.search(
        r"equation (\d+)\.(\d+), the rule by which an error", README
    ).groups()
    of_chapter = [e.label for e in ledger.equations() if e.document.startswith(f"{chapter:0>2}-")]
    assert of_chapter[int(number) - 1] == "eq-bp2"


def test_the_figures_that_can_be_taken_hold_of():
    word = re.search(r"the figures in (\w+) chapters and on the first page", README)[1]
    held = [path for path in CHAPTERS if "explore.figure(" in path.read_text(encoding="utf-8")]
    assert COUNTS.index(word) == len(held)
    assert "{explorable}" in (ROOT / "chapters" / "index.md").read_text(encoding="utf-8")


@functools.cache
def texts():
    """Return the text of every page."""
    return ledger.texts()


def headings(chapter):
    """Return the headings of a chapter below its title."""
    return re.findall(r"(?m)^###? +(.+?) *$", texts()[chapter])


def lost_headings(text):
    """Return headings to which a page sends the reader, and which the chapter has not."""
    text = re.sub(r"\s+", " ", text)
    named = re.findall(r"\{doc\}`(\d\d-[\w-]+)`, under “([^”]+)”", text)
    return [pair for pair in named if pair[1] not in headings(pair[0])]


def test_a_heading_that_is_named_is_in_the_chapter_that_is_named():
    assert [pair for text in texts().values() for pair in lost_headings(text)] == []
    (chapter, *_), (other, *_) = [(p.stem, p) for p in CHAPTERS if headings(p.stem)][:2]
    link = f"{{doc}}`{chapter}`, under “{headings(chapter)[0]}”"
    assert lost_headings(link) == []
    assert lost_headings(link.replace(chapter, other))


def test_the_sections_that_slides_show_are_in_their_chapters():
    text = (ROOT / "web" / "slides" / "sections.toml").read_text(encoding="utf-8")
    for chapter, chosen in tomllib.loads(text).items():
        assert chapter in texts(), f"sections.toml has {chapter}, which is no chapter"
        assert set(chosen) <= set(headings(chapter))


def sections_of_the_lecture(index):
    """Return the numbers of the lecture's sections in the table of chapters, for each chapter."""
    found = {}
    for number, cell in re.findall(r"(?m)^\| (\d+) \| \{doc\}[^|]*\|[^|]*\| ([^|]*) \|$", index):
        found[int(number)] = {
            section
            for part in re.findall(r"[\d–]+", " ".join(re.findall(r"\(([\d, –]+)\)", cell)))
            for section in range(int(part.split("–")[0]), int(part.split("–")[-1]) + 1)
        }
    return found


def test_every_section_of_the_lecture_has_a_chapter():
    """But for the overview and the books, as the page says; a fork may lack a chapter."""
    index = (ROOT / "chapters" / "index.md").read_text(encoding="utf-8")
    last = int(re.search(r"from its overview \(1\) to\s+PyTorch \((\d+)\)", index)[1])
    books = re.search(r"The books that sections 2 to (\d+) recommend", index)
    expected, found = set(range(int(books[1]) + 1, last + 1)), sections_of_the_lecture(index)
    removed = set(range(1, max(found) + 1)) - set(found)
    assert set().union(*found.values()) <= expected
    assert removed or set().union(*found.values()) == expected


def test_the_exercises_of_a_week_are_those_of_its_chapters():
    rows = [line.split("|")[2:5] for line in TEACHING.splitlines() if re.match(r"\| \d\. ", line)]
    assert rows
    for lecture, lab, reading in rows:
        known = {int(number) for number in re.findall(r"`(\d\d)-", lecture + lab + reading)}
        named = re.findall(r"chapters? (\d+)(?: and (\d+))?", lab)
        chapters = {int(number) for pair in named for number in pair if number}
        for label in re.findall(r"\{ref\}`ex-([\w-]+)`", lab):
            chapters |= {
                int(p.stem[:2]) for p in CHAPTERS if f"label: ex-{label}\n" in texts()[p.stem]
            }
        assert chapters <= known, lab


def test_only_the_first_networks_have_a_half_in_the_cost():
    """The notation says so, and in which chapters; chapter 8 goes on with the cost of chapter 6."""
    notation = (ROOT / "chapters" / "notation.md").read_text(encoding="utf-8")
    said = re.search(
        r"In\s+chapters (\d+) to (\d+), on networks of a few neurons, the sq", notation
    )
    first, last = map(int, said.groups())
    costs = []
    for one in ledger.equations():
        latex = re.sub(r"\\(left|right)\b", "", one.latex)
        if one.label.startswith("def-") and re.match(r"C = .*\(a[^()]* - t[^()]*\)\^2", latex):
            costs.append((int(one.document[:2]), r"\frac{1}{2}" in latex))
    assert len(costs) > 2
    assert all(half == (first <= chapter <= last) for chapter, half in costs)


def test_the_plan_has_as_many_weeks_as_are_announced():
    rows = [int(number) for number in re.findall(r"(?m)^\| (\d+)\. .*\|$", TEACHING)]
    assert rows == list(range(1, len(rows) + 1))
    for text in (README, TEACHING):
        (word,) = set(re.findall(r"[Pp]lan for (\w+) (?:weeks|double lectures)", text))
        assert COUNTS.index(word) == len(rows)


def test_the_builder_that_the_readme_names_is_the_one_that_is_installed():
    named = re.findall(r"Jupyter Book (\d\S*);", README)
    chosen = re.findall(
        r"(?m)^jupyter-book==(\S+)$", (ROOT / "requirements" / "book.in").read_text("utf-8")
    )
    assert len(named) == 1
    assert named == chosen


def test_the_folders_that_the_readme_names_are_there():
    table = re.search(r"(?s)\| \| \|\n(.*?)\n\n", README)[1]
    named = re.findall(r"`([\w./]+)`", " ".join(row.split("|")[1] for row in table.split("\n")))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def mistyped(files):
    """Return the files of a list that the cache has, but with another size or hash.

    A wrong hash finds nothing in the cache; but what it should have found is there, of the same
    size, and no list names it.
    """
    every = [file for path in (None, LITE_LIST, SITE_LIST) for file in fetch.file_list(path)]
    known = {file.sha256 for file in (*every, *files)}
    folder = fetch.cache()
    kept = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    orphans = {path.stat().st_size for path in kept if path.name not in known}
    return [
        file.name
        for file in files
        if fetch.cached_path(file) is None
        and ((folder / file.sha256).exists() or file.size in orphans)
    ]


@pytest.mark.parametrize("path", [None, LITE_LIST, SITE_LIST], ids=["live", "lite", "tests"])
def test_lists_of_files_agree_with_what_was_fetched(path):
    assert mistyped(fetch.file_list(path)) == []


def test_a_mistyped_size_or_hash_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setenv("BOOK_CACHE", str(tmp_path))
    file = fetch.File(
        "a.txt", 1, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", ()
    )
    assert mistyped([file]) == []  # nothing was fetched
    fetch.store(b"a", file)
    assert mistyped([file]) == []
    assert mistyped([dataclasses.replace(file, size=2)]) == ["a.txt"]
    assert mistyped([dataclasses.replace(file, sha256=file.sha256[:-1] + "0")]) == ["a.txt"]
