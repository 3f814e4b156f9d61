"""What the tests of the package share: one profile for Hypothesis, and the package's messages.

What an exception of the package says is compared with ``messages.txt``, word by word, whichever
test raises it: a message that has lost its argument's name helps nobody, and ``match=`` looks
at a few words only.  After a change that is meant, read the difference that this makes:

    STORE_MESSAGES=1 python -m pytest -q tests/code
"""

import contextlib
import linecache
import os
import re
import tracemalloc
from pathlib import Path

import backprop
import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "package",
    derandomize=True,  # the same shapes at every run
    database=None,
    deadline=None,
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],  # the examples are small enough unshrunk
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.differing_executors,  # mutmut runs the tests twice in one process
    ],
)
settings.load_profile("package")

MESSAGES = Path(__file__).with_name("messages.txt")
PACKAGE = str(Path(backprop.__file__).parent)
STORE = bool(os.environ.get("STORE_MESSAGES"))
stored = set(MESSAGES.read_text(encoding="utf-8").splitlines()) if MESSAGES.exists() else set()
said_anywhere: set[str] = set()


def in_one_line(error: BaseException) -> str | None:
    """Return an exception's type and message, or None if the package has not raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not trace.tb_frame.f_code.co_filename.startswith(PACKAGE):
        return None
    line = linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    if not line.lstrip().startswith("raise"):  # NumPy's own message, say
        return None
    text = re.sub(r"(/[^\s/:;,]+){2,}", "<path>", str(error))
    text = re.sub(r"(cannot be differentiated: ).*", r"\1<another's message>", text)
    text = re.sub(r"one of ad-adjoints, .*, not", "one of <all exercises>, not", text)
    text = re.sub(r"0x[0-9a-f]+", "0x…", text)
    return f"{type(error).__name__}: {text}".replace("\n", "\\n")


@pytest.fixture(autouse=True)
def messages(monkeypatch):
    """Note what is said inside ``with pytest.raises(…)``; it has to be in the list."""
    said, original = [], pytest.raises

    @contextlib.contextmanager
    def raises(*expected, **named):
        with original(*expected, **named) as caught:
            yield caught
        said.append(in_one_line(caught.value))

    monkeypatch.setattr(pytest, "raises", raises)
    yield
    heard = {line for line in said if line}
    said_anywhere.update(heard)
    unknown = heard - stored
    assert STORE or not unknown, f"not in {MESSAGES.name}: {sorted(unknown)}"


def pytest_sessionfinish(session):
    """Store what was said, if this is asked for."""
    if STORE and said_anywhere and not session.testsfailed:
        MESSAGES.write_text("\n".join(sorted(said_anywhere)) + "\n", encoding="utf-8")


@pytest.fixture
def peak_memory():
    """Return a function that calls another one and returns the most bytes it held at a time."""

    def peak(call):
        tracemalloc.start()
        try:
            call()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return peak
