// Measurements inside a page; tools/bench_site.py runs this script before the page's own.
globalThis.bench = {
  // Milliseconds from the request to the first text on the screen, and to the typeset formulas.
  async times() {
    await window.MathJax?.startup?.promise;
    const typeset = performance.now();
    const paints = performance.getEntriesByName("first-contentful-paint");
    return [paints.length ? paints[0].startTime : typeset, typeset];
  },

  // Scrolls to the end of the page, slowly enough for everything to load.
  async scroll() {
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
      scrollTo({ top: y, behavior: "instant" });
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
    }
  },
};
