"""Nothing that whoever builds has set, in variables or files, reaches the output of a notebook."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from web import ROOT, kernel_environment, notebooks

QUESTIONS = """
import importlib.util, json, locale, os, sys, tempfile, time
import matplotlib, matplotlib.font_manager, numpy
from pathlib import Path
fonts = matplotlib.font_manager.fontManager.ttflist
dask = importlib.util.find_spec("dask") and importlib.import_module("dask.config")
print(json.dumps({
    "planted names": sorted(name for name in globals() if name.startswith("planted")),
    "line width": matplotlib.rcParams["lines.linewidth"],
    "size of markers": matplotlib.rcParams["lines.markersize"],
    "settings of Matplotlib": {name: str(value) for name, value in matplotlib.rcParams.items()}
        == {name: str(value) for name, value in matplotlib.rcParamsDefault.items()} | {
            name: str(matplotlib.rcParams[name]) for name in ("backend", "interactive")},
    "folder": Path.cwd().name,
    "settings of Dask": dask and [dask.get(k, None) for k in ("temporary-directory", "scheduler")],
    "numpy": hasattr(numpy, "array"),
    "encoding": locale.getpreferredencoding(), "zone": time.tzname[0],
    "settings of Keras": Path("~/.keras/keras.json").expanduser().exists(),
    "other fonts": sorted(f.fname for f in fonts if not f.fname.startswith(matplotlib.__path__[0])),
    "number of fonts": len(fonts) > 20,
    "user site": any("planted-site" in entry for entry in sys.path),
    "python": sys.executable,
    "variables": sorted(os.environ),
    "threads": os.environ.get("OMP_NUM_THREADS"),
    "values shown": get_ipython().ast_node_interactivity,
}))
"""


def plant(place: Path) -> dict[str, str]:
    """Plant a file of every kind in a home; return the variables that go with it."""
    files = {
        "home/.ipython/profile_default/startup/00.py": "planted_in_profile = 1",
        "home/.ipython/profile_default/ipython_config.py": (
            "get_config().InteractiveShell.ast_node_interactivity = 'all'\n"
            "get_config().InteractiveShellApp.exec_lines = ['planted_by_config = 1']"
        ),
        "home/.config/matplotlib/matplotlibrc": "lines.linewidth: 7",
        "home/.config/dask/dask.yaml": "temporary-directory: /planted",
        "home/.keras/keras.json": '{"backend": "planted"}',
        "home/startup.py": "planted_by_pythonstartup = 1",
        "shadow/numpy/__init__.py": "planted = True",
        "rc/matplotlibrc": "lines.linewidth: 9",
        "chapters/matplotlibrc": "lines.markersize: 13",  # Matplotlib looks here first
        "kernels/kernels/python3/kernel.json": json.dumps(
            {"argv": ["/bin/false", "{connection_file}"], "display_name": "planted"}
        ),
    }
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return {
        "HOME": str(place / "home"),
        "IPYTHONDIR": str(place / "home" / ".ipython"),
        "JUPYTER_PATH": str(place / "kernels"),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "MATPLOTLIBRC": str(place / "rc"),
        "MPLBACKEND": "pdf",
        "PYTHONPATH": str(place / "shadow"),
        "PYTHONSTARTUP": str(place / "home" / "startup.py"),
        "PYTHONUSERBASE": str(place / "planted-site"),
        "PYTHONWARNINGS": "error",
        "DASK_SCHEDULER": "planted",
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "C",
        "OMP_NUM_THREADS": "2",
        "KERAS_BACKEND": "planted",
        "http_proxy": "http://127.0.0.1:9",
        "SKLEARN_ASSUME_FINITE": "1",
    }


def outputs(folder: Path, *sources: str, **variables: str) -> list:
    """Execute cells in a process with these variables; return the outputs of each."""
    nb = nbformat.v4.new_notebook(metadata=notebooks.METADATA)
    nb.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    (folder / "chapters").mkdir(exist_ok=True)
    path = folder / "chapters" / "a.ipynb"
    nbformat.write(nb, path)
    # A shadowed numpy would stop this process too: that much the Makefile keeps away.
    code = (
        "import pathlib\nfrom web import notebooks\n"
        f"path = pathlib.Path({str(path)!r})\n"
        "notebooks.write(notebooks.execute(path), path)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **variables}, cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [cell.outputs for cell in nbformat.read(path, as_version=4).cells]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Execute a notebook that tells about its surroundings, where everything is planted."""
    place = tmp_path_factory.mktemp("planted")
    ((output,),) = outputs(place, QUESTIONS, **plant(place))
    return json.loads(output.text)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("planted names", []),
        ("line width", 1.5),
        ("size of markers", 6.0),
        ("settings of Matplotlib", True),
        ("folder", "chapters"),
        ("settings of Dask", [None, None] if importlib.util.find_spec("dask") else None),
        ("numpy", True),
        ("encoding", "utf-8"),
        ("zone", "UTC"),
        ("settings of Keras", False),
        ("other fonts", []),
        ("number of fonts", True),
        ("user site", False),
        ("python", sys.executable),
        ("threads", "1"),
        ("values shown", "last_expr"),
    ],
)
def test_what_is_planted_is_not_seen(report, what, expected):
    assert report[what] == expected


def test_variables_are_those_of_a_short_list(report):
    own = set(kernel_environment.variables(Path("home")))
    by_jupyter = {"MPLBACKEND", "JPY_PARENT_PID", "JPY_SESSION_NAME", "TERM", "CLICOLOR"}
    by_jupyter |= {"FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER", "LC_CTYPE"}
    by_jupyter |= {"PYDEVD_USE_FRAME_EVAL"}
    assert set(report["variables"]) <= own | by_jupyter


@pytest.mark.skipif(not Path("/proc").exists(), reason="there is no /proc here")
def test_a_home_that_cannot_be_written_does(tmp_path):
    ((output,),) = outputs(tmp_path, "import matplotlib.pyplot\nprint(1)", HOME="/proc/nohome")
    assert output == {"output_type": "stream", "name": "stdout", "text": "1\n"}


def test_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with kernel_environment.home() as place:
        assert place.parent == tmp_path
        assert place.exists()
    assert not list(tmp_path.iterdir())


def test_a_command_can_be_run_with_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PLANTED", "1")
    code = "import os, sys; sys.exit('PLANTED' in os.environ or os.environ['TZ'] != 'UTC')"
    assert kernel_environment.main(["-c", code]) == 0
    assert kernel_environment.main(["-c", "raise SystemExit(3)"]) == 3


def test_the_systems_settings_of_ipython_are_left_out(tmp_path):
    """IPython reads /etc/ipython too; in its place stands another folder here."""
    text = kernel_environment.START.read_text(encoding="utf-8")
    before, launch = text.split("    ENV_CONFIG_DIRS.clear()\n")
    assert "launch_new_instance()" in launch
    launch = launch.replace(
        "kernelapp.launch_new_instance()",
        "from IPython.core import shellapp\n"
        "    print(shellapp.SYSTEM_CONFIG_DIRS, shellapp.ENV_CONFIG_DIRS)",
    )
    plant_it = "    SYSTEM_CONFIG_DIRS.append('planted')\n    ENV_CONFIG_DIRS.clear()\n"
    start = tmp_path / "start.py"
    start.write_text(before + plant_it + launch, encoding="utf-8")
    done = subprocess.run([sys.executable, start], capture_output=True, text=True, check=True)
    assert done.stdout == "[] []\n"
