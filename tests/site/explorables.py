"""Bare pages for explorables, with the theme's styles: no site has to be built for them."""

import html
import json
import re
import shutil
from pathlib import Path

import pydata_sphinx_theme
import pytest
from backprop import explore

from web import ROOT
from web.explore import extension

PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">
<title>{name}</title><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="theme.css">
<link rel="stylesheet" href="book.css"><link rel="stylesheet" href="explore.css">
<script defer src="host.js"></script></head>
<body><main style="padding: 8px"><article class="bd-article"><h1>{name}</h1>
{figures}
<p><a href="#">after</a></p></article></main></body></html>
"""
FIGURE = """<div style="max-width: 740px"><figure id="{key}">
<div class="explore" data-module="./{name}.js" data-key="{key}" data-state="{state}"></div>
<img src="{name}.png" alt="still"><figcaption>Caption</figcaption></figure></div>
"""

# What an explorable, or all on a page, show of their values: the places, and the texts.
SHOWN = """(root) => [...(root ?? document).querySelectorAll(".explorable [data-value]")]
  .map((e) => [e.dataset.value, e.textContent])"""


def write_page(path, name, states):
    """Write a page on which an explorable begins in each of some states, by the keys as given."""
    figures = [
        FIGURE.format(name=name, key=key, state=html.escape(json.dumps(state)))
        for key, state in states.items()
    ]
    path.write_text(PAGE.format(name=name, figures="".join(figures)), "utf-8")


def write_pages(folder):
    """Write a page for every explorable, NAME.html, and all that it loads, to a folder."""
    for path in explore.HERE.iterdir():
        if path.suffix in extension.KINDS:
            shutil.copyfile(path, folder / path.name)
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    shutil.copyfile(theme / "styles" / "pydata-sphinx-theme.css", folder / "theme.css")
    shutil.copyfile(ROOT / "web" / "static" / "book.css", folder / "book.css")
    for name in explore.NAMES:
        still = explore.figure(name)
        still.figure.savefig(folder / f"{name}.png")
        write_page(folder / f"{name}.html", name, {f"fig-{name}": still.state})


def state_of(page):
    """Return the state that an explorable shows."""
    return page.evaluate("() => document.querySelector('.explorable').stage.state")


def states_of(page):
    """Return the states that all explorables on a page show."""
    return page.evaluate(
        "() => [...document.querySelectorAll('.explorable')].map(e => e.stage.state)"
    )


def settle(page):
    """Wait until an explorable has drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def numbers_in(text):
    """Return the numbers in a text, as they are written, with ASCII signs."""
    return re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))


def leaves(values, place=""):
    """Yield the numbers in lists and dictionaries, each with its place."""
    if isinstance(values, dict | list):
        pairs = values.items() if isinstance(values, dict) else enumerate(values)
        for key, value in pairs:
            yield from leaves(value, f"{place}.{key}")
    else:
        yield place.strip("."), values


def compare(shown, values):
    """Compare what an explorable shows with the values at those places, to the last digit."""
    ours = dict(leaves(values))
    shown = [(place, text) for place, text in shown if text.strip()]
    assert shown
    for place, text in shown:
        (digits,) = numbers_in(text)
        assert float(digits) == pytest.approx(ours[place], rel=6e-3, abs=6e-5), (place, text)
        if "e" not in digits:
            decimals = len(digits.partition(".")[2])
            assert abs(float(digits) - ours[place]) <= 0.51 * 10**-decimals, (place, text)
