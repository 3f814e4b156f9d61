"""Marks beside claims: the words of the stored result, and a link to the ledger."""

import json
import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

from web import build, words
from web.pages import changes, claims


@pytest.fixture
def app(monkeypatch, tmp_path):
    """Return as much of Sphinx as marks need, with one result and one entry."""
    (tmp_path / "01.json").write_text(json.dumps({"claim-a": {"summary": "held in 9 of 10"}}))
    monkeypatch.setattr(claims, "RESULTS", tmp_path)
    entries = SimpleNamespace(anonlabels={"claim-a": ("claims", "claim-a")}, objects={})
    environment = SimpleNamespace(get_domain=lambda name: entries)
    builder = SimpleNamespace(get_relative_uri=lambda source, target: f"{target}.html")
    config = SimpleNamespace(book_words=words.words("en"))
    return SimpleNamespace(env=environment, builder=builder, folder=tmp_path, config=config)


def shown(app, label):
    """Return what a page has in the place of a mark."""
    document = new_document("page")
    document += nodes.paragraph("", "It holds. ", claims.ClaimMark(label=label))
    claims.show_marks(app, document, "page")
    return document[0].children[-1]


def test_a_mark_links_to_its_entry(app):
    link = shown(app, "claim-a")
    assert link["refuri"] == "claims.html#claim-a"
    assert link["classes"] == ["claim-mark"]
    assert link.astext() == "held in 9 of 10"


def test_every_result_has_words_in_norwegian():
    norwegian = words.words("nb")
    for summary in set(claims.summaries().values()):
        said = claims.in_language(summary, norwegian)
        assert said.startswith("holdt "), summary
        assert re.findall(r"\d+", said) == re.findall(r"\d+", summary)
        assert claims.in_language(summary, words.words("en")) == summary


@pytest.mark.parametrize("label", ["claim-b", "claim-c"])
def test_a_label_without_result_or_entry_is_a_warning(app, label, monkeypatch):
    (app.folder / "02.json").write_text(json.dumps({"claim-c": {"summary": "held in 1 of 1"}}))
    warnings = []
    logger = SimpleNamespace(warning=lambda *words, location: warnings.append(words))
    monkeypatch.setattr(claims.logging, "getLogger", lambda name: logger)
    assert shown(app, label).astext() == label
    (words,) = warnings
    assert words[1:] == (label, "stored result" if label == "claim-b" else "entry on a page")


def test_pages_are_written_again_when_a_result_changes(app, monkeypatch):
    sphinx = SimpleNamespace(
        env=SimpleNamespace(domaindata={"cite": {"citation_refs": []}}),
        config=SimpleNamespace(html_baseurl=""),
        srcdir=app.folder,
    )
    before, key = changes.shared(sphinx), build.site_key({}, {})
    assert changes.shared(sphinx) == before
    (app.folder / "01.json").write_text(json.dumps({"claim-a": {"summary": "held in 8 of 10"}}))
    assert changes.shared(sphinx) != before
    assert build.site_key({}, {}) != key
