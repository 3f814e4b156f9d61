#!/bin/bash
# nbval 0.11.0: of an output that is updated only the first state is compared, so a stale one passes.
#
# The cell shows "working" and then updates that output to "done".  Run by nbclient, as Jupyter
# would, "done" is what is stored.  nbval ignores update_display_data: the notebook stored a moment ago
# fails, and one with the outdated state "working" passes.
#
# Output seen:
#   stored as executed ('done'):    1 failed
#   with the outdated 'working':    1 passed
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/environment"
"$place/environment/bin/python" -m pip install --quiet \
  nbval==0.11.0 nbclient==0.11.0 ipykernel==7.4.0 ipython==9.10.0 pytest==9.2.0
cat > "$place/store.py" <<'END'
import nbformat
from nbclient import NotebookClient

source = 'handle = display("working", display_id=True)\nhandle.update("done")'
notebook = nbformat.v4.new_notebook()
notebook.cells = [nbformat.v4.new_code_cell(source)]
NotebookClient(notebook, kernel_name="python3").execute()
(output,) = notebook.cells[0].outputs
assert output.data["text/plain"] == "'done'"
nbformat.write(notebook, "executed.ipynb")
output.data["text/plain"] = "'working'"
nbformat.write(notebook, "outdated.ipynb")
END
cd "$place"
export PATH="$place/environment/bin:$PATH" JUPYTER_PREFER_ENV_PATH=1
python store.py
for name in executed outdated; do
  python -m pytest -p no:cacheprovider --color=no --nbval --nbval-current-env "$name.ipynb" > "$name.report" || true
  echo "$name: $(tail -1 "$name.report")"
done
grep -q "1 failed" executed.report
grep -q "1 passed" outdated.report
