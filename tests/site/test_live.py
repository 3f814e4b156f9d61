"""Live cells in a real browser: start, edit, run, stop, reset, errors, keyboard, no stranger.

What the chapters themselves show, run this way, is in test_live_chapters.py.
"""

import _imp
import gzip
import http.server
import io
import json
import re
import types
import zipfile
from urllib.parse import urlsplit

import numpy as np
import pytest
from live_cells import BUTTON, PATIENCE, TOO_LARGE, Live, have_run, pattern, say
from short_pages import CELLS
from test_browser import NAMES, violations

from web import build, server
from web.live import bytecode, extension, fetch, pack

# Bytes from a plain server until NumPy has computed something.  Python and its library are 6.5
# million, NumPy 3.2, the package, the editor and all scripts 0.9; half a million is left for new
# versions.  As source, modules would be 1.4 million less, and Python would start later.  Python's
# program alone is seven million more where it is not packed.
LIMIT = 11_200_000
PYTHON_3_12 = int.from_bytes((3531).to_bytes(2, "little") + b"\r\n", "little")  # its bytecode
COMPILED = """import sys, numpy, backprop
here = [one for one in sys.modules.values() if getattr(one, "__file__", None)]
here = [one for one in here if one.__spec__ is None or one.__spec__.origin != "frozen"]
print(backprop.__file__.endswith(".py") and "pycache" in backprop.__cached__)
found = {one.__name__ for one in here if one.__file__.endswith(".py")}
print(sorted(name for name in found if name.split(".")[0] in ("asyncio", "json", "numpy", "re")))
print(sorted({one.__name__ for one in here} & {"asyncio.events", "json", "numpy.linalg", "re"}))"""
STOPPED = "Stopped. Here that requires restarting Python: everything the cells had defined is lost"
HERE = "document.activeElement.closest('div.cell')?.querySelector('.live-editor') && " \
    "[...document.querySelectorAll('article div.cell')].indexOf(" \
    "document.activeElement.closest('div.cell')) + 1"  # fmt: skip


@pytest.fixture(autouse=True)
def _live_cells(live_site):
    """Skip all tests here on a site without live cells."""


@pytest.fixture(scope="module")
def shared(new_tab, short):
    """Return a page on which Python runs, for all tests that leave it in order."""
    tab = new_tab(short).open(f"{CELLS}.html")
    tab.page.click(BUTTON)
    yield Live(tab).started()
    tab.context.close()
    assert [tab.foreign_requests, tab.missing, tab.errors] == [[], [], []]


@pytest.fixture
def live(shared):
    """Return the shared page; afterwards all cells are the author's again."""
    yield shared
    forget = say("Discard my changes")
    shared.page.locator(f".live-bar button >> text={forget}").click(force=True)  # if any


@pytest.fixture(scope="module")
def chapter(new_tab, address, live_site):
    """Return a chapter that was run by the link on the first page; nothing may go wrong there."""
    tab = new_tab(address).open("chapters/index.html")
    tab.page.get_by_role("link", name=say("Run chapter 1")).click()
    yield Live(tab).started()
    tab.context.close()


@pytest.fixture(scope="module")
def phone(chrome, short):
    """Return a page on a touch screen that was to run without a network, and then with it."""
    options = {"has_touch": True, "is_mobile": True, "service_workers": "block"}
    context = chrome.new_context(viewport={"width": 390, "height": 844}, **options)
    page = context.new_page()
    page.goto(f"{short}/{CELLS}.html")
    page.evaluate("import(new URL('page.js', document.querySelector('script[data-live]').src))")
    context.set_offline(True)
    page.tap(BUTTON)
    live = Live(types.SimpleNamespace(page=page))
    live.wait_for_status(UNREACHED)
    live.refused = live.status()
    context.set_offline(False)
    page.tap(BUTTON)
    yield live.started()
    context.close()


def test_the_runtime_is_loaded_only_when_asked_for(short_tab):
    asked = []
    short_tab.page.on("request", lambda request: asked.append(request.url))
    short_tab.open(f"{CELLS}.html")
    names = {url.split("/_static/live/")[1].split("?")[0] for url in asked if "/live/" in url}
    assert names == {"live.js"}


