"""Views into a network's vector of parameters, and what it means to assign to them."""

from __future__ import annotations

import numpy as np

from ._arrays import describe


def write(name: str, view: np.ndarray, values) -> None:
    """Copy values into a view, if they have its shape and are finite numbers of its type.

    Raises
    ------
    TypeError
        If they are not real numbers.
    ValueError
        If they have another shape, or are not finite.
    """
    values = np.asarray(values)
    if values.shape != view.shape:
        raise ValueError(f"{name} should have shape {view.shape}, but has shape {values.shape}")
    if values.dtype.kind not in "fiu":
        raise TypeError(f"{name} should be real numbers, not {describe(values)}")
    with np.errstate(over="ignore"):  # what float32 cannot hold is found below
        values = values.astype(view.dtype)
    if not np.isfinite(values).all():
        raise ValueError(f"{name} should be finite, but contains NaN or infinity (in {view.dtype})")
    view[...] = values


def view(name: str) -> property:
    """Make the property of a layer that is a view: an assignment writes into the vector."""

    def get(layer):
        try:
            return getattr(layer, f"_{name}")
        except AttributeError:
            raise AttributeError(
                f"{name} should be a view into a network's parameters, but this "
                f"{type(layer).__name__} layer was not made by a network: only layers without "
                "parameters can be inserted into one"
            ) from None

    return property(
        get,
        lambda layer, values: write(name, getattr(layer, f"_{name}"), values),
        doc=f"{name}, a view into the network's parameters.",
    )


class Views(list):
    """One view for each layer: ``views[0] = W`` copies W into the first of them.

    Parameters
    ----------
    name : str
        What the list is called, for messages.
    arrays : iterable of ndarray
        The views.
    """

    def __init__(self, name: str, arrays):
        super().__init__(arrays)
        self.name = name

    def __setitem__(self, index, values):
        chosen = range(len(self))[index]
        if isinstance(chosen, int):
            write(f"{self.name}[{chosen}]", self[chosen], values)
            return
        if len(values) != len(chosen):
            raise ValueError(
                f"{self.name} should get {len(chosen)} arrays, one for each layer, "
                f"not {len(values)}"
            )
        for i, array in zip(chosen, values, strict=True):
            self[i] = array

    def _refuse(self, *_args, **_named):
        raise TypeError(f"{self.name} should keep its {len(self)} arrays, one for each layer")

    append = extend = insert = pop = remove = clear = sort = reverse = _refuse
    __delitem__ = __iadd__ = __imul__ = _refuse

    def __reduce__(self):
        """Let copies be plain lists: they are no views of the network any more."""
        return list, (list(self),)
