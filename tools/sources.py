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


def changed(root: Path = ROOT) -> set[Path] | None:
    """Return the files in which a repository differs from its upstream branch.

    New and removed ones are among them, committed or not.  Where there is no such branch, the last
    commit stands for it; where git cannot tell, the answer is None.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    try:
        top = Path(git("rev-parse", "--show-toplevel").strip())
        try:
            since = git("merge-base", "HEAD", "@{upstream}").strip()
        except subprocess.CalledProcessError:
            since = "HEAD"
        names = git("diff", "--name-only", "--no-renames", "-z", since)
        names += git("ls-files", "--others", "--exclude-standard", "--full-name", "-z", str(top))
    except (OSError, subprocess.CalledProcessError):
        return None
    return {top / name for name in names.split("\0") if name}


def copy(folder: Path, *, new: bool = True) -> None:
    """Copy the files of the repository to a folder; ``new`` is that of ``files``."""
    for path in files(new=new):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
