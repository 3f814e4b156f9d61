"""Print the site into one file: ``python -m web.pdf.printing`` leaves _build/pdf/book.pdf.

Chromium prints each page of _build/html by itself, without the site's frame and with everything
unfolded; the sheets of an unchanged page are reused.  pypdf joins the sheets: links to other pages
of the site become links inside the file, every sheet gets its number, and bookmarks and a table of
contents are added.
"""

from __future__ import annotations

import asyncio
import html
import importlib.metadata
import json
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import yaml
from playwright.async_api import async_playwright
from pypdf import PdfReader
from pypdf.generic import NameObject

from web import build, chromium, freshness, words
from web.offline import extension as offline
from web.pdf.volume import Place, Volume, sheets_and_places

PLACE = build.BUILD / "pdf"
PDF = PLACE / "book.pdf"
STORE = freshness.Store(PLACE / "sheets", ".pdf")  # one file for each page of the site
STYLE = Path(__file__).with_name("print.css")
PREPARE = Path(__file__).with_name("prepare.js")  # prepares a page for printing
MARK = re.compile("<!-- pdf -->(<p>.*?</p>)?")  # on the site's first page
# Links that no sheet has, and the bar with the button that runs a page.
NOT_PRINTED = re.compile(r"""<!-- (?:pdf|slides) -->(<p>.*?</p>)?|<div class="live-bar.*?</div>""")
FONTS = {  # matplotlib's own, so that the book looks the same everywhere
    "Text": ["STIXGeneral", "STIXGeneralItalic", "STIXGeneralBol", "STIXGeneralBolIta"],
    "Code": ["DejaVuSansMono", "DejaVuSansMono-Oblique", "DejaVuSansMono-Bold"],
}
MATHJAX = {"enableMenu": False, "menuOptions": {"settings": {"assistiveMml": False}}}
STYLES = ["normal 400", "italic 400", "normal 700", "italic 700"]


@dataclass
class Part:
    """A page of the site on paper.

    Attributes
    ----------
    name : str
        Its name, such as "09-back-propagation".
    headings : list of (str, int, str)
        Anchor, level and text of each heading, in order; the title is the first.
    page : str
        The HTML that Chromium prints.
    """

    name: str
    headings: list[tuple[str, int, str]]
    page: str

    @property
    def sheets(self) -> Path:
        """Return the file for the printed page; its name contains a hash of the page."""
        return STORE.path(self.name, freshness.digest(self.page, PREPARE))


def address(name: str) -> str:
    """Return the address from which the browser loads a page of the site."""
    return (build.HTML / f"{name}.html").as_uri()


def sheet(title: str, base: str, body: str, head: str = "") -> str:
    """Return a page of HTML in the style of the printed book."""
    folder = Path(
        importlib.metadata.distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")
    )
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("{(folder / f"{file}.ttf").as_uri()}"); '
        f"font-style: {style.split()[0]}; font-weight: {style.split()[1]} }}\n"
        for family, files in FONTS.items()
        for file, style in zip(files, STYLES, strict=False)
    )
    language = words.book()
    return f"""<!DOCTYPE html>
<html lang="{language.tag}" dir="{language.direction}" data-theme="light"><head>
<meta charset="utf-8"><base href="{base}">
<title>{html.escape(title)}</title>{head}<style>{faces}{STYLE.read_text("utf-8")}</style>
</head><body>{body}</body></html>"""


