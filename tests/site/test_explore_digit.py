"""Draw a digit: with a mouse, a finger and keys; how its parameters are fetched."""

import gzip
import re

import numpy as np
import pytest
from backprop import explore
from backprop.explore import digit
from explorables import settle, state_of


@pytest.fixture
def page(open_one):
    """Return the page with the first state."""
    return open_one("digit")


def dots(page):
    """Return the dots on the sheet."""
    return digit.unpacked(state_of(page)["sheet"])


def press(page, name):
    """Press a button."""
    page.get_by_role("button", name=name, exact=True).click()
    settle(page)


def pointer(page, how):
    """Return a function that draws a line, given in shares of the sheet."""
    box = page.locator(".explorable-digit-board").bounding_box()

    def draw(start, end):
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            for x, y in (start, end)
        ]
        if how == "mouse":
            page.mouse.move(**points[0])
            page.mouse.down()
            page.mouse.move(**points[1])
            page.mouse.up()
        else:
            session = page.context.new_cdp_session(page)
            for kind, point in zip(("touchStart", "touchMove"), points, strict=True):
                session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            session.detach()
        settle(page)

    return draw


@pytest.mark.parametrize("how", ["mouse", "touch"])
def test_a_one_is_drawn_and_read(page, how):
    page.locator(".explorable-digit-board").scroll_into_view_if_needed()
    press(page, "Clear")
    assert not dots(page).any()
    assert state_of(page)["fit"] is True
    draw = pointer(page, how)
    draw((0.5, 0.2), (0.5, 0.8))
    drawn = dots(page)
    rows, columns = np.nonzero(drawn)
    assert np.ptp(rows) in range(18, 25)
    assert set(columns) <= set(range(13, 19))
    assert page.locator(".explorable-digit-answer th").inner_text() == "1"
    page.get_by_label("erases").check()
    draw((0.5, 0.2), (0.5, 0.8))
    assert not dots(page).any()


def test_keys_move_the_cursor_and_toggle_its_pixel(page):
    board = page.locator(".explorable-digit-board")
    board.focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowLeft")  # there is nothing farther to the left
    assert state_of(page)["at"] == [5, 1]
    page.wait_for_function(
        "() => document.querySelector('.explorable-spoken').textContent"
        " === 'Row 5, column 1: 0 of 16 dots, evidence 0.000.'"
    )
    page.keyboard.press("Space")
    settle(page)
    expected = np.array(explore.values("digit", explore.state("digit"))["image"])
    expected[32] = 16
    assert explore.values("digit", state_of(page))["image"] == expected.tolist()
    page.wait_for_function(
        "() => /^Read as \\d with probability/.test("
        "document.querySelector('.explorable-spoken').textContent)"
    )
    page.keyboard.press("Space")
    assert state_of(page)["sheet"] == explore.state("digit")["sheet"]


def test_every_stored_digit_can_be_loaded(page):
    for number, (shows, read_as, ink) in enumerate(digit.stored()["DIGITS"]):
        page.get_by_label("Sheet", exact=True).select_option(str(number))
        settle(page)
        image = [int(one, 17) for one in ink]
        assert explore.values("digit", state_of(page))["image"] == image
        assert page.locator(".explorable-digit-answer th").inner_text() == str(read_as)
        name = page.get_by_label("Sheet", exact=True).locator("option:checked").inner_text()
        assert re.findall(r"\d", name) == [
            str(shows),
            *([str(read_as)] if read_as != shows else []),
        ]


def test_marks_show_the_sign_without_colour(page):
    shown = explore.values("digit", explore.state("digit"))
    marks = page.evaluate(
        "() => [...document.querySelectorAll('.explorable-digit-image:last-of-type rect[height]')]"
        ".filter((e) => /for|against/.test(e.className.baseVal))"
        ".map((e) => [Math.floor(+e.getAttribute('y')) * 8 + Math.floor(+e.getAttribute('x')),"
        " getComputedStyle(e).fill !== 'none', +e.getAttribute('width')])"
    )
    assert len(marks) > 20
    for place, filled, width in marks:
        assert filled == (shown["evidence"][place] > 0)
        largest = max(map(abs, shown["evidence"]))
        assert width == pytest.approx(0.88 * (abs(shown["evidence"][place]) / largest) ** 0.5)


def test_the_parameters_are_a_small_file_of_their_own(new_tab, bench):
    assert len(gzip.compress(digit.FILE.read_bytes(), 6)) < 25_000
    tab, asked = new_tab(bench), []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.page.route(
        "**/digit.html",
        lambda route: route.fulfill(
            body=route.fetch().text().replace("<main ", "<div style='height: 5000px'></div><main ")
        ),
    )
    tab.open("digit.html")
    tab.page.wait_for_timeout(300)
    assert not any("digit" in url and url.endswith(".js") for url in asked)
    tab.page.locator("figure").scroll_into_view_if_needed()
    tab.page.wait_for_selector(".explore[data-ready]")
    assert sum(url.endswith("digit-weights.js") for url in asked) == 1
    tab.context.close()
