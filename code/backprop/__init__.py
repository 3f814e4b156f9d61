"""A feed-forward neural network with back-propagation, readable beside its equations.

``from backprop import FFNN, Adam, sigmoid`` and so on: every public name of the modules
``activations``, ``costs``, ``initializers``, ``schedulers``, ``layers`` and ``network`` can
be imported from here.  Only NumPy is needed for that.
"""

from .activations import ELU, LRELU, RELU, derivate, identity, sigmoid, softmax, tanh
from .costs import CostCrossEntropy, CostLogReg, CostOLS, cost_gradient
from .initializers import (
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    inverse_root,
    standard_normal,
)
from .layers import Activation, Affine, BatchNorm, Dropout, Layer
from .network import FFNN, Trace, TrainingDiverged, UnknownTaskWarning
from .schedulers import (
    Adagrad,
    AdagradMomentum,
    Adam,
    Constant,
    Momentum,
    RMS_prop,
    Scheduled,
    Scheduler,
)

__version__ = "0.1.0"

__all__ = [
    "ELU",
    "FFNN",
    "LRELU",
    "RELU",
    "Activation",
    "Adagrad",
    "AdagradMomentum",
    "Adam",
    "Affine",
    "BatchNorm",
    "Constant",
    "CostCrossEntropy",
    "CostLogReg",
    "CostOLS",
    "Dropout",
    "Layer",
    "Momentum",
    "RMS_prop",
    "Scheduled",
    "Scheduler",
    "Trace",
    "TrainingDiverged",
    "UnknownTaskWarning",
    "cost_gradient",
    "derivate",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "inverse_root",
    "sigmoid",
    "softmax",
    "standard_normal",
    "tanh",
]
