"""To another chapter and back, in Chromium: what is found again, and what is not.

Playwright has browsers do without their memory for "Back", so that a page that was left is gone;
the first test starts one that has it.  Firefox and WebKitGTK are in test_engines.py.
"""

import types

import pytest
from live_cells import BUTTON, PATIENCE, READY, Live, say
from short_pages import CELLS
from test_browser import violations

from web import chromium

LEFT = "Python is as you left it, with its variables."
LOST = "Variables are not kept: Python starts anew when you run a cell."
WAYS = {"link": "document.querySelector('a.left-prev').click()", "back": "history.back()"}
STORE = "all => Object.entries(all).forEach(([key, text]) => sessionStorage.setItem(key, text))"
KEPT = """() => Object.keys(sessionStorage).filter((key) => key.startsWith("live outputs"))"""
# In a style of its own: that of the first cell is not there when other cells are run again.
DRAW = """import matplotlib.pyplot as plt
plt.style.use("default")
x = 21
_ = plt.plot([0, x])"""
FIGURE = "e => e.querySelector('.live-output img').src"


@pytest.fixture(autouse=True)
def _live_cells(live_site):
    """Skip all tests here on a site without live cells."""


@pytest.fixture(scope="module")
def remembering(chrome, short):
    """Return a page on which Python runs, in a browser that keeps pages that are left."""
    running = chrome.browser_type.launch(
        executable_path=chromium.chromium(),
        args=chromium.ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = running.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{short}/{CELLS}.html")
    page.click(BUTTON)
    yield Live(types.SimpleNamespace(page=page)).started()
    running.close()


@pytest.fixture(scope="module")
def tab_of_all(new_tab, short):
    """Return a tab for all tests that let Python run in it."""
    tab = new_tab(short)
    tab.context.set_default_timeout(PATIENCE)
    yield tab
    tab.context.close()


@pytest.fixture
def live(tab_of_all):
    """Return a page on which Python runs; nothing may go wrong there."""
    yield running(tab_of_all)
    assert [tab_of_all.foreign_requests, tab_of_all.missing, tab_of_all.errors] == [[], [], []]


def running(tab) -> Live:
    """Return the page of a tab; unless Python runs there already, it starts."""
    if not tab.page.locator(READY).count():
        tab.open(f"{CELLS}.html").page.click(BUTTON)
    return Live(tab).started()


@pytest.fixture(scope="module")
def outputs(tab_of_all):
    """Return what a tab keeps when a cell has ended with an error, and two without."""
    live = running(tab_of_all)
    live.run(1, "1 / 0")
    live.run(2, "print('two')")
    live.run(3, "print('three')")
    kept = live.page.evaluate(
        f"Object.fromEntries(({KEPT})().map(key => [key, sessionStorage[key]]))"
    )
    assert {key.split()[3] for key in kept} >= {"1", "2", "3"}
    return {key: text for key, text in kept.items() if key.split()[3] in "123"}


@pytest.fixture
def shown(short_tab, outputs):
    """Return a page that shows what was kept; nothing may go wrong there."""
    tab = short_tab
    tab.open(f"{CELLS}.html").page.evaluate(STORE, outputs)
    yield reloaded(Live(tab))
    assert [tab.foreign_requests, tab.missing, tab.errors] == [[], [], []]


def reloaded(live) -> Live:
    """Load a page again that shows what is kept."""
    live.page.reload()
    live.page.wait_for_selector(".live-bar[data-page=on]", timeout=PATIENCE)
    return live


def leave(page):
    """Go to the next chapter."""
    page.evaluate("setTimeout(() => document.querySelector('a.right-next').click())")
    page.wait_for_function(
        "name => !location.pathname.includes(name) && document.readyState === 'complete' && "
        "document.querySelector('a.left-prev') !== null",
        arg=CELLS,
    )


def come_back(page, how):
    """Go to the chapter from which the reader came."""
    page.evaluate(f"setTimeout(() => {WAYS[how]})")
    page.wait_for_function("name => location.pathname.includes(name)", arg=CELLS)


def returned(live, how="back") -> Live:
    """Leave the page, and come back to one that shows what was kept."""
    leave(live.page)
    come_back(live.page, how)
    live.page.wait_for_selector(".live-bar[data-page=on]")
    return live


@pytest.mark.parametrize("how", WAYS)
def test_python_is_found_as_it_was_left(remembering, how):
    live = remembering
    live.run(2, f"kept = '{how}'\nprint(kept)")
    leave(live.page)
    come_back(live.page, how)
    live.wait_for_status(LEFT)
    code = f"kept = '{how}'\nprint(kept)"
    assert [live.state(2), live.output(2), live.code(2)] == ["done", how, code]
    assert live.page.evaluate("crossOriginIsolated"), "so it can be stopped"
    assert live.run(3, "kept * 2") == repr(how * 2)


@pytest.mark.parametrize("how", WAYS)
def test_a_page_that_is_gone_shows_what_it_had_shown_and_runs_it_again(live, how):
    live.run(1, "1 / 0")
    live.run(3, DRAW)
    live.run(2, "x *= 2\nprint('two')\nx")  # after the cell below it
    figure = live.cell(3).evaluate(FIGURE)
    returned(live, how)
    live.wait_for_status(LOST)
    assert [live.state(n) for n in (1, 2, 3, 4)] == ["before"] * 3 + [""]
    assert live.output(2) == "two\n42"
    assert "ZeroDivisionError" in live.output(1)
    assert live.code(3) == DRAW
    assert live.cell(3).evaluate(FIGURE) == figure
    assert live.page.locator(".live-bar").get_attribute("data-python") is None, "it is not started"
    live.press("Run again")
    live.wait(2, "done")
    assert [live.state(n) for n in (1, 3)] == ["before", "done"], "without the error"
    assert live.output(2) == "two\n42", "in the same order"
    assert live.cell(3).evaluate(FIGURE) == figure
    assert not live.page.get_by_role("button", name=say("Run again")).is_visible()
    assert live.run(2, "x + 1") == "43"


def test_a_page_that_shows_what_is_kept_is_accessible(shown):
    page = shown.page
    page.evaluate("document.querySelectorAll('mjx-container').forEach((e) => e.replaceWith('x'))")
    page.add_style_tag(content="* { transition: none !important }")
    assert not violations(page, rules={"label-content-name-mismatch": {"enabled": True}})
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert not violations(page, runOnly=["color-contrast"])


def test_each_tab_shows_its_own_outputs(shown):
    other = shown.tab.context.new_page()
    other.goto(f"{shown.tab.home}/{CELLS}.html")
    other.wait_for_selector(BUTTON)
    assert other.evaluate(KEPT) == []
    assert other.locator(BUTTON).inner_text() == say("Run this page")
    other.close()


@pytest.mark.parametrize("how", ["Reset", "Discard my changes", "Remove it"])
def test_what_is_kept_can_be_forgotten(shown, how):
    assert shown.output(3) == "three"
    if how == "Reset":
        shown.write(3, "mine")
        shown.cell(3).get_by_role("button", name=say(how)).click()
    elif how == "Remove it":  # as the button on the first page does it
        shown.page.evaluate("import('../_static/offline.js').then(({ forget }) => forget())")
    else:
        shown.press(how)
    kept = sorted(int(key.split()[3]) for key in shown.page.evaluate(KEPT))
    assert kept == [1, 2] * (how == "Reset")
    if how != "Remove it":
        assert [shown.state(3), shown.cell(3).locator(".live-output").count()] == ["", 0]


def test_a_damaged_storage_costs_the_kept_outputs_and_no_more(shown, outputs):
    (name,) = (key for key in outputs if key.split()[3] == "3")
    for text in ("{", "7", "[]", '{"shown": [null]}', '{"shown": [{"kind": "display"}]}'):
        shown.page.evaluate(STORE, {name: text})
        reloaded(shown)
        assert [shown.state(n) for n in (1, 2, 3)] == ["before", "before", ""], text
        assert shown.cell(3).locator(".live-output").count() == 0
        assert name not in shown.page.evaluate(KEPT)


FILL = """name => {
  for (let k = 0, size = 2 ** 20; size; k += 1) {
    try { sessionStorage.setItem(`${name} ${k}`, "x".repeat(size)); } catch { size >>= 1; }
  }
}"""


def test_where_the_storage_is_full_outputs_of_other_pages_make_room(live):
    page, other = live.page, "live outputs /other.html 1"
    page.evaluate("sessionStorage.clear()")  # of the first cells, which have run by themselves
    page.evaluate(STORE, {other: "x" * 1000})
    page.evaluate(FILL, "something")
    assert page.evaluate(KEPT) == [other]
    live.run(2, "print('kept')")
    assert [key.split()[2:4] for key in page.evaluate(KEPT)] == [[f"/{CELLS}.html", "2"]]
    page.evaluate(FILL, "something else")
    assert live.run(3, "print('not kept')") == "not kept"
    page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('something'))"
                  ".forEach((key) => sessionStorage.removeItem(key))")  # fmt: skip
    live.run(1, "from IPython.display import HTML\nHTML('too large' * 1_000_000)")
    assert [key.split()[3] for key in page.evaluate(KEPT)] == ["2"]
