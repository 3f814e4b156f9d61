"""JupyterLite: put it on the site, and a button on every chapter that opens the chapter there.

``tools/book.py`` says with BOOK_LITE where it was built (tools/lite.py), if it was.  Without
it, as in a plain ``jupyter-book build``, there is no button.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import live_cells

TOOLTIP = "Open in JupyterLite: this chapter as a notebook, in your browser"


def built() -> Path | None:
    """Return the folder with JupyterLite, if it is to be on the site."""
    named = os.environ.get("BOOK_LITE")
    return Path(named) if named and live_cells.root() else None


def add_button(app, pagename, templatename, context, doctree) -> None:
    """Add an entry to the launch buttons at the top of a page that is a notebook."""
    if built() is None or doctree is None or "header_buttons" not in context:
        return
    source = Path(app.env.doc2path(pagename))
    if source.suffix != ".ipynb":
        return
    button = {
        "type": "link",
        "url": context["pathto"](f"lite/notebooks/index.html?path={source.name}", 1),
        "text": "JupyterLite",
        "tooltip": TOOLTIP,
        "icon": "fas fa-book-open",
        "label": "launch-jupyterlite",
    }
    context["header_buttons"].insert(0, button)  # Binder's comes next


def copy_files(app, exception) -> None:
    """Put JupyterLite on the site, with what its Python needs."""
    if exception is not None or built() is None or app.builder.name != "html":
        return
    sys.path.insert(0, str(live_cells.root() / "tools"))
    import lite

    target = Path(app.outdir) / "lite"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(built(), target, ignore=shutil.ignore_patterns(lite.RECORD))
    lite.furnish(target, Path(app.outdir) / "_static" / "live")


def setup(app):
    """Connect to Sphinx's events: after the theme and the live cells."""
    app.connect("html-page-context", add_button, priority=950)
    app.connect("build-finished", copy_files, priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
