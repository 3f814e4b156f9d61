"""One drawing of every kind that the package makes, for tests that look at all of them."""

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from backprop.autodiff import Tape
from backprop.plotting import (
    COLOURS,
    decision_regions,
    draw_chain,
    draw_graph,
    draw_network,
    draw_passes,
    draw_two_two_one,
    plot_confusion,
    plot_images,
    plot_scores,
)

SCORES = {"train_errors": [3.0, 2.0, 1.5], "val_errors": [3.5, 2.5, 2.2], "train_accs": [0.5, 0.9]}
POINTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 2.0]])


def graph(extra=()):
    tape = Tape()
    x, y = tape.variable(1.5), tape.variable(-0.75)
    a = x * y
    b = np.exp(a)
    c = a + b * x
    d = np.sqrt(c + 3.0) / y
    tape.backward(d)
    return draw_graph(d, names={"x": x, "y": y, "d": d}, **dict(extra))


def graph_of(function, n: int, passes=True):
    """Draw the graph of a function of n variables."""
    tape = Tape()
    output = function(*(tape.variable(0.5 * k - 1.75) for k in range(n)))
    if passes:
        tape.backward(output)
    return draw_graph(output)


def layered(x1, x2, w11, w21, w12, w22, b):
    """Return the output of a 2-2-1 network that is not quite regular."""
    a1, a2 = np.tanh(w11 * x1 + w21 * x2), np.tanh(w12 * x1 + w22 * x2 + b)
    return (a1 * x2 + a2 * w11 - 0.5) ** 2


def tangle(*inputs):
    """Return a sum whose graph takes all sweeps to be drawn with few crossings."""
    nodes = list(inputs)
    for a, b in [(0, 4), (4, 5), (3, 4), (2, 3), (2, 4), (8, 1), (6, 0), (10, 8), (2, 1)]:
        nodes.append(nodes[a] + nodes[b])
    return nodes[0] + nodes[-3] + nodes[-2] + nodes[-1]


def small(**settings):
    return plt.figure(figsize=(2.0, 1.2)).add_subplot(**settings)


def wave(P):
    return 0.5 + 0.5 * np.sin(3 * P[:, 0] - P[:, 1] ** 2)


DIAGRAMS = {
    "network 2-3-1": lambda: draw_network((2, 3, 1)),
    "network with colours": lambda: draw_network(
        (3, 12, 2), highlight=[(1, 2, 3), (1, 2, 1), (2, 12, 2)], most=5
    ),
    "network with names": lambda: draw_network(
        (2, 2), names=[["p", "q"], None], highlight=[(1, 1, 2)], captions=False
    ),
    "network without names of weights": lambda: draw_network(
        (1, 4), highlight=[(1, 1, 2)], name_weights=False
    ),
    "network on small axes": lambda: draw_network((2, 8, 1), small(), captions=False),
    "network of nine": lambda: draw_network((9, 1), captions=False),
    "network of 20 arrows": lambda: draw_network((4, 5), small(), captions=False),
    "network of 21 arrows": lambda: draw_network((3, 7), small(), captions=False),
    "network on narrow axes": lambda: draw_network((2,) * 10, small()),
    "crowded network": lambda: draw_network((12, 9, 12), small(), highlight=[(1, 2, 3)], most=5),
    "names that just fit": lambda: draw_network(
        (2, 3, 1), plt.figure(figsize=(1.2, 1.0)).gca(), captions=False
    ),
    "names that still fit": lambda: draw_network((5, 5), plt.figure(figsize=(3, 1.4)).gca()),
    "deep network": lambda: draw_network((5, 6, 4, 3, 2)),
    "chain of one": lambda: draw_chain(1),
    "chain of two, backward": lambda: draw_chain(2, backward=True),
    "chain of three": lambda: draw_chain(3, small()),
    "two-two-one": lambda: draw_two_two_one(),
    "passes": lambda: draw_passes(),
    "passes of two layers": lambda: draw_passes(2),
    "graph": graph,
    "graph, few digits": lambda: graph({"digits": 2}.items()),
    "graph before the backward pass": lambda: graph_of(lambda x, y: x * y, 2, passes=False),
    "graph, tall": lambda: graph_of(lambda *x: sum(x[1:], x[0]), 9),
    "graph with many crossings": lambda: graph_of(layered, 7),
    "graph that takes all sweeps": lambda: graph_of(tangle, 5),
    "graph on narrow axes": lambda: graph({"ax": plt.figure(figsize=(2, 4)).gca()}.items()),
    "graph of a constant sum": lambda: graph_of(lambda x, y: x - x + y * 0.0, 2),
}

PLOTS = {
    "regions": lambda: decision_regions(wave, POINTS, [0, 1, 1, 0]),
    "regions, level": lambda: decision_regions(
        wave, POINTS, [0, 1, 1, 1], level=0.75, margin=0.1, names=("u", "v"), legend=False
    ),
    "scores": lambda: plot_scores(SCORES),
    "scores, misread": lambda: plot_scores(SCORES, "misread", label="net", colour=COLOURS[2]),
    "scores, accuracies": lambda: plot_scores(SCORES, "accs"),
    "confusion": lambda: plot_confusion([[5, 2, 0], [1, 7, 0], [0, 0, 9]]),
    "confusion, no mistakes": lambda: plot_confusion([[5, 0], [0, 4]], names=["cat", "dog"]),
    "images": lambda: plot_images(np.arange(45.0).reshape(5, 9), list("abcde"), columns=3),
    "images, signed": lambda: plot_images(np.arange(12.0).reshape(2, 2, 3) - 4, signed=True),
    "images, blank": lambda: plot_images(np.zeros((9, 4))),
}

DRAWINGS = DIAGRAMS | PLOTS
