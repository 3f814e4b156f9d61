"""What Python prepares while nothing runs: it is no cell, and a cell waits for one step at most."""

import pytest
from live_cells import BUTTON, PATIENCE, TOO_LARGE, Live, say, wait_until_asked
from short_pages import CELLS, PREPARED

WAITS = "Cell {number} waits until Python has loaded a package …"
LOADED = """import sys
print(*({"numpy", "matplotlib.pyplot", "matplotlib.backends.backend_agg"} & set(sys.modules)))"""


@pytest.fixture(autouse=True)
def _live_cells(live_site):
    """Skip all tests here on a site without live cells."""


def start(tab, document=CELLS) -> Live:
    """Start Python on a page."""
    tab.open(f"{document}.html").page.click(BUTTON)
    return Live(tab).started()


def prepared(live, number=3):
    """Wait until all modules are there, as cells see it that are run now and then."""
    for _ in range(120):
        live.page.wait_for_timeout(1000)
        if len(live.run(2, LOADED).split()) == number:
            return
    pytest.fail(f"only {live.output(2)} are there")


class Gate:
    """Ends the steps of the preparation one by one, when the test lets it."""

    def __init__(self, tab):
        self.page, self.held = tab.page, []
        tab.page.unroute("**/*")
        tab.context.route("**/worker.js", self.change)
        tab.context.route("**/gate", lambda route: self.held.append(route))

    def change(self, route):
        """Serve a worker that asks at the end of a step."""
        answer, end = route.fetch(), "steps.shift();"
        assert answer.text().count(end) == 1
        asks = answer.text().replace(end, f'await fetch("gate"); {end}')
        route.fulfill(response=answer, body=asks)

    def wait(self):
        """Wait until a step would end."""
        wait_until_asked(self.page, self.held)

    def release(self):
        """Let it end."""
        self.wait()
        self.held.pop().fulfill(body="")


@pytest.fixture
def gate(short_tab):
    """Return a gate for the page in a tab."""
    return Gate(short_tab)


def test_modules_are_prepared_without_names_output_or_words(short_tab):
    tab = short_tab
    tab.open(f"{PREPARED}.html").page.click(BUTTON)
    tab.page.wait_for_selector(".live-bar[data-page=on]", timeout=PATIENCE)
    live = Live(tab)
    live.press("Restart Python")  # after which no cell runs by itself, or it would define names
    status = live.started().status()
    prepared(live)
    assert say("Python is ready.") in status
    names = live.run(2, "print(sorted(name for name in globals() if name[0] != '_'))")
    assert names == "['display', 'input', 'sys']"
    assert live.run(3, "import numpy as np\nprint(np.arange(3) @ np.arange(3))") == "5"
    assert TOO_LARGE in live.run(3, "np.arange(100_000).sum()")
    live.run(3, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    assert live.cell(3).locator(".live-output pre").count() == 0
    assert live.cell(3).locator(".live-output img").count() == 1
    assert [tab.foreign_requests, tab.missing, tab.errors] == [[], [], []]


def run_meanwhile(live, gate, number, code):
    """Run a cell while a step is under way."""
    gate.wait()
    live.write(number, code)
    live.page.keyboard.press("Control+Enter")
    assert live.state(number) == "waiting"


def test_a_cell_waits_for_one_step_and_then_runs(short_tab, gate):
    live = start(short_tab)
    run_meanwhile(live, gate, 2, "kept = 41\nprint(kept)")
    assert live.status() == say(WAITS, number=2)
    gate.release()
    live.wait(2, "done")
    assert live.output(2) == "41"


def test_stop_takes_a_waiting_cell_away_and_touches_no_variable(short_tab, gate):
    live = start(short_tab)
    run_meanwhile(live, gate, 2, "kept = 41")
    gate.release()
    live.wait(2, "done")
    run_meanwhile(live, gate, 3, "kept = 'lost'")
    live.press("Stop")
    assert live.state(3) == ""
    assert say("Python is ready.") in live.status()
    stop = live.page.locator(f".live-bar button >> text={say('Stop')}")
    assert stop.get_attribute("aria-disabled") == "true"
    stop.dispatch_event("click")  # all the same, while there is nothing but the preparation
    run_meanwhile(live, gate, 2, "kept + 1")
    gate.release()
    live.wait(2, "done")
    assert live.output(2) == "42"
    assert live.state(3) == ""


def test_restart_does_not_wait_for_a_step(short_tab, gate):
    live = start(short_tab)
    run_meanwhile(live, gate, 2, "kept = 41")
    live.press("Restart Python")
    assert live.state(2) == ""
    gate.held.clear()
    live.started()
    run_meanwhile(live, gate, 2, "kept")
    gate.release()
    live.wait(2, "error")
    assert "NameError" in live.output(2)


def test_what_does_not_arrive_is_said_by_the_cell_that_needs_it(short_tab):
    tab = short_tab
    tab.page.unroute("**/*")
    tab.context.route("**/matplotlib-*", lambda route: route.fulfill(status=404))
    live = start(tab, PREPARED)
    prepared(live, 1)
    assert live.run(2, "1 + 1") == "2"
    assert "matplotlib" in live.run(2, "import matplotlib")
    assert live.state(2) == "error"
    tab.context.unroute("**/matplotlib-*")
    assert live.run(2, "import matplotlib\n'here'") == "'here'"


def test_a_reader_who_saves_data_loads_no_more_than_cells_ask_for(short_tab):
    tab, asked = short_tab, []
    tab.context.on("request", lambda request: asked.append(request.url))
    tab.context.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    live = start(tab, PREPARED)
    prepared(live, 1)
    live.page.wait_for_selector(".live-bar:not([data-preparing])")
    live.page.wait_for_timeout(1000)
    assert any("/numpy-" in url for url in asked)
    assert not any("/matplotlib-" in url for url in asked)
