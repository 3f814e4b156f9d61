"""The repository buttons follow the environment of CI or the git remote."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from web import words
from web.pages import repository_buttons
from web.pages.repository_buttons import FORGES, Publisher


@pytest.fixture
def clone(tmp_path):
    """Make a repository with one branch, ``trunk``, and return a function that runs git in it."""

    def git(*arguments):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    git("init", "--initial-branch=trunk")
    git.folder = tmp_path
    return git


@pytest.fixture
def ssh(tmp_path, monkeypatch):
    """Let ssh know one alias, github.com-work."""
    program = tmp_path / "ssh"
    program.write_text('#!/bin/sh\necho user git\necho "hostname ${2%-work}"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("git@github.com:someone/a-fork.git", "https://github.com/someone/a-fork"),
        ("https://github.com/someone/a-fork.git", "https://github.com/someone/a-fork"),
        ("https://github.com/someone/a-fork/", "https://github.com/someone/a-fork"),
        ("ssh://git@gitlab.com:22/group/sub/book.git", "https://gitlab.com/group/sub/book"),
        ("https://gitlab.example.org/group/book", "https://gitlab.example.org/group/book"),
        ("ssh://git@ssh.github.com:443/uni/book.git", "https://github.com/uni/book"),
        ("ssh://git@altssh.gitlab.com:443/uni/book.git", "https://gitlab.com/uni/book"),
        ("HTTPS://GitHub.com/someone/a-fork", "https://github.com/someone/a-fork"),
        ("https://www.github.com/someone/a-fork", "https://github.com/someone/a-fork"),
        ("http://github.com/someone/a-fork", "https://github.com/someone/a-fork"),
        ("https://codeberg.org/someone/book.git", "https://codeberg.org/someone/book"),
        ("git@bitbucket.org:someone/book.git", "https://bitbucket.org/someone/book"),
        ("https://git.example.org:8443/uni/book", "https://git.example.org:8443/uni/book"),
        ("ssh://git@git.example.org:2222/uni/book", "https://git.example.org/uni/book"),
        ("https://example.org/gitlab/uni/book", "https://example.org/gitlab/uni/book"),
        ("git@github.com-work:someone/a-fork.git", "https://github.com/someone/a-fork"),
        ("/srv/git/book.git", None),
        ("../book", None),
        ("file:///srv/git/book", None),
        ("C:\\books\\book", None),
        ("https://github.com/someone", None),
        ("books/mine", None),
        ("git@nowhere:someone/book", None),  # no alias that ssh knows
        ("", None),
    ],
)
def test_page_of_a_remote(remote, page, ssh):
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
    assert publisher == Publisher("https://github.com/someone/a-fork", "trunk", FORGES["github"])
    clone("remote", "add", "mine", "https://gitlab.com/me/book.git")
    clone("config", "branch.trunk.remote", "mine")  # the branch follows another remote
    assert repository_buttons.publisher(clone.folder, {}).url == "https://gitlab.com/me/book"


def test_the_environment_of_ci_comes_before_the_remote(clone):
    clone("remote", "add", "origin", "git@github.com:someone/upstream.git")
    github = {"GITHUB_REPOSITORY": "me/fork", "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "v2"}
    assert repository_buttons.publisher(clone.folder, github) == Publisher(
        "https://github.com/me/fork", "v2", FORGES["github"]
    )
    pull = {**github, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REF_NAME": "7/merge"}
    assert repository_buttons.publisher(clone.folder, pull).branch == "main"
    gitlab = {"CI_PROJECT_URL": "https://gitlab.com/me/book", "CI_DEFAULT_BRANCH": "master"}
    assert repository_buttons.publisher(clone.folder, gitlab) == Publisher(
        "https://gitlab.com/me/book", "master", FORGES["gitlab"]
    )


def test_a_maintainer_has_the_last_word(clone):
    clone("remote", "add", "origin", "git@github.com:someone/upstream.git")
    settings = {"BOOK_REPOSITORY": "https://github.com/school/book", "BOOK_BRANCH": "2027"}
    assert repository_buttons.publisher(
        clone.folder, settings | {"GITHUB_REPOSITORY": "me/fork"}
    ) == (Publisher("https://github.com/school/book", "2027", FORGES["github"]))
    assert repository_buttons.publisher(clone.folder, {"BOOK_REPOSITORY": ""}) is None


FILE = "chapters/a b.ipynb"


@pytest.mark.parametrize(
    ("url", "settings", "source", "edit", "binder"),
    [
        ("https://github.com/me/fork", {}, "/blob/2.x/chapters/a%20b.ipynb?plain=1",
         "/edit/2.x/chapters/a%20b.ipynb", "gh/me/fork/2.x"),
        ("https://gitlab.com/me/sub/fork", {}, "/-/blob/2.x/chapters/a%20b.ipynb?plain=1",
         "/-/edit/2.x/chapters/a%20b.ipynb", "gl/me%2Fsub%2Ffork/2.x"),
        ("https://codeberg.org/me/fork", {}, "/src/branch/2.x/chapters/a%20b.ipynb?display=source",
         "/_edit/2.x/chapters/a%20b.ipynb", "git/https%3A%2F%2Fcodeberg.org%2Fme%2Ffork/2.x"),
        ("https://bitbucket.org/me/fork", {}, "/src/2.x/chapters/a%20b.ipynb",
         "/src/2.x/chapters/a%20b.ipynb?mode=edit",
         "git/https%3A%2F%2Fbitbucket.org%2Fme%2Ffork/2.x"),
        ("https://gitlab.example.org/me/fork", {}, "/-/blob/2.x/chapters/a%20b.ipynb?plain=1",
         "/-/edit/2.x/chapters/a%20b.ipynb", ""),
        ("https://git.example.org/me/fork", {"BOOK_FORGE": "forgejo"},
         "/src/branch/2.x/chapters/a%20b.ipynb?display=source",
         "/_edit/2.x/chapters/a%20b.ipynb", ""),
        ("https://git.example.org/me/fork", {"BOOK_SOURCE": "{url}/tree/{file}?h={branch}"},
         "/tree/chapters/a%20b.ipynb?h=2.x", "", ""),
    ],
)  # fmt: skip
def test_the_pages_of_five_forges(url, settings, source, edit, binder, tmp_path):
    here = repository_buttons.publisher(
        tmp_path, {"BOOK_REPOSITORY": url, "BOOK_BRANCH": "2.x", **settings}
    )
    pages = here.pages(FILE, "chapters/a b")
    assert [pages["source"], pages["edit"]] == [url + source, url + edit if edit else ""]
    wanted = f"{repository_buttons.BINDER}/{binder}?urlpath=lab/tree/chapters/a%20b.ipynb"
    assert here.binder(FILE) == (wanted if binder else "")


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"BOOK_REPOSITORY": ""}, None),
        ({"BOOK_REPOSITORY": "https://github.com/me/fork"}, None),
        ({}, "there is no git remote"),
        ({"BOOK_REPOSITORY": "/srv/git/book.git"}, "no address on the web"),
        ({"BOOK_REPOSITORY": "https://git.example.org/me/fork"},
         "the software of git.example.org is unknown; BOOK_FORGE names it (github, gitlab, "),
        ({"BOOK_REPOSITORY": "https://mygithub.org/me/fork"}, "mygithub.org is unknown"),
        ({"BOOK_REPOSITORY": "https://gitlab.example.org/me/fork"}, "Binder, since only you know"),
        ({"BOOK_REPOSITORY": "https://bitbucket.org/me/fork"}, "for: issue, since not every"),
        ({"BOOK_REPOSITORY": "https://git.example.org/me/fork", "BOOK_SOURCE": "{url}/{file}"},
         "for: edit, since BOOK_EDIT gives no pattern; issue, since"),
        ({"BOOK_REPOSITORY": "ssh://git@ssh.gitlab.example.org:443/me/fork.git"},
         "The others lead to https://ssh.gitlab.example.org/me/fork, but ssh.gitlab.example.org "),
        ({"BOOK_REPOSITORY": "ssh://git@gitlab.example.org:22/me/fork.git"}, "only you know"),
        ({"BOOK_REPOSITORY": "ssh://git@ssh.github.com:443/me/fork.git"}, None),
    ],
)  # fmt: skip
def test_a_build_says_which_buttons_are_missing_and_why(settings, part, tmp_path):
    note = repository_buttons.note(tmp_path, settings)
    assert part in note if part else note == ""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"BOOK_FORGE": "cgit"}, "BOOK_FORGE should be one of github, gitlab, forgejo, bitbucket"),
        ({"BOOK_EDIT": "{url}/edit"}, "BOOK_EDIT should contain {file}, but is {url}/edit"),
    ],
)
def test_settings_that_cannot_be_used_stop_the_build(settings, message, tmp_path):
    settings = {"BOOK_REPOSITORY": "https://git.example.org/me/fork", **settings}
    with pytest.raises(SystemExit, match=re.escape(message)):
        repository_buttons.publisher(tmp_path, settings)


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


@pytest.mark.parametrize(
    "remote",
    ["git@github.com:me/fork.git", "https://codeberg.org/me/fork.git", "/srv/git/fork.git"],
)
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
    links = {
        "github": [
            "https://mybinder.org/v2/gh/me/fork/trunk?urlpath=lab/tree/chapters/page.ipynb",
            "https://github.com/me/fork/edit/trunk/chapters/page.ipynb",
            "https://github.com/me/fork/issues/new?",
            'href="https://github.com/me/fork"',
        ],
        "codeberg": [
            "https://codeberg.org/me/fork/_edit/trunk/chapters/page.ipynb",
            'href="https://codeberg.org/me/fork"',
        ],
    }
    for forge, addresses in links.items():
        assert [link in text for link in addresses] == [forge in remote] * len(addresses)
    assert ("mybinder" in text) == ("/srv/git" not in remote)
    assert "/srv/git" not in text


def test_the_words_of_the_buttons_can_be_translated():
    """The theme's own catalogues lack most of them."""
    program = Path(repository_buttons.__file__).read_text(encoding="utf-8")
    said = set(re.findall(r"""words\(["']([^"']+)["']\)""", program))
    assert len(said) > 8
    assert said <= set(words.THEIRS)
