"""Make or mend the environment in ``.venv``; do nothing when it is as it should be.

    python3 tools/environment.py book     what the book needs: requirements.txt
    python3 tools/environment.py test     what its tests need as well: requirements-test.txt
    python3 tools/environment.py lock     write both files from requirements*.in

This file is run by the Python that is on the machine, whichever that is, so it uses the
standard library only and starts on old versions too.  What is installed is recorded last,
in ``.venv/installed``: an interrupted installation is thus seen and finished.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RECORD = VENV / "installed"
OLDEST = (3, 11)
UV = "uv==0.13.9"  # installs in a fifth of pip's time
LOCK = [
    "--universal",
    "--python-version=3.11",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
]


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


def wanted(requirements):
    """Return a line that changes whenever something has to be installed anew."""
    digest = hashlib.sha256()
    for path in (requirements, ROOT / "code" / "pyproject.toml"):
        digest.update(path.read_bytes())
    digest.update(str(ROOT).encode())  # the package is installed by its path
    return "%s %s" % (requirements.name, digest.hexdigest()[:16])


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


def install(requirements):
    """Install the requirements, with uv where that can be had and with pip otherwise."""
    print("installing %s (a minute or two the first time)" % requirements.name, flush=True)
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    uv = [str(python()), "-m", "uv", "pip", "install", "--quiet", "--python", str(python())]
    if subprocess.call([*pip, "install", UV], **quiet) == 0:
        if subprocess.call([*uv, "-r", str(requirements)], cwd=str(ROOT)) == 0:
            return
        print("uv could not install it; trying pip", flush=True)
    if subprocess.call([*pip, "install", "-r", str(requirements)], cwd=str(ROOT)):
        stop("%s could not be installed: see above (is there a network?)" % requirements.name)


def ensure(kind):
    """Bring the environment to what ``book`` or ``test`` needs."""
    book, test = ROOT / "requirements.txt", ROOT / "requirements-test.txt"
    good = {"book": {wanted(book), wanted(test)}, "test": {wanted(test)}}[kind]
    if works():
        if RECORD.exists() and RECORD.read_text() in good:
            return
    else:
        create()
    # Once the tests' packages are there, they stay.
    had_tests = RECORD.exists() and RECORD.read_text().startswith(test.name)
    requirements = test if kind == "test" or had_tests else book
    if RECORD.exists():
        RECORD.unlink()
    install(requirements)
    RECORD.write_text(wanted(requirements))


def lock():
    """Write the two locked lists of requirements."""
    for name in ("requirements", "requirements-test"):
        command = [
            str(python()),
            "-m",
            "uv",
            "pip",
            "compile",
            *LOCK,
            name + ".in",
            "-o",
            name + ".txt",
        ]
        if subprocess.call([*command, *sys.argv[2:]], cwd=str(ROOT)):
            stop("%s.txt could not be written: see above" % name)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("book", "test", "lock"):
        stop(__doc__.strip())
    if sys.argv[1] == "lock":
        lock()
    else:
        ensure(sys.argv[1])
