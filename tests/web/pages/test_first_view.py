"""What the theme's own script does too early, or for the whole page, is taken out of it."""

import shutil
from types import SimpleNamespace

from web.pages import first_view

HTML = SimpleNamespace(name="html")


def test_the_function_for_tab_stops_is_not_called(plain, tmp_path):
    script = tmp_path / first_view.THEME
    script.parent.mkdir(parents=True)
    shutil.copyfile(plain / first_view.THEME, script)
    before = script.read_text(encoding="utf-8")
    assert len(first_view.TAB_STOPS.findall(before)) == 1, (
        "web.pages.first_view.TAB_STOPS no longer matches the theme's script: compare it with its "
        "last line"
    )
    first_view.leave_tab_stops(SimpleNamespace(outdir=tmp_path, builder=HTML), None)
    after = script.read_text(encoding="utf-8")
    (call,) = (match[0] for match in first_view.TAB_STOPS.finditer(before))
    assert after == before.replace(call, "")
    assert ".cell_output > .output" in after, "it is still there, and parts.js does its work"


def test_a_build_that_failed_is_left_alone(tmp_path):
    for builder, error in ((HTML, ValueError()), (SimpleNamespace(name="gettext"), None)):
        first_view.leave_tab_stops(SimpleNamespace(outdir=tmp_path, builder=builder), error)
    assert not list(tmp_path.iterdir())
