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
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from . import _settings, training
from ._arrays import as_count, as_matrix, as_number, describe
from ._settings import UnknownTaskWarning
from ._turns import Turns
from ._views import Views, write
from .activations import identity, sigmoid
from .costs import CostOLS, OutputCost, check_targets, is_known
from .initializers import default_initializer
from .layers import Activation, Affine, BatchNorm, Dropout, Layer
from .schedulers import Scheduler
from .training import TrainingDiverged  # pickles of before look for it here

__all__ = ["FFNN", "Trace", "TrainingDiverged", "UnknownTaskWarning"]

CHUNK = 512  # rows scored at once: enough to be fast, few enough to stay in the cache


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
    task : str, optional
        "regression", "binary", "multiclass" or "multilabel", for a cost function of your own.
        Without it the cost functions of this package say what is learned, any other makes a
        regressor.

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
        If a width is not positive, activation and cost cannot go together, or the derivative
        that autograd finds of a function of your own is not that of its values.

    Warns
    -----
    UnknownTaskWarning
        If the outputs may be probabilities, the cost is your own, and ``task`` is not given.

    Notes
    -----
    Later assignments to ``output_func``, ``hidden_func``, ``cost_func``, ``task``, ``seed`` and
    ``initializer`` are checked in the same way and take effect; the other settings cannot be
    changed.  Several threads may use one network: each call waits for its turn.  While one
    thread trains it, the others get their turn after an epoch, and cannot train it too.

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
        task: str | None = None,
    ):
        self.dimensions = _settings.as_dimensions(dimensions)
        n_hidden, n_outputs = len(self.dimensions) - 2, self.dimensions[-1]
        self.hidden_funcs = _settings.as_hidden_functions(hidden_func, n_hidden)
        self.output_func = _settings.as_activation("output_func", output_func)
        self.cost_func = _settings.as_cost(cost_func, n_outputs)
        self.task = _settings.as_task(task, n_outputs, output_func, cost_func)
        self._given_task = task
        self.seed = _settings.as_seed(seed)
        self.initializer = _settings.as_initializer(initializer)
        self.batch_norm = _settings.as_flag("batch_norm", batch_norm)
        self.dropout = _settings.as_rates(dropout, n_hidden)
        self.dtype = _settings.as_dtype(dtype)
        self._build(self._new_layers())
        self.reset_weights()

    def __repr__(self):
        """Return a line such as FFNN((2, 3, 1), sigmoid → identity, CostOLS, 13 parameters)."""
        funcs = " → ".join(
            getattr(f, "__name__", str(f)) for f in (*self.hidden_funcs, self.output_func)
        )
        cost = getattr(self.cost_func, "__name__", str(self.cost_func))
        return f"FFNN({self.dimensions}, {funcs}, {cost}, {self._theta.size} parameters)"

    def _new_layers(self):
        """Make the layers that the settings ask for."""
        layers: list[Layer] = []
        if self.dropout[0] > 0:
            layers.append(Dropout(self.dropout[0]))
        for l in range(1, len(self.dimensions)):
            layers.append(Affine(*self.dimensions[l - 1 : l + 1]))
            if l == len(self.dimensions) - 1:
                break
            if self.batch_norm:
                layers.append(BatchNorm(self.dimensions[l]))
            layers.append(Activation(self.hidden_funcs[l - 1]))
            if self.dropout[l] > 0:
                layers.append(Dropout(self.dropout[l]))
        layers.append(Activation(self.output_func))
        next(x for x in layers if isinstance(x, Affine)).needs_input_gradient = False
        return layers

    def _build(self, layers):
        """Take the layers, and give each its views into the flat vectors."""
        self.layers: list[Layer] = layers
        self._join_cost()
        self._turns = Turns()
        self._theta = np.zeros(sum(layer.n_parameters for layer in self.layers), self.dtype)
        self._gradient = np.zeros_like(self._theta)
        self._attach()

    def _join_cost(self):
        self._output_cost = OutputCost(self.cost_func)

    def __getattr__(self, name):
        """Say where to find what the lecture's network, or another, has under a name."""
        raise AttributeError(_settings.absence(self, name), name=name, obj=self)

    def __setattr__(self, name, value):
        """Set an attribute; once the network stands, settings are checked and take effect."""
        if "layers" in vars(self):
            if type(self) is FFNN and name in _settings.ELSEWHERE:  # a subclass may use them
                raise AttributeError(
                    f"{name} should not be set in a network, where it has no effect; "
                    f"see {_settings.ELSEWHERE[name]}"
                )
            if name in _settings.FIXED:
                raise AttributeError(
                    f"{name} should not be changed in a network that has been built: "
                    f"{_settings.FIXED[name]}"
                )
            if name in ("hidden_func", "hidden_funcs", "output_func", "cost_func", "task"):
                self._change_function(name, value)
                return
            if name in ("seed", "initializer"):
                value = getattr(_settings, f"as_{name}")(value)
        super().__setattr__(name, value)

    def _change_function(self, name, value):
        """Check one of the functions, or the task, with the others; then let it take effect."""
        n_hidden, n_outputs = len(self.dimensions) - 2, self.dimensions[-1]
        new = {key: getattr(self, key) for key in ("hidden_funcs", "output_func", "cost_func")}
        task = self._given_task
        if name == "task":
            task = value
        elif name == "output_func":
            new[name] = _settings.as_activation(name, value)
        elif name == "cost_func":
            new[name] = _settings.as_cost(value, n_outputs)
        else:
            new["hidden_funcs"] = _settings.as_hidden_functions(value, n_hidden)
        new["task"] = _settings.as_task(task, n_outputs, new["output_func"], new["cost_func"])
        activations = [layer for layer in self.layers if isinstance(layer, Activation)]
        if name in ("cost_func", "task"):
            activations = []
        elif len(activations) != n_hidden + 1:
            raise AttributeError(
                f"{name} should not be changed after activation layers were added or removed: "
                "set func of the Activation layer itself"
            )
        with self._turns:
            vars(self).update(new, _given_task=task)
            if name == "output_func":  # what was set in the other layers stays
                activations[-1].func = self.output_func
            else:
                for layer, func in zip(activations[:-1], self.hidden_funcs, strict=False):
                    layer.func = func
            self._join_cost()

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

    # Copies and pickles: views would come back as arrays of their own, so layers are copied
    # without them, whatever was done to the layers by hand, and attached anew.

    def __getstate__(self):
        """Return what a copy needs: settings, layers, parameters, statistics, randomness."""
        made_by_build = ("layers", "_theta", "_gradient", "_output_cost", "_turns")
        with self._turns:
            state = {k: v for k, v in self.__dict__.items() if k not in made_by_build}
            state["_rng"] = copy.deepcopy(self._rng)  # copy.copy would share it
            state["_snapshot"] = self._snapshot()
            functions = (*self.hidden_funcs, self.output_func)  # copy.copy does share these
            state["_layers"] = copy.deepcopy(self.layers, {id(func): func for func in functions})
        return state

    def __setstate__(self, state):
        """Rebuild the network from ``__getstate__``."""
        self._given_task = None  # not in the pickles of version 0.1.0, nor are the layers
        self.__dict__.update({k: v for k, v in state.items() if k not in ("_snapshot", "_layers")})
        self._build(state["_layers"] if "_layers" in state else self._new_layers())
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
        with self._turns:
            write("parameters", self._theta, values)

    @property
    def weights(self) -> list[np.ndarray]:
        """W^1, …, W^L, shapes (M_{l-1}, M_l): views into ``parameters``, also if assigned to."""
        return Views("weights", (layer.W for layer in self._affine))

    @property
    def biases(self) -> list[np.ndarray]:
        """b^1, …, b^L, shapes (M_l,): views into ``parameters``, also if assigned to."""
        return Views("biases", (layer.b for layer in self._affine))

    def reset_weights(self) -> None:
        """Draw new weights and set the biases to zero; forget all training.

        With a seed the same weights come back, and training repeats itself exactly.

        Raises
        ------
        ValueError
            If ``init`` returns weights of another shape, or NaN or infinity.
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
        with self._turns:
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

    def _backward(self, T, keep=None):
        """Fill the gradient of the cost, for the samples of the last forward pass.

        ``keep``, if given, is a list that receives what each layer passed on.
        """
        delta = self._output_cost.delta(self.layers[-1], T)  # BP1
        for layer in reversed(self.layers[:-1]):
            if delta is None:  # only dropout of the inputs is left
                break
            if keep is not None:
                keep.append((layer, delta.copy()))
            delta = layer.backward(delta)  # BP2 to BP4

    def _backpropagate(self, X, T):
        """Return the gradient for one mini-batch in training: a view, for the moment."""
        self._forward(X, True, self._rng)
        self._backward(T)
        return self._gradient

    def _add_penalty(self, lam):
        """Add the gradient of the penalty, λ W for each W."""
        for layer in self._affine:
            layer.dW += lam * layer.W

    def _shrink(self, factor):
        """Multiply every W by a number."""
        for layer in self._affine:
            layer.W *= factor

    def _update_statistics(self):
        for bn in self._batch_norms:
            bn.update_statistics()

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
        TypeError
            If X is not made of real numbers.
        ValueError
            If X has the wrong shape, or contains NaN or infinity.
        """
        X = as_matrix("X", X, self.dimensions[0], self.dtype)
        with self._turns:
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
        AttributeError
            If a layer with parameters was inserted, which was not made by a network.
        TypeError
            If X or t are not made of real numbers.
        ValueError
            If X or t have the wrong shape, are not finite, or t does not suit the cost.
        """
        X, T = self._check(X, t)
        lam = as_number("lam", lam, 0.0)
        rng = self._mask_rng(training, seed)
        with self._turns:
            self._forward(X, training, rng)
            return self._output_cost.value(self.layers[-1], T) + self._penalty(lam)

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
        TypeError
            If X or t are not made of real numbers.
        ValueError
            If X or t have the wrong shape, are not finite, or t does not suit the cost.
        """
        X, T = self._check(X, t)
        lam = as_number("lam", lam, 0.0)
        rng = self._mask_rng(training, seed)
        with self._turns:
            self._forward(X, training, rng)
            self._backward(T)
            if lam:
                self._add_penalty(lam)
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
        TypeError
            If X or t are not made of real numbers.
        ValueError
            If X or t are unsuitable (see ``cost``), or the network has batch
            normalisation, with which Z^l is no longer the argument of φ_l.
        """
        if self.batch_norm:
            raise ValueError("trace should be called on a network without batch normalisation")
        X, T = self._check(X, t)
        with self._turns:
            return self._trace(X, T)

    def _trace(self, X, T):
        self._forward(X)
        passed: list = []
        self._backward(T, keep=passed)
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
        check_targets(self.cost_func, T, self.task)
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
        decay: float = 0.0,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        score_every: int | None = 1,
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
            How to turn a gradient into a change, as ``Adam(eta=1e-3, rho=0.9, rho2=0.999)``;
            any object with ``update_change(gradient)`` and ``reset()`` will do.  ``fit`` works
            on a copy that is reset once, at the start, and yours stays as it is, unless
            ``resume`` is set.  For one that has to be reset after every epoch, as the
            lecture's network does, pass ``resume=True`` and
            ``callback=lambda scores: scheduler.reset()``.
        batches : int, default 1
            Number of mini-batches per epoch, from 1 to n.
        epochs : int, default 100
            Number of passes over the training set, at least 1.
        lam : float, default 0
            Strength of the L2 penalty on the weights, at least 0.
        X_val, t_val : array_like, optional
            Validation set, scored together with the training set; give both or neither.
        decay : float, default 0
            Strength of the decoupled weight decay, at least 0: in each update the weights are also
            multiplied by 1 - eta decay, with the scheduler's ``eta``.  With ``Adam`` this is
            AdamW (Loshchilov and Hutter 2019).
        clip_norm : float, optional
            Largest norm of the whole gradient; a longer one is scaled down to it.
        clip_value : float, optional
            Largest size of each component of the gradient; larger ones are cut.
        score_every : int or None, default 1
            Compute the scores after every so many epochs, and after the last; None for only
            after the last.  Scoring a large training set takes up to a third of the time.
        callback : callable, optional
            Called after every scored epoch with its scores, a dictionary such as
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
            ``val_accs``: share of the samples classified correctly.  With ``score_every=k``
            all of them have one entry for each scored epoch, ceil(epochs / k) in all, and
            ``epochs`` has the numbers of these epochs, counted from 1.

        Raises
        ------
        TypeError
            If an argument is not of the right kind, as a scheduler's class.
        ValueError
            If data or numbers are unsuitable, as more batches than samples, or a resumed
            scheduler has the memory of another network.
        RuntimeError
            If another thread is training this network.
        TrainingDiverged
            If the cost or a parameter is no longer finite.  The parameters, and what a
            resumed scheduler remembers, are then those after the last epoch that was scored,
            and the exception has the scores until there.

        Notes
        -----
        An interruption from the keyboard ends the training early: the parameters reached
        so far stay, and the scores of the finished epochs are returned.
        """
        sets = {"train": self._check(X, t)}
        n = len(sets["train"][0])
        if (X_val is None) != (t_val is None):
            given, missing = ("X_val", "t_val") if t_val is None else ("t_val", "X_val")
            raise ValueError(f"{missing} should be given together with {given}, but is None")
        if X_val is not None:
            sets["val"] = self._check(X_val, t_val, ("X_val", "t_val"))
        if callback is not None and not callable(callback):
            raise TypeError(f"callback should be a function, not {describe(callback)}")
        scheduler = training.resumed(scheduler, self) if resume else training.fresh(scheduler)
        batches, epochs = as_count("batches", batches), as_count("epochs", epochs)
        if batches > n:
            raise ValueError(f"batches should be at most the number of samples, {n}, not {batches}")
        if self.batch_norm and n // batches < 2:
            raise ValueError(
                "batches should leave at least two samples in each mini-batch with batch "
                f"normalisation, but {batches} batches of {n} samples do not"
            )
        if score_every is not None:
            as_count("score_every", score_every)
        lam, decay = as_number("lam", lam, 0.0), as_number("decay", decay, 0.0)
        parts = self, scheduler, lam, training.clipper(clip_norm, clip_value)
        step = training.DecayingStep(*parts, decay) if decay else training.Step(*parts)
        with self._turns.training():
            return training.train(
                self, sets, step, batches, epochs, score_every=score_every,
                callback=callback, resume=resume, progress=progress,
            )  # fmt: skip

    def _score(self, X, T, labels=None):
        """Return the cost and, if there are labels, the accuracy, computed chunk by chunk."""
        cost, right = 0.0, 0
        if not is_known(self.cost_func):  # it need not be a mean: computed of all samples at once
            A = self._forward(X)
            cost = self._output_cost.value(self.layers[-1], T)
            return cost, None if labels is None else self._count_right(A, labels) / len(X)
        for rows in _chunks(len(X)):
            A = self._forward(X[rows])
            cost += self._output_cost.value(self.layers[-1], T[rows]) * len(A)
            if labels is not None:
                right += self._count_right(A, labels[rows])
        return cost / len(X), None if labels is None else right / len(X)

    def _labels(self, T):
        """Return what targets or outputs stand for: classes, yes or no, or None."""
        if self.task == "regression":
            return None
        return T.argmax(axis=1) if self.task == "multiclass" else T > 0.5

    def _count_right(self, A, labels):
        same = self._labels(A) == labels
        return np.count_nonzero(same if same.ndim == 1 else same.all(axis=1))

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
        TypeError
            If X is not made of real numbers.
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
                "accuracy should be asked of a classifier (CostLogReg, CostCrossEntropy or task=), "
                f"but this network minimises {getattr(self.cost_func, '__name__', 'a cost')}"
            )
        X, T = self._check(X, t)
        labels, chunks = self._labels(T), _chunks(len(X))
        with self._turns:
            right = sum(self._count_right(self._forward(X[rows]), labels[rows]) for rows in chunks)
        return right / len(X)


def _chunks(n):
    return [slice(start, start + CHUNK) for start in range(0, n, CHUNK)]
