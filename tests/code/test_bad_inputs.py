"""Bad input: an error of the right type that names the argument, and nothing is lost."""

import pickle
import re

import autograd.numpy as anp
import backprop
import numpy as np
import pytest
from backprop import (
    ELU,
    FFNN,
    LRELU,
    RELU,
    Adam,
    Constant,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    Dropout,
    Scheduler,
    identity,
    sigmoid,
    softmax,
    tanh,
)
from backprop._arrays import is_finite
from backprop.datasets import gate, load_mnist
from backprop.estimators import FFNNRegressor

NAN, INF = np.nan, np.inf


def good(n=6, p=3, m=2):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, p)), rng.normal(size=(n, m))


def with_entry(array, value):
    array = array.copy()
    array[1, 0] = value
    return array


X, T = good()


# The network's arguments


@pytest.mark.parametrize(
    ("dimensions", "error", "message"),
    [
        (5, TypeError, r"dimensions should be a sequence of widths such as \(2, 3, 1\), not 5"),
        ("23", TypeError, "dimensions should be a sequence of widths"),
        (None, TypeError, "dimensions should be a sequence of widths"),
        ((), ValueError, "dimensions should have at least two widths"),
        ((3,), ValueError, "dimensions should have at least two widths"),
        ((3, 0, 2), ValueError, r"dimensions\[1\] should be at least 1, not 0"),
        ((3, 4, -2), ValueError, r"dimensions\[2\] should be at least 1, not -2"),
        ((0, 2), ValueError, r"dimensions\[0\] should be at least 1, not 0"),
        ((3.0, 2), TypeError, r"dimensions\[0\] should be a whole number, not 3.0 \(float\)"),
        ((3, True), TypeError, r"dimensions\[1\] should be a whole number, not True"),
        ((3, None), TypeError, r"dimensions\[1\] should be a whole number, not None"),
    ],
)
def test_dimensions(dimensions, error, message):
    with pytest.raises(error, match=message):
        FFNN(dimensions)


def test_dimensions_may_be_any_sequence_of_whole_numbers():
    for dimensions in ((3, 4, 2), [3, 4, 2], np.array([3, 4, 2])):
        assert FFNN(dimensions).dimensions == (3, 4, 2)


class Thing:
    pass


def changes_the_shape(z):
    return z.sum(axis=1)


def mixes_the_row(z):
    return z - z.mean(axis=1, keepdims=True)


def mixes_the_column(z):
    return z - z.mean(axis=0)


def not_differentiable(z):
    return np.array(z.tolist())


@pytest.mark.parametrize("name", ["hidden_func", "output_func"])
@pytest.mark.parametrize(
    ("func", "error", "message"),
    [
        ("sigmoid", TypeError, r"should be a function such as identity.* not 'sigmoid' \(str\)"),
        (None, TypeError, "should be a function such as"),
        (3, TypeError, "should be a function such as"),
        ({}, TypeError, "should be a function such as"),
        (np.ones(3), TypeError, "should be a function such as"),
        (Thing, TypeError, "should be a function such as .*not the class Thing"),
        (
            changes_the_shape,
            ValueError,
            "should be elementwise, but the function changes_the_shape",
        ),
        (mixes_the_row, ValueError, "should be elementwise, but .* depend on other entries"),
        (mixes_the_column, ValueError, "should be elementwise, but .* depend on other entries"),
        (not_differentiable, ValueError, "should be elementwise and written with autograd.numpy"),
        (lambda: 1, ValueError, "should be elementwise and written with autograd.numpy"),
    ],
)
def test_activation(name, func, error, message):
    with pytest.raises(error, match=f"{name} {message}"):
        FFNN((3, 4, 2), **{name: func})


@pytest.mark.parametrize(
    ("hidden", "error", "message"),
    [
        (softmax, ValueError, "hidden_func should be elementwise; softmax is for the output"),
        ([tanh, softmax], ValueError, "hidden_func should be elementwise; softmax is for"),
        ([tanh], ValueError, "hidden_func should have one function per hidden layer, 2, not 1"),
        ([tanh] * 3, ValueError, "hidden_func should have one function per hidden layer, 2, not 3"),
        ([tanh, "tanh"], TypeError, "hidden_func should be a function such as"),
        ([], ValueError, "hidden_func should have one function per hidden layer, 2, not 0"),
    ],
)
def test_hidden_functions(hidden, error, message):
    with pytest.raises(error, match=message):
        FFNN((3, 4, 5, 2), hidden)


