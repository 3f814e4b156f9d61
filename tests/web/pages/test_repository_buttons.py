"""The repository buttons follow the environment of CI or the git remote."""

import subprocess
import sys

import pytest

from web.pages import repository_buttons


@pytest.fixture
def clone(tmp_path):
    """Make a repository with one branch, ``trunk``, and return a function that runs git in it."""

    def git(*arguments):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    git("init", "--initial-branch=trunk")
    git.folder = tmp_path
    return git


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("git@github.com:someone/a-fork.git", "https://github.com/someone/a-fork"),
        ("https://github.com/someone/a-fork.git", "https://github.com/someone/a-fork"),
        ("https://github.com/someone/a-fork/", "https://github.com/someone/a-fork"),
        ("ssh://git@gitlab.com:22/group/sub/book.git", "https://gitlab.com/group/sub/book"),
        ("https://gitlab.example.org/group/book", "https://gitlab.example.org/group/book"),
        ("/srv/git/book.git", None),
        ("../book", None),
        ("file:///srv/git/book", None),
        ("C:\\books\\book", None),
        ("https://github.com/someone", None),
        ("https://example.org/someone/book", None),  # the theme knows no buttons for it
        ("", None),
    ],
)
def test_page_of_a_remote(remote, page):
    assert repository_buttons.web_address(remote) == page


def test_secrets_in_a_remote_are_not_published():
    page = repository_buttons.web_address("https://someone:ghp_token@github.com/someone/a-fork.git")
    assert page == "https://github.com/someone/a-fork"


def test_without_a_remote_there_are_no_buttons(clone, tmp_path_factory):
    assert repository_buttons.publisher(clone.folder, {}) is None
    assert repository_buttons.publisher(tmp_path_factory.mktemp("no-repository"), {}) is None


def test_the_remote_of_a_fork(clone):
    clone("remote", "add", "origin", "git@github.com:someone/a-fork.git")
    publisher = repository_buttons.publisher(clone.folder, {})
    assert publisher == repository_buttons.Publisher("https://github.com/someone/a-fork", "trunk")
    clone("remote", "add", "mine", "https://gitlab.com/me/book.git")
    clone("config", "branch.trunk.remote", "mine")  # the branch follows another remote
    assert repository_buttons.publisher(clone.folder, {}).url == "https://gitlab.com/me/book"


def test_the_environment_of_ci_comes_before_the_remote(clone):
    clone("remote", "add", "origin", "git@github.com:someone/upstream.git")
    github = {"GITHUB_REPOSITORY": "me/fork", "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "v2"}
    assert repository_buttons.publisher(clone.folder, github) == repository_buttons.Publisher(
        "https://github.com/me/fork", "v2"
    )
    pull = {**github, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF_NAME": "7/merge"}
    assert repository_buttons.publisher(clone.folder, pull).branch == "main"
    gitlab = {"CI_PROJECT_URL": "https://gitlab.com/me/book", "CI_DEFAULT_BRANCH": "master"}
    assert repository_buttons.publisher(clone.folder, gitlab) == repository_buttons.Publisher(
        "https://gitlab.com/me/book", "master"
    )


def test_a_maintainer_has_the_last_word(clone):
    clone("remote", "add", "origin", "git@github.com:someone/upstream.git")
    settings = {"BOOK_REPOSITORY": "https://github.com/school/book", "BOOK_BRANCH": "2027"}
    assert repository_buttons.publisher(
        clone.folder, settings | {"GITHUB_REPOSITORY": "me/fork"}
    ) == (repository_buttons.Publisher("https://github.com/school/book", "2027"))
    assert repository_buttons.publisher(clone.folder, {"BOOK_REPOSITORY": ""}) is None


def test_binder_only_where_binder_can_read_the_repository():
    here = repository_buttons.Publisher("https://github.com/me/fork", "main").theme_options
    inside = repository_buttons.Publisher("https://gitlab.school.org/me/fork", "main").theme_options
    assert here["launch_buttons"]["binderhub_url"] == repository_buttons.BINDER
    assert "launch_buttons" not in inside
    assert inside["repository_provider"] == "gitlab"


PAGE = '{"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Page"}], '
PAGE += '"metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", '
PAGE += '"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}'
CONF = """
extensions = ["myst_nb", "sphinx_book_theme", "web.pages.repository_buttons"]
html_theme = "sphinx_book_theme"
html_theme_options = {"search_bar_text": "Search"}
root_doc = "chapters/page"
nb_execution_mode = "off"
"""


@pytest.mark.parametrize("remote", ["git@github.com:me/fork.git", "/srv/git/fork.git"])
def test_buttons_on_a_page(clone, remote):
    clone("remote", "add", "origin", remote)
    (clone.folder / "chapters").mkdir()
    (clone.folder / "chapters" / "page.ipynb").write_text(PAGE, encoding="utf-8")
    (clone.folder / "conf.py").write_text(CONF, encoding="utf-8")
    environment = {"PATH": "/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", str(clone.folder), str(clone.folder / "out")],
        env=environment, check=True,
    )  # fmt: skip
    text = (clone.folder / "out" / "chapters" / "page.html").read_text(encoding="utf-8")
    links = [
        "https://mybinder.org/v2/gh/me/fork/trunk?urlpath=lab/tree/chapters/page.ipynb",
        "https://github.com/me/fork/edit/trunk/chapters/page.ipynb",
        "https://github.com/me/fork/issues/new?",
        'href="https://github.com/me/fork"',
    ]
    present = [link for link in links if link in text]
    assert present == (links if "github" in remote else [])
    assert "/srv/git" not in text
