// The book's service worker.  It isolates the pages, so that Python there can be interrupted, and
// keeps what a reader opens, so that it opens again without a network.
//
// Each version of the book has a cache of its own, with its list of files; a file goes into it only
// if it is what the list says.  One version is `current`.  As soon as the server has a `next` one,
// its cache is filled with everything that the current one holds; when it is `ready`, it takes the
// place of the current one, at the next view of a page.  So a version is never half there.  Of the
// `whole` book, pages come from the cache at once; of a part of it, only if the server still has
// the same version, or does not answer.

importScripts("_static/words.js"); // what it says, in the language of the book

const { say, language } = self.words;
const SCOPE = self.registration.scope;
const PREFIX = `book ${new URL(SCOPE).pathname} `; // other sites on the same host have caches too
const [LIST, VERSION, STATE] = ["book-files.json", "book-version.json", "state"].map((n) => SCOPE + n);
const OTHERS = /^lite\//; // JupyterLite has a service worker of its own
const PATIENCE = 4000; // milliseconds until a server counts as out of reach
const LOADERS = 4; // files that are loaded at the same time
// Foreign images remain possible where the engine knows this policy: not in Safari, not in Firefox
// on Android, which would ignore it.
const POLICY = /Chrom|^(?!.*Android).*Firefox/.test(navigator.userAgent) ? "credentialless" : "require-corp";

/** @type {Promise<KeeperView | null> | null} */
let view = null; // promise of what there is to show, as of the last view of a page
/** @type {Promise<void> | null} */
let filling = null; // promise of the end of a download
let problem = ""; // why the last one failed
let forgotten = 0; // how often all of it was
const working = new Set(); // promises of what pages have asked for

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, name = nameOf(request.url);
  const ours = name !== null && !OTHERS.test(name) && ["GET", "HEAD"].includes(request.method);
  if (!ours || request.cache === "no-store" || request.cache === "only-if-cached") return;
  if (request.mode === "navigate") {
    view = look(true);
    event.waitUntil(view.then(fill).catch(() => {})); // it is tried again at the next view
  }
  view ??= look();
  event.respondWith(answer(event, name).then((response) => isolated(request, response)));
});

// A page may ask to {begin} keeping what is opened, to keep files at some {addresses} or to {keep}
// the whole book, or to {forget} all of it.  It is told what is kept; while the book is loaded, it
// asks again and again, since a browser ends a service worker that nobody asks anything.
self.addEventListener("message", (/** @type {KeeperEvent} */ event) => event.waitUntil((async () => {
  const { data, ports: [port] } = event;
  if (data.begin || data.keep) await begin();
  if (data.keep) event.waitUntil(counted(keep(data.keep)));
  if (data.addresses) await counted(keepFiles(data.addresses.map(nameOf)));
  if (data.forget) await forgetAll();
  port.postMessage(await report());
})().catch((error) => event.ports[0].postMessage({ problem: error.message }))));

// The name of a file of the book, or null: its path on the site, without a query.
function nameOf(/** @type {string} */ url) {
  const path = url.split(/[?#]/)[0];
  if (!path.startsWith(SCOPE)) return null;
  const name = path.slice(SCOPE.length);
  return name === "" || name.endsWith("/") ? `${name}index.html` : name;
}

// --- What is kept

async function read(url, version) {
  const kept = await caches.match(url, { cacheName: PREFIX + version });
  return kept ? kept.json() : null;
}

/** @returns {Promise<KeeperState | null>} */
const state = () => read(STATE, "state");

async function write(/** @type {KeeperState} */ changed) {
  const cache = await caches.open(`${PREFIX}state`);
  await cache.put(STATE, new Response(JSON.stringify(changed)));
}

/** @param {string} url @param {RequestInit} [options] @returns {Promise<BookFiles>} */
async function load(url, options) {
  return (await fetch(url, { cache: "no-store", ...options })).json();
}

/** A version: its list of files, and its cache.  @param {string} version @returns {Promise<Version>} */
async function open(version) {
  /** @type {BookFiles} */
  let list = await read(LIST, version);
  if (!list) {
    list = await load(LIST);
    if (list.version !== version) throw new Error(say("The book on the server is being replaced."));
    await (await caches.open(PREFIX + version)).put(LIST, new Response(JSON.stringify(list)));
  }
  return { version, files: list.files, cache: await caches.open(PREFIX + version) };
}

async function namesIn(/** @type {Version} */ book) {
  const names = (await book.cache.keys()).map((request) => nameOf(request.url));
  return names.filter((name) => name in book.files);
}

function find(/** @type {Version} */ book, /** @type {string} */ name) {
  return book.cache.match(SCOPE + name, { ignoreVary: true });
}

async function begin() {
  if (await state()) return;
  const { version } = await load(VERSION);
  await open(version);
  await write({ current: version });
  view = null;
}

// Deletes the caches of some versions.
async function forget(condition) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && condition(name.slice(PREFIX.length))) await caches.delete(name);
  }
  view = null;
}

function counted(work) {
  working.add(work);
  return work.finally(() => working.delete(work));
}

// Forgets all of it: first ends what is at work, which might keep something anew.
async function forgetAll() {
  forgotten += 1;
  await caches.delete(`${PREFIX}state`);
  await Promise.allSettled([view, filling, ...working]);
  await forget(() => true);
  problem = "";
}

/**
 * What pages are shown from: `first` comes first.  `online` promises the version that the server
 * has, or null if it does not answer.  There is nothing to show if nothing is kept.
 * @returns {Promise<KeeperView | null>}
 */
