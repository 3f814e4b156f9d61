#!/usr/bin/env bash
# NumPy 2.4.6: in an array of objects that holds plain Python floats, floor, ceil and trunc work
# and give Python ints, while rint and exp fail for want of a method of that name.  hypot fails
# for the same reason, but with another exception.
#
# Output:
#   floor [1] int
#   ceil  [2] int
#   trunc [1] int
#   rint  TypeError: loop of ufunc does not support argument 0 of type float which has no callable rint method
#   exp   TypeError: loop of ufunc does not support argument 0 of type float which has no callable exp method
#   hypot AttributeError: 'float' object has no attribute 'hypot'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet numpy==2.4.6
"$folder/env/bin/python" - <<'PYTHON'
import numpy as np

numbers = np.array([1.5], dtype=object)
for function, value in ((np.floor, 1), (np.ceil, 2), (np.trunc, 1)):
    result = function(numbers)
    print(f"{function.__name__:5} {result} {type(result[0]).__name__}")
    assert result[0] == value
    assert type(result[0]) is int

for name, call, kind in (
    ("rint", lambda: np.rint(numbers), TypeError),
    ("exp", lambda: np.exp(numbers), TypeError),
    ("hypot", lambda: np.hypot(numbers, numbers), AttributeError),
):
    try:
        call()
    except kind as error:
        print(f"{name:5} {kind.__name__}: {error}")
    else:
        raise SystemExit(f"{name} works now")
PYTHON
