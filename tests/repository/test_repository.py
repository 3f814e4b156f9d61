"""The repository itself: repeated facts agree, and nothing is missing."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from backprop.datasets import onehot
from sklearn.datasets import load_digits

from tools import environment, ledger, sources
from web import build, notebooks, words

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
NOTEBOOKS = sorted(CHAPTERS.glob("*.ipynb"))
# What `check` says first, also where a chapter was executed before the book was in its language.
REFUSED = {"Not yet.", words.book().say("Not yet.")}
ACCEPTED = {"Right.", words.book().say("Right.")}
VERDICTS = f"(?m)^({'|'.join(map(re.escape, sorted(REFUSED | ACCEPTED)))}) "


def cells(path: Path, kind: str) -> list[dict]:
    """Return the cells of one kind of a notebook."""
    all_cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in all_cells if cell["cell_type"] == kind]


def source(cell: dict) -> str:
    """Return the text of a cell."""
    return "".join(cell["source"])


def test_one_version():
    version = build.version()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    package = (ROOT / "code" / "backprop" / "__init__.py").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["version"] == version
    assert f'__version__ = "{version}"' in package
    assert re.search(r"^## (\S+)", changes, re.M).group(1) == version


@pytest.mark.parametrize("name", environment.LISTS)
def test_locks_contain_the_choices_with_hashes(name):
    choices = (ROOT / name).read_text(encoding="utf-8").splitlines()
    target = environment.LISTS[name]
    lock = (ROOT / target).read_text(encoding="utf-8")
    pins = [line.split("#")[0].strip() for line in choices if line and line[0] not in "#-"]
    assert pins
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==\S+", pin) for pin in pins), "every choice is a pin"
    entries = re.findall(r"(?m)^(\S+==\S+)(?: ;[^\\\n]*)? \\\n((?:    --hash=.*\n?)+)", lock)
    assert len(entries) == len(re.findall(r"(?m)^\S", lock)), "every line has hashes"
    missing = set(pins) - {pin for pin, _ in entries}
    assert not missing, f"{target} is out of date: make lock"


def test_larger_locks_contain_the_smaller_ones():
    pins = [
        set(re.findall(r"(?m)^\S+==\S+", (ROOT / name).read_text(encoding="utf-8")))
        for name in ("requirements.txt", "requirements/book.txt", "requirements/test.txt")
    ]
    assert pins[0] < pins[1] < pins[2]
    frameworks = (ROOT / "requirements" / "frameworks.txt").read_text(encoding="utf-8")
    both = dict(pin.split("==") for pin in re.findall(r"(?m)^\S+==\S+", frameworks))
    tests = dict(pin.split("==") for pin in pins[2])
    assert "torch" in both
    assert {name: both[name] for name in both.keys() & tests.keys()} == {
        name: tests[name] for name in both.keys() & tests.keys()
    }


def test_no_address_of_a_package_registry():
    """pip, uv and npm know the public ones, and their settings may name others."""
    hosts = "pypi|pythonhosted|pytorch|npmjs|yarnpkg|anaconda"
    address = re.compile(
        rf"https?://[\w.-]*\b({hosts})\.(org|com)/(simple|whl|packages|[@\w.-]+/-/)"
    )
    assert address.search("--index-url https://download.pytorch.org/whl/cpu")
    assert address.search("https://registry.npmjs.org/crelt/-/crelt-1.0.7.tgz")
    for path in sources.files():
        match = address.search(path.read_text(encoding="utf-8", errors="replace"))
        assert match is None or path == Path(__file__), f"{path.name}: {match.group()}"


def test_jupyter_book_is_version_one():
    lock = (ROOT / "requirements" / "book.txt").read_text(encoding="utf-8")
    assert "jupyter-book==1.0.4.post1 " in lock


def test_uv_is_pinned_in_one_version():
    assert environment.UV in (ROOT / "requirements" / "book.in").read_text(encoding="utf-8").split()


def test_every_chapter_is_in_the_table_of_contents():
    text = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    entries = set(re.findall(r"(?:file|root): *chapters/(\S+)", text))
    pages = {path.stem for path in [*NOTEBOOKS, *CHAPTERS.glob("*.md")]}
    assert entries == pages


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
class TestNotebook:
    def test_is_tidy(self, path):
        assert not notebooks.untidy(path)

    def test_cells_are_short(self, path):
        for number, cell in enumerate(cells(path, "code"), 1):
            lines = source(cell).split("\n")
            assert len(lines) <= 25, f"code cell {number} has {len(lines)} lines"
            assert max(map(len, lines)) <= 100, f"code cell {number} has a long line"

    def test_figures_are_described(self, path):
        for number, cell in enumerate(cells(path, "code"), 1):
            images = [o for o in cell["outputs"] if "image/png" in o.get("data", {})]
            if not images:
                continue
            where = f"code cell {number}"
            texts = cell["metadata"].get("mystnb", {})
            assert len(texts.get("image", {}).get("alt", "")) >= 40, f"{where}: no alternative text"
            assert texts.get("figure", {}).get("caption"), f"{where}: no caption"
            assert len(images) == 1, f"{where} shows {len(images)} figures for one description"
            size = len("".join(images[0]["data"]["image/png"])) * 3 / 4
            assert size < 100_000, f"{where}: the image has {size / 1000:.0f} kB"

    def test_outputs_fit_on_a_screen(self, path):
        for number, cell in enumerate(cells(path, "code"), 1):
            for output in cell["outputs"]:
                text = "".join(output.get("text", output.get("data", {}).get("text/plain", "")))
                assert text.count("\n") <= 40, (
                    f"code cell {number} prints {text.count(chr(10))} lines"
                )
                assert not re.search(r"(?<![\w.])/(home|root|tmp|usr|work|Users)/", text), (
                    f"code cell {number} prints a path of a machine"
                )
                assert "Warning" not in text or output["output_type"] != "stream", (
                    f"code cell {number} stores a warning"
                )

    def test_only_times_are_left_uncompared(self, path):
        for number, cell in enumerate(cells(path, "code"), 1):
            for tag in cell["metadata"].get("tags", []):
                assert tag in {"hide-input", "nbval-ignore-output"}, f"code cell {number}: {tag}"
                timed = re.search(r"process_time|perf_counter|benchmarks/\w+\.py", source(cell))
                assert tag != "nbval-ignore-output" or timed, f"code cell {number} is not compared"
            # nbval takes orders from comments too.
            order = re.search(r"(?i)#\s*(nbval\w*|pytest_validate\w*)", source(cell))
            assert not order, f"code cell {number}: {order[1]}"

    def test_has_the_shape_of_a_chapter(self, path):
        text = "\n\n".join(source(cell) for cell in cells(path, "markdown"))
        assert re.match(r"# \S", text), "begins with its title"
        headings = re.findall(r"^## (.+)$", text, re.M)
        named = words.headings()
        own = {name: words.book().say(heading) for name, heading in named.items()}
        last = [
            [heads[name] for name in ("summary", "exercises", "reading")] for heads in (named, own)
        ]
        assert headings[-3:] in last
        assert named["box"] in text or own["box"] in text
        assert re.search(r"\{exercise(-start)?\}", text)
        assert re.search(r"\{solution-start\}|\{solution\}", text)

    def test_nothing_global_is_changed(self, path):
        """A cell that runs alone does not change the rest of the session."""
        change = r"filterwarnings|simplefilter|sys\.path|chdir|(?m:^\s*[%!])"
        for number, cell in enumerate(cells(path, "code"), 1):
            match = re.search(change, source(cell))
            assert not match, f"code cell {number}: {match[0]}"

    def test_exercises_are_complete(self, path):
        """Every exercise has a solution; its checker refuses the placeholder and accepts that."""
        text = "\n\n".join(source(cell) for cell in cells(path, "markdown"))
        exercises = re.findall(r"(?m)^`{3,}\{exercise(?:-start)?\}.*\n:label: (\S+)", text)
        solutions = re.findall(r"(?m)^`{3,}\{solution(?:-start)?\} (\S+)", text)
        assert exercises == solutions
        answers: dict[str, list[str]] = {}
        for cell in cells(path, "code"):
            parts = [
                output.get("text") or output["data"]["text/plain"] for output in cell["outputs"]
            ]
            text = "".join("".join(part) for part in parts)
            names = re.findall(r'(?m)^check\("([\w-]+)"', source(cell))
            verdicts = re.findall(VERDICTS, text)
            for name, answer in zip(names, verdicts, strict=True):
                answers.setdefault(f"ex-{name}", []).append(answer in REFUSED)
        assert set(answers) <= set(exercises)
        wrong = {label: refused for label, refused in answers.items() if refused != [True, False]}
        assert not wrong, f"not refused and then accepted: {wrong}"


def test_every_checker_is_called():
    calls = set()
    for path in NOTEBOOKS:
        for cell in cells(path, "code"):
            calls |= set(re.findall(r'(?m)^check\("([\w-]+)"', source(cell)))
    checkers = set()
    for path in (ROOT / "code" / "backprop" / "exercises").glob("*.py"):
        checkers |= set(
            re.findall(r'(?m)^@exercise\("([\w-]+)"\)', path.read_text(encoding="utf-8"))
        )
    assert calls == checkers


def test_no_function_is_defined_twice_in_the_book():
    chapters_by_body: dict[str, set[str]] = {}
    for path in NOTEBOOKS:
        for cell in cells(path, "code"):
            for body in re.findall(r"^def \w+(\(.*?(?=^\S|\Z))", source(cell), re.M | re.S):
                # Placeholders of exercises are alike, and a formula of one line may be.
                if "NotImplementedError" not in body and body.strip().count("\n") > 1:
                    chapters_by_body.setdefault(" ".join(body.split()), set()).add(path.stem)
    twice = [chapters for chapters in chapters_by_body.values() if len(chapters) > 1]
    assert not twice


def test_no_label_is_unused_or_unknown():
    texts = ledger.texts()
    everything = "\n".join(texts.values())
    labels = {e.label for e in ledger.equations()}
    references = set(re.findall(r"\{eq\}`([^`]+)`", everything))
    assert references <= labels, f"unknown: {references - labels}"
    package = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "code").rglob("*.py"))
    named = set(re.findall(r"``((?:eq|def)-[a-z0-9-]+)``|\(((?:eq|def)-[a-z0-9-]+)\)", package))
    named = {label for pair in named for label in pair if label}
    assert named <= labels, f"named in the package, but in no page: {named - labels}"


def test_every_work_in_the_bibliography_is_cited():
    works = re.findall(r"(?m)^@\w+\{([^,]+),", (CHAPTERS / "references.bib").read_text("utf-8"))
    text = "\n".join(ledger.texts().values())
    citations = {
        key.strip()
        for keys in re.findall(r"\{cite:\w+\}`([^`]+)`", text)
        for key in keys.split(",")
    }
    assert len(works) == len(set(works)) > 50
    assert set(works) == citations


def test_links_between_files_lead_somewhere():
    for path in sources.files():
        if path.suffix != ".md" or CHAPTERS in path.parents:
            continue  # the links of the pages are tested on the site
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def unlicensed(root: Path, files: list[Path]) -> list[str]:
    """Return the files of data that no README beside them names, or for which it has no licence.

    A README has a section for each file, or for several, with their names in the heading.
    """
    lacking = []
    for path in files:
        readme = path.parent / "README.md"
        if (path.suffix != ".npz" and root / "chapters" / "data" not in path.parents) or (
            path == readme
        ):
            continue
        sections = re.split(r"(?m)^## ", readme.read_text("utf-8") if readme.exists() else "")
        own = [text for text in sections if path.name in text.partition("\n")[0]]
        if not any(re.search(r"\*\*Licence:\*\* (?!TODO)\S", text) for text in own):
            lacking.append(path.relative_to(root).as_posix())
    return lacking


def test_all_data_are_licensed():
    assert not unlicensed(ROOT, sources.files()), "name the file and its licence in README.md"


def test_data_without_a_licence_are_noticed(tmp_path):
    folder = tmp_path / "chapters" / "data" / "22-star"
    folder.mkdir(parents=True)
    file, readme = folder / "stars.csv", folder / "README.md"
    file.write_text("1,2\n")
    name = "chapters/data/22-star/stars.csv"
    for text in (None, "# Data\n\n**Licence:** CC0\n", "## stars.csv\n\n**Licence:** TODO.\n"):
        if text is not None:
            readme.write_text(text)
        assert unlicensed(tmp_path, [file]) == [name]
    readme.write_text("## stars.csv\n\n**Licence:** CC0\n")
    assert unlicensed(tmp_path, [file, readme]) == []


def test_no_file_is_large():
    for path in sources.files():
        assert path.suffix == ".npz" or path.stat().st_size < 1_500_000, path.name


def test_every_module_of_checkers_has_tests():
    modules = (ROOT / "code" / "backprop" / "exercises").glob("ch[0-9][0-9].py")
    tests = ROOT / "tests" / "code" / "exercises"
    lacking = []
    for path in sorted(modules):
        test = tests / f"test_{path.stem}.py"
        text = test.read_text("utf-8") if test.exists() else ""
        names = re.findall(r'(?m)^@exercise\("([\w-]+)"', path.read_text("utf-8"))
        if not any(f'"{name}"' in text for name in names):
            lacking.append(test.relative_to(ROOT).as_posix())
    assert not lacking, "wrong answers with their hints belong there"


def test_the_readme_names_targets_that_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for name in ("README.md", "CONTRIBUTING.md", "chapters/index.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    assert "make test-all" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_readmes_example_runs():
    """With data of the form that it names: 64 inputs, ten classes."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"(?s)```python\n(.*?)```", text)
    X, labels = load_digits(return_X_y=True)
    names = {"X": X / 16, "t": onehot(labels, 10)}
    exec(example, names)
    assert names["scores"]["train_accs"][-1] > 0.99


