"""The parts that make the site, and the Sphinx extension that Jupyter Book loads.

- ``build`` makes the site from ``notebooks`` and pages; ``freshness`` tells whether it is current;
- ``pages/`` changes every page, ``live/`` makes the live cells, ``lite/`` JupyterLite,
  ``explore/`` the figures with handles, ``offline/`` what works without a network, ``pdf/`` the
  printed book, and ``slides/`` those for the lectures;
- ``words`` has the fixed words of all of them in the language of the book, from ``locale/``;
- ``static/`` is copied unchanged, ``guard/`` restricts notebooks, ``chromium`` finds a browser and
  ``server`` serves the site to it.
"""

from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CELL_RECORD = "cells.jsonl"  # among a kernel's temporary files: what each cell has changed

EXTENSIONS = (  # in the order in which they are set up
    "words",
    "pages.equation_search",
    "pages.glossary_links",
    "pages.page_weight",
    "pages.stylesheet",
    "lite.extension",
    "live.extension",
    "pages.mathjax",
    "pages.references",
    "pages.description",
    "pages.first_view",
    "pages.claims",
    "pages.links",
    "pages.chapter_numbers",
    "pages.repository_buttons",
    "pages.valid_html",
    "pages.address",
    "pages.changes",
    "explore.extension",
    "offline.extension",
)


def thread_settings(number: int = 1) -> dict[str, str]:
    """Return the environment variables that limit the threads of numerical libraries."""
    return {"OMP_NUM_THREADS": str(number), "OPENBLAS_NUM_THREADS": str(number)}


def setup(app) -> dict:
    """Let every part of the site connect to Sphinx."""
    # Jupyter Book sets this value for sphinx_comments, which this site does not use.
    app.add_config_value("comments_config", {}, "html")
    for name in EXTENSIONS:
        import_module(f"{__name__}.{name}").setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
