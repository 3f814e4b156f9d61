r"""Training: the loop of ``FFNN.fit``, from one mini-batch to many epochs.

- ``epoch`` passes over the training set once: for each mini-batch one gradient, one update of Θ;
- ``Step`` turns a gradient into a change: penalty, clipping and scheduler in one object;
- ``train`` repeats the epoch, scores the network, and goes back if the training diverges.

What comes in has been checked by ``fit``.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import weakref
from collections.abc import Callable

import numpy as np

from ._arrays import as_number, describe, is_finite
from .schedulers import Scheduler

__all__ = ["TrainingDiverged"]

last_networks = weakref.WeakKeyDictionary()  # what each resumed scheduler has trained


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


def epoch(network, X, T, step, batches):
    """Pass over the training set once, in mini-batches drawn without replacement."""
    theta = network.parameters  # a view: what is subtracted here moves every W and b
    for rows in np.array_split(network._rng.permutation(len(X)), batches):
        gradient = network._backpropagate(X.take(rows, axis=0), T.take(rows, axis=0))
        theta -= step(gradient)
        network._update_statistics()  # of batch normalisation, if there is any


class Step:
    """From the gradient of the cost to the change of Θ: penalty, clipping, scheduler.

    Parameters
    ----------
    network : FFNN
        The network whose gradient it is, which adds the penalty's part.
    scheduler : Scheduler
        Turns the gradient into a change.
    lam : float
        Strength of the penalty.
    clip : callable, optional
        Clips a gradient in place.
    """

    def __init__(self, network, scheduler: Scheduler, lam: float, clip: Callable | None):
        self.network, self.scheduler, self.lam, self.clip = network, scheduler, lam, clip
        takes_out = "out" in inspect.signature(scheduler.update_change).parameters
        self.out = np.empty_like(network.parameters) if takes_out else None

    def __call__(self, gradient: np.ndarray) -> np.ndarray:
        """Return what is to be subtracted from Θ; the gradient is changed in place."""
        if self.lam:
            self.network._add_penalty(self.lam)
        if self.clip is not None:
            self.clip(gradient)
        if self.out is None:  # such a scheduler may keep what it gets, so it gets a copy
            return self._checked(self.scheduler.update_change(gradient.copy()))
        change = self.scheduler.update_change(gradient, out=self.out)
        return change if change is self.out else self._checked(change)

    def _checked(self, change):
        """Check what a scheduler, which may be one of the user's own, has returned."""
        array, shape = np.asarray(change), self.network.parameters.shape
        if array.shape != shape or array.dtype.kind not in "fiu":
            raise ValueError(
                "scheduler.update_change should return an array of numbers with the shape of "
                f"the gradient, {shape}, not {describe(change)}"
            )
        return array


class DecayingStep(Step):
    """A step that also multiplies the weights by 1 - eta decay: decoupled weight decay.

    Parameters
    ----------
    network, scheduler, lam, clip
        As for ``Step``.
    decay : float
        Strength of the decay.

    Raises
    ------
    TypeError
        If the scheduler has no learning rate.
    """

    def __init__(self, network, scheduler, lam, clip, decay: float):
        if not hasattr(scheduler, "eta"):
            raise TypeError(
                "scheduler should have a learning rate eta if the weights decay, but "
                f"{describe(scheduler)} has none"
            )
        super().__init__(network, scheduler, lam, clip)
        self.decay = decay

    def __call__(self, gradient: np.ndarray) -> np.ndarray:
        """Return what is to be subtracted from Θ; the weights are shrunk in place."""
        change = super().__call__(gradient)
        self.network._shrink(1.0 - self.scheduler.eta * self.decay)  # eta is that of this update
        return change


