"""Jupyter Book in a process of its own, which loads while notebooks are still at work.

    python -m web.jupyter_book < ARGUMENTS

loads Jupyter Book and all its extensions, then runs it with the arguments that it reads from its
standard input, one on each line; with none it ends.
"""

from __future__ import annotations

import gc
import importlib
import sys


def main() -> None:
    """Load Jupyter Book, and run it with the arguments on the standard input."""
    # A search for garbage among millions of nodes takes a third of the time, and finds little.
    gc.disable()
    for name in ("sphinx", "myst_nb", "sphinx_book_theme", "sphinxcontrib.bibtex"):
        importlib.import_module(f"jupyter_book.{name}" if name == "sphinx" else name)
    command = importlib.import_module("jupyter_book.cli.main")
    arguments = sys.stdin.read().splitlines()
    if arguments:
        command.main(arguments)


if __name__ == "__main__":
    main()
