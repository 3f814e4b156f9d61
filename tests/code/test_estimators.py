"""The estimators: scikit-learn's own checks, and that they do what the network does."""

import pickle
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from backprop import (
    ELU,
    FFNN,
    RELU,
    Adam,
    Constant,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    Momentum,
    TrainingDiverged,
    identity,
    sigmoid,
    softmax,
    tanh,
)
from backprop.datasets import split
from backprop.estimators import ELSEWHERE, FFNNClassifier, FFNNRegressor
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning, FitFailedWarning, NotFittedError
from sklearn.metrics import log_loss, r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator, estimator_checks_generator

NAMES = np.array(["oak", "ash", "fir"])


def blobs(n=90, p=4, classes=3, seed=0):
    """Return inputs in as many heaps as there are classes, and the numbers of the heaps."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    return rng.normal(size=(n, p)) + 3.0 * np.eye(p)[labels], labels


def numbers(n=60, p=3, m=2, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    return X, X @ rng.normal(size=(p, m)) + 0.1


def labels_at_once(n=80, seed=0):
    X, _ = numbers(n, seed=seed)
    return X, np.column_stack([X[:, 0] > 0, X[:, 1] > X[:, 2]]).astype(int)


# The contract.  float32 is not among these settings only because some of the checks compare
# to 1e-7, which is finer than float32.


SETTINGS = {
    "classifier": FFNNClassifier(),
    "regressor": FFNNRegressor(),
    "early stopping": FFNNClassifier(hidden=20, early_stopping=True, eta=0.01),
    "batch norm": FFNNRegressor((12, 9), tanh, early_stopping=True, batch_norm=True),
    "everything": FFNNClassifier(
        hidden=(12, 9),
        hidden_func=(tanh, ELU),
        scheduler=Momentum(0.1, 0.9),
        epochs=40,
        lam=1e-3,
        dropout=0.1,
        batch_norm=True,
        clip_norm=1.0,
    ),
    "linear": FFNNRegressor(hidden=(), eta=0.05, batch_size=None),
}


def checks():
    """Yield all of scikit-learn's checks under names without addresses, for pytest-xdist."""
    for name, model in SETTINGS.items():
        for estimator, check in estimator_checks_generator(model):
            options = "".join(f"-{key}={value}" for key, value in check.keywords.items())
            label = re.sub(r"<class '[a-z]+\.(\w+)'>", r"\1", options)
            yield pytest.param(estimator, check, id=f"{name}-{check.func.__name__}{label}")


@pytest.mark.parametrize(("estimator", "check"), list(checks()))
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("Estimator", [FFNNClassifier, FFNNRegressor])
def test_all_of_them_at_once(Estimator):
    """As scikit-learn's documentation has it: no check fails, and none is expected to."""
    results = check_estimator(Estimator(epochs=30, eta=1e-2), on_skip=None)
    states = {result["check_name"]: result["status"] for result in results}
    optional = {
        "check_array_api_input",  # asks for an environment variable
        "check_classifiers_multilabel_output_format_decision_function",  # MLP has none either
    }
    assert {name for name, state in states.items() if state != "passed"} <= optional
    assert len(states) > 40


# The same training as the network's


@pytest.mark.parametrize("batch_size", [None, 1, 7, 32, 1000])
def test_it_is_the_networks_training(batch_size):
    """For every kind of target: the same seed, the same parameters, to the last bit."""
    X, y = blobs(60)
    cases = [
        (FFNNClassifier, y, np.eye(3)[y], (softmax, CostCrossEntropy)),
        (FFNNClassifier, y > 0, (y > 0)[:, None], (sigmoid, CostLogReg)),
        (FFNNClassifier, np.eye(3, dtype=int)[y], np.eye(3)[y], (sigmoid, CostLogReg)),
        (FFNNRegressor, X[:, 0] ** 2, X[:, :1] ** 2, (identity, CostOLS)),
        (FFNNRegressor, X[:, :2] ** 2, X[:, :2] ** 2, (identity, CostOLS)),
    ]
    batches = {None: 1, 1: 60, 7: 9, 32: 2, 1000: 1}[batch_size]
    for Estimator, target, T, (output, cost) in cases:
        model = Estimator((5, 4), tanh, batch_size=batch_size, epochs=3, lam=0.1, random_state=7)
        model.set_params(dropout=0.2, clip_norm=0.5, scheduler=Momentum(0.1, 0.5), eta=0.05)
        net = FFNN((4, 5, 4, T.shape[1]), tanh, output, cost, seed=7, dropout=0.2)
        scores = net.fit(X, T, Momentum(0.05, 0.5), batches, 3, 0.1, clip_norm=0.5)
        model.fit(X, target)
        assert np.array_equal(model.network_.parameters, net.parameters)
        assert model.scores_.keys() == scores.keys()
        assert all(np.array_equal(model.scores_[name], scores[name]) for name in scores)
        assert model.n_iter_ == 3
        outputs = model.predict(X) if Estimator is FFNNRegressor else model.predict_proba(X)
        assert np.array_equal(outputs.reshape(60, -1)[:, -1], net.feed_forward(X)[:, -1])


