"""What all tests share: their order, skips that nobody overlooks, and where the time goes.

``make test`` runs them with as many processes as there are cores.  Tests of a group run in one
process, so that what they share is made once (``group``).  Groups that take long come first, as
a process that begins one when all others have finished makes everybody wait.
"""

import gc
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from web import thread_settings

# One thread: results do not depend on it, and two processes can share two cores.
for _name, _number in thread_settings().items():
    os.environ.setdefault(_name, _number)

ROOT = Path(__file__).resolve().parent.parent

FIRST = "test_all_pages_are_there_and_no_others"  # waits for the site to be built

# What comes first: the build of the site, on which half of the tests wait; then what does not
# need the site; then what does, the longest first.  What is not named comes last: pages, of which
# each takes seconds, so that no process waits long for another in the end.
ORDER = (
    "the site",
    "tests/equations/",
    "tests/claims/",
    "tests/code/",
    "tests/repository/",
    "tests/frameworks/",
    "tests/web/live/",
    "tests/web/pages/",
    "tests/web/lite/",
    "tests/chapters/",
    "test_engines.py",
    "live ",
    "test_build.py",
    "test_valid_pages.py",
    "test_cells.py",
    "test_explore.py",
    "test_live.py",
    "test_pdf.py",
    "test_offline.py",
    "test_snapshot.py",
    "test_moving.py",
    "test_first_cells.py",
    "test_preparation.py",
    "test_first_view.py",
    "test_finding.py",
    "test_slides.py",
    "test_lite.py",
    "test_language.py",
    "test_explore_",
)

FAILED = ROOT / "_build" / "failed-browser-tests"  # those of the last run, for a second try
FEW = 5  # if more fail, it is no accident

# The skips that are in order where every test is required, by the reason they give.
ALLOWED_SKIPS = {
    r"PyTorch is installed": "the message about a missing PyTorch needs an environment without it",
    r"SCIPY_ARRAY_API is not set": "scikit-learn's checks of other arrays than NumPy's",
    r"bubblewrap does not run here": "the sandbox for marking is a program of Linux",
    r"the book is in another language": "spelling and turns of phrase are those of English",
    r"(Firefox|WebKitGTK) is not installed": "only Chromium is needed here; public CI has all",
    r"does not have a decision_function method": "scikit-learn's check of one; ours has none",
}
# Those that are in order as well where the frameworks are not installed: make test-core.
ALLOWED_WITHOUT_FRAMEWORKS = {
    r"its frameworks are not installed": "chapters 19 to 21 run with the frameworks only",
    r"could not import '(tensorflow|keras|torch)'": "likewise what is tested with them",
}
# Those that are in order with other versions than the locked ones: make test VERSIONS=newest.
ALLOWED_WITH_OTHER_VERSIONS = {
    r"not the matplotlib that is locked": "another matplotlib draws other pixels",
}


def group(nodeid: str) -> str:
    """Return the group of a test.

    A page of the site is one, since it is loaded once for all its tests, and so is each chapter
    that is run live; otherwise a file is.
    """
    file, _, name = nodeid.partition("::")
    parameter = re.search(r"\[(.*)\]$", name)
    if file.endswith("test_live_chapters.py") and "top_to_bottom" in name:
        return f"live {parameter[1]}"
    page = re.search(r"\[(chapters/.*?)(?:-\d+)?\]$", name)  # without a width behind it
    if file.endswith("test_browser.py") and page:
        return page[1]
    if name == FIRST:
        return "the site"
    return file


def place(item) -> int:
    """Return where a test comes in the order."""
    name = group(item.nodeid)
    return next((n for n, part in enumerate(ORDER) if part in name), len(ORDER))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Let the tests of a group run in one process.

    xdist's own groups, by a mark, are silently ignored with pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group(nodeid)

    return Groups(config, log)


def pytest_addoption(parser):
    """Let somebody who writes a chapter run only what the chapter can make fail.

    Let whoever commits leave to CI what takes long and what hardly any change breaks.  And let
    ``make test`` try browser tests again: on a busy machine a page may take longer than a test
    waits for it, and a build that is red must mean that something is wrong.
    """
    parser.addoption("--chapter", metavar="25-star", help="tests of a chapter and the whole book")
    parser.addoption(
        "--quick", action="store_true", help="without what is left to CI, unless it has changed"
    )
    parser.addoption(
        "--second-try", action="store_true", help="only the browser tests that have just failed"
    )


def of_chapter(config, items) -> list:
    """Return the tests that are about a chapter or the whole book, and report the rest."""
    from tools.chapter import belonging, removal

    number = removal.chosen(config.getoption("chapter"), ROOT).stem[:2]
    return choose(config, items, belonging.chosen([item.nodeid for item in items], number))


