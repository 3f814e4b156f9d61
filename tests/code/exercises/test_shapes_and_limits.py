r"""The shapes and the limits that a statement gives are those of its checker.

A shape, as in "``X`` has shape $(n, p)$", is read from the statement and compared with the
arguments of the checker's cases and with what is right there.  Letters may have any size, but one
in each case, and no shape could be turned round or get another letter without a contradiction.
``OWNERS`` says what each shape of a statement belongs to.  A limit, as in "at most seven
operations", is read too: an answer that keeps to it is accepted, one just beyond is refused.
"""

import ast
import itertools
import re

import numpy as np
import pytest
from backprop.checks import check
from backprop.counting import count
from backprop.exercises.registry import CHECKERS
from backprop.exercises.runner import Declaration
from exercises.book import exercises

check("nn-count", None)  # loads all checkers
RESULT = "result"
OWNERS = {
    "ua-kinks": [RESULT],
    "output-delta": ["Z, T"],
    "hidden-delta": ["delta_next", "W_next", "Z"],
    "softmax-delta": ["A, G"],
    "largest-rate": ["X"],
    "gd-wrong": [RESULT],
    "dead-units": ["Z"],
    "sigmoid-init": [RESULT],
    "act-wrong": [RESULT],
    "bn-backward": ["dY, Z", "gamma"],
    "reg-monomials": ["x, y"],
    "reg-ridge": ["result 0", "X", "t"],
    "digits-accuracy": ["A, T"],
    "digits-wrong": ["images"],
    "gate-wrong": ["result 0", "result 1"],
    "top-groups": ["groups", RESULT],
    "top-comet": ["S", RESULT],
    "keras-logits": ["Z, T"],
    "torch-logit": ["Z, T"],
    "neuron-curvature": [RESULT, "X", "t", "w, v", ""],  # the last is forbidden
    "depth-shared": ["X", "V", "T"],
}
LEFT_OUT = {"parity": "the shapes are those of a network that the reader trains"}
# Sizes that no other shape of the statement gives, from the arguments of a case.
KNOWN = {
    # The book's convention: one row for each sample.
    **{
        name: lambda case: {"n": len(next(iter(case.values())))}
        for name, owners in OWNERS.items()
        if len(owners) == 1
    },
    "digits-wrong": lambda case: {"n": len(case["images"])},
    "ua-kinks": lambda case: {"N": len(case["values"]) - 1},
    "gd-wrong": lambda case: {"n_updates": case["n_updates"], "p": len(case["start"])},
    "gate-wrong": lambda case: {"n": int(np.log2(len(case["answers"])))},
    "sigmoid-init": dict,
    "act-wrong": dict,
}
# What the solution is called with where a checker has no list of cases.
CALLS = {
    "sigmoid-init": {"fan_in": 3, "fan_out": 5, "rng": np.random.default_rng(1)},
    "act-wrong": {"fan_in": 3, "fan_out": 5, "rng": np.random.default_rng(1)},
    "top-groups": {"groups": np.arange(30) // 4, "share": 0.5, "seed": 1},
}
SHAPE = re.compile(r"\bshape \$?\(((?:[^()$]|\([^()]*\))*)\)")


def shapes(text):
    """Return the shapes of a statement, each as a list of Python expressions."""
    found = []
    for inside in SHAPE.findall(" ".join(text.split())):
        sizes = re.sub(r"\{([^}]*)\}", lambda m: "_" + re.sub(r"\W", "x", m[1]), inside)
        sizes = sizes.replace("__", "_").replace("^", "**")
        found.append([size.strip() for size in sizes.split(",") if size.strip()])
    return found


def cases(name):
    """Return pairs of the arguments of a case, by name, and of the parts that are right."""
    checker = CHECKERS[name]
    if isinstance(checker, Declaration):
        return [(dict(zip(checker.arguments, case, strict=True)), right)
                for case, (right, _) in checker.known]  # fmt: skip
    return [(CALLS[name], [exercises()[name].answer()(**CALLS[name])])]


def owned(owners, case, right):
    """Return the arrays to which a shape belongs."""
    for owner in filter(None, owners.split(", ")):
        kind, _, number = owner.partition(" ")
        yield right[int(number or 0)] if kind == RESULT else case[owner]


def contradiction(name, found):
    """Tell whether shapes contradict a case of the checker."""
    for case, right in cases(name):
        sizes = {k: v for k, v in case.items() if isinstance(v, int)}
        sizes |= KNOWN.get(name, lambda case: {})(case)
        pairs = [
            pair
            for shape, owners in zip(found, OWNERS[name], strict=True)
            for array in owned(owners, case, right)
            for pair in itertools.zip_longest(shape, np.shape(array))
        ]
        # Letters first, so that they are known where something is computed with them.
        for size, actual in sorted(pairs, key=lambda pair: not str(pair[0]).isidentifier()):
            if size is None or actual is None:
                return True
            if size.isidentifier():
                sizes.setdefault(size, actual)
            if eval(size, {}, sizes) != actual:
                return True
    return False


def with_shapes():
    """Return the exercises whose statements give a shape."""
    return {name for name, one in exercises().items() if shapes(one.statement)}


def test_every_exercise_with_a_shape_is_listed():
    assert with_shapes() == {*OWNERS, *LEFT_OUT}


@pytest.mark.parametrize("name", OWNERS)
def test_the_shapes_of_a_statement_are_those_of_its_checker(name):
    found = shapes(exercises()[name].statement)
    assert not contradiction(name, found), found


@pytest.mark.parametrize("name", OWNERS)
def test_another_shape_would_be_noticed(name):
    found = shapes(exercises()[name].statement)
    letters = {size for shape in found for size in shape}
    for k, (shape, owners) in enumerate(zip(found, OWNERS[name], strict=True)):
        others = [shape[::-1]] if len(shape) > 1 and shape != shape[::-1] else []
        others += [[*shape, "1"], shape[:-1]]
        others += [[*shape[:i], letter, *shape[i + 1 :]] for i in range(len(shape))
                   for letter in letters - {shape[i]}]  # fmt: skip
        for other in others if owners else ():
            assert contradiction(name, [*found[:k], other, *found[k + 1 :]]), (shape, other)


def in_docstrings(name):
    """Return the shapes of results in the docstrings of placeholder and solution."""
    cells = (exercises()[name].placeholder, exercises()[name].solution)
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell))]
    texts = [ast.get_docstring(n) or "" for n in nodes if isinstance(n, ast.FunctionDef)]
    return [shape for text in texts if text.startswith("Return") for shape in shapes(text)]


