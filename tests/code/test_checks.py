"""The gradient check, and the machinery behind ``check("exercise", answer)``."""

from types import SimpleNamespace

import backprop.checks as checks
import numpy as np
import pytest
from backprop.checks import Answer, bound, check, exercise, gradient_check, require
from backprop.exercises import registry as checkers


@pytest.fixture
def registry(monkeypatch):
    """An empty registry, into which no chapter's checkers are loaded."""
    monkeypatch.setattr(checkers, "CHECKERS", {})
    monkeypatch.setattr(checks, "_load", lambda: None)


# Sizes of deviations


@pytest.mark.parametrize(
    ("deviation", "words"),
    [
        (0.0, "1e-14"),
        (4.9e-15, "1e-14"),
        (5.1e-15, "1e-13"),
        (-3e-11, "1e-10"),
        ([[1e-3, -0.06], [0.0, 0.01]], "1e+00"),
        (np.array([2.5e-8, 1e-9]), "1e-07"),
        (5e-4, "1e-03"),
        (40.0, "1e+02"),
        ([], "1e-14"),
    ],
)
def test_a_deviation_is_doubled_and_rounded_up_to_a_power_of_ten(deviation, words):
    assert bound(deviation) == f"{words} or less"


def test_the_smallest_power_can_be_chosen():
    assert bound(2e-16, smallest=1e-15) == "1e-15 or less"
    assert bound(2e-15, smallest=1e-15) == "1e-14 or less"
    assert bound(1e-9, smallest=1e-3) == "1e-03 or less"


@pytest.mark.parametrize("deviation", [np.nan, [1.0, -np.inf]])
def test_what_is_not_finite_has_no_bound(deviation):
    with pytest.raises(ValueError, match="deviation should be finite"):
        bound(deviation)
    with pytest.raises(ValueError, match="smallest"):
        bound(1.0, smallest=0.0)


# Gradients


def cubic(theta):
    return float(np.sum(theta**3))


def test_a_right_gradient_passes_and_wrong_ones_do_not():
    theta = np.array([0.5, -1.5, 2.0])
    right = 3 * theta**2
    assert gradient_check(cubic, right, theta) < 1e-9
    for wrong in (-right, 2 * right, right[::-1], right * [1, 1, 1.01], np.zeros(3)):
        assert gradient_check(cubic, wrong, theta) > 1e-3
    assert gradient_check(cubic, -right, theta) == pytest.approx(2.0)
    assert gradient_check(cubic, np.zeros(3), theta) == pytest.approx(1.0)
    assert not gradient_check(cubic, [np.nan, 1.0, 1.0], theta) < 1e-3


def test_the_error_is_the_one_described():
    """Norm of the difference over the larger norm; the step is relative to large θ."""
    theta = np.array([0.0, 1e3])
    points = []

    def square(theta):
        points.append(theta.copy())
        return float(theta @ theta)

    # Central differences of a square are exact but for rounding.
    value = gradient_check(square, [0.0, 1000.0], theta, step=0.01)
    assert value == pytest.approx(1000 / 2000)
    assert gradient_check(square, [0.0, 4000.0], theta, step=0.01) == pytest.approx(2000 / 4000)
    assert np.allclose(points[:2], [[0.01, 1e3], [-0.01, 1e3]])
    assert np.allclose(points[2:4], [[0.0, 1010], [0.0, 990]])
    # A cubic has the error h² at each point.
    assert gradient_check(cubic, [3.0], [1.0], step=0.1) == pytest.approx(0.01 / 3.01)


def test_nothing_is_changed():
    theta, gradient = np.array([1.0, 2.0]), np.array([3.0, 12.0])

    def greedy(values):
        result = cubic(values)
        values[:] = 0.0  # a function may do what it likes with its own copy
        return result

    assert gradient_check(greedy, gradient, theta) < 1e-9
    assert theta.tolist() == [1.0, 2.0]


def test_where_everything_is_flat():
    assert gradient_check(lambda theta: 1.0, [0.0], [2.0]) == 0.0


def test_lists_and_whole_numbers():
    assert gradient_check(cubic, [3, 12], [1, 2]) < 1e-9


@pytest.mark.parametrize(
    ("gradient", "theta"),
    [(np.ones(2), np.ones(3)), (np.ones((2, 1)), np.ones((2, 1))), (1.0, 1.0)],
)
def test_shapes(gradient, theta):
    with pytest.raises(ValueError, match="gradient and theta should be vectors of the same length"):
        gradient_check(cubic, gradient, theta)


