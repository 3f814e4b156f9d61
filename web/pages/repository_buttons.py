"""Show buttons for Binder, source, edits and issues of the repository of this copy.

The address comes, in this order, from BOOK_REPOSITORY (and BOOK_BRANCH), from the variables of
GitHub Actions or GitLab CI, and from the git remote.  So a fork has nothing to configure, and a
copy without an address, such as one from a disk, has no such buttons.  An empty BOOK_REPOSITORY
hides them.

GitHub, GitLab, Forgejo or Gitea (Codeberg), and Bitbucket are known by their hosts' names; for
another host BOOK_FORGE names the software, or BOOK_SOURCE and BOOK_EDIT are patterns with
``{file}`` and ``{branch}``.  What is missing for a button is said at the end of a build.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from sphinx.locale import get_translation

BINDER = "https://mybinder.org/v2"
words = get_translation("booktheme")  # the theme's catalogue has the words of these buttons
PUBLIC = {  # hosts that everybody can read, Binder too
    "github.com": "github",
    "gitlab.com": "gitlab",
    "codeberg.org": "forgejo",
    "gitea.com": "forgejo",
    "bitbucket.org": "bitbucket",
}
SOFTWARE = {"github": "github", "gitlab": "gitlab", "forgejo": "forgejo", "gitea": "forgejo"}
WHY_NONE = {  # why there is no button of a kind
    "source": "source, since BOOK_SOURCE gives no pattern",
    "edit": "edit, since BOOK_EDIT gives no pattern",
    "issue": "issue, since not every repository there takes issues",
}
DOORS = {  # where ssh is served on port 443 for those who have no other port
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}


@dataclass(frozen=True)
class Forge:
    """Patterns of a forge's pages with {url}, {branch}, {file} and {title}; "" for none."""

    icon: str
    source: str
    edit: str
    issue: str


FORGES = {
    "github": Forge(
        "fab fa-github",
        "{url}/blob/{branch}/{file}?plain=1",
        "{url}/edit/{branch}/{file}",
        "{url}/issues/new?title={title}",
    ),
    "gitlab": Forge(
        "fab fa-gitlab",
        "{url}/-/blob/{branch}/{file}?plain=1",
        "{url}/-/edit/{branch}/{file}",
        "{url}/-/issues/new?issue[title]={title}",
    ),
    "forgejo": Forge(
        "fas fa-code-branch",
        "{url}/src/branch/{branch}/{file}?display=source",
        "{url}/_edit/{branch}/{file}",
        "{url}/issues/new?title={title}",
    ),
    "bitbucket": Forge(
        "fab fa-bitbucket",
        "{url}/src/{branch}/{file}",
        "{url}/src/{branch}/{file}?mode=edit",
        "",  # a repository has issues there only if somebody has switched them on
    ),
}


@dataclass(frozen=True)
class Publisher:
    """The public repository of this copy of the book.

    Attributes
    ----------
    url : str
        Address of the repository, such as https://github.com/someone/book.
    branch : str
        The branch that the buttons point to.
    forge : Forge
        Where it has the pages of a file.
    """

    url: str
    branch: str
    forge: Forge

    def pages(self, file: str, document: str) -> dict[str, str]:
        """Return the addresses for a file of the repository, by kind; "" where there is none."""
        parts = {
            "url": self.url,
            "branch": quote(self.branch),
            "file": quote(file),
            "title": quote(f"Issue on page /{document}.html", safe=""),
        }
        kinds = {"source": self.forge.source, "edit": self.forge.edit, "issue": self.forge.issue}
        return {kind: pattern.format(**parts) for kind, pattern in kinds.items()}

    def binder(self, file: str) -> str:
        """Return the address that opens a notebook in Binder; "" if Binder may not read it."""
        host, path = urlsplit(self.url).netloc, urlsplit(self.url).path.strip("/")
        if host not in PUBLIC:
            return ""
        place = {
            "github.com": f"gh/{path}",
            "gitlab.com": f"gl/{quote(path, safe='')}",
        }.get(host, f"git/{quote(self.url, safe='')}")
        branch = quote(self.branch, safe="")
        return f"{BINDER}/{place}/{branch}?urlpath=lab/tree/{quote(file)}"


