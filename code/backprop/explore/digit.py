"""Draw a digit: what the network of chapter 15 reads on a sheet, and which pixels speak for it.

The first state of the explorable ``digit``, its numbers by ``FFNN``, and its still.  The network is
that of the chapter after its training, rounded; tools/digit_weights.py stores it.
"""

from __future__ import annotations

import base64
import functools
import json
import re
from pathlib import Path

import numpy as np

from ..activations import LRELU, identity, softmax
from ..costs import CostCrossEntropy, CostOLS
from ..exercises.words import say
from ..network import FFNN
from ._limits import count

SIDE, BLOCK, PIXELS, FULL = 32, 4, 8, 16  # dots of a sheet and of a pixel, pixels, ink of one
WIDEST, LEAST = 20, 240  # dots: how wide a digit may be, and how many at least it has
FILE = Path(__file__).with_name("digit-weights.js")
ORDER = np.array(
    [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]
)  # of a pixel's dots
MISREAD = 12  # the number of the stored digit with which the figure starts
SMALLEST = 0.5  # evidence whose square fills a pixel, if there is no larger one


def state(sheet=None, fit=False, about=-1, at=(4, 4)) -> dict:
    """Return the first state; by default it is the 2 that chapter 15 reads as a 1.

    Parameters
    ----------
    sheet : str or array_like, optional
        The ink: 32 by 32 dots, row by row, as 256 hexadecimal digits; or 8 by 8 pixels, as 64
        whole numbers from 0 to 16.
    fit : bool
        Whether the dots are brought into the form of the data, as ``fitted`` does.
    about : int
        The digit for and against which pixels speak; -1 is the network's answer.
    at : pair of int
        Row and column, from 1 to 8, of the pixel under the cursor.
    """
    if sheet is None:
        sheet = stored()["DIGITS"][MISREAD][2]
        sheet = [int(digit, FULL + 1) for digit in sheet]
    if not isinstance(sheet, str):
        sheet = packed(halftone(sheet))
    if not re.fullmatch("[0-9a-f]{256}", sheet):
        raise ValueError(f"sheet should be 256 hexadecimal digits, not {sheet[:20]!r}")
    if not isinstance(fit, bool):
        raise TypeError(f"fit should be True or False, not {fit!r}")
    place = list(at)
    if len(place) != 2:
        raise ValueError(f"at should be a row and a column, not {len(place)} numbers")
    at = [count("row", place[0], 1, PIXELS), count("column", place[1], 1, PIXELS)]
    return {"sheet": sheet, "fit": fit, "about": count("about", about, -1, 9), "at": at}


def file_size() -> int:
    """Return the size of the file of parameters and digits, in bytes."""
    return FILE.stat().st_size


@functools.cache
def stored() -> dict:
    """Return what tools/digit_weights.py has written: WIDTHS, STEP, DIGITS and PARAMETERS."""
    text = FILE.read_text(encoding="utf-8")
    pairs = re.findall(r"(?ms)^export const (\w+) = (.*?);$", text)
    return {name: json.loads(value) for name, value in pairs}


def network(output=softmax, cost=CostCrossEntropy) -> FFNN:
    """Return the network of chapter 15 after its training, its parameters rounded to 2**-14.

    Parameters
    ----------
    output, cost : callable
        The output function and the cost, if other ones are of use.

    Returns
    -------
    FFNN
        Of 64, 100, 30 and 10 units.
    """
    file = stored()
    net = FFNN(tuple(file["WIDTHS"]), LRELU, output, cost, seed=0)
    net.parameters = np.frombuffer(base64.b64decode(file["PARAMETERS"]), "<i2") * file["STEP"]
    return net


