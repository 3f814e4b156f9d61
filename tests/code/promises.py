"""What docstrings say of shapes and ranges, and whether the functions keep to it.

A docstring is read entry by entry.  ``shape (n, M)``, ``shape of Z`` and ``any shape`` are compared
with what a call was given and has returned; the letters' sizes are in ``SIZES`` and all different
within a docstring, so that no shape can be turned round.  Of ``in [0, 1)``, ``at least 1``,
``greater than 0``, ``positive`` and ``from 1 to 3`` the ends are tried, and numbers just outside.
A result ``between 0 and 1`` has to stay inside and to come near both ends.
"""

import inspect
import itertools
import re
from dataclasses import dataclass, field

import numpy as np

SIZES = {
    "n": 12, "m": 7, "k": 5, "p": 3, "M": 4, "K": 5, "N": 26, "M_0": 3, "M_L": 2, "M_in": 3,
    "M_out": 4, "n_in": 3, "n_out": 4, "n_parameters": 16, "fan_in": 30, "fan_out": 40,
    "features": 3, "classes": 5, "labels": 4, "outputs": 2, "epochs": 6, "side²": 9, "height": 7,
    "width": 6, "rows": 3, "columns": 4,
}  # fmt: skip
WIDTHS = (3, 4, 2)  # M_l
WARM_UP = 4
TUPLE = r"\((?:[\w²{}.-]+, ?)*(?:[\w²{}.-]+)?\)"
HEADINGS = ("Parameters", "Attributes", "Returns")


@dataclass
class Case:
    """A call: its arguments, and what of its result or of other arrays the docstring describes."""

    arguments: dict
    run: object = None  # function of the arguments, in place of the one that is documented
    known: dict = field(default_factory=dict)  # arrays that the docstring names besides
    put: dict = field(default_factory=dict)  # how a number gets into an argument
    for_shapes: bool = True

    def result(self, thing, **changed):
        """Call the function, perhaps with other arguments."""
        arguments = self.arguments | changed
        return self.run(**arguments) if self.run else bound(thing, arguments)


def bound(thing, arguments):
    """Call a function with arguments of all kinds, by name."""
    parameters = inspect.signature(thing).parameters
    starred = [name for name, p in parameters.items() if p.kind is p.VAR_POSITIONAL]
    places = (
        list(itertools.takewhile(lambda name: name != starred[0], parameters)) if starred else []
    )
    first = [arguments[name] for name in places]
    rest = [value for name in starred for value in arguments[name]]
    named = {name: v for name, v in arguments.items() if name not in (*places, *starred)}
    return thing(*first, *rest, **named)


@dataclass
class Entry:
    """One entry of a docstring."""

    heading: str
    names: list
    kind: str
    text: str

    @property
    def all(self):
        return f"{self.kind} | {self.text}"


def entries(doc):
    """Return the entries of parameters, attributes and results."""
    found, heading = [], None
    lines = inspect.cleandoc(doc).split("\n")
    for line, below in itertools.zip_longest(lines, lines[1:], fillvalue=""):
        if re.fullmatch("-{3,}", below):
            heading = line
        elif re.fullmatch("-{3,}", line) or heading not in HEADINGS:
            continue
        elif line and not line.startswith(" "):
            names, colon, kind = line.partition(" : ")
            if not colon and heading == "Returns":
                names, kind = "", line
            found.append(Entry(heading, [n for n in names.split(", ") if n], kind, ""))
        elif found:
            found[-1].text = f"{found[-1].text} {line.strip()}".strip()
    return found


def shapes(entry):
    """Return what an entry says of shapes: lists of tuples, names of arrays, or "any"."""
    text = re.sub(r"``([^`]+)``", r"\1", entry.all)
    has = rf"\b(\w+) has shape ({TUPLE})"
    several = re.findall(rf"\bshapes? ({TUPLE}(?:,? or {TUPLE})*)", re.sub(has, "", text))
    return [
        *(("has", name, [shape]) for name, shape in re.findall(has, text)),
        *([("is", None, re.findall(TUPLE, " ".join(several)))] if several else []),
        *(("of", name, None) for name in re.findall(r"shape of (\w+(?:\(\w+\))?)", text)),
        *(("of", name, None) for name in re.findall(r"same shape as (\w+)", text)),
        *(("of", name, None) for name in re.findall(r"the (\w+)'s shape", text)),
        *(("this", "shape", None) for _ in re.findall(r"\b[oi][fn] this shape", text)),
        *(("common", None, None) for _ in re.findall(r"the common shape", text)),
        *(("any", None, None) for _ in re.findall(r"\bany shape", text)),
    ]


def sizes(shape, layer):
    """Return the numbers that a printed shape stands for; layer counts from 0."""
    letters = {"M_l": WIDTHS[layer], "M_{l-1}": WIDTHS[layer - 1], **SIZES}
    parts = [part.strip() for part in shape.strip("()").split(",") if part.strip()]
    return tuple(
        ... if part == "..." else int(part) if part.isdigit() else letters[part] for part in parts
    )


