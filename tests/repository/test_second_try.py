"""A browser test that fails is run once more, alone; whatever else fails stays red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
from pathlib import Path

import pytest

RUNS = Path(__file__).with_name("runs")

@pytest.fixture
def chrome():
    return None

def runs():
    number = len(RUNS.read_text()) + 1 if RUNS.exists() else 1
    RUNS.write_text("." * number)
    return number

def test_slow_page(chrome):
    assert runs() > {slow}

def test_page(chrome):
    pass

def test_sum():
    assert {right}
"""
BROKEN = """
def test_broken_page_{number}(chrome):
    raise AssertionError
"""


@pytest.fixture
def run(tmp_path):
    """Return a function that runs tests as ``make test`` does, and returns what came of it."""
    (tmp_path / "tests" / "site").mkdir(parents=True)
    shutil.copyfile(ROOT / "tests" / "conftest.py", tmp_path / "tests" / "conftest.py")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n", encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (again,) = [line for line in makefile.splitlines() if line.startswith("OR_AGAIN = ")]
    (tmp_path / "Makefile").write_text(
        f"RUN = {sys.executable}\n{again}\n"
        "test:\n\t$(RUN) -m pytest -p no:cacheprovider $(CHOSEN) tests $(OR_AGAIN)\n"
    )

    def make(chosen="-m browser", slow=0, broken=0, right=True):
        text = TESTS.format(slow=slow, right=right)
        text += "".join(BROKEN.format(number=number) for number in range(broken))
        (tmp_path / "tests" / "site" / "test_some.py").write_text(text, encoding="utf-8")
        plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # none is needed, and they take a second
        environment = {**os.environ, **plugins, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            ["make", "test", f"CHOSEN={chosen}"],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return make


def test_what_passes_is_not_run_again(run):
    done = run()
    assert done.returncode == 0
    assert "2 passed" in done.stdout
    assert "second try" not in done.stdout


def test_a_page_that_was_slow_once_is_named_and_does_not_fail_the_build(run):
    done = run(slow=1)
    assert done.returncode == 0, done.stdout
    assert "1 failed, 1 passed" in done.stdout
    named = done.stdout.split("passed at the second try only")[1]
    assert "tests/site/test_some.py::test_slow_page\n" in named
    assert "1 passed, 2 deselected" in named  # without what had passed


@pytest.mark.parametrize(
    ("arguments", "tries"),
    [
        ({"slow": 2}, 2),  # slow each time
        ({"broken": 2}, 2),
        ({"slow": 1, "broken": 5}, 1),  # too many at once
        ({"slow": 1, "right": False, "chosen": ""}, 1),  # something else failed too
        ({"chosen": "-m nothing_of_that"}, 0),  # no test at all
    ],
)
def test_everything_else_stays_red(run, arguments, tries):
    done = run(**arguments)
    assert done.returncode != 0
    assert done.stdout.count("short test summary info") == tries
    assert "passed at the second try only" not in done.stdout


def test_only_browser_tests_have_a_second_try():
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    again = [line for line in lines if line.endswith("$(OR_AGAIN)")]
    assert again
    assert all("-m browser" in line for line in again)