def halftone(image) -> np.ndarray:
    """Return a sheet with as many dots in each pixel as the pixel has ink.

    Parameters
    ----------
    image : array_like, shape (8, 8) or (64,)
        Whole numbers from 0 to 16.

    Returns
    -------
    ndarray of bool, shape (32, 32)

    Raises
    ------
    ValueError
        If the image is no such image.
    """
    ink = np.asarray(image, dtype=float)
    if ink.size != PIXELS**2:
        raise ValueError(f"sheet should have 64 pixels, not {ink.size}")
    if not ((ink >= 0) & (ink <= FULL) & (ink == np.rint(ink))).all():
        raise ValueError("sheet should have whole numbers from 0 to 16 as pixels")
    ink = ink.reshape(PIXELS, 1, PIXELS, 1)
    return (ink > ORDER[None, :, None, :]).reshape(SIDE, SIDE)


def packed(dots: np.ndarray) -> str:
    """Return a sheet as hexadecimal digits, four dots each."""
    return np.packbits(dots).tobytes().hex()


def unpacked(sheet: str) -> np.ndarray:
    """Return the dots of a sheet, shape (32, 32), from its hexadecimal digits."""
    return np.unpackbits(np.frombuffer(bytes.fromhex(sheet), np.uint8)).reshape(SIDE, SIDE) > 0


