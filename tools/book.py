"""Build the site: ``python tools/book.py`` leaves it in _build/html.

``python tools/book.py links`` checks the links to the outside instead.

Notebooks are executed in parallel, those whose outputs could have changed
(tools/notebooks.py); then Jupyter Book builds every page from a copy of the sources, in which
it finds them executed, and a warning is an error.  All pages, always: that takes seconds, and
numbers and links then agree across pages.  The new site takes the old one's place only when
it is complete, and carries a key of everything that went into it: while the key fits, there is
nothing to do.  So a build can be interrupted at any time, and _build/html is never half a site.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import notebooks
import runtime
import yaml

import lite

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "_ext"))
import publisher  # noqa: E402
import sharing  # noqa: E402

BUILD = ROOT / "_build"
WORK = BUILD / "work"  # sources and pages of a build under way
HTML = BUILD / "html"  # the last complete site
KEY = "key.txt"  # in HTML: what the site was built from
KINDS = {
    "_ext": {".py"},
    "_static": {".css", ".js", ".svg"},
    "chapters": {".bib", ".md", ".svg"},
    "lite": {".json", ".py", ".toml"},
    "live": {".css", ".js", ".py", ".toml"},
}


def version() -> str:
    """Return the book's version, from the one place where it is chosen: code/pyproject.toml."""
    text = (ROOT / "code" / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["version"]


def documents(toc: dict) -> list[str]:
    """Return the documents that a parsed _toc.yml names, in reading order."""
    found = [toc[name] for name in ("root", "file") if name in toc]
    for name in ("parts", "chapters", "sections"):
        for entry in toc.get(name, []):
            found += documents(entry)
    return found


def listed() -> list[str]:
    """Return the documents that the book's _toc.yml names, in reading order."""
    return documents(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))


def sources() -> tuple[dict[str, bytes], list[Path]]:
    """Return what the site is made of: files with their contents, and the notebooks.

    Raises
    ------
    SystemExit
        If _toc.yml names a document that does not exist, or _config.yml does not say
        ``execute_notebooks: force``, once.
    """
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    config, replaced = re.subn(r"(?m)^( *execute_notebooks:) force\b", r'\1 "off"', config)
    if replaced != 1:
        raise SystemExit("_config.yml should say `execute_notebooks: force`, once")
    files = {"_config.yml": config.encode(), "_toc.yml": (ROOT / "_toc.yml").read_bytes()}
    for folder, kinds in KINDS.items():
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in kinds and path.is_file():
                files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    chapters = []
    for name in listed():
        if f"{name}.md" not in files:
            chapters.append(ROOT / f"{name}.ipynb")
            if not chapters[-1].exists():
                raise SystemExit(f"_toc.yml names {name}, but there is no such .md or .ipynb")
    return files, chapters


def has_live_cells() -> bool:
    """Tell whether pages get live cells: all that they need has been fetched."""
    return (ROOT / "live" / "files.toml").exists() and runtime.complete()


def site_key(files: dict[str, bytes], chapters: list[Path]) -> str:
    """Return a hash of everything on which a page can depend."""
    parts = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    parts |= {path.name: notebooks.key(path) for path in chapters}
    parts["python"] = platform.python_version()
    parts["live cells"] = str(has_live_cells())
    parts["JupyterLite"] = lite.key() if has_live_cells() and lite.is_complete() else ""
    parts["publisher"] = repr(publisher.publisher(ROOT))
    parts["address"] = repr(sharing.address())
    tools = [Path(module.__file__) for module in (lite, notebooks, runtime)]
    for path in (ROOT / "requirements-book.txt", Path(__file__), *tools):
        parts[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()


def is_current() -> bool:
    """Tell whether the site in _build/html is complete and made of the present sources."""
    try:
        return (HTML / KEY).read_text(encoding="utf-8").strip() == site_key(*sources())
    except FileNotFoundError:
        return False


def run_jupyter_book(source: Path, output: Path, *options: str) -> bool:
    """Run Jupyter Book, which builds output/_build/html; return whether it went well.

    Raises
    ------
    SystemExit
        If another Jupyter Book than version 1 is installed.
    """
    version = importlib.metadata.version("jupyter-book")
    if not version.startswith("1."):
        raise SystemExit(f"Jupyter Book should be version 1, as pinned, but is {version}")
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    command += [str(source), "--path-output", str(output), "--keep-going", "-q", *options]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("BOOK_ROOT", None)
    environment.pop("BOOK_LITE", None)
    if has_live_cells():
        environment["BOOK_ROOT"] = str(ROOT)  # _ext/live_cells.py takes them from there
        if lite.is_complete():
            environment["BOOK_LITE"] = str(lite.BUILT)  # _ext/lite_button.py takes it
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr).replace(f"{source}/", "")
    print(said, end="", file=sys.stderr)
    return done.returncode == 0


