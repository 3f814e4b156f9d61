"""Marks beside claims about experiments: how often each held on what the chapter does not show.

The role ``claim`` stands behind a sentence, as in ``{claim}`claim-act-width` ``.  Its mark has the
words of the stored result, and leads to the entry in the ledger of experiments.  A label without
a result, or without an entry, is a warning.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

from web import ROOT
from web.words import Words, of, say

FORMS = (  # of a stored result's words
    say("held in {held} of {total} unseen runs"),
    say("held over {total} unseen runs"),
    say("held in the median, and in {held} of {total} unseen runs"),
)
RESULTS = ROOT / "tests" / "claims" / "results"


class ClaimMark(nodes.Inline, nodes.TextElement):
    """The place of a mark, until pages are written."""


class ClaimRole(SphinxRole):
    """``{claim}`label` ``: a mark."""

    def run(self) -> tuple[list[nodes.Node], list]:
        """Return the place of the mark."""
        node = ClaimMark(self.rawtext, label=self.text)
        self.set_source_info(node)
        return [node], []


def results(folder: Path | None = None) -> dict[str, dict]:
    """Return the results stored in a folder, by default the book's, by label."""
    entries: dict[str, dict] = {}
    for path in sorted((folder or RESULTS).glob("*.json")):
        entries |= json.loads(path.read_text(encoding="utf-8"))
    return entries


def summaries() -> dict[str, str]:
    """Return the words of all marks, by label."""
    return {label: result["summary"] for label, result in results().items()}


def in_language(summary: str, words: Words) -> str:
    """Return the words of a mark in another language; what has no known form stays English."""
    numbers = re.findall(r"\d+", summary)
    for form in FORMS:
        names = re.findall(r"\{(\w+)\}", form)
        values = dict(zip(names, numbers, strict=False))
        if len(names) == len(numbers) and form.format_map(values) == summary:
            return words.say(form, **values)
    return summary


def show_marks(app, doctree, docname) -> None:
    """Replace the places of marks by links to the ledger."""
    places = list(doctree.findall(ClaimMark))
    words = summaries() if places else {}
    entries = app.env.get_domain("std").anonlabels
    for place in places:
        label = place["label"]
        if label in words and label in entries:
            document, anchor = entries[label]
            text = nodes.inline("", in_language(words[label], of(app)))
            link = make_refnode(app.builder, docname, document, anchor, text)
            link["classes"].append("claim-mark")
            place.replace_self(link)
        else:
            lacks = "entry on a page" if label in words else "stored result"
            message = "claim %r has no %s: make claims"
            logging.getLogger(__name__).warning(message, label, lacks, location=place)
            place.replace_self(nodes.inline("", label))


def setup(app) -> dict:
    """Add the role, and its marks before terms are linked."""
    app.add_node(ClaimMark)
    app.add_role("claim", ClaimRole())
    app.connect("doctree-resolved", show_marks, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
