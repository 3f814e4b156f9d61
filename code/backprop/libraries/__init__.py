"""Our networks, costs and schedulers in other libraries' terms, and their networks in ours.

What one can do with it:

- ``to_torch(net)``, ``to_keras(net)``, ``to_sklearn(net)`` give the same network there, with
  the same parameters, so that its outputs are the same to rounding;
- ``from_torch(module, cost)``, ``from_keras(model, cost)``, ``from_sklearn(estimator)`` bring
  one here; there and back, every parameter is the same bit for bit;
- ``torch_cost``, ``torch_optimizer``, ``keras_cost`` and ``keras_optimizer`` give what it is
  trained with: the factors that the libraries' costs leave out, rules that make the same
  updates, the penalty on the weights alone.  Training then goes on there as it would have here.

Nothing is imported until a function is called.  What has no counterpart on the other side is
refused with an error that names it.
"""

from ._keras import from_keras, keras_cost, keras_optimizer, to_keras
from ._sklearn import from_sklearn, to_sklearn
from ._torch import from_torch, to_torch, torch_cost, torch_optimizer

__all__ = [
    "from_keras",
    "from_sklearn",
    "from_torch",
    "keras_cost",
    "keras_optimizer",
    "to_keras",
    "to_sklearn",
    "to_torch",
    "torch_cost",
    "torch_optimizer",
]
