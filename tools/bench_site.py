"""Measure how heavy and how fast the pages are: ``make bench-site``.

    python -m tools.bench_site [DOCUMENT ...]       such as chapters/09-back-propagation

Every page is loaded in a real Chromium with an empty cache, from a server on this machine that
compresses as public hosts do.  The *first view* counts the bytes transferred until the page is
loaded and its formulas are typeset, without scrolling; the *whole page* adds those transferred
while scrolling to the end.  Bytes are counted on the wire, headers included; times are measured
from the request, and the best of a few loads counts.  A table is printed; all numbers and the
heaviest files go to _build/bench-site.json.  The bytes do not depend on the machine, and
tests/site limits them; the times do, and are only reported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from web import build, chromium
from web.server import serve

LIMIT = 400_000  # bytes of a chapter's first view, compressed
LOADS = 3
REPORT = build.BUILD / "bench-site.json"

SCRIPT = Path(__file__).with_suffix(".js")  # defines the object bench in a page


def count_transfers(page) -> Callable[[], dict[str, int]]:
    """Count the bytes that a page transfers from now on.

    Parameters
    ----------
    page : playwright.sync_api.Page
        A page before its first request.

    Returns
    -------
    function
        Called without arguments, it returns bytes on the wire by address.
    """
    addresses, sizes = {}, {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def on_request(event):
        addresses[event["requestId"]] = event["request"]["url"]

    def on_end(event):
        address = addresses.get(event["requestId"], "?")
        if not address.startswith("data:"):
            sizes[address] = sizes.get(address, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", on_request)
    session.on("Network.loadingFinished", on_end)
    return lambda: dict(sizes)


def load(chrome, address: str, scroll: bool) -> dict:
    """Load a page with an empty cache; return its transfers and times."""
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(path=SCRIPT)
    sizes = count_transfers(page)
    page.goto(address, wait_until="load")
    text, typeset = page.evaluate("bench.times()")
    page.wait_for_load_state("networkidle")
    first = sizes()
    whole = first
    if scroll:
        page.evaluate("bench.scroll()")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        whole = sizes()
    context.close()
    return {"first": first, "whole": whole, "text": text, "typeset": typeset}


def measure(chrome, home: str, document: str) -> dict:
    """Return bytes, requests and times of one page."""
    loads = [load(chrome, f"{home}/{document}.html", number == 0) for number in range(LOADS)]
    first = loads[0]["first"]
    heaviest = sorted(first.items(), key=lambda item: -item[1])[:8]
    return {
        "page": document,
        "bytes": sum(first.values()),
        "requests": len(first),
        "whole_page_bytes": sum(loads[0]["whole"].values()),
        "text_ms": round(min(one["text"] for one in loads)),
        "formulas_ms": round(min(one["typeset"] for one in loads)),
        "heaviest": {urlsplit(address).path: size for address, size in heaviest},
    }


def main(documents: list[str]) -> int:
    """Measure pages, print the table and write the report; 1 if a chapter is too heavy."""
    from playwright.sync_api import sync_playwright

    if not build.is_current():
        print("the site is not built from the present sources: make book", file=sys.stderr)
    results = []
    head = f"{'page':<46}{'first view':>11}{'requests':>9}{'whole page':>11}"
    print(head + f"{'text':>8}{'formulas':>10}")
    with serve(build.HTML) as home, sync_playwright() as playwright:
        chrome = playwright.chromium.launch(
            executable_path=chromium.chromium(), args=chromium.ARGUMENTS
        )
        load(
            chrome, f"{home}/{build.documents()[0]}.html", False
        )  # warm up: the first load is slower
        for document in documents or build.documents():
            row = measure(chrome, home, document)
            results.append(row)
            print(
                f"{document:<46}{row['bytes'] / 1000:>8.0f} kB{row['requests']:>9}"
                f"{row['whole_page_bytes'] / 1000:>8.0f} kB{row['text_ms']:>5} ms"
                f"{row['formulas_ms']:>7} ms",
                flush=True,
            )
        chrome.close()
    REPORT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    heavy = [row["page"] for row in results if row["bytes"] > LIMIT]
    print(f"limit of the first view: {LIMIT / 1000:.0f} kB; over it: {', '.join(heavy) or 'none'}")
    print(f"slowest text: {max(row['text_ms'] for row in results)} ms; in full: {REPORT}")
    return 1 if heavy else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
