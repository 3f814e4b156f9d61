"""Do what Binder would do with this repository, in a clean environment, and run chapters there.

    python -m tools.binder [NOTEBOOK ...]      chapter 1, or the notebooks that are named

repo2docker writes the Dockerfile from which Binder builds an image.  Where there is no Docker,
the closest thing is to take the steps out of that file: the Python that runtime.txt names, pip
with requirements.txt, postBuild, on a copy of what git tracks.  All of it is left in
_build/binder, with its size.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "_build" / "binder"


def dockerfile() -> str:
    """Return the Dockerfile that repo2docker writes for this repository."""
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return done.stdout + done.stderr


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
    """Return a Python of this version that is on the machine."""
    for name in (f"python{version}", sys.executable):
        test = [name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            done = subprocess.run(test, capture_output=True, text=True, check=False)
        except OSError:
            continue
        if done.stdout.strip() == version:
            return name
    raise SystemExit(f"Python {version}, which runtime.txt names, is not on this machine")


def copy_sources(folder: Path) -> None:
    """Copy what git tracks, and nothing else."""
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True)
    for name in listing.stdout.decode().splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)


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
    """Take Binder's steps; return the exit status."""
    version, commands = steps(dockerfile())
    shutil.rmtree(PLACE, ignore_errors=True)
    source, venv = PLACE / "source", PLACE / "environment"
    copy_sources(source)
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
