"""Finding things: the search, the glossary and its links, previews, chapters marked as read."""

import functools
import json
import re
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

from web import build, words
from web.pages import glossary_links

DOCUMENTS = build.documents()
CHAPTERS = [document for document in DOCUMENTS if re.search(r"/\d\d-", document)]
say = words.book().say
ENTRIES = glossary_links.entries((build.ROOT / "chapters" / "glossary.md").read_text("utf-8"))

# What a reader might type, and a place that must be among the first hits.
QUERIES = {
    "Hadamard": "glossary#term-Hadamard-product",
    "BP2": "09-back-propagation#equation-eq-bp2",
    "eq-bp2": "09-back-propagation#equation-eq-bp2",
    "vector-Jacobian": "glossary#term-vectorJacobian-product",
    "vjp": "03-chain-rule",
    "softmax": "glossary#term-softmax",
    "cross-entropy": "glossary#term-cross-entropy",
    "Xavier": "glossary",
    "glorot": "11-activation-functions",
    "chain rule": "03-chain-rule",
    "XOR": "16-gates",
    "delta": "09-back-propagation#equation-def-delta",
    "δ": "09-back-propagation#equation-def-delta",
    "backpropagation": "09-back-propagation",
    "minibatch": "glossary#term-mini-batch",
    "batch normalization": "12-normalisation-dropout-clipping",
    "universal approximation": "02-universal-approximation",
    "gradient_check": "api#backprop.checks.gradient_check",
    "loss": "glossary#term-cost",
}

# Some terms and the chapters that cannot do without them.
FIRST_USES = {
    "03": "Jacobian",
    "05": "tape",
    "06": "learning-rate",
    "09": "softmax",
    "10": "condition-number",
    "12": "dropout",
    "13": "vectorJacobian-product",
    "16": "sigmoid",
    "20": "tensor",
}

HITS = """() => [...document.querySelectorAll("#search-results li > a")].slice(0, 6)
  .map((e) => e.pathname.split("/").at(-1).replace(".html", "") + e.hash)"""
READY = """() => document.querySelector("#search-results .search-summary")
  && !/Searching|Preparing/.test(document.querySelector("#search-results").textContent)"""


@pytest.fixture(scope="module")
def page_of(new_tab, address):
    """Return one tab for the tests of this module; nothing may go wrong in it."""
    tab = new_tab(address)
    yield tab
    tab.context.close()
    assert (tab.foreign_requests, tab.missing, tab.errors) == ([], [], [])


@pytest.mark.parametrize("query", QUERIES)
def test_search_leads_to_the_place(page_of, query):
    page = page_of.page
    page.goto(f"{page_of.home}/search.html?q={quote(query)}")
    page.wait_for_function(READY)
    page.wait_for_timeout(100)
    assert QUERIES[query] in page.evaluate(HITS)


@functools.cache
def links(site, chapter: str) -> list[tuple[str, str]]:
    """Return the links from a chapter to the glossary: the words and the anchors."""
    soup = BeautifulSoup((site / f"{chapter}.html").read_text("utf-8"), "html.parser")
    found = soup.select("article a.term-link")
    for link in found:
        assert not link.find_parent(["h1", "h2", "h3", "pre", "code", "figcaption"]), link
        assert not link.find_parent(class_=["admonition-title", "tip", "math"]), link
    return [(" ".join(a.get_text().split()), a["href"].partition("#")[2]) for a in found]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_first_use_of_a_term_leads_to_the_glossary(site, chapter):
    found = links(site, chapter)
    anchors = [anchor for _, anchor in found]
    assert len(set(anchors)) == len(anchors) >= 5
    expected = FIRST_USES.get(chapter.rpartition("/")[2][:2])
    assert expected is None or f"term-{expected}" in anchors


def test_the_glossary_is_in_use_and_in_order(site):
    assert len(ENTRIES) >= 60
    terms = [entry.term for entry in ENTRIES]
    assert len(set(terms)) == len(terms)
    linked = {anchor for chapter in CHAPTERS for _, anchor in links(site, chapter)}
    soup = BeautifulSoup((site / "chapters" / "glossary.html").read_text("utf-8"), "html.parser")
    anchors = {dt["id"]: dt.get_text().rstrip("#").strip() for dt in soup.select("dl.glossary dt")}
    assert len(anchors) == len(ENTRIES)
    unused = set(anchors) - linked
    allowed = {entry.term for entry in ENTRIES if not entry.linked}
    assert {anchors[anchor] for anchor in unused} <= allowed
    for definition in soup.select("dl.glossary dd"):
        assert len(definition.get_text().split()) > 6


