"""Offline use: the service worker, and the list of what it may keep.

``service-worker.js`` isolates the pages, so that Python there can be interrupted, and keeps in the
reader's browser what was opened, or the whole book.  ``offline.js`` registers it when a reader
starts Python or presses the button on the first page, which ``keep.js`` makes.  ``snapshot.js``
keeps the memory of Python at its start, for the live cells.

Workbox 7 was considered.  Its precaching loads all or nothing, when the service worker is
installed: unasked, without progress, and not only what was opened; its caches for what was opened
know no versions of a site.  Isolation, progress and forgetting would be our own code anyway.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

from web import freshness

HERE = Path(__file__).parent
SCRIPTS = ("offline.js", "keep.js", "snapshot.js")
WORKER = "service-worker.js"
LISTS = ("book-files.json", "book-version.json")
APART = re.compile(
    r"lite/|slides/|\.doctrees/|[^/]*\.pdf$"
)  # JupyterLite has a service worker of its own
NOT_LISTED = (*LISTS, WORKER, freshness.RECORD, ".buildinfo", "objects.inv")
PLACE = 'id="offline"'
SIZE = re.compile(r'(?<=data-offline=")\d*(?=")')


def file_list(site: Path) -> dict[str, tuple[int, str]]:
    """Return the files of the book on a site, with their sizes and SHA-256.

    Parameters
    ----------
    site : Path
        The folder of the site, finished but for this list.
    """
    names = [path.relative_to(site).as_posix() for path in freshness.files_of([site])]
    names = [name for name in names if not APART.match(name) and name not in NOT_LISTED]
    return {name: entry(site / name) for name in names}


def entry(path: Path) -> tuple[int, str]:
    """Return the size and the SHA-256 of a file."""
    content = path.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()


def write_lists(site: Path, files: dict[str, tuple[int, str]] | None = None) -> None:
    """Write the list of files, and the version, which is a hash of that list."""
    files = files or file_list(site)
    version = freshness.digest(json.dumps(files))
    freshness.write(site / LISTS[0], json.dumps({"version": version, "files": files}))
    freshness.write(site / LISTS[1], json.dumps({"version": version}))


def add_button(app, pagename, templatename, context, doctree) -> None:
    """Add the script that makes the button to a page with a place for it."""
    if app.builder.name == "html" and PLACE in context.get("body", ""):
        digest = hashlib.sha256((HERE / "keep.js").read_bytes()).hexdigest()[:8]
        script = context["pathto"](f"_static/keep.js?v={digest}", 1)
        context["metatags"] += f'\n<script data-offline="" defer src="{script}"></script>'


def copy_scripts(app, exception) -> None:
    """Copy the scripts to the site; the service worker to its root, of which it has the charge."""
    if exception is None and app.builder.name == "html":
        out = Path(app.outdir)
        for name in SCRIPTS:
            shutil.copyfile(HERE / name, out / "_static" / name)
        shutil.copyfile(HERE / WORKER, out / WORKER)


def list_files(app, exception) -> None:
    """List all files, when nothing else will change; say on pages how much they are."""
    if exception is not None or app.builder.name != "html":
        return
    out = Path(app.outdir)
    files = file_list(out)
    size = sum(size for size, _ in files.values())
    for page in out.glob("chapters/*.html"):
        text = page.read_text(encoding="utf-8")
        if PLACE in text:
            page.write_text(SIZE.sub(str(size), text, count=1), encoding="utf-8")
            files[page.relative_to(out).as_posix()] = entry(page)
    write_lists(out, files)


def setup(app):
    """Connect to Sphinx's events: last of all when the site is finished."""
    app.connect("html-page-context", add_button)
    app.connect("build-finished", copy_scripts)
    app.connect("build-finished", list_files, priority=1000)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
