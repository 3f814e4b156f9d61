"""The cluster of chapter 17 starts and ends without a word, also where its usual port is taken."""

import json
import subprocess
import sys

from web import ROOT, kernel_environment

WORK = """
import socket
try:
    taken = socket.create_server(("", 8787))  # as RStudio, or another student's cluster, takes it
except OSError:
    pass  # it is taken
for _ in range(2):
    with Client(**local) as client:
        print(sorted(client.gather(client.map(abs, range(-8, 0)))))
"""


def test_nothing_is_written_to_stderr():
    path = ROOT / "chapters" / "17-hyperparameters.ipynb"
    nb = json.loads(path.read_text(encoding="utf-8"))
    sources = ["".join(c["source"]) for c in nb["cells"] if c["cell_type"] == "code"]
    (cell,) = [source for source in sources if "with Client(" in source]
    settings = cell.partition("with Client(")[0]
    code = f"from dask.distributed import Client\n{settings}\n{WORK}"
    with kernel_environment.home() as home:
        environment = kernel_environment.variables(home)
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=home, env=environment,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout == "[1, 2, 3, 4, 5, 6, 7, 8]\n" * 2