@pytest.mark.parametrize(
    ("score_every", "numbers_of_scores"), [(1, None), (3, [3, 6, 8]), (None, [8])]
)
def test_scores_less_often(score_every, numbers_of_scores):
    """The training is the same, to the last bit; n_iter_ counts epochs and not scores."""
    X, y = blobs()
    settings = {"hidden": (4,), "epochs": 8, "random_state": 1}
    model = FFNNClassifier(**settings, score_every=score_every).fit(X, y)
    every = FFNNClassifier(**settings).fit(X, y)
    assert model.n_iter_ == every.n_iter_ == 8
    assert np.array_equal(model.network_.parameters, every.network_.parameters)
    rows = np.array(numbers_of_scores or range(1, 9)) - 1
    assert np.array_equal(model.scores_["train_errors"], every.scores_["train_errors"][rows])
    if numbers_of_scores:
        assert model.scores_["epochs"].tolist() == numbers_of_scores
    assert model.partial_fit(X, y).n_iter_ == 9


def test_early_stopping_with_scores_less_often():
    """Patience counts scored epochs."""
    X, Y = numbers()
    model = FFNNRegressor((6,), early_stopping=True, tol=1e6, patience=3, random_state=1)
    assert model.set_params(score_every=4).fit(X, Y).n_iter_ == 4 * (1 + 3)
    assert model.scores_["epochs"].tolist() == [4, 8, 12, 16]
    with pytest.raises(ValueError, match="score_every should be a whole number with early_stop"):
        model.set_params(score_every=None).fit(X, Y)


@pytest.mark.parametrize("Estimator", [FFNNClassifier, FFNNRegressor])
def test_it_computes_no_more_than_the_network(Estimator, monkeypatch):
    """Speed is measured elsewhere; here the rows are counted that go through the layers."""
    rows = []
    original = FFNN._forward

    def count_rows(self, A, training=False, rng=None):
        rows.append((len(A), training))
        return original(self, A, training, rng)

    monkeypatch.setattr(FFNN, "_forward", count_rows)
    X, y = blobs(70)
    Estimator((5,), epochs=4, random_state=1).fit(X, y)
    rows_of_estimator = rows.copy()
    rows.clear()
    FFNN((4, 5, 3), seed=1).fit(X, np.eye(3)[y], Constant(0.1), 3, 4)
    assert rows_of_estimator == rows


def test_the_default_scheduler_is_adam():
    X, y = blobs()
    default, adam = FFNNClassifier(epochs=3, random_state=1), Adam(1e-3, 0.9, 0.999)
    theta = default.fit(X, y).network_.parameters
    explicit = FFNNClassifier(epochs=3, random_state=1, scheduler=adam).fit(X, y)
    assert np.array_equal(theta, explicit.network_.parameters)
    assert adam.n_updates == 0, "the user's scheduler is left alone"
    faster = FFNNClassifier(epochs=3, random_state=1, eta=0.1).fit(X, y)
    assert not np.allclose(theta, faster.network_.parameters)


# Labels


@pytest.mark.parametrize(
    ("kind", "classes"),
    [(str, 2), (str, 3), (object, 2), (object, 3), (float, 2), (float, 3), (bool, 2)],
)
def test_labels_of_any_kind(kind, classes):
    X, y = blobs(90, classes=classes)
    names = NAMES[:classes].astype(kind) if kind in (str, object) else np.arange(classes)[::-1]
    names = names.astype(kind)
    model = FFNNClassifier((8,), eta=0.02, epochs=60, random_state=3).fit(X, names[y])
    assert model.classes_.tolist() == sorted(names.tolist())
    assert model.predict(X).dtype == names.dtype
    assert np.mean(model.predict(X) == names[y]) > 0.9
    P = model.predict_proba(X)
    assert P.shape == (90, classes)
    assert np.allclose(P.sum(axis=1), 1.0, rtol=0, atol=1e-12)
    assert (P >= 0).all()
    assert np.array_equal(model.classes_[P.argmax(axis=1)], model.predict(X))
    assert log_loss(names[y], P, labels=model.classes_) < 0.3
    assert model.score(X, names[y]) == np.mean(model.predict(X) == names[y])


