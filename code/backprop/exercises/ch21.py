"""Checkers of chapter 21, same name, another rule (``chapters/21-same-name.ipynb``).

They need NumPy alone.
"""

import numpy as np

from .runner import declare, exercise

RISING = ([0.5, -1.5, 2.0, 0.25], [0.01, 0.03, 0.3, 0.2], 0.8)
CONSTANT = ([1.0, 1.0, -0.5], [0.25, 0.25, 0.25], 0.5)


def _sums(gradients, weights):
    """Return the sums over the gradients so far; ``weights`` has a row for each step."""
    return [sum(weights(t, k) * gradients[k] for k in range(t + 1)) for t in range(len(gradients))]


@exercise("same-momentum")
@declare("The velocity collects gradients, and today's rate multiplies all of it.",
    cases=[RISING, CONSTANT], parts="the list of changes")  # fmt: skip
def momentum_outside(gradients, rates, mu):
    """Add up the gradients, each with the power of mu that its age gives."""
    rates = list(rates)

    def rule(factor, power=lambda age: mu**age):
        return _sums(gradients, lambda t, k: factor(t, k) * power(t - k))

    right = rule(lambda t, k: rates[t])
    nesterov = [
        c * mu + rates[t] * g for t, (c, g) in enumerate(zip(right, gradients, strict=True))
    ]
    return right, {
        "The rate is inside the velocity: that is our momentum. Add g to v, and multiply v by "
        "the rate of the step.": rule(lambda t, k: rates[k]),
        "Each step has a rate of its own; yours takes the first one for all.":
            rule(lambda t, k: rates[0]),
        "The rate of the step before is used: rates[t] belongs to gradients[t].":
            rule(lambda t, k: rates[max(t - 1, 0)]),
        "The new gradient enters with the factor 1, not 1 - mu.":
            rule(lambda t, k: rates[t] * (1 - mu)),
        "This is Nesterov's form, which adds mu v + g once more.": nesterov,
        "Nothing is remembered: each change has only its own gradient.":
            rule(lambda t, k: rates[t] * (t == k)),
        "Nothing is forgotten: multiply the old velocity by mu.":
            rule(lambda t, k: rates[t], lambda age: 1.0),
        "These are the velocities: multiply each by the rate of its step.": rule(lambda t, k: 1.0),
        "The changes are subtracted from the parameter: the sign is wrong.":
            [-change for change in right],
        "This is where the parameter has gone; the single changes are asked for.":
            np.cumsum(right),
    }  # fmt: skip


def _trained(rng, momentum, n, steps, width=3):
    """Train a layer of PyTorch's on columns; return the arguments of a case."""
    start = rng.uniform(0.5, 2.0, size=width)
    theirs = start.copy()
    for _ in range(steps):
        Z = rng.normal(size=(n, width)) * rng.uniform(0.5, 2.0, size=width)
        theirs += momentum * (Z.var(axis=0, ddof=1) - theirs)
    return theirs, start, momentum, n, steps


@exercise("same-running")
@declare("The batches' share is corrected, and what is left of the start stays.",
    cases=lambda rng: [_trained(rng, 0.25, 4, 3), _trained(rng, 0.1, 8, 5)],
    parts="the array of variances")  # fmt: skip
def our_variance(theirs, start, momentum, n, steps):
    """Take the start out step by step, and put it back after the correction."""
    kept, old = 1.0, np.array(start)
    for _ in range(steps):
        kept *= 1.0 - momentum
        old = old - momentum * old
    gained = theirs - old

    def with_factor(factor):
        return old + factor * gained

    wrong_share = momentum**steps * start
    return with_factor((n - 1) / n), {
        "The factor is the other way round: ours are smaller than PyTorch's.":
            with_factor(n / (n - 1)),
        "What is left of the start is no batch's variance: it should not be multiplied.":
            (n - 1) / n * theirs,
        "PyTorch's momentum is the share of the new batch; what is kept is 1 minus this.":
            wrong_share + (n - 1) / n * (theirs - wrong_share),
        "The start fades with every step: it counts (1 - momentum) to the power of steps.":
            (1 - momentum) * start + (n - 1) / n * (theirs - (1 - momentum) * start),
        "All of the start is kept here, as if no step had been made.":
            start + (n - 1) / n * (theirs - start),
        "What is left of the start has to be added again.": (n - 1) / n * gained,
        "The factor should not act once for every step: all batches have the same.":
            with_factor(((n - 1) / n) ** steps),
        "These are PyTorch's variances, unchanged.": theirs,
    }  # fmt: skip
