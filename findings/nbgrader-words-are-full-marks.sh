#!/bin/bash
# nbgrader 0.9.6: a test cell whose last line has a value that is no number gets all points, even if
# the value is False or the words "all wrong".  A right answer that writes to stderr gets none.
#
# A value is taken as partial credit; what cannot be converted to a number counts as full credit,
# with a warning in the log.  Any output on stderr in the test's cell counts as a failure.
#
# Output seen:
#   value-false 3.0 of 3
#   value-words 3.0 of 3
#   on-stderr 0.0 of 3
#   asserted 0.0 of 3
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/environment"
"$place/environment/bin/python" -m pip install --quiet nbgrader==0.9.6 ipykernel==7.4.0
mkdir -p "$place/source/one" "$place/home"
cd "$place"
export PATH="$place/environment/bin:$PATH" JUPYTER_PREFER_ENV_PATH=1 HOME="$place/home"
cat > make.py <<'END'
import nbformat

TESTS = {
    "value-false": "1 + 1 == 3",
    "value-words": "'all wrong'",
    "on-stderr": "import sys\nprint('by the way', file=sys.stderr)\nassert 1 + 1 == 2",
    "asserted": "assert 1 + 1 == 3",
}
notebook = nbformat.v4.new_notebook()
for name, source in TESTS.items():
    settings = {"schema_version": 3, "grade_id": name, "grade": True, "solution": False,
                "locked": True, "task": False, "points": 3}
    notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"nbgrader": settings}))
nbformat.write(notebook, "source/one/one.ipynb")
END
cat > report.py <<'END'
from nbgrader.api import Gradebook

with Gradebook("sqlite:///gradebook.db") as book:
    grades = book.find_submission("one", "student").notebooks[0].grades
    found = {grade.name: (grade.auto_score, grade.max_score) for grade in grades}
for name in ("value-false", "value-words", "on-stderr", "asserted"):
    print(name, found[name][0], "of", f"{found[name][1]:g}")
points = {name: score for name, (score, _) in found.items()}
assert points == {"value-false": 3, "value-words": 3, "on-stderr": 0, "asserted": 0}
END
python make.py
nbgrader generate_assignment one > log 2>&1
mkdir -p submitted/student
cp -r release/one submitted/student/one
nbgrader autograde one > log 2>&1
grep -c "cannot be converted to" log
python report.py
