r"""Numbers that count the operations done to them.

- ``count(f, x)`` runs a function and returns the number of operations;
- ``count_expression(expr)`` does the same for the program text of SymPy expressions;
- ``OperationCounter`` keeps the count by kind, and makes the numbers that count.

The convention (``chapters/04``): each ``+ - * / **`` and each call of a function such as
``exp`` or ``sqrt`` is one operation; a square is one, written ``x**2`` or ``x*x``; signs are
free, and so are operations on constants alone.  A text is counted as it stands: a term that is
written twice is computed twice.

``Number``, the base class of the counting numbers and of those of ``autodiff``, has what Python
and NumPy need to compute with an object.
"""

from __future__ import annotations

import collections
import math
import numbers
import operator
import re
from collections.abc import Callable

import numpy as np

from ._arrays import describe

__all__ = ["Counted", "Number", "OperationCounter", "count", "count_expression"]

FUNCTIONS: dict[str, Callable] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "round": np.rint,
    "floor": np.floor,
}


class Number:
    """An object that Python and NumPy compute with as with a number.

    Every operator and every function of ``FUNCTIONS`` ends in ``compute(name, *operands)``,
    which a subclass defines.  NumPy applies ``np.exp`` to such an object by calling its
    method ``exp``, and applies everything to an array of such objects element by element.

    Where two kinds meet, the operand of the higher ``level`` computes, and treats the other
    as a constant: a dual number made of counting numbers counts, and nested derivatives do
    not take each other's numbers for their own.
    """

    level = 0
    value: object

    def compute(self, name: str, *operands):
        """Return the result of an operation of which this number is an operand.

        Parameters
        ----------
        name : str
            The operation: a key of ``FUNCTIONS``, such as ``"+"`` or ``"exp"``.
        *operands : Number or float
            One or two of them.

        Returns
        -------
        Number
            The result, of the same kind.

        Raises
        ------
        NotImplementedError
            Unless the subclass defines it.
        """
        raise NotImplementedError

    def __add__(self, other):
        return _compute("+", self, other)

    def __radd__(self, other):
        return _compute("+", other, self)

    def __sub__(self, other):
        return _compute("-", self, other)

    def __rsub__(self, other):
        return _compute("-", other, self)

    def __mul__(self, other):
        return self**2 if other is self else _compute("*", self, other)

    def __rmul__(self, other):
        return _compute("*", other, self)

    def __truediv__(self, other):
        return _compute("/", self, other)

    def __rtruediv__(self, other):
        return _compute("/", other, self)

    def __pow__(self, other):
        return _compute("**", self, other)

    def __rpow__(self, other):
        return _compute("**", other, self)

    def __neg__(self):
        return _compute("neg", self)

    def __pos__(self):
        return self

    def __abs__(self):
        return -self if self < 0 else self

    def exp(self):
        """Return the exponential; ``np.exp`` calls this."""
        return _compute("exp", self)

    def log(self):
        """Return the natural logarithm; ``np.log`` calls this."""
        return _compute("log", self)

    def sqrt(self):
        """Return the square root; ``np.sqrt`` calls this."""
        return _compute("sqrt", self)

    def sin(self):
        """Return the sine; ``np.sin`` calls this."""
        return _compute("sin", self)

    def cos(self):
        """Return the cosine; ``np.cos`` calls this."""
        return _compute("cos", self)

    def tanh(self):
        """Return the hyperbolic tangent; ``np.tanh`` calls this."""
        return _compute("tanh", self)

    def rint(self):
        """Return the nearest whole number; ``np.round`` and ``round`` call this."""
        return _compute("round", self)

    def fabs(self):
        """Return the absolute value; ``np.fabs`` calls this."""
        return abs(self)

    def conjugate(self):
        """Return the number itself, which is real; ``np.var`` and ``np.std`` call this."""
        return self

    def __round__(self, digits=None):
        if digits is not None:
            raise TypeError(f"digits should be left out: only round(x) is known, not {digits}")
        return self.rint()

    def __floor__(self):
        return _compute("floor", self)

    def __ceil__(self):
        return -_compute("floor", -self)

    def __trunc__(self):
        return self.__ceil__() if self < 0 else self.__floor__()

    def __getattr__(self, name):
        # NumPy applies a function to an object by calling the method of this name.
        if not isinstance(getattr(np, name, None), np.ufunc):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

        def refuse(*operands):
            raise TypeError(without_rule(name))

        return refuse

    # Comparisons look at the values and yield a plain True or False.

    def __eq__(self, other):
        return _compare(operator.eq, self, other)

    def __ne__(self, other):
        return _compare(operator.ne, self, other)

    def __lt__(self, other):
        return _compare(operator.lt, self, other)

    def __le__(self, other):
        return _compare(operator.le, self, other)

    def __gt__(self, other):
        return _compare(operator.gt, self, other)

    def __ge__(self, other):
        return _compare(operator.ge, self, other)

    __hash__ = None

    def __bool__(self):
        return bool(plain(self))

    def __float__(self):
        raise TypeError(
            f"{self!r} cannot become a float, which would drop what is being recorded; "
            "functions should come from NumPy: np.exp, not math.exp"
        )


def without_rule(name: str) -> str:
    """Return the message about a function of NumPy for which there is no rule."""
    names = ", ".join(key for key in FUNCTIONS if key.isalpha() and key != "neg")
    return (
        f"the function should be one of {names}, or made of these, of + - * / ** and of "
        f"comparisons (as abs, maximum, clip), not np.{name}, for which there is no rule"
    )


def call(function: Callable, *arguments):
    """Call a function of numbers; an error names the function of NumPy that has no rule."""
    try:
        return function(*arguments)
    except TypeError as error:
        name = re.match(r"ufunc '(\w+)' not supported for the input types", str(error))
        if name and name[1] not in FUNCTIONS:
            raise TypeError(without_rule(name[1])) from error
        raise


