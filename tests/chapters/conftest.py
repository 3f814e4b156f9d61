"""The executed copies of the notebooks."""

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
        return notebooks.joined(path, notebooks.stored(path))

    return copy
