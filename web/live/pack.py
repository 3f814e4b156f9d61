"""Make the files of the live cells small before they go to the site.

A host need not compress what it sends.  So scripts and WebAssembly are on the site packed by gzip,
and only so: ``files.js`` unpacks them in the browser with ``DecompressionStream``.  Every browser
that can run ``worker.js`` has it, except Safari 15.0 to 16.3: workers that are modules and
``DecompressionStream`` came with Chrome 80 (2020), with Firefox 114 and 113 (2023), and with Safari
15 and 16.4 (2021, 2023).  So the site has no second copy for browsers without it, and says there
that the browser is too old.  The names end in ``.packed``, not ``.gz``: some hosts say of the
latter that it is compressed on the way, and the browser would then unpack it first.

Wheels are compressed already.  They lose what serves to test them or to compile against them, and
are compressed as well as zip can.  Results are kept in _build/packed, because SciPy takes seconds.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from web import ROOT, freshness
from web.live import fetch

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


def record(content: bytes, leave_out: Callable[[str], bool]) -> bytes:
    """Return the RECORD of a wheel without the lines of what is left out."""
    rows = csv.reader(io.StringIO(content.decode()))
    new = io.StringIO()
    csv.writer(new, lineterminator="\n").writerows(
        row for row in rows if row and not leave_out(row[0])
    )
    return new.getvalue().encode()


def light(content: bytes, leave_out: Callable[[str], bool] = is_left_out) -> bytes:
    """Return a wheel, or a zip archive, with what its users need.

    Parameters
    ----------
    content : bytes
        The archive.  Names, times and permissions of what remains stay as they are there.
    leave_out : callable, optional
        Tells of the name of a member whether it is left out.

    Returns
    -------
    bytes
        The smaller archive; the same content gives the same bytes.
    """
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as archive:
        for member in old.infolist():
            if leave_out(member.filename):
                continue
            data = old.read(member)
            if member.filename.endswith(".dist-info/RECORD"):
                data = record(data, leave_out)
            info = zipfile.ZipInfo(member.filename, member.date_time)
            info.external_attr = member.external_attr
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, LEVEL)
    return new.getvalue()


def small(file: fetch.File, path: Path) -> tuple[str, bytes]:
    """Return what goes to the site for a file of the list: its name there, and its content.

    Parameters
    ----------
    file : fetch.File
        The file.
    path : Path
        Where it is kept.
    """
    if file.package:
        name, make = file.name, light
    elif file.name.endswith(PACKED):
        name, make = file.name + SUFFIX, packed
    else:
        return file.name, path.read_bytes()
    key = freshness.digest(file.sha256, Path(__file__), zlib.ZLIB_RUNTIME_VERSION)
    kept = STORE.path(name, key)
    if not kept.exists():
        for old in STORE.folder.glob(f"{name}-*"):
            old.unlink(missing_ok=True)
        freshness.write(kept, make(path.read_bytes()))
    return name, kept.read_bytes()