def fits(value, shape, layer):
    """Tell whether an array has a printed shape."""
    wanted, got = sizes(shape, layer), np.shape(value)
    if wanted[:1] == (...,):
        return len(got) >= len(wanted) - 1 and got[len(got) - len(wanted) + 1 :] == wanted[1:]
    return got == wanted


def parts(value):
    """Return (layer, array) of each array in a list, a tuple, a dictionary, or one array."""
    if isinstance(value, dict):
        value = tuple(value.values())
    several = isinstance(value, (list, tuple)) and any(np.ndim(v) for v in value if v is not None)
    if not several:
        return [(0, value)]
    return [(layer, part) for layer, part in enumerate(value) if part is not None]


def described(entry, case, result):
    """Return the values that an entry is about."""
    if entry.heading == "Parameters":
        given = case.arguments | case.known
        return [given[name.lstrip("*")] for name in entry.names if name.lstrip("*") in given]
    if entry.heading == "Attributes":
        return [getattr(result, name) for name in entry.names if hasattr(result, name)]
    return [result]


def outcomes(found, case, result):
    """Return pairs of an entry under Returns and what was returned for it."""
    names = [name for entry in found for name in (entry.names or [None])]
    several = isinstance(result, tuple) and len(names) > 1
    values = result if several else [result] * len(names)
    flat = [entry for entry in found for _ in (entry.names or [None])]
    assert len(flat) == len(values), f"{len(values)} results, {len(flat)} described"
    return list(zip(flat, values, strict=True))


def shape_problems(doc, cases, results, skipped=()):
    """Return what a docstring says of shapes and the function does not do."""
    problems, every = [], entries(doc)
    for entry in every:
        if set(entry.names) & set(skipped):
            continue
        for kind, name, wanted in shapes(entry):
            seen, ranks, looked = set(), set(), 0
            for case, result in zip(cases, results, strict=True):
                if not case.for_shapes:
                    continue
                values = described(entry, case, result)
                if entry.heading == "Returns":
                    returned = [e for e in every if e.heading == "Returns"]
                    values = [v for e, v in outcomes(returned, case, result) if e is entry]
                space = case.arguments | case.known
                for value in values:
                    looked += 1
                    if kind == "has":
                        value = getattr(result, name)
                    for layer, part in parts(value) if kind in ("is", "has") else [(0, value)]:
                        got = np.shape(part)
                        ranks.add(len(got))
                        if kind in ("is", "has"):
                            right = [shape for shape in wanted if fits(part, shape, layer)]
                            seen.update(right)
                        else:
                            right = kind == "any" or got == expected(kind, name, space)
                        if not right:
                            problems.append(f"{entry.names or 'result'}: {got}, said {entry.all}")
            if not looked:
                problems.append(f"{entry.names or 'result'}: no call for {entry.all}")
            problems += [f"{entry.names}: never {shape}" for shape in set(wanted or ()) - seen]
            if kind == "any" and len(ranks) < 2:
                problems.append(f"{entry.names}: tried with one number of axes only")
    return problems


def expected(kind, name, space):
    """Return the shape that is named in words."""
    if kind == "this":
        return tuple(space["shape"])
    if kind == "common":
        return np.broadcast_shapes(np.shape(space["x"]), np.shape(space["y"]))
    return np.shape(eval(name, dict(space)))


@dataclass
class Range:
    """An interval of numbers; whether its ends belong to it."""

    low: float = -np.inf
    high: float = np.inf
    with_low: bool = True
    with_high: bool = True


def allowed(entry):
    """Return the interval that a parameter has to lie in, or None."""
    text = entry.text.replace("``", "")
    if found := re.search(r"\bin ([\[(])(-?[\d.]+), (-?[\d.]+)([\])])", text):
        opening, low, high, closing = found.groups()
        return Range(float(low), float(high), opening == "[", closing == "]")
    if found := re.search(r"\bfrom (\d+) to (\d+|n)\b", text):
        return Range(int(found[1]), SIZES["n"] if found[2] == "n" else int(found[2]))
    if found := re.search(r"\b(at least|greater than) (\d+|warm_up)\b", text):
        low = WARM_UP if found[2] == "warm_up" else int(found[2])
        return Range(low, with_low=found[1] == "at least")
    if re.search(r"\bpositive\b(?! is)", text):
        return Range(0, with_low=False)
    return None


def trials(interval, whole):
    """Return the numbers to try: (number, whether it is allowed)."""
    step, tried = (1 if whole else 1e-3), []
    for end, inward, belongs in (
        (interval.low, 1, interval.with_low),
        (interval.high, -1, interval.with_high),
    ):
        if np.isfinite(end):
            tried += [(end, belongs), (end + inward * step, True), (end - inward * step, False)]
    return [(int(number) if whole else float(number), right) for number, right in tried]


