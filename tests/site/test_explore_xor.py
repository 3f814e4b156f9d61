"""Exclusive or: training goes on from where the reader has put it."""

import pytest
from backprop import explore
from explorables import numbers_in, settle, state_of


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_training_goes_on_from_the_weights_that_are_shown(motion, open_one):
    page = open_one("xor")
    page.emulate_media(reduced_motion=motion)
    shown = explore.values("xor", explore.state("xor"))["theta"]
    box = page.get_by_label("bias of the output")
    box.fill("0.5")
    page.keyboard.press("Enter")
    settle(page)
    state = state_of(page)
    assert state["epoch"] == 0
    assert state["theta"] == pytest.approx([*shown[:8], 0.5], abs=1e-4)
    page.click("button:text('Train from here')")
    page.wait_for_function("() => document.querySelector('.explorable').stage.state.epoch === 300")
    settle(page)
    end = explore.values("xor", explore.state("xor", **state_of(page)))["cost"]
    (digits,) = numbers_in(page.locator("[data-value=cost]").inner_text())
    assert float(digits) == pytest.approx(end, rel=1e-3)
    page.emulate_media(reduced_motion="no-preference")
