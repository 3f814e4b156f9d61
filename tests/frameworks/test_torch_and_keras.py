"""Networks, costs and schedulers in PyTorch's and Keras' terms: the same numbers on both sides."""

import numpy as np
import pytest
from backprop import FFNN, CostCrossEntropy, CostLogReg, CostOLS
from backprop.activations import ELU, LRELU, RELU, identity, sigmoid, softmax, tanh
from backprop.datasets import onehot
from backprop.layers import Affine
from backprop.libraries import (
    from_keras,
    from_torch,
    keras_cost,
    keras_optimizer,
    to_keras,
    to_torch,
    torch_cost,
    torch_optimizer,
)
from backprop.schedulers import (
    Adagrad,
    AdagradMomentum,
    Adam,
    Constant,
    Momentum,
    RMS_prop,
    Scheduled,
)

pytestmark = pytest.mark.filterwarnings("default")  # the frameworks have deprecations of their own
SCHEDULERS = [Constant(0.1), Momentum(0.1, 0.9), Adagrad(0.1), RMS_prop(0.01, 0.9)]
SCHEDULERS.append(Adam(0.01, 0.9, 0.99))
# Output function, cost, number of outputs.
ENDS = [
    (identity, CostOLS, 1),
    (tanh, CostOLS, 3),
    (sigmoid, CostLogReg, 1),
    (sigmoid, CostLogReg, 4),
    (softmax, CostCrossEntropy, 3),
]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.fixture(scope="module")
def keras():
    """Return Keras, in double precision, since it keeps learning rates in its own."""
    keras = pytest.importorskip("keras")
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield keras
    keras.config.set_floatx(before)


def data(n_in, cost, n_out, dtype="float64"):
    """Return 24 samples with targets that suit a cost."""
    rng = np.random.default_rng(n_in + n_out)
    X = rng.normal(size=(24, n_in)).astype(dtype)
    if cost is CostOLS:
        T = rng.normal(size=(24, n_out))
    elif cost is CostLogReg:
        T = rng.integers(2, size=(24, n_out))
    else:
        T = onehot(rng.integers(n_out, size=24), n_out)
    return X, np.asarray(T, dtype)


def trained(hidden=(RELU, ELU), end=ENDS[-1], dtype="float64", widths=(5, 7, 4), **settings):
    """Return a network that has been trained a little, with its data."""
    output, cost, n_out = end
    widths = widths[: len(hidden) + 1]
    net = FFNN((*widths, n_out), list(hidden), output, cost, seed=3, dtype=dtype, **settings)
    X, T = data(widths[0], cost, n_out, dtype)
    net.fit(X, T, Adam(0.01, 0.9, 0.99), batches=4, epochs=3)
    return net, X, T


def same_network(one, other):
    """Assert that two networks are the same, bit for bit."""
    assert one.dimensions == other.dimensions
    assert one.hidden_funcs == other.hidden_funcs
    assert one.output_func is other.output_func
    assert one.cost_func is other.cost_func
    assert one.dropout == other.dropout
    assert one.dtype == other.dtype
    assert np.array_equal(one.parameters, other.parameters)
    for a, b in zip(one.layers, other.layers, strict=True):
        assert type(a) is type(b)
        for name in ("mean", "var"):  # which we keep in double precision, whatever the network's
            if hasattr(a, name):
                mine, yours = (getattr(x, name).astype(one.dtype) for x in (a, b))
                assert np.array_equal(mine, yours)
        for name in ("momentum", "epsilon", "rate"):
            if hasattr(a, name):
                assert np.isclose(getattr(a, name), getattr(b, name), rtol=1e-12)


NETWORKS = [
    {"end": end, "hidden": hidden, "dtype": dtype, **settings}
    for end in ENDS
    for hidden in ((), (tanh,), (RELU, ELU), (sigmoid, identity))
    for dtype in ("float64", "float32")
    for settings in ({}, {"batch_norm": True, "dropout": (0.1, 0.2, 0.3)[: len(hidden) + 1]})
    if hidden or not settings
]


