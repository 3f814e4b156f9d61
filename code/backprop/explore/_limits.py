"""Checks of the arguments of an explorable's ``state``."""

from __future__ import annotations

import math

from .._arrays import describe


def within(name: str, value, low: float, high: float) -> float:
    """Return a number as a float, or raise an error if it is not from ``low`` to ``high``."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        raise ValueError(f"{name} should be a number from {low:g} to {high:g}, not {value!r}")
    return number


def count(name: str, value, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``, or raise an error."""
    number = within(name, value, low, high)
    if number != int(number):
        raise ValueError(f"{name} should be a whole number, not {value!r}")
    return int(number)


def several(name: str, values, length: int, low: float, high: float) -> list[float]:
    """Return so many numbers from ``low`` to ``high``, or raise an error."""
    numbers = list(values)
    if len(numbers) != length:
        raise ValueError(f"{name} should be {length} numbers, not {len(numbers)}")
    return [within(name, number, low, high) for number in numbers]


def one_of(name: str, value, known) -> str:
    """Return a value that is among the known ones, or raise an error."""
    if value not in known:
        names = ", ".join(map(str, known))
        raise ValueError(f"{name} should be one of {names}, not {describe(value)}")
    return value
