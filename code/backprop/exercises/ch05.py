"""Checkers of chapter 5 (``chapters/05-automatic-differentiation.ipynb``)."""

import numpy as np

from .runner import Hint, declare, either, exercise, inspect_answer

STEP = 1e-20  # of complex steps, exact to rounding


@exercise("ad-divide")
@declare("Value and tangent, for any two dual numbers.",
    cases=[(3.0, 0.5, 2.0, -1.0), (-1.3, 1.0, 0.7, 0.4), (0.6, -0.8, -1.9, 1.1)],
    parts=("the value", "the tangent"))  # fmt: skip
def divide(x, dx, y, dy):
    """Divide along a complex step."""
    quotient = (x + 1j * STEP * dx) / (y + 1j * STEP * dy)
    value = quotient.real
    tangents = {
        "There should be a minus between the two terms.": (dx * y + x * dy) / y ** 2,
        "The sign is wrong: which of the two terms is subtracted?": (x * dy - dx * y) / y ** 2,
        "The denominator should be squared.": (dx * y - x * dy) / y,
        "The denominator is y, not x.": (dx * y - x * dy) / x ** 2,
        "A quotient is not differentiated part by part.": dx / dy,
        "The denominator changes too, with tangent dy.": dx / y,
        "The numerator changes too, with tangent dx.": -x * dy / y ** 2,
        "This is the rule for a product.": dx * y + x * dy,
    }  # fmt: skip
    wrong = {hint: (value, tangent) for hint, tangent in tangents.items()}
    return (value, quotient.imag / STEP), {
        **wrong,
        "The value should be x / y.": (y / x, None),
    }  # fmt: skip


def _graph(rng, L):
    """Return random links of L variables, shuffled; every variable but the first has parents."""
    links = []
    for j in range(2, L + 1):
        for i in rng.choice(np.arange(1, j), size=min(j - 1, 2), replace=False):
            links.append((int(i), j, float(rng.uniform(0.5, 2.0) * rng.choice([-1, 1]))))
    return [links[k] for k in rng.permutation(len(links))]


@exercise("ad-adjoints")
@declare("The adjoints are right on every graph that was tried.",
    cases=lambda rng: [(L, _graph(rng, L)) for L in (6, 2, 3, 9)], parts="the list of adjoints",
)  # fmt: skip
def adjoints(L, links):
    """Sum over paths: the last row of (1 - P)⁻¹, with the local derivatives in P."""
    P = np.zeros((L, L))
    for i, j, partial in links:
        P[j - 1, i - 1] = partial
    paths = np.linalg.inv(np.eye(L) - P)
    in_order, last = np.zeros(L), np.zeros(L)
    in_order[-1] = last[-1] = 1.0
    for i, j, partial in links:
        in_order[i - 1] += in_order[j - 1] * partial
    for i, j, partial in sorted(links, key=lambda link: -link[1]):
        last[i - 1] = last[j - 1] * partial
    return paths[-1], {
        "The list is right, but in reverse order: x_1 comes first.": paths[-1][::-1],
        "These are the derivatives of all variables with respect to x_1: that is forward mode.":
            paths[:, 0],
        "The links come in no particular order: which child has to be done first?": in_order,
        "A variable may have several children: their contributions add up.": last,
        "Leave out number 0: there are L variables, from x_1 on.": np.append(0.0, paths[-1]),
        "The adjoint of the output itself should be 1.":
            either(2 * paths[-1], 0 * paths[-1], np.append(paths[-1][:-1], 0.0)),
    }  # fmt: skip


@exercise("ad-brackets")
@inspect_answer("values")
def widths(widths):
    """Compare the best bracketing with both modes; it should win tenfold."""
    try:
        M = [int(width) for width in widths]
        whole = all(int(width) == width for width in widths)
    except (TypeError, ValueError):
        whole = False
    if not whole:
        raise Hint(f"Five whole numbers are asked for, not {widths!r}.")
    if len(M) != 5:
        raise Hint(f"Four Jacobians have five widths, not {len(M)}.")
    if min(M) < 1 or max(M) > 100:
        raise Hint("Each width should be between 1 and 100.")
    forward = M[0] * (M[1] * M[2] + M[2] * M[3] + M[3] * M[4])
    reverse = M[4] * (M[0] * M[1] + M[1] * M[2] + M[2] * M[3])
    modes, best = min(forward, reverse), _cheapest(tuple(M))
    if best == modes:
        raise Hint(f"Here one of the modes is the best bracketing, with {modes:,} multiplications.")
    if 10 * best >= modes:
        raise Hint(
            f"The best bracketing takes {best:,} multiplications, the cheaper mode {modes:,}: "
            f"a factor of {modes / best:.3g}, and it should be more than 10. Make the narrowest "
            "place narrower, the ends wider."
        )
    return f"{best:,} multiplications instead of {modes:,}."


def _cheapest(M):
    """Return the least multiplications for a chain of matrices, over all bracketings."""
    if len(M) <= 2:
        return 0
    return min(
        _cheapest(M[: k + 1]) + _cheapest(M[k:]) + M[0] * M[k] * M[-1] for k in range(1, len(M) - 1)
    )