def test_torch_there_and_back(torch):
    for settings in [*NETWORKS, {"hidden": (LRELU, LRELU)}]:
        net, X, _ = trained(**settings)
        module = to_torch(net)
        outputs = module(torch.tensor(X)).detach().numpy()
        assert outputs.dtype == net.dtype
        scale = np.finfo(net.dtype).eps * 20
        assert np.allclose(outputs, net.feed_forward(X), rtol=scale, atol=scale)
        same_network(from_torch(module, net.cost_func), net)
        assert not np.shares_memory(module[-2].weight.detach().numpy(), net.parameters)


def test_keras_there_and_back(keras):
    for settings in NETWORKS[::3]:
        net, X, _ = trained(**settings)
        model = to_keras(net)
        outputs = np.asarray(model(X))
        assert outputs.dtype == net.dtype
        scale = np.finfo(net.dtype).eps * 20
        assert np.allclose(outputs, net.feed_forward(X), rtol=scale, atol=scale)
        same_network(from_keras(model, net.cost_func), net)
    net, X, _ = trained(hidden=(LRELU, LRELU))
    assert np.allclose(to_keras(net)(X), net.feed_forward(X), rtol=1e-7)
    same_network(from_keras(to_keras(net), net.cost_func), net)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda s: type(s).__name__)
def test_torch_goes_on_training_as_we_do(torch, scheduler):
    for end in ENDS:
        for lam in (0.0, 0.05):
            scheduler.reset()
            net, X, T = trained((tanh, LRELU), end)
            net.fit(X, T, scheduler, epochs=4, lam=lam, resume=True)
            logits = end[1] is not CostOLS
            module = to_torch(net, logits=logits).train()
            optimizer = torch_optimizer(scheduler, module, lam=lam)
            cost = torch_cost(net.cost_func, logits=logits)
            inputs, targets = torch.tensor(X), torch.tensor(T)
            for _ in range(6):
                optimizer.zero_grad()
                value = cost(module(inputs), targets)
                assert np.isclose(value.item(), net.cost(X, T), rtol=1e-12)
                value.backward()
                optimizer.step()
                net.fit(X, T, scheduler, epochs=1, lam=lam, resume=True)
            if logits or end[0] is identity:
                back = from_torch(module, net.cost_func)
                assert np.allclose(back.parameters, net.parameters, rtol=1e-11, atol=1e-13)
            else:
                W = module[0].weight.detach().numpy().T
                assert np.allclose(W, net.weights[0], rtol=1e-11, atol=1e-13)
    scheduler.reset()


@pytest.mark.parametrize("scheduler", [Constant(0.1), Adam(0.01, 0.9, 0.99)], ids=repr)
def test_torch_decays_as_we_do(torch, scheduler):
    scheduler.reset()
    # Adam makes steps of the rounding errors that are the gradients of biases before a norm.
    norm = isinstance(scheduler, Constant)
    net, X, T = trained((tanh, LRELU), ENDS[1], batch_norm=norm)
    net.fit(X, T, scheduler, epochs=2, decay=0.5, resume=True)
    module = to_torch(net).train()
    optimizer, cost = torch_optimizer(scheduler, module, decay=0.5), torch_cost(CostOLS)
    for _ in range(6):
        optimizer.zero_grad()
        cost(module(torch.tensor(X)), torch.tensor(T)).backward()
        optimizer.step()
    net.fit(X, T, scheduler, epochs=6, decay=0.5, resume=True)
    back = from_torch(module, CostOLS)
    assert np.allclose(back.parameters, net.parameters, rtol=1e-11, atol=1e-13)
    scheduler.reset()


def test_torch_has_a_schedule_as_an_object_of_its_own(torch):
    for last in (0.0, 0.25):
        net, X, T = trained((tanh,), ENDS[0])
        s = Scheduled(Adam(0.01, 0.9, 0.99), 3, 8, last)
        module = to_torch(net).train()
        optimizer, cost = torch_optimizer(s.scheduler, module, decay=0.5), torch_cost(CostOLS)
        rates = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k, s=s: s.factor(k + 1))
        for _ in range(11):
            optimizer.zero_grad()
            cost(module(torch.tensor(X)), torch.tensor(T)).backward()
            optimizer.step()
            rates.step()
        net.fit(X, T, s, epochs=11, decay=0.5)
        back = from_torch(module, CostOLS)
        assert np.allclose(back.parameters, net.parameters, rtol=1e-11, atol=1e-13)


