"""The drawing of a recorded computation graph: what stands in it, and bad input."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from backprop.autodiff import Dual, Tape
from backprop.plotting import draw_graph

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def lecture_graph(backward):
    tape = Tape()
    x = tape.variable(1.5)
    a = x**2
    b = np.exp(a)
    c = a + b
    d = np.sqrt(c)
    np.sin(d)  # recorded, but d does not depend on it
    if backward:
        tape.backward(d)
    return dict(zip("xabcd", (x, a, b, c, d), strict=True))


def texts(ax):
    return [text.get_text() for text in ax.texts]


def arrows(ax):
    return [p for p in ax.patches if isinstance(p, mpl.patches.FancyArrowPatch)]


def circles(ax):
    return [p for p in ax.patches if isinstance(p, mpl.patches.Circle)]


def test_the_lectures_graph():
    names = lecture_graph(backward=True)
    ax = draw_graph(names["d"], names=names)
    written = texts(ax)
    assert (len(circles(ax)), len(arrows(ax))) == (5, 5)
    for name in names:
        assert f"${name}$" in written
    for number in ("1.5", "2.25", "9.488", "11.74", "3.426", "4.592", "1.531"):
        assert number in written, number
    assert written.count("0.1459") == 3  # two adjoints and a local derivative
    assert {"input", "power", "exp", "+", "sqrt"} <= set(written)
    assert "sin" not in written


def test_what_does_not_lead_to_the_output_is_left_out():
    tape = Tape()
    x = tape.variable(1.5)
    a = x**2
    np.sin(a)  # recorded before b, which does not depend on it
    b = np.exp(a)
    ax = draw_graph(b)
    assert (len(circles(ax)), len(arrows(ax))) == (3, 2)
    assert "sin" not in texts(ax)


def test_without_the_way_back_there_are_no_adjoints():
    names = lecture_graph(backward=False)
    written = texts(draw_graph(names["d"]))
    assert "4.592" not in written
    assert "$x_{1}$" in written


def test_arrows_do_not_run_through_circles():
    names = lecture_graph(backward=False)
    ax = draw_graph(names["d"])
    centres = np.array([circle.center for circle in circles(ax)])
    for arrow in arrows(ax):
        path = arrow.get_path().vertices if arrow._path_original is None else arrow._path_original
        points = getattr(path, "vertices", path)
        distance = np.hypot(*(points[:, None] - centres).T)
        assert distance.min() > circles(ax)[0].radius


def test_a_link_that_is_used_twice_is_drawn_once():
    tape = Tape()
    x = tape.variable(2.0)
    ax = draw_graph(x + x)
    assert len(arrows(ax)) == 1
    assert "2" in texts(ax)  # 1 + 1


def test_it_draws_into_given_axes_and_a_single_node():
    _, ax = plt.subplots()
    assert draw_graph(Tape().variable(1.0), ax=ax, digits=2) is ax


@pytest.mark.parametrize("output", [3.0, Dual(1.0, 1.0), np.exp])
def test_bad_output(output):
    with pytest.raises(TypeError, match="output should be a Variable on a tape"):
        draw_graph(output)
