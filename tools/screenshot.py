"""Take the picture at the top of README.md: a page with an equation, its check and the button.

    python -m tools.screenshot

It shows the built site, so run ``make book`` before.
"""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from web import ROOT, build, chromium, server

PICTURE = ROOT / ".github" / "page.png"
PAGE = "chapters/09-back-propagation.html"
EQUATION = "equation-eq-bp2"
SIZE = {"width": 1180, "height": 760}


def main() -> int:
    """Take the picture; return the exit status."""
    with server.serve(build.HTML) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.chromium(), args=chromium.ARGUMENTS
        )
        page = browser.new_page(viewport=SIZE)
        page.goto(f"{address}/{PAGE}", wait_until="load")
        page.evaluate("() => window.MathJax.startup.promise")
        page.click(".live-start")
        page.wait_for_selector("div.cell[data-live=done] .live-output > *", timeout=120_000)
        page.evaluate(
            "id => document.getElementById(id).scrollIntoView({block: 'center'})", EQUATION
        )
        page.wait_for_timeout(1000)  # figures load when they come near
        page.screenshot(path=PICTURE)
        browser.close()
    print(PICTURE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
