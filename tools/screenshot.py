"""Take the picture at the top of README.md: a page with an equation, its check and the button.

    python -m tools.screenshot

It shows the built site, so run ``make book`` before.  The picture says in its metadata which text
it shows, so that a test notices when the chapter has another one.
"""

from __future__ import annotations

import io
import json

from PIL import Image, PngImagePlugin
from playwright.sync_api import sync_playwright

from web import ROOT, build, chromium, freshness, server

PICTURE = ROOT / ".github" / "page.png"
CHAPTER = "chapters/09-back-propagation"
LABEL = "eq-bp2"
SIZE = {"width": 1180, "height": 760}


def text_shown() -> str:
    """Return a key of what the picture shows: the equation's cell and the next one, as stored."""
    cells = json.loads((ROOT / f"{CHAPTER}.ipynb").read_text(encoding="utf-8"))["cells"]
    (place,) = (k for k, cell in enumerate(cells) if f"$$ ({LABEL})" in "".join(cell["source"]))
    parts = []
    for cell in cells[place : place + 2]:
        printed = [output.get("text", []) for output in cell.get("outputs", [])]
        parts.append(json.dumps([cell["source"], printed]))
    return freshness.digest(*parts)


def save(png: bytes) -> None:
    """Store a picture with the key of what it shows."""
    said = PngImagePlugin.PngInfo()
    said.add_text("shows", text_shown())
    Image.open(io.BytesIO(png)).save(PICTURE, pnginfo=said, optimize=True)


def main() -> int:
    """Take the picture; return the exit status."""
    with server.serve(build.HTML) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.chromium(), args=chromium.ARGUMENTS
        )
        page = browser.new_page(viewport=SIZE)
        page.goto(f"{address}/{CHAPTER}.html", wait_until="load")
        page.evaluate("() => window.MathJax.startup.promise")
        page.click(".live-start")
        page.wait_for_selector("div.cell[data-live=done] .live-output > *", timeout=120_000)
        page.evaluate(
            "id => document.getElementById(id).scrollIntoView({block: 'center'})",
            f"equation-{LABEL}",
        )
        page.wait_for_timeout(1000)  # figures load when they come near
        save(page.screenshot())
        browser.close()
    print(PICTURE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
