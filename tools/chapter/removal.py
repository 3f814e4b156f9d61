r"""Remove a chapter, with everything that only it needs.

    python -m tools.chapter.removal 17-hyperparameters

deletes the notebook, its checkers, its tests, its claims with their results, explorables and data
that no other chapter uses, and its lines in the tables, in the bibliography and among the numbers.
References from other pages become plain text.  What a person should read is listed: sentences that
were rewritten, and lines that still name the chapter.  The other chapters keep their numbers.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools import ledger, plant
from tools import words as catalogues
from web import ROOT, notebooks
from web import words as fixed
from web.pages import glossary_links

from . import entries, formulas, mentions, packages
from .mentions import Gone, Place

FILES = (  # that belong to the chapter of a number, or of a name
    "chapters/{stem}.ipynb",
    "code/backprop/exercises/ch{number}.py",
    "tests/code/exercises/test_ch{number}.py",
    "tests/equations/test_{number}_*.py",
    "tests/claims/test_{number}_*.py",
    "tests/claims/results/{number}.json",
    "tests/chapters/test_{number}_*.py",
    "tests/frameworks/test_{number}_*.py",
)
EXPLORABLE = (
    "code/backprop/explore/{name}.py",
    "code/backprop/explore/{name}.js",
    "code/backprop/explore/{name}-*.js",
    "tests/code/explore/test_{name}.py",
    "tests/site/test_explore_{name}.py",
)
TEXTS = ("README.md", "CONTRIBUTING.md", "Makefile")  # that speak of chapters by number
TABLES = ("equations/symbols.toml", "repository/numbers.toml")  # of the tests
KINDS = {".py", ".js", ".md", ".toml", ".yml", ".in", ".ipynb", ".cff", ""}
NOT_SEARCHED = {
    "_build",
    ".venv",
    ".git",
    ".ruff_cache",
    ".pytest_cache",
    "results",
    "test_removal.py",
    "test_chapter.py",
}


@dataclass
class Report:
    """What has happened, and what is left to a person."""

    deleted: list[str] = field(default_factory=list)
    rewritten: list[Place] = field(default_factory=list)
    left: list[Place] = field(default_factory=list)
    formulas: list[Place] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def text(self, gone: Gone) -> str:
        """Return the report in words."""
        parts = [f"Chapter {gone.number}, “{gone.title}”, is removed. Deleted:", *self.deleted]
        for head, lines in (
            ("Rewritten; read each sentence, and say it better:", self.rewritten),
            ("Left as it is; decide:", self.left),
            ("Formulas on other pages; say better what they are:", self.formulas),
            ("Used by no chapter any more; take it out if nothing else needs it:", self.unused),
        ):
            parts += ["", head, *map(str, lines)] if lines else []
        return "\n".join(parts)


def chosen(name: str, root: Path) -> Path:
    """Return the notebook that a number or a name means.

    Raises
    ------
    SystemExit
        If there is no such chapter.
    """
    found = [
        path for path in sorted((root / "chapters").glob("[0-9][0-9]-*.ipynb"))
        if name in (path.stem, path.stem[:2], str(int(path.stem[:2])))
    ]  # fmt: skip
    if len(found) != 1:
        raise SystemExit(f"the name should be a chapter such as 17-hyperparameters, not {name!r}")
    return found[0]


def explorables(root: Path, path: Path) -> list[str]:
    """Return the explorables that one chapter alone shows, and no program needs."""
    shown = {
        one: set(re.findall(r"\bexplore\.\w+\(\s*[\"'](\w+)[\"']", notebooks.code(one)))
        for one in (root / "chapters").glob("*.ipynb")
    }
    own = shown.pop(path) - set().union(*shown.values())
    programs = [
        *(root / "tools").glob("*.py"),
        *(root / "code/backprop/explore").glob("*.[jp][sy]"),
    ]

    def needed(name):
        use = re.compile(
            rf"from backprop\.explore import .*\b{name}\b|[./]{name}\.js\"|\b{name}-\w+\.js"
        )
        return any(
            use.search(p.read_text("utf-8")) for p in programs if p.stem.split("-")[0] != name
        )

    return sorted(name for name in own if not needed(name))


def data(root: Path, path: Path) -> list[Path]:
    """Return the files of data that one chapter alone reads, by their names."""
    programs = [*(root / "code" / "backprop").rglob("*.py")]
    others = [one for one in (root / "chapters").glob("*.ipynb") if one != path]
    elsewhere = "\n".join(
        [*map(notebooks.code, others), *(one.read_text("utf-8") for one in programs)]
    )
    return [
        file for file in sorted((root / "chapters" / "data").rglob("*"))
        if file.is_file() and file.name != "README.md"
        and file.name in notebooks.code(path) and file.name not in elsewhere
    ]  # fmt: skip


def without_sections(text: str, names: list[str], number: int) -> str:
    """Return the README of the data without the sections on some files.

    A section that was begun for a chapter, and names no file yet, goes with the chapter.
    """
    begun = re.compile(rf"## TODO\b[^#]*\bRead by chapter\s+{number}\.")
    parts = re.split(r"(?m)^(?=## )", text)
    kept = [
        part for part in parts
        if not set(names) & set(part.partition("\n")[0].split()) and not begun.match(part)
    ]  # fmt: skip
    return "".join(kept).rstrip("\n") + "\n"


def write(path: Path, change) -> None:
    """Change the text of a file by a function."""
    text = path.read_text("utf-8")
    if (new := change(text)) != text:
        path.write_text(new, "utf-8")


def cited(root: Path) -> set[str]:
    """Return the keys of the works that the pages cite."""
    text = "\n".join(ledger.texts(root / "chapters").values())
    groups = re.findall(r"\{cite:\w+\}`([^`]+)`", text)
    return {key.strip() for group in groups for key in group.split(",")}


def without_works(text: str, keys: set[str]) -> str:
    """Return a bibliography with only the works of some keys."""
    works = re.split(r"(?m)^(?=@\w+\{)", text)
    return "".join(
        work for work in works
        if not (key := re.match(r"@\w+\{([^,]+),", work)) or key[1] in keys
    )  # fmt: skip


def beginnings(text: str) -> set[str]:
    """Return the first five letters of the words of a text, as a subject is told by them."""
    return {word[:5].lower() for word in re.findall(r"\w{3,}", text)}


def without_records(text: str, root: Path) -> str:
    """Return the records of works that are cited, with the subjects that they are cited for."""
    pages = {k: v for k, v in ledger.texts(root / "chapters").items() if k != "references"}
    paragraphs = [part for page in pages.values() for part in re.split(r"\n\s*\n", page)]
    head, *records = re.split(r"(?m)^(?=\[)", text)
    keys, kept = cited(root), [head]
    for record in records:
        key = record[1 : record.index("]")]
        named = re.compile(rf"[`,]\s*{re.escape(key)}\s*[`,]")
        citing = [beginnings(p) for p in paragraphs if key in p and named.search(p)]
        words = tomllib.loads(record)[key].get("about", [])
        needed = [w for w in words if any(beginnings(w) & part for part in citing)]
        line = f"about = {json.dumps(needed, ensure_ascii=False)}\n" if needed else ""
        if needed != words:
            record = re.sub(r"(?ms)^about = \[.*?\]\n", lambda m: line, record)  # noqa: B023
        kept += [record] if key in keys else []
    return "".join(kept).rstrip("\n") + "\n"


def running_text(text: str) -> str:
    """Return a chapter's text without headings, code, formulas, references and the first box."""
    text = re.sub(r"(?ms)^(:{3,}|`{3,})\{tip\}.*?^\1$", " ", text)
    text = re.sub(r"(?s)\$\$.*?\$\$", " ", text)
    return re.sub(r"(?m)^#.*$|(?<!`)`[^`\n]+`(?!`)|\$[^$]+\$", " ", text)


