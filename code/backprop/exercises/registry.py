"""The registry of the exercises' checkers: all that a checker has to import.

- ``@exercise("hidden-delta")`` registers a function as the checker of this exercise;
- ``Answer(text, right=True)`` is what it returns if the answer is right; a hint is a string.

``backprop.checks.check`` looks checkers up here and calls them.
"""

from __future__ import annotations

from collections.abc import Callable

from .words import say

__all__ = ["CHECKERS", "Answer", "exercise"]

CHECKERS: dict[str, Callable] = {}  # by the exercise's name


class Answer(str):
    """What a checker says, with a flag: truthy only if the answer is right.

    Attributes
    ----------
    right : bool
        Whether the answer was accepted.
    """

    right: bool

    def __new__(cls, text: str, right: bool = False):
        """Make an answer; without ``right=True`` it is a hint."""
        self = super().__new__(cls, text)
        self.right = right
        return self

    def __bool__(self):
        """Tell whether the answer was accepted."""
        return self.right

    def __repr__(self):
        """Return the text without quotes, as it should look below a cell."""
        return f"{say('Right.') if self.right else say('Not yet.')} {self}"


def exercise(name: str) -> Callable:
    """Register the decorated function as the checker of the exercise ``name``.

    Parameters
    ----------
    name : str
        The exercise's label without its ``ex-``.

    Returns
    -------
    callable
        A decorator.  The checker takes what the reader hands in and returns a string,
        which is a hint, or ``Answer(text, right=True)``.

    Raises
    ------
    ValueError
        If there is a checker of this name already.
    """

    def register(checker):
        known = CHECKERS.get(name)
        if known is not None and _origin(known) != _origin(checker):  # not merely reloaded
            raise ValueError(f"name should be new, but there is a checker called {name!r} already")
        CHECKERS[name] = checker
        return checker

    return register


def _origin(checker):
    return checker.__module__, checker.__qualname__
