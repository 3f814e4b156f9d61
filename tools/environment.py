"""Make or mend the environment in ``.venv``; do nothing when it is as it should be.

    python3 tools/environment.py book         what builds the book: requirements/book.txt
    python3 tools/environment.py test         what its tests need too: requirements/test.txt
    python3 tools/environment.py frameworks   and what chapters 19 and 20 run with:
                                              requirements/frameworks.txt
    python3 tools/environment.py lock         write the lists *.txt from the *.in

With VERSIONS=newest in the environment the newest releases are taken in place of the locked
ones, with VERSIONS=oldest the oldest that code/pyproject.toml admits ("chapters").

This file is run by the Python that is on the machine, whichever that is, so it uses the
standard library only and starts on old versions too.  What is installed is recorded last,
in ``.venv/installed``: an interrupted installation is thus seen and finished.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RECORD = VENV / "installed"
OLDEST = (3, 11)
UV = "uv==0.13.9"  # installs in a fifth of pip's time
FRAMEWORKS = "requirements/frameworks.txt"
KINDS = {  # each holds those before
    "book": ["requirements/book.txt"],
    "test": ["requirements/test.txt"],
    "frameworks": ["requirements/test.txt", FRAMEWORKS],
}
CHOSEN = ["requirements/chapters.in", "requirements/book.in", "requirements/test.in"]
LOCKED = {  # from what was chosen
    "requirements/chapters.in": "requirements.txt",  # where Binder and readers look for it
    "requirements/book.in": "requirements/book.txt",
    "requirements/test.in": "requirements/test.txt",
    "requirements/lite.in": "requirements/lite.txt",  # for environments of their own
    ".binder/jupyterlab.in": ".binder/jupyterlab.txt",
}
LOCK = [
    "--universal",
    "--python-version=3.11",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
]
VERSIONS = os.environ.get("VERSIONS", "locked")
CPU_INDEX = "--extra-index-url https://download.pytorch.org/whl/cpu"
GPU_ONLY = ("cuda-", "nvidia-", "triton==")  # wanted by PyPI's build of PyTorch, not by this one
FONTS = "import matplotlib.font_manager"  # this makes the list of fonts, if there is none


def stop(message):
    """Say in one line what is missing, and end."""
    sys.stderr.write(message + "\n")
    raise SystemExit(1)


def python():
    """Return the environment's Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works():
    """Tell whether the environment has a Python that runs, of a version that will do."""
    if not python().exists():
        return False
    test = "import sys, pip; sys.exit(sys.version_info < %r)" % (OLDEST,)
    return subprocess.call([str(python()), "-c", test], stderr=subprocess.DEVNULL) == 0


