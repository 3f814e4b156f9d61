#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0 (tensorflow-cpu).
#
# exclude_from_weight_decay(var_names=["bias"]) is the usual way to decay kernels and not biases.  The
# name is looked for in the whole path of a variable, in which the names of model and layer stand too:
# in a layer that is called "bias_head" the kernel, whose own name is "kernel", is not decayed either,
# and nothing says so.
#
# Output seen (Python 3.11, 2026-11-29), variables of ones after a step with a gradient of zero and a
# decay of 0.5 at a learning rate of 1:
#     head/kernel       0.5
#     head/bias         1.0
#     bias_head/kernel  1.0
#     bias_head/bias    1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check keras==3.15.1 tensorflow-cpu==2.21.0 numpy==2.4.6
cat > look.py <<'PYTHON'
import keras
import numpy as np

seen = {}
for name in ("head", "bias_head"):
    layer = keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones", name=name)
    layer.build((None, 1))
    optimizer = keras.optimizers.SGD(1.0, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    optimizer.build(layer.trainable_variables)
    optimizer.apply([np.zeros(v.shape, dtype="float32") for v in layer.trainable_variables])
    for variable in layer.trainable_variables:
        seen[f"{name}/{variable.name}"] = float(np.ravel(keras.ops.convert_to_numpy(variable))[0])
for path, value in seen.items():
    print(f"{path:17} {value}")
expected = {"head/kernel": 0.5, "head/bias": 1.0, "bias_head/kernel": 1.0, "bias_head/bias": 1.0}
assert seen == expected, "this has changed"
PYTHON
TF_CPP_MIN_LOG_LEVEL=3 env/bin/python look.py
