"""Chapters bear the numbers in the names of their files, also where one was removed.

Sphinx counts: without the fourth chapter, the fifth would be number 4 on its page and in the list
of pages, but 5 in its address, in the texts of others and in what students have noted.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles


def renumber(env, document: str, number: int) -> None:
    """Give a document and its sections another first number."""

    def changed(numbers):
        return type(numbers)([number, *numbers[1:]]) if numbers else numbers

    sections = env.toc_secnumbers[document]
    for anchor, numbers in sections.items():
        sections[anchor] = changed(numbers)
    for node in [*env.tocs[document].findall(nodes.reference), env.titles[document]]:
        if node.get("secnumber"):
            node["secnumber"] = changed(node["secnumber"])


def patch(app) -> None:
    """Correct the numbers after the last of those that assign them."""
    assign = TocTreeCollectorWithStyles.assign_section_numbers

    def assign_section_numbers(self, env):
        old = env.toc_secnumbers
        assign(self, env)
        for document in env.toc_secnumbers:
            if match := re.search(r"(?:^|/)(\d\d)-[^/]*$", document):
                renumber(env, document, int(match[1]))
        return [name for name, new in env.toc_secnumbers.items() if new != old.get(name)]

    TocTreeCollectorWithStyles.assign_section_numbers = assign_section_numbers


def setup(app) -> None:
    """Connect to Sphinx, after all extensions are set up."""
    app.connect("builder-inited", patch)
