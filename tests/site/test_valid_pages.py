"""Every page is valid HTML, by html-validate: what one browser mends in silence, another may not.

So is every page of slides.  html-validate comes from npm, by the versions and hashes in
html-validate.lock, and runs in Deno.
"""

import json
import os
import subprocess
from pathlib import Path

import deno
import pytest

from web.live import fetch, registries
from web.slides import __main__ as slides

LOCK = Path(__file__).with_name("html-validate.lock")
(PROGRAM,) = json.loads(LOCK.read_text(encoding="utf-8"))["specifiers"]

# What pages need not keep of html-validate's recommended rules, and why.
LEFT_OUT = {
    "no-trailing-whitespace": "how a file looks, not what it says",
    "void-style": "likewise: <br/> and <br> are the same",
    "attribute-boolean-style": "likewise: defer and defer='defer' are the same",
    "no-inline-style": "docutils writes the widths of columns so",
    "long-title": "the name of the book follows that of the chapter",
    "text-content": "buttons have their names from titles and scripts, where axe looks at them",
    "no-implicit-button-type": "matters in a form only, and no button is in one",
    "wcag/h32": "the search has one field, from which the return key sends it",
    "no-redundant-role": "the theme gives <main> the role that it has anyway",
    "prefer-native-element": "a title in the sidebar is a heading by its role",
}
RULES = {
    "root": True,
    "extends": ["html-validate:recommended"],
    # Outside old style sheets, an id is any text without spaces.
    "rules": {"valid-id": ["error", {"relaxed": True}], **dict.fromkeys(LEFT_OUT, "warn")},
}

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>A page</title></head><body>{}</body></html>
"""
# Faults, each with the rule that it breaks.
FAULTS = {
    "no-dup-id": '<p id="one">One.</p><p id="one">Two.</p>',
    "close-order": "<p>One.</p></div>",
    "no-implicit-close": "<section><p>No end.</p>",
    "element-permitted-content": "<p><span><div>A block in a line.</div></span></p>",
    "element-permitted-order": "<figure><p>A</p><figcaption>B</figcaption><p>C</p></figure>",
    "element-name": "<claim>No element.</claim>",
    "no-dup-attr": '<p class="one" class="two">One class is lost.</p>',
    "attribute-allowed-values": '<input type="sometimes" aria-label="A field">',
    "deprecated": "<center>Old.</center>",
    "unique-landmark": "<nav></nav><nav></nav>",
}


def run(command: str, *arguments) -> subprocess.CompletedProcess:
    """Let Deno do something with what the lock lists, kept beside the files for live cells."""
    settings = {"DENO_DIR": str(fetch.cache() / "deno"), "DENO_NO_UPDATE_CHECK": "1"}
    if place := registries.registry():
        settings["NPM_CONFIG_REGISTRY"] = place
    return subprocess.run(
        [deno.find_deno_bin(), command, "--no-config", "--frozen", f"--lock={LOCK}", *arguments],
        env={**os.environ, **settings, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def found(site, tmp_path_factory) -> dict[str, list[dict]]:
    """Return what html-validate says of every page and its slides, and of a page for each fault."""
    fetched = run("cache", PROGRAM)
    if fetched.returncode:
        pytest.skip(f"html-validate could not be fetched: {fetched.stderr.strip()[-300:]}")
    folder = tmp_path_factory.mktemp("faults")
    (folder / "rules.json").write_text(json.dumps(RULES), encoding="utf-8")
    for rule, fault in FAULTS.items():
        (folder / f"{rule}.html").write_text(PAGE.format(fault), encoding="utf-8")
    shown = tmp_path_factory.mktemp("slides")
    lectures = slides.lectures()
    (shown / "slides.html").write_text(slides.index_page(lectures), encoding="utf-8")
    for lecture in lectures:
        path = shown / f"lecture-{lecture.number}.html"
        path.write_text(slides.lecture_page(lecture), encoding="utf-8")
    places = site, site / "chapters", shown, folder
    pages = [path for place in places for path in place.glob("*.html")]
    options = ["--config", folder / "rules.json", "--formatter", "json"]
    rights = ["--cached-only", "--allow-read", "--allow-env"]
    done = run("run", *rights, PROGRAM, *options, *pages)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        pytest.fail(f"html-validate did not come to its end: {done.stderr.strip()}", pytrace=False)
    by_page = dict.fromkeys(map(str, pages), ())
    by_page |= {one["filePath"]: one["messages"] for one in said}
    assert len(by_page) == len(pages)
    return by_page


def test_every_page_is_valid(site, found):
    wrong = [
        f"{Path(page).name}:{one['line']}: {one['ruleId']}: {one['message']}"
        for page, messages in found.items()
        for one in messages
        if Path(page).stem not in FAULTS and one["severity"] == 2
    ]
    assert not wrong


def test_no_rule_is_left_out_without_need(site, found):
    pages = [messages for page, messages in found.items() if page.startswith(str(site))]
    assert {one["ruleId"] for messages in pages for one in messages} == set(LEFT_OUT)


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_would_be_noticed(found, rule):
    (messages,) = [m for page, m in found.items() if Path(page).name == f"{rule}.html"]
    assert rule in {one["ruleId"] for one in messages}
