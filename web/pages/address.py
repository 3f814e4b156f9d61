"""For those who publish the book: canonical addresses, cards for social media, a sitemap.

The address is looked for in BOOK_ADDRESS, in ``html_baseurl``, and in what GitHub Actions and
GitLab CI say of the pages that they publish.  Where none is found, as on a reader's own machine,
nothing is made: a page then does not mention any other place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

EXTENSIONS = ("sphinxext.opengraph", "sphinx_sitemap")
SETTINGS = {
    "ogp_enable_meta_description": False,  # _config.yml has one
    "ogp_type": "website",
    "sitemap_url_scheme": "{link}",
    "sitemap_excludes": ["search.html", "genindex.html"],
}


def address(environment: Mapping[str, str] = os.environ, configured: str = "") -> str | None:
    """Return where the book will be published, with a slash at the end; None if nobody knows.

    Parameters
    ----------
    environment : mapping of str to str, optional
        The environment variables; those of this process by default.
    configured : str, optional
        What _config.yml says as ``html_baseurl``.
    """
    found = environment.get("BOOK_ADDRESS")
    if found is None:
        found = configured or environment.get("CI_PAGES_URL", "")
        on_github = environment.get("GITHUB_SERVER_URL") == "https://github.com"
        if not found and on_github and "/" in environment.get("GITHUB_REPOSITORY", ""):
            owner, name = environment["GITHUB_REPOSITORY"].lower().split("/")
            host = f"{owner}.github.io"
            found = f"https://{host}/" if name == host else f"https://{host}/{name}/"
    return f"{found.rstrip('/')}/" if found else None


def set_address(app, config) -> None:
    """Give Sphinx and the extensions the address."""
    home = address(configured=config.html_baseurl)
    config.html_baseurl = home or ""
    if home is not None:
        config.ogp_site_url = home
        for name, value in SETTINGS.items():
            setattr(config, name, value)


def setup(app) -> None:
    """Connect to Sphinx; load the extensions that need an address if there is one."""
    app.connect("config-inited", set_address, priority=100)
    if address(configured=app.config.html_baseurl) is not None:
        for name in EXTENSIONS:
            app.setup_extension(name)
