#!/usr/bin/env bash
# PyTorch 2.13.0, torch.utils.flop_counter.FlopCounterMode, on the processor.
#
# The counter knows products of two matrices and of batches of them (aten.mm, bmm and their like), and
# not that of a matrix and a vector (aten.mv), which counts as 0 without a word.  Which of the two a
# program calls depends on the order: row @ W becomes a product of matrices and is counted, W.T @ row,
# the same numbers, is not.
#
# Output seen (Python 3.11, 2026-11-29), for 64 by 32 numbers:
#     row @ W     4096
#     W.T @ row   0
#     equal       True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cat > look.py <<'PYTHON'
import torch
from torch.utils.flop_counter import FlopCounterMode

torch.manual_seed(0)
W, row = torch.randn(64, 32, dtype=torch.float64), torch.randn(64, dtype=torch.float64)


def count(product):
    with FlopCounterMode(display=False) as counter:
        product()
    return counter.get_total_flops()


left, right = count(lambda: row @ W), count(lambda: W.T @ row)
equal = torch.allclose(row @ W, W.T @ row)
print(f"row @ W     {left}\nW.T @ row   {right}\nequal       {equal}")
assert (left, right, equal) == (4096, 0, True), "this has changed"
PYTHON
env/bin/python look.py
