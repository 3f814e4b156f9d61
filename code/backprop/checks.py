"""Checks of gradients and of answers to exercises.

- ``gradient_check(function, gradient, theta)`` compares a gradient with central differences;
- ``bound(deviation)`` says how small a deviation is, in words that are the same everywhere;
- ``check("hidden-delta", my_function)`` looks at an answer to an exercise and says, in
  words, what is wrong with it or that it is right;
- ``require("torch")`` says what to do if a chapter needs what is not installed.

The checkers themselves live in ``backprop.exercises``, one module per chapter; they import
``exercises.registry`` and nothing from here.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Callable

import numpy as np

from . import exercises
from ._arrays import as_number, describe
from .exercises import registry
from .exercises.registry import Answer, exercise
from .exercises.words import say

__all__ = ["Answer", "bound", "check", "exercise", "gradient_check", "require"]


def check(name: str, *answer) -> Answer:
    """Look at an answer to an exercise and say what is wrong with it, or that it is right.

    Parameters
    ----------
    name : str
        The exercise, as printed beside it: ``"hidden-delta"``.
    *answer
        What the exercise asks for: mostly one function.

    Returns
    -------
    Answer
        A string that is truthy if the answer was accepted.  An exception that the answer
        raises becomes a hint.

    Raises
    ------
    TypeError
        If the checker of the exercise itself returns no message.
    ValueError
        If there is no exercise of this name.
    """
    _load()
    if name not in registry.CHECKERS:
        known = ", ".join(sorted(registry.CHECKERS))
        raise ValueError(f"name should be one of {known}, not {name!r}")
    checker = registry.CHECKERS[name]
    try:
        inspect.signature(checker).bind(*answer)
    except TypeError:
        asked = ", ".join(inspect.signature(checker).parameters)
        call = f"check({name!r}, {asked})"
        count = len(answer)
        return Answer(
            say("{call} is the call: {count} answers were given.", call=call, count=count)
        )
    try:
        said = checker(*answer)
    except NotImplementedError:
        said = say("This is still the placeholder: replace its body by your own.")
    except Exception as error:
        said = say("Your answer raised {error}", error=f"{type(error).__name__}: {error}")
    if not isinstance(said, str):
        raise TypeError(f"the checker of {name!r} should return a string, not {describe(said)}")
    return said if isinstance(said, Answer) else Answer(said)


def _load():
    for module in pkgutil.iter_modules(exercises.__path__):
        importlib.import_module(f"{exercises.__name__}.{module.name}")


def gradient_check(function: Callable, gradient, theta, step: float = 1e-5) -> float:
    """Compare a gradient with central differences, parameter by parameter.

    Parameters
    ----------
    function : callable
        Function of a vector of shape (N,) with a scalar value, as a network's cost.
    gradient : array_like, shape (N,)
        The gradient at ``theta`` that is to be checked.
    theta : array_like, shape (N,)
        Where.
    step : float, default 1e-5
        Distance h in ``(f(θ + h) - f(θ - h)) / 2h``, relative to ``max(1, |θ|)``.

    Returns
    -------
    float
        Norm of the difference, divided by the larger norm of the two gradients: about
        1e-10 for a correct gradient in double precision, and of order 1 for a wrong one.

    Raises
    ------
    ValueError
        If ``gradient`` and ``theta`` differ in shape.
    """
    theta, gradient = np.array(theta, dtype=np.float64), np.asarray(gradient, dtype=np.float64)
    if theta.ndim != 1 or gradient.shape != theta.shape:
        raise ValueError(
            "gradient and theta should be vectors of the same length, "
            f"but have shapes {gradient.shape} and {theta.shape}"
        )
    step = as_number("step", step, 0.0, open_low=True)
    numerical = np.empty_like(theta)
    for i, value in enumerate(theta):
        h = step * max(1.0, abs(value))
        ends = []
        for shifted in (value + h, value - h):
            theta[i] = shifted
            ends.append(float(function(theta.copy())))
        theta[i] = value
        numerical[i] = (ends[0] - ends[1]) / ((value + h) - (value - h))
    scale = max(np.linalg.norm(numerical), np.linalg.norm(gradient))
    return float(np.linalg.norm(numerical - gradient) / scale) if scale else 0.0


def bound(deviation, smallest: float = 1e-14) -> str:
    """Name a power of ten that a deviation does not exceed.

    The digits of a rounding error are not the same on every machine, but its size is.  So twice
    the largest deviation is rounded up to a power of ten, and what is smaller than rounding
    leaves behind in a few operations is not told apart.

    Parameters
    ----------
    deviation : array_like
        Numbers that should be zero, up to rounding.
    smallest : float, default 1e-14
        The smallest power that is named.

    Returns
    -------
    str
        Such as ``"1e-14 or less"``.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    worst = np.max(np.abs(deviation), initial=0.0)
    if not np.isfinite(worst):
        raise ValueError(f"deviation should be finite, but its largest number is {worst}")
    smallest = as_number("smallest", smallest, 0.0, open_low=True)
    power = np.ceil(np.log10(max(2 * worst, smallest)) - 1e-9)
    return f"{10.0**power:.0e} or less"


def require(*modules: str) -> None:
    """Say what to do if a framework that a chapter needs is not installed.

    Parameters
    ----------
    *modules : str
        Names of modules, such as ``"torch"``.  They are looked for, not imported.

    Raises
    ------
    ModuleNotFoundError
        If one of them cannot be found.  The message says how to install it, or that this is
        a browser.
    """
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing and sys.platform == "emscripten":
        raise ModuleNotFoundError(
            f"this chapter runs with {' and '.join(missing)}, which no browser can run. On your "
            "own computer `make frameworks`, in the folder of the book, installs what is needed. "
            "The chapter can be read without: its stored outputs are below"
        )
    if missing:
        raise ModuleNotFoundError(
            f"this chapter runs with {' and '.join(missing)}, which the rest of the book does not "
            "need and which therefore is not installed yet. In the folder of the book, run "
            "`make frameworks` (about 2 GB; or `pip install -r requirements/frameworks.txt` in "
            "an environment of your own), then restart the kernel. The page can be read without"
        )
