"""One runner for all exercises: it tries an answer and finds the words for what is wrong.

A checker is a declaration.  Its function has the name and the arguments of the function that
the reader writes, and returns for one case what is right, by a route of its own, and what
typical mistakes would give::

    @exercise("perceptron-logistic")
    @declare(
        "The slope of the sigmoid has cancelled.",  # said when the answer is right
        cases=[(0.1, 0.0), (0.35, 1.0)],
        parts="the derivative",
    )
    def logistic_delta(a, t):
        return right, {"The sign is wrong.": -right}

Everything else is done here, for all exercises alike: calling (``Reader``), comparing
(``compare.py``), choosing the hint and the example (``Declaration``).  Exercises whose answers
are random, or no functions at all, say themselves what they look for, with ``@inspect_answer``;
they raise ``Hint`` and leave the calling to the same ``Reader``.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import linecache
import sys
import traceback
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .compare import (
    DOUBLE,
    capital,
    deviation,
    difference,
    numbers,
    same,
    short,
    tolerance,
    unrolled,
)
from .registry import CHECKERS, Answer, exercise
from .words import say

__all__ = [
    "Alternatives",
    "Hint",
    "Reader",
    "array",
    "declare",
    "either",
    "exercise",
    "forbid",
    "inspect_answer",
    "whole_numbers",
]
PACKAGE = str(Path(__file__).resolve().parent.parent)
LIBRARIES = ("site-packages", "dist-packages", str(Path(contextlib.__file__).parent))


class Hint(Exception):  # noqa: N818 (it is no error)
    """What is wrong with an answer, in words for the reader."""


class Slip(Hint):
    """A hint beside which no other one matters."""


class Raised(Hint):
    """A hint that names an exception of the reader's function."""


class Alternatives(list):
    """Several wrong results to which one and the same hint belongs."""


def array(value, name):
    """Return a value as an array of real numbers, or raise a hint."""
    made, problem = numbers(value, name)
    if problem:
        raise Hint(problem)
    return made


def in_words(count):
    """Return a number from two to five in words."""
    return [say("two"), say("three"), say("four"), say("five")][count - 2]


def listed(names):
    """Return names as a list in a sentence."""
    return ", ".join(names[:-1]) + say(" and ") + names[-1]


def either(*wrong):
    """Return several wrong results with one hint; an answer should give the same one always."""
    return Alternatives(wrong)


class Reader:
    """An answer that can be called safely: every slip in the call becomes a ``Hint``.

    Parameters
    ----------
    answer : callable
        What the reader handed in.
    names : sequence of str
        Of the arguments that the exercise names.
    use : callable, optional
        ``use(answer, *arguments)`` instead of ``answer(*arguments)``, for classes and costs.
    """

    def __init__(self, answer, names=(), use=None):
        self.answer, self.names, self.use = answer, list(names), use
        self.remarks: dict[str, str] = {}
        self.has_returned = False

    def __call__(self, *arguments):
        """Return the result for copies of the arguments, and see that they are not changed."""
        copies = copy.deepcopy(arguments)
        result = self.of(*copies)
        self._look_for_changes(arguments, copies)
        return result

    def of(self, *arguments):
        """Return the result for these arguments, with iterators turned into lists."""
        call = self.answer if self.use is None else functools.partial(self.use, self.answer)
        try:
            with _watched() as output:
                result = unrolled(call(*arguments))
        except (Hint, NotImplementedError):
            raise
        except Exception as error:
            raise self._explanation(error) from error
        if result is None and output.written:
            raise Slip(
                say(
                    "Your function prints its result, but returns nothing: replace print by return."
                )
            )
        if result is None and self.has_returned:
            raise Slip(
                say("In some cases your function returns nothing: does every branch `return`?")
            )
        if result is None:
            raise Slip(say("Your function returns nothing: did you forget `return`?"))
        self.has_returned = True
        return result

    def _explanation(self, error):
        """Return a hint that says what was raised, and in which line of the reader's."""
        problem = f"{type(error).__name__}: {error}"
        frames = traceback.extract_tb(error.__traceback__)
        outside = [f for f in frames if not f.filename.startswith(PACKAGE)]
        lines = [f for f in outside if not any(part in f.filename for part in LIBRARIES)]
        if not lines and self.use is not None:
            return Hint(say("It cannot be used as the exercise asks ({error}).", error=problem))
        where = ""
        if lines:
            line = linecache.getline(lines[-1].filename, lines[-1].lineno).strip()
            where = say("in line {number}", number=lines[-1].lineno) + (f": {line}" if line else "")
            where = f" ({where})"
        return Raised(say("Your function raised {error}", error=problem) + where)

    def _look_for_changes(self, before, after):
        for name, old, new in zip(self.names, before, after, strict=False):
            if isinstance(old, list | dict) and len(old) != len(new):
                self.remark(say("It empties or extends {name}, though; copy it first.", name=name))
            elif isinstance(old, list) and _plain(old) and old != new:
                self.remark(say("It changes {name} in place, though; copy it first.", name=name))
            elif not _unchanged(old, new):
                raise Slip(
                    say(
                        "Your function changes its argument {name} in place; others still need "
                        "it. Make a new array instead.",
                        name=name,
                    )
                )

    def remark(self, text, about=None):
        """Note what could be better in an answer that is right, once about each thing."""
        self.remarks.setdefault(about or text, text)


