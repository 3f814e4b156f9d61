r"""Where other pages speak of a chapter that is removed, and what they say instead.

A reference such as ``{eq}`eq-bp2` `` becomes plain text that names what it led to: the left side of
the equation, the name of the theorem, the title of the chapter.  In a list of references it goes,
with its comma.  Ranges ("chapters 19 to 21") become shorter at their ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROLE = re.compile(r"\{(eq|doc|ref|numref|prf:ref|claim)\}`(?:([^`<]*?)\s*<([^`>]+)>|([^`<>]+))`")
LABELS = (
    r"\$\$[ \t]*\(([\w-]+)\)",  # an equation
    r"^:(?:label|name): (\S+)",  # an exercise, a theorem, a table
    r"^\(([\w-]+)\)=$",  # a heading
    r"\{claim\}`([\w-]+)`",
)
COUNTS = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
]  # fmt: skip
WRITTEN = {"equations.md", "claims.md"}  # by programs, from the other pages
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“{*$(])")


@dataclass
class Gone:
    """A chapter that is removed: its name, its title, and what its labels stand for."""

    stem: str
    title: str
    named: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """Return the number of the chapter."""
        return int(self.stem[:2])

    def has(self, target: str) -> bool:
        """Tell whether a reference leads into the chapter."""
        return target in self.named or target.removesuffix(".ipynb") == self.stem


@dataclass(frozen=True)
class Place:
    """A sentence in a file: the file, the cell (from 1, 0 in a page of text), the line."""

    file: str
    cell: int
    line: int
    sentence: str

    def __str__(self):
        cell = f"cell {self.cell}, " * bool(self.cell)
        return f"{self.file}: {cell}line {self.line}: {self.sentence}"


def quantity(latex: str) -> str | None:
    """Return the left side of an equation as an inline formula; None if it has no short one."""
    left, equal, _ = latex.replace("&", "").partition("=")
    left = left.strip()
    balanced = left.count("{") == left.count("}")
    short = 0 < len(left) < 60 and "\n" not in left and r"\begin" not in left
    return f"${left}$" if equal and balanced and short else None


def read(path: Path) -> Gone:
    """Return what a notebook would take with it."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    title = re.search(r"(?m)^# (.+)$", text)[1]
    gone = Gone(path.stem, title)
    kinds = {"fig": "a figure", "ex": "an exercise", "thm": "a theorem", "tab": "a table"}
    for label in re.findall("|".join(LABELS), text, re.M):
        name = next(filter(None, label))
        kind = kinds.get(name.partition("-")[0], "an equation" if "-" in name else "a section")
        gone.named[name] = f"{kind} of “{title}”"
    for kind, options, label in re.findall(
        r"(?m)^[`:]{3,}\{([\w:-]+)\}(.*)\n(?::.*\n)*?:label: (\S+)", text
    ):
        if options.strip():
            gone.named[label] = f"{kind.rpartition(':')[2]} “{options.strip()}”"
    for latex, label in re.findall(
        r"(?s)\$\$\n((?:(?!\$\$).)+?)\n[ \t]*\$\$[ \t]*\(([\w-]+)\)", text
    ):
        if name := quantity(latex):
            kind = "definition of" if label.startswith("def-") else "equation for"
            gone.named[label] = f"the {kind} {name}"
    for cell in cells:
        figure = cell["metadata"].get("mystnb", {}).get("figure", {})
        if "name" in figure:
            gone.named[figure["name"]] = f"a figure of “{title}”"
    return gone


def plain(gone: Gone, match: re.Match) -> str:
    """Return the words in place of a reference."""
    role, words, _, target = match.groups()
    target = target or match[3]
    if role == "claim":
        return ""
    text = words or gone.named.get(target, f"“{gone.title}”")
    before = match.string[: match.start()].rstrip(" ")
    begins = not before or before.endswith(("\n\n", ". ", ".", "?", ".\n", ":**"))
    return text[0].upper() + text[1:] if begins and not before.endswith("e.g.") else text


def without_items(text: str, gone: Gone) -> str:
    """Return a cell of a table or a line of a list without the references that are items of it.

    A part between semicolons goes as a whole, if all its references lead into the chapter.
    """
    parts = text.split(";")
    if len(parts) > 1:

        def lost(part):
            targets = [m[3] or m[4] for m in ROLE.finditer(part)]
            return bool(targets) and all(map(gone.has, targets))

        kept = [part for part in parts if not lost(part)]
        text = ";".join(kept).lstrip() if kept else ""
    for match in reversed(list(ROLE.finditer(text))):
        if not gone.has(match[3] or match[4]):
            continue
        before, after = text[: match.start()], text[match.end() :]
        item = re.match(r"\s*(?:$|,|;|and\b|or\b)", after)
        if (
            item
            and (joint := re.search(r"(?:,|;)?(?:\s+(?:and|or))?\s+$|,\s*$", before))
            and joint[0].strip()
        ):
            text = before[: joint.start()] + after
        elif not before.strip() and item:
            text = re.sub(r"^\s*(?:,|;|and\b|or\b)\s*", "", after)
    return text


