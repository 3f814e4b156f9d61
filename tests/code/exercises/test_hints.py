"""Every declared mistake gets its hint, and nothing else does.

The wrong answers that are written by hand stand in test_chNN.py and below; here each declared
mistake is also played back, case by case, to see that no two mistakes, and no mistake and the
right answer, can be taken for each other.
"""

import copy
import inspect

import numpy as np
import pytest
from backprop.checks import check
from backprop.exercises.compare import same, tolerance
from backprop.exercises.registry import CHECKERS, Answer
from backprop.exercises.runner import Declaration

check("nn-count", None)  # loads all checkers
DECLARED = {name: c for name, c in CHECKERS.items() if isinstance(c, Declaration)}


def expectations(checker):
    return [expectation for _, expectation in checker.known]


def is_predicate(checker, key):
    """Tell whether a mistake is recognised by a property, so that it cannot be played back."""
    return any(callable(wrong.get(key)) for _, wrong in expectations(checker))


def mistakes():
    for name, checker in DECLARED.items():
        keys = dict.fromkeys(key for _, wrong in expectations(checker) for key in wrong)
        for hint, k in keys:
            if not is_predicate(checker, (hint, k)):
                yield pytest.param(name, hint, k, id=f"{name}: {hint[:60]}-{k}")


def without_use(checker):
    """Return the checker for plain functions, without what is looked at beyond the cases."""
    plain = copy.copy(checker)
    plain.options = {**checker.options, "use": None, "also": (), "edges": {}}
    plain.kind = "function"
    return plain


def playback(checker, key, scale=1.0):
    """Return an answer that makes a mistake wherever it can be made, and is right elsewhere."""

    def answer(*arguments):
        right, wrong = checker.expectation(arguments)
        parts = wrong.get(key)
        parts = parts or right
        chosen = [r if w is None else w for w, r in zip(parts, right, strict=True)]
        chosen = [scale * part for part in chosen]
        return chosen[0] if isinstance(checker.parts, str) else tuple(chosen)

    names = ", ".join(checker.arguments)
    return eval(f"lambda {names}: answer({names})", {"answer": answer})


@pytest.mark.parametrize(("name", "hint", "k"), list(mistakes()))
def test_a_mistake_gets_its_own_hint(name, hint, k):
    checker = DECLARED[name]
    said = without_use(checker)(playback(checker, (hint, k)))
    assert isinstance(said, Answer)
    assert not said
    assert hint in said
    others = {h for _, wrong in expectations(checker) for h, _ in wrong} - {hint}
    assert not [other for other in others if other in said and other not in hint]
    if any(np.any(w) for _, wrong in expectations(checker) for w in wrong.get((hint, k)) or ()):
        # Scaled by an unusual factor, it is another mistake.
        said = without_use(checker)(playback(checker, (hint, k), scale=1.7183))
        assert not said
        assert hint not in said


@pytest.mark.parametrize("name", DECLARED)
def test_mistakes_differ_from_what_is_right_and_from_each_other(name):
    checker = DECLARED[name]
    cases = expectations(checker)
    keys = list(dict.fromkeys(k for _, wrong in cases for k in wrong))
    keys = [key for key in keys if not is_predicate(checker, key)]

    def differ(one, other):
        pairs = zip(one, other, strict=True)
        return any(
            (a is None) != (b is None) or (a is not None and not same(a, b, tolerance(a)))
            for a, b in pairs
        )

    def full(case, key):
        right, wrong = case
        parts = wrong.get(key) or right
        return [r if w is None else w for w, r in zip(parts, right, strict=True)]

    for place, key in enumerate(keys):
        assert any(differ(full(case, key), case[0]) for case in cases), key
        for other in keys[:place]:
            if other[0] != key[0]:
                alike = not any(differ(full(c, key), full(c, other)) for c in cases)
                assert not alike, (key, other)


@pytest.mark.parametrize("name", DECLARED)
def test_what_is_right_is_accepted_and_numbers_beside_it_are_not(name):
    checker = without_use(DECLARED[name])
    assert checker(playback(DECLARED[name], None))
    for scale in (1.001, 1 + 1e-5, -1.0, 0.0):
        zero = all(not np.any(r) for r in DECLARED[name].expectation(checker.cases()[0])[0])
        assert zero or not checker(playback(DECLARED[name], None, scale)), scale


def test_signatures_are_those_of_the_declarations():
    for checker in DECLARED.values():
        if checker.options["use"] is None:
            assert checker.arguments == list(inspect.signature(checker.function).parameters)