def test_the_order_of_the_samples_does_not_name_the_classes():
    """Whichever class comes first, the same column means the same class."""
    X, y = blobs()
    order = np.argsort(-y, kind="stable")
    for rows in (np.arange(len(y)), order, order[::-1]):
        model = FFNNClassifier((8,), eta=0.02, epochs=40, random_state=3)
        model.fit(X[rows], NAMES[y][rows])
        assert model.classes_.tolist() == ["ash", "fir", "oak"]
        assert np.mean(model.predict(X) == NAMES[y]) > 0.9
        assert np.array_equal(model.predict_proba(X)[rows], model.predict_proba(X[rows]))


def test_what_a_class_is_called_does_not_matter_if_the_order_stays():
    X, y = blobs()
    settings = {"hidden": (8,), "epochs": 5, "random_state": 3}
    by_number = FFNNClassifier(**settings).fit(X, y).predict_proba(X)
    by_name = FFNNClassifier(**settings).fit(X, np.sort(NAMES)[y]).predict_proba(X)
    assert np.array_equal(by_number, by_name)


def test_several_labels_at_once():
    X, Y = labels_at_once()
    model = FFNNClassifier((8,), eta=0.05, epochs=100, random_state=3).fit(X, Y)
    assert model.network_.task == "multilabel"
    assert model.predict_proba(X).shape == Y.shape
    assert np.array_equal(model.predict(X), (model.predict_proba(X) > 0.5).astype(int))
    assert model.score(X, Y) == (model.predict(X) == Y).all(axis=1).mean() > 0.9
    parts = FFNNClassifier((8,), random_state=3)
    for _ in range(2):
        parts.partial_fit(X, Y)
    whole = FFNNClassifier((8,), epochs=2, random_state=3).fit(X, Y)
    assert np.array_equal(parts.network_.parameters, whole.network_.parameters)


# Training in parts


@pytest.mark.parametrize("scheduler", [Constant(0.1), Momentum(0.1, 0.9), None])
def test_partial_fit_is_one_epoch(scheduler):
    X, y = blobs()
    settings = {"hidden": (6,), "scheduler": scheduler, "dropout": 0.1, "random_state": 2}
    whole = FFNNClassifier(**settings, epochs=5).fit(X, NAMES[y])
    parts = FFNNClassifier(**settings)
    for _ in range(3):
        assert parts.partial_fit(X, NAMES[y], classes=NAMES) is parts
    parts = pickle.loads(pickle.dumps(parts))
    for _ in range(2):
        parts.partial_fit(X, NAMES[y])
    assert parts.n_iter_ == 5
    assert np.array_equal(parts.network_.parameters, whole.network_.parameters)
    assert parts.scores_["train_errors"].tolist() == whole.scores_["train_errors"][-1:].tolist()
    longer = FFNNClassifier(**settings, epochs=4).fit(X, NAMES[y]).partial_fit(X, NAMES[y])
    assert np.array_equal(longer.network_.parameters, whole.network_.parameters)
    longer.fit(X, NAMES[y])  # and fit starts anew
    assert longer.n_iter_ == 4


def test_partial_fit_of_a_regressor():
    X, Y = numbers()
    whole = FFNNRegressor((6,), random_state=2, epochs=3).fit(X, Y)
    parts = FFNNRegressor((6,), random_state=2)
    for _ in range(3):
        parts.partial_fit(X, Y)
    assert np.array_equal(parts.network_.parameters, whole.network_.parameters)
    with pytest.raises(ValueError, match="y should have 2 columns"):
        parts.partial_fit(X, Y[:, 0])


def test_partial_fit_with_some_of_the_classes():
    X, y = blobs()
    model = FFNNClassifier((6,), random_state=2).partial_fit(X[y < 2], NAMES[y[y < 2]], NAMES)
    assert model.predict_proba(X).shape == (90, 3)
    model.partial_fit(X[y == 2], NAMES[y[y == 2]])
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        FFNNClassifier().partial_fit(X, y)
    with pytest.raises(ValueError, match=r"y should have classes of .* only, but has \['elm'\]"):
        model.partial_fit(X[:1], ["elm"])
    with pytest.raises(ValueError, match=r"classes should be .* as in the earlier calls"):
        model.partial_fit(X[:1], ["oak"], classes=["oak", "elm"])


