"""The ledger of experiments is complete, and a claim that says too much is noticed."""

import dataclasses

import pytest

from tools.claims import declaration, ledger

MARKS = ledger.marks_in_text()
DECLARED = declaration.all_claims()
STORED = ledger.read_results()


def suits(item) -> bool:
    """Tell whether a claim is one to try changes on: it held in each of many cases, and quickly."""
    marks = [mark for mark in MARKS if mark.label == item.label]
    stored = STORED[item.label]
    always = item.strength == "always" and stored.outcomes == [True] * len(stored.outcomes)
    return always and not item.slow and len(marks) == 1


LABEL = max(filter(suits, DECLARED.values()), key=lambda item: len(item.cases)).label
NUMBER = len(STORED[LABEL].outcomes)


def test_marks_tests_and_results_belong_together():
    assert not ledger.problems(MARKS, DECLARED, STORED)


def test_the_page_is_up_to_date():
    text = ledger.PAGE.read_text(encoding="utf-8")
    assert text == ledger.page(MARKS, DECLARED, STORED), "make claims"


def test_results_are_stored_in_one_form(tmp_path):
    chapters = {label: (ledger.chapter_of(item), STORED[label]) for label, item in DECLARED.items()}
    ledger.write_results(chapters, tmp_path)
    names = {path.name for path in ledger.RESULTS.iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == names
    for name in names:
        assert (tmp_path / name).read_bytes() == (ledger.RESULTS / name).read_bytes()


def problems(marks=MARKS, declared=DECLARED, stored=STORED):
    """Return the problems after a change."""
    return "\n".join(ledger.problems(marks, declared, stored))


def changed_result(**changes):
    """Return the results, one of them changed."""
    return STORED | {LABEL: dataclasses.replace(STORED[LABEL], **changes)}


def failing(number):
    """Return stored results in which some cases have failed, with a summary that says so."""
    outcomes = [False] * number + STORED[LABEL].outcomes[number:]
    item = DECLARED[LABEL]
    held, summary = item.held(outcomes), item.summary(outcomes)
    return changed_result(outcomes=outcomes, held=held, summary=summary)


def test_a_case_that_failed_is_one_too_many_for_always():
    said = f"should hold in every case, but held in {NUMBER - 1} of {NUMBER} unseen runs"
    assert said in problems(stored=failing(1))


def test_another_strength_is_noticed():
    weaker = dataclasses.replace(DECLARED[LABEL], strength="mostly", share=0.9)
    declared = DECLARED | {LABEL: weaker}
    assert "which its sentence does not say" in problems(declared=declared)
    assert "in at least" not in problems(declared=declared, stored=failing(NUMBER // 10))
    assert "in at least 90 % of the cases" in problems(
        declared=declared, stored=failing(NUMBER // 10 + 1)
    )
    assert "in every case" in problems(stored=failing(NUMBER // 10))


@pytest.mark.parametrize(
    "changes",
    [
        {"held": 1},
        {"summary": "held in 999 of 999 unseen runs"},
        {"outcomes": STORED[LABEL].outcomes[1:]},
        {"total": 1},
        {"experiment": "0" * 16},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_changed_result_is_noticed(changes):
    assert LABEL in problems(stored=changed_result(**changes))


def test_a_label_without_test_is_noticed():
    mark = ledger.Mark("claim-new", "It always works.", "07-hidden-layer", "A chapter")
    assert problems(marks=[*MARKS, mark]) == "claim-new has no test"


def test_a_test_without_label_is_noticed():
    marks = [mark for mark in MARKS if mark.label != LABEL]
    assert "which no page marks" in problems(marks=marks)


def test_a_mark_used_twice_is_noticed():
    assert "is marked twice" in problems(marks=[*MARKS, MARKS[0]])


def test_a_missing_result_and_one_too_many_are_noticed():
    item = STORED[LABEL]
    others = {label: result for label, result in STORED.items() if label != LABEL}
    assert f"{LABEL} has no result" in problems(stored=others)
    assert "claim-old has a result, but no test" in problems(stored=STORED | {"claim-old": item})


def test_a_changed_sentence_is_noticed():
    (mark,) = (mark for mark in MARKS if mark.label == LABEL)
    first = DECLARED[LABEL].sentence.split()[0]
    before, _, rest = mark.before.rpartition(first)
    assert first in mark.before
    for new in ("No", f"Almost {first.lower()}"):
        other = dataclasses.replace(mark, before=f"{before}{new}{rest}")
        marks = [other if m is mark else m for m in MARKS]
        assert "should follow the declared sentence" in problems(marks=marks)


def test_an_experiment_that_changed_is_noticed():
    item = DECLARED[LABEL]
    fewer = dataclasses.replace(item, cases=({"seed": 1}, *item.cases[1:]))
    assert "of another experiment" in problems(declared=DECLARED | {LABEL: fewer})


def test_only_a_slow_claim_may_do_without_a_sample():
    item = dataclasses.replace(DECLARED[LABEL], slow=True)
    assert item.sample(1.0) == []
    assert "less than two seconds" in problems(declared=DECLARED | {LABEL: item})
