"""Get packages as pip and npm are configured to: with their mirrors, proxies and caches.

No address of a registry is written here.  pip and npm know the public ones, and a reader's
settings may name others.  Packages are only downloaded: nothing of them is run.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

from web import installers

TIMEOUT = 600  # seconds, for all that one program is asked for


class UnavailableError(Exception):
    """A package could not be had."""


def digests(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their SHA-256."""
    files = (path for path in folder.iterdir() if path.is_file())
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files}


def run(command: list, folder: Path, environment: dict[str, str]) -> None:
    """Run a program in a folder.

    Raises
    ------
    UnavailableError
        If it fails, with its last words; they begin with the reason where that is known.
    """
    try:
        process = subprocess.run(
            command, cwd=folder, env=environment, timeout=TIMEOUT, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(str(error)) from error
    if process.returncode:
        lines = (process.stderr.strip() or process.stdout.strip()).splitlines()
        raise UnavailableError(f"{installers.reason(process.stderr)}: {' '.join(lines[-3:])}")


def from_pip(packages: dict[str, str], folder: Path) -> None:
    """Download wheels into a folder with pip, which also checks their hashes.

    Parameters
    ----------
    packages : dict
        From ``name==version`` to the SHA-256 of the wheel.
    folder : Path
        Where they go.
    """
    lines = [f"{package} --hash=sha256:{digest}" for package, digest in packages.items()]
    (folder / "requirements.txt").write_text("\n".join(lines), encoding="utf-8")
    try:
        pip(["--require-hashes", "-r", "requirements.txt"], folder)
    finally:
        (folder / "requirements.txt").unlink()


def any_from_pip(package: str, folder: Path) -> None:
    """Download the wheel of ``name==version`` into a folder, whatever its hash is."""
    pip([package], folder)


def pip(arguments: list[str], folder: Path) -> None:
    """Download wheels with pip."""
    settings = installers.environment(dict(os.environ), installers.listing(sys.executable))
    command = [sys.executable, "-m", "pip", "--quiet", "--no-input", "download", "--no-deps"]
    command += ["--only-binary=:all:", "--ignore-requires-python", "--dest", str(folder)]
    run([*command, *arguments], folder, settings)


def registry() -> str | None:
    """Return the npm registry that the reader names, in a variable or ~/.npmrc."""
    for name in ("NPM_CONFIG_REGISTRY", "npm_config_registry"):
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    try:
        text = Path("~/.npmrc").expanduser().read_text(encoding="utf-8")
    except (OSError, RuntimeError):
        return None
    places = re.findall(r"(?m)^\s*registry\s*=\s*(\S+)", text)
    return places[-1].rstrip("/") if places else None


def from_npm(package: str, folder: Path) -> None:
    """Download the archive of ``name@version`` into a folder: with npm, if there is one.

    Raises
    ------
    UnavailableError
        If it cannot be had.
    """
    npm = shutil.which("npm")
    if npm:
        command = [npm, "pack", package, "--pack-destination", str(folder), "--ignore-scripts"]
        run([*command, "--prefer-offline", "--loglevel=error"], folder, dict(os.environ))
        return
    place = registry()
    if place is None:
        raise UnavailableError("npm is not installed, and no registry is named")
    name, _, version = package.rpartition("@")
    archive = f"{name.rpartition('/')[2]}-{version}.tgz"
    try:
        with urllib.request.urlopen(f"{place}/{name}/-/{archive}", timeout=30) as answer:
            (folder / archive).write_bytes(answer.read())
    except OSError as error:
        raise UnavailableError(f"{place}: {error}") from error
