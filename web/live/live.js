// Makes the button "Run this page" work, which every page with cells has.  Pressing it loads
// everything else.

document.addEventListener("DOMContentLoaded", () => {
  const script = document.querySelector("script[data-live]");
  const bar = /** @type {HTMLElement} */ (document.querySelector(".live-bar"));
  const button = bar.querySelector("button");
  const status = bar.querySelector("span");
  bar.dataset.store = `live cells ${location.pathname}`; // the key under which page.js stores changes
  try {
    if (localStorage.getItem(bar.dataset.store)) {
      status.textContent = words.say(
        "You changed cells here: your changes will be restored when you run the page.");
    }
  } catch { /* a browser without storage */ }
  const mark = `live cells start ${location.pathname}`; // that the page was loaded again to start
  button.addEventListener("click", async () => {
    if (location.protocol === "file:") {
      status.textContent = words.say(
        "Running needs a server: in the book's folder, run “make serve”, or read it on the web.");
      return;
    }
    if (bar.dataset.page) return; // page.js handles it now
    bar.dataset.page = "loading";
    status.textContent = words.say("Live cells are being loaded …");
    try {
      if (await isolate(script)) {
        sessionStorage.setItem(mark, "yes");
        location.reload();
        return;
      }
      /** @type {typeof import("./page.js")} */
      const page = await import(new URL("page.js", script.src).href);
      await page.start(bar);
    } catch (error) {
      delete bar.dataset.page; // so that the button tries again
      status.textContent = error.live
        ? error.message
        : words.say("Live cells cannot start: a script of this site is missing or damaged, or the " +
          "server cannot be reached. Reload the page to try again. ({error})",
          { error: error.message });
    }
  });
  button.disabled = false;
  if (asked() || again(mark)) {
    button.focus({ preventScroll: true });
    button.click();
  }
});

// Whether a link asks to start Python ("?run"), as the first page's does; a reload does not ask again.
function asked() {
  const address = new URL(location.href);
  if (!address.searchParams.has("run")) return false;
  address.searchParams.delete("run");
  history.replaceState(history.state, "", address);
  return true;
}

// Whether the page was loaded again to start.
function again(mark) {
  try {
    const marked = sessionStorage.getItem(mark);
    sessionStorage.removeItem(mark);
    return marked !== null;
  } catch {
    return false; // a browser without storage
  }
}

// Lets the service worker (web/offline) come in, which lets Python be interrupted and keeps what is
// loaded.  Returns whether the page has to be loaded again for that, which nobody loses anything by:
// no cell can have been edited yet.
async function isolate(script) {
  if (!navigator.serviceWorker) return false;
  try {
    /** @type {typeof import("../offline/offline.js")} */
    const { begin } = await import(new URL("../offline.js", script.src).href);
    return await begin();
  } catch {
    return false; // Python runs without it
  }
}
