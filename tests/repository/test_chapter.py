"""A chapter that is begun by a command has all that the tests demand, and says what to replace."""

import json
import re
import shutil

import pytest

from tools import sources
from tools.chapter import belonging, formulas, removal, renaming
from tools.chapter.__main__ import begin
from web import ROOT

MARKED = {"test_chapter.py", "test_repository.py"}  # these speak of the mark
NUMBERS = [f"tests/{name}" for name in removal.TABLES]
FOLDERS = ("code/backprop/exercises", "tests/code/exercises", "tests/equations")


@pytest.fixture
def book(tmp_path):
    """Return a folder with the files that beginning a chapter changes, and one notebook."""
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "chapters" / "data").mkdir(parents=True)
    data = "chapters/data/README.md"
    lists = [formulas.FOLDER / f"{kind}.toml" for kind in formulas.LISTS]
    for name in ("_toc.yml", "chapters/index.md", "chapters/06-perceptron.ipynb", data, *lists):
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_chapter_is_begun(book):
    files = begin("71-a-star", "The structure of a star", data=True, root=book)
    names = [path.relative_to(book).as_posix() for path in files]
    assert names == [
        "chapters/71-a-star.ipynb", "_toc.yml", "chapters/index.md", "tests/equations/terms.toml",
        "code/backprop/exercises/ch71.py", "tests/equations/test_71_a_star.py",
        "tests/code/exercises/test_ch71.py", "chapters/data/README.md",
    ]  # fmt: skip
    for path in files:
        assert (
            "TODO" in path.read_text("utf-8")
            or path.suffix in (".yml", ".toml")
            or path.name == "test_ch71.py"
        )
        assert not re.search(r"@(?:key|name|title|file|number)@", path.read_text("utf-8"))
    cells = json.loads(files[0].read_text("utf-8"))["cells"]
    assert "".join(cells[0]["source"]).startswith("# The structure of a star\n")
    text = "\n".join("".join(cell["source"]) for cell in cells)
    for part in (
        "(eq-a-star-slope)",
        ":label: ex-a-star-slope",
        'check("a-star-slope", a_star_slope)',
    ):
        assert part in text
    sections = re.split(r"(?m)^## ", files[-1].read_text("utf-8"))
    assert "**Licence:** TODO" in sections[-1]
    assert len(sections) == 1 + len(
        re.split(r"(?m)^## ", (ROOT / "chapters/data/README.md").read_text("utf-8"))
    )
    before, after = (
        (folder / "_toc.yml").read_text("utf-8").split("\n") for folder in (ROOT, book)
    )
    line = "      - file: chapters/71-a-star"
    assert [one for one in after if one != line] == before
    assert re.match(r" +- file: chapters/\d\d-", after[after.index(line) - 1])
    assert "| 71 | {doc}`71-a-star` |" in (book / "chapters" / "index.md").read_text("utf-8")


def test_its_formulas_are_listed(book):
    path, *_ = begin("71-a-star", "The structure of a star", root=book)
    printed = formulas.reader().printed_formulas(book / "chapters")
    tables = formulas.Lists(book).tables
    assert [entry.key for entry in tables["terms"][path.stem].entries] == list(printed[path.stem])
    numbered = [page for page in tables["terms"] if page[0].isdigit()]
    assert list(tables["terms"])[: len(numbered)] == sorted(numbered)


@pytest.mark.parametrize(
    ("name", "title", "message"),
    [
        ("star", "Star", "two digits, a hyphen and words, not 'star'"),
        ("7-star", "Star", "two digits"),
        ("71-Star", "Star", "two digits"),
        ("71-../star", "Star", "two digits"),
        (
            "06-star",
            "Star",
            "chapter 06 is there already: 06-perceptron.ipynb; the next is 07-star",
        ),
        ("71-star", " ", "title should not be empty"),
    ],
)
def test_what_cannot_be_a_chapter_changes_nothing(book, name, title, message):
    before = {path: path.read_bytes() for path in book.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit, match=message):
        begin(name, title, root=book)
    assert before == {path: path.read_bytes() for path in book.rglob("*") if path.is_file()}


def test_the_tests_about_a_chapter_are_chosen():
    path = min((ROOT / "chapters").glob("09-*.ipynb"))
    other = min((ROOT / "chapters").glob("10-*.ipynb"))
    label = re.search(r"\$\$ \((eq-[\w-]+)\)", path.read_text("utf-8"))[1]
    about = [
        f"tests/repository/test_names.py::test_a[{path.stem}]",
        "tests/equations/test_09_a.py::test_a",
        "tests/code/exercises/test_ch09.py::test_a",
        f"tests/equations/test_errors_are_noticed.py::test_a[b-{label}]",
        "tests/equations/test_inline.py::test_a[09: z = 09]",
        "tests/repository/test_a.py::test_a",
    ]
    elsewhere = [
        f"tests/repository/test_names.py::test_a[{other.stem}]",
        "tests/claims/test_10_a.py::test_a",
        "tests/equations/test_inline.py::test_a[10: z = 09]",
        "tests/code/test_a.py::test_a",
    ]
    assert belonging.chosen(about, "09") == [True] * len(about)
    assert belonging.chosen(elsewhere, "09") == [False] * len(elsewhere)


def test_what_a_chapter_has_begun_goes_with_it(tmp_path):
    sources.copy(tmp_path)
    files = [tmp_path / name for name in ("chapters/data/README.md", *NUMBERS)]
    before = [file.read_text("utf-8") for file in files]
    begin("71-a-star", "The structure of a star", data=True, root=tmp_path)
    for file in files[1:]:  # the last table of a list
        with file.open("a", encoding="utf-8") as added:
            added.write('\n[71-a-star]\n3 = "the number of something"\n')
    removal.remove("71", tmp_path)
    assert [file.read_text("utf-8") for file in files] == before


def test_a_chapter_is_renamed_and_back(tmp_path):
    sources.copy(tmp_path)
    before = {path: path.read_bytes() for path in removal.searched(tmp_path)}
    name = min(tmp_path.glob("chapters/09-*.ipynb")).stem
    renaming.rename("9", "09-another-name", tmp_path)
    assert not (tmp_path / "chapters" / f"{name}.ipynb").exists()
    left = [path for path in removal.searched(tmp_path) if name in path.read_text("utf-8")]
    assert not left
    assert "{doc}`09-another-name`" in (tmp_path / "chapters/index.md").read_text("utf-8")
    assert "  - file: chapters/09-another-name\n" in (tmp_path / "_toc.yml").read_text("utf-8")
    renaming.rename("09-another-name", name, tmp_path)
    assert before == {path: path.read_bytes() for path in removal.searched(tmp_path)}


@pytest.mark.parametrize("name", ["08-another", "09", "9-another", "09-An", "09-../x"])
def test_a_new_name_has_the_same_number_and_form(book, name):
    begin("09-star", "The structure of a star", root=book)
    with pytest.raises(SystemExit, match="should be 09, a hyphen and words, not "):
        renaming.rename("09", name, book)
    assert (book / "chapters" / "09-star.ipynb").exists()


def test_nothing_is_left_to_be_replaced():
    marked = [
        path.relative_to(ROOT).as_posix()
        for path in sources.files()
        if path.suffix in {".py", ".ipynb", ".md"} and "tools/chapter" not in path.as_posix()
        and path.name not in MARKED and re.search(r"(?<!`)\bTODO\b", path.read_text("utf-8"))
    ]  # fmt: skip
    assert not marked, "replace what is marked TODO"
