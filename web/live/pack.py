"""Make the files of the live cells small before they go to the site.

A host need not compress what it sends.  So scripts and WebAssembly are on the site packed by gzip,
and only so: ``files.js`` unpacks them in the browser with ``DecompressionStream``.  Every browser
that can run ``worker.js`` has it, except Safari 15.0 to 16.3: workers that are modules and
``DecompressionStream`` came with Chrome 80 (2020), with Firefox 114 and 113 (2023), and with Safari
15 and 16.4 (2021, 2023).  So the site has no second copy for browsers without it, and says there
that the browser is too old.  The names end in ``.packed``, not ``.gz``: some hosts say of the
latter that it is compressed on the way, and the browser would then unpack it first.

Wheels are compressed already.  They lose what serves to test them or to compile against them, and
are compressed as well as zip can.  They and the standard library get bytecode in the place of
modules (bytecode.py).  Results are kept in _build/packed, because SciPy takes seconds.
"""

from __future__ import annotations

import base64
import csv
import functools
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from web import ROOT, freshness
from web.live import bytecode, fetch

SUFFIX = ".packed"
PACKED = (".js", ".mjs", ".wasm")
STORE = freshness.Store(ROOT / "_build" / "packed", "")
LEVEL = 9  # the best, for gzip and for zip
# What Python does not read when it imports or runs a package; licences and metadata stay.
LEFT_OUT = re.compile(r"(.*/)?tests/.*|.*\.(a|c|cpp|h|hpp|pxd|pxi|pyi|pyx|tp)")


def packed(content: bytes) -> bytes:
    """Return a content compressed by gzip; the same content gives the same bytes."""
    return gzip.compress(content, LEVEL, mtime=0)


def is_left_out(name: str) -> bool:
    """Tell whether a member of a wheel is left out."""
    return ".dist-info/" not in name and LEFT_OUT.fullmatch(name) is not None


def line(name: str, content: bytes) -> tuple[str, str, str]:
    """Return what a RECORD has of a file."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return name, f"sha256={digest}", str(len(content))


def record(content: bytes, leave_out: Callable[[str], bool], modules: dict[str, bytes]) -> bytes:
    """Return the RECORD of a wheel: without what is left out, with bytecode for its modules."""
    rows = [row for row in csv.reader(io.StringIO(content.decode())) if row]
    new = io.StringIO()
    csv.writer(new, lineterminator="\n").writerows(
        line(f"{row[0]}c", modules[f"{row[0]}c"]) if f"{row[0]}c" in modules else row
        for row in rows
        if not leave_out(row[0])
    )
    return new.getvalue().encode()


def light(
    content: bytes,
    leave_out: Callable[[str], bool] = is_left_out,
    compiled: Path | None = None,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Return a wheel, or a zip archive, with what its users need.

    Parameters
    ----------
    content : bytes
        The archive.  Names, times and permissions of what remains stay as they are there.
    leave_out : callable, optional
        Tells of the name of a member whether it is left out.
    compiled : Path, optional
        An archive with members ``x.pyc`` that take the place of ``x.py``.
    method : int, optional
        How members are compressed, as zipfile has it.

    Returns
    -------
    bytes
        The smaller archive; the same content gives the same bytes.
    """
    new, modules = io.BytesIO(), bytecode.members(compiled)
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as archive:
        for member in old.infolist():
            name = member.filename
            if leave_out(name):
                continue
            data = old.read(member)
            if name.endswith(".dist-info/RECORD"):
                data = record(data, leave_out, modules)
            if f"{name}c" in modules:
                name = f"{name}c"
                data = modules[name]
            info = zipfile.ZipInfo(name, member.date_time)
            info.external_attr = member.external_attr
            archive.writestr(info, data, method, LEVEL)
    return new.getvalue()


def standard_library(content: bytes, compiled: Path | None = None) -> bytes:
    """Return the standard library as an archive that is compressed as a whole.

    That makes it smaller than if each member is, and Python reads modules faster from it.
    """
    return packed(light(content, compiled=compiled, method=zipfile.ZIP_STORED))


def keep(name: str, make: Callable[[bytes], bytes], path: Path, *inputs: str | Path) -> bytes:
    """Return what is made of a file, or has been made before of the same inputs.

    Parameters
    ----------
    name : str
        What it is called among what is kept.
    make : callable
        Makes it of the file's content.
    path : Path
        The file.
    *inputs : str or Path
        On what the result depends besides this module: digests, and files.
    """
    key = freshness.digest(*inputs, Path(__file__), zlib.ZLIB_RUNTIME_VERSION)
    kept = STORE.path(name, key)
    if not kept.exists():
        for old in STORE.folder.glob(f"{name}-*"):
            old.unlink(missing_ok=True)
        freshness.write(kept, make(path.read_bytes()))
    return kept.read_bytes()


def small(file: fetch.File, path: Path, compiled: Path | None = None) -> tuple[str, bytes]:
    """Return what goes to the site for a file of the list: its name there, and its content.

    Parameters
    ----------
    file : fetch.File
        The file.
    path : Path
        Where it is kept.
    compiled : Path, optional
        An archive with the bytecode of its modules.
    """
    if file.package:
        name, make = file.name, functools.partial(light, compiled=compiled)
    elif file.name == bytecode.STDLIB:
        name, make = file.name + SUFFIX, functools.partial(standard_library, compiled=compiled)
    elif file.name.endswith(PACKED):
        name, make = file.name + SUFFIX, packed
    else:
        return file.name, path.read_bytes()
    return name, keep(name, make, path, file.sha256, *([compiled] if compiled else []))
