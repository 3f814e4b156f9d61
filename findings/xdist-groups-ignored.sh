#!/usr/bin/env bash
# pytest-xdist 3.8.0 with pytest 9.2.0: `--dist loadgroup` ignores every `xdist_group` mark.
#
# Tests of one group should run in one process.  xdist appends "@group" to the names of tests, and
# sends those with one suffix to one process; with pytest 9.2.0 nothing is grouped, and nothing says
# so (with pytest 8.4.2 it works): what the tests share is made in several processes at once.
#
# Output seen (Python 3.11, 2026-11-28), the processes in which the tests of a group ran:
#     a: gw0 gw1
# and with `--dist loadscope`, which goes by the name of the file, one process.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pytest==9.2.0 pytest-xdist==3.8.0
cat > "$folder/test_groups.py" <<'TESTS'
import os, time
import pytest

@pytest.mark.xdist_group("a")
@pytest.mark.parametrize("number", range(6))
def test_one_group(number):
    time.sleep(0.2)
    with open(os.environ["SEEN"], "a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + "\n")
TESTS
cd "$folder"
seen() {
    rm -f workers
    SEEN=workers venv/bin/python -m pytest -q -n 2 --dist "$1" test_groups.py > log
    sort -u workers | tr '\n' ' '
}
grouped=$(seen loadgroup)
scoped=$(seen loadscope)
echo "a: $grouped"
[ "$grouped" = "gw0 gw1 " ] || { echo "loadgroup runs the group in: $grouped" >&2; exit 1; }
[ "$(wc -w <<< "$scoped")" = 1 ] || { echo "loadscope runs the file in: $scoped" >&2; exit 1; }
