"""Explorables: figures of the book with quantities that the reader can change by hand.

- ``figure("network")`` draws one as a still picture; the site puts the handles in its place;
- ``widget("network")`` is the same with handles, in JupyterLab (it needs anywidget);
- ``state("network")`` is the state that both start with, made of numbers, texts, lists and
  dictionaries, as JSON has them.

Further arguments change the first state: ``figure("network", x=[0.9], t=[0.3])``.

An explorable called NAME is two files in this folder.  ``NAME.js`` has the handles, in the form of
a front-end module of anywidget, with engine.js for the numbers and parts.js for the handles.
``NAME.py`` has four functions: ``state(**changes)`` returns the first state, or raises an error
that says what is wrong; ``values(state)`` computes what is shown, by the package; ``draw(state)``
draws the still from these values; ``example(rng)`` returns changes at random, with which the tests
compare the two programs.
"""

from __future__ import annotations

import base64
import functools
import importlib
import inspect
import io
import pkgutil
import re
from pathlib import Path

__all__ = ["MIME_TYPE", "NAMES", "Still", "figure", "module_text", "state", "values", "widget"]

HERE = Path(__file__).parent
WORDS = HERE / "words.json"  # in a book that is not in English; make words writes it
MIME_TYPE = "application/vnd.backprop.explorable+json"
NAMES = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
IMPORT = re.compile(r'(?<=from ")\./([\w-]+\.js)(?=")')


class Still:
    """A still picture of an explorable; a notebook shows it and stores the state with it.

    Parameters
    ----------
    name : str
        The explorable.
    state : dict
        Its state.
    figure : matplotlib Figure
        The drawing.
    """

    def __init__(self, name, state, figure):
        self.name, self.state, self.figure = name, state, figure

    def __repr__(self):
        return f"<explorable {self.name!r}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        file = io.BytesIO()
        self.figure.savefig(file, format="png", bbox_inches="tight")
        return {
            "text/plain": repr(self),
            "image/png": base64.b64encode(file.getvalue()).decode(),
            MIME_TYPE: {"name": self.name, "state": self.state},
        }


def figure(name: str, **changes) -> Still:
    """Draw an explorable as a still picture.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    **changes
        Arguments of the explorable's ``state``.

    Returns
    -------
    Still
        What a notebook shows as a picture; its attribute ``figure`` is matplotlib's figure.

    Raises
    ------
    TypeError, ValueError
        If there is no such explorable, or the state is impossible.
    """
    import matplotlib.pyplot as plt

    first = state(name, **changes)
    drawing = _module(name).draw(first)
    plt.close(drawing)  # or a notebook would show it twice
    return Still(name, first, drawing)


def state(name: str, **changes) -> dict:
    """Return the state with which an explorable starts.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    **changes
        Arguments of the explorable's ``state``.

    Returns
    -------
    dict
        Numbers, texts, lists and dictionaries, as JSON has them.

    Raises
    ------
    TypeError, ValueError
        If there is no such explorable, or the state is impossible.
    """
    module = _module(name)
    known = list(inspect.signature(module.state).parameters)
    unknown = sorted(set(changes) - set(known))
    if unknown:
        raise TypeError(f"{name!r} has the arguments {', '.join(known)}, but not {unknown[0]}")
    return module.state(**changes)


def values(name: str, state: dict) -> dict:
    """Return the numbers that an explorable shows in a state, computed by this package.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    state : dict
        What ``state`` has returned.

    Returns
    -------
    dict
        Numbers, and lists of numbers; ``values`` in NAME.js returns the same.
    """
    return _module(name).values(state)


def widget(name: str, **changes):
    """Return an explorable with its handles, for JupyterLab.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    **changes
        Arguments of the explorable's ``state``.

    Returns
    -------
    anywidget.AnyWidget
        Its attribute ``state`` follows what is done by hand.

    Raises
    ------
    ImportError
        If anywidget is not installed.
    TypeError, ValueError
        If there is no such explorable, or the state is impossible.
    """
    first = state(name, **changes)
    return _widget_class(name)(state=first)


@functools.cache
def _widget_class(name):
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError(
            "explore.widget needs the package anywidget (pip install anywidget); "
            "explore.figure draws the same without handles"
        ) from error

    class Explorable(anywidget.AnyWidget):
        _esm = module_text(f"{name}.js")
        _css = _text("explore.css")
        state = traitlets.Dict().tag(sync=True)
        key = traitlets.Unicode(None, allow_none=True).tag(sync=True)
        small = traitlets.Bool(False).tag(sync=True)

    return Explorable


def module_text(file: str) -> str:
    """Return a JavaScript module of this folder, with those that it imports inside it.

    Parameters
    ----------
    file : str
        The name of the file.

    Returns
    -------
    str
        A module that needs no other file: what it imports stands there as data: addresses, and
        parts.js has the words of the book's language.
    """

    def inside(match):
        return "data:text/javascript;base64," + base64.b64encode(
            module_text(match[1]).encode()
        ).decode("ascii")

    text = IMPORT.sub(inside, _text(file))
    if file == "parts.js" and WORDS.exists():
        text += f"Object.assign(book, {WORDS.read_text(encoding='utf-8')});\n"
    return text


def _text(file):
    return (HERE / file).read_text(encoding="utf-8")


def _module(name):
    if name not in NAMES:
        raise ValueError(f"name should be one of {', '.join(NAMES)}, not {name!r}")
    return importlib.import_module(f"{__name__}.{name}")
