"""Limits that CONTRIBUTING.md states are those that the tests and programs have."""

import re

import pytest

from web import ROOT

TEXT = " ".join((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
WORDS = {"half": "2", "fifth": "5", "five": "5", "six": "6", "a million": "1e6"}
# What is stated, where the number stands in a program, and in how many of its units it is stated.
LIMITS = [
    (r"code cells of at most (\d+) lines", "tests/repository/test_repository.py",
     r"len\(lines\) <= (\d+), f\"code cell", 1),
    (r"images below (\d+) kB", "tests/repository/test_repository.py", r"size < ([\d_]+), f", 1000),
    (r"\((\d+) words a minute", "tests/repository/test_reading.py", r"split\(\)\) / (\d+) \+", 1),
    (r"at least (\w+) terms of the glossary", "tests/site/test_finding.py",
     r"len\(anchors\) >= (\d+)", 1),
    (r"a limit of (\d+) kB", "tools/bench_site.py", r"LIMIT = ([\d_]+)", 1000),
    (r"tolerances \((1e-\d+), and", "code/backprop/exercises/compare.py", r"= (1e-\d+), 1e", 1),
    (r"and (1e-\d+) in single precision", "code/backprop/exercises/compare.py",
     r"SINGLE = 1e-\d+, (1e-\d+)", 1),
    (r"At most a (\w+) may be names", "tests/equations/test_inline.py",
     r"\(\"inline\", 1 / (\d+)\)", 1),
    (r"At most (half) may be names", "tests/equations/test_inline.py",
     r"\(\"terms\", 1 / (\d+)\)", 1),
    (r"the size \((\d+) kB compressed", "tests/site/test_explore.py", r"STORED_SIZE = ([\d_]+),",
     1000),
    (r"engine and parts together (\d+) kB", "tests/site/test_explore.py",
     r"STORED_SIZE = [\d_]+, ([\d_]+)", 1000),
    (r"reach (\d+) % of its lines", "Makefile", r"--cov-fail-under=(\d+)", 1),
    (r"up to (a \w+) characters of each", "web/live/page.js", r"MOST = (1e\d+);", 1),
    (r"device with less than (\d+) GB", "web/offline/snapshot.js", r"deviceMemory < (\d+)", 1),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "file", "place", "unit"), LIMITS, ids=[x[0] for x in LIMITS])
def test_a_limit_is_the_program_s(stated, file, place, unit):
    (in_words,) = re.findall(stated, TEXT)
    (number,) = set(re.findall(place, (ROOT / file).read_text(encoding="utf-8")))
    assert float(WORDS.get(in_words, in_words)) * unit == float(number.replace("_", "")), stated