class Checker:
    """What all checkers share: the reader's mistakes in handing an answer in."""

    def __init__(self, function, kind):
        self.function, self.kind = function, kind
        self.__module__, self.__qualname__ = function.__module__, function.__qualname__
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__signature__ = inspect.signature(function)
        if kind != "values":
            only = inspect.Parameter(function.__name__, inspect.Parameter.POSITIONAL_ONLY)
            self.__signature__ = inspect.Signature([only])

    @property
    def name(self):
        """Name of the exercise under which the checker is registered."""
        return next((name for name, known in CHECKERS.items() if known is self), "…")

    def __call__(self, *answers):
        """Return a hint, or an ``Answer`` if the reader is right."""
        try:
            if self.kind != "values":
                self._look_at(*answers)
            return self.judge(*answers)
        except Hint as hint:
            return Answer(say(str(hint)))
        except NotImplementedError:
            raise
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            return Answer(
                say(
                    "The checker of this exercise has failed, which is no fault of yours "
                    "({error}, {file}, line {number}). Please tell the authors of the book, with "
                    "your answer.",
                    error=f"{type(error).__name__}: {error}",
                    file=Path(last.filename).name,
                    number=last.lineno,
                )
            )

    def _look_at(self, answer):
        if not callable(answer):
            kind = type(answer).__name__
            what = (
                say("None was handed in.")
                if answer is None
                else say("A {kind}, perhaps a result, was handed in.", kind=kind)
            )
            call = f"check({self.name!r}, {self.__name__})"
            wish = (
                say("Hand in the class itself, without brackets: {call}.", call=call)
                if self.kind == "class"
                else say("Hand in the function itself, without brackets: {call}.", call=call)
            )
            raise Hint(f"{what} {wish}")

    def judge(self, *answers):
        """Return what is said about the answers, or raise ``Hint``."""
        raise NotImplementedError


