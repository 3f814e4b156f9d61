"""Training: what an update is, what the mini-batches hold, what is reported, what is kept."""

import copy
import pickle
import random
import re

import backprop
import numpy as np
import pytest
from backprop import (
    FFNN,
    LRELU,
    RELU,
    Adagrad,
    AdagradMomentum,
    Adam,
    BatchNorm,
    Constant,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    Momentum,
    RMS_prop,
    Scheduled,
    Scheduler,
    TrainingDiverged,
    identity,
    sigmoid,
    softmax,
    tanh,
)
from backprop._arrays import describe
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_network import Reference

SCHEDULERS = (
    Constant(0.05),
    Momentum(0.05, 0.9),
    Adagrad(0.05),
    AdagradMomentum(0.05, 0.5),
    RMS_prop(0.01, 0.9),
    Adam(0.01, 0.9, 0.999),
)


def data(n=11, p=3, m=2, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, p)), rng.normal(size=(n, m))


def classes(n=11, p=3, m=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, p)), np.eye(m)[rng.integers(m, size=n)]


def fresh(scheduler):
    """Return another scheduler with the same settings."""
    settings = {k: v for k, v in vars(scheduler).items() if k not in ("memory", "n_updates")}
    return type(scheduler)(**settings)


def record(net):
    """Return a list that will hold the inputs of every mini-batch."""
    seen, forward = [], net.layers[0].forward

    def recording(A, training=False, rng=None):
        if training:
            seen.append(A.copy())
        return forward(A, training, rng)

    net.layers[0].forward = recording
    return seen


def rows_of(batch, X):
    """Return which rows of X (all different) a batch consists of."""
    return [int(np.flatnonzero((row == X).all(axis=1)).item()) for row in batch]


# One update


@pytest.mark.parametrize("lam", [0.0, 0.2])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("clip", ["none", "norm", "large norm", "value", "large value"])
@given(
    shape=st.tuples(st.integers(2, 7), st.integers(1, 4), st.integers(1, 5), st.integers(1, 3)),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=8)
def test_first_update(lam, batch_norm, clip, shape, seed):
    """With one batch and constant rate, the new Θ is Θ - η (clipped gradient)."""
    n, *dims = shape
    X, T = data(n, dims[0], dims[-1], seed)
    net = FFNN(dims, tanh, seed=seed, batch_norm=batch_norm)
    theta = net.parameters = np.random.default_rng(seed).normal(size=net.parameters.size)
    g = Reference(dims, "tanh", lam=lam, batch_norm=batch_norm).gradient(theta, X, T)
    length, largest = np.sqrt((g**2).sum()), np.abs(g).max()
    limits = {}
    if clip.endswith("norm"):
        limits["clip_norm"] = length * (2.0 if "large" in clip else 0.4)
        g = g * min(1.0, limits["clip_norm"] / length)
    if clip.endswith("value"):
        c = limits["clip_value"] = largest * (2.0 if "large" in clip else 0.4)
        g = np.where(g > c, c, np.where(g < -c, -c, g))
    net.fit(X, T, Constant(0.3), epochs=1, lam=lam, **limits)
    assert np.allclose(
        net.parameters, theta - 0.3 * g, rtol=0, atol=1e-11 * np.abs(g).max() + 1e-15
    )


def test_clipping_by_norm_keeps_the_direction_and_by_value_does_not():
    X, T = data()

    def step(**limits):
        net = FFNN((3, 4, 2), seed=1)
        before = net.parameters.copy()
        net.fit(X, T, Constant(1.0), epochs=1, **limits)
        return before - net.parameters

    g, by_norm, by_value = step(), step(clip_norm=0.1), step(clip_value=0.1)
    assert np.linalg.norm(by_norm) == pytest.approx(0.1)
    assert np.allclose(by_norm / 0.1, g / np.linalg.norm(g))
    assert np.abs(by_value).max() == pytest.approx(0.1)
    assert np.allclose(by_value, np.clip(g, -0.1, 0.1))
    assert by_value @ g < 0.999 * np.linalg.norm(by_value) * np.linalg.norm(g)


def test_clipping_a_gradient_whose_squares_overflow():
    net = FFNN((1, 1), seed=0, dtype=np.float32)
    net.parameters = [0.0, 0.0]
    # g = -2e25 and -2e19 (weight and bias); in float32 the square of the first is infinite.
    net.fit([[1e6]], [[1e19]], Constant(1.0), epochs=1, clip_norm=1.0)
    assert np.allclose(net.parameters, [1.0, 1e-6])
    net = FFNN((4, 1), seed=0, dtype=np.float32)
    net.parameters = np.zeros(5)
    net.fit([[1e6] * 4], [[1e19]], Constant(1.0), epochs=1, clip_norm=1.0)
    assert np.allclose(net.weights[0], 0.5)  # four equal shares of a vector of length 1


def test_a_hundred_epochs_if_nothing_is_said():
    assert len(FFNN((3, 2)).fit(*data(), Constant(0.01))["train_errors"]) == 100


def test_a_callback_of_a_regressor_hears_of_costs_only():
    heard = []
    X, T = data()
    FFNN((3, 2)).fit(X, T, Constant(0.01), epochs=1, X_val=X, t_val=T, callback=heard.append)
    assert [list(scores) for scores in heard] == [["train_errors", "val_errors"]]


def test_the_first_layer_passes_nothing_back():
    net = FFNN((3, 4, 2), seed=1)
    net.gradient(*data())
    assert net.layers[0].backward(np.ones((11, 4))) is None


def test_a_cost_that_treats_the_outputs_differently():
    shares = np.array([1.0, 3.0])
    net = FFNN((4, 3, 2), cost_func=lambda T: lambda A: ((A - T) ** 2 * shares).sum() / len(T))
    X, T = data(p=4)
    assert np.isclose(net.cost(X, T), ((net.feed_forward(X) - T) ** 2 * shares).sum() / len(X))


