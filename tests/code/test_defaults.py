"""What a docstring calls the default is the default."""

import importlib
import inspect
import pkgutil
import re

import backprop
import pytest

MODULES = [f"backprop.{found.name}" for found in pkgutil.iter_modules(backprop.__path__)]


def documented():
    """Return the functions, classes and methods of the package that have a docstring."""
    found = {}
    for name in MODULES:
        module = importlib.import_module(name)
        for item in vars(module).values():
            if getattr(item, "__module__", None) != name or not callable(item):
                continue
            members = vars(item).values() if inspect.isclass(item) else ()
            for thing in (item, *filter(inspect.isfunction, members)):
                if "default" in (thing.__doc__ or "") and "__mutmut_" not in thing.__name__:
                    found[f"{name}.{thing.__qualname__}"] = thing
    return found


DOCUMENTED = documented()


@pytest.mark.parametrize("name", DOCUMENTED)
def test_defaults_are_those_of_the_signature(name):
    thing = DOCUMENTED[name]
    parameters = inspect.signature(thing).parameters
    text = inspect.cleandoc(thing.__doc__)
    for named, default in re.findall(r"(?m)^(\w[\w, ]*) : .*\bdefault (\S+)$", text):
        for parameter in named.split(", "):
            if parameter in parameters:  # else an attribute
                value = parameters[parameter].default
                said = getattr(value, "__name__", repr(value).replace("'", '"'))
                said = re.sub(r"e-0(\d)$", r"e-\1", said).removesuffix(".0")
                assert default in (said, said.replace("0.0001", "1e-4")), parameter


def test_there_are_many():
    assert len(DOCUMENTED) > 20
