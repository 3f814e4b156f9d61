"""What cells use most of ``IPython.display``, under that name in live cells."""

from __future__ import annotations

from pathlib import Path

from . import kernel

__all__ = ["HTML", "SVG", "Image", "Latex", "Markdown", "Math", "clear_output", "display"]


class Shown:
    """Something that is shown as what it is.

    Parameters
    ----------
    data : str or bytes, optional
        The content.
    filename : str, optional
        Where the content is, if not given.
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


class HTML(Shown):
    """HTML; scripts in it do not run."""

    kind = "text/html"


class Latex(Shown):
    """A formula between dollars."""

    kind = "text/latex"


class Math(Latex):
    """A formula without dollars."""

    def __init__(self, data=None, **options):
        super().__init__(f"$\\displaystyle {data.strip('$')}$", **options)


class SVG(Shown):
    """A drawing."""

    kind = "image/svg+xml"


class Image(Shown):
    """A PNG or JPEG image."""

    mode = "rb"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/jpeg" if self.data[:2] == b"\xff\xd8" else "image/png": self.data}


class Markdown(Shown):
    """A text, shown as it is written."""

    def __repr__(self):
        return self.data


def display(*values, **options) -> None:
    """Show values in the cell that runs."""
    kernel.current.display(*values)


def clear_output(wait=False) -> None:
    """Take away what the cell has shown, as soon as there is something new."""
    kernel.current.flush()
    kernel.current.send({"kind": "clear"})
