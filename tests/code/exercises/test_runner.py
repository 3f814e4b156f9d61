"""What the runner does for all exercises alike, tried on an exercise made for it."""

import numpy as np
import pytest
from backprop.exercises import registry
from backprop.exercises.compare import apart, deviation, numbers, same, short, tolerance, unrolled
from backprop.exercises.runner import (
    Hint,
    declare,
    either,
    forbid,
    inspect_answer,
    whole_numbers,
)

X = np.array([1.0, 2.0, 4.0])
SENT = []


@pytest.fixture
def said(monkeypatch):
    """A function that hands an answer to the exercise: x times c, for an array x."""
    monkeypatch.setattr(registry, "CHECKERS", {})

    @declare(
        "It scales.",
        cases=[(X, 3.0), (X[:2], -0.5), (np.array([0.3, 0.7]), 2.0)],
        parts="the product",
        edges={"An empty array stays empty.": (np.zeros(0), 2.0)},
        errors={"broadcast": "The shapes do not fit.", "nan": "Not a number."},
    )
    def scaled(x, c):
        """Multiply one by one."""
        return np.array([value * c for value in x]), {
            "Multiply, do not add.": x + c,
            "c is missing.": x,
            "One or the other.": either(x / c, c / x),
            "There are more zeros than numbers.": lambda product: np.sum(product == 0) > 1,
        }

    registry.exercise("scaled")(scaled)
    monkeypatch.setattr("backprop.exercises.runner.CHECKERS", registry.CHECKERS)
    return scaled


def right(x, c):
    return x * c


@pytest.mark.parametrize(
    "answer",
    [
        right,
        lambda x, c: [v * c for v in x],
        lambda x, c: tuple(v * c for v in x),
        lambda x, c: (v * c for v in x),
        lambda x, c: map(c.__mul__, x.tolist()),
        lambda x, c: [np.array(v * c) for v in x],
        lambda x, c: np.array([v * c for v in x], dtype=object),
        lambda x, c: (x * c).astype(complex),
        lambda x, c: x * c * (1 + 9e-7),
        lambda *arguments: right(*arguments),
        np.multiply,
    ],
)
def test_what_is_right_is_praised(said, answer):
    assert said(answer)
    assert said(answer) == "It scales."


@pytest.mark.parametrize(
    ("answer", "remark"),
    [
        (lambda x, c: np.float32(x * c * (1 + 1e-5)), "single precision"),
        (lambda x, c: (x * c)[None], "(1, 3), with more axes than needed; shape (3,) is enough"),
    ],
)
def test_what_could_be_better_gets_a_remark(said, answer, remark):
    assert said(answer)
    assert said(answer).startswith("It scales. ")
    assert said(answer).count("enough") + said(answer).count("precision") == 1  # not for each case
    assert remark in said(answer)


def nothing(x, c):
    x * c


def prints(x, c):
    print(x * c)


def mutates(x, c):
    x *= c
    return x


BUFFERS = {}


def reuses(x, c):
    out = BUFFERS.setdefault(len(x), np.empty(len(x)))
    out[:] = x * c
    return out


def collects(x, c, made=[]):  # noqa: B006 (this is the mistake)
    made.extend(x * c)
    return made


def collects_in_secret(x, c, calls=[]):  # noqa: B006
    calls.append(1)
    return x * c if len(calls) % 4 else x * c + 1


