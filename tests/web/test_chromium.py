"""The browser for tests and printing: chosen by a variable, found on the path, or fetched."""

import subprocess
import sys

import pytest

from web import chromium


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return a folder of programs on a machine on which no browser is installed elsewhere."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "MAC", str(tmp_path / "mac" / "{0}"))
    monkeypatch.setattr(chromium, "playwright_chromium", lambda: None)
    return tmp_path


def install(path):
    """Put a program at a path."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_without_a_browser_there_is_none(machine):
    assert chromium.chromium() is None


@pytest.mark.parametrize("name", chromium.NAMES)
def test_a_browser_on_the_path(machine, name):
    path = install(machine / name)
    assert chromium.chromium() == path


def test_a_browser_in_the_applications_of_a_mac(machine):
    path = install(machine / "mac" / "Google Chrome")
    assert chromium.chromium() == path


def test_the_variable_comes_first(machine, monkeypatch):
    install(machine / "chromium")
    other = install(machine / "other")
    monkeypatch.setenv("CHROMIUM", other)
    assert chromium.chromium() == other


def test_a_wrong_variable_is_not_replaced_by_another_browser(machine, monkeypatch):
    install(machine / "chromium")
    monkeypatch.setenv("CHROMIUM", str(machine / "missing"))
    assert chromium.chromium() is None


def test_nothing_is_fetched_if_there_is_a_browser(machine, monkeypatch, capsys):
    install(machine / "chromium")
    monkeypatch.setattr(subprocess, "call", lambda *a, **o: pytest.fail("should not be fetched"))
    assert chromium.main() == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("status", "path"), [(1, None), (0, None), (0, "/chrome")])
def test_a_missing_browser_is_fetched_or_reported(machine, monkeypatch, capsys, status, path):
    commands = []

    def call(command, **options):
        commands.append(command)
        monkeypatch.setattr(chromium, "playwright_chromium", lambda: path)
        return status

    monkeypatch.setattr(subprocess, "call", call)
    assert chromium.main() == (0 if path else 1)
    assert commands == [[sys.executable, "-m", "playwright", "install", "chromium"]]
    assert (chromium.MISSING in capsys.readouterr().err) == (path is None)
