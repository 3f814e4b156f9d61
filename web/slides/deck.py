"""Slides from a chapter's page: which of its parts stand on one, and what is said beside it.

A section of the chapter is a column of slides.  A labelled equation, a cell with what it prints, a
figure, a theorem, a list or a table stands on a slide, under the heading and the sentence that
leads to it.  The paragraphs are the speaker's notes.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, NavigableString, Tag

from web import words

LINES = 20  # of code and output that one slide takes
LEAD = 260  # characters of the sentences above what is shown
LONGEST = 400  # of a single one
BETWEEN = 170  # characters between two equations on one slide
END = re.compile(r"(?<=[.!?])\s+(?=\S)")
LEFT_OUT = ("Exercises", "Further reading")  # headings, in English
LISTS = {"ul", "ol", "table"}
BOXES = {"proof", "admonition", "pst-scrollable-table-container"}


@dataclass
class Slide:
    """A slide: its heading, what is shown at once, later, and what is said."""

    heading: str
    shown: list[Tag] = field(default_factory=list)
    later: list[Tag] = field(default_factory=list)
    notes: list[Tag] = field(default_factory=list)
    kind: str = ""


@dataclass
class Section:
    """A section of a chapter, which is a column of slides."""

    title: str
    slides: list[Slide]


def text(element: Tag) -> str:
    """Return the text of an element in one line."""
    return " ".join(element.get_text().split())


def heading(element: Tag) -> str:
    """Return a heading's inner HTML, without the link to itself."""
    element = copy.copy(element)
    for link in element.select("a.headerlink"):
        link.decompose()
    return element.decode_contents().strip()


def plain(element: Tag) -> str:
    """Return a heading without its number."""
    return re.sub(r"^[\d.]+ ", "", re.sub("#$", "", text(element)))


def paragraph(nodes: list) -> Tag:
    """Return a paragraph with copies of some nodes."""
    tag = BeautifulSoup("", "html.parser").new_tag("p")
    for node in nodes:
        tag.append(copy.copy(node))
    return tag


def sentences(element: Tag) -> list[Tag]:
    """Return the sentences of a paragraph, each as a paragraph; formulas and links stay whole.

    A mark that says how often a sentence held stays with it.
    """
    found: list[list] = [[]]
    for node in element.children:
        if not isinstance(node, NavigableString):
            if "claim-mark" in node.get("class", []) and len(found) > 1 and not found[-1]:
                found[-2].append(node)
            else:
                found[-1].append(node)
            continue
        first, *others = END.split(str(node))
        found[-1].append(NavigableString(first))
        found += [[NavigableString(other)] for other in others]
        if re.search(r"[.!?]\s+$", str(node)):
            found.append([])
    return [p for p in map(paragraph, found) if text(p)]


def lead(notes: list[Tag]) -> list[Tag]:
    """Return the sentences that lead to what is shown: the last one, and those that fit before."""
    paragraphs = [note for note in notes if note.name == "p"]
    chosen: list[Tag] = []
    for one in reversed(sentences(paragraphs[-1]) if paragraphs else []):
        if chosen and sum(len(text(c)) for c in chosen) + len(text(one)) > LEAD:
            break
        chosen.insert(0, one)
    joined = paragraph([node for one in chosen for node in [*one.children, NavigableString(" ")]])
    return [joined] if chosen and len(text(joined)) <= LONGEST else []


def lines(element: Tag) -> int:
    """Return the number of lines of code and output in an element."""
    return sum(pre.get_text().rstrip("\n").count("\n") + 1 for pre in element.select("pre"))


def cell(element: Tag) -> tuple[list[Tag], list[Tag]] | None:
    """Return what of a cell is shown at once, and what later; None if it prints nothing.

    Where there is room, the code comes first, so that one can ask what it will print.  Definitions,
    and code that draws, stay in the notebook.
    """
    code = element.find("div", class_="cell_input", recursive=False)
    output = element.find("div", class_="cell_output", recursive=False)
    if output is None:
        return None
    if code is None or output.find("figure") or lines(code) + lines(output) > LINES:
        return [output], []
    return [code], [output]


