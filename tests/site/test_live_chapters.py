"""Every live chapter, run from top to bottom in the browser, shows what the book shows.

As nbval does, but with other versions of NumPy, SciPy and the rest: numbers with decimals may
differ by one in the last printed digit, whole numbers and words may not.  Figures are there, of
the same size.  Each chapter is a test of its own, so that they can run in parallel.

A chapter that has passed is run again when its page, the files of the live cells, its notebook,
the browser or these tests have changed; where every test is required, always.
"""

import base64
import json
import re
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from web import build, freshness, notebooks, words
from web.live import extension

LONGEST = ("15", "11", "12", "10", "17", "14")  # they begin first, each in a group of its own
CHAPTERS = [path for path in build.sources()[1] if extension.is_live(path)]
CHAPTERS.sort(key=lambda path: [*LONGEST, path.stem[:2]].index(path.stem[:2]))
PASSED = freshness.Store(build.BUILD / "live-passed", ".txt")
PATIENCE = 1200  # seconds for a chapter
NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d*)?(?:e[-+]?\d+)?")
RICHEST = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/latex", "text/plain")

# What a browser cannot do, as it stands in the cells that ask for it, by chapter.  Such a cell
# shows a notice that says so, and no others do.
NOT_IN_THE_BROWSER = {
    "13-building-the-network": 'np.errstate(over="raise")',  # no floating-point flags
    "17-hyperparameters": "Client(",  # no processes, no sockets
}

# What a chapter asks where it does otherwise in a browser.
IN_A_BROWSER = 'sys.platform == "emscripten"'

SHOWN = """() => [...document.querySelectorAll("article div.cell")].map((cell) => ({
  state: cell.dataset.live,
  shown: [...cell.querySelectorAll(".live-output > *")].map((e) => {
    const image = e.matches("img") ? e : e.querySelector("img");
    if (image) return ["image/png", [image.naturalWidth, image.naturalHeight]];
    for (const [css, kind] of [["stream.stdout", "stdout"], ["stream.stderr", "stderr"],
      ["text_plain", "text/plain"], ["text_latex", "text/latex"], ["text_html", "text/html"],
      ["traceback", "error"]])
      if (e.matches("." + css)) return [kind, e.textContent];
    return ["notice", e.textContent];
  }),
}))"""


def stored(cell) -> list:
    """Return what a stored cell shows, in the form of ``SHOWN``."""
    found = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            found.append([output["name"], "".join(output["text"])])
            continue
        kind = next(kind for kind in RICHEST if kind in output["data"])
        content = "".join(output["data"][kind])
        if kind == "image/png":
            content = list(struct.unpack(">II", base64.b64decode(content)[16:24]))
        found.append([kind, content])
    return found


def agree(ours: str, theirs: str, whole: bool = False) -> bool:
    """Tell whether two texts say the same, within the printed precision of the first.

    ``whole`` lets whole numbers differ by one as well.
    """

    def words(text):
        return " ".join(
            NUMBER.sub("#", re.sub(r"\s+", " ", re.sub(r"([\[(]) +", r"\1", text))).split()
        )

    numbers = [NUMBER.findall(text) for text in (ours, theirs)]
    if words(ours) != words(theirs) or len(numbers[0]) != len(numbers[1]):
        return False
    return all(close(a, b, whole) for a, b in zip(*numbers, strict=True))


def close(a: str, b: str, whole: bool) -> bool:
    """Tell whether two printed numbers differ by at most one in the last decimal of the first."""
    if a == b:
        return True
    mantissa, _, exponent = a.replace(",", "").partition("e")
    if "." not in mantissa and not whole:
        return False
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(a.replace(",", "")) - float(b.replace(",", ""))) <= 1.01 * unit


def as_in_a_browser(chapter, folder):
    """Return the code cells of a chapter, executed here but as it would be in a browser."""
    text = chapter.read_text(encoding="utf-8")
    assert text.count(json.dumps(IN_A_BROWSER)[1:-1]) == 1
    copy = folder / chapter.name
    copy.write_text(text.replace(json.dumps(IN_A_BROWSER)[1:-1], "True"), encoding="utf-8")
    (folder / "data").symlink_to(chapter.parent / "data")
    with ThreadPoolExecutor(1) as other:  # this thread runs the loop of the browser
        executed = other.submit(notebooks.execute, copy).result()
    return [cell for cell in executed.cells if cell.cell_type == "code"]


