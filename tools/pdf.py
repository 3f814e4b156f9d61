"""Print the site into one file: ``python tools/pdf.py`` leaves _build/pdf/book.pdf.

The pages of _build/html are put behind one another, with their numbers of chapters, figures
and equations as they are, their links turned into links inside the file, and everything that
is folded on the screen unfolded.  Chromium sets it.  It is printed twice: the first time shows
on which page each chapter begins, and the second has that in its contents.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import sys
from pathlib import Path

import book
import browser
import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

PLACE = book.BUILD / "pdf"
PDF = PLACE / "book.pdf"
PAGE = "print.html"  # beside the site's own pages, while it is printed
STYLE = Path(__file__).with_suffix(".css")
FOOTER = (
    '<div style="width: 100%; text-align: center; font: 8pt sans-serif; color: #444">'
    '<span class="pageNumber"></span></div>'
)
MARK = "<!-- pdf -->"  # on the first page
NUMBER_CONTENTS = """pages => document.querySelectorAll("#contents a").forEach(link => {
    link.parentElement.querySelector(".page").textContent = pages[link.hash.slice(1)] ?? "";
})"""


def anchor(document: str, fragment: str = "") -> str:
    """Return the id that a place of the site has in the printed book."""
    name = document.rsplit("/", 1)[-1]
    return f"{name}--{fragment}" if fragment else name


def article(document: str, documents: list[str]) -> Tag:
    """Return the text of a page, its ids and addresses as they have to be in one file."""
    page = BeautifulSoup((book.HTML / f"{document}.html").read_text("utf-8"), "html.parser")
    found = page.select_one("article.bd-article")
    folder = posixpath.dirname(document)
    for node in found.select(".headerlink, .cell_input .copybtn, script"):
        node.decompose()
    for node in found.find_all(id=True):
        node["id"] = anchor(document, node["id"])
    for node in found.select("img[src]"):
        node["src"] = posixpath.normpath(posixpath.join(folder, node["src"]))
    for node in found.find_all("details"):
        node["open"] = ""
    for node in found.select("a[href]"):
        target, _, fragment = node["href"].partition("#")
        if re.match(r"\w+:", target):
            continue
        path = posixpath.normpath(posixpath.join(folder, target)) if target else f"{document}.html"
        name = path.removesuffix(".html")
        if name in documents:
            node["href"] = "#" + anchor(name, fragment)
        else:
            del node["href"]  # the search page, say
    found["id"] = anchor(document)
    return found


def contents(parts: list[tuple[str, list[str]]], articles: dict[str, Tag]) -> str:
    """Return the list of chapters, with room for the numbers of their pages."""
    lines = []
    for caption, documents in parts:
        if caption:
            lines.append(f'<li class="part">{caption}</li>')
        for document in documents:
            title = articles[document].find("h1").get_text().strip()
            lines.append(
                f'<li><a href="#{anchor(document)}">{title}</a><span class="dots"></span>'
                f'<span class="page"></span></li>'
            )
    return f'<section id="contents"><h1>Contents</h1><ol>{"".join(lines)}</ol></section>'


def assemble() -> str:
    """Return the whole book as one page of HTML."""
    toc = yaml.safe_load((book.ROOT / "_toc.yml").read_text("utf-8"))
    parts = [("", [toc["root"]])]
    parts += [(part["caption"], book.documents(part)) for part in toc["parts"]]
    documents = book.listed()
    articles = {document: article(document, documents) for document in documents}
    first = BeautifulSoup((book.HTML / f"{toc['root']}.html").read_text("utf-8"), "html.parser")
    config = yaml.safe_load((book.ROOT / "_config.yml").read_text("utf-8"))
    folder = posixpath.dirname(toc["root"])
    styles = "".join(
        f'<link rel="stylesheet" href="{posixpath.normpath(posixpath.join(folder, link["href"]))}">'
        for link in first.select('link[rel="stylesheet"]')
    )
    mathjax = first.find("script", string=re.compile(r"window\.MathJax\s*="))
    body = "".join(str(articles[document]) for document in documents)
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">
<title>{config["title"]}</title>{styles}<style>{STYLE.read_text("utf-8")}</style>
{mathjax}<script src="_static/mathjax/tex-chtml.js"></script></head>
<body><main><section id="title-page"><img src="{config["logo"]}" alt=""><h1>{config["title"]}</h1>
<p>An executable companion to one week of a university course.</p>
<p>Version {book.version()}. {config["author"]}.</p></section>
{contents(parts, articles)}{body}</main></body></html>"""


def print_book(address: str, target: Path) -> None:
    """Let Chromium print a page into a file, with bookmarks, tags and page numbers."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.chromium(), args=browser.ARGUMENTS
        )
        page = chromium.new_page()
        page.set_default_timeout(900_000)
        page.goto(address)
        page.evaluate("() => MathJax.startup.promise.then(() => document.fonts.ready)")
        for final in (False, True):
            page.pdf(
                path=target, format="A4", prefer_css_page_size=True, print_background=True,
                display_header_footer=True, header_template="<span></span>",
                footer_template=FOOTER, outline=final, tagged=final,
            )  # fmt: skip
            page.evaluate(NUMBER_CONTENTS, starts(target))
        chromium.close()


def starts(target: Path) -> dict[str, int]:
    """Return the page, counted from 1, on which each anchor of a printed book lies."""
    reader = PdfReader(target)
    return {
        name.lstrip("/"): reader.get_destination_page_number(destination) + 1
        for name, destination in reader.named_destinations.items()
    }


def publish() -> None:
    """Put the file beside the site's pages, and a link to it on the first one."""
    shutil.copyfile(PDF, book.HTML / PDF.name)
    root = book.HTML / f"{book.listed()[0]}.html"
    above = "../" * book.listed()[0].count("/")
    link = f'<p>The whole book is there as <a href="{above}{PDF.name}">one PDF file</a> too.</p>'
    root.write_text(root.read_text("utf-8").replace(MARK, link), encoding="utf-8")


def main() -> int:
    """Print the book; return the exit status."""
    if not book.is_current():
        raise SystemExit("the site is not up to date: make book")
    if browser.chromium() is None:
        raise SystemExit(browser.MISSING)
    PLACE.mkdir(exist_ok=True)
    try:
        (book.HTML / PAGE).write_text(assemble(), encoding="utf-8")
        with browser.served(book.HTML) as address:
            print_book(f"{address}/{PAGE}", PLACE / "new.pdf")
    finally:
        (book.HTML / PAGE).unlink(missing_ok=True)
    shutil.move(PLACE / "new.pdf", PDF)
    publish()
    print(f"{PDF}: {len(PdfReader(PDF).pages)} pages, {PDF.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