def is_constant(x, value=None) -> bool:
    """Tell whether ``x`` is a plain number (not a ``Number``), and equal to ``value`` if given."""
    return not isinstance(x, Number) and (value is None or bool(x == value))


def plain(x):
    """Return the plain number inside ``x``."""
    while isinstance(x, Number):
        x = x.value
    return x


def _is_number(x):
    return isinstance(x, (Number, numbers.Number))


def _compute(name, *operands):
    if not all(map(_is_number, operands)):
        return NotImplemented  # Python then asks the other operand, an array for instance
    own = [x for x in operands if isinstance(x, Number)]
    return max(own, key=lambda x: x.level).compute(name, *operands)


def _compare(relation, x, y):
    return bool(relation(plain(x), plain(y))) if _is_number(y) else NotImplemented


class OperationCounter(collections.Counter):
    """The number of operations of each kind on the numbers that it made.

    Parameters
    ----------
    mechanical : bool, default False
        Whether to count also the operations that change nothing, a product with the
        constant 1 and a sum with the constant 0.  By default they are left out, as a person
        would leave them out: the lean count.

    Examples
    --------
    >>> counter = OperationCounter()
    >>> x = counter.number(1.5)
    >>> y = np.exp(x**2) + 3 * x
    >>> counter
    4 operations: 1 **, 1 exp, 1 *, 1 +
    """

    def __init__(self, mechanical: bool = False):
        super().__init__()
        self.mechanical = bool(mechanical)

    def number(self, value):
        """Return numbers that count here.

        Parameters
        ----------
        value : float or array_like
            Plain numbers.

        Returns
        -------
        Counted or ndarray of object
            The same numbers, in the same shape.

        Raises
        ------
        TypeError
            If it is not made of numbers.
        """
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise TypeError(f"value should be a number or an array, not {describe(value)}")
        # NumPy's floats divide by 0 without an exception.
        return np.frompyfunc(lambda v: Counted(np.float64(v), self), 1, 1)(array)

    def __repr__(self):
        kinds = ", ".join(f"{n} {name}" for name, n in self.items())
        return f"{self.total()} operations" + (f": {kinds}" if kinds else "")

    __str__ = __repr__


class Counted(Number):
    """A number that reports every operation on it to its counter.

    Parameters
    ----------
    value : float
        The number itself.
    counter : OperationCounter
        Where the operations are counted.
    """

    def __init__(self, value, counter: OperationCounter):
        self.value, self.counter = value, counter

    def compute(self, name, *operands):
        """Do the operation on the values; count it, unless the convention makes it free.

        Raises
        ------
        ValueError
            If the operands have different counters.
        """
        if any(isinstance(x, Counted) and x.counter is not self.counter for x in operands):
            raise ValueError("operands should be numbers of one counter, but have two")
        shortcut = _shortcut(name, *operands, mechanical=self.counter.mechanical)
        if shortcut is not None:
            return shortcut
        if name != "neg":
            self.counter[name] += 1
        values = (x.value if isinstance(x, Counted) else x for x in operands)
        return Counted(FUNCTIONS[name](*values), self.counter)

    def __repr__(self):
        return f"Counted({self.value:g})"


def _shortcut(name, x, y=None, *, mechanical):
    """Return the result where a constant 0 or 1 makes the operation needless, else None."""
    if name == "**" and is_constant(y, 1):
        return x
    if mechanical or y is None:
        return None
    match name:
        case "+" if is_constant(x, 0):
            return y
        case "-" if is_constant(x, 0):
            return -y
        case "+" | "-" if is_constant(y, 0):
            return x
        case "*" if is_constant(x, 0) or is_constant(y, 0):
            return 0
        case "*" if is_constant(x, 1) or is_constant(x, -1):
            return y if x == 1 else -y
        case "*" | "/" if is_constant(y, 1) or is_constant(y, -1):
            return x if y == 1 else -x
    return None


def count(function: Callable, *arguments, mechanical: bool = False) -> int:
    """Return the number of operations in a call of a function.

    Parameters
    ----------
    function : callable
        A function of numbers or arrays, written with operators and NumPy's functions.
    *arguments : float or array_like
        Its arguments.  The count belongs to these values: another branch of an ``if`` may
        take more.
    mechanical : bool, default False
        Whether products with a constant 1 and sums with a constant 0 count too.

    Returns
    -------
    int
        Number of operations, by the convention of this module.

    Raises
    ------
    TypeError
        If the function is not one, or an argument is not made of numbers.

    Examples
    --------
    >>> count(lambda x: np.sqrt(x**2 + np.exp(x**2)), 1.5)
    5
    """
    if not callable(function):
        raise TypeError(f"function should be a function, not {describe(function)}")
    counter = OperationCounter(mechanical)
    call(function, *[counter.number(argument) for argument in arguments])
    return counter.total()


def count_expression(*expressions, reuse: bool = False) -> int:
    """Return the number of operations in the program text of SymPy expressions.

    The text is the one that ``sympy.lambdify`` writes; it is run with numbers that count.

    Parameters
    ----------
    *expressions : sympy.Expr
        All are computed, one after the other.
    reuse : bool, default False
        Whether to let SymPy find common subexpressions and compute each of them once
        (``sympy.cse``).

    Returns
    -------
    int
        Number of operations, by the convention of this module.
    """
    import sympy

    symbols = sorted(set().union(*(e.free_symbols for e in expressions)), key=str)
    function = sympy.lambdify(symbols, list(expressions), modules="numpy", cse=reuse)
    # The value does not matter; NaN never leaves the domain of a function.
    return count(function, *[math.nan] * len(symbols))
