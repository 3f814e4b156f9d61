"""The picture at the top of the README shows the page as it is."""

from PIL import Image

from tools import screenshot


def test_the_picture_shows_the_present_text():
    """A chapter that was removed is in no picture of it; the README's is then the fork's own."""
    if (screenshot.ROOT / f"{screenshot.CHAPTER}.ipynb").exists():
        with Image.open(screenshot.PICTURE) as picture:
            assert picture.text.get("shows") == screenshot.text_shown(), "run make screenshot"


def test_another_word_would_be_noticed(tmp_path, monkeypatch):
    text = (
        '{{"cells": [{{"source": "$$ (eq-bp2)"}}, '
        '{{"source": "print(1)", "outputs": [{{"text": "{}"}}]}}]}}'
    )
    monkeypatch.setattr(screenshot, "ROOT", tmp_path)
    path = tmp_path / f"{screenshot.CHAPTER}.ipynb"
    path.parent.mkdir()
    keys = []
    for printed in ("1", "2", "1"):
        path.write_text(text.format(printed))
        keys.append(screenshot.text_shown())
    assert keys[0] == keys[2] != keys[1]
