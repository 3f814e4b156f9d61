"""The book in another language: Norwegian, and one that is written from the right.

Both are a few pages, with the first page of chapter 6, built without executing anything.
"""

import json
import re
from pathlib import Path

import pytest
import small_book
from bs4 import BeautifulSoup
from test_browser import violations

from tools import words as tool
from web import build, server, words

CHAPTER = "chapters/06-perceptron"
TRANSLATION = Path(__file__).parent / "norwegian" / "06-perceptron.po"
RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT MARK}"
nb = words.words("nb").say


@pytest.fixture(scope="module")
def norwegian(tmp_path_factory) -> Path:
    """Return the site of a book in Norwegian."""
    return small_book.make(tmp_path_factory.mktemp("nb"), "nb", TRANSLATION)


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory) -> Path:
    """Return the site of a book in Arabic, whose fixed words are English ones in disguise."""
    folder = tmp_path_factory.mktemp("ar")
    catalogue = tool.renewed(tool.empty("ar"), tool.template())
    for message in catalogue:
        if message.id and message.pluralizable:
            message.string = (RIGHT_TO_LEFT + message.id[1],) * catalogue.num_plurals
        elif message.id:
            message.string = RIGHT_TO_LEFT + message.id
    (folder / "locale").mkdir()
    (folder / "locale" / "ar.po").write_bytes(tool.text_of(catalogue))
    return small_book.make(folder, "ar", words_folder=str(folder / "locale"))


def page(site: Path, document: str) -> BeautifulSoup:
    """Return a page, parsed."""
    return BeautifulSoup((site / f"{document}.html").read_text("utf-8"), "html.parser")


def flat(text: str) -> str:
    """Return a text without markup of MyST or HTML, white space and links to headings."""
    text = re.sub(r"\{\w+(?::\w+)?\}`[^`]*`|\$[^$]*\$|\\\(.*?\\\)", "", text)
    return re.sub(r"[\s*#]", "", text)


def test_the_first_page_of_a_chapter_is_norwegian(norwegian):
    soup = page(norwegian, CHAPTER)
    assert (soup.html["lang"], soup.html.get("dir")) == ("nb", None)
    catalogue = tool.read(TRANSLATION, "nb")
    notebook = json.loads((build.ROOT / f"{CHAPTER}.ipynb").read_text("utf-8"))
    source = flat("".join("".join(cell["source"]) for cell in notebook["cells"][:3]))
    present = [m for m in catalogue if m.id and flat(m.id) in source]
    assert len(present) >= len(catalogue) / 2, "the chapter has changed: translate it anew"
    article = soup.find("article")
    for formula in article.select(".math, a.internal, .bibtex"):
        formula.decompose()
    shown = re.sub(r"\(\)", "", flat(article.get_text()))
    for message in present:
        for piece in re.split(r"\{[\w:]+\}`[^`]*`|\$[^$]*\$", message.string):
            assert flat(piece).strip("().,") in shown, piece


def test_the_fixed_words_of_a_page_are_norwegian(norwegian):
    soup = page(norwegian, CHAPTER)
    headings = [e.get_text().rstrip("#") for e in soup.select("article h2")]
    names = words.headings()
    assert headings[-3:] == [nb(names[name]) for name in ("summary", "exercises", "reading")]
    anchors = [e.parent["id"] for e in soup.select("article h2")]
    assert anchors[-3:] == ["summary", "exercises", "further-reading"]  # those of links
    assert soup.select_one(".admonition.tip .admonition-title").get_text() == nb("At a glance")
    for text in ("Exercise", "Solution to", "Show code cell source", "Search this book"):
        assert nb(text) != text
    home = nb("{title} - Home").format(title="")
    assert {e["alt"].endswith(home) for e in soup.select("img.logo__image")} == {True}
    text = soup.get_text()
    for said in ("Exercise", "Solution to", "Show code cell source", "Skip to main content"):
        assert nb(said) in text
        assert not re.search(rf"\b{said}\b", text), said
    titles = {e["title"] for e in soup.select("[title]")}
    for said in ("next page", "previous page", "Link to this equation", "Link to this heading"):
        assert nb(said) in titles
        assert said not in titles
    first = page(norwegian, "chapters/index").get_text()
    assert nb("Figure %s") % "1" in " ".join(first.split())


