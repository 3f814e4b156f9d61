"""What a page shows first comes soon, and stays where it is."""

import re


def waits_for(page: str) -> list[str]:
    """Return the style sheets and scripts for which a page waits before it shows anything."""
    links = re.findall(r'<link [^>]*rel="stylesheet"[^>]*>', page)
    scripts = re.findall(r"<script [^>]*\bsrc=[^>]*>", page)
    late = re.compile(r'\s(?:defer|async)\b|\stype="module"')
    return [*links, *(script for script in scripts if not late.search(script))]


def test_a_page_waits_for_one_style_sheet(site, document):
    page = (site / f"{document}.html").read_text(encoding="utf-8")
    (sheet,) = waits_for(page)
    assert "_static/style.css" in sheet
    preloads = re.findall(r'<link [^>]*rel="preload"[^>]*>', page)
    assert [link for link in preloads if 'fetchpriority="low"' not in link] == []


def test_every_image_says_how_large_it_is(site, document):
    page = (site / f"{document}.html").read_text(encoding="utf-8")
    images = re.findall(r"<img [^>]*>", page)
    assert images
    for image in images:
        assert re.search(r'\swidth="\d+"', image), image
        assert re.search(r'\sheight="\d+"', image), image
