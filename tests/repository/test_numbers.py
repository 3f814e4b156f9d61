"""Numbers in the text come from cells: each has to occur in the chapter's code or outputs.

A number may be a rounded one, and a percentage a share times 100.  Other numbers are listed in
``numbers.toml`` with their origin: a calculation from numbers that occur, a cited work, or a few
words.  An output that differs at every run, such as a time, explains none.  Formulas count as text;
whole numbers below ten are ignored, as most of them count things that the reader sees.

A number in a caption or a description has to come from its own figure: from the cell that draws it,
from what this cell uses and what is used there, or from an output next to it.  ``ELSEWHERE`` lists
those that another cell of the chapter has.  There, words from ten on count as numbers.
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
# Numbers below a figure that another cell prints or sets, or that only the picture shows.
ELSEWHERE = {
    "fig-nn-fit": "0.1966",
    "fig-ad-adjoints": "0.1459 1.531 4.592",
    "fig-221-training": "100",
    "fig-gd-explore": "50",
    "fig-act-ranking": "15%",
    "fig-ua-widths": "16",
    "fig-bp2": "24",
    "fig-gd-plateau": "200",
    "fig-act-width": "16",
    "fig-build-theta": "13",
    "fig-top-remedy": "3%",
    "fig-build-laboratory": "11",
    "fig-dropout": "30",
    "fig-keras-apart": "15",
    "fig-keras-steps": "15",
    "fig-torch-network": "200",
    "fig-gd-reset": "0.02",
    "fig-decay-silent": "0.001 180",
    "fig-depth-blocks": "20",
    "fig-gates-costs": "100 0.01",
    "fig-bn-training": "0.6 2.3",
    "fig-xor-stuck": "0.35 0.48 0.69",
    "fig-xor-explore": "12",
    "fig-gd-saddle": "91 33 59 168",
    "fig-act-explore": "10",
    "fig-bn-gradients": "0.01 0.02",
    "fig-clip-cliff": "0.95 39",
    "fig-cls-learning": "0.63",
    "fig-digits-mnist": "28 3.0",
    "fig-digits-mnist-curves": "2%",
    "fig-digits-shift": "0.98",
}
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


TENS = {"ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "sixteen": 16, "seventeen": 17,
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
        "eighty": 80, "ninety": 90}  # fmt: skip
ONES = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
IN_WORDS = re.compile(
    rf"(?i)\b(?:(?:({'|'.join(ONES)}|a) )?(hundred)(?: and )?)?(?:({'|'.join(TENS)})\b)?"
    rf"(?:(?<=ty)-({'|'.join(ONES)}))?\b(?!-)"
)


def in_digits(text: str) -> str:
    """Return a text with digits in place of words from ten on."""

    def number(match: re.Match) -> str:
        hundreds, hundred, tens, ones = (part and part.lower() for part in match.groups())
        value = 100 * ONES.get(hundreds, 1) if hundred else 0
        value += TENS.get(tens, 0) + ONES.get(ones, 0)
        return f"{value}{' ' * match[0].endswith(' ')}" if hundred or tens else match[0]

    return IN_WORDS.sub(number, text)


def code_and_output(cell: dict) -> str:
    """Return the code of a cell and its text outputs, without those that differ at every run."""
    parts = ["".join(cell["source"])]
    by_chance = "nbval-ignore-output" in cell["metadata"].get("tags", ())
    for output in () if by_chance else cell["outputs"]:
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


class Numbers:
    """The numbers of some cells: those in code and outputs, and those in texts.

    Parameters
    ----------
    code : str
        Code and outputs.
    texts : list of str
        What is to be compared with them.
    """

    def __init__(self, code: str, texts: list[str]):
        numbers = [match.replace(",", "").replace("_", "") for match in IN_CODE.findall(code)]
        self.values = [float(number) for number in numbers if len(number) < 20]
        self.percentages = [float(n) for n in re.findall(r"(\d+(?:\.\d+)?) ?%", code)]
        self.percentages += [100 * value for value in self.values if value <= 1]
        self.context = {}
        for text in texts:
            for match in NUMBER.finditer(text):
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


class Chapter(Numbers):
    """The numbers of a chapter: those in its cells, and those in its text."""

    def __init__(self, path: Path):
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        self.text = "\n".join("".join(cell["source"]) for cell in self.cells)
        code = [code_and_output(cell) for cell in self.cells if cell["cell_type"] == "code"]
        super().__init__("\n".join(code), [prose(cell) for cell in self.cells])

    def figures(self) -> dict[str, Numbers]:
        """Return the numbers that belong to each figure, and those that are said of it."""
        bound = {}
        for cell in self.cells:
            for statement in statements(cell):
                for name in names(statement, ast.Store):
                    bound.setdefault(name, []).append(statement)
        found = {}
        for k, cell in enumerate(self.cells):
            if figure := cell["metadata"].get("mystnb", {}).get("figure"):
                parts = [code_and_output(cell), *map(ast.unparse, used(statements(cell), bound))]
                near = [one for one in self.cells[max(0, k - 1) : k + 2] if "outputs" in one]
                parts += [code_and_output({**one, "source": ""}) for one in near]
                found[figure["name"]] = Numbers("\n".join(parts), [in_digits(prose(cell))])
        return found


def statements(cell: dict) -> list[ast.stmt]:
    """Return the statements of a cell, none of a text."""
    return ast.parse("".join(cell["source"])).body if cell["cell_type"] == "code" else []


def names(statement: ast.stmt, kind: type) -> set[str]:
    """Return the names that a statement stores, or those that it loads and has from elsewhere."""
    nodes = list(ast.walk(statement))
    stored = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    stored |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    if kind is ast.Store:
        places = (n.value for n in nodes if isinstance(n, ast.Subscript) and type(n.ctx) is kind)
        return stored | {place.id for place in places if isinstance(place, ast.Name)}
    stored |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return {n.id for n in nodes if isinstance(n, ast.Name)} - stored


def used(begin: list[ast.stmt], bound: dict[str, list[ast.stmt]]) -> list[ast.stmt]:
    """Return the statements that bind what statements use, and what is used there."""
    waiting, found = list(begin), []
    while waiting:
        for name in names(waiting.pop(), ast.Load):
            new = [one for one in bound.get(name, []) if one not in found]
            found += new
            waiting += new
    return found


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


def test_a_measured_time_explains_no_number():
    cell = {"source": "time(12)", "outputs": [{"text": "95 ms"}], "metadata": {}}
    assert Numbers(code_and_output(cell), []).has("95")
    numbers = Numbers(code_and_output({**cell, "metadata": {"tags": ["nbval-ignore-output"]}}), [])
    assert numbers.has("12")
    assert not numbers.has("95")


def test_a_number_below_a_figure_comes_from_this_figure(chapter):
    _, numbers = chapter
    for name, figure in numbers.figures().items():
        explained = ORIGINS.get(chapter[0], {})
        elsewhere = {n for n in figure.context if not figure.has(n) and n not in explained}
        listed = set(ELSEWHERE.get(name, "").split())
        strange = [f"{n}: … {figure.context[n]} …" for n in sorted(elsewhere - listed)]
        assert not strange, f"{name} has no such number, but other cells have: {strange}"
        assert listed <= elsewhere, f"{name}: in ELSEWHERE, but in the figure or not below it"


def test_explanations_hold(chapter):
    name, numbers = chapter
    works = re.findall(
        r"(?m)^@\w+\{([^,]+),", (ROOT / "chapters/references.bib").read_text("utf-8")
    )
    for number, why in ORIGINS.get(name, {}).items():
        assert isinstance(why, str), f'{name}: {number} = {why} should say why, as in 49 = "7 * 7"'
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
    ("words", "digits"),
    [("Twenty-five steps, ten of", "25 steps, 10 of"), ("a hundred and fifty", "150"),
     ("three hundred runs", "300 runs"), ("two of nine", "two of nine"), ("often", "often"),
     ("within a hundred epochs", "within 100 epochs"), ("sixty-fourth", "sixty-fourth")],
)  # fmt: skip
def test_numbers_in_words(words, digits):
    assert in_digits(words) == digits


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


def test_a_number_of_another_figure_is_noticed(tmp_path):
    def cell(source, words=""):
        figure = {"figure": {"name": f"fig-{words}", "caption": words}, "image": {"alt": ""}}
        metadata = {"mystnb": figure} if words else {}
        return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": []}

    cells = [cell("SIZES = [300, 40]\ndef net(size): return size"), cell("other = 100, 0.5")]
    cells += [cell("draw(net(s) for s in SIZES)", "300 100 40"), cell("draw(other)", "50%")]
    (tmp_path / "x.ipynb").write_text(json.dumps({"cells": cells}))
    one, other = Chapter(tmp_path / "x.ipynb").figures().values()
    assert [n for n in one.context if not one.has(n)] == ["100"]
    assert other.has("50%")


def test_chapters_are_there():
    assert set(ORIGINS) <= {path.stem for path in NOTEBOOKS} <= set(ledger.texts())
    figures = set().union(*(Chapter(path).figures() for path in NOTEBOOKS))
    assert ELSEWHERE.keys() - figures == set(), "figures that no chapter has"
