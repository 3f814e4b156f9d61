"""The worked example of chapters 6 to 9: one network, and the same numbers in every chapter.

Chapters 6 to 8 print it line by line, as on paper, chapter 9 from the matrices.  What is compared
here are the stored outputs, as a reader compares them.
"""

import ast
import json
import math
import operator
import re

import pytest

from web.notebooks import CHAPTERS

LINE = re.compile(r"(?m)^  (\S+) += (.+?) += +(-?[\d.]+)$")
NUMBER = re.compile(r"-?\d+\.\d+")
SHARED = {"w_1": "w_11^1", "b_1": "b_1^1", "w_2": "w_11^2", "b_2": "b_1^2"}  # chapter 7 and 8
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def outputs(number: str) -> str:
    """Return all that the cells of a chapter print."""
    (path,) = CHAPTERS.glob(f"{number}-*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    printed = [o for cell in cells for o in cell.get("outputs", []) if "text" in o]
    return "\n".join("".join(output["text"]) for output in printed)


def lines(number: str) -> dict[str, tuple[str, str]]:
    """Return the lines on paper of a chapter: for each name the calculation and the result."""
    return {name: (left, right) for name, left, right in LINE.findall(outputs(number))}


def pocket_calculator(calculation: str) -> float:
    """Return the result of a printed calculation."""

    def value(node):
        match node:
            case ast.Constant():
                return node.value
            case ast.UnaryOp(op=ast.USub()):
                return -value(node.operand)
            case ast.Call():
                assert node.func.id == "exp"
                return math.exp(value(node.args[0]))
        return OPERATIONS[type(node.op)](value(node.left), value(node.right))

    return value(ast.parse(calculation, mode="eval").body)


def matrices(text: str) -> dict[str, list[str]]:
    """Return the matrices that chapter 9 prints, row by row."""
    found = re.findall(r"(?m)^(\S+) += (\[[^=]*\])$", text)
    return {name: NUMBER.findall(block) for name, block in found}


@pytest.mark.parametrize(("number", "least"), [("06", 11), ("07", 15), ("08", 19)])
def test_each_line_can_be_followed_with_a_pocket_calculator(number, least):
    """The numbers in a line have four digits, and so, nearly, has what they give."""
    paper = lines(number)
    assert len(paper) >= least
    for name, (calculation, result) in paper.items():
        expected = pytest.approx(float(result), rel=1e-3)
        assert pocket_calculator(calculation) == expected, f"{name} = {calculation} = {result}"


def test_a_slip_on_paper_would_be_noticed():
    assert pocket_calculator("(0.6570 - 0.3) * 0.6570 * (1 - 0.6570)") == pytest.approx(
        0.08045, 1e-3
    )
    assert pocket_calculator("-1.2 * 0.6570 + 0.4") != pytest.approx(0.3884, rel=1e-3)
    assert pocket_calculator("1 / (1 + exp(-(-0.94)))") != pytest.approx(0.7191, rel=1e-3)


def test_the_neuron_of_chapter_6_is_the_first_one_of_chapter_7():
    one, two = lines("06"), lines("07")
    assert one["z"] == two["z_1"]
    assert one["a"] == two["a_1"]
    assert one["C"] != two["C"]


def test_the_chain_of_chapter_7_is_a_part_of_the_network_of_chapter_8():
    cut = dict(re.findall(r"(?m)^dC/d(\S+) += +(-?[\d.]+)$", outputs("08")))
    chain = lines("07")
    assert cut == {there: chain[f"dC/d{here}"][1] for here, there in SHARED.items()}


def test_the_matrices_of_chapter_9_have_the_numbers_on_paper():
    paper = {name: result for name, (_, result) in lines("08").items()}
    found = matrices(outputs("09"))
    expected = {
        "Z^1": ["z_1^1", "z_2^1"],
        "A^1": ["a_1^1", "a_2^1"],
        "Z^2": ["z_1^2"],
        "A^2": ["a_1^2"],
        "delta^1": ["delta_1^1", "delta_2^1"],
        "delta^2": ["delta_1^2"],
        "dC/dW^1": [f"dC/dw_{index}^1" for index in ("11", "12", "21", "22")],
        "dC/db^1": ["dC/db_1^1", "dC/db_2^1"],
        "dC/dW^2": ["dC/dw_11^2", "dC/dw_21^2"],
        "dC/db^2": ["dC/db_1^2"],
    }
    assert found == {
        name: [paper[number] for number in numbers] for name, numbers in expected.items()
    }


def test_the_update_of_chapter_9_is_that_of_chapter_8():
    table = re.findall(r"(?m)^[wb]_\d+\^\d +(-?[\d.]+) .* (-?[\d.]+)$", outputs("08"))
    old, new = (
        re.findall(r"-?[\d.]+", re.search(rf"(?m)^{row} (.*)$", outputs("09"))[1])
        for row in ("old", "new")
    )
    assert list(zip(old, new, strict=True)) == table[:9]  # others follow in a box


def test_training_goes_through_the_update_on_paper():
    """The second lines of the tables of training have the new parameters of the papers."""
    for number, names in (("06", ["w", "b"]), ("07", ["w_1", "b_1", "w_2", "b_2"])):
        second = re.search(r"(?m)^ +2 +(.*)$", outputs(number))[1].split()
        paper = lines(number)
        for name, shown in zip(names, second, strict=False):
            assert float(shown) == pytest.approx(float(paper[f"{name}_new"][1]), rel=1e-3)
