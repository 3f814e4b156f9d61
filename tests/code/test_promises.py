"""The shapes and ranges that docstrings state are those that the functions have."""

import copy
import functools
import re

import autograd.numpy as anp
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from backprop import autodiff, initializers, layers, operations, schedulers
from backprop.activations import derivate, sigmoid, tanh
from backprop.costs import CostCrossEntropy, CostLogReg, CostOLS, cost_gradient
from backprop.datasets import onehot
from backprop.estimators import FFNNClassifier, FFNNRegressor
from backprop.network import FFNN
from promises import (
    SIZES,
    WARM_UP,
    WIDTHS,
    Case,
    altered,
    entries,
    problems,
    results_between,
    shapes,
    spoken_of,
)
from test_datasets import MNIST
from test_docstrings import PUBLIC

rng = np.random.default_rng(0)


def made(*letters):
    """Return normal numbers of the shape that letters stand for."""
    return rng.normal(size=[SIZES[letter] for letter in letters])


def any_shape(low=-30):
    """Return calls with arrays of one to three axes."""
    spread = np.linspace(low, 30, 24)
    return [Case({"Z": spread.reshape(shape)}) for shape in ((24,), (4, 6), (2, 3, 4))]


def cost(function, *targets):
    """Return calls that hand in outputs of the shape of the targets, and others."""

    def outputs(target):
        A = np.full(np.shape(target), 0.3)
        assert np.ndim(function(target)(A)) == 0
        for other in (A[1:], A[None]):
            try:
                function(target)(other)
            except ValueError:
                continue
            raise AssertionError(f"accepts {np.shape(other)}")
        return A

    return [Case({"target": target}, outputs) for target in targets]


class Seen:
    """A function of a vector that keeps the shape of what it was given."""

    shape = ()

    def __call__(self, theta):
        self.shape = np.shape(theta)
        return float((theta**2).sum())

    def __array__(self, dtype=None, copy=None):
        return np.zeros(self.shape)


def stretched(x):
    """Map p numbers to k."""
    return anp.sin(anp.array([[1.0, 2, 3], [0, 1, 0], [1, 1, 1], [3, 0, 1], [2, 2, 1]]) @ x)


def squares(x):
    return anp.sum(x**2)


# The network and its layers

X, t = made("n", "M_0"), made("n", "M_L")
net = FFNN(WIDTHS, tanh, seed=0)
logic = FFNN(WIDTHS, tanh, sigmoid, CostLogReg, seed=0)
answers = logic.predict(X)
affine = layers.Affine(SIZES["n_in"], SIZES["n_out"])
affine.attach(np.arange(16.0), np.zeros(16))
affine.forward(made("n", "M_in"))


def fit(**arguments):
    """Train a copy of the network for a few epochs."""
    given = {"scheduler": schedulers.Constant(0.01), "epochs": SIZES["epochs"], **arguments}
    return copy.deepcopy(net).fit(**given)


# The estimators

kinds = np.arange(SIZES["n"]) % SIZES["classes"]
labels = onehot(np.arange(SIZES["n"]) % SIZES["labels"])
named = pd.DataFrame(X, columns=["r", "s", "t"])
enough = np.tile(X, (2, 1)), np.tile(kinds, 2)
settings = {
    "hidden": 2, "eta": 0.1, "epochs": 2, "batch_size": 4, "lam": 0.0, "validation_fraction": 0.5,
    "tol": 0.1,
}  # fmt: skip


def classifier(**arguments):
    return FFNNClassifier(**arguments, early_stopping=True, random_state=0).fit(*enough)


def trained(Estimator, target):
    return Estimator(epochs=1, random_state=0).fit(X, target)


def estimator(Estimator, *targets):
    """Return the calls of the methods of an estimator."""
    name = f"estimators.{Estimator.__name__}"
    given = [{"X": X, "y": target} for target in targets]
    fits = [Case(each, lambda **given: Estimator(epochs=1).fit(**given)) for each in given]
    if Estimator is FFNNClassifier:
        given = [given[0] | {"classes": np.arange(SIZES["classes"])}, *given[1:]]
    parts = [Case(each, lambda **given: Estimator().partial_fit(**given)) for each in given]
    predicts = [Case({"self": trained(Estimator, target), "X": X}) for target in targets]
    return {f"{name}.fit": fits, f"{name}.partial_fit": parts, f"{name}.predict": predicts}


