"""Mutants of every solution are refused, or listed here with the reason why they are right.

The solutions stand in cells, which ``make mutants`` does not reach: mutmut changes the files of
a package, and decides by whole test runs.  So its operators are called directly (mutants.py),
and the checker alone decides.
"""

import pytest
from backprop.checks import check
from exercises.book import exercises
from exercises.mutants import mutants

STRICT = "the two have the same length anyway"
FLOAT = "a float with a whole value, or NumPy's, is as good a number"
LIST = "a list is as good as an array"
LENGTH = "the two have the same length"

# By exercise: what the changed line of the mutant contains, and why the mutant is right.
RIGHT = {
    "nn-count": {"strict=None": STRICT, "widths[1:])": STRICT, "strict=False": STRICT},
    "nn-twin": {"/ signs": "1 and -1 are their own reciprocals"},
    "ua-width": {"max(1, np.ceil(np.sqrt": FLOAT},
    "ua-bump": {"return ([k": LIST, "), [-k": LIST, "), [height": LIST},
    "count-product": {"before[-1], [after[0]": "the gradient may be a list"},
    "ad-adjoints": {
        "key=None, reverse=True": "the last parent first is an order as good as the last child",
        "sorted(links, reverse=True)": "the last parent first is an order as good",
    },
    "chain-growth": {"return np.arccosh(max(abs(w) / 2 - 1, 1.0))": FLOAT},
    "chain-gradient": {
        "([1.0] * len(w), [0.0] * len(w))": "all entries are overwritten",
        "([0.0] * len(w), [1.0] * len(w))": "all entries are overwritten",
        "for l in range(len(b)):": LENGTH,
        "([0.0] * len(b), [0.0] * len(w))": LENGTH,
        "([0.0] * len(w), [0.0] * len(b))": LENGTH,
        "reversed(range(len(b)))": LENGTH,
        "if l < len(b) - 1": LENGTH,
    },
    "two-outputs": {"range(len(W2))": LENGTH},
    "output-delta": {"len(Z) * (1 - A": LENGTH},
    "cost-change": {"return np.dot(gradient, step)": FLOAT},
    "bp-wrong": {"/ len(T)": LENGTH},
    "largest-rate": {"X @ (2 / len(X) * X.T)": "XXᵀ and XᵀX have the same largest eigenvalue"},
    "newton-step": {"-2 / len(X) * X.T": LENGTH, "solve(2 / len(X)": LENGTH},
    "neuron-curvature": {"2 / len(t) *": LENGTH},
    "gd-wrong": {
        "points, m, s = ([np.array(start": "the first change makes floats of the points",
        "return points": "a list of points is as good as an array",
        "- 1e-08": "ε is there for a mean square of zero, and too small to matter elsewhere",
        "m_hat / np.sqrt(s_hat))": "ε is there for a mean square of zero",
    },
    "dead-units": {"return np.all(Z <= 0, axis=0).sum()": FLOAT},
    "inverted-dropout": {"> p)": "rng.random() hits p exactly with a probability of 2⁻⁵³"},
    "drop-wrong": {
        "> p)": "rng.random() hits p exactly with a probability of 2⁻⁵³",
        "/ len(T)": LENGTH,
    },
    "clip-global": {"norm >= c": "at norm = c the factor is 1 either way"},
    "log-cosh": {"u = target - X": "cosh is even"},
    "gain-layer": {"training=True": "the layer does not use it"},
    "reg-monomials": {"range(degree + 2)": "the condition on the sum leaves out the rest"},
    "reg-ridge": {
        "t + t.mean()": "X is centred, so a constant in t is lost in Xᵀt",
        "X - X.mean(axis=0), t)": "X is centred, so a constant in t is lost in Xᵀt",
        "t - X.mean()": "X is centred, so a constant in t is lost in Xᵀt",
    },
    "reg-wrong": {
        "return costs": "a list is as good as an array",
        "exact.predict(X_val) - t_val.ravel()": "the square is even",
        "alpha=len(t)": LENGTH,
    },
    "digits-wrong": {"reshape(-2": "NumPy takes any negative number"},
    "gate-wrong": {
        "astype(None)": "None means float64 to NumPy",
        "dtype=None": "targets may be whole numbers",
        "np.array(answers).": "targets may be whole numbers",
        "reshape(-2": "NumPy takes any negative number",
        "1 & row >> k": "the two bits commute",
    },
    "hyper-trials": {"return np.ceil(np.log": FLOAT},
    "hyper-wrong": {"return accuracies": "a list is as good as an array"},
    "top-wrong": {
        "for code in codes[train]:": "a code that comes twice gets the same number twice",
        "np.full(len(t)": LENGTH,
        "np.full(len(train)": LENGTH,
        "(codes == code) & train": "and commutes",
    },
    "torch-layout": {"[array.T.ravel()": "the arrays are NumPy's already"},
    "same-momentum": {"zip(gradients, rates": STRICT},
    "depth-shared": {
        "zeros_like(None)": "a single zero takes the shape of the first contribution",
        "range(len(X), 1, -1)": "the state before the first step is 0, so it contributes nothing",
    },
    "torch-pieces": {
        "strict=None": STRICT,
        "gradients)))": STRICT,
        "strict=False": STRICT,
    },
}
FUNCTIONS = [name for name, exercise in exercises().items() if exercise.answer()]


def changed_lines(source, mutant):
    lines = source.splitlines()
    return [line.strip() for line in mutant.splitlines() if line not in lines]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_mutants_are_refused_or_explained(name):
    exercise = exercises()[name]
    source = exercise.definitions()
    made = mutants(source)
    assert len(made) >= 4
    listed = RIGHT.get(name, {})
    unexplained, explained = [], set()
    for mutant in made:
        try:
            answer = exercise.answer(mutant)
        except Exception:  # the definition itself fails
            continue
        said = check(name, answer)
        assert "The checker of this exercise has failed" not in said
        if said:
            line = " ".join(changed_lines(source, mutant))
            reasons = [text for text in listed if text in line]
            explained |= set(reasons)
            unexplained += [] if reasons else [line]
    assert unexplained == []
    assert set(listed) == explained, "listed, but refused"


def test_mutants_are_many_and_of_both_kinds():
    made = mutants("def f(a, b):\n    return np.tanh(a - b.T) * 2\n")
    for line in ("a + b.T", "b.T - a", "a - b)", "(a - b.T) * 2", "* 3", "np.tanh(a - b.T)\n"):
        assert any(line in mutant + "\n" for mutant in made), line
    assert sum(len(mutants(e.definitions())) for e in exercises().values()) > 1500
