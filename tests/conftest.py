"""What all tests share: the tools can be imported."""

import os
import sys
from pathlib import Path

# One thread: results do not depend on it, and two processes can share two cores.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
