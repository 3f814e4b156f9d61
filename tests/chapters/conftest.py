"""The executed copies of the notebooks."""

from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from web import notebooks


@pytest.fixture(scope="session")
def executed():
    """Return a function that returns the executed copy of a notebook.

    It is the one that the build made, if there is one; else it is made, for the build as well.
    """

    def copy(path):
        if notebooks.missing(path):
            pytest.skip("its frameworks are not installed")
        stored = notebooks.executed(path)
        if not stored.exists():
            with ThreadPoolExecutor(1) as other:  # this thread may run the loop of a browser
                notebooks.write(other.submit(notebooks.execute, path).result(), stored)
        return nbformat.read(stored, as_version=4)

    return copy
