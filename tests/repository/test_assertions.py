"""A test that has become weaker turns something red."""

import pytest

from tools import assertions

BEFORE = """
LIMIT = 1e-9

def test_one():
    assert abs(2 - 1) < LIMIT
    with pytest.raises(ValueError, match="should"):
        int("x")

def near(a, b, limit=1e-6):
    assert abs(a - b) < limit
"""
WEAKER = {
    "an assertion is removed": ("    assert abs(2 - 1) < LIMIT\n", "", "1 tests, 2 assertions"),
    "an assertion is a value": (
        "assert abs(2 - 1) < LIMIT",
        "bool(2 - 1 < LIMIT)",
        "1 tests, 2 assertions",
    ),
    "a limit is wider": ("1e-9", "1e-3", "reads otherwise"),
    "a default is wider": ("1e-6", "1e-3", "reads otherwise"),
    "a comparison is true of more": ("< limit", "< 9 * limit", "reads otherwise"),
    "a message is no longer looked at": (', match="should"', "", "reads otherwise"),
    "a test is skipped": ("def test_one", "@pytest.mark.skip\ndef test_one", "reads otherwise"),
    "a test is another function": ("test_one", "one", "0 tests, 3 assertions"),
}


def test_the_list_is_that_of_the_present_tests():
    before = assertions.LIST.read_text(encoding="utf-8").splitlines()
    found = assertions.changes(before, assertions.lines())
    assert not found, "\n".join([*found, "if that is meant: make assertions"])


@pytest.mark.parametrize("name", WEAKER)
def test_a_weaker_test_is_noticed(tmp_path, monkeypatch, name):
    old, new, said = WEAKER[name]
    monkeypatch.setattr(assertions, "TESTS", tmp_path)
    file = tmp_path / "test_it.py"
    file.write_text(BEFORE, encoding="utf-8")
    before = assertions.lines()
    assert old in BEFORE
    file.write_text(BEFORE.replace(old, new, 1), encoding="utf-8")
    (found,) = assertions.changes(before, assertions.lines())
    assert said in found


def test_comments_and_other_statements_do_not_count(tmp_path, monkeypatch):
    monkeypatch.setattr(assertions, "TESTS", tmp_path)
    file = tmp_path / "test_it.py"
    file.write_text(BEFORE, encoding="utf-8")
    before = assertions.lines()
    more = BEFORE.replace("def test_one():", "def test_one():\n    # why\n    a = 1")
    file.write_text(more, encoding="utf-8")
    assert assertions.lines() == before


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("equations/inline.toml", "{ true = 'chain' }", "{ name = 'a case' }"),
        ("equations/terms.toml", "{ same = 'eq-chain' }", "{ name = 'a case' }"),
        ("repository/numbers.toml", "'7 * 7'", "'the number of them'"),
        ("repository/records.toml", "{ general = true }", "{ own = ['year'] }"),
    ],
)
def test_what_a_table_excuses_is_counted(tmp_path, monkeypatch, name, before, after):
    monkeypatch.setattr(assertions, "TESTS", tmp_path)
    path = tmp_path / name
    path.parent.mkdir()
    said = []
    for row in (before, after):
        inner = f"[page]\nrow = {row}\n" if "records" not in name else f"row = {row}\n"
        path.write_text(inner, encoding="utf-8")
        said.append(assertions.lines())
    ((changed,),) = [assertions.changes(*said)]
    assert changed.startswith(f"tests/{name}: ")
