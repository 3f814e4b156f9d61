"""The page for teachers promises what there is: targets, commands, variables, files, chapters."""

import re
import subprocess
import sys

import pytest

from web import ROOT, notebooks

TEXT = (ROOT / "chapters" / "teaching.md").read_text("utf-8")
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))
BLOCKS = re.findall(r"(?ms)^```console\n(.*?)^```", TEXT)
COMMANDS = [line.split("#")[0].strip() for block in BLOCKS for line in block.splitlines()]


def test_every_target_is_there_with_its_variables():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = re.findall(r"(?:`|(?m:^))make ([a-z-]+)((?: [A-Z]+=)?)", TEXT)
    assert len(named) > 8
    for target, variable in named:
        rule = re.search(rf"(?ms)^{target}:.*?(?=^\S|\Z)", makefile)
        assert rule, target
        assert not variable or variable.strip(" =") in rule[0], (target, variable)


def test_every_command_is_one_that_the_environment_has():
    assert len(COMMANDS) >= 5
    for command in COMMANDS:
        assert command.split()[0] in {"make", "git", "mkdir", "cp", ".venv/bin/python"}, command
    assert not re.search(r"(?<!/)\bpython -m ", TEXT), "the system's Python has not the packages"


@pytest.mark.parametrize(
    "command", [c for c in COMMANDS if c.startswith(".venv")], ids=lambda c: c.split()[3]
)
def test_a_command_has_the_arguments_that_are_named(command):
    _, m, module, subcommand, *rest = command.split()
    assert m == "-m"
    said = subprocess.run(
        [sys.executable, "-m", module, subcommand, "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert rest[0] in said, "the grader is a choice"
    for option in re.findall(r"`(--[a-z-]+)`", TEXT):
        assert option in said or subcommand == "student"


def test_every_variable_is_read():
    names = set(re.findall(r"`(BOOK_[A-Z]+)", TEXT))
    assert {"BOOK_REPOSITORY", "BOOK_BRANCH", "BOOK_FORGE"} <= names
    program = (ROOT / "web" / "pages" / "repository_buttons.py").read_text("utf-8")
    assert not [name for name in names if name not in program]


def test_every_file_is_there():
    names = re.findall(r"`((?:\.?[\w-]+/)+[\w.-]*|[\w-]+\.(?:txt|md|yml|toml))`", TEXT)
    made = r"_build/|(web|chapters)/locale/nb[./]"  # by the commands that stand beside them
    names = [name for name in names if not re.match(made, name)]
    assert len(names) > 4
    assert not [name for name in names if not (ROOT / name).exists()]


def test_the_plan_and_the_sizes_name_chapters_that_are_there():
    """A chapter that somebody adds need not be in the plan, nor measured."""
    plan, _, rest = TEXT.partition("If you have a single double lecture")
    table = "\n".join(line for line in plan.splitlines() if line.startswith("|"))
    planned = re.findall(r"\{doc\}`(\d\d-[\w-]+)`", table)
    assert len(planned) > 10
    assert set(planned) <= set(CHAPTERS)
    sizes = re.findall(r"(?m)^\| \{doc\}`(\d\d-[\w-]+)` \| \d+ \| \d+ \|$", rest)
    assert len(sizes) > 10
    assert sizes == [name for name in CHAPTERS if name in sizes]


def test_the_chapters_that_no_browser_can_run_are_named():
    without = [int(name[:2]) for name in CHAPTERS
               if notebooks.required(ROOT / "chapters" / f"{name}.ipynb")]  # fmt: skip
    told = re.search(r"chapters (\d+) (?:to|and) (\d+) excepted", TEXT)
    between = range(int(told[1]), int(told[2]) + 1)
    assert without == [
        number for number in map(int, (n[:2] for n in CHAPTERS)) if number in between
    ]


def test_marking_has_the_limits_that_are_told():
    assert "five minutes, two of them of processor time" in " ".join(TEXT.split())
    marking = (ROOT / "tools" / "editions" / "marking.py").read_text("utf-8")
    main = (ROOT / "tools" / "editions" / "__main__.py").read_text("utf-8")
    assert re.search(r'"--limit", type=float, default=300\b', main)
    assert "ulimit -t 120 " in marking