def test_chapters_with_frameworks_and_plain_pages_have_no_button(live_site):
    """Nor the script that makes it work."""
    live = {f"chapters/{path.stem}" for path in build.sources()[1] if extension.is_live(path)}
    found = {
        (name in live, 'class="live-start"' in text, "<script data-live" in text)
        for name in build.documents()
        for text in [(live_site / f"{name}.html").read_text(encoding="utf-8")]
    }
    assert found == {(True, True, True), (False, False, False)}


def test_from_the_first_page_to_an_output_in_one_click(chapter):
    assert "run" not in urlsplit(chapter.page.url).query  # nor does it start again when reloaded
    assert chapter.states(3) == ["done", "done", ""]
    assert chapter.cell(2).locator(".live-output").inner_text().startswith("predictions: ")
    tab = chapter.tab
    assert [tab.foreign_requests, tab.missing, tab.errors] == [[], [], []]


def test_from_a_folder_the_button_says_that_a_server_is_needed(new_tab, short_site):
    tab = new_tab(short_site.as_uri()).open(f"{CELLS}.html")
    tab.page.click(BUTTON)
    said = say(
        "Running needs a server: in the book's folder, run “make serve”, or read it on the web."
    )
    assert tab.page.locator(".live-status").inner_text() == said
    tab.context.close()


def test_a_cell_is_edited_and_run(live):
    assert live.run(2, "x = 20\nprint('printed')\nx + 1") == "printed\n21"
    assert live.run(3, "x * 2") == "40"


PRODUCTS = """
import numpy as np
from backprop import _products, layers

assert layers.product is _products.product is not _products.product_in_browser
rng = np.random.default_rng(0)
count, wrong = 0, []
for dtype in (np.float64, np.float32):
    for n, k, m in ((4, 2, 2), (5, 3, 7), (3, 4, 9), (33, 300, 17), (257, 513, 9), (128, 64, 10)):
        A, B = rng.normal(size=(n, k)).astype(dtype), rng.normal(size=(k, m)).astype(dtype)
        for a in (A, A.T.copy().T, np.repeat(A, 2, 0)[::2], np.repeat(A, 3, 1)[:, ::3], A[::-1]):
            for b in (B, B.T.copy().T, B[:, ::-1], np.repeat(B, 2, 1)[:, ::2]):
                out, expected = np.empty((m, n), dtype).T, np.dot(a, b)
                for c in (a @ b, np.matmul(a, b, out=out), layers.product(a, b)):
                    count += 1
                    if c.dtype != dtype or not np.array_equal(c, expected):
                        wrong.append((n, k, m, a.strides, b.strides))
A, B = rng.normal(size=(3, 1, 6, 5)), rng.normal(size=(2, 5, 4))
assert np.array_equal((A @ B)[2, 1], np.dot(A[2, 0], B[1])) and (A @ B).shape == (3, 2, 6, 4)
S = rng.normal(size=(9, 9))
before = S.copy()
S @= S
assert np.array_equal(S, np.dot(before, before))
assert np.array_equal(np.ones((4, 0)) @ np.ones((0, 4)), np.zeros((4, 4)))
A = np.eye(5)
A[2, 3] = np.nan
assert np.isnan(A @ np.ones((5, 5))).tolist() == [5 * [row == 2] for row in range(5)]
print(count, wrong)
"""

SPEED = """
import time
import numpy as np
from backprop import FFNN, LRELU, Adam, CostCrossEntropy, _products, layers, softmax

rng = np.random.default_rng(0)
def seconds(M, batch, epochs, product):
    X, T = rng.random((5 * batch, M[0])), np.eye(M[-1])[rng.integers(M[-1], size=5 * batch)]
    layers.product = product
    net, start = FFNN(M, LRELU, softmax, CostCrossEntropy, seed=1), time.perf_counter()
    net.fit(X, T, Adam(1e-3, 0.9, 0.999), batches=5, epochs=epochs)
    return time.perf_counter() - start
ways = np.dot, _products.product
settings = ((784, 128, 64, 10), 128, 1, 7), ((2, 8, 10), 4, 4, 40), ((2, 2, 2), 4, 4, 40)
for *setting, rounds in settings:
    turns = [[seconds(*setting, way) for way in ways] for _ in range(rounds)]
    before, now = map(min, zip(*turns))
    print(f"{before / now:.2f}")
layers.product = _products.product
"""