def real_host(alias: str) -> str:
    """Return the host for which a name stands in the settings of ssh, or the name."""
    try:
        process = subprocess.run(["ssh", "-G", alias], capture_output=True, text=True, check=False)
    except OSError:
        return alias
    found = re.search(r"(?m)^hostname (\S+)$", process.stdout)
    return found[1] if found else alias


def web_address(remote: str) -> str | None:
    """Return the page of a git remote, without user names or tokens; None if it has none.

    Parameters
    ----------
    remote : str
        The output of ``git remote get-url``: an https or ssh address, or a path.
    """
    match = re.fullmatch(
        r"(?:(?P<scheme>https?|ssh|git)://)?(?:[^@/\s]+@)?(?P<host>\w[\w-]*(?:\.[\w-]+)*)"
        r"(?P<port>:\d+(?=/))?(?P<mark>[:/])(?P<path>[^\s:]+?)/?",
        remote.strip(),
        flags=re.IGNORECASE,
    )
    if match is None:
        return None
    scheme, host = (match["scheme"] or "").lower(), match["host"].lower()
    if not scheme and match["mark"] == "/" and "." not in host:
        return None  # a path
    path = match["path"].strip("/").removesuffix(".git")
    if scheme in ("", "ssh"):
        host = real_host(host) if host not in PUBLIC else host
        host = DOORS.get(host, host)
    host = host.removeprefix("www.")
    if "." not in host or "/" not in path:
        return None
    port = match["port"] if scheme.startswith("http") and match["port"] else ""
    return f"{'http' if scheme == 'http' and host not in PUBLIC else 'https'}://{host}{port}/{path}"


def forge_of(url: str, environment: Mapping[str, str]) -> Forge | None:
    """Return where a repository's forge has its pages; None if that is unknown.

    Raises
    ------
    SystemExit
        If BOOK_FORGE names no forge of ``FORGES``, or a pattern lacks ``{file}``.
    """
    patterns = {name: environment.get(f"BOOK_{name}", "") for name in ("SOURCE", "EDIT")}
    for name, pattern in patterns.items():
        if pattern and "{file}" not in pattern:
            raise SystemExit(f"BOOK_{name} should contain {{file}}, but is {pattern}")
    name = environment.get("BOOK_FORGE") or PUBLIC.get(urlsplit(url).netloc)
    if name is None:  # a host such as gitlab.example.org
        labels = (urlsplit(url).hostname or "").split(".")
        name = next((SOFTWARE[label] for label in labels if label in SOFTWARE), None)
    if name is not None and name not in FORGES:
        raise SystemExit(f"BOOK_FORGE should be one of {', '.join(FORGES)}, not {name}")
    if any(patterns.values()):
        known = FORGES[name] if name else Forge("fas fa-code-branch", "", "", "")
        return replace(known, source=patterns["SOURCE"], edit=patterns["EDIT"])
    return FORGES[name] if name else None


def git(root: Path, *arguments: str) -> str:
    """Return the output of git in a folder; "" if there is no git or no repository."""
    try:
        process = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return process.stdout.strip() if process.returncode == 0 else ""


