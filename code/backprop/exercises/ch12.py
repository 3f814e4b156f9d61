"""Checkers of chapter 12: batch normalisation backwards, dropout, and clipping together."""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise


@exercise("bn-backward")
def bn_backward(bn_backward):
    """Check the three gradients of batch normalisation against a complex step."""
    rng = np.random.default_rng(12)
    Z, dY = rng.normal(1.0, 2.0, size=(6, 3)), rng.normal(size=(6, 3))
    gamma, epsilon = np.array([0.5, 1.7, -1.2]), 0.3  # large, so that leaving it out shows
    given = bn_backward(dY.copy(), Z.copy(), gamma.copy(), epsilon)
    if not isinstance(given, (tuple, list)) or len(given) != 3:
        return "Return three arrays: the gradients with respect to Z, gamma and beta."
    shapes = [np.shape(array) for array in given]
    if shapes != [(6, 3), (3,), (3,)]:
        return (
            "For Z of shape (6, 3) the three arrays should have the shapes (6, 3), (3,) and (3,), "
            f"not {shapes[0]}, {shapes[1]} and {shapes[2]}. Sums over the samples are over axis 0."
        )

    def cost(Z, gamma, beta):
        """Return a cost whose gradient with respect to the output is dY."""
        centred = Z - Z.sum(axis=0) / len(Z)
        variance = (centred * centred).sum(axis=0) / len(Z)
        return (dY * (gamma * centred / np.sqrt(variance + epsilon) + beta)).sum()

    arguments = [Z, gamma, np.zeros(3)]
    right = []
    for k, argument in enumerate(arguments):
        slopes = np.empty(argument.shape)
        for place in np.ndindex(argument.shape):
            nudged = [a.astype(complex) for a in arguments]
            nudged[k][place] += 1e-30j
            slopes[place] = cost(*nudged).imag / 1e-30
        right.append(slopes)
    dZ, dgamma, dbeta = (np.asarray(array, dtype=np.float64) for array in given)

    if not np.allclose(dbeta, right[2]):
        if np.allclose(dbeta, right[2] / 6):
            return "The gradient of beta should be the sum over the samples, not their mean."
        return "The gradient of beta should be the sum of dY over the samples."
    if not np.allclose(dgamma, right[1]):
        if np.allclose(dgamma, right[1] / 6):
            return "The gradient of gamma should be the sum over the samples, not their mean."
        if np.allclose(dgamma, (dY * Z).sum(axis=0)):
            return "In the gradient of gamma, multiply dY by the normalised values, not by Z."
        if np.allclose(dgamma, gamma * right[1]):
            return "The gradient of gamma has a factor gamma too many: use dY, not gamma dY."
        return "The gradient of gamma is not right: sum dY times the normalised values."
    if np.allclose(dZ, right[0], rtol=1e-8):
        return Answer("All three agree with a derivative taken numerically.", right=True)

    def compact(d_hat, Z_hat, root):
        return (d_hat - d_hat.mean(axis=0) - Z_hat * (Z_hat * d_hat).mean(axis=0)) / root

    centred = Z - Z.mean(axis=0)
    root = np.sqrt(Z.var(axis=0) + epsilon)
    Z_hat, d_hat = centred / root, gamma * dY
    bare = np.sqrt(Z.var(axis=0))
    shifted = d_hat - d_hat.mean(axis=0)
    slips = (
        (d_hat / root, "This treats mean and variance as constants. That is inference; in "
         "training they depend on every row of Z."),
        (shifted / root, "The way through the variance is missing: subtract the component along "
         "the normalised column as well."),
        ((d_hat - Z_hat * (Z_hat * d_hat).mean(axis=0)) / root,
         "The way through the mean is missing: subtract the mean of the column as well."),
        (compact(dY, Z_hat, root), "The factor gamma is missing: begin with gamma dY."),
        (root * compact(d_hat, Z_hat, root), "The factor 1/√(v + ε) is missing."),
        (compact(d_hat, centred / bare, bare), "ε is missing: divide by √(v + ε), as forward."),
        (-right[0], "The sign is turned."),
        ((d_hat - d_hat.sum(axis=0) - Z_hat * (Z_hat * d_hat).sum(axis=0)) / root,
         "Subtract the means over the samples, not the sums: the factors 1/n are missing."),
        ((shifted + Z_hat * (Z_hat * d_hat).mean(axis=0)) / root,
         "Both terms are subtracted; yours adds the second."),
    )  # fmt: skip
    for wrong, hint in slips:
        if np.allclose(dZ, wrong):
            return "gamma and beta are right. " + hint
    return (
        "The gradients of gamma and beta are right, that of Z is not: in a test its first entry "
        f"should be {right[0][0, 0]:.5f}, but is {dZ[0, 0]:.5f}."
    )