def test_matrix_products_have_the_bits_of_numpys_own_loops(live):
    """Those are still in np.dot; einsum may add in another order."""
    assert live.run(2, PRODUCTS) == "720 []"


def test_training_is_faster_than_with_numpys_own_loops_and_small_networks_not_slower(live):
    """By the shortest of many times in turns; others may be at work here all the same."""
    large, *small = map(float, live.run(2, SPEED).split("\n"))
    assert large > 2
    assert min(small) > 0.85


EXPRESSIONS = """
a.sum() | np.sum(a) | a.cumsum() | a @ a | np.dot(a, a) | np.inner(a, a) | np.tensordot(a, a, 1)
np.outer(a[-3:], a[-3:]) | np.array([50_000]) ** 2 | np.array([2_000]) ** 3 | 2 ** np.arange(40)
np.power(np.arange(100), 6) | np.prod(np.arange(1, 20)) | np.cumprod(np.arange(1, 20))
np.array([60_000, 1]) * np.array([60_000, 1]) | np.array([60_000]) * 50_000 | np.square(a)
np.array([2**31 - 1]) + 1 | np.array([-(2**31)]) - 1 | np.convolve(a, a[-9:])[:-9] | np.vdot(a, a)
np.array([1e9, 1e9, 1e9]).astype(int).sum() | np.trace(np.diag(np.full(3, 10**9)))
np.linalg.matrix_power(np.array([[1, 1], [1, 0]]), 60) | np.full(3, 2**31, np.uint32).sum()
np.array([2**31 - 1] * 6).reshape(2, 3).sum(axis=0) | np.polyval([1, 2, 3], a)
np.add(a, 2**31 - 1) | a[-1] ** 2 | 50_000 ** a[2] | a[10] ** 3 | a[7] ** 0 | (a > 9).sum() ** 2
1 << np.arange(40) | np.arange(100) << 2 | np.array([-1, 1]) << 30 | np.array([-5, 1]) << 30
a[:100].reshape(10, 10) @ (10**7 * a[1:11].reshape(10, 1)) | a[::-1].sum() | a.argmax() + a
a.mean() | a.var() | a.sum(dtype=np.int64) | a.astype(np.int64) @ a
(np.arange(1000) ** 2).sum() | a.astype(float) @ a | np.arange(10**5, dtype=np.int64).cumsum()
(a > 7).sum() | a[::-1] - a
np.array([2**40, 1]) ** 1 | np.array([-2, 0, 1, -1]) ** np.array([31, 2**30, 2**30, 2**30 + 1])
(a.argmax() + 1) * 2 | np.array([3, 4]) @ np.array([5, 6]) | np.array([2.7e9]).astype(np.int64)
np.full(2, 2**31, np.uint32) + np.uint32(2**31 - 1) | -a * 20_000 | 10 * np.ones(3, int)
np.array([1.9, -1.9]).astype(int) | np.average(a) | np.median(a) | a.max() - a.min() | a % 7
"""
INTEGERS = """
import json, numpy as np
from live import loops
a, found = np.arange(100_000), []
for expression in {}:
    loops.overflows()
    values = np.ravel(eval(expression))[[0, -1]]
    found.append([values.tolist(), loops.overflows()])
print(json.dumps(found))
"""


def test_no_integer_is_wrong_without_a_word(live):
    """What is wrong there, by this computer's integers of 64 bits, is noticed, and no more."""
    expressions = [e.strip() for e in EXPRESSIONS.strip().replace("\n", "|").split("|")]
    found = json.loads(live.run(2, INTEGERS.format(expressions)).split("\n")[-1])
    names, failures = {"a": np.arange(100_000), "np": np}, []
    for expression, (values, noticed) in zip(expressions, found, strict=True):
        right = np.ravel(eval(expression, names))[[0, -1]].tolist()
        if (values != pytest.approx(right, rel=1e-12)) != noticed:
            failures.append((expression, values, right, noticed))
    assert failures == []
    assert {noticed for _, noticed in found} == {False, True}


