"""Take from the finished pages what a reader would load and never see.

The theme brings every icon of Font Awesome, as fonts and once more as a script; the index of the
search, on every page; and styles for much that no page has.  Here the fonts are cut down to the
icons in use, the style sheets to the classes that pages and scripts name, and the search's files
stay with the search page.  MathJax's largest fonts are split into the characters that a course
like this one writes and the rest, which is there if a formula asks for it.  Figures are packed
better, without loss, fetched when a reader comes near them, and keep their place until then.
A chapter so transfers a fifth of what it would: ``make bench-site``.
"""

from __future__ import annotations

import functools
import logging
import re
import struct
from pathlib import Path

from fontTools import subset, ttLib
from PIL import Image, features

# ---- pages

# What pages do without: icons as drawings; the search, but on its own page; grids and tabs.
ICON_SCRIPT = re.compile(
    r"(?s)\s*<!-- So that users can add custom icons -->\s*<script[^>]*></script>"
)
SEARCH_SCRIPT = re.compile(
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
)
DESIGN = re.compile(r"\s*<(?:script|link)[^>]*/(?:design-tabs|sphinx-design)\b[^>]*>(?:</script>)?")
MATHJAX_SCRIPT = re.compile(r'<script defer="defer" src="([^"]*/mathjax/)startup\.js[^"]*">')
MATHJAX_PARTS = (
    "core",
    "input/tex",
    "output/chtml",
    "output/chtml/fonts/tex",
    "a11y/assistive-mml",
)
FIGURE = re.compile(r'<img (?=[^>]*src="([^"]*_images/[^"]+\.png)")(?![^>]*loading=)([^>]*)>')


def png_size(path: Path) -> tuple[int, int]:
    """Return width and height of a PNG image, from its header."""
    return struct.unpack(">II", path.read_bytes()[16:24])


@functools.cache
def packed(image: Path) -> str:
    """Write a PNG image as lossless WebP beside it, if that is smaller; return the suffix."""
    target = image.with_suffix(".webp")
    if not features.check("webp"):
        return ".png"
    with Image.open(image) as opened:
        opened.save(target, lossless=True, quality=75, method=4, exact=True)
    if target.stat().st_size < image.stat().st_size:
        return ".webp"
    target.unlink()
    return ".png"


def light_page(text: str, folder: Path, is_search: bool) -> str:
    """Return a page without the scripts that it does not need, its figures loaded when near.

    Parameters
    ----------
    text : str
        The page.
    folder : Path
        The folder that the page is in.
    is_search : bool
        Whether it is the page of the search.
    """

    def figure(found):
        image = (folder / found[1]).resolve()
        width, height = png_size(image)
        rest = found[2].replace(found[1], found[1].removesuffix(".png") + packed(image))
        return f'<img loading="lazy" decoding="async" width="{width}" height="{height}" {rest}>'

    def mathjax(found):  # its parts come at the same time, not one after the other
        addresses = (f"{found[1]}{part}.js" for part in MATHJAX_PARTS)
        links = (f'<link rel="preload" as="script" href="{address}" />' for address in addresses)
        return "\n    ".join([*links, found[0]])

    text = ICON_SCRIPT.sub("", text)
    if 'class="sd-' not in text:  # no grid, card or tab
        text = DESIGN.sub("", text)
    if not is_search:
        text = SEARCH_SCRIPT.sub("", text)
    return FIGURE.sub(figure, MATHJAX_SCRIPT.sub(mathjax, text))


# ---- style sheets

STYLES = ("styles/pydata-sphinx-theme.css", "sphinx-design.min.css", "mystnb.*.css")
NAME = re.compile(r"-?[A-Za-z_][\w-]*")
RULE = re.compile(r"([^{}]+)(\{[^{}]*\})")


def light_style(css: str, names: set[str]) -> str:
    """Return a style sheet without the rules that can apply to nothing.

    Parameters
    ----------
    css : str
        The style sheet.
    names : set of str
        Every word on any page or in any script: a class that is not among them is not in use.
    """

    def used(selector):
        bare, before = selector, None
        while bare != before:  # what stands in :not(…) or :is(…) may be missing from the pages
            bare, before = re.sub(r"\([^()]*\)", "", bare), bare
        if "\\" in bare or "(" in bare:
            return True
        return all(name in names for name in re.findall(rf"[.#]({NAME.pattern})", bare))

    def rule(found):
        if found[1].lstrip().startswith("@"):
            return found[0]
        selectors = re.split(r",(?![^()]*\))", found[1])
        kept = [selector for selector in selectors if used(selector)]
        return ",".join(kept) + found[2] if kept else ""

    # Comments are kept: they say whose work it is.
    parts = re.split(r"(?s)(/\*.*?\*/)", css)
    return "".join(RULE.sub(rule, p) if not p.startswith("/*") else p for p in parts)


