"""The whole book as one PDF: complete, with contents, numbers and links that work."""

import asyncio
import copy
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdfium2
import pytest
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader

from web import build, words
from web.pdf import printing

DOCUMENTS = build.documents()
CHAPTERS = [document for document in DOCUMENTS if re.search(r"/\d\d-", document)]
pytestmark = pytest.mark.browser  # which prints
say = words.book().say
BUTTONS = (
    say("Show code cell source"), say("Click to show"), say("Skip to main content"),
    "Copy to clipboard",
)  # fmt: skip


def flat(text: str) -> str:
    """Return a text without white space and with ligatures taken apart."""
    return re.sub(
        r"\s+",
        "",
        text.replace("ﬁ", "fi").replace("ﬀ", "ff").replace("ﬂ", "fl").replace("ﬃ", "ffi"),
    )


@pytest.fixture(scope="module")
def reader(site):
    """Print the site, in a process of its own: this one may have a browser already."""
    command = [sys.executable, "-m", "web.pdf.printing"]
    printed = subprocess.run(command, capture_output=True, text=True)
    if printed.returncode:
        pytest.fail(f"the book could not be printed:\n{printed.stderr[-3000:]}", pytrace=False)
    return PdfReader(printing.PDF)


def texts_of(path: Path) -> list[str]:
    """Return the text of each sheet of a file, as ``flat`` gives it.

    Another library than the one that has bound the sheets reads them, in a thirtieth of its time.
    It gives a hyphen at the end of a line as U+FFFE.
    """
    with pypdfium2.PdfDocument(path) as volume:
        read = (sheet.get_textpage().get_text_range() for sheet in volume)
        return [flat(text.replace("\ufffe", "-")) for text in read]


@pytest.fixture(scope="module")
def texts(reader):
    """Return the text of each sheet of the book."""
    return texts_of(printing.PDF)


@pytest.fixture(scope="module")
def parts(reader):
    """Return the pages of the site as they were printed."""
    return [printing.printable(document) for document in DOCUMENTS]


@pytest.fixture(scope="module")
def places(parts):
    return printing.lay_out(printing.front_matter(parts, {}), parts)[1]


@pytest.fixture(scope="module")
def articles(site):
    """Return the text of each page of the site."""
    texts = {d: (site / f"{d}.html").read_text("utf-8") for d in DOCUMENTS}
    pages = {
        d: BeautifulSoup(printing.NOT_PRINTED.sub("", text), "html.parser")
        for d, text in texts.items()
    }
    return {Path(d).name: page.select_one("article.bd-article") for d, page in pages.items()}


def test_no_heading_is_left_out(parts, articles):
    def title_of(heading):
        title = copy.copy(heading)
        for link in title.select(".headerlink, script"):
            link.decompose()
        return flat(title.get_text())

    for part in parts:
        shown = [
            (heading.find_parent("section")["id"], int(heading.name[1]), title_of(heading))
            for heading in articles[part.name].select("h1, h2, h3, h4, h5, h6")
        ]
        assert [(anchor, level, flat(title)) for anchor, level, title in part.headings] == shown


def test_headings_stand_where_the_contents_say(texts, parts, places):
    contents = "".join(texts[1 : places["index#"][0]])
    for part in parts:
        for anchor, level, title in part.headings:
            number = places[f"{part.name}#{anchor}"][0] + 1
            text = texts[number - 1]
            assert flat(title) in text, (title, number)
            if level == 1:  # on a new page, below which nothing of the chapter before stands
                assert text.startswith(f"{flat(title)}{number}{flat(title)}")
            if level <= 2:
                assert re.search(re.escape(flat(title)) + rf"{number}(\D|$|\d)", contents), title


def test_every_sheet_but_the_first_has_its_number(texts, parts):
    titles = {flat(part.headings[0][2]) for part in parts} | {flat(say("Contents"))}
    for number, text in enumerate(texts[1:], 2):
        assert any(text.startswith(f"{title}{number}") for title in titles), text[:80]


def test_the_title_page_says_whose_book_it_is(reader, texts):
    config = yaml.safe_load((build.ROOT / "_config.yml").read_text("utf-8"))
    for said in (
        config["title"],
        config["author"],
        build.version(),
        "MortenHjorth-Jensen",
        "CCBY-NC",
    ):
        assert flat(said) in texts[0]
    assert reader.metadata.title.startswith(config["title"])
    assert reader.metadata.author == config["author"]
    assert reader.trailer["/Root"]["/Lang"] == words.book().tag


def test_bookmarks(reader, parts, places):
    found, levels = [], [0]

    def walk(items, level):
        for item in items:
            if isinstance(item, list):
                walk(item, level + 1)
            else:
                found.append((item.title, reader.get_destination_page_number(item)))
                levels.append(level)

    walk(reader.outline, 1)
    wanted = [
        (title, places[f"{part.name}#{anchor}"][0])
        for part in parts
        for anchor, _, title in part.headings
    ]
    assert [mark for mark in found if mark in wanted] == wanted
    assert max(levels) >= 3


