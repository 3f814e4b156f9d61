"""The service worker: Stop keeps the variables, and what was opened works without a server.

The site is served in a folder of a plain server that sets no headers, as GitHub serves it.  The
server counts what it is asked, can be stopped, and can refuse files.
"""

import functools
import http.server
import json
import os
import shutil
import socket
import threading
import time

import pytest
import short_pages
from live_cells import BUTTON, Live, say
from short_pages import CELLS, PREPARED

from web.offline import extension

READ = "chapters/03-chain-rule"
UNREAD = "chapters/05-automatic-differentiation"
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const keys = await (await caches.open(name)).keys();
    found[name] = keys.map((request) => new URL(request.url).pathname);
  }
  return found;
}"""

READY = "async (name) => (await (await caches.match(name)).json()).ready || false"


class Server:
    """A plain server of a folder, on a port of its own even while it is stopped."""

    def __init__(self, folder):
        self.folder, self.asked, self.refused = folder, [], ()
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            self.port = place.getsockname()[1]
        self.server = None

    def start(self):
        """Serve the folder."""
        outer = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *args):
                """Say nothing."""

            def do_GET(self):
                outer.asked.append(self.path)
                if any(part in self.path for part in outer.refused):
                    self.send_error(503)
                else:
                    super().do_GET()

        place = ("127.0.0.1", self.port)
        handler = functools.partial(Handler, directory=str(self.folder))
        self.server = http.server.ThreadingHTTPServer(place, handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        """Be out of reach.  Connections are closed after each answer, so none remains."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class Reader:
    """A reader with a browser that stays the same."""

    def __init__(self, chrome, server):
        self.server, self.errors, self.loads = server, [], []
        self.home = f"http://127.0.0.1:{server.port}/book"
        self.context = chrome.new_context(viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(60_000)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("domcontentloaded", lambda page: self.loads.append(page.url))

    def open(self, document):
        """Go to a page."""
        self.page.goto(f"{self.home}/{document}.html")
        return self.page

    def open_until(self, document, title) -> bool:
        """Go to a page until it has a title.

        The page that is left may count as open for a little while, and each view leaves one: so
        the pauses between the views grow.
        """
        for pause in (0, 0.5, 1, 2, 4, 8, 16):
            self.page.wait_for_timeout(1000 * pause)
            if title in self.open(document).inner_text("h1"):
                return True
        return False

    def run(self, document) -> Live:
        """Start Python on a page."""
        self.open(document).click(BUTTON)
        return Live(self).started()

    def kept(self) -> dict[str, set[str]]:
        """Return the names of the files that each version of the book has in the browser."""
        caches = self.page.evaluate(KEPT)
        return {
            name.split()[-1]: {path.removeprefix("/book/") for path in paths}
            for name, paths in caches.items()
            if name.startswith("book ") and not name.endswith(" state")
        }


def wait_until(reader, condition):
    """Wait until a condition holds for what is kept."""
    deadline = time.monotonic() + 30
    while not condition(reader.kept()):
        assert time.monotonic() < deadline, reader.kept()
        reader.page.wait_for_timeout(100)


def wait_until_ready(reader):
    """Wait until the next version is kept; wait_for_function does not wait for a promise."""
    deadline = time.monotonic() + 60
    while not reader.page.evaluate(READY, f"{reader.home}/state"):
        assert time.monotonic() < deadline, reader.kept()
        reader.page.wait_for_timeout(100)


def copy(site, target):
    """Copy the site without JupyterLite; the files are the same until they are replaced."""
    ignore = shutil.ignore_patterns("lite")
    shutil.copytree(site, target, copy_function=os.link, ignore=ignore)


def change(folder, name, old, new):
    """Replace a text in a file of a copy."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.unlink()
    path.write_text(text.replace(old, new), encoding="utf-8")


def version(folder) -> str:
    """Return the version of the book in a folder."""
    return json.loads((folder / "book-version.json").read_text(encoding="utf-8"))["version"]


def names(folder) -> set[str]:
    """Return the names of all files of the book in a folder."""
    return set(json.loads((folder / "book-files.json").read_text(encoding="utf-8"))["files"])


@pytest.fixture(scope="module")
def server(live_site, tmp_path_factory):
    """Serve a copy of the site in a folder, with short pages."""
    folder = tmp_path_factory.mktemp("server")
    copy(live_site, folder / "book")
    short_pages.write(live_site, folder / "book")
    extension.write_lists(folder / "book")
    server = Server(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def new_reader(chrome, server):
    """Return a function that makes readers."""
    readers = []

    def make():
        readers.append(Reader(chrome, server))
        return readers[-1]

    yield make
    for reader in readers:
        reader.context.close()


@pytest.fixture(scope="module")
def reader(chrome, server):
    """Return a reader who has come by a link that runs a page, and what there was to see."""
    reader = Reader(chrome, server)
    before = len(server.asked)
    reader.page.goto(f"{reader.home}/{READ}.html?run", wait_until="commit")
    reader.live = Live(reader).started()
    reader.begun = reader.live.states(3)
    reader.first_loads = [url.split("?")[0] for url in reader.loads]
    reader.page.wait_for_selector(".live-bar[data-kept]")
    reader.asked = server.asked[before:]
    yield reader
    reader.context.close()
    assert reader.errors == []


def stop(live, number, code) -> str:
    """Run a cell that does not end, and stop it; return what it shows."""
    live.write(number, code)
    live.page.keyboard.press("Control+Enter")
    live.wait(number, "running")
    live.page.wait_for_timeout(300)
    live.press("Stop")
    live.wait(number, "error")
    return live.output(number)


def test_the_page_is_loaded_again_once_and_is_then_isolated(reader):
    assert reader.first_loads == [f"{reader.home}/{READ}.html"] * 2
    assert reader.page.evaluate("[location.search, crossOriginIsolated]") == ["", True]
    assert reader.begun == ["done", "done", ""], "the first cells have run after that"
    assert not any("/lite/" in path for path in reader.asked)


def test_what_the_first_cells_need_is_loaded_once(reader):
    """The page is loaded again in between."""
    asked = [path.split("?")[0].split("/")[-1] for path in reader.asked]
    wheels = [name for name in asked if name.endswith(".whl")]
    assert {"numpy", "matplotlib", "sympy"} <= {name.split("-")[0] for name in wheels}
    assert len(wheels) == len(set(wheels)), "not by the cells and for offline use"


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    pass",
        "import time\ntime.sleep(1000)",
        "import asyncio\nawait asyncio.sleep(1000)",
        "import asyncio\nwhile True:\n    await asyncio.sleep(0)",
        "import asyncio\nasync def f():\n    while True:\n        await asyncio.sleep(0.001)\n"
        "await asyncio.gather(f(), f())",
    ],
    ids=["loop", "sleep", "await", "loop that awaits", "tasks"],
)
def test_stop_keeps_the_variables(reader, code):
    live = reader.live
    live.run(2, "kept = 41")
    assert "KeyboardInterrupt" in stop(live, 3, code)
    assert live.status() == say(
        "Cell {number} is stopped. What the cells had defined is still there.", number=3
    )
    assert live.run(2, "kept + 1") == "42"


def test_what_cannot_be_interrupted_is_said_and_a_second_stop_starts_anew(reader):
    live = reader.live
    live.run(2, "kept = 41")
    live.write(3, "sum(range(10**11))")
    live.page.keyboard.press("Control+Enter")
    live.wait(3, "running")
    live.press("Stop")
    live.wait_for_status(
        "Cell {number} has not stopped yet: it is in a computation that cannot be interrupted. "
        "Press “Stop” again to restart Python; everything the cells have defined is then lost."
    )
    live.press("Stop")
    live.started()
    lost = say(
        "Stopped. Here that requires restarting Python: everything the cells had defined is lost"
    )
    assert f"{lost}." in live.status()  # which may go on about offline use
    assert "NameError" in live.run(2, "kept")


@pytest.mark.parametrize("how", ["absent", "useless"])
def test_where_it_is_refused_python_starts_all_the_same_after_one_reload_at_most(new_reader, how):
    reader = new_reader()
    reader.context.add_init_script(
        {
            "absent": "delete Navigator.prototype.serviceWorker",
            "useless": "Object.defineProperty(window, 'crossOriginIsolated', { value: false })",
        }[how]
    )
    for document, loads in ((CELLS, {"absent": 1, "useless": 2}[how]), (PREPARED, 1)):
        reader.loads.clear()
        reader.open(document).click(BUTTON)
        reader.page.wait_for_selector(".live-bar[data-python=starting]")
        assert reader.loads == [f"{reader.home}/{document}.html"] * loads
    assert reader.errors == []


def test_a_chapter_that_was_run_opens_and_runs_without_the_server(reader):
    reader.page.wait_for_selector(".live-bar[data-kept]")
    reader.server.stop()
    try:
        live = reader.run(READ)
        formulas = reader.page.locator("mjx-container")
        formulas.nth(20).wait_for(state="attached")
        assert formulas.count() > 20
        drawn = "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])\nprint(len(plt.gca().lines))"
        assert live.run(2, drawn) == "1"
        assert live.cell(2).locator(".live-output img").count() == 1
        said = say(
            "The server does not answer, and this page is not among those that your browser keeps."
        )
        assert said in reader.open(UNREAD).inner_text("body")
    finally:
        reader.server.start()


def test_of_what_was_opened_a_new_version_replaces_the_old_one(new_reader, server):
    book, reader = server.folder / "book", new_reader()
    begin = "import('../_static/offline.js').then((offline) => offline.begin())"
    assert reader.open("chapters/notation").evaluate(begin)  # this page has to be loaded again
    reader.open("chapters/notation")
    wait_until(reader, lambda kept: "chapters/notation.html" in kept.get(version(book), ()))
    old = version(book)
    change(book, "chapters/notation.html", "<h1>Notation", "<h1>New signs")
    extension.write_lists(book)
    assert "New signs" in reader.open("chapters/notation").inner_text("h1")
    wait_until(reader, lambda kept: "chapters/notation.html" in kept.get(version(book), ()))
    assert old in reader.kept()
    wait_until_ready(reader)
    server.stop()
    try:
        assert reader.open_until("chapters/notation", "New signs")
        assert set(reader.kept()) == {version(book)}
    finally:
        server.start()


def press(page, name):
    """Press a button of the block on offline use."""
    page.locator("#offline").get_by_role("button", name=say(name, size="").strip(" ()")).click()


def wait(page, state):
    """Wait until so much of the book is kept: nothing, part or whole."""
    page.wait_for_selector(f"#offline[data-offline={state}]")


def test_the_whole_book_is_kept_renewed_as_a_whole_and_forgotten(new_reader, server):
    book, reader = server.folder / "book", new_reader()
    page = reader.open("chapters/index")
    wait(page, "nothing")
    size = sum(size for size, _ in extension.file_list(book).values())
    assert f"({size / 1e6:.0f} MB)" in page.inner_text("#offline")

    # A download that ends in the middle can be continued.
    server.refused = ("_static/mathjax/core.js",)
    press(page, "Keep the whole book for offline use ({size})")
    page.wait_for_selector(f"#offline button >> text={say('Continue loading the book')}")
    assert "mathjax/core.js" in page.inner_text("#offline")
    (part,) = reader.kept().values()
    server.refused, server.asked = (), []
    press(page, "Continue loading the book")
    wait(page, "whole")
    assert reader.kept() == {version(book): names(book) | {"book-files.json"}}
    again = {path.split("?")[0].removeprefix("/book/") for path in server.asked}
    assert not again & (part - {"book-files.json"})

    # Without the server, another page opens and runs.
    server.stop()
    live = reader.run(CELLS)
    assert live.run(2, "import sympy\nprint(sympy.diff('x**2'))") == "2*x"
    server.start()

    # A new version is not seen before all of it is there.
    old, title = version(book), page.inner_text("article h1")
    for name in (f"{CELLS}.html", "_static/live/page.js"):
        change(
            book,
            name,
            'say("Run all")' if name.endswith("js") else title,
            '"All new"' if name.endswith("js") else "All new",
        )
    extension.write_lists(book)
    server.refused = ("_static/live/page.js",)
    assert "All new" not in reader.open(CELLS).inner_text("h1")
    reader.open("chapters/index")
    assert old in reader.kept()
    assert "All new" not in reader.open(CELLS).inner_text("h1")
    server.refused, server.asked = (), []
    reader.open("chapters/index")
    wait_until_ready(reader)
    assert len(server.asked) < 10  # what is the same is copied
    server.stop()
    assert reader.open_until(CELLS, "All new")
    page.click(BUTTON)
    page.wait_for_selector(".live-bar >> text=All new")
    assert reader.kept() == {version(book): names(book) | {"book-files.json"}}
    server.start()

    reader.open("chapters/index")
    press(page, "Remove it")
    page.wait_for_selector(f"#offline >> text={say('The book is no longer kept.')}")
    assert page.evaluate("caches.keys()") == []
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )
    # After that, running a page in the same tab starts as it does for a new reader.
    live = reader.run(PREPARED)
    assert page.evaluate("crossOriginIsolated")
    wait_until(reader, lambda kept: any(f"{PREPARED}.html" in names for names in kept.values()))
    assert live.run(2, "1 + 1") == "2"
    assert reader.errors == []