# Drawings


def drawing(name, *cases):
    """Return calls that draw and close what they have drawn."""
    thing = PUBLIC[f"backprop.{name}"][0]

    def run(**given):
        try:
            return thing(**given)
        finally:
            plt.close("all")

    return {name: [Case(case, run, put={"dimensions": lambda M: (2, M, 1)}) for case in cases]}


plane = FFNN((2, 1), seed=0)
network_drawing = {"dimensions": (2, 3, 1), "most": 8}
slope = {"func": tanh, "scale": 1.5, "bias": 0.1}
tape = autodiff.Tape()
pair = np.array([tape.variable(0.1), tape.variable(0.2)], dtype=object)
momentum = functools.partial(schedulers.Momentum, 0.1, 0.9)
theta, point, direction = made("N"), made("p"), made("k")
unit = np.linspace(0, 1, 101)
matrix, row = made("n", "M"), made("M")


def scheduler(name, **arguments):
    return {f"schedulers.{name}": [Case({"eta": 0.1, **arguments})]}


DRAWN = "a function of the user's, which is handed the points of the picture"
LEFT_OUT = {  # by parameter, or by heading: why nothing is tried
    "costs.CostCrossEntropy": {"Returns": "the interval is that of the outputs, not of the cost"},
    "costs.CostLogReg": {"Returns": "the interval is that of the outputs, not of the cost"},
    "counting.OperationCounter.number": {"Returns": "numbers that count have tests of their own"},
    "datasets.franke": dict.fromkeys("xy", "the numbers are those that it is meant for"),
    "datasets.skranke": dict.fromkeys("xy", "shapes that broadcast, which the result shows"),
    "libraries.torch_cost": {"Returns": "tests/frameworks compares it with ours"},
    "operations.broadcast": {"shape": "the shape itself"},
    "operations.concatenate": {"arrays": "any number of arrays, which its own test joins"},
    "operations.reshape": {"shape": "the shape itself"},
    "operations.sum_to": {"shape": "the shape itself"},
    "plotting.decision_regions": {"model": DRAWN},
    "plotting.plot_images": {"signed": "positive is said of the numbers in an image"},
}


def there_and_back(A, shape):
    value, back = operations.reshape(A, shape)
    return value, back(np.ones(shape))[0]