# ---- fonts

ICONS = "vendor/fontawesome/webfonts"
ICON = re.compile(r"\\([ef][0-9a-f]{3})\b")
ICON_FACE = re.compile(
    r'src:url\(([^()]*/)?(fa-[\w-]+)\.woff2\) format\("woff2"\),url\([^()]*\) format\("truetype"\)'
)
FORMULAS = "mathjax/output/chtml/fonts/woff-v2"
# What formulas here are made of: letters and digits in bold, capitals with double strokes (ℝ) or
# without serifs (for the transpose), and in the main font letters, accents, primes, ℓ, arrows,
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


def cut_font(source: Path, target: Path, codes: set[int]) -> None:
    """Write a font with some of its characters."""
    options = subset.Options(layout_features=[], name_IDs=[], drop_tables=["FFTM", "GDEF"])
    font = ttLib.TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes & set(font.getBestCmap()))
    cutter.subset(font)
    font.flavor = "woff"
    font.save(target)


def the_rest(ranges: list[tuple[int, int]]) -> str:
    """Return what some ranges of characters leave out, as CSS writes it."""
    edges = [0, *(edge for first, last in ranges for edge in (first - 1, last + 1)), 0x10FFFF]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return ", ".join(f"U+{first:X}-{last:X}" for first, last in pairs if first <= last)


def split_formula_fonts(static: Path) -> str:
    """Cut MathJax's largest fonts; return styles by which a browser finds what was cut off."""
    faces = []
    for font in sorted((static / FORMULAS).glob("*.woff")):
        if font.stem.removeprefix("MathJax_") not in SPLIT:
            cut_font(font, font, set(range(0x110000)))  # all of it, without what the editor left
    for name, (family, ranges) in SPLIT.items():
        font = static / FORMULAS / f"MathJax_{name}.woff"
        whole = font.with_stem(f"{font.stem}-whole")
        font.rename(whole)
        cut_font(whole, font, {c for first, last in ranges for c in range(first, last + 1)})
        faces.append(
            f"@font-face {{ font-family: {family}; unicode-range: {the_rest(ranges)};\n"
            f'  src: url("{FORMULAS}/{whole.name}") format("woff"); }}\n'
        )
    return "".join(faces)


# ---- all of it


def lighten(app, exception) -> None:
    """Go over the finished site, once."""
    if exception is not None or app.builder.name != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    names = set()
    for page in sorted({*out.glob("*.html"), *out.glob("chapters/*.html")}):
        text = light_page(page.read_text("utf-8"), page.parent, page.stem == "search")
        page.write_text(text, encoding="utf-8")
        names.update(NAME.findall(text))
    for image in (out / "_images").glob("*.webp"):
        image.with_suffix(".png").unlink()
    packed.cache_clear()

    (static / "scripts" / "fontawesome.js").unlink()
    for script in sorted(static.rglob("*.js")):
        if "mathjax" not in script.parts:
            names.update(NAME.findall(script.read_text("utf-8", errors="replace")))
    for style in (path for pattern in STYLES for path in static.glob(pattern)):
        style.write_text(light_style(style.read_text("utf-8"), names), encoding="utf-8")

    texts = [style.read_text("utf-8") for style in static.rglob("*.css")]
    icons = {int(code, 16) for text in texts for code in ICON.findall(text)}
    icons |= {ord(sign) for text in texts for sign in text if "\ue000" <= sign <= "\uf8ff"}
    for font in sorted((static / ICONS).glob("*.ttf")):
        cut_font(font, font.with_suffix(".woff"), icons)
        font.with_suffix(".woff2").unlink()
        font.unlink()
    theme = static / STYLES[0]
    light = ICON_FACE.sub(r'src:url(\1\2.woff) format("woff")', theme.read_text("utf-8"))
    theme.write_text(light, encoding="utf-8")
    with (static / "book.css").open("a", encoding="utf-8") as file:
        file.write(split_formula_fonts(static))


def setup(app) -> dict:
    """Connect to Sphinx: last of all, when every page and script is in its place."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of every table
    app.connect("build-finished", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
