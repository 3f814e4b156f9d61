#!/usr/bin/env bash
# autograd 1.9.1 (NumPy 2.4.6): no derivative at points where the function is smooth.
#
# - The determinant is a polynomial; of (1 2; 2 4) its gradient is the cofactor matrix
#   (4 -2; -2 1).  The rule uses det(A) times the inverse, so that a singular matrix is an error.
# - sinc is smooth at 0, with derivative 0; the rule divides by x² and gives NaN.
# - minimum(x, NaN) is NaN, but its derivative is said to be 0, without a warning.
#
# Output:
#   det of a singular matrix: LinAlgError, Singular matrix
#   sinc at 0: value 1.0, derivative nan
#   minimum(1, nan): value nan, derivative 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet autograd==1.9.1 numpy==2.4.6
"$folder/env/bin/python" -W ignore - <<'PYTHON'
import math

import autograd.numpy as np
import numpy
from autograd import grad

singular = np.array([[1.0, 2.0], [2.0, 4.0]])
try:
    grad(np.linalg.det)(singular)
except numpy.linalg.LinAlgError as error:
    print(f"det of a singular matrix: {type(error).__name__}, {error}")
else:
    raise SystemExit("det of a singular matrix has a gradient now")

print(f"sinc at 0: value {np.sinc(0.0)}, derivative {grad(np.sinc)(0.0)}")
assert np.sinc(0.0) == 1.0
assert math.isnan(grad(np.sinc)(0.0))


def least(x):
    return np.minimum(x, math.nan)


print(f"minimum(1, nan): value {least(1.0)}, derivative {grad(least)(1.0)}")
assert math.isnan(least(1.0))
assert grad(least)(1.0) == 0.0
PYTHON
