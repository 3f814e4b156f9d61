// On the page with a place for it: keep the whole book for offline use, and forget it again.

document.addEventListener("DOMContentLoaded", async () => {
  const place = document.getElementById("offline");
  const script = document.querySelector("script[data-offline]");
  if (!place || !navigator.serviceWorker || !location.protocol.startsWith("http")) return;
  /** @type {typeof import("./offline.js")} */
  const { ask, kept, forget } = await import(new URL("offline.js", script.src).href);
  const megabytes = (bytes) => `${Math.max(1, Math.round(bytes / 1e6))} MB`;
  const size = Number(script.dataset.offline);
  let loading = false;
  let memory = 0; // bytes of a snapshot of Python

  place.className = "offline";
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", words.say("Offline use"));
  const bar = Object.assign(document.createElement("progress"), { max: 1, hidden: true });
  bar.setAttribute("aria-label", words.say("How much of the book is kept"));
  const amount = document.createElement("span"); // apart, since it need not be read out each second
  const status = Object.assign(document.createElement("span"), { className: "offline-status" });
  status.setAttribute("role", "status");
  const [keepButton, forgetButton] = [keep, leave].map((act) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.addEventListener("click", () => act().catch((error) => tell(error.message)));
    return button;
  });
  forgetButton.textContent = words.say("Remove it");
  place.replaceChildren(keepButton, forgetButton, bar, amount, status);

  function tell(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  /** @param {FromKeeper} answer */
  function show({ bytes, whole, complete, problem }) {
    place.dataset.offline = complete ? "whole" : bytes ? "part" : "nothing";
    keepButton.hidden = loading || complete;
    keepButton.textContent = whole && !complete
      ? words.say("Continue loading the book")
      : words.say("Keep the whole book for offline use ({size})", { size: megabytes(size) });
    forgetButton.hidden = !(bytes || memory) || loading;
    bar.hidden = !loading;
    bar.value = bytes / size;
    amount.textContent = loading
      ? words.say("{part} of {all}", { part: Math.round(bytes / 1e6), all: megabytes(size) }) : "";
    tell([about({ bytes, whole, complete, problem }), loading ? "" : aboutMemory()].join(" ").trim());
  }

  /** @param {FromKeeper} answer */
  function about({ bytes, whole, complete, problem }) {
    if (loading) return words.say("The book is being loaded. You can keep reading in another tab.");
    if (complete) {
      return words.say("Your browser keeps the whole book: it opens and runs without a network.");
    }
    if (problem && whole) return words.say("Not all of it has been loaded. {problem}", { problem });
    return bytes ? words.say("Your browser keeps {size} of it: what you have opened so far.",
      { size: megabytes(bytes) }) : "";
  }

  function aboutMemory() {
    return memory ? words.say("Your browser keeps a copy of Python’s memory ({size}), from which " +
      "Python starts faster.", { size: megabytes(memory) }) : "";
  }

  // The service worker loads, and stops when nobody asks.
  async function keep() {
    navigator.storage?.persist?.(); // so that the browser does not clear it away unasked
    loading = true;
    show({ bytes: 0 });
    try {
      for (let how = /** @type {"begin" | "on"} */ ("begin"); ; how = "on") {
        const found = await ask({ keep: how });
        loading = !found.complete && !found.problem;
        show(found);
        if (!loading) return;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    } finally {
      loading = false;
    }
  }

  async function leave() {
    await forget();
    memory = 0;
    show({ bytes: 0 });
    tell(words.say("The book is no longer kept."));
    keepButton.focus();
  }

  kept().then((found) => {
    memory = found.memory;
    show(found);
  }).catch(() => show({ bytes: 0 }));
});