def differences(cells, seen, in_the_book) -> list[str]:
    """Return what a run shows otherwise than expected, a line for each cell.

    The cells as they stand in the book show something else where the page computes otherwise;
    only there may whole numbers differ by one.
    """
    found = []
    for number, (cell, run, printed) in enumerate(zip(cells, seen, in_the_book, strict=True), 1):
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            continue
        ours, theirs = stored(cell), run["shown"]
        otherwise = ours != stored(printed)
        same = [kind for kind, _ in ours] == [kind for kind, _ in theirs]
        for (kind, a), (_, b) in zip(ours, theirs, strict=False):
            if kind == "image/png":
                same &= all(abs(p - q) <= 0.06 * p for p, q in zip(a, b, strict=True))
            else:
                same &= agree(a, b, whole=otherwise)
        if not same:
            found.append(f"cell {number}:\n  expected: {ours}\n  page: {theirs}")
    return found


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("cost 0.123", "cost 0.124", True),
        ("cost 0.123", "cost 0.125", False),
        ("cost 0.123", "loss 0.123", False),
        ("cost 0.123", "cost 0.123 or so", False),
        ("12 misread", "13 misread", False),
        ("1.20e-03", "1.21e-03", True),
        ("1.20e-03", "1.20e-02", False),
        ("[ 1.5 2.5]", "[1.5  2.5]", True),
        ("-0.5", "0.5", False),
        ("1 2.0", "1 2.0 3", False),
    ],
)
def test_differences_beyond_the_printed_precision_are_noticed(ours, theirs, same):
    assert agree(ours, theirs) == same


@pytest.fixture(scope="module")
def common(live_site, chrome) -> str:
    """Return a key of what all chapters share: the files of the live cells, browser and tests."""
    tests = [path for path in Path(__file__).parent.glob("*.py") if path.stem != "test_browser"]
    return freshness.digest(live_site / "_static" / "live", *sorted(tests), chrome.version)


@pytest.fixture
def passed(request, common, live_site, required):
    """Skip a chapter that has passed as it is, or return a function that notes that it has."""
    chapter = request.getfixturevalue("chapter")
    page = live_site / "chapters" / f"{chapter.stem}.html"
    note = PASSED.path(
        chapter.stem, freshness.digest(common, page, chapter, *notebooks.inputs(chapter))
    )
    if note.exists() and not required:
        pytest.skip("it has passed with the same page, files and browser")

    def passes():
        for old in PASSED.folder.glob(f"{chapter.stem}-*"):
            old.unlink()
        freshness.write(note, "passed\n")

    return passes


@pytest.mark.parametrize(
    "chapter",
    [pytest.param(path, id=path.stem) for path in CHAPTERS],
)
def test_a_chapter_runs_from_top_to_bottom(chapter, passed, live_tab, tmp_path):
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    cells = [cell for cell in cells if cell["cell_type"] == "code"]
    page = live_tab(f"chapters/{chapter.stem}").page
    inputs = page.locator("article div.cell .cell_input pre").all_text_contents()
    assert [text.rstrip("\n") for text in inputs] == ["".join(c["source"]) for c in cells]
    page.click(f"text={words.book().say('Run all')} >> nth=0")
    page.wait_for_function(
        """() => { const states = [...document.querySelectorAll("article div.cell")]
          .map((e) => e.dataset.live);
          return states.includes("error") || states.every((state) => state === "done"); }""",
        timeout=1000 * PATIENCE,
        polling=500,
    )
    seen = page.evaluate(SHOWN)
    assert not [run["shown"] for run in seen if run["state"] == "error"]
    cannot = NOT_IN_THE_BROWSER.get(chapter.stem)
    for cell, run in zip(cells, seen, strict=True):
        excused = cannot is not None and cannot in "".join(cell["source"])
        assert excused == ("notice" in [kind for kind, _ in run["shown"]])
        if excused:
            run["shown"] = stored(cell)
    expected = as_in_a_browser(chapter, tmp_path) if IN_A_BROWSER in "".join(inputs) else cells
    found = "\n".join(differences(expected, seen, cells))
    assert not found, found
    passed()
