"""Calculations on paper: what is printed is what is computed."""

import math
import re

import pytest
from backprop.paper import Paper


@pytest.fixture
def sheet():
    """Return a sheet with some numbers on it."""
    return Paper(x=0.9, w=0.5, b=-0.2, **{"w_21^1": -1.1, "x_2": -0.4})


@pytest.mark.parametrize(
    ("formula", "printed", "result"),
    [
        ("w * x + b", "0.5 * 0.9 - 0.2", 0.25),
        ("x_2 * w_21^1 + x", "-0.4 * (-1.1) + 0.9", 1.34),
        ("1 / (1 + exp(-b))", "1 / (1 + exp(-(-0.2)))", 1 / (1 + math.exp(0.2))),
        ("(b - x)**2 / 2", "(-0.2 - 0.9)**2 / 2", 0.605),
        ("x - w * w_21^1", "0.9 - 0.5 * (-1.1)", 1.45),
    ],
)
def test_a_line_has_name_calculation_and_result(sheet, capsys, formula, printed, result):
    assert sheet.write("z", formula) == pytest.approx(result, rel=1e-15)
    name, calculation, value = (part.strip() for part in capsys.readouterr().out.split(" = "))
    assert (name, calculation) == ("z", printed)
    assert float(value) == pytest.approx(result, rel=5e-4)
    assert len(re.sub(r"^-?0\.0*|\W", "", value)) >= 4


def test_results_are_kept_in_full_and_shown_with_four_digits(sheet, capsys):
    third = sheet.write("a_1^1", "x / 2.7")
    assert sheet.numbers["a_1^1"] == third == 0.9 / 2.7
    assert sheet.write("z", "a_1^1 * 3") == third * 3
    assert "0.3333 * 3 " in capsys.readouterr().out


def test_a_label_that_is_no_name_is_printed(sheet, capsys):
    sheet.write("dC/dw", "x * b")
    assert capsys.readouterr().out.startswith("  dC/dw      = 0.9 * (-0.2) ")


def test_names_are_written_once_and_before_they_are_used(sheet):
    with pytest.raises(ValueError, match="name should be a new one, but 'w' is on the sheet"):
        sheet.write("w", "x")
    with pytest.raises(ValueError, match="formula should use what is on the sheet, not 'q'"):
        sheet.write("z", "x * q")