def test_partial_fit_takes_up_a_new_learning_rate():
    X, y = blobs()
    model = FFNNClassifier((6,), scheduler=Constant(0.1), random_state=2, batch_size=None)
    model.partial_fit(X, y, [0, 1, 2])
    theta = model.network_.parameters.copy()
    g = model.network_.gradient(X, np.eye(3)[y])
    model.set_params(eta=0.001).partial_fit(X, y)
    assert np.allclose(model.network_.parameters, theta - 0.001 * g, rtol=0, atol=1e-15)


# Early stopping


@pytest.mark.parametrize("batch_norm", [False, True])
def test_early_stopping_keeps_the_best(batch_norm):
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(120, 6)), NAMES[rng.integers(3, size=120)]  # nothing to be learned
    model = FFNNClassifier((30,), eta=0.02, epochs=300, random_state=4, batch_norm=batch_norm)
    model.set_params(early_stopping=True, validation_fraction=0.25, patience=6, tol=0.0).fit(X, y)
    costs = model.scores_["val_errors"]
    assert len(costs) == model.n_iter_ < 300
    assert len(costs) == costs.argmin() + 1 + 6
    T = np.eye(3)[np.searchsorted(model.classes_, y)]
    (X_train, T_train), (X_val, T_val) = split(X, T, sizes=(90, 30), seed=4, stratify=y)
    assert np.isclose(model.network_.cost(X_val, T_val), costs.min(), rtol=1e-12)
    # The same training until there, without early stopping and on the rest of the samples.
    net = FFNN((6, 30, 3), RELU, softmax, CostCrossEntropy, seed=4, batch_norm=batch_norm)
    net.fit(X_train, T_train, Adam(0.02, 0.9, 0.999), 3, int(costs.argmin()) + 1)
    assert np.array_equal(net.parameters, model.network_.parameters)


def test_early_stopping_of_a_regressor_and_what_counts_as_improved():
    X, Y = numbers()
    model = FFNNRegressor((6,), early_stopping=True, tol=1e6, patience=3, random_state=1)
    assert model.fit(X, Y).n_iter_ == 1 + 3  # the first epoch improves on nothing at all
    free = model.set_params(tol=0.0, patience=1000, epochs=50).fit(X, Y)
    assert free.n_iter_ == 50
    assert sorted(free.scores_) == ["train_errors", "val_errors"]


def test_a_small_validation_set():
    """At least one sample is held out, and at least one is left."""
    X, y = blobs(6)
    for fraction in (0.0, 0.999):
        model = FFNNClassifier((3,), early_stopping=True, validation_fraction=fraction)
        assert "val_errors" in model.set_params(epochs=2).fit(X, y).scores_


@pytest.mark.parametrize(
    ("n", "fraction", "batch_norm", "n_val"),
    [
        (40, 0.25, False, 10),
        (40, 0.01, False, 1),
        (40, 0.06, False, 2),
        (3, 0.9, False, 2),
        (4, 0.9, False, 3),
        (4, 0.9, True, 2),
        (2, 0.1, False, 1),
    ],
)
def test_how_many_samples_are_held_out(monkeypatch, n, fraction, batch_norm, n_val):
    calls = []

    def spy(*arrays, sizes, **settings):
        calls.append(sizes)
        return split(*arrays, sizes=sizes, **settings)

    monkeypatch.setattr("backprop.estimators.split", spy)
    model = FFNNRegressor((2,), early_stopping=True, batch_norm=batch_norm, epochs=1)
    model.set_params(validation_fraction=fraction).fit(np.arange(1.0 * n)[:, None], np.ones(n))
    assert calls == [(n - n_val, n_val)]


def test_a_cost_that_stays_as_it_is_has_not_improved():
    model = FFNNRegressor((), early_stopping=True, patience=3, tol=0.0, epochs=20)
    assert model.fit(np.zeros((9, 2)), np.zeros(9)).n_iter_ == 1 + 3


def test_what_early_stopping_needs():
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        FFNNClassifier(early_stopping=True).fit([[1.0]], ["ash"])
    with pytest.raises(ValueError, match="at least two classes"):
        FFNNClassifier().fit([[1.0]], ["oak"])
    model = FFNNClassifier((), early_stopping=True, epochs=1).fit([[1.0], [2.0]], ["ash", "oak"])
    assert model.n_iter_ == 1


