"""All that makes the site, and the Sphinx extension that Jupyter Book loads.

- ``build`` makes the site of ``notebooks`` and pages; ``freshness`` knows what is still current;
- ``pages/`` changes every page, ``live/`` makes live cells, ``lite/`` JupyterLite, ``pdf/`` the
  printed book; each says in its own files what it puts on the site;
- ``static/`` is copied as it is, ``guard/`` watches notebooks, ``chromium`` finds a browser.
"""

from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

EXTENSIONS = (  # in the order in which they see a page
    "pages.equation_search",
    "pages.glossary_links",
    "pages.page_weight",
    "lite.extension",
    "live.extension",
    "pages.mathjax",
    "pages.references",
    "pages.links",
    "pages.repository_buttons",
    "pages.address",
)


def setup(app) -> dict:
    """Let every part of the site connect to Sphinx."""
    # Jupyter Book sets this for sphinx_comments, which this site does without.
    app.add_config_value("comments_config", {}, "html")
    for name in EXTENSIONS:
        import_module(f"{__name__}.{name}").setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
