#!/usr/bin/env bash
# autograd 1.8.0 and 1.9.1 with NumPy 2.2.6.
#
# autograd's documentation tells users to import autograd.numpy, since NumPy's own functions cannot
# take the boxes in which autograd passes numbers.  With 1.8.0 that is so: numpy.tanh raises
# TypeError.  With 1.9.1 the same program gives the right derivative, so a program that was written
# with 1.9 breaks for whoever has an older release that the program's requirements allow.
#
# Output seen (Python 3.11, 2026-11-30), derivative of numpy.tanh at 0.5:
#     1.8.0 TypeError
#     1.9.1 0.786448
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > plain.py <<'PYTHON'
import importlib.metadata

import numpy as np
from autograd import grad

try:
    seen = f"{grad(np.tanh)(0.5):.6f}"
except TypeError:
    seen = "TypeError"
print(importlib.metadata.version("autograd"), seen)
PYTHON
for version in 1.8.0 1.9.1; do
    python3 -m venv "$version"
    "$version/bin/pip" install --quiet --disable-pip-version-check "autograd==$version" numpy==2.2.6
    "$version/bin/python" plain.py
done > seen
cat seen
diff seen - <<'SEEN'
1.8.0 TypeError
1.9.1 0.786448
SEEN
