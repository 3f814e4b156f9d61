"""A page with live cells, as a reader handles it."""

import re
import time

from web import words

SAYS = "text => new RegExp(text).test(document.querySelector('.live-status').textContent)"
BUTTON = ".live-start"
PATIENCE = 120_000  # milliseconds
READY = ".live-bar[data-page=on][data-python=ready]"
AT_REST = "body:not(:has(div.cell:is([data-live=waiting], [data-live=running])))"
# Sentences that have a form for each number.
WITH_FORMS = {
    form
    for message in words.words("nb").catalogue
    if isinstance(message.id, tuple)
    for form in message.id
}


def say(text: str, **values) -> str:
    """Return a sentence of the catalogue, in the language of the book."""
    assert text not in WITH_FORMS, f"{text!r} has a form for each number: ask count for it"
    return words.book().say(text, **values)


def count(number: int, one: str, several: str) -> str:
    """Return a sentence of the catalogue in its form for a number."""
    return words.book().compiled().ngettext(one, several, number).format(number=number)


def have_run(number: int) -> str:
    """Return what a page says when its first cells have run."""
    return count(number, "{number} cell has run.", "The first {number} cells have run.")


TOO_LARGE = say(
    "A whole number in this cell became too large: in a browser NumPy's have 32 bits and end at "
    "2,147,483,647. What was computed from it is wrong. With integers of 64 bits, as from "
    "np.arange(n, dtype=np.int64) or x.astype(np.int64), the result is that of your own computer."
)


def pattern(*texts: str) -> str:
    """Return a pattern for sentences of the catalogue with any values in them."""
    said = (re.escape(say(text)) for text in texts)
    return "|".join(re.sub(r"\\\{\w+\\\}", ".+", text) for text in said)


def wait_until_started(page):
    """Wait until Python is ready on a page, and no cell waits or runs there.

    The first cells wait from the moment in which the page is "on".
    """
    page.wait_for_selector(READY, timeout=PATIENCE)
    page.wait_for_selector(AT_REST, timeout=PATIENCE)


def wait_until_asked(page, held):
    """Wait until there is a request among those that are held."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not held:
        assert time.monotonic() < deadline, "nothing has been asked for"
        page.wait_for_timeout(50)


class Live:
    """A page with live cells; cells count from 1."""

    def __init__(self, tab):
        self.tab, self.page = tab, tab.page

    def cell(self, number):
        """Return a cell."""
        return self.page.locator("article div.cell").nth(number - 1)

    def state(self, number) -> str:
        """Return what a cell is doing."""
        return self.cell(number).get_attribute("data-live") or ""

    def code(self, number) -> str:
        """Return the code in a cell's editor."""
        lines = self.cell(number).locator(".cm-line").all_text_contents()
        return "\n".join(lines)

    def write(self, number, code):
        """Replace the code of a cell."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def wait(self, number, *states):
        """Wait until a cell is in one of some states."""
        self.page.wait_for_function(
            "([n, states]) => states.includes("
            "document.querySelectorAll('article div.cell')[n - 1].dataset.live)",
            arg=[number, states],
            timeout=PATIENCE,
        )

    def run(self, number, code) -> str:
        """Write a cell, run it, and return what it shows."""
        self.write(number, code)
        self.page.keyboard.press("Control+Enter")
        self.wait(number, "done", "error")
        return self.output(number)

    def output(self, number) -> str:
        """Return the text that a cell shows."""
        text = self.cell(number).locator(".cell_output").inner_text()
        return re.sub(r"\n+", "\n", text).strip()

    def press(self, name):
        """Press a button of the bar."""
        self.page.locator(".live-bar").get_by_role("button", name=say(name)).click()

    def wait_for_status(self, *texts):
        """Wait until the bar says one of some sentences."""
        self.page.wait_for_function(SAYS, arg=pattern(*texts))

    def status(self) -> str:
        """Return what the bar says."""
        return self.page.locator(".live-status").inner_text()

    def started(self):
        """Wait until Python is ready, and the cells that run by themselves have run."""
        wait_until_started(self.page)
        return self

    def states(self, number) -> list[str]:
        """Return what the first cells of the page are doing."""
        return [self.state(n) for n in range(1, number + 1)]
