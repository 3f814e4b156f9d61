"""Measure how soon Python runs on a page: ``make bench-live BASE=/path/of/another/site``.

    python -m tools.bench_live [SITE]       compares with the built site in another folder

A reader opens a chapter, presses "Run this page", and runs a cell with NumPy and one with a figure:
with a new profile (cold), and again in the same browser (warm), after it has rested long enough to
keep a snapshot; each time at once, and after reading for a while.  "output" is what passes from the
press until the chapter's first output; where the first cells do not run by themselves, the reader
runs them as soon as Python is ready.  The sites take turns in one run,
since times depend on what else the machine does.  Printed are medians in seconds, and their ratios.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import time
from pathlib import Path

from web import build, chromium
from web.server import serve

PAGE = "chapters/03-chain-rule"
ROUNDS = 5
READING = 15  # seconds
PATIENCE = 300_000  # milliseconds
CELLS = {
    "NumPy": "import numpy as np\nprint(np.arange(3) @ np.arange(3))",
    "figure": "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
}
READY = ".live-bar[data-page=on][data-python=ready]"
CELL = "article div.cell"
FIRST = 2  # cells through the first that shows something
BEGUN = f"{CELL}:is([data-live=waiting], [data-live=running], [data-live=done])"
OUTPUT = f":nth-match({CELL}, {FIRST})[data-live=done] .live-output"


def run(page, code: str) -> float:
    """Write the second cell and run it; return how many seconds it takes."""
    cell = page.locator(CELL).nth(1)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    start = time.perf_counter()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "document.querySelectorAll('article div.cell')[1].dataset.live === 'done'",
        timeout=PATIENCE,
    )
    return time.perf_counter() - start


def visit(page, home: str, reading: float) -> dict[str, float]:
    """Open the chapter and use it; return the seconds that each thing takes."""
    page.goto(f"{home}/{PAGE}.html", wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.wait_for_timeout(1000)
    start = time.perf_counter()
    page.click(".live-start")
    page.wait_for_selector(READY, timeout=PATIENCE)
    taken = {"ready": time.perf_counter() - start}
    if not page.query_selector(BEGUN):
        runs = page.locator(f"{CELL} .live-button").get_by_text("Run", exact=True)
        for number in range(FIRST):
            runs.nth(number).click()
    page.wait_for_selector(OUTPUT, timeout=PATIENCE)
    taken["output"] = time.perf_counter() - start
    page.wait_for_timeout(1000 * reading)
    taken |= {name: run(page, code) for name, code in CELLS.items()}
    return taken


def measure(chrome, home: str, folder: Path) -> dict[tuple[str, str], dict[str, float]]:
    """Return what a new reader's visits to a site take, from the first on."""
    taken = {}
    for how, reading in (("at once", 0), ("after reading", READING)):
        context = chrome.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        taken["cold", how] = visit(page, home, reading)
        if (folder / "_static" / "snapshot.js").exists():
            page.wait_for_selector(".live-bar[data-snapshot]", timeout=PATIENCE)
        page.close()  # another tab has kept no outputs, which it would show first
        taken["warm", how] = visit(context.new_page(), home, reading)
        context.close()
    return taken


def main(other: str | None) -> int:
    """Measure the sites in turn and print the table."""
    from playwright.sync_api import sync_playwright

    sites = {"here": build.HTML} | ({"base": Path(other)} if other else {})
    found = {name: [] for name in sites}
    with contextlib.ExitStack() as stack, sync_playwright() as playwright:
        homes = {name: stack.enter_context(serve(folder)) for name, folder in sites.items()}
        options = {"executable_path": chromium.chromium(), "args": chromium.ARGUMENTS}
        chrome = playwright.chromium.launch(**options)
        for _ in range(ROUNDS):
            for name, home in homes.items():
                found[name].append(measure(chrome, home, sites[name]))
        chrome.close()
    print(f"load average: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
    print(f"{'':<22}{'':<8}" + "".join(f"{name:>8}" for name in sites) + f"{'ratio':>8}")
    for kind in found["here"][0]:
        for what in ("ready", "output", *CELLS):
            medians = [statistics.median(one[kind][what] for one in found[n]) for n in sites]
            ratio = f"{medians[0] / medians[1]:>8.2f}" if other else ""
            row = "".join(f"{median:>8.2f}" for median in medians)
            print(f"{', '.join(kind):<22}{what:<8}{row}{ratio}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if sys.argv[1:] else None))
