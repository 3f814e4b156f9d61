"""The whole book as one PDF: complete, with contents, numbers and links that work."""

import re
import subprocess
import sys

import book
import pdf
import pytest
import yaml
from pypdf import PdfReader

TOO_WIDE = """() => {
    const parts = document.querySelectorAll("main :is(pre, img, table, mjx-container[display])");
    const isCut = e => e.tagName !== "TABLE" && e.scrollWidth > e.clientWidth + 2;
    return [...parts]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 2 || isCut(e))
        .map(e => e.outerHTML.slice(0, 150));
}"""


@pytest.fixture(scope="module")
def reader(site):
    """Print the site, in a process of its own: this one may have a browser already."""
    command = [sys.executable, str(book.ROOT / "tools" / "pdf.py")]
    printed = subprocess.run(command, capture_output=True, text=True)
    if printed.returncode:
        pytest.fail(f"the book could not be printed:\n{printed.stderr[-3000:]}", pytrace=False)
    return PdfReader(pdf.PDF)


@pytest.fixture(scope="module")
def texts(reader):
    return [page.extract_text() for page in reader.pages]


def flat(text):
    """Return a text without white space, which is set differently in print."""
    return re.sub(r"\s+", "", text)


def titles():
    """Return the title of every page of the site, with the number of its chapter."""
    for name in book.listed():
        page = pdf.BeautifulSoup((book.HTML / f"{name}.html").read_text("utf-8"), "html.parser")
        heading = page.select_one("article h1")
        heading.select_one(".headerlink").decompose()
        yield name, heading.get_text().strip()


def test_contents_tell_on_which_page_each_chapter_begins(reader, texts):
    contents = next(text for text in texts if text.lstrip().startswith("Contents"))
    starts = pdf.starts(pdf.PDF)
    for name, title in titles():
        number = starts[pdf.anchor(name)]
        assert flat(texts[number - 1]).startswith(flat(title)), title
        assert re.search(re.escape(flat(title)) + rf"{number}(\D|$)", flat(contents)), title


def test_page_numbers(texts):
    for number, text in enumerate(texts, 1):
        assert text.split()[-1] == str(number)


def test_every_numbered_equation_is_there(site, texts):
    numbers = set()
    for name in book.listed():
        page = pdf.BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        numbers |= {flat(n.get_text().replace("#", "")) for n in page.select("article .eqno")}
    assert len(numbers) > 200
    printed = flat("".join(texts))
    assert not [number for number in numbers if number not in printed]


def test_links_lead_somewhere(reader):
    known = set(reader.named_destinations)
    wanted = set()
    for page in reader.pages:
        for annotation in page.get("/Annots") or []:
            target = annotation.get_object().get("/Dest")
            if isinstance(target, str):
                wanted.add(target)
    assert len(wanted) > 300
    assert wanted <= known


def test_bookmarks_and_tags(reader):
    assert reader.outline
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    config = yaml.safe_load((book.ROOT / "_config.yml").read_text("utf-8"))
    assert reader.metadata.title == config["title"]


def test_solutions_and_folded_code_are_unfolded(texts):
    printed = flat("".join(texts))
    assert "SolutiontoExercise" in printed
    sources = "".join(path.read_text("utf-8") for path in book.HTML.glob("chapters/*.html"))
    folded = pdf.BeautifulSoup(sources, "html.parser").select("details.above-input pre")
    assert folded
    for code in folded:
        assert flat(code.get_text())[:60] in printed


def test_nothing_is_wider_than_the_page(site, chrome):
    (site / pdf.PAGE).write_text(pdf.assemble(), encoding="utf-8")
    try:
        with pdf.browser.served(site) as address:
            page = chrome.new_page(viewport={"width": 658, "height": 900})  # 174 mm
            page.emulate_media(media="print")
            page.goto(f"{address}/{pdf.PAGE}")
            page.evaluate("() => MathJax.startup.promise")
            wide = page.evaluate(TOO_WIDE)
            page.close()
    finally:
        (site / pdf.PAGE).unlink()
    assert not wide


def test_the_first_page_links_to_it(site, reader):
    root = book.listed()[0]
    text = (site / f"{root}.html").read_text("utf-8")
    assert 'href="../book.pdf"' in text
    assert (site / "book.pdf").stat().st_size == pdf.PDF.stat().st_size
