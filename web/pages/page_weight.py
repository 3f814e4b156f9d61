"""Remove from the finished pages the parts that readers would load but never see.

The theme ships every icon of Font Awesome, as fonts and again as a script; the search index, on
every page; and styles for many components that no page uses.  Here the fonts are cut to the icons
in use and the style sheets to the classes that pages and scripts name, and the search files stay
with the search page.  MathJax's largest fonts are split into the characters that this course uses
and the others, which load if a formula needs one.  Figures are compressed without loss, load when
the reader comes near them, and keep their space until then.  A chapter then transfers a fifth of
what it would otherwise: ``make bench-site``.  Scripts run when the page has been read, in their
order, so that no page waits for them before it shows its text; the few settings that a page changes
at once stand in it.  What is loaded before it is asked for comes after what the page waits for.

No library does this (PyPI was searched in 2026).  Of Sphinx's extensions, sphinx-minify (0.0.1,
2023) only shortens files and sphinx-remove-toctrees only prunes navigation; minifiers such as
minify-html keep every rule, font and script, and gain little once the server compresses.  To remove
unused rules, PurgeCSS needs Node, and RefreshCSS looks for classes in HTML alone, while the theme's
scripts add some later.  Fonts and images are left to libraries: fontTools and Pillow.

The price is regular expressions that have to match the theme's HTML and CSS.  When the theme
changes, tests/web/pages/test_page_weight.py names those that no longer match.
"""

from __future__ import annotations

import functools
import io
import logging
import re
import shutil
import struct
from pathlib import Path

from fontTools import subset, ttLib
from PIL import Image, features

from web import ROOT, freshness

FONTS = freshness.Store(ROOT / "_build" / "fonts", ".woff")  # cutting one takes a second
IMAGES = freshness.Store(ROOT / "_build" / "images", ".webp")

# ---- pages

# Removed from pages: the icons as a script; the search, except on its own page; grids and tabs.
ICON_SCRIPT = re.compile(
    r"(?s)\s*<!-- So that users can add custom icons -->\s*<script[^>]*></script>"
)
SEARCH_SCRIPT = re.compile(
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
)
DESIGN = re.compile(r"\s*<(?:script|link)[^>]*/(?:design-tabs|sphinx-design)\b[^>]*>(?:</script>)?")
MATHJAX_SCRIPT = re.compile(r'<script defer="defer" src="([^"]*/mathjax/)startup\.js[^"]*">')
# On a page without formulas: Sphinx looks for them on the pages that it lists, too.
MATHJAX = re.compile(
    r"\s*<script>window\.MathJax = .*?</script>"
    r'|\s*<script [^>]*src="[^"]*(?:/mathjax/startup|/formulas)\.js[^"]*"></script>'
)
MATHJAX_PARTS = (
    "core",
    "input/tex",
    "output/chtml",
    "output/chtml/fonts/tex",
    "a11y/assistive-mml",
)
# Scripts for which a page would wait.
WAITING_SCRIPT = re.compile(r'<script src="(?=[^"]*\.js\b)')
# Sphinx's settings, which a line in the page changes; and our sentences, which others say at once.
OPTIONS_SCRIPT = re.compile(
    r'<script src="([^"]*_static/documentation_options\.js)[^"]*"></script>'
)
WORDS_SCRIPT = re.compile(r'\s*(<script src="[^"]*_static/words\.js[^"]*"></script>)')
FIRST_SCRIPT = re.compile(r"<script[^>]*\ssrc=")
PRELOAD = re.compile(r'<link rel="preload" as="script" href=')
# Else a browser lets them compete with the style sheet.
PRELOAD_LATE = '<link rel="preload" as="script" fetchpriority="low" href='
LOGO = re.compile(r'<img src="[^"]*_static/logo\.svg"(?! width)')
LOGO_SIZE = ' width="240" height="120"'  # in its proportions; the theme says how large it is
FIGURE = re.compile(r'<img (?=[^>]*src="([^"]*_images/[^"]+\.png)")(?![^>]*loading=)([^>]*)>')


def png_size(path: Path) -> tuple[int, int]:
    """Return width and height of a PNG image, from its header."""
    return struct.unpack(">II", path.read_bytes()[16:24])


@functools.cache
def compress(image: Path) -> str:
    """Write a PNG image as lossless WebP beside it, if that is smaller; return the suffix."""
    target = image.with_suffix(".webp")
    if not features.check("webp"):
        return ".png"
    stored = IMAGES.path(image.stem, freshness.digest(image.read_bytes()))
    if not stored.exists():
        file = io.BytesIO()
        with Image.open(image) as opened:
            opened.save(file, "webp", lossless=True, quality=75, method=4, exact=True)
        freshness.write(stored, file.getvalue())
    if stored.stat().st_size >= image.stat().st_size:
        return ".png"
    shutil.copyfile(stored, target)
    return ".webp"


