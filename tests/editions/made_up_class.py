"""A class of fifty made-up students, and what each should get.

    python -m tests.editions.made_up_class nbgrader FOLDER [--graders ENVIRONMENT]

writes their submissions to chapter 9 into FOLDER, marks them with the real grader and compares
the marks.  Good answers are those of ``tests/code/exercises/right_answers.py``.  What is broken
does no harm: it stops, loops, prints, or tries a file and a connection of this program's own.
"""

import argparse
import ast
import csv
import socket
import sys
import threading
import time
from pathlib import Path

import nbformat

from tools.editions import chapters
from tools.editions.marking import Marker, mark_all

ROOT = Path(__file__).resolve().parents[2]
RIGHT_ANSWERS = (ROOT / "tests" / "code" / "exercises" / "right_answers.py").read_text("utf-8")
ASSIGNMENT = "09-back-propagation"
NAMES = {  # of exercises and functions
    "output-delta": "output_delta",
    "hidden-delta": "hidden_delta",
    "softmax-delta": "softmax_delta",
    "cost-change": "cost_change",
    "bp-wrong": "my_gradient",
}
FORMS = (  # of right results
    "np.asarray(result).tolist()",
    "np.asarray(result, dtype=np.float32)",
    "np.asarray(result)[None]",
    "np.array(result, dtype=float, order='F')",
)
WRONG = {
    "output-delta": (
        "def output_delta(Z, T):\n    return np.tanh(np.tanh(Z) - T) / len(T)",
        "def output_delta(Z, T):\n    A = np.tanh(Z)\n    return np.tanh(A - T) * (1 - A**2)",
        "def output_delta(Z, T):\n    print(np.tanh(np.tanh(Z) - T) / np.cosh(Z) ** 2 / len(T))",
    ),
    "hidden-delta": (
        "def hidden_delta(d, W, Z, slope):\n    return (d @ W) * slope(Z)",
        "def hidden_delta(d, W, Z, slope):\n    return d @ W.T",
        "def hidden_delta(d, W, Z, slope):\n    return (d @ W.T) * Z",
        "def hidden_delta(d, W, Z):\n    return d @ W.T",
    ),
    "softmax-delta": (
        "def softmax_delta(A, G):\n    return A * (1 - A) * G",
        "def softmax_delta(A, G):\n    return A * (G - (G * A).sum(axis=0))",
    ),
    "cost-change": (
        "def cost_change(gradient, step):\n    return -np.dot(gradient, step)",
        "def cost_change(gradient, step):\n    return gradient * step",
        "cost_change = 7",
    ),
    "bp-wrong": (
        "my_gradient = sine_gradient",
        "def my_gradient(*arguments):\n    return 2 * sine_gradient(*arguments)",
    ),
}


WARNS = """\
import sys
right = output_delta


def output_delta(Z, T):
    print("this is written to stderr", file=sys.stderr)
    return right(Z, T)"""


def right_sources():
    """Return for each exercise the sources of right answers in other styles."""
    tree = ast.parse(RIGHT_ANSWERS)
    table = next(
        n.value for n in tree.body
        if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "OTHER"
    )  # fmt: skip
    found = {}
    for key, values in zip(table.keys, table.values, strict=True):
        if key.value in NAMES:
            texts = [ast.get_source_segment(RIGHT_ANSWERS, v) for v in values.elts]
            found[key.value] = [
                f"{chapters.slice_of([RIGHT_ANSWERS], chapters.names(f'_ = ({text})'))}\n"
                f"{NAMES[key.value]} = ({text})"
                for text in texts
            ]
    return found


def formed(source, function, form):
    """Return a right answer whose result has another form."""
    return (
        f"{source}\nright = {function}\n\n\ndef {function}(*arguments, right=right):\n"
        f"    result = right(*arguments)\n    return {form}"
    )


