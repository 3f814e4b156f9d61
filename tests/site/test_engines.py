"""The site in Firefox and in WebKitGTK: pages, previews, colours, handles, live cells.

All else is tested in Chromium.  A browser that is not installed is left out, unless the variable
ENGINES is "required".
"""

import contextlib
import io
import json
import re
from pathlib import Path

import matplotlib.image
import pytest
from backprop import explore
from engines import ENGINES, served
from explorables import SHOWN, compare
from live_cells import AT_REST, BUTTON, pattern, say
from looks import Looks
from test_browser import CHAPTERS, FUNCTIONS
from test_lite import READY, lite_site  # noqa: F401 (a fixture)
from test_live import STOPPED

from web import server

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

CHAPTER = "chapters/06-perceptron"
LINKS = {  # on the page itself, and on another one, which is fetched and typeset
    "here": "a.internal[href^='#equation-']",
    "elsewhere": "a.internal[href*='.html#equation-']",
}
# A page in a frame, which can be as narrow as a telephone; the window of WebKitGTK cannot.
FRAME = """(address) => new Promise((done) => {
  document.body.innerHTML = "<iframe style='width: 1280px; height: 900px; border: 0'></iframe>";
  window.frame = document.querySelector("iframe");
  frame.addEventListener("load", async () => {
    await frame.contentWindow.MathJax?.startup?.promise;
    done();
  });
  frame.src = address;
})"""
IN_FRAME = "(functions, name) => frame.contentWindow.eval(`${functions}.${name}()`)"
NARROW = """async () => {
  frame.style.width = "360px";
  await new Promise((done) => setTimeout(done, 300)); // book.js follows
  return frame.contentWindow.innerWidth;
}"""
STRANGERS = """() => frame.contentWindow.performance.getEntriesByType("resource")
  .map(({ name }) => name).filter((name) => !name.startsWith(location.origin))"""
# The first cell of JupyterLite gets other code and is run by the notebook's own command: before the
# kernel is ready, cells still move, and a key may hit another one.
RUN_IN_LITE = """(code) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  const place = notebook.widgets.findIndex((cell) => cell.model.type === "code");
  notebook.activeCellIndex = place;
  window.model = notebook.widgets[place].model;
  model.sharedModel.setSource(code);
  model.outputs.clear();
  jupyterapp.commands.execute("notebook:run-cell");
}"""
SHOWN_IN_LITE = r"""() => {
  const parts = model.outputs.toJSON().map((one) => [one.text ?? `${one.ename}\n`].flat().join(""));
  return parts.join("").endsWith("\n") && parts.join("");  // it may come in pieces
}"""
KEPT = "Cell {number} is stopped. What the cells had defined is still there."
LEFT = "Python is as you left it, with its variables."
LOST = "Variables are not kept: Python starts anew when you run a cell."
CELL = "document.querySelectorAll('article div.cell')[n - 1]"
STATES = """() => [...document.querySelectorAll("article div.cell")].slice(0, 3)
  .map((cell) => cell.dataset.live ?? "")"""


@pytest.fixture(scope="module", params=ENGINES, ids=lambda kind: kind.name)
def engine(request):
    """Return a running browser."""
    with contextlib.closing(request.param()) as running:
        yield running


class Reader:
    """Somebody who comes to the site for the first time: each finds it at an address of its own."""

    def __init__(self, engine, home):
        self.engine, self.home = engine, home
        self.evaluate, self.wait = engine.evaluate, engine.wait

    def open(self, path: str):
        """Go to a page, and wait until its formulas are typeset."""
        self.engine.open(f"{self.home}/{path}")
        self.wait("() => document.readyState === 'complete'")  # Firefox may answer before
        self.evaluate("async () => { await window.MathJax?.startup?.promise; }")

    def press(self, button: str, name: str):
        """Press the button of a name among some."""
        self.wait(
            "(all, name) => { const found = [...document.querySelectorAll(all)].find("
            "(e) => e.textContent.trim() === name && e.ariaDisabled !== 'true' && !e.disabled);"
            "found?.click(); return Boolean(found); }",
            button,
            name,
        )

    def begin(self, number: int, code: str):
        """Write a cell by keyboard, and begin to run it."""
        self.evaluate(f"(n) => {CELL}.querySelector('.cm-content').focus()", number)
        self.engine.press("Control+a")
        self.engine.type(code)
        self.engine.press("Control+Enter")

    def run(self, number: int, code: str) -> str:
        """Write a cell, run it, and return what it shows."""
        self.begin(number, code)
        self.wait(f"(n) => ['done', 'error'].includes({CELL}.dataset.live)", number)
        return self.evaluate(
            f"(n) => {CELL}.querySelector('.cell_output').innerText", number
        ).strip()

    def started(self):
        """Wait until Python is ready, and the first cells have run, or Python has failed."""
        bar = "document.querySelector('.live-bar').dataset"
        self.wait(
            f"(rest) => {bar}.python === 'failed' || ({bar}.page === 'on' && "
            f"{bar}.python === 'ready' && document.querySelector(rest) !== null)",
            AT_REST,
        )
        assert self.evaluate(f"() => {bar}.python") == "ready"