def trim_page(text: str, folder: Path, is_search: bool) -> str:
    """Return a page without unneeded scripts, with figures that load when the reader is near.

    Parameters
    ----------
    text : str
        The page.
    folder : Path
        The folder of the page.
    is_search : bool
        Whether it is the search page.
    """

    def figure(match):
        image = (folder / match[1]).resolve()
        width, height = png_size(image)
        rest = match[2].replace(match[1], match[1].removesuffix(".png") + compress(image))
        return f'<img loading="lazy" decoding="async" width="{width}" height="{height}" {rest}>'

    def mathjax(match):  # load its parts at the same time, not one after the other
        addresses = (f"{match[1]}{part}.js" for part in MATHJAX_PARTS)
        links = (f'<link rel="preload" as="script" href="{address}" />' for address in addresses)
        return "\n    ".join([*links, match[0]])

    def options(match):
        return f"<script>{(folder / match[1]).read_text(encoding='utf-8')}</script>"

    text = ICON_SCRIPT.sub("", text)
    if 'class="sd-' not in text:  # no grid, card or tab
        text = DESIGN.sub("", text)
    if 'class="math ' not in text:
        text = MATHJAX.sub("", text)
    text = OPTIONS_SCRIPT.sub(options, text)
    if not is_search:  # which has a script in its text that needs the others
        text = WAITING_SCRIPT.sub('<script defer src="', words_first(SEARCH_SCRIPT.sub("", text)))
    text = PRELOAD.sub(PRELOAD_LATE, MATHJAX_SCRIPT.sub(mathjax, text))
    text = LOGO.sub(lambda match: match[0] + LOGO_SIZE, text)
    return FIGURE.sub(figure, text)


def words_first(text: str) -> str:
    """Return a page that has our sentences before all other scripts, which use them."""
    if found := WORDS_SCRIPT.search(text):
        text = text.replace(found[0], "", 1)
        text = FIRST_SCRIPT.sub(lambda first: f"{found[1]}\n{first[0]}", text, count=1)
    return text


# ---- style sheets

THEME = "styles/pydata-sphinx-theme.css"
STYLES = (
    THEME,
    "basic.css",
    "mystnb.*.css",
    "proof.css",
    "sphinx-design.min.css",
    "styles/sphinx-book-theme.css",
    "togglebutton.css",
)
# Where a page has its classes: in attributes, and in what its scripts give to elements.
CLASSES = re.compile(r'(?s)\s(?:class|id)="([^"]*)"|<script[^>]*>(.+?)</script>')
NAME = re.compile(r"-?[A-Za-z_][\w-]*")
RULE = re.compile(r"([^{}]+)(\{[^{}]*\})")


def trim_style(css: str, names: set[str]) -> str:
    """Return a style sheet without the rules that cannot apply to any element.

    Parameters
    ----------
    css : str
        The style sheet.
    names : set of str
        Every class and id of any page, and every word in any script: a class that is not among
        them is not in use.
    """

    def applies(selector):
        bare, before = selector, None
        while bare != before:  # names inside :not(…) or :is(…) may be missing from the pages
            bare, before = re.sub(r"\([^()]*\)", "", bare), bare
        if "\\" in bare or "(" in bare:
            return True
        return all(name in names for name in re.findall(rf"[.#]({NAME.pattern})", bare))

    def rule(match):
        if match[1].lstrip().startswith("@"):
            return match[0]
        selectors = re.split(r",(?![^()]*\))", match[1])
        selectors = [selector for selector in selectors if applies(selector)]
        return ",".join(selectors) + match[2] if selectors else ""

    # Comments stay: they name the authors.
    parts = re.split(r"(?s)(/\*.*?\*/)", css)
    return "".join(RULE.sub(rule, p) if not p.startswith("/*") else p for p in parts)


# ---- fonts

ICONS = "vendor/fontawesome/webfonts"
ICON = re.compile(r"\\([ef][0-9a-f]{3})\b")
ICON_FACE = re.compile(
    r'src:url\(([^()]*/)?(fa-[\w-]+)\.woff2\) format\("woff2"\),url\([^()]*\) format\("truetype"\)'
)
FORMULAS = "mathjax/output/chtml/fonts/woff-v2"
# The characters of this book's formulas: bold letters and digits; capitals with double strokes (ℝ)
# or without serifs (for the transpose); and in the main font letters, accents, primes, ℓ, arrows,
# operators and relations.
CAPITALS = [(0x41, 0x5A)]
LETTERS = [(0x30, 0x39), *CAPITALS, (0x61, 0x7A)]
SYMBOLS = [
    *((0x0, 0x7E), (0xA0, 0xF7), (0x2C6, 0x2DC), (0x393, 0x3A9), (0x2016, 0x2032)),
    *((0x2113, 0x2113), (0x2190, 0x2194), (0x2200, 0x226F), (0x22C5, 0x22C5), (0x22EE, 0x22F1)),
    (0x27E8, 0x27E9),
]
SPLIT = {
    "Main-Regular": ("MJXTEX", SYMBOLS),
    "Main-Bold": ("MJXTEX-B", LETTERS),
    "AMS-Regular": ("MJXTEX-A", CAPITALS),
    "SansSerif-Regular": ("MJXTEX-SS", CAPITALS),
}


