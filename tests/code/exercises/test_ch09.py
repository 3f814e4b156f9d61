"""The checkers of chapter 9 accept what is right, and say what is wrong with the rest."""

import numpy as np
import pytest
from backprop.checks import check


def placeholder(*arguments):
    raise NotImplementedError("your turn")


def slope_of_output(Z):
    return 1 - np.tanh(Z) ** 2


OUTPUT_DELTA = {
    "right": lambda Z, T: np.tanh(np.tanh(Z) - T) / len(T) * slope_of_output(Z),
    "sign is wrong": lambda Z, T: np.tanh(T - np.tanh(Z)) / len(T) * slope_of_output(Z),
    "1/n is missing": lambda Z, T: np.tanh(np.tanh(Z) - T) * slope_of_output(Z),
    "samples only": lambda Z, T: np.tanh(np.tanh(Z) - T) / T.size * slope_of_output(Z),
    "second factor, the slope": lambda Z, T: np.tanh(np.tanh(Z) - T) / len(T),
    "Two factors": lambda Z, T: np.tanh(np.tanh(Z) - T),
    "not with Z": lambda Z, T: np.tanh(np.tanh(Z) - T) / len(T) * (1 - Z**2),
    "should be taken at Z": lambda Z, T: (
        np.tanh(np.tanh(Z) - T) / len(T) * slope_of_output(np.tanh(Z))
    ),
    "squared error": lambda Z, T: 2 * (np.tanh(Z) - T) / len(T) * slope_of_output(Z),
    "derivative of ln cosh": lambda Z, T: (np.tanh(Z) - T) / len(T) * slope_of_output(Z),
    "compares the targets with A": lambda Z, T: np.tanh(Z - T) / len(T) * slope_of_output(Z),
    "tanh(Z), not with Z": lambda Z, T: np.tanh(Z - T) / len(T),
    "should have shape": lambda Z, T: (np.tanh(np.tanh(Z) - T) / len(T)).sum(axis=0),
    "returns nothing": lambda Z, T: None,
    "made of real numbers": lambda Z, T: "delta",
    "NaN": lambda Z, T: Z * np.nan,
    "of δ should be": lambda Z, T: Z + T,
    "placeholder": placeholder,
}

HIDDEN_DELTA = {
    "right": lambda d, W, Z, slope: (d @ W.T) * slope(Z),
    "weights are not transposed: transpose": lambda d, W, Z, slope: (
        (d @ (W if W.shape[0] == W.shape[1] else W.T)) * slope(Z)
    ),
    "not transposed, and the slope is missing": lambda d, W, Z, slope: (
        d @ W if W.shape[0] == W.shape[1] else (d @ W.T) * slope(Z)
    ),
    "transpose the weights": lambda d, W, Z, slope: (d @ W) * slope(Z),
    "as a matrix": lambda d, W, Z, slope: (d @ W.T) @ slope(Z),
    "the weights (M_l, M_{l+1})": lambda d, W, Z, slope: W @ d + slope(Z),
    "slope is missing": lambda d, W, Z, slope: d @ W.T,
    "slope(Z)": lambda d, W, Z, slope: (d @ W.T) * Z,
    "should be taken at Z": lambda d, W, Z, slope: (d @ W.T) * slope(np.sin(Z)),
    "wrong array": lambda d, W, Z, slope: (
        (d @ W.T) * (slope(d) if d.shape == Z.shape else slope(Z))
    ),
    "belongs to this layer": lambda d, W, Z, slope: (d @ W.T) * slope(d),
    "slope comes too early": lambda d, W, Z, slope: (
        (d * slope(Z)) @ W.T if d.shape == Z.shape else (d @ W.T) * slope(Z)
    ),
    "Send the errors back": lambda d, W, Z, slope: (d * slope(Z)) @ W.T,
    "are added": lambda d, W, Z, slope: d @ W.T + slope(Z),
    "sign is wrong": lambda d, W, Z, slope: -(d @ W.T) * slope(Z),
    "no 1/n": lambda d, W, Z, slope: (d @ W.T) * slope(Z) / len(Z),
    "samples must not be summed": lambda d, W, Z, slope: ((d @ W.T) * slope(Z)).sum(axis=0),
    "summed over the units": lambda d, W, Z, slope: ((d @ W.T) * slope(Z)).sum(axis=1),
    "multiplied elementwise, with *": lambda d, W, Z, slope: np.sum((d @ W.T) * slope(Z)),
    "multiplied as a matrix": lambda d, W, Z, slope: slope(Z).T @ (d @ W.T),
    "returns nothing": lambda d, W, Z, slope: None,
    "changes its argument Z": lambda d, W, Z, slope: np.multiply(d @ W.T, slope(Z), out=Z),
    "the number at [1, 1] of δ": lambda d, W, Z, slope: Z,
    "the number at [4, 0] of δ": lambda d, W, Z, slope: (
        0 * Z if W.shape[0] == W.shape[1] else (d @ W.T) * slope(Z)
    ),
    "ValueError: invalid literal": lambda d, W, Z, slope: int("two"),
    "NameError": lambda d, W, Z, slope: undefined_name,  # noqa: F821
    "placeholder": placeholder,
}

