"""reveal.js speaks the language of the book."""

import re

import pytest

from web import words
from web.slides import library


def script(name):
    """Return a script that says all that reveal.js's file of this name does."""
    said = "".join(f'a="{text}";b="<i>{text} </i>";' for text in library.SENTENCES[name])
    return said + "".join(one.format() for one in library.LANGUAGES.get(name, {}))


@pytest.mark.parametrize("name", library.SENTENCES)
class TestScript:
    def test_english_stays(self, name):
        assert library.translated(name, script(name), words.words("en")) == script(name)

    def test_every_sentence_is_translated(self, name):
        norwegian = words.words("nb")
        found = library.translated(name, script(name), norwegian)
        for text in library.SENTENCES[name]:
            assert f'a="{norwegian.say(text)}";b="<i>{norwegian.say(text)} </i>";' in found
            assert norwegian.say(text) == text == "Pause" or f'"{text}"' not in found
        assert not re.search("en-US|\\ben\\b", found)

    def test_a_version_that_says_something_else_is_noticed(self, name):
        for text in library.SENTENCES[name]:
            other = script(name).replace(f'"{text}"', '"x"').replace(f">{text} <", ">x<")
            with pytest.raises(ValueError, match=re.escape(f"{name} should have ")):
                library.translated(name, other, words.words("en"))


def test_a_part_of_a_sentence_stays():
    script_of_view = script("notes.js") + "setNotes('No Notes here');"
    found = library.translated("notes.js", script_of_view, words.words("nb"))
    assert found.endswith("setNotes('No Notes here');")


def test_the_clock_of_the_speaker_follows_the_language():
    clock = "toLocaleTimeString( 'en-US', { hour12: true, hour: '2-digit' } )"
    found = library.translated("notes.js", script("notes.js") + clock, words.words("nb"))
    assert found.endswith("toLocaleTimeString( 'nb', { hour: '2-digit' } )")


def test_what_is_no_script_stays():
    assert library.translated("reveal.css", "a { content: 'Notes' }", words.words("nb")) == (
        "a { content: 'Notes' }"
    )


def test_a_translation_cannot_end_the_string_that_it_stands_in(monkeypatch):
    norwegian = words.words("nb")
    monkeypatch.setattr(words.Words, "say", lambda self, text: 'it\'s "<b>"')
    found = library.translated("reveal.js", script("reveal.js"), norwegian)
    assert "it&#x27;s &quot;&lt;b&gt;&quot;" in found
    assert "it's" not in found