def test_a_cell_says_that_an_integer_became_too_large(live):
    assert live.run(2, "import numpy as np\nnp.arange(100_000).sum()").startswith("np.int32(")
    assert TOO_LARGE in live.output(2)
    assert live.run(3, "np.arange(100_000, dtype=np.int64).sum()") == "np.int64(4999950000)"


def test_the_value_of_a_statement_and_none_are_not_shown(live):
    assert live.run(2, "x = 1\nNone").strip() == ""


def test_html_latex_and_figures_are_drawn(live):
    live.run(2, "class A:\n    def _repr_html_(self): return '<b>bold</b>'\nA()")
    assert live.cell(2).locator(".live-output b").inner_text() == "bold"
    live.run(2, "import sympy\nsympy.Symbol('x') ** 2")
    live.cell(2).locator(".live-output mjx-container").wait_for(timeout=PATIENCE)
    live.run(2, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    width = "document.querySelector('.live-output img').naturalWidth"
    live.page.wait_for_function(f"{width} > 300")
    assert live.cell(2).locator(".live-output img").get_attribute("alt")


def test_what_notebooks_use_of_ipython_is_there(live):
    code = "from IPython.display import HTML, clear_output, display\n"
    live.run(2, f"{code}print('old')\nclear_output()\ndisplay(HTML('<i>new</i>'))")
    assert live.output(2) == "new"
    assert live.cell(2).locator(".live-output i").count() == 1


def test_an_import_inside_a_function_of_a_package_is_loaded_on_demand(live):
    assert (
        live.run(2, "import importlib\nimportlib.import_module('tq' + 'dm').__name__") == "'tqdm'"
    )


def test_a_progress_bar_warns_of_nothing(live):
    shown = live.run(2, "from tqdm import tqdm\nfor k in tqdm(range(3)):\n    pass\nprint(k)")
    assert "3/3" in shown
    assert "Warning" not in shown


def test_output_streams_in(live):
    live.write(2, "import time\nprint('first')\ntime.sleep(3)\nprint('second')")
    live.page.keyboard.press("Control+Enter")
    live.wait(2, "running")
    live.page.wait_for_function(
        "document.querySelectorAll('div.cell')[1].querySelector('.live-output')"
        "?.textContent.includes('first')"
    )
    assert live.state(2) == "running"
    assert "second" not in live.output(2)
    live.wait(2, "done")
    assert "second" in live.output(2)


def test_a_traceback_points_to_the_line_in_the_cell(live):
    live.run(2, "def wrong(x):\n    y = 1\n    return x / 0")
    shown = live.run(3, "x = 1\nwrong(1)")
    assert live.state(3) == "error"
    assert "ZeroDivisionError" in shown
    assert re.search(r'"cell 3(, version \d+)?", line 2', shown)
    assert re.search(r'"cell 2(, version \d+)?", line 3', shown)
    assert "kernel.py" not in shown
    marked = live.cell(2).locator(".live-wrong-line")
    assert marked.inner_text().strip() == "return x / 0"
    assert "line 1" in live.run(3, "x = (")


def test_an_error_ends_the_run_of_all_cells(live):
    live.write(3, "raise ValueError('here')")
    live.press("Run all")
    live.wait(3, "error")
    assert [live.state(n) for n in (1, 2, 4)] == ["done", "done", ""]


def test_run_all_above_runs_what_is_above_and_no_more(live):
    for number, code in ((1, "a = 1"), (2, "a += 1"), (3, "a"), (4, "a = 100")):
        live.write(number, code)
    live.cell(4).get_by_role("button", name=say("Run all above")).click()
    live.wait(3, "done")
    live.wait_for_status("Cell {number} is done.")
    assert live.output(3) == "2"
    assert live.run(5, "a") == "2"


def test_reset_brings_the_author_s_code_and_output_back(live):
    code, output = live.code(2), live.output(2)
    assert live.run(2, "print('mine')") == "mine"
    button = live.cell(2).get_by_role("button", name=say("Reset"))
    button.click()
    assert live.code(2) == code
    assert live.output(2) == output != "mine"
    assert button.evaluate("e => e === document.activeElement")
    assert button.get_attribute("aria-disabled") == "true"


def test_shift_enter_runs_and_goes_on_and_tab_leads_out(live):
    live.write(2, "print('by keyboard')")
    live.page.keyboard.press("Shift+Enter")
    live.wait(2, "done")
    assert "by keyboard" in live.output(2)
    assert live.page.evaluate(HERE) == 3
    live.page.keyboard.press("Tab")
    assert live.page.evaluate("document.activeElement.matches('.copybtn')")
    live.page.keyboard.press("Tab")
    assert live.page.evaluate("document.activeElement.textContent") == say("Run")
    assert live.page.evaluate("document.activeElement !== document.body")


def test_stop_ends_a_loop_says_what_is_lost_and_python_starts_again(live):
    live.run(2, "kept = 1")
    live.write(3, "while True:\n    pass")
    live.page.keyboard.press("Control+Enter")
    live.wait(3, "running")
    live.cell(3).get_by_role("button", name=say("Stop")).click()
    live.wait_for_status(STOPPED)
    run = live.cell(3).get_by_role("button", name=say("Run cell {number}", number=3))
    assert run.evaluate("e => e === document.activeElement")
    live.started()
    assert "NameError" in live.run(2, "kept")


def test_stop_ends_a_cell_that_awaits_and_keeps_what_was_defined(live):
    live.run(2, "kept = 1")
    live.write(3, "import asyncio\nawait asyncio.sleep(1000)")
    live.page.keyboard.press("Control+Enter")
    live.wait(3, "running")
    live.press("Stop")
    live.wait(3, "error")
    assert "KeyboardInterrupt" in live.output(3)
    assert live.run(2, "kept") == "1"


@pytest.fixture
def isolated(new_tab, short_site):
    """Return a tab on a server that isolates its pages."""

    class Isolating(server.Handler):
        def end_headers(self):
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            super().end_headers()

    with server.serve(short_site, Isolating) as home:
        tab = new_tab(home)
        yield tab
        tab.context.close()


def test_where_the_server_isolates_its_pages_stop_keeps_what_was_defined(isolated):
    isolated.open(f"{CELLS}.html").page.click(BUTTON)
    live = Live(isolated).started()
    live.run(2, "kept = 1")
    live.write(3, "while True:\n    pass")
    live.page.keyboard.press("Control+Enter")
    live.wait(3, "running")
    live.press("Stop")
    live.wait(3, "error")
    assert "KeyboardInterrupt" in live.output(3)
    assert live.run(2, "kept") == "1"


def test_a_page_that_is_isolated_and_shares_no_memory_runs_all_the_same(isolated):
    """As in WebKitGTK: Stop then starts Python anew."""
    isolated.page.add_init_script("delete globalThis.SharedArrayBuffer")
    isolated.open(f"{CELLS}.html").page.click(BUTTON)
    live = Live(isolated).started()
    assert live.page.evaluate("crossOriginIsolated")
    live.write(3, "while True:\n    pass")
    live.page.keyboard.press("Control+Enter")
    live.wait(3, "running")
    live.press("Stop")
    live.wait_for_status(STOPPED)


def test_restart_forgets_what_was_defined(live):
    live.run(2, "kept = 1")
    live.press("Restart Python")
    live.started()
    shown = live.run(2, "kept")
    assert "NameError" in shown
    assert say('(If a cell above defines this name, press "Run all above" first.)') in shown


def test_changes_survive_a_reload_and_can_be_forgotten(short_tab):
    """The page keeps them, with Python or without: here it never starts, and no cell runs."""
    tab = short_tab
    tab.context.route("**/numpy-*", lambda route: None)
    live = Live(tab.open(f"{CELLS}.html"))
    tab.page.click(BUTTON)
    tab.page.wait_for_selector(".live-editor")
    author = live.code(3)
    live.write(3, "changed = True")
    tab.page.reload()
    live.wait_for_status(
        "You changed cells here: your changes will be restored when you run the page."
    )
    tab.page.click(BUTTON)
    live.page.wait_for_selector(".live-editor")
    assert live.code(3) == "changed = True"
    live.press("Discard my changes")
    assert live.code(3) == author
    assert tab.page.evaluate("localStorage.getItem('live cells ' + location.pathname)") is None
    assert not tab.foreign_requests


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("x = bytearray(2**31 - 99)\ny = x * 4", "MemoryError"),
        (
            "name = input('your name: ')",
            say("a live cell cannot ask for input: write the value into the cell"),
        ),
        (
            "import pandas",
            say(
                "(Live cells have the packages that the book uses, and no others. "
                "In Binder, or on your own computer, you can install what you like.)"
            ),
        ),
        (
            "%timeit 1",
            say("(This is a command of IPython. Live cells understand Python only.)"),
        ),
        ("import sys\nsys.exit('over')", "SystemExit"),
        ("import threading\nthreading.Thread(target=print).start()", "can't start new thread"),
        ("from backprop.datasets import load_mnist\nload_mnist('nothing.npz')", "no file"),
    ],
    ids=["memory", "input", "package", "magic", "exit", "thread", "file"],
)
def test_what_cannot_be_done_is_an_error_and_python_lives_on(live, code, says):
    live.run(3, "kept = 'kept'")
    assert says in live.run(2, code)
    assert live.state(2) == "error"
    assert live.run(3, "kept") == "'kept'"


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(1)",
        "import ctypes\nctypes.memset(0, 1, 2**31 - 1)",
    ],
    ids=["exit", "memory"],
)
def test_when_python_breaks_down_it_is_said_and_starts_again(live, code):
    live.run(2, code)
    assert re.search(pattern("Python crashed in this cell: {error}"), live.output(2))
    assert say("“Restart Python” tries again.") in live.status()
    assert live.run(3, "1 + 1") == "2"  # which starts Python anew
    live.tab.errors.clear()