@pytest.fixture(scope="module")
def pages(engine, site):
    """Return a reader who looks at all pages in a frame, and what goes wrong meanwhile."""
    with served(site) as (home, wrong):
        engine.open(f"{home}/search.html")
        yield Reader(engine, home), wrong


@pytest.fixture
def reader(engine, site):
    """Return a new reader, for whom nothing may go wrong."""
    with served(site) as (home, wrong):
        yield Reader(engine, home)
        engine.open("about:blank")  # which ends Python
        assert wrong == []


@pytest.fixture(scope="module")
def looks(engine, site, required):
    """Return the looks that this browser has taken."""
    files = [Path(__file__).with_name(name) for name in ("engines.py", "test_engines.py")]
    return Looks(site, engine.name, required, *files, engine.version)


def test_pages_are_typeset_and_fit_into_wide_and_narrow_windows(pages, looks, document):
    reader, wrong = pages

    def call(name):
        return reader.evaluate(IN_FRAME, FUNCTIONS.rstrip(), name)

    def look(document):
        wrong.clear()
        reader.evaluate(FRAME, f"{reader.home}/{document}.html")
        return {
            "formulas": call("formulas"),
            "wide": call("stickingOut"),
            "narrow": (reader.evaluate(NARROW), call("stickingOut")),
            "strangers": reader.evaluate(STRANGERS),
            "wrong": [*wrong],
        }

    with looks.judged(document, look) as seen:
        formulas = seen["formulas"]
        assert formulas["count"] or document not in CHAPTERS
        assert [formulas["plain"], formulas["wrong"], formulas["loose"]] == [[], [], []]
        assert seen["wide"] == []
        width, too_wide = seen["narrow"]
        assert width == 360
        assert too_wide == []
        assert seen["strangers"] == []
        assert seen["wrong"] == []


@pytest.mark.parametrize("where", LINKS)
def test_a_link_shows_the_equation_that_it_leads_to(reader, where):
    """By an event that is sent: a pointer that really moves stops WebKitGTK's driver."""
    reader.open(f"{CHAPTER}.html")
    reader.evaluate(
        "(link) => document.querySelector(link).dispatchEvent("
        "new PointerEvent('pointerenter', { pointerType: 'mouse' }))",
        f"article {LINKS[where]}",
    )
    reader.wait(
        "() => document.querySelector('.preview[role=tooltip] mjx-container mjx-math') !== null"
    )
    reader.engine.press("Escape")
    assert reader.evaluate("() => document.querySelectorAll('.preview').length") == 0


def test_colours_are_those_of_the_system_until_the_reader_chooses(reader):
    look = """() => [document.documentElement.dataset.theme,
      getComputedStyle(document.body).backgroundColor]"""
    reader.open("chapters/index.html")
    assert reader.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    dark = reader.evaluate(look)
    assert dark[0] == "dark"
    reader.wait("""() => {
      document.querySelector(".theme-switch-button").click();
      return document.documentElement.dataset.mode === "light";
    }""")
    light = reader.evaluate(look)
    assert light[0] == "light"
    assert light[1] != dark[1]
    reader.open(f"{CHAPTER}.html")
    assert reader.evaluate(look) == light, "it is remembered"


def test_no_bar_is_light_on_a_dark_page(reader):
    """Scroll bars, for example: headless Firefox draws its own in light colours."""
    reader.open(f"{CHAPTER}.html")
    picture = matplotlib.image.imread(io.BytesIO(reader.engine.picture()))
    light = (picture[..., :3].mean(axis=2) > 0.7).mean(axis=0)
    assert picture.shape[1] >= 1280
    assert light.max() < 0.5, f"column {light.argmax()} of {picture.shape[1]}"


def test_handles_show_the_numbers_of_the_first_state(reader):
    reader.open(f"{CHAPTER}.html")
    host = "document.querySelector('.explore')"
    reader.evaluate(f"() => {host}.parentElement.scrollIntoView({{behavior: 'instant'}})")
    reader.wait(f"() => {host}.dataset.ready")
    module, state = reader.evaluate(f"() => [{host}.dataset.module, {host}.dataset.state]")
    name = re.search(r"([a-z]+)\.js", module)[1]
    shown = reader.wait(f"() => {{ const all = ({SHOWN})(); return all.length && all; }}")
    compare(shown, explore.values(name, json.loads(state)))


