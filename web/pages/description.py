"""Describe the book in every page's head, for search engines: ``book_description`` in _config.yml.

MyST's own setting, ``myst_html_meta``, puts a node before every text that is parsed, translations
of single sentences included, of which Sphinx then takes that node: no page would be translated.
"""

from __future__ import annotations

import html

from web import words


def add_description(app, pagename, templatename, context, doctree) -> None:
    """Add the description to a page."""
    text = app.config.book_description
    if doctree is not None and text:
        tag, content = words.of(app).tag, html.escape(text)
        context["metatags"] += f'\n<meta name="description" lang="{tag}" content="{content}" />'


def setup(app) -> dict:
    """Connect to Sphinx."""
    app.add_config_value("book_description", "", "html", [str])
    app.connect("html-page-context", add_description)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
