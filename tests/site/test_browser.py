"""The pages in a real browser: they load, stay on the site, show their formulas, and can be
read on a narrow screen, by keyboard, with a screen reader, in the dark and from a folder."""

import re
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe

from tools import bench_site
from web import build

DOCUMENTS = build.documents()
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

# Formulas that a screen reader could not read: it reads the MathML beside the drawn one.
MUTE = """() => [...document.querySelectorAll("mjx-container")].filter((e) => {
  const spoken = e.querySelector("mjx-assistive-mml > math");
  return !spoken || !spoken.textContent.trim() || !spoken.checkVisibility()
    || e.querySelector("mjx-math").ariaHidden !== "true" || e.closest("[aria-hidden=true]");
}).map((e) => e.textContent)"""

# Icons that show nothing: no character, or none that the fonts on the site have.
BLANK_ICONS = """async () => {
  await document.fonts.ready;
  return [...document.querySelectorAll("i[class*=fa-]")].filter((e) => e.checkVisibility())
    .filter((e) => {
      const style = getComputedStyle(e, "::before");
      return !/^"[\ue000-\uf8ff]"$/.test(style.content) || !style.fontFamily.includes("Awesome")
        || e.getBoundingClientRect().width < 4;
    }).map((e) => e.outerHTML);
}"""

# Links that the bar at the top would cover when the keyboard goes back to them.
COVERED = """() => {
  const links = [...document.querySelectorAll("article a[href], article button")]
    .filter((e) => e.checkVisibility({visibilityProperty: true})).slice(-30).reverse();
  return links.filter((e) => {
    e.focus();
    const box = e.getClientRects()[0];
    const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return seen?.closest(".bd-header-article, .bd-header");
  }).map((e) => e.outerHTML.slice(0, 120));
}"""

# How much of a small window the text has, when one is in the middle of it.
ROOM = """() => {
  document.querySelector("article h2")?.scrollIntoView({behavior: "instant"});
  let free = 0;
  for (let y = 2; y < innerHeight; y += 4) {
    if (document.elementFromPoint(innerWidth / 2, y)?.closest("article")) free += 4;
  }
  return free / innerHeight;
}"""

# Empty the formulas, with which the browser is slow at every key; return what could have been
# reached inside them.
EMPTY = """() => {
  const reach = "a[href], button, input, summary, select, textarea, [tabindex]";
  const formulas = [...document.querySelectorAll("mjx-container")];
  const found = formulas.filter((e) => e.querySelector(reach)).map((e) => e.textContent);
  formulas.forEach((e) => e.replaceChildren("x"));
  return found;
}"""

# While one goes through the page with the tab key: what got the focus, and whether it shows.
RECORD = """() => {
  document.body.tabIndex = -1;
  document.body.focus();  // from where the tab key goes to the first link
  document.body.removeAttribute("tabindex");
  window.visited = [];
  document.addEventListener("focusin", ({target}) => {
    const style = getComputedStyle(target);
    const shown = style.outlineStyle !== "none" || style.boxShadow !== "none"
      || target.matches(".skip-link *");
    const last = window.visited.at(-1)?.element;
    window.visited.push({element: target, shown, order: !last
      || !!(last.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING)});
  });
}"""
VISITED = """() => {
  const reach = "a[href], button, input, summary, select, textarea, [tabindex='0']";
  const all = [...document.querySelectorAll(reach)].filter((e) => e.tabIndex >= 0 && !e.disabled
    && e.checkVisibility({visibilityProperty: true}) && !e.closest("dialog:not([open])"));
  const visited = window.visited;
  return {
    count: visited.length,
    unseen: visited.filter((v) => !v.shown).map((v) => v.element.outerHTML.slice(0, 120)),
    backwards: visited.filter((v) => !v.order).map((v) => v.element.outerHTML.slice(0, 120)),
    missed: all.filter((e) => !visited.some((v) => v.element === e))
      .map((e) => e.outerHTML.slice(0, 120)),
  };
}"""

# Everything is on its place, and of its colour, before a picture is taken.
SETTLE = """async () => {
  document.head.insertAdjacentHTML("beforeend",
    "<style>*, ::before, ::after { transition: none !important }</style>");
  const images = [...document.images];
  images.forEach((image) => { image.loading = "eager"; });
  await Promise.all(images.map((image) => image.decode().catch(() => {})));
}"""

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

SCREENSHOTS = build.BUILD / "screenshots"

