"""Fetch what runs Python in the reader's browser: the files that web/live/files.toml lists.

    python -m web.live.fetch                   fetch what is missing
    python -m web.live.fetch hash ADDRESS ...  print what the list needs of other files

Files are kept by their SHA-256 in a cache outside the repository, so that each is fetched
once: in the folder that the environment variable BOOK_CACHE names, or else in
``backprop-companion`` in the user's cache.  The sources of a file are tried in turn.  What is
not of the listed size and SHA-256 is refused.  When no source answers, the book is built
without live cells.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import sys
import tarfile
import tempfile
import tomllib
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

LIST = Path(__file__).with_name("files.toml")
TIMEOUT = 30  # seconds without an answer
UNREACHABLE = (urllib.error.URLError, http.client.HTTPException, OSError)
BROKEN = (KeyError, tarfile.TarError, zipfile.BadZipFile)  # an archive, or one without the file


class RefusedError(Exception):
    """What a source gave is not what the list says."""


@dataclass(frozen=True)
class Source:
    """Where a file can be had: at an address, or in an archive as its member."""

    url: str
    member: str | None = None
    sha256: str | None = None  # of the archive


@dataclass(frozen=True)
class File:
    """A file of the list.

    Attributes
    ----------
    name : str
        Its name on the site.
    size : int
        In bytes.
    sha256 : str
        Of its content.
    sources : tuple of Source
        Where it can be had, in the order in which they are tried.
    package, version, module : str or None
        The Python package and its version, or the JavaScript module, that it holds.
    depends : tuple of str
        What a package that is not in Pyodide's lock depends on.
    """

    name: str
    size: int
    sha256: str
    sources: tuple[Source, ...]
    package: str | None = None
    version: str | None = None
    module: str | None = None
    depends: tuple[str, ...] = ()


def listed(path: Path | None = None) -> list[File]:
    """Return the files of the list.

    Raises
    ------
    ValueError
        If two files have one name, or a file has no source, a name with a folder in it, or
        no proper SHA-256.
    """
    table = tomllib.loads((path or LIST).read_text(encoding="utf-8"))
    files = []
    for entry in table["file"]:
        name, sources = entry["name"], []
        for key in entry.get("sources", []):
            source = table["sources"][key]
            if "url" in source:
                sources.append(Source(source["url"].format(name=name)))
            else:
                member = source["member"].format(name=name)
                sources.append(Source(source["archive"], member, source["sha256"]))
        if "url" in entry:
            sources.append(Source(entry["url"]))
        if "archive" in entry:
            sources.append(Source(**entry["archive"]))
        if not sources or "/" in name or not re.fullmatch("[0-9a-f]{64}", entry["sha256"]):
            raise ValueError(f"{name}: a name, its SHA-256 and a source are needed")
        about = {k: entry[k] for k in ("package", "version", "module") if k in entry}
        depends = tuple(entry.get("depends", ()))
        files.append(
            File(name, entry["size"], entry["sha256"], tuple(sources), depends=depends, **about)
        )
    if len({file.name for file in files}) < len(files):
        raise ValueError("two files have the same name")
    return files


def cache() -> Path:
    """Return the folder in which fetched files are kept."""
    if named := os.environ.get("BOOK_CACHE"):
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(home or Path.home() / ".cache") / "backprop-companion"


def cached(file: File) -> Path | None:
    """Return where a file is in the cache, or None if it is missing or damaged."""
    path = cache() / file.sha256
    try:
        check(path.read_bytes(), file)
    except (OSError, RefusedError):
        return None
    return path


def check(content: bytes, file: File) -> bytes:
    """Return a content that is what the list says.

    Raises
    ------
    RefusedError
        If it is not.
    """
    if len(content) != file.size:
        raise RefusedError(f"{file.name} should have {file.size} bytes, not {len(content)}")
    digest = hashlib.sha256(content).hexdigest()
    if digest != file.sha256:
        raise RefusedError(
            f"{file.name} should have SHA-256 {file.sha256[:12]}…, not {digest[:12]}…"
        )
    return content


def keep(content: bytes, file: File) -> None:
    """Put a checked content into the cache, all at once."""
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
        part.write(content)
    os.replace(part.name, folder / file.sha256)


@dataclass
class Fetcher:
    """Asks sources, each archive once, and a host that does not answer not again.

    Attributes
    ----------
    said : list of str
        What went wrong, a line for each source.
    """

    said: list[str] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    archives: dict[str, Path] = field(default_factory=dict)
    folder: Path = Path()

    def download(self, url: str) -> bytes:
        """Return what is at an address."""
        host = urllib.parse.urlsplit(url).netloc
        if host in self.silent:
            raise ConnectionError(f"{host} did not answer before")
        request = urllib.request.Request(url, headers={"User-Agent": "backprop-companion"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return answer.read()
        except urllib.error.HTTPError:
            raise  # the host is there, the file is not
        except UNREACHABLE:
            self.silent.add(host)
            raise

    def archive(self, source: Source) -> Path:
        """Return a file with the source's archive."""
        if source.url not in self.archives:
            content = self.download(source.url)
            digest = hashlib.sha256(content).hexdigest()
            if digest != source.sha256:
                raise RefusedError(
                    f"{source.url} should have SHA-256 {source.sha256}, not {digest}"
                )
            path = self.folder / digest
            path.write_bytes(content)
            self.archives[source.url] = path
        return self.archives[source.url]

    def content(self, file: File, source: Source) -> bytes:
        """Return the file as a source has it, checked."""
        if source.member is None:
            return check(self.download(source.url), file)
        path = self.archive(source)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as members:
                return check(members.read(source.member), file)
        with tarfile.open(path) as members:
            return check(members.extractfile(source.member).read(), file)

    def fetch(self, file: File) -> bool:
        """Get a file into the cache from the first source that has it."""
        for source in file.sources:
            try:
                keep(self.content(file, source), file)
            except (RefusedError, *BROKEN, *UNREACHABLE) as error:
                self.said.append(f"{source.url}: {error}")
            else:
                return True
        return False


def ensure(path: Path | None = None, purpose: str = "live cells") -> dict[str, Path] | None:
    """Fetch what is missing; return the kept file for every name, or None without all of them.

    What went wrong is said on standard error.

    Parameters
    ----------
    path : Path, optional
        The list; web/live/files.toml by default.
    purpose : str, optional
        What the files are for.
    """
    files = listed(path)
    found = {file.name: cached(file) for file in files}
    missing = [file for file in files if found[file.name] is None]
    if missing:
        size = sum(file.size for file in missing) / 1e6
        print(f"fetching {len(missing)} files ({size:.0f} MB) for {purpose}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            fetcher = Fetcher(folder=Path(folder))
            for file in missing:
                if not fetcher.fetch(file):
                    print("\n".join(dict.fromkeys(fetcher.said)), file=sys.stderr)
                    print(f"{file.name} could not be fetched.", file=sys.stderr)
                    return None
                found[file.name] = cache() / file.sha256
    return found


def is_complete() -> bool:
    """Tell whether everything is kept, so that live cells can be built."""
    return all(cached(file) for file in listed())


def print_hashes(addresses: list[str]) -> None:
    """Print size and SHA-256 of what is found at some addresses, as the list has them."""
    for url in addresses:
        content = Fetcher().download(url)
        print(f'# {url}\nsize = {len(content)}\nsha256 = "{hashlib.sha256(content).hexdigest()}"')


if __name__ == "__main__":
    if sys.argv[1:2] == ["hash"]:
        print_hashes(sys.argv[2:])
    else:
        raise SystemExit(0 if ensure() else 1)
