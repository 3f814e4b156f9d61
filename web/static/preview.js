// Previews: pointing at a link to an equation, a term, a figure, a theorem or a reference, or
// focusing it with the keyboard, shows its target, on this page or another one.
//
// The card stays while the pointer is on the link or the card; Escape closes it.  There are no
// cards on touch screens, where a tap follows the link, and none for other pages if the browser
// may not read them, as in a folder opened without a server.
(() => {
  const PAUSE = { show: 250, hide: 250 }; // milliseconds, so that passing over links shows no cards
  const pages = new Map();
  let card = null, link = null, timer = 0;
  let target = null; // the link under the pointer or with the focus

  // The page of a link's target: this one, or another one, fetched once.
  function pageOf(url) {
    if (url.pathname === location.pathname) return Promise.resolve(document);
    if (!pages.has(url.pathname)) {
      pages.set(url.pathname, fetch(url.pathname)
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((text) => new DOMParser().parseFromString(text, "text/html")));
    }
    return pages.get(url.pathname);
  }

  // The content of a card for a target, or null.
  function contentOf(page, id, url) {
    const anchor = page.getElementById(id);
    if (!anchor) return null;
    const content = anchor.matches("dt") ? anchor.nextElementSibling
      : anchor.closest(".math, figure, .proof, .citation")
        || anchor.querySelector(":scope > .math, :scope > figure");
    if (!content) return null;
    const copy = document.createElement("div"); // a <dd> or a list item needs its list
    const inner = document.importNode(content, true);
    if (inner.matches("dd, [role]")) copy.append(...inner.childNodes);
    else copy.append(inner);
    copy.querySelectorAll(".headerlink, .label, script").forEach((e) => e.remove());
    copy.querySelectorAll("a").forEach((e) => {
      const plain = document.createElement("span");
      plain.append(...e.childNodes);
      e.replaceWith(plain);
    });
    copy.querySelectorAll("img").forEach((e) => {
      e.src = new URL(e.getAttribute("src"), url).href;
      e.removeAttribute("loading");
    });
    [copy, ...copy.querySelectorAll("[id], [tabindex]")].forEach((e) => {
      e.removeAttribute("id");
      e.removeAttribute("tabindex");
    });
    return copy;
  }

  // Shrinks formulas wider than the card, whose content cannot be scrolled by keyboard.
  function fit() {
    card.querySelectorAll("mjx-container[display]").forEach((formula) => {
      const share = formula.clientWidth / formula.scrollWidth;
      if (share < 1) {
        formula.style.fontSize = `${share * 97 * parseFloat(formula.style.fontSize || 100) / 100}%`;
      }
    });
  }

  // Places the card below the link if there is room in the window, otherwise above.
  function place() {
    const at = link.getClientRects()[0];
    const width = card.offsetWidth, height = card.offsetHeight;
    const left = Math.min(at.left, document.documentElement.clientWidth - width - 8);
    const below = at.bottom + height + 8 <= innerHeight || at.top < height + 8;
    card.style.left = `${Math.max(8, left) + scrollX}px`;
    card.style.top = `${(below ? at.bottom + 4 : at.top - height - 4) + scrollY}px`;
  }

  function hide() {
    clearTimeout(timer);
    link?.removeAttribute("aria-describedby");
    card?.remove();
    card = link = null;
  }

  async function show(next) {
    const url = new URL(next.href);
    let copy = null;
    try {
      copy = contentOf(await pageOf(url), decodeURIComponent(url.hash.slice(1)), url);
    } catch {
      return; // no preview, but the link itself works
    }
    const needsMathJax = copy && url.pathname !== location.pathname && copy.querySelector(".math");
    if (!copy || target !== next || (needsMathJax && !window.MathJax?.typesetPromise)) return;
    hide();
    link = next;
    card = document.createElement("div");
    card.id = "preview";
    card.className = "preview";
    card.setAttribute("role", "tooltip");
    card.append(copy);
    document.querySelector("main").append(card);
    if (needsMathJax) await MathJax.typesetPromise([card]).catch(() => {});
    if (!card) return; // closed in the meantime
    fit();
    // Screen readers read text as a description, but would read formulas as gibberish.
    if (!card.querySelector("mjx-container")) link.setAttribute("aria-describedby", "preview");
    place();
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", leave);
    card.querySelectorAll("img").forEach((e) => e.addEventListener("load", () => card && place()));
  }

  function leave() {
    target = null;
    clearTimeout(timer);
    timer = setTimeout(hide, PAUSE.hide);
  }

  function watch(next) {
    const schedule = () => {
      target = next;
      clearTimeout(timer);
      if (link !== next) timer = setTimeout(() => show(next), PAUSE.show);
    };
    next.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && schedule());
    next.addEventListener("pointerleave", leave);
    next.addEventListener("focus", () => next.matches(":focus-visible") && schedule());
    next.addEventListener("blur", leave);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      target = null;
      hide();
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("article a.internal[href*='#']:not(.headerlink)").forEach((each) => {
      const here = new URL(each.href).pathname === location.pathname;
      if (here || location.protocol !== "file:") watch(each);
    });
  });
})();
