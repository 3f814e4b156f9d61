"""Cost functions: values, gradients, limits, bad arguments."""

import math

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from backprop import FFNN, Constant, CostCrossEntropy, CostLogReg, CostOLS, cost_gradient
from backprop.costs import check_outputs, check_targets
from hypothesis import given
from hypothesis import strategies as st

COSTS = (CostOLS, CostLogReg, CostCrossEntropy)
EVERY = pytest.mark.parametrize("cost", COSTS, ids=lambda f: f.__name__)


def by_hand(cost, A, T):
    """Add up the cost of each entry with the standard library, and divide by the rows."""
    terms = []
    for a, t in zip(np.ravel(A), np.ravel(T), strict=True):
        a, t = float(a), float(t)
        if cost is CostOLS:
            terms.append((a - t) ** 2)
        else:
            terms.append(-t * math.log(a) if t else 0.0)
        if cost is CostLogReg and t < 1:
            terms.append(-(1 - t) * math.log(1 - a))
    return math.fsum(terms) / len(A)


def draw(cost, n, m, seed):
    rng = np.random.default_rng(seed)
    A = rng.uniform(0.02, 0.98, size=(n, m))
    soft = seed % 2
    if cost is CostCrossEntropy:
        T = rng.dirichlet(np.ones(m), size=n) if soft else np.eye(m)[rng.integers(m, size=n)]
    else:
        T = rng.random((n, m)) if soft else rng.integers(2, size=(n, m)).astype(float)
    return A, T


@EVERY
@given(n=st.integers(1, 6), m=st.integers(1, 5), seed=st.integers(0, 10**6))
def test_values_and_gradients(cost, n, m, seed):
    A, T = draw(cost, n, m, seed)
    assert cost(T)(A) == pytest.approx(by_hand(cost, A, T), rel=1e-13, abs=1e-15)
    slope = cost_gradient(cost)(T)(A)
    assert slope.shape == A.shape
    assert np.allclose(slope, autograd.grad(cost(T))(A), rtol=1e-13, atol=0)
    h = 1e-6
    for index in np.ndindex(A.shape):
        up, down = A.copy(), A.copy()
        up[index] += h
        down[index] -= h
        central = (by_hand(cost, up, T) - by_hand(cost, down, T)) / (2 * h)
        assert slope[index] == pytest.approx(central, rel=1e-6, abs=1e-8)


def test_numbers_worked_by_hand():
    assert CostOLS([[1.0, 2.0], [0.0, 0.0]])([[0.0, 2.0], [3.0, 0.0]]) == (1 + 9) / 2
    assert CostLogReg([[1.0], [0.0]])([[0.5], [0.75]]) == pytest.approx(math.log(8) / 2)
    assert CostCrossEntropy([[0.0, 1.0], [1.0, 0.0]])([[0.5, 0.5], [0.25, 0.75]]) == (
        pytest.approx(math.log(8) / 2)
    )
    assert np.array_equal(cost_gradient(CostOLS)([[1.0], [0.0]])([[0.5], [2.0]]), [[-0.5], [2.0]])


@EVERY
def test_the_mean_does_not_grow_with_the_batch(cost):
    A, T = draw(cost, 4, 3, 1)
    many = cost(np.tile(T, (5, 1)))(np.tile(A, (5, 1)))
    assert many == pytest.approx(cost(T)(A), rel=1e-14)


@pytest.mark.parametrize("cost", [CostOLS, CostLogReg])
def test_one_dimensional_arrays(cost):
    """As the functions of one output: (n,) counts as n samples."""
    A, T = draw(cost, 5, 1, 3)
    assert cost(T[:, 0])(A[:, 0]) == pytest.approx(cost(T)(A), rel=1e-15)
    assert np.allclose(cost_gradient(cost)(T[:, 0])(A[:, 0]), cost_gradient(cost)(T)(A)[:, 0])


@EVERY
@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int8])
def test_labels_of_any_type(cost, dtype):
    T, A = np.eye(3, dtype=dtype), np.eye(3, dtype=dtype)[[0, 2, 1]]
    assert cost(T)(A) == cost(T.astype(float))(A.astype(float))
    assert cost_gradient(cost)(T)(np.full((3, 3), 0.5)).dtype == np.float64


def test_small_integers_do_not_overflow():
    assert CostOLS(np.array([[200]], np.uint8))(np.array([[220]], np.uint8)) == 400.0


