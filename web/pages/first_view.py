"""Put into every page's head what has to be decided before anything of it is shown.

The theme's script sets the colours only when the page has been read.
"""

from __future__ import annotations

from pathlib import Path

SCRIPT = Path(__file__).with_suffix(".js")


def setup(app) -> dict:
    """Add the script, before those that are loaded."""
    app.add_js_file(None, body=SCRIPT.read_text(encoding="utf-8"), priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
