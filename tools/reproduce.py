"""Run the notebooks again and again, to see that the stored outputs come out every time.

    python -m tools.reproduce [--runs 10] [NOTEBOOK ...]

Each run executes the notebooks afresh, all that can be executed here or those that are named,
and compares with their stored outputs (nbval).  The runs take turns with one thread and with
two, and with every instruction set of this processor for which OpenBLAS has a kernel: digits
that depend on the order of a sum show up.  Whether OpenBLAS took the kernel is asked, not
assumed.  Other versions of NumPy and the rest are a matter of the environment::

    VERSIONS=oldest make reproduce        (tools/environment.py; newest likewise)
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from web import notebooks

ROOT = Path(__file__).resolve().parent.parent
# OpenBLAS's names of processors, one for each instruction set that matters, oldest first.
KERNELS = ("Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX", "SapphireRapids")
ASK = """
import numpy, threadpoolctl
numpy.ones((99, 99)) @ numpy.ones((99, 99))  # stops a processor that lacks the instructions
print(*{found.get("architecture", "unknown") for found in threadpoolctl.threadpool_info()})
"""


def environment(kernel: str, threads: int) -> dict[str, str]:
    """Return the environment in which a run takes place."""
    number = str(threads)
    chosen = {"OMP_NUM_THREADS": number, "OPENBLAS_NUM_THREADS": number}
    chosen["OPENBLAS_THREAD_TIMEOUT"] = "4"  # idle threads sleep at once: two kernels run at a time
    return {**os.environ, **chosen, "OPENBLAS_CORETYPE": kernel}


def kernels() -> list[str]:
    """Return those of KERNELS with which OpenBLAS does different things on this processor."""
    found = {}  # by what OpenBLAS calls them: some names stand for the same kernel
    for kernel in KERNELS:
        asked = subprocess.run(
            [sys.executable, "-c", ASK],
            env=environment(kernel, 1), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if asked.returncode == 0:
            found.setdefault(asked.stdout, kernel)
    return list(found.values())


def run(names: list[str], kernel: str, threads: int) -> tuple[str, list[str]]:
    """Run notebooks once; return the counts, and the failures as nbval reports them."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", os.environ.get("WORKERS", "2")]
    command += ["--dist", "loadscope", "-p", "no:randomly", "--tb=short"]
    command += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "900", *names]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(kernel, threads), capture_output=True, text=True
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    counts = re.findall(r"(?m)^(\d+ \w+.*) in [\d.]+s", said)
    failures = re.split(r"(?m)^_{3,} (chapters/\S+::Cell \d+) _{3,}$", said)
    cells = [
        f"{name}\n{report.partition('=====')[0].strip()}"
        for name, report in zip(failures[1::2], failures[2::2], strict=True)
    ]
    if done.returncode and not cells:
        cells = [said[-3000:]]
    return counts[-1] if counts else "no result", cells


def main() -> int:
    """Run and report; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("names", nargs="*", type=Path)
    options = parser.parse_args()
    chosen = [path.resolve() for path in options.names]
    chosen = chosen or notebooks.runnable(sorted(notebooks.CHAPTERS.glob("*.ipynb")))
    names = [path.relative_to(ROOT).as_posix() for path in chosen]
    settings = [(kernel, threads) for kernel in kernels() or [""] for threads in (1, 2)]
    print(f"{len(names)} notebooks; kernels: {', '.join(dict.fromkeys(k for k, _ in settings))}")
    differing: dict[str, list[str]] = {}
    for number, (kernel, threads) in enumerate(
        itertools.islice(itertools.cycle(settings), options.runs), 1
    ):
        start = time.perf_counter()
        counts, cells = run(names, kernel, threads)
        setting = f"{kernel or 'default'}, {threads} thread{'s' * (threads > 1)}"
        print(f"run {number:2}: {setting:22} {counts} ({time.perf_counter() - start:.0f} s)")
        sys.stdout.flush()
        for cell in cells:
            differing.setdefault(cell, []).append(setting)
    for cell, where in differing.items():
        print(f"\nnot as stored with {'; '.join(where)}:\n{cell}")
    print("every output came out as stored" if not differing else "some outputs differ: see above")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
