"""What a figure says of itself agrees with what is said of it.

While the book is executed, ``web/recorder.py`` writes down the words on the axes of every figure,
in its legends and titles.  Each of them has to be mentioned, in the caption or in the description
for those who do not see it; and no two captions, nor two descriptions, of a chapter could change
places without making the words fit less well.
"""

import functools
import itertools
import json
import re

import nbformat
import pytest

from web import notebooks
from web import words as catalogue

CHAPTERS = sorted(notebooks.CHAPTERS.glob("*.ipynb"))
LITTLE = set(
    re.findall(
        r"\w+",
        "the a an of and or in to by with per from over for is are as its it at on that this each "
        "one two left right than which value",
    )
)
LETTERS = {"φ": "phi", "σ": "sigma", "η": "eta", "λ": "lambda", "μ": "mu", "µ": "mu", "ρ": "rho"}


def words(text: str) -> set[str]:
    """Return the beginnings of the words in a text, the names of its letters, and its numbers."""
    text = re.sub(r"\\(mathrm|mathsf|mathbf|operatorname|text)\b|\\var(?=phi)", "", text.lower())
    text = re.sub(r"\\([a-z]+)", r" \1 ", text).replace("'", " prime ")
    for letter, name in LETTERS.items():
        text = text.replace(letter, f" {name} ")
    found = set(re.findall(r"[a-z]+(?:-[a-z]+)*|\d+(?:\.\d+)?", text)) - LITTLE
    return {re.sub(r"(ies|es|s|ed|ing)$", "", one)[:6] if len(one) > 4 else one for one in found}


@functools.cache
def sayings(code: str) -> list[tuple[re.Pattern, str]]:
    """Return what figures with handles say in a language, as patterns, and its English."""
    found = []
    for english, text in catalogue.words(code).of("code/backprop/explore/*.py").items():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(text))
        found.append((re.compile(pattern), english))
    return found


def in_english(label: str, code: str) -> str:
    """Return a label in English if figures with handles have it in another language.

    They speak the language of the book; a caption does once its chapter is translated.
    """
    for pattern, english in sayings(code):
        if match := pattern.fullmatch(label.strip()):
            return english.format(**match.groupdict())
    return label


def words_of(label: str) -> set[str]:
    """Return the words of a label, and of what it is in English."""
    return words(label) | words(in_english(label, catalogue.language()))


class Figure:
    """The words of a figure, and those of its caption and its description.

    Parameters
    ----------
    metadata : dict
        The caption, the name and the alternative text, as a cell has them.
    panels : list of dict
        The words of its panels, as ``recorder`` writes them.
    has_handles : bool
        Whether a reader can change it on the page, as caption and description then say.
    """

    def __init__(self, metadata: dict, panels: list[dict], has_handles: bool = False):
        self.name = metadata["figure"]["name"]
        self.caption = words(metadata["figure"]["caption"])
        self.alt = words(metadata["image"]["alt"])
        self.labels = [
            label
            for panel in panels
            for label in (panel["x"], panel["y"], panel["title"], *panel["legend"])
            if re.search(r"[^\W\d_]", label)  # else a number, a digit above its image, say
        ]
        texts = [text for panel in panels for text in panel["texts"]]
        handles = ["page dragged typed arrow keys"] if has_handles else []
        self.own = set().union(*map(words_of, [*self.labels, *texts, *handles]))

    def unmentioned(self) -> list[str]:
        """Return the labels of which neither the caption nor the description has a word."""
        said = self.caption | self.alt
        return [label for label in self.labels if words(label) and not words_of(label) & said]

    def fit(self, caption: set[str], alt: set[str]) -> int:
        """Return how many words the figure, a caption and a description share."""
        return len(self.own & caption) + len(self.own & alt) + len(caption & alt)


@functools.cache
def figures(path) -> list[Figure]:
    """Return the figures of a chapter, as they were drawn when it was executed."""
    if notebooks.missing(path):
        pytest.skip("its frameworks are not installed")
    code = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    record = notebooks.record(notebooks.stored(path)).read_text(encoding="utf-8").splitlines()
    drawn = [json.loads(line)["figures"] for line in record]
    described = [
        (cell.metadata.mystnb, panels[-1], "explore.figure(" in cell.source)
        for cell, panels in zip(code, drawn, strict=True)
        if "mystnb" in cell.metadata or panels
    ]
    return [Figure(*figure) for figure in described]


def interchangeable(one: Figure, other: Figure) -> list[str]:
    """Return what two figures could exchange without making the words fit less well."""
    now = one.fit(one.caption, one.alt) + other.fit(other.caption, other.alt)
    captions = one.fit(other.caption, one.alt) + other.fit(one.caption, other.alt)
    alts = one.fit(one.caption, other.alt) + other.fit(other.caption, one.alt)
    both = one.fit(other.caption, other.alt) + other.fit(one.caption, one.alt)
    kinds = {"captions": captions, "descriptions": alts}
    if one.own and other.own:  # else nothing in a picture tells which words are its own
        kinds["captions and descriptions"] = both
    return [f"{one.name} and {other.name}: {kind}" for kind, fit in kinds.items() if fit >= now]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_what_is_written_in_a_figure_is_mentioned_below_it(path):
    assert {figure.name: figure.unmentioned() for figure in figures(path)} == {
        figure.name: [] for figure in figures(path)
    }


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_captions_and_descriptions_cannot_change_places(path):
    pairs = itertools.combinations(figures(path), 2)
    assert [found for pair in pairs for found in interchangeable(*pair)] == []


def figure(x: str, y: str, caption: str, alt: str) -> Figure:
    """Return a figure with one panel."""
    metadata = {"figure": {"name": y, "caption": caption}, "image": {"alt": alt}}
    return Figure(metadata, [{"x": x, "y": y, "title": "", "legend": [], "texts": []}])


def test_a_wrong_label_and_an_exchange_are_noticed():
    cost = figure("epoch", "cost $C$", "The cost falls.", "A curve of the cost over the epochs.")
    slope = figure("$z$", "slope", "The slope of the sigmoid.", "The slope against z, a bump.")
    assert cost.unmentioned() == slope.unmentioned() == []
    assert interchangeable(cost, slope) == []
    wrong = figure("epoch", "accuracy", "The cost falls.", "A curve of the cost over the epochs.")
    assert wrong.unmentioned() == ["accuracy"]
    cost.caption, slope.caption = slope.caption, cost.caption
    assert "cost $C$ and slope: captions" in interchangeable(cost, slope)


def test_a_label_in_another_language_is_known_by_its_english():
    norwegian = catalogue.words("nb")
    cost = norwegian.say("cost {cost}, after the step {next}", cost="0.9", next="0.8")
    assert in_english(f" {cost} ", "nb") == "cost 0.9, after the step 0.8"
    assert in_english(norwegian.say("threshold"), "nb") == "threshold"
    assert in_english("terskel $t$", "nb") == "terskel $t$"
    assert in_english(" threshold ", "en") == " threshold "
