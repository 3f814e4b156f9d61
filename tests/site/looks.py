"""What looks at pages gave, kept as long as nothing changes on which they depend.

Only what was seen is kept; every test judges it again.  Where every test is required, each page is
looked at anew.
"""

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path

from web import build, freshness, server

KEY = 32 * "?"  # any
LOOKS = freshness.Store(build.BUILD / "looks", ".json")
# What every look depends on, besides the page, what all pages load, and the browser.
INSTRUMENTS = [
    Path(server.__file__),
    *(Path(__file__).with_name(name) for name in ("browser.js", "conftest.py", "looks.py")),
]


class Looks:
    """Looks of one kind.

    Parameters
    ----------
    site : pathlib.Path
        The folder of the site.
    kind : str
        What they are called among the files that are kept.
    required : bool
        Whether each page is looked at anew.
    *others : str or pathlib.Path
        What these looks depend on besides what all do: files, and versions of programs.
    """

    def __init__(self, site: Path, kind: str, required: bool, *others: str | Path):
        self.site, self.kind, self.required = site, kind, required
        self.common = freshness.digest(site / "_static", *INSTRUMENTS, *others)

    def place(self, document: str) -> Path:
        """Return where a look at the present state of a page is kept."""
        page = self.site / f"{document}.html"
        names = set(re.findall(r"_images/[^\"'?#\s]+", page.read_text(encoding="utf-8")))
        files = [page, *(self.site / name for name in sorted(names))]
        return LOOKS.path(f"{self.kind}-{page.stem}", freshness.digest(self.common, *files))

    def take(self, document: str, look: Callable[[str], dict]) -> dict:
        """Return what a look at a page gives, or has given at its present state."""
        place = self.place(document)
        if place.exists() and not self.required:
            return json.loads(place.read_text(encoding="utf-8"))
        seen = look(document)
        for old in LOOKS.folder.glob(LOOKS.path(place.stem[: -len(KEY) - 1], KEY).name):
            old.unlink()
        freshness.write(place, json.dumps(seen))
        return seen

    @contextlib.contextmanager
    def judged(self, document: str, look: Callable[[str], dict]):
        """Yield that; it is not kept if what is demanded of it fails."""
        try:
            yield self.take(document, look)
        except BaseException:
            self.forget(document)
            raise

    def forget(self, document: str):
        """Do not keep the look at a page."""
        self.place(document).unlink(missing_ok=True)
