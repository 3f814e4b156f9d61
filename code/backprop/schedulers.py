r"""Schedulers: from a gradient to the change that is subtracted from the parameters.

A scheduler ``s`` has a memory of past gradients:

- ``s.update_change(gradient)`` returns the change and updates the memory;
- ``s.reset()`` clears the memory, as if ``s`` were new.

All memory is elementwise: every parameter has its own.  A scheduler therefore serves one array
of parameters; a network that keeps its parameters in several arrays gives each a copy,
``copy.copy(s)``, as the lecture's network does.  Another shape is refused.  Two arrays of one
shape, or two plain numbers such as w and b, cannot be told apart by their gradients: served by
one scheduler they share its memory, and the changes are wrong.

Symbols: g gradient, eta learning rate, eps a small constant outside the root, t = 1, 2, … the
number of the update.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import math
from abc import ABC, abstractmethod

import numpy as np

from ._arrays import as_count, as_number, describe, is_finite

__all__ = [
    "Adagrad",
    "AdagradMomentum",
    "Adam",
    "Constant",
    "Momentum",
    "RMS_prop",
    "Scheduled",
    "Scheduler",
]

EPSILON = 1e-8  # keeps the adaptive step finite where no gradient has been seen


class Scheduler(ABC):
    """What all schedulers share: a learning rate, and a memory that can be reset.

    To write your own, derive from this class and define ``update_change``.  Arrays that it
    keeps in the dictionary ``self.memory`` are cleared by ``reset`` and duplicated by
    ``copy.copy``; other attributes need a ``reset`` of your own.

    Parameters
    ----------
    eta : float
        Learning rate, greater than 0.

    Raises
    ------
    TypeError
        If this abstract class itself is called, or ``eta`` is not a number.
    ValueError
        If ``eta`` is not positive and finite.
    """

    def __init__(self, eta: float):
        self.eta = as_number("eta", eta, 0.0, open_low=True)
        Scheduler.reset(self)
        with contextlib.suppress(AttributeError):
            self.reset()  # that of a subclass may need attributes that are set after this call

    def _settings(self) -> dict:
        """Return the constructor's arguments, as far as they are attributes too."""
        arguments = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in arguments if hasattr(self, name)}

    def __repr__(self):
        settings = ", ".join(f"{name}={value!r}" for name, value in self._settings().items())
        return f"{type(self).__name__}({settings})"

    def __copy__(self):
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.memory = {name: np.copy(array) for name, array in self.memory.items()}
        return twin

    @abstractmethod
    def update_change(self, gradient: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """Return the change that is to be subtracted from the parameters.

        Parameters
        ----------
        gradient : ndarray, any shape
            Gradient of the cost with respect to one array of parameters, the same array at
            every call until ``reset``: any other needs a copy of the scheduler, and only a
            different shape is noticed.  A training loop that passes ``out`` may overwrite the
            gradient afterwards: keep a copy, if at all.
        out : ndarray, optional
            Where to put the result, instead of into a new array.  This is for training
            loops, which look for NaN and infinity themselves: it is not done here then.

        Returns
        -------
        ndarray
            The change, of the gradient's shape.

        Raises
        ------
        TypeError
            If the gradient is not made of real numbers.
        ValueError
            If its shape is not that of the earlier calls.
        FloatingPointError
            If it contains NaN or infinity (without ``out``); the memory is then left as
            it was.
        """

    def reset(self) -> None:
        """Clear the memory of past gradients."""
        self.memory: dict[str, np.ndarray] = {}
        self.n_updates = 0

    def _start(self, gradient, out, *names):
        """Check a gradient; return it, room for the change, and the memories called ``names``."""
        g = np.asarray(gradient)
        if g.dtype.kind not in "fiu":
            raise TypeError(f"gradient should be an array of numbers, not {describe(gradient)}")
        if g.dtype.kind != "f":
            g = g.astype(np.float64)
        if out is None and not is_finite(g):
            raise FloatingPointError("gradient should be finite, but contains NaN or infinity")
        change = np.empty_like(g) if out is None else out
        if getattr(change, "shape", None) != g.shape or np.may_share_memory(change, g):
            raise ValueError(
                f"out should be another array of shape {g.shape}, not {describe(change)}"
            )
        for name in names:
            if name not in self.memory:
                self.memory[name] = np.zeros_like(g)
            shape = self.memory[name].shape
            if shape != g.shape:
                raise ValueError(
                    f"gradient should have shape {shape}, as before, but has shape {g.shape}; "
                    "another array of parameters needs a scheduler of its own, such as "
                    "copy.copy(scheduler), or this one after reset()"
                )
        self.n_updates += 1
        return g, change, *[self.memory[name] for name in names]


class Constant(Scheduler):
    """Plain gradient descent: the change is eta g.

    Parameters
    ----------
    eta : float
        Learning rate, greater than 0.
    """

    def update_change(self, gradient, out=None):
        g, change = self._start(gradient, out)
        return np.multiply(g, self.eta, out=change)


class Momentum(Scheduler):
    """Gradient descent with momentum: v ← momentum v + eta g; the change is v.

    Parameters
    ----------
    eta : float
        Learning rate, greater than 0.
    momentum : float
        Share of the last change that is added to the new one, in [0, 1).
    """

    def __init__(self, eta: float, momentum: float):
        self.momentum = as_number("momentum", momentum, 0.0, 1.0)
        super().__init__(eta)

    def update_change(self, gradient, out=None):
        g, change, v = self._start(gradient, out, "v")
        v *= self.momentum
        v += np.multiply(g, self.eta, out=change)
        change[...] = v
        return change


class Adagrad(Scheduler):
    """Adagrad (Duchi, Hazan and Singer 2011): G ← G + g²; the change is eta g/(√G + eps).

    Parameters
    ----------
    eta : float
        Learning rate, greater than 0.
    """

    def update_change(self, gradient, out=None):
        g, change, G = self._start(gradient, out, "G")
        G += np.square(g, out=change)
        _root(G, change)
        np.divide(g, change, out=change)
        change *= self.eta
        return change


class AdagradMomentum(Scheduler):
    """Adagrad with momentum: v ← momentum v + eta g/(√G + eps); the change is v.

    Parameters
    ----------
    eta : float
        Learning rate, greater than 0.
    momentum : float
        Share of the last change that is added to the new one, in [0, 1).
    """

    def __init__(self, eta: float, momentum: float):
        self.momentum = as_number("momentum", momentum, 0.0, 1.0)
        super().__init__(eta)

    def update_change(self, gradient, out=None):
        g, change, G, v = self._start(gradient, out, "G", "v")
        G += np.square(g, out=change)
        _root(G, change)
        np.divide(g, change, out=change)
        change *= self.eta
        v *= self.momentum
        v += change
        change[...] = v
        return change


class RMS_prop(Scheduler):
    """RMSprop (Hinton 2012): s ← rho s + (1 - rho) g²; the change is eta g/(√s + eps).

    Parameters
    ----------
    eta : float
        Learning rate, greater than 0.
    rho : float
        Weight of the old mean square, in [0, 1).
    """

    def __init__(self, eta: float, rho: float):
        self.rho = as_number("rho", rho, 0.0, 1.0)
        super().__init__(eta)

    def update_change(self, gradient, out=None):
        g, change, s = self._start(gradient, out, "s")
        s *= self.rho
        s += np.multiply(np.square(g, out=change), 1.0 - self.rho, out=change)
        _root(s, change)
        np.divide(g, change, out=change)
        change *= self.eta
        return change


class Adam(Scheduler):
    """Adam (Kingma and Ba 2015): momentum and RMSprop, both corrected for their start.

    m ← rho m + (1 - rho) g and s ← rho2 s + (1 - rho2) g²; with m̂ = m/(1 - rho^t) and
    ŝ = s/(1 - rho2^t) the change is eta m̂/(√ŝ + eps).

    Parameters
    ----------
    eta : float
        Learning rate, greater than 0.
    rho : float
        Weight of the old mean gradient (the paper's beta1), in [0, 1).
    rho2 : float
        Weight of the old mean square (the paper's beta2), in [0, 1).
    """

    def __init__(self, eta: float, rho: float, rho2: float):
        self.rho = as_number("rho", rho, 0.0, 1.0)
        self.rho2 = as_number("rho2", rho2, 0.0, 1.0)
        super().__init__(eta)

    def update_change(self, gradient, out=None):
        g, change, m, s = self._start(gradient, out, "m", "s")
        # The memory has m/(1 - rho) and s/(1 - rho2).  These factors and the two corrections
        # are numbers: multiplied out, they cost no pass over the arrays.
        m *= self.rho
        m += g
        s *= self.rho2
        s += np.square(g, out=change)
        for_m = (1.0 - self.rho) / (1.0 - self.rho**self.n_updates)
        for_root_s = math.sqrt((1.0 - self.rho2) / (1.0 - self.rho2**self.n_updates))
        _root(s, change, EPSILON / for_root_s)
        np.divide(m, change, out=change)
        change *= self.eta * for_m / for_root_s
        return change


class Scheduled(Scheduler):
    """Any scheduler with a rate that first rises along a line, then falls along half a cosine.

    The rate of update t is ``factor(t)`` times the scheduler's eta: t/warm_up during the warm-up
    (Goyal et al. 2017), then last + (1 - last) (1 + cos(π (t - warm_up - 1)/(steps - warm_up)))/2
    (Loshchilov and Hutter 2017), or 1 if ``steps`` is not given.

    Parameters
    ----------
    scheduler : Scheduler
        The rule; its ``eta`` is the highest rate.  A copy without memory is used.
    warm_up : int, default 0
        Number of updates in which the rate rises, at least 0.
    steps : int, optional
        Number of all updates, as ``epochs * batches``; greater than ``warm_up``.  Without it the
        rate stays where it is after the warm-up.
    last : float, default 0
        What the factor falls to, in [0, 1); it stays there after ``steps`` updates.

    Attributes
    ----------
    scheduler : Scheduler
        The copy.
    eta : float
        The rate of the last update; before the first, the highest.

    Raises
    ------
    TypeError
        If ``scheduler`` is not a Scheduler, or a number is none.
    ValueError
        If a number is out of its range.
    """

    def __init__(self, scheduler: Scheduler, warm_up: int = 0, steps=None, last: float = 0.0):
        if not isinstance(scheduler, Scheduler):
            raise TypeError(f"scheduler should be a Scheduler, not {describe(scheduler)}")
        self.warm_up = as_count("warm_up", warm_up, 0)
        self.steps = None if steps is None else as_count("steps", steps, self.warm_up + 1)
        self.last = as_number("last", last, 0.0, 1.0)
        self.scheduler = copy.deepcopy(scheduler)
        super().__init__(scheduler.eta)

    def factor(self, t: int) -> float:
        """Return the rate of update t, as a share of the highest.

        Parameters
        ----------
        t : int
            Number of the update, counted from 1.

        Returns
        -------
        float
            The share, from 0 to 1.

        Raises
        ------
        TypeError
            If ``t`` is not a whole number.
        ValueError
            If it is less than 1.
        """
        t = as_count("t", t)
        if t <= self.warm_up:
            return t / self.warm_up
        if self.steps is None:
            return 1.0
        phase = min((t - self.warm_up - 1) / (self.steps - self.warm_up), 1.0)
        return self.last + (1.0 - self.last) * (1.0 + math.cos(math.pi * phase)) / 2

    def update_change(self, gradient):
        highest = self.scheduler.eta
        rate = highest * self.factor(self.n_updates + 1)
        self.scheduler.eta = rate
        try:
            change = self.scheduler.update_change(gradient)
        finally:
            self.scheduler.eta = highest
        # Only now, as the gradient may have been refused.
        self.eta, self.memory = rate, self.scheduler.memory
        self.n_updates += 1
        return change

    def reset(self) -> None:
        super().reset()
        self.scheduler.reset()
        self.eta = self.scheduler.eta

    def __copy__(self):
        twin = super().__copy__()
        twin.scheduler = copy.copy(self.scheduler)
        twin.memory = twin.scheduler.memory
        return twin


def _root(squares, out, epsilon=EPSILON):
    """Compute out ← √squares + epsilon."""
    np.sqrt(squares, out=out)
    out += epsilon