# axe calls the first one experimental; it matters to whoever speaks to the computer.
NAMES = {"label-content-name-mismatch": {"enabled": True}}
# Of all rules, these two ask for colours.
COLOURS = ["color-contrast", "link-in-text-block"]
NO_COLOURS = {rule: {"enabled": False} for rule in COLOURS}


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
    first_view: int = 0
    mute: list[str] = field(default_factory=list)
    blank_icons: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    keyboard: dict = field(default_factory=dict)
    covered: list[str] = field(default_factory=list)
    room: float = 0.0
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

    def resize(page, width: int, height: int = 900):
        """Change the size, and give the theme and book.js time to follow."""
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(20):
            page.wait_for_timeout(100)
            if all(reachable for reachable, html in page.evaluate(SCROLLING)):
                break

    def picture(page, document: str, how: str):
        """Keep a picture of the first screen of a page."""
        page.evaluate("scrollTo(0, 0)")
        name = f"{document.rpartition('/')[2]}-{how}.jpg"
        page.screenshot(path=SCREENSHOTS / name, type="jpeg", quality=50)

    def tab_through(page) -> dict:
        """Press the tab key until the page ends; return what was seen on the way."""
        page.evaluate(RECORD)
        for _ in range(40):
            for _ in range(25):
                page.keyboard.down("Tab")  # held down, it repeats itself
            if page.evaluate("window.visited.some((v) => !v.order)"):  # at the beginning again
                break
        page.keyboard.up("Tab")
        return page.evaluate(VISITED)

    def look_at(document: str) -> Seen:
        if document in seen:
            return seen[document]
        tab = new_tab(address)
        page = tab.page
        sizes = bench_site.count_transfers(page)
        tab.open(f"{document}.html")
        page.wait_for_load_state("networkidle")
        result = Seen(tab.errors, tab.strangers, tab.missing, page.evaluate(FORMULAS))
        result.first_view = sum(sizes().values())
        result.mute = page.evaluate(MUTE)
        result.blank_icons = page.evaluate(BLANK_ICONS)
        page.evaluate(SETTLE)
        picture(page, document, "wide")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        picture(page, document, "dark")
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        for width in (1280, 320):
            resize(page, width)
            result.too_wide[width] = page.evaluate(STICKING_OUT)
        picture(page, document, "narrow")
        result.scrolling = page.evaluate(SCROLLING)
        resize(page, 320, 256)  # 1280 by 1024 at 400 %
        result.room = page.evaluate(ROOM)
        result.covered = page.evaluate(COVERED)
        result.inside = page.evaluate(EMPTY)
        resize(page, 1280)
        result.keyboard = tab_through(page)
        page.evaluate(LIGHTEN)
        resize(page, 320)
        result.axe["narrow"] = violations(page, rules=NAMES | NO_COLOURS)
        resize(page, 1280)
        result.axe["wide"] = violations(page, rules=NAMES)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        result.axe["dark"] = violations(page, runOnly=COLOURS)
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


def test_formulas_can_be_read_out(look, document):
    assert not look(document).mute


def test_icons_are_there(look, document):
    assert not look(document).blank_icons


def test_the_first_view_is_light(look, document):
    assert look(document).first_view <= bench_site.LIMIT


def test_bytes_are_counted(tab):
    """A page without figures, to be sure that what is counted is what is on the wire."""
    sizes = bench_site.count_transfers(tab.page)
    tab.open("chapters/teaching.html")
    tab.page.wait_for_load_state("networkidle")
    found = {address.rpartition("/")[2].partition("?")[0]: s for address, s in sizes().items()}
    page = (build.HTML / "chapters" / "teaching.html").stat().st_size
    assert page / 10 < found["teaching.html"] < page / 2  # compressed
    icons = build.HTML / "_static" / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.woff"
    assert icons.stat().st_size < found["fa-solid-900.woff"] < icons.stat().st_size + 400


def test_every_page_can_be_walked_through_with_the_tab_key(look, document):
    assert not look(document).inside, "where the keyboard was not tried"
    keyboard = look(document).keyboard
    assert keyboard["count"] > 20
    assert not keyboard["missed"]
    assert len(keyboard["backwards"]) <= 1, "only from the end to the beginning"
    assert not keyboard["unseen"]


def test_the_text_has_room_at_400_per_cent(look, document):
    seen = look(document)
    assert seen.room > 0.6
    assert not seen.covered


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


def test_there_was_something_to_see(look, document):
    """In every chapter: without it, the two tests above would say little."""
    seen = look(document)
    assert seen.scrolling or document not in CHAPTERS
    assert seen.grounds or document not in CHAPTERS


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