def test_a_schedule_with_momentum_needs_the_velocities_rescaled(torch):
    net, X, T = trained((tanh,), ENDS[0])
    s = Scheduled(Momentum(0.05, 0.9), 3, 8, 0.25)
    module = to_torch(net).train()
    optimizer, cost = torch_optimizer(s.scheduler, module, lam=0.1), torch_cost(CostOLS)
    rates = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: s.factor(k + 1))
    for _ in range(11):
        optimizer.zero_grad()
        cost(module(torch.tensor(X)), torch.tensor(T)).backward()
        optimizer.step()
        (old, *_) = rates.get_last_lr()
        rates.step()
        (new, *_) = rates.get_last_lr()
        for state in optimizer.state.values():
            state["momentum_buffer"] *= old / new
    net.fit(X, T, s, epochs=11, lam=0.1)
    back = from_torch(module, CostOLS)
    assert np.allclose(back.parameters, net.parameters, rtol=1e-11, atol=1e-13)


def test_torch_trains_batch_normalisation_as_we_do(torch):
    net, X, T = trained(batch_norm=True)
    module = to_torch(net, logits=True).train()
    optimizer = torch_optimizer(Momentum(0.05, 0.9), module, lam=0.1)
    cost = torch_cost(CostCrossEntropy, logits=True)
    for _ in range(5):
        optimizer.zero_grad()
        cost(module(torch.tensor(X)), torch.tensor(T)).backward()
        optimizer.step()
    before = [
        (layer.mean.copy(), layer.var.copy()) for layer in net.layers if hasattr(layer, "var")
    ]
    net.fit(X, T, Momentum(0.05, 0.9), epochs=5, lam=0.1)
    back = from_torch(module, CostCrossEntropy)
    assert np.allclose(back.parameters, net.parameters, rtol=1e-11, atol=1e-13)
    norms = [layer for layer in net.layers if hasattr(layer, "var")]
    theirs = [layer for layer in back.layers if hasattr(layer, "var")]
    for ours, other, (_, var) in zip(norms, theirs, before, strict=True):
        assert np.allclose(other.mean, ours.mean, rtol=1e-11, atol=1e-13)
        kept = ours.momentum**5  # of the old variance; the new ones count n/(n - 1) times there
        unbiased = kept * var + (ours.var - kept * var) * len(X) / (len(X) - 1)
        assert np.allclose(other.var, unbiased, rtol=1e-11)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda s: type(s).__name__)
def test_keras_trains_as_we_do(keras, scheduler):
    for end in (ENDS[1], ENDS[3], ENDS[4]):
        net, X, T = trained((tanh, RELU), end)
        logits = end[1] is not CostOLS
        # Keras on TensorFlow rounds the penalty to single precision: this one is exact in it.
        model = to_keras(net, logits=logits, lam=0.0625)
        loss = keras_cost(net.cost_func, logits=logits, dtype="float64")
        assert np.isclose(float(loss(T, model(X))), net.cost(X, T), rtol=1e-12)
        model.compile(optimizer=keras_optimizer(scheduler), loss=loss)
        for _ in range(5):
            model.train_on_batch(X, T)
        net.fit(X, T, scheduler, epochs=5, lam=0.0625)
        dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
        affine = [layer for layer in net.layers if isinstance(layer, Affine)]
        for theirs, ours in zip(dense, affine, strict=True):
            W, b = theirs.get_weights()
            assert np.allclose(W, ours.W, rtol=1e-11, atol=1e-13)
            assert np.allclose(b, ours.b, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda s: type(s).__name__)
