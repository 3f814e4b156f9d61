"""What is right is accepted in any style, and the remarks on it are true."""

import warnings
from decimal import Decimal

import numpy as np
import pytest
from backprop.checks import check
from backprop.exercises import words
from backprop.exercises.registry import CHECKERS
from exercises.book import exercises
from exercises.right_answers import OTHER, VALUES, styles

check("nn-count", None)  # loads all checkers
FORMLESS = {
    "ad-branch",
    "count-halve",
    "count-product",
    "reg-monomials",
    "top-diagnose",
    "clip-global",
    "ua-bump",
}


def formed():
    """Return solutions whose results have other forms, for all exercises with numbers."""
    for name, exercise in exercises().items():
        checker = CHECKERS[name]
        if name in FORMLESS or checker.kind != "function" or not hasattr(checker, "parts"):
            continue
        _, (right, _) = checker.known[0]
        whole = all(e.dtype.kind in "iu" for e in right)
        for style, answer in styles(exercise.answer()).items():
            if not (whole and style == "to_seven_digits"):
                yield pytest.param(name, style, answer, id=f"{name}-{style}")


FORMED = list(formed())


@pytest.mark.parametrize("name", exercises())
def test_the_solution_gets_what_the_chapter_shows(name, monkeypatch):
    exercise = exercises()[name]
    if exercise.praise.startswith("Right."):  # executed before the book's language was set
        monkeypatch.setattr(words, "WORDS", {})
    answer = exercise.answer()
    said = check(name, answer) if answer else check(name, *VALUES[name][0])
    assert said
    assert repr(said) == exercise.praise


@pytest.mark.parametrize(("name", "style", "answer"), FORMED)
def test_other_forms_of_a_result(name, style, answer):
    said = check(name, answer)
    assert said, said
    single = "single precision" in said
    assert single <= (style == "in_single_precision")
    assert ("more axes than needed" in said) == (style == "one_row_more")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param(name, answer, id=f"{name}-{k}")
        for name, answers in OTHER.items()
        for k, answer in enumerate(answers)
    ],
)
def test_other_styles(name, answer):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = check(name, answer)
    assert said, said


@pytest.mark.parametrize(
    ("name", "values"), [(name, v) for name, several in VALUES.items() for v in several]
)
def test_values(name, values):
    assert check(name, *values)


def test_every_exercise_is_answered_in_five_styles():
    count = {name: len(OTHER.get(name, [])) + len(VALUES.get(name, [])) for name in exercises()}
    for parameter in FORMED:
        count[parameter.values[0]] += 1
    assert {name for name, number in count.items() if number < 5} == set()


def test_a_function_that_empties_its_list_is_accepted_with_a_remark():
    def row_by_row(jacobians, gradient):
        while jacobians:
            gradient = gradient @ jacobians.pop()
        return gradient

    said = check("chain-pull-back", row_by_row)
    assert said
    assert "empties or extends jacobians" in said


def test_a_tensor_of_another_library_is_accepted():
    class Tensor:
        def __init__(self, values):
            self.values = np.asarray(values)

        def __array__(self, dtype=None, copy=None):
            return self.values

    assert check("output-delta", lambda Z, T: Tensor(exercises()["output-delta"].answer()(Z, T)))


def test_a_tensor_that_records_its_gradient_is_accepted():
    class Recording:
        requires_grad = True

        def __init__(self, values):
            self.values = values

        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("use detach() first")

        def detach(self):
            return self.values

    assert check("torch-logit", lambda Z, T: Recording(exercises()["torch-logit"].answer()(Z, T)))


def test_looks_beyond_the_cases_take_numbers_of_all_kinds():
    solution = exercises()["torch-logit"].answer()
    assert check("torch-logit", lambda Z, T: Decimal(float(solution(Z, T))))
