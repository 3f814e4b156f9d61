#!/usr/bin/env bash
# scikit-learn 1.9.1: a misspelt parameter is a ValueError that lists the valid ones, but a
# nested parameter of something that is no estimator is an AttributeError about set_params that
# names neither the parameter nor the estimator.  A search over it stops before the first fit.
#
# Output:
#   alpa: ValueError: Invalid parameter 'alpa' for estimator Ridge(). Valid parameters are: ...
#   alpha__start: AttributeError: 'float' object has no attribute 'set_params'
#   solver__kind in a search: AttributeError: 'str' object has no attribute 'set_params'
#   estimator__alpha of BaggingRegressor(): AttributeError: 'NoneType' object has no attribute 'set_params'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6
"$folder/env/bin/python" - <<'PYTHON'
from sklearn.ensemble import BaggingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV

X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 2.0, 3.0]


def outcome(label, call, expected):
    try:
        call()
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        print(f"{label}: {text[:90]}")
        assert text.startswith(expected), text
    else:
        raise SystemExit(f"{label} is accepted now")


outcome("alpa", lambda: Ridge().set_params(alpa=1), "ValueError: Invalid parameter 'alpa'")
about = "AttributeError: '{}' object has no attribute 'set_params'"
outcome("alpha__start", lambda: Ridge().set_params(alpha__start=1), about.format("float"))
search = GridSearchCV(Ridge(), {"solver__kind": [1, 2]}, cv=2)
outcome("solver__kind in a search", lambda: search.fit(X, y), about.format("str"))
outcome(
    "estimator__alpha of BaggingRegressor()",  # although a default tree stands behind None
    lambda: BaggingRegressor().set_params(estimator__alpha=1),
    about.format("NoneType"),
)
PYTHON
