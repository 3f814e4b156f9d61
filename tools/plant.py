"""Plant errors in a copy of the book, one at a time: each must turn its guard red.

    python -m tools.plant             all cases
    python -m tools.plant WORD ...    the cases whose names contain one of the words

A guard is the smallest part of ``make test`` that has to notice an error.  Every guard first runs
on the unchanged copy, where it must be green.  Then a case changes one file; its guard must turn
red and report the error: a failure for another reason does not count.  Afterwards the file is
restored.  The copy is in a temporary folder, so the repository is never changed.

The cases are a table and no tests: they share a copy and the run of their guard before anything
is planted, and slow guards notice several at once.  A test (test_plant.py) makes sure that each can
still be planted.  What ``make book`` has fetched and executed is used if it is there; a hash in a
list of files is noticed only where the file was fetched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import nbformat

from tools import sources
from web import build, notebooks, thread_settings, words

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "--tb=short"]


def tests(*names: str) -> tuple[str, ...]:
    """Return the guard that runs tests; a name is a file, a node, or ``-k`` and words."""
    return (*PYTEST, *names)


def repository(words: str) -> tuple[str, ...]:
    """Return the guard that runs some tests of the repository."""
    return tests("tests/repository/test_repository.py", "-k", words)


def lock(name: str) -> tuple[str, ...]:
    """Return the guard that compares a list of requirements with its lock."""
    test = "test_locks_contain_the_choices_with_hashes"
    return tests(f"tests/repository/test_repository.py::{test}[{name}]")


def formulas(page: str) -> tuple[str, ...]:
    """Return the guard that looks for the formulas of a page in their lists."""
    return tests("tests/equations/test_inline.py", "-k", f"every_formula_is_listed and {page}")


def notebook(chapter: str) -> tuple[str, ...]:
    """Return the guard that executes a chapter and compares with its stored outputs."""
    nbval = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout", "120")
    return tests(*nbval, f"chapters/{chapter}.ipynb")


BUILD = (sys.executable, "-m", "tools.plant", "--pages")
TIDY = (sys.executable, "-m", "web.notebooks", "check", "chapters/06-perceptron.ipynb")
RUFF = (sys.executable, "-m", "ruff", "check", "--no-cache", "code")
FORMAT = (sys.executable, "-m", "ruff", "format", "--no-cache", "--check", "code")
BP_EQUATIONS = tests("tests/equations/test_09_back_propagation.py")
FIGURES = tests("tests/site/test_figures.py", "-k", "06")
LEDGER = tests("tests/equations/test_ledger.py", "-k", "every_claim")
CLAIMS = tests("tests/claims/test_ledger.py", "-k", "belong_together")

CAPTIONS = tests("tests/chapters/test_captions.py", "-k", "06")
ENTRIES = tests("tests/repository/test_references.py", "-k", "agree_with_records")
REFERENCES = tests("tests/repository/test_references.py")
PROMISES = tests("tests/code/test_promises.py", "-k", "has_the_shapes_and_ranges")
DEPENDENCIES = tests("tests/repository/test_dependencies.py", "-k", "requirements_agree")
LICENCES = tests("tests/repository/test_licences.py")
ASSERTIONS = tests("tests/repository/test_assertions.py", "-k", "present_tests")
SCRIPTS = tests("tests/web/test_scripts.py", "-k", "fit_each_other")
WIRING = tests("tests/repository/test_wiring.py")
TEACHING = tests("tests/repository/test_teaching.py")
WORDS = tests("tests/repository/test_words.py")
STATES = tests("tests/repository/test_explorable_states.py")
STATEMENTS = tests("tests/code/exercises/test_shapes_and_limits.py", "-k", "shapes_of or limit")
FACTS = tests("tests/repository/test_docstring_facts.py")
OWN_NUMBERS = tests("tests/repository/test_numbers.py", "-k", "from_this_figure")

PERCEPTRON = "chapters/06-perceptron.ipynb"
FOUR_EQUATIONS = "chapters/09-back-propagation.ipynb"


def text(old: str, new: str, count: int = 1) -> Callable[[Path], None]:
    """Return a change that replaces text in a text file."""

    def change(path: Path) -> None:
        before = path.read_text(encoding="utf-8")
        if old not in before:
            raise SystemExit(f"{path.name} no longer contains {old!r}: change the case")
        path.write_text(before.replace(old, new, count), encoding="utf-8")

    return change


def pattern(old: str, new: str) -> Callable[[Path], None]:
    """Return a change of the first place in a text file that fits a regular expression.

    So an error is planted in whichever line is there, and needs no chapter.
    """

    def change(path: Path) -> None:
        after, count = re.subn(old, new, path.read_text(encoding="utf-8"), count=1)
        if not count:
            raise SystemExit(f"{path.name} no longer contains {old!r}: change the case")
        path.write_text(after, encoding="utf-8")

    return change


def in_notebook(find: Callable, old: str, new: str) -> Callable[[Path], None]:
    """Return a change that replaces text once in a notebook.

    ``find(cell)`` returns the places in a cell: pairs of a dictionary and a key to a text.
    """

    def change(path: Path) -> None:
        nb = nbformat.read(path, as_version=4)
        for cell in nb.cells:
            for holder, key in find(cell):
                if old in holder[key]:
                    holder[key] = holder[key].replace(old, new, 1)
                    path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")
                    return
        raise SystemExit(f"{path.name} no longer contains {old!r}: change the case")

    return change


def source(old: str, new: str) -> Callable[[Path], None]:
    """Return a change in the source of a cell, text or code."""
    return in_notebook(lambda cell: [(cell, "source")], old, new)


def value(old: str, new: str) -> Callable[[Path], None]:
    """Return a change in the value of a cell, in its stored outputs."""
    return in_notebook(
        lambda cell: [(o["data"], "text/plain") for o in cell.get("outputs", []) if "data" in o],
        old,
        new,
    )


def output(old: str, new: str) -> Callable[[Path], None]:
    """Return a change in the printed text of a cell, in its stored outputs."""
    return in_notebook(
        lambda cell: [(o, "text") for o in cell.get("outputs", []) if "text" in o], old, new
    )


def caption(old: str, new: str) -> Callable[[Path], None]:
    """Return a change in the caption of a figure."""

    def figures(cell):
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        return [(figure, "caption")] if figure else []

    return in_notebook(figures, old, new)


def without_description(part: str, key: str) -> Callable[[Path], None]:
    """Return a change that removes a description of the first figure."""

    def change(path: Path) -> None:
        nb = nbformat.read(path, as_version=4)
        next(c for c in nb.cells if "mystnb" in c.metadata).metadata.mystnb[part].pop(key)
        path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")

    return change


def exchanged(part: str, key: str, one: str, other: str) -> Callable[[Path], None]:
    """Return a change that lets two figures of a notebook exchange a description."""

    def change(path: Path) -> None:
        nb = nbformat.read(path, as_version=4)
        told = [cell.metadata.mystnb for cell in nb.cells if "mystnb" in cell.metadata]
        first, second = (next(t for t in told if t["figure"]["name"] == n) for n in (one, other))
        first[part][key], second[part][key] = second[part][key], first[part][key]
        path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")

    return change


def rotate_figures(path: Path) -> None:
    """Replace each figure of a notebook by the next one."""
    nb = nbformat.read(path, as_version=4)
    data = [
        o.data
        for cell in nb.cells
        for o in cell.get("outputs", [])
        if "image/png" in o.get("data", {})
    ]
    pictures = [d["image/png"] for d in data]
    for d, picture in zip(data, pictures[1:] + pictures[:1], strict=True):
        d["image/png"] = picture
    path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8")


def byte(position: int) -> Callable[[Path], None]:
    """Return a change of one byte of a file."""

    def change(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[position] ^= 1
        path.write_bytes(content)

    return change


RIGHT, NOT_YET = (words.book().say(text) for text in ("Right.", "Not yet."))


class Case(NamedTuple):
    """An error: its name, the file and the change, the guard that notices it, and its message."""

    name: str
    file: str
    change: Callable[[Path], None]
    guard: tuple[str, ...]
    message: str


CASES = [
    # equations
    Case(
        "an index in a printed equation",
        FOUR_EQUATIONS,
        source(r"w_{jk}^{l+1} \delta_{sk}^{l+1}", r"w_{kj}^{l+1} \delta_{sk}^{l+1}"),
        BP_EQUATIONS,
        r"FAILED \S+::test_bp2",
    ),
    Case(
        "a factor in a printed equation",
        PERCEPTRON,
        source(r"\delta = (a - t)\, \varphi'(z)", r"\delta = 2 (a - t)\, \varphi'(z)"),
        tests("tests/equations/test_06_perceptron.py"),
        r"FAILED \S+::test_one_sample",
    ),
    # claims about experiments
    Case(
        "a sentence that claims more than was tested",
        "chapters/16-gates.ipynb",
        source("Every run that has not solved", "Every run of every network that has not solved"),
        CLAIMS,
        "claim-gates-levels: the mark in 16-gates should follow",
    ),
    Case(
        "a claim that is tested more weakly than it is stated",
        "tests/claims/test_16_gates.py",
        text(
            "seed=range(100, 140)),\n",
            'seed=range(100, 140)),\n    strength="mostly",\n    share=0.9,\n',
        ),
        CLAIMS,
        "claim-gates-levels is tested as mostly true, which its sentence does not say",
    ),
    Case(
        "a better result than was found",
        "tests/claims/results/16.json",
        text("held in 240 of 240", "held in 960 of 960"),
        CLAIMS,
        "claim-gates-levels stores a summary that its outcomes do not have",
    ),
    Case(
        "a mark of a claim that has no result",
        "chapters/16-gates.ipynb",
        source("{claim}`claim-gates-levels`", "{claim}`claim-gates-level`"),
        BUILD,
        "claim 'claim-gates-level' has no stored result",
    ),
    Case(
        "an index in a printed definition",
        "chapters/08-two-two-one.ipynb",
        source(r"w_{ij}^1\, x_i", r"w_{ji}^1\, x_i"),
        tests("tests/equations/test_08_two_two_one.py"),
        r"FAILED \S+::test_\w*hidden",
    ),
    Case(
        "a definition that the package does not follow",
        "code/backprop/schedulers.py",
        text("EPSILON = 1e-8", "EPSILON = 1e-7"),
        tests("tests/equations/test_10_gradient_descent.py", "-k", "rule"),
        r"FAILED \S+::test_\w+_rule",
    ),
    Case(
        "an index in the input of an equation's test",
        "tests/equations/test_09_back_propagation.py",
        text("np.multiply.outer(A[:, i], W[i])", "np.multiply.outer(A[:, i], W[i - 1])"),
        BP_EQUATIONS,
        r"FAILED \S+::test_layer",
    ),
    Case(
        "a sign in the independent route of an equation's test",
        "tests/equations/test_06_perceptron.py",
        text("z = w * x + b", "z = w * x - b"),
        tests("tests/equations/test_06_perceptron.py"),
        r"FAILED \S+::test_one_sample",
    ),
    Case(
        "two indices of a symbol in the text",
        FOUR_EQUATIONS,
        source("$a_{si}^{l-1}$", "$a_{is}^{l-1}$"),
        tests("tests/equations/test_symbols.py"),
        r"FAILED \S+::test_symbols_in_the_text_are_those_of_the_formulas",
    ),
    Case(
        "an equation without a test",
        PERCEPTRON,
        source("(def-perceptron-z)", "(eq-perceptron-z)"),
        LEDGER,
        "eq-perceptron-z has no test",
    ),
    Case(
        "a test without an equation",
        "tests/equations/test_06_perceptron.py",
        text('"eq-perceptron-b"', '"eq-perceptron-bias"'),
        LEDGER,
        "a test is marked eq-perceptron-bias, which no page prints",
    ),
    Case(
        "a ledger of yesterday",
        FOUR_EQUATIONS,
        source(r"\sum_{s=1}^{n} a_{si}^{l-1}", r"\sum_{s=1}^{n} a_{si}^{l - 1}"),
        tests("tests/equations/test_ledger.py", "-k", "up_to_date"),
        r"FAILED \S+::test_the_page_is_up_to_date",
    ),
    Case(
        "an equation that is referred to but not printed",
        "code/backprop/costs.py",
        text("eq-cost-gradient-ols", "eq-cost-gradient-old"),
        repository("no_label_is_unused"),
        "named in the package, but in no page: {'eq-cost-gradient-old'}",
    ),
    Case(
        "a shape in the table of notation",
        "chapters/notation.md",
        text("(M_{l-1}, M_l)", "(M_l, M_{l-1})"),
        tests("tests/equations/test_notation.py"),
        r"FAILED \S+::test_rows_say_what_the_code_does",
    ),
    # the package
    Case(
        "a sign in back-propagation",
        "code/backprop/layers.py",
        text("return product(delta, self.W.T) if", "return -product(delta, self.W.T) if"),
        tests("tests/code/test_layers.py"),
        r"FAILED \S+::",
    ),
    Case(
        "an example in a docstring",
        "code/backprop/costs.py",
        text("array([[-0.5],", "array([[-0.25],"),
        tests("tests/code/test_package.py", "-k", "examples"),
        r"FAILED \S+::test_examples_in_the_docstrings",
    ),
    Case(
        "a parameter that the docstring calls otherwise",
        "code/backprop/counting.py",
        text("    mechanical : bool, default", "    mechanic : bool, default"),
        tests("tests/code/test_docstrings.py"),
        r"FAILED \S+::test_form\[backprop\.counting\.OperationCounter",
    ),
    # notebooks
    Case(
        "a number in a stored output",
        PERCEPTRON,
        output("a = 0.6570", "a = 0.6571"),
        notebook("06-perceptron"),
        "a = 0.6571",
    ),
    Case(
        "a number in the text",
        "chapters/10-gradient-descent.ipynb",
        source("the constant rate takes 48 more steps", "the constant rate takes 58 more steps"),
        tests("tests/repository/test_numbers.py", "-k", "10-gradient"),
        "58: … ",
    ),
    Case(
        "a number in the description of a figure",
        "chapters/10-gradient-descent.ipynb",
        text("passes one half after 91 steps", "passes one half after 19.1 steps"),
        tests("tests/repository/test_numbers.py", "-k", "10-gradient"),
        "19.1: … ",
    ),
    Case(
        "the reason for a number in the text",
        "tests/repository/numbers.toml",
        text('48 = "91 - 43"', '48 = "91 - 42"'),
        tests("tests/repository/test_numbers.py", "-k", "10-gradient"),
        "91 - 42",
    ),
    Case(
        "a wrong solution of an exercise",
        PERCEPTRON,
        source("(w * x + b)) / (x**2 + 1)", "(w * x + b)) / (x**2 + 2)"),
        notebook("06-perceptron"),
        "Input:\ndef nearest_solution",
    ),
    Case(
        "a wrong solution of an exercise, stored with what it gave",
        PERCEPTRON,
        value(f"{RIGHT} The error times", f"{NOT_YET} The sign is turned"),
        repository("exercises_are_complete and 06"),
        "not refused and then accepted",
    ),
    Case(
        "an exercise without a solution",
        PERCEPTRON,
        source("{solution-start} ex-perceptron-nearest", "{note} ex-perceptron-nearest"),
        repository("exercises_are_complete and 06"),
        "'ex-perceptron-nearest' != ",
    ),
    Case(
        "a checker that accepts what is wrong",
        "code/backprop/exercises/compare.py",
        text("DOUBLE, SINGLE = 1e-6, 1e-3", "DOUBLE, SINGLE = 9.0, 1e-3"),
        tests("tests/code/exercises/test_ch06.py"),
        r"FAILED \S+::test_gradient_hints",
    ),
    Case(
        "a figure without alternative text",
        PERCEPTRON,
        without_description("image", "alt"),
        repository("figures_are_described and 06"),
        "no alternative text",
    ),
    Case(
        "a figure without a caption",
        PERCEPTRON,
        without_description("figure", "caption"),
        repository("figures_are_described and 06"),
        "no caption",
    ),
    Case(
        "another picture in the place of a figure",
        PERCEPTRON,
        rotate_figures,
        FIGURES,
        "the figure of code cell",
    ),
    Case(
        "a curve that is not the one in the stored figure",
        PERCEPTRON,
        source("derivate(sigmoid)(Z)", "1.1 * derivate(sigmoid)(Z)"),
        FIGURES,
        "is another one when it is drawn again",
    ),
    Case(
        "a cell that was not run",
        PERCEPTRON,
        text('"execution_count": 2,', '"execution_count": null,'),
        TIDY,
        "06-perceptron.ipynb: code cell 2 was not run",
    ),
    Case(
        "metadata of a notebook",
        PERCEPTRON,
        text('"name": "python3"', '"name": "mykernel"'),
        TIDY,
        "06-perceptron.ipynb: its form differs from the tidy one",
    ),
    Case(
        "an output that is not compared",
        PERCEPTRON,
        text(
            '"metadata": {},\n   "outputs"',
            '"metadata": {\n    "tags": [\n     "nbval-ignore-output"\n    ]\n   },\n   "outputs"',
        ),
        repository("only_times and 06"),
        "is not compared",
    ),
    Case(
        "warnings that a cell keeps from the reader",
        PERCEPTRON,
        source("print(", "import warnings\nwarnings.filterwarnings('ignore')\nprint("),
        repository("nothing_global and 06"),
        "filterwarnings",
    ),
    Case(
        "an order to nbval in a comment",
        PERCEPTRON,
        source("print(", "# NBVAL_IGNORE_OUTPUT\nprint("),
        repository("only_times and 06"),
        "NBVAL_IGNORE_OUTPUT",
    ),
    # links
    Case(
        "a page that is referred to but missing",
        PERCEPTRON,
        source("{doc}`16-gates`", "{doc}`16-gate`"),
        BUILD,
        "unknown document: '16-gate'",
    ),
    Case(
        "a figure that is referred to but missing",
        "chapters/04-counting-operations.ipynb",
        source("{ref}`ex-count-halve`", "{ref}`ex-count-half`"),
        BUILD,
        "undefined label: 'ex-count-half'",
    ),
    Case(
        "a work that is cited but not listed",
        PERCEPTRON,
        source("{cite:t}`minsky1969`", "{cite:t}`minsky1996`"),
        BUILD,
        "minsky1996",
    ),
    Case(
        "a dead link in the README",
        "README.md",
        text("](LICENSE)", "](LICENCE)"),
        repository("links_between_files"),
        "README.md: LICENCE",
    ),
    Case(
        "a target that the README names but the Makefile has not",
        "README.md",
        text("`make test`", "`make tests`"),
        repository("readme_names"),
        "tests",
    ),
    Case(
        "an erratum that leads nowhere",
        "chapters/errata.md",
        text("{eq}`eq-nn-collapse`", "{eq}`eq-nn-collaps`"),
        tests("tests/repository/test_errata.py"),
        "eq-nn-collaps`",
    ),
    Case(
        "a chapter that is not in the table of contents",
        "_toc.yml",
        text("chapters/06-perceptron", "chapters/07-hidden-layer"),
        repository("table_of_contents"),
        "06-perceptron",
    ),
    # versions, licences, data
    Case(
        "another version in CITATION.cff",
        "CITATION.cff",
        text("\nversion: ", "\nversion: 9"),
        repository("one_version"),
        r"FAILED \S+::test_one_version",
    ),
    Case(
        "a requirement that was not locked",
        "requirements/chapters.in",
        text("sympy==", "sympy==0"),
        lock("requirements/chapters.in"),
        "requirements.txt is out of date: make lock",
    ),
    Case(
        "a lock without hashes",
        "requirements/book.txt",
        text(" \\\n    --hash=sha256:", "  # --hash=sha256:"),
        lock("requirements/book.in"),
        "every line has hashes",
    ),
    Case(
        "one pixel's worth of the data",
        "chapters/data/mnist.npz",
        byte(5_000_000),
        tests("tests/code/test_datasets.py", "-k", "Mnist"),
        r"FAILED|ERROR",
    ),
    Case(
        "data without a word on its licence",
        "chapters/data/README.md",
        Path.unlink,
        repository("licensed"),
        "name the file and its licence in README.md",
    ),
    # relations inside the text
    Case(
        "a sign in a formula inside the text",
        PERCEPTRON,
        source("$z = wx + b$, this last", "$z = wx - b$, this last"),
        formulas("06-perceptron"),
        r"06-perceptron prints \$z = wx - b\$, which \w+.toml does not list",
    ),
    Case(
        "a relation that is turned round",
        "chapters/10-gradient-descent.ipynb",
        source(r"$0 < \eta < 2/\lambda$", r"$0 < \eta > 2/\lambda$"),
        formulas("10-gradient-descent"),
        r"10-gradient-descent prints .*, which \w+.toml does not list",
    ),
    Case(
        "a formula in the solution of an exercise",
        PERCEPTRON,
        source(r"(w + cx)x + (b + c) =", r"(w + cx)x + (b - c) ="),
        formulas("06-perceptron"),
        r"06-perceptron prints .*, which \w+.toml does not list",
    ),
    Case(
        "a relation in the glossary",
        "chapters/glossary.md",
        text("$A^0 = X$", "$A^1 = X$"),
        formulas("glossary"),
        r"glossary prints \$A\^1 = X\$, which \w+.toml does not list",
    ),
    Case(
        "a sign in a term of the glossary",
        "chapters/glossary.md",
        text("$(A^L - T)/n$", "$(T - A^L)/n$"),
        formulas("glossary"),
        r"glossary prints \$\(T - A\^L\)/n\$, which \w+.toml does not list",
    ),
    Case(
        "a wrong relation, listed as it is printed",
        "tests/equations/inline.toml",
        text("'0 < \\eta < 2/\\lambda' = { true", "'0 < \\eta < 3/\\lambda' = { true"),
        tests("tests/equations/test_inline.py", "-k", "are_what_the_list_says"),
        "it is not true",
    ),
    Case(
        "a setting that no cell has",
        "tests/equations/inline.toml",
        text("'\\eta = 0.5' = { setting", "'\\eta = 0.6' = { setting"),
        tests("tests/equations/test_inline.py", "-k", "are_what_the_list_says"),
        "no cell gives eta the value 0.6",
    ),
    # figures
    Case(
        "two captions that are exchanged",
        PERCEPTRON,
        exchanged("figure", "caption", "fig-perceptron-backward", "fig-perceptron-saturation"),
        CAPTIONS,
        r"FAILED \S+::test_captions_and_descriptions_cannot_change_places",
    ),
    Case(
        "two descriptions that are exchanged",
        PERCEPTRON,
        exchanged("image", "alt", "fig-perceptron-valley", "fig-perceptron-saturation"),
        CAPTIONS,
        r"FAILED \S+::test_captions_and_descriptions_cannot_change_places",
    ),
    Case(
        "a calculation on paper that does not give its result",
        "chapters/08-two-two-one.ipynb",
        output("0.9 * 0.5 - 0.4 * 1.1 + 0.2", "0.9 * 0.5 + 0.4 * 1.1 + 0.2"),
        tests("tests/chapters/test_worked_example.py"),
        r"FAILED \S+::test_each_line_can_be_followed",
    ),
    Case(
        "the time that a chapter takes",
        PERCEPTRON,
        source("about 50 minutes", "about 15 minutes"),
        tests("tests/repository/test_reading.py", "-k", "the_time and 06"),
        r"FAILED \S+::test_the_time_that_a_chapter_states",
    ),
    Case(
        "a limit in the advice for contributors",
        "CONTRIBUTING.md",
        text("at least five terms of the glossary", "at least three terms of the glossary"),
        tests("tests/repository/test_contributing.py"),
        r"FAILED \S+::test_a_limit_is_the_program_s\[at least",
    ),
    # references
    Case(
        "a citation that leads to another work",
        PERCEPTRON,
        source("are lost {cite:p}`squire1998`", "are lost {cite:p}`duchi2011`"),
        REFERENCES,
        r"\('duchi2011', ",
    ),
    Case(
        "a name beside a citation of somebody else",
        "chapters/10-gradient-descent.ipynb",
        source("Adagrad {cite:p}`duchi2011` gives", "Polyak {cite:p}`duchi2011` gives"),
        REFERENCES,
        r"FAILED \S+::test_names_and_years_beside_a_citation",
    ),
    Case(
        "the year of a work",
        "chapters/references.bib",
        text("  year    = {2011}", "  year    = {2012}"),
        ENTRIES,
        "duchi2011: year",
    ),
    Case(
        "a digit of an identifier",
        "chapters/references.bib",
        text("{1412.6980}", "{1412.6890}"),
        ENTRIES,
        "kingma2015: identifiers",
    ),
    Case(
        "the first author of a work",
        "chapters/references.bib",
        text("John Duchi and Elad Hazan and", "Elad Hazan and John Duchi and"),
        ENTRIES,
        "duchi2011: author",
    ),
    Case(
        "a word of a title",
        "chapters/references.bib",
        text("Adaptive Subgradient Methods", "Adaptive Gradient Methods"),
        ENTRIES,
        "duchi2011: title",
    ),
    Case(
        "the pages of a work",
        "chapters/references.bib",
        pattern(r"(pages\s+= \{)(\d+)--(\d+)", r"\1\3--\2"),
        ENTRIES,
        r"\w+: where",
    ),
    Case(
        "a link to another page than its words name",
        "README.md",
        text("book](chapters/teaching.md)", "book](chapters/glossary.md)"),
        REFERENCES,
        r"FAILED \S+::test_links_lead_to_the_chapter",
    ),
    Case(
        "an equation in another chapter than the text says",
        "chapters/18-top-down.ipynb",
        source("{eq}`eq-digits-standard-error`", "{eq}`eq-bp2`"),
        REFERENCES,
        r"FAILED \S+::test_equations_and_figures_are_in_the_chapter",
    ),
    Case(
        "a figure of another chapter",
        "chapters/15-digits.ipynb",
        source("In {numref}`fig-digits-draw` you", "In {numref}`fig-xor-explore` you"),
        REFERENCES,
        r"FAILED \S+::test_figures_are_of_the_same_chapter",
    ),
    Case(
        "a method that nothing has",
        "chapters/20-pytorch.ipynb",
        source("`model.eval()`", "`model.eval_mode()`"),
        tests("tests/repository/test_names.py"),
        r"FAILED \S+::test_names_in_the_text_are_those_of_the_code\[20-pytorch\]",
    ),
    Case(
        "an equation to which the glossary leads",
        "chapters/glossary.md",
        text("{eq}`def-sched-adagrad`", "{eq}`def-sched-momentum`"),
        REFERENCES,
        r"FAILED \S+::test_an_entry_and_a_docstring_lead_to.*glossary",
    ),
    Case(
        "an equation that a docstring names",
        "code/backprop/operations.py",
        text("``def-depth-row``", "``def-depth-residual``"),
        REFERENCES,
        r"FAILED \S+::test_an_entry_and_a_docstring_lead_to.*docstrings",
    ),
    # docstrings
    Case(
        "a formula in a docstring",
        "code/backprop/costs.py",
        text(r"math:`\frac1n\sum_s\sum_j (a_{sj}-t", r"math:`\frac1n\sum_s\sum_j (a_{sj}+t"),
        tests("tests/equations/test_docstrings.py"),
        r"FAILED \S+::test_every_formula_is_known",
    ),
    Case(
        "a shape in a docstring",
        "code/backprop/costs.py",
        text("array_like, shape (n, M) or (n,)", "array_like, shape (M, n) or (n,)"),
        PROMISES,
        r"FAILED \S+::test_the_function_has_the_shapes_and_ranges_of_its_docstring\[.*CostOLS",
    ),
    Case(
        "a range in a docstring",
        "code/backprop/layers.py",
        text(
            "Probability of being dropped, in [0, 1).", "Probability of being dropped, in (0, 1]."
        ),
        PROMISES,
        r"FAILED \S+::test_the_function_has_the_shapes_and_ranges_of_its_docstring\[.*Dropout",
    ),
    Case(
        "a default in a docstring",
        "code/backprop/schedulers.py",
        text("warm_up : int, default 0", "warm_up : int, default 1"),
        tests("tests/code/test_docstrings.py", "-k", "defaults"),
        r"FAILED \S+::test_defaults_are_those_of_the_signature",
    ),
    Case(
        "an exception in a docstring",
        "code/backprop/datasets.py",
        text(
            "    ValueError\n        If there is no gate",
            "    KeyError\n        If there is no gate",
        ),
        tests("tests/code/test_datasets.py", "-k", "gate"),
        "the docstring does not list it under Raises",
    ),
    # exercises
    Case(
        "a formula in the statement of an exercise",
        PERCEPTRON,
        source(r"$C = -t \ln a - (1 - t)", r"$C = -t \ln a + (1 - t)"),
        tests("tests/equations/test_statements.py", "-k", "accepts and perceptron"),
        r"FAILED \S+::test_the_checker_accepts_what_the_statement_prints\[perceptron-logistic\]",
    ),
    Case(
        "an equation to which an exercise refers",
        PERCEPTRON,
        source(
            "the cost {eq}`def-perceptron-cost`\nand", "the cost {eq}`def-perceptron-mean`\nand"
        ),
        tests("tests/equations/test_statements.py", "-k", "accepts and perceptron"),
        r"FAILED \S+::test_the_checker_accepts_what_the_statement_prints\[perceptron-gradient\]",
    ),
    Case(
        "the order of the arguments in a statement",
        "chapters/02-universal-approximation.ipynb",
        source("`enough(curvature, epsilon)`", "`enough(epsilon, curvature)`"),
        tests("tests/code/exercises/test_book.py", "-k", "arguments_in_their_order"),
        r"FAILED \S+::test_the_statement_gives_the_arguments_in_their_order\[ua-width",
    ),
    # lists of requirements and of files
    Case(
        "a requirement that is dropped from its list",
        "requirements/chapters.in",
        text("sympy==1.14.0\n", ""),
        DEPENDENCIES,
        "sympy",
    ),
    Case(
        "a requirement that nobody needs",
        "requirements/chapters.in",
        text("sympy==", "pandas==2.0.0\nsympy=="),
        DEPENDENCIES,
        "pandas",
    ),
    Case(
        "a digit of a hash in a list of files",
        "web/live/files.toml",
        text("04c052c815abb0bf2981", "04c052c815abb0bf2980"),
        WIRING,
        r"FAILED \S+::test_lists_of_files_agree_with_what_was_fetched",
    ),
    Case(
        "a package that live cells import and the list of files has not",
        "web/live/files.toml",
        text('package = "mpmath"', 'package = "mp-math"'),
        tests("tests/web/live/test_fetch.py", "-k", "import or versions_of_the_requirements"),
        r"FAILED \S+::test_the_list_has_what_live_chapters_import",
    ),
    Case(
        "a version in a list of files",
        "web/live/files.toml",
        text('version = "1.9.1"', 'version = "1.9.0"'),
        tests("tests/web/live/test_fetch.py", "-k", "import or versions_of_the_requirements"),
        r"FAILED \S+::test_pure_packages_have_the_versions",
    ),
    # licences
    Case(
        "a word in the licence of the code",
        "LICENSE",
        text("WITHOUT WARRANTY", "WITH WARRANTY"),
        LICENCES,
        r"FAILED \S+::test_the_licence_of_the_code_is_that_of_mit",
    ),
    Case(
        "a condition of the licence of the text",
        "LICENSE-TEXT.md",
        text("CC BY-NC 4.0", "CC BY 4.0"),
        LICENCES,
        r"FAILED \S+::test_every_page_about_the_licence_of_the_text",
    ),
    Case(
        "the year of the lecture in CITATION.cff",
        "CITATION.cff",
        text("year: 2024", "year: 2023"),
        LICENCES,
        r"FAILED \S+::test_every_page_about_the_licence_of_the_text",
    ),
    Case(
        "an author in CITATION.cff",
        "CITATION.cff",
        text("The back-propagation companion authors", "The back-propagation authors"),
        LICENCES,
        r"FAILED \S+::test_all_files_name_the_same_authors_and_licences",
    ),
    Case(
        "the licence of the lecture in that of the text",
        "LICENSE-TEXT.md",
        text("CC Attribution-NonCommercial 4.0.", "CC Attribution-NonCommercial 3.0."),
        LICENCES,
        r"FAILED \S+::test_the_licence_of_the_text_says_of_the_lecture",
    ),
    Case(
        "the licence of the data",
        "chapters/data/README.md",
        text("licenses/by-sa/3.0/", "licenses/by/3.0/"),
        LICENCES,
        r"FAILED \S+::test_the_page_about_the_data",
    ),
    Case(
        "a shape in the page about the data",
        "chapters/data/README.md",
        text("(10000, 28, 28)", "(1000, 28, 28)"),
        tests("tests/code/test_datasets.py", "-k", "readme"),
        r"FAILED \S+::test_the_readme_has_the_shapes_and_types",
    ),
    # tests that demand less
    Case(
        "an assertion that is removed",
        "tests/code/test_costs.py",
        text("    assert slope.shape == A.shape\n", ""),
        ASSERTIONS,
        "code/test_costs.py",
    ),
    Case(
        "a tolerance that is widened",
        "tests/code/test_costs.py",
        text("rel=1e-6, abs=1e-8", "rel=1e-2, abs=1e-8"),
        ASSERTIONS,
        "code/test_costs.py",
    ),
    Case(
        "a test that is skipped",
        "tests/equations/test_09_back_propagation.py",
        text("\ndef test_bp2", '\n@pytest.mark.skip(reason="later")\ndef test_bp2'),
        ASSERTIONS,
        "equations/test_09_back_propagation.py",
    ),
    Case(
        "a formula that is no longer checked, but listed as a name",
        "tests/equations/inline.toml",
        text(
            r"""'a = \varphi(z)' = { same = "def-perceptron-a" }""",
            r"""'a = \varphi(z)' = { name = "an activation" }""",
        ),
        tests("tests/equations/test_inline.py", "-k", "no_name"),
        r"FAILED \S+::test_what_can_be_checked_is_no_name",
    ),
    Case(
        "a term that has a reason in place of a check",
        "tests/equations/terms.toml",
        pattern(r"(?m) = \{ value = .*$", ' = { name = "a quantity" }'),
        ASSERTIONS,
        r"equations/terms.toml: (\d+) excused became (?!\1)\d+ excused",
    ),
    # scripts
    Case(
        "a message from the page that the worker does not know",
        "web/live/page.js",
        text("postMessage({ run: this.running", "postMessage({ start_cell: this.running"),
        SCRIPTS,
        "start_cell",
    ),
    Case(
        "a message from the worker that the page does not know",
        "web/live/worker.js",
        text("postMessage({ ready: true })", "postMessage({ prepared: true })"),
        SCRIPTS,
        "prepared",
    ),
    Case(
        "a message that the service worker does not get",
        "web/offline/service-worker.js",
        text("if (data.keep) event", "if (data.hold) event"),
        SCRIPTS,
        "hold",
    ),
    Case(
        "a header that the service worker gives pages",
        "web/offline/service-worker.js",
        text('"Cross-Origin-Embedder-Policy"', '"Cross-Origin-Embedding-Policy"'),
        tests("tests/web/offline/test_service_worker.py"),
        r"FAILED \S+::test_pages_and_workers_are_isolated",
    ),
    Case(
        "a value that a translated sentence has lost",
        "web/locale/nb.po",
        text("{number} er ferdig.", "er ferdig."),
        WORDS,
        r"FAILED \S+::test_a_translation_has_the_values_of_the_original",
    ),
    # pages about the book
    Case(
        "a module that is not on the page of the package",
        "chapters/api.md",
        text(".. automodule:: backprop.schedulers\n", ""),
        WIRING,
        r"FAILED \S+::test_every_module_has_its_place",
    ),
    Case(
        "a number in the README",
        "README.md",
        pattern(r"(?<=the figures in )\w+(?= chapters)", "no"),
        WIRING,
        r"FAILED \S+::test_the_figures_that_can_be_taken_hold_of",
    ),
    Case(
        "the number of an equation in the README",
        "README.md",
        text("equation 9.17", "equation 9.16"),
        WIRING,
        r"FAILED \S+::test_the_equation_in_the_picture_of_the_readme",
    ),
    Case(
        "a folder in the README that is not there",
        "README.md",
        text("| `benchmarks/` |", "| `benchmark/` |"),
        WIRING,
        r"FAILED \S+::test_the_folders_that_the_readme_names",
    ),
    Case(
        "a target in the page for teachers",
        "chapters/teaching.md",
        text("`make handout`", "`make handouts`"),
        TEACHING,
        r"FAILED \S+::test_every_target_is_there",
    ),
    Case(
        "the limit of marking in the page for teachers",
        "chapters/teaching.md",
        text("five minutes, two of them", "ten minutes, two of them"),
        TEACHING,
        r"FAILED \S+::test_marking_has_the_limits",
    ),
    # figures with handles
    Case(
        "a constant in the script of a figure",
        "code/backprop/explore/valley.js",
        text("const EPSILON = 1e-8;", "const EPSILON = 1e-7;"),
        STATES,
        r"FAILED \S+::test_the_two_programs_agree\[valley\]",
    ),
    Case(
        "a sign in the script of a figure",
        "code/backprop/explore/xor.js",
        text("Math.exp(-Math.abs(z))) - t * z) / 4", "Math.exp(-Math.abs(z))) + t * z) / 4"),
        STATES,
        r"FAILED \S+::test_the_two_programs_agree\[xor\]",
    ),
    Case(
        "a range that a script does not have",
        "code/backprop/explore/depth.js",
        text("min: 2, max: WIDEST", "min: 2, max: WIDEST - 1"),
        STATES,
        r"FAILED \S+::test_both_programs_have_the_ranges_of_the_docstring\[depth\]",
    ),
    Case(
        "a range in the docstring of a figure",
        "code/backprop/explore/step.py",
        text("The threshold c, from 0.01 to 10", "The threshold c, from 0.1 to 10"),
        STATES,
        r"FAILED \S+::test_both_programs_have_the_ranges_of_the_docstring\[step\]",
    ),
    Case(
        "a type of a state that is not that of Python",
        "code/backprop/explore/staircase.js",
        text("@typedef {{kind: string, target", "@typedef {{kinds: string, target"),
        STATES,
        r"FAILED \S+::test_states_and_values_have_the_types_of_the_scripts",
    ),
    Case(
        "an attribute that no script reads",
        "web/explore/extension.py",
        text('"data-key": explorable', '"data-name": explorable'),
        STATES,
        r"FAILED \S+::test_the_attributes_of_a_host",
    ),
    # exercises' statements
    Case(
        "a shape in a statement",
        "chapters/24-depth-and-memory.ipynb",
        source("`X` has the shape $(K, n, M)$", "`X` has the shape $(n, K, M)$"),
        STATEMENTS,
        r"FAILED \S+::test_the_shapes_of_a_statement_are_those_of_its_checker\[depth-shared\]",
    ),
    Case(
        "a limit in a statement, in words",
        "chapters/04-counting-operations.ipynb",
        source("with at most seven operations", "with at most eight operations"),
        STATEMENTS,
        r"FAILED \S+::test_an_answer_may_go_to_the_limit_and_not_beyond\[count-halve\]",
    ),
    Case(
        "a share in a statement, in words",
        "chapters/05-automatic-differentiation.ipynb",
        source("takes less than a tenth of the", "takes less than a fifth of the"),
        STATEMENTS,
        r"FAILED \S+::test_an_answer_may_go_to_the_limit_and_not_beyond\[ad-brackets\]",
    ),
    # numbers below figures, and in docstrings
    Case(
        "a number of another figure in a caption",
        "chapters/24-depth-and-memory.ipynb",
        caption("five networks with 300 units", "five networks with 100 units"),
        OWN_NUMBERS,
        "fig-depth-edge has no such number, but other cells have: ..100",
    ),
    Case(
        "a constant in a docstring",
        "code/backprop/propagation.py",
        text("held at 1e-9 and 1e9", "held at 1e-9 and 1e6"),
        FACTS,
        r"FAILED \S+::test_numbers_stand_in_the_code",
    ),
    Case(
        "an exception that is not raised",
        "code/backprop/counting.py",
        text(
            "ValueError\n            If the operands have",
            "TypeError\n            If the operands have",
        ),
        FACTS,
        r"FAILED \S+::test_exceptions_are_raised",
    ),
    Case(
        "a variance in a docstring",
        "code/backprop/initializers.py",
        text("Weights of variance 1/(3 fan_in).", "Weights of variance 1/fan_in."),
        FACTS,
        r"FAILED \S+::test_weights_have_the_variance_that_is_said\[inverse_root",
    ),
    # what pages say of chapters
    Case(
        "a heading of another chapter",
        "chapters/errata.md",
        text("{doc}`19-keras-tensorflow`, under “Another b", "{doc}`20-pytorch`, under “Another b"),
        WIRING,
        r"FAILED \S+::test_a_heading_that_is_named",
    ),
    Case(
        "a section that slides cannot show",
        "web/slides/sections.toml",
        text("Backwards along the arrows", "Backwards along the arcs"),
        WIRING,
        r"FAILED \S+::test_the_sections_that_slides_show",
    ),
    Case(
        "a section of the lecture that has no chapter",
        "chapters/index.md",
        text("(94–97)", "(94–96)"),
        WIRING,
        r"FAILED \S+::test_every_section_of_the_lecture_has_a_chapter",
    ),
    Case(
        "exercises of another week",
        "chapters/teaching.md",
        text("exercises of chapters 10 and 13", "exercises of chapters 9 and 13"),
        WIRING,
        r"FAILED \S+::test_the_exercises_of_a_week",
    ),
    Case(
        "a chapter with another factor in the cost",
        "chapters/notation.md",
        text("chapters 6 to 8, on networks", "chapters 6 to 9, on networks"),
        WIRING,
        r"FAILED \S+::test_only_the_first_networks_have_a_half",
    ),
    # public CI
    Case(
        "a permission that a workflow does not need",
        ".github/workflows/test.yml",
        text("      contents: read\n", "      contents: write\n"),
        tests("tests/repository/test_workflows.py", "-k", "permissions"),
        r"FAILED \S+::test_no_more_permissions_than_needed",
    ),
    Case(
        "a job without a limit of time",
        ".github/workflows/weekly.yml",
        text("    timeout-minutes: 120\n", ""),
        tests("tests/repository/test_workflows.py", "-k", "job or cache"),
        "FAILED .*::test_every_job_ends_before|KeyError: 'timeout-minutes'",
    ),
    Case(
        "a file that the key of a cache has lost",
        ".github/workflows/test.yml",
        text(", 'web/installers.py'", ""),
        tests("tests/repository/test_workflows.py", "-k", "job or cache"),
        r"FAILED \S+::test_a_cached_environment_is_left",
    ),
    # form
    Case(
        "a file that is not formatted",
        "code/backprop/costs.py",
        text("import numpy as np", "import  numpy as np"),
        FORMAT,
        r"would be reformatted\s+--> code/backprop/costs.py",
    ),
    Case(
        "a name that is not used",
        "code/backprop/costs.py",
        text("import numpy as np\n", "import numpy as np\nimport os\n"),
        RUFF,
        "F401",
    ),
]


def run(guard: tuple[str, ...], copy: Path) -> tuple[bool, str]:
    """Run a guard in a copy; return whether it is green, and its output.

    Raises
    ------
    SystemExit
        If the guard could not run.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy / "code"),  # replaces the installed package
        "PYTHONDONTWRITEBYTECODE": "1",  # a quick change could go unnoticed
        **thread_settings(),
    }
    process = subprocess.run(
        guard, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    output = build.plain(process.stdout + process.stderr)
    if process.returncode not in (0, 1):
        status = f"exit status {process.returncode}"
        raise SystemExit(f"{' '.join(guard[1:])} could not run ({status}):\n{output[-2000:]}")
    return process.returncode == 0, output


def build_pages() -> int:
    """Build the pages from the stored outputs (``make book`` executes the notebooks first)."""
    source = build.write_stored_sources()
    return 0 if build.run_jupyter_book(source, build.WORK, "-W", "-n") else 1


def plant(cases: list[Case], copy: Path) -> list[bool]:
    """Plant cases with the same guard, run it, restore the files; tell which it noticed."""
    before = {case.file: (copy / case.file).read_bytes() for case in cases}
    for case in cases:
        case.change(copy / case.file)
    green, output = run(cases[0].guard, copy)
    for name, content in before.items():
        (copy / name).write_bytes(content)
    results = [not green and re.search(case.message, output) is not None for case in cases]
    for case, success in zip(cases, results, strict=True):
        if not success:
            why = "stayed green" if green else f"did not report {case.message!r}"
            print(f"NOT NOTICED: {case.name}: the guard {why}\n{output[-1500:]}", flush=True)
    return results


def main(words: list[str]) -> int:
    """Run the cases and print the results; return the exit status."""
    if words == ["--pages"]:
        return build_pages()
    cases = [case for case in CASES if not words or any(word in case.name for word in words)]
    if not cases:
        raise SystemExit(f"no case has a name that contains {' or '.join(words)}")
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        sources.copy(copy)
        if notebooks.STORE.folder.exists():  # or else guards execute the chapters that they need
            executed = notebooks.STORE.folder.relative_to(sources.ROOT)
            shutil.copytree(notebooks.STORE.folder, copy / executed)
        subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
        guards: dict[tuple[str, ...], list[Case]] = {}
        for case in cases:
            guards.setdefault(case.guard, []).append(case)
        for guard, group in guards.items():
            start = time.perf_counter()
            green, output = run(guard, copy)
            if not green:
                print(f"RED BEFORE ANYTHING WAS PLANTED: {' '.join(guard[1:])}\n{output[-1500:]}")
                continue
            # Slow guards that report every error: their cases are planted at the same time.
            together = guard in (BUILD, STATES) or "--nbval" in guard
            for batch in [group] if together else [[case] for case in group]:
                for case, success in zip(batch, plant(batch, copy), strict=True):
                    count += success
                    if success:
                        print(f"noticed: {case.name}", flush=True)
            print(f"    ({time.perf_counter() - start:.0f} s)", flush=True)
    print(f"{count} of {len(cases)} planted errors were noticed")
    return 0 if count == len(cases) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