class Declaration(Checker):
    """A checker that is told cases, what is right in them, and typical mistakes."""

    def __init__(self, function, praise, options):
        super().__init__(function, options["kind"])
        self.praise, self.options = praise, options
        self.arguments = list(inspect.signature(function).parameters)
        self.parts = options["parts"]

    def cases(self):
        """Return the arguments of all cases."""
        cases = self.options["cases"]
        rng = np.random.default_rng(zlib.crc32(self.__name__.encode()))
        return list(cases(rng) if callable(cases) else cases)

    @functools.cached_property
    def known(self):
        """All cases, each with what is right and what is wrong in it."""
        return [(case, self.expectation(case)) for case in self.cases()]

    def expectation(self, arguments):
        """Return the right parts, and for every hint the wrong ones (None: no such mistake)."""
        with np.errstate(all="ignore"):
            right, mistakes = self.function(*copy.deepcopy(arguments))
        wrong = {
            (hint, k): None if one is None else self._split(one)
            for hint, value in mistakes.items()
            for k, one in enumerate(value if isinstance(value, Alternatives) else [value])
        }
        return self._split(right), wrong

    def _split(self, value):
        if callable(value):
            return value
        parts = [value] if isinstance(self.parts, str) else value
        return [None if p is None else np.asarray(p) for p in parts]

    def judge(self, answer):
        """Try all cases; return the praise, or raise the hint that fits best."""
        reader = Reader(answer, self.arguments, self.options["use"])
        if self.options["use"] is None:
            self._look_at_arguments(answer)
        trials = [Trial(self, reader, *known) for known in self.known]
        if not all(trial.right for trial in trials):
            raise Hint(explanation(self, trials))
        self._look_at_memory(reader, trials)
        for hint, arguments in self.options["edges"].items():
            trial = Trial(self, reader, arguments, self.expectation(arguments))
            if not trial.right:
                raise Hint(f"{say(hint)} ({trial.problem or trial.example()})")
        if any(trial.single for trial in trials):
            reader.remark(say("It is in single precision, to which it agrees."))
        praise = self.praise
        for look in self.options["also"]:
            praise = look(reader) or praise
        return Answer(" ".join([say(praise), *reader.remarks.values()]), right=True)

    def _look_at_arguments(self, answer):
        try:
            signature = inspect.signature(answer)
        except (TypeError, ValueError):  # a function of NumPy's, say
            return
        try:
            signature.bind(*self.arguments)
        except TypeError:
            raise Hint(
                say(
                    "Your function should take {count} arguments, ({names}), but takes {came}.",
                    count=len(self.arguments),
                    names=", ".join(self.arguments),
                    came=signature,
                )
            ) from None

    def _look_at_memory(self, reader, trials):
        again = Trial(self, reader, *self.known[0])
        if not again.right:
            raise Hint(
                say(
                    "Right at the first call, but not when your function is called again: it keeps "
                    "something from call to call. Make new arrays and lists inside of the function."
                )
            )
        pairs = zip(_arrays(trials[0].raw), _arrays(again.raw), strict=False)
        shared = any(np.may_share_memory(one, other) for one, other in pairs)
        if shared or not all(trial.still_the_same() for trial in trials):
            raise Hint(
                say(
                    "Your function returns the same array at every call, so that a later call "
                    "overwrites an earlier result. Make a new array inside of the function."
                )
            )


