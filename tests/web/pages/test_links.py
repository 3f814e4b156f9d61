"""The check of external links: which addresses it requests, and which answers count."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from web.pages import links

CONFIGURATION = """
extensions = ["sphinxcontrib.bibtex", "web.pages.links"]
bibtex_bibfiles = []
linkcheck_ignore = ["https://"]
linkcheck_retries = 1
"""
PAGE = """
Links
=====
`a <{here}/200>`__ `b <{here}/404>`__ `c <{here}/403>`__ `d <{here}/404/1403.5>`__
`e <https://doi.org/10.1016/S0893-6080(05)80131-5>`__ `f <https://hdl.handle.net/1713/1>`__
`g <https://doi.org/the-identifier>`__
"""


class Server(BaseHTTPRequestHandler):
    """Answers with the status that comes first in the address."""

    def do_GET(self):
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self):
        self.do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Return the two reports of Sphinx on a page of links."""
    folder = tmp_path_factory.mktemp("links")
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = PAGE.format(here=f"http://127.0.0.1:{server.server_port}")
        (folder / "index.rst").write_text(page, encoding="utf-8")
        (folder / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "linkcheck", ".", "out"]
        subprocess.run(command, cwd=folder, capture_output=True, check=False)
        server.shutdown()
    lines = (folder / "out/output.json").read_text("utf-8").splitlines()
    return (folder / "out/output.txt").read_text("utf-8"), [json.loads(line) for line in lines]


def test_a_refusal_is_not_a_broken_link(report):
    lines = links.broken_links(report[0])
    assert report[0].count("[broken]") == 3
    assert sorted(line.split(" ")[2].split("/", 3)[3] for line in lines) == ["404/1403.5:", "404:"]


def test_registries_are_asked_not_publishers(report):
    addresses = {link["uri"] for link in report[1] if link["uri"].startswith("https:")}
    assert addresses == {
        "https://doi.org/api/handles/10.1016/S0893-6080(05)80131-5",
        "https://hdl.handle.net/api/handles/1713/1",
        "https://doi.org/the-identifier",
    }
