"""Checkers of chapter 5: automatic differentiation."""

from __future__ import annotations

import numpy as np

from .registry import Answer, exercise

STEP = 1e-20  # of complex steps, exact to rounding


@exercise("ad-divide")
def ad_divide(function):
    """Check the rule for dividing dual numbers: ``function(x, dx, y, dy)``."""
    wrong: dict[str, list] = {}
    found, wanted = [], []
    for x, dx, y, dy in ((3.0, 0.5, 2.0, -1.0), (-1.3, 1.0, 0.7, 0.4), (0.6, -0.8, -1.9, 1.1)):
        answer = function(x, dx, y, dy)
        try:
            found.append([float(part) for part in answer])
        except (TypeError, ValueError):
            return f"Your function should return two numbers, value and tangent, not {answer!r}."
        if len(found[-1]) != 2:
            return f"Your function should return two numbers, not {len(found[-1])}."
        quotient = (x + 1j * STEP * dx) / (y + 1j * STEP * dy)
        wanted.append([quotient.real, quotient.imag / STEP])
        for hint, tangent in (
            ("There should be a minus between the two terms.", (dx * y + x * dy) / y**2),
            ("The sign is turned: which of the two terms is subtracted?", (x * dy - dx * y) / y**2),
            ("The denominator should be squared.", (dx * y - x * dy) / y),
            ("The denominator is y, not x.", (dx * y - x * dy) / x**2),
            ("A quotient is not differentiated part by part.", dx / dy),
            ("The denominator changes too, with tangent dy.", dx / y),
            ("This is the rule for a product.", dx * y + x * dy),
        ):
            wrong.setdefault(hint, []).append(tangent)
    found, wanted = np.array(found), np.array(wanted)
    if np.allclose(found, wanted, rtol=1e-10):
        return Answer("Value and tangent, for any two dual numbers.", right=True)
    if np.allclose(found[:, ::-1], wanted):
        return "Both numbers are right, but in the wrong order: the value comes first."
    if not np.allclose(found[:, 0], wanted[:, 0]):
        return "The value should be x / y."
    for hint, tangents in wrong.items():
        if np.allclose(found[:, 1], tangents):
            return f"The value is right, the tangent is not. {hint}"
    return (
        "The value is right. For x, dx, y, dy = 3, 0.5, 2, -1 the tangent should be "
        f"{wanted[0, 1]:.4f}, but your function returns {found[0, 1]:.4f}."
    )


def _graph(rng, L):
    """Return random links of L variables, shuffled; every variable but the first has parents."""
    links = []
    for j in range(2, L + 1):
        for i in rng.choice(np.arange(1, j), size=min(j - 1, 2), replace=False):
            links.append((int(i), j, float(rng.uniform(0.5, 2.0) * rng.choice([-1, 1]))))
    return [links[k] for k in rng.permutation(len(links))]


def _all_paths(L, links):
    """Return the adjoints as sums over paths: the last row of (1 - P)⁻¹."""
    return np.linalg.inv(np.eye(L) - _matrix(L, links))[L - 1]


@exercise("ad-adjoints")
def ad_adjoints(function):
    """Check a reverse sweep: ``function(L, links)`` returns the adjoints of all variables."""
    rng = np.random.default_rng(5)
    for L in (6, 2, 3, 9):
        links = _graph(rng, L)
        answer = function(L, list(links))
        if isinstance(answer, dict):
            return f"Your function should return a list of {L} numbers, not a dictionary."
        try:
            found = np.array([float(value) for value in answer])
        except (TypeError, ValueError):
            return f"Your function should return a list of {L} numbers, not {answer!r}."
        if found.shape == (L + 1,):
            return f"There are {L} variables, but {L + 1} adjoints: leave out number 0."
        if found.shape != (L,):
            return f"There are {L} variables, but {len(found)} adjoints."
        wanted = _all_paths(L, links)
        if np.allclose(found, wanted):
            continue
        if np.allclose(found[::-1], wanted):
            return "The numbers are right, but in reverse order: x_1 comes first."
        forward = np.linalg.inv(np.eye(L) - _matrix(L, links))[:, 0]
        if np.allclose(found, forward):
            return "These are the derivatives of all variables by x_1: that is forward mode."
        if not np.isclose(found[-1], 1.0):
            return f"The adjoint of the output x_{L} should be 1, but is {found[-1]:.4g}."
        in_order, last = np.zeros(L), np.zeros(L)
        in_order[-1] = last[-1] = 1.0
        for i, j, partial in links:
            in_order[i - 1] += in_order[j - 1] * partial
        for i, j, partial in sorted(links, key=lambda link: -link[1]):
            last[i - 1] = last[j - 1] * partial
        if np.allclose(found, in_order):
            return "The links come in no particular order: which child has to be done first?"
        if np.allclose(found, last):
            return "A variable may have several children: their contributions add up."
        bad = max(i for i in range(L) if not np.isclose(found[i], wanted[i]))
        return (
            f"For L = {L} and links = {[(i, j, round(p, 2)) for i, j, p in links]} the adjoint of "
            f"x_{bad + 1} should be {wanted[bad]:.3f}, but is {found[bad]:.3f}."
        )
    return Answer("The adjoints are right on every graph that was tried.", right=True)


def _matrix(L, links):
    P = np.zeros((L, L))
    for i, j, partial in links:
        P[j - 1, i - 1] = partial
    return P


@exercise("ad-brackets")
def ad_brackets(widths):
    """Check five widths for which a mixed bracketing beats both modes tenfold."""
    try:
        M = [int(width) for width in widths]
        whole = all(int(width) == width for width in widths)
    except (TypeError, ValueError):
        whole = False
    if not whole:
        return f"Five whole numbers are asked for, not {widths!r}."
    if len(M) != 5:
        return f"Four Jacobians have five widths, not {len(M)}."
    if min(M) < 1 or max(M) > 100:
        return "Each width should be between 1 and 100."
    forward = M[0] * (M[1] * M[2] + M[2] * M[3] + M[3] * M[4])
    reverse = M[4] * (M[0] * M[1] + M[1] * M[2] + M[2] * M[3])
    modes, best = min(forward, reverse), _cheapest(tuple(M))
    if best == modes:
        return f"Here one of the modes is the best bracketing, with {modes:,} multiplications."
    if 10 * best >= modes:
        return (
            f"The best bracketing takes {best:,} multiplications, the cheaper mode {modes:,}: "
            f"a factor of {modes / best:.1f}. Make the narrowest place narrower, the ends wider."
        )
    return Answer(f"{best:,} multiplications instead of {modes:,}.", right=True)


def _cheapest(M):
    """Return the least multiplications for a chain of matrices, over all bracketings."""
    if len(M) <= 2:
        return 0
    return min(
        _cheapest(M[: k + 1]) + _cheapest(M[k:]) + M[0] * M[k] * M[-1] for k in range(1, len(M) - 1)
    )
