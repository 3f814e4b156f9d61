"""What a network answers, in the four tasks, and what data it refuses."""

import numpy as np
import pytest
from backprop import (
    FFNN,
    Constant,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    identity,
    sigmoid,
    softmax,
    tanh,
)
from hypothesis import given
from hypothesis import strategies as st
from reference_network import Reference

TASKS = {
    "regression": (identity, CostOLS, 2),
    "binary": (sigmoid, CostLogReg, 1),
    "multilabel": (sigmoid, CostLogReg, 3),
    "multiclass": (softmax, CostCrossEntropy, 3),
}


def network(task, seed=0):
    output, cost, m = TASKS[task]
    net = FFNN((2, 4, m), tanh, output, cost, seed=seed)
    net.parameters = np.random.default_rng(seed).normal(size=net.parameters.size)
    return net, Reference((2, 4, m), "tanh", output.__name__, cost.__name__)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("n", [1, 5, 1100])
def test_predict(task, n):
    net, reference = network(task)
    X = np.random.default_rng(n).normal(size=(n, 2))
    A = reference.outputs(net.parameters, X)
    assert net.task == task
    assert np.allclose(net.feed_forward(X), A, rtol=1e-13, atol=1e-15)
    answer = net.predict(X)
    assert answer.shape == A.shape
    if task == "regression":
        assert np.array_equal(answer, net.feed_forward(X))
        return
    assert answer.dtype == np.int64
    if task == "multiclass":
        wanted = [[int(a == max(row)) for a in row] for row in A.tolist()]
    else:
        wanted = [[int(a > 0.5) for a in row] for row in A.tolist()]
    assert answer.tolist() == wanted


@pytest.mark.parametrize("task", ["binary", "multilabel"])
@given(threshold=st.floats(0, 1))
def test_threshold(task, threshold):
    net, _ = network(task)
    X = np.random.default_rng(1).normal(size=(20, 2))
    wanted = [[int(a > threshold) for a in row] for row in net.feed_forward(X).tolist()]
    assert net.predict(X, threshold=threshold).tolist() == wanted


def test_an_output_at_the_threshold_is_0():
    net = FFNN((1, 1), output_func=sigmoid, cost_func=CostLogReg)
    net.parameters = [0.0, 0.0]
    assert net.predict([[3.0]]) == [[0]]
    assert net.predict([[3.0]], threshold=0.5) == [[0]]
    assert net.predict([[3.0]], threshold=0.49) == [[1]]
    # Accuracy counts alike.
    assert net.accuracy([[3.0]], [[0]]) == 1.0
    assert net.accuracy([[3.0]], [[1]]) == 0.0


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_the_threshold_means_nothing_elsewhere(task):
    net, _ = network(task)
    X = np.random.default_rng(1).normal(size=(20, 2))
    assert np.array_equal(net.predict(X, threshold=0.9), net.predict(X))


