r"""Evaluate an equation as it is printed in the book.

The LaTeX source of a labelled equation is read from its page, parsed, and both sides are
evaluated with the symbols' values that a test supplies.  A changed index, sign or factor
on the page therefore changes what is computed, and the test fails.

    @pytest.mark.equation("eq-bp2-index", how="complex step")
    def test_bp2_index(printed):
        printed.holds(env, l=range(1, 3), s=range(n), j=lambda l: range(M[l]))

``env`` maps names to values, the keywords give the ranges of the free indices (a function
gets the indices bound before it, by name).  Names are LaTeX names without the backslash:

    w, delta, varphi       symbols; a prime belongs to the name: varphi'
    hat m, mathbf x        with an accent or in another type
    softmax                \mathrm{softmax}, \operatorname{softmax}, \text{softmax}

Values:

    number, array          the symbol stands for it; a superscript is a power or a transpose
    Family(f, sub, sup)    the symbol has ``sub`` lower and ``sup`` upper indices, and stands
                           for f(*lower, *upper); indices are numbers as printed (from 1 or 0),
                           or strings where no number fits (lambda_{\max})
    any other callable     a function, applied to the argument that follows: f(x), \exp z
    "w_1", "w_1^2"         a key that spells out the scripts takes precedence
    "x_"                   the symbol x with a lower index, where x alone is something else

Special keys:

    partial                f(numerator, *denominators) for \frac{\partial C}{\partial w_{ij}^l};
                           each a Symbol(name, lower, upper) with evaluated indices
    d                      the same for \frac{dC}{dw} and \frac{\mathrm{d}C}{\mathrm{d}w};
                           inline also \partial C/\partial w and \mathrm{d}C/\mathrm{d}w
    pm                     the sign, 1 or -1, that \pm stands for
    after                  a dictionary: values of the left side of \leftarrow, the update
    sum j:i\in Pa(j)       f(**indices) giving the values of the index j for a \sum printed with
                           this below it (spaces left out); \sum_{k=1}^{n} needs no key

Grammar: + - / \cdot \times; juxtaposition multiplies numbers and is the matrix product of
arrays; (x, y) is an array or the arguments of a function; \circ is elementwise and binds more
loosely than juxtaposition; \frac, \sqrt, \sum, \prod, powers, ^\mathsf{T}, the inverse of a
matrix, |x|, \lVert x \rVert, brackets of every kind, cases, (b)matrix; relations = \approx \le <
\ge > \leftarrow, chained.  A sum reaches to the next + or -.
Several equations on one line, with a comma and a \quad or \qquad between them, hold one by one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Family", "Printed", "PrintedError", "Symbol", "entries", "mutants"]


class PrintedError(Exception):
    """The equation cannot be parsed, or a symbol in it has no value."""


class Symbol(NamedTuple):
    """A symbol with its evaluated scripts."""

    name: str
    lower: tuple = ()
    upper: tuple = ()


@dataclass
class Family:
    """A symbol with indices: ``f(*lower, *upper)``, with ``sub`` and ``sup`` of them."""

    f: Callable
    sub: int = 0
    sup: int = 0


def entries(array) -> Family:
    """Return the symbol whose indices, from 1, choose an entry of an array or of a list."""
    array = np.asarray(array)

    def value(*indices):
        if min(indices) < 1:
            raise IndexError(f"indices count from 1, but are {indices}")
        return array[tuple(i - 1 for i in indices)]

    return Family(value, sub=np.ndim(array))


TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[A-Za-z]|\d|\s+|.", re.DOTALL)
IGNORED = {
    r"\,", r"\;", r"\:", r"\!", r"\ ", r"\left", r"\right", r"\big", r"\Big", r"\bigl", r"\bigr",
    r"\Bigl", r"\Bigr", r"\bigg", r"\biggl", r"\biggr", r"\displaystyle", r"\limits", r"\nolimits",
}  # fmt: skip
NAMED = {r"\mathrm", r"\operatorname", r"\text", r"\mathsf", r"\textrm"}
STYLED = {r"\mathbf", r"\boldsymbol", r"\hat", r"\tilde", r"\bar", r"\widehat", r"\dot", r"\ddot",
          r"\mathbb", r"\mathcal", r"\overline"}  # fmt: skip
RELATIONS = {"=", r"\approx", r"\le", r"\leq", "<", r"\ge", r"\geq", ">", r"\leftarrow", r"\equiv"}
SIGNS = {"+", "-", r"\pm"}
NO_FACTOR = {
    "+", "-", r"\pm", ")", "]", "}", r"\}", ",", "&", r"\\", "^", "_", r"\circ", r"\odot",
    r"\rVert", r"\rvert", "'", "/", ":", r"\end", "|", r"\quad", r"\qquad", r"\in",
}  # fmt: skip
CLOSING = {"(": ")", "[": "]", r"\{": r"\}", r"\lVert": r"\rVert", r"\lvert": r"\rvert"}
FUNCTIONS: dict[str, Callable] = {
    "exp": np.exp, "ln": np.log, "log": np.log, "tanh": np.tanh, "sin": np.sin, "cos": np.cos,
    "cosh": np.cosh, "sinh": np.sinh,
    "max": lambda *a: max(a) if len(a) > 1 else np.max(a[0]),
    "min": lambda *a: min(a) if len(a) > 1 else np.min(a[0]),
}  # fmt: skip
DIFFERENTIALS = ([r"\partial"], ["d"], [r"\mathrm", "{", "d", "}"])
CONSTANTS = {"e": np.e, "pi": np.pi}


def tokens_of(latex: str) -> list[str]:
    """Split LaTeX into tokens; digits stay single, white space and spacing are dropped."""
    latex = re.sub(r"(?<!\\)%.*", "", latex)
    tokens = [t for t in TOKEN.findall(latex) if not t.isspace() and t not in IGNORED]
    while tokens and tokens[-1] in {".", ",", ";"}:
        tokens.pop()
    return tokens


def statements(latex: str) -> list[list[str]]:
    """Return the tokens of each equation on a line."""
    parts, depth = [[]], 0
    for token in tokens_of(latex):
        depth += {"{": 1, r"\begin": 1, "}": -1, r"\end": -1}.get(token, 0)
        if token in {r"\quad", r"\qquad"} and not depth and parts[-1][-1:] == [","]:
            parts[-1].pop()
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


class Parser:
    """Recursive descent over tokens; every method returns a function of the environment."""

    def __init__(self, tokens: list[str]):
        self.tokens, self.at = tokens, 0

    def peek(self, ahead=0):
        """Return a token to come, or an empty string."""
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, expected=None):
        """Consume the next token."""
        token = self.peek()
        if not token or (expected is not None and token != expected):
            raise PrintedError(f"expected {expected or 'more'!r} but found {token or 'the end'!r}")
        self.at += 1
        return token

    def group(self) -> list[str]:
        """Consume one argument, braced or a single token with its own arguments."""
        if self.peek() != "{":
            token = self.take()
            if token in NAMED | STYLED:
                return [token, "{", *self.group(), "}"]
            return [token]
        self.take("{")
        depth, start = 1, self.at
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)
        return self.tokens[start : self.at - 1]

    # relations

    def equation(self):
        """Parse a chain of relations; return [(relation, side), …]."""
        parts = [("", self.expression())]
        while self.peek() in RELATIONS:
            relation = self.take()
            parts.append((relation, self.expression()))
        if self.peek():
            raise PrintedError(f"cannot read from {' '.join(self.tokens[self.at :])!r} on")
        return parts

    # expressions

    def expression(self):
        """Parse a sum of terms."""
        terms = []
        sign = self.take() if self.peek() in SIGNS else "+"
        while True:
            terms.append((sign, self.term()))
            if self.peek() not in SIGNS:
                break
            sign = self.take()

        def value(env):
            total = None
            for sign, term in terms:
                x = term(env)
                if sign != "+" or total is not None:
                    x = _plain(x)
                x = -x if _sign(sign, env) < 0 else x
                if total is not None:
                    if np.ndim(x) and np.ndim(total) and np.shape(x) != np.shape(total):
                        _vector_to_rows(np.shape(total), np.shape(x))
                    x = _plain(total) + x
                total = x
            return total

        return value

    def term(self):
        """Parse factors joined by the elementwise product."""
        factors = [self.product()]
        while self.peek() in {r"\circ", r"\odot"}:
            self.take()
            factors.append(self.product())

        def value(env):
            result = factors[0](env)
            for factor in factors[1:]:
                other = factor(env)
                if np.shape(other) != np.shape(result) or np.ndim(other) == 0:
                    raise PrintedError(
                        f"elementwise product of shapes {np.shape(result)} and {np.shape(other)}"
                    )
                result = result * other
            return result

        return value

    def starts_factor(self):
        """Tell whether a factor can begin here."""
        token = self.peek()
        return bool(token) and token not in RELATIONS | NO_FACTOR

    def product(self):
        """Parse factors joined by juxtaposition, a dot, a cross or a slash."""
        factors = [("*", self.factor())]
        while True:
            if self.peek() in {r"\cdot", r"\times"}:
                self.take()
                factors.append(("*", self.factor()))
            elif self.peek() == "/":
                self.take()
                factors.append(("/", self.factor()))
            elif self.peek().isdigit() and self.tokens[self.at - 1].isalpha():
                raise PrintedError("a number behind a letter: should it be an index?")
            elif self.starts_factor():
                factors.append(("*", self.factor()))
            else:
                break

        def value(env):
            result, pending = None, None
            for operation, factor in factors:
                x = factor(env)
                if pending is not None and callable(x) and not isinstance(x, Family):
                    pending = _composed(pending, x)  # \ln \cosh u
                    continue
                if pending is not None:
                    x, pending = _apply(pending, x), None
                if callable(x) and not isinstance(x, Family):
                    pending = x
                    if result is None:
                        continue
                    # a function in mid-product: its argument is the next factor
                    result = ("waiting", result, operation)
                    continue
                if type(result) is tuple:
                    _, left, op = result
                    result = _multiply(op, left, x)
                else:
                    result = x if result is None else _multiply(operation, result, x)
            if pending is not None or type(result) is tuple:
                raise PrintedError("a function without an argument")
            return result

        return value

    def factor(self):
        """Parse an atom with its powers, primes and transposes."""
        base = self.atom()
        while self.peek() == "^":
            self.take()
            exponent = self.group()
            if exponent in ([r"\mathsf", "{", "T", "}"], [r"\top"], [r"\mathsf", "T"]):
                base = _transposed(base)
            else:
                base = _power(base, Parser(exponent).whole_expression())
        return base

    def whole_expression(self):
        """Parse all tokens as one expression."""
        value = self.expression()
        if self.peek():
            raise PrintedError(f"cannot read {' '.join(self.tokens)!r}")
        return value

    def atom(self):
        """Parse a number, symbol, fraction, sum, bracket or matrix."""
        token = self.peek()
        if token.isdigit():
            digits = ""
            while self.peek().isdigit() or (self.peek() == "." and self.peek(1).isdigit()):
                digits += self.take()
            number = float(digits) if "." in digits else int(digits)
            return lambda env: number
        if token in {r"\frac", r"\tfrac", r"\dfrac"}:
            self.take()
            return _fraction(self.group(), self.group())
        if token == r"\sqrt":
            self.take()
            inside = Parser(self.group()).whole_expression()
            return lambda env: np.sqrt(inside(env))
        if token in {r"\sum", r"\prod"}:
            return self.big(self.take())
        if token == "{":
            inside = Parser(self.group()).whole_expression()
            return inside
        if token in CLOSING:
            return self.bracket()
        if token == "|":
            self.take()
            inside = self.expression()
            self.take("|")
            return lambda env: np.abs(inside(env))
        if token == r"\begin":
            return self.environment()
        for mark in DIFFERENTIALS:
            if self.tokens[self.at : self.at + len(mark)] == mark != ["d"]:
                return self.quotient(mark)
        return self.symbol()

    def quotient(self, mark):
        r"""Parse a derivative on one line, \partial C/\partial w."""
        self.at += len(mark)
        start = self.at
        self.symbol()
        above = self.tokens[start : self.at]
        self.take("/")
        start = self.at
        for token in mark:
            self.take(token)
        self.symbol()
        return _derivative(above, self.tokens[start : self.at], mark)

    def bracket(self):
        """Parse a bracket; several entries with commas make a tuple of arguments."""
        opening = self.take()
        entries = [self.expression()]
        while self.peek() == ",":
            self.take()
            entries.append(self.expression())
        self.take(CLOSING[opening])
        if opening == r"\lVert":
            return lambda env: np.linalg.norm(entries[0](env))
        if opening == r"\lvert":
            return lambda env: np.abs(entries[0](env))
        if len(entries) == 1:
            return entries[0]
        return lambda env: _Arguments(entry(env) for entry in entries)

    def big(self, kind):
        """Parse a sum or a product over an index."""
        self.take("_")
        below = self.group()
        above = None
        if self.peek() == "^":
            self.take()
            above = Parser(self.group()).whole_expression()
        index = below[0].lstrip("\\")
        key = "sum " + "".join(below)
        start = None
        if len(below) > 1 and below[1] == "=":
            start = Parser(below[2:]).whole_expression()
        elif above is not None:
            raise PrintedError(f"cannot read the limits of {kind}")
        body = self.product_of_sum()

        def value(env):
            if start is not None and above is not None:
                values = range(_whole(start(env)), _whole(above(env)) + 1)
            elif key in env:
                values = env[key](**env["indices"])
            else:
                raise PrintedError(f"no range for {key!r}")
            if index in env["indices"]:
                raise PrintedError(f"the index {index} is bound twice")
            parts = [
                body({**env, index: v, "indices": {**env["indices"], index: v}}) for v in values
            ]
            if not parts:
                return 0.0 if kind == r"\sum" else 1.0
            total = parts[0]
            for part in parts[1:]:
                total = total + part if kind == r"\sum" else _multiply("*", total, part)
            return total

        return value

    def product_of_sum(self):
        """Parse the summand: the rest of the term."""
        return self.term()

    def environment(self):
        """Parse cases or a matrix."""
        self.take(r"\begin")
        name = "".join(self.group())
        rows, cells = [], [[]]
        depth = 0
        while True:
            token = self.take()
            if token == r"\begin":
                depth += 1
            if token == r"\end" and depth == 0:
                break
            if token == r"\end":
                depth -= 1
            if depth == 0 and token == "&":
                cells.append([])
            elif depth == 0 and token == r"\\":
                rows.append(cells)
                cells = [[]]
            else:
                cells[-1].append(token)
        if "".join(self.group()) != name:
            raise PrintedError(f"the environment {name} has another end")
        if cells != [[]]:
            rows.append(cells)
        if name == "cases":
            parsed = [
                (Parser(tokens_of_cell(row[0])).whole_expression(), _condition(row[1]))
                for row in rows
            ]

            def choose(env):
                for result, holds in parsed:
                    if holds(env):
                        return result(env)
                raise PrintedError("no case applies")

            return choose
        if name not in {"pmatrix", "bmatrix", "vmatrix", "matrix"}:
            raise PrintedError(f"cannot read the environment {name}")
        table = [[Parser(cell).whole_expression() for cell in row] for row in rows]
        return lambda env: np.array([[cell(env) for cell in row] for row in table])

    def symbol(self):
        """Parse a symbol with its scripts and primes."""
        token = self.take()
        if token in NAMED:
            name = "".join(self.group())
        elif token in STYLED:
            inner = "".join(self.group()).lstrip("\\")
            name = f"{token[1:]} {inner}"
        elif token.startswith("\\") and token[1:].isalpha():
            name = token[1:]
        elif token.isalpha():
            name = token
        else:
            raise PrintedError(f"cannot read {token!r}")
        sub: list[str] | None = None
        sup: list[str] | None = None
        while self.peek() in {"_", "'", r"\prime"} or (self.peek() == "^" and sup is None):
            script = self.take()
            if script == "_":
                sub = self.group()
            elif script == "^":
                content = self.group()
                if content == [r"\prime"]:
                    name += "'"
                    continue
                sup = content
            else:
                name += "'"
        return _Lookup(name, sub, sup)


class _Arguments(tuple):
    """Several arguments of a function, or the entries of an array."""


def _plain(value):
    return np.array(value) if isinstance(value, _Arguments) else value


def _sign(sign, env):
    if sign == r"\pm" and "pm" not in env:
        raise PrintedError(r"the environment does not say which sign \pm is ('pm')")
    return {"+": 1, "-": -1}.get(sign) or env["pm"]


class _Lookup:
    """A symbol as printed; calling it with an environment evaluates it."""

    def __init__(self, name, sub, sup):
        self.name, self.sub, self.sup = name, sub, sup

    def __call__(self, env):
        sub, sup = self.sub, self.sup
        low = "" if sub is None else "_" + _text(sub)
        high = "" if sup is None else "^" + _text(sup)
        if low + high and self.name + low + high in env:
            return env[self.name + low + high]
        if low and self.name + low in env:
            return _raised(env[self.name + low], sup, env)
        if low and self.name + "_" in env:
            value = env[self.name + "_"]
        elif self.name in env:
            value = env[self.name]
        elif self.name in FUNCTIONS and not low:
            value = FUNCTIONS[self.name]
        elif self.name in CONSTANTS and not low:
            value = CONSTANTS[self.name]
        else:
            raise PrintedError(f"the symbol {self.name}{low}{high} has no value")
        if isinstance(value, Family):
            lower = _indices(sub, env)
            upper = _indices(sup, env) if value.sup else ()
            if len(lower) != value.sub or len(upper) != value.sup:
                raise PrintedError(
                    f"{self.name}{low}{high} should have {value.sub} lower "
                    f"and {value.sup} upper indices"
                )
            entry = value.f(*lower, *upper)
            return entry if value.sup else _raised(entry, sup, env)
        if sub is not None:
            raise PrintedError(
                f"the symbol {self.name} has no lower index, but {low} is printed: "
                f"give entries({self.name}), whose indices count from 1, or a Family"
            )
        return _raised(value, sup, env)

    def symbol(self, env) -> Symbol:
        """Return name and evaluated scripts, for a derivative."""
        return Symbol(self.name, tuple(_indices(self.sub, env)), tuple(_indices(self.sup, env)))


def _text(tokens):
    return "".join(tokens)


def _indices(tokens, env) -> tuple:
    """Evaluate scripts: w_{jk} has two, w_{l+1} one, w_{j,k} two."""
    if not tokens:
        return ()
    if tokens[0] == "(" and tokens[-1] == ")":
        tokens = tokens[1:-1]
    if "," in tokens:
        commas = [i for i, t in enumerate(tokens) if t == ","]
        edges = [-1, *commas, len(tokens)]
        parts = [tokens[a + 1 : b] for a, b in itertools.pairwise(edges)]
    elif {"+", "-"} & set(tokens):
        parts = [tokens]
    else:
        parts, parser = [], Parser(tokens)
        while parser.peek():
            parts.append(parser.group())
    return tuple(_index(part, env) for part in parts)


def _index(tokens, env):
    try:
        value = Parser(list(tokens)).whole_expression()(env)
    except PrintedError:
        if not tokens[0].startswith("\\"):  # a letter is an index, which must have a value
            raise
        return _text(tokens).replace("\\", "")
    return _whole(value) if isinstance(value, (int, float, np.integer, np.floating)) else value


def _whole(value):
    if int(value) != value:
        raise PrintedError(f"the index {value} is not a whole number")
    return int(value)


def _raised(value, sup, env):
    if sup is None:
        return value
    if sup in ([r"\mathsf", "{", "T", "}"], [r"\top"]):
        return np.transpose(_array(value))
    return _powered(value, Parser(list(sup)).whole_expression()(env))


def _powered(value, exponent):
    if callable(value):
        raise PrintedError("a power of a function")
    if np.ndim(value) == 2 and exponent == -1:
        return np.linalg.inv(value)
    if np.ndim(value) == 2:
        raise PrintedError("a power of a matrix")
    return np.power(value, float(exponent)) if np.iscomplexobj(value) else value**exponent


def _power(base, exponent):
    return lambda env: _powered(base(env), exponent(env))


def _array(value):
    if np.ndim(value) != 2:
        raise PrintedError("the transpose of something that is not a matrix")
    return value


def _transposed(base):
    return lambda env: np.transpose(_array(base(env)))


def _apply(function, argument):
    return function(*argument) if isinstance(argument, _Arguments) else function(argument)


def _composed(outer, inner):
    return lambda *arguments: outer(inner(*arguments))


def _multiply(operation, left, right):
    if isinstance(left, Family) or isinstance(right, Family):
        raise PrintedError("a symbol without its indices")
    left, right = _plain(left), _plain(right)
    if operation == "/":
        if np.ndim(right):
            raise PrintedError("division by an array")
        return left / right
    if np.ndim(left) and np.ndim(right):
        return left @ right
    return left * right


def _vector_to_rows(a, b):
    """Adding a row b to a matrix is meant only for biases: (n, M) + (M,)."""
    if not (len(a) == 2 and len(b) == 1 and a[1] == b[0]):
        raise PrintedError(f"sum of shapes {a} and {b}")


def _condition(tokens):
    tokens = [t for t in tokens if t not in {r"\quad", r"\qquad"}]
    while tokens and tokens[-1] in {",", "."}:
        tokens = tokens[:-1]
    while r"\text" in tokens:  # \text{if }
        i = tokens.index(r"\text")
        end = tokens.index("}", i)
        word = _text(tokens[i + 2 : end])
        tokens = tokens[:i] + tokens[end + 1 :]
        if word in {"otherwise", "else"}:
            return lambda env: True
        if word != "if":
            raise PrintedError(f"a case should begin with if or otherwise, not {word!r}")
    parts = Parser(list(tokens)).equation()

    def holds(env):
        values = [side(env) for _, side in parts]
        return all(
            _compare(rel, a, b)
            for (rel, _), a, b in zip(parts[1:], values[:-1], values[1:], strict=True)
        )

    return holds


def _compare(relation, a, b):
    a, b = np.real(a), np.real(b)
    return bool(
        {
            "<": a < b, ">": a > b, r"\le": a <= b, r"\leq": a <= b, r"\ge": a >= b,
            r"\geq": a >= b, "=": a == b,
        }[relation]
    )  # fmt: skip


def tokens_of_cell(cell):
    """Return a cell of an environment without the comma that may end it."""
    while cell and cell[-1] in {",", ".", ";"}:
        cell = cell[:-1]
    return cell


def _fraction(above, below):
    for mark in DIFFERENTIALS:
        size = len(mark)
        single = "/" not in above and len(below) > size
        if above[:size] == mark and below[:size] == mark and single:
            return _derivative(above[size:], below, mark)
    top, bottom = Parser(above).whole_expression(), Parser(below).whole_expression()
    return lambda env: _multiply("/", top(env), bottom(env))


def _derivative(above, below, mark):
    order = 1
    if above and above[0] == "^":
        parser = Parser(above)
        parser.take("^")
        order = int("".join(parser.group()))
        above = above[parser.at :]
    numerator = Parser(list(above)).symbol()
    denominators = []
    parser = Parser(list(below))
    while parser.peek():
        for token in mark:
            parser.take(token)
        if parser.peek() == "(":  # \frac{d f}{d (x)}
            parser.take("(")
            one = parser.symbol()
            parser.take(")")
        else:
            one = parser.symbol()
        times = 1
        if order > 1 and one.sup is not None and _text(one.sup) == str(order):
            times, one = order, _Lookup(one.name, one.sub, None)
        denominators += [one] * times
    if len(denominators) != order:
        raise PrintedError("the orders above and below in a derivative differ")
    key = "partial" if mark == [r"\partial"] else "d"

    def value(env):
        if key not in env:
            raise PrintedError(f"the environment does not say what a derivative is ({key!r})")
        return env[key](numerator.symbol(env), *(d.symbol(env) for d in denominators))

    return value


@dataclass
class Printed:
    """An equation of the book: its label, its LaTeX, and the page on which it stands."""

    label: str
    latex: str
    document: str = ""

    def sides(self, env: dict[str, Any]) -> list:
        """Evaluate all sides of the equation."""
        parts = Parser(tokens_of(self.latex)).equation()
        env = {"indices": {}, **env}
        values = []
        for i, (_, side) in enumerate(parts):
            updated = i + 1 < len(parts) and parts[i + 1][0] == r"\leftarrow"
            values.append(_plain(side({**env, **env["after"]} if updated else env)))
        return values

    def holds(
        self, env: dict[str, Any], rtol: float = 1e-9, atol: float = 1e-12, zeros=False, **free
    ) -> None:
        """Assert that the equation holds for all values of the free indices.

        Parameters
        ----------
        env : dict
            Values of the symbols; see the module's docstring.
        rtol, atol : float
            Tolerances of every comparison; \\approx takes 100 times as much.
        zeros : bool
            Whether both sides may be zero wherever they are compared.
        **free : iterable, or function of the indices before it
            Ranges of the free indices, the outermost first.

        Raises
        ------
        AssertionError
            If two sides differ, or if all that is compared is zero.
        PrintedError
            If the equation cannot be evaluated.
        """
        several = statements(self.latex)
        if len(several) > 1:
            for tokens in several:
                one = Printed(self.label, "".join(_spaced(tokens)), self.document)
                one.holds(env, rtol, atol, zeros, **free)
            return
        relations = [relation for relation, _ in Parser(tokens_of(self.latex)).equation()][1:]
        if not relations:
            raise PrintedError(f"{self.label} has only one side: {self.latex}")
        compared, largest = 0, 0.0
        for indices in _assignments(free):
            values = self.sides({**env, **indices, "indices": indices})
            # A row times a column is a number, also as a matrix of one by one.
            values = [v.item() if np.shape(v) == (1, 1) else v for v in values]
            for relation, a, b in zip(relations, values[:-1], values[1:], strict=True):
                where = f"{self.label} at {indices}: {a} {relation} {b}"
                assert np.shape(a) == np.shape(b), f"shapes {np.shape(a)}, {np.shape(b)}; {where}"
                assert np.all(np.isfinite(a)), where
                assert np.all(np.isfinite(b)), where
                if relation in {"=", r"\leftarrow", r"\equiv", r"\approx"}:
                    loose = 100 if relation == r"\approx" else 1
                    assert np.allclose(a, b, rtol=loose * rtol, atol=loose * atol), where
                else:
                    # Where a bound is met with equality, rounding must not decide.
                    slack = atol + rtol * abs(b)
                    b = b + {r"\le": slack, r"\leq": slack, r"\ge": -slack, r"\geq": -slack}.get(
                        relation, 0.0
                    )
                    assert _compare(relation, a, b), where
                compared += 1
                largest = max(largest, float(np.max(np.abs(a))), float(np.max(np.abs(b))))
        assert compared, f"{self.label}: no case was compared"
        assert largest > 0 or zeros, f"{self.label}: only zeros were compared"


def _assignments(free):
    """Yield every assignment of the free indices."""
    if not free:
        yield {}
        return

    def extend(bound, names):
        if not names:
            yield bound
            return
        name, values = names[0], free[names[0]]
        if callable(values):
            names_before = values.__code__.co_varnames[: values.__code__.co_argcount]
            values = values(*(bound[n] for n in names_before))
        for value in values:
            yield from extend({**bound, name: value}, names[1:])

    yield from extend({}, list(free))


# Errors to plant


def mutants(latex: str) -> list[str]:
    r"""Return versions of an equation with one error each: an index, a sign, a factor.

    Indices are exchanged or moved, layers shifted, signs turned, numbers raised by one,
    transposes and primes dropped, \circ made a matrix product, and a factor of 2 is put
    before a side.
    """
    variants = []
    tokens = tokens_of(latex)

    def add(i, j, *new):
        variants.append("".join(_spaced([*tokens[:i], *new, *tokens[j:]])))

    for i, token in enumerate(tokens):
        if token == "_" and i + 1 < len(tokens):
            stop = _group_end(tokens, i + 1)
            inside = tokens[i + 2 : stop - 1] if tokens[i + 1] == "{" else [tokens[i + 1]]
            bounds = i > 0 and tokens[i - 1] in {r"\sum", r"\prod"}
            simple = all(re.fullmatch(r"[a-z]|\d", t) for t in inside)
            if simple and not bounds and len(inside) == 2 and inside[0] != inside[1]:
                add(i, stop, "_", "{", inside[1], inside[0], "}")
        if token == "^" and i + 1 < len(tokens):
            stop = _group_end(tokens, i + 1)
            inside = tokens[i + 1 : stop]
            if r"\mathsf" in inside or r"\top" in inside:
                add(i, stop)
            elif inside in (["l"], ["L"], ["(", "l", ")"]):
                add(
                    i,
                    stop,
                    "^",
                    "{",
                    inside[len(inside) // 2],
                    "-" if inside == ["L"] else "+",
                    "1",
                    "}",
                )
        if token in {"+", "-"}:
            add(i, i + 1, "-" if token == "+" else "+")
        if token.isdigit() and not (i and tokens[i - 1].isdigit()):
            add(i, i + 1, str((int(token) + 1) % 10))
        if token == "'":
            add(i, i + 1)
        if token in {r"\circ", r"\odot"}:
            add(i, i + 1)
    for i, token in enumerate(tokens):
        if i and token in RELATIONS:
            add(i + 1, i + 1, "2")
    return [m for m in dict.fromkeys(variants) if m != "".join(_spaced(tokens))]


def _group_end(tokens, i):
    """Return the index after the argument that begins at ``i``."""
    parser = Parser(tokens)
    parser.at = i
    parser.group()
    return parser.at


def _spaced(tokens):
    """Put a space after commands, so that joined tokens are the same LaTeX."""
    return [t + " " if re.fullmatch(r"\\[A-Za-z]+", t) else t for t in tokens]