def test_links_lead_where_they_do_on_the_site(reader, parts, places, articles):
    def targets(numbers):
        links = [a.get_object() for n in numbers for a in reader.pages[n].get("/Annots", [])]
        outside = {link["/A"]["/URI"] for link in links if "/A" in link}
        return outside, {
            (reader.get_page_number(link["/Dest"][0].get_object()), round(float(link["/Dest"][3])))
            for link in links
            if "/Dest" in link
        }

    starts = [places[f"{part.name}#"][0] for part in parts] + [len(reader.pages)]
    count = 0
    for part, first, end in zip(parts, starts, starts[1:], strict=False):
        outside, inside = targets(range(first, end))
        hrefs = {
            a["href"] for a in articles[part.name].select("a[href]:not(.headerlink, .label *)")
        }
        wanted = {href for href in hrefs if re.match(r"https?:", href)}
        assert {url.rstrip("/") for url in outside} == {url.rstrip("/") for url in wanted}
        within, wanted = hrefs - wanted, set()
        for href in within:
            path, _, fragment = href.partition("#")
            name = Path(path).stem if path else part.name
            there = places[f"{name}#{fragment}"]
            wanted.add((there[0], round(there[1])))
        assert inside == wanted, part.name
        count += len(wanted)
    assert count > 300


def test_every_numbered_equation_is_where_links_to_it_lead(texts, places, articles):
    count = 0
    for name, article in articles.items():
        for number in article.select("div.math[id] .eqno"):
            sheet = places[f"{name}#{number.parent['id']}"][0]
            assert flat(number.get_text().replace("#", "")) in texts[sheet]
            count += 1
    assert count > 200


def test_all_code_and_output_is_there_to_the_last_line(texts, articles):
    printed = "".join(re.sub(r"^.{0,90}?\d+", "", text, count=1) for text in texts)
    for name, article in articles.items():
        for cell in article.select("pre"):
            lines = [flat(line) for line in cell.get_text().splitlines() if line.strip()]
            for line in lines[:1] + lines[-1:]:
                assert line in printed, (name, line)


def test_solutions_are_unfolded_and_buttons_are_gone(texts):
    printed = "".join(texts)
    assert printed.count(flat(f"{say('Solution to')} {say('Exercise')}")) >= len(CHAPTERS)
    for button in BUTTONS:
        assert flat(button) not in printed


def test_no_formula_is_left_as_source(texts):
    printed = "".join(texts)
    assert not re.findall(r".{20}\\(?:\(|\[|begin).{20}", printed)


def test_pictures_headings_and_lists_are_tagged(reader, articles):
    kinds, described = {}, set()

    def walk(tag):
        for kid in tag["/K"]:
            kid = kid.get_object()
            if isinstance(kid, dict) and "/S" in kid:
                kinds[kid["/S"]] = kinds.get(kid["/S"], 0) + 1
                described.add(flat(kid.get("/Alt", "")))
                walk(kid)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert kinds["/H1"] >= len(DOCUMENTS)
    assert {"/P", "/L", "/LI", "/Table", "/TD", "/Link", "/Code"} <= set(kinds)
    pictures = [flat(e["alt"]) for article in articles.values() for e in article.select("img")]
    assert set(pictures) <= described


@pytest.mark.parametrize("body", ["<div style='width: 900px'>wide</div>", ""])
def test_what_is_wider_than_the_paper_stops_the_printing(tmp_path, body):
    page = printing.sheet("a test", tmp_path.as_uri(), body)
    job = printing.print_all({tmp_path / "test.pdf": page})
    with ThreadPoolExecutor(1) as other:  # where no browser runs yet
        if body:
            with pytest.raises(SystemExit, match="wider than the paper"):
                other.submit(asyncio.run, job).result()
        else:
            other.submit(asyncio.run, job).result()


def test_the_first_page_links_to_it(site, reader):
    text = (site / f"{DOCUMENTS[0]}.html").read_text("utf-8")
    assert text.count('href="../book.pdf"') == 1
    assert (site / "book.pdf").stat().st_size == printing.PDF.stat().st_size


def test_nothing_is_printed_twice(reader):
    before = printing.PDF.stat().st_mtime_ns
    command = [sys.executable, "-m", "web.pdf.printing"]
    subprocess.run(command, check=True, capture_output=True)
    assert printing.PDF.stat().st_mtime_ns == before


def test_a_chapter_prints_from_the_browser(tab, tmp_path):
    page = tab.open(f"{CHAPTERS[8]}.html").page
    page.pdf(path=tmp_path / "chapter.pdf", format="A4")
    printed = "".join(texts_of(tmp_path / "chapter.pdf"))
    shown = BeautifulSoup((build.HTML / f"{CHAPTERS[8]}.html").read_text("utf-8"), "html.parser")
    for paragraph in shown.select("article p, article pre"):
        if not paragraph.select(".math, summary") and not paragraph.find_parent("details"):
            assert flat(paragraph.get_text())[:50] in printed
    for button in (*BUTTONS, say("Search this book"), say("Run this page")):
        assert flat(button) not in printed
