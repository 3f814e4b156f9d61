"""Live cells: put Python for the browser and its scripts on the site.

If a file of web/live/files.toml could not be fetched, pages have no button.  Neither do notebooks
that require a framework: no framework runs in a browser.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path

from web import ROOT, words
from web.live import assembler, bytecode, fetch, pack

SCRIPTS = ("live.js", "live.css", "page.js", "files.js", "editor.js", "output.js", "worker.js")
PYTHON = ("kernel.py", "figures.py", "display.py", "loops.py", "words.py")
WORDS = "words.json"  # of another language than English, for words.py
RUN = "<!-- run -->"  # where a page has a link that runs the first chapter
FIRST = "01-neural-networks"
DEFERRED = {"fonttools", "pytz", "matplotlib-pyodide"}  # matplotlib rarely or never needs them
EPOCH = (1980, 1, 1, 0, 0, 0)
HERE = Path(__file__).parent


def members_of(
    folder: Path, prefix: str, kinds=(".py", "words.json", "-weights.js")
) -> list[tuple[str, bytes]]:
    """Return the files with certain endings in a folder, with their names in an archive."""
    return [
        (f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.name.endswith(kinds)
    ]


def write_zip(
    target: Path, members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> None:
    """Write an archive whose bytes depend only on its members."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = method
            archive.writestr(info, content)


def wheel_modules(wheel: Path) -> list[str]:
    """Return the top-level modules in a wheel."""
    with zipfile.ZipFile(wheel) as members:
        names = [name.split("/") for name in members.namelist()]
    folders = {parts[0] for parts in names if len(parts) == 2 and parts[1] == "__init__.py"}
    return sorted(folders | {p[0][:-3] for p in names if len(p) == 1 and p[0].endswith(".py")})


