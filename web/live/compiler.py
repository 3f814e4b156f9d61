"""Compile modules: runs in the Python of the pages (bytecode.py, compile.js)."""

from __future__ import annotations

import py_compile
import zipfile
from pathlib import Path

SOURCE, RESULT = Path("module.py"), Path("module.pyc")
CHECKED = py_compile.PycInvalidationMode.CHECKED_HASH  # against the source, where it is there


def compile_archive(sources: str, bytecode: str, place: str) -> None:
    """Write an archive with the bytecode of the modules in another.

    Parameters
    ----------
    sources : str
        Path of a zip file with modules ``x.py``.
    bytecode : str
        Path of the zip file to be written, with ``x.pyc`` for each that is Python of this version.
    place : str
        The folder in which they will be, for tracebacks.
    """
    with zipfile.ZipFile(sources) as old, zipfile.ZipFile(bytecode, "w") as new:
        for name in old.namelist():
            SOURCE.write_bytes(old.read(name))
            settings = {"dfile": f"{place}/{name}", "doraise": True}
            try:
                py_compile.compile(SOURCE, RESULT, **settings, invalidation_mode=CHECKED)
            except py_compile.PyCompileError:
                continue  # a template, say: it stays as it is
            new.writestr(zipfile.ZipInfo(f"{name}c"), RESULT.read_bytes())
