"""Check the scripts of the site and of its tests: names and types that do not fit each other.

    python -m web.scripts

TypeScript's checker does it, which is in Deno, for JavaScript with types in comments (JSDoc).
``deno.json`` has its settings, and under ``imports`` what has another address on the site.
``types.d.ts`` has what several scripts have to agree on: the messages between the page, the worker
that runs Python and the service worker, and the files that the build writes for them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import deno

from web import ROOT

SETTINGS = ("web/deno.json", "web/types.d.ts")
FOLDERS = ("code/backprop/explore", "tests/site", "tools", "web")
COMPLAINT = re.compile(r"(?m)^(?=TS\d+ \[ERROR\])")
# Only with ``noImplicitAny`` does the checker take a key that an object has not for an error.  What
# it then says of names without a type is no error here, unless the key stands there as text.
UNTYPED = re.compile(r"TS70\d\d (?!.* expression of type '\")")


def scripts(folder: Path = ROOT) -> list[str]:
    """Return the scripts in a folder that has the repository's files, by their paths there."""
    found = (path for name in FOLDERS for path in (folder / name).rglob("*.js"))
    return sorted(path.relative_to(folder).as_posix() for path in found)


def complaints(folder: Path = ROOT) -> list[str]:
    """Return what the checker has to say of the scripts.

    Parameters
    ----------
    folder : Path
        The repository, or a copy of its scripts and ``SETTINGS``.

    Returns
    -------
    list of str
        Each with the place, file, line and column, at its end.

    Raises
    ------
    RuntimeError
        If the checker did not come to its end.
    """
    with tempfile.TemporaryDirectory() as home:
        settings = {"DENO_DIR": home, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
        done = subprocess.run(
            [deno.find_deno_bin(), "check", "--config", SETTINGS[0], *scripts(folder)],
            cwd=folder,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    start, *found = COMPLAINT.split(done.stderr)
    checked = all(f"Check {name}\n" in start for name in scripts(folder))
    if not checked or (done.returncode and not found):
        raise RuntimeError(f"the scripts could not be checked: {done.stderr.strip()}")
    return [one.strip() for one in found if not UNTYPED.match(one)]


if __name__ == "__main__":
    sys.exit("\n\n".join(complaints()) or None)
