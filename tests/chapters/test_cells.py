"""Every cell can be run again: twice in a row, and after any other, with the same output.

It is told from the records of the executions that the build uses (``web/cells.py``), so nothing
is run for it.  ``make cells`` runs every cell again, which takes long.
"""

import nbformat
import pytest

from web import cells, notebooks

CHAPTERS = sorted(notebooks.CHAPTERS.glob("*.ipynb"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_names_that_cells_read_have_one_value(path):
    if notebooks.missing(path):
        pytest.skip("its frameworks are not installed")
    problems = cells.problems(nbformat.read(path, as_version=4), cells.record_of(path))
    assert not problems, "\n".join(map(str, problems))
