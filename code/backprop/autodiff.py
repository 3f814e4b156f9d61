r"""Automatic differentiation: the chain rule, applied number by number while a program runs.

- ``derivative(f)`` and ``jvp(f, x, v)`` work forward, with dual numbers (``Dual``);
- ``gradient(f)`` and ``vjp(f, x, u)`` work backward, over the operations that a ``Tape``
  recorded (``Variable``).

The function f may be any program of numbers and arrays that is written with operators and
NumPy's functions, loops and branches included.  Both modes know the same few derivatives: a
table of how a tangent is carried forward, and a table of local derivatives.  To read the
mathematics, read ``carry_forward``, ``local_derivative`` and ``Tape.backward``.

At the edge of a domain numbers are as NumPy has them, infinite or NaN with a RuntimeWarning,
in both modes: the slope of the square root at 0 is inf, that of the logarithm at -1 is NaN.  A
step of slope 0 gives 0, whatever came in: 1/(1 + exp(1000)) is flat.  Only where infinite
contributions of several paths would cancel can one mode give NaN and the other not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np

from ._arrays import describe
from .counting import FUNCTIONS, Number, call, is_constant, plain

__all__ = ["Dual", "Tape", "Variable", "derivative", "gradient", "jvp", "vjp"]

REAL = (float, int, np.floating, np.integer)

_levels = itertools.count(2)  # an inner derivative starts later, and has the higher level


# Forward mode


class Dual(Number):
    r"""A dual number: a value and a tangent, :math:`x + \dot x\varepsilon` with ε² = 0.

    Parameters
    ----------
    value : float
        The number x.
    tangent : float, default 0
        Its derivative :math:`\dot x` with respect to the input that is varied.
    level : int, default 1
        Dual numbers of one level belong together; others are constants to them.
    """

    def __init__(self, value, tangent=0, level: int = 1):
        self.value, self.tangent, self.level = value, tangent, level

    def compute(self, name, *operands):
        """Return value and tangent of the result, in a new dual number."""
        ours = [isinstance(x, Dual) and x.level == self.level for x in operands]
        values = _as_floats([x.value if own else x for x, own in zip(operands, ours, strict=True)])
        tangents = [x.tangent if own else 0 for x, own in zip(operands, ours, strict=True)]
        pairs = zip(values, tangents, strict=True)
        with np.errstate(all="ignore"):
            value, tangent = carry_forward(name, *itertools.chain(*pairs))
        if not (_is_finite(value) and _is_finite(tangent)):
            value, tangent = _carry_over_the_edge(name, values, tangents)
        return Dual(value, 0 if all(map(_is_fixed, tangents)) else tangent, self.level)

    def __repr__(self):
        return f"Dual({_short(self.value)}, {_short(self.tangent)})"


def carry_forward(name: str, x, dx, y=None, dy=None) -> tuple:
    """Return the value and the tangent of an operation on x with tangent dx (and y with dy)."""
    match name:
        case "+":
            return x + y, dx + dy
        case "-":
            return x - y, dx - dy
        case "*":
            return x * y, dx * y + x * dy
        case "/":
            quotient = x / y
            return quotient, (dx - quotient * dy) / y
        case "**" if _is_fixed(dy):
            return x**y, 0 if is_constant(y, 0) else y * x ** (y - 1) * dx
        case "**":
            power = x**y
            return power, power * (dy * np.log(x) + y * dx / x)
        case "neg":
            return -x, -dx
        case "exp":
            exponential = np.exp(x)
            return exponential, exponential * dx
        case "log":
            return np.log(x), dx / x
        case "sqrt":
            root = np.sqrt(x)
            return root, dx / (2 * root)
        case "sin":
            return np.sin(x), np.cos(x) * dx
        case "cos":
            return np.cos(x), -np.sin(x) * dx
        case "tanh":
            tangens = np.tanh(x)
            return tangens, (1 - tangens**2) * dx
        case "round" | "floor":  # steps: flat, wherever they have a derivative
            return FUNCTIONS[name](x), 0
    raise NotImplementedError(f"the derivative of {name} is not known")


def _carry_over_the_edge(name, values, tangents):
    """Return value and tangent where one of them is not finite, with reverse mode's rules.

    A tangent that is fixed takes no part, nor does one that meets a slope of 0, as the adjoint
    0 does not go back: so an infinity that does not count in one mode does not in the other.
    """
    result = FUNCTIONS[name](*values)
    moving = [i for i, tangent in enumerate(tangents) if not _is_fixed(tangent)]
    total = 0
    for i, slope in zip(moving, _slopes(name, moving, result, values), strict=True):
        if not _is_fixed(slope):
            total = total + (0.0 if is_constant(slope, 0) else slope * tangents[i])
    return result, total


def _is_fixed(slope):
    """Tell whether a tangent or slope is the int 0: nothing depends on the input, not even nearby.

    A slope that happens to be 0 at this point is the float 0.0.
    """
    return type(slope) is int and slope == 0


def _is_finite(x):
    x = plain(x)
    return not isinstance(x, REAL) or math.isfinite(x)


def jvp(f: Callable, x, v) -> tuple:
    """Return f(x) and the Jacobian-vector product J v, in one forward sweep.

    Parameters
    ----------
    f : callable
        A function of one number or of one array; its value is a number or an array.
    x : float or array_like
        Where.
    v : float or array_like, shape of x
        The direction in which x moves.

    Returns
    -------
    value, product : float or ndarray
        f(x), and the derivative of f along v, both of the shape of f(x).

    Raises
    ------
    TypeError
        If f is not a function, or x or v are not made of numbers.
    ValueError
        If x and v differ in shape.
    """
    _check(f, x=x, v=v)
    if np.shape(x) != np.shape(v):
        raise ValueError(f"v should have the shape of x, {np.shape(x)}, not {np.shape(v)}")
    level = next(_levels)

    def dual(xi, vi):  # an input that does not move is fixed
        return Dual(xi, 0 if is_constant(vi, 0) else vi, level)

    y = call(f, np.frompyfunc(dual, 2, 1)(x, v))

    def part(name, otherwise):
        def get(z):
            ours = isinstance(z, Dual) and z.level == level
            return getattr(z, name) if ours else otherwise(z)

        return _tidy(np.frompyfunc(get, 1, 1)(y))

    return part("value", lambda z: z), part("tangent", lambda z: 0.0)


def derivative(f: Callable) -> Callable:
    """Return the derivative of a function of one number, by forward mode.

    Parameters
    ----------
    f : callable
        A function of one number.

    Returns
    -------
    callable
        The function f'.

    Raises
    ------
    TypeError
        If ``f`` is not a function, or it is called with anything but a number.

    Examples
    --------
    >>> derivative(lambda x: x**3)(2.0)
    12.0
    """
    _check(f)

    def slope(x):
        if np.ndim(x):
            raise TypeError(f"x should be one number, not {describe(x)}; gradient takes arrays")
        return jvp(f, x, 1.0)[1]

    return slope


# Reverse mode


class Variable(Number):
    """A number on a tape, with the numbers it was computed from.

    ``Tape.variable`` makes one, for an input, and so does every operation on variables.

    Attributes
    ----------
    value : float
        The number itself.
    tape : Tape
        The tape that it is on.
    index : int
        Its place there; the first is 1.
    operation : str
        The operation that made it (a key of ``counting.FUNCTIONS``), or "input".
    parents : tuple of Variable
        What it depends on: its operands without constants; none for a step, as of ``floor``.
    partials : tuple of float
        Its derivative with respect to each of the parents.
    adjoint : float
        The derivative of the output with respect to it, once ``Tape.backward`` has run.
    """

    def __init__(self, tape: Tape, value, operation="input", parents=(), partials=()):
        self.tape, self.value, self.operation = tape, value, operation
        self.parents, self.partials, self.adjoint = tuple(parents), tuple(partials), 0
        self.level = tape.level
        tape.nodes.append(self)
        self.index = len(tape.nodes)

    def compute(self, name, *operands):
        """Write the result on the tape, with its local derivatives."""
        ours = [isinstance(x, Variable) and x.tape is self.tape for x in operands]
        values = _as_floats([x.value if own else x for x, own in zip(operands, ours, strict=True)])
        result = FUNCTIONS[name](*values)
        places = [i for i, own in enumerate(ours) if own]
        partials = _slopes(name, places, result, values)
        links = [
            (operands[i], partial)
            for i, partial in zip(places, partials, strict=True)
            if not _is_fixed(partial)
        ]
        return Variable(self.tape, result, name, *(zip(*links, strict=True) if links else ()))

    def __repr__(self):
        return f"x_{self.index} = {_short(self.value)}"


class Tape:
    """The operations of a program in the order in which they were done.

    Attributes
    ----------
    nodes : list of Variable
        The variables x_1, …, x_L; every parent stands before its children.
    """

    def __init__(self):
        self.nodes: list[Variable] = []
        self.level = next(_levels)

    def variable(self, value) -> Variable:
        """Write a new input on the tape.

        Parameters
        ----------
        value : float or Number
            Its value.

        Returns
        -------
        Variable
            The input; ``index`` is its place on the tape.
        """
        return Variable(self, value)

    def backward(self, output, seed=1) -> None:
        """Give every variable its adjoint, the derivative of the output (``eq-adjoint``).

        Parameters
        ----------
        output : Variable or array of Variable
            What is differentiated.
        seed : float or array_like, shape of output
            The adjoint of the output; with an array u, the adjoints are those of the
            sum of u times output.
        """
        for node in self.nodes:
            node.adjoint = 0
        for node, u in zip(np.ravel(output), np.ravel(seed), strict=True):
            if isinstance(node, Variable) and node.tape is self:
                node.adjoint = node.adjoint + u
        for node in reversed(self.nodes):
            if is_constant(node.adjoint, 0):
                continue  # the output does not depend on this node
            for parent, partial in zip(node.parents, node.partials, strict=True):
                parent.adjoint = parent.adjoint + node.adjoint * partial


def local_derivative(name: str, i: int, result, x, y=None):
    """Return the derivative of an operation with respect to operand i: 0 for x, 1 for y.

    Raises
    ------
    NotImplementedError
        If the derivative of the operation is not known.
    """
    match name, i:
        case ("+", _) | ("-", 0):
            return 1
        case ("-", 1) | ("neg", 0):
            return -1
        case "*", _:
            return (y, x)[i]
        case "/", 0:
            return 1 / y
        case "/", 1:
            return -result / y
        case "**", 0:
            return 0 if is_constant(y, 0) else y * x ** (y - 1)
        case "**", 1 if is_constant(x, 0) and plain(y) > 0:
            return 0.0  # 0**y is 0 for all positive y
        case "**", 1:
            return result * np.log(x)
        case "exp", 0:
            return result
        case "log", 0:
            return 1 / x
        case "sqrt", 0:
            return 1 / (2 * result)
        case "sin", 0:
            return np.cos(x)
        case "cos", 0:
            return -np.sin(x)
        case "tanh", 0:
            return 1 - result**2
        case (("round" | "floor"), 0):  # steps: flat, wherever they have a derivative
            return 0
    raise NotImplementedError(f"the derivative of {name} is not known")


def _slopes(name, places, result, values):
    """Return the local derivatives for the operands in these places; NaN if the result is NaN."""
    if is_constant(result) and result != result:
        return [math.nan for _ in places]
    return [local_derivative(name, i, result, *values) for i in places]


def vjp(f: Callable, x, u) -> tuple:
    """Return f(x) and the vector-Jacobian product u J, in one forward and one reverse sweep.

    Parameters
    ----------
    f : callable
        A function of one number or of one array; its value is a number or an array.
    x : float or array_like
        Where.
    u : float or array_like, shape of f(x)
        The weight of each output.

    Returns
    -------
    value : float or ndarray
        f(x).
    product : float or ndarray, shape of x
        The gradient of the sum of u times f(x).

    Raises
    ------
    TypeError
        If f is not a function, or x or u are not made of numbers.
    ValueError
        If f(x) and u differ in shape.
    """
    _check(f, x=x, u=u)
    tape = Tape()
    inputs = np.frompyfunc(tape.variable, 1, 1)(x)
    y = call(f, inputs)
    if np.shape(y) != np.shape(u):
        raise ValueError(f"u should have the shape of f(x), {np.shape(y)}, not {np.shape(u)}")
    tape.backward(y, u)

    def value(z):
        return z.value if isinstance(z, Variable) and z.tape is tape else z

    adjoints = np.frompyfunc(lambda node: node.adjoint, 1, 1)(inputs)
    return _tidy(np.frompyfunc(value, 1, 1)(y)), _tidy(adjoints)


def gradient(f: Callable) -> Callable:
    """Return the gradient of a function with one output, by reverse mode.

    Parameters
    ----------
    f : callable
        A function of a number or of an array, whose value is one number.

    Returns
    -------
    callable
        Function of x; its value has the shape of x.

    Raises
    ------
    TypeError
        If ``f`` is not a function, or it is called with anything but numbers.
    ValueError
        If it is called with anything but a vector, or ``f`` has more than one output.

    Examples
    --------
    >>> gradient(lambda x: x[0] * x[1] ** 2)([5.0, 3.0]).tolist()
    [9.0, 30.0]
    """
    _check(f)

    def slopes(x):
        def g(z):
            y = f(z)
            if np.ndim(y):
                raise ValueError(
                    f"f should have one output, but f(x) has shape {np.shape(y)}; see vjp"
                )
            return y

        return vjp(g, x, 1)[1]

    return slopes


# Helpers


def _check(f, **arrays):
    if not callable(f):
        raise TypeError(f"f should be a function, not {describe(f)}")
    for name, value in arrays.items():
        array = np.asarray(value)
        numeric = array.dtype.kind in "fiub"
        if not numeric and not all(isinstance(x, (Number, int, float)) for x in array.flat):
            raise TypeError(f"{name} should be a number or an array, not {describe(value)}")


def _tidy(x):
    """Return floats wherever nothing but plain numbers are inside."""
    if any(isinstance(z, Number) for z in np.ravel(x)):
        return x
    return np.asarray(x, dtype=float) if np.ndim(x) else float(x)


def _as_floats(values):
    """Return plain numbers as NumPy's floats, which divide by 0 without an exception.

    If one of them is a ``Number``, all are left as they are.
    """
    if any(isinstance(x, Number) for x in values):
        return values
    return [
        np.float64(x) if isinstance(x, REAL) and type(x) is not np.float64 else x for x in values
    ]


def _short(x):
    return f"{plain(x):.6g}" if not isinstance(x, Number) else repr(x)
