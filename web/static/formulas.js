// Typesets a page's formulas in portions, so that a reader can scroll and click in between: those in
// view first.  MathJax would do a whole page at once, which takes a phone more than a second.
// MathJax.startup.promise still waits for all of them.
(() => {
  const PATIENCE = 8; // milliseconds of work before the browser gets a turn
  const INSERTED = 12; // formulas in a frame: each of them makes the browser lay out its paragraph

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

  // The formulas in view, or nearly, and the others.
  function groups() {
    const all = [...document.querySelectorAll(".math")];
    const near = new Set(all.filter((formula) => {
      const { top, bottom } = formula.getBoundingClientRect();
      return bottom > -innerHeight && top < 2 * innerHeight;
    }));
    return [[...near], all.filter((formula) => !near.has(formula))];
  }

  async function each(list, work) {
    let start = performance.now();
    for (const one of list) {
      work(one);
      if (performance.now() - start < PATIENCE) continue;
      await pause();
      start = performance.now();
    }
  }

  // Lists of what is inserted in one frame: no part of a table, which is laid out as a whole.
  function frames(list) {
    const found = [];
    let table = null;
    for (const one of list) {
      const around = one.start.node.parentElement.closest("table");
      const last = found.at(-1);
      if (last && (around ? around === table : !table && last.length < INSERTED)) last.push(one);
      else found.push([one]);
      table = around;
    }
    return found;
  }

  // The same steps as in MathJax's own rendering, which does each for all formulas at once.
  async function typeset(elements) {
    const page = MathJax.startup.document;
    page.options.elements = elements;
    page.reset();
    const known = new Set(page.math);
    page.findMath();
    const list = [...page.math].filter((formula) => !known.has(formula));
    await each(list, (formula) => formula.compile(page));
    page.getMetrics();
    await each(list, (formula) => {
      formula.typeset(page);
      formula.assistiveMml(page);
    });
    page.addStyleSheet();
    for (const part of frames(list)) {
      part.forEach((formula) => formula.updateDocument(page));
      await frame();
    }
  }

  // Makes formulas that scroll reachable by keyboard.  An inline formula wider than the page scrolls
  // instead of widening the page.  Reads all sizes before it changes anything, so that the browser
  // does not lay out the page again for each.
  function fit() {
    const formulas = [...document.querySelectorAll("mjx-container")];
    const isBlock = (formula) => formula.getAttribute("display") === "true";
    const inline = formulas.filter((formula) => !isBlock(formula));
    document.querySelectorAll("mjx-container.too-wide").forEach((formula) => {
      formula.classList.remove("too-wide");
    });
    const wide = inline.filter((formula) => {
      const container = formula.parentElement.closest("p, li, dd, td, div, h1, h2, h3");
      return container && formula.offsetWidth > container.clientWidth;
    });
    wide.forEach((formula) => formula.classList.add("too-wide"));
    const scrolls = new Set([...wide, ...formulas.filter(isBlock)].filter(
      (formula) => formula.scrollWidth > formula.clientWidth));
    formulas.forEach((formula) => {
      if (scrolls.has(formula)) formula.tabIndex = 0;
      else formula.removeAttribute("tabindex");
    });
  }

  async function typesetPage() {
    for (const elements of groups()) if (elements.length) await typeset(elements);
    await MathJax.typesetPromise(); // what needs a part of MathJax that is loaded now, if anything
    await frame();
    fit();
    addEventListener("resize", fit);
  }

  if (window.MathJax) MathJax.startup = { pageReady: typesetPage };
})();
