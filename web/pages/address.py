"""Canonical addresses, cards for social media and a sitemap, for a book that is published.

The address comes from BOOK_ADDRESS, from ``html_baseurl``, or from the variables by which GitHub
Actions and GitLab CI name the site they publish.  Without an address, as on a reader's own
machine, none of these is generated, and no page mentions another site.
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
    """Return where the book will be published, with a final slash; None if that is unknown.

    Parameters
    ----------
    environment : mapping of str to str, optional
        The environment variables; those of this process by default.
    configured : str, optional
        The value of ``html_baseurl`` in _config.yml.
    """
    url = environment.get("BOOK_ADDRESS")
    if url is None:
        url = configured or environment.get("CI_PAGES_URL", "")
        on_github = environment.get("GITHUB_SERVER_URL") == "https://github.com"
        if not url and on_github and "/" in environment.get("GITHUB_REPOSITORY", ""):
            owner, name = environment["GITHUB_REPOSITORY"].lower().split("/")
            host = f"{owner}.github.io"
            url = f"https://{host}/" if name == host else f"https://{host}/{name}/"
    return f"{url.rstrip('/')}/" if url else None


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