class Trial:
    """What an answer gives in one case, beside what is right."""

    def __init__(self, checker, reader, arguments, expectation):
        self.checker, self.arguments = checker, arguments
        self.expected, self.mistakes = expectation
        self.given = self.raw = self.problem = None
        try:
            self.raw = reader(*arguments)
            self.given = self._parts(reader)
        except Hint as hint:
            if isinstance(hint, Slip):
                raise
            self.problem = self._in_own_words(hint)
        given = [np.full(1, np.nan)] * len(self.expected) if self.given is None else self.given
        self.right_parts = [same(g, e) for g, e in zip(given, self.expected, strict=True)]
        self.right = all(self.right_parts)

    @property
    def single(self):
        """Whether the answer is right in single precision only."""
        pairs = zip(self.given, self.expected, strict=True)
        return any(deviation(g, e) > DOUBLE for g, e in pairs)

    def _parts(self, reader):
        """Return the result as arrays, one for each part, of the right shapes where possible."""
        parts, raw = self.checker.parts, self.raw
        if isinstance(parts, str):
            parts, raw = (parts,), [raw]
        came = None
        if isinstance(raw, np.ndarray):
            came = say("one array of shape {shape}", shape=raw.shape)
        try:
            raw = list(raw)
        except Exception:  # what cannot be iterated may raise anything
            raw, came = [], say("only one")
        if isinstance(self.raw, str | dict | set) and len(parts) > 1:
            raw, came = [], say("a {kind}", kind=type(self.raw).__name__)
        if len(raw) != len(parts):
            raise Hint(
                say(
                    "Your function should return {count} things, {parts}, but returns {came}.",
                    count=in_words(len(parts)),
                    parts=listed(list(map(say, parts))),
                    came=came or len(raw),
                )
            )
        arrays = [array(value, say(name)) for name, value in zip(parts, raw, strict=True)]
        triples = zip(parts, arrays, self.expected, strict=True)
        return [self._without_axis(reader, *triple) for triple in triples]

    def _without_axis(self, reader, name, given, right):
        """Take away a leading axis of length 1, and all of a single number: they do no harm."""
        extra = given.ndim - right.ndim
        harmless = given.shape == (1,) * extra + right.shape and (extra == 1 or not right.ndim)
        if extra < 1 or not harmless:
            return given
        remark = (
            say(
                "The shape of {name} is {given}, with more axes than needed; shape {right} is "
                "enough.",
                name=say(name), given=given.shape, right=right.shape,
            )
            if right.ndim
            else say(
                "The shape of {name} is {given}, with more axes than needed; a number is enough.",
                name=say(name), given=given.shape,
            )
        )  # fmt: skip
        reader.remark(remark, about=name)
        return given.reshape(right.shape)

    def _in_own_words(self, problem):
        """Return the exercise's own words for an exception, if it has some."""
        for key, hint in self.checker.options["errors"].items():
            if say(key) in str(problem):
                return f"{say(hint)} ({problem})" if isinstance(problem, Raised) else say(hint)
        return str(problem)

    def misshapen(self):
        """Return the number of the first part whose shape is wrong, or None."""
        shapes = enumerate(zip(self.given, self.expected, strict=True))
        return next((k for k, (g, e) in shapes if g.shape != e.shape), None)

    def agrees(self, wrong):
        """Tell whether the answer makes this mistake: None where it cannot be seen."""
        if callable(wrong):
            return wrong(*self.given) if self.misshapen() is None else None
        if wrong is None or all(
            w is None or same(w, e, tolerance(w)) for w, e in zip(wrong, self.expected, strict=True)
        ):
            return None
        pairs = zip(self.given, wrong, strict=True)
        return all(w is None or same(g, w) for g, w in pairs)

    def still_the_same(self):
        """Tell whether the result is still what it was when it was returned."""
        raw = [self.raw] if isinstance(self.checker.parts, str) else self.raw
        return all(
            np.array_equal(np.ravel(numbers(r, "")[0]), np.ravel(g))
            for r, g in zip(raw, self.given, strict=True)
        )

    def example(self):
        """Return a sentence about the worst number of this case."""
        k = self.right_parts.index(False)
        names = self.checker.parts
        name = say(names if isinstance(names, str) else names[k])
        named = zip(self.checker.arguments, self.arguments, strict=False)
        case = ", ".join(filter(None, (short(label, value) for label, value in named)))
        words = [say(word) for word in self.checker.options["words"]]
        text = difference(self.given[k], self.expected[k], name, words)
        if case:
            return say("For {case}, {difference}", case=case, difference=text)
        return say("In a test {difference}", difference=text)


def explanation(checker, trials):
    """Return the hint that fits answers of which at least one is wrong."""
    complete = [trial for trial in trials if trial.given is not None]
    hint = _mistake(trials, complete) or _common_mistake(checker, complete)
    names = (checker.parts,) if isinstance(checker.parts, str) else checker.parts
    right = [complete and all(t.right_parts[k] for t in complete) for k in range(len(names))]
    good = [name for name, fine in zip(names, right, strict=True) if fine]
    prefix = ""
    if good and len(good) < len(names):
        listing = say(" and ").join(map(say, good))
        prefix = (
            say("{parts} is right.", parts=listing)
            if len(good) == 1
            else say("{parts} are right.", parts=listing)
        )
        prefix = f"{capital(prefix)} "
    if hint:
        return prefix + hint
    problem = next((trial.problem for trial in trials if trial.problem), None)
    if problem:
        return problem
    for trial in complete:
        k = trial.misshapen()
        if k is not None:
            shapes = trial.given[k].shape, trial.expected[k].shape
            return prefix + _about_shape(say(names[k]), *shapes)
    for trial in complete:
        if not all(np.isfinite(g).all() for g in trial.given):
            words = _about_nan(checker.options["errors"], names, trial.given)
            return f"{prefix}{words} ({trial.example()})"
    k = min(trial.right_parts.index(False) for trial in complete if not trial.right)
    devs = [deviation(trial.given[k], trial.expected[k]) for trial in complete]
    worst = complete[int(np.argmax(devs))]
    text = prefix + worst.example()
    if max(devs) < 1e-4:
        return f"{text} " + say(
            "The first digits are right; where do the others go? Is a small number added, a "
            "step too large, or something in single precision?"
        )
    return f"{text} {say(checker.options['advice'])}".strip()


