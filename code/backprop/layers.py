r"""Layers: the steps of the forward pass, each of which knows its own backward pass.

Two things can be done with a layer:

- ``layer.forward(A)`` returns its output for the input ``A`` and keeps what the backward
  pass will need;
- ``layer.backward(dC_dout)`` takes the gradient of the cost with respect to that output,
  stores the gradients of the layer's own parameters, and returns the gradient with
  respect to the input: a vector-Jacobian product.

The parameters of all layers live in one flat vector that belongs to the network;
``attach`` gives a layer its views into that vector and into the gradient.  Arrays have
one row per sample: shape (n, M).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._arrays import as_count, as_number, describe, known_value
from ._products import product
from ._views import view
from .activations import DERIVATIVES, derivate, softmax

__all__ = ["Activation", "Affine", "BatchNorm", "Dropout", "Layer"]


class Layer:
    """What all layers share; by itself it passes everything through unchanged."""

    n_parameters = 0
    transient: tuple[str, ...] = ()  # what the next pass computes, and the views

    def __getstate__(self):
        """Return what a copy or a pickle keeps; it is attached to vectors of its own."""
        return {name: value for name, value in vars(self).items() if name not in self.transient}

    def attach(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Take views into the network's parameter vector and gradient.

        Parameters
        ----------
        parameters, gradient : ndarray, shape (n_parameters,)
            This layer's own stretch of the two flat vectors.
        """

    def forward(self, A: np.ndarray, training: bool = False, rng=None) -> np.ndarray:
        """Return the layer's output for the input ``A``.

        Parameters
        ----------
        A : ndarray, shape (n, M_in)
            Input, one row per sample.
        training : bool
            Whether to behave as in training (batch statistics, dropout).
        rng : numpy.random.Generator, optional
            Source of randomness; needed by dropout in training.

        Returns
        -------
        ndarray, shape (n, M_out)
            Output.
        """
        return A

    def backward(self, delta: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to the last input; keep those of the parameters.

        Parameters
        ----------
        delta : ndarray, shape (n, M_out)
            Gradient of the cost with respect to the last output.

        Returns
        -------
        ndarray, shape (n, M_in)
            Gradient of the cost with respect to the last input.
        """
        return delta


class Affine(Layer):
    """The affine map Z = A W + b (``def-layer``), with BP3, BP4 and half of BP2.

    Parameters
    ----------
    n_in, n_out : int
        Widths M_{l-1} and M_l; W has shape (n_in, n_out), its first index the sender.

    Raises
    ------
    TypeError
        If a width is not a whole number, or if ``W`` or ``b`` is set to no numbers.
    ValueError
        If a width is not positive, or if ``W`` or ``b`` is set to an array of another shape.
    """

    def __init__(self, n_in: int, n_out: int):
        self.n_in, self.n_out = as_count("n_in", n_in), as_count("n_out", n_out)
        self.n_parameters = n_in * n_out + n_out
        self.needs_input_gradient = True  # the network's first layer does without

    transient = ("A", "_W", "_b", "dW", "db", "_ones")
    _ones = np.ones(0)  # as many as there are samples, later
    W, b = view("W"), view("b")

    def attach(self, parameters, gradient):
        weights = self.n_in * self.n_out
        self._W = parameters[:weights].reshape(self.n_in, self.n_out)
        self._b = parameters[weights:]
        self.dW = gradient[:weights].reshape(self.n_in, self.n_out)
        self.db = gradient[weights:]

    def forward(self, A, training=False, rng=None):
        self.A = A
        Z = product(A, self.W)
        Z += self.b
        return Z

    def backward(self, delta):
        if len(self._ones) < len(delta) or self._ones.dtype != delta.dtype:
            self._ones = np.ones(len(delta), delta.dtype)
        product(self.A.T, delta, out=self.dW)  # BP3
        product(self._ones[: len(delta)], delta, out=self.db)  # BP4, the sum over the samples
        return product(delta, self.W.T) if self.needs_input_gradient else None


class Activation(Layer):
    """The activation A = φ(Z), elementwise or softmax.

    Parameters
    ----------
    func : callable
        An activation function of ``backprop.activations``, or one that autograd can
        differentiate.

    Raises
    ------
    TypeError
        If ``func`` is not a function.
    """

    transient = ("Z", "A", "_derivative")  # the last may be a function that no pickle can hold

    def __init__(self, func: Callable):
        self.func = func

    def __setstate__(self, state):
        """Take the state of a copy; find the derivative anew."""
        vars(self).update(state)
        self.func = self._func

    @property
    def func(self) -> Callable:
        """The activation function."""
        return self._func

    @func.setter
    def func(self, func):
        self._func = func
        self._derivative = known_value(DERIVATIVES, func)
        self._is_ours = self._derivative is not None or func is softmax
        if not self._is_ours:
            slope = derivate(func)
            self._derivative = lambda Z, A: np.array(slope(Z), dtype=Z.dtype)

    def forward(self, Z, training=False, rng=None):
        self.Z = Z
        self.A = self._func(Z) if self._is_ours else np.asarray(self._func(Z), dtype=Z.dtype)
        return self.A

    def backward(self, delta):
        if self._func is softmax:
            return self.A * (delta - (delta * self.A).sum(axis=1, keepdims=True))
        slope = self._derivative(self.Z, self.A)
        return np.multiply(delta, slope, out=slope)


class BatchNorm(Layer):
    """Batch normalisation (Ioffe and Szegedy 2015): Y = γ ẑ + β, ẑ = (Z - mean)/√(var + ε).

    In training, mean and variance are those of the mini-batch; the network then keeps
    running averages of them, which take their place once training is over.  The variance
    is the mean squared deviation (divisor n) in both.

    Parameters
    ----------
    width : int
        Number of units M; there are two parameters, γ and β, for each.
    momentum : float
        Share of the running averages that an update keeps, in [0, 1).
    epsilon : float
        Added to the variance, so that a constant column does not divide by zero; positive.

    Raises
    ------
    TypeError
        If a setting is not a number.
    ValueError
        If it is out of range.
    """

    def __init__(self, width: int, momentum: float = 0.9, epsilon: float = 1e-5):
        self.width = as_count("width", width)
        self.momentum = as_number("momentum", momentum, 0.0, 1.0)
        self.epsilon = as_number("epsilon", epsilon, 0.0, open_low=True)
        self.n_parameters = 2 * width
        self.mean, self.var = np.zeros(width), np.ones(width)

    transient = (
        "_gamma", "_beta", "dgamma", "dbeta", "batch_mean", "batch_var", "scale", "z_hat",
    )  # fmt: skip
    gamma, beta = view("gamma"), view("beta")

    def __setstate__(self, state):
        """Take the state of a copy, whose arrays may be read-only."""
        vars(self).update(state)
        self.mean, self.var = np.array(self.mean), np.array(self.var)

    def attach(self, parameters, gradient):
        self._gamma, self._beta = parameters[: self.width], parameters[self.width :]
        self.dgamma, self.dbeta = gradient[: self.width], gradient[self.width :]

    def forward(self, Z, training=False, rng=None):
        self.training = training
        if training:
            self.batch_mean, self.batch_var = Z.mean(axis=0), Z.var(axis=0)
            mean, var = self.batch_mean, self.batch_var
        else:
            mean, var = self.mean, self.var
        self.scale = (1.0 / np.sqrt(var + self.epsilon)).astype(Z.dtype, copy=False)
        self.z_hat = (Z - mean.astype(Z.dtype, copy=False)) * self.scale
        return self.gamma * self.z_hat + self.beta

    def backward(self, delta):
        np.add.reduce(delta * self.z_hat, axis=0, out=self.dgamma)
        np.add.reduce(delta, axis=0, out=self.dbeta)
        d_hat = delta * self.gamma
        if self.training:  # the statistics depend on Z too, and take their share away
            d_hat -= d_hat.mean(axis=0) + self.z_hat * (d_hat * self.z_hat).mean(axis=0)
        return d_hat * self.scale

    def update_statistics(self) -> None:
        """Move the running averages towards the last mini-batch's mean and variance."""
        self.mean += (1.0 - self.momentum) * (self.batch_mean - self.mean)
        self.var += (1.0 - self.momentum) * (self.batch_var - self.var)


class Dropout(Layer):
    """Inverted dropout (Srivastava et al. 2014): in training, drop each unit at random.

    What is kept is divided by 1 - rate, so that the expected output is the input and
    nothing has to be rescaled after training.

    Parameters
    ----------
    rate : float
        Probability of being dropped, in [0, 1).

    Raises
    ------
    TypeError
        If ``rate`` is not a number, or in training, if ``rng`` is no generator of random numbers.
    ValueError
        If ``rate`` is out of range.
    """

    mask = None
    transient = ("mask",)

    def __init__(self, rate: float):
        self.rate = as_number("rate", rate, 0.0, 1.0)

    def forward(self, A, training=False, rng=None):
        if not training:
            self.mask = None
            return A
        if not isinstance(rng, np.random.Generator):
            raise TypeError(
                "rng should be a numpy.random.Generator for dropout in training, "
                f"not {describe(rng)}"
            )
        keep = rng.random(A.shape) >= self.rate
        self.mask = keep.astype(A.dtype) / A.dtype.type(1.0 - self.rate)
        return A * self.mask

    def backward(self, delta):
        return delta if self.mask is None else delta * self.mask