def is_used(entry: glossary_links.Entry, pages: dict[str, str]) -> bool:
    """Tell whether a chapter leads to a term of the glossary, or none is to lead there."""
    words, _ = glossary_links.pattern([entry])
    return not entry.linked or any(
        entry.belongs(number) and words.search(text) for number, text in pages.items()
    )


def without_terms(text: str, number: str, pages: dict[str, str]) -> str:
    """Return a glossary without the terms, and without the notes, that are for one chapter only.

    Parameters
    ----------
    text : str
        The page with the glossary.
    number : str
        The chapter, as 02.
    pages : dict of str
        The running text of each other chapter.
    """
    before, fence, rest = text.partition("```{glossary}\n")
    body, end, after = rest.partition("\n```")
    kept = []
    for entry in re.split(r"\n\n(?=\S)", body):
        terms = glossary_links.entries(f"{fence}{entry}{end}")  # one, or none: an option
        if all(term.only_in != {number} and is_used(term, pages) for term in terms):
            entry = re.sub(rf"(?m)^(\.\. (?:only|not) in:.*) {number}\b", r"\1", entry)
            kept.append(re.sub(r"(?m)^\.\. not in:\n", "", entry))
    return before + fence + "\n\n".join(kept) + end + after


def tables(root: Path, gone: Gone) -> None:
    """Take the chapter out of the table of contents, the numbers and the bibliography."""
    line = rf"(?m)^ *- file: chapters/{gone.stem}\n"
    write(root / "_toc.yml", lambda text: re.sub(line, "", text))
    part = r"(?m)^  - caption: .*\n(?:    numbered: .*\n)?    chapters:\n(?!      )"
    write(root / "_toc.yml", lambda text: re.sub(part, "", text))
    section = rf"(?ms)^\[{gone.stem}\]\n.*?(?=^\[|\Z)|^{gone.stem} = [^\n]*\n"
    for name in TABLES:
        write(root / "tests" / name, lambda text: re.sub(section, "", text).rstrip("\n") + "\n")
    chosen = root / "web" / "slides" / "sections.toml"
    entry = rf'(?ms)^"{gone.stem}" = \[\n.*?^\]\n'
    write(chosen, lambda text: re.sub(entry, "", text))
    keys = cited(root)
    write(root / "chapters" / "references.bib", lambda text: without_works(text, keys))
    records = root / "tests" / "repository" / "records.toml"
    write(records, lambda text: without_records(text, root))


