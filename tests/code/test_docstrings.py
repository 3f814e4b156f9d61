"""Docstrings have numpydoc's form, name all parameters, and say what their defaults are."""

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


DEFAULT = r"(?m)^( *\w[\w, ]* : .*\bdefault )(\S+)$"


def wrong_defaults(thing, text):
    """Return the parameters that have another default in the docstring than in the signature."""
    parameters, wrong = inspect.signature(thing).parameters, []
    for named, default in re.findall(DEFAULT, inspect.cleandoc(text)):
        for parameter in named.partition(" : ")[0].split(", "):
            if parameter in parameters:  # else an attribute
                value = parameters[parameter].default
                said = getattr(value, "__name__", repr(value).replace("'", '"'))
                said = re.sub(r"e-0(\d)$", r"e-\1", said).removesuffix(".0")
                if default not in (said, said.replace("0.0001", "1e-4")):
                    wrong.append(parameter)
    return wrong


@pytest.mark.parametrize("name", DOCUMENTED)
def test_defaults_are_those_of_the_signature(name):
    thing = DOCUMENTED[name]
    assert wrong_defaults(thing, thing.__doc__) == []


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_other_default_would_be_noticed(name):
    thing = DOCUMENTED[name]
    for found in re.finditer(DEFAULT, thing.__doc__):
        for other in {"0.5", "1", "None", "False", "True"} - {found[2]}:
            changed = thing.__doc__[: found.start(2)] + other + thing.__doc__[found.end(2) :]
            assert wrong_defaults(thing, changed), found[0]


def test_there_are_many():
    assert len(DOCUMENTED) > 20


ORDER = (
    "Parameters", "Attributes", "Returns", "Yields", "Raises", "Warns", "See Also", "Notes",
    "References", "Examples",
)  # fmt: skip


def public():
    """Return the classes and functions that modules offer, and the methods of the classes."""
    found = {}
    for name in MODULES:
        module = importlib.import_module(name)
        for offered in getattr(module, "__all__", ()):
            item = getattr(module, offered)
            if not callable(item):
                continue
            found[f"{name}.{offered}"] = (item, None)
            for method, thing in vars(item).items() if inspect.isclass(item) else ():
                ours = not method.startswith("_") and "__mutmut_" not in method
                if inspect.isfunction(thing) and ours:
                    found[f"{name}.{offered}.{method}"] = (thing, item)
    return found


PUBLIC = public()


def sections(text):
    """Return the lines of each section of a docstring, by its heading."""
    lines = inspect.cleandoc(text).split("\n")
    starts = [i for i, line in enumerate(lines) if i and re.fullmatch("-{3,}", line)]
    for i in starts:
        assert len(lines[i - 1]) == len(lines[i]), f"the line below {lines[i - 1]!r}"
    for heading, below in zip(lines, [*lines[1:], ""], strict=True):
        assert heading not in ORDER or below == "-" * len(heading), f"no line below {heading!r}"
    ends = [*(i - 1 for i in starts[1:]), len(lines)][: len(starts)]
    return {lines[i - 1]: lines[i + 1 : end] for i, end in zip(starts, ends, strict=True)}


def inherited(name, owner):
    """Tell whether a method has its description from a class further up."""
    return owner is not None and any(name in vars(base) for base in owner.__mro__[1:])


@pytest.mark.parametrize("name", PUBLIC)
def test_form(name):
    thing, owner = PUBLIC[name]
    if inherited(name.rpartition(".")[2], owner):
        assert inspect.getdoc(thing) or inspect.getdoc(getattr(owner, thing.__name__))
        return
    assert re.match(r"[A-Z].*\.$", thing.__doc__.strip().split("\n\n")[0], re.DOTALL)
    found = sections(thing.__doc__)
    assert list(found) == [heading for heading in ORDER if heading in found]
    if inspect.isclass(thing) and "Parameters" not in found:
        assert "Attributes" in found or len(inspect.signature(thing).parameters) == 0
        return  # made by the package, not by its users
    documented = []
    for line in found.get("Parameters", ()):
        if entry := re.match(r"(\*{0,2}\w[\w, *]*?)(?: : .+)?$", line):
            documented += entry[1].split(", ")
    parameters = [p for p in inspect.signature(thing).parameters.values() if p.name != "self"]
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    assert documented == [stars.get(p.kind, "") + p.name for p in parameters]


def test_all_are_looked_at():
    assert len(PUBLIC) > 80