CASES = {
    "activations.ELU": any_shape(),
    "activations.LRELU": any_shape(),
    "activations.RELU": any_shape(),
    "activations.derivate": [
        Case({"func": tanh}, lambda func, Z=case.arguments["Z"]: derivate(func)(Z), case.arguments)
        for case in any_shape()
    ],
    "activations.identity": any_shape(),
    "activations.sigmoid": any_shape(),
    "activations.tanh": any_shape(),
    "activations.softmax": [Case({"Z": made("k", "M")}), Case({"Z": 9 * made("m", "p", "M")})],
    "autodiff.Tape.backward": [Case({"self": tape, "output": pair**2, "seed": [1.0, 2.0]})],
    "autodiff.gradient": [
        Case({"f": squares}, lambda f: autodiff.gradient(f)(point), {"x": point})
    ],
    "autodiff.jvp": [Case({"f": stretched, "x": point, "v": made("p")})],
    "autodiff.vjp": [Case({"f": stretched, "x": point, "u": direction}, known={"f": stretched})],
    "checks.gradient_check": [Case({"function": Seen(), "gradient": 2 * theta, "theta": theta})],
    "costs.CostCrossEntropy": cost(CostCrossEntropy, onehot(np.arange(12) % 4)),
    "costs.CostLogReg": cost(CostLogReg, np.ones((12, 4)), np.ones(12)),
    "costs.CostOLS": cost(CostOLS, made("n", "M"), made("n")),
    "costs.cost_gradient": [
        Case({"cost_func": CostOLS}, lambda cost_func: cost_gradient(cost_func)(t)(t), {"A": t})
    ],
    "datasets.franke": [
        Case({"x": np.tile(unit, (101, 1)), "y": unit[:, None]}),
        Case({"x": unit, "y": 0.5}),
    ],
    "datasets.skranke": [Case({"x": made("p"), "y": made("m", "p")}), Case({"x": 0.5, "y": row})],
    "datasets.gate": [Case({"name": "XOR"})],
    "datasets.load_mnist": [Case({"path": MNIST})],
    "datasets.onehot": [Case({"labels": kinds}), Case({"labels": kinds, "classes": 5})],
    "datasets.split": [
        Case({"arrays": (made("n", "p"), kinds), "sizes": (6, 6), "seed": 0, "stratify": kinds > 2})
    ],
    "datasets.standardise": [Case({"X_train": made("n", "p"), "others": (made("m", "p"),)})],
    **{
        f"initializers.{name}": [Case({"fan_in": 30, "fan_out": 40, "rng": rng})]
        for name in initializers.__all__
    },
    "layers.Affine": [Case({"n_in": 3, "n_out": 4}, lambda n_in, n_out: affine)],
    "layers.BatchNorm": [Case({"width": 4, "momentum": 0.5, "epsilon": 0.1})],
    "layers.Dropout": [Case({"rate": 0.5})],
    "layers.Layer.attach": [Case({"self": affine, "parameters": made("n_parameters"),
        "gradient": made("n_parameters")}, lambda self, **given: self.attach(**given))],
    "layers.Layer.forward": [Case({"A": made("n", "M_in")}, affine.forward)],
    "layers.Layer.backward": [Case({"delta": made("n", "M_out")}, affine.backward)],
    "network.FFNN.feed_forward": [Case({"self": net, "X": X})],
    "network.FFNN.cost": [Case({"self": net, "X": X, "t": t, "lam": 0.1})],
    "network.FFNN.gradient": [Case({"self": net, "X": X, "t": t, "lam": 0.1})],
    "network.FFNN.trace": [Case({"self": net, "X": X, "t": t})],
    "network.FFNN.fit": [
        Case({"X": X, "t": t}, fit),
        Case({"X": X, "t": t, "batches": 1, "epochs": 1, "lam": 0.1, "decay": 0.1}, fit,
            for_shapes=False),
    ],
    "network.FFNN.predict": [Case({"self": logic, "X": X, "threshold": 0.5})],
    "network.FFNN.accuracy": [
        Case({"self": logic, "X": X, "t": answers}), Case({"self": logic, "X": X, "t": 1 - answers})
    ],
    "network.Trace": [Case({}, lambda: net.trace(X, t))],
    "operations.broadcast": [Case({"A": row, "shape": (12, 4)})],
    "operations.chain": [Case({"blocks": [functools.partial(operations.elementwise, tanh)] * 3,
        "A": matrix, "every": 2})],
    "operations.elementwise": [Case({"func": tanh, "Z": matrix})],
    "operations.layer_norm": [Case({"Z": matrix, "gamma": row, "beta": row, "epsilon": 0.1})],
    "operations.matmul": [Case({"A": made("n", "k"), "B": made("k", "m")})],
    "operations.reshape": [Case({"A": matrix, "shape": (6, 8)}, there_and_back)],
    "operations.softmax_cross_entropy": [
        Case({"Z": made("n", "k"), "T": onehot(np.arange(12) % 5)})
    ],
    "operations.sum_to": [Case({"U": matrix, "shape": (12, 1)})],
    "propagation.chi": [Case(slope)],
    "propagation.fixed_point": [Case(slope | {"steps": 3})],
    "propagation.gaussian_mean": [Case({"func": tanh, "q": 0.5})],
    "propagation.variance_map": [Case(slope | {"q": 0.5})],
    **scheduler("Adagrad"),
    **scheduler("AdagradMomentum", momentum=0.5),
    **scheduler("Adam", rho=0.5, rho2=0.5),
    **scheduler("Constant"),
    **scheduler("Momentum", momentum=0.5),
    **scheduler("RMS_prop", rho=0.5),
    "schedulers.Scheduler": [Case({"eta": 0.1}, schedulers.Constant)],
    "schedulers.Scheduled": [
        Case({"scheduler": schedulers.Constant(0.1), "warm_up": WARM_UP, "steps": 9, "last": 0.5})
    ],
    "schedulers.Scheduled.factor": [
        Case({"self": schedulers.Scheduled(schedulers.Constant(1), 100, 200), "t": t})
        for t in (1, 100, 200)
    ],
    "schedulers.Scheduler.update_change": [
        Case({"gradient": gradient}, lambda gradient: momentum().update_change(gradient))
        for gradient in (row, matrix)
    ],
    **estimator(FFNNClassifier, kinds, labels),
    **estimator(FFNNRegressor, t[:, 0], t),
    "estimators.FFNNClassifier": [
        Case({}, lambda: FFNNClassifier(epochs=1).fit(named, kinds)), Case(settings, classifier)
    ],
    "estimators.FFNNClassifier.predict_proba": [
        Case({"self": trained(FFNNClassifier, kinds), "X": X})
    ],
    "estimators.FFNNRegressor": [Case({}, lambda: FFNNRegressor(epochs=1).fit(named, t))],
    **drawing("diagrams.draw_network", network_drawing),
    **drawing("plotting.draw_network", network_drawing),
    **drawing("diagrams.draw_chain", {"n_layers": 1}),
    **drawing("plotting.draw_chain", {"n_layers": 1}),
    **drawing("diagrams.draw_passes", {"n_layers": 1}),
    **drawing("plotting.draw_passes", {"n_layers": 1}),
    **drawing("plotting.decision_regions",
        *({"model": plane, "X": X[:, :2], "t": target} for target in (t[:, :1], t[:, 0]))),
    **drawing("plotting.plot_confusion", {"counts": np.ones((5, 5), int)}),
    **drawing("plotting.plot_images", {"images": made("n", "side²"), "columns": 4},
        {"images": made("n", "height", "width"), "columns": 4}),
    **drawing("plotting.plot_scores", {"scores": {"train_errors": made("epochs")}}),
}  # fmt: skip


