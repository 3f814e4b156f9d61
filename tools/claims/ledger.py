"""Compare the claims in the text, their declarations and the stored results; write the page."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from tools import ledger
from tools.claims.declaration import Claim
from tools.claims.slices import CHAPTERS
from web import freshness
from web.pages import claims as marks

RESULTS = marks.RESULTS
PAGE = CHAPTERS / "claims.md"
MARK = re.compile(r"\{claim\}`([^`]*)`")
# A sentence that is tested as mostly true, or in the median, has to say so.
HEDGES = re.compile(
    r"\b(most|mostly|often|usually|nearly|almost|rarely|seldom|hardly|few|tends?|typical|typically"
    r"|as a rule|majority|generally|in general|half|many|of ten|per cent)\b|%",
    re.I,
)
MEDIANS = re.compile(r"\b(median|typical|typically)\b", re.I)
LABEL = re.compile(r"claim-[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Mark:
    """A mark in the text.

    Attributes
    ----------
    label : str
        Its label.
    before : str
        The text of the paragraph before it, with single blanks.
    document, title : str
        The page that has it.
    """

    label: str
    before: str
    document: str
    title: str

    def follows(self, sentence: str) -> bool:
        """Tell whether the mark follows this sentence, from its beginning."""
        text = MARK.sub("", self.before).rstrip()
        start = text[: len(text) - len(sentence)].rstrip()
        return text.endswith(sentence) and (not start or start[-1] in '.!?:)*|>-"”')


@dataclass(frozen=True)
class Result:
    """The stored result of a claim.

    Attributes
    ----------
    summary : str
        The words of the mark.
    held, total : int
        In how many of the cases it held.
    outcomes : list of bool or float
        The outcome of every case.
    seconds : float
        How much time of a processor all cases took.
    experiment, package : str
        Digests of the experiment itself, and of what it needs of the package.
    versions : str
        Of Python and of all that is imported.
    """

    summary: str
    held: int
    total: int
    outcomes: list
    seconds: float
    experiment: str
    package: str
    versions: str


def marks_in_text(folder: Path = CHAPTERS) -> list[Mark]:
    """Return the marks in the text, in reading order."""
    places = []
    for document, text in ledger.texts(folder).items():
        title = re.search(r"^# (.+)$", text, re.M)
        for paragraph in re.split(r"\n\s*\n", text):
            for match in MARK.finditer(paragraph):
                before = " ".join(paragraph[: match.start()].split())
                places.append(Mark(match[1], before, document, title[1] if title else document))
    return places


def chapter_of(item: Claim) -> str:
    """Return the number of the chapter whose claims a test file has."""
    return item.file.name[len("test_") :][:2]


def write_results(results: dict[str, tuple[str, Result]], folder: Path = RESULTS) -> None:
    """Write results, given with their chapters: a file for each chapter, a line for each claim."""
    files: dict[str, list[str]] = {}
    for label, (chapter, result) in sorted(results.items()):
        entry = asdict(result)
        if entry["outcomes"] and all(isinstance(value, bool) for value in entry["outcomes"]):
            entry["outcomes"] = "".join("-+"[value] for value in entry["outcomes"])
        line = f"{json.dumps(label)}: {json.dumps(entry, ensure_ascii=False)}"
        files.setdefault(f"{chapter}.json", []).append(line)
    for name, lines in files.items():
        freshness.write(folder / name, "{\n" + ",\n".join(lines) + "\n}\n")
    for path in folder.glob("*.json"):
        if path.name not in files:
            path.unlink()


def read_results(folder: Path = RESULTS) -> dict[str, Result]:
    """Return the stored results, by label."""
    results = {}
    for label, entry in marks.results(folder).items():
        if isinstance(entry["outcomes"], str):
            entry["outcomes"] = [sign == "+" for sign in entry["outcomes"]]
        results[label] = Result(**entry)
    return results


def wording(item: Claim) -> str:
    """Return in what the words of a sentence differ from the strength that is tested, or ""."""
    if item.strength == "mostly" and not HEDGES.search(item.sentence):
        return f"{item.label} is tested as mostly true, which its sentence does not say"
    if item.strength == "median" and not MEDIANS.search(item.sentence):
        return f"{item.label} is tested in the median, which its sentence does not say"
    return ""


def weakness(item: Claim, result: Result | None) -> str:
    """Return what is wrong with the stored result of a claim, or ""."""
    again = f'make claims LABELS="{item.label}"'
    if result is None:
        return f"{item.label} has no result: {again}"
    if result.experiment != item.experiment.digest(item.cases):
        return f"{item.label} has a result of another experiment: {again}"
    if len(result.outcomes) != len(item.cases) or result.total != len(item.cases):
        return f"{item.label} has {len(item.cases)} cases, its result another number: {again}"
    if not item.is_met(result.outcomes):
        return f"{item.label} should hold {item.demand()}, but {item.summary(result.outcomes)}"
    if (result.held, result.summary) != (item.held(result.outcomes), item.summary(result.outcomes)):
        return f"{item.label} stores a summary that its outcomes do not have: {again}"
    if item.slow and result.seconds < 2 * result.total:
        return f"{item.label} is declared slow, but a case takes less than two seconds"
    return ""


def problems(
    in_text: list[Mark], declarations: dict[str, Claim], results: dict[str, Result]
) -> list[str]:
    """Return the problems of the ledger, one line each."""
    by_label: dict[str, Mark] = {}
    lines = []
    for mark in in_text:
        if not LABEL.fullmatch(mark.label):
            lines.append(f"{mark.document}: {mark.label!r} should be of the form claim-words")
        if mark.label in by_label:
            lines.append(f"{mark.label} is marked twice")
        by_label[mark.label] = mark
    lines += [f"{label} has no test" for label in sorted(set(by_label) - set(declarations))]
    for label, item in declarations.items():
        mark = by_label.get(label)
        if mark is None:
            lines.append(f"{item.place} tests {label}, which no page marks")
            continue
        if not mark.document.startswith(f"{chapter_of(item)}-"):
            lines.append(f"{label} is marked in {mark.document}, but tested in {item.place}")
        if not mark.follows(item.sentence):
            lines.append(
                f"{label}: the mark in {mark.document} should follow the declared sentence "
                f"{item.sentence!r}, but follows {mark.before[-len(item.sentence) :]!r}"
            )
        lines += filter(None, [wording(item), weakness(item, results.get(label))])
    lines += [
        f"{label} has a result, but no test" for label in sorted(set(results) - {*declarations})
    ]
    return lines


HEAD = """# Ledger of experiments

