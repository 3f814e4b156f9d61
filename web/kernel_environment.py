"""Give kernels an environment of their own, so that outputs do not depend on who builds.

    python -m web.kernel_environment ARGUMENT ...    run Python in it: -m pytest --nbval …

A kernel sees the few variables of ``PASSED`` and those that are set here; what else there is,
PYTHONPATH or TZ or a proxy, stays outside.  Its home is a new folder, removed afterwards, so it
finds no startup file and no settings of IPython, Jupyter, Matplotlib, Keras, Dask or pip;
kernel_start.py leaves out those of the system, in /etc, and the guard Matplotlib's in the
notebook's folder.  Matplotlib gets a list of its own fonts,
made once: otherwise every kernel would search the computer for fonts, and could take other ones.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient

from web import ROOT, freshness

GUARD = ROOT / "web" / "guard"  # stops a notebook that writes elsewhere or goes online
START = ROOT / "web" / "kernel_start.py"
FONTS = ROOT / "_build" / "fonts"  # Matplotlib's lists of them
PASSED = (  # without these some systems start no program, or not this Python
    "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH",
    "COMSPEC", "NUMBER_OF_PROCESSORS", "PATHEXT", "PROCESSOR_ARCHITECTURE", "SYSTEMDRIVE",
    "SYSTEMROOT", "WINDIR",
)  # fmt: skip
THREADS = (
    "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)  # fmt: skip
FOLDERS = {  # in the home
    "HOME": ".", "USERPROFILE": ".", "APPDATA": ".", "LOCALAPPDATA": ".",
    "TMPDIR": "tmp", "TEMP": "tmp", "TMP": "tmp",
    "IPYTHONDIR": "ipython", "JUPYTER_CONFIG_DIR": "jupyter", "JUPYTER_DATA_DIR": "jupyter",
    "JUPYTER_RUNTIME_DIR": "jupyter/runtime", "MPLCONFIGDIR": "matplotlib",
    "KERAS_HOME": "keras", "DASK_CONFIG": "dask", "DASK_ROOT_CONFIG": "dask",
    "SCIKIT_LEARN_DATA": "scikit-learn",
}  # fmt: skip


def variables(home: Path) -> dict[str, str]:
    """Return the environment variables of a kernel with this home."""
    selection = {name: os.environ[name] for name in PASSED if name in os.environ}
    selection |= {name: str((home / place).resolve()) for name, place in FOLDERS.items()}
    # One thread per process: the processes share the cores, and digits do not depend on it.
    selection |= dict.fromkeys(THREADS, "1")
    return selection | {
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # no warning that modules are frozen
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": str(GUARD),
        "PYTHONUTF8": "1",
    }


def font_list() -> Path:
    """Return the file with Matplotlib's list of its own fonts; make it if there is none."""
    version = importlib.metadata.version("matplotlib")
    folder = FONTS / f"matplotlib-{version}"
    lists = list(folder.glob("fontlist-*.json"))
    if lists:
        return lists[0]
    with tempfile.TemporaryDirectory() as place:
        environment = {**variables(Path(place)), "MPLCONFIGDIR": place}
        environment.pop("PYTHONPATH")
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), place)
        subprocess.run(
            [sys.executable, "-c", "import matplotlib.font_manager"],
            env=environment, cwd=place, stderr=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        (file,) = Path(place).glob("fontlist-*.json")
        fonts = json.loads(file.read_text(encoding="utf-8"))
    for kind in ("afmlist", "ttflist"):  # those of the system have absolute names
        fonts[kind] = [font for font in fonts[kind] if not os.path.isabs(font["fname"])]
    freshness.write(folder / file.name, json.dumps(fonts))
    return folder / file.name


@contextlib.contextmanager
def home() -> Iterator[Path]:
    """Make a home for a kernel, with all its folders, and remove it in the end."""
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as place:
        for folder in set(FOLDERS.values()):
            (Path(place) / folder).mkdir(parents=True, exist_ok=True)
        fonts = font_list()
        (Path(place) / "matplotlib" / fonts.name).write_bytes(fonts.read_bytes())
        yield Path(place)


class Manager(AsyncKernelManager):
    """Starts this Python's kernel, whatever kernels Jupyter finds on the computer."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        command = [sys.executable, str(START), "-f", "{connection_file}"]
        # No warning that this computer talks to itself.
        command.append("--log-level=ERROR")
        command.append(
            "--InteractiveShellApp.extra_extensions=web.recorder"
        )  # what each cell changes
        return KernelSpec(argv=command, display_name="Python 3", language="python")


class Client(NotebookClient):
    """Executes a notebook in an environment of its own.

    Parameters
    ----------
    nb : NotebookNode
        The notebook.
    place : Path
        The home of its kernel.
    **options
        Those of ``NotebookClient``.
    """

    def __init__(self, nb, place: Path, **options):
        super().__init__(nb, kernel_name="python3", **options)
        self.place = place

    def create_kernel_manager(self) -> Manager:
        """Return the manager; its connection file lies in the home too."""
        file = self.place / "jupyter" / "runtime" / "kernel.json"
        self.km = Manager(kernel_name="python3", connection_file=str(file), config=self.config)
        return self.km

    async def run(self) -> None:
        """Execute the notebook."""
        await self.async_execute(env=variables(self.place))


def main(arguments: list[str]) -> int:
    """Run Python in such an environment, in the folder of the repository."""
    with home() as place:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=variables(place), check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
