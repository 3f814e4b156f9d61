"""What functions of the user's own are tried on: wrong derivatives are found, right ones pass."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad, grad
from backprop import FFNN, Constant, CostOLS, _probes, identity, tanh
from backprop._probes import wrong_slope


def value_of(z):
    """Return what autograd traces without the trace, as NumPy functions may see it."""
    return getattr(z, "_value", z)


RIGHT = {
    "the identity": lambda z: z,
    "a square": lambda z: z**2,
    "a power series": lambda z: sum(z**k / (k + 1) for k in range(4)),
    "swish": lambda z: z / (1 + anp.exp(-z)),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "mish": lambda z: z * anp.tanh(anp.log1p(anp.exp(z))),
    "gelu": lambda z: 0.5 * z * (1 + anp.tanh(0.7978845608 * (z + 0.044715 * z**3))),
    "a bell": lambda z: anp.exp(-(z**2)),
    "a steep sigmoid": lambda z: 1 / (1 + anp.exp(-30 * z)),
    "exp": anp.exp,
    "sin": anp.sin,
    "arctan": anp.arctan,
    "softsign": lambda z: z / (1 + anp.abs(z)),
    "kink at 0": lambda z: anp.maximum(0.0, z),
    "kink at 0, by a factor": lambda z: z * (z > 0),
    "kink at 0, by where": lambda z: anp.where(z > 0, z, 0.01 * z),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(z) - 1),
    "selu": lambda z: 1.0507 * anp.where(z > 0, z, 1.67326 * (anp.exp(z) - 1)),
    "the modulus": anp.abs,
    "kinks at ±0.5": lambda z: anp.where(anp.abs(z) > 0.5, z, 0.0),
    "kinks at ±1": lambda z: anp.clip(z, -1.0, 1.0),
    "kinks at ±2.5": lambda z: anp.clip(0.2 * z + 0.5, 0.0, 1.0),
    "kinks at ±3": lambda z: z * anp.clip(z + 3.0, 0.0, 6.0) / 6.0,
    "kinks at 0 and 6": lambda z: anp.minimum(6.0, anp.maximum(0.0, z)),
    "kinks at ±10": lambda z: anp.clip(z, -10.0, 10.0),
    "a kink at a probe": lambda z: anp.maximum(z - _probes.ARGUMENTS[1, 0], 0.0),
    "a safe root": lambda z: anp.sqrt(anp.where(z > 0, z, 1.0)) * (z > 0),
    "undefined for z < 0": lambda z: anp.where(z > 0, z, np.nan),
    "single precision": lambda z: (lambda a: a if a is not value_of(a) else np.float32(a))(
        anp.tanh(z)
    ),
}

WRONG = {  # with the first argument where it shows
    "np.where": (lambda z: np.where(z > 0, z, 0.01 * z), "-3.71 autograd finds 0 .* 0.01 "),
    "np.clip": (lambda z: np.clip(value_of(z), -1, 1), "-0.83 autograd finds 0 .* 1 "),
    "np.piecewise": (
        lambda z: np.piecewise(value_of(z), [value_of(z) < 0], [lambda x: 0.1 * x, lambda x: x]),
        "-3.71 autograd finds 0 .* 0.1 ",
    ),
    "a branch that gives NaN": (
        lambda z: anp.where(z > 0, anp.sqrt(z), 0.0),
        "-3.71 autograd finds nan .* 0 ",
    ),
    "a part that is not traced": (
        lambda z: z + np.maximum(value_of(z), 0.0),
        "0.31 autograd finds 1 .* 2 ",
    ),
    "np.minimum for large arguments": (
        lambda z: anp.where(z > 6.0, np.minimum(value_of(z), 6.0) + 0.1 * value_of(z), anp.abs(z)),
        "6.7 autograd finds 0 .* 0.1 ",
    ),
    "another function's trace": (
        lambda z: anp.tanh(z) if z is value_of(z) else anp.sin(z),
        "-3.71 autograd finds -0.84.* 0.002",
    ),
}


@pytest.mark.parametrize("function", RIGHT.values(), ids=RIGHT)
def test_right_functions_pass(function):
    net = FFNN((3, 4, 2), function, seed=1)
    assert net.hidden_funcs == (function,)
    assert FFNN((3, 2), output_func=function).output_func is function


@pytest.mark.filterwarnings("ignore:Output seems independent of input")
@pytest.mark.parametrize("name", ["hidden_func", "output_func"])
@pytest.mark.parametrize(("function", "where"), WRONG.values(), ids=WRONG)
def test_wrong_derivatives_are_refused_with_the_place(function, where, name):
    message = rf"^{name} should have the derivative that autograd finds, but at z = {where}.*lambda"
    with np.errstate(all="raise"), pytest.raises(ValueError, match=message):
        FFNN((3, 4, 2), **{name: function})


def huber(target):
    def func(X):
        far = anp.abs(X - target) > 1
        return anp.mean(anp.where(far, anp.abs(X - target) - 0.5, 0.5 * (X - target) ** 2))

    return func


RIGHT_COSTS = {
    "squares": lambda T: lambda A: anp.sum((A - T) ** 2) / len(T),
    "root mean square": lambda T: lambda A: anp.sqrt(anp.mean((A - T) ** 2)),
    "sum": lambda T: lambda A: anp.sum((A - T) ** 2),
    "largest": lambda T: lambda A: anp.max(anp.abs(A - T)),
    "modulus": lambda T: lambda A: anp.mean(anp.abs(A - T)),
    "quantile": lambda T: lambda A: anp.mean(anp.maximum(0.1 * (A - T), -0.9 * (A - T))),
    "hinge": lambda T: lambda A: anp.mean(anp.maximum(0.0, 1.0 - T * A)),
    "log cosh": lambda T: lambda A: anp.sum(anp.logaddexp(A - T, T - A)) / len(T),
    "Huber": huber,
    "cross-entropy": lambda T: lambda A: -anp.sum(T * anp.log(A + 1e-9)) / len(T),
    "Kullback and Leibler": lambda T: lambda A: anp.sum(T * anp.log(T / A)) / len(T),
    "Poisson": lambda T: lambda A: anp.sum(A - T * anp.log(A)) / len(T),
    "cosine": lambda T: lambda A: 1 - anp.sum(A * T) / anp.sqrt(anp.sum(A**2) * anp.sum(T**2)),
    "by the number of rows": lambda T: lambda A: anp.mean((A - T) ** 2) / min(len(T), 100),
    "undefined above 1": lambda T: lambda A: -anp.mean(anp.log(1.0 - A) * (1 - T)),
}

WRONG_COSTS = {
    "a part that is not traced": lambda T: lambda A: anp.sum((A - T) ** 2) + value_of(A).sum(),
    "a branch that gives NaN": lambda T: (
        lambda A: anp.sum(anp.where(A > T, anp.sqrt(A - T), 0.0) + A)
    ),
    "wrong for large errors only": lambda T: (
        lambda A: anp.sum(anp.where(anp.abs(A - T) > 1, np.abs(value_of(A - T)), (A - T) ** 2))
    ),
}


@pytest.mark.parametrize("n_outputs", [1, 2, 15])
@pytest.mark.parametrize("cost", RIGHT_COSTS.values(), ids=RIGHT_COSTS)
def test_right_costs_pass(cost, n_outputs, recwarn):
    assert FFNN((3, 4, n_outputs), cost_func=cost).cost_func is cost
    assert not recwarn.list


@pytest.mark.parametrize("n_outputs", [1, 2, 15])
@pytest.mark.parametrize("cost", WRONG_COSTS.values(), ids=WRONG_COSTS)
def test_wrong_derivatives_of_a_cost_are_refused(cost, n_outputs):
    message = (
        r"^cost_func should have the derivative that autograd finds, but at an output of "
        r"[-.\d]+ autograd finds (nan|[-.\d]+) and differences [-.\d]+ for the function <lambda>"
    )
    with np.errstate(all="raise"), pytest.raises(ValueError, match=message):
        FFNN((3, 4, n_outputs), cost_func=cost)


def test_the_place_and_both_slopes_are_returned():
    x = np.array([0.5, -1.0, 2.0])
    assert wrong_slope(np.square, 2 * x, x) is None
    place, slope, central = wrong_slope(np.square, np.array([1.0, -2.0, 5.0]), x)
    assert (place, slope) == (2.0, 5.0)
    assert central == pytest.approx(4.0, rel=1e-6)
    # Of one number as value, and only in some directions.
    total = lambda v: float((v**2).sum())  # noqa: E731
    assert wrong_slope(total, np.array([1.0, -2.0, 5.0]), x, [(0,), (1,)]) is None
    assert wrong_slope(total, np.array([1.0, -2.0, 5.0]), x, [(1,), (2,)])[:2] == (2.0, 5.0)
    # Nothing can be said at a kink, nor where the function is not finite.
    assert wrong_slope(np.abs, np.array([-1.0]), np.array([0.0])) is None
    with np.errstate(invalid="ignore"):
        assert wrong_slope(np.log, np.array([7.0]), np.array([-1.0])) is None


@pytest.mark.parametrize("error", [1e-3, -1e-3, np.nan, np.inf])
def test_a_small_error_of_a_slope_is_found(error):
    slope = elementwise_grad(anp.tanh)(_probes.ARGUMENTS)
    assert wrong_slope(np.tanh, slope, _probes.ARGUMENTS) is None
    slope[1, 3] += error
    assert wrong_slope(np.tanh, slope, _probes.ARGUMENTS)[0] == _probes.ARGUMENTS[1, 3]


def test_probes_are_apart_from_usual_kinks():
    kinks = [0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 20]
    distance = np.abs(np.abs(_probes.ARGUMENTS)[..., np.newaxis] - kinks)
    assert distance.min() > 100 * _probes.STEP
    for bound in (3, 5, 6, 10):
        assert (_probes.ARGUMENTS < -bound).any()
        assert (_probes.ARGUMENTS > bound).any()


def test_entries():
    assert _probes.entries((2, 2)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    some = _probes.entries((4, 1000))
    assert 6 <= len(some) <= 12
    assert len({row for row, _ in some}) == 4


# Costs of all samples at once


@pytest.mark.parametrize("n", [7, 512, 1300])
@pytest.mark.parametrize(
    "name", ["sum", "root mean square", "largest", "modulus", "squares", "by the number of rows"]
)
def test_the_same_cost_everywhere(name, n):
    """In fit, in cost and by hand, on more rows than are scored at once."""
    rng = np.random.default_rng(n)
    X, T = rng.normal(size=(n, 3)), rng.normal(size=(n, 2))
    cost = RIGHT_COSTS[name]
    net = FFNN((3, 4, 2), tanh, identity, cost, seed=1)
    scores = net.fit(X, T, Constant(1e-5), epochs=2, X_val=X[::-1], t_val=T[::-1])
    by_hand = float(cost(T)(net.feed_forward(X)))
    for value in (
        net.cost(X, T), scores["train_errors"][-1], scores["val_errors"][-1],
        net.cost(X[::-1], T[::-1]),
    ):  # fmt: skip
        assert value == pytest.approx(by_hand, rel=1e-12)
    assert scores["train_errors"][-1] == net.cost(X, T), "to the last bit"


def test_accuracy_of_a_classifier_whose_cost_is_no_mean():
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(1300, 3)), np.eye(2)[rng.integers(2, size=1300)]
    net = FFNN((3, 2), output_func=tanh_between_0_and_1, cost_func=RIGHT_COSTS["sum"],
               task="multiclass", seed=1)  # fmt: skip
    scores = net.fit(X, T, Constant(1e-5), batches=4, epochs=1)
    right = (net.feed_forward(X).argmax(axis=1) == T.argmax(axis=1)).mean()
    assert scores["train_accs"][-1] == net.accuracy(X, T) == right


def tanh_between_0_and_1(z):
    return 0.5 * (anp.tanh(z) + 1.0)


def test_a_gradient_step_of_a_cost_that_is_no_mean_lowers_it():
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(600, 3)), rng.normal(size=(600, 2))
    net = FFNN((3, 2), cost_func=RIGHT_COSTS["root mean square"], seed=1)
    assert np.allclose(
        net.gradient(X, T)[:6].reshape(3, 2),
        grad(lambda W: anp.sqrt(anp.mean((anp.dot(X, W) - T) ** 2)))(net.weights[0].copy()),
        rtol=1e-12,
    )
    assert np.array_equal(CostOLS(T)(T), 0.0)
