"""Checkers of chapter 12 (``chapters/12-normalisation-dropout-clipping.ipynb``)."""

import numpy as np

from .oracles import gradient_of, look_at_generators
from .runner import Hint, array, declare, either, exercise, inspect_answer


@exercise("bn-backward")
@declare("All three agree with a derivative taken numerically.",
    cases=lambda rng: [(rng.normal(size=(n, m)), rng.normal(1.0, 2.0, size=(n, m)), rng.normal(1.0,
    1.0, size=m), e) for n, m, e in ((6, 3, 0.3), (4, 4, 0.1))],
    parts=("the gradient of Z", "the gradient of gamma", "the gradient of beta"),
    advice="All means and sums are over the samples, axis 0.")  # fmt: skip
def bn_backward(dY, Z, gamma, epsilon):
    """Take complex steps in a cost whose gradient with respect to the output is dY."""

    def cost(Z, gamma, beta):
        centred = Z - Z.sum(axis=0) / len(Z)
        variance = (centred * centred).sum(axis=0) / len(Z)
        return (dY * (gamma * centred / np.sqrt(variance + epsilon) + beta)).sum()

    zero, n = np.zeros_like(gamma), len(Z)
    dZ = gradient_of(lambda z: cost(z, gamma, zero), Z)
    dgamma = gradient_of(lambda g: cost(Z, g, zero), gamma)
    dbeta = gradient_of(lambda b: cost(Z, gamma, b), zero)
    centred, root, bare = Z - Z.mean(axis=0), np.sqrt(Z.var(axis=0) + epsilon), Z.std(axis=0)
    Z_hat, d_hat = centred / root, gamma * dY
    along = Z_hat * (Z_hat * d_hat).mean(axis=0)
    shifted = d_hat - d_hat.mean(axis=0)

    def compact(d, hat, root):
        return (d - d.mean(axis=0) - hat * (hat * d).mean(axis=0)) / root

    slips = {
        "This treats mean and variance as constants. That is inference; in training they depend on "
        "every row of Z.": d_hat / root,
        "The way through the variance is missing: subtract the component along the normalised "
        "column as well.": shifted / root,
        "The way through the mean is missing: subtract the mean of the column as well.":
            (d_hat - along) / root,
        "The factor gamma is missing: begin with gamma dY.": compact(dY, Z_hat, root),
        "The factor 1/√(v + ε) is missing.": compact(d_hat, Z_hat, root) * root,
        "ε is missing: divide by √(v + ε), as forward.":
            either(compact(d_hat, centred / bare, bare), compact(d_hat, Z_hat, bare)),
        "The root is missing: divide by √(v + ε), not by v + ε.": compact(d_hat, Z_hat, root ** 2),
        "Subtract the means over the samples, not the sums: the factors 1/n are missing.":
            (d_hat - d_hat.sum(axis=0) - n * along) / root,
        "Both terms are subtracted; yours adds one of them.":
            either((shifted + along) / root, (d_hat + d_hat.mean(axis=0) - along) / root),
        "The sign is wrong.": -dZ,
    }  # fmt: skip

    def for_first(wrong):
        several = wrong if isinstance(wrong, list) else [wrong]
        return either(*((one, None, None) for one in several))

    return (dZ, dgamma, dbeta), {
        "The gradient of beta should be the sum over the samples, not their mean.":
            (None, None, dbeta / n),
        "The gradient of gamma should be the sum over the samples, not their mean.":
            (None, dgamma / n, None),
        "In the gradient of gamma, multiply dY by the normalised values, not by Z.":
            either((None, (dY * Z).sum(axis=0), None), (None, (dY * centred).sum(axis=0), None)),
        "The gradient of gamma has a factor gamma too many: use dY, not gamma dY.":
            (None, gamma * dgamma, None),
        "The gradients of gamma and beta are exchanged.": (None, dbeta, dgamma),
        **{hint: for_first(wrong) for hint, wrong in slips.items()},
    }  # fmt: skip


