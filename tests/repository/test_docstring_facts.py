"""Numbers, exceptions, variances and names in docstrings are those of the code.

A number in a docstring, in words too, has to stand in the code: in the function, or in what it uses
of its own module.  An exception under "Raises" has to be raised there, or in what it calls of the
package; and what a public function raises itself has to be under "Raises".  A variance is measured,
and a function to which a docstring leads has to be used.  What is not found in this way is listed,
with the reason.
"""

import ast
import functools
import re
from pathlib import Path

import backprop
import numpy as np
import pytest
from backprop import initializers

HOME = Path(backprop.__file__).parent
NUMBER = re.compile(r"(?<![\w.^_{-])-?(\d+(?:\.\d+)?(?:e-?\d+)?)(?![\w}]|\.\d)")
IN_WORDS = {"four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
            "ten": "10", "eleven": "11", "twelve": "12", "hundred": "100"}  # fmt: skip
# Numbers that do not stand in the code of a function: why they are right.
ELSEWHERE = {
    "checks.gradient_check": {"1e-10": "usual, as chapter 9 measures it"},
    "datasets.gate": {"10": "a pair of inputs", "11": "a pair of inputs"},
    "datasets.franke": {"1.25": "the largest value, which test_promises.py finds"},
    "datasets.load_mnist": {
        "70": "thousand images, the sum of both arrays",
        "3.0": "the licence, which tests compare with the README of the data",
        "9": "the labels are digits",
    },
    "explore.digit.network": {
        **{"14": "STEP, which tools/digit_weights.py writes"},
        **dict.fromkeys(("64", "100", "30", "10"), "WIDTHS, which tools/digit_weights.py writes"),
    },
    "explore.digit.packed": {"4": "as many dots as a hexadecimal digit has bits"},
    "explore.threshold._cut": {"4": "digits: the code multiplies by ten to this power"},
    "explore.digit.values": {"64": "the pixels of an image of 8 by 8"},
    "explore.valley.hessian": {"45": "degrees, of which the code has sums and differences"},
    "explore.threshold.values": {"0.01": "the first step of a grid of 101"},
    "explore.xor.starts": {"11": "the last of twelve seeds, counted from 0"},
    "initializers.glorot_uniform": {"6": "thrice the 2 of the variance, tried in test_promises.py"},
    "initializers.he_uniform": {"6": "thrice the 2 of the variance, tried in test_promises.py"},
    "libraries._keras.keras_optimizer": {"0.1": "the default of Keras, as chapter 21 prints it"},
    "network.FFNN.__repr__": {"3": "an example", "13": "an example"},
    "network.FFNN.fit": {"1e-3": "an example", "0.9": "an example", "0.999": "an example"},
}
# Exceptions that are raised out of sight: why.
OUT_OF_SIGHT = {
    "TrainingDiverged": "a function returns it, and the caller raises it",
    "ImportError": "an import raises it",
    "IndexError": "NumPy raises it",
}
# The same of single functions: by NumPy, by what stands in an abstract method's place, or by a
# method of another object.
BY_OTHERS = {
    "operations.concatenate": {"ValueError"},
    "operations.mean": {"ValueError"},
    "operations.reshape": {"ValueError"},
    "operations.total": {"ValueError"},
    "schedulers.Scheduler.update_change": {"TypeError", "ValueError", "FloatingPointError"},
    "estimators.FFNNClassifier.predict": {"ValueError"},
    "estimators.FFNNClassifier.predict_proba": {"ValueError"},
    "estimators.FFNNRegressor.predict": {"ValueError"},
    "network.FFNN.cost": {"AttributeError"},
    "network.FFNN.fit": {"RuntimeError"},
}
# Functions that only the package calls have no list of exceptions.
INNER = ("_arrays", "_settings", "_views", "_turns", "training", "explore", "libraries._common")
SAID_OF_ANOTHER = {"autodiff.carry_forward", "costs.check_targets", "costs.check_outputs",
                   "counting.call"}  # fmt: skip


def documentation(node):
    """Return the node of a docstring, or None."""
    first = node.body[0] if node.body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return first.value if is_text and isinstance(first.value.value, str) else None


