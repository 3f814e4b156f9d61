"""For those who publish the book: cards for social media, canonical addresses and a sitemap.

The address is looked for in BOOK_ADDRESS, in ``html_baseurl``, and in what GitHub Actions and
GitLab CI say of the pages that they publish.  Where none is found, as on a reader's own machine,
nothing is made: a page then makes no mention of any other place.
"""

from __future__ import annotations

import html
import os
from collections.abc import Mapping
from pathlib import Path

from docutils import nodes

SIZE = (1200, 630)  # what social media ask for
LAYERS = (2, 3, 1)  # the network of the logo
LENGTH = 200  # characters of a description


def address(environment: Mapping[str, str] = os.environ, configured: str = "") -> str | None:
    """Return where the book will be published, with a slash at the end; None if nobody knows.

    Parameters
    ----------
    environment : mapping of str to str, optional
        The environment variables; those of this process by default.
    configured : str, optional
        What _config.yml says as ``html_baseurl``.
    """
    found = environment.get("BOOK_ADDRESS")
    if found is None:
        found = configured or environment.get("CI_PAGES_URL", "")
        on_github = environment.get("GITHUB_SERVER_URL") == "https://github.com"
        if not found and on_github and "/" in environment.get("GITHUB_REPOSITORY", ""):
            owner, name = environment["GITHUB_REPOSITORY"].lower().split("/")
            host = f"{owner}.github.io"
            found = f"https://{host}/" if name == host else f"https://{host}/{name}/"
    return f"{found.rstrip('/')}/" if found else None


def description(doctree: nodes.document) -> str:
    """Return the beginning of the first paragraph of running text, cut at the end of a word."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            text = " ".join(paragraph.astext().split())
            if len(text) <= LENGTH:
                return text
            return text[:LENGTH].rpartition(" ")[0].rstrip(",;:.") + " …"
    return ""


def draw_card(title: str, book: str, target: Path) -> None:
    """Draw a card: the title of a page and of the book, and a small network."""
    from matplotlib import font_manager  # slow to import, and seldom needed
    from PIL import Image, ImageDraw, ImageFont

    card = Image.new("RGB", SIZE, "#ffffff")
    draw = ImageDraw.Draw(card)
    regular = font_manager.findfont("DejaVu Sans")
    bold = font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans", weight="bold"))
    columns = [
        [(860 + 110 * i, 315 + 110 * (k - (width - 1) / 2)) for k in range(width)]
        for i, width in enumerate(LAYERS)
    ]
    for left, right in zip(columns, columns[1:], strict=False):
        for start in left:
            for end in right:
                draw.line([start, end], fill="#c0c8d8", width=4)
    for x, y in (place for column in columns for place in column):
        draw.ellipse([x - 26, y - 26, x + 26, y + 26], fill="#1259c3")
    font, lines = ImageFont.truetype(bold, 56), [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, font) > 720 and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    top = 290 - 36 * len(lines)
    draw.multiline_text((80, top), "\n".join(lines), fill="#14181e", font=font, spacing=16)
    draw.text((80, 520), book, fill="#48566b", font=ImageFont.truetype(regular, 34))
    target.parent.mkdir(parents=True, exist_ok=True)
    card.save(target, optimize=True)


def card_name(pagename: str) -> str:
    """Return the file of a page's card."""
    return f"_static/cards/{pagename.rpartition('/')[2]}.png"


def add_tags(app, pagename, templatename, context, doctree) -> None:
    """Put the tags into a page's head."""
    home = address(configured=app.config.html_baseurl)
    if home is None or doctree is None:
        return
    title = app.env.titles[pagename].astext()
    draw_card(title, app.config.html_title, Path(app.outdir) / card_name(pagename))
    tags = {
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:title": title,
        "og:site_name": app.config.html_title,
        "og:description": description(doctree),
        "og:url": f"{home}{pagename}.html",
        "og:image": f"{home}{card_name(pagename)}",
        "og:image:width": SIZE[0],
        "og:image:height": SIZE[1],
        "og:image:alt": f"{title}, beside a drawing of a small network",
    }
    lines = [
        f'<meta property="{name}" content="{html.escape(str(content))}" />'
        for name, content in tags.items()
    ]
    lines.append('<meta name="twitter:card" content="summary_large_image" />')
    context["metatags"] = context.get("metatags", "") + "\n".join(["", *lines, ""])


def set_address(app, config) -> None:
    """Let Sphinx write the canonical addresses, if there is one."""
    config.html_baseurl = address(configured=config.html_baseurl) or ""


def write_sitemap(app, exception) -> None:
    """Write sitemap.xml, and robots.txt that names it."""
    home = app.config.html_baseurl
    if exception is not None or app.builder.name != "html" or not home:
        return
    documents = sorted(app.env.all_docs)
    urls = "\n".join(f"<url><loc>{html.escape(home + d)}.html</loc></url>" for d in documents)
    (Path(app.outdir) / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}\n</urlset>\n',
        encoding="utf-8",
    )
    (Path(app.outdir) / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {home}sitemap.xml\n", encoding="utf-8"
    )


def setup(app) -> dict:
    """Connect to Sphinx."""
    app.connect("config-inited", set_address)
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
