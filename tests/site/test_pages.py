"""The pages as files: all there, none too many, every link leads somewhere."""

import functools
import importlib
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from web import build, freshness, scripts, words
from web.pages import claims

DOCUMENTS = build.documents()
CHAPTERS = [document for document in DOCUMENTS if re.search(r"/\d\d-", document)]
WORDS = words.book()
OWN_PAGES = {"index.html", "search.html"}  # the redirect to the landing page, and the search
RAW = re.compile(
    r"\$\$|\{(?:claim|eq|ref|numref|doc|cite(?::\w)?|prf:ref|term)\}|\\[A-Za-z(\[]|^:::|```|\[\^\w|\]\(|\*\*",
    re.M,
)


@functools.cache
def parsed(path: Path) -> BeautifulSoup:
    """Return a page, parsed."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@functools.cache
def anchors(path: Path) -> set[str]:
    """Return all places on a page to which a link can lead."""
    return {element["id"] for element in parsed(path).select("[id]")}


def page(site: Path, document: str) -> BeautifulSoup:
    """Return the page of a document."""
    return parsed(site / f"{document}.html")


def text_of(article: BeautifulSoup) -> str:
    """Return what a reader reads outside code and formulas."""
    outside = article.select("pre, code, .math, script")
    left_out = {id(inner) for element in outside for inner in element.descendants}
    return "".join(text for text in article.strings if id(text) not in left_out)


def heading(document: str) -> str:
    """Return the title of a document, from its source."""
    path = build.ROOT / f"{document}.md"
    if path.exists():
        text = path.read_text(encoding="utf-8")
    else:
        cells = json.loads(path.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
        text = "".join(cells[0]["source"])
    return re.search(r"^# (.+)$", text, re.M).group(1)


def test_all_pages_are_there_and_no_others(site):
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    built = {name for name in built if not name.startswith(("_static/", "lite/", "slides/"))}
    assert built == {f"{document}.html" for document in DOCUMENTS} | OWN_PAGES


def test_what_only_checks_scripts_is_not_on_the_site(site):
    names = {Path(name).name for name in scripts.SETTINGS}
    assert not [path for path in site.rglob("*") if path.name in names]


def test_a_chapter_has_a_button_for_jupyterlite_if_it_runs_there(live_site):
    with_button, without = [], []
    for document in CHAPTERS:
        cells = json.loads((build.ROOT / f"{document}.ipynb").read_text("utf-8"))["cells"]
        needs_more = any(re.search(r"(?m)^require\(", "".join(cell["source"])) for cell in cells)
        (without if needs_more else with_button).append(document)
    for document in CHAPTERS:
        button = page(live_site, document).select_one("a.btn-launch-jupyterlite")
        assert bool(button) == (document in with_button), document
    numbers = [int(re.search(r"/(\d\d)-", document)[1]) for document in without]
    if not words.is_english(WORDS.language):
        return  # the sentence below has other words
    text = " ".join(page(live_site, "chapters/index").get_text().split())
    told = re.search(r"Chapters (\d+) (?:to|and) (\d+) need frameworks", text)
    between = range(int(told[1]), int(told[2]) + 1)
    there = [int(re.search(r"/(\d\d)-", document)[1]) for document in CHAPTERS]
    assert numbers == [number for number in there if number in between]


def test_the_front_door_leads_to_the_landing_page(site):
    refresh = parsed(site / "index.html").find("meta", attrs={"http-equiv": "Refresh"})
    assert refresh["content"].endswith("url=chapters/index.html")


def test_the_page_has_its_title_language_and_description(site, document):
    soup = page(site, document)
    titles = soup.select("article h1")
    assert len(titles) == 1
    title = titles[0].get_text().rstrip("#").strip()
    number = re.match(r"(\d\d)-", document.rpartition("/")[2])
    expected = heading(document)
    assert title == (f"{int(number[1])}. {expected}" if number else expected)
    assert expected in soup.title.get_text()
    assert soup.html["lang"] == WORDS.tag
    assert soup.html.get("dir", "ltr") == WORDS.direction
    assert len(soup.find("meta", attrs={"name": "description"})["content"]) > 50


def test_numbers_of_equations_figures_and_exercises_begin_with_the_chapter(site, document):
    number = re.match(r"(\d\d)-", document.rpartition("/")[2])
    shown = [e.get_text() for e in page(site, document).select(".eqno, .caption-number")]
    numbers = [re.search(r"(\d+)\.\d+", text) for text in shown]
    if number:
        assert all(n and int(n[1]) == int(number[1]) for n in numbers), shown


def test_images_are_described(site, document):
    for image in page(site, document).select("article img"):
        described = image.get("alt", "").strip()
        assert described, image["src"]
        assert not re.search(r"\.(png|svg|jpe?g)\b", described), f"a path: {described}"
        assert len(described.split()) >= 3, described
        figure = image.find_parent("figure")
        if figure is not None:  # it says what is seen, and does not repeat what is written below
            assert len(described) >= 40, described
            assert described not in figure.get_text()


def test_nothing_raw_is_left_in_the_text(site, document):
    text = text_of(page(site, document).find("article"))
    found = RAW.search(re.sub(r"\*\*(?=\w+( \(\w+\) –|\)#))", "", text))  # an argument of any name
    assert found is None, f"{found.group()!r} is left"


def references(soup: BeautifulSoup) -> list[str]:
    """Return everything that a page links to or loads."""
    found = [e["href"] for e in soup.select("a[href], link[href]")]
    return found + [e["src"] for e in soup.select("[src]")]


def test_links_and_anchors_lead_somewhere(site, document):
    here = site / f"{document}.html"
    for reference in references(parsed(here)):
        url = urlsplit(reference)
        if url.scheme in ("http", "https", "mailto", "data"):
            continue
        target = (here.parent / unquote(url.path)).resolve() if url.path else here
        assert target.exists(), reference
        if url.fragment and target.suffix == ".html":
            assert unquote(url.fragment) in anchors(target), f"{reference}: no such anchor"


def test_nothing_is_loaded_from_another_host(site, document):
    soup = page(site, document)
    loaded = [e["src"] for e in soup.select("[src]")]
    loaded += [e["href"] for e in soup.select("link[href]") if e.get("rel") != ["canonical"]]
    assert loaded
    assert not [url for url in loaded if urlsplit(url).netloc]


def test_previous_and_next_follow_the_table_of_contents(site):
    names = [document.rpartition("/")[2] for document in DOCUMENTS]
    for before, document, after in zip([None, *names], DOCUMENTS, [*names[1:], None], strict=False):
        soup = page(site, document)
        for selector, name in ((".left-prev", before), (".right-next", after)):
            link = soup.select_one(f".prev-next-area {selector}")
            assert (link["href"] if link else None) == (f"{name}.html" if name else None)


def test_every_page_lists_all_pages(site, document):
    listed = {a["href"].split("#")[0] for a in page(site, document).select("nav.bd-links a")}
    own = document.rpartition("/")[2]
    names = {d.rpartition("/")[2] for d in DOCUMENTS} - {own}
    assert {f"{name}.html" for name in names} <= listed


def test_the_landing_page_links_to_every_page(site):
    article = page(site, "chapters/index").find("article")
    linked = {a["href"].split("#")[0] for a in article.select("a[href]")}
    wanted = {f"{d.rpartition('/')[2]}.html" for d in DOCUMENTS} - {"index.html"}
    assert wanted <= linked


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_can_be_downloaded_with_its_outputs(site, chapter):
    links = [
        a["href"]
        for a in page(site, chapter).select("a[href$='.ipynb']:not([href*='?'])")
        if "://" not in a["href"]
    ]
    assert links
    for link in links:
        notebook = json.loads((site / chapter).parent.joinpath(link).read_text(encoding="utf-8"))
        assert any(c.get("outputs") for c in notebook["cells"])


def test_every_name_that_a_module_on_the_page_offers_is_described_there(site):
    article = page(site, "chapters/api")
    modules = {element["id"].removeprefix("module-") for element in article.select("[id^=module-]")}
    names = {
        f"{name}.{offered}"
        for name in modules
        for offered in importlib.import_module(name).__all__
        if callable(getattr(importlib.import_module(name), offered))
    }
    assert len(names) > 80
    assert names <= {element["id"] for element in article.select("[id^=backprop]")}


def test_every_claim_has_a_mark_that_leads_to_its_entry(site):
    marks = [mark for name in CHAPTERS for mark in page(site, name).select("a.claim-mark")]
    shown = {mark["href"]: mark.get_text() for mark in marks}
    expected = {
        f"claims.html#{label}": claims.in_language(text, WORDS)
        for label, text in claims.summaries().items()
    }
    assert expected
    assert shown == expected
    assert len(marks) == len(shown)


def test_every_cited_work_is_listed_once(site):
    entries = page(site, "chapters/references").select("[role=doc-biblioentry]")
    assert entries
    texts = [entry.p.get_text() for entry in entries]
    assert len(set(texts)) == len(texts)


def test_the_build_has_nothing_to_do_now(site):
    assert build.is_current()
    assert (site / freshness.RECORD).exists()
