"""The built site, a server for it, and a browser that never asks another host."""

import functools
import subprocess
import sys
from pathlib import Path

import pytest
import short_pages
from explorables import settle, write_pages
from live_cells import wait_until_started

from web import build, chromium, server

BLOCKED = "Service Worker registration blocked by Playwright"


def pytest_generate_tests(metafunc):
    """Run a test that asks for a ``document`` once for every page of the book."""
    if "document" in metafunc.fixturenames:
        metafunc.parametrize("document", build.documents())


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the site, built from the present sources."""
    if not build.is_current():
        command = [sys.executable, "-m", "web.build"]
        built = subprocess.run(command, capture_output=True, text=True)
        if built.returncode:
            pytest.fail(f"the site could not be built:\n{built.stderr[-3000:]}", pytrace=False)
    return build.HTML


@pytest.fixture(scope="session")
def address(site):
    """Return the address at which the site is served."""
    with server.serve(site) as home:
        yield home


@pytest.fixture(scope="session")
def chrome():
    """Return a running Chromium; one for all tests, because starting it takes a second."""
    from playwright.sync_api import sync_playwright

    path = chromium.chromium()
    if path is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield running
        running.close()


class Tab:
    """A fresh browser tab that notes what goes wrong in it.

    Attributes
    ----------
    page : playwright.sync_api.Page
        The tab.
    foreign_requests : list of str
        Requests to anywhere but the site; this browser finds no other host.
    missing : list of str
        Requests that the site answered with an error.
    errors : list of str
        Errors on the console, and exceptions.

    No service worker comes in unless ``service_workers`` is "allow": what one asks for would not
    be noticed here (test_offline.py has its own eyes).
    """

    def __init__(self, chrome, home: str, service_workers: str = "block"):
        self.foreign_requests, self.missing, self.errors = [], [], []
        self.context = chrome.new_context(
            viewport={"width": 1280, "height": 900}, service_workers=service_workers
        )
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.home = home

        def request(asked):
            # Nothing is held up for that: it would also switch off what the browser keeps.
            if not asked.url.startswith((home, f"blob:{home}", "data:", "about:")):
                self.foreign_requests.append(asked.url)

        def response(answer):
            if answer.status >= 400:
                self.missing.append(f"{answer.status} {answer.url}")

        def console(message):
            blocked = message.text == BLOCKED and service_workers == "block"
            # The page that only leads to the first one names no icon, so the browser may guess.
            guessed = message.location["url"] == f"{home}/favicon.ico"
            if message.type in ("error", "warning") and not blocked and not guessed:
                self.errors.append(f"{message.type}: {message.text}")

        self.page.on("request", request)
        self.page.on("response", response)
        self.page.on("console", console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, path: str) -> "Tab":
        """Go to a page of the site and wait until its formulas are typeset."""
        self.page.goto(f"{self.home}/{path}", wait_until="load")
        self.page.evaluate("() => window.MathJax?.startup?.promise")
        return self


@pytest.fixture(scope="session")
def new_tab(chrome):
    """Return a function that opens a tab on a site, given the address of the site."""
    return functools.partial(Tab, chrome)


@pytest.fixture
def tab(new_tab, address):
    """Return a fresh tab on the served site."""
    fresh = new_tab(address)
    yield fresh
    fresh.context.close()


@pytest.fixture(scope="session")
def live_site(site) -> Path:
    """Return the folder of the site, if it has live cells."""
    if not (site / "_static" / "live").exists():
        pytest.skip("the site has no live cells: no source of their files answered")
    return site


@pytest.fixture(scope="session")
def short_site(live_site, tmp_path_factory) -> Path:
    """Return a folder of the site with short pages as well, on which Python runs."""
    folder = tmp_path_factory.mktemp("short")
    short_pages.link(live_site, folder)
    short_pages.write(live_site, folder)
    return folder


@pytest.fixture(scope="session")
def short(short_site):
    """Return the address of that folder."""
    with server.serve(short_site) as home:
        yield home


@pytest.fixture
def short_tab(new_tab, short):
    """Return a fresh tab there."""
    fresh = new_tab(short)
    yield fresh
    fresh.context.close()


@pytest.fixture(scope="session")
def live_page(new_tab, address, live_site):
    """Return one tab for all live pages: what the browser keeps saves time."""
    tab = new_tab(address)
    yield tab
    tab.context.close()


@pytest.fixture
def live_tab(live_page):
    """Return a function that opens a page and runs its first cells; nothing may go wrong."""

    def start(document: str) -> Tab:
        live_page.open(f"{document}.html").page.click(".live-start")
        wait_until_started(live_page.page)
        return live_page

    yield start
    live_page.page.goto("about:blank")  # which ends Python
    problems = [
        list(kind) for kind in (live_page.foreign_requests, live_page.missing, live_page.errors)
    ]
    for kind in (live_page.foreign_requests, live_page.missing, live_page.errors):
        kind.clear()
    assert problems == [[], [], []]


@pytest.fixture(scope="session")
def bench_folder(tmp_path_factory) -> Path:
    """Return a folder with a bare page for every explorable."""
    folder = tmp_path_factory.mktemp("bench")
    write_pages(folder)
    return folder


@pytest.fixture(scope="session")
def bench(bench_folder):
    """Return the address of that folder."""
    with server.serve(bench_folder) as address:
        yield address


@pytest.fixture(scope="module")
def bench_tab(new_tab, bench):
    """Return one tab for all: what the browser keeps saves time."""
    tab = new_tab(bench)
    yield tab
    tab.context.close()


@pytest.fixture
def open_one(bench_tab):
    """Return a function that opens an explorable's page; nothing may go wrong on it."""
    page = bench_tab.page

    def start(name, query="", width=1280):
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": width, "height": 900})
        if "#" in query:  # which alone would not load the page again
            page.goto("about:blank")
        page.goto(f"{bench_tab.home}/{name}.html{query}")
        page.wait_for_selector(".explore[data-ready]")
        settle(page)
        return page

    yield start
    kinds = bench_tab.errors, bench_tab.missing, bench_tab.foreign_requests
    problems = [list(kind) for kind in kinds]
    for kind in kinds:
        kind.clear()
    assert problems == [[], [], []]
