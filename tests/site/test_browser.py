"""The pages in a real browser: they load, stay on the site, show their formulas, and can be
read on a narrow screen, by keyboard, with a screen reader, in the dark and from a folder."""

import re
from dataclasses import dataclass, field

import book
import pytest
from axe_playwright_python.sync_playwright import Axe

DOCUMENTS = book.listed()
CHAPTERS = [document for document in DOCUMENTS if re.search(r"/\d\d-", document)]

# What is in the article: formulas, those not typeset, those with an error, and loose markup.
FORMULAS = """() => {
  const formulas = [...document.querySelectorAll("article .math")];
  const copy = document.querySelector("article").cloneNode(true);
  copy.querySelectorAll("pre, code, mjx-container, script").forEach((e) => e.remove());
  return {
    count: formulas.length,
    plain: formulas.filter((e) => !e.querySelector("mjx-container")).map((e) => e.textContent),
    wrong: [...document.querySelectorAll(
      "mjx-merror, [data-mjx-error], mjx-container [style*='color: red']")].map((e) => e.outerHTML),
    loose: copy.textContent.match(/\\\\[(\\[]|\\$\\$|\\\\(frac|delta|sum)/g) || [],
  };
}"""

# What sticks out of the window, if the page scrolls sideways.
STICKING_OUT = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll("main *")]
    .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)
    .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5).concat("(the page is too wide)");
}"""

# What scrolls inside itself, and whether a keyboard can get there.
SCROLLING = """() => [...document.querySelectorAll("article *")]
  .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.checkVisibility()
    && ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
  .map((e) => [e.tabIndex >= 0 || e.querySelector("a, [tabindex='0']") !== null,
    e.outerHTML.slice(0, 120)])"""

# The grounds of the figures.
GROUNDS = """() => [...document.querySelectorAll("article .cell_output img")]
  .map((e) => getComputedStyle(e).backgroundColor)"""

# What axe need not see again and again: the insides of formulas, which are MathJax's, and of
# the tokens of code more than one of each kind.  It then takes seconds, not half a minute.
LIGHTEN = """() => {
  document.querySelectorAll("mjx-container").forEach((e) => e.replaceWith("x"));
  const seen = new Set();
  document.querySelectorAll("pre span[class]").forEach((e) => {
    const kind = e.className + " in " + e.closest("div[class]").className;
    if (seen.has(kind)) e.remove(); else seen.add(kind);
  });
}"""

# axe calls the first one experimental; it matters to whoever speaks to the computer.
NAMES = {"label-content-name-mismatch": {"enabled": True}}
NO_COLOURS = {"color-contrast": {"enabled": False}}


@dataclass
class Seen:
    """What was seen on a page."""

    errors: list[str]
    strangers: list[str]
    missing: list[str]
    formulas: dict
    too_wide: dict[int, list[str]] = field(default_factory=dict)
    scrolling: list = field(default_factory=list)
    grounds: list[str] = field(default_factory=list)
    axe: dict[str, list[str]] = field(default_factory=dict)


def violations(page, **options) -> list[str]:
    """Return what axe finds on a page, a line for each."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False, **options})
    return [
        f"{v['impact']} {v['id']}: {node['html'][:160]}"
        for v in found.response["violations"]
        for node in v["nodes"][:3]
    ]


@pytest.fixture(scope="module")
def look(new_tab, address):
    """Return a function that looks at a page once and remembers what it saw."""
    seen: dict[str, Seen] = {}

    def resize(page, width: int):
        """Change the width, and give the theme and book.js time to follow."""
        page.set_viewport_size({"width": width, "height": 900})
        for _ in range(20):
            page.wait_for_timeout(100)
            if all(reachable for reachable, html in page.evaluate(SCROLLING)):
                break

    def look_at(document: str) -> Seen:
        if document in seen:
            return seen[document]
        tab = new_tab(address).open(f"{document}.html")
        page = tab.page
        result = Seen(tab.errors, tab.strangers, tab.missing, page.evaluate(FORMULAS))
        for width in (1280, 320):
            resize(page, width)
            result.too_wide[width] = page.evaluate(STICKING_OUT)
        result.scrolling = page.evaluate(SCROLLING)
        page.evaluate(LIGHTEN)
        result.axe["narrow"] = violations(page, rules=NAMES | NO_COLOURS)
        resize(page, 1280)
        result.axe["wide"] = violations(page, rules=NAMES)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.wait_for_timeout(400)  # colours fade over
        result.axe["dark"] = violations(page, runOnly=["color-contrast"])
        result.grounds = page.evaluate(GROUNDS)
        tab.context.close()
        seen[document] = result
        return result

    return look_at


def test_the_page_loads_without_errors_and_asks_nobody_else(look, document):
    seen = look(document)
    assert not seen.strangers
    assert not seen.missing
    assert not seen.errors


def test_formulas_are_typeset(look, document):
    formulas = look(document).formulas
    assert not formulas["plain"]
    assert not formulas["wrong"]
    assert not formulas["loose"]
    assert formulas["count"] or document not in CHAPTERS


