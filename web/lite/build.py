"""Build JupyterLite: the chapters as whole notebooks that run in the reader's browser.

    python -m web.lite.build        build it in _build/lite, unless it is current

``web.build`` calls this before the pages are built; ``web.lite.extension`` then copies the result
to the site, as ``lite/``, and adds a button to every chapter.  Python itself comes from the live
cells' folder, so live cells are required; files.toml lists the other files of JupyterLite's
kernel.  JupyterLite is built in its own environment, from requirements/lite.txt.  Missing files
are reported, and the book is then built without JupyterLite.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from web import ROOT, freshness, installers, solutions
from web.live import bytecode, extension, fetch, pack

HERE = Path(__file__).parent
LIST = HERE / "files.toml"
REQUIREMENTS = ROOT / "requirements" / "lite.txt"
OUTPUT = ROOT / "_build" / "lite"
ENVIRONMENT = ROOT / "_build" / "lite-environment"
WORK = ROOT / "_build" / "lite-work"
APPS = ("notebooks", "tree")  # one chapter a page, and the list of them
EXTENSION = Path("extensions/@jupyterlite/pyodide-kernel-extension/static/pypi")
FROM_LIVE = ("kernel.py", "loops.py", "loops.wasm", "words.py", "words.json")
FROM_EXTENSION = ("ipykernel", "piplite", "pyodide_kernel")
START = "start.js"
# What the kernel never reads, and would unpack one by one at every start: tests, descriptions of
# packages that are not there for jedi, which completes names, and scripts that JupyterLite has.
LEFT_OUT = re.compile(
    r"(.*/)?tests?/.*|jedi/third_party/(django-stubs|typeshed/(stdlib|third_party)/2)/.*"
    r"|jedi/third_party/typeshed/third_party/2and3/.*"
    r"|anywidget/(lab|nb)extension/.*|[^/]+\.data/.*"
)
HEAD = '<html lang="en">\n  <head>\n    <link rel="icon" href="./favicon.ico" />'


def contents() -> dict[str, Path]:
    """Return the files that a reader finds in JupyterLite."""
    chapters = ROOT / "chapters"
    files = sorted([*chapters.glob("*.ipynb"), *(chapters / "data").iterdir()])
    return {path.relative_to(chapters).as_posix(): path for path in files}


def key() -> str:
    """Return a hash of everything from which JupyterLite is built."""
    settings = sorted(HERE.glob("*.json"))
    code = (Path(__file__), Path(solutions.__file__))
    return freshness.digest(REQUIREMENTS, *settings, *code, *contents().values())


def is_complete() -> bool:
    """Tell whether JupyterLite is built from the present sources and all its files are cached."""
    current = freshness.Product(OUTPUT).is_current(key())
    return current and all(map(fetch.cached_path, fetch.file_list(LIST)))


def make_environment() -> bool:
    """Install the programs that build JupyterLite; return whether that succeeded."""
    environment, key = freshness.Product(ENVIRONMENT), freshness.digest(REQUIREMENTS)
    if environment.is_current(key):
        return True
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    print("installing requirements/lite.txt, for JupyterLite", flush=True)
    uv = [sys.executable, "-m", "uv"]
    make = [*uv, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)]
    install = [*uv, "pip", "install", "--quiet", "--python", str(ENVIRONMENT)]
    install += ["--require-hashes", "-r", str(REQUIREMENTS)]
    settings = installers.environment(os.environ, installers.listing(sys.executable))
    if subprocess.call(make, cwd=ROOT, env=settings):
        return False
    cached = subprocess.call(  # this needs no network
        [*install, "--offline"], cwd=ROOT, env=settings, stderr=subprocess.DEVNULL
    )
    if cached and subprocess.call(install, cwd=ROOT, env=settings):
        return False
    environment.complete(key)
    return True


def build() -> bool:
    """Build JupyterLite with the chapters; return whether that succeeded."""
    print("building JupyterLite", flush=True)
    shutil.rmtree(WORK, ignore_errors=True)
    for name, path in contents().items():
        (WORK / "contents" / name).parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        if path.suffix == ".ipynb":
            content = solutions.folded(nbformat.v4.reads(content.decode()))
        freshness.write(WORK / "contents" / name, content)
    (WORK / "lite").mkdir()
    for path in HERE.glob("*.json"):
        shutil.copyfile(path, WORK / "lite" / path.name)
    programs = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
    command = [str(programs / "jupyter-lite"), "build", "--no-sourcemaps"]
    command += [option for app in APPS for option in ("--apps", app)]
    command += ["--lite-dir", "lite", "--contents", "contents", "--output-dir", "output"]
    # Its data and settings come from its environment, not from the user's own folders.
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    environment = installers.environment(os.environ)
    environment |= {name: str(WORK / "home") for name in ("HOME", *folders)}
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        environment.pop(name, None)
    process = subprocess.run(command, cwd=WORK, env=environment, capture_output=True, text=True)
    if process.returncode:
        print((process.stdout + process.stderr)[-3000:], file=sys.stderr)
        return False
    for app in APPS:
        page = WORK / "output" / app / "index.html"
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("<html>\n  <head>", HEAD, 1), encoding="utf-8")
    freshness.Product(OUTPUT).replace(WORK / "output", key())
    shutil.rmtree(WORK, ignore_errors=True)
    return True


def ensure() -> bool:
    """Build JupyterLite if it is not built; return whether it is."""
    if is_complete():
        return True
    if fetch.ensure(LIST, "JupyterLite") is None:
        return False
    return freshness.Product(OUTPUT).is_current(key()) or (make_environment() and build())


def is_left_out(name: str) -> bool:
    """Tell whether a member of a package of the kernel is left out."""
    return LEFT_OUT.fullmatch(name) is not None


def small(file: fetch.File, path: Path, compiled: Path | None) -> bytes:
    """Return a wheel of the kernel with what it needs, and the bytecode of its modules."""
    make = functools.partial(pack.light, leave_out=is_left_out, compiled=compiled)
    inputs = [file.sha256, Path(__file__), *([compiled] if compiled else [])]
    return pack.keep(f"kernel-{file.name}", make, path, *inputs)


def versions() -> dict[str, str]:
    """Return the versions of JupyterLite's own packages."""
    names = [path.name.split("-")[:2] for path in (OUTPUT / EXTENSION).glob("*.whl")]
    return {name: version for name, version in names if name in FROM_EXTENSION}


