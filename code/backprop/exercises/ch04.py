"""Checkers of chapter 4, counting operations (``chapters/04-counting-operations.ipynb``)."""

import types
from itertools import pairwise

import numpy as np

from .. import autodiff
from ..autodiff import vjp
from ..counting import OperationCounter, count
from .oracles import gradient_of
from .runner import Hint, declare, exercise, forbid, inspect_answer, whole_numbers


@exercise("count-by-hand")
@inspect_answer("values")
def my_counts(counts):
    """Compare three counts: sigmoid, its derivative written out, and both with reuse."""
    numbers = whole_numbers(counts, 3)
    if not any(numbers):
        raise Hint("These are still the zeros of the placeholder: put in your counts.")
    known = {
        (0, 4): "The sigmoid: the sign in front of z is free.",
        (1, 4): "The derivative: the exponential is written twice, so it counts twice.",
        (1, 6): "The derivative: signs are free, and a square is one operation.",
        (1, 7): "The derivative: signs are free, and a square is one operation.",
        (2, 2): "For the third number, count value and derivative together.",
        (2, 8): "The third number: the value is stored, so it is computed once.",
    }
    what = "The sigmoid does", "The derivative does", "Value and derivative together do"
    for place, (number, right) in enumerate(zip(numbers, (3, 5, 5), strict=True)):
        if number != right:
            raise Hint(
                known.get((place, number))
                or f"{what[place]} not take {number} operations. Count functions, signs not at all."
            )
    return "The derivative by itself costs as much as value and derivative."


def _counted(reader, *arguments):
    """Return what an answer gives for counting numbers, or raise a hint."""
    try:
        return reader.of(*arguments)
    except Hint as hint:
        raise Hint(
            "The values are right, but the operations cannot be counted: somewhere a number is "
            "converted, by math.exp or float, put into an array of floats, or given to a library. "
            f"Use functions of NumPy, and fill a list or np.empty_like(x). ({hint})"
        ) from None


def _at_most_seven(reader):
    counter = OperationCounter()
    _counted(reader, counter.number(1.5))
    total = counter.total()
    if total < 5:
        raise Hint(f"Only {total} operations were seen: do not convert x; use np.exp and np.sqrt.")
    if counter["exp"] > 1:
        raise Hint(f"Both are right, with {total} operations. The exponential is computed twice.")
    if counter["sqrt"] > 1:
        raise Hint(f"Both are right, with {total} operations. The root is computed twice.")
    if total > 7:
        raise Hint(f"Both are right, with {counter}. Seven are enough: what can be cancelled?")
    return f"Value and derivative take {counter}."


@exercise("count-halve")
@declare("", cases=[(0.6,), (-1.1,), (1.5,)], parts=("f(x)", "f'(x)"), also=[_at_most_seven],
)  # fmt: skip
def halved(x):
    """Differentiate √(x² + exp x²) by a complex step, and count the operations."""

    def f(x):
        return np.sqrt(x**2 + np.exp(x**2))

    value, slope = f(x), gradient_of(f, x)
    return (value, slope), {
        "The derivative is half of what it should be.": (value, slope / 2),
        "The root has to be differentiated too: divide by 2 f(x).": (value, 2 * value * slope),
        "The inner derivative of x² is missing.": (value, slope / (2 * x)),
    }  # fmt: skip


class _NumPyOfObjects:
    """NumPy, but that its new arrays can hold counting numbers."""

    def __getattr__(self, name):
        make = getattr(np, name)
        if name not in {"zeros", "ones", "empty", "full"}:
            return make
        return lambda *arguments, dtype=None, **named: make(*arguments, dtype=object, **named)


def _with_object_arrays(function):
    """Return the function, and those beside it that it calls, with this NumPy for the usual one."""
    if not isinstance(function, types.FunctionType):
        return function
    known = dict(function.__globals__)

    def moved(one):
        code, name = one.__code__, one.__name__
        made = types.FunctionType(code, known, name, one.__defaults__, one.__closure__)
        made.__kwdefaults__ = one.__kwdefaults__
        return made

    for name, value in function.__globals__.items():
        if value is np:
            known[name] = _NumPyOfObjects()
        elif getattr(value, "__globals__", None) is function.__globals__:
            known[name] = moved(value) if isinstance(value, types.FunctionType) else value
    return moved(function)


