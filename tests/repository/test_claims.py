"""The machinery of claims: slices of programs, digests, declarations, strengths."""

import re
import subprocess
import sys

import nbformat
import pytest

from tools.claims import __main__ as runs
from tools.claims import cases, chapter, declaration, ledger, slices
from tools.claims.__main__ import differences, is_current

PROGRAM = """
import numpy as np
from math import pi, tau

z = 1
%matplotlib inline
values = np.zeros(3)
values[0] = z
z = 2
costs = []
for step in range(3):
    costs.append(step)
print(values)


def area(r):
    '''Return the area.'''
    # a comment
    return factor() * r**2


def factor():
    return pi


z = 3
unused = area(z)
"""


def texts(*names, program=PROGRAM):
    """Return the first lines of the statements that names need."""
    found = slices.needed(slices.statements(program), names)
    return [item.text.split("\n")[0] for item in found]


def test_a_slice_has_what_a_name_needs_in_order():
    assert texts("values") == [
        "import numpy as np",
        "z = 1",
        "values = np.zeros(3)",
        "values[0] = z",
    ]
    assert texts("costs") == ["costs = []", "for step in range(3):"]
    assert texts("z") == ["z = 3"]
    assert texts("area") == ["from math import pi", "def area(r):", "def factor():"]


def test_variables_of_comprehensions_are_local():
    program = "s = 1\nx = [s for s in range(3)], {s for s in ()}, {s: s for s in ()}\ny = s\n"
    assert texts("y", program=program) == ["s = 1", "y = s"]
    assert len(texts("x", program=program)) == 1


def test_a_slice_can_be_executed():
    names = {}
    for item in slices.needed(slices.statements(PROGRAM), ["area", "values", "costs"]):
        exec(item.text, names)
    assert names["area"](2) == pytest.approx(12.566, abs=1e-3)
    assert names["values"].tolist() == [1, 0, 0]
    assert names["costs"] == [0, 1, 2]
    assert "unused" not in names


CHAPTER = """import numpy as np
# toss eight coins
def toss(seed):
    return np.random.default_rng(seed).random(8)


def heads(seed):
    return int((toss(seed) < 0.5).sum())


print(heads(0))
unused = toss(1)
"""
CLAIM = """from tools.claims import chapter

coins = chapter("99").names("heads")


def other(case):
    return coins.heads(case["seed"]) > 0


def held(case):
    return coins.heads(case["seed"]) < 9
"""


@pytest.fixture
def coins(tmp_path, monkeypatch):
    """Return a function that changes a chapter or its claim, and gives the claim's digest."""
    monkeypatch.setattr(slices, "CHAPTERS", tmp_path)

    def digest(old="", new=""):
        assert old in CHAPTER + CLAIM
        nb = nbformat.v4.new_notebook()
        nb.cells = [nbformat.v4.new_code_cell(CHAPTER.replace(old, new) if old else CHAPTER)]
        (tmp_path / "99-coins.ipynb").write_text(nbformat.writes(nb), encoding="utf-8")
        file = tmp_path / "test_99.py"
        file.write_text(CLAIM.replace(old, new) if old else CLAIM, encoding="utf-8")
        return slices.experiment(file, "held").digest([{"seed": 1}])

    digest()
    return digest


def test_a_name_that_is_missing_is_reported(coins):
    with pytest.raises(NameError, match="no statement at the top level defines volume"):
        texts("volume")
    with pytest.raises(NameError, match=r"99-coins.ipynb: .* defines volume"):
        slices.of_chapter(chapter("99").path, ["volume"])
    with pytest.raises(ValueError, match=r"chapter\('07'\), not '98'"):
        chapter("98")
    with pytest.raises(AttributeError, match="net should be one of toss, heads"):
        _ = chapter("99").names("toss", "heads").net


def test_comments_docstrings_and_other_statements_do_not_matter():
    def text(program):
        return [item.text for item in slices.needed(slices.statements(program), ["area"])]

    for old, new in (
        ("'''Return the area.'''", "'''Give\n    the area.'''"),
        ("# a comment", "# another"),
        ("costs = []", "costs = [1]"),
        ("from math import pi, tau", "from math import e, pi"),
        ("\n\n\ndef factor", "\n\n\n\n\ndef factor"),
    ):
        assert old in PROGRAM
        assert text(PROGRAM.replace(old, new)) == text(PROGRAM)
    for old, new in (("r**2", "r**3"), ("return pi", "return 3")):
        assert text(PROGRAM.replace(old, new)) != text(PROGRAM)


def test_what_is_reached_of_the_package_is_what_is_used():
    def files(text):
        found = slices.package_texts(slices.statements(text))
        return {item.partition(":")[0].removeprefix("backprop/") for item in found}

    sigmoid = files("from backprop import sigmoid")
    assert "activations.py" in sigmoid
    assert not {"network.py", "schedulers.py", "costs.py"} & sigmoid
    network = files("from backprop import FFNN")
    assert {"network.py", "layers.py", "training.py"} <= network
    assert not {"estimators.py", "plotting.py", "datasets.py"} & network
    assert files("from backprop import costs") >= {"costs.py"}
    assert files("import json") == set()


def test_a_digest_changes_with_the_experiment_only(coins):
    before = coins()
    for old, new in (
        ("# toss eight coins", "# toss"),
        ("unused = toss(1)", "unused = toss(2)"),
        ("print(heads(0))", "print(heads(1))"),
        ('coins.heads(case["seed"]) > 0', 'coins.heads(case["seed"]) > 1'),
    ):
        assert coins(old, new) == before
    for old, new in (
        ("random(8)", "random(9)"),
        ("(toss(seed) < 0.5)", "(toss(seed) > 0.5)"),
        ('coins.heads(case["seed"]) < 9', 'coins.heads(case["seed"]) < 8'),
    ):
        assert coins(old, new) != before