def without_chapter(text: str, number: int) -> str:
    """Return a text whose ranges and pairs of chapters do without one."""

    def ranges(match):
        word, first, joint, last = match.groups()
        first, last = int(first), int(last)
        if number not in (first, last) or first >= last:
            return match[0]
        first, last = first + (number == first), last - (number == last)
        if joint == "and":
            (one,) = {int(match[2]), int(match[4])} - {number}
            return f"{word[:-1]} {one}"
        if first == last:
            return f"{word[:-1]} {first}"
        return f"{word} {first} {'and' if last == first + 1 else 'to'} {last}"

    return re.sub(r"\b([Cc]hapters) (\d+) (to|and) (\d+)\b", ranges, text)


def line_without(line: str, gone: Gone) -> str | None:
    """Return a line without the chapter, or None if it is a row of a table that goes."""
    alone = re.compile(rf"\s*\{{doc\}}`{gone.stem}`\s*")
    if line.startswith("| ") and any(gone.has(m[3] or m[4]) for m in ROLE.finditer(line)):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if any(alone.fullmatch(cell) for cell in cells[:2]):
            return None
        cells = [cell and (without_items(cell, gone) or "none") for cell in cells]
        return f"| {' | '.join(cells)} |"
    return line


def rows_without(text: str, gone: Gone) -> str:
    """Return the errata without the rows that only the chapter showed."""
    rows = re.split(r"(?m)^(?=\* - )", text)
    kept = []
    for row in rows:
        if row.startswith("* - ") and len(lines := row.split("\n")) > 3:
            targets = [m[3] or m[4] for m in ROLE.finditer(lines[3])]
            if targets and all(map(gone.has, targets)):
                kept += [":::" + row.split(":::", 1)[1]] if ":::" in row else []
                continue
            head, shown = lines[3][:4], lines[3][4:]
            lines[3] = head + without_items(shown, gone)
            row = "\n".join(lines)
        kept.append(row)
    return "".join(kept)


def names_in_code_type(text: str) -> set[str]:
    """Return the names that a text has in code type: words of two letters or more."""
    text = re.sub(r"\{[\w:]+\}`[^`]*`|(?m:^`{3,}.*$)|(?m:^:\w+:.*$)", "", text)
    return set(re.findall(r"[^\W\d]\w+", "\n".join(re.findall(r"`([^`]+)`", text))))


def sentence(text: str, place: int) -> str:
    """Return the sentence of a text in which a place is."""
    start = text.rfind("\n\n", 0, place) + 1
    end = text.find("\n\n", place)
    paragraph = text[start : end if end >= 0 else len(text)]
    position, found = place - start, paragraph
    for part in SENTENCE.split(paragraph):
        found = part
        if (position := position - len(part) - 1) < 0:
            break
    return " ".join(found.split())[:400]


class Rewriting:
    """What is rewritten in the pages of a book, and where."""

    def __init__(self, gone: Gone, root: Path):
        self.gone, self.root = gone, root
        self.places: list[Place] = []

    def text(self, text: str, file: str, cell: int = 0) -> str:
        """Return a text without references into the chapter; note what was changed."""
        gone = self.gone
        if file.endswith("errata.md"):
            text = rows_without(text, gone)
        text = re.sub(rf"(?ms)^```\{{explorable\}} {gone.stem}\b.*?^```\n", "", text)
        lines = (line_without(line, gone) for line in text.split("\n"))
        text = "\n".join(line for line in lines if line is not None)

        def replace(text: str, pattern: re.Pattern, words: Callable) -> str:
            parts, last, spots = [], 0, []
            for match in pattern.finditer(text):
                new = words(match)
                if new != match[0]:
                    parts.append(text[last : match.start()])
                    spots.append(sum(map(len, parts)))
                    parts.append(new)
                    last = match.end()
            new_text = "".join([*parts, text[last:]])
            for spot in spots:
                line = new_text.count("\n", 0, spot) + 1
                self.places.append(Place(file, cell, line, sentence(new_text, spot)))
            return new_text

        text = replace(text, ROLE, lambda m: plain(gone, m) if gone.has(m[3] or m[4]) else m[0])
        link = re.compile(rf"\[([^\]]+)\]\({gone.stem}(?:\.\w+)?(?:#[^)]*)?\)")
        text = replace(text, link, lambda m: m[1])
        chapters = re.compile(r"\b[Cc]hapters \d+ (?:to|and) \d+\b")
        return replace(text, chapters, lambda m: without_chapter(m[0], gone.number))

    def notebook(self, path: Path) -> None:
        """Rewrite a notebook's text, captions and descriptions; its outputs stay."""
        nb = json.loads(path.read_text("utf-8"))
        name = path.relative_to(self.root).as_posix()
        for number, cell in enumerate(nb["cells"], 1):
            if cell["cell_type"] == "markdown":
                old = "".join(cell["source"])
                new = self.text(old, name, number)
                if new != old:
                    cell["source"] = new.splitlines(keepends=True)
            texts = cell["metadata"].get("mystnb", {})
            for kind, key in (("figure", "caption"), ("image", "alt")):
                if key in texts.get(kind, {}):
                    texts[kind][key] = self.text(texts[kind][key], name, number)
        text = json.dumps(nb, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if json.loads(path.read_text("utf-8")) != nb:
            path.write_text(text, "utf-8")

    def page(self, path: Path) -> None:
        """Rewrite a page of text."""
        old = path.read_text("utf-8")
        new = self.text(old, path.relative_to(self.root).as_posix())
        if new != old:
            path.write_text(new, "utf-8")
