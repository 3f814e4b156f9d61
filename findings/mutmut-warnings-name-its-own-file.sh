#!/usr/bin/env bash
# mutmut 3.8.1 with pytest 9.2.0: warnings of functions that it mutates.
#
# mutmut lets every function be called through one of its own.  A warning with stacklevel=2, which
# names the caller's file, then names mutmut's trampoline.py.  A test that asks where a warning points
# passes with pytest, and with mutmut fails before anything is mutated, so that no mutant is run.
#
# Output seen (Python 3.11, 2026-11-30).
#     pytest alone: 1 passed
#     the warning names: trampoline.py
#     failed to collect stats. runner returned 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mutmut==3.8.1 pytest==9.2.0
mkdir tool tests
touch tool/__init__.py
cat > tool/speed.py <<'PYTHON'
import warnings


def speed(way, time):
    if time > 100:
        warnings.warn("that is slow", stacklevel=2)
    return way / time
PYTHON
cat > tests/test_speed.py <<'PYTHON'
import warnings
from pathlib import Path

from tool.speed import speed


def test_speed():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        assert speed(200, 200) == 1
    name = Path(found[0].filename).name
    print("the warning names:", name)
    assert name == "test_speed.py"
PYTHON
printf '[tool.mutmut]\nsource_paths = ["tool"]\n[tool.pytest.ini_options]\npythonpath = ["."]\n' > pyproject.toml
{
    echo "pytest alone: $(venv/bin/python -m pytest -q | grep -o '1 passed')"
    venv/bin/python -m mutmut run --max-children 1 2>&1 | tr '\r' '\n' |
        grep -oE '^the warning names: .*|failed to collect stats.*' | sort -ru || true
} > seen
cat seen
diff seen - <<'SEEN'
pytest alone: 1 passed
the warning names: trampoline.py
failed to collect stats. runner returned 1
SEEN