# Copies, data frames, randomness


def test_a_random_state_gives_the_seed():
    X, y = numbers()
    by_state = FFNNRegressor((3,), epochs=2, random_state=np.random.RandomState(0)).fit(X, y)
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    by_seed = FFNNRegressor((3,), epochs=2, random_state=seed).fit(X, y)
    assert np.array_equal(by_state.network_.parameters, by_seed.network_.parameters)


def test_progress_is_shown_where_it_is_asked_for(capsys):
    X, y = numbers()
    FFNNRegressor((), epochs=2).fit(X, y)
    assert capsys.readouterr().err == ""
    FFNNRegressor((), epochs=2, progress=True).fit(X, y)
    assert "2/2" in capsys.readouterr().err


def test_labels_in_a_sparse_matrix():
    X, Y = labels_at_once()
    model = FFNNClassifier((3,), epochs=2, random_state=1)
    dense = model.fit(X, Y).network_.parameters
    assert np.array_equal(model.fit(X, csr_array(Y)).network_.parameters, dense)


def test_several_labels_are_announced():
    assert get_tags(FFNNClassifier()).classifier_tags.multi_label


@pytest.mark.parametrize("several", [False, True])
def test_a_probability_of_one_half_is_not_more_than_one_half(several):
    X, y = blobs(6)
    y = np.eye(2, dtype=int)[np.arange(len(X)) % 2] if several else np.arange(len(X)) % 2
    model = FFNNClassifier((), epochs=1).fit(X, y)
    model.network_.parameters = np.zeros_like(model.network_.parameters)
    assert not model.predict(X).any()


@pytest.mark.parametrize("Estimator", [FFNNClassifier, FFNNRegressor])
def test_clone_and_pickle(Estimator):
    X, y = blobs()
    model = Estimator((6, 5), ELU, scheduler=Momentum(0.05, 0.9), batch_norm=True, random_state=1)
    model.set_params(epochs=4).fit(X, y)
    twin = clone(model)
    assert not hasattr(twin, "network_")
    same = {k: v for k, v in model.get_params().items() if k != "scheduler"}
    assert same == {k: v for k, v in twin.get_params().items() if k != "scheduler"}
    assert twin.scheduler is not model.scheduler
    assert vars(twin.scheduler) == vars(model.scheduler)
    assert np.array_equal(twin.fit(X, y).predict(X), model.predict(X))
    twin = pickle.loads(pickle.dumps(model))
    assert np.array_equal(twin.predict(X), model.predict(X))
    twin.partial_fit(X, y)
    assert np.array_equal(twin.predict(X), model.partial_fit(X, y).predict(X))


def test_data_frames():
    X, y = blobs()
    frame = pd.DataFrame(X, columns=["w", "x", "y", "z"])
    target = pd.Series(NAMES[y], name="tree")
    model = FFNNClassifier((6,), epochs=5, random_state=1).fit(frame, target)
    assert model.feature_names_in_.tolist() == ["w", "x", "y", "z"]
    assert model.n_features_in_ == 4
    plain = FFNNClassifier((6,), epochs=5, random_state=1).fit(X, NAMES[y])
    assert np.array_equal(model.predict_proba(frame), plain.predict_proba(X))
    assert model.predict(frame).tolist() == plain.predict(X).tolist()
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame[["z", "y", "x", "w"]])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.predict(X)
    for labels in (target.astype("category"), target.astype("object")):
        again = FFNNClassifier((6,), epochs=5, random_state=1).fit(frame, labels)
        assert again.predict(frame).tolist() == model.predict(frame).tolist()
    Y = pd.DataFrame(X[:, :2], columns=["one", "two"])
    assert FFNNRegressor((6,), epochs=2).fit(frame, Y).predict(frame).shape == (90, 2)


