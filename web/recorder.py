"""Record what every cell of a notebook does to the names of its kernel, and what it draws.

The kernels that execute the book load this as an extension of IPython.  After each cell, one line
of JSON goes into the file ``CELL_RECORD`` among the kernel's temporary files: the names whose
values the cell has changed, and those that the code of these values mentions, a function's say.
``web/cells.py`` reads it.  A value is compared by a fingerprint of its content, so that a network
that was trained counts as changed, and a name that is bound to an equal value does not.

The line also has, for every figure that the cell has drawn, the words in it, which tests compare
with its caption and its description.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import json
import sys
import tempfile
import types
from pathlib import Path

import numpy as np

from web import CELL_RECORD

GLOBAL = {"LOAD_GLOBAL", "LOAD_NAME"}
PLAIN = (type(None), bool, int, float, complex, str, bytes, range, slice, np.generic, np.dtype)
SHOWN = ("matplotlib", "IPython")  # what they make is drawn or shown, and nothing computes with it


@functools.cache
def names_in(code: types.CodeType) -> frozenset[str]:
    """Return the global names that compiled code mentions, in nested functions too."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname in GLOBAL}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= names_in(constant)
    return frozenset(names)


class Walk:
    """Goes through a value and all that it holds.

    Attributes
    ----------
    total : hashlib.blake2b
        The hash of what was seen.
    names : set of str
        The global names that its code mentions.
    """

    def __init__(self):
        self.total = hashlib.blake2b(digest_size=16)
        self.names: set[str] = set()
        self.places: dict[int, int] = {}
        self.alive: list = []  # so that no two objects get the same id

    def add(self, *parts) -> None:
        """Add plain parts to the hash."""
        self.total.update(repr(parts).encode())

    def visit(self, value) -> None:
        """Add a value."""
        if isinstance(value, PLAIN):
            self.add(type(value).__name__, repr(value))
            return
        if id(value) in self.places:
            self.add("seen", self.places[id(value)])
            return
        self.places[id(value)] = len(self.places)
        self.alive.append(value)
        self.add(type(value).__module__, type(value).__qualname__)
        if type(value).__module__.split(".")[0] in SHOWN:
            return
        for kind, add in KINDS.items():
            if isinstance(value, kind):
                add(self, value)
                return
        self.visit_object(value)

    def visit_all(self, values) -> None:
        """Add values, one after the other."""
        values = list(values)
        self.add(len(values))
        for value in values:
            self.visit(value)

    def visit_dictionary(self, value) -> None:
        """Add keys and values."""
        self.visit_all(part for item in list(value.items()) for part in item)

    def visit_set(self, value) -> None:
        """Add elements, whose order is chance."""
        self.visit_all(sorted(value, key=repr))

    def visit_array(self, value) -> None:
        """Add an array."""
        self.add(value.dtype.str, value.shape)
        if value.dtype.hasobject:
            self.visit_all(value.ravel().tolist())
        else:
            self.total.update(np.ascontiguousarray(value).data.cast("B"))

    def visit_generator(self, value) -> None:
        """Add the state of a random generator."""
        self.visit(value.bit_generator.state)

    def visit_function(self, value) -> None:
        """Add a function: its code if a notebook defines it, and what it has closed over."""
        self.add(value.__module__, value.__qualname__)
        if value.__module__ == "__main__":
            self.names |= names_in(value.__code__)
            self.visit_code(value.__code__)
        self.visit_all([value.__defaults__, value.__kwdefaults__])
        for cell in value.__closure__ or ():
            try:
                self.visit(cell.cell_contents)
            except ValueError:  # not bound yet
                self.add("empty")

    def visit_code(self, code: types.CodeType) -> None:
        """Add compiled code."""
        self.add(code.co_code, code.co_names, code.co_varnames)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self.visit_code(constant)
            else:
                self.add(repr(constant))

    def visit_class(self, value) -> None:
        """Add a class; with all its attributes if a notebook defines it."""
        self.add(value.__module__, value.__qualname__)
        if value.__module__ == "__main__":
            self.visit_all(value.__bases__)
            for name, attribute in list(vars(value).items()):
                if name not in ("__dict__", "__weakref__", "__doc__", "__module__"):
                    self.add(name)
                    self.visit(attribute)

    def visit_method(self, value) -> None:
        """Add a bound method."""
        self.visit_all([getattr(value, "__self__", None), getattr(value, "__func__", None)])

    def visit_property(self, value) -> None:
        """Add what lies behind a property or a method of a class."""
        functions = ("fget", "fset", "__func__", "func")
        self.visit_all(getattr(value, name, None) for name in functions)

    def visit_partial(self, value) -> None:
        """Add a function with some of its arguments."""
        self.visit_all([value.func, value.args, value.keywords])

    def visit_object(self, value) -> None:
        """Add any other object: its class and its attributes."""
        self.visit(type(value))
        if hasattr(value, "numpy") and hasattr(value, "shape"):  # a tensor
            value = value.detach() if hasattr(value, "detach") else value
            self.visit(np.asarray(value.numpy()))
        elif hasattr(value, "get_weights"):  # a model or a layer of Keras
            self.visit(value.get_weights())
        elif hasattr(value, "state_dict"):  # a module or an optimizer of PyTorch
            self.visit(value.state_dict())
        elif hasattr(value, "srepr") or type(value).__module__.startswith("sympy"):
            self.add(repr(value))
        elif any("__getstate__" in vars(base) for base in type(value).__mro__[:-1]):
            self.visit(value.__getstate__())  # without what the next pass replaces anyway
        else:
            self.visit(vars(value) if hasattr(value, "__dict__") else None)
            for base in type(value).__mro__:
                names = base.__dict__.get("__slots__", ())
                for name in (names,) if isinstance(names, str) else names:
                    if hasattr(value, name) and name not in ("__dict__", "__weakref__"):
                        self.visit(getattr(value, name))


