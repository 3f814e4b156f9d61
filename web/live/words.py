"""The words of Python in a browser, in the language of the book.

English stands in the code.  On the site there is a file ``words.json`` beside this one with the
words of another language (web/words.py).
"""

from __future__ import annotations

import json
from pathlib import Path

FILE = Path(__file__).with_name("words.json")
WORDS: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def say(text: str, **values) -> str:
    """Return a sentence in the language of the book, with values in the places of their names."""
    known = WORDS.get(text, text)
    return known.format(**values) if values else known
