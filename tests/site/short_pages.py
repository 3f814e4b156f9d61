"""Short pages with live cells, cut from a chapter of the site: there a test waits for less.

They have the chapter's head, bar, scripts and frame, and nothing of its text, so that no formula
has to be typeset, and their cells import little.  What the chapters' own cells show is seen in
test_live_chapters.py.
"""

import html
import re
from pathlib import Path

from web import build
from web.live import extension

CELLS, PREPARED, DRAWN = "chapters/cells", "chapters/prepared", "chapters/drawn"

# As the cells of the book are on its pages.
BLOCK = '{0} notranslate"><div class="highlight"><pre><span></span>'
CODE = f"""<div class="cell docutils container">
<div class="cell_input docutils container">
<div class="{BLOCK.format("highlight-python")}"""
SHOWN = f"""<div class="cell_output docutils container">
<div class="{BLOCK.format("output stream highlight-myst-ansi")}"""
TITLE = "<h1>A short page</h1>"
TEXT = '<p style="height: 1000px">What the second cell shows is out of view at first.</p>\n'

# The code of the cells, and what they show in the book, if anything.  The first two of each page
# run by themselves.
PAGES = {
    CELLS: [
        ("import numpy as np\n\nnumbers = np.arange(5)", ""),
        ('print("sum:", numbers.sum())', "sum: 10"),
        ('print("how many:", numbers.size)', "how many: 5"),
        ('print("largest:", numbers.max())', "largest: 4"),
        ("mean = numbers.mean()", ""),
    ],
    PREPARED: [
        ("import numpy as np", ""),
        ("print(np.arange(3))", "[0 1 2]"),
        ("import matplotlib.pyplot as plt", ""),
    ],
    DRAWN: [
        ("import matplotlib.pyplot as plt", ""),
        ('print("ready")', "ready"),
        ("_ = plt.plot([1, 2])", ""),
    ],
}


def shortest(site: Path) -> str:
    """Return the shortest page of a live chapter that has cells with and without output."""
    live = [path for path in build.sources()[1] if extension.is_live(path)]
    pages = [(site / "chapters" / f"{path.stem}.html").read_text(encoding="utf-8") for path in live]
    return min((page for page in pages if CODE in page and SHOWN in page), key=len)


def cell(code: str, shown: str) -> str:
    """Return a cell as it is on a page."""
    end = "\n</pre></div>\n</div>\n</div>\n"
    output = f"{SHOWN}{html.escape(shown)}{end}" if shown else ""
    return f"{CODE}{html.escape(code)}{end}{output}</div>\n"


def cut(page: str, cells: list[tuple[str, str]], neighbour: str) -> str:
    """Return a chapter's page with other cells and no text, between two links to a neighbour."""
    bar = re.search(r'<div class="live-bar.*?</div>', page)[0]
    first, *rest = (cell(*one) for one in cells)
    listed = dict.fromkeys(re.findall(r'nav-link" href="#([^"]+)"', page))  # in the contents
    sections = "".join(f'<section id="{name}"><h2>{name}</h2></section>\n' for name in listed)
    article = f"{TITLE}\n{bar}\n{first}{TEXT}{''.join(rest)}{sections}"
    page = re.sub("(?s)<h1>.*?</h1>", TITLE, page)  # for print, too
    page = re.sub(
        r'(?s)(<article class="bd-article">).*?(</article>)',
        lambda found: f"{found[1]}\n<section>\n{article}</section>\n{found[2]}",
        page,
    )
    link = r'(<a class="(?:left-prev|right-next)"\s+href=")[^"]*'
    return re.sub(link, rf"\g<1>{neighbour.split('/')[-1]}.html", page)


def link(site: Path, folder: Path) -> None:
    """Fill an empty folder with links to all that the site has."""
    (folder / "chapters").mkdir()
    for path in [*site.iterdir(), *(site / "chapters").iterdir()]:
        if path != site / "chapters":
            (folder / path.relative_to(site)).symlink_to(path)


def write(site: Path, folder: Path) -> None:
    """Write the pages of a site to a folder that has the rest of it."""
    page = shortest(site)
    for name, cells in PAGES.items():
        text = cut(page, cells, PREPARED if name == CELLS else CELLS)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
