"""Make slides for the lectures: ``python -m web.slides`` adds them to the site in _build/html.

They are made from the pages of the built site, so whatever a page shows (numbers, references,
citations, outputs, descriptions of figures) is the same on a slide, and nothing is executed.
reveal.js comes from the site itself; sections.toml says which sections are shown.
"""

from __future__ import annotations

import copy
import html
import json
import re
import shutil
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Comment, Tag

from web import build, freshness
from web import words as catalogue
from web.live import fetch
from web.offline import extension as offline
from web.slides import deck, library
from web.words import say

HERE = Path(__file__).parent
FILES = HERE / "files.toml"
PLACE = build.HTML / "slides"
PLAN = re.compile(r"(?m)^\| (\d+)\. ([^|]+?) \| ([^|]+?) \|")  # a week: number, title, lecture
MARK = re.compile("<!-- slides -->(<p>.*?</p>)?")  # on the page for teachers
LINK = {"link": '<a href="../slides/index.html">', "end": "</a>"}
KEYS = {"notes": "S", "overview": "O", "paint": "D", "help": "?"}
LARGER = 1.6  # how much larger a picture may be than on a page
PAGE = """<!DOCTYPE html>
<html lang="{language}" data-theme="light" data-paint="{paint}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="reveal.css">
<link rel="stylesheet" href="../_static/pygments.css">
<link rel="stylesheet" href="slides.css">
{head}</head>
<body>
{body}
</body>
</html>
"""


@dataclass(frozen=True)
class Lecture:
    """A lecture of the plan: its number, its title, and its chapters."""

    number: int
    title: str
    chapters: tuple[str, ...]


def lectures(root: Path = build.ROOT) -> list[Lecture]:
    """Return the lectures of the plan in chapters/teaching.md."""
    plan = (root / "chapters" / "teaching.md").read_text("utf-8")
    return [
        Lecture(int(number), title, tuple(re.findall(r"\{doc\}`(\d\d-[\w-]+)`", chapters)))
        for number, title, chapters in PLAN.findall(plan)
    ]


def chosen_sections() -> dict[str, list[str]]:
    """Return the sections that are chosen, for chapters that are not shown as a whole."""
    return tomllib.loads((HERE / "sections.toml").read_text("utf-8"))


def local(reference: str, chapter: str) -> str:
    """Return a reference of a chapter's page as it is from a slide."""
    url = urlsplit(reference)
    if url.scheme or url.netloc:
        return reference
    if not url.path:
        return f"../chapters/{chapter}.html#{url.fragment}"
    return reference if url.path.startswith("../") else f"../chapters/{reference}"


def cleaned(element: Tag, chapter: str) -> Tag:
    """Return a copy of a part of a page for a slide: no handles, no anchors, links to the page."""
    element = copy.copy(element)
    for comment in element.find_all(string=lambda node: isinstance(node, Comment)):
        comment.extract()
    for extra in element.select("a.headerlink, script, button, .explore-note, noscript"):
        extra.decompose()
    for host in element.select("figure > .explore"):
        link = BeautifulSoup("", "html.parser").new_tag("a", href=f"#{host.parent['id']}")
        link.string = in_language(say("Move it by hand on the page"))
        link["class"] = "by-hand"
        host.parent.figcaption.append(link)  # after which a figure may have nothing
        host.decompose()
    for image in element.select("figure img"):
        image["width"] = round(LARGER * int(image["width"]))
        del image["height"]
    for one in [element, *element.select("*")]:
        if one.name == "a" and one.get("href"):
            one["href"] = local(one["href"], chapter)
            one["target"] = "_blank"
        for name in ("id", "loading", "aria-labelledby"):
            one.attrs.pop(name, None)
    return element


def slide(one: deck.Slide, chapter: str) -> str:
    """Return the HTML of a slide."""
    level = "h1" if one.kind == "chapter" else "h2"

    def together(elements):
        return "\n".join(str(cleaned(element, chapter)) for element in elements)

    later = f'\n<div class="fragment">{together(one.later)}</div>' if one.later else ""
    notes = f'\n<aside class="notes" role="note">{together(one.notes)}</aside>' if one.notes else ""
    return (
        f'<section class="{one.kind}"><{level}>{one.heading}</{level}>\n'
        f'<div class="shown">{together(one.shown)}{later}</div>{notes}</section>'
    )