@pytest.mark.parametrize(
    "code", ["while True:\n    print('again')", "print('x' * 10**8)", "'x' * 10**8"]
)
def test_output_without_end_does_not_freeze_the_page(live, code):
    live.write(2, code)
    live.page.keyboard.press("Control+Enter")
    notice = live.cell(2).locator(".live-notice")
    notice.wait_for(timeout=PATIENCE)
    said = say("This is more than a page can hold: the rest of the output is left out.")
    assert said in notice.inner_text()
    assert live.page.evaluate("1 + 1") == 2
    if live.state(2) == "running":
        live.press("Stop")
    live.started()


PURE = [file.package for file in fetch.file_list() if file.version][-1]  # of Python alone


@pytest.mark.parametrize(
    ("file", "code"),
    [(f"{PURE}-*", f"import {PURE}"), ("mnist.npz*", "open('data/mnist.npz', 'rb').read(1)")],
)
def test_a_file_that_does_not_arrive_is_named_and_python_lives_on(live, file, code):
    live.run(3, "kept = 1")
    pattern, name = f"**/{file}", file.partition("*")[0]
    live.tab.context.route(pattern, lambda route: route.fulfill(status=404))
    live.page.unroute("**/*")
    assert name in live.run(2, code)
    assert live.state(2) == "error"
    assert live.run(3, "kept") == "1"
    live.tab.context.unroute(pattern)
    assert live.run(2, f"{code}\n'here'") == "'here'"
    live.tab.missing.clear()
    live.tab.errors.clear()


