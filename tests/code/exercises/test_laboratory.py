"""The laboratory of chapter 13: each network trains silently, and each check tells some apart."""

import copy

import numpy as np
import pandas as pd
import pytest
from backprop import FFNN, CostOLS, Momentum, softmax, tanh
from backprop.checks import check
from backprop.exercises.laboratory import CHECKS, LIMIT, NETWORKS, X, make, targets

MEASURED = {a: {k: look(net) for k, look in CHECKS.items()} for a, net in NETWORKS.items()}
NOTICED = {a: {k for k, v in row.items() if v > LIMIT} for a, row in MEASURED.items()}
TABLE = [[k in row for k in CHECKS] for row in NOTICED.values()]


def test_a_sound_network_passes_all_checks():
    for look in CHECKS.values():
        assert look(FFNN) < 1e-8


def test_no_measurement_is_near_the_limit():
    for row in MEASURED.values():
        assert all(value < LIMIT / 1e3 or value > 10 * LIMIT for value in row.values())


def test_no_two_networks_are_alike_and_no_check_notices_more_than_half():
    patterns = {frozenset(row) for row in NOTICED.values()}
    assert len(patterns) == 10
    assert frozenset() not in patterns
    for name in CHECKS:
        assert 1 <= sum(name in row for row in NOTICED.values()) <= 5


@pytest.mark.parametrize("letter", NETWORKS)
def test_a_broken_network_trains_silently(letter):
    net = NETWORKS[letter]((4, 6, 5, 2), tanh, softmax, CostOLS, seed=1)
    sound = FFNN((4, 6, 5, 2), tanh, softmax, CostOLS, seed=1)
    assert repr(net) == repr(sound)
    many = np.random.default_rng(5).normal(size=(60, 4))
    arguments = (many, targets(many), Momentum(0.03, 0.8), 5, 30, 1e-3)
    with np.errstate(all="raise"):
        costs, right = (n.fit(*arguments)["train_errors"] for n in (net, sound))
    assert costs.shape == (30,)
    assert costs[-1] < 0.5 * costs[0]
    assert not np.allclose(costs, right, rtol=1e-9)  # the mistake takes part


@pytest.mark.parametrize("letter", NETWORKS)
def test_a_copy_has_the_same_mistake(letter):
    net = make(NETWORKS[letter], tanh, softmax, CostOLS)
    twin = copy.deepcopy(net)
    for each in (net, twin):
        each.fit(X, targets(X), Momentum(0.1, 0.5), batches=2, epochs=3, lam=0.1)
    assert np.array_equal(net.parameters, twin.parameters)


def by_check(rows):
    return {k: [a for a in rows if k in rows[a]] for k in CHECKS}


@pytest.mark.parametrize(
    "answer",
    [
        NOTICED,
        {a: tuple(row) for a, row in NOTICED.items()},
        {a: ", ".join(row) for a, row in NOTICED.items()},
        {a: {k: k in row for k in CHECKS} for a, row in NOTICED.items()},
        {a: [CHECKS[k] for k in row] for a, row in NOTICED.items()},
        {**NOTICED, "FFNN": set()},
        TABLE,
        np.array(TABLE),
        np.array(TABLE).astype(int),
        MEASURED,
        by_check(NOTICED),
        {k: "".join(letters) for k, letters in by_check(NOTICED).items()},
        {k: [k in row for row in NOTICED.values()] for k in CHECKS},
        {k: {a: k in row for a, row in NOTICED.items()} for k in CHECKS},
        {a.lower(): row for a, row in NOTICED.items()},
        pd.DataFrame(MEASURED),
        pd.DataFrame(MEASURED).T > LIMIT,
    ],
)
def test_a_right_table_is_accepted_in_any_form(answer):
    said = check("lab-which-check", answer)
    assert said, said


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (dict.fromkeys("ABCDEFGHIJ", ...), "placeholder"),
        ({**NOTICED, "C": ...}, "placeholder"),
        (7, "a table of ten rows, not 7"),
        (TABLE[:9], "a table of ten rows"),
        ({}, "No row for A, B"),
        ({a: NOTICED[a] for a in "ABCDEFGHI"}, "No row for J"),
        ({**NOTICED, "D": ["penalties"]}, "Row D has 'penalties', which is no check"),
        ({**NOTICED, "D": 3}, "Row D should be the names of checks"),
        ({**NOTICED, "D": [True, False]}, "Row D should be the names of checks, or 10 times"),
        ({a: set(CHECKS) - row for a, row in NOTICED.items()}, "checks that pass"),
        (~np.array(TABLE), "checks that pass"),
        ({**NOTICED, "C": NOTICED["G"]}, "9 of 10 rows are right. In row C, classifier notices no"),
        ({**NOTICED, "B": set(), "F": {"replay"}}, "8 of 10 rows are right. In row B, replay"),
        ({**NOTICED, "F": {"replay"}}, "In row F, overfit notices something"),
        (dict.fromkeys(NOTICED, ()), "0 of 10 rows are right. In row A, regression notices some"),
        ({a: set(CHECKS) for a in NOTICED}, "0 of 10 rows are right. In row A, order notices no"),
    ],
)
def test_a_wrong_table_gets_a_hint(answer, hint):
    said = check("lab-which-check", answer)
    assert not said
    assert hint in said


@pytest.mark.parametrize("letter", NETWORKS)
@pytest.mark.parametrize("name", CHECKS)
def test_each_wrong_entry_is_named(letter, name):
    said = check("lab-which-check", {**NOTICED, letter: NOTICED[letter] ^ {name}})
    verb = "something" if name in NOTICED[letter] else "nothing"
    assert f"In row {letter}, {name} notices {verb}" in said
