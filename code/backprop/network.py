r"""The feed-forward neural network: a list of layers over one flat parameter vector Θ.

What one can do with a network:

- ``fit(X, t, scheduler)`` trains it, ``predict(X)`` uses it, ``reset_weights()`` starts anew;
- ``cost(X, t)`` and ``gradient(X, t)`` are C(Θ) and ∂C/∂Θ, for SciPy, for checks and for
  the curious; ``parameters`` is Θ itself, ``weights`` and ``biases`` are views into it;
- ``trace(X, t)`` shows every Z, A and δ of one forward and backward pass.

The interface follows the FFNN of Eric Reber and Gregor Kajda (spring 2023); the code is
new.  Shapes: X is (n, M_0), W^l is (M_{l-1}, M_l) with the sender first, b^l is (M_l,).
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ._arrays import as_count, as_matrix, as_number, describe, is_finite, known_value
from .activations import ELU, LRELU, RELU, derivate, identity, sigmoid, softmax, tanh
from .costs import (
    GRADIENTS,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    check_targets,
    cost_gradient,
)
from .initializers import default_initializer
from .layers import Activation, Affine, BatchNorm, Dropout, Layer
from .schedulers import Scheduler

__all__ = ["FFNN", "Trace", "TrainingDiverged"]

CHUNK = 512  # rows scored at once: enough to be fast, few enough to stay in the cache

# With these pairs of output activation and cost, BP1 collapses to (A - T)/n.
COLLAPSING = {(softmax, CostCrossEntropy), (sigmoid, CostLogReg)}


class TrainingDiverged(ArithmeticError):  # noqa: N818 (it is what happened)
    """Raised by ``fit`` when the cost or a parameter is no longer finite.

    Parameters
    ----------
    message : str
        What happened.
    scores : dict of str to ndarray
        Becomes the attribute.

    Attributes
    ----------
    scores : dict of str to ndarray
        The scores of the epochs before, as ``fit`` would have returned them.
    """

    def __init__(self, message: str, scores: dict[str, np.ndarray]):
        super().__init__(message)
        self.scores = scores

    def __reduce__(self):
        """Return what a copy needs, as when another process raises the error."""
        return type(self), (self.args[0], self.scores)


@dataclass
class Trace:
    """All that one forward and one backward pass compute; index 0 is the input layer.

    Attributes
    ----------
    A : list of ndarray, shapes (n, M_l)
        Activations A⁰ = X, A¹, …, A^L.
    Z : list of ndarray, shapes (n, M_l)
        Pre-activations; ``Z[0]`` is None, since the input layer has none.
    delta : list of ndarray, shapes (n, M_l)
        Errors δ^l = ∂C/∂Z^l; ``delta[0]`` is None.
    dW : list of ndarray, shapes (M_{l-1}, M_l)
        Gradients ∂C/∂W^l; ``dW[0]`` is None.
    db : list of ndarray, shapes (M_l,)
        Gradients ∂C/∂b^l; ``db[0]`` is None.
    """

    A: list
    Z: list
    delta: list
    dW: list
    db: list


class FFNN:
    """A feed-forward neural network that learns by back-propagation.

    Parameters
    ----------
    dimensions : sequence of int
        Widths (M_0, …, M_L): number of features, hidden widths, number of outputs.
    hidden_func : callable or sequence of callables, default sigmoid
        Activation function of the hidden layers; a sequence gives each its own.
    output_func : callable, default identity
        Activation function of the output layer.
    cost_func : callable, default CostOLS
        Cost function, a mean over the samples; it decides whether this is a regressor or
        a classifier (``task``).  One of your own has the form of ``CostOLS`` and is
        written with ``autograd.numpy``, as are activation functions of your own.
    seed : int, optional
        Seed of all randomness: weights, mini-batches, dropout.  Without it every network
        is different.
    initializer : callable, optional
        See ``backprop.initializers``.  The default is He's for the ReLU family and
        Glorot's for all other activation functions.
    batch_norm : bool, default False
        Whether to normalise the pre-activations of the hidden layers over each batch.
    dropout : float or sequence of float, default 0
        Probability of dropping a unit: one number for all hidden layers, or L numbers
        for the input layer and each hidden layer.
    dtype : data type, default float64
        float64 or float32, for parameters and computations.

    Attributes
    ----------
    layers : list of Layer
        The steps of the forward pass, in order.
    task : str
        "regression", "binary", "multiclass" or "multilabel".

    Raises
    ------
    TypeError
        If an argument is not of the right kind, as an activation given by its name.
    ValueError
        If a width is not positive, or activation and cost cannot go together.

    Notes
    -----
    The parameters are ordered layer by layer: W^1 row by row, b^1, with batch
    normalisation γ^1 and β^1, then W^2, and so on.

    Examples
    --------
    >>> net = FFNN((2, 3, 1), seed=1)
    >>> net.parameters.shape
    (13,)
    """

    def __init__(
        self,
        dimensions: Sequence[int],
        hidden_func: Callable | Sequence[Callable] = sigmoid,
        output_func: Callable = identity,
        cost_func: Callable = CostOLS,
        seed: int | None = None,
        *,
        initializer: Callable | None = None,
        batch_norm: bool = False,
        dropout: float | Sequence[float] = 0.0,
        dtype=np.float64,
    ):
        self.dimensions = _dimensions(dimensions)
        n_hidden = len(self.dimensions) - 2
        self.hidden_funcs = _functions(hidden_func, n_hidden)
        self.output_func = _activation("output_func", output_func)
        self.cost_func = cost_func
        _cost_slope(cost_func, self.dimensions[-1])  # raises if this is not a cost function
        self.task = _task(self.dimensions[-1], output_func, cost_func)
        if seed is not None:
            as_count("seed", seed, least=0)
        self.seed = seed
        if initializer is not None and not callable(initializer):
            raise TypeError(f"initializer should be a function, not {describe(initializer)}")
        self.initializer = initializer
        if not isinstance(batch_norm, (bool, np.bool_)):
            raise TypeError(f"batch_norm should be True or False, not {describe(batch_norm)}")
        self.batch_norm = bool(batch_norm)
        self.dropout = _rates(dropout, n_hidden)
        self.dtype = _dtype(dtype)
        self._build()
        self.reset_weights()

    def __repr__(self):
        """Return a line such as FFNN((2, 3, 1), sigmoid → identity, CostOLS, 13 parameters)."""
        funcs = " → ".join(
            getattr(f, "__name__", str(f)) for f in (*self.hidden_funcs, self.output_func)
        )
        cost = getattr(self.cost_func, "__name__", str(self.cost_func))
        return f"FFNN({self.dimensions}, {funcs}, {cost}, {self._theta.size} parameters)"

    def _build(self):
        """Make the layers, and give each its views into the flat vectors."""
        self.layers: list[Layer] = []
        if self.dropout[0] > 0:
            self.layers.append(Dropout(self.dropout[0]))
        for l in range(1, len(self.dimensions)):
            self.layers.append(Affine(*self.dimensions[l - 1 : l + 1]))
            if l == len(self.dimensions) - 1:
                break
            if self.batch_norm:
                self.layers.append(BatchNorm(self.dimensions[l]))
            self.layers.append(Activation(self.hidden_funcs[l - 1]))
            if self.dropout[l] > 0:
                self.layers.append(Dropout(self.dropout[l]))
        self.layers.append(Activation(self.output_func))
        self._cost_slope = _cost_slope(self.cost_func, self.dimensions[-1])
        self._collapses = any(
            self.output_func is output and self.cost_func is cost for output, cost in COLLAPSING
        )
        self._affine[0].needs_input_gradient = False
        self._theta = np.zeros(sum(layer.n_parameters for layer in self.layers), self.dtype)
        self._gradient = np.zeros_like(self._theta)
        self._attach()

    def _attach(self):
        start = 0
        for layer in self.layers:
            stop = start + layer.n_parameters
            layer.attach(self._theta[start:stop], self._gradient[start:stop])
            start = stop

    @property
    def _affine(self):
        return [layer for layer in self.layers if isinstance(layer, Affine)]

    @property
    def _batch_norms(self):
        return [layer for layer in self.layers if isinstance(layer, BatchNorm)]

    # Copies and pickles: views would come back as arrays of their own, so layers are rebuilt.

    def __getstate__(self):
        """Return what a copy needs: settings, parameters, running statistics, randomness."""
        made_by_build = ("layers", "_theta", "_gradient", "_cost_slope", "_collapses")
        state = {k: v for k, v in self.__dict__.items() if k not in made_by_build}
        state["_rng"] = copy.deepcopy(self._rng)  # copy.copy would share it
        state["_snapshot"] = self._snapshot()
        return state

    def __setstate__(self, state):
        """Rebuild the network from ``__getstate__``."""
        self.__dict__.update({k: v for k, v in state.items() if k != "_snapshot"})
        self._build()
        self._restore(state["_snapshot"])

    def _snapshot(self):
        """Return a copy of all that training changes, but for the randomness."""
        statistics = [(bn.mean.copy(), bn.var.copy()) for bn in self._batch_norms]
        return self._theta.copy(), statistics

    def _restore(self, snapshot):
        theta, statistics = snapshot
        self._theta[:] = theta
        for bn, (mean, var) in zip(self._batch_norms, statistics, strict=True):
            bn.mean[:], bn.var[:] = mean, var

    # Parameters

    @property
    def parameters(self) -> np.ndarray:
        """Θ, all parameters in one vector, shape (N,): a view that can be written to."""
        return self._theta

    @parameters.setter
    def parameters(self, values):
        values = np.asarray(values)
        if values.shape != self._theta.shape:
            raise ValueError(
                f"parameters should have shape {self._theta.shape}, but has shape {values.shape}"
            )
        if values.dtype.kind not in "fiu":
            raise TypeError(f"parameters should be real numbers, not {describe(values)}")
        with np.errstate(over="ignore"):  # what float32 cannot hold is found below
            values = values.astype(self.dtype)
        if not np.isfinite(values).all():
            raise ValueError(
                f"parameters should be finite, but contains NaN or infinity (in {self.dtype})"
            )
        self._theta[:] = values

    @property
    def weights(self) -> list[np.ndarray]:
        """W^1, …, W^L, shapes (M_{l-1}, M_l): views into ``parameters``."""
        return [layer.W for layer in self._affine]

    @property
    def biases(self) -> list[np.ndarray]:
        """b^1, …, b^L, shapes (M_l,): views into ``parameters``."""
        return [layer.b for layer in self._affine]

    def reset_weights(self) -> None:
        """Draw new weights and set the biases to zero; forget all training.

        With a seed the same weights come back, and training repeats itself exactly.
        """
        for_weights, for_training = np.random.SeedSequence(self.seed).spawn(2)
        rng = np.random.default_rng(for_weights)
        drawn = []
        for layer, func in zip(self._affine, (*self.hidden_funcs, self.output_func), strict=True):
            init = self.initializer or default_initializer(func)
            W = np.asarray(init(layer.n_in, layer.n_out, rng))
            if W.shape != layer.W.shape or W.dtype.kind not in "fiu" or not np.isfinite(W).all():
                raise ValueError(
                    f"initializer should return finite weights of shape {layer.W.shape}, "
                    f"not {describe(W)}"
                )
            drawn.append(W)
        for layer, W in zip(self._affine, drawn, strict=True):
            layer.W[:], layer.b[:] = W, 0.0
        for bn in self._batch_norms:
            bn.gamma[:], bn.beta[:] = 1.0, 0.0
            bn.mean[:], bn.var[:] = 0.0, 1.0
        self._rng = np.random.default_rng(for_training)

    # Forward and backward pass

    def _forward(self, A, training=False, rng=None):
        for layer in self.layers:
            A = layer.forward(A, training, rng)
        return A

    def _backward(self, T, lam, keep=None):
        """Fill the gradient, for the samples of the last forward pass.

        ``keep``, if given, is a list that receives what each layer passed on.
        """
        output = self.layers[-1]
        if self._collapses:
            delta = (output.A - T) * (1.0 / len(T))
        else:
            delta = output.backward(self._cost_slope(output.A, T))  # BP1
        for layer in reversed(self.layers[:-1]):
            if delta is None:  # only dropout of the inputs is left
                break
            if keep is not None:
                keep.append((layer, delta.copy()))
            delta = layer.backward(delta)  # BP2 to BP4
        if lam:
            for layer in self._affine:
                layer.dW += lam * layer.W

    def _data_cost(self, A, T):
        """C for the outputs A of the last forward pass, from Z^L where that is more exact."""
        if not self._collapses:
            return float(self.cost_func(T)(A)) if is_finite(A) else np.nan
        Z = self.layers[-1].Z
        if self.output_func is softmax:
            # ln A = Z - top + ln(largest A), and each row of T sums to 1.
            largest = np.arange(len(A)), A.argmax(axis=1)
            costs = Z[largest] - np.log(A[largest]) - np.einsum("sj,sj->s", T, Z)
            return float(costs.mean(dtype=np.float64))
        # ln(1 + e^Z) - t Z is -ln σ(Z) for t = 1 and -ln(1 - σ(Z)) for t = 0.
        softplus = np.maximum(Z, 0.0) + np.log1p(np.exp(-np.abs(Z)))
        return float((softplus - T * Z).sum(dtype=np.float64)) / len(T)

    def _penalty(self, lam):
        return 0.5 * lam * sum(float(np.vdot(W, W)) for W in self.weights) if lam else 0.0

    def feed_forward(self, X) -> np.ndarray:
        """Return the outputs A^L, as after training (no dropout, running statistics).

        Parameters
        ----------
        X : array_like, shape (n, M_0)
            Inputs, one row per sample.

        Returns
        -------
        ndarray, shape (n, M_L)
            Outputs: values for regression, probabilities for classification.

        Raises
        ------
        ValueError
            If X has the wrong shape, or contains NaN or infinity.
        """
        X = as_matrix("X", X, self.dimensions[0], self.dtype)
        return np.concatenate([self._forward(X[rows]) for rows in _chunks(len(X))])

    def cost(
        self, X, t, lam: float = 0.0, *, training: bool = False, seed: int | None = None
    ) -> float:
        r"""Return the cost C(Θ) with its penalty, :math:`\frac\lambda2\sum w^2`.

        Parameters
        ----------
        X : array_like, shape (n, M_0)
            Inputs.
        t : array_like, shape (n, M_L)
            Targets.
        lam : float
            Strength of the L2 penalty on the weights (not on biases, γ and β); at least 0.
        training : bool
            Whether to evaluate the network as in training: with the batch statistics of
            X and with dropout.
        seed : int, optional
            Seed of the dropout masks when ``training``; the same seed gives the same masks.

        Returns
        -------
        float
            Mean cost per sample plus penalty.

        Raises
        ------
        ValueError
            If X or t have the wrong shape, are not finite, or t does not suit the cost.
        """
        X, T = self._check(X, t)
        lam = as_number("lam", lam, 0.0)
        A = self._forward(X, training, self._mask_rng(training, seed))
        return self._data_cost(A, T) + self._penalty(lam)

    def gradient(
        self, X, t, lam: float = 0.0, *, training: bool = False, seed: int | None = None
    ) -> np.ndarray:
        """Return the gradient of ``cost`` (same arguments) by back-propagation.

        Parameters
        ----------
        X : array_like, shape (n, M_0)
            Inputs.
        t : array_like, shape (n, M_L)
            Targets.
        lam : float
            Strength of the L2 penalty.
        training : bool
            Whether to evaluate the network as in training.
        seed : int, optional
            Seed of the dropout masks when ``training``.

        Returns
        -------
        ndarray, shape (N,)
            ∂C/∂Θ, in the order of ``parameters``.

        Raises
        ------
        ValueError
            If X or t have the wrong shape, are not finite, or t does not suit the cost.
        """
        X, T = self._check(X, t)
        lam = as_number("lam", lam, 0.0)
        self._forward(X, training, self._mask_rng(training, seed))
        self._backward(T, lam)
        return self._gradient.copy()

    def trace(self, X, t) -> Trace:
        """Return every Z, A, δ and gradient of one forward and backward pass.

        Parameters
        ----------
        X : array_like, shape (n, M_0)
            Inputs.
        t : array_like, shape (n, M_L)
            Targets.

        Returns
        -------
        Trace
            Copies, indexed by the layer l = 0, …, L.

        Raises
        ------
        ValueError
            If X or t are unsuitable (see ``cost``), or the network has batch
            normalisation, with which Z^l is no longer the argument of φ_l.
        """
        if self.batch_norm:
            raise ValueError("trace should be called on a network without batch normalisation")
        X, T = self._check(X, t)
        self._forward(X)
        passed: list = []
        self._backward(T, 0.0, keep=passed)
        activations = [layer for layer in self.layers if isinstance(layer, Activation)]
        delta = [d for layer, d in reversed(passed) if isinstance(layer, Affine)]
        return Trace(
            A=[X.copy(), *(layer.A.copy() for layer in activations)],
            Z=[None, *(layer.Z.copy() for layer in activations)],
            delta=[None, *delta],
            dW=[None, *(layer.dW.copy() for layer in self._affine)],
            db=[None, *(layer.db.copy() for layer in self._affine)],
        )

    def _mask_rng(self, training, seed):
        if not training:
            return None
        if seed is not None:
            return np.random.default_rng(as_count("seed", seed, least=0))
        if any(self.dropout):
            raise ValueError(
                "seed should be given with training=True and dropout, so that cost and "
                "gradient can be evaluated with the same masks"
            )
        return None

    def _check(self, X, t, names=("X", "t")):
        X = as_matrix(names[0], X, self.dimensions[0], self.dtype)
        hint = f"onehot({names[1]}) makes labels one-hot" if self.task == "multiclass" else ""
        T = as_matrix(names[1], t, self.dimensions[-1], self.dtype, hint)
        if len(X) != len(T):
            raise ValueError(
                f"{names[0]} and {names[1]} should have the same number of rows, "
                f"but have {len(X)} and {len(T)}"
            )
        check_targets(self.cost_func, T)
        return X, T

    # Training

    def fit(
        self,
        X,
        t,
        scheduler: Scheduler,
        batches: int = 1,
        epochs: int = 100,
        lam: float = 0.0,
        X_val=None,
        t_val=None,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        callback: Callable | None = None,
        resume: bool = False,
        progress: bool = False,
    ) -> dict[str, np.ndarray]:
        """Train the network, starting from its present parameters.

        Every epoch shuffles the samples and splits them into mini-batches whose sizes
        differ by at most one; every mini-batch gives one gradient and one update of Θ.

        Parameters
        ----------
        X : array_like, shape (n, M_0)
            Training inputs.
        t : array_like, shape (n, M_L)
            Training targets.
        scheduler : Scheduler
            How to turn a gradient into a change, as ``Adam(eta=1e-3, rho=0.9, rho2=0.999)``.
            ``fit`` works on a copy that starts fresh, and yours stays as it is, unless
            ``resume`` is set.
        batches : int, default 1
            Number of mini-batches per epoch, from 1 to n.
        epochs : int, default 100
            Number of passes over the training set, at least 1.
        lam : float, default 0
            Strength of the L2 penalty on the weights, at least 0.
        X_val, t_val : array_like, optional
            Validation set, scored after every epoch; give both or neither.
        clip_norm : float, optional
            Largest norm of the whole gradient; a longer one is scaled down to it.
        clip_value : float, optional
            Largest size of each component of the gradient; larger ones are cut.
        callback : callable, optional
            Called after every epoch with its scores, a dictionary such as
            ``{"train_errors": 0.3}``; the training ends early if it returns True.
        resume : bool, default False
            Whether to go on where an earlier call with the same scheduler ended: the
            scheduler itself is then used and changed, with all that it remembers.
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        dict of str to ndarray, shape (epochs,), or fewer if the training ended early
            ``train_errors`` and, with a validation set, ``val_errors``: mean cost after
            each epoch, without the penalty.  For classifiers also ``train_accs`` and
            ``val_accs``: share of the samples classified correctly.

        Raises
        ------
        TypeError
            If an argument is not of the right kind, as a scheduler's class.
        ValueError
            If data or numbers are unsuitable, as more batches than samples.
        TrainingDiverged
            If the cost or a parameter is no longer finite.  The parameters, and what a
            resumed scheduler remembers, are then those after the last good epoch, and the
            exception has the scores until there.

        Notes
        -----
        An interruption from the keyboard ends the training early: the parameters reached
        so far stay, and the scores of the finished epochs are returned.
        """
        X, T = self._check(X, t)
        sets = {"train": (X, T)}
        if (X_val is None) != (t_val is None):
            given, missing = ("X_val", "t_val") if t_val is None else ("t_val", "X_val")
            raise ValueError(f"{missing} should be given together with {given}, but is None")
        if X_val is not None:
            sets["val"] = self._check(X_val, t_val, ("X_val", "t_val"))
        if callback is not None and not callable(callback):
            raise TypeError(f"callback should be a function, not {describe(callback)}")
        scheduler = _checked_scheduler(scheduler) if resume else _fresh(scheduler)
        batches, epochs = as_count("batches", batches), as_count("epochs", epochs)
        if batches > len(X):
            raise ValueError(
                f"batches should be at most the number of samples, {len(X)}, not {batches}"
            )
        if self.batch_norm and len(X) // batches < 2:
            raise ValueError(
                "batches should leave at least two samples in each mini-batch with batch "
                f"normalisation, but {batches} batches of {len(X)} samples do not"
            )
        lam = as_number("lam", lam, 0.0)
        clip = _clipper(clip_norm, clip_value)

        kinds = ("errors",) if self.task == "regression" else ("errors", "accs")
        names = [f"{name}_{kind}" for name in sets for kind in kinds]
        history: list[dict[str, float]] = []  # one entry per epoch
        bar = _progress_bar(epochs) if progress else None
        takes_out = "out" in inspect.signature(scheduler.update_change).parameters
        good = self._snapshot(), copy.deepcopy(vars(scheduler)) if resume else None
        try:
            with np.errstate(all="ignore"):  # what matters is found below
                for _ in range(epochs):
                    self._epoch(X, T, scheduler, takes_out, batches, lam, clip)
                    if not is_finite(self._theta):
                        raise FloatingPointError("a parameter is no longer finite")
                    new = self._scores(sets)
                    if not all(map(np.isfinite, new.values())):
                        raise FloatingPointError("the cost is no longer finite")
                    history.append(new)
                    good = self._snapshot(), copy.deepcopy(vars(scheduler)) if resume else None
                    if bar is not None:
                        bar.set_postfix({k: f"{v:.4g}" for k, v in new.items()}, refresh=False)
                        bar.update()
                    if callback is not None and callback(dict(new)):
                        break
        except KeyboardInterrupt:
            pass
        except FloatingPointError as error:
            done = "1 epoch" if len(history) == 1 else f"{len(history)} epochs"
            self._restore(good[0])
            if resume:
                vars(scheduler).update(good[1])
            raise TrainingDiverged(
                f"training diverged in epoch {len(history) + 1}: {error}; the parameters are "
                f"those after {done}. A smaller eta, clip_norm or scaled inputs may help",
                _as_arrays(names, history),
            ) from None
        finally:
            if bar is not None:
                bar.close()
        return _as_arrays(names, history)

    def _epoch(self, X, T, scheduler, takes_out, batches, lam, clip):
        """Pass over the training set once, in mini-batches drawn without replacement."""
        change = np.empty_like(self._theta)
        batch_norms = self._batch_norms
        order = self._rng.permutation(len(X))
        for chosen in np.array_split(order, batches):
            self._forward(X.take(chosen, axis=0), True, self._rng)
            self._backward(T.take(chosen, axis=0), lam)
            if clip is not None:
                clip(self._gradient)
            if takes_out:
                found = scheduler.update_change(self._gradient, out=change)
            else:  # such a scheduler may keep what it is given, so it is given a copy
                found = scheduler.update_change(self._gradient.copy())
            self._theta -= self._checked(found)
            for bn in batch_norms:
                bn.update_statistics()

    def _checked(self, change):
        """Check what a scheduler, which may be one of the user's own, has returned."""
        array = np.asarray(change)
        if array.shape != self._theta.shape or array.dtype.kind not in "fiu":
            raise ValueError(
                "scheduler.update_change should return an array of numbers with the shape of "
                f"the gradient, {self._theta.shape}, not {describe(change)}"
            )
        return array

    def _scores(self, sets):
        """Return costs and accuracies, computed chunk by chunk."""
        scores, classifies = {}, self.task != "regression"
        for name, (X, T) in sets.items():
            error, right = 0.0, 0
            for rows in _chunks(len(X)):
                A = self._forward(X[rows])
                error += self._data_cost(A, T[rows]) * len(A)
                if classifies:
                    right += self._count_right(A, T[rows])
            scores[f"{name}_errors"] = error / len(X)
            if classifies:
                scores[f"{name}_accs"] = right / len(X)
        return scores

    def _count_right(self, A, T):
        if self.task == "multiclass":
            return np.count_nonzero(A.argmax(axis=1) == T.argmax(axis=1))
        return np.count_nonzero(((A > 0.5) == (T > 0.5)).all(axis=1))

    def predict(self, X, *, threshold: float = 0.5) -> np.ndarray:
        """Return the network's answer: values for regression, labels for classification.

        Parameters
        ----------
        X : array_like, shape (n, M_0)
            Inputs.
        threshold : float, default 0.5
            In binary and multilabel tasks an output above it counts as 1.  It has no
            meaning for regression, nor for classes that exclude each other.

        Returns
        -------
        ndarray, shape (n, M_L)
            For regression the outputs; for binary and multilabel tasks 0 or 1; for
            several classes one-hot rows, 1 where the output is largest.

        Raises
        ------
        ValueError
            If X has the wrong shape or is not finite, or the threshold is not in [0, 1].
        """
        if as_number("threshold", threshold, 0.0) > 1:
            raise ValueError(f"threshold should be at most 1, not {threshold}")
        A = self.feed_forward(X)
        if self.task == "regression":
            return A
        if self.task == "multiclass":
            return np.eye(self.dimensions[-1], dtype=np.int64)[A.argmax(axis=1)]
        return (A > threshold).astype(np.int64)

    def accuracy(self, X, t) -> float:
        """Return the share of the samples that are classified correctly.

        Parameters
        ----------
        X : array_like, shape (n, M_0)
            Inputs.
        t : array_like, shape (n, M_L)
            Targets.  With several classes the largest entry counts; in multilabel tasks
            every label of a sample has to be right.

        Returns
        -------
        float
            Between 0 and 1.

        Raises
        ------
        ValueError
            If X or t are unsuitable, or the network is a regressor.
        """
        if self.task == "regression":
            raise ValueError(
                "accuracy should be asked of a classifier (CostLogReg or CostCrossEntropy), "
                f"but this network minimises {getattr(self.cost_func, '__name__', 'a cost')}"
            )
        X, T = self._check(X, t)
        return self._scores({"any": (X, T)})["any_accs"]


