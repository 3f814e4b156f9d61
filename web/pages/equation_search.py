"""Let the search find labelled equations by their labels, such as eq-bp2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx.domains import ObjType
from sphinx.domains.math import MathDomain


def equations(domain: MathDomain) -> Iterator[tuple]:
    """Yield the labelled equations in the form in which a domain lists its objects.

    Equations with a one-word label, such as ``eq-bp2``, rank before pages that mention them; those
    with a longer label, such as ``eq-bp2-chain``, rank after them.
    """
    for label, (docname, _) in sorted(domain.equations.items()):
        short = re.fullmatch(r"(eq|def)-\w+", label)
        yield label, label, "equation", docname, f"equation-{label}", 1 if short else 2


def setup(app) -> dict:
    """Let Sphinx's domain of equations list its objects, as other domains do."""
    MathDomain.object_types = {"equation": ObjType("equation", "eq")}
    MathDomain.get_objects = equations
    return {"parallel_read_safe": True, "parallel_write_safe": True}
