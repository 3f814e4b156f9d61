"""The valley: turned, it has the same costs."""

import pytest
from explorables import settle, state_of


def test_a_turned_valley_has_the_same_costs(open_one):
    page = open_one("valley")
    cost = page.locator("[data-value='costs.50']")
    before = cost.inner_text()
    page.click("label:has-text('turned by 45')")
    settle(page)
    assert state_of(page)["turn"] == 45
    assert cost.inner_text() == before
    page.click("label:has-text('straight')")
    settle(page)
    assert state_of(page)["start"] == pytest.approx([-4, 1], abs=1e-3)
