"""Chapter 19's comparison with TensorFlow and Keras, for widths and seeds that it does not show.

The functions are those of the chapter's own cells.  Without the frameworks this is skipped.
"""

import json
from pathlib import Path

import numpy as np
import pytest

CHAPTER = Path(__file__).resolve().parents[2] / "chapters" / "19-keras-tensorflow.ipynb"


@pytest.fixture(scope="module")
def chapter():
    """Run the chapter's cells up to ``ten_steps``, but for figures and times.

    TensorFlow refuses another number of threads after its first operation, which a test before
    this one may have asked for; the steps do not depend on it.
    """
    for name in ("tensorflow", "keras", "torch"):
        pytest.importorskip(name)
    import tensorflow as tf

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf.config.threading, "get_intra_op_parallelism_threads", lambda: 1)
        return run_cells({})


def run_cells(space):
    """Run the cells in a namespace, and return it."""
    for cell in json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or "plt.show" in source or "process_time" in source:
            continue
        exec(compile(source, CHAPTER.name, "exec"), space)
        if "def ten_steps" in source:
            return space
    raise AssertionError("the chapter has no function ten_steps")


@pytest.mark.filterwarnings("default")  # the frameworks have deprecations of their own
@pytest.mark.parametrize("widths", [(64, 10), (64, 7, 10), (64, 41, 29, 10), (64, 9, 8, 7, 6, 10)])
@pytest.mark.parametrize("seed", [0, 12345])
def test_ten_steps_agree_to_rounding(chapter, widths, seed):
    far = chapter["ten_steps"](widths, seed)
    assert far.shape == (10, 2)
    assert far.max() < chapter["ROUNDING"]


@pytest.mark.filterwarnings("default")
def test_the_comparison_notices_a_difference(chapter, monkeypatch):
    make_step = chapter["make_step"]

    def make_slower_step():
        step, traces = make_step()
        return lambda variables, X, T, eta: step(variables, X, T, eta * (1 - 1e-9)), traces

    monkeypatch.setitem(chapter, "make_step", make_slower_step)
    far = chapter["ten_steps"]((64, 7, 10), 1)
    assert far[:, 0].min() > chapter["ROUNDING"] > far[:, 1].max()
    assert np.isclose(far[0, 0], 1e-9, rtol=0.01)
