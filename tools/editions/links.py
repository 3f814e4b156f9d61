"""Links by which students get the handout on a JupyterHub with nbgitpuller."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from web import ROOT
from web.pages import repository_buttons

from .chapters import notebooks


def link(hub: str, repository: str, branch: str, notebook: str = "") -> str:
    """Return a link that copies a branch of a repository into a home on a hub, and opens it.

    Parameters
    ----------
    hub : str
        Address of the hub, such as https://hub.example.org.
    repository : str
        Address of the repository, as a browser has it.
    branch : str
        The branch that is copied, and kept up to date.
    notebook : str, optional
        What JupyterLab opens, as a path in the branch; its folder by default.

    Raises
    ------
    ValueError
        If the hub or the repository is no address on the web, or the branch is empty.
    """
    for name, address in (("hub", hub), ("repository", repository)):
        url = urlsplit(address)
        if url.scheme not in ("http", "https") or not url.netloc or url.query or url.fragment:
            raise ValueError(f"{name} should be an address such as https://…, not {address!r}")
    if not branch:
        raise ValueError("branch should be the name of a branch, not ''")
    repository = repository.rstrip("/").removesuffix(".git")
    folder = repository.rpartition("/")[2]  # nbgitpuller's name for the copy
    place = "/".join(part for part in ("lab/tree", folder, notebook) if part)
    query = urlencode({"repo": repository, "branch": branch, "urlpath": place})
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{query}"


def handout_links(
    hub: str, branch: str, root: Path = ROOT, environment: Mapping[str, str] = os.environ
) -> list[str]:
    """Return the links to all notebooks of the handout, in a branch of the book's repository.

    Parameters
    ----------
    hub, branch : str
        As in ``link``.
    root : Path, optional
        The copy of the book whose repository is meant.
    environment : mapping of str to str, optional
        May have BOOK_REPOSITORY, the address of another repository.

    Raises
    ------
    ValueError
        If the repository has no address on the web.
    """
    remote, _ = repository_buttons.remote_and_branch(root, environment)
    url = repository_buttons.web_address(remote)  # a hub clones from it, whatever its software
    if url is None:
        raise ValueError(
            "BOOK_REPOSITORY should be the repository's address on the web, "
            f"as the git remote is none: {remote!r}"
        )
    return [link(hub, url, branch, path.name) for path in notebooks()]
