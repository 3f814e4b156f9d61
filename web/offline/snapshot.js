// The memory of a Python that has just started, kept in the reader's browser: loading it takes a
// fraction of the time of a start.  It belongs to the files from which that Python was made, and to
// the browser, so it is found by a key made from all of them.
//
// Chance begins anew at every start, but for what Python fixes when it begins: with the same
// snapshot, hash("x") is the same at every start, and so is the order of a set of texts.

const CACHE = `python ${new URL("../", import.meta.url).pathname}`; // this file is in _static/
const ROOM = 200e6; // bytes that have to be free: far more than it takes
const PATIENCE = 2000; // milliseconds for the browser's storage to answer

/** A short name of everything that makes a snapshot what it is.  @param {unknown[]} parts */
export async function keyOf(parts) {
  const engine = [navigator.userAgent, "Suspending" in WebAssembly]; // which lay out functions
  return hash(new TextEncoder().encode(JSON.stringify([...engine, ...parts])));
}

async function hash(/** @type {BufferSource} */ bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} key */
function address(key) {
  return new URL(`live/snapshot?${key}`, import.meta.url).href;
}

// What is to come from the storage, or null if it does not answer.
/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
export function inTime(promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, PATIENCE, null))]);
}

// The snapshot, or null: there is none, or it is damaged.
export async function load(/** @type {string} */ key) {
  const kept = await caches.match(address(key), { cacheName: CACHE });
  if (!kept) return null;
  try {
    const unpacked = kept.body.pipeThrough(new DecompressionStream("gzip"));
    const bytes = await new Response(unpacked).arrayBuffer();
    if ((await hash(bytes)) === kept.headers.get("Digest")) return new Uint8Array(bytes);
  } catch { /* it is truncated, say */ }
  await forget();
  return null;
}

// Whether this device can make and keep one.
export async function isWelcome(/** @type {string} */ key) {
  if (navigator.deviceMemory < 2 || navigator.hardwareConcurrency < 2) return false;
  if (!globalThis.caches || !globalThis.CompressionStream) return false;
  const { quota, usage } = await navigator.storage.estimate();
  return quota - usage > ROOM && !(await caches.match(address(key), { cacheName: CACHE }));
}

// Keeps what make() returns, in the place of an older one, unless the reader has it forgotten
// meanwhile.
export async function keep(/** @type {string} */ key, make) {
  await caches.delete(CACHE);
  await caches.open(CACHE);
  const memory = await make();
  const packed = new Blob([memory]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = await new Response(packed).arrayBuffer();
  if (!(await caches.has(CACHE))) return;
  const headers = { "Content-Length": String(bytes.byteLength), Digest: await hash(memory) };
  await (await caches.open(CACHE)).put(address(key), new Response(bytes, { headers }));
}

/** How many bytes it takes.  @returns {Promise<number>} */
export async function size() {
  if (!globalThis.caches || !(await caches.has(CACHE))) return 0;
  const cache = await caches.open(CACHE);
  const answers = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
  return answers.reduce((sum, answer) => sum + Number(answer.headers.get("Content-Length")), 0);
}

export async function forget() {
  await globalThis.caches?.delete(CACHE);
}