class Module:
    """A module of the package: what it defines, by name."""

    def __init__(self, path):
        self.name = ".".join(path.relative_to(HOME).with_suffix("").parts)
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.defined, self.methods = {}, {}
        for node in self.tree.body:
            for name in self._names(node):
                self.defined.setdefault(name, []).append(node)
            for method in getattr(node, "body", ()) if isinstance(node, ast.ClassDef) else ():
                if isinstance(method, ast.FunctionDef):
                    self.methods.setdefault(method.name, []).append(method)

    @staticmethod
    def _names(node):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            return [node.name]
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        return [n.id for t in filter(None, targets) for n in ast.walk(t) if isinstance(n, ast.Name)]

    def documented(self):
        """Yield classes and functions with a docstring, each with its full name."""
        for node in self.tree.body:
            members = node.body if isinstance(node, ast.ClassDef) else ()
            for one in (node, *members):
                if isinstance(one, ast.FunctionDef | ast.ClassDef) and documentation(one):
                    inside = f"{node.name}." if one is not node else ""
                    yield f"{self.name}.{inside}{one.name}", one


MODULES = [Module(path) for path in sorted(HOME.rglob("*.py")) if "exercises" not in path.parts]
EVERYWHERE = {}
for module in MODULES:
    for name, nodes in module.defined.items():
        EVERYWHERE.setdefault(name, []).extend(nodes)
CASES = {name: node for module in MODULES for name, node in module.documented()}
OWNER = {node: module for module in MODULES for node in ast.walk(module.tree)}


@functools.cache
def mentioned(node):
    """Return the names that a definition has from outside, and the attributes in it."""
    inside = list(ast.walk(node))
    own = {one.arg for one in inside if isinstance(one, ast.arg)}
    own |= {one.id for one in inside if isinstance(one, ast.Name) and type(one.ctx) is ast.Store}
    names = {one.id for one in inside if isinstance(one, ast.Name)}
    return names - own, {one.attr for one in inside if isinstance(one, ast.Attribute)}


def begun(node):
    """Return what runs where a definition is used by name: of a class, what makes an instance."""
    if not isinstance(node, ast.ClassDef):
        return [node]
    return [one for one in node.body if getattr(one, "name", "") in ("__init__", "__new__")]


def used(node, everywhere=False):
    """Return a definition and all that it uses: of its module, or of the whole package by name."""
    found, waiting = {node}, [node]
    while waiting:
        one = waiting.pop()
        names, attributes = mentioned(one)
        module, new = OWNER[one], set()
        for name in names:
            elsewhere = EVERYWHERE.get(name, ()) if everywhere else ()
            new |= {part for top in module.defined.get(name, elsewhere) for part in begun(top)}
        new |= {method for name in attributes for method in module.methods.get(name, ())}
        waiting += new - found
        found |= new
    return found


