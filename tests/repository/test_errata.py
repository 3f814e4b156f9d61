"""The page of errata: its rows are complete, and their links lead to a proof."""

import re
from pathlib import Path

from tools import ledger

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
ROWS = 58  # the lecture does not change, so a missing row is an error


def rows() -> list[list[str]]:
    """Return the cells of every row, without the head of the table."""
    text = (CHAPTERS / "errata.md").read_text(encoding="utf-8")
    result = [
        [line[4:].strip() for line in block.split("\n") if line.strip() and line != ":::"]
        for block in re.split(r"(?m)^(?=\* - )", text)[1:]
    ]
    return result[1:]


def test_every_row_is_complete():
    assert len(rows()) == ROWS
    for row in rows():
        assert len(row) == 4, row
        assert all(row), row


def test_every_row_leads_to_a_chapter_or_an_equation_that_exists():
    labels = {e.label for e in ledger.equations()}
    documents = set(ledger.texts()) | {"equations"}
    theorems = set(re.findall(r":label: (thm-\S+)", "\n".join(ledger.texts().values())))
    for row in rows():
        links = re.findall(r"\{(eq|doc|prf:ref)\}`([^`]+)`", row[3])
        assert links, row
        targets = {"eq": labels, "doc": documents, "prf:ref": theorems}
        assert all(target in targets[role] for role, target in links), row


def test_a_row_belongs_to_a_section_once_for_each_statement():
    statements = [(row[0], row[1]) for row in rows()]
    assert len(statements) == len(set(statements))
