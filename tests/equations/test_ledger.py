"""The ledger is complete: every claim has a test, every test a claim."""

import pytest

from tools import ledger


def test_every_claim_has_a_test_and_every_test_a_claim():
    assert not ledger.problems(ledger.equations(), ledger.tests())


def test_the_page_is_up_to_date():
    assert ledger.PAGE.read_text(encoding="utf-8") == ledger.page(
        ledger.equations(), ledger.tests()
    )


def test_a_missing_test_is_noticed(tmp_path):
    (tmp_path / "01-page.md").write_text("# A page\n\n$$\na = b\n$$ (eq-new)\n", encoding="utf-8")
    equations = ledger.equations(tmp_path)
    assert [e.label for e in equations] == ["eq-new"]
    assert ledger.problems(equations, []) == ["eq-new has no test"]


def test_a_label_used_twice_is_noticed(tmp_path):
    for name in ("01.md", "02.md"):
        (tmp_path / name).write_text("$$\na = b\n$$ (eq-same)\n", encoding="utf-8")
    with pytest.raises(ValueError, match="eq-same is used twice"):
        ledger.equations(tmp_path)
