r"""Give a chapter's file another name, which is also its address on the site.

    python -m tools.chapter.renaming 25-star 25-sun

renames the notebook, and the name in all pages, tests, tables and programs.  The number stays, as
tests and checkers go by it.  The title is the notebook's first line.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from web import ROOT

from . import NAME, removal


def rename(old: str, new: str, root: Path = ROOT) -> list[str]:
    """Rename a chapter in the files of a folder.

    Parameters
    ----------
    old : str
        The chapter, as 25-star, or its number.
    new : str
        The new name, with the same number.
    root : Path, optional
        The folder of the book.

    Returns
    -------
    list of str
        The files that name the chapter, the renamed notebook among them.

    Raises
    ------
    SystemExit
        If there is no such chapter, or the new name has another form or number.
    """
    path = removal.chosen(old, root)
    if not re.fullmatch(NAME, new) or new[:2] != path.stem[:2]:
        raise SystemExit(
            f"the new name should be {path.stem[:2]}, a hyphen and words, not {new!r}: "
            "tests and checkers go by the number"
        )
    word = re.compile(rf"(?<![\d-]){path.stem}(?![\w-])")
    changed = []
    for file in removal.searched(root):
        text = file.read_text("utf-8", "surrogateescape")  # whatever it is, it stays
        if word.search(text):
            file.write_text(word.sub(new, text), "utf-8", "surrogateescape")
            changed.append(file.relative_to(root).as_posix())
    path.rename(path.with_stem(new))
    own, name = (one.relative_to(root).as_posix() for one in (path, path.with_stem(new)))
    return sorted({*changed, name} - {own})


def main() -> int:
    """Rename the chapter that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.chapter.renaming", description=__doc__)
    parser.add_argument("old", help="the chapter, as 25-star, or its number")
    parser.add_argument("new", help="the new name, with the same number")
    options = parser.parse_args()
    if not removal.committed():
        raise SystemExit("commit your changes first, so that git can undo the renaming")
    print("\n".join(rename(options.old, options.new)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