def two_arguments(outputs, targets):
    return ((outputs - targets) ** 2).mean()


@pytest.mark.parametrize(
    ("cost", "error", "message"),
    [
        ("mse", TypeError, r"should be a function such as CostOLS, .* not 'mse' \(str\)"),
        (None, TypeError, "should be a function such as CostOLS"),
        ([CostOLS], TypeError, "should be a function such as CostOLS"),
        (Thing, TypeError, "should be a function such as .* not the class Thing"),
        (two_arguments, ValueError, "should take the targets.*function two_arguments cannot be"),
        (CostOLS(np.ones((2, 2))), ValueError, "should take the targets.*cannot be"),
        (lambda t: lambda a: (a - t) ** 2, ValueError, "should take the targets"),
        (
            lambda t: lambda a: np.array(a.tolist()).sum(),
            ValueError,
            ".*written with autograd.numpy",
        ),
        (lambda t: 1.0, ValueError, "should take the targets"),
        (
            lambda t: lambda a: anp.sum((a - t) ** 2, keepdims=True),
            ValueError,
            ".*gives something else",
        ),
    ],
)
def test_cost(cost, error, message):
    with pytest.raises(error, match=f"cost_func {message}"):
        FFNN((3, 4, 2), cost_func=cost)


def test_a_cost_is_tried_with_as_many_outputs_as_there_are():
    def weighted(targets):
        return lambda outputs: anp.sum(np.arange(2.0) * (outputs - targets) ** 2)

    assert FFNN((3, 4, 2), cost_func=weighted).dimensions[-1] == 2


@pytest.mark.parametrize("leak", [1e-2, 1e-7, 2e-9])
def test_a_function_that_hardly_depends_on_other_entries(leak):
    with pytest.raises(ValueError, match="hidden_func should be elementwise, but the values"):
        FFNN((3, 4, 2), hidden_func=lambda Z: Z + leak * anp.sum(Z))


def test_a_function_may_be_undefined_somewhere():
    def half(Z):
        return anp.where(Z > 0, Z, np.nan)

    assert FFNN((3, 4, 2), hidden_func=half).hidden_funcs == (half,)


@pytest.mark.parametrize("output", [identity, tanh, RELU, LRELU, ELU])
@pytest.mark.parametrize("cost", [CostLogReg, CostCrossEntropy])
def test_costs_of_probabilities(output, cost):
    with pytest.raises(
        ValueError, match=f"output_func should give prob.*{cost.__name__}, but {output.__name__}"
    ):
        FFNN((3, 4, 2), output_func=output, cost_func=cost)


def test_one_output():
    with pytest.raises(ValueError, match="output_func should not be softmax for one output"):
        FFNN((3, 4, 1), output_func=softmax)
    with pytest.raises(ValueError, match="cost_func should be CostLogReg for one output"):
        FFNN((3, 4, 1), output_func=sigmoid, cost_func=CostCrossEntropy)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"seed": 1.5}, TypeError, r"seed should be a whole number, not 1.5 \(float\)"),
        ({"seed": "a"}, TypeError, "seed should be a whole number"),
        ({"seed": True}, TypeError, "seed should be a whole number"),
        ({"seed": -1}, ValueError, "seed should be at least 0, not -1"),
        ({"batch_norm": 1}, TypeError, "batch_norm should be True or False, not 1"),
        ({"dropout": 1.0}, ValueError, "dropout should be at least 0 and less than 1, not 1.0"),
        ({"dropout": -0.1}, ValueError, "dropout should be at least 0 and less than 1, not -0.1"),
        ({"dropout": NAN}, ValueError, "dropout should be at least 0 and less than 1, not nan"),
        ({"dropout": "half"}, TypeError, "dropout should be a number"),
        ({"dropout": [0.1]}, ValueError, "dropout should have one rate for the input .* 2 in all"),
        ({"dropout": [0.1] * 3}, ValueError, "dropout should have one rate .* 2 in all, not 3"),
        ({"dropout": [0.1, 1.0]}, ValueError, r"dropout\[1\] should be at least 0 and less than 1"),
        ({"dtype": np.int64}, ValueError, "dtype should be float64 or float32, not int64"),
        ({"dtype": np.float16}, ValueError, "dtype should be float64 or float32, not float16"),
        ({"dtype": "foo"}, TypeError, r"dtype should be float64 or float32, not 'foo' \(str\)"),
    ],
)
def test_options(arguments, error, message):
    with pytest.raises(error, match=message):
        FFNN((3, 4, 2), **arguments)


# Data


