"""JupyterLite: a chapter's button opens the chapter there, MyST is rendered, and cells run.

The site is served from a folder of a server, as GitHub serves it.  Whatever is asked of another
host, by the page, its workers or its service worker, goes to a proxy that notes and refuses it.
"""

import hashlib
import json
import re
import socketserver
import threading
from pathlib import Path

import nbformat
import pytest
from backprop import explore
from live_cells import TOO_LARGE

from web import build, solutions
from web.live import extension
from web.server import serve

CHAPTERS = [path.stem for path in build.sources()[1] if extension.is_live(path)]
CHAPTER = "01-neural-networks"
OWN = "content-autofill.googleapis.com"  # which Chromium itself asks about forms
STARTED = 180_000  # milliseconds, on a machine with other work to do
# Whether the notebook has its kernel.  Before that, what is run may get lost, and cells still move:
# those that come into sight are put between others, so the first one may soon be another.
READY = """() => document.querySelector(".jp-KernelName")?.textContent.includes("Python")
  && document.querySelector(".jp-Notebook-ExecutionIndicator")?.dataset.status === "idle\""""
# A promise that is kept when a cell has been busy and is no longer.
WATCH = r"""([number, limit]) => {
  const cell = document.querySelectorAll(".jp-CodeCell")[number];
  window.ran = new Promise((resolve, reject) => {
    let busy = false;
    setTimeout(() => reject(new Error("the cell has not run")), limit);
    new MutationObserver((changes, observer) => {
      const prompt = cell.querySelector(".jp-InputPrompt")?.textContent ?? ""; // none out of sight
      if (prompt.includes("*")) busy = true;
      else if (busy && /\d/.test(prompt)) {
        observer.disconnect();
        resolve();
      }
    }).observe(cell, { childList: true, characterData: true, subtree: true });
  });
}"""


class Refuse(socketserver.StreamRequestHandler):
    """A proxy that notes what is asked of it, and refuses it."""

    def handle(self):
        """Answer a request."""
        asked = self.rfile.readline().decode("latin-1")
        if OWN not in asked:
            self.server.asked.append(asked)
        self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture(scope="module")
def lite_site(site) -> Path:
    """Return the folder of the site, if JupyterLite is on it."""
    if not (site / "lite").exists():
        pytest.skip("the site has no JupyterLite: it could not be built")
    return site


@pytest.fixture(scope="module")
def chapter(chrome, lite_site):
    """Open a chapter in JupyterLite by its button; return the page, and what goes wrong on it.

    A test leaves cells 0 and 1 as they are, and writes others before it runs them.
    """
    with (
        serve(lite_site.parent) as server,
        socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refuse) as proxy,
    ):
        wrong = proxy.asked = []
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.server_address[1]}"
        context = chrome.new_context(
            viewport={"width": 1280, "height": 2400},  # cells outside are not there
            proxy={"server": address, "bypass": "127.0.0.1"},
        )
        context.set_default_timeout(60_000)

        def look(answer):
            if answer.status >= 400:
                wrong.append(f"{answer.status} {answer.url}")

        context.on("response", look)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        page = context.new_page()
        page.goto(f"{server}/{lite_site.name}/chapters/{CHAPTER}.html")
        # As for a reader who has run a page: the book has a service worker too (web/offline).
        begin = "import('../_static/offline.js').then((offline) => offline.ask({ begin: true }))"
        assert not page.evaluate(begin)["problem"]
        with context.expect_page() as event:
            page.click("a.btn-launch-jupyterlite")
        page.close()
        event.value.wait_for_selector(".jp-CodeCell .cm-content")
        event.value.wait_for_function(READY, timeout=STARTED)
        yield event.value, wrong
        context.close()
        proxy.shutdown()


@pytest.fixture
def opened(chapter):
    """Return that page, with its first cells in view, and what goes wrong there."""
    page, wrong = chapter
    page.locator(".jp-WindowedPanel-outer").first.evaluate("e => e.scrollTo(0, 0)")
    page.locator(".jp-Cell[data-windowed-list-index='0']").wait_for()
    return page, wrong


