"""The snapshot of Python's memory: made once, used at the next start, of no harm when it is bad.

Whether a start came from the snapshot is seen by the hash of a text: it is the same at every such
start, and another at any other.
"""

import pytest
from live_cells import BUTTON, PATIENCE, Live, say
from short_pages import CELLS, PREPARED

SEEN = """import random
print(hash("x"), random.random())
"""
SIZE = "import('../_static/snapshot.js').then((snapshot) => snapshot.size())"
# Lets a reader save data until SPEND is evaluated.
SAVE = """try {
  const value = { saveData: !localStorage.getItem("spends") };
  Object.defineProperty(navigator, "connection", { value });
} catch { /* there is no page yet */ }"""
SPEND = "localStorage.setItem('spends', 'yes')"
# Puts something else in the place of what is kept: `change` is given its address, the packed bytes
# and those of the memory, and returns {url, packed} or {url, memory}.  RESTORE undoes that.
CHANGE = """async (change) => {
  const [name] = (await caches.keys()).filter((key) => key.startsWith("python "));
  const cache = await caches.open(name), [request] = await cache.keys();
  const kept = await cache.match(request), headers = new Headers(kept.headers);
  await (await caches.open("good")).put(request, kept.clone());
  const bytes = await kept.clone().arrayBuffer();
  const unpacked = new Response(kept.body.pipeThrough(new DecompressionStream("gzip")));
  let { url, packed, memory } = eval(change)(request.url, bytes, await unpacked.arrayBuffer());
  if (memory) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", memory));
    headers.set("Digest", [...digest].map((b) => b.toString(16).padStart(2, "0")).join(""));
    packed = new Response(memory).body.pipeThrough(new CompressionStream("gzip"));
  }
  await cache.delete(request);
  await cache.put(url, new Response(packed, { headers }));
}"""
RESTORE = """async () => {
  const good = await caches.open("good"), [request] = await good.keys();
  await caches.delete("python /");
  await (await caches.open("python /")).put(request, await good.match(request));
  await caches.delete("good");
}"""


@pytest.fixture(autouse=True)
def _live_cells(live_site):
    """Skip all tests here on a site without live cells."""


def started(tab, document=CELLS) -> Live:
    """Start Python on a page."""
    tab.open(f"{document}.html").page.click(BUTTON)
    return Live(tab).started()


def start(tab, document=CELLS) -> list[str]:
    """Start Python on a page; return the hash of a text there and a random number."""
    tab.live = started(tab, document)
    return tab.live.run(2, SEEN).split()


def made(tab):
    """Wait until the snapshot has been made."""
    tab.page.wait_for_selector(".live-bar[data-snapshot=tried]", timeout=PATIENCE)


@pytest.fixture(scope="module")
def reader(new_tab, short):
    """Return a tab in whose browser there is a snapshot.

    For the first start the reader saves data, so that no cell runs by itself.
    """
    tab = new_tab(short)
    tab.context.add_init_script(SAVE)
    live = started(tab)
    tab.page.wait_for_timeout(8000)  # NumPy is imported, and then nothing happens for a while
    tab.at_rest = len(tab.page.workers)
    tab.first = live.run(2, SEEN).split()
    made(tab)
    tab.size = tab.page.evaluate(SIZE)
    tab.page.evaluate(SPEND)
    tab.remembered = start(tab)
    yield tab
    tab.context.close()
    assert [tab.foreign_requests, tab.missing, tab.errors] == [[], [], []]


def test_none_is_made_before_a_cell_has_run(reader):
    assert reader.at_rest == 1, "there is no second Python"
    assert reader.size > 1e6


def test_the_next_start_is_from_the_snapshot_and_chance_begins_anew(reader):
    assert 1e6 < reader.page.evaluate(SIZE) < 10e6
    again = start(reader, PREPARED)
    assert again[0] == reader.remembered[0] != reader.first[0]
    assert len({seen[1] for seen in (reader.first, reader.remembered, again)}) == 3