@pytest.mark.parametrize("task", ["binary", "multilabel", "multiclass"])
@given(n=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_accuracy_against_counting(task, n, seed):
    net, _ = network(task, seed)
    rng = np.random.default_rng(seed)
    X, m = rng.normal(size=(n, 2)), TASKS[task][2]
    T = np.eye(m)[rng.integers(m, size=n)] if task == "multiclass" else rng.integers(2, size=(n, m))
    right = sum(p == t for p, t in zip(net.predict(X).tolist(), T.tolist(), strict=True))
    assert net.accuracy(X, T) == right / n


def test_trivial_baselines():
    """Against what one who knows nothing, or everything, would reach."""
    X = np.zeros((10, 1))
    T = np.eye(10)
    blind = FFNN((1, 10), output_func=softmax, cost_func=CostCrossEntropy)
    blind.parameters = np.zeros(20)
    assert blind.accuracy(X, T) == 0.1  # not 0.9, as counted entry by entry
    assert blind.cost(X, T) == pytest.approx(np.log(10), rel=1e-14)
    net, _ = network("multiclass")
    X = np.random.default_rng(0).normal(size=(30, 2))
    assert net.accuracy(X, net.predict(X)) == 1.0
    assert net.accuracy(X, np.roll(net.predict(X), 1, axis=1)) == 0.0


def test_soft_targets_count_by_their_largest_entry():
    net, _ = network("multiclass")
    X = np.random.default_rng(0).normal(size=(30, 2))
    soft = 0.8 * net.predict(X) + 0.2 / 3
    assert net.accuracy(X, soft) == 1.0


@pytest.mark.parametrize(
    ("output", "cost", "m", "task"),
    [
        (softmax, CostLogReg, 3, "multiclass"),
        (sigmoid, CostCrossEntropy, 3, "multiclass"),
        (softmax, CostOLS, 3, "regression"),
        (sigmoid, CostOLS, 1, "regression"),
        (lambda z: 0.5 * (z / (1 + z**2) + 1), CostLogReg, 2, "multilabel"),
        (identity, lambda t: lambda a: ((a - t) ** 2).sum() / len(t), 1, "regression"),
    ],
)
def test_tasks_of_other_combinations(output, cost, m, task):
    assert FFNN((2, 3, m), output_func=output, cost_func=cost).task == task


def test_softmax_and_logistic_cost_predict_one_class():
    net = FFNN((2, 3), output_func=softmax, cost_func=CostLogReg, seed=1)
    X = np.random.default_rng(0).normal(size=(30, 2))
    assert (net.predict(X).sum(axis=1) == 1).all()


def test_a_regressor_has_no_accuracy():
    net = FFNN((2, 1))
    with pytest.raises(ValueError, match=r"accuracy should be asked of a classifier.*CostOLS"):
        net.accuracy(np.ones((3, 2)), np.ones((3, 1)))


@pytest.mark.parametrize("threshold", [-0.1, 1.1, np.nan, np.inf])
def test_threshold_out_of_range(threshold):
    net, _ = network("binary")
    with pytest.raises(ValueError, match=r"threshold should be (at least 0|at most 1)"):
        net.predict([[0.0, 0.0]], threshold=threshold)


@pytest.mark.parametrize("threshold", ["0.5", None, [0.5], True])
def test_threshold_not_a_number(threshold):
    with pytest.raises(TypeError, match="threshold should be a number"):
        network("binary")[0].predict([[0.0, 0.0]], threshold=threshold)


def test_predict_leaves_the_network_alone():
    net, _ = network("multiclass")
    before = net.parameters.copy()
    X = np.random.default_rng(0).normal(size=(30, 2))
    first = net.feed_forward(X)
    assert np.array_equal(net.feed_forward(X), first)
    assert np.array_equal(net.parameters, before)


# One pass, step by step


def test_trace():
    rng = np.random.default_rng(0)
    net, reference = network("multiclass")
    X, T = rng.normal(size=(5, 2)), np.eye(3)[rng.integers(3, size=5)]
    trace = net.trace(X, T)
    Z, A = reference.passes(net.parameters, X)
    assert trace.Z[0] is trace.delta[0] is trace.dW[0] is trace.db[0] is None
    assert [len(part) for part in vars(trace).values()] == [3] * 5
    for l in (1, 2):
        assert np.allclose(trace.Z[l], Z[l - 1], rtol=1e-13)
        assert np.allclose(trace.A[l], A[l], rtol=1e-13)
    # δ by central differences: C as a function of Z^l alone.
    (_, _), (W2, b2) = reference.split(net.parameters)

    def cost(Z1=None, Z2=None):
        Z2 = np.tanh(Z1) @ W2 + b2 if Z2 is None else Z2
        E = np.exp(Z2)
        return -np.sum(T * np.log(E / E.sum(axis=1, keepdims=True))) / 5

    for l, name in ((1, "Z1"), (2, "Z2")):
        for index in np.ndindex(trace.Z[l].shape):
            h = np.zeros_like(trace.Z[l])
            h[index] = 1e-5
            slope = (cost(**{name: Z[l - 1] + h}) - cost(**{name: Z[l - 1] - h})) / 2e-5
            assert trace.delta[l][index] == pytest.approx(slope, abs=1e-9)
    (dW1, db1), (dW2, db2) = reference.split(reference.gradient(net.parameters, X, T))
    for ours, wanted in zip([*trace.dW[1:], *trace.db[1:]], [dW1, dW2, db1, db2], strict=True):
        assert np.allclose(ours, wanted, rtol=1e-12, atol=1e-15)
    assert np.array_equal(trace.A[0], X)


def test_a_trace_consists_of_copies():
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(5, 2)), rng.normal(size=(5, 1))
    net = FFNN((2, 3, 1), identity, lambda z: z, seed=1, dropout=0.3)
    trace = net.trace(X, T)
    flat = [a for part in vars(trace).values() for a in part if a is not None]
    before, X_before, theta = [a.copy() for a in flat], X.copy(), net.parameters.copy()
    net.trace(X + 1, T)
    net.fit(X + 1, T, Constant(0.1), epochs=1)
    assert all(np.array_equal(a, b) for a, b in zip(flat, before, strict=True))
    for a in flat:
        a[:] = 7.0
    net.parameters = theta
    again = net.trace(X_before, T)
    assert np.array_equal(X, X_before)
    assert all(
        np.array_equal(a, b)
        for a, b in zip(
            [a for part in vars(again).values() for a in part if a is not None], before, strict=True
        )
    )
    assert all(not np.shares_memory(a, b) for i, a in enumerate(flat) for b in flat[:i]), (
        "two entries are one array"
    )


def test_no_trace_with_batch_normalisation():
    net = FFNN((2, 3, 1), batch_norm=True)
    with pytest.raises(ValueError, match="trace should be called on a network without batch norm"):
        net.trace(np.ones((3, 2)), np.ones((3, 1)))


# Bad data


NAN, INF = np.nan, np.inf


def good(n=6, p=3, m=2):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, p)), rng.normal(size=(n, m))


def with_entry(array, value):
    array = array.copy()
    array[1, 0] = value
    return array


X, T = good()


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
