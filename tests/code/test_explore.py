"""Explorables, their Python side: first states, stills, widgets.

Each test runs for every explorable in the folder; tests/site/test_explore.py has the handles.
"""

import base64
import inspect
import io
import json
import re
import sys

import matplotlib.figure
import matplotlib.text
import numpy as np
import pytest
from backprop import explore
from backprop.counting import FUNCTIONS
from backprop.exercises import words
from backprop.explore import _chance
from matplotlib.image import imread

every = pytest.mark.parametrize("name", explore.NAMES)
SEEDS = range(20)


def examples(name):
    """Return states at random."""
    example = explore._module(name).example
    return [explore.state(name, **example(np.random.default_rng(seed))) for seed in SEEDS]


def finite(values):
    """Tell whether all numbers in lists and dictionaries are finite."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list):
        return all(finite(value) for value in values)
    return isinstance(values, int | float) and np.isfinite(values)


def test_each_explorable_is_two_files():
    shared = {"engine", "parts", "panels", "host"}
    scripts = {path.stem.removesuffix("-weights") for path in explore.HERE.glob("*.js")} - shared
    assert scripts == set(explore.NAMES)
    assert "network" in scripts


@every
def test_the_first_state_is_json_and_accepted_again(name):
    state = explore.state(name)
    assert json.loads(json.dumps(state)) == state
    assert explore.state(name, **state) == state


@every
def test_states_at_random_are_accepted_again(name):
    states = examples(name)
    assert len({json.dumps(state) for state in states}) > 10
    for state in states:
        assert explore.state(name, **json.loads(json.dumps(state))) == state


@every
def test_values_are_finite_numbers(name):
    for state in [explore.state(name), *examples(name)]:
        values = explore.values(name, state)
        assert values
        assert finite(values)
        assert json.loads(json.dumps(values)) == values


@every
def test_an_unknown_argument_is_refused_by_name(name):
    known = ", ".join(inspect.signature(explore._module(name).state).parameters)
    with pytest.raises(TypeError, match=re.escape(f"has the arguments {known}, but not colour")):
        explore.state(name, colour="red")


@every
def test_the_still_is_a_light_picture_with_its_state(name):
    still = explore.figure(name)
    assert isinstance(still.figure, matplotlib.figure.Figure)
    bundle = still._repr_mimebundle_()
    assert bundle[explore.MIME_TYPE] == {"name": name, "state": explore.state(name)}
    picture = base64.b64decode(bundle["image/png"])
    assert len(picture) < 100_000
    pixels = imread(io.BytesIO(picture), format="png")
    assert pixels.shape[1] > 300
    assert np.ptp(pixels[..., :3]) > 0.5


@every
def test_the_still_shows_its_state(name):
    """Another state, another picture: nothing in it is drawn by heart."""
    pictures = set()
    for state in [explore.state(name), *examples(name)[:3]]:
        pictures.add(explore.figure(name, **state)._repr_mimebundle_()["image/png"])
    assert len(pictures) == 4


class Marked(dict):
    """The words of a language that has brackets around every sentence, but not around values."""

    def get(self, text, default=None):
        return re.sub(r"(\{\w+\})", r"⟧\1⟦", f"⟦{text}⟧")


@every
def test_every_word_of_the_still_comes_from_the_catalogue(name, monkeypatch):
    """What has no brackets is a symbol, a number or a formula: it has no three letters in a row."""
    monkeypatch.setattr(words, "WORDS", Marked())
    graph = {*FUNCTIONS, "power", "input"}  # what draw_graph calls a node, in all chapters
    for state in [explore.state(name), *examples(name)[:1]]:
        texts = explore.figure(name, **state).figure.findobj(matplotlib.text.Text)
        bare = [re.sub(r"⟦[^⟦⟧]*⟧|\$[^$]*\$", "", one.get_text()) for one in texts]
        assert not set(re.findall("[A-Za-z]{3,}", " ".join(bare))) - (
            graph if name == "tape" else set()
        )


@every
def test_a_still_leaves_no_open_figure(name):
    plt = pytest.importorskip("matplotlib.pyplot")
    before = plt.get_fignums()
    explore.figure(name)
    assert plt.get_fignums() == before


@every
def test_a_module_for_a_widget_needs_no_other_file(name):
    text = explore.module_text(f"{name}.js")
    assert "data:text/javascript;base64," in text
    pending = [text]
    while pending:
        module = pending.pop()
        assert not re.search(r"""from\s*["'](?!data:)""", module)
        assert not re.search(r"""import\s*\(|^import\s*["']""", module, re.M)
        addresses = re.findall(r"data:text/javascript;base64,([\w+/=]+)", module)
        pending += [base64.b64decode(address).decode() for address in addresses]


def test_a_widget_has_the_words_of_the_book_s_language(monkeypatch, tmp_path):
    english = (explore.HERE / "parts.js").read_text("utf-8")
    file = tmp_path / "words.json"
    file.write_text('{"language": "nb", "texts": {"Reset": "Tilbakestill"}}', encoding="utf-8")
    monkeypatch.setattr(explore, "WORDS", file)
    added = explore.module_text("parts.js").removeprefix(english)
    assert added == f"Object.assign(book, {file.read_text('utf-8')});\n"
    encoded = base64.b64encode((english + added).encode()).decode("ascii")
    assert encoded in explore.module_text("panels.js")
    assert explore.module_text("engine.js") == (explore.HERE / "engine.js").read_text("utf-8")


def test_an_unknown_explorable_is_refused():
    with pytest.raises(ValueError, match=r"name should be one of .*network.*, not 'nothing'"):
        explore.figure("nothing")


def test_a_widget_without_anywidget(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    explore._widget_class.cache_clear()
    with pytest.raises(ImportError, match=r"explore\.widget needs the package anywidget"):
        explore.widget("network")


@every
def test_a_widget(name):
    pytest.importorskip("anywidget")
    explore._widget_class.cache_clear()
    first = explore.state(name)
    widget = explore.widget(name)
    assert widget.state == first
    assert "export default" in str(widget._esm)
    assert ".explorable" in str(widget._css)


def test_chance_is_uniform_and_normal():
    numbers, many = _chance.uniform(7, 20_000), _chance.normal(7, 20_000)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    counts = np.histogram(numbers, 10, (0, 1))[0]
    assert np.abs(counts - 2000).max() < 200
    assert abs(many.mean()) < 0.03
    assert abs(many.std() - 1) < 0.03
    assert abs(np.corrcoef(many[:-1], many[1:])[0, 1]) < 0.03
    assert (_chance.uniform(7, 5) == numbers[:5]).all()
    assert not np.isin(_chance.uniform(8, 100), numbers[:100]).any()