def test_keras_decays_and_schedules_as_we_do(keras, scheduler):
    for schedule in (lambda s: s, lambda s: Scheduled(s, 3, 7, 0.25), lambda s: Scheduled(s, 4)):
        norm = isinstance(scheduler, Constant)  # see above
        net, X, T = trained((tanh, RELU), ENDS[1], batch_norm=norm)
        model = to_keras(net)
        rule = schedule(scheduler)
        model.compile(
            optimizer=keras_optimizer(rule, decay=0.3), loss=keras_cost(CostOLS, dtype="float64")
        )
        for _ in range(9):
            model.train_on_batch(X, T)
        net.fit(X, T, rule, epochs=9, decay=0.3)
        back = from_keras(model, CostOLS)
        assert np.allclose(back.parameters, net.parameters, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("size", [1.0, 1e-4, 1e-8])
@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda s: type(s).__name__)
def test_small_gradients_show_where_epsilon_stands(keras, torch, scheduler, size):
    scheduler.reset()
    gradients = np.random.default_rng(5).normal(size=(20, 8)) * size
    changes = sum(scheduler.update_change(g) for g in gradients)
    scheduler.reset()
    variable = keras.Variable(np.zeros(8), dtype="float64")
    optimizer = keras_optimizer(scheduler)
    optimizer.build([variable])
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g, "float64")])
    assert np.allclose(-np.asarray(variable), changes, rtol=1e-11, atol=0)
    module = torch.nn.Sequential(torch.nn.Linear(4, 2, bias=False)).double()
    with torch.no_grad():
        module[0].weight[:] = 0.0
    optimizer = torch_optimizer(scheduler, module)
    for g in gradients:
        module[0].weight.grad = torch.tensor(g.reshape(2, 4))
        optimizer.step()
    assert np.allclose(-module[0].weight.detach().numpy().ravel(), changes, rtol=1e-11, atol=0)


def test_costs_of_outputs_without_logits(keras, torch):
    rng = np.random.default_rng(8)
    for cost, width in ((CostOLS, 5), (CostLogReg, 5), (CostCrossEntropy, 4)):
        outputs = softmax(rng.normal(size=(9, width)))
        targets = softmax(rng.normal(size=(9, width)))
        ours = cost(targets)(outputs)
        tensors = torch.tensor(outputs), torch.tensor(targets)
        assert np.isclose(torch_cost(cost)(*tensors).item(), ours, rtol=1e-13)
        loss = keras_cost(cost, dtype="float64")
        assert np.isclose(float(loss(targets, outputs)), ours, rtol=1e-6)  # Keras clips at 1e-7


def test_targets_of_another_shape_are_not_broadcast(keras, torch):
    for cost, logits in (
        (CostOLS, False),
        (CostLogReg, False),
        (CostLogReg, True),
        (CostCrossEntropy, False),
        (CostCrossEntropy, True),
    ):
        for ours, theirs in (((3, 1), (3,)), ((3, 3), (3,)), ((3, 2), (3, 1)), ((3, 1), (1, 1))):
            outputs, targets = np.full(ours, 0.5), np.ones(theirs)
            words = rf"targets should have the shape of the outputs, \({ours[0]}, {ours[1]}\)"
            with pytest.raises(ValueError, match=words):
                torch_cost(cost, logits=logits)(torch.tensor(outputs), torch.tensor(targets))
            with pytest.raises(ValueError, match=words):
                keras_cost(cost, logits=logits)(targets, outputs)
    net, X, T = trained((tanh,), ENDS[0])
    model = to_keras(net)
    model.compile(optimizer=keras_optimizer(Constant(0.1)), loss=keras_cost(CostOLS))
    with pytest.raises(
        ValueError, match=r"shape of the outputs, \(.*, 1\), but have shape \(.*,\)"
    ):
        model.fit(X, T[:, 0], verbose=0)


def test_what_pytorch_does_not_have_is_refused(torch):
    net = FFNN((2, 3, 1), lambda z: z**2, seed=1)
    with pytest.raises(ValueError, match="activation function the function <lambda> should have"):
        to_torch(net)
    with pytest.raises(ValueError, match="logits should be False"):
        to_torch(FFNN((2, 1)), logits=True)
    with pytest.raises(TypeError, match="net should be an FFNN"):
        to_torch("net")
    with pytest.raises(ValueError, match=r"AdagradMomentum.* should have a counterpart in PyTorch"):
        torch_optimizer(AdagradMomentum(0.1, 0.9), to_torch(FFNN((2, 1))))
    module = to_torch(FFNN((2, 1)))
    with pytest.raises(ValueError, match=r"decay=0.1 of Momentum.* should have a counterpart"):
        torch_optimizer(Momentum(0.1, 0.9), module, decay=0.1)
    with pytest.raises(ValueError, match=r"decay=0.1 of Adam.* with lam=0.2 should have"):
        torch_optimizer(Adam(0.1, 0.9, 0.99), module, lam=0.2, decay=0.1)
    with pytest.raises(ValueError, match="decay should be at least 0"):
        torch_optimizer(Constant(0.1), module, decay=-1.0)
    with pytest.raises(ValueError, match=r"Scheduled\(.* convert its scheduler"):
        torch_optimizer(Scheduled(Constant(0.1), 3), module)
    with pytest.raises(ValueError, match="cost_func should be CostOLS"):
        torch_cost(lambda target: lambda A: A.sum())
    with pytest.raises(ValueError, match="logits should be False with CostOLS"):
        torch_cost(CostOLS, logits=True)
    with pytest.raises(TypeError, match="scheduler should be a Scheduler"):
        torch_optimizer(0.1, to_torch(FFNN((2, 1))))
    used = Momentum(0.1, 0.9)
    used.update_change(np.ones(4))
    with pytest.raises(ValueError, match="should have served this network, of 3 parameters"):
        torch_optimizer(used, to_torch(FFNN((2, 1))))