@exercise("inverted-dropout")
@inspect_answer(arguments=["A", "p", "rng"])
def dropout(reader):
    """Look at masks: their values, their frequency and their independence."""
    A, p = np.random.default_rng(21).normal(2.0, 1.0, size=(400, 50)), 0.2

    def masks(rng, p=p):
        given = reader(A, p, rng)
        if not isinstance(given, tuple | list) or len(given) != 2:
            raise Hint("Return two arrays: the activations after dropout, and the mask.")
        return [array(part, name) for part, name in zip(given, ("Ã", "the mask"), strict=True)]

    dropped, mask = masks(np.random.default_rng(5))
    if dropped.shape != A.shape or mask.shape != A.shape:
        raise Hint(
            f"Both arrays should have the shape of A, {A.shape}, not {dropped.shape} and "
            f"{mask.shape}. Every sample and unit needs a coin of its own."
        )
    zero = mask == 0
    if zero.all(axis=0).any() or zero.all(axis=1).any():
        raise Hint("Whole rows or columns are dropped: each element needs a coin of its own.")
    share = zero.mean()  # of 20,000 coins: six standard deviations are 0.017
    if abs(share - (1 - p)) < 0.02:
        raise Hint(f"p is the probability of being dropped, but with p = {p} you drop {share:.0%}.")
    if abs(share - p) > 0.02:
        raise Hint(f"With p = {p} about {p:.0%} of the units should go, but {share:.0%} do.")
    _look_at_factor(A, p, dropped, mask)
    _look_at_coins(zero, p)
    look_at_generators(lambda rng: masks(rng)[1])
    draws = (masks(np.random.default_rng(seed))[1] == 0 for seed in (5, 6))
    if all(zero.sum() == round(p * zero.size) for zero in draws):  # once, it happens by chance
        raise Hint("Exactly the share p is dropped. Each element needs a coin of its own.")
    if not np.allclose(masks(np.random.default_rng(5), 0.0)[0], A, rtol=1e-6):
        raise Hint("With p = 0 nothing should change.")
    half = masks(np.random.default_rng(5), 0.5)[1]
    if abs((half == 0).mean() - 0.5) > 0.03 or not np.allclose(half[half != 0], 2.0):
        raise Hint("Right for p = 0.2, but with p = 0.5 half should go, and the rest be doubled.")
    return "The right share is dropped, and the mean is preserved."


def _look_at_factor(A, p, dropped, mask):
    """Raise a hint unless what is kept is divided by 1 - p, in the mask."""
    values = np.unique(mask[mask != 0].astype(np.float64))
    if np.allclose(values, 1 / (1 - p), rtol=1e-5):
        if np.allclose(dropped, A * mask, rtol=1e-5):
            return
        raise Hint("The mask is right, but the first array should be A times the mask.")
    if np.allclose(dropped, A * (mask != 0) / (1 - p), rtol=1e-5):
        raise Hint(
            "What is kept is divided by 1 - p in the first array, as it should be; the mask should "
            "carry this factor too, so that backward can multiply by it."
        )
    if np.allclose(mask, A * dropped, rtol=1e-5):
        raise Hint("First the activations after dropout, then the mask: yours are exchanged.")
    for value, hint in (
        (1, "The mean is not preserved: divide what is kept by 1 - p, in the mask."),
        (1 / p, "What is kept should be divided by 1 - p, not by p."),
        (1 - p, "What is kept should be divided by 1 - p, not multiplied by it."),
    ):
        if np.allclose(values, value):
            raise Hint(hint)
    raise Hint(f"What is kept should be multiplied by {1 / (1 - p)}, not by {values[0]:.4g}.")


def _look_at_coins(zero, p):
    """Raise a hint unless the coins are independent: of their numbers and of each other."""
    for axis, what in enumerate(("column", "row")):
        if zero.sum(axis=axis).var() < 0.4 * zero.shape[axis] * p * (1 - p):
            raise Hint(
                f"In every {what} (nearly) the same number is dropped. Each element needs a coin "
                "of its own, so that these numbers vary."
            )
        if len(np.unique(zero, axis=axis)) < 0.99 * zero.shape[axis]:
            raise Hint("Several samples or units share a mask: each needs coins of its own.")


LARGE = [np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([7.2, 9.6])]  # norms 5, 12; all 13


