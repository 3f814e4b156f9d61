"""PyTorch: ``torch.nn.Sequential``, its costs and its optimisers."""

from __future__ import annotations

import numpy as np

from .._arrays import as_number, describe
from ..activations import ELU, LRELU, RELU, identity, sigmoid, softmax, tanh
from ..costs import CostCrossEntropy, CostLogReg, CostOLS
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

__all__ = ["from_torch", "to_torch", "torch_cost", "torch_optimizer"]

LIBRARY = "PyTorch"


def _activations():
    """Return, for each activation function, PyTorch's class and the settings that make it equal."""
    from torch import nn

    return {
        identity: (nn.Identity, {}),
        sigmoid: (nn.Sigmoid, {}),
        tanh: (nn.Tanh, {}),
        RELU: (nn.ReLU, {}),
        LRELU: (nn.LeakyReLU, {"negative_slope": 0.01}),
        ELU: (nn.ELU, {"alpha": 1.0}),
        softmax: (nn.Softmax, {"dim": 1}),
    }


def to_torch(net, *, logits: bool = False):
    """Return a network as a ``torch.nn.Sequential`` with copies of its parameters.

    Parameters
    ----------
    net : FFNN
        The network.
    logits : bool, default False
        Whether to leave out the activation of the outputs, which PyTorch's stable costs expect:
        sigmoid before CostLogReg, softmax before CostCrossEntropy.

    Returns
    -------
    torch.nn.Sequential
        In evaluation mode, as after training: call ``.train()`` before training it.  Weights
        are transposed, as PyTorch has the receiver first.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    TypeError
        If ``net`` is not a network of this package.
    ValueError
        If a layer or an activation function of your own has no counterpart in PyTorch, or
        ``logits`` is asked for where the outputs are not made of logits.

    Notes
    -----
    PyTorch's running variance of a batch normalisation is unbiased: in further training its share
    of each mini-batch is n/(n - 1) times ours.  The updates of the parameters do not depend
    on it.
    """
    check_network(net)
    import torch
    from torch import nn

    layers = net.layers[:-1] if leaves_out(net, logits) else net.layers
    dtype = torch.from_numpy(net.parameters).dtype
    module = nn.Sequential(*(_module(layer) for layer in layers)).to(dtype)
    with torch.no_grad():
        for ours, theirs in zip(layers, module, strict=True):
            _copy(ours, theirs)
    return module.eval()


def _module(layer):
    """Return PyTorch's module for a layer, with its own parameters still."""
    from torch import nn

    if type(layer) is Affine:
        return nn.Linear(layer.n_in, layer.n_out)
    if type(layer) is BatchNorm:
        return nn.BatchNorm1d(layer.width, eps=layer.epsilon, momentum=1.0 - layer.momentum)
    if type(layer) is Dropout:
        return nn.Dropout(layer.rate)
    if type(layer) is Activation:
        for func, (kind, settings) in _activations().items():
            if layer.func is func:
                return kind(**settings)
        raise no_counterpart(f"activation function {describe(layer.func)}", LIBRARY)
    raise no_counterpart(f"layer {describe(layer)}", LIBRARY)


def _copy(ours, theirs):
    """Copy the parameters and statistics of a layer into PyTorch's module."""
    import torch

    if isinstance(ours, Affine):
        theirs.weight[:], theirs.bias[:] = torch.tensor(ours.W.T), torch.tensor(ours.b)
    elif isinstance(ours, BatchNorm):
        theirs.weight[:], theirs.bias[:] = torch.tensor(ours.gamma), torch.tensor(ours.beta)
        theirs.running_mean[:] = torch.tensor(ours.mean)
        theirs.running_var[:] = torch.tensor(ours.var)


def from_torch(module, cost_func, *, seed: int | None = None):
    """Return a ``torch.nn.Sequential`` as a network of this package.

    Parameters
    ----------
    module : torch.nn.Sequential
        Linear layers, each followed, if at all, by BatchNorm1d, an activation and Dropout in
        this order; Dropout may come first of all.  Sequences within it are joined.
    cost_func : callable
        What it is trained with: ``CostOLS``, ``CostLogReg`` or ``CostCrossEntropy``.  If no
        activation follows the last linear layer, its outputs are taken for logits where the cost is
        one of probabilities, and get sigmoid or softmax.
    seed : int, optional
        Seed of the network's further training.

    Returns
    -------
    FFNN
        The network, with copies of the parameters, in the module's precision.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    TypeError
        If ``module`` is not a sequence of modules.
    ValueError
        If a module, or one of its settings, has no counterpart here.
    """
    check_cost(cost_func, False)
    from torch import nn

    layers = list(_flatten(module))
    own = [id(layer) for layer in layers if isinstance(layer, (nn.Linear, nn.BatchNorm1d))]
    if len(set(own)) < len(own):
        raise no_counterpart("a layer that is used twice", "FFNN", "its layers share no weights")
    return assemble(map(_step, layers), cost_func, seed)