def test_modules_that_we_do_not_have_are_refused(torch):
    nn = torch.nn
    twice = nn.Linear(2, 2)

    class Doubled(nn.Linear):
        def forward(self, x):
            return 2 * super().forward(x)

    class Squashed(nn.Sequential):
        def forward(self, x):
            return torch.sigmoid(super().forward(x))

    cases = [
        ([nn.Linear(2, 3), nn.GELU(), nn.Linear(3, 1)], "GELU"),
        ([nn.Linear(2, 3), nn.LeakyReLU(0.2), nn.Linear(3, 1)], "only with"),
        ([nn.Linear(2, 3, bias=False), nn.Linear(3, 1)], "its layers have biases"),
        ([nn.Linear(2, 3), nn.ReLU(), nn.BatchNorm1d(3), nn.Linear(3, 1)], "at this place"),
        ([nn.Linear(2, 3), nn.BatchNorm1d(3, affine=False), nn.Linear(3, 1)], "γ, β"),
        ([nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 3), nn.Linear(3, 1)], "all hidden"),
        ([nn.Linear(2, 1), nn.Dropout(0.5)], "neither it nor dropout follows the outputs"),
        ([nn.Linear(2, 3), nn.ReLU(), nn.Sigmoid(), nn.Linear(3, 1)], "at this place"),
        ([nn.Flatten(), nn.Linear(2, 1)], "Flatten"),
        ([nn.Linear(2, 1).half()], "float32 or float64"),
        ([nn.Linear(2, 3).double(), nn.Linear(3, 1)], "a mixture of float32 and float64"),
        ([nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(1)], "numbers for its parameters"),
        ([nn.Linear(2, 1, device="meta")], "numbers for its parameters"),
        ([nn.Linear(2, 3), nn.BatchNorm1d(1), nn.Linear(3, 1)], r"shape \(3,\) .* shape \(1,\)"),
        ([twice, nn.Tanh(), twice], "a layer that is used twice"),
        ([Doubled(2, 1)], "Doubled"),
        ([Squashed(nn.Linear(2, 1))], "Squashed, a Sequential with a forward of its own"),
    ]
    for layers, words in cases:
        with pytest.raises(ValueError, match=words):
            from_torch(nn.Sequential(*layers), CostOLS)
    with pytest.raises(TypeError, match=r"module should be a torch\.nn.Sequential"):
        from_torch(nn.Linear(2, 1), CostOLS)
    with pytest.raises(TypeError, match=r"module should be a torch\.nn\.Sequential"):
        torch_optimizer(Constant(0.1), nn.Linear(2, 1))
    with pytest.raises(ValueError, match="this one contains none"):
        from_torch(nn.Sequential(), CostOLS)


def test_the_penalty_reaches_nested_sequences(torch):
    net, X, T = trained((tanh,), ENDS[0])
    linear, func, last, _ = to_torch(net)
    nested = torch.nn.Sequential(torch.nn.Sequential(linear, func), last)
    scheduler = Adam(0.01, 0.9, 0.99)
    net.fit(X, T, scheduler, epochs=3, lam=0.3, resume=True)
    module = to_torch(net)
    nested.load_state_dict(
        dict(zip(nested.state_dict(), module.state_dict().values(), strict=True))
    )
    optimizer = torch_optimizer(scheduler, nested, lam=0.3)
    cost = torch_cost(CostOLS)
    for _ in range(4):
        optimizer.zero_grad()
        cost(nested(torch.tensor(X)), torch.tensor(T)).backward()
        optimizer.step()
    net.fit(X, T, scheduler, epochs=4, lam=0.3, resume=True)
    assert np.allclose(from_torch(nested, CostOLS).parameters, net.parameters, rtol=1e-11)


