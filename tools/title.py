"""Give the book another title, in every file that prints it.

    python -m tools.title "Another title"

`title` in `_config.yml` is the present one.  The subtitle, after the colon in README.md and
CITATION.cff, stays.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml

from web import ROOT

PRINTED = {  # the files, and whether the title is within quotation marks there
    "_config.yml": None,
    "chapters/index.md": False,
    "README.md": False,
    "CITATION.cff": True,
    "web/lite/jupyter-lite.json": True,
}


def present(root: Path = ROOT) -> str:
    """Return the title of the book in a folder."""
    return yaml.safe_load((root / "_config.yml").read_text("utf-8"))["title"]


def missing(root: Path = ROOT) -> list[str]:
    """Return the files that do not print the title, though they should."""
    title = present(root)
    forms = {None: title, False: title, True: json.dumps(title, ensure_ascii=False)[1:-1]}
    texts = {name: (root / name).read_text("utf-8") for name in PRINTED}
    return [name for name, quoted in PRINTED.items() if quoted is not None
            and forms[quoted] not in texts[name]]  # fmt: skip


def rename(title: str, root: Path = ROOT) -> None:
    """Write another title into the files.

    Parameters
    ----------
    title : str
        The new title, one line.
    root : Path, optional
        The folder of the book.

    Raises
    ------
    SystemExit
        If the title is empty or has several lines, or if a file does not print the present one.
    """
    if not title.strip() or len(title.splitlines()) > 1:
        raise SystemExit(f"the title should be one line of text, not {title!r}")
    if absent := missing(root):
        raise SystemExit(f"{present(root)!r} should be printed in {', '.join(absent)}, but is not")
    old = present(root)
    for name, quoted in PRINTED.items():
        text = (root / name).read_text("utf-8")
        if quoted is None:
            old_line = next(line for line in text.splitlines() if line.startswith("title:"))
            new_line = f"title: {json.dumps(title, ensure_ascii=False)}"
            text = text.replace(old_line, new_line, 1)
        elif quoted:
            text = text.replace(
                *(json.dumps(one, ensure_ascii=False)[1:-1] for one in (old, title))
            )
        else:
            text = text.replace(old, title)
        (root / name).write_text(text, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit('Usage: make title TITLE="Another title"')
    rename(sys.argv[1])
    print(f"The title is now {present()!r} in {', '.join(PRINTED)}.")
