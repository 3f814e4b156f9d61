r"""The network as a scikit-learn estimator, for pipelines, cross-validation and searches.

- ``FFNNClassifier`` learns classes: numbers or strings, two or more, or several labels at
  once;
- ``FFNNRegressor`` learns one number per sample, or several.

Both hold an ``FFNN``, their attribute ``network_`` after ``fit``, and leave all the work to it.
This module adds scikit-learn's contract: names of classes and features, checks of the data, a
validation set for early stopping.
"""

from __future__ import annotations

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MultiOutputMixin, RegressorMixin
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
from sklearn.utils.validation import check_is_fitted, validate_data

from ._arrays import as_count, as_number, describe
from .activations import RELU, identity, sigmoid, softmax
from .costs import CostCrossEntropy, CostLogReg, CostOLS
from .datasets import onehot, split
from .network import FFNN
from .schedulers import Adam, Scheduler
from .training import fresh

__all__ = ["FFNNClassifier", "FFNNRegressor"]

# Where to find what other networks have under these names, those of scikit-learn above all.
ELSEWHERE = {
    "loss_": "scores_['train_errors'][-1]",
    "loss_curve_": "scores_['train_errors']",
    "validation_scores_": "scores_['val_accs'], if early_stopping is True",
    "best_loss_": "scores_['val_errors'].min(), if early_stopping is True",
    "best_validation_score_": "scores_['val_accs'].max(), if early_stopping is True",
    "history": "scores_",
    "history_": "scores_",
    "scores": "scores_",
    "coefs_": "network_.weights",
    "weights_": "network_.weights",
    "intercepts_": "network_.biases",
    "biases_": "network_.biases",
    "n_layers_": "len(network_.dimensions)",
    "network": "network_",
    "classes": "classes_",
    "accuracy": "score(X, y)",
    "accuracy_": "score(X, y)",
    "_accuracy": "score(X, y)",
    "accuracy_score": "score(X, y)",
}


