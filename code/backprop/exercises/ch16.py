"""Checkers of chapter 16, logic gates (``chapters/16-gates.ipynb``)."""

from itertools import product

import numpy as np

from .runner import Hint, declare, either, exercise, inspect_answer

ONE_NEURON = {"NOR": (1, 0, 0, 0), "x1 AND NOT x2": (0, 0, 1, 0)}
ROWS = tuple(product((0, 1), repeat=2))


@exercise("one-neuron")
@inspect_answer("values")
def my_neurons(neurons):
    """Look on which side of the line each row lies: for each gate (w1, w2, b)."""
    try:
        neurons = dict(neurons)
    except (TypeError, ValueError):
        neurons = {}
    if set(neurons) != set(ONE_NEURON):
        raise Hint(f"The answer should be a dictionary with the keys {', '.join(ONE_NEURON)}.")
    triples = {}
    for name, given in neurons.items():
        try:
            triples[name] = np.concatenate([np.ravel(value) for value in given]).astype(float)
        except (TypeError, ValueError):
            triples[name] = np.empty(0)
        if triples[name].shape != (3,) or not np.isfinite(triples[name]).all():
            raise Hint(f"{name}: there should be three numbers, w1, w2 and b, not {given!r}.")
    if not any(triple.any() for triple in triples.values()):
        raise Hint(
            "This is still the placeholder: with all weights zero a neuron answers 0 to all rows."
        )
    for name, target in ONE_NEURON.items():
        w1, w2, b = triples[name]
        z = np.array([w1 * x1 + w2 * x2 + b for x1, x2 in ROWS])
        right = np.where(np.array(target, dtype=bool), z > 0, z < 0)
        if right.all():
            continue
        if not right.any() and (z != 0).all():
            raise Hint(f"{name}: all four rows are wrong, so the line is right. Turn all signs.")
        row = int(np.argmin(right))
        text = "{}{}".format(*ROWS[row])
        if z[row] == 0:
            raise Hint(
                f"{name}: the row {text} lies on the line itself (z = 0, output 1/2). Move the "
                "bias a little, so that every row has a side."
            )
        raise Hint(
            f"{name}: the row {text} is wrong. There z = w1 x1 + w2 x2 + b = {z[row]:g}, and it "
            f"should be {'above' if target[row] else 'below'} 0. ({right.sum()} of 4 are right.)"
        )
    return "Both lines have all four rows on the right side."


class _Wire:
    """A signal that can be connected to a gate, and to nothing else; it does not say its value."""

    __slots__ = ()

    def _refuse(self, *_):
        raise TypeError("x1 and x2 are wires: all that can be done is to connect them to a nand")

    __bool__ = __int__ = __index__ = __float__ = __invert__ = _refuse
    __and__ = __or__ = __xor__ = __rand__ = __ror__ = __rxor__ = _refuse
    __add__ = __sub__ = __mul__ = __radd__ = __rsub__ = __rmul__ = __neg__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = None

    def __repr__(self):
        return "a wire"


def _run_circuit(reader, *inputs):
    """Return the output of a circuit, and how many gates it has."""
    wires = [(_Wire(), value) for value in inputs]

    def value_of(wire):
        return next((value for known, value in wires if known is wire), None)

    def nand(a, b):
        a, b = value_of(a), value_of(b)
        if a is None or b is None:
            raise TypeError("nand connects two wires; constants and numbers are not wires")
        wires.append((_Wire(), 1 - a * b))
        return wires[-1][0]

    answer = reader.of(nand, *(wire for wire, _ in wires))
    if value_of(answer) is None:
        raise Hint(f"The function should return a wire, the output of a nand, not {answer!r}.")
    return value_of(answer), len(wires) - 2


