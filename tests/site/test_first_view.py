"""What a page shows first comes soon, and stays where it is."""

import re

import pytest

# The pages by which the site's speed is judged, and how far what is in view may move (Lighthouse
# calls up to 0.1 good).  Two of them have formulas there, which take another place once typeset.
PAGES = {
    "chapters/index": 0.02,
    "chapters/09-back-propagation": 0.08,
    "chapters/15-digits": 0.02,
    "chapters/api": 0.08,
}
PHONE = {"width": 412, "height": 823}
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => [
  entry.value, ...entry.sources.map(({ node }) => node?.textContent.trim().slice(0, 40)),
]))).observe({ type: "layout-shift", buffered: true });
"""
# Formulas as they are inserted: how far each is from the window, and what is inserted at once.
INSERTED = """
window.inserted = [];
new MutationObserver((records) => {
  const found = records.flatMap((record) => [...record.addedNodes])
    .filter((node) => node.nodeName === "MJX-CONTAINER");
  if (found.length) window.inserted.push(found);
}).observe(document, { childList: true, subtree: true });
"""
# Holds what is done in turns back after the first of them.
HOLD = """
window.hold = true;
window.held = [];
const Channel = MessageChannel;
window.MessageChannel = class {
  constructor() {
    const { port1, port2 } = new Channel();
    this.port1 = {};
    this.port2 = { postMessage: (message) => port2.postMessage(message) };
    const resume = () => this.port1.onmessage();
    port1.onmessage = () => {
      const done = document.querySelector(".bd-article > section > section mjx-container");
      if (window.hold && done) window.held.push(resume); else resume();
    };
  }
};
"""
STATE = """() => {
  const sections = [...document.querySelectorAll(".bd-article > section > section")];
  return {
    skipped: sections.map(
      (e) => !e.firstElementChild.checkVisibility({ contentVisibilityAuto: true })),
    heights: sections.map((e) => e.getBoundingClientRect().height),
    formulas: document.querySelectorAll(".math").length,
    typeset: document.querySelectorAll(".math > mjx-container").length,
    scrolling: document.querySelectorAll("article [tabindex='0']").length,
  };
}"""
FRAMES = """() => new Promise((resume) => requestAnimationFrame(() => requestAnimationFrame(
  () => setTimeout(resume))))"""
COLOURS = """
addEventListener("DOMContentLoaded", () => {
  const { theme } = document.documentElement.dataset;
  window.colours = { theme, ground: getComputedStyle(document.body).backgroundColor };
});
"""


def waits_for(page: str) -> list[str]:
    """Return the style sheets and scripts for which a page waits before it shows anything."""
    links = re.findall(r'<link [^>]*rel="stylesheet"[^>]*>', page)
    scripts = re.findall(r"<script [^>]*\bsrc=[^>]*>", page)
    late = re.compile(r'\s(?:defer|async)\b|\stype="module"')
    return [*links, *(script for script in scripts if not late.search(script))]


def test_a_page_waits_for_one_style_sheet(site, document):
    page = (site / f"{document}.html").read_text(encoding="utf-8")
    (sheet,) = waits_for(page)
    assert "_static/style.css" in sheet
    preloads = re.findall(r'<link [^>]*rel="preload"[^>]*>', page)
    assert [link for link in preloads if 'fetchpriority="low"' not in link] == []


def test_every_image_says_how_large_it_is(site, document):
    page = (site / f"{document}.html").read_text(encoding="utf-8")
    images = re.findall(r"<img [^>]*>", page)
    assert images
    for image in images:
        assert re.search(r'\swidth="\d+"', image), image
        assert re.search(r'\sheight="\d+"', image), image


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_nothing_in_view_moves_while_a_page_loads(tab, name):
    tab.page.set_viewport_size(PHONE)
    tab.page.add_init_script(SHIFTS)
    page = tab.open(f"{name}.html").page
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise((resume) => requestAnimationFrame(() => setTimeout(resume)))")
    shifts = page.evaluate("() => window.shifts")
    assert sum(shift[0] for shift in shifts) < PAGES[name], shifts


@pytest.mark.browser
def test_formulas_are_typeset_in_portions_those_in_view_first(tab):
    tab.page.set_viewport_size(PHONE)
    tab.page.add_init_script(INSERTED)
    page = tab.open("chapters/09-back-propagation.html").page
    portions = page.evaluate(
        """() => window.inserted.map((portion) => portion.map((formula) => ({
             near: formula.getBoundingClientRect().top < innerHeight,
             table: formula.closest("table") !== null,
             skipped: !formula.checkVisibility({ contentVisibilityAuto: true }),
           })))"""
    )
    shown = [[f for f in portion if not f["skipped"]] for portion in portions]
    alone = [portion for portion in shown if not any(f["table"] for f in portion)]
    assert len(portions) > 10
    assert max(map(len, alone)) <= 12
    near = [any(f["near"] for f in portion) for portion in portions]
    assert near[0]
    assert sorted(near, reverse=True) == near
    there = page.evaluate(
        """() => [...document.querySelectorAll(".math")].map(
             (formula) => formula.querySelectorAll("mjx-container").length)"""
    )
    assert sum(map(len, portions)) == len(there) > 100
    assert set(there) == {1}


@pytest.fixture
def held(tab):
    """Return a page that is laid out and typeset no further than at its top, until it is let go."""
    page = tab.page
    page.set_viewport_size(PHONE)
    page.add_init_script(HOLD)
    page.goto(f"{tab.home}/chapters/09-back-propagation.html", wait_until="load")
    page.wait_for_function("window.held.length > 0 && document.querySelector('mjx-container')")
    return page


def let_go(page):
    """Let a page come to its end."""
    page.evaluate("() => { window.hold = false; window.held.forEach((resume) => resume()); }")
    page.evaluate("() => MathJax.startup.promise")


@pytest.mark.browser
def test_a_page_is_laid_out_in_parts_which_keep_their_heights(held):
    state = held.evaluate(STATE)
    assert not state["skipped"][0]
    assert sum(state["skipped"]) > len(state["skipped"]) / 2
    assert 0 < state["typeset"] < state["formulas"] / 2
    let_go(held)
    ready = held.evaluate(STATE)
    assert ready["typeset"] == ready["formulas"] > 100
    assert sum(ready["skipped"]) > len(ready["skipped"]) / 2, "those are still not laid out"
    held.evaluate("() => document.documentElement.classList.remove('in-parts')")
    whole = held.evaluate(STATE)
    assert not any(whole["skipped"])
    for before, after in zip(ready["heights"], whole["heights"], strict=True):
        assert abs(before - after) < 5
    assert whole["scrolling"] == ready["scrolling"] > 5, "and keyboards reach what scrolls"


@pytest.mark.browser
def test_all_is_typeset_before_a_page_is_printed(held):
    held.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    state = held.evaluate(STATE)
    assert state["typeset"] == state["formulas"] > 100
    held.emulate_media(media="print")
    assert not any(held.evaluate(STATE)["skipped"])
    held.evaluate("() => dispatchEvent(new Event('afterprint'))")
    held.emulate_media(media="screen")
    let_go(held)
    assert held.evaluate(STATE)["typeset"] == state["formulas"]


@pytest.mark.browser
def test_a_link_leads_to_a_place_that_stays(held):
    held.evaluate("() => document.querySelector('.bd-toc a[href=\"#exercises\"]').click()")
    top = "() => Math.round(document.querySelector('#exercises > h2').getBoundingClientRect().top)"
    held.wait_for_function(f"(({top})()) < innerHeight / 2")
    let_go(held)
    held.evaluate(FRAMES)
    assert 0 <= held.evaluate(top) < PHONE["height"] / 2


@pytest.mark.browser
def test_where_a_page_opens_at_a_place_it_is_laid_out_at_once(tab):
    page = tab.page
    page.set_viewport_size(PHONE)
    address = "chapters/09-back-propagation.html"
    in_parts = "() => document.documentElement.classList.contains('in-parts')"
    assert tab.open(address).page.evaluate(in_parts)
    for path in (f"{address}#exercises", f"{address}?highlight=layer"):
        page.goto("about:blank")
        assert not tab.open(path).page.evaluate(in_parts), path
    page.goto("about:blank")
    assert tab.open(address).page.evaluate(in_parts)
    page.reload()
    assert not page.evaluate(in_parts), "the browser returns to the place that a reader had reached"


@pytest.mark.browser
def test_another_width_lays_out_all(tab):
    page = tab.open("chapters/09-back-propagation.html").page
    assert any(page.evaluate(STATE)["skipped"])
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function("() => !document.documentElement.classList.contains('in-parts')")
    assert not any(page.evaluate(STATE)["skipped"])


@pytest.mark.browser
def test_the_text_finder_finds_what_is_not_laid_out(tab):
    page = tab.open("chapters/09-back-propagation.html").page
    last = page.locator(".bd-article > section > section").last
    words = last.evaluate("(section) => section.querySelector('p, li').textContent.slice(0, 40)")
    assert page.evaluate(STATE)["skipped"][-1]
    assert page.evaluate("(words) => window.find(words, true, true)", words)
    page.wait_for_function(f"() => !({STATE})().skipped.at(-1)")


@pytest.mark.browser
@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("chosen", [None, "light", "dark", "auto"])
def test_a_page_never_has_the_colours_of_the_other_mode(chrome, address, chosen, system):
    context = chrome.new_context(color_scheme=system, service_workers="block")
    try:
        page = context.new_page()
        page.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
        page.goto(f"{address}/chapters/api.html")
        other = {"light": "dark", "dark": "light"}[system]
        # What the theme keeps: the choice, and the colours that the system then had.
        page.evaluate(
            "(all) => Object.entries(all).forEach((entry) => localStorage.setItem(...entry))",
            {"mode": chosen, "theme": other} if chosen else {},
        )
        page.add_init_script(COLOURS)
        page.reload()
        seen = page.evaluate("() => window.colours")
    finally:
        context.close()
    theme = chosen if chosen in ("light", "dark") else system
    assert seen["theme"] == theme
    brightness = sum(map(int, re.findall(r"\d+", seen["ground"])[:3])) / 3
    assert (brightness < 128) == (theme == "dark"), seen


@pytest.mark.browser
def test_the_button_waits_for_its_script(tab, live_site):
    tab.page.route("**/live.js*", lambda route: route.abort())
    page = tab.open("chapters/09-back-propagation.html").page
    button = page.locator(".live-bar .live-start")
    assert button.is_disabled()
    assert button.is_visible()
    page.unroute("**/live.js*")
    page.reload()
    page.wait_for_selector(".live-start:enabled")
