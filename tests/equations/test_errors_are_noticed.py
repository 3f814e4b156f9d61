"""Errors planted in the printed equations: every one of them must be noticed.

For each marked test, the equation is changed in one place at a time (``printed.mutants``)
and the test is run on the changed version: it has to fail.  Where a change happens to leave
the equation true, the mark says so: ``equivalent=(r"…",)`` lists it, with spaces left out.
"""

import importlib.util
import warnings
from pathlib import Path

import pytest
from labelled import EQUATIONS, labels_of
from printed import Printed, mutants

HERE = Path(__file__).parent


def marked_tests():
    """Yield every marked test function with its label and its harmless changes."""
    for path in sorted(HERE.glob("test_[0-9]*.py")):
        spec = importlib.util.spec_from_file_location(f"marked_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, function in vars(module).items():
            if not name.startswith("test_"):
                continue
            for mark in getattr(function, "pytestmark", []):
                if mark.name != "equation":
                    continue
                for label in mark.args:
                    harmless = {without_spaces(text) for text in mark.kwargs.get("equivalent", ())}
                    yield pytest.param(function, label, harmless, id=f"{name}-{label}")


def without_spaces(latex: str) -> str:
    """Return LaTeX without white space."""
    return "".join(latex.split())


def survives(function, equation: Printed) -> bool:
    """Tell whether a test passes on an equation."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(equation)
    except (AssertionError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return False
    except Exception as error:
        if type(error).__name__ == "PrintedError":
            return False
        raise
    return True


@pytest.mark.parametrize(("function", "label", "harmless"), list(marked_tests()))
def test_planted_errors_are_noticed(function, label, harmless):
    true = EQUATIONS[label]
    wrong = mutants(true.latex)
    assert wrong, f"no error could be planted in {label}"
    missed = {
        without_spaces(m) for m in wrong if survives(function, Printed(label, m, true.document))
    }
    assert missed <= harmless, f"{label}: not noticed: {sorted(missed - harmless)}"
    assert harmless <= missed, f"{label}: listed as harmless, but noticed: {harmless - missed}"


def test_every_marked_function_uses_the_equation_as_printed():
    for param in marked_tests():
        function, label, _ = param.values
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        assert names == ("printed",), f"{function.__name__} ({label}) should take printed alone"
        assert label in labels_of(function)
