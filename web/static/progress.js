// Reading progress: a checkbox at the end of each chapter, and a tick in the list of chapters.
// It is stored in this browser only, and can be deleted there.
(() => {
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const KEY = `chapters read: ${root.pathname}`;
  const NUMBERED = /\/(\d\d-[\w-]+)\.html$/;
  const nameOf = (address) => NUMBERED.exec(new URL(address, location.href).pathname)?.[1];

  function load() {
    try {
      return new Set(JSON.parse(localStorage.getItem(KEY)) || []);
    } catch {
      return new Set(); // no access, or another format
    }
  }

  function store(progress) {
    try {
      if (progress.size) localStorage.setItem(KEY, JSON.stringify([...progress].sort()));
      else localStorage.removeItem(KEY);
      return true;
    } catch {
      return false;
    }
  }

  function chapters() {
    const links = [...document.querySelectorAll("nav.bd-links a.internal, nav.bd-links a.current")];
    return links.filter((link) => nameOf(link.href) && !link.hash);
  }

  function mark(progress) {
    const links = chapters();
    links.forEach((link) => {
      const isRead = progress.has(nameOf(link.href));
      const tick = link.querySelector(".chapter-read");
      if (isRead && !tick) {
        link.insertAdjacentHTML("beforeend",
          ' <span class="chapter-read"><span aria-hidden="true">✓</span>'
          + `<span class="visually-hidden">${words.say("(read)")}</span></span>`);
      } else if (!isRead) {
        tick?.remove();
      }
    });
    const box = document.querySelector(".progress-mark");
    if (!box) return;
    box.querySelector("input").checked = progress.has(nameOf(location.href));
    const number = links.filter((link) => progress.has(nameOf(link.href))).length;
    box.querySelector("[role=status]").textContent = number
      ? words.say("{number} of {all} chapters read.", { number, all: links.length }) : "";
    box.querySelector("button").hidden = !number;
  }

  function addBox() {
    const place = document.querySelector(".prev-next-footer, .prev-next-area");
    if (!place || !nameOf(location.href) || !store(load())) return;
    place.insertAdjacentHTML("beforebegin",
      '<div class="progress-mark"><label><input type="checkbox"> '
      + `${words.say("I have read this chapter")}</label><span role="status"></span>`
      + `<button type="button" hidden>${words.say("Forget all")}</button></div>`);
    const box = document.querySelector(".progress-mark");
    box.querySelector("input").addEventListener("change", (event) => {
      const progress = load();
      if (event.target.checked) progress.add(nameOf(location.href));
      else progress.delete(nameOf(location.href));
      store(progress);
      mark(progress);
    });
    box.querySelector("button").addEventListener("click", () => {
      store(new Set());
      mark(load());
      box.querySelector("input").focus();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    addBox();
    mark(load());
  });
  addEventListener("storage", () => mark(load())); // changed in another tab
  addEventListener("pageshow", () => mark(load())); // back from another page
})();
