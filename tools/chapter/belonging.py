"""Which tests are about one chapter: ``pytest --chapter 25-star``, or ``make test-chapter``.

A test is about a chapter if its file has the chapter's number, as ``test_25_star.py``, or its
parameter the chapter's name or a name that the chapter gives: the label of an equation, a figure,
an exercise, a claim, or a checker.  A test about no chapter looks at the whole book; of these, the
ones in ``WHOLE`` are run too, since a new chapter can make them fail.
"""

from __future__ import annotations

import re
from pathlib import Path

from web import ROOT, notebooks

from . import mentions

WHOLE = ("tests/chapters/", "tests/claims/", "tests/equations/", "tests/repository/")


def names(path: Path) -> re.Pattern:
    """Return what fits the names that a chapter gives, by which tests may call it."""
    checkers = re.findall(r'(?m)^check\("([\w-]+)"', notebooks.code(path))
    equations = re.findall(r"\$\$ \(([\w-]+)\)", path.read_text("utf-8"))
    words = {path.stem, *mentions.read(path).named, *equations, *checkers}
    either = "|".join(map(re.escape, sorted(words)))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)|^{path.stem[:2]}: ")


def chapters(test: str, given: dict[str, re.Pattern]) -> set[str]:
    """Return the numbers of the chapters that a test is about.

    Parameters
    ----------
    test : str
        The test as pytest names it, ``tests/repository/test_names.py::test_names[25-star]``.
    given : dict
        For each number what fits the names that the chapter gives.
    """
    file, _, parameter = test.partition("[")
    numbers = set(re.findall(r"/test_(?:ch)?(\d\d)(?=[_.])", file))
    return numbers | {number for number, fits in given.items() if fits.search(parameter)}


def chosen(tests: list[str], number: str, root: Path = ROOT) -> list[bool]:
    """Tell for each test whether it is run for the chapter with a number of two digits."""
    paths = sorted((root / "chapters").glob("[0-9][0-9]-*.ipynb"))
    given = {path.stem[:2]: names(path) for path in paths}
    answers = []
    for test in tests:
        about = chapters(test, given)
        answers.append(number in about if about else test.startswith(WHOLE))
    return answers