def fails(x, c):
    return x @ c.nosuch


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (nothing, "returns nothing: did you forget `return`?"),
        (prints, "prints its result, but returns nothing"),
        (mutates, "changes its argument x in place"),
        (reuses, "returns the same array at every call"),
        (collects, "should have shape"),
        (collects_in_secret, "not when your function is called again"),
        (fails, "AttributeError: 'float' object has no attribute 'nosuch' (in line"),
        (fails, "return x @ c.nosuch)"),
        (lambda x, c: x @ np.ones((7, 7)), "ValueError: matmul"),
        (lambda x, c: x + np.ones(9), "The shapes do not fit. (Your function raised ValueError"),
        (lambda x: x, "should take 2 arguments, (x, c), but takes (x)"),
        (lambda x, c, extra: x, "should take 2 arguments"),
        (lambda x, c: {"x": x}, "numbers in order, not a dict"),
        (lambda x, c: {1.0, 2.0}, "not a set"),
        (lambda x, c: "3, 6, 12", "made of real numbers"),
        (lambda x, c: np.sum, "The product is a function"),
        (lambda x, c: [None, 1.0, 2.0][: len(x)], "There is a None in the product"),
        (lambda x, c: [[1.0], [2.0, 3.0]], "rows of different lengths"),
        (lambda x, c: x * c * 1j, "is complex"),
        (lambda x, c: (x * c).astype("datetime64[s]"), "made of real numbers"),
        (lambda x, c: (x * c)[:, None], "should have shape (3,), but has shape (3, 1)"),
        (lambda x, c: (x * c)[None, None], "should have shape (3,), but has shape (1, 1, 3)"),
        (lambda x, c: (x * c)[:-1], "should have shape (3,), but has shape (2,)"),
        (lambda x, c: (x * c).sum(), "but is a single number"),
        (lambda x, c: x * c * np.nan, "Not a number."),
        (lambda x, c: x * c + np.inf * (x == 2), "Not a number."),
        (lambda x, c: x + c, "Multiply, do not add."),
        (lambda x, c: x, "c is missing."),
        (lambda x, c: x / c, "One or the other."),
        (lambda x, c: c / x, "One or the other."),
        (lambda x, c: 0 * x, "more zeros than numbers"),
        (lambda x, c: -x * c, "The sign is wrong everywhere"),
        (lambda x, c: (x * c)[::-1], "in reverse order"),
        (lambda x, c: 1.5 * x * c, "Every number is 1.5 times"),
        (lambda x, c: x * c + 2e-6 * (x == 1), "where do the others go?"),
        (lambda x, c: x * c + 0.1 * (x == 0.7), "[1] of the product should be 1.4, but is 1.5"),
        (lambda x, c: x * c if len(x) else 1 / 0, "An empty array stays empty. (Your function"),
        (lambda x, c: x * c if len(x) else [1.0], "An empty array stays empty. (For x"),
        (right(X, 2.0), "A ndarray, perhaps a result, was handed in"),
        (7, "without brackets: check('scaled', scaled)"),
        (None, "None was handed in"),
    ],
)
def test_what_is_wrong_gets_a_hint(said, answer, hint):
    BUFFERS.clear()
    assert not said(answer)
    assert hint in said(answer)


def test_the_worst_number_is_shown_with_digits_that_tell(said):
    def answer(x, c):
        out = x * c
        if len(x) == 3:
            out[0] *= 1 + 2e-6
            out[-1] *= 1 + 3e-6
        return out

    assert "[2] of the product should be 12, but is 12.00004" in said(answer)


def test_what_a_function_prints_is_still_printed(said, capsys):
    def answer(x, c):
        print("here")
        return x * c

    assert said(answer)
    assert "here" in capsys.readouterr().out


def test_a_placeholder_is_recognised_and_a_keyboard_interrupt_is_not_caught(said):
    def placeholder(x, c):
        raise NotImplementedError

    def impatient(x, c):
        raise KeyboardInterrupt

    with pytest.raises(NotImplementedError):
        said(placeholder)
    with pytest.raises(KeyboardInterrupt):
        said(impatient)


def test_a_fault_of_the_checker_is_not_blamed_on_the_reader():
    @declare("Fine.", cases=[(1.0,)], parts="the value")
    def broken(x):
        """Divide by zero."""
        return x / 0, {}

    said = broken(lambda x: x)
    assert not said
    assert "no fault of yours (ZeroDivisionError: float division by zero, test_runner.py" in said

    @declare("Fine.", cases=[(1.0,)], use=lambda answer, x: answer(x).nosuch)
    def careless(x):
        """Use the answer wrongly."""
        return x, {}

    assert "Your function raised AttributeError" in careless(lambda x: x)