def test_the_copy_button_copies_what_the_editor_shows(live):
    live.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    live.write(2, "changed = 1\nmore = 2")
    live.cell(2).hover()
    live.cell(2).locator(".live-editor .copybtn").click()
    live.page.wait_for_function("document.querySelector('.copybtn.success')")
    assert live.page.evaluate("navigator.clipboard.readText()") == "changed = 1\nmore = 2"


UNREACHED = "The server of this book, from which Python is loaded, cannot be reached."


def test_without_the_server_it_is_said_and_the_button_tries_again(phone):
    assert phone.refused == say(UNREACHED)
    assert phone.states(3) == ["done", "done", ""]


def on_disk(route) -> bytes:
    """Return the file that is asked for.  Asking the server for it might outlive the page."""
    return (build.HTML / urlsplit(route.request.url).path.lstrip("/")).read_bytes()


DAMAGED = (
    "The list of the files that run Python (files.json) is missing on the server or damaged.",
    "The file {name} is missing on the server (status {status}).",
    "The file {name} on the server is damaged or was changed: it has {length} bytes, and should "
    "have {size} with SHA-256 {hash}…",
    "A script that runs Python (worker.js) is missing on the server or damaged.",
    "Live cells cannot start: a script of this site is missing or damaged, or the server cannot "
    "be reached. Reload the page to try again. ({error})",
)
DAMAGE = {
    "missing": lambda route: route.fulfill(status=404),
    "truncated": lambda route: route.fulfill(body=b"half"),
    "changed": lambda route: route.fulfill(body=on_disk(route)[:-1] + b"?"),
}


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize(
    "name", ["files.json", "codemirror-view.js", "pyodide.asm.wasm", "numpy-2"]
)
def test_a_damaged_file_is_named(short_tab, name, how):
    tab = short_tab
    tab.context.route(f"**/{name}*", DAMAGE[how])
    tab.page.unroute("**/*")
    tab.open(f"{CELLS}.html")
    tab.page.click(BUTTON)
    Live(tab).wait_for_status(*DAMAGED)
    if (name, how) != ("files.json", "changed"):
        assert name in tab.page.locator(".live-status").inner_text()


