"""The pages in a real browser: they load, stay on the site, show their formulas, and can be
read on a narrow screen, by keyboard, with a screen reader, in the dark and from a folder.

What a look at a page gave is kept until the page, what all pages load, the browser or these tests
change, and is judged again every time; where every test is required, each page is looked at anew.
"""

import importlib.metadata
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from looks import Looks

from tools import bench_site
from web import build, chromium, words
from web.live import fetch

DOCUMENTS = build.documents()
CHAPTERS = [document for document in DOCUMENTS if re.search(r"/\d\d-", document)]

say = words.book().say
SCREENSHOTS = build.BUILD / "screenshots"
SCRIPT = Path(__file__).with_name("browser.js")
FAULTS = Path(__file__).with_name("faults.js")
FUNCTIONS = SCRIPT.read_text(encoding="utf-8")
# What a look depends on besides what all looks do.
INSTRUMENTS = [
    *(Path(module.__file__) for module in (bench_site, chromium)),
    *(Path(__file__).with_name(name) for name in ("test_browser.py", "files.toml")),
    FAULTS,
]

# axe calls the first one experimental; it matters to whoever speaks to the computer.
NAMES = {"label-content-name-mismatch": {"enabled": True}}
# Of all rules, these two ask for colours.
COLOURS = ["color-contrast", "link-in-text-block"]
NO_COLOURS = {rule: {"enabled": False} for rule in COLOURS}

SNIFFER = Path(__file__).with_name("files.toml")
# What HTML_CodeSniffer says of pages without being right, and why; its notices, of what somebody
# should look at on any page, do not count at all.
NO_FAULTS = {
    "1_3_1.H39.3.NoCaption": "a table needs no caption where the text says what it is",
    "1_3_1.H42": "a paragraph in bold or in italics may be a word that begins a list or an entry",
    "1_3_1.H48": "a paragraph with several links is no navigation",
    "1_3_1.H85.2": "a long list of choices needs no groups where it goes from 0 to 9",
    "1_4_3.G18.Alpha": "asks for a look where a colour is transparent: axe computes what is seen",
    "1_4_10.C32,C31,C33,C38,SCR34,G206": "what is fixed or keeps its lines scrolls in its place",
    "3_2_2.H32.2": "the search has one field, from which the return key sends it",
    "4_1_2.H91.Select.Value": "where no choice is marked in the source, the first one is taken",
}


@dataclass
class Report:
    """What a look at a page gives."""

    errors: list[str]
    foreign_requests: list[str]
    missing: list[str]
    formulas: dict
    too_wide: dict[str, list[str]] = field(default_factory=dict)
    explorables: int = 0
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
    sniffed: list[str] | None = None


def call(page, name: str, argument=None):
    """Call one of the functions in browser.js; return what it returns."""
    return page.evaluate(f"{FUNCTIONS.rstrip()}.{name}", argument)


