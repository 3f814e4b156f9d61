"""Checkers of chapter 17, hyperparameters (``chapters/17-hyperparameters.ipynb``)."""

import itertools
import math

import numpy as np

from .oracles import look_at_generators
from .runner import Hint, array, declare, either, exercise, inspect_answer


@exercise("hyper-trials")
@declare("One twentieth of the space, and fewer than sixty trials.",
    cases=[(0.05, 0.95), (0.3, 0.9), (0.01, 0.5), (0.6, 0.99), (0.2, 0.1), (0.5, 0.75),
    (0.5, 0.875)],
    parts="the number of trials")  # fmt: skip
def trials(q, P):
    """Multiply out the chances to miss, trial by trial."""
    N, miss = 0, 1.0
    while 1 - miss < P:
        N, miss = N + 1, miss * (1 - q)
    exact = math.log(1 - P) / math.log(1 - q)
    return N, {
        "The formula is right; half a trial cannot be run. Round up.": exact,
        "Too few: the chance has to reach P. Rounding down or to the nearest does not get there; "
        "math.ceil rounds up.":
            either(round(exact), int(exact)),
        "That is one more than needed: a value between two whole numbers is rounded up once.":
            N + 1,
        "This is P/q, as if chances added up. What multiplies are those to miss, 1 - q each.":
            math.ceil(P / q - 1e-12),
        "The logarithms are the wrong way round, or q and P are: N misses have chance (1 - q)^N.":
            math.ceil(1 / exact),
        "This is the number of trials for a chance of 1 - P: ln P should be ln(1 - P).":
            math.ceil(math.log(P) / math.log(1 - q)),
        "The chance to miss is 1 - q, not q.": math.ceil(math.log(1 - P) / math.log(q)),
    }  # fmt: skip


@exercise("hyper-log-uniform")
@inspect_answer(arguments=["low", "high", "n", "rng"])
def log_uniform(reader):
    """Look at the range of the numbers, and at the share of every decade."""
    low, high, n = 1e-4, 10.0, 4000  # five decades

    def drawn(rng, low=low, high=high):
        answer = array(reader(low, high, n, rng), "the result")
        if answer.shape != (n,) or answer.dtype.kind != "f":
            raise Hint(f"Your function should return n floats, shape ({n},), not {answer!r:.80}.")
        return answer

    answer = look_at_generators(drawn)
    if np.array_equal(np.sort(answer), np.sort(drawn(np.random.default_rng(2)))):
        raise Hint("Other generators give the same numbers in another order: draw the numbers.")
    if answer.min() < low * (1 - 1e-6) or answer.max() > high * (1 + 1e-6):
        _look_at_logarithms(answer, low, high)
        reach = f"from {answer.min():.2g} to {answer.max():.2g}"
        raise Hint(f"The numbers should lie between {low} and {high}, but reach {reach}.")
    if len(np.unique(answer)) < 0.95 * n:
        raise Hint("Many of your numbers are equal; draw them from the whole interval.")
    shares = np.histogram(np.log10(answer), bins=np.arange(-4, 2))[0] / n
    if 0.85 < shares[-1] < 0.95:
        raise Hint(
            f"A share of {shares[-1]:.2f} of your numbers lies between 1 and 10, in the last of "
            "the five decades. They are uniform; their logarithms should be."
        )
    if np.abs(shares - 0.2).max() > 0.04:  # six standard errors
        raise Hint(f"Every decade should have its fifth, but the shares are {shares.round(2)}.")
    narrow = np.log(drawn(np.random.default_rng(19), 2.0, 3.0))
    if narrow.min() < np.log(2) or narrow.max() > np.log(3) or abs(narrow.mean() - 0.896) > 0.01:
        raise Hint("Right between 1e-4 and 10, but not between 2 and 3: use low and high.")
    if (np.diff(answer) >= 0).all() or (np.diff(answer) <= 0).all():
        reader.remark("They come in order, though, so that the first is no fair draw by itself.")
    return "Every decade gets its fifth."


