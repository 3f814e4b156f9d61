"""Check that a version is ready for publication, and build its files in dist/.

    python -m tools.release

Checked: a clean working tree, one version everywhere, a date for it in CHANGELOG.md and
CITATION.cff.  Built: the package (wheel and source archive), the site as a zip archive, and
the PDF.  The tests are a command of their own: make test-all.
"""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import yaml

from web import build
from web.pdf import printing
from web.slides import __main__ as slides

ROOT = build.ROOT
DIST = ROOT / "dist"


def today() -> str:
    """Return the date of today, in the computer's time zone."""
    return datetime.date.today().isoformat()


def problems() -> list[str]:
    """Return the problems that prevent the publication of this version."""
    lines = []
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    if status:
        lines.append(f"the working tree is not clean:\n{status.rstrip()}")
    current = build.version()
    heading = re.search(r"(?m)^## (\S+) \((.*)\)$", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    versions = {"CHANGELOG.md": heading[1], "CITATION.cff": citation["version"]}
    lines += [f"{name} says {v}, not {current}" for name, v in versions.items() if v != current]
    dates = {"CHANGELOG.md": heading[2], "CITATION.cff": str(citation.get("date-released"))}
    day = today()
    lines += [f"{name} is dated {d}, not {day}" for name, d in dates.items() if d != day]
    return lines


def archive_site(target: Path) -> None:
    """Archive the site; equal sites give equal archives, as all files get the same date."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in build.HTML.rglob("*") if p.is_file()):
            name = f"{target.stem}/{path.relative_to(build.HTML).as_posix()}"
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)


def main() -> int:
    """Check, then build; return the exit status."""
    lines = problems()
    if lines:
        print("not ready for publication:\n- " + "\n- ".join(lines), file=sys.stderr)
        return 1
    shutil.rmtree(DIST, ignore_errors=True)
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", str(DIST), "code"]
    subprocess.run(command, cwd=ROOT, check=True)
    (DIST / ".gitignore").unlink(missing_ok=True)  # uv leaves one
    if build.main([]) or printing.main() or slides.main():
        return 1
    name = f"back-propagation-checked-{build.version()}"
    archive_site(DIST / f"{name}.zip")
    shutil.copyfile(printing.PDF, DIST / f"{name}.pdf")
    for path in sorted(DIST.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
