"""Serve a folder on this machine, compressed as public hosts do it."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

# The kinds of files that public hosts compress, by the beginning of their names.
COMPRESSIBLE = (
    "text/",
    "application/javascript",
    "application/json",
    "image/svg",
    "application/xml",
)


@functools.lru_cache(maxsize=256)
def compress(path: str, modification_time: float) -> bytes:
    """Return the compressed contents of a file, for as long as it does not change."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files without logging, compressed if the browser accepts that."""

    protocol_version = "HTTP/1.1"

    def send_head(self):
        """Send the headers; return the file, compressed where that is possible."""
        path = self.translate_path(self.path)
        kind = self.guess_type(path)
        accepts_gzip = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepts_gzip and kind.startswith(COMPRESSIBLE) and os.path.isfile(path)):
            return super().send_head()
        content = compress(path, os.path.getmtime(path))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", self.date_time_string(int(os.path.getmtime(path))))
        self.end_headers()
        return io.BytesIO(content)

    def log_message(self, *args):
        """Print nothing."""


@contextlib.contextmanager
def serve(
    folder: Path, kind: type[http.server.SimpleHTTPRequestHandler] = Handler
) -> Iterator[str]:
    """Serve a folder on this machine only, with a handler of some kind; yield its address."""
    handler = functools.partial(kind, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
