"""Compile the modules that Python imports in a browser, once and not at every start.

Pyodide's archives have modules as source, which Python compiles whenever it imports them: more than
half of what a start takes.  Bytecode belongs to one version of Python, so the Python of the pages
itself makes it when the site is built: Deno runs Pyodide (compile.js), and compiler.py compiles.
The results are kept in _build/bytecode.

Bytecode is larger than source, and has to be loaded, so modules that are seldom imported stay
source.  Python imports both alike.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from web import ROOT, freshness
from web.live import fetch

HERE = Path(__file__).parent
STORE = freshness.Store(ROOT / "_build" / "bytecode", ".zip")
CORE = (
    "pyodide.mjs",
    "pyodide.asm.js",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
STDLIB = "python_stdlib.zip"
PLACES = {STDLIB: "/lib/python312.zip"}  # where an archive is in the browser
PLACE = "/lib/python3.12/site-packages"  # where others are
TAG = "cpython-312"
PATIENCE = 1800  # seconds
SELDOM = re.compile(
    # of the standard library; what CPython has frozen is never read from its archive
    r"(_collections_abc|abc|codecs|genericpath|importlib/machinery|importlib/util|io|ntpath|os"
    r"|posixpath|runpy|site|_sitebuiltins|stat|zipimport)\.py"
    r"|encodings/(?!__init__|aliases|ascii|cp437|idna|latin_1|utf_8)\w+\.py"
    r"|(_pyrepl|curses|dbm|distutils|ensurepip|html/parser|idlelib|lib2to3|pydoc_data|sqlite3|tkinter"
    r"|tomllib|turtledemo|venv|wsgiref|xml|xmlrpc|zoneinfo)/.*"
    r"|asyncio/(__main__|proactor_events|windows_\w+)\.py|concurrent/futures/process\.py"
    r"|ctypes/(_aix|macholib/.*|wintypes)\.py|http/(?!__init__|client)\w+\.py"
    r"|email/(_header_value_parser|contentmanager|generator|headerregistry|mime/.*|policy)\.py"
    r"|logging/(config|handlers)\.py"
    r"|multiprocessing/(?!__init__|context|process|reduction|util)[\w/]+\.py"
    r"|(_aix_support|_osx_support|_pydatetime|_pydecimal|_pyio|_pylong|_strptime|aifc|antigravity|cgi"
    r"|cgitb|chunk|compileall|cProfile|crypt|doctest|filecmp|ftplib|getopt|graphlib|imaplib|imghdr"
    r"|mailbox|mailcap|mimetypes|modulefinder|msilib|netrc|nntplib|nturl2path|optparse|pickletools"
    r"|pipes|plistlib|poplib|profile|pstats|pty|py_compile|pyclbr|rlcompleter|sched|shelve|smtplib"
    r"|sndhdr|socketserver|stringprep|sunau|symtable|tabnanny|telnetlib|this|trace|tty|turtle|uu|wave"
    r"|webbrowser|xdrlib|zipapp)\.py"
    # of packages
    r"|sympy/(categories|codegen|combinatorics|crypto|diffgeom|holonomic|liealgebras|parsing|physics"
    r"|stats|testing|vector)/.*"
    r"|numpy/(f2py|distutils|typing|_pyinstaller)/.*|backprop/exercises/ch\d+\.py|(fontTools|pytz)/.*"
)


def core() -> dict[str, Path | None]:
    """Return Pyodide's own files, as they are kept; None for one that is not."""
    return {file.name: fetch.cached_path(file) for file in fetch.file_list() if file.name in CORE}


def deno() -> str | None:
    """Return the path of Deno's program, or None if it is not installed."""
    try:
        from deno import find_deno_bin
    except ImportError:
        return None
    return find_deno_bin()


def members(archive: Path | None) -> dict[str, bytes]:
    """Return the bytecode in an archive, by the names of the modules' files with a "c"."""
    if archive is None:
        return {}
    with zipfile.ZipFile(archive) as compiled:
        return {name: compiled.read(name) for name in compiled.namelist()}


def beside(archive: Path | None) -> list[tuple[str, bytes]]:
    """Return the bytecode in an archive with the names that it has beside its sources."""
    found = []
    for name, content in members(archive).items():
        path = Path(name)
        found.append((f"{path.parent.as_posix()}/__pycache__/{path.stem}.{TAG}.pyc", content))
    return found


def sources(archive: Path) -> bytes:
    """Return an archive with the modules of another that are to be compiled, not compressed."""
    new = io.BytesIO()
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(new, "w") as chosen:
        for name in old.namelist():
            if name.endswith(".py") and not SELDOM.fullmatch(name):
                chosen.writestr(zipfile.ZipInfo(name), old.read(name))
    return new.getvalue()


def run(program: str, folder: Path) -> None:
    """Let Pyodide compile all archives in a folder.

    Raises
    ------
    RuntimeError
        If it cannot.
    """
    settings = {"DENO_DIR": str(folder / "deno"), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    allowed = ["--no-config", "--no-remote", f"--allow-read={folder}", f"--allow-write={folder}"]
    command = [program, "run", *allowed, "--allow-env", str(folder / "compile.js")]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | settings, timeout=PATIENCE
    )
    if done.returncode:
        raise RuntimeError(f"modules for the browser cannot be compiled:\n{done.stderr}")


def ensure(archives: dict[str, Path], core: dict[str, Path]) -> dict[str, Path]:
    """Compile the modules in archives where that has not been done.

    Parameters
    ----------
    archives : dict of str to Path
        The archives, by the names that they have in the browser.
    core : dict of str to Path
        Pyodide's own files, by name: those in ``CORE``.

    Returns
    -------
    dict of str to Path
        For each archive a zip file with the bytecode of module ``x.py`` under the name ``x.pyc``;
        empty, with a message on standard error, without Deno.
    """
    scripts = (HERE / name for name in ("bytecode.py", "compile.js", "compiler.py"))
    makers = freshness.digest(core["pyodide.asm.wasm"], *scripts)
    kept = {n: STORE.path(n, freshness.digest(path, makers)) for n, path in archives.items()}
    missing = [name for name, path in kept.items() if not path.exists()]
    if not missing:
        return kept
    program = deno()
    if program is None:
        print("Python starts more slowly on the pages: Deno is not installed.", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in CORE:
            shutil.copyfile(core[name], folder / name)
        for name in ("compile.js", "compiler.py"):
            shutil.copyfile(HERE / name, folder / name)
        for name in missing:
            (folder / f"{name}.sources").write_bytes(sources(archives[name]))
            (folder / f"{name}.place").write_text(PLACES.get(name, PLACE), encoding="utf-8")
        run(program, folder)
        for name in missing:
            content = (folder / f"{name}.bytecode").read_bytes()
            for old in STORE.folder.glob(f"{name}-*"):
                old.unlink(missing_ok=True)
            freshness.write(kept[name], content)
    return kept
