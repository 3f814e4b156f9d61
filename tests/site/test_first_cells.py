"""One press, and the first cells have run: what is said, what the reader's own presses change.

From the first page and on a touch screen it is seen in test_live.py, after the reload that isolates
a page in test_offline.py, in other browsers in test_engines.py, chapter by chapter in
test_live_chapters.py.
"""

import pytest
from live_cells import BUTTON, PATIENCE, READY, Live, count, have_run, say, wait_until_asked
from short_pages import CELLS, DRAWN

BEGUN = ".live-bar[data-page=on]"
BELOW = "The output of cell {number} is further down."
KEYS = "Shift-Enter runs a cell and goes to the next."
RESTORED = (
    "Your changes to {number} cell have been restored.",
    "Your changes to {number} cells have been restored.",
)
# Notes what the bar says, as often as it is said.
NOTE = """globalThis.said = [];
new MutationObserver(() => said.push(document.querySelector(".live-status").textContent))
  .observe(document.querySelector(".live-status"), { childList: true });"""
IN_VIEW = """e => { const { top, bottom } = e.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight; }"""
FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"


@pytest.fixture(autouse=True)
def _live_cells(live_site):
    """Skip all tests here on a site without live cells."""


@pytest.fixture
def live(short_tab):
    """Return a page that has not been run; nothing may go wrong there."""
    tab = short_tab
    yield Live(tab.open(f"{CELLS}.html"))
    assert [tab.foreign_requests, tab.missing, tab.errors] == [[], [], []]


@pytest.fixture
def cells(live):
    """Return the page once its cells can be changed; Python does not start before ``let``.

    It waits for a file, as soon as that is among those that are ``asked`` for.
    """
    live.asked, live.held = [], True

    def hold(route):
        if live.held:
            live.asked.append(route)
        else:
            route.continue_()

    def let():
        wait_until_asked(live.page, live.asked)
        live.held = False
        live.asked.pop().continue_()

    live.let = let
    live.page.unroute("**/*")
    live.tab.context.route("**/numpy-*", hold)
    live.page.click(BUTTON)
    live.page.wait_for_selector(BEGUN, timeout=PATIENCE)
    return live


def test_the_first_cells_run_and_it_is_said_once_and_the_page_stays_where_it_is(live):
    page = live.page
    page.evaluate(NOTE)
    page.focus(BUTTON)
    page.keyboard.press("Enter")
    live.started()
    assert live.states(4) == ["done", "done", "", ""]
    assert live.output(2) == "sum: 10"
    whole = f"{have_run(2)} {say(BELOW, number=2)} {say(KEYS)}"
    assert live.status() == whole
    assert page.evaluate("said").count(whole) == 1
    assert not [text for text in page.evaluate("said") if say("Python is ready.") in text]
    assert page.evaluate("scrollY") == 0
    assert page.evaluate(FOCUSED) == say("Run all")
    output = live.cell(2).locator(".live-output")
    assert not output.evaluate(IN_VIEW)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == say("Go to cell {number}", number=2)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => { const { top, bottom } = document.querySelector('.live-output:not(:empty)')"
        ".getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"
    )
    assert page.evaluate(FOCUSED) == say("Run cell {number}", number=2)
    assert live.run(3, "numbers + 1") == "array([1, 2, 3, 4, 5])"
    assert not page.get_by_role("button", name=say("Go to cell {number}", number=2)).is_visible()


def test_where_the_output_is_in_view_it_is_not_looked_for(live):
    live.page.set_viewport_size({"width": 1280, "height": 4000})
    live.page.click(BUTTON)
    live.started()
    assert live.status() == f"{have_run(2)} {say(KEYS)}"
    assert not live.page.get_by_role(
        "button", name=say("Go to cell {number}", number=2)
    ).is_visible()


