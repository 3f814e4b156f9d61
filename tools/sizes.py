"""Measure the time and memory of every chapter, and write the table in chapters/teaching.md.

    python -m tools.sizes

The notebooks run one after the other, each once, with one thread and in its own kernel; the table
gives the processor time and the largest memory of the kernel.  Only ``make sizes`` calls this: the
numbers depend on the machine, which the table names.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import resource
import subprocess
import sys
from pathlib import Path

from web import build, notebooks

PAGE = notebooks.CHAPTERS / "teaching.md"
MARK = re.compile(r"(?s)(<!-- sizes: written by make sizes -->\n).*?(<!-- end of sizes -->)")


def measure(path: Path) -> tuple[float, float]:
    """Run a notebook; return the seconds of processor time and the megabytes of its kernel."""
    notebooks.execute(path)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6


def processor() -> str:
    """Return the name of the processor, if the system knows it."""
    try:
        match = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    except OSError:
        match = None
    return match.group(1) if match else platform.processor() or platform.machine()


def main() -> int:
    """Measure the notebooks that can be executed here, and write the table."""
    chapters = [notebooks.ROOT / f"{name}.ipynb" for name in build.documents()]
    paths = notebooks.runnable([path for path in chapters if path.exists()])
    rows = []
    for path in paths:
        process = subprocess.run(
            [sys.executable, __file__, str(path)], stdout=subprocess.PIPE, check=True, text=True
        )
        seconds, megabytes = json.loads(process.stdout)
        print(f"{path.stem}: {seconds:.0f} s, {megabytes:.0f} MB", flush=True)
        rows.append(f"| {{doc}}`{path.stem}` | {seconds:.0f} | {megabytes:.0f} |")
    table = "\n".join(
        [
            f"Measured on {datetime.date.today()} with Python {platform.python_version()} on "
            f"{os.cpu_count()} cores of “{processor()}”, one thread for each notebook.",
            "",
            "| Chapter | Processor time, s | Largest memory, MB |",
            "|:--|--:|--:|",
            *rows,
            "",
        ]
    )
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARK.sub(lambda m: f"{m[1]}{table}\n{m[2]}", text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(json.dumps(measure(Path(sys.argv[1]))))
        raise SystemExit(0)
    raise SystemExit(main())
