"""The comparison that chapter 20 runs, with the two contestants that are always installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks" / "frameworks.py"


def run(*arguments):
    """Return the JSON that the script prints."""
    command = [sys.executable, str(SCRIPT), *arguments]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(process.stdout)


def test_all_contestants_are_counted_and_no_line_is_missed():
    counts = run("--lines")
    assert list(counts) == ["ours", "scikit-learn", "PyTorch", "TensorFlow", "Keras"]
    text = SCRIPT.read_text(encoding="utf-8")
    ours = text[text.index("def ours") : text.index("def scikit_learn")].strip().split("\n")[2:]
    assert counts["ours"] == sum(1 for line in ours if line.strip())


def test_ratios_are_measured_in_processes_of_their_own():
    report = run("--only", "ours", "scikit_learn", "--rounds", "2", "--sets", "1", "--json")
    assert set(report["own"]) == {"start", "small", "large", "memory small", "memory large"}
    assert all(value > 0 for value in report["own"].values())
    for quantity, libraries in report["ratios"].items():
        assert set(libraries) == {"scikit-learn"}
        assert len(libraries["scikit-learn"]) == (2 if quantity in {"small", "large"} else 1)
        assert all(0 < ratio < 10_000 for ratio in libraries["scikit-learn"])
    # Scikit-learn brings SciPy; a process of ours must not have it in its memory.
    assert report["ratios"]["memory small"]["scikit-learn"][0] > 1.5


def test_a_missing_library_is_named():
    if any((Path(p) / "torch").is_dir() for p in sys.path):
        pytest.skip("PyTorch is installed")
    command = [sys.executable, str(SCRIPT), "--only", "ours", "pytorch", "--sets", "1"]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode != 0
    assert "PyTorch stopped at import" in process.stderr
    assert "No module named 'torch'" in process.stderr