def test_a_stored_result_has_the_digest_of_its_experiment():
    item = next(iter(declaration.all_claims().values()))
    experiment = slices.experiment(item.file, item.function.__name__)
    assert experiment.digest(item.cases) == ledger.read_results()[item.label].experiment


def claimed(function, **changes):
    """Declare a claim with a function."""
    values = {
        "label": "claim-test",
        "sentence": "It holds.",
        "varied": "seeds",
        "cases": cases(seed=range(10)),
    }
    values |= changes
    label, sentence = values.pop("label"), values.pop("sentence")
    return declaration.claim(label, sentence, **values)(function).claim


def outcomes(item):
    return [item.run(case) for case in item.cases]


def test_the_strengths():
    always = claimed(lambda case: case["seed"] < 9)
    assert not always.is_met(outcomes(always))
    assert always.summary(outcomes(always)) == "held in 9 of 10 unseen runs"
    mostly = claimed(lambda case: case["seed"] < 9, strength="mostly", share=0.9)
    assert mostly.is_met(outcomes(mostly))
    assert not claimed(mostly.function, strength="mostly", share=0.95).is_met(outcomes(mostly))

    median = claimed(lambda case: case["seed"], strength="median", holds=lambda m: m > 4)
    assert median.is_met(outcomes(median))
    assert median.summary(outcomes(median)) == "held in the median, and in 5 of 10 unseen runs"
    high = claimed(median.function, strength="median", holds=lambda m: m > 5)
    assert not high.is_met(outcomes(high))
    assert high.summary(outcomes(high)).startswith("failed in the median")

    together = claimed(median.function, strength="together", holds=lambda v: sum(v) == 45)
    assert together.is_met(outcomes(together))
    assert not together.is_met([*outcomes(together)[1:], 1.0])
    assert not together.is_met(outcomes(together)[1:])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"label": "levels"}, "label should be claim-"),
        ({"sentence": "It holds"}, "with its full stop"),
        ({"varied": " "}, "varied should say"),
        ({"cases": cases(seed=range(4))}, "at least five, all different"),
        ({"cases": [{"seed": 1}] * 5}, "at least five, all different"),
        ({"strength": "often"}, "one of always, mostly, median, together"),
        ({"strength": "mostly"}, "share should be above 0.5"),
        ({"strength": "mostly", "share": 0.3}, "share should be above 0.5"),
        ({"share": 0.9}, "with strength mostly only"),
        ({"strength": "median"}, "holds should be a function"),
    ],
)
def test_a_declaration_that_says_too_little_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        claimed(lambda case: True, **changes)


@pytest.mark.parametrize("outcome", [None, "yes", float("nan"), float("inf"), [True]])
def test_an_outcome_that_is_none_is_refused(outcome):
    with pytest.raises(ValueError, match="should be a bool or a finite number"):
        outcomes(claimed(lambda case: outcome))


def test_a_number_without_a_condition_is_refused():
    item = claimed(lambda case: 1.0)
    with pytest.raises(ValueError, match="holds should say when"):
        item.held(outcomes(item))


def test_outcomes_are_compared():
    item = claimed(lambda case: 1.0, holds=lambda value: value < 2)
    assert item.same(1.0, 1.0005)
    assert not item.same(1.0, 1.1)
    assert not item.same(1.9999, 2.0001)  # on the other side of the condition
    assert item.same(True, True)
    assert not item.same(True, False)
    assert not item.same(True, 1.0)


def test_a_run_that_gives_something_else_is_reported():
    stored = ledger.read_results()
    item = next(i for i in declaration.all_claims().values() if stored[i.label].outcomes[0] is True)
    old = stored[item.label]
    new = ledger.Result(**{**vars(old), "outcomes": [False, *old.outcomes[1:]]})
    assert differences(item, old, old) == []
    (line,) = differences(item, old, new)
    assert line.endswith("gave True, and now gives False")
    assert is_current(item, old) is (old.package == item.experiment.package_digest())
    assert not is_current(item, ledger.Result(**{**vars(old), "package": ""}))
    assert not is_current(item, None)


def test_new_claims_are_run_first_and_each_result_is_stored(monkeypatch):
    old, new, other = [item for item in declaration.all_claims().values() if not item.slow][:3]
    stored = ledger.read_results()
    results = {item.label: stored[item.label] for item in (old, other)}
    assert runs.urgent_first([old, new, other], results) == [new, old, other]
    assert runs.outlook([old, new, other], results).startswith("3 claims: 1 new or changed, then 2")
    kept = []

    def run(item, pool):
        if item is other:
            raise KeyboardInterrupt
        return stored[item.label]

    monkeypatch.setattr(runs, "run", run)
    with pytest.raises(KeyboardInterrupt):
        runs.run_all([new, other], results, lambda: kept.append(set(results)))
    assert kept == [{old.label, new.label, other.label}]


def test_a_sentence_is_read_from_its_beginning():
    def follows(before, sentence="It holds."):
        return ledger.Mark("claim-a", before, "01-a", "A").follows(sentence)

    assert follows("It holds.")
    assert follows("First. It holds.")
    assert follows("- It holds.")
    assert not follows("Perhaps It holds.")
    assert not follows("It holds. But not here.")
    assert follows("One. {claim}`claim-b` It holds.")


def test_unknown_labels_are_refused():
    process = subprocess.run(
        [sys.executable, "-m", "tools.claims", "claim-nothing"],
        cwd=slices.ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert process.returncode == 1
    assert re.search("no test declares claim-nothing", process.stderr)