def _mistake(trials, complete):
    """Return the hint for the declared mistake that the answers make, or None."""
    for mistake in dict.fromkeys(mistake for trial in trials for mistake in trial.mistakes):
        hint = mistake[0]
        signs = [(trial, trial.agrees(trial.mistakes.get(mistake))) for trial in complete]
        seen = [agrees for _, agrees in signs if agrees is not None]
        rest = [trial for trial, agrees in signs if agrees is None]
        if seen and all(seen) and all(t.right or t.misshapen() is not None for t in rest):
            problem = next((trial.problem for trial in trials if trial.problem), None)
            return f"{say(hint)} ({problem})" if problem else say(hint)
    return None


def _common_mistake(checker, complete):
    """Return a hint for what can go wrong with every exercise: order, sign, a factor."""
    if not complete or any(trial.misshapen() is not None for trial in complete):
        return None
    if not all(np.isfinite(g).all() for trial in complete for g in trial.given):
        return None
    pairs = [(g, e) for t in complete for g, e in zip(t.given, t.expected, strict=True)]
    if len(complete[0].expected) == 2 and all(
        all(same(g, e) for g, e in zip(t.given, t.expected[::-1], strict=True)) for t in complete
    ):
        first, second = checker.parts
        return say(
            "Both are right, but in the wrong order: first {first}, then {second}.",
            first=say(first),
            second=say(second),
        )
    lists = [(g, e) for g, e in pairs if e.ndim]
    if lists and all(same(g[::-1], e) for g, e in lists):
        return say("The numbers are right, but in reverse order.")
    given, right = (
        np.concatenate([part.ravel() for part in side]) for side in zip(*pairs, strict=True)
    )
    ratio = float(given @ right) / (float(right @ right) or np.inf)
    off = given.any() and not same(given, right)
    if off and any(np.array_equal(given, np.round(right, digits)) for digits in range(1, 5)):
        return say("Right, but rounded: return all digits.")
    if ratio and all(same(g, ratio * e) for g, e in pairs):
        if np.isclose(ratio, -1, rtol=1e-6):
            return say("The sign is wrong everywhere; the size is right.")
        if abs(ratio - 1) > 1e-4 and len(right) > 1:
            return say(
                "Every number is {ratio} times what it should be: a factor is wrong.",
                ratio=f"{ratio:.4g}",
            )
    return None


def _about_nan(errors, names, given):
    """Return the exercise's words for the first part that is not finite, or general ones."""
    part = next(name for name, g in zip(names, given, strict=True) if not np.isfinite(g).all())
    general = errors.get("nan", say("Your result has NaN or infinity in it."))
    return say(errors.get(f"nan in {part}", general))


def _about_shape(name, shape, right):
    name = capital(name)
    if not right:
        return say("{name} should be one number, but has shape {shape}.", name=name, shape=shape)
    if not shape:
        return say("{name} should have shape {right}, but is a single number.",
                   name=name, right=right)  # fmt: skip
    text = say("{name} should have shape {right}, but has shape {shape}.",
               name=name, right=right, shape=shape)  # fmt: skip
    if len(right) == 2 and shape == right[::-1]:
        text += " " + say("It is transposed.")
    return text


class Inspection(Checker):
    """A checker that looks at the answer by a program of its own."""

    def __init__(self, function, kind, arguments):
        super().__init__(function, kind)
        self.arguments = list(arguments)

    def judge(self, *answers):
        """Return the function's praise; it raises ``Hint`` if something is wrong."""
        if self.kind == "values":
            return Answer(say(self.function(*answers)), right=True)
        reader = Reader(answers[0], self.arguments)
        praise = self.function(reader)
        return Answer(" ".join([say(praise), *reader.remarks.values()]), right=True)


