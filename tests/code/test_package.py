"""The package as a whole: what importing it does, what it offers, the examples in its docs."""

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys

import backprop
import pytest

MODULES = sorted(m.name for m in pkgutil.iter_modules(backprop.__path__) if m.name != "exercises")

# Whose public names can be imported from the package itself.
OFFERED = ["activations", "costs", "initializers", "layers", "network", "schedulers"]


def in_a_new_process(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )


def test_importing_needs_numpy_alone_and_changes_nothing():
    code = """
import random, sys, warnings
import numpy as np
filters, errors = list(warnings.filters), np.geterr()
states = random.getstate(), np.random.get_state()[1].tobytes()
import backprop
net = backprop.FFNN((2, 3, 1), seed=1)
net.fit(np.ones((4, 2)), np.ones((4, 1)), backprop.Adam(1e-3, 0.9, 0.999), epochs=2)
assert warnings.filters == filters, "warning filters"
assert np.geterr() == errors, "floating-point errors"
assert (random.getstate(), np.random.get_state()[1].tobytes()) == states, "random state"
heavy = {"scipy", "sklearn", "autograd", "matplotlib", "tqdm", "sympy", "torch", "pandas"}
found = heavy & {name.partition(".")[0] for name in sys.modules}
assert not found, f"imported: {sorted(found)}"
print("well")
"""
    done = in_a_new_process(code)
    assert done.stdout == "well\n", done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_the_docstrings(name):
    module = importlib.import_module(f"backprop.{name}")
    names = {**vars(backprop), **vars(module)}
    assert doctest.testmod(module, extraglobs=names).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    modules = [importlib.import_module(f"backprop.{name}") for name in MODULES]
    assert sum(len(t.examples) for m in modules for t in finder.find(m)) >= 5


@pytest.mark.parametrize("name", OFFERED)
def test_public_names_can_be_imported_from_the_top(name):
    module = importlib.import_module(f"backprop.{name}")
    for public in module.__all__:
        assert getattr(backprop, public) is getattr(module, public)
        assert public in backprop.__all__


def test_all_is_what_there_is():
    assert sorted(set(backprop.__all__)) == sorted(backprop.__all__)
    assert all(hasattr(backprop, name) for name in backprop.__all__)
    parts = [int(part) for part in backprop.__version__.split(".")]
    assert len(parts) == 3


@pytest.mark.parametrize("name", [*OFFERED, "checks", "datasets", "estimators"])
def test_what_is_public_is_described(name):
    """Functions, classes and their public methods, with a line for each of their arguments."""
    module = importlib.import_module(f"backprop.{name}")
    things = [getattr(module, public) for public in module.__all__]
    functions = [thing for thing in things if inspect.isfunction(thing)]
    for cls in filter(inspect.isclass, things):
        assert inspect.getdoc(cls), cls
        if "__init__" in vars(cls):
            functions.append(cls)
        # What overrides a method is described there.
        functions += [
            method
            for key, method in vars(cls).items()
            if inspect.isfunction(method)
            and not key.startswith("_")
            and not any(hasattr(base, key) for base in cls.__bases__)
        ]
    for function in functions:
        described = inspect.getdoc(function)
        assert described, function
        for argument in set(inspect.signature(function).parameters) - {"self"}:
            line = rf"(?m)^\*?(\w+, )*{argument}(, \w+)*( :.*)?$"
            assert re.search(line, described), f"{function.__qualname__}: nothing on {argument}"
