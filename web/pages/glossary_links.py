"""Link the first use of each of the glossary's terms in every chapter to its entry.

Comments above a term in chapters/glossary.md control its links: ``.. also:`` adds forms to the
term itself and its plural in -s, ``.. not in:`` names chapters in which the word has another
sense, ``.. only in:`` the only chapters in which it has this sense, and ``.. not linked`` keeps
the entry without links.  Links are made in running text: not in headings, code, formulas, other
links, captions, the titles of boxes, or the box at the head of a chapter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.nodes import make_refnode

GLOSSARY = "chapters/glossary"
SKIPPED = (
    nodes.title,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.reference,
    nodes.caption,
    nodes.target,
    nodes.raw,
    nodes.comment,
    nodes.rubric,
    addnodes.pending_xref,
    addnodes.toctree,
)


@dataclass
class Entry:
    """How a term of the glossary is linked."""

    term: str
    also: list[str] = field(default_factory=list)
    not_in: set[str] = field(default_factory=set)
    only_in: set[str] = field(default_factory=set)
    linked: bool = True

    def belongs(self, chapter: str) -> bool:
        """Tell whether the term is linked in a chapter."""
        here = not self.only_in or chapter in self.only_in
        return self.linked and here and chapter not in self.not_in

    def forms(self) -> set[str]:
        """Return the words that lead to the entry."""
        return {self.term, f"{self.term}s", *self.also}


def entries(text: str) -> list[Entry]:
    """Read the entries from the source of the glossary."""
    result, notes = [], {}
    body = text.partition("```{glossary}")[2].partition("\n```")[0]
    for line in body.splitlines():
        note = re.match(r"\.\. (also|not in|only in|not linked):?\s*(.*)", line)
        if note:
            notes[note[1]] = note[2]
        elif re.match(r"[^\s:]", line):
            also = [form.strip() for form in notes.get("also", "").split(",") if form.strip()]
            chapters = (set(notes.get(key, "").split()) for key in ("not in", "only in"))
            result.append(Entry(line.strip(), also, *chapters, "not linked" not in notes))
            notes = {}
    return result


def pattern(glossary: list[Entry]) -> tuple[re.Pattern, dict[str, Entry]]:
    """Return a pattern for every form of the terms, longest first, and the entry of each form."""
    owner = {}
    for entry in glossary:
        for form in entry.forms():
            owner[form.replace("-", " ")] = entry
            owner[(form[0].upper() + form[1:]).replace("-", " ")] = entry
    # A hyphen may be a blank, a blank the end of a line, an apostrophe a curved one.
    longest = sorted(owner, key=len, reverse=True)
    forms = "|".join(
        re.escape(form).replace(r"\ ", r"[-\s]").replace("'", "['’]") for form in longest
    )
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])"), owner


def in_running_text(node: nodes.Node) -> bool:
    """Tell whether links may be made in a text node."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, SKIPPED):
            return False
        if isinstance(node, nodes.Element):
            classes = node.get("classes", [])
            if "tip" in classes or "cell" in classes or "cell_output" in classes:
                return False
    return True


def join_lines(doctree: nodes.document) -> None:
    """Join the lines of a paragraph into one node: a term may continue on the next line."""
    for element in list(doctree.findall(nodes.TextElement)):
        children = []
        for child in element.children:
            if children and isinstance(child, nodes.Text) and isinstance(children[-1], nodes.Text):
                children[-1] = nodes.Text(children[-1] + child)
            else:
                children.append(child)
        if len(children) < len(element.children):
            element.clear()
            element.extend(children)


def link_terms(app, doctree, docname) -> None:
    """Link the first use of each term in a chapter."""
    chapter = re.search(r"/(\d\d)-", docname)
    source = Path(app.srcdir) / f"{GLOSSARY}.md"
    if not chapter or GLOSSARY not in app.env.all_docs:
        return
    anchors = {
        name: anchor
        for (kind, name), (document, anchor) in app.env.get_domain("std").objects.items()
        if kind == "term" and document == GLOSSARY
    }
    glossary = entries(source.read_text(encoding="utf-8"))
    words, owner = pattern(glossary)
    excluded = {entry.term for entry in glossary if not entry.belongs(chapter[1])}
    join_lines(doctree)
    for text in list(doctree.findall(nodes.Text)):
        if not in_running_text(text):
            continue
        pieces, start = [], 0
        for match in words.finditer(text):
            entry = owner[re.sub(r"[-\s]+", " ", match[0]).replace("’", "'")]
            if entry.term in excluded:
                continue
            excluded.add(entry.term)
            link = make_refnode(
                app.builder, docname, GLOSSARY, anchors[entry.term], nodes.Text(match[0])
            )
            link["classes"].append("term-link")
            pieces += [nodes.Text(text[start : match.start()]), link]
            start = match.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(text[start:])])


def setup(app) -> dict:
    """Connect to Sphinx, after cross-references are resolved."""
    app.connect("doctree-resolved", link_terms, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
