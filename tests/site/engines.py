"""Firefox and WebKitGTK as they are installed, driven by the protocols that they speak themselves.

Firefox has WebDriver BiDi, over a websocket, and needs no other program.  WebKitGTK has a driver,
WebKitWebDriver, which understands WebDriver over HTTP, and a screen, which Xvfb stands in for.
Both stand on a dark desktop, as Chromium does on a light one in the other tests.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.client
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tornado.websocket import websocket_connect

from web import server
from web.build import BUILD

REQUIRED = os.environ.get("ENGINES") == "required"  # as in public CI, which installs both
PATIENCE = 300  # seconds, on a machine with other work to do
WIDTH, HEIGHT = 1280, 900
KEYS = {"Control": "\ue009", "Shift": "\ue008", "Enter": "\ue007", "Escape": "\ue00c"}
# At the head of every page: what goes wrong there is told to the server, before anything else
# happens.  Neither driver tells what pages write on the console of every engine.
HOOK = b"""<script>(() => {
  let leaving = false;  // what is given up on the way to another page is no fault of this one
  const leave = () => { leaving = true; };
  for (const kind of ["beforeunload", "pagehide"]) addEventListener(kind, leave);
  const tell = (text) => {
    if (leaving) return;
    const request = new XMLHttpRequest();
    request.open("POST", "/complaint", false);
    request.send(`${location.pathname}: ${text}`);
  };
  const lost = ({ src, href }) => `${src || href} did not arrive`;
  addEventListener("error", (event) => {
    // What has been put off to the next frame, and what is asked for again when it is needed.
    if (event.message?.startsWith("ResizeObserver loop") || event.target.rel === "preload") return;
    tell(event.message ?? lost(event.target));
  }, true);
  addEventListener("unhandledrejection", (event) => tell(String(event.reason)));
  for (const kind of ["error", "warn"]) {
    const write = console[kind];
    console[kind] = (...all) => { tell(`${kind}: ${all.join(" ")}`); write(...all); };
  }
})();</script>"""
SETTINGS = {
    "ui.systemUsesDarkTheme": 1,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.proxy.type": 0,  # none: the site is on this machine
}


@contextlib.contextmanager
def served(folder: Path):
    """Serve a folder; give its address, and what goes wrong on its pages."""
    wrong = []

    class Handler(server.Handler):
        def log_request(self, code="-", size="-"):
            """Note what is missing."""
            # Firefox itself asks for the icon of a page to which it goes back.
            if int(code) >= 400 and self.path != "/favicon.ico":
                wrong.append(f"{int(code)} {self.path}")

        def send_head(self):
            """Send the headers; return the file, a page with the hook."""
            path = Path(self.translate_path(self.path))
            if path.suffix != ".html" or not path.is_file():
                return super().send_head()
            content = path.read_bytes().replace(b"<head>", b"<head>" + HOOK, 1)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            return io.BytesIO(content)

        def do_POST(self):
            """Note a complaint."""
            wrong.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

    with server.serve(folder, Handler) as home:
        yield home, wrong


def find(*names: str) -> str | None:
    """Return the path of the first of some programs that is installed, or None."""
    return next(filter(None, map(shutil.which, names)), None)


def until(look, what: str, problems: Iterable[str] = ()):
    """Look again and again until there is something; return that."""
    last = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > last:
            raise TimeoutError("\n".join([f"after {PATIENCE} s still not so: {what}", *problems]))
        time.sleep(0.05)
    return found


def end(process: subprocess.Popen):
    """End a program and all that it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)


class EngineError(Exception):
    """What a browser answers when it cannot do what it is asked for."""