def cut_font(source: Path, target: Path, codes: set[int] | None) -> None:
    """Write a font with a part of its characters; one that was cut before comes from the store."""
    key = freshness.digest(source.read_bytes(), repr(codes and sorted(codes)))
    stored = FONTS.path(source.stem, key)
    if not stored.exists():
        freshness.write(stored, font_with(source, codes))
    shutil.copyfile(stored, target)


def font_with(source: Path, codes: set[int] | None) -> bytes:
    """Return a font with a part of its characters, or with all of them."""
    options = subset.Options(layout_features=[], name_IDs=[], drop_tables=["FFTM", "GDEF"])
    font = ttLib.TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    there = set(font.getBestCmap())
    cutter.populate(unicodes=there if codes is None else codes & there)
    cutter.subset(font)
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def complement(ranges: list[tuple[int, int]]) -> str:
    """Return the characters outside some ranges, in the notation of CSS."""
    edges = [0, *(edge for first, last in ranges for edge in (first - 1, last + 1)), 0x10FFFF]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return ", ".join(f"U+{first:X}-{last:X}" for first, last in pairs if first <= last)


def split_formula_fonts(static: Path) -> str:
    """Split MathJax's largest fonts; return the styles by which a browser finds the other part."""
    faces = []
    for font in sorted((static / FORMULAS).glob("*.woff")):
        if font.stem.removeprefix("MathJax_") not in SPLIT:
            cut_font(font, font, None)  # all characters, without the editor's leftovers
    for name, (family, ranges) in SPLIT.items():
        font = static / FORMULAS / f"MathJax_{name}.woff"
        whole = font.with_stem(f"{font.stem}-whole")
        font.rename(whole)
        cut_font(whole, font, {c for first, last in ranges for c in range(first, last + 1)})
        faces.append(
            f"@font-face {{ font-family: {family}; unicode-range: {complement(ranges)};\n"
            f'  src: url("{FORMULAS}/{whole.name}") format("woff"); }}\n'
        )
    return "".join(faces)


# ---- the site


def pages_of(out: Path) -> list[Path]:
    """Return the pages of the finished site, in its folder."""
    return sorted({*out.glob("*.html"), *out.glob("chapters/*.html")})


def names_in(page: str) -> set[str]:
    """Return the classes and ids on a page, and the words in its scripts."""
    return {name for found in CLASSES.findall(page) for name in NAME.findall(" ".join(found))}


def trim_site(app, exception) -> None:
    """Trim the pages, style sheets, fonts and images of the finished site."""
    if exception is not None or app.builder.name != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    names = set()
    for page in pages_of(out):
        text = page.read_text("utf-8")
        if page.relative_to(out).as_posix() in app.pages_written:
            text = trim_page(text, page.parent, page.stem == "search")
            page.write_text(text, encoding="utf-8")
        names |= names_in(text)
    for image in (out / "_images").glob("*.webp"):
        image.with_suffix(".png").unlink(missing_ok=True)
    compress.cache_clear()

    for script in ("scripts/fontawesome.js", "documentation_options.js"):
        (static / script).unlink()
    for script in sorted(static.rglob("*.js")):
        if "mathjax" not in script.parts:
            names.update(NAME.findall(script.read_text("utf-8", errors="replace")))
    for style in (path for pattern in STYLES for path in static.glob(pattern)):
        style.write_text(trim_style(style.read_text("utf-8"), names), encoding="utf-8")

    texts = [style.read_text("utf-8") for style in static.rglob("*.css")]
    icons = {int(code, 16) for text in texts for code in ICON.findall(text)}
    icons |= {ord(sign) for text in texts for sign in text if "\ue000" <= sign <= "\uf8ff"}
    for font in sorted((static / ICONS).glob("*.ttf")):
        cut_font(font, font.with_suffix(".woff"), icons)
        font.with_suffix(".woff2").unlink()
        font.unlink()
    theme = static / THEME
    style = ICON_FACE.sub(r'src:url(\1\2.woff) format("woff")', theme.read_text("utf-8"))
    theme.write_text(style, encoding="utf-8")
    with (static / "book.css").open("a", encoding="utf-8") as file:
        file.write(split_formula_fonts(static))


def note_page(app, pagename, templatename, context, doctree) -> None:
    """Remember that a page is written in this build."""
    app.pages_written.add(f"{pagename}.html")


def setup(app) -> dict:
    """Connect to Sphinx, after everything that writes pages and scripts."""
    app.pages_written = set()
    app.connect("html-page-context", note_page)
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it logs every table
    app.connect("build-finished", trim_site, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
