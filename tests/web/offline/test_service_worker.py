"""The service worker answers with the headers without which "Stop" loses the variables.

It runs here without a browser, in Deno, in a global scope with as much of one as an answer needs.
"""

import json
import os
import subprocess

import deno
import pytest

from web import ROOT

CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FIREFOX_ANDROID = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15"
BEFORE = """
const listeners = {};
globalThis.importScripts = () => {};
globalThis.words = { say: (text) => text, language: "en" };
globalThis.registration = { scope: "https://book.example/" };
globalThis.clients = { matchAll: async () => [] };
globalThis.addEventListener = (name, listener) => { listeners[name] = listener; };
const { agent, requests } = JSON.parse(Deno.args[0]);
Object.defineProperty(globalThis, "navigator", { value: { userAgent: agent } });
Object.defineProperty(globalThis, "caches", { value: { match: async () => undefined } });
globalThis.fetch = async () => new Response("text", { headers: { "Content-Type": "text/html" } });
"""
AFTER = """
const answers = [];
for (const asked of requests) {
  let answer = null;
  const request = { method: "GET", cache: "default", mode: "no-cors", ...asked };
  listeners.fetch({ request, waitUntil() {}, respondWith(response) { answer = response; } });
  const response = await answer;
  const headers = response && Object.fromEntries(response.headers);
  answers.push(response && { body: await response.text(), ...headers });
}
console.log(JSON.stringify(answers));
"""
PAGE = {
    "url": "https://book.example/chapters/06.html",
    "destination": "document",
    "mode": "navigate",
}
WORKER = {"url": "https://book.example/_static/live/worker.js", "destination": "worker"}
PICTURE = {"url": "https://book.example/a.png", "destination": "image"}
NOT_ITS_OWN = [
    PAGE | {"url": "https://book.example/lite/index.html"},
    PAGE | {"url": "https://another.example/index.html"},
    PAGE | {"method": "POST"},
    PICTURE | {"cache": "no-store"},
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Return a function that gives the service worker's answers to requests of a browser."""
    folder = tmp_path_factory.mktemp("service")
    file = folder / "worker.js"
    own = (ROOT / "web" / "offline" / "service-worker.js").read_text(encoding="utf-8")
    file.write_text(BEFORE + own + AFTER, encoding="utf-8")

    def ask(agent, *requests):
        told = json.dumps({"agent": agent, "requests": requests})
        command = [deno.find_deno_bin(), "run", "--no-config", "--no-remote", str(file), told]
        settings = {"DENO_DIR": str(folder), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
        process = subprocess.run(
            command, env=os.environ | settings, capture_output=True, text=True, check=False
        )
        assert process.returncode == 0, process.stderr
        return json.loads(process.stdout)

    return ask


@pytest.mark.parametrize(
    ("agent", "policy"),
    [
        (CHROMIUM, "credentialless"),
        (FIREFOX, "credentialless"),
        (FIREFOX_ANDROID, "require-corp"),
        (SAFARI, "require-corp"),
    ],
    ids=["Chromium", "Firefox", "Firefox on Android", "Safari"],
)
def test_pages_and_workers_are_isolated(answers, agent, policy):
    page, worker, picture = answers(agent, PAGE, WORKER, PICTURE)
    for answer in (page, worker):
        assert answer["cross-origin-opener-policy"] == "same-origin"
        assert answer["cross-origin-embedder-policy"] == policy
    for answer in (page, worker, picture):
        assert answer["body"] == "text"
        assert answer["content-type"] == "text/html"
    assert not [name for name in picture if name.startswith("cross-origin")]


def test_what_is_not_its_own_is_left_to_the_browser(answers):
    assert answers(CHROMIUM, *NOT_ITS_OWN) == [None] * len(NOT_ITS_OWN)
