"""Run the notebooks again and again, to see that the stored outputs come out every time.

    python -m tools.reproduce [--runs 10] [NOTEBOOK ...]

Each run executes the notebooks afresh, all that can be executed here or those that are named,
and compares with their stored outputs (nbval).  The runs take turns with one thread and with
two, with every instruction set of this processor for which OpenBLAS has a kernel, AVX-512
included, and with NumPy's own routines (exp, log, sums) for all that the processor can do, for
less, and for the least: digits that depend on the order of a sum or the last bit of a function
show up.  What OpenBLAS and NumPy took is asked, not assumed.  Other versions of NumPy and the
rest are a matter of the environment::

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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from web import build, kernel_environment, notebooks, thread_settings

ROOT = Path(__file__).resolve().parent.parent
# OpenBLAS's names of processors, one for each instruction set that matters, oldest first.
KERNELS = ("Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX", "SapphireRapids")
ASK = """
import numpy, threadpoolctl
numpy.ones((99, 99)) @ numpy.ones((99, 99))  # stops a processor that lacks the instructions
print(*{pool.get("architecture", "unknown") for pool in threadpoolctl.threadpool_info()})
"""


ASK_NUMPY = """
import numpy
print(*numpy.show_config(mode="dicts")["SIMD Extensions"].get("found", []))
"""


@dataclass(frozen=True)
class Setting:
    """What a run takes place with.

    Attributes
    ----------
    kernel : str
        OpenBLAS's name of a processor; "" for its own choice.
    threads : int
        Of OpenBLAS.
    without : tuple of str
        What NumPy's own routines do without.
    """

    kernel: str
    threads: int
    without: tuple[str, ...] = ()

    def __str__(self):
        """Return it in words."""
        text = f"{self.kernel or 'default'}, {self.threads} thread{'s' * (self.threads > 1)}"
        return f"{text}, NumPy without {' '.join(self.without)}" if self.without else text

    def environment(self, home: Path) -> dict[str, str]:
        """Return the variables of a run with this home."""
        return kernel_environment.variables(home) | {
            **thread_settings(self.threads),
            "OPENBLAS_THREAD_TIMEOUT": "4",  # idle threads sleep at once: two kernels at a time
            "OPENBLAS_CORETYPE": self.kernel,
            "NPY_DISABLE_CPU_FEATURES": " ".join(self.without),
        }


def answer(code: str, setting: Setting) -> str | None:
    """Return what a few lines print with a setting, or None if they fail."""
    with kernel_environment.home() as home:
        process = subprocess.run(
            [sys.executable, "-c", code],
            env=setting.environment(home), capture_output=True, text=True, check=False,
        )  # fmt: skip
    return None if process.returncode else process.stdout


def kernels() -> list[str]:
    """Return those of KERNELS with which OpenBLAS does different things on this processor."""
    names = {}  # by what OpenBLAS calls them: some names stand for the same kernel
    for kernel in KERNELS:
        architecture = answer(ASK, Setting(kernel, 1))
        if architecture is not None:
            names.setdefault(architecture, kernel)
    return list(names.values())


def numpy_levels() -> list[tuple[str, ...]]:
    """Return what NumPy can be told to do without here: nothing, the newest, …, all."""
    features = (answer(ASK_NUMPY, Setting("", 1)) or "").split()
    levels = [tuple(features[number:]) for number in range(len(features), -1, -1)]
    return [
        level
        for level in levels
        if (answer(ASK_NUMPY, Setting("", 1, level)) or "").split()
        == features[: len(features) - len(level)]
    ]


def settings(kernel_names: list[str], levels: list[tuple[str, ...]]) -> Iterator[Setting]:
    """Return settings without end: every kernel in turn with 1 and 2 threads, levels mixed in."""
    pairs = [(kernel, threads) for kernel in kernel_names or [""] for threads in (1, 2)]
    for turn in itertools.count():  # in as many turns as there are levels, everything meets
        for number, (kernel, threads) in enumerate(pairs):
            level = (number + number // 2 + turn) % len(levels)
            yield Setting(kernel, threads, levels[level])


def run(names: list[str], setting: Setting) -> tuple[str, list[str]]:
    """Run notebooks once; return the counts, and the failures as nbval reports them."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", os.environ.get("WORKERS", "2")]
    command += ["--dist", "loadscope", "-p", "no:randomly", "--tb=short"]
    command += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "900", *names]
    with kernel_environment.home() as home:
        process = subprocess.run(
            command, cwd=ROOT, env=setting.environment(home), capture_output=True, text=True
        )
    report = build.plain(process.stdout + process.stderr)
    counts = re.findall(r"(?m)^(\d+ \w+.*) in [\d.]+s", report)
    failures = re.split(r"(?m)^_{3,} (chapters/\S+::Cell \d+) _{3,}$", report)
    cells = [
        f"{name}\n{text.partition('=====')[0].strip()}"
        for name, text in zip(failures[1::2], failures[2::2], strict=True)
    ]
    if process.returncode and not cells:
        cells = [report[-3000:]]
    return counts[-1] if counts else "no result", cells


def main() -> int:
    """Run and report; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("names", nargs="*", type=Path)
    options = parser.parse_args()
    paths = [path.resolve() for path in options.names]
    paths = paths or notebooks.runnable(sorted(notebooks.CHAPTERS.glob("*.ipynb")))
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    kernel_names, levels = kernels(), numpy_levels()
    print(f"{len(names)} notebooks")
    print(f"kernels of OpenBLAS: {', '.join(kernel_names) or 'its own choice'}")
    print(f"NumPy without: {'; '.join(' '.join(level) or 'nothing' for level in levels)}")
    differing: dict[str, list[str]] = {}
    runs = itertools.islice(settings(kernel_names, levels), options.runs)
    for number, setting in enumerate(runs, 1):
        start = time.perf_counter()
        counts, cells = run(names, setting)
        print(f"run {number:2}: {setting!s:22} {counts} ({time.perf_counter() - start:.0f} s)")
        sys.stdout.flush()
        for cell in cells:
            differing.setdefault(cell, []).append(str(setting))
    for cell, where in differing.items():
        print(f"\nnot as stored with {'; '.join(where)}:\n{cell}")
    print("every output came out as stored" if not differing else "some outputs differ: see above")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
