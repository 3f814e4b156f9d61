"""The labelled equations of the book, and which of them a test is marked with."""

import ledger
from printed import Printed

EQUATIONS = {e.label: Printed(e.label, e.latex, e.document) for e in ledger.equations()}


def labels_of(function) -> list[str]:
    """Return the labels that a test function is marked with."""
    marks = getattr(function, "pytestmark", [])
    return [label for mark in marks if mark.name == "equation" for label in mark.args]
