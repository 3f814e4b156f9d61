#!/usr/bin/env bash
# autograd 1.9.1 (NumPy 2.4.6): forward mode (make_jvp) and reverse mode (grad) give different
# derivatives of the same function at the same point, where a term 0 * inf or 0 * NaN arises.
#
# - x0 ** x1 at (-2, 3), derivative by x0 alone: reverse 12 (right), forward NaN.  The direction
#   is (1, 0), but the rule for the exponent is used all the same: 0 * log(-2) = NaN.
# - where(x > 0, sqrt(x), 0) at 0: reverse NaN, forward 0.
#
# Both functions have the value that one expects; there is a RuntimeWarning, but no error.
#
# Output:
#   x0 ** x1      reverse 12.0   forward nan
#   where, sqrt   reverse nan   forward 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet autograd==1.9.1 numpy==2.4.6
"$folder/env/bin/python" -W ignore - <<'PYTHON'
import math

import autograd.numpy as np
from autograd import grad, make_jvp


def power(x):
    return x[0] ** x[1]


def guarded_root(x):
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


reverse = grad(power)(np.array([-2.0, 3.0]))[0]
_, forward = make_jvp(power)(np.array([-2.0, 3.0]))(np.array([1.0, 0.0]))
print(f"x0 ** x1      reverse {reverse}   forward {forward}")
assert reverse == 12.0
assert math.isnan(forward)

reverse = grad(guarded_root)(np.array([0.0]))[0]
_, forward = make_jvp(guarded_root)(np.array([0.0]))(np.array([1.0]))
print(f"where, sqrt   reverse {reverse}   forward {forward}")
assert math.isnan(reverse)
assert forward == 0.0
PYTHON
