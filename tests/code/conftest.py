"""What the tests of the package share: one profile for Hypothesis, and the package's messages.

Every message of an exception that a test expects is compared with ``messages.txt``, word by word:
a message that has lost its argument's name helps nobody, and ``match=`` looks at a few words only.
The list is also the place to read all messages, one below the other.  The fixture ``messages``
puts a version of ``pytest.raises`` in its place that takes note of them.  A function of our own
that every test has to call would be plainer, but a test that forgot it would escape unnoticed; and
a list made from the source cannot tell how a message comes out, nor does it find mutants.  The type
of each exception has to be among those that the docstring of the function that was called lists.
After a change that is meant, read the difference that this makes:

    STORE_MESSAGES=1 python -m pytest -q tests/code
"""

import contextlib
import inspect
import linecache
import os
import re
import sys
import tracemalloc
from pathlib import Path

import backprop
import pytest
from backprop import explore
from backprop.exercises import words
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


@pytest.fixture(autouse=True)
def _in_english(request, monkeypatch):
    """Let exercises speak English, except to a test that compares with what chapters store."""
    stored = ("test_book.py", "test_the_solution_gets_what_the_chapter_shows")
    if not {request.path.name, getattr(request.node, "originalname", "")} & set(stored):
        monkeypatch.setattr(words, "WORDS", {})


MESSAGES = Path(__file__).with_name("messages.txt")
PACKAGE = str(Path(backprop.__file__).parent)
STORE = bool(os.environ.get("STORE_MESSAGES"))
record = set(MESSAGES.read_text(encoding="utf-8").splitlines()) if MESSAGES.exists() else set()
messages_of_all_tests: set[str] = set()


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
    text = re.sub(r"one of [a-z]+-[a-z-]+, .*, not", "one of <all exercises>, not", text)
    text = text.replace(f"one of {', '.join(explore.NAMES)}, not", "one of <all explorables>, not")
    text = re.sub(r"0x[0-9a-f]+", "0x…", text)
    text = re.sub(r"not np\.\w+, for which", "not np.<name>, for which", text)
    text = re.sub(
        r"^\w+ should not be set (.*; see ).*", r"<name> should not be set \1<hint>", text
    )
    text = re.sub(r"no attribute '\w+'; see .*", "no attribute '<name>'; see <hint>", text)
    return f"{type(error).__name__}: {text}".replace("\n", "\\n")


def called(error: BaseException):
    """Return the public function or class of the package that raised an exception, or None."""
    trace = error.__traceback__
    while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(PACKAGE):
        trace = trace.tb_next
    if trace is None:
        return None
    names = trace.tb_frame.f_code.co_qualname.split(".<locals>")[0].split(".")
    found = sys.modules[trace.tb_frame.f_globals["__name__"]]
    if names[0] not in getattr(found, "__all__", names):
        return None
    if names[0].startswith("_") or names[-1] in ("__init__", "__post_init__"):
        names = [name for name in names[:-1] if not names[0].startswith("_")]
    elif names[-1].startswith("_"):
        return None
    for name in names:
        found = getattr(found, name, None)
    return found if names else None


def documented_errors(thing) -> set[str] | None:
    """Return the exceptions that a docstring lists, or None if it is not for users."""
    texts = [getattr(each, "__doc__", None) for each in getattr(thing, "__mro__", [thing])]
    if not texts[0] or "\n    Parameters\n" not in f"{texts[0]}\n".replace("        ", "    "):
        return None
    named = set()
    for text in filter(None, texts):
        section = re.search(r"(?s)Raises\n-+\n(.*?)(?:\n\n[A-Z]|$)", inspect.cleandoc(text))
        lines = re.findall(r"(?m)^\w+(?:, \w+)*$", section[1]) if section else []
        named |= {name for line in lines for name in line.split(", ")}
    return named


def is_documented(error: BaseException) -> bool:
    """Tell whether the docstring of what was called says that it raises such an exception."""
    named = documented_errors(called(error))
    return named is None or any(base.__name__ in named for base in type(error).__mro__)


@pytest.fixture(autouse=True)
def messages(monkeypatch):
    """Take note of the messages inside ``with pytest.raises(…)``; they have to be in the list."""
    errors, pytest_raises = [], pytest.raises

    @contextlib.contextmanager
    def raises(*expected, **named):
        with pytest_raises(*expected, **named) as info:
            yield info
        errors.append(info.value)

    monkeypatch.setattr(pytest, "raises", raises)
    yield
    raised = [error for error in errors if in_one_line(error)]
    lines = set(map(in_one_line, raised))
    silent = [f"{called(error)}: {error!r}" for error in raised if not is_documented(error)]
    assert not silent, f"the docstring does not list it under Raises: {silent}"
    messages_of_all_tests.update(lines)
    unknown = lines - record
    assert STORE or not unknown, f"not in {MESSAGES.name}: {sorted(unknown)}"


def pytest_sessionfinish(session):
    """Store the messages if STORE_MESSAGES is set."""
    if STORE and messages_of_all_tests and not session.testsfailed:
        MESSAGES.write_text("\n".join(sorted(messages_of_all_tests)) + "\n", encoding="utf-8")


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
