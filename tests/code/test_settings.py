"""The network's arguments: what is refused, and later assignments to them."""

import inspect
import re

import autograd.numpy as anp
import numpy as np
import pytest
from backprop import (
    ELU,
    FFNN,
    LRELU,
    RELU,
    Activation,
    BatchNorm,
    Constant,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    UnknownTaskWarning,
    he_normal,
    identity,
    sigmoid,
    softmax,
    tanh,
)  # fmt: skip
from backprop._settings import ELSEWHERE

NAN = np.nan


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


# What is learned


def squares(targets):
    return lambda outputs: anp.sum((outputs - targets) ** 2) / targets.shape[0]


def logistic_from_the_slides(target):
    def func(X):
        terms = target * anp.log(X + 1e-9) + (1 - target) * anp.log(1 - X + 1e-9)
        return -(1.0 / target.shape[0]) * anp.sum(terms)

    return func


def half_way(z):
    return 0.5 * (z / anp.sqrt(1.0 + z**2) + 1.0)


@pytest.mark.parametrize(
    ("output", "m", "task"),
    [
        (sigmoid, 1, "binary"),
        (sigmoid, 3, "multilabel"),
        (sigmoid, 3, "multiclass"),
        (softmax, 3, "multiclass"),
        (half_way, 1, "binary"),
        (softmax, 2, "regression"),
        (half_way, 2, "regression"),
    ],
)
def test_a_given_task_decides(output, m, task, recwarn):
    """For a cost typed from the slides: scores, answers and accuracy are those of the task."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 3))
    labels = rng.integers(max(m, 2), size=40)
    T = np.eye(m)[labels] if m > 1 else labels[:, np.newaxis]
    net = FFNN((3, m), output_func=output, cost_func=logistic_from_the_slides, task=task, seed=1)
    scores = net.fit(X, T, Constant(0.1), epochs=2)
    assert net.task == task
    assert not recwarn.list
    if task == "regression":
        assert list(scores) == ["train_errors"]
        assert np.array_equal(net.predict(X), net.feed_forward(X))
        return
    assert net.predict(X).dtype == np.int64
    right = (net.predict(X) == T).all(axis=1).mean()
    assert scores["train_accs"][-1] == net.accuracy(X, T) == right
    with pytest.raises(
        ValueError, match=f"targets of the task '{task}' should lie between 0 and 1"
    ):
        net.fit(X, 2.0 * T + 0.5, Constant(0.1))


def test_a_task_typed_from_the_slides_learns_as_the_books():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    T = (X[:, :1] > 0).astype(float)
    nets = [
        FFNN((2, 1), output_func=sigmoid, cost_func=CostLogReg, seed=1),
        FFNN(
            (2, 1), output_func=sigmoid, cost_func=logistic_from_the_slides, task="binary", seed=1
        ),
    ]
    scores = [net.fit(X, T, Constant(1.0), epochs=30) for net in nets]
    assert np.allclose(*(score["train_errors"] for score in scores), rtol=1e-6)
    assert np.array_equal(*(score["train_accs"] for score in scores))
    assert scores[1]["train_accs"][-1] > 0.95


def test_the_warning_is_about_the_line_that_made_the_network():
    with pytest.warns(UnknownTaskWarning) as messages:
        FFNN((3, 4, 2), output_func=sigmoid, cost_func=squares)
    assert [message.filename for message in messages] == [__file__]


@pytest.mark.parametrize(
    ("output", "cost", "warns"),
    [
        (sigmoid, squares, True),
        (softmax, squares, True),
        (half_way, squares, True),
        (identity, squares, False),
        (tanh, squares, False),
        (RELU, squares, False),
        (lambda z: anp.log(1 + anp.exp(z)), squares, False),
        (sigmoid, CostOLS, False),
        (softmax, CostOLS, False),
        (sigmoid, CostLogReg, False),
        (softmax, CostCrossEntropy, False),
        (half_way, CostLogReg, False),
    ],
)
def test_a_warning_where_the_task_cannot_be_known(output, cost, warns, recwarn):
    net = FFNN((3, 4, 2), output_func=output, cost_func=cost)
    messages = [warning for warning in recwarn.list if warning.category is UnknownTaskWarning]
    assert len(messages) == len(recwarn.list) == warns
    if warns:
        assert net.task == "regression"
        assert str(messages[0].message).startswith(
            "task should be given, because the outputs may be probabilities, but the function "
            "squares does not say whether they are; without it the network is a regressor."
        )
    assert issubclass(UnknownTaskWarning, UserWarning)


def test_it_warns_once():
    import copy
    import pickle
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            net = FFNN((3, 2), output_func=sigmoid, cost_func=squares)
        for double in (copy.copy(net), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
            double.fit(np.ones((4, 3)), np.ones((4, 2)), Constant(0.1), epochs=1)
    assert [warning.category for warning in caught] == [UnknownTaskWarning]


@pytest.mark.parametrize(
    ("output", "cost", "m", "task", "message"),
    [
        (
            identity,
            squares,
            1,
            "classification",
            "task should be one of regression, binary, .* not",
        ),
        (identity, squares, 1, 3, r"task should be one of .* not 3 \(int\)"),
        (identity, squares, 1, [], r"task should be one of .* not \[\] \(list\)"),
        (identity, squares, 1, "binary", "output_func should give prob.* 'binary', but identity"),
        (tanh, squares, 3, "multiclass", "output_func should give prob.* 'multiclass', but tanh"),
        (
            sigmoid,
            squares,
            2,
            "binary",
            "task should be 'binary' for one .* 'binary' for 2 outputs",
        ),
        (sigmoid, squares, 1, "multiclass", "task should be .* not 'multiclass' for 1 outputs"),
        (sigmoid, CostLogReg, 1, "multilabel", "task should be .* not 'multilabel' for 1 outputs"),
        (
            softmax,
            CostCrossEntropy,
            3,
            "multilabel",
            "and 'multiclass' for softmax, not 'multilabel'",
        ),
        (softmax, squares, 1, "binary", "output_func should not be softmax for one output"),
    ],
)
def test_tasks_that_do_not_fit(output, cost, m, task, message):
    with pytest.raises(ValueError, match=message):
        FFNN((3, m), output_func=output, cost_func=cost, task=task)


# Later assignments


X, T = np.random.default_rng(0).normal(size=(6, 3)), np.eye(2)[[0, 1, 1, 0, 1, 0]]
CHANGES = (
    ("output_func", softmax, {"output_func": softmax}),
    ("output_func", half_way, {"output_func": half_way}),
    ("hidden_func", RELU, {"hidden_func": RELU}),
    ("hidden_funcs", [RELU, tanh], {"hidden_func": [RELU, tanh]}),
    ("hidden_func", lambda z: z**2, None),
    ("cost_func", CostOLS, {"cost_func": CostOLS}),
    ("cost_func", CostCrossEntropy, {"cost_func": CostCrossEntropy}),
)


@pytest.mark.parametrize(("name", "value", "same_as"), CHANGES)
def test_assigned_functions_take_effect(name, value, same_as):
    """In cost, gradient, scores, answers and copies, as if the network had been made so."""
    import copy

    before = {"hidden_func": tanh, "output_func": sigmoid, "cost_func": CostLogReg}
    net = FFNN((3, 4, 5, 2), **before, seed=1, batch_norm=True)
    theta = net.parameters.copy()
    setattr(net, name, value)
    new = FFNN((3, 4, 5, 2), **{**before, **(same_as or {name: value})}, seed=1, batch_norm=True)
    new.parameters = theta
    for other in (net, copy.copy(net), copy.deepcopy(net)):
        assert repr(other) == repr(new)
        assert other.task == new.task
        assert other.cost(X, T) == new.cost(X, T)
        assert np.array_equal(other.gradient(X, T), new.gradient(X, T))
        assert np.array_equal(other.predict(X), new.predict(X))
    scores = [n.fit(X, T, Constant(0.1), 2, 3) for n in (net, new)]
    assert scores[0].keys() == scores[1].keys()
    assert all(np.array_equal(scores[0][key], scores[1][key]) for key in scores[0])
    assert np.array_equal(net.parameters, new.parameters)


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("output_func", "softmax", TypeError, "output_func should be a function such as"),
        ("output_func", RELU, ValueError, "output_func should give probabilities"),
        ("output_func", lambda z: z.sum(), ValueError, "output_func should be elementwise"),
        ("hidden_func", softmax, ValueError, "hidden_func should be elementwise"),
        ("hidden_funcs", [tanh] * 3, ValueError, "one function per hidden layer, 2, not 3"),
        ("cost_func", "mse", TypeError, "cost_func should be a function such as"),
        ("cost_func", lambda t: lambda a: a - t, ValueError, "cost_func should take the targets"),
        ("task", "binary", ValueError, "task should be 'binary' for one output"),
        ("seed", 1.5, TypeError, "seed should be a whole number"),
        ("initializer", 7, TypeError, "initializer should be a function"),
        ("dimensions", (3, 2), AttributeError, "dimensions should not be changed .* a new network"),
        ("batch_norm", True, AttributeError, "batch_norm should not be changed in a network that"),
        ("dropout", 0.5, AttributeError, "dropout should not .* rate of its Dropout layers"),
        ("dtype", "float32", AttributeError, "dtype should not be changed"),
        ("layers", [], AttributeError, "layers should not .* change the list that is there"),
        ("weights", [], AttributeError, r"weights should not .* net.weights\[0\] = W copies W"),
        ("biases", [], AttributeError, r"biases should not .* net.biases\[0\] = b copies b into"),
    ],
)
def test_assignments_that_are_refused(name, value, error, message):
    net = FFNN((3, 4, 5, 2), tanh, sigmoid, CostLogReg, seed=1)
    shown, gradient = repr(net), net.gradient(X, T)
    with pytest.raises(error, match=message):
        setattr(net, name, value)
    assert repr(net) == shown
    assert net.task == "multilabel"
    assert np.array_equal(net.gradient(X, T), gradient)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_names_of_the_lectures_network_and_others_lead_to_ours(name):
    """Every hint begins with what there is: an attribute, a call, or an argument of fit."""
    net = FFNN((3, 4, 5, 2), tanh, sigmoid, CostLogReg, seed=1)
    with pytest.raises(AttributeError, match=rf"has no attribute '{name}'; see ") as info:
        getattr(net, name)
    hint = str(info.value).split("; see ", 1)[1]
    arguments = inspect.signature(net.fit).parameters
    if hint.startswith("the argument of fit"):
        assert name in arguments
    elif "that fit takes" in hint:
        assert "scheduler" in arguments
    else:
        expression = re.match(r"\w+(\(X, t\)|\(X\))?(\.\w+)?", hint).group()
        eval(f"net.{expression}", {"net": net, "X": X, "t": T})
    assert not hasattr(net, name)
    with pytest.raises(AttributeError, match=f"{name} should not be set .* no effect; see "):
        setattr(net, name, 1)


def test_the_hint_for_accuracy_gives_the_same_number():
    net = FFNN((3, 4, 3), output_func=softmax, cost_func=CostCrossEntropy, seed=1)
    t, prediction = np.eye(3)[[0, 1, 2, 0, 1, 2]], net.predict(X)
    with pytest.raises(AttributeError, match=r"accuracy\(X, t\).*; for these, np.mean") as info:
        net._accuracy(prediction, t)
    expression = str(info.value).split("for these, ")[1]
    assert 0 < eval(expression, {"np": np, "prediction": prediction, "t": t}) < 1
    assert eval(expression, {"np": np, "prediction": prediction, "t": t}) == net.accuracy(X, t)


def test_a_subclass_may_have_attributes_of_these_names():
    class Named(FFNN):
        """One with a setting of its own."""

        def __init__(self, *arguments, eta):
            super().__init__(*arguments)
            self.eta = eta

    assert Named((2, 1), eta=0.1).eta == 0.1
    net = FFNN((2, 1))
    with pytest.raises(AttributeError, match=r"'FFNN' object has no attribute 'colour'$"):
        net.colour  # noqa: B018


def test_the_task_may_be_changed():
    net = FFNN((3, 2), output_func=sigmoid, cost_func=CostLogReg, seed=1)
    net.task = "multiclass"
    assert (net.predict(X).sum(axis=1) == 1).all()
    net.task = None
    assert net.task == "multilabel"
    net.task = "regression"
    net.cost_func = CostOLS
    assert net.task == "regression"
    net.task = None
    net.cost_func = CostLogReg
    assert net.task == "multilabel"


def test_seed_and_initializer_act_when_weights_are_drawn():
    net, other = FFNN((3, 4, 2), seed=1), FFNN((3, 4, 2), seed=2, initializer=he_normal)
    net.seed, net.initializer = 2, he_normal
    assert not np.array_equal(net.parameters, other.parameters)
    net.reset_weights()
    assert np.array_equal(net.parameters, other.parameters)


def test_what_was_set_in_one_layer_stays_when_another_is_assigned_to():
    net, same = (FFNN((3, 4, 5, 2), tanh, identity, CostOLS, seed=1) for _ in range(2))
    net.layers[1].func = RELU
    net.output_func = sigmoid
    net.cost_func = CostLogReg
    net.task = "multilabel"
    same.hidden_func, same.output_func, same.cost_func = (RELU, tanh), sigmoid, CostLogReg
    assert net.cost(X, T) == same.cost(X, T)
    assert np.array_equal(net.gradient(X, T), same.gradient(X, T))


def test_cost_and_task_may_be_changed_after_layers_were_added():
    net = FFNN((3, 4, 2), tanh, sigmoid, seed=1)
    net.layers.insert(2, Activation(tanh))
    before = net.feed_forward(X)
    net.cost_func = CostLogReg
    assert net.task == "multilabel"
    assert np.array_equal(net.feed_forward(X), before)
    assert net.cost(X, T) == pytest.approx(CostLogReg(T)(before), rel=1e-9)


def test_functions_after_layers_were_added():
    net = FFNN((3, 4, 2), seed=1)
    net.layers.insert(2, Activation(tanh))
    with pytest.raises(
        AttributeError, match=r"hidden_func should not .* set func of the Activation"
    ):
        net.hidden_func = tanh
    net.layers[2].func = RELU
    A = np.maximum(net.layers[1].forward(net.layers[0].forward(X)), 0.0)
    assert np.array_equal(net.layers[2].forward(net.layers[1].A), A)
    assert np.array_equal(net.layers[2].backward(np.ones((6, 4))), (net.layers[1].A > 0) * 1.0)


@pytest.mark.parametrize("func", [softmax, tanh, half_way])
def test_the_function_of_the_last_layer_decides_on_the_gradient(func):
    """A short cut for sigmoid must not be left behind."""
    net = FFNN((3, 2), output_func=sigmoid, cost_func=CostLogReg, seed=1)
    net.layers[-1].func = func
    new = FFNN((3, 2), output_func=half_way, cost_func=CostLogReg, seed=1)
    new.layers[-1].func = func
    assert np.array_equal(net.gradient(X, T), new.gradient(X, T))


def test_other_attributes_are_free():
    net = FFNN((3, 2), batch_norm=False, seed=1)
    net.name = "my network"
    assert net.name == "my network"
    assert not any(isinstance(layer, BatchNorm) for layer in net.layers)
