"""Mark what a class hands in, with nbgrader or otter-grader, one process for each submission.

    python -m tools.editions mark nbgrader ASSIGNMENT SUBMISSIONS --graders ENVIRONMENT

Both programs run a student's code as whoever starts them.  Here each submission is marked in a
folder of its own by bubblewrap (``bwrap``), which shows it the installed programs, read only, and
no network; without bubblewrap marking is refused, unless ``--unprotected`` says otherwise.
Time, memory and the size of files are limited.  What the code can still do is to read the
hidden tests and to write its own marks: it shares a process with the test.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat

from web import ROOT

SETTINGS = ("ld.so.cache", "alternatives", "fonts", "group", "hosts", "localtime", "passwd")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", *(f"/etc/{name}" for name in SETTINGS))
LIMITS = 'ulimit -t 120 -f 100000 -v 8000000 -c 0; exec "$@"'  # seconds of CPU; kB
LENGTH = 2000  # of a comment
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
ERROR = re.compile(r"[\w.]*(Error|Exception)\b")  # a traceback's last line
FIELDS = ("submission", "exercise", "points", "comment", "seconds")


@dataclass
class Marker:
    """How the submissions to one assignment are marked.

    Parameters
    ----------
    engine : {"nbgrader", "otter"}
        Which grader.
    name : str
        The assignment.
    graders : Path
        The environment in which the graders are installed.
    source : Path
        The folder that ``make autograder`` has written.
    limit : float
        Seconds for a submission.
    protected : bool
        Whether to use bubblewrap.
    """

    engine: str
    name: str
    graders: Path
    source: Path = ROOT / "_build" / "autograder"
    limit: float = 300
    protected: bool = True

    def __post_init__(self):
        self.graders, self.source = self.graders.absolute(), self.source.absolute()
        if self.protected and shutil.which("bwrap") is None:
            raise FileNotFoundError(
                "bwrap should be installed (the package bubblewrap), but is not found; "
                "--unprotected marks without it: a submission can then do what you can do"
            )
        self.exercises = [
            cell.metadata.nbgrader.grade_id
            for cell in nbformat.read(
                self.source / "nbgrader" / "source" / self.name / f"{self.name}.ipynb", 4
            ).cells
            if cell.metadata.nbgrader.grade
        ]

    def prepare(self) -> Path:
        """Make the student's version with the grader itself; return it."""
        if self.engine == "nbgrader":
            place = self.source / "nbgrader"
            self._run_here(place, "nbgrader", "generate_assignment", "--force", self.name)
            return place / "release" / self.name / f"{self.name}.ipynb"
        place = self.source / "otter" / self.name
        shutil.rmtree(place / "dist", ignore_errors=True)
        self._run_here(place, "otter", "assign", f"{self.name}.ipynb", "dist")
        return place / "dist" / "student" / f"{self.name}.ipynb"

    def _run_here(self, place: Path, program: str, *arguments: str) -> None:
        command = [str(self.graders / "bin" / program), *arguments]
        environment = {**os.environ, **self._environment(Path(tempfile.gettempdir()))}
        done = subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _environment(self, home: Path) -> dict[str, str]:
        path = f"{self.graders / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        return {
            "HOME": str(home), "PATH": path, "PYTHONPATH": str(ROOT / "code"), "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "JUPYTER_PREFER_ENV_PATH": "1",
        }  # fmt: skip

    def command(self, box: Path, arguments: list[str]) -> tuple[list[str], dict[str, str]]:
        """Return the command that runs a grader in a box, and its environment."""
        limited = ["bash", "-c", LIMITS, "grader", *arguments]
        if not self.protected:
            environment = {**self._environment(box / "home"), "TMPDIR": str(box / "tmp")}
            environment["PYTHONPATH"] = f"{ROOT / 'web' / 'guard'}:{environment['PYTHONPATH']}"
            return limited, environment
        interpreter = (self.graders / "bin" / "python").resolve().parent.parent
        shown = [*SYSTEM, str(interpreter), str(self.graders), str(ROOT / "code")]
        binds = [word for path in shown for word in ("--ro-bind-try", path, path)]
        environment = self._environment(Path("/box/home"))
        return [
            "bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000",
            "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev",
            "--size", str(2**28), "--tmpfs", "/tmp", *binds, "--bind", str(box), "/box",
            "--chdir", "/box", *limited,
        ], environment  # fmt: skip

    def mark(self, submission: Path) -> list[dict]:
        """Mark one submission; return a row for each exercise, whatever happens."""
        start = time.perf_counter()
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            box = Path(folder)
            for name in ("home", "tmp"):
                (box / name).mkdir()
            marks, problem = {}, ""
            try:
                problem = self._run(box, self._fill(box, submission))
                marks = self._marks(box)
            except Exception as error:
                problem = problem or f"{type(error).__name__}: {error}"
        seconds = f"{time.perf_counter() - start:.1f}"
        missing = (0.0, f"not marked: {problem or 'the exercise is missing'}")
        rows = [(name, *marks.get(name, missing)) for name in self.exercises]
        return [dict(zip(FIELDS, (submission.stem, *row, seconds), strict=True)) for row in rows]

    def _fill(self, box: Path, submission: Path) -> list[str]:
        """Put into a box what the grader needs; return the grader's arguments."""
        program = str(self.graders / "bin" / self.engine)
        if self.engine == "otter":
            place = self.source / "otter" / self.name / "dist" / "autograder"
            shutil.copyfile(next(place.glob("*.zip")), box / "autograder.zip")
            shutil.copyfile(submission, box / "submission.ipynb")
            return [
                program,
                "run",
                "--no-logo",
                "-a",
                "autograder.zip",
                "-o",
                ".",
                "submission.ipynb",
            ]
        place, name = self.source / "nbgrader", f"{self.name}.ipynb"
        for file in ("nbgrader_config.py", "gradebook.db"):
            shutil.copyfile(place / file, box / file)
        shutil.copytree(place / "release" / self.name, box / "source" / self.name)
        target = box / "submitted" / "student" / self.name
        target.mkdir(parents=True)
        shutil.copyfile(submission, target / name)
        return [program, "autograde", self.name, "--student", "student"]

    def _run(self, box: Path, arguments: list[str]) -> str:
        """Run the grader; return what went wrong."""
        command, environment = self.command(box, arguments)
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                command, cwd=box, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                status = process.wait(self.limit)
            except subprocess.TimeoutExpired:
                return f"no result within {self.limit:g} s"
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            log.seek(max(0, log.seek(0, os.SEEK_END) - 20_000))
            lines = log.read().decode(errors="replace").strip().split("\n")
        errors = [line for line in lines if ERROR.match(line)]
        return (errors or lines)[-1][:LENGTH] if status else ""

    def _marks(self, box: Path) -> dict[str, tuple[float, str]]:
        """Read points and comments from what the grader has left."""
        if self.engine == "otter":
            tests = json.loads(left(box, "results.json").read_text(encoding="utf-8"))["tests"]
            return {t["name"]: (t["score"], brief(t["output"])) for t in tests if "score" in t}
        with sqlite3.connect(left(box, "gradebook.db")) as book:
            scores = dict(book.execute(
                "SELECT base_cell.name, grade.auto_score FROM grade "
                "JOIN base_cell ON grade.cell_id = base_cell.id"
            ))  # fmt: skip
        book.close()
        path = left(box, f"autograded/student/{self.name}/{self.name}.ipynb")
        printed: dict[str, str] = {}
        for cell in nbformat.read(path, as_version=4).cells:
            label = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
            printed[label] = printed.get(label, "") + outputs(cell)
        return {k: (v or 0.0, brief(printed.get(k, ""))) for k, v in scores.items()}