BAD_X = [
    (X[0], ValueError, r"X should be two-dimensional.*\(n, 3\).*\(3,\); X.reshape\(1, -1\)"),
    (
        X[:, 0],
        ValueError,
        r"X should be two-dimensional with shape \(n, 3\), but has shape \(6,\)$",
    ),
    (X[None], ValueError, r"X should be two-dimensional.*\(1, 6, 3\)$"),
    (3.0, ValueError, r"X should be two-dimensional.*shape \(\)$"),
    (X[:, :2], ValueError, r"X should have shape \(n, 3\), but has shape \(6, 2\)"),
    (X.T, ValueError, r"X should have shape \(n, 3\), but has shape \(3, 6\)"),
    (X[:0], ValueError, r"X should have at least one row, but has shape \(0, 3\)"),
    (with_entry(X, NAN), ValueError, "X should be finite, but 1 of its 18 values"),
    (with_entry(X, INF), ValueError, "X should be finite, but 1 of its 18 values"),
    (with_entry(with_entry(X, INF)[::-1], -INF), ValueError, "X should be finite, but 2 of its"),
    (X + 1j, TypeError, r"X should be an array of real numbers.* complex128 with shape \(6, 3\)"),
    (X.astype(str), TypeError, "X should be an array of real numbers"),
    (X.astype(object), TypeError, "X should be an array of real numbers"),
    ([[1.0, 2.0, 3.0], [1.0]], TypeError, "X should be an array of real numbers"),
    (None, TypeError, "X should be an array of real numbers"),
    ("X", TypeError, r"X should be an array of real numbers.*not 'X' \(str\)"),
]


@pytest.mark.parametrize(("bad", "error", "message"), BAD_X)
def test_inputs(bad, error, message):
    net = FFNN((3, 4, 2), seed=1)
    before, twin = net.parameters.copy(), FFNN((3, 4, 2), seed=1)
    for use in (
        lambda: net.fit(bad, T, Constant(0.1)),
        lambda: net.predict(bad),
        lambda: net.feed_forward(bad),
        lambda: net.cost(bad, T),
        lambda: net.gradient(bad, T),
        lambda: net.trace(bad, T),
    ):
        with pytest.raises(error, match=message):
            use()
    if bad is not None:  # which would be no validation set
        named = message.replace("X.r", "X_val.r").replace("X should", "X_val should")
        with pytest.raises(error, match=named):
            net.fit(X, T, Constant(0.1), X_val=bad, t_val=T)
    assert np.array_equal(net.parameters, before)
    # The randomness has not moved either.
    net.fit(X, T, Constant(0.1), batches=3, epochs=2)
    twin.fit(X, T, Constant(0.1), batches=3, epochs=2)
    assert np.array_equal(net.parameters, twin.parameters)


BAD_T = [
    (T[:, 0], ValueError, r"t should be two-dimensional with shape \(n, 2\), but has shape \(6,\)"),
    (T[:, :1], ValueError, r"t should have shape \(n, 2\), but has shape \(6, 1\)"),
    (T[:5], ValueError, "t should have the same number of rows, but have 6 and 5"),
    (T[:0], ValueError, r"t should have at least one row, but has shape \(0, 2\)"),
    (with_entry(T, NAN), ValueError, "t should be finite, but 1 of its 12 values"),
    (with_entry(T, -INF), ValueError, "t should be finite, but 1 of its 12 values"),
    (None, TypeError, "t should be an array of real numbers"),
    ([["a", "b"]] * 6, TypeError, "t should be an array of real numbers"),
]


@pytest.mark.parametrize(("bad", "error", "message"), BAD_T)
def test_targets(bad, error, message):
    net = FFNN((3, 4, 2), seed=1)
    before = net.parameters.copy()
    for use in (net.cost, net.gradient, net.trace, lambda X, t: net.fit(X, t, Constant(0.1))):
        with pytest.raises(error, match=message):
            use(X, bad)
    if bad is not None:
        with pytest.raises(error, match=message.replace("t should", "t_val should")):
            net.fit(X, T, Constant(0.1), X_val=X, t_val=bad)
    assert np.array_equal(net.parameters, before)


def test_one_dimensional_targets_of_one_output():
    net = FFNN((3, 4, 1))
    with pytest.raises(ValueError, match=r"t should be .* \(n, 1\).*\(6,\); t.reshape\(-1, 1\)"):
        net.fit(X, T[:, 0], Constant(0.1))


