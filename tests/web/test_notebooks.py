"""Notebooks are tidied without a change of meaning, and their outputs can be compared."""

import nbformat
import pytest

from web import notebooks


def tidy_source(source: str, kind: str = "code") -> str:
    """Return the source of one cell after tidying."""
    nb = nbformat.v4.new_notebook()
    nb.cells = [getattr(nbformat.v4, f"new_{kind}_cell")(source)]
    return notebooks.tidy(nb).cells[0].source


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a line  \nand another", "a line  \nand another"),
        ("a line    \nand another", "a line  \nand another"),
        ("a line \nand another\t\n", "a line\nand another"),
        ("the last  ", "the last"),
        ("the last of a paragraph  \n\nanother", "the last of a paragraph\n\nanother"),
        ("  \ntext", "\ntext"),
    ],
)
def test_breaks_in_markdown_stay(before, after):
    assert tidy_source(before, "markdown") == after
    assert tidy_source(after.strip("\n"), "markdown") == after.strip("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  \ny = 2\t", "x = 1\ny = 2"),
        ('x = """a  \nb \n"""  ', 'x = """a  \nb \n"""'),
        ("x = f'''{1}  \n  \n{2} \n'''  # end ", "x = f'''{1}  \n  \n{2} \n'''  # end"),
        ("f(1,  \n  2)  ", "f(1,\n  2)"),
        ("x = '''a  \n  \nb''' ", "x = '''a  \n  \nb'''"),
        ("if x: \n    y \n \nz ", "if x:\n    y\n\nz"),
    ],
)
def test_blanks_in_strings_stay_and_others_go(before, after):
    assert tidy_source(before) == after
    spaces = {}
    if before.startswith("x = "):  # and what it computes is the same
        exec(before, spaces)
        value = spaces["x"]
        exec(after, spaces)
        assert spaces["x"] == value


def test_a_raw_cell_stays_as_it_is():
    assert tidy_source("a  \nb ", "raw") == "a  \nb "


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("plot(x);", "ends in a semicolon"),
        ("plot(x) ;  # a comment\n", "ends in a semicolon"),
        ("from IPython.display import clear_output\nclear_output()", "clears its output"),
        ("h = display(1, display_id=True)", "changes an output later"),
        ("update_display(2, display_id='a')", "changes an output later"),
        ("x = 1; y = 2", None),
        ("x = ';'", None),
        ("# ends in ;", None),
        ("", None),
    ],
)
def test_what_nbval_cannot_compare_is_named_with_the_reason(tmp_path, source, reason):
    nb = nbformat.v4.new_notebook()
    nb.cells = [nbformat.v4.new_code_cell("x = 0"), nbformat.v4.new_code_cell(source or "pass")]
    path = tmp_path / "a.ipynb"
    notebooks.write(notebooks.tidy(nb), path)
    problems = notebooks.untidy(path)
    if reason is None:
        assert not problems
    else:
        assert len(problems) == 1
        assert problems[0].startswith(f"code cell 2 {reason}")
