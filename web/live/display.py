"""The most common parts of ``IPython.display``, under that name in live cells."""

from __future__ import annotations

import sys
import types
from pathlib import Path

from . import kernel

__all__ = ["HTML", "SVG", "Image", "Latex", "Markdown", "Math", "clear_output", "display"]


class Content:
    """An object that is displayed in its own format.

    Parameters
    ----------
    data : str or bytes, optional
        The content.
    filename : str, optional
        The file with the content, if there is no ``data``.
    """

    kind = "text/plain"
    mode = "r"

    def __init__(self, data=None, filename=None, **options):
        if data is None and filename is None:
            raise TypeError("data or filename should be given; a browser fetches nothing here")
        if data is None:
            path = Path(filename)
            data = path.read_bytes() if self.mode == "rb" else path.read_text(encoding="utf-8")
        self.data = data

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.kind: self.data}


class HTML(Content):
    """HTML; scripts in it do not run."""

    kind = "text/html"


class Latex(Content):
    """A formula between dollars."""

    kind = "text/latex"


class Math(Latex):
    """A formula without dollars."""

    def __init__(self, data=None, **options):
        super().__init__(f"$\\displaystyle {data.strip('$')}$", **options)


class SVG(Content):
    """A drawing."""

    kind = "image/svg+xml"


class Image(Content):
    """A PNG or JPEG image."""

    mode = "rb"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/jpeg" if self.data[:2] == b"\xff\xd8" else "image/png": self.data}


class Markdown(Content):
    """Markdown, displayed as plain text."""

    def __repr__(self):
        return self.data


def display(*values, **options) -> None:
    """Show values in the cell that runs."""
    kernel.current.display(*values)


def clear_output(wait=False) -> None:
    """Remove the output of the cell as soon as there is new output."""
    kernel.current.flush()
    kernel.current.send({"kind": "clear"})


def imitate_ipython() -> None:
    """Let cells import these names from IPython, which is not installed in the browser."""
    module = sys.modules[__name__]
    package = types.ModuleType("IPython")
    package.display, package.get_ipython = module, lambda: None
    sys.modules.update({"IPython": package, "IPython.display": module})