SOFTMAX_DELTA = {
    "right": lambda A, G: A * (G - (G * A).sum(axis=1, keepdims=True)),
    "only the factor A": lambda A, G: G * A,
    "is not elementwise": lambda A, G: G * A * (1 - A),
    "axis=1": lambda A, G: A * (G - (G * A).sum(axis=0)),
    "needs keepdims=True": lambda A, G: A * (G - (G * A).sum(axis=1)),
    "use keepdims=True": lambda A, G: (
        A * (G - (G * A).sum(axis=1))
        if len(A) == A.shape[1]
        else A * (G - (G * A).sum(axis=1, keepdims=True))
    ),
    "multiplied by its output": lambda A, G: A * (G - G.sum(axis=1, keepdims=True)),
    "is added": lambda A, G: A * (G + (G * A).sum(axis=1, keepdims=True)),
    "sign is wrong": lambda A, G: A * ((G * A).sum(axis=1, keepdims=True) - G),
    "no 1/n": lambda A, G: A * (G - (G * A).sum(axis=1, keepdims=True)) / len(A),
    "factor A in front": lambda A, G: G - (G * A).sum(axis=1, keepdims=True),
    "should have shape": lambda A, G: (A * G).sum(axis=1),
    "of δ should be": lambda A, G: A - G,
    "ValueError: invalid literal": lambda A, G: int("two"),
    "placeholder": placeholder,
}

COST_CHANGE = {
    "right": lambda gradient, step: gradient @ step,
    "are added": lambda gradient, step: gradient * step,
    "meets its own step only": lambda gradient, step: np.outer(gradient, step),
    "sign is wrong": lambda gradient, step: -(gradient @ step),
    "That is the mean": lambda gradient, step: (gradient * step).mean(),
    "have signs": lambda gradient, step: np.abs(gradient * step).sum(),
    "angle between": lambda gradient, step: np.linalg.norm(gradient) * np.linalg.norm(step),
    "has shape (2,)": lambda gradient, step: np.array([gradient @ step, 0]),
    "returns nothing": lambda gradient, step: None,
    "the change should be": lambda gradient, step: gradient.sum(),
    "placeholder": placeholder,
}

CASES = [
    pytest.param(name, hint, answer, id=f"{name}: {hint}")
    for name, answers in (
        ("output-delta", OUTPUT_DELTA),
        ("hidden-delta", HIDDEN_DELTA),
        ("softmax-delta", SOFTMAX_DELTA),
        ("cost-change", COST_CHANGE),
    )
    for hint, answer in answers.items()
]


@pytest.mark.parametrize(("name", "hint", "answer"), CASES)
def test_answers_get_the_right_hint(name, hint, answer):
    said = check(name, answer)
    if hint == "right":
        assert said, said
    else:
        assert not said
        assert hint in said


def test_a_float_is_accepted_for_one_number():
    assert check("cost-change", lambda gradient, step: float(np.dot(gradient, step)))


# What is wrong here?


def gradient(X, T, W1, b1, W2, b2, sent=1, slope=2, factor=2.0, bias=1.0):
    """Return the gradient by BP1 to BP4; BP3 takes A to a power, the slope is 1 - A to a power."""
    A = np.tanh(X @ W1 + b1)
    delta_2 = factor * (A @ W2 + b2 - T) / len(X)
    delta_1 = (delta_2 @ W2.T) * ((1 - A**slope) if slope else 1.0)
    parts = X.T @ delta_1, bias * delta_1.sum(0), (A**sent).T @ delta_2, bias * delta_2.sum(0)
    return np.concatenate([part.ravel() for part in parts])


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"sent": 2}, "as it stood"),
        ({"slope": 1}, "One thing is repaired, another broken"),
        ({"sent": 2, "slope": 4}, "squared once too often"),
        ({"slope": 4}, "squared once too often"),
        ({"slope": 0}, "slope is missing"),
        ({"factor": 1.0}, "The 2 comes"),
        ({"factor": 1.0, "sent": 2}, "The 2 comes"),
        ({"sent": 3}, "W^1 comes row by row"),
        ({"sent": 1, "bias": -1.0}, "should be"),
    ],
)
def test_wrong_repairs_of_the_gradient(change, hint):
    said = check("bp-wrong", lambda X, T, W1, b1, W2, b2: gradient(X, T, W1, b1, W2, b2, **change))
    assert not said
    assert hint in said


def test_a_mean_in_bp4_is_no_repair():
    def by_mean(X, T, W1, b1, W2, b2):
        return gradient(X, T, W1, b1, W2, b2, sent=2, bias=1 / len(X))

    assert "In BP4" in check("bp-wrong", by_mean)


def test_arrays_one_by_one_are_no_vector():
    said = check("bp-wrong", lambda X, T, W1, b1, W2, b2: [W1, b1, W2, b2])
    assert not said
    assert "rows of different lengths" in said