def _flatten(module):
    """Yield the modules of a sequence, and of sequences in it; refuse what is none."""
    from torch import nn

    if not isinstance(module, nn.Sequential):
        raise TypeError(f"module should be a torch.nn.Sequential, not {describe(module)}")
    if not is_plain(module, nn.Sequential, "forward"):
        name = type(module).__name__
        raise no_counterpart(f"{name}, a Sequential with a forward of its own,", "FFNN")
    for layer in module:
        if isinstance(layer, nn.Sequential):
            yield from _flatten(layer)
        else:
            yield layer


def _array(tensor):
    """Return a copy of a tensor as an array of its precision."""
    from torch.nn import parameter

    if parameter.is_lazy(tensor) or tensor.is_meta:
        raise ValueError(
            "module should have numbers for its parameters, but has none yet: a lazy layer gets "
            "them when it is first called, one on the device meta by to_empty"
        )
    array = tensor.detach().cpu()
    if str(array.dtype) not in ("torch.float32", "torch.float64"):
        raise no_counterpart(f"the precision {array.dtype}", "FFNN", "use float32 or float64")
    return np.array(array.numpy())


def _step(module) -> Step:
    """Return what a module stands for."""
    from torch import nn

    name = str(module)
    if is_plain(module, nn.Linear, "forward"):
        if module.bias is None:
            raise no_counterpart(name, "FFNN", "its layers have biases")
        return Step("affine", (_array(module.weight).T, _array(module.bias)), name)
    if is_plain(module, nn.Dropout, "forward"):
        return Step("dropout", module.p, name)
    if is_plain(module, nn.BatchNorm1d, "forward"):
        if None in (module.weight, module.running_mean, module.momentum):
            raise no_counterpart(name, "FFNN", "γ, β and running averages are needed")
        values = {
            "gamma": _array(module.weight), "beta": _array(module.bias),
            "mean": _array(module.running_mean), "var": _array(module.running_var),
            "momentum": 1.0 - module.momentum, "epsilon": module.eps,
        }  # fmt: skip
        return Step("norm", values, name)
    for func, (kind, settings) in _activations().items():
        if type(module) is kind:
            same = all(getattr(module, key) == value for key, value in settings.items())
            if same or (func is softmax and module.dim == -1):
                return Step("func", func, name)
            raise no_counterpart(name, "FFNN", f"only with {settings}")
    raise no_counterpart(name, "FFNN")


def torch_cost(cost_func, *, logits: bool = False):
    """Return one of this package's costs as a function of PyTorch's tensors.

    Parameters
    ----------
    cost_func : callable
        ``CostOLS``, ``CostLogReg`` or ``CostCrossEntropy``.
    logits : bool, default False
        Whether the outputs will be logits, of a network from ``to_torch(net, logits=True)``.

    Returns
    -------
    callable
        ``cost(outputs, targets)``, both tensors of shape (n, M), gives a tensor without axes.
        PyTorch's own costs are means over samples and outputs; this one is a mean over the samples,
        hence a factor of M.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    ValueError
        If the cost is one of your own, or ``CostOLS`` is to be computed from logits; later, if
        targets and outputs differ in shape, which PyTorch would broadcast.
    """
    check_cost(cost_func, logits)
    import torch
    from torch.nn import functional

    def classes(outputs, targets):
        return -torch.special.xlogy(targets, outputs).sum() / len(targets)

    binary = "binary_cross_entropy_with_logits" if logits else "binary_cross_entropy"
    means = {CostOLS: functional.mse_loss, CostLogReg: getattr(functional, binary)}

    def cost(outputs, targets):
        check_shapes(targets, outputs)
        if cost_func is CostCrossEntropy:
            return (functional.cross_entropy if logits else classes)(outputs, targets)
        return outputs.shape[1] * means[cost_func](outputs, targets)

    return cost


