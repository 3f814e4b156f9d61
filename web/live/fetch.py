"""Fetch what runs Python in the reader's browser: the files that web/live/files.toml lists.

    python -m web.live.fetch                   fetch what is missing
    python -m web.live.fetch hash PLACE ...    print what the list needs of other files: of
                                               addresses, name==version or name@version

Files are kept by their SHA-256 in a cache outside the repository, so that each is fetched
once: in the folder that the environment variable BOOK_CACHE names, or else in
``backprop-companion`` in the user's cache.  The sources of a file are tried in turn: an address
of a public network, or a package of npm or PyPI, which is fetched as npm and pip are configured
to (registries.py).  What is not of the listed size and SHA-256 is refused.  When no source
answers, the book is built without live cells.
"""

from __future__ import annotations

import contextlib
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

from web.live import registries

LIST = Path(__file__).with_name("files.toml")
TIMEOUT = 30  # seconds without an answer
UNREACHABLE = (urllib.error.URLError, http.client.HTTPException, OSError)
BROKEN = (KeyError, tarfile.TarError, zipfile.BadZipFile)  # an archive, or one without the file


class RefusedError(Exception):
    """What a source gave is not what the list says."""


@dataclass(frozen=True)
class Source:
    """Where a file can be had.

    Attributes
    ----------
    place : str
        An address, ``name==version`` on PyPI, or ``name@version`` on npm.
    member : str or None
        What the file is called in the archive there; None if it is the whole.
    sha256 : str or None
        Of the archive.
    program : str or None
        Who knows the place: pip, npm, or None for an address.
    """

    place: str
    member: str | None = None
    sha256: str | None = None
    program: str | None = None


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


def source(entry: dict[str, str], name: str) -> Source:
    """Return a source as the list has it, for a file of this name."""
    member = entry["member"].format(name=name) if "member" in entry else None
    (kind,) = set(entry) & {"url", "pip", "npm"}
    program = None if kind == "url" else kind
    return Source(entry[kind].format(name=name), member, entry.get("sha256"), program)


def file_list(path: Path | None = None) -> list[File]:
    """Return the files of the list.

    Raises
    ------
    ValueError
        If two files have one name, or a file has no source, none of the sources that the list
        has, a name with a folder in it, no size, or no proper SHA-256.
    """
    table = tomllib.loads((path or LIST).read_text(encoding="utf-8"))
    files = []
    for entry in table["file"]:
        lacking = [key for key in ("name", "size", "sha256") if key not in entry]
        known = table.get("sources", {})
        lacking += [f"sources.{key}" for key in entry.get("sources", []) if key not in known]
        if lacking:
            raise ValueError(f"{(path or LIST).name} has no {lacking[0]} for the entry {entry}")
        name, sources = entry["name"], []
        for key in entry.get("sources", []):
            sources.append(source(table["sources"][key], name))
        sources += [source({kind: entry[kind]}, name) for kind in ("url", "pip") if kind in entry]
        if "archive" in entry:
            sources.append(source(entry["archive"], name))
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


def cached_path(file: File) -> Path | None:
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
    compare(file.name, hashlib.sha256(content).hexdigest(), file.sha256)
    return content


def compare(name: str, digest: str, expected: str) -> None:
    """Raise an error that shows the difference, if a SHA-256 is not as expected."""
    if digest != expected:
        pairs = enumerate(zip(digest, expected, strict=True))
        same = next(k for k, (one, other) in pairs if one != other)
        number = max(12, same + 4)
        one, other = (f"{text[:number]}{'…' * (number < 64)}" for text in (expected, digest))
        raise RefusedError(f"{name} should have SHA-256 {one}, not {other}")


def store(content: bytes, file: File) -> None:
    """Put a checked content into the cache, all at once."""
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
        part.write(content)
    os.replace(part.name, folder / file.sha256)


