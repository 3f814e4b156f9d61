"""Is this still current?  One answer for everything that is made from something else.

What is made gets a key: a hash of all that it was made of.  As long as the key is the same, it
is current.  A ``Product`` is a folder that carries its key in a file, written last, so that a
folder without the key is not complete; a ``Store`` is a folder of files with the key in their
names.  In both a new thing takes the place of an old one only when it is complete.

Only the environment has a record of its own (tools/environment.py): it is made by whichever
Python is on the machine, before anything here can be imported.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RECORD = "key.txt"


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return the given files, and those in the given folders, in order; no compiled Python."""
    files = []
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else [path]
        files += sorted(file for file in inside if file.is_file() and file.suffix != ".pyc")
    return files


def digest(*parts: str | bytes | Path, root: Path | None = None) -> str:
    """Return a hash of texts, files and all files in folders.

    Parameters
    ----------
    *parts : str, bytes or Path
        Files and folders count with their names and contents; one that does not exist counts
        as empty.
    root : Path, optional
        The names of files are relative to it; by default only their last part counts.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            for file in files_of([part]):
                name = file.relative_to(root).as_posix() if root else file.name
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                total.update(f"file {name} {content}\n".encode())
        else:
            content = part.encode() if isinstance(part, str) else part
            total.update(f"text {hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()[:32]


def write(path: Path, content: str | bytes) -> bool:
    """Write a file if its content changes, all at once; tell whether it did."""
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False  # and the file keeps its time
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False, suffix=".tmp") as file:
        file.write(data)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
    return True


@dataclass(frozen=True)
class Product:
    """A folder that is made as a whole, and carries the key of what it was made of.

    Attributes
    ----------
    folder : Path
        Where it lies; it need not exist.
    """

    folder: Path

    @property
    def key(self) -> str:
        """The recorded key; "" for a folder that is missing or not complete."""
        record = self.folder / RECORD
        return record.read_text(encoding="utf-8").strip() if record.is_file() else ""

    def is_current(self, key: str) -> bool:
        """Tell whether the folder is complete and was made of what has this key."""
        return bool(key) and self.key == key

    def begin(self, key: str) -> None:
        """Empty the folder unless it is current; it is not complete until ``complete`` says so."""
        if self.is_current(key):
            (self.folder / RECORD).unlink()
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)

    def complete(self, key: str) -> None:
        """Record that the folder is complete."""
        write(self.folder / RECORD, f"{key}\n")

    def replace(self, new: Path, key: str) -> None:
        """Put a finished folder in the place of this one."""
        Product(new).complete(key)
        old = self.folder.with_name(f"{self.folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(old)
        new.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)


@dataclass(frozen=True)
class Store:
    """A folder of files, each with the key of what it was made of in its name.

    Attributes
    ----------
    folder : Path
        Where it lies; it need not exist.
    suffix : str
        That of its files, such as ".ipynb".
    """

    folder: Path
    suffix: str

    def path(self, name: str, key: str) -> Path:
        """Return where a file of this name and key is, or will be."""
        return self.folder / f"{name}-{key}{self.suffix}"

    def prune(self, in_use: Iterable[Path]) -> None:
        """Remove all files but those in use."""
        in_use = set(in_use)
        for file in self.folder.glob(f"*{self.suffix}"):
            if file not in in_use:
                file.unlink()
