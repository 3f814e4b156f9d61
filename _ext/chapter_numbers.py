"""Number the chapters by their file names: ``13-building-the-network`` is chapter 13.

Sphinx counts the documents of each numbered part from 1.  With this extension a chapter, its
sections, figures and equations keep their numbers when a chapter is added before them, and
the number on the page is the number of the file.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

COUNT = TocTreeCollector.assign_section_numbers


def chapter_number(docname: str) -> int | None:
    """Return the number at the start of a document's file name, or None."""
    match = re.match(r"(\d\d)-", docname.rpartition("/")[2])
    return int(match[1]) if match else None


def assign_section_numbers(collector, env) -> list[str]:
    """Let Sphinx number the sections, then put the file's number in first place."""
    before = env.toc_secnumbers
    COUNT(collector, env)
    for docname, sections in env.toc_secnumbers.items():
        chapter = chapter_number(docname)
        if chapter is None:
            continue
        for anchor, number in sections.items():
            sections[anchor] = (chapter, *number[1:])
        for reference in env.tocs[docname].findall(nodes.reference):
            reference["secnumber"] = [chapter, *reference["secnumber"][1:]]
        env.titles[docname]["secnumber"] = [chapter]
    return [d for d, sections in env.toc_secnumbers.items() if sections != before.get(d)]


def setup(app):
    """Put the numbering in the place of the one that reads _toc.yml."""
    TocTreeCollectorWithStyles.assign_section_numbers = assign_section_numbers
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
