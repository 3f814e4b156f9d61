"""Small cures for the rendered site.

MathJax comes from the site itself; a reference to a figure reads "Figure 9.1", not the
figure's caption; citations are "Author (year)" with round brackets; a check of the links
asks whether a DOI is registered.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from sphinx.addnodes import pending_xref
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

# Of MathJax's 24 MB, what a page may ask for: the program in parts, without the menu that is
# two fifths of the whole, its fonts, and TeX extensions that \require can load.
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


def number_figures(app, doctree) -> None:
    """Let ``{ref}`` to a figure show its number, as ``{numref}`` does."""
    for node in doctree.findall(pending_xref):
        to_figure = node.get("reftype") == "ref" and node["reftarget"].startswith("fig-")
        if to_figure and not node["refexplicit"]:
            node["reftype"] = "numref"


def registry(app, uri: str) -> str | None:
    """Let the check of links ask where DOIs are registered, in place of the publishers.

    These turn programs away in many ways, which says nothing about the DOI.  The registry
    answers 404 to one that it does not know: `REST API
    <https://www.doi.org/the-identifier/resources/factsheets/doi-resolution-documentation>`__.
    """
    found = re.fullmatch(r"https://(doi\.org|hdl\.handle\.net)/(\d\S+)", uri)
    return found and f"https://{found[1]}/api/handles/{found[2]}"


def round_brackets() -> BracketStyle:
    """Return the brackets around a citation or its year."""
    return BracketStyle(left="(", right=")")


@dataclass
class RoundAuthorYear(AuthorYearReferenceStyle):
    """Author and year, in round brackets."""

    bracket_textual: BracketStyle = field(default_factory=round_brackets)
    bracket_parenthetical: BracketStyle = field(default_factory=round_brackets)


def setup(app):
    """Connect the cures to Sphinx's events."""
    # Jupyter Book sets this for sphinx_comments, which this site does without.
    app.add_config_value("comments_config", {}, "html")
    register_plugin("sphinxcontrib.bibtex.style.referencing", "round_author_year", RoundAuthorYear)
    app.connect("doctree-read", number_figures)
    app.connect("build-finished", copy_mathjax)
    app.connect("linkcheck-process-uri", registry)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
