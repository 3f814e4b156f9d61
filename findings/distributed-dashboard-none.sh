#!/bin/bash
# distributed 2026.8.0: LocalCluster(dashboard_address=None) still opens port 8787.
#
# The docstring says of dashboard_address: "Set to None to disable the dashboard."  Its pages are
# then not served, but the scheduler's HTTP server listens all the same, on the dashboard's default
# port 8787 (Server.start_http_server: ``dashboard_address or default_port``), and answers requests.
# If another program has the port, RStudio Server say, there is a warning that a cluster may be
# running already.  What takes no fixed port is "127.0.0.1:0".
#
# Output seen:
#   None:          listens on 8787, GET /health answers b'HTTP/1.1 200 OK'; a second one warns:
#                  Port 8787 is already in use.
#   127.0.0.1:0:   no warning, and not 8787
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/environment"
"$place/environment/bin/python" -m pip install --quiet dask==2026.8.0 distributed==2026.8.0
cat > "$place/dashboard.py" <<'END'
import socket
import warnings

from distributed import LocalCluster

settings = dict(n_workers=1, threads_per_worker=1, processes=False, silence_logs="CRITICAL")


def start(address):
    with warnings.catch_warnings(record=True) as messages:
        warnings.simplefilter("always")
        cluster = LocalCluster(dashboard_address=address, **settings)
    messages = [str(m.message).partition("\n")[0] for m in messages]
    return cluster, [m for m in messages if m.startswith("Port ")]


try:
    socket.create_server(("", 8787)).close()
except OSError:
    raise SystemExit("port 8787 is in use here already: this cannot be tried") from None

first, nothing = start(None)
with first:
    port = first.scheduler.http_server.port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        answer = connection.recv(15)
    second, messages = start(None)
    second.close()
    third, quiet = start("127.0.0.1:0")
    with third:
        other = third.scheduler.http_server.port
print(f"None: listens on {port}, GET /health answers {answer}; a second one warns: {messages}")
print(f"127.0.0.1:0: listens on {other}, warnings: {quiet}")
assert (port, answer) == (8787, b"HTTP/1.1 200 OK"), "None now disables the server"
assert len(messages) == 1
assert not nothing
assert not quiet
assert other != 8787
END
cd "$place"
environment/bin/python dashboard.py
