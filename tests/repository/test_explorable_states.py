"""States of figures with handles, as both programs see them, without a browser.

A state is JSON in the attribute ``data-state``, written by Python and read by JavaScript.  Deno
imports the modules of the figures: they have to compute from a state what the package does, to
1e-12, to accept the ends of every range in the docstring of ``state`` and to refuse what is beyond,
as Python does.  TypeScript's checker compares states and values with the types in the scripts.
"""

import ast
import inspect
import itertools
import json
import math
import os
import re
import subprocess

import deno
import numpy as np
import pytest
from backprop import explore
from explorables import leaves

from tools import words as tool
from web import ROOT, notebooks, words
from web.explore import extension

every = pytest.mark.parametrize("name", explore.NAMES)
SEEDS = range(12)
DENO = deno.find_deno_bin()

ASK = """
const [states, tried] = JSON.parse(await new Response(Deno.stdin.readable).text());
const { values, check } = await import(Deno.args[0]);
const accepted = (state) => { try { check(state); return true; } catch { return false; } };
console.log(JSON.stringify({ values: states.map(values), accepted: tried.map(accepted) }));
"""


def run_deno(folder, *arguments, data=None):
    """Run Deno with a folder of its own for what it keeps."""
    settings = {"DENO_DIR": str(folder / "deno"), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    return subprocess.run(
        [DENO, *arguments],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **settings},
        check=False,
    )


def states(name):
    """Return the first state of a figure, states at random, and those that chapters show."""
    module = explore._module(name)
    example = [explore.state(name, **module.example(np.random.default_rng(s))) for s in SEEDS]
    return [explore.state(name), *example, *SHOWN.get(name, [])]


def in_chapters():
    """Return the states that chapters show, for each figure."""
    found = {}
    for path in sorted(notebooks.CHAPTERS.glob("*.ipynb")):
        for shown in extension.explorables(path).values():
            found.setdefault(shown["name"], []).append(shown["state"])
    return found


SHOWN = in_chapters()
RANGE = re.compile(r"(?:[Ff]rom|between) (-?[\d.]+) (?:to|and) (-?[\d.]+)")
# Whole numbers of which the range is that of a list, or which only a part of a list has to have.
LEFT_OUT = {"digit": {"sheet", "at"}, "network": {"widths"}}


def ranges(name):
    """Return the ends of each range that the docstring of ``state`` gives, and the type."""
    text = inspect.getdoc(explore._module(name).state).partition("Parameters\n")[2]
    found = {}
    for entry in re.split(r"(?m)^(?=\w[\w, ]* : )", text):
        head, _, words = entry.partition("\n")
        ends = RANGE.search(re.sub(r"\s+", " ", words))
        for argument in head.partition(" : ")[0].split(", ") if ends else ():
            if argument not in LEFT_OUT.get(name, ()):
                found[argument] = (*(float(end.rstrip(".")) for end in ends.groups()), head)
    return found


def at_the_ends(name):
    """Return pairs of a state and whether it is inside the ranges of its docstring."""
    first, tried = explore.state(name), []
    for argument, (low, high, head) in ranges(name).items():
        kind, beyond = (int, 1) if "int" in head else (float, 1e-6 * (high - low))
        for number in (low, high, low - beyond, high + beyond):
            listed = isinstance(first[argument], list)
            value = [kind(number), *first[argument][1:]] if listed else kind(number)
            tried.append(({**first, argument: value}, low <= number <= high))
    return tried


CHOICES = re.compile(r"(?m)^(\w+) : \{(.*)\}$")