def violations(page, **options) -> list[str]:
    """Return what axe finds on a page, a line for each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE_SCRIPT}\n{FAULTS.read_text(encoding='utf-8')}")
    found = page.evaluate("(options) => faults(options)", options)
    return [f"{impact} {name}: {html}" for impact, name, html in found]


@pytest.fixture(scope="module")
def sniff():
    """Return a function that says what HTML_CodeSniffer finds on a page, a line for each.

    It is None if that could not be fetched.
    """
    files = fetch.ensure(SNIFFER, "tests of the pages")
    if files is None:
        return None
    program = files["HTMLCS.js"].read_text(encoding="utf-8")

    def sniff_at(page) -> list[str]:
        page.evaluate(program)
        found = {(code.split(".", 3)[3], html) for code, html in call(page, "sniff")}
        return [f"{code}: {html}" for code, html in sorted(found) if code not in NO_FAULTS]

    return sniff_at


@pytest.fixture(scope="module")
def looks(site, chrome, sniff, required):
    """Return the looks that Chromium has taken."""
    versions = chrome.version, importlib.metadata.version("axe-playwright-python"), f"{bool(sniff)}"
    return Looks(site, "Chromium", required, *INSTRUMENTS, *versions)


@pytest.fixture(scope="module")
def look_once(new_tab, address, looks, sniff):
    """Return a function that looks at a page, unless it is as it was at the last look."""
    reports: dict[str, Report] = {}

    def look_or_remember(document: str) -> Report:
        if document not in reports:
            seen = looks.take(document, lambda document: asdict(look_at(document)))
            reports[document] = Report(**seen)
        return reports[document]

    def resize(page, width: int, height: int = 900):
        """Change the size, and give the theme and book.js time to follow."""
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(20):
            page.wait_for_timeout(100)
            if all(reachable for reachable, html in call(page, "scrolling")):
                break

    def picture(page, document: str, how: str):
        """Keep a picture of the first screen of a page."""
        page.evaluate("scrollTo(0, 0)")
        name = f"{document.rpartition('/')[2]}-{how}.jpg"
        page.screenshot(path=SCREENSHOTS / name, type="jpeg", quality=50)

    def load_explorables(page) -> int:
        """Come near every figure that has handles, and wait for these; return how many."""
        for host in page.locator(".explore").all():
            host.evaluate("(e) => e.parentElement.scrollIntoView({behavior: 'instant'})")
            page.wait_for_function("(e) => e.dataset.ready", arg=host.element_handle())
        return page.locator(".explore[data-ready]").count()

    def tab_through(page) -> dict:
        """Press the tab key until the page ends; return what got the focus on the way."""
        call(page, "record")
        for _ in range(40):
            for _ in range(25):
                page.keyboard.down("Tab")  # held down, it repeats itself
            if page.evaluate("window.visited.some((v) => !v.order)"):  # at the beginning again
                break
        page.keyboard.up("Tab")
        return call(page, "visited")

    def look_at(document: str) -> Report:
        tab = new_tab(address)
        page = tab.page
        sizes = bench_site.count_transfers(page)
        tab.open(f"{document}.html")
        page.wait_for_load_state("networkidle")
        report = Report(tab.errors, tab.foreign_requests, tab.missing, call(page, "formulas"))
        report.first_view = sum(sizes().values())
        report.explorables = load_explorables(page)
        report.mute = call(page, "mute")
        report.blank_icons = call(page, "blankIcons")
        call(page, "settle")
        picture(page, document, "wide")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        picture(page, document, "dark")
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        for width in (1280, 320):
            resize(page, width)
            report.too_wide[str(width)] = call(page, "stickingOut")
        picture(page, document, "narrow")
        report.scrolling = call(page, "scrolling")
        resize(page, 320, 256)  # 1280 by 1024 at 400 %
        report.room = call(page, "room")
        report.covered = call(page, "covered")
        report.inside = call(page, "empty")
        resize(page, 1280)
        report.keyboard = tab_through(page)
        call(page, "lighten")
        resize(page, 320)
        report.axe["narrow"] = violations(page, rules=NAMES | NO_COLOURS)
        resize(page, 1280)
        report.axe["wide"] = violations(page, rules=NAMES)
        report.sniffed = sniff and sniff(page)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        report.axe["dark"] = violations(page, runOnly=COLOURS)
        report.grounds = call(page, "grounds")
        tab.context.close()
        return report

    return look_or_remember


@pytest.fixture
def look(request, document, look_once, looks):
    """Return that function; a look that fails a test is not kept."""
    failures = request.session.testsfailed
    yield look_once
    if request.session.testsfailed > failures:
        looks.forget(document)


def test_the_page_loads_without_errors_and_asks_nobody_else(look, document):
    report = look(document)
    assert not report.foreign_requests
    assert not report.missing
    assert not report.errors


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
    report = look(document)
    assert report.room > 0.6
    assert not report.covered


@pytest.mark.parametrize("tex", [r"\frac{1", r"\nosuchmacro{x}", r"\left( x", "x_1_2"])
def test_a_wrong_formula_would_be_noticed(tab, tex):
    page = tab.open(f"{CHAPTERS[0]}.html").page
    call(page, "addFormula", tex)
    formulas = call(page, "formulas")
    assert formulas["wrong"] or formulas["plain"]


@pytest.mark.parametrize("width", ["1280", "320"])
def test_the_page_does_not_scroll_sideways(look, document, width):
    assert not look(document).too_wide[width]


def test_what_scrolls_by_itself_can_be_reached_by_keyboard(look, document):
    assert not [html for reachable, html in look(document).scrolling if not reachable]


def test_figures_keep_a_white_ground_in_the_dark(look, document):
    assert set(look(document).grounds) <= {"rgb(255, 255, 255)"}


def test_there_was_something_to_see(look, document):
    """In every chapter: without it, the two tests above would say little."""
    report = look(document)
    assert report.scrolling or document not in CHAPTERS
    assert report.grounds or document not in CHAPTERS


def test_figures_get_their_handles(look, document, site):
    """Without an error on the way, as the first test says."""
    source = (site / f"{document}.html").read_text(encoding="utf-8")
    assert look(document).explorables == len(re.findall(r'<div class="explore"', source))


def test_some_figures_have_handles(site):
    pages = [(site / f"{document}.html").read_text(encoding="utf-8") for document in CHAPTERS]
    assert any('<div class="explore"' in page for page in pages)


def test_axe_finds_nothing(look, document):
    axe = look(document).axe
    assert set(axe) == {"narrow", "wide", "dark"}
    assert not [f"{how}: {line}" for how, lines in axe.items() for line in lines]


@pytest.mark.parametrize("where", ["page", "worker"])
def test_another_host_would_be_noticed_and_is_not_found(tab, where):
    page = tab.open("chapters/index.html").page
    assert call(page, "askStranger", where) == "TypeError"
    assert tab.foreign_requests == ["https://example.org/"]


def test_axe_would_find_something(tab):
    page = tab.open("chapters/teaching.html").page  # without figures, which come when they like
    call(page, "settle")
    call(page, "addFaults")
    faults = " ".join(violations(page, rules=NAMES))
    assert "image-alt" in faults
    assert "color-contrast" in faults


PALE = {
    "a style of its own": "p.style.color = '#ccc'",
    "a rule for its place": "add('article p:nth-of-type(2) { color: #ccc }')",
    "a ground of its own": "p.style.background = '#556'",
    "a picture around it": "add('article section:has(p) { background: #556 }')",
    "an opacity around it": "p.parentElement.style.opacity = 0.3",
    "a word in it": "p.innerHTML += '<b style=\"color: #ccc\">pale</b>'",
    # All are pale, but the longest, which are asked, are under something.
    "others are covered": "add('article p { color: #ccc !important }'); longest.forEach((e) => {"
    " e.style.position = 'relative'; e.insertAdjacentHTML('beforeend', '<i style=\"position:"
    " absolute; inset: 0; background: white\"></i>'); })",
}


PLANT = """(change) => {
  const article = document.querySelector("article"), style = document.createElement("style");
  const before = article.innerHTML;
  window.remove = () => { article.innerHTML = before; style.remove(); };
  document.head.append(style);
  const add = (rules) => { style.textContent = rules; };
  const all = [...document.querySelectorAll("article p")], length = (p) => p.textContent.length;
  const longest = [...all].sort((a, b) => length(b) - length(a)).slice(0, 2);
  const p = all.filter((p) => !longest.includes(p) && length(p) > 20)[1];
  eval(change);
}"""


@pytest.fixture(scope="module")
def faultless(new_tab, address):
    """Return a page on which no text is too pale."""
    tab = new_tab(address).open("chapters/index.html")
    call(tab.page, "settle")
    assert not violations(tab.page, runOnly=COLOURS)
    yield tab.page
    tab.context.close()


@pytest.mark.parametrize("how", PALE)
def test_one_pale_text_among_many_is_noticed(faultless, how):
    faultless.evaluate(PLANT, PALE[how])
    found = violations(faultless, runOnly=COLOURS)
    faultless.evaluate("remove()")
    assert "color-contrast" in " ".join(found)


LINKS = {
    "a style of its own": "a.style.color = '#400'",
    "a rule for its place": "add('.planted:last-child a { color: #400 }')",
    "a text of nearly its colour": "p.style.color = '#d44'",
    # All are plain, but those that are asked stand alone, in no text.
    "others stand alone": "add('.planted a { color: #400 }'); all.slice(0, -1)"
    ".forEach((e) => e.replaceChildren(e.querySelector('a')))",
}
PLANT_LINKS = """(change) => {
  const article = document.querySelector("article"), style = document.createElement("style");
  const add = (rules) => { style.textContent += rules; };
  add(".planted { color: #000 } .planted a { color: #d33; text-decoration: none }");
  document.head.append(style);
  article.innerHTML += "<p class='planted'>Here is <a href='#'>a link</a> in a text.</p>".repeat(6);
  const all = [...article.querySelectorAll(".planted")], p = all.at(-1), a = p.querySelector("a");
  eval(change);
}"""


@pytest.mark.parametrize("how", [None, *LINKS])
def test_one_link_among_many_that_only_its_colour_shows_is_noticed(tab, how):
    page = tab.open("chapters/teaching.html").page  # without figures, which come when they like
    call(page, "settle")
    page.evaluate("document.documentElement.classList.remove('in-parts')")
    page.evaluate(PLANT_LINKS, LINKS.get(how, ""))
    found = violations(page, runOnly=["link-in-text-block"])
    assert ("link-in-text-block" in " ".join(found)) == (how is not None)


@pytest.mark.parametrize(
    ("rule", "elements", "several"),
    [("color-contrast", "texts", 20), ("link-in-text-block", "links", 3)],
)
def test_what_looks_the_same_is_judged_alike(tab, rule, elements, several):
    """Of all texts and links of a page: so one of a look can stand for the others."""
    page = tab.open("chapters/teaching.html").page
    page.add_style_tag(content="article a { text-decoration: none !important }")  # colours decide
    call(page, "settle")
    violations(page, runOnly=COLOURS)
    verdicts = page.evaluate(
        """async ([rule, elements]) => {
          const groups = window[elements](), told = new Map();
          const found = await look({[rule]: groups.flat()}, {runOnly: [rule]});
          for (const kind of ["passes", "violations"]) {
            for (const {element, any} of found[kind].flatMap(({nodes}) => nodes)) {
              const names = ["messageKey", "fgColor", "bgColor", "nodeColor", "contrastRatio"];
              told.set(element, [kind, ...any.map(({data}) => names.map((name) => data?.[name]))]
                .join());
            }
          }
          return groups.map((group) => group.map((e) => told.get(e)).filter(Boolean));
        }""",
        [rule, elements],
    )
    assert sum(map(len, verdicts)) > 10 * several or elements == "links"
    assert max(map(len, verdicts)) > several
    assert all(len(set(group)) <= 1 for group in verdicts)


def test_html_codesniffer_finds_nothing(look, document):
    sniffed = look(document).sniffed
    if sniffed is None:
        pytest.skip("HTML_CodeSniffer could not be fetched")
    assert not sniffed


def test_html_codesniffer_would_find_something(tab, sniff):
    if sniff is None:
        pytest.skip("HTML_CodeSniffer could not be fetched")
    page = tab.open("chapters/index.html").page
    call(page, "addFaults")
    faults = " ".join(sniff(page))
    for code in ("1_1_1.H37", "1_4_3.G18.Fail", "2_5_3.F96", "4_1_1.F77", "NoSuchID"):
        assert code in faults


def test_search_finds_what_chapters_say(tab):
    page = tab.open("chapters/index.html").page
    page.keyboard.press("Control+k")
    page.keyboard.type("softmax")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=softmax*")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function(
        "text => document.querySelector('#search-results h2').textContent !== text",
        arg=say("Searching"),
    )
    hits = page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.pathname)")
    pages = {hit.strip("/").removesuffix(".html") for hit in hits}
    assert pages <= set(DOCUMENTS)
    assert pages & set(CHAPTERS)
    assert not tab.foreign_requests
    assert not tab.missing
    assert not tab.errors
    page.click("#search-results li a >> nth=0")
    page.wait_for_selector("article h1")
    assert page.locator("article").inner_text().lower().count("softmax")


def test_search_says_when_there_is_nothing(tab):
    page = tab.open("search.html?q=xylophone").page
    page.wait_for_function(
        "text => document.querySelector('#search-results').textContent.includes(text)",
        arg=say(
            "Your search did not match any documents. Please make sure that all words are spelled "
            "correctly and that you've selected enough categories."
        ),
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
    assert page.evaluate(f"{focused}.textContent.trim()") == say("Skip to main content")
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
    page = tab.page
    ground, grounds = "getComputedStyle(document.body).backgroundColor", {}
    theme = "document.documentElement.dataset.theme"
    for scheme in ("dark", "light"):  # that of the system, until the reader chooses
        page.emulate_media(color_scheme=scheme)
        tab.open("chapters/index.html")
        assert page.evaluate(theme) == scheme
        grounds[scheme] = page.evaluate(ground)
    assert grounds["dark"] != grounds["light"]
    for _ in range(3):
        page.locator(".theme-switch-button:visible").first.click()
        if page.evaluate(theme) == "dark":
            break
    assert page.evaluate(ground) == grounds["dark"]
    tab.open(f"{CHAPTERS[-1]}.html")
    assert page.evaluate(theme) == "dark", "it is remembered"


def test_the_site_can_be_read_from_its_folder(new_tab, site):
    tab = new_tab(site.as_uri())
    page = tab.open(f"{CHAPTERS[-1]}.html").page
    formulas = call(page, "formulas")
    assert formulas["count"]
    assert not formulas["plain"]
    fonts = page.evaluate(
        "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)"
    )
    assert any("MJX" in name for name in fonts)
    assert not tab.foreign_requests
    assert not tab.errors
    tab.open("search.html?q=softmax")
    page.wait_for_selector("#search-results li a")
    tab.context.close()