@pytest.mark.parametrize("tex", [r"\frac{1", r"\nosuchmacro{x}", r"\left( x", "x_1_2"])
def test_a_wrong_formula_would_be_noticed(tab, tex):
    page = tab.open(f"{CHAPTERS[0]}.html").page
    page.evaluate(
        """(tex) => {
          const span = document.createElement("span");
          span.className = "math notranslate nohighlight";
          span.textContent = "\\\\(" + tex + "\\\\)";
          document.querySelector("article").append(span);
          return MathJax.typesetPromise();
        }""",
        tex,
    )
    formulas = page.evaluate(FORMULAS)
    assert formulas["wrong"] or formulas["plain"]


@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_does_not_scroll_sideways(look, document, width):
    assert not look(document).too_wide[width]


def test_what_scrolls_by_itself_can_be_reached_by_keyboard(look, document):
    assert not [html for reachable, html in look(document).scrolling if not reachable]


def test_figures_keep_a_white_ground_in_the_dark(look, document):
    assert set(look(document).grounds) <= {"rgb(255, 255, 255)"}


def test_there_was_something_to_see(look):
    """On some pages at least: without it, the tests above would say little."""
    seen = [look(document) for document in CHAPTERS]
    assert any(page.scrolling for page in seen)
    assert any(page.grounds for page in seen)


def test_axe_finds_nothing(look, document):
    found = look(document).axe
    assert set(found) == {"narrow", "wide", "dark"}
    assert not [f"{how}: {line}" for how, lines in found.items() for line in lines]


def test_axe_would_find_something(tab):
    page = tab.open("chapters/index.html").page
    page.evaluate("""() => {
      const article = document.querySelector("article");
      article.innerHTML += "<img src='../_static/logo.svg'><p style='color: #ddd'>pale</p>";
    }""")
    found = " ".join(violations(page, rules=NAMES))
    assert "image-alt" in found
    assert "color-contrast" in found


def test_search_finds_what_chapters_say(tab):
    page = tab.open("chapters/index.html").page
    page.keyboard.press("Control+k")
    page.keyboard.type("softmax")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=softmax*")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function(
        "!document.querySelector('#search-results').textContent.includes('Searching')"
    )
    hits = page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.pathname)")
    found = {hit.strip("/").removesuffix(".html") for hit in hits}
    assert found <= set(DOCUMENTS)
    assert found & set(CHAPTERS)
    assert not tab.strangers
    assert not tab.missing
    assert not tab.errors
    page.click("#search-results li a >> nth=0")
    page.wait_for_selector("article h1")
    assert page.locator("article").inner_text().lower().count("softmax")


def test_search_says_when_there_is_nothing(tab):
    page = tab.open("search.html?q=xylophone").page
    page.wait_for_function(
        "document.querySelector('#search-results').textContent.includes('did not match')"
    )
    assert not page.query_selector("#search-results li a")
    assert not violations(page, rules=NAMES)


def test_next_and_previous_turn_the_page(tab):
    page = tab.page
    page.goto(f"{tab.home}/index.html")
    page.wait_for_url("**/chapters/index.html")
    page.click(".right-next")
    page.wait_for_url(f"**/{DOCUMENTS[1]}.html")
    page.click(".left-prev")
    page.wait_for_url(f"**/{DOCUMENTS[0]}.html")
    assert not tab.errors


def test_the_keyboard_leads_to_the_text(tab):
    page = tab.open(f"{CHAPTERS[0]}.html").page
    page.keyboard.press("Tab")
    focused = "document.activeElement"
    assert page.evaluate(f"{focused}.textContent.trim()") == "Skip to main content"
    page.wait_for_function(
        "document.activeElement.getBoundingClientRect().top >= 0"
    )  # it slides in
    page.keyboard.press("Enter")
    for _ in range(12):  # a few buttons come before the text
        page.keyboard.press("Tab")
        if page.evaluate(f"{focused}.closest('article') !== null"):
            break
    assert page.evaluate(f"{focused}.closest('article') !== null")


def test_solutions_are_folded_and_open_by_keyboard(tab):
    page = tab.open(f"{CHAPTERS[0]}.html").page
    folded = page.locator("div.solution.dropdown")
    assert folded.count()
    body = folded.first.locator("section").first
    assert not body.is_visible()
    folded.first.locator("button.toggle-button").focus()
    page.keyboard.press("Enter")
    assert body.is_visible()


def test_light_and_dark(tab):
    page = tab.open("chapters/index.html").page
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    light = page.evaluate(ground)
    for _ in range(2):  # from light to the system's setting to dark
        page.locator(".theme-switch-button:visible").first.click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(ground) != light
    tab.open(f"{CHAPTERS[-1]}.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark", "it is remembered"


def test_the_site_can_be_read_from_its_folder(new_tab, site):
    tab = new_tab(site.as_uri())
    page = tab.open(f"{CHAPTERS[-1]}.html").page
    formulas = page.evaluate(FORMULAS)
    assert formulas["count"]
    assert not formulas["plain"]
    fonts = page.evaluate(
        "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)"
    )
    assert any("MJX" in name for name in fonts)
    assert not tab.strangers
    assert not tab.errors
    tab.open("search.html?q=softmax")
    page.wait_for_selector("#search-results li a")
    tab.context.close()
