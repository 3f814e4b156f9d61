"""Cells that cannot be run again are found: from the record, and by running them."""

import atexit
import json

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from web import cells, notebooks, recorder

# Of each: the cells, and the names that have more than one value (the problems).
NOTEBOOKS = {
    "nothing shared": (["a = 1\nprint(a)", "a = 2\nprint(a)"], set()),
    "bound once, read twice": (["a = 1", "print(a)", "print(a + 1)"], set()),
    "bound again": (["a = 1", "print(a)", "a = 2\nprint(a)"], {"a"}),
    "bound again to an equal value": (["a = 1", "print(a)", "a = 1\nprint(a)"], set()),
    "a step further each time": (["a = 1", "a = a + 1\nprint(a)"], {"a"}),
    "the same, augmented": (["a = 1", "a += 1\nprint(a)"], {"a"}),
    "a list that grows": (["a = []", "a.append(1)\nprint(a)"], {"a"}),
    "an array that is written to": (
        ["import numpy as np\na = np.zeros(3)", "a[1] += 2\nprint(a)"], {"a"},
    ),
    "a generator that goes on": (
        ["import numpy as np\nrng = np.random.default_rng(1)", "print(rng.normal())"], {"rng"},
    ),
    "a generator of the cell's own": (
        ["import numpy as np", "rng = np.random.default_rng(1)\nprint(rng.normal())"], set(),
    ),
    "a network that is trained": (
        ["class Net:\n    def __init__(self):\n        self.w = 1\n"
         "    def fit(self):\n        self.w += 1",
         "net = Net()", "net.fit()\nprint(net.w)"], {"net"},
    ),
    "a counter in a class": (
        ["class Count:\n    total = 0", "Count.total += 1\nprint(Count.total)"], {"Count"},
    ),
    "a function that reads what changes": (
        ["a = 1\ndef f():\n    return a", "print(f())", "a = 2"], {"a"},
    ),
    "the same, through another function": (
        ["a = 1\ndef f():\n    return a\ndef g():\n    return f()", "print(g())", "a = 2"], {"a"},
    ),
    "the same, in a method": (
        ["a = 1\nclass C:\n    def f(self):\n        return a", "print(C().f())", "a = 2"], {"a"},
    ),
    "a function that is defined otherwise": (
        ["def f():\n    return 1", "print(f())", "def f():\n    return 2"], {"f"},
    ),
    "a function before what it reads": (["def f():\n    return a", "a = 1", "print(f())"], set()),
    "a name of a function's own": (
        ["a = 1", "def f(a):\n    return [a for a in range(3)]\nprint(f(2))", "a = 2"], set(),
    ),
    "a comprehension that reads before it is bound": (
        ["a = 1", "b = [a for _ in range(2)]\na = 2\nprint(b)"], {"a"},
    ),
    "a loop's variable": (["for i in range(3):\n    print(i)", "i = 7\nprint(i)"], set()),
    "a magic": (["a = 1", "%precision 3\nprint(a)"], set()),
}  # fmt: skip


def notebook(sources: list[str]) -> nbformat.NotebookNode:
    """Return a notebook of these cells, below a title."""
    code = [nbformat.v4.new_code_cell(source) for source in sources]
    title = nbformat.v4.new_markdown_cell("# A title")
    return nbformat.v4.new_notebook(cells=[title, *code], metadata=notebooks.METADATA)


@pytest.fixture
def shell(tmp_path):
    """Return a shell of IPython, as a kernel has it."""
    config = Config(HistoryManager={"enabled": False})
    shell = InteractiveShell(config=config, ipython_dir=str(tmp_path))
    yield shell
    shell.restore_sys_module_state()
    shell.atexit_operations()
    atexit.unregister(shell.atexit_operations)


def printed(shell, source: str) -> str:
    """Run a cell; return what it prints."""
    with capture_output() as output:
        result = shell.run_cell(source)
    assert result.success, source
    return output.stdout


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_names_with_more_than_one_value_are_found(shell, tmp_path, name):
    """And each is one because of which a cell prints something else when it is run again."""
    sources, expected = NOTEBOOKS[name]
    record = tmp_path / "record"
    events = recorder.Recorder(shell, record)
    shell.events.register("post_run_cell", events.record)
    first = [printed(shell, source) for source in sources]
    shell.events.unregister("post_run_cell", events.record)
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    problems = cells.problems(notebook(sources), lines)
    assert {problem.name for problem in problems} == expected

    twice = []
    for order in (range(len(sources)), reversed(range(len(sources)))):
        twice += [printed(shell, sources[number]) == first[number] for number in order]
    assert all(twice) == (not expected)


def test_cells_are_numbered_as_in_the_notebook():
    sources = ["a = 1", "print(a)", "a = 2"]
    lines = [{"changed": names, "links": {}} for names in (["a"], [], ["a"])]
    (problem,) = cells.problems(notebook(sources), lines)
    assert problem == cells.Problem("a", (2,), (1, 3))
    assert str(problem) == "a is read by cells [2], changed by [1, 3]"


def test_a_record_of_another_notebook_is_refused():
    with pytest.raises(ValueError, match="should have 1 lines, but has 0"):
        cells.problems(notebook(["a = 1"]), [])


def test_a_kernel_keeps_the_record_and_cells_are_run_again(tmp_path):
    sources = ["import collections\na = 1", "a += 1\nprint(a)", "print(a)", "print('same')"]
    path = tmp_path / "grows.ipynb"
    path.write_text(nbformat.writes(notebook(sources)), encoding="utf-8")
    record = tmp_path / "record.jsonl"
    nb = notebooks.execute(path, record)
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert [line["changed"] for line in lines] == [["collections", "a"], ["a"], [], []]
    assert [problem.name for problem in cells.problems(nb, lines)] == ["a"]
    assert cells.differences(path, seed=0) == [
        "cell 2 gives something else when run at once again",
        "cell 2 gives something else when run in the end",
        "cell 3 gives something else when run in the end",
    ]


# What is equal, and what is not, by its fingerprint.
EQUAL = """
import numpy as np, functools, types, sympy
class Net:
    def __init__(self, w): self.w = np.full(3, w)
class Slots:
    __slots__ = ("w",)
    def __init__(self, w): self.w = w
def make(w):
    return lambda x: x * w
def outer(w):
    def inner(x, k=w):
        return x + k
    return inner
def cycle(w):
    values = [w]
    values.append(values)
    return values
VALUES = {
    "number": lambda w: w, "text": str, "array": lambda w: np.full(2, w), "list": lambda w: [1, w],
    "dictionary": lambda w: {"w": {"v": w}}, "set": lambda w: {str(w), "a", "b"},
    "object": Net, "slots": Slots, "closure": make, "default": outer, "cycle": cycle,
    "generator": lambda w: np.random.default_rng(w), "objects": lambda w: np.array([w, None]),
    "partial": lambda w: functools.partial(make, w), "method": lambda w: Net(w).__init__,
    "symbol": lambda w: sympy.Symbol("x") ** w, "strided": lambda w: np.arange(8)[::w],
    "namespace": lambda w: types.SimpleNamespace(w=w),
}
"""


def test_fingerprints_tell_values_apart_and_nothing_else(shell):
    printed(shell, EQUAL)

    def fingerprint(value) -> str:
        walk = recorder.Walk()
        walk.visit(value)
        return walk.total.hexdigest()

    for name, make in shell.user_ns["VALUES"].items():
        assert fingerprint(make(2)) == fingerprint(make(2)), name
        assert fingerprint(make(2)) != fingerprint(make(3)), name
