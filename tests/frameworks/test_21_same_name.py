"""Chapter 21's conversions, for seeds, sizes, rates and data that it does not show.

The functions are those of the chapter's own cells.  What its cells print is compared with what is
stored in tests/chapters.  Without the frameworks this is skipped.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from backprop import FFNN, LRELU, CostLogReg, Momentum, sigmoid

CHAPTER = Path(__file__).resolve().parents[2] / "chapters" / "21-same-name.ipynb"
# The frameworks have deprecations of their own.
pytestmark = pytest.mark.filterwarnings("default")
ROUNDING = 1e-13


@pytest.fixture(scope="module")
def chapter():
    """Run the chapter's cells, but for figures, exercises and the second Python."""
    for name in ("tensorflow", "keras", "torch"):
        pytest.importorskip(name)
    import keras

    before, space = keras.config.floatx(), {}
    for cell in json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if 'check("' in source:
            break  # the exercises begin
        left_out = ("plt.show", "subprocess.run", "PROGRAM")
        if cell["cell_type"] == "code" and not any(word in source for word in left_out):
            exec(compile(source, CHAPTER.name, "exec"), space)
    yield space
    keras.config.set_floatx(before)


def gradients(seed, size=1.0):
    return np.random.default_rng(seed).normal(size=(15, 6)) * size


@pytest.mark.parametrize("size", [30.0, 1e-3, 1e-6, 1e-10])
@pytest.mark.parametrize("rule", ["Adam", "RMSprop", "Adagrad"])
def test_rules_agree_after_conversion(chapter, rule, size):
    ours, make = chapter["CONVERSIONS"][rule]
    for seed in (1, 2):
        g = gradients(seed, size)
        book = chapter["by_book"](ours(), g)
        in_keras = chapter["by_keras"](chapter["libraries"].keras_optimizer(ours()), g)
        for theirs in (chapter["by_torch"](make, g), in_keras):
            assert chapter["apart"](theirs, book) < ROUNDING


def test_rules_do_not_agree_before_conversion(chapter):
    """Else the tests above would show nothing."""
    for rule, programs in chapter["RULES"].items():
        first = {name: run([1e-8])[0] for name, run in programs.items()}
        others = [first[name] for name in first if (rule, name) != ("Adam", "PyTorch")]
        assert min(others) < 0.9 * max(others)
        assert len({f"{value:.3g}" for value in others}) == len(others)


@pytest.mark.parametrize("g", [1.0, -3e-2, 1e-5, -1e-9])
def test_first_steps_follow_the_printed_formulas(chapter, g):
    by_rule = {
        rule: {n: run([g])[0] for n, run in p.items()} for rule, p in chapter["RULES"].items()
    }
    root = np.sqrt(1 - 0.999)
    expected = {
        ("Adam", "PyTorch"): g / (abs(g) + 1e-8),
        ("Adam", "Keras"): g / (abs(g) + 1e-7 / root),
        ("Adam", "scikit-learn"): g / (abs(g) + 1e-8 / root),
        ("RMSprop", "PyTorch"): g / (0.1 * abs(g) + 1e-8),
        ("RMSprop", "Keras"): g / np.sqrt(0.1 * g**2 + 1e-7),
        ("Adagrad", "PyTorch"): g / (abs(g) + 1e-10),
        ("Adagrad", "Keras"): g / np.sqrt(0.1 + g**2 + 1e-7),
    }
    for (rule, name), step in expected.items():
        # Keras reads 0.999 in single precision: 1 - 0.999 has five digits then.
        assert np.isclose(by_rule[rule][name], step, rtol=1e-4 if name == "Keras" else 1e-9)


def test_momentum_agrees_for_any_rates_if_it_is_rescaled(chapter):
    sgd = chapter["torch"].optim.SGD
    for seed in range(5):
        draw = np.random.default_rng(seed)
        g, rates, mu = (
            draw.normal(size=12),
            draw.uniform(0.01, 1.0, size=12),
            draw.uniform(0.1, 0.95),
        )
        book = chapter["by_book"](Momentum(1.0, mu), g, rates)
        rescaled = chapter["by_torch_rescaled"](g, rates, mu)
        assert chapter["apart"](rescaled, book) < ROUNDING
        plain = chapter["by_torch"](lambda p, mu=mu: sgd(p, lr=1.0, momentum=mu), g, rates)
        assert chapter["apart"](plain, book) > 0.01


