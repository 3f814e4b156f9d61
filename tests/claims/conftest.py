"""Run a sample of the cases of every claim: each has to have the stored outcome."""

import pytest

from tools.claims import ledger
from web import notebooks

STORED = ledger.read_results()


def pytest_generate_tests(metafunc):
    item = getattr(metafunc.function, "claim", None)
    if item:
        metafunc.parametrize("case", [item], ids=[item.label])


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a sample of a claim's own cases, instead of calling the function as a test."""
    item = getattr(pyfuncitem.function, "claim", None)
    if item is None:
        return None
    result = STORED.get(item.label)
    assert not ledger.weakness(item, result), ledger.weakness(item, result)
    if any(map(notebooks.missing, item.experiment.chapters)):
        pytest.skip("its frameworks are not installed")
    for number in item.sample(result.seconds):
        outcome, expected = item.run(item.cases[number]), result.outcomes[number]
        assert item.same(expected, outcome), (
            f"{item.label}: {item.cases[number]} gave {expected}, and now gives {outcome}"
        )
    return True
