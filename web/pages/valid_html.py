"""Make the pages valid HTML where what other extensions write is not.

sphinx-exercise gives the content of every exercise and of every solution the same id, so that a
page has it many times; it becomes a class, and so does that of sphinx-proof.  Sphinx puts the list
of several returned values into a paragraph, in which no list can stand.  MyST-NB puts paragraphs
into the line that unfolds a cell, in which only parts of a line can stand, and gives that line a
name that is not what it says.
"""

from __future__ import annotations

from html import escape

from docutils import nodes
from myst_nb import sphinx_ as myst_nb
from sphinx.transforms.post_transforms import SphinxPostTransform

REPEATED = ("exercise-content", "solution-content", "proof-content")
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


def open_folded_cell(translator, node) -> None:
    """Write the beginning of a cell that is folded, as far as the cell itself."""
    classes = " ".join(["admonition", "hide", *node["classes"]])
    lines = (
        f'<span class="{state} admonition-title">{escape(node[prompt])}</span>'
        for state, prompt in (("collapsed", "prompt_show"), ("expanded", "prompt_hide"))
    )
    translator.body.append(f'<details class="{classes}">\n<summary>{"".join(lines)}</summary>\n')


def close_folded_cell(translator, node) -> None:
    """Write the end of a cell that is folded."""
    translator.body.append("</details>\n")


def setup(app) -> None:
    """Add the transforms, and the way in which a folded cell is written."""
    app.add_post_transform(UniqueIds)
    app.add_post_transform(NoListsInParagraphs)
    writers = (open_folded_cell, close_folded_cell)
    app.add_node(myst_nb.HideCodeCellNode, override=True, html=writers)