A training run shows what happened once: with one seed, one width, one split of the data. Where a
sentence of this book says more than that, it carries a mark, such as "held in 58 of 60 unseen
runs". A test has then run the chapter's own experiment on cases that the chapter does not show,
and counted how often the sentence held. All {number} such sentences are listed here, with what was
varied, how often each held, and how often it has to hold, since a sentence may say "always",
"mostly" or "in the median".

Whenever the book is tested, a few cases of each are run again; once a week all of them are.
`make claims` runs those whose experiments have changed. This page is written by `tools/claims`.
"""


def page(in_text: list[Mark], declarations: dict[str, Claim], results: dict[str, Result]) -> str:
    """Return the text of the ledger's page."""
    entries = [mark for mark in in_text if mark.label in declarations and mark.label in results]
    parts = [HEAD.format(number=len(entries))]
    document = None
    for mark in entries:
        item, result = declarations[mark.label], results[mark.label]
        if mark.document != document:
            document = mark.document
            parts.append(f"## {{doc}}`{mark.title} <{document}>`\n")
        summary = result.summary[0].upper() + result.summary[1:]
        varied = item.varied[0].upper() + item.varied[1:]
        parts.append(f"({mark.label})=\n> {item.sentence}\n")
        parts.append(f"{summary}; it has to hold {item.demand()}. {varied.rstrip('.')}.\n")
        parts.append(
            f"Test: `{item.place}` (`{mark.label}`); "
            f"{result.seconds:.0f} s with {result.versions}.\n"
        )
    return "\n".join(parts)
