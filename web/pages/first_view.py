"""Let a page show its first view soon, in the right colours, and stay responsive while it loads.

The theme would set dark colours only when the page has been read, the browser would lay out a long
page as a whole, and a function of the theme asks for the size of everything that may scroll, also
far below.  A script in every page's head decides what has to be decided before anything is shown;
the rest, and what that function does, is in static/parts.js.
"""

from __future__ import annotations

import re
from pathlib import Path

SCRIPT = Path(__file__).with_suffix(".js")
THEME = "_static/scripts/pydata-sphinx-theme.js"
TAB_STOPS = re.compile(
    r',"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)'
)


def leave_tab_stops(app, exception) -> None:
    """Take the call of its function out of the theme's script."""
    if exception is None and app.builder.name == "html":
        script = Path(app.outdir) / THEME
        text = script.read_text(encoding="utf-8")
        script.write_text(TAB_STOPS.sub("", text), encoding="utf-8")


def setup(app) -> dict:
    """Add the script before those that are loaded; change the theme's before files are listed."""
    app.add_js_file(None, body=SCRIPT.read_text(encoding="utf-8"), priority=100)
    app.connect("build-finished", leave_tab_stops, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