def test_labels_where_one_hot_is_wanted():
    net = FFNN((3, 4, 6), output_func=softmax, cost_func=CostCrossEntropy, seed=1)
    labels = np.arange(6)
    with pytest.raises(ValueError, match=r"t should be .*\(n, 6\).*; onehot\(t\) makes labels one"):
        net.fit(X, labels, Constant(0.1))
    with pytest.raises(ValueError, match=r"t should have shape \(n, 6\), but has shape \(6, 1\)"):
        net.fit(X, labels[:, None], Constant(0.1))
    for bad, message in [
        (2 * np.eye(6), "targets of CostCrossEntropy should lie between 0 and 1"),
        (np.zeros((6, 6)), "each row of the targets of CostCrossEntropy should sum to 1"),
        (np.ones((6, 6)), "each row of the targets of CostCrossEntropy should sum to 1"),
    ]:
        for use in (net.cost, net.accuracy, lambda X, t: net.fit(X, t, Constant(0.1))):
            with pytest.raises(ValueError, match=message):
                use(X, bad)


@pytest.mark.parametrize("bad", [2, -1, 1.5])
def test_labels_of_a_binary_task(bad):
    net = FFNN((3, 1), output_func=sigmoid, cost_func=CostLogReg)
    with pytest.raises(ValueError, match="targets of CostLogReg should lie between 0 and 1, but"):
        net.fit(X, np.full((6, 1), bad), Constant(0.1))


def test_numbers_that_float32_cannot_hold():
    net = FFNN((3, 4, 2), dtype=np.float32)
    with pytest.raises(ValueError, match=r"X should be finite.*in float32"):
        net.predict(with_entry(X, 1e300))
    with pytest.raises(ValueError, match=r"parameters should be finite.*in float32"):
        net.parameters = np.full(net.parameters.size, 1e300)


def test_large_but_finite_numbers_pass():
    """Their sum overflows, they do not."""
    net = FFNN((3, 2), seed=1)
    net.parameters = np.zeros(8)
    with np.errstate(all="raise"):
        assert (net.predict(np.full((4, 3), 1.7e308)) == 0).all()


# The arguments of fit


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"batches": 7}, ValueError, "batches should be at most the number of samples, 6, not 7"),
        ({"batches": 0}, ValueError, "batches should be at least 1, not 0"),
        ({"batches": -2}, ValueError, "batches should be at least 1, not -2"),
        ({"batches": 2.0}, TypeError, r"batches should be a whole number, not 2.0 \(float\)"),
        ({"batches": None}, TypeError, "batches should be a whole number"),
        ({"epochs": 0}, ValueError, "epochs should be at least 1, not 0"),
        ({"epochs": -5}, ValueError, "epochs should be at least 1, not -5"),
        ({"epochs": 1e3}, TypeError, r"epochs should be a whole number, not 1000.0 \(float\)"),
        ({"epochs": True}, TypeError, "epochs should be a whole number"),
        ({"lam": -0.1}, ValueError, "lam should be at least 0 and finite, not -0.1"),
        ({"lam": NAN}, ValueError, "lam should be at least 0 and finite, not nan"),
        ({"lam": INF}, ValueError, "lam should be at least 0 and finite, not inf"),
        ({"lam": "0"}, TypeError, "lam should be a number"),
        ({"score_every": 0}, ValueError, "score_every should be at least 1, not 0"),
        ({"score_every": 2.0}, TypeError, "score_every should be a whole number, not 2.0"),
        ({"score_every": True}, TypeError, "score_every should be a whole number, not True"),
        ({"X_val": X}, ValueError, "t_val should be given together with X_val, but is None"),
        ({"t_val": T}, ValueError, "X_val should be given together with t_val, but is None"),
        ({"clip_norm": 0}, ValueError, "clip_norm should be greater than 0"),
        ({"clip_norm": -1.0}, ValueError, "clip_norm should be greater than 0"),
        ({"clip_value": 0.0}, ValueError, "clip_value should be greater than 0"),
        ({"clip_value": "1"}, TypeError, "clip_value should be a number"),
        ({"clip_norm": 1, "clip_value": 1}, ValueError, "clip_norm and clip_value should not be"),
    ],
)
def test_arguments_of_fit(arguments, error, message):
    net = FFNN((3, 4, 2), seed=1)
    twin = FFNN((3, 4, 2), seed=1)
    with pytest.raises(error, match=message):
        net.fit(X, T, Constant(0.1), **arguments)
    net.fit(X, T, Constant(0.1), batches=3, epochs=2)
    twin.fit(X, T, Constant(0.1), batches=3, epochs=2)
    assert np.array_equal(net.parameters, twin.parameters)


