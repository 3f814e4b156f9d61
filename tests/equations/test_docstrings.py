r"""Every formula in a docstring of the package gives what the function returns.

What ``:math:`` encloses is read as a printed equation is, and evaluated where the function is
called.  One more error in it, of those that are planted in equations, and the values differ.
"""

import re
from pathlib import Path

import backprop
import numpy as np
import pytest
from backprop import FFNN, CostCrossEntropy, CostLogReg, CostOLS, datasets, sigmoid, softmax
from printed import Parser, PrintedError, entries, mutants, tokens_of

NAMES = {r"\varphi", r"\dot x", r"x + \dot x\varepsilon", "(9y+1)/10"}  # a letter, a notation
WITH_INDEX = {r"\frac\lambda2\sum w^2": r"\frac\lambda2\sum_k w_k^2"}  # a sum over all weights
FAILS = (PrintedError, ArithmeticError, LookupError, TypeError, ValueError)
RNG = np.random.default_rng(5)
Z, T = RNG.normal(size=(4, 3)), RNG.uniform(size=(4, 3))
X, Y = 0.7, -1.3


def printed_formulas():
    """Return the formulas of all docstrings, without those in ``NAMES``."""
    texts = [path.read_text("utf-8") for path in Path(backprop.__path__[0]).rglob("*.py")]
    found = re.findall(r":math:`([^`]+)`", "\n".join(texts))
    return [WITH_INDEX.get(formula, formula) for formula in found if formula not in NAMES]


def of_cost(cost, A):
    """Return the symbols of a cost's formula, and the cost."""
    sums = {"sum s": lambda **_: range(1, 5), "sum j": lambda **_: range(1, 4)}
    return {"n": 4, "a": entries(A), "t": entries(T), "ln": np.log, **sums}, cost(T)(A)


def penalty():
    """Return the symbols of the penalty, and how much of a cost it is."""
    net = FFNN((3, 2), seed=1)
    w = np.concatenate([W.ravel() for W in net.weights])
    of = net.cost(Z, T[:, :2], 0.3) - net.cost(Z, T[:, :2])
    return {"lambda": 0.3, "w": entries(w), "sum k": lambda **_: range(1, len(w) + 1)}, of


FORMULAS = {
    r"\frac1n\sum_s\sum_j (a_{sj}-t_{sj})^2": of_cost(CostOLS, Z),
    r"-\frac1n\sum_s\sum_j [t_{sj}\ln a_{sj}+(1-t_{sj})\ln(1-a_{sj})]": of_cost(
        CostLogReg, sigmoid(Z)
    ),
    r"-\frac1n\sum_s\sum_j t_{sj}\ln a_{sj}": of_cost(CostCrossEntropy, softmax(Z)),
    r"\frac\lambda2\sum_k w_k^2": penalty(),
    r"x + 2y + 3x^2 + 4xy + 5y^2": ({"x": X, "y": Y}, datasets.skranke(X, Y)),
}


def agrees(formula, known):
    """Tell whether a formula has the value that is known."""
    names, wanted = known
    value = Parser(tokens_of(formula)).whole_expression()({"indices": {}, **names})
    return np.isclose(value, wanted, rtol=1e-12, atol=0)


def test_every_formula_is_known():
    assert sorted(printed_formulas()) == sorted(FORMULAS)


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_function_returns_what_its_formula_says(formula):
    assert agrees(formula, FORMULAS[formula])


@pytest.mark.parametrize("formula", FORMULAS)
def test_another_formula_would_be_noticed(formula):
    for changed in mutants(formula):
        try:
            assert not agrees(changed, FORMULAS[formula]), changed
        except FAILS:
            continue  # it cannot be evaluated
