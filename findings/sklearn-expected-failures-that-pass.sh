#!/bin/bash
# scikit-learn 1.9.1: check_estimator does not notice that an expected failure passes, or that no
# check has its name.
#
# ``expected_failed_checks`` says which checks an estimator is known to fail.  When the fault is mended and the
# check passes, its status is "passed" and nothing is said; a name that does not exist is accepted as
# well.  So the list can only grow, and a misspelt entry protects nothing.
#
# Output seen:
#   check_fit2d_1sample, which LogisticRegression passes: passed
#   warnings: 0, checks with the name that does not exist: 0
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/environment"
"$place/environment/bin/python" -m pip install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
cat > "$place/expected.py" <<'END'
import warnings

from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import check_estimator

expected = {"check_fit2d_1sample": "known", "check_that_does_not_exist": "known"}
with warnings.catch_warnings(record=True) as messages:
    warnings.simplefilter("always")
    results = check_estimator(
        LogisticRegression(), expected_failed_checks=expected, on_fail=None, on_skip=None
    )
named = [m for m in messages if any(name in str(m.message) for name in expected)]
statuses = [r["status"] for r in results if r["check_name"] == "check_fit2d_1sample"]
unknown = [r for r in results if r["check_name"] == "check_that_does_not_exist"]
print("check_fit2d_1sample, which LogisticRegression passes:", *statuses)
print(f"warnings: {len(named)}, checks with the name that does not exist: {len(unknown)}")
assert statuses == ["passed"], "an expected failure that passes now shows"
assert not named
assert not unknown
END
cd "$place"
environment/bin/python expected.py