@pytest.mark.parametrize("name", ["page.js", "editor.js", "worker.js", "snapshot.js"])
def test_a_missing_script_is_said(short_tab, name):
    tab = short_tab
    tab.page.unroute("**/*")
    tab.context.route(f"**/{name}*", DAMAGE["missing"])
    tab.open(f"{CELLS}.html")
    tab.page.click(BUTTON)
    Live(tab).wait_for_status(*DAMAGED)


def test_a_live_page_is_accessible_and_narrow_enough(chapter):
    page = chapter.page
    chapter.run(4, "print('one')\n'two'")
    chapter.run(5, "1 / 0")
    # Formulas are MathJax's, and take axe minutes; colours are not to be caught while they fade.
    formulas = "document.querySelectorAll('mjx-container')"
    page.evaluate(f"{formulas}.forEach((e) => e.replaceWith('x'))")
    page.add_style_tag(content="* { transition: none !important }")
    assert not violations(page, rules=NAMES)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert not violations(page, runOnly=["color-contrast"])
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.set_viewport_size({"width": 320, "height": 900})
    page.wait_for_timeout(400)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_package_is_the_one_of_this_commit(live):
    shown = live.run(2, "import backprop\nprint(backprop.__version__)")
    assert re.fullmatch(r"\d+\.\d+\.\d+", shown.strip())


def test_data_of_the_chapters_can_be_read(live):
    shown = live.run(2, "from pathlib import Path\nPath('data/mnist.npz').stat().st_size")
    assert int(shown) > 1_000_000


def test_numbers_of_the_list_are_those_on_the_site(site):
    folder = site / "_static" / "live"
    listed = json.loads((folder / "files.json").read_text(encoding="utf-8"))["files"]
    assert listed
    for name, entry in listed.items():
        assert (folder / entry["path"]).stat().st_size == entry["size"], name


def test_packed_files_and_wheels_are_those_of_the_list(live_site):
    folder = live_site / "_static" / "live" / "runtime"
    files = [file for file in fetch.file_list() if file.name != "pyodide-lock.json"]
    packed = [file for file in files if (folder / (file.name + pack.SUFFIX)).exists()]
    assert {"pyodide.asm.wasm", "pyodide.asm.js"} <= {file.name for file in packed}
    assert len(packed) < len(files)
    for file in files:
        content = (folder / (file.name + pack.SUFFIX * (file in packed))).read_bytes()
        assert not (file in packed and (folder / file.name).exists())
        if file in packed:
            content = gzip.decompress(content)
        if file.package or file.name == bytecode.STDLIB:
            compare_archives(file, content)
        else:
            fetch.check(content, file)