def test_from_the_snapshot_cells_run_as_from_a_normal_start(reader):
    live = reader.live
    code = "import sys\nprint([path.rpartition('/')[2] for path in sys.path])"
    assert (
        live.run(2, code) == "['', 'python312.zip', 'python3.12', 'lib-dynload', 'site-packages']"
    )
    assert live.run(2, "import numpy as np\nprint(np.arange(3) @ np.arange(3))") == "5"
    assert live.run(2, "import sympy\nprint(sympy.diff('x**2'))") == "2*x"
    assert live.run(2, "import asyncio\nprint(await asyncio.sleep(0.01, 'slept'))") == "slept"
    live.run(2, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")
    assert live.cell(2).locator(".live-output img").count() == 1
    assert "cell 2" in live.run(2, "1 / 0")


STALE = {
    "truncated": "(url, packed) => ({ url, packed: packed.slice(0, packed.byteLength / 2) })",
    "changed": "(url, packed) => (new Uint8Array(packed)[1e6] ^= 1, { url, packed })",
    "of another Pyodide": "(url, _, memory) => (new Uint8Array(memory)[20] ^= 1, { url, memory })",
    "of another version": "(url, packed) => ({ url: `${url}0`, packed })",
}


@pytest.mark.parametrize("how", STALE)
def test_a_snapshot_of_no_use_costs_a_normal_start(reader, how):
    reader.page.evaluate(CHANGE, STALE[how])
    assert start(reader)[0] != reader.remembered[0]
    reader.page.goto(f"{reader.home}/book-version.json")  # where no other is made meanwhile
    reader.page.evaluate(RESTORE)


def test_a_storage_that_does_not_answer_costs_a_normal_start(reader):
    def silent(route):
        answer, ask = route.fetch(), "await caches.match("
        assert answer.text().count(ask) == 2
        never = answer.text().replace(ask, "await new Promise(() => {}, ")
        route.fulfill(response=answer, body=never)

    reader.page.unroute("**/*")
    reader.context.route("**/snapshot.js", silent)
    try:
        assert start(reader)[0] != reader.remembered[0]
    finally:
        reader.context.unroute("**/snapshot.js")
    assert start(reader)[0] == reader.remembered[0]


def test_after_a_breakdown_python_starts_without_it_and_it_is_made_anew(reader):
    assert start(reader)[0] == reader.remembered[0]
    reader.live.run(3, "import os\nos._exit(1)")
    assert reader.live.run(2, SEEN).split()[0] != reader.remembered[0]
    made(reader)
    reader.remembered = start(reader)
    reader.errors.clear()


@pytest.mark.parametrize(
    "device",
    [
        "Object.defineProperty(navigator, 'deviceMemory', { value: 1 })",
        "Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 })",
        "navigator.storage.estimate = async () => ({ quota: 1e9, usage: 9e8 })",
        "globalThis.CompressionStream = undefined",
    ],
    ids=["memory", "processors", "storage", "compression"],
)
def test_a_small_device_makes_none(tab, device):
    ask = "import('../_static/snapshot.js').then((snapshot) => snapshot.isWelcome('key'))"
    page = tab.open("chapters/index.html").page
    assert page.evaluate(ask)
    page.evaluate(device)
    assert not page.evaluate(ask)


def test_the_first_page_says_that_it_is_kept_and_it_can_be_removed(reader):
    page = reader.open("chapters/index.html").page
    (size,) = {round(page.evaluate(SIZE) / 1e6)}
    text = say(
        "Your browser keeps a copy of Python’s memory ({size}), from which Python starts faster.",
        size=f"{size} MB",
    )
    page.wait_for_selector(f"#offline >> text={text}")
    page.locator("#offline").get_by_role("button", name=say("Remove it")).click()
    page.wait_for_selector(f"#offline >> text={say('The book is no longer kept.')}")
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate(SIZE) == 0
    assert start(reader)[0] != reader.remembered[0]