class Record:
    """The scores of the epochs so far, and the state that the training can go back to.

    Parameters
    ----------
    network : FFNN
        The network that is trained.
    names : list of str
        Names of the scores.
    scheduler : Scheduler or None
        The scheduler, if its memory is to go back as well.
    numbered : bool
        Whether to return the numbers of the scored epochs as well.
    """

    def __init__(self, network, names: list[str], scheduler: Scheduler | None, numbered: bool):
        self.network, self.names, self.scheduler = network, names, scheduler
        self.numbered = numbered
        self.scores: list[dict[str, float]] = []  # one entry for each scored epoch
        self.epochs: list[int] = []  # their numbers, from 1
        self._save()

    def _save(self):
        # A copy of the scheduler, whatever it keeps its memory in.
        self.saved = self.network._snapshot(), copy.deepcopy(self.scheduler)

    def add(self, number: int, scores: dict[str, float]) -> None:
        """Note the scores after an epoch, and that all is well until there."""
        self.epochs.append(number)
        self.scores.append(scores)
        self._save()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return one array of scores for each name, and the numbers of the epochs if asked for."""
        arrays = {name: np.array([scores[name] for scores in self.scores]) for name in self.names}
        if self.numbered:
            arrays["epochs"] = np.array(self.epochs, dtype=np.int64)
        return arrays

    def divergence(self, number: int, reason: Exception) -> TrainingDiverged:
        """Go back to the last scored epoch; return the error to raise for epoch ``number``."""
        snapshot, before = self.saved
        self.network._restore(snapshot)
        if before is not None:
            for name in _attributes(before):
                setattr(self.scheduler, name, getattr(before, name))
        last = self.epochs[-1] if self.epochs else 0
        return TrainingDiverged(
            f"training diverged in epoch {number}: {reason}; the parameters are those after "
            f"{last} epoch{'' if last == 1 else 's'}. A smaller eta, clip_norm or scaled inputs "
            "may help",
            self.arrays(),
        )


def train(network, sets, step, batches, epochs, *, score_every, callback, resume, progress):
    """Train a network and return its scores: what ``FFNN.fit`` does with checked arguments.

    Parameters
    ----------
    network : FFNN
        The network.
    sets : dict of str to pair of ndarray
        Inputs and targets to be scored, by name; it is trained on those called "train".
    step : Step
        Turns gradients into changes.
    batches, epochs : int
        Number of mini-batches in an epoch, and of epochs.
    score_every, callback, resume, progress
        As for ``FFNN.fit``.

    Returns
    -------
    dict of str to ndarray
        The scores.
    """
    X, T = sets["train"]
    to_score = {name: (*pair, network._labels(pair[1])) for name, pair in sets.items()}
    kinds = ("errors",) if network.task == "regression" else ("errors", "accs")
    names = [f"{name}_{kind}" for name in sets for kind in kinds]
    record = Record(network, names, step.scheduler if resume else None, score_every != 1)
    bar = _progress_bar(epochs) if progress else None
    try:
        with np.errstate(all="ignore"):  # what matters is looked for below
            for number in range(1, epochs + 1):
                due = number == epochs or (score_every is not None and number % score_every == 0)
                with network._turns:  # other threads may use the network between two epochs
                    epoch(network, X, T, step, batches)
                    # Without scores only the parameters can show that the training diverges.
                    if not is_finite(network.parameters):
                        raise FloatingPointError("a parameter is no longer finite")
                    scores = score(network, to_score) if due else {}
                    if not all(map(np.isfinite, scores.values())):
                        raise FloatingPointError("the cost is no longer finite")
                    if due:
                        record.add(number, scores)
                # Whoever is watching hears of it.
                if bar is not None:
                    _advance(bar, scores)
                if due and callback is not None and callback(dict(scores)):
                    break
    except KeyboardInterrupt:
        pass  # the parameters stay as they are
    except FloatingPointError as error:
        raise record.divergence(number, error) from None
    finally:
        if bar is not None:
            bar.close()
    return record.arrays()


def score(network, sets) -> dict[str, float]:
    """Return the cost of each set and, for a classifier, the accuracy."""
    scores = {}
    for name, (X, T, labels) in sets.items():
        scores[f"{name}_errors"], accuracy = network._score(X, T, labels)
        if accuracy is not None:
            scores[f"{name}_accs"] = accuracy
    return scores


def instance(scheduler) -> Scheduler:
    """Return a scheduler, of whatever base class; raise a TypeError for anything else."""
    if isinstance(scheduler, type) or not hasattr(scheduler, "update_change"):
        raise TypeError(
            "scheduler should be an instance such as Adam(eta=1e-3, rho=0.9, rho2=0.999), "
            f"not {describe(scheduler)}"
        )
    for method in ("update_change", "reset"):
        if not callable(getattr(scheduler, method, None)):
            raise TypeError(
                "scheduler should have the methods update_change(gradient) and reset(), but "
                f"{describe(scheduler)} has no {method}"
            )
    return scheduler


def resumed(scheduler, network) -> Scheduler:
    """Return a scheduler to go on with; refuse one whose memory is that of another network."""
    before, scheduler = None, instance(scheduler)
    with contextlib.suppress(TypeError):  # a class of the user's own may allow no such reference
        before = last_networks.get(scheduler)
        last_networks[scheduler] = weakref.ref(network)
    if before is not None and before() is not network and getattr(scheduler, "memory", None):
        last_networks[scheduler] = before
        raise ValueError(
            "scheduler should have the memory of this network if resume is True, but it has that "
            "of another: give each network its own, such as copy.copy(scheduler), or call "
            "scheduler.reset()"
        )
    return scheduler


def fresh(scheduler) -> Scheduler:
    """Return a copy of a scheduler without its memory."""
    scheduler = copy.deepcopy(instance(scheduler))
    scheduler.reset()
    return scheduler


def clipper(clip_norm: float | None, clip_value: float | None) -> Callable | None:
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


def _attributes(scheduler):
    """Return the names of what an object holds, in a dictionary or in slots."""
    slots = (name for cls in type(scheduler).__mro__ for name in getattr(cls, "__slots__", ()))
    return [*getattr(scheduler, "__dict__", ()), *(s for s in slots if hasattr(scheduler, s))]


def _progress_bar(epochs):
    from tqdm.auto import tqdm

    return tqdm(total=epochs, unit="epoch")


def _advance(bar, scores):
    """Move a progress bar on by one epoch, and show its scores if there are any."""
    if scores:
        bar.set_postfix({name: f"{value:.4g}" for name, value in scores.items()}, refresh=False)
    bar.update()
