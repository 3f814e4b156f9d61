"""Join the style sheets of all pages into one.

A page has a dozen sheets, of the theme, of Sphinx's extensions and of this book, and shows nothing
until the last one is there; one of them imports yet another, which no browser can know before.
Here a page has one, which all pages share.  Rules that cannot apply to anything and comments are
left out.  With that it is 32 kB compressed, where the parts are 42; a minifier (rcssmin 1.2) would
take away 1 kB more, and is left out too.

The name in its address changes with its content, so pages that are not written in this build get
the new address, if there is one.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from web import freshness
from web.pages.page_weight import pages_of

# In the order in which pages link them, which decides between rules.
SHEETS = (
    "live/live.css",
    "explore/explore.css",
    "basic.css",  # the next one imports it, and no more
    "styles/theme.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb.*.css",
    "copybutton.css",
    "togglebutton.css",
    "exercise.css",
    "proof.css",
    "book.css",
)
LINKED_ALONE = {"pygments.css"}  # by slides and printed pages
JOINED = "style.css"

LINK = re.compile(r'\s*<link(?=[^>]*\srel="stylesheet")[^>]*\shref="([^"]*?_static/)([^"?]+)[^>]*>')
ADDRESS = re.compile(r"(?<=_static/style\.css\?v=)\w+")
IMPORT = re.compile(r'@import\s+"([^"]+)"\s*;')
URL = re.compile(r"""url\((["']?)(?!data:|https?:|/|#)([^"')]+)\1\)""")
CHARSET = re.compile(r'@charset "[^"]*";')
COMMENT = re.compile(r"(?si)/\*(?!!)(?:(?!copyright|licen[cs]e).)*?\*/")
INDENT = re.compile(r"\n\s+")


def read_sheet(static: Path, path: Path) -> str:
    """Return a style sheet without what it imports, with addresses as from the folder above.

    Parameters
    ----------
    static : Path
        The folder from which addresses count in the result.
    path : Path
        The sheet, in this folder or below it.
    """
    folder = path.parent.relative_to(static).as_posix()

    def url(match):
        return f"url({match[1]}{posixpath.normpath(posixpath.join(folder, match[2]))}{match[1]})"

    text = CHARSET.sub("", path.read_text(encoding="utf-8"))
    return IMPORT.sub("", COMMENT.sub("", URL.sub(url, text)))


def sheets(static: Path) -> list[Path]:
    """Return the sheets that a site has, in the order of ``SHEETS``."""
    return [path for pattern in SHEETS for path in sorted(static.glob(pattern))]


def join(static: Path) -> str:
    """Return one style sheet made of those of a site."""
    texts = (read_sheet(static, path) for path in sheets(static))
    return '@charset "UTF-8";\n' + INDENT.sub("\n", "\n".join(texts)).lstrip()


def link_one(text: str, joined: set[str], version: str) -> str:
    """Return a page that links one sheet in place of those that were joined.

    Parameters
    ----------
    text : str
        The page.
    joined : set of str
        The sheets that are in the one, by their places below _static.
    version : str
        What its address has to say of the content.
    """
    links = [match for match in LINK.finditer(text) if match[2] in joined]
    if links:
        address = f"{links[0][1]}{JOINED}?v={version}"
        link = f'\n<link rel="stylesheet" href="{address}" />'
        for match in links:  # where the first one was, so that it is asked for early
            text = text.replace(match[0], link, 1)
            link = ""
    return ADDRESS.sub(version, text)


def join_sheets(app, exception) -> None:
    """Write the one sheet, link it on all pages, and remove those that nothing links any more."""
    if exception is not None or app.builder.name != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    text = join(static)
    (static / JOINED).write_text(text, encoding="utf-8")
    old = {path.relative_to(static).as_posix(): path for path in sheets(static)}
    version = freshness.digest(text)[:8]
    for path in pages_of(out):
        page = path.read_text(encoding="utf-8")
        linked = link_one(page, set(old), version)
        if linked != page:
            path.write_text(linked, encoding="utf-8")
    for name in old.keys() - LINKED_ALONE:
        old[name].unlink()


def setup(app) -> None:
    """Connect to Sphinx: when all sheets are as they stay, before the files are listed."""
    app.connect("build-finished", join_sheets, priority=950)