def test_certainty_costs_nothing_if_right_and_everything_if_wrong():
    right, wrong = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    for cost in (CostLogReg, CostCrossEntropy):
        assert cost(right)(right) == 0.0
        assert not np.signbit(cost(right)(right)), "it would be printed as -0.0"
        assert cost(right)(wrong) == np.inf
        # Where the target gives no weight, the slope is 0, not 0/0.
        assert np.isfinite(cost_gradient(cost)(right)(right)).all()
        assert np.isfinite(autograd.grad(cost(right))(right)).all()
    assert np.array_equal(cost_gradient(CostCrossEntropy)(right)(wrong), [[-np.inf, 0.0]])
    assert np.array_equal(cost_gradient(CostLogReg)(right)(wrong), [[-np.inf, np.inf]])
    assert np.array_equal(cost_gradient(CostLogReg)(right)(right), [[-1.0, 1.0]])


@EVERY
def test_float32_stays(cost):
    A, T = (array.astype(np.float32) for array in draw(cost, 4, 3, 1))
    assert cost_gradient(cost)(T)(A).dtype == np.float32


def test_cost_gradient_of_a_function_of_ones_own():
    def absolute(target):
        return lambda X: anp.sum(anp.abs(X - target)) / target.shape[0]

    A, T = np.array([[1.0, -2.0], [0.5, 0.0]]), np.array([[0.0, 1.0], [1.0, -1.0]])
    assert np.array_equal(cost_gradient(absolute)(T)(A), [[0.5, -0.5], [-0.5, 0.5]])


# Bad arguments


@EVERY
@pytest.mark.parametrize("shape", [(3,), (3, 1), (2, 3), (1, 2), ()])
def test_outputs_of_another_shape(cost, shape):
    T = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    message = r"X should have the shape of the targets, \(3, 2\), but has shape"
    with pytest.raises(ValueError, match=message):
        cost(T)(np.full(shape, 0.5))
    with pytest.raises(ValueError, match=message):
        cost_gradient(cost)(T)(np.full(shape, 0.5))
    if shape:
        with pytest.raises(ValueError, match=message):
            autograd.grad(cost(T))(np.full(shape, 0.5))


@EVERY
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_targets_not_finite(cost, bad):
    for use in (cost, cost_gradient(cost)):
        with pytest.raises(ValueError, match="target should be finite"):
            use([[bad, 1.0]])


@EVERY
@pytest.mark.parametrize("bad", [[], np.ones((0, 3)), 1.0])
def test_no_targets(cost, bad):
    with pytest.raises(ValueError, match="target should have at least one row, but has shape"):
        cost(bad)


@EVERY
@pytest.mark.parametrize(
    ("bad", "called"),
    [
        (["a"], r"\['a'\] \(list\)"),
        ([[1j]], r"\[\[1j\]\] \(list\)"),
        (np.array([1j]), r"an array of complex128 with shape \(1,\)"),
    ],
)
def test_not_numbers(cost, bad, called):
    with pytest.raises(
        TypeError, match=f"^target should be an array of real numbers, not {called}$"
    ):
        cost(bad)
    with pytest.raises(TypeError, match=f"^X should be an array of real numbers, not {called}$"):
        cost([[1.0]])(bad)


@pytest.mark.parametrize("cost", [CostLogReg, CostCrossEntropy])
@pytest.mark.parametrize("bad", [-0.1, 1.1])
def test_probabilities(cost, bad):
    """Asked for by a network, and not by the formulas."""
    good, T, A = np.array([[1.0, 0.0]]), np.array([[bad, 1 - bad]]), np.array([[bad, 0.5]])
    message = f"the targets of {cost.__name__} should lie between 0 and 1, but range"
    with pytest.raises(ValueError, match=message):
        check_targets(cost, T)
    net = FFNN((1, 2), output_func=lambda z: z, cost_func=cost)
    for use in (net.cost, net.gradient, lambda X, t: net.fit(X, t, Constant(0.1))):
        with pytest.raises(ValueError, match=message):
            use([[1.0]], T)
    message = (
        f"^the outputs for {cost.__name__} should be probabilities between 0 and 1, as softmax or "
        "sigmoid give, but range from"
    )
    with pytest.raises(ValueError, match=message):
        check_outputs(cost, A)
    net.weights[0] = A
    for use in (net.cost, lambda X, t: net.fit(X, t, Constant(1e-9), epochs=1)):
        with pytest.raises(ValueError, match=message):
            use([[1.0]], good)
    check_targets(cost, good)
    check_outputs(cost, good)
    assert np.isfinite(cost_gradient(cost)(T)(A)).all()
    with np.errstate(invalid="ignore"):  # the logarithm of a negative number
        assert np.isfinite(autograd.grad(cost(good))(A)).all()
    assert np.isnan(cost(good)([[np.nan, 0.5]]))
    assert np.isfinite(CostOLS(T)([[bad, 2.0]]))
    check_targets(CostOLS, 5 * T)
    check_outputs(CostOLS, 5 * A)