def without_names(root: Path) -> None:
    """Take out of the list of other programs' names those that no chapter has any more."""
    pages = ledger.texts(root / "chapters")
    named = set().union(*(mentions.names_in_code_type(pages[k]) for k in pages if k[0].isdigit()))

    def needed(match):
        return match[0] if match[1] in named else ""

    path = root / "tests" / "repository" / "test_names.py"
    write(path, lambda text: re.sub(r'(?m)^    "(\w+)": ".*",\n', needed, text))


def contents(root: Path) -> dict[str, bytes]:
    """Return what stands in the files in which errors are planted."""
    paths = {case.file: root / case.file for case in plant.CASES}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def plantable(case: plant.Case, content: bytes | None) -> bool:
    """Tell whether an error can be planted in a file that has a content, or in none."""
    if content is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(case.file).name
        path.write_bytes(content)
        try:
            case.change(path)
        except (SystemExit, StopIteration):
            return False
    return True


def planted(root: Path, before: dict[str, bytes]) -> None:
    """Take out the errors that could be planted before, and now have no place or no guard."""
    now, gone = contents(root), set()
    for case in plant.CASES:
        guards = [part.partition("::")[0] for part in case.guard if part.startswith("tests/")]
        old, new = before.get(case.file), now.get(case.file)
        lost = new != old and plantable(case, old) and not plantable(case, new)
        if lost or not all((root / guard).exists() for guard in guards):
            gone.add(case.name)
    write(root / "tools" / "plant.py", lambda text: entries.without_cases(text, gone))


def counted(root: Path) -> None:
    """Let the README say in how many chapters figures can be taken hold of."""
    pages = (root / "chapters").glob("[0-9]*.ipynb")
    count = sum("explore.figure(" in page.read_text("utf-8") for page in pages)
    told = r"(?<=the figures in )\w+(?= chapters and on the first page)"
    write(root / "README.md", lambda text: re.sub(told, mentions.COUNTS[count], text))


def rewrite(root: Path, gone: Gone) -> list[Place]:
    """Rewrite the texts that refer to the chapter; return the sentences."""
    glossary = root / "chapters" / "glossary.md"
    pages = ledger.texts(root / "chapters")
    others = {name[:2]: running_text(text) for name, text in pages.items() if name[0].isdigit()}
    write(glossary, lambda text: without_terms(text, gone.stem[:2], others))
    rewriting = mentions.Rewriting(gone, root)
    errata = root / "chapters" / "errata.md"
    rows = errata.read_text("utf-8").count("\n* - ")
    for path in sorted((root / "chapters").glob("*.ipynb")):
        rewriting.notebook(path)
    for path in sorted((root / "chapters").glob("*.md")):
        if path.name not in mentions.WRITTEN:
            rewriting.page(path)
    for name in TEXTS:
        rewriting.page(root / name)
    counted(root)
    lost = rows - errata.read_text("utf-8").count("\n* - ")
    write(
        root / "tests" / "repository" / "test_errata.py",
        lambda text: re.sub(r"(?m)^ROWS = (\d+)", lambda m: f"ROWS = {int(m[1]) - lost}", text),
    )
    labels = "|".join(map(re.escape, sorted(gone.named, key=len, reverse=True)))
    if labels:
        for path in sorted((root / "code").rglob("*.py")):
            named = rf"(?: \(``(?:{labels})``\))|``({labels})``|(?: \((?:{labels})\))"
            write(path, lambda text: re.sub(named, lambda m: gone.named.get(m[1], ""), text))  # noqa: B023
    return rewriting.places