def turn_and_come_back(reader, how: str) -> bool:
    """Turn the page and come back, by a link or by "Back"; tell whether Python is as it was.

    By a link it is only where pages may go through the history; elsewhere the outputs are kept.
    """
    title = reader.evaluate("() => document.title")
    reader.evaluate("() => { setTimeout(() => document.querySelector('a.right-next').click()); }")
    reader.wait(
        "(title) => document.title !== title && document.readyState === 'complete' && "
        "document.querySelector('a.left-prev') !== null",  # nor is it the empty page in between
        title,
    )
    way = {"link": "document.querySelector('a.left-prev').click()", "back": "history.back()"}[how]
    reader.evaluate(f"() => {{ setTimeout(() => {way}); }}")
    whole = how == "back" or reader.evaluate("() => typeof navigation !== 'undefined'")
    says = LEFT if whole else LOST
    reader.wait(
        "(title, says) => document.title === title && "
        "document.querySelector('.live-status')?.textContent.includes(says)",
        title,
        say(says),
    )
    return whole


def test_on_the_way_back_a_chapter_is_found_as_it_was_left(reader, live_site):
    """One start of Python for both ways, as it takes WebKitGTK half a minute."""
    reader.open(f"{CHAPTER}.html")
    reader.press(BUTTON, say("Run this page"))
    reader.started()
    for how in ("back", "link"):
        assert reader.run(3, "kept = 7; print(kept)") == "7"
        whole = turn_and_come_back(reader, how)
        assert reader.evaluate(f"(n) => {CELL}.querySelector('.live-output').innerText", 3) == "7\n"
        if not whole:
            assert reader.engine.name == "WebKitGTK"
            reader.press(".live-bar button", say("Run again"))
            reader.wait(f"(n) => {CELL}.dataset.live === 'done'", 3)
        assert reader.run(3, "print(2 * kept)") == "14"


def test_live_cells_run_and_stop(reader, live_site):
    """Where memory is shared with Python, Stop keeps the variables; else it says they are lost."""
    reader.open(f"{CHAPTER}.html")
    reader.press(BUTTON, say("Run this page"))
    reader.started()
    assert reader.evaluate(STATES) == ["done", "done", ""], "the first cells run by themselves"
    assert reader.run(1, "import numpy as np; kept = np.arange(7.0); print(kept.sum())") == "21.0"
    reader.begin(1, "while True: pass")
    reader.wait(f"(n) => {CELL}.dataset.live === 'running'", 1)
    reader.press(".live-bar button", say("Stop"))
    status = "() => document.querySelector('.live-status').textContent"
    if reader.evaluate("() => Boolean(globalThis.SharedArrayBuffer)"):
        reader.wait(f"(n) => {CELL}.dataset.live === 'error'", 1)
        assert re.search(pattern(KEPT), reader.evaluate(status))
        assert reader.run(1, "print(kept.sum())") == "21.0"
    else:
        assert reader.engine.name == "WebKitGTK"
        reader.wait(f"() => new RegExp({json.dumps(pattern(STOPPED))}).test(({status})())")
        reader.started()
        assert "NameError" in reader.run(1, "print(kept.sum())")


@pytest.fixture
def lite(lite_site):  # noqa: F811 (it is the fixture)
    """Return the address of JupyterLite, which lets its page be asked for its commands."""

    class Handler(server.Handler):
        def send_head(self):
            """Send the headers; return the file, the settings with one more."""
            path = Path(self.translate_path(self.path))
            if path != lite_site / "lite" / "jupyter-lite.json":
                return super().send_head()
            settings = json.loads(path.read_text(encoding="utf-8"))
            settings["jupyter-config-data"]["exposeAppInBrowser"] = True
            content = json.dumps(settings).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            return io.BytesIO(content)

    with server.serve(lite_site, Handler) as home:
        yield f"{home}/lite"


def test_a_cell_of_jupyterlite_runs(engine, lite):
    engine.open(f"{lite}/notebooks/index.html?path={CHAPTER.split('/')[1]}.ipynb")
    engine.wait(READY)
    code = "import sys, numpy as np; print(np.arange(7.0).sum(), sys.platform)"
    engine.evaluate(RUN_IN_LITE, code)
    assert engine.wait(SHOWN_IN_LITE) == "21.0 emscripten\n"
    engine.open("about:blank")  # which ends the kernel
