"""What all tests share."""

import os

# One thread: results do not depend on it, and two processes can share two cores.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
