"""What the tests of the package share: one deterministic profile for Hypothesis."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

sys.path.insert(0, str(Path(__file__).resolve().parent))  # for reference_network.py

settings.register_profile(
    "package",
    derandomize=True,  # the same shapes at every run
    database=None,
    deadline=None,
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],  # the examples are small enough unshrunk
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.differing_executors,  # mutmut runs the tests twice in one process
    ],
)
settings.load_profile("package")