def text(markup: str) -> str:
    """Return a heading without its markup and without the link to itself."""
    markup = re.sub(r'<a class="headerlink".*?</a>', "", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def printable(document: str) -> Part:
    """Return a page of the site in the form in which it is printed."""
    page = (build.HTML / f"{document}.html").read_text("utf-8")
    article = re.search(r'<article class="bd-article">.*?</article>', page, re.S)[0]
    article = NOT_PRINTED.sub("", article).replace('loading="lazy"', "")
    headings = [
        (anchor, int(level), text(markup))
        for anchor, level, markup in re.findall(
            r'<section[^>]* id="([^"]+)"[^>]*>\s*(?:<span id="[^"]*"></span>\s*)*'
            r"<h([1-6])>(.*?)</h\2>",
            article,
            re.S,
        )
    ]
    head = '<link rel="stylesheet" href="../_static/pygments.css">'
    settings = re.search(r"window\.MathJax = (\{.*?\})</script>", page)
    if settings:  # on pages that have formulas
        settings = json.loads(settings[1])
        settings.setdefault("options", {}).update(MATHJAX)
        loader = settings.get("loader", {})
        loader["load"] = [p for p in loader.get("load", []) if not p.startswith("a11y")]
        script = re.search(r'<script[^>]* src="([^"]*/mathjax/[^"]*)"', page)[1]
        head += f"<script>window.MathJax = {json.dumps(settings)}</script>"
        head += f'<script defer src="{script}"></script>'
    name = document.rsplit("/", 1)[-1]
    return Part(name, headings, sheet(headings[0][2], address(document), article, head))


async def print_all(jobs: dict[Path, str]) -> None:
    """Let Chromium print pages of HTML into files, as many at once as there are cores."""
    pending = list(jobs.items())

    async def work(chrome) -> None:
        context = await chrome.new_context(viewport={"width": 642, "height": 900})  # 170 mm
        context.set_default_timeout(300_000)
        tab = await context.new_page()
        await tab.emulate_media(media="print")
        while pending:
            target, page = pending.pop(0)
            source = target.with_suffix(".html")
            source.write_text(page, encoding="utf-8")
            await tab.goto(source.as_uri())
            wide = await tab.evaluate(PREPARE.read_text("utf-8"))
            if wide:
                raise SystemExit(
                    f"{target.stem} has elements wider than the paper: shorten them\n"
                    + "\n".join(wide)
                )
            content = await tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
            source.unlink()
            freshness.write(target, content)

    async with async_playwright() as playwright:
        chrome = await playwright.chromium.launch(
            executable_path=chromium.chromium(), args=chromium.ARGUMENTS
        )
        workers = min(len(pending), os.cpu_count() or 1, 4)
        await asyncio.gather(*(work(chrome) for _ in range(workers)))
        await chrome.close()


def by_first_document() -> dict[str, str]:
    """Return the captions of the parts in _toc.yml, by the first document of each."""
    toc = yaml.safe_load((build.ROOT / "_toc.yml").read_text("utf-8"))
    return {build.documents_in(part)[0]: part["caption"] for part in toc["parts"]}


def contents() -> str:
    """Return the heading of the contents."""
    return words.book().say("Contents")


def front_matter(parts: list[Part], places: dict[str, Place]) -> Part:
    """Return the title page and the contents, with those page numbers that are known."""
    config = yaml.safe_load((build.ROOT / "_config.yml").read_text("utf-8"))
    citation = yaml.safe_load((build.ROOT / "CITATION.cff").read_text("utf-8"))
    captions, lines, say = by_first_document(), [], words.book().say
    for part, document in zip(parts, build.documents(), strict=True):
        if document in captions:
            lines.append(f'<li class="part">{html.escape(captions[document])}</li>')
        for anchor, level, title in part.headings:
            number = places.get(f"{part.name}#{anchor}", (0, 0))[0] + 1
            kind = {1: "chapter", 2: "section"}.get(level, "subsection")
            link = f'<a href="{address(document)}#{anchor}">{html.escape(title)}</a>'
            row = f'{link}<span class="dots"></span><span>{number}</span>'
            lines.append(f'<li class="{kind}">{row}</li>')
    subtitle = citation["title"].partition(": ")[2]
    body = f"""<section id="title-page"><img src="../_static/{Path(config["logo"]).name}" alt="">
<h1>{html.escape(config["title"])}</h1><p class="subtitle">{html.escape(subtitle).capitalize()}</p>
<div class="credits"><p>{html.escape(config["author"])}</p>
<p>{say("Version {number}, {date}", number=build.version(), date=citation["date-released"])}</p>
{config["sphinx"]["config"]["html_theme_options"]["extra_footer"]}</div></section>
<section id="contents"><h1>{contents()}</h1><ol>{"".join(lines)}</ol></section>"""
    base = address(build.documents()[0])
    return Part("front", [("contents", 1, contents())], sheet(config["title"], base, body))


def footers(titles: list[str]) -> Part:
    """Return pages that contain only a footer: a title and the page number."""
    rows = ""
    for number, title in enumerate(titles, 1):
        inside = f"<span>{html.escape(title)}</span><span>{number}</span>" if title else ""
        rows += f'<div class="foot">{inside}</div>'
    style = "<style>@page { margin: 0 20mm 10mm } html { background: none }</style>"
    return Part("footers", [], sheet("", address(build.documents()[0]), style + rows))


def print_changed(parts: list[Part]) -> None:
    """Print the parts whose sheets are not in the store."""
    asyncio.run(print_all({part.sheets: part.page for part in parts if not part.sheets.exists()}))


def link_to_sheets(volume: Volume, pages: list, here: str, places: dict[str, Place]) -> None:
    """Replace the links of a part to pages of the site by links to sheets."""
    for annotation in [link for page in pages for link in page.get("/Annots", [])]:
        link = annotation.get_object()
        url, _, fragment = str(link.get("/A", {}).get("/URI", "")).partition("#")
        if "/Dest" in link:
            target = f"{here}#{link['/Dest'].removeprefix('/')}"
        elif url.startswith("file:"):
            target = f"{Path(unquote(url)).stem}#{unquote(fragment)}"
            del link["/A"]
        else:
            continue
        link[NameObject("/Dest")] = volume.destination(places[target])


def lay_out(first: Part, parts: list[Part]) -> tuple[list[str], dict[str, Place]]:
    """Return the titles and places of the printed sheets.

    Returns
    -------
    titles : list of str
        The title in the footer of each sheet.
    places : dict of str to (int, float)
        Where each anchor of the site is in the book, by names such as
        "09-back-propagation#equation-eq-bp2", or "09-back-propagation#" for the page itself.
    """
    count = sheets_and_places(first.sheets)[0]
    titles, places = ["", *[contents()] * (count - 1)], {}
    for part in parts:
        number, anchors = sheets_and_places(part.sheets)
        anchors = {anchor: (count + sheet, top) for anchor, (sheet, top) in anchors.items()}
        places |= {f"{part.name}#{anchor}": place for anchor, place in anchors.items()}
        places[f"{part.name}#"] = anchors[part.headings[0][0]]
        titles += [part.headings[0][2]] * number
        count += number
    return titles, places


def bind(parts: list[Part]) -> None:
    """Print the changed parts, and join all of them into one file."""
    first = front_matter(parts, {})
    print_changed([*parts, first])
    titles, places = lay_out(first, parts)
    first, lines = front_matter(parts, places), footers(titles)
    print_changed([first, lines])
    volume = Volume(words.book().tag)
    sheets = {part.name: volume.add(part.sheets) for part in [first, *parts]}
    for name, pages in sheets.items():
        link_to_sheets(volume, pages, name, places)
    for page, footer in zip(volume.writer.pages, PdfReader(lines.sheets).pages, strict=True):
        volume.add_footer(page, footer)
    add_bookmarks(volume, parts, places)
    citation = yaml.safe_load((build.ROOT / "CITATION.cff").read_text("utf-8"))
    names = ", ".join(author["name"] for author in citation["authors"])
    keywords = ", ".join(citation["keywords"])
    volume.write(PDF, Title=citation["title"], Author=names, Keywords=keywords)
    STORE.prune(part.sheets for part in [front_matter(parts, {}), first, lines, *parts])


def add_bookmarks(volume: Volume, parts: list[Part], places: dict[str, Place]) -> None:
    """Add a bookmark for each part of the book, chapter and section."""
    captions, above = by_first_document(), None
    volume.bookmark(contents(), (1, 800))
    for part, document in zip(parts, build.documents(), strict=True):
        here = places[f"{part.name}#"]
        if document in captions:
            above = volume.bookmark(captions[document], here)
        levels = {0: above}
        for anchor, level, title in part.headings:
            levels[level] = volume.bookmark(
                title, places[f"{part.name}#{anchor}"], levels[level - 1]
            )


def link_to_pdf() -> str:
    """Return the paragraph of the first page that leads to the file."""
    say = words.book().say
    link = f'<a href="../{PDF.name}">{say("one PDF")}</a>'
    return f"<!-- pdf --><p>{say('The whole book is also available as {link}.', link=link)}</p>"


def publish() -> None:
    """Copy the file into the site, and add a link to it on the first page."""
    shutil.copyfile(PDF, build.HTML / PDF.name)
    root = build.HTML / f"{build.documents()[0]}.html"
    root.write_text(MARK.sub(link_to_pdf(), root.read_text("utf-8")), encoding="utf-8")
    offline.write_lists(build.HTML)


def key() -> str:
    """Return a hash of everything on which the file depends."""
    record, citation = build.HTML / freshness.RECORD, build.ROOT / "CITATION.cff"
    return freshness.digest(record, citation, Path(__file__).parent)


def main() -> int:
    """Print the book unless the printed file is current; return the exit status."""
    if not build.is_current():
        raise SystemExit("the site is not up to date: make book")
    if chromium.chromium() is None:
        raise SystemExit(chromium.MISSING)
    STORE.folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    product = freshness.Product(PLACE)
    if not (PDF.exists() and product.is_current(key())):
        bind([printable(document) for document in build.documents()])
        product.complete(key())
    publish()
    size = f"{len(PdfReader(PDF).pages)} pages, {PDF.stat().st_size / 1e6:.1f} MB"
    print(f"{PDF}: {size}, in {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
