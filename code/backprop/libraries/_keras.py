"""Keras: ``keras.Sequential``, its costs and its optimisers, on any of its backends."""

from __future__ import annotations

import numpy as np

from .._arrays import as_number, describe
from ..activations import ELU, LRELU, RELU, identity, sigmoid, softmax, tanh
from ..costs import CostCrossEntropy, CostOLS
from ..layers import Activation, Affine, BatchNorm, Dropout
from ..schedulers import EPSILON, Adagrad, Adam, Constant, Momentum, RMS_prop, Scheduled
from ._common import (
    Step,
    assemble,
    check_cost,
    check_network,
    check_scheduler,
    check_shapes,
    is_plain,
    leaves_out,
    no_counterpart,
)

__all__ = ["from_keras", "keras_cost", "keras_optimizer", "to_keras"]

LIBRARY = "Keras"
NAMES = {
    identity: "linear",
    sigmoid: "sigmoid",
    tanh: "tanh",
    RELU: "relu",
    ELU: "elu",
    softmax: "softmax",
}


def to_keras(net, *, logits: bool = False, lam: float = 0.0):
    """Return a network as a ``keras.Sequential`` with copies of its parameters.

    Parameters
    ----------
    net : FFNN
        The network.
    logits : bool, default False
        Whether to leave out the activation of the outputs: sigmoid before CostLogReg, softmax
        before CostCrossEntropy.
    lam : float, default 0
        Strength of the L2 penalty on the weights.  It becomes ``regularizers.L2(lam / 2)`` of
        each dense layer, since Keras' penalty is without our 1/2.

    Returns
    -------
    keras.Sequential
        The model, not compiled, in the precision of the network.

    Raises
    ------
    ImportError
        If Keras is not installed.
    TypeError
        If ``net`` is not a network of this package.
    ValueError
        If a layer or an activation function of your own has no counterpart in Keras, or
        ``logits`` is asked for where the outputs are not made of logits.

    Notes
    -----
    On TensorFlow, Keras rounds the slope of the leaky ReLU and the strength of the penalty to
    single precision, in a model in double precision too.
    """
    check_network(net)
    lam = as_number("lam", lam, 0.0)
    import keras

    layers = net.layers[:-1] if leaves_out(net, logits) else net.layers
    dtype = net.dtype.name
    model = keras.Sequential(
        [
            keras.Input((net.dimensions[0],), dtype=dtype),
            *(_layer(layer, dtype, lam) for layer in layers),
        ]
    )
    for ours, theirs in zip(layers, model.layers, strict=True):
        if isinstance(ours, Affine):
            theirs.set_weights([ours.W, ours.b])
        elif isinstance(ours, BatchNorm):
            theirs.set_weights([ours.gamma, ours.beta, ours.mean, ours.var])
    return model


def _layer(layer, dtype, lam):
    """Return Keras' layer for one of ours, with its own parameters still."""
    from keras import layers, regularizers

    if type(layer) is Affine:
        penalty = regularizers.L2(lam / 2) if lam else None
        return layers.Dense(layer.n_out, kernel_regularizer=penalty, dtype=dtype)
    if type(layer) is BatchNorm:
        return layers.BatchNormalization(
            momentum=layer.momentum, epsilon=layer.epsilon, dtype=dtype
        )
    if type(layer) is Dropout:
        return layers.Dropout(layer.rate, dtype=dtype)
    if type(layer) is not Activation:
        raise no_counterpart(f"layer {describe(layer)}", LIBRARY)
    if layer.func is LRELU:  # by name, its slope would be 0.2
        return layers.LeakyReLU(negative_slope=0.01, dtype=dtype)
    for func, name in NAMES.items():
        if layer.func is func:
            return layers.Activation(name, dtype=dtype)
    raise no_counterpart(f"activation function {describe(layer.func)}", LIBRARY)


def from_keras(model, cost_func, *, seed: int | None = None):
    """Return a ``keras.Sequential`` as a network of this package.

    Parameters
    ----------
    model : keras.Sequential
        Dense layers, each followed, if at all, by BatchNormalization, an activation and
        Dropout in this order; Dropout may come first of all.  Models within it are joined.
    cost_func : callable
        What it is trained with: ``CostOLS``, ``CostLogReg`` or ``CostCrossEntropy``.  If the last
        dense layer has no activation, its outputs are taken for logits where the cost is one of
        probabilities, and get sigmoid or softmax.
    seed : int, optional
        Seed of the network's further training.

    Returns
    -------
    FFNN
        The network, with copies of the parameters, in the model's precision.  Penalties are not
        part of it: they are an argument of ``fit``.

    Raises
    ------
    ImportError
        If Keras is not installed.
    TypeError
        If ``model`` is not a sequential model.
    ValueError
        If a layer, or one of its settings, has no counterpart here.
    """
    check_cost(cost_func, False)
    import keras

    if not isinstance(model, keras.Sequential):
        raise TypeError(f"model should be a keras.Sequential, not {describe(model)}")
    steps = (step for layer in _flatten(model) for step in _steps(layer))
    return assemble(steps, cost_func, seed)


