#!/usr/bin/env bash
# sphinx-proof 0.4.0 on Sphinx 7.4.7.
#
# Every theorem, definition and lemma of a page puts its text into a section with the same id,
# "proof-content".  A page with two of them is not valid HTML, a link to #proof-content leads to the
# first one, and the build, with warnings as errors, says nothing.  The labels themselves are unique.
#
# Output seen (Python 3.11, 2026-11-30), ids of a page with two theorems that occur twice:
#     proof-content 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check sphinx-proof==0.4.0 sphinx==7.4.7
mkdir source
printf 'extensions = ["sphinx_proof"]\n' > source/conf.py
cat > source/index.rst <<'RST'
Two theorems
============

.. prf:theorem:: First
   :label: first

   One is odd.

.. prf:theorem:: Second
   :label: second

   Two is even.
RST
env/bin/python -m sphinx -q -W -b html source out
env/bin/python - <<'PYTHON'
import collections
import re

page = open("out/index.html", encoding="utf-8").read()
counts = collections.Counter(re.findall(r'\bid="([^"]+)"', page))
twice = {name: count for name, count in counts.items() if count > 1}
for name, count in twice.items():
    print(name, count)
assert {"first", "second"} <= set(counts)
assert twice == {"proof-content": 2}, "this has changed"
PYTHON