def test_random_state():
    X, y = blobs()

    def theta(state):
        return FFNNClassifier((6,), epochs=2, random_state=state).fit(X, y).network_.parameters

    before = np.random.get_state()  # noqa: NPY002
    assert np.array_equal(theta(1), theta(1))
    assert np.array_equal(theta(np.int64(1)), theta(1))
    assert not np.array_equal(theta(1), theta(2))
    state = np.random.RandomState(1)
    first, second = theta(state), theta(state)
    assert not np.array_equal(first, second), "a RandomState goes on"
    assert np.array_equal(first, theta(np.random.RandomState(1)))
    after = np.random.get_state()  # noqa: NPY002
    assert np.array_equal(before[1], after[1])
    assert before[2:] == after[2:]
    try:
        np.random.seed(3)  # noqa: NPY002
        one = theta(None)
        np.random.seed(3)  # noqa: NPY002
        assert np.array_equal(one, theta(None)), "None is NumPy's global generator"
    finally:
        np.random.set_state(before)  # noqa: NPY002
    assert not np.array_equal(theta(None), theta(None))


@pytest.mark.parametrize("Estimator", [FFNNClassifier, FFNNRegressor])
def test_float32(Estimator):
    X, y = blobs()
    model = Estimator((6,), eta=0.02, dtype=np.float32, random_state=1).fit(X, y)
    assert model.network_.parameters.dtype == np.float32
    double = Estimator((6,), eta=0.02, random_state=1).fit(X, y)
    assert model.score(X, y) == pytest.approx(double.score(X, y), abs=0.02)
    assert model.predict(X).dtype == (np.int64 if Estimator is FFNNClassifier else np.float64)


def test_regression_shapes():
    X, Y = numbers()
    model = FFNNRegressor((20,), eta=0.02, epochs=150, random_state=1)
    assert model.fit(X, Y).predict(X).shape == (60, 2)
    assert model.score(X, Y) == r2_score(Y, model.predict(X)) > 0.95
    one = model.fit(X, Y[:, 0]).predict(X)
    assert one.shape == (60,)
    with pytest.warns(DataConversionWarning, match="column-vector"):
        column = model.fit(X, Y[:, :1]).predict(X)
    assert np.array_equal(column, one)
    constant = model.fit(X, np.full(60, 2.0)).predict(X)
    assert np.abs(constant - 2.0).max() < 0.2


# Searches


def test_parameters_of_the_scheduler_are_nested_ones():
    momentum = Momentum(0.1, 0.9)
    model = FFNNClassifier((3,), scheduler=momentum)
    assert model.get_params()["scheduler__eta"] == 0.1
    assert "scheduler__eta" not in model.get_params(deep=False)
    assert model.set_params(scheduler__eta=0.2, epochs=7) is model
    assert (model.scheduler.eta, model.scheduler.momentum, model.epochs) == (0.2, 0.9, 7)
    assert momentum.eta == 0.1, "the user's scheduler is left alone"
    model.set_params(scheduler=Constant(1.0), scheduler__eta=0.3)
    assert repr(model.scheduler) == "Constant(eta=0.3)"
    model = FFNNRegressor().set_params(scheduler__rho=0.5)
    assert repr(model.scheduler) == "Adam(eta=0.001, rho=0.5, rho2=0.999)"


def test_a_search_over_parameters_of_the_scheduler():
    X, y = blobs()
    pipeline = make_pipeline(FFNNClassifier((5,), scheduler=Momentum(0.1, 0.9), random_state=1))
    name = "ffnnclassifier__scheduler__eta"
    search = GridSearchCV(pipeline.set_params(ffnnclassifier__epochs=5), {name: [1e-6, 0.1]}, cv=3)
    bad, good = search.fit(X, y).cv_results_["mean_test_score"]
    assert good > bad
    assert search.best_params_ == {name: 0.1}
    direct = FFNNClassifier((5,), scheduler=Momentum(0.1, 0.9), random_state=1, epochs=5).fit(X, y)
    assert np.array_equal(
        search.best_estimator_[-1].network_.parameters, direct.network_.parameters
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"scheduler__rho": 0.5},
            r"should be among scheduler__eta, scheduler__momentum, not .*rho",
        ),
        ({"scheduler__eta": -1.0}, "eta should be greater than 0"),
        ({"scheduler__eta": 0.1, "eta": 0.2}, "eta should be None if scheduler__eta is set"),
        (
            {"scheduler": "adam", "scheduler__eta": 0.1},
            "scheduler should be an instance such as Momentum",
        ),
        ({"learning_rate": 0.1}, "Invalid parameter 'learning_rate' for estimator"),
    ],
)
def test_unsuitable_nested_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        FFNNClassifier(scheduler=Momentum(0.1, 0.9)).set_params(**params)


