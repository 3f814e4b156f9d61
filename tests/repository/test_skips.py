"""A skipped test is noticed where every test is required, and only there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

def test_runs():
    pass

def test_without_files():
    pytest.skip("the site has no live cells")

@pytest.mark.skip(reason="later")
def test_later():
    raise AssertionError

def test_allowed():
    pytest.skip("PyTorch is installed")

@pytest.mark.xfail(reason="known")
def test_known():
    raise AssertionError
"""


@pytest.mark.parametrize("name", ["CI", "REQUIRED", None])
def test_a_skip_is_a_failure_where_tests_are_required(tmp_path, name):
    (tmp_path / "tests").mkdir()
    shutil.copyfile(ROOT / "tests" / "conftest.py", tmp_path / "tests" / "conftest.py")
    (tmp_path / "tests" / "test_some.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "tests" / "test_module.py").write_text(
        "import pytest\npytest.importorskip('no_such_module')\n", encoding="utf-8"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n", encoding="utf-8")
    environment = {key: os.environ[key] for key in os.environ.keys() - {"CI", "REQUIRED"}}
    environment["PYTHONPATH"] = str(ROOT)
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # none is needed, and they take a second
    if name:
        environment[name] = "true"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(
        [*command, "--continue-on-collection-errors"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if name is None:
        assert done.returncode == 0, done.stdout
        assert "1 passed, 4 skipped, 1 xfailed" in done.stdout
        return
    assert done.returncode != 0
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 2 errors" in done.stdout
    for words in ("the site has no live cells", "later", "could not import 'no_such_module'"):
        assert f"should have run, but was skipped: {words}" in done.stdout
    assert "PyTorch is installed" not in done.stdout
