"""The title is the same wherever it is printed, and one command changes it."""

import json
import shutil

import pytest
import yaml

from tools import title
from web import ROOT


@pytest.fixture
def copy(tmp_path):
    """Return a folder with copies of the files that print the title."""
    for name in title.PRINTED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_title_is_the_same_everywhere():
    assert not title.missing(), "make title TITLE=… changes it in all files"


@pytest.mark.parametrize("new", ["Lær av feil", 'A "book": part 1', "Back\\slash"])
def test_another_title(new, copy):
    title.rename(new, copy)
    assert title.present(copy) == new
    assert not title.missing(copy)
    citation = yaml.safe_load((copy / "CITATION.cff").read_text("utf-8"))
    assert citation["title"] == f"{new}: an executable companion"
    settings = json.loads((copy / "web/lite/jupyter-lite.json").read_text("utf-8"))
    assert settings["jupyter-config-data"]["appName"] == new
    assert (copy / "chapters/index.md").read_text("utf-8").startswith(f"# {new}\n")
    assert (copy / "README.md").read_text("utf-8").startswith(f"# {new}: an executable companion\n")
    old = title.present()
    assert not [name for name in title.PRINTED if old in (copy / name).read_text("utf-8")]


def test_what_cannot_be_a_title_changes_nothing(copy):
    for wrong in ("", " ", "two\nlines"):
        with pytest.raises(SystemExit, match="one line of text"):
            title.rename(wrong, copy)
    (copy / "README.md").write_text("# Another book\n", "utf-8")
    with pytest.raises(SystemExit, match=r"should be printed in README\.md"):
        title.rename("New", copy)
    assert title.present(copy) == title.present()