def _dimensions(dimensions):
    if isinstance(dimensions, (int, np.integer, str)) or not hasattr(dimensions, "__len__"):
        raise TypeError(
            "dimensions should be a sequence of widths such as (2, 3, 1), "
            f"not {describe(dimensions)}"
        )
    if len(dimensions) < 2:
        raise ValueError(
            "dimensions should have at least two widths (inputs, outputs), "
            f"not {describe(dimensions)}"
        )
    return tuple(as_count(f"dimensions[{i}]", m) for i, m in enumerate(dimensions))


def _dtype(dtype):
    try:
        found = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"dtype should be float64 or float32, not {describe(dtype)}") from None
    if found not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise ValueError(f"dtype should be float64 or float32, not {found}")
    return found


def _activation(name, func):
    """Check an activation function, one of your own by trying it on a few numbers."""
    if any(func is known for known in (identity, sigmoid, tanh, RELU, LRELU, ELU, softmax)):
        return func
    try:
        slope = derivate(func)
    except TypeError as error:
        raise TypeError(str(error).replace("func", name, 1)) from None
    probe = np.array([[-0.5, 0.75], [1.25, 2.0]])
    try:
        whole = np.asarray(func(probe))
        good = whole.shape == np.shape(slope(probe)) == probe.shape
        alone = [[np.asarray(func(np.array([[z]]))).item() for z in row] for row in probe]
    except Exception as error:
        raise ValueError(
            f"{name} should be elementwise and written with autograd.numpy, but "
            f"{describe(func)} cannot be differentiated: {error}"
        ) from error
    if not good:
        raise ValueError(f"{name} should be elementwise, but {describe(func)} changes the shape")
    if not np.allclose(whole, alone, rtol=1e-9, atol=0.0, equal_nan=True):
        raise ValueError(
            f"{name} should be elementwise, but the values of {describe(func)} depend on other "
            "entries; the only such function here is backprop.softmax, for the output layer"
        )
    return func