@dataclass
class Fetcher:
    """Asks sources, each archive once, and who does not answer not again.

    Attributes
    ----------
    messages : list of str
        What went wrong, a line for each source.
    silent : set of str
        The hosts and programs that did not answer.
    wheels : dict
        From ``name==version`` to the SHA-256 of all wheels that pip will be asked for, so that
        it is asked once.
    folder : Path
        Where archives are put meanwhile.
    """

    messages: list[str] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    wheels: dict[str, str] = field(default_factory=dict)
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

    def package(self, source: Source, digest: str) -> Path:
        """Return the file of a package with this SHA-256, got by pip or npm."""
        place = self.folder / source.program
        place.mkdir(exist_ok=True)
        if digest in (files := registries.digests(place)):
            return files[digest]
        if source.program in self.silent:
            raise registries.UnavailableError(f"{source.program} got no answer before")
        before = set(files)
        try:
            if source.program == "npm":
                registries.from_npm(source.place, place)
            elif all_wheels := self.wheels:
                self.wheels = {}
                with contextlib.suppress(registries.UnavailableError):
                    registries.from_pip(all_wheels, place)
            if source.program == "pip" and digest not in registries.digests(place):
                registries.from_pip({source.place: digest}, place)
        except registries.UnavailableError as error:
            if "did not answer" in str(error) and "from versions: none" not in str(error):
                self.silent.add(source.program)
            raise
        files = registries.digests(place)
        if digest not in files:
            compare(source.place, next(iter(set(files) - before)), digest)
        return files[digest]

    def archive(self, source: Source, digest: str) -> Path:
        """Return a file with a source's archive."""
        if source.program:
            return self.package(source, digest)
        path = self.folder / digest
        if not path.exists():
            content = self.download(source.place)
            compare(source.place, hashlib.sha256(content).hexdigest(), digest)
            path.write_bytes(content)
        return path

    def content(self, file: File, source: Source) -> bytes:
        """Return the file as a source has it, checked."""
        if source.member is None:
            if source.program is None:
                return check(self.download(source.place), file)
            return check(self.package(source, file.sha256).read_bytes(), file)
        path = self.archive(source, source.sha256)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as members:
                return check(members.read(source.member), file)
        with tarfile.open(path) as members:
            return check(members.extractfile(source.member).read(), file)

    def fetch(self, file: File) -> bool:
        """Get a file into the cache from the first source that has it."""
        for source in file.sources:
            try:
                store(self.content(file, source), file)
            except (RefusedError, registries.UnavailableError, *BROKEN, *UNREACHABLE) as error:
                self.messages.append(f"{source.place}: {error}")
            else:
                return True
        return False


def first_wheels(files: list[File]) -> dict[str, str]:
    """Return the wheels for which pip is the first source, with their SHA-256."""
    return {
        file.sources[0].place: file.sources[0].sha256 or file.sha256
        for file in files
        if file.sources[0].program == "pip"
    }


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
    files = file_list(path)
    paths = {file.name: cached_path(file) for file in files}
    missing = [file for file in files if paths[file.name] is None]
    if missing:
        size = sum(file.size for file in missing) / 1e6
        print(f"fetching {len(missing)} files ({size:.0f} MB) for {purpose}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            fetcher = Fetcher(folder=Path(folder), wheels=first_wheels(missing))
            for file in missing:
                if not fetcher.fetch(file):
                    print("\n".join(dict.fromkeys(fetcher.messages)), file=sys.stderr)
                    print(f"{file.name} could not be fetched.", file=sys.stderr)
                    return None
                paths[file.name] = cache() / file.sha256
    return paths


def is_complete() -> bool:
    """Tell whether everything is kept, so that live cells can be built."""
    return all(cached_path(file) for file in file_list())


def print_hashes(places: list[str]) -> None:
    """Print size and SHA-256 of what is found at some places, as the list has them."""
    for place in places:
        if "://" in place:
            content = Fetcher().download(place)
        else:
            with tempfile.TemporaryDirectory() as folder:
                get = registries.any_from_pip if "==" in place else registries.from_npm
                get(place, Path(folder))
                (path,) = Path(folder).iterdir()
                content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        print(f'# {place}\nsize = {len(content)}\nsha256 = "{digest}"')


if __name__ == "__main__":
    if sys.argv[1:2] == ["hash"]:
        print_hashes(sys.argv[2:])
    else:
        raise SystemExit(0 if ensure() else 1)