# Many updates


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("batches", [1, 2, 3])
def test_training_is_what_a_plain_loop_does(batches, batch_norm):
    """Momentum over three epochs, with the very mini-batches, but nothing else, of ``fit``."""
    X, T = classes()
    dims = (3, 4, 3)
    net = FFNN(dims, tanh, softmax, CostCrossEntropy, seed=3, batch_norm=batch_norm)
    theta, seen = net.parameters.copy(), record(net)
    net.fit(X, T, Momentum(0.1, 0.6), batches, 3, 0.05)
    assert len(seen) == 3 * batches
    reference = Reference(dims, "tanh", "softmax", "CostCrossEntropy", 0.05, batch_norm)
    v, mean, var = 0.0, np.zeros(4), np.ones(4)
    for batch in seen:
        rows = rows_of(batch, X)
        v = 0.6 * v + 0.1 * reference.gradient(theta, X[rows], T[rows])
        if batch_norm:
            reference.passes(theta, X[rows])
            mean, var = (
                0.9 * mean + 0.1 * reference.seen[0][0],
                0.9 * var + 0.1 * reference.seen[0][1],
            )
        theta = theta - v
    assert np.allclose(net.parameters, theta, rtol=0, atol=1e-11)
    if batch_norm:
        (layer,) = [layer for layer in net.layers if isinstance(layer, BatchNorm)]
        assert np.allclose(layer.mean, mean, rtol=1e-11)
        assert np.allclose(layer.var, var, rtol=1e-11)
        reference.statistics = [(mean, var)]
        assert np.allclose(net.feed_forward(X), reference.outputs(theta, X), atol=1e-11)


@given(n=st.integers(1, 40), data_=st.data())
@settings(max_examples=40)
def test_mini_batches(n, data_):
    """Every sample once per epoch, sizes that differ by at most one, a new order each time."""
    batches = data_.draw(st.integers(1, n))
    X = np.arange(n, dtype=float).reshape(n, 1) / n
    net = FFNN((1, 2, 1), seed=1)
    seen = record(net)
    net.fit(X, X, Constant(1e-3), batches=batches, epochs=3)
    assert len(seen) == 3 * batches
    orders = []
    for epoch in range(3):
        parts = seen[epoch * batches : (epoch + 1) * batches]
        sizes = {len(part) for part in parts}
        assert max(sizes) - min(sizes) <= 1
        order = np.concatenate(parts)[:, 0]
        assert np.array_equal(np.sort(order), X[:, 0])
        orders.append(tuple(order))
    if n > 10:
        assert len({tuple(X[:, 0]), *orders}) == 4


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda s: type(s).__name__)
def test_memory_lasts_from_epoch_to_epoch(scheduler):
    """One batch for ten epochs is ten calls of one scheduler."""
    X, T = data()
    net = FFNN((3, 4, 2), tanh, seed=1)
    theta, plain = net.parameters.copy(), Reference((3, 4, 2), "tanh")
    net.fit(X, T, scheduler, epochs=10)
    used = fresh(scheduler)
    for _ in range(10):
        theta = theta - used.update_change(plain.gradient(theta, X, T))
    # The adaptive rules magnify what rounding leaves of components near 0.
    assert np.allclose(net.parameters, theta, rtol=0, atol=1e-8)


def test_every_scheduler_lowers_the_cost():
    X, T = classes(40)
    for scheduler in SCHEDULERS:
        net = FFNN((3, 8, 3), LRELU, softmax, CostCrossEntropy, seed=1)
        before = net.cost(X, T)
        scores = net.fit(X, T, scheduler, batches=4, epochs=30)
        assert scores["train_errors"][-1] < 0.97 * before


# The scheduler that is passed in


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda s: type(s).__name__)
def test_the_users_scheduler_is_left_alone(scheduler):
    X, T = data()
    used = fresh(scheduler)
    for g in ([1.0, 2.0], [-1.0, 5.0]):
        used.update_change(np.array(g))
    memory = {name: kept.copy() for name, kept in used.memory.items()}
    nets = [FFNN((3, 4, 2), seed=1) for _ in range(2)]
    nets[0].fit(X, T, used, epochs=3)
    nets[1].fit(X, T, scheduler, epochs=3)
    assert np.array_equal(nets[0].parameters, nets[1].parameters), "a used one is not started anew"
    assert used.n_updates == 2
    assert used.memory.keys() == memory.keys()
    assert all(np.array_equal(used.memory[name], memory[name]) for name in memory)
    assert (scheduler.n_updates, scheduler.memory) == (0, {})


def test_nor_is_what_a_scheduler_keeps_in_its_own_way():
    class Listing(Constant):
        def __init__(self, eta):
            self.sizes = []
            super().__init__(eta)

        def update_change(self, gradient):
            self.sizes.append(gradient.size)
            return super().update_change(gradient)

        def reset(self):
            super().reset()
            self.sizes.clear()

    mine = Listing(0.1)
    mine.update_change(np.ones(5))
    FFNN((3, 4, 2)).fit(*data(), mine, epochs=2)
    assert mine.sizes == [5]


class Remembering(Scheduler):
    """Written as the lecture does, with ``gradient`` alone; it keeps the gradients."""

    def __init__(self, eta, until=None, then=None):
        super().__init__(eta)
        self.until, self.then = until, then

    def update_change(self, gradient):
        if self.n_updates == self.until:
            raise self.then
        self.n_updates += 1
        kept = self.memory.setdefault("gradients", [])
        kept.append(gradient)
        return self.eta * (gradient + (kept[-2] if len(kept) > 1 else 0.0))


def test_a_scheduler_of_ones_own():
    X, T = data()
    net, reference = FFNN((3, 4, 2), tanh, seed=1), Reference((3, 4, 2), "tanh")
    theta, last = net.parameters.copy(), 0.0
    net.fit(X, T, Remembering(0.1), epochs=4)
    for _ in range(4):
        g = reference.gradient(theta, X, T)
        theta, last = theta - 0.1 * (g + last), g
    assert np.allclose(net.parameters, theta, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    "change", [None, 0.1, [0.1], np.ones((1, 26)), np.array(["a"] * 26), 1j * np.ones(26)]
)
def test_a_scheduler_that_returns_something_else(change):
    class Odd(Scheduler):
        def update_change(self, gradient):
            return change

    class OddWithOut(Scheduler):
        def update_change(self, gradient, out=None):
            return change

    net = FFNN((3, 4, 2), seed=1)
    before = net.parameters.copy()
    given = re.escape(describe(change))
    message = rf"scheduler\.update_change should return .* \(26,\), not {given}$"
    for cls in (Odd, OddWithOut):
        with pytest.raises(ValueError, match=message):
            net.fit(*data(), cls(0.1))
    assert np.array_equal(net.parameters, before)


