"""The checkers of chapter 16."""

from itertools import product

import numpy as np
import pytest
from backprop.checks import check

NOR, INHIBIT = (-2.0, -3.0, 1.0), (2.0, -3.0, -1.0)


def neurons(nor=NOR, inhibit=INHIBIT):
    return {"NOR": nor, "x1 AND NOT x2": inhibit}


@pytest.mark.parametrize(
    "answer",
    [
        neurons(),
        neurons((-1, -1, 0.5), (1, -1, -0.5)),
        neurons([np.array(-1.0), -1, [0.1]], np.array([5, -9, -1])),
    ],
)
def test_right_neurons_are_accepted(answer):
    assert check("one-neuron", answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (neurons((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), "placeholder"),
        (neurons((1, 1, -0.5)), "Turn all signs"),
        (neurons((-1, -1, 1)), "NOR: the row 01 lies on the line itself"),
        (neurons((-1, -1, -0.5)), "NOR: the row 00 is wrong"),
        (neurons((-1, -1, 1.5)), "NOR: the row 01 is wrong. There z = w1 x1 + w2 x2 + b = 0.5"),
        (neurons(inhibit=(1, 1, -0.5)), "x1 AND NOT x2: the row 01 is wrong"),
        (neurons(inhibit=(1, -0.2, -0.5)), "(3 of 4 are right.)"),
        (neurons(inhibit=(-1, 1, -0.5)), "x1 AND NOT x2: the row 01 is wrong"),
        (neurons(inhibit=(1, -1)), "x1 AND NOT x2: there should be three numbers"),
        (neurons((np.nan, 1, 1)), "NOR: there should be three numbers"),
        (neurons("abc"), "NOR: there should be three numbers"),
        ({"NOR": NOR}, "dictionary with the keys NOR, x1 AND NOT x2"),
        ((NOR, INHIBIT), "dictionary with the keys"),
    ],
)
def test_wrong_neurons_get_a_hint(answer, hint):
    said = check("one-neuron", answer)
    assert not said
    assert hint in said


def four_nands(nand, x1, x2):
    middle = nand(x1, x2)
    return nand(nand(x1, middle), nand(x2, middle))


def placeholder(nand, x1, x2):
    raise NotImplementedError


def five_nands(nand, x1, x2):
    return nand(nand(x1, nand(x1, x2)), nand(x2, nand(x1, x2)))


def test_xor_of_nands_is_accepted():
    said = check("xor-from-nand", four_nands)
    assert said
    assert "4 NANDs" in said


def test_five_nands_are_accepted_with_a_remark():
    said = check("xor-from-nand", five_nands)
    assert said
    assert "XOR from 5 NANDs. Four are enough" in said


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (placeholder, "placeholder"),
        (lambda nand, p, q: nand(four_nands(nand, p, q), four_nands(nand, p, q)), "XNOR"),
        (lambda nand, p, q: nand(p, q), "The row 00 should give 0"),
        (lambda nand, p, q: nand(nand(p, q), nand(p, q)), "The row 01 should give 1"),
        (lambda nand, p, q: p ^ q, "connect them to a nand"),
        (lambda nand, p, q: p != q, "connect them to a nand"),
        (lambda nand, p, q: nand(p, 1), "constants and numbers are not wires"),
        (lambda nand, p, q: 1, "should return a wire"),
        (lambda nand, p, q: nand(p, q) if p else q, "connect them to a nand"),
    ],
)
def test_other_circuits_get_a_hint(answer, hint):
    said = check("xor-from-nand", answer)
    assert not said
    assert hint in said


TENT = (np.ones((3, 3)), np.array([0.0, -1.0, -2.0]), np.array([[1.0], [-2.0], [2.0]]), np.zeros(1))


def changed(place, value):
    return (*TENT[:place], np.asarray(value, dtype=float), *TENT[place + 1 :])


def test_the_longer_tent_is_accepted():
    said = check("parity", *TENT)
    assert said
    assert "3 hidden neurons" in said


def test_another_number_of_hidden_neurons_is_accepted():
    W1, b1, W2, b2 = TENT
    # Split the first neuron in two halves.
    wider = (W1[:, [0, 0, 1, 2]], b1[[0, 0, 1, 2]], W2[[0, 0, 1, 2]] * [[0.5], [0.5], [1], [1]], b2)
    assert check("parity", *wider)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((np.zeros((3, 3)), np.zeros(3), np.zeros((3, 1)), np.zeros(1)), "placeholder"),
        (changed(2, [[1], [-2], [0]]), "Seven rows are right; 111 gives -1 and should give 1"),
        (changed(2, [[1], [-2], [1]]), "Seven rows are right; 111 gives 0"),
        (changed(1, [0, -1, -1]), "of 8 rows are wrong. The first is 011"),
        (changed(2, [[0.9], [-1.8], [1.8]]), "right sides of 1/2, but are not 0 and 1"),
        (changed(2, [1, -2, 2]), "W2 should have shape (3, 1), but has shape (3,)"),
        (changed(0, np.ones((2, 3))), "W1 should have shape (3, 3), but has shape (2, 3)"),
        (changed(0, np.ones(3)), "W1 should have shape (3, m), but has shape (3,)"),
        (changed(1, np.zeros(4)), "b1 should have shape (3,)"),
    ],
)
def test_other_networks_get_a_hint(answer, hint):
    said = check("parity", *answer)
    assert not said
    assert hint in said


def table(answers, columns):
    X = np.array(list(product((0.0, 1.0), repeat=len(answers).bit_length() - 1)))
    return columns(X), np.array(answers, dtype=float)[:, None]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda answers: table(answers, lambda X: X[:, ::-1]), "as it stood"),
        (lambda answers: table(answers, lambda X: X[::-1]), "first row should be 00…0"),
        (lambda answers: table(answers, lambda X: 1 - X), "first row should be 00…0"),
        (lambda answers: table(answers, lambda X: 1 - X[:, ::-1]), "first row should be 00…0"),
        (lambda answers: table(answers[::-1], lambda X: X), "answers come in reverse order"),
        (lambda answers: table(answers[::-1], lambda X: X[:, ::-1]), "should be 0, but is 1"),
        (lambda answers: table(answers, lambda X: X.T), "one row for each input"),
        (lambda answers: (table(answers, lambda X: X)[0], answers), "should be one column"),
        (lambda answers: table(answers, lambda X: X)[0], "two things"),
        (lambda answers: table(answers, lambda X: 2 * X - 1), "of the array of inputs should be"),
    ],
)
def test_wrong_tables(answer, hint):
    said = check("gate-wrong", answer)
    assert not said
    assert hint in said


def test_a_table_of_two_inputs_only_is_not_enough():
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert not check("gate-wrong", lambda answers: (rows, np.array(answers)[:, None]))
    assert check("gate-wrong", lambda answers: table(answers, lambda X: X))