def _cost_slope(cost_func, n_outputs):
    """Return ∂C/∂A as a function of A and T; check a cost function of one's own by trying it."""
    gradient = cost_gradient(cost_func)  # raises if this is not a function
    closed_form = known_value(GRADIENTS, cost_func)
    if closed_form is not None:
        return closed_form
    T = np.full((2, n_outputs), 1.0 / max(2, n_outputs))
    A = 0.8 * T
    try:
        good = np.ndim(cost_func(T)(A)) == 0 and np.shape(gradient(T)(A)) == A.shape
    except Exception as error:
        raise ValueError(
            "cost_func should take the targets, return a function of the outputs, and be written "
            f"with autograd.numpy, but {describe(cost_func)} cannot be differentiated: {error}"
        ) from error
    if not good:
        raise ValueError(
            "cost_func should take the targets and return a function of the outputs whose value "
            f"is a number, but {describe(cost_func)} gives something else"
        )
    return lambda A, T: np.asarray(gradient(T)(A), dtype=A.dtype)


def _functions(hidden_func, n_hidden):
    funcs = (
        list(hidden_func)
        if isinstance(hidden_func, (list, tuple))
        else [hidden_func] * max(n_hidden, 1)
    )
    for func in funcs:
        if _activation("hidden_func", func) is softmax:
            raise ValueError("hidden_func should be elementwise; softmax is for the output layer")
    if isinstance(hidden_func, (list, tuple)) and len(funcs) != n_hidden:
        raise ValueError(
            f"hidden_func should have one function per hidden layer, {n_hidden}, not {len(funcs)}"
        )
    return tuple(funcs[:n_hidden])