def _look_at_logarithms(answer, low, high):
    """Raise a hint if numbers outside of the interval come of a logarithm or power."""

    def within(numbers, low, high):
        return numbers.min() >= low - 1e-9 and numbers.max() <= high + 1e-9

    bottom, top = math.log(low), math.log(high)
    if within(answer, bottom, top) or within(answer, math.log10(low), math.log10(high)):
        raise Hint("These are the logarithms; the last step, the power, is missing.")
    if answer.min() <= 0:
        return
    if any(within(log(answer), low, high) for log in (np.log, np.log10, np.log2)):
        raise Hint("The first step is missing: draw between the logarithms of low and high.")
    if within(np.log10(answer), bottom, -bottom):
        raise Hint(
            "The numbers leave the interval: logarithm and power should have the same base "
            "(np.log with np.exp, or np.log10 with 10.0**)."
        )


@exercise("hyper-expected-best")
@declare("One list of scores, and the whole curve.",
    cases=lambda rng: [(rng.permutation(rng.normal(size=n).cumsum()), m) for n, m in ((5, 2), (6,
    1), (7, 7), (8, 3))],
    parts="the mean of the best")  # fmt: skip
def expected_best(scores, m):
    """Form all choices of m scores."""
    choices = list(itertools.combinations(scores.tolist(), m))
    s, n = np.sort(scores), len(scores)
    ranks = np.arange(n + 1) / n
    return np.mean([max(some) for some in choices]), {
        "This is the best of all the scores, whatever m is.": s[-1],
        "This is the mean of all the scores: the answer for m = 1 only.": s.mean(),
        "This is the best of the first m scores; take the mean over all ways to choose m.":
            scores[:m].max(),
        "This is for draws with replacement, in which a trial can be drawn twice.":
            s @ np.diff(ranks ** m),
        "This is the mean of the worst; the scores here are better if larger.":
            np.mean([min(some) for some in choices]),
        "This is the mean of the m best scores.": s[-m:].mean(),
        "The scores have to be sorted first.":
            scores @ [math.comb(i, m - 1) for i in range(n)] / math.comb(n, m),
    }  # fmt: skip


def _comparison(rng, seed, n=12, rates=(0.5, 0.01, 0.1)):
    """Return a small untrained classifier, rates, and two parts of a noisy task."""
    from backprop import FFNN, CostCrossEntropy, softmax, tanh

    X, wheel = rng.normal(size=(n + 200, 3)), rng.normal(size=(3, 3))
    T = np.eye(3)[(X @ wheel + 0.3 * rng.normal(size=X.shape)).argmax(axis=1)]
    net = FFNN((3, 4, 3), tanh, softmax, CostCrossEntropy, seed=seed)
    return net, np.array(rates), (X[:n], T[:n]), (X[n:], T[n:])


@exercise("hyper-wrong")
@declare("No rate owes anything to the one before it.",
    cases=lambda rng: [_comparison(rng, 1, 40), _comparison(rng, 2, 60, (0.02, 0.2, 0.001))],
    parts="the list of accuracies")  # fmt: skip
def my_comparison(net, rates, training, validation):
    """Make a new network of the same kind for every rate."""
    from backprop import FFNN, Adam

    def accuracies(rates, epochs=30, seeds=0, new=True):
        """Return the accuracies on both parts, validation first."""
        made, other = [], None
        for k, eta in enumerate(rates):
            if new or other is None:
                settings = net.hidden_funcs[0], net.output_func, net.cost_func
                other = FFNN(net.dimensions, *settings, seed=net.seed + k * seeds)
            if epochs:
                other.fit(*training, Adam(eta, 0.9, 0.999), epochs=epochs, score_every=None)
            read = [
                other.feed_forward(X).argmax(1) == T.argmax(1) for X, T in (validation, training)
            ]
            made.append([hits.mean() for hits in read])
        return np.transpose(made)

    right, stood = accuracies(rates), accuracies(rates, new=False)
    return right[0], {
        "This is the function as it stood, or one that does the same. Hand it the rates in another "
        "order: does every rate keep its accuracy?": stood[0],
        "Now the rates are tried from the last to the first, and each still leans on others.":
            accuracies(rates[::-1], new=False)[0, ::-1],
        "Each rate gets other weights to start from, so the comparison is about these too.":
            accuracies(rates, seeds=1)[0],
        "These are the accuracies on the training part.": either(right[1], stood[1]),
        "The weights are reset after the training, before the accuracy is taken.":
            accuracies(rates, epochs=0)[0],
        "30 epochs for each rate are asked for.":
            either(*(accuracies(rates, epochs=epochs)[0] for epochs in (1, 5, 10))),
    }  # fmt: skip
