// A tick for chapters read: a box at the end of each chapter, and a mark in the list of chapters.
// It is kept in this browser only, and can be forgotten there.
(() => {
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const KEY = `chapters read: ${root.pathname}`;
  const NUMBERED = /\/(\d\d-[\w-]+)\.html$/;
  const nameOf = (address) => NUMBERED.exec(new URL(address, location.href).pathname)?.[1];

  function load() {
    try {
      return new Set(JSON.parse(localStorage.getItem(KEY)) || []);
    } catch {
      return new Set(); // not allowed, or not ours
    }
  }

  function store(read) {
    try {
      if (read.size) localStorage.setItem(KEY, JSON.stringify([...read].sort()));
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

  function mark(read) {
    const listed = chapters();
    listed.forEach((link) => {
      const done = read.has(nameOf(link.href));
      const tick = link.querySelector(".chapter-read");
      if (done && !tick) {
        link.insertAdjacentHTML("beforeend",
          ' <span class="chapter-read"><span aria-hidden="true">✓</span>'
          + '<span class="visually-hidden">(read)</span></span>');
      } else if (!done) {
        tick?.remove();
      }
    });
    const box = document.querySelector(".progress-mark");
    if (!box) return;
    box.querySelector("input").checked = read.has(nameOf(location.href));
    const number = listed.filter((link) => read.has(nameOf(link.href))).length;
    box.querySelector("[role=status]").textContent = number
      ? `${number} of ${listed.length} chapters read.` : "";
    box.querySelector("button").hidden = !number;
  }

  function addBox() {
    const place = document.querySelector(".prev-next-footer, .prev-next-area");
    if (!place || !nameOf(location.href) || !store(load())) return;
    place.insertAdjacentHTML("beforebegin",
      '<div class="progress-mark"><label><input type="checkbox"> I have read this chapter</label>'
      + '<span role="status"></span><button type="button" hidden>Forget all</button></div>');
    const box = document.querySelector(".progress-mark");
    box.querySelector("input").addEventListener("change", (event) => {
      const read = load();
      if (event.target.checked) read.add(nameOf(location.href));
      else read.delete(nameOf(location.href));
      store(read);
      mark(read);
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
  addEventListener("storage", () => mark(load())); // ticked in another tab
  addEventListener("pageshow", () => mark(load())); // back from another page
})();
