"""Checkers of chapter 5 (``chapters/05-automatic-differentiation.ipynb``)."""

import math

import numpy as np

from ..autodiff import derivative
from .oracles import gradient_of, normal
from .runner import Hint, declare, either, exercise, inspect_answer, whole_numbers


@exercise("ad-divide")
@declare("Value and tangent, for any two dual numbers.",
    cases=[(3.0, 0.5, 2.0, -1.0), (-1.3, 1.0, 0.7, 0.4), (0.6, -0.8, -1.9, 1.1)],
    parts=("the value", "the tangent"))  # fmt: skip
def divide(x, dx, y, dy):
    """Divide along a complex step."""
    value = x / y
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
    return (value, gradient_of(lambda t: (x + t * dx) / (y + t * dy), 0.0)), {
        **{hint: (value, tangent) for hint, tangent in tangents.items()},
        "The value should be x / y.": (y / x, None),
    }  # fmt: skip


def _value_and_slope(program, x):
    value = program(x)
    return None if value is None else (value, derivative(program)(x))


@exercise("ad-branch")
@declare("Value and derivative have no gap.",
    cases=[(0.7,), (0.0,), (-1.3,), (2.5,), (0.01,), (-5e-4,)],
    parts=("the value", "the derivative"), use=_value_and_slope, errors={
        **dict.fromkeys(("nan", "division by zero"),
            "At zero 0/0 is computed: give that case a branch of its own."),
        "no rule": "`derivative` has no rule for a function that you use; np.exp is enough.",
        "cannot become a float": "The tangent would be lost: use functions of NumPy, such as "
        "np.exp, and convert nothing to float.",
    })  # fmt: skip
def mean_growth(x):
    """Sum the series of the exponential."""

    def series(x):
        return sum(x**k / math.factorial(k + 1) for k in range(40))

    value, slope = series(x), gradient_of(series, x)
    division = {"The division by x is missing.": (np.expm1(x), np.exp(x))}
    if x:
        return (value, slope), {
            "This is right near zero only: away from it use the exponential.": (1 + x / 2, 0.5),
            "The 1 should be subtracted before the division.": (np.exp(x) - 1 / x, None),
            **division,
        }
    return (value, slope), {
        "At zero the derivative is 0: the branch returns a constant. What should it return so "
        "that it moves with x?": (value, 0.0),
        "At zero the value should be the limit, 1.": (0.0, None),
        "At zero the derivative is 1, but the series begins with 1 + x/2.": (value, 1.0),
        "At zero the derivative has the wrong sign.": (value, -0.5),
        **division,
    }


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

    def swept(links):
        sums = np.eye(L)[-1]
        for i, j, partial in links:
            sums[i - 1] += sums[j - 1] * partial
        return sums

    last = np.eye(L)[-1]
    for i, j, partial in sorted(links, key=lambda link: -link[1]):
        last[i - 1] = last[j - 1] * partial
    return paths[-1], {
        "These are the derivatives with respect to x_1: that is forward mode.": paths[:, 0],
        "The links come in no particular order: which child has to be done first?":
            either(swept(links), swept(sorted(links)), swept(sorted(links, key=lambda k: k[1]))),
        "A variable may have several children: their contributions add up.": last,
        "Leave out number 0: there are L variables, from x_1 on.": np.append(0.0, paths[-1]),
        "The adjoint of the output itself should be 1.":
            either(2 * paths[-1], 0 * paths[-1], np.append(paths[-1][:-1], 0.0)),
    }  # fmt: skip


@exercise("ad-normalise")
@declare("Nothing is left of the adjoints along x.",
    cases=normal((3, 3), (2, 2), (5, 5)),
    parts="the vector of adjoints",
    advice="Each x_k acts on its own y_k, and on all of them through the norm.")  # fmt: skip
def normalise_vjp(x, u):
    """Differentiate the sum of u y by complex steps."""
    right = gradient_of(lambda v: u @ (v / np.sqrt(np.sum(v * v))), x)
    norm = np.linalg.norm(x)
    y = x / norm
    return right, {
        "The norm depends on x too; here it is held fixed.": u / norm,
        "The way through the norm is right; the direct one is missing.": right - u / norm,
        "The division by the norm is missing.": right * norm,
        "There is one division by the norm too many.": right / norm,
        "The way through the norm has a minus sign.": 2 * u / norm - right,
        "Each x_k acts on all y_i through the norm: sum over i.": u * (1 - y**2) / norm,
        "In the way through the norm one division is missing: take y there, not x.":
            either((u - x * (x @ u)) / norm, (u - y * (x @ u)) / norm),
        "The sum runs over u_i y_i; yours leaves out the adjoints.": (u - y * np.sum(y)) / norm,
        "This is y, not the adjoints of x.": y,
        "All n adjoints are wanted, not their sum.": right.sum(),
    }  # fmt: skip


@exercise("ad-brackets")
@inspect_answer("values")
def widths(widths):
    """Compare the best bracketing with both modes; it should win tenfold."""
    M = whole_numbers(widths, 5)
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
