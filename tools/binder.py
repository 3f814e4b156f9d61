"""Build the environment that Binder would build from this repository, and run chapters there.

    python -m tools.binder [NOTEBOOK ...]      chapter 1 by default

repo2docker writes the Dockerfile from which Binder builds an image.  Without Docker, the closest
test is to run the steps of that file on a copy of the tracked files: the Python of runtime.txt, pip
with requirements.txt, and postBuild.  The result is left in _build/binder; its size is printed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import sources
from tools.sources import ROOT

PLACE = ROOT / "_build" / "binder"


def dockerfile() -> str:
    """Return the Dockerfile that repo2docker writes for this repository."""
    process = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return process.stdout + process.stderr


def steps(text: str) -> tuple[str, list[str]]:
    """Return the version of Python and the commands that build on this repository's files."""
    version = re.search(r"Building conda environment for python=(\S+)", text).group(1)
    runs = [line.removeprefix("RUN ") for line in re.findall(r"(?m)^RUN .*$", text)]
    return version, [run for run in runs if "requirements.txt" in run or "postBuild" in run]


def jupyterlab_version(python: str) -> str:
    """Return the version, without its last part, of the JupyterLab that repo2docker installs."""
    folder = Path(importlib.util.find_spec("repo2docker").origin).parent / "buildpacks" / "conda"
    text = (folder / f"environment.py-{python}-linux-64.lock").read_text(encoding="utf-8")
    return re.search(r"/jupyterlab-(\d+\.\d+)\.", text).group(1)


def python_of(version: str) -> str:
    """Return the command of a Python of this version on this machine."""
    for name in (f"python{version}", sys.executable):
        test = [name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            process = subprocess.run(test, capture_output=True, text=True, check=False)
        except OSError:
            continue
        if process.stdout.strip() == version:
            return name
    raise SystemExit(f"Python {version}, named in .binder/runtime.txt, was not found: install it")


def execute(path: Path, python: Path) -> None:
    """Execute a notebook with the kernel of the environment, in its own folder."""
    import nbformat
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    kernel = AsyncKernelManager()
    kernel.kernel_spec.argv[0] = str(python)
    nb = nbformat.read(path, as_version=4)
    client = NotebookClient(
        nb, km=kernel, timeout=300, resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()


def main(names: list[str]) -> int:
    """Run Binder's steps and the notebooks; return the exit status."""
    version, commands = steps(dockerfile())
    shutil.rmtree(PLACE, ignore_errors=True)
    source, venv = PLACE / "source", PLACE / "environment"
    sources.copy(source, new=False)
    subprocess.run([python_of(version), "-m", "venv", str(venv)], check=True)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
        "KERNEL_PYTHON_PREFIX": str(venv),
        "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    for command in commands:
        print(command, flush=True)
        subprocess.run(
            ["bash", "-c", command], cwd=source, env=environment, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    size = sum(path.stat().st_size for path in venv.rglob("*") if path.is_file())
    print(f"the environment takes {size / 1e6:.0f} MB")
    for name in names or ["chapters/01-neural-networks.ipynb"]:
        execute(source / name, venv / "bin" / "python")
        print(f"{name} runs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
