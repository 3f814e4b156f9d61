"""What reveal.js and its speaker's view say, in the language of the book.

They have no setting for it, so their sentences are replaced when their scripts are copied.
"""

from __future__ import annotations

import html
import re

from web.words import Words, is_english, say

SENTENCES = {
    "reveal.js": (
        say("ACTION"),
        say("Fullscreen"),
        say("Jump to first/last slide"),
        say("Jump to slide"),
        say("KEY"),
        say("Keyboard Shortcuts"),
        say("Navigate down"),
        say("Navigate left"),
        say("Navigate right"),
        say("Navigate up"),
        say("Navigate without fragments"),
        say("Next slide"),
        say("Pause"),
        say("Previous slide"),
        say("Resume presentation"),
        say("Slide overview"),
        say("above slide"),
        say("below slide"),
        say("next slide"),
        say("previous slide"),
    ),
    "notes.js": (
        say("Click to Reset"),
        say("Default"),
        say("Layout"),
        say("Loading speaker view..."),
        say("Notes"),
        say("Notes only"),
        say("Speaker notes view"),
        say(
            "Speaker view popup failed to open. "
            "Please make sure popups are allowed and reopen the speaker view."
        ),
        say("Tall"),
        say("Time"),
        say("Upcoming"),
        say("Wide"),
        say("reveal.js - Speaker View"),
    ),
}
LANGUAGES = {  # where a script names a language, and what stands there in another one
    "notes.js": {
        '<html lang=\\"en\\">': '<html lang=\\"{}\\">',
        "'en-US', {{ hour12: true,": "'{}', {{",
    }
}


def translated(name: str, script: str, words: Words) -> str:
    """Return a script of reveal.js with its sentences in a language.

    Parameters
    ----------
    name : str
        The name of its file; one without sentences stays as it is.
    script : str
        What the file contains.
    words : Words
        The words of the language.

    Raises
    ------
    ValueError
        If the script does not say one of its sentences, as another version may not.
    """
    for text in SENTENCES.get(name, ()):
        # A sentence fills a string or an element, perhaps with a space at its end.
        pattern = rf"(?<=[>\"']){re.escape(text)}(?= ?[<\"'])"
        script = replaced(name, script, pattern, html.escape(words.say(text)))
    for english, other in LANGUAGES.get(name, {}).items():
        text = english if is_english(words.language) else other
        script = replaced(name, script, re.escape(english.format()), text.format(words.tag))
    return script


def replaced(name: str, script: str, pattern: str, text: str) -> str:
    """Return a script with a text in place of everything that a pattern finds."""
    if not re.search(pattern, script):
        raise ValueError(f"{name} should have {pattern!r}, which it does not")
    return re.sub(pattern, lambda _: text, script)
