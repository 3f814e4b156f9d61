"""The prose: British spelling throughout, no typing errors, and no turn that was edited out.

Of a book in another language only the code is looked at.  Spelling is codespell's matter, a turn
is a regular expression in language.toml with what to say instead.
"""

import functools
import json
import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from tools import sources
from web import ROOT, words

SETTINGS = tomllib.loads(Path(__file__).with_name("language.toml").read_text("utf-8"))
PAGES = [*sorted((ROOT / "chapters").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))
IN_ENGLISH = pytest.mark.skipif(
    not words.is_english(words.language()), reason="the book is in another language"
)
NOT_OURS = re.compile(  # formulas, code, addresses, quotations and the lecture's titles
    r"\$\$.*?\$\$|\$[^$]*\$|^```.*?$|`[^`\n]*`|\]\([^)]*\)|<[^>]*>"
    r"|“[^”]*”|^\.\. also:.*?$|^\* - .*?$",
    re.M | re.S,
)


@functools.cache  # which every turn is looked for in
def prose(path: Path) -> str:
    """Return what a page says in words, its captions and descriptions of figures included."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        parts = []
        for cell in json.loads(text)["cells"]:
            figure = cell["metadata"].get("mystnb", {})
            parts += ["".join(cell["source"])] if cell["cell_type"] == "markdown" else []
            parts += [figure.get(kind, {}).get(key, "")
                      for kind, key in (("figure", "caption"), ("image", "alt"))]  # fmt: skip
        text = "\n\n".join(parts)
    return NOT_OURS.sub(" ", text)


def american_words() -> str:
    """Return a dictionary for codespell that prefers British spelling, from its own one."""
    pairs = files("codespell_lib").joinpath("data/dictionary_en-GB_to_en-US.txt").read_text("utf-8")
    lines = (line.split("->") for line in pairs.splitlines())
    return "".join(f"{american.strip(', ')}->{british}\n" for british, american in lines)


def misspelt(*options: str) -> list[str]:
    """Return what codespell finds."""
    ignored = ",".join(SETTINGS["spelling"]["right"])
    command = [sys.executable, "-m", "codespell_lib", "-D", "-", "-L", ignored, *options]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert process.stderr == ""
    return process.stdout.splitlines()


@IN_ENGLISH
def test_the_prose_has_one_spelling(tmp_path):
    (tmp_path / "british").write_text(american_words(), "utf-8")
    (tmp_path / "prose").mkdir()
    for path in [*NOTEBOOKS, *PAGES]:
        (tmp_path / "prose" / f"{path.stem}.txt").write_text(prose(path), "utf-8")
    options = "-D", str(tmp_path / "british"), str(tmp_path / "prose")
    assert misspelt(*options) == []
    (tmp_path / "prose" / "wrong.txt").write_text("The behavior of teh netwrok", "utf-8")
    assert len(misspelt(*options)) == 3


def test_code_has_no_typing_errors():
    kinds = {".py", ".js", ".css", ".toml", ".yml", ".cff"}
    left_out = SETTINGS["spelling"]["files"]
    names = [path.relative_to(ROOT).as_posix() for path in sources.files() if path.suffix in kinds]
    names = [name for name in names if name not in left_out]
    assert len(names) > 200
    assert misspelt(*names) == []


@IN_ENGLISH
@pytest.mark.parametrize("turn", SETTINGS["turn"], ids=lambda turn: turn.get("pattern", str(turn)))
def test_a_turn_does_not_come_back(turn):
    lacking = {"pattern", "instead", "example"} - turn.keys()
    assert not lacking, f"a [[turn]] of language.toml lacks {sorted(lacking)}: {turn}"
    pattern = re.compile(re.sub(r" (?![*+?{])", r"\\s+", turn["pattern"]), re.I)
    assert pattern.search(turn["example"])
    places = [
        f"{path.name}: …{text[max(match.start() - 40, 0) : match.end() + 40]}…"
        for path in [*NOTEBOOKS, *PAGES]
        for text in [prose(path)]
        for match in pattern.finditer(text)
    ]
    assert not places, f"say instead: {turn['instead']}"