@pytest.mark.parametrize("Estimator", [FFNNClassifier, FFNNRegressor])
def test_attributes_with_the_names_of_other_networks_lead_to_ours(Estimator):
    """Every hint is an expression that has a value, of an estimator to which it applies."""
    X, y = labels_at_once()
    settings = {"early_stopping": True, "epochs": 2, "random_state": 1}
    model = Estimator((3,), **settings).fit(X, y[:, 0])
    for name, hint in ELSEWHERE.items():
        with pytest.raises(AttributeError, match=rf"has no attribute '{name}'; see ") as info:
            getattr(model, name)
        assert str(info.value).endswith(hint)
        expression = hint.removesuffix(", if early_stopping is True")
        of_classes = "accs" in expression or "classes" in expression
        if Estimator is FFNNClassifier or not of_classes:
            eval(f"model.{expression}" if not expression.startswith("len") else
                 expression.replace("network_", "model.network_"), {"model": model, "X": X,
                 "y": y[:, 0]})  # fmt: skip
    with pytest.raises(AttributeError, match=r"has no attribute 'colour'$"):
        model.colour  # noqa: B018
    assert not hasattr(Estimator(), "network_")


def test_a_search_over_everything():
    """Every parameter by its own name, in a pipeline, and the same with two processes."""
    X, y = blobs()
    pipeline = make_pipeline(StandardScaler(), FFNNClassifier(epochs=4, random_state=1))
    choices = {
        "eta": [1e-2, 1e-1],
        "lam": [0.0, 1e-2],
        "hidden": [5, (6, 4)],
        "dropout": [0.0, 0.2],
        "batch_norm": [False, True],
        "scheduler": [None, Momentum(0.1, 0.9)],
    }
    for name, values in choices.items():
        grid = {f"ffnnclassifier__{name}": values, "ffnnclassifier__eta": [1e-1]}
        if name == "eta":
            grid = {"ffnnclassifier__eta": values}
        search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
        scores, best = search.cv_results_["mean_test_score"], search.best_params_
        assert scores.max() > 0.8
        assert best.keys() == grid.keys()
        net = search.best_estimator_[-1].network_
        twin = FFNNClassifier().set_params(
            **{key.removeprefix("ffnnclassifier__"): value for key, value in best.items()}
        )
        widths = twin.hidden if isinstance(twin.hidden, tuple) else (twin.hidden,)
        assert net.dimensions == (4, *widths, 3)
        assert set(net.dropout[1:]) == {twin.dropout}
        assert net.batch_norm == twin.batch_norm
    parallel = GridSearchCV(pipeline, grid, cv=3, n_jobs=2).fit(X, y)
    assert np.array_equal(scores, parallel.cv_results_["mean_test_score"])


def test_a_training_that_diverges_in_a_search():
    X, y = numbers(m=1)
    model = FFNNRegressor((5,), identity, scheduler=Constant(1e3), random_state=1)
    with pytest.raises(TrainingDiverged, match="A smaller eta"):
        model.fit(X, y[:, 0])
    search = GridSearchCV(model, {"eta": [1e3, 0.01]}, cv=2)
    with (
        pytest.warns(FitFailedWarning, match="2 fits failed"),
        pytest.warns(UserWarning, match="test scores are non-finite"),
    ):
        search.fit(X, y[:, 0])
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [True, False]
    assert search.best_params_ == {"eta": 0.01}


def test_cross_validation_standardises_without_a_leak():
    """Each fold is scaled by its own training part, since the scaler is in the pipeline."""
    X, y = blobs()
    model = FFNNClassifier((6,), epochs=5, random_state=1)
    scores = cross_val_score(make_pipeline(StandardScaler(), model), X, y, cv=3)
    assert scores.shape == (3,)
    assert scores.mean() > 1 / 3