def _rates(dropout, n_hidden):
    """Return the dropout rates of the input layer and of each hidden layer."""
    if isinstance(dropout, (list, tuple, np.ndarray)):
        rates = [as_number(f"dropout[{i}]", rate, 0.0, 1.0) for i, rate in enumerate(dropout)]
        if len(rates) != n_hidden + 1:
            raise ValueError(
                "dropout should have one rate for the input layer and one for each hidden "
                f"layer, {n_hidden + 1} in all, not {len(rates)}"
            )
        return tuple(rates)
    return (0.0, *[as_number("dropout", dropout, 0.0, 1.0)] * n_hidden)


def _task(n_outputs, output_func, cost_func):
    """Tell what is learned, from the number of outputs, their activation and the cost."""
    if output_func is softmax and n_outputs < 2:
        raise ValueError(
            "output_func should not be softmax for one output, which would always be 1"
        )
    if cost_func not in (CostLogReg, CostCrossEntropy):
        return "regression"
    if output_func in (identity, tanh, RELU, LRELU, ELU):
        raise ValueError(
            "output_func should give probabilities (sigmoid or softmax) with "
            f"{cost_func.__name__}, but {output_func.__name__} does not"
        )
    if cost_func is CostCrossEntropy and n_outputs < 2:
        raise ValueError(
            "cost_func should be CostLogReg for one output; CostCrossEntropy needs one output "
            "for each class"
        )
    if output_func is softmax or cost_func is CostCrossEntropy:
        return "multiclass"
    return "binary" if n_outputs == 1 else "multilabel"


