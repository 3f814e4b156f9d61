"""Point the buttons for Binder, source, edits and issues at whoever publishes this copy.

The address is looked for, in this order, in BOOK_REPOSITORY (and BOOK_BRANCH), in what GitHub
Actions or GitLab CI say of themselves, and in the git remote.  So a fork changes nothing, and
where no address is found, as in a copy from a disk, there are no such buttons.  An empty
BOOK_REPOSITORY hides them.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BINDER = "https://mybinder.org"
PROVIDERS = ("github", "gitlab")  # whose pages for edits and issues the theme knows


@dataclass(frozen=True)
class Publisher:
    """Where the sources of this copy of the book can be seen.

    Attributes
    ----------
    url : str
        Address of the repository, such as https://github.com/someone/book.
    branch : str
        The branch that the buttons point to.
    """

    url: str
    branch: str

    @property
    def provider(self) -> str:
        """Return "github" or "gitlab"."""
        host = self.url.split("/")[2]
        return next(name for name in PROVIDERS if name in host)

    @property
    def theme_options(self) -> dict:
        """Return the options of the theme that show the buttons."""
        public = self.url.startswith(("https://github.com/", "https://gitlab.com/"))
        options = {
            "repository_url": self.url,
            "repository_branch": self.branch,
            "repository_provider": self.provider,
            "use_repository_button": True,
            "use_source_button": True,
            "use_edit_page_button": True,
            "use_issues_button": True,
        }
        if public:
            options["launch_buttons"] = {
                "binderhub_url": BINDER,
                "notebook_interface": "jupyterlab",
            }
        return options


def web_address(remote: str) -> str | None:
    """Return the page of a git remote, without user names or tokens; None if it has none.

    Parameters
    ----------
    remote : str
        What ``git remote get-url`` prints: an https or ssh address, or a path.
    """
    remote = remote.strip()
    found = re.fullmatch(
        r"(?:(?:https?|ssh|git)://)?(?:[^@/\s]+@)?([\w.-]+\.[a-z]+)(?::\d+(?=/))?[:/]([^\s:]+?)/?",
        remote,
    )
    if found is None or remote.startswith((".", "/")):
        return None
    host, path = found[1].lower(), found[2].strip("/").removesuffix(".git")
    if path.count("/") < 1 or not any(name in host for name in PROVIDERS):
        return None
    return f"https://{host}/{path}"


def git(root: Path, *arguments: str) -> str:
    """Return what git says in a folder; nothing where there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def publisher(root: Path, environment: Mapping[str, str] = os.environ) -> Publisher | None:
    """Find out who publishes the copy of the book in a folder.

    Parameters
    ----------
    root : Path
        A folder of the repository.
    environment : mapping of str to str, optional
        The environment variables; those of this process by default.

    Returns
    -------
    Publisher or None
        None if there is no address that the theme's buttons could use.
    """
    said = environment.get("BOOK_REPOSITORY")
    branch = environment.get("BOOK_BRANCH", "")
    if said is not None:
        remote = said
    elif "GITHUB_REPOSITORY" in environment:
        server = environment.get("GITHUB_SERVER_URL", "https://github.com")
        remote = f"{server}/{environment['GITHUB_REPOSITORY']}"
        if environment.get("GITHUB_EVENT_NAME") != "pull_request":
            on_branch = environment.get("GITHUB_REF_TYPE") == "branch"
            branch = branch or (environment.get("GITHUB_REF_NAME", "") if on_branch else "")
    elif "CI_PROJECT_URL" in environment:
        remote = environment["CI_PROJECT_URL"]
        branch = branch or environment.get("CI_COMMIT_BRANCH", "")
        branch = branch or environment.get("CI_DEFAULT_BRANCH", "")
    else:
        here = git(root, "symbolic-ref", "--short", "HEAD")
        tracked = git(root, "config", f"branch.{here}.remote") if here else ""
        name = tracked or "origin"
        remote = git(root, "remote", "get-url", name)
        default = git(root, "symbolic-ref", "--short", f"refs/remotes/{name}/HEAD")
        branch = branch or default.removeprefix(f"{name}/") or here
    url = web_address(remote)
    return Publisher(url, branch or "main") if url else None


def show_buttons(app, config) -> None:
    """Hand what was found to the theme."""
    found = publisher(Path(app.confdir))
    if found is not None:
        config.html_theme_options = {**config.html_theme_options, **found.theme_options}


def setup(app) -> dict:
    """Connect to Sphinx."""
    app.connect("config-inited", show_buttons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
