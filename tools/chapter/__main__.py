"""Begin a chapter.

    python -m tools.chapter 25-star "The structure of a star"

writes the notebook with an example, its lines in _toc.yml and on the first page, a checker and
tests, and with --data a section on the data in chapters/data/README.md.  What is to be replaced
is marked TODO, and a test is red while a mark is left; everything else is green.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

import nbformat

from web import ROOT, notebooks

from . import NAME

HERE = Path(__file__).parent
README = """
## TODO: name of the file

TODO: what it is, who made it, where it was published, and what was changed. Read by chapter
{number}.

**Licence:** TODO.
"""

NEXT = """Replace what is marked TODO; then
    make notebooks NOTEBOOKS=chapters/{name}.ipynb
    make format assertions
    make test-chapter NAME={name}"""


def filled(template: str, words: dict[str, str]) -> str:
    """Return the text of a template with its marks filled in."""
    text = (HERE / template).read_text("utf-8")
    for mark, word in words.items():
        text = text.replace(f"@{mark}@", word)
    return text


def notebook(text: str) -> nbformat.NotebookNode:
    """Return the notebook whose cells a text has, each after a line with +++ .

    What follows +++ is the metadata of a code cell; a cell of text has none.
    """
    cells = []
    parts = re.split(r"(?m)^\+\+\+ ?(.*)\n", f"+++\n{text}")[1:]
    for number, (metadata, source) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        make = nbformat.v4.new_code_cell if metadata else nbformat.v4.new_markdown_cell
        cell = make(source.strip("\n"), metadata=json.loads(metadata or "{}"))
        cell["id"] = f"begun-{number}"
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells, metadata=notebooks.METADATA)


def with_line(path: Path, last: str, line: str) -> str:
    """Return the text of a file with a line after the last one that fits a pattern."""
    lines = path.read_text("utf-8").split("\n")
    place = max(k for k, text in enumerate(lines) if re.match(last, text))
    return "\n".join([*lines[: place + 1], line, *lines[place + 1 :]])


def with_table(path: Path, name: str, table: str) -> str:
    """Return the text of a list of formulas with a table, in the order of the pages."""
    head, *tables = re.split(r"(?m)^(?=\[)", path.read_text("utf-8"))
    place = sum(one < f"[{name}]" for one in tables)
    return head + "".join([*tables[:place], f"[{name}]\n{table}\n", *tables[place:]])


def begin(name: str, title: str, *, data: bool = False, root: Path = ROOT) -> list[Path]:
    """Write a chapter's files and lines.

    Parameters
    ----------
    name : str
        Number and name of the file, such as 25-star.
    title : str
        The heading.
    data : bool, default False
        Whether the chapter has data, which get a section with a place for the licence.
    root : Path, optional
        The folder of the book.

    Returns
    -------
    list of Path
        The files that are new or changed.

    Raises
    ------
    SystemExit
        If the name has another form, the number is taken, or the title is empty.
    """
    match = re.fullmatch(NAME, name)
    if match is None:
        raise SystemExit(f"the name should be two digits, a hyphen and words, not {name!r}")
    if not title.strip():
        raise SystemExit("the title should not be empty")
    number, key = match.groups()
    taken = sorted((root / "chapters").glob(f"{number}-*.ipynb"))
    if taken:
        last = max(int(path.name[:2]) for path in taken[0].parent.glob("[0-9][0-9]-*.ipynb"))
        after = f"; the next is {last + 1:02}-{key}" if last < 99 else ""
        raise SystemExit(f"chapter {number} is there already: {taken[0].name}{after}")
    words = {
        "number": str(int(number)), "file": name, "title": title.strip(), "key": key,
        "name": key.replace("-", "_"),
    }  # fmt: skip
    cells = notebook(filled("notebook.md", words))
    texts = {
        f"chapters/{name}.ipynb": nbformat.writes(cells, indent=1) + "\n",
        "_toc.yml": with_line(
            root / "_toc.yml", r"      - file: chapters/\d\d-", f"      - file: chapters/{name}"
        ),
        "chapters/index.md": with_line(
            root / "chapters" / "index.md", r"\| \d+ \| \{doc\}",
            f"| {int(number)} | {{doc}}`{name}` | TODO: its question | none |",
        ),
        "tests/equations/terms.toml": with_table(
            root / "tests" / "equations" / "terms.toml", name,
            f"'w x' = {{ same = \"def-{key}-cost\" }}\n",
        ),
        f"code/backprop/exercises/ch{number}.py": filled("checker.txt", words),
        f"tests/equations/test_{number}_{words['name']}.py": filled("equations.txt", words),
        f"tests/code/exercises/test_ch{number}.py": filled("exercises.txt", words),
    }  # fmt: skip
    if data:
        readme = (root / "chapters" / "data" / "README.md").read_text("utf-8")
        texts["chapters/data/README.md"] = readme + README.format(number=int(number))
    for file, text in texts.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, "utf-8")
    return [root / file for file in texts]


def main() -> int:
    """Begin the chapter that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.chapter", description=__doc__)
    parser.add_argument("name", help="number and name of the file, such as 25-star")
    parser.add_argument("title", help="the heading")
    parser.add_argument("--data", action="store_true", help="with a section on its data")
    options = parser.parse_args()
    for path in begin(options.name, options.title, data=options.data):
        print(path.relative_to(ROOT))
    print(NEXT.format(name=options.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
