"""The network in your hand: which states are refused."""

import numpy as np
import pytest
from backprop import explore


def test_wrong_networks_are_refused():
    for changes, words in [
        ({"widths": [2, 5, 1]}, "widths should be 2 to 4 whole numbers from 1 to 4"),
        ({"widths": [2.7, 1]}, "widths should be 2 to 4 whole numbers from 1 to 4"),
        ({"widths": [2, 2, 3]}, "widths should end with 1 or 2, not 3"),
        ({"theta": [1.0]}, r"theta should have shape \(9,\), not \(1,\)"),
        ({"x": [0.9, np.nan]}, "x should be between -10 and 10"),
        ({"functions": ["tanh"]}, "functions should be 2 names, not 1"),
        ({"functions": ["softmax", "identity"]}, "functions should be among .*, not 'softmax'"),
        ({"cost": "Cost"}, "cost should be one of HalfSquares.*, not 'Cost'"),
        ({"cost": "CostLogReg"}, "of CostLogReg should be sigmoid, not identity"),
        ({"eta": 0.0}, "eta should be greater than 0 and at most 10, not 0"),
    ]:
        with pytest.raises(ValueError, match=words):
            explore.state("network", **changes)
    with pytest.raises(ValueError, match="t should be between 0 and 1 for CostLogReg"):
        explore.state("network", functions=["tanh", "sigmoid"], cost="CostLogReg", t=[2.0])
