"""Calculations as one writes them on paper: in every line the numbers, and what they give.

    paper = Paper(x=0.9, w=0.5, b=-0.2)
    paper.write("z", "w * x + b")  # prints z = 0.5 * 0.9 - 0.2 = 0.2500

The worked example of chapters 6 to 9 is written with it.
"""

from __future__ import annotations

import math
import re

__all__ = ["Paper"]

# A name as the book prints it in one line, w_21^1: letters first, an upper index at the end.
NAME = re.compile(r"[A-Za-z]\w*(?:\^\w+)?")
ADDED_NEGATIVE = re.compile(r"\+ \(-([^()]+)\)")
FUNCTIONS = {"exp": math.exp}


class Paper:
    """A sheet of paper: some numbers are given, and each line computes one more.

    Parameters
    ----------
    **numbers : float
        What is given, by name.  Names with an upper index can be handed in as
        ``**{"w_21^1": 1.1}``.

    Attributes
    ----------
    numbers : dict of str to float
        All numbers on the sheet by name, in full precision.
    """

    def __init__(self, **numbers: float):
        self.numbers = {name: float(value) for name, value in numbers.items()}
        self._texts = {name: f"{value:g}" for name, value in self.numbers.items()}

    def write(self, name: str, formula: str) -> float:
        """Compute a number, and print the line: its name, the calculation, the result.

        Parameters
        ----------
        name : str
            What the result is called.  Later lines can use it, if it is a letter with indices.
        formula : str
            An expression of Python in which ``exp`` and all names on the sheet may occur;
            a power is written ``**``, since ``^`` begins an upper index.

        Returns
        -------
        float
            The result in full precision.  Four digits of it are printed, here and in the lines
            that use it.

        Raises
        ------
        ValueError
            If the sheet has this name already, or lacks one that the formula uses.
        """
        if name in self.numbers:
            raise ValueError(f"name should be a new one, but {name!r} is on the sheet already")
        names = [found for found in NAME.findall(formula) if found not in FUNCTIONS]
        if missing := [found for found in names if found not in self.numbers]:
            raise ValueError(f"formula should use what is on the sheet, not {missing[0]!r}")
        places = {found: f"number_{place}" for place, found in enumerate(names)}
        code = NAME.sub(lambda match: places.get(match[0], match[0]), formula)
        values = {place: self.numbers[found] for found, place in places.items()}
        result = float(eval(code, {"__builtins__": {}, **FUNCTIONS}, values))
        calculation = ADDED_NEGATIVE.sub(r"- \1", NAME.sub(self._inserted, formula))
        self.numbers[name], self._texts[name] = result, f"{result:#.4g}"
        print(f"  {name:10} = {calculation:44} = {result:#10.4g}")
        return result

    def _inserted(self, match: re.Match) -> str:
        """Return the number for a name in a formula, in brackets if it needs them."""
        text = self._texts.get(match[0], match[0])
        first = match.string[: match.start()].rstrip().endswith("(") or not match.start()
        return f"({text})" if text.startswith("-") and not first else text