def test_inspections_call_the_answer_in_the_same_way():
    @inspect_answer(arguments=["x"])
    def positive(reader):
        """Look at one value."""
        if reader(np.array([-1.0, 2.0])) <= 0:
            raise Hint("It should be positive.")
        return "Positive."

    assert positive(np.max) == "Positive."
    assert positive(np.min) == "It should be positive."
    assert "returns nothing" in positive(lambda x: None)
    assert "in place" in positive(lambda x: x.fill(1.0) or 1.0)
    assert "ValueError" in positive(lambda x: int("two"))
    assert "without brackets" in positive(3.0)

    @inspect_answer("values")
    def pair(a, b):
        """Look at two values."""
        if a != b:
            raise Hint("They should be equal.")
        return "Equal."

    assert pair(1, 1)
    assert pair(1, 2) == "They should be equal."


def test_arguments_in_lists_and_dictionaries_are_watched_too():
    @declare("Fine.", cases=[([X, X], {"a": 2 * X})], parts="the sum")
    def total(several, named):
        """Add up."""
        return sum(a.sum() for a in several) + named["a"].sum(), {}

    def spoils_a_list(several, named):
        several[0] *= 0
        return 28.0

    def spoils_a_dictionary(several, named):
        named["a"] += 1
        return 28.0

    def empties(several, named):
        return sum(several.pop().sum() for _ in range(2)) + named["a"].sum()

    assert "argument several in place" in total(spoils_a_list)
    assert "argument named in place" in total(spoils_a_dictionary)
    assert total(empties)
    assert "empties or extends several" in total(empties)


def test_a_list_of_numbers_that_is_changed_gets_a_remark():
    @declare("Added.", cases=[([3.0, 1.0, 2.0],), ([(1, 2.0)],)])
    def total(values):
        """Add."""
        return sum(map(np.sum, values)), {}

    def sorts(values):
        values.sort()
        return sum(map(np.sum, values))

    assert total(sorts)
    assert "It changes values in place, though" in total(sorts)
    assert "in place" not in total(lambda values: sum(map(np.sum, sorted(values))))


def test_one_branch_returns_nothing():
    @declare("Positive.", cases=[(1.0,), (-1.0,)])
    def size(x):
        """Measure."""
        return abs(x), {}

    def forgetful(x):
        if x > 0:
            return x

    assert "does every branch `return`?" in size(forgetful)
    assert "did you forget `return`?" in size(lambda x: None)


def test_rounded_results():
    @declare("A third.", cases=[(1.0, 3.0), (1.0, 2.0)])
    def quotient(a, b):
        """Divide."""
        return a / b, {}

    assert "Right, but rounded" in quotient(lambda a, b: round(a / b, 3))
    assert "rounded" not in quotient(lambda a, b: round(a / b, 3) + 0.001)
    assert "rounded" not in quotient(lambda a, b: 0.0)


def test_forbidden_functions():
    look = forbid("Write it yourself.", (3.0,), (np, "square"))

    @declare("Squared.", cases=[(2.0,), (-3.0,)], also=[look])
    def square(x):
        """Multiply."""
        return x * x, {}

    assert square(lambda x: np.square(x)) == "Write it yourself."
    assert np.square(3.0) == 9.0  # it is as before
    assert square(lambda x: x * x)


@pytest.mark.parametrize(
    ("values", "came"),
    [
        ((1, 2), "not 2"),
        ((1, 2, np.inf), "not (1, 2, inf)"),
        ((1, 2, np.nan), "not (1, 2, nan)"),
        ("123", "not '123'"),
        (7, "not 7"),
    ],
)
def test_whole_numbers(values, came):
    @inspect_answer("values")
    def three(values):
        """Take them as they are."""
        return f"{whole_numbers(values, 3)}"

    assert three(values) == f"Three whole numbers are asked for, {came}."
    assert three(np.array([1.0, 2.0, 3.0])) == "[1, 2, 3]"


