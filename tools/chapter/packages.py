"""What a chapter imports, where its packages are listed, and what only they need."""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from web import notebooks

ON_PAGES = "web/live/files.toml"
LISTS = (  # where a package has a line, and what is there around its name
    ("requirements/*.in", r"^{name}=="),
    ("code/pyproject.toml", r'^\s*"{name}[<>=~]'),
    (ON_PAGES, r'^package = "{name}"'),
)
CHOSEN = r'(?m)^([\w.-]+)==|^package = "([\w.-]+)"'  # in the lists of what chapters need


def imported(root: Path) -> set[str]:
    """Return what the chapters import, as absolute names."""
    texts = [notebooks.code(path) for path in sorted((root / "chapters").glob("*.ipynb"))]
    names = set().union(*(notebooks.imports(text, "") for text in texts))
    return {
        ".".join(n.split(".")[:2]) if n.startswith("backprop.") else n.split(".")[0] for n in names
    }


@cache
def installed() -> Mapping[str, list[str]]:
    """Return the packages, by the names that pip has, that hold each module."""
    return importlib.metadata.packages_distributions()


def distributions(names: set[str]) -> set[str]:
    """Return the packages, by the names that pip has, that hold some modules."""
    known = installed()
    return {one.lower() for name in names for one in known.get(name, [name])}


@cache
def required(name: str) -> frozenset[str]:
    """Return what an installed package needs itself, but for its extras; nothing if it is none."""
    try:
        lines = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return frozenset()
    plain = [line for line in lines if "extra ==" not in line]
    return frozenset(re.match(r"[\w.-]+", line)[0].lower() for line in plain)


def closure(names: set[str], also: dict[str, set[str]]) -> set[str]:
    """Return some packages and all that they need; ``also`` has what is needed on the pages."""
    found, pending = set(), set(names)
    while pending:
        name = pending.pop()
        found.add(name)
        pending |= (required(name) | also.get(name, set())) - found
    return found


def listed(root: Path, name: str, *, on_pages: bool = True) -> str:
    """Return the lines that list a package, in words; without those of the pages if asked so."""
    return "; ".join(
        f"{path.relative_to(root).as_posix()}, line {number}"
        for files, line in LISTS
        if on_pages or files != ON_PAGES
        for path in sorted(root.glob(files))
        for number, text in enumerate(path.read_text("utf-8").split("\n"), start=1)
        if re.search(line.format(name=re.escape(name)), text)
    )


def unused(root: Path, before: set[str]) -> list[str]:
    """Return what no chapter imports any more, with the lines that list it, in words.

    Parameters
    ----------
    root : Path
        The folder of the book.
    before : set of str
        What was imported before.

    Returns
    -------
    list of str
        Each module, and the listed packages that were there for it alone.
    """
    now, code = imported(root), sorted((root / "code" / "backprop").rglob("*.py"))
    inside = "backprop.some.folder"  # what the package imports of itself does not matter here
    own = set().union(*(notebooks.imports(p.read_text("utf-8"), inside) for p in code))
    gone = before - now - set(sys.stdlib_module_names)
    on_pages, chosen = root / ON_PAGES, root / "requirements" / "chapters.in"
    files = tomllib.loads(on_pages.read_text("utf-8"))["file"]
    also = {one["package"]: set(one.get("depends", ())) for one in files if "package" in one}
    needed = closure(distributions(now | {n.split(".")[0] for n in own}), also)
    lost = distributions({name for name in gone if not name.startswith("backprop.")})
    result = []
    for name in sorted(gone):
        places = listed(root, name, on_pages=not distributions({name}) & needed)
        kept = ", but others need it on the pages" if listed(root, name) != places else ""
        result.append(f"{name}: {places}{kept}" if places else name)
    text = chosen.read_text("utf-8") + on_pages.read_text("utf-8")
    for name in sorted({one or two for one, two in re.findall(CHOSEN, text)} - needed - lost):
        if name in closure(lost, also) or required(name) & lost:
            result.append(f"{name}, there for what is named above: {listed(root, name)}")
    return result