# Schedulers written after the lecture


class TheirScheduler:
    """The lecture's base class: an ordinary one, with a reset that may do nothing."""

    def __init__(self, eta):
        self.eta = eta

    def update_change(self, gradient):
        raise NotImplementedError

    def reset(self):
        pass


class TheirMomentum(TheirScheduler):
    def __init__(self, eta, momentum):
        super().__init__(eta)
        self.momentum, self.change = momentum, 0

    def update_change(self, gradient):
        self.change = self.momentum * self.change + self.eta * gradient
        return self.change

    def reset(self):
        self.change = 0


class SlottedMomentum:
    __slots__ = ("change",)

    def __init__(self):
        self.change = 0

    def update_change(self, gradient):
        self.change = 0.6 * self.change + 0.05 * gradient
        return self.change

    def reset(self):
        self.change = 0


class LateAttributes(Scheduler):
    """Sets its attributes after the base class has been initialised, and needs them to reset."""

    def __init__(self, eta, momentum):
        super().__init__(eta)
        self.momentum, self.start = momentum, 0.0
        self.change = self.start

    def update_change(self, gradient):
        self.change = self.momentum * self.change + self.eta * gradient
        return self.change

    def reset(self):
        super().reset()
        self.change = self.start


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize(
    "make", [lambda: TheirMomentum(0.05, 0.6), SlottedMomentum, lambda: LateAttributes(0.05, 0.6)]
)
def test_schedulers_of_other_families(make, resume):
    X, T = data(12)
    ours, theirs = (FFNN((3, 4, 2), tanh, seed=1) for _ in range(2))
    mine, other = Momentum(0.05, 0.6), make()
    for _ in range(2):
        expected = ours.fit(X, T, mine, 4, 3, resume=resume)
        scores = theirs.fit(X, T, other, 4, 3, resume=resume)
        assert np.allclose(scores["train_errors"], expected["train_errors"], rtol=1e-12)
    assert np.allclose(theirs.parameters, ours.parameters, rtol=0, atol=1e-14)
    assert np.ndim(other.change) == resume, "it is used itself only if the training is resumed"


def test_a_memory_of_any_kind_goes_back_when_the_training_diverges():
    X, T = data(12)
    for made in (TheirMomentum(0.05, 0.6), SlottedMomentum()):
        net = FFNN((3, 4, 2), tanh, seed=1)
        net.fit(X, T, made, epochs=2, resume=True)
        change, theta = made.change.copy(), net.parameters.copy()
        with pytest.raises(TrainingDiverged):
            net.fit(X, 1e200 * T, made, epochs=3, resume=True)
        assert np.array_equal(made.change, change)
        assert np.array_equal(net.parameters, theta)


def test_a_reset_after_every_epoch_as_in_the_lecture():
    """Its network resets the schedulers then; the documentation of fit says how."""
    X, T = data(12)
    net, by_hand = (FFNN((3, 4, 2), tanh, seed=1) for _ in range(2))
    scheduler = TheirMomentum(0.05, 0.6)
    net.fit(X, T, scheduler, 4, 3, resume=True, callback=lambda scores: scheduler.reset())
    for _ in range(3):
        by_hand.fit(X, T, TheirMomentum(0.05, 0.6), 4, 1)
    assert np.array_equal(net.parameters, by_hand.parameters)
    assert scheduler.change == 0


def test_what_a_scheduler_has_to_have():
    class NoReset:
        def update_change(self, gradient):
            return gradient

    class NoMethod:
        update_change, reset = 0.1, None

    message = r"scheduler should have the methods update_change\(gradient\) and reset\(\), but .*"
    for scheduler, missing in ((NoReset(), "reset"), (NoMethod(), "update_change")):
        for resume in (False, True):
            with pytest.raises(TypeError, match=message + f"has no {missing}$"):
                FFNN((3, 2)).fit(*data(), scheduler, resume=resume)
    with pytest.raises(TypeError, match="not the class TheirMomentum"):
        FFNN((3, 2)).fit(*data(), TheirMomentum)


# Scores


