"""Find a Chromium for the tests and for printing; fetch one if there is none.

    python -m web.chromium        say nothing if there is one, else fetch it

The environment variable CHROMIUM names one to use.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import io
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/{0}.app/Contents/MacOS/{0}"
ARGUMENTS = [
    "--no-sandbox",  # which Chromium needs where everybody is root: in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# What public hosts compress on the way, by the beginning of its kind.
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg", "application/xml")


@functools.lru_cache(maxsize=256)
def squeezed(path: str, changed: float) -> bytes:
    """Return a file compressed, as common servers do it by default."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files without a word, and compressed as public hosts do it."""

    protocol_version = "HTTP/1.1"

    def send_head(self):
        """Send the headers, with those of a compressed file where that is in order."""
        path = self.translate_path(self.path)
        kind = self.guess_type(path)
        wanted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (wanted and kind.startswith(COMPRESSED) and os.path.isfile(path)):
            return super().send_head()
        content = squeezed(path, os.path.getmtime(path))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", self.date_time_string(int(os.path.getmtime(path))))
        self.end_headers()
        return io.BytesIO(content)

    def log_message(self, *args):
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine only; give its address."""
    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    for name in ("Google Chrome", "Chromium"):
        if Path(MAC.format(name)).exists():
            return MAC.format(name)
    return fetched()


def fetched() -> str | None:
    """Return the path of the Chromium that playwright has fetched, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


MISSING = (
    "No Chromium was found: install one (Debian: apt install chromium), "
    "or name it: CHROMIUM=/path/to/chrome make test"
)


def main() -> int:
    """Return 0 if there is a browser, fetching one if need be."""
    if chromium():
        return 0
    print("fetching a Chromium", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if (
        subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        or not fetched()
    ):
        print(MISSING, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