class Class:
    """Fifty submissions, each with the exercises that should get their points."""

    def __init__(self, student, folder, port):
        self.student, self.folder, self.port = student, folder, port
        self.right = right_sources()
        self.outside = folder.parent / "outside.txt"
        self.expected, self.lost = {}, {}

    def answers(self, k):
        return {name: sources[k % len(sources)] for name, sources in self.right.items()}

    def add(self, name, answers, right, edit=None, lost=()):
        """Write a submission; ``lost`` names graders with which all its points are lost."""
        nb = nbformat.read(self.student, 4)
        for cell in nb.cells:
            for exercise, function in NAMES.items():
                if cell.cell_type == "code" and f"def {function}(" in cell.source:
                    calls = [x for x in cell.source.split("\n") if x.startswith("check(")]
                    if exercise in answers:
                        cell.source = "\n".join([answers[exercise], *calls])
        if edit:
            edit(nb)
        nbformat.write(nb, self.folder / f"{name}.ipynb")
        self.expected[name], self.lost[name] = set(right), lost

    def write(self):
        everything = set(NAMES)
        for k in range(12):
            self.add(f"good-{k:02}", self.answers(k), everything)
        for k, form in enumerate(FORMS):
            answers = {n: formed(s, NAMES[n], form) for n, s in self.answers(k).items()}
            self.add(f"form-{k}", answers, everything)
        for exercise, sources in WRONG.items():
            for k, source in enumerate(sources):
                answers = {**self.answers(k), exercise: source}
                self.add(f"wrong-{exercise}-{k}", answers, everything - {exercise})
        self.add("untouched", {}, set())
        self.write_broken(everything)
        for name, text in (("not-json", "this is not JSON"), ("empty-file", "")):
            (self.folder / f"{name}.ipynb").write_text(text, "utf-8")
            self.expected[name], self.lost[name] = set(), ()

    def write_broken(self, everything):
        first, rest = "output-delta", everything - {"output-delta"}
        loop = "def output_delta(Z, T):\n    while True:\n        pass"
        address = f"('127.0.0.1', {self.port})"
        for name, source in (
            ("syntax-error", "def output_delta(Z, T)\n    return Z"),
            ("no-such-module", "import no_such_module_at_all"),
            ("raises", "raise RuntimeError('at once')"),
            ("recursion", "def output_delta(Z, T):\n    return output_delta(Z, T)"),
            ("loop", "while True:\n    pass"),
            ("loop-in-function", loop),
        ):
            lost = ("otter",) if name.startswith("loop") else ()
            self.add(name, {**self.answers(0), first: source}, rest, lost=lost)
        works = self.answers(0)[first]
        for name, source in (
            ("sys-exit", "import sys\nsys.exit(3)"),
            ("megabytes", "for k in range(60_000):\n    print(k, 'x' * 80)"),
            ("writes-outside", f"open({str(self.outside)!r}, 'w').write('here')"),
            ("writes-in-usr", "open('/usr/made-up-class', 'w').write('here')"),
            ("reads-the-book", f"print(open({str(ROOT / 'README.md')!r}).read())"),
            ("goes-online", f"import socket\nsocket.create_connection({address}, 3)"),
            ("warns", WARNS),
        ):
            self.add(name, {**self.answers(0), first: f"{works}\n{source}"}, everything)
        ends = {**self.answers(0), first: "import os\nos._exit(3)"}
        self.add("kernel-ends", ends, ())

        def delete(nb):
            nb.cells = [c for c in nb.cells if "softmax_delta" not in c.source]

        def empty(nb):
            nb.cells = []

        def delete_tests(nb):
            nb.cells = [c for c in nb.cells if "tested again" not in c.source]

        self.add("deleted-tests", self.answers(2), everything, delete_tests)
        self.add("deleted-cells", self.answers(1), everything - {"softmax-delta"}, delete)
        self.add("no-cells", {}, set(), empty)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["nbgrader", "otter"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--graders", type=Path, default=ROOT / "_build" / "graders")
    parser.add_argument("--limit", type=float, default=300)
    parser.add_argument("--only", default="*", help="pattern for names")
    options = parser.parse_args()
    student = Marker(options.engine, ASSIGNMENT, options.graders, protected=False).prepare()
    marker = Marker(options.engine, ASSIGNMENT, options.graders, limit=options.limit)
    options.folder.mkdir(parents=True, exist_ok=True)
    listener = socket.create_server(("127.0.0.1", 0))
    connections = []

    def listen():
        while True:
            connections.append(listener.accept()[1])

    threading.Thread(target=listen, daemon=True).start()
    group = Class(student, options.folder, listener.getsockname()[1])
    group.write()
    table = options.folder / "marks.csv"
    submissions = sorted(options.folder.glob(f"{options.only}.ipynb"))
    start = time.perf_counter()
    mark_all(marker, submissions, table, 2)
    print(f"{len(submissions)} submissions in {time.perf_counter() - start:.0f} s")
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    problems = []
    for name in (path.stem for path in submissions):
        right = group.expected[name]
        points = {r["exercise"]: float(r["points"]) for r in rows if r["submission"] == name}
        right = set() if options.engine in group.lost[name] else right
        if points != {exercise: float(exercise in right) for exercise in NAMES}:
            problems.append(f"{name}: {points}, but right are {sorted(right)}")
    if group.outside.exists() or Path("/usr/made-up-class").exists():
        problems.append("a submission has written outside of its folder")
    if connections:
        problems.append("a submission has opened a connection")
    secret = (ROOT / "README.md").read_text("utf-8").split("\n")[0]
    if any(secret in r["comment"] for r in rows):
        problems.append("a submission has read a file of its marker's")
    print("\n".join(problems) or "all marks as they should be")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