def upright(dots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift the rows of a drawing so that it leans neither way.

    Parameters
    ----------
    dots : ndarray of bool
        Rows and columns of any number.

    Returns
    -------
    tuple of ndarray
        Rows and columns of all dots afterwards; the regression line of the columns on the rows is
        vertical, to rounding.
    """
    rows, columns = np.nonzero(dots)
    n = rows.size
    a = rows.sum() * columns.sum() - n * (rows * columns).sum()
    b = max(1, n * (rows**2).sum() - rows.sum() ** 2)
    return rows, columns + (2 * a * (rows - rows[:1]) + b) // (2 * b)


def fitted(dots) -> np.ndarray:
    """Bring a drawing into the form of the data, roughly as the programs that made them did.

    It is sheared until it leans neither way, scaled to the full height and at most 20 dots wide,
    centred, and thickened by a dot on all four sides until it has at least 240 dots.

    Parameters
    ----------
    dots : array_like of bool, shape (m, n)
        The drawing, of any size; MNIST's images work, too.

    Returns
    -------
    ndarray of bool, shape (32, 32)
        Empty if the drawing is.
    """
    dots, sheet = np.asarray(dots, dtype=bool), np.zeros((SIDE, SIDE), dtype=bool)
    if not dots.any():
        return sheet
    rows, columns = upright(dots)
    rows, columns = rows - rows.min(), columns - columns.min()
    height, width = rows.max() + 1, columns.max() + 1
    drawing = np.zeros((height, width), dtype=bool)
    drawing[rows, columns] = True
    wide = min(WIDEST, max(1, (2 * SIDE * width + height) // (2 * height)))
    down = (2 * np.arange(SIDE) + 1) * height // (2 * SIDE)
    across = (2 * np.arange(wide) + 1) * width // (2 * wide)
    left = (SIDE - wide) // 2
    sheet[:, left : left + wide] = drawing[np.ix_(down, across)]
    while sheet.sum() < LEAST:
        around = np.pad(sheet, 1)
        sheet |= around[:-2, 1:-1] | around[2:, 1:-1] | around[1:-1, :-2] | around[1:-1, 2:]
    return sheet


def counted(dots: np.ndarray) -> np.ndarray:
    """Return the dots in each of the 8 by 8 pixels of a sheet, row by row: shape (64,)."""
    return dots.reshape(PIXELS, BLOCK, PIXELS, BLOCK).sum(axis=(1, 3)).ravel()


def values(state: dict) -> dict:
    """Return the image that the network gets, what it reads, and what each pixel says to it.

    Returns
    -------
    dict
        ``image``, 64 numbers from 0 to 16; ``z`` and ``outputs``, ten pre-activations and
        probabilities; ``answer``, the digit read, and ``second``, the next one; ``digit``, the one
        whose evidence is shown: 64 products of input and slope of its pre-activation in
        ``evidence``, their positive and negative sums in ``support`` and ``doubt``, and in ``rest``
        what the pre-activation has from elsewhere, the biases.
    """
    dots = unpacked(state["sheet"])
    image = counted(fitted(dots) if state["fit"] else dots)
    x = image[None, :] / FULL
    net = network(identity, CostOLS)
    z, outputs = net.feed_forward(x), network().feed_forward(x)[0]
    second, answer = (int(k) for k in np.argsort(outputs, kind="stable")[-2:])
    digit = answer if state["about"] < 0 else state["about"]
    half = np.eye(10)[[digit]] / 2  # so that the cost's derivative by z is 1 for this digit alone
    slope = (net.trace(x, z - half).delta[1] @ net.weights[0].T)[0]
    evidence = x[0] * slope
    support, doubt = (float(evidence[where].sum()) for where in (evidence > 0, evidence < 0))
    return {
        "image": image.tolist(),
        "z": z[0].tolist(),
        "outputs": outputs.tolist(),
        "answer": answer,
        "second": second,
        "digit": digit,
        "evidence": evidence.tolist(),
        "support": support,
        "doubt": doubt,
        "rest": float(z[0, digit]) - support - doubt,
    }


def draw(state: dict):
    """Draw the image, the pixels that speak for and against a digit, and the ten probabilities."""
    import matplotlib.pyplot as plt

    shown = values(state)
    fig, axes = plt.subplots(1, 3, figsize=(6.8, 2.5), width_ratios=(1, 1, 0.9))
    for ax, strength in zip(axes[:2], (1, 0.25), strict=True):
        image = strength * np.reshape(shown["image"], (PIXELS, PIXELS))
        ax.imshow(image, cmap="gray_r", vmin=0, vmax=FULL)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
    axes[0].set_title(say("the network's input"), fontsize=9)
    _draw_evidence(axes[1], shown)
    bars = axes[2].barh(range(10), shown["outputs"], color="C0")
    for bar, output in zip(bars, shown["outputs"], strict=True):
        middle = bar.get_y() + bar.get_height() / 2
        axes[2].text(output + 0.03, middle, f"{output:.4f}", va="center", fontsize=7)
    axes[2].set(yticks=range(10), xticks=[0, 1], xlim=(0, 1.35), ylim=(9.6, -0.6))
    axes[2].set_title(say("read as {answer}", answer=shown["answer"]), fontsize=9)
    return fig


def _draw_evidence(ax, shown):
    """Draw filled squares for what speaks for the digit, open ones for what speaks against."""
    import matplotlib.pyplot as plt

    largest = max(SMALLEST, np.abs(shown["evidence"]).max())
    for k, value in enumerate(shown["evidence"]):
        side = 0.9 * np.sqrt(abs(value) / largest)
        corner = (k % PIXELS - side / 2, k // PIXELS - side / 2)
        style = {"color": "C0"} if value > 0 else {"edgecolor": "C1", "fill": False, "lw": 1.2}
        if side > 0.1:
            ax.add_patch(plt.Rectangle(corner, side, side, **style))
    ax.set_title(say("■ for, □ against the {digit}", digit=shown["digit"]), fontsize=9)


def example(rng: np.random.Generator) -> dict:
    """Return a state's arguments at random."""
    kind = rng.integers(3)
    if kind == 0:  # a stored digit
        ink = stored()["DIGITS"][rng.integers(len(stored()["DIGITS"]))][2]
        sheet = halftone([int(digit, FULL + 1) for digit in ink])
    else:  # strokes, or dots all over a part of the sheet
        sheet = np.zeros((SIDE, SIDE), dtype=bool)
        top, left = rng.integers(0, 24, 2)
        part = sheet[top : top + rng.integers(1, 32), left : left + rng.integers(1, 32)]
        part |= rng.uniform(size=part.shape) < (0.2 if kind == 1 else 1.0)
    return {
        "sheet": packed(sheet),
        "fit": bool(rng.integers(2)),
        "about": int(rng.integers(-1, 10)),
        "at": rng.integers(1, 9, 2).tolist(),
    }
