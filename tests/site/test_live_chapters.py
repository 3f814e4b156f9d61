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
from live_cells import Live

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

# What chapter 15 asks, where it does otherwise in a browser: there it says how long its training on
# all images would take, shows the progress, and takes fewer images if need be.
IN_A_BROWSER = 'sys.platform == "emscripten"'
TAKEN = "minutes, every = 5, 1"
CHOICE = "every = int(np.ceil(needed / (60 * minutes)))"
SHARE = 10  # one image in so many is enough for a test, and the same on every machine
SAYS_HOW_LONG = re.compile(r"all images would take about \d+ seconds here, the limit is 300\n")
SAYS_HOW_MANY = re.compile(r"training on ([\d,]+) images\n")
IMAGES = 60_000
STAGE = r"100%\|#+\| (?:5/5|3/3) \[\d\d:\d\d<00:00, .*(?:s/epoch|epoch/s).*\]\n"
BARS = re.compile(f"(?:{STAGE})+")

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


def take_fewer_images(tab, inputs):
    """Let a page of chapter 15 take a share of the images, not as many as five minutes allow."""
    (number,) = (k for k, code in enumerate(inputs, 1) if CHOICE in code)
    Live(tab).write(number, inputs[number - 1].replace(CHOICE, f"every = {SHARE}"))


def with_fewer_images(chapter, folder):
    """Return the code cells of chapter 15, executed here with the same share of the images."""
    text = chapter.read_text(encoding="utf-8")
    assert text.count(TAKEN) == 1
    copy = folder / chapter.name
    copy.write_text(text.replace(TAKEN, f"{TAKEN[:-1]}{SHARE}"), encoding="utf-8")
    (folder / "data").symlink_to(chapter.parent / "data")
    with ThreadPoolExecutor(1) as other:  # this thread runs the loop of the browser
        executed = other.submit(notebooks.execute, copy).result()
    return [cell for cell in executed.cells if cell.cell_type == "code"]


def take_what_is_measured(seen) -> tuple[int, int]:
    """Take progress bars and the estimated time out of what chapter 15 has shown.

    Returns one image in how many it takes, and how many networks showed their progress.
    """
    shown, bars, taken, times = [run["shown"] for run in seen], 0, [], 0
    for outputs in shown:
        for k, (kind, text) in enumerate(outputs):
            if kind == "stdout":
                outputs[k][1], count = SAYS_HOW_LONG.subn("", text)
                times += count
                taken += SAYS_HOW_MANY.findall(text)
        progress = [text for kind, text in outputs if kind == "stderr" and BARS.fullmatch(text)]
        outputs[:] = [pair for pair in outputs if pair[1] not in progress]
        outputs[:] = joined(outputs)
        bars += sum(text.count("\n") for text in progress)
    assert times == 1
    (number,) = taken
    number = int(number.replace(",", ""))
    return next(k for k in range(1, IMAGES) if len(range(0, IMAGES, k)) == number), bars


def joined(outputs) -> list:
    """Return outputs whose streams of one kind stand together, as where nothing came between."""
    result = []
    for kind, content in outputs:
        if result and kind == result[-1][0] == "stdout":
            result[-1][1] += content
        else:
            result.append([kind, content])
    return result


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


def test_what_is_measured_is_taken_out_and_nothing_else():
    bar = "100%|##########| {0}/{0} [00:07<00:00, 1.41s/epoch, train_errors=0.02]\n"
    bars = bar.format(5) + bar.format(3)
    time = "all images would take about 812 seconds here, the limit is 300\n"
    seen = [
        {"shown": [["stdout", time + "training on 20,000 images\n"]]},
        {"shown": [["stderr", bars], ["stdout", "one\n"], ["stderr", bars], ["stdout", "two\n"]]},
        {"shown": [["stderr", "Warning\n"], ["stdout", "three\n"], ["image/png", [3, 4]]]},
    ]
    assert take_what_is_measured(seen) == (3, 4)
    assert [run["shown"] for run in seen] == [
        [["stdout", "training on 20,000 images\n"]],
        [["stdout", "one\ntwo\n"]],
        [["stderr", "Warning\n"], ["stdout", "three\n"], ["image/png", [3, 4]]],
    ]


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


@pytest.mark.thorough
@pytest.mark.parametrize(
    "chapter",
    [pytest.param(path, id=path.stem) for path in CHAPTERS],
)
def test_a_chapter_runs_from_top_to_bottom(chapter, passed, live_tab, tmp_path):
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    cells = [cell for cell in cells if cell["cell_type"] == "code"]
    tab = live_tab(f"chapters/{chapter.stem}")
    page = tab.page
    inputs = page.locator("article div.cell .cell_input pre").all_text_contents()
    assert [text.rstrip("\n") for text in inputs] == ["".join(c["source"]) for c in cells]
    first = next(number for number, cell in enumerate(cells, 1) if cell["outputs"])
    seen = page.evaluate(SHOWN)
    assert [run["state"] for run in seen[:first]] == ["done"] * first, "with one press"
    assert not any(run["state"] for run in seen[first:]), "and no others"
    assert not differences(cells[:first], seen[:first], cells[:first])
    if IN_A_BROWSER in "".join(inputs):
        take_fewer_images(tab, inputs)
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
    expected = cells
    if IN_A_BROWSER in "".join(inputs):
        page.evaluate("localStorage.clear()")
        assert take_what_is_measured(seen) == (
            SHARE,
            8,
        )  # two networks, trained twice in two stages
        expected = with_fewer_images(chapter, tmp_path)
    found = "\n".join(differences(expected, seen, cells))
    assert not found, found
    passed()