class Column:
    """The slides of a section of a page, in the order of its parts.

    Attributes
    ----------
    slides : list of Slide
        The slides.
    notes : list of Tag
        What is said before the next slide.
    title : str
        The heading of the part that is being read.
    """

    def __init__(self, section: Tag):
        self.slides: list[Slide] = []
        self.notes: list[Tag] = []
        self.title = ""
        self.read(section)
        self.close()

    def close(self) -> None:
        """End a part: what was said last belongs to its last slide, or begins one of its own."""
        if self.slides and self.slides[-1].heading == self.title:
            self.slides[-1].notes += self.notes
        elif self.title:
            first = next((note for note in self.notes if note.name == "p"), None)
            shown = sentences(first)[:3] if first else []
            self.slides.append(Slide(self.title, shown, notes=self.notes))
        self.notes = []

    def read(self, part: Tag) -> None:
        """Read a section, and those inside it."""
        for element in part.find_all(recursive=False):
            classes = set(element.get("class", []))
            if element.name in ("h2", "h3", "h4"):
                self.title = heading(element)
            elif element.name == "section":
                self.close()
                self.read(element)
            elif "math" in classes and element.get("id", "").startswith("equation-"):
                self.equation(element)
            elif "cell" in classes:
                if (parts := cell(element)) is not None:
                    self.add("cell", *parts)
            elif "dropdown" not in classes and (element.name in LISTS or BOXES & classes):
                self.add("text", [element], [])
            elif element.name not in ("span", "script"):
                if element.name == "p":
                    self.say_what_was_seen(element)
                self.notes.append(element)

    def add(self, kind: str, shown: list[Tag], later: list[Tag]) -> None:
        """Add a slide with what leads to it."""
        self.slides.append(Slide(self.title, [*lead(self.notes), *shown], later, self.notes, kind))
        self.notes = []

    def equation(self, element: Tag) -> None:
        """Put an equation below the one before, if little is said between them, or on a slide."""
        before = self.slides[-1] if self.slides else None
        joined = before is not None and before.kind == "equation" and len(before.shown) < 5
        if joined and sum(len(text(note)) for note in self.notes) <= BETWEEN:
            before.shown += [*self.notes, element]
            before.notes += self.notes
            self.notes = []
        else:
            self.add("equation", [element], [])

    def say_what_was_seen(self, element: Tag) -> None:
        """Let the first sentence after an output appear with it."""
        if not self.notes and self.slides and self.slides[-1].kind == "cell":
            first = sentences(element)[0]
            if len(text(first)) <= LEAD:
                self.slides[-1].later.append(first)


def summary(section: Tag) -> list[Slide]:
    """Return the slide of a chapter's summary: its list, or its sentences as one."""
    title = heading(section.find("h2"))
    page = BeautifulSoup("", "html.parser")
    items = page.new_tag("ul")
    for element in section.find_all(["p", "ul", "ol", "div"], recursive=False):
        for one in element.find_all("li", recursive=False) or sentences(element):
            item = page.new_tag("li")
            item.extend([copy.copy(node) for node in one.children])
            items.append(item)
    groups = [list(items.children)[k : k + 6] for k in range(0, len(items), 6)]
    slides = []
    for group in groups:
        part = page.new_tag("ul")
        part.extend(group)
        slides.append(Slide(title, [part]))
    return slides


def opening(page: Tag) -> list[Slide]:
    """Return the first slide of a chapter: its title, its question, what will be learnt."""
    top = page.find("h1").parent
    question = top.find("p", recursive=False)
    box = top.find("div", class_="tip", recursive=False)
    learnt = box.select_one(".admonition-title ~ p")
    return [Slide(heading(top.find("h1")), [question, learnt], kind="chapter")]


def sections(page: Tag, chosen: list[str] | None = None) -> list[Section]:
    """Return the sections of a chapter as columns of slides.

    Parameters
    ----------
    page : Tag
        The article of the chapter's page.
    chosen : list of str, optional
        The headings of the sections that are shown, those that every chapter has in English; by
        default all but exercises and reading.

    Raises
    ------
    ValueError
        If a heading is chosen that the chapter does not have.
    """
    top = page.find("h1").parent
    found = {plain(s.find("h2")): s for s in top.find_all("section", recursive=False)}
    say = words.book().say
    chosen = chosen and list(map(say, chosen))
    if unknown := [title for title in chosen or [] if title not in found]:
        raise ValueError(f"{plain(page.find('h1'))!r} has no section {unknown[0]!r}")
    usual = found.keys() - set(map(say, LEFT_OUT))
    result = [Section(plain(page.find("h1")), opening(page))]
    for title, section in found.items():
        if title in (chosen if chosen is not None else usual):
            slides = summary(section) if title == say("Summary") else Column(section).slides
            result.append(Section(title, slides))
    return result