def make_lock(files, paths: dict[str, Path], digests: dict[str, str]) -> dict:
    """Return Pyodide's lock, reduced to the listed packages, with those that it lacks added.

    ``digests`` has the SHA-256 of each file on the site.
    """
    lock = json.loads(paths["pyodide-lock.json"].read_text(encoding="utf-8"))
    pyodide_packages, lock["packages"] = lock["packages"], {}
    for file in files:
        if file.package is None:
            continue
        entry = {
            "name": file.package,
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
        if file.version is None:
            entry = pyodide_packages[file.package]
            depends = [name for name in entry["depends"] if name not in DEFERRED]
        else:
            depends = list(file.depends)
            entry["imports"] = wheel_modules(paths[file.name])
            entry["version"] = file.version
        entry |= {"depends": depends, "file_name": file.name, "sha256": digests[file.name]}
        lock["packages"][file.package] = entry
    return lock


def font_list(wheel: Path) -> str:
    """Return matplotlib's list of its own fonts, which would otherwise take seconds to build.

    The wheel has a list of another version, with the fonts of the computer that built it.
    """
    with zipfile.ZipFile(wheel) as members:
        fonts = json.loads(members.read("matplotlib/fontlist.json"))
        source = members.read("matplotlib/font_manager.py").decode()
    fonts["_version"] = int(re.search(r"__version__ = (\d+)", source)[1])
    for kind in ("afmlist", "ttflist"):
        own = [entry for entry in fonts[kind] if entry["fname"].startswith("fonts/")]
        fonts[kind] = sorted(own, key=lambda entry: entry["fname"])
    return json.dumps(fonts)


def add_package(target: Path, files, paths: dict[str, Path]) -> dict[str, Path]:
    """Write our own package to a folder, packed; return the bytecode of the other archives."""
    package = target / "backprop.zip"
    modules = members_of(ROOT / "code" / "backprop", "backprop")
    write_zip(package, modules)
    archives = [file.name for file in files if file.package or file.name == bytecode.STDLIB]
    places = {name: paths[name] for name in archives} | {package.name: package}
    compiled = bytecode.ensure(places, paths)
    own = bytecode.beside(compiled.pop(package.name, None))
    write_zip(package, modules + own, zipfile.ZIP_STORED)
    (target / (package.name + pack.SUFFIX)).write_bytes(pack.packed(package.read_bytes()))
    package.unlink()
    return compiled


def assemble(target: Path, texts: dict[str, str]) -> None:
    """Write all files of the live cells to a folder of the site.

    Parameters
    ----------
    target : Path
        The folder.
    texts : dict of str to str
        The words of the cells' Python in the language of the book.
    """
    files = fetch.file_list()
    paths = {file.name: fetch.cached_path(file) for file in files}
    shutil.rmtree(target, ignore_errors=True)
    for folder in ("runtime", "data"):
        (target / folder).mkdir(parents=True)
    for name in (*SCRIPTS, *PYTHON):
        shutil.copyfile(HERE / name, target / name)
    (target / WORDS).write_text(json.dumps(texts), encoding="utf-8")
    (target / "loops.wasm").write_bytes(assembler.library())
    compiled = add_package(target, files, paths)
    digests = {}
    for file in files:
        if file.name != "pyodide-lock.json":
            name, content = pack.small(file, paths[file.name], compiled.get(file.name))
            (target / "runtime" / name).write_bytes(content)
            digests[file.name] = hashlib.sha256(content).hexdigest()
    lock = make_lock(files, paths, digests)
    (target / "runtime" / "lock.json").write_text(json.dumps(lock), encoding="utf-8")
    matplotlib = next(paths[file.name] for file in files if file.package == "matplotlib")
    (target / "fontlist.json").write_text(font_list(matplotlib), encoding="utf-8")
    for path in sorted((ROOT / "chapters" / "data").iterdir()):
        shutil.copyfile(path, target / "data" / path.name)

    contents = {
        path.name.removesuffix(pack.SUFFIX): {
            "path": path.relative_to(target).as_posix(),
            "size": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "packed": path.name.endswith(pack.SUFFIX),
        }
        for path in sorted(target.rglob("*"))
        if path.is_file() and path.name not in SCRIPTS
    }
    content = {
        "files": contents,
        "own": ["backprop.zip", "fontlist.json", "loops.wasm", WORDS, *PYTHON],
        "packages": lock["packages"],
        "modules": [{"module": f.module, "name": f.name} for f in files if f.module],
    }
    (target / "files.json").write_text(json.dumps(content), encoding="utf-8")


def is_live(source: Path) -> bool:
    """Tell whether a page comes from a notebook whose cells run in a browser."""
    if source.suffix != ".ipynb":
        return False
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return bool(code) and not re.search(r"(?m)^require\(", "\n".join(code))


@functools.cache
def is_on_the_site() -> bool:
    """Tell whether pages get live cells: all their files have been fetched."""
    return fetch.is_complete()


def button_bar(ours: words.Words) -> str:
    """Return the bar with the button, which waits for its script, as HTML."""
    return (
        f'<div class="live-bar pst-js-only" role="group" aria-label="{ours.say("Live cells")}">'
        f'<button type="button" class="live-start" disabled>{ours.say("Run this page")}</button> '
        '<span class="live-status" role="status"></span></div>'
    )


def add_button(app, pagename, templatename, context, doctree) -> None:
    """Add the button, its script and its style to a live page.

    The button is on the page from the start, or the text would move when it comes.
    """
    if app.builder.name != "html" or doctree is None or not is_on_the_site():
        return
    if not is_live(Path(app.env.doc2path(pagename))):
        return
    address = context["pathto"]
    version = {}
    for name in ("live.js", "live.css"):
        content = (HERE / name).read_bytes()
        version[name] = f"_static/live/{name}?v={hashlib.sha256(content).hexdigest()[:8]}"
    style, script = address(version["live.css"], 1), address(version["live.js"], 1)
    context["metatags"] += f'\n<link rel="stylesheet" href="{style}" />'
    context["metatags"] += f'\n<script data-live defer src="{script}"></script>'
    bar = button_bar(words.of(app))
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{bar}", 1)


def add_link(app, pagename, templatename, context, doctree) -> None:
    """Put the link that runs the first chapter where a page has a place for it."""
    body = context.get("body", "")
    if app.builder.name == "html" and RUN in body and is_on_the_site():
        say = words.of(app).say
        link = f'<a href="{FIRST}.html?run">{say("Run chapter 1")}</a>'
        how = f"<span>{say('in your browser, with nothing to install')}</span>"
        context["body"] = body.replace(RUN, f'<p class="run-first">{link} {how}</p>')


def copy_files(app, exception) -> None:
    """Copy the files to the site."""
    if exception is None and app.builder.name == "html" and is_on_the_site():
        texts = words.of(app).of("web/live/kernel.py", "web/live/loops.py")
        assemble(Path(app.outdir) / "_static" / "live", texts)


def setup(app):
    """Connect to Sphinx's events."""
    app.connect("html-page-context", add_button)
    app.connect("html-page-context", add_link)
    app.connect("build-finished", copy_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
