"""Matplotlib's backend for live cells: ``plt.show()`` shows all figures and closes them."""

from __future__ import annotations

from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

from . import kernel

__all__ = ["FigureCanvas", "show"]


def show(*args, **kwargs) -> None:
    """Show every open figure in the cell that runs, then close it."""
    managers = Gcf.get_all_fig_managers()
    try:
        for manager in managers:
            kernel.current.display(manager.canvas.figure)
    finally:
        for manager in managers:
            Gcf.destroy(manager)
