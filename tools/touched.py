"""Which chapters a change touches: ``pytest --quick``, as ``make test`` calls it.

What CI has tested on the upstream branch need not take time again before each commit: a chapter is
run in its page if a file on which it depends differs from there.
"""

from __future__ import annotations

from pathlib import Path

from tools import sources
from web import ROOT, notebooks

# What all live chapters depend on.
COMMON = tuple(
    f"{ROOT.as_posix()}/{name}"
    for name in ("web/live/", "tests/site/live_cells.py", "tests/site/test_live_chapters.py")
)


def chapters(changed: set[Path] | None) -> set[Path]:
    """Return the chapters that depend on one of some files; all, where these are not known."""
    every = sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))
    if changed is None or any(path.as_posix().startswith(COMMON) for path in changed):
        return set(every)
    if not changed:  # to find all inputs takes seconds
        return set()
    return {path for path in every if changed.intersection([path, *notebooks.inputs(path)])}


def kept(items: list) -> list[bool]:
    """Tell for each test whether a change needs it before a commit.

    Parameters
    ----------
    items : list of pytest.Item
        Those that are marked as "thorough" are left to CI, but for those of a chapter, their
        parameter of that name, that the change touches.
    """
    marked = [item.get_closest_marker("thorough") is not None for item in items]
    touched = chapters(sources.changed()) if any(marked) else set()
    of = [getattr(item, "callspec", None) for item in items]
    about = [call.params.get("chapter") if call else None for call in of]
    return [not mark or path in touched for mark, path in zip(marked, about, strict=True)]
