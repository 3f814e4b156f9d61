// Lays out a page in parts, the nearest first, so that a reader can scroll and click in between.
// A browser would lay out the whole of it at once, and again when a script changes something, which
// takes a phone seconds.  A section that is not near the window has no layout (book.css): once its
// formulas are typeset it is measured, and keeps its height.  In view, printed or searched, it is
// laid out in any case.
const parts = (() => {
  const root = document.documentElement;
  const SECTIONS = ".bd-article > section > section";
  const LATER = `.in-parts ${SECTIONS}:nth-of-type(n + 2)`; // as in book.css
  const SCROLLING = "pre, .cell_output > .output, .pst-scrollable-table-container";
  let width = innerWidth;
  let measured = false; // whether all parts are

  // Gives the browser time for what else is to be done.
  const pause = () => new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resume;
    port2.postMessage(null);
  });

  // Lets the browser show what has changed; a page in the background has no frames.
  const frame = () => new Promise((resume) => {
    requestAnimationFrame(() => setTimeout(resume));
    setTimeout(resume, 100);
  });

  // Does work that says, by yielding one of the functions above, where it may be interrupted.
  async function run(work) {
    for (const wait of work) await wait();
  }

  // How far something is from the window, in pixels.
  function distance(element) {
    const { top, bottom } = element.getBoundingClientRect();
    return Math.max(top - innerHeight, -bottom, 0);
  }

  // Whether the browser lays out nothing of a part.
  const isSkipped = (element) => element.matches(LATER)
    && !element.firstElementChild.checkVisibility({ contentVisibilityAuto: true });
  const isFar = (part) => part.every(isSkipped);

  // The parts, each a list of elements, in the order in which it is their turn.
  function* nearest() {
    const sections = [...document.querySelectorAll(SECTIONS)];
    const head = document.querySelectorAll(".bd-article > section > :not(section)");
    const left = new Set([[...head], ...sections.map((section) => [section])]);
    while (left.size) {
      const away = new Map([...left].map((part) => [part, Math.min(...part.map(distance))]));
      const next = [...left].reduce((a, b) => (away.get(b) < away.get(a) ? b : a));
      left.delete(next);
      yield next;
    }
  }

  // Makes boxes that scroll reachable by keyboard.  The theme reads a size, writes, and reads the
  // next, of a whole page at once: first_view.py takes its function away.
  function setTabStops(elements) {
    const boxes = elements.flatMap((element) => [
      ...(element.matches(SCROLLING) ? [element] : []), ...element.querySelectorAll(SCROLLING),
    ]);
    const scrolls = new Set(boxes.filter((box) => box.scrollWidth > box.clientWidth
      || box.scrollHeight > box.clientHeight));
    boxes.forEach((box) => {
      if (scrolls.has(box)) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  }

  // Looks at the sizes of a part, and at what else there is to see, and keeps its height.
  function measure(part, look = (/** @type {Element[]} */ _) => {}) {
    const skipped = part.filter(isSkipped);
    skipped.forEach(({ style }) => { style.contentVisibility = "visible"; });
    look(part);
    setTabStops(part);
    skipped.forEach(({ style, offsetHeight }) => {
      style.containIntrinsicHeight = `auto ${offsetHeight}px`;
      style.contentVisibility = "";
    });
  }

  // When all parts have been measured: follows what changes in them, and the width of the window.
  function follow() {
    measured = true;
    const article = document.querySelector(".bd-article"); // the page of the search has none
    let changed = new Set();
    let timer = 0;
    const observer = new MutationObserver((records) => {
      records.forEach(({ target }) => {
        const element = /** @type {Element} */ (target);
        changed.add(element.closest(SECTIONS) || element);
      });
      clearTimeout(timer);
      timer = setTimeout(() => {
        measure([...changed].filter((element) => element.isConnected));
        changed = new Set();
      }, 300);
    });
    if (article) observer.observe(article, { childList: true, subtree: true });
    whenResized(() => setTabStops([document.body]));
  }

  // Calls a function whenever the window has another width: all is laid out, since no height is
  // known any more.
  function whenResized(work) {
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      root.classList.remove("in-parts");
      work();
    });
  }
  addEventListener("resize", () => setTimeout(() => { width = innerWidth; }));

  // A link leads to a place on the page that has to stay where it is.
  addEventListener("click", ({ target }) => {
    const isLink = target instanceof Element && target.closest("a[href*='#']");
    if (isLink && !measured) root.classList.remove("in-parts");
  }, true);

  function* measureAll() {
    for (const part of nearest()) {
      measure(part);
      yield pause;
    }
    follow();
  }
  if (!window.MathJax) document.addEventListener("DOMContentLoaded", () => run(measureAll()));

  return { distance, follow, frame, isFar, measure, nearest, pause, run, whenResized };
})();
