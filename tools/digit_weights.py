"""Store the network that chapter 15 trains, and some of its test digits, for the figure ``digit``.

    python -m tools.digit_weights

The statements of the chapter that define the network are executed, nothing else; a test does the
same and compares.  Parameters become whole numbers of 2**-14, with 16 bits each.
"""

from __future__ import annotations

import base64
import json

import numpy as np

from tools.claims import slices
from web import ROOT

FILE = ROOT / "code" / "backprop" / "explore" / "digit-weights.js"
STEP = 2.0**-14
COMMENT = """\
The network of chapter 15 after its training, and digits of its test part: for each what it
shows, what it is read as, and its ink, with the digits 0 to g for 0 to 16.  Parameters are
multiples of STEP, two bytes each, the low one first, in base 64.  Written by
tools/digit_weights.py; images: Alpaydın and Kaynak (1998).
"""


def trained() -> dict:
    """Return the names of chapter 15 that the figure needs, after its own training."""
    chapter = slices.chapter("15")
    return slices.execute(chapter.path, ["final_net", "X_test", "labels_test", "read_as", "wrong"])


def whole(parameters: np.ndarray) -> np.ndarray:
    """Return parameters as 16-bit multiples of ``STEP``.

    Raises
    ------
    ValueError
        If one is too large.
    """
    multiples = np.rint(parameters / STEP)
    if np.abs(multiples).max() >= 2**15:
        raise ValueError(f"parameters should be smaller than 2, not {np.abs(parameters).max()}")
    return multiples.astype("<i2")


def chosen(labels: np.ndarray, wrong: np.ndarray) -> list[int]:
    """Return of each digit the first image that is read correctly, then all that are not."""
    right = np.setdiff1d(np.arange(len(labels)), wrong)
    first = [right[labels[right] == digit][0] for digit in range(10)]
    return [int(s) for s in [*first, *wrong]]


def text(names: dict) -> str:
    """Return the text of the file."""
    labels, read_as = names["labels_test"], names["read_as"]
    digits = [
        [int(labels[s]), int(read_as[s]), "".join("0123456789abcdefg"[round(v * 16)] for v in row)]
        for s, row in ((s, names["X_test"][s]) for s in chosen(labels, names["wrong"]))
    ]
    packed = base64.b64encode(whole(names["final_net"].parameters).tobytes()).decode("ascii")
    values = {
        "WIDTHS": json.dumps(names["final_net"].dimensions),
        "STEP": repr(STEP),
        "DIGITS": "[\n" + "".join(f"  {json.dumps(row)},\n" for row in digits)[:-2] + "\n]",
        "PARAMETERS": json.dumps(packed),
    }
    lines = [f"// {line}\n" for line in COMMENT.splitlines()]
    lines += ["\n", *(f"export const {name} = {value};\n" for name, value in values.items())]
    return "".join(lines)


if __name__ == "__main__":
    FILE.write_text(text(trained()), encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)}: {FILE.stat().st_size} bytes")
