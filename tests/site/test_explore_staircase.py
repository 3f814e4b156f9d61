"""The staircase: a function can be drawn on its plot."""

import numpy as np
import pytest
from backprop import explore
from explorables import settle, state_of


def test_a_function_can_be_drawn_on_the_plot(open_one):
    page = open_one("staircase")
    sheet = page.locator(".explorable-axes").first
    box = sheet.bounding_box()

    def stroke():
        page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.3 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"], steps=3)
        page.mouse.up()
        settle(page)

    stroke()
    assert state_of(page) == explore.state("staircase")  # only where drawing was chosen
    page.click("label:has-text('drawn by hand')")
    settle(page)
    before = state_of(page)["drawn"]
    assert before == pytest.approx(np.sin(2 * np.pi * np.linspace(0, 1, 33)).tolist(), abs=0.006)
    box = sheet.bounding_box()
    stroke()
    after = state_of(page)["drawn"]
    changed = [k for k in range(33) if after[k] != before[k]]
    assert 10 < len(changed) < 22
    assert changed == list(range(changed[0], changed[-1] + 1))
    assert len({after[k] for k in changed}) == 1
    assert page.get_by_label("point of the drawn function").is_visible()
