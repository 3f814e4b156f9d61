"""What Binder would build, as far as that can be seen without Docker."""

import re

import binder
import environment
import pytest
from binder import ROOT


@pytest.fixture(scope="module")
def dockerfile():
    return binder.dockerfile()


def test_python_is_the_one_that_runtime_txt_names(dockerfile):
    version, _ = binder.steps(dockerfile)
    assert f"python-{version}" == (ROOT / "runtime.txt").read_text(encoding="utf-8").strip()
    assert tuple(map(int, version.split("."))) >= (3, 11)


def test_only_what_chapters_need_is_installed(dockerfile):
    _, commands = binder.steps(dockerfile)
    assert [re.sub(r"^\S*/", "", c.split(" ")[0]) for c in commands] == [
        "pip",
        "chmod",
        "postBuild",
    ]
    assert '-r "requirements.txt"' in commands[0]
    assert not re.search(r"requirements-(book|test|frameworks)", dockerfile)
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for heavy in ("jupyter-book", "playwright", "pytest", "tensorflow", "torch", "pandas"):
        assert not re.search(rf"(?m)^{heavy}==", locked), heavy


def test_the_package_is_installed_after_the_sources_are_there(dockerfile):
    assert dockerfile.index("COPY --chown=0:0 src/ ") < dockerfile.index("RUN ./postBuild")
    commands = (ROOT / "postBuild").read_text(encoding="utf-8")
    assert re.search(r"(?m)^python -m pip install .*--no-deps --editable \./code$", commands)
    assert (ROOT / "postBuild").stat().st_mode & 0o111


def test_fonts_are_found_before_the_first_cell_runs():
    commands = (ROOT / "postBuild").read_text(encoding="utf-8")
    assert f'python -c "{environment.FONTS}"' in commands


def test_myst_is_rendered_by_the_jupyterlab_that_binder_has():
    commands = (ROOT / "postBuild").read_text(encoding="utf-8")
    assert re.search(
        r"(?m)^python -m pip install .*--require-hashes -r requirements-binder\.txt$", commands
    )
    locked = (ROOT / "requirements-binder.txt").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^([\w-]+)==", locked) == ["jupyterlab-myst"]
    # JupyterLite has a JupyterLab of the same age, and is tested with it.
    assert re.search(r"(?m)^jupyterlab-myst==\S+", locked).group() in (
        ROOT / "requirements-lite.in"
    ).read_text(encoding="utf-8").split("\n")
    python = (ROOT / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    assert binder.jupyterlab_version(python) == "4.4", "is there a newer MyST for it?"


def test_a_kernel_comes_with_it():
    assert re.search(r"(?m)^ipykernel==", (ROOT / "requirements.txt").read_text(encoding="utf-8"))