class _Estimator(BaseEstimator):
    """Base of both estimators: everything except the meaning of the targets."""

    def __init__(
        self,
        hidden=(100,),
        hidden_func=RELU,
        *,
        scheduler=None,
        eta=None,
        epochs=100,
        batch_size=32,
        lam=0.0,
        dropout=0.0,
        batch_norm=False,
        clip_norm=None,
        score_every=1,
        early_stopping=False,
        validation_fraction=0.1,
        patience=10,
        tol=1e-4,
        random_state=None,
        dtype=np.float64,
        progress=False,
    ):
        self.hidden = hidden
        self.hidden_func = hidden_func
        self.scheduler = scheduler
        self.eta = eta
        self.epochs = epochs
        self.batch_size = batch_size
        self.lam = lam
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.clip_norm = clip_norm
        self.score_every = score_every
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.tol = tol
        self.random_state = random_state
        self.dtype = dtype
        self.progress = progress

    def __getattr__(self, name):
        hint = ELSEWHERE.get(name)
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}"
            + (f"; see {hint}" if hint else "")
        )

    def get_params(self, deep=True):
        """Return the parameters of this estimator.

        Parameters
        ----------
        deep : bool, default True
            Whether to include those of the scheduler, as ``scheduler__eta``.

        Returns
        -------
        dict of str to object
            The parameters by their names.
        """
        params = super().get_params(deep=False)
        if deep and isinstance(self._scheduler_or_default(), Scheduler):
            settings = self._scheduler_or_default()._settings()
            params |= {f"scheduler__{name}": value for name, value in settings.items()}
        return params

    def set_params(self, **params):
        """Set parameters of this estimator, or of its scheduler as ``scheduler__eta``.

        The scheduler itself is left alone: the estimator gets another one of the same kind.

        Parameters
        ----------
        **params
            Parameters by their names.

        Returns
        -------
        estimator
            This estimator.

        Raises
        ------
        ValueError
            If there is no such parameter, the scheduler refuses a value, or
            ``scheduler__eta`` is set while ``eta``, which takes its place, is not None.
        """
        nested = {name: params.pop(name) for name in list(params) if name.startswith("scheduler__")}
        super().set_params(**params)
        if not nested:
            return self
        scheduler = self._scheduler_or_default()
        if not isinstance(scheduler, Scheduler):
            raise ValueError(
                f"scheduler should be an instance such as Momentum(0.1, 0.9) to have parameters, "
                f"not {describe(scheduler)}"
            )
        settings = scheduler._settings()
        for name, value in nested.items():
            if name.removeprefix("scheduler__") not in settings:
                options = ", ".join(f"scheduler__{option}" for option in settings)
                raise ValueError(
                    f"parameters of {scheduler!r} should be among {options}, not {name}"
                )
            settings[name.removeprefix("scheduler__")] = value
        if "scheduler__eta" in nested and self.eta is not None:
            raise ValueError(
                f"eta should be None if scheduler__eta is set, not {self.eta}, which replaces it"
            )
        self.scheduler = type(scheduler)(**settings)
        return self

    def _scheduler_or_default(self):
        return Adam(1e-3, 0.9, 0.999) if self.scheduler is None else self.scheduler

    def _check_data(self, X, y, reset, least=1):
        """Return X and y as arrays; at least ``least`` samples are needed."""
        X, y = validate_data(
            self,
            X,
            y,
            dtype=self.dtype,
            multi_output=True,
            y_numeric=isinstance(self, RegressorMixin),
            reset=reset,
            ensure_min_samples=least + bool(self.batch_norm),
        )
        y = y.toarray() if hasattr(y, "toarray") else y  # labels may come as a sparse matrix
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _start(self, n_features, n_outputs, output_func, cost_func):
        """Make a network and a scheduler from the parameters."""
        widths = [self.hidden] if isinstance(self.hidden, Integral) else self.hidden
        if isinstance(widths, str) or not hasattr(widths, "__len__"):
            raise TypeError(
                f"hidden should be a tuple of widths such as (100,), not {describe(self.hidden)}"
            )
        widths = [as_count(f"hidden[{i}]", width) for i, width in enumerate(widths)]
        rng = check_random_state(self.random_state)
        number = isinstance(self.random_state, Integral)
        self._seed = int(self.random_state if number else rng.randint(2**31 - 1))
        self.network_ = FFNN(
            (n_features, *widths, n_outputs),
            self.hidden_func,
            output_func,
            cost_func,
            seed=self._seed,
            batch_norm=self.batch_norm,
            dropout=self.dropout,
            dtype=self.dtype,
        )
        self._scheduler = fresh(self._scheduler_or_default())
        self.n_iter_ = 0

    def _train(self, X, T, epochs, *validation, callback=None):
        """Train the network from its present parameters; return its scores."""
        if self.eta is not None:
            self._scheduler.eta = as_number("eta", self.eta, 0.0, open_low=True)
        size = len(X)
        if self.batch_size is not None:
            size = min(as_count("batch_size", self.batch_size), len(X))
        batches = -(-len(X) // size)
        if self.batch_norm:  # which needs two samples to have a variance
            batches = min(batches, len(X) // 2)
        scores = self.network_.fit(
            X,
            T,
            self._scheduler,
            batches,
            epochs,
            self.lam,
            *validation,
            clip_norm=self.clip_norm,
            score_every=self.score_every,
            callback=callback,
            resume=True,
            progress=self.progress,
        )
        self.n_iter_ += (
            int(scores["epochs"][-1]) if "epochs" in scores else len(scores["train_errors"])
        )
        return scores

    def _fit(self, X, T, stratify):
        """Train the new network, with early stopping if that is switched on."""
        if not self.early_stopping:
            self.scores_ = self._train(X, T, self.epochs)
            return
        if self.score_every is None:
            raise ValueError("score_every should be a whole number with early_stopping, not None")
        fraction = as_number("validation_fraction", self.validation_fraction, 0.0, 1.0)
        patience, tol = as_count("patience", self.patience), as_number("tol", self.tol, 0.0)
        n_val = min(max(round(fraction * len(X)), 1), len(X) - 1 - bool(self.batch_norm))
        (X, T), (X_val, T_val) = split(
            X, T, sizes=(len(X) - n_val, n_val), seed=self._seed, stratify=stratify
        )
        lowest, snapshot, n_stalls = np.inf, None, 0

        def watch(scores):
            nonlocal lowest, snapshot, n_stalls
            cost = scores["val_errors"]
            n_stalls = 0 if cost < lowest - tol else n_stalls + 1
            if cost < lowest:
                lowest, snapshot = cost, self.network_._snapshot()
            return n_stalls >= patience

        self.scores_ = self._train(X, T, self.epochs, X_val, T_val, callback=watch)
        if snapshot is not None:
            self.network_._restore(snapshot)

    def _outputs(self, X):
        check_is_fitted(self)
        X = validate_data(self, X, dtype=self.network_.dtype, reset=False)
        return self.network_.feed_forward(X)


class FFNNClassifier(ClassifierMixin, _Estimator):
    """A feed-forward network that learns classes, as a scikit-learn estimator.

    For two classes it has one sigmoid output and ``CostLogReg``; for more, a softmax
    output for each and ``CostCrossEntropy``; for several labels at once (y of shape
    (n, labels), zeros and ones) a sigmoid output for each.

    Parameters
    ----------
    hidden : int or sequence of int, default (100,)
        Widths of the hidden layers, at least 1 each; () stands for none.
    hidden_func : callable or sequence of callables, default RELU
        Activation function of the hidden layers; a sequence gives each its own.
    scheduler : Scheduler, optional
        How to turn a gradient into a change, as ``Momentum(0.1, 0.9)``.  A copy of it is
        used.  Default: ``Adam(1e-3, 0.9, 0.999)``.  Its arguments are nested parameters, such
        as ``scheduler__momentum`` in a search.
    eta : float, optional
        Learning rate, greater than 0, in place of the scheduler's own.  It can be searched
        whatever the scheduler.
    epochs : int, default 100
        Number of passes over the training set, at least 1.
    batch_size : int or None, default 32
        Largest number of samples in a mini-batch, at least 1; None for all samples.
    lam : float, default 0
        Strength of the L2 penalty on the weights, at least 0.
    dropout : float or sequence of float, default 0
        Probability of dropping a unit: one number for all hidden layers, or one for the
        inputs and one for each hidden layer.
    batch_norm : bool, default False
        Whether to normalise the pre-activations of the hidden layers over each mini-batch,
        which then has at least two samples.
    clip_norm : float, optional
        Largest norm of the gradient; a longer one is scaled down to it.
    score_every : int or None, default 1
        Compute the scores after every so many epochs, and after the last; None for only after
        the last, which saves up to a third of the time.
    early_stopping : bool, default False
        Whether to hold out some of the samples, to end the training when the cost on them
        has stopped falling, and to go back to the parameters with which it was lowest.
    validation_fraction : float, default 0.1
        Share of the samples that early stopping holds out, in [0, 1), stratified by class; at
        least one sample.
    patience : int, default 10
        Number of scored epochs without improvement after which early stopping ends the
        training.
    tol : float, default 1e-4
        Least decrease of the validation cost that counts as an improvement, at least 0.
    random_state : int, RandomState or None, default None
        An int is the seed of the network: the same number gives the same training.  A
        RandomState provides a seed.  None uses NumPy's global generator, as everywhere in
        scikit-learn.
    dtype : data type, default float64
        float64 or float32, for parameters and computations.
    progress : bool, default False
        Whether to show a progress bar.

    Attributes
    ----------
    network_ : FFNN
        The network.
    classes_ : ndarray, shape (classes,)
        The classes, sorted; for several labels at once their numbers 0, 1, 2, ….
    scores_ : dict of str to ndarray
        What ``FFNN.fit`` returned: ``train_errors``, ``train_accs``, and with early
        stopping ``val_errors`` and ``val_accs``, one number per scored epoch; unless
        ``score_every`` is 1, ``epochs`` has their numbers.
    n_iter_ : int
        Number of epochs that were run, those of ``partial_fit`` included.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str, shape (p,)
        Names of the features; only if X has names that are all strings.

    See Also
    --------
    backprop.FFNN : The network itself, with more to set and to look into.

    Examples
    --------
    >>> X, y = [[-2.0], [-1.0], [1.0], [2.0]], ["left", "left", "right", "right"]
    >>> model = FFNNClassifier(hidden=3, eta=0.1, random_state=1).fit(X, y)
    >>> [str(name) for name in model.predict([[-3.0], [3.0]])]
    ['left', 'right']
    """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def fit(self, X, y):
        """Train a new network.

        Parameters
        ----------
        X : array_like, shape (n, features)
            Training inputs; a data frame's column names are remembered.
        y : array_like, shape (n,) or (n, labels)
            Classes, of which there have to be at least two, or zeros and ones for several
            labels at once.

        Returns
        -------
        FFNNClassifier
            This estimator.

        Raises
        ------
        TypeError, ValueError
            If data or parameters are unsuitable.
        TrainingDiverged
            If the cost or a parameter is no longer finite.
        """
        X, y = self._check_data(X, y, reset=True, least=1 + bool(self.early_stopping))
        self._learn_classes(y, None)
        self._make(X.shape[1])
        self._fit(X, self._targets(y), y if y.ndim == 1 else None)
        return self

    def partial_fit(self, X, y, classes=None):
        """Pass over the given samples once, going on from where the network is.

        Early stopping has no part in this.  Between two calls, ``eta``, ``lam``,
        ``clip_norm`` and ``batch_size`` may be changed with ``set_params``.

        Parameters
        ----------
        X : array_like, shape (n, features)
            Inputs.
        y : array_like, shape (n,) or (n, labels)
            Classes, or zeros and ones for several labels at once.
        classes : array_like, shape (classes,)
            All classes that any call will have; needed in the first call only, and not for
            several labels at once.

        Returns
        -------
        FFNNClassifier
            This estimator.

        Raises
        ------
        TypeError, ValueError
            If data or parameters are unsuitable, or y has a class that is not in
            ``classes``.
        TrainingDiverged
            If the cost or a parameter is no longer finite.
        """
        first = not hasattr(self, "network_")
        X, y = self._check_data(X, y, reset=first)
        if first:
            if classes is None and not type_of_target(y).startswith("multilabel"):
                raise ValueError("classes must be passed on the first call to partial_fit.")
            self._learn_classes(y, classes)
        elif classes is not None and not np.array_equal(unique_labels(classes), self.classes_):
            raise ValueError(
                f"classes should be {self.classes_} as in the earlier calls, not {classes}"
            )
        T = self._targets(y)
        if first:
            self._make(X.shape[1])
        self.scores_ = self._train(X, T, 1)
        return self

    def _learn_classes(self, y, classes):
        check_classification_targets(y)
        self._multilabel = type_of_target(y).startswith("multilabel")
        if y.ndim == 2 and not self._multilabel:
            raise ValueError(
                f"y should have one class per sample, or labels 0 and 1, but has shape {y.shape}"
            )
        if self._multilabel:
            self.classes_ = np.arange(y.shape[1])
            return
        self.classes_ = np.unique(y) if classes is None else unique_labels(classes)
        if len(self.classes_) < 2:
            (only,) = self.classes_.tolist()
            raise ValueError(f"y should have at least two classes, but has 1 class, {only!r}")

    def _make(self, n_features):
        if len(self.classes_) == 2 and not self._multilabel:
            self._start(n_features, 1, sigmoid, CostLogReg)
        elif self._multilabel:
            self._start(n_features, len(self.classes_), sigmoid, CostLogReg)
        else:
            self._start(n_features, len(self.classes_), softmax, CostCrossEntropy)

    def _targets(self, y):
        """Turn classes into targets of the network, shape (n, outputs)."""
        if self._multilabel:
            if y.shape[1:] != self.classes_.shape:
                raise ValueError(
                    f"y should have shape (n, {len(self.classes_)}), but has shape {y.shape}"
                )
            return y
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"y should have classes of {self.classes_} only, but has {unknown}")
        numbers = np.searchsorted(self.classes_, y)
        if len(self.classes_) == 2:
            return numbers.reshape(-1, 1)
        return onehot(numbers, len(self.classes_))

    def predict(self, X):
        """Return the most probable class of each sample.

        Parameters
        ----------
        X : array_like, shape (n, features)
            Inputs.

        Returns
        -------
        ndarray, shape (n,) or (n, labels)
            Classes, or zeros and ones for several labels at once.

        Raises
        ------
        ValueError
            If X is unsuitable.
        sklearn.exceptions.NotFittedError
            If ``fit`` has not been called.
        """
        A = self._outputs(X)
        if self._multilabel:
            return (A > 0.5).astype(np.int64)
        numbers = A.argmax(axis=1) if len(self.classes_) > 2 else (A[:, 0] > 0.5).astype(np.int64)
        return self.classes_[numbers]

    def predict_proba(self, X):
        """Return the probability of each class.

        Parameters
        ----------
        X : array_like, shape (n, features)
            Inputs.

        Returns
        -------
        ndarray, shape (n, classes)
            Probabilities, in the order of ``classes_``; rows sum to 1, but for several
            labels at once, where each column is the probability of that label.

        Raises
        ------
        ValueError
            If X is unsuitable.
        sklearn.exceptions.NotFittedError
            If ``fit`` has not been called.
        """
        A = self._outputs(X)
        return np.hstack([1 - A, A]) if self.network_.task == "binary" else A


class FFNNRegressor(RegressorMixin, MultiOutputMixin, _Estimator):
    """A feed-forward network that learns numbers, as a scikit-learn estimator.

    The output is the identity, the cost ``CostOLS``.  Scale the targets if they are not of
    order one; ``sklearn.compose.TransformedTargetRegressor`` does it.

    Parameters
    ----------
    hidden, hidden_func, scheduler, eta, epochs, batch_size
        As for ``FFNNClassifier``.
    lam, dropout, batch_norm, clip_norm, score_every
        As for ``FFNNClassifier``.
    early_stopping, validation_fraction, patience, tol
        As for ``FFNNClassifier``.
    random_state, dtype, progress
        As for ``FFNNClassifier``.

    Attributes
    ----------
    network_ : FFNN
        The network.
    scores_ : dict of str to ndarray
        What ``FFNN.fit`` returned: ``train_errors``, and with early stopping
        ``val_errors``, one number per scored epoch; unless ``score_every`` is 1, ``epochs``
        has their numbers.
    n_iter_ : int
        Number of epochs that were run, those of ``partial_fit`` included.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str, shape (p,)
        Names of the features; only if X has names that are all strings.

    See Also
    --------
    backprop.FFNN : The network itself, with more to set and to look into.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]
    >>> model = FFNNRegressor(hidden=(), eta=0.1, epochs=500, random_state=1).fit(X, y)
    >>> round(float(model.predict([[4.0]])[0]), 2)
    9.0
    """

    def fit(self, X, y):
        """Train a new network.

        Parameters
        ----------
        X : array_like, shape (n, features)
            Training inputs; a data frame's column names are remembered.
        y : array_like, shape (n,) or (n, outputs)
            Targets.

        Returns
        -------
        FFNNRegressor
            This estimator.

        Raises
        ------
        TypeError, ValueError
            If data or parameters are unsuitable.
        TrainingDiverged
            If the cost or a parameter is no longer finite.
        """
        X, y = self._check_data(X, y, reset=True, least=1 + bool(self.early_stopping))
        T = y.reshape(len(y), -1)
        self._start(X.shape[1], T.shape[1], identity, CostOLS)
        self._fit(X, T, None)
        return self

    def partial_fit(self, X, y):
        """Pass over the given samples once, going on from where the network is.

        Early stopping has no part in this.  Between two calls, ``eta``, ``lam``,
        ``clip_norm`` and ``batch_size`` may be changed with ``set_params``.

        Parameters
        ----------
        X : array_like, shape (n, features)
            Inputs.
        y : array_like, shape (n,) or (n, outputs)
            Targets.

        Returns
        -------
        FFNNRegressor
            This estimator.

        Raises
        ------
        TypeError, ValueError
            If data or parameters are unsuitable.
        TrainingDiverged
            If the cost or a parameter is no longer finite.
        """
        first = not hasattr(self, "network_")
        X, y = self._check_data(X, y, reset=first)
        T = y.reshape(len(y), -1)
        if first:
            self._start(X.shape[1], T.shape[1], identity, CostOLS)
        elif T.shape[1] != self.network_.dimensions[-1]:
            raise ValueError(
                f"y should have {self.network_.dimensions[-1]} columns as in the earlier calls, "
                f"but has shape {y.shape}"
            )
        self.scores_ = self._train(X, T, 1)
        return self

    def predict(self, X):
        """Return the network's outputs.

        Parameters
        ----------
        X : array_like, shape (n, features)
            Inputs.

        Returns
        -------
        ndarray of float64, shape (n,) or (n, outputs)
            Predictions; one-dimensional if there is one output.

        Raises
        ------
        ValueError
            If X is unsuitable.
        sklearn.exceptions.NotFittedError
            If ``fit`` has not been called.
        """
        A = self._outputs(X).astype(np.float64, copy=False)
        return A[:, 0] if A.shape[1] == 1 else A
