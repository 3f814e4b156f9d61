// Makes the button "Run this page" work, which every page with cells has.  Pressing it loads
// everything else.

document.addEventListener("DOMContentLoaded", () => {
  const script = document.querySelector("script[data-live]");
  const bar = /** @type {HTMLElement} */ (document.querySelector(".live-bar"));
  const button = bar.querySelector("button");
  const status = bar.querySelector("span");
  bar.dataset.store = `live cells ${location.pathname}`; // the key under which page.js stores changes
  bar.dataset.outputs = outputsOf(location.pathname);
  try {
    if (localStorage.getItem(bar.dataset.store)) {
      status.textContent = words.say(
        "You changed cells here: your changes will be restored when you run the page.");
    }
  } catch { /* a browser without storage */ }
  const mark = `live cells start ${location.pathname}`; // that the page was loaded again to start

  let wanted = false; // whether Python is

  // Loads what the cells need: Python too, or only what shows again what they had shown.
  async function start() {
    const before = status.textContent;
    bar.dataset.page = "loading";
    status.textContent = words.say("Live cells are being loaded …");
    try {
      if (await isolate(script)) {
        if (wanted) sessionStorage.setItem(mark, "yes");
        location.reload();
        return;
      }
      /** @type {typeof import("./page.js")} */
      const page = await import(new URL("page.js", script.src).href);
      await page.start(bar, () => wanted);
    } catch (error) {
      delete bar.dataset.page; // so that the button tries again
      const why = error.live
        ? error.message
        : words.say("Live cells cannot start: a script of this site is missing or damaged, or the " +
          "server cannot be reached. Reload the page to try again. ({error})",
          { error: error.message });
      status.textContent = wanted ? why : before;
    }
  }

  button.addEventListener("click", () => {
    if (location.protocol === "file:") {
      status.textContent = words.say(
        "Running needs a server: in the book's folder, run “make serve”, or read it on the web.");
      return;
    }
    wanted = true;
    if (!bar.dataset.page) start(); // or else page.js handles it
  });
  button.disabled = false;
  if (asked() || again(mark)) {
    button.focus({ preventScroll: true });
    button.click();
  } else if (hasRun(location.pathname)) {
    start();
  }
});

// The beginning of the keys under which page.js keeps what the cells of a page have shown.
function outputsOf(path) {
  return `live outputs ${path} `;
}

// Whether cells of a page have run in this tab.
function hasRun(path) {
  try {
    return Object.keys(sessionStorage).some((key) => key.startsWith(outputsOf(path)));
  } catch {
    return false; // a browser without storage
  }
}

// A page that was left may still be there, with Python and its variables, in the browser's memory for
// "Back" and "Forward".  A link would load it anew, so where cells have run it goes through the history
// instead, in browsers that let a page do that.
document.addEventListener("click", (event) => {
  /** @type {HTMLAnchorElement} */
  const link = /** @type {Element} */ (event.target).closest("a[href]");
  const special = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || link.target || special || event.defaultPrevented) return;
  if (link.hash || link.pathname === location.pathname || !hasRun(link.pathname)) return;
  if (typeof navigation === "undefined") return;
  const here = navigation.currentEntry.index;
  const [entry] = navigation.entries()
    .filter(({ url }) => url?.split("#")[0] === link.href)
    .sort((a, b) => Math.abs(a.index - here) - Math.abs(b.index - here));
  if (!entry) return;
  event.preventDefault();
  const { committed, finished } = navigation.traverseTo(entry.key);
  for (const promise of [committed, finished]) promise.catch(() => {}); // it was given up for another
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
