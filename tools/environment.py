"""Make or mend the environment in ``.venv``; do nothing when it is as it should be.

    python3 -m tools.environment book         what builds the book: requirements/book.txt
    python3 -m tools.environment test         what its tests need too: requirements/test.txt
    python3 -m tools.environment frameworks   and what chapters 19 to 21 run with:
                                              requirements/frameworks.txt
    python3 -m tools.environment lock         write the lists *.txt from the *.in

With VERSIONS=newest in the environment the newest releases are taken in place of the locked
ones, with VERSIONS=oldest the oldest that code/pyproject.toml admits ("chapters").

This file is run by the Python that is on the machine, whichever that is, so it uses the
standard library only and starts on old versions too.  pip and uv run with settings of their own
(web/installers.py).  What was installed is looked at, and only then recorded, in
``.venv/installed``: an interrupted installation, or one that went elsewhere, is thus mended.
"""

import errno
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from web import installers

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
CHOICES = ["requirements/chapters.in", "requirements/book.in", "requirements/test.in"]
LISTS = {  # from what was chosen
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
CPU_BUILD = "--torch-backend=cpu"  # uv knows where to find it; pip takes what its index has
GPU_ONLY = ("cuda-", "nvidia-", "triton==")  # needed by PyPI's build of PyTorch, not by this one
FONTS = "import matplotlib.font_manager"  # this makes the list of fonts, if there is none
ESSENTIAL = (
    "numpy", "scipy", "matplotlib", "sklearn", "sympy", "autograd", "ipykernel", "nbclient",
    "jupyter_book", "backprop",
)  # fmt: skip


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
    settings = installers.environment(os.environ)
    return (
        subprocess.call([str(python()), "-c", test], stderr=subprocess.DEVNULL, env=settings) == 0
    )


def fingerprint(kind):
    """Return a line that changes whenever something has to be installed anew."""
    digest = hashlib.sha256()
    lists = KINDS[kind] if VERSIONS == "locked" else CHOICES
    for name in (*lists, "code/pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(str(ROOT).encode())  # the package is installed by its path
    return "%s %s %s" % (kind, VERSIONS, digest.hexdigest()[:16])


def other_versions(settings):
    """Write a list of the newest, or the oldest admitted, versions of all but frameworks."""
    text = "\n".join((ROOT / name).read_text() for name in CHOICES)
    pins = dict(re.findall(r"(?m)^([\w-]+)==(\S+)", text))
    if VERSIONS == "newest":
        exceptions = ("jupyter-book", "uv")  # version 2 of Jupyter Book is another program
        lines = [name + ("==" + pin if name in exceptions else "") for name, pin in pins.items()]
    else:
        project = (ROOT / "code" / "pyproject.toml").read_text()
        ranges = re.search(r"(?ms)^chapters = \[(.*?)\]", project).group(1)
        pins.update(re.findall(r'"([\w-]+)>=([\w.]+)', ranges))
        lines = ["%s==%s" % item for item in pins.items()]
        lines.append("pyparsing<3.3")  # deprecates what matplotlib 3.9 calls on import
    target = ROOT / "_build" / ("requirements-%s.txt" % VERSIONS)
    target.parent.mkdir(exist_ok=True)
    command = [str(python()), "-m", "uv", "pip", "compile", "--quiet", "--no-header"]
    command += ["--no-annotate", "--upgrade", "-o", str(target), "-"]
    text = "\n".join(lines).encode()
    if subprocess.run(command, input=text, cwd=str(ROOT), env=settings).returncode:
        stop("there is no set of the %s versions: see above" % VERSIONS)
    return str(target)


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
    settings = installers.environment(os.environ)
    if subprocess.call([sys.executable, "-m", "venv", str(VENV)], env=settings):
        stop("the environment could not be created in .venv: %s" % (full() or "see above"))


def cache():
    """Return the folder in which uv is kept, so that it can be had without a network."""
    place = os.environ.get("BOOK_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    book = Path(home or os.path.expanduser("~/.cache")) / "backprop-companion"
    return (Path(place) if place else book) / "uv"


def has_uv(settings):
    """Install uv, from the cache or else from the index; tell whether it is there."""
    pip = [str(python()), "-m", "pip", "--quiet"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": settings}
    store = [*pip, "download", "--no-deps", "--only-binary=:all:", "--dest", str(cache()), UV]
    alone = [*pip, "install", "--no-deps", "--no-index", "--find-links", str(cache()), UV]
    if subprocess.call(alone, **quiet) == 0:
        return True
    if subprocess.call(store, **quiet) == 0 and subprocess.call(alone, **quiet) == 0:
        return True
    return subprocess.call([*pip, "install", UV], **quiet) == 0  # the cache cannot be written


def run(command, settings):
    """Run an installer; return what it says if it fails, and "" if it does not."""
    process = subprocess.run(
        command, cwd=str(ROOT), env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    message = process.stdout.decode("utf-8", "replace").strip()
    return (message or "exit status %d" % process.returncode) if process.returncode else ""


def install(names):
    """Install locked lists, with uv where that can be had and with pip otherwise."""
    settings = installers.environment(os.environ, installers.listing(python()))
    pip = [str(python()), "-m", "pip", "--quiet", "install"]
    uv = [str(python()), "-m", "uv", "pip", "install", "--quiet", "--python", str(python())]
    with_uv = has_uv(settings)
    if VERSIONS != "locked":
        names = [other_versions(settings)]
    for arguments in [*(["-r", name] for name in names), ["--no-deps", "-e", "./code"]]:
        if arguments[0] == "-r":
            print("installing %s (a minute or two the first time)" % arguments[1], flush=True)
        ways = [[*pip, *arguments]]
        if with_uv:
            build = [CPU_BUILD] if arguments[-1] == FRAMEWORKS else []
            # From its cache first: that needs no network, nor a proxy that answers.
            ways = [[*uv, "--offline", *build, *arguments], [*uv, *build, *arguments], *ways]
        for way in ways:
            message = run(way, settings)
            if not message:
                break
            if way[2] == "uv" and "--offline" not in way:
                print("%s\nuv could not install it; trying pip" % message, flush=True)
        else:
            sys.stderr.write(message + "\n")
            reason = full() or installers.reason(message)
            stop("%s could not be installed: %s" % (arguments[-1], reason))
    relocate()


def full():
    """Return that the disk is full, if it is."""
    free = shutil.disk_usage(str(VENV if VENV.exists() else ROOT)).free
    return "the disk is full" if free < 50e6 else ""


def relocate():
    """Let the environment find the package by a relative path.

    Python reads the file with that path in the locale's encoding, which may not have the letters
    of a folder above this one: it would then not start at all.
    """
    for path in VENV.glob("[lL]ib*/**/site-packages/_backprop_companion.pth"):
        site = os.path.realpath(str(path.parent))
        lines = path.read_bytes().decode("utf-8", "surrogateescape").splitlines()
        lines = [
            os.path.relpath(os.path.realpath(x), site) if os.path.isabs(x) else x for x in lines
        ]
        path.write_text("\n".join(lines) + "\n", encoding="ascii")


def faults(kind, modules=()):
    """Return what is not as it should be in the environment, a line for each package.

    With ``modules``, these are also imported.
    """
    lists = KINDS[kind] if VERSIONS == "locked" else []
    command = [str(python()), str(ROOT / "tools" / "installation.py"), ",".join(lists)]
    command += [",".join(modules), str(ROOT / "code")]
    process = subprocess.run(
        command, cwd=str(ROOT), env=installers.environment(os.environ), capture_output=True
    )
    lines = process.stderr if process.returncode else process.stdout
    return list(filter(None, lines.decode("utf-8", "replace").splitlines()))


def ensure(kind):
    """Bring the environment to what the kind needs; what it has beyond that stays."""
    if VERSIONS not in ("locked", "newest", "oldest"):
        stop("VERSIONS should be locked, newest or oldest, not %s" % VERSIONS)
    if VERSIONS != "locked":
        if kind == "frameworks":
            stop("the frameworks have one version only: VERSIONS goes with make test-core")
        kind = "test"
    record = ""
    if works():
        record = RECORD.read_text().strip() if RECORD.exists() else ""
    else:
        create()
    order = list(KINDS)
    kind_before, versions = record.split(" ")[:2] if record.count(" ") == 2 else ("", "")
    if (
        kind_before in KINDS
        and versions == VERSIONS
        and order.index(kind_before) > order.index(kind)
    ):
        kind = kind_before
    if record == fingerprint(kind):
        broken = faults(kind)
        if not broken:
            return
        print("the environment is mended: %s" % "; ".join(broken[:3]), flush=True)
    if RECORD.exists():
        RECORD.unlink()
    install(KINDS[kind])
    broken = faults(kind, ESSENTIAL)
    if broken:
        sys.stderr.write("\n".join(broken) + "\n")
        stop("the environment in .venv is not as it should be: see above; make clean removes it")
    # Matplotlib looks for fonts once, and may say so on stderr, in the output of a notebook.
    settings = installers.environment(os.environ)
    subprocess.call([str(python()), "-c", FONTS], stderr=subprocess.DEVNULL, env=settings)
    RECORD.write_text(fingerprint(kind) + "\n")


def lock():
    """Write the locked lists of requirements, all but the frameworks' with hashes."""
    compiler = [str(python()), "-m", "uv", "pip", "compile", *LOCK, *sys.argv[2:]]
    for source, target in LISTS.items():
        command = [*compiler, "--generate-hashes", source, "-o", target]
        if source.startswith(".binder"):
            command.append("--no-deps")  # Binder's JupyterLab has them, in its own versions
        if subprocess.call(command, cwd=str(ROOT)):
            stop("%s could not be written: see above" % target)
    # The CPU build of PyTorch has hashes and dependencies of its own, unknown to PyPI.
    choices = (ROOT / FRAMEWORKS).with_suffix(".in").read_text()
    choices = choices.replace("-c test.txt", "-c requirements/test.txt")  # read from here
    compilation = subprocess.run(
        [*compiler, "-"], input=choices.encode(), stdout=subprocess.PIPE, cwd=str(ROOT), check=False
    )
    if compilation.returncode:
        stop("%s could not be written: see above" % FRAMEWORKS)
    lines = compilation.stdout.decode().splitlines()
    pins = [line for line in lines if not line.startswith(GPU_ONLY)]
    (ROOT / FRAMEWORKS).write_text("\n".join(pins) + "\n")


def main(arguments):
    """Do what the command line says."""
    if not arguments or arguments[0] not in (*KINDS, "lock"):
        stop(__doc__.strip())
    try:
        lock() if arguments[0] == "lock" else ensure(arguments[0])
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        stop("the environment could not be made in .venv: the disk is full (%s)" % error)


if __name__ == "__main__":
    main(sys.argv[1:])