def numbers(nodes):
    """Return the numbers in definitions, those in texts included, but for docstrings."""
    found = set()
    for node in (one for top in nodes for one in ast.walk(top)):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            found.add(abs(float(node.value)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set() if node in DOCSTRINGS else set(map(float, NUMBER.findall(node.value)))
    return found


DOCSTRINGS = {
    documentation(node)
    for module in MODULES
    for node in ast.walk(module.tree)
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)
}


def said(text):
    """Return the numbers of a docstring from 3 on, without years, chapters, shapes, examples."""
    text = re.sub(r"(?s)\n(Examples|References)\n-+\n.*", "", text)
    text = re.sub(
        r"[Cc]hapters? \d+(?:(?: to|,| and) \d+)*|``(?:eq|def)-[^`]*``|\b(?:19|20)\d\d\b"
        r"|shape \([^)]*\)",
        "",
        text,
    )
    text = re.sub(r"\b[a-z]+\b", lambda word: IN_WORDS.get(word[0], word[0]), text)
    return [number for number in NUMBER.findall(text) if float(number) not in (0, 1, 2)]


def strange(name, text=None):
    """Return the numbers in a docstring that do not stand in the code."""
    node = CASES[name]
    known = numbers(used(node))
    return {n for n in said(text or ast.get_docstring(node)) if float(n) not in known}


def unused(name, text=None):
    """Return the functions and classes to which a docstring leads and which the code has not."""
    node, known = CASES[name], set()
    for one in used(node):
        known |= {getattr(one, "name", "")}.union(*mentioned(one))
    roles = re.findall(r":(?:func|class|meth):`[~.]*([\w.]+)`", text or ast.get_docstring(node))
    return {role for role in roles if role.rpartition(".")[2] not in known}


def raised(nodes):
    """Return the names of the exceptions that definitions raise."""
    calls = (one.exc for top in nodes for one in ast.walk(top) if isinstance(one, ast.Raise))
    names = (getattr(call, "func", call) for call in calls)
    return {name.id for name in names if isinstance(name, ast.Name) and name.id[0].isupper()}


def promised(text):
    """Return the exceptions under "Raises"."""
    section = re.search(r"(?s)\nRaises\n-+\n(.*?)(?=\n\n\w[\w ]*\n-+\n|\Z)", text)
    heads = re.findall(r"(?m)^(\w+(?:, \w+)*)$", section[1]) if section else []
    return {name for head in heads for name in head.split(", ")}


def unraised(name, text=None):
    """Return the exceptions in a docstring that nothing raises."""
    node = CASES[name]
    known = raised(used(node, everywhere=True)) | set(OUT_OF_SIGHT)
    return promised(text or ast.get_docstring(node)) - known


def test_numbers_stand_in_the_code():
    found = {name: strange(name) for name in CASES}
    listed = {name: set(why) for name, why in ELSEWHERE.items() if name in CASES}
    assert {name: n for name, n in found.items() if n} == listed


def test_exceptions_are_raised():
    assert {name: unraised(name) for name in CASES if unraised(name)} == BY_OTHERS


def test_what_a_public_function_raises_is_said():
    missing = {}
    for name, node in CASES.items():
        public = "._" not in name and not name.startswith(INNER) and name not in SAID_OF_ANOTHER
        if public and isinstance(node, ast.FunctionDef):
            missing[name] = raised([node]) - promised(ast.get_docstring(node))
    assert {name: types for name, types in missing.items() if types} == {}


def test_a_docstring_leads_to_what_is_used():
    assert {name: unused(name) for name in CASES if unused(name)} == {}
    name = "initializers.default_initializer"
    text = ast.get_docstring(CASES[name])
    assert unused(name, text.replace("he_normal", "he_uniform")) == {"he_uniform"}


@pytest.mark.parametrize(
    ("name", "old", "new", "number"),
    [("propagation.fixed_point", "1e-9 and 1e9", "1e-9 and 1e8", "1e8"),
     ("propagation.gaussian_mean", "eight standard", "seven standard", "7")],
)  # fmt: skip
def test_a_wrong_number_is_noticed(name, old, new, number):
    text = ast.get_docstring(CASES[name])
    assert old in text
    assert strange(name, text.replace(old, new)) == {number}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("counting.Counted.compute", "ValueError", "TypeError"),
     ("datasets.gate", "ValueError", "KeyError"),
     ("propagation.chi", "ValueError", "FloatingPointError")],
)  # fmt: skip
def test_a_wrong_exception_is_noticed(name, old, new):
    text = ast.get_docstring(CASES[name])
    assert old in text
    assert unraised(name, text.replace(old, new)) == {new}


def variances():
    """Yield initializers, and the variances of which their docstrings speak."""
    for name in initializers.__all__:
        text = getattr(initializers, name).__doc__
        for written in re.findall(r"variance ((?:[\d(]|fan_)[\w/()+ ]*?)(?=[.;,]| for )", text):
            yield name, re.sub(r"(?<=\d) (?=fan)", " * ", written.strip())


@pytest.mark.parametrize(("name", "written"), [*variances()])
def test_weights_have_the_variance_that_is_said(name, written):
    rng = np.random.default_rng(3)
    weights = getattr(initializers, name)(300, 500, rng)
    expected = eval(written, {}, {"fan_in": 300, "fan_out": 500})
    assert np.var(weights) == pytest.approx(expected, rel=0.02)


def test_every_initializer_speaks_of_its_variance():
    assert {name for name, _ in variances()} >= set(initializers.__all__)
