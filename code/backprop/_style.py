"""The style of all figures: colours, sizes, ground."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt

# Okabe and Ito's: blue, vermilion, green, purple, orange, sky blue, black.  They can be told
# apart with any of the common kinds of colour blindness (tests/code/test_plotting.py).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

STYLE = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.figsize": (6.4, 3.6),
    "font.size": 11,
    "grid.alpha": 0.3,
    "image.cmap": "cividis",
    "legend.frameon": False,
    "lines.linewidth": 2,
    "savefig.facecolor": "white",
}


def use_style() -> None:
    """Give all figures that follow the style of the book.

    It sets matplotlib's ``rcParams``, so it is called in a notebook's first cell and never
    on import.
    """
    plt.rcParams.update(STYLE)