def test_several_parts():
    @declare("Both.", cases=[(1.0, 2.0), (3.0, 5.0)], parts=("the sum", "the product"))
    def both(a, b):
        """Add and multiply."""
        return (a + b, a * b), {"Divide.": (None, a / b)}

    assert both(lambda a, b: (a + b, a * b))
    assert both(lambda a, b: np.array([a + b, a * b]))
    assert both(lambda a, b: iter([a + b, a * b]))
    assert "two things, the sum and the product, but returns only one" in both(lambda a, b: a)
    assert "but returns 3" in both(lambda a, b: (a, b, a))
    assert "but returns one array of shape (3, 2)" in both(lambda a, b: np.ones((3, 2)))
    assert "but returns a dict" in both(lambda a, b: {"sum": a + b, "product": a * b})
    assert both(lambda a, b: {"sum": a + b, "product": a * b}.values())
    assert "wrong order: first the sum, then" in both(lambda a, b: (a * b, a + b))
    assert both(lambda a, b: (a + b, a / b)) == "The sum is right. Divide."
    assert both(lambda a, b: (7.0, a / b)) == "Divide."
    assert "The product is right. For a = 1, b = 2, the sum should be 3, but is 2." == both(
        lambda a, b: (a * b if a == 1 else a + b, a * b)
    )


# Comparing


def test_tolerances():
    single = np.float32([1 / 3, 0.1])
    assert tolerance(single) == 1e-3
    assert tolerance(single.astype(np.float64)) == 1e-3  # computed in single precision
    assert tolerance(np.array([1 / 3, 0.1])) == 1e-6
    assert tolerance(np.array([0.5, 3.0])) == 1e-6  # round numbers tell nothing
    assert tolerance(np.array([1, 2])) == 1e-6
    assert same(np.array([1 + 1e-7]), np.array([1.0]))
    assert not same(np.array([1 + 1e-5]), np.array([1.0]))
    assert same(np.float32([1.0001]), np.array([1.0]))
    assert not same(np.float32([1001.0]), np.array([1000]))  # whole numbers are exact


def test_deviations():
    assert deviation(np.array([1.0, 2.2]), np.array([1.0, 2.0])) == pytest.approx(0.1)
    assert deviation(np.array([1e-9]), np.array([0.0])) == 1e-9
    assert deviation(np.array([np.nan]), np.array([0.0])) == np.inf
    assert deviation(np.zeros(2), np.zeros(3)) == np.inf
    assert deviation(np.zeros(0), np.zeros(0)) == 0.0


def test_numbers_as_text():
    assert apart(2.0275, 2.0275001) == ("2.0275", "2.0275001")
    assert apart(1.0, 2.0) == ("1", "2")
    assert apart(1 / 3, 1 / 3 + 1e-9) == ("0.333333333", "0.333333334")
    assert short("Z", np.zeros((5, 3))) == "Z of shape (5, 3)"
    assert short("w", np.array([1.0, 2.0])) == "w = [1. 2.]"
    assert short("x", 0.5) == "x = 0.5"
    assert short("g", [np.zeros((2, 2)), np.zeros(2)]) == "g of shapes (2, 2), (2,)"
    assert short("links", [(1, 2, 0.123456)]) == "links = [(1, 2, 0.123)]"
    assert short("slope", np.cos) == ""


def test_results_in_other_forms():
    assert unrolled(iter([1, 2])) == [1, 2]
    assert unrolled((map(abs, [-1]), range(2))) == ([1], [0, 1])
    assert numbers(True, "it")[0] == 1
    assert numbers([1, 2.5], "it")[0].tolist() == [1.0, 2.5]
    assert "None" in numbers(None, "it")[1]
