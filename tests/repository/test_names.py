"""A name that a chapter's text has in code type is one of its code, its outputs or the package."""

import functools
import json
import re

import pytest

from tools.chapter.mentions import names_in_code_type
from web import ROOT

CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
# Names of what a chapter mentions and does not use, and whose they are.
ELSEWHERE = {
    "BCEWithLogitsLoss": "PyTorch",
    "Dataset": "TensorFlow",
    "GroupKFold": "scikit-learn",
    "GroupShuffleSplit": "scikit-learn",
    "MinMaxScaler": "scikit-learn",
    "TargetEncoder": "scikit-learn",
    "bench": "a target of the Makefile",
    "clipnorm": "Keras",
    "csv": "a file of the reader's own",
    "cuda": "PyTorch",
    "inline": "IPython",
    "lbfgs": "scikit-learn",
    "multivariate": "Optuna",
    "reduce_retracing": "TensorFlow",
    "simplify": "SymPy",
    "sum_over_batch_size": "Keras",
    "yourdata": "a file of the reader's own",
}


def words(text: str) -> set[str]:
    """Return the names in a text: words of two letters or more."""
    return set(re.findall(r"[^\W\d]\w+", text))


@functools.cache
def of_package() -> set[str]:
    """Return all names in the package."""
    return set().union(*(words(path.read_text("utf-8")) for path in (ROOT / "code").rglob("*.py")))


def printed(output: dict) -> str:
    """Return the text of an output."""
    return "".join(output.get("text", output.get("data", {}).get("text/plain", "")))


def named_and_known(path) -> tuple[set[str], set[str]]:
    """Return the names that are set as code in the text of a chapter, and those that there are."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    shown = [printed(output) for cell in code for output in cell["outputs"]]
    known = words("\n".join(["".join(cell["source"]) for cell in code] + shown))
    return names_in_code_type("\n\n".join(texts)), known | of_package()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_names_in_the_text_are_those_of_the_code(path):
    named, known = named_and_known(path)
    assert named - known - ELSEWHERE.keys() == set()


def test_every_name_of_the_list_is_in_a_chapter():
    named = set().union(*(named for named, _ in map(named_and_known, CHAPTERS)))
    assert ELSEWHERE.keys() - named == set()


def test_a_mistyped_name_is_noticed():
    for path in CHAPTERS:
        named, known = named_and_known(path)
        assert [name for name in named if name[:-1] + "q" in known | ELSEWHERE.keys()] == []