def _at_most_linear(reader):
    """Count the operations for several n: no more than 3n - 5, and no fewer than is possible."""
    rng, counts = np.random.default_rng(4), {}
    reader.answer = _with_object_arrays(reader.answer)
    for n in (4, 12, 20):
        counter = OperationCounter()
        _counted(reader, counter.number(rng.uniform(0.5, 2.0, n)))
        counts[n] = counter.total()
        if counts[n] < 2 * n - 2:
            raise Hint(f"Only {counts[n]} operations were seen for n = {n}: do not convert them.")
    if counts[20] - counts[12] > 1.5 * (counts[12] - counts[4]):
        raise Hint(
            f"Right, but with {counts[20]} operations for n = 20 and {counts[4]} for n = 4: they "
            "grow with the square of n. Many partial products are computed again and again."
        )
    if any(total > 3 * n - 5 for n, total in counts.items()):
        raise Hint(
            f"Right, with {counts[20]} operations for n = 20, but {3 * 20 - 5} are enough. "
            "Which products are not needed, computed twice, or by 1?"
        )
    return f"{counts[20]} operations for 20 factors, as in reverse mode."


@exercise("count-product")
@declare("", cases=lambda rng: [(rng.uniform(0.5, 2.0, n),) for n in (3, 4, 7)],
    parts=("the product", "the gradient"), edges={
        "With a zero among the numbers the gradient is wrong: divide by none of them.":
            (np.array([1.3, 0.0, 0.7, 1.9]),),
        "With a zero at the beginning the gradient is wrong.": (np.array([0.0, 1.3, 0.7, 1.9]),),
    },
    also=[forbid("Right, but by automatic differentiation: write the products.",
        (np.array([1.3, 0.7, 1.9]),), (autodiff, "_check")), _at_most_linear])  # fmt: skip
def product_and_gradient(x):
    """Leave out each number in turn."""
    right = np.array([np.prod(np.delete(x, i)) for i in range(len(x))])
    before = np.append(1.0, np.cumprod(x)[:-1])
    after = np.append(np.cumprod(x[::-1])[::-1][1:], 1.0)
    return (np.prod(x), right), {
        "The factors before each number are there; those after it are missing.": (None, before),
        "The factors after each number are there; those before it are missing.": (None, after),
    }  # fmt: skip


def _outputs(widths):
    """Return a program of one vector, all weights and biases, for fixed inputs."""

    def outputs(theta):
        a, numbers = np.linspace(0.2, 0.7, widths[0]), iter(theta)
        for width in widths[1:]:
            # The bias is where the sum begins.
            a = [
                np.tanh(sum((next(numbers) * sender for sender in a), start=next(numbers)))
                for _ in range(width)
            ]
        return np.array(a)

    return outputs


@exercise("count-layers")
@declare("The way back costs less than twice the way there.",
    cases=[((3, 5, 2),), ((2, 1),), ((4, 3, 3, 2),), ((6, 2, 4),)],
    parts=("the number for the outputs", "the number for the way back"),
    advice="Take one neuron with two inputs and write all its operations down.")  # fmt: skip
def layer_operations(widths):
    """Run the network and its reverse mode on numbers that count."""
    pairs = list(pairwise(widths))
    theta = np.linspace(-0.5, 0.6, sum((m + 1) * k for m, k in pairs))
    value = count(_outputs(widths), theta)
    whole = count(lambda p, u: vjp(_outputs(widths), p, u)[1], theta, np.ones(widths[-1]) * 0.3)
    back = whole - value
    neurons, hidden = sum(widths[1:]), sum(widths[1:-1])
    weights, later = (sum(m * k for m, k in part) for part in (pairs, pairs[1:]))
    deep = len(widths) > 2
    return (value, back), {
        "In the outputs one operation for each neuron is missing: it adds its bias, and calls "
        "tanh.": (value - neurons, None),
        "In the outputs the bias's sum and the tanh are missing.": (value - 2 * neurons, None),
        "In the outputs the sums are missing.": (value - weights, None),
        "In the outputs the products are there, but only one sum for each neuron.":
            (weights + 2 * neurons, None),
        "The way back needs no adjoints of the inputs.":
            (None, back + widths[0] * (2 * widths[1] - 1)),
        "A neuron with k children adds up k contributions: k - 1 sums are missing.":
            (None, back - later + hidden) if deep else None,
        "With k children there are k - 1 sums, not k.": (None, back + hidden) if deep else None,
        "The derivatives of the weights take a product each.": (None, back - weights),
        "The adjoints of hidden neurons are missing.":
            (None, back - 2 * later + hidden) if deep else None,
        "On the way back one operation for each neuron is missing: the slope takes two, and its "
        "product with what comes back is a third.": (None, back - neurons),
        "The slope of tanh, and the product with it, are missing.": (None, back - 3 * neurons),
        "A bias's derivative is the adjoint of z, for no operation.": (None, back + neurons),
        "The second number is that of both ways; the way back alone is asked for.": (None, whole),
    }  # fmt: skip