def remote_and_branch(root: Path, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the address of the repository as it is given, and the branch; "" if unknown."""
    setting = environment.get("BOOK_REPOSITORY")
    branch = environment.get("BOOK_BRANCH", "")
    if setting is not None:
        return setting, branch
    if "GITHUB_REPOSITORY" in environment:
        server = environment.get("GITHUB_SERVER_URL", "https://github.com")
        if environment.get("GITHUB_EVENT_NAME") != "pull_request":
            on_branch = environment.get("GITHUB_REF_TYPE") == "branch"
            branch = branch or (environment.get("GITHUB_REF_NAME", "") if on_branch else "")
        return f"{server}/{environment['GITHUB_REPOSITORY']}", branch
    if "CI_PROJECT_URL" in environment:
        branch = branch or environment.get("CI_COMMIT_BRANCH", "")
        return environment["CI_PROJECT_URL"], branch or environment.get("CI_DEFAULT_BRANCH", "")
    here = git(root, "symbolic-ref", "--short", "HEAD")
    name = (git(root, "config", f"branch.{here}.remote") if here else "") or "origin"
    default = git(root, "symbolic-ref", "--short", f"refs/remotes/{name}/HEAD")
    return git(root, "remote", "get-url", name), branch or default.removeprefix(f"{name}/") or here


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
        None if there is no address, or if its forge is unknown.
    """
    remote, branch = remote_and_branch(root, environment)
    url = web_address(remote)
    forge = forge_of(url, environment) if url else None
    return Publisher(url, branch or "main", forge) if forge else None


def note(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return in a sentence which buttons the pages lack, and why; "" if they have all.

    Parameters
    ----------
    root, environment
        As for ``publisher``.
    """
    if environment.get("BOOK_REPOSITORY") == "":
        return ""  # as asked for
    remote, _ = remote_and_branch(root, environment)
    url = web_address(remote)
    if not url:
        why = "the git remote is no address on the web" if remote else "there is no git remote"
        return f"No buttons for source, edits, issues and Binder: {why}; BOOK_REPOSITORY gives one."
    here = publisher(root, environment)
    host = urlsplit(url).netloc
    if here is None:
        return (
            f"No buttons for source, edits, issues and Binder: the software of {host} is unknown; "
            f"BOOK_FORGE names it ({', '.join(FORGES)}), or BOOK_SOURCE and BOOK_EDIT are patterns."
        )
    missing = [WHY_NONE[kind] for kind, page in here.pages("file", "page").items() if not page]
    missing += [] if here.binder("file") else ["Binder, since only you know who can read it"]
    parts = [f"No button on pages from {host} for: {'; '.join(missing)}."] if missing else []
    if host not in PUBLIC and re.match(r"(?i)ssh://[^/]*:443/", remote):
        parts.append(
            f"The others lead to {url}, but {host} answers to ssh on the port of web pages: if "
            "these are on another host, BOOK_REPOSITORY gives their address."
        )
    return " ".join(parts)


def link(url: str, text: str, tooltip: str, icon: str, label: str) -> dict[str, str]:
    """Return a button of the theme."""
    button = {"url": url, "text": text, "tooltip": tooltip, "icon": icon, "label": label}
    return {"type": "link", **button}


def group(tooltip: str, icon: str, label: str, buttons: list[dict]) -> dict:
    """Return a group of the theme's buttons."""
    return {"type": "group", "tooltip": tooltip, "icon": icon, "label": label, "buttons": buttons}


def add_buttons(app, pagename, templatename, context, doctree) -> None:
    """Add the groups of buttons to the top of a page."""
    here = app.config.book_publisher
    if here is None or "header_buttons" not in context:
        return
    source = [link(here.url, words("Repository"), words("Source repository"), here.forge.icon,
                   "source-repository-button")]  # fmt: skip
    if doctree is not None:
        file = Path(app.env.doc2path(pagename)).relative_to(app.srcdir).as_posix()
        pages = here.pages(file, pagename)
        kinds = {
            "source": (words("Show source"), words("Show source"), "fas fa-code", "file"),
            "edit": (words("Suggest edit"), words("Suggest edit"), "fas fa-pencil-alt", "edit"),
            "issue": (words("Open issue"), words("Open an issue"), "fas fa-lightbulb", "issues"),
        }
        for kind, (text, tooltip, icon, name) in kinds.items():
            if pages[kind]:
                source.append(link(pages[kind], text, tooltip, icon, f"source-{name}-button"))
        if file.endswith(".ipynb") and here.binder(file):
            binder = link(here.binder(file), "Binder", f"{words('Launch on')} Binder",
                          "_static/images/logo_binder.svg", "launch-binder")  # fmt: skip
            launch = group(
                words("Launch interactive content"), "fas fa-rocket", "launch-buttons", [binder]
            )
            context["header_buttons"].insert(0, launch)
    context["header_buttons"].append(
        group(words("Source repositories"), here.forge.icon, "source-buttons", source)
    )


def find(app, config) -> None:
    """Find the repository, once for all pages."""
    config.book_publisher = publisher(Path(app.confdir))


def setup(app) -> dict:
    """Connect to Sphinx: after the theme, which begins the list of a page's buttons."""
    app.add_config_value("book_publisher", None, "")
    app.connect("config-inited", find)
    app.connect("html-page-context", add_buttons, priority=501)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
