"""The Python side of live cells, run in this Python."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest


class Cells:
    """A kernel, and what it sent."""

    def __init__(self):
        from web.live import kernel

        self.sent = []
        self.kernel = kernel.start(self.sent.append)

    def run(self, code, number=1):
        """Run a cell; return whether the next may run, and what was sent."""
        self.sent.clear()
        with ThreadPoolExecutor(1) as other:  # this thread may run the loop of a browser
            good = other.submit(asyncio.run, self.kernel.run(code, number)).result()
        return good, list(self.sent)


@pytest.fixture
def cells(monkeypatch):
    """Return a fresh kernel; matplotlib's backend is as before afterwards."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    return Cells()