# What is refused


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"hidden": (5, 0)}, ValueError, r"hidden\[1\] should be at least 1, not 0"),
        ({"hidden": "wide"}, TypeError, "hidden should be a tuple of widths"),
        ({"hidden": None}, TypeError, "hidden should be a tuple of widths"),
        ({"hidden": (2.5,)}, TypeError, r"hidden\[0\] should be a whole number"),
        ({"hidden_func": "relu"}, TypeError, "hidden_func should be a function"),
        ({"scheduler": Adam}, TypeError, "scheduler should be an instance"),
        ({"scheduler": "adam"}, TypeError, "scheduler should be an instance"),
        ({"eta": 0.0}, ValueError, "eta should be greater than 0"),
        ({"epochs": 0}, ValueError, "epochs should be at least 1"),
        ({"batch_size": 0}, ValueError, "batch_size should be at least 1"),
        ({"batch_size": 2.0}, TypeError, "batch_size should be a whole number"),
        ({"lam": -1.0}, ValueError, "lam should be at least 0"),
        ({"dropout": 1.0}, ValueError, "dropout should be at least 0 and less than 1"),
        ({"batch_norm": "yes"}, TypeError, "batch_norm should be True or False"),
        ({"clip_norm": 0.0}, ValueError, "clip_norm should be greater than 0"),
        ({"score_every": 0}, ValueError, "score_every should be at least 1"),
        ({"validation_fraction": 1.0}, ValueError, "validation_fraction should be at least 0"),
        ({"patience": 0}, ValueError, "patience should be at least 1"),
        ({"tol": -1.0}, ValueError, "tol should be at least 0"),
        ({"random_state": "luck"}, ValueError, "cannot be used to seed"),
        ({"random_state": -1}, ValueError, "Seed must be between"),
        ({"dtype": np.float16}, ValueError, "dtype should be float64 or float32"),
    ],
)
@pytest.mark.parametrize("Estimator", [FFNNClassifier, FFNNRegressor])
def test_unsuitable_parameters(Estimator, wrong, error, message):
    """They are refused by fit, as scikit-learn wants it, and not by the constructor."""
    X, y = blobs(12)
    model = Estimator(early_stopping=True).set_params(**wrong)
    with pytest.raises(error, match=message):
        model.fit(X, y)


def test_unsuitable_data():
    X, y = blobs(12)
    with pytest.raises(ValueError, match="at least two classes, but has 1 class"):
        FFNNClassifier().fit(X, ["oak"] * 12)
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        FFNNClassifier().fit(X, X[:, 0])
    with pytest.raises(ValueError, match="one class per sample, or labels 0 and 1"):
        FFNNClassifier().fit(X, np.column_stack([y, y]))
    with pytest.raises(ValueError, match="contains NaN"):
        FFNNRegressor().fit(np.full((12, 4), np.nan), y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        FFNNClassifier().fit(X, y[:5])
    for settings in ({"early_stopping": True}, {"batch_norm": True}):
        with pytest.raises(ValueError, match=r"1 sample.* a minimum of 2 is required"):
            FFNNRegressor(**settings).fit(X[:1], y[:1])
    with pytest.raises(ValueError, match="expecting 4 features"):
        FFNNClassifier(epochs=1).fit(X, y).predict(X[:, :3])
    with pytest.raises(NotFittedError):
        FFNNClassifier().predict(X)
    model = FFNNClassifier(epochs=1).fit(*labels_at_once())
    with pytest.raises(ValueError, match=r"y should have shape \(n, 2\), but has shape"):
        model.partial_fit(labels_at_once()[0], np.ones((80, 3), dtype=int))


@pytest.mark.parametrize("n", range(2, 8))
@pytest.mark.parametrize("batch_norm", [False, True])
def test_few_samples(n, batch_norm):
    """Batches become as few as they have to."""
    X, y = numbers(n, m=1)
    for batch_size in (1, 2, 3, 100):
        model = FFNNRegressor((3,), epochs=2, batch_size=batch_size, batch_norm=batch_norm)
        assert np.isfinite(model.fit(X, y[:, 0]).predict(X)).all()


def test_importing_the_package_does_not_import_scikit_learn():
    code = "import sys, backprop; print('sklearn' in sys.modules)"
    code += "; from backprop.estimators import FFNNClassifier; print('sklearn' in sys.modules)"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert process.stdout.split() == ["False", "True"]


def test_a_scheduler_with_a_base_class_of_its_own_trains_an_estimator():
    class Halving:
        def __init__(self):
            self.reset()

        def reset(self):
            self.eta = 0.4

        def update_change(self, gradient):
            self.eta /= 2
            return self.eta * gradient

    X, y = np.arange(12.0)[:, None] / 12, np.arange(12.0) / 6
    scheduler = Halving()
    model = FFNNRegressor((3,), scheduler=scheduler, epochs=3, random_state=1).fit(X, y)
    again = FFNNRegressor((3,), scheduler=scheduler, epochs=3, random_state=1).fit(X, y)
    assert scheduler.eta == 0.4
    assert np.array_equal(model.predict(X), again.predict(X))
    assert not np.array_equal(
        model.predict(X),
        FFNNRegressor((3,), scheduler=scheduler, epochs=1, random_state=1).fit(X, y).predict(X),
    )