def range_problems(thing, doc, cases, skipped=()):
    """Return the numbers that a docstring allows and the function refuses, and others."""
    problems = []
    for entry in entries(doc):
        interval = allowed(entry) if entry.heading == "Parameters" else None
        for name in () if interval is None else set(entry.names) - set(skipped):
            whole = bool(re.search(r"\bint\b", entry.kind))
            case = next(case for case in reversed(cases) if name in case.arguments)
            put = case.put.get(name, lambda number: number)
            for number, right in trials(interval, whole):
                try:
                    case.result(thing, **{name: put(number)})
                    accepted = True
                except ValueError:
                    accepted = False
                if accepted != right:
                    verb = "accepted" if accepted else "refused"
                    problems.append(f"{name} = {number} is {verb}, said {entry.text}")
    return problems


NUMBER = r"(-?\d+(?:\.\d+)?)"


def results_between(doc):
    """Return the interval that a docstring states for the result, or None."""
    summary = inspect.cleandoc(doc).split("\n\n")[0].replace("\n", " ")
    texts = [e.all for e in entries(doc) if e.heading == "Returns"]
    for text in (summary, *texts):
        if found := re.search(rf"\b[Bb]etween {NUMBER} and {NUMBER}", text):
            return Range(float(found[1]), float(found[2]))
        if found := re.search(rf"\bfrom {NUMBER} to {NUMBER}", text):
            return Range(float(found[1]), float(found[2]))
        if found := re.search(rf"greater than or equal to {NUMBER}", text):
            return Range(float(found[1]))
        if re.search(r"\bnot negative\b", text):
            return Range(0)
        if found := re.search(r"between ±sqrt\((.+?)\)[;.]", text):
            end = float(np.sqrt(eval(found[1], dict(SIZES))))
            return Range(-end, end)
    return None


def result_problems(doc, results):
    """Return whether results leave the interval that is stated, or do not come near its ends."""
    interval = results_between(doc)
    if interval is None:
        return []
    values = np.concatenate([np.ravel(result) for result in results])
    least, most = values.min(), values.max()
    width = interval.high - interval.low
    near = 0.05 * (width if np.isfinite(width) else 1)
    inside = interval.low <= least and most <= interval.high
    tight = least - interval.low < near and (
        interval.high - most < near or not np.isfinite(interval.high)
    )
    return [] if inside and tight else [f"from {least} to {most}, said {interval}"]


def problems(thing, doc, cases, results, skipped=()):
    """Return all that a docstring says and the function does not do."""
    try:
        found = shape_problems(doc, cases, results, skipped)
    except (KeyError, NameError) as error:  # a letter or an array that nobody knows
        found = [f"unknown: {error}"]
    found += range_problems(thing, doc, cases, skipped)
    return found if "Returns" in skipped else found + result_problems(doc, results)


def spoken_of(doc):
    """Return the entries that speak of shapes or ranges, and whether each could be read."""
    words = re.compile(
        r"\bshapes?\b|\bin [\[(]\d|(at least|greater than|less than) (``\w|\d)"
        r"|\bpositive\b|\bnot negative\b|[Bb]etween \S*\d|\bfrom -?\d \w* ?to"
    )
    found = [(entry, bool(shapes(entry)), allowed(entry)) for entry in entries(doc)]
    result = results_between(doc)
    return [
        (entry, shape or interval is not None or (result and entry.heading == "Returns"))
        for entry, shape, interval in found
        if words.search(entry.all)
    ]


def altered(doc):
    """Return a docstring with one error each in a shape or in an interval, by what was changed."""
    made = {}

    def put(found, text):
        changed = doc[: found.start()] + text + doc[found.end() :]
        made[f"{found[0]} -> {text}, at {found.start()}"] = changed

    for found in re.finditer(rf"(?<=shape ){TUPLE}|(?<=shapes ){TUPLE}|(?<= or ){TUPLE}", doc):
        inner = [part.strip() for part in found[0].strip("()").split(",") if part.strip()]
        if len(inner) > 1 and inner[::-1] != inner:
            put(found, f"({', '.join(inner[::-1])})")
        elif len(inner) == 1:
            put(found, f"({inner[0]}, 1)")
    for found in re.finditer(r"\[(\d), (\d)\)", doc):
        put(found, f"({found[1]}, {found[2]}]")
        put(found, f"({found[1]}, {found[2]})")
    for found in re.finditer(r"\bat least (?=\d)", doc):
        put(found, "greater than ")
    for found in re.finditer(r"\bgreater than (?=\d|``)", doc):
        put(found, "at least ")
    for found in re.finditer(r"(?<=; )positive\b", doc):
        put(found, "at least 0")
    for found in re.finditer(r"(?<=from )(\d) to (\d)\b", doc):
        put(found, f"{int(found[1]) + 1} to {found[2]}")
        put(found, f"{found[1]} to {int(found[2]) + 1}")
    for found in re.finditer(rf"(?<=greater than or equal to ){NUMBER}", doc):
        put(found, f"{float(found[1]) - 1:g}")
    for found in re.finditer(rf"(?<=etween ){NUMBER} and {NUMBER}", doc):
        put(found, f"{float(found[1]) - 1:g} and {found[2]}")
        put(found, f"{found[1]} and {2 * float(found[2]):g}")
    return made