@exercise("clip-global")
@declare("One norm, one factor, and short gradients stay as they are.",
    cases=[(LARGE, 6.5), ([-2 * LARGE[0], LARGE[1] / 3], 3.0)],
    parts=("the first array", "the second array"), edges={
        "A gradient that is shorter than c should stay as it is.": ([0.01 * g for g in LARGE], 6.5),
        "A gradient whose norm is between that of its parts and c should stay as it is.":
            (LARGE, 13.5),
        "A gradient of zeros should stay zero: do not divide by its norm.":
            ([np.zeros((2, 2)), np.zeros(2)], 6.5),
    })  # fmt: skip
def clip_global(gradients, c):
    """Multiply by c over the length of all numbers in one vector."""
    norms = [np.linalg.norm(g) for g in gradients]
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))

    def times(*factors):
        return [f * g for f, g in zip(factors, gradients, strict=True)]

    return times(*[min(1.0, c / norm) if norm else 1.0] * 2), {
        "You clip every array by its own norm. Take one norm, of all numbers together.":
            times(*(min(1.0, c / n) if n else 1.0 for n in norms)),
        "This is clipping by value. All numbers should be multiplied by the same factor.":
            [np.clip(g, -c, c) for g in gradients],
        "The norms of the arrays should not be added, but their squares.":
            times(*[c / sum(norms) if norm else 1.0] * 2),
        "The root is missing: divide by the norm, not by its square.":
            times(*[c / norm ** 2 if norm else 1.0] * 2),
        "The length should become c, not 1.": times(*[1 / norm if norm else 1.0] * 2),
        "A gradient whose norm is larger than c should be clipped; yours stays.": gradients,
    }  # fmt: skip


def _thinned_task(rng, n, p, m, k, rate):
    """Return inputs, targets, weights, a dropout rate and a generator."""
    shapes = (n, p), (n, k), (p, m), (m, k)
    return (*(rng.normal(size=shape) for shape in shapes), rate, np.random.default_rng(n))


@exercise("drop-wrong")
@declare("What was dropped on the way forward gets no error on the way back.",
    cases=lambda rng: [_thinned_task(rng, *sizes) for sizes in ((6, 3, 5, 2, 0.3), (5, 2, 7, 1,
    0.5))],
    parts="the gradient", advice="W^1 comes row by row, then W^2.")  # fmt: skip
def my_thinned(X, T, W1, W2, p, rng):
    """Nudge the weights of a forward pass whose mask is fixed."""
    n, A = len(X), np.tanh(X @ W1)
    first, second = (rng.random(A.shape) >= p for _ in range(2))
    scale = 1 / (1 - p)

    def cost(theta):
        hidden = np.tanh(X @ theta[: W1.size].reshape(W1.shape)) * first * scale
        return ((hidden @ theta[W1.size :].reshape(W2.shape) - T) ** 2).sum() / n

    def made(ahead=first * scale, back=first * scale, sent=None, slope=1 - A**2, share=1.0):
        thin = A * ahead
        error = share * 2 * (thin @ W2 - T) / n
        sent = thin if sent is None else sent
        return np.append(X.T @ ((error @ W2.T) * back * slope), sent.T @ error)

    def also(**change):
        return either(made(**change), made(back=second * scale, **change))

    return gradient_of(cost, np.append(W1, W2)), {
        "This is the function as it stood, or one that does the same. Compare it with central "
        "differences whose generator has the same seed at every evaluation.":
            made(back=second * scale),
        "The mask is missing on the way back: what was dropped had no influence on the cost.":
            made(back=1.0),
        "There is no dropout any more.": made(1.0, 1.0),
        "There is no dropout on the way forward any more.":
            either(made(1.0), made(1.0, second * scale)),
        "Dividing by 1 - p was right, in both directions.":
            either(made(1.0 * first, first), made(1.0 * first, second)),
        "On the way back the factor 1/(1 - p) is missing.": made(back=first),
        "On the way back the factor 1/(1 - p) is there twice.": made(back=first * scale**2),
        "The second layer has received the thinned activations, and BP3 takes what was received.":
            also(sent=A),
        "The slope was right: tanh comes before the mask.":
            also(slope=1 - (A * first * scale) ** 2),
        "The factors of the squared error, 2 and 1/n, were right.":
            either(*(one for share in (0.5, n) for one in also(share=share))),
    }  # fmt: skip