def corners(name):
    """Return states with every number at an end of its range, for every choice of words."""
    first, rng = explore.state(name), np.random.default_rng(0)
    text = inspect.getdoc(explore._module(name).state)
    words = {key: ast.literal_eval(f"[{listed}]") for key, listed in CHOICES.findall(text)}
    made = []
    for choice in itertools.product(*words.values()):
        for _ in range(4):
            state = {**first, **dict(zip(words, choice, strict=True))}
            for argument, (low, high, head) in ranges(name).items():
                kind = int if "int" in head else float
                if not isinstance(first[argument], list):
                    state[argument] = kind(rng.choice((low, high)))
            made.append(state)
    return made


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """Return what the scripts make of the states, and whether they accept those at the ends."""
    folder, found = tmp_path_factory.mktemp("states"), {}
    (folder / "ask.js").write_text(ASK, encoding="utf-8")
    for name in explore.NAMES:
        script, data = (explore.HERE / f"{name}.js").as_uri(), [states(name) + corners(name), []]
        data[1] = states(name) + [state for state, _ in at_the_ends(name)]
        where = ("--allow-read", "--no-check", "--no-config", str(folder / "ask.js"), script)
        done = run_deno(folder, "run", *where, data=data)
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(done.stdout)
    return found


@every
def test_the_two_programs_agree(name, theirs):
    for state, one in zip(states(name), theirs[name]["values"], strict=False):
        ours, other = dict(leaves(explore.values(name, state))), dict(leaves(one))
        assert ours.keys() <= other.keys()
        for place, value in ours.items():
            assert other[place] == pytest.approx(value, rel=1e-12, abs=1e-12), (place, state)


@every
def test_numbers_are_finite_at_the_ends_of_all_ranges(name, theirs):
    """Rounding errors may grow there, so the programs need not agree."""
    made = corners(name)
    for state, one in zip(made, theirs[name]["values"][-len(made) :], strict=True):
        for values in explore.values(name, state), one:
            numbers = [(place, v) for place, v in leaves(values) if not isinstance(v, str)]
            lost = [place for place, v in numbers if v is None or math.isnan(v)]
            assert not lost, state


SAY = """
const { parts, refused } = JSON.parse(await new Response(Deno.stdin.readable).text());
const { count, say } = await import(parts);
const said = [1, 2, 5].map((number) => count(number, "{number} neuron", "{number} neurons"));
const messages = [];
for (const [module, state] of refused) {
  const { check } = await import(module);
  try { check(state); } catch (error) { messages.push(error.message); }
}
console.log(JSON.stringify({ said, lacking: say("not in it, {x}", { x: 1 }), messages }));
"""


@pytest.mark.parametrize("code", ["en", "nb"])
def test_figures_speak_the_language_of_the_book(code, tmp_path, monkeypatch):
    """As in a notebook: the widget's module has the words that ``make words`` writes."""
    monkeypatch.setattr(explore, "WORDS", tmp_path / "words.json")
    if text := tool.figure_words(code):
        explore.WORDS.write_text(text, encoding="utf-8")
    (tmp_path / "say.js").write_text(SAY, encoding="utf-8")
    names = [name for name in ("valley", "xor", "depth") if name in explore.NAMES]
    modules = {"parts": "parts.js", **{name: f"{name}.js" for name in names}}
    for name, file in modules.items():
        (tmp_path / f"{name}.js").write_text(explore.module_text(file), encoding="utf-8")
    refused = [
        [(tmp_path / f"{name}.js").as_uri(), explore.state(name) | {key: 1e9}]
        for name, key in (("valley", "eta"), ("xor", "eta"), ("depth", "scale"))
        if name in names
    ]
    where = ("--allow-read", "--no-check", "--no-config", str(tmp_path / "say.js"))
    data = {"parts": (tmp_path / "parts.js").as_uri(), "refused": refused}
    done = run_deno(tmp_path, "run", *where, data=data)
    assert done.returncode == 0, done.stderr
    found, ours = json.loads(done.stdout), words.words(code)
    one, several = ("{number} nevron", "{number} nevroner") if code == "nb" else (
        "{number} neuron", "{number} neurons")  # fmt: skip
    assert found["said"] == [one.format(number=1), *(several.format(number=n) for n in (2, 5))]
    assert found["lacking"] == "not in it, 1"
    middle = ours.say("{label} should be between {min} and {max}").split("{")[1].partition("}")[2]
    assert len(found["messages"]) == len(names)
    assert all(middle in message for message in found["messages"])