def test_what_a_tab_has_kept_is_shown_and_runs_only_when_it_is_asked_for(cells):
    cells.let()
    cells.started()
    cells.page.reload()
    cells.page.wait_for_selector(BEGUN, timeout=PATIENCE)
    assert cells.states(3) == ["before", "before", ""]
    assert cells.page.locator(".live-bar").get_attribute("data-python") is None
    cells.page.click(BUTTON)
    cells.started()
    assert cells.states(3) == ["done", "done", ""]
    assert have_run(2) in cells.status()


@pytest.mark.parametrize("button", ["Stop", "Restart Python"])
def test_while_python_is_loaded_the_first_cells_can_be_taken_back(cells, button):
    assert cells.states(3) == ["waiting", "waiting", ""]
    wait_until_asked(cells.page, cells.asked)
    if button != "Stop":
        cells.asked.clear()  # it ends with its Python
    cells.press(button)
    assert cells.states(3) == ["", "", ""]
    cells.let()
    cells.started()
    assert cells.states(3) == ["", "", ""]
    assert cells.status() == f"{say('Python is ready.')} {say(KEYS)}"


def test_stop_in_the_first_cell_takes_the_others_back_too(live):
    live.tab.open(f"{DRAWN}.html")
    live.asked = []
    live.page.unroute("**/*")
    live.tab.context.route("**/matplotlib-*", lambda route: live.asked.append(route))
    live.page.click(BUTTON)
    live.wait(1, "running")
    wait_until_asked(live.page, live.asked)  # by the cell
    live.press("Stop")
    live.wait(1, "error")
    assert live.states(3) == ["error", "", ""]
    said = "Cell {number} is stopped. What the cells had defined is still there."
    assert live.status() == say(said, number=1)
    assert live.run(3, "1 + 1") == "2"


def test_a_cell_that_is_run_meanwhile_follows_and_has_what_the_first_define(cells):
    cells.write(3, "print(numbers)")
    cells.page.keyboard.press("Control+Enter")
    assert cells.states(4) == ["waiting", "waiting", "waiting", ""]
    cells.let()
    cells.started()
    assert [cells.states(4), cells.output(3)] == [["done", "done", "done", ""], "[0 1 2 3 4]"]
    assert cells.status() == say("Cell {number} is done.", number=3)


def test_a_cell_that_is_changed_meanwhile_does_not_run_by_itself(cells):
    cells.write(2, "print('half of")
    assert cells.states(3) == ["waiting", "", ""]
    cells.let()
    cells.started()
    assert cells.states(3) == ["done", "", ""]
    assert have_run(1) in cells.status()


def test_a_cell_that_is_changed_and_run_meanwhile_runs_once(cells):
    cells.write(2, "print('mine')")
    cells.page.keyboard.press("Control+Enter")
    assert cells.states(3) == ["waiting", "waiting", ""]
    cells.let()
    cells.started()
    assert [cells.states(3), cells.output(2)] == [["done", "done", ""], "mine"]


def test_when_a_first_cell_fails_that_is_said_and_the_others_do_not_run(cells):
    """The reader's changes from before are in it: it says that, too."""
    cells.write(1, "1 / 0")
    cells.page.evaluate("sessionStorage.clear()")
    cells.page.reload()
    cells.held = False
    cells.page.click(BUTTON)
    cells.started()
    assert cells.states(3) == ["error", "", ""]
    assert "ZeroDivisionError" in cells.output(1)
    ended = say("Cell {number} ended with an error.", number=1)
    assert cells.status().startswith(f"{ended} ")
    assert count(1, *RESTORED) in cells.status()
    assert cells.run(3, "1 + 1") == "2"


def test_where_the_reader_saves_data_no_cell_runs_by_itself_and_it_says_why(live):
    live.page.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    live.page.reload()
    live.page.click(BUTTON)
    live.page.wait_for_selector(READY, timeout=PATIENCE)
    live.wait_for_status("Your browser is set to save data, so no cell has run by itself.")
    assert live.states(3) == ["", "", ""]
    assert say("Python is ready.") in live.status()
    assert live.run(1, "1 + 1") == "2"
