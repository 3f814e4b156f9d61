"""The scripts fit each other: messages and states have the keys that the other side reads."""

import re
import shutil

import pytest

from tools.sources import files
from web import ROOT, scripts

# Errors planted in a copy: for each file what is there, what stands there instead, and the word at
# which the checker has to take offence.
PLANTED = {
    "web/live/worker.js": [
        ("postMessage({ begun: number })", "postMessage({ began: number })", "began"),
        ("if (data.start) await", "if (data.begin) await", "begin"),
        ('{ kind: "notice", text: error', '{ kind: "notice", words: error', "words"),
        ("packages[name].depends", "packages[name].requires", "requires"),
    ],
    "web/live/page.js": [
        ("postMessage({ stop: cell.number })", "postMessage({ end: cell.number })", "end"),
        ("receive({ progress,", "receive({ advance,", "advance"),
        ("await ask({ addresses })", "await ask({ places: addresses })", "places"),
    ],
    "web/live/output.js": [("display(message.data)", "display(message.date)", "date")],
    "web/offline/service-worker.js": [
        ("if (data.forget)", "if (data.remove)", "remove"),
        ("bytes: size(await", "kept: size(await", "kept"),
        ("ready: false });", "prepared: false });", "prepared"),
        ("files: list.files", "files: list.names", "names"),
    ],
    "web/offline/offline.js": [("ask({ forget: true })", "ask({ remove: true })", "remove")],
    "web/offline/keep.js": [("!found.complete", "!found.completed", "completed")],
    "code/backprop/explore/parts.js": [("setText(note, text)", "setText(text, note)", "string")],
    "code/backprop/explore/depth.js": [
        ("state.scale ** 2", "state.scales ** 2", "scales"),
        ("update({ function: value })", "update({ name: value })", "name"),
        ("shown.chi, 1e-3", "shown.xi, 1e-3", "xi"),
    ],
}
CASES = [(name, *case) for name, cases in PLANTED.items() for case in cases]


def test_the_scripts_fit_each_other():
    assert not scripts.complaints()


def test_all_scripts_are_checked():
    tracked = [path.relative_to(ROOT).as_posix() for path in files() if path.suffix == ".js"]
    assert scripts.scripts() == sorted(tracked)
    assert len(tracked) > 20


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """Return what the checker says of all planted errors together."""
    folder = tmp_path_factory.mktemp("planted")
    for name in (*scripts.scripts(), *scripts.SETTINGS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    for name, old, new, _ in CASES:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has this {text.count(old)} times: {old}"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return scripts.complaints(folder)


@pytest.mark.parametrize(("name", "old", "new", "word"), CASES)
def test_a_planted_error_is_found(complaints, name, old, new, word):
    there = [one for one in complaints if f"/{name}:" in one]
    assert any(re.search(rf"'\"?{word}\"?'", one.split("\n")[0]) for one in there), there


def test_a_checker_that_does_not_run_is_no_success(tmp_path):
    with pytest.raises(RuntimeError, match="the scripts could not be checked"):
        scripts.complaints(tmp_path)
