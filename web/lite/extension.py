"""JupyterLite: put it on the site, and add a button that opens it to every chapter that runs there.

If it could not be built (web/lite/build.py), there is no button.
"""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from web import freshness, words
from web.lite import build
from web.live import extension


@functools.cache
def is_on_the_site() -> bool:
    """Tell whether JupyterLite is on the site, which needs the live cells too."""
    return extension.is_on_the_site() and build.is_complete()


def add_button(app, pagename, templatename, context, doctree) -> None:
    """Add an entry to the launch buttons at the top of a page that runs in a browser."""
    if not is_on_the_site() or doctree is None or "header_buttons" not in context:
        return
    source = Path(app.env.doc2path(pagename))
    if not extension.is_live(source):
        return
    button = {
        "type": "link",
        "url": context["pathto"](f"lite/notebooks/index.html?path={source.name}", 1),
        "text": "JupyterLite",
        "tooltip": words.of(app).say(
            "Open in JupyterLite: this chapter as a notebook, in your browser. "
            "Python starts more slowly there than on this page."
        ),
        "icon": "fas fa-book-open",
        "label": "launch-jupyterlite",
    }
    context["header_buttons"].insert(0, button)  # before Binder's


def copy_files(app, exception) -> None:
    """Copy JupyterLite and the files of its Python to the site."""
    if exception is not None or not is_on_the_site() or app.builder.name != "html":
        return
    target = Path(app.outdir) / "lite"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(build.OUTPUT, target, ignore=shutil.ignore_patterns(freshness.RECORD))
    build.add_python(target, Path(app.outdir) / "_static" / "live")


def setup(app):
    """Connect to Sphinx's events: after the theme and the live cells."""
    app.connect("html-page-context", add_button, priority=950)
    app.connect("build-finished", copy_files, priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
