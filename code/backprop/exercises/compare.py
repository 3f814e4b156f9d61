"""Comparing an answer with what is right, and putting the difference into words."""

from __future__ import annotations

import re
from collections.abc import Iterator, ValuesView

import numpy as np

from .words import say

DOUBLE, SINGLE = 1e-6, 1e-3  # relative tolerances


def unrolled(value, depth=0):
    """Return the value with iterators and ``dict.values()`` turned into lists."""
    if isinstance(value, Iterator | ValuesView | range):
        value = list(value)
    if isinstance(value, list | tuple) and depth < 3:
        made = [unrolled(part, depth + 1) for part in value]
        return made if isinstance(value, list) else tuple(made)
    return value


def numbers(value, name):
    """Return an array of real numbers and None, or None and what is wrong with the value."""
    if value is None:
        return None, say("{name} is None: did you forget to compute it?", name=capital(name))
    if isinstance(value, dict | set | frozenset):
        return None, say("{name} should be numbers in order, not a {kind}.",
                         name=capital(name), kind=type(value).__name__)  # fmt: skip
    if callable(value) and not hasattr(value, "shape"):
        return None, say("{name} is a function; call it and return its value.", name=capital(name))
    try:
        if getattr(value, "requires_grad", False):  # a tensor of PyTorch's
            value = value.detach()
        array = np.array(value)
    except ValueError:
        how = say("different lengths")  # by which exercises know this sentence
        return None, say("{name} has rows of {how}: {value}.",
                         name=capital(name), how=how, value=f"{value!r:.80}")  # fmt: skip
    except Exception as error:  # tensors raise what they like
        return None, say("{name} cannot be turned into an array of NumPy's: {error}.",
                         name=capital(name), error=error)  # fmt: skip
    if array.dtype.kind == "O":
        if any(element is None for element in array.flat):
            return None, say("There is a None in {name}: was something not computed?", name=name)
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError, OverflowError):
            return None, not_real(name, value)
    if array.dtype.kind == "c":
        if np.any(array.imag):
            return None, say("{name} is complex; real numbers are asked for.", name=capital(name))
        array = array.real
    if array.dtype.kind not in "fiub":
        return None, not_real(name, value)
    return array, None


def not_real(name, value):
    """Return a sentence about something that is no real numbers."""
    return say("{name} should be made of real numbers, not {value}.",
               name=capital(name), value=f"{value!r:.80}")  # fmt: skip


def capital(name):
    """Return a name as it should look at the beginning of a sentence."""
    word = name.split()[0] if name else ""
    return name[0].upper() + name[1:] if word.isalpha() and word.isascii() else name


def deviation(given, right):
    """Return the largest difference, relative to the largest number that is right."""
    if given.shape != right.shape:
        return np.inf
    if not right.size:
        return 0.0
    given, right = given.astype(np.float64), right.astype(np.float64)
    scale = np.abs(right).max() or 1.0
    with np.errstate(all="ignore"):
        worst = np.abs(given - right).max() / scale
    return float(worst) if np.isfinite(worst) else np.inf


def tolerance(given):
    """Return the tolerance for numbers that are as precise as these."""
    if given.dtype in (np.float32, np.float16):
        return SINGLE
    if given.dtype != np.float64 or not given.size:
        return DOUBLE
    with np.errstate(all="ignore"):
        single = np.array_equal(given, given.astype(np.float32), equal_nan=True)
        # Round numbers are representable in half precision too, and tell nothing.
        rough = np.array_equal(given, given.astype(np.float16), equal_nan=True)
    return SINGLE if single and not rough else DOUBLE


def same(given, right, limit=None):
    """Tell whether an answer is right (or a certain wrong one), up to rounding."""
    if limit is None:
        limit = DOUBLE if right.dtype.kind in "iu" else tolerance(given)
    return deviation(given, right) <= limit


def apart(one, other):
    """Return two numbers as text, with as many digits as tell them apart."""
    one, other = float(one), float(other)
    for digits in range(5, 18):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def difference(given, right, name, words=()):
    """Return ``name should be …, but is …`` for the worst number of an array."""
    if not right.ndim:
        wish, came = (words[int(n)] for n in (right, given)) if words else apart(right, given)
        return say("{name} should be {wish}, but is {came}.", name=name, wish=wish, came=came)
    if given.shape != right.shape:
        return say("{name} should have shape {right}, but has shape {shape}.",
                   name=name, right=right.shape, shape=given.shape)  # fmt: skip
    with np.errstate(all="ignore"):
        distance = np.abs(given.astype(np.float64) - right)
    place = np.unravel_index(np.argmax(np.where(np.isnan(distance), np.inf, distance)), right.shape)
    wish, came = apart(right[place], given[place])
    index = ", ".join(str(int(k)) for k in place)
    return say("the number at [{index}] of {name} should be {wish}, but is {came}.",
               index=index, name=name, wish=wish, came=came)  # fmt: skip


def short(label, value):
    """Return ``label = value`` for what is short, the shape of a long array, else nothing."""
    if isinstance(value, np.ndarray) and value.size > 4:
        return say("{label} of shape {shape}", label=label, shape=value.shape)
    if isinstance(value, np.ndarray | float | int | str | np.generic):
        with np.printoptions(precision=4, suppress=True):
            text = (
                f"{value:g}" if np.ndim(value) == 0 and not isinstance(value, str) else f"{value}"
            )
        return f"{label} = {' '.join(text.split())}"
    if isinstance(value, list) and any(isinstance(part, np.ndarray) for part in value):
        shapes = ", ".join(str(np.shape(part)) for part in value)
        return say("{label} of shapes {shapes}", label=label, shapes=shapes)
    if isinstance(value, list | tuple | dict):
        text = re.sub(r"(\d\.\d{3})\d+", r"\1", re.sub(r"np\.float64\((.*?)\)", r"\1", str(value)))
        return f"{label} = {text}" if len(text) < 90 else ""
    return ""