class Engine:
    """A browser with one window.

    Attributes
    ----------
    name : str
        What it is called.
    programs : tuple of tuple of str
        What has to be installed, each by the names that it may have.
    log : pathlib.Path
        What is printed by all programs that run.
    version : str
        Which version runs, as it says itself.

    What is started is ended by ``close``, with all that it has started itself.
    """

    name = ""
    programs = ()

    def __init__(self):
        self.paths = [find(*names) for names in self.programs]
        if not all(self.paths):
            refuse = pytest.fail if REQUIRED else pytest.skip
            refuse(f"{self.name} is not installed")
        self.ending = contextlib.ExitStack()
        try:
            folder = tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True)
            self.folder = Path(self.ending.enter_context(folder))
            self.log = self.folder / "log.txt"
            self.start()
        except BaseException:
            self.close()
            raise

    def run(self, *command: str, pass_fds=(), **variables: str):
        """Start a program in a group of its own, which ends with this one however that ends."""
        guard = ["setpriv", "--pdeathsig", "TERM"] if find("setpriv") else []  # Linux has it
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*guard, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **variables},
                pass_fds=pass_fds,
                start_new_session=True,
            )
        self.ending.callback(end, process)

    def close(self):
        """End all that was started."""
        self.ending.close()

    def evaluate(self, function: str, *values):
        """Call a function of JavaScript in the page; return what it gives, or promises."""
        arguments = ", ".join(map(json.dumps, values))
        answer = self.call(f"Promise.resolve(({function})({arguments})).then(JSON.stringify)")
        return None if answer is None else json.loads(answer)

    def wait(self, function: str, *values):
        """Wait until a function of JavaScript gives something in the page; return that."""
        problems = []

        def look():
            try:
                return self.evaluate(function, *values)
            except EngineError as error:  # such as that another page is just being loaded
                problems[:] = [str(error)]

        return until(look, f"{function} of {values}", problems)

    def press(self, keys: str):
        """Press keys together, as in Control+Enter."""
        down = [KEYS.get(key, key) for key in keys.split("+")]
        self.act([("keyDown", key) for key in down] + [("keyUp", key) for key in reversed(down)])

    def picture(self) -> bytes:
        """Return what the window shows, as PNG."""
        return base64.b64decode(self.capture())

    def type(self, text: str):
        """Press the keys of a text, one after the other."""
        self.act([(kind, key) for key in text for kind in ("keyDown", "keyUp")])