def searched(root: Path) -> Iterator[Path]:
    """Yield the files in which the name of a chapter can stand."""
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if NOT_SEARCHED & set(inside.parts) or not path.is_file() or path.suffix not in KINDS:
            continue
        if not inside.is_relative_to("tools/chapter") and path.name != "CHANGELOG.md":
            yield path


def left(root: Path, gone: Gone, neighbours: list[str]) -> list[Place]:
    """Return the lines that still name the chapter, and those near it that count on it."""
    number = f"{gone.number:02d}"
    joined = "|".join(map(re.escape, sorted(gone.named, key=len, reverse=True))) or "(?!)"
    words = rf"\b[Cc]hapters? (?:\d+(?:, | and | to ))*{gone.number}\b"
    names = re.compile(
        rf"{gone.stem}|\bch{number}\b|test_{number}_|{words}"
        rf"|(?<![\w-])(?:{joined})(?![\w-])"
    )
    near = re.compile(r"\b(?:next|previous|last|following|preceding) chapter\b")
    found = []
    for path in searched(root):
        name = path.relative_to(root).as_posix()
        if path.name in mentions.WRITTEN:
            continue
        if path.suffix == ".ipynb":
            texts = enumerate(
                ("".join(c["source"]) for c in json.loads(path.read_text("utf-8"))["cells"]), 1
            )
        else:
            texts = [(0, path.read_text("utf-8", errors="replace"))]
        for cell, text in texts:
            for pattern in (names, near) if path.stem in neighbours else (names,):
                for match in pattern.finditer(text):
                    line = text.count("\n", 0, match.start()) + 1
                    words = text.split("\n")[line - 1].strip()
                    if path.suffix in {".md", ".ipynb"} and not words.startswith("|"):
                        words = mentions.sentence(text, match.start())
                    found.append(Place(name, cell, line, words[:300]))
    return list(dict.fromkeys(found))


def remove(name: str, root: Path = ROOT) -> tuple[Gone, Report]:
    """Remove a chapter from the files in a folder.

    Parameters
    ----------
    name : str
        The chapter, as 17-hyperparameters, or its number.
    root : Path, optional
        The folder of the book.

    Returns
    -------
    Gone
        The chapter.
    Report
        What was deleted and rewritten, and what is left to a person.

    Raises
    ------
    SystemExit
        If there is no such chapter.
    """
    path = chosen(name, root)
    gone, report = mentions.read(path), Report()
    stems = sorted(one.stem for one in path.parent.glob("[0-9][0-9]-*.ipynb"))
    place = stems.index(path.stem)
    neighbours = stems[max(0, place - 1) : place] + stems[place + 1 : place + 2]
    before, errors = packages.imported(root), contents(root)
    checkers = re.findall(r'(?m)^check\("([\w-]+)"', notebooks.code(path))
    files = data(root, path)
    readme = root / "chapters" / "data" / "README.md"
    write(readme, lambda text: without_sections(text, [file.name for file in files], gone.number))
    for pattern in FILES:
        files += root.glob(pattern.format(stem=gone.stem, number=gone.stem[:2]))
    for explorable in explorables(root, path):
        for pattern in EXPLORABLE:
            files += root.glob(pattern.format(name=explorable))
    for file in filter(Path.is_file, files):
        report.deleted.append(file.relative_to(root).as_posix())
        file.unlink()
    catalogues.prune(root)
    report.rewritten = rewrite(root, gone)
    tables(root, gone)
    figures = {label for label in gone.named if label.startswith("fig-")}
    words = {*checkers, *figures, gone.stem, f"chapters/{gone.stem}"}
    entries.clean(root, words, {label for label in gone.named if label[:3] in ("eq-", "def")})
    report.formulas = formulas.mend(root, gone)
    without_names(root)
    planted(root, errors)
    report.unused = packages.unused(root, before)
    report.left = left(root, gone, neighbours)
    return gone, report


def committed() -> bool:
    """Tell whether git could bring back everything."""
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return not status.stdout.strip()


def main() -> int:
    """Remove the chapter that the argument names; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.chapter.removal", description=__doc__)
    parser.add_argument("name", help="the chapter, as 17-hyperparameters, or its number")
    options = parser.parse_args()
    if not committed():
        raise SystemExit("commit your changes first, so that git can undo the removal")
    gone, report = remove(options.name)
    catalogues.write(fixed.language())  # what the package has in another language than English
    text = report.text(gone)
    target = ROOT / "_build" / f"removed-{gone.stem}.txt"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text + "\n", "utf-8")
    print(f"{text}\n\nThis list is kept in {target.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
