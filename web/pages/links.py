"""The check of links to the outside: what it asks, and which answers count."""

from __future__ import annotations

import re


def registry(app, uri: str) -> str | None:
    """Let the check of links ask where DOIs are registered, in place of the publishers.

    These turn programs away in many ways, which says nothing about the DOI.  The registry
    answers 404 to one that it does not know: `REST API
    <https://www.doi.org/the-identifier/resources/factsheets/doi-resolution-documentation>`__.
    """
    found = re.fullmatch(r"https://(doi\.org|hdl\.handle\.net)/(\d\S+)", uri)
    return found and f"https://{found[1]}/api/handles/{found[2]}"


def broken_links(report: str) -> list[str]:
    """Return the lines of a report of links that need a correction.

    Some publishers refuse (403) whatever is not a browser; such a link may well work.
    """
    lines = [line for line in report.splitlines() if "[broken]" in line]
    return [line for line in lines if ": 403 Client Error: " not in line]


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("linkcheck-process-uri", registry)
