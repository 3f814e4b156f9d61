// Typesets a page's formulas part by part (parts.js), those in view first.  MathJax would do a whole
// page at once, which takes a phone more than a second.  MathJax.startup.promise still waits for all
// of them, and so does the printer.
(() => {
  const PATIENCE = 5; // milliseconds of work before the browser gets a turn
  const INSERTED = 12; // formulas in a frame: each of them makes the browser lay out its paragraph
  let late = false; // whether a formula needs a part of MathJax that is still to be loaded

  function* each(list, work) {
    let start = performance.now();
    for (const one of list) {
      work(one);
      if (performance.now() - start < PATIENCE) continue;
      yield parts.pause;
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

  // What is in view or near comes first.
  function nearFirst(list) {
    const isNear = (formula) => parts.distance(formula.start.node.parentElement) < innerHeight;
    const near = new Set(list.filter(isNear));
    return [...near, ...list.filter((formula) => !near.has(formula))];
  }

  function compile(formula, page) {
    try {
      formula.compile(page);
    } catch (error) {
      if (!error.retry) throw error;
      late = true;
    }
  }

  // The text of a page has one font.  To measure it in a part that is far, the browser would lay out
  // that part before its formulas are typeset, and then again.
  function measureLike(formula, { metrics }) {
    const { em, ex, containerWidth, lineWidth, scale } = metrics;
    formula.setMetrics(em, ex, containerWidth, lineWidth, scale);
  }

  // The same steps as in MathJax's own rendering, which does each for all formulas at once.
  function* typeset(elements) {
    const page = MathJax.startup.document;
    const isFar = parts.isFar(elements); // the browser lays out nothing there
    page.options.elements = elements;
    page.reset();
    const known = new Set(page.math);
    page.findMath();
    const found = [...page.math].filter((formula) => !known.has(formula));
    const list = isFar ? found : nearFirst(found);
    yield* each(list, (formula) => compile(formula, page));
    const compiled = list.filter((formula) => formula.root);
    yield parts.pause;
    const like = isFar && [...known].find((formula) => formula.metrics.scale);
    if (like) compiled.forEach((formula) => measureLike(formula, like));
    else page.getMetrics();
    yield parts.pause;
    yield* each(compiled, (formula) => {
      formula.typeset(page);
      formula.assistiveMml(page);
    });
    page.addStyleSheet();
    if (isFar) yield* each(compiled, (formula) => formula.updateDocument(page));
    else {
      for (const portion of frames(compiled)) {
        portion.forEach((formula) => formula.updateDocument(page));
        yield parts.frame;
      }
    }
  }

  // Makes formulas that scroll reachable by keyboard.  An inline formula wider than the page scrolls
  // instead of widening the page.  Reads all sizes before it changes anything, so that the browser
  // does not lay out the page again for each.
  function fit(elements) {
    const formulas = elements.flatMap((element) => [...element.querySelectorAll("mjx-container")]);
    const isBlock = (formula) => formula.getAttribute("display") === "true";
    const inline = formulas.filter((formula) => !isBlock(formula));
    formulas.forEach((formula) => formula.classList.remove("too-wide"));
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

  function* typesetPage() {
    for (const part of parts.nearest()) {
      yield* typeset(part);
      yield parts.pause;
      parts.measure(part, fit);
      yield parts.pause;
    }
    parts.follow();
    const others = [...document.querySelectorAll(".bd-sidebar .math")]; // in lists of contents
    if (others.length) yield* typeset(others);
    fit(others);
  }

  async function pageReady() {
    const work = typesetPage();
    addEventListener("beforeprint", () => [...work]);
    await parts.run(work);
    if (late) await MathJax.typesetPromise().then(() => fit([document.body]));
    parts.whenResized(() => fit([document.body]));
  }

  if (window.MathJax) MathJax.startup = { pageReady };
})();
