"""Statement, placeholder, solution and checker of an exercise lead to each other in one step.

The exercise's name is that of its label, ``ex-NAME``, of the call ``check("NAME", …)`` in the
chapter, and of the decorator ``@exercise("NAME")`` in ``exercises/chNN.py``; the checker is
called what the chapter's placeholder is called, and takes the same arguments.
"""

import ast
import re
from pathlib import Path

import backprop.exercises
import pytest
from backprop.checks import check
from backprop.exercises import words
from backprop.exercises.registry import CHECKERS
from backprop.exercises.runner import Declaration
from backprop.exercises.words import say
from exercises.book import NAMES, exercises

check("nn-count", None)  # loads all checkers
MODULES = sorted(Path(backprop.exercises.__file__).parent.glob("ch[0-9]*.py"))


def test_the_book_and_the_package_have_the_same_exercises():
    assert set(exercises()) == set(CHECKERS)
    assert len(CHECKERS) >= 75


def test_the_checkers_of_a_module_are_those_of_its_chapter_in_its_order():
    for module in MODULES:
        text = module.read_text(encoding="utf-8")
        number = module.stem.removeprefix("ch")
        listed = re.findall(r'(?m)^@exercise\("([\w-]+)"', text)
        asked = [name for name, e in exercises().items() if e.chapter.name.startswith(number)]
        assert listed == asked
        chapter = re.search(r"``(chapters/.+?\.ipynb)``", text)[1]
        assert chapter == f"chapters/{exercises()[asked[0]].chapter.name}"


@pytest.mark.parametrize("name", exercises())
def test_statement_placeholder_solution_and_checker_belong_together(name):
    exercise, checker = exercises()[name], CHECKERS[name]
    assert exercise.statement, "its statement has the label ex-NAME"
    assert len(exercise.cells) == 2, "a placeholder and a solution"
    handed_in = re.search(rf'check\("{name}", (.+)\)$', exercise.placeholder, re.M)[1]
    if checker.kind == "values":
        return
    assert checker.__name__ == handed_in
    definitions = [
        node for node in ast.parse(exercise.placeholder).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == handed_in
    ]  # fmt: skip
    assert len(definitions) == 1
    if exercise.broken:  # the placeholder calls the function that is to be repaired
        functions = ast.parse(exercise.broken).body
        suspects = {node.name for node in functions if isinstance(node, ast.FunctionDef)}
        calls = {n.id for n in ast.walk(definitions[0]) if isinstance(n, ast.Name)}
        assert suspects & calls
    else:
        assert "NotImplementedError" in ast.unparse(definitions[0])
    if isinstance(definitions[0], ast.FunctionDef) and checker.kind == "function":
        arguments = [a.arg for a in definitions[0].args.args]
        assert checker.arguments == arguments


def called(text, name):
    """Return the arguments with which a text calls a function or a class, each as it is written."""
    calls = re.findall(rf"`{name}\(([^`]*)\)`", " ".join(text.split()))
    return [[part.strip() for part in call.split(",") if part.strip()] for call in calls]


def signature(source, name):
    """Return the arguments of a definition in a cell; of a class, those that make it."""
    found = {n.name: n for n in ast.walk(ast.parse(source)) if hasattr(n, "name")}
    function = found[name]
    if isinstance(function, ast.ClassDef):
        function = next(n for n in function.body if getattr(n, "name", "") == "__init__")
    arguments, defaults = function.args.args, function.args.defaults
    values = [""] * (len(arguments) - len(defaults)) + [
        f"={ast.get_source_segment(source, d)}" for d in defaults
    ]
    return [a.arg + v for a, v in zip(arguments, values, strict=True) if a.arg != "self"]


STATED = [
    (name, asked[1])
    for name, exercise in exercises().items()
    if (asked := re.search(rf'check\("{name}", (\w+)\)$', exercise.placeholder, re.M))
    and called(exercise.statement, asked[1])
]


@pytest.mark.parametrize(("name", "function"), STATED, ids=lambda pair: pair)
def test_the_statement_gives_the_arguments_in_their_order(name, function):
    exercise = exercises()[name]
    for source in (exercise.placeholder, exercise.solution):
        (arguments,) = called(exercise.statement, function)
        assert signature(source, function) == arguments


def test_most_statements_give_the_arguments():
    assert len(STATED) > 2 / 3 * len(exercises())


@pytest.mark.parametrize("name", exercises())
def test_the_placeholder_gets_what_the_chapter_shows(name, monkeypatch):
    exercise = exercises()[name]
    if exercise.cells[0][1].startswith("Not yet."):  # executed before the book's language was set
        monkeypatch.setattr(words, "WORDS", {})
    space = dict(NAMES)
    source = f"from backprop.checks import check\n{exercise.broken}\n{exercise.placeholder}"
    exec(re.sub(r"(?m)^check\(", "said = check(", source), space)
    assert not space["said"]
    assert repr(space["said"]) == exercise.cells[0][1]
    general = say("This is still the placeholder: replace its body by your own.")
    word = "as it stood" if exercise.broken else "placeholder"
    assert word in space["said"] or space["said"] == general or name == "ad-brackets"


def test_a_declaration_says_what_it_is_about():
    for checker in CHECKERS.values():
        assert checker.__doc__
        if isinstance(checker, Declaration):
            assert len(checker.known) >= 2
