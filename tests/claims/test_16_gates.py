"""Claims of chapter 16."""

from tools.claims import cases, chapter, claim

xor = chapter("16").names("train_xor", "X", "t", "levels", "sigmoid", "RELU")


@claim(
    "claim-gates-levels",
    "Every run that has not solved the task is on one of the levels.",
    varied="forty other starts for each activation function and each width of the chapter",
    cases=cases(func=("sigmoid", "RELU"), width=(2, 3, 4), seed=range(100, 140)),
)
def test_levels(case):
    net = xor.train_xor(getattr(xor, case["func"]), case["width"], case["seed"])
    cost = net.cost(xor.X, xor.t)
    return cost < 0.1 or min(abs(cost - level) for level in xor.levels.values()) < 0.01
