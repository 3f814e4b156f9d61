"""Find a Chromium for the tests and for printing; fetch one if there is none.

    python -m web.chromium        fetch one unless there is one

The environment variable CHROMIUM gives the path of one to use.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/{0}.app/Contents/MacOS/{0}"
ARGUMENTS = [
    "--no-sandbox",  # needed in containers, where everything runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The site is on this machine, and no other is found.
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
MISSING = (
    "no Chromium was found: install one (Debian: apt install chromium), "
    "or name it: CHROMIUM=/path/to/chrome make test"
)


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    choice = os.environ.get("CHROMIUM")
    if choice:
        return choice if Path(choice).exists() else None
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    for name in ("Google Chrome", "Chromium"):
        if Path(MAC.format(name)).exists():
            return MAC.format(name)
    return playwright_chromium()


def playwright_chromium() -> str | None:
    """Return the path of the Chromium that playwright has fetched, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    """Return 0 if there is a browser, fetching one if need be."""
    if chromium():
        return 0
    print("fetching a Chromium", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if (
        subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        or not playwright_chromium()
    ):
        print(MISSING, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
