"""Let JupyterLite's Python load the modules that a cell imports, as live cells do.

web/lite/build.py packs this file as the package ``book_kernel``, together with the live cells'
kernel.py, the list of packages and matplotlib's list of fonts.  IPython loads it as an extension
when the kernel starts.
"""

import importlib
import json
import os
import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent
SITE = HERE.parent
MODULES = (
    "IPython.core.application",
    "IPython.core.completer",
    "IPython.core.interactiveshell",
    "IPython.core.shellapp",
    "IPython.extensions.storemagic",
    "comm",
    "live.kernel",
    "live.loops",
    "piplite.cli",
)


def prepare():
    """Import what the kernel needs as long as there is no drive, which every import asks first."""
    # IPython imports modules that Pyodide lacks, and its kernel has stand-ins for them.
    runpy.run_path(str(SITE / "pyodide_kernel" / "mocks.py"))["apply_mocks"]()
    for name in MODULES:
        importlib.import_module(name)


def address(name):
    """Return the address of a file of the live cells' folder."""
    import js

    # The worker's own address is …/lite/extensions/…; the site's other files lie beside lite.
    site = js.location.href.partition("/lite/extensions/")[0]
    return f"{site}/_static/live/{name}"


def read(name):
    """Return a file of Pyodide's folder synchronously, for an import inside a function."""
    import js

    request = js.XMLHttpRequest.new()
    request.open("GET", address(f"runtime/{name}"), False)
    request.responseType = "arraybuffer"
    request.send()
    if request.status != 200:
        raise ImportError(f"The file {name} is missing on the server.")
    return js.Uint8Array.new(request.response)


def mount_data():
    """Provide the book's data where there is no drive, as in some browsers' private windows."""
    from pyodide_js import FS

    Path("data").mkdir(exist_ok=True)
    for name in json.loads((HERE / "data.json").read_text(encoding="utf-8")):
        FS.createLazyFile(os.path.abspath("data"), name, address(f"data/{name}"), True, False)


def report_overflow(result):
    """Say that an integer became too large, below what a cell has shown."""
    from live import loops

    if loops.overflows():
        print(loops.OVERFLOW, file=sys.stderr)


def load_ipython_extension(shell):
    """Let the kernel load packages from the site."""
    import pyodide_kernel.kernel
    from live import loops
    from live.kernel import dependencies, find_packages

    packages = json.loads((HERE / "packages.json").read_text(encoding="utf-8"))
    find_packages(lambda name: read(name).to_bytes(), packages, str(SITE))
    shell.events.register("pre_run_cell", lambda info: loops.overflows())
    shell.events.register("post_run_cell", report_overflow)
    load = pyodide_kernel.kernel._load_packages_from_imports

    async def load_imports(code):
        await load("\n".join(f"import {name}" for name in dependencies(code)))
        fonts = SITE / "matplotlib" / "fontlist.json"
        if fonts.parent.exists() and not (HERE / "fonts-written").exists():
            fonts.write_bytes(
                (HERE / "fontlist.json").read_bytes()
            )  # searching for fonts takes seconds
            (HERE / "fonts-written").touch()

    pyodide_kernel.kernel._load_packages_from_imports = load_imports
    if not Path("/drive").exists():
        mount_data()