def wanted(kind):
    """Return a line that changes whenever something has to be installed anew."""
    digest = hashlib.sha256()
    lists = KINDS[kind] if VERSIONS == "locked" else CHOSEN
    for name in (*lists, "code/pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(str(ROOT).encode())  # the package is installed by its path
    return "%s %s %s" % (kind, VERSIONS, digest.hexdigest()[:16])


def other_versions():
    """Write a list of the newest, or the oldest admitted, versions of all but frameworks."""
    text = "\n".join((ROOT / name).read_text() for name in CHOSEN)
    pins = dict(re.findall(r"(?m)^([\w-]+)==(\S+)", text))
    if VERSIONS == "newest":
        keep = ("jupyter-book", "uv")  # version 2 of Jupyter Book is another program
        lines = [name + ("==" + pin if name in keep else "") for name, pin in pins.items()]
    else:
        project = (ROOT / "code" / "pyproject.toml").read_text()
        ranges = re.search(r"(?ms)^chapters = \[(.*?)\]", project).group(1)
        pins.update(re.findall(r'"([\w-]+)>=([\w.]+)', ranges))
        lines = ["%s==%s" % item for item in pins.items()]
        lines.append("pyparsing<3.3")  # deprecates what matplotlib 3.9 calls on import
    made = ROOT / "_build" / ("requirements-%s.txt" % VERSIONS)
    made.parent.mkdir(exist_ok=True)
    command = [str(python()), "-m", "uv", "pip", "compile", "--quiet", "--no-header"]
    command += ["--no-annotate", "--upgrade", "-o", str(made), "-"]
    if subprocess.run(command, input="\n".join(lines).encode(), cwd=str(ROOT)).returncode:
        stop("there is no set of the %s versions: see above" % VERSIONS)
    return str(made)


def create():
    """Create the environment, from nothing."""
    if sys.version_info < OLDEST:
        stop(
            "Python %d.%d or later is needed, but this is %s: install a newer one, or say which "
            "to use: make PYTHON=python3.12 book" % (OLDEST[0], OLDEST[1], sys.version.split()[0])
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop("Python's venv module is missing: on Debian or Ubuntu, apt install python3-venv")
    print("creating the environment in .venv", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", str(VENV)]):
        stop("the environment could not be created in .venv: see above")


def install(names):
    """Install locked lists, with uv where that can be had and with pip otherwise."""
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    uv = [str(python()), "-m", "uv", "pip", "install", "--quiet", "--python", str(python())]
    has_uv = subprocess.call([*pip, UV], **quiet) == 0
    if VERSIONS != "locked":
        names = [other_versions()]
    jobs = []
    for name in names:
        jobs += frameworks() if name == FRAMEWORKS else [["-r", name]]
    for arguments in [*jobs, ["--no-deps", "-e", "./code"]]:
        if arguments[0] == "-r":
            print("installing %s (a minute or two the first time)" % arguments[1], flush=True)
        if has_uv and CPU_INDEX not in " ".join(arguments):
            if subprocess.call([*uv, *arguments], cwd=str(ROOT)) == 0:
                continue
            print("uv could not install it; trying pip", flush=True)
        if subprocess.call([*pip, *arguments], cwd=str(ROOT)):
            stop("%s could not be installed: see above (is there a network?)" % arguments[-1])


def frameworks():
    """Return what to install for the frameworks: PyTorch from its own index, the rest not.

    pip would ask that index for every package, and uv would prefer it in every package.
    """
    lines = (ROOT / FRAMEWORKS).read_text().splitlines()
    others = VENV / "frameworks.txt"
    others.write_text("\n".join(x for x in lines if not x.startswith(("--", "torch=="))) + "\n")
    torch = [line for line in lines if line.startswith("torch==")]
    return [["-r", str(others)], ["--no-deps", *CPU_INDEX.split(), *torch]]


def ensure(kind):
    """Bring the environment to what the kind needs; what it has beyond that stays."""
    if VERSIONS not in ("locked", "newest", "oldest"):
        stop("VERSIONS should be locked, newest or oldest, not %s" % VERSIONS)
    if VERSIONS != "locked":
        if kind == "frameworks":
            stop("the frameworks have one version only: VERSIONS goes with make test-core")
        kind = "test"
    recorded = ""
    if works():
        recorded = RECORD.read_text().strip() if RECORD.exists() else ""
    else:
        create()
    order = list(KINDS)
    had, versions = recorded.split(" ")[:2] if recorded.count(" ") == 2 else ("", "")
    if had in KINDS and versions == VERSIONS and order.index(had) > order.index(kind):
        kind = had
    if recorded == wanted(kind):
        return
    if RECORD.exists():
        RECORD.unlink()
    install(KINDS[kind])
    # Matplotlib looks for fonts once, and may say so on stderr, in the output of a notebook.
    subprocess.call([str(python()), "-c", FONTS], stderr=subprocess.DEVNULL)
    RECORD.write_text(wanted(kind) + "\n")


def lock():
    """Write the locked lists of requirements, all but the frameworks' with hashes."""
    compiler = [str(python()), "-m", "uv", "pip", "compile", *LOCK, *sys.argv[2:]]
    for source, target in LOCKED.items():
        command = [*compiler, "--generate-hashes", source, "-o", target]
        if source.startswith(".binder"):
            command.append("--no-deps")  # Binder's JupyterLab has them, in its own versions
        if subprocess.call(command, cwd=str(ROOT)):
            stop("%s could not be written: see above" % target)
    # The CPU build of PyTorch has hashes and dependencies of its own, unknown to PyPI.
    chosen = (ROOT / FRAMEWORKS).with_suffix(".in").read_text().replace(CPU_INDEX, "")
    chosen = chosen.replace("-c test.txt", "-c requirements/test.txt")  # read from here
    found = subprocess.run(
        [*compiler, "-"], input=chosen.encode(), stdout=subprocess.PIPE, cwd=str(ROOT), check=False
    )
    if found.returncode:
        stop("%s could not be written: see above" % FRAMEWORKS)
    lines = found.stdout.decode().splitlines()
    kept = [line for line in lines if not line.startswith(GPU_ONLY)]
    (ROOT / FRAMEWORKS).write_text("\n".join([CPU_INDEX, *kept]) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in (*KINDS, "lock"):
        stop(__doc__.strip())
    if sys.argv[1] == "lock":
        lock()
    else:
        ensure(sys.argv[1])
