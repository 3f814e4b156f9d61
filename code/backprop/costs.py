r"""Cost functions: how far the outputs are from the targets, averaged over the samples.

A cost function takes the targets and returns a function of the outputs alone, which
can then be differentiated:

- ``CostOLS(target)(A)`` evaluates the cost, a number;
- ``autograd.grad(CostOLS(target))(A)`` differentiates it with autograd;
- ``cost_gradient(CostOLS)(target)(A)`` is the same gradient in closed form.

Every cost carries its 1/n, where n is the number of samples (rows), so that neither
costs nor gradients grow with the size of a mini-batch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._arrays import as_floating, describe, is_finite, known_value, numpy_for
from .activations import sigmoid, softmax

__all__ = ["CostCrossEntropy", "CostLogReg", "CostOLS", "cost_gradient"]


def CostOLS(target):
    r"""Return the mean squared error, :math:`\frac1n\sum_s\sum_j (a_{sj}-t_{sj})^2`.

    Parameters
    ----------
    target : array_like, shape (n, M) or (n,)
        Targets, one row per sample.

    Returns
    -------
    callable
        Function of the outputs (same shape as ``target``) with a scalar value.

    Raises
    ------
    TypeError
        If targets or outputs are not made of real numbers.
    ValueError
        If the targets are not finite, or the outputs have another shape.

    Notes
    -----
    There is a factor of 1/n and none of 1/2, so that the gradient is
    ``2 (A - target) / n`` (``eq-cost-gradient-ols``).
    """
    target = _targets("target", target)

    def func(X):
        X = _outputs(X, target)
        return numpy_for(X).sum((target - X) ** 2) / target.shape[0]

    return func


def CostLogReg(target):
    r"""Return the cost of logistic regression, the binary cross-entropy.

    It is :math:`-\frac1n\sum_s\sum_j [t_{sj}\ln a_{sj}+(1-t_{sj})\ln(1-a_{sj})]`.

    Parameters
    ----------
    target : array_like, shape (n, M) or (n,)
        Targets: labels 0 and 1, or probabilities.

    Returns
    -------
    callable
        Function of the outputs (same shape as ``target``, values between 0 and 1) with
        a scalar value; it is infinite if an output gives probability 0 to the true label.

    Raises
    ------
    TypeError
        If targets or outputs are not made of real numbers.
    ValueError
        If the targets are not finite, or the outputs have another shape.

    Notes
    -----
    This is the formula alone: it takes numbers outside [0, 1] too, and is NaN where one of the
    logarithms is.  What a network is trained with has to lie between 0 and 1 (``FFNN.fit``).
    """
    target = _targets("target", target)

    def func(X):
        X = _outputs(X, target)
        xp = numpy_for(X)
        # A term with weight 0 counts 0, also where its logarithm is infinite.
        true, false = xp.where(target != 0, X, 1.0), xp.where(target != 1, 1.0 - X, 1.0)
        with np.errstate(divide="ignore"):
            terms = target * xp.log(true) + (1.0 - target) * xp.log(false)
        return 0.0 - xp.sum(terms) / target.shape[0]  # a perfect score is 0, not -0

    return func


def CostCrossEntropy(target):
    r"""Return the cross-entropy, :math:`-\frac1n\sum_s\sum_j t_{sj}\ln a_{sj}`.

    Parameters
    ----------
    target : array_like, shape (n, M)
        One distribution per row: one-hot labels, or probabilities that sum to 1.

    Returns
    -------
    callable
        Function of the outputs (same shape as ``target``, values between 0 and 1) with
        a scalar value; it is infinite if an output gives probability 0 to the true label.

    Raises
    ------
    TypeError
        If targets or outputs are not made of real numbers.
    ValueError
        If the targets are not finite, or the outputs have another shape.

    Notes
    -----
    This is the formula alone: it takes other numbers too.  What a network is trained with has
    to be one distribution per row (``FFNN.fit``).
    """
    target = _targets("target", target)

    def func(X):
        X = _outputs(X, target)
        xp = numpy_for(X)
        with np.errstate(divide="ignore"):
            terms = target * xp.log(xp.where(target != 0, X, 1.0))
        return 0.0 - xp.sum(terms) / target.shape[0]  # a perfect score is 0, not -0

    return func


def cost_gradient(cost_func: Callable) -> Callable:
    """Return the gradient of a cost function with respect to the outputs.

    Parameters
    ----------
    cost_func : callable
        ``CostOLS``, ``CostLogReg``, ``CostCrossEntropy``, or a function of your own of
        the same form, written with ``autograd.numpy``; autograd then differentiates it.

    Returns
    -------
    callable
        ``cost_gradient(cost_func)(target)(A)`` has the shape of ``A`` and entries
        dC/da (first factor of ``eq-bp1``).

    Raises
    ------
    TypeError
        If ``cost_func`` is not a function, or targets are not made of real numbers.
    ValueError
        If targets are not finite, or outputs have another shape.

    Examples
    --------
    >>> cost_gradient(CostOLS)(np.array([[1.0], [0.0]]))(np.array([[0.5], [0.0]]))
    array([[-0.5],
           [ 0. ]])
    """
    if not callable(cost_func) or isinstance(cost_func, type):
        known = ", ".join(f.__name__ for f in GRADIENTS)
        raise TypeError(
            f"cost_func should be a function such as {known}, not {describe(cost_func)}"
        )
    closed_form = known_value(GRADIENTS, cost_func)
    if closed_form is not None:

        def with_targets(target):
            target = _targets("target", target)
            return lambda A: closed_form(_outputs(A, target), target)

        return with_targets
    from autograd import grad

    # Of whole numbers autograd would compute whole derivatives.
    return lambda target: lambda A: grad(cost_func(target))(as_floating(A))


def is_known(cost_func: Callable) -> bool:
    """Tell whether a cost function is one of this module's, with a gradient in closed form."""
    return known_value(GRADIENTS, cost_func) is not None


