#!/bin/bash
# distributed 2026.8.0: LocalCluster.scale(1) loses the data that lie on the worker it closes.
#
# A worker that is retired (Client.retire_workers) first hands its data to the others.  One would
# expect the same of a cluster that is made smaller: SpecCluster._correct_state_internal does call
# Scheduler.retire_workers before it closes workers.  But it passes their names (0, 1) as
# ``workers``, where addresses are expected; no address matches, nothing is retired, and the
# workers are closed with their data.  Results of tasks are computed again; scattered data are
# gone, and their futures are cancelled.
#
# Output seen:
#   scale(1):         ['finished', 'cancelled', 'finished', 'cancelled', 'finished', 'cancelled']
#   retire_workers(): ['finished', 'finished', 'finished', 'finished', 'finished', 'finished']
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/environment"
"$place/environment/bin/python" -m pip install --quiet dask==2026.8.0 distributed==2026.8.0
cat > "$place/scale.py" <<'END'
import time

from distributed import Client, LocalCluster

settings = dict(n_workers=2, threads_per_worker=1, processes=False)
settings |= dict(dashboard_address="127.0.0.1:0", silence_logs="CRITICAL")


def statuses(shrink):
    with LocalCluster(**settings) as cluster, Client(cluster) as client:
        futures = client.scatter([1, 2, 3, 4, 5, 6])  # three go to each worker
        shrink(cluster, client)
        for _ in range(100):
            if len(client.scheduler_info()["workers"]) == 1:
                break
            time.sleep(0.1)
        time.sleep(1)
        return [future.status for future in futures]


def scale(cluster, client):
    cluster.scale(1)


def retire(cluster, client):
    client.retire_workers(list(client.scheduler_info()["workers"])[1:])


scaled, retired = statuses(scale), statuses(retire)
print("scale(1):        ", scaled)
print("retire_workers():", retired)
assert scaled.count("cancelled") == 3, "no data are lost any more"
assert retired.count("finished") == 6
END
cd "$place"
environment/bin/python scale.py
