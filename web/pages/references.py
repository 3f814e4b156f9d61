"""References that read well: "Figure 9.1" for a figure, "Author (year)" for a work."""

from __future__ import annotations

from dataclasses import dataclass, field

import pybtex.plugin
from sphinx.addnodes import pending_xref
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


def number_figures(app, doctree) -> None:
    """Let ``{ref}`` to a figure show its number, as ``{numref}`` does."""
    for node in doctree.findall(pending_xref):
        to_figure = node.get("reftype") == "ref" and node["reftarget"].startswith("fig-")
        if to_figure and not node["refexplicit"]:
            node["reftype"] = "numref"


def round_brackets() -> BracketStyle:
    """Return the brackets around a citation or its year."""
    return BracketStyle(left="(", right=")")


@dataclass
class RoundAuthorYear(AuthorYearReferenceStyle):
    """Author and year, in round brackets."""

    bracket_textual: BracketStyle = field(default_factory=round_brackets)
    bracket_parenthetical: BracketStyle = field(default_factory=round_brackets)


def setup(app) -> None:
    """Connect to Sphinx and to its extension for bibliographies."""
    register_plugin("sphinxcontrib.bibtex.style.referencing", "round_author_year", RoundAuthorYear)
    # Otherwise pybtex looks through all installed packages for it at every citation.
    backend = pybtex.plugin.find_plugin("pybtex.backends", "plaintext")
    pybtex.plugin.register_plugin("pybtex.backends", "plaintext", backend, force=True)
    app.connect("doctree-read", number_figures)