def compare_archives(file, content):
    """Compare an archive on the site with the one that was fetched."""
    with (
        zipfile.ZipFile(fetch.cached_path(file)) as old,
        zipfile.ZipFile(io.BytesIO(content)) as new,
    ):
        here, whole = ({m.filename: m.CRC for m in a.infolist()} for a in (new, old))
        compiled = [name for name in here.keys() - whole.keys() if f"{name[:-1]}" in whole]
        for name in compiled:
            key = _imp.source_hash(PYTHON_3_12, old.read(name[:-1]))
            assert new.read(name)[:16] == PYTHON_3_12.to_bytes(4, "little") + b"\3\0\0\0" + key
    assert here.keys() - whole.keys() == set(compiled)
    lacking = whole.keys() - here.keys() - {name[:-1] for name in compiled}
    assert not [n for n in lacking if n.endswith((".py", ".so")) and "tests/" not in n]
    assert not [n for n in lacking if re.search("(?i)licen[cs]e|copying", n)]
    changed = {name for name in here.keys() & whole.keys() if here[name] != whole[name]}
    assert {name.split(".dist-info/")[-1] for name in changed} <= {"RECORD"}, file.name


def test_python_imports_what_was_compiled(live):
    """The standard library and NumPy are bytecode; our package has its source beside it."""
    imported = ["asyncio.events", "json", "numpy.linalg", "re"]
    assert live.run(2, COMPILED) == f"True\n[]\n{imported}"


def test_where_nothing_can_be_unpacked_it_is_said(short_tab):
    tab = short_tab
    script = "delete globalThis.DecompressionStream;"
    body = (build.HTML / "_static" / "live" / "files.js").read_text(encoding="utf-8")
    tab.page.unroute("**/*")
    tab.context.route(
        "**/files.js",
        lambda route: route.fulfill(body=script + body, content_type="text/javascript"),
    )
    tab.open(f"{CELLS}.html").page.click(BUTTON)
    Live(tab).wait_for_status(
        "This browser is too old to run Python here: it lacks DecompressionStream, which browsers "
        "have had since 2023."
    )


def test_from_a_plain_server_few_bytes_come_until_numpy_has_computed(chrome, short_site):
    sent = []

    class Counting(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            """Say nothing."""

        def send_header(self, key, value):
            if key == "Content-Length" and self.command == "GET":
                sent.append((self.path, int(value)))
            super().send_header(key, value)

    with server.serve(short_site, Counting) as home:
        context = chrome.new_context(
            viewport={"width": 1280, "height": 900}, service_workers="block"
        )
        context.set_default_timeout(PATIENCE)
        # For a reader who saves data, the page loads nothing that no cell has asked for.
        context.add_init_script(
            "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
        )
        page = context.new_page()
        page.goto(f"{home}/{CELLS}.html")
        page.wait_for_load_state("networkidle")
        sent.clear()
        page.click(BUTTON)
        live = Live(types.SimpleNamespace(page=page)).started()
        assert live.run(2, "import numpy as np\nprint(np.arange(9).sum())") == "36"
        total = sum(size for _, size in sent)
        context.close()
    assert total < LIMIT, sorted(sent, key=lambda one: -one[1])[:9]
    said = {
        "README.md": r"starts Python in the browser \((\d+) MB, from the site",
        "chapters/teaching.md": r"The first start loads (\d+) MB into each\s+browser",
    }
    for name, sentence in said.items():
        megabytes = re.search(sentence, (build.ROOT / name).read_text(encoding="utf-8"))[1]
        assert int(megabytes) == pytest.approx(total / 1e6, abs=0.7), name


def test_on_a_touch_screen_the_words_are_about_tapping_and_buttons_are_large(phone):
    status = phone.status()
    assert have_run(2) in status
    assert say("Tap a cell to change it, and Run to run it.") in status
    assert say("Shift-Enter runs a cell and goes to the next.") not in status
    heights = phone.page.eval_on_selector_all(
        ".live-button", "all => all.map((e) => e.getBoundingClientRect().height).filter(Boolean)"
    )
    assert heights
    assert min(heights) >= 44
