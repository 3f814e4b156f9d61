"""Checkers of chapter 10, gradient descent (``chapters/10-gradient-descent.ipynb``)."""

import numpy as np

from .oracles import GRADIENTS, changes_of
from .runner import declare, either, exercise


@exercise("largest-rate")
@declare("Below this rate an error shrinks, above it one grows.",
    cases=lambda rng: [(rng.normal(size=(9, 3)) * (1.0, 2.0, 0.5),), (np.ones((4, 1)),),
    (rng.normal(size=(5, 2)) + 1.0,), (np.diag([1.0, 3.0, 2.0]),)],
    parts="the limit")  # fmt: skip
def largest_rate(X):
    """Take the curvatures from the singular values of X."""
    n = len(X)
    curvatures = 2 / n * np.linalg.svd(X, compute_uv=False) ** 2
    largest, smallest = curvatures.max(), curvatures.min()
    return 2 / largest, {
        "This is the largest curvature itself. The limit is 2 divided by it.": largest,
        "This is half of the limit. On a parabola 1/λ is best, but 2/λ is the limit.": 1 / largest,
        "You took the smallest curvature. The steepest direction sets the limit.": 2 / smallest,
        "The factor 1/n is missing in the Hessian: the cost is a mean.": 2 / largest / n,
        "The Hessian is (2/n) XᵀX, with the 2 of the derivative and the 1/n.": 4 / largest / n,
        "The factor 2 is missing in the Hessian: the square was differentiated.": 4 / largest,
        "This is the best rate, not the largest one that is stable.": 2 / (largest + smallest),
        "The sum of the curvatures is not the largest one.": 2 / curvatures.sum(),
        "2 is divided by the root of a curvature, a singular value.": 2 / np.sqrt(largest),
    }  # fmt: skip


def _velocities(eta, mu, gradients, new=1.0):
    """Return the velocities after each step, as sums over the past."""
    age = np.arange(len(gradients))[:, None] - np.arange(len(gradients))
    return new * eta * (np.tril(mu ** np.abs(age)) @ gradients)


@exercise("nesterov")
@declare("The rule looks ahead, and reset() makes it forget.",
    cases=[(0.3, 0.8, GRADIENTS), (0.05, 0.3, GRADIENTS[::-1])],
    parts=("the list of changes", "the first change after reset()"), kind="class", use=changes_of,
)  # fmt: skip
def Nesterov(eta, momentum, gradients):
    """Write the velocities out as sums over the past."""
    mu, steps = momentum, eta * gradients
    v, other, mean = (
        _velocities(eta, decay, gradients, new)
        for decay, new in ((mu, 1.0), (1 - mu, 1.0), (mu, 1 - mu))
    )
    right = mu * v + steps

    def wrong(*changes):
        return either(*((change, None) for change in changes))

    return (right, right[0]), {
        "This is plain momentum: the change is the velocity, without a look ahead.": wrong(v),
        "The change lacks the new gradient: add eta times g_t.": wrong(mu * v),
        "The change is mu v_t + eta g_t: the second term has no mu.":
            wrong(v - steps + mu * steps, mu * v + mu * steps),
        "The velocity in the change should be multiplied by mu once more.": wrong(v + steps),
        "The learning rate is missing in the second term of the change.": wrong(mu * v + gradients),
        "The velocity is forgotten from call to call: keep it.": wrong(steps * (1 + mu)),
        "mu stands where 1 - mu does, or the other way round.":
            wrong((1 - mu) * v + steps, mu * other + steps, (1 - mu) * other + steps,
            mu * mean + steps, mu * mean + (1 - mu) * steps),
        "The sign is wrong: the change is subtracted from the parameters.": (-right, -right[0]),
        "The changes are right, but reset() does not forget the velocity. Keep it in self.memory, "
        "which reset() empties.": (None, mu * (mu * v[-1] + steps[0]) + steps[0]),
    }  # fmt: skip


@exercise("gd-wrong")
@declare("Each mean is corrected by its own constant.",
    cases=[
        (lambda x: np.array([1.0, 20.0]) * x, np.array([2.0, -1.0]), 0.1, 0.8, 0.95, 9),
        (lambda x: np.sinh(x), np.array([1.0, 2.0, -0.5]), 0.03, 0.9, 0.99, 6),
    ],
    parts="the list of points", advice="Memory, corrections, root: one after the other.",
)  # fmt: skip
def my_path(gradient, start, eta, rho, rho2, n_updates):
    """Take weighted means of all gradients so far; their weights fall with age."""

    def walk(first=rho, second=rho2, powers=(rho, rho2), shift=0, root=0.5):
        points, seen = [start], []
        for t in range(1, n_updates + 1):
            seen.append(gradient(points[-1]))
            ages, g = np.arange(t)[::-1], np.array(seen)
            m, s = (1 - first) * first**ages @ g, (1 - second) * second**ages @ g**2
            m, s = (mean / (1 - b ** (t + shift)) for mean, b in zip((m, s), powers, strict=True))
            points.append(points[-1] - eta * m / (s**root + 1e-8))
        return np.array(points)

    right = walk()
    return right, {
        "This is the function as it stood, or one that does the same. Which size should the first "
        "change have, whatever the gradient is?": walk(powers=(rho, rho)),
        "Something is repaired that was right, and the mistake has moved: look at the first change "
        "again.": either(walk(powers=(rho2, rho)), walk(powers=(rho2, rho2))),
        "Both corrections are gone, and with them the first change's size.": walk(powers=(0, 0)),
        "One of the corrections is gone.": either(walk(powers=(0, rho2)), walk(powers=(rho, 0))),
        "t begins with 1, and that was right.": walk(shift=1),
        "The two constants have changed places.": walk(rho2, rho, (rho2, rho)),
        "Adam divides by the root of the mean square, and that was right.": walk(root=1.0),
        "The start is missing: the list of points begins with it.":
            either(right[1:], walk(powers=(rho, rho))[1:]),
    }  # fmt: skip
