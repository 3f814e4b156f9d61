"""The computation graphs of chapters 6 to 8: what stands in them, and bad input."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from backprop.plotting import draw_chain, draw_two_two_one

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def texts(ax):
    return sorted(text.get_text() for text in ax.texts if text.get_text())


def test_one_neuron_carries_no_index():
    assert texts(draw_chain(1)) == sorted(f"${name}$" for name in "xwbzatC")


def test_the_backward_pass_is_labelled_with_local_derivatives():
    forward, both = texts(draw_chain(2)), texts(draw_chain(2, backward=True))
    for name in forward:
        both.remove(name)
    slopes = [r"$\varphi_1^\prime$", r"$\varphi_2^\prime$"]
    assert both == sorted(["$a_2 - t$", *slopes, "$w_2$", "$a_0$", "$a_1$", "1", "1"])


def test_it_draws_into_the_axes_given():
    _, ax = plt.subplots()
    assert draw_chain(3, ax) is ax
    assert draw_two_two_one(ax) is ax


@pytest.mark.parametrize(
    ("n_layers", "error"), [(0, ValueError), (4, ValueError), (1.5, TypeError)]
)
def test_bad_lengths_are_named(n_layers, error):
    with pytest.raises(error, match="n_layers"):
        draw_chain(n_layers)


def test_the_two_two_one_graph_has_nine_parameters():
    boxes = [text for text in texts(draw_two_two_one()) if "b_" in text]
    assert sum(text.count(",") + 1 for text in boxes) == 9
    assert len(set(",".join(boxes).replace("$", "").replace("\\ ", "").split(","))) == 9
