"""Decide whether a generated file or folder is current.

Everything generated has a key, a hash of all its inputs, and is current as long as the key stays
the same.  A ``Product`` is a folder with its key in a file that is written last, so that a folder
without a key is incomplete; a ``Store`` is a folder of files with the key in their names.  New
content replaces the old only when it is complete.

The environment has its own record (tools/environment.py): the system's Python makes it, before
anything here can be imported.
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
    """Return the given files and the files in the given folders, without compiled Python."""
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
        Files and folders count with their names and contents; a missing one counts as an empty
        folder.
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
    """Write a file atomically if its content changes; tell whether it did."""
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False  # the file keeps its date
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False, suffix=".tmp") as file:
        file.write(data)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
    return True


@dataclass(frozen=True)
class Product:
    """A folder that is generated as a whole, with the key of its inputs.

    Attributes
    ----------
    folder : Path
        Its path; it need not exist.
    """

    folder: Path

    @property
    def key(self) -> str:
        """The recorded key, or "" if the folder is missing or incomplete."""
        record = self.folder / RECORD
        return record.read_text(encoding="utf-8").strip() if record.is_file() else ""

    def is_current(self, key: str) -> bool:
        """Tell whether the folder is complete and was generated from inputs with this key."""
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
        """Replace this folder by a finished one."""
        Product(new).complete(key)
        old = self.folder.with_name(f"{self.folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(old)
        new.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)


@dataclass(frozen=True)
class Store:
    """A folder of files, each with the key of its inputs in its name.

    Attributes
    ----------
    folder : Path
        Its path; it need not exist.
    suffix : str
        The suffix of its files, such as ".ipynb".
    """

    folder: Path
    suffix: str

    def path(self, name: str, key: str) -> Path:
        """Return where a file of this name and key is, or will be."""
        return self.folder / f"{name}-{key}{self.suffix}"

    def prune(self, in_use: Iterable[Path]) -> None:
        """Remove all files that are not in use."""
        in_use = set(in_use)
        for file in self.folder.glob(f"*{self.suffix}"):
            if file not in in_use:
                file.unlink()
