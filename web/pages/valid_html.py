"""Make the pages valid HTML where what other extensions write is not.

sphinx-exercise gives the content of every exercise and of every solution the same id, so that a
page has it many times; it becomes a class.  Sphinx puts the list of several returned values into a
paragraph, in which no list can stand.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

REPEATED = ("exercise-content", "solution-content")
BLOCKS = (nodes.bullet_list, nodes.enumerated_list, nodes.definition_list)


class UniqueIds(SphinxPostTransform):
    """Turn ids that a page has several times into classes."""

    default_priority = 900
    formats = ("html",)

    def run(self, **options) -> None:
        """Go through the sections of a page."""
        for section in self.document.findall(nodes.section):
            repeated = [name for name in section["ids"] if name in REPEATED]
            section["ids"] = [name for name in section["ids"] if name not in REPEATED]
            section["classes"] += repeated


class NoListsInParagraphs(SphinxPostTransform):
    """Take lists out of the paragraphs around them."""

    default_priority = 901
    formats = ("html",)

    def run(self, **options) -> None:
        """Go through the paragraphs of a page."""
        for paragraph in list(self.document.findall(nodes.paragraph)):
            if not any(isinstance(child, BLOCKS) for child in paragraph):
                continue
            parts, inline = [], None
            for child in paragraph.children:
                if isinstance(child, BLOCKS):
                    parts.append(child)
                    inline = None
                elif inline is None:
                    inline = nodes.paragraph("", "", child)
                    parts.append(inline)
                else:
                    inline += child
            paragraph.replace_self([part for part in parts if part.astext().strip()])


def setup(app) -> None:
    """Add the transforms."""
    app.add_post_transform(UniqueIds)
    app.add_post_transform(NoListsInParagraphs)