@exercise("inverted-dropout")
def inverted_dropout(dropout):
    """Check masks by their values, their frequency and their independence."""
    A = np.random.default_rng(21).normal(2.0, 1.0, size=(400, 50))
    kept_A, p = A.copy(), 0.2
    given = dropout(A, p, np.random.default_rng(5))
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        return "Return two arrays: the activations after dropout, and the mask."
    dropped, mask = (np.asarray(array) for array in given)
    if not np.array_equal(A, kept_A):
        return "Your function changes the array that it is given. Return a new one."
    if dropped.shape != A.shape or mask.shape != A.shape:
        return (
            f"Both arrays should have the shape of A, {A.shape}, not {dropped.shape} and "
            f"{mask.shape}. Every sample and unit needs a coin of its own."
        )
    zero = mask == 0
    share = zero.mean()
    if zero.all(axis=0).any() or zero.all(axis=1).any():
        return "Whole rows or columns are dropped. Every sample and unit needs a coin of its own."
    # 20,000 coins: six standard deviations are 0.017.
    if abs(share - (1 - p)) < 0.02:
        return f"p is the probability of being dropped, but with p = {p} you drop {share:.0%}."
    if abs(share - p) > 0.02:
        return f"With p = {p} about {p:.0%} of the units should be dropped, but {share:.0%} are."
    values = np.unique(mask[~zero].astype(np.float64))
    if not np.allclose(values, 1 / (1 - p)):
        if np.allclose(values, 1.0):
            return (
                "The mean is not preserved: what is kept should be divided by 1 - p, in the mask."
            )
        if np.allclose(values, 1 / p):
            return "What is kept should be divided by 1 - p, not by p."
        if np.allclose(values, 1 - p):
            return "What is kept should be divided by 1 - p, not multiplied by it."
        return f"What is kept should be multiplied by {1 / (1 - p)}, not by {values[0]:.4g}."
    if not np.allclose(dropped, A * mask):
        return "The mask is right, but the first array should be A times the mask."
    again = dropout(A, p, np.random.default_rng(5))[1]
    if not np.array_equal(again, mask):
        return "The same generator should give the same mask: take all random numbers from rng."
    other = dropout(A, p, np.random.default_rng(6))[1]
    if np.array_equal(other, mask):
        return "Another generator gives the same mask: take the random numbers from rng."
    nothing = np.asarray(dropout(A, 0.0, np.random.default_rng(5))[0])
    if not np.array_equal(nothing, A):
        return "With p = 0 nothing should change."
    return Answer("The right share is dropped, and the mean is preserved.", right=True)


@exercise("clip-global")
def clip_global(clip_global):
    """Check clipping by the norm of several arrays together."""
    large = [np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([7.2, 9.6])]  # norms 5, 12; all 13
    small = [0.01 * g for g in large]
    copies, c = [g.copy() for g in large], 6.5
    given = clip_global(large, c)
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        return "Return a list with as many arrays as there were."
    if any(not np.array_equal(g, copy) for g, copy in zip(large, copies, strict=True)):
        return "Your function changes the arrays that it is given. Return new ones."
    given = [np.asarray(g, dtype=np.float64) for g in given]
    if [g.shape for g in given] != [(2, 2), (2,)]:
        return f"The arrays should keep their shapes, (2, 2) and (2,), not {given[0].shape}, …"
    flat = np.concatenate([g.ravel() for g in given])
    whole = np.concatenate([g.ravel() for g in large])

    def like(*arrays):
        return np.allclose(flat, np.concatenate([np.ravel(a) for a in arrays]))

    if like(large[0], large[1] * c / 12):
        return "You clip every array by its own norm. Take one norm, of all numbers together."
    if like(*(np.clip(g, -c, c) for g in large)):
        return "This is clipping by value. All numbers should be multiplied by the same factor."
    if like(*(g * c / (5 + 12) for g in large)):
        return "The norms of the arrays should not be added, but their squares."
    if like(*(g * c / 13**2 for g in large)):
        return "The root is missing: divide by the norm, not by its square."
    if like(*(g / 13 for g in large)):
        return "The length should become c, not 1."
    if like(*large):
        return "A gradient of norm 13 is not clipped, although c is 6.5."
    if not like(*(g / 2 for g in large)):
        length, wanted = np.linalg.norm(flat), min(c, np.linalg.norm(whole))
        return f"A gradient of norm 13 should have the norm {wanted} afterwards, not {length:.4g}."
    untouched = [np.asarray(g) for g in clip_global([g.copy() for g in small], c)]
    if not all(np.allclose(g, h) for g, h in zip(untouched, small, strict=True)):
        return "A gradient that is shorter than c should stay as it is. Yours is made longer."
    zeros = clip_global([np.zeros((2, 2)), np.zeros(2)], c)
    if not all(np.array_equal(g, np.zeros_like(g)) for g in zeros):
        return "A gradient of zeros should stay zero: do not divide by its norm."
    return Answer("One norm, one factor, and short gradients stay as they are.", right=True)