def torch_optimizer(scheduler, module, *, lam: float = 0.0, decay: float = 0.0):
    """Return the optimiser of PyTorch that makes a scheduler's updates, with its memory.

    Parameters
    ----------
    scheduler : Scheduler
        ``Constant``, ``Momentum``, ``Adagrad``, ``RMS_prop`` or ``Adam``.  If it has served
        the network that ``module`` was made from, the optimiser goes on from its memory.
    module : torch.nn.Sequential
        What is to be trained, from ``to_torch`` or of the same kind.
    lam : float, default 0
        Strength of the L2 penalty.  It becomes ``weight_decay`` of the weights of linear layers,
        in a group of their own: PyTorch would penalise biases, γ and β as well.
    decay : float, default 0
        Strength of the decoupled weight decay, of the same weights.  PyTorch has it with ``Adam``,
        which becomes its ``AdamW``; with ``Constant`` it is the penalty.

    Returns
    -------
    torch.optim.Optimizer
        The optimiser.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    TypeError
        If ``scheduler`` is not a scheduler, or ``module`` not a sequence of modules.
    ValueError
        If it has no counterpart, as ``AdagradMomentum``, its memory is that of another network,
        ``lam`` or ``decay`` is negative, or the rule cannot have both, or not this decay.

    Notes
    -----
    ``Momentum`` has the learning rate inside its velocity, PyTorch outside: the updates are
    equal as long as the rate is not changed.

    The rate of a ``Scheduled`` is an object of its own in PyTorch, which is stepped after the
    optimiser: ``LambdaLR(torch_optimizer(s.scheduler, module), lambda k: s.factor(k + 1))``.
    With ``Momentum`` each ``momentum_buffer`` has then to be multiplied by the old rate over the
    new one.
    """
    s = check_scheduler(scheduler)
    lam, decay = as_number("lam", lam, 0.0), as_number("decay", decay, 0.0)
    import torch
    from torch import nn, optim

    layers = list(_flatten(module))
    settings = {
        Constant: lambda: (optim.SGD, {}),
        Momentum: lambda: (optim.SGD, {"momentum": s.momentum}),
        Adagrad: lambda: (optim.Adagrad, {"eps": EPSILON}),
        RMS_prop: lambda: (optim.RMSprop, {"alpha": s.rho, "eps": EPSILON}),
        Adam: lambda: (optim.Adam, {"betas": (s.rho, s.rho2), "eps": EPSILON}),
    }
    if type(s) is Scheduled:
        raise no_counterpart(f"{s!r}", LIBRARY, "convert its scheduler, and see torch_optimizer")
    if type(s) not in settings:
        raise no_counterpart(f"{s!r}", LIBRARY)
    kind, arguments = settings[type(s)]()
    if decay:
        if type(s) is not Constant and (type(s) is not Adam or lam):
            with_lam = f" with lam={lam}" if lam else ""
            raise no_counterpart(f"decay={decay} of {s!r}{with_lam}", LIBRARY)
        kind = optim.AdamW if type(s) is Adam else kind
    weights = {id(layer.weight) for layer in layers if isinstance(layer, nn.Linear)}
    groups: list[dict] = [
        {"params": [], "weight_decay": lam + decay},
        {"params": [], "weight_decay": 0.0},  # AdamW has another default
    ]
    for parameter in module.parameters():
        groups[id(parameter) not in weights]["params"].append(parameter)
    optimizer = kind([g for g in groups if g["params"]], lr=s.eta, **arguments)
    if s.memory:
        for parameter, memory in _stretches(s, layers):
            state = _state(s, memory).items()
            optimizer.state[parameter] = {
                name: torch.tensor(value if np.ndim(value) else float(value))
                for name, value in state
            }
    return optimizer


def _state(s, memory) -> dict:
    """Return what PyTorch remembers of one parameter, given what a scheduler does."""
    if type(s) is Momentum:
        return {"momentum_buffer": memory["v"] / s.eta}
    if type(s) is Adagrad:
        return {"step": s.n_updates, "sum": memory["G"]}
    if type(s) is RMS_prop:
        return {"step": s.n_updates, "square_avg": memory["s"]}
    m, s_mean = (1.0 - s.rho) * memory["m"], (1.0 - s.rho2) * memory["s"]
    return {"step": s.n_updates, "exp_avg": m, "exp_avg_sq": s_mean}


def _stretches(scheduler, layers):
    """Yield each parameter of modules with its stretch of a scheduler's memory, in its shape."""
    from torch import nn

    total = sum(parameter.numel() for layer in layers for parameter in layer.parameters())
    for name, memory in scheduler.memory.items():
        if memory.shape != (total,):
            raise ValueError(
                f"scheduler should have served this network, of {total} parameters, but its "
                f"memory {name} has shape {memory.shape}: pass it after reset()"
            )
    start = 0
    for layer in layers:
        for parameter in layer.parameters():
            stop = start + parameter.numel()
            pieces = {name: memory[start:stop] for name, memory in scheduler.memory.items()}
            if isinstance(layer, nn.Linear) and parameter is layer.weight:
                shape = tuple(parameter.shape)[::-1]
                pieces = {name: piece.reshape(shape).T for name, piece in pieces.items()}
            yield parameter, pieces
            start = stop
