"""Explorables: on pages, figures that notebooks drew with ``backprop.explore`` get their handles.

Such a figure's output has the explorable's name and state beside the picture.  The page gets a host
element with them before the picture; ``host.js`` loads the module into it when the reader comes
near.  The directive ``explorable`` shows such a figure of a chapter again, on another page::

    ```{explorable} 08-two-two-one fig-network-221
    :key: fig-first
    :alt: What is to be seen.

    The caption.
    ```
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import shutil
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from web import ROOT, words

MODULES = ROOT / "code" / "backprop" / "explore"
PLACE = "_static/explore"
MIME_TYPE = "application/vnd.backprop.explorable+json"  # as in backprop.explore
KINDS = (".js", ".css")
PARTS = "parts.js"  # which all modules import, and which has their words


def explorables(notebook: Path) -> dict[int, dict]:
    """Return what the cells of a notebook show as explorables, by the number of the cell.

    Parameters
    ----------
    notebook : Path
        An executed notebook.

    Returns
    -------
    dict of int to dict
        For each cell, counted from 0, the explorable's ``name`` and ``state``, the ``picture`` in
        base64, and the ``key``, the name of the figure.
    """
    found = {}
    for number, cell in enumerate(json.loads(notebook.read_text(encoding="utf-8"))["cells"]):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if MIME_TYPE in data:
                figure = cell["metadata"].get("mystnb", {}).get("figure", {})
                picture = "".join(data["image/png"])
                found[number] = {**data[MIME_TYPE], "picture": picture, "key": figure.get("name")}
    return found


def host(explorable: dict, small: bool = False) -> nodes.raw:
    """Return the element into which host.js puts an explorable."""
    state = json.dumps(explorable["state"], separators=(",", ":"))
    attributes = {"data-module": f"./{explorable['name']}.js", "data-key": explorable["key"]}
    attributes["data-state"] = state
    if small:
        attributes["data-small"] = ""
    text = "".join(f' {name}="{html.escape(value or "")}"' for name, value in attributes.items())
    return nodes.raw("", f'<div class="explore"{text}></div>', format="html")


def add_hosts(app, doctree, docname) -> None:
    """Put hosts before the pictures of a notebook's explorables."""
    source = Path(app.env.doc2path(docname))
    if app.builder.name != "html" or source.suffix != ".ipynb":
        return
    found = explorables(source)
    for cell in list(doctree.findall(nodes.container)):
        number = cell.get("cell_index")
        if cell.get("nb_element") == "cell_code" and number in found:
            picture = next(iter(cell.findall(nodes.image)))
            picture.parent.insert(picture.parent.index(picture), host(found[number]))


class Explorable(SphinxDirective):
    """``{explorable} chapter figure``: a chapter's explorable, on another page."""

    required_arguments = 2
    has_content = True
    option_spec = {  # noqa: RUF012, as docutils has it
        "key": directives.unchanged_required,
        "alt": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the figure, with the picture that the chapter has."""
        chapter, name = self.arguments
        source = Path(self.env.srcdir) / Path(self.env.docname).parent / f"{chapter}.ipynb"
        self.env.note_dependency(str(source))
        shown = next((e for e in explorables(source).values() if e["key"] == name), None)
        if shown is None:
            raise self.error(f"{source.name} has no explorable with the name {name!r}")
        picture = Path(self.env.srcdir) / "_explore" / f"{self.options['key']}.png"
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes(base64.b64decode(shown["picture"]))
        image = nodes.image(uri=f"/_explore/{picture.name}", alt=self.options["alt"])
        small = host(shown | {"key": self.options["key"]}, small=True)
        figure = nodes.figure("", small, image, ids=[self.options["key"]])
        if self.content:
            caption = nodes.caption()
            self.state.nested_parse(self.content, self.content_offset, caption)
            caption.children = list(caption.children[0].children)
            figure += caption
        self.set_source_info(figure)
        return [figure]


def add_scripts(app, pagename, templatename, context, doctree) -> None:
    """Add the script and the style to pages that have an explorable."""
    if app.builder.name == "html" and '<div class="explore"' in context.get("body", ""):
        for name in ("explore.css", "host.js"):
            digest = hashlib.sha256((MODULES / name).read_bytes()).hexdigest()[:8]
            address = context["pathto"](f"{PLACE}/{name}?v={digest}", 1)
            context["metatags"] += (
                f'\n<script defer src="{address}"></script>'
                if name.endswith(".js")
                else f'\n<link rel="stylesheet" href="{address}" />'
            )


def copy_modules(app, exception) -> None:
    """Copy the modules to the site, with the words of the book's language."""
    if exception is None and app.builder.name == "html":
        target = Path(app.outdir) / PLACE
        target.mkdir(parents=True, exist_ok=True)
        for path in sorted(MODULES.glob("*")):  # none in a book without the package
            if path.suffix in KINDS:
                shutil.copyfile(path, target / path.name)
        ours = words.of(app)
        if not words.is_english(ours.language) and (target / PARTS).exists():
            with open(target / PARTS, "a", encoding="utf-8") as file:
                texts = json.dumps(ours.for_figures(), ensure_ascii=False, sort_keys=True)
                file.write(f"Object.assign(book, {texts});\n")


def accept_states(app, config) -> None:
    """Let MyST-NB pass over the states in the outputs of cells without a warning."""
    config.suppress_warnings = [*config.suppress_warnings, "mystnb.unknown_mime_type"]


def setup(app) -> dict:
    """Connect to Sphinx's events."""
    app.add_directive("explorable", Explorable)
    app.connect("config-inited", accept_states)
    app.connect("doctree-resolved", add_hosts)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", copy_modules)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