def left(box: Path, name: str) -> Path:
    """Return a file that was left in a box: no link to elsewhere, no pipe that nobody fills.

    Raises
    ------
    FileNotFoundError
        If it is none.
    """
    path = box.resolve() / name
    if path.resolve() != path or not path.is_file():
        raise FileNotFoundError(f"the grader should leave {name}, but has not")
    return path


def outputs(cell) -> str:
    """Return what a cell has printed and raised."""
    texts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            texts.append(brief(output.text))
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}"[:LENGTH])
        elif "data" in output:
            texts.append(output.data.get("text/plain", "")[:LENGTH])
    return "".join(text.rstrip() + "\n" for text in texts)


def brief(text: str) -> str:
    """Return a text without colours and repeated lines, not longer than a comment should be."""
    lines = ESCAPES.sub("", text).strip().split("\n")
    text = "\n".join(dict.fromkeys(lines))  # a test calls an answer many times
    return text if len(text) <= LENGTH else f"{text[: LENGTH // 2]} … {text[-LENGTH // 2 :]}"


def mark_all(marker: Marker, submissions: list[Path], target: Path, workers: int) -> int:
    """Mark submissions, several at a time, into a CSV file; return how many there were."""
    with (
        target.open("w", newline="", encoding="utf-8") as file,
        ThreadPoolExecutor(workers) as pool,
    ):
        table = csv.DictWriter(file, FIELDS)
        table.writeheader()
        for rows in pool.map(marker.mark, submissions):
            table.writerows(rows)
            file.flush()
    return len(submissions)
