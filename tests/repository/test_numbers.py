"""Numbers in the text come from cells: each has to occur in the chapter's code or outputs.

A number may be a rounded one, and a percentage a share times 100.  Other numbers are listed in
``numbers.toml`` with their origin: a calculation from numbers that occur, a cited work, or a few
words.  Formulas count as text; whole numbers below ten are ignored, as most of them count things
that the reader sees.
"""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
from babel.numbers import get_decimal_symbol

from tools import ledger
from web import words

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))
LIST = Path(__file__).with_name("numbers.toml")
ORIGINS = tomllib.loads(LIST.read_text(encoding="utf-8"))
NUMBER = re.compile(r"(?<![\w.^_-])(\d+(?:,\d{3})*(?:\.\d+)?)(?!\w)(\s*(?:%|per\s+cent))?")
DECIMAL = get_decimal_symbol(words.language().replace("-", "_"))
IN_CODE = re.compile(r"\d[\d,_]*(?:\.\d+)?(?:e[-+]?\d+)?")


def readable(text: str) -> str:
    """Return a text without code, directives, references and addresses."""
    text = re.sub(r"(?ms)^(`{3,})\w+$.*?^\1$", " ", text)
    text = re.sub(r"(?m)^([`:]{3,}|:\w[\w-]*:).*$", " ", text)
    text = re.sub(r"(\{[\w:]+\})?`[^`]*`|\]\([^)]*\)", " ", text)
    text = re.sub(r"\*\*\w+\*\* \w+ \d+ min|(?i:chapter|sections?) [\d.]+( and [\d.]+)?", " ", text)
    if DECIMAL != ".":
        # Three digits after a comma are thousands, as in a chapter that is not yet translated.
        mark = re.escape(DECIMAL)
        text = re.sub(rf"(?<![\d.])(0|\d+(?={mark}(?!\d{{3}}(?!\d)))){mark}(?=\d)", r"\1.", text)
    return text.replace(r"\,", "").replace("{,}", "").replace(r"\%", "%")


def code_and_output(cell: dict) -> str:
    """Return the code of a cell and its text outputs."""
    parts = ["".join(cell["source"])]
    for output in cell["outputs"]:
        parts.append("".join(output.get("text", "")))
        data = output.get("data", {}).items()
        parts += ["".join(text) for kind, text in data if kind.startswith("text")]
    return "\n".join(parts)


def prose(cell: dict) -> str:
    """Return the text of a cell: Markdown, or the caption and description of a figure."""
    if cell["cell_type"] == "markdown":
        return readable("".join(cell["source"]))
    figure = cell["metadata"].get("mystnb", {})
    caption, alt = figure.get("figure", {}).get("caption"), figure.get("image", {}).get("alt")
    return readable(f"{caption} {alt}")


class Chapter:
    """The numbers of a chapter: those in its cells, and those in its text."""

    def __init__(self, path: Path):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        self.text = "\n".join("".join(cell["source"]) for cell in cells)
        code = "\n".join(code_and_output(cell) for cell in cells if cell["cell_type"] == "code")
        numbers = [match.replace(",", "").replace("_", "") for match in IN_CODE.findall(code)]
        self.values = [float(number) for number in numbers if len(number) < 20]
        self.percentages = [float(n) for n in re.findall(r"(\d+(?:\.\d+)?) ?%", code)]
        self.percentages += [100 * value for value in self.values if value <= 1]
        self.context = {}
        for cell in cells:
            for match in NUMBER.finditer(prose(cell)):
                number, percent = match[1].replace(",", ""), "%" * bool(match[2])
                if percent or "." in number or float(number) >= 10:
                    around = match.string[max(0, match.start() - 40) : match.end() + 20]
                    self.context[number + percent] = " ".join(around.split())

    def has(self, number: str) -> bool:
        """Tell whether a number of the text, with or without %, occurs in the cells."""
        digits = number.rstrip("%")
        unit = 10.0 ** -len(digits.partition(".")[2])
        tolerance = 0.5000001 * unit if "." in digits or digits != number else 0.0
        candidates = self.values if digits == number else self.percentages
        return any(abs(value - float(digits)) <= tolerance for value in candidates)


def calculate(expression: str) -> tuple[float, list[str]] | None:
    """Return the value of a calculation and its numbers, or None for other words."""
    if not re.fullmatch(r"[\d.,e+\-*/() ]+", expression):
        return None
    tree = ast.parse(expression, mode="eval")
    numbers = [ast.get_source_segment(expression, n) for n in ast.walk(tree)
               if isinstance(n, ast.Constant)]  # fmt: skip
    return eval(compile(tree, expression, "eval"), {"__builtins__": {}}), numbers


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def chapter(request):
    return request.param.stem, Chapter(request.param)


def test_a_number_in_the_text_comes_out_of_a_cell_or_is_explained(chapter):
    name, numbers = chapter
    origins = ORIGINS.get(name, {})
    others = {n: around for n, around in numbers.context.items() if not numbers.has(n)}
    unexplained = [f"{n}: … {around} …" for n, around in others.items() if n not in origins]
    advice = f"let a cell print them, or say under [{name}] in {LIST.name} where they come from"
    assert not unexplained, "\n".join([f"{name}: {advice}", *unexplained])
    assert set(origins) <= set(others), "listed, but in the cells or not in the text"


def test_explanations_hold(chapter):
    name, numbers = chapter
    works = re.findall(
        r"(?m)^@\w+\{([^,]+),", (ROOT / "chapters/references.bib").read_text("utf-8")
    )
    for number, why in ORIGINS.get(name, {}).items():
        result = calculate(why)
        if result is None:
            keys = re.findall(r"@(\w+)", why)
            assert len(why) > 5
            assert all(key in works and key in numbers.text for key in keys), (number, why)
            continue
        value, operands = result
        digits = number.rstrip("%")
        assert f"{value:.{len(digits.partition('.')[2])}f}" == digits, (number, why)
        for operand in operands:
            small = "." not in operand and float(operand) < 10
            assert small or operand in numbers.context or numbers.has(operand), (number, operand)


@pytest.mark.parametrize(
    ("number", "expected"),
    [("0.69", True), ("0.68", False), ("69%", True), ("68%", False), ("69", False), ("12", True),
     ("1437", True), ("13", False), ("0.002", True), ("2.5%", True)],
)  # fmt: skip
def test_numbers_match_up_to_rounding(number, expected, tmp_path):
    cell = {"cell_type": "code", "source": "x = 12, 1_437, 2e-3", "metadata": {},
            "outputs": [{"text": "0.690\n2.5 % of them"}]}  # fmt: skip
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": [cell]}))
    assert Chapter(path).has(number) == expected


def test_chapters_are_there():
    assert set(ORIGINS) <= {path.stem for path in NOTEBOOKS} <= set(ledger.texts())
