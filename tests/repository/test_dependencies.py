"""What is imported is listed, and what is listed is needed: deptry compares the two."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from web import ROOT

OURS = ("backprop", "web", "tools", "benchmarks")
# Of each part: its folders, the lists that have what it imports (of the last one everything has
# to be needed there), and what deptry finds that is in order.
PARTS = {
    "chapters": (
        ["chapters", "code/backprop"],
        ["frameworks", "chapters"],
        {
            "DEP002": {"ipykernel", "distributed"},  # the kernel; what dask.distributed imports
            "DEP003": {"mpmath", "traitlets"},  # SymPy's numbers; what anywidget's classes are of
        },
    ),
    "the site": (
        ["web"],
        ["chapters", "test", "book"],
        {
            "DEP001": {"js", "pyodide_js", "pyodide_kernel"},  # Pyodide's, in a reader's browser
            "DEP002": {
                "jupyter-book", "uv",  # programs
                "sphinx-exercise", "sphinx-mathjax-offline", "sphinx-proof", "sphinx-sitemap",
                "sphinxext-opengraph",  # named in _config.yml
            },
            "DEP003": {  # parts of Jupyter Book and matplotlib, whose locks choose versions
                "IPython", "PIL", "babel", "bs4", "docutils", "fontTools", "jupyter_client",
                "myst_nb", "nbformat", "pybtex", "sphinx", "sphinx_external_toc", "sphinxcontrib",
                "yaml",
            },
        },
    ),
}  # fmt: skip


def pins(names: list[str]) -> str:
    """Return the lines that choose a version in some of the lists."""
    texts = [(ROOT / "requirements" / f"{name}.in").read_text("utf-8") for name in names]
    return "\n".join(re.findall(r"(?m)^[\w.-]+==.*$", "\n".join(texts))) + "\n"


def problems(folders, listed: str, folder: Path) -> list[tuple[str, str, str]]:
    """Return what deptry finds in some folders, with a list of requirements.

    Returns
    -------
    list of tuple
        Its rule, the package or module, and the file.
    """
    (folder / "listed.txt").write_text(listed, encoding="utf-8")
    (folder / "empty.toml").write_text("", encoding="utf-8")
    command = [
        str(Path(sys.executable).parent / "deptry"), *folders, "--config", folder / "empty.toml",
        "--requirements-files", folder / "listed.txt", "--json-output", folder / "found.json",
        *(option for name in OURS for option in ("--known-first-party", name)),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr  # 1: there are some
    found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return [(one["error"]["code"], one["module"], one["location"]["file"]) for one in found]


@pytest.mark.parametrize("part", PARTS)
def test_imports_and_requirements_agree(tmp_path, part):
    folders, lists, in_order = PARTS[part]
    own = re.findall(r"(?m)^[\w.-]+", pins(lists[-1:]))
    in_order = in_order | {"DEP002": in_order["DEP002"].intersection(own)}
    found = {rule: set() for rule in in_order}
    for rule, name, _ in problems(folders, pins(lists), tmp_path):
        if rule != "DEP002" or name in own:
            found.setdefault(rule, set()).add(name)
    assert found == in_order


def test_what_is_missing_or_not_needed_is_noticed(tmp_path):
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "one.py").write_text("import numpy\nimport nbformat\n", encoding="utf-8")
    found = problems([tmp_path / "room"], "numpy==2.4.6\nsympy==1.14.0\n", tmp_path)
    named = {(rule, name) for rule, name, _ in found}
    assert named == {("DEP002", "sympy"), ("DEP003", "nbformat")}
