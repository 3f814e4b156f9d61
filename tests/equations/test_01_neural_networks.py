"""Chapter 1: the linear model, layers as matrices, and why affine maps collapse."""

import numpy as np
import pytest
from backprop import FFNN, Constant, identity, tanh
from printed import Family

rng = np.random.default_rng(101)
N, P = 6, 3
X, Y, THETA = rng.normal(size=(N, P)), rng.normal(size=(N, 1)), rng.normal(size=(P, 1))


def cost_by_sums(theta):
    """Add up the squared deviations, sample by sample."""
    total = 0.0
    for s in range(N):
        prediction = sum(X[s, i] * theta[i, 0] for i in range(P))
        total = total + (Y[s, 0] - prediction) ** 2
    return total / N


@pytest.mark.equation("eq-nn-linear-cost", how="adding up the samples one by one")
def test_linear_cost(printed):
    env = {"C": lambda theta: cost_by_sums(theta), "theta": THETA, "n": N, "y": Y, "X": X}
    printed.holds(env)


@pytest.mark.equation("eq-nn-linear-gradient", how="complex step")
def test_linear_gradient(printed):
    def gradient(_):
        columns = np.eye(P)[:, :, None]
        return np.array([[cost_by_sums(THETA + 1e-30j * e).imag / 1e-30] for e in columns])

    printed.holds({"nabla": gradient, "C": 0.0, "theta": THETA, "n": N, "y": Y, "X": X})


def network():
    """Return a network for the samples, with biases that are not zero."""
    net = FFNN((P, 4, 1), hidden_func=tanh, output_func=identity, seed=11)
    net.parameters = np.random.default_rng(111).normal(size=net.parameters.size)
    return net


@pytest.mark.equation("def-nn-cost", how="the cost of the package's network")
def test_cost_of_a_network(printed):
    net = network()
    predictions = [net.feed_forward(row[None, :]).item() for row in X]

    def C(theta):
        net.parameters = theta
        return net.cost(X, Y)

    env = {
        "C": C,
        "theta": net.parameters.copy(),
        "n": N,
        "y": Family(lambda s: Y[s - 1, 0], 1),
        "tilde y": Family(lambda s: predictions[s - 1], 1),
    }
    printed.holds(env)


@pytest.mark.equation("def-nn-descent", how="three iterations of the package's training")
def test_iterations_of_training(printed):
    net = network()
    for eta in (0.07, 0.3, 0.11):
        cost = net.cost(X, Y)
        env = {
            "theta": net.parameters.copy(),
            "eta": eta,
            "nabla": {cost: net.gradient(X, Y)}.__getitem__,  # of the cost, of nothing else
            "C": cost,
        }
        net.fit(X, Y, Constant(eta), batches=1, epochs=1)
        printed.holds({**env, "after": {"theta": net.parameters}})


@pytest.mark.equation("def-nn-epoch", how="the updates that the package's scheduler counts")
def test_updates_of_training(printed):
    for epochs, batches in [(3, 1), (1, 5), (4, 2), (3, 4)]:  # six samples in four batches, too
        scheduler = Constant(0.01)
        network().fit(X, Y, scheduler, batches=batches, epochs=epochs, resume=True)
        env = {"iterations": scheduler.n_updates, "epochs": epochs, "batches": batches}
        printed.holds(env)


W, B = rng.normal(size=(4, 2)), rng.normal(size=2)
SAMPLES = rng.normal(size=(5, 4))
SUMS = np.array(
    [[sum(W[i, j] * row[i] for i in range(4)) + B[j] for j in range(2)] for row in SAMPLES]
)


@pytest.mark.equation("def-nn-neuron", how="a layer of the package, set to the same weights")
def test_neurons_of_a_layer(printed):
    net = FFNN((4, 2), output_func=identity)
    net.weights[0][:], net.biases[0][:] = W, B
    for row, sums in zip(SAMPLES, net.feed_forward(SAMPLES), strict=True):
        env = {
            "z": Family(lambda j, sums=sums: sums[j - 1], 1),
            "w": Family(lambda i, j: W[i - 1, j - 1], 2),
            "x": Family(lambda i, row=row: row[i - 1], 1),
            "b": Family(lambda j: B[j - 1], 1),
            "p": 4,
        }
        printed.holds(env, j=[1, 2])


@pytest.mark.equation("eq-nn-layer", how="the sum for each neuron, for all samples")
def test_layer_of_a_column(printed):
    for row, sums in zip(SAMPLES, SUMS, strict=True):
        printed.holds({"z": sums[:, None], "W": W, "x": row[:, None], "b": B[:, None]})


@pytest.mark.equation("eq-nn-layer-rows", how="the sum for each neuron of each sample")
def test_layer_of_rows(printed):
    printed.holds({"Z": SUMS, "X": SAMPLES, "W": W, "b": B})


@pytest.mark.equation("eq-nn-count", how="counting the entries of real arrays")
def test_number_of_parameters(printed):
    for widths in [(2, 1), (3, 5, 2), (4, 2, 6, 3)]:
        pairs = list(zip(widths, widths[1:], strict=False))
        arrays = [np.empty(shape) for a, b in pairs for shape in ((a, b), (b,))]
        M = Family(lambda l, widths=widths: widths[l] if 0 <= l < len(widths) else 0, 1)
        printed.holds({"N": sum(a.size for a in arrays), "L": len(widths) - 1, "M": M})


@pytest.mark.equation("eq-nn-collapse", how="sending samples through both layers, neuron by neuron")
def test_affine_maps_collapse(printed):
    W2, b2 = rng.normal(size=(2, 3)), rng.normal(size=3)
    twice = np.array(
        [[sum(W2[j, k] * z[j] for j in range(2)) + b2[k] for k in range(3)] for z in SUMS]
    )
    weights = Family(lambda l: {1: W, 2: W2}[l], sup=1)
    biases = Family(lambda l: {1: B, 2: b2}[l], sup=1)
    env = {"X": SAMPLES, "W": weights, "b": biases}
    printed.holds(env)
    for side in printed.sides(env):
        assert np.allclose(side, twice)