@pytest.mark.parametrize("lam", [0.5, 1 / 16])
def test_the_penalty_is_the_same_in_three_programs(chapter, lam):
    assert max(chapter["after_ten_steps"](lam)) < ROUNDING
    with_biases, in_keras = chapter["after_ten_steps"](lam, biases_too=True)
    assert with_biases > 0.01
    assert in_keras < ROUNDING


def test_decays_of_the_libraries(chapter):
    """After three steps without a gradient, by the formulas."""
    by_torch, by_keras = chapter["by_torch"], chapter["by_keras"]
    torch, keras = chapter["torch"], chapter["keras"]
    eta, lam = 0.25, 0.5
    shrunk = (1 - eta * lam) ** np.arange(1, 4)
    settings = {"lr": eta, "weight_decay": lam}
    for make in (
        lambda p: torch.optim.SGD(p, **settings),
        lambda p: torch.optim.AdamW(p, **settings),
    ):
        assert np.allclose(1 - by_torch(make, np.zeros(3), start=1.0), shrunk, rtol=1e-12)
    adam = by_torch(lambda p: torch.optim.Adam(p, **settings), np.zeros(1), start=1.0)
    assert np.isclose(adam[0], eta * lam / (lam + 1e-8), rtol=1e-12)
    for kind in ("SGD", "Adam", "RMSprop", "Adagrad"):
        optimizer = getattr(keras.optimizers, kind)(learning_rate=eta, weight_decay=lam)
        assert np.allclose(1 - by_keras(optimizer, np.zeros(3), start=1.0), shrunk, rtol=1e-12)


def test_clipping_of_the_whole_gradient(chapter):
    for seed in range(4):
        draw = np.random.default_rng(seed)
        arrays = [draw.normal(size=size) for size in (3, 1, 5)]
        norm = np.linalg.norm(np.concatenate(arrays))
        for limit in (0.5 * norm, 2.0 * norm):
            book = chapter["clipped_by_book"](arrays, limit)
            in_keras = chapter["clipped_by_keras"](arrays, global_clipnorm=limit)
            longer = limit * (1 + 1e-6 / norm)
            for theirs in (in_keras, chapter["clipped_by_torch"](arrays, longer)):
                assert (
                    chapter["apart"](theirs, book) < 1e-7
                )  # Keras reads the limit in single precision
        each = chapter["clipped_by_keras"](arrays, clipnorm=0.5)
        parts = [min(1.0, 0.5 / np.linalg.norm(a)) * a for a in arrays]
        assert np.allclose(each, np.concatenate(parts), rtol=1e-7)


@pytest.mark.parametrize("M", [1, 2, 7])
def test_costs_differ_by_the_number_of_outputs(chapter, M):
    draw = np.random.default_rng(M)
    A, T = draw.uniform(0.1, 0.9, size=(6, M)), draw.integers(2, size=(6, M)).astype(float)
    for name in ("squared error", "binary"):
        ours, in_torch, in_keras = chapter["LOSSES"][name]
        tensors = [chapter["torch"].from_numpy(x) for x in (A, T)]
        assert np.isclose(ours(T)(A), M * in_torch(*tensors).item(), rtol=1e-13)
        assert np.isclose(ours(T)(A), M * float(in_keras(T, A)), rtol=1e-6)


@pytest.mark.parametrize("width", [2, 5, 20])
def test_kinks_are_seen_on_rows_of_zeros_only(chapter, width, monkeypatch):
    leaky = chapter["LEAKY"]
    same, others = list(leaky)[:2], list(leaky)[2:]
    for seed in (7, 8):
        net = FFNN((2, width, 1), LRELU, sigmoid, CostLogReg, seed=seed)
        monkeypatch.setitem(chapter, "gates", np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]))

        def far(name, net=net):
            ours = net.gradient(chapter["gates"], chapter["xor"])
            theirs = chapter["first_gradient"](net, leaky[name])
            return np.linalg.norm(theirs - ours) / np.linalg.norm(ours)

        assert max(far(name) for name in same) < ROUNDING
        assert min(far(name) for name in others) > 0.01
        monkeypatch.setitem(chapter, "gates", chapter["gates"] + 0.5)
        assert max(far(name) for name in leaky) < ROUNDING