def in_language(text: str, **values: str) -> str:
    """Return a sentence in the language of the book, with values in the places of their names."""
    return catalogue.book().say(text, **values)


def page(title: str, head: str, body: str) -> str:
    """Return a page of the slides in the language of the book."""
    language, paint = catalogue.book().tag, html.escape(in_language(say("Dark or light")))
    return PAGE.format(language=language, paint=paint, title=title, head=head, body=body)


def lecture_page(lecture: Lecture) -> str:
    """Return the page with the slides of a lecture."""
    chosen, columns, settings = chosen_sections(), [], {}
    first = f"<h1>{lecture.number}. {html.escape(lecture.title)}</h1>"
    names = []
    for chapter in lecture.chapters:
        text = (build.HTML / "chapters" / f"{chapter}.html").read_text("utf-8")
        article = BeautifulSoup(text, "html.parser").select_one("article")
        if found := re.search(r"window\.MathJax = (\{.*?\})</script>", text):
            settings = json.loads(found[1])
        for section in deck.sections(article, chosen.get(chapter)):
            column = "\n".join(slide(one, chapter) for one in section.slides)
            columns.append(f'<section data-chapter="{chapter}">\n{column}\n</section>')
        names.append(f"<li>{deck.heading(article.find('h1'))}</li>")
    start = f'<section class="lecture">{first}<ol class="plain">{"".join(names)}</ol></section>'
    # Formulas are typeset where they are shown: in one that is hidden, nothing can be measured.
    settings.setdefault("startup", {})["typeset"] = False
    head = (
        f"<script>window.MathJax = {json.dumps(settings)}</script>\n"
        '<script src="../_static/mathjax/startup.js"></script>\n'
        '<script src="reveal.js"></script>\n<script src="notes.js"></script>\n'
        '<script defer src="slides.js"></script>\n'
    )
    body = (
        f'<div class="reveal"><div class="slides">\n{start}\n{chr(10).join(columns)}\n</div></div>'
    )
    title = f"{lecture.number}. {html.escape(lecture.title)}"
    return page(title, head, body)


def index_page(found: list[Lecture]) -> str:
    """Return the page that lists the lectures."""
    items = "".join(
        f'<li><a href="lecture-{one.number}.html">{html.escape(one.title)}</a></li>'
        for one in found
    )
    title = in_language(say("Slides"))
    keys = in_language(
        say(
            "Arrow keys: right is the next section, down goes into it, space is the next slide. "
            "{notes} opens the speaker's notes, {overview} the overview, {paint} turns the slides "
            "dark or light, {help} lists the other keys."
        ),
        **{name: f"<kbd>{key}</kbd>" for name, key in KEYS.items()},
    )
    teaching = (build.HTML / "chapters" / "teaching.html").read_text("utf-8")
    name = deck.heading(BeautifulSoup(teaching, "html.parser").select_one("article h1"))
    body = (
        f'<main class="index"><h1>{title}</h1><ol class="plain">{items}</ol><p>{keys}</p>'
        f'<p><a href="../chapters/teaching.html">{name}</a></p></main>'
    )
    return page(title, "", body)


def make() -> int:
    """Write all pages; return the number of slides."""
    kept = fetch.ensure(FILES, "slides")
    if kept is None:
        raise SystemExit("reveal.js could not be fetched: see above")
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    for name, path in kept.items():
        text = path.read_text("utf-8")
        freshness.write(PLACE / name, library.translated(name, text, catalogue.book()))
    for name in ("slides.css", "slides.js"):
        shutil.copyfile(HERE / name, PLACE / name)
    count, found = 0, lectures()
    for lecture in found:
        text = lecture_page(lecture)
        count += text.count('<div class="shown">') + 1
        freshness.write(PLACE / f"lecture-{lecture.number}.html", text)
    freshness.write(PLACE / "index.html", index_page(found))
    teaching = build.HTML / "chapters" / "teaching.html"
    link = f"<!-- slides --><p>{in_language(say('They are {link}on this site{end}.'), **LINK)}</p>"
    freshness.write(teaching, MARK.sub(lambda _: link, teaching.read_text("utf-8")))
    offline.write_lists(build.HTML)
    return count


def main() -> int:
    """Make the slides; return the exit status."""
    if not build.is_current():
        raise SystemExit("the site is not up to date: make book")
    start = time.perf_counter()
    count = make()
    print(f"{PLACE / 'index.html'}: {count} slides, in {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