def declare(
    praise,
    cases,
    parts="the result",
    *,
    kind="function",
    use=None,
    edges=None,
    errors=None,
    also=(),
    advice="",
    words=(),
):
    """Make a checker from a function that returns what is right and what mistakes give.

    Parameters
    ----------
    praise : str
        What is said of a right answer.
    cases : sequence of tuple, or callable
        The arguments of each case, or a function that makes them from a generator.
    parts : str or tuple of str
        What the answer returns, or the names of the parts of a tuple.
    kind : {"function", "class"}
        What is handed in.
    use : callable, optional
        ``use(answer, *arguments)`` gives the result, if the answer is no plain function.
    edges : dict of str to tuple, optional
        Arguments that are tried when all cases are right, each with its hint.
    errors : dict of str to str, optional
        Hints for exceptions whose text contains the key; ``"nan"`` for results not finite,
        ``"nan in …"`` for those of one part.
    also : sequence of callable
        Further looks at the ``Reader``; they raise ``Hint``, and may return another praise.
    advice : str
        What to say besides the worst number if no mistake is recognised.
    words : sequence of str
        What the numbers of the result stand for, in messages.

    Returns
    -------
    callable
        A decorator, whose result is a ``Declaration``.
    """
    options = {
        "cases": cases, "parts": parts, "kind": kind, "use": use, "edges": edges or {},
        "errors": errors or {}, "also": also, "advice": advice, "words": words,
    }  # fmt: skip
    return lambda function: Declaration(function, praise, options)


def forbid(hint, arguments, *functions):
    """Return a look for ``also``: an answer should not call these functions.

    Parameters
    ----------
    hint : str
        What to say if it does.
    arguments : tuple
        With which it is called.
    *functions : tuple
        Owner and name of each, such as ``(FFNN, "__init__")``.
    """

    def refuse(*_, **__):
        raise Hint(hint)

    def look(reader):
        with contextlib.ExitStack() as stack:
            for owner, name in functions:
                stack.callback(setattr, owner, name, getattr(owner, name))
                setattr(owner, name, refuse)
            reader(*arguments)

    return look


def whole_numbers(values, count):
    """Return the values as so many whole numbers, or raise a hint."""
    try:
        made = [int(value) for value in values]
        whole = not isinstance(values, str) and all(map(np.equal, made, values))
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole or len(made) != count:
        came = len(made) if whole else repr(values)
        wish = capital(in_words(count))
        raise Hint(say("{count} whole numbers are asked for, not {came}.", count=wish, came=came))
    return made


def inspect_answer(kind="function", arguments=()):
    """Make a checker from a function that looks at a ``Reader`` (or at values) itself.

    Parameters
    ----------
    kind : {"function", "class", "values"}
        What is handed in; values go to the decorated function as they are.
    arguments : sequence of str
        Names of the arguments of the reader's function.

    Returns
    -------
    callable
        A decorator, whose result is an ``Inspection``.
    """
    return lambda function: Inspection(function, kind, arguments)


class _Output:
    """Standard output that remembers whether anything was written."""

    def __init__(self, stream):
        self.stream, self.written = stream, False

    def write(self, text):
        self.written = self.written or bool(text.strip())
        return self.stream.write(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)


@contextlib.contextmanager
def _watched() -> Iterator[_Output]:
    """Note what is printed, and keep NumPy's warnings away."""
    output = _Output(sys.stdout)
    with (
        contextlib.redirect_stdout(output),
        np.errstate(all="ignore"),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield output


def _unchanged(old, new):
    """Tell whether arrays, also those in lists and dictionaries, have kept their values."""
    if isinstance(old, dict):
        return all(_unchanged(old[key], new.get(key)) for key in old)
    if isinstance(old, list):
        return all(map(_unchanged, old, new))
    return not isinstance(old, np.ndarray) or np.array_equal(old, new)


def _plain(values):
    """Tell whether a list can be compared with ``==``: it holds no arrays."""
    return not any(isinstance(value, np.ndarray | list | dict) for value in values)


def _arrays(raw):
    parts = raw if isinstance(raw, list | tuple) else [raw]
    return [part for part in parts if isinstance(part, np.ndarray)]