@pytest.mark.parametrize("step", [0.0, -1e-5, np.nan])
def test_step(step):
    with pytest.raises(ValueError, match="step should be greater than 0"):
        gradient_check(cubic, [3.0], [1.0], step)


# Answers


def test_answers():
    right, hint = Answer("Well done.", right=True), Answer("The sign is wrong.")
    assert right
    assert not hint
    assert right == "Well done."
    assert repr(right) == "Right. Well done."
    assert repr(hint) == "Not yet. The sign is wrong."
    assert (right.right, hint.right) == (True, False)


@pytest.mark.usefixtures("registry")
def test_a_checker():
    @exercise("double")
    def double(function):
        """Check a function that doubles."""
        if function(2) == 4 and function(3) == 6:
            return Answer("It doubles.", right=True)
        return "It should double."

    assert check("double", lambda x: 2 * x)
    assert check("double", lambda x: 2 * x) == "It doubles."
    said = check("double", lambda x: x + 2)
    assert not said
    assert isinstance(said, Answer)
    assert said == "It should double."


@pytest.mark.usefixtures("registry")
def test_a_placeholder_and_an_error_become_hints():
    @exercise("double")
    def double(function):
        """Check a function that doubles."""
        return Answer("It doubles.", right=function(2) == 4)

    def placeholder(x):
        raise NotImplementedError

    def broken(x):
        return x / 0

    assert not check("double", placeholder)
    said = "This is still the placeholder: replace its body by your own."
    assert check("double", placeholder) == said
    assert not check("double", broken)
    assert check("double", broken) == "Your answer raised ZeroDivisionError: division by zero"
    assert "TypeError" in check("double", 5)

    def impatient(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("double", impatient)


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("answers", [(), (1,), (1, 2, 3)])
def test_too_few_or_too_many_answers(answers):
    @exercise("pair")
    def pair(first, second):
        """Check two numbers."""
        return Answer("", right=True)

    said = check("pair", *answers)
    assert not said
    assert said.startswith("check('pair', first, second) is the call")
    assert check("pair", 1, 2)


@pytest.mark.usefixtures("registry")
def test_unknown_exercises_and_names_used_twice():
    @exercise("double")
    def double(function):
        """Check nothing."""
        return Answer("", right=True)

    with pytest.raises(ValueError, match="name should be one of double, not 'duoble'"):
        check("duoble", abs)
    with pytest.raises(ValueError, match=r"name should be new, .* called 'double' already"):

        @exercise("double")
        def another(function):
            """Check nothing."""

    assert exercise("double")(double) is double  # as when a module is loaded again


def test_the_checkers_of_the_chapters_are_found():
    with pytest.raises(ValueError, match=r"name should be one of .+, not 'no such exercise'"):
        check("no such exercise", abs)
    assert checkers.CHECKERS
    assert all(name == name.lower() and " " not in name for name in checkers.CHECKERS)
    assert all(checker.__doc__ for checker in checkers.CHECKERS.values())


@pytest.mark.usefixtures("registry")
def test_a_checker_must_say_something():
    @exercise("silent")
    def silent(answer):
        """Return the answer, which is not a string, or None."""
        return answer

    for answer in (None, 7):
        message = rf"the checker of 'silent' should return a string, not {answer} \("
        with pytest.raises(TypeError, match=message):
            check("silent", answer)


# Frameworks


def test_what_is_there_is_not_asked_for():
    require()
    require("json", "numpy")


def test_what_is_missing_is_named_with_what_to_do():
    with pytest.raises(ModuleNotFoundError) as caught:
        require("no_such_framework", "numpy", "nor_this_one")
    said = str(caught.value)
    assert said.startswith("this chapter runs with no_such_framework and nor_this_one, which")
    assert "numpy" not in said
    for advice in ("make frameworks", "requirements/frameworks.txt", "restart the kernel"):
        assert advice in said
    assert "read without" in said


def test_in_a_browser_nobody_is_told_to_install_there(monkeypatch):
    monkeypatch.setattr("backprop.checks.sys", SimpleNamespace(platform="emscripten"))
    require("json", "numpy")
    with pytest.raises(ModuleNotFoundError) as caught:
        require("no_such_framework", "numpy", "nor_this_one")
    assert str(caught.value) == (
        "this chapter runs with no_such_framework and nor_this_one, which no browser can run. "
        "On your own computer `make frameworks`, in the folder of the book, installs what is "
        "needed. The chapter can be read without: its stored outputs are below"
    )


def test_they_are_looked_for_and_not_imported(tmp_path, monkeypatch):
    (tmp_path / "an_unimportable_framework.py").write_text("raise ImportError\n")
    monkeypatch.syspath_prepend(tmp_path)
    require("an_unimportable_framework")
