"""pip and uv hear of the reader's network, and of nothing else that the reader has set."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from web import installers

NETWORK = {
    "PIP_INDEX_URL": "https://mirror.example/simple",
    "PIP_EXTRA_INDEX_URL": "https://more.example/simple",
    "PIP_CERT": "/certificates.pem",
    "PIP_PROXY": "http://proxy.example:8080",
    "PIP_TRUSTED_HOST": "mirror.example",
    "PIP_NO_INDEX": "1",
    "UV_DEFAULT_INDEX": "https://other.example/simple",
    "UV_INDEX_INTERNAL_PASSWORD": "secret",
    "UV_NATIVE_TLS": "1",
    "https_proxy": "http://proxy.example:8080",
    "SSL_CERT_DIR": "/certificates",
}
DECIDING = {
    "PIP_USER": "1", "PIP_TARGET": "/elsewhere", "PIP_PREFIX": "/elsewhere",
    "PIP_ROOT": "/elsewhere", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_DEPS": "1",
    "PIP_ONLY_BINARY": "numpy", "PIP_NO_BINARY": ":all:", "PIP_CONSTRAINT": "/missing.txt",
    "PIP_DRY_RUN": "1", "PIP_PRE": "1", "PIP_PYTHON": "/elsewhere/python",
    "PIP_REQUIRE_HASHES": "1",
    "UV_TARGET": "/elsewhere", "UV_EXCLUDE_NEWER": "2020-01-01", "UV_CONSTRAINT": "/missing.txt",
    "UV_NO_BINARY": "1", "UV_PYTHON": "3.8", "UV_SYSTEM_PYTHON": "1", "UV_RESOLUTION": "lowest",
    "UV_PROJECT_ENVIRONMENT": "/elsewhere", "UV_CONFIG_FILE": "/missing.toml",
    "PYTHONPATH": "/elsewhere", "PYTHONHOME": "/elsewhere", "PYTHONSAFEPATH": "1",
    "VIRTUAL_ENV": "/elsewhere",
}  # fmt: skip


def test_the_network_is_respected():
    variables = installers.environment(NETWORK)
    assert {name: variables.get(name) for name in NETWORK} == NETWORK


@pytest.mark.parametrize("name", DECIDING)
def test_what_decides_place_or_choice_is_switched_off(name):
    variables = installers.environment({**NETWORK, **DECIDING})
    assert name not in variables
    assert variables["PIP_CONFIG_FILE"] == os.devnull
    assert variables["UV_NO_CONFIG"] == "1"


def test_files_of_pip_count_as_in_pip():
    listing = (
        "global.index-url='https://global.example/simple'\n"
        "install.index-url='https://install.example/simple'\n"
        "global.extra-index-url='https://a.example\\nhttps://b.example'\n"
        "global.user='true'\ninstall.target='/elsewhere'\ndownload.timeout='3'\n"
    )
    variables = installers.environment({}, listing)
    assert variables["PIP_INDEX_URL"] == "https://install.example/simple"
    assert variables["PIP_EXTRA_INDEX_URL"].split() == ["https://a.example", "https://b.example"]
    assert not {"PIP_USER", "PIP_TARGET", "PIP_TIMEOUT"} & set(variables)
    variables = installers.environment({"PIP_INDEX_URL": "https://mine.example/simple"}, listing)
    assert variables["PIP_INDEX_URL"] == "https://mine.example/simple"


def test_uv_takes_the_mirror_of_pip_unless_it_has_one():
    mirror = {"PIP_INDEX_URL": "https://mirror.example/simple", "HOME": "/missing"}
    assert installers.environment(mirror)["UV_INDEX_URL"] == "https://mirror.example/simple"
    own = {**mirror, "UV_DEFAULT_INDEX": "https://own.example/simple"}
    assert "UV_INDEX_URL" not in installers.environment(own)


def test_uv_takes_the_folders_of_pip_unless_it_has_its_own():
    folders = {"PIP_FIND_LINKS": "/a https://b.example/", "HOME": "/missing"}
    assert installers.environment(folders)["UV_FIND_LINKS"] == "/a,https://b.example/"
    own = {**folders, "UV_FIND_LINKS": "/c"}
    assert installers.environment(own)["UV_FIND_LINKS"] == "/c"
    listing = "global.find-links='/a\\n/b'\n"
    assert installers.environment({"HOME": "/missing"}, listing)["UV_FIND_LINKS"] == "/a,/b"


def test_files_of_uv(tmp_path):
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv.toml").write_text(
        'native-tls = true\nexclude-newer = "2020-01-01"\nno-binary = true\n'
        '[pip]\ntarget = "/elsewhere"\nfind-links = ["/a", "/b"]\n'
        '[[index]]\nname = "lab"\nurl = "https://lab.example/simple"\ndefault = true\n'
        '[[index]]\nurl = "https://more.example/simple"\n',
        encoding="utf-8",
    )
    place = {"XDG_CONFIG_HOME": str(tmp_path), "APPDATA": str(tmp_path), "XDG_CONFIG_DIRS": ""}
    assert installers.uv_settings(place) == {
        "UV_NATIVE_TLS": "true",
        "UV_FIND_LINKS": "/a,/b",
        "UV_DEFAULT_INDEX": "lab=https://lab.example/simple",
        "UV_INDEX": "https://more.example/simple",
    }
    assert installers.uv_settings({**place, "UV_NO_CONFIG": "1"}) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: Permission denied (os error 13)", "may not be written"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that was locked"),
        ("ProxyError('Cannot connect to proxy.')", "did not answer"),
        ("ERROR: Can not perform a '--user' install.", "above say why"),
    ],
)
def test_the_reason_is_named(text, words):
    assert words in installers.reason(text)


@pytest.fixture
def wheel(tmp_path):
    """Return the folder of a wheel with one module."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "madeup-1-py3-none-any.whl", "w") as members:
        members.writestr("madeup.py", "x = 7\n")
        members.writestr("madeup-1.dist-info/METADATA", "Name: madeup\nVersion: 1\n")
        members.writestr("madeup-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        members.writestr("madeup-1.dist-info/RECORD", "")
    return folder


@pytest.mark.parametrize("program", ["pip", "uv"])
def test_an_installation_goes_where_it_should(tmp_path, wheel, program):
    """The wheel is found by the reader's setting, and its place is not the reader's."""
    environment, elsewhere = tmp_path / "environment", tmp_path / "elsewhere"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (tmp_path / "pip.conf").write_text(f"[install]\ntarget = {elsewhere}\nuser = true\n")
    hostile = {**os.environ, "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_USER": "1"}
    hostile |= {"PIP_TARGET": str(elsewhere), "UV_TARGET": str(elsewhere)}
    hostile |= {"PIP_CONSTRAINT": "/missing", "UV_CONSTRAINT": "/missing", "PIP_NO_INDEX": "1"}
    hostile |= {"PIP_FIND_LINKS": str(wheel), "UV_FIND_LINKS": str(wheel), "UV_OFFLINE": "1"}
    if program == "pip":
        command = [sys.executable, "-m", "pip", "--python", python, "install", "madeup"]
    else:
        command = [sys.executable, "-m", "uv", "pip", "install", "--python", python, "madeup"]
    settings = installers.environment(hostile)
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code = "import json, madeup; print(json.dumps(madeup.__file__))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout).startswith(str(environment))
    assert not elsewhere.exists()
