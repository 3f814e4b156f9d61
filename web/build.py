"""Build the site: ``python -m web.build`` leaves it in _build/html.

``python -m web.build links`` checks the external links instead.

Notebooks whose outputs could have changed are executed in parallel (``notebooks``), while
JupyterLite is built if any notebook has changed (``lite``).  Jupyter Book
then builds the pages from a copy of the sources that contains the executed notebooks; a warning
is an error.  Only pages whose sources changed are read again; if numbers or names that other
pages show have changed, all are written (``pages.changes``).  The new site replaces the old one
only when it is complete, and carries a key of all its inputs: while the key matches, there is
nothing to do.  So a build can be interrupted at any time, and _build/html is never half a site.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import yaml

from web import ROOT, freshness, kernel_environment, notebooks
from web.lite import build as lite
from web.live import fetch
from web.pages import address, claims, repository_buttons
from web.pages.links import broken_links

BUILD = ROOT / "_build"
WORK = BUILD / "work"  # sources, what Sphinx has read of them, and pages of a running build
HTML = BUILD / "html"  # the last complete site
SOURCES = {"chapters": {".bib", ".md", ".po", ".svg"}, "web/static": {".css", ".js", ".svg"}}


def version() -> str:
    """Return the book's version, from the one place where it is chosen: code/pyproject.toml."""
    text = (ROOT / "code" / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["version"]


def documents_in(toc: dict) -> list[str]:
    """Return the documents that a parsed _toc.yml names, in reading order."""
    names = [toc[key] for key in ("root", "file") if key in toc]
    for key in ("parts", "chapters", "sections"):
        for entry in toc.get(key, []):
            names += documents_in(entry)
    return names


def documents() -> list[str]:
    """Return the documents that the book's _toc.yml names, in reading order."""
    return list(_documents_of((ROOT / "_toc.yml").read_text(encoding="utf-8")))


@functools.cache  # tests of pages ask again and again
def _documents_of(toc: str) -> tuple[str, ...]:
    """Return the documents that the text of a _toc.yml names."""
    return tuple(documents_in(yaml.safe_load(toc)))


def sources() -> tuple[dict[str, bytes], list[Path]]:
    """Return the sources of the site: files with their contents, and the notebooks.

    Raises
    ------
    SystemExit
        If _toc.yml names a document that does not exist, or _config.yml does not contain
        ``execute_notebooks: force`` exactly once.
    """
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    config, count = re.subn(r"(?m)^( *execute_notebooks:) force\b", r'\1 "off"', config)
    if count != 1:
        raise SystemExit("_config.yml should contain `execute_notebooks: force` exactly once")
    files = {"_config.yml": config.encode(), "_toc.yml": (ROOT / "_toc.yml").read_bytes()}
    for folder, kinds in SOURCES.items():
        for path in freshness.files_of([ROOT / folder]):
            if path.suffix in kinds:
                files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    chapters = []
    for name in documents():
        if f"{name}.md" not in files:
            chapters.append(ROOT / f"{name}.ipynb")
            if not chapters[-1].exists():
                raise SystemExit(f"_toc.yml names {name}, but there is no {name}.md or .ipynb")
    return files, chapters


def site_key(files: dict[str, bytes], keys: dict[Path, str]) -> str:
    """Return a hash of everything on which a page can depend.

    Parameters
    ----------
    files : dict of str to bytes
        The sources, without the notebooks.
    keys : dict of Path to str
        The notebooks with their keys (``notebooks.key``).
    """
    live = fetch.is_complete()
    return freshness.digest(
        *(part for item in sorted(files.items()) for part in item),
        *(part for path, key in keys.items() for part in (path.name, notebooks.written(path), key)),
        platform.python_version(),
        f"live cells: {live}",
        f"JupyterLite: {lite.key() if live and lite.is_complete() else None}",
        repr(repository_buttons.publisher(ROOT)),
        repr(address.address()),
        ROOT / "code" / "backprop",  # for the page of the package, and for live cells
        ROOT / "requirements" / "book.txt",
        ROOT / "web",
        repr(claims.summaries()),
        root=ROOT,
    )


def present_key() -> str:
    """Return the key that the site has if it is built from the present sources."""
    files, chapters = sources()
    return site_key(files, notebooks.keys(chapters))


def is_current() -> bool:
    """Tell whether the site in _build/html is complete and built from the present sources."""
    return freshness.Product(HTML).is_current(present_key())


@contextlib.contextmanager
def jupyter_book() -> Iterator[subprocess.Popen]:
    """Let Jupyter Book load; it ends with this context, if it has not been run.

    Raises
    ------
    SystemExit
        If Jupyter Book is installed in a version other than 1.
    """
    version = importlib.metadata.version("jupyter-book")
    if not version.startswith("1."):
        raise SystemExit(f"Jupyter Book should be version 1, not {version}: make book")
    fonts = kernel_environment.font_list()
    with subprocess.Popen(
        [sys.executable, "-m", "web.jupyter_book"],
        cwd=ROOT,
        # Matplotlib, which a page's imports bring in, would look for a place in the home.
        env={**os.environ, "PYTHONHASHSEED": "0", "MPLCONFIGDIR": str(fonts.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def run(process: subprocess.Popen, source: Path, output: Path, *options: str) -> bool:
    """Let Jupyter Book build output/_build/html; return whether it succeeded."""
    arguments = ["build", str(source), "--path-output", str(output), "--keep-going", "-q"]
    _, errors = process.communicate("\n".join([*arguments, *options]))
    print(plain(errors).replace(f"{source}/", ""), end="", file=sys.stderr)
    return process.returncode == 0


def run_jupyter_book(source: Path, output: Path, *options: str) -> bool:
    """Load and run Jupyter Book; return whether it succeeded."""
    with jupyter_book() as process:
        return run(process, source, output, *options)


def plain(text: str) -> str:
    """Return the text that a program printed to a terminal, without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def reading_key(files: dict[str, bytes]) -> str:
    """Return a hash of what decides how pages are read, apart from their own sources."""
    settings = files["_config.yml"], files["_toc.yml"], files.get("chapters/references.bib", b"")
    programs = sorted((ROOT / "web").rglob("*.py"))
    requirements = ROOT / "requirements" / "book.txt"
    return freshness.digest(platform.python_version(), *settings, *programs, requirements)


def write_sources(files: dict[str, bytes], chapters: list[Path]) -> Path:
    """Bring the copy of the sources up to date, except the notebooks; return its folder.

    Unchanged files keep their times, which tell Sphinx what to read again.
    """
    source = WORK / "source"
    names = {*files, *(path.relative_to(ROOT).as_posix() for path in chapters)}
    for path in freshness.files_of([source]):
        if path.relative_to(source).as_posix() not in names:
            path.unlink()
    for name, content in files.items():
        freshness.write(source / name, content)
    return source


@contextlib.contextmanager
def lock() -> Iterator[None]:
    """Wait until no other build is running in this folder (where the system supports locks)."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / "lock", "w") as file:
        with contextlib.suppress(ImportError):  # Windows has no fcntl
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("waiting for another build in this folder to end", flush=True)
                fcntl.flock(
                    file, fcntl.LOCK_EX
                )  # released when the process ends, for whatever reason
        yield


def copy_file(source: str, target: str) -> None:
    """Copy a page; let any other file, which nobody changes in place, have a second name."""
    if not source.endswith(".html"):
        with contextlib.suppress(OSError):
            os.link(source, target)
            return
    shutil.copy2(source, target)


def build(lite_build: Future | None = None) -> int:
    """Build the site if it is not current; return the exit status.

    Parameters
    ----------
    lite_build : Future, optional
        JupyterLite, if it is being built; its result tells whether that succeeded.
    """
    start = time.perf_counter()
    with jupyter_book() as process:
        status, new = build_site(process, lite_build)
    if new:
        print(f"built in {time.perf_counter() - start:.0f} s")
    return status


def build_site(process: subprocess.Popen, lite_build: Future | None) -> tuple[int, bool]:
    """Build the site with a Jupyter Book that loads; return the exit status, and if it is new."""
    files, chapters = sources()
    keys = notebooks.keys(chapters)
    site = freshness.Product(HTML)
    if not lite_build and site.is_current(site_key(files, keys)):
        return 0, False
    copies = notebooks.ensure(keys)
    if copies is None:
        return 1, False
    if lite_build and not lite_build.result():
        print("The book is built without JupyterLite: pages get no button to open it.")
    key = site_key(files, keys)
    if site.is_current(key):  # JupyterLite was tried again, in vain
        return 0, False
    work = freshness.Product(WORK)
    work.begin(reading_key(files))
    source = write_sources(files, chapters)
    notebooks.stage(source / "chapters", copies)
    print("building the pages", flush=True)
    if not run(process, source, WORK, "-W", "-n"):
        return 1, False
    pages, copy = WORK / "_build" / "html", WORK / "site"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(pages, copy, copy_function=copy_file)
    site.replace(copy, key)
    work.complete(reading_key(files))
    return 0, True


def write_stored_sources() -> Path:
    """Write the sources with the outputs stored in the notebooks; return their folder."""
    files, chapters = sources()
    freshness.Product(WORK).begin("")
    source = write_sources(files, chapters)
    for path in chapters:
        shutil.copyfile(path, source / "chapters" / path.name)
    return source


def links() -> int:
    """Check external links, on pages built from the stored outputs; return the exit status."""
    source = write_stored_sources()
    run_jupyter_book(source, WORK, "--builder", "linkcheck")
    broken = broken_links((WORK / "_build" / "html" / "output.txt").read_text("utf-8"))
    print("\n".join(broken) or "no link is broken")
    return 1 if broken else 0


def gettext() -> int:
    """Collect the sentences of all pages for translators; return the exit status."""
    source = write_stored_sources()
    if not run_jupyter_book(source, WORK, "--builder", "custom", "--custom-builder", "gettext"):
        return 1
    target = BUILD / "gettext"
    shutil.rmtree(target / "chapters", ignore_errors=True)
    found = WORK / "_build" / "gettext"
    for path in found.rglob("*.pot"):
        freshness.write(target / path.relative_to(found), path.read_bytes())
    print(f"{len(list(target.rglob('*.pot')))} catalogues are in {target}")
    return 0


def prepare(threads: ThreadPoolExecutor) -> Future | None:
    """Fetch what runs Python in the browser; begin to build JupyterLite if it is not current."""
    if fetch.ensure() is None:
        print("The book is built without live cells: pages get no button to run them.")
        return None
    return None if lite.is_complete() else threads.submit(lite.ensure)


def main(arguments: list[str]) -> int:
    """Build the site, check links or collect sentences; return the exit status."""
    commands = {"links": links, "gettext": gettext}
    if arguments:
        with lock():
            return commands[arguments[0]]()
    with lock(), ThreadPoolExecutor(1) as threads:
        try:
            status = build(prepare(threads))
        except KeyboardInterrupt:
            status = 130
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            print(f"The disk is full: {error}", file=sys.stderr)
            status = 1
    if status:
        print("The site was not built; see above.", file=sys.stderr)
        if HTML.exists():
            print(f"{HTML} still holds the previous site, which is out of date.", file=sys.stderr)
        return status
    if note := repository_buttons.note(ROOT):
        print(note)
    print(
        f"The site is in {HTML}\nOpen {HTML / 'index.html'} in a browser, or serve it: make serve"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
