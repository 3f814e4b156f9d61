"""Each cut is made on pages that the theme has just built, and its expression still matches there.

If a new version of the theme writes something else, the test of that cut is red and says so.
"""

import re

import pytest
from fontTools import ttLib
from PIL import Image

from web.pages import page_weight


def page(site, name="chapters/page") -> str:
    """Return a page of a site."""
    return (site / f"{name}.html").read_text(encoding="utf-8")


def theme_style(site) -> str:
    """Return the theme's largest style sheet."""
    return (site / "_static" / page_weight.STYLES[0]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text_of"),
    [
        ("ICON_SCRIPT", page),
        ("SEARCH_SCRIPT", page),
        ("DESIGN", page),
        ("MATHJAX_SCRIPT", page),
        ("WAITING_SCRIPT", page),
        ("OPTIONS_SCRIPT", page),
        ("WORDS_SCRIPT", page),
        ("FIRST_SCRIPT", page),
        ("PRELOAD", page),
        ("LOGO", page),
        ("FIGURE", page),
        ("RULE", theme_style),
        ("ICON", theme_style),
        ("ICON_FACE", theme_style),
    ],
)
def test_expressions_match_what_the_theme_writes(plain, name, text_of):
    assert getattr(page_weight, name).search(text_of(plain)), (
        f"web.pages.page_weight.{name} no longer matches the theme's files: "
        "compare it with their present form"
    )


@pytest.mark.parametrize("pattern", page_weight.STYLES)
def test_style_sheets_are_where_they_are_expected(plain, pattern):
    assert list((plain / "_static").glob(pattern)), f"the theme has no {pattern} any more"


def test_pages_lose_icons_search_and_grids(plain, trimmed):
    for word in ("fontawesome.js", "searchtools.js", "language_data.js", "design-tabs"):
        assert word in page(plain), f"the theme's page no longer has {word}"
        assert word not in page(trimmed)
    assert not (trimmed / "_static" / "scripts" / "fontawesome.js").exists()


def test_a_page_waits_for_no_script(plain, trimmed):
    scripts = re.findall(r"<script [^>]*src=[^>]*>", page(trimmed))
    assert len(scripts) > 5
    assert [script for script in scripts if not re.search(r"\sdefer\b", script)] == []
    before, after = (
        re.findall(r'<script [^>]*src="([^"]+)"', page(site)) for site in (plain, trimmed)
    )
    (words,) = [name for name in after if "/words.js" in name]
    assert after[0] == words, "others use our sentences"
    kept = [name for name in before if name in after and name != words]
    assert after[1:] == kept, "the others keep their order"


def test_the_settings_stand_in_the_page_before_they_are_changed(plain, trimmed):
    file = plain / "_static" / "documentation_options.js"
    text = page(trimmed)
    place = text.index(file.read_text(encoding="utf-8"))
    assert place < text.index("DOCUMENTATION_OPTIONS.pagename")
    assert "documentation_options.js" not in text + page(trimmed, "search")
    assert not (trimmed / "_static" / file.name).exists()


def test_a_page_without_formulas_does_not_load_mathjax(plain, trimmed):
    assert "MathJax" in page(trimmed)
    text = page(plain).replace('class="math ', 'class="other ')
    assert "MathJax" in text
    assert "mathjax/" in text
    left = page_weight.trim_page(text, plain / "chapters", is_search=False)
    assert "MathJax" not in left
    assert "mathjax/" not in left


def test_the_search_page_keeps_its_scripts(trimmed):
    assert not page_weight.WAITING_SCRIPT.search(page(trimmed))
    assert page_weight.WAITING_SCRIPT.search(page(trimmed, "search"))
    for word in ("searchtools.js", "language_data.js", "searchindex.js"):
        assert word in page(trimmed, "search")


def test_a_page_with_a_grid_keeps_its_script(trimmed):
    assert "design-tabs" in page(trimmed, "chapters/grid")


def test_parts_of_mathjax_load_at_the_same_time(plain, trimmed):
    preload = r'<link rel="preload" as="script" fetchpriority="low" href="([^"]+/mathjax/[^"]+)"'
    assert not re.search(preload, page(plain))
    links = re.findall(preload, page(trimmed))
    assert len(links) == len(page_weight.MATHJAX_PARTS)
    for link in links:
        assert (trimmed / "chapters" / link).is_file(), link