def test_words_over_the_end_of_a_line_and_other_forms():
    words, owner = glossary_links.pattern(
        glossary_links.entries(
            "```{glossary}\n.. also: batchnorm\n.. not in: 05 06\nbatch norm\n  A layer.\n"
            ".. not linked\ncost\n  A number.\n```\n"
        )
    )
    found = [m[0] for m in words.finditer("Batch\nnorm, batch-norms, abatch norm; cost-free costs")]
    assert found == ["Batch\nnorm", "batch-norms", "costs"]
    assert owner["batch norm"].not_in == {"05", "06"}
    assert not owner["cost"].belongs("01")
    assert not owner["batch norm"].belongs("05")
    assert owner["batch norm"].belongs("01")


KINDS = {  # where, a link, and what its card holds
    "an equation of this page": ("a.internal[href='#equation-eq-bp1-chain']", "mjx-container"),
    "an equation of another page": ("a[href*='06-perceptron.html#equation']", "mjx-container"),
    "a term": ("a.term-link[href*='#term-softmax']", "p"),
    "a work": ("a[href*='references.html#']", "p"),
}


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_link_shows_what_it_leads_to(page_of, kind, how):
    page = page_of.open("chapters/09-back-propagation.html").page
    selector, content = KINDS[kind]
    link = page.locator(f"article {selector}").first
    link.scroll_into_view_if_needed()
    if how == "pointer":
        link.hover()
    else:
        page.keyboard.press("Tab")  # the keyboard is in use
        link.focus()
    page.wait_for_selector(f"main .preview[role=tooltip] {content}")
    assert page.locator(".preview").count() == 1
    assert not page.locator(".preview a, .preview [id], .preview dd").count()
    assert not page.locator(".preview [role=listitem], .preview [role=doc-biblioentry]").count()
    box = page.locator(".preview").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    if how == "pointer":  # one can move onto the card, and it stays
        page.mouse.move(box["x"] + 20, box["y"] + 15, steps=4)
        page.wait_for_timeout(500)
        assert page.locator(".preview").count() == 1
    page.keyboard.press("Escape")
    assert not page.locator(".preview").count()


def test_a_card_goes_when_the_pointer_has_gone(page_of):
    page = page_of.open("chapters/09-back-propagation.html").page
    page.locator("article a.term-link").first.hover()
    page.wait_for_selector(".preview")
    page.mouse.move(2, 2)
    page.wait_for_selector(".preview", state="detached")


def test_previews_in_a_folder_are_silent(new_tab, site):
    tab = new_tab(site.as_uri())
    page = tab.open("chapters/09-back-propagation.html").page
    page.locator("article a.term-link").first.hover()
    page.wait_for_timeout(600)
    assert not page.locator(".preview").count()
    page.locator("article a.internal[href='#equation-eq-bp1-chain']").first.hover()
    page.wait_for_selector(".preview mjx-container")
    assert not tab.errors
    tab.context.close()


def test_chapters_read_are_marked_and_forgotten(new_tab, address):
    tab = new_tab(address)
    page = tab.open(f"{CHAPTERS[2]}.html").page
    ticks = page.locator("nav.bd-links .chapter-read")
    box = page.get_by_label(say("I have read this chapter"))
    assert not box.is_checked()
    assert not ticks.count()
    box.focus()
    page.keyboard.press("Space")
    assert ticks.count() == 1
    tab.open(f"{CHAPTERS[5]}.html")
    link = page.locator(f"nav.bd-links a[href='{CHAPTERS[2].rpartition('/')[2]}.html']")
    assert say("(read)") in link.inner_text()
    assert not box.is_checked()
    box.check()
    told = say("{number} of {all} chapters read.", number=2, all=len(CHAPTERS))
    assert page.locator(".progress-mark [role=status]").inner_text() == told
    tab.open("chapters/index.html")
    assert ticks.count() == 2
    assert not page.locator(".progress-mark").count()
    stored = page.evaluate("Object.entries(localStorage).filter(([k]) => k.includes('read'))")
    assert [json.loads(value) for _, value in stored] == [
        sorted(c.rpartition("/")[2] for c in (CHAPTERS[2], CHAPTERS[5]))
    ]
    tab.open(f"{CHAPTERS[5]}.html")
    page.get_by_role("button", name=say("Forget all")).click()
    assert not ticks.count()
    assert not box.is_checked()
    assert not page.evaluate("Object.keys(localStorage).filter((k) => k.includes('read'))")
    assert (tab.foreign_requests, tab.missing, tab.errors) == ([], [], [])
    tab.context.close()