@every
def test_the_states_of_one_program_are_accepted_by_the_other(name, theirs):
    assert all(theirs[name]["accepted"][: len(states(name))])


def accepts(name, state):
    """Tell whether the package accepts a state."""
    try:
        explore.state(name, **state)
    except ValueError:
        return False
    return True


@every
def test_both_programs_have_the_ranges_of_the_docstring(name, theirs):
    tried = at_the_ends(name)
    for (state, inside), script in zip(
        tried, theirs[name]["accepted"][len(states(name)) :], strict=True
    ):
        changed = {k: v for k, v in state.items() if v != explore.state(name)[k]}
        assert (changed, accepts(name, state), script) == (changed, inside, inside)


def test_most_figures_have_ranges():
    assert sum(len(ranges(name)) for name in explore.NAMES) > 20


# Of the state and the values of the valley: what is there, what stands there instead, and the word
# at which the checker has to take offence.
PLANTED = (
    [
        ('"eta": 0.03', '"rate": 0.03', "rate"),
        ('"turn": 0', '"turn": "0"', "string"),
        (', "steps": 50', "", "steps"),
        ('"limit"', '"limits"', "limits"),
    ]
    if "valley" in explore.NAMES
    else []
)  # a fork may have removed its chapter


def typed(name, state, values):
    """Return a line of TypeScript that says that a state and values have their script's types."""
    script = (explore.HERE / f"{name}.js").as_uri()
    parts = f'state: import("{script}").State; shown: Partial<import("{script}").Shown>'
    both = json.dumps({"state": state, "shown": values})
    return f"((_: {{ {parts} }}) => 0)({both});"  # an argument, as names could be taken


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """Return what TypeScript's checker says of states as they are, and of planted errors."""
    lines = []
    for name in explore.NAMES:
        state = states(name)[-1]
        lines.append(typed(name, state, explore.values(name, state)))
    for old, new, _ in PLANTED:
        state = explore.state("valley")
        right = typed("valley", state, explore.values("valley", state))
        assert old in right
        lines.append(right.replace(old, new))
    folder = tmp_path_factory.mktemp("types")
    (folder / "states.ts").write_text("\n".join([*lines, "export {};"]), encoding="utf-8")
    settings = ("check", "--config", str(ROOT / "web" / "deno.json"), str(folder / "states.ts"))
    done, found = run_deno(folder, *settings), {number: [] for number in range(len(lines))}
    for one in re.split(r"(?m)^(?=TS\d+ \[ERROR\])", done.stderr)[1:]:
        if place := re.search(r"/states\.ts:(\d+):", one):
            found[int(place[1]) - 1].append(one)
    assert any(found.values()) or done.returncode == 0, done.stderr
    return found


def test_states_and_values_have_the_types_of_the_scripts(complaints):
    assert {name: complaints[k] for k, name in enumerate(explore.NAMES)} == {
        name: [] for name in explore.NAMES
    }


@pytest.mark.parametrize("number", range(len(PLANTED)))
def test_a_wrong_key_or_type_is_noticed(complaints, number):
    (found, *_) = complaints[len(explore.NAMES) + number]
    assert re.search(rf"'\"?{PLANTED[number][2]}\"?'", found)


def test_the_attributes_of_a_host_are_those_that_the_script_reads():
    shown = {"name": "valley", "key": "fig-a", "state": explore.state("valley")}
    written = set(re.findall(r" data-(\w+)=", extension.host(shown, small=True).astext()))
    types = (ROOT / "web" / "types.d.ts").read_text(encoding="utf-8")
    declared = re.search(r"interface ExplorableData .*?\{(.*?)\n\}", types, re.DOTALL)[1]
    assert written == set(re.findall(r"(?m)^  (\w+)\??:", declared)) - {"ready"}
