"""The runner's sentences in the language of the book.

English stands in the code.  A book in another language has a file ``words.json`` beside this one,
which ``make words`` writes from that language's catalogue in ``web/locale/``.
"""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["say"]

FILE = Path(__file__).with_name("words.json")
WORDS: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def say(text: str, **values) -> str:
    """Return a sentence in the language of the book.

    Parameters
    ----------
    text : str
        The sentence in English.  What no catalogue has stays English.
    **values
        What to put in the places of their names in braces; without any, braces stay as they are.
    """
    known = WORDS.get(text, text)
    return known.format(**values) if values else known
