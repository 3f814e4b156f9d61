"""The assignments have the cells that the graders expect, and their tests tell right from wrong."""

import ast
import re

import nbformat
import pytest

from tests.editions import made_up_class
from tools.editions import autograder, chapters
from tools.editions.marking import Marker, brief
from web import ROOT, notebooks, words

EXERCISES = chapters.exercises()
FIRST, *_, LAST = autograder.chosen([])  # chapters with exercises


def needs(exercise):
    return pytest.mark.skipif(
        bool(notebooks.missing(exercise.chapter)), reason="its frameworks are not installed"
    )


ALL = [pytest.param(e, id=name, marks=needs(e)) for name, e in EXERCISES.items()]


def run(exercise, answer):
    """Run the cells of an assignment in one namespace; return the test's message, or None."""
    space = {}
    for setup in autograder.setups([exercise]):
        exec(setup, space)
    exec(answer, space)
    try:
        exec(autograder.test_of(exercise), space)
    except AssertionError as error:
        return str(error)
    return None


@pytest.mark.parametrize("exercise", ALL)
def test_the_solution_gets_its_point_and_the_placeholder_none(exercise):
    assert run(exercise, f"{exercise.placeholder}\n{exercise.solution}") is None
    assert run(exercise, exercise.placeholder)


def test_all_exercises_with_a_checker_are_there():
    called = set()
    for path in chapters.notebooks():
        text = path.read_text(encoding="utf-8")
        called |= set(re.findall(r'"check\(\\"([\w-]+)\\"', text))
    assert set(EXERCISES) == called
    assert len(called) > 50
    by_chapter = autograder.chosen([])
    assert {e.name for assignment in by_chapter.values() for e in assignment} == called


def test_some_exercises_can_be_chosen():
    assert list(autograder.chosen([LAST[:2]])) == [LAST]
    two = [autograder.chosen([])[name][0].name for name in (LAST, FIRST)]
    assert [e.name for e in autograder.chosen(two)["exercises"]] == two
    with pytest.raises(ValueError, match="not 'made-up'"):
        autograder.chosen(["made-up"])


def test_cells_for_nbgrader():
    assignment = autograder.chosen([FIRST])[FIRST]
    nb = autograder.for_nbgrader(FIRST, assignment)
    nbformat.validate(nb)
    settings = [cell.metadata.nbgrader for cell in nb.cells]
    assert len({s.grade_id for s in settings}) == len(settings)
    assert all(re.fullmatch(r"[\w-]+", s.grade_id) for s in settings)
    graded = [s for s in settings if s.grade]
    assert [s.grade_id for s in graded] == [e.name for e in assignment]
    assert all(s.points == 1 and s.locked and not s.solution for s in graded)
    assert sum(s.solution and not s.locked for s in settings) == len(assignment)
    for cell in nb.cells:
        for what in ("SOLUTION", "HIDDEN TESTS"):
            marks = re.findall(rf"(?m)^### (BEGIN|END) {what}$", cell.source)
            assert marks in ([], ["BEGIN", "END"])
        if cell.cell_type == "code":
            ast.parse(cell.source)


def test_cells_for_otter():
    assignment = autograder.chosen([LAST])[LAST]
    nb = autograder.for_otter(LAST, assignment)
    nbformat.validate(nb)
    raw = [cell.source.split("\n")[0] for cell in nb.cells if cell.cell_type == "raw"]
    question = [
        f"# {mark} {part}"
        for mark, part in (
            ("BEGIN", "QUESTION"), ("BEGIN", "SOLUTION"), ("END", "SOLUTION"),
            ("BEGIN", "TESTS"), ("END", "TESTS"), ("END", "QUESTION"),
        )
    ]  # fmt: skip
    assert raw == ["# ASSIGNMENT CONFIG", *question * len(assignment)]
    for cell in nb.cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)


def test_a_marker_refuses_to_work_without_protection(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="bwrap should be installed"):
        Marker("nbgrader", "09-back-propagation", tmp_path)


def test_comments_are_short_and_without_colours():
    assert brief("\x1b[0;31mwrong\x1b[0m \n") == "wrong"
    assert len(brief("x" * 10**6)) < 2100
    assert brief("a\nb\na\na") == "a\nb"


def test_graders_have_the_versions_of_the_book():
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"(?m)^\S+==\S+", (ROOT / "requirements" / "graders.in").read_text("utf-8"))
    assert {pin.split("==")[0] for pin in pins[:2]} == {"nbgrader", "otter-grader"}
    assert len(pins) > 4
    assert not [pin for pin in pins[2:] if not re.search(rf"(?m)^{re.escape(pin)}\s", lock)]


def test_the_made_up_class_knows_every_exercise_of_its_assignment():
    assigned = {name for name, e in EXERCISES.items() if e.chapter.stem == made_up_class.ASSIGNMENT}
    assert set(made_up_class.NAMES) == assigned
    assert set(made_up_class.right_sources()) == assigned
    assert set(made_up_class.WRONG) == assigned
    for name, function in made_up_class.NAMES.items():
        assert f"def {function}(" in EXERCISES[name].sources[0]


def test_what_is_added_to_the_exercises_is_in_the_language_of_the_book(monkeypatch):
    def said():
        (assignment,) = autograder.chosen([LAST]).values()
        cells = autograder.for_nbgrader(LAST, assignment).cells
        text = "\n".join(cell.source for cell in cells)
        return text + autograder.settings_of_nbgrader()

    texts = [autograder.INTRODUCTION, autograder.STUB, autograder.TESTED]
    monkeypatch.setattr(words, "language", lambda: "en")
    assert [text for text in texts if text not in said()] == []
    monkeypatch.setattr(words, "language", lambda: "nb")
    assert [text for text in texts if text in said()] == []
    assert [text for text in texts if words.book().say(text) not in said()] == []
    block = "```{exercise}\n:label: ex-a\nBy {eq}`eq-b`.\n```"
    assert chapters.statement(block, "a") == "By *eq-b* (i boka)."
