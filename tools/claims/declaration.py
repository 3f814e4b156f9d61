"""What a claim about an experiment is: a sentence, cases, a function of one case, a strength."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import inspect
import itertools
import math
import statistics
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.claims import slices

TESTS = slices.ROOT / "tests" / "claims"
SAMPLE_SECONDS = 2  # what the sampled cases of a claim may take in `make test`
SEEDS = ("seed", "data", "split", "deal", "number", "draw")  # what cases call theirs
STRENGTHS = ("always", "mostly", "median", "together")


@dataclass(frozen=True)
class Claim:
    """A claim about an experiment; ``claim`` describes the arguments.

    Attributes
    ----------
    place : str
        The function that runs a case, as pytest names it.
    """

    label: str
    sentence: str
    varied: str
    cases: tuple[dict, ...]
    strength: str
    share: float
    holds: Callable | None
    tolerance: float
    slow: bool
    function: Callable
    file: Path

    @property
    def place(self) -> str:
        """Where its test is."""
        return f"{self.file.relative_to(slices.ROOT).as_posix()}::{self.function.__name__}"

    @functools.cached_property
    def experiment(self) -> slices.Experiment:
        """Everything on which the outcomes depend."""
        return slices.experiment(self.file, self.function.__name__)

    def run(self, case: dict) -> bool | float:
        """Run a case in the chapters' folder; return its outcome as it is stored.

        Raises
        ------
        ValueError
            If the outcome is neither a bool nor a finite number.
        """
        with contextlib.chdir(slices.CHAPTERS), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a run that overflows is an outcome like others
            value = self.function(dict(case))
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, bool):
            return value
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(
                f"{self.label}: the outcome of {case} should be a bool or a finite number, "
                f"not {value!r}"
            )
        return float(f"{value:.6g}")

    def same(self, first: bool | float, second: bool | float) -> bool:
        """Tell whether two outcomes of a case are the same."""
        if isinstance(first, bool) or isinstance(second, bool):
            return first is second
        close = math.isclose(first, second, rel_tol=self.tolerance, abs_tol=1e-12)
        return close and self.verdict(first) is self.verdict(second)

    def verdict(self, outcome: bool | float) -> bool | None:
        """Tell whether a single case held; None if only all cases together say something."""
        if isinstance(outcome, bool):
            return outcome
        if self.holds is None:
            raise ValueError(f"{self.label}: holds should say when a number is as claimed")
        return None if self.strength == "together" else bool(self.holds(outcome))

    def held(self, outcomes: list) -> int:
        """Return in how many cases it held; together, all or none."""
        if self.strength == "together":
            return len(outcomes) if self.holds(outcomes) else 0
        return sum(self.verdict(outcome) for outcome in outcomes)

    def is_met(self, outcomes: list) -> bool:
        """Tell whether outcomes are as the sentence says, at its strength."""
        if len(outcomes) != len(self.cases):
            return False
        if self.strength == "median":
            return bool(self.holds(statistics.median(outcomes)))
        least = {"always": 1.0, "mostly": self.share, "together": 1.0}[self.strength]
        return self.held(outcomes) >= least * len(outcomes)

    def sample(self, seconds: float) -> list[int]:
        """Return the numbers of one to three cases, given the stored time of all of them."""
        if self.slow:
            return []
        affordable = int(SAMPLE_SECONDS * len(self.cases) / max(seconds, 1e-9))
        number = max(1, min(3, affordable))
        return [(2 * k + 1) * len(self.cases) // (2 * number) for k in range(number)]

    def demand(self) -> str:
        """Return in words what the outcomes have to be."""
        return {
            "always": "in every case",
            "mostly": f"in at least {self.share:.0%} of the cases".replace("%", " %"),
            "median": "in the median",
            "together": "for all cases taken together",
        }[self.strength]

    def summary(self, outcomes: list) -> str:
        """Return the words of the mark beside the sentence."""
        held, total = self.held(outcomes), len(outcomes)
        if self.strength == "together":
            return f"{'held' if held else 'failed'} over {total} unseen runs"
        if self.strength == "median":
            median = "held" if self.is_met(outcomes) else "failed"
            return f"{median} in the median, and in {held} of {total} unseen runs"
        return f"held in {held} of {total} unseen runs"


def cases(**values: Iterable) -> list[dict]:
    """Return all combinations of values, as in ``cases(width=(25, 400), seed=range(100, 120))``."""
    return [
        dict(zip(values, combination, strict=True))
        for combination in itertools.product(*values.values())
    ]


def check(claim: Claim) -> None:
    """Refuse a declaration that could not fail, or does not say enough.

    Raises
    ------
    ValueError
        If it does.
    """
    numbers = claim.strength in ("median", "together")
    rules = {
        "label should be claim-… in small letters": claim.label.startswith("claim-"),
        "sentence should be a whole sentence, with its full stop": claim.sentence[-1:] in ".!?",
        "varied should say what differs from the chapter": bool(claim.varied.strip()),
        f"strength should be one of {', '.join(STRENGTHS)}": claim.strength in STRENGTHS,
        "share should be above 0.5 and below 1, with strength mostly only": (
            0.5 < claim.share < 1 if claim.strength == "mostly" else claim.share == 1
        ),
        "holds should be a function of the median, or of all outcomes": bool(
            claim.holds or not numbers
        ),
        "cases should be at least five, all different": (
            len(claim.cases) >= 5 and len(set(map(repr, claim.cases))) == len(claim.cases)
        ),
    }
    broken = [rule for rule, is_kept in rules.items() if not is_kept]
    if broken:
        raise ValueError(f"{claim.label}: {'; '.join(broken)}")


def claim(
    label: str,
    sentence: str,
    *,
    varied: str,
    cases: Iterable[dict],
    strength: str = "always",
    share: float = 1.0,
    holds: Callable | None = None,
    tolerance: float = 1e-3,
    slow: bool = False,
) -> Callable:
    """Declare the function below it to be the test of a claim.

    Parameters
    ----------
    label : str
        The label in the text, ``claim-…``.
    sentence : str
        The sentence before the mark, exactly as the chapter's source has it; line breaks do not
        matter.
    varied : str
        What the cases vary, for the reader of the ledger.
    cases : iterable of dict
        Cases that the chapter does not show, of values that JSON can hold.
    strength : {"always", "mostly", "median", "together"}
        Whether the claim has to hold in every case, in a share of them, for the median of the
        outcomes, or for all outcomes together.
    share : float
        For "mostly": the least share of the cases.
    holds : callable, optional
        Whether a number, the outcome of a case or the median, is as claimed; for "together" a
        function of the list of outcomes.
    tolerance : float
        How much a number may differ, relatively, when a case is run again.
    slow : bool
        Whether a case takes so long that only the weekly run has it: two seconds or more.
    """

    def declare(function: Callable) -> Callable:
        words = " ".join(sentence.split())
        file = Path(inspect.getfile(function)).resolve()
        function.claim = Claim(
            label, words, varied, tuple(cases), strength, share, holds, tolerance, slow, function,
            file,
        )  # fmt: skip
        check(function.claim)
        return function

    return declare


@functools.cache
def load(file: Path) -> dict[str, Claim]:
    """Return the claims that a test file declares, by label.

    Raises
    ------
    ValueError
        If a label is declared twice.
    """
    spec = importlib.util.spec_from_file_location(f"claims_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    claims: dict[str, Claim] = {}
    for value in vars(module).values():
        item = getattr(value, "claim", None)
        if isinstance(item, Claim):
            if item.label in claims:
                raise ValueError(f"{item.label} is declared twice in {file.name}")
            claims[item.label] = item
    return claims


def all_claims(folder: Path = TESTS) -> dict[str, Claim]:
    """Return all claims, by label, in the order of chapters and files.

    Raises
    ------
    ValueError
        If a label is declared twice.
    """
    claims: dict[str, Claim] = {}
    for file in sorted(folder.glob("test_[0-9][0-9]_*.py")):
        for label, item in load(file).items():
            if label in claims:
                raise ValueError(f"{label} is declared in {claims[label].place} and {item.place}")
            claims[label] = item
    return claims


def elsewhere(case: dict, shift: int) -> dict:
    """Return a case with other seeds, each larger by ``shift``."""
    return {
        name: value + shift if name in SEEDS and isinstance(value, int) else value
        for name, value in case.items()
    }


def run_case(file: str, label: str, number: int, shift: int = 0) -> tuple[bool | float, float]:
    """Run a case of a claim, in a process that loads the test file; return outcome and seconds."""
    item = load(Path(file))[label]
    start = time.process_time()  # other processes do not count
    outcome = item.run(elsewhere(item.cases[number], shift))
    return outcome, time.process_time() - start
