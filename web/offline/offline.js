// The pages' side of the service worker: registers it, and asks it what it keeps.

import * as snapshot from "./snapshot.js";

const HOME = new URL("../", import.meta.url); // this file is in _static/
const PATIENCE = 10000; // milliseconds for the service worker to start
const ASKED = `isolation ${HOME.pathname}`; // whether a reload was tried in this tab

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
function inTime(promise) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(words.say("The service worker does not answer."))), PATIENCE);
    promise.then(resolve, reject);
  });
}

// The registration with an active service worker.  Some browsers have none, as in private windows;
// the others only on pages from https or this computer.
async function worker() {
  const file = new URL("service-worker.js", HOME);
  const registration = await navigator.serviceWorker.register(file, { updateViaCache: "none" });
  const starting = registration.installing ?? registration.waiting;
  if (!registration.active) {
    await inTime(new Promise((resolve) => starting.addEventListener("statechange", () => {
      if (starting.state === "activated") resolve();
    })));
  }
  return registration.active;
}

/**
 * Sends a message to the service worker; returns what it keeps, and a problem if there is one.
 * @param {ToKeeper} message
 * @returns {Promise<FromKeeper>}
 */
export async function ask(message) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
  (await worker()).postMessage(message, [port2]);
  return answer;
}

/** What is kept, without a service worker for that alone.  @returns {Promise<FromKeeper>} */
export async function kept() {
  const memory = await snapshot.size().catch(() => 0);
  const registration = await navigator.serviceWorker.getRegistration(HOME);
  return { ...(registration ? await ask({}) : { bytes: 0 }), memory };
}

// Forgets all of it, and the service worker.
export async function forget() {
  await snapshot.forget();
  const registration = await navigator.serviceWorker.getRegistration(HOME);
  if (registration) {
    await ask({ forget: true });
    await registration.unregister();
  }
  try {
    sessionStorage.removeItem(ASKED); // the next page that is run is isolated anew
    const outputs = `live outputs ${HOME.pathname}`; // of cells (live/page.js)
    Object.keys(sessionStorage).filter((name) => name.startsWith(outputs))
      .forEach((name) => sessionStorage.removeItem(name));
  } catch { /* nothing was noted either */ }
}

// Lets the service worker isolate pages, and keep what is opened from now on.  Returns whether
// this page has to be loaded again for that; it is, at most once in a tab.
export async function begin() {
  const controlled = Boolean(navigator.serviceWorker.controller);
  try {
    await inTime(ask({ begin: true }));
  } catch {
    return false; // refused: what needs it does without
  }
  if (!globalThis.crossOriginIsolated && isFirst()) return true;
  if (!controlled) keepThisPage(); // the server isolates its pages itself, or nothing does
  return false;
}

// Notes in this tab that a reload is tried; tells whether it is the first.
function isFirst() {
  try {
    if (sessionStorage.getItem(ASKED)) return false;
    sessionStorage.setItem(ASKED, "yes");
    return true;
  } catch {
    return false;
  }
}

// What was loaded before the service worker came is loaded once more, from the browser's cache.
function keepThisPage() {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const own = [location.href, ...loaded].filter((url) => url.startsWith(HOME.href));
  own.forEach((url) => fetch(url).catch(() => {}));
}