@pytest.mark.parametrize("n", [2, 5, 100])
def test_running_variances_after_conversion(chapter, n):
    for kept in (0.5, 15 / 16):
        far, without = chapter["three_layers"](n, steps=6, kept=kept)
        assert np.abs(far).max() < 1e-12
        assert without > 0.1 / n


def test_logits_are_found_in_a_graph_but_not_behind_an_operation(chapter):
    at_once, in_graph = chapter["both"]
    costs = [[float(C) for C, _ in results] for results in (at_once, in_graph)]
    slopes = [[float(slope) for _, slope in results] for results in (at_once, in_graph)]
    clipped = -np.log(1e-7)
    assert np.allclose(costs, [[40, clipped, clipped, clipped, 40], [40, 40, clipped, clipped, 40]])
    assert np.allclose(slopes, [[1, 0, 0, 0, 1], [1, 1, 0, 0, 1]])


@pytest.mark.parametrize("outputs", [3, 8])
def test_loss_and_slope_of_mlp_regressor(chapter, outputs):
    step_and_loss, h = chapter["step_and_loss"], 1e-4
    slope = step_and_loss(outputs, 0.0)[0]
    quotient = (step_and_loss(outputs, h)[1] - step_and_loss(outputs, -h)[1]) / (2 * h)
    assert np.isclose(slope / quotient, outputs, rtol=1e-6)


@pytest.mark.parametrize("size", [30.0, 1e-3, 1e-6, 1e-10])
def test_nadam_and_adadelta_after_conversion(chapter, size):
    for seed in (1, 2):
        g = gradients(seed, size)
        assert chapter["adadeltas"](g) < ROUNDING
        assert chapter["nadams"](1.0, g) < 1e-6 < 1e-3 < chapter["nadams"](0.004, g)


@pytest.mark.parametrize("psi", [0.004, 1.0, 3.0])
def test_nadam_changes_as_printed(chapter, psi):
    torch, eta, rho, rho2, eps = chapter["torch"], 0.3, 0.8, 0.95, 1e-3
    g = gradients(5, 0.1)[:, 0]
    settings = {"lr": eta, "betas": (rho, rho2), "eps": eps, "momentum_decay": psi}
    gone = chapter["by_torch"](lambda p: torch.optim.NAdam(p, **settings), g)
    share = rho * (1 - 0.96 ** (psi * np.arange(1, len(g) + 2)) / 2)
    p, m, s, way = np.cumprod(share), 0.0, 0.0, 0.0
    for t, slope in enumerate(g):
        m, s = rho * m + (1 - rho) * slope, rho2 * s + (1 - rho2) * slope**2
        ahead = share[t + 1] * m / (1 - p[t + 1]) + (1 - share[t]) * slope / (1 - p[t])
        way += eta * ahead / (np.sqrt(s / (1 - rho2 ** (t + 1))) + eps)
        assert np.isclose(gone[t], way, rtol=1e-6)  # PyTorch keeps the product in single precision


@pytest.mark.parametrize("g", [1.0, -3e-2, 1e-5])
def test_first_steps_of_nadam_and_adadelta_follow_the_printed_formulas(chapter, g):
    for (name, run), psi, eps in zip(
        chapter["OTHER_RULES"]["Nadam"].items(), (0.004, 1.0), (1e-8, 1e-7), strict=True
    ):
        share, after = (0.9 * (1 - 0.96 ** (psi * t) / 2) for t in (1, 2))
        # The mean is a tenth of the gradient, and the product of the shares corrects it.
        mixed = 1.0 + 0.1 * after / (1 - share * after)
        assert np.isclose(run([g])[0], mixed * g / (abs(g) + eps), rtol=1e-5), name
    for (name, run), rho, eps in zip(
        chapter["OTHER_RULES"]["Adadelta"].items(), (0.9, 0.95), (1e-6, 1e-7), strict=True
    ):
        step = np.sqrt(eps / ((1 - rho) * g**2 + eps)) * g
        assert np.isclose(run([g])[0], step, rtol=1e-5), name


@pytest.mark.parametrize(("widths", "n"), [((5, 7, 3), 4), ((3, 4, 4, 2), 9), ((6, 2), 3)])
def test_operations_are_counted_as_the_formula_says(chapter, widths, n):
    pairs = [a * b for a, b in zip(widths, widths[1:], strict=False)]
    forward, both = chapter["network_flops"](widths, n)
    assert forward == 2 * n * sum(pairs)
    assert both == 2 * n * (3 * sum(pairs) - pairs[0])
