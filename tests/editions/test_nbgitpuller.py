"""The links for a JupyterHub with nbgitpuller have the form that it reads."""

import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest

from tools.editions import handout, links
from web import ROOT

HUB = "https://hub.example.org"
REPOSITORY = "https://github.com/uni/backprop"


@pytest.mark.parametrize("hub", [HUB, f"{HUB}/", f"{HUB}/jupyter"])
@pytest.mark.parametrize("repository", [REPOSITORY, f"{REPOSITORY}/", f"{REPOSITORY}.git"])
def test_the_form(hub, repository):
    url = urlsplit(links.link(hub, repository, "hand out", "09-back-propagation.ipynb"))
    assert f"{url.scheme}://{url.netloc}{url.path}" == (
        f"{hub.rstrip('/')}/hub/user-redirect/git-pull"
    )
    assert parse_qs(url.query) == {
        "repo": [REPOSITORY],
        "branch": ["hand out"],
        "urlpath": ["lab/tree/backprop/09-back-propagation.ipynb"],
    }


def test_the_folder_is_opened_where_no_notebook_is_named():
    query = parse_qs(urlsplit(links.link(HUB, REPOSITORY, "main")).query)
    assert query["urlpath"] == ["lab/tree/backprop"]


def test_every_notebook_of_the_handout_has_a_link():
    found = links.handout_links(HUB, "handout", environment={"BOOK_REPOSITORY": REPOSITORY})
    names = [parse_qs(urlsplit(one).query)["urlpath"][0].rpartition("/")[2] for one in found]
    assert names == sorted(path.name for path in (ROOT / "chapters").glob("*.ipynb"))


def test_the_link_on_the_page_for_teachers_has_this_form():
    """With capital letters where a teacher writes names."""
    text = (ROOT / "chapters" / "teaching.md").read_text("utf-8")
    expected = links.link(
        "https://HUB", "https://github.com/OWNER/REPOSITORY", "handout", "09-back-propagation.ipynb"
    )
    assert f"```text\n{expected}\n```" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("hub.example.org", REPOSITORY, "main"), "hub should be an address"),
        ((HUB, "git@github.com:uni/backprop.git", "main"), "repository should be an address"),
        ((f"{HUB}?x=1", REPOSITORY, "main"), "hub should be"),
        ((HUB, REPOSITORY, ""), "branch should be"),
    ],
)
def test_what_cannot_be_a_link(arguments, message):
    with pytest.raises(ValueError, match=message):
        links.link(*arguments)


def test_a_hub_clones_from_any_host():
    for address in ("https://git.example.org/uni/backprop", "git@git.example.org:uni/backprop.git"):
        found = links.handout_links(HUB, "handout", environment={"BOOK_REPOSITORY": address})
        repositories = {parse_qs(urlsplit(one).query)["repo"][0] for one in found}
        assert repositories == {"https://git.example.org/uni/backprop"}


def test_a_repository_without_an_address_says_what_to_set():
    with pytest.raises(ValueError, match="BOOK_REPOSITORY should be the repository's address"):
        links.handout_links(HUB, "handout", environment={"BOOK_REPOSITORY": ""})


@pytest.fixture
def repository(tmp_path):
    """Return a repository with one commit, and a function that calls git there."""
    place = tmp_path / "book"
    place.mkdir()

    def git(*arguments, where=place):
        author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        return subprocess.run(
            ["git", *author, *arguments], cwd=where, capture_output=True, text=True, check=True
        ).stdout

    git("init", "-q", "-b", "main")
    git("config", "user.name", "A")
    git("config", "user.email", "a@example.org")
    (place / ".gitignore").write_text("_build\n")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return place, git


def test_editions_follow_each_other_and_merge_with_what_a_student_wrote(repository, tmp_path):
    """By git, with the strategy of nbgitpuller: the student's lines win."""
    place, git = repository
    folder = place / "_build" / "handout"
    folder.mkdir(parents=True)
    lines = ["one", "two", "three", "four", "five", "six", "seven"]
    (folder / "01.ipynb").write_text("\n".join(lines))
    head = git("rev-parse", "HEAD")
    assert handout.commit(folder, "handout", place)
    assert not handout.commit(folder, "handout", place)
    git("clone", "-q", "-b", "handout", str(place), str(tmp_path / "home"))
    home = tmp_path / "home"
    assert not (home / ".gitignore").exists()
    (home / "01.ipynb").write_text("\n".join(["mine", *lines[1:]]))
    git("commit", "-q", "-a", "-m", "student", where=home)
    (folder / "01.ipynb").write_text("\n".join(["corrected", *lines[1:-1], "corrected"]))
    (folder / "02.ipynb").write_text("new")
    assert handout.commit(folder, "handout", place)
    git("fetch", "-q", where=home)
    git("merge", "-q", "-Xours", "origin/handout", where=home)
    assert (home / "01.ipynb").read_text().split("\n") == ["mine", *lines[1:-1], "corrected"]
    assert (home / "02.ipynb").read_text() == "new"
    assert git("rev-parse", "HEAD") == head
    assert git("status", "--porcelain") == ""
    assert git("rev-list", "--count", "handout").strip() == "2"
