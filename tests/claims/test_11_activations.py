"""Claims of chapter 11."""

from tools.claims import cases, chapter, claim

deep = chapter("11").names("errors_kept")


@claim(
    "claim-act-width",
    "With half as many units in each layer the errors shrink on their way back, and with twice as "
    "many they grow.",
    varied="forty other draws of the weights at each of the widths 50 and 200",
    cases=cases(width=(50, 200), seed=range(100, 140)),
)
def test_width(case):
    kept = deep.errors_kept(case["width"], case["seed"])
    return kept < 1 if case["width"] < 100 else kept > 1
