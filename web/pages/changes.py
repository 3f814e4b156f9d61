"""Write only the pages that can have changed.

Sphinx reads a page again when its source changes, and then writes this page.  But other pages
show its title, its numbers and the names of its labels, terms and works.  If any of these
changed, all pages are written; otherwise the others stay as they are.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.util.index_entries import split_index_msg

from web import ROOT, freshness
from web.lite import extension as lite
from web.live import extension as live
from web.pages import address, claims, glossary_links, repository_buttons

SHARED = (  # what Sphinx and its extensions know of all pages
    "titles",
    "tocs",
    "toc_secnumbers",
    "toc_fignumbers",
    "toctree_includes",
    "sphinx_exercise_registry",
    "proof_list",
)
STATIC = ("_static", "lite")  # made anew in every build


def canonical(value):
    """Return a value in a form whose text depends on its content only."""
    if isinstance(value, dict):
        return sorted((repr(key), canonical(content)) for key, content in value.items())
    if isinstance(value, (list, tuple)):
        return [canonical(content) for content in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, nodes.Node):
        return value.pformat()
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def shared(app) -> str:
    """Return a hash of all that a page can show of other pages and of the site."""
    known = {name: canonical(getattr(app.env, name, None)) for name in SHARED}
    cited = dict(app.env.domaindata["cite"])
    cited["citation_refs"] = sorted(map(repr, cited["citation_refs"]))  # not as they were read
    known["domaindata"] = canonical({**app.env.domaindata, "cite": cited})
    site = live.is_on_the_site(), lite.is_on_the_site(), app.config.html_baseurl
    buttons = repository_buttons.publisher(ROOT)
    glossary = Path(app.srcdir) / f"{glossary_links.GLOSSARY}.md"
    text = glossary.read_text("utf-8") if glossary.exists() else ""
    terms = canonical([vars(entry) for entry in glossary_links.entries(text)])
    others = site, buttons, address.address(), claims.summaries(), terms
    return freshness.digest(repr(known), repr(others), ROOT / "web")


def pages_to_write(app, env) -> list[str]:
    """Return the pages that are to be written beside those that were read again.

    One always is: where no page is written, Sphinx leaves out the static files too.
    """
    digest = shared(app)
    changed = getattr(env, "shared_by_pages", None) != digest
    env.shared_by_pages = digest  # stored with all else that Sphinx knows
    return sorted(env.found_docs) if changed else [app.config.root_doc]


def remove_static(app) -> None:
    """Remove what is made anew in every build, since some of it is changed in place."""
    if app.builder.name == "html":
        for name in STATIC:
            shutil.rmtree(Path(app.outdir) / name, ignore_errors=True)


def mend_search_index(app) -> list:
    """Give the search index what it has in a build from nothing.

    It keeps words that no page has any longer, and forgets the index entries, such as the terms of
    the glossary, of all pages that are not written in this build.
    """
    index = app.builder.indexer
    known = dict(index._index_entries)
    for name, entries in app.env.get_domain("index").entries.items():
        if name in index._titles and name not in known:
            parts = {
                (word, target or "", main)
                for kind, value, target, main, _ in entries
                for word in split_index_msg(kind, value)
            }
            known[name] = sorted(parts)
    index._index_entries.clear()
    index._index_entries.update(sorted(known.items()))
    for words in (index._mapping, index._title_mapping):
        for word in [word for word, names in words.items() if not names]:
            del words[word]
    return []  # no pages to add


def setup(app) -> None:
    """Connect to Sphinx: before anything is copied, with all numbers known, all pages written."""
    app.connect("builder-inited", remove_static, priority=1)
    app.connect("env-get-updated", pages_to_write, priority=900)
    app.connect("html-collect-pages", mend_search_index)
