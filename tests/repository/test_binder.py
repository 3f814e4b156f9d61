"""The environment that Binder builds, as far as it can be tested without Docker."""

import re

import pytest

from tools import binder, environment
from tools.binder import ROOT

RUNTIME = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="module")
def dockerfile():
    return binder.dockerfile()


def test_python_is_the_one_that_runtime_txt_names(dockerfile):
    version, _ = binder.steps(dockerfile)
    assert f"python-{version}" == RUNTIME
    assert tuple(map(int, version.split("."))) >= (3, 11)


def test_only_the_requirements_of_chapters_are_installed(dockerfile):
    _, commands = binder.steps(dockerfile)
    assert [re.sub(r"^\S*/", "", c.split(" ")[0]) for c in commands] == [
        "pip",
        "chmod",
        "postBuild",
    ]
    assert '-r ".binder/requirements.txt"' in commands[0]
    nested = (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8")
    assert nested == "-r ../requirements.txt\n"
    assert not re.search(r"requirements/", dockerfile)
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for heavy in ("jupyter-book", "playwright", "pytest", "tensorflow", "torch", "pandas"):
        assert not re.search(rf"(?m)^{heavy}==", lock), heavy


def test_the_package_is_installed_after_the_sources_are_there(dockerfile):
    assert dockerfile.index("COPY --chown=0:0 src/ ") < dockerfile.index("RUN ./.binder/postBuild")
    commands = (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8")
    assert re.search(r"(?m)^python -m pip install .*--no-deps --editable \./code$", commands)
    assert (ROOT / ".binder" / "postBuild").stat().st_mode & 0o111


def test_fonts_are_found_before_the_first_cell_runs():
    commands = (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8")
    assert f'python -c "{environment.FONTS}"' in commands


def test_myst_is_rendered_by_the_jupyterlab_that_binder_has():
    commands = (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8")
    assert re.search(
        r"(?m)^python -m pip install .*--require-hashes -r \.binder/jupyterlab\.txt$", commands
    )
    lock = (ROOT / ".binder" / "jupyterlab.txt").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^([\w-]+)==", lock) == ["jupyterlab-myst"]
    # JupyterLite has a JupyterLab of the same age, and is tested with it.
    assert re.search(r"(?m)^jupyterlab-myst==\S+", lock).group() in (
        ROOT / "requirements" / "lite.in"
    ).read_text(encoding="utf-8").split("\n")
    python = RUNTIME.removeprefix("python-")
    assert binder.jupyterlab_version(python) == "4.4", "is there a newer MyST for it?"


def test_a_kernel_comes_with_it():
    assert re.search(r"(?m)^ipykernel==", (ROOT / "requirements.txt").read_text(encoding="utf-8"))
