"""Claims of chapter 14."""

import numpy as np
from backprop import RELU, tanh
from backprop.datasets import franke, skranke, standardise
from sklearn.preprocessing import PolynomialFeatures

from tools.claims import cases, chapter, claim

reg = chapter("14").names(
    "network_error", "descend", "ols_errors", "draw", "degrees", "with_ridge", "with_network",
    "outside", "polynomial_outside",
)  # fmt: skip
cls = chapter("14").names(
    "compare", "validation_cost", "logistic", "network", "learning_curve", "cross_validated",
    "unwatched", "t",
)  # fmt: skip


@claim(
    "claim-reg-hundredths",
    "The networks are not bad: the surface rises to 15, and they are off by some hundredths.",
    varied="six other starts; some hundredths is 0.02 to 0.1",
    cases=cases(seed=range(100, 106)),
)
def test_hundredths(case):
    return bool(0.02 < reg.network_error(case["seed"]) < 0.1)


@claim(
    "claim-reg-scale",
    "Standardising makes the condition number about ten times smaller, and after the same thousand "
    "epochs the cost is smaller by several orders of magnitude.",
    varied="ten other draws of the points; about ten is 6 to 15, several is four or more",
    cases=cases(seed=range(100, 110)),
)
def test_scale(case):
    P = np.random.default_rng(case["seed"]).random((200, 2))
    X, t = PolynomialFeatures(2).fit_transform(P)[:, 1:], skranke(*P.T)[:, None]
    raw, scaled = reg.descend(X, t), reg.descend(standardise(X)[0], t)
    return bool(6 < raw[0] / scaled[0] < 15 and raw[2] > 1e4 * scaled[2])


@claim(
    "claim-reg-wild",
    "On new points the error exceeds 0.1 in each of these draws, and in most others.",
    varied="thirty other draws, and the training error is between 0.0025 and 0.005",
    cases=cases(seed=range(200, 230)),
    strength="mostly",
    share=0.7,
)
def test_wild(case):
    train, _, test = reg.ols_errors(reg.draw(case["seed"]), 12)
    return bool(0.0025 < train < 0.005 and test > 0.1)


@claim(
    "claim-reg-franke",
    "So on 150 noisy points of a smooth surface in two dimensions a network is on average as good "
    "as a polynomial whose degree was chosen with care, or somewhat better.",
    varied="twelve other draws; the network's mean error is 0.8 to 1.05 times the polynomial's",
    cases=cases(seed=range(200, 212), method=("polynomial", "network")),
    strength="together",
    holds=lambda errors: 0.8 < np.mean(errors[1::2]) / np.mean(errors[::2]) < 1.05,
    tolerance=0.05,
)
def test_franke(case):
    parts = reg.draw(case["seed"])
    if case["method"] == "network":
        return reg.with_network(parts, case["seed"])
    return min(reg.ols_errors(parts, degree)[1:] for degree in reg.degrees)[1]


@claim(
    "claim-cls-scale",
    "Scaling matters more than the choice of the model: without it both networks lose on every "
    "split, several per cent on average.",
    varied="twelve other splits; every loss is above zero",
    cases=cases(seed=range(100, 112)),
)
def test_cls_scale(case):
    accuracy = cls.compare(case["seed"])
    names = ("no hidden layer", "16 and 8 hidden")
    return all(accuracy[name] > accuracy[name + ", unscaled"] for name in names)


@claim(
    "claim-cls-hidden",
    "And the hidden layers add nothing that could be told from chance.",
    varied="twelve other splits; the mean difference is within two standard errors, or half a per "
    "cent, of zero",
    cases=cases(seed=range(100, 112)),
    strength="together",
    holds=lambda more: abs(np.mean(more)) < max(0.005, 2 * np.std(more, ddof=1) / len(more) ** 0.5),
)
def test_cls_hidden(case):
    accuracy = cls.compare(case["seed"])
    return accuracy["16 and 8 hidden"] - accuracy["no hidden layer"]


@claim(
    "claim-cls-minimum",
    "Its model is at the minimum for $\\lambda = 0.01$ on the raw inputs, computed by Newton's "
    "method, and still gets fewer tumours right than the model with scaled inputs, on "
    "nearly every split.",
    varied="twelve other splits",
    cases=cases(seed=range(100, 112)),
    strength="mostly",
    share=0.8,
)
def test_cls_minimum(case):
    accuracy = cls.compare(case["seed"])
    return bool(accuracy["  the same, minimum"] < accuracy["no hidden layer"])


@claim(
    "claim-cls-gives-up",
    "In it a signal passes three layers of small weights, and at $\\lambda = 1$ it does no better "
    "than a model that knows only how frequent malignant tumours are.",
    varied="eight other splits; within three per cent of the cost of knowing that",
    cases=cases(seed=range(100, 108)),
)
def test_gives_up(case):
    p = cls.t.mean()
    knowing = -p * np.log(p) - (1 - p) * np.log(1 - p)
    return bool(abs(cls.validation_cost(cls.network, 1.0, case["seed"]) / knowing - 1) < 0.03)


@claim(
    "claim-cls-more-data",
    "From 120 to 426, more than three times the data, the validation accuracy gains two per cent "
    "at most, on average.",
    varied="eight other splits for each of the two models",
    cases=cases(model=("logistic", "network"), seed=range(100, 108)),
    strength="together",
    holds=lambda gains: max(np.mean(gains[:8]), np.mean(gains[8:])) < 0.025,
    tolerance=0.05,
)
def test_more_data(case):
    curve = np.array(cls.learning_curve(getattr(cls, case["model"]), case["seed"]))
    return curve[-1, 1] - curve[3, 1]


def admitted_and_made(model, choose, seed):
    """Return how many mistakes a model admits to and how many it makes, out of 569."""
    A, T = cls.cross_validated(model, choose, seed)
    return np.minimum(A, 1 - A).sum(), ((A > 0.5) != T).sum()


@claim(
    "claim-cls-modest",
    "Logistic regression admits to more mistakes than it makes.",
    varied="six other deals of the tumours into five parts",
    cases=cases(seed=range(100, 106)),
)
def test_modest(case):
    admitted, made = admitted_and_made(cls.logistic, True, case["seed"])
    return bool(admitted > made)


@claim(
    "claim-cls-unwatched",
    "The unwatched one is about as accurate, but it is overconfident: it makes several times as "
    "many mistakes as it admits to, far beyond chance.",
    varied="five other deals of the tumours; several is 2.5 or more",
    cases=cases(seed=range(100, 105)),
)
def test_unwatched(case):
    admitted, made = admitted_and_made(cls.unwatched, False, case["seed"])
    return bool(made > 2.5 * admitted and made < 30)


@claim(
    "claim-reg-outside",
    "The networks do better, those with $\\tanh$ as well as those with ReLU.",
    varied="eight other starts for each activation function, against the best polynomial",
    cases=cases(func=("tanh", "RELU"), seed=range(100, 108)),
)
def test_outside(case):
    func = {"tanh": tanh, "RELU": RELU}[case["func"]]
    best = min(reg.polynomial_outside(franke, degree) for degree in (2, 5, 8))
    return bool(reg.outside(franke, func, case["seed"]) < best)