def write_package(folder: Path, core: dict[str, Path]) -> Path:
    """Write our own package to a folder, with its bytecode; return the archive.

    Unlike live cells, JupyterLite shows widgets, so it needs the scripts of the package as well.
    """
    target, source = folder / "backprop.zip", ROOT / "code" / "backprop"
    extension.write_zip(target, extension.members_of(source, "backprop"))
    modules = bytecode.ensure({target.name: target}, core)  # those that live cells have
    kinds = (".py", ".js", ".css", "words.json")
    package = extension.members_of(source, "backprop", kinds)
    extension.write_zip(target, package + bytecode.beside(modules.get(target.name)))
    return target


def add_python(lite: Path, live: Path) -> None:
    """Write the files of Python to JupyterLite's folder on the site.

    Parameters
    ----------
    lite : Path
        The folder with JupyterLite.
    live : Path
        The folder of the live cells, complete.
    """
    kernel, pyodide = lite / "kernel", live / "runtime"
    kernel.mkdir()
    shutil.copyfile(HERE / START, kernel / START)
    lock = json.loads((pyodide / "lock.json").read_text(encoding="utf-8"))
    packages = dict(lock["packages"])  # without those of the kernel itself

    def add(name, path, imports, depends=(), version="0"):
        """Add a package to the lock."""
        lock["packages"][name.replace("_", "-")] = {
            "name": name,
            "version": version,
            "file_name": Path(os.path.relpath(path, pyodide)).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "imports": imports,
            "depends": list(depends),
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }

    files = fetch.file_list(LIST)
    kept = {file.name: fetch.cached_path(file) for file in files}
    core = bytecode.core()
    packages_of_kernel = {file.name: kept[file.name] for file in files if file.package}
    compiled = bytecode.ensure(packages_of_kernel, core)
    for file in files:
        path = kernel / file.name
        if not file.package:
            shutil.copyfile(kept[file.name], path)
            continue
        path.write_bytes(small(file, kept[file.name], compiled.get(file.name)))
        modules = extension.wheel_modules(kept[file.name])
        add(file.package, path, modules, file.depends, file.version)
    for name, version in versions().items():
        wheel = next((lite / EXTENSION).glob(f"{name}-{version}-*.whl"))
        add(name, wheel, [name], version=version)
    extension.write_zip(kernel / "empty.zip", [])
    add("ssl", kernel / "empty.zip", [])  # the kernel asks for it; nothing here needs it
    data = [path.name for path in sorted((live / "data").iterdir())]
    own = {
        "book_kernel/__init__.py": (HERE / "kernel.py").read_bytes(),
        "book_kernel/data.json": json.dumps(data).encode(),
        "book_kernel/fontlist.json": (live / "fontlist.json").read_bytes(),
        "book_kernel/packages.json": json.dumps(packages).encode(),
        "book_kernel/profile_default/ipython_config.py": (HERE / "ipython_config.py").read_bytes(),
        **{f"live/{name}": (live / name).read_bytes() for name in FROM_LIVE},
    }
    extension.write_zip(kernel / "book_kernel.zip", list(own.items()))
    add("book_kernel", kernel / "book_kernel.zip", ["book_kernel", "live"])
    add("backprop", write_package(kernel, core), ["backprop"])
    (kernel / "lock.json").write_text(json.dumps(lock), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(0 if ensure() else 1)
