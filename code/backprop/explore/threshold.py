"""The threshold and its costs: what follows from where one says yes (chapter 14).

The first state of the explorable ``threshold``, its numbers by NumPy, and its still.
"""

from __future__ import annotations

import numpy as np

from ..exercises.words import say
from ._chance import normal
from ._limits import count, one_of, within

GRID = np.arange(101) / 100  # of thresholds
MOST = 100  # the largest cost of a mistake


def state(outputs=None, targets=None, model=None, threshold=0.5, miss=1, alarm=1) -> dict:
    """Return the first state; by default there is one model of forty samples, which are made up.

    Parameters
    ----------
    outputs : dict of str to array_like, optional
        For each model its probabilities of the class 1, in any shape; four digits are kept, the
        others cut off, which changes no answer at a threshold of two digits.
    targets : array_like, optional
        The classes, 0 or 1, in the same order for all models.
    model : str, optional
        The model that is shown; by default the first.
    threshold : float
        From it on the answer is yes; from 0 to 1.
    miss, alarm : int
        What a missed sample of class 1, and a false alarm, cost: from 1 to 100.
    """
    if outputs is None:
        targets = [0, 1] * 20
        outputs = {"made up": 1 / (1 + np.exp(-2 * normal(14, 40) + 2 - 4 * np.array(targets)))}
    classes = np.ravel(targets).tolist()
    if not classes or not {0, 1}.issuperset(classes) or len(set(classes)) < 2:
        raise ValueError("targets should be 0 and 1, both of them, and nothing else")
    kept = {name: _cut(np.ravel(values).astype(float)) for name, values in outputs.items()}
    for name, values in kept.items():
        if len(values) != len(classes):
            raise ValueError(f"outputs should be {len(classes)} for {name!r}, not {len(values)}")
        for value in values:
            within("outputs", value, 0, 1)
    return {
        "outputs": kept,
        "targets": [int(one) for one in classes],
        "model": one_of("model", next(iter(kept)) if model is None else model, kept),
        "threshold": within("threshold", threshold, 0, 1),
        "miss": count("miss", miss, 1, MOST),
        "alarm": count("alarm", alarm, 1, MOST),
    }


def _cut(probabilities):
    """Return the first four digits; what was rounded to them once stays as it is."""
    digits = np.floor(probabilities * 1e4)
    digits += (digits + 1) / 1e4 <= probabilities
    return (digits / 1e4).tolist()


def values(state: dict) -> dict:
    """Return what is decided at the threshold, right and wrong, and what it costs.

    Returns
    -------
    dict
        ``hits``, ``misses``, ``alarms`` (false ones) and ``rejections``, numbers of samples;
        ``accuracy``; ``recall``, the share of class 1 that is found; ``fallout``, the share of
        class 0 with a false alarm; ``precision``, the share of class 1 among the alarms, if there
        are any; ``cost``, the sum over all mistakes; ``curve``, this cost at the thresholds 0,
        0.01, …, 1; ``best``, the first of them where it is lowest, and ``least``, the cost there;
        ``advised``, the threshold of eq-cls-threshold; ``roc``, fallout and recall at the same
        thresholds.
    """
    a, t = np.array(state["outputs"][state["model"]]), np.array(state["targets"])
    yes = a >= np.append(state["threshold"], GRID)[:, None]
    hits, alarms = (yes & (t == 1)).sum(axis=1), (yes & (t == 0)).sum(axis=1)
    misses, rejections = (t == 1).sum() - hits, (t == 0).sum() - alarms
    costs = state["miss"] * misses + state["alarm"] * alarms
    best = int(costs[1:].argmin())
    recall, fallout = hits / (t == 1).sum(), alarms / (t == 0).sum()
    result = {
        "hits": int(hits[0]),
        "misses": int(misses[0]),
        "alarms": int(alarms[0]),
        "rejections": int(rejections[0]),
        "accuracy": float((hits[0] + rejections[0]) / t.size),
        "recall": float(recall[0]),
        "fallout": float(fallout[0]),
        "cost": int(costs[0]),
        "curve": costs[1:].tolist(),
        "best": best / 100,
        "least": int(costs[1 + best]),
        "advised": state["alarm"] / (state["miss"] + state["alarm"]),
        "roc": np.stack([fallout[1:], recall[1:]], axis=1).tolist(),
    }
    if hits[0] + alarms[0]:
        result["precision"] = float(hits[0] / (hits[0] + alarms[0]))
    return result


def draw(state: dict):
    """Draw the probabilities of both classes, the ROC curve, and the cost against the threshold."""
    import matplotlib.pyplot as plt

    shown, t = values(state), np.array(state["targets"])
    a = np.array(state["outputs"][state["model"]])
    fig, axes = plt.subplots(1, 3, figsize=(6.8, 2.8), width_ratios=(1.3, 1, 1))
    for k, sign in ((1, 1), (0, -1)):
        counts = np.bincount(np.minimum((a[t == k] * 20).astype(int), 19), minlength=20)
        axes[0].bar(np.arange(20) / 20, sign * np.log2(1 + counts), 0.05, align="edge", ec="white")
    axes[0].axvline(state["threshold"], color="black")
    axes[0].set(xlabel=say("probability given"), yticks=[], xlim=(0, 1))
    axes[0].set_title(say("class 1 above, 0 below"))
    axes[1].plot(*np.transpose(shown["roc"]), lw=1.5)
    axes[1].plot(shown["fallout"], shown["recall"], "D", ms=7)
    axes[1].set(xlabel=say("false alarms (share)"), ylabel=say("found (share)"))
    axes[2].plot(GRID, shown["curve"], lw=1.5)
    axes[2].plot(state["threshold"], shown["cost"], "D", ms=7)
    axes[2].axvline(shown["advised"], color="black", ls=":")
    axes[2].set(xlabel=say("threshold"), ylabel=say("cost"), ylim=(0, _highest(shown)))
    axes[0].title.set_fontsize(9)
    return fig


def _highest(shown):
    """Return the end of the cost's axis: four times the lowest cost, so that it can be seen."""
    return 4 * max(1, shown["least"])


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    n = int(rng.choice((5, 60, 600)))
    targets = np.append([0, 1], rng.integers(0, 2, n))
    outputs = {name: rng.beta(0.3 + targets, 1.3 - targets) for name in ("one", "another")}
    return {
        "outputs": {name: one.round(4).tolist() for name, one in outputs.items()},
        "targets": targets.tolist(),
        "model": str(rng.choice(("one", "another"))),
        "threshold": float(rng.integers(0, 101) / 100),
        "miss": int(rng.integers(1, 101)),
        "alarm": int(rng.integers(1, 101)),
    }