class OutputCost:
    """The cost and its derivative δ^L, from what the output layer has computed.

    For the pairs of functions in ``COLLAPSING`` both come from Z^L: the cost stays finite where
    an output is rounded to 0, and BP1 is (A - T)/n (``eq-bp1-collapsed``).

    Parameters
    ----------
    cost_func : callable
        The cost function.
    """

    def __init__(self, cost_func: Callable):
        self.cost_func = cost_func
        self.slope = known_value(GRADIENTS, cost_func)
        if self.slope is None:
            gradient = cost_gradient(cost_func)
            self.slope = lambda A, T: np.asarray(gradient(T)(A), dtype=A.dtype)

    def _exact(self, output):
        return known_value(COLLAPSING, (output.func, self.cost_func))

    def value(self, output, T) -> float:
        """Return C for the last forward pass of the layer ``output`` and the targets ``T``."""
        exact = self._exact(output)
        if exact is not None:
            return exact(output.Z, output.A, T)
        if not is_finite(output.A):
            return np.nan
        check_outputs(self.cost_func, output.A)
        return float(self.cost_func(T)(output.A))

    def delta(self, output, T) -> np.ndarray:
        """Return δ^L = ∂C/∂Z^L (BP1), shape (n, M_L), for the same."""
        if self._exact(output) is None:
            return output.backward(self.slope(output.A, T))
        delta = output.A - T
        delta *= 1.0 / len(T)
        return delta


