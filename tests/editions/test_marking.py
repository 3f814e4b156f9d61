"""What runs in a marker's box reaches nothing outside, and cannot stop the marking."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.editions import autograder
from tools.editions.marking import Marker, left
from web import ROOT

NAME = "09-back-propagation"


def works():
    """Tell whether bubblewrap is installed and may make its namespaces."""
    program = shutil.which("bwrap")
    command = [program, "--ro-bind", "/", "/", "--unshare-all", "true"]
    return (
        bool(program) and not subprocess.run(command, capture_output=True, check=False).returncode
    )


pytestmark = pytest.mark.skipif(not works(), reason="bubblewrap does not run here")


@pytest.fixture(scope="module")
def marker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("autograder")
    autograder.write(folder, ["09"])
    return Marker("otter", NAME, Path(sys.prefix), source=folder, limit=20)


@pytest.fixture
def run(marker, tmp_path):
    """Return a function that runs code in a box and returns what went wrong."""
    (tmp_path / "box" / "home").mkdir(parents=True)
    program = str(marker.graders / "bin" / "python")
    return lambda code: marker._run(tmp_path / "box", [program, "-c", code])


def test_a_box_can_be_written_and_the_package_imported(run, tmp_path):
    assert run("import backprop; open('here', 'w').write('x')") == ""
    assert (tmp_path / "box" / "here").read_text() == "x"


@pytest.mark.parametrize("place", ["/usr/made-up", "{outside}", "{package}/made-up"])
def test_nothing_is_written_elsewhere(run, tmp_path, place):
    place = place.format(outside=tmp_path / "outside", package=ROOT / "code")
    assert "Error" in run(f"open({place!r}, 'w').write('x')")
    assert not Path(place).exists()


def test_nothing_is_read_elsewhere(run, tmp_path):
    (tmp_path / "secret").write_text("a secret")
    for path in (tmp_path / "secret", ROOT / "README.md", "/etc/shadow"):
        assert "FileNotFoundError" in run(f"print(open({str(path)!r}).read())")


def test_no_connection_is_opened(run):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        assert "refused" in run(f"import socket; socket.create_connection({address!r}, 3)")
        socket.create_connection(address, 3).close()  # which is open from here


def sleeping():
    """Return the processes of the test below."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [process] if b"98765" in process.read_bytes().split(b"\0") else []
        except OSError:  # it has ended meanwhile
            continue
    return found


def test_a_process_that_sleeps_ends_with_all_its_children(marker, run, monkeypatch):
    monkeypatch.setattr(marker, "limit", 2)
    start = time.perf_counter()
    code = "import subprocess; subprocess.run(['sleep', '98765'])"
    assert not sleeping()
    assert run(code) == "no result within 2 s"
    assert time.perf_counter() - start < 15
    deadline = time.monotonic() + 5  # the kernel ends them a moment later
    while sleeping() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not sleeping()


def test_files_are_limited(run, tmp_path):
    assert run("f = open('big', 'wb')\nfor _ in range(200): f.write(b'x' * 2**20)")
    assert (tmp_path / "box" / "big").stat().st_size <= 100_000 * 1024


def test_what_is_left_is_no_link_and_no_pipe(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe")
    assert left(tmp_path, "file").read_text() == "x"
    for name in ("link", "pipe", "nothing"):
        with pytest.raises(FileNotFoundError, match=name):
            left(tmp_path, name)


def test_a_submission_that_is_no_file_gets_rows_all_the_same(marker, tmp_path):
    rows = marker.mark(tmp_path / "absent.ipynb")
    assert [row["exercise"] for row in rows] == marker.exercises
    assert {row["points"] for row in rows} == {0.0}
    assert all("not marked" in row["comment"] for row in rows)