@functools.cache
def results(name):
    """Return what the calls of a name give; they are made once."""
    return [case.result(PUBLIC[f"backprop.{name}"][0]) for case in CASES[name]]


def broken(name, doc):
    """Return what this docstring would promise for a name, and is not so."""
    thing = PUBLIC[f"backprop.{name}"][0]
    return problems(thing, doc, CASES[name], results(name), LEFT_OUT.get(name, ()))


def is_left_out(name, entry):
    return not {*entry.names, entry.heading}.isdisjoint(LEFT_OUT.get(name, ()))


def docstring(name):
    return PUBLIC[f"backprop.{name}"][0].__doc__


@pytest.mark.parametrize("name", CASES)
def test_the_function_has_the_shapes_and_ranges_of_its_docstring(name):
    assert broken(name, docstring(name)) == []


@pytest.mark.parametrize("name", PUBLIC)
def test_every_shape_and_range_is_tried_or_left_out_with_a_reason(name):
    name = name.removeprefix("backprop.")
    for entry, is_read in spoken_of(docstring(name) or ""):
        assert is_left_out(name, entry) or (name in CASES and is_read), entry.all


@pytest.mark.parametrize("name", CASES)
def test_every_other_shape_or_range_would_be_noticed(name):
    """Shapes are turned round, ends of intervals taken in or out, limits of results moved."""
    doc = docstring(name)
    for what, changed in altered(doc).items():
        now, before = entries(changed), entries(doc)
        touched = [entry for entry, old in zip(now, before, strict=True) if entry != old]
        left_out = any(is_left_out(name, entry) for entry in touched)
        if not left_out and (touched or results_between(changed) != results_between(doc)):
            assert broken(name, changed), what


@pytest.mark.parametrize("name", CASES)
def test_the_letters_of_a_docstring_have_different_sizes(name):
    letters = set()
    for entry in entries(docstring(name)):
        for kind, _, wanted in shapes(entry):
            if kind in ("is", "has"):
                letters |= {
                    part for shape in wanted for part in re.findall(r"[^\W\d][^,() ]*", shape)
                }
    known = [SIZES[letter] for letter in letters if letter in SIZES]
    assert len(set(known)) == len(known), letters


def test_what_is_left_out_is_there():
    for name, reasons in LEFT_OUT.items():
        of_this = {n for e in entries(docstring(name)) for n in (*e.names, e.heading)}
        assert set(reasons) <= of_this


def test_there_are_many_alterations():
    assert sum(len(altered(docstring(name))) for name in CASES) > 120
