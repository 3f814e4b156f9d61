"""The files of the repository, as git knows them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def files(*, new: bool = True) -> list[Path]:
    """Return the files of the repository.

    Parameters
    ----------
    new : bool, default True
        Whether files count that git does not track yet; files that it ignores never count.
    """
    options = ["-co", "--exclude-standard"] if new else []
    listing = subprocess.run(
        ["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in listing.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def copy(folder: Path, *, new: bool = True) -> None:
    """Copy the files of the repository to a folder; ``new`` is that of ``files``."""
    for path in files(new=new):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