@pytest.mark.parametrize("scheduler", [Adam, Scheduler, "adam", None, 0.1, Thing()])
def test_scheduler(scheduler):
    net = FFNN((3, 4, 2), seed=1)
    before = net.parameters.copy()
    with pytest.raises(TypeError, match=r"scheduler should be an instance such as Adam\(eta=1e-3"):
        net.fit(X, T, scheduler)
    assert np.array_equal(net.parameters, before)


def test_the_class_of_a_scheduler_is_named():
    with pytest.raises(TypeError, match="not the class Adam"):
        FFNN((3, 4, 2)).fit(X, T, Adam)


@pytest.mark.parametrize(("n", "batches"), [(1, 1), (6, 4), (6, 6), (5, 3)])
def test_batch_normalisation_needs_two_samples(n, batches):
    net = FFNN((3, 4, 2), batch_norm=True, seed=1)
    with pytest.raises(
        ValueError, match=f"batches should leave at least two .* {batches} batches of {n}"
    ):
        net.fit(X[:n], T[:n], Constant(0.1), batches=batches)
    assert "train_errors" in net.fit(X, T, Constant(0.1), batches=3, epochs=1)
    assert "train_errors" in FFNN((3, 4, 2)).fit(X[:1], T[:1], Constant(0.1), epochs=1)


@pytest.mark.parametrize("ask", ["cost", "gradient"])
def test_cost_and_gradient(ask):
    net = FFNN((3, 4, 2), dropout=0.5, seed=1)
    use = getattr(net, ask)
    with pytest.raises(ValueError, match="seed should be given with training=True and dropout"):
        use(X, T, training=True)
    with pytest.raises(TypeError, match="seed should be a whole number"):
        use(X, T, training=True, seed=1.5)
    with pytest.raises(ValueError, match="lam should be at least 0"):
        use(X, T, -1.0)
    with pytest.raises(TypeError, match="lam should be a number"):
        use(X, T, "a")


# Parameters


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (np.ones(25), ValueError, r"parameters should have shape \(26,\), but has shape \(25,\)"),
        (np.ones((26, 1)), ValueError, r"parameters should have shape \(26,\)"),
        (1.0, ValueError, r"parameters should have shape \(26,\), but has shape \(\)"),
        (np.full(26, NAN), ValueError, "parameters should be finite"),
        (np.append(np.ones(25), INF), ValueError, "parameters should be finite"),
        (["a"] * 26, TypeError, "parameters should be real numbers"),
        (np.ones(26) * 1j, TypeError, "parameters should be real numbers"),
    ],
)
def test_parameters(values, error, message):
    net = FFNN((3, 4, 2), seed=1)
    before = net.parameters.copy()
    with pytest.raises(error, match=message):
        net.parameters = values
    assert np.array_equal(net.parameters, before)


def test_views_are_not_to_be_replaced():
    """``net.weights[0] = W`` would change a list only; the attribute cannot be set at all."""
    net = FFNN((3, 4, 2))
    with pytest.raises(AttributeError):
        net.weights = []
    with pytest.raises(AttributeError):
        net.biases = []


# The error of a diverging run


def test_the_error_can_travel_to_another_process():
    error = backprop.TrainingDiverged("message", {"train_errors": np.array([1.0, 2.0])})
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == "message"
    assert np.array_equal(copy.scores["train_errors"], [1.0, 2.0])


# What was given stands in the message


LONG = "n" * 58  # 60 characters with the quotation marks


@pytest.mark.parametrize(
    ("call", "given"),
    [
        (lambda: Dropout(0.5).forward(X, training=True, rng=7), "7 (int)"),
        (lambda: gate("nor or so"), "'nor or so' (str)"),
        (lambda: load_mnist(3), "3 (int)"),
        (lambda: FFNNRegressor(hidden=2.5).fit(X, T), "2.5 (float)"),
        (lambda: sigmoid("a"), "'a' (str)"),
        (lambda: FFNN((3, LONG)), f"'{LONG}' (str)"),
        (lambda: FFNN((3, LONG + "n")), f"'{LONG[2:]}... (str)"),
    ],
)
def test_the_message_says_what_was_given(call, given):
    with pytest.raises((TypeError, ValueError), match=f"not {re.escape(given)}$"):
        call()


def test_a_large_array_of_either_sign_is_finite_and_warns_of_nothing():
    assert is_finite(np.array([1e300, -1e300, 1e200]))
    assert not is_finite(np.array([1e300, np.inf, -np.inf, np.nan]))