def test_the_search_is_norwegian(norwegian):
    data = (norwegian / "_static" / "language_data.js").read_text("utf-8")
    assert "NorwegianStemmer" in data.replace(" ", "")
    assert '"også"' in data.replace("\\u00e5", "å") or "ikke" in data
    scripts = [e["src"] for e in page(norwegian, "search").select("script[src]")]
    assert any("translations.js" in script for script in scripts)
    assert nb("Searching") in (norwegian / "_static" / "translations.js").read_text("utf-8")


def test_python_in_the_browser_speaks_norwegian(norwegian):
    live = norwegian / "_static" / "live"
    if not live.exists():
        pytest.skip("the site has no live cells: no source of their files answered")
    texts = json.loads((live / "words.json").read_text("utf-8"))
    assert texts["It has no docstring."] == nb("It has no docstring.")
    assert "Run this page" not in texts  # the scripts' own


@pytest.mark.browser
def test_scripts_speak_norwegian(norwegian, new_tab):
    with server.serve(norwegian) as address:
        tab = new_tab(address).open(f"{CHAPTER}.html")
        assert tab.page.get_by_label(nb("I have read this chapter")).count() == 1
        assert tab.page.locator(".copybtn").first.get_attribute("data-tooltip") == nb("Copy")
        if (norwegian / "_static" / "live").exists():
            start = tab.page.get_by_role("button", name=nb("Run this page"))
            start.click()
            tab.page.get_by_role("button", name=nb("Run cell {number}", number=2)).wait_for()
        tab.open("chapters/index.html")
        button = nb("Keep the whole book for offline use ({size})", size="").strip(" ()")
        keep = tab.page.get_by_role("button", name=button)
        keep.first.wait_for()  # once its script has loaded
        assert keep.count() == 1
        tab.open("search.html?q=xylofon").page.wait_for_function(
            "text => document.querySelector('#search-results').textContent.includes(text)",
            arg=nb(words.SEARCH[4]),
        )
        assert (tab.foreign_requests, tab.missing, tab.errors) == ([], [], [])
        tab.context.close()


ENGLISH = re.compile(r"(?i)\b(the|of|is|with|after|step|weights?|values?|layer|reset|link|next)\b")


@pytest.mark.browser
def test_figures_with_handles_speak_norwegian(norwegian, new_tab):
    with server.serve(norwegian) as address:
        tab = new_tab(address).open(f"{CHAPTER}.html")
        tab.page.locator(".explore").scroll_into_view_if_needed()
        figure = tab.page.locator(".explorable")
        figure.get_by_role("button", name=nb("Take a step")).click()
        said = nb("Output {output}, cost {cost}; after a step of gradient descent {next}.")
        tab.page.wait_for_function(
            "text => document.querySelector('.explorable-spoken').textContent.startsWith(text)",
            arg=said.split("{")[0],
        )
        figure.get_by_role("button", name=nb("First step")).click()
        texts = figure.evaluate(
            "e => [e.textContent, ...[...e.querySelectorAll('[aria-label]'), e]"
            ".map(one => one.getAttribute('aria-label'))]"
        )
        assert nb("A network with all its values and derivatives") in texts
        assert nb("Link to this state") in texts[0]
        assert not [text for text in texts if ENGLISH.search(text)]
        assert (tab.foreign_requests, tab.missing, tab.errors) == ([], [], [])
        tab.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["chapters/index", CHAPTER, "search"])
def test_a_language_from_the_right_fits(mirrored, new_tab, name):
    with server.serve(mirrored) as address:
        tab = new_tab(address).open(f"{name}.html")
        shown = tab.page
        root = "document.documentElement"
        assert shown.evaluate(f"[{root}.lang, {root}.dir]") == ["ar", "rtl"]
        text = shown.locator("main").first
        assert text.evaluate("e => getComputedStyle(e).direction") == "rtl"
        for width in (320, 800, 1280):
            shown.set_viewport_size({"width": width, "height": 900})
            assert shown.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), width
        assert not violations(shown)
        pre = shown.locator("article pre").first
        if pre.count():  # code is written from the left in every language
            assert pre.evaluate("e => getComputedStyle(e).direction") == "ltr"
        tab.context.close()
