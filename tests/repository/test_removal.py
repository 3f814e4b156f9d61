"""A chapter can be removed: what is left hangs together, and sentences to be read are listed."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter

import pytest

from tools import ledger, plant, sources, words
from tools.chapter import entries, formulas, mentions, packages, removal
from web import ROOT, notebooks
from web.pages import glossary_links

CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("[0-9]*.ipynb"))
FRAMEWORKS = [name for name in CHAPTERS if notebooks.required(ROOT / f"chapters/{name}.ipynb")]
REMOVED = sorted({CHAPTERS[1], *FRAMEWORKS[-1:], CHAPTERS[-1]})  # early, with frameworks, the last


@pytest.fixture(scope="module", params=REMOVED)
def book(request, tmp_path_factory):
    """Return a copy of the book without a chapter, the chapter, and the report."""
    folder = tmp_path_factory.mktemp("book")
    sources.copy(folder)
    gone, report = removal.remove(request.param, folder)
    return folder, gone, report


def passed(folder, chosen, *files):
    """Run some tests of the copy, which have to pass, and return what pytest says."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen]
    alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # plugins that it does not need take a second
    environment = {**os.environ, **alone}
    found = subprocess.run(
        [*command, *files], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout
    return found.stdout


def text_of(folder):
    """Return the text of all pages but those that programs write."""
    pages = ledger.texts(folder / "chapters")
    return "\n".join(text for name, text in pages.items() if name != "claims")


def references(gone):
    """Return what pages that people write say of a chapter, outside the tables of all chapters."""
    row = re.compile(rf"(?m)^\| (?:{gone.number} \| )?\{{doc\}}`{gone.stem}` .*\n")
    pages = {name: row.sub("", text) for name, text in ledger.texts().items()}
    return [
        match[0] for name, text in pages.items() if name not in (gone.stem, "claims")
        for match in mentions.ROLE.finditer(text) if gone.has(match[3] or match[4])
    ]  # fmt: skip


def test_its_files_and_lines_are_gone(book):
    folder, gone, report = book
    number = gone.stem[:2]
    assert f"chapters/{gone.stem}.ipynb" in report.deleted
    assert f"code/backprop/exercises/ch{number}.py" in report.deleted
    assert not [name for name in report.deleted if (folder / name).exists()]
    left = [path.name for path in (folder / "tests").rglob(f"test_{number}_*.py")]
    assert not left
    tables = [f"tests/{name}" for name in removal.TABLES]
    for name in ("_toc.yml", "chapters/index.md", *tables):
        assert gone.stem not in (folder / name).read_text("utf-8")
    rows = [line for line in (ROOT / "chapters/index.md").read_text("utf-8").split("\n")
            if line.startswith(f"| {gone.number} |")]  # fmt: skip
    assert len(rows) == 1
    assert rows[0] not in (folder / "chapters/index.md").read_text("utf-8")


def test_every_reference_leads_somewhere(book):
    folder, gone, _ = book
    assert gone.named, "a chapter has labels"
    text = text_of(folder)
    targets = [match[3] or match[4] for match in mentions.ROLE.finditer(text)]
    assert len(targets) > 500
    assert not [target for target in targets if gone.has(target)]
    code = "\n".join(path.read_text("utf-8") for path in (folder / "code").rglob("*.py"))
    assert not [label for label in gone.named if f"``{label}``" in code]


def test_the_ledgers_are_complete(book):
    folder, gone, _ = book
    equations = ledger.equations(folder / "chapters")
    tests = ledger.tests(folder / "tests" / "equations")
    assert not ledger.problems(equations, tests)
    lost = {e.label for e in ledger.equations()} - {e.label for e in equations}
    assert lost == {label for label in gone.named if label.startswith(("eq-", "def-"))}
    claims = set(re.findall(r"\{claim\}`([\w-]+)`", text_of(folder)))
    declared = {
        label for path in (folder / "tests" / "claims").glob("test_[0-9]*.py")
        for label in re.findall(r'"(claim-[\w-]+)"', path.read_text("utf-8"))
    }  # fmt: skip
    assert claims == declared


def test_the_lists_of_formulas_follow(book):
    folder, gone, report = book
    for name in ("inline.toml", "terms.toml"):
        rows = tomllib.loads((folder / formulas.FOLDER / name).read_text("utf-8"))
        assert gone.stem not in rows
        assert len(rows) > 20
    chosen = "every_formula_is_listed or what_the_list_says or idle or only_names or is_no_name"
    said = passed(folder, chosen, "tests/equations/test_inline.py")
    assert int(re.search(r"(\d+) passed", said)[1]) > 1000
    for place in report.formulas:
        lines = (folder / place.file).read_text("utf-8").split("\n")
        assert lines[place.line - 1] == place.sentence


def test_every_checker_is_called_and_tested(book):
    folder, _, _ = book
    called = {
        name for path in (folder / "chapters").glob("*.ipynb")
        for name in re.findall(r'(?m)^check\("([\w-]+)"', notebooks.code(path))
    }  # fmt: skip
    checkers = {
        name for path in (folder / "code/backprop/exercises").glob("ch*.py")
        for name in re.findall(r'(?m)^@exercise\("([\w-]+)"\)', path.read_text("utf-8"))
    }  # fmt: skip
    assert called == checkers
    for name in ("right_answers", "test_wrong_answers", "test_mutants"):
        module = folder / "tests" / "code" / "exercises" / f"{name}.py"
        keys = {
            key.value for node in ast.walk(ast.parse(module.read_text("utf-8")))
            if isinstance(node, ast.Dict) for key in node.keys
            if isinstance(key, ast.Constant) and re.fullmatch(r"[a-z0-9]+-[a-z-]+", str(key.value))
        }  # fmt: skip
        programs = (ROOT / "code/backprop/exercises").glob("ch*.py")
        before = re.findall(
            r'(?m)^@exercise\("([\w-]+)"\)', "\n".join(p.read_text("utf-8") for p in programs)
        )
        assert keys & set(before) <= checkers


def test_works_numbers_and_errata_agree(book):
    folder, _, _ = book
    works = re.findall(
        r"(?m)^@\w+\{([^,]+),", (folder / "chapters/references.bib").read_text("utf-8")
    )
    assert set(works) == removal.cited(folder)
    records = (folder / "tests/repository/records.toml").read_text("utf-8")
    assert set(tomllib.loads(records)) == set(works)
    assert removal.without_records(records, folder) == records
    numbers = tomllib.loads((folder / "tests/repository/numbers.toml").read_text("utf-8"))
    assert set(numbers) <= {path.stem for path in (folder / "chapters").glob("*.ipynb")}
    rows = (folder / "chapters/errata.md").read_text("utf-8").count("\n* - ") - 1
    test = (folder / "tests/repository/test_errata.py").read_text("utf-8")
    assert int(re.search(r"(?m)^ROWS = (\d+)", test)[1]) == rows
    for row in re.split(r"(?m)^(?=\* - )", (folder / "chapters/errata.md").read_text("utf-8"))[2:]:
        assert re.search(r"\{(eq|doc|prf:ref)\}`", row), row


def test_python_and_notebooks_are_sound(book):
    folder, _, _ = book
    ruff = [sys.executable, "-m", "ruff", "check", "-q", "--no-cache"]
    subprocess.run([*ruff, "--fix-only", "."], cwd=folder, check=True)
    found = subprocess.run([*ruff, "."], cwd=folder, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout
    for path in (folder / "chapters").glob("*.ipynb"):
        if path.read_bytes() != (ROOT / "chapters" / path.name).read_bytes():
            assert not notebooks.untidy(path)


def test_the_catalogues_have_no_words_of_files_that_are_gone(book):
    folder, _, report = book
    scripts = [name for name in report.deleted if name.endswith(".js")]
    for path in sorted((folder / "web" / "locale").glob("*.po*")):
        before = words.read(ROOT / "web" / "locale" / path.name, None)
        after = words.read(path, None)
        places = {name for message in after for name, _ in message.locations}
        assert places
        assert not [name for name in places if not (folder / name).exists()]
        assert len(before) - len(after) >= 10 * len(scripts)
        if not scripts:
            assert path.read_bytes() == (ROOT / "web" / "locale" / path.name).read_bytes()


def test_what_a_person_should_read_can_be_found(book):
    folder, gone, report = book
    assert bool(report.rewritten) == bool(references(gone))  # a new chapter may have none
    held = sum(
        "explore.figure(" in path.read_text("utf-8")
        for path in (folder / "chapters").glob("*.ipynb")
    )
    word = re.search(r"the figures in (\w+) chapters", (folder / "README.md").read_text("utf-8"))[1]
    assert mentions.COUNTS.index(word) == held
    for place in report.rewritten:
        assert place.sentence
        assert (place.cell > 0) == place.file.endswith(".ipynb")
    words = re.compile(rf"\b[Cc]hapter {gone.number}\b")
    listed = {(place.file, place.line) for place in report.left}
    for name in (
        "chapters/teaching.md",
        "chapters/glossary.md",
        "chapters/notation.md",
        "README.md",
    ):
        for number, line in enumerate((folder / name).read_text("utf-8").split("\n"), 1):
            assert not words.search(line) or (name, number) in listed
    assert all(str(place) in report.text(gone) for place in report.rewritten)


@pytest.fixture
def gone():
    return mentions.Gone("04-four", "Four", {"eq-a": "the equation for $a$", "ex-b": "an exercise"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By {eq}`eq-a` and {eq}`eq-z`.", "By the equation for $a$ and {eq}`eq-z`."),
        ("So. {eq}`eq-a` holds.", "So. The equation for $a$ holds."),
        ("{doc}`04-four` says it.", "“Four” says it."),
        ("{doc}`the last one <04-four>`", "The last one"),
        ("See [there](04-four.ipynb#part).", "See there."),
        ("It holds. {claim}`claim-a`", "It holds. {claim}`claim-a`"),
        ("in chapters 4 to 6, chapters 3 and 4", "in chapters 5 and 6, chapter 3"),
        ("chapters 2 to 4, chapters 1 to 9", "chapters 2 and 3, chapters 1 to 9"),
        ("| 4 | {doc}`04-four` | Why? |\n| 5 | x |", "| 5 | x |"),
        ("| a | {doc}`03-c`, {doc}`04-four`, {doc}`05-e` |", "| a | {doc}`03-c`, {doc}`05-e` |"),
        ("| a | b | {ref}`ex-b` |", "| a | b | none |"),
        ("| a | b | {doc}`05-e`; {doc}`04-four` to read |", "| a | b | {doc}`05-e` |"),
        ("| a | | c |", "| a | | c |"),
    ],
)
def test_what_is_written_instead(gone, tmp_path, text, expected):
    rewriting = mentions.Rewriting(gone, tmp_path)
    assert rewriting.text(text, "chapters/x.md") == expected
    changed = expected != text and "|" not in text
    assert bool(rewriting.places) == changed


@pytest.mark.parametrize(
    ("latex", "name"),
    [
        ("a^l = b", "$a^l$"),
        (r"\frac{a}{b} &= c \\ &= d", r"$\frac{a}{b}$"),
        (r"\begin{aligned} a &= b \end{aligned}", None),
        ("a < b", None),
    ],
)
def test_an_equation_is_named_by_its_left_side(latex, name):
    assert mentions.quantity(latex) == name


def test_the_lines_of_a_package_that_no_chapter_needs_are_found(tmp_path):
    for name, text in {
        "requirements/chapters.in": "numpy==2.4.6\nsolver==1.0\n",
        "requirements/test.in": "pytest-solver==1.0\n",
        "code/pyproject.toml": 'chapters = [\n  "solver>=0.9",\n  "solver-extra>=0.9",\n]\n',
        "web/live/files.toml": '[[file]]\npackage = "solver"\ndepends = ["solver"]\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    places = "requirements/chapters.in, line 2; code/pyproject.toml, line 2"
    assert packages.listed(tmp_path, "solver") == f"{places}; web/live/files.toml, line 2"
    assert packages.listed(tmp_path, "solver", on_pages=False) == places
    assert packages.listed(tmp_path, "backprop.tape") == ""


def test_what_only_a_package_needs_is_named_and_what_others_need_is_kept(tmp_path):
    """Optuna needs colorlog; scikit-learn, which is still imported, needs joblib."""
    for name, text in {
        "chapters/01-a.ipynb": '{"cells": [{"cell_type": "code", "source": "import sklearn"}]}',
        "code/backprop/a.py": "import tqdm\n",
        "code/pyproject.toml": "",
        "requirements/chapters.in": "distributed==1\njoblib==1\noptuna==1\ntqdm==1\n",
        "web/live/files.toml": "".join(
            f'[[file]]\npackage = "{one}"\ndepends = {needs}\n'
            for one, needs in {
                "joblib": [], "optuna": ["sqlite3", "tqdm"], "sqlite3": [], "colorlog": [],
            }.items()
        ),
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    before = {"sklearn", "joblib", "optuna", "dask", "backprop.tape"}
    chosen, live = "requirements/chapters.in, line", "web/live/files.toml, line"
    assert packages.unused(tmp_path, before) == [
        "backprop.tape",
        "dask",
        f"joblib: {chosen} 2, but others need it on the pages",
        f"optuna: {chosen} 3; {live} 5",
        f"colorlog, there for what is named above: {live} 11",
        f"distributed, there for what is named above: {chosen} 1",
        f"sqlite3, there for what is named above: {live} 8",
    ]


def test_a_term_of_one_chapter_goes_with_it():
    entries = [
        ":sorted:\n\na\n  Not here.", ".. also: bs\n.. only in: 02\nb\n  One.\n\n  More.",
        ".. only in: 02 05\nc\n  2.", ".. not in: 02\nd\n  Three.", ".. not in: 01 02 05\ne\n  4.",
        ".. not in: 05\nlong term\n  5.", ".. not linked\ng\n  6.", ".. also: more of it\nh\n  7.",
    ]  # fmt: skip
    left = [
        ":sorted:\n\na\n  Not here.", ".. only in: 05\nc\n  2.", "d\n  Three.",
        ".. not in: 01 05\ne\n  4.", ".. not linked\ng\n  6.", ".. also: more of it\nh\n  7.",
    ]  # fmt: skip
    text = "# Terms\n\n```{{glossary}}\n{}\n```\n\nThe end.\n"
    pages = {"01": "A or d, and more\nof it.", "05": "c, a long term", "07": "An e."}
    changed = removal.without_terms(text.format("\n\n".join(entries)), "02", pages)
    assert changed == text.format("\n\n".join(left))


def test_only_running_text_leads_to_a_term():
    text = (
        "# A tape\n\n`````{{tip}} At a glance\na tape\n`````\n\n"
        "See `tape`, {{ref}}`tape` and $tape$:\n\n$$\ntape\n$$ (eq-tape)\n\n{}\n\n"
        "```{{exercise}}\n:label: ex-a\n{}\n```\n"
    )
    (tape,) = glossary_links.entries("```{glossary}\ntape\n  A list.\n```")

    def used(one, two):
        return removal.is_used(tape, {"03": removal.running_text(text.format(one, two))})

    assert not used("None.", "$x$")
    assert used("The *tape* is long; $x$.", "None.")
    assert used("None.", "Read the tapes of $x$.")


def test_every_term_that_is_left_is_used(book):
    folder, gone, _ = book
    texts = ledger.texts(folder / "chapters")
    pages = {name: removal.running_text(texts[name]) for name in texts if name[0].isdigit()}
    assert gone.stem not in pages
    glossary = (folder / "chapters" / "glossary.md").read_text("utf-8")
    for entry in filter(lambda entry: entry.linked, glossary_links.entries(glossary)):
        words, _ = glossary_links.pattern([entry])
        assert any(entry.belongs(name[:2]) and words.search(pages[name]) for name in pages), entry


def test_data_go_with_their_section(tmp_path):
    folder = tmp_path / "book"
    sources.copy(folder)
    path = folder / "chapters" / f"{CHAPTERS[3]}.ipynb"
    text = path.read_text("utf-8").replace("import numpy as np", "open('data/own.csv')", 1)
    path.write_text(text, "utf-8")
    data = folder / "chapters" / "data"
    (data / "own.csv").write_text("1", "utf-8")
    before = (data / "README.md").read_text("utf-8")
    (data / "README.md").write_text(f"{before}\n## own.csv\n\n**Licence:** CC0\n", "utf-8")
    _, report = removal.remove(CHAPTERS[3], folder)
    assert "chapters/data/own.csv" in report.deleted
    assert (data / "README.md").read_text("utf-8") == before
    assert (data / "mnist.npz").exists()


def test_lists_with_reasons_follow(book):
    folder, gone, _ = book
    tests = {
        "test_names.py": "in_a_chapter",
        "test_numbers.py": "chapters_are_there",
        "test_references.py": "(names_and_years or of_the_same_chapter)",
    }
    for name in tests:
        text = (folder / "tests/repository" / name).read_text("utf-8")
        assert gone.stem not in text
        assert not [label for label in gone.named if label[:4] == "fig-" and f'"{label}"' in text]
    chosen = " or ".join(f"({name[:-3]} and {test})" for name, test in tests.items())
    said = passed(folder, chosen, *(f"tests/repository/{name}" for name in tests))
    assert int(re.search(r"(\d+) passed", said)[1]) >= 4


def changed(folder, name):
    """Tell whether a file in a folder differs from the book's."""
    return (folder / name).read_bytes() != (ROOT / name).read_bytes()


def test_errors_without_a_place_or_a_guard_go(book, tmp_path):
    folder, _, _ = book
    tree = ast.parse((folder / "tools/plant.py").read_text("utf-8"))
    names = {
        node.args[0].value for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Case"
    }  # fmt: skip
    lost = [case for case in plant.CASES if case.name not in names]
    kept = [case for case in plant.CASES if case.name in names]
    assert len(kept) > len(plant.CASES) / 2

    def guarded(case):
        files = [part.partition("::")[0] for part in case.guard if part.startswith("tests/")]
        return all((folder / file).exists() for file in files)

    for case in lost:
        assert not guarded(case) or not (folder / case.file).exists() or changed(folder, case.file)
    for case in kept:
        assert guarded(case)
        if changed(folder, case.file):
            path = shutil.copyfile(folder / case.file, tmp_path / "copy")
            case.change(path)
            assert not path.exists() or path.read_bytes() != (folder / case.file).read_bytes()


def test_the_entry_of_an_error_goes():
    first = '    Case(\n        "one",\n        PAGE,\n        text("a", "b"),\n    ),\n'
    second = '    Case("two", "chapters/06-b.ipynb"),\n'
    before = f"CASES = [\n    # of pages\n{first}{second}]\n"
    for names, left in (({"one"}, second), ({"two"}, first), ({"a"}, first + second)):
        after = entries.without_cases(before, names)
        assert after == f"CASES = [\n    # of pages\n{left}]\n"


def test_an_error_can_be_planted_where_its_text_stands():
    case = plant.Case("x", "page.md", plant.text("a = b", "a = c"), (), "")
    assert removal.plantable(case, b"a = b\n")
    assert not removal.plantable(case, b"b = a\n")
    assert not removal.plantable(case, None)


def test_an_entry_goes_by_a_part_of_its_key():
    before = (
        'A = {\n    ("gone", "x"): "why",\n    ("kept", "x"): "why",\n    "fig-a": "gone",\n}\n'
    )
    after = entries.without_entries(before, "gone".__eq__)
    assert after == 'A = {\n    ("kept", "x"): "why",\n}\n'


def test_entries_go_with_what_only_they_used():
    before = (
        "import math\n\n\ndef helper(x):\n    return used(x)\n\n\ndef used(x):\n    return x\n\n\n"
        "def kept(x):\n    return x\n\n\nTABLE = {\n    \"gone-a\": [helper],  # why\n"
        "    \"stays-b\": [kept],\n}\n"
    )  # fmt: skip
    after = entries.without_entries(before, lambda text: text == "gone-a")
    assert '"gone-a"' not in after
    left = entries.without_unused(before, after, lambda name: False)
    assert "def helper" not in left
    assert "def used" not in left
    assert "def kept" in left
    assert "def helper" in entries.without_unused(before, after, lambda name: name == "helper")


def test_a_test_goes_with_its_only_mark():
    text = (
        '@pytest.mark.equation("eq-a", how="x")\n@pytest.mark.equation("eq-b", how="x")\n'
        'def test_both():\n    pass\n\n\n@pytest.mark.equation("eq-a", how="x")\n'
        "def test_one():\n    pass\n"
    )
    left = entries.without_marks(text, {"eq-a"})
    assert "test_one" not in left
    assert left.startswith('@pytest.mark.equation("eq-b", how="x")\ndef test_both')


TABLE = """[page]
'a = b' = { same = "eq-a" }
'c = d' = { true = "numbers", times = 2 }
"a shape" = ['(n)', '(n)', '(m)']
"""


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        ({"a = b": 1, "c = d": 2, "(n)": 2, "(m)": 1}, TABLE.split("\n")[1:-1]),
        ({"c = d": 1, "(n)": 1}, ["'c = d' = { true = \"numbers\" }", "\"a shape\" = ['(n)']"]),
        ({"a = b": 3, "(m)": 2}, [
            "'a = b' = { same = \"eq-a\", times = 3 }", "\"a shape\" = ['(m)', '(m)']",
        ]),
        ({"x'": 2}, [f'"{formulas.INSTEAD}" = ["x\'", "x\'"]']),
        ({}, []),
    ],
)  # fmt: skip
def test_a_table_follows_its_page(printed, lines):
    table = formulas.Table.read(TABLE)
    table.follow(Counter(printed))
    assert str(table) == "\n".join(["[page]", *lines, ""])
    assert formulas.Table.read(str(table)).entries == table.entries


def test_what_stands_in_place_of_two_chapters_references_is_one_line():
    table = formulas.Table.read(TABLE)
    for more in ({"J v": 1}, {"J v": 2, "f(x)": 1}):
        table.follow(Counter({"c = d": 2, **more}))
    rows = tomllib.loads(str(table))["page"]
    assert rows[formulas.INSTEAD] == ["J v", "J v", "f(x)"]


def test_what_stands_in_place_of_a_reference_is_part_of_its_own_page_or_a_name():
    own = ledger.Equation("eq-own", "f(x) = 2 a b + J v", "page", "Page")
    other = ledger.Equation("eq-other", "g(x) = 1", "other", "Other")
    table = formulas.Table.read(TABLE)
    table.follow(Counter({"f(x)": 2, "g(x)": 1, "a b": 1}))
    table.settle([other, own])
    assert tomllib.loads(str(table))["page"] == {
        formulas.INSTEAD: ["g(x)"], "f(x)": {"same": "eq-own", "times": 2},
        "a b": {"same": "eq-own"},
    }  # fmt: skip


def test_worlds_go_with_the_last_line_that_names_them():
    text = (
        "from environments import H, rng\n\nTOP = rng\nENVIRONMENTS['gone range'] = TOP\n"
        "for a in (1, 2):\n    edge('gone edge', a)\nedge('kept edge', 1)\n\n\n"
        "@environment('gone')\ndef gone():\n    return 1\n\n\n"
        "@environment('gone too')\ndef called():\n    return H\n\n\n"
        "@environment('kept')\ndef kept():\n    return called()\n"
    )
    after = entries.cut(text, formulas.spans(text, {"kept", "kept edge"}))
    after = formulas.without_idle_imports(entries.without_unused(text, after, {}.__contains__))
    assert "gone" not in after
    assert "TOP" not in after
    assert after.startswith("from environments import H")
    assert "rng" not in after
    assert "edge('kept edge', 1)" in after
    assert "\ndef called():" in after
    assert "@environment('kept')\ndef kept():" in after


@pytest.mark.parametrize("name", ["99-none", "", "../17", "hyper"])
def test_what_is_no_chapter_is_refused(name):
    with pytest.raises(SystemExit, match="should be a chapter"):
        removal.chosen(name, ROOT)


def test_a_chapter_is_found_by_its_number_too():
    name = CHAPTERS[3]
    assert removal.chosen(name, ROOT) == removal.chosen(str(int(name[:2])), ROOT)