def _flatten(model):
    """Yield the layers of a model, and of sequential models in it."""
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.Sequential):
            yield from _flatten(layer)
        elif not isinstance(layer, keras.layers.InputLayer):
            yield layer


def _steps(layer):
    """Yield what a layer stands for; a dense one may contain its activation."""
    from keras import layers

    name = f"{type(layer).__name__} layer {layer.name}"
    if is_plain(layer, layers.Dense, "call"):
        yield Step("affine", _affine(layer, name), name)
        func = _function(layer.activation)
        if func is not identity:
            yield Step("func", func, name)
    elif is_plain(layer, layers.Dropout, "call"):
        yield Step("dropout", layer.rate, name)
    elif is_plain(layer, layers.BatchNormalization, "call"):
        if not (layer.scale and layer.center):
            raise no_counterpart(name, "FFNN", "γ and β are needed")
        values = dict(zip(("gamma", "beta", "mean", "var"), layer.get_weights(), strict=True))
        yield Step("norm", values | {"momentum": layer.momentum, "epsilon": layer.epsilon}, name)
    else:
        yield Step("func", _function_of_layer(layer), name)


def _affine(layer, name) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and biases of a dense layer."""
    if not layer.built:
        raise ValueError("model should have its weights, but is not built: give it a keras.Input")
    if not layer.use_bias:
        raise no_counterpart(name, "FFNN", "its layers have biases")
    if len(layer.get_weights()) != 2:
        raise no_counterpart(name, "FFNN", "it has more than weights and biases")
    W, b = layer.get_weights()
    if W.dtype not in (np.float32, np.float64):
        raise no_counterpart(f"the precision {W.dtype}", "FFNN", "use float32 or float64")
    return W, b


def _function_of_layer(layer):
    """Return our activation function for one of Keras' layers."""
    from keras import layers

    config = layer.get_config()
    if isinstance(layer, layers.Activation):
        return _function(layer.activation)
    if isinstance(layer, layers.LeakyReLU) and np.isclose(config["negative_slope"], 0.01, 1e-12):
        return LRELU
    if isinstance(layer, layers.ReLU) and (
        config["max_value"] is None and not config["negative_slope"] and not config["threshold"]
    ):
        return RELU
    if isinstance(layer, layers.ELU) and config["alpha"] == 1:
        return ELU
    if isinstance(layer, layers.Softmax) and config["axis"] == -1:
        return softmax
    raise no_counterpart(f"{type(layer).__name__} layer {layer.name}", "FFNN")


def _function(activation):
    """Return our activation function for one of Keras' functions."""
    import keras

    for func, name in NAMES.items():
        if activation is getattr(keras.activations, name):
            return func
    name = getattr(activation, "__name__", str(activation))
    raise no_counterpart(f"the activation {name}", "FFNN")


def keras_cost(cost_func, *, logits: bool = False, dtype: str | None = None):
    """Return one of this package's costs as a loss of Keras.

    Parameters
    ----------
    cost_func : callable
        ``CostOLS``, ``CostLogReg`` or ``CostCrossEntropy``.
    logits : bool, default False
        Whether the outputs will be logits, of a model from ``to_keras(net, logits=True)``.
    dtype : str, optional
        Precision in which it is computed.  By default it is Keras' ``floatx``, which is single
        precision also for a model in double precision.

    Returns
    -------
    keras.losses.Loss
        For ``model.compile(loss=…)``; called with targets and outputs, in this order.  Keras' own
        costs are means over samples and outputs; this one is a mean over the samples.

    Raises
    ------
    ImportError
        If Keras is not installed.
    ValueError
        If the cost is one of your own, or ``CostOLS`` is to be computed from logits; later, if
        targets and outputs differ in shape, such as (n,) and (n, 1), which would be broadcast.
    """
    check_cost(cost_func, logits)
    from keras import losses, ops

    class Cost(losses.Loss):
        """One of the costs: a number for each sample, of which Keras takes the mean."""

        def call(self, y_true, y_pred):
            check_shapes(y_true, y_pred)
            if cost_func is CostOLS:
                return ops.sum(ops.square(y_pred - y_true), axis=-1)
            if cost_func is CostCrossEntropy:
                return losses.categorical_crossentropy(y_true, y_pred, from_logits=logits)
            mean = losses.binary_crossentropy(y_true, y_pred, from_logits=logits)
            return y_pred.shape[-1] * mean

    return Cost(name=cost_func.__name__, dtype=dtype)


