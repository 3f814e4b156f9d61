"""A small site as the theme writes it, and the same site after the cuts."""

import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
from PIL import Image

from web import ROOT
from web.pages import page_weight

CONF = """
extensions = [
    "myst_nb", "sphinx_book_theme", "sphinx_copybutton", "sphinx_design", "sphinx_togglebutton",
    "sphinx_exercise", "sphinx_proof", "web.pages.mathjax",
]
html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_js_files = ["words.js"]
html_logo = "_static/logo.svg"
mathjax_path = "mathjax/startup.js"
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "off"
root_doc = "chapters/page"
"""
PAGE = """# A page

$$
x = \\sqrt{y}
$$ (eq-page)

![A red square](square.png)
"""
GRID = "# Grid\n\n```{card} Title\nText\n```\n"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Return a small site as the theme writes it."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "chapters").mkdir()
    (folder / "_static").mkdir()
    for name in ("book.css", "logo.svg", "words.js"):
        shutil.copyfile(ROOT / "web" / "static" / name, folder / "_static" / name)
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "chapters" / "page.md").write_text(f"{PAGE}\n{{doc}}`grid`\n", encoding="utf-8")
    (folder / "chapters" / "grid.md").write_text(f"---\norphan: true\n---\n{GRID}", "utf-8")
    Image.linear_gradient("L").resize((120, 80)).save(folder / "chapters" / "square.png")
    command = [sys.executable, "-m", "sphinx", "-q", str(folder), str(folder / "out")]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def trimmed(plain, tmp_path_factory):
    """Return the same site after all cuts."""
    folder = tmp_path_factory.mktemp("trimmed") / "out"
    shutil.copytree(plain, folder)
    pages = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    app = SimpleNamespace(outdir=folder, builder=SimpleNamespace(name="html"), pages_written=pages)
    page_weight.trim_site(app, None)
    return folder