@pytest.mark.parametrize("name", [name for name in OWNERS if in_docstrings(name)])
def test_the_shapes_in_docstrings_of_cells_are_those_of_the_checker(name):
    stated = shapes(exercises()[name].statement)
    for shape in in_docstrings(name):
        (place, *_) = [k for k, owners in enumerate(OWNERS[name]) if owners == RESULT]
        changed = [*stated[:place], shape, *stated[place + 1 :]]
        assert not contradiction(name, changed), shape


# ---- limits

IN_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "twentieth": 20}


def limit(name, pattern):
    """Return what a statement has in the place of the brackets."""
    statement = " ".join(exercises()[name].statement.split())
    return re.search(pattern, statement)[1]


def more_multiplications(function, extra):
    """Return a function that does some operations more, and returns the same."""

    def longer(x):
        number = x if np.ndim(x) == 0 else x[0]
        for _ in range(extra):
            number * 2
        return function(x)

    return longer


def operations_for_value_and_derivative():
    """Try a program that does all operations that are allowed, and one with one more."""
    most = IN_WORDS.index(limit("count-halve", r"at most (\w+) operations"))
    solution = exercises()["count-halve"].answer()
    room = most - count(solution, 1.5)

    assert check("count-halve", more_multiplications(solution, room))
    assert not check("count-halve", more_multiplications(solution, room + 1))


def operations_for_product_and_gradient():
    """Try a program that does all operations that are allowed, and one with one more."""
    most = limit("count-product", r"at most \$([^$]*)\$ operations").replace("3n", "3 * n")
    solution = exercises()["count-product"].answer()
    rooms = {n: eval(most, {}, {"n": n}) - count(solution, np.arange(1.0, n + 1)) for n in (4, 9)}
    assert set(rooms.values()) == {rooms[4]}
    assert check("count-product", more_multiplications(solution, rooms[4]))
    assert not check("count-product", more_multiplications(solution, rooms[4] + 1))


def brackets(M):
    """Return by how much the best bracketing of four matrices beats the cheaper mode."""

    def best(i, j):
        return min(
            (best(i, k) + best(k, j) + M[i] * M[k] * M[j] for k in range(i + 1, j)), default=0
        )

    forward = M[0] * (M[1] * M[2] + M[2] * M[3] + M[3] * M[4])
    reverse = M[4] * (M[0] * M[1] + M[1] * M[2] + M[2] * M[3])
    return min(forward, reverse) / best(0, 4)


def widths_and_share_of_a_better_bracketing():
    """Try widths on both sides of the share, and one above the largest."""
    widest = int(limit("ad-brackets", r"each at most (\d+)"))
    share = PARTS[limit("ad-brackets", r"takes less than an? (\w+) of the multiplications")]
    trials = [(widest, a, 1, b, widest) for a, b in itertools.product(range(1, 100, 3), repeat=2)]
    above = min(filter(lambda M: brackets(M) > share, trials), key=brackets)
    below = max(filter(lambda M: brackets(M) <= share, trials), key=brackets)
    assert brackets(above) < 1.1 * share < 1.3 * brackets(below)
    assert check("ad-brackets", above)
    assert not check("ad-brackets", below)
    assert not check("ad-brackets", (widest + 1, *above[1:]))


LIMITS = {
    "count-halve": operations_for_value_and_derivative,
    "count-product": operations_for_product_and_gradient,
    "ad-brackets": widths_and_share_of_a_better_bracketing,
}


@pytest.mark.parametrize("name", LIMITS)
def test_an_answer_may_go_to_the_limit_and_not_beyond(name):
    LIMITS[name]()


def test_every_limit_of_a_program_is_tried():
    limits = r"at most (?:\$[^$]*\$|\w+) operations|at most \d+, for which|less than an? \w+ of"
    texts = {name: " ".join(one.statement.split()) for name, one in exercises().items()}
    assert {name for name, text in texts.items() if re.search(limits, text)} == set(LIMITS)
