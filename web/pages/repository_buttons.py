"""Point the buttons for Binder, source, edits and issues at the repository of this copy.

The address comes, in this order, from BOOK_REPOSITORY (and BOOK_BRANCH), from the variables of
GitHub Actions or GitLab CI, and from the git remote.  So a fork has nothing to configure, and a
copy without an address, such as one from a disk, has no such buttons.  An empty BOOK_REPOSITORY
hides them.
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
    """The public repository of this copy of the book.

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
        The output of ``git remote get-url``: an https or ssh address, or a path.
    """
    remote = remote.strip()
    match = re.fullmatch(
        r"(?:(?:https?|ssh|git)://)?(?:[^@/\s]+@)?([\w.-]+\.[a-z]+)(?::\d+(?=/))?[:/]([^\s:]+?)/?",
        remote,
    )
    if match is None or remote.startswith((".", "/")):
        return None
    host, path = match[1].lower(), match[2].strip("/").removesuffix(".git")
    if path.count("/") < 1 or not any(name in host for name in PROVIDERS):
        return None
    return f"https://{host}/{path}"


def git(root: Path, *arguments: str) -> str:
    """Return the output of git in a folder; "" if there is no git or no repository."""
    try:
        process = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return process.stdout.strip() if process.returncode == 0 else ""


def publisher(root: Path, environment: Mapping[str, str] = os.environ) -> Publisher | None:
    """Return the public repository of the copy of the book in a folder.

    Parameters
    ----------
    root : Path
        A folder of the repository.
    environment : mapping of str to str, optional
        The environment variables; those of this process by default.

    Returns
    -------
    Publisher or None
        None if there is no address that the theme's buttons can use.
    """
    setting = environment.get("BOOK_REPOSITORY")
    branch = environment.get("BOOK_BRANCH", "")
    if setting is not None:
        remote = setting
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
        upstream = git(root, "config", f"branch.{here}.remote") if here else ""
        name = upstream or "origin"
        remote = git(root, "remote", "get-url", name)
        default = git(root, "symbolic-ref", "--short", f"refs/remotes/{name}/HEAD")
        branch = branch or default.removeprefix(f"{name}/") or here
    url = web_address(remote)
    return Publisher(url, branch or "main") if url else None


def show_buttons(app, config) -> None:
    """Set the theme's options, if there is an address."""
    here = publisher(Path(app.confdir))
    if here is not None:
        config.html_theme_options = {**config.html_theme_options, **here.theme_options}


def setup(app) -> dict:
    """Connect to Sphinx."""
    app.connect("config-inited", show_buttons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