def choose(config, items, kept) -> list:
    """Return the tests that are kept, and report the rest."""
    pairs = list(zip(items, kept, strict=True))
    config.hook.pytest_deselected(items=[item for item, keep in pairs if not keep])
    return [item for item, keep in pairs if keep]


def demand_one_group(item) -> None:
    """Refuse a test that looks at a page and would not be in the page's group."""
    page = item.callspec.params.get("document") if hasattr(item, "callspec") else None
    if page and "look" in item.fixturenames and group(item.nodeid) != page:
        raise pytest.UsageError(f"{item.nodeid} should be in the group of {page}: see group()")


def that_failed(config, items) -> list:
    """Return the browser tests that have just failed, and report the rest."""
    names = FAILED.read_text(encoding="utf-8").split("\n") if FAILED.exists() else []
    chosen = [item for item in items if item.nodeid in names]
    if not names or len(chosen) < len(names):
        raise pytest.UsageError(f"no second try: {FAILED} should list tests that there are")
    return choose(config, items, [item.nodeid in names for item in items])


def keep_failed(stats) -> None:
    """List the browser tests that failed, if nothing else did and they are few."""
    failed = [*stats.get("failed", ()), *stats.get("error", ())]
    names = dict.fromkeys(report.nodeid for report in failed)
    FAILED.unlink(missing_ok=True)
    if 0 < len(names) <= FEW and all("browser" in getattr(one, "keywords", ()) for one in failed):
        FAILED.parent.mkdir(exist_ok=True)
        FAILED.write_text("\n".join(names), encoding="utf-8")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for garbage less often, and never among modules and tests, which all stay.

    Pages of the site, parsed, are millions of objects: looking took a third of the time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 10, 10)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Put the tests in order, mark those that need a browser, choose those that are wanted."""
    if config.getoption("chapter"):
        items[:] = of_chapter(config, items)
    if config.getoption("quick"):
        from tools import touched

        items[:] = choose(config, items, touched.kept(items))
    if config.getoption("second_try"):
        items[:] = that_failed(config, items)
    for item in items:
        if "chrome" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        demand_one_group(item)
    items.sort(key=place)


def allowed_skips() -> list[str]:
    """Return the reasons for which a test may be skipped where every test is required."""
    from tools import environment

    kind, versions, *_ = [*environment.RECORD.read_text().split(), "", ""]
    found = [*ALLOWED_SKIPS]
    if kind != "frameworks":
        found += ALLOWED_WITHOUT_FRAMEWORKS
    if versions != "locked":
        found += ALLOWED_WITH_OTHER_VERSIONS
    return found


def all_required() -> bool:
    """Tell whether every test is required here: in CI, or where somebody says so."""
    return bool(os.environ.get("CI") or os.environ.get("REQUIRED"))


@pytest.fixture(scope="session")
def required() -> bool:
    """Tell whether every test is required."""
    return all_required()


def refuse(report) -> None:
    """Let a skip that is not on the list be a failure where every test is required."""
    if not (all_required() and report.skipped) or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if not any(re.search(allowed, reason) for allowed in allowed_skips()):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} should have run, but was skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Look at a test that was skipped."""
    report = yield
    refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Look at a file that was skipped."""
    report = yield
    refuse(report)
    return report


def kind(nodeid: str) -> str:
    """Return the kind of a test: its folder, and its file where files take minutes."""
    parts = nodeid.split("::")[0].split("/")
    return (
        "/".join(parts[1:2]) if parts[1] in ("claims", "code", "equations") else "/".join(parts[1:])
    )


def pytest_terminal_summary(terminalreporter, config):
    """Say what passed at the second try only, and where the time went, if it was much."""
    passed = [one.nodeid for one in terminalreporter.stats.get("passed", ()) if one.when == "call"]
    if passed and config.getoption("second_try"):
        terminalreporter.section("passed at the second try only: it may wait for too little")
        terminalreporter.write_line("\n".join(passed))
    keep_failed(terminalreporter.stats)
    spent, tests = defaultdict(float), defaultdict(int)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                spent[kind(report.nodeid)] += report.duration
                tests[kind(report.nodeid)] += report.when == "call"
    if sum(spent.values()) < 60:
        return
    terminalreporter.section("where the time goes (seconds, of all processes)")
    for name in sorted(spent, key=spent.get, reverse=True):
        if spent[name] >= 1:
            terminalreporter.write_line(f"{spent[name]:7.0f}  {tests[name]:5d} tests  {name}")
    terminalreporter.write_line(f"{sum(spent.values()):7.0f}  {sum(tests.values()):5d} tests")