def keras_optimizer(scheduler, *, decay: float = 0.0):
    """Return an optimiser of Keras that makes a scheduler's updates.

    Parameters
    ----------
    scheduler : Scheduler
        ``Constant``, ``Momentum``, ``Adagrad``, ``RMS_prop`` or ``Adam``, without memory, or one of
        them with a rate that is ``Scheduled``.
    decay : float, default 0
        Strength of the decoupled weight decay: ``weight_decay``, but not of biases, γ and β, which
        are recognised by the names that Keras gives them.

    Returns
    -------
    keras.optimizers.Optimizer
        Keras' ``SGD``, or its ``Adagrad``, ``RMSprop`` or ``Adam`` with our rule in the place
        of its own: Keras has ε inside the root, or not corrected for the start, and lets the
        sum of squares of Adagrad begin at 0.1.

    Raises
    ------
    ImportError
        If Keras is not installed.
    TypeError
        If ``scheduler`` is not a scheduler.
    ValueError
        If it has no counterpart, as ``AdagradMomentum``, or remembers earlier gradients, or
        ``decay`` is negative.

    Notes
    -----
    Keras keeps the learning rate in its default precision: unless ``floatx`` is "float64", it is
    rounded to single precision.
    """
    s = check_scheduler(scheduler, LIBRARY)
    decay = as_number("decay", decay, 0.0)
    from keras import optimizers

    rate = s.eta
    if type(s) is Scheduled:
        s, rate = s.scheduler, _schedule(s)
    # Of NumPy's type: TensorFlow rounds a constant of Python's to single precision.
    more = {"learning_rate": rate, "weight_decay": np.float64(decay) if decay else None}
    kinds = {
        Constant: lambda: optimizers.SGD(**more),
        Momentum: lambda: optimizers.SGD(momentum=np.float64(s.momentum), **more),
        Adagrad: lambda: _adagrad(more),
        RMS_prop: lambda: _rms_prop(s, more),
        Adam: lambda: _adam(s, more),
    }
    if type(s) not in kinds:
        raise no_counterpart(f"{s!r}", LIBRARY)
    optimizer = kinds[type(s)]()
    if decay:
        # A pattern, for the name "bias" and, on TensorFlow, the path "sequential/dense/bias:0".
        optimizer.exclude_from_weight_decay(var_names=[r"(^|/)(bias|gamma|beta)(:\d+)?$"])
    return optimizer


def _schedule(s):
    """Return the rate of a scheduler as one of Keras' schedules, which count from 0."""
    from keras import ops, optimizers

    class BookSchedule(optimizers.schedules.LearningRateSchedule):
        """A line up, and half a cosine down."""

        def __call__(self, step):
            t = ops.cast(step, "float64") + 1.0
            share = t / max(s.warm_up, 1)
            after = ops.ones_like(t)
            if s.steps is not None:
                phase = ops.minimum((t - s.warm_up - 1.0) / (s.steps - s.warm_up), 1.0)
                after = s.last + (1.0 - s.last) * (1.0 + ops.cos(np.pi * phase)) / 2.0
            return s.scheduler.eta * ops.where(t <= s.warm_up, share, after)

    return BookSchedule()


def _adagrad(more):
    """Return Keras' Adagrad with our rule."""
    from keras import ops, optimizers

    class BookAdagrad(optimizers.Adagrad):
        """Adagrad with ε outside the root."""

        def update_step(self, gradient, variable, learning_rate):
            g, eta = ops.cast(gradient, variable.dtype), ops.cast(learning_rate, variable.dtype)
            G = self._accumulators[self._get_variable_index(variable)]
            self.assign_add(G, ops.square(g))
            self.assign_sub(variable, eta * g / (ops.sqrt(G) + EPSILON))

    return BookAdagrad(initial_accumulator_value=0.0, **more)


def _rms_prop(s, more):
    """Return Keras' RMSprop with our rule."""
    from keras import ops, optimizers

    class BookRMSprop(optimizers.RMSprop):
        """RMSprop with ε outside the root."""

        def update_step(self, gradient, variable, learning_rate):
            g, eta = ops.cast(gradient, variable.dtype), ops.cast(learning_rate, variable.dtype)
            mean = self._velocities[self._get_variable_index(variable)]
            self.assign(mean, s.rho * mean + (1.0 - s.rho) * ops.square(g))
            self.assign_sub(variable, eta * g / (ops.sqrt(mean) + EPSILON))

    return BookRMSprop(rho=s.rho, **more)


def _adam(s, more):
    """Return Keras' Adam with our rule."""
    from keras import ops, optimizers

    class BookAdam(optimizers.Adam):
        """Adam that corrects both means before ε is added."""

        def update_step(self, gradient, variable, learning_rate):
            g, eta = ops.cast(gradient, variable.dtype), ops.cast(learning_rate, variable.dtype)
            t = ops.cast(self.iterations + 1, variable.dtype)
            place = self._get_variable_index(variable)
            m, mean = self._momentums[place], self._velocities[place]
            self.assign(m, s.rho * m + (1.0 - s.rho) * g)
            self.assign(mean, s.rho2 * mean + (1.0 - s.rho2) * ops.square(g))
            rho, rho2 = (ops.convert_to_tensor(r, variable.dtype) for r in (s.rho, s.rho2))
            m_hat = m / (1.0 - ops.power(rho, t))
            root = ops.sqrt(mean / (1.0 - ops.power(rho2, t)))
            self.assign_sub(variable, eta * m_hat / (root + EPSILON))

    return BookAdam(beta_1=s.rho, beta_2=s.rho2, **more)
