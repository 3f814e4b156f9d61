"""A feed-forward neural network with back-propagation, readable beside its equations.

``from backprop import FFNN, Adam, sigmoid`` and so on: every public name of the modules
``activations``, ``costs``, ``initializers``, ``schedulers``, ``layers`` and ``network`` can
be imported from here.  Only NumPy is needed for that.
"""

from .activations import ELU, LRELU, RELU, derivate, identity, sigmoid, softmax, tanh
from .costs import CostCrossEntropy, CostLogReg, CostOLS, cost_gradient
from .layers import Activation, Affine, BatchNorm, Dropout
from .network import FFNN, Trace, TrainingDiverged
from .schedulers import Adagrad, AdagradMomentum, Adam, Constant, Momentum, RMS_prop, Scheduler

__version__ = "0.1.0"