def test_what_is_loaded_in_advance_waits_for_the_style_sheet(trimmed):
    links = re.findall(r'<link [^>]*rel="preload"[^>]*>', page(trimmed))
    assert len(links) > len(page_weight.MATHJAX_PARTS)
    assert [link for link in links if 'fetchpriority="low"' not in link] == []


def test_the_logo_has_its_proportions(trimmed):
    size = [int(number) for number in re.findall(r"\d+", page_weight.LOGO_SIZE)]
    logo = (trimmed / "_static" / "logo.svg").read_text(encoding="utf-8")
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', logo).groups())
    assert size[0] * height == size[1] * width
    assert page_weight.LOGO_SIZE in re.search(r"<img [^>]*logo\.svg[^>]*>", page(trimmed))[0]


def test_figures_are_compressed_without_loss_and_load_when_near(plain, trimmed):
    (image,) = re.findall(r"<img [^>]*_images/[^>]*>", page(trimmed))
    assert 'loading="lazy"' in image
    assert 'width="120"' in image
    assert 'height="80"' in image
    assert 'alt="A red square"' in image
    source = trimmed / "chapters" / re.search(r'src="([^"]+)"', image)[1]
    assert source.suffix == ".webp"
    assert not source.with_suffix(".png").exists()
    (original,) = (plain / "_images").glob("*.png")
    with Image.open(source) as picture, Image.open(original) as expected:
        assert picture.convert("L").tobytes() == expected.convert("L").tobytes()


def test_classes_are_those_of_elements_and_scripts():
    text = '<p class="one two-a" id="three">word</p><script>f(".four")</script><i title="five">'
    assert page_weight.names_in(text) == {"one", "two-a", "three", "f", "four"}


def test_rules_for_absent_classes_are_removed():
    css = (
        "/*! author */.seen{a:b}.unseen{c:d}.seen .unseen,.seen p{e:f}"
        ".seen:not(.unseen){g:h}@media print{.unseen{i:j}}.a\\:b{k:l}"
    )
    assert page_weight.trim_style(css, {"seen"}) == (
        "/*! author */.seen{a:b}.seen p{e:f}.seen:not(.unseen){g:h}@media print{}.a\\:b{k:l}"
    )


def test_the_theme_s_style_is_a_fraction_of_what_it_was(plain, trimmed):
    assert len(theme_style(trimmed)) < 0.6 * len(theme_style(plain))
    assert ".bd-article" in theme_style(trimmed)


def test_icons_in_use_stay_in_the_fonts(plain, trimmed):
    style = theme_style(trimmed)
    assert ".woff2" not in style
    folder = trimmed / "_static" / page_weight.ICONS
    assert {path.suffix for path in folder.iterdir()} == {".woff"}
    styles = "".join(path.read_text("utf-8") for path in (trimmed / "_static").rglob("*.css"))
    icons = {int(code, 16) for code in page_weight.ICON.findall(styles)}
    sizes = [0, 0]
    for original in (plain / "_static" / page_weight.ICONS).glob("*.ttf"):
        font = folder / f"{original.stem}.woff"
        assert font.name in style
        before, after = (set(ttLib.TTFont(path).getBestCmap()) for path in (original, font))
        assert before & icons <= after < before
        sizes[0] += original.with_suffix(".woff2").stat().st_size
        sizes[1] += font.stat().st_size
    assert 0 < sizes[1] < 0.1 * sizes[0]


def test_the_fonts_of_formulas_are_split_without_loss(plain, trimmed):
    fonts = page_weight.FORMULAS
    style = (trimmed / "_static" / "book.css").read_text(encoding="utf-8")
    for name, (family, _) in page_weight.SPLIT.items():
        before = ttLib.TTFont(plain / "_static" / fonts / f"MathJax_{name}.woff").getBestCmap()
        part, whole = (
            ttLib.TTFont(trimmed / "_static" / fonts / f"MathJax_{name}{end}.woff").getBestCmap()
            for end in ("", "-whole")
        )
        assert set(whole) == set(before)
        assert set(part) < set(before)
        (ranges,) = re.findall(rf"font-family: {family}; unicode-range: ([^;]+);", style)
        edges = [[int(e, 16) for e in r[2:].split("-")] for r in ranges.split(", ")]
        outside = {c for c in before if any(first <= c <= last for first, last in edges)}
        assert outside == set(before) - set(part), name


def test_complement():
    assert page_weight.complement([(0x41, 0x5A)]) == "U+0-40, U+5B-10FFFF"
    assert page_weight.complement([(0, 0x7E), (0xA0, 0x10FFFF)]) == "U+7F-9F"
