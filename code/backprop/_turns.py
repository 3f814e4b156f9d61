"""A lock for threads that use one network, whose layers remember what they have computed."""

from __future__ import annotations

import contextlib
import threading


class Turns:
    """A lock that threads get in the order in which they ask; its owner may ask again.

    A training that gives the lock away after an epoch and asks for it at once would, with an
    ordinary lock, get it again before anybody who is waiting.
    """

    def __init__(self):
        self._queue, self._lock = threading.Lock(), threading.Lock()
        self._owner, self._depth = None, 0
        self._trainer = None

    def __enter__(self):
        """Wait for one's turn."""
        if self._owner != threading.get_ident():
            with self._queue:  # only the first of those who wait stands at the lock
                self._lock.acquire()
            self._owner = threading.get_ident()
        self._depth += 1
        return self

    def __exit__(self, *exception):
        """Let the next one go on."""
        self._depth -= 1
        if self._depth == 0:
            self._owner = None
            self._lock.release()

    @contextlib.contextmanager
    def training(self):
        """Let no other thread begin a training meanwhile.

        Raises
        ------
        RuntimeError
            If another thread is training already.
        """
        with self:
            before = self._trainer
            if before not in (None, threading.get_ident()):
                raise RuntimeError(
                    "fit should not be called while another thread trains the same network: "
                    "wait for it, or train a copy, copy.deepcopy(net)"
                )
            self._trainer = threading.get_ident()
        try:
            yield
        finally:
            self._trainer = before
