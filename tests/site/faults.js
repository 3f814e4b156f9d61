// What axe finds on a page (test_browser.py).  Its rule on the contrast of texts takes milliseconds for
// each, and a page has thousands of texts, but only a hundred looks.  So axe is asked for two of those
// that look the same, on grounds that look the same; and for all others of a look where it cannot tell
// for these two, because something hides or overlaps them.

const CONTRAST = "color-contrast";
const GROUND = ["background-color", "background-image", "opacity", "position", "z-index", "float",
  "display", "overflow", "clip", "clip-path", "filter", "mix-blend-mode", "visibility"];
const TEXT = ["color", "font-size", "font-weight", "text-shadow"];

/** Return the values of some properties of an element. */
function valuesOf(/** @type {Element} */ e, /** @type {string[]} */ names) {
  const style = getComputedStyle(e);
  return names.map((name) => style.getPropertyValue(name));
}

/** Return a function that gives equal numbers for elements whose grounds look the same. */
function grounds() {
  const numbers = new Map(), known = new Map();
  return function groundOf(/** @type {Element | null} */ e) {
    if (!e) return 0;
    if (!known.has(e)) {
      const key = JSON.stringify([groundOf(e.parentElement), e.localName, e.getAttribute("class"),
        e.getAttribute("style"), e.matches(":disabled, [aria-disabled=true]"),
        ...valuesOf(e, GROUND)]);
      if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
      known.set(e, numbers.get(key));
    }
    return known.get(e);
  };
}

/** Return the elements with texts of their own, those together that look the same, long ones first. */
function looks() {
  const groundOf = grounds(), groups = new Map();
  for (const e of [document.body, ...document.body.querySelectorAll("*")]) {
    const texts = [...e.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const length = texts.reduce((sum, node) => sum + node.textContent.trim().length, 0);
    if (!length && !e.matches("input, select, textarea")) continue;
    const key = JSON.stringify([groundOf(e), ...valuesOf(e, TEXT)]);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push({e, length});
  }
  return [...groups.values()].map((group) =>
    group.sort((a, b) => b.length - a.length).map(({e}) => e));
}

/** Let axe look at the page, but of texts only at some for their contrast. */
async function look(/** @type {Element[]} */ texts, /** @type {object} */ options) {
  texts.forEach((e) => e.setAttribute("data-asked", ""));
  axe.configure({rules: [{id: CONTRAST, selector: "[data-asked]"}]});
  const found = await axe.run(document,
    {...options, preload: false, selectors: false, elementRef: true});
  texts.forEach((e) => e.removeAttribute("data-asked"));
  return found;
}

/** Return for each rule that is broken its impact, its name, and the first three places. */
async function faults(/** @type {object} */ options) {
  const groups = looks(), number = 2;
  const first = await look(groups.flatMap((group) => group.slice(0, number)), options);
  const contrast = (/** @type {any[]} */ rules) => rules.filter(({id}) => id === CONTRAST);
  const told = new Set(contrast([...first.passes, ...first.violations])
    .flatMap(({nodes}) => nodes.map(({element}) => element)));
  const others = groups.filter((group) => !group.slice(0, number).some((e) => told.has(e)))
    .flatMap((group) => group.slice(number))
    .filter((e) => e.textContent.trim().length !== 1);  // of one letter axe never says that it fails
  const again = others.length && contrast([...first.passes, ...first.violations,
    ...first.incomplete, ...first.inapplicable]).length;  // unless the rule is switched off
  const second = again ? (await look(others, {runOnly: [CONTRAST]})).violations : [];
  const found = [...first.violations, ...second];
  return found.flatMap(({id, impact, nodes}) =>
    nodes.slice(0, 3).map(({element}) => [impact, id, element.outerHTML.slice(0, 160)]));
}