KINDS = {
    (list, tuple): Walk.visit_all,
    (dict, types.MappingProxyType): Walk.visit_dictionary,
    (set, frozenset): Walk.visit_set,
    np.ndarray: Walk.visit_array,
    np.random.Generator: Walk.visit_generator,
    types.FunctionType: Walk.visit_function,
    types.MethodType: Walk.visit_method,
    (types.BuiltinFunctionType, np.ufunc, types.ModuleType): lambda walk, value: walk.add(
        getattr(value, "__name__", None)
    ),
    type: Walk.visit_class,
    (property, staticmethod, classmethod, functools.cached_property): Walk.visit_property,
    functools.partial: Walk.visit_partial,
}


def words_of(figure) -> list[dict]:
    """Return the words of each panel of a figure of matplotlib, in the order of drawing."""
    panels = []
    for axes in figure.axes:
        legend = axes.get_legend()
        panels.append(
            {
                "x": axes.get_xlabel(),
                "y": axes.get_ylabel(),
                "title": " ".join(axes.get_title(where) for where in ("left", "center", "right")),
                "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
                "texts": [text.get_text() for text in axes.texts],
            }
        )
    return panels


class Drawn:
    """Keeps the words of the figures that are drawn, from when matplotlib has been imported.

    Attributes
    ----------
    figures : list of list of dict
        The words of each figure since the list was last emptied.
    """

    def __init__(self):
        self.figures: list[list[dict]] = []
        self.watches = False

    def watch(self, *about) -> None:
        """Begin to watch what is drawn; IPython calls this before each cell."""
        backend = sys.modules.get("matplotlib.backend_bases")
        if backend is None or self.watches:
            return
        self.watches = True
        plain = backend.FigureCanvasBase.print_figure

        @functools.wraps(plain)
        def print_figure(canvas, *arguments, **named):
            self.figures.append(words_of(canvas.figure))
            return plain(canvas, *arguments, **named)

        backend.FigureCanvasBase.print_figure = print_figure


class Recorder:
    """Writes down after each cell what it has changed and drawn.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's shell.
    path : Path
        The file that gets the lines.
    """

    def __init__(self, shell, path: Path):
        self.shell = shell
        self.path = path
        self.fingerprints: dict[str, str] = {}
        self.drawn = Drawn()
        path.write_text("", encoding="utf-8")

    def record(self, result) -> None:
        """Write the line on the cell that has just been run."""
        hidden = self.shell.user_ns_hidden
        changed, links = [], {}
        for name, value in list(self.shell.user_ns.items()):
            if name.startswith("_") or name in hidden:
                continue
            walk = Walk()
            try:
                walk.visit(value)
            except Exception as error:  # an object that does not let itself be looked at
                walk.add(type(error).__name__)
            links[name] = sorted(walk.names)
            if self.fingerprints.get(name) != walk.total.hexdigest():
                self.fingerprints[name] = walk.total.hexdigest()
                changed.append(name)
        line = {"changed": changed, "links": {name: links[name] for name in changed}}
        line["figures"], self.drawn.figures = self.drawn.figures, []
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def load_ipython_extension(shell) -> None:
    """Begin to record: IPython calls this."""
    path = Path(tempfile.gettempdir()) / CELL_RECORD
    recorder = Recorder(shell, path)
    shell.events.register("pre_run_cell", recorder.drawn.watch)
    shell.events.register("post_run_cell", recorder.record)