def run(page, number: int, code: str | None = None) -> str:
    """Run a code cell, with other code if given; return what it shows."""
    cell = page.locator(".jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    if code is not None:
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(code)
    page.evaluate(WATCH, [number, STARTED])
    page.keyboard.press("Control+Enter")
    page.evaluate("() => window.ran")
    return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts()).strip()


def box_of(chapter: str) -> str:
    """Return the title of the box at the head of a chapter."""
    path = build.ROOT / "chapters" / f"{chapter}.ipynb"
    cell = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    return re.search(r"(?m)^`{3,}\{admonition\} (.+)$", "".join(cell["source"]))[1]


def stored(chapter: str, number: int) -> str:
    """Return the text that a code cell of a chapter shows in the book."""
    path = build.ROOT / "chapters" / f"{chapter}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [cell for cell in cells if cell["cell_type"] == "code"][number]["outputs"]
    return "".join("".join(output.get("text", "")) for output in outputs).strip()


def test_only_chapters_that_run_in_a_browser_have_a_button_each_to_itself(lite_site, document):
    page = lite_site / f"{document}.html"
    buttons = re.findall(r'<a href="([^"]*/lite/[^"]*)"', page.read_text(encoding="utf-8"))
    name = document.split("/")[-1]
    if name not in CHAPTERS:
        assert not buttons
        return
    assert len(buttons) == 1
    address, _, asked = buttons[0].partition("?path=")
    assert page.parent.joinpath(address).resolve().is_file()
    source = build.ROOT / "chapters" / f"{name}.ipynb"
    offered = (lite_site / "lite" / "files" / asked).read_bytes()
    assert offered == solutions.folded(nbformat.read(source, 4))
    listing = json.loads((lite_site / "lite" / "api" / "contents" / "all.json").read_text("utf-8"))
    assert asked in {entry["path"] for entry in listing["content"]}


def test_python_is_on_the_site_once(lite_site):
    assert len(list(lite_site.rglob("pyodide.asm.wasm*"))) == 1


def test_packages_of_the_kernel_are_there_as_its_lock_says(lite_site):
    lock = json.loads((lite_site / "lite" / "kernel" / "lock.json").read_text("utf-8"))
    folder = lite_site / "_static" / "live" / "runtime"
    names = {name.lower() for name in lock["packages"]}
    for name, package in lock["packages"].items():
        content = (folder / package["file_name"]).resolve().read_bytes()
        assert hashlib.sha256(content).hexdigest() == package["sha256"], name
        assert {depend.lower() for depend in package["depends"]} <= names, name


def test_a_chapter_opens_renders_and_runs(opened):
    page, wrong = opened
    page.locator("aside", has_text=box_of(CHAPTER)).first.wait_for()
    assert "{admonition}" not in page.locator(".jp-Notebook").inner_text()
    assert run(page, 0) == ""
    assert run(page, 1) == stored(CHAPTER, 1) != ""
    mnist = "from backprop.datasets import load_mnist\nprint(load_mnist()[0].shape)"
    assert run(page, 2, mnist) == "(60000, 784)"
    assert TOO_LARGE in run(page, 3, "import numpy as np\nnp.arange(100_000).sum()")
    fast = "from backprop import _products\n"
    fast += "print(_products.product is _products.product_in_browser)"
    assert run(page, 4, fast) == "False"
    names = "import jedi\nfound = jedi.Script('import os; os.getl').complete()\n"
    names += "print([one.name for one in found])"
    assert run(page, 5, names) == "['getloadavg', 'getlogin']"
    assert wrong == []


def test_a_figure_has_its_handles(opened):
    """The widget of backprop.explore, by anywidget, with the same module as on the page."""
    page, wrong = opened
    run(page, 2, "from backprop import explore\nhand = explore.widget('network')\nhand")
    box = page.get_by_role("spinbutton", name="x₁", exact=True)
    box.wait_for()
    cost = page.locator(".explorable-descent [data-value=cost]")
    first = explore.values("network", explore.state("network"))["cost"]
    assert cost.inner_text() == f"{first:.4f}"
    box.focus()
    page.keyboard.press("Shift+ArrowUp")
    page.wait_for_timeout(2000)  # the state goes to Python when the hand has come to rest
    assert run(page, 3, "[float(x) for x in hand.state['x']]") == "[1.0, -0.4]"
    assert wrong == []
