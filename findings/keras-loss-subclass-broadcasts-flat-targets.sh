#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0 (tensorflow-cpu).
#
# Targets of shape (n,) for a network with one output, of shape (n, 1): a loss by name, a function and
# keras.losses.MeanSquaredError() bring both to one shape.  The same formula in a class of one's own, a
# subclass of keras.losses.Loss whose call() is written as the documentation shows, gets the targets as
# they are; the subtraction makes an (n, n) matrix of all pairs, whose mean is trained on, and nothing
# says so.  (keras-team/keras issue 19662 is about the same difference, where it ends in an error.)
#
# Output seen (Python 3.11, 2026-11-29), the same network, inputs and targets:
#                       (4,)   (4, 1)
#     by name           0.25   0.25
#     function          0.25   0.25
#     MeanSquaredError  0.25   0.25
#     subclass of Loss  3.5    0.25
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check keras==3.15.1 tensorflow-cpu==2.21.0 numpy==2.4.6
cat > look.py <<'PYTHON'
import keras
import numpy as np


def squares(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(y_pred - y_true), axis=-1)


class Squares(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return squares(y_true, y_pred)


inputs = np.arange(4, dtype="float32")[:, np.newaxis]
targets = np.array([0, 1, 2, 4], dtype="float32")
losses = {
    "by name": "mean_squared_error",
    "function": squares,
    "MeanSquaredError": keras.losses.MeanSquaredError(),
    "subclass of Loss": Squares(),
}
seen = {}
for name, loss in losses.items():
    for shape in [(4,), (4, 1)]:
        layer = keras.layers.Dense(1, kernel_initializer="ones")
        model = keras.Sequential([keras.Input((1,)), layer])
        model.compile(loss=loss, optimizer="sgd", run_eagerly=True)
        seen[name, shape] = float(model.evaluate(inputs, targets.reshape(shape), verbose=0))
    print(f"{name:17} {seen[name, (4,)]:<6} {seen[name, (4, 1)]}")
assert {key for key, cost in seen.items() if cost != 0.25} == {("subclass of Loss", (4,))}
assert seen["subclass of Loss", (4,)] == 3.5, "this has changed"
PYTHON
TF_CPP_MIN_LOG_LEVEL=3 env/bin/python look.py