@exercise("xor-from-nand")
@inspect_answer(arguments=["nand", "x1", "x2"])
def my_xor(reader):
    """Try all rows with wires that know nothing but ``nand``, and count the gates."""
    answers, gates = zip(*(_run_circuit(reader, *row) for row in ROWS), strict=True)
    target = tuple(x1 ^ x2 for x1, x2 in ROWS)
    if answers == tuple(1 - x for x in target):
        raise Hint("This is XNOR: all four rows are inverted. A NAND of the output with itself "
                   "inverts them once more, and so does leaving out the last one.")  # fmt: skip
    if answers != target:
        row = next(i for i in range(4) if answers[i] != target[i])
        table = ", ".join(f"{x1}{x2} → {a}" for (x1, x2), a in zip(ROWS, answers, strict=True))
        raise Hint(
            f"The row {ROWS[row][0]}{ROWS[row][1]} should give {target[row]}. "
            f"Your circuit answers {table}."
        )
    if any(_run_circuit(reader, x1, x2)[0] != x1 ^ x2 for x1, x2 in ROWS[1:] + ROWS[:1]):
        raise Hint("Right once, but not in another order: your function remembers earlier calls.")
    used = max(gates)
    return f"XOR from {used} NANDs." + (" Four are enough; can you find them?" if used > 4 else "")


@exercise("parity")
@inspect_answer("values")
def parity(W1, b1, W2, b2):
    """Run a network for the parity of three inputs: hidden ReLUs, a linear output."""
    try:
        W1, b1, W2, b2 = (np.asarray(a, dtype=np.float64) for a in (W1, b1, W2, b2))
    except (TypeError, ValueError):
        raise Hint("W1, b1, W2 and b2 should be arrays of numbers.") from None
    m = W1.shape[1] if W1.ndim == 2 else None
    shapes = {"W1": (3, m), "b1": (m,), "W2": (m, 1), "b2": (1,)}
    for (name, shape), array in zip(shapes.items(), (W1, b1, W2, b2), strict=True):
        if m is None or array.shape != shape:
            text = str(shape).replace("None", "m")
            raise Hint(f"{name} should have shape {text}, but has shape {array.shape}.")
    if not (W1.any() or W2.any()):
        raise Hint("This is still the placeholder: all weights are zero.")
    X = np.array(list(product((0, 1), repeat=3)))
    outputs = (np.maximum(X @ W1 + b1, 0) @ W2 + b2).ravel()
    targets = X.sum(axis=1) % 2
    wrong = np.flatnonzero(~np.isclose(outputs, targets, rtol=0, atol=1e-6))
    if not wrong.size:
        return f"All eight rows are right, with {m} hidden neurons."
    if wrong.tolist() == [7]:
        raise Hint(
            f"Seven rows are right; 111 gives {outputs[7]:g} and should give 1. "
            "Over the sum of the inputs, the output has to turn upwards again at 2."
        )
    if ((outputs > 0.5) == targets).all():
        raise Hint(
            "The outputs lie on the right sides of 1/2, but are not 0 and 1: "
            f"{np.round(outputs, 3).tolist()}."
        )
    row = "".join(map(str, X[wrong[0]]))
    raise Hint(
        f"{len(wrong)} of 8 rows are wrong. The first is {row}: it gives {outputs[wrong[0]]:g} and "
        f"should give {targets[wrong[0]]}."
    )


def _table(answers, columns=None):
    """Return all inputs, the last one changing fastest, and the targets; or with other columns."""
    X = np.array(list(product((0.0, 1.0), repeat=len(answers).bit_length() - 1)))
    return X if columns is None else columns(X), np.array([[float(a)] for a in answers])


@exercise("gate-wrong")
@declare("The last input changes fastest, as in the tables of this chapter.",
    cases=[((0, 0, 1, 0),), ((0, 1, 1, 0, 1, 0, 0, 0),), ((1, 1, 0, 1),)],
    parts=("the array of inputs", "the column of targets"))  # fmt: skip
def my_table(answers):
    """Count up as ``itertools.product`` does."""
    X, t = _table(answers)
    return (X, t), {
        "This is the function as it stood, or one that does the same. Look up what it makes of "
        "'x1 AND NOT x2', row by row.": (X[:, ::-1], t),
        "The first row should be 00…0. Yours come in reverse order, or with zeros and ones "
        "exchanged.": either((X[::-1], None), (X[::-1, ::-1], None)),
        "The answers come in reverse order, and the rows do not.": (X, t[::-1]),
        "The targets should be one column, of shape (2^n, 1).":
            (X, t[:, 0]),
        "The inputs have one row for each input; there should be one for each answer.":
            either((X.T, None), (X.T[::-1], None)),
        "The inputs are in order, but the answers are not: the second one belongs to 0…01.":
            (X, t[np.lexsort(X.T)]),
    }  # fmt: skip