@pytest.mark.parametrize("n", [7, 512, 513, 1100])
@pytest.mark.parametrize("task", ["regression", "binary", "multilabel", "multiclass", "mixed"])
def test_scores(task, n):
    """Against costs and accuracies counted sample by sample, after each epoch."""
    rng = np.random.default_rng(n)
    output, cost, m = {
        "regression": (identity, CostOLS, 2),
        "binary": (sigmoid, CostLogReg, 1),
        "multilabel": (sigmoid, CostLogReg, 2),
        "multiclass": (softmax, CostCrossEntropy, 3),
        "mixed": (sigmoid, CostCrossEntropy, 3),
    }[task]
    dims = (2, 4, m)
    sets = {}
    for name, size in (("train", n), ("val", n // 2 + 3)):
        X, T = rng.normal(size=(size, 2)), rng.integers(2, size=(size, m)).astype(float)
        if cost is CostCrossEntropy:
            T = np.eye(m)[rng.integers(m, size=size)]
        sets[name] = X, T
    (X, T), validation = sets["train"], sets["val"]
    net = FFNN(dims, tanh, output, cost, seed=1, dropout=0.3, batch_norm=True)
    one_by_one = FFNN(dims, tanh, output, cost, seed=1, dropout=0.3, batch_norm=True)
    scores = net.fit(X, T, Constant(0.1), 3, 3, 0.01, *validation)
    kinds = ["errors"] if task == "regression" else ["errors", "accs"]
    assert sorted(scores) == sorted(f"{name}_{kind}" for name in sets for kind in kinds)
    assert all(values.shape == (3,) and values.dtype == float for values in scores.values())
    reference = Reference(dims, "tanh", output.__name__, cost.__name__, batch_norm=True)
    (layer,) = [layer for layer in one_by_one.layers if isinstance(layer, BatchNorm)]
    for epoch in range(3):
        one_by_one.fit(X, T, Constant(0.1), 3, 1, 0.01)
        reference.statistics = [(layer.mean, layer.var)]
        for name, (X_, T_) in sets.items():
            error = reference.cost(one_by_one.parameters, X_, T_)
            assert scores[f"{name}_errors"][epoch] == pytest.approx(error, rel=1e-12)
            if task != "regression":
                A = reference.outputs(one_by_one.parameters, X_)
                assert scores[f"{name}_accs"][epoch] == share_right(A, T_, cost), (name, epoch)
    assert np.array_equal(net.parameters, one_by_one.parameters)
    if task != "regression":
        assert net.accuracy(*validation) == scores["val_accs"][-1]
    assert net.cost(*validation) == pytest.approx(scores["val_errors"][-1], rel=1e-12)


def share_right(A, T, cost):
    right = 0
    for a, t in zip(A.tolist(), T.tolist(), strict=True):
        if cost is CostCrossEntropy:
            right += a.index(max(a)) == t.index(max(t))
        else:
            right += all((x > 0.5) == (y > 0.5) for x, y in zip(a, t, strict=True))
    return right / len(A)


def test_without_validation_set_there_are_no_validation_scores():
    assert list(FFNN((3, 4, 2)).fit(*data(), Constant(0.1), epochs=2)) == ["train_errors"]
    net = FFNN((3, 4, 3), output_func=softmax, cost_func=CostCrossEntropy)
    assert sorted(net.fit(*classes(), Constant(0.1), epochs=2)) == ["train_accs", "train_errors"]


def test_the_reported_cost_is_without_penalty():
    X, T = data()
    net = FFNN((3, 4, 2), seed=1)
    scores = net.fit(X, T, Constant(1e-3), epochs=1, lam=10.0)
    assert scores["train_errors"][0] == pytest.approx(net.cost(X, T))
    squares = sum((W**2).sum() for W in net.weights)
    assert net.cost(X, T, 10.0) == pytest.approx(net.cost(X, T) + 5.0 * squares)


def test_l2_spares_biases_and_batch_normalisation():
    net = FFNN((3, 4, 2), seed=1, batch_norm=True)
    net.parameters = np.random.default_rng(0).normal(size=net.parameters.size)
    X, T = data()
    decay = net.gradient(X, T, 2.0) - net.gradient(X, T)
    zero_but_for_weights = np.zeros_like(decay)
    zero_but_for_weights[:12] = 2.0 * net.weights[0].ravel()
    zero_but_for_weights[-10:-2] = 2.0 * net.weights[1].ravel()
    assert np.allclose(decay, zero_but_for_weights, atol=1e-14)


# Scores less often


def digits_like(n=40):
    X, T = classes(n)
    return X, T, X[:15] + 0.1, T[:15]


def train_scored(every, epochs=7, **options):
    X, T, X_val, T_val = digits_like()
    net = FFNN((3, 6, 3), tanh, softmax, CostCrossEntropy, seed=1, dropout=0.1, batch_norm=True)
    how = {} if every == "default" else {"score_every": every}
    scores = net.fit(X, T, Adam(0.05, 0.9, 0.999), 4, epochs, 0.01, X_val, T_val, **how, **options)
    return net, scores


@pytest.mark.parametrize(
    ("every", "epochs"),
    [(2, [2, 4, 6, 7]), (3, [3, 6, 7]), (7, [7]), (50, [7]), (None, [7]), (np.int64(4), [4, 7])],
)
def test_scores_of_some_epochs(every, epochs):
    """Same training, and the same scores in fewer places; ``epochs`` says in which."""
    net, scores = train_scored(every)
    every_epoch, all_scores = train_scored("default")
    assert np.array_equal(net.parameters, every_epoch.parameters)
    assert scores["epochs"].tolist() == epochs
    assert scores["epochs"].dtype == np.int64
    assert scores.keys() - {"epochs"} == all_scores.keys()
    for name, values in all_scores.items():
        assert scores[name].shape == (len(epochs),)
        assert np.array_equal(scores[name], values[scores["epochs"] - 1])


def test_scores_of_every_epoch_need_no_numbers():
    for every in ("default", 1):
        assert "epochs" not in train_scored(every)[1]
    assert train_scored(None, epochs=1)[1]["epochs"].tolist() == [1]
    assert train_scored(2, epochs=1)[1]["epochs"].tolist() == [1]


@pytest.mark.parametrize(("every", "calls"), [(1, 7), (2, 4), (3, 3), (None, 1)])
def test_less_is_computed_with_fewer_scores(every, calls, monkeypatch):
    rows, forward = [], FFNN._forward

    def counting(self, A, training=False, rng=None):
        rows.append(0 if training else len(A))
        return forward(self, A, training, rng)

    monkeypatch.setattr(FFNN, "_forward", counting)
    train_scored(every)
    assert sum(rows) == calls * (40 + 15)


def test_a_callback_is_called_when_there_are_scores():
    calls, thetas = [], []
    X, T, *_ = digits_like()
    net = FFNN((3, 3), output_func=softmax, cost_func=CostCrossEntropy, seed=1)

    def watch(scores):
        calls.append(scores)
        thetas.append(net.parameters.copy())
        return len(calls) == 2

    scores = net.fit(X, T, Constant(0.1), 4, 20, score_every=3, callback=watch)
    assert scores["epochs"].tolist() == [3, 6], "it ends the training after epoch 6"
    assert [call["train_errors"] for call in calls] == scores["train_errors"].tolist()
    assert [sorted(call) for call in calls] == [["train_accs", "train_errors"]] * 2
    assert np.array_equal(thetas[-1], net.parameters)


@pytest.mark.parametrize(("every", "last"), [(1, 4), (3, 3), (4, 4), (10, 0), (None, 0)])
def test_divergence_goes_back_to_the_last_scored_epoch(every, last):
    """A parameter becomes infinite in epoch 5, whether that one is scored or not."""
    X, T = data(12)

    class Bursting(Momentum):
        def update_change(self, gradient, out=None):
            change = super().update_change(gradient, out)
            if self.n_updates == 18:
                change[3] = np.inf
            return change

    burst, free = (FFNN((3, 4, 2), tanh, seed=1, batch_norm=True) for _ in range(2))
    mine, other = Bursting(0.05, 0.9), Momentum(0.05, 0.9)
    done = "1 epoch" if last == 1 else f"{last} epochs"
    with pytest.raises(TrainingDiverged, match=rf"in epoch 5: a par.* after {done}\.") as info:
        burst.fit(X, T, mine, 4, 20, score_every=every, resume=True)
    assert len(info.value.scores["train_errors"]) == (last // every if every else 0)
    if every != 1:
        assert info.value.scores["epochs"].tolist() == list(range(every or 9, last + 1, every or 1))
    if last:
        free.fit(X, T, other, 4, last, resume=True)
    assert np.array_equal(burst.parameters, free.parameters)
    assert np.array_equal(burst.predict(X), free.predict(X))
    assert mine.n_updates == other.n_updates == 4 * last
    assert np.array_equal(mine.memory.get("v", 0), other.memory.get("v", 0))


def test_a_cost_that_overflows_between_two_scores():
    """The parameters are finite all the time; the cost is seen when it is due."""
    X, T = data(12)

    class Jump(Constant):
        def update_change(self, gradient):
            self.n_updates += 1
            return np.full_like(gradient, 1e200 if self.n_updates == 2 else 0.0)

    net = FFNN((3, 2), seed=1)
    start = net.parameters.copy()
    with pytest.raises(TrainingDiverged, match=r"in epoch 3: the cost is .* those after 0 epochs"):
        net.fit(X, T, Jump(1.0), epochs=10, score_every=3)
    assert np.array_equal(net.parameters, start)


def test_interruption_between_two_scored_epochs():
    X, T = data(12)
    net, free = FFNN((3, 4, 2), seed=1), FFNN((3, 4, 2), seed=1)
    stop = Remembering(0.05, until=5, then=KeyboardInterrupt())
    scores = net.fit(X, T, stop, epochs=9, score_every=3)
    expected = free.fit(X, T, Remembering(0.05), epochs=5)
    assert np.array_equal(net.parameters, free.parameters)
    assert scores["epochs"].tolist() == [3]
    assert scores["train_errors"].tolist() == [expected["train_errors"][2]]
    stop = Remembering(0.05, until=1, then=KeyboardInterrupt())
    scores = net.fit(X, T, stop, epochs=9, score_every=None)
    assert {name: values.shape for name, values in scores.items()} == {
        "train_errors": (0,), "epochs": (0,),
    }  # fmt: skip


# Randomness


OPTIONS = (
    {},
    {"dropout": 0.3},
    {"dropout": (0.2, 0.3), "batch_norm": True, "dtype": np.float32},
)


@pytest.mark.parametrize("extra", OPTIONS, ids=str)
def test_the_same_seed_gives_the_same_training(extra):
    X, T = data(20)

    def train(seed):
        net = FFNN((3, 6, 2), LRELU, seed=seed, **extra)
        scores = net.fit(X, T, Adam(0.01, 0.9, 0.999), batches=4, epochs=5)
        return net.parameters.copy(), scores["train_errors"]

    for one, other in zip(train(2023), train(2023), strict=True):
        assert one.tobytes() == other.tobytes()
    assert not np.array_equal(train(2023)[0], train(2024)[0])


@pytest.mark.parametrize("extra", OPTIONS, ids=str)
def test_reset_weights_starts_anew(extra):
    X, T = data(20)
    net = FFNN((3, 6, 2), seed=5, **extra)
    start = net.parameters.copy()
    first = net.fit(X, T, Constant(0.1), batches=4, epochs=3)
    trained = net.parameters.copy()
    net.fit(X, T, Constant(0.1), batches=4, epochs=1)
    net.reset_weights()
    assert net.parameters.tobytes() == start.tobytes()
    assert (net.biases[0] == 0).all()
    assert (net.biases[1] == 0).all()
    for layer in net.layers:
        if isinstance(layer, BatchNorm):
            assert (layer.gamma == 1).all()
            assert (layer.beta == 0).all()
            assert (layer.mean == 0).all()
            assert (layer.var == 1).all()
    again = net.fit(X, T, Constant(0.1), batches=4, epochs=3)
    assert net.parameters.tobytes() == trained.tobytes()
    assert again["train_errors"].tobytes() == first["train_errors"].tobytes()


def test_without_seed_every_network_is_another():
    one, other = FFNN((3, 4, 2)), FFNN((3, 4, 2))
    assert not np.array_equal(one.parameters, other.parameters)
    start = one.parameters.copy()
    one.reset_weights()
    assert not np.array_equal(one.parameters, start)


def test_training_goes_on_from_where_it_is():
    """Twice two epochs are four: neither the parameters nor the order start anew."""
    X, T = data(20)
    nets = [FFNN((3, 4, 2), seed=1, dropout=0.2) for _ in range(2)]
    nets[0].fit(X, T, Constant(0.1), batches=4, epochs=4)
    for _ in range(2):
        nets[1].fit(X, T, Constant(0.1), batches=4, epochs=2)
    assert np.array_equal(nets[0].parameters, nets[1].parameters)


def test_a_validation_set_does_not_change_the_training():
    X, T = data(20)
    nets = [FFNN((3, 4, 2), seed=1, dropout=0.2, batch_norm=True) for _ in range(2)]
    nets[0].fit(X, T, Constant(0.1), batches=4, epochs=4)
    nets[1].fit(X, T, Constant(0.1), batches=4, epochs=4, X_val=X[:5] + 1, t_val=T[:5])
    assert np.array_equal(nets[0].parameters, nets[1].parameters)


def test_global_state_is_left_alone():
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    errors = np.geterr()
    net = FFNN((3, 4, 2), dropout=0.3)
    net.fit(*data(), Adam(0.01, 0.9, 0.999), batches=2, epochs=2)
    net.predict(data()[0])
    assert random.getstate() == python_state
    after = np.random.get_state()  # noqa: NPY002
    assert after[2:] == numpy_state[2:]
    assert np.array_equal(after[1], numpy_state[1])
    assert np.geterr() == errors


def test_the_data_are_left_alone():
    X, T = data(20)
    kept = X.copy(), T.copy()
    net = FFNN((3, 4, 2), identity, dropout=(0.2, 0.2), batch_norm=True, seed=1)
    net.fit(X, T, Constant(0.1), 4, 3, 0.1, X[:5], T[:5], clip_value=0.1)
    net.gradient(X, T)
    net.predict(X)[:] = 7.0
    net.feed_forward(X)[:] = 7.0
    assert np.array_equal(X, kept[0])
    assert np.array_equal(T, kept[1])


# When training ends early


@pytest.mark.parametrize("batch_norm", [False, True])
def test_interruption_from_the_keyboard(batch_norm):
    X, T = data(12)
    interrupted, free = (FFNN((3, 4, 2), seed=1, batch_norm=batch_norm) for _ in range(2))
    # Four updates per epoch: this is in the middle of the third epoch.
    stop = Remembering(0.05, until=9, then=KeyboardInterrupt())
    scores = interrupted.fit(X, T, stop, 4, 10, 0.0, X, T)
    wanted = free.fit(X, T, Remembering(0.05), 4, 2, 0.0, X, T)
    assert sorted(scores) == ["train_errors", "val_errors"]
    for name in scores:
        assert np.array_equal(scores[name], wanted[name])
    assert not np.array_equal(interrupted.parameters, free.parameters), "the ninth update is lost"
    assert np.isfinite(interrupted.fit(X, T, Constant(0.01), 4, 2)["train_errors"]).all()


def test_interruption_keeps_the_last_update():
    X, T = data(12)
    net, reference = FFNN((3, 4, 2), tanh, seed=1), Reference((3, 4, 2), "tanh")
    theta = net.parameters.copy()
    scores = net.fit(X, T, Remembering(0.05, until=1, then=KeyboardInterrupt()), epochs=5)
    assert scores["train_errors"].shape == (1,)
    assert np.allclose(net.parameters, theta - 0.05 * reference.gradient(theta, X, T), atol=1e-14)
    scores = net.fit(X, T, Remembering(0.05, until=0, then=KeyboardInterrupt()), epochs=5)
    assert scores["train_errors"].shape == (0,)


def test_interruption_between_two_scores():
    """However it comes: the scores have the same length."""
    X, T = data(12)
    calls = []

    def impatient(target):
        def func(A):
            calls.append(len(target))
            if calls.count(5) == 3:  # the third scoring of the validation set
                raise KeyboardInterrupt
            return CostOLS(target)(A)

        return func

    net = FFNN((3, 4, 2), cost_func=impatient, seed=1)
    scores = net.fit(X, T, Constant(0.1), 1, 10, 0.0, X[:5], T[:5])
    assert {name: len(values) for name, values in scores.items()} == {
        "train_errors": 2,
        "val_errors": 2,
    }


def test_callback():
    """It sees every epoch's scores and the parameters after it, and can end the training."""
    X, T = data(12)
    seen, thetas = [], []

    def watch(scores):
        seen.append(dict(scores))
        thetas.append(watched.parameters.copy())
        scores.clear()  # a copy: what is returned stays whole
        return len(seen) == 3

    watched, free = (FFNN((3, 4, 2), tanh, seed=1) for _ in range(2))
    scores = watched.fit(X, T, Adam(0.05, 0.9, 0.999), 4, 10, 0.0, X[:5], T[:5], callback=watch)
    wanted = free.fit(X, T, Adam(0.05, 0.9, 0.999), 4, 3, 0.0, X[:5], T[:5])
    assert len(seen) == 3
    assert np.array_equal(thetas[-1], free.parameters)
    assert not np.array_equal(thetas[0], thetas[1])
    for name in wanted:
        assert np.array_equal(scores[name], wanted[name])
        assert [epoch[name] for epoch in seen] == wanted[name].tolist()
    with pytest.raises(TypeError, match="callback should be a function, not 3"):
        free.fit(X, T, Constant(0.1), callback=3)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda s: type(s).__name__)
def test_training_in_parts(scheduler):
    """With resume, two epochs and three are five: the scheduler remembers."""
    X, T = data(12)
    whole, parts, forgetful = (FFNN((3, 4, 2), tanh, seed=1, dropout=0.2) for _ in range(3))
    scores = whole.fit(X, T, scheduler, 4, 5)
    mine = fresh(scheduler)
    first, second = (parts.fit(X, T, mine, 4, k, resume=True) for k in (2, 3))
    assert np.array_equal(whole.parameters, parts.parameters)
    joined = np.concatenate([first["train_errors"], second["train_errors"]])
    assert np.array_equal(scores["train_errors"], joined)
    assert mine.n_updates == 20
    for k in (2, 3):
        forgetful.fit(X, T, scheduler, 4, k)
    same = np.array_equal(whole.parameters, forgetful.parameters)
    assert same == isinstance(scheduler, Constant)  # which has nothing to remember
    with pytest.raises(TypeError, match="scheduler should be an instance"):
        whole.fit(X, T, Adam, resume=True)


def test_a_scheduler_resumed_with_another_network():
    X, T = data(12)
    mine = Adam(0.1, 0.9, 0.999)
    FFNN((3, 4, 2), seed=1).fit(X, T, mine, epochs=2, resume=True)
    for dimensions in ((3, 2), (3, 4, 2)):  # its memory would suit the second
        net = FFNN(dimensions, seed=1)
        theta = net.parameters.copy()
        for _ in range(2):
            with pytest.raises(ValueError, match=r"memory of this network .* that of another"):
                net.fit(X, T, mine, epochs=2, resume=True)
        assert np.array_equal(net.parameters, theta)
        assert mine.n_updates == 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_scheduler_may_go_on_with_another_network_as_a_copy_or_reset(duplicate):
    X, T = data(12)
    mine = Adam(0.1, 0.9, 0.999)
    first, second, third = (FFNN((3, 4, 2), seed=1) for _ in range(3))
    first.fit(X, T, mine, epochs=2, resume=True)
    double = duplicate(mine)
    second.fit(X, T, double, epochs=2, resume=True)
    first.fit(X, T, mine, epochs=2, resume=True)
    assert double.n_updates == mine.n_updates == 4
    mine.reset()
    third.fit(X, T, mine, epochs=2, resume=True)
    third.fit(X, T, mine, epochs=2, resume=True)
    assert mine.n_updates == 4
    constant = Constant(0.1)  # it has no memory
    for net in (first, second):
        net.fit(X, T, constant, epochs=1, resume=True)


def test_a_network_may_use_one_scheduler_for_equal_matrices_only_as_copies():
    """The lecture's network, of three equal layers: each matrix and vector has a copy."""
    X, T = data(12)
    T = np.hstack([T, T[:, :1]])
    net = FFNN((3, 3, 3, 3), tanh, seed=1)
    by_hand = FFNN((3, 3, 3, 3), tanh, seed=1)
    arrays = [*by_hand.weights, *by_hand.biases]
    copies = [copy.copy(Adam(0.1, 0.9, 0.999)) for _ in arrays]
    shuffles = FFNN((3, 3, 3, 3), tanh, seed=1)._rng
    for _ in range(4):
        for rows in np.array_split(shuffles.permutation(12), 3):
            trace = by_hand.trace(X[rows], T[rows])
            for array, scheduler, g in zip(
                arrays, copies, [*trace.dW[1:], *trace.db[1:]], strict=True
            ):
                array -= scheduler.update_change(g)
    net.fit(X, T, Adam(0.1, 0.9, 0.999), 3, 4)
    assert np.allclose(net.parameters, by_hand.parameters, rtol=1e-12, atol=1e-14)


def test_divergence_in_the_first_epoch_takes_the_scheduler_back():
    net, mine, (X, T) = FFNN((3, 4, 2), seed=1), Momentum(0.05, 0.9), data()
    net.fit(X, T, mine, epochs=3, resume=True)
    memory, updates = mine.memory["v"].copy(), mine.n_updates
    with pytest.raises(TrainingDiverged, match="in epoch 1"):
        net.fit(X, 1e200 * T, mine, batches=4, epochs=5, resume=True)
    assert np.array_equal(mine.memory["v"], memory)
    assert mine.n_updates == updates


def test_divergence_of_a_resumed_training():
    """Parameters and memory are both those after the last good epoch: one can go on."""
    X, T = data(12)

    class Bursting(Momentum):
        def update_change(self, gradient, out=None):
            change = super().update_change(gradient, out)
            if self.n_updates == 10:
                self.memory["v"][:] = change[:] = np.inf
            return change

    burst, free = (FFNN((3, 4, 2), tanh, seed=1) for _ in range(2))
    mine, other = Bursting(0.05, 0.9), Momentum(0.05, 0.9)
    with pytest.raises(TrainingDiverged, match="those after 2 epochs"):
        burst.fit(X, T, mine, 4, 10, resume=True)
    free.fit(X, T, other, 4, 2, resume=True)
    assert np.array_equal(burst.parameters, free.parameters)
    assert mine.n_updates == other.n_updates == 8
    assert np.array_equal(mine.memory["v"], other.memory["v"])


@pytest.mark.parametrize("batch_norm", [False, True])
def test_divergence(batch_norm):
    """The parameters and statistics are those after the last good epoch, and the scores too."""
    X, T = data(12)

    class Bursting(Constant):
        def update_change(self, gradient, out=None):
            change = super().update_change(gradient, out)
            if self.n_updates == 10:
                change[3] = np.inf
            return change

    burst, free = (FFNN((3, 4, 2), tanh, seed=1, batch_norm=batch_norm) for _ in range(2))
    with pytest.raises(
        TrainingDiverged, match=r"diverged in epoch 3.*those after 2 epochs"
    ) as info:
        burst.fit(X, T, Bursting(0.05), 4, 10, 0.0, X, T)
    wanted = free.fit(X, T, Constant(0.05), 4, 2, 0.0, X, T)
    assert np.array_equal(burst.parameters, free.parameters)
    assert np.array_equal(burst.predict(X), free.predict(X))
    assert info.value.scores.keys() == wanted.keys()
    for name in wanted:
        assert np.array_equal(info.value.scores[name], wanted[name])
    assert np.isfinite(burst.fit(X, T, Constant(0.01))["train_errors"]).all()


@pytest.mark.parametrize(
    ("output", "cost"),
    [(identity, CostOLS), (softmax, CostCrossEntropy), (softmax, CostLogReg), (softmax, CostOLS)],
)
@pytest.mark.parametrize("value", [np.nan, np.inf, -1e308])
@pytest.mark.parametrize("written", ["with out", "without out"])
def test_divergence_whatever_the_cost(output, cost, value, written):
    class WithOut(Scheduler):
        def update_change(self, gradient, out=None):
            out[:] = value
            return out

    class WithoutOut(Scheduler):
        def update_change(self, gradient):
            return np.full_like(gradient, value)

    net = FFNN((3, 4, 3), output_func=output, cost_func=cost, seed=1)
    before = net.parameters.copy()
    scheduler = (WithOut if written == "with out" else WithoutOut)(0.1)
    with pytest.raises(TrainingDiverged, match="diverged in epoch 1"):
        net.fit(*classes(), scheduler, epochs=4)
    assert np.array_equal(net.parameters, before)


def test_a_learning_rate_that_is_too_large():
    X, T = data()
    net = FFNN((3, 2), seed=1)
    with np.errstate(all="raise"), pytest.raises(TrainingDiverged, match="A smaller eta") as info:
        net.fit(X, T, Constant(50.0), epochs=1000)
    done = len(info.value.scores["train_errors"])
    assert 10 < done < 1000
    assert np.isfinite(info.value.scores["train_errors"]).all()
    assert net.cost(X, T) == pytest.approx(info.value.scores["train_errors"][-1])
    assert issubclass(TrainingDiverged, ArithmeticError)


def test_underflow_is_not_divergence():
    X, T = classes()
    with np.errstate(all="raise"):
        net = FFNN((3, 3), output_func=softmax, cost_func=CostCrossEntropy, seed=1)
        net.weights[0][:] = 800.0 * np.eye(3)
        scores = net.fit(X, T, Constant(1e-3), epochs=3)
    assert np.isfinite(scores["train_errors"]).all()


# Progress


def test_progress(capsys):
    net = FFNN((3, 4, 2), seed=1)
    net.fit(*data(), Constant(0.01), epochs=3)
    assert capsys.readouterr() == ("", "")
    scores = net.fit(*data(), Constant(0.01), epochs=3, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "3/3" in shown.err
    assert re.search(r"\depoch/s|s/epoch", shown.err)
    assert f"train_errors={scores['train_errors'][-1]:.4g}" in shown.err


def test_progress_counts_epochs_that_are_not_scored(capsys):
    net = FFNN((3, 4, 2), seed=1)
    scores = net.fit(*data(), Constant(0.01), epochs=5, score_every=3, progress=True)
    shown = capsys.readouterr().err
    assert "5/5" in shown
    assert f"train_errors={scores['train_errors'][-1]:.4g}" in shown
    stop = Remembering(0.01, until=4, then=KeyboardInterrupt())
    net.fit(*data(), stop, epochs=7, score_every=None, progress=True)
    assert "4/7" in capsys.readouterr().err


def test_progress_ends_with_the_training(capsys):
    net = FFNN((3, 4, 2), seed=1)
    stop = Remembering(0.01, until=2, then=KeyboardInterrupt())
    net.fit(*data(), stop, epochs=5, progress=True)
    assert "2/5" in capsys.readouterr().err


# Other types of data


@pytest.mark.parametrize("convert", [np.asfortranarray, np.ndarray.tolist, np.float32, np.int64])
def test_what_the_data_may_be(convert):
    X, T = np.arange(12.0).reshape(6, 2) % 5, np.arange(6.0).reshape(6, 1) % 3
    nets = [FFNN((2, 3, 1), seed=1) for _ in range(2)]
    for net, to in zip(nets, (np.array, convert), strict=True):
        net.fit(to(X), to(T), Constant(0.01), batches=2, epochs=3)
    assert np.array_equal(nets[0].parameters, nets[1].parameters)


def test_float32_training():
    X, T = classes(30)
    nets = [FFNN((3, 8, 3), LRELU, softmax, CostCrossEntropy, seed=1, dtype=d, batch_norm=True)
            for d in (np.float64, np.float32)]  # fmt: skip
    for net in nets:
        net.fit(X, T, Momentum(0.05, 0.9), batches=3, epochs=5, lam=1e-3, clip_norm=1.0)
    assert nets[1].parameters.dtype == np.float32
    assert nets[1].predict(X).dtype == np.int64
    assert np.allclose(nets[0].parameters, nets[1].parameters, atol=1e-4)
    assert not np.array_equal(nets[0].parameters, nets[1].parameters)
    assert backprop.FFNN is FFNN


# The arguments of fit


NAN, INF = np.nan, np.inf
X, T = np.random.default_rng(0).normal(size=(6, 3)), np.random.default_rng(1).normal(size=(6, 2))


class Thing:
    pass


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


# The error of a diverging run


def test_the_error_can_travel_to_another_process():
    error = backprop.TrainingDiverged("message", {"train_errors": np.array([1.0, 2.0])})
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == "message"
    assert np.array_equal(copy.scores["train_errors"], [1.0, 2.0])


# Weights that decay


@pytest.mark.parametrize(
    "make",
    [
        lambda: Constant(0.1),
        lambda: Momentum(0.05, 0.6),
        lambda: Adam(0.01, 0.9, 0.99),
        lambda: Scheduled(Adam(0.02, 0.9, 0.99), 3, 7),
    ],
)
@pytest.mark.parametrize("others", [{}, {"lam": 0.1, "clip_norm": 0.1}])
def test_decay(make, others):
    """Weights shrink by their old values, biases, γ and β do not."""
    X, T = data(12)
    rule, own = make(), make()
    # Adam makes steps of the rounding errors that are the gradients of biases before a norm.
    norm = isinstance(rule, Constant | Momentum)
    net, twin = (FFNN((3, 4, 2), tanh, seed=1, batch_norm=norm) for _ in range(2))
    for _ in range(8):
        before = [W.copy() for W in twin.weights]
        twin.fit(X, T, own, epochs=1, resume=True, **others)
        for W, old in zip(twin.weights, before, strict=True):
            W -= own.eta * 0.5 * old
        net.fit(X, T, rule, epochs=1, decay=0.5, resume=True, **others)
        assert np.allclose(net.parameters, twin.parameters, rtol=1e-12, atol=1e-15)


def test_without_gradients_only_the_weights_decay():
    net = FFNN((3, 4, 2), RELU, seed=1)
    net.biases[0][:], net.biases[1][:] = -100.0, [1.0, 2.0]
    before = [W.copy() for W in net.weights]
    net.fit(np.ones((6, 3)), np.tile([1.0, 2.0], (6, 1)), Constant(0.1), epochs=3, decay=0.5)
    for W, old in zip(net.weights, before, strict=True):
        assert np.allclose(W, 0.95**3 * old, rtol=1e-14)
    assert np.array_equal(net.biases[0], [-100.0] * 4)


def test_decay_and_schedulers_of_other_families():
    X, T = data(12)
    net = FFNN((3, 4, 2), tanh, seed=1)
    with pytest.raises(TypeError, match="scheduler should have a learning rate eta if the weights"):
        net.fit(X, T, SlottedMomentum(), epochs=1, decay=0.5)
    ours, theirs = (FFNN((3, 4, 2), tanh, seed=1) for _ in range(2))
    ours.fit(X, T, Momentum(0.05, 0.6), epochs=3, decay=0.5)
    theirs.fit(X, T, TheirMomentum(0.05, 0.6), epochs=3, decay=0.5)
    assert np.allclose(theirs.parameters, ours.parameters, rtol=0, atol=1e-14)


@pytest.mark.parametrize("decay", [-0.1, np.nan, np.inf])
def test_decay_out_of_range(decay):
    X, T = data(12)
    with pytest.raises(ValueError, match="decay should be at least 0 and finite"):
        FFNN((3, 4, 2), seed=1).fit(X, T, Constant(0.1), decay=decay)
