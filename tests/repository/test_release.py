"""A release: problems are reported, and the published files are complete."""

import datetime
import subprocess
import zipfile

import pytest

from tools import release
from web import build

TODAY = "2024-02-29"  # a date of its own, as the tests may run across midnight


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Return a small repository, ready for publication; the tool works on it."""
    files = {
        "code/pyproject.toml": '[project]\nversion = "1.2.3"\n',
        "CHANGELOG.md": f"# Changelog\n\n## 1.2.3 ({TODAY})\n\n## 1.2.2 (2020-01-01)\n",
        "CITATION.cff": f'version: 1.2.3\ndate-released: "{TODAY}"\n',
        ".gitignore": "/_build/\n/dist/\n",
        "_build/html/index.html": "<p>site</p>",
        "_build/html/_static/book.css": "p {}",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    monkeypatch.setattr(release, "today", lambda: TODAY)
    monkeypatch.setattr(release, "ROOT", tmp_path)
    monkeypatch.setattr(release, "DIST", tmp_path / "dist")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "HTML", tmp_path / "_build" / "html")
    return tmp_path


def commit(tree):
    """Commit what has been changed."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, "commit", "-q", "-a", "-m", "change"], cwd=tree, check=True)


def test_a_version_that_is_ready_has_no_problems(tree):
    assert release.problems() == []


def test_yesterday_s_dates_are_problems(tree, monkeypatch):
    monkeypatch.setattr(release, "today", lambda: "2024-03-01")
    assert release.problems() == [
        "CHANGELOG.md is dated 2024-02-29, not 2024-03-01",
        "CITATION.cff is dated 2024-02-29, not 2024-03-01",
    ]


def test_today_is_a_date_of_the_calendar():
    before = datetime.date.today()
    said = datetime.date.fromisoformat(release.today())
    assert before <= said <= datetime.date.today()


@pytest.mark.parametrize(
    ("name", "before", "after", "message"),
    [
        ("CHANGELOG.md", "1.2.3", "1.2.4", "CHANGELOG.md says 1.2.4, not 1.2.3"),
        ("CITATION.cff", "1.2.3", "1.2.4", "CITATION.cff says 1.2.4, not 1.2.3"),
        ("CHANGELOG.md", TODAY, "unreleased", "CHANGELOG.md is dated unreleased, not"),
        ("CITATION.cff", TODAY, "2020-01-01", "CITATION.cff is dated 2020-01-01, not"),
    ],
)
def test_problems_are_reported(tree, name, before, after, message):
    path = tree / name
    path.write_text(path.read_text("utf-8").replace(before, after), encoding="utf-8")
    commit(tree)
    (problem,) = release.problems()
    assert problem.startswith(message)


def test_an_uncommitted_change_stops_the_release(tree, capsys):
    (tree / "added.txt").write_text("more", encoding="utf-8")
    assert release.main() == 1
    assert "the working tree is not clean" in capsys.readouterr().err
    assert not (tree / "dist").exists()


def test_a_release_has_package_site_and_pdf(tree, monkeypatch, capsys):
    def make_package(command, **options):
        release.DIST.mkdir()
        for name in (".gitignore", "a-1.2.3-py3-none-any.whl", "a-1.2.3.tar.gz"):
            (release.DIST / name).write_text("package", encoding="utf-8")

    def make_pdf():
        (tree / "_build" / "book.pdf").write_bytes(b"%PDF")
        (build.HTML / "book.pdf").write_bytes(b"%PDF")

    def make_slides():
        (build.HTML / "slides").mkdir()
        (build.HTML / "slides" / "index.html").write_text("slides", encoding="utf-8")

    monkeypatch.setattr(release.slides, "main", make_slides)
    monkeypatch.setattr(release.printing, "PDF", tree / "_build" / "book.pdf")
    monkeypatch.setattr(release.printing, "main", make_pdf)
    monkeypatch.setattr(build, "main", lambda arguments: 0)
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda c, **o: (run if c[0] == "git" else make_package)(c, **o)
    )
    assert release.main() == 0
    name = "back-propagation-checked-1.2.3"
    names = {path.name for path in release.DIST.iterdir()}
    assert names == {"a-1.2.3-py3-none-any.whl", "a-1.2.3.tar.gz", f"{name}.zip", f"{name}.pdf"}
    with zipfile.ZipFile(release.DIST / f"{name}.zip") as archive:
        inside = ("_static/book.css", "book.pdf", "index.html", "slides/index.html")
        assert archive.namelist() == [f"{name}/{file}" for file in inside]


def test_equal_sites_give_equal_archives(tree, tmp_path):
    release.archive_site(tmp_path / "a.zip")
    first = (tmp_path / "a.zip").read_bytes()
    (build.HTML / "index.html").touch()
    release.archive_site(tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == first