def test_the_lectures_demonstration():
    """Targets (1, 2, 3) and outputs (4, 5, 6), though neither are probabilities."""
    target, X = anp.array([1.0, 2.0, 3.0]), anp.array([4.0, 5.0, 6.0])
    assert CostOLS(target)(X) == 9.0
    expected = -(math.log(4) + 2 * math.log(5) + 3 * math.log(6)) / 3
    assert CostCrossEntropy(target)(X) == pytest.approx(expected, rel=1e-14)
    cross = [-1 / 12, -2 / 15, -3 / 18]
    logistic = [-1 / 12, (-1 / -4 - 2 / 5) / 3, (-2 / -5 - 3 / 6) / 3]
    for cost, slope in ((CostCrossEntropy, cross), (CostLogReg, logistic)):
        assert np.allclose(cost_gradient(cost)(target)(X), slope, rtol=1e-14)
        with np.errstate(invalid="ignore"):  # ln(1 - 5)
            assert np.allclose(autograd.grad(cost(target))(X), slope, rtol=1e-14)
    with np.errstate(invalid="ignore"):
        assert np.isnan(CostLogReg(target)(X))


def test_negative_weights_count_too():
    T, A = np.array([[-0.5, 1.5]]), np.array([[0.25, 0.5]])
    assert CostCrossEntropy(T)(A) == pytest.approx(0.5 * np.log(0.25) - 1.5 * np.log(0.5))
    expected = 0.5 * np.log(0.25) - 1.5 * np.log(0.75) - 1.5 * np.log(0.5) + 0.5 * np.log(0.5)
    assert CostLogReg(T)(A) == pytest.approx(expected)


def test_one_hot_is_asked_for():
    message = (
        r"^the targets of CostCrossEntropy should be one-hot with shape \(n, classes\), "
        r"but have shape \(3,\); onehot\(labels\) makes them$"
    )
    with pytest.raises(ValueError, match=message):
        check_targets(CostCrossEntropy, np.array([0.0, 1.0, 1.0]))
    with pytest.raises(ValueError, match=r"should sum to 1 \(one-hot\), but row 1 sums to 0\.5"):
        check_targets(CostCrossEntropy, np.array([[1.0, 0.0], [0.25, 0.25]]))
    check_targets(CostCrossEntropy, np.array([[0.3, 0.7 + 1e-9]]))
    with pytest.raises(ValueError, match=r"row 0 sums to 1\.00001"):
        check_targets(CostCrossEntropy, np.array([[0.3, 0.7 + 1e-5]]))


@pytest.mark.parametrize("task", ["binary", "multilabel", "multiclass"])
def test_targets_of_a_task_with_a_cost_of_ones_own(task):
    def own(target):
        return lambda X: anp.sum((X - target) ** 2)

    with pytest.raises(ValueError, match=f"targets of the task '{task}' should lie between 0 and"):
        check_targets(own, np.array([[2.0, -1.0]]), task)
    if task == "multiclass":
        with pytest.raises(ValueError, match=r"the task 'multiclass' should sum to 1 .*row 0 sums"):
            check_targets(own, np.array([[1.0, 1.0]]), task)
    else:
        check_targets(own, np.array([[1.0, 1.0]]), task)
    check_targets(own, np.array([[2.0, -1.0]]))


def test_whole_numbers_are_differentiated_as_floats():
    def own(target):
        return lambda X: anp.sum(anp.dot(X, anp.array([0.5, 0.25])) ** 2)

    A = np.array([[1, 2], [3, 4]])
    for outputs in (A, A.tolist(), A.astype(float)):
        slope = cost_gradient(own)(A)(outputs)
        assert np.array_equal(slope, [[1.0, 0.5], [2.5, 1.25]])
        assert slope.dtype == np.float64


@pytest.mark.parametrize("bad", ["mse", None, 1.0, [CostOLS], {}, np.ndarray])
def test_unknown_cost(bad):
    with pytest.raises(TypeError, match=r"cost_func should be a function such as CostOLS, .* not"):
        cost_gradient(bad)
