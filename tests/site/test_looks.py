"""A look at a page is taken again when something has changed on which it depends."""

import pytest
from looks import LOOKS, Looks

from web import freshness


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a site of one page; its looks are kept elsewhere."""
    monkeypatch.setattr("looks.LOOKS", freshness.Store(tmp_path / "looks", LOOKS.suffix))
    for name in ("_static", "_images", "chapters"):
        (tmp_path / "site" / name).mkdir(parents=True)
    (tmp_path / "site" / "chapters" / "one.html").write_text("one <img src='../_images/a.png'>")
    (tmp_path / "site" / "_images" / "a.png").write_text("a")
    (tmp_path / "site" / "_images" / "b.png").write_text("b")
    return tmp_path / "site"


def count(folder, required=False, version="1") -> int:
    """Return how many looks were taken when somebody asked for one."""
    taken = []
    looks = Looks(folder, "Browser", required, version)
    seen = looks.take("chapters/one", lambda document: taken.append(document) or {"seen": document})
    assert seen == {"seen": "chapters/one"}
    return len(taken)


CHANGES = {"chapters/one.html": 1, "_images/a.png": 1, "_static/new.js": 1, "_images/b.png": 0}


@pytest.mark.parametrize(("name", "expected"), CHANGES.items())
def test_what_a_look_depends_on(folder, name, expected):
    assert [count(folder), count(folder)] == [1, 0]
    with (folder / name).open("a") as file:
        file.write("more")
    assert [count(folder), count(folder)] == [expected, 0]


def test_another_browser_and_where_all_is_required(folder):
    assert [count(folder), count(folder, version="2"), count(folder, version="2")] == [1, 1, 0]
    assert [count(folder, required=True), count(folder, required=True)] == [1, 1]


def test_only_the_last_look_of_each_kind_is_kept(folder):
    count(folder)
    count(folder, version="2")
    Looks(folder, "Another", False).take("chapters/one", lambda document: {})
    names = [path.name.rpartition("-")[0] for path in folder.parent.glob("looks/*")]
    assert sorted(names) == ["Another-one", "Browser-one"]


def test_what_fails_is_not_kept(folder):
    looks = Looks(folder, "Browser", False)
    with pytest.raises(AssertionError), looks.judged("chapters/one", lambda document: {}) as seen:
        assert seen == {"wanted": 1}
    with looks.judged("chapters/one", lambda document: {"wanted": 1}) as seen:
        assert seen == {"wanted": 1}
    with looks.judged("chapters/one", lambda document: {}) as seen:
        assert seen == {"wanted": 1}
