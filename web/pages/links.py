"""The check of external links: which addresses it requests, and which answers count."""

from __future__ import annotations

import re


def registry(app, uri: str) -> str | None:
    """Let the link check ask the DOI registry instead of the publishers.

    Publishers turn programs away in many ways, which says nothing about the DOI.  The registry
    answers 404 for an unknown DOI: `REST API
    <https://www.doi.org/the-identifier/resources/factsheets/doi-resolution-documentation>`__.
    """
    match = re.fullmatch(r"https://(doi\.org|hdl\.handle\.net)/(\d\S+)", uri)
    return match and f"https://{match[1]}/api/handles/{match[2]}"


def broken_links(report: str) -> list[str]:
    """Return the lines of a report whose links need correcting.

    Some publishers refuse all programs except browsers (403); such a link may well work.
    """
    lines = [line for line in report.splitlines() if "[broken]" in line]
    return [line for line in lines if ": 403 Client Error: " not in line]


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("linkcheck-process-uri", registry)