class Firefox(Engine):
    """Firefox, by WebDriver BiDi."""

    name = "Firefox"
    programs = (("firefox-esr", "firefox"),)

    def start(self):
        """Start the browser, and connect with it."""
        settings = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in SETTINGS.items()]
        (self.folder / "user.js").write_text("\n".join(settings), encoding="utf-8")
        self.run(
            self.paths[0], "--headless", "--no-remote", "--remote-debugging-port", "0",
            "--profile", str(self.folder),
        )  # fmt: skip
        found = until(self.address, "Firefox says where it listens")
        # The tests of other files may have an event loop in this thread; this one has its own.
        self.thread = self.ending.enter_context(ThreadPoolExecutor(1))
        self.loop = asyncio.new_event_loop()
        self.ending.callback(self.loop.close)
        self.socket, self.number = self.do(self.connect(found)), 0
        self.ending.callback(lambda: self.do(self.disconnect()))
        session = self.command("session.new", capabilities={})
        self.version = session["capabilities"]["browserVersion"]
        (context,) = self.command("browsingContext.getTree")["contexts"]
        self.context = context["context"]
        self.resize(HEIGHT)

    def address(self):
        """Return where the browser listens, once it does."""
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            text = (self.folder / "WebDriverBiDiServer.json").read_text(encoding="utf-8")
            return "ws://{ws_host}:{ws_port}/session".format(**json.loads(text))

    def do(self, coroutine):
        """Run a coroutine to its end, in the thread for that."""
        return self.thread.submit(self.loop.run_until_complete, coroutine).result()

    async def connect(self, address: str):
        """Return a connection with the browser."""
        return await websocket_connect(address)

    async def disconnect(self):
        """Close the connection."""
        self.socket.close()
        await asyncio.sleep(0)

    async def talk(self, message: dict) -> dict:
        """Send a message, and return the answer to it."""
        await self.socket.write_message(json.dumps(message))
        while (text := await self.socket.read_message()) is not None:
            answer = json.loads(text)
            if answer.get("id") == message["id"]:
                return answer
        raise EngineError("the browser has closed the connection")

    def command(self, method: str, **parameters) -> dict:
        """Give a command, and return its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        answer = self.do(asyncio.wait_for(self.talk(message), PATIENCE))
        if answer["type"] == "error":
            raise EngineError(f"{answer['error']}: {answer['message']}")
        return answer["result"]

    def resize(self, height: int):
        """Let the window have some height."""
        size = {"width": WIDTH, "height": height}
        self.command("browsingContext.setViewport", context=self.context, viewport=size)

    def capture(self) -> str:
        """Return what the window shows, as PNG in base64."""
        return self.command("browsingContext.captureScreenshot", context=self.context)["data"]

    def open(self, address: str):
        """Go to a page, and wait until it is loaded."""
        self.command("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def call(self, expression: str):
        """Return the text that a promise gives, or None."""
        answer = self.command(
            "script.evaluate",
            expression=expression,
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise EngineError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def act(self, keys: list[tuple[str, str]]):
        """Press and release keys."""
        actions = [{"type": kind, "value": key} for kind, key in keys]
        one = {"type": "key", "id": "keyboard", "actions": actions}
        self.command("input.performActions", context=self.context, actions=[one])


class WebKit(Engine):
    """WebKitGTK's own small browser, by WebDriver."""

    name = "WebKitGTK"
    programs = (("WebKitWebDriver",), ("Xvfb",))

    def start(self):
        """Start a screen, the driver and the browser."""
        driver, screen = self.paths
        reading, writing = os.pipe()
        self.run(
            screen, "-displayfd", str(writing), "-screen", "0", "1600x2600x24", "-nolisten", "tcp",
            pass_fds=(writing,),
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as answer:
            display = answer.readline().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.run(
            driver,
            f"--port={self.port}",
            DISPLAY=f":{display}",
            GDK_BACKEND="x11",
            GTK_THEME="Adwaita:dark",
            HOME=str(self.folder),
        )
        self.session = ""
        until(self.listens, "WebKitWebDriver listens")
        limits = {"script": PATIENCE * 1000, "pageLoad": PATIENCE * 1000}
        wanted = {"capabilities": {"alwaysMatch": {"timeouts": limits}}}
        session = self.command("POST", "/session", wanted)
        self.version = session["capabilities"]["browserVersion"]
        self.session = f"/session/{session['sessionId']}"
        self.ending.callback(self.command, "DELETE", "")
        self.resize(HEIGHT)

    def listens(self) -> bool:
        """Tell whether the driver answers."""
        with contextlib.suppress(ConnectionError):
            return self.command("GET", "/status")["ready"]
        return False

    def command(self, method: str, path: str, body: dict | None = None):
        """Give a command, and return its result."""
        text = None if body is None else json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2 * PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, self.session + path, text)
            value = json.loads(connection.getresponse().read())["value"]
        if isinstance(value, dict) and "error" in value:
            raise EngineError(f"{value['error']}: {value['message']}")
        return value

    def resize(self, height: int):
        """Let the window have some height, and what is above the page some more."""
        self.command(
            "POST", "/window/rect", {"x": 0, "y": 0, "width": WIDTH, "height": height + 40}
        )

    def capture(self) -> str:
        """Return what the window shows, as PNG in base64."""
        return self.command("GET", "/screenshot")

    def open(self, address: str):
        """Go to a page, and wait until it is loaded."""
        self.command("POST", "/url", {"url": address})

    def call(self, expression: str):
        """Return the text that a promise gives, or None."""
        script = (
            "const done = arguments[0];"
            f"{expression}.then((v) => done([v]), (error) => done({{ problem: String(error) }}))"
        )
        answer = self.command("POST", "/execute/async", {"script": script, "args": []})
        if isinstance(answer, dict):
            raise EngineError(answer["problem"])
        return answer[0]

    def act(self, keys: list[tuple[str, str]]):
        """Press and release keys."""
        actions = [{"type": kind, "value": key} for kind, key in keys]
        one = {"type": "key", "id": "keyboard", "actions": actions}
        self.command("POST", "/actions", {"actions": [one]})


ENGINES = (Firefox, WebKit)
