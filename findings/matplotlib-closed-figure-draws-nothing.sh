#!/usr/bin/env bash
# Matplotlib 3.11.2: a figure that pyplot has closed.
#
# plt.close() takes the figure's canvas away and leaves a FigureCanvasBase, whose draw() does nothing
# and says nothing.  A figure that is kept (in a cache, in a fixture of a test suite that closes all
# figures after each test) is then not laid out again: a name that is added later gets no room,
# and get_renderer() is an AttributeError.  savefig() still draws.  In 3.10.7 the
# canvas stays that of Agg, and all of it works.
#
# Output seen (Python 3.11, 2026-11-30).
#     3.10.7: FigureCanvasAgg, axes make room for a new name: True
#     3.11.2: FigureCanvasBase, axes make room for a new name: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > closed.py <<'PYTHON'
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

figure, ax = plt.subplots(layout="constrained")
figure.canvas.draw()
plt.close(figure)
before = ax.get_position().bounds
ax.set_ylabel("a long name\nin two lines", fontsize=30)
figure.canvas.draw()
moved = ax.get_position().bounds != before
print(f"{matplotlib.__version__}: {type(figure.canvas).__name__}, axes make room for a new name: {moved}")
PYTHON
for version in 3.10.7 3.11.2; do
    python3 -m venv "$version"
    "$version/bin/pip" install --quiet --disable-pip-version-check "matplotlib==$version"
    "$version/bin/python" closed.py
done | tee seen
diff seen - <<'SEEN'
3.10.7: FigureCanvasAgg, axes make room for a new name: True
3.11.2: FigureCanvasBase, axes make room for a new name: False
SEEN