def write_sources(files: dict[str, bytes]) -> Path:
    """Write what the site is made of, but for the notebooks, to a new folder; return it."""
    shutil.rmtree(WORK, ignore_errors=True)
    source = WORK / "source"
    for name, content in files.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    return source


def publish(pages: Path, key: str) -> None:
    """Put the pages, with their key, in the place of the old site."""
    (pages / KEY).write_text(key + "\n", encoding="utf-8")
    old = BUILD / "html.old"
    shutil.rmtree(old, ignore_errors=True)
    if HTML.exists():
        HTML.rename(old)
    pages.rename(HTML)
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def alone():
    """Wait until no other build is under way in this folder (where the system can tell)."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "lock", "w") as file:
        with contextlib.suppress(ImportError):  # Windows has no fcntl
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)  # falls with the process, however that ends
        yield


def build() -> int:
    """Build the site if it is not current; return the exit status."""
    start = time.perf_counter()
    files, chapters = sources()
    key = site_key(files, chapters)
    source = write_sources(files)
    if notebooks.stage(source / "chapters", chapters):
        return 1
    print("building the pages", flush=True)
    if not run_jupyter_book(source, WORK, "-W", "-n"):
        return 1
    publish(WORK / "_build" / "html", key)
    shutil.rmtree(WORK, ignore_errors=True)
    print(f"built in {time.perf_counter() - start:.0f} s")
    return 0


def gone(report: str) -> list[str]:
    """Return the lines of a report of links that need a correction.

    Some publishers refuse (403) whatever is not a browser; such a link may well work.
    """
    broken = [line for line in report.splitlines() if "[broken]" in line]
    return [line for line in broken if ": 403 Client Error: " not in line]


def links() -> int:
    """Check the links to the outside on pages made of the stored outputs; return the status."""
    files, chapters = sources()
    source = write_sources(files)
    for path in chapters:
        shutil.copyfile(path, source / "chapters" / path.name)
    run_jupyter_book(source, WORK, "--builder", "linkcheck")
    found = gone((WORK / "_build" / "html" / "output.txt").read_text("utf-8"))
    print("\n".join(found) or "no link is broken")
    return 1 if found else 0


def prepare() -> None:
    """Fetch and build what runs Python in the reader's browser, or say what there will not be."""
    if not (ROOT / "live" / "files.toml").exists():
        return
    if runtime.ensure() is None:
        print("The book is built without live cells: pages get no button to run them.")
    elif not lite.ensure():
        print("The book is built without JupyterLite: pages get no button to open it.")


def main(arguments: list[str]) -> int:
    """Build, and say where the site is, or that there is no new one; or check links."""
    if arguments == ["links"]:
        with alone():
            return links()
    with alone():
        try:
            prepare()
            failed = 0 if is_current() else build()
        except KeyboardInterrupt:
            failed = 130
    if failed:
        print("The site was not built; see above.", file=sys.stderr)
        if HTML.exists():
            print(f"{HTML} still holds the one before: it is out of date.", file=sys.stderr)
        return failed
    print(
        f"The site is in {HTML}\nOpen {HTML / 'index.html'} in a browser, or serve it: make serve"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
