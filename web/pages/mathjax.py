"""Serve MathJax from the site itself, not from another host."""

from __future__ import annotations

import importlib.metadata
import shutil
from pathlib import Path

# The part of MathJax's 24 MB that a page can request: the program in parts (without the menu,
# two fifths of the whole), its fonts, and the TeX extensions that \require can load.
MATHJAX_PARTS = (
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "output/chtml/fonts/woff-v2",
    "a11y/assistive-mml.js",
)


def mathjax_folder() -> Path:
    """Return the folder of the installed package that holds MathJax's files."""
    distribution = importlib.metadata.distribution("sphinx-mathjax-offline")
    return Path(distribution.locate_file("sphinx-mathjax-offline/static/mathjax"))


def copy_mathjax(app, exception) -> None:
    """Copy MathJax beside the site's other static files, once."""
    if exception is not None or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir) / "_static" / "mathjax"
    for part in MATHJAX_PARTS:
        if (target / part).exists():
            continue
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (source / part).is_dir() else shutil.copyfile
        copy(source / part, target / part)


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", copy_mathjax)
