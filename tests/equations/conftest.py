"""The fixture ``printed``: the equation whose label a test is marked with."""

import pytest
from labelled import EQUATIONS, labels_of


def pytest_generate_tests(metafunc):
    if "printed" not in metafunc.fixturenames:
        return
    labels = labels_of(metafunc.function)
    unknown = [label for label in labels if label not in EQUATIONS]
    if unknown or not labels:
        pytest.fail(f"{metafunc.function.__name__}: no page prints {unknown or 'its equation'}")
    metafunc.parametrize("printed", [EQUATIONS[label] for label in labels], ids=labels)
