#!/bin/bash
# nbval 0.11.0: a notebook with a cell that ends in a semicolon always fails, however fresh its outputs are.
#
# IPython hides the value of such a cell; whether there is a semicolon it asks its history.  nbval
# executes with store_history=False, so IPython finds another cell, or none, and shows the value, which
# is then an output that is not stored.  The message does not name the semicolon:
#
# Output seen (the notebook was executed and stored by nbclient a second before):
#   Unexpected output fields from running code: {'text/plain'}
#   1 failed, 1 passed
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/environment"
"$place/environment/bin/python" -m pip install --quiet \
  nbval==0.11.0 nbclient==0.11.0 ipykernel==7.4.0 ipython==9.10.0 pytest==9.2.0
cat > "$place/store.py" <<'END'
import nbformat
from nbclient import NotebookClient

notebook = nbformat.v4.new_notebook()
notebook.cells = [nbformat.v4.new_code_cell(source) for source in ("x = 41", "x + 1;")]
NotebookClient(notebook, kernel_name="python3").execute()
assert not notebook.cells[1].outputs  # hidden, as it should be
nbformat.write(notebook, "semicolon.ipynb")
END
cd "$place"
export PATH="$place/environment/bin:$PATH" JUPYTER_PREFER_ENV_PATH=1
python store.py
status=0
python -m pytest -p no:cacheprovider --color=no --nbval --nbval-current-env semicolon.ipynb > report || status=$?
grep -E "Unexpected output fields|passed|failed" report
test "$status" = 1
grep -q "Unexpected output fields from running code: .*text/plain" report
grep -q "1 failed, 1 passed" report
if grep -qi "semicolon:" report; then exit 1; fi  # a message that names it