async function look(navigates = false) {
  let now = await state();
  if (!now) return null;
  const windows = await self.clients.matchAll({ type: "window" });
  if (navigates && now.ready && windows.length < 2) { // no other page of the old version is open
    now = { current: now.next, whole: now.whole, complete: now.whole };
    await write(now);
    await forget((version) => version !== "state" && version !== now.current);
  }
  const current = await open(now.current);
  const online = load(VERSION, { signal: AbortSignal.timeout(PATIENCE) })
    .then(({ version }) => (version === current.version ? current : open(version)))
    .catch(() => null);
  return { current, online, first: now.complete ? current : (await online) ?? current };
}

// --- What a page gets

async function answer(event, name) {
  const { request } = event;
  const now = await view.catch(() => null);
  if (!now || !(name in now.first.files)) return fetch(request);
  const kept = await find(now.first, name);
  if (kept) return kept;
  try {
    /** @type {RequestInit} */
    const options = request.url.includes("?") ? {} : { cache: "no-cache" }; // a query has a hash
    const response = await fetch(request, options);
    if (request.method === "GET") {
      event.waitUntil(store(response.clone(), name, now.first).catch(() => {}));
    }
    return response;
  } catch (error) {
    const old = await find(now.current, name);
    if (!old && request.mode === "navigate") return excuse();
    if (!old) throw error;
    return old;
  }
}

function excuse() {
  const why = say("The server does not answer, and this page is not among those that your browser keeps.");
  const link = `<a href="${SCOPE}chapters/index.html">${say("The first page of the book")}</a>`;
  return new Response(`<!doctype html><html lang="${language}"><body dir="auto">
    <title>${say("Not kept")}</title><p>${why}<p>${link}`,
    { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

// The response, with the headers that let a page use shared memory, which interrupts Python.
function isolated(request, response) {
  if (!["document", "worker"].includes(request.destination) || !response.status) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", POLICY);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

// Keeps a file if it is what the list says; tells whether it is.
async function store(response, name, /** @type {Version} */ book) {
  if (response.status !== 200 || response.redirected) return false;
  const type = response.headers.get("Content-Type") ?? "";
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== book.files[name][1]) return false;
  const headers = { "Content-Type": type, "Content-Length": String(bytes.byteLength) };
  await book.cache.put(SCOPE + name, new Response(bytes, { headers }));
  return true;
}

// --- Downloads

// Begins to download the whole book; "on" goes on with it, unless it has failed.
async function keep(how) {
  if (how !== "on") problem = "";
  if (problem) return;
  const now = await state();
  if (!now.whole) await write({ ...now, whole: true, ready: false });
  await fill(await look());
}

async function keepFiles(names) {
  const now = await look();
  if (now) await copy(now.first, now.current, names);
}

// Downloads what is wanted and missing, once at a time.
function fill(/** @type {KeeperView | null} */ now) {
  filling ??= download(now)
    .then(() => { problem = ""; }, (error) => {
      const full = error.name === "QuotaExceededError";
      problem = full ? say("This browser has no room for it.") : error.message;
    })
    .finally(() => { filling = null; });
  return filling;
}

async function download(/** @type {KeeperView | null} */ now) {
  if (!now) return;
  const { current } = now, book = await now.online;
  if (!book) throw new Error(say("The server cannot be reached."));
  const { whole, complete, ready, next } = await state();
  const renewed = book !== current;
  if (renewed && next !== book.version) {
    await write({ current: current.version, whole, complete, next: book.version });
  } else if (renewed ? ready : complete || !whole) return;
  await forget((version) => !["state", current.version, book.version].includes(version));
  await copy(book, current, whole ? Object.keys(book.files) : await namesIn(current));
  const after = await state(); // which a page may have changed meanwhile
  if (!after || after.whole !== whole) return;
  await write({ ...after, ...(renewed ? { ready: true } : { complete: true }) });
  view = null;
}

function request(name) {
  return fetch(SCOPE + name, { cache: "no-store" })
    .catch(() => { throw new Error(say("The server cannot be reached.")); });
}

/**
 * Puts files into the cache of a book: from another one, where they are the same, or the server.
 * @param {Version} book
 * @param {Version} other
 * @param {string[]} names
 */
async function copy(book, other, names) {
  const there = new Set(await namesIn(book));
  const missing = names.filter((name) => name in book.files && !there.has(name));
  const before = forgotten;
  const work = async () => {
    for (let name = missing.pop(); name; name = missing.pop()) {
      if (forgotten !== before) throw new Error(say("It is being removed."));
      const same = book !== other && other.files[name]?.[1] === book.files[name][1];
      const response = (same && await find(other, name)) || await request(name);
      if (!(await store(response, name, book))) {
        throw new Error(say("{name} is missing on the server, damaged, or being replaced.", { name }));
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: LOADERS }, work));
  } finally {
    missing.length = 0; // the other loaders end too
  }
}

/** @returns {Promise<FromKeeper>} */
async function report() {
  const now = await state();
  if (!now) return { bytes: 0 };
  const { whole, complete, ready, current, next } = now;
  const book = await open(complete ? current : next ?? current);
  const size = (names) => names.reduce((sum, name) => sum + book.files[name][0], 0);
  return {
    whole, complete: complete || (whole && ready), problem, loading: Boolean(filling),
    bytes: size(await namesIn(book)), size: size(Object.keys(book.files)),
  };
}