def check_targets(cost_func: Callable, target: np.ndarray, task: str = "regression") -> None:
    """Raise a ValueError if the targets do not suit the cost function or the task.

    Parameters
    ----------
    cost_func : callable
        One of this module's cost functions; any other accepts all targets.
    target : ndarray, shape (n, M)
        Finite targets.
    task : str, default "regression"
        What a network with a cost function of one's own learns.
    """
    owner = None
    if cost_func in (CostLogReg, CostCrossEntropy):
        owner = cost_func.__name__
    elif task != "regression":
        owner = f"the task {task!r}"
    if owner is not None and (target.min() < 0 or target.max() > 1):
        raise ValueError(
            f"the targets of {owner} should lie between 0 and 1, "
            f"but range from {target.min():g} to {target.max():g}"
        )
    if cost_func is CostCrossEntropy or (cost_func is not CostLogReg and task == "multiclass"):
        if target.ndim != 2:
            raise ValueError(
                f"the targets of {owner} should be one-hot with shape (n, classes), "
                f"but have shape {target.shape}; onehot(labels) makes them"
            )
        off = np.abs(target.sum(axis=1) - 1) > 1e-6
        if off.any():
            raise ValueError(
                f"each row of the targets of {owner} should sum to 1 (one-hot), "
                f"but row {off.argmax()} sums to {target[off.argmax()].sum():g}"
            )


def check_outputs(cost_func: Callable, A: np.ndarray) -> None:
    """Raise a ValueError if outputs should be probabilities and are not.

    Parameters
    ----------
    cost_func : callable
        One of this module's cost functions; any other accepts all outputs.
    A : ndarray, shape (n, M)
        Finite outputs.
    """
    if cost_func in (CostLogReg, CostCrossEntropy) and (A.min() < 0 or A.max() > 1):
        raise ValueError(
            f"the outputs for {cost_func.__name__} should be probabilities between 0 and 1, as "
            f"softmax or sigmoid give, but range from {A.min():g} to {A.max():g}"
        )


def _cross_entropy_gradient(A, T):
    # Where T is 0 the gradient is 0, whatever the output; 0/0 must not arise.
    with np.errstate(divide="ignore"):
        return -T / np.where(T != 0, A, 1.0) / len(T)


def _logistic_gradient(A, T):
    with np.errstate(divide="ignore"):
        true = T / np.where(T != 0, A, 1.0)
        false = (1.0 - T) / np.where(T != 1, 1.0 - A, 1.0)
    return (false - true) / len(T)


# dC/dA for outputs A and targets T, both (n, M).
GRADIENTS: dict[Callable, Callable] = {
    CostOLS: lambda A, T: (A - T) * (2.0 / len(T)),
    CostLogReg: _logistic_gradient,
    CostCrossEntropy: _cross_entropy_gradient,
}


def _cross_entropy_from_logits(Z, A, T):
    # ln A = Z - top + ln(largest A), and each row of T sums to 1.
    largest = np.arange(len(A)), A.argmax(axis=1)
    costs = Z[largest] - np.log(A[largest]) - np.einsum("sj,sj->s", T, Z)
    return float(costs.mean(dtype=np.float64))


def _logistic_from_logits(Z, A, T):
    # ln(1 + e^Z) - t Z is -ln σ(Z) for t = 1 and -ln(1 - σ(Z)) for t = 0.
    softplus = np.maximum(Z, 0.0) + np.log1p(np.exp(-np.abs(Z)))
    return float((softplus - T * Z).sum(dtype=np.float64)) / len(T)


# With these pairs of output activation and cost, BP1 collapses; here is C from Z, A and T.
COLLAPSING: dict[tuple[Callable, Callable], Callable] = {
    (softmax, CostCrossEntropy): _cross_entropy_from_logits,
    (sigmoid, CostLogReg): _logistic_from_logits,
}


def _targets(name, value):
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} should be an array of real numbers, not {describe(value)}")
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} should have at least one row, but has shape {array.shape}")
    array = array if array.dtype.kind == "f" else array.astype(np.float64)
    if not is_finite(array):
        raise ValueError(f"{name} should be finite, but contains NaN or infinity")
    return array


def _outputs(X, target):
    if numpy_for(X) is np:
        given, X = X, np.asarray(X)
        if X.dtype.kind not in "fiub":
            raise TypeError(f"X should be an array of real numbers, not {describe(given)}")
    if X.shape != target.shape:
        raise ValueError(
            f"X should have the shape of the targets, {target.shape}, but has shape {X.shape}"
        )
    return X
