#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0 (tensorflow-cpu), with floatx set to "float64".
#
# Constants of layers, penalties and optimisers are rounded to single precision on their way into
# a computation in double precision, although floatx says otherwise: the slope of the leaky
# ReLU, the strength of an L2 penalty, the momentum of SGD.  keras.ops.cast(0.9, "float64") gives
# 0.8999999761581421, keras.ops.convert_to_tensor(0.9, dtype="float64") gives 0.9.  The relative error of
# 2e-8 is a hundred million times the rounding of the rest.  The learning rate, and ELU's alpha, are
# not rounded.
#
# Seen:
#   cast          0.8999999761581421
#   convert       0.9
#   leaky ReLU   -0.009999999776482582
#   L2            0.10000000149011612
#   SGD          -0.2899999976158142
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet keras==3.15.1 tensorflow-cpu==2.21.0 numpy==2.4.6
cat > look.py <<'PYTHON'
import keras
import numpy as np
from keras import ops

keras.config.set_floatx("float64")
one = ops.convert_to_tensor(np.array([1.0]), dtype="float64")
variable = keras.Variable(np.array([0.0]), dtype="float64")
sgd = keras.optimizers.SGD(0.1, momentum=0.9)
sgd.build([variable])
for _ in range(2):
    sgd.apply([one])  # changes of 0.1 and 0.1 * (1 + 0.9), 0.29 in all

seen = {
    "cast": ops.cast(0.9, "float64"),
    "convert": ops.convert_to_tensor(0.9, dtype="float64"),
    "leaky ReLU": ops.leaky_relu(-one, 0.01),
    "L2": keras.regularizers.L2(0.1)(one),
    "SGD": variable,
}
seen = {name: float(np.ravel(ops.convert_to_numpy(value))[0]) for name, value in seen.items()}
for name, value in seen.items():
    print(f"{name:12} {value!r:>22}")
single = lambda value: float(np.float32(value))
assert seen["cast"] == single(0.9) != 0.9
assert seen["convert"] == 0.9
assert seen["leaky ReLU"] == -single(0.01)
assert seen["L2"] == single(0.1)
assert 1e-9 < abs(seen["SGD"] + 0.29) < 1e-8
PYTHON
TF_CPP_MIN_LOG_LEVEL=3 env/bin/python look.py 2>/dev/null