def test_nested_sequences_and_logits(torch):
    nn = torch.nn
    module = nn.Sequential(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), nn.Linear(3, 4))
    net = from_torch(module, CostCrossEntropy)
    assert net.dimensions == (2, 3, 4)
    assert net.output_func is softmax
    X = np.random.default_rng(0).normal(size=(6, 2)).astype("float32")
    logits = module(torch.tensor(X)).detach()
    assert np.allclose(net.feed_forward(X), torch.softmax(logits, 1), atol=1e-6)
    assert from_torch(module, CostLogReg).output_func is sigmoid
    assert from_torch(module, CostOLS).output_func is identity


def test_what_keras_does_not_have_is_refused(keras):
    with pytest.raises(ValueError, match="should have a counterpart in Keras"):
        to_keras(FFNN((2, 3, 1), lambda z: z**2, seed=1))
    with pytest.raises(ValueError, match=r"AdagradMomentum.* should have a counterpart in Keras"):
        keras_optimizer(AdagradMomentum(0.1, 0.9))
    with pytest.raises(ValueError, match=r"AdagradMomentum.* should have a counterpart in Keras"):
        keras_optimizer(Scheduled(AdagradMomentum(0.1, 0.9), 3))
    with pytest.raises(ValueError, match="decay should be at least 0"):
        keras_optimizer(Constant(0.1), decay=-1.0)
    with pytest.raises(TypeError, match="scheduler should be a Scheduler"):
        keras_optimizer("adam")
    used = Momentum(0.1, 0.9)
    used.update_change(np.ones(4))
    with pytest.raises(ValueError, match="scheduler should be without memory"):
        keras_optimizer(used)


def test_layers_that_we_do_not_have_are_refused(keras):
    layers = keras.layers

    class Doubled(layers.Dense):
        def call(self, inputs):
            return 2 * super().call(inputs)

    cases = [
        ([layers.Dense(3, "leaky_relu")], "activation leaky_relu"),  # its slope is 0.2
        ([layers.Dense(3), layers.LeakyReLU()], "LeakyReLU"),
        ([layers.Dense(3, use_bias=False)], "its layers have biases"),
        ([layers.Dense(3, "relu"), layers.BatchNormalization()], "at this place"),
        ([layers.Dense(3), layers.BatchNormalization(scale=False)], "γ and β"),
        ([layers.Dense(3), layers.ReLU(max_value=6.0)], "ReLU"),
        ([layers.Flatten()], "Flatten"),
        ([layers.Dense(3, lora_rank=1)], "more than weights and biases"),
        ([Doubled(3)], "Doubled layer"),
    ]
    for middle, words in cases:
        model = keras.Sequential([keras.Input((2,)), *middle, layers.Dense(1)])
        with pytest.raises(ValueError, match=words):
            from_keras(model, CostOLS)
    with pytest.raises(ValueError, match="is not built"):
        from_keras(keras.Sequential([layers.Dense(1)]), CostOLS)
    with pytest.raises(TypeError, match=r"model should be a keras\.Sequential"):
        from_keras(layers.Dense(1), CostOLS)


def test_activations_inside_dense_layers_and_as_layers(keras):
    layers = keras.layers
    kinds = [
        [layers.Dense(3, "relu")],
        [layers.Dense(3), layers.ReLU()],
        [layers.Dense(3), layers.Activation("relu")],
    ]
    for middle in kinds:
        model = keras.Sequential([keras.Input((2,)), *middle, layers.Dense(4, "softmax")])
        net = from_keras(model, CostCrossEntropy)
        assert net.hidden_funcs == [RELU] or net.hidden_funcs == (RELU,)
        X = np.random.default_rng(0).normal(size=(6, 2))
        assert np.allclose(net.feed_forward(X), model(X), rtol=1e-12)
