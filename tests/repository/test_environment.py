"""The environment is looked at before it counts as made, and starts in every locale."""

import os
import subprocess
import sys

import pytest

from tools import environment, installation


@pytest.mark.skipif(os.name == "nt", reason="locales are those of POSIX")
def test_python_starts_in_an_ascii_locale_in_a_folder_of_any_name(tmp_path, monkeypatch):
    root = tmp_path / "bøk og λ"
    (root / "code" / "madeup").mkdir(parents=True)
    (root / "code" / "madeup" / "__init__.py").write_text("x = 7\n")
    monkeypatch.setattr(environment, "VENV", root / ".venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (site,) = (root / ".venv").glob("lib/*/site-packages")
    path = site / "_backprop_companion.pth"
    path.write_text(f"{root / 'code'}", encoding="utf-8")

    def start():
        return subprocess.run(
            [environment.python(), "-c", "import madeup; print(madeup.x)"],
            env={"LC_ALL": "C"}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    before = start()  # newer Pythons read such a file as UTF-8 first
    assert before.returncode == 0 or "UnicodeDecodeError" in before.stderr
    environment.relocate()
    assert path.read_text(encoding="ascii") == "../../../../code\n"
    assert start().stdout == "7\n"
    environment.relocate()
    assert start().stdout == "7\n"


def test_versions_are_looked_at():
    version = installation.importlib.metadata.version("numpy")
    text = (
        f"numpy=={version} \\\n    --hash=sha256:0\nscipy==0.0.1\n"
        "madeup-absent==2 ; python_version > '3'\n"
        "madeup-absent==3 ; sys_platform == 'plan9' \\\n"
    )
    faults = installation.versions(text)
    assert len(faults) == 2
    assert "scipy should be version 0.0.1, but is" in faults[0]
    assert faults[1] == "madeup-absent 2 is missing"


def test_places_are_looked_at(tmp_path, monkeypatch):
    (tmp_path / "madeup_module.py").write_text("")
    (tmp_path / "madeup_broken.py").write_text("raise RuntimeError('broken')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    assert not installation.places(["madeup_module"], [tmp_path])
    (fault,) = installation.places(["madeup_module"], [tmp_path / "other"])
    assert "not from this environment" in fault
    (fault,) = installation.places(["madeup_broken"], [tmp_path])
    assert fault == "madeup_broken cannot be imported: RuntimeError: broken"


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """Let an environment be made without anything being installed; return what is asked for."""
    lists = []
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "RECORD", tmp_path / "installed")
    monkeypatch.setattr(environment, "VERSIONS", "locked")
    monkeypatch.setattr(environment, "works", lambda: True)
    monkeypatch.setattr(environment.subprocess, "call", lambda *a, **k: 0)
    monkeypatch.setattr(environment, "install", lambda names: lists.append(names))
    return lists


def test_what_is_broken_is_not_recorded_and_is_tried_again(calls, monkeypatch, capsys):
    monkeypatch.setattr(environment, "faults", lambda *a: ["numpy 2.4.6 is missing"])
    for count in (1, 2):
        with pytest.raises(SystemExit):
            environment.ensure("book")
        assert len(calls) == count
        assert not environment.RECORD.exists()
    assert "numpy 2.4.6 is missing" in capsys.readouterr().err
    monkeypatch.setattr(environment, "faults", lambda *a: [])
    environment.ensure("book")
    assert environment.RECORD.exists()
    environment.ensure("book")
    assert len(calls) == 3


def test_what_breaks_later_is_mended(calls, monkeypatch, capsys):
    state = [[], ["numpy should be version 2.4.6, but is 1.0"], []]
    monkeypatch.setattr(environment, "faults", lambda *a: state.pop(0))
    environment.ensure("book")
    environment.ensure("book")
    assert len(calls) == 2
    assert "the environment is mended: numpy should be" in capsys.readouterr().out


def test_a_full_disk_is_said_in_a_sentence(calls, monkeypatch, capsys):
    def full(names):
        raise OSError(environment.errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(environment, "install", full)
    with pytest.raises(SystemExit):
        environment.main(["book"])
    assert "the disk is full" in capsys.readouterr().err


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """Let no installer run; return their commands, the last of which is said to succeed."""
    made = []
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "has_uv", lambda settings: True)
    monkeypatch.setattr(environment.installers, "listing", lambda python: "")

    def run(command, settings):
        made.append(command[2:])
        return "it was not found" if command[2] == "uv" else ""

    monkeypatch.setattr(environment, "run", run)
    return made


def test_the_frameworks_come_from_no_index_of_ours(commands):
    """uv is asked for the CPU build by name; pip, if uv has none, as the reader has set it up."""
    environment.install([environment.FRAMEWORKS])
    uses = [command for command in commands if environment.FRAMEWORKS in command]
    assert [command[0] for command in uses] == ["uv", "uv", "pip"]
    assert ["--torch-backend=cpu" in command for command in uses] == [True, True, False]
    assert ["--offline" in command for command in uses] == [True, False, False]
    commands.clear()
    environment.install(["requirements/test.txt"])
    assert not any("--torch-backend" in word for command in commands for word in command)
    assert not any("index" in word or "://" in word for command in commands for word in command)


@pytest.mark.skipif(os.name == "nt", reason="make is not there")
def test_settings_of_python_do_not_reach_what_make_runs():
    names = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONSAFEPATH", "PYTHONWARNINGS")
    command = ["make", "--no-print-directory", "--eval=tell: ; @env", "tell"]
    done = subprocess.run(
        command, cwd=environment.ROOT, env={**os.environ, **dict.fromkeys(names, "planted")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "PATH=" in done.stdout
    assert "planted" not in done.stdout