def _checked_scheduler(scheduler):
    if not isinstance(scheduler, Scheduler):
        raise TypeError(
            "scheduler should be an instance such as Adam(eta=1e-3, rho=0.9, rho2=0.999), "
            f"not {describe(scheduler)}"
        )
    return scheduler


def _fresh(scheduler):
    scheduler = copy.deepcopy(_checked_scheduler(scheduler))
    scheduler.reset()
    return scheduler


def _clipper(clip_norm, clip_value):
    """Return a function that clips a gradient in place, or None."""
    if clip_norm is not None and clip_value is not None:
        raise ValueError("clip_norm and clip_value should not be given together")
    if clip_norm is not None:
        limit = as_number("clip_norm", clip_norm, 0.0, open_low=True)

        def clip(gradient):
            norm = np.linalg.norm(gradient)
            if norm == np.inf:  # the squares overflow, though the gradient need not
                largest = np.abs(gradient).max()
                norm = largest * np.linalg.norm(gradient / largest)
            if norm > limit:
                gradient *= limit / norm

        return clip
    if clip_value is not None:
        limit = as_number("clip_value", clip_value, 0.0, open_low=True)
        return lambda gradient: np.clip(gradient, -limit, limit, out=gradient)
    return None


def _progress_bar(epochs):
    from tqdm.auto import tqdm

    return tqdm(total=epochs, unit="epoch")


def _chunks(n):
    return [slice(start, start + CHUNK) for start in range(0, n, CHUNK)]


def _as_arrays(names, history):
    return {name: np.array([epoch[name] for epoch in history]) for name in names}