def waited_for(tree):
    """Yield what the calls of wait_for_function in a test wait for, with their lines."""
    texts = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "wait_for_function":
            first = node.args[0]
            yield texts.get(getattr(first, "id", ""), getattr(first, "value", "")), node.lineno


def test_no_test_waits_for_a_promise_that_is_true_at_once():
    seen = 0
    for path in sorted((ROOT / "tests" / "site").glob("*.py")):
        for text, line in waited_for(ast.parse(path.read_text(encoding="utf-8"))):
            seen += 1
            assert not str(text).lstrip().startswith("async"), (
                f"{path.name}:{line}: Playwright takes the promise of an async function for true; "
                "call evaluate until it returns what is expected"
            )
    assert seen > 20


UNSEEDED = re.compile(r"\b(?:default_rng|RandomState|SeedSequence|Random)\(\s*\)")


def test_nothing_draws_without_a_seed():
    """A test that fails once in a hundred runs says nothing when it passes."""
    paths = [path for path in sources.files() if path.suffix in (".py", ".ipynb")]
    assert len(paths) > 100
    found = [path for path in paths if UNSEEDED.search(path.read_text(encoding="utf-8"))]
    assert not [path.relative_to(ROOT).as_posix() for path in found]
    assert UNSEEDED.search("np.random.default_" + "rng()")
